-- How often groups that are treated alike are called apart, and how often the interval of a disparity holds the truth.
--
--     psql -d DATABASE -v runs=200 -f test/quiet/fairness.sql
--
-- 300 rows a group, 500 bootstrap samples, intervals of 95 %. With several groups of one rate the largest is large by
-- chance, which no interval of it allows for completely.
\set ON_ERROR_STOP on
\if :{?runs}
\else
	\set runs 200
\endif
SELECT setseed(0.3) \g /dev/null

CREATE FUNCTION pg_temp.disparities(runs integer, rates float8[]) RETURNS TABLE (metric text, low float8, high float8, p_value float8) LANGUAGE sql AS $$
	SELECT d.metric, d.low, d.high, d.p_value
	FROM (
		SELECT run, array_agg(v ORDER BY g, place) AS groups
		FROM (
			SELECT run, g, ARRAY[count(*) FILTER (WHERE p AND a), count(*) FILTER (WHERE p AND NOT a), count(*) FILTER (WHERE NOT p AND a),
				count(*) FILTER (WHERE NOT p AND NOT a), count(*), 1]::float8[] AS cells
			FROM (
				SELECT run, g, random() < rates[g] AS p, random() < 0.5 AS a
				FROM generate_series(1, runs) AS run, generate_subscripts(rates, 1) AS g, generate_series(1, 300)
			) AS rows
			GROUP BY run, g
		) AS counted, unnest(cells) WITH ORDINALITY AS u (v, place)
		GROUP BY run
	) AS runs, drift_internal.fairness_disparities(groups, NULL, true, false, false, 0.95, 500, run) AS d
$$;

SELECT c.name AS "selection rates", count(*) / 10 AS runs,
	round(100 * avg((d.p_value < 0.05)::integer) FILTER (WHERE d.metric = 'demographic_parity_difference'), 1) AS "p below 5 %",
	round(100 * avg((c.difference BETWEEN d.low - 1e-9 AND d.high + 1e-9)::integer) FILTER (WHERE d.metric = 'demographic_parity_difference'), 1) AS "difference held",
	round(100 * avg((c.ratio BETWEEN d.low - 1e-9 AND d.high + 1e-9)::integer) FILTER (WHERE d.metric = 'demographic_parity_ratio'), 1) AS "ratio held"
FROM (
	SELECT rates::text AS name, rates, (SELECT max(r) - min(r) FROM unnest(rates) AS r) AS difference, (SELECT min(r) / max(r) FROM unnest(rates) AS r) AS ratio
	FROM (VALUES ('{0.5,0.5}'::float8[]), ('{0.3,0.3,0.3,0.3,0.3,0.3}'), ('{0.5,0.45}'), ('{0.5,0.3}'), ('{0.5,0.5,0.5,0.5,0.5,0.3}')) AS v (rates)
) AS c, pg_temp.disparities(:runs, c.rates) AS d
GROUP BY c.name
ORDER BY c.name;
