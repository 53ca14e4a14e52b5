-- drift.monitoring_report(): what was found of a model, and what was done, over some time

-- Of checks of one moment the last counts.
CREATE OR REPLACE FUNCTION drift_internal.model_checks(model_id integer, span tstzrange) RETURNS SETOF drift.checks
	LANGUAGE sql STABLE ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT DISTINCT ON (c.monitor_id, c.as_of) c.*
	FROM drift.checks AS c
	WHERE c.model_id = model_checks.model_id AND c.as_of > lower(span) AND c.as_of <= upper(span)
	ORDER BY c.monitor_id, c.as_of, c.check_id DESC
$$;

COMMENT ON FUNCTION drift_internal.model_checks(integer, tstzrange) IS 'checks of all monitors of a model within a span';

CREATE OR REPLACE FUNCTION drift_internal.report_features(checks drift.checks[], at_most integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.drifted_checks DESC, s.max_effect DESC NULLS LAST, s.name), '[]')
	FROM (
		SELECT f.column_name AS name, f.role, count(f.drifted) AS checks, count(*) FILTER (WHERE f.drifted) AS drifted_checks,
			max(f.effect) AS max_effect, max(f.psi) AS max_psi, max(c.as_of) FILTER (WHERE f.drifted) AS last_drifted_at,
			(array_agg(f.severity ORDER BY c.as_of DESC))[1] AS severity
		FROM unnest(checks) AS c
		JOIN drift.check_features AS f ON f.check_id = c.check_id AND f.segment = ''
		GROUP BY f.column_name, f.role
		ORDER BY 4 DESC, 5 DESC NULLS LAST, 1
		LIMIT at_most
	) AS s
$$;

COMMENT ON FUNCTION drift_internal.report_features(drift.checks[], integer) IS 'of a report: columns that drifted most often, or most, in checks';

CREATE OR REPLACE FUNCTION drift_internal.report_monitor(monitor drift.monitors, checks drift.checks[]) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('name', (monitor).name, 'source', drift_internal.source_text(monitor), 'check_id', (l.newest).check_id,
		'as_of', (l.newest).as_of, 'severity', coalesce((l.newest).status, 'insufficient_data'), 'drift_detected', (l.newest).drift_detected,
		'drift_score', (l.newest).drift_score, 'drifted_features', coalesce(to_jsonb((l.newest).drifted_features), '[]'),
		'sentence', CASE WHEN cardinality(checks) = 0 THEN 'There was no check.' ELSE drift_internal.verdict_sentence(l.newest) END,
		'checks', cardinality(checks), 'drifted_checks', l.drifted, 'failed_checks', l.failed, 'rows', l.n_current,
		'paused_at', (monitor).paused_at, 'history', drift_internal.report_history(checks),
		'features', drift_internal.report_features(checks, 20))
	FROM (
		SELECT checks[cardinality(checks)] AS newest, count(*) FILTER (WHERE c.drift_detected) AS drifted,
			count(*) FILTER (WHERE c.status = 'error') AS failed, max(c.n_current) AS n_current
		FROM unnest(checks) AS c
	) AS l
$$;

COMMENT ON FUNCTION drift_internal.report_monitor(drift.monitors, drift.checks[]) IS 'of a report: a monitor and its checks, the oldest first';

-- The newest value of each metric, and those before it.
CREATE OR REPLACE FUNCTION drift_internal.report_metrics(checks drift.checks[]) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(drift_internal.report_metric(ROW(m.check_id, m.segment, m.kind, m.metric, m.span, m.n, m.value, m.standard_error,
			m.value_low, m.value_high, m.n_reference, m.reference, m.loss, m.loss_low, m.loss_high, m.p_value, m.threshold, m.severity,
			m.findings, m.explanation)::drift.check_metrics, h.history, NULL)
		ORDER BY m.kind = 'estimated', drift_internal.severity_rank(m.severity), m.loss DESC NULLS LAST, m.metric), '[]')
	FROM (
		SELECT DISTINCT ON (i.kind, i.metric) i.*
		FROM unnest(checks) AS c
		JOIN drift.check_metrics AS i ON i.check_id = c.check_id AND i.segment = ''
		ORDER BY i.kind, i.metric, upper(i.span) DESC, i.check_id DESC
	) AS m
	LEFT JOIN drift_internal.report_metric_history(checks) AS h ON h.kind = m.kind AND h.metric = m.metric
$$;

COMMENT ON FUNCTION drift_internal.report_metrics(drift.checks[]) IS 'of a report: the newest value of each metric in checks, with its history';

CREATE OR REPLACE FUNCTION drift_internal.report_days(checks drift.checks[]) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('at', d.day, 'severity', d.severity, 'drift_score', d.drift_score, 'drift_share', d.drift_share,
		'n_drifted_features', d.drifted, 'checks', d.checks) ORDER BY d.day), '[]')
	FROM (
		SELECT date_trunc('day', c.as_of, 'UTC') AS day, (array_agg(c.status ORDER BY drift_internal.severity_rank(c.status)))[1] AS severity,
			max(c.drift_score) AS drift_score, max(c.drift_share) AS drift_share, max(c.n_drifted_features) AS drifted, count(*) AS checks
		FROM unnest(checks) AS c
		GROUP BY 1
	) AS d
$$;

COMMENT ON FUNCTION drift_internal.report_days(drift.checks[]) IS 'of a report: the worst of all checks of each day of UTC';

CREATE OR REPLACE FUNCTION drift_internal.report_labels(model_id integer, span tstzrange) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('monitor', l.name, 'predictions', l.n, 'labelled', l.labelled, 'coverage', l.labelled / nullif(l.n, 0)::float8,
		'days', l.days)
	FROM (
		SELECT m.name, sum(s.n_rows) AS n, sum(s.n_labelled) AS labelled,
			jsonb_agg(jsonb_build_object('at', s.starts_at, 'predictions', s.n_rows, 'labelled', s.n_labelled) ORDER BY s.starts_at) AS days
		FROM drift.monitors AS m, LATERAL drift_internal.labelled_share(m, drift_internal.outcome_column(m.monitor_id), 'day', report_labels.span) AS s
		WHERE m.model_id = report_labels.model_id AND drift_internal.outcome_column(m.monitor_id) IS NOT NULL
		GROUP BY m.monitor_id, m.name
		ORDER BY 2 DESC, m.name
		LIMIT 1
	) AS l
$$;

COMMENT ON FUNCTION drift_internal.report_labels(integer, tstzrange) IS
	'of a report: predictions of a span by day and how many of them have outcomes, as the monitor with the most rows saw them; NULL: no monitor reads outcomes';

CREATE OR REPLACE FUNCTION drift_internal.report_jobs(model_id integer, span tstzrange) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(to_jsonb(j) ORDER BY j.task), '[]')
	FROM (
		SELECT s.task, count(r.run_id) AS runs, count(*) FILTER (WHERE r.status = 'failed') AS failed, max(r.started_at) AS last_at,
			(array_agg(r.error ORDER BY r.started_at DESC) FILTER (WHERE r.status = 'failed'))[1] AS last_error
		FROM drift.schedules AS s
		LEFT JOIN drift.job_runs AS r ON r.schedule_id = s.schedule_id AND r.started_at >= lower(span) AND r.started_at < upper(span)
		WHERE s.model_id = report_jobs.model_id
			OR s.monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m WHERE m.model_id = report_jobs.model_id)
		GROUP BY s.task
	) AS j
$$;

COMMENT ON FUNCTION drift_internal.report_jobs(integer, tstzrange) IS 'of a report: how often scheduled tasks of a model ran within a span, and failed';

CREATE OR REPLACE FUNCTION drift_internal.counted(n bigint, one text, many text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN concat(n, ' ', CASE n WHEN 1 THEN one ELSE many END);

COMMENT ON FUNCTION drift_internal.counted(bigint, text, text) IS 'a number with its noun';

CREATE OR REPLACE FUNCTION drift_internal.monitoring_verdict(checks drift.checks[], newest drift.checks[], alerts jsonb, runs jsonb, deployments jsonb)
	RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'severity', CASE WHEN w.open_critical > 0 THEN 'critical'
			ELSE coalesce(drift_internal.worst_severity(VARIADIC w.severities || CASE WHEN w.open_alerts > 0 THEN '{warning}'::text[] ELSE '{}' END), 'insufficient_data') END,
		'sentence', CASE WHEN cardinality(checks) = 0 THEN 'There was no check in this time.' ELSE concat_ws(' ',
			format('%s, %s found drift.', drift_internal.counted(cardinality(checks), 'check', 'checks'), w.drifted),
			CASE WHEN w.open_alerts > 0 THEN format('%s open.', drift_internal.counted(w.open_alerts, 'alert is', 'alerts are')) ELSE 'No alert is open.' END,
			CASE WHEN w.newest_drifted <> '{}' THEN format('The newest check found changes in %s.', drift_internal.names_text(w.newest_drifted)) END,
			(SELECT drift_internal.performance_sentence(n)
			FROM unnest(newest) AS n ORDER BY drift_internal.severity_rank(n.performance) LIMIT 1),
			CASE WHEN jsonb_array_length(runs) > 0 THEN format('%s of training.', drift_internal.counted(jsonb_array_length(runs), 'run', 'runs')) END,
			CASE WHEN jsonb_array_length(deployments) > 0 THEN format('%s of a version.', drift_internal.counted(jsonb_array_length(deployments), 'deployment', 'deployments')) END) END,
		'data', w.data, 'prediction', w.prediction, 'target', w.target, 'performance', w.performance, 'estimated_performance', w.estimated,
		'drift_detected', w.detected, 'drift_score', w.score, 'drift_share', w.share, 'n_features', w.n_features, 'n_drifted_features', w.n_drifted,
		'drifted_features', to_jsonb(w.newest_drifted), 'findings', '[]'::jsonb,
		'checks', cardinality(checks), 'drifted_checks', w.drifted, 'open_alerts', w.open_alerts)
	FROM (
		SELECT array_agg(n.status) AS severities, bool_or(n.drift_detected) AS detected, max(n.drift_score) AS score, max(n.drift_share) AS share,
			sum(n.n_features) AS n_features, sum(n.n_drifted_features) AS n_drifted,
			coalesce((SELECT array_agg(DISTINCT d.name ORDER BY d.name) FROM unnest(newest) AS i, unnest(i.drifted_features) AS d (name)), '{}') AS newest_drifted,
			drift_internal.worst_severity(VARIADIC array_agg(drift_internal.data_severity(n))) AS data,
			drift_internal.worst_severity(VARIADIC array_agg(n.prediction_drift)) AS prediction,
			drift_internal.worst_severity(VARIADIC array_agg(n.target_drift)) AS target,
			drift_internal.worst_severity(VARIADIC array_agg(n.performance)) AS performance,
			drift_internal.worst_severity(VARIADIC array_agg(n.estimated_performance)) AS estimated,
			(SELECT count(*) FROM unnest(checks) AS c WHERE c.drift_detected) AS drifted,
			(SELECT count(*) FROM jsonb_array_elements(alerts) AS a WHERE a ->> 'status' <> 'resolved') AS open_alerts,
			(SELECT count(*) FROM jsonb_array_elements(alerts) AS a WHERE a ->> 'status' <> 'resolved' AND a ->> 'severity' = 'critical') AS open_critical
		FROM unnest(newest) AS n
	) AS w
$$;

COMMENT ON FUNCTION drift_internal.monitoring_verdict(drift.checks[], drift.checks[], jsonb, jsonb, jsonb) IS
	'of a report on some time: its verdict, from all checks, the newest of each monitor, alerts, runs and deployments';

CREATE OR REPLACE FUNCTION drift_internal.monitoring_document(model drift.models, span tstzrange) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	checks CONSTANT drift.checks[] := ARRAY(SELECT c FROM drift_internal.model_checks(model.model_id, span) AS c ORDER BY c.as_of, c.check_id);
	newest CONSTANT drift.checks[] := ARRAY(SELECT DISTINCT ON (c.monitor_id) c FROM unnest(checks) AS c ORDER BY c.monitor_id, c.as_of DESC);
	champion CONSTANT integer := drift_internal.champion_of(model.model_id);
	alerts CONSTANT jsonb := drift_internal.report_alerts(model.model_id, NULL, lower(span), 50);
	of_model CONSTANT jsonb := drift_internal.report_of_model(model, champion, span);
BEGIN
	RETURN jsonb_build_object(
			'format', 'drift-report', 'version', 1, 'kind', 'monitoring', 'generated_at', clock_timestamp(),
			'title', 'Monitoring report: ' || model.name,
			'subject', jsonb_build_object('model', model.name, 'version', champion, 'monitor', NULL, 'baseline', NULL, 'source', NULL,
				'reference', NULL, 'current', NULL, 'thresholds', NULL),
			'span', drift_internal.report_span(span), 'reference_span', NULL,
			'verdict', drift_internal.monitoring_verdict(checks, newest, alerts, of_model -> 'runs', of_model -> 'deployments'),
			'rows', jsonb_build_object('reference', NULL, 'current', (SELECT max(c.n_current) FROM unnest(newest) AS c)),
			'recommendation', (
				SELECT drift_internal.report_decision(d)
				FROM drift.decisions AS d
				WHERE d.model_id = model.model_id AND d.as_of <= upper(span)
				ORDER BY d.as_of DESC, d.monitor_id IS NOT NULL, d.decision_id DESC
				LIMIT 1),
			'columns', '[]'::jsonb,
			'monitors', (
				SELECT coalesce(jsonb_agg(drift_internal.report_monitor(m,
					ARRAY(SELECT c FROM unnest(checks) AS c WHERE c.monitor_id = m.monitor_id ORDER BY c.as_of, c.check_id)) ORDER BY m.name), '[]')
				FROM drift.monitors AS m
				WHERE m.model_id = model.model_id),
			'performance', drift_internal.report_metrics(checks),
			'history', drift_internal.report_days(checks),
			'labels', drift_internal.report_labels(model.model_id, span),
			'jobs', drift_internal.report_jobs(model.model_id, span),
			'alerts', alerts,
			'decisions', drift_internal.report_decisions(model.model_id, NULL, span, 20),
			'thresholds', NULL)
		|| of_model;
END
$$;

COMMENT ON FUNCTION drift_internal.monitoring_document(drift.models, tstzrange) IS 'the report on a model over a span';

CREATE OR REPLACE FUNCTION drift_internal.report_period(since timestamptz, until timestamptz) RETURNS tstzrange
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT isfinite(since) OR since >= until THEN
		RAISE EXCEPTION 'a report cannot begin at %', since
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It ends at %s.', until);
	END IF;
	RETURN tstzrange(since, until);
END
$$;

COMMENT ON FUNCTION drift_internal.report_period(timestamptz, timestamptz) IS 'the span from a time on, or an error: that it is empty or endless';

CREATE OR REPLACE FUNCTION drift.monitoring_report(model text, since timestamptz DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reported CONSTANT drift.models := drift_internal.find_model(model, 'read');
	until CONSTANT timestamptz := clock_timestamp();
BEGIN
	RETURN drift_internal.monitoring_document(reported, drift_internal.report_period(coalesce(since, until - interval '7 days'), until));
END
$$;

COMMENT ON FUNCTION drift.monitoring_report(text, timestamptz) IS
	'What was found of a model and what was done since a time, by default in the last seven days, as a document of the format drift-report: all its monitors with their checks, performance, outcomes that came in, alerts, decisions, training, deployments, jobs.';
