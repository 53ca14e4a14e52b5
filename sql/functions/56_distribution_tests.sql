-- statistics of the difference of two distribution functions

-- of two profiles

CREATE OR REPLACE FUNCTION drift.cramer_von_mises_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_cramer_von_mises_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.cramer_von_mises_test(drift.profile, drift.profile) IS 'Two-sample Cramer-von Mises test: mean squared distance of the distribution functions; exact p-value up to 20 rows a side, as scipy.stats.cramervonmises_2samp. Repeated values and sides of different size lift the statistic, so that the p-value is too small.';

CREATE OR REPLACE FUNCTION drift.anderson_darling_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_anderson_darling_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.anderson_darling_test(drift.profile, drift.profile) IS 'Two-sample Anderson-Darling test: squared distance of the distribution functions, weighted towards the tails and standardised, as scipy.stats.anderson_ksamp. The p-value is between 0.001 and 0.25; at these ends its bounds reach to 0 and to 1.';

CREATE OR REPLACE FUNCTION drift.kuiper_test(reference drift.profile, current drift.profile) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_kuiper_test_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.kuiper_test(drift.profile, drift.profile) IS 'Kuiper test: largest distances of the distribution functions upwards and downwards, added up, with the p-value of Stephens (1970). Sees changes of spread and of anything that goes in circles, like an hour.';

CREATE OR REPLACE FUNCTION drift.energy_distance(reference drift.profile, current drift.profile) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_energy_distance_profiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.energy_distance(drift.profile, drift.profile) IS 'Energy distance: square root of twice the integral of (F - G)^2 over the two distribution functions, as scipy.stats.energy_distance.';

-- of labelled rows

CREATE OR REPLACE FUNCTION drift_internal.labelled_cramer_von_mises_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_cramer_von_mises_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_cramer_von_mises_test(internal) IS 'Final function of the cramer_von_mises_test aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_anderson_darling_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_anderson_darling_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_anderson_darling_test(internal) IS 'Final function of the anderson_darling_test aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_kuiper_test(internal) RETURNS drift.test_result
	AS 'MODULE_PATHNAME', 'drift_labelled_kuiper_test' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_kuiper_test(internal) IS 'Final function of the kuiper_test aggregates over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.labelled_energy_distance(internal) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_labelled_energy_distance' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.labelled_energy_distance(internal) IS 'Final function of the energy_distance aggregates over labelled rows';

CREATE OR REPLACE AGGREGATE drift.cramer_von_mises_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_cramer_von_mises_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.cramer_von_mises_test(value "any", is_current boolean) IS 'Two-sample Cramer-von Mises test: mean squared distance of the distribution functions; exact p-value up to 20 rows a side, as scipy.stats.cramervonmises_2samp. Repeated values and sides of different size lift the statistic, so that the p-value is too small.';

CREATE OR REPLACE AGGREGATE drift.anderson_darling_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_anderson_darling_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.anderson_darling_test(value "any", is_current boolean) IS 'Two-sample Anderson-Darling test: squared distance of the distribution functions, weighted towards the tails and standardised, as scipy.stats.anderson_ksamp. The p-value is between 0.001 and 0.25; at these ends its bounds reach to 0 and to 1.';

CREATE OR REPLACE AGGREGATE drift.kuiper_test(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_kuiper_test,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.kuiper_test(value "any", is_current boolean) IS 'Kuiper test: largest distances of the distribution functions upwards and downwards, added up, with the p-value of Stephens (1970). Sees changes of spread and of anything that goes in circles, like an hour.';

CREATE OR REPLACE AGGREGATE drift.energy_distance(value "any", is_current boolean) (
	SFUNC = drift_internal.labelled_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.labelled_energy_distance,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift.energy_distance(value "any", is_current boolean) IS 'Energy distance: square root of twice the integral of (F - G)^2 over the two distribution functions, as scipy.stats.energy_distance.';
