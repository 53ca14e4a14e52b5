-- Ways around: each ends at an error or changes nothing. Who may call what is tried in test/security.
BEGIN;
SELECT plan(57);
SET LOCAL client_min_messages = warning;

CREATE ROLE esc_owner LOGIN;
CREATE ROLE esc_operator LOGIN;
CREATE ROLE esc_app LOGIN;
CREATE ROLE esc_mallory LOGIN;
CREATE SCHEMA esc AUTHORIZATION esc_owner;
CREATE SCHEMA mallory AUTHORIZATION esc_mallory;
GRANT USAGE ON SCHEMA esc, mallory TO PUBLIC;

\ir ../lib/as_login.sql
-- Statements that answer nothing.
CREATE FUNCTION pg_temp.run_as(login name, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login);
	EXECUTE statement;
	RESET SESSION AUTHORIZATION;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN concat_ws(' ', SQLSTATE, SQLERRM);
END
$$;

CREATE FUNCTION pg_temp.linear(b float8) RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', jsonb_build_object('format', 'drift', 'version', 1, 'task', 'regression', 'inputs', '["a", "b"]'::jsonb,
		'features', '["a", "b"]'::jsonb, 'linear', jsonb_build_object('coefficients', jsonb_build_array(1, b), 'intercept', 0))::text)
$$;
SELECT model_id AS id FROM drift.register_model('esc', owner => 'esc_owner') \gset
SELECT drift.add_version('esc', pg_temp.linear(v)) FROM generate_series(1, 3) AS v \g /dev/null
SELECT drift.promote('esc', 1), drift.grant_privilege('esc', 'esc_operator', 'operate'), drift.grant_privilege('esc', 'esc_app', 'predict') \g /dev/null
SET LOCAL SESSION AUTHORIZATION esc_owner;
SELECT drift.create_prediction_log('esc', 'esc.log') \g /dev/null
GRANT INSERT, SELECT ON esc.log, esc.log_outcomes TO esc_app;
RESET SESSION AUTHORIZATION;
SELECT drift.set_approval_policy('esc', 1) \g /dev/null
CREATE FUNCTION pg_temp.route() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s %s', arm, version), ', ' ORDER BY arm) FROM drift.routes JOIN drift.models USING (model_id) WHERE name = 'esc'
$$;

-- no way to the route without approval
SELECT is(pg_temp.as_login('esc_operator', q), answer, q)
FROM (VALUES
	($$SELECT drift.deploy('esc', 2)$$, '55000 version 2 of model "esc" is not approved'),
	($$SELECT drift.deploy('esc', 2, 'canary')$$, '55000 version 2 of model "esc" is not approved'),
	($$SELECT drift.deploy('esc', 2, 'ab_test')$$, '55000 version 2 of model "esc" is not approved'),
	($$SELECT drift.promote('esc', 2)$$, '55000 version 2 of model "esc" is not approved'),
	($$SELECT drift.pin('esc', 2)$$, '55000 version 2 of model "esc" is not approved')) AS w (q, answer);
SELECT matches(pg_temp.as_login('esc_operator', q), '^(22023|55000|42704) ', q)
FROM unnest(ARRAY[
	$$SELECT drift.rollback('esc', 2)$$,
	$$SELECT drift.set_alias('esc', 'champion', 2)$$,
	$$SELECT drift.set_stage('esc', 2, 'production')$$]) AS w (q);
SELECT lives_ok($$SELECT drift.deploy('esc', 2, 'shadow')$$, 'a shadow needs no approval');
SELECT is(pg_temp.as_login('esc_operator', $$SELECT drift.complete('esc')$$), '55000 version 2 of model "esc" is not approved', 'but does when it is to answer');
SELECT is(pg_temp.route(), 'champion 1, shadow 2', 'and does not before');
SELECT lives_ok($$SELECT drift.rollback('esc')$$, 'the shadow goes');
SELECT matches(pg_temp.as_login('esc_operator', format('UPDATE drift.models SET %s', s)), '^42501 permission denied for table models', 'UPDATE ' || s)
FROM unnest(ARRAY['required_approvals = 0', 'owner = ''esc_operator''']) AS s;
SELECT matches(pg_temp.as_login('esc_owner', 'INSERT INTO drift.approvals DEFAULT VALUES'), '^42501', 'the owner writes no approvals');
SELECT is(pg_temp.route(), 'champion 1', 'the route is as it was');

-- history stays, whoever asks
SELECT throws_ok(q, '55000', NULL, q)
FROM unnest(ARRAY['UPDATE drift.model_events SET actor = ''x''', 'DELETE FROM drift.model_events', 'TRUNCATE drift.model_events CASCADE', 'DELETE FROM drift.approvals',
	'UPDATE drift.model_cards SET content = ''x''', 'DELETE FROM drift.deployment_analyses']) AS w (q);

-- parts that are not meant to be called
SELECT matches(pg_temp.as_login('esc_operator', q), '^42501 ', q)
FROM unnest(ARRAY[
	$$SELECT drift_internal.set_champion(m, 2, NULL) FROM drift.models AS m$$,
	$$SELECT drift_internal.set_alias(m, 'champion', 2) FROM drift.models AS m$$,
	$$SELECT drift_internal.deploy(jsonb_populate_record(m, '{"required_approvals": 0}'), 2, '{}', 'x') FROM drift.models AS m$$,
	$$SELECT drift_internal.make_champion(m, 2, NULL) FROM drift.models AS m$$,
	$$SELECT drift_internal.record_event(model_id, 'x') FROM drift.models$$,
	$$SELECT drift_internal.emit(m, 'x', '{}') FROM drift.models AS m$$,
	$$SELECT drift_internal.note_cluster()$$]) AS w (q);
CREATE TABLE mallory.own (a integer);
ALTER TABLE mallory.own OWNER TO esc_mallory;
SELECT matches(pg_temp.as_login('esc_mallory', $$SELECT drift_internal.register_log('esc', 'mallory.own', 'mallory.own', NULL, 30, false)$$), '^42704', 'a log for a model of others');
SELECT drift.register_model('mallory', owner => 'esc_mallory') \g /dev/null
SELECT matches(pg_temp.as_login('esc_mallory', $$SELECT drift_internal.register_log('mallory', 'esc.log', 'esc.log_outcomes', NULL, 30, false)$$), '^42501', 'a log of others for a model of one''s own');
SELECT is(pg_temp.as_login('esc_mallory', $$SELECT version FROM drift_internal.champion_event($$ || :id || ')'), 'NULL', 'what one may not see is not in the parts either');
SELECT is(pg_temp.as_login('esc_mallory', $$SELECT drift.describe_model('esc')$$), replace(pg_temp.as_login('esc_mallory', $$SELECT drift.describe_model('nothing')$$), 'nothing', 'esc'),
	'a hidden model is like one that is not there');

-- functions that run as their owner
CREATE FUNCTION esc.deputy(query text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'DECLARE answer text; BEGIN EXECUTE query INTO answer; RETURN answer; END';
ALTER FUNCTION esc.deputy OWNER TO esc_owner;
SELECT is(pg_temp.as_login('esc_mallory', $$SELECT esc.deputy('SELECT drift.set_approval_policy(''esc'', 0)')$$), '42704 no model is named "esc"', 'a function of the owner does not lend his rights');
SELECT is(pg_temp.as_login('esc_operator', $$SELECT esc.deputy('SELECT drift.set_tags(''esc'', ''{"a": 1}'')')$$), '{"a": 1}', 'nor take the caller''s');
SELECT is((SELECT actor FROM drift.audit WHERE model = 'esc' ORDER BY event_id DESC LIMIT 1), 'esc_operator', 'who acts is the caller');

-- SET ROLE
GRANT esc_operator TO esc_app;
SELECT is(pg_temp.as_login('esc_app', $$SELECT drift.set_tags('esc', '{"b": 1}')$$, 'esc_operator'), '{"a": 1, "b": 1}', 'a role of the login acts');
SELECT results_eq($$SELECT actor, login FROM drift.audit WHERE model = 'esc' ORDER BY event_id DESC LIMIT 1$$, $$VALUES ('esc_operator', 'esc_app')$$, 'the role and the login are recorded');
REVOKE esc_operator FROM esc_app;
SELECT matches(pg_temp.as_login('esc_app', $$SELECT drift.set_tags('esc', '{"c": 1}')$$), '^42501', 'without the role the right is gone');

-- objects of the caller with names of the system's
CREATE FUNCTION mallory.pg_has_role(oid, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION mallory.actor() RETURNS regrole LANGUAGE sql AS 'SELECT ''esc_owner''::regrole';
CREATE FUNCTION mallory.same(oid, oid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR mallory.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = mallory.same);
CREATE FUNCTION pg_temp.with_path(query text) RETURNS text LANGUAGE plpgsql SET search_path = mallory, pg_temp, pg_catalog AS
	'DECLARE answer text; BEGIN EXECUTE query INTO answer; RETURN answer; END';
SELECT is(pg_temp.as_login('esc_mallory', format('SELECT pg_temp.with_path(%L)', q)), '42704 no model is named "esc"', 'with a path of one''s own: ' || q)
FROM unnest(ARRAY[$$SELECT drift.set_approval_policy('esc', 0)$$, $$SELECT drift.model_card('esc')$$, $$SELECT drift.predict('esc', '{"a": 1}')$$]) AS w (q);

-- code that runs while a table is maintained, in the session of a superuser
CREATE FUNCTION mallory.grab(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM drift.grant_privilege('esc', 'esc_mallory', 'operate');
	RETURN 1;
EXCEPTION WHEN insufficient_privilege OR undefined_object THEN
	RETURN 1;
END
$$;
ALTER FUNCTION mallory.grab OWNER TO esc_mallory;
INSERT INTO mallory.own SELECT generate_series(1, 10);
CREATE INDEX ON mallory.own (mallory.grab(a));
ANALYZE mallory.own;
REINDEX TABLE mallory.own;
CREATE MATERIALIZED VIEW mallory.seen AS SELECT mallory.grab(a) FROM mallory.own WITH NO DATA;
ALTER MATERIALIZED VIEW mallory.seen OWNER TO esc_mallory;
REFRESH MATERIALIZED VIEW mallory.seen;
SELECT is_empty($$SELECT 1 FROM drift.model_privileges WHERE grantee = 'esc_mallory'::regrole$$, 'maintenance by a superuser grants nothing to the owner of an index');

-- the log: triggers, row security, privileges
CREATE FUNCTION esc.on_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.error := current_user;
	RETURN NEW;
END
$$;
CREATE TRIGGER on_log BEFORE INSERT ON esc.log FOR EACH ROW EXECUTE FUNCTION esc.on_log();
SELECT is(pg_temp.as_login('esc_app', $$SELECT score FROM drift.predict('esc', '{"a": 1, "b": 2}', 'mine')$$), '3', 'the application predicts');
SELECT is((SELECT error FROM esc.log), 'esc_app', 'a trigger of the log runs as who predicts');
DROP TRIGGER on_log ON esc.log;
ALTER TABLE esc.log ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON esc.log TO esc_app USING (entity_key = 'mine') WITH CHECK (entity_key = 'mine');
SELECT is(pg_temp.as_login('esc_app', $$SELECT score FROM drift.predict('esc', '{"a": 1, "b": 2}', 'mine')$$), '3', 'row security lets pass what it may');
SELECT matches(pg_temp.as_login('esc_app', $$SELECT score FROM drift.predict('esc', '{"a": 1, "b": 2}', 'yours')$$), '^42501 new row violates row-level security policy', 'and nothing else');
INSERT INTO esc.log (model_version, entity_key, score, a, b) VALUES (1, 'yours', 3, 1, 2) RETURNING prediction_id AS yours \gset
SELECT is(pg_temp.as_login('esc_app', format('SELECT matched FROM drift.record_outcome(%L, ''4'')', :'yours')), 'false', 'an outcome does not find a prediction that row security hides');
REVOKE INSERT ON esc.log FROM esc_app;
SELECT matches(pg_temp.as_login('esc_app', $$SELECT score FROM drift.predict('esc', '{"a": 1, "b": 2}', 'mine')$$), '^42501', 'the right to insert is asked for each time');
GRANT INSERT ON esc.log TO esc_app;
SELECT drift.revoke_privilege('esc', 'esc_app', 'predict') \g /dev/null
SELECT is(pg_temp.as_login('esc_app', $$SELECT score FROM drift.predict('esc', '{"a": 1, "b": 2}', 'mine')$$), '3', 'who may insert into the log may predict');
SELECT is(pg_temp.as_login('esc_app', $$SELECT drift.describe_model('esc')$$), '42704 no model is named "esc"', 'and nothing else');

-- a scheduler that runs as a superuser does not read tables of others, to which code may be attached
SELECT drift.set_approval_policy('esc', 0), drift.deploy('esc', 3, 'canary') \g /dev/null
SELECT results_eq($$SELECT model, verdict, message FROM drift.run_deployments()$$, $$VALUES ('esc', NULL, '42501: the prediction log of model "esc" belongs to esc_owner')$$,
	'a superuser is not a member of the owner of a log');
SELECT is(pg_temp.as_login('esc_owner', $$SELECT verdict FROM drift.run_deployments()$$), 'inconclusive', 'its owner looks at it');

-- rules for all objects
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc AS p
	WHERE p.pronamespace IN ('drift'::regnamespace, 'drift_internal'::regnamespace) AND p.prosecdef AND p.prosrc ~* '\mexecute\M'
		-- these read columns of a statement's rows, by their names and by built-in types and functions: nothing of the user's runs
		-- and this one the table of another extension, by a constant text, because it may not be there
		AND p.proname NOT IN ('mark_buckets', 'guard_batch', 'learn_batch', 'find_cron_job')$$,
	'no function that runs as the owner runs text');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c
	WHERE c.relnamespace = 'drift'::regnamespace AND c.relkind = 'r' AND NOT c.relrowsecurity AND c.relname <> 'thresholds'$$,
	'every table has row security');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c
	WHERE c.relnamespace IN ('drift'::regnamespace, 'drift_internal'::regnamespace) AND c.relkind = 'v' AND NOT coalesce(c.reloptions && '{security_invoker=true,security_invoker=on}', false)$$,
	'every view shows what the caller may see');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c, aclexplode(c.relacl) AS a
	WHERE c.relnamespace IN ('drift'::regnamespace, 'drift_internal'::regnamespace) AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'$$,
	'nobody but the owner has more than SELECT');

SELECT * FROM finish();
ROLLBACK;
