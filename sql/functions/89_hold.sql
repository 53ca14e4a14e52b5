-- pinned: one version answers until somebody says otherwise; frozen: nothing new is deployed until somebody looked

CREATE OR REPLACE FUNCTION drift.pin(model text, version integer DEFAULT NULL, reason text DEFAULT NULL)
	RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	before drift.model_events := drift_internal.champion_event(locked.model_id);
	pinned integer := coalesce(version, before.version);
	running drift.deployments := drift_internal.running_deployment(locked.model_id);
BEGIN
	IF pinned IS NULL THEN
		RAISE EXCEPTION 'model "%" has no champion to be pinned', locked.name
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Name the version, or deploy one first.';
	END IF;
	IF running.deployment_id IS NOT NULL THEN
		PERFORM drift_internal.finish_deployment(locked, running, 'cancelled', reason);
	END IF;
	IF pinned IS DISTINCT FROM before.version THEN
		PERFORM drift_internal.check_ready(locked, pinned);
		PERFORM drift_internal.check_approved(locked, pinned);
		PERFORM drift_internal.check_log_features(locked, pinned);
		PERFORM drift_internal.make_champion(locked, pinned, before.event_id, reason);
	END IF;
	UPDATE drift.models AS m SET pinned = true WHERE m.model_id = locked.model_id;
	PERFORM drift_internal.record_event(locked.model_id, 'model_pinned', pinned, reason);
	PERFORM drift_internal.emit(locked, 'model_pinned', jsonb_build_object('version', pinned, 'reason', reason));
	RETURN QUERY SELECT * FROM drift_internal.champion_result(locked, before.version, format('version %s answers and is pinned', pinned),
		CASE WHEN locked.pinned THEN format('SELECT * FROM drift.pin(%L, %s)', locked.name, before.version)
			ELSE format('SELECT * FROM drift.unpin(%L)', locked.name)
				|| CASE WHEN pinned IS DISTINCT FROM before.version THEN '; ' || drift_internal.undo_champion(locked, before.version) ELSE '' END
		END);
END
$$;

COMMENT ON FUNCTION drift.pin(text, integer, text) IS
	'makes a version answer and nothing else, until drift.unpin(): nothing is deployed or rolled back, and a running deployment is cancelled; without a version the champion';

CREATE OR REPLACE FUNCTION drift.unpin(model text, reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	champion integer := drift_internal.champion(locked.model_id);
BEGIN
	IF NOT locked.pinned THEN
		RAISE EXCEPTION 'model "%" is not pinned', locked.name USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	UPDATE drift.models AS m SET pinned = false WHERE m.model_id = locked.model_id;
	PERFORM drift_internal.record_event(locked.model_id, 'model_unpinned', champion, reason);
	PERFORM drift_internal.emit(locked, 'model_unpinned', jsonb_build_object('version', champion, 'reason', reason));
	RETURN QUERY SELECT * FROM drift_internal.champion_result(locked, champion,
		format('version %s answers and is no longer pinned', champion),
		format('SELECT * FROM drift.pin(%L, %s)', locked.name, champion));
END
$$;

COMMENT ON FUNCTION drift.unpin(text, text) IS 'lets versions be deployed again after drift.pin()';

CREATE OR REPLACE FUNCTION drift_internal.freeze_model(model drift.models, reason text, details jsonb DEFAULT '{}') RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE drift.models AS m SET frozen_at = clock_timestamp() WHERE m.model_id = model.model_id AND m.frozen_at IS NULL;
	PERFORM drift_internal.open_alert(ROW(model.model_id, NULL, NULL, 'model_frozen', 'critical',
		format('model "%s" is frozen: nothing is deployed until drift.unfreeze()', model.name),
		details || jsonb_build_object('reason', reason), clock_timestamp())::drift_internal.alert_cause);
	PERFORM drift_internal.record_event(model.model_id, 'model_frozen', drift_internal.champion(model.model_id), reason, details);
	PERFORM drift_internal.emit(model, 'model_frozen', details || jsonb_build_object('reason', reason));
END
$$;

COMMENT ON FUNCTION drift_internal.freeze_model(drift.models, text, jsonb) IS 'freezes a locked model, with an alert';

CREATE OR REPLACE FUNCTION drift.freeze(model text, reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
BEGIN
	IF locked.frozen_at IS NOT NULL THEN
		PERFORM drift_internal.check_not_held(locked);
	END IF;
	PERFORM drift_internal.freeze_model(locked, reason);
	RETURN QUERY SELECT * FROM drift_internal.champion_result(locked, drift_internal.champion(locked.model_id),
		format('model "%s" is frozen', locked.name), format('SELECT * FROM drift.unfreeze(%L)', locked.name));
END
$$;

COMMENT ON FUNCTION drift.freeze(text, text) IS
	'stops deployments of a model until drift.unfreeze(), with an alert: none begins and a running one does not go on; what answers stays and can be rolled back';

CREATE OR REPLACE FUNCTION drift.unfreeze(model text, reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
BEGIN
	IF locked.frozen_at IS NULL THEN
		RAISE EXCEPTION 'model "%" is not frozen', locked.name USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	UPDATE drift.models AS m SET frozen_at = NULL, automatic_rollbacks = 0 WHERE m.model_id = locked.model_id;
	PERFORM drift_internal.close_alert(a.alert_id, clock_timestamp(), reason)
	FROM drift.alerts AS a
	WHERE a.model_id = locked.model_id AND a.kind = 'model_frozen' AND a.status <> 'resolved';
	PERFORM drift_internal.record_event(locked.model_id, 'model_unfrozen', drift_internal.champion(locked.model_id), reason);
	PERFORM drift_internal.emit(locked, 'model_unfrozen', jsonb_build_object('reason', reason));
	RETURN QUERY SELECT * FROM drift_internal.champion_result(locked, drift_internal.champion(locked.model_id),
		format('versions of model "%s" can be deployed again', locked.name), format('SELECT * FROM drift.freeze(%L)', locked.name));
END
$$;

COMMENT ON FUNCTION drift.unfreeze(text, text) IS
	'lets versions of a frozen model be deployed again, counts automatic rollbacks anew and resolves the alert';

CREATE OR REPLACE FUNCTION drift.set_rollback_limit(model text, attempts integer, reason text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'own');
BEGIN
	IF (attempts >= 0) IS NOT TRUE THEN
		RAISE EXCEPTION 'a limit of rollbacks cannot be %', coalesce(attempts::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is a number from 0, which allows none.';
	END IF;
	UPDATE drift.models AS m SET max_rollback_attempts = attempts WHERE m.model_id = locked.model_id;
	PERFORM drift_internal.record_event(locked.model_id, 'rollback_limit_set', NULL, reason,
		jsonb_build_object('attempts', attempts, 'previous_attempts', locked.max_rollback_attempts));
END
$$;

COMMENT ON FUNCTION drift.set_rollback_limit(text, integer, text) IS
	'how many automatic rollbacks in a row a model may have before it is frozen, 3 unless this was said; with 0 it is frozen instead of being rolled back';
