-- two scores of the same rows by their areas under the ROC curve

CREATE OR REPLACE FUNCTION drift_internal.delong_accum(internal, float8, float8, boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_delong_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.delong_accum(internal, float8, float8, boolean) IS 'Adds a row; private to drift.delong_test';

CREATE OR REPLACE FUNCTION drift_internal.delong_accum(internal, float8, float8, boolean, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_delong_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.delong_accum(internal, float8, float8, boolean, float8) IS 'Adds a row for a given confidence level; private to drift.delong_test';

CREATE OR REPLACE FUNCTION drift_internal.delong_test(internal) RETURNS drift.delong_result
	AS 'MODULE_PATHNAME', 'drift_delong_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.delong_test(internal) IS 'Final function of drift.delong_test';

CREATE OR REPLACE AGGREGATE drift.delong_test(score_1 float8, score_2 float8, actual boolean) (
	SFUNC = drift_internal.delong_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.delong_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.delong_test(score_1 float8, score_2 float8, actual boolean) IS
	'DeLong''s test of two scores of the same rows: are their areas under the ROC curve equal? Difference first minus second with a 95 % interval, two-sided p-value; ties count by half';

CREATE OR REPLACE AGGREGATE drift.delong_test(score_1 float8, score_2 float8, actual boolean, confidence float8) (
	SFUNC = drift_internal.delong_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.delong_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.delong_test(score_1 float8, score_2 float8, actual boolean, confidence float8) IS
	'DeLong''s test of two scores of the same rows, with an interval of the given confidence level';
