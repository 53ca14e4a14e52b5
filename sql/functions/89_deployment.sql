-- versions on their way to answer: what begins and ends a deployment, and what is said of it
--
-- Functions of drift_internal here take a model that the caller has locked and ask for no rights; only
-- those who write the registry for others can run them.

CREATE OR REPLACE FUNCTION drift_internal.running_deployment(model_id integer) RETURNS drift.deployments
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT d FROM drift.deployments AS d WHERE d.model_id = running_deployment.model_id AND d.status = 'running'
$$;

COMMENT ON FUNCTION drift_internal.running_deployment(integer) IS 'the deployment of a model that is under way; NULL where none is';

CREATE OR REPLACE FUNCTION drift_internal.champion(model_id integer) RETURNS integer
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = champion.model_id AND a.alias = 'champion'
$$;

COMMENT ON FUNCTION drift_internal.champion(integer) IS 'the version of a model that is its champion; NULL where it has none';

CREATE OR REPLACE FUNCTION drift_internal.check_not_held(model drift.models) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF model.pinned THEN
		RAISE EXCEPTION 'model "%" is pinned to version %', model.name, drift_internal.champion(model.model_id)
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = format('SELECT * FROM drift.unpin(%L);', model.name);
	ELSIF model.frozen_at IS NOT NULL THEN
		RAISE EXCEPTION 'model "%" is frozen', model.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = format('It was frozen at %s', model.frozen_at)
					|| CASE WHEN model.automatic_rollbacks = 0 THEN '.' ELSE format(' after %s automatic rollbacks.', model.automatic_rollbacks) END,
				HINT = format('When the cause is known: SELECT * FROM drift.unfreeze(%L);', model.name);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_not_held(drift.models) IS 'an error where nothing may be deployed because the model is pinned or frozen';

CREATE OR REPLACE FUNCTION drift_internal.make_champion(model drift.models, version integer, previous_event_id bigint,
	reason text DEFAULT NULL, details jsonb DEFAULT '{}', deployment_id bigint DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- A champion is no longer on its way.
	PERFORM drift_internal.set_alias(model, a.alias, NULL, reason, deployment_id => make_champion.deployment_id)
	FROM drift.model_aliases AS a
	WHERE a.model_id = model.model_id AND a.alias IN ('staging', 'challenger', 'shadow') AND a.version = make_champion.version;
	RETURN drift_internal.set_champion(model, version, previous_event_id, reason, details, deployment_id);
END
$$;

COMMENT ON FUNCTION drift_internal.make_champion(drift.models, integer, bigint, text, jsonb, bigint) IS
	'makes a version of a locked model its champion, which is no longer in staging, challenger or shadow';

CREATE OR REPLACE FUNCTION drift_internal.emit_deployment(model drift.models, deployment drift.deployments, topic text) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.emit(model, topic, jsonb_build_object(
		'deployment_id', deployment.deployment_id, 'version', v.version, 'version_name', v.version_name,
		'previous_version', deployment.previous_version, 'strategy', deployment.strategy, 'status', deployment.status,
		'percent', trim_scale(deployment.weights[deployment.step] / 100.0), 'format', v.format, 'digest', encode(v.digest, 'hex'),
		'artefact_uri', v.artefact_uri, 'reason', deployment.reason))
	FROM drift.model_versions AS v
	WHERE v.model_id = deployment.model_id AND v.version = deployment.version
$$;

COMMENT ON FUNCTION drift_internal.emit_deployment(drift.models, drift.deployments, text) IS
	'tells systems outside what became of a deployment, with what they need to fetch the version';

CREATE OR REPLACE FUNCTION drift_internal.check_deployable(model drift.models, version integer, strategy text) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	champion integer := drift_internal.champion(model.model_id);
	running drift.deployments := drift_internal.running_deployment(model.model_id);
BEGIN
	PERFORM drift_internal.check_ready(model, version);
	PERFORM drift_internal.check_not_held(model);
	IF running.deployment_id IS NOT NULL THEN
		RAISE EXCEPTION 'version % of model "%" is being deployed', running.version, model.name
			USING ERRCODE = 'object_in_use',
				DETAIL = format('Deployment %s (%s) runs since %s.', running.deployment_id, running.strategy, running.started_at),
				HINT = format('End it with SELECT * FROM drift.complete(%1$L); or SELECT * FROM drift.rollback(%1$L);', model.name);
	ELSIF version = champion THEN
		RAISE EXCEPTION 'version % is the champion of model "%" already', version, model.name
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF champion IS NULL AND strategy <> 'blue_green' THEN
		RAISE EXCEPTION 'model "%" has no champion that could be compared with', model.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'The first version is deployed with strategy blue_green.';
	END IF;
	-- A shadow does not answer; it needs its approvals when it is to become champion.
	IF strategy <> 'shadow' THEN
		PERFORM drift_internal.check_approved(model, version);
	END IF;
	PERFORM drift_internal.check_log_features(model, version);
END
$$;

COMMENT ON FUNCTION drift_internal.check_deployable(drift.models, integer, text) IS
	'an error where a version of a locked model cannot be deployed now';

CREATE OR REPLACE FUNCTION drift_internal.finish_deployment(model drift.models, deployment drift.deployments, status text,
	reason text DEFAULT NULL) RETURNS drift.deployments
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	finished drift.deployments;
BEGIN
	UPDATE drift.deployments AS d
	SET status = finish_deployment.status, finished_at = clock_timestamp(),
		step = CASE finish_deployment.status WHEN 'succeeded' THEN cardinality(d.weights) ELSE d.step END
	WHERE d.deployment_id = deployment.deployment_id
	RETURNING * INTO finished;
	PERFORM drift_internal.set_alias(model, a.alias, NULL, reason, deployment_id => deployment.deployment_id)
	FROM drift.model_aliases AS a
	WHERE a.model_id = model.model_id AND a.version = deployment.version
		AND a.alias = CASE deployment.strategy WHEN 'shadow' THEN 'shadow' WHEN 'blue_green' THEN '' ELSE 'challenger' END;
	PERFORM drift_internal.record_event(model.model_id, 'deployment_' || status, deployment.version, reason,
		deployment_id => deployment.deployment_id);
	PERFORM drift_internal.emit_deployment(model, finished, 'deployment_' || status);
	IF status = 'succeeded' THEN
		UPDATE drift.models AS m SET automatic_rollbacks = 0 WHERE m.model_id = model.model_id AND m.automatic_rollbacks > 0;
		PERFORM drift_internal.make_champion(model, deployment.version, (drift_internal.champion_event(model.model_id)).event_id, reason,
			deployment_id => deployment.deployment_id);
	ELSE
		PERFORM drift_internal.set_route(model);
	END IF;
	RETURN finished;
END
$$;

COMMENT ON FUNCTION drift_internal.finish_deployment(drift.models, drift.deployments, text, text) IS
	'ends a deployment of a locked model: succeeded (its version becomes champion), rolled_back or cancelled';

CREATE OR REPLACE FUNCTION drift_internal.deploy(model drift.models, version integer, options jsonb DEFAULT '{}', reason text DEFAULT NULL)
	RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted jsonb := drift_internal.read_deployment_options(options);
	started drift.deployments;
BEGIN
	PERFORM drift_internal.check_deployable(model, version, wanted->>'strategy');
	INSERT INTO drift.deployments (model_id, version, previous_version, strategy, weights, salt, analysis, deadline, on_deadline,
		started_by, reason)
	VALUES (model.model_id, version, drift_internal.champion(model.model_id), wanted->>'strategy',
		ARRAY(SELECT (100 * w::numeric)::integer FROM jsonb_array_elements_text(wanted->'weights') WITH ORDINALITY AS u(w, o) ORDER BY o),
		coalesce(wanted->>'salt', gen_random_uuid()::text), wanted->'analysis', clock_timestamp() + (wanted->>'deadline')::interval,
		coalesce(wanted->>'on_deadline', 'rollback'), pg_get_userbyid(drift_internal.actor()), reason)
	RETURNING * INTO started;
	PERFORM drift_internal.record_event(model.model_id, 'deployment_started', version, reason, wanted,
		deployment_id => started.deployment_id);
	IF started.strategy = 'blue_green' THEN
		PERFORM drift_internal.finish_deployment(model, started, 'succeeded', reason);
	ELSE
		PERFORM drift_internal.set_alias(model, CASE started.strategy WHEN 'shadow' THEN 'shadow' ELSE 'challenger' END, version, reason,
			deployment_id => started.deployment_id);
		PERFORM drift_internal.set_route(model);
		PERFORM drift_internal.emit_deployment(model, started, 'deployment_started');
		PERFORM drift_internal.close_run_alerts(model.model_id, '{training_review}', format('version %s was deployed', version), version);
	END IF;
	RETURN started.deployment_id;
END
$$;

COMMENT ON FUNCTION drift_internal.deploy(drift.models, integer, jsonb, text) IS
	'deploys a version of a locked model; options as those of drift.deploy() with the strategy among them; the id of the deployment';

-- Naming the champion before, rather than going back by one, undoes the same thing however often it is run.
CREATE OR REPLACE FUNCTION drift_internal.undo_champion(model drift.models, version integer) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN version IS NULL THEN format('SELECT * FROM drift.retire(%L)', model.name)
		ELSE format('SELECT * FROM drift.rollback(%L, %s)', model.name, version) END
$$;

COMMENT ON FUNCTION drift_internal.undo_champion(drift.models, integer) IS 'SQL that makes a former champion answer again, or nobody where there was none';

CREATE OR REPLACE FUNCTION drift_internal.deployment_result(model drift.models, deployment_id bigint, message text, rollback_sql text)
	RETURNS SETOF drift.deployment_result
	LANGUAGE sql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT model.name, d.deployment_id, d.version, d.previous_version, d.strategy, d.status, d.step, cardinality(d.weights),
		trim_scale(d.weights[d.step] / 100.0), message, rollback_sql
	FROM drift.deployments AS d
	WHERE d.deployment_id = deployment_result.deployment_id
$$;

COMMENT ON FUNCTION drift_internal.deployment_result(drift.models, bigint, text, text) IS 'what functions that change a deployment answer';

CREATE OR REPLACE FUNCTION drift_internal.champion_result(model drift.models, previous_version integer, message text, rollback_sql text)
	RETURNS SETOF drift.deployment_result
	LANGUAGE sql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT model.name, NULL::bigint, drift_internal.champion(model.model_id), previous_version, NULL, NULL, NULL::integer, NULL::integer,
		NULL::numeric, message, rollback_sql
$$;

COMMENT ON FUNCTION drift_internal.champion_result(drift.models, integer, text, text) IS
	'what functions that change the champion, or what may become of it, answer when no deployment is involved';
