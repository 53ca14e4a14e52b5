-- statistics of categories: labels, or distinct numbers

-- of two profiles

CREATE OR REPLACE FUNCTION drift.l_infinity(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_l_infinity_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.l_infinity(drift.profile, drift.profile) IS 'Largest difference of the shares of a category (or distinct number), from 0 to 1.';

CREATE OR REPLACE FUNCTION drift.cramers_v(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_cramers_v_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.cramers_v(drift.profile, drift.profile) IS 'Cramér''s V of side and category (or distinct number), from 0 to 1: sqrt(chi-square / (n + m)), uncorrected, as scipy.stats.contingency.association. It depends on the ratio of the sample sizes.';

CREATE OR REPLACE FUNCTION drift.cramers_v_corrected(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_cramers_v_corrected_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.cramers_v_corrected(drift.profile, drift.profile) IS 'Cramér''s V of side and category (or distinct number) with the bias correction of Bergsma (2013): 0 on average where nothing has drifted, however many categories there are.';

CREATE OR REPLACE FUNCTION drift.g_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_g_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.g_test(drift.profile, drift.profile) IS 'Likelihood-ratio test of the contingency table of both sides by category (or distinct number); Yates correction for two, as scipy.stats.chi2_contingency(lambda_=''log-likelihood'').';

CREATE OR REPLACE FUNCTION drift.chi_square_goodness_of_fit_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_chi_square_goodness_of_fit_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.chi_square_goodness_of_fit_test(drift.profile, drift.profile) IS 'Chi-square test of the current side against the shares of the reference, taken as if they were exact, as scipy.stats.chisquare; infinite where the reference lacks a category (or distinct number).';

CREATE OR REPLACE FUNCTION drift.fisher_exact_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_fisher_exact_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.fisher_exact_test(drift.profile, drift.profile) IS 'Fisher''s exact test of the share of the larger of two values (bytewise for categories), two-sided; the statistic is the odds ratio, reference over current, as scipy.stats.fisher_exact.';

CREATE OR REPLACE FUNCTION drift.missing_rate_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_missing_rate_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.missing_rate_test(drift.profile, drift.profile) IS 'Two-proportion z-test of the shares of missing values (NULL and NaN), reference minus current, pooled standard error; n_reference and n_current count all rows.';

-- of labelled rows

CREATE OR REPLACE FUNCTION drift_internal.missing_accum(internal, "any", boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_missing_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.missing_accum(internal, "any", boolean) IS 'Counts a labelled row and whether its value is missing; private to the missing_rate_test aggregate.';

CREATE OR REPLACE FUNCTION drift_internal.labelled_l_infinity(internal) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_labelled_l_infinity' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_l_infinity(internal) IS 'Final function of the l_infinity aggregate over labelled rows.';

CREATE OR REPLACE FUNCTION drift_internal.labelled_cramers_v(internal) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_labelled_cramers_v' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_cramers_v(internal) IS 'Final function of the cramers_v aggregate over labelled rows.';

CREATE OR REPLACE FUNCTION drift_internal.labelled_cramers_v_corrected(internal) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_labelled_cramers_v_corrected' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_cramers_v_corrected(internal) IS 'Final function of the cramers_v_corrected aggregate over labelled rows.';

CREATE OR REPLACE FUNCTION drift_internal.labelled_g_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_g_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_g_test(internal) IS 'Final function of the g_test aggregate over labelled rows.';

CREATE OR REPLACE FUNCTION drift_internal.labelled_chi_square_goodness_of_fit_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_chi_square_goodness_of_fit_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_chi_square_goodness_of_fit_test(internal) IS 'Final function of the chi_square_goodness_of_fit_test aggregate over labelled rows.';

CREATE OR REPLACE FUNCTION drift_internal.labelled_fisher_exact_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_fisher_exact_test' LANGUAGE C STABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_fisher_exact_test(internal) IS 'Final function of the fisher_exact_test aggregate over labelled rows.';

CREATE OR REPLACE FUNCTION drift_internal.labelled_missing_rate_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_missing_rate_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_missing_rate_test(internal) IS 'Final function of the missing_rate_test aggregate over labelled rows.';

CREATE OR REPLACE AGGREGATE drift.l_infinity(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_l_infinity,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.l_infinity(value "any", is_current boolean) IS 'Largest difference of the shares of a category (or distinct number), from 0 to 1.';

CREATE OR REPLACE AGGREGATE drift.cramers_v(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_cramers_v,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.cramers_v(value "any", is_current boolean) IS 'Cramér''s V of side and category (or distinct number), from 0 to 1: sqrt(chi-square / (n + m)), uncorrected, as scipy.stats.contingency.association. It depends on the ratio of the sample sizes.';

CREATE OR REPLACE AGGREGATE drift.cramers_v_corrected(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_cramers_v_corrected,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.cramers_v_corrected(value "any", is_current boolean) IS 'Cramér''s V of side and category (or distinct number) with the bias correction of Bergsma (2013): 0 on average where nothing has drifted, however many categories there are.';

CREATE OR REPLACE AGGREGATE drift.g_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_g_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.g_test(value "any", is_current boolean) IS 'Likelihood-ratio test of the contingency table of both sides by category (or distinct number); Yates correction for two, as scipy.stats.chi2_contingency(lambda_=''log-likelihood'').';

CREATE OR REPLACE AGGREGATE drift.chi_square_goodness_of_fit_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_chi_square_goodness_of_fit_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.chi_square_goodness_of_fit_test(value "any", is_current boolean) IS 'Chi-square test of the current side against the shares of the reference, taken as if they were exact, as scipy.stats.chisquare; infinite where the reference lacks a category (or distinct number).';

CREATE OR REPLACE AGGREGATE drift.fisher_exact_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_fisher_exact_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.fisher_exact_test(value "any", is_current boolean) IS 'Fisher''s exact test of the share of the larger of two values (bytewise for categories), two-sided; the statistic is the odds ratio, reference over current, as scipy.stats.fisher_exact.';

CREATE OR REPLACE AGGREGATE drift.missing_rate_test(value "any", is_current boolean) (
	SFUNC = drift_internal.missing_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_missing_rate_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.missing_rate_test(value "any", is_current boolean) IS 'Two-proportion z-test of the shares of missing values (NULL and NaN), reference minus current, pooled standard error; n_reference and n_current count all rows.';
