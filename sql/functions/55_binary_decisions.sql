-- metrics of decisions: (prediction, actual [, weight])
--
-- Rows in which the prediction, the actual value or the weight is NULL or NaN are left out. What the rows do not
-- determine is NULL.

-- decision private functions

CREATE OR REPLACE FUNCTION drift_internal.decisions_accum(internal, boolean, boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_decisions_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.decisions_accum(internal, boolean, boolean) IS 'Counts a decision; private to the metrics of decisions';

CREATE OR REPLACE FUNCTION drift_internal.decisions_accum(internal, boolean, boolean, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_decisions_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.decisions_accum(internal, boolean, boolean, float8) IS 'Adds the weight of a decision; private to the metrics of decisions';

CREATE OR REPLACE FUNCTION drift_internal.decisions_beta_accum(internal, boolean, boolean, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_decisions_beta_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.decisions_beta_accum(internal, boolean, boolean, float8) IS 'Counts a decision, for a given beta; private to drift.f_beta';

CREATE OR REPLACE FUNCTION drift_internal.decisions_beta_accum(internal, boolean, boolean, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_decisions_beta_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.decisions_beta_accum(internal, boolean, boolean, float8, float8) IS 'Adds the weight of a decision, for a given beta; private to drift.f_beta';

CREATE OR REPLACE FUNCTION drift_internal.accuracy_accum(internal, anycompatible, anycompatible) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_accuracy_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.accuracy_accum(internal, anycompatible, anycompatible) IS 'Counts whether two values agree; private to drift.accuracy';

CREATE OR REPLACE FUNCTION drift_internal.accuracy_accum(internal, anycompatible, anycompatible, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_accuracy_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.accuracy_accum(internal, anycompatible, anycompatible, float8) IS 'Adds the weight of two values that agree, or do not; private to drift.accuracy';

CREATE OR REPLACE FUNCTION drift_internal.decisions_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_decisions_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.decisions_combine(internal, internal) IS 'Adds up counts of decisions of parallel workers; private to the metrics of decisions';

CREATE OR REPLACE FUNCTION drift_internal.decisions_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_decisions_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.decisions_serialize(internal) IS 'Counts of decisions of a parallel worker as bytes; private to the metrics of decisions';

CREATE OR REPLACE FUNCTION drift_internal.decisions_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_decisions_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.decisions_deserialize(bytea, internal) IS 'Counts of decisions of a parallel worker from bytes; private to the metrics of decisions';

CREATE OR REPLACE FUNCTION drift_internal.accuracy(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_accuracy' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.accuracy(internal) IS 'Final function of drift.accuracy';

CREATE OR REPLACE FUNCTION drift_internal.precision(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_precision' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.precision(internal) IS 'Final function of drift.precision';

CREATE OR REPLACE FUNCTION drift_internal.recall(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_recall' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.recall(internal) IS 'Final function of drift.recall';

CREATE OR REPLACE FUNCTION drift_internal.specificity(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_specificity' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.specificity(internal) IS 'Final function of drift.specificity';

CREATE OR REPLACE FUNCTION drift_internal.f1(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_f1' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.f1(internal) IS 'Final function of drift.f1';

CREATE OR REPLACE FUNCTION drift_internal.f_beta(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_f_beta' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.f_beta(internal) IS 'Final function of drift.f_beta';

CREATE OR REPLACE FUNCTION drift_internal.mcc(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_mcc' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.mcc(internal) IS 'Final function of drift.mcc';

CREATE OR REPLACE FUNCTION drift_internal.balanced_accuracy(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_balanced_accuracy' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.balanced_accuracy(internal) IS 'Final function of drift.balanced_accuracy';

CREATE OR REPLACE FUNCTION drift_internal.confusion(internal) RETURNS drift.confusion_result
	AS 'MODULE_PATHNAME', 'drift_confusion' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.confusion(internal) IS 'Final function of drift.confusion';

-- decision aggregates

CREATE OR REPLACE AGGREGATE drift.accuracy(prediction anycompatible, actual anycompatible) (
	SFUNC = drift_internal.accuracy_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.accuracy,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.accuracy(prediction anycompatible, actual anycompatible) IS 'Share of rows whose prediction equals the actual value: both of one type, compared by its equality';

CREATE OR REPLACE AGGREGATE drift.accuracy(prediction anycompatible, actual anycompatible, weight float8) (
	SFUNC = drift_internal.accuracy_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.accuracy,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.accuracy(prediction anycompatible, actual anycompatible, weight float8) IS 'Share of rows whose prediction equals the actual value: both of one type, compared by its equality; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.precision(prediction boolean, actual boolean) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.precision,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.precision(prediction boolean, actual boolean) IS 'Share of rows called positive that are: tp / (tp + fp); NULL where none is called positive';

CREATE OR REPLACE AGGREGATE drift.precision(prediction boolean, actual boolean, weight float8) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.precision,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.precision(prediction boolean, actual boolean, weight float8) IS 'Share of rows called positive that are: tp / (tp + fp); NULL where none is called positive; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.recall(prediction boolean, actual boolean) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.recall,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.recall(prediction boolean, actual boolean) IS 'Share of positives that are called so, also sensitivity or true positive rate: tp / (tp + fn); NULL without positives';

CREATE OR REPLACE AGGREGATE drift.recall(prediction boolean, actual boolean, weight float8) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.recall,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.recall(prediction boolean, actual boolean, weight float8) IS 'Share of positives that are called so, also sensitivity or true positive rate: tp / (tp + fn); NULL without positives; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.specificity(prediction boolean, actual boolean) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.specificity,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.specificity(prediction boolean, actual boolean) IS 'Share of negatives that are called so: tn / (tn + fp); NULL without negatives';

CREATE OR REPLACE AGGREGATE drift.specificity(prediction boolean, actual boolean, weight float8) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.specificity,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.specificity(prediction boolean, actual boolean, weight float8) IS 'Share of negatives that are called so: tn / (tn + fp); NULL without negatives; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.f1(prediction boolean, actual boolean) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.f1,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.f1(prediction boolean, actual boolean) IS 'Harmonic mean of precision and recall: 2 tp / (2 tp + fp + fn); NULL where nothing is positive nor called so';

CREATE OR REPLACE AGGREGATE drift.f1(prediction boolean, actual boolean, weight float8) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.f1,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.f1(prediction boolean, actual boolean, weight float8) IS 'Harmonic mean of precision and recall: 2 tp / (2 tp + fp + fn); NULL where nothing is positive nor called so; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.mcc(prediction boolean, actual boolean) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.mcc,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mcc(prediction boolean, actual boolean) IS 'Matthews correlation of prediction and truth, -1 to 1; NULL where all rows are of one class or called so';

CREATE OR REPLACE AGGREGATE drift.mcc(prediction boolean, actual boolean, weight float8) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.mcc,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mcc(prediction boolean, actual boolean, weight float8) IS 'Matthews correlation of prediction and truth, -1 to 1; NULL where all rows are of one class or called so; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.balanced_accuracy(prediction boolean, actual boolean) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.balanced_accuracy,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.balanced_accuracy(prediction boolean, actual boolean) IS 'Mean of recall and specificity; NULL where all rows are of one class';

CREATE OR REPLACE AGGREGATE drift.balanced_accuracy(prediction boolean, actual boolean, weight float8) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.balanced_accuracy,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.balanced_accuracy(prediction boolean, actual boolean, weight float8) IS 'Mean of recall and specificity; NULL where all rows are of one class; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.confusion(prediction boolean, actual boolean) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.confusion,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.confusion(prediction boolean, actual boolean) IS 'Counts of true and false positives, false and true negatives';

CREATE OR REPLACE AGGREGATE drift.confusion(prediction boolean, actual boolean, weight float8) (
	SFUNC = drift_internal.decisions_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.confusion,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.confusion(prediction boolean, actual boolean, weight float8) IS 'Counts of true and false positives, false and true negatives; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.f_beta(prediction boolean, actual boolean, beta float8) (
	SFUNC = drift_internal.decisions_beta_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.f_beta,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.f_beta(prediction boolean, actual boolean, beta float8) IS 'Weighted harmonic mean of precision and recall, recall counting beta times as much: (1 + beta^2) tp / ((1 + beta^2) tp + beta^2 fn + fp); NULL where nothing is positive nor called so';

CREATE OR REPLACE AGGREGATE drift.f_beta(prediction boolean, actual boolean, beta float8, weight float8) (
	SFUNC = drift_internal.decisions_beta_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.decisions_combine,
	SERIALFUNC = drift_internal.decisions_serialize,
	DESERIALFUNC = drift_internal.decisions_deserialize,
	FINALFUNC = drift_internal.f_beta,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.f_beta(prediction boolean, actual boolean, beta float8, weight float8) IS 'Weighted harmonic mean of precision and recall, recall counting beta times as much: (1 + beta^2) tp / ((1 + beta^2) tp + beta^2 fn + fp); NULL where nothing is positive nor called so; rows count as much as their weight says';
