-- Everything that a dump must carry, as text.
SELECT name, profile::text, octet_length(drift.profile_send(profile)) FROM profiles ORDER BY name COLLATE "C";
SELECT day, columns::text FROM daily ORDER BY day;
SELECT * FROM verdict ORDER BY current COLLATE "C";
SELECT name, md5(model::text), md5(drift.model_send(model)::text), drift.describe(model)->'columns' FROM models.kept ORDER BY name COLLATE "C";
SELECT * FROM models.scores ORDER BY name COLLATE "C", id;
SELECT format($$SELECT %L, t::text FROM %s t ORDER BY t::text COLLATE "C"$$, c.oid::regclass, c.oid::regclass)
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'drift'
JOIN pg_class c ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'r'
WHERE d.deptype = 'e'
ORDER BY c.oid::regclass::text COLLATE "C"
\gexec
