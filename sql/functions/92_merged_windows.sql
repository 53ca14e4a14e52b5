-- any span of history as a merge of windows

CREATE OR REPLACE FUNCTION drift_internal.covering_windows(span tstzrange, bucket text, zone text)
	RETURNS TABLE (grain text, from_time timestamptz, to_time timestamptz)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH bound AS (
		SELECT drift_internal.window_ceiling(coalesce(lower(span), '-infinity'), bucket, zone) AS a,
			drift_internal.window_ceiling(coalesce(upper(span), 'infinity'), bucket, zone) AS b
	), months AS (
		SELECT a, b, drift_internal.window_ceiling(a, 'month', zone) AS m, drift_internal.window_start(b, 'month', zone) AS n FROM bound
	), pieces AS (
		-- without a whole month, and then without a whole day, all is one piece of what is below
		SELECT 'month' AS grain, m AS from_time, n AS to_time FROM months WHERE m < n
		UNION ALL SELECT 'day', a, least(m, b) FROM months WHERE m < n
		UNION ALL SELECT 'day', n, b FROM months WHERE m < n
		UNION ALL SELECT 'day', a, b FROM months WHERE NOT m < n
	), days AS (
		SELECT p.*, drift_internal.window_ceiling(p.from_time, 'day', zone) AS m, drift_internal.window_start(p.to_time, 'day', zone) AS n
		FROM pieces AS p
		WHERE p.grain = 'day'
	)
	SELECT p.grain, p.from_time, p.to_time FROM pieces AS p WHERE p.grain = 'month'
	UNION ALL SELECT 'day', d.m, d.n FROM days AS d WHERE d.m < d.n
	UNION ALL SELECT bucket, d.from_time, d.m FROM days AS d WHERE d.m < d.n AND d.from_time < d.m
	UNION ALL SELECT bucket, d.n, d.to_time FROM days AS d WHERE d.m < d.n AND d.n < d.to_time
	UNION ALL SELECT bucket, d.from_time, d.to_time FROM days AS d WHERE NOT d.m < d.n AND d.from_time < d.to_time
$$;

COMMENT ON FUNCTION drift_internal.covering_windows(tstzrange, text, text) IS
	'the fewest months, days and hours that together are the buckets which start in a span';

CREATE OR REPLACE FUNCTION drift_internal.merged_windows(monitor_id integer, span tstzrange, segments boolean DEFAULT false,
	columns smallint[] DEFAULT NULL)
	RETURNS TABLE (segment text, column_id smallint, profile drift.profile, windows integer)
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	monitor CONSTANT drift.monitors := (SELECT m FROM drift.monitors AS m WHERE m.monitor_id = merged_windows.monitor_id);
	named CONSTANT text[] := CASE WHEN segments AND monitor.segment IS NOT NULL
		THEN drift_internal.stored_segments((SELECT s.segments FROM drift_internal.monitor_states AS s
			WHERE s.monitor_id = merged_windows.monitor_id))
		ELSE ARRAY[''] END;
BEGIN
	RETURN QUERY
		SELECT w.segment, w.column_id, drift_internal.merge_profiles(array_agg(w.profile)), count(*)::integer
		FROM drift_internal.covering_windows(span, monitor.bucket, monitor.time_zone) AS c
		CROSS JOIN unnest(named) AS n (segment)
		CROSS JOIN LATERAL (
			SELECT * FROM drift.windows AS i
			WHERE i.monitor_id = merged_windows.monitor_id AND i.segment = n.segment AND i.grain = c.grain
				AND i.starts_at >= c.from_time AND i.starts_at < c.to_time AND (columns IS NULL OR i.column_id = ANY (columns))
			OFFSET 0) AS w
		WHERE NOT isempty(span)
		GROUP BY w.segment, w.column_id;
END
$$;

COMMENT ON FUNCTION drift_internal.merged_windows(integer, tstzrange, boolean, smallint[]) IS
	'profiles of the buckets of a monitor that start in a span, of all columns or some, by column and with segments by segment, merged of the fewest windows, and of how many';
