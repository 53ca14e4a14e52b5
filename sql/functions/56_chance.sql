-- what statistics are when nothing has drifted

CREATE OR REPLACE FUNCTION drift.chance(reference drift.profile, current drift.profile, statistic text) RETURNS drift.chance_result
	AS 'MODULE_PATHNAME', 'drift_chance_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift.chance(drift.profile, drift.profile, text) IS 'A statistic of two profiles and what it would be if nothing had drifted: psi, kl_divergence, js_distance, hellinger_distance, total_variation, ks, wasserstein_distance, normalized_wasserstein_distance or energy_distance.';

CREATE OR REPLACE FUNCTION drift.chance(reference drift.profile, current drift.profile, statistic text, bins integer) RETURNS drift.chance_result
	AS 'MODULE_PATHNAME', 'drift_chance_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift.chance(drift.profile, drift.profile, text, integer) IS 'A statistic of two profiles and what it would be if nothing had drifted. Over that many quantile bins of the reference, where the statistic has bins.';

CREATE OR REPLACE FUNCTION drift.psi_chance(psi float8, bins bigint, n_reference bigint, n_current bigint) RETURNS drift.chance_result
	AS 'MODULE_PATHNAME', 'drift_psi_chance_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.psi_chance(float8, bigint, bigint, bigint) IS 'A PSI over this many bins of so many rows and what it would be if nothing had drifted, by drift.psi_p_value(): for bins that hold rows enough, about ten each and more';

CREATE OR REPLACE FUNCTION drift_internal.labelled_chance_accum(internal, "any", boolean, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_labelled_chance_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.labelled_chance_accum(internal, "any", boolean, text) IS 'Adds a labelled row; private to the aggregate chance';

CREATE OR REPLACE FUNCTION drift_internal.labelled_chance_accum(internal, "any", boolean, text, integer) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_labelled_chance_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.labelled_chance_accum(internal, "any", boolean, text, integer) IS 'Adds a labelled row, for a given number of bins; private to the aggregate chance';

CREATE OR REPLACE FUNCTION drift_internal.labelled_chance(internal) RETURNS drift.chance_result
	AS 'MODULE_PATHNAME', 'drift_labelled_chance' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift_internal.labelled_chance(internal) IS 'Final function of the chance aggregates over labelled rows';

CREATE OR REPLACE AGGREGATE drift.chance(value "any", is_current boolean, statistic text) (
	SFUNC = drift_internal.labelled_chance_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_chance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.chance(value "any", is_current boolean, statistic text) IS 'A statistic of labelled rows and what it would be if nothing had drifted; numbers in 10 quantile bins of the reference, categories one bin each, where the statistic has bins';

CREATE OR REPLACE AGGREGATE drift.chance(value "any", is_current boolean, statistic text, bins integer) (
	SFUNC = drift_internal.labelled_chance_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_chance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift.chance(value "any", is_current boolean, statistic text, bins integer) IS 'A statistic of labelled rows and what it would be if nothing had drifted; numbers in the given number of quantile bins of the reference';
