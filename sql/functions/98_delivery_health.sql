-- findings of drift.health_check() about messages, for the roles whose messages they are

CREATE OR REPLACE FUNCTION drift_internal.rule_problem(rule drift.alert_rules) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.find_channel(c, rule.owner) FROM unnest(ARRAY[rule.channel, rule.escalate_to]) AS c WHERE c IS NOT NULL;
	RETURN CASE
		WHEN NOT rule.active THEN 'it is not active'
		WHEN rule.model_id IS NOT NULL AND NOT EXISTS (
			SELECT FROM drift.models AS m WHERE m.model_id = rule.model_id AND m.deleted_at IS NULL) THEN 'its model is gone, or its owner may not see it'
		WHEN rule.monitor_id IS NOT NULL AND NOT EXISTS (
			SELECT FROM drift.monitors AS m WHERE m.monitor_id = rule.monitor_id) THEN 'its monitor is gone, or its owner may not see it' END;
EXCEPTION
	WHEN undefined_object OR insufficient_privilege THEN
		RETURN SQLERRM;
END
$$;

COMMENT ON FUNCTION drift_internal.rule_problem(drift.alert_rules) IS 'why a rule sends nothing; NULL: it would';

CREATE OR REPLACE FUNCTION drift_internal.delivery_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'deliveries', NULL::text, 'critical',
		format('%s messages wait to be sent, the oldest since %s, and nobody tried.', count(*), min(d.created_at)),
		'drift.schedule_delivery() has them sent each minute; CALL drift.deliver_alerts(); sends them now.'
	FROM drift.deliveries AS d
	WHERE d.status = 'pending' AND d.attempts = 0 AND d.due_at < clock_timestamp() - interval '15 minutes'
		AND NOT EXISTS (SELECT FROM drift.deliveries AS e WHERE e.channel = d.channel AND e.owner = d.owner AND e.status = 'pending' AND e.attempts > 0)
	HAVING count(*) > 0
	UNION ALL
	SELECT 'deliveries', NULL, 'critical', format('%s events wait to be handed to rules, the oldest since %s.', count(*), min(o.created_at)),
		'drift.schedule_delivery() has it done each minute.'
	FROM drift.outbox AS o
	WHERE o.routed_at IS NULL AND o.created_at < clock_timestamp() - interval '15 minutes'
		AND o.created_at > (SELECT min(r.created_at) FROM drift.alert_rules AS r WHERE r.active)
	HAVING count(*) > 0
	UNION ALL
	SELECT 'dead_deliveries', NULL, 'critical', format('%s messages did not arrive at channel %I, the last one since: %s', count(*), d.channel,
			(array_agg(d.last_error ORDER BY d.delivery_id DESC))[1]),
		format('When the cause is gone: SELECT * FROM drift.retry_delivery(channel => %L); or drift.drop_delivery().', d.channel)
	FROM drift.deliveries AS d
	WHERE d.status = 'dead'
	GROUP BY d.channel
	UNION ALL
	SELECT 'channels', NULL, 'warning', format('Channel %I does not take messages: %s', d.channel, (array_agg(d.last_error ORDER BY d.attempts DESC))[1]),
		format('%s wait for it; it is tried again by itself, and at once by drift.retry_delivery(channel => %L).', count(*), d.channel)
	FROM drift.deliveries AS d
	WHERE d.status IN ('pending', 'sending')
	GROUP BY d.channel
	HAVING max(d.attempts) >= 3
	UNION ALL
	SELECT 'alert_rules', NULL, 'warning', format('Rule %I sends nothing: %s.', r.name, rtrim(p.problem, '.')),
		format('drift.alter_alert_rule(%L, ...) or drift.drop_alert_rule(%L)', r.name, r.name)
	FROM drift.alert_rules AS r, drift_internal.rule_problem(r) AS p (problem)
	WHERE p.problem IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.delivery_findings() IS 'findings of drift.health_check() about rules, messages and channels';
