-- How often the KS test of two merged profiles rejects when nothing drifted.
--
--     psql -d DATABASE -v runs=200 -f test/quiet/ks_level.sql
--
-- Both sides are uniform (KS sees ranks only) and merged from 24 parts. A verdict on summaries
-- must allow for what they do not know, so it takes the larger end of the p-value's interval.
\set ON_ERROR_STOP on
\if :{?runs}
\else
	\set runs 200
\endif
SELECT setseed(0.3) \g /dev/null

CREATE FUNCTION pg_temp.quiet_profile(n_rows integer) RETURNS drift.profile LANGUAGE sql VOLATILE AS $$
	SELECT drift.merge_agg(p) FROM (
		SELECT drift.profile_agg(random()) AS p FROM generate_series(1, 24) AS part, generate_series(1, n_rows / 24) GROUP BY part) AS parts
$$;

WITH test AS MATERIALIZED (
	SELECT n, drift.ks_test(pg_temp.quiet_profile(n), pg_temp.quiet_profile(n)) AS t
	FROM unnest(ARRAY[10000, 100000, 1000000]) AS n, generate_series(1, :runs)
)
SELECT n AS rows_a_side, count(*) AS runs,
	round(100 * avg(((t).p_value_high < 0.05)::int), 1) AS "verdict at 5 %",
	round(100 * avg(((t).p_value_high < 0.01)::int), 1) AS "verdict at 1 %",
	round(100 * avg(((t).p_value < 0.05)::int), 1) AS "plain p at 5 %",
	round(100 * avg(((t).p_value < 0.01)::int), 1) AS "plain p at 1 %",
	round(avg((t).statistic_error)::numeric, 5) AS "error of D"
FROM test GROUP BY n ORDER BY n;
