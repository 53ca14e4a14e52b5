-- the specification of a simulation, and everything that can be wrong with one

CREATE OR REPLACE FUNCTION drift_internal.simulation_keys()
	RETURNS TABLE (section text, key text, expected text, required boolean, families text[])
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 40
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES ('specification', 'description', 'text', false, NULL::text[]),
		('specification', 'columns', 'object', false, NULL),
		('specification', 'time', 'object', false, NULL),
		('specification', 'resample', 'object', false, NULL),
		('specification', 'correlation', 'objects', false, NULL),
		('specification', 'label', 'objects', false, NULL),
		('specification', 'ramp', 'ramp', false, NULL),
		('column', 'scale', 'number', false, '{integer,number}'),
		('column', 'spread', 'number', false, '{integer,number}'),
		('column', 'shift', 'number', false, '{integer,number}'),
		('column', 'shift', 'interval', false, '{timestamp,date}'),
		('column', 'add_normal', 'normal', false, '{integer,number}'),
		('column', 'clip', 'range', false, '{integer,number}'),
		('column', 'round', 'rounding', false, '{integer,number}'),
		('column', 'shares', 'shares', false, '{integer,number,timestamp,date,boolean,uuid,text}'),
		('column', 'missing_rate', 'share', false, NULL),
		('column', 'from_time', 'text', false, '{integer,number,text}'),
		('column', 'number_from', 'integer', false, '{integer,number,text}'),
		('column', 'ramp', 'ramp', false, NULL),
		('time', 'column', 'text', true, NULL),
		('time', 'from', 'time', true, NULL),
		('time', 'to', 'time', true, NULL),
		('time', 'type', 'time type', false, NULL),
		('resample', 'column', 'text', true, NULL),
		('resample', 'shares', 'shares', true, NULL),
		('resample', 'ramp', 'ramp', false, NULL),
		('correlation', 'columns', 'pair', true, NULL),
		('correlation', 'value', 'correlation', true, NULL),
		('correlation', 'ramp', 'ramp', false, NULL),
		('label', 'column', 'text', true, NULL),
		('label', 'positive', 'value', false, NULL),
		('label', 'negative', 'value', false, NULL),
		('label', 'base_rate', 'open share', false, NULL),
		('label', 'log_odds', 'object', false, NULL),
		('label', 'flip_rate', 'share', false, NULL),
		('label', 'ramp', 'ramp', false, NULL)
$$;

COMMENT ON FUNCTION drift_internal.simulation_keys() IS
	'keys of each section of a specification, what their values must be, and the families of types a column''s key is for';

-- A number inside JSON, or NULL for anything else.
CREATE OR REPLACE FUNCTION drift_internal.json_number(value jsonb) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN jsonb_typeof(value) = 'number' AND abs(value::numeric) < 1e300 THEN value::float8 END
$$;

COMMENT ON FUNCTION drift_internal.json_number(jsonb) IS 'value of a JSON number, NULL for other JSON values and for numbers that no double is';

-- Asked for instead of pg_input_is_valid(), which PostgreSQL 15 has not.
CREATE OR REPLACE FUNCTION drift_internal.is_input(value text, type_name text) RETURNS boolean
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format('SELECT %L::%s', value, type_name);
	RETURN true;
EXCEPTION
	WHEN data_exception OR integrity_constraint_violation THEN RETURN false;
END
$$;

COMMENT ON FUNCTION drift_internal.is_input(text, text) IS 'whether a type takes a text as its value; type_name is SQL';

CREATE OR REPLACE FUNCTION drift_internal.ramp_is_valid(ramp jsonb) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(CASE
			WHEN jsonb_typeof(ramp) = 'string' THEN ramp #>> '{}' IN ('full', 'linear')
			WHEN jsonb_typeof(ramp) <> 'object' OR (SELECT count(*) FROM jsonb_object_keys(ramp)) <> 1 THEN false
			WHEN ramp ? 'step' THEN drift_internal.json_number(ramp -> 'step') BETWEEN 0 AND 1
			WHEN ramp ? 'linear' THEN ramp -> 'linear' = jsonb_build_array(ramp #> '{linear,0}', ramp #> '{linear,1}')
				AND drift_internal.json_number(ramp #> '{linear,0}') < drift_internal.json_number(ramp #> '{linear,1}')
			WHEN ramp ? 'seasonal' THEN jsonb_typeof(ramp -> 'seasonal') = 'object'
				AND ramp -> 'seasonal' ? 'period' AND (ramp -> 'seasonal') - '{period,phase}'::text[] = '{}'
				AND drift_internal.json_number(coalesce(ramp #> '{seasonal,phase}', '0')) IS NOT NULL
				AND CASE jsonb_typeof(ramp #> '{seasonal,period}')
					WHEN 'number' THEN drift_internal.json_number(ramp #> '{seasonal,period}') > 0
					WHEN 'string' THEN drift_internal.is_input(ramp #>> '{seasonal,period}', 'interval')
						AND (ramp #>> '{seasonal,period}')::interval > '0'
				END
		END, false)
$$;

COMMENT ON FUNCTION drift_internal.ramp_is_valid(jsonb) IS 'whether a JSON value is a ramp';

CREATE OR REPLACE FUNCTION drift_internal.shares_are_valid(shares jsonb) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN jsonb_typeof(shares) = 'object' THEN (
			SELECT count(*) > 0 AND coalesce(bool_and(s BETWEEN 0 AND 1), false) AND count(s) = count(*) AND sum(s) <= 1 + 1e-9
			FROM jsonb_each(shares) AS e, drift_internal.json_number(e.value) AS s)
		ELSE false END
$$;

COMMENT ON FUNCTION drift_internal.shares_are_valid(jsonb) IS 'whether a JSON value maps at least one category to a share, with a sum of at most 1';

-- What a value must be, when it is not.
CREATE OR REPLACE FUNCTION drift_internal.value_problem(expected text, value jsonb) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kind CONSTANT text := jsonb_typeof(value);
	x CONSTANT float8 := drift_internal.json_number(value);
	low CONSTANT float8 := CASE WHEN kind = 'array' THEN drift_internal.json_number(value -> 0) END;
	high CONSTANT float8 := CASE WHEN kind = 'array' THEN drift_internal.json_number(value -> 1) END;
	pair CONSTANT boolean := CASE WHEN kind = 'array' THEN jsonb_array_length(value) = 2 ELSE false END;
	wanted text;
	fits boolean;
BEGIN
	CASE expected
		WHEN 'text' THEN fits := kind = 'string'; wanted := 'a text';
		WHEN 'value' THEN fits := kind IN ('string', 'number', 'boolean'); wanted := 'a value of the column';
		WHEN 'object' THEN fits := kind = 'object'; wanted := 'an object';
		WHEN 'objects' THEN fits := kind IN ('object', 'array'); wanted := 'an object or a list of objects';
		WHEN 'number' THEN fits := x IS NOT NULL; wanted := 'a number';
		WHEN 'integer' THEN fits := x = floor(x) AND abs(x) < 1e15; wanted := 'a whole number';
		WHEN 'share' THEN fits := x BETWEEN 0 AND 1; wanted := 'a number from 0 to 1';
		WHEN 'open share' THEN fits := x > 0 AND x < 1; wanted := 'a number between 0 and 1, both excluded';
		WHEN 'correlation' THEN fits := abs(x) < 1; wanted := 'a number between -1 and 1, both excluded';
		WHEN 'normal' THEN fits := pair AND low IS NOT NULL AND high >= 0; wanted := 'mean and standard deviation, like [2, 1]';
		WHEN 'range' THEN
			fits := pair AND (low IS NOT NULL OR value -> 0 = 'null') AND (high IS NOT NULL OR value -> 1 = 'null')
				AND coalesce(low <= high, true);
			wanted := 'the lowest and the highest value, like [0, 100] or [0, null]';
		WHEN 'rounding' THEN fits := kind = 'boolean' OR (x = floor(x) AND abs(x) <= 15); wanted := 'true, false or a number of digits';
		WHEN 'interval' THEN fits := kind = 'string' AND drift_internal.is_input(value #>> '{}', 'interval'); wanted := 'an interval, like "1 month"';
		WHEN 'time' THEN fits := kind = 'string' AND drift_internal.is_input(value #>> '{}', 'timestamptz') AND isfinite((value #>> '{}')::timestamptz);
			wanted := 'a date or a timestamp';
		WHEN 'time type' THEN fits := value IN ('"date"', '"timestamp"', '"timestamptz"'); wanted := '"date", "timestamp" or "timestamptz"';
		WHEN 'pair' THEN
			fits := pair AND jsonb_typeof(value -> 0) = 'string' AND jsonb_typeof(value -> 1) = 'string' AND value -> 0 <> value -> 1;
			wanted := 'the names of two columns';
		WHEN 'shares' THEN fits := drift_internal.shares_are_valid(value); wanted := 'an object of categories with shares from 0 to 1 and a sum of at most 1';
		WHEN 'ramp' THEN fits := drift_internal.ramp_is_valid(value);
			wanted := '"full", "linear", {"linear": [0.2, 0.8]}, {"step": 0.5} or {"seasonal": {"period": "1 year", "phase": 0}}';
	END CASE;

	RETURN CASE WHEN fits THEN NULL ELSE format('must be %s, not %s', wanted, value) END;
END
$$;

COMMENT ON FUNCTION drift_internal.value_problem(text, jsonb) IS 'what a value of a specification must be, or NULL when it is that';

-- An object alone is a list of one; its path has no index.
CREATE OR REPLACE FUNCTION drift_internal.listed(path text, value jsonb) RETURNS TABLE (element_path text, element jsonb, place bigint)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 3
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE jsonb_typeof(value) WHEN 'array' THEN format('%s[%s]', path, e.place - 1) ELSE path END, e.element, e.place
	FROM jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE jsonb_build_array(value) END)
		WITH ORDINALITY AS e(element, place)
	WHERE value IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.listed(text, jsonb) IS 'elements of a list with their paths; any other value is the only one of its own';

-- The objects a specification is made of.
CREATE OR REPLACE FUNCTION drift_internal.simulation_parts(spec jsonb)
	RETURNS TABLE (section text, path text, column_name text, part jsonb, place bigint)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'specification', '', NULL, spec, 1
	UNION ALL
	SELECT 'column', l.element_path, c.key, l.element, l.place
	FROM jsonb_each(CASE jsonb_typeof(spec -> 'columns') WHEN 'object' THEN spec -> 'columns' ELSE '{}' END) AS c,
		drift_internal.listed('columns.' || c.key, c.value) AS l
	UNION ALL
	SELECT s, l.element_path, l.element ->> 'column', l.element, l.place
	FROM unnest(ARRAY['time', 'resample', 'correlation', 'label']) AS s, drift_internal.listed(s, spec -> s) AS l
$$;

COMMENT ON FUNCTION drift_internal.simulation_parts(jsonb) IS
	'the objects of a specification: their section, their path in the text, the column they are about';

-- Keys that are unknown, missing or not for the column's type, and values that are none of theirs.
CREATE OR REPLACE FUNCTION drift_internal.key_problems(spec jsonb, columns drift_internal.simulated_column[])
	RETURNS TABLE (path text, problem text)
	LANGUAGE sql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH part AS MATERIALIZED (
		SELECT p.*, c.family, c.column_name IS NULL AS unknown
		FROM drift_internal.simulation_parts(spec) AS p
		LEFT JOIN unnest(columns) AS c USING (column_name)
	), entry AS (
		SELECT p.section, p.family, p.unknown, concat_ws('.', nullif(p.path, ''), e.key) AS path, e.key, e.value
		FROM part AS p, jsonb_each(CASE jsonb_typeof(p.part) WHEN 'object' THEN p.part ELSE '{}' END) AS e
	)
	SELECT p.path, format('must be an object, not %s', p.part) FROM part AS p WHERE jsonb_typeof(p.part) <> 'object'
	UNION ALL
	SELECT e.path, format('is not a key here; there are %s', (
		SELECT string_agg(DISTINCT k.key, ', ') FROM drift_internal.simulation_keys() AS k WHERE k.section = e.section))
	FROM entry AS e
	WHERE NOT EXISTS (SELECT FROM drift_internal.simulation_keys() AS k WHERE k.section = e.section AND k.key = e.key)
	UNION ALL
	SELECT e.path, CASE
			WHEN bool_or(k.fits) THEN min(drift_internal.value_problem(k.expected, e.value)) FILTER (WHERE k.fits)
			ELSE format('is not for a column of this type, but for these: %s', string_agg(array_to_string(k.families, ', '), ', ' ORDER BY k.families))
		END
	FROM entry AS e,
		LATERAL (
			SELECT k.*, k.families IS NULL OR coalesce(e.family = ANY (k.families), false) AS fits
			FROM drift_internal.simulation_keys() AS k
			WHERE k.section = e.section AND k.key = e.key) AS k
	WHERE NOT (e.section = 'column' AND e.unknown)
	GROUP BY e.path, e.key, e.value
	UNION ALL
	SELECT concat_ws('.', nullif(p.path, ''), k.key), 'is missing'
	FROM part AS p
	JOIN drift_internal.simulation_keys() AS k ON k.section = p.section AND k.required
	WHERE jsonb_typeof(p.part) = 'object' AND NOT p.part ? k.key
$$;

COMMENT ON FUNCTION drift_internal.key_problems(jsonb, drift_internal.simulated_column[]) IS
	'problems with the keys and values of a specification one by one; problem is NULL where there is none';
