-- which rules take an event

CREATE OR REPLACE FUNCTION drift_internal.role_reads(role regrole, model drift.models) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT pg_has_role(role, model.owner, 'USAGE') OR EXISTS (
			SELECT FROM drift.model_privileges AS p
			WHERE p.model_id = model.model_id AND (p.grantee = 0::oid OR pg_has_role(role, p.grantee, 'USAGE'))));
END
$$;

COMMENT ON FUNCTION drift_internal.role_reads(regrole, drift.models) IS 'whether a role may know of a model: its owner, and who has a privilege on it';

-- Rights are asked when an event is routed: they may have been taken since the rule was made.
CREATE OR REPLACE FUNCTION drift_internal.role_sees_cause(role regrole, cause drift_internal.event_cause) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT EXISTS (SELECT FROM drift.models AS m WHERE m.model_id = cause.model_id AND drift_internal.role_reads(role, m))
			OR EXISTS (SELECT FROM drift.monitors AS m WHERE m.monitor_id = (cause.alert).monitor_id AND pg_has_role(role, m.owner, 'USAGE'))
			OR EXISTS (SELECT FROM drift.detectors AS d WHERE d.detector_id = (cause.alert).detector_id AND pg_has_role(role, d.owner, 'USAGE'))
			OR (num_nonnulls(cause.model_id, (cause.alert).monitor_id, (cause.alert).detector_id) = 0 AND pg_has_role(role, 'pg_database_owner', 'USAGE')));
END
$$;

COMMENT ON FUNCTION drift_internal.role_sees_cause(regrole, drift_internal.event_cause) IS
	'whether a role may know of an event: of a model that it may read, of a monitor or detector of its own; the owner of the database of those that belong to nothing';

CREATE OR REPLACE FUNCTION drift_internal.rule_refuses(rule drift.alert_rules, cause drift_internal.event_cause) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN NOT rule.active THEN 'it is not active'
		WHEN cause.topic <> ALL (rule.topics) THEN 'it is for other topics'
		WHEN cause.happened_at < rule.created_at THEN 'it was made later'
		WHEN rule.model_id <> coalesce(cause.model_id, 0) THEN 'it is for another model'
		WHEN rule.monitor_id <> coalesce((cause.alert).monitor_id, 0) THEN 'it is for another monitor'
		WHEN (cause.alert).kind <> ALL (rule.kinds) AND split_part((cause.alert).kind, ':', 1) <> ALL (rule.kinds) THEN 'it is for other kinds'
		WHEN rule.minimum_severity = 'critical' AND cause.severity = 'warning' THEN 'it is for critical alerts'
		WHEN NOT drift_internal.role_sees_cause(rule.owner, cause) THEN format('%s may not see it', rule.owner)
	END
$$;

COMMENT ON FUNCTION drift_internal.rule_refuses(drift.alert_rules, drift_internal.event_cause) IS 'why a rule does not take an event; NULL: it does';

-- Rules of different owners know nothing of each other, so that nobody can keep events from others.
CREATE OR REPLACE FUNCTION drift_internal.match_rules(cause drift_internal.event_cause) RETURNS TABLE (rule drift.alert_rules, refusal text)
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owner regrole;
	taken_by text;
BEGIN
	FOR rule IN SELECT * FROM drift.alert_rules AS r ORDER BY r.owner, r.place, r.rule_id LOOP
		IF owner IS DISTINCT FROM rule.owner THEN
			owner := rule.owner;
			taken_by := NULL;
		END IF;
		refusal := CASE WHEN taken_by IS NOT NULL THEN format('rule %s took it', quote_ident(taken_by)) ELSE drift_internal.rule_refuses(rule, cause) END;
		RETURN NEXT;
		IF refusal IS NULL AND NOT rule.goes_on THEN
			taken_by := rule.name;
		END IF;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.match_rules(drift_internal.event_cause) IS 'all rules, and why each does not take an event; NULL: it takes it';

CREATE OR REPLACE FUNCTION drift_internal.cause_of_event(event drift.outbox) RETURNS drift_internal.event_cause
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts;
BEGIN
	IF event.topic IN ('alert_raised', 'alert_escalated', 'alert_resolved') THEN
		SELECT * INTO alert FROM drift.alerts AS a WHERE a.alert_id = (event.payload->>'alert_id')::bigint;
	END IF;
	RETURN ROW(event.topic, event.created_at, event.model_id, event.payload->>'severity', alert)::drift_internal.event_cause;
END
$$;

COMMENT ON FUNCTION drift_internal.cause_of_event(drift.outbox) IS 'what rules ask of an event';

CREATE OR REPLACE FUNCTION drift.routes_of(alert_id bigint)
	RETURNS TABLE (rule text, owner text, place integer, channel text, takes boolean, reason text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts;
BEGIN
	SELECT * INTO alert FROM drift.alerts AS a WHERE a.alert_id = routes_of.alert_id;
	IF NOT drift_internal.role_sees_cause(drift_internal.actor(), ROW('alert_raised', NULL, alert.model_id, NULL, alert)::drift_internal.event_cause)
		OR alert.alert_id IS NULL
	THEN
		RAISE EXCEPTION 'there is no alert % that you may see', coalesce(alert_id::text, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.open_alerts lists those that are open.';
	END IF;
	RETURN QUERY
		SELECT (m.rule).name, (m.rule).owner::text, (m.rule).place, (m.rule).channel, m.refusal IS NULL,
			coalesce(m.refusal, drift_internal.muted_because(alert, (m.rule).inhibit))
		-- As if it was raised now.
		FROM drift_internal.match_rules(ROW('alert_raised', clock_timestamp(), alert.model_id, alert.severity, alert)::drift_internal.event_cause) AS m
		WHERE drift_internal.acts_as((m.rule).owner);
END
$$;

COMMENT ON FUNCTION drift.routes_of(bigint) IS
	'which rules of the caller would take an alert if it was raised now, in their order, and why the others would not; reason of one that takes it: why it is not told of yet';
