-- what a check gives reason to raise an alert for
--
-- A cause has a kind, one open alert each, and items: the columns it is about. Counting is by item, so that
-- one column that drifts twice counts and two columns that each did once, by chance, do not.

CREATE OR REPLACE FUNCTION drift_internal.read_alert_settings(config jsonb) RETURNS drift_internal.alert_settings
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.config_number(config, 'alerting.breaches')::integer,
		drift_internal.config_number(config, 'alerting.of')::integer,
		drift_internal.config_number(config, 'alerting.critical_breaches')::integer,
		drift_internal.config_number(config, 'alerting.clear_ratio'),
		drift_internal.config_text(config, 'alerting.cooldown')::interval,
		drift_internal.config_text(config, 'alerting.minimum_severity'),
		drift_internal.config_number(config, 'alerting.alert_drift'),
		drift_internal.config_number(config, 'monitoring.alert_thresholds.drift_critical'),
		drift_internal.config_number(config, 'monitoring.alert_thresholds.performance_degradation')
$$;

COMMENT ON FUNCTION drift_internal.read_alert_settings(jsonb) IS 'how alerts are tuned by a configuration';

-- A check that could not be run did not read its configuration.
CREATE OR REPLACE FUNCTION drift_internal.config_of(checked drift.checks) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN checked.config ? 'alerting' THEN checked.config
		ELSE (SELECT drift_internal.monitor_config(m) FROM drift.monitors AS m WHERE m.monitor_id = checked.monitor_id) END
$$;

COMMENT ON FUNCTION drift_internal.config_of(drift.checks) IS 'configuration that a check was run with, or else that of its monitor';

CREATE OR REPLACE FUNCTION drift_internal.limits_of(checked drift.checks) RETURNS drift.thresholds
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN checked.config ? 'limits' THEN jsonb_populate_record(NULL::drift.thresholds, checked.config -> 'limits')
		ELSE drift_internal.config_limits(drift_internal.config_of(checked)) END
$$;

COMMENT ON FUNCTION drift_internal.limits_of(drift.checks) IS 'thresholds that the columns of a check were held against';

-- A PSI or effect between the lower bar and the bar, that chance does not explain.
CREATE OR REPLACE FUNCTION drift_internal.holds_on(feature drift.check_features, limits drift.thresholds, clear_ratio float8) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN coalesce(feature.drifted, false)
		OR (limits.rule IN ('test', 'test_or_psi') AND feature.p_value_corrected < limits.alpha
			AND feature.effect >= clear_ratio * limits.minimum_effect)
		OR (limits.rule IN ('psi', 'test_or_psi') AND feature.psi >= clear_ratio * limits.psi_warning
			AND feature.psi > coalesce(feature.psi_95, 0)) IS TRUE;

COMMENT ON FUNCTION drift_internal.holds_on(drift.check_features, drift.thresholds, float8) IS
	'whether a column that drifted is not yet back: it drifts, or is above the lower bar';

CREATE OR REPLACE FUNCTION drift_internal.alert_kind(role text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE role WHEN 'feature' THEN 'data_drift' WHEN 'target' THEN 'target_drift' WHEN 'operation' THEN 'operation_drift'
		WHEN 'error' THEN 'performance' ELSE 'prediction_drift' END;

COMMENT ON FUNCTION drift_internal.alert_kind(text) IS 'kind of alert for drift of a column with a role';

-- The drift of the data set is an item of its own. A column that is gone is no drift of data but of the source.
CREATE OR REPLACE FUNCTION drift_internal.check_items(check_ids bigint[], limits drift.thresholds, settings drift_internal.alert_settings)
	RETURNS SETOF drift_internal.alert_item
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT i.*
		FROM (
			SELECT c.check_id, drift_internal.alert_kind(f.role) AS kind, f.column_name AS item,
				CASE WHEN f.severity = 'critical' OR (f.role = 'feature' AND f.psi > settings.drift_critical) THEN 'critical' ELSE 'warning' END AS severity,
				f.drifted AND (f.role <> 'feature' OR c.drift_detected) AS breaches, f.explanation AS note
			FROM (
				SELECT k.check_id, k.drift_detected, k.config -> 'features' AS features FROM drift.checks AS k WHERE k.check_id = ANY (check_ids) OFFSET 0
			) AS c
			JOIN drift.check_features AS f USING (check_id)
			WHERE f.segment = '' AND f.role <> 'error' AND (f.findings && '{absent,type}') IS NOT TRUE
				AND (f.drifted OR f.p_value_corrected < 1 OR f.psi > coalesce(f.psi_95, 0)) -- what costs nothing to see
				AND drift_internal.holds_on(f, CASE WHEN c.features ? f.column_name
					THEN drift_internal.column_limits(limits, jsonb_build_object('features', c.features), f.column_name) ELSE limits END, settings.clear_ratio)
			UNION ALL
			SELECT c.check_id, 'data_drift', '(data set)', 'critical', true, format('drift score %s', drift_internal.short_number(c.drift_score))
			FROM drift.checks AS c
			WHERE c.check_id = ANY (check_ids) AND c.drift_score > settings.alert_drift
			UNION ALL
			SELECT m.check_id, 'performance', m.metric, CASE m.severity WHEN 'critical' THEN 'critical' ELSE 'warning' END,
				m.severity IN ('warning', 'critical') AND (m.loss >= b.bound) IS NOT FALSE, m.explanation
			FROM drift.check_metrics AS m
			JOIN drift.checks AS c USING (check_id)
			LEFT JOIN drift.custom_metrics AS u ON u.monitor_id = c.monitor_id AND u.name = m.metric,
				LATERAL (SELECT CASE WHEN u.name IS NULL THEN settings.performance_degradation ELSE m.threshold END) AS b (bound)
			WHERE m.check_id = ANY (check_ids) AND m.segment = '' AND m.kind = 'realised' AND m.severity IN ('ok', 'warning', 'critical')
				AND (m.severity <> 'ok' OR m.loss >= settings.clear_ratio * b.bound)
			UNION ALL
			SELECT m.check_id, 'estimated_performance', m.metric, m.severity, true, m.explanation
			FROM drift.check_metrics AS m
			WHERE m.check_id = ANY (check_ids) AND m.segment = '' AND m.kind = 'estimated' AND 'performance' = ANY (m.findings)
			UNION ALL
			SELECT c.check_id, u.finding, u.finding, CASE WHEN u.finding = 'schema' AND EXISTS (
					SELECT FROM drift.check_features AS f WHERE f.check_id = c.check_id AND f.segment = '' AND f.findings && '{absent,type}')
				THEN 'critical' ELSE 'warning' END, true, c.explanation
			FROM drift.checks AS c, unnest(c.findings) AS u (finding)
			WHERE c.check_id = ANY (check_ids)
			UNION ALL
			SELECT c.check_id, 'check_failed', 'check_failed', 'critical', true, c.error
			FROM drift.checks AS c
			WHERE c.check_id = ANY (check_ids) AND c.status = 'error'
		) AS i (check_id, kind, item, severity, breaches, note);
END
$$;

COMMENT ON FUNCTION drift_internal.check_items(bigint[], drift.thresholds, drift_internal.alert_settings) IS
	'what checks found that alerts may be raised for, and what is not yet below the lower bar';

CREATE OR REPLACE FUNCTION drift_internal.has_verdict(checked drift.checks, kind text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE kind
			WHEN 'data_drift' THEN checked.drift_detected IS NOT NULL
			WHEN 'prediction_drift' THEN checked.prediction_drift IN ('ok', 'warning', 'critical')
			WHEN 'target_drift' THEN checked.target_drift IN ('ok', 'warning', 'critical')
			WHEN 'performance' THEN checked.performance IN ('ok', 'warning', 'critical')
			WHEN 'estimated_performance' THEN checked.estimated_performance IN ('ok', 'warning', 'critical')
			WHEN 'estimate_broken' THEN checked.estimated_performance IN ('ok', 'warning', 'critical')
				AND checked.performance IN ('ok', 'warning', 'critical')
			ELSE checked.status <> 'error'
		END IS TRUE
$$;

COMMENT ON FUNCTION drift_internal.has_verdict(drift.checks, text) IS
	'whether a check knows of a kind of alert that its cause is gone; too few rows are no all-clear';

-- A span without a verdict is passed over, but not for ever.
CREATE OR REPLACE FUNCTION drift_internal.alert_history(monitor drift.monitors, config jsonb) RETURNS interval
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 3 * drift_internal.config_number(config, 'alerting.of') * (monitor).span
$$;

COMMENT ON FUNCTION drift_internal.alert_history(drift.monitors, jsonb) IS 'how far back checks may count for an alert';

-- Checks may be run every hour over the rows of a day. Breaches count where their rows are different ones.
CREATE OR REPLACE FUNCTION drift_internal.earlier_spans(checked drift.checks, wanted integer) RETURNS bigint[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	spans bigint[] := '{}';
	starts_at timestamptz := lower(checked.current_span);
	oldest CONSTANT timestamptz := checked.as_of - 3 * (wanted + 1) * (upper(checked.current_span) - starts_at);
	earlier drift.checks;
BEGIN
	FOR i IN 1 .. wanted LOOP
		SELECT * INTO earlier
		FROM drift.checks AS c
		WHERE c.monitor_id = checked.monitor_id AND c.as_of <= starts_at AND c.as_of > oldest
			AND upper(c.current_span) <= starts_at AND c.status NOT IN ('error', 'insufficient_data')
		ORDER BY c.as_of DESC, c.check_id DESC
		LIMIT 1;
		EXIT WHEN NOT FOUND;
		spans := spans || earlier.check_id;
		starts_at := lower(earlier.current_span);
	END LOOP;
	RETURN spans;
END
$$;

COMMENT ON FUNCTION drift_internal.earlier_spans(drift.checks, integer) IS
	'checks before this one with a verdict whose spans overlap neither it nor each other, the nearest first; no older than three times the spans that are wanted';

CREATE OR REPLACE FUNCTION drift_internal.earlier_failures(checked drift.checks, wanted integer) RETURNS bigint[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(r.check_id), '{}')
	FROM (
		SELECT c.check_id, c.status
		FROM drift.checks AS c
		WHERE c.monitor_id = checked.monitor_id AND (c.as_of, c.check_id) < (checked.as_of, checked.check_id)
		ORDER BY c.as_of DESC, c.check_id DESC
		LIMIT wanted
	) AS r
	WHERE r.status = 'error'
$$;

COMMENT ON FUNCTION drift_internal.earlier_failures(drift.checks, integer) IS 'checks that failed among those right before this one';
