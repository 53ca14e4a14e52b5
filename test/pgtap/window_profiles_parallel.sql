-- Partial windows come from parallel workers in messages that keep no alignment.
BEGIN;
SELECT plan(2);
CREATE TABLE measured AS SELECT i % 1000 AS x, (i * 7919 % 1000) / 10.0::float8 AS y, chr(97 + i % 5) AS c FROM generate_series(1, 20000) AS i;
ALTER TABLE measured SET (parallel_workers = 2);
ANALYZE measured;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;

CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END$$;
SELECT ok((SELECT bool_or(p ~ 'Partial') FROM pg_temp.plan_of(
	'SELECT x > 500, drift_internal.window_profiles_agg(NULL, x, y, c) FROM measured GROUP BY 1') AS p), 'windows are made in parallel');
SELECT is_empty($$
	SELECT k, g FROM (
		SELECT k, g, drift_internal.window_profiles_agg(NULL, x, y, c) AS w, count(*) AS n
		FROM (SELECT repeat('k', k) AS k, x > 500 AS g, x, y, c FROM measured, generate_series(1, 3) AS k) AS r
		GROUP BY k, g
	) AS s
	WHERE NOT (drift.row_count(w[1]) = n AND drift.row_count(w[2]) = n AND drift.row_count(w[3]) = n AND drift.is_exact(w[3]))$$, 'and count every row');
SELECT * FROM finish();
ROLLBACK;
