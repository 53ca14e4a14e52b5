-- steps and trials of runs of training, written by the session that does them

CREATE OR REPLACE FUNCTION drift_internal.begin_run_step(run_id bigint, step text, progress float8 DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
	number CONSTANT integer := (SELECT coalesce(max(s.place), 0) + 1 FROM drift.run_steps AS s WHERE s.run_id = run.run_id);
BEGIN
	INSERT INTO drift.run_steps (run_id, place, step) VALUES (run.run_id, number, begin_run_step.step);
	PERFORM drift_internal.report_progress(run.run_id, progress, step);
	RETURN number;
END
$$;

COMMENT ON FUNCTION drift_internal.begin_run_step(bigint, text, float8) IS 'begins a step of a run of this session; its place';

CREATE OR REPLACE FUNCTION drift_internal.end_run_step(run_id bigint, details jsonb DEFAULT '{}', status text DEFAULT 'succeeded',
	error text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
BEGIN
	UPDATE drift.run_steps AS s
	SET status = end_run_step.status, details = coalesce(end_run_step.details, '{}'), error = end_run_step.error, finished_at = clock_timestamp()
	WHERE s.run_id = run.run_id AND s.status = 'running';
END
$$;

COMMENT ON FUNCTION drift_internal.end_run_step(bigint, jsonb, text, text) IS
	'ends the step that a run of this session is at: succeeded, failed or skipped, and what came of it';

CREATE OR REPLACE FUNCTION drift_internal.add_trial(run_id bigint, algorithm text, parameters jsonb, budget float8 DEFAULT NULL,
	rung integer DEFAULT NULL, status text DEFAULT 'running') RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
	number CONSTANT integer := (SELECT coalesce(max(t.trial), 0) + 1 FROM drift.training_trials AS t WHERE t.run_id = run.run_id);
BEGIN
	INSERT INTO drift.training_trials (run_id, trial, algorithm, parameters, budget, rung, status, started_at)
	VALUES (run.run_id, number, add_trial.algorithm, coalesce(add_trial.parameters, '{}'), add_trial.budget, add_trial.rung, add_trial.status,
		CASE WHEN add_trial.status = 'running' THEN clock_timestamp() END);
	RETURN number;
END
$$;

COMMENT ON FUNCTION drift_internal.add_trial(bigint, text, jsonb, float8, integer, text) IS
	'adds a trial to a run of this session, running or pending; its number';

CREATE OR REPLACE FUNCTION drift_internal.begin_trial(run_id bigint, trial integer) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
BEGIN
	UPDATE drift.training_trials AS t
	SET status = 'running', error = NULL, started_at = clock_timestamp(), finished_at = NULL
	WHERE t.run_id = run.run_id AND t.trial = begin_trial.trial;
END
$$;

COMMENT ON FUNCTION drift_internal.begin_trial(bigint, integer) IS 'begins a trial of a run of this session that was added before';

-- Which of the arguments is NULL stays as it is.
CREATE OR REPLACE FUNCTION drift_internal.end_trial(run_id bigint, trial integer, status text, rounds integer DEFAULT NULL,
	metrics jsonb DEFAULT NULL, importance jsonb DEFAULT NULL, artefact drift.model DEFAULT NULL, error text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
BEGIN
	UPDATE drift.training_trials AS t
	SET status = end_trial.status, rounds = coalesce(end_trial.rounds, t.rounds), metrics = coalesce(end_trial.metrics, t.metrics),
		importance = coalesce(end_trial.importance, t.importance), error = end_trial.error, finished_at = clock_timestamp(),
		size_bytes = coalesce((drift.describe(artefact)->>'bytes')::bigint, t.size_bytes)
	WHERE t.run_id = run.run_id AND t.trial = end_trial.trial;
	IF artefact IS NOT NULL THEN
		INSERT INTO drift.trial_artefacts AS a (run_id, trial, artefact) VALUES (run.run_id, end_trial.trial, end_trial.artefact)
		ON CONFLICT ON CONSTRAINT trial_artefacts_pkey DO UPDATE SET artefact = excluded.artefact;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.end_trial(bigint, integer, text, integer, jsonb, jsonb, drift.model, text) IS
	'ends a trial of a run of this session: its status, what it measured, and the model that came of it; NULL: as it was';

CREATE OR REPLACE FUNCTION drift_internal.trial_artefact(run_id bigint, trial integer) RETURNS drift.model
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
BEGIN
	RETURN (SELECT a.artefact FROM drift.trial_artefacts AS a WHERE a.run_id = run.run_id AND a.trial = trial_artefact.trial);
END
$$;

COMMENT ON FUNCTION drift_internal.trial_artefact(bigint, integer) IS 'the model that came of a trial of a run of this session';
