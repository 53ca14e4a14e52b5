-- of a report: what is known of the model: performance, alerts, decisions, deployments, training, its card

CREATE OR REPLACE FUNCTION drift_internal.report_span(span tstzrange) RETURNS jsonb
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('from', lower(span), 'to', upper(span))
$$;

COMMENT ON FUNCTION drift_internal.report_span(tstzrange) IS 'of a report: a span of time';

CREATE OR REPLACE FUNCTION drift_internal.report_metric_history(checks drift.checks[]) RETURNS TABLE (kind text, metric text, history jsonb)
	LANGUAGE sql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT m.kind, m.metric, jsonb_agg(jsonb_build_object('at', upper(m.span), 'value', m.value, 'severity', m.severity, 'n', m.n) ORDER BY upper(m.span))
	FROM (
		SELECT DISTINCT ON (i.kind, i.metric, i.span) i.*
		FROM unnest(checks) AS c
		JOIN drift.check_metrics AS i ON i.check_id = c.check_id AND i.segment = ''
		ORDER BY i.kind, i.metric, i.span, i.check_id DESC
	) AS m
	GROUP BY m.kind, m.metric
$$;

COMMENT ON FUNCTION drift_internal.report_metric_history(drift.checks[]) IS 'what checks measured, by metric; of checks of one span the last';

CREATE OR REPLACE FUNCTION drift_internal.report_metric(m drift.check_metrics, history jsonb, segments jsonb) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('metric', m.metric, 'kind', m.kind, 'value', m.value, 'reference', m.reference, 'low', m.value_low, 'high', m.value_high,
		'loss', m.loss, 'threshold', m.threshold, 'severity', m.severity, 'sentence', m.explanation, 'n', m.n, 'n_reference', m.n_reference,
		'span', drift_internal.report_span(m.span), 'findings', to_jsonb(m.findings), 'history', coalesce(history, '[]'), 'segments', coalesce(segments, '[]'))
$$;

COMMENT ON FUNCTION drift_internal.report_metric(drift.check_metrics, jsonb, jsonb) IS 'of a report: a metric of a model';

CREATE OR REPLACE FUNCTION drift_internal.report_performance(checked drift.checks, recent drift.checks[]) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(drift_internal.report_metric(m, h.history, s.segments)
		ORDER BY m.kind = 'estimated', drift_internal.severity_rank(m.severity), m.loss DESC NULLS LAST, m.metric), '[]')
	FROM drift.check_metrics AS m
	LEFT JOIN drift_internal.report_metric_history(recent) AS h ON h.kind = m.kind AND h.metric = m.metric,
		LATERAL (
			SELECT jsonb_agg(jsonb_build_object('segment', i.segment, 'severity', i.severity, 'value', i.value, 'n', i.n, 'sentence', i.explanation)
				ORDER BY i.place) AS segments
			FROM (
				SELECT o.*, row_number() OVER (ORDER BY drift_internal.severity_rank(o.severity), o.loss DESC NULLS LAST, o.segment) AS place
				FROM drift.check_metrics AS o
				WHERE o.check_id = m.check_id AND o.kind = m.kind AND o.metric = m.metric AND o.segment <> ''
			) AS i
			WHERE i.place <= 5
		) AS s
	WHERE m.check_id = checked.check_id AND m.segment = ''
$$;

COMMENT ON FUNCTION drift_internal.report_performance(drift.checks, drift.checks[]) IS
	'of a report of a check: its metrics, those that were measured first and of these the worst';

CREATE OR REPLACE FUNCTION drift_internal.report_alert(a drift.alerts) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('alert_id', a.alert_id, 'kind', a.kind, 'severity', a.severity, 'status', a.status, 'title', a.title,
		'monitor', (SELECT m.name FROM drift.monitors AS m WHERE m.monitor_id = a.monitor_id), 'check_id', a.check_id,
		'raised_at', a.raised_at, 'last_seen_at', a.last_seen_at, 'resolved_at', a.resolved_at,
		'acknowledged_at', a.acknowledged_at, 'acknowledged_by', a.acknowledged_by, 'comment', a.comment)
$$;

COMMENT ON FUNCTION drift_internal.report_alert(drift.alerts) IS 'of a report: an alert';

CREATE OR REPLACE FUNCTION drift_internal.report_decision(d drift.decisions) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('decision_id', d.decision_id, 'at', d.as_of, 'decided_at', d.decided_at, 'action', d.action, 'strategy', d.strategy,
		'urgency', d.urgency, 'should_retrain', d.should_retrain, 'explanation', d.explanation, 'check_id', d.check_id,
		'reasons', (SELECT coalesce(jsonb_agg(coalesce(r.reason->>'says', r.reason->>'rule') ORDER BY r.ordinality), '[]')
			FROM jsonb_array_elements(d.reasons) WITH ORDINALITY AS r (reason)))
$$;

COMMENT ON FUNCTION drift_internal.report_decision(drift.decisions) IS 'of a report: a decision, with its reasons in words';

CREATE OR REPLACE FUNCTION drift_internal.report_deployments(model_id integer, span tstzrange, at_most integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('deployment_id', d.deployment_id, 'version', d.version, 'previous_version', d.previous_version,
			'strategy', d.strategy, 'status', d.status, 'at', d.started_at, 'ended_at', d.finished_at, 'by', d.started_by,
			'sentence', concat_ws(': ', format('version %s, %s, %s', d.version, replace(d.strategy, '_', ' '), replace(d.status, '_', ' ')), d.reason))
		ORDER BY d.deployment_id DESC), '[]')
	FROM (
		SELECT * FROM drift.deployments AS i
		WHERE i.model_id = report_deployments.model_id AND i.started_at < upper(span) AND coalesce(i.finished_at, 'infinity') >= lower(span)
		ORDER BY i.deployment_id DESC LIMIT at_most
	) AS d
$$;

COMMENT ON FUNCTION drift_internal.report_deployments(integer, tstzrange, integer) IS 'of a report: deployments of a model that ran within a span, the newest first';

CREATE OR REPLACE FUNCTION drift_internal.report_runs(model_id integer, span tstzrange, at_most integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('run_id', r.run_id, 'kind', r.kind, 'strategy', r.strategy, 'version', r.version, 'status', r.status,
			'verdict', r.verdict, 'started_at', r.started_at, 'ended_at', r.finished_at, 'by', r.started_by,
			'sentence', coalesce(r.reason, r.error, replace(r.status, '_', ' ')))
		ORDER BY r.run_id DESC), '[]')
	FROM (
		SELECT * FROM drift.training_runs AS i
		WHERE i.model_id = report_runs.model_id AND i.started_at < upper(span) AND coalesce(i.finished_at, 'infinity') >= lower(span)
		ORDER BY i.run_id DESC LIMIT at_most
	) AS r
$$;

COMMENT ON FUNCTION drift_internal.report_runs(integer, tstzrange, integer) IS 'of a report: runs of training of a model within a span, the newest first';

CREATE OR REPLACE FUNCTION drift_internal.report_story(model_id integer, span tstzrange, at_most integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('at', s.at, 'kind', s.kind, 'version', s.version, 'sentence', s.text) ORDER BY s.ordinality), '[]')
	FROM (
		SELECT * FROM drift_internal.model_story(report_story.model_id, lower(span), upper(span)) WITH ORDINALITY AS i
		ORDER BY i.ordinality DESC LIMIT at_most
	) AS s
$$;

COMMENT ON FUNCTION drift_internal.report_story(integer, tstzrange, integer) IS 'of a report: the newest of what happened to a model within a span, in order';

-- What people wrote, and the facts that a reader of a report asks for; drift.model_card() has the rest.
CREATE OR REPLACE FUNCTION drift_internal.report_card(model drift.models, version integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('version', v.version, 'missing', to_jsonb(drift_internal.missing_sections(v.model_id, v.version)),
		'markdown', concat_ws(E'\n',
			format(E'# %s, version %s\n', drift_internal.markdown_cell(model.name), v.version),
			drift_internal.markdown_text(model.description) || E'\n',
			drift_internal.markdown_written(drift_internal.card_texts(v)),
			drift_internal.markdown_pairs('Version', jsonb_build_object('task', v.task, 'format', v.format, 'description', v.description,
				'created at', drift_internal.utc_text(v.created_at), 'created by', v.created_by)),
			drift_internal.markdown_pairs('Training', jsonb_build_object('rows', v.training_rows,
				'from', drift_internal.utc_text(v.training_from), 'to', drift_internal.utc_text(v.training_to))),
			drift_internal.markdown_pairs('Metrics', v.metrics)))
	FROM drift.model_versions AS v
	WHERE v.model_id = model.model_id AND v.version = report_card.version
$$;

COMMENT ON FUNCTION drift_internal.report_card(drift.models, integer) IS 'of a report: the card of a version as markdown, and sections that nobody wrote; NULL: there is no such version';
