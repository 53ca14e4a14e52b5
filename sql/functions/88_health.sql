-- findings of drift.health_check() about the registry and prediction logs

-- Who does not trust the owner of a log is told by the size of the partition alone: to read it could run code.
CREATE OR REPLACE FUNCTION drift_internal.default_partition_finding(log drift.prediction_logs,
	OUT status text, OUT detail text, OUT hint text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	partition CONSTANT regclass := (SELECT p.partition FROM drift_internal.log_partitions(log.log) AS p WHERE p.is_default);
	has_rows boolean;
BEGIN
	IF partition IS NULL THEN
		status := 'critical';
		detail := format('Log %s has no default partition, so that a day without a partition stops predictions.', log.log);
		hint := 'CALL drift.maintain_prediction_logs(); as the owner of the log makes one.';
	ELSIF pg_relation_size(partition) > 0 AND NOT drift_internal.trusts_owner(partition) THEN
		status := 'warning';
		detail := format('Default partition %s holds rows, or did until it is vacuumed.', partition);
		hint := 'The owner of the log can tell and act: CALL drift.maintain_prediction_logs();';
	ELSIF pg_relation_size(partition) > 0 THEN
		EXECUTE format('SELECT EXISTS (SELECT FROM %s)', partition) INTO has_rows;
		IF has_rows THEN
			status := 'warning';
			detail := format('Default partition %s holds rows: of days that had no partition, or of times that are wrong.', partition);
			hint := 'CALL drift.maintain_prediction_logs(); moves the rows of days from 2000 on; look at the others.';
		END IF;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.default_partition_finding(drift.prediction_logs) IS
	'what is wrong with the default partition of a log; NULL: nothing';

CREATE OR REPLACE FUNCTION drift_internal.partition_finding(log drift.prediction_logs,
	OUT status text, OUT detail text, OUT hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN first_day <= today + 1 THEN 'critical' ELSE 'warning' END,
		format('Log %s has no partition for %s and holds predictions of that day in its default partition.', log.log, first_day),
		'Call drift.maintain_prediction_logs() every day as the owner of the log, for example with pg_cron.'
	FROM drift_internal.day_of(now()) AS today,
		LATERAL (SELECT min(d) FROM drift_internal.missing_days(log.log, today, today + log.days_ahead) AS d) AS missing (first_day)
	WHERE first_day <= today + least(7, log.days_ahead - 1)
$$;

COMMENT ON FUNCTION drift_internal.partition_finding(drift.prediction_logs) IS
	'whether a log soon runs out of partitions; NULL: it does not';

CREATE OR REPLACE FUNCTION drift_internal.retention_finding(log drift.prediction_logs,
	OUT status text, OUT detail text, OUT hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'warning',
		format('Log %s keeps partition %s, which is older than the retention of %s.', log.log, min(p.partition::text), log.retention),
		'Call drift.maintain_prediction_logs() every day as the owner of the log, for example with pg_cron.'
	FROM drift_internal.log_partitions(log.log) AS p
	WHERE p.to_time <= drift_internal.kept_since(log) - interval '2 days'
	HAVING count(*) > 0
$$;

COMMENT ON FUNCTION drift_internal.retention_finding(drift.prediction_logs) IS
	'whether a log keeps more than its retention; NULL: it does not';

CREATE OR REPLACE FUNCTION drift_internal.feature_finding(log drift.prediction_logs,
	OUT status text, OUT detail text, OUT hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'critical',
		format('Log %s cannot hold a feature of version %s, which is %s: %s.', log.log, r.version, r.arm, f.problem),
		format('SELECT * FROM drift.extend_prediction_log(%L, %s);', m.name, r.version)
	FROM drift.models AS m
	JOIN drift.routes AS r USING (model_id)
	CROSS JOIN drift_internal.missing_features(m, r.version) AS f
	WHERE m.model_id = log.model_id
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.feature_finding(drift.prediction_logs) IS
	'whether a log cannot hold the features of a version that is routed; NULL: it can';

CREATE OR REPLACE FUNCTION drift_internal.log_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH log AS (
		SELECT m.name, l, (SELECT count(*) FROM pg_class AS c WHERE c.oid IN (l.log, l.outcomes)) = 2 AS is_there
		FROM drift.prediction_logs AS l
		JOIN drift.models AS m USING (model_id)
		WHERE m.deleted_at IS NULL
	)
	SELECT 'log_exists', log.name, 'critical',
		'The prediction log or its table of outcomes was dropped.', 'drift.create_prediction_log() makes a new one.'
	FROM log
	WHERE NOT log.is_there
	UNION ALL
	SELECT f.check_name, log.name, f.status, f.detail, f.hint
	FROM log,
		LATERAL (
			SELECT 'default_partition' AS check_name, * FROM drift_internal.default_partition_finding(log.l)
			UNION ALL SELECT 'partitions', * FROM drift_internal.partition_finding(log.l)
			UNION ALL SELECT 'retention', * FROM drift_internal.retention_finding(log.l)
			UNION ALL SELECT 'log_features', * FROM drift_internal.feature_finding(log.l)
			UNION ALL SELECT 'pg_partman', 'warning',
				format('pg_partman made log %s and does not run: it is not installed, or not for the caller.', (log.l).log),
				'drift.maintain_prediction_logs() makes the partitions itself until it is back.'
			WHERE (log.l).uses_partman AND NOT drift_internal.partman_runs(log.l)
		) AS f
	WHERE log.is_there AND f.status IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.log_findings() IS 'findings of drift.health_check() about prediction logs';

CREATE OR REPLACE FUNCTION drift_internal.registry_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'cluster', NULL, 'critical',
		'The registry was restored or copied from another database: no events are delivered and nothing is retrained.',
		'SELECT drift.adopt_cluster(); if this database takes over.'
	WHERE NOT drift_internal.is_adopted()
	UNION ALL
	SELECT 'champion_log', m.name, 'warning',
		format('Version %s answers and there is no prediction log.', r.version), 'drift.create_prediction_log() makes one.'
	FROM drift.models AS m
	JOIN drift.routes AS r ON r.model_id = m.model_id AND r.arm = 'champion'
	WHERE m.deleted_at IS NULL AND NOT EXISTS (SELECT FROM drift.prediction_logs AS l WHERE l.model_id = m.model_id)
	UNION ALL
	SELECT 'frozen', m.name, 'critical',
		format('Nothing is deployed since %s, after too many rollbacks.', m.frozen_at),
		'drift.unfreeze() when the cause is found.'
	FROM drift.models AS m
	WHERE m.frozen_at IS NOT NULL AND m.deleted_at IS NULL
	UNION ALL
	SELECT 'deployment_deadline', m.name, 'warning',
		format('Deployment %s of version %s is past its deadline, %s.', d.deployment_id, d.version, d.deadline),
		'Call drift.run_deployments() regularly, or drift.advance() now.'
	FROM drift.deployments AS d
	JOIN drift.models AS m USING (model_id)
	WHERE d.status = 'running' AND d.deadline < now() - interval '1 hour'
	UNION ALL
	SELECT 'promotion_requests', m.name, 'warning',
		format('Request %s for version %s was open until %s.', q.request_id, q.version, q.expires_at),
		'Withdraw it, or ask again with drift.request_promotion().'
	FROM drift.promotion_requests AS q
	JOIN drift.models AS m USING (model_id)
	WHERE q.status = 'open' AND q.expires_at < now()
	UNION ALL
	SELECT 'alerts', m.name, a.severity, a.title, 'drift.alerts has the details.'
	FROM drift.alerts AS a
	LEFT JOIN drift.models AS m USING (model_id)
	WHERE a.status = 'firing'
$$;

COMMENT ON FUNCTION drift_internal.registry_findings() IS 'findings of drift.health_check() about the registry';

CREATE OR REPLACE FUNCTION drift_internal.outbox_findings()
	RETURNS TABLE (check_name text, model text, status text, detail text, hint text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'outbox', NULL, CASE WHEN max(o.attempts) >= 5 THEN 'critical' ELSE 'warning' END,
		format('%s events wait for delivery, the oldest since %s%s.', count(*), min(o.created_at),
			', tried up to ' || nullif(max(o.attempts), 0) || ' times'),
		'A worker takes them with drift.claim_events() and confirms them with drift.confirm_event().'
	FROM drift.outbox AS o
	WHERE o.delivered_at IS NULL AND o.created_at < now() - interval '1 day'
		-- Where no worker ever took one, nobody waits for them.
		AND EXISTS (SELECT FROM drift.outbox AS taken WHERE taken.claimed_at IS NOT NULL)
	HAVING count(*) > 0
$$;

COMMENT ON FUNCTION drift_internal.outbox_findings() IS 'findings of drift.health_check() about events for outside systems';
