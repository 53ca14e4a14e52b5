-- templates: JSON whose placeholders a message fills
--
-- Values become values and text becomes text, so that no name can change the structure of what is sent.

CREATE OR REPLACE FUNCTION drift_internal.template_value(message jsonb, path text) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN nullif(message #> string_to_array(path, '.'), 'null');

COMMENT ON FUNCTION drift_internal.template_value(jsonb, text) IS 'what a message has at a path such as alerts.0.title; NULL for nothing';

CREATE OR REPLACE FUNCTION drift_internal.template_word(value jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE jsonb_typeof(value)
		WHEN 'number' THEN CASE WHEN trunc(value::numeric) = value::numeric THEN value #>> '{}' ELSE drift_internal.short_number(value::float8) END
		WHEN 'array' THEN (SELECT string_agg(e.word, ', ' ORDER BY e.place) FROM jsonb_array_elements_text(value) WITH ORDINALITY AS e (word, place))
		ELSE value #>> '{}' END;
END
$$;

COMMENT ON FUNCTION drift_internal.template_word(jsonb) IS 'a value of a message within a text: numbers with four significant digits, lists with commas';

-- Parts: all of it, a dollar before it that says that it is none, path, length, default.
CREATE OR REPLACE FUNCTION drift_internal.template_pattern() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '((\$?)\$\{([a-z_]+(?:\.[A-Za-z0-9_]+)*)(?::([0-9]{1,5}))?(?:\|([^{}]*))?\})';

COMMENT ON FUNCTION drift_internal.template_pattern() IS 'regular expression of a placeholder';

CREATE OR REPLACE FUNCTION drift_internal.fill_text(template text, message jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN string_agg(concat(p.part, CASE
			WHEN m.found[2] = '$' THEN substr(m.found[1], 2)
			ELSE drift_internal.cut(coalesce(drift_internal.template_word(drift_internal.template_value(message, m.found[3])), m.found[5]),
				coalesce(m.found[4]::integer, 100000)) END), '' ORDER BY place)
	FROM regexp_split_to_table(template, drift_internal.template_pattern()) WITH ORDINALITY AS p (part, place)
	LEFT JOIN regexp_matches(template, drift_internal.template_pattern(), 'g') WITH ORDINALITY AS m (found, place) USING (place);
END
$$;

COMMENT ON FUNCTION drift_internal.fill_text(text, jsonb) IS 'a text with its placeholders filled; what they hold is not looked at for placeholders again';

CREATE OR REPLACE FUNCTION drift_internal.fill_string(template text, message jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parts CONSTANT text[] := regexp_match(template, '^' || drift_internal.template_pattern() || '$');
	filled text;
BEGIN
	IF strpos(template, '${') = 0 THEN
		RETURN to_jsonb(template);
	ELSIF parts[2] = '' AND parts[4] IS NULL AND parts[5] IS NULL THEN
		RETURN drift_internal.template_value(message, parts[3]);
	END IF;
	filled := drift_internal.fill_text(template, message);
	RETURN CASE WHEN parts[2] = '' AND filled = '' THEN NULL ELSE to_jsonb(filled) END;
END
$$;

COMMENT ON FUNCTION drift_internal.fill_string(text, jsonb) IS
	'a string of a template, filled: one that is a placeholder and no more becomes the value itself, or NULL where there is none';

CREATE OR REPLACE FUNCTION drift_internal.fill_array(template jsonb, message jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result jsonb := '[]';
	element jsonb;
	filled jsonb;
BEGIN
	FOR element IN
		SELECT e.value FROM jsonb_array_elements(template) WITH ORDINALITY AS e (value, place) ORDER BY e.place
	LOOP
		filled := drift_internal.fill_value(element, message);
		IF jsonb_typeof(element) = 'object' AND element ? '$each' THEN
			result := result || coalesce(filled, '[]');
		ELSIF filled IS NOT NULL THEN
			result := result || jsonb_build_array(filled);
		END IF;
	END LOOP;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.fill_array(jsonb, jsonb) IS 'an array of a template, filled; elements that come to nothing are left out, those of $each put side by side';

CREATE OR REPLACE FUNCTION drift_internal.fill_each(template jsonb, message jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(jsonb_agg(f.filled ORDER BY f.place), '[]')
	FROM (
		SELECT i.place, drift_internal.fill_value(template -> '$do', message || jsonb_build_object('item', i.item)) AS filled
		FROM jsonb_array_elements(CASE jsonb_typeof(message #> string_to_array(template ->> '$each', '.'))
			WHEN 'array' THEN message #> string_to_array(template ->> '$each', '.') ELSE '[]' END) WITH ORDINALITY AS i (item, place)
		ORDER BY i.place
		LIMIT coalesce((template ->> '$most')::integer, 100)
	) AS f
	WHERE f.filled IS NOT NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.fill_each(jsonb, jsonb) IS 'what {"$each": path, "$do": template} makes of each element that the message has there';

CREATE OR REPLACE FUNCTION drift_internal.fill_object(template jsonb, message jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result jsonb := '{}';
	member record;
	filled jsonb;
	chosen text;
BEGIN
	IF template ? '$case' THEN
		chosen := message #>> string_to_array(template ->> '$case', '.');
		RETURN drift_internal.fill_value(CASE WHEN template ? chosen THEN template -> chosen ELSE template -> '$else' END, message);
	ELSIF template ? '$each' THEN
		RETURN drift_internal.fill_each(template, message);
	ELSIF template ? '$if' AND drift_internal.template_value(message, template ->> '$if') IS NULL THEN
		RETURN NULL;
	END IF;
	FOR member IN
		SELECT * FROM jsonb_each(template - '$if')
	LOOP
		filled := drift_internal.fill_value(member.value, message);
		IF filled IS NOT NULL THEN
			result := result || jsonb_build_object(member.key, filled);
		END IF;
	END LOOP;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.fill_object(jsonb, jsonb) IS 'an object of a template, filled; members that come to nothing are left out';

CREATE OR REPLACE FUNCTION drift_internal.fill_value(template jsonb, message jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE jsonb_typeof(template)
		WHEN 'string' THEN drift_internal.fill_string(template #>> '{}', message)
		WHEN 'array' THEN drift_internal.fill_array(template, message)
		WHEN 'object' THEN drift_internal.fill_object(template, message)
		ELSE template END;
END
$$;

COMMENT ON FUNCTION drift_internal.fill_value(jsonb, jsonb) IS 'a part of a template, filled; NULL where it comes to nothing';

CREATE OR REPLACE FUNCTION drift_internal.template_roots() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '{format,version,cause,status,severity,title,text,headline,key,key_hash,model,monitor,environment,occurred_at,alerts,events,check_id,facts,message,channel,item}'::text[];

COMMENT ON FUNCTION drift_internal.template_roots() IS 'what placeholders of templates can begin with';

CREATE OR REPLACE FUNCTION drift_internal.template_paths(body jsonb) RETURNS SETOF text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.found[1]
	FROM jsonb_path_query(body, 'strict $.**') AS s (value), regexp_matches(s.value #>> '{}', '(?<!\$)\$\{([^}|:]*)', 'g') AS p (found)
	WHERE jsonb_typeof(s.value) = 'string'
	UNION ALL
	SELECT s.path #>> '{}'
	FROM (VALUES ('$each'), ('$case'), ('$if')) AS k (key), jsonb_path_query(body, 'strict $.** ? (@.type() == "object")') AS o (object),
		LATERAL (SELECT o.object -> k.key) AS s (path)
	WHERE s.path IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.template_paths(jsonb) IS 'paths into the message that a template asks for';

-- What is sent has the secret itself there, put in when it is sent.
CREATE OR REPLACE FUNCTION drift_internal.secret_members(body jsonb) RETURNS text[]
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(SELECT m.key FROM jsonb_each(CASE jsonb_typeof(body) WHEN 'object' THEN body ELSE '{}' END) AS m
		WHERE m.value = '"${secret.key}"' ORDER BY m.key);
END
$$;

COMMENT ON FUNCTION drift_internal.secret_members(jsonb) IS 'members of a template that are the secret "key" of the user mapping';

CREATE OR REPLACE FUNCTION drift_internal.without_secrets(body jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE jsonb_typeof(body) WHEN 'object' THEN body - drift_internal.secret_members(body) ELSE body END;

COMMENT ON FUNCTION drift_internal.without_secrets(jsonb) IS 'a template without its members that are secrets';

CREATE OR REPLACE FUNCTION drift_internal.check_template(body jsonb) RETURNS void
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
	wrong text;
BEGIN
	IF body IS NULL THEN
		RAISE EXCEPTION 'body must not be NULL' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT p INTO wrong FROM drift_internal.template_paths(drift_internal.without_secrets(body)) AS p
	WHERE p !~ '^[a-z_]+(\.[A-Za-z0-9_]+)*$' OR split_part(p, '.', 1) <> ALL (drift_internal.template_roots());
	IF FOUND THEN
		RAISE EXCEPTION 'the template has a placeholder for "%"', wrong
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = CASE WHEN wrong LIKE 'secret%' THEN 'A secret is all of a member of the outermost object: "routing_key": "${secret.key}".'
					ELSE format('A placeholder is ${path}, ${path:length} or ${path|default}; a path begins with %s.',
						array_to_string(drift_internal.template_roots(), ', ')) END,
				HINT = 'Write $${ for a ${ that is none.';
	END IF;
	SELECT o.object::text INTO wrong FROM jsonb_path_query(body, 'strict $.** ? (@.type() == "object")') AS o (object)
	WHERE o.object ? '$each' AND (NOT o.object ? '$do' OR jsonb_typeof(coalesce(o.object -> '$most', '1')) <> 'number');
	IF FOUND THEN
		RAISE EXCEPTION 'the template repeats what it does not say'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('That is %s.', drift_internal.cut(wrong, 200)),
				HINT = 'Write {"$each": "alerts", "$do": {...}}, with "$most": 20 for twenty at most.';
	END IF;
END
$function$;

COMMENT ON FUNCTION drift_internal.check_template(jsonb) IS 'an error where a template cannot be filled';

CREATE OR REPLACE FUNCTION drift_internal.fill_message(body jsonb, message jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN drift_internal.fill_value(drift_internal.without_secrets(body),
		message || jsonb_build_object('message', message - 'channel', 'headline', drift_internal.headline(message),
			'key_hash', encode(sha256(convert_to(coalesce(message ->> 'key', ''), 'UTF8')), 'hex')));
END
$$;

COMMENT ON FUNCTION drift_internal.fill_message(jsonb, jsonb) IS 'a template that was checked, filled';

CREATE OR REPLACE FUNCTION drift.fill_template(body jsonb, message jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_template(body);
	RETURN drift_internal.fill_message(body, message);
END
$$;

COMMENT ON FUNCTION drift.fill_template(jsonb, jsonb) IS
	'what a template makes of a message of the format drift-message; secrets, which are put in when it is sent, are left out';

CREATE OR REPLACE FUNCTION drift.create_template(name text, body jsonb, description text DEFAULT '', path text DEFAULT NULL)
	RETURNS SETOF drift.message_templates
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	created drift.message_templates;
BEGIN
	IF name IS NULL OR name !~ '^[a-z][a-z0-9_]{0,62}$' THEN
		RAISE EXCEPTION 'a template cannot be named "%"', coalesce(name, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Use small letters, digits and underscores, and begin with a letter.';
	ELSIF path IS NOT NULL AND path !~ '^/[!-~]*$' THEN
		RAISE EXCEPTION 'a path cannot be "%"', path
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It begins with a slash and has no blanks.';
	END IF;
	PERFORM drift_internal.check_template(body);
	INSERT INTO drift.message_templates (name, owner, body, path, description)
	VALUES (name, drift_internal.actor(), body, path, coalesce(description, ''))
	ON CONFLICT DO NOTHING
	RETURNING * INTO created;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is a template "%"', name
			USING ERRCODE = 'duplicate_object', HINT = format('SELECT drift.drop_template(%L) removes one of yours.', name);
	END IF;
	RETURN NEXT created;
END
$$;

COMMENT ON FUNCTION drift.create_template(text, jsonb, text, text) IS
	'adds a template that webhooks can name; path: where it is posted to unless the channel says';

CREATE OR REPLACE FUNCTION drift.drop_template(name text) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM drift.message_templates AS t
	WHERE t.name = drop_template.name AND NOT t.built_in AND drift_internal.acts_as(t.owner);
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no template "%" of yours', coalesce(name, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.message_templates lists templates; those that are built in stay.';
	END IF;
	RETURN true;
END
$$;

COMMENT ON FUNCTION drift.drop_template(text) IS 'removes a template; messages to webhooks that name it are kept until there is one again';
