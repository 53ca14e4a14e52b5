-- a specification of a simulation against the source it is for

-- What a label is when the specification does not say: 1 and 0, or true and false.
CREATE OR REPLACE FUNCTION drift_internal.label_value(label jsonb, key text, family text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(label ->> key, CASE
			WHEN family = 'boolean' THEN (key = 'positive')::text
			WHEN family IN ('integer', 'number') THEN (key = 'positive')::integer::text
		END)
$$;

COMMENT ON FUNCTION drift_internal.label_value(jsonb, text, text) IS
	'the positive or negative label of a label section; NULL when it must be given and is not';

-- Categories a specification names, with the column whose type must take them.
CREATE OR REPLACE FUNCTION drift_internal.named_categories(spec jsonb, columns drift_internal.simulated_column[])
	RETURNS TABLE (path text, column_name text, category text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%s.shares.%s', p.path, k), p.column_name, k
	FROM drift_internal.simulation_parts(spec) AS p,
		jsonb_object_keys(CASE jsonb_typeof(p.part -> 'shares') WHEN 'object' THEN p.part -> 'shares' ELSE '{}' END) AS k
	UNION ALL
	SELECT format('%s.%s', p.path, v), p.column_name, drift_internal.label_value(p.part, v, c.family)
	FROM drift_internal.simulation_parts(spec) AS p
	JOIN unnest(columns) AS c USING (column_name),
		unnest(ARRAY['positive', 'negative']) AS v
	WHERE p.section = 'label'
	UNION ALL
	SELECT format('%s.log_odds.%s.%s', p.path, t.key, k), t.key, k
	FROM drift_internal.simulation_parts(spec) AS p,
		jsonb_each(CASE jsonb_typeof(p.part -> 'log_odds') WHEN 'object' THEN p.part -> 'log_odds' ELSE '{}' END) AS t,
		jsonb_object_keys(CASE jsonb_typeof(t.value) WHEN 'object' THEN t.value ELSE '{}' END) AS k
	WHERE p.section = 'label'
$$;

COMMENT ON FUNCTION drift_internal.named_categories(jsonb, drift_internal.simulated_column[]) IS
	'categories and labels that a specification names; category is NULL for a label that must be given and is not';

-- Columns a specification names outside of "columns", whether they may be absent, and the families they may be of.
CREATE OR REPLACE FUNCTION drift_internal.named_columns(spec jsonb)
	RETURNS TABLE (path text, column_name text, families text[])
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE p.section WHEN 'column' THEN p.path ELSE p.path || '.column' END, p.column_name,
		CASE WHEN p.section IN ('resample', 'label') THEN '{integer,number,timestamp,date,boolean,uuid,text}'::text[] END
	FROM drift_internal.simulation_parts(spec) AS p
	WHERE p.section IN ('column', 'resample', 'label') AND p.column_name IS NOT NULL
	UNION ALL
	SELECT format('%s.columns[%s]', p.path, i), p.part -> 'columns' ->> i, '{integer,number,timestamp,date}'
	FROM drift_internal.simulation_parts(spec) AS p, generate_series(0, 1) AS i
	WHERE p.section = 'correlation' AND drift_internal.value_problem('pair', p.part -> 'columns') IS NULL
	UNION ALL
	SELECT format('%s.log_odds.%s', p.path, t.key), t.key,
		CASE jsonb_typeof(t.value) WHEN 'number' THEN '{integer,number}'::text[] ELSE '{integer,number,timestamp,date,boolean,uuid,text}' END
	FROM drift_internal.simulation_parts(spec) AS p,
		jsonb_each(CASE jsonb_typeof(p.part -> 'log_odds') WHEN 'object' THEN p.part -> 'log_odds' ELSE '{}' END) AS t
	WHERE p.section = 'label' AND t.key <> 'intercept'
$$;

COMMENT ON FUNCTION drift_internal.named_columns(jsonb) IS
	'columns that a specification names, which must be there, and the families of types they must be of; NULL for any';

-- What fits alone and not with the source or with the rest of the specification.
CREATE OR REPLACE FUNCTION drift_internal.reference_problems(spec jsonb, columns drift_internal.simulated_column[])
	RETURNS TABLE (path text, problem text)
	LANGUAGE sql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT n.path, CASE
			WHEN c.column_name IS NULL THEN format('the source has no column "%s"', n.column_name)
			ELSE format('must be a column of one of these types: %s', array_to_string(n.families, ', '))
		END
	FROM drift_internal.named_columns(spec) AS n
	LEFT JOIN unnest(columns) AS c USING (column_name)
	WHERE c.column_name IS NULL OR NOT coalesce(c.family = ANY (n.families), n.families IS NULL)
	UNION ALL
	SELECT n.path, CASE WHEN n.category IS NULL THEN 'is missing' ELSE format('is not a value of type %s', c.type_name) END
	FROM drift_internal.named_categories(spec, columns) AS n
	JOIN unnest(columns) AS c USING (column_name)
	WHERE NOT coalesce(drift_internal.is_input(n.category, c.type_name), false)
	UNION ALL
	SELECT format('%s.log_odds.%s', p.path, t.key), 'must be a number or an object of categories with numbers'
	FROM drift_internal.simulation_parts(spec) AS p,
		jsonb_each(CASE jsonb_typeof(p.part -> 'log_odds') WHEN 'object' THEN p.part -> 'log_odds' ELSE '{}' END) AS t
	WHERE p.section = 'label' AND drift_internal.json_number(t.value) IS NULL AND (t.key = 'intercept' OR CASE jsonb_typeof(t.value)
		WHEN 'object' THEN (SELECT bool_or(drift_internal.json_number(v.value) IS NULL) FROM jsonb_each(t.value) AS v)
		ELSE true END)
	UNION ALL
	SELECT 'columns.' || e.key, format('%s stands alone', k)
	FROM jsonb_each(CASE jsonb_typeof(spec -> 'columns') WHEN 'object' THEN spec -> 'columns' ELSE '{}' END) AS e,
		unnest(ARRAY['from_time', 'number_from']) AS k
	WHERE EXISTS (SELECT FROM drift_internal.listed('', e.value) AS l WHERE l.element ? k)
		AND (SELECT count(*) <> 1 OR bool_or(jsonb_typeof(l.element) = 'object' AND l.element <> jsonb_build_object(k, l.element -> k))
			FROM drift_internal.listed('', e.value) AS l)
	UNION ALL
	SELECT p.path, 'shares of a column can be given once'
	FROM drift_internal.simulation_parts(spec) AS p
	WHERE p.section = 'column' AND p.part ? 'shares'
		AND EXISTS (SELECT FROM drift_internal.simulation_parts(spec) AS q
			WHERE q.section = 'column' AND q.column_name = p.column_name AND q.place < p.place AND q.part ? 'shares')
$$;

COMMENT ON FUNCTION drift_internal.reference_problems(jsonb, drift_internal.simulated_column[]) IS
	'problems of a specification with the source and with itself';

CREATE OR REPLACE FUNCTION drift_internal.time_problems(spec jsonb, columns drift_internal.simulated_column[])
	RETURNS TABLE (path text, problem text)
	LANGUAGE sql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%s.%s', p.path, k), 'needs the section "time"'
	FROM drift_internal.simulation_parts(spec) AS p, unnest(ARRAY['from_time', 'ramp']) AS k
	WHERE NOT spec ? 'time' AND jsonb_typeof(p.part) = 'object'
		AND CASE k WHEN 'ramp' THEN jsonb_typeof(p.part #> '{ramp,seasonal,period}') = 'string' ELSE p.part ? k END
	UNION ALL
	SELECT 'time.to', 'must be after time.from'
	WHERE drift_internal.value_problem('time', spec #> '{time,from}') IS NULL AND drift_internal.value_problem('time', spec #> '{time,to}') IS NULL
		AND (spec #>> '{time,to}')::timestamptz <= (spec #>> '{time,from}')::timestamptz
	UNION ALL
	SELECT 'time.column', 'must be a date or a timestamp in the source'
	FROM unnest(columns) AS c
	WHERE c.column_name = spec #>> '{time,column}' AND coalesce(c.family NOT IN ('timestamp', 'date'), true)
	UNION ALL
	SELECT 'time.type', 'is for a column that the source has not'
	FROM unnest(columns) AS c
	WHERE c.column_name = spec #>> '{time,column}' AND spec -> 'time' ? 'type'
	UNION ALL
	SELECT p.path, 'the column of the time has no other effects'
	FROM drift_internal.simulation_parts(spec) AS p
	WHERE p.section = 'column' AND p.column_name = spec #>> '{time,column}'
$$;

COMMENT ON FUNCTION drift_internal.time_problems(jsonb, drift_internal.simulated_column[]) IS
	'problems of a specification that have to do with simulated time';

CREATE OR REPLACE FUNCTION drift_internal.check_simulation(spec jsonb, columns drift_internal.simulated_column[]) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problems text[];
BEGIN
	problems := ARRAY(
		SELECT CASE WHEN path = '' THEN 'the specification' ELSE path END || ': ' || problem
		FROM (
			SELECT * FROM drift_internal.key_problems(spec, columns)
			UNION
			SELECT * FROM drift_internal.reference_problems(spec, columns)
			UNION
			SELECT * FROM drift_internal.time_problems(spec, columns)
		) AS p
		WHERE problem IS NOT NULL
		ORDER BY path COLLATE "C", problem COLLATE "C");

	IF cardinality(problems) > 0 THEN
		RAISE EXCEPTION 'invalid specification of a simulation: %', problems[1]
			USING ERRCODE = 'invalid_parameter_value', DETAIL = array_to_string(problems, E'\n'),
				HINT = 'docs/simulation.md lists every key.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_simulation(jsonb, drift_internal.simulated_column[]) IS
	'raises one error that lists every problem of a specification';
