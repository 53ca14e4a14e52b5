-- the report of a check: one document that everything else is made of

CREATE OR REPLACE FUNCTION drift_internal.reads_model(model drift.models, reader regrole) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT pg_has_role(reader, model.owner, 'USAGE') OR EXISTS (
		SELECT FROM drift.model_privileges AS p
		WHERE p.model_id = model.model_id AND (p.grantee = 0::oid OR pg_has_role(reader, p.grantee, 'USAGE')))
$$;

COMMENT ON FUNCTION drift_internal.reads_model(drift.models, regrole) IS 'whether a role may see a model';

-- Verdicts are for all who see the monitor, values of columns for members of its owner, the rest for readers of the model.
CREATE OR REPLACE FUNCTION drift_internal.find_report(check_id bigint, reader regrole)
	RETURNS TABLE (checked drift.checks, monitor drift.monitors, model drift.models, shows_values boolean, shows_model boolean)
	LANGUAGE plpgsql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT * INTO checked FROM drift.checks AS c WHERE c.check_id = find_report.check_id;
	SELECT * INTO monitor FROM drift.monitors AS m WHERE m.monitor_id = checked.monitor_id;
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = checked.model_id AND m.deleted_at IS NULL;
	shows_values := coalesce(pg_has_role(reader, monitor.owner, 'USAGE'), false);
	shows_model := model.model_id IS NOT NULL AND drift_internal.reads_model(model, reader);

	IF NOT (shows_values OR shows_model) OR NOT drift_internal.acts_as(reader) THEN
		RAISE EXCEPTION 'there is no check %', coalesce(check_id::text, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.checks lists the checks that you may see.';
	END IF;
	RETURN NEXT;
END
$$;

COMMENT ON FUNCTION drift_internal.find_report(bigint, regrole) IS
	'a check for a report to a role that the acting role is a member of, and what of it that role may see; or an error: that there is none';

CREATE OR REPLACE FUNCTION drift_internal.source_text(monitor drift.monitors) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE (monitor).source_kind
			WHEN 'query' THEN left((monitor).query, 200)
			ELSE concat_ws(' ', CASE (monitor).source_kind WHEN 'prediction_log' THEN 'prediction log' ELSE 'table' END,
				drift_internal.relation_name((monitor).relation)) END
$$;

COMMENT ON FUNCTION drift_internal.source_text(drift.monitors) IS 'what a monitor watches, in words';

CREATE OR REPLACE FUNCTION drift_internal.reference_text(checked drift.checks, monitor drift.monitors) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN (checked).reference_span IS NOT NULL THEN drift_internal.span_text((checked).reference_span, (monitor).time_zone)
		ELSE (
			SELECT concat_ws(', ', format('baseline %s, version %s', b.name, b.version),
				CASE WHEN b.rows_from IS NOT NULL THEN drift_internal.span_text(tstzrange(b.rows_from, b.rows_to), (monitor).time_zone) END)
			FROM drift.baselines AS b
			WHERE b.baseline_id = (checked).baseline_id) END
$$;

COMMENT ON FUNCTION drift_internal.reference_text(drift.checks, drift.monitors) IS 'what a check holds its rows against, in words';

CREATE OR REPLACE FUNCTION drift_internal.report_subject(checked drift.checks, monitor drift.monitors, model drift.models) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('model', (model).name, 'version', (checked).model_version, 'monitor', (monitor).name, 'check_id', (checked).check_id,
		'baseline', (SELECT b.name FROM drift.baselines AS b WHERE b.baseline_id = (checked).baseline_id),
		'source', drift_internal.source_text(monitor), 'reference', drift_internal.reference_text(checked, monitor),
		'current', drift_internal.span_text((checked).current_span, (monitor).time_zone), 'time_zone', (monitor).time_zone,
		'thresholds', (checked).thresholds)
$$;

COMMENT ON FUNCTION drift_internal.report_subject(drift.checks, drift.monitors, drift.models) IS 'of a report of a check: what it is about';

CREATE OR REPLACE FUNCTION drift_internal.rounded_text(value float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN abs(value) < 10 AND abs(value) >= 0.0005 THEN trim_scale(round(value::numeric, CASE WHEN abs(value) < 0.1 THEN 3 ELSE 2 END))::text
		ELSE drift_internal.short_number(value) END
$$;

COMMENT ON FUNCTION drift_internal.rounded_text(float8) IS 'a number as one says it: two or three digits after the point';

CREATE OR REPLACE FUNCTION drift_internal.worst_metric(checked drift.checks) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- within a sentence, so that what is no abbreviation begins small
	SELECT concat_ws(' ', 'its', CASE WHEN w.words ~ '^[A-Z][a-z]' THEN lower(left(w.words, 1)) || substr(w.words, 2) ELSE w.words END, CASE WHEN m.value > m.reference THEN 'rose' ELSE 'fell' END,
		'from', drift_internal.rounded_text(m.reference), 'to', drift_internal.rounded_text(m.value))
	FROM drift.check_metrics AS m, LATERAL (SELECT drift_internal.metric_words(m.metric) AS words) AS w
	WHERE m.check_id = (checked).check_id AND m.segment = '' AND m.kind = 'realised' AND m.severity = (checked).performance
	ORDER BY m.loss DESC NULLS LAST, m.metric
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.worst_metric(drift.checks) IS 'how the metric moved that the verdict of a check on performance rests on; NULL: none was measured';

CREATE OR REPLACE FUNCTION drift_internal.performance_sentence(checked drift.checks) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN (checked).performance IN ('warning', 'critical') THEN concat_ws(': ', 'The model does worse than before', drift_internal.worst_metric(checked)) || '.'
			WHEN (checked).estimated_performance IN ('warning', 'critical') THEN 'Outcomes are not known yet; the estimate is that the model does worse than before.'
			WHEN (checked).performance = 'ok' THEN 'The model is as good as before.'
			ELSE 'How good the model is now is not known: too few outcomes have come in.'
		END
$$;

COMMENT ON FUNCTION drift_internal.performance_sentence(drift.checks) IS 'what a check says of the performance of a model';

CREATE OR REPLACE FUNCTION drift_internal.data_sentence(checked drift.checks, worst text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN (checked).n_drifted_features > 0 THEN
				format('%s of %s features %s changed%s.', (checked).n_drifted_features, (checked).n_features,
					CASE (checked).n_drifted_features WHEN 1 THEN 'has' ELSE 'have' END, ', most of all ' || worst)
			WHEN (checked).n_features > 0 THEN format('None of %s features has changed in a way that matters.', (checked).n_features)
			ELSE format('%s rows are too few for a verdict on the data.', coalesce((checked).n_current, 0))
		END
$$;

COMMENT ON FUNCTION drift_internal.data_sentence(drift.checks, text) IS 'what a check says of the features, given the name of the worst';

-- Sentences that somebody understands who knows neither PSI nor p-values. A model that does worse is what matters most.
CREATE OR REPLACE FUNCTION drift_internal.verdict_sentence(checked drift.checks) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN (checked).status = 'error' THEN 'The check could not be run: ' || split_part((checked).error, E'\n', 1)
		ELSE concat_ws(' ', CASE WHEN p.is_worse THEN p.sentence END,
			drift_internal.data_sentence(checked, (checked).drifted_features[1]),
			CASE WHEN (checked).prediction_drift IN ('warning', 'critical') THEN 'What the model predicts has changed too.' END,
			CASE WHEN (checked).target_drift IN ('warning', 'critical') THEN 'What really happens has changed as well.' END,
			CASE WHEN NOT p.is_worse THEN p.sentence END,
			CASE WHEN 'schema' = ANY ((checked).findings) THEN 'Columns are gone or have another type.' END,
			CASE WHEN 'volume' = ANY ((checked).findings) THEN 'The number of rows is unusual.' END,
			CASE WHEN (checked).findings && '{segments,performance_segments}' THEN 'Some segments are hit that all rows together do not show.' END) END
	FROM (
		SELECT CASE WHEN (checked).model_id IS NOT NULL THEN drift_internal.performance_sentence(checked) END,
			coalesce((checked).performance IN ('warning', 'critical'), false)
	) AS p (sentence, is_worse)
$$;

COMMENT ON FUNCTION drift_internal.verdict_sentence(drift.checks) IS 'what a check found, for people who do not know statistics; what matters most comes first';

CREATE OR REPLACE FUNCTION drift_internal.data_severity(checked drift.checks) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN (checked).status = 'error' THEN 'error' ELSE coalesce(drift_internal.features_severity((checked).drift_share, (
			SELECT drift_internal.worst_severity(VARIADIC array_agg(f.severity))
			FROM drift.check_features AS f
			WHERE f.check_id = (checked).check_id AND f.segment = '' AND f.role = 'feature'),
		drift_internal.limits_of(checked)), 'insufficient_data') END
$$;

COMMENT ON FUNCTION drift_internal.data_severity(drift.checks) IS 'severity of the drift of the features that a check found';

CREATE OR REPLACE FUNCTION drift_internal.report_verdict(checked drift.checks) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('severity', (checked).status, 'sentence', drift_internal.verdict_sentence(checked),
		'details', (checked).explanation, 'data', drift_internal.data_severity(checked), 'prediction', (checked).prediction_drift, 'target', (checked).target_drift,
		'performance', (checked).performance, 'estimated_performance', (checked).estimated_performance,
		'drift_detected', (checked).drift_detected, 'drift_score', (checked).drift_score, 'drift_share', (checked).drift_share,
		'n_features', (checked).n_features, 'n_drifted_features', (checked).n_drifted_features,
		'drifted_features', coalesce(to_jsonb((checked).drifted_features), '[]'), 'findings', to_jsonb((checked).findings))
$$;

COMMENT ON FUNCTION drift_internal.report_verdict(drift.checks) IS 'of a report of a check: its verdict';

CREATE OR REPLACE FUNCTION drift_internal.report_history(checks drift.checks[]) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('at', c.as_of, 'check_id', c.check_id, 'severity', c.status, 'drift_score', c.drift_score,
		'drift_share', c.drift_share, 'n_drifted_features', c.n_drifted_features, 'performance', c.performance, 'rows', c.n_current) ORDER BY c.as_of), '[]')
	FROM unnest(checks) AS c
$$;

COMMENT ON FUNCTION drift_internal.report_history(drift.checks[]) IS 'of a report: verdicts of checks, the oldest first';

CREATE OR REPLACE FUNCTION drift_internal.report_recommendation(checked drift.checks) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.report_decision(d)
	FROM drift.decisions AS d
	WHERE d.monitor_id = (checked).monitor_id AND d.as_of = (checked).as_of AND d.check_id = (checked).check_id
	ORDER BY d.decision_id DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.report_recommendation(drift.checks) IS 'of a report of a check: what was decided about it; NULL: nothing was';

-- Alerts as they are when the report is made: those of the monitor, and those of its model that are no monitor's.
CREATE OR REPLACE FUNCTION drift_internal.report_alerts(model_id integer, monitor_id integer, since timestamptz, at_most integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(drift_internal.report_alert(a) ORDER BY a.status = 'resolved', drift_internal.severity_rank(a.severity), a.raised_at DESC, a.alert_id DESC), '[]')
	FROM (
		SELECT i.*
		FROM drift.alerts AS i
		WHERE (i.monitor_id = report_alerts.monitor_id OR i.model_id = report_alerts.model_id AND (report_alerts.monitor_id IS NULL OR i.monitor_id IS NULL))
			AND (i.status <> 'resolved' OR i.resolved_at >= since)
		ORDER BY i.status = 'resolved', i.raised_at DESC, i.alert_id DESC
		LIMIT at_most
	) AS a
$$;

COMMENT ON FUNCTION drift_internal.report_alerts(integer, integer, timestamptz, integer) IS
	'of a report: alerts of a monitor and of its model, or of a model with all its monitors, that are open or were since some time';

CREATE OR REPLACE FUNCTION drift_internal.report_decisions(model_id integer, monitor_id integer, span tstzrange, at_most integer) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(drift_internal.report_decision(d) ORDER BY d.as_of DESC, d.decision_id DESC), '[]')
	FROM (
		SELECT i.*
		FROM drift.decisions AS i
		WHERE (i.monitor_id = report_decisions.monitor_id OR report_decisions.monitor_id IS NULL AND i.model_id = report_decisions.model_id)
			AND i.as_of > lower(span) AND i.as_of <= upper(span)
		ORDER BY i.as_of DESC, i.decision_id DESC
		LIMIT at_most
	) AS d
$$;

COMMENT ON FUNCTION drift_internal.report_decisions(integer, integer, tstzrange, integer) IS
	'of a report: decisions about a monitor, or about a model and its monitors, within a span, the newest first';

CREATE OR REPLACE FUNCTION drift_internal.report_of_model(model drift.models, version integer, span tstzrange) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN (model).model_id IS NULL THEN
			'{"deployments": [], "runs": [], "timeline": [], "model_card": null}'
		ELSE jsonb_build_object(
			'deployments', drift_internal.report_deployments((model).model_id, span, 10),
			'runs', drift_internal.report_runs((model).model_id, span, 10),
			'timeline', drift_internal.report_story((model).model_id, span, 30),
			'model_card', drift_internal.report_card(model, version)) END
$$;

COMMENT ON FUNCTION drift_internal.report_of_model(drift.models, integer, tstzrange) IS 'of a report: what only readers of a model see; empty without a model';

CREATE OR REPLACE FUNCTION drift_internal.check_document(check_id bigint, reader regrole) RETURNS jsonb
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT record := drift_internal.find_report(check_id, reader);
	checked CONSTANT drift.checks := found.checked;
	shown drift.models := found.model;
	recent CONSTANT drift.checks[] := ARRAY(SELECT c FROM drift_internal.recent_checks(checked, 30) AS c);
	-- the time that a reader of this check looks back on
	past CONSTANT tstzrange := tstzrange(least(recent[cardinality(recent)].as_of, checked.as_of - interval '30 days'),
		greatest(checked.checked_at, checked.as_of), '[]');
BEGIN
	IF NOT found.shows_model THEN
		shown := NULL;
	END IF;
	RETURN jsonb_build_object(
			'format', 'drift-report', 'version', 1, 'kind', 'check', 'generated_at', clock_timestamp(),
			'title', 'Drift report: ' || coalesce((shown).name, (found.monitor).name),
			'subject', drift_internal.report_subject(checked, found.monitor, shown),
			'span', drift_internal.report_span(checked.current_span),
			'reference_span', drift_internal.report_span(checked.reference_span),
			'verdict', drift_internal.report_verdict(checked),
			'rows', jsonb_build_object('reference', checked.n_reference, 'current', checked.n_current),
			'recommendation', drift_internal.report_recommendation(checked),
			'columns', drift_internal.report_columns(checked, found.monitor, recent[:14], found.shows_values),
			'performance', drift_internal.report_performance(checked, recent),
			'history', drift_internal.report_history(recent),
			'alerts', drift_internal.report_alerts((shown).model_id, checked.monitor_id, lower(past), 20),
			'decisions', drift_internal.report_decisions((shown).model_id, checked.monitor_id, tstzrange(lower(past), checked.as_of, '[]'), 10),
			'thresholds', checked.config -> 'limits')
		|| drift_internal.report_of_model(shown, coalesce(checked.model_version, drift_internal.champion_of((shown).model_id)), past);
END
$$;

COMMENT ON FUNCTION drift_internal.check_document(bigint, regrole) IS
	'the report of a check for a role that the acting role is a member of: verdicts for who sees the monitor, values of columns for members of its owner, the rest for readers of its model';

CREATE OR REPLACE FUNCTION drift.report_json(check_id bigint) RETURNS jsonb
	LANGUAGE sql STABLE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.check_document(check_id, drift_internal.actor())
$$;

COMMENT ON FUNCTION drift.report_json(bigint) IS
	'The report of a check as a document of the format drift-report, version 1: verdict, recommendation, columns with what charts draw of them, performance, history, alerts, decisions, and what happened to the model. Values of columns only for members of the owner of the monitor.';

CREATE OR REPLACE FUNCTION drift.report_text(check_id bigint) RETURNS text
	LANGUAGE sql STABLE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift.render_text(drift.report_json(check_id))
$$;

COMMENT ON FUNCTION drift.report_text(bigint) IS 'The report of a check as text, with one line for each column: for a console, a log or a message.';

CREATE OR REPLACE FUNCTION drift.report_markdown(check_id bigint) RETURNS text
	LANGUAGE sql STABLE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift.render_markdown(drift.report_json(check_id))
$$;

COMMENT ON FUNCTION drift.report_markdown(bigint) IS 'The report of a check as markdown: for an issue, a wiki or a pull request.';
