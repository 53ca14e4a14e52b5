-- Tries every function of the registry and every table as each role, and prints what came of it as markdown.
--
--     psql -X -d DATABASE -v functions='name name ...' -f test/security/matrix.sql
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset footer off
BEGIN;
SET LOCAL client_min_messages = warning;
\ir fixture.sql
\ir calls.sql

CREATE TABLE matrix.roles (position integer GENERATED ALWAYS AS IDENTITY, role name);
INSERT INTO matrix.roles (role) VALUES ('matrix_owner'), ('matrix_operator'), ('matrix_approver'), ('matrix_app'), ('matrix_reader'), ('matrix_outsider');

-- What a login gets from a statement that counts rows; whatever it did is undone.
CREATE FUNCTION matrix.attempt(login name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found bigint;
BEGIN
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login);
	IF statement LIKE 'CALL %' THEN
		EXECUTE statement;
	ELSE
		EXECUTE statement INTO found;
	END IF;
	RAISE 'undo' USING ERRCODE = 'ZZ000';
EXCEPTION
	WHEN SQLSTATE 'ZZ000' THEN RETURN CASE found WHEN 0 THEN 'nothing' ELSE 'yes' END;
	-- A procedure that commits got past its checks.
	WHEN invalid_transaction_termination THEN RETURN 'yes';
	WHEN insufficient_privilege THEN RETURN 'no';
	WHEN OTHERS THEN
		RETURN CASE WHEN SQLSTATE = '42704' AND SQLERRM ~ '^(no (model|monitor|baseline|detector|learner) is named|you have no (schedule|rule|delivery)|there is no (request|event|alert|silence|check|evaluation|run|template) )' THEN 'unseen'
			ELSE format('failed: %s %s', SQLSTATE, SQLERRM) END;
END
$$;

CREATE VIEW matrix.tables AS
SELECT format('%I.%I', c.relnamespace::regnamespace, c.relname) AS name, c.relkind = 'r' AS is_table,
	(SELECT quote_ident(a.attname) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attidentity = '' AND NOT a.attisdropped LIMIT 1) AS column_name
FROM pg_class AS c
WHERE c.relnamespace IN ('drift'::regnamespace, 'drift_internal'::regnamespace) AND c.relkind IN ('r', 'v', 'm');

CREATE TABLE matrix.tried (topic text, place integer, what text, position integer, role name, answer text);
INSERT INTO matrix.tried
SELECT c.topic, c.position, format('`%s`', coalesce(c.label, format('drift.%s()', c.name))), r.position, r.role,
	matrix.attempt(r.role, CASE WHEN c.call LIKE 'CALL %' THEN c.call ELSE 'SELECT count(*) FROM ' || c.call END)
FROM matrix.calls AS c, matrix.roles AS r;
INSERT INTO matrix.tried
SELECT 'SELECT', 0, format('`%s`', t.name), r.position, r.role, matrix.attempt(r.role, format('SELECT count(*) FROM %s', t.name))
FROM matrix.tables AS t, matrix.roles AS r;
INSERT INTO matrix.tried
SELECT w.verb, 0, format('`%s`', t.name), r.position, r.role, matrix.attempt(r.role, format(w.statement, t.name, t.column_name))
FROM matrix.tables AS t, matrix.roles AS r,
	(VALUES ('INSERT', 'INSERT INTO %s DEFAULT VALUES'), ('UPDATE', 'UPDATE %1$s SET %2$s = %2$s'), ('DELETE', 'DELETE FROM %s'),
		('TRUNCATE', 'TRUNCATE %s')) AS w (verb, statement)
WHERE t.is_table;

CREATE FUNCTION matrix.part(wanted text) RETURNS TABLE (line text) LANGUAGE sql AS $$
	SELECT format('| %s | %s |', what, string_agg(answer, ' | ' ORDER BY position))
	FROM matrix.tried WHERE topic = wanted GROUP BY place, what ORDER BY place, what COLLATE "C"
$$;
CREATE FUNCTION matrix.header(what text) RETURNS text LANGUAGE sql AS $$
	SELECT format(E'\n| %s | owner | operator | approver | application | reader | outsider |\n|---|---|---|---|---|---|---|', what)
$$;

SELECT l.line
FROM (SELECT topic, min(position) AS position FROM matrix.calls GROUP BY topic) AS t,
	LATERAL (SELECT 0 AS n, matrix.header(t.topic) AS line UNION ALL SELECT ordinality, line FROM matrix.part(t.topic) WITH ORDINALITY) AS l
ORDER BY t.position, l.n;
SELECT matrix.header('`SELECT` from');
SELECT line FROM matrix.part('SELECT');
SELECT format(E'\n`INSERT`, `UPDATE`, `DELETE` and `TRUNCATE`, %s attempts on %s tables: %s.', count(*), count(DISTINCT what),
	coalesce('SOMEBODY MAY: ' || string_agg(format('%s %s %s %s', topic, what, role, answer), ', ') FILTER (WHERE answer <> 'no'), 'nobody may'))
FROM matrix.tried WHERE topic IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE');

-- A function without a call. Triggers are not called.
SELECT 'NOT TRIED: ' || name FROM regexp_split_to_table(:'functions', '\s+') AS name
WHERE name <> '' AND name NOT IN (SELECT name FROM matrix.calls UNION ALL SELECT proname FROM pg_proc WHERE prorettype = 'trigger'::regtype);
ROLLBACK;
