-- metrics of the newest check of each monitor, of its columns and of performance
--
-- These functions are one statement each, which the planner puts in the place of the call: their rows are not kept.
-- OFFSET 0 keeps it from reading the columns of all checks.

CREATE OR REPLACE FUNCTION drift_internal.check_labels(model text, version integer, monitor text) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN pg_catalog.jsonb_build_object('model', model, 'version', version::text, 'monitor', monitor);

COMMENT ON FUNCTION drift_internal.check_labels(text, integer, text) IS 'labels of metrics of a check; what is null is no label';

CREATE OR REPLACE FUNCTION drift_internal.severity_level(severity text) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE severity WHEN 'ok' THEN 0 WHEN 'warning' THEN 1 WHEN 'critical' THEN 2 END;

COMMENT ON FUNCTION drift_internal.severity_level(text) IS 'a severity as a number: 0 ok, 1 warning, 2 critical; NULL: no verdict';

-- Monitors of models that were deleted say nothing any more.
CREATE OR REPLACE FUNCTION drift_internal.check_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 3000
BEGIN ATOMIC
	WITH newest AS MATERIALIZED (
		SELECT c.*, drift_internal.check_labels(c.model, c.model_version, c.monitor) AS labels
		FROM drift.latest_check AS c
		LEFT JOIN drift.models AS m USING (model_id)
		WHERE m.deleted_at IS NULL
	)
	SELECT v.name, c.labels || v.more, v.value
	FROM newest AS c
	CROSS JOIN LATERAL (VALUES
		('drift_dataset_drift', '{}'::jsonb, c.drift_detected::integer::float8),
		('drift_score_ratio', '{}', c.drift_score),
		('drift_share_ratio', '{}', c.drift_share),
		('drift_features', '{}', c.n_features),
		('drift_drifted_features', '{}', c.n_drifted_features),
		('drift_verdict_severity', '{"subject": "prediction"}', drift_internal.severity_level(c.prediction_drift)),
		('drift_verdict_severity', '{"subject": "target"}', drift_internal.severity_level(c.target_drift)),
		('drift_verdict_severity', '{"subject": "performance"}', drift_internal.severity_level(c.performance)),
		('drift_verdict_severity', '{"subject": "estimated_performance"}', drift_internal.severity_level(c.estimated_performance)),
		('drift_check_rows', '{"side": "reference"}', c.n_reference),
		('drift_check_rows', '{"side": "current"}', c.n_current),
		('drift_check_duration_seconds', '{}', c.duration_ms / 1000),
		('drift_check_data_timestamp_seconds', '{}', extract(epoch FROM upper(c.current_span))),
		('drift_last_check_timestamp_seconds', '{}', extract(epoch FROM c.checked_at))) AS v (name, more, value)
	WHERE v.value IS NOT NULL
	UNION ALL
	SELECT 'drift_check_status', c.labels || jsonb_build_object('status', s.status), (s.status = c.status)::integer
	FROM newest AS c
	CROSS JOIN (VALUES ('ok'), ('warning'), ('critical'), ('insufficient_data'), ('error')) AS s (status)
	UNION ALL
	SELECT 'model_drift', jsonb_build_object('model', c.model), max(c.drift_score)
	FROM newest AS c
	WHERE c.model IS NOT NULL AND c.drift_score IS NOT NULL
	GROUP BY c.model;
END;

COMMENT ON FUNCTION drift_internal.check_metrics() IS 'metrics of the newest check of each monitor';

CREATE OR REPLACE FUNCTION drift_internal.monitor_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT v.name, jsonb_build_object('model', o.name, 'monitor', m.name), v.value
	FROM drift.monitors AS m
	LEFT JOIN drift.models AS o USING (model_id)
	LEFT JOIN drift_internal.monitor_states AS s ON s.monitor_id = m.monitor_id
	CROSS JOIN LATERAL (VALUES
		('drift_monitor_paused', (m.paused_at IS NOT NULL)::integer::float8),
		('drift_monitor_refreshed_timestamp_seconds', extract(epoch FROM s.refreshed_at)),
		('drift_monitor_read_to_timestamp_seconds', extract(epoch FROM s.refreshed_to))) AS v (name, value)
	WHERE o.deleted_at IS NULL AND v.value IS NOT NULL;
END;

COMMENT ON FUNCTION drift_internal.monitor_metrics() IS 'metrics of monitors: whether they run and how far they have read';

CREATE OR REPLACE FUNCTION drift_internal.feature_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 30000
BEGIN ATOMIC
	WITH measured AS MATERIALIZED (
		SELECT c.labels || jsonb_build_object('role', i.role, 'feature', i.column_name) AS labels, i.role, i.method, i.statistic, i.psi, i.effect,
			i.missing_current / nullif(i.missing_current + i.n_current, 0)::float8 AS missing, drift_internal.severity_level(i.severity) AS level,
			i.mean_current
		FROM (
			SELECT n.check_id, drift_internal.check_labels(n.model, n.model_version, n.monitor) AS labels
			FROM drift.latest_check AS n
			LEFT JOIN drift.models AS m USING (model_id)
			WHERE m.deleted_at IS NULL
			OFFSET 0
		) AS c
		CROSS JOIN LATERAL (SELECT * FROM drift.check_features AS k WHERE k.check_id = c.check_id AND k.segment = '' OFFSET 0) AS i
	)
	SELECT 'drift_feature_score', f.labels || jsonb_build_object('method', f.method), f.statistic FROM measured AS f WHERE f.statistic IS NOT NULL
	UNION ALL
	SELECT 'drift_feature_psi', f.labels, f.psi FROM measured AS f WHERE f.psi IS NOT NULL
	UNION ALL
	SELECT 'drift_feature_effect_ratio', f.labels, f.effect FROM measured AS f WHERE f.effect IS NOT NULL
	UNION ALL
	SELECT 'drift_feature_missing_ratio', f.labels, f.missing FROM measured AS f WHERE f.missing IS NOT NULL
	UNION ALL
	SELECT 'drift_feature_severity', f.labels, f.level FROM measured AS f WHERE f.level IS NOT NULL
	UNION ALL
	SELECT 'drift_output_mean', f.labels, f.mean_current FROM measured AS f WHERE f.role <> 'feature' AND f.mean_current IS NOT NULL;
END;

COMMENT ON FUNCTION drift_internal.feature_metrics() IS 'metrics of the columns of the newest check of each monitor, without its segments';

CREATE OR REPLACE FUNCTION drift_internal.performance_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 3000
BEGIN ATOMIC
	WITH measured AS MATERIALIZED (
		SELECT x.*, c.model, c.as_of, drift_internal.check_labels(c.model, c.model_version, c.monitor) AS labels
		FROM drift.latest_check AS c
		LEFT JOIN drift.models AS m USING (model_id)
		CROSS JOIN LATERAL (SELECT * FROM drift.check_metrics AS k WHERE k.check_id = c.check_id AND k.segment = '' OFFSET 0) AS x
		WHERE m.deleted_at IS NULL AND x.value IS NOT NULL
	)
	SELECT v.name, x.labels || jsonb_build_object('metric', x.metric, 'kind', x.kind), v.value
	FROM measured AS x
	CROSS JOIN LATERAL (VALUES
		('drift_model_metric', x.value),
		('drift_model_metric_reference', x.reference),
		('drift_model_metric_rows', x.n),
		('drift_model_metric_severity', drift_internal.severity_level(x.severity))) AS v (name, value)
	WHERE v.value IS NOT NULL
	UNION ALL
	SELECT CASE x.metric WHEN 'accuracy' THEN 'drift_model_accuracy_ratio' ELSE 'drift_model_auc_ratio' END, x.labels, x.value
	FROM measured AS x
	WHERE x.kind = 'realised' AND x.metric IN ('accuracy', 'roc_auc')
	UNION ALL
	(SELECT DISTINCT ON (x.model) 'model_accuracy', jsonb_build_object('model', x.model), x.value
	FROM measured AS x
	WHERE x.kind = 'realised' AND x.metric = 'accuracy' AND x.model IS NOT NULL
	ORDER BY x.model, x.as_of DESC, x.check_id DESC);
END;

COMMENT ON FUNCTION drift_internal.performance_metrics() IS 'metrics of models as the newest checks measured and estimated them';
