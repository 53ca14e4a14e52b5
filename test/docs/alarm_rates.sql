-- The measurement behind the table of rates in docs/thresholds.md; it takes minutes.
--
--     psql -d DATABASE -v runs=100 -f test/docs/alarm_rates.sql
--
-- Quiet: 25 numeric and 5 categorical columns, both sides from the same distributions, the
-- reference of 5,000 rows. Drifted: the same, with one normal column moved by 0.3 deviations.
\set ON_ERROR_STOP on
\if :{?runs}
\else
	\set runs 100
\endif
SELECT setseed(0.7) \g /dev/null

-- Five shapes of numbers by turns: uniform, exponential, normal, 50 whole numbers, lognormal.
CREATE TEMPORARY TABLE pool AS
SELECT i AS place,
	ARRAY(SELECT CASE j % 5
			WHEN 0 THEN random()
			WHEN 1 THEN -ln(1 - random())
			WHEN 2 THEN sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())
			WHEN 3 THEN floor(random() * 50)
			ELSE exp(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))
		END FROM generate_series(1, 25) AS j WHERE i > 0) AS x,
	ARRAY(SELECT chr(97 + floor(random() ^ 2 * (j * 3))::integer) FROM generate_series(1, 5) AS j WHERE i > 0) AS c
FROM generate_series(1, 400000) AS i;
CREATE INDEX ON pool (place);
ANALYZE pool;

CREATE FUNCTION pg_temp.slice(first_place integer, n integer, shift float8) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT %s, %s FROM pg_temp.pool WHERE place > %s AND place <= %s',
		(SELECT string_agg(format('x[%s] %s AS x%1$s', j, CASE j WHEN 2 THEN format('+ %s', shift) END), ', ') FROM generate_series(1, 25) AS j),
		(SELECT string_agg(format('c[%s] AS c%1$s', j), ', ') FROM generate_series(1, 5) AS j),
		first_place, first_place + n)
$$;

SELECT t.name AS thresholds, n AS current_rows,
	round(100.0 * avg(quiet.drift_detected::integer), 1) AS "alarms on quiet data, %",
	round(100 * avg(quiet.drift_score)::numeric, 2) AS "columns that alarm, %",
	round(100.0 * avg(('x2' = ANY (moved.drifted_features))::integer), 1) AS "moved column found, %"
FROM drift.thresholds AS t,
	unnest(ARRAY[500, 50000]) AS n,
	generate_series(1, :runs) AS run,
	LATERAL (SELECT run * 7919 % 40000 * 5 AS start) AS at,
	LATERAL drift.detect_drift(pg_temp.slice(at.start, 5000, 0), pg_temp.slice(at.start + 5000, n, 0), thresholds => t.name) AS quiet,
	LATERAL drift.detect_drift(pg_temp.slice(at.start, 5000, 0), pg_temp.slice(at.start + 5000, n, 0.3), ARRAY['x2'], t.name) AS moved
WHERE t.built_in
GROUP BY t.name, n
ORDER BY n, t.name;
