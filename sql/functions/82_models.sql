-- models: registration and what is told about them

CREATE OR REPLACE FUNCTION drift_internal.check_model_name(name text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF name IS NULL OR name = '' OR length(name) > 255 OR name <> btrim(name) OR name COLLATE "C" ~ '[@/[:cntrl:]]' THEN
		RAISE EXCEPTION 'invalid name of a model: %', coalesce(quote_literal(name), 'NULL')
			USING ERRCODE = 'invalid_name',
				DETAIL = 'A name has 1 to 255 characters, no blank at its ends, no control characters, no @ and no /.',
				HINT = 'drift reads name@alias and name/3 as a version of a model.';
	END IF;
	RETURN name;
END
$$;

COMMENT ON FUNCTION drift_internal.check_model_name(text) IS 'the name, or an error if no model may be called so';

CREATE OR REPLACE FUNCTION drift_internal.check_object(value jsonb, called text) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF jsonb_typeof(value) <> 'object' THEN
		RAISE EXCEPTION '% must be a JSON object', called
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is of type %s.', jsonb_typeof(value));
	END IF;
	RETURN coalesce(value, '{}');
END
$$;

COMMENT ON FUNCTION drift_internal.check_object(jsonb, text) IS 'the value if it is a JSON object, an empty one for NULL, an error for anything else';

-- Whoever may become a role may give things to it, as with tables. Before PostgreSQL 16 all members might.
CREATE OR REPLACE FUNCTION drift_internal.check_owner(owner regrole) RETURNS regrole
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = owner) THEN
		RAISE EXCEPTION 'role % does not exist', owner
			USING ERRCODE = 'undefined_object';
	ELSIF NOT pg_has_role(drift_internal.actor(), owner,
			CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
		RAISE EXCEPTION 'role % cannot make % the owner of a model', drift_internal.actor(), owner
			USING ERRCODE = 'insufficient_privilege', DETAIL = 'It is not a member of that role.';
	END IF;
	RETURN owner;
END
$$;

COMMENT ON FUNCTION drift_internal.check_owner(regrole) IS 'the role, or an error if the acting role is not a member of it';

CREATE OR REPLACE FUNCTION drift_internal.refuse_name(name text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'a model named "%" exists already', name
		USING ERRCODE = 'duplicate_object', HINT = 'drift.add_version() adds a version to it.';
END
$$;

COMMENT ON FUNCTION drift_internal.refuse_name(text) IS 'raises that a name is taken';

CREATE OR REPLACE FUNCTION drift.register_model(name text, description text DEFAULT NULL, tags jsonb DEFAULT '{}', owner regrole DEFAULT NULL)
	RETURNS SETOF drift.models
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model drift.models;
BEGIN
	INSERT INTO drift.models (name, owner, description, tags, created_by)
	VALUES (drift_internal.check_model_name(name), drift_internal.check_owner(coalesce(owner, drift_internal.actor())), description,
		drift_internal.check_object(tags, 'tags'), pg_get_userbyid(drift_internal.actor()))
	ON CONFLICT DO NOTHING
	RETURNING * INTO model;
	IF NOT FOUND THEN
		PERFORM drift_internal.refuse_name(name);
	END IF;
	PERFORM drift_internal.note_cluster();
	PERFORM drift_internal.record_event(model.model_id, 'model_registered', details => jsonb_build_object('name', model.name, 'owner', model.owner::text));
	RETURN NEXT model;
END
$$;

COMMENT ON FUNCTION drift.register_model(text, text, jsonb, regrole) IS
	'registers a model under a name and answers its row of drift.models; it belongs to the caller, or to owner, a role that the caller is a member of';

CREATE OR REPLACE FUNCTION drift.rename_model(model text, name text, reason text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'own');
BEGIN
	PERFORM drift_internal.check_model_name(name);
	UPDATE drift.models AS m SET name = rename_model.name WHERE m.model_id = locked.model_id;
	PERFORM drift_internal.record_event(locked.model_id, 'model_renamed', NULL, reason, jsonb_build_object('name', name, 'previous_name', locked.name));
EXCEPTION
	WHEN unique_violation THEN
		PERFORM drift_internal.refuse_name(name);
END
$$;

COMMENT ON FUNCTION drift.rename_model(text, text, text) IS
	'gives a model another name, from commit on; versions keep the names that they got';

CREATE OR REPLACE FUNCTION drift.set_owner(model text, owner regrole, reason text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'own');
BEGIN
	UPDATE drift.models AS m SET owner = drift_internal.check_owner(set_owner.owner) WHERE m.model_id = locked.model_id;
	UPDATE drift.model_privileges AS p SET grantor = set_owner.owner WHERE p.model_id = locked.model_id;
	PERFORM drift_internal.record_event(locked.model_id, 'owner_set', NULL, reason,
		jsonb_build_object('owner', owner::text, 'previous_owner', locked.owner::text));
END
$$;

COMMENT ON FUNCTION drift.set_owner(text, regrole, text) IS 'gives a model to a role that the caller is a member of';

CREATE OR REPLACE FUNCTION drift.set_description(model text, description text, version integer DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	before text := CASE WHEN version IS NULL THEN locked.description ELSE (drift_internal.find_version(locked, version)).description END;
BEGIN
	IF version IS NULL THEN
		UPDATE drift.models AS m SET description = set_description.description WHERE m.model_id = locked.model_id;
	ELSE
		UPDATE drift.model_versions AS v SET description = set_description.description
		WHERE v.model_id = locked.model_id AND v.version = set_description.version;
	END IF;
	PERFORM drift_internal.record_event(locked.model_id, 'description_set', version,
		details => jsonb_build_object('description', description, 'previous_description', before));
END
$$;

COMMENT ON FUNCTION drift.set_description(text, text, integer) IS 'says what a model is, or one of its versions';

CREATE OR REPLACE FUNCTION drift_internal.merged(kept jsonb, added jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (kept || added) - ARRAY(SELECT a.key FROM jsonb_each(added) AS a WHERE a.value = 'null')
$$;

COMMENT ON FUNCTION drift_internal.merged(jsonb, jsonb) IS 'the keys of both objects, the later value where both have one; null removes a key';

CREATE OR REPLACE FUNCTION drift.set_tags(model text, tags jsonb, version integer DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	before jsonb := CASE WHEN version IS NULL THEN locked.tags ELSE (drift_internal.find_version(locked, version)).tags END;
	result jsonb := drift_internal.merged(before, drift_internal.check_object(tags, 'tags'));
BEGIN
	IF version IS NULL THEN
		UPDATE drift.models AS m SET tags = result WHERE m.model_id = locked.model_id;
	ELSE
		UPDATE drift.model_versions AS v SET tags = result WHERE v.model_id = locked.model_id AND v.version = set_tags.version;
	END IF;
	PERFORM drift_internal.record_event(locked.model_id, 'tags_set', version,
		details => jsonb_build_object('tags', result, 'previous_tags', before));
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.set_tags(text, jsonb, integer) IS
	'sets some tags of a model, or of one of its versions, and answers all that it has; null removes a tag';

CREATE OR REPLACE FUNCTION drift.describe_model(model text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model drift.models := drift_internal.find_model(model, 'read');
BEGIN
	RETURN (
		SELECT jsonb_build_object('name', m.name, 'owner', m.owner::text, 'description', m.description, 'tags', m.tags,
			'created_at', m.created_at, 'last_version', m.last_version, 'required_approvals', m.required_approvals,
			'pinned', m.pinned, 'frozen_at', m.frozen_at,
			'aliases', (SELECT coalesce(jsonb_object_agg(a.alias, a.version), '{}') FROM drift.model_aliases AS a WHERE a.model_id = m.model_id),
			'deployment', (SELECT to_jsonb(d) - 'model_id' FROM drift.deployments AS d WHERE d.model_id = m.model_id AND d.status = 'running'),
			'route', (SELECT coalesce(jsonb_agg(to_jsonb(r) - 'model_id' - 'digest' ORDER BY r.arm), '[]') FROM drift.routes AS r WHERE r.model_id = m.model_id),
			'log', (SELECT l.log FROM drift.prediction_logs AS l WHERE l.model_id = m.model_id))
		FROM (SELECT found_model.*) AS m);
END
$$;

COMMENT ON FUNCTION drift.describe_model(text) IS
	'what a model is now: owner, description, tags, aliases, who answers, the running deployment, the prediction log';

CREATE OR REPLACE FUNCTION drift.delete_model(model text, reason text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'own');
BEGIN
	PERFORM drift_internal.check_no_deployment(locked, 'delete anything');
	PERFORM drift.unschedule(model => locked.name);
	UPDATE drift.promotion_requests AS r SET status = 'withdrawn', closed_at = clock_timestamp()
	WHERE r.model_id = locked.model_id AND r.status = 'open';
	PERFORM drift_internal.set_alias(locked, a.alias, NULL, reason) FROM drift.model_aliases AS a WHERE a.model_id = locked.model_id;
	PERFORM drift_internal.set_route(locked);
	DELETE FROM drift.model_artefacts AS a WHERE a.model_id = locked.model_id;
	UPDATE drift.model_versions AS v SET status = 'deleted', stage = 'archived' WHERE v.model_id = locked.model_id;
	UPDATE drift.models AS m SET deleted_at = clock_timestamp() WHERE m.model_id = locked.model_id;
	PERFORM drift_internal.record_event(locked.model_id, 'model_deleted', NULL, reason);
	PERFORM drift_internal.emit(locked, 'model_deleted', jsonb_build_object('reason', reason));
END
$$;

COMMENT ON FUNCTION drift.delete_model(text, text) IS
	'deletes a model: its artefacts go, its name is free again, what happened to it stays in drift.model_events; its prediction log is a table of its owner and is left alone';
