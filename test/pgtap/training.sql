-- drift.train(): rows of a query into memory, algorithms by name, errors that say what is wrong, fits that go on in slices.
BEGIN;
SELECT plan(94);

CREATE ROLE training_reader LOGIN;
CREATE ROLE training_other LOGIN;
\ir ../lib/as_login.sql
SET LOCAL client_min_messages = warning;

CREATE SCHEMA training;
CREATE TYPE training.colour AS ENUM ('red', 'green', 'blue');
CREATE TABLE training.rows_of AS
SELECT i, (i * 37 % 101)::float8 AS x, CASE WHEN i % 9 > 0 THEN i % 5 END AS y, (ARRAY['a', 'b', NULL])[1 + i % 3] AS c, i % 2 = 0 AS flag,
	(ARRAY['red', 'green', 'blue'])[1 + i % 3]::training.colour AS colour,
	i * 37 % 101 > 50 AS label, (3 * (i * 37 % 101) - i % 5)::float8 AS number, (i % 4)::text AS class4, i % 3 AS class3, 1 + i % 2 AS weight,
	CASE i % 10 WHEN 0 THEN 'test' WHEN 1 THEN 'valid' ELSE 'train' END AS split
FROM generate_series(1, 600) AS i;
SET LOCAL search_path = training, public;

-- What a set of the rows is, without the handle.
CREATE FUNCTION pg_temp.opened(query text, label text, options jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT drift_internal.open_training_set(query, label, options, current_user::regrole, 'training') - 'set'
$$;
CREATE FUNCTION pg_temp.linear(query text, label text DEFAULT 'number', params jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT drift.train(%L, %L, ''linear'', %L)', query, label, params)
$$;

-- algorithms
CREATE TEMP TABLE made AS
SELECT a.algorithm, drift.train('SELECT x, y, c, flag, colour, label FROM rows_of', 'label', a.algorithm) AS model
FROM unnest('{logistic}'::text[]) AS a (algorithm);
SELECT ok((SELECT drift.roc_auc(drift.score_row(m.model, r), label) > 0.99 FROM made AS m, rows_of AS r), 'a model separates what can be separated');
SELECT is((SELECT drift.describe(model) ->> 'task' FROM made), 'binary', 'a boolean is of two classes');
SELECT is((SELECT drift.describe(model) -> 'classes' FROM made), '["false", "true"]', 'false comes first');
SELECT is((SELECT string_agg(i ->> 'name' || ' ' || (i ->> 'kind'), ', ') FROM made, jsonb_array_elements(drift.describe(model) -> 'inputs') AS i),
	'x number, y number, c text, flag number, colour text', 'features are all other columns, with booleans as numbers');
SELECT is((SELECT count(*)::int FROM rows_of AS r, made WHERE drift.score_row(model, r) IS NULL), 0, 'rows with missing values have scores');
SELECT is((SELECT count(DISTINCT round((drift.score_row(drift.train('SELECT x, y, number FROM rows_of WHERE y IS NOT NULL', 'number', 'linear'), r) - number)::numeric, 6))::int
	FROM (SELECT * FROM rows_of WHERE y IS NOT NULL LIMIT 3) AS r), 1, 'linear finds a line');
SELECT is(drift.train('rows_of', 'number', 'linear', '{"features": ["x", "y"]}')::text, drift.train('SELECT number, y, x FROM rows_of', 'number', 'linear', '{"features": ["x", "y"]}')::text,
	'a relation by name, features in the order that is asked for');
SELECT is((SELECT drift.describe(drift.train('SELECT x, class3 FROM rows_of', 'class3', 'logistic')) -> 'classes'), '["0", "1", "2"]', 'logistic takes whole numbers as classes');
SELECT is((SELECT drift.describe(drift.train('SELECT x, class3 FROM rows_of', 'class3', 'linear')) ->> 'task'), 'regression', 'linear takes them as numbers');
SELECT is((SELECT drift.describe(drift.train('SELECT x, label::int AS label FROM rows_of', 'label', 'logistic')) -> 'classes'), '["0", "1"]', '0 and 1 are classes');
SELECT is(drift.train('SELECT x, y, number FROM rows_of', 'number', 'linear')::text, drift.train('SELECT x, y, number FROM rows_of', 'number', 'linear')::text, 'the same rows give the same model');
SELECT isnt(drift.train('SELECT x, y, number FROM rows_of', 'number', 'linear', '{"weight": "x"}')::text, drift.train('SELECT x, y, number FROM rows_of', 'number', 'linear', '{"exclude": ["x"]}')::text,
	'a weight is no feature');
SELECT is(drift.train('SELECT x, number, weight FROM rows_of', 'number', 'linear', '{"weight": "weight"}')::text,
	drift.train('SELECT x, number, weight * 1.0::float8 AS drift_weight FROM rows_of', 'number', 'linear')::text, 'drift_weight is the weight by itself');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'forest_of_magic')$$, '22023', 'unknown algorithm "forest_of_magic"', 'an unknown algorithm');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'forest of magic')$$, '22023', 'unknown algorithm "forest of magic"', 'whatever its name');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', NULL)$$, '22004', 'algorithm cannot be NULL', 'nor none');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'logistic', '[]')$$, '22023', 'params must be a JSON object', 'parameters are an object');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'logistic', '{"depth": 3}')$$, '22023', 'unknown parameter "depth"', 'an unknown parameter');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'logistic', '{"l2": -1}')$$, '22023', 'invalid value for parameter "l2"', 'a number out of its range');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'logistic', '{"l2": "many"}')$$, '22023', 'invalid value for parameter "l2"', 'a word for a number');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'logistic', '{"solver": "magic"}')$$, '22023', 'invalid value for parameter "solver"', 'a word that is no choice');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'logistic', '{"standardise": 1}')$$, '22023', 'invalid value for parameter "standardise"', 'a number for yes and no');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'logistic', '{"max_iterations": 1.5}')$$, '22023', 'invalid value for parameter "max_iterations"', 'half a round');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'logistic', '{"threads": 0}')$$, '22023', 'invalid value for parameter "threads"', 'no threads, also where they do nothing');
SELECT throws_ok($$SELECT drift.train('rows_of', 'label', 'logistic', '{"seed": -1}')$$, '22023', 'invalid value for parameter "seed"', 'a seed below 0');
SELECT lives_ok($$SELECT drift.train('SELECT x, label FROM rows_of', 'label', 'logistic', '{"seed": 7, "threads": 2, "l2": null}')$$, 'seed and threads are parameters of all, null is not said');
SELECT is((SELECT count(*)::int FROM drift.training_parameters() WHERE algorithm = 'logistic' AND parameter IN ('l1', 'l2', 'solver')), 3, 'parameters are listed');
SELECT is((SELECT count(*)::int FROM drift.training_parameters() WHERE (kind = 'choice') <> (choices IS NOT NULL) OR (kind IN ('number', 'integer')) <> (minimum IS NOT NULL)), 0,
	'choices with words, numbers with ranges');

-- what is read
SELECT is(pg_temp.opened('SELECT x, c, label, split FROM rows_of', 'label', '{"split": "split"}') - 'bytes',
	'{"rows": {"train": 480, "valid": 60, "held_out": 60, "without_label": 0, "without_weight": 0}, "task": "binary", "classes": ["false", "true"],
	  "class_rows": {"train": {"false": 256, "true": 224}, "valid": {"false": 24, "true": 36}},
	  "columns": [{"name": "x", "kind": "number"}, {"name": "c", "kind": "category", "labels": 2, "other": 0}]}', 'rows by the words of a column');
SELECT is(pg_temp.opened('SELECT x, number, now() AS drift_time, 1 AS drift_weight, ''train'' AS drift_split FROM rows_of', 'number') -> 'columns',
	'[{"name": "x", "kind": "number"}]', 'what plans add is no feature');
SELECT is(pg_temp.opened('SELECT x, number FROM rows_of', 'number') ->> 'classes', NULL, 'a number has no classes');
SELECT is(pg_temp.opened('SELECT x, CASE WHEN i > 100 THEN label END AS label, CASE WHEN i > 50 THEN 1 END AS w FROM rows_of', 'label', '{"weight": "w"}') -> 'rows',
	'{"train": 500, "valid": 0, "held_out": 0, "without_label": 100, "without_weight": 0}', 'rows without a label are left out and counted');
SELECT is(pg_temp.opened('SELECT x, number, CASE WHEN i > 50 THEN 1 END AS w FROM rows_of', 'number', '{"weight": "w"}') #>> '{rows,without_weight}', '50', 'rows without a weight too');
SELECT is(pg_temp.opened('SELECT x, CASE WHEN i > 100 THEN number ELSE ''NaN'' END::float8 AS n FROM rows_of', 'n') #>> '{rows,without_label}', '100', 'NaN is missing');
SELECT is(pg_temp.opened('SELECT colour, label FROM rows_of', 'label', '{"max_categories": 2}') -> 'columns',
	'[{"name": "colour", "kind": "category", "labels": 2, "other": 1}]', 'the most frequent labels of a category are known');
SELECT is(pg_temp.opened('SELECT x, colour FROM rows_of', 'colour') -> 'classes', '["blue", "green", "red"]', 'classes of an enum are its labels, by their bytes');
SELECT is(pg_temp.opened('SELECT x, label FROM rows_of', 'label', '{"positive": false}') -> 'classes', '["true", "false"]', 'the positive class is the second');
SELECT is(pg_temp.opened('SELECT x, class4 FROM rows_of', 'class4', '{"classes": ["3", "2", "1", "0", "none"]}') -> 'classes', '["3", "2", "1", "0", "none"]',
	'classes in the order that is asked for, also one without rows');
SELECT is(pg_temp.opened('SELECT x, class3 FROM rows_of', 'class3') ->> 'task', 'regression', 'three numbers are numbers');
SELECT is(pg_temp.opened('SELECT x, class3 FROM rows_of', 'class3', '{"task": "multiclass"}') ->> 'task', 'multiclass', 'unless the task says classes');
SELECT is(pg_temp.opened('SELECT x, label FROM rows_of', 'label', '{"validation_share": 0.25}') -> 'rows',
	pg_temp.opened('SELECT x, label FROM rows_of ORDER BY i DESC', 'label', '{"validation_share": 0.25}') -> 'rows', 'rows that choose do not depend on the order');
SELECT ok((pg_temp.opened('SELECT i, x, label FROM rows_of', 'label', '{"validation_share": 0.25}') #>> '{rows,valid}')::int BETWEEN 115 AND 185, 'they are about as many as asked for');
SELECT isnt(pg_temp.opened('SELECT i, x, label FROM rows_of', 'label', '{"validation_share": 0.25}') -> 'rows',
	pg_temp.opened('SELECT i, x, label FROM rows_of', 'label', '{"validation_share": 0.25, "seed": 1}') -> 'rows', 'and others with another seed');
SELECT is(pg_temp.opened('SELECT (i > 300)::text AS c, label, CASE WHEN i > 300 THEN ''valid'' ELSE ''train'' END AS drift_split FROM rows_of', 'label') #>> '{columns,0,other}', '1',
	'labels that only rows that choose have are unknown');

-- errors of the rows
SELECT throws_ok(pg_temp.linear('SELECT x, number FROM rows_of', 'missing'), '42703', 'the training rows have no column "missing"', 'a label that is not there');
SELECT throws_ok(pg_temp.linear('rows_of', 'number', '{"features": ["z"]}'), '42703', 'the training rows have no column "z"', 'a feature that is not there');
SELECT throws_ok(pg_temp.linear('rows_of', 'number', '{"exclude": ["z"]}'), '42703', 'the training rows have no column "z"', 'an exception that is not there');
SELECT throws_ok(pg_temp.linear('rows_of', 'number', '{"features": ["x", "x"]}'), '42701', 'feature "x" is named twice', 'a feature twice');
SELECT throws_ok(pg_temp.linear('rows_of', 'number', '{"features": ["number"]}'), '22023', 'column "number" cannot be both feature and label', 'the label as a feature');
SELECT throws_ok(pg_temp.linear('rows_of', 'number', '{"features": "x"}'), '22023', 'invalid value for parameter "features"', 'features that are no array');
SELECT throws_ok(pg_temp.linear('SELECT x, x, number FROM rows_of'), '42702', 'the training rows have two columns named "x"', 'two columns of one name');
SELECT throws_ok(pg_temp.linear('SELECT number FROM rows_of'), '22023', 'the training rows have no features', 'a label alone');
SELECT throws_ok(pg_temp.linear('SELECT now() AS seen, number FROM rows_of'), '42804', 'cannot train on column "seen" of type timestamp with time zone', 'a time');
SELECT throws_ok(pg_temp.linear('SELECT ARRAY[x] AS xs, number FROM rows_of'), '42804', 'cannot train on column "xs" of type double precision[]', 'an array');
SELECT throws_ok(pg_temp.linear('SELECT x, current_date AS number FROM rows_of'), '42804', 'cannot train on column "number" of type date', 'a label that is a date');
SELECT throws_ok(pg_temp.linear('SELECT x, number FROM rows_of WHERE false'), '22023', 'there are no rows to train on', 'no rows');
SELECT throws_ok(pg_temp.linear('SELECT x, 7 AS number FROM rows_of'), '22023', 'label "number" is constant', 'a constant');
SELECT throws_ok(pg_temp.linear('SELECT x, ''Infinity''::float8 AS number FROM rows_of'), '22023', 'label "number" is infinite', 'an infinite label');
SELECT throws_ok(pg_temp.linear('SELECT x, number, -1 AS w FROM rows_of', params => '{"weight": "w"}'), '22023', 'weight "w" of a training row is negative', 'a negative weight');
SELECT throws_ok(pg_temp.linear('SELECT x, number, ''NaN''::float8 AS w FROM rows_of', params => '{"weight": "w"}'), '22023', 'weight "w" of a training row is NaN', 'a weight that is no number');
SELECT throws_ok(pg_temp.linear('SELECT x, number, 0 AS w FROM rows_of', params => '{"weight": "w"}'), '22023', 'all rows for training have the weight 0', 'no weight at all');
SELECT throws_ok(pg_temp.linear('SELECT x, number, c FROM rows_of', params => '{"weight": "c"}'), '42804', 'cannot train on column "c" of type text', 'a weight that is text');
SELECT throws_ok(pg_temp.linear('SELECT x, number, ''dev'' AS drift_split FROM rows_of'), '22023', 'split "drift_split" of a training row is "dev"', 'a split of another name');
SELECT throws_ok($$SELECT drift.train('SELECT x, ''yes'' AS label FROM rows_of', 'label', 'logistic')$$, '22023', 'label "label" has only one class', 'one class');
SELECT throws_ok($$SELECT drift.train('SELECT x, class4 FROM rows_of', 'class4', 'logistic', '{"task": "binary"}')$$, '22023', 'label "class4" has more than two classes', 'four classes for two');
SELECT throws_ok($$SELECT drift.train('SELECT x, i FROM rows_of', 'i', 'logistic')$$, '22023', 'label "i" has too many distinct numbers for classes', 'too many numbers');
SELECT throws_ok($$SELECT drift.train('SELECT x, 0.5 * class3 AS h FROM rows_of', 'h', 'logistic')$$, '22023', 'label "h" is not of whole numbers', 'halves are no classes');
SELECT throws_ok($$SELECT drift.train('SELECT x, class4 FROM rows_of', 'class4', 'logistic', '{"classes": ["0", "1"]}')$$, '22023', 'label "class4" has a class that is not listed: "2"', 'a class that is not listed');
SELECT throws_ok($$SELECT drift.train('SELECT x, label FROM rows_of', 'label', 'logistic', '{"positive": "yes"}')$$, '22023', 'label "label" has no class "yes"', 'a positive class that is none');
SELECT throws_ok($$SELECT drift.train('SELECT x, i::text AS l FROM rows_of, generate_series(1, 2) AS j WHERE j = 1 UNION ALL SELECT 1, ''n'' || j FROM generate_series(1, 500) AS j', 'l', 'logistic')$$, '22023',
	'label "l" has more than 1000 classes', 'names as classes');
SELECT throws_ok($$SELECT drift.train('SELECT x, class4 FROM rows_of', 'class4', 'linear')$$, '22023', 'label "class4" is of type text, not a number', 'text as a number');
SELECT throws_ok($$SELECT drift.train('DELETE FROM rows_of RETURNING *', 'label', 'logistic')$$, '42601', NULL, 'what is not a query');
SELECT throws_ok($$SELECT drift.train('SELECT x, label, nextval(''drift.models_model_id_seq'') AS n FROM rows_of', 'label', 'logistic')$$, '25006', NULL, 'a query that writes');
SELECT throws_ok($$SELECT pg_temp.opened('rows_of', 'label', '{"depth": 1}')$$, '22023', 'unknown option "depth" of training rows', 'an unknown option');

-- memory
SET LOCAL drift.training_memory_limit = 1;
SELECT throws_ok(pg_temp.linear('SELECT x, number FROM rows_of, generate_series(1, 200)'), '53200', 'training needs more memory than drift.training_memory_limit', 'rows beyond the limit');
RESET drift.training_memory_limit;

-- slices
CREATE FUNCTION pg_temp.fit(query text, label text, algorithm text, params jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	opened CONSTANT jsonb := drift_internal.open_training_set(query, label, '{"validation_share": 0.2}', current_user::regrole, 'training');
	fit CONSTANT integer := drift_internal.open_fit((opened ->> 'set')::int, algorithm, params);
	state jsonb;
	closed record;
BEGIN
	LOOP
		CALL drift_internal.continue_fit(fit, 1, state);
		EXIT WHEN state ->> 'status' <> 'running';
	END LOOP;
	closed := drift_internal.close_fit(fit);
	PERFORM drift_internal.close_training_set((opened ->> 'set')::int);
	RETURN closed.details || jsonb_build_object('state', state, 'model', closed.artefact);
END
$$;
SELECT is(f - 'model' - 'state' - 'parameters' - 'rounds' - 'train' - 'valid' - 'metric', '{"algorithm": "logistic", "task": "binary"}', 'a fit slice by slice') FROM pg_temp.fit('SELECT x, label FROM rows_of', 'label', 'logistic') AS f;
SELECT throws_ok($$CALL drift_internal.continue_fit(0, 1, NULL)$$, '42704', 'there is no fit 0 in this session', 'a fit that is not there');
SELECT throws_ok($$SELECT drift_internal.open_fit(0, 'logistic', '{}')$$, '42704', 'there is no training set 0 in this session', 'rows that are not there');
SELECT (drift_internal.open_training_set('SELECT x, label FROM rows_of', 'label', '{}', current_user::regrole, 'training') ->> 'set')::int AS set \gset
SELECT drift_internal.open_fit(:set, 'logistic', '{}') AS fit \gset
SELECT throws_ok(format('SELECT drift_internal.close_fit(%s)', :fit), '55000', format('fit %s is not done', :fit), 'a model before its time');
SELECT is(pg_temp.as_login('training_other', format('SELECT drift_internal.open_fit(%s, ''logistic'', ''{}'')', :set)), '42501 permission denied for a training', 'rows of another role');
SAVEPOINT opened;
SELECT drift_internal.open_fit(:set, 'logistic', '{}') AS second \gset
ROLLBACK TO opened;
SELECT throws_ok(format('SELECT drift_internal.close_fit(%s)', :second), '42704', NULL, 'what a subtransaction opened goes with it');
SELECT throws_ok(format('SELECT drift_internal.close_fit(%s)', :fit), '55000', NULL, 'what was there before stays');
SELECT drift_internal.close_training_set(:set) \g /dev/null
SELECT throws_ok(format('SELECT drift_internal.close_fit(%s)', :fit), '42704', NULL, 'fits go with their rows');

-- trainers of users
CREATE FUNCTION training.constant_model(query text, label text, params jsonb) RETURNS drift.model LANGUAGE plpgsql AS $$
DECLARE
	mean float8;
BEGIN
	EXECUTE format('SELECT avg(%I) FROM (%s) AS s', label, query) INTO mean;
	RETURN drift.import_model('json', jsonb_build_object('format', 'drift', 'version', 1, 'task', 'regression', 'inputs', '["x"]'::jsonb, 'features', '["x"]'::jsonb,
		'linear', jsonb_build_object('coefficients', '[0]'::jsonb, 'intercept', mean + coalesce((params ->> 'plus')::float8, 0)))::text);
END
$$;
CREATE FUNCTION training.no_model(query text, label text, params jsonb) RETURNS drift.model LANGUAGE sql AS 'SELECT NULL::drift.model';
CREATE FUNCTION training.no_trainer(query text, label text, params jsonb) RETURNS text LANGUAGE sql AS $$SELECT ''$$;
CREATE FUNCTION training.writer(query text, label text, params jsonb) RETURNS drift.model LANGUAGE plpgsql AS $$ BEGIN DELETE FROM training.rows_of; RETURN NULL; END $$;
SELECT is(drift.score_json(drift.train('rows_of', 'number', 'training.constant_model', '{"plus": 1}'), '{"x": 1}'), (SELECT avg(number) + 1 FROM rows_of), 'a trainer of a user by name');
SELECT is(drift.score_json(drift.train('rows_of', 'number', 'constant_model'), '{"x": 1}'), (SELECT avg(number) FROM rows_of), 'on the search path');
SELECT throws_ok($$SELECT drift.train('rows_of', 'number', 'no_model')$$, '22004', 'trainer "no_model" returned no model', 'a trainer without a model');
SELECT throws_ok($$SELECT drift.train('rows_of', 'number', 'no_trainer')$$, '42804', 'function "no_trainer" does not train models', 'a function that is no trainer');
SELECT throws_ok($$SELECT drift.train('rows_of', 'number', 'training.writer')$$, '25006', NULL, 'a trainer only reads');

-- rights
GRANT USAGE ON SCHEMA training TO training_reader, training_other;
GRANT SELECT ON rows_of TO training_reader;
REVOKE EXECUTE ON FUNCTION training.constant_model FROM PUBLIC;
SELECT is(pg_temp.as_login('training_reader', $$SELECT drift.describe(drift.train('SELECT x, label FROM training.rows_of', 'label', 'logistic')) ->> 'task'$$), 'binary', 'who may read may train');
SELECT is(pg_temp.as_login('training_other', $$SELECT drift.train('SELECT x, label FROM training.rows_of', 'label', 'logistic')$$), '42501 permission denied for table rows_of', 'others may not');
SELECT is(pg_temp.as_login('training_reader', $$SELECT drift.train('SELECT x, number FROM training.rows_of', 'number', 'training.constant_model')$$),
	'42501 permission denied for function training.constant_model', 'a trainer must be executable');
SELECT is(pg_temp.as_login('training_other', $$SELECT drift_internal.open_training_set('SELECT x, label FROM training.rows_of', 'label', '{}', 'training_reader', 'public')$$),
	'42501 permission denied to read as role "training_reader"', 'nobody reads as another');
SELECT is(pg_temp.as_login('training_other', $$SELECT drift_internal.fit_by_function('training.no_model', 'SELECT 1', 'x', '{}', 'training_reader', 'public')$$),
	'42501 permission denied to read as role "training_reader"', 'or trains as another');
SELECT is(pg_temp.as_login('training_reader', 'SET drift.training_memory_limit = 8192'), '42501 permission denied to set parameter "drift.training_memory_limit"', 'the limit is the superuser''s');

SELECT * FROM finish();
ROLLBACK;
