-- The reference manual, from the comments of the objects: psql -XAtq -f test/docs/reference.sql
\set ON_ERROR_STOP on
SET search_path = pg_catalog;

CREATE FUNCTION pg_temp.commented(name text, comment text) RETURNS text LANGUAGE sql AS $$
	SELECT format('- `%s`%s', name, coalesce(E':\n  ' || upper(left(comment, 1)) || substr(comment, 2) || CASE WHEN comment ~ '[.]$' THEN '' ELSE '.' END, ''))
$$;

CREATE FUNCTION pg_temp.signature(f pg_proc) RETURNS text LANGUAGE sql AS $$
	SELECT format('drift.%I(%s)%s%s', f.proname,
		regexp_replace(regexp_replace(pg_get_function_arguments(f.oid), '(, )?\mOUT \w+ [^,]+', '', 'g'), '::[a-z ]+(\[\])?(?=,|$)', '', 'g'),
		CASE WHEN f.prokind <> 'p' THEN ' → ' || regexp_replace(regexp_replace(pg_get_function_result(f.oid), '^SETOF ', 'setof '), '^TABLE', 'setof ') ELSE '' END,
		CASE WHEN pg_get_function_result(f.oid) ~ 'record$' THEN
			(SELECT format(' (%s)', string_agg(a.name || ' ' || format_type(a.type, NULL), ', ' ORDER BY a.position))
			FROM unnest(f.proargnames, f.proallargtypes, f.proargmodes) WITH ORDINALITY AS a(name, type, mode, position) WHERE a.mode IN ('o', 't')) ELSE '' END)
$$;

SELECT '# Reference

Every object of the schema `drift`, from the comments in the database: `COMMENT ON` is what this page and `\df+` show alike.
It is made by `sh test/run reference` and a test keeps it current. What the numbers mean is in [statistics](statistics.md).

## Functions and aggregates
';

CREATE TEMP TABLE callable AS
SELECT p.proname AS name, p.prokind AS kind, pg_temp.commented(pg_temp.signature(p), obj_description(p.oid, 'pg_proc')) AS line, p.oid::regprocedure::text AS identity
FROM pg_proc AS p
WHERE p.pronamespace = 'drift'::regnamespace AND p.proname !~ '^[a-z]+_(in|out|recv|send)$';

SELECT format(E'### %s\n\n%s\n', name, concat_ws(E'\n',
		string_agg(line, E'\n' ORDER BY identity COLLATE "C") FILTER (WHERE kind = 'f'),
		E'\nAs an aggregate:\n\n' || string_agg(line, E'\n' ORDER BY identity COLLATE "C") FILTER (WHERE kind = 'a'),
		E'\nAs a procedure:\n\n' || string_agg(line, E'\n' ORDER BY identity COLLATE "C") FILTER (WHERE kind = 'p')))
FROM callable GROUP BY name ORDER BY name COLLATE "C";

SELECT E'## Types\n';
SELECT format(E'### %s\n\n%s\n%s', t.typname, upper(left(d, 1)) || substr(d, 2) || CASE WHEN d ~ '[.]$' THEN '' ELSE '.' END,
	coalesce((
		SELECT E'\n' || string_agg(pg_temp.commented(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), col_description(t.typrelid, a.attnum)), E'\n' ORDER BY a.attnum) || E'\n'
		FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), ''))
FROM pg_type AS t
LEFT JOIN pg_class AS c ON c.oid = t.typrelid,
	LATERAL (SELECT coalesce(obj_description(t.oid, 'pg_type'), obj_description(c.oid, 'pg_class')) AS d) AS described
WHERE t.typnamespace = 'drift'::regnamespace AND t.typelem = 0 AND coalesce(c.relkind, 'c') = 'c'
ORDER BY t.typname COLLATE "C";

SELECT E'## Tables and views\n';
SELECT format(E'### %s\n\n%s\n\n%s\n', c.relname, upper(left(d, 1)) || substr(d, 2) || CASE WHEN d ~ '[.]$' THEN '' ELSE '.' END,
	(SELECT string_agg(pg_temp.commented(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)), E'\n' ORDER BY a.attnum)
	FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
FROM pg_class AS c, LATERAL (SELECT obj_description(c.oid, 'pg_class') AS d) AS described
WHERE c.relnamespace = 'drift'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
ORDER BY c.relname COLLATE "C";

LOAD 'drift';
SELECT E'## Settings\n';
SELECT format(E'- `%s`, default %s, from %s to %s:\n  %s%s', name, boot_val, min_val, max_val, short_desc, coalesce(' ' || extra_desc, ''))
FROM pg_settings WHERE name LIKE 'drift.%' ORDER BY name COLLATE "C";
