-- two models that answered the same rows, from counts and moments that a query already has

CREATE OR REPLACE FUNCTION drift.mcnemar_test(only_reference bigint, only_current bigint) RETURNS drift.mcnemar_result
	AS 'MODULE_PATHNAME', 'drift_mcnemar_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift.mcnemar_test(bigint, bigint) IS
	'McNemar''s test of two classifiers on the same rows, from the rows that only the first and only the second has right: mid-p, exact and asymptotic p-values, two-sided, as statsmodels';

CREATE OR REPLACE FUNCTION drift_internal.mcnemar_accum(bigint[], boolean, boolean) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'drift_mcnemar_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.mcnemar_accum(bigint[], boolean, boolean) IS 'Counts a row; private to drift.mcnemar_agg';

CREATE OR REPLACE FUNCTION drift_internal.mcnemar_combine(bigint[], bigint[]) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'drift_mcnemar_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.mcnemar_combine(bigint[], bigint[]) IS 'Adds up the counts of parallel workers; private to drift.mcnemar_agg';

CREATE OR REPLACE FUNCTION drift_internal.mcnemar_finish(bigint[]) RETURNS drift.mcnemar_result
	AS 'MODULE_PATHNAME', 'drift_mcnemar_finish' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.mcnemar_finish(bigint[]) IS 'Final function of drift.mcnemar_agg';

CREATE OR REPLACE AGGREGATE drift.mcnemar_agg(correct_1 boolean, correct_2 boolean) (
	SFUNC = drift_internal.mcnemar_accum,
	STYPE = bigint[],
	INITCOND = '{0,0}',
	COMBINEFUNC = drift_internal.mcnemar_combine,
	FINALFUNC = drift_internal.mcnemar_finish,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mcnemar_agg(correct_1 boolean, correct_2 boolean) IS
	'McNemar''s test of two classifiers on the same rows, from whether each has the row right, as in mcnemar_agg(prediction_1 = actual, prediction_2 = actual); NULLs leave the row out';

CREATE OR REPLACE FUNCTION drift_internal.paired_shares_p_value(only_reference bigint, only_current bigint, n bigint, difference float8)
	RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_paired_shares_p_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.paired_shares_p_value(bigint, bigint, bigint, float8) IS
	'one-sided p-value that the current share of n rows is above the reference''s by more than a difference: score test of Tango (1998)';

CREATE OR REPLACE FUNCTION drift_internal.mean_above_p_value(mean float8, standard_error float8, degrees_of_freedom float8, value float8)
	RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_mean_above_p_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.mean_above_p_value(float8, float8, float8, float8) IS
	'one-sided p-value that a mean is above a value, by Student''s t; NULL where the arguments do not determine it';

CREATE OR REPLACE FUNCTION drift_internal.binomial_p_value(k bigint, n bigint, probability float8) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_binomial_p_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.binomial_p_value(bigint, bigint, float8) IS
	'probability of k or more successes in n trials';

CREATE OR REPLACE FUNCTION drift_internal.test_power(effect float8, standard_error float8, alpha float8) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_test_power' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.test_power(float8, float8, float8) IS
	'probability that a one-sided test at alpha finds an effect whose estimate has this standard error';

CREATE OR REPLACE FUNCTION drift_internal.test_power_rows(effect float8, standard_error float8, alpha float8, power float8) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_test_power_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.test_power_rows(float8, float8, float8, float8) IS
	'factor by which the rows must grow for a one-sided test at alpha to find an effect with this power';
