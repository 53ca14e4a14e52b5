-- Learners: rows of queries and of triggers, what a change does, versions, rights, and what is refused.
BEGIN;
SELECT plan(63);
CREATE SCHEMA online;
SET LOCAL search_path = online, pg_catalog, public;

-- The answer turns round after 4,000 rows.
CREATE TABLE stream AS
	SELECT i, timestamptz '2026-01-01 00:00:00+00' + i * interval '1 minute' AS at, x, (ARRAY['red', 'green', NULL])[i % 3 + 1] AS colour, i % 2 = 0 AS even,
		(x + (i % 3 = 0)::int * 2 > 6) <> (i > 4000) AS yes, 3 * x - 5 AS y
	FROM (SELECT i, ((i::bigint * 7919) % 1009) / 100.9::float8 AS x FROM generate_series(1, 8000) AS i) AS s;
CREATE FUNCTION fit_all(learner text, rows_from text DEFAULT 'SELECT at, x, colour, even, yes FROM stream ORDER BY i') RETURNS drift.learner_updates
	LANGUAGE sql AS $$ SELECT u FROM drift.partial_fit(learner, rows_from) AS u $$;

-- learning, and what is known of it
SELECT drift.create_learner('plain', 'yes', detector => 'ddm', time_column => 'at') \g /dev/null
SELECT is((SELECT (rows_read, rows_skipped, seen, changes > 0, change_rows[1] BETWEEN 4001 AND 4200)::text FROM fit_all('plain')), '(8000,0,8000,t,t)',
	'all rows are read, and the change is found soon after it');
SELECT is((SELECT (features, categorical, classes, seen, changed_at > 4000, read_to = max(at))::text FROM drift.learners, stream WHERE name = 'plain'
		GROUP BY learner_id),
	'("{x,colour,even}","{f,t,f}","{false,true}",8000,t,t)', 'what it predicts from is what the rows had beside label and time');
SELECT cmp_ok((SELECT (metrics->>'accuracy')::float8 FROM drift.learners WHERE name = 'plain'), '>', 0.9::float8, 'it has learned');
SELECT cmp_ok((SELECT (metrics->'total'->>'accuracy')::float8 FROM drift.learners WHERE name = 'plain'), '<',
	(SELECT (metrics->>'accuracy')::float8 FROM drift.learners WHERE name = 'plain'), 'faded metrics forget what was before');
SELECT cmp_ok((SELECT avg(((drift.score_row(drift.learner_model('plain'), s) > 0.5) = yes)::int)::float8 FROM stream AS s WHERE i > 4000), '>', 0.9::float8,
	'its model scores rows');
SELECT is((SELECT array_agg(t->>'name') FROM jsonb_array_elements(drift.describe(drift.learner_model('plain'))->'inputs') AS t), '{x,colour,even}',
	'its inputs are its features');

-- many calls are as one
SELECT drift.create_learner('parts', 'yes', detector => 'ddm', time_column => 'at') \g /dev/null
SELECT drift.partial_fit('parts', format('SELECT at, x, colour, even, yes FROM stream WHERE i > %s AND i <= %s', n * 1000, n * 1000 + 1000))
FROM generate_series(0, 7) AS n \g /dev/null
SELECT is((SELECT learner FROM drift_internal.learner_states JOIN drift.learners USING (learner_id) WHERE name = 'parts'),
	(SELECT learner FROM drift_internal.learner_states JOIN drift.learners USING (learner_id) WHERE name = 'plain'), 'eight calls are as one');
SELECT is((SELECT (count(*), max(u.seen), sum(u.changes) = max(l.changes))::text FROM drift.learner_updates AS u JOIN drift.learners AS l USING (learner_id)
		WHERE l.name = 'parts'), '(8,8000,t)', 'each call has its row');
SELECT is_empty($$ SELECT * FROM drift.partial_fit('parts', 'stream', true) $$, 'rows that are not newer are left out');
SELECT is_empty($$ SELECT * FROM drift.partial_fit('parts', 'SELECT * FROM stream WHERE false') $$, 'no rows, nothing done');
SELECT is((SELECT updates FROM drift.learners WHERE name = 'parts'), 8::bigint, 'and nothing written down');

-- policies
SELECT drift.create_learner('k_' || k, 'yes', detector => 'ddm', time_column => 'at', params => jsonb_build_object('on_drift', k))
FROM unnest('{keep,reset,replace,raise_rate}'::text[]) AS k \g /dev/null
SELECT fit_all('k_' || k) FROM unnest('{keep,reset,replace,raise_rate}'::text[]) AS k \g /dev/null
SELECT is((SELECT string_agg(format('%s %s', name, learned < 4000), ', ' ORDER BY name) FROM drift.learners WHERE name LIKE 'k\_%'),
	'k_keep f, k_raise_rate f, k_replace t, k_reset t', 'what was learned before the change is kept or not');
SELECT ok((SELECT bool_and((o.metrics->'total'->>'accuracy')::float8 > (k.metrics->'total'->>'accuracy')::float8)
	FROM drift.learners AS o, drift.learners AS k WHERE o.name LIKE 'k\_r%' AND k.name = 'k_keep'), 'all that answer a change are better than one that does not');

-- numbers, optimisers, weights, missing labels
SELECT drift.create_learner('line', 'y', 'linear', params => '{"optimiser": "adagrad", "learning_rate": 1}', features => '{x,even}') \g /dev/null
SELECT fit_all('line', 'SELECT * FROM stream ORDER BY i') \g /dev/null
SELECT cmp_ok((SELECT (metrics->>'mae')::float8 FROM drift.learners WHERE name = 'line'), '<', 0.1::float8, 'a line is found');
SELECT is((SELECT (features, classes, metrics ? 'rmse')::text FROM drift.learners WHERE name = 'line'), '("{x,even}",,t)', 'from the features that were given');
SELECT cmp_ok((SELECT max(abs(drift.score_row(drift.learner_model('line'), s) - y)) FROM stream AS s), '<', 0.5::float8, 'its model is that line');
SELECT drift.create_learner('three', 'class', classes => '{a,b,c}', params => '{"optimiser": "ftrl", "l1": 0.5}', weight_column => 'w') \g /dev/null
SELECT is((SELECT (rows_read, rows_skipped, seen)::text FROM drift.partial_fit('three',
		$$ SELECT x, (ARRAY['a', 'b', 'c', NULL])[least(floor(x / 3)::int, 3) + 1] AS class, CASE WHEN i % 10 = 0 THEN NULL ELSE 1.5 END AS w FROM stream $$)),
	(SELECT format('(8000,%s,%s)', count(*) FILTER (WHERE x >= 9 OR i % 10 = 0), count(*) FILTER (WHERE x < 9 AND i % 10 <> 0)) FROM stream),
	'rows without label or weight are left out');
SELECT is((SELECT string_agg(drift.score_label_json(drift.learner_model('three'), jsonb_build_object('x', v)), '' ORDER BY v) FROM unnest('{0.1,8.9}'::float8[]) AS v), 'ac', 'three classes');
SELECT is(drift.describe(drift.learner_model('three'))->>'task', 'multiclass', 'with a margin for each');
SELECT drift.create_learner('flag', 'label') \g /dev/null
SELECT is((SELECT rows_read FROM drift.partial_fit('flag', 'SELECT x, (x > 5)::int AS label FROM stream')), 8000::bigint, 'labels 0 and 1 are two classes');
SELECT is((SELECT classes FROM drift.learners WHERE name = 'flag'), '{0,1}', 'by these names');

-- triggers
CREATE TABLE live (at timestamptz, x float8, colour text, yes boolean);
CREATE TYPE mood AS ENUM ('sad', 'glad');
SELECT drift.create_learner('of the table', 'yes') \g /dev/null
CREATE TRIGGER learn AFTER INSERT ON live REFERENCING NEW TABLE AS batch FOR EACH STATEMENT EXECUTE FUNCTION drift.learn_batch('of the table');
SELECT throws_ok($$ INSERT INTO live SELECT at, x, colour, yes FROM stream WHERE i <= 10 $$, '42804',
	'learner "of the table" cannot take column "at" of type timestamp with time zone as number', 'times are no numbers');
ALTER TABLE live DROP COLUMN at, ADD COLUMN mood mood;
INSERT INTO live SELECT x, colour, yes, CASE WHEN yes THEN 'glad' ELSE 'sad' END::mood FROM stream WHERE i <= 1000 ORDER BY i;
INSERT INTO live VALUES (1, 'blue', NULL), (2, 'red', true);
SELECT is((SELECT (features, categorical, seen, updates)::text FROM drift.learners WHERE name = 'of the table'), '("{x,colour,mood}","{f,t,t}",1001,2)',
	'a trigger lets it learn from what is inserted');
SELECT is(drift.score_label_json(drift.learner_model('of the table'), '{"mood": "glad", "x": 5, "colour": null}'), 'true', 'enums are categories');
INSERT INTO live SELECT * FROM live WHERE false;
SELECT is((SELECT updates FROM drift.learners WHERE name = 'of the table'), 2::bigint, 'no rows, nothing done');
CREATE TRIGGER bad AFTER INSERT ON live FOR EACH STATEMENT EXECUTE FUNCTION drift.learn_batch('of the table');
SELECT throws_like($$ INSERT INTO live DEFAULT VALUES $$, 'drift.learn_batch() needs the new rows%', 'a trigger without the rows');
DROP TRIGGER bad ON live;
CREATE TRIGGER bad AFTER INSERT ON live REFERENCING NEW TABLE AS batch FOR EACH STATEMENT EXECUTE FUNCTION drift.learn_batch('nobody');
SELECT throws_ok($$ INSERT INTO live DEFAULT VALUES $$, '42704', 'there is no learner "nobody" that the owner of online.live may use', 'a trigger with another name');
DROP TRIGGER bad ON live;

-- versions
SELECT drift.register_model('churn') \g /dev/null
SELECT drift.create_learner('publisher', 'yes', model => 'churn', detector => 'ddm', time_column => 'at', publish_every => 3000, publish_after_drift => 500) \g /dev/null
SELECT drift.partial_fit('publisher', format('SELECT at, x, colour, even, yes FROM stream WHERE i > %s AND i <= %s', n * 500, n * 500 + 500))
FROM generate_series(0, 15) AS n \g /dev/null
SELECT is((SELECT string_agg(v.description, ', ' ORDER BY v.version) FROM drift.model_versions AS v JOIN drift.models AS m USING (model_id) WHERE m.name = 'churn'),
	(SELECT format('after 3000 rows, %s rows after the change at row %s, after 8000 rows', 5000 - changed_at, changed_at) FROM drift.learners WHERE name = 'publisher'),
	'versions after so many rows, and so many after a change');
SELECT is((SELECT (v.training_rows, v.lineage->>'learner', v.lineage->>'parent_version', v.parameters->>'online', v.metrics ? 'log_loss')::text
		FROM drift.model_versions AS v JOIN drift.models AS m USING (model_id) WHERE m.name = 'churn' AND v.version = 3),
	'(8000,publisher,2,true,t)', 'a version says what it comes of');
SELECT is(drift.publish_learner('publisher', 'by hand'), 4, 'a version by hand');
SELECT is((SELECT (published_version, published_seen)::text FROM drift.learners WHERE name = 'publisher'), '(4,8000)', 'is remembered');
SELECT is((SELECT array_agg(version ORDER BY place) FILTER (WHERE version IS NOT NULL) FROM drift.learner_updates JOIN drift.learners USING (learner_id)
	WHERE name = 'publisher'), '{1,2,4}', 'and told beside the rows after which it came');
SELECT drift.promote('churn', 4) \g /dev/null
SELECT isnt(drift.score_json('churn', '{"x": 3, "colour": "red", "even": true}'), NULL, 'it answers by the name of the model');
SELECT throws_ok($$ SELECT drift.publish_learner('plain') $$, '42501', NULL, 'without a model there is nothing to publish');
SELECT drift.create_learner('empty', 'yes', model => 'churn') \g /dev/null
SELECT throws_ok($$ SELECT drift.publish_learner('empty') $$, '55000', 'learner "empty" has learned nothing yet', 'nor without rows');
SELECT ok(drift.learner_model('empty') IS NULL, 'it is no model yet');

SELECT drift.register_model('short') \g /dev/null
SELECT drift.create_learner('survivor', 'yes', model => 'short', publish_every => 10) \g /dev/null
SELECT drift.delete_model('short') \g /dev/null
SELECT is((SELECT version FROM fit_all('survivor', 'SELECT x, yes FROM stream')), NULL, 'without its model a learner learns and publishes nothing');

-- to forget
SELECT is((SELECT (seen, features, found_features, metrics)::text FROM drift.reset_learner('plain')), '(0,,f,{})', 'a learner forgets');
SELECT is((SELECT features FROM drift.reset_learner('line')), '{x,even}', 'and not the features that it was given');
SELECT is((SELECT seen FROM fit_all('plain')), 8000::bigint, 'and learns again');
SELECT lives_ok($$ SELECT drift.drop_learner('parts') $$, 'a learner is dropped');
SELECT is((SELECT count(*) FROM drift.learner_updates WHERE learner_id NOT IN (SELECT learner_id FROM drift.learners)), 0::bigint, 'with its history');

-- what is refused
SELECT throws_ok($$ SELECT drift.create_learner('plain', 'y') $$, '42710', 'the name "plain" is taken', 'a name twice');
SELECT throws_ok($$ SELECT drift.create_learner('a', 'y', 'forest') $$, '22023', 'no algorithm that learns row by row is called "forest"', 'an algorithm');
SELECT throws_ok($$ SELECT drift.create_learner('a', 'y', 'linear', classes => '{a,b}') $$, '22023', NULL, 'classes of numbers');
SELECT throws_ok($$ SELECT drift.create_learner('a', 'y', classes => '{a}') $$, '22023', 'a learner cannot have 1 classes', 'one class');
SELECT throws_ok($$ SELECT drift.create_learner('a', 'y', features => '{x,y}') $$, '42701', 'column "y" is named twice', 'the label as a feature');
SELECT throws_ok($$ SELECT drift.create_learner('a', 'y', params => '{"speed": 1}') $$, '22023', NULL, 'a parameter that there is not');
SELECT throws_ok($$ SELECT drift.create_learner('a', 'y', params => '{"l1": 1}') $$, '22023', 'parameter "l1" needs the optimiser ftrl', 'l1 of sgd');
SELECT throws_ok($$ SELECT drift.create_learner('a', 'y', params => '{"l2": 1000}') $$, '22023', 'parameters "learning_rate" and "l2" do not go together', 'a penalty that overshoots');
SELECT throws_ok($$ SELECT drift.create_learner('a', 'y', 'linear', detector => 'ddm') $$, '22023', 'a ddm detector does not watch errors of numbers', 'a detector of right and wrong for numbers');
SELECT throws_ok($$ SELECT drift.create_learner('a', 'y', publish_every => 5) $$, '22004', 'versions can be published only of a model', 'versions of nothing');
SELECT throws_ok($$ SELECT drift.partial_fit('line', 'SELECT x, even FROM stream') $$, '42703', 'the rows for learner "line" have no column "y"', 'a label that is not there');
SELECT throws_ok($$ SELECT drift.partial_fit('three', 'SELECT x::text, ''a'' AS class, 1 AS w FROM stream') $$, '42804', NULL, 'another type than before');
SELECT throws_ok($$ SELECT drift.partial_fit('three', 'SELECT x, ''d'' AS class, 1 AS w FROM stream') $$, '22023', 'the learner knows no class "d"', 'another class');
SELECT throws_ok($$ SELECT drift.partial_fit('three', 'SELECT x, ''a'' AS class, -1 AS w FROM stream') $$, '22023', '-1 cannot be the weight of a row', 'a weight below 0');
SELECT throws_ok($$ SELECT drift.partial_fit('three', 'SELECT float8 ''inf'' AS x, ''a'' AS class, 1 AS w') $$, '22023', 'Infinity cannot be learned from as "x"', 'an infinite number');
SELECT throws_ok($$ SELECT drift.partial_fit('line', 'stream', true) $$, '55000', NULL, 'new rows without a time');
SELECT drift.create_learner('texts', 'colour') \g /dev/null
SELECT throws_ok($$ SELECT drift.partial_fit('texts', 'SELECT x, colour FROM stream') $$, '22004', 'the classes of learner "texts" are not known', 'classes that nobody named');
SELECT throws_ok($$ SELECT drift.partial_fit('nobody', 'stream') $$, '42704', 'no learner is named "nobody"', 'a name that there is not');

SELECT throws_ok($$ SELECT drift_internal.learner_make(NULL, NULL, NULL, NULL, NULL) $$, '22004', NULL, 'a learner of nothing');
SELECT throws_ok($$ SELECT drift_internal.describe_learner('\x01') $$, '22P03', 'invalid learner', 'bytes that are none');
SELECT throws_ok($$ SELECT drift_internal.learn_agg(drift_internal.learner_make('{}', '{a}', '{f}', '{x,y}', NULL), 'x', NULL, 1, ROW('a'::text)) $$, '42804', NULL,
	'rows of another type');

SELECT * FROM finish();
ROLLBACK;
