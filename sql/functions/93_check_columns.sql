-- what a check judges: the columns that a monitor watches, as their source has them now

-- What is an expression over several columns, or over columns that every log has, has no column of its own.
CREATE OR REPLACE FUNCTION drift_internal.check_plans(monitor drift.monitors, config jsonb)
	RETURNS TABLE (column_id smallint, role text, plan drift_internal.column_plan)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.column_id, c.role,
		ROW(c.column_name, c.column_type, CASE WHEN c.source_column IS NULL THEN c.column_type ELSE s.column_type END,
			c.kind, c.value_type, m.method, m.method IS NOT NULL,
			CASE WHEN c.source_column IS NOT NULL AND s.column_type IS DISTINCT FROM c.column_type THEN
				drift_internal.column_obstacle(c, s.column_type, s.base_type) END)::drift_internal.column_plan
	FROM drift.monitor_columns AS c
	LEFT JOIN drift_internal.source_now(monitor) AS s ON s.column_name = c.source_column,
		LATERAL (SELECT CASE WHEN c.role = 'feature' THEN drift_internal.column_method(config, c.column_name) END AS method) AS m
	WHERE c.monitor_id = (monitor).monitor_id
$$;

COMMENT ON FUNCTION drift_internal.check_plans(drift.monitors, jsonb) IS
	'how each column of a monitor is judged: its type when the monitor was made and now, and what stands in the way';
