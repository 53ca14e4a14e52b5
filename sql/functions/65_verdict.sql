-- from what was measured to a verdict: severity and correction; src/pg/judge.c makes all of a comparison

CREATE OR REPLACE FUNCTION drift_internal.reaches(value float8, bound float8, inclusive boolean) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT value > bound OR (inclusive AND value = bound)
$$;

COMMENT ON FUNCTION drift_internal.reaches(float8, float8, boolean) IS 'whether a value lies in the band that begins at the bound';

CREATE OR REPLACE FUNCTION drift.psi_severity(psi float8, psi_p_value float8, limits drift.thresholds) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_psi_severity' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift.psi_severity(float8, float8, drift.thresholds) IS
	'severity of a PSI alone: its band, if its probability under no drift is small enough';

CREATE OR REPLACE FUNCTION drift.column_severity(test_finding boolean, point_finding boolean, psi_band text, limits drift.thresholds)
	RETURNS text
	AS 'MODULE_PATHNAME', 'drift_column_severity' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift.column_severity(boolean, boolean, text, drift.thresholds) IS
	'severity of a column from its test, its point findings and the band of its PSI';

-- Severity of one feature by the rule of its thresholds, for numbers that are already there.
CREATE OR REPLACE FUNCTION drift.status(ks_drift boolean, psi float8, thresholds text DEFAULT 'psi_020')
	RETURNS TABLE (severity text, severity_text text, action_text text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT v.severity, drift_internal.severity_text(v.severity), drift_internal.action_text(v.severity, ks_drift AND v.band <> 'ok')
	FROM (
		SELECT drift.column_severity(ks_drift, false, b.band, l.limits) AS severity, b.band
		FROM (SELECT drift_internal.override_thresholds(drift.resolve_thresholds(thresholds), '{"psi_alpha": 1}') AS limits) AS l,
			LATERAL (SELECT drift.psi_severity(psi, NULL, l.limits) AS band) AS b
	) AS v
$$;

COMMENT ON FUNCTION drift.status(boolean, float8, text) IS
	'severity from a KS verdict and a PSI, without the guard against chance because the number of rows is not known';

CREATE OR REPLACE FUNCTION drift.correct_p_values(p_values float8[], correction text DEFAULT 'bh') RETURNS float8[]
	AS 'MODULE_PATHNAME', 'drift_correct_p_values' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift.correct_p_values(float8[], text) IS
	'p-values corrected for their number, in the same order: bh (Benjamini and Hochberg 1995: share of false ones among the rejected), holm (1979: probability of any false rejection), bonferroni or none; NULLs stay and do not count';
