-- what a check judges: the columns that a monitor watches, as their source has them now

-- What is an expression over several columns, or over columns that every log has, has no column of its own.
CREATE OR REPLACE FUNCTION drift_internal.watched_columns(monitor drift.monitors, config jsonb) RETURNS SETOF drift_internal.watched_column
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT c.column_id, c.role,
			ROW(c.column_name, c.column_type, CASE WHEN c.source_column IS NULL THEN c.column_type ELSE s.column_type END,
				c.kind, c.value_type, m.method, m.method IS NOT NULL,
				CASE WHEN c.source_column IS NOT NULL AND s.column_type IS DISTINCT FROM c.column_type THEN
					drift_internal.column_obstacle(c, s.column_type, s.base_type) END)::drift_internal.column_plan
		FROM drift.monitor_columns AS c
		LEFT JOIN drift_internal.source_now(monitor) AS s ON s.column_name = c.source_column,
			LATERAL (SELECT CASE WHEN c.role = 'feature' THEN drift_internal.column_method(config, c.column_name) END AS method) AS m
		WHERE c.monitor_id = monitor.monitor_id
		ORDER BY c.column_id;
END
$$;

COMMENT ON FUNCTION drift_internal.watched_columns(drift.monitors, jsonb) IS 'the columns of a monitor as they are judged now';

CREATE OR REPLACE FUNCTION drift_internal.changed_columns(watched drift_internal.watched_column[]) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_object_agg((w.plan).column_name, (w.plan).type_current)
	FROM unnest(watched) AS w
	WHERE (w.plan).type_current IS DISTINCT FROM (w.plan).type_reference
$$;

COMMENT ON FUNCTION drift_internal.changed_columns(drift_internal.watched_column[]) IS
	'columns that have another type than when the monitor was made, with that type; null: they are gone. NULL where none is';
