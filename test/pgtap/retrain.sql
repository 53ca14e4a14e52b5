-- Retraining: what each step makes, what becomes of a run, what is left where it fails. Trainers of users stand for
-- learners, so that it is known which model is better. test/crash/retrain.sh kills the server in each step.
BEGIN;
SELECT plan(98);

CREATE SCHEMA retraining;
SET LOCAL search_path = retraining, public;
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'UTC';

-- y follows x until the end of January, and is its opposite from then on.
CREATE TABLE visits AS
SELECT i AS id, timestamptz '2026-01-01' + i * interval '15 minutes' AS at, x, z, h < 1 / (1 + exp(CASE WHEN i <= 3000 THEN -2 ELSE 2 END * x)) AS y
FROM (
	SELECT i, (i * 7919 % 4001) / 1000.0::float8 - 2 AS x, (i * 104729 % 1009) / 1009.0::float8 AS z, (i * 15485863 % 10007) / 10007.0::float8 AS h
	FROM generate_series(1, 6000::bigint) AS i
) AS drawn;

CREATE FUNCTION model(slope float8) RETURNS drift.model LANGUAGE sql RETURN drift.import_model('json', jsonb_build_object(
	'format', 'drift', 'version', 1, 'task', 'binary', 'inputs', '["x", "z"]'::jsonb, 'features', '["x", "z"]'::jsonb,
	'linear', jsonb_build_object('coefficients', jsonb_build_array(slope, 0), 'intercept', 0), 'transform', 'logistic',
	'classes', '["false", "true"]'::jsonb)::text);

CREATE TABLE caught (message text);

-- A trainer that was told what comes of it.
CREATE FUNCTION told(query text, label text, params jsonb) RETURNS drift.model LANGUAGE plpgsql AS $$
BEGIN
	IF params ? 'problem' THEN
		RAISE EXCEPTION '%', params->>'problem' USING ERRCODE = coalesce(params->>'code', '22023');
	END IF;
	RETURN retraining.model((params->>'slope')::float8);
END
$$;

CREATE FUNCTION candidate(VARIADIC slopes float8[]) RETURNS jsonb LANGUAGE sql RETURN jsonb_build_object('candidates',
	(SELECT jsonb_agg(jsonb_build_object('algorithm', 'retraining.told', 'params', jsonb_build_object('slope', s))) FROM unnest(slopes) AS s));
CREATE FUNCTION steps(run_id bigint) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(s.step || CASE WHEN s.status = 'succeeded' THEN '' ELSE ' ' || s.status END, ', ' ORDER BY s.place)
	FROM drift.run_steps AS s WHERE s.run_id = steps.run_id);
CREATE VIEW newest AS SELECT * FROM drift.run_summary ORDER BY run_id DESC LIMIT 1;

-- --- before anything is said ---------------------------------------------------

SELECT drift.register_model('visit');
SELECT throws_ok($$ SELECT drift.retrain_model('visit') $$, '55000', 'nothing is said of how model "visit" is trained', 'a model needs a source');
SELECT throws_ok($$ SELECT drift.retrain_model('visitor') $$, '42704', NULL, 'and must be there');
SELECT drift.set_training('visit', label => 'y', source => 'SELECT id, at, x, z, y FROM retraining.visits', time_column => 'at', key_column => 'id',
	excluded => '{id}', candidates => candidate(1.5) -> 'candidates', options => '{"embargo": "0", "fallback_strategies": []}');
SELECT throws_ok($$ SELECT drift.retrain_model('visit', 'hope') $$, '22023', 'unknown strategy "hope"', 'a strategy must be one');
SELECT throws_ok($$ SELECT drift.retrain_model('visit', options => '{"hope": 1}') $$, '22023', NULL, 'an option too');
SELECT throws_ok($$ SELECT drift.retrain_model('visit', options => '{"decision_id": 17}') $$, '22023', 'model "visit" has no decision 17', 'a decision is of the model');
SELECT is_empty('SELECT FROM drift.training_runs', 'nothing of that is a run');

-- --- the first version ---------------------------------------------------------

CREATE TABLE first AS SELECT drift.retrain_model('visit', options => candidate(0, 1.5, 0.5) || '{"as_of": "2026-02-01"}') AS r;
SELECT is(r->>'status', 'succeeded', 'without a champion the first version is made') FROM first;
SELECT is(steps((r->>'run_id')::bigint), 'plan, validate, snapshot, train, evaluate, decide, refit, register, log', 'step by step') FROM first;
SELECT is(r->>'verdict', 'pass', 'where no gate is in the way') FROM first;
SELECT is((r->>'version')::integer, 1, 'it is version 1') FROM first;
SELECT is(r->>'algorithm', 'retraining.told', 'by a function') FROM first;
SELECT is(r->'parameters'->'slope', '1.5', 'and that of the candidates that is best where they are chosen') FROM first;
SELECT is(r->>'metric', 'log_loss', 'by log loss') FROM first;
SELECT ok((r->>'valid')::float8 BETWEEN 0.3 AND 0.6, 'on rows that choose') FROM first;
SELECT is((SELECT array_agg(t.place ORDER BY t.trial) FROM drift.trial_summary AS t), '{3,1,2}', 'trials have their places');
SELECT is((SELECT array_agg(t.best ORDER BY t.trial) FROM drift.trial_summary AS t), '{f,t,f}', 'one is the best');
SELECT ok((SELECT bool_and(t.size_bytes > 0 AND t.metrics->'train' ? 'roc_auc' AND t.metrics->'valid' ? 'brier') FROM drift.training_trials AS t),
	'each has its size, and metrics of the rows that it was trained on and of those that choose');
SELECT is((SELECT array_agg(t.trial) FROM drift.training_trials AS t WHERE t.metrics ? 'test'), '{2}', 'the best alone was measured on held-out rows');
SELECT is(drift_internal.version_metrics(t) - 'test_n', (SELECT v.metrics - 'test_n' FROM drift.model_versions AS v), 'the metrics of the version are its')
FROM drift.training_trials AS t WHERE t.trial = 2;
SELECT is((SELECT (x.value > 0.3) FROM drift.run_metrics AS x WHERE (x.split, x.metric) = ('test', 'log_loss')), true, 'and those of the run');
SELECT is(concat_ws(' ', v.training_rows, v.training_from, v.training_to, v.lineage->>'run_id', v.run_id),
	format('2976 2026-01-01 00:15:00+00 2026-02-01 00:00:00+00 %1$s %1$s', r->>'run_id'),
	'a version tells its rows and the run that it comes from, which saw no row of later') FROM drift.model_versions AS v, first;
SELECT is((SELECT training_hash FROM drift.model_versions), (SELECT drift.training_snapshot(
	$$ SELECT x, z, y, at FROM retraining.visits WHERE at <= '2026-02-01' $$, 'at') ->> 'hash'), 'by their hash they are known again');
SELECT is((SELECT concat_ws(' ', s.snapshot->>'hash', s.snapshot->'rows'->>'train', s.snapshot->'rows'->>'valid', s.snapshot->'rows'->>'test') FROM drift.training_runs AS s),
	(SELECT drift.training_snapshot($$ SELECT x, z, y, at FROM retraining.visits ORDER BY at LIMIT 2380 $$, 'at') ->> 'hash') || ' 1784 596 596',
	'the run tells those of train and valid');
SELECT bag_eq($$ SELECT column_name FROM drift.run_profiles WHERE column_name !~ '^drift_' $$, $$ VALUES ('x'), ('y'), ('z') $$, 'and has their profiles');
SELECT is((SELECT concat_ws(' ', b.origin, b.model_version, b.row_count, string_agg(c.column_name, ' ' ORDER BY c.ordinal))
	FROM drift.baselines AS b JOIN drift.baseline_columns AS c USING (baseline_id) WHERE b.name = 'visit training' GROUP BY b.baseline_id),
	'training 1 2976 x z', 'its features are a training baseline of the version');
SELECT is((SELECT concat_ws(' ', e.version, e.details->>'status') FROM drift.model_events AS e WHERE e.event = 'retrained'), '1 succeeded',
	'the history of the model tells it');
SELECT is((SELECT count(*) FROM drift.outbox WHERE topic = 'retraining_finished' AND payload @> '{"status": "succeeded", "version": 1}'), 1::bigint, 'and the outbox');
SELECT is_empty($$ SELECT FROM drift.training_progress $$, 'nothing is under way');

-- --- what becomes of a trial -----------------------------------------------------

SELECT drift.promote('visit', 1);
CREATE TABLE kept AS SELECT drift.retrain_model('visit', 'combined', candidate(1.5)) AS r;
SELECT is(concat_ws(' ', coalesce(r->>'status', '-'), coalesce(r->>'verdict', '-'), coalesce(r->>'version', '-')), 'kept fail -', 'what is not better is no version') FROM kept;
SELECT is(steps((r->>'run_id')::bigint), 'plan, validate, snapshot, train, evaluate, decide, log', 'and is not fitted again') FROM kept;
SELECT ok((r->>'test')::float8 = (r->>'champion_test')::float8, 'both were measured on the same rows') FROM kept;
SELECT is((SELECT e.trial FROM drift.evaluations AS e WHERE e.evaluation_id = (r->>'evaluation_id')::bigint), 1, 'the evaluation is there') FROM kept;

CREATE TABLE better AS SELECT drift.retrain_model('visit', 'combined', candidate(1.5, -1.5)) AS r;
SELECT is(concat_ws(' ', coalesce(r->>'status', '-'), coalesce(r->>'verdict', '-'), coalesce(r->>'version', '-'), coalesce(r->>'champion_version', '-')), 'succeeded pass 2 1', 'what is better is one') FROM better;
SELECT ok((r->>'test')::float8 < (r->>'champion_test')::float8 - 0.3, 'by what was held out') FROM better;
SELECT is((SELECT v.lineage->>'parent_version' FROM drift.model_versions AS v WHERE v.version = 2), '1', 'its parent is the champion');
SELECT is((SELECT a.version FROM drift.model_aliases AS a WHERE a.alias = 'champion'), 1, 'which still answers: deploying is another matter');
SELECT is((SELECT b.version FROM drift.baselines AS b WHERE b.name = 'visit training' AND b.model_version = 2), 2, 'the baseline has a version more');

SELECT drift.load_config('{"deployment": {"max_log_loss": 0.0001}}', 'visit');
CREATE TABLE review AS SELECT drift.retrain_model('visit', 'combined', candidate(-1.5)) AS r;
SELECT is(concat_ws(' ', coalesce(r->>'status', '-'), coalesce(r->>'verdict', '-'), coalesce(r->>'version', '-')), 'needs_review fail 3', 'what is better and misses a bound is for people to judge') FROM review;
SELECT is((SELECT v.tags->>'review' FROM drift.model_versions AS v WHERE v.version = 3), 'needed', 'and says so');
SELECT is((SELECT h.status FROM drift.health_check() AS h WHERE h.check_name = 'training_review' AND h.model = 'visit'), 'warning', 'so does the health check');
SELECT is((SELECT concat_ws(' ', a.severity, a.status, a.title) FROM drift.alerts AS a WHERE a.kind = 'training_review'),
	'warning firing version 3 of model "visit" is to be reviewed: ' || (r->>'reason'), 'and an alert') FROM review;
SELECT is((SELECT a.details - 'hint' FROM drift.alerts AS a WHERE a.kind = 'training_review'), jsonb_build_object('run_id', r->'run_id', 'version', 3, 'reason', r->'reason'),
	'which names the run') FROM review;
SELECT is((drift.retrain_model('visit', 'combined', candidate(-1.5)))->>'status', 'needs_review', 'another one');
SELECT is((SELECT array_agg(a.status || ' ' || (a.details->>'version')) FROM drift.alerts AS a WHERE a.kind = 'training_review'), '{firing 4}', 'has no alert of its own');
SAVEPOINT reviewed;
SELECT drift.deploy('visit', 3);
SELECT is((SELECT a.status FROM drift.alerts AS a WHERE a.kind = 'training_review'), 'firing', 'deploying another version says nothing of it');
SELECT drift.deploy('visit', 4, 'canary');
SELECT is((SELECT concat_ws(': ', a.status, a.comment) FROM drift.alerts AS a WHERE a.kind = 'training_review'), 'resolved: version 4 was deployed', 'deploying its version resolves it, also for a share');
SELECT is((SELECT count(*) FROM drift.outbox WHERE topic IN ('alert_raised', 'alert_resolved') AND payload->>'kind' = 'training_review'), 2::bigint, 'systems outside are told');
ROLLBACK TO reviewed;
SELECT drift.promote('visit', 4);
SELECT is((SELECT concat_ws(': ', a.status, a.comment) FROM drift.alerts AS a WHERE a.kind = 'training_review'), 'resolved: version 4 was deployed', 'or for all');
ROLLBACK TO reviewed;
SELECT drift.load_config('{}', 'visit');

CREATE TABLE tried AS SELECT drift.retrain_model('visit', 'combined', candidate(1.5) || '{"fallback_strategies": ["combined", "new_only", "all_data"]}') AS r;
SELECT is(concat_ws(' ', coalesce(r->>'status', '-'), coalesce(r->>'strategy', '-'), r->'tried_strategies'), 'kept combined ["new_only", "all_data"]', 'other strategies are tried, and of equals the first counts') FROM tried;
SELECT is((SELECT concat_ws(': ', a.status, a.comment) FROM drift.alerts AS a WHERE a.kind = 'training_review'), format('resolved: run %s ended kept', r->>'run_id'),
	'a run that needs no review resolves the alert') FROM tried;
SELECT is((SELECT count(*) FROM drift.evaluations AS e WHERE e.run_id = (r->>'run_id')::bigint), 3::bigint, 'each is compared with the champion') FROM tried;
SELECT is((SELECT count(DISTINCT (s.details->>'strategy')) FROM drift.run_steps AS s WHERE s.run_id = (r->>'run_id')::bigint AND s.step = 'plan'), 3::bigint, 'by its own plan') FROM tried;
SELECT is((SELECT s.plan->>'strategy' FROM drift.training_runs AS s WHERE s.run_id = (r->>'run_id')::bigint), 'combined', 'the run has that of its strategy') FROM tried;

-- Two strategies of which the second cannot be trained by.
CREATE TABLE turned AS SELECT drift.retrain_model('visit', 'combined', candidate(1.5) || '{"fallback_strategies": ["new_only"], "new_only_rows": 1000000}') AS r;
SELECT is(concat_ws(' ', coalesce(r->>'status', '-'), coalesce(r->>'strategy', '-')), 'kept combined', 'a fallback that turns into what was tried is left out') FROM turned;
SELECT is(steps((r->>'run_id')::bigint), 'plan, validate, snapshot, train, evaluate, decide, plan failed, log', 'and says why') FROM turned;

CREATE TABLE raw AS SELECT drift.retrain_model('visit', 'new_only', candidate(-1.5) || '{"refit": false}') AS r;
SELECT is((SELECT v.training_rows FROM drift.model_versions AS v WHERE v.version = (r->>'version')::integer), (r->'rows'->>'train')::bigint, 'without a refit the version is the trial') FROM raw;
SELECT is((SELECT drift.describe(a.artefact)->'digest' FROM drift.trial_artefacts AS a WHERE a.run_id = (r->>'run_id')::bigint),
	(SELECT drift.describe(a.artefact)->'digest' FROM drift.model_artefacts AS a WHERE a.version = (r->>'version')::integer), 'its model') FROM raw;

-- --- what a decision asks for ------------------------------------------------------

INSERT INTO drift.decisions (model_id, as_of, data_verdict, performance_verdict, action, strategy, urgency, should_retrain, reasons, explanation, decided_by)
SELECT model_id, '2026-03-01', 'critical', 'critical', 'retrain_now', 'new_only', 'high', true, '[]', 'because', current_user FROM drift.models WHERE name = 'visit';
SELECT drift.add_trigger('visit', 'sample_count', '{"rows": 1000}', counted_since => '2026-01-01');
CREATE TABLE decided AS SELECT drift.retrain_model('visit', options => candidate(1.5) || jsonb_build_object('as_of', '2026-02-28', 'triggered_by', 'cycle',
	'decision_id', (SELECT max(decision_id) FROM drift.decisions))) AS r;
SELECT is(concat_ws(' ', coalesce(r->>'strategy', '-'), (SELECT n.triggered_by FROM newest AS n)), 'new_only cycle', 'a decision names the strategy') FROM decided;
SELECT is((SELECT o.payload->'decision_id' FROM drift.outbox AS o ORDER BY o.event_id DESC LIMIT 1), r->'decision_id', 'and is named where it is told') FROM decided;
SELECT is((SELECT t.counted_since FROM drift.retrain_triggers AS t), '2026-02-28', 'triggers count from what the run knew');

-- --- what fails ---------------------------------------------------------------------

CREATE TABLE few AS SELECT drift.retrain_model('visit', options => '{"minimum_rows": 100000}') AS r;
SELECT is(concat_ws(' ', coalesce(r->>'status', '-'), coalesce(r->>'failed_step', '-'), coalesce(r->>'sqlstate', '-')), 'failed validate 23514', 'too few rows') FROM few;
SELECT matches(r->>'error', '100000', 'it says how many are needed') FROM few;
SELECT is(r->'trials', '0', 'nothing was trained') FROM few;
SELECT is((SELECT payload->>'status' FROM drift.outbox ORDER BY event_id DESC LIMIT 1), 'failed', 'who waits for it hears of it');
SELECT is((SELECT h.status FROM drift.health_check() AS h WHERE h.check_name = 'failed_training' AND h.model = 'visit'), 'warning', 'the health check tells of it');
SELECT is((SELECT count(*) FROM drift.alerts AS a WHERE a.kind = 'training_failed'), 0::bigint, 'who trains by hand sees it without an alert');
SELECT drift.silence(tstzrange(now() - interval '1 hour', now() + interval '1 hour'), 'known', model => 'visit', kind => 'training_failed');
SELECT drift.retrain_model('visit', options => '{"minimum_rows": 100000, "triggered_by": "cycle"}');
SELECT is((SELECT count(*) FROM drift.alerts AS a WHERE a.kind = 'training_failed'), 0::bigint, 'there is none in a silence');
DELETE FROM drift.silences;
SELECT drift.retrain_model('visit', options => '{"minimum_rows": 100000, "triggered_by": "cycle"}');
SELECT is((SELECT concat_ws(' ', a.severity, a.status, a.details->>'sqlstate') FROM drift.alerts AS a WHERE a.kind = 'training_failed'), 'warning firing 23514', 'a run by itself raises one');
SELECT is((SELECT a.title FROM drift.alerts AS a WHERE a.kind = 'training_failed'), 'training of model "visit" failed: ' || error, 'which says why') FROM newest;
SELECT is((SELECT payload->>'status' FROM drift.outbox ORDER BY event_id DESC LIMIT 1), 'failed', 'the event of the run comes last');

CREATE TABLE one AS SELECT drift.retrain_model('visit', 'combined',
	'{"candidates": [{"algorithm": "retraining.told", "params": {"problem": "no luck"}}, {"algorithm": "retraining.told", "params": {"slope": -1.5}}]}') AS r;
SELECT is(concat_ws(' ', coalesce(r->>'status', '-'), r->'trials'), 'succeeded 2', 'a candidate that fails leaves the others') FROM one;
SELECT is((SELECT array_agg(concat_ws(' ', t.status, t.error) ORDER BY t.trial) FROM drift.training_trials AS t WHERE t.run_id = (r->>'run_id')::bigint),
	'{failed no luck,succeeded}', 'and says why') FROM one;
SELECT is((SELECT concat_ws(': ', a.status, a.comment) FROM drift.alerts AS a WHERE a.kind = 'training_failed'), format('resolved: run %s ended succeeded', r->>'run_id'),
	'which resolves the alert') FROM one;

CREATE TABLE none AS SELECT drift.retrain_model('visit', 'combined', '{"fallback_strategies": ["all_data"], "candidates": [{"algorithm": "retraining.told", "params": {"problem": "no luck"}}]}') AS r;
SELECT is(concat_ws(' ', coalesce(r->>'status', '-'), coalesce(r->>'failed_step', '-'), coalesce(r->>'error', '-')), 'failed train retraining.told: no luck', 'where all fail the run does') FROM none;

CREATE TABLE unknown AS SELECT drift.retrain_model('visit', 'combined', '{"candidates": [{"algorithm": "retraining.nobody"}]}') AS r;
SELECT is(concat_ws(' ', coalesce(r->>'status', '-'), coalesce(r->>'failed_step', '-')), 'failed train', 'so does an algorithm that is not there') FROM unknown;

CREATE TABLE memory AS SELECT drift.retrain_model('visit', 'combined', '{"candidates": [{"algorithm": "retraining.told", "params": {"problem": "memory", "code": "53200"}}]}') AS r;
SELECT is(r->>'status', 'failed', 'and a trial that runs out of memory') FROM memory;
SELECT is((SELECT h.status FROM drift.health_check() AS h WHERE h.check_name = 'failed_training' AND h.model = 'visit'), 'critical', 'three in a row are critical');

DO $$
BEGIN
	PERFORM drift.retrain_model('visit', 'combined', '{"candidates": [{"algorithm": "retraining.told", "params": {"problem": "stop", "code": "57014"}}]}');
EXCEPTION
	WHEN query_canceled THEN
		INSERT INTO retraining.caught VALUES (SQLERRM);
END
$$;
SELECT is((SELECT c.message FROM caught AS c), 'stop', 'a cancelled statement is one');
SELECT is((SELECT r.status FROM drift.training_runs AS r ORDER BY r.run_id DESC LIMIT 1), 'failed', 'and leaves nothing in a transaction that fails');

-- --- sessions that are gone, and cancelling ----------------------------------------

UPDATE drift.training_runs AS r SET status = 'running', finished_at = NULL, pid = 1, system_identifier = 1 WHERE r.run_id = (SELECT run_id FROM newest);
UPDATE drift.run_steps AS s SET status = 'running', error = NULL WHERE s.run_id = (SELECT run_id FROM newest) AND s.step = 'train';
SELECT is((SELECT concat_ws(' ', p.state, p.step) FROM drift.training_progress AS p), 'dead train', 'a run of another cluster is dead');
SELECT is((SELECT h.detail FROM drift.health_check() AS h WHERE h.check_name = 'dead_runs'), format('Run %s (retrain) is at step train, and its session is gone.', run_id),
	'the health check tells of it') FROM newest;
SELECT is(drift.cancel_run(run_id), true, 'it can be cancelled') FROM newest;
SELECT is(concat_ws(' ', status, sqlstate), 'cancelled 57014', 'which ends it') FROM newest;
SELECT is((SELECT s.error FROM drift.run_steps AS s WHERE s.run_id = n.run_id AND s.step = 'train'), 'The session with process number 1 ended before the run did.',
	'with its step') FROM newest AS n;
SELECT is((SELECT count(*) FROM drift.alerts AS a WHERE a.kind = 'training_failed' AND a.status <> 'resolved'), 0::bigint, 'what people cancel raises no alert');
SELECT is(drift.cancel_run(run_id), false, 'once') FROM newest;
SELECT throws_ok('SELECT drift.cancel_run(0)', '42704', 'there is no run 0', 'a run must be there');
SAVEPOINT deleted;
UPDATE drift.training_runs AS r SET status = 'running', finished_at = NULL WHERE r.run_id = (SELECT run_id FROM newest);
UPDATE drift.models AS m SET deleted_at = now() FROM drift.training_runs AS r WHERE r.model_id = m.model_id AND r.run_id = (SELECT run_id FROM newest);
SELECT throws_ok(format('SELECT drift_internal.find_run(%s, ''operate'')', run_id), '42704', format('there is no run %s', run_id), 'with its model its runs are gone') FROM newest;
SELECT is(drift.cancel_run(run_id), true, 'but one that still trains can be cancelled') FROM newest;
ROLLBACK TO deleted;

-- A slice that was cancelled knows no rounds.
SAVEPOINT sliced;
UPDATE drift.training_runs AS r SET status = 'running', pid = pg_backend_pid(), backend_start = (SELECT a.backend_start FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid()),
	cancel_requested_at = NULL WHERE r.run_id = (SELECT run_id FROM newest);
SELECT drift_internal.report_fit(run_id, '{0.25,0.75}', '{"status": "running", "round": 3, "rounds": 6, "metric": "log_loss", "valid": 0.5}') FROM newest;
SELECT drift_internal.report_fit(run_id, '{0.25,0.75}', '{"status": "cancelled"}') FROM newest;
SELECT is(concat_ws(' ', progress, progress_text), '0.5 round 3 of 6, log_loss 0.5', 'how far a fit was stays where a slice of it is cancelled')
FROM drift.training_runs AS r WHERE r.run_id = (SELECT n.run_id FROM newest AS n);
ROLLBACK TO sliced;

UPDATE drift.training_runs AS r SET status = 'running', triggered_by = 'schedule', cancel_requested_at = NULL, finished_at = NULL WHERE r.run_id = (SELECT run_id FROM newest);
SELECT is((drift.retrain_model('visit', 'combined', candidate(-1.5)))->>'status', 'succeeded', 'the next run ends one that is dead');
SELECT is((SELECT r.status FROM drift.training_runs AS r ORDER BY r.run_id DESC OFFSET 1 LIMIT 1), 'failed', 'which failed');
SELECT is((SELECT array_agg(a.status || ' ' || (a.details->>'sqlstate') ORDER BY a.alert_id DESC) FROM drift.alerts AS a WHERE a.kind = 'training_failed'), '{resolved 57P01,resolved 23514}',
	'with an alert, until it ended well');

-- --- beside each other, and purged ---------------------------------------------------

SELECT results_eq($$ SELECT c.values FROM drift.compare_runs((SELECT (r->>'run_id')::bigint FROM kept), (SELECT (r->>'run_id')::bigint FROM better)) AS c WHERE c.name = 'status' AND c.differs $$,
	$$ VALUES ('{"\"kept\"","\"succeeded\""}'::jsonb[]) $$, 'runs can be compared');
SELECT is((SELECT b.status FROM drift.best_runs AS b WHERE b.model = 'visit' AND b.metric = 'log_loss'), 'succeeded', 'of a model one is the best');
SELECT drift.promote('visit', 2);
SELECT ok((SELECT p.runs = 0 AND p.artefacts > 3 AND p.profiles > 3 FROM drift.purge_runs('visit', '-1 second') AS p), 'what runs left can be purged');
SELECT bag_eq('SELECT DISTINCT a.run_id FROM drift.trial_artefacts AS a', $$ SELECT (r->>'run_id')::bigint FROM better $$, 'but for that of the champion');
SELECT drift.purge_runs('visit', '-1 second', true);
SELECT is((SELECT array_agg(s.version) FROM drift.run_summary AS s), '{2}', 'their rows too');

SELECT * FROM finish();
ROLLBACK;
