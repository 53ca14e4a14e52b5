-- what became of schedules and of the pipeline of a model

CREATE OR REPLACE FUNCTION drift_internal.failures_in_a_row(schedule_id integer) RETURNS bigint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT count(*)
	FROM drift.job_runs AS r
	WHERE r.schedule_id = failures_in_a_row.schedule_id AND r.status = 'failed' AND r.started_at > coalesce((
		SELECT max(g.started_at)
		FROM drift.job_runs AS g
		WHERE g.schedule_id = failures_in_a_row.schedule_id AND g.status = 'succeeded'), '-infinity')
$$;

COMMENT ON FUNCTION drift_internal.failures_in_a_row(integer) IS 'runs of a schedule that failed since one succeeded';

CREATE OR REPLACE VIEW drift.job_status WITH (security_invoker = true) AS
	SELECT s.schedule_id, coalesce(m.name, mm.name) AS model, w.name AS monitor, s.task, s.bundle, s.cron, s.time_zone, s.owner,
		CASE WHEN s.cron_job_id IS NULL THEN 'run_due' ELSE 'pg_cron' END AS runner, s.cron_job_id,
		CASE
			WHEN s.running_pid IS NOT NULL AND drift_internal.is_running(s.running_pid, s.running_since) THEN 'running'
			WHEN coalesce(s.paused_at, w.paused_at) IS NOT NULL THEN 'paused'
			WHEN s.next_run_at < clock_timestamp() - interval '10 minutes' THEN 'overdue'
			WHEN r.status IN ('running', 'failed') THEN 'failed'
			WHEN r.run_id IS NULL THEN 'waiting'
			ELSE r.status
		END AS status,
		s.next_run_at, coalesce(s.paused_at, w.paused_at) AS paused_at,
		r.due_at AS last_due_at, r.started_at AS last_started_at, r.finished_at - r.started_at AS last_duration, r.status AS last_status,
		r.error AS last_error, r.result AS last_result, drift_internal.failures_in_a_row(s.schedule_id) AS failures,
		coalesce(s.model_id, w.model_id) AS model_id, s.monitor_id
	FROM drift.schedules AS s
	LEFT JOIN drift.models AS m ON m.model_id = s.model_id
	LEFT JOIN drift.monitors AS w ON w.monitor_id = s.monitor_id
	LEFT JOIN drift.models AS mm ON mm.model_id = w.model_id
	LEFT JOIN LATERAL (
		SELECT *
		FROM drift.job_runs AS i
		WHERE i.schedule_id = s.schedule_id
		ORDER BY i.started_at DESC
		LIMIT 1
	) AS r ON true;

COMMENT ON VIEW drift.job_status IS 'each schedule with its last run: when, how long, what came of it';
COMMENT ON COLUMN drift.job_status.status IS 'running, paused, overdue (nobody ran it for ten minutes), failed, skipped, succeeded, or waiting for its first run';
COMMENT ON COLUMN drift.job_status.failures IS 'runs that failed since one succeeded';
GRANT SELECT ON drift.job_status TO PUBLIC;

CREATE OR REPLACE VIEW drift.pipeline_status WITH (security_invoker = true) AS
	SELECT m.name AS model, a.version AS champion, w.monitors, w.paused_monitors, w.last_check_at, w.check_status,
		d.action, d.should_retrain, d.as_of AS decided_as_of, t.open_alerts, p.status AS deployment_status,
		j.schedules, j.running, j.failing, j.last_run_at, j.next_run_at
	FROM drift.models AS m
	LEFT JOIN drift.model_aliases AS a ON a.model_id = m.model_id AND a.alias = 'champion'
	CROSS JOIN LATERAL (
		SELECT count(*) AS monitors, count(i.paused_at) AS paused_monitors, max(c.as_of) AS last_check_at,
			(ARRAY['error', 'critical', 'warning', 'ok', 'insufficient_data'])[
				min(array_position(ARRAY['error', 'critical', 'warning', 'ok', 'insufficient_data'], c.status))] AS check_status
		FROM drift.monitors AS i
		LEFT JOIN LATERAL (
			SELECT *
			FROM drift.checks AS k
			WHERE k.monitor_id = i.monitor_id
			ORDER BY k.as_of DESC, k.check_id DESC
			LIMIT 1
		) AS c ON true
		WHERE i.model_id = m.model_id
	) AS w
	LEFT JOIN LATERAL (
		SELECT *
		FROM drift.decisions AS i
		WHERE i.model_id = m.model_id
		ORDER BY i.as_of DESC, i.decision_id DESC
		LIMIT 1
	) AS d ON true
	CROSS JOIN LATERAL (
		SELECT count(*) AS open_alerts
		FROM drift.alerts AS i
		WHERE i.model_id = m.model_id AND i.status <> 'resolved'
	) AS t
	LEFT JOIN LATERAL (
		SELECT *
		FROM drift.deployments AS i
		WHERE i.model_id = m.model_id
		ORDER BY i.deployment_id DESC
		LIMIT 1
	) AS p ON true
	CROSS JOIN LATERAL (
		SELECT count(*) AS schedules, count(*) FILTER (WHERE i.status = 'running') AS running,
			count(*) FILTER (WHERE i.status IN ('failed', 'overdue')) AS failing,
			max(i.last_started_at) AS last_run_at, min(i.next_run_at) FILTER (WHERE i.paused_at IS NULL) AS next_run_at
		FROM drift.job_status AS i
		WHERE i.model = m.name
	) AS j
	WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.pipeline_status IS 'each model with where its pipeline stands: monitors, last checks, decision, alerts, deployment and schedules';
COMMENT ON COLUMN drift.pipeline_status.check_status IS 'worst among the last checks of its monitors';
COMMENT ON COLUMN drift.pipeline_status.failing IS 'schedules whose last run failed or that are overdue';
GRANT SELECT ON drift.pipeline_status TO PUBLIC;
