-- permutation p-values

CREATE OR REPLACE FUNCTION drift_internal.permutation_accum(internal, "any", boolean, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_permutation_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.permutation_accum(internal, "any", boolean, text) IS 'Adds a labelled row for a permutation test of a statistic; private to drift.permutation_test';

CREATE OR REPLACE FUNCTION drift_internal.permutation_accum(internal, "any", boolean, text, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_permutation_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.permutation_accum(internal, "any", boolean, text, integer) IS 'Adds a labelled row for a given number of permutations; private to drift.permutation_test';

CREATE OR REPLACE FUNCTION drift_internal.permutation_accum(internal, "any", boolean, text, integer, bigint) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_permutation_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.permutation_accum(internal, "any", boolean, text, integer, bigint) IS 'Adds a labelled row for a given number of permutations and seed; private to drift.permutation_test';

CREATE OR REPLACE FUNCTION drift_internal.labelled_permutation_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_permutation_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift_internal.labelled_permutation_test(internal) IS 'Final function of the permutation_test aggregates over labelled rows';

CREATE OR REPLACE AGGREGATE drift.permutation_test(value "any", is_current boolean, statistic text) (
	SFUNC = drift_internal.permutation_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_permutation_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.permutation_test(value "any", is_current boolean, statistic text) IS 'Permutation test of a statistic (ks, psi, total_variation, wasserstein_distance, mean_difference and others): 999 permutations of the labels, seed 42; the p-value is (b + 1) / (B + 1)';

CREATE OR REPLACE AGGREGATE drift.permutation_test(value "any", is_current boolean, statistic text, permutations integer) (
	SFUNC = drift_internal.permutation_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_permutation_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.permutation_test(value "any", is_current boolean, statistic text, permutations integer) IS 'Permutation test of a statistic with the given number of permutations of the labels, seed 42';

CREATE OR REPLACE AGGREGATE drift.permutation_test(value "any", is_current boolean, statistic text, permutations integer, seed bigint) (
	SFUNC = drift_internal.permutation_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_permutation_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.permutation_test(value "any", is_current boolean, statistic text, permutations integer, seed bigint) IS 'Permutation test of a statistic with the given number of permutations of the labels and seed';

CREATE OR REPLACE FUNCTION drift.permutation_test(reference drift.profile, current drift.profile, statistic text) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_permutation_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.permutation_test(drift.profile, drift.profile, text) IS 'Permutation test of a statistic of two exact profiles: 999 permutations of the labels, seed 42; the p-value is (b + 1) / (B + 1); of numbers, equal to that of the rows';

CREATE OR REPLACE FUNCTION drift.permutation_test(reference drift.profile, current drift.profile, statistic text, permutations integer) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_permutation_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.permutation_test(drift.profile, drift.profile, text, integer) IS 'Permutation test of a statistic of two exact profiles with the given number of permutations, seed 42';

CREATE OR REPLACE FUNCTION drift.permutation_test(reference drift.profile, current drift.profile, statistic text, permutations integer, seed bigint) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_permutation_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.permutation_test(drift.profile, drift.profile, text, integer, bigint) IS 'Permutation test of a statistic of two exact profiles with the given number of permutations and seed';

-- KS where values repeat; NULL where the p-value of ks_test is to stand. Of the same arguments as ks_test, to share its state.

CREATE OR REPLACE FUNCTION drift_internal.labelled_tied_ks_p_value(internal) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_labelled_tied_ks_p_value' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION drift_internal.labelled_tied_ks_p_value(internal) IS 'Final function of drift_internal.tied_ks_p_value over labelled rows';

CREATE OR REPLACE AGGREGATE drift_internal.tied_ks_p_value(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_tied_ks_p_value,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift_internal.tied_ks_p_value(value "any", is_current boolean) IS 'p-value of the Kolmogorov-Smirnov test by permutation where over a fifth of the reference values are repeats; NULL elsewhere, with more than 100,000 distinct values, and where the p-value of ks_test, which is an upper bound, is below what the permutations can give';
