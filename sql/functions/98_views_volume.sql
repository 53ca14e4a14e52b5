-- stable views: how much there is to predict, how it went, and of how much the truth is known
--
-- Profiles of a window are looked up where one of their columns is asked for, and only then.

-- Windows hold what the rows hold, so that these are for members of the owner of the monitor.
CREATE OR REPLACE VIEW drift.v_windows WITH (security_invoker = true) AS
	SELECT o.name AS model, m.name AS monitor, r.grain, r.starts_at, drift.row_count(r.profile) AS n_rows,
		(SELECT coalesce(sum(b.row_count) FILTER (WHERE b.label = 'true'), 0) FROM drift.bins(p.failed) AS b WHERE p.failed IS NOT NULL)::bigint AS n_failed,
		drift.quantile(p.latency, 0.5) / 1000 AS latency_p50_seconds, drift.quantile(p.latency, 0.95) / 1000 AS latency_p95_seconds,
		drift.quantile(p.latency, 0.99) / 1000 AS latency_p99_seconds,
		drift.mean(p.score) AS score_mean, drift.quantile(p.score, 0.1) AS score_p10, drift.quantile(p.score, 0.5) AS score_p50,
		drift.quantile(p.score, 0.9) AS score_p90,
		drift.mean(p.confidence) AS confidence_mean, drift.quantile(p.confidence, 0.1) AS confidence_p10,
		drift.quantile(p.confidence, 0.5) AS confidence_p50, drift.quantile(p.confidence, 0.9) AS confidence_p90, m.monitor_id, m.model_id
	FROM drift.monitors AS m
	LEFT JOIN drift.models AS o ON o.model_id = m.model_id
	CROSS JOIN LATERAL (
		SELECT max(c.column_id) FILTER (WHERE c.role = 'operation' AND c.column_name = 'failed') AS failed,
			max(c.column_id) FILTER (WHERE c.role = 'operation' AND c.column_name = 'latency_ms') AS latency,
			max(c.column_id) FILTER (WHERE c.role = 'score' AND c.kind = 'numeric') AS score,
			max(c.column_id) FILTER (WHERE c.role = 'confidence' AND c.kind = 'numeric') AS confidence
		FROM drift.monitor_columns AS c
		WHERE c.monitor_id = m.monitor_id
	) AS n
	JOIN drift.windows AS r
		ON r.monitor_id = m.monitor_id AND r.segment = '' AND r.column_id = drift_internal.counting_column(m.monitor_id)
	CROSS JOIN LATERAL (
		SELECT
			(SELECT w.profile FROM drift.windows AS w
				WHERE (w.monitor_id, w.segment, w.grain, w.starts_at, w.column_id) = (r.monitor_id, '', r.grain, r.starts_at, n.failed)
					AND drift.value_count(w.profile) > 0) AS failed,
			(SELECT w.profile FROM drift.windows AS w
				WHERE (w.monitor_id, w.segment, w.grain, w.starts_at, w.column_id) = (r.monitor_id, '', r.grain, r.starts_at, n.latency)
					AND drift.value_count(w.profile) > 0) AS latency,
			(SELECT w.profile FROM drift.windows AS w
				WHERE (w.monitor_id, w.segment, w.grain, w.starts_at, w.column_id) = (r.monitor_id, '', r.grain, r.starts_at, n.score)
					AND drift.value_count(w.profile) > 0) AS score,
			(SELECT w.profile FROM drift.windows AS w
				WHERE (w.monitor_id, w.segment, w.grain, w.starts_at, w.column_id) = (r.monitor_id, '', r.grain, r.starts_at, n.confidence)
					AND drift.value_count(w.profile) > 0) AS confidence
	) AS p
	WHERE o.deleted_at IS NULL;

COMMENT ON VIEW drift.v_windows IS
	'each window of each monitor: rows, failures, latency, scores and confidence; for members of the owner. Ask for one grain and a span of starts_at';
COMMENT ON COLUMN drift.v_windows.model IS 'name of the model; NULL: data of no model';
COMMENT ON COLUMN drift.v_windows.monitor IS 'name of the monitor';
COMMENT ON COLUMN drift.v_windows.grain IS 'width of the window: hour, day or month';
COMMENT ON COLUMN drift.v_windows.starts_at IS 'when it begins, in the time zone of the monitor: the time axis of charts';
COMMENT ON COLUMN drift.v_windows.n_rows IS 'rows, or predictions, of the window';
COMMENT ON COLUMN drift.v_windows.n_failed IS 'predictions that failed; NULL: not a prediction log';
COMMENT ON COLUMN drift.v_windows.latency_p50_seconds IS 'median time that a prediction took, in seconds; NULL: not known';
COMMENT ON COLUMN drift.v_windows.latency_p95_seconds IS 'its 95th percentile';
COMMENT ON COLUMN drift.v_windows.latency_p99_seconds IS 'its 99th percentile';
COMMENT ON COLUMN drift.v_windows.score_mean IS 'mean of the scores; NULL: there are none';
COMMENT ON COLUMN drift.v_windows.score_p10 IS 'their 10th percentile';
COMMENT ON COLUMN drift.v_windows.score_p50 IS 'their median';
COMMENT ON COLUMN drift.v_windows.score_p90 IS 'their 90th percentile';
COMMENT ON COLUMN drift.v_windows.confidence_mean IS 'mean confidence of the answers, from 0 to 1; NULL: not watched';
COMMENT ON COLUMN drift.v_windows.confidence_p10 IS 'its 10th percentile';
COMMENT ON COLUMN drift.v_windows.confidence_p50 IS 'its median';
COMMENT ON COLUMN drift.v_windows.confidence_p90 IS 'its 90th percentile';
COMMENT ON COLUMN drift.v_windows.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_windows.model_id IS 'number of the model; NULL: data of no model';

CREATE OR REPLACE VIEW drift.v_labels WITH (security_invoker = true) AS
	SELECT o.name AS model, m.name AS monitor, r.grain, r.starts_at, drift.row_count(r.profile) AS n_rows, e.n_labelled,
		e.n_labelled / nullif(drift.row_count(r.profile), 0)::float8 AS coverage, m.monitor_id, m.model_id
	FROM drift.monitors AS m
	LEFT JOIN drift.models AS o ON o.model_id = m.model_id
	CROSS JOIN LATERAL (SELECT drift_internal.outcome_column(m.monitor_id) AS outcome OFFSET 0) AS n
	JOIN drift.windows AS r
		ON r.monitor_id = m.monitor_id AND r.segment = '' AND r.column_id = drift_internal.counting_column(m.monitor_id)
	CROSS JOIN LATERAL (
		SELECT coalesce((SELECT drift.value_count(w.profile) FROM drift.windows AS w
			WHERE (w.monitor_id, w.segment, w.grain, w.starts_at, w.column_id) = (r.monitor_id, '', r.grain, r.starts_at, n.outcome)), 0) AS n_labelled
	) AS e
	WHERE n.outcome IS NOT NULL AND o.deleted_at IS NULL;

COMMENT ON VIEW drift.v_labels IS
	'of how many rows of each window the truth is known by now; for members of the owner. Ask for one grain and a span of starts_at';
COMMENT ON COLUMN drift.v_labels.model IS 'name of the model; NULL: data of no model';
COMMENT ON COLUMN drift.v_labels.monitor IS 'name of the monitor';
COMMENT ON COLUMN drift.v_labels.grain IS 'width of the window: hour, day or month';
COMMENT ON COLUMN drift.v_labels.starts_at IS 'when it begins, in the time zone of the monitor: the time axis of charts';
COMMENT ON COLUMN drift.v_labels.n_rows IS 'rows, or predictions, of the window';
COMMENT ON COLUMN drift.v_labels.n_labelled IS 'those of which the truth is known';
COMMENT ON COLUMN drift.v_labels.coverage IS 'their share, from 0 to 1; NULL: the window has no rows';
COMMENT ON COLUMN drift.v_labels.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_labels.model_id IS 'number of the model; NULL: data of no model';

GRANT SELECT ON drift.v_windows, drift.v_labels TO PUBLIC;
