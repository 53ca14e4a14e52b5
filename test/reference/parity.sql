-- What generate_parity.py wrote beside what drift.compare() says. Makes a schema of its own.
--
--   SELECT parity.take_file('breast_cancer')   makes a table of the lines in parity.line
--   SELECT parity.measure()                    compares all that is in parity.expected
--   SELECT * FROM parity.difference            where the two do not agree
--   SELECT * FROM parity.summary               how many columns agree, and how closely

CREATE SCHEMA parity;

CREATE TABLE parity.expected (
	library text, source text, rows_reference bigint, rows_current bigint, numeric_method text, categorical_method text,
	column_name text, state text, kind text, test text, score float8, threshold float8, drifted boolean);
CREATE TABLE parity.measured (LIKE parity.expected, method_reason text);
CREATE TABLE parity.line (i bigint GENERATED ALWAYS AS IDENTITY, line text);

-- As pandas would type the columns of a file: whole numbers, numbers, or text; empty is missing.
CREATE FUNCTION parity.file_type(position_in_line int) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN bool_and(cell ~ '^-?[0-9]+$') THEN 'bigint' WHEN bool_and(cell ~ '^-?[0-9.]+([eE][-+]?[0-9]+)?$') THEN 'float8' ELSE 'text' END
	FROM (SELECT nullif(split_part(line, ',', position_in_line), '') AS cell FROM parity.line WHERE i > (SELECT min(i) FROM parity.line)) AS cells
$$;

CREATE FUNCTION parity.take_file(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE parity.%I AS SELECT row_number() OVER (ORDER BY i) AS row_of_file, %s FROM parity.line WHERE i > (SELECT min(i) FROM parity.line)',
		name, (SELECT string_agg(format('nullif(split_part(line, '','', %s), '''')::%s AS %I', n, parity.file_type(n::int), h), ', ' ORDER BY n)
			FROM (SELECT line FROM parity.line ORDER BY i LIMIT 1) AS l, string_to_table(l.line, ',') WITH ORDINALITY AS header(h, n)));
	TRUNCATE parity.line;
END
$$;

CREATE FUNCTION parity.side_query(source text, side int, rows_reference bigint, rows_current bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE
			WHEN source = 'samples' THEN
				format('SELECT * FROM parity.samples WHERE side = %s AND i <= %s ORDER BY i', side, CASE side WHEN 0 THEN rows_reference ELSE rows_current END)
			WHEN side = 0 THEN format('SELECT * FROM parity.%I WHERE row_of_file <= %s ORDER BY row_of_file', source, rows_reference)
			ELSE format('SELECT * FROM parity.%I WHERE row_of_file > %s ORDER BY row_of_file', source, rows_reference)
		END
$$;

CREATE FUNCTION parity.measure() RETURNS void LANGUAGE sql AS $$
	INSERT INTO parity.measured
	SELECT f.library, f.source, f.rows_reference, f.rows_current, f.numeric_method, f.categorical_method, c.column_name,
		CASE WHEN c.drifted IS NOT NULL THEN 'tested' ELSE c.severity END, CASE WHEN c.drifted IS NOT NULL THEN c.kind END,
		t.test,
		CASE WHEN f.library = 'evidently' AND t.test <> ALL ('{psi,kl_div,jensenshannon,hellinger,wasserstein,ed}') THEN coalesce(c.p_value, 'NaN') ELSE c.statistic END,
		c.threshold, c.drifted, c.method_reason
	FROM (SELECT library, source, rows_reference, rows_current, numeric_method, categorical_method, array_agg(column_name) AS columns
		FROM parity.expected GROUP BY 1, 2, 3, 4, 5, 6) AS f,
		LATERAL drift.compare(parity.side_query(source, 0, rows_reference, rows_current), parity.side_query(source, 1, rows_reference, rows_current),
			columns, jsonb_strip_nulls(jsonb_build_object('numeric', numeric_method, 'categorical', categorical_method)), library) AS c,
		LATERAL (SELECT substring(c.method_reason FROM '^(?:Evidently|NannyML)''s (\w+)') AS test) AS t
$$;

-- Distances that are the root of a sum are as uncertain as the sum's rounding near zero; one minus a
-- probability near one, as Evidently's z-test takes it, keeps sixteen decimals. Evidently counts the exact
-- Cramer-von Mises in half or single precision, and ends the series of the other one at 1e-7.
CREATE FUNCTION parity.agree(test text, rows_larger bigint, a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT a IS NOT DISTINCT FROM b OR abs(a - b) <= 1e-9 * abs(b)
		OR (test IN ('jensenshannon', 'hellinger', 'jensen_shannon') AND abs(a * a - b * b) <= 4e-15)
		OR (test NOT IN ('jensenshannon', 'hellinger', 'jensen_shannon') AND abs(a - b) <= 1e-15)
		OR (test = 'cramer_von_mises' AND abs(a - b) <= CASE WHEN rows_larger <= 20 THEN 5e-4 ELSE 1e-6 END)
$$;

CREATE VIEW parity.pair AS
SELECT e.library, e.source, e.rows_reference, e.rows_current, e.column_name, e.state, e.test, e.score, m.score AS measured_score,
	e.threshold, m.threshold AS measured_threshold, e.drifted, m.drifted AS measured_drifted, m.state AS measured_state, m.method_reason,
	e.state = m.state AND e.kind IS NOT DISTINCT FROM m.kind AND e.drifted IS NOT DISTINCT FROM m.drifted AND (e.state <> 'tested' OR e.test = m.test) AS same_verdict,
	e.state <> 'tested' OR coalesce(parity.agree(e.test, greatest(e.rows_reference, e.rows_current), m.score, e.score), false) AS same_score,
	e.state <> 'tested' OR coalesce(parity.agree(e.test, 0, m.threshold, e.threshold), false) AS same_threshold
FROM parity.expected AS e
LEFT JOIN parity.measured AS m
	ON (m.library, m.source, m.rows_reference, m.rows_current, m.column_name) = (e.library, e.source, e.rows_reference, e.rows_current, e.column_name)
	AND m.numeric_method IS NOT DISTINCT FROM e.numeric_method AND m.categorical_method IS NOT DISTINCT FROM e.categorical_method;

CREATE VIEW parity.difference AS
SELECT * FROM parity.pair WHERE NOT coalesce(same_verdict AND same_score AND same_threshold, false);

CREATE VIEW parity.summary AS
SELECT library, source, test, count(*) AS columns, count(*) FILTER (WHERE drifted) AS drifted,
	count(*) FILTER (WHERE same_verdict) AS same_verdict, count(*) FILTER (WHERE same_score AND same_threshold) AS same_score,
	max(abs(measured_score - score) / nullif(abs(score), 0)) FILTER (WHERE abs(score) > 1e-3 AND score < 'Infinity' AND test <> 'cramer_von_mises') AS largest_difference
FROM parity.pair
WHERE state = 'tested'
GROUP BY library, source, test;
