-- Monitors: what they watch, by role; changed, renamed, given away and dropped; thresholds from the past; health.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
CREATE ROLE monitor_owner;
CREATE ROLE monitor_member IN ROLE monitor_owner;
CREATE ROLE monitor_reader;
CREATE ROLE monitor_outsider;
CREATE SCHEMA "Moni ""tors""";
GRANT USAGE, CREATE ON SCHEMA "Moni ""tors""" TO PUBLIC;
SET LOCAL search_path = "Moni ""tors""", public;
CREATE TEMPORARY VIEW watched AS SELECT m.name, c.* FROM drift.monitor_columns AS c JOIN drift.monitors AS m USING (monitor_id);
GRANT SELECT ON watched TO PUBLIC;

-- the log of a model: features under their names, and the roles of its task
CREATE FUNCTION pg_temp.artefact(task text) RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', CASE task
		WHEN 'binary' THEN '{"format": "drift", "version": 1, "task": "binary", "inputs": ["age", "score"], "features": ["age", "score"],
			"linear": {"coefficients": [0.1, 1], "intercept": 0}, "transform": "logistic", "classes": ["no", "yes"]}'
		ELSE '{"format": "drift", "version": 1, "task": "regression", "inputs": ["age"], "features": ["age"], "linear": {"coefficients": [0.1], "intercept": 0}}' END)
$$;
SELECT drift.register_model(task, owner => 'monitor_owner') FROM unnest('{binary,regression}'::text[]) AS task \g /dev/null
SELECT drift.add_version(task, pg_temp.artefact(task)) FROM unnest('{binary,regression}'::text[]) AS task \g /dev/null
SELECT drift.grant_privilege('binary', 'monitor_reader', 'read') \g /dev/null
SET ROLE monitor_owner;
SELECT drift.promote('binary', 1), drift.promote('regression', 1) \g /dev/null
SELECT drift.create_prediction_log('binary', days_back => 3), drift.create_prediction_log('regression') \g /dev/null
CREATE TEMPORARY TABLE made AS SELECT * FROM drift.create_monitor('log "of it"', model => 'binary');
SELECT is(to_jsonb(m) - '{monitor_id,created_at,model_id,path}'::text[], jsonb_build_object('name', 'log "of it"', 'owner', 'monitor_owner', 'description', NULL,
	'source_kind', 'prediction_log', 'relation', 'binary_log', 'query', NULL, 'time_column', 'predicted_at', 'condition', NULL, 'segment', NULL, 'tracking', 'logged_xid', 'bucket', 'hour',
	'time_zone', 'UTC', 'span', '1 day', 'reference', 'previous', 'baseline', NULL, 'config', '{}'::jsonb, 'paused_at', NULL, 'created_by', 'monitor_owner'), 'what was made')
FROM made AS m;
SELECT results_eq($$ SELECT role, column_name, expression, kind, source_column FROM watched WHERE name = 'log "of it"' AND role <> 'outcome' ORDER BY column_id $$,
	$$ VALUES ('feature', 'age' COLLATE "C", '(age)::pg_catalog.float8', 'numeric', 'age' COLLATE "C"), ('feature', 'score', '(feature_score)::pg_catalog.float8', 'numeric', 'feature_score'),
		('score', 'score', '(score)::pg_catalog.float8', 'numeric', NULL), ('label', 'label', '(label)::pg_catalog.text', 'categorical', NULL),
		('confidence', 'confidence', '(2 * pg_catalog.abs(score - 0.5))::pg_catalog.float8', 'numeric', NULL), ('target', 'target', '(actual)::pg_catalog.text', 'categorical', NULL),
		('error', 'error', '((label <> actual)::pg_catalog.int4)::pg_catalog.int4', 'numeric', NULL),
		('operation', 'latency_ms', '(latency_ms)::pg_catalog.float8', 'numeric', NULL), ('operation', 'failed', '((status = ''error''))::pg_catalog.bool', 'categorical', NULL) $$,
	'classes: score, label, confidence, target and whether it was right');
SELECT drift.create_monitor('regression', model => 'regression') \g /dev/null
SELECT results_eq($$ SELECT role, expression FROM watched WHERE name = 'regression' AND role NOT IN ('operation', 'outcome') ORDER BY column_id $$,
	$$ VALUES ('feature', '(age)::pg_catalog.float8'), ('score', '(score)::pg_catalog.float8'), ('target', '(actual_value)::pg_catalog.float8'),
		('error', '(pg_catalog.abs(score - actual_value))::pg_catalog.float8') $$, 'numbers: no label, and how far it was off');
SELECT results_eq($$ SELECT name FROM drift.create_monitor('same log', 'binary_log', columns => '{age}') $$, $$ VALUES ('same log' COLLATE "C") $$, 'a log is known by its name too');
SELECT results_eq($$ SELECT column_name FROM watched WHERE name = 'same log' AND role = 'feature' $$, $$ VALUES ('age' COLLATE "C") $$, 'with the features that were named');
SELECT alike(drift_internal.window_conditions(m, false, 'true'), '%source.shadow_of IS NULL AND source.status <> ''forgotten''', 'answers only') FROM drift.monitors AS m WHERE m.name = 'same log';

-- the rows that answered: also those that failed, not shadows and not what was forgotten
INSERT INTO binary_log (prediction_id, predicted_at, model_version, age, feature_score, score, label, status, shadow_of)
SELECT drift.make_prediction_id('binary', at), at, 1, n, n, n / 100.0, CASE WHEN n > 50 THEN 'yes' ELSE 'no' END, CASE WHEN n = 100 THEN 'error' WHEN n = 99 THEN 'forgotten' ELSE 'ok' END,
	CASE WHEN n = 98 THEN '00660cce-6672-8f77-8000-02578cb27c8c'::uuid END
FROM generate_series(1, 100) AS n, LATERAL (SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1 day' + interval '1 minute' * n AS at) AS t;
RESET ROLE;
SELECT is(c.role || ' ' || c.column_name || ': ' || drift.row_count(p.profile) || ' rows, ' || drift.value_count(p.profile) || ' values', w.wanted, w.wanted)
FROM watched AS c
JOIN LATERAL (SELECT * FROM (VALUES ('feature', 'feature age: 98 rows, 98 values'), ('score', 'score score: 98 rows, 98 values'), ('operation', 'operation failed: 98 rows, 98 values')) AS w (role, wanted)
	WHERE w.role = c.role AND w.wanted LIKE '%' || c.column_name || ':%') AS w ON true
LEFT JOIN LATERAL (
	SELECT r.p AS profile FROM drift_internal.read_as('monitor_owner', format('SELECT drift.profile_agg(%s) FROM "Moni ""tors""".binary_log AS source WHERE %s', c.expression,
		drift_internal.window_conditions((SELECT m FROM drift.monitors AS m WHERE m.monitor_id = c.monitor_id), false, 'true')), 'pg_catalog') AS r (p drift.profile)) AS p ON true
WHERE c.name = 'log "of it"' ORDER BY c.column_id;
SET ROLE monitor_owner;

-- any relation or query
CREATE TABLE "we""ird Ünïcode" (id integer PRIMARY KEY, "when" timestamp, token uuid DEFAULT gen_random_uuid(), "a""ge" integer, town text, said integer, truth integer, price numeric(9, 2));
INSERT INTO "we""ird Ünïcode" SELECT i, timestamp '2026-01-01 00:00' + i * interval '2 minutes', gen_random_uuid(), 20 + i % 50, 't' || i % 3, i % 2, (i % 10 > 0)::integer * (i % 2), i % 77
FROM generate_series(1, 30000) AS i;
CREATE VIEW seen AS SELECT * FROM "we""ird Ünïcode";
SELECT drift.create_monitor('weird', '"we""ird Ünïcode"') \g /dev/null
SELECT results_eq($$ SELECT column_name FROM watched WHERE name = 'weird' ORDER BY column_id $$,
	$$ VALUES ('a"ge' COLLATE "C"), ('town'), ('said'), ('truth'), ('price') $$, 'columns of a table: not its key, its time, what identifies rows');
SELECT is((SELECT concat_ws(' ', source_kind, relation, time_column, tracking, reference) FROM drift.monitors WHERE name = 'weird'), 'relation "we""ird Ünïcode" when recompute previous', 'a relation');
SELECT drift.create_monitor('query', 'SELECT *, said::text AS says FROM seen -- all', config => '{"drift_detection": {"label_column": "says", "target_column": "truth"}}', bucket => 'day',
	segment => 'town', condition => 'price > 1 -- paid', time_zone => 'Europe/Berlin') \g /dev/null
SELECT results_eq($$ SELECT role, column_name, kind, value_type FROM watched WHERE name = 'query' AND role NOT IN ('feature', 'outcome') ORDER BY column_id $$,
	$$ VALUES ('target', 'target' COLLATE "C", 'categorical', 'pg_catalog.text'), ('label', 'label', 'categorical', 'pg_catalog.text'), ('error', 'error', 'numeric', 'pg_catalog.int4') $$,
	'roles by the configuration; classes may be numbers, and the error is made of them');
SELECT is((SELECT concat_ws(' ', source_kind, time_column, tracking) FROM drift.monitors WHERE name = 'query'), 'query when recompute', 'a query');
SELECT drift.create_baseline('of the view', 'SELECT * FROM seen WHERE id <= 5000', columns => ARRAY['a"ge', 'town', 'price'], time_column => 'when') \g /dev/null
SELECT drift.create_monitor('held', 'seen', baseline => 'of the view', span => '2 days', bucket => 'day') \g /dev/null
SELECT results_eq($$ SELECT column_name FROM watched WHERE name = 'held' ORDER BY column_id $$, $$ VALUES ('a"ge' COLLATE "C"), ('town'), ('price') $$, 'columns of the baseline');
SELECT is((SELECT concat_ws(' ', reference, baseline) FROM drift.monitors WHERE name = 'held'), 'baseline of the view', 'which is what it is held against');
SELECT drift.create_baseline('whole', 'SELECT 1 AS price, 2::bigint AS "a""ge", 3 AS town') \g /dev/null
SELECT drift.create_monitor('typed', 'seen', baseline => 'whole') \g /dev/null
SELECT results_eq($$ SELECT column_name, value_type FROM watched WHERE name = 'typed' ORDER BY 1 $$,
	$$ VALUES ('a"ge' COLLATE "C", 'pg_catalog.float8'), ('price', 'pg_catalog.float8'), ('town', 'pg_catalog.text') $$, 'both are read as one type where that can be');
SELECT lives_ok($$ SELECT drift.create_monitor('hidden', 'seen', config => '{"monitoring": {"store_categories": false}}') $$, 'without categories');
SELECT ok(expression LIKE '%sha256%', 'texts are hashed') FROM watched WHERE name = 'hidden' AND column_name = 'town';

-- what cannot be
SELECT throws_ok(format('SELECT drift.create_monitor(%L, %L, %s)', m.name, m.source, m.rest), m.state, m.message, m.message)
FROM (VALUES ('a@b', 'seen', 'NULL', '42602', 'invalid name of a monitor: ''a@b'''), ('weird', 'seen', 'NULL', '42710', 'the name "weird" is taken'),
	('x', 'SELECT 1 AS a', 'NULL', '22004', 'time_column is not given'), ('x', 'SELECT now() AS a, now() AS b, 1 AS c', 'NULL', '22004', 'time_column is not given'),
	('x', 'seen', 'time_column => ''price''', '42804', 'column "price" is of type numeric and holds no time'), ('x', 'seen', 'columns => ''{a}''', '42703', 'the source has no column "a"'),
	('x', 'seen', 'columns => ''{}''', '22023', 'the source has no columns to watch'), ('x', 'seen', 'bucket => ''week''', '22023', 'bucket cannot be ''week'''),
	('x', 'seen', 'span => ''90 minutes''', '22023', 'the span 01:30:00 does not consist of whole buckets of one hour'), ('x', 'seen', 'span => ''1 minute''', '22023', 'the span of a monitor cannot be 00:01:00'),
	('x', 'seen', 'time_zone => ''Nowhere''', '22023', 'unknown time zone: ''Nowhere'''), ('x', 'seen', 'reference => ''baseline''', '55000', 'the monitor has no baseline'),
	('x', 'seen', 'reference => ''decade''', '22023', 'reference cannot be ''decade'''), ('x', 'seen', 'baseline => ''none''', '42704', 'no baseline is named "none"'),
	('x', 'seen', 'tracking => ''logged_xid''', '22023', 'tracking logged_xid does not work on a relation'), ('x', 'seen', 'tracking => ''guess''', '22023', 'unknown tracking: ''guess'''),
	('x', 'seen', 'condition => ''price''', '42804', 'condition is of type numeric(9,2) and must be boolean'),
	('x', 'seen', 'segment => ''town) AS a, (price''', '22023', 'segment is not one expression'), ('x', 'seen', 'model => ''nothing''', '42704', 'no model is named "nothing"'),
	('x', 'binary_log', 'model => ''regression''', '22023', 'table "Moni ""tors""".binary_log is the prediction log of another model'),
	('x', 'seen', 'config => ''{"drift_detection": {"label_column": "b"}}''', '42703', 'the source has no column "b"'), ('x', 'seen', 'config => ''[]''', '22023', 'the configuration has 1 error(s)'),
	('x', 'seen', 'thresholds => ''evidently''', '22023', 'the configuration has 1 error(s)'), ('x', 'nothing', 'NULL', '42P01', 'relation "nothing" does not exist')) AS m (name, source, rest, state, message);
SELECT throws_ok($$ SELECT drift.create_monitor('x') $$, '22004', 'a monitor needs a source or a model', 'neither source nor model');
SELECT is_empty($$ SELECT * FROM drift.monitors WHERE name = 'x' $$, 'nothing half done is left');

-- checks that look at it all
SELECT is((SELECT status FROM drift.refresh_windows('held')), 'refreshed', 'it is read');
SELECT is((SELECT status FROM drift.run_check('held', '2026-02-01')), 'ok', 'and checked');

-- changed
SELECT is((SELECT config FROM drift.alter_monitor('held', '{"features": {"a\"ge": {"weight": 3, "psi_warning": 0.2}}, "alerting": {"of": 5}}', 'psi_020')),
	'{"features": {"a\"ge": {"weight": 3, "psi_warning": 0.2}}, "alerting": {"of": 5}, "drift_detection": {"thresholds": "psi_020"}}', 'configuration is set over what was there');
SELECT is((SELECT config FROM drift.alter_monitor('held', '{"features": {"a\"ge": {"psi_warning": null}}, "alerting": null}')),
	'{"features": {"a\"ge": {"weight": 3}}, "drift_detection": {"thresholds": "psi_020"}}', 'and null takes it back');
SELECT is((SELECT concat_ws(' ', reference, span, description) FROM drift.alter_monitor('held', reference => 'week', span => '3 days', description => 'of towns')), 'week 3 days of towns', 'the rest too');
SELECT throws_ok($$ SELECT drift.alter_monitor('held', span => '5 hours') $$, '22023', NULL, 'within what windows are');
SELECT throws_ok($$ SELECT drift.alter_monitor('held', '{"alerting": {"of": 1}}') $$, '22023', 'the configuration has 1 error(s)', 'and what fits together');
SELECT is((SELECT baseline FROM drift.alter_monitor('held', baseline => 'whole')), 'whole', 'another baseline');
SELECT is((SELECT string_agg(column_name || ' ' || value_type, ', ' ORDER BY column_id) FROM watched WHERE name = 'held'), 'town pg_catalog.text, a"ge pg_catalog.float8, price pg_catalog.float8', 'is read as it is');
SELECT is((SELECT count(*) FROM drift.windows JOIN watched USING (monitor_id, column_id) WHERE name = 'held' AND column_name <> 'town'), 0::bigint, 'windows of what is read otherwise are gone');
SELECT ok((SELECT count(*) FROM drift.windows JOIN watched USING (monitor_id, column_id) WHERE name = 'held' AND column_name = 'town') > 0, 'others stay');

-- columns that come and go
CREATE TABLE changing AS SELECT now() - i * interval '1 hour' AS at, i AS a, i AS b, 'x' AS c FROM generate_series(1, 50) AS i;
SELECT drift.create_monitor('changing', 'changing') \g /dev/null
ALTER TABLE changing DROP COLUMN a;
ALTER TABLE changing ALTER COLUMN b TYPE float8;
ALTER TABLE changing ADD COLUMN d text;
SELECT results_eq($$ SELECT change || ' ' || column_name || ' ' || column_type FROM drift.watch_columns('changing') $$,
	$$ VALUES ('added d text'), ('changed b double precision'), ('removed a integer') $$, 'columns are chosen anew');
SELECT is((SELECT array_agg(column_id || column_name ORDER BY column_id) FROM watched WHERE name = 'changing'), '{3c,4b,5d}', 'what is read as before keeps its number');
SELECT is_empty($$ SELECT * FROM drift.watch_columns('changing') $$, 'and nothing is left to change');
SELECT results_eq($$ SELECT change || ' ' || column_name FROM drift.watch_columns('changing', '{c}') $$, $$ VALUES ('removed b'), ('removed d') $$, 'or named');

-- renamed, given away
SELECT is((SELECT name FROM drift.rename_monitor('changing', 'changed "now"')), 'changed "now"', 'renamed');
SELECT throws_ok($$ SELECT drift.rename_monitor('changed "now"', 'weird') $$, '42710', NULL, 'not to a name that is taken');
SELECT throws_ok($$ SELECT drift.set_monitor_owner('changed "now"', 'monitor_outsider') $$, '42501', NULL, 'given to a role one is a member of');
RESET ROLE;
SELECT monitor_id AS held FROM drift.monitors WHERE name = 'held' \gset
SELECT model_id AS binary FROM drift.models WHERE name = 'binary' \gset
SET ROLE monitor_outsider;
SELECT throws_ok(format('SELECT drift.%s', c.call), '42704', NULL, 'others do not: ' || c.call)
FROM (VALUES ('alter_monitor(''weird'')'), ('rename_monitor(''weird'', ''y'')'), ('drop_monitor(''weird'')'), ('watch_columns(''weird'')'), ('set_monitor_owner(''weird'', ''monitor_outsider'')'),
	('monitor_config(''weird'')'), ('calibrate_thresholds(''weird'')')) AS c (call);
SELECT is_empty('SELECT * FROM drift.monitors', 'and see none');
SELECT is_empty('SELECT * FROM drift.monitor_columns', 'nor their columns');
SELECT throws_ok($$ SELECT drift.create_monitor('mine', '"we""ird Ünïcode"') $$, '42501', NULL, 'nor watch what they cannot read');
-- What the functions are made of can be called too, with rows that were made up.
SELECT throws_ok(format('SELECT drift_internal.%s(jsonb_populate_record(NULL::drift.monitors, %L)%s)', c.name, jsonb_build_object('monitor_id', :held, 'name', c.monitor, 'config', '{}'::jsonb,
	'baseline', 'whole', 'source_kind', 'query', 'query', 'SELECT now() AS at', 'path', 'public', 'time_column', 'at', 'tracking', 'recompute', 'bucket', 'hour', 'time_zone', 'UTC',
	'span', '1 day', 'reference', 'baseline') || c.more, c.rest), '42704', c.message, format('%s as an outsider: %s', c.name, c.message))
FROM (VALUES ('store_monitor', 'mine', '{}'::jsonb, ', ''{}''', 'no baseline is named "whole"'),
	('store_monitor', 'mine', jsonb_build_object('baseline', NULL, 'reference', 'week', 'model_id', :binary), ', ''{}''', 'no model is named "binary"'),
	('store_changes', 'held', '{}', '', 'no monitor is named "held"'), ('store_columns', 'held', '{}', ', ''{}''', 'no monitor is named "held"'),
	('store_owner', 'held', '{}', ', ''monitor_outsider''', 'no monitor is named "held"'), ('delete_monitor', 'held', '{}', '', 'no monitor is named "held"')) AS c (name, monitor, more, rest, message);
SELECT drift.create_monitor('mine', 'SELECT now() AS at, 1 AS x') \g /dev/null
SELECT throws_ok($$ SELECT drift_internal.store_changes(jsonb_populate_record(m, '{"baseline": "whole"}')) FROM drift.monitors AS m WHERE name = 'mine' $$, '42704',
	'no baseline is named "whole"', 'a monitor does not get a baseline of others');
SELECT throws_ok($$ SELECT drift_internal.store_baseline(jsonb_populate_record(NULL::drift.baselines, '{"name": "whole", "origin": "training", "row_count": 1, "stores_categories": true}'), '{}', true) $$,
	'42704', 'no baseline is named "whole"', 'nor a version of one');
SELECT drift_internal.delete_monitor(jsonb_populate_record(m, format('{"monitor_id": %s}', :held)::jsonb)) FROM drift.monitors AS m WHERE name = 'mine' \g /dev/null
RESET ROLE;
SELECT is((SELECT count(*) FROM drift.windows WHERE monitor_id = :held) > 0 AND NOT EXISTS (SELECT FROM drift.monitors WHERE name = 'mine'), true, 'only the monitor of the name goes');
SET ROLE monitor_reader;
SELECT is((SELECT array_agg(name ORDER BY name) FROM drift.monitors), '{"log \"of it\"","same log"}', 'readers of a model see its monitors');
SELECT throws_ok($$ SELECT drift.alter_monitor('same log', '{}') $$, '42501', 'permission denied for monitor "same log"', 'and change none');
SELECT throws_ok($$ SELECT drift.create_monitor('mine', model => 'binary') $$, '42501', NULL, 'nor make one');
RESET ROLE;
SET ROLE monitor_member;
SELECT is((SELECT span FROM drift.alter_monitor('same log', span => '2 days')), '2 days', 'members of the owner do');
RESET ROLE;

-- thresholds from the past
SET ROLE monitor_owner;
CREATE TABLE seasons AS SELECT timestamptz '2026-01-01' + i * interval '2 minutes' AS at, u + 0.2 * sin(i / 7200.0) AS swinging, u AS calm FROM generate_series(1, 21600) AS i, LATERAL (SELECT i * 0.618033988749895::float8 - floor(i * 0.618033988749895::float8) AS u) AS r;
SELECT drift.create_baseline('seasons', 'SELECT u AS swinging, u AS calm FROM generate_series(1, 5000) AS i, LATERAL (SELECT i * sqrt(2::float8) - floor(i * sqrt(2::float8)) AS u) AS r') \g /dev/null
SELECT drift.create_monitor('seasons', 'seasons', baseline => 'seasons') \g /dev/null
SELECT drift.refresh_windows('seasons') \g /dev/null
CREATE TEMPORARY TABLE calibrated AS SELECT * FROM drift.calibrate_thresholds('seasons');
SELECT is((SELECT array_agg(column_name ORDER BY column_name) FROM calibrated), '{calm,swinging}', 'a row for each feature');
SELECT ok(spans BETWEEN 29 AND 30, 'spans of a day in a month') FROM calibrated WHERE column_name = 'calm';
SELECT is(ARRAY[psi_warning, psi_critical, minimum_effect], '{0.1,0.25,0.05}', 'what is calm keeps its thresholds') FROM calibrated WHERE column_name = 'calm';
SELECT ok(psi_warning > 0.1 AND psi_warning >= psi_quantile AND psi_critical >= 2.4 * psi_warning AND minimum_effect > effect_quantile, 'what swings gets room') FROM calibrated WHERE column_name = 'swinging';
SELECT is((SELECT config FROM drift.monitors WHERE name = 'seasons'), '{}', 'nothing was written');
SELECT is((SELECT max(psi_warning) FROM drift.calibrate_thresholds('seasons', until => '2026-01-15')), NULL, 'of fewer than 20 spans nothing can be said');
SELECT drift.calibrate_thresholds('seasons', apply => true) \g /dev/null
SELECT is((SELECT config -> 'features' -> 'swinging' ->> 'psi_warning' FROM drift.monitors WHERE name = 'seasons'), c.psi_warning::text, 'until it is applied')
FROM calibrated AS c WHERE column_name = 'swinging';
SELECT is((SELECT (config -> 'features') - 'swinging' - 'calm' FROM drift.monitors WHERE name = 'seasons'), '{}', 'where it differs');
SELECT is((SELECT count(*) FROM drift.checks AS c JOIN drift.monitors AS m USING (monitor_id) WHERE m.name = 'seasons'), 0::bigint, 'and no check is left');
SELECT set_eq($$ SELECT column_name, psi_warning FROM drift.calibrate_thresholds('seasons') $$, $$ SELECT column_name, psi_warning FROM calibrated $$, 'calibrated again it says the same');
SELECT ok(psi_warning < 0.1, 'lower where one asks for it') FROM drift.calibrate_thresholds('seasons', may_lower => true) WHERE column_name = 'calm';
SELECT throws_ok($$ SELECT drift.calibrate_thresholds('seasons', alarms => 1) $$, '22023', 'alarms is 1', 'not all may alarm');

-- health
CREATE TEMPORARY VIEW health AS SELECT check_name, status, detail FROM drift.health_check() WHERE check_name LIKE 'baseline%' AND status <> 'ok';
SELECT is_empty('SELECT * FROM health', 'baselines are there and young');
RESET ROLE;
UPDATE drift.baselines SET created_at = clock_timestamp() - interval '366 days' WHERE name = 'seasons';
SET ROLE monitor_owner;
SELECT results_eq('SELECT check_name, status FROM health', $$ VALUES ('baseline_age', 'warning') $$, 'an old one is told of');
SELECT drift.alter_monitor('seasons', '{"monitoring": {"max_baseline_days": 400}}') \g /dev/null
SELECT is_empty('SELECT * FROM health', 'as old as the configuration lets it be');
SELECT throws_ok($$ SELECT drift.drop_baseline('seasons') $$, '2BP01', NULL, 'it cannot be dropped');
RESET ROLE;
DELETE FROM drift.baselines WHERE name = 'seasons';
SET ROLE monitor_owner;
SELECT results_eq('SELECT check_name, status FROM health', $$ VALUES ('baseline_present', 'critical') $$, 'one that is gone is told of');
SELECT drift.create_baseline('of one', 'SELECT 1 AS age, 2 AS score', 'binary', 1) \g /dev/null
SELECT drift.alter_monitor('same log', baseline => 'of one', reference => 'baseline') \g /dev/null
RESET ROLE;
SELECT drift.add_version('binary', pg_temp.artefact('binary'), run_id => 'second') \g /dev/null
SET ROLE monitor_owner;
SELECT drift.promote('binary', 2) \g /dev/null
SELECT is((SELECT detail FROM health WHERE status = 'warning'), 'Version 2 answers, and monitor "same log" is held against baseline "of one" of version 1.', 'and one of another version');

-- dropped, with all that is its own
SELECT drift.create_monitor('triggered', '"we""ird Ünïcode"', tracking => 'trigger') \g /dev/null
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = '"we""ird Ünïcode"'::regclass AND NOT tgisinternal), 4::bigint, 'triggers are made');
SELECT drift.schedule_monitor('triggered', 'hourly') \g /dev/null
SELECT drift.refresh_windows('triggered'), drift.run_check('triggered', '2026-02-01') \g /dev/null
SELECT monitor_id AS id FROM drift.monitors WHERE name = 'triggered' \gset
SELECT lives_ok($$ SELECT drift.drop_monitor('triggered') $$, 'it is dropped');
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = '"we""ird Ünïcode"'::regclass AND NOT tgisinternal), 0::bigint, 'with its triggers');
RESET ROLE;
SELECT is_empty(format('SELECT 1 FROM %s WHERE monitor_id = %s', t.name, :id), 'nothing is left in ' || t.name)
FROM unnest('{drift.monitors,drift.monitor_columns,drift.windows,drift.checks,drift.schedules,drift.silences,drift_internal.monitor_states,drift_internal.dirty_buckets}'::text[]) AS t (name);
SELECT is_empty($$ SELECT * FROM drift.check_features WHERE check_id NOT IN (SELECT check_id FROM drift.checks) $$, 'nor of checks');
SELECT is_empty($$ SELECT * FROM drift.baselines WHERE name LIKE 'triggered%' $$, 'nor of its first rows');
DROP TABLE "Moni ""tors""".changing;
SELECT throws_ok($$ SELECT drift.watch_columns('changed "now"') $$, '42P01', 'the source of monitor "changed "now"" is gone', 'a source that is gone');
SELECT lives_ok($$ SELECT drift.drop_monitor('changed "now"') $$, 'its monitor can be dropped');

SELECT * FROM finish();
ROLLBACK;
