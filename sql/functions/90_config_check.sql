-- what is wrong with a configuration, all of it at once

CREATE OR REPLACE FUNCTION drift_internal.is_cron(value text) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN drift.next_time(value) IS NOT NULL;
EXCEPTION
	WHEN invalid_parameter_value THEN
		RETURN false;
END
$$;

COMMENT ON FUNCTION drift_internal.is_cron(text) IS 'whether a text is a cron expression of times that come';

CREATE OR REPLACE FUNCTION drift_internal.thresholds_problem(value jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	message text;
	detail text;
BEGIN
	PERFORM drift.resolve_thresholds(value::text);
	RETURN NULL;
EXCEPTION
	WHEN invalid_parameter_value OR undefined_object THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
		RETURN concat_ws('. ', message, nullif(rtrim(detail, '.'), ''));
END
$$;

COMMENT ON FUNCTION drift_internal.thresholds_problem(jsonb) IS 'why thresholds of a configuration cannot be; NULL: they can';

CREATE OR REPLACE FUNCTION drift_internal.guardrails_problem(value jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_guardrails(value);
	RETURN NULL;
EXCEPTION
	WHEN invalid_parameter_value THEN
		RETURN 'cannot be: ' || SQLERRM;
END
$$;

COMMENT ON FUNCTION drift_internal.guardrails_problem(jsonb) IS 'why guardrails of a configuration cannot be; NULL: they can';

-- Which options there are depends on the strategy, a key of its own.
CREATE OR REPLACE FUNCTION drift_internal.deployment_problem(config jsonb) RETURNS TABLE (path text[], message text)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	path := '{deployment,options}';
	IF config #> path ? 'strategy' THEN
		message := 'has a strategy, which is a key of its own';
		RETURN NEXT;
	ELSIF config #>> '{deployment,strategy}' <> 'none' THEN
		PERFORM drift_internal.read_deployment_options((config #> path) || jsonb_build_object('strategy', config #> '{deployment,strategy}'));
	END IF;
EXCEPTION
	WHEN invalid_parameter_value THEN
		message := 'cannot be: ' || SQLERRM;
		RETURN NEXT;
END
$$;

COMMENT ON FUNCTION drift_internal.deployment_problem(jsonb) IS 'why the options of a deployment do not fit its strategy; no row: they do';

-- Whether the value can be what its key wants, apart from thresholds, which say more.
CREATE OR REPLACE FUNCTION drift_internal.fits_key(value jsonb, kind text, range numrange, choices text[], nullable boolean) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(CASE
			WHEN jsonb_typeof(value) = 'null' THEN nullable
			WHEN kind = 'number' THEN CASE jsonb_typeof(value) WHEN 'number' THEN value::numeric <@ range END
			WHEN kind = 'integer' THEN
				CASE jsonb_typeof(value) WHEN 'number' THEN value::numeric <@ range AND value::numeric = trunc(value::numeric) END
			WHEN kind = 'boolean' THEN jsonb_typeof(value) = 'boolean'
			WHEN kind = 'thresholds' THEN jsonb_typeof(value) IN ('string', 'object')
			WHEN kind IN ('metrics', 'strategies') THEN jsonb_typeof(value) = 'array' AND value <@ to_jsonb(choices)
			WHEN kind IN ('guardrails', 'deployment') THEN jsonb_typeof(value) = 'object'
			WHEN jsonb_typeof(value) <> 'string' THEN false
			WHEN kind = 'class' THEN true
			WHEN kind = 'text' THEN value #>> '{}' <> ''
			WHEN kind = 'interval' THEN drift_internal.is_interval(value)
			WHEN kind = 'choice' THEN value #>> '{}' = ANY (choices)
			WHEN kind = 'schedule' THEN value #>> '{}' = ANY (choices) OR drift_internal.is_cron(value #>> '{}')
			WHEN kind = 'method' THEN value #>> '{}' IN (SELECT c.method FROM drift_internal.comparison_methods() AS c)
		END, false)
$$;

COMMENT ON FUNCTION drift_internal.fits_key(jsonb, text, numrange, text[], boolean) IS
	'whether a value can be that of a key of this kind and range';

-- Names of features may hold anything, so that a path is an array until it is shown.
CREATE OR REPLACE FUNCTION drift_internal.shown_path(path text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(CASE WHEN name ~ '^[[:alnum:]_ ]+$' THEN name ELSE to_json(name)::text END, '.' ORDER BY place)
	FROM unnest(path) WITH ORDINALITY AS u (name, place)
$$;

COMMENT ON FUNCTION drift_internal.shown_path(text[]) IS 'where something stands in a configuration, names with other signs in quotes';

CREATE OR REPLACE FUNCTION drift_internal.key_pattern(path text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN path[1] = 'features' AND cardinality(path) >= 2 THEN array_to_string('{features,*}' || path[3:], '.')
			WHEN array_to_string(path[2:], '') ~ '[.]' OR path[1] ~ '[.]' THEN NULL
			ELSE array_to_string(path, '.')
		END
$$;

COMMENT ON FUNCTION drift_internal.key_pattern(text[]) IS 'key, or start of keys, that a place in a configuration belongs to; NULL: none';

CREATE OR REPLACE FUNCTION drift_internal.config_sections() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(DISTINCT array_to_string((string_to_array(k.path, '.'))[:depth], '.'))
	FROM drift_internal.config_keys() AS k, generate_series(1, 2) AS depth
	WHERE depth < cardinality(string_to_array(k.path, '.'))
$$;

COMMENT ON FUNCTION drift_internal.config_sections() IS 'places in a configuration that hold keys or other sections, at any depth';

-- Everything down to the keys; what is no section is not entered.
CREATE OR REPLACE FUNCTION drift_internal.config_places(config jsonb)
	RETURNS TABLE (path text[], pattern text, is_section boolean, value jsonb)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sections CONSTANT text[] := drift_internal.config_sections();
BEGIN
	RETURN QUERY
		WITH RECURSIVE place AS (
			SELECT ARRAY[e.key] AS path, drift_internal.key_pattern(ARRAY[e.key]) AS pattern, e.value FROM jsonb_each(config) AS e
			UNION ALL
			SELECT p.path || e.key, drift_internal.key_pattern(p.path || e.key), e.value
			FROM place AS p,
				LATERAL jsonb_each(CASE WHEN jsonb_typeof(p.value) = 'object' AND p.pattern = ANY (sections) THEN p.value ELSE '{}' END) AS e
		)
		SELECT p.path, p.pattern, coalesce(p.pattern = ANY (sections), false), p.value FROM place AS p;
END
$$;

COMMENT ON FUNCTION drift_internal.config_places(jsonb) IS 'sections and values of a configuration with the keys that they belong to';

CREATE OR REPLACE FUNCTION drift_internal.place_problem(place text[], pattern text, is_section boolean, value jsonb)
	RETURNS TABLE (message text, hint text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN is_section AND jsonb_typeof(value) <> 'object' THEN format('is %s and must be an object', value)
			WHEN k.path IS NULL THEN 'is not a key of the configuration'
			WHEN NOT drift_internal.fits_key(value, k.kind, k.range, k.choices, k.nullable) THEN
				format('is %s and must be %s', value, drift_internal.allowed_text(k.kind, k.range, k.choices, k.nullable))
			WHEN k.kind = 'guardrails' THEN drift_internal.guardrails_problem(value)
			ELSE drift_internal.thresholds_problem(value)
		END,
		CASE WHEN is_section OR k.path IS NOT NULL THEN 'drift.config_keys() says what each key may be.'
			ELSE coalesce('Keys there are: ' || (
				SELECT string_agg(DISTINCT split_part(other.path, '.', cardinality(place)), ', ')
				FROM drift_internal.config_keys() AS other
				WHERE cardinality(place) = 1 OR starts_with(other.path, drift_internal.key_pattern(place[:cardinality(place) - 1]) || '.')) || '.',
				'drift.config_keys() lists them.')
		END
	FROM (VALUES (pattern)) AS given (path)
	LEFT JOIN drift_internal.config_keys() AS k USING (path)
	WHERE CASE
			WHEN is_section THEN jsonb_typeof(value) <> 'object'
			WHEN k.path IS NULL OR NOT drift_internal.fits_key(value, k.kind, k.range, k.choices, k.nullable) THEN true
			WHEN k.kind = 'guardrails' THEN drift_internal.guardrails_problem(value) IS NOT NULL
			ELSE k.kind = 'thresholds' AND drift_internal.thresholds_problem(value) IS NOT NULL
		END
$$;

COMMENT ON FUNCTION drift_internal.place_problem(text[], text, boolean, jsonb) IS
	'what is wrong with one place of a configuration; no row: nothing';

-- What no value can tell by itself.
CREATE OR REPLACE FUNCTION drift_internal.limits_problem(config jsonb) RETURNS TABLE (path text[], message text)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	limits drift.thresholds;
	feature text;
BEGIN
	path := '{drift_detection}';
	limits := drift_internal.config_limits(config);
	IF drift_internal.follows_library(limits) THEN
		path := '{drift_detection,thresholds}';
		message := format('cannot be "%s", whose rule needs rows: monitors keep profiles', limits.name);
		RETURN NEXT;
		RETURN;
	END IF;
	FOR feature IN SELECT k FROM jsonb_object_keys(config -> 'features') AS k ORDER BY k LOOP
		path := ARRAY['features', feature];
		PERFORM drift_internal.column_limits(limits, config, feature);
	END LOOP;
EXCEPTION
	WHEN invalid_parameter_value OR undefined_object THEN
		message := SQLERRM;
		RETURN NEXT;
END
$$;

COMMENT ON FUNCTION drift_internal.limits_problem(jsonb) IS 'why the thresholds of a whole configuration do not fit together; no row: they do';

CREATE OR REPLACE FUNCTION drift_internal.order_problems(config jsonb) RETURNS TABLE (path text[], message text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.path, format('is %s, above %s, which is %s', config #> p.path, drift_internal.shown_path(p.above), config #> p.above)
	FROM (VALUES ('{alerting,breaches}'::text[], '{alerting,of}'::text[]),
		('{drift_detection,feature_drift_threshold}', '{drift_detection,high_drift_threshold}')) AS p (path, above)
	WHERE (config #> p.path)::numeric > (config #> p.above)::numeric
$$;

COMMENT ON FUNCTION drift_internal.order_problems(jsonb) IS 'values of a whole configuration that are above what they must not exceed';

CREATE OR REPLACE FUNCTION drift_internal.fit_problems(config jsonb) RETURNS TABLE (path text, message text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.shown_path(p.path), p.message
	FROM (SELECT * FROM drift_internal.limits_problem(config) UNION ALL SELECT * FROM drift_internal.order_problems(config)
		UNION ALL SELECT * FROM drift_internal.deployment_problem(config)) AS p
$$;

COMMENT ON FUNCTION drift_internal.fit_problems(jsonb) IS 'what does not fit together in a whole configuration whose values are right by themselves';

CREATE OR REPLACE FUNCTION drift_internal.config_problems(config jsonb, base jsonb) RETURNS TABLE (path text, message text, hint text)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF config IS NULL OR jsonb_typeof(config) <> 'object' THEN
		RETURN QUERY SELECT '', format('is %s and must be an object', coalesce(jsonb_typeof(config), 'NULL')), 'drift.config_keys() lists its sections and keys.';
		RETURN;
	END IF;
	RETURN QUERY
		SELECT drift_internal.shown_path(c.path), p.message, p.hint
		FROM drift_internal.config_places(config) AS c, drift_internal.place_problem(c.path, c.pattern, c.is_section, c.value) AS p
		ORDER BY 1;
	IF NOT FOUND THEN
		RETURN QUERY
			SELECT p.path, p.message, 'Values that are not set come from what goes before: drift.dump_config() shows them.'
			FROM drift_internal.fit_problems(drift_internal.merge_config(base, config)) AS p;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.config_problems(jsonb, jsonb) IS
	'what is wrong with a configuration that is set over another one: first its keys and values, and when those are right how they fit together';

CREATE OR REPLACE FUNCTION drift.validate_config(config jsonb) RETURNS TABLE (path text, message text, hint text)
	LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.* FROM drift_internal.config_problems(config, drift_internal.default_config()) AS p
$$;

COMMENT ON FUNCTION drift.validate_config(jsonb) IS
	'everything that is wrong with a configuration, each with its path and what to do; no row: drift.load_config() takes it';

CREATE OR REPLACE FUNCTION drift_internal.check_config(config jsonb, base jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problems CONSTANT text[] := ARRAY(SELECT concat_ws(' ', nullif(p.path, ''), p.message) FROM drift_internal.config_problems(config, base) AS p);
BEGIN
	IF problems <> '{}' THEN
		RAISE EXCEPTION 'the configuration has % error(s)', cardinality(problems)
			USING ERRCODE = 'invalid_parameter_value', DETAIL = array_to_string(problems, E'\n'),
				HINT = 'drift.config_keys() lists the keys and what they may be; drift.validate_config() finds all errors.';
	END IF;
	RETURN config;
END
$$;

COMMENT ON FUNCTION drift_internal.check_config(jsonb, jsonb) IS 'the configuration, or an error that lists everything that is wrong with it';
