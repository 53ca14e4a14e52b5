-- what messages say; channels turn the form drift-message into theirs

-- Two databases may tell one receiver, so their keys must differ.
CREATE OR REPLACE FUNCTION drift_internal.message_key(VARIADIC cause text[]) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT 'drift-' || left(encode(sha256(convert_to(array_to_string(drift_internal.environment() || cause, chr(1), ''), 'UTF8')), 'hex'), 32));
END
$$;

COMMENT ON FUNCTION drift_internal.message_key(text[]) IS 'key of a cause: the same for all its messages, and another in other databases';

CREATE OR REPLACE FUNCTION drift_internal.alert_lines(alert drift.alerts) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT format('%s: %s (alert %s, %s)', CASE alert.status WHEN 'resolved' THEN 'resolved' ELSE alert.severity END, left(alert.title, 1000),
			alert.alert_id, CASE alert.status WHEN 'acknowledged' THEN 'acknowledged by ' || alert.acknowledged_by ELSE
				'since ' || to_char(alert.raised_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') END)
			|| CASE WHEN alert.status = 'resolved' THEN '' ELSE coalesce((
				SELECT string_agg(E'\n  - ' || left(n.says, 500), '' ORDER BY n.place)
				FROM (
					SELECT concat_ws(': ', i.item, alert.details->'notes'->>i.item), i.place
					FROM jsonb_array_elements_text(CASE jsonb_typeof(alert.details->'items') WHEN 'array' THEN alert.details->'items' ELSE '[]' END)
						WITH ORDINALITY AS i (item, place)
					LIMIT 20
				) AS n (says, place)), E'\n  - ' || left(alert.details->>'reason', 500), '') END);
END
$$;

COMMENT ON FUNCTION drift_internal.alert_lines(drift.alerts) IS 'an alert in words: its title, and what was found in each of its columns';

CREATE OR REPLACE FUNCTION drift_internal.message_title(cause text, alerts drift.alerts[], model text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT CASE cause WHEN 'repeat' THEN 'still open: ' WHEN 'escalation' THEN 'nobody answered: ' WHEN 'resolved' THEN 'resolved: ' ELSE '' END
			|| CASE WHEN cardinality(alerts) = 1 THEN left(alerts[1].title, 300)
				ELSE concat_ws(' ', format('%s alerts', cardinality(alerts)), 'of model ' || quote_ident(left(model, 200))) END);
END
$$;

COMMENT ON FUNCTION drift_internal.message_title(text, drift.alerts[], text) IS 'heading of a message about alerts';

-- Worse ones first; of a thousand alerts the first fifty are told of by name.
CREATE OR REPLACE FUNCTION drift_internal.alert_message(cause text, key text, alerts drift.alerts[], resolved drift.alerts[]) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		WITH listed AS MATERIALIZED (
			SELECT a AS alert, row_number() OVER (ORDER BY a.status = 'resolved', a.severity, a.raised_at DESC, a.alert_id) AS place
			FROM unnest(alerts || resolved) AS a
		), whose AS MATERIALIZED (
			SELECT CASE WHEN count(DISTINCT coalesce((l.alert).model_id, 0)) = 1 THEN min((l.alert).model_id) END AS model_id,
				CASE WHEN count(DISTINCT coalesce((l.alert).monitor_id, 0)) = 1 THEN min((l.alert).monitor_id) END AS monitor_id,
				max(coalesce(((l.alert).details->>'last_check_id')::bigint, (l.alert).check_id)) AS check_id
			FROM listed AS l
		)
		SELECT drift_internal.new_message(cause, CASE cause WHEN 'resolved' THEN 'resolved' ELSE 'firing' END,
			CASE cause WHEN 'resolved' THEN 'ok' ELSE (SELECT min(a.severity) FROM unnest(alerts) AS a) END,
			drift_internal.message_title(cause, CASE cause WHEN 'resolved' THEN resolved ELSE alerts END, m.name),
			(SELECT string_agg(drift_internal.alert_lines(l.alert), E'\n' ORDER BY l.place) FROM listed AS l WHERE l.place <= 50)
				|| (SELECT CASE WHEN count(*) > 50 THEN format(E'\nand %s more', count(*) - 50) ELSE '' END FROM listed),
			key, m.name, w.name,
			(SELECT jsonb_agg(drift_internal.alert_entry(l.alert) ORDER BY l.place) FROM listed AS l WHERE l.place <= 50), check_id => o.check_id)
		FROM whose AS o
		LEFT JOIN drift.models AS m ON m.model_id = o.model_id
		LEFT JOIN drift.monitors AS w ON w.monitor_id = o.monitor_id);
END
$$;

COMMENT ON FUNCTION drift_internal.alert_message(text, text, drift.alerts[], drift.alerts[]) IS
	'message about alerts that are open, and about those that are resolved';

CREATE OR REPLACE FUNCTION drift_internal.event_message(rule drift.alert_rules, event drift.outbox) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.new_message('event', 'info', 'ok',
		concat_ws(': ', 'model ' || quote_ident(left(event.payload->>'model', 200)), replace(event.topic, '_', ' ')),
		(SELECT string_agg(format('%s: %s', p.key, left(p.value, 500)), E'\n' ORDER BY p.key)
			FROM jsonb_each_text(event.payload) AS p
			WHERE p.value <> ''),
		drift_internal.message_key(rule.rule_id::text, 'event', event.event_id::text), event.payload->>'model', event.payload->>'monitor',
		events => jsonb_build_array(jsonb_build_object('event_id', event.event_id, 'topic', event.topic, 'payload', event.payload)),
		occurred_at => event.created_at)
$$;

COMMENT ON FUNCTION drift_internal.event_message(drift.alert_rules, drift.outbox) IS 'message about an event that is no alert';
