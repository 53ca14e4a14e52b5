-- from what was measured to a verdict: findings, correction, severity, words

CREATE OR REPLACE FUNCTION drift_internal.reaches(value float8, bound float8, inclusive boolean) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT value > bound OR (inclusive AND value = bound)
$$;

COMMENT ON FUNCTION drift_internal.reaches(float8, float8, boolean) IS 'whether a value lies in the band that begins at the bound';

-- The band of a PSI, or ok where chance explains it.
CREATE OR REPLACE FUNCTION drift.psi_severity(psi float8, psi_p_value float8, limits drift.thresholds) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN psi IS NULL OR (limits).rule = 'test' OR drift_internal.follows_library(limits) THEN 'ok'
			WHEN (limits).psi_alpha < 1 AND coalesce(psi_p_value >= (limits).psi_alpha, true) THEN 'ok'
			WHEN drift_internal.reaches(psi, (limits).psi_critical, (limits).inclusive) THEN 'critical'
			WHEN drift_internal.reaches(psi, (limits).psi_warning, (limits).inclusive) THEN 'warning'
			ELSE 'ok'
		END
$$;

COMMENT ON FUNCTION drift.psi_severity(float8, float8, drift.thresholds) IS
	'severity of a PSI alone: its band, if its probability under no drift is small enough';

CREATE OR REPLACE FUNCTION drift.column_severity(test_finding boolean, point_finding boolean, psi_band text, limits drift.thresholds)
	RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN psi_band = 'critical' AND (test_finding OR NOT (limits).critical_needs_both) THEN 'critical'
			WHEN psi_band <> 'ok' OR point_finding OR (test_finding AND (limits).rule <> 'psi') THEN 'warning'
			ELSE 'ok'
		END
$$;

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

-- The i-th smallest of k becomes p k / i, made monotone from the largest down.
CREATE OR REPLACE FUNCTION drift.correct_p_values(p_values float8[], correction text DEFAULT 'bh') RETURNS float8[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE correction WHEN 'none' THEN p_values ELSE ARRAY(
		SELECT CASE WHEN p IS NOT NULL THEN least(1, min(p * family / rank) OVER (PARTITION BY p IS NULL ORDER BY rank DESC)) END
		FROM (
			SELECT p, ordinality, row_number() OVER (ORDER BY p) AS rank, count(p) OVER () AS family
			FROM unnest(p_values) WITH ORDINALITY AS u(p, ordinality)
		) AS ranked
		ORDER BY ordinality) END
$$;

COMMENT ON FUNCTION drift.correct_p_values(float8[], text) IS
	'p-values corrected for their number, in the same order: bh (Benjamini-Hochberg 1995) or none; NULLs stay and do not count';

-- A change of the missing rate, and categories or values that only one side has. What chance can
-- do is bounded for the largest category at hand, so that a long tail of rare ones is no finding.
-- Whether a category is new only a profile that counts all of them can tell.
CREATE OR REPLACE FUNCTION drift_internal.point_findings(plan drift_internal.column_plan, reference drift.profile, current drift.profile, bins drift_internal.bin_pair[])
	RETURNS SETOF drift_internal.finding
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 4
	SET search_path = pg_catalog, pg_temp
AS $$
	-- Materialized: a plan made for given profiles would ask categories for their minimum before it looks at the kind.
	WITH side AS MATERIALIZED (
		SELECT reference, current, drift.row_count(reference) AS rows_r, drift.missing_count(reference) AS missing_r,
			drift.row_count(current) AS rows_c, drift.missing_count(current) AS missing_c,
			drift.value_count(reference) AS n, drift.value_count(current) AS m
	), beyond AS (
		SELECT greatest(0, drift_internal.share_outside(current, drift.minimum(reference), drift.maximum(reference)) - drift.rank_error(current)) AS share,
			drift.minimum(reference) AS low, drift.maximum(reference) AS high, n, m
		FROM side
		WHERE (plan).kind = 'numeric' AND n > 0 AND m > 0
	)
	SELECT 'missing', drift_internal.two_proportion_p_value(missing_r, rows_r, missing_c, rows_c),
		abs(missing_c / rows_c::float8 - missing_r / rows_r::float8),
		format('missing values %s to %s', drift_internal.percent(missing_r / rows_r::float8), drift_internal.percent(missing_c / rows_c::float8))
	FROM side
	WHERE rows_r > 0 AND rows_c > 0 AND missing_r + missing_c > 0
	UNION ALL
	(SELECT 'new_category', drift_internal.one_sided_rows_p_value(b.n_current, m, n, cardinality(bins)), b.n_current / m::float8,
		format('new category %s with %s', quote_literal(b.label), drift_internal.percent(b.n_current / m::float8))
	FROM side, unnest(bins) AS b
	WHERE (plan).kind = 'categorical' AND b.n_reference = 0 AND n > 0 AND m > 0 AND drift.is_exact(reference)
	ORDER BY b.n_current DESC, b.label LIMIT 1)
	UNION ALL
	(SELECT 'vanished_category', drift_internal.one_sided_rows_p_value(b.n_reference, n, m, cardinality(bins)), b.n_reference / n::float8,
		format('category %s vanished, it had %s', quote_literal(b.label), drift_internal.percent(b.n_reference / n::float8))
	FROM side, unnest(bins) AS b
	WHERE (plan).kind = 'categorical' AND b.n_current = 0 AND n > 0 AND m > 0 AND drift.is_exact(current)
	ORDER BY b.n_reference DESC, b.label LIMIT 1)
	UNION ALL
	SELECT 'out_of_range', drift_internal.one_sided_rows_p_value(round(share * m)::bigint, m, n, round(share * m)::bigint + 1), share,
		format('%s of the values lie outside the range %s to %s of the reference', drift_internal.percent(share),
			drift_internal.shown_value(low, (plan).value_type), drift_internal.shown_value(high, (plan).value_type))
	FROM beyond
	WHERE share > 0
$$;

COMMENT ON FUNCTION drift_internal.point_findings(drift_internal.column_plan, drift.profile, drift.profile, drift_internal.bin_pair[]) IS
	'what may have changed in a column besides its distribution, each with an upper bound of its probability under no drift';

-- The bins that carry the PSI, those of the largest contribution first; what adds less than a twentieth is left out.
CREATE OR REPLACE FUNCTION drift_internal.bins_text(bins drift_internal.bin_pair[], value_type text, listed integer DEFAULT 3) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('%s (%s to %s)', coalesce(drift_internal.range_text(lower, upper, value_type), label), drift_internal.percent(r), drift_internal.percent(c)), ', ' ORDER BY contribution DESC, bin, label)
	FROM (
		SELECT b.bin, b.lower, b.upper, b.label, s.r, s.c, drift_internal.psi_contribution(s.r, s.c) AS contribution,
			sum(drift_internal.psi_contribution(s.r, s.c)) OVER () AS psi
		FROM unnest(bins) AS b,
			(SELECT sum(n_reference)::float8 AS n, sum(n_current)::float8 AS m FROM unnest(bins)) AS total,
			LATERAL (SELECT b.n_reference / total.n AS r, b.n_current / total.m AS c) AS s
		WHERE total.n > 0 AND total.m > 0
		ORDER BY contribution DESC, b.bin, b.label
		LIMIT listed
	) AS carrying
	WHERE contribution > 0 AND contribution >= 0.05 * psi
$$;

COMMENT ON FUNCTION drift_internal.bins_text(drift_internal.bin_pair[], text, integer) IS 'the bins or categories that carry most of the PSI, with the shares of both sides';

-- Direction of a shift, by mean and median, in units the reader knows.
CREATE OR REPLACE FUNCTION drift_internal.shift_text(value_type text, reference drift.profile, current drift.profile) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('mean %s to %s%s, median %s to %s',
		drift_internal.shown_value(drift.mean(reference), value_type),
		drift_internal.shown_value(drift.mean(current), value_type),
		CASE WHEN drift.stddev(reference) > 0 AND drift.stddev(reference) < 'Infinity' AND abs(drift.mean(current)) < 'Infinity' THEN
			format(' (%s by %s standard deviations)',
				CASE WHEN drift.mean(current) < drift.mean(reference) THEN 'down' ELSE 'up' END,
				round((abs(drift.mean(current) - drift.mean(reference)) / drift.stddev(reference))::numeric, 2))
			ELSE '' END,
		drift_internal.shown_value(drift.quantile(reference, 0.5), value_type),
		drift_internal.shown_value(drift.quantile(current, 0.5), value_type))
$$;

COMMENT ON FUNCTION drift_internal.shift_text(text, drift.profile, drift.profile) IS 'how mean and median of a numeric column moved, as a phrase';
