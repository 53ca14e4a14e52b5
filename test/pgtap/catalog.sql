-- Rules that every object of the extension follows.
BEGIN;
SELECT plan(10);

CREATE TEMPORARY VIEW member AS
SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS name
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'drift' AND d.deptype = 'e';

CREATE TEMPORARY VIEW routine AS
SELECT m.name, l.lanname, p.*
FROM member m
JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
JOIN pg_language l ON l.oid = p.prolang;

SELECT isnt_empty('SELECT 1 FROM routine', 'the extension has functions');

-- What another object brought with it needs none: array types, sequences of identity columns.
SELECT is_empty($$
    SELECT name FROM member m
    WHERE obj_description(objid, classid::regclass::name) IS NULL
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = m.classid AND d.objid = m.objid AND d.deptype IN ('a', 'i'))
$$, 'every object has a comment');

SELECT is_empty($$
    SELECT name FROM member WHERE name NOT LIKE '%drift%'
$$, 'every object is in schema drift or about one of its types');

SELECT is_empty($$
    SELECT name FROM routine
    WHERE lanname <> 'c' AND prokind <> 'a' AND prosqlbody IS NULL
      AND NOT coalesce(proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)
      -- What commits can have no SET clause and begins with the same by hand.
      AND NOT (prokind = 'p' AND prosrc ~ $r$\nBEGIN\n\tPERFORM pg_catalog\.set_config\('search_path', 'pg_catalog, pg_temp', true\);$r$)
$$, 'every function of text is pinned to search_path pg_catalog, pg_temp');

SELECT is_empty($q$
    SELECT name FROM routine
    WHERE prokind = 'p' AND name ~ '^procedure drift\.' AND NOT prosrc ~ $r$\n\tPERFORM pg_catalog\.set_config\('search_path', path, true\);\nEND\s*$$r$
$q$, 'every procedure ends with the search_path of its caller');

SELECT is_empty($$
    SELECT name FROM routine WHERE prosecdef AND NOT coalesce(proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)
$$, 'every function that runs as its owner is pinned as well');

-- f(x) of one argument would be read as a cast to the type f.
SELECT is_empty($$
    SELECT r.name FROM routine r
    JOIN pg_type t ON t.typname = r.proname AND t.typnamespace = r.pronamespace
    WHERE r.pronargs = 1
$$, 'no function of one argument has the name of a type');

SELECT is_empty($$
    SELECT a.name FROM routine a JOIN routine b USING (proname)
    WHERE a.prokind = 'p' AND b.prokind <> 'p' AND a.proargtypes::text = b.proargtypes::text
$$, 'no procedure shares the signature of a function');

SELECT is_empty($$
    SELECT name FROM routine WHERE prokind = 'a' AND (pronargdefaults > 0)
$$, 'no aggregate has defaults');

SELECT ok(NOT has_schema_privilege('public', 'drift', 'CREATE'), 'only the owner may create in schema drift');

SELECT * FROM finish();
ROLLBACK;
