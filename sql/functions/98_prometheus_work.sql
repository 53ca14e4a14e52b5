-- metrics of what is at work: alerts, messages, schedules, detectors, health

CREATE OR REPLACE FUNCTION drift_internal.alert_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT v.name, jsonb_build_object('model', m.name, 'severity', s.severity), v.value
	FROM drift.models AS m
	CROSS JOIN (VALUES ('warning'), ('critical')) AS s (severity)
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE a.status = 'firing') AS firing, count(*) FILTER (WHERE a.status = 'acknowledged') AS acknowledged
		FROM drift.alerts AS a
		WHERE coalesce(a.model_id, 0) = m.model_id AND a.status <> 'resolved' AND a.severity = s.severity
	) AS a
	CROSS JOIN LATERAL (VALUES ('drift_alerts_firing', a.firing::float8), ('drift_alerts_acknowledged', a.acknowledged)) AS v (name, value)
	WHERE m.deleted_at IS NULL
	UNION ALL
	SELECT 'drift_alert_raised_timestamp_seconds',
		jsonb_build_object('model', a.model, 'monitor', a.monitor, 'kind', a.kind, 'severity', a.severity, 'status', a.status),
		extract(epoch FROM a.raised_at)
	FROM drift.open_alerts AS a;
END;

COMMENT ON FUNCTION drift_internal.alert_metrics() IS 'metrics of alerts that are not resolved';

-- Sent messages are not counted: they are many, and purged.
CREATE OR REPLACE FUNCTION drift_internal.delivery_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 50
BEGIN ATOMIC
	WITH waiting AS MATERIALIZED (
		SELECT d.channel, d.status, count(*) AS messages, min(d.created_at) AS oldest
		FROM drift.deliveries AS d
		WHERE d.status IN ('pending', 'sending')
		GROUP BY d.channel, d.status
		UNION ALL
		SELECT d.channel, 'dead', count(*), NULL FROM drift.deliveries AS d WHERE d.status = 'dead' GROUP BY d.channel
	), channels AS (
		SELECT w.channel FROM waiting AS w
		UNION SELECT r.channel FROM drift.alert_rules AS r
		UNION SELECT r.escalate_to FROM drift.alert_rules AS r WHERE r.escalate_to IS NOT NULL
	)
	SELECT 'drift_outbox_pending', jsonb_build_object('consumer', 'rules'), (SELECT count(*) FROM drift.outbox AS o WHERE o.routed_at IS NULL)::float8
	UNION ALL
	SELECT 'drift_outbox_pending', jsonb_build_object('consumer', 'worker'), (SELECT count(*) FROM drift.outbox AS o WHERE o.delivered_at IS NULL)
	UNION ALL
	SELECT 'drift_deliveries', jsonb_build_object('channel', c.channel, 'status', s.status), coalesce(w.messages, 0)
	FROM channels AS c
	CROSS JOIN (VALUES ('pending'), ('sending'), ('dead')) AS s (status)
	LEFT JOIN waiting AS w ON w.channel = c.channel AND w.status = s.status
	UNION ALL
	SELECT 'drift_delivery_oldest_timestamp_seconds', jsonb_build_object('channel', w.channel), extract(epoch FROM min(w.oldest))
	FROM waiting AS w
	WHERE w.oldest IS NOT NULL
	GROUP BY w.channel;
END;

COMMENT ON FUNCTION drift_internal.delivery_metrics() IS 'metrics of events and messages that wait, or that were given up';

CREATE OR REPLACE FUNCTION drift_internal.job_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT v.name, jsonb_build_object('model', j.model, 'monitor', j.monitor, 'task', j.task, 'bundle', j.bundle), v.value
	FROM drift.job_status AS j
	CROSS JOIN LATERAL (VALUES
		('drift_job_failures', j.failures::float8),
		('drift_job_overdue', (j.status = 'overdue')::integer),
		('drift_job_paused', (j.status = 'paused')::integer),
		('drift_job_last_start_timestamp_seconds', extract(epoch FROM j.last_started_at)),
		('drift_job_last_duration_seconds', extract(epoch FROM j.last_duration))) AS v (name, value)
	WHERE v.value IS NOT NULL;
END;

COMMENT ON FUNCTION drift_internal.job_metrics() IS 'metrics of schedules and their last runs';

CREATE OR REPLACE FUNCTION drift_internal.detector_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
	SELECT v.name, jsonb_build_object('detector', d.name, 'model', m.name, 'kind', d.kind), v.value
	FROM drift.detectors AS d
	LEFT JOIN drift.models AS m USING (model_id)
	CROSS JOIN LATERAL (VALUES
		('drift_detector_values_total', d.seen::float8),
		('drift_detector_changes_total', d.changes),
		('drift_detector_warning', d.is_warning::integer),
		('drift_detector_failed', (d.error IS NOT NULL)::integer)) AS v (name, value)
	WHERE m.deleted_at IS NULL;
END;

COMMENT ON FUNCTION drift_internal.detector_metrics() IS 'metrics of detectors that run by themselves';

CREATE OR REPLACE FUNCTION drift_internal.health_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 60
BEGIN ATOMIC
	SELECT 'drift_health_findings', jsonb_build_object('check', h.check_name, 'severity', s.severity),
		count(*) FILTER (WHERE h.status = s.severity)::float8
	FROM drift.health_check() AS h
	CROSS JOIN (VALUES ('warning'), ('critical')) AS s (severity)
	GROUP BY h.check_name, s.severity;
END;

COMMENT ON FUNCTION drift_internal.health_metrics() IS 'findings of the health check by what is checked, 0 where there are none';
