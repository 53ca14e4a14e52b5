-- The cycle after its decision: when it trains, how it deploys, whether a version proves itself, and back to the one before if not.
BEGIN;
SELECT plan(89);
SET LOCAL search_path = public, pg_catalog;
SET LOCAL client_min_messages = warning;

CREATE FUNCTION linear(a float8, b float8) RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', jsonb_build_object('format', 'drift', 'version', 1, 'task', 'binary', 'inputs', '["a", "b"]'::jsonb, 'features', '["a", "b"]'::jsonb,
		'linear', jsonb_build_object('coefficients', ARRAY[a, b], 'intercept', 0), 'transform', 'logistic', 'classes', '["no", "yes"]'::jsonb)::text)
$$;
CREATE TABLE visits AS
SELECT i, 2 * sin(i) AS a, 2 * cos(i * 1.7) AS b, timestamptz '2026-01-01' + i * interval '1 hour' AS at, timestamptz '2026-01-02' + i * interval '1 hour' AS known_at,
	CASE WHEN 1 / (1 + exp(-2 * sin(i) + 2 * cos(i * 1.7))) > drift_internal.simulated_uniform(1, 1, i) THEN 'yes' ELSE 'no' END AS bought
FROM generate_series(1, 3000) AS i;
-- m is watched in the table itself, logged in its prediction log
SELECT drift.register_model(m) FROM unnest('{m,logged}'::text[]) AS m \g /dev/null
SELECT drift.add_version(m, linear(1, -1)), drift.add_version(m, linear(1, -0.95)), drift.add_version(m, linear(-1, 1)), drift.deploy(m, 1) FROM unnest('{m,logged}'::text[]) AS m \g /dev/null
INSERT INTO drift.training_configs (model_id, owner, source_kind, relation, path, label, time_column, labelled_column, candidates, created_by, changed_by)
SELECT model_id, current_user::regrole, 'relation', 'visits', 'public', 'bought', 'at', 'known_at', '[{"algorithm": "logistic"}]', 'x', 'x' FROM drift.models WHERE name = 'm';
-- a run as training leaves it
CREATE FUNCTION pg_temp.run(model text, version integer, as_of timestamptz, status text DEFAULT 'succeeded', triggered_by text DEFAULT 'cycle') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	r bigint;
BEGIN
	INSERT INTO drift.training_runs (model_id, as_of, plan, champion_version, best_trial, started_by, status, version, verdict, reason, triggered_by)
	SELECT m.model_id, run.as_of, jsonb_build_object('test_query', 'SELECT * FROM visits WHERE at < ''2026-02-01''', 'test_from', '2026-01-01'),
		(SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = m.model_id AND a.alias = 'champion'), 1, 'x', run.status, run.version, CASE run.status WHEN 'succeeded' THEN 'pass' ELSE 'fail' END, 'tested', run.triggered_by
	FROM drift.models AS m WHERE m.name = model RETURNING run_id INTO r;
	INSERT INTO drift.training_trials (run_id, trial, algorithm) VALUES (r, 1, 'logistic');
	INSERT INTO drift.trial_artefacts SELECT r, 1, a.artefact FROM drift.model_artefacts AS a JOIN drift.models AS m USING (model_id) WHERE m.name = model AND a.version = run.version;
	INSERT INTO drift.run_profiles SELECT r, 'a', drift.profile_agg(v.a) FROM visits AS v WHERE v.at < '2026-02-01';
	IF run.version IS NOT NULL THEN
		PERFORM drift_internal.evaluate_trial(r);
	END IF;
	RETURN r;
END $$;
CREATE FUNCTION pg_temp.decided(should_retrain boolean, as_of timestamptz DEFAULT '2026-03-01', strategy text DEFAULT 'combined') RETURNS void LANGUAGE sql AS $$
	INSERT INTO drift.decisions (model_id, as_of, data_verdict, performance_verdict, action, strategy, urgency, should_retrain, reasons, explanation, decided_by)
	SELECT model_id, as_of, 'ok', 'critical', CASE WHEN should_retrain THEN 'retrain_now' ELSE 'continue' END, strategy, 'high', should_retrain, '[]', '', 'x' FROM drift.models WHERE name = 'm'
$$;
CREATE FUNCTION pg_temp.planned(as_of timestamptz DEFAULT '2026-03-01', automatic boolean DEFAULT true) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(': ', p->>'status', p->>'reason', p->>'strategy') FROM drift_internal.plan_retraining('m', as_of, automatic) AS p
$$;
CREATE FUNCTION pg_temp.validated(model text DEFAULT 'm', to_time timestamptz DEFAULT '2026-02-08', record boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', v->>'verdict', v->>'action', v->>'n_labelled', (SELECT string_agg(t.key || '=' || (t.value->>'verdict'), ' ' ORDER BY t.key) FROM jsonb_each(v->'terms') AS t), v->>'status')
	FROM drift.validate_deployment(model, record, to_time => to_time) AS v
$$;
-- whether to train
SELECT is(drift_internal.plan_retraining('logged', NULL, true)->>'reason', 'How it is trained is not set: drift.set_training() says it.', 'a model that nobody said how to train');
SELECT is(pg_temp.planned(), 'skipped: Nothing was decided yet.', 'before the first decision');
SELECT pg_temp.decided(false) \g /dev/null
SELECT is(pg_temp.planned(), 'skipped: No trigger asks for it.: combined', 'a decision to go on');
SELECT pg_temp.decided(true, '2026-03-02', 'new_only') \g /dev/null
SELECT is(pg_temp.planned(), 'skipped: No trigger asks for it.: combined', 'what is decided later does not count');
SELECT is(pg_temp.planned('2026-03-02'), 'due: new_only', 'a trigger asks for it, with a strategy');
SELECT is(drift_internal.retraining_options(drift_internal.plan_retraining('m', '2026-03-02', true), '2026-03-02', 'cycle') - 'decision_id', '{"as_of": "2026-03-02T00:00:00+00:00", "triggered_by": "cycle"}', 'as of the time of the cycle');
SELECT drift.load_config('{"retraining": {"automatic": false}}', 'm') \g /dev/null
SELECT is(pg_temp.planned('2026-03-02'), 'skipped: retraining.automatic of its configuration is off.: new_only', 'not in a cycle if that is configured');
SELECT is(pg_temp.planned('2026-03-02', false), 'due: new_only', 'but by a schedule of its own');
SELECT drift.load_config('{}', 'm') \g /dev/null
SAVEPOINT here;
SELECT pg_temp.run('m', NULL, '2026-03-01 12:00', 'kept') \g /dev/null
SELECT matches(pg_temp.planned('2026-03-02'), '^skipped: Run \d+ left the champion at 2026-03-01 12:00 UTC, and the next by itself comes 7 days after it at the earliest \(retraining.retry_interval\)', 'not soon after a run that gave nothing');
SELECT is(pg_temp.planned('2026-03-09'), 'due: new_only', 'later');
SELECT pg_temp.run('m', NULL, '2026-03-09 12:00', 'failed') \g /dev/null
SELECT matches(pg_temp.planned('2026-03-10'), 'failed at 2026-03-09 12:00 UTC, and the next by itself comes 1 day after', 'nor at once after one that failed');
SELECT pg_temp.run('m', NULL, '2026-03-10', 'kept', 'manual') \g /dev/null
SELECT matches(pg_temp.planned('2026-03-10'), 'Run \d+ failed', 'runs by hand do not count');
ROLLBACK TO here;
INSERT INTO drift.training_runs (model_id, as_of, started_by, pid, backend_start, system_identifier)
SELECT m.model_id, now(), 'x', s.pid, s.backend_start, c.system_identifier FROM drift.models AS m, pg_stat_activity AS s, pg_control_system() AS c WHERE m.name = 'm' AND s.pid <> pg_backend_pid() AND s.backend_start IS NOT NULL LIMIT 1;
SELECT matches(pg_temp.planned('2026-03-02'), '^skipped: Run \d+ trains it', 'not while a run is on');
ROLLBACK TO here;
SELECT drift.deploy('m', 2, 'shadow') \g /dev/null
SELECT matches(pg_temp.planned('2026-03-02'), '^skipped: Version 2 is on its way, as deployment \d+', 'nor while a version is on its way');
ROLLBACK TO here;
SELECT drift.request_promotion('m', 2) \g /dev/null
SELECT matches(pg_temp.planned('2026-03-02'), '^skipped: Request \d+ for the promotion of version 2 is open', 'nor while people have one before them');
ROLLBACK TO here;
CREATE ROLE cycle_operator;
SELECT drift.grant_privilege('m', 'cycle_operator', 'operate') \g /dev/null
GRANT USAGE ON SCHEMA public, drift TO cycle_operator;
SET ROLE cycle_operator;
SELECT matches(pg_temp.planned('2026-03-02'), '^skipped: Training rows are read as \w+, of which cycle_operator is no member', 'and only by who may read the rows');
RESET ROLE;

-- how it is deployed
CREATE FUNCTION pg_temp.deployed(model text DEFAULT 'm') RETURNS text LANGUAGE sql AS $$ SELECT concat_ws(' ', d->>'status', d->>'strategy', d->>'version') || ': ' || (d->>'reason') FROM drift.deploy_if_better(model) AS d $$;
SELECT is(pg_temp.deployed(), 'skipped: No run gave a version that passed the gates.', 'nothing was trained');
SELECT pg_temp.run('m', 2, '2026-02-01', 'needs_review') \g /dev/null
SELECT is(pg_temp.deployed(), 'skipped: No run gave a version that passed the gates.', 'what people must look at is not deployed');
SAVEPOINT here;
SELECT pg_temp.run('m', 2, '2026-02-01') \g /dev/null
SAVEPOINT trained;
SELECT is(pg_temp.deployed(), 'deployed blue_green 2: version 2 answers in place of version 1', 'at once where there is no log to compare in');
SELECT is(pg_temp.deployed(), 'skipped 2: Version 2 is the champion.', 'once');
SELECT drift.rollback('m') \g /dev/null
SELECT is(pg_temp.deployed(), 'skipped 2: Version 2 was deployed before.', 'and not again after it was taken back');
ROLLBACK TO trained;
SELECT drift.deploy('m', 3) \g /dev/null
SELECT is(pg_temp.deployed(), 'skipped 2: Version 2 was compared with version 1, and the champion is version 3 now.', 'not against another champion');
ROLLBACK TO trained;
SELECT drift.load_config('{"deployment": {"strategy": "none"}}', 'm') \g /dev/null
SELECT is(pg_temp.deployed(), 'skipped 2: deployment.strategy of the configuration is none: drift.deploy(''m'', 2) deploys it.', 'by people, if that is configured');
ROLLBACK TO trained;
SELECT drift.freeze('m') \g /dev/null
SELECT matches(pg_temp.deployed(), 'The model is frozen', 'not where the model is frozen');
ROLLBACK TO trained;
SELECT drift.pin('m') \g /dev/null
SELECT matches(pg_temp.deployed(), 'The model is pinned', 'nor pinned');
ROLLBACK TO trained;
SELECT drift.deploy('m', 3, 'shadow') \g /dev/null
SELECT matches(pg_temp.deployed(), 'Version 3 is on its way', 'nor while another is on its way');
ROLLBACK TO trained;
SELECT drift.set_approval_policy('m', 1) \g /dev/null
SELECT matches(pg_temp.deployed(), '^requested 2: Version 2 needs approvals; request \d+ is open', 'where approvals are needed it asks for them');
SELECT is((SELECT concat_ws(' ', evidence->'evaluation'->>'method', deployment->>'strategy') FROM drift.promotion_requests), 'held_out blue_green', 'with what the run proved');
SELECT matches(pg_temp.deployed(), '^skipped 2: Version 2 needs approvals; request \d+ is open', 'once');
SELECT drift.withdraw_request(request_id) FROM drift.promotion_requests \g /dev/null
SELECT matches(pg_temp.deployed(), '^skipped 2: Version 2 needs approvals; request \d+ is withdrawn', 'what people closed stays closed');
ROLLBACK TO here;
-- with a log, as configured
SELECT drift.create_prediction_log('logged', 'logged_log') \g /dev/null
SELECT drift.load_config('{"deployment": {"options": {"weights": [20]}}}', 'logged') \g /dev/null
INSERT INTO drift.training_configs (model_id, owner, source_kind, path, label, candidates, created_by, changed_by)
SELECT model_id, current_user::regrole, 'log', 'public', 'bought', '[{"algorithm": "logistic"}]', 'x', 'x' FROM drift.models WHERE name = 'logged';
UPDATE drift.training_configs SET source_kind = 'relation', relation = 'visits' WHERE source_kind = 'log';
SELECT pg_temp.run('logged', 2, '2026-02-01') \g /dev/null
UPDATE drift.training_configs AS c SET source_kind = 'log', relation = NULL FROM drift.models AS m WHERE m.model_id = c.model_id AND m.name = 'logged';
SELECT matches(pg_temp.deployed('logged'), '^deployed canary 2: version 2 is on its way beside version 1', 'a canary where there is a log');
SELECT is(weights::text, '{2000,10000}', 'with its options') FROM drift.deployments WHERE status = 'running';
ROLLBACK TO here;

-- whether it proves itself: over the rows of the source
SELECT is(pg_temp.validated(), 'skipped', 'a first version replaced none');
SELECT pg_temp.run('m', 2, '2026-02-01'), drift.deploy_if_better('m') \g /dev/null
SELECT is(pg_temp.validated(to_time => '2026-02-01'), 'skipped', 'there is nothing to look at yet');
SELECT is(pg_temp.validated(to_time => '2026-02-03'), 'inconclusive waits 25 features=pass quality=inconclusive scores=pass validated', 'few outcomes: it waits, and labels that are not known yet do not count');
SELECT is(pg_temp.validated(), 'pass kept 145 features=pass quality=pass scores=pass validated', 'as good as the one before');
SELECT is((SELECT count(*) FROM drift.validations), 0::bigint, 'nothing is written without being asked');
SELECT is(pg_temp.validated(record => true), 'pass kept 145 features=pass quality=pass scores=pass validated', 'asked');
SELECT is((SELECT (version, previous_version, n_labelled, verdict, action)::text FROM drift.validations), '(2,1,145,pass,kept)', 'it is');
SELECT throws_ok('UPDATE drift.validations SET verdict = ''fail''', '55000', NULL, 'for good');
SELECT is((SELECT event FROM drift.model_events ORDER BY event_id DESC LIMIT 1), 'deployment_validated', 'also in the history');
SELECT is((SELECT round((v->'terms'->'quality'->>'alpha')::numeric, 4) FROM drift.validate_deployment('m', to_time => '2026-02-09') AS v), round((0.05 * 6 / pi() ^ 2 / 4)::numeric, 4), 'each look spends a part of the level');
SAVEPOINT proven;
-- one that is worse
SELECT pg_temp.run('m', 3, '2026-02-10'), drift.deploy_if_better('m') \g /dev/null
SELECT is(pg_temp.validated(to_time => '2026-02-20'), 'fail rolled_back 217 features=pass quality=fail scores=pass validated', 'a worse version would be taken back');
SAVEPOINT worse;
SELECT drift.load_config('{"deployment": {"automatic_rollback": false}}', 'm') \g /dev/null
SELECT is(pg_temp.validated(to_time => '2026-02-20', record => true), 'fail reported 217 features=pass quality=fail scores=pass validated', 'not if people do that');
ROLLBACK TO worse;
SELECT drift.set_rollback_limit('m', 0) \g /dev/null
SELECT is(pg_temp.validated(to_time => '2026-02-20', record => true), 'fail frozen 217 features=pass quality=fail scores=pass validated', 'not if no rollback is allowed');
SELECT is((SELECT frozen_at IS NOT NULL FROM drift.models WHERE name = 'm'), true, 'then the model is frozen');
ROLLBACK TO worse;
SELECT drift.set_rollback_limit('m', 1) \g /dev/null
SELECT is(pg_temp.validated(to_time => '2026-02-20', record => true), 'fail rolled_back 217 features=pass quality=fail scores=pass validated', 'it is taken back');
SELECT is(drift.version_at('m'), 2, 'and the one before answers');
SELECT is((SELECT payload->>'version' FROM drift.outbox WHERE topic = 'validation_failed'), '3', 'which systems outside are told');
SELECT is((SELECT frozen_at IS NOT NULL FROM drift.models WHERE name = 'm'), true, 'after the last rollback that is allowed nothing is deployed any more');
SELECT pg_temp.decided(true, '2026-02-20') \g /dev/null
ROLLBACK TO worse;
SELECT pg_temp.decided(true, '2026-02-20') \g /dev/null
SELECT is(pg_temp.validated(to_time => '2026-02-20', record => true), 'fail rolled_back 217 features=pass quality=fail scores=pass validated', 'taken back, once more');
SELECT matches(pg_temp.planned('2026-02-20'), 'The version that the decision is about was taken back', 'what was decided about it is no reason to train');
SELECT is((SELECT frozen_at FROM drift.models WHERE name = 'm'), NULL, 'three rollbacks are allowed');
SELECT is(pg_temp.deployed(), 'skipped 3: Version 3 was deployed before.', 'and it does not come back');
ROLLBACK TO proven;
-- scores and features
SELECT is(s.verdict, w, n)
FROM (VALUES
	('critical', 'x', false, 'inconclusive', true, 'fail', 'other scores for the same rows'),
	('critical', 'x', false, 'pass', true, 'inconclusive', 'where outcomes speak for the version'),
	('critical', 'x', true, 'inconclusive', true, 'inconclusive', 'where features changed too'),
	('critical', 'x', false, 'inconclusive', false, 'inconclusive', 'where they are reported alone'),
	('warning', 'x', false, 'inconclusive', true, 'pass', 'a little other')) AS v (severity, feature, drifted, quality, counts, w, n),
	LATERAL (SELECT drift_internal.validated_scores(ARRAY[
		jsonb_populate_record(NULL::drift.comparison, jsonb_build_object('column_name', 'drift_score', 'severity', v.severity, 'drifted', true, 'psi', 0.5)),
		jsonb_populate_record(NULL::drift.comparison, jsonb_build_object('column_name', v.feature, 'severity', 'ok', 'drifted', v.drifted))], v.quality, v.counts)->>'verdict') AS s (verdict);
SELECT is(drift_internal.validated_features(ARRAY[jsonb_populate_record(NULL::drift.comparison, '{"column_name": "a", "severity": "critical", "drifted": true}')]) - 'text', '{"drifted": ["a"], "verdict": "pass", "features": 1, "required": false}', 'features are told and never fail');
UPDATE visits SET a = a + 3 WHERE at > '2026-02-01';
SELECT is(pg_temp.validated(), 'pass kept 145 features=pass quality=pass scores=inconclusive validated', 'rows that changed do not take a version back');
ROLLBACK TO here;

-- over the prediction log
SELECT drift.create_prediction_log('logged', 'logged_log') \g /dev/null
SELECT drift.deploy('logged', 3) \g /dev/null
SELECT is(pg_temp.validated('logged', 'infinity'), 'inconclusive waits 0 features=inconclusive quality=inconclusive scores=inconclusive validated', 'an empty log');
SELECT count(*) FROM visits, drift.predict('logged', jsonb_build_object('a', a, 'b', b), i::text) WHERE i <= 300 \g /dev/null
SELECT drift.record_outcome(prediction_id, v.bought) FROM logged_log AS l JOIN visits AS v ON v.i = l.entity_key::integer \g /dev/null
SELECT is(pg_temp.validated('logged', 'infinity'), 'fail rolled_back 300 features=inconclusive quality=fail scores=inconclusive validated', 'what was served shows that it is worse, of another source too');
SELECT is(drift_internal.validation_step('logged', NULL)->>'action', 'rolled_back', 'a step of a cycle takes it back');
SELECT is(drift_internal.validation_step('logged', NULL), NULL, 'and has nothing more to do');

-- a whole cycle, without training
SELECT drift.create_monitor('m', source => 'visits', model => 'm', time_column => 'at', reference => 'month', columns => '{a,b}', bucket => 'day', span => '7 days') \g /dev/null
SELECT drift.load_config('{"monitoring": {"drift_check_samples": 100}}', 'm') \g /dev/null
DELETE FROM drift.decisions;
SELECT pg_temp.run('m', 2, '2026-04-01') \g /dev/null
CREATE TEMP TABLE cycle AS SELECT drift.cycle_model('m', '2026-04-20') AS result;
SELECT is((SELECT string_agg(s->>'step', ' ' ORDER BY place) FROM cycle, jsonb_array_elements(result->'steps') WITH ORDINALITY AS u (s, place)), 'check decide retrain deploy', 'its steps');
SELECT is((SELECT array_agg(k ORDER BY k) FROM cycle, jsonb_object_keys(result) AS k)::text, '{as_of,checks,decision,deployment,model,retraining,status,steps}', 'its result');
SELECT is(result->'retraining'->>'reason', 'No trigger asks for it.', 'nothing asked for training') FROM cycle;
SELECT is(result->'deployment'->>'status', 'deployed', 'what was trained before is deployed') FROM cycle;
SELECT drift.load_config('{"monitoring": {"drift_check_samples": 100}, "deployment": {"validation_window_days": 100}}', 'm') \g /dev/null
SELECT is(drift.cycle_model('m', '2026-04-21')->'validation'->>'verdict', 'pass', 'and validated by the next');
SELECT is(drift.cycle_model('m', '2026-04-21 00:30')->'validation'->>'reason', 'Nothing was due.', 'not each minute');
SELECT is(drift.cycle_model('m', '2026-04-21 01:00')->'validation'->>'verdict', 'pass', 'but each hour');

-- what failed in training is the problem of its step
SELECT is(drift_internal.retraining_done('m', '{"status": "failed", "error": "too few rows"}', now()) - 'milliseconds',
	'{"action": "retrain", "model": "m", "result": {"error": "too few rows", "status": "failed"}, "status": "failed", "problem": "too few rows"}', 'a run that fails');
SELECT is(drift_internal.retraining_done('m', '{"status": "kept"}', now())->>'status', 'succeeded', 'a champion that stays is no failure');

-- schedules
SELECT is((SELECT string_agg(s.task || ' ' || s.cron, ', ' ORDER BY s.schedule_id) FROM drift.schedule_model('m', 'assess_weekly', runner => 'run_due') AS s),
	'monitor 0 2 * * 0, report 0 5 * * 0, deployments 15 * * * *, validate 30 3 * * *, retrain 0 4 1 * *', 'assessed weekly, trained monthly');
SELECT is((SELECT cron FROM drift.schedule_model('m', 'online', runner => 'run_due')), '5 seconds', 'every five seconds');
SELECT drift.load_config('{"online": {"check_interval": 600}}', 'm') \g /dev/null
SELECT is((SELECT cron FROM drift.schedule_model('m', 'online', runner => 'run_due')), '*/10 * * * *', 'or as configured');
SELECT is(drift.run_schedule((SELECT schedule_id FROM drift.schedules WHERE task = 'retrain'), '2026-04-22') #>> '{steps,0,result,status}', 'skipped', 'a schedule that trains looks whether that is asked for');
SELECT is((SELECT string_agg(s->>'action', ' ' ORDER BY place) FROM jsonb_array_elements(drift.run_schedule((SELECT schedule_id FROM drift.schedules WHERE task = 'monitor'), '2026-04-23')->'steps') WITH ORDINALITY AS u (s, place)), 'check summary', 'one that monitors leaves it at that');

-- batches
SELECT is((b->>'rows')::integer || ' ' || (b->>'version') || ' ' || ((b->'labels'->>'no')::integer + (b->'labels'->>'yes')::integer), '3000 2 3000', 'a relation with the champion, summed up') FROM drift.batch_predict('m', 'visits') AS b;
SELECT is(round((drift.batch_predict('m', 'visits', version => 1) #>> '{score,mean}')::numeric, 12), (SELECT round(avg(drift.score_row(drift.get_model('m/1'), v))::numeric, 12) FROM visits AS v), 'with another version');
SELECT is(drift.batch_predict('m', 'SELECT * FROM visits WHERE i <= 10', 'Scored')->>'into', 'public.scored', 'into a table that is made');
SELECT is(drift.batch_predict('m', 'SELECT * FROM visits WHERE i > 2990', 'public.scored', 1)->>'rows', '10', 'more rows into the same');
SELECT is((SELECT string_agg(model_version || ' ' || n, ', ' ORDER BY model_version) FROM (SELECT model_version, count(score) AS n FROM scored GROUP BY 1) AS s), '1 10, 2 10', 'with their version');
SELECT is(drift.batch_predict('m', 'SELECT a, CASE WHEN i > 1 THEN b END AS b FROM visits WHERE i < 3', on_error => 'null') - '{milliseconds,score,labels}'::text[], '{"rows": 2, "model": "m", "scored": 1, "failed": 1, "version": 2}', 'rows that cannot be scored are counted');
SELECT throws_ok($$ SELECT drift.batch_predict('m', 'SELECT a, NULL::float8 AS b FROM visits') $$, NULL, NULL, 'or stop it');
SELECT throws_ok($$ SELECT drift.batch_predict('m', 'SELECT *, 1 AS score FROM visits') $$, '42701', 'the source has a column "score"', 'names that answers have');
SELECT throws_ok($$ SELECT drift.batch_predict('m', 'visits', on_error => 'skip') $$, '22023', 'on_error cannot be "skip"', 'what else to do with errors');
SELECT throws_ok($$ SELECT drift.batch_predict('nobody', 'visits') $$, '42704', 'no model is named "nobody"', 'a model that is none');

SELECT * FROM finish();
ROLLBACK;
