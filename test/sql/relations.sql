-- Relations between two columns against scipy and scikit-learn, in memory and from files, and what is
-- answered where there is no number.
CREATE SCHEMA relations;
SET search_path = relations;
SET extra_float_digits = 0;
SET TimeZone = 'UTC';
\getenv tests PG_ABS_SRCDIR
\set samples :tests '/reference/samples.sql'
\set ECHO none
\i :samples
\set ECHO all

CREATE TABLE golden (
	shape_x text, shape_y text, weight float8, with_missing boolean, rows bigint, n bigint,
	pearson float8, pearson_p float8, spearman float8, spearman_p float8, kendall float8, kendall_p float8,
	mi_plugin float8, mi float8, cramers_v float8, cramers_v_p float8, mi_plugin_4 float8, mi_4 float8);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/relations.csv"' WITH (FORMAT csv, HEADER)

-- x is the reference side of one shape, y the current side of another plus a multiple of x
CREATE TABLE sample AS
SELECT shape, side, i, samples.value(shape, side, i) AS value, samples.mix(i, 500 + side) % 20 AS missing
FROM (SELECT shape_x FROM golden UNION SELECT shape_y FROM golden) AS s(shape), generate_series(0, 1) AS side, generate_series(1, 1000) AS i;
-- more rows than 64 kB of work_mem hold
INSERT INTO sample
SELECT shape, side, i, samples.value(shape, side, i), samples.mix(i, 500 + side) % 20
FROM (VALUES ('normal', 0), ('normal', 1), ('ties', 0), ('ties', 1), ('discrete', 1)) AS s(shape, side), generate_series(1001, 20000) AS i;
CREATE INDEX ON sample (shape, side, i);
ANALYZE sample;

-- missing ones are NULL and NaN in turn
CREATE FUNCTION pairs(g golden) RETURNS TABLE (x float8, y float8) LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN NOT g.with_missing OR a.missing > 1 THEN a.value WHEN a.missing = 1 THEN 'NaN' END,
		CASE WHEN NOT g.with_missing OR b.missing > 1 THEN b.value + g.weight * a.value WHEN b.missing = 1 THEN 'NaN' END
	FROM sample AS a JOIN sample AS b USING (i)
	WHERE a.shape = g.shape_x AND a.side = 0 AND b.shape = g.shape_y AND b.side = 1 AND a.i <= g.rows
$$;
-- every statistic of a row of golden values, in its order
CREATE FUNCTION measured(g golden) RETURNS float8[] LANGUAGE sql STABLE AS $$
	SELECT ARRAY[(p).n, r, (p).p_value, (s).statistic, (s).p_value, k, (kt).p_value, (m).statistic, mi, (v).statistic, (v).p_value, (m_4).statistic, mi_4]
	FROM (SELECT drift.correlation(x, y) AS r, drift.correlation_test(x, y, 'pearson') AS p, drift.correlation_test(x, y, 'spearman') AS s,
			drift.correlation(x, y, 'kendall') AS k, drift.correlation_test(x, y, 'kendall') AS kt, drift.correlation_test(x, y, 'cramers_v') AS v,
			drift.mutual_information(x, y) AS mi, drift.mutual_information_test(x, y, 10, 1) AS m,
			drift.mutual_information(x, y, 4) AS mi_4, drift.mutual_information_test(x, y, 4, 1) AS m_4 FROM pairs(g)) AS t
$$;
CREATE FUNCTION wanted(g golden) RETURNS float8[] LANGUAGE sql IMMUTABLE AS $$
	SELECT ARRAY[g.n, g.pearson, g.pearson_p, g.spearman, g.spearman_p, g.kendall, g.kendall_p,
		g.mi_plugin, g.mi, g.cramers_v, g.cramers_v_p, g.mi_plugin_4, g.mi_4]
$$;
-- positions that differ by more than 1e-9 of the value
CREATE FUNCTION differ(got float8[], wanted float8[]) RETURNS int[] LANGUAGE sql IMMUTABLE AS $$
	SELECT array_agg(i) FROM generate_subscripts(wanted, 1) AS i
	WHERE (got[i] IS NULL) <> (wanted[i] IS NULL)
		-- what is as good as 0 has no relative error
		OR CASE WHEN abs(wanted[i]) < 1e-290 THEN abs(got[i]) > 1e-289 ELSE abs(got[i] - wanted[i]) > 1e-9 * abs(wanted[i]) END
$$;

SELECT count(*) AS samples, sum(array_length(wanted(g), 1)) AS statistics FROM golden AS g WHERE rows <= 1000;
SELECT g.*, differ(measured(g), wanted(g)) FROM golden AS g WHERE rows <= 1000 AND differ(measured(g), wanted(g)) IS NOT NULL;

-- from files: the same numbers
SET work_mem = '64kB';
SELECT shape_x, shape_y, weight, with_missing, n, differ(measured(g), wanted(g)) AS differ
FROM golden AS g WHERE rows = 20000 AND shape_x IN ('normal', 'ties') AND shape_y IN ('normal', 'ties', 'discrete')
ORDER BY 1, 2, 3, 4;
-- and to the last bit
CREATE TABLE many AS SELECT x, y, floor(x * 3)::int AS few, 'label ' || floor(y) AS label FROM golden AS g, pairs(g)
WHERE g.rows = 20000 AND g.shape_x = 'normal' AND g.shape_y = 'normal' AND g.weight = 0 AND NOT g.with_missing;
CREATE FUNCTION all_of_many() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', drift.correlation_test(x, y, 'spearman'), drift.correlation_test(few, y, 'spearman'), drift.correlation_test(x, few, 'spearman'),
		drift.correlation_test(few, few % 2, 'kendall'), drift.correlation_test(x, few, 'kendall'), drift.correlation_test(few, y, 'kendall'),
		drift.mutual_information_test(x, y, 1000, 1), drift.mutual_information_test(few, label), drift.correlation_test(label, x, 'cramers_v')) FROM many
$$;
CREATE TABLE spilled AS SELECT all_of_many();
RESET work_mem;
SELECT all_of_many = all_of_many() AS same FROM spilled;
-- in parallel: sums are added up in another order
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT drift.correlation(x, y) AS r, drift.correlation_test(x, y) AS t FROM many;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT drift.correlation(x, y), drift.correlation_test(x, y) FROM many;
SELECT abs(p.r / s.r - 1) < 1e-12 AS statistic, abs((p.t).p_value / (s.t).p_value - 1) < 1e-9 AS p_value, (p.t).n = (s.t).n AS n
FROM (SELECT drift.correlation(x, y) AS r, drift.correlation_test(x, y) AS t FROM many) AS p, serial AS s;
SELECT drift.correlation(x, y) AS none, drift.correlation_test(x, y) AS of_none FROM many WHERE x > 100;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- by hand: ranks of 1 2 3 4 against 1 3 2 4
SELECT drift.correlation(x, y, 'spearman') AS spearman, drift.correlation(x, y, 'kendall') AS kendall, drift.correlation_test(x, y, 'kendall') AS test
FROM (VALUES (1, 10), (2, 30), (3, 20), (4, 40)) AS v(x, y);
-- one of two, always the same as the other: one bit, ln 2; the correction adds 1 / 2n
SELECT round(drift.mutual_information(x, x)::numeric, 12) AS corrected, round((ln(2) + 1 / 200.0)::numeric, 12) AS by_hand,
	round((drift.mutual_information_test(x, x)).statistic::numeric, 12) AS plugin, (drift.mutual_information_test(x, x)).p_value,
	drift.correlation(x, x, 'cramers_v') AS v
FROM (SELECT i % 2 = 0 FROM generate_series(1, 100) AS i) AS t(x);
-- independent columns: below 0 by the correction
SELECT drift.mutual_information(i % 2, i / 2 % 2) AS corrected, -1 / 200.0 AS by_hand, drift.mutual_information_test(i % 2, i / 2 % 2) AS test,
	drift.correlation_test(i % 2, i / 2 % 2, 'cramers_v') AS v
FROM generate_series(0, 99) AS i;
-- a parabola: no correlation, much information
SELECT abs(drift.correlation(x, x * x)) < 1e-12 AS pearson, abs(drift.correlation(x, x * x, 'kendall')) < 1e-12 AS kendall,
	round(drift.mutual_information(x, x * x)::numeric, 3) AS information
FROM (SELECT i::float8 FROM generate_series(-1000, 1000) AS i) AS t(x);

-- a moving window
SELECT i, abs(drift.correlation(i, i * i) OVER w - corr(i, i * i) OVER w) < 1e-12 AS same, (drift.correlation_test(i, i * i) OVER w).n
FROM generate_series(1, 6) AS i WINDOW w AS (ORDER BY i ROWS 2 PRECEDING);

-- every type
CREATE TYPE size AS ENUM ('small', 'large');
SELECT drift.correlation(i::int2, i::numeric) AS int2, drift.correlation(i::int8, -i::float4) AS int8, drift.correlation(date '2024-01-01' + i, i) AS date,
	drift.correlation(timestamp '2024-01-01' + i * interval '1 hour', i, 'spearman') AS timestamp, drift.correlation(i > 5, i > 5, 'kendall') AS boolean,
	round(drift.correlation(i > 5, i)::numeric, 12) AS boolean_and_number
FROM generate_series(1, 10) AS i;
SELECT drift.mutual_information(a, i % 2) = drift.mutual_information(b, c) AS same, drift.mutual_information(a, b) = drift.mutual_information(d, e) AS too,
	drift.correlation(a, d, 'cramers_v') AS v
FROM (SELECT i, i % 3 = 0 AS a, (i % 3 = 0)::text AS b, chr(65 + i % 2)::char(9) AS c, (ARRAY['small', 'large'])[1 + (i % 3 = 0)::int]::size AS d,
	lpad((i % 3 = 0)::int::text, 32, '0')::uuid AS e FROM generate_series(1, 60) AS i) AS t;

-- what there is none of
SELECT drift.correlation(x, y) AS one, drift.correlation_test(x, y, 'kendall') AS test, drift.mutual_information(x, y) AS information,
	drift.mutual_information_test(x, y) AS information_test
FROM (VALUES (1, 2)) AS v(x, y);
SELECT method, drift.correlation_test(x, y, method) AS constant, drift.correlation_test(x, x, method) AS itself
FROM (SELECT i, 0.1 AS y FROM generate_series(1, 10) AS i) AS v(x, y), unnest(ARRAY['pearson', 'spearman', 'kendall', 'cramers_v']) AS method
GROUP BY method ORDER BY method;
SELECT drift.correlation(x, y, 'spearman') AS none, drift.correlation_test(x, y, 'cramers_v') AS test, drift.mutual_information(x, y) AS information,
	drift.mutual_information_test(x, y) AS information_test
FROM (VALUES (NULL, 1), ('NaN'::float8, 2), (3, NULL)) AS v(x, y);
-- infinities have ranks and bins
SELECT drift.correlation(x, y) AS pearson, drift.correlation_test(x, y) AS test, drift.correlation(x, y, 'spearman') AS spearman,
	drift.correlation(x, y, 'kendall') AS kendall, drift.mutual_information(x, y) AS information
FROM (VALUES ('-Infinity'::float8, 1), (0, 2), ('-0', 2), ('Infinity', 3)) AS v(x, y);
-- the permutations of a seed do not depend on the order of rows
SELECT (up).p_value = (down).p_value AS same, (up).p_value BETWEEN 0.002 AND 0.998 AS between
FROM (SELECT drift.mutual_information_test(x, y ORDER BY i) AS up, drift.mutual_information_test(x, y ORDER BY -i) AS down
	FROM (SELECT i, samples.mix(i, 1) % 7, 'y' || samples.mix(i, 2) % 5 FROM generate_series(1, 200) AS i) AS t(i, x, y)) AS u;
-- another seed gives others; 99 permutations give no p-value below 0.01
SELECT p1 = p1_again AS same, p1 <> p2 AS other, abs(p1 - p2) < 0.05 AS near, least
FROM (SELECT (drift.mutual_information_test(x, y, 10, 9999, 1)).p_value AS p1, (drift.mutual_information_test(x, y, 10, 9999, 1)).p_value AS p1_again,
		(drift.mutual_information_test(x, y, 10, 9999, 2)).p_value AS p2, (drift.mutual_information_test(x, x, 10, 99)).p_value AS least
	FROM (SELECT samples.mix(i, 1) % 7, 'y' || samples.mix(i, 2) % 5 FROM generate_series(1, 200) AS i) AS t(x, y)) AS u;

-- errors
CREATE FUNCTION fails(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'did not fail';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''), nullif(hint, ''));
END
$$;
SELECT expression, fails(format('SELECT drift.%s FROM generate_series(1, 3) AS i', expression)) FROM unnest(ARRAY[
	'correlation(i, i::text)', 'correlation(i::text, i, ''kendall'')', 'correlation(i, i, ''pearsons'')', 'correlation(i, i, NULL)',
	'correlation(i, i, CASE i WHEN 1 THEN ''kendall'' ELSE ''spearman'' END)', 'correlation(i, i, CASE i WHEN 1 THEN ''kendall'' END)',
	'correlation(i, ARRAY[i])', 'correlation(i * 1e300::float8, i)', 'mutual_information(i, i, 1)', 'mutual_information(i, i, 1025)',
	'mutual_information(i, i, i + 1)', 'mutual_information(i, i, NULL)', 'mutual_information_test(i, i, 10, 0)',
	'mutual_information_test(i, i, 10, 100 + i)', 'mutual_information_test(i, i, 10, 100, NULL)', 'mutual_information_test(i, i, 10, 100, i)']) AS expression;
SELECT fails('SELECT drift.mutual_information_test(i::text, i::text) FROM generate_series(1, 1001) AS i');
SET work_mem = '64kB';
SELECT fails('SELECT drift.mutual_information(repeat(''label '', 10) || i, 1) FROM generate_series(1, 10000) AS i');
RESET work_mem;
