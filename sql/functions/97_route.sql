-- from events to messages: rules, groups, and when a group speaks

CREATE OR REPLACE FUNCTION drift_internal.group_key(rule drift.alert_rules, alert drift.alerts, severity text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT coalesce(jsonb_object_agg(g.word, CASE g.word WHEN 'model' THEN to_jsonb(alert.model_id) WHEN 'monitor' THEN to_jsonb(alert.monitor_id)
			WHEN 'kind' THEN to_jsonb(alert.kind) ELSE to_jsonb(severity) END), '{}')
		FROM unnest(rule.group_by) AS g (word));
END
$$;

COMMENT ON FUNCTION drift_internal.group_key(drift.alert_rules, drift.alerts, text) IS 'what an alert has of what a rule groups by';

-- The first of a group waits for others, the next for the pause to pass, a critical one for nothing.
CREATE OR REPLACE FUNCTION drift_internal.join_group(rule drift.alert_rules, alert drift.alerts, severity text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now CONSTANT timestamptz := clock_timestamp();
	is_urgent CONSTANT boolean := severity = 'critical';
BEGIN
	INSERT INTO drift.alert_groups AS g (rule_id, group_key, waiting_ids, due_at)
	VALUES (rule.rule_id, drift_internal.group_key(rule, alert, severity), ARRAY[alert.alert_id],
		CASE WHEN is_urgent THEN now ELSE now + rule.group_wait END)
	ON CONFLICT (rule_id, group_key) DO UPDATE
	SET waiting_ids = g.waiting_ids || CASE WHEN alert.alert_id <> ALL (g.waiting_ids) THEN excluded.waiting_ids ELSE '{}' END,
		due_at = least(g.due_at, CASE
			WHEN is_urgent OR (g.alert_ids = '{}' AND g.waiting_ids = '{}') THEN excluded.due_at
			ELSE greatest(now, g.sent_at + rule.group_interval) END);
END
$$;

COMMENT ON FUNCTION drift_internal.join_group(drift.alert_rules, drift.alerts, text) IS 'lets an alert wait for the next message of its group';

CREATE OR REPLACE FUNCTION drift_internal.put_delivery(rule drift.alert_rules, channel text, message jsonb, group_id bigint DEFAULT NULL)
	RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO drift.deliveries (owner, channel, rule_id, group_id, model_id, monitor_id, cause, message)
	VALUES (rule.owner, channel, rule.rule_id, group_id,
		(SELECT m.model_id FROM drift.models AS m WHERE m.name = message->>'model' AND m.deleted_at IS NULL),
		(SELECT m.monitor_id FROM drift.monitors AS m WHERE m.name = message->>'monitor'), message->>'cause', message);
END
$$;

COMMENT ON FUNCTION drift_internal.put_delivery(drift.alert_rules, text, jsonb, bigint) IS 'puts a message of a rule on its way to a channel';

-- Who was told of an alert is told that it is over, whatever rules say by then.
CREATE OR REPLACE FUNCTION drift_internal.wake_groups(alert_id bigint) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE drift.alert_groups AS g
	SET due_at = least(g.due_at, greatest(clock_timestamp(), g.sent_at + r.group_interval))
	FROM drift.alert_rules AS r
	WHERE r.rule_id = g.rule_id AND g.alert_ids @> ARRAY[wake_groups.alert_id];
END
$$;

COMMENT ON FUNCTION drift_internal.wake_groups(bigint) IS 'has the groups that were told of an alert look at it soon';

CREATE OR REPLACE FUNCTION drift_internal.route_event(event drift.outbox) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	cause CONSTANT drift_internal.event_cause := drift_internal.cause_of_event(event);
	rule drift.alert_rules;
BEGIN
	IF cause.topic = 'alert_resolved' THEN
		PERFORM drift_internal.wake_groups((cause.alert).alert_id);
	ELSE
		FOR rule IN SELECT (m.rule).* FROM drift_internal.match_rules(cause) AS m WHERE m.refusal IS NULL LOOP
			IF (cause.alert).alert_id IS NOT NULL THEN
				PERFORM drift_internal.join_group(rule, cause.alert, coalesce(cause.severity, (cause.alert).severity));
			ELSE
				PERFORM drift_internal.put_delivery(rule, rule.channel, drift_internal.event_message(rule, event));
			END IF;
		END LOOP;
	END IF;
	UPDATE drift.outbox AS o SET routed_at = clock_timestamp() WHERE o.event_id = event.event_id;
END
$$;

COMMENT ON FUNCTION drift_internal.route_event(drift.outbox) IS
	'hands an event to the rules that take it: alerts join groups, other events become a message each';

-- A rule that is new knows of what is open, as if it had been raised just now.
CREATE OR REPLACE FUNCTION drift_internal.route_open_alerts(new_rule drift.alert_rules) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts;
BEGIN
	FOR alert IN SELECT * FROM drift.alerts AS a WHERE a.status <> 'resolved' ORDER BY a.alert_id LOOP
		PERFORM drift_internal.join_group(m.rule, alert, alert.severity)
		FROM drift_internal.match_rules(
			ROW('alert_raised', clock_timestamp(), alert.model_id, alert.severity, alert)::drift_internal.event_cause) AS m
		WHERE m.refusal IS NULL AND (m.rule).rule_id = new_rule.rule_id;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.route_open_alerts(drift.alert_rules) IS 'hands the alerts that are open to a rule that was just made';

CREATE OR REPLACE FUNCTION drift_internal.sort_group(alert_group drift.alert_groups, inhibit boolean) RETURNS drift_internal.sorted_group
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT ROW(
			coalesce(array_agg(s.alert) FILTER (WHERE s.waits AND s.is_open AND s.mute IS NULL), '{}'),
			coalesce(array_agg(s.alert) FILTER (WHERE s.waits AND s.is_open AND s.mute IS NOT NULL), '{}'),
			coalesce(array_agg(s.alert) FILTER (WHERE s.told AND s.is_open AND NOT (s.waits AND s.mute IS NULL)), '{}'),
			coalesce(array_agg(s.alert) FILTER (WHERE s.told AND NOT s.is_open), '{}'),
			coalesce(bool_or(s.told AND (s.alert).status = 'firing' AND s.mute IS NULL), false))::drift_internal.sorted_group
		FROM (
			SELECT a AS alert, a.status <> 'resolved' AS is_open, a.alert_id = ANY (alert_group.alert_ids) AS told,
				a.alert_id = ANY (alert_group.waiting_ids) AS waits,
				CASE WHEN a.status <> 'resolved' THEN drift_internal.muted_because(a, inhibit) END AS mute
			FROM drift.alerts AS a
			WHERE a.alert_id = ANY (alert_group.alert_ids || alert_group.waiting_ids)
			OFFSET 0
		) AS s);
END
$$;

COMMENT ON FUNCTION drift_internal.sort_group(drift.alert_groups, boolean) IS 'the alerts of a group by what is to be said of them';

CREATE OR REPLACE FUNCTION drift_internal.group_cause(rule drift.alert_rules, alert_group drift.alert_groups, sorted drift_internal.sorted_group)
	RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT CASE
			WHEN cardinality(sorted.news) > 0 THEN 'event'
			WHEN cardinality(sorted.ended) > 0 AND cardinality(sorted.open) = 0 THEN 'resolved'
			-- While a message of the group waits for its channel, one more would say the same.
			WHEN sorted.asks AND alert_group.sent_at + rule.repeat_interval <= clock_timestamp() AND NOT EXISTS (
				SELECT FROM drift.deliveries AS d WHERE d.group_id = alert_group.group_id AND d.status IN ('pending', 'sending')) THEN 'repeat'
		END);
END
$$;

COMMENT ON FUNCTION drift_internal.group_cause(drift.alert_rules, drift.alert_groups, drift_internal.sorted_group) IS
	'what a group that is due has to say: event, resolved or repeat; NULL: nothing';

-- What is muted or acknowledged is looked at again, since nobody tells when that ends.
CREATE OR REPLACE FUNCTION drift_internal.group_due(rule drift.alert_rules, alert_group drift.alert_groups) RETURNS timestamptz
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT min(CASE WHEN t.due > clock_timestamp() THEN t.due ELSE clock_timestamp() + greatest(rule.group_interval, '1 minute') END)
		FROM (VALUES
				(CASE WHEN alert_group.waiting_ids <> '{}' THEN clock_timestamp() END),
				(CASE WHEN alert_group.alert_ids <> '{}' THEN alert_group.sent_at + rule.repeat_interval END),
				(CASE WHEN alert_group.alert_ids <> '{}' AND alert_group.escalated_at IS NULL THEN alert_group.opened_at + rule.escalate_after END)
			) AS t (due)
		WHERE t.due IS NOT NULL);
END
$$;

COMMENT ON FUNCTION drift_internal.group_due(drift.alert_rules, drift.alert_groups) IS 'when a group is to be looked at again; NULL: when something happens';

CREATE OR REPLACE FUNCTION drift_internal.alert_ids(alerts drift.alerts[]) RETURNS bigint[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(DISTINCT a.alert_id), '{}') FROM unnest(alerts) AS a
$$;

COMMENT ON FUNCTION drift_internal.alert_ids(drift.alerts[]) IS 'the numbers of alerts';

CREATE OR REPLACE FUNCTION drift_internal.flush_group(alert_group drift.alert_groups) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rule drift.alert_rules;
	sorted drift_internal.sorted_group;
	cause text;
	message jsonb;
	key text;
BEGIN
	SELECT * INTO rule FROM drift.alert_rules AS r WHERE r.rule_id = alert_group.rule_id;
	IF NOT coalesce(rule.active, false) THEN
		UPDATE drift.alert_groups AS g SET due_at = NULL WHERE g.group_id = alert_group.group_id;
		RETURN;
	END IF;
	sorted := drift_internal.sort_group(alert_group, rule.inhibit);
	cause := drift_internal.group_cause(rule, alert_group, sorted);
	key := drift_internal.message_key(rule.rule_id::text, alert_group.group_key::text);
	IF cause <> 'resolved' OR (cause = 'resolved' AND rule.send_resolved AND 'alert_resolved' = ANY (rule.topics)) THEN
		message := drift_internal.alert_message(cause, key, sorted.news || sorted.open, sorted.ended);
		PERFORM drift_internal.put_delivery(rule, c, message, alert_group.group_id)
		FROM unnest(ARRAY[rule.channel] || CASE WHEN alert_group.escalated_at IS NOT NULL THEN ARRAY[rule.escalate_to] END) AS c
		WHERE c IS NOT NULL;
		alert_group.sent_at := clock_timestamp();
	END IF;
	-- The resolved ones are told of in any message, and forgotten with it.
	alert_group.alert_ids := drift_internal.alert_ids(sorted.open || sorted.news || CASE WHEN cause IS NULL THEN sorted.ended END);
	alert_group.waiting_ids := drift_internal.alert_ids(sorted.muted);
	IF alert_group.alert_ids = '{}' THEN
		alert_group.opened_at := NULL;
		alert_group.escalated_at := NULL;
	ELSE
		alert_group.opened_at := coalesce(alert_group.opened_at, clock_timestamp());
	END IF;
	IF sorted.asks AND alert_group.escalated_at IS NULL AND alert_group.opened_at + rule.escalate_after <= clock_timestamp() THEN
		PERFORM drift_internal.put_delivery(rule, rule.escalate_to,
			drift_internal.alert_message('escalation', key, sorted.open, sorted.ended), alert_group.group_id);
		alert_group.escalated_at := clock_timestamp();
	END IF;
	UPDATE drift.alert_groups AS g
	SET alert_ids = alert_group.alert_ids, waiting_ids = alert_group.waiting_ids, opened_at = alert_group.opened_at,
		sent_at = alert_group.sent_at, escalated_at = alert_group.escalated_at, due_at = drift_internal.group_due(rule, alert_group)
	WHERE g.group_id = alert_group.group_id;
END
$$;

COMMENT ON FUNCTION drift_internal.flush_group(drift.alert_groups) IS 'makes the messages that a group has to send now, and says when it is due again';

CREATE OR REPLACE FUNCTION drift_internal.may_route() RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.acts_as('pg_database_owner') OR EXISTS (SELECT FROM drift.alert_rules AS r WHERE drift_internal.acts_as(r.owner))
$$;

COMMENT ON FUNCTION drift_internal.may_route() IS 'whether the acting role may have events routed: who has a rule, and the owner of the database';

CREATE OR REPLACE FUNCTION drift_internal.route_some(most integer DEFAULT 1000) RETURNS jsonb
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	oldest CONSTANT timestamptz := (SELECT min(r.created_at) FROM drift.alert_rules AS r);
	newest_before CONSTANT bigint := (SELECT coalesce(max(d.delivery_id), 0) FROM drift.deliveries AS d);
	event drift.outbox;
	alert_group drift.alert_groups;
	events integer := 0;
	groups integer := 0;
BEGIN
	PERFORM drift_internal.check_delivery();
	IF NOT drift_internal.may_route() THEN
		RETURN '{"events": 0, "groups": 0, "messages": 0, "more": false}';
	END IF;
	-- Groups are written by one session at a time: two would wait for each other's.
	PERFORM pg_advisory_xact_lock(hashtextextended('drift.alert_groups', 0));
	-- What is older than every rule is for none.
	UPDATE drift.outbox AS o SET routed_at = clock_timestamp()
	WHERE o.routed_at IS NULL AND o.topic <> 'alert_resolved' AND (oldest IS NULL OR o.created_at < oldest);
	FOR event IN
		SELECT * FROM drift.outbox AS o WHERE o.routed_at IS NULL ORDER BY o.event_id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
	LOOP
		PERFORM drift_internal.route_event(event);
		events := events + 1;
	END LOOP;
	FOR alert_group IN
		SELECT * FROM drift.alert_groups AS g WHERE g.due_at <= clock_timestamp() ORDER BY g.due_at LIMIT most FOR UPDATE
	LOOP
		PERFORM drift_internal.flush_group(alert_group);
		groups := groups + 1;
	END LOOP;
	RETURN jsonb_build_object('events', events, 'groups', groups,
		'messages', (SELECT count(*) FROM drift.deliveries AS d WHERE d.delivery_id > newest_before),
		'more', events = most OR groups = most);
END
$$;

COMMENT ON FUNCTION drift_internal.route_some(integer) IS
	'hands new events to rules and makes the messages that are due, of a limited number; more: whether there may be others';

CREATE OR REPLACE FUNCTION drift.route_alerts() RETURNS jsonb
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.route_some(100000) - 'more'
$$;

COMMENT ON FUNCTION drift.route_alerts() IS
	'hands new events to the rules and makes the messages that are due, in the transaction of the caller, who has a rule or owns the database; nothing is sent: drift.deliver_alerts() does this too and then sends. How many events, groups and messages.';
