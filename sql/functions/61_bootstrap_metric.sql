-- a metric of two models on the same rows, drawn again

CREATE OR REPLACE FUNCTION drift_internal.bootstrap_metric_accum(internal, text, float8, float8, "any") RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_bootstrap_metric_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.bootstrap_metric_accum(internal, text, float8, float8, "any") IS 'Adds a row; private to drift.bootstrap_metric_test';

CREATE OR REPLACE FUNCTION drift_internal.bootstrap_metric_accum(internal, text, float8, float8, "any", integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_bootstrap_metric_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.bootstrap_metric_accum(internal, text, float8, float8, "any", integer) IS 'Adds a row for a given number of replicates; private to drift.bootstrap_metric_test';

CREATE OR REPLACE FUNCTION drift_internal.bootstrap_metric_accum(internal, text, float8, float8, "any", integer, bigint) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_bootstrap_metric_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.bootstrap_metric_accum(internal, text, float8, float8, "any", integer, bigint) IS 'Adds a row for given replicates and seed; private to drift.bootstrap_metric_test';

CREATE OR REPLACE FUNCTION drift_internal.bootstrap_metric_accum(internal, text, float8, float8, "any", integer, bigint, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_bootstrap_metric_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.bootstrap_metric_accum(internal, text, float8, float8, "any", integer, bigint, float8) IS 'Adds a row for given replicates, seed and confidence level; private to drift.bootstrap_metric_test';

CREATE OR REPLACE FUNCTION drift_internal.bootstrap_metric_test(internal) RETURNS drift.bootstrap_result
	AS 'MODULE_PATHNAME', 'drift_bootstrap_metric_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100000;

COMMENT ON FUNCTION drift_internal.bootstrap_metric_test(internal) IS 'Final function of drift.bootstrap_metric_test';

CREATE OR REPLACE AGGREGATE drift.bootstrap_metric_test(metric text, prediction_1 float8, prediction_2 float8, actual "any") (
	SFUNC = drift_internal.bootstrap_metric_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.bootstrap_metric_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bootstrap_metric_test(metric text, prediction_1 float8, prediction_2 float8, actual "any") IS
	'Bootstrap of the difference of a metric of two models on the same rows, first less second, with BCa and percentile intervals: log_loss, brier, accuracy, balanced_accuracy, precision, recall, specificity, f1, mcc (0.5 or more predicts true), roc_auc (rows drawn within their class), mae, mse, rmse; 1,999 replicates, seed 42, confidence 95 %';

CREATE OR REPLACE AGGREGATE drift.bootstrap_metric_test(metric text, prediction_1 float8, prediction_2 float8, actual "any", replicates integer) (
	SFUNC = drift_internal.bootstrap_metric_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.bootstrap_metric_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bootstrap_metric_test(metric text, prediction_1 float8, prediction_2 float8, actual "any", replicates integer) IS
	'Bootstrap of the difference of a metric of two models on the same rows, first less second, with BCa and percentile intervals: log_loss, brier, accuracy, balanced_accuracy, precision, recall, specificity, f1, mcc (0.5 or more predicts true), roc_auc (rows drawn within their class), mae, mse, rmse; seed 42, confidence 95 %';

CREATE OR REPLACE AGGREGATE drift.bootstrap_metric_test(metric text, prediction_1 float8, prediction_2 float8, actual "any", replicates integer, seed bigint) (
	SFUNC = drift_internal.bootstrap_metric_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.bootstrap_metric_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bootstrap_metric_test(metric text, prediction_1 float8, prediction_2 float8, actual "any", replicates integer, seed bigint) IS
	'Bootstrap of the difference of a metric of two models on the same rows, first less second, with BCa and percentile intervals: log_loss, brier, accuracy, balanced_accuracy, precision, recall, specificity, f1, mcc (0.5 or more predicts true), roc_auc (rows drawn within their class), mae, mse, rmse of 95 %, the same for the same seed and rows in any order';

CREATE OR REPLACE AGGREGATE drift.bootstrap_metric_test(metric text, prediction_1 float8, prediction_2 float8, actual "any", replicates integer, seed bigint, confidence float8) (
	SFUNC = drift_internal.bootstrap_metric_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.bootstrap_metric_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bootstrap_metric_test(metric text, prediction_1 float8, prediction_2 float8, actual "any", replicates integer, seed bigint, confidence float8) IS
	'Bootstrap of the difference of a metric of two models on the same rows, first less second, with BCa and percentile intervals: log_loss, brier, accuracy, balanced_accuracy, precision, recall, specificity, f1, mcc (0.5 or more predicts true), roc_auc (rows drawn within their class), mae, mse, rmse of the given confidence level';
