-- Gates of runs: metrics on rows read as their owner, a trial against the champion, absolute and relative gates, what becomes of a run.
BEGIN;
SELECT plan(44);
SET LOCAL search_path = public, pg_catalog;
SET LOCAL client_min_messages = warning;

CREATE FUNCTION linear(a float8, b float8, task text DEFAULT 'binary', classes jsonb DEFAULT '["no", "yes"]') RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', (jsonb_build_object('format', 'drift', 'version', 1, 'task', task, 'inputs', '["a", "b"]'::jsonb, 'features', '["a", "b"]'::jsonb,
		'linear', jsonb_build_object('coefficients', ARRAY[a, b], 'intercept', 0))
		|| CASE task WHEN 'binary' THEN jsonb_build_object('transform', 'logistic', 'classes', classes) ELSE '{"transform": "identity"}' END)::text)
$$;
CREATE FUNCTION three() RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', '{"format": "drift", "version": 1, "task": "multiclass", "inputs": ["a", "b"], "features": ["a", "b"],
		"linear": {"coefficients": [[1, 0], [0, 1], [-1, -1]], "intercept": [0, 0, 0]}, "transform": "softmax", "classes": ["0", "1", "2"]}')
$$;
CREATE TABLE entities AS
SELECT i, 2 * sin(i) AS a, 2 * cos(i * 1.7) AS b, date '2026-01-01' + i AS day, timestamptz '2026-01-01' + i * interval '1 hour' AS at,
	CASE WHEN 1 / (1 + exp(-2 * sin(i) + 2 * cos(i * 1.7))) > drift_internal.simulated_uniform(1, 1, i) THEN 'yes' ELSE 'no' END AS bought,
	1 / (1 + exp(-2 * sin(i) + 2 * cos(i * 1.7))) > drift_internal.simulated_uniform(1, 1, i) AS flag,
	2 * sin(i) - 2 * cos(i * 1.7) + drift_internal.simulated_uniform(1, 2, i) AS amount, (i % 3)::numeric(3, 1) AS kind
FROM generate_series(1, 1000) AS i;

-- metrics
CREATE FUNCTION pg_temp.measure(artefact drift.model, query text, label text, task text DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
	SELECT drift_internal.measure_artefact(artefact, query, label, task, NULL, current_user::regrole, 'public')
$$;
SELECT is(round((pg_temp.measure(linear(1, -1), 'SELECT * FROM entities', 'bought')->>'log_loss')::numeric, 12), round(e::numeric, 12), 'log loss of two classes')
FROM (SELECT avg(-ln(CASE WHEN flag THEN p ELSE 1 - p END)) AS e FROM entities, LATERAL (SELECT 1 / (1 + exp(b - a))) AS s (p)) AS m;
SELECT is(pg_temp.measure(linear(1, -1, classes => '["false", "true"]'), 'SELECT * FROM entities', 'flag'), pg_temp.measure(linear(1, -1), 'SELECT * FROM entities', 'bought'),
	'a boolean is the classes false and true');
SELECT is(round((pg_temp.measure(linear(1, -1, 'regression'), 'SELECT * FROM entities', 'amount')->>'mae')::numeric, 12), (SELECT round(avg(abs(a - b - amount))::numeric, 12) FROM entities), 'error of numbers');
SELECT is(round((m->>'accuracy')::numeric, 12), (SELECT round(avg((kind = CASE greatest(a, b, -a - b) WHEN a THEN 0 WHEN b THEN 1 ELSE 2 END)::integer), 12) FROM entities), 'three classes that are numbers')
FROM pg_temp.measure(three(), 'SELECT * FROM entities', 'kind') AS m;
SELECT ok((pg_temp.measure(three(), 'SELECT * FROM entities', 'kind')->>'log_loss')::float8 > 1, 'with their log loss');
SELECT is(pg_temp.measure(linear(1, -1), 'SELECT * FROM entities WHERE false', 'bought'), '{"n": 0}', 'no rows');
SELECT is((pg_temp.measure(linear(1, -1), 'SELECT * FROM entities WHERE flag', 'bought')) ? 'roc_auc', false, 'of one class there is no area');
SELECT throws_ok($$ SELECT pg_temp.measure(linear(1, -1), 'SELECT a, b FROM entities', 'bought') $$, '42703', 'the rows have no column "bought"', 'a label that is not there');
SELECT throws_ok($$ SELECT pg_temp.measure(linear(1, -1, 'regression'), 'SELECT * FROM entities', 'bought') $$, '42804', 'column "bought" is no number but text', 'a label that is no number');

-- a run with a trial, as training leaves it
SELECT drift.register_model(m) FROM unnest('{classes,numbers,first,outside,kinds}'::text[]) AS m \g /dev/null
SELECT drift.add_version('classes', linear(0.3, 0)), drift.add_version('numbers', linear(0.3, 0, 'regression')), drift.add_version('kinds', three()) \g /dev/null
SELECT drift.add_external_version('outside', 's3://models/1', sha256('x'), '[{"name": "a", "kind": "number"}]', 'binary') \g /dev/null
SELECT drift.deploy(m, 1) FROM unnest('{classes,numbers,outside,kinds}'::text[]) AS m \g /dev/null
INSERT INTO drift.training_configs (model_id, owner, source_kind, relation, path, label, time_column, candidates, created_by, changed_by)
SELECT model_id, current_user::regrole, 'relation', 'entities', 'public', CASE name WHEN 'numbers' THEN 'amount' WHEN 'kinds' THEN 'kind' ELSE 'bought' END, 'at', '[{"algorithm": "logistic"}]', 'x', 'x' FROM drift.models;
CREATE FUNCTION pg_temp.judged(model text, artefact drift.model, rows text DEFAULT 'true', evaluation jsonb DEFAULT '{}', OUT verdict text, OUT status text, OUT reason text, OUT run_id bigint)
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO drift.training_runs (model_id, as_of, plan, champion_version, best_trial, started_by, parameters)
	SELECT m.model_id, '2026-02-12', jsonb_build_object('test_query', 'SELECT * FROM entities WHERE ' || rows, 'test_from', '2026-01-15'), (SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = m.model_id AND a.alias = 'champion'), 1, 'x',
		jsonb_build_object('evaluation', evaluation)
	FROM drift.models AS m WHERE m.name = model RETURNING training_runs.run_id INTO run_id;
	INSERT INTO drift.training_trials (run_id, trial, algorithm) VALUES (run_id, 1, 'logistic');
	INSERT INTO drift.trial_artefacts VALUES (run_id, 1, artefact);
	PERFORM drift_internal.evaluate_trial(run_id);
	SELECT j.verdict, j.status, j.reason INTO verdict, status, reason FROM drift_internal.judge_run(run_id) AS j;
	UPDATE drift.training_runs AS r SET status = judged.status, reason = judged.reason WHERE r.run_id = judged.run_id;
END $$;

-- relative gates
SELECT is((verdict, status)::text, '(pass,succeeded)', 'a better trial') FROM pg_temp.judged('classes', linear(1, -1));
SELECT is((e.method, e.metric, e.test, e.n, e.champion_version, e.challenger_version, e.trial, e.verdict)::text, '(held_out,log_loss,"paired t test",1000,1,,1,pass)', 'is compared on the held-out rows') FROM drift.evaluations AS e ORDER BY 1 LIMIT 1;
SELECT is(lower(e.span), '2026-01-15'::timestamptz, 'of the time that the plan says') FROM drift.evaluations AS e LIMIT 1;
SELECT is((t.metrics->'test'->>'n')::integer, 1000, 'its metrics there are kept') FROM drift.training_trials AS t LIMIT 1;
SELECT is((column_name, drift.row_count(profile))::text, '(drift_score,1000)', 'and its scores') FROM drift.run_profiles LIMIT 1;
SELECT is((verdict, status)::text, '(fail,kept)', 'a worse one') FROM pg_temp.judged('classes', linear(-1, 1));
SELECT matches(reason, '^fail: .*log_loss: 1\.724, champion 0\.6201', 'with the reason') FROM drift.training_runs ORDER BY run_id DESC LIMIT 1;
SELECT is((verdict, status)::text, '(pass,succeeded)', 'scores of the other class are turned') FROM pg_temp.judged('classes', linear(-1, 1, classes => '["yes", "no"]'));
SELECT is((verdict, status)::text, '(fail,kept)', 'the same again is no improvement') FROM pg_temp.judged('classes', linear(0.3, 0));
SELECT is((verdict, status)::text, '(inconclusive,needs_review)', 'much better on few rows is for people') FROM pg_temp.judged('classes', linear(1, -1), 'i <= 50');
SELECT is((verdict, status)::text, '(inconclusive,kept)', 'no rows prove nothing') FROM pg_temp.judged('classes', linear(1, -1), 'false');
SELECT is((verdict, status)::text, '(pass,succeeded)', 'numbers by their absolute error') FROM pg_temp.judged('numbers', linear(1, -1, 'regression'));
SELECT is((verdict, status)::text, '(fail,kept)', 'several classes by their accuracy') FROM pg_temp.judged('kinds', three(), evaluation => '{"min_metric": 0.5}');
SELECT is((SELECT column_name FROM drift.run_profiles ORDER BY run_id DESC LIMIT 1), 'drift_label', 'of which the classes are kept');
SELECT is(e.metric, 'roc_auc', 'another metric, for a run') FROM pg_temp.judged('classes', linear(1, -1), evaluation => '{"metric": "roc_auc"}') AS j JOIN drift.evaluations AS e USING (run_id);
SELECT is(jsonb_array_length(e.segments), 2, 'segments') FROM pg_temp.judged('classes', linear(1, -1), evaluation => '{"segment": "a > 0"}') AS j JOIN drift.evaluations AS e USING (run_id);
SELECT throws_ok($$ SELECT pg_temp.judged('classes', linear(1, -1), evaluation => '{"metrics": 1}') $$, '22023', 'an evaluation has no option "metrics"', 'options that are none');
SELECT matches(drift.evaluation_report((SELECT max(evaluation_id) FROM drift.evaluations)), '^# classes: trial 1 of run \d+ against champion 1', 'the report says what was compared');
SELECT matches(drift.evaluation_report((SELECT max(evaluation_id) FROM drift.evaluations)), E'\n\nBoth scored the \\d+ rows from .* to .* that run \\d+ held out\\. Primary metric log_loss, ', 'on which rows');

-- by the configuration
SAVEPOINT here;
SELECT drift.load_config('{"deployment": {"min_improvement": 0.9}}', 'classes') \g /dev/null
SELECT is((verdict, status)::text, '(fail,kept)', 'less than the demanded improvement') FROM pg_temp.judged('classes', linear(1, -1));
SELECT drift.load_config('{"deployment": {"metric": "accuracy"}}', 'classes') \g /dev/null
SELECT is((verdict, status)::text, '(fail,needs_review)', 'significantly better, but below the accuracy that is wished for') FROM pg_temp.judged('classes', linear(1, -1));
SELECT is((SELECT reason FROM drift.training_runs ORDER BY run_id DESC LIMIT 1), 'fail: accuracy 0.785, at least 0.9 is demanded', 'says so');
SELECT drift.load_config('{"deployment": {"metric": "accuracy", "min_metric": null}}', 'classes') \g /dev/null
SELECT is((verdict, status)::text, '(pass,succeeded)', 'which can be any') FROM pg_temp.judged('classes', linear(1, -1));
SELECT drift.load_config('{"deployment": {"min_roc_auc": 0.9, "max_log_loss": 0.5}}', 'classes') \g /dev/null
SELECT is((verdict, status, reason)::text, '(fail,needs_review,"fail: roc_auc 0.8773, at least 0.9 is demanded")', 'bounds on other metrics') FROM pg_temp.judged('classes', linear(1, -1));
SELECT drift.load_config('{"deployment": {"max_mae": 0.1}}', 'numbers') \g /dev/null
SELECT is((verdict, status)::text, '(fail,needs_review)', 'on errors of numbers') FROM pg_temp.judged('numbers', linear(1, -1, 'regression'));
SELECT drift.load_config('{"deployment": {"min_test_rows": 2000}}', 'classes') \g /dev/null
SELECT is((verdict, status)::text, '(inconclusive,needs_review)', 'more rows than there are') FROM pg_temp.judged('classes', linear(1, -1));
SELECT drift.load_config('{"deployment": {"metric": "mae"}}', 'classes') \g /dev/null
SELECT is(e.metric, 'log_loss', 'a metric of another task is none') FROM pg_temp.judged('classes', linear(1, -1)) AS j JOIN drift.evaluations AS e USING (run_id);
SELECT throws_ok($$ SELECT drift.load_config('{"deployment": {"guardrails": {"auc": 0.1}}}') $$, '22023', NULL, 'a guardrail that is no metric');
SELECT throws_ok($$ SELECT drift.load_config('{"deployment": {"strategy": "blue_green", "options": {"weights": [10]}}}') $$, '22023', NULL, 'options of another strategy');
SELECT throws_ok($$ SELECT drift.load_config('{"deployment": {"options": {"strategy": "shadow"}}}') $$, '22023', NULL, 'a strategy among the options');
SELECT throws_ok($$ SELECT drift.load_config('{"retraining": {"fallback_strategies": ["newest"]}}') $$, '22023', NULL, 'a strategy that is none');
ROLLBACK TO here;

-- without a champion, or with one outside
SELECT is((verdict, status, reason)::text, '(pass,succeeded,"there is no champion to beat")', 'the first version') FROM pg_temp.judged('first', linear(1, -1));
SELECT drift.load_config('{"deployment": {"min_accuracy": 0.9}}', 'first') \g /dev/null
SELECT is((verdict, status)::text, '(fail,needs_review)', 'has absolute gates alone') FROM pg_temp.judged('first', linear(1, -1));
SELECT is((verdict, status)::text, '(inconclusive,needs_review)', 'a champion outside the database is for people') FROM pg_temp.judged('outside', linear(1, -1));
SELECT throws_ok($$ SELECT drift_internal.evaluate_trial(0) $$, '42704', 'there is no run 0', 'a run that is none');
DELETE FROM drift.trial_artefacts;
SELECT throws_ok($$ SELECT drift_internal.evaluate_trial((SELECT max(run_id) FROM drift.training_runs)) $$, '55000', NULL, 'a run without a model');

-- the evidence of a promotion
UPDATE drift.training_runs SET version = (SELECT drift.add_version('classes', linear(1, -1))) WHERE run_id = (SELECT min(run_id) FROM drift.training_runs);
SELECT is(drift.draft_evidence('classes', 2)->'evaluation'->>'run_id', (SELECT min(run_id)::text FROM drift.training_runs), 'the comparison of its run is evidence of a version');

-- who may
CREATE ROLE gates_operator;
SELECT drift.grant_privilege('classes', 'gates_operator', 'operate') \g /dev/null
GRANT USAGE ON SCHEMA public, drift TO gates_operator;
INSERT INTO drift.trial_artefacts SELECT min(run_id), 1, linear(1, -1) FROM drift.training_runs;
SET ROLE gates_operator;
SELECT throws_ok($$ SELECT drift_internal.evaluate_trial((SELECT min(run_id) FROM drift.training_runs)) $$, '42501', NULL, 'who is no member of the owner of the rows does not read them');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
