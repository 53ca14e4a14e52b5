-- drift.refresh_windows(): windows of the rows that came since the last time
--
-- One transaction does all of it: whoever kills it leaves the windows and how far they have read as they were.
-- The state of the monitor is locked first, so that refreshes of one monitor follow each other, and what has been
-- read is asked only then.

CREATE OR REPLACE FUNCTION drift_internal.add_refreshed(a drift_internal.refreshed, b drift_internal.refreshed) RETURNS drift_internal.refreshed
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN ROW(coalesce(a.rows_read, 0) + coalesce(b.rows_read, 0), coalesce(a.buckets, 0) + coalesce(b.buckets, 0),
		coalesce(a.windows, 0) + coalesce(b.windows, 0), coalesce(a.cleared, 0) + coalesce(b.cleared, 0),
		least(a.first_start, b.first_start), greatest(a.last_start, b.last_start), coalesce(b.segments, a.segments))::drift_internal.refreshed;

COMMENT ON FUNCTION drift_internal.add_refreshed(drift_internal.refreshed, drift_internal.refreshed) IS 'what two refreshes did together';

-- The rows that are new, in buckets that are not read whole.
CREATE OR REPLACE FUNCTION drift_internal.add_rows(monitor drift.monitors, baseline_id integer, segments text[], labelled boolean, condition text,
	area tstzmultirange, roll_up boolean) RETURNS drift_internal.refreshed
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ids CONSTANT smallint[] := ARRAY(SELECT c.column_id FROM drift_internal.window_columns(monitor, labelled) AS c ORDER BY 1);
	wanted CONSTANT text := format('%s AND %s', drift_internal.area_condition(monitor, area), condition);
	done drift_internal.refreshed;
BEGIN
	done.segments := segments;
	IF cardinality(ids) > 0 AND NOT isempty(area) THEN
		done.segments := drift_internal.more_segments(monitor, segments, labelled, wanted);
		SELECT a.rows_read, a.buckets, a.windows, a.first_start, a.last_start
		INTO done.rows_read, done.buckets, done.windows, done.first_start, done.last_start
		FROM drift_internal.add_windows(monitor, baseline_id, ids,
			drift_internal.window_query(monitor, labelled, wanted, done.segments),
			drift_internal.anchors(monitor, labelled, baseline_id), roll_up) AS a;
	END IF;
	RETURN done;
END
$$;

COMMENT ON FUNCTION drift_internal.add_rows(drift.monitors, integer, text[], boolean, text, tstzmultirange, boolean) IS
	'adds the rows of an area of time that meet a condition to the windows';

CREATE OR REPLACE FUNCTION drift_internal.replace_rows(monitor drift.monitors, baseline_id integer, segments text[], labelled boolean,
	condition text, area tstzmultirange) RETURNS drift_internal.refreshed
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ids CONSTANT smallint[] := ARRAY(SELECT c.column_id FROM drift_internal.window_columns(monitor, labelled) AS c ORDER BY 1);
	cleared bigint;
	done drift_internal.refreshed;
BEGIN
	done.segments := segments;
	IF cardinality(ids) > 0 AND NOT isempty(area) THEN
		cleared := drift_internal.clear_windows(monitor, ids, segments, monitor.bucket, area);
		done := drift_internal.add_rows(monitor, baseline_id, segments, labelled, condition, area, false);
		done.cleared := cleared;
		PERFORM drift_internal.roll_up_area(monitor, ids, done.segments, area);
	END IF;
	RETURN done;
END
$$;

COMMENT ON FUNCTION drift_internal.replace_rows(drift.monitors, integer, text[], boolean, text, tstzmultirange) IS
	'makes the windows of an area of time anew of its rows that meet a condition';

CREATE OR REPLACE FUNCTION drift_internal.refresh_outcomes(monitor drift.monitors, state drift_internal.monitor_states, baseline_id integer,
	segments text[], now_seen pg_snapshot, area tstzmultirange) RETURNS drift_internal.refreshed
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	outcomes CONSTANT regclass := (SELECT l.outcomes FROM drift.prediction_logs AS l WHERE l.log = monitor.relation);
	since CONSTANT tstzmultirange := drift_internal.since(state.backfill_before);
	known CONSTANT text := drift_internal.new_condition('source.recorded_xid', NULL, now_seen);
	stale tstzmultirange;
	done drift_internal.refreshed;
BEGIN
	done.segments := segments;
	IF outcomes IS NULL OR NOT EXISTS (SELECT FROM drift_internal.window_columns(monitor, true)) THEN
		RETURN done;
	ELSIF state.seen_outcomes IS NULL THEN
		RETURN drift_internal.replace_rows(monitor, baseline_id, segments, true, known, since);
	ELSIF isempty(area) AND NOT drift_internal.has_new_outcomes(monitor, outcomes, state.seen_outcomes, now_seen) THEN
		RETURN done;
	END IF;
	stale := drift_internal.readable_area(monitor, state,
		(area + drift_internal.corrected_area(monitor, state.seen_outcomes, now_seen)) * since);
	done := drift_internal.replace_rows(monitor, baseline_id, segments, true, known, stale);
	RETURN drift_internal.add_refreshed(done, drift_internal.add_rows(monitor, baseline_id, done.segments, true,
		format('%s AND NOT %s', drift_internal.new_condition('source.recorded_xid', state.seen_outcomes, now_seen),
			drift_internal.has_earlier_outcome(outcomes, state.seen_outcomes)),
		since - stale, true));
END
$$;

COMMENT ON FUNCTION drift_internal.refresh_outcomes(drift.monitors, drift_internal.monitor_states, integer, text[], pg_snapshot, tstzmultirange) IS
	'adds first outcomes to the windows of the time of their predictions, and makes those anew where outcomes were corrected or withdrawn';

CREATE OR REPLACE FUNCTION drift_internal.keep_state(monitor drift.monitors, state drift_internal.monitor_states, done drift_internal.refreshed)
	RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE drift_internal.monitor_states AS s
	SET system_identifier = state.system_identifier, seen_rows = state.seen_rows, seen_outcomes = state.seen_outcomes,
		baseline_id = state.baseline_id, backfill_before = state.backfill_before, backfill_from = state.backfill_from, segments = done.segments,
		refreshed_from = least(s.refreshed_from, done.first_start),
		refreshed_to = greatest(s.refreshed_to, drift_internal.window_end(done.last_start, monitor.bucket, monitor.time_zone)),
		refreshed_at = clock_timestamp(),
		revision = s.revision + (coalesce(done.windows, 0) > 0 OR coalesce(done.cleared, 0) > 0)::integer
	WHERE s.monitor_id = monitor.monitor_id
$$;

COMMENT ON FUNCTION drift_internal.keep_state(drift.monitors, drift_internal.monitor_states, drift_internal.refreshed) IS
	'remembers how far a monitor has read';

CREATE OR REPLACE FUNCTION drift_internal.refresh_monitor(monitor drift.monitors, state drift_internal.monitor_states,
	wanted tstzmultirange DEFAULT '{}') RETURNS drift_internal.refreshed
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_log CONSTANT boolean := monitor.tracking = 'logged_xid';
	here CONSTANT bigint := (SELECT c.system_identifier FROM pg_control_system() AS c);
	is_first CONSTANT boolean := state.seen_rows IS NULL AND state.refreshed_to IS NULL;
	moved CONSTANT boolean := is_log AND NOT is_first AND state.system_identifier IS DISTINCT FROM here;
	now_seen CONSTANT pg_snapshot := drift_internal.settled_snapshot();
	readable CONSTANT text := CASE WHEN is_log THEN drift_internal.new_condition('source.logged_xid', NULL, now_seen) ELSE 'true' END;
	anchor integer;
	area tstzmultirange;
	done drift_internal.refreshed;
BEGIN
	IF is_log AND (is_first OR moved) THEN
		PERFORM drift_internal.check_row_transactions(monitor.owner, monitor.relation, monitor.path, drift_internal.timeout_ms(monitor));
	END IF;
	IF is_first AND state.backfill_before IS NULL THEN
		state.backfill_before := drift_internal.first_bucket(monitor);
	END IF;
	anchor := drift_internal.find_anchor(monitor, state, format('%s AND %s', readable,
		drift_internal.area_condition(monitor, drift_internal.since(state.backfill_before))));
	-- Windows without any bins are few and young, and get some; those in other bins stay as they are.
	area := drift_internal.readable_area(monitor, state, wanted + drift_internal.stale_area(monitor, state,
		state.baseline_id IS NULL AND anchor IS NOT NULL, moved, readable));

	done := drift_internal.replace_rows(monitor, anchor, state.segments, false, readable, area);
	IF is_log THEN
		done := drift_internal.add_refreshed(done, drift_internal.add_rows(monitor, anchor, done.segments, false,
			drift_internal.new_condition('source.logged_xid', state.seen_rows, now_seen),
			drift_internal.since(state.backfill_before) - area, true));
		done := drift_internal.add_refreshed(done, drift_internal.refresh_outcomes(monitor, state, anchor, done.segments, now_seen, area));
		state.seen_rows := now_seen;
		state.seen_outcomes := now_seen;
		state.system_identifier := here;
	ELSIF monitor.source_kind = 'prediction_log' THEN
		done := drift_internal.add_refreshed(done, drift_internal.replace_rows(monitor, anchor, done.segments, true, 'true', area));
	END IF;
	state.baseline_id := anchor;
	PERFORM drift_internal.keep_state(monitor, state, done);
	RETURN done;
END
$$;

COMMENT ON FUNCTION drift_internal.refresh_monitor(drift.monitors, drift_internal.monitor_states, tstzmultirange) IS
	'brings the windows of a monitor, whose state is locked, up to date; the wanted area of time is read whole';

-- Maintenance moves rows from the default partition to a new one. A snapshot from before that does not see the moved
-- rows, and a plan from after it does not look where they were: so nothing may move between the two.
CREATE OR REPLACE FUNCTION drift_internal.lock_partitions(monitor drift.monitors) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF monitor.tracking = 'logged_xid' AND drift_internal.relation_name(monitor.relation) IS NOT NULL THEN
		EXECUTE format('LOCK TABLE %s IN ACCESS SHARE MODE', drift_internal.relation_name(monitor.relation));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_partitions(drift.monitors) IS
	'keeps the rows of a prediction log in their partitions until the transaction ends; snapshots that are taken after it see them where plans look';

-- The monitor may have been changed while its state was waited for.
CREATE OR REPLACE FUNCTION drift_internal.lock_monitor(name text, OUT monitor drift.monitors, OUT state drift_internal.monitor_states)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	monitor := drift_internal.find_monitor(name, 'run');
	SELECT s.* INTO state FROM drift_internal.lock_monitor_state(monitor) AS s;
	SELECT m.* INTO monitor FROM drift.monitors AS m WHERE m.monitor_id = monitor.monitor_id;
	IF monitor.monitor_id IS NULL OR state.monitor_id IS NULL THEN
		RAISE EXCEPTION 'monitor "%" was dropped', name USING ERRCODE = 'undefined_object';
	END IF;
	PERFORM drift_internal.lock_partitions(monitor);
END
$$;

COMMENT ON FUNCTION drift_internal.lock_monitor(text) IS
	'the monitor of a name and its state, which is locked until the transaction ends, for who may run it';

CREATE OR REPLACE FUNCTION drift_internal.report_refresh(monitor drift.monitors, done drift_internal.refreshed)
	RETURNS SETOF drift.refresh_result
	LANGUAGE sql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT monitor.name,
		CASE WHEN coalesce(done.windows, 0) > 0 OR coalesce(done.cleared, 0) > 0 THEN 'refreshed' ELSE 'unchanged' END,
		coalesce(done.rows_read, 0), coalesce(done.buckets, 0), coalesce(done.windows, 0), s.refreshed_to,
		CASE WHEN s.backfill_before IS NOT NULL
			THEN format('Rows before %s are not read yet: CALL drift.backfill_windows(%L);', s.backfill_before, monitor.name)
			WHEN drift_internal.lacks_triggers(monitor)
			THEN format('Triggers that should mark changes are missing or disabled: SELECT drift.track_changes(%L);', monitor.name) END
	FROM drift_internal.monitor_states AS s
	WHERE s.monitor_id = monitor.monitor_id
$$;

COMMENT ON FUNCTION drift_internal.report_refresh(drift.monitors, drift_internal.refreshed) IS 'what a refresh says of itself';

CREATE OR REPLACE FUNCTION drift.refresh_windows(monitor text)
	RETURNS SETOF drift.refresh_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT record := drift_internal.lock_monitor(monitor);
BEGIN
	RETURN QUERY SELECT * FROM drift_internal.report_refresh(locked.monitor, drift_internal.refresh_monitor(locked.monitor, locked.state));
END
$$;

COMMENT ON FUNCTION drift.refresh_windows(text) IS
	'reads the rows that came to the source of a monitor since the last time, with the rights of its owner, and adds them to its windows; for members of the owner';
