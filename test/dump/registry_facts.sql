-- Every row of the extension's tables, and of the logs and outcomes, as text; and where identities are.
SELECT format($$SELECT %L, t::text FROM %s t ORDER BY t::text COLLATE "C"$$, c.oid::regclass, c.oid::regclass)
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'drift'
JOIN pg_class c ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'r'
WHERE d.deptype = 'e'
ORDER BY c.oid::regclass::text COLLATE "C"
\gexec
SELECT format('SELECT %L, last_value, is_called FROM %s', c.oid::regclass, c.oid::regclass)
FROM pg_class AS c
WHERE c.relkind = 'S' AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
ORDER BY c.oid::regclass::text COLLATE "C"
\gexec
SELECT format($$SELECT %L, t.tableoid::regclass, t::text FROM %s t ORDER BY t::text COLLATE "C"$$, r, r)
FROM (SELECT log FROM drift.prediction_logs UNION ALL SELECT outcomes FROM drift.prediction_logs) AS r (r)
ORDER BY r::text COLLATE "C"
\gexec
-- what the tables are: columns, defaults, constraints, indexes, partitions, views and who owns them
SELECT c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid)
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $$app's$$)
ORDER BY c.oid::regclass::text COLLATE "C", a.attname COLLATE "C";
SELECT c.oid::regclass, c.relkind, c.relowner::regrole, c.relacl, c.reloptions, pg_get_expr(c.relpartbound, c.oid), pg_get_viewdef(c.oid),
	obj_description(c.oid, 'pg_class')
FROM pg_class AS c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $$app's$$)
ORDER BY c.oid::regclass::text COLLATE "C";
SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = (SELECT oid FROM pg_namespace WHERE nspname = $$app's$$)
ORDER BY conrelid::regclass::text COLLATE "C", conname COLLATE "C";
SELECT 'grant', attrelid::regclass, attname, attacl FROM pg_attribute
WHERE attacl IS NOT NULL AND attrelid IN (SELECT log FROM drift.prediction_logs) ORDER BY 2, 3;
