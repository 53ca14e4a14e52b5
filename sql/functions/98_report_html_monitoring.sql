-- reports as pages: what reports on a model over some time have besides

CREATE OR REPLACE FUNCTION drift_internal.html_often(monitor_report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<details><summary>Columns</summary>' || drift_internal.html_table('{Column,#Drifted,#Largest effect,Last time,Now}',
			string_agg(concat('<tr><th scope="row" class="words">', drift_internal.html_name(f->>'name'), '</th><td class="number">',
				format('%s of %s', (f->>'drifted_checks')::bigint, (f->>'checks')::bigint), '</td><td class="number">', drift_internal.html_number(round((f->>'max_effect')::numeric, 3)::float8),
				'</td><td>', coalesce(drift_internal.html_time(f->>'last_drifted_at'), '&#8211;'), '</td><td>', drift_internal.html_badge(f->>'severity'), '</td></tr>'), '' ORDER BY n),
			'Columns of ' || left(monitor_report->>'name', 80)) || '</details>'
		FROM drift_internal.json_items(monitor_report, 'features') WITH ORDINALITY AS i (f, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_often(jsonb) IS 'how often the columns of a monitor drifted, folded; NULL where nothing was checked';

CREATE OR REPLACE FUNCTION drift_internal.html_monitors(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="grid pair">' || string_agg(concat('<article class="card"><div class="head"><h3>', drift_internal.html_name(m->>'name'), '</h3><span class="end">',
				CASE WHEN m->>'paused_at' <> '' THEN drift_internal.html_badge('paused') END, drift_internal.html_badge(m->>'severity'), '</span></div><p>', drift_internal.html_sentence(m->>'sentence'), '</p>',
				'<ul class="figures"><li>checks <b>' || drift_internal.html_count((m->>'checks')::float8) || '</b></li><li>with drift <b>' || drift_internal.html_count((m->>'drifted_checks')::float8)
					|| '</b></li><li>that failed <b>' || drift_internal.html_count((m->>'failed_checks')::float8) || '</b></li></ul>',
				'<figure><figcaption>Drift score of each check</figcaption>' || drift_internal.html_series(m->'history', 'drift_score', 'Drift score over time of ' || left(m->>'name', 80), 0) || '</figure>',
				drift_internal.html_often(m), '</article>'), '' ORDER BY n) || '</div>'
		FROM drift_internal.json_items(report, 'monitors') WITH ORDINALITY AS i (m, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_monitors(jsonb) IS 'the monitors of a report as cards; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.html_labels(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT CASE WHEN jsonb_typeof(l) = 'object' THEN
			concat('<div class="card"><ul class="figures"><li>predictions <b>', drift_internal.html_count((l->>'predictions')::float8), '</b></li><li>with an outcome <b>',
				drift_internal.html_count((l->>'labelled')::float8), '</b></li><li>share <b>', drift_internal.html_share((l->>'coverage')::float8), '</b></li></ul>',
				'<figure><figcaption>Predictions of a day</figcaption>' || drift_internal.html_series(l->'days', 'predictions', 'Predictions of each day', 0) || '</figure>',
				'<figure><figcaption>Predictions of a day whose outcome is known</figcaption>' || drift_internal.html_series(l->'days', 'labelled', 'Predictions with an outcome of each day', 0) || '</figure></div>') END
		FROM (SELECT report->'labels') AS r (l)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_labels(jsonb) IS 'how many predictions of a report have outcomes; NULL where that is not known';

CREATE OR REPLACE FUNCTION drift_internal.html_jobs(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="card">' || drift_internal.html_table('{Job,#Runs,#Failed,Last run,Last error}',
			string_agg(concat('<tr><th scope="row">', drift_internal.html_name(j->>'task'), '</th><td class="number">', drift_internal.html_count((j->>'runs')::float8), '</td><td class="number">',
				drift_internal.html_count((j->>'failed')::float8), '</td><td>', coalesce(drift_internal.html_time(j->>'last_at'), '&#8211;'), '</td><td class="words">',
				drift_internal.html_text(left(j->>'last_error', 300)), '</td></tr>'), '' ORDER BY n), 'Jobs') || '</div>'
		FROM drift_internal.json_items(report, 'jobs') WITH ORDINALITY AS i (j, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_jobs(jsonb) IS 'the jobs of a report as a table; NULL where there are none';
