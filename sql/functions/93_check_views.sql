-- what checks found, as people look at it; what they see are the rows that they may see
--
-- Views over checks are for all who may see the monitor, those over windows for members of its owner.

CREATE OR REPLACE VIEW drift.latest_check WITH (security_invoker = true) AS
SELECT m.name AS monitor, o.name AS model, c.*
FROM drift.monitors AS m
LEFT JOIN drift.models AS o ON o.model_id = m.model_id,
	LATERAL (
		SELECT * FROM drift.checks AS c WHERE c.monitor_id = m.monitor_id ORDER BY c.as_of DESC, c.check_id DESC LIMIT 1
	) AS c;

COMMENT ON VIEW drift.latest_check IS 'the newest check of each monitor';

-- Of two checks of one moment the later counts.
CREATE OR REPLACE VIEW drift.feature_history WITH (security_invoker = true) AS
SELECT m.name AS monitor, o.name AS model, c.model_version, c.as_of, f.segment, f.role, f.column_name AS feature, f.severity, f.drifted,
	f.method, f.statistic, f.p_value, f.p_value_corrected, f.psi, f.psi_95, f.effect, f.effect_low, f.n_reference, f.n_current,
	f.missing_reference, f.missing_current, f.mean_reference, f.mean_current, f.stddev_reference, f.stddev_current, f.findings, f.explanation,
	c.check_id, c.monitor_id, c.model_id
FROM drift.checks AS c
JOIN drift.check_features AS f USING (check_id)
JOIN drift.monitors AS m ON m.monitor_id = c.monitor_id
LEFT JOIN drift.models AS o ON o.model_id = c.model_id
WHERE NOT EXISTS (
	SELECT FROM drift.checks AS l WHERE l.monitor_id = c.monitor_id AND l.as_of = c.as_of AND l.check_id > c.check_id);

COMMENT ON VIEW drift.feature_history IS 'each column of each check, with the version of the model that was the champion then';
COMMENT ON COLUMN drift.feature_history.role IS 'feature, score, label, confidence, target, error or operation';

CREATE OR REPLACE VIEW drift.feature_stability WITH (security_invoker = true) AS
SELECT monitor, model, rank() OVER (PARTITION BY monitor_id ORDER BY mean_effect DESC NULLS LAST) AS rank, feature, mean_effect, max_effect,
	mean_psi, max_psi, checks, drifted_checks, last_drifted_at, last_severity, last_as_of, monitor_id, model_id
FROM (
	SELECT h.monitor, h.model, h.feature, h.monitor_id, h.model_id, avg(h.effect) AS mean_effect, max(h.effect) AS max_effect,
		avg(h.psi) AS mean_psi, max(h.psi) AS max_psi, count(h.drifted) AS checks, count(*) FILTER (WHERE h.drifted) AS drifted_checks,
		max(h.as_of) FILTER (WHERE h.drifted) AS last_drifted_at,
		(array_agg(h.severity ORDER BY h.as_of DESC))[1] AS last_severity, max(h.as_of) AS last_as_of
	FROM drift.feature_history AS h
	WHERE h.role = 'feature' AND h.segment = ''
	GROUP BY h.monitor, h.model, h.feature, h.monitor_id, h.model_id
) AS s;

COMMENT ON VIEW drift.feature_stability IS 'which features changed most over the checks that are kept: the first rank has the largest mean effect';
COMMENT ON COLUMN drift.feature_stability.rank IS 'among the features of the monitor';
COMMENT ON COLUMN drift.feature_stability.checks IS 'checks with a verdict on the feature';
COMMENT ON COLUMN drift.feature_stability.last_severity IS 'its severity in the newest check';

CREATE OR REPLACE VIEW drift.confidence_history WITH (security_invoker = true) AS
SELECT m.name AS monitor, o.name AS model, w.segment, w.grain, w.starts_at, drift.value_count(w.profile) AS row_count,
	drift.mean(w.profile) AS mean_confidence, 1 - drift.mean(w.profile) AS mean_uncertainty, drift.stddev(w.profile) AS stddev,
	drift.quantile(w.profile, 0.1) AS p10, drift.quantile(w.profile, 0.5) AS p50, drift.quantile(w.profile, 0.9) AS p90,
	(SELECT (drift.ks_test(b.profile, w.profile)).statistic
		FROM drift.baseline_columns AS b
		WHERE b.baseline_id = w.baseline_id AND b.segment = '' AND b.column_name = c.column_name AND b.kind = c.kind) AS ks_against_baseline,
	drift.mean(e.profile) AS mean_error,
	CASE WHEN drift.minimum(e.profile) IN (0, 1) AND drift.maximum(e.profile) IN (0, 1) AND lc.column_id IS NOT NULL THEN 1 - drift.mean(e.profile) END AS accuracy,
	drift.value_count(e.profile) AS n_labelled, m.monitor_id, m.model_id
FROM drift.monitors AS m
LEFT JOIN drift.models AS o ON o.model_id = m.model_id
LEFT JOIN drift.monitor_columns AS lc ON lc.monitor_id = m.monitor_id AND lc.role = 'label'
JOIN drift.monitor_columns AS c ON c.monitor_id = m.monitor_id AND c.role = 'confidence' AND c.kind = 'numeric'
JOIN drift.windows AS w ON w.monitor_id = m.monitor_id AND w.column_id = c.column_id
LEFT JOIN drift.monitor_columns AS ec ON ec.monitor_id = m.monitor_id AND ec.role = 'error' AND ec.kind = 'numeric'
LEFT JOIN drift.windows AS e ON e.monitor_id = w.monitor_id AND e.segment = w.segment AND e.grain = w.grain AND e.starts_at = w.starts_at
	AND e.column_id = ec.column_id AND drift.value_count(e.profile) > 0
WHERE drift.value_count(w.profile) > 0;

COMMENT ON VIEW drift.confidence_history IS 'how sure the model was in each window, beside how wrong it was: two signals, for members of the owner';
COMMENT ON COLUMN drift.confidence_history.grain IS 'width of the window: hour, day or month; take one of them';
COMMENT ON COLUMN drift.confidence_history.ks_against_baseline IS 'Kolmogorov-Smirnov distance from the baseline that the window is anchored on; NULL where that has no confidence';
COMMENT ON COLUMN drift.confidence_history.mean_error IS 'mean error of the rows whose outcome is known; NULL: of none';
COMMENT ON COLUMN drift.confidence_history.accuracy IS 'share of right answers among them; NULL where the model does not say classes';
COMMENT ON COLUMN drift.confidence_history.n_labelled IS 'rows whose outcome is known';

CREATE OR REPLACE VIEW drift.class_balance WITH (security_invoker = true) AS
SELECT m.name AS monitor, o.name AS model, c.role, w.segment, w.grain, w.starts_at, b.label AS class, b.row_count, b.share,
	m.monitor_id, m.model_id
FROM drift.monitors AS m
LEFT JOIN drift.models AS o ON o.model_id = m.model_id
JOIN drift.monitor_columns AS c ON c.monitor_id = m.monitor_id AND c.role IN ('label', 'target') AND c.kind = 'categorical'
JOIN drift.windows AS w ON w.monitor_id = m.monitor_id AND w.column_id = c.column_id,
	LATERAL drift.bins(w.profile) AS b
WHERE drift.value_count(w.profile) > 0;

COMMENT ON VIEW drift.class_balance IS 'share of each class among predictions (role label) and outcomes (role target) in each window; for members of the owner';
COMMENT ON COLUMN drift.class_balance.grain IS 'width of the window: hour, day or month; take one of them';

CREATE OR REPLACE VIEW drift.operation_history WITH (security_invoker = true) AS
SELECT m.name AS monitor, o.name AS model, r.segment, r.grain, r.starts_at, drift.row_count(r.profile) AS row_count,
	drift.mean(l.profile) AS latency_mean, drift.quantile(l.profile, 0.5) AS latency_p50, drift.quantile(l.profile, 0.95) AS latency_p95,
	drift.quantile(l.profile, 0.99) AS latency_p99, drift.maximum(l.profile) AS latency_max,
	(SELECT coalesce(sum(b.row_count) FILTER (WHERE b.label = 'true'), 0) FROM drift.bins(r.profile) AS b)::bigint AS failed_count,
	(SELECT coalesce(sum(b.share) FILTER (WHERE b.label = 'true'), 0) FROM drift.bins(r.profile) AS b) AS failed_share,
	m.monitor_id, m.model_id
FROM drift.monitors AS m
LEFT JOIN drift.models AS o ON o.model_id = m.model_id
JOIN drift.monitor_columns AS rc ON rc.monitor_id = m.monitor_id AND rc.role = 'operation' AND rc.column_name = 'failed'
JOIN drift.windows AS r ON r.monitor_id = m.monitor_id AND r.column_id = rc.column_id
LEFT JOIN drift.monitor_columns AS lc ON lc.monitor_id = m.monitor_id AND lc.role = 'operation' AND lc.column_name = 'latency_ms'
LEFT JOIN drift.windows AS l ON l.monitor_id = r.monitor_id AND l.segment = r.segment AND l.grain = r.grain AND l.starts_at = r.starts_at
	AND l.column_id = lc.column_id AND drift.value_count(l.profile) > 0
WHERE drift.value_count(r.profile) > 0;

COMMENT ON VIEW drift.operation_history IS 'how many predictions each window has, how long they took in milliseconds and how many failed; for members of the owner';
COMMENT ON COLUMN drift.operation_history.grain IS 'width of the window: hour, day or month; take one of them';

CREATE OR REPLACE FUNCTION drift_internal.monitor_progress(monitor_id integer, OUT refreshed_to timestamptz, OUT refreshed_at timestamptz)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT s.refreshed_to, s.refreshed_at INTO refreshed_to, refreshed_at
	FROM drift.monitors AS m
	JOIN drift_internal.monitor_states AS s USING (monitor_id),
		LATERAL drift_internal.check_monitor(m, 'read', m.name) AS seen
	WHERE m.monitor_id = monitor_progress.monitor_id;
END
$$;

COMMENT ON FUNCTION drift_internal.monitor_progress(integer) IS 'how far a monitor that the acting role may see has been read, and when';

CREATE OR REPLACE VIEW drift.monitor_status WITH (security_invoker = true) AS
SELECT m.name AS monitor, o.name AS model, m.owner, c.status, c.as_of, c.checked_at, c.drift_detected, c.drift_score, c.drifted_features,
	c.prediction_drift, c.target_drift, c.performance, c.findings, c.explanation, c.error,
	(SELECT count(*) FROM drift.alerts AS a WHERE a.monitor_id = m.monitor_id AND a.status <> 'resolved') AS open_alerts,
	s.refreshed_to, s.refreshed_at, m.paused_at, c.check_id, m.monitor_id, m.model_id
FROM drift.monitors AS m
LEFT JOIN drift.models AS o ON o.model_id = m.model_id
LEFT JOIN drift.latest_check AS c ON c.monitor_id = m.monitor_id,
	LATERAL drift_internal.monitor_progress(m.monitor_id) AS s;

COMMENT ON VIEW drift.monitor_status IS 'where each monitor stands: its newest check, its open alerts and how far it has read';
COMMENT ON COLUMN drift.monitor_status.status IS 'of the newest check; NULL: there was none';
COMMENT ON COLUMN drift.monitor_status.refreshed_to IS 'end of the newest bucket that has been read';

GRANT SELECT ON drift.latest_check, drift.feature_history, drift.feature_stability, drift.confidence_history, drift.class_balance,
	drift.operation_history, drift.monitor_status TO PUBLIC;

CREATE OR REPLACE FUNCTION drift_internal.feature_report(monitor drift.monitors, feature text, at_most integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('monitor', feature_report.monitor.name, 'checks', count(h.drifted), 'drifted_checks', count(*) FILTER (WHERE h.drifted),
		'first_drifted_at', min(h.as_of) FILTER (WHERE h.drifted), 'last_drifted_at', max(h.as_of) FILTER (WHERE h.drifted),
		'latest', (jsonb_agg(to_jsonb(h) - '{monitor,model,feature,monitor_id,model_id}'::text[] ORDER BY h.as_of DESC))[0],
		'history', jsonb_agg(jsonb_build_object('as_of', h.as_of, 'model_version', h.model_version, 'severity', h.severity, 'psi', h.psi,
			'effect', h.effect, 'p_value_corrected', h.p_value_corrected, 'mean', h.mean_current, 'stddev', h.stddev_current,
			'missing', h.missing_current, 'rows', h.n_current + h.missing_current) ORDER BY h.as_of))
	FROM (
		SELECT * FROM drift.feature_history AS h
		WHERE h.monitor_id = feature_report.monitor.monitor_id AND h.feature = feature_report.feature AND h.segment = ''
		ORDER BY h.as_of DESC LIMIT at_most
	) AS h
$$;

COMMENT ON FUNCTION drift_internal.feature_report(drift.monitors, text, integer) IS 'what the newest checks of one monitor say about one column';

CREATE OR REPLACE FUNCTION drift.feature_drift_report(model text, feature text, at_most integer DEFAULT 100) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model CONSTANT drift.models := drift_internal.find_model(model, 'read');
	reports CONSTANT jsonb := (
		SELECT jsonb_agg(drift_internal.feature_report(m, feature_drift_report.feature, greatest(at_most, 1)) ORDER BY m.name)
		FROM drift.monitors AS m
		JOIN drift.monitor_columns AS c USING (monitor_id)
		WHERE m.model_id = found_model.model_id AND c.column_name = feature_drift_report.feature);
BEGIN
	IF reports IS NULL THEN
		RAISE EXCEPTION 'no monitor of model "%" watches a column "%"', model, feature
			USING ERRCODE = 'undefined_column', HINT = 'drift.monitor_columns lists what monitors watch.';
	END IF;
	RETURN jsonb_build_object('model', model, 'feature', feature, 'monitors', reports);
END
$$;

COMMENT ON FUNCTION drift.feature_drift_report(text, text, integer) IS
	'what the monitors of a model found in one feature: the newest verdict, how often it drifted, and its history, the newest checks at most';
