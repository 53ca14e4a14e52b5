-- deployments that run: the next step, the one before, the end

CREATE OR REPLACE FUNCTION drift_internal.check_running(model drift.models) RETURNS drift.deployments
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	running drift.deployments := drift_internal.running_deployment(model.model_id);
BEGIN
	IF running.deployment_id IS NULL THEN
		RAISE EXCEPTION 'no version of model "%" is being deployed', model.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'drift.deploy() begins a deployment; drift.rollout_status shows what became of the last one.';
	END IF;
	RETURN running;
END
$$;

COMMENT ON FUNCTION drift_internal.check_running(drift.models) IS 'the deployment of a model that is under way, or an error';

CREATE OR REPLACE FUNCTION drift_internal.complete_deployment(model drift.models, running drift.deployments, reason text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_not_held(model);
	PERFORM drift_internal.check_approved(model, running.version);
	PERFORM drift_internal.check_log_features(model, running.version);
	PERFORM drift_internal.finish_deployment(model, running, 'succeeded', reason);
END
$$;

COMMENT ON FUNCTION drift_internal.complete_deployment(drift.models, drift.deployments, text) IS
	'makes the version of a running deployment of a locked model its champion, if it may be';

CREATE OR REPLACE FUNCTION drift.complete(model text, reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	running drift.deployments := drift_internal.check_running(locked);
BEGIN
	PERFORM drift_internal.complete_deployment(locked, running, reason);
	RETURN QUERY SELECT * FROM drift_internal.deployment_result(locked, running.deployment_id,
		format('version %s answers in place of version %s', running.version, running.previous_version),
		drift_internal.undo_champion(locked, running.previous_version));
END
$$;

COMMENT ON FUNCTION drift.complete(text, text) IS
	'ends the running deployment of a model with success, whatever its step and without looking at it: its version becomes the champion';

CREATE OR REPLACE FUNCTION drift_internal.change_step(model drift.models, running drift.deployments, step integer, reason text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	moved drift.deployments;
BEGIN
	UPDATE drift.deployments AS d SET step = change_step.step, step_started_at = clock_timestamp()
	WHERE d.deployment_id = running.deployment_id
	RETURNING * INTO moved;
	PERFORM drift_internal.set_route(model);
	PERFORM drift_internal.record_event(model.model_id, 'deployment_step', running.version, reason,
		jsonb_build_object('step', step, 'previous_step', running.step, 'percent', trim_scale(moved.weights[step] / 100.0)),
		deployment_id => running.deployment_id);
	PERFORM drift_internal.emit_deployment(model, moved, 'deployment_step');
END
$$;

COMMENT ON FUNCTION drift_internal.change_step(drift.models, drift.deployments, integer, text) IS
	'puts the running deployment of a locked model at a step';

CREATE OR REPLACE FUNCTION drift.set_step(model text, step integer, reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	running drift.deployments := drift_internal.check_running(locked);
	last_step integer := cardinality(running.weights) - CASE running.weights[cardinality(running.weights)] WHEN 10000 THEN 1 ELSE 0 END;
BEGIN
	IF (step BETWEEN 1 AND last_step) IS NOT TRUE THEN
		RAISE EXCEPTION 'deployment % has no step % to be put at', running.deployment_id, coalesce(step::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Its steps are numbered from 1 to %s.', last_step),
				HINT = format('SELECT * FROM drift.complete(%L); gives the version all of the traffic.', model);
	END IF;
	IF step > running.step THEN
		PERFORM drift_internal.check_not_held(locked);
	END IF;
	PERFORM drift_internal.change_step(locked, running, step, reason);
	RETURN QUERY SELECT * FROM drift_internal.deployment_result(locked, running.deployment_id,
		format('version %s is at step %s of %s', running.version, step, cardinality(running.weights)),
		format('SELECT * FROM drift.set_step(%L, %s)', locked.name, running.step));
END
$$;

COMMENT ON FUNCTION drift.set_step(text, integer, text) IS
	'puts the running deployment of a model at a step by hand, forward or, for a gradual rollback, back';
