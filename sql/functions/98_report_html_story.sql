-- reports as pages: performance, checks so far, and what happened

CREATE OR REPLACE FUNCTION drift_internal.html_series(points jsonb, key text, title text, low float8 DEFAULT NULL, bound float8 DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	SET TimeZone = 'UTC'
AS $$
BEGIN
	RETURN (
		SELECT CASE WHEN count(h.item->>key) > 1 THEN
			drift_internal.svg_series(array_agg(extract(epoch FROM (h.item->>'at')::timestamptz)::float8 ORDER BY h.n),
				array_agg((h.item->>key)::float8 ORDER BY h.n), array_agg(h.item->>'severity' ORDER BY h.n), title, low, bound) END
		FROM jsonb_array_elements(CASE jsonb_typeof(points) WHEN 'array' THEN points ELSE '[]' END) WITH ORDINALITY AS h (item, n)
		WHERE h.item ? 'at'
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_series(jsonb, text, text, float8, float8) IS
	'a member of points in time as a plot; NULL where there are fewer than two of them';

CREATE OR REPLACE FUNCTION drift_internal.html_metric(metric_report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := drift_internal.metric_words(metric_report->>'metric');
	reference CONSTANT float8 := metric_report->>'reference';
BEGIN
	RETURN concat('<article class="card"><div class="head"><h3>', drift_internal.html_name(name), '</h3>',
		CASE WHEN metric_report->>'kind' = 'estimated' THEN '<span class="soft small">estimated, without outcomes</span>' END,
		'<span class="end">', drift_internal.html_badge(metric_report->>'severity'), '</span></div><p>' || nullif(drift_internal.html_sentence(metric_report->>'sentence'), '') || '</p>',
		'<ul class="figures"><li>now <b>' || drift_internal.html_number((metric_report->>'value')::float8) || '</b>',
		', likely ' || drift_internal.short_number((metric_report->>'low')::float8) || ' to ' || drift_internal.short_number((metric_report->>'high')::float8), '</li>',
		'<li>before <b>' || drift_internal.short_number(reference) || '</b></li>',
		'<li>rows <b>' || drift_internal.html_count((metric_report->>'n')::float8) || '</b></li></ul>',
		'<figure><figcaption>' || CASE WHEN reference IS NULL THEN 'Over time' ELSE 'Over time; dashed: before' END || '</figcaption>'
			|| drift_internal.html_series(metric_report->'history', 'value', format('%s over time', left(name, 80)), NULL, reference) || '</figure>',
		E'</article>\n');
END
$$;

COMMENT ON FUNCTION drift_internal.html_metric(jsonb) IS 'a metric of a report as a card';

CREATE OR REPLACE FUNCTION drift_internal.html_performance(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="grid pair">' || string_agg(drift_internal.html_metric(m), '' ORDER BY n) || '</div>'
		FROM drift_internal.json_items(report, 'performance') WITH ORDINALITY AS p (m, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_performance(jsonb) IS 'the metrics of a report; NULL where it has none';

CREATE OR REPLACE FUNCTION drift_internal.html_history(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="card"><figure><figcaption>Drift score of each check, in the colour of its verdict '
			|| '<span class="legend" aria-hidden="true"><span class="is-ok">fine</span><span class="is-warning">warning</span><span class="is-critical">critical</span></span></figcaption>'
			|| drift_internal.html_series(report->'history', 'drift_score', 'Drift score over time', 0) || '</figure></div>'
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_history(jsonb) IS 'the checks so far as a plot; NULL where there were none';

CREATE OR REPLACE FUNCTION drift_internal.html_alerts(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="card">' || drift_internal.html_table('{Alert,Severity,State,Since}',
			string_agg(concat('<tr><th scope="row" class="words">', drift_internal.html_name(a->>'title', 200), '</th><td>', drift_internal.html_badge(a->>'severity'), '</td><td>',
				drift_internal.html_text(left(a->>'status', 40)), ' by ' || nullif(drift_internal.html_name(a->>'acknowledged_by', 60), '<bdi></bdi>'),
				'</td><td>', drift_internal.html_time(a->>'raised_at'), '</td></tr>'), '' ORDER BY n), 'Alerts') || '</div>'
		FROM drift_internal.json_items(report, 'alerts') WITH ORDINALITY AS i (a, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_alerts(jsonb) IS 'the alerts of a report as a table; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.html_decisions(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="card">' || drift_internal.html_table('{Decided,Action,Why}',
			string_agg(concat('<tr><td>', drift_internal.html_time(coalesce(d->>'at', d->>'decided_at')), '</td><th scope="row">', drift_internal.html_text(drift_internal.action_words(left(d->>'action', 40))),
				'</th><td class="words">', drift_internal.html_sentence(d->>'explanation'), '</td></tr>'), '' ORDER BY n), 'Decisions') || '</div>'
		FROM drift_internal.json_items(report, 'decisions') WITH ORDINALITY AS i (d, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_decisions(jsonb) IS 'the decisions of a report as a table; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.html_versions_done(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="card">' || drift_internal.html_table('{What,Version,State,Began,What happened}',
			string_agg(concat('<tr><th scope="row">', i.what, '</th><td>', drift_internal.html_name(e->>'version', 20), '</td><td>', drift_internal.html_badge(e->>'status'),
				'</td><td>', drift_internal.html_time(coalesce(e->>'started_at', e->>'at')), '</td><td class="words">', drift_internal.html_sentence(e->>'sentence'), '</td></tr>'),
				'' ORDER BY coalesce(e->>'started_at', e->>'at') DESC), 'Deployments and trainings') || '</div>'
		FROM (
			SELECT 'Deployment', d FROM drift_internal.json_items(report, 'deployments') AS d
			UNION ALL
			SELECT 'Training', r FROM drift_internal.json_items(report, 'runs') AS r
		) AS i (what, e)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_versions_done(jsonb) IS 'deployments and runs of training of a report as a table; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.html_timeline(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="card"><ol class="steps">'
			|| string_agg(concat('<li class="', drift_internal.html_severity(e->>'severity'), '">', drift_internal.html_time(e->>'at'), drift_internal.html_sentence(e->>'sentence'), '</li>'), '' ORDER BY e->>'at' DESC, n DESC)
			|| '</ol></div>'
		FROM drift_internal.json_items(report, 'timeline') WITH ORDINALITY AS i (e, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_timeline(jsonb) IS 'what happened to the model of a report, the newest first; NULL where nothing did';
