-- windows: stored, added to, replaced, rolled up and merged

-- All segments, the one of all rows and that of the rest: named, so that the key of drift.windows finds them.
CREATE OR REPLACE FUNCTION drift_internal.stored_segments(segments text[]) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN ARRAY['', '(other)']::text[] || segments;

COMMENT ON FUNCTION drift_internal.stored_segments(text[]) IS 'what drift.windows calls the segments of a monitor whose named segments are these';

-- Reads, and adds what was read to the windows of its buckets, days and months.
-- Rows need no order: sorting all columns of all rows costs more than all else, and a hash table that outgrows its memory spills.
CREATE OR REPLACE FUNCTION drift_internal.add_windows(monitor drift.monitors, baseline_id integer, column_ids smallint[], query text,
	anchors drift.profile[], roll_up boolean,
	OUT rows_read bigint, OUT buckets integer, OUT windows integer, OUT first_start timestamptz, OUT last_start timestamptz)
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
	SET enable_sort = off
AS $$
	WITH read AS MATERIALIZED (
		SELECT *
		FROM drift_internal.read_as(monitor.owner, query, monitor.path, anchors, drift_internal.timeout_ms(monitor))
			AS r (starts_at timestamptz, segment text, profiles drift.profile[], row_count bigint)
	), part AS (
		SELECT r.segment, r.starts_at, c.column_id, c.profile
		FROM read AS r, unnest(column_ids, r.profiles) AS c (column_id, profile)
	), bucket AS MATERIALIZED (
		SELECT * FROM part
		UNION ALL
		SELECT '', p.starts_at, p.column_id, drift_internal.merge_profiles(array_agg(p.profile))
		FROM part AS p
		WHERE monitor.segment IS NOT NULL
		GROUP BY p.starts_at, p.column_id
	), made AS (
		SELECT monitor.bucket AS grain, * FROM bucket
		UNION ALL
		SELECT g.grain, b.segment, drift_internal.window_start(b.starts_at, g.grain, monitor.time_zone), b.column_id,
			drift_internal.merge_profiles(array_agg(b.profile))
		FROM bucket AS b, unnest(ARRAY['day', 'month']) AS g (grain)
		WHERE roll_up AND g.grain <> monitor.bucket
		GROUP BY 1, 2, 3, 4
	), stored AS (
		INSERT INTO drift.windows AS w (monitor_id, segment, grain, starts_at, column_id, baseline_id, profile)
		SELECT monitor.monitor_id, m.segment, m.grain, m.starts_at, m.column_id, add_windows.baseline_id, m.profile
		FROM made AS m
		ON CONFLICT ON CONSTRAINT windows_pkey DO UPDATE SET
			baseline_id = CASE WHEN w.baseline_id = excluded.baseline_id THEN w.baseline_id END,
			profile = drift_internal.merge_profiles(ARRAY[w.profile, excluded.profile])
		RETURNING 1
	)
	SELECT coalesce(sum(r.row_count), 0)::bigint, count(DISTINCT r.starts_at)::integer, (SELECT count(*)::integer FROM stored),
		min(r.starts_at), max(r.starts_at)
	FROM read AS r
$$;

COMMENT ON FUNCTION drift_internal.add_windows(drift.monitors, integer, smallint[], text, drift.profile[], boolean) IS
	'runs a query for profiles by bucket and segment and adds them to the windows that are there, with roll_up also to days and months';

CREATE OR REPLACE FUNCTION drift_internal.clear_windows(monitor drift.monitors, column_ids smallint[], segments text[], grain text,
	area tstzmultirange) RETURNS bigint
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH cleared AS (
		DELETE FROM drift.windows AS w
		WHERE w.monitor_id = monitor.monitor_id AND w.segment = ANY (drift_internal.stored_segments(segments))
			AND w.grain = clear_windows.grain AND w.column_id = ANY (column_ids)
			AND w.starts_at >= coalesce(lower(area), '-infinity') AND w.starts_at <= coalesce(upper(area), 'infinity') AND w.starts_at <@ area
		RETURNING 1
	)
	SELECT count(*) FROM cleared
$$;

COMMENT ON FUNCTION drift_internal.clear_windows(drift.monitors, smallint[], text[], text, tstzmultirange) IS
	'deletes windows of some columns that start in an area of time; how many';

CREATE OR REPLACE FUNCTION drift_internal.roll_up(monitor drift.monitors, column_ids smallint[], segments text[], grain text, below text,
	area tstzmultirange) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	whole CONSTANT tstzmultirange := drift_internal.whole_windows(area, grain, monitor.time_zone);
BEGIN
	PERFORM drift_internal.clear_windows(monitor, column_ids, segments, grain, whole);
	INSERT INTO drift.windows (monitor_id, segment, grain, starts_at, column_id, baseline_id, profile)
	SELECT monitor.monitor_id, w.segment, grain, s.starts_at, w.column_id,
		CASE WHEN count(DISTINCT coalesce(w.baseline_id, 0)) = 1 THEN min(w.baseline_id) END,
		drift_internal.merge_profiles(array_agg(w.profile))
	FROM drift.windows AS w, drift_internal.window_start(w.starts_at, grain, monitor.time_zone) AS s (starts_at)
	WHERE w.monitor_id = monitor.monitor_id AND w.segment = ANY (drift_internal.stored_segments(segments))
		AND w.grain = below AND w.column_id = ANY (column_ids)
		AND w.starts_at >= coalesce(lower(whole), '-infinity') AND w.starts_at <= coalesce(upper(whole), 'infinity') AND w.starts_at <@ whole
	GROUP BY w.segment, s.starts_at, w.column_id;
END
$$;

COMMENT ON FUNCTION drift_internal.roll_up(drift.monitors, smallint[], text[], text, text, tstzmultirange) IS
	'makes days or months of an area of time anew of the windows below them';

CREATE OR REPLACE FUNCTION drift_internal.roll_up_area(monitor drift.monitors, column_ids smallint[], segments text[], area tstzmultirange)
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF monitor.bucket = 'hour' THEN
		PERFORM drift_internal.roll_up(monitor, column_ids, segments, 'day', 'hour', area);
	END IF;
	PERFORM drift_internal.roll_up(monitor, column_ids, segments, 'month', 'day',
		drift_internal.whole_windows(area, 'day', monitor.time_zone));
END
$$;

COMMENT ON FUNCTION drift_internal.roll_up_area(drift.monitors, smallint[], text[], tstzmultirange) IS
	'makes the days and months of an area of time anew';

-- Windows that were purged cannot be put together again, so that days and months that miss them are read whole.
CREATE OR REPLACE FUNCTION drift_internal.readable_area(monitor drift.monitors, state drift_internal.monitor_states, area tstzmultirange)
	RETURNS tstzmultirange
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.whole_windows(area, monitor.bucket, monitor.time_zone)
		+ drift_internal.whole_windows(area * tstzmultirange(tstzrange(NULL, coalesce(state.hours_from, '-infinity'))), 'day', monitor.time_zone)
		+ drift_internal.whole_windows(area * tstzmultirange(tstzrange(NULL, coalesce(state.days_from, '-infinity'))), 'month', monitor.time_zone)
$$;

COMMENT ON FUNCTION drift_internal.readable_area(drift.monitors, drift_internal.monitor_states, tstzmultirange) IS
	'the area that has to be read to replace windows: whole buckets, whole days where hours were purged, whole months where days were';
