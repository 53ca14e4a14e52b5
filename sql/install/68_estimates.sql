-- estimates: what is known of a version that lets its performance be estimated before outcomes come

CREATE TYPE drift.calibration_map AS (
	needed boolean,
	scores float8[],
	probabilities float8[],
	n bigint,
	n_positive bigint,
	error_before float8,
	error_after float8
);

COMMENT ON TYPE drift.calibration_map IS 'map from scores to probabilities: linear between its knots, constant outside; without knots a score is its own probability. needed: whether calibrated scores have a smaller expected calibration error (error_after) on rows they were not fitted on than the scores as they are (error_before); both NULL where that was not tried. n and n_positive: rows it was fitted on';

CREATE TYPE drift.cbpe_result AS (
	n bigint,
	n_predicted bigint,
	prevalence float8,
	tp float8,
	fp float8,
	fn float8,
	tn float8,
	roc_auc float8,
	average_precision float8,
	accuracy float8,
	precision float8,
	recall float8,
	specificity float8,
	f1 float8,
	log_loss float8,
	brier float8
);

COMMENT ON TYPE drift.cbpe_result IS 'performance of a binary classifier as its probabilities alone tell it: rows, those predicted positive, expected share of positives, expected cells of the confusion matrix, and the metrics of those. What the rows do not determine is NULL';

CREATE TYPE drift.cbpe_multiclass_result AS (
	n bigint,
	roc_auc float8,
	average_precision float8,
	accuracy float8,
	precision float8,
	recall float8,
	specificity float8,
	f1 float8
);

COMMENT ON TYPE drift.cbpe_multiclass_result IS 'performance of a classifier of several classes as its probabilities alone tell it: rows, accuracy, and the means over the classes of the other metrics, each class against the rest';

CREATE TYPE drift_internal.cbpe_reference AS (
	map drift.calibration_map,
	n bigint,
	realised float8[],
	deviations float8[],
	shares float8[],
	spread float8[]
);

COMMENT ON TYPE drift_internal.cbpe_reference IS 'what reference rows tell: the map, and for each of drift_internal.estimated_metrics() its value and its sampling error, deviation / sqrt(n * share); spread is the deviation of the realised value around the estimate, times sqrt(n)';

CREATE TYPE drift_internal.cbpe_profile_result AS (
	estimate drift.cbpe_result,
	metrics float8[],
	errors float8[]
);

COMMENT ON TYPE drift_internal.cbpe_profile_result IS 'estimate from a profile of scores, its metrics in the order of drift_internal.estimated_metrics(), and by how much each may be off because rows lie somewhere between two keys';

CREATE TABLE drift.estimators (
	model_id integer NOT NULL,
	model_version integer NOT NULL,
	method text COLLATE "C" NOT NULL CHECK (method IN ('cbpe', 'dle')),
	task text COLLATE "C" NOT NULL CHECK (task IN ('binary', 'multiclass', 'regression')),
	classes text[] COLLATE "C" NOT NULL DEFAULT '{}',
	maps drift.calibration_map[] NOT NULL DEFAULT '{}',
	loss_model text COLLATE "C",
	n bigint NOT NULL CHECK (n > 0),
	rows_from timestamptz,
	rows_to timestamptz,
	fitted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	fitted_by text NOT NULL,
	PRIMARY KEY (model_id, model_version),
	CHECK (cardinality(classes) = cardinality(maps)),
	CHECK ((method = 'dle') = (task = 'regression'))
);

COMMENT ON TABLE drift.estimators IS 'what lets the performance of a version be estimated before outcomes come; drift.fit_estimator() makes it of rows that the version did not train on';
COMMENT ON COLUMN drift.estimators.method IS 'cbpe: of calibrated probabilities; dle: of the loss that another model expects of each row';
COMMENT ON COLUMN drift.estimators.classes IS 'classes in the order of the maps; of a binary model the positive one; of one of several classes in monitors the last map, of class '''', is of the confidence';
COMMENT ON COLUMN drift.estimators.maps IS 'map from scores to probabilities for each class';
COMMENT ON COLUMN drift.estimators.loss_model IS 'registered model that predicts the loss';
COMMENT ON COLUMN drift.estimators.n IS 'reference rows';
COMMENT ON COLUMN drift.estimators.rows_from IS 'time of the oldest of them';
COMMENT ON COLUMN drift.estimators.rows_to IS 'time of the newest of them';

CREATE TABLE drift.estimator_metrics (
	model_id integer NOT NULL,
	model_version integer NOT NULL,
	metric text COLLATE "C" NOT NULL,
	reference float8 NOT NULL,
	deviation float8 NOT NULL,
	share float8 NOT NULL,
	spread float8 NOT NULL,
	lower_threshold float8,
	upper_threshold float8,
	chunks integer NOT NULL,
	PRIMARY KEY (model_id, model_version, metric)
);

COMMENT ON TABLE drift.estimator_metrics IS 'metrics that can be estimated of a version, as they were on the reference rows';
COMMENT ON COLUMN drift.estimator_metrics.reference IS 'its value on all reference rows';
COMMENT ON COLUMN drift.estimator_metrics.deviation IS 'by how much it varies by chance: its standard error on n rows is deviation / sqrt(n * share)';
COMMENT ON COLUMN drift.estimator_metrics.share IS 'share of the rows that it depends on';
COMMENT ON COLUMN drift.estimator_metrics.spread IS 'by how much what comes true lies around the estimate: its standard error on n rows is spread * sqrt(1 / n + 1 / rows of the reference)';
COMMENT ON COLUMN drift.estimator_metrics.lower_threshold IS 'mean less three standard deviations of its values on chunks of the reference; an estimate below is an alert';
COMMENT ON COLUMN drift.estimator_metrics.upper_threshold IS 'mean plus three standard deviations of them; an estimate above is an alert';
COMMENT ON COLUMN drift.estimator_metrics.chunks IS 'chunks it was determined on';

ALTER TABLE drift.estimators ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.estimator_metrics ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.estimators FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.estimator_metrics FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));

GRANT SELECT ON drift.estimators, drift.estimator_metrics TO PUBLIC;

SELECT pg_extension_config_dump('drift.estimators', '');
SELECT pg_extension_config_dump('drift.estimator_metrics', '');
