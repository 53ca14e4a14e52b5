-- reports as pages: two versions of a model side by side

CREATE OR REPLACE FUNCTION drift_internal.html_pairs(title text, pairs jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT format('<details><summary>%s</summary>', drift_internal.html_text(title)) || drift_internal.html_table('{Name,Value}',
			string_agg(concat('<tr><th scope="row">', drift_internal.html_name(p.key), '</th><td class="words">', drift_internal.html_text(left(p.value, 300)), '</td></tr>'), '' ORDER BY p.key COLLATE "C"),
			title) || '</details>'
		FROM jsonb_each_text(CASE jsonb_typeof(pairs) WHEN 'object' THEN pairs ELSE '{}' END) AS p
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_pairs(text, jsonb) IS 'keys and values of an object, folded; NULL where it is none or empty';

CREATE OR REPLACE FUNCTION drift_internal.html_versions(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="grid pair">' || string_agg(concat('<article class="card"><div class="head"><h3>Version ', drift_internal.html_name(v->>'version', 20), '</h3><span class="end">',
				drift_internal.html_badge(CASE v->>'stage' WHEN 'production' THEN 'ok' END, coalesce(v->>'stage', 'no stage')), '</span></div><p>', drift_internal.html_sentence(v->>'sentence'), '</p>',
				drift_internal.html_pairs('Parameters of version ' || left(v->>'version', 20), v->'parameters'), '</article>'), '' ORDER BY n) || '</div>'
		FROM drift_internal.json_items(report, 'versions') WITH ORDINALITY AS i (v, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_versions(jsonb) IS 'the versions of a report as cards; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.html_evaluations(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="card">' || drift_internal.html_table('{Tested,Metric,#Champion,#Challenger,#Difference,#p-value,#Rows,Result}',
			string_agg(concat('<tr><td>', drift_internal.html_time(e->>'evaluated_at'), '</td><th scope="row">', drift_internal.html_name(drift_internal.metric_words(e->>'metric')), '</th><td class="number">',
				drift_internal.html_number((e->>'value_champion')::float8), '</td><td class="number">', drift_internal.html_number((e->>'value_challenger')::float8), '</td><td class="number">',
				drift_internal.html_number((e->>'difference')::float8), '</td><td class="number">', drift_internal.html_p_value((e->>'p_value')::float8), '</td><td class="number">',
				drift_internal.html_count((e->>'n')::float8), '</td><td>', drift_internal.html_badge(e->>'verdict'), '</td></tr>'), '' ORDER BY n), 'Tests of one version against the other') || '</div>'
		FROM drift_internal.json_items(report, 'evaluations') WITH ORDINALITY AS i (e, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_evaluations(jsonb) IS 'tests of two versions on the same rows as a table; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.html_compared_metrics(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="card">' || drift_internal.html_table(ARRAY['Metric', 'How it is known', '#' || drift_internal.html_sentence(report->'subject'->>'reference'),
				'#' || drift_internal.html_sentence(report->'subject'->>'current'), '#Difference'],
			string_agg(concat('<tr><th scope="row">', drift_internal.html_name(drift_internal.metric_words(m->>'metric')), '</th><td>',
				CASE m->>'kind' WHEN 'declared' THEN 'told with the version' WHEN 'realised' THEN 'measured while champion' ELSE drift_internal.html_name(m->>'kind', 40) END,
				'</td><td class="number">', drift_internal.html_number((m->>'reference')::float8), '</td><td class="number">', drift_internal.html_number((m->>'value')::float8),
				'</td><td class="number">', drift_internal.html_number((m->>'difference')::float8), '</td></tr>'), '' ORDER BY n), 'Metrics of both versions') || '</div>'
		FROM drift_internal.json_items(report, 'performance') WITH ORDINALITY AS i (m, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_compared_metrics(jsonb) IS 'metrics of two versions side by side; NULL where there are none';

-- The bars of categories serve: an input is a label with a share on either side.
CREATE OR REPLACE FUNCTION drift_internal.html_importance(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="card">' || drift_internal.html_bars(jsonb_build_object('labels', jsonb_agg(f->>'feature' ORDER BY n),
			'reference', jsonb_agg(coalesce((f->>'importance_1')::float8, 0) ORDER BY n), 'current', jsonb_agg(coalesce((f->>'importance_2')::float8, 0) ORDER BY n))) || '</div>'
		FROM drift_internal.json_items(report, 'importance') WITH ORDINALITY AS i (f, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_importance(jsonb) IS 'importance of inputs in two versions as bars; NULL where it is not known';
