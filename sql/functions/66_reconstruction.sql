-- drift.reconstruction_drift(): whether columns still go together as they did

CREATE OR REPLACE FUNCTION drift_internal.check_chunk_options(
	time_column text, period text, chunk_size bigint, chunks integer, variance float8)
	RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF period IS NOT NULL AND time_column IS NULL THEN
		RAISE EXCEPTION 'a period needs a time column' USING ERRCODE = 'invalid_parameter_value', HINT = 'Name it by time_column.';
	ELSIF period NOT IN ('hour', 'day', 'week', 'month', 'quarter', 'year') THEN
		RAISE EXCEPTION 'unknown period "%"', period
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A period is hour, day, week, month, quarter or year.';
	ELSIF period IS NOT NULL AND chunk_size IS NOT NULL THEN
		RAISE EXCEPTION 'a period and a size of chunks exclude each other' USING ERRCODE = 'invalid_parameter_value';
	ELSIF chunk_size < 1 OR (chunks BETWEEN 1 AND 100000) IS NOT TRUE THEN
		RAISE EXCEPTION 'size or number of chunks is out of range'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A size is at least 1, a number from 1 to 100000.';
	ELSIF (variance > 0 AND variance <= 1) IS NOT TRUE THEN
		RAISE EXCEPTION 'share % of the variance is out of range', variance
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is above 0 and at most 1.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_chunk_options(text, text, bigint, integer, float8) IS 'raises an error for options drift.reconstruction_drift() cannot take';

-- Weeks begin on Monday, days at midnight UTC.
CREATE OR REPLACE FUNCTION drift_internal.chunk_expression(time_value text, time_type text, period text, chunk_size bigint, chunks integer)
	RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN period IS NOT NULL AND time_type = 'pg_catalog.timestamptz' THEN
				format('pg_catalog.date_part(''epoch'', pg_catalog.date_trunc(%L, %s, ''UTC''))::pg_catalog.int8', period, time_value)
			WHEN period IS NOT NULL THEN
				format('pg_catalog.date_part(''epoch'', pg_catalog.date_trunc(%L, %s::pg_catalog.timestamp))::pg_catalog.int8', period, time_value)
			ELSE format('pg_catalog.int8div(pg_catalog.int8mi(pg_catalog.row_number() OVER (%s), 1), %s)',
					CASE WHEN time_value IS NULL THEN '' ELSE format('ORDER BY %s', time_value) END,
					coalesce(chunk_size::text, format('pg_catalog.int8larger(1, pg_catalog.int8div(pg_catalog.count(*) OVER (), %s))', chunks)))
		END
$$;

COMMENT ON FUNCTION drift_internal.chunk_expression(text, text, text, bigint, integer) IS
	'expression for the number of the chunk of a row: its period, or its place among all rows';

CREATE OR REPLACE FUNCTION drift_internal.chunks_query(
	query text, plans drift_internal.column_plan[], time_plan drift_internal.column_plan,
	encodings drift_internal.column_encoding[], components float8[], period text, chunk_size bigint, chunks integer)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT place.chunk, pg_catalog.min(%1$s), pg_catalog.max(%1$s), drift_internal.reconstruction_agg(%2$L, %3$L, %4$s) '
			'FROM (SELECT %5$s AS chunk, side.* FROM (%6$s) AS side) AS place GROUP BY 1',
		CASE WHEN t.value IS NULL THEN 'NULL::pg_catalog.timestamptz' ELSE format('(%s)::pg_catalog.timestamptz', t.value) END,
		encodings, components,
		(SELECT string_agg('c' || i, ', ' ORDER BY i) FROM generate_subscripts(plans, 1) AS i),
		drift_internal.chunk_expression(t.value, (time_plan).value_type, period, chunk_size, chunks),
		drift_internal.side_query(query, plans || CASE WHEN t.value IS NULL THEN '{}' ELSE ARRAY[time_plan] END, NULL, NULL))
	FROM (SELECT CASE WHEN (time_plan).column_name IS NOT NULL THEN format('c%s', cardinality(plans) + 1) END AS value) AS t
$$;

COMMENT ON FUNCTION drift_internal.chunks_query(text, drift_internal.column_plan[], drift_internal.column_plan, drift_internal.column_encoding[], float8[], text, bigint, integer) IS
	'query for the reconstruction error of the rows of each chunk of one side';

CREATE OR REPLACE FUNCTION drift_internal.check_reconstruction_plans(plans drift_internal.column_plan[], columns text[], time_column text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	offender drift_internal.column_plan;
BEGIN
	SELECT p.* INTO offender FROM unnest(plans) AS p
	WHERE p.obstacle IS NOT NULL AND (p.column_name = ANY (columns) OR p.column_name = time_column);
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" cannot be used', offender.column_name
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Its type is %s in the reference and %s in the current data.',
					coalesce(offender.type_reference, 'absent'), coalesce(offender.type_current, 'absent'));
	ELSIF time_column IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(plans) AS p WHERE p.column_name = time_column
			AND p.value_type IN ('pg_catalog.date', 'pg_catalog."timestamp"', 'pg_catalog.timestamptz')) THEN
		RAISE EXCEPTION 'column "%" is no time', time_column
			USING ERRCODE = 'datatype_mismatch', DETAIL = 'A time column is a date or a timestamp on both sides.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_reconstruction_plans(drift_internal.column_plan[], text[], text) IS
	'raises an error for columns drift.reconstruction_drift() was asked for and cannot take';

-- Columns without values, or of labels that nearly all occur once, say nothing about others.
CREATE OR REPLACE FUNCTION drift_internal.check_reconstruction_profiles(plans drift_internal.column_plan[], profiles drift.profile[]) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	offender text;
BEGIN
	IF cardinality(plans) < 2 OR cardinality(plans) > 90 THEN
		RAISE EXCEPTION '% columns are too few or too many', cardinality(plans)
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'There must be two to 90 that both sides have, with values in the reference.',
				HINT = 'Name those that matter by columns.';
	END IF;

	SELECT plans[i].column_name INTO offender FROM generate_subscripts(plans, 1) AS i
	WHERE plans[i].kind = 'numeric' AND drift_internal.infinite_count(profiles[i]) > 0;
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" has infinite values in the reference', offender
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave such rows out of the query, or turn the value into NULL.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_reconstruction_profiles(drift_internal.column_plan[], drift.profile[]) IS
	'raises an error for columns whose rows have no principal components';

CREATE OR REPLACE FUNCTION drift_internal.contributions(plans drift_internal.column_plan[], squares float8[], reference float8[]) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_agg(jsonb_build_object('column', plans[i].column_name, 'excess', squares[i] - reference[i])
		ORDER BY squares[i] - reference[i] DESC, i)
	FROM generate_subscripts(plans, 1) AS i
$$;

COMMENT ON FUNCTION drift_internal.contributions(drift_internal.column_plan[], float8[], float8[]) IS
	'by how much what is left of each column exceeds that in the reference, the largest excess first';

-- What NannyML's DataReconstructionDriftCalculator does, thresholds included.
CREATE OR REPLACE FUNCTION drift_internal.judge_chunks(
	plans drift_internal.column_plan[], sides text[], starts timestamptz[], ends timestamptz[], found drift_internal.reconstruction[])
	RETURNS SETOF drift.reconstruction_change
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH chunks AS (
		SELECT u.side, u.place, (row_number() OVER (PARTITION BY u.side ORDER BY u.place))::integer AS chunk, starts[u.place] AS starts_at, ends[u.place] AS ends_at,
			(found[u.place]).n, (found[u.place]).mean AS error, (found[u.place]).deviation / sqrt((found[u.place]).n) AS standard_error,
			(found[u.place]).squares
		FROM unnest(sides) WITH ORDINALITY AS u(side, place)
	), limits AS (
		SELECT count(*) AS chunks, avg(c.error) - 3 * stddev_pop(c.error) AS lower, avg(c.error) + 3 * stddev_pop(c.error) AS upper
		FROM chunks AS c
		WHERE c.side = 'reference'
	), usual AS (
		SELECT array_agg(m.square ORDER BY m.i) AS squares
		FROM (SELECT s.i, sum(c.n * s.square) / sum(c.n) AS square
			FROM chunks AS c, unnest(c.squares) WITH ORDINALITY AS s(square, i)
			WHERE c.side = 'reference'
			GROUP BY s.i) AS m
	)
	SELECT c.side, c.chunk, c.starts_at, c.ends_at, c.n, c.error, c.standard_error,
		CASE WHEN c.standard_error IS NOT NULL THEN greatest(c.error - 3 * c.standard_error, 0) END, c.error + 3 * c.standard_error,
		CASE WHEN l.lower > 0 THEN l.lower END, l.upper,
		CASE WHEN l.chunks > 1 THEN NOT (c.error > CASE WHEN l.lower > 0 THEN l.lower ELSE '-Infinity' END AND c.error < l.upper) END,
		drift_internal.contributions(plans, c.squares, u.squares)
	FROM chunks AS c, limits AS l, usual AS u
	ORDER BY c.side DESC, c.chunk
$$;

COMMENT ON FUNCTION drift_internal.judge_chunks(drift_internal.column_plan[], text[], timestamptz[], timestamptz[], drift_internal.reconstruction[]) IS
	'thresholds from the chunks of the reference, and alerts of all';

CREATE OR REPLACE FUNCTION drift_internal.reconstruction_sources(
	reference_query text, current_query text, columns text[], time_column text, period text, chunk_size bigint, chunks integer,
	variance float8, path text)
	RETURNS SETOF drift.reconstruction_change
	LANGUAGE plpgsql STABLE COST 100000 ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plans drift_internal.column_plan[];
	used drift_internal.column_plan[];
	time_plan drift_internal.column_plan;
	profiles drift.profile[];
	identifiers boolean[];
	encodings drift_internal.column_encoding[];
	components float8[];
	sides text[];
	starts timestamptz[];
	ends timestamptz[];
	found drift_internal.reconstruction[];
BEGIN
	PERFORM drift_internal.check_chunk_options(time_column, period, chunk_size, chunks, variance);
	plans := ARRAY(SELECT p FROM drift_internal.plan_columns(reference_query, current_query,
		CASE WHEN columns IS NOT NULL THEN columns || CASE WHEN time_column IS NULL THEN '{}' ELSE ARRAY[time_column] END END, NULL, path) AS p);
	PERFORM drift_internal.check_reconstruction_plans(plans, columns, time_column);
	time_plan := (SELECT p FROM unnest(plans) AS p WHERE p.column_name = time_column);
	used := ARRAY(SELECT p FROM unnest(plans) AS p WHERE p.obstacle IS NULL AND p.column_name IS DISTINCT FROM time_column);
	IF cardinality(used) > 0 THEN
		profiles := drift_internal.read_profiles(drift_internal.profiles_query(reference_query, used, NULL, NULL), path);
		identifiers := drift_internal.find_identifiers(reference_query, used, profiles, path);
	END IF;
	SELECT coalesce(array_agg(used[i] ORDER BY i), '{}'), array_agg(profiles[i] ORDER BY i) INTO used, profiles
	FROM generate_subscripts(used, 1) AS i
	WHERE drift.value_count(profiles[i]) > 0 AND NOT identifiers[i];
	PERFORM drift_internal.check_reconstruction_profiles(used, profiles);

	encodings := ARRAY(
		SELECT CASE drift.kind(p) WHEN 'numeric' THEN drift_internal.number_encoding(p) ELSE drift_internal.category_encoding(p) END
		FROM unnest(profiles) WITH ORDINALITY AS u(p, i) ORDER BY i);
	components := drift_internal.principal_components((SELECT r.products FROM drift_internal.read_summary(
		format('SELECT drift_internal.products_agg(%L, %s) FROM (%s) AS side', encodings,
			(SELECT string_agg('c' || i, ', ' ORDER BY i) FROM generate_subscripts(used, 1) AS i),
			drift_internal.side_query(reference_query, used, NULL, NULL)), path) AS r (products float8[])), variance);

	-- Serial: which rows are a chunk is said by their order.
	SELECT array_agg(r.side ORDER BY r.side DESC, r.chunk), array_agg(r.starts_at ORDER BY r.side DESC, r.chunk),
		array_agg(r.ends_at ORDER BY r.side DESC, r.chunk), array_agg(r.found ORDER BY r.side DESC, r.chunk)
	INTO sides, starts, ends, found
	FROM (
		SELECT 'reference' AS side, c.* FROM drift_internal.read_rows(
			drift_internal.chunks_query(reference_query, used, time_plan, encodings, components, period, chunk_size, chunks), path)
			AS c (chunk bigint, starts_at timestamptz, ends_at timestamptz, found drift_internal.reconstruction)
		UNION ALL
		SELECT 'current', c.* FROM drift_internal.read_rows(
			drift_internal.chunks_query(current_query, used, time_plan, encodings, components, period, chunk_size, chunks), path)
			AS c (chunk bigint, starts_at timestamptz, ends_at timestamptz, found drift_internal.reconstruction)
	) AS r;
	RETURN QUERY SELECT j.* FROM drift_internal.judge_chunks(used, sides, starts, ends, found) AS j;
END
$$;

COMMENT ON FUNCTION drift_internal.reconstruction_sources(text, text, text[], text, text, bigint, integer, float8, text) IS
	'drift.reconstruction_drift() on queries that are checked already, with names looked up on the given path';

-- No pinned path: the two sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.reconstruction_drift(
	reference text,
	current text,
	columns text[] DEFAULT NULL,
	time_column text DEFAULT NULL,
	period text DEFAULT NULL,
	chunk_size bigint DEFAULT NULL,
	chunks integer DEFAULT 10,
	variance float8 DEFAULT 0.65)
	RETURNS SETOF drift.reconstruction_change
	LANGUAGE sql STABLE COST 100000 ROWS 20
BEGIN ATOMIC
	SELECT * FROM drift_internal.reconstruction_sources(
		drift.source_query(reference), drift.source_query(current), columns, time_column, period, chunk_size, chunks, variance,
		pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.reconstruction_drift(text, text, text[], text, text, bigint, integer, float8) IS
	'multivariate drift: how well the principal components of the reference give back the rows of each chunk of both sides. Chunks are periods of the time column, or so many rows, or so many of one size, in the order of the time column or as they come';
