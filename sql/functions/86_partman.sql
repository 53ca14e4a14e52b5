-- pg_partman: where it is installed and the caller may use it, it makes and drops the partitions of new logs
--
-- Its versions 4 and 5 take different arguments. It is called in UTC, so that days are those of UTC, and by
-- drift's maintenance alone, since its own runs in the time zone of the server. It sets the search_path of the
-- session, which outlasts the SET clauses of functions around it: whoever is called by a user restores the user's.

CREATE OR REPLACE FUNCTION drift_internal.partman_schema(OUT schema text, OUT major integer)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- one row, whether there is one or not
	SELECT min(n.nspname::text), min(split_part(e.extversion, '.', 1)::integer)
	FROM pg_extension AS e
	JOIN pg_namespace AS n ON n.oid = e.extnamespace
	JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = 'part_config'
	-- Whoever installed it can change what its functions do.
	JOIN pg_roles AS owner ON owner.oid = e.extowner AND (owner.rolsuper OR owner.rolname = current_user)
	WHERE e.extname = 'pg_partman' AND has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE')
		AND has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')
$$;

COMMENT ON FUNCTION drift_internal.partman_schema() IS
	'schema and major version of pg_partman; NULL where it is not installed or the caller may not use it';

CREATE OR REPLACE FUNCTION drift_internal.hand_to_partman(log regclass, days_ahead integer, first_day date) RETURNS boolean
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	partman CONSTANT record := drift_internal.partman_schema();
BEGIN
	IF partman.major IS NULL OR partman.major NOT BETWEEN 4 AND 5 THEN
		RETURN false;
	END IF;
	EXECUTE format($call$
		SELECT %I.create_parent(p_parent_table => $1, p_control => 'predicted_at', p_type => %L, p_interval => %L, p_premake => $2,
			p_start_partition => $3, p_automatic_maintenance => 'off', p_jobmon => false)
		$call$, partman.schema, CASE partman.major WHEN 4 THEN 'native' ELSE 'range' END,
			CASE partman.major WHEN 4 THEN 'daily' ELSE '1 day' END)
		USING drift_internal.partman_name(log), days_ahead, first_day::text;
	EXECUTE format('UPDATE %I.part_config SET infinite_time_partitions = true WHERE parent_table = $1', partman.schema)
		USING drift_internal.partman_name(log);
	RETURN true;
END
$$;

COMMENT ON FUNCTION drift_internal.hand_to_partman(regclass, integer, date) IS
	'lets pg_partman make the partitions of a new log from a day on; false where it is not there';

CREATE OR REPLACE FUNCTION drift_internal.partman_name(log regclass) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT n.nspname || '.' || c.relname
	FROM pg_class AS c
	JOIN pg_namespace AS n ON n.oid = c.relnamespace
	WHERE c.oid = log
$$;

COMMENT ON FUNCTION drift_internal.partman_name(regclass) IS
	'name of a log as pg_partman wants it: with its schema and without quotes';

-- Without pg_partman, as after a restore where it is not installed, drift makes the partitions itself.
CREATE OR REPLACE FUNCTION drift_internal.partman_runs(log drift.prediction_logs) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	partman CONSTANT record := drift_internal.partman_schema();
	result boolean := false;
BEGIN
	IF log.uses_partman AND partman.major IS NOT NULL THEN
		EXECUTE format('SELECT EXISTS (SELECT FROM %I.part_config WHERE parent_table = $1)', partman.schema) INTO result
			USING drift_internal.partman_name(log.log);
	END IF;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.partman_runs(drift.prediction_logs) IS 'whether pg_partman makes the partitions of a log';

CREATE OR REPLACE FUNCTION drift_internal.run_partman(log drift.prediction_logs) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	partman CONSTANT record := drift_internal.partman_schema();
	stray_days CONSTANT bigint := (SELECT count(*) FROM drift_internal.stray_days(log));
BEGIN
	EXECUTE format('SELECT %I.run_maintenance(p_parent_table => $1, p_jobmon => false)', partman.schema)
		USING drift_internal.partman_name(log.log);
	IF stray_days > 0 THEN
		EXECUTE format('SELECT %I.partition_data_time(p_parent_table => $1, p_batch_count => $2)', partman.schema)
			USING drift_internal.partman_name(log.log), stray_days::integer;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.run_partman(drift.prediction_logs) IS
	'has pg_partman make the partitions that a log lacks and move rows out of the default one';
