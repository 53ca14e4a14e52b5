-- versions on their way to answer: begin, move on, end
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

-- The version that is meant when none is named.
CREATE OR REPLACE FUNCTION drift_internal.candidate(model drift.models, alias text) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen integer;
BEGIN
	SELECT a.version INTO chosen FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.alias = candidate.alias;
	IF chosen IS NULL THEN
		SELECT max(v.version) INTO chosen
		FROM drift.model_versions AS v
		WHERE v.model_id = model.model_id AND v.stage = 'staging' AND v.status = 'ready';
	END IF;
	IF chosen IS NULL THEN
		RAISE EXCEPTION 'model "%" has no version in staging', model.name
			USING ERRCODE = 'undefined_object',
				DETAIL = drift_internal.list_candidates(model),
				HINT = format('Name the version, or put one into staging: SELECT drift.set_alias(%L, ''staging'', ...);', model.name);
	END IF;
	RETURN chosen;
END
$$;

COMMENT ON FUNCTION drift_internal.candidate(drift.models, text) IS
	'the version of a model under an alias, or the latest one in staging; an error that lists the versions where there is none';

CREATE OR REPLACE FUNCTION drift_internal.list_candidates(model drift.models) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce('Versions that are ready, the latest first: ' || string_agg(
				format('%s (%s%s)', v.version, v.version_name, ', run ' || v.run_id), ', ' ORDER BY v.version DESC) || '.',
			'It has no version that is ready.')
	FROM (
		SELECT *
		FROM drift.model_versions AS w
		WHERE w.model_id = model.model_id AND w.status = 'ready' AND w.version IS DISTINCT FROM drift_internal.champion(model.model_id)
		ORDER BY w.version DESC
		LIMIT 10
	) AS v
$$;

COMMENT ON FUNCTION drift_internal.list_candidates(drift.models) IS 'a sentence about the latest versions of a model that could be deployed';

CREATE OR REPLACE FUNCTION drift.deploy(model text, version integer DEFAULT NULL, strategy text DEFAULT 'blue_green',
	options jsonb DEFAULT '{}', reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	champion integer := drift_internal.champion(locked.model_id);
	chosen integer := coalesce(version, drift_internal.candidate(locked, 'challenger'));
	started_id bigint;
BEGIN
	IF jsonb_typeof(options) <> 'object' THEN
		PERFORM drift_internal.read_deployment_options(options);
	ELSIF options->>'strategy' <> strategy THEN
		RAISE EXCEPTION 'the strategy is both % and %', strategy, options->>'strategy'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give it as the argument strategy and not among the options.';
	END IF;
	started_id := drift_internal.deploy(locked, chosen,
		coalesce(options, '{}') || jsonb_build_object('strategy', coalesce(strategy, 'blue_green')), reason);
	RETURN QUERY SELECT * FROM drift_internal.deployment_result(locked, started_id,
		CASE WHEN strategy IN ('canary', 'ab_test', 'shadow') THEN format('version %s is on its way beside version %s', chosen, champion)
			ELSE format('version %s answers', chosen) || coalesce(' in place of version ' || champion, '') END,
		drift_internal.undo_champion(locked, champion));
END
$$;

COMMENT ON FUNCTION drift.deploy(text, integer, text, jsonb, text) IS
	'makes a version answer: at once (blue_green), for a growing share of entities (canary), for a fixed share (ab_test), or beside the champion without answering (shadow); without a version that of the alias challenger, else the latest in staging; drift.deployment_options() lists the options';

-- Without a model: that of the run.
CREATE OR REPLACE FUNCTION drift_internal.model_of_run(run_id text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names text[] := ARRAY(
		SELECT m.name
		FROM drift.models AS m
		WHERE m.deleted_at IS NULL AND drift_internal.allowed(m, 'read')
			AND EXISTS (SELECT FROM drift.model_versions AS v WHERE v.run_id = model_of_run.run_id AND v.model_id = m.model_id)
		ORDER BY m.name);
BEGIN
	IF cardinality(names) <> 1 THEN
		RAISE EXCEPTION 'run "%" belongs to % models', run_id, cardinality(names)
			USING ERRCODE = CASE cardinality(names) WHEN 0 THEN 'undefined_object' ELSE 'ambiguous_parameter' END,
				DETAIL = CASE cardinality(names) WHEN 0 THEN 'No version that you may see has this run id.'
					ELSE format('They are %s.', array_to_string(names, ', ')) END,
				HINT = 'Name the model; drift.model_versions has the run ids.';
	END IF;
	RETURN names[1];
END
$$;

COMMENT ON FUNCTION drift_internal.model_of_run(text) IS 'the one model that has a version of this run, or an error';

CREATE OR REPLACE FUNCTION drift_internal.version_of_run(model drift.models, run_id text) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen integer;
BEGIN
	SELECT max(v.version) INTO chosen
	FROM drift.model_versions AS v
	WHERE v.model_id = model.model_id AND v.run_id = version_of_run.run_id AND v.status = 'ready';
	IF chosen IS NULL THEN
		RAISE EXCEPTION 'no version of model "%" that is ready has run id "%"', model.name, run_id
			USING ERRCODE = 'undefined_object', DETAIL = drift_internal.list_candidates(model);
	END IF;
	RETURN chosen;
END
$$;

COMMENT ON FUNCTION drift_internal.version_of_run(drift.models, text) IS
	'the latest version of a model from a run; an error that lists the versions where there is none';

CREATE OR REPLACE FUNCTION drift.promote(model text DEFAULT NULL, version integer DEFAULT NULL, run_id text DEFAULT NULL,
	reason text DEFAULT NULL) RETURNS SETOF drift.deployment_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models;
	champion integer;
	chosen integer := version;
	started_id bigint;
BEGIN
	IF version IS NOT NULL AND run_id IS NOT NULL THEN
		RAISE EXCEPTION 'a promotion takes a version or a run id, not both' USING ERRCODE = 'invalid_parameter_value';
	ELSIF model IS NULL AND run_id IS NULL THEN
		RAISE EXCEPTION 'a promotion needs a model or a run id' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	locked := drift_internal.lock_model(coalesce(model, drift_internal.model_of_run(run_id)), 'operate');
	champion := drift_internal.champion(locked.model_id);
	IF run_id IS NOT NULL THEN
		chosen := drift_internal.version_of_run(locked, run_id);
	ELSIF chosen IS NULL THEN
		chosen := drift_internal.candidate(locked, 'staging');
	ELSIF NOT EXISTS (SELECT FROM drift.model_versions AS v WHERE v.model_id = locked.model_id AND v.version = chosen) THEN
		RAISE EXCEPTION 'model "%" has no version %', locked.name, chosen
			USING ERRCODE = 'undefined_object', DETAIL = drift_internal.list_candidates(locked);
	END IF;
	started_id := drift_internal.deploy(locked, chosen, '{}', reason);
	RETURN QUERY SELECT * FROM drift_internal.deployment_result(locked, started_id,
		format('version %s answers', chosen) || coalesce(' in place of version ' || champion, ''),
		drift_internal.undo_champion(locked, champion));
END
$$;

COMMENT ON FUNCTION drift.promote(text, integer, text, text) IS
	'makes a version the champion at once: the latest in staging, a given one, or that of a run (the model may then be left out); errors list the candidates';

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
