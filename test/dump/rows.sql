-- Tables of the extension that hold no row, and so would prove nothing. Those for verdicts of monitors are filled elsewhere.
SELECT format('SELECT %L WHERE NOT EXISTS (SELECT FROM %s)', c.oid::regclass, c.oid::regclass)
FROM pg_extension AS e JOIN pg_class AS c ON c.oid = ANY (e.extconfig) AND c.relkind = 'r'
WHERE e.extname = 'drift'
\gexec
-- Tables and sequences that a dump would leave out.
SELECT format('%s is not dumped', c.oid::regclass)
FROM pg_depend AS d
JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'drift' AND d.deptype = 'e'
JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'r'
LEFT JOIN pg_depend AS i ON i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass AND i.refobjid = c.oid AND i.deptype = 'i'
	AND EXISTS (SELECT FROM pg_class AS s WHERE s.oid = i.objid AND s.relkind = 'S')
WHERE NOT c.oid = ANY (e.extconfig) OR NOT coalesce(i.objid = ANY (e.extconfig), true);
