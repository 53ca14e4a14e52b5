-- Permutation tests in the server: rows and profiles, every statistic, the p-values of drift.compare() where values repeat.
CREATE SCHEMA permutation;
SET search_path = permutation;
\getenv tests PG_ABS_SRCDIR

CREATE TABLE golden (statistic text, kind text, vals text, reference text, current text, value float8, p float8);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/permutation.csv"' WITH (FORMAT csv, HEADER)
ALTER TABLE golden ADD id int GENERATED ALWAYS AS IDENTITY;

-- the rows of a sample, as numbers
CREATE TABLE labelled AS
SELECT g.id, g.statistic, g.kind, v.x::float8 AS x, side = 1 AS is_current
FROM golden AS g, generate_series(0, 1) AS side,
	ROWS FROM (string_to_table(g.vals, ' '), string_to_table(CASE side WHEN 0 THEN g.reference ELSE g.current END, ' ')) AS v(x, n),
	generate_series(1, v.n::int);

-- within four deviations of the share of all deals; profiles of numbers as their rows
CREATE TABLE answer AS
SELECT g.*, drift.permutation_test(l.x, l.is_current, g.statistic, 2000, 1) AS rows,
	drift.permutation_test(drift.profile_agg(l.x) FILTER (WHERE NOT l.is_current), drift.profile_agg(l.x) FILTER (WHERE l.is_current), g.statistic, 2000, 1) AS profiles
FROM golden AS g JOIN labelled AS l USING (id) WHERE g.kind = 'numbers'
GROUP BY g.id, g.statistic, g.kind, g.vals, g.reference, g.current, g.value, g.p
UNION ALL
SELECT g.*, drift.permutation_test(l.x::text, l.is_current, g.statistic, 2000, 1),
	drift.permutation_test(drift.profile_agg(l.x::text) FILTER (WHERE NOT l.is_current), drift.profile_agg(l.x::text) FILTER (WHERE l.is_current), g.statistic, 2000, 1)
FROM golden AS g JOIN labelled AS l USING (id) WHERE g.kind = 'categories'
GROUP BY g.id, g.statistic, g.kind, g.vals, g.reference, g.current, g.value, g.p;
SELECT count(*), bool_and(abs((rows).statistic - value) <= 1e-9 * value) AS statistic,
	bool_and(abs((rows).p_value - p) <= 4 * sqrt(p * (1 - p) / 2000) + 0.001) AS rows,
	bool_and(abs((profiles).p_value - p) <= 4 * sqrt(p * (1 - p) / 2000) + 0.001) AS profiles,
	bool_and(rows = profiles) FILTER (WHERE kind = 'numbers') AS same
FROM answer;

-- the statistic is that of the function of its name, whatever the column's type
CREATE TABLE mixed AS
SELECT i % 2 = 0 AS f, (i * 7919 % 1000) / 8.0 AS x, i % 7 AS k, (i % 3 = 0) AS b, date '2024-01-01' + i % 50 AS d, 'c' || i % 11 AS c
FROM generate_series(1, 2000) AS i;
SELECT drift.permutation_test(x, f, 'ks', 99) = drift.permutation_test(x, f, 'ks', 99, 42) AS seed,
	(drift.permutation_test(x, f, 'ks')).statistic = (drift.ks_test(x, f)).statistic AS ks,
	(drift.permutation_test(d, f, 'wasserstein_distance', 99)).statistic = drift.wasserstein_distance(d, f) AS wasserstein,
	(drift.permutation_test(x, f, 'psi', 99)).statistic = drift.psi(x, f) AS psi,
	(drift.permutation_test(c, f, 'psi', 99)).statistic = drift.psi(c, f) AS categories,
	(drift.permutation_test(b, f, 'total_variation', 99)).statistic = drift.total_variation(b, f) AS booleans,
	(drift.permutation_test(k, f, 'chi_square', 99)).statistic = (drift.chi_square_test(k, f)).statistic AS chi_square
FROM mixed;
-- each of 1 / (B + 1) .. 1, and a group of its own
SELECT (drift.permutation_test(x + 1000 * f::int, f, 'ks')).p_value = 0.001 AS apart, (drift.permutation_test(1, f, 'ks')).p_value = 1 AS constant,
	(drift.permutation_test(x, f, 'ks', 1)).p_value IN (0.5, 1) AS one
FROM mixed;
-- spilled to disk or not
SET work_mem = '128kB';
CREATE TABLE spilled AS
SELECT drift.permutation_test(x::int, f, 'ks', 99) AS numbers, drift.permutation_test(repeat(c, 50) || x::int, f, 'psi', 99) AS categories FROM mixed, generate_series(1, 10);
SET work_mem = '4MB';
SELECT spilled.numbers = m.numbers AS numbers, spilled.categories = m.categories AS categories
FROM spilled, (SELECT drift.permutation_test(x::int, f, 'ks', 99) AS numbers, drift.permutation_test(repeat(c, 50) || x::int, f, 'psi', 99) AS categories
	FROM mixed, generate_series(1, 10)) AS m;

-- what it cannot do
SELECT drift.permutation_test(x, f, 'mode') FROM mixed;
SELECT drift.permutation_test(x, f, NULL) FROM mixed;
SELECT drift.permutation_test(x, f, 'ks', 0) FROM mixed;
SELECT drift.permutation_test(x, f, 'ks', k::int) FROM mixed WHERE k > 0;
SELECT drift.permutation_test(c, f, 'ks') FROM mixed;
SELECT drift.permutation_test(x, f, 'ks') FROM mixed WHERE f;
SELECT drift.permutation_test(x, f, 'ks') FROM mixed WHERE false;
SELECT drift.permutation_test(drift.profile_agg(i), drift.profile_agg(i), 'ks') FROM generate_series(1, 5000) AS i;
SELECT drift.permutation_test(drift.profile_agg(x), drift.profile_agg(c), 'psi') FROM mixed;
SELECT drift.permutation_test(drift.profile_agg(c), drift.profile_agg(c), 'ks') FROM mixed;
SET work_mem = '64kB';
SELECT drift.permutation_test(i, i % 2 = 0, 'ks') FROM generate_series(1, 5000) AS i;
RESET work_mem;

-- KS of much repeated numbers: one value holds 60 % of the reference
CREATE TABLE before AS SELECT CASE WHEN i % 10 < 6 THEN 0 ELSE i * 7919 % 200 END AS few, CASE WHEN i % 10 < 6 THEN 0 ELSE i * 7919 % 5003 END AS many,
	i * 7919 % 50021 AS no FROM generate_series(1, 20000) AS i;
CREATE TABLE after AS SELECT CASE WHEN i % 10 < 6 THEN 0 ELSE i * 6007 % 200 END + CASE WHEN i % 80 = 0 THEN 1 ELSE 0 END AS few,
	CASE WHEN i % 10 < 6 THEN 0 ELSE i * 6007 % 5003 END + CASE WHEN i % 80 = 0 THEN 1 ELSE 0 END AS many, i * 6007 % 50021 AS no FROM generate_series(1, 20000) AS i;
SELECT c.column_name, c.method_reason, round(c.p_value::numeric, 6) AS p_value, round((drift.ks_test(x, f)).p_value::numeric, 6) AS upper_bound
FROM drift.compare('before', 'after') AS c, LATERAL (
	SELECT (to_jsonb(b) ->> c.column_name)::int AS x, false AS f FROM before AS b UNION ALL SELECT (to_jsonb(a) ->> c.column_name)::int, true FROM after AS a) AS r
GROUP BY c.column_name, c.method_reason, c.p_value, c.effect ORDER BY c.column_name;
-- again the same; scipy's where asked for by name, and on summaries
SELECT bool_and(a = b) AS same FROM drift.compare('before', 'after') AS a JOIN drift.compare('before', 'after') AS b USING (column_name);
SELECT column_name, method_reason, round(p_value::numeric, 6) AS p_value FROM drift.compare('before', 'after', '{few,many}', '{"numeric": "ks_test"}') ORDER BY 1;
SELECT column_name, method_reason, round(p_value::numeric, 6) AS p_value FROM drift.compare('before', 'after', '{few,many}', '{"numeric": "psi"}') ORDER BY 1;
SELECT column_name, method_reason, round(p_value::numeric, 6) AS p_value FROM drift.compare('before', 'after', '{few}', mode => 'summary') ORDER BY 1;
