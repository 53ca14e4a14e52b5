-- columns in reports as pages: a chart, a sentence and the figures

CREATE OR REPLACE FUNCTION drift_internal.html_legend() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '<span class="legend" aria-hidden="true"><span class="is-reference">reference</span><span class="is-current">current</span></span>';

COMMENT ON FUNCTION drift_internal.html_legend() IS 'which colour is which side';

CREATE OR REPLACE FUNCTION drift_internal.html_column_charts(column_report jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := left(column_report->>'name', 80);
	type CONSTANT text := column_report->>'value_type';
	histogram CONSTANT jsonb := column_report->'histogram';
	shares text;
	cumulative text;
BEGIN
	-- Dates have names of bins too, in an order.
	IF histogram ? 'labels' AND column_report->>'kind' IS DISTINCT FROM 'numeric' THEN
		shares := drift_internal.html_bars(histogram);
		RETURN '<figure><figcaption>Share of rows by category ' || drift_internal.html_legend() || '</figcaption>' || shares || '</figure>';
	END IF;
	shares := '<figure><figcaption>Share of rows by value ' || drift_internal.html_legend() || '</figcaption>'
		|| drift_internal.svg_histogram(histogram, format('Histogram of %s: reference as a grey area, current as a blue line', name), type) || '</figure>';
	cumulative := '<figure><figcaption>Share of rows up to a value</figcaption>'
		|| drift_internal.svg_cumulative(column_report->'cdf', format('Cumulative shares of %s: reference dashed, current blue', name), type) || '</figure>';
	RETURN CASE WHEN shares IS NOT NULL AND cumulative IS NOT NULL THEN '<div class="grid pair">' || shares || cumulative || '</div>'
		ELSE coalesce(shares, cumulative) END;
END
$$;

COMMENT ON FUNCTION drift_internal.html_column_charts(jsonb) IS 'charts of a column of a report; NULL where it has no numbers for them';

CREATE OR REPLACE FUNCTION drift_internal.html_figure_row(label text, reference text, current text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF reference = '&#8211;' AND current = '&#8211;' THEN
		RETURN NULL;
	END IF;
	RETURN concat('<tr><th scope="row">', label, '</th><td class="number">', reference, '</td><td class="number">', current, '</td></tr>');
END
$$;

COMMENT ON FUNCTION drift_internal.html_figure_row(text, text, text) IS 'a row of the figures of both sides; NULL where neither has one';

CREATE OR REPLACE FUNCTION drift_internal.html_value(value jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE jsonb_typeof(value)
		WHEN 'number' THEN drift_internal.html_number(value::float8)
		WHEN 'string' THEN drift_internal.html_name(value #>> '{}', 40)
		ELSE '&#8211;'
	END;
END
$$;

COMMENT ON FUNCTION drift_internal.html_value(jsonb) IS 'a value of a column as a page has it; a dash where there is none';

CREATE OR REPLACE FUNCTION drift_internal.html_value_row(label text, reference jsonb, current jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN drift_internal.html_figure_row(label, drift_internal.html_value(reference), drift_internal.html_value(current));
END
$$;

COMMENT ON FUNCTION drift_internal.html_value_row(text, jsonb, jsonb) IS 'a row of values of the column of both sides';

CREATE OR REPLACE FUNCTION drift_internal.html_column_figures(column_report jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r CONSTANT jsonb := column_report->'reference';
	c CONSTANT jsonb := column_report->'current';
	rows text;
BEGIN
	rows := concat(
		drift_internal.html_figure_row('Rows', drift_internal.html_count((r->>'rows')::float8), drift_internal.html_count((c->>'rows')::float8)),
		drift_internal.html_figure_row('Missing', drift_internal.html_share((r->>'missing_rate')::float8), drift_internal.html_share((c->>'missing_rate')::float8)),
		drift_internal.html_figure_row('Different values', drift_internal.html_count((r->>'distinct')::float8), drift_internal.html_count((c->>'distinct')::float8)),
		drift_internal.html_value_row('Mean', r->'mean', c->'mean'),
		drift_internal.html_value_row('Standard deviation', r->'stddev', c->'stddev'),
		drift_internal.html_value_row('Minimum', r->'minimum', c->'minimum'),
		drift_internal.html_value_row('5 % are below', r->'quantiles'->'p05', c->'quantiles'->'p05'),
		drift_internal.html_value_row('25 % are below', r->'quantiles'->'p25', c->'quantiles'->'p25'),
		drift_internal.html_value_row('Median', r->'quantiles'->'p50', c->'quantiles'->'p50'),
		drift_internal.html_value_row('75 % are below', r->'quantiles'->'p75', c->'quantiles'->'p75'),
		drift_internal.html_value_row('95 % are below', r->'quantiles'->'p95', c->'quantiles'->'p95'),
		drift_internal.html_value_row('Maximum', r->'maximum', c->'maximum'));
	RETURN drift_internal.html_table('{Figure,#Reference,#Current}', rows, 'Figures of ' || left(column_report->>'name', 80));
END
$$;

COMMENT ON FUNCTION drift_internal.html_column_figures(jsonb) IS 'summary figures of both sides as a table; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.html_column_segments(column_report jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	segment jsonb;
	rows text := '';
	state text := '';
BEGIN
	FOR segment IN SELECT s FROM drift_internal.json_items(column_report, 'segments') AS s
	LOOP
		IF segment->>'severity' IN ('warning', 'critical') THEN
			state := ' open';
		END IF;
		rows := concat(rows, '<tr><th scope="row">', drift_internal.html_name(segment->>'segment'), '</th><td>', drift_internal.html_badge(segment->>'severity'),
			'</td><td class="words">', drift_internal.html_sentence(segment->>'sentence'), '</td></tr>');
	END LOOP;
	RETURN format('<details%s><summary>By segment</summary>', state)
		|| drift_internal.html_table('{Segment,Verdict,What changed}', rows, 'Segments of ' || left(column_report->>'name', 80)) || '</details>';
END
$$;

COMMENT ON FUNCTION drift_internal.html_column_segments(jsonb) IS 'what segments of a column did, folded unless one of them changed; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.html_column_facts(column_report jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	psi CONSTANT float8 := column_report->>'psi';
	psi_95 CONSTANT float8 := column_report->>'psi_95';
	effect CONSTANT float8 := column_report->>'effect';
	effect_95 CONSTANT float8 := column_report->>'effect_95';
	p_value CONSTANT float8 := coalesce(column_report->>'p_value_corrected', column_report->>'p_value');
BEGIN
	RETURN '<ul class="figures">' || concat(
		'<li>PSI <b>' || drift_internal.short_number(round(psi::numeric, 3)::float8) || '</b>' || coalesce(', chance up to ' || drift_internal.short_number(round(psi_95::numeric, 3)::float8), '') || '</li>',
		'<li>effect <b>' || drift_internal.short_number(round(effect::numeric, 3)::float8) || '</b>' || coalesce(', chance up to ' || drift_internal.short_number(round(effect_95::numeric, 3)::float8), '') || '</li>',
		'<li>p-value <b>' || CASE WHEN p_value IS NULL THEN NULL ELSE drift_internal.html_p_value(p_value) END || '</b></li>') || '</ul>';
END
$$;

COMMENT ON FUNCTION drift_internal.html_column_facts(jsonb) IS 'the numbers that the verdict on a column stands on, in a line';

CREATE OR REPLACE FUNCTION drift_internal.html_column_history(column_report jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	effects CONSTANT float8[] := ARRAY(
		SELECT (h->>'effect')::float8 FROM drift_internal.json_items(column_report, 'history') AS h);
BEGIN
	IF cardinality(effects) < 2 THEN
		RETURN NULL;
	END IF;
	RETURN drift_internal.svg_sparkline(effects, format('Effect in the last %s checks', cardinality(effects)), 0, 0.1);
END
$$;

COMMENT ON FUNCTION drift_internal.html_column_history(jsonb) IS 'the effect in the checks so far as a small line; NULL where there were none';

CREATE OR REPLACE FUNCTION drift_internal.html_column_body(column_report jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN concat(
		drift_internal.html_column_facts(column_report),
		drift_internal.html_column_charts(column_report),
		'<details><summary>All figures</summary>'
			|| nullif(concat(drift_internal.html_column_figures(column_report),
				'<figure><figcaption>Smoothed distribution ' || drift_internal.html_legend() || '</figcaption>'
				|| drift_internal.svg_density(column_report->'density', format('Densities of %s: reference grey, current blue', left(column_report->>'name', 80)), column_report->>'value_type')
				|| '</figure>'), '')
			|| '</details>',
		drift_internal.html_column_segments(column_report));
END
$$;

COMMENT ON FUNCTION drift_internal.html_column_body(jsonb) IS 'everything of a column of a report but its name and its verdict';

CREATE OR REPLACE FUNCTION drift_internal.html_column(column_report jsonb, folded boolean) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := drift_internal.html_name(column_report->>'name');
	role CONSTANT text := '<span class="soft small">' || nullif(drift_internal.html_text(drift_internal.role_words(column_report->>'role')), '') || '</span>';
	badge CONSTANT text := drift_internal.html_badge(column_report->>'severity');
	sentence CONSTANT text := nullif(drift_internal.html_sentence(column_report->>'sentence'), '');
BEGIN
	IF folded THEN
		RETURN concat('<details class="quiet"><summary><span class="strong">', name, '</span>', role, badge, '<span class="says">', sentence, '</span></summary>',
			drift_internal.html_column_body(column_report), E'</details>\n');
	END IF;
	RETURN concat('<article class="card"><div class="head"><h3>', name, '</h3>', role, '<span class="end">', '<span class="soft small">effect so far</span>' || drift_internal.html_column_history(column_report), badge, '</span></div>',
		'<p>' || sentence || '</p>', drift_internal.html_column_body(column_report), E'</article>\n');
END
$$;

COMMENT ON FUNCTION drift_internal.html_column(jsonb, boolean) IS 'a column of a report as a card, or folded as a line that opens';
