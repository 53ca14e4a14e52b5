-- Windows hold exactly the rows of their source, however late these came and whatever became of them. Not in one
-- transaction, since rows of the own one are read by the next refresh.
\set QUIET on
SET client_min_messages = warning;
SELECT no_plan();

CREATE SCHEMA windows;
SET search_path = windows, public;

-- The oracle: counts of the rows themselves.
CREATE FUNCTION counted(monitor text, span tstzrange DEFAULT '(,)', segment text DEFAULT '')
	RETURNS TABLE (column_name text, n bigint, missing bigint, lowest float8, highest float8, total numeric) LANGUAGE sql AS $$
	SELECT c.column_name, drift.row_count(w.profile), drift.missing_count(w.profile),
		CASE drift.kind(w.profile) WHEN 'numeric' THEN drift.minimum(w.profile) END,
		CASE drift.kind(w.profile) WHEN 'numeric' THEN drift.maximum(w.profile) END,
		CASE drift.kind(w.profile) WHEN 'numeric'
			THEN round((drift.mean(w.profile) * (drift.row_count(w.profile) - drift.missing_count(w.profile)))::numeric, 3) END
	FROM drift.monitors AS m
	CROSS JOIN drift_internal.merged_windows(m.monitor_id, counted.span, true) AS w
	JOIN drift.monitor_columns AS c ON c.monitor_id = m.monitor_id AND c.column_id = w.column_id
	WHERE m.name = counted.monitor AND w.segment = counted.segment
$$;
CREATE FUNCTION categories(monitor text, name text, span tstzrange DEFAULT '(,)') RETURNS TABLE (category text, n bigint) LANGUAGE sql AS $$
	SELECT b.category, b.row_count
	FROM drift.monitors AS m
	CROSS JOIN drift_internal.merged_windows(m.monitor_id, categories.span) AS w
	JOIN drift.monitor_columns AS c ON c.monitor_id = m.monitor_id AND c.column_id = w.column_id
	CROSS JOIN drift.bins(w.profile) AS b
	WHERE m.name = categories.monitor AND c.column_name = categories.name AND b.row_count > 0
$$;
-- Whether the windows of all grains say the same as those of the smallest one.
CREATE FUNCTION torn(monitor text) RETURNS TABLE (grain text, segment text, starts_at timestamptz, column_id smallint, n bigint, below bigint) LANGUAGE sql AS $$
	SELECT g.grain, w.segment, w.starts_at, w.column_id, drift.row_count(w.profile), b.n
	FROM drift.monitors AS m
	CROSS JOIN (VALUES ('day', 'hour'), ('month', 'day')) AS g (grain, below)
	JOIN drift.windows AS w ON w.monitor_id = m.monitor_id AND w.grain = g.grain
	CROSS JOIN LATERAL (
		SELECT sum(drift.row_count(i.profile))::bigint AS n FROM drift.windows AS i
		WHERE i.monitor_id = m.monitor_id AND i.segment = w.segment AND i.column_id = w.column_id AND i.grain = g.below
			AND date_trunc(g.grain, i.starts_at, m.time_zone) = w.starts_at) AS b
	WHERE m.name = torn.monitor AND m.bucket <> g.grain AND drift.row_count(w.profile) IS DISTINCT FROM b.n
$$;

-- A prediction log.
SELECT drift.register_model('windows') \g /dev/null
CREATE TABLE example (x float8, k text);
SELECT FROM drift.create_prediction_log('windows', 'windows.log', source => 'windows.example', days_ahead => 1);
SELECT drift.add_version('windows', drift.import_model('json', '{"format": "drift", "version": 1, "task": "regression", "inputs": ["x"],
	"features": ["x"], "linear": {"coefficients": [1], "intercept": 0}}')) \g /dev/null
SELECT drift.promote('windows', 1) \g /dev/null
CREATE VIEW answers AS SELECT * FROM log WHERE shadow_of IS NULL AND status <> 'forgotten';
CREATE FUNCTION wanted(span tstzrange DEFAULT '(,)', key text DEFAULT NULL)
	RETURNS TABLE (column_name text, n bigint, missing bigint, lowest float8, highest float8, total numeric) LANGUAGE sql AS $$
	SELECT 'x', count(*), count(*) - count(x), min(x), max(x), round(sum(x)::numeric, 3) FROM answers
	WHERE predicted_at <@ span AND (wanted.key IS NULL OR entity_key = wanted.key)
$$;
CREATE FUNCTION x_of(monitor text, span tstzrange DEFAULT '(,)', segment text DEFAULT '')
	RETURNS TABLE (column_name text, n bigint, missing bigint, lowest float8, highest float8, total numeric) LANGUAGE sql AS $$
	SELECT * FROM counted(monitor, span, segment) AS c WHERE c.column_name = 'x'
$$;
CREATE FUNCTION say(n integer, first integer, from_time timestamptz DEFAULT '2024-01-30 00:00+00') RETURNS void LANGUAGE sql AS $$
	INSERT INTO log (predicted_at, model_version, entity_key, score, x, k)
	SELECT from_time + (i * 37 % 20000) * interval '7 minutes', 1, 'e' || i % 4, i % 11, CASE WHEN i % 13 > 0 THEN sin(i) END, 'c' || i % 5
	FROM generate_series(first, first + n - 1) AS i
$$;

SELECT say(5000, 1) \g /dev/null
SELECT is(m.tracking, 'logged_xid', 'a monitor of a log')
FROM drift.create_monitor('windows', model => 'windows', reference => 'previous', segment => 'entity_key') AS m;
SELECT results_eq($$SELECT status, rows_read, message FROM drift.refresh_windows('windows')$$, $$VALUES ('refreshed', 5000::bigint, NULL)$$, 'the first refresh reads all');
SELECT results_eq($$SELECT * FROM x_of('windows')$$, $$SELECT * FROM wanted()$$, 'and counts them');
SELECT is_empty($$SELECT * FROM torn('windows')$$, 'days and months are what is below them');
SELECT results_eq($$SELECT status, rows_read FROM drift.refresh_windows('windows')$$, $$VALUES ('unchanged', 0::bigint)$$, 'the second has nothing to do');
SELECT say(1000, 5001) \g /dev/null
SELECT results_eq($$SELECT rows_read FROM drift.refresh_windows('windows')$$, ARRAY[1000::bigint], 'the third reads the new rows only, of times that were read already');
SELECT results_eq($$SELECT * FROM x_of('windows')$$, $$SELECT * FROM wanted()$$, 'and counts all');
SELECT results_eq($$SELECT * FROM categories('windows', 'k') ORDER BY 1$$, $$SELECT k, count(*) FROM answers GROUP BY 1 ORDER BY 1$$, 'categories as well');
SELECT results_eq(format($$SELECT * FROM x_of('windows', '(,)', %L)$$, key), format($$SELECT * FROM wanted('(,)', %L)$$, key), 'of segment ' || key)
FROM unnest(ARRAY['e0', 'e3']) AS key;
SELECT is_empty($$SELECT * FROM torn('windows')$$, 'days and months are what is below them');

-- any span
SELECT results_eq(format($$SELECT * FROM x_of('windows', %L)$$, span), format($$SELECT * FROM wanted(%L)$$, span), 'span ' || span)
FROM (VALUES (tstzrange('2024-01-30 00:00+00', '2024-01-30 05:00+00')), ('[2024-01-30 03:00+00,2024-01-31 05:00+00)'),
	('[2024-01-30 03:00+00,2024-03-02 05:00+00)'), ('[2024-01-30 00:00+00,2024-04-01 00:00+00)'), ('[2024-02-01 00:00+00,2024-03-01 00:00+00)'),
	('[2024-02-27 23:00+00,)'), ('(,2024-02-10 01:00+00)'), ('[2024-02-10 22:00+00,2024-02-11 02:00+00)')) AS s (span);
SELECT is_empty($$SELECT * FROM x_of('windows', '[2024-01-30 01:00+00,2024-01-30 01:00+00)')$$, 'an empty span has no windows');
SELECT results_eq($$SELECT * FROM x_of('windows', '[2024-01-30 01:30+00,2024-01-30 02:30+00)')$$, $$SELECT * FROM wanted('[2024-01-30 02:00+00,2024-01-30 03:00+00)')$$,
	'a span is the buckets that start in it');

-- the own transaction
BEGIN;
SELECT say(10, 7001) \g /dev/null
SELECT results_eq($$SELECT rows_read FROM drift.refresh_windows('windows')$$, ARRAY[0::bigint], 'rows of the own transaction wait');
SELECT say(10, 7011) \g /dev/null
COMMIT;
SELECT results_eq($$SELECT rows_read FROM drift.refresh_windows('windows')$$, ARRAY[20::bigint], 'for the next refresh, which reads all of them');
BEGIN;
SELECT say(10, 7021) \g /dev/null
SELECT FROM drift.refresh_windows('windows');
ROLLBACK;
SELECT say(10, 7021) \g /dev/null
SELECT results_eq($$SELECT rows_read FROM drift.refresh_windows('windows')$$, ARRAY[10::bigint], 'a refresh that was rolled back did nothing');
SELECT results_eq($$SELECT * FROM x_of('windows')$$, $$SELECT * FROM wanted()$$, 'rows are counted once');

-- shadows and what was forgotten are no answers
INSERT INTO log (predicted_at, model_version, score, x, k, shadow_of) SELECT '2024-02-01', 1, 0, 1000, 'shadow', prediction_id FROM log LIMIT 1;
INSERT INTO log (predicted_at, model_version, status) VALUES ('2024-02-01', 1, 'forgotten');
SELECT results_eq($$SELECT rows_read FROM drift.refresh_windows('windows')$$, ARRAY[0::bigint], 'shadows and what was forgotten are not read');
INSERT INTO log (predicted_at, model_version, x) VALUES ('infinity', 1, 1);
SELECT results_eq($$SELECT rows_read FROM drift.refresh_windows('windows')$$, ARRAY[0::bigint], 'nor is a row of no time');
DELETE FROM log WHERE predicted_at = 'infinity';

-- outcomes
CREATE FUNCTION labelled_wanted() RETURNS TABLE (column_name text, n bigint, missing bigint, lowest float8, highest float8, total numeric) LANGUAGE sql AS $$
	SELECT 'error', count(*), 0::bigint, min(abs(score - actual_value)), max(abs(score - actual_value)), round(sum(abs(score - actual_value))::numeric, 3)
	FROM log_labelled WHERE shadow_of IS NULL
	UNION ALL SELECT 'target', count(*), 0::bigint, min(actual_value), max(actual_value), round(sum(actual_value)::numeric, 3)
	FROM log_labelled WHERE shadow_of IS NULL
$$;
CREATE VIEW labelled_counted AS SELECT * FROM counted('windows') AS c WHERE c.column_name IN ('target', 'error');
SELECT recorded FROM drift.record_outcomes('windows', 'SELECT prediction_id, (score + 1)::text AS actual FROM windows.answers WHERE score < 5') \g /dev/null
SELECT FROM drift.refresh_windows('windows');
SELECT results_eq('SELECT * FROM labelled_counted ORDER BY 1', 'SELECT * FROM labelled_wanted() ORDER BY 1', 'first outcomes');
SELECT recorded FROM drift.record_outcomes('windows', 'SELECT prediction_id, (score + 2)::text AS actual FROM windows.answers WHERE score IN (5, 6)') \g /dev/null
SELECT FROM drift.refresh_windows('windows');
SELECT results_eq('SELECT * FROM labelled_counted ORDER BY 1', 'SELECT * FROM labelled_wanted() ORDER BY 1', 'more outcomes');
SELECT recorded FROM drift.record_outcomes('windows', 'SELECT prediction_id, (score - 3)::text AS actual FROM windows.answers WHERE score = 3 AND entity_key = ''e1''') \g /dev/null
SELECT recorded FROM drift.record_outcomes('windows', 'SELECT prediction_id, NULL::text AS actual FROM windows.answers WHERE score = 4 AND entity_key = ''e2''') \g /dev/null
SELECT recorded FROM drift.record_outcomes('windows', 'SELECT prediction_id, ''7'' AS actual FROM windows.answers WHERE score = 8') \g /dev/null
SELECT FROM drift.refresh_windows('windows');
SELECT results_eq('SELECT * FROM labelled_counted ORDER BY 1', 'SELECT * FROM labelled_wanted() ORDER BY 1', 'outcomes that were corrected and withdrawn');
BEGIN;
SELECT recorded FROM drift.record_outcomes('windows', 'SELECT prediction_id, ''9'' AS actual FROM windows.answers WHERE score = 9') \g /dev/null
SELECT recorded FROM drift.record_outcomes('windows', 'SELECT prediction_id, ''17'' AS actual FROM windows.answers WHERE score = 8 AND entity_key = ''e1''') \g /dev/null
SELECT FROM drift.refresh_windows('windows');
COMMIT;
SELECT FROM drift.refresh_windows('windows');
SELECT results_eq('SELECT * FROM labelled_counted ORDER BY 1', 'SELECT * FROM labelled_wanted() ORDER BY 1', 'outcomes of the own transaction, by the next refresh');
SELECT is_empty($$SELECT * FROM torn('windows')$$, 'days and months are what is below them');

-- rows that were changed afterwards are read again when windows are rebuilt
SELECT predictions > 0 AS forgotten FROM drift.forget('windows', 'e3', 'delete') \g /dev/null
SELECT FROM drift.refresh_windows('windows');
SELECT isnt_empty($$SELECT * FROM x_of('windows') EXCEPT SELECT * FROM wanted()$$, 'deleted rows stay in windows');
SELECT is(status, 'refreshed', 'until these are rebuilt') FROM drift.rebuild_windows('windows', '2024-01-01', '2024-02-15');
SELECT FROM drift.rebuild_windows('windows', '2024-02-15');
SELECT results_eq($$SELECT * FROM x_of('windows')$$, $$SELECT * FROM wanted()$$, 'then they are gone');
SELECT results_eq('SELECT * FROM labelled_counted ORDER BY 1', 'SELECT * FROM labelled_wanted() ORDER BY 1', 'and so are their outcomes');
SELECT is_empty($$SELECT * FROM x_of('windows', '(,)', 'e3')$$, 'and their segment');
SELECT is_empty($$SELECT * FROM torn('windows')$$, 'days and months are what is below them');
SELECT throws_ok($$SELECT drift.rebuild_windows('windows', '2024-02-15', '2024-02-15')$$, '22023', NULL, 'nothing is no time to rebuild');

-- another cluster
UPDATE drift_internal.monitor_states SET system_identifier = 1 WHERE monitor_id = (SELECT monitor_id FROM drift.monitors WHERE name = 'windows');
INSERT INTO log (predicted_at, model_version, x, logged_xid) VALUES ('2024-02-02', 1, 5, '900000000000');
SELECT throws_ok($$SELECT drift.refresh_windows('windows')$$, '55000', NULL, 'rows of transactions to come are refused after a restore');
SELECT results_eq($$SELECT * FROM drift.renumber_prediction_log('windows')$$, 'VALUES (1::bigint, 0::bigint)', 'they get a number');
SELECT FROM drift.refresh_windows('windows');
SELECT results_eq($$SELECT * FROM x_of('windows')$$, $$SELECT * FROM wanted()$$, 'and are counted once');
SELECT results_eq($$SELECT status FROM drift.refresh_windows('windows')$$, ARRAY['unchanged'], 'once');

-- a table, read again in its newest buckets
CREATE TABLE measured (id integer GENERATED ALWAYS AS IDENTITY, at timestamp, x float8, k text);
INSERT INTO measured (at, x, k) SELECT timestamp '2024-03-30 00:00' + i * interval '1 minute', cos(i), 'c' || i % 3 FROM generate_series(1, 3000) AS i;
CREATE FUNCTION measured_wanted(zone text DEFAULT 'UTC', span tstzrange DEFAULT '(,)')
	RETURNS TABLE (column_name text, n bigint, missing bigint, lowest float8, highest float8, total numeric) LANGUAGE sql AS $$
	SELECT 'x', count(*), count(*) - count(x), min(x), max(x), round(sum(x)::numeric, 3) FROM measured WHERE at AT TIME ZONE zone <@ span
$$;
SELECT is(m.tracking, 'recompute', 'a monitor of a table')
FROM drift.create_monitor('measured', 'windows.measured', time_column => 'at', columns => '{x,k}', time_zone => 'Europe/Lisbon') AS m;
SELECT FROM drift.refresh_windows('measured');
SELECT results_eq($$SELECT * FROM x_of('measured')$$, $$SELECT * FROM measured_wanted()$$, 'its rows are read');
SELECT results_eq($$SELECT * FROM x_of('measured', '[2024-03-31 00:00 Europe/Lisbon,2024-04-01 00:00 Europe/Lisbon)')$$,
	$$SELECT * FROM measured_wanted('Europe/Lisbon', '[2024-03-31 00:00 Europe/Lisbon,2024-04-01 00:00 Europe/Lisbon)')$$, 'the day has 23 hours');
SELECT is_empty($$SELECT * FROM torn('measured')$$, 'days and months are what is below them');
INSERT INTO measured (at, x, k) VALUES ('2024-04-01 02:10', 7, 'c1'), ('2024-04-01 01:10', 8, NULL), ('2024-04-02 07:00', NULL, 'new');
SELECT FROM drift.refresh_windows('measured');
SELECT results_eq($$SELECT * FROM x_of('measured')$$, $$SELECT * FROM measured_wanted()$$, 'new rows of the newest buckets are seen');
UPDATE measured SET x = 5 WHERE at = '2024-04-01 01:10';
INSERT INTO measured (at, x, k) VALUES ('2024-03-30 02:10', 7, 'c1');
SELECT FROM drift.refresh_windows('measured');
SELECT isnt_empty($$SELECT * FROM x_of('measured') EXCEPT SELECT * FROM measured_wanted()$$, 'changes of older ones are not');
SELECT FROM drift.rebuild_windows('measured');
SELECT results_eq($$SELECT * FROM x_of('measured')$$, $$SELECT * FROM measured_wanted()$$, 'until all is rebuilt');

-- with triggers
SELECT is(tracking, 'trigger', 'changes are tracked') FROM drift.track_changes('measured');
SELECT is(message, NULL, 'there is nothing to say') FROM drift.refresh_windows('measured');
SELECT results_eq($$SELECT status FROM drift.refresh_windows('measured')$$, ARRAY['unchanged'], 'no change, no work');
UPDATE measured SET x = 6 WHERE id = 5;
UPDATE measured SET at = at + interval '40 days' WHERE id BETWEEN 100 AND 110;
DELETE FROM measured WHERE id BETWEEN 1000 AND 1100;
INSERT INTO measured (at, x, k) VALUES ('2023-12-31 23:59', 7, 'c1'), (NULL, 1000, 'c1');
SELECT FROM drift.refresh_windows('measured');
DELETE FROM measured WHERE at IS NULL;
SELECT results_eq($$SELECT * FROM x_of('measured')$$, $$SELECT * FROM measured_wanted()$$, 'changes are seen wherever they are, rows without a time never');
SELECT results_eq($$SELECT * FROM categories('measured', 'k') ORDER BY 1$$, $$SELECT k, count(*) FROM measured WHERE k IS NOT NULL GROUP BY 1 ORDER BY 1$$, 'of categories as well');
SELECT is_empty($$SELECT * FROM torn('measured')$$, 'days and months are what is below them');
BEGIN;
DELETE FROM measured WHERE id % 2 = 0;
SELECT FROM drift.refresh_windows('measured');
ROLLBACK;
SELECT FROM drift.refresh_windows('measured');
SELECT results_eq($$SELECT * FROM x_of('measured')$$, $$SELECT * FROM measured_wanted()$$, 'changes that were rolled back are not');
-- The trigger runs as the extension's owner, but no code of the table's owner does.
CREATE TYPE moment AS (at timestamp);
CREATE FUNCTION moment_at(value moment) RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'run by %', current_user; END $$;
CREATE CAST (moment AS timestamptz) WITH FUNCTION moment_at AS IMPLICIT;
BEGIN;
ALTER TABLE measured ALTER COLUMN at TYPE moment USING ROW(at)::moment;
SELECT lives_ok($$UPDATE measured SET x = 6 WHERE id = 5$$, 'a cast of the user is not run');
ROLLBACK;
ALTER TABLE measured DISABLE TRIGGER USER;
SELECT matches(message, 'track_changes', 'disabled triggers are told of') FROM drift.refresh_windows('measured');
UPDATE measured SET x = 8 WHERE id = 7;
SELECT FROM drift.track_changes('measured');
SELECT is(message, NULL, 'and enabled again') FROM drift.refresh_windows('measured');
SELECT results_eq($$SELECT * FROM x_of('measured')$$, $$SELECT * FROM measured_wanted()$$, 'then all is read again');
TRUNCATE measured;
SELECT FROM drift.refresh_windows('measured');
SELECT is_empty($$SELECT * FROM x_of('measured')$$, 'nothing is left of a table that was truncated');
INSERT INTO measured (at, x, k) SELECT timestamp '2024-03-30 00:00' + i * interval '1 minute', cos(i), 'c' || i % 3 FROM generate_series(1, 3000) AS i;
SELECT is(tracking, 'recompute', 'triggers are dropped') FROM drift.untrack_changes('measured');
SELECT is_empty($$SELECT FROM pg_trigger WHERE tgrelid = 'windows.measured'::regclass$$, 'all of them');
SELECT FROM drift.refresh_windows('measured');
SELECT results_eq($$SELECT * FROM x_of('measured')$$, $$SELECT * FROM measured_wanted()$$, 'marks that were left are taken');
SELECT throws_ok($$SELECT drift.track_changes('windows')$$, '42809', NULL, 'a log needs no triggers');

-- a query, sampled, with a condition
SELECT FROM drift.create_monitor('sampled', 'SELECT id, at, x FROM windows.measured -- all', time_column => 'at', columns => '{x}', bucket => 'day',
	condition => 'x > 0 -- half', config => '{"monitoring": {"sample": 0.25}}');
SELECT FROM drift.refresh_windows('sampled');
SELECT ok(n BETWEEN 300 AND 450 AND lowest > 0, 'about a quarter of half the rows: ' || n) FROM x_of('sampled');
CREATE TABLE before AS SELECT * FROM x_of('sampled');
SELECT FROM drift.rebuild_windows('sampled');
SELECT results_eq($$SELECT * FROM x_of('sampled')$$, 'SELECT * FROM before', 'the same each time');
SELECT results_eq($$SELECT DISTINCT grain::text COLLATE "default" FROM drift.windows JOIN drift.monitors USING (monitor_id) WHERE name = 'sampled' ORDER BY 1$$, ARRAY['day', 'month'],
	'days and months are all there is');

-- segments
SELECT FROM drift.create_monitor('cut', 'windows.measured', time_column => 'at', columns => '{x}', segment => 'id % 70');
SELECT FROM drift.refresh_windows('cut');
SELECT is(count(*), 52::bigint, 'fifty segments, the others, and all') FROM (SELECT DISTINCT segment FROM drift_internal.merged_windows(
	(SELECT monitor_id FROM drift.monitors WHERE name = 'cut'), '(,)', true)) AS s;
SELECT results_eq($$SELECT sum(drift.row_count(profile)) FROM drift_internal.merged_windows((SELECT monitor_id FROM drift.monitors WHERE name = 'cut'), '(,)', true) WHERE segment <> ''$$,
	$$SELECT count(*)::numeric FROM measured$$, 'every row is in one');
SELECT is_empty($$SELECT * FROM torn('cut')$$, 'days and months are what is below them');

-- filled back
SELECT FROM drift.create_monitor('back', model => 'windows', reference => 'previous');
SELECT matches(message, 'backfill', 'the first step reads what is new') FROM drift.backfill_next('back', '10 days');
SELECT say(500, 9001) \g /dev/null
SELECT matches(message, 'backfill', 'a refresh reads the new rows of what was read') FROM drift.refresh_windows('back');
SELECT results_eq($$SELECT x.* FROM drift_internal.monitor_states AS s JOIN drift.monitors AS m USING (monitor_id), x_of('back', tstzrange(s.backfill_before, NULL)) AS x WHERE m.name = 'back'$$,
	$$SELECT w.* FROM drift_internal.monitor_states AS s JOIN drift.monitors AS m USING (monitor_id), wanted(tstzrange(s.backfill_before, NULL)) AS w WHERE m.name = 'back'$$, 'as far as it was read');
CALL drift.backfill_windows('back', '10 days');
SELECT is(message, NULL, 'then all is read') FROM drift.backfill_next('back');
SELECT results_eq($$SELECT * FROM x_of('back')$$, $$SELECT * FROM wanted()$$, 'and counted');
SELECT is_empty($$SELECT * FROM torn('back')$$, 'days and months are what is below them');
SELECT FROM drift.refresh_windows('windows');
SELECT results_eq($$SELECT * FROM x_of('windows')$$, $$SELECT * FROM wanted()$$, 'as the monitor that was there before has them');
SELECT throws_ok($$SELECT drift.backfill_next('back', '0')$$, '22023', NULL, 'no steps of no time');

-- purged
SELECT results_eq($$SELECT kind, purged > 0 FROM drift.purge_history('windows', '2024-05-01')$$, $$VALUES ('hours', true), ('days', false), ('months', false), ('checks', false)$$, 'hours go');
SELECT results_eq($$SELECT * FROM x_of('windows', '[2024-01-30 00:00+00,2024-03-31 00:00+00)')$$, $$SELECT * FROM wanted('[2024-01-30 00:00+00,2024-03-31 00:00+00)')$$, 'days are as they were');
SELECT results_eq($$SELECT kind, purged > 0 FROM drift.purge_history('windows', '2025-04-15')$$, $$VALUES ('hours', true), ('days', true), ('months', false), ('checks', false)$$, 'then days go');
SELECT results_eq($$SELECT * FROM x_of('windows', '(,)')$$, $$SELECT * FROM wanted()$$, 'months are as they were');
SELECT say(100, 9501) \g /dev/null
SELECT FROM drift.refresh_windows('windows');
SELECT results_eq($$SELECT * FROM x_of('windows', '[2024-01-01 00:00+00,2025-01-01 00:00+00)')$$, $$SELECT * FROM wanted('[2024-01-01 00:00+00,2025-01-01 00:00+00)')$$, 'late rows are counted in months');
SELECT FROM drift.rebuild_windows('windows', '2024-02-10', '2024-02-11');
SELECT results_eq($$SELECT * FROM x_of('windows', '(,)')$$, $$SELECT * FROM wanted()$$, 'whole months are rebuilt where days were purged');

-- rights
CREATE ROLE windows_stranger;
GRANT USAGE ON SCHEMA windows, public TO windows_stranger;
SET ROLE windows_stranger;
SELECT throws_ok(format('SELECT drift.%s', call), '42704', NULL, 'a stranger knows of no monitor: ' || call)
FROM unnest(ARRAY['refresh_windows(''windows'')', 'rebuild_windows(''windows'')', 'backfill_next(''windows'')', 'purge_history(''windows'')',
	'track_changes(''measured'')', 'untrack_changes(''measured'')']) AS call;
SELECT is_empty('SELECT FROM drift.windows', 'and sees no windows');
SELECT throws_ok($$SELECT * FROM drift_internal.read_as('postgres', 'SELECT 1', '') AS r (one integer)$$, '42501', NULL, 'and reads as nobody else');
RESET ROLE;

-- time
SELECT throws_ok($$SELECT * FROM drift_internal.read_as(current_user::regrole, 'SELECT pg_sleep(60)::text', '', NULL, 50) AS r (x text)$$,
	'54000', 'reading took longer than 50 ms', 'a reading has its time');
SELECT throws_ok($$SELECT * FROM drift_internal.read_as(current_user::regrole, 'SELECT n::text FROM (SELECT count(*) AS n
	FROM drift_internal.read_as(current_user::regrole, ''SELECT pg_sleep(60)::text'', '''', NULL, 60000) AS r (x text)) AS s', '', NULL, 50) AS r (x text)$$,
	'54000', 'reading took longer than 50 ms', 'another one within does not give it more');
SELECT lives_ok('SELECT pg_sleep(0.1)', 'what comes after it has its own');

-- gone
DROP TABLE measured CASCADE;
SELECT throws_ok($$SELECT drift.refresh_windows('measured')$$, '42P01', NULL, 'a source that was dropped');

SELECT drift.drop_monitor(name) FROM drift.monitors WHERE name IN ('windows', 'measured', 'sampled', 'cut', 'back') \g /dev/null
SELECT is_empty('SELECT FROM drift.windows', 'windows go with their monitor');
SELECT drift.delete_model('windows') \g /dev/null
DROP SCHEMA windows CASCADE;
DROP OWNED BY windows_stranger;
DROP ROLE windows_stranger;
SELECT * FROM finish();
