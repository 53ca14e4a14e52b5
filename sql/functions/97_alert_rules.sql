-- rules: which events go to which channel

CREATE OR REPLACE FUNCTION drift_internal.rule_error(reason text, hint text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION '%', reason USING ERRCODE = 'invalid_parameter_value', HINT = hint;
END
$$;

COMMENT ON FUNCTION drift_internal.rule_error(text, text) IS 'raises what is wrong with a rule';

CREATE OR REPLACE FUNCTION drift_internal.check_rule_times(rule drift.alert_rules) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT (rule.group_wait >= '0' AND rule.group_interval >= '0') IS TRUE THEN
		PERFORM drift_internal.rule_error('group_wait and group_interval cannot be negative', 'They are 30 seconds and 5 minutes by default.');
	ELSIF rule.repeat_interval < '1 minute' THEN
		PERFORM drift_internal.rule_error('alerts cannot be repeated more often than every minute', 'NULL never repeats them.');
	ELSIF (rule.escalate_after IS NULL) <> (rule.escalate_to IS NULL) THEN
		PERFORM drift_internal.rule_error('escalate_after and escalate_to go together', 'One says when, the other to which channel.');
	ELSIF rule.escalate_after < '0' THEN
		PERFORM drift_internal.rule_error('escalate_after cannot be negative', 'It is the time that people have to acknowledge an alert.');
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_rule_times(drift.alert_rules) IS 'raises unless the intervals of a rule make sense';

CREATE OR REPLACE FUNCTION drift_internal.check_rule(rule drift.alert_rules) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF btrim(coalesce(rule.name, '')) = '' THEN
		PERFORM drift_internal.rule_error('a rule needs a name', 'It is what drift.alter_alert_rule() and drift.drop_alert_rule() know it by.');
	ELSIF coalesce(cardinality(rule.topics), 0) = 0 OR array_position(rule.topics, NULL) IS NOT NULL THEN
		PERFORM drift_internal.rule_error('a rule needs topics', 'alert_raised, alert_escalated and alert_resolved are those of alerts.');
	ELSIF cardinality(rule.kinds) = 0 OR array_position(rule.kinds, NULL) IS NOT NULL THEN
		PERFORM drift_internal.rule_error('kinds names no kind of alert', 'NULL means all of them.');
	ELSIF (rule.minimum_severity IN ('warning', 'critical')) IS NOT TRUE THEN
		PERFORM drift_internal.rule_error(format('a severity cannot be "%s"', left(rule.minimum_severity, 100)), 'It is warning or critical.');
	ELSIF (rule.group_by <@ '{model,monitor,kind,severity}') IS NOT TRUE THEN
		PERFORM drift_internal.rule_error(format('alerts cannot be grouped by %s', coalesce(left(array_to_string(rule.group_by, ', '), 100), 'NULL')),
			'They are grouped by model, monitor, kind, severity, or several of them; an empty array makes one group of all.');
	ELSIF rule.max_attempts NOT BETWEEN 1 AND 100 THEN
		PERFORM drift_internal.rule_error('a message is tried between 1 and 100 times', 'max_attempts is 12 by default, which takes more than an hour.');
	END IF;
	PERFORM drift_internal.check_rule_times(rule);
	PERFORM drift_internal.find_channel(rule.channel, rule.owner);
	IF rule.escalate_to IS NOT NULL THEN
		PERFORM drift_internal.find_channel(rule.escalate_to, rule.owner);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_rule(drift.alert_rules) IS 'raises what is wrong with a rule';

CREATE OR REPLACE FUNCTION drift_internal.find_rule(name text) RETURNS drift.alert_rules
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rule drift.alert_rules;
BEGIN
	SELECT * INTO rule FROM drift.alert_rules AS r WHERE r.name = find_rule.name FOR UPDATE;
	IF rule.rule_id IS NULL OR NOT drift_internal.acts_as(rule.owner) THEN
		RAISE EXCEPTION 'you have no rule "%"', coalesce(left(name, 100), 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.alert_rules lists them; drift.create_alert_rule() makes one.';
	END IF;
	RETURN rule;
END
$$;

COMMENT ON FUNCTION drift_internal.find_rule(text) IS 'a rule of the acting role, locked; or an error';

CREATE OR REPLACE FUNCTION drift.create_alert_rule(name text, channel text, model text DEFAULT NULL, monitor text DEFAULT NULL,
	kinds text[] DEFAULT NULL, minimum_severity text DEFAULT 'warning',
	topics text[] DEFAULT '{alert_raised,alert_escalated,alert_resolved}', goes_on boolean DEFAULT false,
	group_by text[] DEFAULT '{model}', group_wait interval DEFAULT '30 seconds', group_interval interval DEFAULT '5 minutes',
	repeat_interval interval DEFAULT '4 hours', send_resolved boolean DEFAULT true, escalate_after interval DEFAULT NULL,
	escalate_to text DEFAULT NULL, place integer DEFAULT NULL, inhibit boolean DEFAULT true, max_attempts integer DEFAULT 12,
	include_open boolean DEFAULT true) RETURNS SETOF drift.alert_rules
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	actor CONSTANT regrole := drift_internal.actor();
	rule drift.alert_rules;
BEGIN
	rule := ROW(0, name, actor,
		coalesce(place, (SELECT max(r.place) FROM drift.alert_rules AS r WHERE r.owner = actor) + 10, 10), channel,
		CASE WHEN model IS NOT NULL THEN (drift_internal.find_model(model, 'read')).model_id END,
		CASE WHEN monitor IS NOT NULL THEN (drift_internal.find_monitor(monitor, 'read')).monitor_id END,
		topics, kinds, minimum_severity, coalesce(goes_on, false), group_by, group_wait, group_interval, repeat_interval,
		coalesce(send_resolved, true), escalate_after, escalate_to, coalesce(inhibit, true), coalesce(max_attempts, 12), true,
		clock_timestamp(), pg_get_userbyid(actor))::drift.alert_rules;
	PERFORM drift_internal.check_rule(rule);
	INSERT INTO drift.alert_rules (name, owner, place, channel, model_id, monitor_id, topics, kinds, minimum_severity, goes_on,
		group_by, group_wait, group_interval, repeat_interval, send_resolved, escalate_after, escalate_to, inhibit, max_attempts, created_by)
	VALUES (rule.name, rule.owner, rule.place, rule.channel, rule.model_id, rule.monitor_id, rule.topics, rule.kinds,
		rule.minimum_severity, rule.goes_on, rule.group_by, rule.group_wait, rule.group_interval, rule.repeat_interval,
		rule.send_resolved, rule.escalate_after, rule.escalate_to, rule.inhibit, rule.max_attempts, rule.created_by)
	ON CONFLICT DO NOTHING
	RETURNING * INTO rule;
	IF rule.rule_id IS NULL THEN
		RAISE EXCEPTION 'there is a rule "%" already', name
			USING ERRCODE = 'duplicate_object', HINT = 'drift.alter_alert_rule() changes one of yours.';
	END IF;
	IF include_open THEN
		PERFORM drift_internal.route_open_alerts(rule);
	END IF;
	RETURN NEXT rule;
END
$$;

COMMENT ON FUNCTION drift.create_alert_rule(text, text, text, text, text[], text, text[], boolean, text[], interval, interval, interval, boolean, interval, text, integer, boolean, integer, boolean) IS
	'makes a rule that sends events to a channel: alerts of a model, of a monitor or of all that the caller may see, of some kinds, from a severity on; or events of other topics of drift.outbox, such as champion_changed. Of the rules of one owner the first by place that takes an event is the last, unless it goes on. Alerts that agree in group_by share a message: the first waits group_wait for others, the next group_interval after it; critical ones wait for nothing. Open ones are sent again after repeat_interval, and to escalate_to where nobody acknowledged them within escalate_after. include_open: alerts that are open now are told of too.';

-- A change is merged with the rule as it is shown, so that what is written there can be read there.
CREATE OR REPLACE FUNCTION drift_internal.changed_rule(rule drift.alert_rules, changes jsonb) RETURNS drift.alert_rules
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF changes ? 'model' THEN
		rule.model_id := CASE WHEN changes->>'model' IS NOT NULL THEN (drift_internal.find_model(changes->>'model', 'read')).model_id END;
	END IF;
	IF changes ? 'monitor' THEN
		rule.monitor_id := CASE WHEN changes->>'monitor' IS NOT NULL THEN (drift_internal.find_monitor(changes->>'monitor', 'read')).monitor_id END;
	END IF;
	RETURN jsonb_populate_record(rule, changes - '{model,monitor}'::text[]);
EXCEPTION
	WHEN data_exception THEN
		RAISE EXCEPTION 'the changes of rule "%" cannot be read', rule.name USING ERRCODE = 'invalid_parameter_value', DETAIL = SQLERRM;
END
$$;

COMMENT ON FUNCTION drift_internal.changed_rule(drift.alert_rules, jsonb) IS 'a rule with changes as drift.alter_alert_rule() takes them';

CREATE OR REPLACE FUNCTION drift_internal.check_rule_changes(changes jsonb) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT text[] := '{name,channel,model,monitor,kinds,minimum_severity,topics,goes_on,group_by,group_wait,group_interval,repeat_interval,send_resolved,escalate_after,escalate_to,place,inhibit,max_attempts,active}';
	unknown text;
BEGIN
	IF jsonb_typeof(changes) IS DISTINCT FROM 'object' THEN
		PERFORM drift_internal.rule_error('changes are an object', 'For example {"repeat_interval": "1 day", "active": false}.');
	END IF;
	SELECT min(k) INTO unknown FROM jsonb_object_keys(changes) AS k WHERE k <> ALL (known);
	IF unknown IS NOT NULL THEN
		PERFORM drift_internal.rule_error(format('a rule has no "%s"', left(unknown, 100)), 'It has: ' || array_to_string(known, ', ') || '.');
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_rule_changes(jsonb) IS 'raises unless changes of a rule are an object of what a rule has';

CREATE OR REPLACE FUNCTION drift.alter_alert_rule(name text, changes jsonb) RETURNS SETOF drift.alert_rules
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rule drift.alert_rules := drift_internal.find_rule(name);
BEGIN
	PERFORM drift_internal.check_rule_changes(changes);
	rule := drift_internal.changed_rule(rule, changes);
	PERFORM drift_internal.check_rule(rule);
	UPDATE drift.alert_rules AS r
	SET name = rule.name, place = rule.place, channel = rule.channel, model_id = rule.model_id, monitor_id = rule.monitor_id,
		topics = rule.topics, kinds = rule.kinds, minimum_severity = rule.minimum_severity, goes_on = rule.goes_on,
		group_by = rule.group_by, group_wait = rule.group_wait, group_interval = rule.group_interval,
		repeat_interval = rule.repeat_interval, send_resolved = rule.send_resolved, escalate_after = rule.escalate_after,
		escalate_to = rule.escalate_to, inhibit = rule.inhibit, max_attempts = rule.max_attempts, active = rule.active
	WHERE r.rule_id = rule.rule_id
	RETURNING * INTO rule;
	-- Its groups are looked at again by what it says now.
	UPDATE drift.alert_groups AS g SET due_at = clock_timestamp() WHERE g.rule_id = rule.rule_id AND g.due_at IS NOT NULL;
	RETURN NEXT rule;
EXCEPTION
	WHEN unique_violation THEN
		RAISE EXCEPTION 'there is a rule "%" already', changes->>'name' USING ERRCODE = 'duplicate_object';
	WHEN not_null_violation THEN
		RAISE EXCEPTION 'rule "%" cannot do without what was set to null', alter_alert_rule.name
			USING ERRCODE = 'invalid_parameter_value', DETAIL = SQLERRM;
END
$$;

COMMENT ON FUNCTION drift.alter_alert_rule(text, jsonb) IS
	'changes a rule, for members of its owner: an object of what is to be another way, by the names of the arguments of drift.create_alert_rule(), and active';

CREATE OR REPLACE FUNCTION drift.drop_alert_rule(name text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rule CONSTANT drift.alert_rules := drift_internal.find_rule(name);
BEGIN
	DELETE FROM drift.alert_groups AS g WHERE g.rule_id = rule.rule_id;
	DELETE FROM drift.alert_rules AS r WHERE r.rule_id = rule.rule_id;
END
$$;

COMMENT ON FUNCTION drift.drop_alert_rule(text) IS
	'removes a rule, for members of its owner; messages that are made are still sent, and alerts that were told of are not told to be resolved';
