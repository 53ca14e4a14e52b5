-- One line per fact about the extension's objects, without OIDs and in a fixed
-- order: two installs are equal when these lines are.
--
-- Usage: psql -XAtq -f catalog_snapshot.sql

SET search_path = pg_catalog, pg_temp;

CREATE TEMPORARY VIEW member AS
SELECT d.classid, d.objid,
       format('%s %s', i.type, i.identity) AS name
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid,
     LATERAL pg_identify_object(d.classid, d.objid, 0) i
WHERE e.extname = 'drift' AND d.deptype = 'e';

CREATE TEMPORARY VIEW member_table AS
SELECT m.name, c.*
FROM member m
JOIN pg_class c ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
UNION ALL
SELECT m.name, c.*  -- the attributes of a composite type hang on a relation of its own
FROM member m
JOIN pg_type t ON m.classid = 'pg_type'::regclass AND m.objid = t.oid AND t.typtype = 'c'
JOIN pg_class c ON c.oid = t.typrelid;

CREATE TEMPORARY VIEW fact (line) AS
SELECT format('member %s comment %L', name, obj_description(objid, classid::regclass::name))
FROM member

UNION ALL
SELECT format('schema %s acl %s', m.name, n.nspacl)
FROM member m JOIN pg_namespace n ON m.classid = 'pg_namespace'::regclass AND m.objid = n.oid

UNION ALL
SELECT format('function %s acl %s support %s language %s definition %s',
              m.name, p.proacl, p.prosupport, l.lanname,
              CASE WHEN p.prokind = 'a' THEN 'of an aggregate' ELSE replace(pg_get_functiondef(p.oid), E'\n', ' \n ') END)
FROM member m
JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
JOIN pg_language l ON l.oid = p.prolang

UNION ALL
SELECT format('aggregate %s %s strict %s volatile %s parallel %s row %s',
              m.name, pg_get_function_arguments(p.oid), p.proisstrict, p.provolatile, p.proparallel,
              (to_jsonb(a) - '{aggfnoid,aggtranstype,aggmtranstype}'::text[]) ||
              jsonb_build_object('state', a.aggtranstype::regtype, 'moving', a.aggmtranstype::regtype))
FROM member m
JOIN pg_aggregate a ON m.classid = 'pg_proc'::regclass AND m.objid = a.aggfnoid
JOIN pg_proc p ON p.oid = a.aggfnoid

UNION ALL
SELECT format('type %s acl %s length %s by value %s kind %s category %s preferred %s delimiter %s align %s storage %s '
              'in %s out %s receive %s send %s subscript %s element %s array %s base %s default %s collation %s',
              m.name, t.typacl, t.typlen, t.typbyval, t.typtype, t.typcategory, t.typispreferred, t.typdelim,
              t.typalign, t.typstorage, t.typinput, t.typoutput, t.typreceive, t.typsend, t.typsubscript,
              t.typelem::regtype, t.typarray::regtype, t.typbasetype::regtype, t.typdefault, t.typcollation::regcollation)
FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND m.objid = t.oid

UNION ALL
SELECT format('enum %s label %s', m.name, string_agg(v.enumlabel, ', ' ORDER BY v.enumsortorder))
FROM member m JOIN pg_enum v ON m.classid = 'pg_type'::regclass AND m.objid = v.enumtypid
GROUP BY m.name

UNION ALL
SELECT format('cast %s by %s context %s method %s', m.name, c.castfunc::regprocedure, c.castcontext, c.castmethod)
FROM member m JOIN pg_cast c ON m.classid = 'pg_cast'::regclass AND m.objid = c.oid

UNION ALL
SELECT format('operator %s by %s commutator %s negator %s merges %s hashes %s restrict %s join %s',
              m.name, o.oprcode, o.oprcom::regoperator, o.oprnegate::regoperator, o.oprcanmerge, o.oprcanhash,
              o.oprrest, o.oprjoin)
FROM member m JOIN pg_operator o ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid

UNION ALL
SELECT format('relation %s kind %s persistence %s acl %s options %s row security %s forced %s definition %s',
              name, relkind, relpersistence, relacl, reloptions, relrowsecurity, relforcerowsecurity,
              CASE WHEN relkind IN ('v', 'm') THEN replace(pg_get_viewdef(oid), E'\n', ' ') END)
FROM member_table

UNION ALL
SELECT format('column %s %s %s type %s not null %s collation %s identity %s generated %s default %s storage %s acl %s comment %L',
              r.name, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              a.attcollation::regcollation, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid),
              a.attstorage, a.attacl, col_description(r.oid, a.attnum))
FROM member_table r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0  -- dropped ones too: a fresh install has none
LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum

UNION ALL
SELECT format('constraint %s %s %s validated %s comment %L', r.name, c.conname, pg_get_constraintdef(c.oid),
              c.convalidated, obj_description(c.oid, 'pg_constraint'))
FROM member_table r JOIN pg_constraint c ON c.conrelid = r.oid

UNION ALL
SELECT format('index %s %s comment %L', r.name, pg_get_indexdef(i.indexrelid), obj_description(i.indexrelid, 'pg_class'))
FROM member_table r JOIN pg_index i ON i.indrelid = r.oid

UNION ALL
SELECT format('trigger %s %s enabled %s', r.name, pg_get_triggerdef(t.oid), t.tgenabled)
FROM member_table r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal

UNION ALL
SELECT format('rule %s %s', r.name, replace(pg_get_ruledef(w.oid), E'\n', ' '))
FROM member_table r JOIN pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'

UNION ALL
SELECT format('policy %s %s command %s permissive %s roles %s using %s check %s', r.name, p.polname, p.polcmd,
              p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, r.oid), pg_get_expr(p.polwithcheck, r.oid))
FROM member_table r JOIN pg_policy p ON p.polrelid = r.oid

UNION ALL
SELECT format('sequence %s %s', r.name, to_jsonb(s) - 'seqrelid')
FROM member_table r JOIN pg_sequence s ON s.seqrelid = r.oid

UNION ALL
SELECT format('dumped %s where %L', c.oid::regclass, k.condition)
FROM pg_extension e,
     LATERAL unnest(e.extconfig, e.extcondition) AS k(relation, condition)
JOIN pg_class c ON c.oid = k.relation
WHERE e.extname = 'drift';

SELECT replace(line, E'\n', ' ') FROM fact ORDER BY line COLLATE "C";

-- What the tables hold at birth.
SELECT format($$SELECT format('row %%s %%s', %L, to_jsonb(t)) FROM %s t ORDER BY to_jsonb(t)::text COLLATE "C"$$,
              name, oid::regclass)
FROM member_table WHERE relkind = 'r' ORDER BY name COLLATE "C"
\gexec
