-- who is who among requesters and approvers

CREATE OR REPLACE FUNCTION drift_internal.same_person(role regrole, login text, other_role regrole, other_login text) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- Two roles of one login are one person with two hats or two people behind one pool of connections.
	-- They count as two only where each could log in itself and neither is a member of the other.
	SELECT role = other_role OR pg_get_userbyid(role) = other_login OR pg_get_userbyid(other_role) = login
		OR login = other_login AND NOT EXISTS (
			SELECT FROM pg_roles AS a, pg_roles AS b
			WHERE a.oid = role AND a.rolcanlogin AND b.oid = other_role AND b.rolcanlogin
				AND NOT pg_has_role(a.oid, b.oid, 'MEMBER') AND NOT pg_has_role(b.oid, a.oid, 'MEMBER'))
$$;

COMMENT ON FUNCTION drift_internal.same_person(regrole, text, regrole, text) IS
	'whether two roles, with the names of the roles that had logged in, may be one person';

CREATE OR REPLACE FUNCTION drift_internal.in_role(member regrole, role regrole) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- A superuser has the rights of every role, but an approval for a role is by one of its members.
	WITH RECURSIVE held AS (
		SELECT member::oid AS role
		UNION
		SELECT m.roleid FROM pg_auth_members AS m JOIN held AS h ON m.member = h.role)
	SELECT EXISTS (SELECT FROM held AS h WHERE h.role = in_role.role) AND pg_has_role(member, role, 'USAGE')
$$;

COMMENT ON FUNCTION drift_internal.in_role(regrole, regrole) IS
	'whether a role is a member of another, directly or through others, and has its rights; superusers are not by themselves';

CREATE OR REPLACE FUNCTION drift_internal.may_approve(role regrole, model drift.models) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = role)
		AND (pg_has_role(role, model.owner, 'USAGE') OR EXISTS (
			SELECT FROM drift.model_privileges AS p
			WHERE p.model_id = model.model_id AND p.privilege = 'approve'
				AND (p.grantee = 0::oid OR pg_has_role(role, p.grantee, 'USAGE'))))
$$;

COMMENT ON FUNCTION drift_internal.may_approve(regrole, drift.models) IS
	'whether a role, which need not be the acting one, may approve requests for promotion of a model';

-- Numbers of roles that are gone may be those of other roles after a restore.
CREATE OR REPLACE FUNCTION drift_internal.role_findings() RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH model AS (SELECT * FROM drift.models AS m WHERE m.deleted_at IS NULL),
	used AS (
		SELECT m.name, 'critical' AS status, m.owner AS role, 'it is the owner' AS what,
			format('As a superuser: SELECT drift.set_owner(%L, ...);', m.name) AS hint
		FROM model AS m
		UNION ALL
		SELECT m.name, 'warning', p.grantee, 'it has the privilege ' || p.privilege,
			format('SELECT drift.revoke_privilege(%L, %L, %L);', m.name, p.grantee, p.privilege)
		FROM model AS m JOIN drift.model_privileges AS p USING (model_id) WHERE p.grantee <> 0::oid
		UNION ALL
		SELECT m.name, 'critical', r.role, 'one of its members must approve', format('SELECT drift.set_approval_policy(%L, approver_roles => %L);',
			m.name, array_remove(m.approver_roles, r.role))
		FROM model AS m, unnest(m.approver_roles) AS r (role)
	)
	SELECT 'roles', u.name, u.status, format('Role %s does not exist any more: %s.', u.role, u.what), u.hint
	FROM used AS u
	WHERE NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = u.role)
$$;

COMMENT ON FUNCTION drift_internal.role_findings() IS 'findings of drift.health_check() about roles that were dropped while models name them';
