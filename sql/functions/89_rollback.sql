-- the way back
--
-- Champions form a stack: the event that made one points to the event of the champion below it. A rollback
-- takes the top away, so that one after another goes further back and none comes back to what was left.

CREATE OR REPLACE FUNCTION drift_internal.champion_below(model drift.models) RETURNS drift.model_events
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	top drift.model_events := drift_internal.champion_event(model.model_id);
	below drift.model_events := top;
BEGIN
	LOOP
		SELECT * INTO below FROM drift.model_events AS e WHERE e.event_id = below.previous_event_id AND e.model_id = model.model_id;
		-- Passed over: the same version again, times without a champion, and versions whose artefact is gone.
		EXIT WHEN below.event_id IS NULL OR below.version IS DISTINCT FROM top.version AND EXISTS (
			SELECT FROM drift.model_versions AS v
			WHERE v.model_id = model.model_id AND v.version = below.version AND v.status = 'ready');
	END LOOP;
	IF below.event_id IS NULL THEN
		RAISE EXCEPTION 'model "%" has no earlier champion to roll back to', model.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = coalesce('Its champion is version ' || top.version || '.', 'It has no champion.'),
				HINT = 'drift.model_events has the champions of the past; name a version to return to one of them.';
	END IF;
	RETURN below;
END
$$;

COMMENT ON FUNCTION drift_internal.champion_below(drift.models) IS
	'the event of the champion that a rollback of a model returns to, or an error where there is none';

CREATE OR REPLACE FUNCTION drift_internal.former_champion(model drift.models, version integer) RETURNS drift.model_events
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	former drift.model_events;
BEGIN
	PERFORM drift_internal.check_ready(model, version);
	SELECT * INTO former
	FROM drift.model_events AS e
	WHERE e.model_id = model.model_id AND e.alias = 'champion' AND e.version = former_champion.version
	ORDER BY e.event_id DESC
	LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'version % of model "%" was never its champion', version, model.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = format('SELECT * FROM drift.deploy(%L, %s); makes it one.', model.name, version);
	ELSIF version = drift_internal.champion(model.model_id) THEN
		RAISE EXCEPTION 'version % is the champion of model "%" already', version, model.name
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN former;
END
$$;

COMMENT ON FUNCTION drift_internal.former_champion(drift.models, integer) IS
	'the event that last made a version the champion of its model, or an error where none did or it is the champion now';

CREATE OR REPLACE FUNCTION drift_internal.undo_rollback(model drift.models, deployment drift.deployments) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN m.frozen_at IS NOT NULL THEN format('SELECT * FROM drift.unfreeze(%L); ', model.name) ELSE '' END
		|| format('SELECT * FROM drift.deploy(%L, %s, %L, %L)', model.name, deployment.version, deployment.strategy,
			CASE deployment.strategy WHEN 'shadow' THEN e.details - '{strategy,weights}'::text[]
				ELSE e.details - 'strategy' || jsonb_build_object('salt', deployment.salt, 'weights',
					ARRAY(SELECT trim_scale(w / 100.0) FROM unnest(deployment.weights[deployment.step:]) AS w)) END)
	FROM drift.model_events AS e, drift.models AS m
	WHERE e.model_id = model.model_id AND e.deployment_id = deployment.deployment_id AND e.event = 'deployment_started'
		AND m.model_id = model.model_id
$$;

COMMENT ON FUNCTION drift_internal.undo_rollback(drift.models, drift.deployments) IS
	'SQL that deploys again what was rolled back, for the same entities and from the step it was at';

CREATE OR REPLACE FUNCTION drift.rollback(model text, version integer DEFAULT NULL, reason text DEFAULT NULL)
	RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	champion integer := drift_internal.champion(locked.model_id);
	running drift.deployments := drift_internal.running_deployment(locked.model_id);
	target drift.model_events;
BEGIN
	-- A model that is frozen can be rolled back: that is what people come for.
	IF locked.pinned THEN
		PERFORM drift_internal.check_not_held(locked);
	END IF;
	IF running.deployment_id IS NOT NULL AND coalesce(version, champion) = champion THEN
		PERFORM drift_internal.finish_deployment(locked, running, 'rolled_back', reason);
		RETURN QUERY SELECT * FROM drift_internal.deployment_result(locked, running.deployment_id,
			format('version %s was taken back, version %s answers', running.version, champion),
			drift_internal.undo_rollback(locked, running));
		RETURN;
	END IF;
	target := CASE WHEN version IS NULL THEN drift_internal.champion_below(locked)
		ELSE drift_internal.former_champion(locked, version) END;
	IF running.deployment_id IS NOT NULL THEN
		PERFORM drift_internal.finish_deployment(locked, running, 'rolled_back', reason);
	END IF;
	PERFORM drift_internal.make_champion(locked, target.version, target.previous_event_id, reason,
		jsonb_build_object('rollback_to', target.event_id, 'previous_version', champion));
	RETURN QUERY SELECT * FROM drift_internal.champion_result(locked, champion,
		format('version %s answers again', target.version) || coalesce(' in place of version ' || champion, ''),
		drift_internal.undo_champion(locked, champion));
END
$$;

COMMENT ON FUNCTION drift.rollback(text, integer, text) IS
	'ends the running deployment, or else returns to the champion before this one, and run again to the one before that; with a version to that champion of the past';

CREATE OR REPLACE FUNCTION drift.retire(model text, reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	leaving drift.model_events := drift_internal.champion_event(locked.model_id);
	running drift.deployments := drift_internal.running_deployment(locked.model_id);
BEGIN
	IF leaving.version IS NULL THEN
		RAISE EXCEPTION 'model "%" has no champion', locked.name USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF locked.pinned THEN
		PERFORM drift_internal.check_not_held(locked);
	END IF;
	IF running.deployment_id IS NOT NULL THEN
		PERFORM drift_internal.finish_deployment(locked, running, 'cancelled', reason);
	END IF;
	PERFORM drift_internal.set_alias(locked, 'champion', NULL, reason, previous_event_id => leaving.event_id);
	UPDATE drift.model_versions AS v SET stage = 'archived' WHERE v.model_id = locked.model_id AND v.version = leaving.version;
	PERFORM drift_internal.set_route(locked);
	PERFORM drift_internal.emit(locked, 'champion_changed',
		jsonb_build_object('version', NULL, 'previous_version', leaving.version, 'reason', reason));
	RETURN QUERY SELECT * FROM drift_internal.champion_result(locked, leaving.version,
		format('version %s was retired, nothing answers', leaving.version), drift_internal.undo_champion(locked, leaving.version));
END
$$;

COMMENT ON FUNCTION drift.retire(text, text) IS 'takes the champion out of service: nothing answers for the model until a version is deployed or rolled back to';
