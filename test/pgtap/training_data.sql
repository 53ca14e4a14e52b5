-- Training rows: sources, splits by time and by hash, strategies, weights, what was known when, who may.
BEGIN;
SELECT plan(116);

CREATE SCHEMA "we""ird Ünïcode";
SET LOCAL search_path = "we""ird Ünïcode", pg_catalog, public;
SET LOCAL TimeZone = 'UTC';

-- split: the SHA-256 of seed, 1F and key
SELECT results_eq($$ SELECT drift_internal.key_place('a', 42), drift_internal.key_place('ü', -7) $$,
	$$ SELECT ('x' || left(encode(sha256(convert_to('42' || chr(31) || 'a', 'UTF8')), 'hex'), 8))::bit(32)::bigint / 4294967296.0::float8,
		('x' || left(encode(sha256(convert_to('-7' || chr(31) || 'ü', 'UTF8')), 'hex'), 8))::bit(32)::bigint / 4294967296.0::float8 $$,
	'the place of a key is made of its SHA-256');
SELECT is((SELECT count(*) FROM generate_series(1, 10000) AS k WHERE drift.split(k::text) = 'test'), 2056::bigint, 'about a fifth is held out, always the same');
SELECT isnt((SELECT array_agg(k) FROM generate_series(1, 100) AS k WHERE drift.split(k::text, 0.5, 1) = 'test'),
	(SELECT array_agg(k) FROM generate_series(1, 100) AS k WHERE drift.split(k::text, 0.5, 2) = 'test'), 'another seed holds out others');
SELECT results_eq($$ SELECT drift.split('a', 0), drift.split('a', 1), drift.split(NULL) $$, $$ VALUES ('train', 'test', NULL) $$, 'none, all, and no key');
SELECT throws_ok($$ SELECT drift.split('a', 1.5) $$, '22023', NULL, 'a share above one');
SELECT throws_ok($$ SELECT drift.split('a', 0.5, NULL) $$, '22023', NULL, 'no seed');
SELECT is((SELECT count(*) FROM generate_series(1, 5000) AS k WHERE drift.split(k::text, 0.1) = 'test' AND drift.split(k::text, 0.2) = 'train'), 0::bigint,
	'a larger share holds out the same and more');

-- 200 days, ten rows a day; every third row is yes; labels are known after five days
CREATE TABLE "ro""ws" AS
	SELECT i AS id, timestamptz '2024-01-01' + i * interval '144 min' AS at, timestamptz '2024-01-01' + i * interval '144 min' + interval '5 days' AS known,
		(i % 50)::float8 AS "a""ge", CASE WHEN i % 2 = 0 THEN 'x' ELSE 'y' END AS city, date '2000-01-01' AS born, (1 + i % 2)::float8 AS importance,
		CASE WHEN i % 3 = 0 THEN 'yes' ELSE 'no' END AS outcome
	FROM generate_series(0, 1999) AS i;
SELECT drift.register_model('mo"del ü') \g /dev/null
CREATE FUNCTION plan_of(strategy text, as_of text, options jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT drift_internal.training_plan(drift_internal.find_training('mo"del ü', 'own'), strategy, as_of::timestamptz, options)
$$;
-- rows of one of its queries by split
CREATE FUNCTION found(plan jsonb, query text DEFAULT 'query') RETURNS TABLE (split text, n bigint, weight float8, first timestamptz, last timestamptz) LANGUAGE sql AS $$
	SELECT r.* FROM drift_internal.read_as((plan ->> 'owner')::regrole, format(
		'SELECT %s, count(*), %s, min(q.drift_time), max(q.drift_time) FROM (%s) AS q GROUP BY 1 ORDER BY 1',
		CASE query WHEN 'test_query' THEN '''test''::text' ELSE 'drift_split' END, CASE WHEN query IN ('query', 'all_query') THEN 'sum(drift_weight)' ELSE '0::float8' END, plan ->> query),
		plan ->> 'path') AS r (split text, n bigint, weight float8, first timestamptz, last timestamptz)
$$;

-- what is said, and what is wrong with it
SELECT throws_ok($$ SELECT drift.validate_training('mo"del ü') $$, '55000', NULL, 'not before it is said how to train');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', source => '"ro""ws"') $$, '22004', NULL, 'a label is needed');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'nothing', '"ro""ws"') $$, '42703', NULL, 'a label that is no column');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'city') $$, '42804', NULL, 'a time that is none');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'born', '"ro""ws"') $$, '42804', NULL, 'a label that is a date');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', weight_column => 'city') $$, '42804', NULL, 'weights that are none');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', features => '{city,outcome}') $$, '22023', NULL, 'the label as a feature');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', features => '{town}') $$, '42703', NULL, 'a feature that is no column');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', features => '{city,NULL}') $$, '42703', NULL, 'a feature that is NULL');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', features => '{city,city}') $$, '42701', NULL, 'a feature twice');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', excluded => '{town}') $$, '42703', NULL, 'an excluded column that is none');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', 'SELECT 1 AS outcome, 2 AS drift_split') $$, '42939', NULL, 'a column of a reserved name');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', 'SELECT 1 AS outcome') $$, '22023', NULL, 'nothing to learn from');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü') $$, '55000', NULL, 'no log to train on');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', options => '{"test_sahre": 0.1}') $$, '22023',
	'training has no option "test_sahre"', 'an unknown option by its name');
SELECT throws_ok(format('SELECT drift.set_training(%L, %L, %L, options => %L)', 'mo"del ü', 'outcome', '"ro""ws"', o), '22023', NULL, 'an option that cannot be so: ' || o)
FROM unnest(ARRAY['{"test_share": 1}', '{"test_share": "a"}', '{"split": "random"}', '{"embargo": "soon"}', '{"embargo": "-1 day"}', '{"seed": 1.5}', '{"seed": 1e30}',
	'{"refit": "yes"}', '{"fallback_strategies": ["none"]}', '{"new_from": "then"}', '{"candidates": []}', '{"time_zone": 3}', '{"evaluation": []}']) AS o;
SELECT throws_ok(format('SELECT drift.set_training(%L, %L, %L, candidates => %L)', 'mo"del ü', 'outcome', '"ro""ws"', c), '22023', 'these are no candidates', 'no candidates: ' || c)
FROM unnest(ARRAY['{}', '[]', '[1]', '[{}]', '[{"algorithm": 1}]', '[{"algorithm": "logistic", "params": 1}]', '[{"algorithm": "logistic", "parms": {}}]']) AS c;
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', options => '{"time_zone": "Mars"}') $$, '22023', NULL, 'an unknown time zone');
SELECT results_eq($$ SELECT source_kind, relation::text, label, candidates #>> '{0,algorithm}', time_column FROM drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', 'id', labelled_column => 'known') $$,
	$$ VALUES ('relation', '"ro""ws"', 'outcome', 'logistic', 'at') $$, 'a relation with a time');
SELECT is((SELECT count(*) FROM drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', 'id', labelled_column => 'known')), 1::bigint, 'said again, it replaces what was said');
SELECT is((SELECT count(*) FROM drift.model_events WHERE event = 'training_set'), 2::bigint, 'both are in the history of the model');
SELECT is((SELECT candidates #>> '{0,algorithm}' FROM drift.set_training('mo"del ü', 'a"ge', '"ro""ws"', 'at')), 'ridge', 'numbers get a linear model');

SELECT is((SELECT candidates #>> '{0,algorithm}' FROM drift.set_training('mo"del ü', 'bit', 'SELECT *, id % 2 AS bit FROM "ro""ws"', 'at')), 'logistic', 'zeros and ones are classes');
SELECT is(plan_of('all_data', '2025-01-01') #> '{classes,test}', '{"0": 200, "1": 200}', 'which are counted');
SELECT is((SELECT candidates #>> '{0,algorithm}' FROM drift.set_training('mo"del ü', 'bit', 'SELECT *, id % 2 AS bit FROM "ro""ws"', 'at', options => '{"task": "regression"}')), 'ridge', 'unless it is said that they are not');

-- features
SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', 'id', excluded => '{city}', labelled_column => 'known', weight_column => 'importance') \g /dev/null
SELECT results_eq($$ SELECT p -> 'features', p -> 'left_out' FROM plan_of('all_data', '2025-01-01') AS p $$,
	$$ VALUES ('["a\"ge"]'::jsonb, '["born (date)"]'::jsonb) $$, 'columns that are for something else are no features, and those that cannot be are told');

-- by time: the newest fifth, a fifth before it, the embargo between
SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', 'id', labelled_column => 'known') \g /dev/null
SELECT results_eq($$ SELECT * FROM found(plan_of('all_data', '2025-01-01', '{"embargo": "0"}')) $$,
	$$ VALUES ('train', 1200::bigint, 1200::float8, timestamptz '2024-01-01', timestamptz '2024-01-01' + 1199 * interval '144 min'),
		('valid', 400, 400, timestamptz '2024-01-01' + 1200 * interval '144 min', timestamptz '2024-01-01' + 1599 * interval '144 min') $$,
	'without a champion all rows are new: three fifths train, the next fifth chooses');
SELECT results_eq($$ SELECT * FROM found(plan_of('all_data', '2025-01-01', '{"embargo": "0"}'), 'test_query') $$,
	$$ VALUES ('test', 400::bigint, 0::float8, timestamptz '2024-01-01' + 1600 * interval '144 min', timestamptz '2024-01-01' + 1999 * interval '144 min') $$, 'the newest fifth is held out');
SELECT results_eq($$ SELECT split, n, first, last FROM found(plan_of('all_data', '2025-01-01', '{"embargo": "0"}'), 'all_query') $$,
	$$ VALUES ('train', 2000::bigint, timestamptz '2024-01-01', timestamptz '2024-01-01' + 1999 * interval '144 min') $$, 'all rows refit');
SELECT results_eq($$ SELECT p ->> 'embargo', p -> 'rows' -> 'gap', p -> 'rows' -> 'train' FROM plan_of('all_data', '2025-01-01') AS p $$,
	$$ VALUES ('5 days', '100'::jsonb, '1100'::jsonb) $$, 'the embargo is how long labels took');
SELECT ok((p ->> 'embargo')::interval < '2 days', 'and at most a tenth of the time there is') FROM plan_of('all_data', '2024-01-21') AS p;
SELECT results_eq($$ SELECT p -> 'rows' -> 'new', p -> 'rows' -> 'pending', p -> 'rows' -> 'future' FROM plan_of('all_data', '2024-04-01') AS p $$,
	$$ VALUES ('861'::jsonb, '50'::jsonb, '1089'::jsonb) $$, 'what was not known then does not count');
SELECT is((SELECT max(last) FROM found(plan_of('all_data', '2024-04-01'), 'rows_query')), timestamptz '2024-03-27', 'nor is it read');
SELECT is((plan_of('all_data', '2025-01-01', '{"test_rows": 50, "embargo": "0"}') -> 'rows') @> '{"test": 50, "valid": 50, "train": 1900}', true, 'a number of rows instead of a share');
SELECT is((plan_of('all_data', '2025-01-01', '{"maximum_test_rows": 300, "embargo": "0"}') -> 'rows') @> '{"test": 300, "valid": 300}', true, 'a share that is capped');
SELECT is((plan_of('all_data', '2025-01-01', '{"test_share": 0.01, "valid_share": 0.1, "embargo": "0"}') -> 'rows') @> '{"test": 200, "valid": 200}', true, 'enough to tell two models apart');
SELECT is((plan_of('all_data', '2025-01-01', '{"test_span": "10 days", "embargo": "0"}') -> 'rows') @> '{"test": 101}', true, 'a span instead of a share');
SELECT is((plan_of('all_data', '2025-01-01', '{"valid_split": "hash", "embargo": "0"}') ->> 'valid_from'), NULL, 'rows that choose may be taken by a hash');
SELECT ok((p -> 'valid')::int BETWEEN 270 AND 370 AND (p -> 'train')::int + (p -> 'valid')::int = 1600, 'a fifth of what is not held out') FROM
	(SELECT plan_of('all_data', '2025-01-01', '{"valid_split": "hash", "embargo": "0"}') -> 'rows' AS p) AS x;

-- ties of time stay together
CREATE TABLE months AS SELECT date '2024-01-01' + (i / 300) * interval '1 month' AS at, i AS x, i % 2 = 0 AS y FROM generate_series(0, 1199) AS i;
SELECT drift.set_training('mo"del ü', 'y', 'months', 'at') \g /dev/null
SELECT results_eq($$ SELECT p -> 'rows' -> 'train', p -> 'rows' -> 'valid', p -> 'rows' -> 'test' FROM plan_of('all_data', '2025-01-01') AS p $$,
	$$ VALUES ('600'::jsonb, '300'::jsonb, '300'::jsonb) $$, 'rows of one time stay together');
SELECT is((plan_of('all_data', '2025-01-01') ->> 'test_from')::timestamptz, timestamptz '2024-04-01', 'a time without a zone is one of UTC');
SELECT is((plan_of('all_data', '2025-01-01', '{"time_zone": "Asia/Tokyo"}') ->> 'test_from')::timestamptz, timestamptz '2024-04-01 00:00+9', 'or of another');
SELECT is((plan_of('all_data', '2025-01-01') #>> '{classes,train,true}'), '300', 'booleans are classes');

-- strategies: new is what came after what the champion was trained on
SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', 'id', options => '{"new_from": "2024-05-01", "embargo": "0", "new_only_rows": 500, "historical_window_months": 2, "sliding_window_months": 1}') \g /dev/null
SELECT is(count(DISTINCT plan_of(s, '2024-07-19') ->> 'test_query'), 1::bigint, 'all strategies are judged by the same rows') FROM unnest(drift_internal.strategies()) AS s;
SELECT results_eq($$ SELECT s, (SELECT min(first) FROM found(plan_of(s, '2024-07-19'), 'all_query')) FROM unnest(drift_internal.strategies()) AS s $$,
	$$ VALUES ('new_only', timestamptz '2024-05-01 02:24'), ('combined', '2024-03-01'), ('weighted', '2024-01-01'), ('sliding_window', '2024-06-19'), ('all_data', '2024-01-01') $$,
	'each strategy begins where it should');
SELECT is((plan_of(NULL, '2024-07-19') ->> 'strategy'), 'combined', 'the configured strategy');
SELECT throws_ok($$ SELECT plan_of('none', '2024-07-19') $$, '22023', NULL, 'an unknown strategy');
SELECT results_eq($$ SELECT p ->> 'strategy', p ->> 'requested_strategy', p #>> '{notes,0}' FROM plan_of('new_only', '2024-07-19', '{"new_only_rows": 1000}') AS p $$,
	$$ VALUES ('combined', 'new_only', 'new_only needs 1000 new rows with labels and there are 789: combined is used') $$, 'too few new rows alone');
SELECT matches(plan_of('new_only', '2024-07-19', '{"minimum_class_share": 0.4}') #>> '{notes,0}', '^new_only needs 40(\.0*)? % of each class among the new rows, and 263 of 789 are "yes": combined is used$',
	'a class that is too rare among them');

SELECT results_eq($$ SELECT p ->> 'strategy', p #>> '{notes,0}' FROM plan_of('new_only', '2024-07-19', '{"embargo": "15 days"}') AS p $$,
	$$ VALUES ('combined', 'new_only leaves 12 rows to train on and 128 to choose by: combined is used') $$, 'too few new rows beside those that are held out');

-- weights: 0.3 and 0.7 of the whole, whatever the rows weigh themselves
CREATE FUNCTION sides(plan jsonb, query text) RETURNS TABLE (is_new boolean, share float8, n bigint) LANGUAGE sql AS $$
	SELECT r.* FROM drift_internal.read_as((plan ->> 'owner')::regrole, format(
		'SELECT q.drift_time > %L, round((sum(q.drift_weight) / sum(sum(q.drift_weight)) OVER ())::numeric, 9)::float8, count(*) FROM (%s) AS q WHERE drift_split = ''train'' GROUP BY 1 ORDER BY 1',
		'2024-05-01', plan ->> query), plan ->> 'path') AS r (is_new boolean, share float8, n bigint)
$$;
SELECT results_eq($$ SELECT is_new, share FROM sides(plan_of('weighted', '2024-07-19'), 'query') $$, $$ VALUES (false, 0.3::float8), (true, 0.7) $$, 'old rows weigh 0.3, new ones 0.7');
SELECT results_eq($$ SELECT is_new, share FROM sides(plan_of('weighted', '2024-07-19'), 'all_query') $$, $$ VALUES (false, 0.3::float8), (true, 0.7) $$, 'in a refit too');
SELECT results_eq($$ SELECT is_new, share FROM sides(plan_of('weighted', '2024-07-19', '{"new_data_weight": 0.9}'), 'query') $$, $$ VALUES (false, 0.1::float8), (true, 0.9) $$, 'or what is asked for');
SELECT ok(abs((SELECT n::float8 / sum(n) OVER () FROM sides(plan_of('weighted', '2024-07-19', '{"weighting": "sampling"}'), 'query') ORDER BY is_new DESC LIMIT 1) - 0.7) < 0.05,
	'or as many rows of each');
SELECT is((SELECT array_agg(n) FROM sides(plan_of('weighted', '2024-07-19', '{"weighting": "sampling"}'), 'query')),
	(SELECT array_agg(n) FROM sides(plan_of('weighted', '2024-07-19', '{"weighting": "sampling"}'), 'query')), 'the same ones each time');
SELECT is((SELECT sum(n) FROM sides(p, 'query')), (p #>> '{rows,train}')::numeric, 'which the plan has counted') FROM plan_of('weighted', '2024-07-19', '{"weighting": "sampling"}') AS p;
SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', 'id', options => '{"new_from": "2024-05-01", "embargo": "0"}', weight_column => 'importance') \g /dev/null
SELECT results_eq($$ SELECT is_new, share FROM sides(plan_of('weighted', '2024-07-19'), 'query') $$, $$ VALUES (false, 0.3::float8), (true, 0.7) $$, 'with weights of their own too');
SELECT results_eq($$ SELECT split, weight > n FROM found(plan_of('all_data', '2024-07-19')) $$, $$ VALUES ('train', true), ('valid', true) $$, 'which count everywhere');
SELECT drift.load_config('{"retraining": {"weighted_retraining": false}}', 'mo"del ü') \g /dev/null
SELECT is(plan_of('weighted', '2024-07-19') -> 'weights' -> 'new', '1'::jsonb, 'unless the configuration says that all rows weigh the same');

-- by a hash: without a time, or because it is asked for
SELECT drift.set_training('mo"del ü', 'outcome', 'SELECT * FROM "ro""ws"', key_column => 'city') \g /dev/null
SELECT results_eq($$ SELECT p ->> 'strategy', p #>> '{notes,0}', p -> 'refit', p ->> 'split', p ->> 'test_from' FROM plan_of('combined', '2025-01-01') AS p $$,
	$$ VALUES ('all_data', 'combined needs a time_column: all rows are used', 'false'::jsonb, 'hash', NULL) $$, 'without a time all rows are used, and those held out stay so');
SELECT throws_ok($$ SELECT plan_of('combined', '2025-01-01', '{"split": "time"}') $$, '22023', NULL, 'nothing is newest without a time');
SELECT drift.set_training('mo"del ü', 'outcome', 'SELECT *, 1 AS one FROM "ro""ws"') \g /dev/null
SELECT ok((p -> 'test')::int BETWEEN 340 AND 460 AND (p -> 'valid')::int BETWEEN 340 AND 460 AND (p -> 'train')::int + (p -> 'valid')::int + (p -> 'test')::int = 2000, 'a fifth each')
FROM (SELECT plan_of(NULL, NULL) -> 'rows' AS p) AS x;
CREATE TABLE keyed AS SELECT i / 10 AS person, i AS x, i % 2 = 0 AS y FROM generate_series(0, 1999) AS i;
SELECT drift.set_training('mo"del ü', 'y', 'keyed', key_column => 'person') \g /dev/null
SELECT is((SELECT max(n) FROM drift_internal.read_as(current_user::regrole, format('SELECT count(DISTINCT drift_split) FROM (%s) AS q GROUP BY person', plan_of(NULL, NULL) ->> 'rows_query'),
	current_setting('search_path')) AS r (n bigint)), 1::bigint, 'rows of one key are never on two sides');
SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', options => '{"split": "hash", "new_from": "2024-05-01"}') \g /dev/null
SELECT ok((SELECT min(first) FROM found(plan_of(NULL, '2025-01-01'), 'test_query')) > timestamptz '2024-05-01', 'with a time only new rows are held out, so that no champion has seen them');

-- after a run that kept the champion, held-out rows are of those since then
SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at', options => '{"embargo": "0"}') \g /dev/null
INSERT INTO drift.training_runs (model_id, status, as_of, plan, started_by) SELECT model_id, 'kept', '2024-06-01', '{"new_to": "2024-05-01"}', current_user FROM drift.models WHERE name = 'mo"del ü';
SELECT is(plan_of('all_data', '2025-01-01', '{"test_share": 0.4, "valid_share": 0.4}') -> 'rows' @> '{"test": 316, "valid": 316, "new": 2000}', true, 'the share is one of the rows since the last run');
SELECT is(plan_of('all_data', '2024-05-15', '{"test_share": 0.4, "embargo": "0"}') -> 'rows' -> 'test', '541'::jsonb, 'not of a run that came later');
SELECT drift.drop_training('mo"del ü') \g /dev/null
SELECT throws_ok($$ SELECT drift.drop_training('mo"del ü') $$, '55000', NULL, 'it is not said any more');

-- from the prediction log: what was served, and what was known then
CREATE TABLE features (age float8, "pl""an" text, actual float8);
SELECT drift.create_prediction_log('mo"del ü', '"lo""g"', 'features', days_back => 60) \g /dev/null
-- a thousand hours; a failure each hundred, a shadow each fifty; outcomes a day later, of the first ones corrected ten days later, of some withdrawn
INSERT INTO "lo""g" (prediction_id, predicted_at, model_version, entity_key, score, label, age, "pl""an", feature_actual, status, shadow_of)
SELECT md5(n::text)::uuid, now() - interval '50 days' + n * interval '1 hour', 1, 'e' || n % 10, n / 1000.0, 'no', n, 'p' || n % 3, 7,
	CASE WHEN n % 100 = 0 THEN 'error' ELSE 'ok' END, CASE WHEN n % 50 = 1 THEN md5('5')::uuid END
FROM generate_series(1, 1000) AS n;
CREATE FUNCTION outcome(n integer, value text, after interval) RETURNS void LANGUAGE sql AS $$
	INSERT INTO "lo""g_outcomes" (prediction_id, predicted_at, actual, actual_value, observed_at)
	SELECT prediction_id, predicted_at, value, length(value), predicted_at + after FROM "lo""g" WHERE age = n
$$;
SELECT count(outcome(n, CASE WHEN n % 4 = 0 THEN 'yes' ELSE 'no' END, '1 day')) FROM generate_series(1, 1000) AS n \g /dev/null
SELECT count(outcome(n, 'maybe', '11 days')) FROM generate_series(1, 20) AS n \g /dev/null
SELECT count(outcome(n, NULL, '11 days')) FROM generate_series(21, 40) AS n \g /dev/null
SELECT results_eq($$ SELECT source_kind, label, time_column, labelled_column FROM drift.set_training('mo"del ü', options => '{"embargo": "0"}') $$,
	$$ VALUES ('log', 'log_actual', 'predicted_at', 'observed_at') $$, 'the log of the model, whose outcome is renamed where a feature is called so');
SELECT results_eq($$ SELECT p -> 'features', p #> '{rows,unlabelled}', p #> '{rows,new}', p #>> '{classes,new,maybe}' FROM plan_of('all_data', (now() + interval '1 day')::text) AS p $$,
	$$ VALUES ('["actual", "age", "pl\"an"]'::jsonb, '20'::jsonb, '950'::jsonb, '19') $$,
	'answers with their latest outcome: no failures, no shadows, nothing that was withdrawn');
SELECT results_eq($$ SELECT p #> '{rows,unlabelled}', p #> '{rows,new}', p #>> '{classes,new,maybe}' FROM plan_of('all_data', (now() - interval '48 days')::text) AS p $$,
	$$ VALUES ('24'::jsonb, '23'::jsonb, NULL) $$, 'two days later half of them were known, and nothing was corrected');
SELECT is((SELECT r.actual FROM drift_internal.read_as(current_user::regrole, format('SELECT log_actual FROM (%s) AS q WHERE age = 3', plan_of('all_data', (now() - interval '45 days')::text) ->> 'rows_query'),
	current_setting('search_path')) AS r (actual text)), 'no', 'as it was known then');
SELECT is((SELECT r.actual FROM drift_internal.read_as(current_user::regrole, format('SELECT log_actual FROM (%s) AS q WHERE age = 3', plan_of('all_data', (now() - interval '30 days')::text) ->> 'rows_query'),
	current_setting('search_path')) AS r (actual text)), 'maybe', 'as it was corrected');
SELECT results_eq($$ SELECT label, candidates #>> '{0,algorithm}' FROM drift.set_training('mo"del ü', source => '"lo""g"', options => '{"task": "regression"}') $$,
	$$ VALUES ('actual_value', 'ridge') $$, 'the log by its name, and numbers');
SELECT is(plan_of('all_data', (now() + interval '1 day')::text) -> 'is_class', 'false', 'numbers are not counted one by one');
SELECT results_eq($$ SELECT name, text FROM drift.validate_training('mo"del ü', 'all_data') WHERE NOT passed $$,
	$$ VALUES ('new_rows', '950 rows with labels, 1000 are needed: 50 more; 20 wait for their label') $$, 'what is missing is said');
SELECT matches((SELECT string_agg(column_name, ',') FROM drift.query_columns(drift.training_query('mo"del ü'))), '^actual,age,pl"an,actual_value,drift_time,drift_weight,drift_split$',
	'the query for who trains elsewhere');
SELECT is((SELECT count(*) FROM drift_internal.read_as(current_user::regrole, drift_internal.labelled_rows_query(drift_internal.find_training('mo"del ü', 'own'),
	now() - interval '50 days', now() - interval '49 days', now()) || ' ORDER BY drift_time', current_setting('search_path')) AS r (a timestamptz, b text, c integer, d float8, e text,
	f float8, g float8, h text, i text, j float8, k timestamptz, l timestamptz)), 19::bigint, 'rows of a span with their labels');

-- who may
DO $$ BEGIN CREATE ROLE training_owner; CREATE ROLE training_operator; CREATE ROLE training_stranger; END $$;
GRANT USAGE ON SCHEMA "we""ird Ünïcode" TO training_owner, training_operator, training_stranger;
SELECT drift.set_owner('mo"del ü', 'training_owner') \g /dev/null
SELECT drift.grant_privilege('mo"del ü', 'training_operator', 'operate') \g /dev/null
SET LOCAL ROLE training_owner;
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at') $$, '42501', NULL, 'who may not read the rows cannot have them trained on');
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü') $$, '42501', NULL, 'nor the log');
RESET ROLE;
GRANT SELECT ON "ro""ws" TO training_owner;
SET LOCAL ROLE training_owner;
SELECT is((SELECT owner::text FROM drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at')), 'training_owner', 'rows are read with the rights of who said it');
SELECT is((plan_of('all_data', '2025-01-01') #>> '{rows,new}'), '2000', 'which do');
SET LOCAL ROLE training_operator;
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at') $$, '42501', NULL, 'who operates does not say how');
SELECT throws_ok($$ SELECT drift.drop_training('mo"del ü') $$, '42501', NULL, 'nor that it is not');
SELECT throws_ok($$ SELECT drift.add_expectation('mo"del ü', 'x', 'row_count', params => '{"min": 1}') $$, '42501', NULL, 'nor what rows must be like');
SELECT throws_ok($$ SELECT * FROM drift.validate_training('mo"del ü') $$, '42501', NULL, 'nor reads rows with the rights of others');
SET LOCAL ROLE training_stranger;
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at') $$, '42704', NULL, 'to a stranger there is no such model');
SELECT throws_ok($$ SELECT drift.training_query('mo"del ü') $$, '42704', NULL, 'nor a query');
SELECT is((SELECT count(*) FROM drift.training_configs), 0::bigint, 'nor what is said of it');
RESET ROLE;

-- what is trained on runs read-only, and nothing but a query does
SELECT throws_ok($$ SELECT drift.set_training('mo"del ü', 'outcome', 'DELETE FROM "ro""ws" RETURNING *', 'at') $$, '42601', NULL, 'a source only reads');
CREATE FUNCTION writes() RETURNS text LANGUAGE sql AS $$ DELETE FROM "we""ird Ünïcode"."ro""ws"; SELECT 'x' $$;
SELECT drift.set_training('mo"del ü', 'outcome', 'SELECT *, writes() AS w FROM "ro""ws"', 'at') \g /dev/null
SELECT throws_ok($$ SELECT plan_of('all_data', '2025-01-01') -> (SELECT count(*) FROM found(plan_of('all_data', '2025-01-01')))::int $$, NULL, NULL, 'also where it calls what writes');
SELECT drift.set_training('mo"del ü', 'outcome', '"ro""ws"', 'at') \g /dev/null
DROP TABLE "ro""ws";
SELECT throws_ok($$ SELECT drift.training_query('mo"del ü') $$, '42P01', NULL, 'a relation that is gone');

SELECT * FROM finish();
ROLLBACK;
