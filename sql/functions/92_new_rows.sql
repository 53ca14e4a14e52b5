-- which rows of a source are new since it was last read
--
-- Rows of a prediction log carry the transaction that wrote them. What is new is what a snapshot taken now sees and
-- the one of the last time did not see, whatever its time says and however late it was committed. Rows of the
-- transaction that reads are left for the next time: it may write more of them. Of other sources whole buckets are read.

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
CREATE OR REPLACE FUNCTION drift_internal.check_row_transactions(owner regrole, relation regclass, path text, timeout_ms integer DEFAULT 0)
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := (SELECT l FROM drift.prediction_logs AS l WHERE l.log = check_row_transactions.relation);
	foreign_rows boolean;
BEGIN
	SELECT bool_or(r.foreign_rows) INTO foreign_rows
	FROM (VALUES (log.log, 'logged_xid'), (log.outcomes, 'recorded_xid')) AS t (relation, xid_column),
		drift_internal.read_as(owner, format(
			'SELECT EXISTS (SELECT FROM %1$s AS source WHERE source.%2$I >= %3$L::pg_catalog.xid8 AND source.%2$I <> %4$L::pg_catalog.xid8'
				' AND NOT pg_catalog.pg_visible_in_snapshot(source.%2$I, (SELECT pg_catalog.pg_current_snapshot())))',
			drift_internal.relation_name(t.relation), t.xid_column, pg_snapshot_xmin(pg_current_snapshot()), pg_current_xact_id()),
			path, NULL, timeout_ms) AS r (foreign_rows boolean);
	IF foreign_rows THEN
		RAISE EXCEPTION 'prediction log % has rows of transactions that this cluster has not come to', log.log
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = 'They were restored from another cluster, and would be taken for new ones once it has.',
				HINT = format('As owner of the log: SELECT * FROM drift.renumber_prediction_log(%L);',
					(SELECT m.name FROM drift.models AS m WHERE m.model_id = log.model_id));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_row_transactions(regrole, regclass, text, integer) IS
	'raises where a prediction log or its outcomes were restored with numbers of transactions that are still to come';
