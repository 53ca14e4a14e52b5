-- performance without outcomes, of rows: calibration of scores and confidence-based estimates
--
-- Rows in which an argument is NULL or NaN are left out.

CREATE OR REPLACE FUNCTION drift_internal.reference_accum(internal, float8, boolean, boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_reference_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.reference_accum(internal, float8, boolean, boolean) IS 'Keeps a score of an outcome, and counts its prediction; private to what reads reference rows';

CREATE OR REPLACE FUNCTION drift_internal.calibrated_accum(internal, float8, boolean, drift.calibration_map) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_calibrated_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.calibrated_accum(internal, float8, boolean, drift.calibration_map) IS 'Keeps a score of a prediction, and a map; private to drift.cbpe';

CREATE OR REPLACE FUNCTION drift_internal.fit_calibration(internal) RETURNS drift.calibration_map
	AS 'MODULE_PATHNAME', 'drift_fit_calibration' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;

COMMENT ON FUNCTION drift_internal.fit_calibration(internal) IS 'Final function of drift.fit_calibration';

CREATE OR REPLACE FUNCTION drift_internal.cbpe(internal) RETURNS drift.cbpe_result
	AS 'MODULE_PATHNAME', 'drift_cbpe' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.cbpe(internal) IS 'Final function of drift.cbpe';

CREATE OR REPLACE FUNCTION drift_internal.cbpe_reference_facts(internal) RETURNS drift_internal.cbpe_reference
	AS 'MODULE_PATHNAME', 'drift_cbpe_reference' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;

COMMENT ON FUNCTION drift_internal.cbpe_reference_facts(internal) IS 'Final function of drift_internal.cbpe_reference_agg';

CREATE OR REPLACE FUNCTION drift_internal.realised_metrics(internal) RETURNS float8[]
	AS 'MODULE_PATHNAME', 'drift_realised_metrics' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.realised_metrics(internal) IS 'Final function of drift_internal.realised_metrics_agg';

CREATE OR REPLACE AGGREGATE drift.fit_calibration(score float8, actual boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.fit_calibration,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.fit_calibration(float8, boolean) IS
	'map from scores to probabilities by isotonic regression of the outcome on the score, of rows that the model did not train on; without knots where scores are better off as they are, by their expected calibration error in ten tenths that were left out';

CREATE OR REPLACE FUNCTION drift.calibrate(score float8, map drift.calibration_map) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_calibrate_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;

COMMENT ON FUNCTION drift.calibrate(float8, drift.calibration_map) IS
	'the probability of a score by a map of drift.fit_calibration(): linear between two knots, constant outside';

CREATE OR REPLACE AGGREGATE drift.cbpe(score float8, prediction boolean) (
	SFUNC = drift_internal.binary_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.cbpe,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.cbpe(float8, boolean) IS
	'performance of a binary classifier whose scores are probabilities, estimated without outcomes: a row of probability p counts as p of a positive row and 1 - p of a negative one';

CREATE OR REPLACE AGGREGATE drift.cbpe(score float8, prediction boolean, map drift.calibration_map) (
	SFUNC = drift_internal.calibrated_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.cbpe,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.cbpe(float8, boolean, drift.calibration_map) IS
	'the same with scores that a map makes probabilities of; ranks and losses are those of the scores as they are';

CREATE OR REPLACE AGGREGATE drift_internal.cbpe_reference_agg(score float8, actual boolean, prediction boolean) (
	SFUNC = drift_internal.reference_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.cbpe_reference_facts,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift_internal.cbpe_reference_agg(float8, boolean, boolean) IS
	'what reference rows tell of a binary classifier: map, metrics and their sampling errors';

CREATE OR REPLACE AGGREGATE drift_internal.realised_metrics_agg(score float8, actual boolean, prediction boolean) (
	SFUNC = drift_internal.reference_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.binary_combine,
	SERIALFUNC = drift_internal.binary_serialize,
	DESERIALFUNC = drift_internal.binary_deserialize,
	FINALFUNC = drift_internal.realised_metrics,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift_internal.realised_metrics_agg(float8, boolean, boolean) IS
	'realised metrics of a binary classifier in the order of drift_internal.estimated_metrics()';

CREATE OR REPLACE FUNCTION drift_internal.estimated_metrics() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '{roc_auc,average_precision,accuracy,precision,recall,specificity,f1,log_loss,brier}'::text[];

COMMENT ON FUNCTION drift_internal.estimated_metrics() IS 'names of the metrics that are estimated of a binary classifier, in the order in which functions return them';

CREATE OR REPLACE FUNCTION drift_internal.cbpe_profile(profile drift.profile, n_predicted bigint, map drift.calibration_map)
	RETURNS drift_internal.cbpe_profile_result
	AS 'MODULE_PATHNAME', 'drift_cbpe_profile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.cbpe_profile(drift.profile, bigint, drift.calibration_map) IS
	'estimate of a profile of scores, the highest of which so many rows are predicted positive; NULL for a profile without values';

CREATE OR REPLACE FUNCTION drift_internal.cbpe_multiclass_accum(internal, float8[], integer, drift.calibration_map[]) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_cbpe_multiclass_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.cbpe_multiclass_accum(internal, float8[], integer, drift.calibration_map[]) IS
	'Adds the scores of the classes and the predicted class; private to drift.cbpe_multiclass';

CREATE OR REPLACE FUNCTION drift_internal.cbpe_multiclass(internal) RETURNS drift.cbpe_multiclass_result
	AS 'MODULE_PATHNAME', 'drift_cbpe_multiclass' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.cbpe_multiclass(internal) IS 'Final function of drift.cbpe_multiclass';

CREATE OR REPLACE AGGREGATE drift.cbpe_multiclass(probabilities float8[], prediction integer, maps drift.calibration_map[]) (
	SFUNC = drift_internal.cbpe_multiclass_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.cbpe_multiclass,
	FINALFUNC_MODIFY = READ_WRITE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.cbpe_multiclass(float8[], integer, drift.calibration_map[]) IS
	'performance of a classifier of several classes, estimated without outcomes: its probabilities, the place of the predicted class among them, counted from 1, and a map for each class (NULL: scores are probabilities), which are the same for all rows';
