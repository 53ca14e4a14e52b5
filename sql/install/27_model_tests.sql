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
