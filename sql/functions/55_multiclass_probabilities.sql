-- probabilities of several classes

CREATE OR REPLACE FUNCTION drift_internal.multiclass_log_loss_accum(internal, float8[], integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_log_loss_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_log_loss_accum(internal, float8[], integer) IS 'Adds a row; private to drift.multiclass_log_loss';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_log_loss_accum(internal, float8[], integer, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_log_loss_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_log_loss_accum(internal, float8[], integer, float8) IS 'Adds a row of a weight; private to drift.multiclass_log_loss';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_log_loss_accum(internal, float8[], text, text[]) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_log_loss_labels_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_log_loss_accum(internal, float8[], text, text[]) IS 'Adds a row; private to drift.multiclass_log_loss';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_log_loss_accum(internal, float8[], text, text[], float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_log_loss_labels_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_log_loss_accum(internal, float8[], text, text[], float8) IS 'Adds a row of a weight; private to drift.multiclass_log_loss';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], integer) IS 'Adds a row; private to drift.multiclass_roc_auc and class_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], integer, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], integer, text) IS 'Adds a row for an average; private to drift.multiclass_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], integer, text, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], integer, text, float8) IS 'Adds a row of a weight for an average; private to drift.multiclass_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], text, text[]) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_labels_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], text, text[]) IS 'Adds a row; private to drift.multiclass_roc_auc and class_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], text, text[], text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_labels_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], text, text[], text) IS 'Adds a row for an average; private to drift.multiclass_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], text, text[], text, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_labels_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_auc_accum(internal, float8[], text, text[], text, float8) IS 'Adds a row of a weight for an average; private to drift.multiclass_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_auc_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_auc_combine(internal, internal) IS 'Adds the rows of a parallel worker; private to drift.multiclass_roc_auc and class_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_auc_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_auc_serialize(internal) IS 'Rows of a parallel worker as bytes; private to drift.multiclass_roc_auc and class_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_auc_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.multiclass_auc_deserialize(bytea, internal) IS 'Rows of a parallel worker from bytes; private to drift.multiclass_roc_auc and class_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_roc_auc(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_multiclass_auc_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.multiclass_roc_auc(internal) IS 'Final function of drift.multiclass_roc_auc';

CREATE OR REPLACE FUNCTION drift_internal.class_roc_auc(internal) RETURNS float8[]
	AS 'MODULE_PATHNAME', 'drift_class_auc_final' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.class_roc_auc(internal) IS 'Final function of drift.class_roc_auc';

-- aggregates

CREATE OR REPLACE AGGREGATE drift.multiclass_log_loss(probabilities float8[], actual integer) (
	SFUNC = drift_internal.multiclass_log_loss_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_log_loss(probabilities float8[], actual integer) IS 'Mean of minus the logarithm of the probability of the class that is so, the number of the class from 0';

CREATE OR REPLACE AGGREGATE drift.multiclass_log_loss(probabilities float8[], actual integer, weight float8) (
	SFUNC = drift_internal.multiclass_log_loss_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_log_loss(probabilities float8[], actual integer, weight float8) IS 'Mean of minus the logarithm of the probability of the class that is so, the number of the class from 0, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.multiclass_log_loss(probabilities float8[], actual text, classes text[]) (
	SFUNC = drift_internal.multiclass_log_loss_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_log_loss(probabilities float8[], actual text, classes text[]) IS 'Mean of minus the logarithm of the probability of the class that is so, the label of the class, of an array of all labels';

CREATE OR REPLACE AGGREGATE drift.multiclass_log_loss(probabilities float8[], actual text, classes text[], weight float8) (
	SFUNC = drift_internal.multiclass_log_loss_accum,
	STYPE = internal,
	SSPACE = 48,
	COMBINEFUNC = drift_internal.weighted_mean_combine,
	SERIALFUNC = drift_internal.weighted_mean_serialize,
	DESERIALFUNC = drift_internal.weighted_mean_deserialize,
	FINALFUNC = drift_internal.weighted_mean,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_log_loss(probabilities float8[], actual text, classes text[], weight float8) IS 'Mean of minus the logarithm of the probability of the class that is so, the label of the class, of an array of all labels, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual integer) (
	SFUNC = drift_internal.multiclass_auc_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.multiclass_auc_combine,
	SERIALFUNC = drift_internal.multiclass_auc_serialize,
	DESERIALFUNC = drift_internal.multiclass_auc_deserialize,
	FINALFUNC = drift_internal.multiclass_roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual integer) IS 'Area under the ROC curve of each class by number from 0 against the rest; mean over the classes, NULL when one does not occur';

CREATE OR REPLACE AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual integer, average text) (
	SFUNC = drift_internal.multiclass_auc_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.multiclass_auc_combine,
	SERIALFUNC = drift_internal.multiclass_auc_serialize,
	DESERIALFUNC = drift_internal.multiclass_auc_deserialize,
	FINALFUNC = drift_internal.multiclass_roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual integer, average text) IS 'Area under the ROC curve of each class by number from 0 against the rest, averaged as macro or weighted by the rows of the classes';

CREATE OR REPLACE AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual integer, average text, weight float8) (
	SFUNC = drift_internal.multiclass_auc_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.multiclass_auc_combine,
	SERIALFUNC = drift_internal.multiclass_auc_serialize,
	DESERIALFUNC = drift_internal.multiclass_auc_deserialize,
	FINALFUNC = drift_internal.multiclass_roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual integer, average text, weight float8) IS 'Area under the ROC curve of each class by number from 0 against the rest, averaged as macro or weighted, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual text, classes text[]) (
	SFUNC = drift_internal.multiclass_auc_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.multiclass_auc_combine,
	SERIALFUNC = drift_internal.multiclass_auc_serialize,
	DESERIALFUNC = drift_internal.multiclass_auc_deserialize,
	FINALFUNC = drift_internal.multiclass_roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual text, classes text[]) IS 'Area under the ROC curve of each class by label, of an array of all labels against the rest; mean over the classes, NULL when one does not occur';

CREATE OR REPLACE AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual text, classes text[], average text) (
	SFUNC = drift_internal.multiclass_auc_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.multiclass_auc_combine,
	SERIALFUNC = drift_internal.multiclass_auc_serialize,
	DESERIALFUNC = drift_internal.multiclass_auc_deserialize,
	FINALFUNC = drift_internal.multiclass_roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual text, classes text[], average text) IS 'Area under the ROC curve of each class by label, of an array of all labels against the rest, averaged as macro or weighted by the rows of the classes';

CREATE OR REPLACE AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual text, classes text[], average text, weight float8) (
	SFUNC = drift_internal.multiclass_auc_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.multiclass_auc_combine,
	SERIALFUNC = drift_internal.multiclass_auc_serialize,
	DESERIALFUNC = drift_internal.multiclass_auc_deserialize,
	FINALFUNC = drift_internal.multiclass_roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.multiclass_roc_auc(probabilities float8[], actual text, classes text[], average text, weight float8) IS 'Area under the ROC curve of each class by label, of an array of all labels against the rest, averaged as macro or weighted, of rows that have weights';

CREATE OR REPLACE AGGREGATE drift.class_roc_auc(probabilities float8[], actual integer) (
	SFUNC = drift_internal.multiclass_auc_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.multiclass_auc_combine,
	SERIALFUNC = drift_internal.multiclass_auc_serialize,
	DESERIALFUNC = drift_internal.multiclass_auc_deserialize,
	FINALFUNC = drift_internal.class_roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.class_roc_auc(probabilities float8[], actual integer) IS 'Areas under the ROC curve of each class by number from 0 against the rest, in the order of the probabilities; NULL for a class that does not occur';

CREATE OR REPLACE AGGREGATE drift.class_roc_auc(probabilities float8[], actual text, classes text[]) (
	SFUNC = drift_internal.multiclass_auc_accum,
	STYPE = internal,
	SSPACE = 4096,
	COMBINEFUNC = drift_internal.multiclass_auc_combine,
	SERIALFUNC = drift_internal.multiclass_auc_serialize,
	DESERIALFUNC = drift_internal.multiclass_auc_deserialize,
	FINALFUNC = drift_internal.class_roc_auc,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.class_roc_auc(probabilities float8[], actual text, classes text[]) IS 'Areas under the ROC curve of each class by label, of an array of all labels against the rest, in the order of the probabilities; NULL for a class that does not occur';
