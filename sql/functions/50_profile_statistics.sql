-- statistics of two profiles

CREATE OR REPLACE FUNCTION drift.psi(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_psi_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.psi(drift.profile, drift.profile) IS 'Population stability index: sum over bins of (p - q) ln(p / q), p and q the shares in the reference and in the current profile. Bins are those that the current or the reference profile has counted, otherwise ten quantile bins of the reference; categories are bins of their own.';

CREATE OR REPLACE FUNCTION drift.psi(reference drift.profile, current drift.profile, bins integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_psi_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.psi(drift.profile, drift.profile, integer) IS 'Population stability index: sum over bins of (p - q) ln(p / q), p and q the shares in the reference and in the current profile. Over that many quantile bins of the reference.';

CREATE OR REPLACE FUNCTION drift.psi(reference drift.profile, current drift.profile, bins integer, floor double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_psi_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.psi(drift.profile, drift.profile, integer, double precision) IS 'Population stability index: sum over bins of (p - q) ln(p / q), p and q the shares in the reference and in the current profile. Over that many quantile bins of the reference; shares below the floor (1e-4 by default) are raised to it.';

CREATE OR REPLACE FUNCTION drift.kl_divergence(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_kl_divergence_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.kl_divergence(drift.profile, drift.profile) IS 'Kullback-Leibler divergence of the reference from the current profile: sum over bins of p ln(p / q). Bins are those that the current or the reference profile has counted, otherwise ten quantile bins of the reference; categories are bins of their own.';

CREATE OR REPLACE FUNCTION drift.kl_divergence(reference drift.profile, current drift.profile, bins integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_kl_divergence_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.kl_divergence(drift.profile, drift.profile, integer) IS 'Kullback-Leibler divergence of the reference from the current profile: sum over bins of p ln(p / q). Over that many quantile bins of the reference.';

CREATE OR REPLACE FUNCTION drift.kl_divergence(reference drift.profile, current drift.profile, bins integer, floor double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_kl_divergence_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.kl_divergence(drift.profile, drift.profile, integer, double precision) IS 'Kullback-Leibler divergence of the reference from the current profile: sum over bins of p ln(p / q). Over that many quantile bins of the reference; shares below the floor (1e-4 by default) are raised to it.';

CREATE OR REPLACE FUNCTION drift.js_distance(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_js_distance_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.js_distance(drift.profile, drift.profile) IS 'Jensen-Shannon distance: square root of the base-2 divergence, from 0 to 1. Bins are those that the current or the reference profile has counted, otherwise ten quantile bins of the reference; categories are bins of their own.';

CREATE OR REPLACE FUNCTION drift.js_distance(reference drift.profile, current drift.profile, bins integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_js_distance_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.js_distance(drift.profile, drift.profile, integer) IS 'Jensen-Shannon distance: square root of the base-2 divergence, from 0 to 1. Over that many quantile bins of the reference.';

CREATE OR REPLACE FUNCTION drift.hellinger_distance(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_hellinger_distance_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.hellinger_distance(drift.profile, drift.profile) IS 'Hellinger distance: sqrt(1 - sum over bins of sqrt(p q)), from 0 to 1. Bins are those that the current or the reference profile has counted, otherwise ten quantile bins of the reference; categories are bins of their own.';

CREATE OR REPLACE FUNCTION drift.hellinger_distance(reference drift.profile, current drift.profile, bins integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_hellinger_distance_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.hellinger_distance(drift.profile, drift.profile, integer) IS 'Hellinger distance: sqrt(1 - sum over bins of sqrt(p q)), from 0 to 1. Over that many quantile bins of the reference.';

CREATE OR REPLACE FUNCTION drift.total_variation(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_total_variation_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.total_variation(drift.profile, drift.profile) IS 'Total variation distance: half the sum over bins of |p - q|, from 0 to 1. Bins are those that the current or the reference profile has counted, otherwise ten quantile bins of the reference; categories are bins of their own.';

CREATE OR REPLACE FUNCTION drift.total_variation(reference drift.profile, current drift.profile, bins integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_total_variation_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.total_variation(drift.profile, drift.profile, integer) IS 'Total variation distance: half the sum over bins of |p - q|, from 0 to 1. Over that many quantile bins of the reference.';

CREATE OR REPLACE FUNCTION drift.wasserstein_distance(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_wasserstein_distance_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.wasserstein_distance(drift.profile, drift.profile) IS 'Wasserstein-1 distance in the unit of the column: integral of |F - G| over the two distribution functions.';

CREATE OR REPLACE FUNCTION drift.normalized_wasserstein_distance(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_normalized_wasserstein_distance_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.normalized_wasserstein_distance(drift.profile, drift.profile) IS 'Wasserstein-1 distance divided by the population standard deviation of the reference.';

CREATE OR REPLACE FUNCTION drift.ks_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_ks_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.ks_test(drift.profile, drift.profile) IS 'Two-sample Kolmogorov-Smirnov test: largest distance of the distribution functions; exact p-value up to 10,000 rows a side, as scipy.stats.ks_2samp.';

CREATE OR REPLACE FUNCTION drift.mann_whitney_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_mann_whitney_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.mann_whitney_test(drift.profile, drift.profile) IS 'Two-sided Mann-Whitney U test; the statistic is the U of the reference, as scipy.stats.mannwhitneyu.';

CREATE OR REPLACE FUNCTION drift.t_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_t_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.t_test(drift.profile, drift.profile) IS 'Welch t-test of the means, reference minus current; exact on summaries too, since moments are.';

CREATE OR REPLACE FUNCTION drift.chi_square_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_chi_square_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.chi_square_test(drift.profile, drift.profile) IS 'Chi-square test of the contingency table of both sides by value; Yates correction for two values, as scipy.stats.chi2_contingency.';

CREATE OR REPLACE FUNCTION drift.z_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_z_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.z_test(drift.profile, drift.profile) IS 'z-test of the share of the larger of two values, reference minus current, pooled standard error.';

CREATE OR REPLACE FUNCTION drift.bounds(statistic text, reference drift.profile, current drift.profile,
	OUT value double precision, OUT low double precision, OUT high double precision) RETURNS record
	AS 'MODULE_PATHNAME', 'drift_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION drift.bounds(text, drift.profile, drift.profile) IS 'A statistic of two profiles (psi, kl_divergence, js_distance, hellinger_distance, total_variation, l_infinity, cramers_v, cramers_v_corrected, wasserstein_distance, energy_distance or ks) and the interval in which that of the rows behind them certainly lies; on exact profiles low = value = high. For bins: the same bins.';

-- Without a type on any argument the parser cannot tell profiles from labelled rows; a form whose last argument is text
-- decides it, as the parser prefers text for what has no type.

CREATE OR REPLACE FUNCTION drift.psi(reference drift.profile, current drift.profile, bins text) RETURNS double precision
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
	RETURN drift.psi(reference, current, bins::pg_catalog.int4);
COMMENT ON FUNCTION drift.psi(drift.profile, drift.profile, text) IS 'The same, for literals and parameters without a type: a number of bins.';

CREATE OR REPLACE FUNCTION drift.kl_divergence(reference drift.profile, current drift.profile, bins text) RETURNS double precision
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
	RETURN drift.kl_divergence(reference, current, bins::pg_catalog.int4);
COMMENT ON FUNCTION drift.kl_divergence(drift.profile, drift.profile, text) IS 'The same, for literals and parameters without a type: a number of bins.';

CREATE OR REPLACE FUNCTION drift.js_distance(reference drift.profile, current drift.profile, bins text) RETURNS double precision
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
	RETURN drift.js_distance(reference, current, bins::pg_catalog.int4);
COMMENT ON FUNCTION drift.js_distance(drift.profile, drift.profile, text) IS 'The same, for literals and parameters without a type: a number of bins.';

CREATE OR REPLACE FUNCTION drift.hellinger_distance(reference drift.profile, current drift.profile, bins text) RETURNS double precision
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
	RETURN drift.hellinger_distance(reference, current, bins::pg_catalog.int4);
COMMENT ON FUNCTION drift.hellinger_distance(drift.profile, drift.profile, text) IS 'The same, for literals and parameters without a type: a number of bins.';

CREATE OR REPLACE FUNCTION drift.total_variation(reference drift.profile, current drift.profile, bins text) RETURNS double precision
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
	RETURN drift.total_variation(reference, current, bins::pg_catalog.int4);
COMMENT ON FUNCTION drift.total_variation(drift.profile, drift.profile, text) IS 'The same, for literals and parameters without a type: a number of bins.';
