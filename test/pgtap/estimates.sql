-- Estimates without outcomes: rows and profiles as NannyML 0.13.1 has them, estimators, monitors, alerts.
BEGIN;
SELECT plan(86);
CREATE SCHEMA estimates;
SET search_path = estimates, public;
SET TIME ZONE 'UTC';

CREATE FUNCTION mix(i bigint, stream bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	h bigint := (i + stream * 1000003) & 4294967295;
BEGIN
	h := ((h # (h >> 16)) * 73244475) & 4294967295;
	h := ((h # (h >> 16)) * 73244475) & 4294967295;
	RETURN h # (h >> 16);
END
$$;
CREATE FUNCTION uniform(i bigint, stream bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
	RETURN (2 * mix(i, stream)::float8 + 1) / 8589934592.0::float8;
CREATE FUNCTION is_near(got float8, want float8, tolerance float8, name text) RETURNS text LANGUAGE sql AS $$
	SELECT ok(abs(got - want) <= tolerance * abs(want), format('%s: %s', name, got))
$$;

-- the case "miscalibrated" of test/reference/generate_cbpe.py
CREATE TABLE cases AS
SELECT side, i, s AS score, uniform(i, k + 1) < s * s AS actual, s >= 0.5 AS prediction
FROM (VALUES ('reference', 910, 1200), ('current', 915, 1500)) AS c (side, k, n), generate_series(1, n) AS i, LATERAL (SELECT uniform(i, k)) AS u (s);
ANALYZE cases;
CREATE TABLE map AS SELECT (m.f).*, m.f FROM (SELECT drift.fit_calibration(score, actual) AS f FROM cases WHERE side = 'reference') AS m;
CREATE TABLE estimate AS SELECT (e.c).* FROM (SELECT drift.cbpe(score, prediction, (SELECT f FROM map)) AS c FROM cases WHERE side = 'current') AS e;

SELECT ok(needed AND error_before > 4 * error_after, 'scores that are off are better calibrated') FROM map;
SELECT is(n || ' ' || n_positive, '1200 ' || (SELECT count(*) FROM cases WHERE side = 'reference' AND actual), 'rows of a map') FROM map;
SELECT is_near(roc_auc, 0.8845393489965128, 2e-7, 'roc_auc as NannyML') FROM estimate;
SELECT is_near(average_precision, 0.7997642524835779, 2e-7, 'average_precision as NannyML') FROM estimate;
SELECT is_near(accuracy, 0.7430963081692037, 1e-12, 'accuracy as NannyML') FROM estimate;
SELECT is_near("precision", 0.5737157345502264, 1e-12, 'precision as NannyML') FROM estimate;
SELECT is_near(recall, 0.8925995326086708, 1e-12, 'recall as NannyML') FROM estimate;
SELECT is_near(specificity, 0.6683318631950155, 1e-12, 'specificity as NannyML') FROM estimate;
SELECT is_near(f1, 0.6984833452658565, 1e-12, 'f1 as NannyML') FROM estimate;
SELECT is_near(tp + fp + fn + tn, 1500, 1e-12, 'cells add up') FROM estimate;
SELECT is_near(e.brier, c.brier, 1e-12, 'the Brier score is its expectation') FROM estimate AS e, (
	SELECT avg(p * (1 - score) ^ 2 + (1 - p) * score ^ 2) AS brier FROM cases, LATERAL (SELECT drift.calibrate(score, (SELECT f FROM map))) AS k (p) WHERE side = 'current') AS c;
SELECT is_near(e.log_loss, c.loss, 1e-12, 'the log loss is its expectation') FROM estimate AS e, (
	SELECT avg(-p * ln(score) - (1 - p) * ln(1 - score)) AS loss FROM cases, LATERAL (SELECT drift.calibrate(score, (SELECT f FROM map))) AS k (p) WHERE side = 'current') AS c;

-- the same however the rows come
SET LOCAL work_mem = '64kB';
SELECT results_eq('SELECT (c).* FROM (SELECT drift.cbpe(score, prediction, (SELECT f FROM map)) AS c FROM cases, generate_series(1, 20) AS g WHERE side = ''current'') AS e',
	'SELECT (c).* FROM (SELECT drift.cbpe(score, prediction, (SELECT f FROM map)) AS c FROM (SELECT * FROM cases, generate_series(1, 20) AS g WHERE side = ''current'' ORDER BY i DESC) AS cases) AS e',
	'rows that are sorted on disk');
SELECT is_near((c).accuracy, (SELECT accuracy FROM estimate), 1e-12, 'their estimate is the same')
FROM (SELECT drift.cbpe(score, prediction, (SELECT f FROM map)) AS c FROM cases, generate_series(1, 20) AS g WHERE side = 'current') AS e;
RESET work_mem;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE FUNCTION is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ 'Partial Aggregate' THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;
SELECT ok(is_parallel('SELECT drift.cbpe(score, prediction, (SELECT f FROM map)) FROM cases WHERE side = ''current'''), 'in a parallel plan');
SELECT is_near((c).roc_auc, (SELECT roc_auc FROM estimate), 1e-12, 'the same estimate')
FROM (SELECT drift.cbpe(score, prediction, (SELECT f FROM map)) AS c FROM cases WHERE side = 'current') AS e;
SELECT is(drift.fit_calibration(score, actual)::text, (SELECT f::text FROM map), 'the same map') FROM cases WHERE side = 'reference';
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- profiles
SELECT is_near(p.v, e.v, 0.02, format('%s of a compact profile within 2 %%', p.name))
FROM (SELECT drift_internal.cbpe_profile(drift.compact(drift.profile_agg(score)), count(*) FILTER (WHERE prediction), (SELECT f FROM map)) AS r FROM cases WHERE side = 'current') AS k,
	unnest(drift_internal.estimated_metrics(), (k.r).metrics) AS p (name, v)
JOIN (SELECT m.* FROM estimate AS e, LATERAL (VALUES ('roc_auc', e.roc_auc), ('accuracy', e.accuracy), ('f1', e.f1), ('log_loss', e.log_loss)) AS m (name, v)) AS e USING (name)
ORDER BY name;
SELECT ok(bool_and(abs(p.v - e.v) <= p.error + 1e-9), 'and as near as it says')
FROM (SELECT drift_internal.cbpe_profile(drift.compact(drift.profile_agg(score)), count(*) FILTER (WHERE prediction), (SELECT f FROM map)) AS r FROM cases WHERE side = 'current') AS k,
	unnest(drift_internal.estimated_metrics(), (k.r).metrics, (k.r).errors) AS p (name, v, error)
JOIN (SELECT m.* FROM estimate AS e, LATERAL (VALUES ('roc_auc', e.roc_auc), ('accuracy', e.accuracy), ('recall', e.recall), ('brier', e.brier)) AS m (name, v)) AS e USING (name);
SELECT is_near((k.r).metrics[3], (SELECT (c).accuracy FROM (SELECT drift.cbpe(round(score::numeric, 1)::float8, round(score::numeric, 1) >= 0.5, (SELECT f FROM map)) AS c FROM cases WHERE side = 'current') AS e),
	1e-12, 'an exact profile is as good as the rows')
FROM (SELECT drift_internal.cbpe_profile(drift.profile_agg(round(score::numeric, 1)::float8), count(*) FILTER (WHERE round(score::numeric, 1) >= 0.5), (SELECT f FROM map)) AS r FROM cases WHERE side = 'current') AS k;

-- odd rows and maps
SELECT is(drift.fit_calibration(s, y), NULL, 'no rows, no map') FROM (VALUES (NULL::float8, true), ('NaN', false), (0.5, NULL)) AS v (s, y);
SELECT is(drift.cbpe(s, y), NULL, 'nor an estimate') FROM (VALUES (NULL::float8, true), ('NaN', false), (0.5, NULL)) AS v (s, y);
SELECT is((m).needed, false, 'outcomes of one class do not need a map') FROM (SELECT drift.fit_calibration(i / 100.0, true) AS m FROM generate_series(0, 100) AS i) AS k;
SELECT is((m).needed, false, 'nor scores that are right') FROM (SELECT drift.fit_calibration(i / 100.0, i > 50) AS m FROM generate_series(0, 100) AS i) AS k;
SELECT ok((m).needed AND (m).error_before IS NULL, 'scores that are no probabilities do') FROM (SELECT drift.fit_calibration(i, i % 3 = 0) AS m FROM generate_series(-50, 100) AS i) AS k;
SELECT is((m).scores, '{-50,100}'::float8[], 'a relation that does not rise is one pool') FROM (SELECT drift.fit_calibration(i, i < 0) AS m FROM generate_series(-50, 100) AS i) AS k;
SELECT is((c).roc_auc::text || (c).recall::text, NULL, 'what rows do not determine is NULL') FROM (SELECT drift.cbpe(0, false) AS c) AS k;
SELECT is(drift.calibrate('NaN', (SELECT f FROM map)), NULL, 'NaN has no probability');
SELECT is(drift.calibrate(0.3, ROW(false, NULL, NULL, 1, 1, NULL, NULL)::drift.calibration_map), 0.3::float8, 'a map without knots');
SELECT throws_ok('SELECT drift.cbpe(2, true)', '22023', 'a score is no probability', 'scores above 1 need a map');
SELECT throws_ok('SELECT drift.cbpe(0.5, true, NULL::drift.calibration_map)', '22004', 'the calibration map is NULL', 'no map is no argument');
SELECT throws_ok(format('SELECT drift.cbpe(0.5, true, m) FROM unnest(ARRAY[%L, %L]::drift.calibration_map[]) AS m', '(t,{0},{0.5},1,1,,)', '(t,{0},{0.6},1,1,,)'),
	'22023', 'the calibration map must be the same for all rows', 'one map for all rows');
SELECT throws_ok(format('SELECT drift.calibrate(0.5, %L::drift.calibration_map)', m), '22023', 'invalid calibration map', 'hostile map ' || m)
FROM unnest(ARRAY['(t,"{0,1}","{0.5}",1,1,,)', '(t,"{1,0}","{0,1}",1,1,,)', '(t,"{0,1}","{1,0}",1,1,,)', '(t,"{0,NaN}","{0,1}",1,1,,)', '(t,"{0,1}","{0,1.5}",1,1,,)', '(t,"{{0,1}}","{{0,1}}",1,1,,)', '(t,"{0,NULL}","{0,1}",1,1,,)']) AS m;

-- several classes
CREATE TABLE several AS
SELECT side, i, ARRAY[a / d, b / d, c / d] AS p, CASE WHEN u < x / t THEN 'a' WHEN u < x / t + y / t THEN 'b' ELSE 'c' END AS actual,
	CASE WHEN a >= b AND a >= c THEN 'a' WHEN b >= c THEN 'b' ELSE 'c' END AS label, '2026-01-01'::timestamptz + i * interval '1 minute' AS predicted_at
FROM (VALUES ('reference', 970, 3000), ('current', 980, 1000)) AS s (side, k, n), generate_series(1, n) AS i,
	LATERAL (SELECT uniform(i, k) ^ 2, uniform(i, k + 1) ^ 2, uniform(i, k + 2) ^ 2, uniform(i, k + 3)) AS w (a, b, c, u),
	LATERAL (SELECT a + b + c) AS e (d), LATERAL (SELECT (a / d) ^ 2, (b / d) ^ 2, (c / d) ^ 2) AS z (x, y, v), LATERAL (SELECT x + y + v) AS g (t);
CREATE TABLE several_estimate AS
SELECT (e.c).* FROM (
	SELECT drift.cbpe_multiclass(p, array_position('{a,b,c}', label), (SELECT array_agg(m.m ORDER BY m.k) FROM (SELECT k, drift.fit_calibration(p[k], actual = (ARRAY['a','b','c'])[k]) AS m
		FROM several, generate_series(1, 3) AS k WHERE side = 'reference' GROUP BY k) AS m)) AS c
	FROM several WHERE side = 'current') AS e;
SELECT is_near(roc_auc, 0.9143997334131949, 1e-6, 'roc_auc of several classes as NannyML') FROM several_estimate;
SELECT is_near(average_precision, 0.8460144453388908, 1e-6, 'their average_precision') FROM several_estimate;
SELECT is_near(accuracy, 0.7508844682957208, 1e-12, 'their accuracy') FROM several_estimate;
SELECT is_near(recall, 0.7507180076510022, 1e-12, 'their recall') FROM several_estimate;
SELECT is_near(f1, 0.7507872658566418, 1e-12, 'their f1') FROM several_estimate;
SELECT throws_ok($$SELECT drift.cbpe_multiclass('{0.5,0.5}', 3, '{NULL,NULL}')$$, '22023', 'there is no class 3', 'a class that there is not');
SELECT throws_ok($$SELECT drift.cbpe_multiclass('{0.5}', 1, '{NULL,NULL}')$$, '2202E', 'a row must have a score for each class', 'too few scores');

-- an estimator of a version: ten chunks in the order of time, as NannyML's
SELECT FROM drift.register_model('estimated');
SELECT FROM drift.add_external_version('estimated', 'file:///estimated', sha256('estimated'), '[{"name": "x", "kind": "number"}]', 'binary');
SELECT FROM drift.promote('estimated', 1);
SELECT throws_ok($$SELECT * FROM drift.estimate_performance('estimated')$$, '55000', 'version 1 of model "estimated" has no estimator', 'nothing is estimated without an estimator');
CREATE VIEW reference AS
SELECT score, CASE WHEN prediction THEN 'yes' ELSE 'no' END AS label, CASE WHEN actual THEN 'yes' ELSE 'no' END AS actual, '2026-01-01'::timestamptz + i * interval '1 minute' AS predicted_at
FROM cases WHERE side = 'reference';
CREATE VIEW current AS SELECT score, CASE WHEN prediction THEN 'yes' ELSE 'no' END AS label, CASE WHEN actual THEN 'yes' ELSE 'no' END AS actual FROM cases WHERE side = 'current';
SELECT is(concat_ws(' ', e.classes, e.n, e.rows_to), '{yes} 1200 2026-01-01 20:00:00+00', 'the class with the higher scores is the positive one')
FROM drift.fit_estimator('estimated', 'reference') AS e;
SELECT ok(bool_and(abs(e.estimate - v.estimate) <= 2e-7 AND abs(e.standard_error - v.error) <= 1e-12 AND abs(e.lower_threshold - v.low) <= 1e-12 AND abs(e.upper_threshold - v.high) <= 1e-12) AND count(*) = 6,
	'estimates, sampling errors and thresholds as NannyML')
FROM drift.estimate_performance('estimated', source => 'current') AS e
JOIN (VALUES ('roc_auc', 0.8845393489965128, 0.007546816467162296, 0.7623353177717284, 0.9930026165002216), ('accuracy', 0.7430963081692037, 0.011325487480310358, 0.6521080208437653, 0.8278919791562347),
	('precision', 0.5737157345502264, 0.018602563208174525, 0.41937370744673946, 0.6827447266544258), ('recall', 0.8925995326086708, 0.016541657677223334, 0.6488068500724705, 1),
	('specificity', 0.6683318631950155, 0.01435395986535584, 0.5892757351050573, 0.7922389985137142), ('f1', 0.6984833452658565, 0.02377512942855787, 0.5393560073364816, 0.7962778123286798))
	AS v (metric, estimate, error, low, high) USING (metric);
SELECT results_eq($$SELECT bool_or(is_broken), min(n_realised) FROM drift.estimate_performance('estimated', source => 'current')$$, $$VALUES (false, 1500::bigint)$$, 'what came true is within the band');
SELECT ok(is_broken, 'outcomes that turned break the estimate of ' || metric)
FROM drift.estimate_performance('estimated', source => $$SELECT score, label, CASE actual WHEN 'yes' THEN 'no' ELSE 'yes' END AS actual FROM current$$) WHERE metric = 'accuracy';
SELECT throws_ok($$SELECT drift.fit_estimator('estimated', 'SELECT score, label, actual FROM reference WHERE actual = ''no''')$$, '22023', 'the reference does not have outcomes of both classes', 'one class is no reference');
SELECT throws_ok($$SELECT drift.fit_estimator('estimated', 'SELECT score AS s FROM reference')$$, '42703', 'the source has no column "score"', 'a source without scores');
SELECT throws_ok($$SELECT drift.fit_estimator('estimated', 'reference', chunk => 'decade')$$, '22023', 'unknown chunks: decade', 'unknown chunks');

-- monitors: rows of half a year of 1,000 a week; from the 10th week on other rows, from the 20th on another relation
SELECT FROM drift.create_prediction_log('estimated', 'estimates.log', days_ahead => 1);
INSERT INTO log (predicted_at, model_version, entity_key, score, label, x)
SELECT timestamptz '2026-01-05' + i * interval '7 days' / 1000, 1, i, s, CASE WHEN s >= 0.5 THEN 'yes' ELSE 'no' END, s
FROM generate_series(0, 25999) AS i, LATERAL (SELECT CASE WHEN i BETWEEN 10000 AND 19999 THEN 0.3 + 0.4 * uniform(i, 990) ELSE uniform(i, 990) END) AS u (s);
-- what is recorded: everything up to the 23rd week; a row is positive with the square of its score, later with that of its complement
SELECT FROM drift.record_outcomes('estimated', $$SELECT prediction_id, CASE WHEN estimates.uniform(entity_key::bigint, 991) < CASE WHEN predicted_at < '2026-05-25' THEN score * score ELSE (1 - score) ^ 2 END
	THEN 'yes' ELSE 'no' END AS actual FROM estimates.log WHERE predicted_at < '2026-06-15'$$);
SELECT is(n, 4000::bigint, 'an estimator of a span of the log') FROM drift.fit_estimator('estimated', from_time => '2026-01-05', to_time => '2026-02-02');
-- windows of a log wait for what is not committed, so that here they are of a table
CREATE TABLE answers AS
SELECT l.predicted_at, l.x, l.score, l.label, k.actual AS target FROM log AS l LEFT JOIN log_labelled AS k USING (prediction_id);
SELECT FROM drift.create_baseline('estimated', 'SELECT x, score, label, target FROM estimates.answers WHERE predicted_at < ''2026-02-02''', 'estimated');
SELECT FROM drift.create_monitor('estimated', 'answers', 'estimated', 'predicted_at', 'estimated', bucket => 'day', span => '7 days', config => '{"performance": {"positive_label": "yes"}, "alerting": {"breaches": 1}}');
SELECT FROM drift.refresh_windows('estimated');

CREATE FUNCTION check_at(as_of text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', performance, estimated_performance, nullif(array_to_string(findings, ','), '')) FROM drift.run_check('estimated', as_of::timestamptz, false)
$$;
CREATE FUNCTION open_alerts() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(kind, ' ' ORDER BY kind) FROM drift.alerts WHERE status <> 'resolved' AND kind IN ('performance', 'estimated_performance', 'estimate_broken')
$$;
SELECT is(check_at('2026-03-09'), 'ok ok', 'rows as on the reference');
SELECT is((SELECT count(*) FROM drift.check_metrics WHERE kind = 'estimated' AND value BETWEEN value_low AND value_high AND n = 1000), 9::bigint, 'nine metrics are estimated');
SELECT is(check_at('2026-03-30'), 'critical critical', 'harder rows: the estimate sees it as outcomes do');
SELECT is(open_alerts(), 'estimated_performance performance', 'each has an alert of its own');
SELECT ok(bool_and(r.value BETWEEN e.value_low AND e.value_high) AND count(*) >= 6, 'realised and estimated side by side')
FROM drift.check_metrics AS r JOIN drift.check_metrics AS e USING (check_id, segment, metric)
WHERE r.kind = 'realised' AND e.kind = 'estimated' AND check_id = (SELECT max(check_id) FROM drift.checks);
SELECT is(check_at('2026-06-08'), 'critical warning estimate_broken', 'another relation: outcomes see it, the estimate does not, and is known to be wrong');
SELECT is(open_alerts(), 'estimate_broken performance', 'the estimate that is well again does not clear the alert of performance');
-- no outcomes any more: what is known of performance is of the last span that has them
SELECT check_at('2026-06-29') \g /dev/null
SELECT is(string_agg(DISTINCT upper(span)::date::text, ' '), '2026-06-15', 'outcomes end before the predictions do')
FROM drift.check_metrics WHERE kind = 'realised' AND check_id = (SELECT max(check_id) FROM drift.checks);
SELECT ok(open_alerts() ~ '\mperformance\M', 'an estimate without outcomes does not clear it either');
SELECT drift.fit_estimator('estimated', from_time => '2026-05-25', to_time => '2026-06-15') \g /dev/null
SELECT ok((SELECT (maps[1]).needed FROM drift.estimators), 'a new estimator takes the place of the old one');
SELECT isnt(c.check_id, (SELECT max(check_id) FROM drift.checks), 'and checks are not those of the old one') FROM drift.run_check('estimated', '2026-06-29', false) AS c;
SELECT is(c.check_id, (SELECT max(check_id) FROM drift.checks), 'but the same again') FROM drift.run_check('estimated', '2026-06-29', false) AS c;

-- an estimator of several classes; its monitors know the confidence alone
SELECT FROM drift.register_model('sorts');
SELECT FROM drift.add_version('sorts', drift.import_model('json', '{"format": "drift", "version": 1, "task": "multiclass", "inputs": ["x", "y", "z"], "features": ["x", "y", "z"],
	"linear": {"coefficients": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "intercept": [0, 0, 0]}, "transform": "softmax", "classes": ["a", "b", "c"]}'));
SELECT FROM drift.promote('sorts', 1);
CREATE VIEW sorted AS SELECT side, i, predicted_at, p AS probabilities, label, actual, drift_internal.largest(p) AS confidence, 0 AS x, 0 AS y, 0 AS z FROM several;
SELECT is(concat_ws(' ', e.task, e.classes, cardinality(e.maps), e.n), 'multiclass {a,b,c,""} 4 3000', 'a map for each class, and one for the confidence')
FROM drift.fit_estimator('sorts', 'SELECT * FROM sorted WHERE side = ''reference''') AS e;
SELECT ok(bool_and(abs(e.estimate / v.estimate - 1) <= 1e-6 AND abs(e.standard_error / v.error - 1) <= 1e-9) AND count(*) = 6, 'estimates and sampling errors of several classes as NannyML')
FROM drift.estimate_performance('sorts', source => 'SELECT * FROM sorted WHERE side = ''current''') AS e
JOIN (VALUES ('roc_auc', 0.9143997334131949, 0.004572096833548547), ('accuracy', 0.7508844682957208, 0.013668634004740766), ('precision', 0.7515644648100266, 0.013660714476546395),
	('recall', 0.7507180076510022, 0.013661243149716258), ('specificity', 0.8753384990723082, 0.007375641571712738), ('f1', 0.7507872658566418, 0.013856777211044871)) AS v (metric, estimate, error) USING (metric);
SELECT ok(bool_and(NOT is_broken) AND bool_and(n_realised = 1000) AND count(realised) = 7, 'beside what came true') FROM drift.estimate_performance('sorts', source => 'SELECT * FROM sorted WHERE side = ''current''');
SELECT FROM drift.create_baseline('sorts', 'SELECT x, y, z, label, confidence FROM estimates.sorted WHERE side = ''reference''', 'sorts');
SELECT FROM drift.create_monitor('sorts', 'SELECT predicted_at, x, y, z, label, confidence, actual AS target FROM estimates.sorted WHERE side = ''current''', 'sorts', 'predicted_at', 'sorts', span => '1 day');
SELECT FROM drift.refresh_windows('sorts');
SELECT check_id FROM drift.run_check('sorts', '2026-01-02', false) \gset sorts_
SELECT ok(bool_and(m.metric = 'accuracy' AND v.right BETWEEN m.value_low AND m.value_high AND m.n = 1000 AND m.severity = 'ok') AND count(*) = 1, 'monitors estimate the accuracy of several classes')
FROM drift.check_metrics AS m, (SELECT avg((label = actual)::integer) AS right FROM sorted WHERE side = 'current') AS v WHERE m.check_id = :sorts_check_id AND m.kind = 'estimated';

-- numbers: another model says how far off a row is expected to be
SELECT FROM drift.register_model('price');
SELECT FROM drift.add_external_version('price', 'file:///price', sha256('price'), '[{"name": "size", "kind": "number"}]', 'regression');
SELECT FROM drift.promote('price', 1);
SELECT FROM drift.register_model('price_loss');
SELECT FROM drift.add_version('price_loss', drift.import_model('json', '{"format": "drift", "version": 1, "task": "regression", "inputs": ["size", "score"], "features": ["size", "score"],
	"linear": {"coefficients": [1, 0], "intercept": 0}}'));
SELECT FROM drift.promote('price_loss', 1);
CREATE TABLE flats AS SELECT n, size, 0 AS score, sqrt(greatest(size, 0)) * CASE WHEN n % 2 = 0 THEN 1 ELSE -1 END AS actual_value FROM generate_series(1, 1000) AS n, LATERAL (SELECT n % 100 - 10 + n / 501 * 50.0::float8) AS s (size);
SELECT throws_ok($$SELECT drift.fit_estimator('price', 'flats')$$, '55000', 'version 1 of model "price" predicts numbers', 'numbers need a model of the loss');
SELECT throws_ok($$SELECT drift.fit_estimator('price', 'flats', loss_model => 'price_loss', loss => 'mape')$$, '22023', 'unknown loss: mape', 'which predicts a loss that is known');
SELECT FROM drift.fit_estimator('price', 'SELECT * FROM flats WHERE n <= 500', loss_model => 'price_loss', loss => 'mse');
SELECT is(string_agg(metric, ' ' ORDER BY metric), 'mse rmse', 'squared errors tell their root too')
FROM drift.estimator_metrics JOIN drift.models USING (model_id) WHERE name = 'price';
SELECT ok(bool_and(abs(estimate - realised) < 1e-9 AND n = 500 AND n_realised = 500) AND count(*) = 2, 'the mean of the losses that are expected, none of which is below zero')
FROM drift.estimate_performance('price', source => 'SELECT * FROM flats WHERE n > 500');

SELECT is(drift.drop_estimator('price')::text || drift.drop_estimator('price')::text, 'truefalse', 'an estimator is dropped once');
SELECT is((SELECT count(*) FROM drift.estimator_metrics JOIN drift.models USING (model_id) WHERE name = 'price'), 0::bigint, 'with its metrics');

-- rights: who operates a model fits, who reads it estimates, each of rows that they may read
CREATE ROLE estimates_operator;
CREATE ROLE estimates_reader;
GRANT USAGE ON SCHEMA estimates TO estimates_operator, estimates_reader;
GRANT SELECT ON reference TO estimates_operator;
SELECT drift.grant_privilege('estimated', 'estimates_operator', 'operate'), drift.grant_privilege('estimated', 'estimates_reader', 'read') \g /dev/null
SET LOCAL ROLE estimates_operator;
SELECT lives_ok($$SELECT drift.fit_estimator('estimated', 'estimates.reference', positive_label => 'yes')$$, 'who operates the model fits of what they may read');
SELECT throws_ok($$SELECT drift.fit_estimator('estimated', 'estimates.current')$$, '42501', NULL, 'and not of what they may not');
SELECT throws_ok($$INSERT INTO drift.estimator_metrics SELECT * FROM drift.estimator_metrics$$, '42501', NULL, 'nobody writes the tables');
SET LOCAL ROLE estimates_reader;
SELECT throws_ok($$SELECT drift.fit_estimator('estimated', 'estimates.current')$$, '42501', 'permission denied for model "estimated"', 'who reads it does not fit');
SELECT throws_ok($$SELECT * FROM drift.estimate_performance('estimated')$$, '42501', NULL, 'nor see what the log says without rights to it');
SELECT is(count(*), 9::bigint, 'but estimates rows of their own') FROM drift.estimate_performance('estimated', source => 'SELECT i / 100.0 AS score, CASE WHEN i > 50 THEN ''yes'' ELSE ''no'' END AS label FROM generate_series(1, 99) AS i');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
