-- drift.metric_line(): what counts of a model in one line, for logs

CREATE OR REPLACE FUNCTION drift_internal.metric_facts(model drift.models) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('timestamp', c.as_of, 'model', model.name, 'version', c.model_version, 'monitor', m.name, 'check_id', c.check_id,
		'severity', c.status, 'drift', c.drift_score,
		'accuracy', (SELECT t.value FROM drift.check_metrics AS t
			WHERE t.check_id = c.check_id AND t.segment = '' AND t.kind = 'realised' AND t.metric = 'accuracy'),
		'confidence', (SELECT f.mean_current FROM drift.check_features AS f
			WHERE f.check_id = c.check_id AND f.segment = '' AND f.role = 'confidence' LIMIT 1),
		'metrics', (SELECT coalesce(jsonb_object_agg(t.metric, t.value), '{}') FROM drift.check_metrics AS t
			WHERE t.check_id = c.check_id AND t.segment = '' AND t.kind = 'realised'))
	FROM drift.monitors AS m, LATERAL (
		SELECT * FROM drift.checks AS i WHERE i.monitor_id = m.monitor_id ORDER BY i.as_of DESC, i.check_id DESC LIMIT 1) AS c
	WHERE m.model_id = model.model_id
	ORDER BY m.source_kind = 'prediction_log' DESC, c.as_of DESC, m.monitor_id
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.metric_facts(drift.models) IS
	'accuracy, drift and confidence of a model by the newest check, of a monitor of its predictions where there is one; NULL without checks';

CREATE OR REPLACE FUNCTION drift.metric_line(model text, format text DEFAULT 'text') RETURNS text
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts CONSTANT jsonb := drift_internal.metric_facts(drift_internal.find_model(model, 'read'));
BEGIN
	IF format = 'json' THEN
		RETURN facts::text;
	ELSIF format = 'text' THEN
		RETURN (SELECT concat_ws(' | ', to_char((facts ->> 'timestamp')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
			coalesce(drift_internal.number_of(facts -> 'accuracy', 'FM0.0000'), '-'),
			coalesce(drift_internal.number_of(facts -> 'drift', 'FM0.0000'), '-'),
			coalesce(drift_internal.number_of(facts -> 'confidence', 'FM0.0000'), '-')) WHERE facts IS NOT NULL);
	END IF;
	RAISE EXCEPTION 'unknown format "%"', coalesce(format, 'NULL')
		USING ERRCODE = 'invalid_parameter_value', HINT = 'It is text or json.';
END
$$;

COMMENT ON FUNCTION drift.metric_line(text, text) IS
	'"timestamp | accuracy | drift | confidence" of the newest check of a model in one line, - for what is not known, or as a JSON object for what ships logs; NULL: there was no check.';
