-- Searches of parameters: points of a space, trials, the best of them, what is refused; and runs of training elsewhere.
BEGIN;
SELECT plan(47);
CREATE SCHEMA tuning;
SET LOCAL search_path = tuning, pg_catalog, public;

CREATE TABLE people AS
	SELECT i AS id, timestamptz '2026-01-01' + i * interval '1 hour' AS at, u[1] AS x1, u[2] AS x2, u[1] + u[2] * u[3] + u[4] - 0.5 > 0.8 AS churned
	FROM generate_series(1, 600) AS i, LATERAL (SELECT ARRAY(SELECT drift_internal.simulated_uniform(1, s, i) FROM generate_series(1, 4) AS s)) AS r (u);
SELECT drift.register_model('tuned') \g /dev/null
SELECT drift.set_training('tuned', label => 'churned', source => 'people', time_column => 'at', key_column => 'id',
	candidates => '[{"algorithm": "logistic"}, {"algorithm": "linear"}]', options => '{"embargo": "0", "minimum_rows": 100}') \g /dev/null

-- points
SELECT is(drift_internal.grid_points(drift_internal.check_space('{"b": [1, 2], "a": ["x", true], "c": 7}'), 10),
	ARRAY['{"a": "x", "b": 1, "c": 7}', '{"a": "x", "b": 2, "c": 7}', '{"a": true, "b": 1, "c": 7}', '{"a": true, "b": 2, "c": 7}']::jsonb[], 'all points of a grid');
SELECT is(drift_internal.grid_axis(drift_internal.check_axis('r', '{"from": 2, "to": 6}')), '[2, 4, 6]', 'steps of whole numbers');
SELECT is(drift_internal.grid_axis(drift_internal.check_axis('r', '{"from": 0.01, "to": 1, "scale": "log"}')), '[0.01, 0.1, 1]', 'and of a scale');
SELECT is(drift_internal.grid_axis(drift_internal.check_axis('r', '{"from": 0, "to": 1, "integer": false, "steps": 5}')), '[0, 0.25, 0.5, 0.75, 1]', 'and of numbers');
SELECT is(drift_internal.grid_axis(drift_internal.check_axis('r', '{"from": 1, "to": 2, "steps": 5}')), '[1, 2]', 'a step that is there already is left out');
SELECT throws_ok($$ SELECT drift_internal.grid_points(drift_internal.check_space('{"a": [1, 2, 3], "b": [1, 2, 3]}'), 8) $$, '22023',
	'the grid has 9 points, and 8 may be tried', 'a grid that is too large');
CREATE TABLE drawn AS
	SELECT p, place FROM unnest(drift_internal.random_points(drift_internal.check_space('{"a": {"from": 1, "to": 4}, "b": {"from": 0.001, "to": 1000, "scale": "log"},
		"c": {"from": 0.5, "to": 1.0}}'), 2000, 5)) WITH ORDINALITY AS u (p, place);
SELECT is(count(*), 2000::bigint, 'so many points are drawn') FROM drawn;
SELECT is(array_agg(DISTINCT p->>'a' ORDER BY p->>'a'), '{1,2,3,4}', 'whole numbers from end to end') FROM drawn;
SELECT ok(min(n) > 430, 'each as often as another') FROM (SELECT count(*) AS n FROM drawn GROUP BY p->>'a') AS s;
SELECT ok(min((p->>'b')::float8) >= 0.001 AND max((p->>'b')::float8) <= 1000 AND abs(avg(log((p->>'b')::numeric))) < 0.15, 'a scale that is drawn evenly') FROM drawn;
SELECT ok(min((p->>'c')::float8) >= 0.5 AND max((p->>'c')::float8) <= 1 AND abs(avg((p->>'c')::float8) - 0.75) < 0.02, 'and numbers') FROM drawn;
SELECT is(drift_internal.random_points(drift_internal.check_space('{"a": {"from": 1, "to": 4}}'), 3, 5), drift_internal.random_points(drift_internal.check_space('{"a": {"from": 1, "to": 4}}'), 3, 5),
	'the same seed draws the same');
SELECT is(cardinality(drift_internal.random_points(drift_internal.check_space('{"a": [1, 2]}'), 20, 5)), 2, 'points are drawn once');
SELECT throws_ok(format('SELECT drift_internal.check_space(%L)', s), '22023', NULL, 'no space: ' || s)
FROM unnest(ARRAY['{}', '[]', '{"a": []}', '{"a": null}', '{"a": {"from": 2, "to": 1}}', '{"a": {"from": 0, "to": 1, "scale": "log"}}', '{"a": {"from": 1, "to": 2, "by": 1}}',
	'{"a": {"from": 1, "to": 2, "steps": 1}}']) AS s;

-- a search
CREATE TABLE found AS SELECT drift.tune_model('tuned', 'logistic', '{"l2": {"from": 0.01, "to": 100, "scale": "log"}}', 'random', 6, '{"save": true, "params": {"standardise": true}}') AS r;
SELECT is((SELECT format('%s %s %s', r->>'status', r->>'trials', r->>'metric') FROM found), 'succeeded 6 log_loss', 'a search ends well');
SELECT is((SELECT (t.status, (r.parameters->>'seed'), t.metrics ? 'valid', r.parameters->'search'->>'method')::text
		FROM drift.training_runs AS r JOIN drift.training_trials AS t ON t.run_id = r.run_id AND t.trial = r.best_trial WHERE r.kind = 'tune'),
	'(succeeded,,t,random)', 'its best trial is known');
SELECT ok((SELECT bool_and((b.metrics->'valid'->>'log_loss')::float8 <= (t.metrics->'valid'->>'log_loss')::float8)
	FROM drift.training_runs AS r JOIN drift.training_trials AS b ON b.run_id = r.run_id AND b.trial = r.best_trial JOIN drift.training_trials AS t ON t.run_id = r.run_id),
	'no other trial is better on the rows that choose');
SELECT is((SELECT count(*) FROM drift.trial_artefacts), 1::bigint, 'only the best model is kept');
SELECT is((SELECT (jsonb_array_length(candidates), candidates->0->>'algorithm', candidates->1->'params' ? 'l2', candidates->1->'params' ? 'seed')::text
	FROM drift.training_configs WHERE model_id = (SELECT model_id FROM drift.models WHERE name = 'tuned')), '(2,linear,t,f)', 'it is the candidate of its algorithm');
SELECT is((SELECT count(*) FROM drift.model_events WHERE event = 'training_tuned'), 1::bigint, 'which the history of the model tells');
SELECT is((SELECT version FROM drift.training_runs), NULL, 'it makes no version');

-- failures
SELECT is((SELECT r->>'status' || ' ' || split_part(r->>'error', E'\n', 1)
		FROM drift.tune_model('tuned', 'logistic', '{"l3": [1, 2]}', 'grid') AS r), 'failed All trials failed.', 'a parameter that there is not ends trials, and then the search');
SELECT is((SELECT array_agg(DISTINCT status) FROM drift.training_trials WHERE run_id = (SELECT max(run_id) FROM drift.training_runs)), '{failed}', 'each of them tells why');
SELECT is((SELECT (r->>'status', r->>'trials')::text FROM drift.tune_model('tuned', 'logistic', '{"l2": [1, -1]}', 'grid') AS r), '(succeeded,2)', 'one that failed is no end');
SELECT throws_ok($$ SELECT drift.tune_model('tuned', 'logistic', '{"l2": [1]}', 'best') $$, '22023', 'a search needs an algorithm and a method', 'a method');
SELECT throws_ok($$ SELECT drift.tune_model('tuned', 'logistic', '{"l2": [1]}', 'halving') $$, '0A000', NULL, 'halving without rounds');
SELECT throws_ok($$ SELECT drift.tune_model('tuned', 'random_forest', '{"n_estimators": [1]}', 'halving') $$, '22023', NULL, 'halving of what it halves');
SELECT throws_ok($$ SELECT drift.tune_model('tuned', 'logistic', '{"l2": [1]}', 'random', 0) $$, '22023', '0 trials cannot be made', 'no trials');
SELECT throws_ok($$ SELECT drift.tune_model('tuned', 'logistic', '{"l2": [1]}', 'random', 5, '{"speed": 1}') $$, '22023', 'training has no option "speed"', 'an option');
SELECT throws_ok($$ CALL drift.resume_run(-1) $$, '42704', 'there is no run -1', 'no run to go on with');
SELECT throws_ok(format('CALL drift.resume_run(%s)', (SELECT min(run_id) FROM drift.training_runs)), '55000', NULL, 'a search that went well is over');

-- training elsewhere
CREATE TABLE outside AS SELECT drift.start_run('tuned', 'notebook', '{"rate": 0.1, "depth": 3}', training => drift.training_snapshot('people', 'at')) AS run_id;
SELECT drift.tune_model('tuned', 'logistic', '{"l2": [1]}') \g /dev/null
SELECT is(r.status, 'running', 'a search of the same model leaves it alone') FROM outside JOIN drift.training_runs AS r USING (run_id);
SELECT is(drift.log_run_parameters(run_id, '{"depth": null, "layers": 2}'), '{"rate": 0.1, "layers": 2}', 'parameters are added and removed') FROM outside;
SELECT is((SELECT sum(drift.log_run_metrics(run_id, jsonb_build_object('log_loss', 1.0 / e, 'f1', e), 'valid', e)) FROM generate_series(1, 3) AS e), 6::bigint, 'metrics by epoch') FROM outside;
SELECT drift.log_run_metrics(run_id, '{"log_loss": 0.25}', 'test') FROM outside \g /dev/null
SELECT throws_ok(format('SELECT drift.log_run_metrics(%s, ''{"f1": "high"}'')', run_id), '22023', 'metric "f1" is not a number', 'a metric that is no number') FROM outside;
SELECT is((SELECT (status, version, progress)::text FROM outside AS o, drift.finish_run(o.run_id, (SELECT artefact FROM drift.trial_artefacts LIMIT 1), description => 'by hand')),
	'(succeeded,1,1)', 'it ends with a version');
SELECT is((SELECT (v.metrics, v.parameters, v.training_rows, v.description, v.run_id = o.run_id::text, v.lineage->'run_id' = to_jsonb(o.run_id))::text FROM drift.model_versions AS v, outside AS o),
	$$("{""valid_f1"": 3, ""test_log_loss"": 0.25, ""valid_log_loss"": 0.3333333333333333}","{""rate"": 0.1, ""layers"": 2}",600,"by hand",t,t)$$, 'that has what was told');
SELECT throws_ok(format('SELECT drift.fail_run(%s, ''too late'')', run_id), '55000', NULL, 'what is over stays so') FROM outside;
SELECT is((SELECT (status, error, finished_at IS NOT NULL)::text FROM drift.fail_run(drift.start_run('tuned'), 'out of memory')), '(failed,"out of memory",t)', 'a run that failed');
SELECT is((SELECT version FROM drift.finish_run(drift.start_run('tuned'), version => 1)), 1, 'or one of a version that is there');

SELECT * FROM finish();
ROLLBACK;
