-- What drift.advance() makes of errors, latency, scores, disagreement and outcomes, and what follows.
BEGIN;
SELECT plan(83);
SET LOCAL search_path = public, pg_catalog;
SET LOCAL client_min_messages = warning;

CREATE FUNCTION pg_temp.linear(a float8, b float8, task text DEFAULT 'binary') RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', (jsonb_build_object('format', 'drift', 'version', 1, 'task', task, 'inputs', '["a", "b"]'::jsonb, 'features', '["a", "b"]'::jsonb,
		'linear', jsonb_build_object('coefficients', ARRAY[a, b], 'intercept', 0))
		|| CASE task WHEN 'binary' THEN '{"transform": "logistic", "classes": ["no", "yes"]}'::jsonb ELSE '{"transform": "identity"}' END)::text)
$$;
CREATE TEMP TABLE entities AS SELECT i, sin(i) AS a, cos(i * 1.7) AS b FROM generate_series(1, 3000) AS i;
-- Answers for the first so many entities; those of version 0 are of something outside: its labels are given.
CREATE FUNCTION pg_temp.predictions(model text, first integer, last integer, arm text, version integer, errors integer DEFAULT 0, latency float8 DEFAULT 1, shift float8 DEFAULT 0)
	RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('INSERT INTO %s (model_version, arm, entity_key, score, label, latency_ms, status, a, b)
		SELECT $1, $2, i::text, CASE WHEN i >= $3 + $5 THEN %s(artefact, r) + $7 END, CASE WHEN i >= $3 + $5 THEN %s END,
			$6 + (i * 31 %% 100) / 100.0, CASE WHEN i >= $3 + $5 THEN ''ok'' ELSE ''error'' END, a, b
		FROM (SELECT * FROM entities WHERE i BETWEEN $3 AND $4) AS r, drift.model_artefacts AS m WHERE m.version = $1 AND model_id = $8',
		(SELECT log FROM drift.prediction_logs JOIN drift.models AS m USING (model_id) WHERE m.name = model),
		'drift.score_row', CASE model WHEN 'classes' THEN 'drift.score_label_row(artefact, r)' ELSE 'NULL' END)
	USING version, arm, first, last, errors, latency, shift, (SELECT model_id FROM drift.models AS m WHERE m.name = model);
END
$$;
CREATE FUNCTION pg_temp.term(model text, term text, fact text DEFAULT 'verdict') RETURNS text LANGUAGE sql AS $$ SELECT terms->term->>fact FROM drift.advance(model, true) $$;
CREATE FUNCTION pg_temp.look(model text) RETURNS text LANGUAGE sql AS $$ SELECT concat_ws(' ', verdict, action, percent, status) FROM drift.advance(model) $$;
CREATE FUNCTION pg_temp.judged(model text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(key || ' ' || (value->>'verdict'), ', ' ORDER BY key) FROM drift.advance(model, true), jsonb_each(terms) WHERE key <> 'duration'
$$;
-- deploys and forgets what was logged before, as time would
CREATE FUNCTION pg_temp.begin(model text, version integer, strategy text, analysis jsonb DEFAULT '{}', options jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
	SELECT FROM drift.deploy(model, version, strategy, options || jsonb_build_object('analysis', '{"min_duration": "0"}' || analysis))
$$;

SELECT drift.register_model(m) FROM unnest(ARRAY['classes', 'numbers', 'outside']) AS m \g /dev/null
-- 2 is nearly 1, 3 the opposite, 4 another one
SELECT drift.add_version('classes', pg_temp.linear(a, b)) FROM (VALUES (1.0, 1.0), (1.1, 1.0), (-1.0, -1.0), (1.0, 0.2)) AS v (a, b) \g /dev/null
SELECT drift.add_version('numbers', pg_temp.linear(a, b, 'regression')) FROM (VALUES (1.0, 1.0), (1.1, 1.0), (-1.0, -1.0)) AS v (a, b) \g /dev/null
SELECT drift.deploy(m, 1) FROM unnest(ARRAY['classes', 'numbers']) AS m \g /dev/null

-- looks spend alpha and no more
SELECT ok(sum(drift_internal.look_alpha(0.05, k)) BETWEEN 0.0499 AND 0.05, 'all looks together spend alpha') FROM generate_series(1, 10000) AS k;

-- without a log
SELECT pg_temp.begin('classes', 2, 'canary') \g /dev/null
SELECT is(pg_temp.look('classes'), 'inconclusive held 10 running', 'without a log nothing can be judged');
SELECT drift.rollback('classes') \g /dev/null
SELECT drift.create_prediction_log(m, m || '_log') FROM unnest(ARRAY['classes', 'numbers']) AS m \g /dev/null

-- time
SELECT FROM drift.deploy('classes', 2, 'canary', '{"analysis": {"min_duration": "1 day"}}');
SELECT pg_temp.predictions('classes', 1, 900, 'champion', 1), pg_temp.predictions('classes', 901, 1000, 'challenger', 2) \g /dev/null
SELECT is(pg_temp.term('classes', 'duration'), 'inconclusive', 'a step lasts as long as it was told');
SELECT is(pg_temp.judged('classes'), 'disagreement pass, errors pass, latency pass, quality inconclusive, scores pass', 'however good all else is');
SELECT is(pg_temp.look('classes'), 'inconclusive held 10 running', 'so it is held');
SELECT drift.rollback('classes') \g /dev/null

-- errors
SELECT pg_temp.begin('classes', 2, 'canary') \g /dev/null
SELECT pg_temp.predictions('classes', 1, 900, 'champion', 1, errors => 9), pg_temp.predictions('classes', 901, 1000, 'challenger', 2, errors => 2) \g /dev/null
SELECT is(pg_temp.term('classes', 'errors'), 'pass', '2 % of errors beside 1 % are within one more');
SELECT pg_temp.predictions('classes', 1001, 1010, 'challenger', 2, errors => 2) \g /dev/null
SELECT is(pg_temp.term('classes', 'errors'), 'inconclusive', '4 of 110 may be chance');
SELECT is(pg_temp.look('classes'), 'inconclusive held 10 running', 'which holds');
SELECT pg_temp.predictions('classes', 1011, 1030, 'challenger', 2, errors => 18) \g /dev/null
SELECT is(pg_temp.term('classes', 'errors'), 'fail', '22 of 130 are not');
SELECT ok(abs(pg_temp.term('classes', 'errors', 'p_value')::float8 / drift_internal.mean_above_p_value(22 / 130.0 - 0.01, sqrt(22 / 130.0 * 108 / 130 / 130 + 0.01 * 0.99 / 900), 1030, 0.01) - 1) < 1e-9,
	'against the limit');
SELECT is(pg_temp.look('classes'), 'fail rolled_back 10 rolled_back', 'it is rolled back');
SELECT is((SELECT array_agg(arm || ' ' || version) FROM drift.routes JOIN drift.models USING (model_id) WHERE name = 'classes'), '{"champion 1"}', 'the champion answers alone');
SELECT is((SELECT automatic_rollbacks FROM drift.rollout_status WHERE model = 'classes'), 1, 'which is counted');

-- latency
SELECT pg_temp.begin('classes', 2, 'canary') \g /dev/null
SELECT pg_temp.predictions('classes', 1, 900, 'champion', 1), pg_temp.predictions('classes', 901, 1000, 'challenger', 2, latency => 1.9) \g /dev/null
SELECT is(pg_temp.term('classes', 'latency'), 'pass', 'nine tenths of a millisecond more are allowed');
SELECT pg_temp.predictions('classes', 1001, 1100, 'challenger', 2, latency => 2.5) \g /dev/null
SELECT is(pg_temp.term('classes', 'latency'), 'fail', 'where half of the answers take longer than the limit they are not');
SELECT is(drift_internal.latency_limit('{"reference": {"latency_95": 0.001}}', '{"max_latency_ratio": 1.5, "latency_slack": 1}'), 1.001::float8, 'microseconds are not compared by their ratio');
SELECT is(drift_internal.latency_limit('{"reference": {"latency_95": 10}}', '{"max_latency_ratio": 1.5, "latency_slack": 1}'), 15::float8, 'long ones are');
SELECT drift.rollback('classes') \g /dev/null

-- scores and disagreement
SELECT pg_temp.begin('classes', 4, 'canary', '{"max_disagreement": 0.01, "quality": "none"}') \g /dev/null
SELECT pg_temp.predictions('classes', 1, 1000, 'champion', 1), pg_temp.predictions('classes', 1001, 1200, 'challenger', 4, shift => 0.3) \g /dev/null
SELECT is(pg_temp.judged('classes'), 'disagreement fail, errors pass, latency pass, scores fail', 'other scores, other classes');
SELECT is(round(pg_temp.term('classes', 'disagreement', 'value')::numeric, 6), (
	SELECT round(avg((sign(a + b) <> sign(a + 0.2 * b))::integer), 6) FROM entities WHERE i <= 1200), 'the replay is of all answers, by both versions');
SELECT is(pg_temp.term('classes', 'disagreement', 'n'), '1200', 'each once');
SELECT is(pg_temp.look('classes'), 'fail rolled_back 10 rolled_back', 'it is rolled back');

-- frozen at the third
SELECT pg_temp.begin('classes', 3, 'canary') \g /dev/null
SELECT pg_temp.predictions('classes', 1, 200, 'champion', 1), pg_temp.predictions('classes', 201, 400, 'challenger', 3) \g /dev/null
SELECT is(pg_temp.judged('classes'), 'disagreement fail, errors pass, latency pass, quality inconclusive, scores pass', 'the opposite has the same scores');
CREATE TEMP TABLE third AS SELECT * FROM drift.advance('classes');
SELECT is((SELECT concat_ws(' ', automatic_rollbacks, frozen_at IS NOT NULL) FROM drift.rollout_status WHERE model = 'classes'), '3 t', 'after three the model is frozen');
SELECT is((SELECT array_agg(concat_ws(' ', kind, severity, details->>'automatic_rollbacks', status)) FROM drift.alerts), '{"model_frozen critical 3 firing"}', 'with an alert');
SELECT is((SELECT count(*) FROM drift.outbox WHERE topic = 'model_frozen'), 1::bigint, 'and an event');
SELECT throws_ok('SELECT drift.deploy(''classes'', 2)', '55000', NULL, 'and nothing is deployed');
SELECT lives_ok((SELECT rollback_sql FROM third), 'the SQL that undoes it thaws and deploys again');
SELECT is((SELECT concat_ws(' ', version, status, percent, automatic_rollbacks) FROM drift.rollout_status WHERE model = 'classes'), '3 running 10 0', 'as it was');
SELECT drift.rollback('classes') \g /dev/null

-- deadlines
SELECT pg_temp.begin('classes', 2, 'canary', options => '{"deadline": "0", "on_deadline": "hold"}') \g /dev/null
SELECT is(pg_temp.look('classes'), 'inconclusive held 10 running', 'at the deadline: hold');
SELECT drift.rollback('classes') \g /dev/null
SELECT pg_temp.begin('classes', 2, 'canary', options => '{"deadline": "0"}') \g /dev/null
SELECT is(pg_temp.look('classes'), 'inconclusive rolled_back 10 rolled_back', 'at the deadline: rollback, as by default');
SELECT pg_temp.begin('classes', 2, 'canary', options => '{"deadline": "0", "on_deadline": "promote"}') \g /dev/null
SELECT is(pg_temp.look('classes'), 'inconclusive completed 100 succeeded', 'at the deadline: promote');
SELECT is((SELECT automatic_rollbacks FROM drift.rollout_status WHERE model = 'classes'), 0, 'success counts rollbacks anew');
SELECT drift.rollback('classes') \g /dev/null
SELECT pg_temp.begin('classes', 2, 'canary', options => '{"deadline": null}') \g /dev/null
SELECT is((SELECT deadline FROM drift.rollout_status WHERE model = 'classes'), NULL, 'or there is none');
SELECT drift.rollback('classes') \g /dev/null

-- quality by replay: what became true is decided by a + 1.1 b, but for one in ten
CREATE FUNCTION pg_temp.truth(i integer, a float8, b float8) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN (1.1 * a + b > 0) <> (i % 10 = 0) THEN 'yes' ELSE 'no' END
$$;
SELECT pg_temp.begin('classes', 4, 'ab_test', '{"min_labelled_days": 0, "max_disagreement": 1, "max_score_distance": 1}') \g /dev/null
SELECT pg_temp.predictions('classes', 1, 1500, 'champion', 1), pg_temp.predictions('classes', 1501, 3000, 'challenger', 4) \g /dev/null
SELECT is(pg_temp.term('classes', 'quality'), 'inconclusive', 'without outcomes quality is not known');
SELECT drift.record_outcome(prediction_id, pg_temp.truth(entity_key::integer, a, b)) FROM classes_log
WHERE predicted_at >= (SELECT started_at FROM drift.rollout_status WHERE model = 'classes') AND entity_key::integer % 2 = 0 \g /dev/null
CREATE TEMP TABLE expected AS
SELECT count(*) FILTER (WHERE o AND NOT c) AS b, count(*) FILTER (WHERE c AND NOT o) AS c, count(*) AS n
FROM (SELECT (a + b > 0) = (pg_temp.truth(i, a, b) = 'yes') AS o, (a + 0.2 * b > 0) = (pg_temp.truth(i, a, b) = 'yes') AS c FROM entities WHERE i % 2 = 0) AS e;
SELECT is(ARRAY[pg_temp.term('classes', 'quality', 'only_reference'), pg_temp.term('classes', 'quality', 'only_current'), pg_temp.term('classes', 'quality', 'n')],
	(SELECT ARRAY[b::text, c::text, n::text] FROM expected), 'both versions score all labelled answers');
SELECT ok(abs(pg_temp.term('classes', 'quality', 'p_value')::float8 / (drift.mcnemar_test(b, c)).p_value - 1) < 1e-9, 'the p-value is McNemar''s') FROM expected;
SELECT is(pg_temp.term('classes', 'quality', 'method'), 'replay', 'by replay');
SELECT is(pg_temp.look('classes'), 'fail rolled_back 50 rolled_back', 'what is worse is rolled back');
SELECT pg_temp.begin('classes', 2, 'ab_test', '{"min_labelled_days": 0, "max_latency_ratio": null}') \g /dev/null
UPDATE drift.deployments SET started_at = '2000-01-01', step_started_at = '2000-01-01' WHERE status = 'running';
SELECT is(pg_temp.judged('classes'), 'disagreement pass, errors fail, quality pass, scores pass', 'what is better passes');
SELECT ok(pg_temp.term('classes', 'quality', 'difference')::float8 > 0, 'as the difference says');
SELECT ok(pg_temp.term('classes', 'quality', 'power')::float8 BETWEEN 0.5 AND 1, 'and the power');
SELECT drift.rollback('classes') \g /dev/null
SELECT pg_temp.begin('classes', 2, 'ab_test', '{"max_error_increase": null, "max_latency_ratio": null, "min_labelled_days": 2}') \g /dev/null
UPDATE drift.deployments SET started_at = '2000-01-01', step_started_at = '2000-01-01' WHERE status = 'running';
SELECT is(concat_ws(' ', pg_temp.term('classes', 'quality'), pg_temp.term('classes', 'quality', 'days')), 'inconclusive 1', 'one day of two');
SELECT drift.rollback('classes') \g /dev/null
SELECT pg_temp.begin('classes', 2, 'ab_test', '{"max_error_increase": null, "max_latency_ratio": null, "min_labelled_days": 1, "min_improvement": 0.2}') \g /dev/null
UPDATE drift.deployments SET started_at = '2000-01-01', step_started_at = '2000-01-01' WHERE status = 'running';
SELECT is(pg_temp.term('classes', 'quality'), 'inconclusive', 'better, but not by so much');
SELECT drift.rollback('classes') \g /dev/null
SELECT pg_temp.begin('classes', 2, 'canary', '{"max_error_increase": null, "max_latency_ratio": null, "quality_required": true, "margin": 0.001}') \g /dev/null
UPDATE drift.deployments SET started_at = '2000-01-01', step_started_at = '2000-01-01' WHERE status = 'running';
SELECT is(pg_temp.look('classes'), 'pass advanced 50 running', 'not worse, and a step on');
SELECT drift.rollback('classes') \g /dev/null

-- rows that a version was trained on are left out, those before the deployment are not
SELECT drift.add_version('classes', pg_temp.linear(1.1, 1), training => jsonb_build_object('to', now() - interval '1 hour')) \g /dev/null
SELECT is(drift_internal.unseen_since(d), d.started_at, 'one of both does not say what it was trained on')
FROM (SELECT d.* FROM drift.deployments AS d ORDER BY deployment_id DESC LIMIT 1) AS d;
SELECT drift.add_version('classes', pg_temp.linear(1.1, 1), training => jsonb_build_object('to', now() - interval '2 hours')) \g /dev/null
UPDATE drift.deployments SET version = 5, previous_version = 6 WHERE status = 'rolled_back';
SELECT is(drift_internal.unseen_since(d), now() - interval '1 hour', 'both do: the later end counts')
FROM (SELECT d.* FROM drift.deployments AS d ORDER BY deployment_id DESC LIMIT 1) AS d;

-- a shadow waits for people
SELECT pg_temp.begin('classes', 2, 'shadow', '{"max_error_increase": null, "max_latency_ratio": null, "quality": "none"}') \g /dev/null
SELECT pg_temp.predictions('classes', 1, 200, 'champion', 1) \g /dev/null
INSERT INTO classes_log (model_version, arm, entity_key, score, label, latency_ms, shadow_of, a, b)
SELECT 2, 'shadow', entity_key, score, label, latency_ms, prediction_id, a, b FROM classes_log
WHERE predicted_at >= (SELECT started_at FROM drift.rollout_status WHERE model = 'classes');
SELECT is(pg_temp.look('classes'), 'pass held 0 running', 'a shadow that does well is held');
SELECT drift.freeze('classes') \g /dev/null
SELECT throws_ok('SELECT drift.complete(''classes'')', '55000', NULL, 'and cannot be completed while the model is frozen');
SELECT drift.unfreeze('classes') \g /dev/null
SELECT is((SELECT status FROM drift.complete('classes')), 'succeeded', 'until somebody completes it');
SELECT drift.rollback('classes') \g /dev/null

-- numbers
SELECT pg_temp.begin('numbers', 2, 'ab_test', '{"min_labelled_days": 0}') \g /dev/null
SELECT pg_temp.predictions('numbers', 1, 1000, 'champion', 1), pg_temp.predictions('numbers', 1001, 2000, 'challenger', 2) \g /dev/null
SELECT drift.record_outcome(prediction_id, 1.1 * a + b + sin(entity_key::integer * 7.3) / 10) FROM numbers_log WHERE entity_key::integer <= 1500 \g /dev/null
CREATE TEMP TABLE errors AS
SELECT abs(a + b - t) AS o, abs(1.1 * a + b - t) AS c FROM (SELECT *, 1.1 * a + b + sin(i * 7.3) / 10 AS t FROM entities WHERE i <= 1500) AS e;
SELECT ok(abs(pg_temp.term('numbers', 'quality', 'difference')::float8 / avg(o - c) - 1) < 1e-6, 'the difference of the absolute errors') FROM errors;
SELECT ok(abs(pg_temp.term('numbers', 'quality', 'standard_error')::float8 / (stddev_samp(o - c) / sqrt(count(*))) - 1) < 1e-6, 'and its standard error') FROM errors;
SELECT is(pg_temp.judged('numbers'), 'disagreement pass, errors pass, latency pass, quality pass, scores pass', 'smaller errors are better');
SELECT ok(abs(pg_temp.term('numbers', 'disagreement', 'value')::float8 / (SELECT avg(abs(0.1 * a)) / stddev_samp(a + b) FROM entities WHERE i <= 2000) - 1) < 1e-6,
	'disagreement of numbers is in standard deviations');
SELECT is(pg_temp.look('numbers'), 'pass completed 50 succeeded', 'an A/B test that passes completes');
SELECT pg_temp.begin('numbers', 1, 'ab_test', '{"min_labelled_days": 0}') \g /dev/null
UPDATE drift.deployments SET started_at = '2000-01-01' WHERE status = 'running';
SELECT is(pg_temp.term('numbers', 'quality'), 'fail', 'the other way round they are worse');
SELECT drift.rollback('numbers') \g /dev/null

-- models that are somewhere else: only the log knows what they said
SELECT drift.add_external_version('outside', 's3://models/' || v, sha256(v::text::bytea), '[{"name": "a", "kind": "number"}]', 'binary') FROM generate_series(1, 2) AS v \g /dev/null
SELECT drift.deploy('outside', 1) \g /dev/null
SELECT drift.create_prediction_log('outside', 'outside_log') \g /dev/null
SELECT pg_temp.begin('outside', 2, 'ab_test', '{"min_labelled_days": 0}') \g /dev/null
INSERT INTO outside_log (model_version, arm, entity_key, label, a)
SELECT 1 + i % 2, (ARRAY['champion', 'challenger'])[1 + i % 2], i, CASE WHEN i % 20 < CASE i % 2 WHEN 0 THEN 8 ELSE 4 END THEN 'no' ELSE 'yes' END, i FROM generate_series(1, 2000) AS i;
SELECT drift.record_outcome(prediction_id, 'yes') FROM outside_log \g /dev/null
SELECT is(pg_temp.judged('outside'), 'errors pass, quality pass, scores pass', 'without artefacts the arms are compared, and what is not logged is not judged');
SELECT is(concat_ws(' ', pg_temp.term('outside', 'quality', 'method'), pg_temp.term('outside', 'quality', 'reference'), pg_temp.term('outside', 'quality', 'current')), 'arms 0.6 0.8',
	'each by its own answers');
SELECT drift.rollback('outside') \g /dev/null
SELECT pg_temp.begin('outside', 2, 'shadow') \g /dev/null
INSERT INTO outside_log (model_version, arm, entity_key, label, a) SELECT 1, 'champion', i, CASE WHEN i % 5 = 0 THEN 'no' ELSE 'yes' END, i FROM generate_series(1, 500) AS i;
INSERT INTO outside_log (model_version, arm, entity_key, label, a, shadow_of)
SELECT 2, 'shadow', entity_key, CASE WHEN a::integer % 4 = 0 THEN 'no' ELSE 'yes' END, a, prediction_id FROM outside_log
WHERE predicted_at >= (SELECT started_at FROM drift.rollout_status WHERE model = 'outside');
SELECT drift.record_outcome(prediction_id, 'yes') FROM outside_log WHERE shadow_of IS NULL AND predicted_at >= (SELECT started_at FROM drift.rollout_status WHERE model = 'outside') \g /dev/null
SELECT is(concat_ws(' ', pg_temp.term('outside', 'quality', 'method'), pg_temp.term('outside', 'quality', 'only_reference'), pg_temp.term('outside', 'quality', 'only_current')), 'shadow 100 75',
	'a shadow pairs what both said');
SELECT drift.rollback('outside') \g /dev/null

-- for a scheduler
SELECT pg_temp.begin('classes', 2, 'canary') \g /dev/null
SELECT pg_temp.begin('numbers', 1, 'canary') \g /dev/null
SELECT is(array_agg(concat_ws(' ', model, verdict, action) ORDER BY model), '{"classes inconclusive held","numbers inconclusive held"}', 'all running deployments are looked at') FROM drift.run_deployments();
SELECT is((SELECT count(*) FROM drift.run_deployments()), 0::bigint, 'and not again before their interval has passed');
ALTER TABLE drift.deployment_analyses DISABLE TRIGGER keep_history;
DELETE FROM drift.deployment_analyses;
ALTER TABLE classes_log RENAME COLUMN latency_ms TO latency;
SELECT is(array_agg(concat_ws(' ', model, verdict, left(message, 6)) ORDER BY model), '{"classes 42703:","numbers inconclusive inconc"}', 'what cannot be looked at says why and stops no other') FROM drift.run_deployments();
ALTER TABLE classes_log RENAME COLUMN latency TO latency_ms;
SELECT throws_ok($$SELECT drift_internal.apply_analysis('classes', (SELECT deployment_id FROM drift.rollout_status WHERE model = 'classes'), 2, '{}', NULL)$$, '40001', NULL,
	'an analysis of a step that is over changes nothing');

-- never more automatic rollbacks than allowed: none
SELECT throws_ok('SELECT drift.set_rollback_limit(''classes'', -1)', '22023', NULL, 'a limit is a number from 0');
SELECT drift.set_rollback_limit('classes', 0) \g /dev/null
SELECT drift.rollback('classes') \g /dev/null
SELECT pg_temp.begin('classes', 3, 'canary') \g /dev/null
SELECT pg_temp.predictions('classes', 1, 200, 'champion', 1), pg_temp.predictions('classes', 201, 400, 'challenger', 3) \g /dev/null
SELECT is(pg_temp.look('classes'), 'fail held 10 running', 'where none are allowed people must act');
SELECT is((SELECT frozen_at IS NOT NULL FROM drift.rollout_status WHERE model = 'classes'), true, 'and are told so');
SELECT is((SELECT status FROM drift.rollback('classes')), 'rolled_back', 'a frozen model can be rolled back');

-- the outbox
DELETE FROM drift.outbox WHERE topic <> 'deployment_succeeded';
SELECT ok(count(*) = 2 AND bool_and(attempts = 1 AND claimed_by IS NOT NULL), 'events are handed out') FROM drift.claim_events(max_events => 2);
SELECT is((SELECT count(*) FROM drift.claim_events('{nothing}')), 0::bigint, 'of the topics that are asked for');
CREATE TEMP TABLE rest AS SELECT * FROM drift.claim_events();
SELECT is((SELECT count(*) FROM rest), (SELECT count(*) - 2 FROM drift.outbox), 'the rest of them');
SELECT is((SELECT count(*) FROM drift.claim_events()), 0::bigint, 'each once');
SELECT is((SELECT count(*) FROM drift.claim_events(lease => '0')), (SELECT count(*) FROM drift.outbox), 'until the lease is over');
SELECT is(array_agg(drift.confirm_event(event_id) ORDER BY event_id), array_agg(true), 'they are confirmed') FROM rest;
SELECT is(bool_or(drift.confirm_event(event_id)), false, 'once') FROM rest;
SELECT is(bool_or(drift.fail_event(event_id, 'too late')), false, 'and do not fail after that') FROM rest;
SELECT is(array_agg(drift.fail_event(event_id, 'no answer')), '{t,t}', 'others fail') FROM drift.outbox WHERE delivered_at IS NULL;
SELECT is((SELECT count(*) FROM drift.claim_events(lease => '0')), 0::bigint, 'and wait a while');
UPDATE drift.outbox SET claimed_at = claimed_at - interval '1 minute';
SELECT is((SELECT array_agg(DISTINCT attempts || ' ' || last_error) FROM drift.claim_events()), '{"3 no answer"}', 'before they are handed out again');
SELECT throws_ok('SELECT drift.confirm_event(0)', '42704', NULL, 'an event must be there');
UPDATE drift.outbox SET delivered_at = delivered_at - interval '40 days';
SELECT is(drift.purge_events(), (SELECT count(*) FROM rest), 'old ones are removed when they were delivered');
UPDATE drift_internal.cluster SET system_identifier = system_identifier + 1;
SELECT throws_ok(q, '55000', NULL, 'not in a copy: ' || q) FROM unnest(ARRAY['SELECT drift.claim_events()', 'SELECT drift.confirm_event(1)', 'SELECT drift.fail_event(1, NULL)', 'SELECT drift.run_deployments()']) AS q;

SELECT * FROM finish();
ROLLBACK;
