-- Cramer-von Mises, Anderson-Darling, Kuiper and the energy distance of the samples in
-- test/reference against what scipy, astropy and mpmath say: from rows, from exact
-- profiles, and from summaries within their bounds.
CREATE SCHEMA edf;
SET search_path = edf;
\getenv tests PG_ABS_SRCDIR
\set samples :tests '/reference/samples.sql'
\set ECHO none
\i :samples
\set ECHO all

CREATE TABLE golden (
	shape text, with_missing boolean, rows_reference bigint, rows_current bigint, n_reference bigint, n_current bigint,
	cramer_von_mises float8, cramer_von_mises_p float8, anderson_darling float8, anderson_darling_p float8,
	kuiper float8, kuiper_p float8, energy_distance float8);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/edf.csv"' WITH (FORMAT csv, HEADER)
-- most of the large cases are the kernel's tests' part
DELETE FROM golden WHERE least(rows_reference, rows_current) > 1000 OR greatest(rows_reference, rows_current) > 1000 AND shape NOT IN ('heavy', 'ties');

CREATE TABLE sample AS
SELECT shape, side, i, samples.value(shape, side, i) AS value, samples.mix(i, 500 + side) % 20 AS missing
FROM (SELECT shape, max(greatest(rows_reference, rows_current)) AS rows FROM golden GROUP BY shape) AS s,
	generate_series(0, 1) AS side, LATERAL generate_series(1, s.rows) AS i;
CREATE INDEX ON sample (shape, side, i);
ANALYZE sample;

CREATE FUNCTION labelled(g golden) RETURNS TABLE (value float8, is_current boolean) LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN NOT g.with_missing OR missing > 1 THEN value WHEN missing = 1 THEN 'NaN' END, side = 1
	FROM sample
	WHERE shape = g.shape AND (side = 0 AND i <= g.rows_reference OR side = 1 AND i <= g.rows_current)
$$;

-- 1e-9 relative, and where the golden value is nearly 0, its rounding
CREATE FUNCTION close(value float8, golden float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN golden = 'NaN' OR value = 'NaN' THEN value = golden ELSE abs(value - golden) <= 1e-9 * abs(golden) + 1e-12 END
$$;
CREATE FUNCTION within(value float8, low float8, high float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT value BETWEEN low * (1 - 1e-9) - 1e-12 AND high * (1 + 1e-9) + 1e-12
$$;

CREATE TABLE row_form AS
SELECT g.*, s.* FROM golden AS g, LATERAL (
	SELECT drift.cramer_von_mises_test(value, is_current) AS t, drift.anderson_darling_test(value, is_current) AS a,
		drift.kuiper_test(value, is_current) AS v, drift.energy_distance(value, is_current) AS e
	FROM labelled(g)) AS s;
SELECT count(*) AS cases, count(*) FILTER (WHERE close((t).statistic, cramer_von_mises)) AS t,
	count(*) FILTER (WHERE close((t).p_value, cramer_von_mises_p)) AS t_p,
	count(*) FILTER (WHERE close((a).statistic, anderson_darling)) AS a, count(*) FILTER (WHERE close((a).p_value, anderson_darling_p)) AS a_p,
	count(*) FILTER (WHERE close((v).statistic, kuiper)) AS v, count(*) FILTER (WHERE close((v).p_value, kuiper_p)) AS v_p,
	count(*) FILTER (WHERE close(e, energy_distance)) AS e,
	count(*) FILTER (WHERE (t).n_reference = n_reference AND (t).n_current = n_current AND (t).statistic_error = 0) AS n
FROM row_form;
-- a capped p-value says so in its bounds
SELECT (a).p_value, (a).p_value_low AS low, (a).p_value_high AS high, count(*) > 0 AS seen
FROM row_form WHERE (a).p_value IN (0.001, 0.25) OR (a).p_value_low <> (a).p_value_high GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

CREATE TABLE profile_form AS
SELECT g.*, drift.is_exact(r) AND drift.is_exact(c) AS exact, drift.cramer_von_mises_test(r, c) AS t, drift.anderson_darling_test(r, c) AS a,
	drift.kuiper_test(r, c) AS v, drift.energy_distance(r, c) AS e, (drift.bounds('energy_distance', r, c)).*
FROM golden AS g, LATERAL (
	SELECT drift.profile_agg(value) FILTER (WHERE NOT is_current) AS r, drift.profile_agg(value) FILTER (WHERE is_current) AS c
	FROM labelled(g) OFFSET 0) AS p;
SELECT count(*) AS cases, bool_and(p.t = r.t AND p.a = r.a AND p.v = r.v AND p.e = r.e AND p.e = low AND p.e = high AND p.e = p.value) AS as_rows
FROM profile_form AS p JOIN row_form AS r USING (shape, with_missing, rows_reference, rows_current) WHERE exact;
SELECT count(*) AS summaries,
	count(*) FILTER (WHERE abs((t).statistic - cramer_von_mises) <= (t).statistic_error * (1 + 1e-9)) AS t,
	count(*) FILTER (WHERE within(cramer_von_mises_p, (t).p_value_low, (t).p_value_high)) AS t_p,
	count(*) FILTER (WHERE abs((a).statistic - anderson_darling) <= (a).statistic_error * (1 + 1e-9)) AS a,
	count(*) FILTER (WHERE within(anderson_darling_p, (a).p_value_low, (a).p_value_high)) AS a_p,
	count(*) FILTER (WHERE abs((v).statistic - kuiper) <= (v).statistic_error * (1 + 1e-9)) AS v,
	count(*) FILTER (WHERE within(kuiper_p, (v).p_value_low, (v).p_value_high)) AS v_p,
	count(*) FILTER (WHERE within(energy_distance, low, high) AND e BETWEEN low AND high) AS e
FROM profile_form WHERE NOT exact;

-- by hand: samples 1 2 and 2 3 4. (F - G) is 1/2, 2/3, 1/3, 0 behind 1, 2, 3, 4, so V is 2/3 and the energy distance
-- the root of 2 (1/4 + 4/9 + 1/9)
CREATE TABLE small AS SELECT * FROM (VALUES (1, false), (2, false), (2, true), (3, true), (4, true)) AS v (x, f);
SELECT round((drift.kuiper_test(x, f)).statistic::numeric, 12) AS v,
	round(drift.energy_distance(x, f)::numeric, 12) = round(sqrt(2 * (1.0 / 4 + 4.0 / 9 + 1.0 / 9)), 12) AS e FROM small;

-- no drift is visible where there is one value only, and a test of few rows says that it cannot tell
SELECT drift.anderson_darling_test(7, f), drift.kuiper_test(7, f), drift.energy_distance(7, f) FROM small;
SELECT drift.anderson_darling_test(x, f) AS three_rows FROM small WHERE x IN (1, 3, 4);
-- infinities are values
SELECT (drift.kuiper_test(v, f)).statistic AS kuiper, drift.energy_distance(v, f) AS energy
FROM (VALUES ('-Infinity'::float8, false), (0, false), (1, true), (2, true)) AS v (v, f);
SELECT drift.energy_distance(v, f) AS rows, drift.energy_distance(drift.profile_agg(v) FILTER (WHERE NOT f), drift.profile_agg(v) FILTER (WHERE f)) AS profiles
FROM (VALUES ('Infinity'::float8, false), ('Infinity', true)) AS v (v, f);
-- what has no numbers, and no rows
SELECT drift.kuiper_test(x::text, f) FROM small;
SELECT drift.energy_distance(x, f) FROM small WHERE f;
SELECT drift.cramer_von_mises_test(drift.profile_agg(x::text), drift.profile_agg(x::text)) FROM small;
SELECT drift.anderson_darling_test(drift.profile_agg(x), drift.profile_agg(x) FILTER (WHERE x > 9)) FROM small;

-- sorted on disk, the same
SET work_mem = '64kB';
SELECT (drift.cramer_von_mises_test(value, is_current)).statistic = (t).statistic AS t, drift.energy_distance(value, is_current) = e AS e
FROM row_form AS r, LATERAL (SELECT value, side = 1 AS is_current FROM sample WHERE shape = r.shape AND i <= CASE side WHEN 0 THEN 1000 ELSE 100000 END) AS s
WHERE (r.shape, r.with_missing, r.rows_reference, r.rows_current) = ('heavy', false, 1000, 100000) GROUP BY r.t, r.e;
RESET work_mem;

-- drift.compare() takes them as methods, of numbers only
CREATE TABLE old_rows AS SELECT samples.value('normal', 0, g) AS x, 'a' AS word FROM generate_series(1, 2000) AS g;
CREATE TABLE new_rows AS SELECT samples.value('normal', 1, g) + 0.2 AS x, 'a' AS word FROM generate_series(1, 2000) AS g;
SELECT method, c.method = wanted AS asked, mode, c.drifted, c.p_value < 0.01 AS small,
	abs(c.statistic - CASE wanted WHEN 'cramer_von_mises_test' THEN (t).statistic WHEN 'anderson_darling_test' THEN (a).statistic
		WHEN 'kuiper_test' THEN (v).statistic ELSE e END) < CASE mode WHEN 'exact' THEN 1e-9 ELSE 0.1 * c.statistic END AS same
FROM unnest('{cramer_von_mises_test,anderson_darling_test,kuiper_test,energy_distance}'::text[]) AS wanted, unnest('{exact,summary}'::text[]) AS mode,
	(SELECT drift.cramer_von_mises_test(x, f) AS t, drift.anderson_darling_test(x, f) AS a, drift.kuiper_test(x, f) AS v, drift.energy_distance(x, f) AS e
		FROM (SELECT x, false AS f FROM old_rows UNION ALL SELECT x, true FROM new_rows) AS u) AS s,
	LATERAL drift.compare('edf.old_rows', 'edf.new_rows', ARRAY['x'], jsonb_build_object('numeric', wanted), mode => mode) AS c
ORDER BY wanted, mode;
\set SHOW_CONTEXT never
SELECT * FROM drift.compare('edf.old_rows', 'edf.new_rows', ARRAY['word'], '{"word": "kuiper_test"}');
