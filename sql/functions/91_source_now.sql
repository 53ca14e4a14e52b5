-- the source of a monitor as it is now: columns that are gone, or hold something else

-- Columns of a table are in the catalog; those of a query are asked for with the rights of the owner.
CREATE OR REPLACE FUNCTION drift_internal.source_now(monitor drift.monitors) RETURNS TABLE (column_name text, column_type text, base_type oid)
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF monitor.source_kind = 'query' THEN
		RETURN QUERY
			SELECT r.*
			FROM drift_internal.read_as(monitor.owner,
				format('SELECT c.column_name, c.column_type, c.base_type FROM drift_internal.source_columns(%L) AS c', monitor.query), monitor.path)
				AS r (column_name text, column_type text, base_type oid);
	ELSIF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = monitor.relation) THEN
		RAISE EXCEPTION 'the source of monitor "%" is gone', monitor.name
			USING ERRCODE = 'undefined_table', HINT = 'drift.drop_monitor() removes the monitor.';
	ELSE
		RETURN QUERY
			SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), coalesce(nullif(t.typbasetype, 0), t.oid)
			FROM pg_attribute AS a
			JOIN pg_type AS t ON t.oid = a.atttypid
			WHERE a.attrelid = monitor.relation AND a.attnum > 0 AND NOT a.attisdropped;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.source_now(drift.monitors) IS 'columns that the source of a monitor has now';

-- What became of a column since the monitor was made; NULL where it can be judged.
CREATE OR REPLACE FUNCTION drift_internal.column_obstacle(watched drift.monitor_columns, type_now text, base_type_now oid) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN type_now IS NULL THEN 'absent in current'
			WHEN type_now <> (watched).column_type AND drift_internal.common_type(t.base_type, base_type_now) IS NULL THEN 'type'
		END
	FROM (
		SELECT coalesce(nullif(typbasetype, 0), oid) AS base_type
		FROM pg_type
		WHERE oid = to_regtype((watched).column_type)
		UNION ALL
		SELECT NULL
		LIMIT 1
	) AS t
$$;

COMMENT ON FUNCTION drift_internal.column_obstacle(drift.monitor_columns, text, oid) IS
	'why a column of a source cannot be judged any more: absent in current, or type where it now holds what cannot be compared; NULL: it can';

-- Where all rows are NULL, the check says why.
CREATE OR REPLACE FUNCTION drift_internal.lost_columns(monitor drift.monitors) RETURNS smallint[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(c.column_id), '{}')
	FROM drift.monitor_columns AS c
	LEFT JOIN drift_internal.source_now(monitor) AS s ON s.column_name = c.source_column
	WHERE c.monitor_id = monitor.monitor_id AND c.source_column IS NOT NULL AND s.column_type IS DISTINCT FROM c.column_type
		AND drift_internal.column_obstacle(c, s.column_type, s.base_type) IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.lost_columns(drift.monitors) IS
	'columns of a monitor that its source does not have any more, or has with values that cannot be compared: read as NULL';
