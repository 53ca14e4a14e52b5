-- who may do what with a model, besides its owner

-- Privileges are given by name, like those of tables; the word public is everybody.
CREATE OR REPLACE FUNCTION drift_internal.grantee(role text) RETURNS regrole
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN lower(role) = 'public' THEN '-' ELSE role END::regrole
$$;

COMMENT ON FUNCTION drift_internal.grantee(text) IS 'role of a name written as in SQL, or the one that stands for everybody';

CREATE OR REPLACE FUNCTION drift_internal.grantee_name(role regrole) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN role = 0::oid THEN 'public' ELSE role::text END
$$;

COMMENT ON FUNCTION drift_internal.grantee_name(regrole) IS 'name of a role, written as in SQL, or public';

CREATE OR REPLACE FUNCTION drift_internal.check_privilege(privilege text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF privilege IS NULL OR privilege NOT IN ('read', 'predict', 'operate', 'approve') THEN
		RAISE EXCEPTION 'unknown privilege: %', coalesce(quote_literal(privilege), 'NULL')
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'Privileges on a model are read, predict, operate and approve.',
				HINT = 'drift.set_owner() makes a role the owner, who may do everything.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_privilege(text) IS 'an error if there is no such privilege on models';

CREATE OR REPLACE FUNCTION drift.grant_privilege(model text, role text, privilege text, reason text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'own');
	given_to regrole := drift_internal.grantee(role);
BEGIN
	PERFORM drift_internal.check_privilege(privilege);
	-- As with tables the owner grants, whoever acts for it, and so its members see what they granted.
	INSERT INTO drift.model_privileges (model_id, grantee, privilege, grantor)
	VALUES (locked.model_id, given_to, privilege, locked.owner)
	ON CONFLICT DO NOTHING;
	IF FOUND THEN
		PERFORM drift_internal.record_event(locked.model_id, 'privilege_granted', NULL, reason,
			jsonb_build_object('role', drift_internal.grantee_name(given_to), 'privilege', privilege));
	END IF;
END
$$;

COMMENT ON FUNCTION drift.grant_privilege(text, text, text, text) IS
	'lets a role, or public for everybody, read, predict with, operate or approve versions of a model; role is written as in SQL, with quotes where the name needs them';

CREATE OR REPLACE FUNCTION drift.revoke_privilege(model text, role text, privilege text, reason text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'own');
	taken_from regrole := drift_internal.grantee(role);
BEGIN
	PERFORM drift_internal.check_privilege(privilege);
	DELETE FROM drift.model_privileges AS p
	WHERE p.model_id = locked.model_id AND p.grantee = taken_from AND p.privilege = revoke_privilege.privilege;
	IF FOUND THEN
		PERFORM drift_internal.record_event(locked.model_id, 'privilege_revoked', NULL, reason,
			jsonb_build_object('role', drift_internal.grantee_name(taken_from), 'privilege', privilege));
	END IF;
END
$$;

COMMENT ON FUNCTION drift.revoke_privilege(text, text, text, text) IS
	'takes a privilege on a model back from a role; what it has through other roles or public stays';
