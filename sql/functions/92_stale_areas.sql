-- which areas of time are read whole: buckets that were marked, may have changed, or hold corrected outcomes

CREATE OR REPLACE FUNCTION drift_internal.take_marks(monitor drift.monitors) RETURNS tstzmultirange
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH taken AS (DELETE FROM drift_internal.dirty_buckets AS d WHERE d.monitor_id = monitor.monitor_id RETURNING d.starts_at)
	SELECT coalesce(range_agg(CASE WHEN isfinite(t.starts_at)
		THEN tstzrange(t.starts_at, drift_internal.window_end(t.starts_at, monitor.bucket, monitor.time_zone))
		ELSE tstzrange(NULL, NULL) END), '{}')
	FROM taken AS t
$$;

COMMENT ON FUNCTION drift_internal.take_marks(drift.monitors) IS
	'buckets that were marked as changed, whose marks are gone with that; marks that come later stay for the next time';

CREATE OR REPLACE FUNCTION drift_internal.recent_bucket(monitor drift.monitors) RETURNS timestamptz
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.window_start(r.newest - monitor.span, monitor.bucket, monitor.time_zone)
	FROM drift_internal.read_as(monitor.owner, format('SELECT pg_catalog.max(%s) FROM %s AS source WHERE %s',
			drift_internal.row_time(monitor), drift_internal.window_from(monitor, false),
			drift_internal.window_conditions(monitor, false,
				drift_internal.area_condition(monitor, tstzmultirange(tstzrange(NULL, clock_timestamp()))))),
		monitor.path, NULL, drift_internal.timeout_ms(monitor)) AS r (newest timestamptz)
$$;

COMMENT ON FUNCTION drift_internal.recent_bucket(drift.monitors) IS
	'bucket of a span before the newest row of a source; NULL: it has none';

-- A source of which much is old is read from recent times on; drift.backfill_windows() reads the rest in steps.
CREATE OR REPLACE FUNCTION drift_internal.first_bucket(monitor drift.monitors) RETURNS timestamptz
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at_once CONSTANT float8 := coalesce(drift_internal.window_setting(monitor, 'backfill_rows')::float8, 5e6);
	estimate CONSTANT float8 := (
		SELECT sum(greatest(c.reltuples, 0))
		FROM pg_class AS c
		WHERE c.oid = monitor.relation OR c.oid IN (SELECT t.relid FROM pg_partition_tree(monitor.relation) AS t WHERE t.isleaf));
BEGIN
	IF coalesce(estimate, 0) <= at_once THEN
		RETURN NULL;
	END IF;
	RETURN drift_internal.recent_bucket(monitor);
END
$$;

COMMENT ON FUNCTION drift_internal.first_bucket(drift.monitors) IS
	'where the first refresh of a monitor begins: a span before the newest row of a large source; NULL: at its oldest row';

CREATE OR REPLACE FUNCTION drift_internal.lacks_triggers(monitor drift.monitors) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT monitor.tracking = 'trigger' AND (
		SELECT count(*) < 4
		FROM pg_trigger AS t
		WHERE t.tgrelid = monitor.relation AND t.tgenabled IN ('O', 'A') AND t.tgname LIKE format('drift\_marks\_%s\_%%', monitor.monitor_id))
$$;

COMMENT ON FUNCTION drift_internal.lacks_triggers(drift.monitors) IS
	'whether a monitor relies on triggers that its source does not have, or has disabled';

-- What is read whole: all of it the first time or on other bins, what changed in place, and what may have.
CREATE OR REPLACE FUNCTION drift_internal.stale_area(monitor drift.monitors, state drift_internal.monitor_states, anchored boolean,
	moved boolean, condition text) RETURNS tstzmultirange
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	area tstzmultirange := drift_internal.take_marks(monitor);
	steps CONSTANT integer := coalesce(drift_internal.window_setting(monitor, 'recompute_buckets')::integer, 3);
	recent timestamptz;
BEGIN
	IF state.refreshed_to IS NULL AND state.seen_rows IS NULL THEN
		RETURN drift_internal.since(state.backfill_before);
	END IF;
	IF moved OR anchored OR (lower_inf(area) AND NOT isempty(area) AND monitor.tracking <> 'trigger') THEN
		-- what has no rows any more keeps its windows
		area := drift_internal.since(drift_internal.oldest_readable(monitor, state, condition));
	END IF;
	IF monitor.tracking = 'recompute' OR drift_internal.lacks_triggers(monitor) THEN
		recent := drift_internal.window_ceiling(least(state.refreshed_to, clock_timestamp()), monitor.bucket, monitor.time_zone);
		area := area + drift_internal.since(drift_internal.window_end(recent, monitor.bucket, monitor.time_zone, -steps));
	END IF;
	RETURN area * drift_internal.since(state.backfill_before);
END
$$;

COMMENT ON FUNCTION drift_internal.stale_area(drift.monitors, drift_internal.monitor_states, boolean, boolean, text) IS
	'the area of time of which a refresh reads all rows; marks are taken';

CREATE OR REPLACE FUNCTION drift_internal.has_new_outcomes(monitor drift.monitors, outcomes regclass, seen pg_snapshot, now_seen pg_snapshot)
	RETURNS boolean
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.found
	FROM drift_internal.read_as(monitor.owner, format('SELECT EXISTS (SELECT FROM %s AS source WHERE %s)',
			drift_internal.relation_name(outcomes), drift_internal.new_condition('source.recorded_xid', seen, now_seen)),
		monitor.path, NULL, drift_internal.timeout_ms(monitor)) AS r (found boolean)
$$;

COMMENT ON FUNCTION drift_internal.has_new_outcomes(drift.monitors, regclass, pg_snapshot, pg_snapshot) IS
	'whether outcomes came between two snapshots: asked before the log is, which may have many partitions';

-- Buckets with predictions whose outcome was in the windows and has been corrected or withdrawn.
CREATE OR REPLACE FUNCTION drift_internal.corrected_area(monitor drift.monitors, seen pg_snapshot, now_seen pg_snapshot) RETURNS tstzmultirange
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(range_agg(tstzrange(r.starts_at, drift_internal.window_end(r.starts_at, monitor.bucket, monitor.time_zone))), '{}')
	FROM drift.prediction_logs AS l,
		drift_internal.read_as(monitor.owner, format(
			'SELECT DISTINCT %s FROM %s AS source WHERE source.predicted_at IS NOT NULL AND pg_catalog.isfinite(source.predicted_at) AND %s AND %s',
			drift_internal.bucket_of(monitor, 'source.predicted_at'), drift_internal.relation_name(l.outcomes),
			drift_internal.new_condition('source.recorded_xid', seen, now_seen),
			drift_internal.has_earlier_outcome(l.outcomes, seen)),
			monitor.path, NULL, drift_internal.timeout_ms(monitor)) AS r (starts_at timestamptz)
	WHERE l.log = monitor.relation AND seen IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.corrected_area(drift.monitors, pg_snapshot, pg_snapshot) IS
	'buckets of predictions with a new outcome that had one before';

CREATE OR REPLACE FUNCTION drift_internal.has_earlier_outcome(outcomes regclass, seen pg_snapshot) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('EXISTS (SELECT FROM %s AS earlier WHERE earlier.prediction_id = source.prediction_id'
			' AND earlier.predicted_at = source.predicted_at AND pg_catalog.pg_visible_in_snapshot(earlier.recorded_xid, %L))',
		drift_internal.relation_name(outcomes), seen)
$$;

COMMENT ON FUNCTION drift_internal.has_earlier_outcome(regclass, pg_snapshot) IS 'condition that an outcome of the prediction was known before';
