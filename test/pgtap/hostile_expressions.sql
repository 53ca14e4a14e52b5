-- What an owner stores is run by others, superusers among them. Whatever it tries, it has the owner's rights, changes nothing, and leaves nothing behind.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT no_plan();

CREATE ROLE hostile_mallory LOGIN;
CREATE ROLE hostile_victim LOGIN;
CREATE SCHEMA mallory AUTHORIZATION hostile_mallory;
CREATE SCHEMA victim AUTHORIZATION hostile_victim;
CREATE TABLE victim.secret AS SELECT 'the secret' AS word;
ALTER TABLE victim.secret OWNER TO hostile_victim;
SELECT drift.register_model('victim', owner => 'hostile_victim') \g /dev/null
SELECT drift.add_version('victim', drift.import_model('json', '{"format": "drift", "version": 1, "task": "regression", "inputs": ["x"], "features": ["x"],
	"linear": {"coefficients": [2], "intercept": 0}}'), description => 'the secret') \g /dev/null
SELECT current_user AS superuser \gset

SET LOCAL ROLE hostile_mallory;
CREATE TABLE mallory.loot (what text);
CREATE SEQUENCE mallory.counter;
CREATE TABLE mallory.rows AS
SELECT timestamptz '2030-01-01 00:00+00' + i * interval '1 minute' AS at, sin(i) AS x, 'c' || i % 3 AS c FROM generate_series(1, 2000) AS i;
CREATE TABLE mallory.attempt (id integer GENERATED ALWAYS AS IDENTITY, what text, statement text);
-- Each of these is run inside an expression, by a function that goes on when it fails, and by one that does not.
INSERT INTO mallory.attempt (what, statement) VALUES
	('become who runs it', 'RESET ROLE'),
	('become a superuser', format('SET ROLE %I', :'superuser')),
	('become another', 'SET ROLE hostile_victim'),
	('be who logged in', 'RESET SESSION AUTHORIZATION'),
	('log in as a superuser', format('SET SESSION AUTHORIZATION %I', :'superuser')),
	('set the role', 'SELECT set_config(''role'', ''none'', false)'),
	('set the login', format('SELECT set_config(''session_authorization'', %L, false)', :'superuser')),
	('make a function', 'CREATE FUNCTION mallory.left_behind() RETURNS integer LANGUAGE sql RETURN 1'),
	('make a function for the session', 'CREATE FUNCTION pg_temp.left_behind() RETURNS integer LANGUAGE sql RETURN 1'),
	('make a table for the session', 'CREATE TEMPORARY TABLE left_behind (x integer)'),
	('make a table', 'CREATE TABLE mallory.left_behind (x integer)'),
	('write', 'INSERT INTO mallory.loot VALUES (''written'')'),
	('write after making the transaction read-write', 'SELECT set_config(''transaction_read_only'', ''off'', true); INSERT INTO mallory.loot VALUES (''written'')'),
	('change', 'UPDATE mallory.rows SET x = 0'),
	('truncate', 'TRUNCATE mallory.rows'),
	('count', 'SELECT nextval(''mallory.counter'')'),
	('keep a cursor', 'DECLARE left_behind CURSOR WITH HOLD FOR SELECT mallory.write()'),
	('prepare a statement', 'PREPARE left_behind AS SELECT mallory.write()'),
	('listen', 'LISTEN left_behind'),
	('commit', 'COMMIT'),
	('roll back', 'ROLLBACK'),
	('get privileges', 'ALTER ROLE hostile_mallory SUPERUSER'),
	('make a role', 'CREATE ROLE left_behind SUPERUSER'),
	('be granted', format('GRANT %I TO hostile_mallory', :'superuser')),
	('read a table', 'SELECT word FROM victim.secret'),
	('read a file', 'SELECT pg_read_file(''postgresql.conf'')'),
	('run a program', 'COPY mallory.loot FROM PROGRAM ''echo written'''),
	('read a model', 'SELECT drift.describe(drift.get_model(''victim/1''))'),
	('read a model card', 'SELECT drift.model_card(''victim'', 1)'),
	('take out a model', 'SELECT drift.export_version(''victim'', 1)'),
	('score with a model', 'SELECT drift.score_json(''victim/1'', ''{"x": 1}'')'),
	('register a model', 'SELECT drift.register_model(''left_behind'')'),
	('grant itself a model', 'SELECT drift.grant_privilege(''victim'', ''hostile_mallory'', ''operate'')'),
	('make itself a monitor of a model', 'SELECT drift.create_monitor(''left_behind'', model => ''victim'')'),
	('drop its monitor', 'SELECT drift.drop_monitor(''hostile'')'),
	('run its monitor', 'SELECT drift.run_check(''hostile'')'),
	('refresh its monitor', 'SELECT drift.refresh_windows(''hostile'')');
CREATE FUNCTION mallory.write() RETURNS integer LANGUAGE sql VOLATILE AS $$ INSERT INTO mallory.loot VALUES ('written'); SELECT 1 $$;
CREATE FUNCTION mallory.attack(statement text, insist boolean) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	PERFORM set_config('mallory.reached', concat_ws(', ', nullif(current_setting('mallory.reached', true), ''), statement), false);
	RETURN 'reached';
EXCEPTION WHEN others THEN
	IF insist THEN
		RAISE;
	END IF;
	RETURN SQLSTATE;
END
$$;
-- All at once, for each row, where somebody else runs it; then it looks like a number.
CREATE FUNCTION mallory.attack_all() RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('hostile.armed', true) IS DISTINCT FROM 'yes' THEN
		RETURN 1;
	END IF;
	PERFORM mallory.attack(statement, false) FROM mallory.attempt;
	PERFORM set_config('search_path', 'mallory', false), set_config('statement_timeout', '1', false), set_config('row_security', 'off', false),
		set_config('work_mem', '64kB', false);
	RETURN 1;
END
$$;
CREATE FUNCTION mallory.steal() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT word FROM victim.secret); END $$;
-- who it is when it is run
CREATE FUNCTION mallory.who() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_user::text || ' ' || rolsuper FROM pg_roles WHERE rolname = current_user $$;
RESET ROLE;

-- What may not change.
CREATE FUNCTION pg_temp.world() RETURNS TABLE (what text, value text) LANGUAGE sql AS $$
	SELECT 'users', concat_ws(' ', current_user, session_user, current_setting('role'), current_setting('is_superuser'))
	UNION ALL SELECT 'path', concat_ws(' / ', current_setting('search_path'), current_setting('statement_timeout'), current_setting('row_security'), current_setting('work_mem'),
		current_setting('transaction_read_only'))
	UNION ALL SELECT 'roles', string_agg(rolname || rolsuper, ' ' ORDER BY rolname) FROM pg_roles
	UNION ALL SELECT 'members', count(*)::text FROM pg_auth_members
	UNION ALL SELECT 'functions', count(*)::text FROM pg_proc WHERE proname IN ('left_behind')
	UNION ALL SELECT 'relations', count(*)::text FROM pg_class WHERE relname = 'left_behind'
	UNION ALL SELECT 'cursors', count(*)::text FROM pg_cursors WHERE name = 'left_behind'
	UNION ALL SELECT 'prepared', count(*)::text FROM pg_prepared_statements WHERE name = 'left_behind'
	UNION ALL SELECT 'listens', count(*)::text FROM pg_listening_channels() AS c WHERE c = 'left_behind'
	UNION ALL SELECT 'loot', count(*)::text FROM mallory.loot
	UNION ALL SELECT 'rows', count(*) || ' ' || round(sum(abs(x))::numeric, 3) FROM mallory.rows
	UNION ALL SELECT 'counter', is_called::text FROM mallory.counter
	UNION ALL SELECT 'models', string_agg(name, ' ' ORDER BY name) FROM drift.models
	UNION ALL SELECT 'privileges', count(*)::text FROM drift.model_privileges
$$;
CREATE TEMPORARY TABLE before AS SELECT * FROM pg_temp.world();
CREATE FUNCTION pg_temp.changed() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s: %s, before %s', b.what, w.value, b.value) FROM before AS b FULL JOIN pg_temp.world() AS w USING (what) WHERE b.value IS DISTINCT FROM w.value
$$;

-- the reader itself: what stops each attempt
CREATE FUNCTION pg_temp.read_attempt(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	SELECT t.x INTO answer
	FROM drift_internal.read_as('hostile_mallory', format('SELECT mallory.attack(%L, true)', statement), 'mallory') AS t (x text);
	RETURN answer;
EXCEPTION WHEN others THEN
	RETURN SQLSTATE;
END
$$;
SELECT isnt(pg_temp.read_attempt(statement), 'reached', format('to %s is refused: %s', what, pg_temp.read_attempt(statement)))
FROM mallory.attempt WHERE what NOT LIKE 'write after%' ORDER BY id;
SELECT is(x, 'hostile_mallory false', 'it is run as its owner, who is no superuser')
FROM drift_internal.read_as('hostile_mallory', 'SELECT who()', 'mallory') AS t (x text);
SELECT is_empty('SELECT pg_temp.changed()', 'and nothing changed');
SET LOCAL hostile.armed = yes;
SELECT is(x, 1::float8, 'all at once') FROM drift_internal.read_as('hostile_mallory', 'SELECT attack_all()', 'mallory') AS t (x float8);
SELECT is_empty('SELECT pg_temp.changed()', 'changes nothing');
SELECT is(coalesce(current_setting('mallory.reached', true), ''), '', 'nor a setting');
SELECT throws_ok($$SELECT * FROM drift_internal.read_as('hostile_mallory', 'SELECT 1; SELECT 2', 'mallory') AS t (x integer)$$, NULL, NULL, 'two statements are not one query');
SELECT throws_ok($$SELECT * FROM drift_internal.read_as('hostile_mallory', 'INSERT INTO loot VALUES (1) RETURNING 1', 'mallory') AS t (x integer)$$, NULL, NULL, 'nor is an INSERT');
SELECT throws_ok($$SELECT * FROM drift_internal.read_as('hostile_mallory', 'WITH w AS (INSERT INTO loot VALUES (1) RETURNING 1) SELECT 1 FROM w', 'mallory') AS t (x integer)$$, NULL, NULL,
	'nor a query that holds one');

-- A role that is no member of the owner does not read as it.
SET LOCAL ROLE hostile_mallory;
SELECT throws_ok($$SELECT * FROM drift_internal.read_as('hostile_victim', 'SELECT word FROM victim.secret', 'public') AS t (x text)$$, '42501', NULL, 'who is no member of a role does not read as it');
SELECT throws_ok(format($$SELECT * FROM drift_internal.read_as(%L, 'SELECT word FROM victim.secret', 'public') AS t (x text)$$, :'superuser'), '42501', NULL, 'nor as a superuser');
RESET ROLE;


-- stored by the owner, run by a superuser: as a source, a condition, a segment, a view and a default
SET LOCAL hostile.armed = no;
SET LOCAL ROLE hostile_mallory;
SET LOCAL search_path = mallory, public;
CREATE VIEW mallory.view AS SELECT at, x + 0 * attack_all() AS x, c FROM rows WHERE at < '2030-01-01 00:05+00';
SELECT drift.create_baseline('hostile', 'SELECT x, c FROM rows') \g /dev/null
SELECT drift.create_baseline('hostile source', 'SELECT attack_all() AS x FROM generate_series(1, 3)') \g /dev/null
SELECT drift.create_baseline('hostile segment', 'SELECT x FROM rows LIMIT 3', segment => 'attack_all()') \g /dev/null
SELECT drift.create_baseline('whose source', 'SELECT who() AS x FROM generate_series(1, 3)') \g /dev/null
SELECT drift.create_monitor('hostile', 'rows', time_column => 'at', baseline => 'hostile') \g /dev/null
SELECT drift.create_monitor('hostile query', 'SELECT at, x + 0 * attack_all() AS x FROM rows LIMIT 3', time_column => 'at', reference => 'previous') \g /dev/null
SELECT drift.create_monitor('hostile condition', 'SELECT * FROM rows LIMIT 3', time_column => 'at', reference => 'previous', condition => 'attack_all() = 1') \g /dev/null
SELECT drift.create_monitor('hostile segment', 'SELECT * FROM rows LIMIT 3', time_column => 'at', reference => 'previous', segment => 'attack_all()') \g /dev/null
SELECT drift.create_monitor('hostile view', 'view', time_column => 'at', reference => 'previous') \g /dev/null
SELECT drift.create_monitor('whose segment', 'rows', time_column => 'at', reference => 'previous', segment => 'who()') \g /dev/null
SELECT drift.create_monitor('thief', 'rows', time_column => 'at', reference => 'previous', segment => 'steal()') \g /dev/null
RESET ROLE;
SET LOCAL search_path = public;
SET LOCAL hostile.armed = yes;
DELETE FROM before;
INSERT INTO before SELECT * FROM pg_temp.world();

SELECT is((SELECT version FROM drift.refresh_baseline(name)), 2, name || ': the superuser makes the next version of it')
FROM unnest('{hostile source,hostile segment,whose source}'::text[]) AS name;
SELECT is_empty('SELECT pg_temp.changed()', 'which changes nothing');
SELECT is((SELECT array_agg(DISTINCT b.label) FROM drift.baselines AS l JOIN drift.baseline_columns AS c USING (baseline_id), drift.bins(c.profile) AS b
	WHERE l.name = 'whose source' AND l.version = 2), '{hostile_mallory false}', 'and is run as the owner');
SELECT results_eq(format($$SELECT status <> 'error', error FROM drift.run_check(%L, '2030-01-02 00:00+00')$$, name), $$VALUES (true, NULL::text)$$, name || ': the superuser runs it')
FROM unnest('{hostile query,hostile condition,hostile segment,hostile view,whose segment}'::text[]) AS name;
SELECT is_empty('SELECT pg_temp.changed()', 'which changes nothing');
SELECT is((SELECT array_agg(DISTINCT w.segment) FROM drift.windows AS w JOIN drift.monitors USING (monitor_id) WHERE name = 'whose segment' AND w.segment <> ''), '{hostile_mallory false}',
	'and is run as the owner');
SELECT results_eq($$SELECT status, error ~ 'permission denied' FROM drift.run_check('thief', '2030-01-02 00:00+00')$$, $$VALUES ('error', true)$$, 'what the owner may not read a superuser does not read for him');
SELECT lives_ok($$SELECT drift.rebuild_windows('hostile condition', '2030-01-01', '2030-01-02')$$, 'nor do rebuilds');
SELECT is_empty('SELECT pg_temp.changed()', 'change anything');
SELECT is_empty($$SELECT FROM drift.windows WHERE segment ~ 'secret'$$, 'and no window holds what was read');

-- a table that is not what it was: the trigger that marks its buckets runs with more rights than who writes to it
SET LOCAL ROLE hostile_mallory;
SET LOCAL hostile.armed = no;
CREATE TABLE mallory.tracked AS SELECT * FROM mallory.rows;
SELECT drift.create_monitor('tracked', 'mallory.tracked', time_column => 'at', reference => 'previous', tracking => 'trigger') \g /dev/null
CREATE TYPE mallory.moment AS (at timestamptz);
CREATE FUNCTION mallory.moment_cast(m mallory.moment) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mallory.attack_all();
	PERFORM set_config('mallory.cast_as', current_user, false);
	RETURN m.at;
END
$$;
CREATE CAST (mallory.moment AS timestamptz) WITH FUNCTION mallory.moment_cast(mallory.moment) AS IMPLICIT;
ALTER TABLE mallory.tracked ALTER COLUMN at TYPE mallory.moment USING ROW(at)::mallory.moment;
RESET ROLE;
DELETE FROM before;
INSERT INTO before SELECT * FROM pg_temp.world();
CREATE FUNCTION pg_temp.write_tracked() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL ROLE hostile_mallory;
	UPDATE mallory.tracked SET x = x + 1 WHERE c = 'c1';
	RESET ROLE;
	RETURN 'written';
EXCEPTION WHEN others THEN
	RETURN SQLSTATE;
END
$$;
SELECT pg_temp.write_tracked() AS written \gset
SELECT isnt(nullif(current_setting('mallory.cast_as', true), ''), :'superuser', format('the cast of a column does not run as the trigger does: %s', :'written'));
SELECT is_empty($$SELECT * FROM pg_temp.changed() WHERE changed !~ '^loot'$$, 'and changes nothing');

SELECT * FROM finish();
ROLLBACK;
