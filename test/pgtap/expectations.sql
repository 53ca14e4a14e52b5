-- Expectations of training rows, and what validation says of a plan.
BEGIN;
SELECT plan(86);

CREATE SCHEMA expectations;
SET LOCAL search_path = expectations, pg_catalog, public;
SET LOCAL TimeZone = 'UTC';
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE "ro""ws" AS
	SELECT i AS id, date '2024-01-01' + i / 20 AS day, CASE WHEN i % 10 = 0 THEN NULL WHEN i % 10 = 1 THEN float8 'NaN' ELSE i % 50 END AS age,
		CASE WHEN i % 2 = 0 THEN 'x' ELSE 'y' END AS "ci""ty", i % 3 AS kind, 'ok'::mood AS mood, CASE WHEN i % 4 = 0 THEN 'yes' ELSE 'no' END AS outcome
	FROM generate_series(0, 1999) AS i;
CREATE FUNCTION said(expectations jsonb, source text DEFAULT '"ro""ws"') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(v.passed || ': ' || v.text, E'\n') FROM drift.validate(source, expectations) AS v
$$;

-- each kind, met and not
SELECT is(said(e::jsonb), t, e)
FROM (VALUES
	('[{"kind": "range", "column": "age", "min": 2, "max": 49}]', 'true: 0 of 1600 values of "age" are not from 2 to 49; they are from 2 to 49'),
	('[{"kind": "range", "column": "age", "min": 3}]', 'false: 40 of 1600 values of "age" are not at least 3; they are from 2 to 49'),
	('[{"kind": "range", "column": "age", "max": 48, "mostly": 0.97}]', 'true: 40 of 1600 values of "age" are not at most 48; they are from 2 to 49'),
	('[{"kind": "range", "column": "age", "max": 48, "mostly": 0.98}]', 'false: 40 of 1600 values of "age" are not at most 48; they are from 2 to 49'),
	('[{"kind": "range", "column": "day", "min": "2024-01-02"}]', 'false: 20 of 2000 values of "day" are not at least 2024-01-02; they are from 2024-01-01 to 2024-04-09'),
	('[{"kind": "range", "column": "mood", "min": "ok"}]', 'true: 0 of 2000 values of "mood" are not at least ok; they are from ok to ok'),
	('[{"kind": "not_null", "column": "age"}]', 'false: 400 of 2000 rows have no "age"'),
	('[{"kind": "not_null", "column": "age", "mostly": 0.8}]', 'true: 400 of 2000 rows have no "age"'),
	('[{"kind": "not_null", "column": "ci\"ty"}]', 'true: 0 of 2000 rows have no "ci"ty"'),
	('[{"kind": "set", "column": "ci\"ty", "values": ["x", "y", "''"]}]', 'true: 0 of 2000 values of "ci"ty" are not in the set'),
	('[{"kind": "set", "column": "ci\"ty", "values": ["x"]}]', 'false: 1000 of 2000 values of "ci"ty" are not in the set, for example "y"'),
	('[{"kind": "set", "column": "kind", "values": [0, 1]}]', 'false: 666 of 2000 values of "kind" are not in the set, for example "2"'),
	('[{"kind": "set", "column": "mood", "values": ["ok"]}]', 'true: 0 of 2000 values of "mood" are not in the set'),
	('[{"kind": "set", "column": "ci\"ty", "values": ["x", null]}]', 'false: 1000 of 2000 values of "ci"ty" are not in the set, for example "y"'),
	('[{"kind": "type", "column": "kind", "type": "int"}]', 'true: "kind" is of type int'),
	('[{"kind": "type", "column": "kind", "type": "text"}]', 'false: "kind" is of type integer and not text'),
	('[{"kind": "type", "column": "kind", "type": "nonsense"}]', 'false: "kind" is of type integer and not nonsense'),
	('[{"kind": "unique", "column": "id"}]', 'true: 0 of 2000 rows repeat others in "id"'),
	('[{"kind": "unique", "column": "kind"}]', 'false: 1997 of 2000 rows repeat others in "kind"'),
	('[{"kind": "unique", "columns": ["day", "kind"]}]', 'false: 1700 of 2000 rows repeat others in "day", "kind"'),
	('[{"kind": "row_count", "min": 2000, "max": 2000}]', 'true: there are 2000 rows, at least 2000 are needed, at most 2000 may be'),
	('[{"kind": "row_count", "min": 2001}]', 'false: there are 2000 rows, at least 2001 are needed'),
	('[{"kind": "row_count", "max": 1}]', 'false: there are 2000 rows, at most 1 may be'),
	('[{"kind": "class_share", "column": "outcome", "min": 0.25}]', 'true: the rarest "outcome" is "yes" in 500 of 2000 rows, a share of 0.25 is needed'),
	('[{"kind": "class_share", "column": "outcome", "min": 0.26}]', 'false: the rarest "outcome" is "yes" in 500 of 2000 rows, a share of 0.26 is needed'),
	('[{"kind": "sql", "expression": "age > 5 -- or not"}]', 'false: 160 of 2000 rows are not so: age > 5 -- or not'),
	('[{"kind": "sql", "expression": "age > 5", "mostly": 0.9}]', 'true: 160 of 2000 rows are not so: age > 5'),
	('[{"kind": "sql", "aggregate": "avg(kind) < 1"}]', 'true: avg(kind) < 1: true'),
	('[{"kind": "sql", "aggregate": "count(DISTINCT kind) = 4"}]', 'false: count(DISTINCT kind) = 4: false'),
	('[{"kind": "sql", "aggregate": "NULL::boolean"}]', 'false: NULL::boolean: unknown'),
	('[{"kind": "not_null", "column": "gone"}]', 'false: there is no column "gone"'),
	('[{"kind": "unique", "columns": ["id", "gone"]}]', 'false: there is no column "gone"'),
	('[{"kind": "row_count", "min": 1}, {"kind": "not_null", "column": "gone"}, {"kind": "not_null", "column": "id"}]',
		E'true: there are 2000 rows, at least 1 are needed\nfalse: there is no column "gone"\ntrue: 0 of 2000 rows have no "id"')) AS v (e, t);
SELECT is(said('[{"kind": "class_share", "column": "outcome", "min": 0.1}, {"kind": "range", "column": "id", "min": 1}, {"kind": "unique", "column": "id"}]', 'SELECT * FROM "ro""ws" WHERE false'),
	E'false: no row has a "outcome"\ntrue: 0 of 0 values of "id" are not at least 1; they are from nothing to nothing\ntrue: 0 of 0 rows repeat others in "id"', 'no rows');
SELECT is(said('[{"kind": "unique", "column": "a"}]', 'SELECT * FROM (VALUES (NULL), (NULL), (1), (1)) AS v (a)'), 'false: 1 of 4 rows repeat others in "a"', 'a NULL repeats none');
SELECT results_eq($$ SELECT name, severity, details FROM drift.validate('"ro""ws"', '[{"kind": "not_null", "column": "age", "severity": "warning"}, {"kind": "row_count", "min": 1, "name": "some"}]') $$,
	$$ VALUES ('age not_null', 'warning', '{"kind": "not_null", "column": "age", "params": {}, "rows": 2000, "failing": 400}'::jsonb),
		('some', 'error', '{"kind": "row_count", "params": {"min": 1}, "rows": 2000}') $$, 'names, severities, and what a program reads');
SELECT is_empty($$ SELECT * FROM drift.validate('"ro""ws"', '[]') $$, 'nothing is expected');

-- what is no expectation
SELECT throws_ok(format('SELECT * FROM drift.validate(%L, %L)', '"ro""ws"', e), '22023', NULL, 'no expectation: ' || e)
FROM unnest(ARRAY['{}', '[1]', '[{}]', '[{"kind": "strange"}]', '[{"kind": "range", "column": "age"}]', '[{"kind": "range", "min": 1}]', '[{"kind": "range", "column": "age", "mim": 1}]',
	'[{"kind": "range", "column": "age", "min": true}]', '[{"kind": "not_null", "column": "age", "mostly": 2}]', '[{"kind": "set", "column": "age"}]', '[{"kind": "set", "column": "age", "values": 1}]',
	'[{"kind": "unique"}]', '[{"kind": "unique", "column": "age", "columns": ["id"]}]', '[{"kind": "row_count"}]', '[{"kind": "unique", "columns": []}]', '[{"kind": "class_share", "column": "age"}]', '[{"kind": "sql"}]',
	'[{"kind": "sql", "expression": "true", "aggregate": "true"}]', '[{"kind": "row_count", "min": 1, "severity": "fatal"}]']) AS e;
SELECT throws_ok($$ SELECT * FROM drift.validate('"ro""ws"', '[{"kind": "sql", "expression": "age >"}]') $$, '42601', NULL, 'an expression that is none');
SELECT throws_ok($$ SELECT * FROM drift.validate('"ro""ws"', '[{"kind": "sql", "expression": "age"}]') $$, '42804', NULL, 'an expression that is not true or false');
SELECT throws_ok($$ SELECT * FROM drift.validate('"ro""ws"', '[{"kind": "sql", "expression": "true) FILTER (WHERE true"}]') $$, '42601', NULL, 'an expression that would be more');
SELECT throws_ok($$ SELECT * FROM drift.validate('"ro""ws"', '[{"kind": "range", "column": "age", "min": "old"}]') $$, '22P02', NULL, 'a bound that is no value of the column');
SELECT throws_ok($$ SELECT * FROM drift.validate(NULL, '[]') $$, '22004', NULL, 'no rows are named');
SELECT throws_ok($$ SELECT * FROM drift.validate('SELECT 1 AS a, 2 AS a', '[{"kind": "not_null", "column": "a"}]') $$, '42701', NULL, 'a column that is there twice');
SELECT throws_ok($$ SELECT * FROM drift.validate('nowhere', '[]') $$, '42P01', NULL, 'rows that are not there');

-- of a model
SELECT drift.register_model('mood') \g /dev/null
SELECT throws_ok($$ SELECT drift.add_expectation('mood', 'x', 'row_count', params => '{"min": 1}') $$, '55000', NULL, 'not before it is said how it is trained');
SELECT drift.set_training('mood', 'outcome', '"ro""ws"', 'day', 'id', options => '{"embargo": "0"}') \g /dev/null
SELECT is((SELECT count(*) FROM drift.add_expectation('mood', 'ages', 'range', 'age', '{"max": 40}', 'warning')), 1::bigint, 'an expectation is added');
SELECT drift.add_expectation('mood', 'one row each', 'unique', 'id') \g /dev/null
SELECT throws_ok($$ SELECT drift.add_expectation('mood', 'ages', 'not_null', 'age') $$, '42710', NULL, 'its name is taken');
SELECT throws_ok($$ SELECT drift.add_expectation('mood', 'more', 'range', 'age', '{"least": 1}') $$, '22023', NULL, 'unknown params');
SELECT throws_ok($$ SELECT drift.add_expectation('mood', ' ', 'row_count', params => '{"min": 1}') $$, '42602', NULL, 'no name');
SELECT throws_ok($$ SELECT drift.remove_expectation('mood', 'more') $$, '42704', NULL, 'none of that name');
SELECT results_eq($$ SELECT name, severity, passed, text FROM drift.validate_training('mood', 'all_data') $$,
	$$ VALUES ('new_rows', 'error', true, '2000 rows with labels, 1000 are needed'), ('train_rows', 'error', true, '1200 rows to train on'),
		('valid_rows', 'error', true, '400 rows to choose between candidates'), ('test_rows', 'error', true, '400 rows to judge the result by'),
		('train_classes', 'error', true, 'the training rows have 2 classes: 900 "no", 300 "yes"'), ('class_rows', 'error', true, '300 training rows are "yes", 10 are needed of each class'),
		('class_share', 'warning', true, '25.00 % of the training rows are "yes"'), ('test_classes', 'error', true, 'the held-out rows have 2 classes: 300 "no", 100 "yes"'),
		('unseen_classes', 'warning', true, 'every class that is held out is trained on'),
		('ages', 'warning', false, '320 of 1600 values of "age" are not at most 40; they are from 2 to 49'), ('one row each', 'error', true, '0 of 2000 rows repeat others in "id"') $$,
	'a plan that can be trained');
SELECT drift.remove_expectation('mood', 'ages') \g /dev/null
SELECT is((SELECT count(*) FROM drift.expectations), 1::bigint, 'an expectation is taken away');

-- what forbids to train, and says what is missing
CREATE FUNCTION failing(strategy text, given jsonb, as_of timestamptz DEFAULT '2025-01-01') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s %s: %s', v.severity, v.name, v.text), E'\n')
	FROM drift_internal.find_training('mood', 'own') AS c, drift_internal.validate_plan(drift_internal.training_plan(c, strategy, as_of, given), c) AS v
	WHERE NOT v.passed
$$;
SELECT is(failing('all_data', '{}'), NULL, 'nothing');
SELECT is(failing('all_data', '{"minimum_rows": 2500}'), 'error new_rows: 2000 rows with labels, 2500 are needed: 500 more', 'too few rows');
SELECT is(failing('all_data', '{"new_from": "2024-03-31"}'), E'error new_rows: 180 new rows with labels, 1000 are needed: 820 more\nwarning few_test_rows: 100 rows are held out, which tell large differences alone', 'too few new ones');
SELECT is(failing('all_data', '{"new_from": "2024-03-31", "minimum_rows": 89, "minimum_test_rows": 50}'), NULL, 'unless fewer do');
SELECT matches(failing('all_data', '{"embargo": "60 days"}'), 'error train_rows: no row is left to train on: the embargo of 60 days leaves out [0-9]+ rows', 'an embargo that leaves nothing');
SELECT is(failing('all_data', '{"minimum_class_rows": 301}'), 'error class_rows: 300 training rows are "yes", 301 are needed of each class: 1 more', 'too few of a class');
SELECT is(failing('all_data', '{"minimum_class_share": 0.3}'), 'warning class_share: 25.00 % of the training rows are "yes"', 'a rare class is told');
SELECT is(failing('new_only', '{"new_from": "2024-03-01", "new_only_rows": 5000, "minimum_rows": 1}'), 'warning strategy: new_only needs 5000 new rows with labels and there are 780: combined is used', 'another strategy');
SELECT matches(failing('all_data', '{}', '2023-01-01'), E'error new_rows: 0 rows with labels, 1000 are needed: 1000 more\nerror train_rows: no row is left to train on: all_data takes 0 rows in all\n', 'no rows at all');
SELECT drift.set_training('mood', 'outcome', 'SELECT * FROM "ro""ws" WHERE outcome = ''no''', 'day') \g /dev/null
SELECT matches(failing('all_data', '{}'), '^error train_classes: the training rows have the class "no" alone\nerror test_classes: the held-out rows have 1 class: 300 "no"$', 'one class');
SELECT drift.set_training('mood', 'o', 'SELECT *, CASE WHEN day > ''2024-04-01'' AND outcome = ''yes'' THEN ''late'' ELSE outcome END AS o, CASE WHEN id < 5 THEN NULL ELSE day END AS d FROM "ro""ws"', 'd', excluded => '{outcome,day}') \g /dev/null
SELECT is(failing('all_data', '{}'), E'warning unseen_classes: held-out rows have classes that no training row has: "late"\nwarning untimed: 5 rows have no time and are not used', 'classes that came late, and rows without a time');
SELECT is(failing('all_data', '{"test_rows": 100, "minimum_test_rows": 101}'), E'warning unseen_classes: held-out rows have classes that no training row has: "late"\nwarning untimed: 5 rows have no time and are not used\nwarning few_test_rows: 100 rows are held out, which tell large differences alone', 'few held-out rows');
SELECT drift.set_training('mood', 'age', '"ro""ws"', 'day', 'id', options => '{"embargo": "0"}') \g /dev/null
SELECT is(failing('all_data', '{}'), NULL, 'numbers have no classes');

-- what the champion cannot say
SELECT drift.add_external_version('mood', 'file:///m', sha256('m'), '[{"name": "height", "kind": "number"}, {"name": "age", "kind": "number"}]', 'binary') \g /dev/null
SELECT drift.set_training('mood', 'outcome', '"ro""ws"', 'day', 'id', options => '{"embargo": "0"}') \g /dev/null
SELECT drift.promote('mood', 1) \g /dev/null
SELECT is(failing('all_data', '{}'), E'warning champion_inputs: the champion needs what the rows do not have: "height"; it cannot be compared\nwarning champion_until: until when the champion was trained is not known: it may have seen the held-out rows',
	'a champion that cannot be compared');
SELECT drift.add_expectation('mood', 'broken', 'sql', params => '{"expression": "no_such_column"}') \g /dev/null
SELECT throws_ok($$ SELECT * FROM drift.validate_training('mood') $$, '42703', NULL, 'an expression over what is not there');

SELECT * FROM finish();
ROLLBACK;
