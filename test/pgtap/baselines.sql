-- Baselines: what they hold, versions, segments, hashes, rights, and periods that are accepted.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
CREATE ROLE baseline_owner;
CREATE ROLE baseline_member IN ROLE baseline_owner;
CREATE ROLE baseline_reader;
CREATE ROLE baseline_outsider;
CREATE SCHEMA "Base ""lines""";
GRANT USAGE, CREATE ON SCHEMA "Base ""lines""" TO PUBLIC;
SET LOCAL search_path = "Base ""lines""", public;

CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN cents AS bigint;
CREATE TABLE "we""ird Ünïcode" AS
SELECT i AS id, md5(i::text) AS "digest -- of it", timestamp '2026-01-01 00:00' + i * interval '1 hour' AS at, date '2026-01-01' + i % 9 AS day,
	(20 + i % 50)::smallint AS age, (i % 100 * 7.5)::cents AS price, CASE WHEN i % 10 > 0 THEN sin(i) END AS "na""me", i % 3 = 0 AS flag,
	(ARRAY['good', 'bad']::mood[])[1 + i % 2] AS mood, (ARRAY['north', 'south', '', NULL])[1 + i % 4] AS region, '{1,2}'::integer[] AS list, '1.1.1.1'::inet AS address
FROM generate_series(1, 4000) AS i;
GRANT SELECT ON "we""ird Ünïcode" TO baseline_owner;
SET ROLE baseline_owner;

-- of a relation, with all that drift takes
CREATE TEMPORARY TABLE made AS SELECT * FROM drift.create_baseline('plain "one"', '"we""ird Ünïcode"', time_column => 'at');
SELECT is(to_jsonb(m) - '{baseline_id,created_at,path}'::text[], jsonb_build_object('name', 'plain "one"', 'version', 1, 'owner', 'baseline_owner', 'model_id', NULL, 'model_version', NULL,
	'origin', 'held_out', 'source', 'SELECT * FROM "Base ""lines"""."we""ird Ünïcode"', 'columns', NULL, 'segment', NULL, 'time_column', 'at',
	'stores_categories', true, 'row_count', 4000, 'rows_from', '2026-01-01 01:00+00'::timestamptz, 'rows_to', '2026-06-16 16:00+00'::timestamptz, 'created_by', 'baseline_owner'),
	'what was made') FROM made AS m;
CREATE TEMPORARY VIEW held AS SELECT b.name, b.version, c.* FROM drift.baseline_columns AS c JOIN drift.baselines AS b USING (baseline_id);
SELECT results_eq($$ SELECT column_name, kind, value_type FROM held ORDER BY ordinal $$,
	$$ VALUES ('day' COLLATE "C", 'numeric', 'pg_catalog.date'), ('age', 'numeric', 'pg_catalog.int2'), ('price', 'numeric', 'pg_catalog.int8'), ('na"me', 'numeric', 'pg_catalog.float8'),
		('flag', 'categorical', 'pg_catalog.bool'), ('mood', 'categorical', 'pg_catalog.text'), ('region', 'categorical', 'pg_catalog.text') $$,
	'columns: not the time, not what identifies rows, not what drift does not take');
SELECT is(h.profile::text, p.profile::text, h.column_name || ' has the profile of its rows')
FROM held AS h JOIN (
	SELECT 'age' AS column_name, drift.profile_agg(age) AS profile FROM "we""ird Ünïcode"
	UNION ALL SELECT 'na"me', drift.profile_agg("na""me") FROM "we""ird Ünïcode"
	UNION ALL SELECT 'region', drift.profile_agg(region) FROM "we""ird Ünïcode") AS p USING (column_name);
SELECT drift.create_baseline('named', '"we""ird Ünïcode"', columns => '{id,at,"digest -- of it"}') \g /dev/null
SELECT results_eq($$ SELECT column_name FROM held WHERE name = 'named' ORDER BY ordinal $$, $$ VALUES ('id' COLLATE "C"), ('digest -- of it'), ('at') $$, 'columns that are named are taken');

-- versions
SELECT is((SELECT concat_ws(' ', version, row_count, source) FROM drift.refresh_baseline('plain "one"')), '2 4000 SELECT * FROM "Base ""lines"""."we""ird Ünïcode"', 'refreshed: the next version');
SELECT is((SELECT concat_ws(' ', version, row_count) FROM drift.refresh_baseline('plain "one"', 'SELECT * FROM "we""ird Ünïcode" WHERE age < 30')), '3 800', 'or of another source');
SELECT is((SELECT array_agg(version ORDER BY version) FROM drift.baselines WHERE name = 'plain "one"'), '{1,2,3}', 'history stays');
SELECT throws_ok($$ SELECT drift.create_baseline('plain "one"', 'SELECT 1 AS a') $$, '42710', 'the name "plain "one"" is taken', 'a name is made once');
SELECT is(drift.drop_baseline('plain "one"', 2), 1, 'a version goes');
SELECT throws_ok($$ SELECT drift.drop_baseline('plain "one"', 2) $$, '42704', NULL, 'once');
SELECT is((SELECT version FROM drift.refresh_baseline('plain "one"')), 4, 'and its number is not given again while newer ones are there');

-- segments
SELECT drift.create_baseline('parts', '"we""ird Ünïcode"', columns => ARRAY['age', 'na"me', 'mood'], segment => 'region -- where') \g /dev/null
SELECT results_eq($$ SELECT segment, drift.row_count(profile) FROM held WHERE name = 'parts' AND column_name = 'age' ORDER BY 1 $$,
	$$ VALUES ('' COLLATE "C", 4000::bigint), ('(none)', 2000), ('north', 1000), ('south', 1000) $$, 'each segment, the nameless ones as one');
SELECT ok(drift.psi(whole.profile, part.profile) = drift.psi(whole.profile, p.fresh), part.segment || ': counted in the bins of all rows')
FROM held AS whole JOIN held AS part USING (name, column_name)
JOIN (SELECT COALESCE(NULLIF(region, ''), '(none)') AS segment,
		drift.profile_agg("na""me", (SELECT profile FROM held WHERE name = 'parts' AND segment = '' AND column_name = 'na"me')) AS fresh
	FROM "we""ird Ünïcode" GROUP BY 1) AS p ON p.segment = part.segment
WHERE name = 'parts' AND whole.segment = '' AND column_name = 'na"me';
SELECT drift.create_baseline('many parts', 'SELECT i % 7 AS a, CASE WHEN i <= 1000 THEN i % 10 ELSE i END AS part FROM generate_series(1, 1100) AS i', columns => '{a}', segment => 'part') \g /dev/null
SELECT is((SELECT concat_ws(' ', count(DISTINCT segment), sum(drift.row_count(profile)) FILTER (WHERE segment = '(other)'), sum(drift.row_count(profile)))
	FROM held WHERE name = 'many parts'), '52 60 2200', 'fifty segments, and one for the others: the largest have their own');
SELECT throws_ok(format('SELECT drift.create_baseline(''x'', ''"we""ird Ünïcode"'', segment => %L)', s.segment), s.state, s.message, s.segment || ' is no segment')
FROM (VALUES ('age), (price', '22023', 'segment is not one expression'), ('nothing', '42703', NULL), ('age; DROP TABLE x', '42601', NULL), ('count(*)', '42803', NULL),
	('age) AS expression FROM x --', '42601', NULL)) AS s (segment, state, message);

-- categories that nobody is to see
SELECT drift.create_baseline('hidden', '"we""ird Ünïcode"', store_categories => false) \g /dev/null
SELECT results_eq($$ SELECT b.category FROM held, drift.bins(profile) AS b WHERE name = 'hidden' AND column_name = 'region' ORDER BY 1 $$,
	$$ SELECT left(encode(sha256(convert_to(r, 'UTF8')), 'hex'), 16) FROM unnest('{north,south,""}'::text[]) AS r ORDER BY 1 $$, 'texts are hashes');
SELECT is((SELECT array_agg(b.category ORDER BY 1) FROM held, drift.bins(profile) AS b WHERE name = 'hidden' AND column_name = 'flag'), '{false,true}', 'booleans hide nothing');
SELECT ok(position('north' IN (SELECT string_agg(profile::text, '') FROM held WHERE name = 'hidden')) = 0, 'no category is left');

-- what cannot be
SELECT throws_ok(format('SELECT drift.create_baseline(%L, %L, %s)', b.name, b.source, b.rest), b.state, b.message, b.message)
FROM (VALUES ('a/b', 'SELECT 1 AS a', 'NULL', '42602', 'invalid name of a baseline: ''a/b'''), (' a', 'SELECT 1 AS a', 'NULL', '42602', 'invalid name of a baseline: '' a'''),
	('a', 'SELECT 1 AS a WHERE false', 'NULL', '22023', 'the source of baseline "a" has no rows'), ('a', 'SELECT ''{1}''::integer[] AS a', 'NULL', '22023', 'the source has no columns to profile'),
	('a', 'SELECT 1 AS a, 2 AS a', 'NULL', '42701', 'column "a" occurs more than once'), ('a', 'SELECT 1 AS a', 'columns => ''{b}''', '42703', 'the source has no column "b"'),
	('a', 'SELECT 1 AS a', 'origin => ''guessed''', '22023', 'unknown origin of a baseline: ''guessed'''), ('a', 'SELECT 1 AS a', '''nothing''', '42704', 'no model is named "nothing"'),
	('a', 'SELECT 1 AS a', 'time_column => ''b''', '42703', 'the source has no column "b"'), ('a', 'SELECT 1 AS a', 'time_column => ''a''', '42804', 'column "a" is of type integer and holds no time'),
	('a', 'DELETE FROM x', 'NULL', '42601', 'source of data is not a query')) AS b (name, source, rest, state, message);
SELECT throws_ok($$ SELECT drift.create_baseline('a', NULL) $$, '22004', 'the source of data is NULL', 'no source');
SELECT throws_ok($$ SELECT drift.create_baseline('a', 'SELECT nextval(''s'')') $$, NULL, NULL, 'nothing is written while reading');
RESET ROLE;

-- rights
SET ROLE baseline_member;
SELECT is((SELECT owner FROM drift.refresh_baseline('parts')), 'baseline_owner'::regrole, 'members refresh; the owner stays');
RESET ROLE;
REVOKE SELECT ON "we""ird Ünïcode" FROM baseline_owner;
SELECT throws_ok($$ SELECT drift.refresh_baseline('parts') $$, '42501', 'permission denied for table we"ird Ünïcode', 'it is read with the rights of its owner, whoever refreshes it');
GRANT SELECT ON "we""ird Ünïcode" TO baseline_owner;
SET ROLE baseline_outsider;
SELECT is_empty('SELECT * FROM drift.baselines', 'others see none');
SELECT is_empty('SELECT * FROM drift.baseline_columns', 'and no profiles');
SELECT throws_ok($$ SELECT drift.refresh_baseline('parts') $$, '42704', 'no baseline is named "parts"', 'and refresh none');
SELECT throws_ok($$ SELECT drift.drop_baseline('parts') $$, '42704', 'no baseline is named "parts"', 'nor drop any');
SELECT throws_ok($$ SELECT drift.create_baseline('parts', 'SELECT 1 AS a') $$, '42710', NULL, 'names are one for all');
SELECT throws_ok($$ INSERT INTO drift.baselines (name, version, owner, origin, row_count, created_by) VALUES ('x', 1, 'baseline_owner', 'held_out', 1, 'x') $$, '42501', NULL, 'tables are written by functions only');
RESET ROLE;

-- of a model
SELECT drift.register_model('based', owner => 'baseline_owner') \g /dev/null
SELECT drift.grant_privilege('based', 'baseline_reader', 'read') \g /dev/null
SELECT drift.add_version('based', drift.import_model('json', '{"format": "drift", "version": 1, "task": "binary", "inputs": ["age", "label"], "features": ["age", "label"],
	"linear": {"coefficients": [0.1, 1], "intercept": 0}, "transform": "logistic", "classes": ["no", "yes"]}')) \g /dev/null
SET ROLE baseline_owner;
CREATE TABLE scored AS SELECT i AS id, i % 50 AS age, i % 2 AS label, 1 / (1.0 + i) AS score, i % 2 AS target, 0 AS error, i AS more FROM generate_series(1, 600) AS i;
SELECT drift.create_baseline(o, 'scored', 'based', origin => o) FROM unnest('{training,held_out}'::text[]) AS o \g /dev/null
SELECT results_eq($$ SELECT column_name FROM held WHERE name = 'held_out' ORDER BY ordinal $$, $$ VALUES ('age' COLLATE "C"), ('label'), ('score'), ('target'), ('error') $$,
	'its inputs, what it said and what became true');
SELECT results_eq($$ SELECT column_name FROM held WHERE name = 'training' ORDER BY ordinal $$, $$ VALUES ('age' COLLATE "C"), ('label') $$, 'training rows serve for inputs only');
SELECT throws_ok($$ SELECT drift.create_baseline('a', 'scored', 'based', origin => 'training', columns => '{age,score}') $$, '22023',
	'training rows cannot be a baseline for column "score"', 'and are refused for scores');
SELECT lives_ok($$ SELECT drift.create_baseline('a', 'scored', 'based', 1, 'training', '{age,label}') $$, 'not for an input that is called label');
SELECT throws_ok($$ SELECT drift.create_baseline('b', 'scored', 'based', 2) $$, NULL, NULL, 'of a version that is there');
SELECT throws_ok($$ SELECT drift.create_baseline('b', 'SELECT age FROM scored', 'based') $$, '42703', 'the source has no column "label", which is an input of the model', 'of all inputs');
SELECT lives_ok($$ SELECT drift.create_baseline('b', 'SELECT age FROM scored', 'based', columns => '{age}') $$, 'or of those that are named');
SELECT throws_ok($$ SELECT drift.create_baseline('c', 'scored', model_version => 1) $$, NULL, NULL, 'a version needs its model');
SET ROLE baseline_reader;
SELECT is((SELECT count(*) FROM drift.baselines), 4::bigint, 'readers of the model see its baselines');
SELECT is_empty('SELECT * FROM drift.baseline_columns', 'not what they hold');
SELECT throws_ok($$ SELECT drift.refresh_baseline('held_out') $$, '42501', 'permission denied for baseline "held_out"', 'nor refresh them');
SELECT throws_ok($$ SELECT drift.create_baseline('d', 'SELECT 1 AS age, 2 AS label', 'based') $$, '42501', NULL, 'nor make one');
RESET ROLE;

-- in use
SET ROLE baseline_owner;
SELECT drift.create_monitor('user of it', '"we""ird Ünïcode"', time_column => 'at', baseline => 'parts', bucket => 'day', span => '30 days') \g /dev/null
SELECT throws_ok($$ SELECT drift.drop_baseline('parts') $$, '2BP01', 'baseline "parts" is in use', 'what a monitor uses stays');
SELECT drift.refresh_windows('user of it') \g /dev/null

-- a period that is accepted
SELECT throws_ok($$ SELECT drift.baseline_from_windows('accepted', 'user of it', '[2020-01-01,2020-02-01)') $$, 'P0002', NULL, 'a period without rows is none');
SELECT throws_ok($$ SELECT drift.baseline_from_windows('accepted', 'user of it', NULL) $$, 'P0002', NULL, 'nor is NULL');
SELECT is((SELECT concat_ws(' ', version, origin, row_count, source, rows_from) FROM drift.baseline_from_windows('accepted', 'user of it', '[2026-02-01,2026-03-01)')),
	'1 production 672 ' || timestamptz '2026-02-01 00:00+00', 'rows of the period');
SELECT ok(abs(drift.mean(h.profile) - p.mean) < 1e-12 * p.mean, 'with their values') FROM held AS h,
	(SELECT avg(age)::float8 AS mean FROM "we""ird Ünïcode" WHERE at >= '2026-02-01' AND at < '2026-03-01') AS p WHERE h.name = 'accepted' AND h.column_name = 'age';
SELECT is((SELECT version FROM drift.baseline_from_windows('accepted', 'user of it', '[2026-03-01,2026-04-01)')), 2, 'again: the next version');
SELECT throws_ok($$ SELECT drift.refresh_baseline('accepted') $$, '55000', NULL, 'it has no source to read again');
SELECT lives_ok($$ SELECT drift.alter_monitor('user of it', baseline => 'accepted') $$, 'a monitor takes it');
RESET ROLE;
SET ROLE baseline_reader;
SELECT throws_ok($$ SELECT drift.baseline_from_windows('stolen', 'user of it', '[2026-03-01,2026-04-01)') $$, '42704', NULL, 'windows are the owner''s');
RESET ROLE;

-- a version that takes over brings its baseline
SELECT drift.register_model('follows') \g /dev/null
SELECT drift.add_version('follows', drift.import_model('json', format('{"format": "drift", "version": 1, "task": "regression", "inputs": ["age"], "features": ["age"],
	"linear": {"coefficients": [%s], "intercept": 0}}', i))) FROM generate_series(1, 3) AS i \g /dev/null
SELECT drift.deploy('follows', 1) \g /dev/null
SELECT drift.create_baseline('of one', '"we""ird Ünïcode"', 'follows', 1, columns => '{age}') \g /dev/null
SELECT drift.create_baseline('of two', '"we""ird Ünïcode"', 'follows', 2, columns => '{age}') \g /dev/null
SELECT drift.create_monitor('follower', '"we""ird Ünïcode"', 'follows', time_column => 'at', baseline => 'of one', columns => '{age}') \g /dev/null
CREATE FUNCTION pg_temp.held_against() RETURNS text LANGUAGE sql AS $$
	SELECT b.name FROM drift.run_check('follower', '2026-03-01') AS c JOIN drift.baselines AS b USING (baseline_id) $$;
SELECT is(pg_temp.held_against(), 'of one', 'the baseline of the version that answers');
SELECT drift.deploy('follows', 2) \g /dev/null
SELECT is(pg_temp.held_against(), 'of two', 'and that of the one that takes over');
SELECT is_empty($$ SELECT * FROM drift.health_check() WHERE check_name = 'baseline_present' AND model = 'follows' AND status <> 'ok' $$, 'which is as it should be');
SELECT drift.deploy('follows', 3) \g /dev/null
SELECT is(pg_temp.held_against(), 'of one', 'one without a baseline leaves the monitor with its own');
SELECT is((SELECT status FROM drift.health_check() WHERE check_name = 'baseline_present' AND model = 'follows'), 'warning', 'which is told');
SELECT drift.rollback('follows') \g /dev/null
SELECT is(pg_temp.held_against(), 'of two', 'after a rollback that of before');

SELECT * FROM finish();
ROLLBACK;
