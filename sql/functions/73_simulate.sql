-- drift.simulate(): a copy of a relation that drifts as it was told to

-- The target's name in parts; a name without a schema is made where CREATE TABLE would make it.
CREATE OR REPLACE FUNCTION drift_internal.target_name(target text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parts CONSTANT text[] := parse_ident(target);
BEGIN
	IF cardinality(parts) > 2 THEN
		RAISE EXCEPTION 'invalid name of a table: %', target
			USING ERRCODE = 'invalid_name', HINT = 'Give a table''s name, with or without a schema.';
	END IF;

	RETURN (SELECT string_agg(quote_ident(p), '.' ORDER BY o) FROM unnest(parts) WITH ORDINALITY AS u(p, o));
END
$$;

COMMENT ON FUNCTION drift_internal.target_name(text) IS 'name of a table, with its schema or without, quoted where it must be';

CREATE OR REPLACE FUNCTION drift_internal.check_simulate_options(source text, target text, spec jsonb, rows bigint, seed bigint, append boolean) RETURNS void
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF source IS NULL OR target IS NULL OR spec IS NULL OR seed IS NULL OR append IS NULL THEN
		RAISE EXCEPTION 'source, target, spec, seed and append must not be NULL' USING ERRCODE = 'null_value_not_allowed';
	ELSIF rows NOT BETWEEN 0 AND 1000000000 THEN
		RAISE EXCEPTION 'rows must be from 0 to 1000000000' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is %s.', rows);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_simulate_options(text, text, jsonb, bigint, bigint, boolean) IS 'raises an error for arguments drift.simulate() cannot take';

-- The source's columns; types are written as the pinned path needs them.
CREATE OR REPLACE FUNCTION drift_internal.simulated_columns(query text, path text) RETURNS drift_internal.simulated_column[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns CONSTANT drift_internal.simulated_column[] := ARRAY(
		SELECT ROW(c.ordinal, c.column_name, format_type(c.type_oid, c.type_modifier), drift_internal.type_family(c.base_type))::drift_internal.simulated_column
		FROM drift_internal.read_types(query, path) AS c ORDER BY c.ordinal);
	twice CONSTANT text := (SELECT min(c.column_name) FROM unnest(columns) AS c GROUP BY c.column_name HAVING count(*) > 1 LIMIT 1);
BEGIN
	IF twice IS NOT NULL THEN
		RAISE EXCEPTION 'column "%" occurs more than once', twice
			USING ERRCODE = 'duplicate_column', HINT = 'Give the columns of the query names of their own with AS.';
	ELSIF cardinality(columns) = 0 THEN
		RAISE EXCEPTION 'the source has no columns' USING ERRCODE = 'invalid_parameter_value';
	END IF;

	RETURN columns;
END
$$;

COMMENT ON FUNCTION drift_internal.simulated_columns(text, text) IS 'columns of a source that is to be simulated';

-- An empty table like the source, in the caller's schema and as the caller. Nothing of the query runs.
CREATE OR REPLACE FUNCTION drift_internal.create_target(query text, target text, new_column text, path text) RETURNS regclass
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM set_config('search_path', path, true);

	EXECUTE pg_catalog.format(E'CREATE TABLE %s AS SELECT source.*%s FROM (%s\n) AS source WITH NO DATA', target, new_column, query);
	RETURN target::pg_catalog.regclass;
EXCEPTION
	WHEN duplicate_table THEN
		RAISE EXCEPTION 'relation % already exists', target
			USING ERRCODE = 'duplicate_table', HINT = 'Drop it, choose another name, or add rows to it with append => true.';
END
$$;

COMMENT ON FUNCTION drift_internal.create_target(text, text, text, text) IS 'makes the empty table that simulated rows go to';

CREATE OR REPLACE FUNCTION drift_internal.find_target(target text, path text) RETURNS regclass
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM set_config('search_path', path, true);
	RETURN target::pg_catalog.regclass;
END
$$;

COMMENT ON FUNCTION drift_internal.find_target(text, text) IS 'the table of a name that is looked up on the given path';

-- Two statements: one reads what the specification is relative to, one writes. No jit: the planner
-- knows nothing of how many rows the stages have, and compiling takes longer than most simulations.
CREATE OR REPLACE FUNCTION drift_internal.simulate_source(
	query text, target text, spec jsonb, rows bigint, seed bigint, append boolean, path text,
	OUT relation regclass, OUT rows_written bigint, OUT summary jsonb)
	LANGUAGE plpgsql COST 100000
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
DECLARE
	columns drift_internal.simulated_column[];
	facts jsonb;
	time_column text;
BEGIN
	PERFORM drift_internal.check_simulate_options(query, target, spec, rows, seed, append);
	columns := drift_internal.simulated_columns(query, path);
	PERFORM drift_internal.check_simulation(spec, columns);
	facts := drift_internal.read_facts(query, path, spec, columns);
	PERFORM drift_internal.check_facts(spec, facts);

	IF spec ? 'resample' THEN
		rows := coalesce(rows, (facts #>> '{resample,n}')::bigint);
	END IF;
	IF (SELECT coalesce(bool_and(c.column_name <> spec #>> '{time,column}'), true) FROM unnest(columns) AS c) THEN
		time_column := quote_ident(spec #>> '{time,column}');
	END IF;

	IF append THEN
		relation := drift_internal.find_target(drift_internal.target_name(target), path);
	ELSE
		relation := drift_internal.create_target(query, drift_internal.target_name(target),
			', NULL::pg_catalog.' || coalesce(spec #>> '{time,type}', 'timestamp') || ' AS ' || time_column, path);
	END IF;

	EXECUTE format('INSERT INTO %s (%s) %s', relation,
		concat_ws(', ', (SELECT string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal) FROM unnest(columns) AS c), time_column),
		drift_internal.simulation_query(query, path, spec, facts, rows, seed, columns));
	GET DIAGNOSTICS rows_written = ROW_COUNT;
	IF rows_written = 0 AND rows > 0 THEN
		RAISE EXCEPTION 'the source has no rows to draw from' USING ERRCODE = 'invalid_parameter_value';
	END IF;

	IF NOT append THEN
		EXECUTE format('COMMENT ON TABLE %s IS %L', relation, format('simulated by drift.simulate() with seed %s: %s', seed, spec));
	END IF;
	summary := jsonb_build_object('seed', seed, 'drawn_with_replacement', rows IS NOT NULL,
		'source', (SELECT coalesce(jsonb_object_agg(e.key, e.value - 'others'), '{}') FROM jsonb_each(facts) AS e));
END
$$;

COMMENT ON FUNCTION drift_internal.simulate_source(text, text, jsonb, bigint, bigint, boolean, text) IS
	'drift.simulate() on a query that is checked already, with names looked up on the given path';

-- No pinned path: source and target are found by the caller's.
CREATE OR REPLACE FUNCTION drift.simulate(
	source text,
	target text,
	spec jsonb DEFAULT '{}',
	rows bigint DEFAULT NULL,
	seed bigint DEFAULT 42,
	append boolean DEFAULT false,
	OUT relation regclass,
	OUT rows_written bigint,
	OUT summary jsonb)
	RETURNS SETOF record
	LANGUAGE sql COST 100000 ROWS 1
BEGIN ATOMIC
	SELECT * FROM drift_internal.simulate_source(
		drift.source_query(source), target, spec, rows, seed, append, pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.simulate(text, text, jsonb, bigint, bigint, boolean) IS
	'writes a drifted copy of a relation or query to a new table: shifts, noise, shares, missing values, correlation and label relation by a JSON specification, the same for a seed';
