-- partitions of prediction logs: one for each day of UTC, and one for rows of no such day
--
-- Partitions are made as tables of their own and attached, which waits for nobody who writes predictions:
-- to create one in place would lock the whole log.

CREATE OR REPLACE FUNCTION drift_internal.log_partitions(log regclass)
	RETURNS TABLE (partition regclass, is_default boolean, from_time timestamptz, to_time timestamptz)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET datestyle = 'ISO, YMD'
AS $$
	SELECT c.oid::regclass, bound = 'DEFAULT',
		CASE WHEN bound <> 'DEFAULT' THEN coalesce(substring(bound FROM $r$FROM \('([^']*)'\)$r$)::timestamptz, '-infinity') END,
		CASE WHEN bound <> 'DEFAULT' THEN coalesce(substring(bound FROM $r$TO \('([^']*)'\)$r$)::timestamptz, 'infinity') END
	FROM pg_inherits AS i
	JOIN pg_class AS c ON c.oid = i.inhrelid, pg_get_expr(c.relpartbound, c.oid) AS bound
	WHERE i.inhparent = log AND NOT i.inhdetachpending
$$;

COMMENT ON FUNCTION drift_internal.log_partitions(regclass) IS
	'partitions of a log and the times they hold, from included to excluded';

CREATE OR REPLACE FUNCTION drift_internal.day_start(day date) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT day::timestamp AT TIME ZONE 'UTC'
$$;

COMMENT ON FUNCTION drift_internal.day_start(date) IS 'when a day of UTC begins';

CREATE OR REPLACE FUNCTION drift_internal.day_of(at timestamptz) RETURNS date
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (at AT TIME ZONE 'UTC')::date
$$;

COMMENT ON FUNCTION drift_internal.day_of(timestamptz) IS 'day of UTC to which a time belongs';

-- Days that no partition holds any part of.
CREATE OR REPLACE FUNCTION drift_internal.missing_days(log regclass, first_day date, last_day date) RETURNS SETOF date
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH partition AS MATERIALIZED (SELECT * FROM drift_internal.log_partitions(log))
	SELECT d.day
	FROM generate_series(0, last_day - first_day) AS i, LATERAL (SELECT first_day + i AS day) AS d
	WHERE NOT EXISTS (
		SELECT FROM partition AS p
		WHERE p.from_time < drift_internal.day_start(d.day + 1) AND p.to_time > drift_internal.day_start(d.day))
	ORDER BY d.day
$$;

COMMENT ON FUNCTION drift_internal.missing_days(regclass, date, date) IS
	'days from the first to the last for which a partition of a log can be made';

CREATE OR REPLACE FUNCTION drift_internal.create_partition_table(log regclass, suffix text) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parent record;
	partition text;
BEGIN
	SELECT n.nspname, c.relname, c.relowner, t.spcname INTO parent
	FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN pg_tablespace AS t ON t.oid = c.reltablespace
	WHERE c.oid = log;
	partition := format('%I.%I', parent.nspname, drift_internal.fitting_name(parent.relname, suffix));
	EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING COMMENTS)', partition, log)
		|| coalesce(' TABLESPACE ' || quote_ident(parent.spcname), '');
	IF pg_get_userbyid(parent.relowner) <> current_user THEN
		EXECUTE format('ALTER TABLE %s OWNER TO %s', partition, parent.relowner::regrole);
	END IF;
	RETURN partition;
END
$$;

COMMENT ON FUNCTION drift_internal.create_partition_table(regclass, text) IS
	'makes a table like a log, of its owner, that can be attached to it; its name';

CREATE OR REPLACE FUNCTION drift_internal.add_default_partition(log regclass) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM drift_internal.log_partitions(log) AS p WHERE p.is_default) THEN
		EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s DEFAULT', log, drift_internal.create_partition_table(log, '_default'));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.add_default_partition(regclass) IS
	'gives a log a partition for rows that no other takes, unless it has one';

CREATE OR REPLACE FUNCTION drift_internal.add_partition(log regclass, day date) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
	SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	from_time CONSTANT timestamptz := drift_internal.day_start(day);
	to_time CONSTANT timestamptz := drift_internal.day_start(day + 1);
	default_partition CONSTANT regclass := (SELECT p.partition FROM drift_internal.log_partitions(log) AS p WHERE p.is_default);
	partition CONSTANT text := drift_internal.create_partition_table(log, to_char(day, '"_p"YYYYMMDD'));
	moved bigint := 0;
	found_rows boolean := false;
BEGIN
	IF default_partition IS NOT NULL THEN
		-- Writers of rows of that day wait here, so that none of them is left behind; attaching locks it anyway.
		EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', default_partition);
		EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE predicted_at >= $1 AND predicted_at < $2)', default_partition)
			INTO found_rows USING from_time, to_time;
	END IF;
	IF found_rows THEN
		EXECUTE drift_internal.move_statement(default_partition, partition) USING from_time, to_time;
		GET DIAGNOSTICS moved = ROW_COUNT;
	END IF;

	-- Known to hold only rows of the day, the table is attached without a look at them.
	EXECUTE format('ALTER TABLE %s ADD CONSTRAINT day_of_partition CHECK (predicted_at >= %L AND predicted_at < %L)',
		partition, from_time, to_time);
	EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', log, partition, from_time, to_time);
	EXECUTE format('ALTER TABLE %s DROP CONSTRAINT day_of_partition', partition);
	RETURN moved;
END
$$;

COMMENT ON FUNCTION drift_internal.add_partition(regclass, date) IS
	'makes and attaches the partition of a day and moves its rows there from the default partition; the number of these';

-- Generated columns make their values anew.
CREATE OR REPLACE FUNCTION drift_internal.move_statement(source regclass, target text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($dml$
			WITH moved AS (DELETE FROM %s WHERE predicted_at >= $1 AND predicted_at < $2 RETURNING *)
			INSERT INTO %s (%3$s) SELECT %3$s FROM moved
			$dml$, source, target, string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum))
	FROM pg_attribute AS a
	WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
$$;

COMMENT ON FUNCTION drift_internal.move_statement(regclass, text) IS
	'statement that moves the rows of the times $1 to $2 from one table to another';
