-- results of tests that compare two models or two arms

CREATE TYPE drift.delong_result AS (
	auc_1 double precision,
	auc_2 double precision,
	difference double precision,
	standard_error double precision,
	low double precision,
	high double precision,
	z double precision,
	p_value double precision,
	n_positive bigint,
	n_negative bigint
);
COMMENT ON TYPE drift.delong_result IS 'Result of DeLong''s test: the areas under the ROC curve of two scores, the first less the second with its standard error and confidence interval, z and its two-sided p-value, and the rows of both classes. What the rows do not determine is NULL.';

CREATE TYPE drift.wilcoxon_result AS (
	statistic double precision,
	p_value double precision,
	rank_biserial double precision,
	n bigint,
	n_equal bigint
);
COMMENT ON TYPE drift.wilcoxon_result IS 'Result of Wilcoxon''s signed-rank test: the smaller sum of ranks, the two-sided p-value, the rank-biserial correlation as size of the effect (1: the first value is always larger), the rows that differ and those that are equal.';

CREATE TYPE drift.paired_permutation_result AS (
	difference double precision,
	p_value double precision,
	n bigint,
	permutations bigint,
	is_exact boolean
);
COMMENT ON TYPE drift.paired_permutation_result IS 'Result of a permutation test of pairs: the mean of the first values less that of the second, the two-sided p-value, the rows, the permutations tried, and whether these were all there are.';

CREATE TYPE drift.bootstrap_result AS (
	value_1 double precision,
	value_2 double precision,
	difference double precision,
	standard_error double precision,
	low double precision,
	high double precision,
	percentile_low double precision,
	percentile_high double precision,
	p_value double precision,
	n bigint,
	replicates bigint
);
COMMENT ON TYPE drift.bootstrap_result IS 'Result of a bootstrap of pairs: both values, the first less the second with its standard error, its BCa interval (bias corrected and accelerated) and its percentile interval, the two-sided p-value that belongs to the BCa interval, the rows, and the replicates that have a value. What the rows do not determine is NULL.';

CREATE TYPE drift.two_proportion_result AS (
	share_1 double precision,
	share_2 double precision,
	difference double precision,
	low double precision,
	high double precision,
	z double precision,
	p_value double precision
);
COMMENT ON TYPE drift.two_proportion_result IS 'Result of a test of two proportions: both shares, the first less the second with Newcombe''s interval, z with the pooled standard error and its two-sided p-value. NULL where an arm has no rows.';

CREATE TYPE drift.sequential_result AS (
	difference double precision,
	low double precision,
	high double precision,
	likelihood_ratio double precision,
	p_value double precision
);
COMMENT ON TYPE drift.sequential_result IS 'Result of a sequential test: the first less the second with a confidence interval that holds at all looks together, the likelihood ratio of a difference against none, and the always-valid p-value of this look; the smallest over the looks so far is valid too.';

CREATE TYPE drift.beta_binomial_result AS (
	share_1 double precision,
	share_2 double precision,
	chance_1 double precision,
	chance_2 double precision,
	expected_loss_1 double precision,
	expected_loss_2 double precision
);
COMMENT ON TYPE drift.beta_binomial_result IS 'Result of a Beta-binomial test: the posterior means of both shares, the chance of each to be the larger one, and the expected loss of choosing each, E[max(other - this, 0)].';

CREATE TYPE drift.table_test_result AS (
	statistic double precision,
	degrees_of_freedom double precision,
	p_value double precision,
	yates double precision,
	yates_p_value double precision,
	least_expected double precision
);
COMMENT ON TYPE drift.table_test_result IS 'Result of a chi-square test of a table: Pearson''s statistic, its degrees of freedom and p-value, both with Yates'' correction where the table is 2 x 2, and the least expected count. NULL where there are no counts.';

CREATE TYPE drift.srm_result AS (
	statistic double precision,
	degrees_of_freedom double precision,
	p_value double precision,
	mismatch boolean
);
COMMENT ON TYPE drift.srm_result IS 'Result of a test for a sample ratio mismatch: chi-square of the rows of the arms against their weights, its degrees of freedom and p-value, and whether the split is broken.';
