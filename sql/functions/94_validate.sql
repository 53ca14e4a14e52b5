-- validation: whether rows are as they are expected to be

CREATE OR REPLACE FUNCTION drift_internal.given_expectations(given jsonb) RETURNS drift.expectations[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.expectations[] := '{}';
	item jsonb;
	expected drift.expectations;
	own CONSTANT text[] := '{name,kind,column,severity}';
BEGIN
	IF jsonb_typeof(given) IS DISTINCT FROM 'array' THEN
		RAISE EXCEPTION 'expectations must be a JSON array'
			USING ERRCODE = 'invalid_parameter_value', HINT = '[{"kind": "range", "column": "age", "min": 0, "max": 120}]';
	END IF;
	FOR item IN SELECT value FROM jsonb_array_elements(given) LOOP
		PERFORM drift_internal.check_object(item, 'an expectation');
		expected.kind := item ->> 'kind';
		expected.column_name := item ->> 'column';
		expected.severity := coalesce(item ->> 'severity', 'error');
		expected.name := coalesce(item ->> 'name', concat_ws(' ', coalesce(item ->> 'column', item ->> 'columns'), item ->> 'kind'));
		expected.params := item - own;
		result := result || drift_internal.check_expectation(expected);
	END LOOP;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.given_expectations(jsonb) IS
	'expectations of a JSON array: objects with kind, column, name and severity, whose other keys are the params';

CREATE OR REPLACE FUNCTION drift_internal.expectation_columns(expected drift.expectations) RETURNS text[]
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_remove(ARRAY[expected.column_name], NULL) || ARRAY(SELECT jsonb_array_elements_text(expected.params -> 'columns'))
$$;

COMMENT ON FUNCTION drift_internal.expectation_columns(drift.expectations) IS 'columns that an expectation names';

-- NaN is missing.
CREATE OR REPLACE FUNCTION drift_internal.present_expression(column_name text, base_type oid) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN column_name IS NULL THEN NULL WHEN drift_internal.type_family(base_type) = 'number' THEN format('NULLIF(source.%I, ''NaN'')', column_name)
		ELSE format('source.%I', column_name) END
$$;

COMMENT ON FUNCTION drift_internal.present_expression(text, oid) IS 'expression for the value of a column, NULL where it is missing';

CREATE OR REPLACE FUNCTION drift_internal.expectation_expression(expected drift.expectations, base_type oid, query text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE expected.kind
		WHEN 'range' THEN format('jsonb_build_object(''rows'', count(%1$s), ''failing'', count(*) FILTER (WHERE NOT (%2$s)), ''min'', min(%1$s), ''max'', max(%1$s))',
			present, concat_ws(' AND ', CASE WHEN expected.params ? 'min' THEN format('%s >= %L::%s', present, expected.params ->> 'min', format_type(base_type, NULL)) END,
				CASE WHEN expected.params ? 'max' THEN format('%s <= %L::%s', present, expected.params ->> 'max', format_type(base_type, NULL)) END))
		WHEN 'not_null' THEN format('jsonb_build_object(''rows'', count(*), ''failing'', count(*) - count(%s))', present)
		WHEN 'set' THEN format('jsonb_build_object(''rows'', count(%1$s), ''failing'', count(*) FILTER (WHERE %1$s <> ALL (%2$L::%3$s[])), ''example'', min(%1$s::pg_catalog.text) FILTER (WHERE %1$s <> ALL (%2$L::%3$s[])))',
			present, ARRAY(SELECT v FROM jsonb_array_elements_text(expected.params -> 'values') AS v WHERE v IS NOT NULL), format_type(base_type, NULL))
		-- as in SQL, rows with a NULL are no duplicates
		WHEN 'unique' THEN format('jsonb_build_object(''rows'', count(*), ''failing'', count(*) FILTER (WHERE %1$s IS NOT NULL) - count(DISTINCT %1$s) FILTER (WHERE %1$s IS NOT NULL))', u.row)
		WHEN 'row_count' THEN 'jsonb_build_object(''rows'', count(*))'
		WHEN 'class_share' THEN format(E'(SELECT jsonb_build_object(''rows'', sum(c.n), ''classes'', count(*), ''n'', min(c.n), ''example'', (array_agg(c.class ORDER BY c.n, c.class))[1]) FROM (SELECT (source.%I)::pg_catalog.text COLLATE "C" AS class, count(*) AS n FROM (%s\n) AS source WHERE source.%1$I IS NOT NULL GROUP BY 1) AS c)',
			expected.column_name, query)
		WHEN 'sql' THEN CASE WHEN expected.params ? 'aggregate' THEN format(E'jsonb_build_object(''rows'', count(*), ''holds'', (%s\n))', expected.params ->> 'aggregate')
			ELSE format(E'jsonb_build_object(''rows'', count(*), ''failing'', count(*) FILTER (WHERE NOT (%s\n)))', expected.params ->> 'expression') END
		ELSE '''{}''::pg_catalog.jsonb'
	END
	FROM drift_internal.present_expression(expected.column_name, base_type) AS present,
		LATERAL (
			SELECT format('ROW(%s)', string_agg(format('source.%I', c), ', ' ORDER BY place)) AS row
			FROM unnest(drift_internal.expectation_columns(expected)) WITH ORDINALITY AS k (c, place)
		) AS u
$$;

COMMENT ON FUNCTION drift_internal.expectation_expression(drift.expectations, oid, text) IS
	'aggregate expression over rows called source for what an expectation needs to know of them, as JSON';

-- What forbids even to look; NULL: nothing does.
CREATE OR REPLACE FUNCTION drift_internal.unmet_before(expected drift.expectations, names text[], base_types oid[]) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(
		(SELECT format('there is no column "%s"', c) FROM unnest(drift_internal.expectation_columns(expected)) WITH ORDINALITY AS u (c, place)
		 WHERE c <> ALL (names) ORDER BY place LIMIT 1),
		CASE WHEN expected.kind = 'type' AND to_regtype(expected.params ->> 'type') IS DISTINCT FROM base_types[array_position(names, expected.column_name)]::regtype
			THEN format('"%s" is of type %s and not %s', expected.column_name, format_type(base_types[array_position(names, expected.column_name)], NULL),
				expected.params ->> 'type') END)
$$;

COMMENT ON FUNCTION drift_internal.unmet_before(drift.expectations, text[], oid[]) IS
	'why rows with columns of these names and types cannot be as expected; NULL: they can';

-- HAVING, so that there is one row also where no expectation needs the rows.
CREATE OR REPLACE FUNCTION drift_internal.expectations_query(expected drift.expectations[], names text[], base_types oid[], query text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'SELECT pg_catalog.to_jsonb(ARRAY[%s]::pg_catalog.jsonb[]) FROM (%s\n) AS source HAVING pg_catalog.count(*) >= 0',
		string_agg(CASE WHEN drift_internal.unmet_before(e, names, base_types) IS NOT NULL THEN 'NULL'
			ELSE drift_internal.expectation_expression(e, base_types[array_position(names, (e).column_name)], query) END, ', ' ORDER BY e.place), query)
	FROM (
		SELECT ROW(u.expectation_id, u.model_id, u.name, u.kind, u.column_name, u.params, u.severity, u.created_at, u.created_by)::drift.expectations AS e, u.place
		FROM unnest(expected) WITH ORDINALITY AS u (expectation_id, model_id, name, kind, column_name, params, severity, created_at, created_by, place)
	) AS e
$$;

COMMENT ON FUNCTION drift_internal.expectations_query(drift.expectations[], text[], oid[], text) IS
	'query for what expectations need to know of the rows of another, an array with an element for each';

-- Whether it holds; NULL: nothing is known, as of no rows.
CREATE OR REPLACE FUNCTION drift_internal.expectation_met(expected drift.expectations, found jsonb) RETURNS boolean
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE expected.kind
		WHEN 'type' THEN true
		WHEN 'row_count' THEN coalesce((found ->> 'rows')::numeric >= (expected.params ->> 'min')::numeric, true)
			AND coalesce((found ->> 'rows')::numeric <= (expected.params ->> 'max')::numeric, true)
		WHEN 'class_share' THEN coalesce((found ->> 'n')::numeric / nullif((found ->> 'rows')::numeric, 0) >= (expected.params ->> 'min')::numeric, false)
		WHEN 'sql' THEN CASE WHEN expected.params ? 'aggregate' THEN coalesce((found ->> 'holds')::boolean, false) ELSE failing <= allowed END
		ELSE failing <= allowed
	END
	FROM (
		SELECT (found ->> 'failing')::numeric AS failing,
			(found ->> 'rows')::numeric * (1 - coalesce((expected.params ->> 'mostly')::numeric, 1)) AS allowed
	) AS f
$$;

COMMENT ON FUNCTION drift_internal.expectation_met(drift.expectations, jsonb) IS 'whether rows are as expected, given what was found of them';

CREATE OR REPLACE FUNCTION drift_internal.expectation_text(expected drift.expectations, found jsonb) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE expected.kind
		WHEN 'range' THEN format('%s of %s values of "%s" are not %s; they are from %s to %s', found ->> 'failing', found ->> 'rows', expected.column_name,
			CASE WHEN NOT expected.params ? 'max' THEN 'at least ' || (expected.params ->> 'min')
				WHEN NOT expected.params ? 'min' THEN 'at most ' || (expected.params ->> 'max')
				ELSE format('from %s to %s', expected.params ->> 'min', expected.params ->> 'max') END,
			coalesce(found ->> 'min', 'nothing'), coalesce(found ->> 'max', 'nothing'))
		WHEN 'not_null' THEN format('%s of %s rows have no "%s"', found ->> 'failing', found ->> 'rows', expected.column_name)
		WHEN 'set' THEN format('%s of %s values of "%s" are not in the set%s', found ->> 'failing', found ->> 'rows', expected.column_name,
			coalesce(', for example "' || (found ->> 'example') || '"', ''))
		WHEN 'type' THEN format('"%s" is of type %s', expected.column_name, expected.params ->> 'type')
		WHEN 'unique' THEN format('%s of %s rows repeat others in %s', found ->> 'failing', found ->> 'rows',
			(SELECT string_agg(format('"%s"', c), ', ' ORDER BY place) FROM unnest(drift_internal.expectation_columns(expected)) WITH ORDINALITY AS u (c, place)))
		WHEN 'row_count' THEN format('there are %s rows', found ->> 'rows')
			|| coalesce(', at least ' || (expected.params ->> 'min') || ' are needed', '') || coalesce(', at most ' || (expected.params ->> 'max') || ' may be', '')
		WHEN 'class_share' THEN CASE WHEN found ->> 'n' IS NULL THEN format('no row has a "%s"', expected.column_name)
			ELSE format('the rarest "%s" is "%s" in %s of %s rows, a share of %s is needed', expected.column_name, found ->> 'example', found ->> 'n',
				found ->> 'rows', expected.params ->> 'min') END
		WHEN 'sql' THEN CASE WHEN expected.params ? 'aggregate' THEN format('%s: %s', expected.params ->> 'aggregate', coalesce(found ->> 'holds', 'unknown'))
			ELSE format('%s of %s rows are not so: %s', found ->> 'failing', found ->> 'rows', expected.params ->> 'expression') END
	END
$$;

COMMENT ON FUNCTION drift_internal.expectation_text(drift.expectations, jsonb) IS 'what was found of the rows, in words';

CREATE OR REPLACE FUNCTION drift_internal.judge_expectations(expected drift.expectations[], names text[], base_types oid[], facts jsonb)
	RETURNS SETOF drift_internal.validation
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	e drift.expectations;
	result drift_internal.validation;
	obstacle text;
BEGIN
	FOR i IN 1 .. coalesce(cardinality(expected), 0) LOOP
		e := expected[i];
		obstacle := drift_internal.unmet_before(e, names, base_types);
		result.name := e.name;
		result.severity := e.severity;
		result.passed := obstacle IS NULL AND drift_internal.expectation_met(e, facts -> (i - 1));
		result.text := coalesce(obstacle, drift_internal.expectation_text(e, facts -> (i - 1)));
		result.details := jsonb_strip_nulls(jsonb_build_object('kind', e.kind, 'column', e.column_name, 'params', e.params)) || coalesce(nullif(facts -> (i - 1), 'null'), '{}');
		RETURN NEXT result;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_expectations(drift.expectations[], text[], oid[], jsonb) IS
	'for each expectation whether rows with such columns are so, given what was found of them';

CREATE OR REPLACE FUNCTION drift_internal.validate_source(query text, expectations jsonb, path text) RETURNS SETOF drift_internal.validation
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expected CONSTANT drift.expectations[] := drift_internal.given_expectations(expectations);
	names text[];
	types oid[];
BEGIN
	IF query IS NULL THEN
		RAISE EXCEPTION 'the source is NULL' USING ERRCODE = 'null_value_not_allowed', HINT = 'It is the name of a relation or one query.';
	END IF;
	SELECT array_agg(c.column_name ORDER BY c.ordinal), array_agg(c.base_type ORDER BY c.ordinal) INTO names, types
	FROM drift_internal.read_columns(query, path) AS c;
	PERFORM drift_internal.check_columns('{}', names);
	RETURN QUERY
		SELECT j.*
		FROM drift_internal.read_summary(drift_internal.expectations_query(expected, names, types, query), path) AS r (found jsonb),
			LATERAL drift_internal.judge_expectations(expected, names, types, r.found) AS j;
END
$$;

COMMENT ON FUNCTION drift_internal.validate_source(text, jsonb, text) IS
	'drift.validate() of a query that is checked already, with names looked up on the given path';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.validate(source text, expectations jsonb)
	RETURNS TABLE (name text, severity text, passed boolean, text text, details jsonb)
	LANGUAGE sql STABLE COST 100000 ROWS 10
BEGIN ATOMIC
	SELECT v.name, v.severity, v.passed, v.text, v.details
	FROM drift_internal.validate_source(drift.source_query(source), expectations, current_setting('search_path')) AS v;
END;

COMMENT ON FUNCTION drift.validate(text, jsonb) IS
	'whether rows, a relation''s name or a query, are as expected: an array of objects with kind (range, not_null, set, type, unique, row_count, class_share, sql), column and what drift.add_expectation() takes as params';
