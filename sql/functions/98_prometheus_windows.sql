-- metrics of the newest whole window of each monitor, for members of its owner: windows show what rows hold

CREATE OR REPLACE FUNCTION drift_internal.window_metrics() RETURNS TABLE (name text, labels jsonb, value float8)
	LANGUAGE sql STABLE ROWS 2000
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT v.name, jsonb_build_object('model', w.model, 'monitor', w.monitor, 'quantile', v.quantile), v.value
	FROM (
		SELECT o.name AS model, m.name AS monitor, n.starts_at + ('1 ' || m.bucket)::interval AS ends_at,
			drift.row_count(p.any_column) AS row_count, p.failed, p.latency, p.confidence
		FROM drift.monitors AS m
		LEFT JOIN drift.models AS o USING (model_id)
		CROSS JOIN LATERAL (
			SELECT i.starts_at
			FROM drift.windows AS i
			WHERE i.monitor_id = m.monitor_id AND i.segment = '' AND i.grain = m.bucket
				AND i.starts_at <= clock_timestamp() - ('1 ' || m.bucket)::interval
			ORDER BY i.starts_at DESC
			LIMIT 1
		) AS n
		CROSS JOIN LATERAL (
			SELECT (array_agg(i.profile ORDER BY i.column_id))[1] AS any_column,
				(array_agg(i.profile) FILTER (WHERE c.role = 'operation' AND c.column_name = 'failed'))[1] AS failed,
				(array_agg(i.profile) FILTER (WHERE c.role = 'operation' AND c.column_name = 'latency_ms' AND drift.value_count(i.profile) > 0))[1] AS latency,
				(array_agg(i.profile) FILTER (WHERE c.role = 'confidence' AND c.kind = 'numeric' AND drift.value_count(i.profile) > 0))[1] AS confidence
			FROM drift.windows AS i
			JOIN drift.monitor_columns AS c USING (monitor_id, column_id)
			WHERE i.monitor_id = m.monitor_id AND i.segment = '' AND i.grain = m.bucket AND i.starts_at = n.starts_at
		) AS p
		WHERE o.deleted_at IS NULL
	) AS w
	CROSS JOIN LATERAL (VALUES
		('drift_window_rows', NULL, w.row_count::float8),
		('drift_window_end_timestamp_seconds', NULL, extract(epoch FROM w.ends_at)),
		('drift_window_failed_ratio', NULL, (SELECT coalesce(sum(b.share) FILTER (WHERE b.label = 'true'), 0) FROM drift.bins(w.failed) AS b WHERE w.failed IS NOT NULL)),
		('drift_window_latency_seconds', '0.5', drift.quantile(w.latency, 0.5) / 1000),
		('drift_window_latency_seconds', '0.95', drift.quantile(w.latency, 0.95) / 1000),
		('drift_window_latency_seconds', '0.99', drift.quantile(w.latency, 0.99) / 1000),
		('drift_window_confidence_ratio', '0.1', drift.quantile(w.confidence, 0.1)),
		('drift_window_confidence_ratio', '0.5', drift.quantile(w.confidence, 0.5)),
		('drift_window_confidence_ratio', '0.9', drift.quantile(w.confidence, 0.9))) AS v (name, quantile, value)
	WHERE v.value IS NOT NULL AND (v.name <> 'drift_window_failed_ratio' OR w.failed IS NOT NULL)
$$;

COMMENT ON FUNCTION drift_internal.window_metrics() IS 'metrics of the newest whole window of each monitor: rows, failures, latency and confidence';
