-- Every statistic of the samples in test/reference against what scipy and numpy say:
-- from rows, from exact profiles, and from summaries within their bound.
CREATE SCHEMA golden;
SET search_path = golden;
\getenv tests PG_ABS_SRCDIR
\set samples :tests '/reference/samples.sql'
\set ECHO none
\i :samples
\set ECHO all

CREATE TABLE golden (
	shape text, with_missing boolean, rows_reference bigint, rows_current bigint, n_reference bigint, n_current bigint,
	mean_reference float8, stddev_reference float8, mean_current float8, stddev_current float8,
	psi float8, kl_divergence float8, js_distance float8, hellinger_distance float8, total_variation float8,
	psi_4 float8, kl_divergence_4 float8, js_distance_4 float8, hellinger_distance_4 float8, total_variation_4 float8,
	wasserstein_distance float8, normalized_wasserstein_distance float8, ks_d float8, ks_p float8,
	mann_whitney_u float8, mann_whitney_p float8, t float8, t_p float8,
	chi2 float8, chi2_df float8, chi2_p float8, z float8, z_p float8);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/statistics.csv"' WITH (FORMAT csv, HEADER)

-- the samples are those of the golden values, to the last bit
CREATE TABLE golden_sample (shape text, side int, first float8, thousandth float8, sum bigint);
\copy golden_sample FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/samples.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE sample AS
SELECT shape, side, i, samples.value(shape, side, i) AS value, samples.mix(i, 500 + side) % 20 AS missing
FROM (SELECT DISTINCT shape FROM golden) AS s, generate_series(0, 1) AS side, generate_series(1, 100000) AS i;
CREATE INDEX ON sample (shape, side, i);
ANALYZE sample;
SELECT count(*) AS samples, bool_and(g.first = f.value AND g.thousandth = l.value
		AND g.sum = (SELECT sum(floor(s.value * 1048576)) FROM sample AS s WHERE s.shape = g.shape AND s.side = g.side AND s.i <= 1000)) AS same
FROM golden_sample AS g
JOIN sample AS f ON f.shape = g.shape AND f.side = g.side AND f.i = 1
JOIN sample AS l ON l.shape = g.shape AND l.side = g.side AND l.i = 1000;

-- rows of both sides of a case; missing ones are NULL and NaN in turn
CREATE FUNCTION labelled(g golden) RETURNS TABLE (value float8, is_current boolean) LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN NOT g.with_missing OR missing > 1 THEN value WHEN missing = 1 THEN 'NaN' END, side = 1
	FROM sample
	WHERE shape = g.shape AND (side = 0 AND i <= g.rows_reference OR side = 1 AND i <= g.rows_current)
$$;

CREATE TYPE measured AS (statistic text, value float8, error float8);

CREATE FUNCTION of_test(name text, t drift.test_result) RETURNS SETOF measured LANGUAGE sql IMMUTABLE AS $$
	VALUES (name || CASE name WHEN 'ks' THEN '_d' WHEN 'mann_whitney' THEN '_u' ELSE '' END, t.statistic, t.statistic_error),
		(name || '_p', t.p_value, greatest(t.p_value_high - t.p_value, t.p_value - t.p_value_low))
$$;

CREATE FUNCTION from_rows(g golden) RETURNS SETOF measured LANGUAGE sql STABLE AS $$
	WITH r AS (SELECT * FROM labelled(g)),
	every AS MATERIALIZED (
		SELECT drift.psi(value, is_current) AS psi, drift.kl_divergence(value, is_current) AS kl, drift.js_distance(value, is_current) AS js,
			drift.hellinger_distance(value, is_current) AS hellinger, drift.total_variation(value, is_current) AS tv,
			drift.psi(value, is_current, 4) AS psi_4, drift.kl_divergence(value, is_current, 4) AS kl_4,
			drift.js_distance(value, is_current, 4) AS js_4, drift.hellinger_distance(value, is_current, 4) AS hellinger_4,
			drift.total_variation(value, is_current, 4) AS tv_4,
			drift.wasserstein_distance(value, is_current) AS w, drift.normalized_wasserstein_distance(value, is_current) AS nw,
			drift.ks_test(value, is_current) AS ks, drift.mann_whitney_test(value, is_current) AS u, drift.t_test(value, is_current) AS t
		FROM r)
	SELECT v.statistic, v.value, 0 FROM every, LATERAL (VALUES
		('psi', psi), ('kl_divergence', kl), ('js_distance', js), ('hellinger_distance', hellinger), ('total_variation', tv),
		('psi_4', psi_4), ('kl_divergence_4', kl_4), ('js_distance_4', js_4), ('hellinger_distance_4', hellinger_4), ('total_variation_4', tv_4),
		('wasserstein_distance', w), ('normalized_wasserstein_distance', nw),
		('n_reference', (ks).n_reference), ('n_current', (ks).n_current)) AS v(statistic, value)
	UNION ALL SELECT m.* FROM every, LATERAL (SELECT * FROM of_test('ks', ks) UNION ALL SELECT * FROM of_test('mann_whitney', u)
		UNION ALL SELECT * FROM of_test('t', t)) AS m
	UNION ALL SELECT m.* FROM (SELECT drift.chi_square_test(value, is_current) AS t FROM r WHERE g.chi2 IS NOT NULL GROUP BY g.shape) AS c, of_test('chi2', c.t) AS m
	UNION ALL SELECT m.* FROM (SELECT drift.z_test(value, is_current) AS t FROM r WHERE g.z IS NOT NULL GROUP BY g.shape) AS c, of_test('z', c.t) AS m
$$;

-- A summary's distribution function is wrong by at most rank_error() anywhere, so W1 by at most that times the range.
CREATE FUNCTION from_profiles(g golden) RETURNS TABLE (statistic text, value float8, error float8, exact boolean) LANGUAGE sql STABLE AS $$
	WITH p AS MATERIALIZED (
		SELECT drift.profile_agg(value) FILTER (WHERE NOT is_current) AS r, drift.profile_agg(value) FILTER (WHERE is_current) AS c
		FROM labelled(g)),
	q AS (SELECT r, c, drift.is_exact(r) AND drift.is_exact(c) AS exact FROM p)
	SELECT v.statistic, v.value, NULL, exact FROM q, LATERAL (VALUES
		('psi', drift.psi(r, c)), ('kl_divergence', drift.kl_divergence(r, c)), ('js_distance', drift.js_distance(r, c)),
		('hellinger_distance', drift.hellinger_distance(r, c)), ('total_variation', drift.total_variation(r, c)),
		('psi_4', drift.psi(r, c, 4)), ('kl_divergence_4', drift.kl_divergence(r, c, 4)), ('js_distance_4', drift.js_distance(r, c, 4)),
		('hellinger_distance_4', drift.hellinger_distance(r, c, 4)), ('total_variation_4', drift.total_variation(r, c, 4)),
		('n_reference', drift.row_count(r) - drift.missing_count(r)), ('n_current', drift.row_count(c) - drift.missing_count(c)),
		('mean_reference', drift.mean(r)), ('stddev_reference', drift.stddev(r)),
		('mean_current', drift.mean(c)), ('stddev_current', drift.stddev(c))) AS v(statistic, value)
	UNION ALL SELECT v.statistic, v.value, w.error / v.unit, exact
	FROM q, LATERAL (SELECT (drift.rank_error(r) + drift.rank_error(c))
			* (greatest(drift.maximum(r), drift.maximum(c)) - least(drift.minimum(r), drift.minimum(c))) AS error,
			coalesce(drift.stddev(r), 0) * sqrt(1 - 1.0 / (drift.row_count(r) - drift.missing_count(r))) AS deviation) AS w,
		LATERAL (VALUES ('wasserstein_distance', drift.wasserstein_distance(r, c), 1),
			('normalized_wasserstein_distance', drift.normalized_wasserstein_distance(r, c), nullif(deviation, 0))) AS v(statistic, value, unit)
	UNION ALL SELECT m.*, exact FROM q, LATERAL (SELECT * FROM of_test('ks', drift.ks_test(r, c))
		UNION ALL SELECT * FROM of_test('mann_whitney', drift.mann_whitney_test(r, c))
		UNION ALL SELECT * FROM of_test('t', drift.t_test(r, c))) AS m
	UNION ALL SELECT m.*, exact FROM q, of_test('chi2', drift.chi_square_test(r, c)) AS m WHERE g.chi2 IS NOT NULL
	UNION ALL SELECT m.*, exact FROM q, of_test('z', drift.z_test(r, c)) AS m WHERE g.z IS NOT NULL
$$;

-- 1e-9 relative, and where the golden value is 0, its rounding
CREATE FUNCTION close(value float8, golden float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN golden IN ('NaN', 'Infinity', '-Infinity') OR value IN ('NaN', 'Infinity', '-Infinity') THEN value = golden
			ELSE abs(value - golden) <= 1e-9 * abs(golden) + 1e-15 END
$$;

-- scipy has no normalized distance: where the deviation is 0 the golden value is that of the division
CREATE FUNCTION expected(g golden, statistic text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN statistic = 'normalized_wasserstein_distance' AND g.normalized_wasserstein_distance IS NULL
		THEN CASE WHEN g.wasserstein_distance > 0 THEN 'Infinity'::float8 ELSE 'NaN' END ELSE (to_jsonb(g) ->> statistic)::float8 END
$$;

-- from rows
CREATE TABLE row_form AS
SELECT g.shape, g.with_missing, g.rows_reference, g.rows_current, m.*, expected(g, m.statistic) AS golden FROM golden AS g, from_rows(g) AS m;
SELECT count(DISTINCT (shape, with_missing, rows_reference, rows_current)) AS cases, count(DISTINCT statistic) AS statistics, count(*) AS figures,
	count(*) FILTER (WHERE close(value, golden)) AS right
FROM row_form;
SELECT * FROM row_form WHERE close(value, golden) IS NOT TRUE ORDER BY shape, with_missing, rows_reference, rows_current, statistic LIMIT 20;

-- from profiles: exact ones to 1e-9, summaries within their bound
CREATE TABLE profile_form AS
SELECT g.shape, g.with_missing, g.rows_reference, g.rows_current, m.*, expected(g, m.statistic) AS golden FROM golden AS g, from_profiles(g) AS m;
SELECT exact, count(DISTINCT (shape, with_missing, rows_reference, rows_current)) AS cases, count(DISTINCT statistic) AS statistics, count(*) AS figures,
	count(*) FILTER (WHERE close(value, golden) OR value IS NULL AND golden IS NULL OR NOT exact AND abs(value - golden) <= error) AS right
FROM profile_form
WHERE error IS NOT NULL OR exact OR statistic ~ '^(n|mean|stddev)_'
GROUP BY exact ORDER BY exact;
SELECT * FROM profile_form
WHERE (exact OR error IS NOT NULL OR statistic ~ '^(n|mean|stddev)_')
	AND (close(value, golden) OR value IS NULL AND golden IS NULL OR NOT exact AND abs(value - golden) <= error) IS NOT TRUE
ORDER BY shape, with_missing, rows_reference, rows_current, statistic LIMIT 20;

-- summaries cut their bins at quantiles that are off by a little: what is left of that
SELECT DISTINCT statistic FROM profile_form WHERE NOT exact AND error IS NULL AND statistic !~ '^(n|mean|stddev)_' AND abs(value - golden) > 0.02;

-- the two figures of a published tutorial, to the last of their digits
SET extra_float_digits = 1;
SELECT abs(drift.psi_counts(ARRAY[40, 35, 15, 10], ARRAY[10, 15, 25, 50]) - 1.280205607763647) <= 1e-15 AS psi;
WITH glucose AS (
	SELECT unnest(ARRAY[80, 90, 100, 110, 120, 130, 140, 150]) AS value, false AS is_current
	UNION ALL SELECT unnest(ARRAY[100, 110, 130, 140, 150, 160, 170, 180]), true)
SELECT drift.ks_test(value, is_current) AS rows,
	drift.ks_test(drift.profile_agg(value) FILTER (WHERE NOT is_current), drift.profile_agg(value) FILTER (WHERE is_current)) AS profiles
FROM glucose;
