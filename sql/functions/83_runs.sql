-- runs of training: one at a time for each model, by a session that others can ask about
--
-- A run is committed before the work begins. Who died meanwhile does not hold it: the backend is gone, or is another
-- one, or does nothing, or something that it began later, or belongs to the cluster that this one is a copy of.

CREATE OR REPLACE FUNCTION drift_internal.is_alive(run drift.training_runs) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN run.kind <> 'external' THEN run.status = 'running'
		AND run.system_identifier = (SELECT c.system_identifier FROM pg_control_system() AS c)
		AND drift_internal.is_running(run.pid, run.backend_start, CASE run.kind WHEN 'retrain' THEN run.started_at END) END
$$;

COMMENT ON FUNCTION drift_internal.is_alive(drift.training_runs) IS 'whether another session works on a run; NULL: it is of no session';

CREATE OR REPLACE FUNCTION drift_internal.end_parts(run_id bigint, error text, cancelled boolean) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE drift.run_steps AS s SET status = 'failed', error = coalesce(s.error, end_parts.error), finished_at = clock_timestamp()
	WHERE s.run_id = end_parts.run_id AND s.status = 'running';
	UPDATE drift.training_trials AS t
	SET status = CASE WHEN cancelled THEN 'cancelled' ELSE 'failed' END, error = coalesce(t.error, end_parts.error), finished_at = clock_timestamp()
	WHERE t.run_id = end_parts.run_id AND t.status = 'running';
$$;

COMMENT ON FUNCTION drift_internal.end_parts(bigint, text, boolean) IS 'ends the steps and trials of a run that are not over, with the error that ended it';

CREATE OR REPLACE FUNCTION drift_internal.emit_run(run_id bigint) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run drift.training_runs;
	model drift.models;
BEGIN
	SELECT * INTO run FROM drift.training_runs AS r WHERE r.run_id = emit_run.run_id;
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = run.model_id;
	IF run.kind = 'retrain' THEN
		PERFORM drift_internal.emit(model, 'retraining_finished', jsonb_strip_nulls(jsonb_build_object('run_id', run.run_id, 'status', run.status,
			'strategy', run.strategy, 'version', run.version, 'verdict', run.verdict, 'reason', run.reason, 'error', run.error,
			'evaluation_id', run.evaluation_id, 'decision_id', run.decision_id,
			'alerts', (
				SELECT jsonb_agg(a.alert_id ORDER BY a.alert_id) FROM drift.alerts AS a
				WHERE a.model_id = run.model_id AND a.resolved_at IS NULL AND a.raised_at <= run.finished_at))));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.emit_run(bigint) IS
	'tells outside systems what came of a retraining, the decision that asked for it, and the alerts that are open';

CREATE OR REPLACE FUNCTION drift_internal.settle_run(run drift.training_runs) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problem CONSTANT text := format('The session with process number %s ended before the run did.', run.pid);
	cancelled CONSTANT boolean := run.cancel_requested_at IS NOT NULL;
BEGIN
	UPDATE drift.training_runs AS r
	SET status = CASE WHEN cancelled THEN 'cancelled' ELSE 'failed' END, error = problem, finished_at = clock_timestamp(),
		sqlstate = CASE WHEN cancelled THEN '57014' ELSE '57P01' END
	WHERE r.run_id = run.run_id AND r.status = 'running';
	PERFORM drift_internal.end_parts(run.run_id, problem, cancelled);
	PERFORM drift_internal.alert_run(run.run_id);
	PERFORM drift_internal.emit_run(run.run_id);
END
$$;

COMMENT ON FUNCTION drift_internal.settle_run(drift.training_runs) IS 'ends a run whose session is gone';

-- The model is locked, so that nobody begins one meanwhile.
CREATE OR REPLACE FUNCTION drift_internal.settle_runs(model drift.models) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.settle_run(r)
	FROM drift.training_runs AS r
	WHERE r.model_id = model.model_id AND r.status = 'running' AND drift_internal.is_alive(r) = false
$$;

COMMENT ON FUNCTION drift_internal.settle_runs(drift.models) IS 'ends the runs of a locked model whose sessions are gone';

CREATE OR REPLACE FUNCTION drift_internal.check_no_run(model drift.models) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other drift.training_runs;
BEGIN
	SELECT * INTO other FROM drift.training_runs AS r WHERE r.model_id = model.model_id AND r.status = 'running' AND r.kind <> 'external';
	IF FOUND THEN
		RAISE EXCEPTION 'model "%" is being trained', model.name
			USING ERRCODE = 'object_in_use',
				DETAIL = format('Run %s was begun at %s by %s, in the session with process number %s.', other.run_id, other.started_at, other.started_by, other.pid),
				HINT = format('drift.training_progress shows how far it is; drift.cancel_run(%s) ends it.', other.run_id);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_no_run(drift.models) IS 'an error where a model is being trained';

-- The model is locked only until this is committed: predictions and versions do not wait for training.
CREATE OR REPLACE FUNCTION drift_internal.open_run(model text, kind text, as_of timestamptz, parameters jsonb DEFAULT '{}', seed bigint DEFAULT 42,
	strategy text DEFAULT NULL, triggered_by text DEFAULT 'manual', decision_id bigint DEFAULT NULL, name text DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	outside CONSTANT boolean := kind = 'external';
	result bigint;
BEGIN
	IF NOT outside THEN
		PERFORM drift_internal.settle_runs(locked);
		PERFORM drift_internal.check_no_run(locked);
	END IF;
	INSERT INTO drift.training_runs (model_id, kind, name, triggered_by, decision_id, strategy, parameters, as_of, seed, champion_version,
		progress, pid, backend_start, system_identifier, started_by)
	SELECT locked.model_id, open_run.kind, open_run.name, open_run.triggered_by, open_run.decision_id, open_run.strategy, open_run.parameters,
		open_run.as_of, open_run.seed,
		(SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = locked.model_id AND a.alias = 'champion'), 0,
		CASE WHEN NOT outside THEN pg_backend_pid() END,
		CASE WHEN NOT outside THEN (SELECT s.backend_start FROM pg_stat_activity AS s WHERE s.pid = pg_backend_pid()) END,
		CASE WHEN NOT outside THEN (SELECT c.system_identifier FROM pg_control_system() AS c) END,
		pg_get_userbyid(drift_internal.actor())
	RETURNING run_id INTO result;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.open_run(text, text, timestamptz, jsonb, bigint, text, text, bigint, text) IS
	'begins a run of training of a model for who may operate it: retrain or tune, one at a time in this session, or external; its number';

CREATE OR REPLACE FUNCTION drift_internal.run_of_backend(run_id bigint) RETURNS drift.training_runs
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run drift.training_runs;
BEGIN
	SELECT r.* INTO run
	FROM drift.training_runs AS r
	JOIN drift.models AS m USING (model_id)
	JOIN pg_stat_activity AS a ON a.pid = r.pid AND a.backend_start = r.backend_start
	WHERE r.run_id = run_of_backend.run_id AND r.status = 'running' AND r.pid = pg_backend_pid() AND drift_internal.allowed(m, 'operate');
	IF run.run_id IS NULL THEN
		RAISE EXCEPTION 'run % is not run by this session', coalesce(run_id::text, 'NULL')
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It is over, or another session began it.';
	END IF;
	RETURN run;
END
$$;

COMMENT ON FUNCTION drift_internal.run_of_backend(bigint) IS 'a run that this session works on, or an error';

-- Which of the arguments is NULL stays as it is.
CREATE OR REPLACE FUNCTION drift_internal.note_run(run_id bigint, strategy text DEFAULT NULL, tried_strategies text[] DEFAULT NULL,
	plan jsonb DEFAULT NULL, snapshot jsonb DEFAULT NULL, best_trial integer DEFAULT NULL, evaluation_id bigint DEFAULT NULL,
	verdict text DEFAULT NULL, reason text DEFAULT NULL, parameters jsonb DEFAULT '{}') RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
BEGIN
	UPDATE drift.training_runs AS r
	SET strategy = coalesce(note_run.strategy, r.strategy), tried_strategies = coalesce(note_run.tried_strategies, r.tried_strategies),
		plan = coalesce(note_run.plan, r.plan), snapshot = coalesce(note_run.snapshot, r.snapshot),
		best_trial = coalesce(note_run.best_trial, r.best_trial), evaluation_id = coalesce(note_run.evaluation_id, r.evaluation_id),
		verdict = coalesce(note_run.verdict, r.verdict), reason = coalesce(note_run.reason, r.reason),
		parameters = r.parameters || note_run.parameters
	WHERE r.run_id = run.run_id;
END
$$;

COMMENT ON FUNCTION drift_internal.note_run(bigint, text, text[], jsonb, jsonb, integer, bigint, text, text, jsonb) IS
	'writes down what is known of a run of this session; NULL: as it was; parameters are added to those it has';

CREATE OR REPLACE FUNCTION drift_internal.report_progress(run_id bigint, progress float8, progress_text text DEFAULT NULL) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
	cancelled boolean;
BEGIN
	UPDATE drift.training_runs AS r
	SET progress = greatest(0, least(1, coalesce(report_progress.progress, r.progress))),
		progress_text = coalesce(report_progress.progress_text, r.progress_text)
	WHERE r.run_id = run.run_id
	RETURNING r.cancel_requested_at IS NOT NULL INTO cancelled;
	RETURN cancelled;
END
$$;

COMMENT ON FUNCTION drift_internal.report_progress(bigint, float8, text) IS
	'writes down which share of a run of this session is done, and what it does; whether it is to stop';

CREATE OR REPLACE FUNCTION drift_internal.close_run(run_id bigint, status text, reason text DEFAULT NULL, error text DEFAULT NULL,
	sqlstate text DEFAULT NULL, version integer DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
	over CONSTANT boolean := status IN ('succeeded', 'kept', 'needs_review');
BEGIN
	PERFORM drift_internal.end_parts(run.run_id, error, status = 'cancelled');
	UPDATE drift.training_runs AS r
	SET status = close_run.status, reason = coalesce(close_run.reason, r.reason), error = close_run.error, sqlstate = close_run.sqlstate,
		version = coalesce(close_run.version, r.version), progress = CASE WHEN over THEN 1 ELSE r.progress END,
		progress_text = CASE WHEN NOT over THEN r.progress_text END, finished_at = clock_timestamp()
	WHERE r.run_id = run.run_id;
	PERFORM drift_internal.alert_run(run.run_id);
	PERFORM drift_internal.emit_run(run.run_id);
END
$$;

COMMENT ON FUNCTION drift_internal.close_run(bigint, text, text, text, text, integer) IS
	'ends a run of this session: succeeded, kept, needs_review, failed or cancelled; steps and trials that are not over end with its error';

CREATE OR REPLACE FUNCTION drift_internal.find_run(run_id bigint, wanted text, of_deleted boolean DEFAULT false) RETURNS drift.training_runs
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run drift.training_runs;
	model drift.models;
BEGIN
	SELECT * INTO run FROM drift.training_runs AS r WHERE r.run_id = find_run.run_id;
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = run.model_id AND (m.deleted_at IS NULL OR of_deleted);
	IF model.model_id IS NULL OR NOT drift_internal.allowed(model, 'read') THEN
		RAISE EXCEPTION 'there is no run %', coalesce(find_run.run_id::text, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.training_runs lists those that you may see.';
	END IF;
	PERFORM drift_internal.check_allowed(model, wanted, model.name);
	RETURN run;
END
$$;

COMMENT ON FUNCTION drift_internal.find_run(bigint, text, boolean) IS
	'a run of training for what the acting role wants to do with its model; an error if there is none or it may not. of_deleted: also where the model was deleted meanwhile';

-- Read again once it is locked: whoever had it may have ended it.
CREATE OR REPLACE FUNCTION drift_internal.lock_run(run_id bigint, wanted text) RETURNS drift.training_runs
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.find_run(run_id, wanted, of_deleted => true);
	PERFORM FROM drift.training_runs AS r WHERE r.run_id = lock_run.run_id FOR UPDATE;
	RETURN drift_internal.find_run(run_id, wanted, of_deleted => true);
END
$$;

COMMENT ON FUNCTION drift_internal.lock_run(bigint, text) IS
	'the same, and locks the run until the transaction ends; a run can be ended even where its model was deleted';

CREATE OR REPLACE FUNCTION drift.cancel_run(run_id bigint) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run drift.training_runs := drift_internal.lock_run(run_id, 'operate');
BEGIN
	IF run.status <> 'running' THEN
		RETURN false;
	END IF;
	run.cancel_requested_at := coalesce(run.cancel_requested_at, clock_timestamp());
	UPDATE drift.training_runs AS r SET cancel_requested_at = run.cancel_requested_at WHERE r.run_id = run.run_id;
	IF drift_internal.is_alive(run) IS NOT TRUE THEN
		PERFORM drift_internal.settle_run(run);
	END IF;
	RETURN true;
END
$$;

COMMENT ON FUNCTION drift.cancel_run(bigint) IS
	'asks a run of training to stop, which it does after the round that it is at; one whose session is gone is over at once. False where it was over.';
