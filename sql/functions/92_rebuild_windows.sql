-- windows made anew, and those of rows that are older than the monitor

CREATE OR REPLACE FUNCTION drift.rebuild_windows(monitor text, from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL)
	RETURNS SETOF drift.refresh_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT record := drift_internal.lock_monitor(monitor);
	oldest timestamptz;
BEGIN
	IF from_time >= to_time THEN
		RAISE EXCEPTION 'from_time is not before to_time' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	-- Buckets whose rows are gone keep the windows that they have.
	oldest := drift_internal.oldest_readable(locked.monitor, locked.state, 'true');
	RETURN QUERY SELECT * FROM drift_internal.report_refresh(locked.monitor, drift_internal.refresh_monitor(locked.monitor, locked.state,
		tstzmultirange(tstzrange(from_time, to_time)) * drift_internal.since(oldest)));
END
$$;

COMMENT ON FUNCTION drift.rebuild_windows(text, timestamptz, timestamptz) IS
	'makes the windows of a monitor from one time to another anew of the rows that are there, in the bins of its baseline as it is now; by default all. Windows older than the oldest row stay as they are. Long ones are better rebuilt piece by piece.';

CREATE OR REPLACE FUNCTION drift.backfill_next(monitor text, step interval DEFAULT '1 day') RETURNS SETOF drift.refresh_result
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT record := drift_internal.lock_monitor(monitor);
	state drift_internal.monitor_states := locked.state;
	before CONSTANT timestamptz := state.backfill_before;
	wanted tstzmultirange := '{}';
BEGIN
	IF step IS NULL OR step <= '0' THEN
		RAISE EXCEPTION 'the step of a backfill cannot be %', coalesce(step::text, 'NULL') USING ERRCODE = 'invalid_parameter_value';
	ELSIF before IS NOT NULL THEN
		state.backfill_before := drift_internal.window_start(before - step, (locked.monitor).bucket, (locked.monitor).time_zone);
		state.backfill_from := coalesce(state.backfill_from, drift_internal.oldest_bucket(locked.monitor, 'true'), 'infinity');
		IF state.backfill_before <= state.backfill_from THEN
			state.backfill_before := NULL;
		END IF;
		wanted := tstzmultirange(tstzrange(state.backfill_before, before));
	ELSIF state.seen_rows IS NULL AND state.refreshed_to IS NULL THEN
		state.backfill_before := drift_internal.recent_bucket(locked.monitor);
	END IF;
	RETURN QUERY SELECT * FROM drift_internal.report_refresh(locked.monitor, drift_internal.refresh_monitor(locked.monitor, state, wanted));
END
$$;

COMMENT ON FUNCTION drift.backfill_next(text, interval) IS
	'one step of drift.backfill_windows(), in the transaction of the caller: refreshes a monitor and reads so much more of its old rows; there is more to do while the result has a message';

-- Each transaction pins the path, for what commits can have no SET clause.
CREATE OR REPLACE PROCEDURE drift.backfill_windows(monitor text, step interval DEFAULT '1 day', pause interval DEFAULT '0')
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
	done drift.refresh_result;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	LOOP
		SELECT * INTO done FROM drift.backfill_next(monitor, step);
		COMMIT;
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		EXIT WHEN strpos(done.message, 'backfill_windows') > 0 IS NOT TRUE;
		PERFORM pg_sleep_for(pause);
	END LOOP;
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.backfill_windows(text, interval, interval) IS
	'reads rows that are older than a monitor, the newest first, a step of their time at a time, with a commit and a pause after each; called again it goes on where it was stopped, and checks can run meanwhile';

-- Rows of another cluster's transactions, which this one has yet to come to. With row security in the way the
-- statement fails: rows that were missed would be counted twice.
CREATE OR REPLACE FUNCTION drift_internal.renumber_transactions(relation regclass, xid_column text) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
AS $$
DECLARE
	renumbered bigint;
BEGIN
	EXECUTE format($dml$
		UPDATE %1$s SET %2$I = pg_current_xact_id()
		WHERE NOT pg_visible_in_snapshot(%2$I, pg_current_snapshot()) AND %2$I <> pg_current_xact_id()
		$dml$, relation, xid_column);
	GET DIAGNOSTICS renumbered = ROW_COUNT;
	RETURN renumbered;
END
$$;

COMMENT ON FUNCTION drift_internal.renumber_transactions(regclass, text) IS
	'gives rows of a table whose transactions the cluster has not come to the number of this one; how many';

CREATE OR REPLACE FUNCTION drift.renumber_prediction_log(model text, OUT predictions bigint, OUT outcomes bigint) RETURNS SETOF record
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.find_log(model, 'read');
BEGIN
	PERFORM drift_internal.check_log_owner(log.log);
	predictions := drift_internal.renumber_transactions(log.log, 'logged_xid');
	outcomes := drift_internal.renumber_transactions(log.outcomes, 'recorded_xid');
	RETURN NEXT;
END
$$;

COMMENT ON FUNCTION drift.renumber_prediction_log(text) IS
	'after a restore from another cluster, as owner of the log: gives predictions and outcomes whose transactions this cluster has not come to the number of this one, so that monitors read them once; how many';
