-- reports as markdown, in which no name becomes markup

CREATE OR REPLACE FUNCTION drift_internal.markdown_line(content text, at_most integer DEFAULT 500) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.markdown_words(drift_internal.plain_line(content, at_most))
$$;

COMMENT ON FUNCTION drift_internal.markdown_line(text, integer) IS 'text as markdown within a line, cut to so many characters; NULL for NULL';

CREATE OR REPLACE FUNCTION drift_internal.markdown_cells(title text, header text[], cells text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'## %s\n\n| %s |\n|%s\n%s\n', title, array_to_string(header, ' | '), repeat('---|', cardinality(header)),
		string_agg(r.line, E'\n' ORDER BY r.row_number))
	FROM (
		SELECT (c.position - 1) / cardinality(header) AS row_number,
			'| ' || string_agg(coalesce(c.cell, ''), ' | ' ORDER BY c.position) || ' |' AS line
		FROM unnest(cells) WITH ORDINALITY AS c (cell, position)
		GROUP BY row_number) AS r
	HAVING count(*) > 0
$$;

COMMENT ON FUNCTION drift_internal.markdown_cells(text, text[], text[]) IS
	'a section with a table, from cells that are markdown already, line after line; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.markdown_columns(columns jsonb, at_most integer) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.markdown_cells('Columns', '{"",Column,Role,Severity,PSI,Effect,p-value,What changed}', array_agg(cell ORDER BY ordinality, k))
		|| CASE WHEN jsonb_array_length(columns) > at_most THEN format(E'\n%s more are as they were or milder.\n', jsonb_array_length(columns) - at_most) ELSE '' END
	FROM jsonb_array_elements(columns) WITH ORDINALITY AS e (c),
		LATERAL unnest(ARRAY[
			drift_internal.sign_of(c ->> 'severity', (c ->> 'drifted')::boolean),
			drift_internal.markdown_line(c ->> 'name', 100), drift_internal.markdown_line(c ->> 'role'),
			replace(c ->> 'severity', '_', ' '),
			drift_internal.number_of(c -> 'psi', 'FM9990.000'), drift_internal.number_of(c -> 'effect', 'FM0.000'),
			drift_internal.number_of(c -> 'p_value_corrected', 'FM0.0000'),
			drift_internal.markdown_line(c ->> 'sentence', 1000)]) WITH ORDINALITY AS u (cell, k)
	WHERE ordinality <= at_most
$$;

COMMENT ON FUNCTION drift_internal.markdown_columns(jsonb, integer) IS 'columns of a report as a table of markdown, the first of them';

CREATE OR REPLACE FUNCTION drift_internal.markdown_metrics(metrics jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.markdown_cells('Performance', '{"",Metric,Value,Reference,Rows,What it means}', array_agg(cell ORDER BY ordinality, k))
	FROM jsonb_array_elements(CASE jsonb_typeof(metrics) WHEN 'array' THEN metrics END) WITH ORDINALITY AS e (m),
		LATERAL unnest(ARRAY[
			drift_internal.sign_of(m ->> 'severity'),
			drift_internal.markdown_line(concat_ws(' ', m ->> 'metric', CASE WHEN m ->> 'kind' = 'estimated' THEN '(estimated)' END), 100),
			drift_internal.number_of(m -> 'value', 'FM999999990.0000'), drift_internal.number_of(m -> 'reference', 'FM999999990.0000'),
			m ->> 'n', drift_internal.markdown_line(m ->> 'sentence', 1000)]) WITH ORDINALITY AS u (cell, k)
$$;

COMMENT ON FUNCTION drift_internal.markdown_metrics(jsonb) IS 'metrics of a report as a table of markdown';

CREATE OR REPLACE FUNCTION drift_internal.markdown_objects(title text, keys text[], items jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.markdown_cells(title, ARRAY(SELECT replace(k, '_', ' ') FROM unnest(keys) AS k), array_agg(
		drift_internal.markdown_line(CASE WHEN k.key IN ('at', 'as_of') OR k.key LIKE '%\_at' THEN replace(left(o ->> k.key, 16), 'T', ' ') ELSE o ->> k.key END)
		ORDER BY e.ordinality, k.ordinality))
	FROM jsonb_array_elements(CASE jsonb_typeof(items) WHEN 'array' THEN items END) WITH ORDINALITY AS e (o), unnest(keys) WITH ORDINALITY AS k (key)
$$;

COMMENT ON FUNCTION drift_internal.markdown_objects(text, text[], jsonb) IS
	'objects of a report as a table of markdown with the values of some keys; NULL without objects';

CREATE OR REPLACE FUNCTION drift_internal.markdown_recommendation(recommendation jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat_ws(E'\n', E'## What to do\n',
		format('**%s**', replace(concat_ws(', strategy: ', recommendation ->> 'action', nullif(recommendation ->> 'strategy', 'none')), '_', ' ')), '',
		(SELECT string_agg('- ' || drift_internal.markdown_line(r), E'\n' ORDER BY ordinality)
		FROM jsonb_array_elements_text(recommendation -> 'reasons') WITH ORDINALITY AS e (r)), '')
	WHERE jsonb_typeof(recommendation) = 'object'
$$;

COMMENT ON FUNCTION drift_internal.markdown_recommendation(jsonb) IS 'the recommendation of a report as markdown; NULL without one';

CREATE OR REPLACE FUNCTION drift.render_markdown(report jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat_ws(E'\n',
		format(E'# %s\n', drift_internal.markdown_line(r ->> 'title', 200)),
		'**' || drift_internal.verdict_line(r) || E'**\n',
		drift_internal.markdown_line(r #>> '{verdict,sentence}', 5000) || E'\n',
		drift_internal.markdown_line(concat_ws('; ', drift_internal.score_line(r), drift_internal.subject_line(r)), 1000) || E'\n',
		drift_internal.markdown_recommendation(r -> 'recommendation'),
		drift_internal.markdown_objects('Versions', '{version,stage,sentence}', r -> 'versions'),
		drift_internal.markdown_objects('Monitors', '{name,severity,as_of,sentence}', r -> 'monitors'),
		drift_internal.markdown_columns(r -> 'columns', 100),
		drift_internal.markdown_metrics(r -> 'performance'),
		drift_internal.markdown_objects('Alerts', '{severity,status,raised_at,title}', r -> 'alerts'),
		drift_internal.markdown_objects('Deployments', '{at,version,strategy,status}', r -> 'deployments'),
		drift_internal.markdown_objects('What happened', '{at,kind,sentence}', r -> 'timeline'))
	FROM drift_internal.check_report(report) AS r
$$;

COMMENT ON FUNCTION drift.render_markdown(jsonb) IS
	'a report, a document of the format drift-report, as markdown, in which names are text and never markup';
