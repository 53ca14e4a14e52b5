-- aliases, the champion among them, and the route that follows from it and from the running deployment

CREATE OR REPLACE FUNCTION drift_internal.find_version(model drift.models, version integer) RETURNS drift.model_versions
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_version drift.model_versions;
BEGIN
	SELECT * INTO found_version
	FROM drift.model_versions AS v
	WHERE v.model_id = model.model_id AND v.version = find_version.version;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'model "%" has no version %', model.name, coalesce(version::text, 'NULL')
			USING ERRCODE = 'undefined_object',
				DETAIL = CASE model.last_version WHEN 0 THEN 'It has no versions yet.'
					ELSE format('Its versions are numbered from 1 to %s.', model.last_version) END,
				HINT = CASE model.last_version WHEN 0 THEN 'drift.add_version() adds one.' ELSE 'drift.model_stages lists them.' END;
	END IF;
	RETURN found_version;
END
$$;

COMMENT ON FUNCTION drift_internal.find_version(drift.models, integer) IS 'a version of a model, or an error that says which there are';

CREATE OR REPLACE FUNCTION drift_internal.check_ready(model drift.models, version integer) RETURNS drift.model_versions
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	checked drift.model_versions := drift_internal.find_version(model, version);
BEGIN
	IF checked.status <> 'ready' THEN
		RAISE EXCEPTION 'version % of model "%" is not ready', version, model.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = format('Its status is %s%s.', checked.status, ': ' || checked.error);
	END IF;
	RETURN checked;
END
$$;

COMMENT ON FUNCTION drift_internal.check_ready(drift.models, integer) IS 'a version of a model that can answer, or an error';

CREATE OR REPLACE FUNCTION drift_internal.champion_event(model_id integer) RETURNS drift.model_events
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e
	FROM drift.model_events AS e
	WHERE e.model_id = champion_event.model_id AND e.alias = 'champion'
	ORDER BY e.happened_at DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.champion_event(integer) IS
	'the event that made the present champion; its version is NULL where the model has none';

CREATE OR REPLACE FUNCTION drift_internal.set_route(model drift.models) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	champion integer := (SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.alias = 'champion');
	deployment drift.deployments;
	weight integer := 0;
BEGIN
	SELECT * INTO deployment FROM drift.deployments AS d WHERE d.model_id = model.model_id AND d.status = 'running';
	IF deployment.strategy <> 'shadow' THEN
		weight := coalesce(deployment.weights[deployment.step], 0);
	END IF;

	DELETE FROM drift.routes AS r WHERE r.model_id = model.model_id;
	-- The challenger has the buckets from 0, so that those it has stay its own when it grows.
	INSERT INTO drift.routes (model_id, arm, version, first_bucket, end_bucket, salt, digest)
	SELECT model.model_id, a.arm, a.version, a.first_bucket, a.end_bucket, coalesce(deployment.salt, ''),
		CASE WHEN v.format <> 'external' THEN v.digest END
	FROM (VALUES ('champion', champion, weight, 10000),
			('challenger', CASE WHEN weight > 0 THEN deployment.version END, 0, weight),
			('shadow', CASE deployment.strategy WHEN 'shadow' THEN deployment.version END, NULL, NULL)
		) AS a (arm, version, first_bucket, end_bucket)
	JOIN drift.model_versions AS v ON v.model_id = model.model_id AND v.version = a.version
	WHERE champion IS NOT NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.set_route(drift.models) IS
	'writes the route of a locked model anew, from its champion and its running deployment';

CREATE OR REPLACE FUNCTION drift_internal.set_alias(model drift.models, alias text, version integer, reason text DEFAULT NULL,
	details jsonb DEFAULT '{}', previous_event_id bigint DEFAULT NULL, deployment_id bigint DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF version IS NULL THEN
		DELETE FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.alias = set_alias.alias;
	ELSE
		INSERT INTO drift.model_aliases AS a (model_id, alias, version) VALUES (model.model_id, alias, version)
		ON CONFLICT ON CONSTRAINT model_aliases_pkey DO UPDATE SET version = excluded.version;
	END IF;
	RETURN drift_internal.record_event(model.model_id, CASE WHEN version IS NULL THEN 'alias_removed' ELSE 'alias_set' END, version,
		reason, details, alias, previous_event_id, deployment_id);
END
$$;

COMMENT ON FUNCTION drift_internal.set_alias(drift.models, text, integer, text, jsonb, bigint, bigint) IS
	'sets an alias of a locked model to a version, or removes it where that is NULL, and records it; the id of the event';

CREATE OR REPLACE FUNCTION drift_internal.set_champion(model drift.models, version integer, previous_event_id bigint,
	reason text DEFAULT NULL, details jsonb DEFAULT '{}', deployment_id bigint DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before drift.model_events := drift_internal.champion_event(model.model_id);
	event_id bigint;
BEGIN
	PERFORM drift_internal.check_ready(model, version);
	UPDATE drift.model_versions AS v SET stage = CASE WHEN v.version = set_champion.version THEN 'production' ELSE 'archived' END
	WHERE v.model_id = model.model_id AND v.version IN (before.version, set_champion.version);
	-- The alias goes with the stage.
	PERFORM drift_internal.set_alias(model, 'staging', NULL, reason, deployment_id => set_champion.deployment_id)
	FROM drift.model_aliases AS a
	WHERE a.model_id = model.model_id AND a.alias = 'staging' AND a.version = set_champion.version;
	event_id := drift_internal.set_alias(model, 'champion', version, reason, details, previous_event_id, deployment_id);
	PERFORM drift_internal.set_route(model);
	PERFORM drift_internal.emit(model, 'champion_changed',
		jsonb_build_object('version', version, 'previous_version', before.version, 'reason', reason, 'event_id', event_id));
	PERFORM drift_internal.close_run_alerts(model.model_id, '{training_review}', format('version %s was deployed', version), version);
	RETURN event_id;
END
$$;

COMMENT ON FUNCTION drift_internal.set_champion(drift.models, integer, bigint, text, jsonb, bigint) IS
	'makes a version of a locked model its champion: alias, stages, history, route and event; previous_event_id is the champion that a rollback would return to';
