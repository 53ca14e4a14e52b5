-- drift.profile_diff(): how a distribution changed, as numbers and as what a chart draws

CREATE OR REPLACE FUNCTION drift.profile_diff(reference drift.profile, current drift.profile) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'drift_profile_diff' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10000;

COMMENT ON FUNCTION drift.profile_diff(drift.profile, drift.profile) IS
	'Summary statistics of two profiles of one column side by side, with a histogram of both, their distribution functions and their densities as arrays, as in the columns of a drift-report. A side that is NULL has none.';
