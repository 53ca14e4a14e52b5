-- what messages say: facts of a check, and messages made of them

CREATE OR REPLACE FUNCTION drift_internal.retraining_facts(checked drift.checks) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN jsonb_build_object('action', d.action, 'strategy', d.strategy, 'should_retrain', d.should_retrain, 'explanation', d.explanation,
		'run', (
			SELECT jsonb_build_object('run_id', r.run_id, 'status', r.status, 'version', r.version, 'reason', r.reason, 'started_at', r.started_at,
				'finished_at', r.finished_at)
			FROM drift.training_runs AS r
			WHERE r.model_id = checked.model_id AND r.kind = 'retrain'
			ORDER BY r.run_id DESC
			LIMIT 1))
	FROM drift.decisions AS d
	WHERE d.check_id = checked.check_id
	ORDER BY d.decision_id DESC
	LIMIT 1;
END
$$;

COMMENT ON FUNCTION drift_internal.retraining_facts(drift.checks) IS 'what was decided after a check, and the newest retraining of its model; NULL: nothing was decided';

-- Of a column of two values the mean is a rate; it is the summary of a batch that people ask for.
CREATE OR REPLACE FUNCTION drift_internal.batch_facts(checked drift.checks) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN jsonb_build_object('rows', checked.n_current, 'reference_rows', checked.n_reference, 'from', lower(checked.current_span),
		'to', upper(checked.current_span), 'mean_score', s.mean_current, 'reference_mean_score', s.mean_reference)
	FROM (SELECT) AS one
	LEFT JOIN drift.check_features AS s ON s.check_id = checked.check_id AND s.segment = '' AND s.role = 'score'
	LIMIT 1;
END
$$;

COMMENT ON FUNCTION drift_internal.batch_facts(drift.checks) IS 'rows that a check looked at, from when to when, and the mean of their scores';

CREATE OR REPLACE FUNCTION drift_internal.check_facts(check_id bigint) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN jsonb_build_object(
		'sentence', drift_internal.verdict_sentence(c),
		'drift_detected', c.drift_detected,
		'drift_score', c.drift_score,
		'drift_share', c.drift_share,
		'n_features', c.n_features,
		'drifted_features', coalesce(c.drifted_features, '{}'),
		'prediction_drift', c.prediction_drift,
		'prediction_drift_score', (
			SELECT max(f.effect)
			FROM drift.check_features AS f
			WHERE f.check_id = c.check_id AND f.segment = '' AND f.role IN ('score', 'label', 'confidence')),
		'target_drift', c.target_drift,
		'performance', c.performance,
		'estimated_performance', c.estimated_performance,
		'retraining', drift_internal.retraining_facts(c),
		'batch', drift_internal.batch_facts(c))
	FROM drift.checks AS c
	WHERE c.check_id = check_facts.check_id;
END
$$;

COMMENT ON FUNCTION drift_internal.check_facts(bigint) IS 'what a check found, for messages; NULL where there is none that the role may see';

CREATE OR REPLACE FUNCTION drift_internal.alert_entry(alert drift.alerts) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('alert_id', alert.alert_id, 'kind', alert.kind, 'severity', alert.severity, 'status', alert.status,
		'title', alert.title, 'items', coalesce(alert.details -> 'items', '[]'), 'raised_at', alert.raised_at,
		'resolved_at', alert.resolved_at, 'check_id', coalesce((alert.details ->> 'last_check_id')::bigint, alert.check_id))
$$;

COMMENT ON FUNCTION drift_internal.alert_entry(drift.alerts) IS 'an alert as messages have it';

CREATE OR REPLACE FUNCTION drift_internal.environment() RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat_ws('/', nullif(current_setting('cluster_name'), ''), current_database())
$$;

COMMENT ON FUNCTION drift_internal.environment() IS 'where messages come from: the database, with the name of the cluster where it has one';

CREATE OR REPLACE FUNCTION drift_internal.check_text(check_id bigint) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN concat_ws(E'\n',
		(SELECT c.explanation FROM drift.checks AS c WHERE c.check_id = check_text.check_id),
		(SELECT d.explanation FROM drift.decisions AS d WHERE d.check_id = check_text.check_id ORDER BY d.decision_id DESC LIMIT 1));
END
$$;

COMMENT ON FUNCTION drift_internal.check_text(bigint) IS 'what a check found and what was decided, in words';

CREATE OR REPLACE FUNCTION drift_internal.new_message(cause text, status text, severity text, title text, content text, key text,
	model text DEFAULT NULL, monitor text DEFAULT NULL, alerts jsonb DEFAULT '[]', events jsonb DEFAULT '[]', check_id bigint DEFAULT NULL,
	occurred_at timestamptz DEFAULT clock_timestamp()) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('format', 'drift-message', 'version', 1, 'cause', cause, 'status', status, 'severity', severity, 'title', title,
		'text', content, 'key', key, 'model', model, 'monitor', monitor, 'environment', drift_internal.environment(), 'occurred_at', occurred_at,
		'alerts', alerts, 'events', events, 'check_id', check_id, 'facts', CASE WHEN check_id IS NOT NULL THEN drift_internal.check_facts(check_id) END)
$$;

COMMENT ON FUNCTION drift_internal.new_message(text, text, text, text, text, text, text, text, jsonb, jsonb, bigint, timestamptz) IS
	'a message of the format drift-message, version 1, with the facts of its check';

CREATE OR REPLACE FUNCTION drift_internal.check_message(check_id bigint) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	checked drift.checks;
	monitor drift.monitors;
	model text;
BEGIN
	SELECT * INTO checked FROM drift.checks AS c WHERE c.check_id = check_message.check_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no check % that you may see', coalesce(check_id::text, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.latest_check lists the newest check of each monitor.';
	END IF;
	SELECT * INTO monitor FROM drift.monitors AS m WHERE m.monitor_id = checked.monitor_id;
	SELECT m.name INTO model FROM drift.models AS m WHERE m.model_id = checked.model_id;
	RETURN drift_internal.new_message('report', CASE WHEN checked.status IN ('warning', 'critical', 'error') THEN 'firing' ELSE 'info' END,
		CASE WHEN checked.status IN ('critical', 'error') THEN 'critical' WHEN checked.status = 'warning' THEN 'warning' ELSE 'ok' END,
		format('Check of monitor "%s": %s', monitor.name, checked.status), drift_internal.check_text(check_id),
		format('monitor/%s', monitor.name), model, monitor.name, check_id => check_id, occurred_at => checked.checked_at);
END
$$;

COMMENT ON FUNCTION drift_internal.check_message(bigint) IS 'a message about a check, or an error where the role does not see it';
