-- what people do with alerts

CREATE OR REPLACE FUNCTION drift_internal.lock_alert(alert_id bigint) RETURNS drift.alerts
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts;
	model drift.models;
	monitor drift.monitors;
BEGIN
	SELECT * INTO alert FROM drift.alerts AS a WHERE a.alert_id = lock_alert.alert_id FOR UPDATE;
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = alert.model_id;
	SELECT * INTO monitor FROM drift.monitors AS m WHERE m.monitor_id = alert.monitor_id;
	IF NOT coalesce(drift_internal.may_run(monitor.owner), false)
		AND NOT (model.model_id IS NOT NULL AND drift_internal.allowed(model, 'operate'))
		AND NOT EXISTS (SELECT FROM drift.detectors AS d WHERE d.detector_id = alert.detector_id AND drift_internal.may_run(d.owner))
	THEN
		RAISE EXCEPTION 'there is no alert % that you may change', coalesce(alert_id::text, 'NULL')
			USING ERRCODE = 'undefined_object',
				DETAIL = 'Members of the owner of its monitor or detector may, and who may operate its model.',
				HINT = 'drift.open_alerts lists the alerts that you may see.';
	END IF;
	RETURN alert;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_alert(bigint) IS 'an alert that the acting role may acknowledge or resolve, locked; or an error';

CREATE OR REPLACE FUNCTION drift.acknowledge_alert(alert_id bigint, comment text DEFAULT NULL) RETURNS SETOF drift.alerts
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts := drift_internal.lock_alert(alert_id);
BEGIN
	IF alert.status = 'resolved' THEN
		RAISE EXCEPTION 'alert % is resolved', alert.alert_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It was resolved at %s.', alert.resolved_at);
	ELSIF alert.status = 'firing' THEN
		UPDATE drift.alerts AS a
		SET status = 'acknowledged', acknowledged_at = clock_timestamp(), acknowledged_by = pg_get_userbyid(drift_internal.actor()),
			comment = coalesce(acknowledge_alert.comment, a.comment)
		WHERE a.alert_id = alert.alert_id
		RETURNING * INTO alert;
		PERFORM drift_internal.notify_alert(alert, 'acknowledged');
	END IF;
	RETURN NEXT alert;
END
$$;

COMMENT ON FUNCTION drift.acknowledge_alert(bigint, text) IS
	'says that somebody looks after an alert: it stays open, and fires again only where it becomes worse; one that is acknowledged stays as it is';

CREATE OR REPLACE FUNCTION drift.resolve_alert(alert_id bigint, comment text DEFAULT NULL) RETURNS SETOF drift.alerts
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts := drift_internal.lock_alert(alert_id);
BEGIN
	IF alert.kind = 'model_frozen' AND alert.status <> 'resolved' THEN
		RAISE EXCEPTION 'alert % ends when the model is no longer frozen', alert.alert_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = (SELECT format('SELECT * FROM drift.unfreeze(%L);', m.name) FROM drift.models AS m WHERE m.model_id = alert.model_id);
	ELSIF alert.status <> 'resolved' THEN
		alert := drift_internal.close_alert(alert.alert_id, clock_timestamp(), comment);
	END IF;
	RETURN NEXT alert;
END
$$;

COMMENT ON FUNCTION drift.resolve_alert(bigint, text) IS
	'ends an alert by hand; what was counted for it is not counted again, so that it comes back only where its cause is found anew';

CREATE OR REPLACE VIEW drift.open_alerts WITH (security_invoker = true) AS
	SELECT a.alert_id, m.name AS model, w.name AS monitor, a.kind, a.severity, a.status, a.title, a.details -> 'items' AS items,
		a.raised_at, a.last_seen_at, a.acknowledged_by, a.comment, a.check_id
	FROM drift.alerts AS a
	LEFT JOIN drift.models AS m USING (model_id)
	LEFT JOIN drift.monitors AS w USING (monitor_id)
	WHERE a.status <> 'resolved'
	ORDER BY a.severity, a.status DESC, a.raised_at DESC;

COMMENT ON VIEW drift.open_alerts IS 'alerts that are firing or acknowledged, critical ones first';
COMMENT ON COLUMN drift.open_alerts.items IS 'columns that it is about, or other causes';

GRANT SELECT ON drift.open_alerts TO PUBLIC;
