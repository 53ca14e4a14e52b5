-- predictions of classes

CREATE OR REPLACE FUNCTION drift_internal.multiclass_accum(internal, "any", "any") RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_accum(internal, "any", "any") IS 'Counts a prediction; private to the aggregates of classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_accum(internal, "any", "any", float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_accum(internal, "any", "any", float8) IS 'Counts a prediction of a weight; private to the aggregates of classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_accum(internal, "any", "any", text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_average_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_accum(internal, "any", "any", text) IS 'Counts a prediction for an average; private to the aggregates of classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_accum(internal, "any", "any", text, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_average_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_accum(internal, "any", "any", text, float8) IS 'Counts a prediction of a weight for an average; private to the aggregates of classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_accum(internal, "any", "any", float8, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_f_beta_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_accum(internal, "any", "any", float8, text) IS 'Counts a prediction for an average of F; private to drift.f_beta';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_accum(internal, "any", "any", float8, text, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_f_beta_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_accum(internal, "any", "any", float8, text, float8) IS 'Counts a prediction of a weight for an average of F; private to drift.f_beta';

CREATE OR REPLACE FUNCTION drift_internal.confusion_matrix_accum(internal, "any", "any") RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_confusion_matrix_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.confusion_matrix_accum(internal, "any", "any") IS 'Counts a pair of classes; private to drift.confusion_matrix';

CREATE OR REPLACE FUNCTION drift_internal.confusion_matrix_accum(internal, "any", "any", float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_confusion_matrix_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.confusion_matrix_accum(internal, "any", "any", float8) IS 'Counts a pair of classes of a weight; private to drift.confusion_matrix';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_combine(internal, internal) IS 'Adds the counts of a parallel worker; private to the aggregates of classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_multiclass_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_serialize(internal) IS 'Counts of a parallel worker as bytes; private to the aggregates of classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_deserialize(bytea, internal) IS 'Counts of a parallel worker from bytes; private to the aggregates of classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_precision(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_multiclass_precision_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift_internal.multiclass_precision(internal) IS 'Final function of the averages over classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_recall(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_multiclass_recall_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift_internal.multiclass_recall(internal) IS 'Final function of the averages over classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_f(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_multiclass_f_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift_internal.multiclass_f(internal) IS 'Final function of the averages over classes';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_metrics(internal) RETURNS drift.multiclass_result
	AS 'MODULE_PATHNAME', 'drift_multiclass_metrics_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift_internal.multiclass_metrics(internal) IS 'Final function of the aggregates of its name';

CREATE OR REPLACE FUNCTION drift_internal.class_metrics(internal) RETURNS drift.class_result[]
	AS 'MODULE_PATHNAME', 'drift_class_metrics_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift_internal.class_metrics(internal) IS 'Final function of the aggregates of its name';

CREATE OR REPLACE FUNCTION drift_internal.confusion_matrix(internal) RETURNS drift.confusion_cell[]
	AS 'MODULE_PATHNAME', 'drift_confusion_matrix_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift_internal.confusion_matrix(internal) IS 'Final function of the aggregates of its name';

-- aggregates

CREATE OR REPLACE AGGREGATE drift.precision(prediction "any", actual "any", average text) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_precision,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.precision(prediction "any", actual "any", average text) IS 'Precision of several classes: macro (mean over the classes), micro (of all rows together: the accuracy) or weighted (classes count by their rows); a class without a value of its own counts as 0, as in scikit-learn';

CREATE OR REPLACE AGGREGATE drift.precision(prediction "any", actual "any", average text, weight float8) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_precision,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.precision(prediction "any", actual "any", average text, weight float8) IS 'Precision of several classes, averaged as macro, micro or weighted, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.recall(prediction "any", actual "any", average text) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_recall,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.recall(prediction "any", actual "any", average text) IS 'Recall of several classes: macro (mean over the classes), micro (of all rows together: the accuracy) or weighted (classes count by their rows); a class without a value of its own counts as 0, as in scikit-learn';

CREATE OR REPLACE AGGREGATE drift.recall(prediction "any", actual "any", average text, weight float8) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_recall,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.recall(prediction "any", actual "any", average text, weight float8) IS 'Recall of several classes, averaged as macro, micro or weighted, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.f1(prediction "any", actual "any", average text) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_f,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.f1(prediction "any", actual "any", average text) IS 'F1 of several classes: macro (mean over the classes), micro (of all rows together: the accuracy) or weighted (classes count by their rows); a class without a value of its own counts as 0, as in scikit-learn';

CREATE OR REPLACE AGGREGATE drift.f1(prediction "any", actual "any", average text, weight float8) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_f,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.f1(prediction "any", actual "any", average text, weight float8) IS 'F1 of several classes, averaged as macro, micro or weighted, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.f_beta(prediction "any", actual "any", beta float8, average text) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_f,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.f_beta(prediction "any", actual "any", beta float8, average text) IS 'F of several classes in which recall counts beta times as much as precision, averaged as macro, micro or weighted';

CREATE OR REPLACE AGGREGATE drift.f_beta(prediction "any", actual "any", beta float8, average text, weight float8) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_f,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.f_beta(prediction "any", actual "any", beta float8, average text, weight float8) IS 'F of several classes in which recall counts beta times as much as precision, averaged as macro, micro or weighted, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.multiclass_metrics(prediction "any", actual "any") (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_metrics,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_metrics(prediction "any", actual "any") IS 'Accuracy, balanced accuracy, precision, recall and F1 (macro and weighted), Matthews correlation and Cohens kappa of several classes in one pass';

CREATE OR REPLACE AGGREGATE drift.multiclass_metrics(prediction "any", actual "any", weight float8) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.multiclass_metrics,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_metrics(prediction "any", actual "any", weight float8) IS 'All metrics of several classes in one pass, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.class_metrics(prediction "any", actual "any") (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.class_metrics,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.class_metrics(prediction "any", actual "any") IS 'Rows, precision, recall and F1 of each class, in an array to be unnested; whole numbers in their order, then texts in the order of their bytes';

CREATE OR REPLACE AGGREGATE drift.class_metrics(prediction "any", actual "any", weight float8) (
	SFUNC = drift_internal.multiclass_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.class_metrics,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.class_metrics(prediction "any", actual "any", weight float8) IS 'Rows, precision, recall and F1 of each class, of rows that have weights, in an array to be unnested';

CREATE OR REPLACE AGGREGATE drift.confusion_matrix(prediction "any", actual "any") (
	SFUNC = drift_internal.confusion_matrix_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.confusion_matrix,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.confusion_matrix(prediction "any", actual "any") IS 'Cells of the confusion matrix that are not empty, in an array to be unnested, by actual class and then by prediction';

CREATE OR REPLACE AGGREGATE drift.confusion_matrix(prediction "any", actual "any", weight float8) (
	SFUNC = drift_internal.confusion_matrix_accum,
	STYPE = internal,
	SSPACE = 2048,
	COMBINEFUNC = drift_internal.multiclass_combine,
	SERIALFUNC = drift_internal.multiclass_serialize,
	DESERIALFUNC = drift_internal.multiclass_deserialize,
	FINALFUNC = drift_internal.confusion_matrix,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.confusion_matrix(prediction "any", actual "any", weight float8) IS 'Cells of the confusion matrix that are not empty, of rows that have weights, in an array to be unnested';
