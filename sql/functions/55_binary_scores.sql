-- metrics of scores: (score, actual [, argument] [, weight])
--
-- Any numbers are scores, higher ones for positives. Rows in which the score, the actual value or the weight is NULL or
-- NaN are left out, and those of weight 0. Aggregates of the same arguments share one state and one sort.

-- score private functions

CREATE OR REPLACE FUNCTION drift_internal.binary_accum(internal, float8, boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_accum(internal, float8, boolean) IS 'Keeps a score; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_accum(internal, float8, boolean, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_weighted_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_accum(internal, float8, boolean, float8) IS 'Keeps a score and its weight; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_threshold_accum(internal, float8, boolean, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_threshold_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_threshold_accum(internal, float8, boolean, float8) IS 'Keeps a score, for a threshold; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_threshold_accum(internal, float8, boolean, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_threshold_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_threshold_accum(internal, float8, boolean, float8, float8) IS 'Keeps a score and its weight, for a threshold; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_points_accum(internal, float8, boolean, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_points_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_points_accum(internal, float8, boolean, integer) IS 'Keeps a score, for a number of points; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_points_accum(internal, float8, boolean, integer, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_points_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_points_accum(internal, float8, boolean, integer, float8) IS 'Keeps a score and its weight, for a number of points; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_bins_accum(internal, float8, boolean, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_bins_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_bins_accum(internal, float8, boolean, integer) IS 'Keeps a score, for a number of bins; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_bins_accum(internal, float8, boolean, integer, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_bins_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_bins_accum(internal, float8, boolean, integer, float8) IS 'Keeps a score and its weight, for a number of bins; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_metric_accum(internal, float8, boolean, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_metric_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_metric_accum(internal, float8, boolean, text) IS 'Keeps a score, for the name of a metric; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_metric_accum(internal, float8, boolean, text, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_metric_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_metric_accum(internal, float8, boolean, text, float8) IS 'Keeps a score and its weight, for the name of a metric; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_combine(internal, internal) IS 'Adds up scores of parallel workers; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_binary_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_serialize(internal) IS 'Scores of a parallel worker as bytes; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.binary_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_binary_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binary_deserialize(bytea, internal) IS 'Scores of a parallel worker from bytes; private to the metrics of scores';

CREATE OR REPLACE FUNCTION drift_internal.roc_auc(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_roc_auc' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.roc_auc(internal) IS 'Final function of drift.roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.gini(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_gini' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.gini(internal) IS 'Final function of drift.gini';

CREATE OR REPLACE FUNCTION drift_internal.average_precision(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_average_precision' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.average_precision(internal) IS 'Final function of drift.average_precision';

CREATE OR REPLACE FUNCTION drift_internal.ks_statistic(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_ks_statistic' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.ks_statistic(internal) IS 'Final function of drift.ks_statistic';

CREATE OR REPLACE FUNCTION drift_internal.binary_metrics(internal) RETURNS drift.binary_metrics_result
	AS 'MODULE_PATHNAME', 'drift_binary_metrics' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.binary_metrics(internal) IS 'Final function of drift.binary_metrics';

CREATE OR REPLACE FUNCTION drift_internal.roc_curve(internal) RETURNS drift.roc_point[]
	AS 'MODULE_PATHNAME', 'drift_roc_curve' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.roc_curve(internal) IS 'Final function of drift.roc_curve';

CREATE OR REPLACE FUNCTION drift_internal.precision_recall_curve(internal) RETURNS drift.precision_recall_point[]
	AS 'MODULE_PATHNAME', 'drift_precision_recall_curve' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.precision_recall_curve(internal) IS 'Final function of drift.precision_recall_curve';

CREATE OR REPLACE FUNCTION drift_internal.gains_table(internal) RETURNS drift.gains_bin[]
	AS 'MODULE_PATHNAME', 'drift_gains_table' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.gains_table(internal) IS 'Final function of drift.gains_table';

CREATE OR REPLACE FUNCTION drift_internal.best_threshold(internal) RETURNS drift.threshold_result
	AS 'MODULE_PATHNAME', 'drift_best_threshold' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.best_threshold(internal) IS 'Final function of drift.best_threshold';

-- score aggregates

CREATE OR REPLACE AGGREGATE drift.roc_auc(score float8, actual boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.roc_auc(score float8, actual boolean) IS 'Area under the ROC curve: probability that a positive has a higher score than a negative, ties half; exact. NULL where all rows are of one class';

CREATE OR REPLACE AGGREGATE drift.roc_auc(score float8, actual boolean, weight float8) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.roc_auc(score float8, actual boolean, weight float8) IS 'Area under the ROC curve: probability that a positive has a higher score than a negative, ties half; exact. NULL where all rows are of one class; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.gini(score float8, actual boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.gini,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.gini(score float8, actual boolean) IS 'Twice the area under the ROC curve less one, -1 to 1; NULL where all rows are of one class';

CREATE OR REPLACE AGGREGATE drift.gini(score float8, actual boolean, weight float8) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.gini,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.gini(score float8, actual boolean, weight float8) IS 'Twice the area under the ROC curve less one, -1 to 1; NULL where all rows are of one class; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.average_precision(score float8, actual boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.average_precision,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.average_precision(score float8, actual boolean) IS 'Average precision: sum over the distinct scores of the precision times the recall gained; NULL without positives';

CREATE OR REPLACE AGGREGATE drift.average_precision(score float8, actual boolean, weight float8) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.average_precision,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.average_precision(score float8, actual boolean, weight float8) IS 'Average precision: sum over the distinct scores of the precision times the recall gained; NULL without positives; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.ks_statistic(score float8, actual boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.ks_statistic,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ks_statistic(score float8, actual boolean) IS 'Largest difference of true and false positive rate, the Kolmogorov-Smirnov distance of the scores of both classes; NULL where all rows are of one class';

CREATE OR REPLACE AGGREGATE drift.ks_statistic(score float8, actual boolean, weight float8) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.ks_statistic,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ks_statistic(score float8, actual boolean, weight float8) IS 'Largest difference of true and false positive rate, the Kolmogorov-Smirnov distance of the scores of both classes; NULL where all rows are of one class; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.binary_metrics(score float8, actual boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.binary_metrics,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.binary_metrics(score float8, actual boolean) IS 'All metrics of a binary model from one pass: decisions at threshold 0.5, ranking with the 95 % interval of roc_auc, log loss, Brier score and calibration';

CREATE OR REPLACE AGGREGATE drift.binary_metrics(score float8, actual boolean, threshold float8) (
	SFUNC = drift_internal.binary_threshold_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.binary_metrics,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.binary_metrics(score float8, actual boolean, threshold float8) IS 'All metrics of a binary model from one pass: decisions at the threshold, ranking with the 95 % interval of roc_auc, log loss, Brier score and calibration';

CREATE OR REPLACE AGGREGATE drift.binary_metrics(score float8, actual boolean, threshold float8, weight float8) (
	SFUNC = drift_internal.binary_threshold_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.binary_metrics,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.binary_metrics(score float8, actual boolean, threshold float8, weight float8) IS 'All metrics of a binary model from one pass: decisions at the threshold, ranking with the 95 % interval of roc_auc, log loss, Brier score and calibration; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.roc_curve(score float8, actual boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.roc_curve,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.roc_curve(score float8, actual boolean) IS 'Points of the ROC curve from the highest threshold to the lowest, to be unnested; those between equal steps are left out; at most 500';

CREATE OR REPLACE AGGREGATE drift.roc_curve(score float8, actual boolean, points integer) (
	SFUNC = drift_internal.binary_points_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.roc_curve,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.roc_curve(score float8, actual boolean, points integer) IS 'Points of the ROC curve from the highest threshold to the lowest, to be unnested; those between equal steps are left out; at most so many';

CREATE OR REPLACE AGGREGATE drift.roc_curve(score float8, actual boolean, points integer, weight float8) (
	SFUNC = drift_internal.binary_points_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.roc_curve,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.roc_curve(score float8, actual boolean, points integer, weight float8) IS 'Points of the ROC curve from the highest threshold to the lowest, to be unnested; those between equal steps are left out; at most so many; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.precision_recall_curve(score float8, actual boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.precision_recall_curve,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.precision_recall_curve(score float8, actual boolean) IS 'Points of the precision-recall curve from the highest threshold to the lowest, to be unnested; those without a positive on either side are left out; at most 500';

CREATE OR REPLACE AGGREGATE drift.precision_recall_curve(score float8, actual boolean, points integer) (
	SFUNC = drift_internal.binary_points_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.precision_recall_curve,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.precision_recall_curve(score float8, actual boolean, points integer) IS 'Points of the precision-recall curve from the highest threshold to the lowest, to be unnested; those without a positive on either side are left out; at most so many';

CREATE OR REPLACE AGGREGATE drift.precision_recall_curve(score float8, actual boolean, points integer, weight float8) (
	SFUNC = drift_internal.binary_points_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.precision_recall_curve,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.precision_recall_curve(score float8, actual boolean, points integer, weight float8) IS 'Points of the precision-recall curve from the highest threshold to the lowest, to be unnested; those without a positive on either side are left out; at most so many; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.gains_table(score float8, actual boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.gains_table,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.gains_table(score float8, actual boolean) IS 'Gains and lift by bins of equally many rows, highest scores first, rows of one score together; to be unnested; 10 bins';

CREATE OR REPLACE AGGREGATE drift.gains_table(score float8, actual boolean, bins integer) (
	SFUNC = drift_internal.binary_bins_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.gains_table,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.gains_table(score float8, actual boolean, bins integer) IS 'Gains and lift by bins of equally many rows, highest scores first, rows of one score together; to be unnested';

CREATE OR REPLACE AGGREGATE drift.gains_table(score float8, actual boolean, bins integer, weight float8) (
	SFUNC = drift_internal.binary_bins_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.gains_table,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.gains_table(score float8, actual boolean, bins integer, weight float8) IS 'Gains and lift by bins of equally many rows, highest scores first, rows of one score together; to be unnested; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.best_threshold(score float8, actual boolean, metric text) (
	SFUNC = drift_internal.binary_metric_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.best_threshold,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.best_threshold(score float8, actual boolean, metric text) IS 'The highest threshold at which a metric is best: accuracy, balanced_accuracy, f1, mcc or youden; scores from it on are called positive';

CREATE OR REPLACE AGGREGATE drift.best_threshold(score float8, actual boolean, metric text, weight float8) (
	SFUNC = drift_internal.binary_metric_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.best_threshold,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.best_threshold(score float8, actual boolean, metric text, weight float8) IS 'The highest threshold at which a metric is best: accuracy, balanced_accuracy, f1, mcc or youden; scores from it on are called positive; rows count as much as their weight says';
