-- the cluster that a registry belongs to: a copy elsewhere delivers and retrains nothing until it is adopted

CREATE OR REPLACE FUNCTION drift_internal.is_adopted() RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT NOT EXISTS (
		SELECT FROM drift_internal.cluster AS c, pg_control_system() AS s, pg_database AS d
		WHERE d.datname = current_database() AND (c.system_identifier, c.database) IS DISTINCT FROM (s.system_identifier, d.oid))
$$;

COMMENT ON FUNCTION drift_internal.is_adopted() IS
	'whether this is the cluster and database that the registry belongs to; also while nothing is registered';

CREATE OR REPLACE FUNCTION drift.adopt_cluster() RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	here CONSTANT record := (SELECT d FROM pg_database AS d WHERE d.datname = current_database());
BEGIN
	IF NOT drift_internal.acts_as(here.datdba) THEN
		RAISE EXCEPTION 'permission denied to adopt database "%"', here.datname
			USING ERRCODE = 'insufficient_privilege', DETAIL = 'Only the owner of the database may do this.';
	ELSIF drift_internal.is_adopted() THEN
		RETURN false;
	END IF;
	UPDATE drift_internal.cluster AS c
	SET system_identifier = s.system_identifier, database = here.oid, adopted_at = clock_timestamp(),
		adopted_by = pg_get_userbyid(drift_internal.actor())
	FROM pg_control_system() AS s;
	RETURN true;
END
$$;

COMMENT ON FUNCTION drift.adopt_cluster() IS
	'makes this database the one that the registry belongs to, after a restore or a copy that is meant to take over: events are delivered and models retrained from now on. False where it was already.';
