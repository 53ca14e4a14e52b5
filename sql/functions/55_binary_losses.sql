-- metrics of probabilities: (score, actual [, bins] [, weight])
--
-- A score is the probability of true; one outside 0 to 1 is an error. Rows in which the score, the actual value or the
-- weight is NULL or NaN are left out.

-- probability private functions

CREATE OR REPLACE FUNCTION drift_internal.log_loss_accum(internal, float8, boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_log_loss_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.log_loss_accum(internal, float8, boolean) IS 'Adds the log loss of a row; private to drift.log_loss';

CREATE OR REPLACE FUNCTION drift_internal.log_loss_accum(internal, float8, boolean, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_log_loss_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.log_loss_accum(internal, float8, boolean, float8) IS 'Adds the log loss of a row of some weight; private to drift.log_loss';

CREATE OR REPLACE FUNCTION drift_internal.brier_accum(internal, float8, boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_brier_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.brier_accum(internal, float8, boolean) IS 'Adds the square of the error of a row; private to drift.brier';

CREATE OR REPLACE FUNCTION drift_internal.brier_accum(internal, float8, boolean, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_brier_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.brier_accum(internal, float8, boolean, float8) IS 'Adds the square of the error of a row of some weight; private to drift.brier';

CREATE OR REPLACE FUNCTION drift_internal.calibration_accum(internal, float8, boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_calibration_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.calibration_accum(internal, float8, boolean) IS 'Counts a row in its bin; private to drift.ece and drift.calibration_curve';

CREATE OR REPLACE FUNCTION drift_internal.calibration_accum(internal, float8, boolean, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_calibration_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.calibration_accum(internal, float8, boolean, integer) IS 'Counts a row in its bin, for a given number of bins; private to drift.ece and drift.calibration_curve';

CREATE OR REPLACE FUNCTION drift_internal.calibration_accum(internal, float8, boolean, integer, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_calibration_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.calibration_accum(internal, float8, boolean, integer, float8) IS 'Adds the weight of a row to its bin, for a given number of bins; private to drift.ece and drift.calibration_curve';

CREATE OR REPLACE FUNCTION drift_internal.losses_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_losses_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.losses_combine(internal, internal) IS 'Adds up sums of losses of parallel workers; private to the metrics of probabilities';

CREATE OR REPLACE FUNCTION drift_internal.losses_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_losses_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.losses_serialize(internal) IS 'Sums of losses of a parallel worker as bytes; private to the metrics of probabilities';

CREATE OR REPLACE FUNCTION drift_internal.losses_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_losses_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.losses_deserialize(bytea, internal) IS 'Sums of losses of a parallel worker from bytes; private to the metrics of probabilities';

CREATE OR REPLACE FUNCTION drift_internal.mean_loss(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_mean_loss' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.mean_loss(internal) IS 'Final function of drift.log_loss and drift.brier';

CREATE OR REPLACE FUNCTION drift_internal.ece(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_ece' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.ece(internal) IS 'Final function of drift.ece';

CREATE OR REPLACE FUNCTION drift_internal.calibration_curve(internal) RETURNS drift.calibration_bin[]
	AS 'MODULE_PATHNAME', 'drift_calibration_curve' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.calibration_curve(internal) IS 'Final function of drift.calibration_curve';

-- probability aggregates

CREATE OR REPLACE AGGREGATE drift.log_loss(score float8, actual boolean) (
	SFUNC = drift_internal.log_loss_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.mean_loss,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.log_loss(score float8, actual boolean) IS 'Mean of minus the natural logarithm of the probability given to what happened; probabilities within 2.2e-16 of 0 and 1 count as that, as in scikit-learn';

CREATE OR REPLACE AGGREGATE drift.log_loss(score float8, actual boolean, weight float8) (
	SFUNC = drift_internal.log_loss_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.mean_loss,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.log_loss(score float8, actual boolean, weight float8) IS 'Mean of minus the natural logarithm of the probability given to what happened; probabilities within 2.2e-16 of 0 and 1 count as that, as in scikit-learn; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.brier(score float8, actual boolean) (
	SFUNC = drift_internal.brier_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.mean_loss,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.brier(score float8, actual boolean) IS 'Mean squared difference of the probability and what happened, 0 or 1';

CREATE OR REPLACE AGGREGATE drift.brier(score float8, actual boolean, weight float8) (
	SFUNC = drift_internal.brier_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.mean_loss,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.brier(score float8, actual boolean, weight float8) IS 'Mean squared difference of the probability and what happened, 0 or 1; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.ece(score float8, actual boolean) (
	SFUNC = drift_internal.calibration_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.ece,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ece(score float8, actual boolean) IS 'Expected calibration error: mean distance between mean score and share of positives in bins of equal width; 10 bins';

CREATE OR REPLACE AGGREGATE drift.ece(score float8, actual boolean, bins integer) (
	SFUNC = drift_internal.calibration_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.ece,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ece(score float8, actual boolean, bins integer) IS 'Expected calibration error: mean distance between mean score and share of positives in bins of equal width';

CREATE OR REPLACE AGGREGATE drift.ece(score float8, actual boolean, bins integer, weight float8) (
	SFUNC = drift_internal.calibration_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.ece,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ece(score float8, actual boolean, bins integer, weight float8) IS 'Expected calibration error: mean distance between mean score and share of positives in bins of equal width; rows count as much as their weight says';

CREATE OR REPLACE AGGREGATE drift.calibration_curve(score float8, actual boolean) (
	SFUNC = drift_internal.calibration_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.calibration_curve,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.calibration_curve(score float8, actual boolean) IS 'Mean score and share of positives in bins (a, b] of equal width, those without rows left out; to be unnested; 10 bins';

CREATE OR REPLACE AGGREGATE drift.calibration_curve(score float8, actual boolean, bins integer) (
	SFUNC = drift_internal.calibration_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.calibration_curve,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.calibration_curve(score float8, actual boolean, bins integer) IS 'Mean score and share of positives in bins (a, b] of equal width, those without rows left out; to be unnested';

CREATE OR REPLACE AGGREGATE drift.calibration_curve(score float8, actual boolean, bins integer, weight float8) (
	SFUNC = drift_internal.calibration_accum,
	STYPE = internal,
	COMBINEFUNC = drift_internal.losses_combine,
	SERIALFUNC = drift_internal.losses_serialize,
	DESERIALFUNC = drift_internal.losses_deserialize,
	FINALFUNC = drift_internal.calibration_curve,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.calibration_curve(score float8, actual boolean, bins integer, weight float8) IS 'Mean score and share of positives in bins (a, b] of equal width, those without rows left out; to be unnested; rows count as much as their weight says';
