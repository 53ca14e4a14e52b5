-- how a version may be deployed: options, their defaults and what they may be

CREATE OR REPLACE FUNCTION drift.deployment_options()
	RETURNS TABLE (option text, part text, kind text, lowest float8, highest float8, defaults jsonb, meaning text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 23
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
	('weights', 'deployment', 'percents', 0, 100, '{"canary": [10, 50, 100], "ab_test": [50]}'::jsonb,
		'percent of the traffic at each step, with at most two decimals; a canary ends at 100'),
	('deadline', 'deployment', 'interval', NULL, NULL, '{"canary": "30 days", "ab_test": "60 days", "shadow": "30 days"}',
		'time after the start at which on_deadline applies; null: none'),
	('on_deadline', 'deployment', 'rollback, hold, promote', NULL, NULL, '{"canary": "rollback", "ab_test": "rollback", "shadow": "rollback"}',
		'what happens at the deadline if the verdict is inconclusive'),
	('salt', 'deployment', 'text', NULL, NULL, '{"canary": null, "ab_test": null}',
		'hashed with the key of an entity to find its bucket; null: a new one, so that deployments split entities independently'),
	('on_pass', 'analysis', 'advance, hold', NULL, NULL, '{"canary": "advance", "ab_test": "advance", "shadow": "hold"}',
		'whether drift.advance() goes on by itself when all is well, or waits for drift.set_step() or drift.complete()'),
	('alpha', 'analysis', 'number', 0.000001, 0.5, '{"canary": 0.05, "ab_test": 0.05, "shadow": 0.05}',
		'probability at which a term fails by chance, over all looks at a deployment'),
	('interval', 'analysis', 'interval', NULL, NULL, '{"canary": "1 hour", "ab_test": "1 day", "shadow": "1 day"}',
		'time between two looks by drift.run_deployments()'),
	('min_duration', 'analysis', 'interval', NULL, NULL, '{"canary": "1 hour", "ab_test": "14 days", "shadow": "1 day"}',
		'time that a step lasts at least'),
	('min_rows', 'analysis', 'integer', 1, 1000000000, '{"canary": 100, "ab_test": 100, "shadow": 100}',
		'predictions that each side needs before it is judged'),
	('min_labelled', 'analysis', 'integer', 2, 1000000000, '{"canary": 100, "ab_test": 100, "shadow": 100}',
		'predictions with outcomes that quality needs'),
	('min_labelled_days', 'analysis', 'integer', 0, 10000, '{"canary": 0, "ab_test": 14, "shadow": 0}',
		'days (UTC) since the start that have predictions with outcomes, before quality passes'),
	('max_rows', 'analysis', 'integer', 1, 10000000, '{"canary": 100000, "ab_test": 100000, "shadow": 100000}',
		'predictions that are replayed at most, the latest ones'),
	('max_error_increase', 'analysis', 'number', 0, 1, '{"canary": 0.01, "ab_test": 0.01, "shadow": 0.01}',
		'by how much the share of errors may be above the champion''s; null: errors are not judged'),
	('max_latency_ratio', 'analysis', 'number', 0.01, 1000000, '{"canary": 1.5, "ab_test": 1.5, "shadow": 1.5}',
		'95th percentile of the latency, as a multiple of the champion''s; null: latency is not judged'),
	('latency_slack', 'analysis', 'number', 0, 1000000, '{"canary": 1, "ab_test": 1, "shadow": 1}',
		'milliseconds by which it may be longer in any case'),
	('max_score_distance', 'analysis', 'number', 0, 1, '{"canary": 0.2, "ab_test": 0.2, "shadow": 0.2}',
		'largest distance (KS) of the scores of the two sides; null: scores are not judged'),
	('max_disagreement', 'analysis', 'number', 0, 1000000, '{"canary": 0.25, "ab_test": 0.25, "shadow": 0.25}',
		'share of rows for which both versions give another class, or mean difference in standard deviations of the champion''s scores; null: not judged'),
	('quality', 'analysis', 'none, not_worse, better', NULL, NULL, '{"canary": "not_worse", "ab_test": "better", "shadow": "not_worse"}',
		'what outcomes must show'),
	('quality_required', 'analysis', 'boolean', NULL, NULL, '{"canary": false, "ab_test": true, "shadow": false}',
		'whether a step waits for outcomes; otherwise they can fail it and it goes on without them'),
	('margin', 'analysis', 'number', 0, 1, '{"canary": 0.02, "ab_test": 0.02, "shadow": 0.02}',
		'for not_worse: accuracy that may be lost, or share by which the absolute error may grow'),
	('min_improvement', 'analysis', 'number', 0, 1, '{"canary": 0, "ab_test": 0, "shadow": 0}',
		'for better: accuracy that must be gained, or share by which the absolute error must fall')
$$;

COMMENT ON FUNCTION drift.deployment_options() IS
	'what the options of drift.deploy() may be, with the default for each strategy that knows them; those of part analysis go into an object of that name';

-- Buckets of 10,000 from percents, or NULL where they are none.
CREATE OR REPLACE FUNCTION drift_internal.weight_buckets(percents jsonb) RETURNS integer[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg((100 * p)::integer ORDER BY ordinality)
	FROM (
		SELECT p, ordinality, lag(p, 1, 0) OVER (ORDER BY ordinality) AS before
		FROM (
			SELECT CASE jsonb_typeof(value) WHEN 'number' THEN value::numeric END AS p, ordinality
			FROM jsonb_array_elements(CASE jsonb_typeof(percents) WHEN 'array' THEN percents ELSE '[]' END) WITH ORDINALITY
		) AS u
	) AS steps
	HAVING bool_and(p > before AND p <= 100 AND 100 * p = trunc(100 * p)) IS TRUE AND count(*) = count(p)
$$;

COMMENT ON FUNCTION drift_internal.weight_buckets(jsonb) IS
	'buckets of 10,000 for an array of percents that grow; NULL for anything else';

CREATE OR REPLACE FUNCTION drift_internal.is_interval(value jsonb) RETURNS boolean
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN jsonb_typeof(value) = 'string' AND (value #>> '{}')::interval >= '0';
EXCEPTION
	WHEN data_exception THEN RETURN false;
END
$$;

COMMENT ON FUNCTION drift_internal.is_interval(jsonb) IS 'whether a value is a string that says an interval of no negative length';

CREATE OR REPLACE FUNCTION drift_internal.check_deployment_option(option text, kind text, lowest float8, highest float8, value jsonb,
	called text DEFAULT 'a deployment', listed text DEFAULT 'drift.deployment_options()')
	RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_number boolean := jsonb_typeof(value) = 'number';
BEGIN
	IF NOT (CASE kind
			WHEN 'percents' THEN drift_internal.weight_buckets(value) IS NOT NULL
			WHEN 'interval' THEN drift_internal.is_interval(value)
			WHEN 'text' THEN jsonb_typeof(value) = 'string'
			WHEN 'boolean' THEN jsonb_typeof(value) = 'boolean'
			WHEN 'number' THEN is_number AND value::numeric BETWEEN lowest::numeric AND highest::numeric
			WHEN 'integer' THEN is_number AND value::numeric BETWEEN lowest::numeric AND highest::numeric
				AND value::numeric = trunc(value::numeric)
			ELSE jsonb_typeof(value) = 'string' AND value #>> '{}' = ANY (string_to_array(kind, ', '))
		END) THEN
		RAISE EXCEPTION 'option "%" of % cannot be %', option, called, value
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = CASE kind
					WHEN 'percents' THEN 'It is an array of percents that grow, above 0 and up to 100, with at most two decimals.'
					WHEN 'interval' THEN 'It is an interval as text, for example "14 days".'
					WHEN 'number' THEN format('It is a number from %s to %s.', lowest, highest)
					WHEN 'integer' THEN format('It is a whole number from %s to %s.', lowest, highest)
					WHEN 'text' THEN 'It is text.'
					WHEN 'boolean' THEN 'It is true or false.'
					ELSE format('It is one of %s.', kind) END,
				HINT = format('%s lists the options.', listed);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_deployment_option(text, text, float8, float8, jsonb, text, text) IS
	'an error where an option of a deployment, or of something else, is not what it may be';

CREATE OR REPLACE FUNCTION drift_internal.fill_options(given jsonb, strategy text, part text) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stranger text;
	known record;
	filled jsonb := '{}';
BEGIN
	IF jsonb_typeof(given) <> 'object' THEN
		RAISE EXCEPTION 'options of a deployment are an object of names and values, not %', jsonb_typeof(given)
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	FOR known IN
		SELECT o.*, given ? o.option AS is_given
		FROM drift.deployment_options() AS o
		WHERE o.part = fill_options.part AND o.defaults ? strategy
	LOOP
		IF known.is_given AND (given->known.option <> 'null' OR known.kind IN ('percents', 'boolean') OR known.kind ~ ', ') THEN
			PERFORM drift_internal.check_deployment_option(known.option, known.kind, known.lowest, known.highest, given->known.option);
		END IF;
		filled := filled || jsonb_build_object(known.option,
			CASE WHEN known.is_given THEN given->known.option ELSE known.defaults->strategy END);
	END LOOP;
	SELECT k INTO stranger FROM jsonb_object_keys(given) AS k WHERE NOT filled ? k ORDER BY k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'a deployment by % has no option "%"', strategy, stranger
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = CASE filled WHEN '{}' THEN 'It has none.'
					ELSE format('Its options are %s.', (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(filled) AS k)) END,
				HINT = 'drift.deployment_options() lists them; what is judged goes into {"analysis": {...}}.';
	END IF;
	RETURN filled;
END
$$;

COMMENT ON FUNCTION drift_internal.fill_options(jsonb, text, text) IS
	'options of one part of a deployment, checked, with the defaults of its strategy filled in';

CREATE OR REPLACE FUNCTION drift_internal.read_deployment_options(options jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	given jsonb := coalesce(options, '{}');
	strategy text;
	filled jsonb;
BEGIN
	strategy := CASE WHEN jsonb_typeof(given) = 'object' THEN coalesce(given->>'strategy', 'blue_green') ELSE 'blue_green' END;
	IF strategy NOT IN ('blue_green', 'canary', 'ab_test', 'shadow') THEN
		RAISE EXCEPTION 'no strategy of deployment is called "%"', strategy
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Strategies are blue_green, canary, ab_test and shadow.';
	END IF;
	filled := drift_internal.fill_options(given - '{strategy,analysis}'::text[], strategy, 'deployment');
	RETURN filled || jsonb_build_object('strategy', strategy,
		'weights', CASE strategy
			WHEN 'blue_green' THEN '[100]'
			WHEN 'shadow' THEN '[0]'
			ELSE filled->'weights' || CASE WHEN strategy = 'canary' AND (filled->'weights'->>-1)::numeric < 100 THEN '[100]' ELSE '[]'::jsonb END
		END,
		'analysis', drift_internal.fill_options(coalesce(given->'analysis', '{}'), strategy, 'analysis'));
END
$$;

COMMENT ON FUNCTION drift_internal.read_deployment_options(jsonb) IS
	'options of a deployment, its strategy among them, checked and with all defaults filled in';
