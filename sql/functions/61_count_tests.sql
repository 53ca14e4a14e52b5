-- two or more arms, from counts and moments that a query already has

CREATE OR REPLACE FUNCTION drift.two_proportion_test(x1 bigint, n1 bigint, x2 bigint, n2 bigint, confidence float8 DEFAULT 0.95)
	RETURNS drift.two_proportion_result
	AS 'MODULE_PATHNAME', 'drift_two_proportion_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift.two_proportion_test(bigint, bigint, bigint, bigint, float8) IS
	'test of two independent proportions, x of n rows in each arm: difference first less second with Newcombe''s interval, pooled z and two-sided p-value';

CREATE OR REPLACE FUNCTION drift.msprt_test(x1 bigint, n1 bigint, x2 bigint, n2 bigint, tau float8 DEFAULT 0.01, confidence float8 DEFAULT 0.95)
	RETURNS drift.sequential_result
	AS 'MODULE_PATHNAME', 'drift_msprt_shares_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift.msprt_test(bigint, bigint, bigint, bigint, float8, float8) IS
	'test of two independent proportions that may be looked at as often as one likes: mixture sequential probability ratio test, tau the size of a difference that matters; arms may be unequal';

CREATE OR REPLACE FUNCTION drift.msprt_mean_test(mean_1 float8, variance_1 float8, n1 bigint, mean_2 float8, variance_2 float8, n2 bigint,
		tau float8, confidence float8 DEFAULT 0.95)
	RETURNS drift.sequential_result
	AS 'MODULE_PATHNAME', 'drift_msprt_mean_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift.msprt_mean_test(float8, float8, bigint, float8, float8, bigint, float8, float8) IS
	'the same of two means, from mean, sample variance and rows of each arm; tau is in the units of the mean';

CREATE OR REPLACE FUNCTION drift.beta_binomial_test(x1 bigint, n1 bigint, x2 bigint, n2 bigint, prior_a float8 DEFAULT 1, prior_b float8 DEFAULT 1)
	RETURNS drift.beta_binomial_result
	AS 'MODULE_PATHNAME', 'drift_beta_binomial_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;

COMMENT ON FUNCTION drift.beta_binomial_test(bigint, bigint, bigint, bigint, float8, float8) IS
	'Bayesian test of two proportions, x of n rows in each arm, with the prior Beta(prior_a, prior_b): chance of each to be the larger one, and expected loss of choosing it';

CREATE OR REPLACE FUNCTION drift.chi_square_test(counts bigint[]) RETURNS drift.table_test_result
	AS 'MODULE_PATHNAME', 'drift_table_chi_square_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift.chi_square_test(bigint[]) IS
	'chi-square test of a table of counts, as in ''{{120,880},{150,850}}'': are rows and columns independent? With and without Yates'' correction where it is 2 x 2';

CREATE OR REPLACE FUNCTION drift.fisher_exact_test(counts bigint[]) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_table_fisher_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift.fisher_exact_test(bigint[]) IS
	'Fisher''s exact test of a 2 x 2 table of counts, two-sided; the statistic is the odds ratio, and each row of the table a side. NULL where a row is empty';

CREATE OR REPLACE FUNCTION drift.srm_test(counts bigint[], weights float8[] DEFAULT NULL, alpha float8 DEFAULT 0.001) RETURNS drift.srm_result
	AS 'MODULE_PATHNAME', 'drift_srm_test' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift.srm_test(bigint[], float8[], float8) IS
	'sample ratio mismatch: do the rows of the arms fall as their weights say (equal ones where there are none)? A p-value below alpha says that the split is broken, and no comparison of the arms can be trusted';
