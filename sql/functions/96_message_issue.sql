-- issues of GitHub: one for a cause, which later messages comment, edit and close

-- Names of people and numbers of issues would reach whoever they name; an invisible space after the mark keeps them text.
CREATE OR REPLACE FUNCTION drift_internal.issue_words(content text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN regexp_replace(drift_internal.markdown_words(content), '(@|#|(?<=[Gg][Hh])-)(?=[[:alnum:]])', '\1&#8203;', 'g');

COMMENT ON FUNCTION drift_internal.issue_words(text) IS 'text as markdown of GitHub in which nobody is mentioned and nothing is linked';

CREATE OR REPLACE FUNCTION drift_internal.issue_facts(message jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN string_agg(format('| **%s** | %s |', f.label, drift_internal.issue_words(f.content)), E'\n' ORDER BY f.place)
	FROM drift_internal.fact_lines(message) AS f;
END
$$;

COMMENT ON FUNCTION drift_internal.issue_facts(jsonb) IS 'facts of a message as lines of a table in markdown';

CREATE OR REPLACE FUNCTION drift_internal.issue_lines(content text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN string_agg('- ' || drift_internal.issue_words(drift_internal.one_line(l.line, 1000)), E'\n' ORDER BY l.place)
	FROM (
		SELECT * FROM regexp_split_to_table(left(content, 20000), E'\n') WITH ORDINALITY AS l (line, place) WHERE l.line ~ '[^[:space:]]' LIMIT 50
	) AS l;
END
$$;

COMMENT ON FUNCTION drift_internal.issue_lines(text) IS 'lines of a text as a list in markdown';

-- GitHub takes 65,536 characters.
CREATE OR REPLACE FUNCTION drift_internal.issue_markdown(message jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN drift_internal.cut(concat_ws(E'\n\n',
		'## ' || drift_internal.issue_words(drift_internal.headline(message)),
		drift_internal.issue_lines(message ->> 'text'),
		E'| | |\n|---|---|\n' || drift_internal.issue_facts(message),
		format('<sub>Written by drift in %s; status %s, severity %s, %s UTC.</sub>', drift_internal.issue_words(coalesce(message ->> 'environment', '')),
			message ->> 'status', message ->> 'severity',
			to_char((message ->> 'occurred_at')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'))), 60000);
END
$$;

COMMENT ON FUNCTION drift_internal.issue_markdown(jsonb) IS 'body of an issue about a message';

CREATE OR REPLACE FUNCTION drift.issue_body(check_id bigint) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.issue_markdown(drift_internal.check_message(check_id))
$$;

COMMENT ON FUNCTION drift.issue_body(bigint) IS
	'a check as the body of an issue in markdown: drift detected, share, drifted features, drift of predictions, retraining, predictions';

CREATE OR REPLACE FUNCTION drift_internal.issue_labels(settings jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(jsonb_agg(btrim(l.label) ORDER BY l.place), '[]')
	FROM regexp_split_to_table(coalesce(settings ->> 'labels', 'drift'), ',') WITH ORDINALITY AS l (label, place)
	WHERE btrim(l.label) <> '';
END
$$;

COMMENT ON FUNCTION drift_internal.issue_labels(jsonb) IS 'labels that issues of a channel get';

CREATE OR REPLACE FUNCTION drift_internal.github_step(method text, path text, body jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN jsonb_build_object('method', method, 'path', path, 'content_type', 'application/json', 'body', body::text,
		'headers', '{"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}'::jsonb);

COMMENT ON FUNCTION drift_internal.github_step(text, text, jsonb) IS 'a request to the API of GitHub';

-- The issue says how things are, its comments how they came to be so.
CREATE OR REPLACE FUNCTION drift_internal.github_request(message jsonb, settings jsonb, thread jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	issues CONSTANT text := format('%s/repos/%s/issues', rtrim(coalesce(settings ->> 'path', ''), '/'), settings ->> 'repository');
	number CONSTANT text := thread ->> 'number';
	title CONSTANT text := drift_internal.one_line(coalesce(message ->> 'title', 'drift'), 250);
	body CONSTANT text := drift_internal.issue_markdown(message);
	is_over CONSTANT boolean := message ->> 'status' = 'resolved';
BEGIN
	IF number IS NULL THEN
		RETURN drift_internal.github_step('POST', issues,
			jsonb_build_object('title', title, 'body', body, 'labels', drift_internal.issue_labels(settings)));
	END IF;
	RETURN jsonb_build_object('steps', jsonb_build_array(
		drift_internal.github_step('PATCH', format('%s/%s', issues, number),
			jsonb_build_object('body', body, 'state', CASE WHEN is_over THEN 'closed' ELSE 'open' END)
				|| CASE WHEN is_over THEN '{"state_reason": "completed"}' WHEN message ->> 'cause' = 'event' THEN jsonb_build_object('title', title) ELSE '{}' END),
		drift_internal.github_step('POST', format('%s/%s/comments', issues, number), jsonb_build_object('body', body))));
END
$$;

COMMENT ON FUNCTION drift_internal.github_request(jsonb, jsonb, jsonb) IS
	'what is asked of GitHub for a message: a new issue, or where the thread knows one that it be edited and commented, and closed when all is well';
