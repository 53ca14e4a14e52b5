-- two values of the same rows: signed ranks, random signs, rows drawn again

CREATE OR REPLACE FUNCTION drift_internal.paired_accum(internal, float8, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_paired_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.paired_accum(internal, float8, float8) IS 'Adds a row; private to the tests of pairs';

CREATE OR REPLACE FUNCTION drift_internal.paired_accum(internal, float8, float8, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_paired_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.paired_accum(internal, float8, float8, integer) IS 'Adds a row for a given number of replicates; private to the tests of pairs';

CREATE OR REPLACE FUNCTION drift_internal.paired_accum(internal, float8, float8, integer, bigint) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_paired_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.paired_accum(internal, float8, float8, integer, bigint) IS 'Adds a row for given replicates and seed; private to the tests of pairs';

CREATE OR REPLACE FUNCTION drift_internal.paired_accum(internal, float8, float8, integer, bigint, float8) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_paired_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.paired_accum(internal, float8, float8, integer, bigint, float8) IS 'Adds a row for given replicates, seed and confidence level; private to the tests of pairs';

CREATE OR REPLACE FUNCTION drift_internal.paired_flips_accum(internal, float8, float8, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_paired_flips_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.paired_flips_accum(internal, float8, float8, integer) IS 'Adds a row for a given number of permutations; private to drift.paired_permutation_test';

CREATE OR REPLACE FUNCTION drift_internal.paired_flips_accum(internal, float8, float8, integer, bigint) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_paired_flips_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.paired_flips_accum(internal, float8, float8, integer, bigint) IS 'Adds a row for given permutations and seed; private to drift.paired_permutation_test';

CREATE OR REPLACE FUNCTION drift_internal.wilcoxon_test(internal) RETURNS drift.wilcoxon_result
	AS 'MODULE_PATHNAME', 'drift_wilcoxon_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.wilcoxon_test(internal) IS 'Final function of drift.wilcoxon_test';

CREATE OR REPLACE FUNCTION drift_internal.paired_permutation_test(internal) RETURNS drift.paired_permutation_result
	AS 'MODULE_PATHNAME', 'drift_paired_permutation_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100000;

COMMENT ON FUNCTION drift_internal.paired_permutation_test(internal) IS 'Final function of drift.paired_permutation_test';

CREATE OR REPLACE FUNCTION drift_internal.bootstrap_test(internal) RETURNS drift.bootstrap_result
	AS 'MODULE_PATHNAME', 'drift_bootstrap_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100000;

COMMENT ON FUNCTION drift_internal.bootstrap_test(internal) IS 'Final function of drift.bootstrap_test';

CREATE OR REPLACE AGGREGATE drift.wilcoxon_test(x float8, y float8) (
	SFUNC = drift_internal.paired_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.wilcoxon_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.wilcoxon_test(x float8, y float8) IS
	'Wilcoxon''s signed-rank test of two values of the same rows, as scipy: exact up to 50 differences without ties and zeros, else the normal approximation; rows that are equal are left out';

CREATE OR REPLACE AGGREGATE drift.paired_permutation_test(value_1 float8, value_2 float8) (
	SFUNC = drift_internal.paired_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.paired_permutation_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.paired_permutation_test(value_1 float8, value_2 float8) IS
	'Permutation test of two values of the same rows: how often the means differ as much when the signs of the differences are turned at random; 999 permutations, seed 42, or all there are if these are no more';

CREATE OR REPLACE AGGREGATE drift.paired_permutation_test(value_1 float8, value_2 float8, permutations integer) (
	SFUNC = drift_internal.paired_flips_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.paired_permutation_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.paired_permutation_test(value_1 float8, value_2 float8, permutations integer) IS
	'Permutation test of two values of the same rows: how often the means differ as much when the signs of the differences are turned at random, by the given number of permutations, seed 42, or all there are if these are no more';

CREATE OR REPLACE AGGREGATE drift.paired_permutation_test(value_1 float8, value_2 float8, permutations integer, seed bigint) (
	SFUNC = drift_internal.paired_flips_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.paired_permutation_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.paired_permutation_test(value_1 float8, value_2 float8, permutations integer, seed bigint) IS
	'Permutation test of two values of the same rows: how often the means differ as much when the signs of the differences are turned at random, by permutations of a seed, the same for the same seed and rows in any order';

CREATE OR REPLACE AGGREGATE drift.bootstrap_test(value_1 float8, value_2 float8) (
	SFUNC = drift_internal.paired_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.bootstrap_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bootstrap_test(value_1 float8, value_2 float8) IS
	'Bootstrap of the difference of the means of two values of the same rows, first less second, with BCa and percentile intervals; 1,999 replicates, seed 42, confidence 95 %';

CREATE OR REPLACE AGGREGATE drift.bootstrap_test(value_1 float8, value_2 float8, replicates integer) (
	SFUNC = drift_internal.paired_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.bootstrap_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bootstrap_test(value_1 float8, value_2 float8, replicates integer) IS
	'Bootstrap of the difference of the means of two values of the same rows, first less second, with BCa and percentile intervals; seed 42, confidence 95 %';

CREATE OR REPLACE AGGREGATE drift.bootstrap_test(value_1 float8, value_2 float8, replicates integer, seed bigint) (
	SFUNC = drift_internal.paired_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.bootstrap_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bootstrap_test(value_1 float8, value_2 float8, replicates integer, seed bigint) IS
	'Bootstrap of the difference of the means of two values of the same rows, first less second, with BCa and percentile intervals of 95 %, the same for the same seed and rows in any order';

CREATE OR REPLACE AGGREGATE drift.bootstrap_test(value_1 float8, value_2 float8, replicates integer, seed bigint, confidence float8) (
	SFUNC = drift_internal.paired_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.bootstrap_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.bootstrap_test(value_1 float8, value_2 float8, replicates integer, seed bigint, confidence float8) IS
	'Bootstrap of the difference of the means of two values of the same rows, first less second, with BCa and percentile intervals of the given confidence level';
