-- Fits for what came before: the domain classifier that trains itself, and the model of the loss.
BEGIN;
SELECT plan(29);
SELECT setseed(0.4);
CREATE SCHEMA "fit ted";
SET LOCAL search_path = "fit ted", public;

CREATE TABLE apart AS
SELECT CASE WHEN n <= 1500 THEN 'then' ELSE 'now' END AS side, a, CASE WHEN n <= 1500 THEN a ELSE 1 - a END + 0.2 * random() AS b,
	CASE WHEN random() < 0.5 THEN 'x' WHEN random() < 0.9 THEN 'it''s' END AS "g 1", date '2026-01-01' + (n * 7 % 90) AS day, n AS id
FROM (SELECT n, random() AS a FROM generate_series(1, 3000) AS n OFFSET 0) AS r;
CREATE VIEW reference AS SELECT a, b, a * b AS c, "g 1", day, id FROM apart WHERE side = 'then';
CREATE VIEW current AS SELECT a, b, a * b AS c, "g 1", day, id FROM apart WHERE side = 'now';
CREATE FUNCTION classified(algorithm text, columns text[], params jsonb DEFAULT '{}') RETURNS SETOF drift.domain_separation LANGUAGE sql AS $$
	SELECT * FROM drift.domain_classifier('reference', '"fit ted".current', columns => columns, algorithm => algorithm, params => params)
$$;

-- the domain classifier
CREATE TABLE found AS SELECT * FROM classified('logistic', NULL);
SELECT is(array_agg(column_name ORDER BY column_name), '{a,b,c,day,"g 1",score}', 'a row for the score and each feature; identifiers are none') FROM found;
SELECT ok(alert AND auc > 0.65 AND auc_low > 0.6 AND n_reference = 1500 AND n_current = 1500, 'a classifier that found the change') FROM found WHERE role = 'score';
SELECT ok(auc BETWEEN 0.45 AND 0.55 AND NOT alert, 'which no other column shows alone') FROM found WHERE column_name = 'a';
SELECT ok(association > (SELECT max(association) FROM found WHERE column_name IN ('day', 'g 1')) + 0.3, 'and a feature that it saw it by') FROM found WHERE column_name = 'c';
SELECT results_eq($$SELECT column_name, auc, round(association::numeric, 12) FROM classified('logistic', NULL)$$, 'SELECT column_name, auc, round(association::numeric, 12) FROM found',
	'the same rows give the same answer');
SELECT ok(NOT alert AND auc BETWEEN 0.45 AND 0.55, 'out of fold: nothing to find, nothing found')
FROM drift.domain_classifier('SELECT * FROM reference WHERE id % 2 = 0', 'SELECT * FROM reference WHERE id % 2 = 1', algorithm => 'logistic') WHERE role = 'score';
SELECT ok(auc > 0.6, 'two folds are enough') FROM drift.domain_classifier('reference', '"fit ted".current', columns => '{a,b,c}', algorithm => 'logistic', folds => 2) WHERE role = 'score';
SELECT ok(NOT alert AND auc < 0.65, 'thresholds are asked') FROM drift.domain_classifier('reference', '"fit ted".current', columns => '{a}', algorithm => 'logistic', upper => 0.99) WHERE role = 'score';
SELECT throws_ok($$SELECT drift.domain_classifier('reference', '"fit ted".current', folds => 1)$$, '22023', 'folds must be between 2 and 50', 'one fold is none');
SELECT throws_ok($$SELECT drift.domain_classifier('SELECT id FROM reference', 'SELECT id FROM "fit ted".current')$$, '22023', 'no column can tell both sides apart', 'identifiers alone');
SELECT throws_ok($$SELECT drift.domain_classifier('reference', 'SELECT * FROM reference WHERE false')$$, '22023', 'the current side has no rows', 'a side without rows');
SELECT throws_ok($$SELECT * FROM classified('logistic', '{a}', '{"l3": 1}')$$, '22023', 'unknown parameter "l3"', 'a parameter that is not known');
CREATE FUNCTION boosted() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	SELECT CASE WHEN alert AND auc > 0.9 THEN 'found' ELSE auc::text END INTO result FROM classified('gradient_boosting', '{a,b}') WHERE role = 'score';
	RETURN result;
EXCEPTION
	WHEN feature_not_supported THEN RETURN 'found';
END
$$;
SELECT is(boosted(), 'found', 'trees see that two columns went apart');

-- the model of the loss: flats in the north are off by more
SELECT FROM drift.register_model('price');
SELECT FROM drift.register_model('class');
SELECT FROM drift.add_external_version('price', 'file:///price', sha256('price'), '[{"name": "size", "kind": "number"}, {"name": "region", "kind": "text"}]', 'regression');
SELECT FROM drift.add_version('class', drift.train('SELECT a, b, side = ''now'' AS y FROM apart', 'y', 'logistic'));
SELECT FROM drift.promote('price', 1);
SELECT FROM drift.promote('class', 1);
CREATE TABLE flats AS
SELECT n, size, region, 3 * size AS score, 3 * size + CASE WHEN random() < 0.5 THEN -1 ELSE 1 END * (0.05 * size + CASE region WHEN 'north' THEN 8 ELSE 1 END) AS actual_value
FROM (SELECT n, 20.0 + n * 37 % 100 AS size, CASE WHEN n % CASE WHEN n > 2000 THEN 2 ELSE 5 END = 0 THEN 'north' ELSE 'south' END AS region FROM generate_series(1, 3000) AS n) AS r;
INSERT INTO flats VALUES (0, 50, 'south', NULL, 3), (0, 50, 'south', 3, NULL);

CREATE TABLE estimator AS SELECT * FROM drift.fit_loss_model('price', 'SELECT * FROM flats WHERE n <= 2000', algorithm => 'linear');
SELECT is(concat_ws(' ', method, task, loss_model), 'dle regression price_loss', 'an estimator by direct loss estimation') FROM estimator;
SELECT ok(n BETWEEN 900 AND 1100, 'on the rows that the model of the loss did not see') FROM estimator;
SELECT is(v.lineage || v.parameters, '{"loss": "mae", "model": "price", "version": 1, "algorithm": "linear"}', 'the version says what it is')
FROM drift.model_versions AS v JOIN drift.models AS m USING (model_id) WHERE m.name = 'price_loss' AND v.version = 1;
SELECT is(jsonb_path_query_array(drift.describe(drift.get_model('price_loss')), '$.inputs[*].name'), '["size", "region", "score"]', 'inputs and the score');
SELECT ok(metric = 'mae' AND n = 1000 AND abs(estimate - realised) < 0.2 AND estimate > reference + 1.5, 'more flats in the north: the loss is seen before outcomes are')
FROM drift.estimate_performance('price', source => 'SELECT * FROM flats WHERE n > 2000');
SELECT ok(abs(estimate - reference) < 0.3, 'as before on rows as before') FROM drift.estimate_performance('price', source => 'SELECT * FROM flats WHERE n <= 2000');
SELECT is(loss_model, 'errors of price', 'another name, and the squared error')
FROM drift.fit_loss_model('price', 'SELECT * FROM flats WHERE n <= 2000', loss => 'mse', name => 'errors of price', share => 0.7, algorithm => 'ridge', params => '{"l2": 0.1}');
SELECT set_eq($$SELECT metric FROM drift.estimate_performance('price', source => 'SELECT * FROM flats WHERE n > 2000')$$, '{mse,rmse}'::text[], 'of which the rmse follows');
SELECT FROM drift.fit_loss_model('price', 'SELECT * FROM flats WHERE n <= 2000', algorithm => 'linear');
SELECT is(max(v.version), 2, 'once more: one version more') FROM drift.model_versions AS v JOIN drift.models AS m USING (model_id) WHERE m.name = 'price_loss';
SELECT throws_ok($$SELECT drift.fit_loss_model('price', 'flats', loss => 'mape')$$, '22023', 'unknown loss: mape', 'a loss that is not known');
SELECT throws_ok($$SELECT drift.fit_loss_model('price', 'flats', share => 1)$$, '22023', 'share must be between 0 and 1', 'no rows are left');
SELECT throws_ok($$SELECT drift.fit_loss_model('price', 'SELECT n, score, actual_value FROM flats')$$, '42703', 'the rows have none of the inputs of version 1', 'nothing to learn from');
SELECT throws_ok($$SELECT drift.fit_loss_model('price', 'SELECT size, score FROM flats')$$, '42703', NULL, 'no outcomes');
SELECT throws_ok($$SELECT drift.fit_loss_model('price', 'SELECT * FROM flats WHERE n < 0')$$, NULL, NULL, 'no rows');
SELECT throws_ok($$SELECT drift.fit_loss_model('class', 'flats')$$, '55000', 'version 1 predicts classes', 'classes have probabilities');
SELECT throws_ok($$SELECT drift.fit_loss_model('nobody', 'flats')$$, '42704', NULL, 'a model that is not there');
SELECT * FROM finish();
ROLLBACK;
