-- from a message to what is sent, and from the answer to what later messages need

CREATE OR REPLACE FUNCTION drift_internal.template_path(path text, settings jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing CONSTANT text := (regexp_match(path, '\$\{channel\.([a-z_]+)\}'))[1];
BEGIN
	IF settings ? 'path' THEN
		RETURN settings ->> 'path';
	ELSIF missing IS NOT NULL AND NOT settings ? missing THEN
		RAISE EXCEPTION 'the channel has no option "%"', missing
			USING ERRCODE = 'fdw_option_name_not_found', DETAIL = format('Its template posts to %s.', path);
	END IF;
	RETURN drift_internal.fill_text(path, jsonb_build_object('channel', settings));
END
$$;

COMMENT ON FUNCTION drift_internal.template_path(text, jsonb) IS 'path that a webhook is posted to: that of its channel, or else of its template; NULL: the user mapping has it';

CREATE OR REPLACE FUNCTION drift_internal.webhook_request(message jsonb, settings jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted CONSTANT text := coalesce(settings ->> 'template', 'generic');
	template drift.message_templates;
BEGIN
	SELECT * INTO template FROM drift.message_templates AS t WHERE t.name = wanted;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no template "%"', wanted
			USING ERRCODE = 'undefined_object', HINT = 'drift.message_templates lists templates; drift.create_template() adds one.';
	END IF;
	RETURN jsonb_build_object('method', 'POST', 'path', drift_internal.template_path(template.path, settings), 'headers', '{}'::jsonb,
		'content_type', 'application/json',
		'body', drift_internal.fill_message(template.body, message || jsonb_build_object('channel', settings))::text,
		'secret_members', (SELECT coalesce(jsonb_object_agg(m, 'key'), '{}') FROM unnest(drift_internal.secret_members(template.body)) AS m));
END
$$;

COMMENT ON FUNCTION drift_internal.webhook_request(jsonb, jsonb) IS 'what is posted to a webhook for a message, made by the template of the channel';

CREATE OR REPLACE FUNCTION drift_internal.message_request(message jsonb, settings jsonb, reader regrole, thread jsonb DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE settings ->> 'type'
		WHEN 'slack' THEN jsonb_build_object('method', 'POST', 'path', NULL, 'headers', '{}'::jsonb, 'content_type', 'application/json',
			'body', drift_internal.slack_body(message)::text)
		WHEN 'github' THEN drift_internal.github_request(message, settings, thread)
		WHEN 'email' THEN drift_internal.mail_request(message, settings, reader)
		ELSE drift_internal.webhook_request(message, settings) END;
END
$$;

COMMENT ON FUNCTION drift_internal.message_request(jsonb, jsonb, regrole, jsonb) IS
	'what is sent for a message through a channel with these settings; reports have what the reader may see';

-- One delivery that cannot be said must not keep others from being sent, so that nothing is raised.
CREATE OR REPLACE FUNCTION drift_internal.channel_request(delivery drift.deliveries, thread jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	head CONSTANT jsonb := jsonb_build_object('delivery_id', delivery.delivery_id, 'owner', pg_get_userbyid(delivery.owner),
		'channel', delivery.channel, 'key', delivery.idempotency_key);
BEGIN
	RETURN head || drift_internal.message_request(delivery.message, drift_internal.find_channel(delivery.channel, delivery.owner),
		delivery.owner, thread);
EXCEPTION WHEN OTHERS THEN
	RETURN head || jsonb_build_object('error', SQLERRM);
END
$$;

COMMENT ON FUNCTION drift_internal.channel_request(drift.deliveries, jsonb) IS
	'the request of a delivery, given what its group keeps of the channel; with a member "error" in it there is nothing to send, and why. Messages of one group go one after another, as each may need what the one before was answered';

-- Of an answer only the beginning is kept, so that it is not read as JSON. What strings hold has its quotes escaped.
CREATE OR REPLACE FUNCTION drift_internal.read_issue(answer text) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN jsonb_build_object('number', n.found[1]::bigint,
		'url', (regexp_match(answer, '(?<!\\)"html_url"\s*:\s*"(https://[^"\\]+/issues/[0-9]+)"'))[1])
	FROM (SELECT regexp_match(answer, '(?<!\\)"number"\s*:\s*([0-9]{1,18})\M')) AS n (found)
	WHERE n.found IS NOT NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.read_issue(text) IS 'number and address of the issue that GitHub answered with; NULL where there is none';

-- An issue that was deleted or moved is forgotten, and the next attempt makes a new one.
CREATE OR REPLACE FUNCTION drift_internal.read_answer(delivery drift.deliveries, result jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE
			WHEN drift_internal.channel_settings(delivery.channel) ->> 'type' IS DISTINCT FROM 'github' THEN NULL
			WHEN a.status IN ('404', '410') THEN '{}'
			ELSE drift_internal.read_issue(a.body)
		END
	FROM (SELECT coalesce(result #>> '{answers,0,status}', result ->> 'status'), coalesce(result #>> '{answers,0,body}', result ->> 'body')) AS a (status, body);
END
$$;

COMMENT ON FUNCTION drift_internal.read_answer(drift.deliveries, jsonb) IS
	'what later messages of a group need to know of an answer; NULL: nothing new, {}: forget what was known';
