-- metrics of models: versions, deployments, decisions

CREATE OR REPLACE FUNCTION drift_internal.model_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT 'drift_info', jsonb_build_object('release', e.extversion, 'postgresql', current_setting('server_version')), 1::float8
	FROM pg_extension AS e
	WHERE e.extname = 'drift'
	UNION ALL
	SELECT 'drift_model_version_info', jsonb_build_object('model', m.name, 'version', a.version::text, 'alias', a.alias), 1
	FROM drift.models AS m
	JOIN drift.model_aliases AS a USING (model_id)
	WHERE m.deleted_at IS NULL
	UNION ALL
	SELECT 'drift_model_version_created_timestamp_seconds', jsonb_build_object('model', m.name, 'version', v.version::text), extract(epoch FROM v.created_at)
	FROM drift.models AS m
	JOIN drift.model_aliases AS a USING (model_id)
	JOIN drift.model_versions AS v USING (model_id, version)
	WHERE m.deleted_at IS NULL AND a.alias = 'champion'
	UNION ALL
	SELECT 'drift_model_traffic_ratio', jsonb_build_object('model', m.name, 'version', r.version::text, 'arm', r.arm),
		coalesce(r.end_bucket - r.first_bucket, 0) / 10000.0
	FROM drift.models AS m
	JOIN drift.routes AS r USING (model_id)
	WHERE m.deleted_at IS NULL
	UNION ALL
	SELECT 'drift_model_frozen', jsonb_build_object('model', m.name), (m.frozen_at IS NOT NULL)::integer
	FROM drift.models AS m
	WHERE m.deleted_at IS NULL;
END;

COMMENT ON FUNCTION drift_internal.model_metrics() IS 'metrics of models and their versions';

CREATE OR REPLACE FUNCTION drift_internal.deployment_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT 'drift_deployment_started_timestamp_seconds', jsonb_build_object('model', m.name, 'version', d.version::text, 'strategy', d.strategy),
		extract(epoch FROM d.started_at)::float8
	FROM drift.models AS m
	JOIN drift.deployments AS d USING (model_id)
	WHERE m.deleted_at IS NULL AND d.status = 'running'
	UNION ALL
	SELECT 'drift_deployments_total', jsonb_build_object('model', m.name, 'status', s.status), count(d.deployment_id)
	FROM drift.models AS m
	CROSS JOIN (VALUES ('succeeded'), ('rolled_back'), ('cancelled')) AS s (status)
	LEFT JOIN drift.deployments AS d ON d.model_id = m.model_id AND d.status = s.status
	WHERE m.deleted_at IS NULL
	GROUP BY m.name, s.status
	UNION ALL
	SELECT v.name, jsonb_build_object('model', m.name), v.value
	FROM drift.models AS m
	CROSS JOIN LATERAL (
		SELECT * FROM drift.decisions AS i WHERE i.model_id = m.model_id ORDER BY i.as_of DESC, i.decision_id DESC LIMIT 1
	) AS d
	CROSS JOIN LATERAL (VALUES ('drift_retrain_recommended', d.should_retrain::integer::float8),
		('drift_decision_timestamp_seconds', extract(epoch FROM d.as_of))) AS v (name, value)
	WHERE m.deleted_at IS NULL;
END;

COMMENT ON FUNCTION drift_internal.deployment_metrics() IS 'metrics of deployments and of the newest decisions';

CREATE OR REPLACE FUNCTION drift_internal.training_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT v.name, jsonb_build_object('model', m.name), v.value
	FROM drift.models AS m
	CROSS JOIN LATERAL (
		SELECT * FROM drift.training_runs AS i WHERE i.model_id = m.model_id AND i.status <> 'running' ORDER BY i.run_id DESC LIMIT 1
	) AS r
	LEFT JOIN LATERAL (
		SELECT i.finished_at FROM drift.training_runs AS i
		WHERE i.model_id = m.model_id AND i.status IN ('succeeded', 'kept', 'needs_review')
		ORDER BY i.run_id DESC LIMIT 1
	) AS g ON true
	CROSS JOIN LATERAL (VALUES ('drift_training_failed', (r.status = 'failed')::integer::float8),
		('drift_training_last_end_timestamp_seconds', extract(epoch FROM r.finished_at)),
		('drift_training_last_success_timestamp_seconds', extract(epoch FROM g.finished_at)),
		('drift_training_last_duration_seconds', extract(epoch FROM r.finished_at - r.started_at))) AS v (name, value)
	WHERE m.deleted_at IS NULL
	UNION ALL
	SELECT 'drift_training_running', jsonb_build_object('model', m.name),
		EXISTS (SELECT FROM drift.training_progress AS p WHERE p.model = m.name AND p.state <> 'dead')::integer
	FROM drift.models AS m
	WHERE m.deleted_at IS NULL AND EXISTS (SELECT FROM drift.training_runs AS r WHERE r.model_id = m.model_id);
END;

COMMENT ON FUNCTION drift_internal.training_metrics() IS 'metrics of the newest runs of training';
