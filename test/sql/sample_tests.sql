-- Tests of numbers that take two passes, against scipy: from rows, from exact profiles; what they refuse.
CREATE SCHEMA sample_tests;
SET search_path = sample_tests;
\getenv tests PG_ABS_SRCDIR
\set samples :tests '/reference/samples.sql'
\set ECHO none
\i :samples
\set ECHO all

CREATE TABLE golden (shape text, with_missing boolean, rows_reference bigint, rows_current bigint,
	epps_singleton float8, epps_singleton_p float8, levene float8, levene_p float8);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/sample_tests.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE sample AS
SELECT shape, side, i, samples.value(shape, side, i) AS value, samples.mix(i, 500 + side) % 20 AS missing
FROM (SELECT DISTINCT shape FROM golden) AS s, generate_series(0, 1) AS side, generate_series(1, 8000) AS i;
CREATE INDEX ON sample (shape, side, i);
ANALYZE sample;

CREATE FUNCTION labelled(g golden) RETURNS TABLE (value float8, is_current boolean) LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN NOT g.with_missing OR missing > 1 THEN value WHEN missing = 1 THEN 'NaN' END, side = 1
	FROM sample
	WHERE shape = g.shape AND (side = 0 AND i <= g.rows_reference OR side = 1 AND i <= g.rows_current)
$$;

-- 1e-9 relative; a covariance of samples far apart is nearly singular, and both sides lose eight digits
CREATE FUNCTION close(value float8, golden float8, shape text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN golden IN ('NaN', 'Infinity') OR value IN ('NaN', 'Infinity') THEN value = golden
			ELSE abs(value - golden) <= CASE shape WHEN 'disjoint' THEN 1e-7 ELSE 1e-9 END * abs(golden) + 1e-15 END
$$;

-- from rows
CREATE TABLE row_form AS
SELECT g.*, t.* FROM golden AS g, LATERAL (
	SELECT CASE WHEN g.epps_singleton IS NOT NULL THEN (SELECT drift.epps_singleton_test(value, is_current) FROM labelled(g)) END AS es,
		(SELECT drift.levene_test(value, is_current) FROM labelled(g)) AS l) AS t;
SELECT count(*) AS cases, count(es) AS epps_singleton_cases, bool_and(close((es).statistic, epps_singleton, shape) AND close((es).p_value, epps_singleton_p, shape)) AS epps_singleton,
	bool_and(close((l).statistic, levene, shape) AND close((l).p_value, levene_p, shape)) AS levene
FROM row_form;
SELECT shape, with_missing, rows_reference, rows_current, epps_singleton, epps_singleton_p, es FROM row_form
WHERE NOT (close((es).statistic, epps_singleton, shape) AND close((es).p_value, epps_singleton_p, shape));
SELECT shape, with_missing, rows_reference, rows_current, levene, levene_p, l FROM row_form
WHERE NOT (close((l).statistic, levene, shape) AND close((l).p_value, levene_p, shape));

-- exact profiles answer the same to the last bit
SELECT count(*) AS cases, bool_and(es IS NOT DISTINCT FROM pes) AS epps_singleton, bool_and((l).statistic = (pl).statistic AND (l).p_value = (pl).p_value) AS levene
FROM (
	SELECT r.es, r.l, CASE WHEN r.es IS NOT NULL THEN drift.epps_singleton_test(p.r, p.c) END AS pes, drift.levene_test(p.r, p.c) AS pl
	FROM row_form AS r JOIN golden AS g USING (shape, with_missing, rows_reference, rows_current), LATERAL (
		SELECT drift.profile_agg(value) FILTER (WHERE NOT is_current) AS r, drift.profile_agg(value) FILTER (WHERE is_current) AS c FROM labelled(g)) AS p
	WHERE drift.is_exact(p.r) AND drift.is_exact(p.c)) AS both_forms;

-- on disk, and whatever the order of the rows
SET work_mem = '64kB';
SELECT drift.epps_singleton_test(value, is_current) = (SELECT es FROM row_form WHERE shape = 'normal' AND NOT with_missing AND rows_reference = 8000 AND rows_current = 8000) AS epps_singleton,
	drift.levene_test(value, is_current) = (SELECT l FROM row_form WHERE shape = 'normal' AND NOT with_missing AND rows_reference = 8000 AND rows_current = 8000) AS levene
FROM (SELECT value, side = 1 AS is_current FROM sample WHERE shape = 'normal' ORDER BY samples.mix(i, 7)) AS s;
RESET work_mem;

-- what they refuse
SELECT drift.epps_singleton_test('a'::text, i > 10) FROM generate_series(1, 20) AS i;
SELECT drift.levene_test(i::text, i > 10) FROM generate_series(1, 20) AS i;
SELECT drift.levene_test(i, i > 0) FROM generate_series(1, 20) AS i;
SELECT drift.levene_test(drift.profile_agg(i), drift.profile_agg(i)) FROM generate_series(1, 5000) AS i;
SELECT drift.epps_singleton_test(drift.profile_agg(i), drift.profile_agg(i::text)) FROM generate_series(1, 10) AS i;
-- a side of four values, and an interquartile range of 0, have no W
SELECT drift.epps_singleton_test(i, i > 4) FROM generate_series(1, 20) AS i;
SELECT drift.epps_singleton_test(1 + (i = 1)::int, i > 10) FROM generate_series(1, 20) AS i;
-- infinities are values without a place in a mean
SELECT (drift.epps_singleton_test(x, f)).p_value AS epps_singleton, (drift.levene_test(x, f)).p_value AS levene
FROM (SELECT CASE WHEN i = 1 THEN 'Infinity'::float8 ELSE i END AS x, i % 2 = 0 AS f FROM generate_series(1, 20) AS i) AS s;

-- maximum mean discrepancy: numpy's figures where every row is taken
CREATE TABLE golden_mmd (shape text, n_reference bigint, n_current bigint, dimensions int, scale float8, mmd float8, p float8);
\copy golden_mmd FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/mmd.csv"' WITH (FORMAT csv, HEADER)
SELECT count(*) AS cases, bool_and(close((rows).statistic, mmd, shape)) AS mmd, bool_and(rows = profiles) AS profiles,
	bool_and(p IS NULL OR abs((rows).p_value - p) <= 4 * sqrt(p * (1 - p) / 499) + 0.003) AS p_value
FROM (
	SELECT g.shape, g.mmd, g.p, drift.mmd_test(s.value, side = 1) AS rows,
		drift.mmd_test(drift.profile_agg(s.value) FILTER (WHERE side = 0), drift.profile_agg(s.value) FILTER (WHERE side = 1)) AS profiles
	FROM golden_mmd AS g JOIN sample AS s USING (shape)
	WHERE g.dimensions = 1 AND s.i <= CASE s.side WHEN 0 THEN g.n_reference ELSE g.n_current END
	GROUP BY g.shape, g.n_reference, g.n_current, g.mmd, g.p) AS c;
-- a sample does not depend on the order of the rows, but on the seed
CREATE TABLE shifted AS SELECT i, i % 3 = 0 AS f, sqrt(i * 7919 % 1000) + CASE WHEN i % 3 = 0 THEN 2 ELSE 0 END AS x FROM generate_series(1, 6000) AS i;
SELECT (a).n_reference, (a).n_current, (a).p_value, a = b AS same, a <> c AS other_seed, a = d AS defaults
FROM (SELECT drift.mmd_test(x, f, 200) AS a, drift.mmd_test(x, f, 200, 1) AS c, drift.mmd_test(x, f, 200, 42) AS d FROM shifted) AS s,
	(SELECT drift.mmd_test(x, f, 200) AS b FROM (SELECT * FROM shifted ORDER BY i % 17, i) AS o) AS t;
SELECT drift.mmd_test(x, f, 1) FROM shifted;
SELECT drift.mmd_test(x, f, 10001) FROM shifted;
SELECT drift.mmd_test(x, f, NULL) FROM shifted;
SELECT drift.mmd_test(x, f, 100 + i) FROM shifted;
SELECT drift.mmd_test(x, f) FROM shifted WHERE i <= 3;
SELECT drift.mmd_test(x::text, f) FROM shifted;
SET work_mem = '64kB';
SELECT drift.mmd_test(x, f) FROM shifted;
RESET work_mem;
SELECT drift.mmd_test(7, f) FROM shifted;

-- as methods of a comparison
CREATE VIEW old AS SELECT i * 7919 % 1000 AS x, i * 7919 % 1000 AS y FROM generate_series(1, 1000) AS i;
CREATE VIEW new AS SELECT i * 7919 % 1000 AS x, 250 + (i * 7919 % 1000) / 2 AS y FROM generate_series(1, 1000) AS i;
SELECT column_name, method, method_reason, p_value < 0.01 AS small, drifted
FROM drift.compare('old', 'new', '{x,y}', '{"x": "epps_singleton_test", "y": "levene_test"}');
