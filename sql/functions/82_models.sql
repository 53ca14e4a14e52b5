-- models: registration and what is told about them

CREATE OR REPLACE FUNCTION drift_internal.check_model_name(name text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF name IS NULL OR name = '' OR length(name) > 255 OR name <> btrim(name) OR name ~ '[@/[:cntrl:]]' THEN
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

-- Whoever may become a role may give things to it, as with tables.
CREATE OR REPLACE FUNCTION drift_internal.check_owner(owner regrole) RETURNS regrole
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = owner) THEN
		RAISE EXCEPTION 'role % does not exist', owner
			USING ERRCODE = 'undefined_object';
	ELSIF NOT pg_has_role(drift_internal.actor(), owner, 'MEMBER') THEN
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
