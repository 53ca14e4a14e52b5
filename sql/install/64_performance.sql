-- performance: what checks found about how good a model is, where outcomes are known and where they are not

CREATE TABLE drift.check_metrics (
	check_id bigint NOT NULL,
	segment text COLLATE "C" NOT NULL DEFAULT '',
	kind text COLLATE "C" NOT NULL CHECK (kind IN ('realised', 'estimated')),
	metric text COLLATE "C" NOT NULL,
	span tstzrange NOT NULL,
	n bigint NOT NULL,
	value float8,
	standard_error float8,
	value_low float8,
	value_high float8,
	n_reference bigint,
	reference float8,
	loss float8,
	loss_low float8,
	loss_high float8,
	p_value float8,
	threshold float8,
	severity text NOT NULL CHECK (severity IN ('ok', 'warning', 'critical', 'insufficient_data', 'skipped')),
	findings text[] NOT NULL DEFAULT '{}',
	explanation text,
	PRIMARY KEY (check_id, segment, kind, metric)
);

COMMENT ON TABLE drift.check_metrics IS 'metrics of a model that checks measured, and those that were estimated before outcomes came';
COMMENT ON COLUMN drift.check_metrics.segment IS 'segment of the rows; empty: all rows';
COMMENT ON COLUMN drift.check_metrics.kind IS 'realised: measured on rows with outcomes; estimated: of predictions alone';
COMMENT ON COLUMN drift.check_metrics.metric IS 'name of the metric, or of a metric of the user';
COMMENT ON COLUMN drift.check_metrics.span IS 'time of the predictions; realised metrics are of the last span whose outcomes are known';
COMMENT ON COLUMN drift.check_metrics.n IS 'rows it was computed of';
COMMENT ON COLUMN drift.check_metrics.standard_error IS 'standard error of the value; of estimates that of the realised value around the estimate';
COMMENT ON COLUMN drift.check_metrics.value_low IS 'lower end of the confidence interval, of estimates of the band of three standard errors';
COMMENT ON COLUMN drift.check_metrics.reference IS 'what it is held against';
COMMENT ON COLUMN drift.check_metrics.loss IS 'how much worse it is than the reference: in points where the metric lies between 0 and 1, else as a share of the reference';
COMMENT ON COLUMN drift.check_metrics.loss_low IS 'lower end of the confidence interval of the loss';
COMMENT ON COLUMN drift.check_metrics.threshold IS 'loss from which it is critical';
COMMENT ON COLUMN drift.check_metrics.severity IS 'skipped: it is reported without a verdict';
COMMENT ON COLUMN drift.check_metrics.findings IS 'performance: worse; estimate_broken: realised outside the band of the estimate';

CREATE TABLE drift.performance_baselines (
	model_id integer NOT NULL,
	model_version integer NOT NULL,
	segment text COLLATE "C" NOT NULL DEFAULT '',
	metric text COLLATE "C" NOT NULL,
	value float8 NOT NULL,
	standard_error float8,
	n bigint,
	span tstzrange,
	set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	set_by text NOT NULL,
	PRIMARY KEY (model_id, model_version, segment, metric)
);

COMMENT ON TABLE drift.performance_baselines IS 'what metrics of a version are held against: measured on a span that was accepted, or declared';
COMMENT ON COLUMN drift.performance_baselines.model_version IS 'version; 0: all that have none of their own';
COMMENT ON COLUMN drift.performance_baselines.standard_error IS 'its standard error; NULL: taken as exact';
COMMENT ON COLUMN drift.performance_baselines.n IS 'rows it was measured on; NULL: it was declared';
COMMENT ON COLUMN drift.performance_baselines.span IS 'time of those rows';

CREATE TABLE drift.custom_metrics (
	monitor_id integer NOT NULL,
	column_id smallint NOT NULL,
	name text COLLATE "C" NOT NULL,
	expression text NOT NULL,
	higher_is_better boolean NOT NULL,
	least_loss float8 CHECK (least_loss >= 0),
	PRIMARY KEY (monitor_id, name)
);

COMMENT ON TABLE drift.custom_metrics IS 'metrics of users: the mean of an SQL expression over the labelled rows of a monitor';
COMMENT ON COLUMN drift.custom_metrics.expression IS 'expression over the columns of the labelled rows, a number';
COMMENT ON COLUMN drift.custom_metrics.least_loss IS 'change for the worse, in units of the metric, from which it is critical; NULL: it is reported without a verdict';

CREATE TYPE drift_internal.metric_value AS (
	metric text,
	value float8,
	standard_error float8,
	value_error float8,
	n bigint
);

COMMENT ON TYPE drift_internal.metric_value IS 'a metric of some rows: its value, the standard error (NULL: not known), how far profiles may be off, and the rows it is about';

CREATE TYPE drift_internal.segment_metric AS (
	segment text,
	measured drift_internal.metric_value
);

COMMENT ON TYPE drift_internal.segment_metric IS 'a metric of a segment; empty: of all rows';

CREATE TYPE drift_internal.outcome_profile AS (
	role text,
	column_name text,
	kind text,
	positive text,
	profile drift.profile
);

COMMENT ON TYPE drift_internal.outcome_profile IS 'the profile of a column that a monitor knows only with the outcome, and which class is positive in it';

ALTER TABLE drift.check_metrics ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.performance_baselines ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.custom_metrics ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.check_metrics FOR SELECT USING (check_id IN (SELECT c.check_id FROM drift.checks AS c));
CREATE POLICY visible ON drift.performance_baselines FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.custom_metrics FOR SELECT USING (monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));

GRANT SELECT ON drift.check_metrics, drift.performance_baselines, drift.custom_metrics TO PUBLIC;

SELECT pg_extension_config_dump('drift.check_metrics', '');
SELECT pg_extension_config_dump('drift.performance_baselines', '');
SELECT pg_extension_config_dump('drift.custom_metrics', '');
