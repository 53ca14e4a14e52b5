-- drift.maturity(): how far the operation of models has come, as a checklist with scores

CREATE OR REPLACE FUNCTION drift_internal.maturity_items()
	RETURNS TABLE (area text, item text, asks text, remedy text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 16
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
		('data', 'watched', 'a monitor watches its data', 'drift.create_monitor()'),
		('data', 'checked', 'the newest check is at most eight days old', 'drift.schedule_model()'),
		('data', 'held_against_baseline', 'a baseline says what its data should look like', 'drift.create_baseline()'),
		('performance', 'predictions_logged', 'its predictions are logged', 'drift.create_prediction_log()'),
		('performance', 'measured', 'outcomes of the last 35 days tell how good it is', 'drift.record_outcomes()'),
		('performance', 'estimated', 'its performance is estimated before outcomes come', 'drift.fit_estimator()'),
		('alerts', 'routed', 'a rule sends its alerts to a channel', 'drift.create_alert_rule()'),
		('alerts', 'answered', 'no alert has waited for an answer for more than seven days', 'drift.acknowledge_alert()'),
		('alerts', 'reported', 'a report was kept within 35 days', 'drift.schedule_model(model, ''weekly'')'),
		('deployment', 'retrainable', 'the database knows how to train it again', 'drift.set_training()'),
		('deployment', 'gradual', 'the last version was tried on some of the traffic first', 'drift.deploy(model, version, ''canary'')'),
		('deployment', 'reversible', 'there is a version to go back to', 'drift.rollback()'),
		('governance', 'described', 'the model card of the champion is complete', 'drift.write_card()'),
		('governance', 'approved', 'a version needs approval before it answers', 'drift.set_approval_policy()'),
		('governance', 'scheduled', 'a schedule runs what has to be done', 'drift.schedule_model()')
$$;

COMMENT ON FUNCTION drift_internal.maturity_items() IS 'what drift.maturity() asks of each model, and what to call where it is not so';

CREATE OR REPLACE FUNCTION drift_internal.model_maturity(model drift.models) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_remove(ARRAY[
		CASE WHEN EXISTS (SELECT FROM drift.monitors AS m WHERE m.model_id = model.model_id) THEN 'watched' END,
		CASE WHEN EXISTS (SELECT FROM drift.checks AS c WHERE c.model_id = model.model_id AND c.as_of > now() - interval '8 days' AND c.status <> 'error') THEN 'checked' END,
		CASE WHEN EXISTS (SELECT FROM drift.monitors AS m WHERE m.model_id = model.model_id AND m.baseline IS NOT NULL) THEN 'held_against_baseline' END,
		CASE WHEN EXISTS (SELECT FROM drift.prediction_logs AS l WHERE l.model_id = model.model_id) THEN 'predictions_logged' END,
		CASE WHEN EXISTS (SELECT FROM drift.checks AS c JOIN drift.check_metrics AS t USING (check_id)
			WHERE c.model_id = model.model_id AND c.as_of > now() - interval '35 days' AND t.kind = 'realised' AND t.value IS NOT NULL) THEN 'measured' END,
		CASE WHEN EXISTS (SELECT FROM drift.estimators AS e WHERE e.model_id = model.model_id) THEN 'estimated' END,
		CASE WHEN EXISTS (SELECT FROM drift.alert_rules AS r WHERE r.active AND coalesce(r.model_id, model.model_id) = model.model_id AND r.monitor_id IS NULL) THEN 'routed' END,
		CASE WHEN NOT EXISTS (SELECT FROM drift.alerts AS a
			WHERE a.model_id = model.model_id AND a.status = 'firing' AND a.raised_at < now() - interval '7 days') THEN 'answered' END,
		CASE WHEN EXISTS (SELECT FROM drift.reports AS r WHERE r.model_id = model.model_id AND r.created_at > now() - interval '35 days') THEN 'reported' END,
		CASE WHEN EXISTS (SELECT FROM drift.training_configs AS t WHERE t.model_id = model.model_id) THEN 'retrainable' END,
		CASE WHEN (SELECT d.strategy <> 'blue_green' FROM drift.deployments AS d WHERE d.model_id = model.model_id ORDER BY d.deployment_id DESC LIMIT 1) THEN 'gradual' END,
		CASE WHEN EXISTS (SELECT FROM drift.model_versions AS v
			WHERE v.model_id = model.model_id AND v.stage = 'archived' AND v.status = 'ready') THEN 'reversible' END,
		CASE WHEN cardinality(drift_internal.missing_sections(model.model_id, drift_internal.champion_of(model.model_id))) = 0 THEN 'described' END,
		CASE WHEN model.required_approvals > 0 THEN 'approved' END,
		CASE WHEN EXISTS (SELECT FROM drift.schedules AS s WHERE s.model_id = model.model_id AND s.paused_at IS NULL) THEN 'scheduled' END], NULL)
$$;

COMMENT ON FUNCTION drift_internal.model_maturity(drift.models) IS 'items of drift.maturity() that hold for a model, as far as the caller may see';

-- As the caller: what one may not see does not count, rules and windows of others for example.
CREATE OR REPLACE FUNCTION drift.maturity(model text DEFAULT NULL)
	RETURNS TABLE (area text, item text, asks text, share float8, evidence text, remedy text, area_score numeric, score numeric)
	LANGUAGE sql STABLE ROWS 15
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH judged AS MATERIALIZED (
		SELECT m.name, drift_internal.model_maturity(m) AS met
		FROM drift.models AS m
		WHERE m.deleted_at IS NULL AND (maturity.model IS NULL OR m.model_id = (drift_internal.find_model(maturity.model, 'read')).model_id)
	), counted AS (
		SELECT i.*, i.ordinality AS place, count(j.name) AS models, count(j.name) FILTER (WHERE i.item = ANY (j.met)) AS met,
			array_agg(j.name ORDER BY j.name) FILTER (WHERE i.item <> ALL (j.met)) AS lacking
		FROM drift_internal.maturity_items() WITH ORDINALITY AS i
		LEFT JOIN judged AS j ON true
		GROUP BY i.area, i.item, i.asks, i.remedy, i.ordinality
	)
	SELECT c.area, c.item, c.asks, c.met / nullif(c.models, 0)::float8,
		CASE c.models WHEN 0 THEN 'there is no model' ELSE concat_ws('; ', format('%s of %s', c.met, drift_internal.counted(c.models, 'model', 'models')),
			'not ' || drift_internal.names_text(c.lacking)) END,
		CASE WHEN c.met < c.models THEN c.remedy END,
		round(10 * avg(c.met / nullif(c.models, 0)::numeric) OVER (PARTITION BY c.area), 1),
		round(10 * avg(c.met / nullif(c.models, 0)::numeric) OVER (), 1)
	FROM counted AS c
	ORDER BY c.place
$$;

COMMENT ON FUNCTION drift.maturity(text) IS
	'How far the operation of a model, or of all that the caller sees, has come: a checklist with the share of the models that each item holds for, what is missing where, what to call, and scores from 0 to 10 by area and in all.';
