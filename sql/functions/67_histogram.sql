-- drift.histogram(): rows per bin of both sides, for plotting

-- Values as the numbers a profile keeps. Everything is qualified, for the caller's path is in force.
CREATE OR REPLACE FUNCTION drift_internal.number_expression(value text, value_type text) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN value_type = 'pg_catalog.date' THEN
				format('pg_catalog.date_mi(%s, ''1970-01-01''::pg_catalog.date)::pg_catalog.float8', value)
			WHEN value_type IN ('pg_catalog."timestamp"', 'pg_catalog.timestamptz') THEN format('pg_catalog.date_part(''epoch'', %s)', value)
			ELSE format('%s::pg_catalog.float8', value)
		END
$$;

COMMENT ON FUNCTION drift_internal.number_expression(text, text) IS 'expression that turns a value into the number drift takes it for';

-- Bins are (a, b], those of width_bucket [a, b): on negated values and bounds they agree.
CREATE OR REPLACE FUNCTION drift_internal.histogram_query(reference_query text, current_query text, plan drift_internal.column_plan, edges float8[])
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT is_current, pg_catalog.int4mi(%s, pg_catalog.width_bucket(pg_catalog.float8um(v), %L::pg_catalog.float8[])), NULL::pg_catalog.text, pg_catalog.count(*) '
			'FROM (SELECT is_current, %s AS v FROM ('
			'(SELECT false AS is_current, side.* FROM (%s) AS side) UNION ALL (SELECT true, side.* FROM (%s) AS side)'
			') AS labelled) AS numbers WHERE pg_catalog.float8ne(v, ''NaN'') GROUP BY 1, 2',
			cardinality(edges) + 1,
			ARRAY(SELECT -e FROM unnest(edges) AS e ORDER BY -e),
			drift_internal.number_expression('c1', (plan).value_type),
			drift_internal.side_query(reference_query, ARRAY[plan], NULL, NULL),
			drift_internal.side_query(current_query, ARRAY[plan], NULL, NULL))
$$;

COMMENT ON FUNCTION drift_internal.histogram_query(text, text, drift_internal.column_plan, float8[]) IS
	'query that counts the rows of both sides between the edges';

CREATE OR REPLACE FUNCTION drift_internal.check_histogram_column(plan drift_internal.column_plan) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF plan.obstacle IS NOT NULL THEN
		RAISE EXCEPTION 'column "%" cannot be compared', plan.column_name
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Its type is %s in the reference and %s in the current data.',
					coalesce(plan.type_reference, 'absent'), coalesce(plan.type_current, 'absent'));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_histogram_column(drift_internal.column_plan) IS 'raises an error for a column that has no histogram of both sides';

CREATE OR REPLACE FUNCTION drift_internal.histogram_bins(
	reference_query text, current_query text, plan drift_internal.column_plan, bins integer, path text)
	RETURNS SETOF drift_internal.bin_pair
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reference CONSTANT drift.profile := (drift_internal.read_profiles(drift_internal.profiles_query(reference_query, ARRAY[plan], NULL, NULL), path))[1];
	current drift.profile;
	edges float8[];
BEGIN
	IF plan.kind = 'categorical' THEN
		current := (drift_internal.read_profiles(drift_internal.profiles_query(current_query, ARRAY[plan], NULL, NULL), path))[1];
		RETURN QUERY SELECT b.* FROM drift_internal.psi_bins(reference, current) AS b;
		RETURN;
	END IF;

	edges := ARRAY(SELECT b.upper FROM drift.bins(reference, bins) AS b WHERE b.upper < 'Infinity' ORDER BY b.upper);

	RETURN QUERY
		WITH counted AS (
			SELECT h.is_current, h.bin, h.row_count
			FROM drift_internal.read_summary(drift_internal.histogram_query(reference_query, current_query, plan, edges), path)
				AS h (is_current boolean, bin integer, label text, row_count bigint)
		)
		SELECT b.ordinality::integer, b.lower, b.upper, drift_internal.range_text(b.lower, b.upper, plan.value_type),
			coalesce(r.row_count, 0), coalesce(c.row_count, 0)
		FROM unnest('-Infinity'::float8 || edges, edges || 'Infinity'::float8) WITH ORDINALITY AS b(lower, upper, ordinality)
		LEFT JOIN counted AS r ON r.bin = b.ordinality AND NOT r.is_current
		LEFT JOIN counted AS c ON c.bin = b.ordinality AND c.is_current
		ORDER BY b.ordinality;
END
$$;

COMMENT ON FUNCTION drift_internal.histogram_bins(text, text, drift_internal.column_plan, integer, text) IS
	'rows of both sides in the bins of the reference, counted exactly';

CREATE OR REPLACE FUNCTION drift_internal.histogram_sources(reference_query text, current_query text, column_name text, bins integer, path text)
	RETURNS TABLE (bin integer, lower float8, upper float8, label text, n_reference bigint, n_current bigint,
		share_reference float8, share_current float8, psi_contribution float8)
	LANGUAGE plpgsql STABLE COST 10000 ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plan CONSTANT drift_internal.column_plan := drift_internal.plan_columns(reference_query, current_query, ARRAY[column_name], NULL, path);
BEGIN
	PERFORM drift_internal.check_histogram_column(plan);

	RETURN QUERY
		SELECT s.bin, s.lower, s.upper, s.label, s.n_reference, s.n_current, s.r, s.c, drift_internal.psi_contribution(s.r, s.c)
		FROM (
			SELECT b.*, b.n_reference / nullif(sum(b.n_reference) OVER (), 0)::float8 AS r,
				b.n_current / nullif(sum(b.n_current) OVER (), 0)::float8 AS c
			FROM drift_internal.histogram_bins(reference_query, current_query, plan, bins, path) AS b
		) AS s
		ORDER BY s.bin;
END
$$;

COMMENT ON FUNCTION drift_internal.histogram_sources(text, text, text, integer, text) IS
	'drift.histogram() on queries that are checked already, with names looked up on the given path';

-- No pinned path: the two sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.histogram(reference text, current text, column_name text, bins integer DEFAULT 10)
	RETURNS TABLE (bin integer, lower float8, upper float8, label text, n_reference bigint, n_current bigint,
		share_reference float8, share_current float8, psi_contribution float8)
	LANGUAGE sql STABLE COST 10000 ROWS 20
BEGIN ATOMIC
	SELECT * FROM drift_internal.histogram_sources(
		drift.source_query(reference), drift.source_query(current), column_name, bins, pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.histogram(text, text, text, integer) IS
	'rows of two data sets in the bins of the reference or in each category, with what each adds to the PSI; rare categories are one';
