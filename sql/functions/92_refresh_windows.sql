-- drift.refresh_windows(): windows of the rows that came since the last time
--
-- One transaction does all of it: whoever kills it leaves the windows and how far they have read as they were.
-- The state of the monitor is locked first, so that refreshes of one monitor follow each other, and what has been
-- read is asked only then.
--
-- Rows of a prediction log carry the transaction that wrote them. What is new is what a snapshot taken now sees and
-- the one of the last time did not see, whatever its time says and however late it was committed. Rows of this very
-- transaction are left for the next time: it may write more of them. Of other sources whole buckets are read.

-- A snapshot that does not see the transaction that takes it.
CREATE OR REPLACE FUNCTION drift_internal.settled_snapshot() RETURNS pg_snapshot
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT xid8 := pg_current_xact_id();
	taken CONSTANT pg_snapshot := pg_current_snapshot();
BEGIN
	IF own >= pg_snapshot_xmax(taken) THEN
		RETURN taken;
	END IF;
	RETURN format('%s:%s:%s', least(own, pg_snapshot_xmin(taken)), pg_snapshot_xmax(taken), (
		SELECT string_agg(x::text, ',' ORDER BY x)
		FROM (SELECT own UNION SELECT pg_snapshot_xip(taken)) AS running (x)));
END
$$;

COMMENT ON FUNCTION drift_internal.settled_snapshot() IS 'what is committed now; the own transaction is not, whatever its number';

-- The comparison with xmin is what an index can look up.
CREATE OR REPLACE FUNCTION drift_internal.new_condition(xid_column text, seen pg_snapshot, now_seen pg_snapshot) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('pg_catalog.pg_visible_in_snapshot(%s, %L)', xid_column, now_seen)
		|| CASE WHEN seen IS NULL THEN ''
			ELSE format(' AND %1$s >= %2$L::pg_catalog.xid8 AND NOT pg_catalog.pg_visible_in_snapshot(%1$s, %3$L)',
				xid_column, pg_snapshot_xmin(seen), seen) END
$$;

COMMENT ON FUNCTION drift_internal.new_condition(text, pg_snapshot, pg_snapshot) IS
	'condition for rows of transactions that one snapshot sees and an earlier one does not; without the earlier one, all that it sees';

CREATE OR REPLACE FUNCTION drift_internal.more_segments(monitor drift.monitors, known text[], labelled boolean, condition text) RETURNS text[]
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	most CONSTANT integer := coalesce(drift_internal.window_setting(monitor, 'max_segments')::integer, 50);
BEGIN
	IF monitor.segment IS NULL OR cardinality(known) >= most THEN
		RETURN known;
	END IF;
	RETURN known || ARRAY(
		SELECT r.segment
		FROM drift_internal.read_as(monitor.owner, format(
				'SELECT g.segment FROM (%s) AS g WHERE g.segment <> ALL (%L::pg_catalog.text[]) GROUP BY 1 ORDER BY pg_catalog.count(*) DESC, 1 LIMIT %s',
				drift_internal.window_rows(monitor, labelled, condition), drift_internal.stored_segments(known), most - cardinality(known)),
				monitor.path, NULL, drift_internal.timeout_ms(monitor)) AS r (segment text));
END
$$;

COMMENT ON FUNCTION drift_internal.more_segments(drift.monitors, text[], boolean, text) IS
	'segments of a monitor with the largest among new ones; at most fifty have windows of their own, and those that do keep them';

CREATE OR REPLACE FUNCTION drift_internal.oldest_bucket(monitor drift.monitors, condition text) RETURNS timestamptz
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.starts_at
	FROM drift_internal.read_as(monitor.owner, format('SELECT %s FROM %s AS source WHERE %s',
			drift_internal.bucket_of(monitor, format('pg_catalog.min(%s)', drift_internal.row_time(monitor))),
			drift_internal.window_from(monitor, false), drift_internal.window_conditions(monitor, false, condition)),
		monitor.path, NULL, drift_internal.timeout_ms(monitor)) AS r (starts_at timestamptz)
$$;

COMMENT ON FUNCTION drift_internal.oldest_bucket(drift.monitors, text) IS 'start of the bucket of the oldest row of a source; NULL: it has none';

-- Days and months whose windows below were purged can only be made anew of all of their rows.
CREATE OR REPLACE FUNCTION drift_internal.oldest_readable(monitor drift.monitors, state drift_internal.monitor_states, condition text)
	RETURNS timestamptz
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN o < state.days_from THEN drift_internal.window_ceiling(o, 'month', monitor.time_zone)
		WHEN o < state.hours_from THEN drift_internal.window_ceiling(o, 'day', monitor.time_zone)
		ELSE coalesce(o, 'infinity') END
	FROM drift_internal.oldest_bucket(monitor, condition) AS o
$$;

COMMENT ON FUNCTION drift_internal.oldest_readable(drift.monitors, drift_internal.monitor_states, text) IS
	'where windows that can be made anew of the rows that are still there begin; infinity: there are no rows';

-- Rows that this snapshot shows and whose transaction it does not know as finished were written by another cluster.
CREATE OR REPLACE FUNCTION drift_internal.check_row_transactions(monitor drift.monitors) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := (SELECT l FROM drift.prediction_logs AS l WHERE l.log = monitor.relation);
	foreign_rows boolean;
BEGIN
	SELECT bool_or(r.foreign_rows) INTO foreign_rows
	FROM (VALUES (log.log, 'logged_xid'), (log.outcomes, 'recorded_xid')) AS t (relation, xid_column),
		drift_internal.read_as(monitor.owner, format(
			'SELECT EXISTS (SELECT FROM %1$s AS source WHERE source.%2$I >= %3$L::pg_catalog.xid8 AND source.%2$I <> %4$L::pg_catalog.xid8'
				' AND NOT pg_catalog.pg_visible_in_snapshot(source.%2$I, (SELECT pg_catalog.pg_current_snapshot())))',
			drift_internal.relation_name(t.relation), t.xid_column, pg_snapshot_xmin(pg_current_snapshot()), pg_current_xact_id()),
			monitor.path, NULL, drift_internal.timeout_ms(monitor)) AS r (foreign_rows boolean);
	IF foreign_rows THEN
		RAISE EXCEPTION 'prediction log % has rows of transactions that this cluster has not come to', log.log
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = 'They were restored from another cluster, and would be taken for new ones once it has.',
				HINT = format('As owner of the log: SELECT * FROM drift.renumber_prediction_log(%L);',
					(SELECT m.name FROM drift.models AS m WHERE m.model_id = log.model_id));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_row_transactions(drift.monitors) IS
	'raises where a prediction log or its outcomes were restored with numbers of transactions that are still to come';

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
		PERFORM drift_internal.check_row_transactions(monitor);
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
