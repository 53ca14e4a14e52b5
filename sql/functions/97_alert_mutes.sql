-- alerts that are not told of for now: silences, and alerts that a worse one explains

CREATE OR REPLACE FUNCTION drift_internal.inhibited_by(alert drift.alerts) RETURNS bigint
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT min(a.alert_id)
		FROM drift.alerts AS a
		WHERE alert.severity = 'warning' AND coalesce(a.model_id, 0) = alert.model_id AND a.status <> 'resolved' AND a.alert_id <> alert.alert_id
			AND CASE WHEN a.kind = 'performance' THEN alert.kind IN ('data_drift', 'prediction_drift', 'segments')
				ELSE a.kind = alert.kind AND a.severity = 'critical' END);
END
$$;

COMMENT ON FUNCTION drift_internal.inhibited_by(drift.alerts) IS
	'open alert that explains a warning: where a model is known to be worse, that its data, predictions or segments drifted; and a critical alert of the same kind and model. NULL: none';

CREATE OR REPLACE FUNCTION drift_internal.muted_because(alert drift.alerts, inhibit boolean) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now CONSTANT timestamptz := clock_timestamp();
	other CONSTANT bigint := CASE WHEN inhibit THEN drift_internal.inhibited_by(alert) END;
BEGIN
	RETURN CASE
		WHEN drift_internal.is_silenced(alert.model_id, alert.monitor_id, alert.kind, tstzrange(now, now, '[]')) THEN 'it is silenced'
		WHEN other IS NOT NULL THEN format('alert %s explains it', other) END;
END
$$;

COMMENT ON FUNCTION drift_internal.muted_because(drift.alerts, boolean) IS 'why an alert is not told of now; NULL: nothing is in the way';
