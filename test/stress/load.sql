-- A prediction log and a table, monitors of them, and procedures that do something to them at random. Each call is a
-- few transactions, which sleep before they end so that others come between.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS drift;
CREATE SCHEMA stress;
SET search_path = stress, public;

SELECT drift.register_model('stress') \g /dev/null
CREATE TABLE example (x float8, k text);
SELECT FROM drift.create_prediction_log('stress', 'stress.log', source => 'stress.example', days_ahead => 1, days_back => 70);
SELECT drift.add_version('stress', drift.import_model('json', '{"format": "drift", "version": 1, "task": "regression", "inputs": ["x"],
	"features": ["x"], "linear": {"coefficients": [1], "intercept": 0}}')) \g /dev/null
SELECT drift.promote('stress', 1) \g /dev/null
CREATE TABLE measured (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamp, x float8, k text);
CREATE INDEX ON measured (at);

CREATE FUNCTION some_time() RETURNS timestamptz LANGUAGE sql VOLATILE
	RETURN date_trunc('day', now()) - power(random(), 3) * interval '60 days';
CREATE FUNCTION nap() RETURNS void LANGUAGE sql VOLATILE RETURN pg_sleep(random() * random() * 0.1);
CREATE FUNCTION add_predictions(n integer) RETURNS void LANGUAGE sql VOLATILE BEGIN ATOMIC
	INSERT INTO log (predicted_at, model_version, entity_key, score, x, k)
	SELECT some_time(), 1, 'e' || floor(random() * 6), floor(random() * 10), CASE WHEN random() < 0.9 THEN floor(random() * 1000) END, 'c' || floor(random() * 5)
	FROM generate_series(1, n);
END;
SELECT add_predictions(2000) \g /dev/null
INSERT INTO measured (at, x, k) SELECT some_time(), floor(random() * 1000), 'c' || floor(random() * 5) FROM generate_series(1, 2000);

SELECT FROM drift.create_monitor('stress log', model => 'stress', reference => 'previous', segment => 'entity_key');
SELECT FROM drift.create_monitor('stress days', model => 'stress', reference => 'previous', bucket => 'day', time_zone => 'America/St_Johns', condition => 'x < 500');
SELECT FROM drift.create_monitor('stress table', 'stress.measured', time_column => 'at', columns => '{x,k}', segment => 'k', time_zone => 'Australia/Lord_Howe');
SELECT FROM drift.track_changes('stress table');
SELECT drift.add_metric(m, 'gain', '2 * actual_value - score') FROM unnest('{stress log,stress days}'::text[]) AS m \g /dev/null

CREATE PROCEDURE say() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM stress.add_predictions(1 + floor(random() * 5)::integer);
	PERFORM stress.nap();
	BEGIN
		PERFORM stress.add_predictions(2);
		IF random() < 0.3 THEN
			RAISE division_by_zero;
		END IF;
	EXCEPTION WHEN division_by_zero THEN NULL;
	END;
	PERFORM stress.nap();
	IF random() < 0.2 THEN
		ROLLBACK;
	ELSE
		COMMIT;
	END IF;
END
$$;

CREATE PROCEDURE tell() LANGUAGE plpgsql AS $$
DECLARE
	told record;
BEGIN
	FOR told IN SELECT l.prediction_id FROM stress.log AS l TABLESAMPLE bernoulli (1) LIMIT 5 LOOP
		PERFORM drift.record_outcome(told.prediction_id, CASE WHEN random() < 0.9 THEN floor(random() * 20)::text END, model => 'stress',
			observed_at => now() - random() * interval '1 day');
		PERFORM stress.nap();
	END LOOP;
	IF random() < 0.2 THEN
		ROLLBACK;
	ELSE
		COMMIT;
	END IF;
END
$$;

CREATE PROCEDURE change() LANGUAGE plpgsql AS $$
DECLARE
	one CONSTANT integer := floor(random() * (SELECT max(m.id) FROM stress.measured AS m));
BEGIN
	CASE floor(random() * 5)
	WHEN 0 THEN
		INSERT INTO stress.measured (at, x, k) SELECT stress.some_time(), floor(random() * 1000), 'c' || floor(random() * 7) FROM generate_series(1, 3);
	WHEN 1 THEN
		UPDATE stress.measured SET x = floor(random() * 1000) WHERE id BETWEEN one AND one + 5;
	WHEN 2 THEN
		UPDATE stress.measured SET at = stress.some_time(), k = NULL WHERE id BETWEEN one AND one + 1;
	WHEN 3 THEN
		DELETE FROM stress.measured WHERE id BETWEEN one AND one + 1;
	ELSE
		MERGE INTO stress.measured AS m USING (SELECT one AS id, stress.some_time() AS at) AS s ON m.id = s.id
		WHEN MATCHED THEN UPDATE SET x = NULL
		WHEN NOT MATCHED THEN INSERT (at, x, k) VALUES (s.at, 5, 'merged');
	END CASE;
	PERFORM stress.nap();
	IF random() < 0.2 THEN
		ROLLBACK;
	ELSE
		COMMIT;
	END IF;
END
$$;

CREATE PROCEDURE refresh() LANGUAGE plpgsql AS $$
DECLARE
	monitor CONSTANT text := (ARRAY['stress log', 'stress days', 'stress table'])[1 + floor(random() * 3)];
	from_time CONSTANT timestamptz := stress.some_time();
BEGIN
	IF random() < 0.3 THEN
		PERFORM stress.add_predictions(2);
	END IF;
	IF random() < 0.9 THEN
		PERFORM drift.refresh_windows(monitor);
	ELSE
		PERFORM drift.rebuild_windows(monitor, from_time, from_time + random() * interval '5 days');
	END IF;
	IF random() < 0.2 THEN
		PERFORM drift.refresh_windows((ARRAY['stress log', 'stress days', 'stress table'])[1 + floor(random() * 3)]);
	END IF;
	PERFORM stress.add_predictions(1);
	PERFORM stress.nap();
	IF random() < 0.2 THEN
		ROLLBACK;
	ELSE
		COMMIT;
	END IF;
END
$$;

-- What the windows say, and what the rows say that they speak of.
CREATE FUNCTION watched(monitor text, span tstzrange DEFAULT '(,)') RETURNS TABLE (segment text, column_name text, n bigint, missing bigint, total numeric, bins text)
LANGUAGE sql STABLE AS $$
	SELECT w.segment, c.column_name, drift.row_count(w.profile), drift.missing_count(w.profile),
		CASE c.kind WHEN 'numeric' THEN round((coalesce(drift.mean(w.profile), 0) * (drift.row_count(w.profile) - drift.missing_count(w.profile)))::numeric, 2) END,
		CASE c.kind WHEN 'categorical' THEN (SELECT string_agg(b.category || ' ' || b.row_count, ', ' ORDER BY b.category COLLATE "C")
			FROM drift.bins(w.profile, 50) AS b WHERE b.row_count > 0) END
	FROM drift.monitors AS m
	CROSS JOIN drift_internal.merged_windows(m.monitor_id, watched.span, true) AS w
	JOIN drift.monitor_columns AS c ON c.monitor_id = m.monitor_id AND c.column_id = w.column_id
	WHERE m.name = watched.monitor AND c.column_name IN ('x', 'k', 'target', 'error', 'residual', 'gain')
$$;
CREATE VIEW known AS
	SELECT m.name AS monitor, l.predicted_at AS at, l.entity_key AS segment, l.x, l.k, NULL::float8 AS target, NULL::float8 AS error, NULL::float8 AS residual, NULL::float8 AS gain, false AS labelled
	FROM log AS l, drift.monitors AS m JOIN drift_internal.monitor_states AS s USING (monitor_id)
	WHERE m.name IN ('stress log', 'stress days') AND pg_visible_in_snapshot(l.logged_xid, s.seen_rows) AND (m.name = 'stress log' OR l.x < 500)
	UNION ALL
	SELECT m.name, l.predicted_at, l.entity_key, NULL, NULL, l.actual_value, abs(l.score - l.actual_value), l.score - l.actual_value, 2 * l.actual_value - l.score, true
	FROM log_labelled AS l, drift.monitors AS m
	WHERE m.name IN ('stress log', 'stress days') AND (m.name = 'stress log' OR l.x < 500)
	UNION ALL
	SELECT 'stress table', t.at AT TIME ZONE 'Australia/Lord_Howe', coalesce(t.k, '(none)'), t.x, t.k, NULL, NULL, NULL, NULL, false
	FROM measured AS t;
CREATE FUNCTION wanted(monitor text, span tstzrange DEFAULT '(,)') RETURNS TABLE (segment text, column_name text, n bigint, missing bigint, total numeric, bins text)
LANGUAGE sql STABLE AS $$
	WITH known AS (SELECT * FROM stress.known AS k WHERE k.monitor = wanted.monitor AND k.at <@ span),
	cut AS (
		SELECT '' AS segment, v.* FROM known AS k, LATERAL (VALUES ('x', k.x, NULL, false), ('k', NULL, k.k, false), ('target', k.target, NULL, true), ('error', k.error, NULL, true),
			('residual', k.residual, NULL, true), ('gain', k.gain, NULL, true))
			AS v (column_name, number, category, labelled) WHERE v.labelled = k.labelled
		UNION ALL
		SELECT k.segment, v.* FROM known AS k, LATERAL (VALUES ('x', k.x, NULL, false), ('k', NULL, k.k, false), ('target', k.target, NULL, true), ('error', k.error, NULL, true),
			('residual', k.residual, NULL, true), ('gain', k.gain, NULL, true))
			AS v (column_name, number, category, labelled) WHERE v.labelled = k.labelled AND wanted.monitor <> 'stress days'
	), counted AS (
		SELECT c.segment, c.column_name, c.category, count(*) AS n, sum(c.number) AS total, count(*) - count(coalesce(c.number::text, c.category)) AS missing
		FROM cut AS c GROUP BY 1, 2, 3
	)
	SELECT c.segment, c.column_name, sum(c.n)::bigint, sum(c.missing)::bigint,
		CASE WHEN c.column_name <> 'k' THEN round(coalesce(sum(c.total), 0)::numeric, 2) END,
		string_agg(c.category || ' ' || c.n, ', ' ORDER BY c.category COLLATE "C")
	FROM counted AS c GROUP BY 1, 2
$$;
CREATE FUNCTION differences(text, tstzrange) RETURNS TABLE (side text, monitor text, span tstzrange, segment text, column_name text, n bigint, missing bigint, total numeric, bins text)
LANGUAGE sql STABLE AS $$
	(SELECT 'windows', $1, $2, w.* FROM stress.watched($1, $2) AS w EXCEPT SELECT 'windows', $1, $2, w.* FROM stress.wanted($1, $2) AS w)
	UNION ALL
	(SELECT 'rows', $1, $2, w.* FROM stress.wanted($1, $2) AS w EXCEPT SELECT 'rows', $1, $2, w.* FROM stress.watched($1, $2) AS w)
$$;

-- Rows of a log are never changed here, so that its windows are at any time those of the rows that have been seen.
CREATE TABLE seen (side text, monitor text, span tstzrange, segment text, column_name text, n bigint, missing bigint, total numeric, bins text);
CREATE PROCEDURE watch() LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO stress.seen
	SELECT d.* FROM unnest(ARRAY['stress log', 'stress days']) AS m, stress.differences(m, '(,)') AS d WHERE d.column_name IN ('x', 'k');
	COMMIT;
END
$$;
