-- drift.purge_history(): windows and checks that are old enough to go

-- What a check may still ask for: the span, its reference, and the spans before it.
CREATE OR REPLACE FUNCTION drift_internal.needed_history(monitor drift.monitors) RETURNS interval
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 4 * monitor.span + CASE monitor.reference WHEN 'week' THEN interval '7 days' WHEN 'month' THEN interval '31 days'
		WHEN 'year' THEN interval '366 days' ELSE interval '0' END;

COMMENT ON FUNCTION drift_internal.needed_history(drift.monitors) IS 'how far back the windows must reach that checks of a monitor read';

CREATE OR REPLACE FUNCTION drift_internal.purge_windows(monitor drift.monitors, grain text, before timestamptz) RETURNS bigint
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH purged AS (
		DELETE FROM drift.windows AS w
		WHERE w.monitor_id = monitor.monitor_id AND w.grain = purge_windows.grain AND w.starts_at < before
		RETURNING 1
	)
	SELECT count(*) FROM purged
$$;

COMMENT ON FUNCTION drift_internal.purge_windows(drift.monitors, text, timestamptz) IS 'deletes windows of a monitor that start before a time; how many';

-- Checks that something refers to are history of their own.
CREATE OR REPLACE FUNCTION drift_internal.purge_checks(monitor drift.monitors, before timestamptz) RETURNS bigint
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH purged AS (
		DELETE FROM drift.checks AS c
		WHERE c.monitor_id = monitor.monitor_id AND c.as_of < before
			AND c.check_id <> (SELECT l.check_id FROM drift.checks AS l WHERE l.monitor_id = monitor.monitor_id ORDER BY l.as_of DESC, l.check_id DESC LIMIT 1)
		RETURNING c.check_id
	), features AS (
		DELETE FROM drift.check_features AS f WHERE f.check_id IN (SELECT p.check_id FROM purged AS p)
	), metrics AS (
		DELETE FROM drift.check_metrics AS m WHERE m.check_id IN (SELECT p.check_id FROM purged AS p)
	)
	SELECT count(*) FROM purged
$$;

COMMENT ON FUNCTION drift_internal.purge_checks(drift.monitors, timestamptz) IS 'deletes checks of a monitor from before a time, but for the latest; how many';

CREATE OR REPLACE FUNCTION drift.purge_history(monitor text, as_of timestamptz DEFAULT NULL)
	RETURNS TABLE (kind text, before timestamptz, purged bigint)
	LANGUAGE plpgsql SECURITY DEFINER ROWS 4
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	locked CONSTANT record := drift_internal.lock_monitor(monitor);
	found_monitor CONSTANT drift.monitors := locked.monitor;
	zone CONSTANT text := found_monitor.time_zone;
	now_at CONSTANT timestamptz := coalesce(as_of, clock_timestamp());
	config CONSTANT jsonb := drift_internal.monitor_config(found_monitor);
	-- whole days of hours and whole months of days go, so that what stays can be made anew of what is below it
	history_from CONSTANT timestamptz := now_at - make_interval(days => drift_internal.config_number(config, 'monitoring.max_history_days')::integer);
	checks_from CONSTANT timestamptz := least(history_from, now_at - drift_internal.alert_history(found_monitor, config));
	hours_from CONSTANT timestamptz := drift_internal.window_start(
		least(history_from, now_at - drift_internal.needed_history(found_monitor)), 'day', zone);
	days_from CONSTANT timestamptz := drift_internal.window_start(least(hours_from, now_at - drift_internal.needed_history(found_monitor),
		now_at - make_interval(days => drift_internal.config_number(config, 'monitoring.max_day_history_days')::integer)), 'month', zone);
	months_from CONSTANT timestamptz := drift_internal.window_start(
		now_at - make_interval(months => drift_internal.config_number(config, 'monitoring.max_month_history_months')::integer), 'month', zone);
BEGIN
	IF found_monitor.bucket = 'hour' THEN
		RETURN QUERY SELECT 'hours', hours_from, drift_internal.purge_windows(found_monitor, 'hour', hours_from);
	END IF;
	RETURN QUERY SELECT 'days', days_from, drift_internal.purge_windows(found_monitor, 'day', days_from);
	RETURN QUERY SELECT 'months', months_from, drift_internal.purge_windows(found_monitor, 'month', months_from);
	RETURN QUERY SELECT 'checks', checks_from, drift_internal.purge_checks(found_monitor, checks_from);
	UPDATE drift_internal.monitor_states AS s
	SET hours_from = CASE found_monitor.bucket WHEN 'hour' THEN greatest(s.hours_from, hours_from) END,
		days_from = greatest(s.days_from, days_from)
	WHERE s.monitor_id = found_monitor.monitor_id;
END
$$;

COMMENT ON FUNCTION drift.purge_history(text, timestamptz) IS
	'deletes the windows of hours and the checks of a monitor that are older than monitoring.max_history_days, days after max_day_history_days and months after max_month_history_months, but nothing that the next checks read; how many of each';
