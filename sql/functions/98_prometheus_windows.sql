-- metrics of the newest whole window of each monitor, for members of its owner: windows show what rows hold

CREATE OR REPLACE FUNCTION drift_internal.window_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 2000
BEGIN ATOMIC
	WITH newest AS MATERIALIZED (
		SELECT o.name AS model, m.name AS monitor, n.starts_at + ('1 ' || m.bucket)::interval AS ends_at, drift.row_count(n.profile) AS row_count,
			p.failed, p.latency, p.confidence
		FROM drift.monitors AS m
		LEFT JOIN drift.models AS o USING (model_id)
		CROSS JOIN LATERAL (
			SELECT w.starts_at, w.profile
			FROM drift.windows AS w
			WHERE w.monitor_id = m.monitor_id AND w.segment = '' AND w.grain = m.bucket
				AND w.starts_at <= statement_timestamp() - ('1 ' || m.bucket)::interval
			ORDER BY w.starts_at DESC, w.column_id DESC
			LIMIT 1
		) AS n
		CROSS JOIN LATERAL (
			SELECT (array_agg(w.profile) FILTER (WHERE c.column_name = 'failed'))[1] AS failed,
				(array_agg(w.profile) FILTER (WHERE c.column_name = 'latency_ms'))[1] AS latency,
				(array_agg(w.profile) FILTER (WHERE c.column_name = 'confidence'))[1] AS confidence
			FROM drift.monitor_columns AS c
			JOIN drift.windows AS w USING (monitor_id, column_id)
			WHERE c.monitor_id = m.monitor_id AND (c.role, c.column_name) IN (('operation', 'failed'), ('operation', 'latency_ms'), ('confidence', 'confidence'))
				AND w.segment = '' AND w.grain = m.bucket AND w.starts_at = n.starts_at AND drift.value_count(w.profile) > 0
		) AS p
		WHERE o.deleted_at IS NULL
	)
	SELECT v.name, jsonb_build_object('model', w.model, 'monitor', w.monitor, 'quantile', v.quantile), v.value
	FROM newest AS w
	CROSS JOIN LATERAL (VALUES
		('drift_window_rows', NULL, w.row_count::float8),
		('drift_window_end_timestamp_seconds', NULL, extract(epoch FROM w.ends_at)),
		('drift_window_latency_seconds', '0.5', drift.quantile(w.latency, 0.5) / 1000),
		('drift_window_latency_seconds', '0.95', drift.quantile(w.latency, 0.95) / 1000),
		('drift_window_latency_seconds', '0.99', drift.quantile(w.latency, 0.99) / 1000),
		('drift_window_confidence_ratio', '0.1', drift.quantile(w.confidence, 0.1)),
		('drift_window_confidence_ratio', '0.5', drift.quantile(w.confidence, 0.5)),
		('drift_window_confidence_ratio', '0.9', drift.quantile(w.confidence, 0.9))) AS v (name, quantile, value)
	WHERE v.value IS NOT NULL
	UNION ALL
	SELECT 'drift_window_failed_ratio', jsonb_build_object('model', w.model, 'monitor', w.monitor),
		(SELECT coalesce(sum(b.share) FILTER (WHERE b.label = 'true'), 0) FROM drift.bins(w.failed) AS b)
	FROM newest AS w
	WHERE w.failed IS NOT NULL;
END;

COMMENT ON FUNCTION drift_internal.window_metrics() IS 'metrics of the newest whole window of each monitor: rows, failures, latency and confidence';
