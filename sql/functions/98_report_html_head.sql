-- the head of reports as pages: whose, what is the verdict, what to do

CREATE OR REPLACE FUNCTION drift_internal.html_crumb(label text, content text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN content <> '' AND content <> '<bdi></bdi>' THEN concat('<span>', label, ' <b>', content, '</b></span>') END;

COMMENT ON FUNCTION drift_internal.html_crumb(text, text) IS 'a fact in the line at the top of a page; NULL where it is empty';

CREATE OR REPLACE FUNCTION drift_internal.html_crumbs(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT concat('<p class="brand">', drift_internal.html_name(coalesce(s->>'model', s->>'monitor', report->>'title', 'Report')), '</p><div class="crumbs">',
			drift_internal.html_crumb('Version', drift_internal.html_name(s->>'version')),
			drift_internal.html_crumb('Monitor', drift_internal.html_name(s->>'monitor')),
			drift_internal.html_crumb('Check', drift_internal.html_name(s->>'check_id')),
			CASE WHEN report->>'kind' <> 'versions' THEN drift_internal.html_crumb('Time', drift_internal.html_span(report->'span')) END,
			CASE WHEN report->>'kind' = 'comparison' THEN
				drift_internal.html_crumb('Current', drift_internal.html_name(s->>'current')) || drift_internal.html_crumb('Reference', drift_internal.html_name(s->>'reference')) END,
			E'</div>\n')
		FROM (SELECT report->'subject') AS r (s)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_crumbs(jsonb) IS 'what a report is about: the name of the model, and the rest in a line';

-- The first sentence is the heading, the others explain it.
CREATE OR REPLACE FUNCTION drift_internal.html_verdict(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT concat('<div class="verdict ', drift_internal.html_severity(v->>'severity'), '">', drift_internal.html_badge(v->>'severity', CASE coalesce(nullif(v->>'severity', 'insufficient_data'), report->>'kind')
					WHEN 'versions' THEN 'not proven'
					WHEN 'ok' THEN 'all fine' WHEN 'warning' THEN 'look at this' WHEN 'critical' THEN 'act on this'
					WHEN 'error' THEN 'could not be checked' ELSE 'too few rows to tell' END),
			'<h1>', drift_internal.html_text(w.first), E'</h1>',
			'<p>' || nullif(drift_internal.html_text(substr(w.words, length(w.first) + 1)), '') || '</p>',
			E'</div>\n')
		FROM (SELECT report->'verdict', left(coalesce(report->'verdict'->>'sentence', report->>'title', 'Report'), 2000)) AS r (v, sentence),
			LATERAL (SELECT coalesce(substring(sentence FROM '^.*?[.!?](?=\s+[[:upper:][:digit:]])'), sentence), sentence) AS w (first, words)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_verdict(jsonb) IS 'the verdict of a report, the first thing that is read';

CREATE OR REPLACE FUNCTION drift_internal.html_tile(label text, figure text, note text, more text DEFAULT NULL) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN figure <> '' THEN
	concat('<div class="tile"><p class="label">', label, '</p><p class="figure">', figure, '</p>', more, '<p class="note">' || nullif(note, '') || '</p>', E'</div>\n') END;

COMMENT ON FUNCTION drift_internal.html_tile(text, text, text, text) IS 'a figure with its label, a note and whatever more there is; NULL without a figure';

CREATE OR REPLACE FUNCTION drift_internal.metric_words(metric text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
	CASE metric
		WHEN 'roc_auc' THEN 'ROC AUC'
		WHEN 'mae' THEN 'Mean absolute error'
		WHEN 'mse' THEN 'Mean squared error'
		WHEN 'rmse' THEN 'Root mean squared error'
		WHEN 'f1' THEN 'F1'
		WHEN 'mcc' THEN 'Matthews correlation'
		WHEN 'ece' THEN 'Calibration error'
		ELSE upper(left(metric, 1)) || replace(substr(metric, 2), '_', ' ')
	END;

COMMENT ON FUNCTION drift_internal.metric_words(text) IS 'a metric by the name that people call it';

CREATE OR REPLACE FUNCTION drift_internal.html_score_line(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT CASE WHEN count(*) > 1 THEN
			drift_internal.svg_sparkline(array_agg((h->>'drift_score')::float8 ORDER BY n), format('Drift score of %s checks', count(*)), 0, 0.2) END
		FROM drift_internal.json_items(report, 'history') WITH ORDINALITY AS i (h, n)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_score_line(jsonb) IS 'the drift score of the checks so far as a small line; NULL where there were none';

CREATE OR REPLACE FUNCTION drift_internal.html_metric_tile(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT drift_internal.html_tile(
			concat(CASE m->>'kind' WHEN 'estimated' THEN 'Estimated ' END, drift_internal.html_text(left(drift_internal.metric_words(m->>'metric'), 60))),
			drift_internal.html_number((m->>'value')::float8),
			concat_ws(', ', 'was ' || drift_internal.html_number(nullif(m->'reference', 'null')::float8), drift_internal.html_count((m->>'n')::float8) || ' rows'),
			drift_internal.html_badge(m->>'severity'))
		FROM drift_internal.json_items(report, 'performance') WITH ORDINALITY AS p (m, n)
		WHERE jsonb_typeof(m->'value') = 'number'
		ORDER BY m->>'kind' = 'estimated', CASE m->>'severity' WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 WHEN 'ok' THEN 2 ELSE 3 END, n
		LIMIT 1
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_metric_tile(jsonb) IS 'the metric of a report that is judged worst, those that were measured first; NULL where there is none';

-- What a report has: verdicts on predictions and outcomes are shown only where somebody should look at them.
CREATE OR REPLACE FUNCTION drift_internal.html_tiles(report jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<div class="grid tiles">' || nullif(concat(
				CASE WHEN (v->>'n_features')::bigint > 0 THEN
					drift_internal.html_tile('Features that changed', format('%s of %s', coalesce((v->>'n_drifted_features')::bigint, 0), (v->>'n_features')::bigint),
						'a share of ' || drift_internal.html_share((v->>'drift_share')::float8),
						drift_internal.html_badge(v->>'data')) END,
				CASE WHEN jsonb_typeof(v->'drift_score') = 'number' THEN
					drift_internal.html_tile('Drift score', drift_internal.html_number(round((v->>'drift_score')::numeric, 3)::float8), 'from 0, none, to 1', drift_internal.html_score_line(report)) END,
				CASE WHEN report->>'kind' <> 'versions' THEN drift_internal.html_metric_tile(report) END,
				CASE WHEN v->>'prediction' IN ('ok', 'warning', 'critical') THEN
					drift_internal.html_tile('Predictions', CASE v->>'prediction' WHEN 'ok' THEN 'as before' ELSE 'changed' END, 'what the model answers', drift_internal.html_badge(v->>'prediction')) END,
				CASE WHEN jsonb_typeof(report->'rows'->'current') = 'number' AND report->>'kind' IN ('check', 'comparison') THEN
					drift_internal.html_tile('Rows looked at', drift_internal.html_count((report->'rows'->>'current')::float8),
						'held against ' || drift_internal.html_count((report->'rows'->>'reference')::float8)) END), '') || E'</div>\n'
		FROM (SELECT report->'verdict') AS r (v)
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_tiles(jsonb) IS 'the figures of a report that are looked at first; NULL where it has none';

CREATE OR REPLACE FUNCTION drift_internal.html_reasons(recommendation jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT '<ul>' || string_agg(r.line, '' ORDER BY r.n) FILTER (WHERE r.n <= 3) || '</ul>'
			|| coalesce(format('<details><summary>%s more</summary><ul>', count(*) - 3)
				|| string_agg(r.line, '' ORDER BY r.n) FILTER (WHERE r.n > 3) || '</ul></details>', '')
		FROM (
			SELECT i.n, format('<li>%s</li>', drift_internal.html_sentence(CASE jsonb_typeof(i.reason) WHEN 'object' THEN coalesce(i.reason->>'says', i.reason->>'rule') ELSE i.reason #>> '{}' END)) AS line
			FROM drift_internal.json_items(recommendation, 'reasons') WITH ORDINALITY AS i (reason, n)
		) AS r
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_reasons(jsonb) IS 'why something was decided, as a list whose first three are open; NULL where no reason is given';

CREATE OR REPLACE FUNCTION drift_internal.html_recommendation(recommendation jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT CASE WHEN recommendation ? 'action' THEN
			concat('<div class="card"><p class="soft small">What to do</p><h2 class="todo">',
				drift_internal.html_text(concat_ws(', ', drift_internal.action_words(recommendation->>'action'), drift_internal.strategy_words(recommendation->>'strategy'))), '</h2>',
				coalesce(drift_internal.html_reasons(recommendation), '<p>' || nullif(drift_internal.html_text(left(recommendation->>'explanation', 1000)), '') || '</p>'),
				E'</div>\n') END
	);
END
$$;

COMMENT ON FUNCTION drift_internal.html_recommendation(jsonb) IS 'what a report says is to be done, and why; NULL where nothing was decided';
