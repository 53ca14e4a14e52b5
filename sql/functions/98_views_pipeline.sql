-- stable views: versions of models, how they came to answer, how they were trained, what was decided, what runs when

CREATE OR REPLACE VIEW drift.v_versions WITH (security_invoker = true) AS
	SELECT m.name AS model, v.version, v.version_name, v.stage, v.status,
		ARRAY(SELECT a.alias FROM drift.model_aliases AS a WHERE a.model_id = v.model_id AND a.version = v.version ORDER BY a.alias) AS aliases,
		v.description, v.format, v.task, v.size_bytes, encode(v.digest, 'hex') AS digest, v.artefact_uri,
		jsonb_array_length(v.inputs) AS n_inputs, v.metrics, v.parameters, v.tags, v.training_rows, v.training_from, v.training_to, v.run_id,
		v.error, v.created_at, v.created_by, v.model_id
	FROM drift.model_versions AS v
	JOIN drift.models AS m ON m.model_id = v.model_id
	WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.v_versions IS 'each version of each model';
COMMENT ON COLUMN drift.v_versions.model IS 'name of the model';
COMMENT ON COLUMN drift.v_versions.version IS 'number of the version';
COMMENT ON COLUMN drift.v_versions.version_name IS 'its long name';
COMMENT ON COLUMN drift.v_versions.stage IS 'none, staging, production (it is the champion) or archived (it was)';
COMMENT ON COLUMN drift.v_versions.status IS 'pending, ready, failed or deleted';
COMMENT ON COLUMN drift.v_versions.aliases IS 'names that stand for it now, in order';
COMMENT ON COLUMN drift.v_versions.description IS 'what is said of it';
COMMENT ON COLUMN drift.v_versions.format IS 'where the artefact comes from: xgboost, lightgbm, onnx, json, drift or external';
COMMENT ON COLUMN drift.v_versions.task IS 'binary, multiclass, regression or as its source calls it';
COMMENT ON COLUMN drift.v_versions.size_bytes IS 'size of the artefact';
COMMENT ON COLUMN drift.v_versions.digest IS 'SHA-256 of the artefact, in hexadecimal digits';
COMMENT ON COLUMN drift.v_versions.artefact_uri IS 'where an outside artefact is; NULL: it is in the database';
COMMENT ON COLUMN drift.v_versions.n_inputs IS 'number of its inputs';
COMMENT ON COLUMN drift.v_versions.metrics IS 'numbers by name, as measured before registration';
COMMENT ON COLUMN drift.v_versions.parameters IS 'hyperparameters by name';
COMMENT ON COLUMN drift.v_versions.tags IS 'free keys and values';
COMMENT ON COLUMN drift.v_versions.training_rows IS 'rows it was trained on';
COMMENT ON COLUMN drift.v_versions.training_from IS 'time of the first of them';
COMMENT ON COLUMN drift.v_versions.training_to IS 'time of the last of them';
COMMENT ON COLUMN drift.v_versions.run_id IS 'run that trained it, here or in another tracker';
COMMENT ON COLUMN drift.v_versions.error IS 'why it failed; NULL: it did not';
COMMENT ON COLUMN drift.v_versions.created_at IS 'when it was registered';
COMMENT ON COLUMN drift.v_versions.created_by IS 'who did';
COMMENT ON COLUMN drift.v_versions.model_id IS 'number of the model';

CREATE OR REPLACE VIEW drift.v_deployments WITH (security_invoker = true) AS
	SELECT d.deployment_id, m.name AS model, d.version, d.previous_version, d.strategy, d.status, d.step, cardinality(d.weights) AS steps,
		d.weights[d.step] / 10000.0::float8 AS share, d.started_at, d.started_by, d.step_started_at, d.finished_at,
		extract(epoch FROM coalesce(d.finished_at, clock_timestamp()) - d.started_at)::float8 AS duration_seconds, d.deadline, d.on_deadline,
		a.verdict AS last_verdict, a.action AS last_action, a.analysed_at AS last_analysed_at,
		v.verdict AS validation_verdict, v.validated_at, d.reason, d.model_id
	FROM drift.deployments AS d
	JOIN drift.models AS m ON m.model_id = d.model_id
	LEFT JOIN LATERAL (
		SELECT * FROM drift.deployment_analyses AS i WHERE i.deployment_id = d.deployment_id ORDER BY i.analysis_id DESC LIMIT 1
	) AS a ON true
	LEFT JOIN LATERAL (
		SELECT * FROM drift.validations AS i WHERE i.deployment_id = d.deployment_id ORDER BY i.validation_id DESC LIMIT 1
	) AS v ON true
	WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.v_deployments IS 'every deployment, with the last look at it';
COMMENT ON COLUMN drift.v_deployments.deployment_id IS 'number of the deployment';
COMMENT ON COLUMN drift.v_deployments.model IS 'name of the model';
COMMENT ON COLUMN drift.v_deployments.version IS 'version on its way';
COMMENT ON COLUMN drift.v_deployments.previous_version IS 'champion when it began; NULL: there was none';
COMMENT ON COLUMN drift.v_deployments.strategy IS 'blue_green, canary, ab_test or shadow';
COMMENT ON COLUMN drift.v_deployments.status IS 'running, succeeded, rolled_back or cancelled';
COMMENT ON COLUMN drift.v_deployments.step IS 'step it is at, or ended at, from 1';
COMMENT ON COLUMN drift.v_deployments.steps IS 'number of steps';
COMMENT ON COLUMN drift.v_deployments.share IS 'share of the answers that the step gives the version, from 0 to 1';
COMMENT ON COLUMN drift.v_deployments.started_at IS 'when it began';
COMMENT ON COLUMN drift.v_deployments.started_by IS 'who began it';
COMMENT ON COLUMN drift.v_deployments.step_started_at IS 'when its step began';
COMMENT ON COLUMN drift.v_deployments.finished_at IS 'when it ended; NULL: it goes on';
COMMENT ON COLUMN drift.v_deployments.duration_seconds IS 'how long it took, or takes until now';
COMMENT ON COLUMN drift.v_deployments.deadline IS 'when it ends by itself; NULL: never';
COMMENT ON COLUMN drift.v_deployments.on_deadline IS 'what happens then: rollback, hold or promote';
COMMENT ON COLUMN drift.v_deployments.last_verdict IS 'pass, fail or inconclusive; NULL: nobody looked';
COMMENT ON COLUMN drift.v_deployments.last_action IS 'advanced, completed, held or rolled_back';
COMMENT ON COLUMN drift.v_deployments.last_analysed_at IS 'when that was';
COMMENT ON COLUMN drift.v_deployments.validation_verdict IS 'whether it proved itself afterwards: pass, fail or inconclusive; NULL: nobody looked';
COMMENT ON COLUMN drift.v_deployments.validated_at IS 'when that was';
COMMENT ON COLUMN drift.v_deployments.reason IS 'why it was made or ended';
COMMENT ON COLUMN drift.v_deployments.model_id IS 'number of the model';

CREATE OR REPLACE VIEW drift.v_runs WITH (security_invoker = true) AS
	SELECT r.run_id, m.name AS model, r.kind, r.name, r.status, r.strategy, r.triggered_by, r.decision_id, b.algorithm,
		r.parameters ->> 'metric' AS metric, e.challenger AS metric_value, e.champion AS champion_value, r.verdict, r.champion_version, r.version,
		(SELECT count(*) FROM drift.training_trials AS i WHERE i.run_id = r.run_id) AS trials, r.progress, r.progress_text, r.reason, r.error,
		r.started_at, r.finished_at, extract(epoch FROM coalesce(r.finished_at, clock_timestamp()) - r.started_at)::float8 AS duration_seconds,
		r.started_by, r.as_of, r.model_id
	FROM drift.training_runs AS r
	JOIN drift.models AS m ON m.model_id = r.model_id
	LEFT JOIN drift.training_trials AS b ON b.run_id = r.run_id AND b.trial = r.best_trial
	LEFT JOIN drift.evaluations AS e ON e.evaluation_id = r.evaluation_id
	WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.v_runs IS 'every run of training and what came of it';
COMMENT ON COLUMN drift.v_runs.run_id IS 'number of the run';
COMMENT ON COLUMN drift.v_runs.model IS 'name of the model';
COMMENT ON COLUMN drift.v_runs.kind IS 'retrain, tune or external';
COMMENT ON COLUMN drift.v_runs.name IS 'what it was called; NULL: nothing';
COMMENT ON COLUMN drift.v_runs.status IS 'running, succeeded, kept (the champion is not beaten), needs_review, failed or cancelled';
COMMENT ON COLUMN drift.v_runs.strategy IS 'which rows it was trained on';
COMMENT ON COLUMN drift.v_runs.triggered_by IS 'manual, schedule, cycle or external';
COMMENT ON COLUMN drift.v_runs.decision_id IS 'decision that asked for it';
COMMENT ON COLUMN drift.v_runs.algorithm IS 'algorithm of its best trial';
COMMENT ON COLUMN drift.v_runs.metric IS 'metric by which trials and versions are compared';
COMMENT ON COLUMN drift.v_runs.metric_value IS 'that metric of the best trial, on held-out rows';
COMMENT ON COLUMN drift.v_runs.champion_value IS 'that metric of the champion, on the same rows';
COMMENT ON COLUMN drift.v_runs.verdict IS 'whether it is better than the champion: pass, fail or inconclusive';
COMMENT ON COLUMN drift.v_runs.champion_version IS 'version it was held against';
COMMENT ON COLUMN drift.v_runs.version IS 'version that was made of it; NULL: none';
COMMENT ON COLUMN drift.v_runs.trials IS 'models that were trained';
COMMENT ON COLUMN drift.v_runs.progress IS 'share that is done, from 0 to 1; NULL: not known';
COMMENT ON COLUMN drift.v_runs.progress_text IS 'what it does';
COMMENT ON COLUMN drift.v_runs.reason IS 'why it ended as it did';
COMMENT ON COLUMN drift.v_runs.error IS 'why it failed; NULL: it did not';
COMMENT ON COLUMN drift.v_runs.started_at IS 'when it began';
COMMENT ON COLUMN drift.v_runs.finished_at IS 'when it ended; NULL: it goes on';
COMMENT ON COLUMN drift.v_runs.duration_seconds IS 'how long it took, or takes until now';
COMMENT ON COLUMN drift.v_runs.started_by IS 'who began it';
COMMENT ON COLUMN drift.v_runs.as_of IS 'rows and labels that were known then count';
COMMENT ON COLUMN drift.v_runs.model_id IS 'number of the model';

CREATE OR REPLACE VIEW drift.v_decisions WITH (security_invoker = true) AS
	SELECT d.decision_id, m.name AS model, w.name AS monitor, d.as_of, d.action, d.should_retrain, d.strategy, d.urgency, d.data_verdict,
		d.performance_verdict, d.explanation, d.reasons, d.check_id, d.decided_at, d.decided_by, d.monitor_id, d.model_id
	FROM drift.decisions AS d
	LEFT JOIN drift.models AS m ON m.model_id = d.model_id
	LEFT JOIN drift.monitors AS w ON w.monitor_id = d.monitor_id
	WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.v_decisions IS 'every decision and why it was made';
COMMENT ON COLUMN drift.v_decisions.decision_id IS 'number of the decision';
COMMENT ON COLUMN drift.v_decisions.model IS 'name of the model; NULL: data of no model';
COMMENT ON COLUMN drift.v_decisions.monitor IS 'name of the monitor';
COMMENT ON COLUMN drift.v_decisions.as_of IS 'time that it was decided for: the time axis of charts';
COMMENT ON COLUMN drift.v_decisions.action IS 'retrain_now, retrain_soon, prepare, can_retrain, wait or continue';
COMMENT ON COLUMN drift.v_decisions.should_retrain IS 'whether a trigger fired';
COMMENT ON COLUMN drift.v_decisions.strategy IS 'which data to train on';
COMMENT ON COLUMN drift.v_decisions.urgency IS 'none, low, medium or high';
COMMENT ON COLUMN drift.v_decisions.data_verdict IS 'severity of the drift of features';
COMMENT ON COLUMN drift.v_decisions.performance_verdict IS 'severity of the loss of performance; insufficient_data: not known';
COMMENT ON COLUMN drift.v_decisions.explanation IS 'the decision in words';
COMMENT ON COLUMN drift.v_decisions.reasons IS 'every rule and trigger that fired, with the numbers it compared';
COMMENT ON COLUMN drift.v_decisions.check_id IS 'check it was made of';
COMMENT ON COLUMN drift.v_decisions.decided_at IS 'when it was made';
COMMENT ON COLUMN drift.v_decisions.decided_by IS 'who made it';
COMMENT ON COLUMN drift.v_decisions.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_decisions.model_id IS 'number of the model';

CREATE OR REPLACE VIEW drift.v_jobs WITH (security_invoker = true) AS
	SELECT j.schedule_id, j.model, j.monitor, j.task, j.bundle, j.cron, j.time_zone, pg_get_userbyid(j.owner)::text AS owner, j.runner, j.status,
		j.next_run_at, j.paused_at, j.last_started_at, j.last_started_at + j.last_duration AS last_finished_at,
		extract(epoch FROM j.last_duration)::float8 AS last_duration_seconds, j.last_status, j.last_error, j.failures, j.monitor_id, j.model_id
	FROM drift.job_status AS j;

COMMENT ON VIEW drift.v_jobs IS 'each schedule and its last run';
COMMENT ON COLUMN drift.v_jobs.schedule_id IS 'number of the schedule; CALL drift.run_job(schedule_id) runs it';
COMMENT ON COLUMN drift.v_jobs.model IS 'name of the model; NULL: none';
COMMENT ON COLUMN drift.v_jobs.monitor IS 'name of the monitor; NULL: of the model';
COMMENT ON COLUMN drift.v_jobs.task IS 'what is done, as drift.schedule_tasks() lists it';
COMMENT ON COLUMN drift.v_jobs.bundle IS 'bundle it was made by; NULL: by itself';
COMMENT ON COLUMN drift.v_jobs.cron IS 'when it runs';
COMMENT ON COLUMN drift.v_jobs.time_zone IS 'time zone of the fields of cron';
COMMENT ON COLUMN drift.v_jobs.owner IS 'role that it runs as';
COMMENT ON COLUMN drift.v_jobs.runner IS 'pg_cron or run_due';
COMMENT ON COLUMN drift.v_jobs.status IS 'running, paused, overdue (nobody ran it for ten minutes), failed, skipped, succeeded, or waiting for its first run';
COMMENT ON COLUMN drift.v_jobs.next_run_at IS 'when it is due next';
COMMENT ON COLUMN drift.v_jobs.paused_at IS 'since when it is paused; NULL: it is not';
COMMENT ON COLUMN drift.v_jobs.last_started_at IS 'when its last run began; NULL: there was none';
COMMENT ON COLUMN drift.v_jobs.last_finished_at IS 'when that ended; NULL: it did not';
COMMENT ON COLUMN drift.v_jobs.last_duration_seconds IS 'how long it took';
COMMENT ON COLUMN drift.v_jobs.last_status IS 'running, succeeded, failed or skipped';
COMMENT ON COLUMN drift.v_jobs.last_error IS 'why it failed; NULL: it did not';
COMMENT ON COLUMN drift.v_jobs.failures IS 'runs that failed since one succeeded';
COMMENT ON COLUMN drift.v_jobs.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_jobs.model_id IS 'number of the model';

GRANT SELECT ON drift.v_versions, drift.v_deployments, drift.v_runs, drift.v_decisions, drift.v_jobs TO PUBLIC;
