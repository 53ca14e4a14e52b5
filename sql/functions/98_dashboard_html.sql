-- the dashboard as a page

CREATE OR REPLACE FUNCTION drift_internal.html_ago(moment timestamptz, seen_at timestamptz) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN CASE
			WHEN moment IS NULL THEN '&#8211;'
			WHEN moment >= seen_at - interval '90 seconds' THEN 'just now'
			WHEN moment > seen_at - interval '90 minutes' THEN round(extract(epoch FROM seen_at - moment) / 60) || ' minutes ago'
			WHEN moment > seen_at - interval '36 hours' THEN round(extract(epoch FROM seen_at - moment) / 3600) || ' hours ago'
			ELSE round(extract(epoch FROM seen_at - moment) / 86400) || ' days ago'
		END;

COMMENT ON FUNCTION drift_internal.html_ago(timestamptz, timestamptz) IS 'how long before the page was made something was';

CREATE OR REPLACE FUNCTION drift_internal.html_finding(finding jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat(drift_internal.html_sentence(finding ->> 'text'), ': ' || (
		SELECT string_agg(drift_internal.html_name(n, 40), ', ') FROM jsonb_array_elements_text(nullif(finding -> 'names', 'null')) AS n))
$$;

COMMENT ON FUNCTION drift_internal.html_finding(jsonb) IS 'what is to be known of a model, with the names it is about';

CREATE OR REPLACE FUNCTION drift_internal.html_trend(series jsonb, title text, low float8, high float8, bound float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN jsonb_array_length(nullif(series -> 'value', 'null')) > 1
		THEN drift_internal.svg_sparkline(ARRAY(SELECT jsonb_array_elements_text(series -> 'value')::float8), title, low, high, bound) END
$$;

COMMENT ON FUNCTION drift_internal.html_trend(jsonb, text, float8, float8, float8) IS 'a history of two or more values as a small line; low and high: what its height shows at least';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_coverage(model jsonb) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (SELECT sum(l::float8) FROM jsonb_array_elements_text(nullif(model #> '{history,rows,labelled}', 'null')) AS l)
		/ nullif((SELECT sum(r::float8) FROM jsonb_array_elements_text(nullif(model #> '{history,rows,value}', 'null')) AS r), 0)
$$;

COMMENT ON FUNCTION drift_internal.dashboard_coverage(jsonb) IS 'share of the rows of a model''s history whose outcome is known; NULL: not known';

-- Cells say what they are where the table is a list of cards, on a narrow screen.
CREATE OR REPLACE FUNCTION drift_internal.dashboard_row(item jsonb, seen_at timestamptz) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat('<tr><th scope="row">', drift_internal.html_name(m.model, 60), '<span class="note">', 'version ' || m.champion, '</span></th>',
		'<td data-label="Status">', drift_internal.html_badge(m.status), '</td>',
		'<td data-label="Drift score" class="trend">', CASE WHEN m.drift_score IS NULL THEN '&#8211;' ELSE to_char(m.drift_score, 'FM0.00') END,
			drift_internal.html_trend(item #> '{history,drift_score}', NULL, 0, 0.3, NULL), '</td>',
		'<td data-label="Performance" class="trend">', CASE WHEN m.metric IS NULL THEN '&#8211;'
			ELSE concat(drift_internal.short_number(m.metric_value), '<span class="note">', drift_internal.html_text(drift_internal.metric_words(left(m.metric, 40))),
				CASE m.metric_kind WHEN 'estimated' THEN ', estimated' END, '</span>') END,
			drift_internal.html_trend(item #> '{history,metric}', NULL, NULL, NULL, m.metric_reference), '</td>',
		'<td data-label="Confidence" class="number">', drift_internal.html_share(m.confidence), '</td>',
		'<td data-label="Outcomes known" class="number">', drift_internal.html_share(drift_internal.dashboard_coverage(item)), '</td>',
		'<td data-label="Alerts" class="number">', nullif(m.open_alerts, 0), '</td>',
		'<td data-label="Checked">', drift_internal.html_ago(m.checked_at, seen_at), '</td></tr>', E'\n')
	FROM jsonb_to_record(item) AS m (model text, champion integer, status text, drift_score float8, metric text, metric_value float8, metric_kind text,
		metric_reference float8, confidence float8, open_alerts bigint, checked_at timestamptz)
$$;

COMMENT ON FUNCTION drift_internal.dashboard_row(jsonb, timestamptz) IS 'a model as a row of the table of all';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_card(item jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat('<div class="card"><div class="head"><h3>', drift_internal.html_name(m.model, 80), '</h3>', drift_internal.html_badge(m.status), '</div>',
		'<ul>' || (SELECT string_agg(concat('<li>', drift_internal.html_finding(f), '</li>'), '' ORDER BY n)
			FROM jsonb_array_elements(item -> 'findings') WITH ORDINALITY AS i (f, n)) || '</ul>',
		'<p class="strong">' || CASE WHEN m.action <> 'continue' THEN drift_internal.html_text(drift_internal.action_words(left(m.action, 40))) END || '</p>',
		'<div class="trends">',
			'<figure><figcaption>Drift score</figcaption>' || drift_internal.html_trend(item #> '{history,drift_score}', 'Drift score by check', 0, 0.3, NULL) || '</figure>',
			'<figure><figcaption>' || drift_internal.html_text(drift_internal.metric_words(left(m.metric, 40))) || '</figcaption>'
				|| drift_internal.html_trend(item #> '{history,metric}', left(m.metric, 40) || ' by check', NULL, NULL, m.metric_reference) || '</figure>',
			'<figure><figcaption>Predictions</figcaption>' || drift_internal.html_trend(item #> '{history,rows}', 'Predictions by day', 0, NULL, NULL) || '</figure>',
		'</div>',
		'<p class="soft small">Full report: <code>SELECT drift.report_html(' || m.check_id || ')</code></p></div>', E'\n')
	FROM jsonb_to_record(item) AS m (model text, status text, action text, metric text, metric_reference float8, check_id bigint)
$$;

COMMENT ON FUNCTION drift_internal.dashboard_card(jsonb) IS 'a model that somebody should look at, with what is wrong and how it came to that';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_tiles(dashboard jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat('<div class="grid tiles">',
		drift_internal.html_tile('Models', drift_internal.html_count(t.models), concat_ws(', ', nullif(t.critical, 0) || ' critical', nullif(t.error, 0) || ' not checked',
			nullif(t.warning, 0) || ' to look at', nullif(t.ok, 0) || ' fine', nullif(t.unknown, 0) || ' not known')),
		drift_internal.html_tile('Data drift', drift_internal.html_count(t.drifted_models), CASE t.drifted_models WHEN 1 THEN 'model has drifted data' ELSE 'models have drifted data' END),
		drift_internal.html_tile('Performance', drift_internal.html_count(t.worse_models), CASE t.worse_models WHEN 1 THEN 'model became worse' ELSE 'models became worse' END),
		drift_internal.html_tile('Open alerts', drift_internal.html_count(t.open_alerts), CASE WHEN t.open_alerts = 0 THEN 'nothing is wrong'
			ELSE concat_ws(', ', nullif(t.critical_alerts, 0) || ' critical', 'the oldest ' || drift_internal.html_ago(t.alerts_since, s.seen_at)) END),
		drift_internal.html_tile('Predictions', CASE WHEN t.n_rows IS NOT NULL THEN drift_internal.html_count(t.n_rows) END, 'in the ' || s.span),
		drift_internal.html_tile('Outcomes known', CASE WHEN t.label_coverage IS NOT NULL THEN drift_internal.html_share(t.label_coverage) END, 'of the predictions'),
		drift_internal.html_tile('Confidence', CASE WHEN t.confidence IS NOT NULL THEN drift_internal.html_share(t.confidence) END, 'mean over the models'),
		drift_internal.html_tile('Jobs', drift_internal.html_count(t.jobs), CASE WHEN t.jobs = 0 THEN 'nothing is scheduled' WHEN t.failing_jobs > 0 THEN t.failing_jobs || ' failed or overdue'
			ELSE concat_ws(', ', 'all as planned', nullif(t.running_jobs, 0) || ' running') END),
		drift_internal.html_tile('Retraining', drift_internal.html_count(t.retrain), concat_ws(', ', CASE t.retrain WHEN 1 THEN 'model asks for it' ELSE 'models ask for it' END, nullif(t.training, 0) || ' in training')),
		drift_internal.html_tile('Deployments', drift_internal.html_count(t.deploying), 'under way'),
		drift_internal.html_tile('Messages', CASE WHEN t.sent + t.waiting + t.dead > 0 THEN drift_internal.html_count(t.sent) END,
			concat_ws(', ', 'sent in seven days', nullif(t.waiting, 0) || ' waiting', nullif(t.dead, 0) || ' given up')),
		'</div>', E'\n')
	FROM (SELECT dashboard -> 'totals', (dashboard ->> 'generated_at')::timestamptz, (dashboard ->> 'history') || ' before the newest checks') AS s (totals, seen_at, span),
		LATERAL jsonb_to_record(s.totals || (s.totals -> 'messages')) AS t (models bigint, critical bigint, error bigint, warning bigint, ok bigint, unknown bigint,
			drifted_models bigint, worse_models bigint, open_alerts bigint, critical_alerts bigint, alerts_since timestamptz, n_rows float8,
			label_coverage float8, confidence float8, jobs bigint, failing_jobs bigint, running_jobs bigint, retrain bigint, training bigint,
			deploying bigint, sent bigint, waiting bigint, dead bigint)
$$;

COMMENT ON FUNCTION drift_internal.dashboard_tiles(jsonb) IS 'totals of a dashboard as tiles';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_attention(dashboard jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '<div class="grid pair">' || string_agg(drift_internal.dashboard_card(m), '' ORDER BY n) || '</div>'
	FROM jsonb_array_elements(dashboard -> 'models') WITH ORDINALITY AS i (m, n)
	WHERE n <= 12 AND m ->> 'status' IN ('critical', 'error', 'warning')
$$;

COMMENT ON FUNCTION drift_internal.dashboard_attention(jsonb) IS 'the models of a dashboard that need attention, at most twelve; NULL: none does';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_table(dashboard jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat('<div class="card stacked">', drift_internal.html_table('{Model,Status,Drift score,Performance,#Confidence,#Outcomes known,#Alerts,Checked}',
			string_agg(drift_internal.dashboard_row(m, (dashboard ->> 'generated_at')::timestamptz), '' ORDER BY n), 'All models'), '</div>',
		CASE WHEN count(*) < (dashboard ->> 'n_models')::bigint
			THEN format('<p class="soft small">%s more models are not shown.</p>', (dashboard ->> 'n_models')::bigint - count(*)) END)
	FROM jsonb_array_elements(dashboard -> 'models') WITH ORDINALITY AS i (m, n)
	HAVING count(*) > 0
$$;

COMMENT ON FUNCTION drift_internal.dashboard_table(jsonb) IS 'all models of a dashboard as a table; NULL: there are none';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_alerts(dashboard jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '<div class="card">' || drift_internal.html_table('{Alert,Severity,Model,State,Since}',
		string_agg(concat('<tr><th scope="row" class="words">', drift_internal.html_name(a ->> 'title', 200), '</th><td>', drift_internal.html_badge(a ->> 'severity'),
			'</td><td>', drift_internal.html_name(a ->> 'model', 40), '</td><td>', drift_internal.html_text(a ->> 'status'),
			' by ' || nullif(drift_internal.html_name(a ->> 'acknowledged_by', 40), '<bdi></bdi>'), '</td><td>', drift_internal.html_time(a ->> 'raised_at'), '</td></tr>'),
			'' ORDER BY n), 'Open alerts') || '</div>'
	FROM jsonb_array_elements(dashboard -> 'alerts') WITH ORDINALITY AS i (a, n)
$$;

COMMENT ON FUNCTION drift_internal.dashboard_alerts(jsonb) IS 'open alerts of a dashboard as a table; NULL: there are none';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_data(dashboard jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '<div class="card">' || drift_internal.html_table('{Monitor,Status,#Drift score,What was found,Until}',
		string_agg(concat('<tr><th scope="row">', drift_internal.html_name(m ->> 'monitor', 60), '</th><td>', drift_internal.html_badge(coalesce(m ->> 'status', 'unknown')),
			'</td><td class="number">', to_char((m ->> 'drift_score')::float8, 'FM0.00'), '</td><td class="words">', drift_internal.html_sentence(coalesce(m ->> 'explanation', m ->> 'error')),
			'</td><td>', CASE WHEN m ->> 'as_of' IS NOT NULL THEN drift_internal.html_time(m ->> 'as_of') END, '</td></tr>'), '' ORDER BY n), 'Data of no model') || '</div>'
	FROM jsonb_array_elements(dashboard -> 'data') WITH ORDINALITY AS i (m, n)
$$;

COMMENT ON FUNCTION drift_internal.dashboard_data(jsonb) IS 'monitors of a dashboard that watch data of no model, as a table; NULL: there are none';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_versions(dashboard jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '<div class="card">' || drift_internal.html_table('{What,Model,Version,State,Began,More}',
		string_agg(concat('<tr><th scope="row">', i.what, '</th><td>', drift_internal.html_name(e ->> 'model', 40), '</td><td>', e ->> 'version', '</td><td>',
			drift_internal.html_badge(e ->> 'status'), '</td><td>', drift_internal.html_time(e ->> 'started_at'), '</td><td class="words">', drift_internal.html_sentence(i.more), '</td></tr>'),
			'' ORDER BY e ->> 'started_at' DESC), 'Deployments and trainings') || '</div>'
	FROM (
		SELECT 'Deployment', d, concat_ws('; ', format('%s, %s of the answers', replace(d ->> 'strategy', '_', ' '), drift_internal.html_share((d ->> 'share')::float8)), d ->> 'reason')
		FROM jsonb_array_elements(dashboard -> 'deployments') AS d
		UNION ALL
		SELECT 'Training', r, coalesce(r ->> 'error', r ->> 'reason', r ->> 'progress_text') FROM jsonb_array_elements(dashboard -> 'runs') AS r
	) AS i (what, e, more)
$$;

COMMENT ON FUNCTION drift_internal.dashboard_versions(jsonb) IS 'deployments and runs of training of a dashboard as a table; NULL: there are none';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_pipeline(dashboard jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '<div class="card">' || drift_internal.html_table('{What,For,State,When,More}',
		string_agg(concat('<tr><th scope="row">', i.what, '</th><td>', drift_internal.html_name(coalesce(e ->> 'monitor', e ->> 'model'), 40), '</td><td>',
			drift_internal.html_badge(CASE i.status WHEN 'overdue' THEN 'failed' ELSE i.status END, i.status), '</td><td>',
			CASE WHEN i.at IS NOT NULL THEN drift_internal.html_time(i.at) END, '</td><td class="words">', drift_internal.html_sentence(i.more), '</td></tr>'),
			'' ORDER BY i.what, n), 'Jobs and messages that are not as usual') || '</div>'
	FROM (
		SELECT 'Job: ' || drift_internal.html_text(j ->> 'task'), j, j ->> 'status', coalesce(j ->> 'last_started_at', j ->> 'next_run_at'), j ->> 'last_error', n
		FROM jsonb_array_elements(dashboard -> 'jobs') WITH ORDINALITY AS l (j, n)
		UNION ALL
		SELECT 'Message to ' || drift_internal.html_name(d ->> 'channel', 40), d, d ->> 'status', d ->> 'created_at', d ->> 'last_error', n
		FROM jsonb_array_elements(dashboard -> 'messages') WITH ORDINALITY AS l (d, n)
	) AS i (what, e, status, at, more, n)
$$;

COMMENT ON FUNCTION drift_internal.dashboard_pipeline(jsonb) IS 'jobs and messages of a dashboard that are not as usual; NULL: all are';

CREATE OR REPLACE FUNCTION drift_internal.dashboard_body(dashboard jsonb) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat('<p class="brand">', drift_internal.html_name(dashboard ->> 'title'), '</p><div class="crumbs">', drift_internal.html_crumb('Database', drift_internal.html_name(dashboard ->> 'database')),
			CASE WHEN dashboard ->> 'pattern' <> '%' THEN drift_internal.html_crumb('Models like', drift_internal.html_name(dashboard ->> 'pattern', 60)) END,
			drift_internal.html_crumb('As of', drift_internal.html_time(dashboard ->> 'generated_at')), E'</div>\n',
		drift_internal.html_verdict(dashboard),
		drift_internal.dashboard_tiles(dashboard),
		drift_internal.html_section('What needs attention', drift_internal.dashboard_attention(dashboard), 'attention'),
		drift_internal.html_section('All models', drift_internal.dashboard_table(dashboard), 'models'),
		drift_internal.html_section('Data of no model', drift_internal.dashboard_data(dashboard), 'data'),
		drift_internal.html_section('Open alerts', drift_internal.dashboard_alerts(dashboard), 'alerts'),
		drift_internal.html_section('Deployments and trainings', drift_internal.dashboard_versions(dashboard), 'versions'),
		drift_internal.html_section('Jobs and messages', drift_internal.dashboard_pipeline(dashboard), 'jobs'))
$$;

COMMENT ON FUNCTION drift_internal.dashboard_body(jsonb) IS 'a dashboard within a page; parts with nothing in them are left out';

CREATE OR REPLACE FUNCTION drift.dashboard_html(models text DEFAULT '%', history interval DEFAULT '30 days', at_most integer DEFAULT 500) RETURNS text
	LANGUAGE sql STABLE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.html_page(d ->> 'title', drift_internal.dashboard_body(d)) FROM drift.dashboard_json(models, history, at_most) AS d
$$;

COMMENT ON FUNCTION drift.dashboard_html(text, interval, integer) IS
	'All models whose name is LIKE a pattern at a glance, as a page that needs nothing but itself: drift, performance, confidence, known outcomes, alerts, jobs, deployments; the worst first. drift.dashboard_json() has the same as a document.';
