-- messages for Slack: blocks, and a line for notifications and clients without blocks

CREATE OR REPLACE FUNCTION drift_internal.slack_text(content text, length integer) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	escaped CONSTANT text := replace(replace(replace(content, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');
BEGIN
	-- An entity that is cut in half would be shown as it stands.
	RETURN CASE WHEN char_length(escaped) > length THEN regexp_replace(left(escaped, length - 1), '&[a-z]{0,3}$', '') || drift_internal.sign(8230, '~') ELSE escaped END;
END
$$;

COMMENT ON FUNCTION drift_internal.slack_text(text, integer) IS
	'text in which Slack finds no links, mentions or entities, of at most so many characters';

CREATE OR REPLACE FUNCTION drift_internal.slack_fields(message jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN jsonb_build_array(jsonb_build_object('type', 'section', 'fields',
		jsonb_agg(jsonb_build_object('type', 'mrkdwn', 'verbatim', true,
			'text', format(E'*%s*\n%s', f.label, drift_internal.slack_text(f.content, 1900))) ORDER BY f.place)))
	FROM (SELECT * FROM drift_internal.fact_lines(message) AS l WHERE l.label <> 'Environment' ORDER BY l.place LIMIT 10) AS f
	HAVING count(*) > 0;
END
$$;

COMMENT ON FUNCTION drift_internal.slack_fields(jsonb) IS 'the facts of a message as a block of two columns; NULL where there are none';

-- No markup at all.
CREATE OR REPLACE FUNCTION drift_internal.slack_paragraph(content text) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN content IS NOT NULL THEN jsonb_build_array(jsonb_build_object('type', 'section', 'text',
		jsonb_build_object('type', 'plain_text', 'emoji', false, 'text', drift_internal.cut(content, 3000)))) END;

COMMENT ON FUNCTION drift_internal.slack_paragraph(text) IS 'text as a block; NULL where there is none';

CREATE OR REPLACE FUNCTION drift_internal.slack_body(message jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	headline CONSTANT text := drift_internal.headline(message);
	title CONSTANT text := drift_internal.one_line(coalesce(message ->> 'title', 'drift'), 200);
BEGIN
	RETURN jsonb_build_object(
		'text', drift_internal.slack_text(concat_ws(' - ', headline, CASE WHEN strpos(headline, title) = 0 THEN title END), 3000),
		'blocks', jsonb_build_array(
				jsonb_build_object('type', 'header', 'text', jsonb_build_object('type', 'plain_text', 'emoji', true,
					'text', drift_internal.cut(headline, 150))))
			|| coalesce(drift_internal.slack_paragraph(drift_internal.lead(message)), '[]')
			|| drift_internal.slack_paragraph(coalesce(nullif(message ->> 'text', ''), title))
			|| coalesce(drift_internal.slack_fields(message), '[]')
			|| jsonb_build_array(jsonb_build_object('type', 'context', 'elements', jsonb_build_array(jsonb_build_object('type', 'plain_text',
				'text', drift_internal.cut(concat_ws(' | ', 'drift', message ->> 'severity', message ->> 'environment', left(message ->> 'occurred_at', 19)), 300))))));
END
$$;

COMMENT ON FUNCTION drift_internal.slack_body(jsonb) IS 'body of a message for an incoming webhook of Slack';
