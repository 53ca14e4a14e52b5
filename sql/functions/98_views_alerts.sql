-- stable views: alerts, and the messages that tell of them

CREATE OR REPLACE VIEW drift.v_alerts WITH (security_invoker = true) AS
	SELECT a.alert_id, m.name AS model, w.name AS monitor, a.kind, a.severity, a.status, a.status <> 'resolved' AS is_open, a.title,
		CASE jsonb_typeof(a.details -> 'items') WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(a.details -> 'items')) END AS items,
		a.raised_at, a.last_seen_at, a.acknowledged_at, a.acknowledged_by, a.comment, a.resolved_at,
		extract(epoch FROM coalesce(a.resolved_at, clock_timestamp()) - a.raised_at)::float8 AS open_seconds, a.check_id, a.monitor_id, a.model_id
	FROM drift.alerts AS a
	LEFT JOIN drift.models AS m ON m.model_id = a.model_id
	LEFT JOIN drift.monitors AS w ON w.monitor_id = a.monitor_id;

COMMENT ON VIEW drift.v_alerts IS 'every alert: open ones (firing or acknowledged) and those that were resolved';
COMMENT ON COLUMN drift.v_alerts.alert_id IS 'number of the alert; drift.acknowledge_alert() and drift.resolve_alert() take it';
COMMENT ON COLUMN drift.v_alerts.model IS 'name of the model; NULL: data of no model';
COMMENT ON COLUMN drift.v_alerts.monitor IS 'name of the monitor that raised it; NULL: something else did';
COMMENT ON COLUMN drift.v_alerts.kind IS 'what is wrong, for example data_drift, performance, model_frozen';
COMMENT ON COLUMN drift.v_alerts.severity IS 'warning or critical';
COMMENT ON COLUMN drift.v_alerts.status IS 'firing, acknowledged or resolved';
COMMENT ON COLUMN drift.v_alerts.is_open IS 'whether it is not resolved';
COMMENT ON COLUMN drift.v_alerts.title IS 'what is wrong, in words';
COMMENT ON COLUMN drift.v_alerts.items IS 'columns it is about, or other causes; NULL: it names none';
COMMENT ON COLUMN drift.v_alerts.raised_at IS 'when it was raised';
COMMENT ON COLUMN drift.v_alerts.last_seen_at IS 'end of the span of the last check that still saw it';
COMMENT ON COLUMN drift.v_alerts.acknowledged_at IS 'when somebody said that they look after it';
COMMENT ON COLUMN drift.v_alerts.acknowledged_by IS 'who did';
COMMENT ON COLUMN drift.v_alerts.comment IS 'what who acknowledged or resolved it said';
COMMENT ON COLUMN drift.v_alerts.resolved_at IS 'when it was resolved; NULL: it is open';
COMMENT ON COLUMN drift.v_alerts.open_seconds IS 'for how long it was open, or is until now';
COMMENT ON COLUMN drift.v_alerts.check_id IS 'check that raised it';
COMMENT ON COLUMN drift.v_alerts.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_alerts.model_id IS 'number of the model';

CREATE OR REPLACE VIEW drift.v_deliveries WITH (security_invoker = true) AS
	SELECT d.delivery_id, d.channel, r.name AS rule, m.name AS model, w.name AS monitor, d.cause, d.status,
		d.message ->> 'severity' AS severity, d.message ->> 'title' AS title, d.created_at, d.due_at, d.attempts, d.sent_at,
		extract(epoch FROM d.sent_at - d.created_at)::float8 AS seconds_to_send, d.last_error, pg_get_userbyid(d.owner)::text AS owner,
		d.idempotency_key, d.group_id, d.rule_id, d.monitor_id, d.model_id
	FROM drift.deliveries AS d
	LEFT JOIN drift.alert_rules AS r ON r.rule_id = d.rule_id
	LEFT JOIN drift.models AS m ON m.model_id = d.model_id
	LEFT JOIN drift.monitors AS w ON w.monitor_id = d.monitor_id;

COMMENT ON VIEW drift.v_deliveries IS 'messages to channels and what became of them, for members of the owner of the rule';
COMMENT ON COLUMN drift.v_deliveries.delivery_id IS 'number of the message';
COMMENT ON COLUMN drift.v_deliveries.channel IS 'foreign server that it goes to';
COMMENT ON COLUMN drift.v_deliveries.rule IS 'name of the rule that sent it; NULL: a test or a report, or the rule was dropped';
COMMENT ON COLUMN drift.v_deliveries.model IS 'name of the model; NULL: of several or none';
COMMENT ON COLUMN drift.v_deliveries.monitor IS 'name of the monitor; NULL: of several or none';
COMMENT ON COLUMN drift.v_deliveries.cause IS 'event, repeat, escalation, resolved, report or test';
COMMENT ON COLUMN drift.v_deliveries.status IS 'pending, sending, sent, or dead: it is not tried again';
COMMENT ON COLUMN drift.v_deliveries.severity IS 'severity of the message: ok, warning or critical';
COMMENT ON COLUMN drift.v_deliveries.title IS 'its first line';
COMMENT ON COLUMN drift.v_deliveries.created_at IS 'when it was put there';
COMMENT ON COLUMN drift.v_deliveries.due_at IS 'when it is to be sent, or tried again';
COMMENT ON COLUMN drift.v_deliveries.attempts IS 'how often it was tried';
COMMENT ON COLUMN drift.v_deliveries.sent_at IS 'when the channel took it; NULL: it did not';
COMMENT ON COLUMN drift.v_deliveries.seconds_to_send IS 'seconds between the two; NULL: it was not sent';
COMMENT ON COLUMN drift.v_deliveries.last_error IS 'why the last try failed; NULL: none did';
COMMENT ON COLUMN drift.v_deliveries.owner IS 'role whose user mapping of the channel is used';
COMMENT ON COLUMN drift.v_deliveries.idempotency_key IS 'by which a receiver knows a message that it has already';
COMMENT ON COLUMN drift.v_deliveries.group_id IS 'group of alerts that share their messages';
COMMENT ON COLUMN drift.v_deliveries.rule_id IS 'number of the rule';
COMMENT ON COLUMN drift.v_deliveries.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_deliveries.model_id IS 'number of the model';

GRANT SELECT ON drift.v_alerts, drift.v_deliveries TO PUBLIC;
