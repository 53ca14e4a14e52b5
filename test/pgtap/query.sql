-- Sources of data: what is accepted, what is refused, and with whose rights it runs.
BEGIN;
SELECT plan(40);

CREATE SCHEMA sources;
SET LOCAL search_path = sources, public;
CREATE TABLE measure (a integer, "Odd name" text);
CREATE VIEW measure_view AS SELECT * FROM measure;
CREATE SEQUENCE counter;
CREATE TABLE "select" (b integer);
INSERT INTO measure SELECT i % 7, 'x' || i % 3 FROM generate_series(1, 200) AS i;

-- accepted
SELECT is(drift.source_query('measure'), 'SELECT * FROM sources.measure', 'a name is found by the search path');
SELECT is(drift.source_query(' sources . measure_view '), 'SELECT * FROM sources.measure_view', 'a qualified view');
SELECT is(drift.source_query('"select"'), 'SELECT * FROM sources."select"', 'a quoted keyword is a name');
SELECT is(drift.source_query('SELECT 1 AS x;'), 'SELECT 1 AS x', 'a final semicolon goes');
SELECT is(drift.source_query('SELECT '';'' AS x -- ;'), 'SELECT '';'' AS x -- ;', 'semicolons in strings and comments are none');
SELECT is(drift.source_query('(SELECT 1) UNION (SELECT 2)'), '(SELECT 1) UNION (SELECT 2)', 'a parenthesis begins a query');
SELECT is(drift.source_query('/* a /* b */ */ VALUES (1)'), 'VALUES (1)', 'VALUES after nested comments');
SELECT is(drift.source_query('TABLE measure'), 'TABLE measure', 'TABLE');
SELECT is(drift.source_query('wItH m AS (SELECT 1) SELECT * FROM m'), 'wItH m AS (SELECT 1) SELECT * FROM m', 'WITH in any case');
SELECT is(drift.source_query(NULL), NULL, 'NULL stays NULL');

-- refused
SELECT throws_ok($$SELECT drift.source_query('SELECT 1) ; DROP TABLE measure')$$, '42601', NULL, 'text that closes a parenthesis it never opened');
SELECT throws_ok($$SELECT drift.source_query('SELECT 1; SELECT 2')$$, '42601', 'source of data holds 2 statements', 'two statements');
SELECT throws_ok($$SELECT drift.source_query('measure; DROP TABLE measure')$$, '42601', NULL, 'a name and a statement');
SELECT throws_ok($$SELECT drift.source_query('DELETE FROM measure')$$, '42601', 'source of data is not a query', 'another statement');
SELECT throws_ok($$SELECT drift.source_query('WITH d AS (DELETE FROM measure RETURNING *) SELECT * FROM d')$$, '25006', NULL, 'a WITH query that deletes');
SELECT throws_ok($$SELECT drift.source_query('SELECT 1 AS x INTO copied')$$, '42601', NULL, 'SELECT INTO');
SELECT throws_ok($$SELECT drift.source_query('SELECT 1 AS x UNION SELECT a FROM measure FOR UPDATE')$$, '25006', NULL, 'row locks');
SELECT throws_ok($$SELECT drift.source_query('')$$, '42601', 'source of data is empty', 'nothing');
SELECT throws_ok($$SELECT drift.source_query('-- only a comment')$$, '42601', 'source of data is empty', 'a comment');
SELECT throws_ok($$SELECT drift.source_query('/* endless')$$, '42601', NULL, 'an unfinished comment');
SELECT throws_ok($$SELECT drift.source_query('absent')$$, '42P01', 'relation "absent" does not exist', 'an unknown relation');
SELECT throws_ok($$SELECT drift.source_query('counter')$$, '42809', NULL, 'a sequence');
SELECT throws_ok($$SELECT drift.source_query('a.b.c.d')$$, '42601', NULL, 'a name of too many parts');

-- columns
SELECT results_eq(
	$$SELECT column_name, column_type, kind FROM drift.query_columns('measure')$$,
	$$VALUES ('a', 'integer', 'numeric'), ('Odd name', 'text', 'categorical')$$,
	'columns of a relation');
SELECT results_eq(
	$$SELECT ordinal, column_type, kind FROM drift.query_columns('SELECT 1.5::numeric(4,2), now(), NULL, ARRAY[1], true, gen_random_uuid()')$$,
	$$VALUES (1, 'numeric(4,2)', 'numeric'), (2, 'timestamp with time zone', 'numeric'), (3, 'text', 'categorical'),
		(4, 'integer[]', 'unsupported'), (5, 'boolean', 'categorical'), (6, 'uuid', 'categorical')$$,
	'columns of a query, by kind');
SELECT throws_ok($$SELECT * FROM drift.query_columns('SELECT nothing FROM measure')$$, '42703', NULL, 'an unknown column');
CREATE FUNCTION counted() RETURNS integer LANGUAGE sql AS 'SELECT nextval(''sources.counter'')::integer';
SELECT lives_ok($$SELECT * FROM drift.query_columns('SELECT sources.counted()')$$, 'the columns of a query are found');
SELECT ok(NOT is_called, 'without running it') FROM counter;

-- read-only
CREATE FUNCTION deleting() RETURNS integer LANGUAGE plpgsql AS 'BEGIN DELETE FROM sources.measure; RETURN 1; END';
SELECT throws_ok($$SELECT * FROM drift.compare('measure', 'SELECT sources.deleting() AS a')$$, '25006', NULL, 'compare: a query that deletes');
SELECT throws_ok($$SELECT * FROM drift.compare('SELECT sources.counted() AS a', 'measure')$$, '25006', NULL, 'compare: a query that counts a sequence up');
SELECT throws_ok($$SELECT * FROM drift.histogram('measure', 'SELECT sources.deleting() AS a', 'a')$$, '25006', NULL, 'histogram: a query that deletes');
SELECT throws_ok($$SELECT * FROM drift.detect_drift('measure', 'SELECT sources.deleting() AS a')$$, '25006', NULL, 'detect_drift: a query that deletes');
SELECT is((SELECT count(*) FROM measure), 200::bigint, 'nothing was deleted');
SELECT lives_ok($$INSERT INTO measure SELECT * FROM measure$$, 'the transaction itself stays read-write');

-- rights and path
SELECT lives_ok($$SELECT * FROM drift.compare('SELECT a FROM measure -- comment', 'TABLE measure;', ARRAY['a'])$$,
	'names in a query are found by the search path; a comment at its end is harmless');
CREATE ROLE drift_stranger;
GRANT USAGE ON SCHEMA sources TO drift_stranger;
SET LOCAL ROLE drift_stranger;
SELECT throws_ok($$SELECT * FROM drift.compare('sources.measure', 'sources.measure')$$, '42501', NULL, 'a relation the caller may not read');
SELECT throws_ok($$SELECT * FROM drift.histogram('sources.measure', 'SELECT 1 AS a', 'a')$$, '42501', NULL, 'its histogram');
RESET ROLE;
GRANT SELECT (a) ON measure TO drift_stranger;
SET LOCAL ROLE drift_stranger;
SELECT is((SELECT severity FROM drift.compare('SELECT a FROM sources.measure', 'SELECT a FROM sources.measure')), 'ok', 'a column the caller may read');
SELECT throws_ok($$SELECT * FROM drift.compare('sources.measure', 'sources.measure')$$, '42501', NULL, 'the others stay closed');
RESET ROLE;
ALTER TABLE measure ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON measure TO drift_stranger USING (a < 3);
SET LOCAL ROLE drift_stranger;
SELECT is((SELECT n_reference FROM drift.compare('SELECT a FROM sources.measure', 'SELECT a FROM sources.measure')),
	(SELECT count(a) FROM sources.measure WHERE a < 3), 'row security applies');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
