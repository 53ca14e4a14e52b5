-- reading sources of data: the only place where a user's text is run
--
-- The text runs with the caller's rights and the caller's search_path, in helpers that
-- are read-only: STABLE alone would not stop a volatile function inside the text. From
-- PostgreSQL 16 on a function cannot SET transaction_read_only, but a subtransaction can,
-- and it ends with that; a block with an exception handler is one. What the helpers add
-- around the text is qualified, so that it means the same on any path.

CREATE OR REPLACE FUNCTION drift_internal.read_columns(query text, path text)
	RETURNS TABLE (ordinal integer, column_name text, column_type text, base_type oid)
	LANGUAGE plpgsql STABLE STRICT ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM set_config('transaction_read_only', 'on', true);
	PERFORM set_config('search_path', path, true);

	RETURN QUERY
		SELECT c.ordinal, c.column_name, c.column_type, c.base_type
		FROM drift_internal.source_columns(query) AS c;
EXCEPTION
	WHEN others THEN RAISE;
END
$$;

COMMENT ON FUNCTION drift_internal.read_columns(text, text) IS 'columns of a query whose names are looked up on the given path';

CREATE OR REPLACE FUNCTION drift_internal.read_profiles(query text, path text) RETURNS SETOF drift.profile[]
	LANGUAGE plpgsql STABLE STRICT ROWS 1
	SET search_path = pg_catalog, pg_temp
	SET synchronize_seqscans = off
AS $$
BEGIN
	PERFORM set_config('transaction_read_only', 'on', true);
	PERFORM set_config('search_path', path, true);

	-- RETURN QUERY, unlike EXECUTE INTO, may use a parallel plan
	RETURN QUERY EXECUTE query;
EXCEPTION
	WHEN others THEN RAISE;
END
$$;

COMMENT ON FUNCTION drift_internal.read_profiles(text, text) IS 'runs a query of drift_internal.profiles_query(), read-only';

CREATE OR REPLACE FUNCTION drift_internal.read_statistics(query text, path text) RETURNS SETOF drift_internal.column_statistics
	LANGUAGE plpgsql STABLE STRICT ROWS 30
	SET search_path = pg_catalog, pg_temp
	SET synchronize_seqscans = off
AS $$
BEGIN
	PERFORM set_config('transaction_read_only', 'on', true);
	PERFORM set_config('search_path', path, true);

	RETURN QUERY EXECUTE query;
EXCEPTION
	WHEN others THEN RAISE;
END
$$;

COMMENT ON FUNCTION drift_internal.read_statistics(text, text) IS 'runs a query of drift_internal.statistics_query(), read-only';

CREATE OR REPLACE FUNCTION drift_internal.read_library_verdicts(query text, path text) RETURNS SETOF drift_internal.library_verdict
	LANGUAGE plpgsql STABLE STRICT ROWS 30
	SET search_path = pg_catalog, pg_temp
	SET synchronize_seqscans = off
AS $$
BEGIN
	PERFORM set_config('transaction_read_only', 'on', true);
	PERFORM set_config('search_path', path, true);

	RETURN QUERY EXECUTE query;
EXCEPTION
	WHEN others THEN RAISE;
END
$$;

COMMENT ON FUNCTION drift_internal.read_library_verdicts(text, text) IS 'runs a query of drift_internal.library_query(), read-only';

CREATE OR REPLACE FUNCTION drift_internal.read_summary(query text, path text) RETURNS SETOF record
	LANGUAGE plpgsql STABLE STRICT ROWS 30
	SET search_path = pg_catalog, pg_temp
	SET synchronize_seqscans = off
AS $$
BEGIN
	PERFORM set_config('transaction_read_only', 'on', true);
	PERFORM set_config('search_path', path, true);

	RETURN QUERY EXECUTE query;
EXCEPTION
	WHEN others THEN RAISE;
END
$$;

COMMENT ON FUNCTION drift_internal.read_summary(text, text) IS
	'the few rows, in any order, of a query that sums up others whose names are looked up on the given path, read-only';

-- Serial, so that a table's rows come in the order they lie in. A function scan materializes
-- what this returns, so nothing of the user's runs any more when the caller goes on.
CREATE OR REPLACE FUNCTION drift_internal.read_rows(query text, path text) RETURNS SETOF record
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
	SET synchronize_seqscans = off
	SET max_parallel_workers_per_gather = 0
AS $$
BEGIN
	PERFORM set_config('transaction_read_only', 'on', true);
	PERFORM set_config('search_path', path, true);

	RETURN QUERY EXECUTE query;
EXCEPTION
	WHEN others THEN RAISE;
END
$$;

COMMENT ON FUNCTION drift_internal.read_rows(text, text) IS 'rows of a query whose names are looked up on the given path, in their order, read-only';

CREATE OR REPLACE FUNCTION drift_internal.read_types(query text, path text)
	RETURNS TABLE (ordinal integer, column_name text, type_oid oid, type_modifier integer, base_type oid)
	LANGUAGE plpgsql STABLE STRICT ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM set_config('transaction_read_only', 'on', true);
	PERFORM set_config('search_path', path, true);

	RETURN QUERY
		SELECT c.ordinal, c.column_name, c.type_oid, c.type_modifier, c.base_type
		FROM drift_internal.source_columns(query) AS c;
EXCEPTION
	WHEN others THEN RAISE;
END
$$;

COMMENT ON FUNCTION drift_internal.read_types(text, text) IS 'columns of a query with their types as the catalog knows them';

-- PARALLEL UNSAFE on purpose: which rows a sample holds depends on the order of the scan,
-- and this keeps the scan serial. A parsed body, so that it is inlined.
CREATE OR REPLACE FUNCTION drift_internal.sample_key(row_number bigint, seed bigint) RETURNS bigint
	LANGUAGE sql IMMUTABLE STRICT PARALLEL UNSAFE
	RETURN hashint8extended(row_number, seed);

COMMENT ON FUNCTION drift_internal.sample_key(bigint, bigint) IS 'pseudo-random key of a row: the rows with the smallest keys are a uniform sample';

-- The planned columns of one side as c1, c2, ..., so that no name of the user's can clash.
-- The newline ends a comment the text may end with.
CREATE OR REPLACE FUNCTION drift_internal.side_query(query text, plans drift_internal.column_plan[], sample bigint, seed bigint) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s FROM (%s%s) AS source', string_agg(
				format('source.%I::%s AS c%s', p.column_name, p.value_type, p.ordinality), ', ' ORDER BY p.ordinality),
			query, E'\n')
		|| CASE WHEN sample IS NULL THEN ''
			ELSE format(' ORDER BY drift_internal.sample_key(pg_catalog.row_number() OVER (), %s) LIMIT %s', seed, sample)
		END
	FROM unnest(plans) WITH ORDINALITY AS p
$$;

COMMENT ON FUNCTION drift_internal.side_query(text, drift_internal.column_plan[], bigint, bigint) IS
	'query for the planned columns of one side, all rows or a sample of them';

CREATE OR REPLACE FUNCTION drift_internal.positions(plans drift_internal.column_plan[]) RETURNS integer[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY(SELECT i FROM generate_subscripts(plans, 1) AS i ORDER BY i)
$$;

COMMENT ON FUNCTION drift_internal.positions(drift_internal.column_plan[]) IS 'the numbers 1, 2, ... of the planned columns';

-- A call takes at most 100 arguments, so that wide tables need several; they share the scan.
CREATE OR REPLACE FUNCTION drift_internal.column_calls(function text, positions integer[]) RETURNS TABLE (chunk bigint, call text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (ordinality - 1) / 50, format('%s(%s)', function, string_agg(format('c%s', place), ', ' ORDER BY ordinality))
	FROM unnest(positions) WITH ORDINALITY AS u(place, ordinality)
	GROUP BY 1
$$;

COMMENT ON FUNCTION drift_internal.column_calls(text, integer[]) IS
	'calls of a function for the columns c1, c2, ... at these positions, fifty columns each';

CREATE OR REPLACE FUNCTION drift_internal.call_columns(aggregate text, positions integer[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT repeat('pg_catalog.array_cat(', count(*)::integer - 1)
		|| min(call) FILTER (WHERE chunk = 0)
		|| coalesce(string_agg(format(', %s)', call), '' ORDER BY chunk) FILTER (WHERE chunk > 0), '')
	FROM drift_internal.column_calls(aggregate, positions)
$$;

COMMENT ON FUNCTION drift_internal.call_columns(text, integer[]) IS
	'expression that calls an aggregate for the columns c1, c2, ... at these positions and joins the arrays it returns; NULL without any';

CREATE OR REPLACE FUNCTION drift_internal.profiles_query(query text, plans drift_internal.column_plan[], sample bigint, seed bigint) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s FROM (%s) AS side',
		drift_internal.call_columns('drift.profiles_agg', drift_internal.positions(plans)),
		drift_internal.side_query(query, plans, sample, seed))
$$;

COMMENT ON FUNCTION drift_internal.profiles_query(text, drift_internal.column_plan[], bigint, bigint) IS
	'query that profiles the planned columns of one side in one scan';

-- Distinct values among the first rows of some columns.
CREATE OR REPLACE FUNCTION drift_internal.distinct_query(query text, plans drift_internal.column_plan[], positions integer[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT u.* FROM (SELECT ARRAY[%s] AS positions, ARRAY[%s] AS n, ARRAY[%s] AS n_distinct '
			'FROM (SELECT * FROM (%s) AS side LIMIT 10000) AS head) AS counted, '
			'ROWS FROM (pg_catalog.unnest(counted.positions), pg_catalog.unnest(counted.n), pg_catalog.unnest(counted.n_distinct)) AS u',
			string_agg(i::text, ', ' ORDER BY i),
			string_agg(format('pg_catalog.count(c%s)', i), ', ' ORDER BY i),
			string_agg(format('pg_catalog.count(DISTINCT c%s)', i), ', ' ORDER BY i),
			drift_internal.side_query(query, plans, NULL, NULL))
	FROM unnest(positions) AS i
$$;

COMMENT ON FUNCTION drift_internal.distinct_query(text, drift_internal.column_plan[], integer[]) IS
	'query that counts the distinct values of some columns among the first 10,000 rows';

CREATE OR REPLACE FUNCTION drift_internal.is_test(method text) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT method LIKE '%\_test'
$$;

COMMENT ON FUNCTION drift_internal.is_test(text) IS 'whether a method yields a p-value of its own';

-- Who asks for ks_test by name gets scipy's p-value.
CREATE OR REPLACE FUNCTION drift_internal.takes_tied_ks(plan drift_internal.column_plan) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (plan).kind = 'numeric' AND (NOT drift_internal.is_test((plan).method)) IS NOT FALSE
$$;

COMMENT ON FUNCTION drift_internal.takes_tied_ks(drift_internal.column_plan) IS
	'whether the p-value of the KS test of a column is one by permutation where many values repeat';

-- Row forms with the same arguments share one state and one sort, so more of them cost little.
CREATE OR REPLACE FUNCTION drift_internal.statistics_expression(plan drift_internal.column_plan, value text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('ROW(%L, drift.psi(%2$s, is_current), %3$s, drift.total_variation(%2$s, is_current), %4$s, %5$s, %6$s)::drift_internal.column_statistics',
			(plan).column_name,
			value,
			CASE (plan).kind
				WHEN 'numeric' THEN format('drift.ks_test(%s, is_current), NULL', value)
				ELSE format('NULL, drift.chi_square_test(%s, is_current)', value)
			END,
			CASE
				WHEN (plan).method IS NULL THEN 'NULL'
				WHEN drift_internal.is_test((plan).method) THEN format('drift.%I(%s, is_current)', (plan).method, value)
				ELSE format('ROW(drift.%I(%s, is_current), NULL, NULL, NULL, 0, NULL, NULL)::drift.test_result', (plan).method, value)
			END,
			CASE WHEN drift_internal.takes_tied_ks(plan) THEN format('drift_internal.tied_ks_p_value(%s, is_current)', value) ELSE 'NULL' END,
			-- of numbers the profiles know enough, of more categories than they count they do not
			CASE (plan).kind
				WHEN 'numeric' THEN 'NULL, NULL'
				ELSE format('drift.chance(%1$s, is_current, %2$L), drift.chance(%1$s, is_current, %3$L)', value, 'psi', 'total_variation')
			END)
$$;

COMMENT ON FUNCTION drift_internal.statistics_expression(drift_internal.column_plan, text) IS
	'expression that computes the statistics of one column over labelled rows';

CREATE OR REPLACE FUNCTION drift_internal.flagged_query(query text, plans drift_internal.column_plan[], sample bigint, seed bigint, label text)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s, side.* FROM (%s) AS side', label, drift_internal.side_query(query, plans, sample, seed))
$$;

COMMENT ON FUNCTION drift_internal.flagged_query(text, drift_internal.column_plan[], bigint, bigint, text) IS
	'query for the planned columns of one side with one more, an expression that labels its rows';

-- What one expression per planned column makes of the rows of both sides, an expression a row.
CREATE OR REPLACE FUNCTION drift_internal.labelled_query(expressions text, reference_side text, current_side text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT s.* FROM (SELECT ARRAY[%s] AS results FROM ((%s) UNION ALL (%s)) AS labelled) AS whole, pg_catalog.unnest(whole.results) AS s',
		expressions, reference_side, current_side)
$$;

COMMENT ON FUNCTION drift_internal.labelled_query(text, text, text) IS
	'query that computes expressions over the rows of both sides in one scan of each';

CREATE OR REPLACE FUNCTION drift_internal.statistics_query(
	reference_query text, current_query text, plans drift_internal.column_plan[], sample bigint, reference_seed bigint, current_seed bigint)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.labelled_query(
			string_agg(drift_internal.statistics_expression(p.plan, format('c%s', p.ordinality)), ', ' ORDER BY p.ordinality),
			drift_internal.flagged_query(reference_query, plans, sample, reference_seed, 'false AS is_current'),
			drift_internal.flagged_query(current_query, plans, sample, current_seed, 'true AS is_current'))
	FROM (
		SELECT ROW(column_name, type_reference, type_current, kind, value_type, method, requested, obstacle)::drift_internal.column_plan AS plan,
			ordinality
		FROM unnest(plans) WITH ORDINALITY
	) AS p
$$;

COMMENT ON FUNCTION drift_internal.statistics_query(text, text, drift_internal.column_plan[], bigint, bigint, bigint) IS
	'query for the exact statistics of the planned columns in one scan of each side';
