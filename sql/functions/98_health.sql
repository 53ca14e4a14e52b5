-- findings of drift.health_check() about schedules and monitors, and drift.health_check() itself

CREATE OR REPLACE FUNCTION drift_internal.refresh_state(monitor_id integer, OUT refreshed_at timestamptz, OUT error text, OUT error_at timestamptz)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.refreshed_at, s.error, s.error_at
	FROM drift_internal.monitor_states AS s
	JOIN drift.monitors AS m USING (monitor_id)
	LEFT JOIN drift.models AS o USING (model_id)
	WHERE s.monitor_id = refresh_state.monitor_id
		AND (drift_internal.may_run(m.owner) OR (o.model_id IS NOT NULL AND drift_internal.allowed(o, 'read')))
$$;

COMMENT ON FUNCTION drift_internal.refresh_state(integer) IS 'when a monitor was last refreshed, and what went wrong, for who may see it';

CREATE OR REPLACE FUNCTION drift_internal.schedule_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH job AS MATERIALIZED (
		SELECT j.*, coalesce('monitor ' || quote_ident(j.monitor), 'model ' || quote_ident(j.model), 'alerts') AS what FROM drift.job_status AS j
	)
	SELECT 'overdue_jobs', j.model, 'critical',
		format('Schedule %s (%s of %s) was due at %s and nobody ran it.', j.schedule_id, j.task, j.what, j.next_run_at),
		CASE j.runner
			WHEN 'pg_cron' THEN format('cron.job_run_details of job %s says why pg_cron could not; meanwhile CALL drift.run_due(); as %s.', j.cron_job_id, j.owner)
			ELSE format('Have a scheduler run CALL drift.run_due(); every minute, as %s.', j.owner) END
	FROM job AS j
	WHERE j.status = 'overdue'
	UNION ALL
	SELECT 'failing_jobs', j.model, CASE WHEN j.failures >= 3 THEN 'critical' ELSE 'warning' END,
		format('Schedule %s (%s of %s) failed %s times since it last succeeded%s', j.schedule_id, j.task, j.what, greatest(j.failures, 1),
			coalesce(': ' || j.last_error, '.')),
		format('CALL drift.run_job(%s); runs it again when the cause is gone.', j.schedule_id)
	FROM job AS j
	WHERE j.last_status = 'failed' OR (j.last_status = 'running' AND j.status <> 'running')
	UNION ALL
	SELECT 'cron_jobs', m.name, 'warning', format('Schedule %s (%s) has lost its job %s of pg_cron.', s.schedule_id, s.task, s.cron_job_id),
		format('As %s: SELECT * FROM drift.renew_jobs();', s.owner)
	FROM drift.schedules AS s
	LEFT JOIN drift.models AS m USING (model_id)
	WHERE s.cron_job_id IS NOT NULL AND (drift_internal.find_cron_job(s)).job_id IS NULL
	UNION ALL
	SELECT 'paused', j.model, 'warning', format('Schedule %s (%s of %s) is paused since %s.', j.schedule_id, j.task, j.what, j.paused_at),
		format('drift.resume(schedule_id => %s) lets it go on.', j.schedule_id)
	FROM job AS j
	WHERE j.status = 'paused'
$$;

COMMENT ON FUNCTION drift_internal.schedule_findings() IS 'findings of drift.health_check() about schedules';

CREATE OR REPLACE FUNCTION drift_internal.monitor_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH watched AS MATERIALIZED (
		SELECT m.*, o.name AS model, s.refreshed_at, s.error, s.error_at, j.every
		FROM drift.monitors AS m
		LEFT JOIN drift.models AS o USING (model_id)
		LEFT JOIN LATERAL drift_internal.refresh_state(m.monitor_id) AS s ON true
		CROSS JOIN LATERAL (
			SELECT min(drift.next_time(j.cron, j.next_run_at, j.time_zone) - j.next_run_at) AS every
			FROM drift.schedules AS j
			WHERE j.task IN ('cycle', 'check', 'refresh') AND j.paused_at IS NULL
				AND (j.monitor_id = m.monitor_id OR j.model_id = m.model_id)) AS j
		WHERE o.deleted_at IS NULL
	)
	SELECT 'unscheduled', w.model, 'warning', format('Nothing runs monitor %I.', w.name),
		CASE WHEN w.model IS NULL THEN format('drift.schedule_monitor(%L, ''hourly'')', w.name)
			ELSE format('drift.start_monitoring(%L), or drift.schedule_monitor(%L, ''hourly'')', w.model, w.name) END
	FROM watched AS w
	WHERE w.every IS NULL AND w.paused_at IS NULL
	UNION ALL
	SELECT 'refresh_lag', w.model, 'warning', format('Monitor %I %s.', w.name,
			coalesce(format('last read rows at %s, and runs every %s', w.refreshed_at, w.every), 'has never read any rows')),
		format('SELECT * FROM drift.refresh_windows(%L); says what is in the way.', w.name)
	FROM watched AS w
	WHERE w.paused_at IS NULL AND clock_timestamp() - coalesce(w.refreshed_at, w.created_at) > w.every + interval '1 hour'
	UNION ALL
	SELECT 'monitor_errors', w.model, 'critical', format('Monitor %I could not be run: %s', w.name, coalesce(c.error, w.error)),
		format('SELECT * FROM drift.run_check(%L); when the cause is gone.', w.name)
	FROM watched AS w
	LEFT JOIN LATERAL (
		SELECT *
		FROM drift.checks AS k
		WHERE k.monitor_id = w.monitor_id
		ORDER BY k.as_of DESC, k.check_id DESC
		LIMIT 1
	) AS c ON true
	WHERE c.status = 'error' OR (w.error IS NOT NULL AND w.error_at >= coalesce(w.refreshed_at, '-infinity'))
$$;

COMMENT ON FUNCTION drift_internal.monitor_findings() IS 'findings of drift.health_check() about monitors';

CREATE OR REPLACE FUNCTION drift.health_check() RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH finding AS MATERIALIZED (
		SELECT * FROM drift_internal.registry_findings()
		UNION ALL SELECT * FROM drift_internal.role_findings()
		UNION ALL SELECT * FROM drift_internal.outbox_findings()
		UNION ALL SELECT * FROM drift_internal.log_findings()
		UNION ALL SELECT * FROM drift_internal.schedule_findings()
		UNION ALL SELECT * FROM drift_internal.monitor_findings()
		UNION ALL SELECT * FROM drift_internal.baseline_findings()
		UNION ALL SELECT * FROM drift_internal.detector_findings()
		UNION ALL SELECT * FROM drift_internal.training_findings()
		UNION ALL SELECT * FROM drift_internal.delivery_findings()
	)
	SELECT c.check_name, f.model, coalesce(f.status, 'ok'), f.detail, f.hint
	FROM unnest(ARRAY['cluster', 'log_exists', 'partitions', 'default_partition', 'retention', 'log_features', 'pg_partman',
			'champion_log', 'frozen', 'deployment_deadline', 'promotion_requests', 'roles', 'outbox', 'alerts',
			'overdue_jobs', 'failing_jobs', 'cron_jobs', 'paused', 'unscheduled', 'refresh_lag', 'monitor_errors', 'detector_errors', 'baseline_present', 'baseline_age',
			'dead_runs', 'failed_training', 'training_review', 'deliveries', 'dead_deliveries', 'channels', 'alert_rules'])
		WITH ORDINALITY AS c (check_name, place)
	LEFT JOIN finding AS f USING (check_name)
	ORDER BY coalesce(f.status, 'ok') <> 'critical', f.status IS NULL, c.place, f.model
$$;

COMMENT ON FUNCTION drift.health_check() IS
	'what needs attention in the models that the caller may see: one row for each finding (critical or warning) with what to do about it, worst first, and a row with ok for each check without any';
