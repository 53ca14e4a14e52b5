-- Data that did not drift must not alarm: small versions, with a fixed seed, of what test/run quiet measures.
BEGIN;
SELECT plan(4);
SELECT setseed(0.6);

-- 25 numeric and 5 categorical columns of one distribution each: 30 comparisons of 500 rows with 5,000
CREATE TEMPORARY TABLE pool AS
SELECT i AS place, ARRAY(SELECT CASE j % 3 WHEN 0 THEN random() WHEN 1 THEN -ln(1 - random()) ELSE floor(random() * 50) END FROM generate_series(1, 25) AS j WHERE i > 0) AS x,
	ARRAY(SELECT chr(97 + floor(random() ^ 2 * (j * 3))::int) FROM generate_series(1, 5) AS j WHERE i > 0) AS c
FROM generate_series(1, 5000 + 30 * 500) AS i;
CREATE FUNCTION pg_temp.slice(first_place int, n int, shift float8) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT %s, %s FROM pg_temp.pool WHERE place > %s AND place <= %s',
		(SELECT string_agg(format('x[%s] + %s AS x%1$s', j, CASE j WHEN 3 THEN shift ELSE 0 END), ', ') FROM generate_series(1, 25) AS j),
		(SELECT string_agg(format('c[%s] AS c%1$s', j), ', ') FROM generate_series(1, 5) AS j), first_place, first_place + n)
$$;
CREATE TEMPORARY TABLE alarm AS
SELECT shift, d.* FROM unnest(ARRAY[0, 0.15]) AS shift, generate_series(1, 30) AS run,
	LATERAL drift.detect_drift(pg_temp.slice(0, 5000, 0), pg_temp.slice(4500 + 500 * run, 500, shift)) AS d;
SELECT cmp_ok(count(*) FILTER (WHERE drift_detected), '<=', 1::bigint, 'the standard set alarms in at most one of 30 quiet comparisons') FROM alarm WHERE shift = 0;
SELECT cmp_ok(count(*) FILTER (WHERE 'x3' = ANY (drifted_features)), '>=', 29::bigint, 'and finds one column of 30 that moved by half a deviation') FROM alarm WHERE shift > 0;

-- 300 KS tests of two profiles of 10,000 rows, each merged from 24 parts: nominally 15 reject at 5 %, and more than 27 in one of 500 times
CREATE FUNCTION pg_temp.quiet_profile(shift float8) RETURNS drift.profile LANGUAGE sql VOLATILE AS $$
	SELECT drift.merge_agg(p) FROM (
		SELECT drift.profile_agg(random() + shift) AS p FROM generate_series(1, 24) AS part, generate_series(1, 417) GROUP BY part) AS parts
$$;
CREATE TEMPORARY TABLE ks AS SELECT drift.ks_test(pg_temp.quiet_profile(0), pg_temp.quiet_profile(0)) AS t FROM generate_series(1, 300);
SELECT cmp_ok(count(*) FILTER (WHERE (t).p_value_high < 0.05), '<=', 27::bigint, 'KS on merged profiles keeps its level') FROM ks;
SELECT cmp_ok((drift.ks_test(pg_temp.quiet_profile(0), pg_temp.quiet_profile(0.05))).p_value_high, '<', 0.001::float8, 'and sees a shift of 0.05');

SELECT * FROM finish();
ROLLBACK;
