-- rows of both sides per bin, and what follows from the counts alone

-- A profile of no rows at all is NULL.
CREATE OR REPLACE FUNCTION drift.value_count(profile drift.profile) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift.row_count(profile) - drift.missing_count(profile), 0)
$$;

COMMENT ON FUNCTION drift.value_count(drift.profile) IS 'rows of a profile that have a value; 0 for NULL';

-- Rows of both sides per bin of the reference, or per category. Categories of a summary that it
-- no longer lists are one bin without a category.
CREATE OR REPLACE FUNCTION drift_internal.bin_pairs(reference drift.profile, current drift.profile) RETURNS drift_internal.bin_pair[]
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n CONSTANT float8 := drift.value_count(current);
BEGIN
	IF drift.kind(reference) = 'numeric' THEN
		RETURN ARRAY(
			SELECT ROW(b.bin, b.lower, b.upper, b.label, b.row_count,
				CASE n WHEN 0 THEN 0
					ELSE round(n * (CASE WHEN b.upper < 'Infinity' THEN drift.cdf(current, b.upper) ELSE 1 END
						- CASE WHEN b.lower > '-Infinity' THEN drift.cdf(current, b.lower) ELSE 0 END))
				END)::drift_internal.bin_pair
			FROM drift.bins(reference) AS b
			ORDER BY b.bin);
	END IF;

	RETURN ARRAY(
		SELECT ROW(coalesce(r.bin, c.bin), NULL, NULL, coalesce(r.label, c.label),
			coalesce(r.row_count, 0), coalesce(c.row_count, 0))::drift_internal.bin_pair
		FROM drift.bins(reference) AS r
		FULL JOIN drift.bins(current) AS c
			ON (c.category IS NULL) = (r.category IS NULL) AND coalesce(c.category, '') = coalesce(r.category, '')
		ORDER BY r.bin NULLS LAST, c.bin);
END
$$;

COMMENT ON FUNCTION drift_internal.bin_pairs(drift.profile, drift.profile) IS
	'rows of two profiles in the bins of the reference, or in each category';

-- The bins of drift.psi(): categories with less than 1 % of the reference share one, and those it
-- does not have keep their own as long as it counted all it has.
CREATE OR REPLACE FUNCTION drift_internal.psi_bins(bins drift_internal.bin_pair[], reference_exact boolean) RETURNS drift_internal.bin_pair[]
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(ROW(p.bin, p.lower, p.upper, p.label, p.n_reference, p.n_current)::drift_internal.bin_pair ORDER BY p.bin, p.label), '{}')
	FROM (
		SELECT min(b.bin) AS bin, min(b.lower) AS lower, min(b.upper) AS upper,
			CASE WHEN rare THEN '(other)' ELSE min(b.label) END AS label,
			sum(b.n_reference)::bigint AS n_reference, sum(b.n_current)::bigint AS n_current
		FROM (
			SELECT u.*, u.lower IS NULL AND u.n_reference * 100 < sum(u.n_reference) OVER ()
				AND NOT (reference_exact AND u.n_reference = 0) AS rare
			FROM unnest(bins) WITH ORDINALITY AS u
		) AS b
		GROUP BY rare, CASE WHEN NOT rare THEN ordinality END
	) AS p
$$;

COMMENT ON FUNCTION drift_internal.psi_bins(drift_internal.bin_pair[], boolean) IS 'the bins over which drift.psi() is taken: rare categories of the reference are pooled';

-- Chi-square test of the bins of two samples. Cells whose expected count is below five on the
-- smaller side are pooled, and the smallest others with them until the pool reaches five;
-- two cells get Yates' correction.
CREATE OR REPLACE FUNCTION drift_internal.pooled_chi_square(bins drift_internal.bin_pair[], OUT statistic float8, OUT p_value float8, OUT cells bigint)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH sides AS (
		SELECT sum(n_reference)::float8 AS n, sum(n_current)::float8 AS m FROM unnest(bins)
	), cell AS (
		SELECT b.bin, b.label, b.n_reference, b.n_current,
			(b.n_reference + b.n_current) * least(n, m) / (n + m) AS expected
		FROM unnest(bins) AS b, sides
		WHERE b.n_reference + b.n_current > 0
	), running AS (
		SELECT *, row_number() OVER (ORDER BY expected, bin, label),
			coalesce(sum(expected) OVER (ORDER BY expected, bin, label ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
		FROM cell
	), pooled AS (
		SELECT sum(n_reference)::float8 AS r, sum(n_current)::float8 AS c
		FROM running
		GROUP BY CASE WHEN expected < 5 OR (before > 0 AND before < 5) THEN -1 ELSE row_number END
	), counted AS (
		SELECT r, c, (r + c) / (n + m) AS share, count(*) OVER () AS cells, n, m
		FROM pooled, sides
	), deviation AS (
		SELECT greatest(0, abs(r - share * n) - CASE cells WHEN 2 THEN least(0.5, abs(r - share * n)) ELSE 0 END) AS d,
			share, n, m, cells
		FROM counted
	)
	SELECT x.statistic, CASE WHEN x.cells > 1 THEN drift_internal.chi_square_p_value(x.statistic, x.cells - 1) ELSE 1 END, x.cells
	FROM (
		SELECT coalesce(sum(d * d / (share * n) + d * d / (share * m)), 0) AS statistic, max(deviation.cells) AS cells
		FROM deviation
	) AS x
$$;

COMMENT ON FUNCTION drift_internal.pooled_chi_square(drift_internal.bin_pair[]) IS
	'chi-square test that the bins of two samples have the same shares, with sparse cells pooled';

-- Shares are raised to 1e-4 as drift.psi() raises them.
CREATE OR REPLACE FUNCTION drift_internal.psi_contribution(share_reference float8, share_current float8) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (c - r) * ln(c / r)
	FROM (SELECT greatest(share_reference, 1e-4) AS r, greatest(share_current, 1e-4) AS c) AS s
$$;

COMMENT ON FUNCTION drift_internal.psi_contribution(float8, float8) IS 'what one bin adds to the PSI';

CREATE OR REPLACE FUNCTION drift_internal.bins_total_variation(bins drift_internal.bin_pair[]) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT sum(abs(b.n_reference / nullif(s.n, 0) - b.n_current / nullif(s.m, 0))) / 2
	FROM unnest(bins) AS b,
		(SELECT sum(n_reference)::float8 AS n, sum(n_current)::float8 AS m FROM unnest(bins)) AS s
$$;

COMMENT ON FUNCTION drift_internal.bins_total_variation(drift_internal.bin_pair[]) IS 'half the sum of the differences of the shares of two samples';

-- The largest number below another one.
CREATE OR REPLACE FUNCTION drift_internal.number_before(value float8) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN value = 'Infinity' THEN 1.7976931348623157e308
			WHEN value <= -1.7976931348623157e308 THEN '-Infinity'
			ELSE value - greatest(abs(value) * 1.2e-16, 5e-324)
		END
$$;

COMMENT ON FUNCTION drift_internal.number_before(float8) IS 'the next smaller double precision number';

-- cdf() includes its argument, so what lies below low is asked for at the number before it.
CREATE OR REPLACE FUNCTION drift_internal.share_outside(profile drift.profile, low float8, high float8) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN drift.minimum(profile) < low THEN drift.cdf(profile, drift_internal.number_before(low)) ELSE 0 END
		+ CASE WHEN drift.maximum(profile) > high THEN 1 - drift.cdf(profile, high) ELSE 0 END
$$;

COMMENT ON FUNCTION drift_internal.share_outside(drift.profile, float8, float8) IS 'share of the values of a numeric profile that are below low or above high';
