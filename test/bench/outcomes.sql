-- What an outcome costs over logs of a million rows in 3 and in 300 partitions: pages (buffers), partitions that are
-- opened and locked, and time.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE TABLE features (f1 float8, f2 float8, f3 float8, f4 float8, f5 float8);

CREATE PROCEDURE fill(days integer) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM drift.register_model('days ' || days);
	PERFORM drift.create_prediction_log('days ' || days, 'log' || days, 'features', days_back => days, days_ahead => 1);
	EXECUTE format('
		INSERT INTO log%1$s (prediction_id, predicted_at, model_version, entity_key, score, f1, f2, f3, f4, f5)
		SELECT %2$s, at, 1, ''k'' || i %% 100000, random(), random(), random(), random(), random(), random()
		FROM (SELECT i, date_trunc(''day'', now(), ''UTC'') - random() * %1$s * interval ''1 day'' AS at FROM generate_series(1, 1000000) AS i) AS s',
		days, drift_internal.prediction_id_expression(
			(SELECT log_id FROM drift.prediction_logs WHERE log = ('log' || days)::regclass), '(extract(epoch FROM at) * 1000000)::bigint'));
	EXECUTE format('
		CREATE TABLE sample%1$s AS
		SELECT prediction_id, row_number() OVER (ORDER BY random()) AS n FROM log%1$s TABLESAMPLE bernoulli(10) REPEATABLE (1)', days);
	EXECUTE format('ALTER TABLE sample%s ADD PRIMARY KEY (n)', days);
END
$$;
CALL fill(3);
CALL fill(300);
VACUUM ANALYZE;

CREATE FUNCTION run(query text, OUT pages bigint, OUT ms numeric) LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT json) ' || query INTO plan;
	pages := (plan->0->'Plan'->>'Shared Hit Blocks')::bigint + (plan->0->'Plan'->>'Shared Read Blocks')::bigint;
	ms := plan->0->>'Execution Time';
END
$$;

CREATE FUNCTION scans(days integer) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_object_agg(s.relid, coalesce(s.idx_scan, 0) + s.seq_scan)
	FROM pg_inherits AS i
	JOIN pg_stat_xact_user_tables AS s ON s.relid = i.inhrelid
	WHERE i.inhparent = ('log' || days)::regclass
$$;

CREATE FUNCTION locks(days integer) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*)
	FROM pg_inherits AS i
	JOIN pg_locks AS l ON l.relation = i.inhrelid
	WHERE i.inhparent = ('log' || days)::regclass AND l.pid = pg_backend_pid()
$$;

CREATE TABLE figures (days integer, outcome text, pages numeric, scanned bigint, locked bigint, ms numeric);

-- A tenth to warm up, one alone to see which partitions it takes, and then all.
CREATE PROCEDURE measure(days integer, outcome text, query text, outcomes integer) LANGUAGE plpgsql AS $$
DECLARE
	before jsonb;
	after jsonb;
	alone record;
	together record;
	locked bigint;
BEGIN
	alone := run(format(query, days, 1, outcomes / 10));
	COMMIT;
	before := scans(days);
	alone := run(format(query, days, outcomes / 10 + 1, outcomes / 10 + 1));
	after := scans(days);
	locked := locks(days);
	COMMIT;
	together := run(format(query, days, outcomes / 10 + 2, outcomes / 10 + 1 + outcomes));
	INSERT INTO figures VALUES (days, outcome, together.pages::numeric / outcomes,
		(SELECT count(*) FROM jsonb_each(after) WHERE before->key IS DISTINCT FROM value), locked, together.ms / outcomes);
	COMMIT;
END
$$;
SELECT format('CALL measure(%s, %L, %L, %s)', days, outcome, query, outcomes)
FROM (VALUES (3), (300)) AS d (days),
	(VALUES (1, 'by id', 'SELECT r.* FROM sample%1$s, drift.record_outcome(prediction_id, 1) AS r WHERE n BETWEEN %2$s AND %3$s', 10000),
		(2, 'by entity', 'SELECT r.* FROM generate_series(%2$s, %3$s) AS n, drift.record_entity_outcome(''days %1$s'', ''k'' || n, 1) AS r', 500),
		(3, 'by query, of many', 'SELECT r.* FROM drift.record_outcomes(''days %1$s'', ''SELECT prediction_id, 0 AS actual FROM sample%1$s WHERE n BETWEEN %2$s AND %3$s'') AS r', 80000))
	AS q (place, outcome, query, outcomes)
ORDER BY place, days
\gexec

SELECT outcome, days AS partitions, round(pages, 1) AS pages_each, scanned AS scanned_by_one, locked AS locked_by_one, round(ms, 3) AS ms_each, round(1000 / ms) AS per_second
FROM figures
ORDER BY outcome, days;
