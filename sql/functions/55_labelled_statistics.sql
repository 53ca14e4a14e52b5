-- statistics over labelled rows: (value, is_current)
--
-- Rows with is_current false are the reference, rows with is_current true the
-- current side. All forms of the same arguments share one state.

-- labelled private functions

CREATE OR REPLACE FUNCTION drift_internal.labelled_accum(internal, "any", boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_labelled_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.labelled_accum(internal, "any", boolean) IS 'Adds a labelled row; private to the aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_accum(internal, "any", boolean, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_labelled_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.labelled_accum(internal, "any", boolean, integer) IS 'Adds a labelled row, for a given number of bins; private to the aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_accum(internal, "any", boolean, double precision[]) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_labelled_bins_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.labelled_accum(internal, "any", boolean, double precision[]) IS 'Counts a labelled row in bins of given edges; private to the aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_accum(internal, "any", boolean, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_labelled_text_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.labelled_accum(internal, "any", boolean, text) IS 'Adds a labelled row, for a number of bins or an array of edges as text; private to the aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_psi(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_labelled_psi' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_psi(internal) IS 'Final function of the psi aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_kl_divergence(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_labelled_kl_divergence' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_kl_divergence(internal) IS 'Final function of the kl_divergence aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_js_distance(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_labelled_js_distance' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_js_distance(internal) IS 'Final function of the js_distance aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_hellinger_distance(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_labelled_hellinger_distance' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_hellinger_distance(internal) IS 'Final function of the hellinger_distance aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_total_variation(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_labelled_total_variation' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_total_variation(internal) IS 'Final function of the total_variation aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_wasserstein_distance(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_labelled_wasserstein_distance' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_wasserstein_distance(internal) IS 'Final function of the wasserstein_distance aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_normalized_wasserstein_distance(internal) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_labelled_normalized_wasserstein_distance' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_normalized_wasserstein_distance(internal) IS 'Final function of the normalized_wasserstein_distance aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_ks_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_ks_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_ks_test(internal) IS 'Final function of the ks_test aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_chi_square_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_chi_square_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_chi_square_test(internal) IS 'Final function of the chi_square_test aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_z_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_z_test' LANGUAGE C STABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_z_test(internal) IS 'Final function of the z_test aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_t_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_t_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_t_test(internal) IS 'Final function of the t_test aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_mann_whitney_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_mann_whitney_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_mann_whitney_test(internal) IS 'Final function of the mann_whitney_test aggregates over labelled rows';

-- labelled aggregates

CREATE OR REPLACE AGGREGATE drift.psi(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_psi,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.psi(value "any", is_current boolean) IS 'Population stability index; numbers in 10 quantile bins of the reference, categories one bin each';

CREATE OR REPLACE AGGREGATE drift.psi(value "any", is_current boolean, bins integer) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_psi,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.psi(value "any", is_current boolean, bins integer) IS 'Population stability index; numbers in the given number of quantile bins of the reference';

CREATE OR REPLACE AGGREGATE drift.psi(value "any", is_current boolean, edges double precision[]) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_psi,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.psi(value "any", is_current boolean, edges double precision[]) IS 'Population stability index; numbers in bins cut at the given edges, each up to and including its edge, outer ones open';

CREATE OR REPLACE AGGREGATE drift.psi(value "any", is_current boolean, bins_or_edges text) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_psi,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.psi(value "any", is_current boolean, bins_or_edges text) IS 'Population stability index; for literals and parameters without a type: a number of bins, or an array of edges';

CREATE OR REPLACE AGGREGATE drift.kl_divergence(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_kl_divergence,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.kl_divergence(value "any", is_current boolean) IS 'Kullback-Leibler divergence of the reference from the current side, natural logarithm; numbers in 10 quantile bins of the reference, categories one bin each';

CREATE OR REPLACE AGGREGATE drift.kl_divergence(value "any", is_current boolean, bins integer) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_kl_divergence,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.kl_divergence(value "any", is_current boolean, bins integer) IS 'Kullback-Leibler divergence of the reference from the current side, natural logarithm; numbers in the given number of quantile bins of the reference';

CREATE OR REPLACE AGGREGATE drift.kl_divergence(value "any", is_current boolean, edges double precision[]) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_kl_divergence,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.kl_divergence(value "any", is_current boolean, edges double precision[]) IS 'Kullback-Leibler divergence of the reference from the current side, natural logarithm; numbers in bins cut at the given edges, each up to and including its edge, outer ones open';

CREATE OR REPLACE AGGREGATE drift.kl_divergence(value "any", is_current boolean, bins_or_edges text) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_kl_divergence,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.kl_divergence(value "any", is_current boolean, bins_or_edges text) IS 'Kullback-Leibler divergence of the reference from the current side, natural logarithm; for literals and parameters without a type: a number of bins, or an array of edges';

CREATE OR REPLACE AGGREGATE drift.js_distance(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_js_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.js_distance(value "any", is_current boolean) IS 'Jensen-Shannon distance, base 2, 0 to 1; numbers in 10 quantile bins of the reference, categories one bin each';

CREATE OR REPLACE AGGREGATE drift.js_distance(value "any", is_current boolean, bins integer) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_js_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.js_distance(value "any", is_current boolean, bins integer) IS 'Jensen-Shannon distance, base 2, 0 to 1; numbers in the given number of quantile bins of the reference';

CREATE OR REPLACE AGGREGATE drift.js_distance(value "any", is_current boolean, edges double precision[]) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_js_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.js_distance(value "any", is_current boolean, edges double precision[]) IS 'Jensen-Shannon distance, base 2, 0 to 1; numbers in bins cut at the given edges, each up to and including its edge, outer ones open';

CREATE OR REPLACE AGGREGATE drift.js_distance(value "any", is_current boolean, bins_or_edges text) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_js_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.js_distance(value "any", is_current boolean, bins_or_edges text) IS 'Jensen-Shannon distance, base 2, 0 to 1; for literals and parameters without a type: a number of bins, or an array of edges';

CREATE OR REPLACE AGGREGATE drift.hellinger_distance(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_hellinger_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.hellinger_distance(value "any", is_current boolean) IS 'Hellinger distance, 0 to 1; numbers in 10 quantile bins of the reference, categories one bin each';

CREATE OR REPLACE AGGREGATE drift.hellinger_distance(value "any", is_current boolean, bins integer) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_hellinger_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.hellinger_distance(value "any", is_current boolean, bins integer) IS 'Hellinger distance, 0 to 1; numbers in the given number of quantile bins of the reference';

CREATE OR REPLACE AGGREGATE drift.hellinger_distance(value "any", is_current boolean, edges double precision[]) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_hellinger_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.hellinger_distance(value "any", is_current boolean, edges double precision[]) IS 'Hellinger distance, 0 to 1; numbers in bins cut at the given edges, each up to and including its edge, outer ones open';

CREATE OR REPLACE AGGREGATE drift.hellinger_distance(value "any", is_current boolean, bins_or_edges text) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_hellinger_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.hellinger_distance(value "any", is_current boolean, bins_or_edges text) IS 'Hellinger distance, 0 to 1; for literals and parameters without a type: a number of bins, or an array of edges';

CREATE OR REPLACE AGGREGATE drift.total_variation(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_total_variation,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.total_variation(value "any", is_current boolean) IS 'Total variation distance, 0 to 1; numbers in 10 quantile bins of the reference, categories one bin each';

CREATE OR REPLACE AGGREGATE drift.total_variation(value "any", is_current boolean, bins integer) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_total_variation,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.total_variation(value "any", is_current boolean, bins integer) IS 'Total variation distance, 0 to 1; numbers in the given number of quantile bins of the reference';

CREATE OR REPLACE AGGREGATE drift.total_variation(value "any", is_current boolean, edges double precision[]) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_total_variation,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.total_variation(value "any", is_current boolean, edges double precision[]) IS 'Total variation distance, 0 to 1; numbers in bins cut at the given edges, each up to and including its edge, outer ones open';

CREATE OR REPLACE AGGREGATE drift.total_variation(value "any", is_current boolean, bins_or_edges text) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_total_variation,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.total_variation(value "any", is_current boolean, bins_or_edges text) IS 'Total variation distance, 0 to 1; for literals and parameters without a type: a number of bins, or an array of edges';

CREATE OR REPLACE AGGREGATE drift.wasserstein_distance(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_wasserstein_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.wasserstein_distance(value "any", is_current boolean) IS 'Wasserstein-1 distance of two samples of numbers, in the unit of the values';

CREATE OR REPLACE AGGREGATE drift.normalized_wasserstein_distance(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_normalized_wasserstein_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.normalized_wasserstein_distance(value "any", is_current boolean) IS 'Wasserstein-1 distance in units of the reference''s population standard deviation; infinite or NaN where the reference is constant';

CREATE OR REPLACE AGGREGATE drift.ks_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_ks_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.ks_test(value "any", is_current boolean) IS 'Two-sample Kolmogorov-Smirnov test of numbers, two-sided; exact p-value up to 10,000 rows a side';

CREATE OR REPLACE AGGREGATE drift.chi_square_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_chi_square_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.chi_square_test(value "any", is_current boolean) IS 'Chi-square test of both samples by category (or distinct number), Yates-corrected for two categories';

CREATE OR REPLACE AGGREGATE drift.z_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_z_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.z_test(value "any", is_current boolean) IS 'Two-proportion z-test of values of which there are two; success is the larger one (bytewise for categories)';

CREATE OR REPLACE AGGREGATE drift.t_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_t_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.t_test(value "any", is_current boolean) IS 'Welch''s t-test of two samples of numbers, reference minus current';

CREATE OR REPLACE AGGREGATE drift.mann_whitney_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_mann_whitney_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.mann_whitney_test(value "any", is_current boolean) IS 'Mann-Whitney U test of two samples of numbers, two-sided; the statistic is U of the reference';

-- statistics of counts

CREATE OR REPLACE FUNCTION drift.psi_counts(expected numeric[], actual numeric[], floor double precision DEFAULT 0.0001) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_psi_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift.psi_counts(numeric[], numeric[], double precision) IS 'Population stability index of two arrays of counts or shares; shares below floor are raised to it';
