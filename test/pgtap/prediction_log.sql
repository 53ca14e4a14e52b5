-- Prediction logs: the tables that are made, ids, features, partitions, retention, forgetting, health, what is left without the extension.
BEGIN;
SELECT plan(104);
SET LOCAL client_min_messages = warning;
-- Days are those of UTC wherever the session is.
SET LOCAL timezone = 'Asia/Kathmandu';
SET LOCAL datestyle = 'SQL, DMY';

CREATE ROLE "log öwner" LOGIN;
CREATE ROLE log_application LOGIN;
CREATE ROLE log_outsider LOGIN;
CREATE SCHEMA "my ""log""" AUTHORIZATION "log öwner";
GRANT USAGE ON SCHEMA "my ""log""" TO log_application;
SET LOCAL search_path = "my ""log""", public;

\ir ../lib/as_login.sql
CREATE FUNCTION pg_temp.hint_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'did not fail';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN hint;
END
$$;
CREATE FUNCTION pg_temp.inputs(VARIADIC names text[]) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_agg(jsonb_build_object('name', n, 'kind', CASE WHEN n LIKE 'city%' THEN 'text' ELSE 'number' END) ORDER BY o) FROM unnest(names) WITH ORDINALITY AS u(n, o)
$$;
CREATE FUNCTION pg_temp.add(model text, VARIADIC names text[]) RETURNS integer LANGUAGE sql AS $$
	SELECT drift.add_external_version(model, 'file:///model', sha256('model'), pg_temp.inputs(VARIADIC names))
$$;
CREATE FUNCTION pg_temp.finding(wanted text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(': ', status, detail), '; ') FROM drift.health_check() WHERE check_name = wanted
$$;
CREATE FUNCTION pg_temp.model(name text) RETURNS drift.models LANGUAGE sql AS $$ SELECT m FROM drift.models AS m WHERE m.name = $1 AND deleted_at IS NULL $$;

-- names
SELECT is(drift_internal.default_log_name(m), n, 'default name for model ' || quote_literal(m))
FROM (VALUES ('credit', 'credit_log'), ('Credit "Risk" 2', 'credit_risk_2_log'), ('2nd', 'model_2nd_log'), ('!!', 'model_log')) AS v(m, n);
SELECT is(drift_internal.fitting_name(repeat('é', 28), '_default'), repeat('é', 23) || '_' || left(encode(sha256(convert_to(repeat('é', 28), 'UTF8')), 'hex'), 8) || '_default',
	'a long name is cut between characters and marked');
SELECT is(octet_length(drift_internal.fitting_name(repeat('x', 64))), 63, 'to the length of an identifier');
SELECT isnt(drift_internal.fitting_name(repeat('x', 70) || 'a'), drift_internal.fitting_name(repeat('x', 70) || 'b'), 'and stays its own');

-- a log for a version, in the schema of the caller, whatever its features are called
SELECT drift.register_model('credit', owner => '"log öwner"') \g /dev/null
SELECT pg_temp.add('credit', 'age', 'city "x"', 'score', 'xmin', '', repeat('long ', 20), 'feature_score') \g /dev/null
SELECT pg_temp.as_login('log öwner', 'SELECT log FROM drift.create_prediction_log(''credit'', ''"w""e%ird Ünïcode"'', days_ahead => 3)') AS log \gset
SELECT is(:'log'::text, '"w""e%ird Ünïcode"', 'the log is made in the current schema');
SELECT set_eq($$SELECT relname::text, pg_get_userbyid(relowner)::text FROM pg_class WHERE relnamespace = '"my ""log"""'::regnamespace AND relkind IN ('r', 'p', 'v') AND relname !~ '\d$'$$,
	$$VALUES ('w"e%ird Ünïcode', 'log öwner'), ('w"e%ird Ünïcode_default', 'log öwner'), ('w"e%ird Ünïcode_outcomes', 'log öwner'), ('w"e%ird Ünïcode_labelled', 'log öwner')$$,
	'with a default partition, outcomes and a view beside it, owned by the caller');
SELECT results_eq($$SELECT from_time, to_time FROM drift_internal.log_partitions('"w""e%ird Ünïcode"') WHERE NOT is_default ORDER BY 1$$,
	$$SELECT (d + i)::timestamp AT TIME ZONE 'UTC', (d + i + 1)::timestamp AT TIME ZONE 'UTC' FROM generate_series(-1, 3) AS i, date(now() AT TIME ZONE 'UTC') AS d ORDER BY 1$$,
	'and a partition for each day of UTC from yesterday on');
SELECT set_eq($$SELECT feature COLLATE "default", column_name COLLATE "default" FROM drift.prediction_log_features$$,
	format($$VALUES ('age', 'age'), ('city "x"', 'city "x"'), ('score', 'feature_score'), ('xmin', 'feature_xmin'), ('', 'feature_'), (%L, %L), ('feature_score', 'feature_feature_score')$$,
		repeat('long ', 20), drift_internal.fitting_name(repeat('long ', 20))), 'features whose names are taken or too long get columns of other names');
SELECT col_type_is('my "log"', 'w"e%ird Ünïcode', 'age', 'double precision', 'numbers are double precision');
SELECT col_type_is('my "log"', 'w"e%ird Ünïcode', 'city "x"', 'text', 'text is text');
SELECT col_is_pk('my "log"', 'w"e%ird Ünïcode', ARRAY['prediction_id', 'predicted_at'], 'the key begins with the id');
SELECT is(pg_temp.as_login('log öwner', $$SELECT drift.create_prediction_log('credit')$$), '42710 model "credit" has a prediction log', 'a model has one log');
SELECT is((SELECT count(*) FROM drift.model_events WHERE event = 'prediction_log_created' AND actor = 'log öwner'), 1::bigint, 'making it is in the history');

-- nothing in it is the extension's
SELECT is_empty($$
	WITH RECURSIVE part AS (
		SELECT 'pg_class'::regclass AS classid, c.oid AS objid FROM pg_class AS c WHERE c.relnamespace = '"my ""log"""'::regnamespace
		UNION
		SELECT d.classid, d.objid FROM pg_depend AS d JOIN part AS p ON d.refclassid = p.classid AND d.refobjid = p.objid
	)
	SELECT pg_describe_object(d.classid, d.objid, d.objsubid), pg_describe_object(d.refclassid, d.refobjid, 0)
	FROM part AS p
	JOIN pg_depend AS d USING (classid, objid)
	JOIN pg_depend AS m ON m.classid = d.refclassid AND m.objid = d.refobjid AND m.refclassid = 'pg_extension'::regclass AND m.deptype = 'e'
	JOIN pg_extension AS e ON e.oid = m.refobjid AND e.extname = 'drift'
	$$, 'no column, default, check, key or view needs the extension');

-- applications write to it themselves
GRANT INSERT ON "w""e%ird Ünïcode" TO log_application;
SET LOCAL SESSION AUTHORIZATION log_application;
INSERT INTO "w""e%ird Ünïcode" (model_version, entity_key, score, age, "city ""x""") VALUES (1, 'k1', 0.5, 33, 'Wien'), (1, 'k2', 0.25, NULL, NULL);
COPY "w""e%ird Ünïcode" (model_version, entity_key, score, age) FROM stdin;
1	k1	0.75	34
1	k3	0.125	\N
\.
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT count(*), count(DISTINCT prediction_id), count(DISTINCT tableoid) FROM "w""e%ird Ünïcode"', 'VALUES (4::bigint, 4::bigint, 1::bigint)',
	'a role with INSERT alone inserts and copies; ids are different, the partition is that of today');
SELECT ok(bool_and(predicted_at - drift.prediction_time(prediction_id) BETWEEN '-1 second' AND '1 second'), 'default ids carry the time') FROM "w""e%ird Ünïcode";
SELECT matches(min(prediction_id::text), '^00[0-9a-f]{6}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab]', 'and are UUIDs of version 8') FROM "w""e%ird Ünïcode";
SELECT is(('x' || substr(replace(prediction_id::text, '-', ''), 17, 6))::bit(24)::integer & x'3fffff'::integer, (SELECT log_id FROM drift.prediction_logs WHERE log = :'log'::regclass),
	'with the number of the log') FROM "w""e%ird Ünïcode" LIMIT 1;

-- ids
SELECT is(count(*) FILTER (WHERE drift.prediction_time(drift.make_prediction_id('credit', t)) = t), 5000::bigint, 'times come back to the microsecond')
FROM (SELECT timestamptz '1970-01-01 00:00:00+00' + random() * interval '80 years' AS t FROM generate_series(1, 5000)) AS s;
SELECT is(drift.prediction_time('017f22e2-79b0-7cc3-98c4-dc0c0c07398f'), '2022-02-22 19:22:22+00'::timestamptz, 'the time of an id of version 7');
SELECT is(drift.prediction_time('00000000-0000-0000-0000-000000000000'), NULL::timestamptz, 'an id of no version has no time');
SELECT is(drift.prediction_time('f47ac10b-58cc-4372-a567-0e02b2c3d479'), NULL::timestamptz, 'nor has one of version 4');
SELECT lives_ok($$SELECT drift.prediction_time('ffffffff-ffff-8fff-bfff-ffffffffffff')$$, 'the greatest id has one');
SELECT throws_ok($$SELECT drift.make_prediction_id('credit', 'infinity')$$, '22008', 'a prediction id cannot carry the time infinity', 'infinity does not fit');
SELECT throws_ok($$SELECT drift.make_prediction_id('credit', '1969-12-31')$$, '22008', NULL, 'nor do times before 1970');

-- types from a relation
CREATE DOMAIN percent AS numeric(5,2);
CREATE TYPE mood AS ENUM ('glad');
CREATE TABLE training (age smallint, balance numeric(8,2), rate percent, ratio real, "city" varchar(20), since date, seen timestamptz, m mood, u uuid, tags text[], ok boolean);
SELECT drift.register_model('untrained') \g /dev/null
SELECT throws_ok($$SELECT drift.create_prediction_log('untrained')$$, '55000', 'the features of model "untrained" are not known', 'without version and source nothing is known');
SELECT drift.create_prediction_log('untrained', source => 'training', days_ahead => 1, days_back => 0) \g /dev/null
SELECT results_eq($$SELECT attname::text COLLATE "default", format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'untrained_log'::regclass AND attnum > 15 ORDER BY attnum$$,
	$$VALUES ('age', 'double precision'), ('balance', 'double precision'), ('rate', 'double precision'), ('ratio', 'double precision'), ('city', 'text'), ('since', 'date'),
		('seen', 'timestamp with time zone'), ('m', 'text'), ('u', 'uuid'), ('ok', 'boolean')$$, 'columns of a source with built-in types; those drift does not take are left out');
SELECT drift.register_model('typed') \g /dev/null
SELECT pg_temp.add('typed', 'age', 'since', 'ok', 'unknown', 'city') \g /dev/null
SELECT drift.create_prediction_log('typed', 'typed', 'SELECT * FROM training', days_ahead => 1) \g /dev/null
SELECT results_eq($$SELECT attname::text COLLATE "default", format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'typed'::regclass AND attnum > 15 ORDER BY attnum$$,
	$$VALUES ('age', 'double precision'), ('since', 'double precision'), ('ok', 'boolean'), ('unknown', 'double precision'), ('city', 'text')$$,
	'a version says which features there are, and a source which of them are boolean');

-- what is refused
SELECT drift.register_model('refused') \g /dev/null
SELECT pg_temp.add('refused', 'x') \g /dev/null
SELECT throws_ok($$SELECT drift.create_prediction_log('refused', 'drift.log')$$, '3F000', 'a prediction log cannot be in schema drift', 'schemas of the extension');
SELECT throws_ok($$SELECT drift.create_prediction_log('refused', 'pg_temp.log')$$, '3F000', NULL, 'temporary logs');
SELECT throws_ok($$SELECT drift.create_prediction_log('refused', 'a.b.c')$$, '42602', NULL, 'names of three parts');
SELECT throws_ok($$SELECT drift.create_prediction_log('refused', 'training')$$, '42P07', NULL, 'a name that is taken');
SELECT throws_ok($$SELECT drift.create_prediction_log('refused', retention => '0')$$, '22023', NULL, 'no retention');
SELECT throws_ok($$SELECT drift.create_prediction_log('refused', days_ahead => 0)$$, '22023', NULL, 'no days ahead');
SELECT throws_ok($$SELECT drift.create_prediction_log('refused', days_back => NULL)$$, '22023', NULL, 'unknown days back');
SELECT is(pg_temp.as_login('log_outsider', $$SELECT drift.create_prediction_log('credit')$$), '42704 no model is named "credit"', 'outsiders');
SELECT drift.grant_privilege('credit', 'log_application', 'predict') \g /dev/null
SELECT is(pg_temp.as_login('log_application', $$SELECT drift.create_prediction_log('credit')$$), '42501 permission denied for model "credit"', 'applications');
SELECT is(pg_temp.as_login('log_application', format('SELECT drift_internal.register_features(%L, %L, %L, NULL)', 'credit', '{age}', '{score}')),
	'42501 must be owner of table "my ""log"""."w""e%ird Ünïcode"', 'also by the parts');
SELECT is(pg_temp.as_login('log_application', $$SELECT drift.set_retention('credit', '1 day')$$), '42501 must be owner of table "my ""log"""."w""e%ird Ünïcode"', 'retention is for the owner');

-- features that come later
SELECT lives_ok($$SELECT drift_internal.check_log_features(pg_temp.model('credit'), 1)$$, 'the log holds the features of the version it was made for');
SELECT lives_ok($$SELECT drift_internal.check_log_features(pg_temp.model('refused'), 1)$$, 'a model without a log needs none');
SELECT pg_temp.add('credit', 'age', 'income', 'city "y"') \g /dev/null
SELECT throws_ok($$SELECT drift_internal.check_log_features(pg_temp.model('credit'), 2)$$, '55000',
	'the prediction log of model "credit" cannot hold all features of version 2', 'a version with new features is refused');
SELECT is(pg_temp.hint_of($$SELECT drift_internal.check_log_features(pg_temp.model('credit'), 2)$$), $$SELECT * FROM drift.extend_prediction_log('credit', 2);$$, 'with the statement that adds them');
SELECT is(pg_temp.as_login('log_application', $$SELECT drift.extend_prediction_log('credit', 2)$$), '42501 must be owner of table "my ""log"""."w""e%ird Ünïcode"', 'which is for the owner of the log');
SELECT is(pg_temp.as_login('log öwner', $$SELECT string_agg(e::text, ' ') FROM drift.extend_prediction_log('credit') AS e$$),
	'(income,income,"double precision") ("city ""y""","city ""y""",text)', 'it adds columns');
SELECT has_column('my "log"', 'w"e%ird Ünïcode_labelled', 'income', 'the labelled view has them as well');
SELECT lives_ok($$SELECT drift_internal.check_log_features(pg_temp.model('credit'), 2)$$, 'now the version fits');
SELECT is_empty($$SELECT * FROM drift.extend_prediction_log('credit')$$, 'there is nothing more to add');
SELECT drift.add_external_version('credit', 'file:///model', sha256('model'), '[{"name": "age", "kind": "text"}]') \g /dev/null
SELECT throws_ok($$SELECT drift_internal.check_log_features(pg_temp.model('credit'), 3)$$, '55000', NULL, 'text does not go into a column of numbers');
SELECT is(pg_temp.as_login('log öwner', $$SELECT e FROM drift.extend_prediction_log('credit', 3) AS e$$), '(age,feature_age,text)', 'the feature gets another one');
SELECT lives_ok('SELECT drift_internal.check_log_features(pg_temp.model(''credit''), ' || v || ')', 'which is good for version ' || v) FROM generate_series(1, 3) AS v;
ALTER TABLE typed DROP COLUMN since CASCADE;
SELECT throws_ok($$SELECT drift_internal.check_log_features(pg_temp.model('typed'), 1)$$, '55000', NULL, 'a column that was dropped is missing');
SELECT results_eq($$SELECT column_name FROM drift.extend_prediction_log('typed', 1)$$, $$VALUES ('since')$$, 'and is added again');

-- partitions
SELECT is(pg_temp.finding('default_partition'), 'ok', 'nothing is in the default partition');
INSERT INTO "w""e%ird Ünïcode" (predicted_at, model_version, age) SELECT now() - d * interval '1 day', 1, d FROM unnest('{-400,5,5,6,100}'::integer[]) AS d;
INSERT INTO "w""e%ird Ünïcode" (predicted_at, model_version, age) VALUES ('infinity', 1, 0), ('1970-01-01', 1, 0);
SELECT matches(pg_temp.finding('default_partition'), '^warning: Default partition .* holds rows, or did', 'rows there are a finding');
SELECT matches(pg_temp.as_login('log öwner', $$SELECT detail FROM drift.health_check() WHERE check_name = 'default_partition'$$), 'holds rows: of days', 'of which the owner is told more');
SELECT throws_ok($$SELECT drift.maintain_prediction_log('credit')$$, '42501', 'must be owner of table "my ""log"""."w""e%ird Ünïcode"', 'a superuser maintains no logs of others, whose triggers it would run');
SELECT is_empty($$SELECT * FROM drift_internal.maintainable_logs(NULL) WHERE log = '"w""e%ird Ünïcode"'::regclass$$, 'not among all either');
CREATE TABLE fired (who name);
GRANT INSERT ON fired TO PUBLIC;
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "my ""log""".fired VALUES (current_user); RETURN old; END $$;
CREATE TRIGGER fire BEFORE DELETE ON "w""e%ird Ünïcode" FOR EACH ROW EXECUTE FUNCTION fire();
SELECT is(pg_temp.as_login('log öwner', $$SELECT string_agg(concat_ws(' ', action, current_date - day, row_count), ', ') FROM drift.maintain_prediction_log('credit')$$),
	format('add_partition %s 1, add_partition %s 1, add_partition %s 2', 100 + d, 6 + d, 5 + d), 'the owner does')
FROM (SELECT current_date - (now() AT TIME ZONE 'UTC')::date AS d) AS zone;
SELECT results_eq('SELECT DISTINCT who::text COLLATE "default" FROM fired', $$VALUES ('log öwner')$$, 'and runs their triggers');
DROP TRIGGER fire ON "w""e%ird Ünïcode";
SELECT set_eq($$SELECT age, (SELECT p.is_default FROM drift_internal.log_partitions('"w""e%ird Ünïcode"') AS p WHERE p.partition = l.tableoid) FROM "w""e%ird Ünïcode" AS l WHERE age < 30 OR age = 100$$,
	'VALUES (5, false), (6, false), (100, false), (0, true), (-400, true)', 'rows of days that were are in their partitions, others stay');
SELECT is((SELECT count(*) FROM pg_constraint WHERE conname = 'day_of_partition'), 0::bigint, 'the check that spares the scan is gone');
SELECT is((SELECT count(*) FROM pg_class AS c JOIN drift_internal.log_partitions('"w""e%ird Ünïcode"') AS p ON p.partition = c.oid WHERE pg_get_userbyid(relowner) <> 'log öwner'), 0::bigint,
	'all partitions belong to the owner of the log');

-- a default partition that somebody dropped
CREATE TABLE strays AS SELECT * FROM "w""e%ird Ünïcode_default";
DROP TABLE "w""e%ird Ünïcode_default";
SELECT matches(pg_temp.finding('default_partition'), '^critical: Log .* has no default partition', 'a log without a default partition is critical');
SELECT is(pg_temp.as_login('log öwner', $$SELECT string_agg(action, ',') FROM drift.maintain_prediction_log('credit')$$), 'add_default', 'maintenance makes one');
SELECT is(pg_temp.finding('default_partition'), 'ok', 'which is all it took');
INSERT INTO "w""e%ird Ünïcode" SELECT * FROM strays;

-- retention
INSERT INTO "w""e%ird Ünïcode_outcomes" (prediction_id, predicted_at, actual, observed_at) SELECT prediction_id, predicted_at, '1', now() FROM "w""e%ird Ünïcode" WHERE age IN (5, 100);
INSERT INTO "w""e%ird Ünïcode_outcomes" (entity_key, actual, observed_at) VALUES ('lost', '1', now() - interval '100 days'), ('early', '1', now());
SELECT pg_temp.as_login('log öwner', $$SELECT drift.set_retention('credit', '30 days')$$) \g /dev/null
SELECT matches(pg_temp.finding('retention'), '^warning: Log .* keeps partition .* older than the retention of 30', 'a partition past the retention is a finding');
SELECT is(pg_temp.as_login('log öwner', $$SELECT string_agg(concat_ws(' ', action, row_count), ', ') FROM drift.maintain_prediction_log('credit')$$),
	'drop_partition 0, delete_rows 1, delete_rows 2', 'it goes with the rows of the default partition and the outcomes that are as old');
SELECT set_eq('SELECT age FROM "w""e%ird Ünïcode" WHERE age < 30 OR age = 100', 'VALUES (5), (6), (0), (-400)', 'the rest stays');
SELECT set_eq('SELECT coalesce(entity_key, prediction_id::text) FROM "w""e%ird Ünïcode_outcomes"', $$SELECT prediction_id::text FROM "w""e%ird Ünïcode" WHERE age = 5 UNION ALL SELECT 'early'$$, 'also of the outcomes');
SELECT is(pg_temp.as_login('log öwner', $$SELECT count(*) FROM drift.maintain_prediction_log('credit')$$), '0', 'then there is nothing to do');

-- forgetting
INSERT INTO "w""e%ird Ünïcode_outcomes" (prediction_id, predicted_at, entity_key, actual) SELECT prediction_id, predicted_at, entity_key, '1' FROM "w""e%ird Ünïcode" WHERE entity_key IN ('k1', 'k2');
INSERT INTO "w""e%ird Ünïcode_outcomes" (entity_key, actual) VALUES ('k1', '0');
INSERT INTO "w""e%ird Ünïcode" (model_version, entity_key, status, error) VALUES (1, 'k1', 'error', 'not a number: k1');
ALTER TABLE "w""e%ird Ünïcode" ADD COLUMN address text DEFAULT 'k1';
SELECT is(pg_temp.as_login('log_application', $$SELECT drift.forget('credit', 'k1')$$), '42501 must be owner of table "my ""log"""."w""e%ird Ünïcode"', 'applications cannot forget');
SELECT throws_ok($$SELECT drift.forget('credit', NULL)$$, '22004', NULL, 'nobody is not to be forgotten');
SELECT throws_ok($$SELECT drift.forget('credit', 'k1', 'shred')$$, '22023', 'unknown method "shred"', 'unknown methods');
CREATE TEMPORARY TABLE forgotten AS SELECT (f).* FROM (SELECT drift.forget('credit', 'k1', reason => 'asked for')) AS s(f);
SELECT results_eq('SELECT predictions, outcomes FROM forgotten', 'VALUES (3::bigint, 3::bigint)', 'all rows of the entity change');
SELECT is_empty($$SELECT l::text FROM "w""e%ird Ünïcode" AS l WHERE l::text ~ 'Wien' OR (status <> 'ok' AND l::text ~ 'k1') UNION ALL SELECT o::text FROM "w""e%ird Ünïcode_outcomes" AS o WHERE o::text ~ 'k1'$$,
	'neither the key nor a feature nor what the user added is left');
SELECT results_eq($$SELECT status, count(*), sum(score) FROM "w""e%ird Ünïcode" WHERE score IS NOT NULL OR status = 'error' GROUP BY status ORDER BY status$$,
	$$VALUES ('error', 1::bigint, NULL::float8), ('forgotten', 2, 1.25), ('ok', 2, 0.375)$$, 'scores and counts are');
SELECT is((SELECT count(*) FROM "w""e%ird Ünïcode_labelled" WHERE status = 'forgotten'), 2::bigint, 'with their outcomes');
SELECT results_eq('SELECT e.reason, e.details->>''method'', (e.details->>''predictions'')::integer FROM drift.model_events AS e JOIN forgotten USING (event_id)',
	$$VALUES ('asked for', 'erase', 3)$$, 'the audit tells of it');
SELECT is(e.details->>'key_hash', encode(sha256(convert_to(f.receipt || E'\x1f' || 'k1', 'UTF8')), 'hex'), 'with a hash that the receipt opens')
FROM drift.model_events AS e JOIN forgotten AS f USING (event_id);
SELECT is((SELECT count(*) FROM drift.model_events AS e, forgotten AS f WHERE e::text ~ f.receipt OR e.details::text ~ '"k1"'), 0::bigint, 'and neither key nor receipt');
SELECT results_eq($$SELECT predictions, outcomes FROM drift.forget('credit', 'k2', 'delete')$$, 'VALUES (1::bigint, 1::bigint)', 'deleting takes rows and their outcomes');
SELECT results_eq($$SELECT predictions, outcomes FROM drift.forget('credit', 'k2')$$, 'VALUES (0::bigint, 0::bigint)', 'who is not there is easily forgotten');
ALTER TABLE "w""e%ird Ünïcode" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT matches(pg_temp.as_login('log öwner', $$SELECT drift.forget('credit', 'k3')$$), '^42501 query would be affected by row-level security', 'rows that hide from the owner stop it');
ALTER TABLE "w""e%ird Ünïcode" DISABLE ROW LEVEL SECURITY;

-- health
SELECT is(pg_temp.finding('partitions'), 'ok', 'partitions are there ahead');
DO $$ DECLARE p regclass; BEGIN
	SELECT partition INTO p FROM drift_internal.log_partitions('"w""e%ird Ünïcode"') WHERE from_time > now() ORDER BY from_time LIMIT 1;
	EXECUTE format('DROP TABLE %s', p);
END $$;
SELECT matches(pg_temp.finding('partitions'), '^critical: Log .* has no partition for', 'tomorrow without a partition is critical');
SELECT is(pg_temp.as_login('log_application', $$SELECT string_agg(status, ',') FROM drift.health_check() WHERE check_name = 'default_partition'$$), 'warning', 'who may not look is told so');
SELECT is(pg_temp.as_login('log_outsider', $$SELECT count(*) FROM drift.health_check() WHERE model IS NOT NULL$$), '0', 'who sees no model has no findings');
DROP TABLE typed CASCADE;
SELECT matches(pg_temp.finding('log_exists'), '^critical', 'a log that was dropped is critical');
SELECT lives_ok($$SELECT drift.create_prediction_log('typed', 'typed2', days_ahead => 1)$$, 'and can be made anew');

-- another cluster
SELECT ok(drift_internal.is_adopted(), 'the registry belongs here');
UPDATE drift_internal.cluster SET system_identifier = system_identifier + 1;
SELECT matches(pg_temp.finding('cluster'), '^critical: The registry was restored or copied', 'in another cluster that is critical');
SELECT is(pg_temp.as_login('log_outsider', 'SELECT drift.adopt_cluster()'), format('42501 permission denied to adopt database "%s"', current_database()), 'only the owner of the database adopts it');
SELECT results_eq('SELECT drift.adopt_cluster() UNION ALL SELECT drift.adopt_cluster()', 'VALUES (true), (false)', 'once');

-- without the extension
CREATE VIEW board AS SELECT name, status FROM drift.models, drift.health_check();
CREATE VIEW board_of_boards AS SELECT * FROM board;
SELECT is(pg_temp.as_login('log öwner', 'SELECT drift.prepare_uninstall()'), '42501 must be owner of extension drift', 'only its owner prepares to remove the extension');
CREATE TEMPORARY TABLE kept AS SELECT * FROM drift.prepare_uninstall();
SELECT set_eq($$SELECT name FROM kept WHERE kind = 'view'$$, $$VALUES ('"my ""log""".board'), ('"my ""log""".board_of_boards')$$, 'views that need it go and are kept as text');
SELECT is((SELECT count(*) FROM kept WHERE name = 'drift.model_events'), (SELECT count(*) FROM drift.model_events), 'so is the registry');
SELECT count(*) AS before FROM "w""e%ird Ünïcode" \gset
SELECT count(*) AS labelled FROM "w""e%ird Ünïcode_labelled" \gset
DROP EXTENSION drift CASCADE;
INSERT INTO "w""e%ird Ünïcode" (model_version) VALUES (9);
SELECT results_eq('SELECT count(*) FROM "w""e%ird Ünïcode"', format('VALUES (%s::bigint + 1)', :'before'), 'the log works without the extension');
SELECT is((SELECT count(*) FROM "w""e%ird Ünïcode_labelled"), :'labelled'::bigint, 'and its labelled view');

SELECT * FROM finish();
ROLLBACK;
