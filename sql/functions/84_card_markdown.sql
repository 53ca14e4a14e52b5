-- model cards as markdown; nothing that people wrote becomes markup

CREATE OR REPLACE FUNCTION drift_internal.markdown_words(content text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT regexp_replace(content, '([\\`*_\[\]<>&|~#!$])', '\\\1', 'g')
$$;

COMMENT ON FUNCTION drift_internal.markdown_words(text) IS 'text without what is markup within a line';

CREATE OR REPLACE FUNCTION drift_internal.markdown_text(content text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- Indented lines would be code, and others lists or underlines of headings.
	SELECT regexp_replace(regexp_replace(
		drift_internal.markdown_words(replace(content, E'\r', '')),
		'^[ \t]+', '', 'gn'),
		'^(\d+(?=[.)])|(?=[-+=]))', '\1\\', 'gn')
$$;

COMMENT ON FUNCTION drift_internal.markdown_text(text) IS 'text as markdown that shows it as it is, but for its indentation';

CREATE OR REPLACE FUNCTION drift_internal.markdown_cell(content text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift_internal.markdown_words(regexp_replace(content, '\s+', ' ', 'g')), '')
$$;

COMMENT ON FUNCTION drift_internal.markdown_cell(text) IS 'text as markdown within a line; empty for NULL';

CREATE OR REPLACE FUNCTION drift_internal.markdown_table(title text, header text[], cells text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'## %s\n\n| %s |\n|%s\n%s\n', title, array_to_string(header, ' | '), repeat('---|', cardinality(header)), string_agg(r.line, E'\n' ORDER BY r.row_number))
	FROM (
		SELECT (c.position - 1) / cardinality(header) AS row_number,
			'| ' || string_agg(drift_internal.markdown_cell(c.cell), ' | ' ORDER BY c.position) || ' |' AS line
		FROM unnest(cells) WITH ORDINALITY AS c (cell, position)
		GROUP BY row_number) AS r
	HAVING count(*) > 0
$$;

COMMENT ON FUNCTION drift_internal.markdown_table(text, text[], text[]) IS
	'a section with a table, from its cells line after line; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.markdown_pairs(title text, pairs jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.markdown_table(title, ARRAY['', ''], array_agg(c.cell ORDER BY p.key COLLATE "C", c.part))
	FROM jsonb_each_text(CASE jsonb_typeof(pairs) WHEN 'object' THEN pairs END) AS p, LATERAL (VALUES (1, p.key), (2, p.value)) AS c (part, cell)
	WHERE p.value IS NOT NULL AND p.value NOT IN ('{}', '[]', '')
$$;

COMMENT ON FUNCTION drift_internal.markdown_pairs(text, jsonb) IS
	'a section with a table of the keys and values of an object; NULL where all values are empty';

CREATE OR REPLACE FUNCTION drift_internal.markdown_rows(title text, keys text[], objects jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.markdown_table(title, ARRAY(SELECT replace(k, '_', ' ') FROM unnest(keys) AS k),
		array_agg(o.object->>k.key ORDER BY o.position, k.position))
	FROM jsonb_array_elements(CASE jsonb_typeof(objects) WHEN 'array' THEN objects END) WITH ORDINALITY AS o (object, position), unnest(keys) WITH ORDINALITY AS k (key, position)
$$;

COMMENT ON FUNCTION drift_internal.markdown_rows(text, text[], jsonb) IS
	'a section with a table of an array of objects, of which each is a line and each key a column; NULL where there are none';

CREATE OR REPLACE FUNCTION drift_internal.markdown_written(written jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format(E'## %s\n\n%s\n\n%s\n', s.title, drift_internal.markdown_text(t.entry->>'content'),
			'(' || drift_internal.markdown_cell((t.entry->>'by') || ', ' || left(t.entry->>'at', 10)) || ')'), E'\n' ORDER BY s.position)
	FROM drift.card_sections() WITH ORDINALITY AS s (section, title, required, about, position),
		LATERAL (SELECT written->s.section) AS t (entry)
	WHERE t.entry IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.markdown_written(jsonb) IS 'the written sections of a model card';

CREATE OR REPLACE FUNCTION drift.model_card_markdown(model text, version integer DEFAULT NULL, performance_over interval DEFAULT '1 year')
	RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	card jsonb := drift.model_card(model, version, performance_over);
BEGIN
	RETURN concat_ws(E'\n',
		format(E'# %s, version %s\n', drift_internal.markdown_cell(card->'model'->>'name'), card->'version'->>'version'),
		drift_internal.markdown_written(card->'written'),
		(SELECT format(E'Not written yet: %s.\n', string_agg(m.section, ', ')) FROM jsonb_array_elements_text(card->'missing') AS m (section)
			HAVING count(*) > 0),
		drift_internal.markdown_pairs('Model', (card->'model') - 'name'),
		drift_internal.markdown_pairs('Version', (card->'version') - 'version'),
		drift_internal.markdown_pairs('Training', card->'training'),
		drift_internal.markdown_pairs('Parameters', card->'parameters'),
		drift_internal.markdown_pairs('Metrics', card->'metrics'),
		drift_internal.markdown_rows('Inputs', '{name,kind}', card->'inputs'),
		drift_internal.markdown_rows('Feature importance', '{feature,share}', card->'feature_importance'),
		drift_internal.markdown_rows('Performance', '{month,predictions,labelled,accuracy,mean_absolute_error}', card->'performance'),
		drift_internal.markdown_rows('Champion', '{from,to,by,reason}', card->'champion'),
		drift_internal.markdown_rows('Deployments', '{strategy,status,from,to,by,last_verdict,reason}', card->'deployments'),
		drift_internal.markdown_rows('Requests for promotion', '{request_id,status,by,at,reason,evidence,reviews}', card->'promotion_requests'));
END
$$;

COMMENT ON FUNCTION drift.model_card_markdown(text, integer, interval) IS
	'The model card of drift.model_card() as markdown, in which what people wrote is text and never markup.';
