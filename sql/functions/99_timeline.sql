-- the story of a model: what was found, decided, trained and deployed, in the order in which it happened

-- One line for each change of what was decided: most checks decide the same as the one before.
CREATE OR REPLACE FUNCTION drift_internal.decision_lines(model_id integer) RETURNS TABLE (at timestamptz, kind text, version integer, text text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT d.as_of, 'decision', NULL::integer, format('%s: %s', replace(d.action, '_', ' '), d.explanation)
	FROM (
		SELECT *, lag((action, data_verdict, performance_verdict, should_retrain)) OVER (PARTITION BY monitor_id ORDER BY as_of, decision_id) AS before
		FROM drift.decisions AS i
		WHERE i.model_id = decision_lines.model_id
	) AS d
	WHERE d.before IS DISTINCT FROM (d.action, d.data_verdict, d.performance_verdict, d.should_retrain)
$$;

COMMENT ON FUNCTION drift_internal.decision_lines(integer) IS 'decisions of a model that differ from the one before';

CREATE OR REPLACE FUNCTION drift_internal.alert_lines(model_id integer) RETURNS TABLE (at timestamptz, kind text, version integer, text text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT line.at, 'alert', NULL::integer, line.text
	FROM drift.alerts AS a, LATERAL (VALUES
		(a.raised_at, format('%s: %s', a.severity, a.title)),
		(a.resolved_at, format('over: %s', a.title))) AS line (at, text)
	WHERE a.model_id = alert_lines.model_id AND line.at IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.alert_lines(integer) IS 'alerts of a model, when they were raised and when they were over';

CREATE OR REPLACE FUNCTION drift_internal.training_lines(model_id integer) RETURNS TABLE (at timestamptz, kind text, version integer, text text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(r.finished_at, r.started_at), 'training', r.version,
		concat_ws(': ', concat_ws(' ', 'run', r.run_id, '(' || r.strategy || ')', replace(r.status, '_', ' ')), coalesce(r.reason, r.error))
	FROM drift.training_runs AS r
	WHERE r.model_id = training_lines.model_id
$$;

COMMENT ON FUNCTION drift_internal.training_lines(integer) IS 'runs of training of a model, when they ended';

CREATE OR REPLACE FUNCTION drift_internal.deployment_lines(model_id integer) RETURNS TABLE (at timestamptz, kind text, version integer, text text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.happened_at, 'deployment', e.version, concat_ws(': ', CASE e.event
			WHEN 'deployment_started' THEN format('%s of version %s begins', d.strategy, e.version)
			WHEN 'deployment_step' THEN format('%s of version %s: %s %%', d.strategy, e.version, e.details->>'percent')
			WHEN 'deployment_succeeded' THEN format('version %s answers everybody', e.version)
			WHEN 'deployment_rolled_back' THEN format('version %s is taken back', e.version)
			WHEN 'deployment_cancelled' THEN format('deployment of version %s was ended', e.version)
			WHEN 'deployment_validated' THEN format('version %s: validation %s', e.version, e.details->>'verdict')
			WHEN 'model_frozen' THEN 'nothing is deployed any more'
			WHEN 'model_unfrozen' THEN 'versions may be deployed again'
			WHEN 'alias_set' THEN format('version %s is the champion', e.version) END, e.reason)
	FROM drift.model_events AS e
	LEFT JOIN drift.deployments AS d USING (deployment_id)
	WHERE e.model_id = deployment_lines.model_id
		AND (e.event IN ('deployment_started', 'deployment_step', 'deployment_succeeded', 'deployment_rolled_back', 'deployment_cancelled',
				'model_frozen', 'model_unfrozen')
			OR e.event = 'deployment_validated' AND e.details->>'verdict' <> 'inconclusive'
			-- one that a deployment set is told with it
			OR e.event = 'alias_set' AND e.alias = 'champion' AND e.deployment_id IS NULL)
$$;

COMMENT ON FUNCTION drift_internal.deployment_lines(integer) IS 'deployments of a model, step by step, and changes of its champion without one';

CREATE OR REPLACE FUNCTION drift_internal.model_story(model_id integer, from_time timestamptz, to_time timestamptz)
	RETURNS TABLE (at timestamptz, kind text, version integer, text text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT line.at, line.kind, line.version, line.text
	FROM (
		SELECT * FROM drift_internal.decision_lines(model_story.model_id)
		UNION ALL SELECT * FROM drift_internal.alert_lines(model_story.model_id)
		UNION ALL SELECT * FROM drift_internal.training_lines(model_story.model_id)
		UNION ALL SELECT * FROM drift_internal.deployment_lines(model_story.model_id)
	) AS line
	WHERE line.at >= coalesce(from_time, '-infinity') AND line.at < coalesce(to_time, 'infinity')
	ORDER BY line.at, array_position('{alert,decision,training,deployment}', line.kind)
$$;

COMMENT ON FUNCTION drift_internal.model_story(integer, timestamptz, timestamptz) IS 'what happened to a model in a span, in order';

CREATE OR REPLACE FUNCTION drift.timeline(model text, from_time timestamptz DEFAULT '-infinity', to_time timestamptz DEFAULT 'infinity')
	RETURNS TABLE (at timestamptz, kind text, version integer, text text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT line.*
	FROM (SELECT (drift_internal.find_model(timeline.model, 'read')).model_id) AS m,
		LATERAL drift_internal.model_story(m.model_id, from_time, to_time) AS line
$$;

COMMENT ON FUNCTION drift.timeline(text, timestamptz, timestamptz) IS
	'what happened to a model, in order: alerts, decisions where they changed, runs of training, deployments step by step; each in words';
