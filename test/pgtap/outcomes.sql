-- Outcomes: late, corrected, withdrawn, repeated, before their prediction, of entities, of shadows.
BEGIN;
SELECT plan(55);

CREATE SCHEMA "we""ird Ünïcode";
SET LOCAL search_path = "we""ird Ünïcode", pg_catalog, public;
CREATE TABLE features (age float8, "pl""an" text, actual float8);
SELECT drift.register_model('mo"del ü') \g /dev/null
SELECT drift.create_prediction_log('mo"del ü', '"lo""g"', 'features', days_back => 60) \g /dev/null

-- ids of the log, with a fixed end
CREATE FUNCTION id(at timestamptz, number integer, log_id integer DEFAULT NULL) RETURNS uuid LANGUAGE sql AS $$
	SELECT (overlay(lpad(to_hex((extract(epoch FROM at) * 1000000)::bigint), 15, '0') PLACING '8' FROM 13 FOR 0)
		|| to_hex(x'800000'::integer | coalesce(id.log_id, (SELECT l.log_id FROM drift.prediction_logs AS l WHERE l.log = '"lo""g"'::regclass)))
		|| lpad(to_hex(number), 10, '0'))::uuid
$$;
-- nine o'clock of the last day on which that is an hour ago
CREATE FUNCTION days(n float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT date_trunc('day', now() - interval '10 h', 'UTC') + interval '9 h' - n * interval '1 day' $$;
INSERT INTO "lo""g" (prediction_id, predicted_at, model_version, entity_key, score, label, age)
SELECT id(days(n), n), days(n), 1, 'e' || n % 10, n / 100.0, n::text, n FROM generate_series(1, 50) AS n;

-- by id
SELECT results_eq($$ SELECT prediction_id, matched, repeated FROM drift.record_outcome(id(days(30), 30), '1') $$,
	$$ VALUES (id(days(30), 30), true, false) $$, 'an outcome finds its prediction by the id alone, weeks later');
SELECT results_eq($$ SELECT actual, actual_value, score, label, age, corrections FROM "lo""g_labelled" $$,
	$$ VALUES ('1', 1::float8, 0.3::float8, '30', 30::float8, 0::bigint) $$, 'the labelled view joins the two');
SELECT results_eq($$ SELECT prediction_id, matched, repeated FROM drift.record_outcome(id(days(30), 30), 1) $$,
	$$ VALUES (id(days(30), 30), true, true) $$, 'the same again is not added');
SELECT is((SELECT count(*) FROM "lo""g_outcomes"), 1::bigint, 'it is one row');
SELECT results_eq($$ SELECT matched, repeated FROM drift.record_outcome(id(days(30), 30), 0, now() + interval '1 s') $$,
	$$ VALUES (true, false) $$, 'a correction is added');
SELECT results_eq($$ SELECT actual, corrections FROM "lo""g_labelled" $$, $$ VALUES ('0', 1::bigint) $$, 'the latest counts, and that it is a correction can be seen');
SELECT drift.record_outcome(id(days(30), 30), 7, now() - interval '1 day') \g /dev/null
SELECT results_eq($$ SELECT actual, corrections FROM "lo""g_labelled" $$, $$ VALUES ('0', 2::bigint) $$, 'what was observed earlier does not count although it came later');
SELECT drift.record_outcome(id(days(30), 30), NULL, now() + interval '2 s') \g /dev/null
SELECT is_empty($$ SELECT FROM "lo""g_labelled" $$, 'NULL withdraws an outcome');

-- values
CREATE TABLE recorded AS
	SELECT (drift.record_outcome(id(days(1), 1), true)).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), 'yes'::varchar)).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), 2.50)).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), 1.0::float8)).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), 0.1::real)).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), '-1e3')).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), '')).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), '1 day')).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), 'inf')).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), 'NaN'::float8)).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), 9007199254740993)).outcome_id UNION ALL
	SELECT (drift.record_outcome(id(days(1), 1), 'x'::name)).outcome_id;
SELECT results_eq($$ SELECT o.actual, o.actual_value FROM recorded JOIN "lo""g_outcomes" AS o USING (outcome_id) ORDER BY outcome_id $$,
	$$ VALUES ('true', NULL::float8), ('yes', NULL), ('2.5', 2.5), ('1', 1), ('0.1', 0.1), ('-1e3', -1000), ('', NULL), ('1 day', NULL), ('inf', NULL), (NULL, NULL),
		('9007199254740993', 9007199254740992), ('x', NULL) $$, 'classes as models write them, numbers as text and as numbers');
SELECT throws_ok($$ SELECT drift.record_outcome(id(days(1), 1), now()) $$, '42804', NULL, 'a time is no outcome');
SELECT throws_ok($$ SELECT drift.record_outcome(NULL, 1) $$, '22004', NULL, 'a prediction id is needed');
SELECT throws_ok($$ SELECT drift.record_outcome(id(days(1), 1), 1, 'infinity') $$, '22023', NULL, 'nothing is observed at the end of time');

-- ids that are not the log's
SELECT throws_ok($$ SELECT drift.record_outcome('6a1e9a34-6a4b-4c66-b3ab-0e3a4a1c1d11', 1) $$, '42704', NULL, 'a random id does not tell its log');
SELECT throws_ok($$ SELECT drift.record_outcome(id(now(), 1, 4194303), 1) $$, '42704', NULL, 'a log of that number does not exist');
SELECT throws_ok($$ SELECT drift.record_outcome(id(now(), 1), 1, model => 'nothing') $$, '42704', 'no model is named "nothing"', 'nor a model of that name');
INSERT INTO "lo""g" (prediction_id, predicted_at, model_version) VALUES ('6a1e9a34-6a4b-4c66-b3ab-0e3a4a1c1d11', days(20), 1),
	('018bcfe5-6800-7000-8000-000000000001', '2023-11-14 22:13:20+00', 1), (id(days(3), 99), days(5), 1);
SELECT results_eq($$ SELECT matched FROM drift.record_outcome('6a1e9a34-6a4b-4c66-b3ab-0e3a4a1c1d11', 1, model => 'mo"del ü') UNION ALL
	SELECT matched FROM drift.record_outcome('018bcfe5-6800-7000-8000-000000000001', 1, model => 'mo"del ü') UNION ALL
	SELECT matched FROM drift.record_outcome(id(days(3), 99), 1) $$, $$ VALUES (true), (true), (true) $$,
	'with the model it is found: a random id, one of version 7, and one whose time is not that of the prediction');

-- before the prediction
SELECT results_eq($$ SELECT matched FROM drift.record_outcome(id(days(0.5), 500), 1) $$, $$ VALUES (false) $$, 'an outcome may come before its prediction');
SELECT results_eq($$ SELECT matched, repeated FROM drift.record_outcome(id(days(0.5), 500), 1) $$, $$ VALUES (false, true) $$, 'and again');

-- by entity: e7 was predicted 7, 17, 27, 37, 47 days ago
SELECT results_eq($$ SELECT prediction_id, matched FROM drift.record_entity_outcome('mo"del ü', 'e7', 1) $$, $$ VALUES (id(days(7), 7), true) $$, 'the last prediction of an entity');
SELECT results_eq($$ SELECT prediction_id, matched FROM drift.record_entity_outcome('mo"del ü', 'e7', 1, days(30)) $$, $$ VALUES (id(days(37), 37), true) $$, 'the last before the outcome');
SELECT results_eq($$ SELECT prediction_id FROM drift.record_entity_outcome('mo"del ü', 'e7', 0, match => 'all', within => '20 days') $$,
	$$ VALUES (id(days(7), 7)), (id(days(17), 17)) $$, 'all within some days');
SELECT results_eq($$ SELECT prediction_id, matched FROM drift.record_entity_outcome('mo"del ü', 'e7', 1, within => '1 day') $$, $$ VALUES (NULL::uuid, false) $$, 'none within a day');
SELECT results_eq($$ SELECT prediction_id, matched, repeated FROM drift.record_entity_outcome('mo"del ü', 'e7', 1, within => '1 day') $$, $$ VALUES (NULL::uuid, false, true) $$,
	'nor again');
SELECT throws_ok($$ SELECT drift.record_entity_outcome('mo"del ü', 'e7', 1, match => 'first') $$, '22023', NULL, 'no other way to match');
SELECT throws_ok($$ SELECT drift.record_entity_outcome('mo"del ü', NULL, 1) $$, '22004', NULL, 'an entity is needed');
SELECT throws_ok($$ SELECT drift.record_entity_outcome('mo"del ü', 'e7', 1, within => '-1 day') $$, '22023', NULL, 'outcomes follow predictions');

-- shadows
INSERT INTO "lo""g" (prediction_id, predicted_at, model_version, arm, entity_key, shadow_of)
VALUES (id(days(2) + interval '1 ms', 2000), days(2) + interval '1 ms', 2, 'shadow', 'e2', id(days(2), 2));
SELECT results_eq($$ SELECT prediction_id, matched FROM drift.record_outcome(id(days(2) + interval '1 ms', 2000), 'a') $$, $$ VALUES (id(days(2), 2), true) $$,
	'the outcome of a shadow is that of its answer');
SELECT results_eq($$ SELECT model_version, arm, actual FROM "lo""g_labelled" WHERE predicted_at > days(2.5) AND actual = 'a' ORDER BY model_version $$,
	$$ VALUES (1, 'champion', 'a'), (2, 'shadow', 'a') $$, 'and labels both');
SELECT results_eq($$ SELECT prediction_id FROM drift.record_entity_outcome('mo"del ü', 'e2', 'b') $$, $$ VALUES (id(days(2), 2)) $$, 'an entity''s outcome belongs to answers');

-- once
SELECT is((SELECT count(*) FROM (SELECT (r).* FROM (SELECT drift.record_outcome(id(days(9), 9), 'once') AS r) AS s) AS t), 1::bigint, 'a row');
SELECT (drift.record_outcome(id(days(9), 9), 'twice')).* \g /dev/null
SELECT is((SELECT count(*) FROM "lo""g_outcomes" WHERE actual = 'twice'), 1::bigint, '(f()).* records once');

-- many at once
CREATE TABLE lab (prediction text, patient text, result numeric, seen timestamptz);
INSERT INTO lab SELECT id(days(n), n), NULL, n % 2, days(n - 1) FROM generate_series(31, 50) AS n;
INSERT INTO lab VALUES (id(days(31), 31), NULL, NULL, now()), (id(days(31), 31), NULL, 'NaN', now()), (id(days(31), 31), NULL, 1, days(5)),
	(id(days(31), 31), NULL, 2, days(4)), (id(days(0.4), 600), NULL, 1, days(0.3));
CREATE TABLE before AS SELECT count(*) AS n FROM "lo""g_outcomes";
SELECT results_eq($$ SELECT * FROM drift.record_outcomes('mo"del ü', 'SELECT prediction AS prediction_id, result AS actual, seen AS observed_at FROM lab -- all') $$,
	$$ VALUES (22::bigint, 21::bigint, 1::bigint, 1::bigint) $$, 'outcomes of a query: those without a value are left out, one repeats another');
SELECT is((SELECT count(*) FROM "lo""g_outcomes"), (SELECT n + 22 FROM before), 'as many rows as it says');
SELECT results_eq($$ SELECT actual, actual_value, corrections FROM "lo""g_labelled" WHERE entity_key = 'e1' AND age = 31 $$, $$ VALUES ('2', 2::float8, 1::bigint) $$,
	'corrections in one query count in their order');
SELECT results_eq($$ SELECT * FROM drift.record_outcomes('mo"del ü', 'SELECT prediction AS prediction_id, result AS actual, seen AS observed_at FROM lab') $$,
	$$ VALUES (0::bigint, 0::bigint, 0::bigint, 23::bigint) $$, 'the same query again adds nothing');
SELECT results_eq($$ SELECT recorded, matched, repeated FROM drift.record_outcomes('mo"del ü', 'SELECT id(days(n), n) AS prediction_id, n % 2 AS actual FROM generate_series(32, 50) AS n') $$,
	$$ VALUES (0::bigint, 0::bigint, 19::bigint) $$, 'nor does one without times');
TRUNCATE lab;
INSERT INTO lab SELECT NULL, 'e' || n, n, days(0) FROM generate_series(3, 12) AS n;
SELECT results_eq($$ SELECT * FROM drift.record_outcomes('mo"del ü', 'SELECT patient AS entity_key, result AS actual, seen AS observed_at, text $l$lab$l$ AS source FROM lab') $$,
	$$ VALUES (10::bigint, 7::bigint, 3::bigint, 0::bigint) $$, 'outcomes of entities');
SELECT is((SELECT string_agg(format('%s %s', age, actual), ',' ORDER BY age) FROM "lo""g_labelled" WHERE outcome_source = 'lab'), '3 3,4 4,5 5,6 6,8 8',
	'each for the last prediction; of two it is known already what came later');
SELECT results_eq($$ SELECT recorded, matched, unmatched, repeated FROM drift.record_outcomes('mo"del ü', 'SELECT patient AS entity_key, result AS actual, seen AS observed_at FROM lab', 'all', '30 days') $$,
	$$ VALUES (14::bigint, 14::bigint, 0::bigint, 10::bigint) $$, 'or for all of some days, where they are not known yet');
CREATE VIEW "la""b" AS SELECT id(days(2) + interval '1 ms', 2000) AS prediction_id, 'shadowed' AS actual;
SELECT results_eq($$ SELECT recorded, matched FROM drift.record_outcomes('mo"del ü', '"la""b"') $$, $$ VALUES (1::bigint, 1::bigint) $$, 'a view');
SELECT results_eq($$ SELECT prediction_id FROM "lo""g_outcomes" WHERE actual = 'shadowed' $$, $$ VALUES (id(days(2), 2)) $$, 'of a shadow: that of its answer');
SELECT throws_ok($$ SELECT drift.record_outcomes('mo"del ü', 'SELECT 1 AS actual') $$, '42703', NULL, 'columns that are missing');
SELECT throws_ok($$ SELECT drift.record_outcomes('mo"del ü', 'SELECT 1 AS actual, NULL AS entity_key') $$, '22004', NULL, 'an outcome of nothing');
SELECT throws_ok($$ SELECT drift.record_outcomes('mo"del ü', 'SELECT 1 AS actual, 1 AS entity_key', within => '-1 day') $$, '22023', NULL, 'outcomes follow predictions, many too');
SELECT throws_ok($$ SELECT drift.record_outcomes('mo"del ü', 'SELECT nextval(''lo"g_outcomes_outcome_id_seq'') AS actual, ''e'' AS entity_key') $$, '25006', NULL, 'the query only reads');

-- predictions that come after their outcomes
SELECT results_eq($$ SELECT prediction_id IS NULL, entity_key, actual FROM drift.unmatched_outcomes('mo"del ü') ORDER BY outcome_id $$,
	$$ VALUES (false, NULL, '1'), (true, 'e7', '1'), (false, NULL, '1'), (true, 'e10', '10'), (true, 'e11', '11'), (true, 'e12', '12') $$, 'outcomes without a prediction are listed');
INSERT INTO "lo""g" (prediction_id, predicted_at, model_version, entity_key, age) VALUES
	(id(days(0.5), 500), days(0.5), 1, 'late', 500), (id(days(3.5), 500), days(3.5), 1, 'e10', 501), (id(now() + interval '1 day', 500), now() + interval '1 day', 1, 'e11', 502);
SELECT results_eq($$ SELECT * FROM drift.match_outcomes('mo"del ü', within => '5 days') $$, $$ VALUES (2::bigint, 2::bigint, 4::bigint, 0::bigint) $$,
	'those that came find theirs, but none that is later than the outcome, or e7 for which 5 days are too few');
SELECT results_eq($$ SELECT age, actual FROM "lo""g_labelled" WHERE age >= 500 ORDER BY age $$, $$ VALUES (500::float8, '1'), (501, '10') $$, 'the view shows them');
SELECT is((SELECT string_agg(coalesce(entity_key, '-'), ',' ORDER BY outcome_id) FROM drift.unmatched_outcomes('mo"del ü')), 'e7,-,e11,e12', 'and the list no more');
SELECT results_eq($$ SELECT * FROM drift.match_outcomes('mo"del ü') $$, $$ VALUES (1::bigint, 1::bigint, 3::bigint, 0::bigint) $$, 'without a limit e7 does');
SELECT results_eq($$ SELECT * FROM drift.match_outcomes('mo"del ü') $$, $$ VALUES (0::bigint, 0::bigint, 3::bigint, 0::bigint) $$, 'again there is nothing to do');

-- coverage, lag, frontier
TRUNCATE "lo""g_outcomes";
DELETE FROM "lo""g" WHERE age IS NULL OR age >= 500;
SELECT is(drift.label_frontier('mo"del ü'), NULL, 'no frontier without labels');
SELECT drift.record_outcomes('mo"del ü', 'SELECT id(days(n), n) AS prediction_id, 1 AS actual, days(n) + n * interval ''1 h'' AS observed_at FROM generate_series(11, 50) AS n WHERE n <> 20') \g /dev/null
SELECT drift.record_outcome(id(days(11), 11), NULL), drift.record_outcome(id(days(12), 12), 2) \g /dev/null
SELECT results_eq($$ SELECT predictions, labelled, round(coverage::numeric, 3), corrected FROM drift.label_coverage('mo"del ü', '10 days', days(40.5)) WHERE predictions = 10 ORDER BY period_start $$,
	(SELECT format($$ SELECT count(*), count(*) FILTER (WHERE n > 11 AND n <> 20), round(avg((n > 11 AND n <> 20)::int), 3), count(*) FILTER (WHERE n = 12)
		FROM generate_series(1, 40) AS n GROUP BY date_bin('10 days', days(n), '2000-01-01 00:00+00') HAVING count(*) = 10 ORDER BY date_bin('10 days', days(n), '2000-01-01 00:00+00') $$)), 'coverage by ten days');
SELECT results_eq($$ SELECT lag, predictions, median, longest FROM drift.label_lag('mo"del ü', days(50.5)) WHERE lag = 'observed' $$, $$ VALUES ('observed', 38::bigint, interval '31 h', interval '50 h') $$,
	'lag from the prediction to the first outcome that was not withdrawn');
SELECT is(drift.label_frontier('mo"del ü'), date_trunc('day', days(12), 'UTC') + interval '1 day', 'the frontier is the end of the last day that is labelled');

SELECT * FROM finish();
ROLLBACK;
