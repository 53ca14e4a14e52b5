-- drift.evaluate_challenger(): the numbers, each condition, replay, shadow and arms, what is refused, who may, the evidence.
BEGIN;
SELECT plan(76);
SET LOCAL search_path = public, pg_catalog;
SET LOCAL client_min_messages = warning;

CREATE FUNCTION pg_temp.linear(a float8, b float8, task text DEFAULT 'binary') RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', (jsonb_build_object('format', 'drift', 'version', 1, 'task', task, 'inputs', '["a", "b"]'::jsonb, 'features', '["a", "b"]'::jsonb,
		'linear', jsonb_build_object('coefficients', ARRAY[a, b], 'intercept', 0))
		|| CASE task WHEN 'binary' THEN '{"transform": "logistic", "classes": ["no", "yes"]}'::jsonb ELSE '{"transform": "identity"}' END)::text)
$$;
CREATE TEMP TABLE entities AS SELECT i, 2 * sin(i) AS a, 2 * cos(i * 1.7) AS b, drift_internal.simulated_uniform(1, 1, i) AS u FROM generate_series(1, 3000) AS i;
CREATE FUNCTION pg_temp.evaluate(model text, version integer, options jsonb DEFAULT '{}') RETURNS drift.evaluations LANGUAGE sql AS $$
	SELECT * FROM drift.evaluate_challenger(model, version, '2026-01-01', 'infinity', options)
$$;
CREATE FUNCTION pg_temp.terms(evaluated drift.evaluations) RETURNS text LANGUAGE sql AS $$
	SELECT evaluated.verdict || ': ' || string_agg(key || ' ' || (value->>'verdict'), ', ' ORDER BY key) FILTER (WHERE value->>'verdict' <> 'pass') FROM jsonb_each(evaluated.terms)
$$;

SELECT drift.register_model(m) FROM unnest(ARRAY['classes', 'numbers', 'outside']) AS m \g /dev/null
-- 1 is not sure enough, 2 is right, 3 the opposite, 4 nearly 1
SELECT drift.add_version('classes', pg_temp.linear(a, b), training => format('{"rows": 10, "from": "2020-01-01", "to": "%s"}', t)::jsonb)
FROM (VALUES (0.5, 0.2, '2020-02-01'), (2.0, 1.0, '2020-03-01'), (-1, -1, '2020-02-01'), (0.5001, 0.2, '2020-02-01')) AS v (a, b, t) \g /dev/null
SELECT drift.add_version('numbers', pg_temp.linear(a, b, 'regression')) FROM (VALUES (1.0, 0.5), (1.1, 1.0)) AS v (a, b) \g /dev/null
SELECT drift.deploy(m, 1), drift.create_prediction_log(m, m || '_log') FROM unnest(ARRAY['classes', 'numbers']) AS m \g /dev/null
SELECT count(*) FROM entities, drift.predict('classes', jsonb_build_object('a', a, 'b', b), i::text) \g /dev/null
SELECT count(*) FROM entities, drift.predict('numbers', jsonb_build_object('a', a, 'b', b), i::text) \g /dev/null
SELECT drift.record_outcome(prediction_id, CASE WHEN 1 / (1 + exp(-2 * l.a - l.b)) > u THEN 'yes' ELSE 'no' END) FROM classes_log AS l JOIN entities ON i = entity_key::integer \g /dev/null
SELECT drift.record_outcome(prediction_id, (l.a + l.b * 0.9 + u - 0.5)::text) FROM numbers_log AS l JOIN entities ON i = entity_key::integer \g /dev/null
CREATE TEMP TABLE pairs AS
SELECT 1 / (1 + exp(-0.5 * a - 0.2 * b)) AS o, 1 / (1 + exp(-2 * a - b)) AS c, 1 / (1 + exp(-2 * a - b)) > u AS y, a + 0.5 * b AS ro, 1.1 * a + b AS rc, a + b * 0.9 + u - 0.5 AS ry FROM entities;

-- the numbers, by what the pairs say
CREATE TEMP TABLE classes AS SELECT * FROM pg_temp.evaluate('classes', 2);
SELECT is((SELECT (method, metric, test, n, verdict, deploy)::text FROM classes), '(replay,log_loss,"paired t test",3000,pass,t)', 'a better version passes');
SELECT is((SELECT round(x::numeric, 12) FROM classes), w, n)
FROM (SELECT * FROM (SELECT (SELECT champion FROM classes) AS x, (SELECT round(avg(-ln(CASE WHEN y THEN o ELSE 1 - o END))::numeric, 12) FROM pairs) AS w, 'log loss of the champion' AS n) AS a
	UNION ALL SELECT (SELECT challenger FROM classes), (SELECT round(avg(-ln(CASE WHEN y THEN c ELSE 1 - c END))::numeric, 12) FROM pairs), 'of the challenger'
	UNION ALL SELECT (SELECT (metrics->'brier'->>'challenger')::float8 FROM classes), (SELECT round(avg((c - y::integer) ^ 2)::numeric, 12) FROM pairs), 'its Brier score'
	UNION ALL SELECT (SELECT (metrics->'accuracy'->>'champion')::float8 FROM classes), (SELECT round(avg(((o >= 0.5) = y)::integer)::numeric, 12) FROM pairs), 'accuracy of the champion'
	UNION ALL SELECT (SELECT (metrics->'roc_auc'->>'difference')::float8 FROM classes), (SELECT round((drift.delong_test(c, o, y)).difference::numeric, 12) FROM pairs), 'areas under the curve'
	UNION ALL SELECT (SELECT (metrics->'roc_auc'->>'p_value')::float8 FROM classes), (SELECT round((drift.delong_test(c, o, y)).p_value::numeric, 12) FROM pairs), 'by DeLong''s test'
	UNION ALL SELECT (SELECT (metrics->'ece'->>'champion')::float8 FROM classes), (SELECT round(drift.ece(o, y)::numeric, 12) FROM pairs), 'calibration'
	UNION ALL SELECT (SELECT improvement FROM classes), (SELECT round((1 - avg(-ln(CASE WHEN y THEN c ELSE 1 - c END)) / avg(-ln(CASE WHEN y THEN o ELSE 1 - o END)))::numeric, 12) FROM pairs), 'improvement as a share') AS v;
SELECT is((SELECT (metrics->'accuracy'->>'p_value')::float8 FROM classes), (SELECT (drift.mcnemar_test(count(*) FILTER (WHERE (o >= 0.5) = y AND (c >= 0.5) <> y), count(*) FILTER (WHERE (o >= 0.5) <> y AND (c >= 0.5) = y))).p_value FROM pairs),
	'accuracy by McNemar''s test');
CREATE TEMP TABLE numbers AS SELECT * FROM pg_temp.evaluate('numbers', 2);
SELECT is((SELECT (method, metric, n, verdict)::text FROM numbers), '(replay,mae,3000,pass)', 'numbers by their mean absolute error');
SELECT is((SELECT round((metrics->m->>'challenger')::numeric, 12) FROM numbers), round(w::numeric, 12), m)
FROM (SELECT avg(abs(rc - ry)) AS mae, avg((rc - ry) ^ 2) AS mse, sqrt(avg((rc - ry) ^ 2)) AS rmse FROM pairs) AS p, LATERAL (VALUES ('mae', mae), ('mse', mse), ('rmse', rmse)) AS v (m, w);
SELECT is((SELECT round((difference_high - difference_low)::numeric, 12) FROM numbers), (SELECT round((2 * 1.959963984540054 * stddev_samp(abs(ro - ry) - abs(rc - ry)) / sqrt(3000))::numeric, 12) FROM pairs), 'its interval');
-- against a jackknife that leaves out a hundredth at a time
SELECT ok((SELECT abs((metrics->'rmse'->>'standard_error')::float8 / jackknife - 1) < 0.2
	FROM numbers, (SELECT sqrt(99 / 100.0 * sum((d - m) ^ 2)) AS jackknife
		FROM (SELECT d, avg(d) OVER () AS m FROM (SELECT sqrt(sum(sum((ro - ry) ^ 2)) OVER () - sum((ro - ry) ^ 2)) / sqrt(2970) - sqrt(sum(sum((rc - ry) ^ 2)) OVER () - sum((rc - ry) ^ 2)) / sqrt(2970) AS d
			FROM (SELECT pairs.*, row_number() OVER () % 100 AS part FROM pairs) AS p GROUP BY part) AS r) AS q) AS j), 'the spread of a difference of roots');

-- each condition
SELECT is(pg_temp.terms(pg_temp.evaluate('classes', v, o::jsonb)), t, o)
FROM (VALUES (2, '{"min_rows": 3001}', 'inconclusive: improvement inconclusive, rows inconclusive, test inconclusive'),
	(2, '{"min_improvement": 0.37}', 'inconclusive: improvement inconclusive'),
	(2, '{"min_improvement": 0.5}', 'fail: improvement fail'),
	(2, '{"metric": "accuracy"}', 'fail: improvement fail, min_metric inconclusive, test inconclusive'),
	(2, '{"metric": "roc_auc", "min_improvement": 0.001, "guardrails": {"log_loss": 0, "brier": 0}}', NULL),
	(2, '{"metric": "roc_auc", "min_improvement": 0.001, "min_metric": 0.99}', 'fail: min_metric fail'),
	(3, '{"metric": "log_loss", "guardrails": {}}', 'fail: improvement fail, test fail'),
	(3, '{"metric": "log_loss"}', 'fail: guardrail_ece inconclusive, guardrail_roc_auc fail, improvement fail, test fail'),
	(4, '{"metric": "accuracy", "min_improvement": 0}', 'inconclusive: min_metric inconclusive, test inconclusive'),
	(2, '{"segment": "a > 0"}', NULL), (3, '{"segment": "a > 0", "guardrails": {}}', 'fail: improvement fail, segments fail, test fail'),
	(2, '{"groups": ["a > 1"]}', 'fail: fairness fail'), (2, '{"groups": ["entity_key::integer % 2"]}', NULL),
	(2, '{"max_rows": 600, "improvement": "absolute", "min_improvement": 0.1}', NULL)) AS c (v, o, t);
SELECT is((SELECT (power < 0.5, rows_needed > 3000)::text FROM classes), '(t,t)', 'how much the rows could have shown');
SELECT is((SELECT sum((s->>'n')::integer) FROM jsonb_array_elements((pg_temp.evaluate('classes', 2, '{"segment": "a > 0"}')).segments) AS s), 3000::bigint, 'segments have all rows');
SELECT is(pg_temp.terms(pg_temp.evaluate('classes', 1, '{"champion": 4, "metric": "accuracy", "min_improvement": 0.1}')), 'fail: improvement fail, min_metric inconclusive, test inconclusive', 'versions that are alike');

-- time
SELECT is((SELECT (lower(span), unseen_since)::text FROM drift.evaluate_challenger('classes', 2, '2020-01-15', 'infinity')), '("2020-03-01 00:00:00+00","2020-03-01 00:00:00+00")', 'rows of the training of either version are left out');
SELECT is((SELECT n FROM drift.evaluate_challenger('classes', 2, '2020-01-15', '2026-01-01')), 0::bigint, 'and those after the end');
SELECT is((SELECT (upper(span) - lower(span))::text FROM drift.evaluate_challenger('classes', 2)), '7 days', 'without a time the validation window of the configuration');
SELECT drift.load_config('{"deployment": {"validation_window_days": 30, "significance_level": 0.01, "min_improvement": 0.5}}', 'classes') \g /dev/null
SELECT is((SELECT (upper(span) - lower(span), significance_level, min_improvement, verdict)::text FROM drift.evaluate_challenger('classes', 2)), '("30 days",0.01,0.5,fail)', 'which has the other limits too');
SELECT drift.load_config('{"deployment": {"validation_window_days": 7, "significance_level": 0.05, "min_improvement": 0.02}}', 'classes') \g /dev/null
SELECT ok((SELECT lower(span) >= unseen_since FROM drift.evaluate_challenger('numbers', 2)), 'where the end of training is not on record only rows after the registration are taken');
SELECT is((SELECT unseen_since FROM numbers), NULL, 'unless a time is named');
SELECT drift.set_alias('classes', 'challenger', 2) \g /dev/null
SELECT is((SELECT challenger_version FROM drift.evaluate_challenger('classes')), 2, 'the alias names the challenger');

-- what a shadow said about the same rows
INSERT INTO classes_log (model_version, arm, entity_key, score, label, latency_ms, status, shadow_of, predicted_at, a, b)
SELECT 2, 'shadow', entity_key, drift.score_row(artefact, (SELECT f FROM (SELECT l.a, l.b) AS f)), drift.score_label_row(artefact, (SELECT f FROM (SELECT l.a, l.b) AS f)), 1, 'ok', prediction_id, predicted_at, l.a, l.b
FROM classes_log AS l, drift.model_artefacts AS m WHERE m.version = 2 AND model_id = (SELECT model_id FROM drift.models WHERE name = 'classes') AND shadow_of IS NULL;
SELECT is((SELECT (n, champion, challenger, p_value, verdict)::text FROM pg_temp.evaluate('classes', 2, '{"method": "shadow"}')), (SELECT (n, champion, challenger, p_value, verdict)::text FROM pg_temp.evaluate('classes', 2)), 'is what a replay says');
SELECT is((pg_temp.evaluate('classes', 3, '{"method": "shadow"}')).verdict, 'inconclusive', 'another version was no shadow');

-- arms: every second entity was answered by the other
SELECT is((pg_temp.evaluate('classes', 2, '{"method": "arms"}')).verdict, 'inconclusive', 'a version without answers of its own');
UPDATE classes_log SET model_version = 2, arm = 'challenger', score = 1 / (1 + exp(-2 * a - b)), label = CASE WHEN 2 * a + b >= 0 THEN 'yes' ELSE 'no' END WHERE entity_key::integer % 2 = 0 AND shadow_of IS NULL;
CREATE TEMP TABLE arms AS SELECT * FROM pg_temp.evaluate('classes', 2, '{"method": "arms"}');
SELECT is((SELECT (n, test, verdict)::text FROM arms), '(1500,"Welch''s t test",pass)', 'each has its own rows');
CREATE TEMP TABLE halves AS SELECT p.*, row_number() OVER () % 2 = 0 AS is_new FROM pairs AS p;
SELECT is((SELECT round((metrics->m->>s)::numeric, 10) FROM arms), round(w::numeric, 10), s || ' ' || m)
FROM (SELECT avg((c - y::integer) ^ 2) FILTER (WHERE is_new) AS brier, avg(((o >= 0.5) = y)::integer) FILTER (WHERE NOT is_new) AS accuracy,
		sqrt(var_samp((c - y::integer) ^ 2) FILTER (WHERE is_new) / 1500 + var_samp((o - y::integer) ^ 2) FILTER (WHERE NOT is_new) / 1500) AS error,
		(drift.delong_test(c, 0, y) FILTER (WHERE is_new)).auc_1 AS area FROM halves) AS h,
	LATERAL (VALUES ('brier', 'challenger', brier), ('accuracy', 'champion', accuracy), ('brier', 'standard_error', error), ('roc_auc', 'challenger', area)) AS v (m, s, w);

-- versions outside the database
SELECT drift.add_external_version('outside', 'https://example.org/' || v, sha256(v::text::bytea), '[{"name": "a", "kind": "number"}]', 'binary') FROM generate_series(1, 2) AS v \g /dev/null
SELECT drift.deploy('outside', 1), drift.create_prediction_log('outside', 'outside_log') \g /dev/null
INSERT INTO outside_log (model_version, arm, entity_key, score, label, status) SELECT 1 + i % 2, 'champion', i::text, CASE i % 2 WHEN 0 THEN o ELSE c END, CASE WHEN CASE i % 2 WHEN 0 THEN o ELSE c END >= 0.5 THEN 'yes' ELSE 'no' END, 'ok'
FROM (SELECT pairs.*, row_number() OVER () AS i FROM pairs) AS p;
SELECT drift.record_outcome(prediction_id, CASE WHEN y THEN 'yes' ELSE 'no' END) FROM outside_log JOIN (SELECT pairs.*, row_number() OVER () AS i FROM pairs) AS p ON i = entity_key::integer \g /dev/null
SELECT is((SELECT (method, metric, verdict)::text FROM pg_temp.evaluate('outside', 2, '{"positive": "yes"}')), '(arms,log_loss,pass)', 'are compared by their answers');
SELECT throws_ok($$SELECT pg_temp.evaluate('outside', 2)$$, '22004', NULL, 'if it is said what the scores are of');
SELECT is((pg_temp.evaluate('outside', 2, '{"metric": "accuracy"}')).metric, 'accuracy', 'which accuracy needs not');
SELECT throws_ok($$SELECT pg_temp.evaluate('outside', 2, '{"method": "replay", "positive": "yes"}')$$, '55000', NULL, 'nothing can be replayed');

-- errors
SELECT throws_ok(format('SELECT pg_temp.evaluate(%L, %s, %L)', m, v, o), e, NULL, o)
FROM (VALUES ('classes', '1', '{}', '22023'), ('classes', '9', '{}', '42704'), ('numbers', 'NULL', '{}', '55000'), ('classes', '2', '{"metric": "mae"}', '22023'), ('classes', '2', '{"metric": "f1"}', '22023'),
	('classes', '2', '{"nothing": 1}', '22023'), ('classes', '2', '{"guardrails": {"f1": 1}}', '22023'), ('classes', '2', '{"guardrails": {"brier": -1}}', '22023'), ('classes', '2', '[]', '22023'),
	('numbers', '2', '{"groups": ["a"]}', '0A000'), ('classes', '2', '{"segment": "a) AS x, (b"}', '42601')) AS c (m, v, o, e);

-- who may, and what stays
CREATE ROLE drift_test_operator;
CREATE ROLE drift_test_reader;
SELECT drift.grant_privilege('classes', 'drift_test_operator', 'operate'), drift.grant_privilege('classes', 'drift_test_reader', 'read') \g /dev/null
SET LOCAL ROLE drift_test_operator;
SELECT throws_ok($$SELECT * FROM drift.evaluate_challenger('classes', 2)$$, '42501', NULL, 'who may operate needs the log');
RESET ROLE;
GRANT SELECT ON classes_log, classes_log_outcomes TO drift_test_operator, drift_test_reader;
SET LOCAL ROLE drift_test_operator;
SELECT is((SELECT evaluated_by FROM drift.evaluate_challenger('classes', 2)), 'drift_test_operator', 'and then evaluates');
SELECT throws_ok('DELETE FROM drift.evaluations', '42501', NULL, 'and changes nothing');
SET LOCAL ROLE drift_test_reader;
SELECT throws_ok($$SELECT * FROM drift.evaluate_challenger('classes', 2)$$, '42501', NULL, 'a reader does not');
SELECT throws_ok($$SELECT drift_internal.record_evaluation('classes', e) FROM drift.evaluations AS e LIMIT 1$$, '42501', NULL, 'in no way');
SELECT ok((SELECT count(*) > 5 FROM drift.evaluations), 'but sees what was found');
SELECT is((SELECT count(*) FROM drift.evaluations WHERE model_id <> (SELECT model_id FROM drift.models WHERE name = 'classes')), 0::bigint, 'of this model');
RESET ROLE;
SELECT throws_ok('UPDATE drift.evaluations SET deploy = true', '55000', NULL, 'nobody changes it');

-- the evidence and the page
SELECT is((SELECT (e->'performance'->'log_loss'->>'challenger')::float8 FROM drift.draft_evidence('classes', 2) AS e), (SELECT challenger FROM drift.evaluations WHERE challenger_version = 2 ORDER BY evaluation_id DESC LIMIT 1), 'the evidence has the last evaluation');
SELECT is((SELECT e->'evaluation'->>'verdict' FROM drift.draft_evidence('classes', 2) AS e), 'pass', 'with its verdict');
SELECT FROM pg_temp.evaluate('classes', 2, '{"groups": ["entity_key::integer % 2"]}');
SELECT is(drift_internal.missing_evidence(drift.draft_evidence('classes', 2)), '{feature_importance}', 'and fairness where groups were given');
SELECT matches(drift.evaluation_report((SELECT max(evaluation_id) FROM drift.evaluations)), E'^# classes: version 2 against champion 1\n.*\\*\\*pass\\*\\*: the challenger may take over.*## Conditions.*## Metrics.*\\| log_loss \\|.*## Fairness', 'a page for people');
SELECT throws_ok('SELECT drift.evaluation_report(0)', '42704', NULL, 'of an evaluation that is there');

SELECT * FROM finish();
ROLLBACK;
