-- How often a PSI passes its points when nothing drifted: aimed at 5 % and 0.1 %.
--
--     psql -d DATABASE -v runs=200 -f test/quiet/psi_chance.sql
--
-- Beside it the share of runs in which the chi-square law, which needs full bins, gives p < 0.001.
\set ON_ERROR_STOP on
\if :{?runs}
\else
	\set runs 200
\endif
SELECT setseed(0.7) \g /dev/null

CREATE TYPE pg_temp.quiet_psi AS (chance drift.chance_result, chi_square_p float8);

CREATE FUNCTION pg_temp.quiet_numbers(n integer, m integer) RETURNS pg_temp.quiet_psi LANGUAGE sql VOLATILE AS $$
	SELECT drift.chance(x, i > n, 'psi'), drift.psi_p_value(drift.psi(x, i > n), 10, n, m)
	FROM (SELECT i, random() AS x FROM generate_series(1, n + m) AS i) AS drawn
$$;

-- Category k of 30 or 300 has a share of about ln((k + 1) / k) / ln(31) or ln(301).
CREATE FUNCTION pg_temp.quiet_categories(n integer, m integer, categories integer) RETURNS pg_temp.quiet_psi LANGUAGE sql VOLATILE AS $$
	SELECT drift.chance(c, i > n, 'psi'),
		drift.psi_p_value(drift.psi(c, i > n), count(DISTINCT c), n, m)
	FROM (SELECT i, floor((categories + 1) ^ random())::integer::text AS c FROM generate_series(1, n + m) AS i) AS drawn
$$;

WITH run AS MATERIALIZED (
	SELECT 'numbers, 10 bins' AS what, n, m, pg_temp.quiet_numbers(n, m) AS quiet
	FROM (VALUES (100, 100), (1000, 100), (1000, 1000), (10000, 10000)) AS size(n, m), generate_series(1, :runs)
	UNION ALL
	SELECT format('%s categories', categories), n, m, pg_temp.quiet_categories(n, m, categories)
	FROM (VALUES (30, 200, 200), (30, 1000, 100), (30, 5000, 5000), (300, 1000, 1000)) AS size(categories, n, m), generate_series(1, :runs)
)
SELECT what, n, m, count(*) AS runs,
	round(avg(((quiet).chance).statistic)::numeric, 4) AS "mean PSI",
	round(avg(((quiet).chance).expected)::numeric, 4) AS expected,
	round(100 * avg((((quiet).chance).p_value < 0.05)::int), 1) AS "above 95 % point",
	round(100 * avg((((quiet).chance).p_value < 0.001)::int), 2) AS "above 99.9 %",
	round(100 * avg(((quiet).chi_square_p < 0.001)::int), 2) AS "chi-square law"
FROM run GROUP BY what, n, m ORDER BY min(length(what)) DESC, what, n, m;
