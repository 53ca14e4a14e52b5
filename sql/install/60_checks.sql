-- checks: what monitors found, what was decided, and what people should know of

CREATE TABLE drift.checks (
	check_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	monitor_id integer NOT NULL,
	model_id integer,
	model_version integer,
	as_of timestamptz NOT NULL,
	current_span tstzrange NOT NULL,
	reference_span tstzrange,
	baseline_id integer,
	revision bigint NOT NULL,
	status text NOT NULL CHECK (status IN ('ok', 'warning', 'critical', 'insufficient_data', 'error')),
	drift_detected boolean,
	drift_share float8,
	drift_score float8,
	n_features integer,
	n_drifted_features integer,
	drifted_features text[],
	max_psi float8,
	max_effect float8,
	prediction_drift text,
	target_drift text,
	performance text,
	estimated_performance text,
	n_reference bigint,
	n_current bigint,
	findings text[] NOT NULL DEFAULT '{}',
	explanation text,
	thresholds text,
	config jsonb NOT NULL DEFAULT '{}',
	error text,
	duration_ms float8,
	checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	checked_by text NOT NULL
);

CREATE INDEX checks_monitor_id ON drift.checks (monitor_id, as_of DESC, check_id DESC);
CREATE INDEX checks_model_id ON drift.checks (model_id, as_of DESC);

COMMENT ON TABLE drift.checks IS 'runs of monitors; of two with one as_of the later counts';
COMMENT ON COLUMN drift.checks.model_version IS 'champion of the model then';
COMMENT ON COLUMN drift.checks.as_of IS 'end of the span that was looked at';
COMMENT ON COLUMN drift.checks.current_span IS 'time of the rows that were looked at';
COMMENT ON COLUMN drift.checks.reference_span IS 'time of the rows they were held against; NULL: a baseline';
COMMENT ON COLUMN drift.checks.baseline_id IS 'baseline they were held against; NULL: an earlier span';
COMMENT ON COLUMN drift.checks.revision IS 'revision of the windows it was made of';
COMMENT ON COLUMN drift.checks.status IS 'worst severity: ok, warning, critical; insufficient_data where there were too few rows, error where it could not be run';
COMMENT ON COLUMN drift.checks.drift_detected IS 'whether the share of drifted features reaches the bound of the thresholds; NULL without a verdict';
COMMENT ON COLUMN drift.checks.drift_share IS 'share of the tested features that drifted';
COMMENT ON COLUMN drift.checks.drift_score IS 'drift of the data set from 0 to 1, weighted by the weights of the features';
COMMENT ON COLUMN drift.checks.n_features IS 'features with a verdict';
COMMENT ON COLUMN drift.checks.drifted_features IS 'their names by falling effect';
COMMENT ON COLUMN drift.checks.prediction_drift IS 'worst severity among score, label and confidence; NULL: none is watched';
COMMENT ON COLUMN drift.checks.target_drift IS 'severity of the target; NULL: not watched or no outcomes';
COMMENT ON COLUMN drift.checks.performance IS 'verdict on the metrics of the model, the worst of them, apart from all drift of data: ok, warning, critical or insufficient_data; NULL: no outcomes';
COMMENT ON COLUMN drift.checks.estimated_performance IS 'verdict on the performance that is estimated without outcomes; it raises its own alert and clears none of performance. NULL: nothing is estimated';
COMMENT ON COLUMN drift.checks.n_reference IS 'rows in the reference';
COMMENT ON COLUMN drift.checks.n_current IS 'rows in the span';
COMMENT ON COLUMN drift.checks.findings IS 'what was found besides columns that drifted: volume, schema, segments, performance_segments';
COMMENT ON COLUMN drift.checks.config IS 'configuration it was run with; limits: its thresholds, changed_columns: columns of the source that are gone (null) or have that type now, performance_baseline: which one of its model there was, estimator_of: when the estimator was fitted that it estimated with';

CREATE TYPE drift_internal.check_spans AS (
	current_span tstzrange,
	reference_span tstzrange
);

COMMENT ON TYPE drift_internal.check_spans IS 'time that a check looks at, and the time it holds that against; NULL: a baseline';

CREATE TYPE drift_internal.watched_column AS (
	column_id smallint,
	role text,
	plan drift_internal.column_plan
);

COMMENT ON TYPE drift_internal.watched_column IS 'a column of a monitor as a check judges it: its types when the monitor was made and now, and what stands in the way';

CREATE TABLE drift.check_features (
	check_id bigint NOT NULL,
	segment text COLLATE "C" NOT NULL DEFAULT '',
	role text COLLATE "C" NOT NULL,
	LIKE drift.comparison INCLUDING COMMENTS,
	PRIMARY KEY (check_id, segment, role, column_name)
);

COMMENT ON TABLE drift.check_features IS 'what checks found in each column';
COMMENT ON COLUMN drift.check_features.segment IS 'segment of the rows; empty: all rows';
COMMENT ON COLUMN drift.check_features.role IS 'role of the column in the monitor';

CREATE TABLE drift.decisions (
	decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer,
	monitor_id integer,
	check_id bigint,
	as_of timestamptz NOT NULL,
	data_verdict text NOT NULL,
	performance_verdict text NOT NULL,
	action text NOT NULL CHECK (action IN ('retrain_now', 'retrain_soon', 'prepare', 'can_retrain', 'wait', 'continue')),
	strategy text NOT NULL CHECK (strategy IN ('none', 'new_only', 'combined', 'weighted', 'sliding_window', 'all_data')),
	urgency text NOT NULL CHECK (urgency IN ('none', 'low', 'medium', 'high')),
	should_retrain boolean NOT NULL,
	reasons jsonb NOT NULL CHECK (jsonb_typeof(reasons) = 'array'),
	explanation text NOT NULL,
	decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	decided_by text NOT NULL
);

CREATE INDEX decisions_model_id ON drift.decisions (model_id, as_of DESC);
CREATE INDEX decisions_monitor_id ON drift.decisions (monitor_id, as_of DESC);

COMMENT ON TABLE drift.decisions IS 'what was decided after each check and why, also when it was to do nothing';
COMMENT ON COLUMN drift.decisions.data_verdict IS 'severity of the drift of features; says nothing of whether the model is wrong';
COMMENT ON COLUMN drift.decisions.performance_verdict IS 'severity of the loss of performance on rows with outcomes; insufficient_data: not known';
COMMENT ON COLUMN drift.decisions.action IS 'what to do';
COMMENT ON COLUMN drift.decisions.strategy IS 'which data to train on';
COMMENT ON COLUMN drift.decisions.should_retrain IS 'whether a trigger fired';
COMMENT ON COLUMN drift.decisions.reasons IS 'every rule and trigger that fired, with the numbers it compared';

CREATE TABLE drift.retrain_triggers (
	trigger_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	model_id integer NOT NULL,
	kind text NOT NULL CHECK (kind IN ('scheduled', 'threshold', 'performance', 'hybrid', 'sample_count', 'alert_count', 'every_n_cycles')),
	params jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
	enabled boolean NOT NULL DEFAULT true,
	counted_since timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	UNIQUE (model_id, kind)
);

COMMENT ON TABLE drift.retrain_triggers IS 'what makes a model be retrained; without rows the configuration decides';
COMMENT ON COLUMN drift.retrain_triggers.params IS 'its numbers, as drift.add_trigger() describes them';
COMMENT ON COLUMN drift.retrain_triggers.counted_since IS 'since when samples, alerts and cycles are counted: the last retraining';

ALTER TABLE drift.alerts
	ADD COLUMN monitor_id integer,
	ADD COLUMN check_id bigint,
	ADD COLUMN last_seen_at timestamptz,
	ADD COLUMN acknowledged_at timestamptz,
	ADD COLUMN acknowledged_by text,
	ADD COLUMN comment text,
	DROP CONSTRAINT alerts_status_check,
	ADD CHECK (status IN ('firing', 'acknowledged', 'resolved'));

DROP INDEX drift.alerts_firing;
CREATE UNIQUE INDEX alerts_open ON drift.alerts (coalesce(model_id, 0), coalesce(monitor_id, 0), kind) WHERE status <> 'resolved';
CREATE INDEX alerts_monitor_id ON drift.alerts (monitor_id, raised_at DESC);

COMMENT ON COLUMN drift.alerts.monitor_id IS 'monitor that raised it; NULL: something else did';
COMMENT ON COLUMN drift.alerts.check_id IS 'check that raised it';
COMMENT ON COLUMN drift.alerts.last_seen_at IS 'as_of of the last check that still saw it';
COMMENT ON COLUMN drift.alerts.comment IS 'what who acknowledged or resolved it said';

CREATE TYPE drift_internal.decision_bounds AS (
	drift float8,
	high_drift float8,
	drift_share float8,
	psi float8,
	performance float8,
	concept float8,
	minimum_rows bigint,
	check_rows bigint,
	strategy text,
	alerts bigint,
	cycles bigint
);

COMMENT ON TYPE drift_internal.decision_bounds IS 'what decisions compare with: drift score, high drift score, share of drifted features, PSI, rise of the error and of one that is a change of concept, new rows that are enough, rows that are too few, the strategy, and counts of alerts and cycles';

CREATE TYPE drift_internal.decision_facts AS (
	model_id integer,
	monitor_id integer,
	check_id bigint,
	as_of timestamptz,
	data_verdict text,
	performance_verdict text,
	drift_score float8,
	drift_share float8,
	max_psi float8,
	performance_drop float8,
	drifted_features text[],
	n_features integer,
	n_current bigint,
	new_rows bigint,
	error text
);

COMMENT ON TYPE drift_internal.decision_facts IS 'what is known when a decision is made, of one check or of the newest checks of all monitors of a model';

CREATE TYPE drift_internal.decision_reason AS (
	rule text,
	action text,
	asks boolean,
	value float8,
	bound float8,
	says text
);

COMMENT ON TYPE drift_internal.decision_reason IS 'a rule or trigger that fired: the action it speaks for, whether it is a trigger that asks for retraining, what was compared with what, and words';

CREATE TYPE drift_internal.alert_cause AS (
	model_id integer,
	monitor_id integer,
	check_id bigint,
	kind text,
	severity text,
	title text,
	details jsonb,
	seen_at timestamptz
);

COMMENT ON TYPE drift_internal.alert_cause IS 'what an alert is raised for: whose it is, the check that found it, kind, severity, words, details and when';

CREATE TYPE drift_internal.alert_settings AS (
	breaches integer,
	spans integer,
	critical_breaches integer,
	clear_ratio float8,
	cooldown interval,
	minimum_severity text,
	alert_drift float8,
	drift_critical float8,
	performance_degradation float8
);

COMMENT ON TYPE drift_internal.alert_settings IS 'how alerts are tuned: n breaches of m spans, critical ones that suffice, the lower bar as a part of the bar, the pause after an alert, and what is severe';

CREATE TYPE drift_internal.alert_item AS (
	check_id bigint,
	kind text,
	item text,
	severity text,
	breaches boolean,
	note text
);

COMMENT ON TYPE drift_internal.alert_item IS 'what a check found that an alert may be raised for; breaches: whether it is above the bar and not only above the lower one';

CREATE TYPE drift_internal.alert_weight AS (
	kind text,
	alert_id bigint,
	raised text[],
	holding text[],
	severity text,
	notes jsonb,
	is_cooling boolean
);

COMMENT ON TYPE drift_internal.alert_weight IS 'what a check means for the alerts of one kind: the open one, items that raise it, items that hold it, severity, notes by item, and whether it is too soon after the last';

CREATE TABLE drift.silences (
	silence_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	owner regrole NOT NULL,
	model_id integer,
	monitor_id integer,
	kind text,
	during tstzrange NOT NULL CHECK (NOT isempty(during)),
	reason text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	CHECK (model_id IS NOT NULL OR monitor_id IS NOT NULL)
);

COMMENT ON TABLE drift.silences IS 'times in which no alert is raised: maintenance, sales, known changes';
COMMENT ON COLUMN drift.silences.kind IS 'kind of alert; NULL: all';

ALTER TABLE drift.checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.check_features ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.retrain_triggers ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.silences ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.checks FOR SELECT USING (monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));
CREATE POLICY visible ON drift.check_features FOR SELECT USING (check_id IN (SELECT c.check_id FROM drift.checks AS c));
CREATE POLICY visible ON drift.decisions FOR SELECT
	USING (model_id IN (SELECT m.model_id FROM drift.models AS m) OR monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));
CREATE POLICY visible ON drift.retrain_triggers FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.silences FOR SELECT
	USING (model_id IN (SELECT m.model_id FROM drift.models AS m) OR monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));
DROP POLICY visible ON drift.alerts;
CREATE POLICY visible ON drift.alerts FOR SELECT
	USING (model_id IN (SELECT m.model_id FROM drift.models AS m) OR monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));

GRANT SELECT ON drift.checks, drift.check_features, drift.decisions, drift.retrain_triggers, drift.silences TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.checks_check_id_seq, drift.decisions_decision_id_seq, drift.retrain_triggers_trigger_id_seq,
	drift.silences_silence_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.checks', '');
SELECT pg_extension_config_dump('drift.checks_check_id_seq', '');
SELECT pg_extension_config_dump('drift.check_features', '');
SELECT pg_extension_config_dump('drift.decisions', '');
SELECT pg_extension_config_dump('drift.decisions_decision_id_seq', '');
SELECT pg_extension_config_dump('drift.retrain_triggers', '');
SELECT pg_extension_config_dump('drift.retrain_triggers_trigger_id_seq', '');
SELECT pg_extension_config_dump('drift.silences', '');
SELECT pg_extension_config_dump('drift.silences_silence_id_seq', '');
