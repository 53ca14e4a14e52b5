-- the dashboard as a document: all models at a glance, what is wrong with each, and how it came to that

CREATE OR REPLACE FUNCTION drift_internal.status_rank(status text) RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN pg_catalog.array_position('{critical,error,warning,unknown,ok}'::pg_catalog.text[], status);

COMMENT ON FUNCTION drift_internal.status_rank(text) IS 'place of the status of a model where the worst come first';

-- What stands first is what somebody should know first.
CREATE OR REPLACE FUNCTION drift_internal.dashboard_findings(model drift.v_models) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('severity', f.severity, 'text', f.says, 'names', f.names) ORDER BY f.place), '[]')
	FROM (SELECT (model).*) AS m, LATERAL (VALUES
		(1, m.frozen_at IS NOT NULL, 'critical', 'frozen: too many deployments were rolled back', NULL::text[]),
		(2, m.performance IN ('warning', 'critical'), m.performance,
			CASE WHEN m.metric_severity IN ('warning', 'critical') AND m.metric_kind = 'realised'
				THEN format('performance is worse: %s was %s and is %s', drift_internal.metric_words(m.metric), drift_internal.short_number(m.metric_reference),
					drift_internal.short_number(m.metric_value))
				ELSE 'performance is worse' END, NULL),
		(3, m.n_drifted_features > 0, CASE WHEN m.check_status IN ('warning', 'critical') THEN m.check_status ELSE 'unknown' END,
			format('%s of %s features drifted', m.n_drifted_features, m.n_features), m.drifted_features[1:5]),
		(4, m.prediction_drift IN ('warning', 'critical'), m.prediction_drift, 'what it predicts has changed', NULL),
		(5, m.estimated_performance IN ('warning', 'critical'), m.estimated_performance, 'performance is estimated to be worse', NULL),
		(6, m.status = 'error', 'error', 'a check could not be run', NULL),
		(7, m.failing_jobs > 0, 'warning', format('%s of %s jobs failed or are overdue', m.failing_jobs, m.jobs), NULL),
		(8, m.last_run_status = 'failed', 'warning', 'the last training failed', NULL),
		(9, m.last_run_status = 'needs_review', 'warning', 'a trained version waits for a review', NULL),
		(10, m.deployment_status = 'rolled_back', 'warning', format('version %s was rolled back', m.deployment_version), NULL),
		(11, m.paused_monitors > 0, 'unknown', format('%s of %s monitors are paused', m.paused_monitors, m.monitors), NULL),
		(12, m.monitors = 0, 'unknown', 'no monitor watches it', NULL),
		(13, m.monitors > 0 AND m.check_id IS NULL, 'unknown', 'it was not checked yet', NULL),
		(14, m.check_status = 'insufficient_data', 'unknown', 'too few rows to tell', NULL)
	) AS f (place, holds, severity, says, names)
	WHERE f.holds
$$;

COMMENT ON FUNCTION drift_internal.dashboard_findings(drift.v_models) IS 'what is to be known of a model, each with its severity, in words, and the names it is about';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_history(monitor_id integer, since timestamptz, metric text, metric_kind text, metric_check_id bigint)
	RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'drift_score', jsonb_build_object('at', d.at, 'value', d.value),
		'metric', jsonb_build_object('at', p.at, 'value', p.value),
		'rows', jsonb_build_object('at', w.at, 'value', w.value, 'labelled', w.labelled))
	FROM (
		SELECT array_agg(h.as_of ORDER BY h.as_of) AS at, array_agg(h.drift_score ORDER BY h.as_of) AS value
		FROM (
			SELECT DISTINCT ON (c.as_of) c.as_of, c.drift_score
			FROM drift.checks AS c
			WHERE c.monitor_id = dashboard_history.monitor_id AND c.as_of > since
			ORDER BY c.as_of DESC, c.check_id DESC
			LIMIT 60
		) AS h
	) AS d
	CROSS JOIN (
		SELECT array_agg(h.at ORDER BY h.at) AS at, array_agg(h.value ORDER BY h.at) AS value
		FROM (
			SELECT DISTINCT ON (upper(t.span)) upper(t.span) AS at, t.value
			FROM drift.checks AS n
			JOIN drift.checks AS c ON c.monitor_id = n.monitor_id AND c.as_of > since
			JOIN drift.check_metrics AS t ON t.check_id = c.check_id AND t.segment = '' AND t.kind = metric_kind AND t.metric = dashboard_history.metric
			WHERE n.check_id = metric_check_id
			ORDER BY upper(t.span) DESC, c.check_id DESC
			LIMIT 60
		) AS h
	) AS p
	CROSS JOIN (
		SELECT array_agg(h.starts_at ORDER BY h.starts_at) AS at, array_agg(h.n_rows ORDER BY h.starts_at) AS value,
			CASE WHEN count(h.outcome) > 0 THEN array_agg(coalesce(h.n_labelled, 0) ORDER BY h.starts_at) END AS labelled
		FROM (
			SELECT i.starts_at, n.outcome, max(drift.row_count(i.profile)) FILTER (WHERE i.column_id = n.counted) AS n_rows,
				max(drift.value_count(i.profile)) FILTER (WHERE i.column_id = n.outcome) AS n_labelled
			FROM (SELECT drift_internal.counting_column(dashboard_history.monitor_id), drift_internal.outcome_column(dashboard_history.monitor_id)
				OFFSET 0) AS n (counted, outcome)
			JOIN drift.windows AS i ON i.column_id = ANY (ARRAY[n.counted, n.outcome])
			WHERE i.monitor_id = dashboard_history.monitor_id AND i.segment = '' AND i.grain = 'day' AND i.starts_at >= since
			GROUP BY i.starts_at, n.outcome
		) AS h
	) AS w
$$;

COMMENT ON FUNCTION drift_internal.dashboard_history(integer, timestamptz, text, text, bigint) IS
	'what became of a model since a time: drift score by check, its metric by span, and rows and known outcomes by day (for members of the owner of the monitor), each as arrays';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_models(pattern text, history interval, at_most integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object(
			'findings', drift_internal.dashboard_findings(m),
			'history', drift_internal.dashboard_history(m.monitor_id, m.as_of - history, m.metric, m.metric_kind, m.metric_check_id))
		ORDER BY drift_internal.status_rank(m.status), m.performance IN ('warning', 'critical') DESC NULLS LAST, m.drift_score DESC NULLS LAST, m.model), '[]')
	FROM (
		SELECT * FROM drift.v_models AS v
		WHERE v.model LIKE pattern
		ORDER BY drift_internal.status_rank(v.status), v.performance IN ('warning', 'critical') DESC NULLS LAST, v.drift_score DESC NULLS LAST, v.model
		LIMIT at_most
	) AS m
$$;

COMMENT ON FUNCTION drift_internal.dashboard_models(text, interval, integer) IS 'of a dashboard: its models, the worst first';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_verdict(models jsonb, n_models bigint) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'severity', CASE WHEN n.all_models = 0 OR n.unknown = n.all_models THEN 'unknown' WHEN n.critical > 0 THEN 'critical' WHEN n.bad > 0 THEN 'warning' ELSE 'ok' END,
		'sentence', CASE
			WHEN n.all_models = 0 THEN 'There is no model to be seen.'
			WHEN n.bad = 0 AND n.unknown = n.all_models THEN 'Nothing is known of the models yet: no check has come to a verdict.'
			WHEN n.bad = 0 THEN CASE n.all_models WHEN 1 THEN 'The model is fine.' ELSE format('%s of %s models are fine.', n.fine, n.all_models) END
				|| CASE WHEN n.unknown > 0 THEN format(' Of %s nothing is known yet.', n.unknown) ELSE ' Nothing is to be done.' END
			ELSE format('%s of %s models %s attention: %s%s.', n.bad, n_models, CASE n.bad WHEN 1 THEN 'needs' ELSE 'need' END, n.names,
				CASE WHEN n.bad > 3 THEN format(' and %s more', n.bad - 3) ELSE '' END) END)
	FROM (
		SELECT count(*) AS all_models, count(*) FILTER (WHERE i.status IN ('critical', 'error', 'warning')) AS bad,
			count(*) FILTER (WHERE i.status = 'critical') AS critical, count(*) FILTER (WHERE i.status = 'unknown') AS unknown,
			count(*) FILTER (WHERE i.status = 'ok') AS fine,
			string_agg(left(i.name, 60), ', ' ORDER BY i.place) FILTER (WHERE i.place <= 3 AND i.status IN ('critical', 'error', 'warning')) AS names
		FROM (
			SELECT m.item ->> 'status' AS status, m.item ->> 'model' AS name, m.place
			FROM jsonb_array_elements(models) WITH ORDINALITY AS m (item, place)
		) AS i
	) AS n
$$;

COMMENT ON FUNCTION drift_internal.dashboard_verdict(jsonb, bigint) IS 'of a dashboard: how things stand, in a sentence';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_totals(pattern text, models jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (
		SELECT jsonb_build_object('models', count(*), 'critical', count(*) FILTER (WHERE m.status = 'critical'),
			'error', count(*) FILTER (WHERE m.status = 'error'), 'warning', count(*) FILTER (WHERE m.status = 'warning'),
			'ok', count(*) FILTER (WHERE m.status = 'ok'), 'unknown', count(*) FILTER (WHERE m.status = 'unknown'),
			'drifted_models', count(*) FILTER (WHERE m.drift_detected), 'worse_models', count(*) FILTER (WHERE m.performance IN ('warning', 'critical')),
			'open_alerts', coalesce(sum(m.open_alerts), 0), 'critical_alerts', coalesce(sum(m.critical_alerts), 0), 'alerts_since', min(m.alerts_since),
			'retrain', count(*) FILTER (WHERE m.should_retrain), 'deploying', count(*) FILTER (WHERE m.deployment_status = 'running'),
			'training', count(*) FILTER (WHERE m.last_run_status = 'running'), 'jobs', coalesce(sum(m.jobs), 0),
			'failing_jobs', coalesce(sum(m.failing_jobs), 0), 'running_jobs', coalesce(sum(m.running_jobs), 0),
			'confidence', avg(m.confidence), 'last_check_at', max(m.checked_at))
		FROM jsonb_to_recordset(models) AS m (status text, drift_detected boolean, performance text, open_alerts bigint, critical_alerts bigint,
			alerts_since timestamptz, should_retrain boolean, deployment_status text, last_run_status text, jobs bigint, failing_jobs bigint,
			running_jobs bigint, confidence float8, checked_at timestamptz)
	) || (
		SELECT jsonb_build_object('n_rows', sum(h.rows), 'n_labelled', sum(h.labelled) FILTER (WHERE h.labelled IS NOT NULL),
			'label_coverage', sum(h.labelled) / nullif(sum(h.rows) FILTER (WHERE h.labelled IS NOT NULL), 0)::float8)
		FROM jsonb_array_elements(models) AS m (item), LATERAL (
			SELECT v.rows::bigint, l.labelled::bigint
			FROM jsonb_array_elements_text(nullif(m.item #> '{history,rows,value}', 'null')) WITH ORDINALITY AS v (rows, place)
			LEFT JOIN jsonb_array_elements_text(nullif(m.item #> '{history,rows,labelled}', 'null')) WITH ORDINALITY AS l (labelled, place)
				ON l.place = v.place
		) AS h
	) || (
		SELECT jsonb_build_object('messages', jsonb_build_object('waiting', count(*) FILTER (WHERE d.status IN ('pending', 'sending')),
			'dead', count(*) FILTER (WHERE d.status = 'dead'), 'sent', count(*) FILTER (WHERE d.status = 'sent')))
		FROM drift.v_deliveries AS d
		WHERE d.created_at > clock_timestamp() - interval '7 days' AND coalesce(d.model LIKE pattern, pattern = '%')
	)
$$;

COMMENT ON FUNCTION drift_internal.dashboard_totals(text, jsonb) IS 'of a dashboard: sums over its models, and messages of seven days';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_lists(pattern text, since timestamptz) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'alerts', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.severity, a.raised_at DESC), '[]') FROM (
			SELECT * FROM drift.v_alerts AS i WHERE i.is_open AND coalesce(i.model LIKE pattern, pattern = '%')
			ORDER BY i.severity, i.raised_at DESC LIMIT 50) AS a),
		'data', (SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m.drift_score DESC NULLS LAST, m.monitor), '[]') FROM (
			SELECT * FROM drift.v_monitors AS i WHERE i.model_id IS NULL AND i.monitor LIKE pattern
			ORDER BY i.drift_score DESC NULLS LAST, i.monitor LIMIT 50) AS m),
		'jobs', (SELECT coalesce(jsonb_agg(to_jsonb(j) ORDER BY j.status, j.schedule_id), '[]') FROM (
			SELECT * FROM drift.v_jobs AS i
			WHERE i.status IN ('failed', 'overdue', 'running', 'paused') AND coalesce(i.model, i.monitor, '') LIKE pattern
			ORDER BY i.status, i.schedule_id LIMIT 50) AS j),
		'deployments', (SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY d.deployment_id DESC), '[]') FROM (
			SELECT * FROM drift.v_deployments AS i WHERE i.model LIKE pattern AND (i.status = 'running' OR i.started_at > since)
			ORDER BY i.deployment_id DESC LIMIT 15) AS d),
		'runs', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.run_id DESC), '[]') FROM (
			SELECT * FROM drift.v_runs AS i WHERE i.model LIKE pattern AND (i.status = 'running' OR i.started_at > since)
			ORDER BY i.run_id DESC LIMIT 15) AS r),
		'messages', (SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY d.delivery_id DESC), '[]') FROM (
			SELECT * FROM drift.v_deliveries AS i
			WHERE i.status = 'dead' AND i.created_at > since AND coalesce(i.model LIKE pattern, pattern = '%')
			ORDER BY i.delivery_id DESC LIMIT 15) AS d))
$$;

COMMENT ON FUNCTION drift_internal.dashboard_lists(text, timestamptz) IS
	'of a dashboard: open alerts, data of no model, jobs that are not as usual, deployments and runs since a time, messages that were given up';

CREATE OR REPLACE FUNCTION drift.dashboard_json(models text DEFAULT '%', history interval DEFAULT '30 days', at_most integer DEFAULT 500) RETURNS jsonb
	LANGUAGE plpgsql STABLE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found jsonb;
	n_models bigint;
	lists jsonb;
	totals jsonb;
BEGIN
	IF models IS NULL OR history IS NULL OR history <= '0' OR at_most IS NULL OR at_most < 1 THEN
		RAISE EXCEPTION 'a dashboard needs a pattern of names, a time to look back and a number of models'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('They are %s, %s and %s.', coalesce(quote_literal(models), 'NULL'),
				coalesce(history::text, 'NULL'), coalesce(at_most::text, 'NULL')),
			HINT = 'For example drift.dashboard_json(''bank%'', ''90 days'').';
	END IF;
	-- As queries, not as expressions: plans of what an expression calls are kept for the transaction, also when the role changes.
	SELECT drift_internal.dashboard_models(models, history, at_most) INTO found;
	SELECT count(*) INTO n_models FROM drift.models AS m WHERE m.deleted_at IS NULL AND m.name LIKE models;
	SELECT drift_internal.dashboard_lists(models, clock_timestamp() - history) INTO lists;
	SELECT drift_internal.dashboard_totals(models, found) INTO totals;
	RETURN jsonb_build_object('format', 'drift-dashboard', 'version', 1, 'generated_at', clock_timestamp(), 'database', current_database(),
			'title', 'Models in ' || current_database(), 'pattern', models, 'history', history, 'n_models', n_models,
			'verdict', drift_internal.dashboard_verdict(found, n_models), 'totals', totals, 'models', found)
		|| lists;
END
$$;

COMMENT ON FUNCTION drift.dashboard_json(text, interval, integer) IS
	'All models whose name is LIKE a pattern, the worst first, at most so many, as a document: a verdict in a sentence, totals, each model with everything of drift.v_models, what is wrong with it and its history, open alerts, data of no model, jobs, deployments, runs and messages.';
