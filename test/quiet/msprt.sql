-- How often a sequential test finds a difference where there is none, when it is looked at two hundred times.
--
--     psql -d DATABASE -v runs=200 -f test/quiet/msprt.sql
--
-- Two arms of one distribution get rows between looks, as many for each or nine for one; an experiment that rejects at any of
-- its 200 looks is a false alarm. Beside it the same of the test for a single look, and of mSPRT with the rows of the larger
-- arm as n. The last columns: how often a difference of a fifth of the share, or of 0.15 deviations, is found, and at which look.
\set ON_ERROR_STOP on
\if :{?runs}
\else
	\set runs 200
\endif
SELECT setseed(0.2) \g /dev/null

CREATE TEMPORARY TABLE experiment AS
SELECT row_number() OVER () AS experiment, what, small_arm, rows, run, effect
FROM (VALUES ('share of 0.1', 0.5, 50), ('share of 0.1', 0.1, 50), ('share of 0.5', 0.5, 20), ('share of 0.5', 0.1, 20),
	('share of 0.02', 0.1, 100), ('normal', 0.5, 20), ('normal', 0.1, 20), ('exponential', 0.1, 20)) AS kind (what, small_arm, rows),
	generate_series(1, :runs) AS run, unnest(ARRAY[0, 1]) AS effect;

-- sums between looks: of successes, or of values and their squares
CREATE TEMPORARY TABLE seen AS
SELECT experiment, look, arm, count(*) AS n, sum(v) AS total, sum(v * v) AS squares
FROM experiment, generate_series(1, 200) AS look, generate_series(1, rows) AS i,
	LATERAL (SELECT CASE WHEN i <= round(rows * small_arm) THEN 2 ELSE 1 END AS arm) AS a,
	LATERAL (SELECT CASE what
		WHEN 'normal' THEN sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) + 0.15 * effect * (arm - 1)
		WHEN 'exponential' THEN -ln(1 - random()) * (1 + 0.15 * effect * (arm - 1))
		ELSE (random() < substr(what, 10)::float8 * (1 + 0.2 * effect * (arm - 1)))::int END AS v
		WHERE look > 0) AS drawn -- for each look anew
GROUP BY experiment, look, arm;

CREATE TEMPORARY TABLE so_far AS
SELECT experiment, look, arm, sum(n) OVER w::bigint AS n, sum(total) OVER w AS total, sum(squares) OVER w AS squares
FROM seen WINDOW w AS (PARTITION BY experiment, arm ORDER BY look);

CREATE TEMPORARY TABLE looked AS
SELECT e.*, look, valid.p_value AS valid, single.rejects AS single, larger.p_value AS larger
FROM so_far AS one JOIN so_far AS two USING (experiment, look) JOIN experiment AS e USING (experiment),
	LATERAL (SELECT one.total / one.n AS mean_1, two.total / two.n AS mean_2,
		greatest(one.squares - one.total * one.total / one.n, 0) / nullif(one.n - 1, 0) AS variance_1,
		greatest(two.squares - two.total * two.total / two.n, 0) / nullif(two.n - 1, 0) AS variance_2) AS m,
	LATERAL (SELECT CASE WHEN what LIKE 'share%' THEN (drift.msprt_test(one.total::bigint, one.n, two.total::bigint, two.n, 0.02)).p_value
		ELSE (drift.msprt_mean_test(mean_1, variance_1, one.n, mean_2, variance_2, two.n, 0.1)).p_value END AS p_value) AS valid,
	LATERAL (SELECT abs(mean_1 - mean_2) > 1.96 * sqrt(nullif(variance_1 / one.n + variance_2 / two.n, 0)) AS rejects) AS single,
	LATERAL (SELECT (drift.msprt_mean_test(mean_1, variance_1, one.n, mean_2, variance_2, one.n, CASE WHEN what LIKE 'share%' THEN 0.02 ELSE 0.1 END)).p_value) AS larger
WHERE one.arm = 1 AND two.arm = 2;

WITH ended AS (
	SELECT experiment, what, small_arm, rows, effect, min(look) FILTER (WHERE valid < 0.05) AS found, bool_or(single) AS single, bool_or(larger < 0.05) AS larger
	FROM looked GROUP BY experiment, what, small_arm, rows, effect
)
SELECT what, format('%s/%s', 100 - round(100 * small_arm), round(100 * small_arm)) AS arms, rows AS "rows a look", :runs AS runs,
	round(100 * avg((found IS NOT NULL)::int) FILTER (WHERE effect = 0), 1) AS "false alarms, %",
	round(100 * avg(coalesce(single, false)::int) FILTER (WHERE effect = 0), 1) AS "single-look test",
	round(100 * avg(coalesce(larger, false)::int) FILTER (WHERE effect = 0), 1) AS "rows of larger arm",
	round(100 * avg((found IS NOT NULL)::int) FILTER (WHERE effect = 1), 1) AS "found, %",
	percentile_disc(0.5) WITHIN GROUP (ORDER BY found) FILTER (WHERE effect = 1) AS "median look"
FROM ended GROUP BY what, small_arm, rows ORDER BY what, small_arm DESC;
