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
SELECT drift.epps_singleton_test(i, i > 4) FROM generate_series(1, 20) AS i;
SELECT drift.epps_singleton_test(1, i > 10) FROM generate_series(1, 20) AS i;
SELECT drift.epps_singleton_test('a'::text, i > 10) FROM generate_series(1, 20) AS i;
SELECT drift.levene_test(i::text, i > 10) FROM generate_series(1, 20) AS i;
SELECT drift.levene_test(i, i > 0) FROM generate_series(1, 20) AS i;
SELECT drift.levene_test(drift.profile_agg(i), drift.profile_agg(i)) FROM generate_series(1, 5000) AS i;
SELECT drift.epps_singleton_test(drift.profile_agg(i), drift.profile_agg(i::text)) FROM generate_series(1, 10) AS i;
-- infinities are values without a place in a mean
SELECT (drift.epps_singleton_test(x, f)).p_value AS epps_singleton, (drift.levene_test(x, f)).p_value AS levene
FROM (SELECT CASE WHEN i = 1 THEN 'Infinity'::float8 ELSE i END AS x, i % 2 = 0 AS f FROM generate_series(1, 20) AS i) AS s;

-- as methods of a comparison
CREATE VIEW old AS SELECT i * 7919 % 1000 AS x, i * 7919 % 1000 AS y FROM generate_series(1, 1000) AS i;
CREATE VIEW new AS SELECT i * 7919 % 1000 AS x, 250 + (i * 7919 % 1000) / 2 AS y FROM generate_series(1, 1000) AS i;
SELECT column_name, method, method_reason, p_value < 0.01 AS small, drifted
FROM drift.compare('old', 'new', '{x,y}', '{"x": "epps_singleton_test", "y": "levene_test"}');
