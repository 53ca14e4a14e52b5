-- the markdown of model cards as HTML: headings, tables, lists and text; whatever else it has is text

CREATE OR REPLACE FUNCTION drift_internal.html_line(line text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.html_text(regexp_replace(line, '\\([!-/:-@\[-`{-~])', '\1', 'g'))
$$;

COMMENT ON FUNCTION drift_internal.html_line(text) IS 'a line of markdown as text, without the backslashes before what is no markup';

CREATE OR REPLACE FUNCTION drift_internal.html_table_row(line text, cell text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- A bar after a backslash is text, and a heading without words is none.
	SELECT '<tr>' || string_agg(format('<%1$s>%2$s</%1$s>', CASE btrim(c.content) WHEN '' THEN 'td' ELSE cell END, drift_internal.html_line(btrim(c.content))), '' ORDER BY c.position) || '</tr>'
	FROM regexp_split_to_table(regexp_replace(btrim(line), '^\||\|$', '', 'g'), '(?<!\\)\|') WITH ORDINALITY AS c (content, position)
$$;

COMMENT ON FUNCTION drift_internal.html_table_row(text, text) IS 'a line of a table of markdown; cell: td or th';

CREATE OR REPLACE FUNCTION drift_internal.html_markdown(markdown text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	page text[] := '{}';
	block text := '';
	kind text;
	line text;
BEGIN
	FOREACH line IN ARRAY string_to_array(replace(markdown, E'\r', ''), E'\n') || ''::text
	LOOP
		kind := CASE
			WHEN line ~ '^\s*$' THEN ''
			WHEN line ~ '^#{1,6} ' THEN 'heading'
			WHEN line ~ '^\|' THEN 'table'
			WHEN line ~ '^[-*] ' THEN 'ul'
			ELSE 'p' END;
		IF block <> '' AND block <> kind THEN
			page := page || CASE block WHEN 'table' THEN '</tbody></table></div>' ELSE format('</%s>', block) END;
		END IF;
		CASE kind
			WHEN 'heading' THEN
				page := page || format('<h3>%s</h3>', drift_internal.html_line(regexp_replace(line, '^#+\s+', '')));
			WHEN 'table' THEN
				page := page || CASE
					WHEN block = 'table' AND line ~ '^[|\s:-]+$' THEN '</thead><tbody>'
					WHEN block = 'table' THEN drift_internal.html_table_row(line, 'td')
					ELSE '<div class="scroll" tabindex="0"><table><thead>' || drift_internal.html_table_row(line, 'th')
				END;
			WHEN 'ul' THEN
				page := page || (CASE block WHEN 'ul' THEN '' ELSE '<ul>' END || format('<li>%s</li>', drift_internal.html_line(substr(line, 3))));
			WHEN 'p' THEN
				page := page || (CASE block WHEN 'p' THEN '<br>' ELSE '<p>' END || drift_internal.html_line(line));
			ELSE
				NULL;
		END CASE;
		block := CASE kind WHEN 'heading' THEN '' ELSE kind END;
	END LOOP;
	RETURN array_to_string(page, E'\n');
END
$$;

COMMENT ON FUNCTION drift_internal.html_markdown(text) IS
	'headings, tables, lists and paragraphs of markdown as HTML; markup within lines is text, HTML too';
