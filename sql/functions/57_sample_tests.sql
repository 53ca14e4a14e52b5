-- tests of numbers by characteristic functions, spread and kernels

CREATE OR REPLACE FUNCTION drift.epps_singleton_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_epps_singleton_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift.epps_singleton_test(drift.profile, drift.profile) IS 'Epps-Singleton test of two exact profiles of numbers, by their characteristic functions, as scipy.stats.epps_singleton_2samp';

CREATE OR REPLACE FUNCTION drift.levene_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_levene_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift.levene_test(drift.profile, drift.profile) IS 'Levene test of equal spread of two exact profiles of numbers, about the medians (Brown-Forsythe), as scipy.stats.levene';

CREATE OR REPLACE FUNCTION drift_internal.labelled_epps_singleton_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_epps_singleton_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_epps_singleton_test(internal) IS 'Final function of the epps_singleton_test aggregate over labelled rows';

CREATE OR REPLACE AGGREGATE drift.epps_singleton_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_epps_singleton_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.epps_singleton_test(value "any", is_current boolean) IS 'Epps-Singleton test of two samples of numbers, by their characteristic functions at 0.4 and 0.8 of the semi-interquartile range';

CREATE OR REPLACE FUNCTION drift_internal.labelled_levene_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_levene_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_levene_test(internal) IS 'Final function of the levene_test aggregate over labelled rows';

CREATE OR REPLACE AGGREGATE drift.levene_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_levene_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.levene_test(value "any", is_current boolean) IS 'Levene test of equal spread of two samples of numbers, about the medians (Brown-Forsythe)';

-- maximum mean discrepancy

CREATE OR REPLACE FUNCTION drift.mmd_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_mmd_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.mmd_test(drift.profile, drift.profile) IS 'Maximum mean discrepancy of two exact profiles of numbers: unbiased estimator of MMD^2 with a Gaussian kernel over at most 1000 rows a side, p-value of 499 permutations, seed 42; equal to that of the rows';

CREATE OR REPLACE FUNCTION drift.mmd_test(reference drift.profile, current drift.profile, sample integer) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_mmd_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.mmd_test(drift.profile, drift.profile, integer) IS 'Maximum mean discrepancy of two exact profiles of numbers, over at most the given number of rows a side';

CREATE OR REPLACE FUNCTION drift.mmd_test(reference drift.profile, current drift.profile, sample integer, seed bigint) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_mmd_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.mmd_test(drift.profile, drift.profile, integer, bigint) IS 'Maximum mean discrepancy of two exact profiles of numbers, over at most the given number of rows a side drawn with the given seed';

CREATE OR REPLACE FUNCTION drift_internal.mmd_accum(internal, "any", boolean, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_mmd_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.mmd_accum(internal, "any", boolean, integer) IS 'Adds a labelled row, for a given sample; private to drift.mmd_test';

CREATE OR REPLACE FUNCTION drift_internal.mmd_accum(internal, "any", boolean, integer, bigint) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_mmd_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.mmd_accum(internal, "any", boolean, integer, bigint) IS 'Adds a labelled row, for a given sample and seed; private to drift.mmd_test';

CREATE OR REPLACE FUNCTION drift_internal.labelled_mmd_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_mmd_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift_internal.labelled_mmd_test(internal) IS 'Final function of the mmd_test aggregates over labelled rows';

CREATE OR REPLACE AGGREGATE drift.mmd_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_mmd_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.mmd_test(value "any", is_current boolean) IS 'Maximum mean discrepancy of two samples of numbers: unbiased estimator of MMD^2 with a Gaussian kernel, p-value of 499 permutations; over at most 1000 rows a side, a uniform sample of seed 42';

CREATE OR REPLACE AGGREGATE drift.mmd_test(value "any", is_current boolean, sample integer) (
	SFUNC = drift_internal.mmd_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_mmd_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.mmd_test(value "any", is_current boolean, sample integer) IS 'Maximum mean discrepancy of two samples of numbers: unbiased estimator of MMD^2 with a Gaussian kernel, p-value of 499 permutations; over at most the given number of rows a side, a uniform sample of seed 42';

CREATE OR REPLACE AGGREGATE drift.mmd_test(value "any", is_current boolean, sample integer, seed bigint) (
	SFUNC = drift_internal.mmd_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_mmd_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.mmd_test(value "any", is_current boolean, sample integer, seed bigint) IS 'Maximum mean discrepancy of two samples of numbers: unbiased estimator of MMD^2 with a Gaussian kernel, p-value of 499 permutations; over at most the given number of rows a side, a uniform sample of the given seed';
