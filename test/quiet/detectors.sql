-- How late detectors of change are, and how often they alarm where nothing changed.
--
--     psql -d DATABASE -v runs=25 -f test/quiet/detectors.sql
--
-- Streams of 20,000 values. Errors at 20 % become 30 %, numbers with deviation 1 rise by half of it, at value 10,000
-- or over the 2,000 values from there on. False alarms are those of streams without a change, in 100,000 values; the
-- delay is the median number of values from 10,000 to the first alarm after it.
\set ON_ERROR_STOP on
\if :{?runs}
\else
	\set runs 100
\endif
SELECT least(:runs, 25) AS streams \gset
SELECT setseed(0.3) \g /dev/null

CREATE TEMP TABLE quiet_stream AS
SELECT run, i, shape, random() < 0.2 + 0.1 * far AS error, sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) + 0.5 * far AS x
FROM unnest('{none,abrupt,gradual}'::text[]) AS shape, generate_series(1, :streams) AS run, generate_series(1, 20000) AS i,
	LATERAL (SELECT CASE shape WHEN 'none' THEN 0 WHEN 'abrupt' THEN (i > 10000)::int ELSE greatest(least((i - 10000) / 2000.0, 1), 0) END) AS s (far);

CREATE TEMP TABLE quiet_found AS
SELECT k.place, k.kind, s.shape, s.run, count(*) AS n, (
		SELECT array_agg(p."position" ORDER BY p."position")
		FROM unnest(drift.change_points(k.kind, CASE WHEN k.place <= 4 THEN s.error::int ELSE s.x END, k.params::jsonb ORDER BY s.i)) AS p
	) AS positions, k.params
FROM (VALUES (1, 'ddm', '{}'), (2, 'eddm', '{}'), (2, 'eddm', '{"alpha": 0.9, "beta": 0.75}'), (3, 'hddm_a', '{}'), (4, 'hddm_w', '{}'),
		(5, 'page_hinkley', '{}'), (5, 'page_hinkley', '{"threshold": 100, "alpha": 1, "delta": 0.1}'), (6, 'cusum', '{}'),
		(6, 'cusum', '{"threshold": 12, "min_instances": 200}'),
		(7, 'adwin', '{}'), (8, 'kswin', '{}'), (8, 'kswin', '{"alpha": 0.0001, "window_size": 300, "stat_size": 100}')) AS k (place, kind, params),
	quiet_stream AS s
GROUP BY k.place, k.kind, k.params, s.shape, s.run;

SELECT kind, CASE params WHEN '{}' THEN '' ELSE params END AS params,
	round(100000 * coalesce(sum(cardinality(positions)) FILTER (WHERE shape = 'none'), 0) / sum(n) FILTER (WHERE shape = 'none'), 1) AS "false alarms in 100,000",
	percentile_cont(0.5) WITHIN GROUP (ORDER BY later.first - 10000) FILTER (WHERE shape = 'abrupt') AS "delay, abrupt",
	round(100 * avg((later.first IS NOT NULL)::int) FILTER (WHERE shape = 'abrupt')) AS "found, abrupt %",
	percentile_cont(0.5) WITHIN GROUP (ORDER BY later.first - 10000) FILTER (WHERE shape = 'gradual') AS "delay, gradual",
	round(100 * avg((later.first IS NOT NULL)::int) FILTER (WHERE shape = 'gradual')) AS "found, gradual %"
FROM quiet_found AS f, LATERAL (SELECT min(p) FROM unnest(f.positions) AS p WHERE p > 10000) AS later (first)
GROUP BY place, kind, params
ORDER BY place, length(params);
