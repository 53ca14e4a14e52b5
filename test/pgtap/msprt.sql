-- A sequential test may be looked at as often as one likes: a small version, with a fixed seed, of test/quiet/msprt.sql.
BEGIN;
SELECT plan(6);
SELECT setseed(0.4);

-- 80 experiments without a difference for each split, looked at after every 20 rows, 200 times
CREATE TEMPORARY TABLE looked AS
SELECT small_arm, run, look, n1, n2, sum(x1) OVER w::bigint AS x1, sum(x2) OVER w::bigint AS x2
FROM (SELECT small_arm, run, look, look * (20 - small)::bigint AS n1, look * small::bigint AS n2,
		count(*) FILTER (WHERE i > small AND random() < 0.2) AS x1, count(*) FILTER (WHERE i <= small AND random() < 0.2) AS x2
	FROM unnest(ARRAY[0.5, 0.1]) AS small_arm, LATERAL (SELECT (20 * small_arm)::int AS small) AS s, generate_series(1, 80) AS run, generate_series(1, 200) AS look, generate_series(1, 20) AS i
	GROUP BY small_arm, run, look, small) AS seen
WINDOW w AS (PARTITION BY small_arm, run ORDER BY look);
CREATE TEMPORARY TABLE ended AS
SELECT small_arm, run, min((drift.msprt_test(x1, n1, x2, n2, 0.02)).p_value) AS always_valid, min((drift.two_proportion_test(x1, n1, x2, n2)).p_value) AS single_look
FROM looked GROUP BY small_arm, run;
SELECT cmp_ok(count(*) FILTER (WHERE always_valid < 0.05), '<=', 4::bigint, format('at a split of %s at most one experiment in twenty is a false alarm', small_arm)) FROM ended GROUP BY small_arm;
SELECT cmp_ok(count(*) FILTER (WHERE single_look < 0.05), '>', 16::bigint, format('at a split of %s the test for a single look has more than one in five', small_arm)) FROM ended GROUP BY small_arm;

-- the running minimum is valid and never rises
SELECT ok(bool_and(p <= previous), 'the p-value so far never rises') FROM (
	SELECT p, lag(p, 1, 1) OVER (PARTITION BY small_arm, run ORDER BY look) AS previous
	FROM (SELECT small_arm, run, look, min((drift.msprt_test(x1, n1, x2, n2)).p_value) OVER (PARTITION BY small_arm, run ORDER BY look) AS p FROM looked WHERE run < 5) AS q) AS r;
SELECT cmp_ok((drift.msprt_test(1000, 10000, 1200, 10000)).p_value, '<', 0.01::float8, 'a difference of a fifth is found');

SELECT * FROM finish();
ROLLBACK;
