-- The registry: names, versions, aliases, stages, history, privileges, transfer, and its plans when it is large.
BEGIN;
SELECT plan(169);

-- What a query answers as a role, as text, or how it fails: state, message, detail and hint.
CREATE FUNCTION pg_temp.answer(query text, role name DEFAULT current_user) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
	message text;
	detail text;
	hint text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE query INTO result;
	RESET ROLE;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''), nullif(hint, ''));
END
$$;

CREATE FUNCTION pg_temp.artefact(intercept float8 DEFAULT 0) RETURNS drift.model LANGUAGE sql IMMUTABLE AS $$
	SELECT drift.import_model('json', format('{"format": "drift", "version": 1, "task": "binary", "inputs": ["age", {"name": "city", "kind": "text"}],
		"steps": [{"op": "one_hot", "in": ["city"], "categories": ["Bonn", "Graz"], "out": ["bonn", "graz"], "unknown": "ignore"}],
		"features": ["age", "bonn", "graz"], "linear": {"coefficients": [0.1, -0.5, 0.25], "intercept": %s},
		"transform": "logistic", "classes": ["stays", "leaves"]}', intercept))
$$;

CREATE ROLE registry_owner;
CREATE ROLE registry_member IN ROLE registry_owner;
CREATE ROLE registry_operator;
CREATE ROLE registry_reader;
CREATE ROLE registry_outsider;
CREATE ROLE "Registry ""Röle";

-- models
SELECT is((SELECT (name, description, tags, owner = current_user::regrole, last_version, required_approvals, created_by = current_user)::text
	FROM drift.register_model('churn', 'who leaves', '{"team": "growth"}')), '(churn,"who leaves","{""team"": ""growth""}",t,0,0,t)', 'a model is registered');
SELECT is((SELECT count(*)::integer FROM drift.models WHERE name = 'churn'), 1, 'once, although all columns of the answer were asked for');
SELECT is(pg_temp.answer($$SELECT name FROM drift.register_model('churn')$$),
	'42710 | a model named "churn" exists already | drift.add_version() adds a version to it.', 'a name is given once');
SELECT is((SELECT name FROM drift.register_model('"we""ird Ünïcode''s % %I')), '"we""ird Ünïcode''s % %I', 'quotes and other letters make names');
SELECT is(length((SELECT name FROM drift.register_model(repeat('ü', 255)))), 255, 'a name may have 255 characters');
SELECT is(pg_temp.answer(format('SELECT name FROM drift.register_model(%L)', n)), format('42602 | invalid name of a model: %s | A name has 1 to 255 characters, no blank at its ends, no control characters, no @ and no /. | drift reads name@alias and name/3 as a version of a model.', quote_nullable(n)), 'no name: ' || coalesce(quote_literal(left(n, 3)), 'NULL'))
FROM unnest(ARRAY['', 'a@b', 'a/1', ' a', E'a\x7f', repeat('a', 256), NULL]) AS n;
SELECT alike(pg_temp.answer($$SELECT name FROM drift.register_model('x', tags => '[1]')$$), '22023 | tags must be a JSON object | It is of type array.%', 'tags are an object');
SELECT is(pg_temp.answer($$SELECT name FROM drift.register_model('x', owner => 'registry_owner')$$, 'registry_outsider'),
	'42501 | role registry_outsider cannot make registry_owner the owner of a model | It is not a member of that role.', 'a model is given to one''s own roles only');
SELECT is(pg_temp.answer($$SELECT owner FROM drift.register_model('owned', owner => 'registry_owner')$$, 'registry_member'), 'registry_owner', 'and to those');
SELECT is(pg_temp.answer($$SELECT owner FROM drift.register_model('quoted', owner => '"Registry ""Röle"')$$), '"Registry ""Röle"', 'roles have any name');
SELECT is((SELECT count(*)::integer FROM drift_internal.cluster), 1, 'the first model says which cluster this is');

-- versions
SELECT is(drift.add_version('churn', pg_temp.artefact(), '{"l2": 0.1}', '{"auc": 0.81, "loss": 0.4}', '{"n": 1}', 'first',
	'{"query": "SELECT 1", "rows": 5000, "from": "2025-01-01+00", "to": "2025-06-30+00", "hash": "00ff"}', 'run-7', '{"code": "abc123"}'), 1, 'versions count from 1');
SELECT is((SELECT to_jsonb(v) - 'created_at' - 'created_by' - 'version_name' - 'digest' - 'model_id' FROM drift.model_versions AS v WHERE run_id = 'run-7'),
	jsonb_build_object('version', 1, 'status', 'ready', 'stage', 'none', 'description', 'first', 'format', 'json', 'task', 'binary', 'size_bytes', drift.describe(pg_temp.artefact())->'bytes',
		'artefact_uri', NULL, 'inputs', '[{"kind": "number", "name": "age"}, {"kind": "text", "name": "city"}]'::jsonb, 'parameters', '{"l2": 0.1}'::jsonb,
		'metrics', '{"auc": 0.81, "loss": 0.4}'::jsonb, 'tags', '{"n": 1}'::jsonb, 'training_query', 'SELECT 1', 'training_rows', 5000, 'training_from', '2025-01-01+00'::timestamptz,
		'training_to', '2025-06-30+00'::timestamptz, 'training_hash', '00ff', 'run_id', 'run-7', 'lineage', '{"code": "abc123"}'::jsonb, 'error', NULL), 'with all that is told about them');
SELECT matches((SELECT version_name FROM drift.model_versions WHERE run_id = 'run-7'), '^churn_v1_[0-9]{8}_[0-9]{6}$', 'and a name with number and time');
SELECT is((SELECT version_name FROM drift.model_versions WHERE run_id = 'run-7'),
	(SELECT 'churn_v1_' || to_char(created_at AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MISS') FROM drift.model_versions WHERE run_id = 'run-7'), 'the time is UTC');
SELECT is((SELECT encode(digest, 'hex') FROM drift.model_versions WHERE run_id = 'run-7'), drift.describe(pg_temp.artefact())->>'digest', 'the digest is that of the artefact');
SELECT is((SELECT artefact::text FROM drift.model_artefacts JOIN drift.model_versions USING (model_id, version) WHERE run_id = 'run-7'), pg_temp.artefact()::text, 'which is kept');
SAVEPOINT undone;
SELECT is(drift.add_version('churn', pg_temp.artefact(1)), 2, 'the next one');
ROLLBACK TO undone;
SELECT is(drift.add_version('churn', pg_temp.artefact(2), lineage => '{"parent_version": 1}'), 2, 'a number that was rolled back is given again: there are no gaps');
SELECT is(pg_temp.answer($$SELECT drift.add_version('churn', NULL)$$),
	'22004 | a version needs an artefact | drift.add_external_version() adds a version whose artefact is elsewhere, drift.start_version() one that has none yet.', 'a version has an artefact');
SELECT is(pg_temp.answer($$SELECT drift.add_version('churn', pg_temp.artefact(), metrics => '{"auc": "high"}')$$),
	'22023 | metric "auc" is not a number | What is not a number belongs to tags, parameters or lineage.', 'metrics are numbers');
SELECT is(pg_temp.answer($$SELECT drift.add_version('churn', pg_temp.artefact(), training => '{"count": 1}')$$),
	'22023 | training has an unknown key: "count" | Its keys are query, rows, from, to and hash. | drift.training_snapshot() makes it of the query.', 'training has known keys');
SELECT is(pg_temp.answer($$SELECT drift.add_version('churn', pg_temp.artefact(), lineage => '{"parent_version": 9}')$$),
	'42704 | model "churn" has no version 9 | Its versions are numbered from 1 to 2. | drift.model_stages lists them.', 'a parent exists');
SELECT is(pg_temp.answer($$SELECT drift.add_version('nothing', pg_temp.artefact())$$),
	'42704 | no model is named "nothing" | drift.models lists the models that you may see; drift.register_model() makes one.', 'a version is of a model');

SELECT is(drift.add_external_version('churn', 's3://models/churn.bin', sha256('x'), '[{"name": "age", "kind": "number", "more": 1}]', 'binary'), 3, 'artefacts may be elsewhere');
SELECT is((SELECT (status, format, inputs, artefact_uri)::text FROM drift.model_versions WHERE artefact_uri IS NOT NULL),
	'(ready,external,"[{""kind"": ""number"", ""name"": ""age""}]",s3://models/churn.bin)', 'and are told about in the same way');
SELECT is(pg_temp.answer($$SELECT drift.add_external_version('churn', 's3://x', 'abc', '[]')$$), '22023 | an outside artefact needs a place and a digest of 32 bytes | uri is ''s3://x'', digest has 3 bytes. | sha256sum prints the digest of a file; decode(..., ''hex'') makes bytes of it.', 'with a whole digest');
SELECT is(pg_temp.answer(format('SELECT drift.add_external_version(''churn'', ''s3://x'', sha256(''x''), %L)', inputs)), wanted, inputs)
FROM (VALUES ('{}', '22023 | inputs must be a JSON array | It is of type object. | [{"name": "age", "kind": "number"}, {"name": "city", "kind": "text"}]'),
	('[{"name": "age", "kind": "date"}]', '22023 | an input needs a name and a kind, number or text | This one is {"kind": "date", "name": "age"}.'),
	('[{"name": "a", "kind": "text"}, {"name": "a", "kind": "text"}]', '22023 | two inputs have the name "a"')) AS v(inputs, wanted);

SELECT is(drift.start_version('churn', parameters => '{"eta": 0.1}', run_id => 'run-8'), 4, 'a version may be announced');
SELECT is(pg_temp.answer($$SELECT drift.set_alias('churn', 'next', 4)$$), '55000 | version 4 of model "churn" is not ready | Its status is pending.', 'it is pending');
SELECT lives_ok($$SELECT drift.finish_version('churn', 4, pg_temp.artefact(4), '{"auc": 0.85}', '{"trees": 10}', '{"rows": 9}')$$, 'until it is finished');
SELECT is((SELECT (status, metrics, parameters, training_rows, format)::text FROM drift.model_versions WHERE run_id = 'run-8'),
	'(ready,"{""auc"": 0.85}","{""eta"": 0.1, ""trees"": 10}",9,json)', 'and has what it was finished with');
SELECT is(pg_temp.answer($$SELECT drift.finish_version('churn', 4, pg_temp.artefact(5))$$),
	'55000 | version 4 of model "churn" is not pending | Its status is ready. | What a version is never changes; drift.add_version() adds another.', 'once');
SELECT is(drift.start_version('churn'), 5, 'another one');
SELECT lives_ok($$SELECT drift.fail_version('churn', 5, 'out of memory')$$, 'may fail');
SELECT is(pg_temp.answer($$SELECT drift.set_alias('churn', 'tried', 5)$$), '55000 | version 5 of model "churn" is not ready | Its status is failed: out of memory.', 'and says why');
SELECT is(drift.add_version('churn', pg_temp.artefact(6)), 6, 'its number stays taken');

SELECT is(drift.log_metrics('churn', 6, '{"auc": 0.7, "loss": 1}'), '{"auc": 0.7, "loss": 1}', 'metrics are added');
SELECT is(drift.log_metrics('churn', 6, '{"auc": 0.9, "loss": null}'), '{"auc": 0.9}', 'changed and removed');
SELECT is((SELECT details FROM drift.model_events ORDER BY event_id DESC LIMIT 1), '{"metrics": {"auc": 0.9}, "previous_metrics": {"auc": 0.7, "loss": 1}}', 'and what was stays known');
SELECT is(drift.set_tags('churn', '{"team": null, "area": "sales"}'), '{"area": "sales"}', 'tags of a model');
SELECT is(drift.set_tags('churn', '{"n": 6}', 6), '{"n": 6}', 'tags of a version');

-- names of versions, aliases, stages
SELECT is((SELECT (r.model_version, r.arm)::text FROM drift.route('churn/2', 'k') AS r), '(2,version)', 'name/2 is a version');
SELECT is(pg_temp.answer($$SELECT drift.remove_alias('churn', 'old')$$), '42704 | model "churn" has no alias "old" | It has no aliases. | drift.set_alias() sets an alias.', 'there are no aliases yet');
SELECT is(pg_temp.answer($$SELECT drift.route('churn', 'k')$$),
	'55000 | model "churn" has no champion | No version of it answers yet. | drift.deploy() makes a version its champion; "churn/1" is its version 1.', 'without a champion a name is nobody');
SELECT isnt(drift_internal.set_champion(m, 1, NULL, 'the first'), NULL, 'a champion') FROM drift.models AS m WHERE name = 'churn';
SELECT is((drift.route('churn', 'k')).model_version, 1, 'name is the champion');
SELECT isnt(drift.set_alias('churn', 'staging', 2, 'try it'), NULL, 'an alias is an event');
SELECT is((SELECT (r.model_version, r.arm)::text FROM drift.route('churn@staging', 'k') AS r), '(2,staging)', 'name@alias is what it stands for');
SELECT is((SELECT stage FROM drift.model_stages WHERE model = 'churn' AND version = 2), 'staging', 'staging is a stage as well');
SELECT lives_ok($$SELECT drift.set_stage('churn', 4, 'staging')$$, 'the other way round');
SELECT is((SELECT string_agg(version || ' ' || stage || ' ' || aliases::text, ', ' ORDER BY version) FROM drift.model_stages WHERE model = 'churn'),
	'1 production {champion}, 2 none {}, 3 none {}, 4 staging {staging}, 5 none {}, 6 none {}', 'one version is in staging');
SELECT lives_ok($$SELECT drift.set_stage('churn', 2, 'archived', 'too old')$$, 'others are put away');
SELECT is(drift.register_challenger('churn', metadata => '{"by": "tuning"}'), 6, 'the newest challenges the champion');
SELECT is((SELECT tags FROM drift.model_stages WHERE model = 'churn' AND 'challenger' = ANY (aliases)), '{"n": 6, "by": "tuning"}', 'what it is told is kept');
SELECT is(pg_temp.answer($$SELECT drift.register_challenger('churn', 1)$$), '55000 | version 1 of model "churn" is its champion | A challenger is another version.', 'not by itself');
SELECT is(pg_temp.answer(format('SELECT drift.route(%L, ''k'')', r)), '42602 | "' || r
	|| '" is not a reference to a model | Write its name, name@alias or name/3 for its version 3.', 'not a name: ' || r)
FROM unnest(ARRAY['churn@', 'churn/0', 'churn/x', 'churn/1/2', '']) AS r;
SELECT is(pg_temp.answer($$SELECT drift.route('churn@a@b', 'k')$$), '42704 | model "churn" has no alias "a@b" | drift.model_aliases lists the aliases; drift.set_alias() sets one.', 'nor is this an alias');
SELECT is(drift.route(NULL, 'k')::text, NULL, 'nothing is asked about nothing');
SELECT is(pg_temp.answer($$SELECT drift.remove_alias('churn', 'old')$$),
	'42704 | model "churn" has no alias "old" | Its aliases are challenger, champion, staging. | drift.set_alias() sets an alias.', 'aliases that there are are listed');
SELECT is(pg_temp.answer(format('SELECT drift.set_alias(''churn'', %L, 2)', a)), '42602 | invalid alias: ' || quote_nullable(a)
	|| ' | An alias has 1 to 63 letters, digits, _ and -, and is neither "latest" nor "v" with a number.', 'no alias: ' || coalesce(left(a, 6), 'NULL'))
FROM unnest(ARRAY['latest', 'v1', 'V12', 'a b', 'größe', '', repeat('a', 64), NULL]) AS a;
SELECT matches(pg_temp.answer($$SELECT drift.set_alias('churn', 'champion', 2)$$), '^55000 .* drift.promote\(\) or drift.deploy\(\)', 'the champion is not an alias to set');
SELECT matches(pg_temp.answer($$SELECT drift.remove_alias('churn', 'champion')$$), '^55000', 'or to remove');
SELECT is(pg_temp.answer($$SELECT drift.set_stage('churn', 1, 'none')$$),
	'55000 | version 1 of model "churn" is its champion | Its stage is production as long as it is. | Promote another version first.', 'it stays in production');
SELECT is(pg_temp.answer($$SELECT drift.set_stage('churn', 2, 'production')$$), '22023 | a version cannot be put into stage ''production'' | Stages to choose are none, staging and archived. | drift.promote() makes a version the champion, whose stage is production.', 'to which there is one way');
SELECT isnt(drift_internal.set_champion(m, 4, NULL), NULL, 'the next champion comes from staging') FROM drift.models AS m WHERE name = 'churn';
SELECT is((SELECT string_agg(version || ' ' || stage || ' ' || aliases::text, ', ' ORDER BY version) FROM drift.model_stages WHERE model = 'churn'),
	'1 archived {}, 2 archived {}, 3 none {}, 4 production {champion}, 5 none {}, 6 none {challenger}', 'which is empty then');

-- history
CREATE TEMPORARY VIEW champion AS SELECT * FROM drift.alias_history WHERE model = 'churn' AND alias = 'champion';
SELECT results_eq('SELECT version, valid_to IS NULL FROM champion ORDER BY valid_from', $$VALUES (1, false), (4, true)$$, 'champions follow each other');
SELECT is((SELECT valid_to FROM champion WHERE version = 1), (SELECT valid_from FROM champion WHERE version = 4), 'without a gap');
SELECT is(ARRAY[drift.version_at('churn'), drift.version_at('churn', (SELECT valid_from FROM champion WHERE version = 1)),
	drift.version_at('churn', (SELECT valid_from - interval '1 microsecond' FROM champion WHERE version = 4)),
	drift.version_at('churn', '2020-01-01'), drift.version_at('churn', clock_timestamp(), 'staging'), drift.version_at('churn', clock_timestamp(), 'challenger')],
	ARRAY[4, 1, 1, NULL, NULL, 6], 'any moment can be asked for');
SELECT is((SELECT count(*)::integer FROM drift.model_events WHERE event IN ('alias_set', 'alias_removed', 'stage_set') AND (actor, login) <> (current_user, session_user)), 0, 'history says who');
SELECT throws_ok('UPDATE drift.model_events SET reason = NULL', '55000', NULL, 'and is never changed');
SELECT is((SELECT count(*)::integer FROM (SELECT happened_at <= lag(happened_at) OVER (PARTITION BY model_id ORDER BY event_id) AS late FROM drift.model_events) AS e WHERE late), 0,
	'events of a model have times that grow');

-- comparison and lineage
SELECT is((SELECT string_agg(format('%s %s %s %s', version, metric, value, difference), ', ' ORDER BY version, metric) FROM drift.version_comparison WHERE model = 'churn'),
	'1 auc 0.81 -0.04, 1 loss 0.4 , 4 auc 0.85 0.00, 6 auc 0.9 0.05', 'versions are compared with the champion');
SELECT is((SELECT (run_id, training_rows, deployments, log)::text FROM drift.lineage WHERE model = 'churn' AND version = 1), '(run-7,5000,{},)',
	'a version knows its run and its rows');
SELECT is(drift.describe_model('churn') - 'created_at' - 'owner' - 'route', '{"log": null, "name": "churn", "tags": {"area": "sales"}, "pinned": false, "aliases": {"champion": 4, "challenger": 6},
	"frozen_at": null, "deployment": null, "description": "who leaves", "last_version": 6, "required_approvals": 0}', 'a model is described');

-- training rows
CREATE SCHEMA registry;
SET search_path = registry, public;
CREATE TABLE rows_of ("we""ird Ünïcode" float8, word text, at timestamptz, list integer[]);
INSERT INTO rows_of SELECT i, 'w' || i % 3, '2025-01-01+00'::timestamptz + i * interval '1 hour', ARRAY[i] FROM generate_series(1, 200) AS i;
CREATE FUNCTION pg_temp.hash(query text) RETURNS text LANGUAGE sql AS $$ SELECT drift.training_snapshot(query)->>'hash' $$;
SELECT is(drift.training_snapshot('rows_of', 'at') - 'hash', jsonb_build_object('query', 'SELECT * FROM registry.rows_of', 'rows', 200,
	'from', '2025-01-01 01:00+00'::timestamptz, 'to', '2025-01-09 08:00+00'::timestamptz), 'a snapshot says which rows, how many and when');
SELECT is(pg_temp.hash('SELECT * FROM rows_of ORDER BY random()'), pg_temp.hash('rows_of'), 'its hash does not depend on their order');
SELECT is((SELECT count(DISTINCT h)::integer FROM unnest(ARRAY[pg_temp.hash('rows_of'), pg_temp.hash('SELECT * FROM rows_of WHERE list <> ''{7}'''), pg_temp.hash('SELECT * FROM rows_of UNION ALL SELECT * FROM rows_of'),
	pg_temp.hash('SELECT "we""ird Ünïcode", word, at, CASE WHEN list = ''{7}'' THEN ''{8}'' ELSE list END FROM rows_of'), pg_temp.hash('SELECT word, at, list FROM rows_of')]) AS h), 5, 'but on everything else');
SELECT is(drift.training_snapshot('SELECT FROM rows_of WHERE false') - 'query', '{"to": null, "from": null, "hash": "0000000000000000", "rows": 0}', 'no rows, no columns');
SELECT is((drift.training_snapshot('SELECT ' || (SELECT string_agg('1', ', ') FROM generate_series(1, 1500)))->'rows'), '1', 'many columns');
SELECT is(pg_temp.answer($$SELECT drift.training_snapshot('rows_of', 'when')$$), '42703 | the training rows have no column "when" | They have "we""ird Ünïcode", word, at, list.', 'the time is a column');
SELECT is(pg_temp.answer($$SELECT drift.training_snapshot('rows_of', 'word')$$), '42804 | column "word" of the training rows is not a time | Take a column of type timestamptz, timestamp or date.', 'of a time');
CREATE FUNCTION registry.writes() RETURNS integer LANGUAGE sql VOLATILE AS $$ INSERT INTO registry.rows_of (word) VALUES ('x') RETURNING 1 $$;
SELECT alike(pg_temp.answer($$SELECT drift.training_snapshot('SELECT registry.writes()')$$), '25006 %', 'a snapshot only reads');
SELECT alike(pg_temp.answer($$SELECT drift.training_snapshot('registry.rows_of')$$, 'registry_reader'), '42501 | permission denied %', 'with the rights of the caller');
RESET search_path;

-- from one database to another
SELECT is(drift.import_version('"we""ird Ünïcode''s % %I', drift.export_version('churn', 1)), 1, 'a version is imported elsewhere');
SELECT is((SELECT (v.digest = o.digest AND v.inputs = o.inputs AND v.metrics = o.metrics AND v.training_hash = o.training_hash AND v.run_id = o.run_id)::text || (v.lineage->'imported_from'->>'version_name' = o.version_name)::text
	FROM drift.model_versions AS v, drift.model_versions AS o, drift.models AS m WHERE m.name LIKE '"we%' AND v.model_id = m.model_id AND o.version_name LIKE 'churn\_v1\_%'), 'truetrue', 'whole');
SELECT is(drift.import_version('owned', drift.export_version('churn', 3)), 1, 'an outside artefact as well');
SELECT alike(pg_temp.answer($$SELECT drift.import_version('owned', drift.export_version('churn', 1) || '{"digest": "00"}')$$), 'XX001 | the artefact is not the one that was exported | %', 'what was changed on the way is refused');
SELECT is(pg_temp.answer($$SELECT drift.import_version('owned', '{}')$$), '22023 | this is not an exported version | Its key "drift_version_export" is not 1. | drift.export_version() makes one.', 'and what is something else');

-- deletion
SELECT is(pg_temp.answer($$SELECT drift.delete_version('churn', 6)$$), '55006 | version 6 of model "churn" is in use | Its aliases are challenger. | Set them to other versions or remove them first.', 'a version that is used stays');
SELECT isnt(drift.remove_alias('churn', 'challenger'), NULL, 'its alias is removed');
SELECT lives_ok($$SELECT drift.delete_version('churn', 6, 'a mistake')$$, 'then it goes');
SELECT is((SELECT status || (SELECT count(*) FROM drift.model_artefacts AS a WHERE a.model_id = v.model_id AND a.version = 6) FROM drift.model_versions AS v JOIN drift.models USING (model_id) WHERE name = 'churn' AND version = 6), 'deleted0', 'but for what is known of it');
SELECT lives_ok($$SELECT drift.delete_model('churn', 'not needed')$$, 'a model is deleted');
SELECT is((SELECT count(*)::integer FROM drift.alias_history WHERE model = 'churn' AND valid_to IS NOT NULL), 5, 'its history stays, closed');
SELECT is((SELECT last_version FROM drift.register_model('churn')), 0, 'its name is free');
SELECT lives_ok($$SELECT drift.rename_model('churn', 'leavers')$$, 'a model is renamed');
SELECT is(pg_temp.answer($$SELECT drift.rename_model('leavers', 'owned')$$), '42710 | a model named "owned" exists already | drift.add_version() adds a version to it.', 'to a free name');

-- who may do what
SELECT is(pg_temp.answer($$SELECT count(*) FROM drift.models WHERE name = 'owned'$$, role), visible, role || ' before anything is granted')
FROM (VALUES ('registry_owner'::name, '1'), ('registry_member', '1'), ('registry_reader', '0'), ('registry_outsider', '0')) AS v(role, visible);
SELECT alike(pg_temp.answer($$SELECT drift.describe_model('owned')$$, 'registry_outsider'), '42704 | no model is named "owned" | %', 'what one may not see is not there');
SELECT is(pg_temp.answer($$SELECT drift.grant_privilege('owned', 'registry_reader', 'read')$$, 'registry_owner'), '', 'the owner grants');
SELECT is(pg_temp.answer($$SELECT drift.grant_privilege('owned', 'registry_operator', 'operate')$$, 'registry_member'), '', 'so does who is in it');
SELECT is((SELECT string_agg(grantee::text || ' ' || privilege || ' ' || grantor, ', ' ORDER BY grantee::text) FROM drift.model_privileges),
	'registry_operator operate registry_owner, registry_reader read registry_owner', 'and it is written down');
SELECT is(pg_temp.answer($$SELECT (drift.describe_model('owned'))->'last_version'$$, 'registry_reader'), '1', 'a reader reads');
SELECT is(pg_temp.answer($$SELECT drift.set_tags('owned', '{}')$$, 'registry_reader'),
	'42501 | permission denied for model "owned" | Role registry_reader has no privilege operate on it. | The owner grants privileges with drift.grant_privilege().', 'and does nothing else');
SELECT is(pg_temp.answer($$SELECT drift.set_tags('owned', '{"a": 1}')$$, 'registry_operator'), '{"a": 1}', 'an operator operates');
SELECT is((SELECT actor || ' ' || (login = session_user) FROM drift.model_events ORDER BY event_id DESC LIMIT 1), 'registry_operator true', 'under its own name, also after SET ROLE');
SELECT is(pg_temp.answer(query, 'registry_operator'), '42501 | permission denied for model "owned" | Only members of its owner registry_owner may do this. | drift.set_owner() gives it to another role.', query)
FROM unnest(ARRAY['SELECT drift.grant_privilege(''owned'', ''registry_operator'', ''approve'')', 'SELECT drift.delete_version(''owned'', 1)', 'SELECT drift.delete_model(''owned'')',
	'SELECT drift.rename_model(''owned'', ''mine'')', 'SELECT drift.set_owner(''owned'', ''registry_operator'')']) AS query;
SELECT is(pg_temp.answer(query, 'registry_owner'), '42501 | permission denied for ' || wanted, query)
FROM (VALUES ('UPDATE drift.models SET owner = ''registry_owner''', 'table models'), ('DELETE FROM drift.model_events', 'table model_events'), ('INSERT INTO drift.model_privileges VALUES (1, 0, ''read'', 0)', 'table model_privileges')) AS v(query, wanted);
SELECT is(pg_temp.answer($$SELECT drift_internal.record_event(1, 'forged')$$, 'registry_owner'), '42501 | permission denied for table model_events', 'no history is forged through the parts');
SELECT is(pg_temp.answer($$SELECT drift.grant_privilege('owned', 'public', 'read')$$, 'registry_owner'), '', 'everybody may read');
SELECT is(pg_temp.answer($$SELECT (drift.describe_model('owned'))->'last_version'$$, 'registry_outsider'), '1', 'and does');
SELECT is(pg_temp.answer($$SELECT drift.revoke_privilege('owned', 'PUBLIC', 'read')$$, 'registry_owner'), '', 'until it is revoked');
SELECT is(pg_temp.answer($$SELECT count(*) FROM drift.model_stages WHERE model = 'owned'$$, 'registry_outsider'), '0', 'views show what one may see');
SELECT is(pg_temp.answer($$SELECT drift.grant_privilege('owned', 'registry_reader', 'all')$$, 'registry_owner'),
	'22023 | unknown privilege: ''all'' | Privileges on a model are read, predict, operate and approve. | drift.set_owner() makes a role the owner, who may do everything.', 'privileges are four');
SELECT alike(pg_temp.answer($$SELECT drift.grant_privilege('owned', 'nobody_of_this_name', 'read')$$, 'registry_owner'), '42704 | role "nobody_of_this_name" does not exist%', 'roles exist');
SELECT is(pg_temp.answer($$SELECT drift.set_owner('quoted', 'registry_owner')$$), '', 'a model changes hands');
SELECT is(pg_temp.answer($$SELECT drift.add_version('quoted', drift.import_model('json', '{"format": "drift", "version": 1, "task": "regression", "inputs": ["x"], "features": ["x"], "linear": {"coefficients": [1], "intercept": 0}}'))$$, 'registry_member'), '1', 'and answers to its new owner');

-- 1,000 models, 100,000 versions of one: what is asked for comes from an index
INSERT INTO drift.models (name, owner, created_by) SELECT 'model ' || i, 'registry_owner', 'test' FROM generate_series(1, 1000) AS i;
INSERT INTO drift.model_privileges (model_id, grantee, privilege, grantor) SELECT model_id, 'registry_reader', 'read', 'registry_owner' FROM drift.models WHERE name LIKE 'model %';
INSERT INTO drift.model_versions (model_id, version, version_name, format, digest, run_id, tags, metrics, created_by)
SELECT m.model_id, i, m.name || '_v' || i, 'json', sha256(''), 'run ' || i, jsonb_build_object('n', i), '{"auc": 0.8}', 'test'
FROM drift.models AS m, generate_series(1, CASE m.name WHEN 'model 500' THEN 100000 ELSE 2 END) AS i WHERE m.name LIKE 'model %';
INSERT INTO drift.model_events (model_id, event, version, alias, actor, login, happened_at)
SELECT model_id, 'alias_set', version, 'champion', 'test', 'test', '2026-01-01'::timestamptz + version * interval '1 minute' FROM drift.model_versions WHERE run_id LIKE 'run %';
UPDATE drift.models SET last_version = 100000 WHERE name = 'model 500';
ANALYZE drift.models, drift.model_privileges, drift.model_versions, drift.model_events, drift.model_aliases;
CREATE FUNCTION pg_temp.model_500() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT model_id FROM drift.models WHERE name = 'model 500' $$;
-- the nodes that read the large tables
CREATE FUNCTION pg_temp.reads(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	result text[] := '{}';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
		result := result || substring(line FROM '(?:->|^) *((?:Index|Index Only|Bitmap Heap|Bitmap Index|Seq|Parallel Seq|Sort).*(?:model_versions|model_events|models_name_key|Sort).*?)(?: [a-z]+)?$');
	END LOOP;
	RETURN array_to_string(result, ', ');
END
$$;
SELECT is(pg_temp.reads(query), wanted, query) FROM (VALUES
	('SELECT * FROM drift.model_stages WHERE model = ''model 500'' AND version = 77', 'Index Scan using models_name_key on models m, Index Scan using model_versions_pkey on model_versions v'),
	(format('SELECT * FROM drift.model_stages WHERE model_id = %s AND version < 5000 ORDER BY version DESC LIMIT 20', pg_temp.model_500()), 'Index Scan Backward using model_versions_pkey on model_versions v'),
	('SELECT * FROM drift.lineage WHERE run_id = ''run 500''', 'Index Scan using model_versions_run_id on model_versions v'),
	('SELECT * FROM drift.model_stages WHERE model = ''model 500'' AND stage = ''staging''', 'Index Scan using models_name_key on models m, Index Scan using model_versions_stage on model_versions v'),
	('SELECT * FROM drift.model_stages WHERE tags @> ''{"n": 5000}''', 'Bitmap Heap Scan on model_versions v, Bitmap Index Scan on model_versions_tags'),
	('SELECT * FROM drift.model_stages ORDER BY created_at DESC LIMIT 20', 'Index Scan Backward using model_versions_created_at on model_versions v')) AS v(query, wanted);
-- and takes few pages of thousands, also where the rows that one may see are found first
CREATE FUNCTION pg_temp.pages(query text, role name) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE query;
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ' || query INTO plan;
	RESET ROLE;
	RETURN (plan->0->'Plan'->>'Shared Hit Blocks')::integer + (plan->0->'Plan'->>'Shared Read Blocks')::integer;
END
$$;
SELECT cmp_ok(pg_temp.pages(query, role), '<', 1000, role || ': ' || query)
FROM unnest(ARRAY[current_user, 'registry_reader']) AS role, unnest(ARRAY['SELECT drift.version_at(''model 500'', ''2026-02-01'')', 'SELECT drift.version_at(''model 500'')',
	'SELECT * FROM drift.list_versions(''model 500'')', 'SELECT * FROM drift.list_versions(''model 500'', 50000)', 'SELECT drift.describe_model(''model 500'')',
	'SELECT drift.route(''model 500/99999'', ''k'')', 'SELECT * FROM drift.version_comparison WHERE model = ''model 500'' AND version IN (1, 50000)']) AS query;
SELECT is((SELECT array_agg(version) FROM drift.list_versions('model 500', 4, 2)), '{3,2}', 'pages of versions, the newest first');
SELECT is(drift.add_version('model 500', pg_temp.artefact()), 100001, 'and one more');

SELECT * FROM finish();
ROLLBACK;
