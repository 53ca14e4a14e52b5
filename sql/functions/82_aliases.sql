-- aliases and stages as users set them; the champion is only set by promotion and deployment

CREATE OR REPLACE FUNCTION drift_internal.check_no_deployment(model drift.models, action text) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	running drift.deployments;
BEGIN
	SELECT * INTO running FROM drift.deployments AS d WHERE d.model_id = model.model_id AND d.status = 'running';
	IF FOUND THEN
		RAISE EXCEPTION 'cannot % of model "%" during a deployment', action, model.name
			USING ERRCODE = 'object_in_use',
				DETAIL = format('Deployment %s (%s of version %s) is running.', running.deployment_id, running.strategy, running.version),
				HINT = 'drift.advance() moves it on, drift.rollback() ends it.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_no_deployment(drift.models, text) IS 'an error if a deployment of the model is running';

CREATE OR REPLACE FUNCTION drift_internal.check_not_deploying(model drift.models, version integer) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (
		SELECT FROM drift.deployments AS d
		WHERE d.model_id = model.model_id AND d.status = 'running' AND check_not_deploying.version IN (d.version, d.previous_version)) THEN
		PERFORM drift_internal.check_no_deployment(model, format('put away version %s', version));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_not_deploying(drift.models, integer) IS 'an error if the running deployment is of this version or would return to it';

CREATE OR REPLACE FUNCTION drift_internal.check_alias(model drift.models, alias text) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF alias IS NULL OR alias COLLATE "C" !~ '^[[:alnum:]_-]{1,63}$' OR alias = 'latest' OR alias COLLATE "C" ~* '^v[0-9]+$' THEN
		RAISE EXCEPTION 'invalid alias: %', coalesce(quote_literal(alias), 'NULL')
			USING ERRCODE = 'invalid_name',
				DETAIL = 'An alias has 1 to 63 letters, digits, _ and -, and is neither "latest" nor "v" with a number.';
	ELSIF alias = 'champion' THEN
		RAISE EXCEPTION 'the champion of model "%" is not set as an alias', model.name
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Whoever is champion answers, so approvals and the route are part of it.',
				HINT = 'drift.promote() or drift.deploy() makes a version the champion, drift.rollback() goes back.';
	ELSIF alias IN ('challenger', 'shadow') THEN
		PERFORM drift_internal.check_no_deployment(model, format('change the %s', alias));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_alias(drift.models, text) IS 'an error if users may not set or remove this alias now';

-- The alias staging and the stage of that name go together, so at most one version is there.
CREATE OR REPLACE FUNCTION drift_internal.move_stage(model drift.models, version integer, stage text, reason text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before text := (drift_internal.find_version(model, version)).stage;
BEGIN
	IF before = 'production' THEN
		RAISE EXCEPTION 'version % of model "%" is its champion', version, model.name
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Its stage is production as long as it is.',
				HINT = 'Promote another version first.';
	ELSIF before <> stage THEN
		UPDATE drift.model_versions AS v SET stage = move_stage.stage WHERE v.model_id = model.model_id AND v.version = move_stage.version;
		PERFORM drift_internal.record_event(model.model_id, 'stage_set', version, reason, jsonb_build_object('stage', stage, 'previous_stage', before));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.move_stage(drift.models, integer, text, text) IS 'sets the stage of a version of a locked model and records it; an error for the champion';

CREATE OR REPLACE FUNCTION drift_internal.set_staging(model drift.models, version integer, reason text) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before integer := (SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.alias = 'staging');
BEGIN
	IF version IS NOT NULL THEN
		PERFORM drift_internal.move_stage(model, version, 'staging', reason);
	END IF;
	IF before IS DISTINCT FROM version AND before IS NOT NULL THEN
		PERFORM drift_internal.move_stage(model, before, 'none', reason);
	END IF;
	RETURN drift_internal.set_alias(model, 'staging', version, reason);
END
$$;

COMMENT ON FUNCTION drift_internal.set_staging(drift.models, integer, text) IS
	'makes a version of a locked model the one in staging, or none where it is NULL: alias and stages; the id of the event';

CREATE OR REPLACE FUNCTION drift.set_alias(model text, alias text, version integer, reason text DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
BEGIN
	PERFORM drift_internal.check_alias(locked, alias);
	PERFORM drift_internal.check_ready(locked, version);
	IF alias = 'staging' THEN
		RETURN drift_internal.set_staging(locked, version, reason);
	END IF;
	RETURN drift_internal.set_alias(locked, alias, version, reason);
END
$$;

COMMENT ON FUNCTION drift.set_alias(text, text, integer, text) IS
	'lets an alias of a model stand for a ready version, from commit on, and answers the id of the event in drift.model_events; staging also sets the stage, champion is refused: drift.promote() does that';

CREATE OR REPLACE FUNCTION drift_internal.alias_version(model drift.models, alias text) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	version integer := (SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.alias = alias_version.alias);
	others text := (SELECT string_agg(a.alias, ', ' ORDER BY a.alias) FROM drift.model_aliases AS a WHERE a.model_id = model.model_id);
BEGIN
	IF version IS NULL THEN
		RAISE EXCEPTION 'model "%" has no alias "%"', model.name, alias
			USING ERRCODE = 'undefined_object',
				DETAIL = CASE WHEN others IS NULL THEN 'It has no aliases.' ELSE format('Its aliases are %s.', others) END,
				HINT = 'drift.set_alias() sets an alias.';
	END IF;
	RETURN version;
END
$$;

COMMENT ON FUNCTION drift_internal.alias_version(drift.models, text) IS 'version that an alias of a model stands for, or an error that lists the aliases there are';

CREATE OR REPLACE FUNCTION drift.remove_alias(model text, alias text, reason text DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
BEGIN
	PERFORM drift_internal.check_alias(locked, alias);
	PERFORM drift_internal.alias_version(locked, alias);
	IF alias = 'staging' THEN
		RETURN drift_internal.set_staging(locked, NULL, reason);
	END IF;
	RETURN drift_internal.set_alias(locked, alias, NULL, reason);
END
$$;

COMMENT ON FUNCTION drift.remove_alias(text, text, text) IS
	'removes an alias of a model and answers the id of the event in drift.model_events; its history stays';

CREATE OR REPLACE FUNCTION drift.set_stage(model text, version integer, stage text, reason text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	found_version drift.model_versions := drift_internal.find_version(locked, version);
BEGIN
	IF stage IS NULL OR stage NOT IN ('none', 'staging', 'archived') THEN
		RAISE EXCEPTION 'a version cannot be put into stage %', coalesce(quote_literal(stage), 'NULL')
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'Stages to choose are none, staging and archived.',
				HINT = CASE stage WHEN 'production' THEN 'drift.promote() makes a version the champion, whose stage is production.'
					ELSE 'Free names are what aliases are for: drift.set_alias().' END;
	ELSIF stage = 'staging' THEN
		PERFORM drift_internal.check_ready(locked, version);
		PERFORM drift_internal.set_staging(locked, version, reason);
	ELSE
		PERFORM drift_internal.check_not_deploying(locked, version);
		IF found_version.stage = 'staging' THEN
			PERFORM drift_internal.set_staging(locked, NULL, reason);
		END IF;
		PERFORM drift_internal.move_stage(locked, version, stage, reason);
	END IF;
END
$$;

COMMENT ON FUNCTION drift.set_stage(text, integer, text, text) IS
	'puts a version into stage none, staging or archived; staging moves the alias of that name too, so that one version is in it; production is what drift.promote() gives';

CREATE OR REPLACE FUNCTION drift_internal.newest_challenger(model drift.models) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	champion integer := (SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.alias = 'champion');
	newest integer := (
		SELECT v.version
		FROM drift.model_versions AS v
		WHERE v.model_id = model.model_id AND v.status = 'ready' AND v.version > coalesce(champion, 0)
		ORDER BY v.version DESC
		LIMIT 1);
BEGIN
	IF newest IS NULL THEN
		RAISE EXCEPTION 'model "%" has no version that could challenge its champion', model.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = format('No ready version is newer than %s.', coalesce('version ' || champion || ', the champion', 'none')),
				HINT = 'Name the version, or add one with drift.add_version().';
	END IF;
	RETURN newest;
END
$$;

COMMENT ON FUNCTION drift_internal.newest_challenger(drift.models) IS 'the newest ready version that came after the champion, or an error';

CREATE OR REPLACE FUNCTION drift.register_challenger(model text, version integer DEFAULT NULL, metadata jsonb DEFAULT '{}', reason text DEFAULT NULL)
	RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	challenger integer := coalesce(version, drift_internal.newest_challenger(locked));
BEGIN
	metadata := drift_internal.check_object(metadata, 'metadata');
	PERFORM drift_internal.check_alias(locked, 'challenger');
	IF (drift_internal.check_ready(locked, challenger)).stage = 'production' THEN
		RAISE EXCEPTION 'version % of model "%" is its champion', challenger, locked.name
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'A challenger is another version.';
	END IF;
	UPDATE drift.model_versions AS v SET tags = drift_internal.merged(v.tags, metadata)
	WHERE v.model_id = locked.model_id AND v.version = challenger;
	PERFORM drift_internal.set_alias(locked, 'challenger', challenger, reason, metadata);
	RETURN challenger;
END
$$;

COMMENT ON FUNCTION drift.register_challenger(text, integer, jsonb, text) IS
	'makes a version the challenger, by default the newest one that is ready, adds metadata to its tags and answers its number; it is compared with the champion, and answers only in a deployment';

CREATE OR REPLACE FUNCTION drift.version_at(model text, at timestamptz DEFAULT 'infinity', alias text DEFAULT 'champion') RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model drift.models := drift_internal.find_model(model, 'read');
BEGIN
	RETURN (
		SELECT e.version
		FROM drift.model_events AS e
		WHERE e.model_id = found_model.model_id AND e.alias = version_at.alias AND e.happened_at <= version_at.at
		ORDER BY e.happened_at DESC
		LIMIT 1);
END
$$;

COMMENT ON FUNCTION drift.version_at(text, timestamptz, text) IS
	'version that an alias of a model, by default champion, stood for at a moment, by default now; NULL where it stood for none';
