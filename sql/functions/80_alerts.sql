-- alerts: raised once for each cause, told to whoever listens, resolved

-- What listens gets the gist; the row has the rest. A payload must stay below 8,000 bytes.
CREATE OR REPLACE FUNCTION drift_internal.notify_alert(alert drift.alerts, event text) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT pg_notify('drift_alerts', jsonb_build_object(
		'event', event,
		'alert_id', alert.alert_id,
		'model', (SELECT m.name FROM drift.models AS m WHERE m.model_id = alert.model_id),
		'monitor', (SELECT m.name FROM drift.monitors AS m WHERE m.monitor_id = alert.monitor_id),
		'kind', alert.kind,
		'severity', alert.severity,
		'status', alert.status,
		'title', left(alert.title, 500),
		'check_id', alert.check_id,
		'raised_at', alert.raised_at,
		'last_seen_at', alert.last_seen_at)::text)
$$;

COMMENT ON FUNCTION drift_internal.notify_alert(drift.alerts, text) IS
	'tells who listens on drift_alerts, at commit, what became of an alert: raised, escalated, acknowledged or resolved';

-- Rules read the event, so that one that is not written here reaches nobody.
CREATE OR REPLACE FUNCTION drift_internal.tell_alert(alert drift.alerts, event text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model drift.models;
BEGIN
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = alert.model_id;
	PERFORM drift_internal.notify_alert(alert, event);
	PERFORM drift_internal.emit(model, 'alert_' || event, jsonb_build_object('alert_id', alert.alert_id,
		'monitor', (SELECT m.name FROM drift.monitors AS m WHERE m.monitor_id = alert.monitor_id),
		'kind', alert.kind, 'severity', alert.severity, 'title', alert.title, 'check_id', alert.check_id, 'details', alert.details));
END
$$;

COMMENT ON FUNCTION drift_internal.tell_alert(drift.alerts, text) IS
	'tells who listens that an alert was raised, escalated or resolved, and puts the event into the outbox';

-- NULL where one is open already: one cause, one alert.
CREATE OR REPLACE FUNCTION drift_internal.open_alert(cause drift_internal.alert_cause) RETURNS drift.alerts
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts;
BEGIN
	INSERT INTO drift.alerts (model_id, monitor_id, check_id, kind, severity, title, details, raised_at, last_seen_at)
	VALUES (cause.model_id, cause.monitor_id, cause.check_id, cause.kind, cause.severity, cause.title, cause.details,
		cause.seen_at, cause.seen_at)
	ON CONFLICT (coalesce(model_id, 0), coalesce(monitor_id, 0), kind) WHERE status <> 'resolved' DO NOTHING
	RETURNING * INTO alert;
	IF alert.alert_id IS NOT NULL THEN
		PERFORM drift_internal.tell_alert(alert, 'raised');
	END IF;
	RETURN alert;
END
$$;

COMMENT ON FUNCTION drift_internal.open_alert(drift_internal.alert_cause) IS
	'raises an alert and tells of it; nothing where the cause has an open one';

CREATE OR REPLACE FUNCTION drift_internal.close_alert(alert_id bigint, resolved_at timestamptz, comment text DEFAULT NULL) RETURNS drift.alerts
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts;
BEGIN
	UPDATE drift.alerts AS a
	SET status = 'resolved', resolved_at = close_alert.resolved_at, comment = coalesce(close_alert.comment, a.comment)
	WHERE a.alert_id = close_alert.alert_id AND a.status <> 'resolved'
	RETURNING * INTO alert;
	IF alert.alert_id IS NOT NULL THEN
		PERFORM drift_internal.tell_alert(alert, 'resolved');
	END IF;
	RETURN alert;
END
$$;

COMMENT ON FUNCTION drift_internal.close_alert(bigint, timestamptz, text) IS 'resolves an open alert and tells of it';
