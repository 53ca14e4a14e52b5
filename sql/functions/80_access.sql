-- who acts, and what they may do with a model
--
-- Functions that write the registry run as its owner and ask these first. Inside them current_user is that
-- owner, so the caller is taken from the session: the role of the last SET ROLE.

CREATE OR REPLACE FUNCTION drift_internal.actor() RETURNS regrole
	AS 'MODULE_PATHNAME', 'drift_actor' LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.actor() IS
	'role that the session acts as, also inside functions that run as somebody else: who logged in, or the role of SET ROLE';

CREATE OR REPLACE FUNCTION drift_internal.acts_as(role regrole) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT pg_has_role(drift_internal.actor(), role, 'USAGE')
$$;

COMMENT ON FUNCTION drift_internal.acts_as(regrole) IS 'whether the acting role has the rights of a role';

CREATE OR REPLACE FUNCTION drift_internal.allowed(model drift.models, wanted text) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.acts_as(model.owner) OR EXISTS (
		SELECT FROM drift.model_privileges AS p
		WHERE p.model_id = model.model_id AND wanted IN (p.privilege, 'read')
			AND (p.grantee = 0::oid OR drift_internal.acts_as(p.grantee)))
$$;

COMMENT ON FUNCTION drift_internal.allowed(drift.models, text) IS
	'whether the acting role may read, predict, operate or approve a model, or own it: by being its owner or by a privilege, of which each includes read';

CREATE OR REPLACE FUNCTION drift_internal.check_allowed(model drift.models, wanted text, name text) RETURNS drift.models
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- What one may not see is not there, so that names cannot be guessed.
	IF model.model_id IS NULL OR NOT drift_internal.allowed(model, 'read') THEN
		RAISE EXCEPTION 'no model is named "%"', name
			USING ERRCODE = 'undefined_object',
				HINT = 'drift.models lists the models that you may see; drift.register_model() makes one.';
	ELSIF NOT drift_internal.allowed(model, wanted) THEN
		RAISE EXCEPTION 'permission denied for model "%"', name
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = CASE wanted WHEN 'own' THEN format('Only members of its owner %s may do this.', model.owner)
					ELSE format('Role %s has no privilege %s on it.', drift_internal.actor(), wanted) END,
				HINT = CASE WHEN wanted = 'own' THEN 'drift.set_owner() gives it to another role.'
					ELSE 'The owner grants privileges with drift.grant_privilege().' END;
	END IF;
	RETURN model;
END
$$;

COMMENT ON FUNCTION drift_internal.check_allowed(drift.models, text, text) IS
	'the model, or an error: that there is none of that name, also where the acting role may not see it, or that it may not do what it wants';

CREATE OR REPLACE FUNCTION drift_internal.find_model(name text, wanted text) RETURNS drift.models
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model drift.models;
BEGIN
	SELECT * INTO model FROM drift.models AS m WHERE m.name = find_model.name AND m.deleted_at IS NULL;
	RETURN drift_internal.check_allowed(model, wanted, name);
END
$$;

COMMENT ON FUNCTION drift_internal.find_model(text, text) IS
	'the model of a name for what the acting role wants to do: read, predict, operate, approve or own; an error if there is none or it may not';

-- Whoever writes about a model locks its row first, so that versions have no gaps and routes no races.
CREATE OR REPLACE FUNCTION drift_internal.lock_model(name text, wanted text) RETURNS drift.models
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model drift.models;
BEGIN
	PERFORM drift_internal.find_model(name, wanted);
	SELECT * INTO model FROM drift.models AS m WHERE m.name = lock_model.name AND m.deleted_at IS NULL FOR NO KEY UPDATE;
	RETURN drift_internal.check_allowed(model, wanted, name);
END
$$;

COMMENT ON FUNCTION drift_internal.lock_model(text, text) IS
	'the same, and locks the model until the transaction ends: writers of one model follow each other';
