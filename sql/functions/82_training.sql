-- what the rows were that a version was trained with: how many, of when, and a hash that knows them again

-- The sum of the rows' hashes does not depend on their order and counts equal rows as often as they are there.
-- No query has more than 1664 columns.
CREATE OR REPLACE FUNCTION drift_internal.snapshot_query(query text, column_count integer, time_position integer) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH chunk AS (
		SELECT format('drift_internal.row_hash(%s)', string_agg(format('side.c%s', i), ', ' ORDER BY i)) AS call, (i - 1) / 50 AS number
		FROM generate_series(1, least(column_count, 1664)) AS i
		GROUP BY (i - 1) / 50
	)
	SELECT format('SELECT pg_catalog.count(*), pg_catalog.sum(%s), %s FROM (%s) AS side%s',
		coalesce((SELECT 'drift_internal.row_hash(' || string_agg(call, ', ' ORDER BY number) || ')' FROM chunk), '0::pg_catalog.int8'),
		CASE WHEN time_position IS NULL THEN 'NULL::pg_catalog.timestamptz, NULL::pg_catalog.timestamptz'
			ELSE format('pg_catalog.min(side.c%1$s)::pg_catalog.timestamptz, pg_catalog.max(side.c%1$s)::pg_catalog.timestamptz', time_position) END,
		query,
		(SELECT '(' || string_agg('c' || i, ', ' ORDER BY i) || ')' FROM generate_series(1, least(column_count, 1664)) AS i))
$$;

COMMENT ON FUNCTION drift_internal.snapshot_query(text, integer, integer) IS
	'query that counts the rows of another, sums their hashes and finds the first and last time in one of its columns';

CREATE OR REPLACE FUNCTION drift_internal.hash_text(hash_sum numeric) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT lpad(to_hex((CASE WHEN h >= 9223372036854775808 THEN h - 18446744073709551616 ELSE h END)::bigint), 16, '0')
	FROM (SELECT mod(mod(coalesce(hash_sum, 0), 18446744073709551616) + 18446744073709551616, 18446744073709551616) AS h) AS modulus
$$;

COMMENT ON FUNCTION drift_internal.hash_text(numeric) IS 'a sum of hashes of 64 bits as 16 hexadecimal digits';

CREATE OR REPLACE FUNCTION drift_internal.time_position(query text, time_column text, path text) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	position integer;
	family text;
BEGIN
	SELECT c.ordinal, drift_internal.type_family(c.base_type) INTO position, family
	FROM drift_internal.read_columns(query, path) AS c
	WHERE c.column_name = time_column;
	IF position IS NULL AND time_column IS NOT NULL THEN
		RAISE EXCEPTION 'the training rows have no column "%"', time_column
			USING ERRCODE = 'undefined_column',
				DETAIL = format('They have %s.', (SELECT string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal)
					FROM drift_internal.read_columns(query, path) AS c));
	ELSIF family NOT IN ('timestamp', 'date') THEN
		RAISE EXCEPTION 'column "%" of the training rows is not a time', time_column
			USING ERRCODE = 'datatype_mismatch', HINT = 'Take a column of type timestamptz, timestamp or date.';
	END IF;
	RETURN position;
END
$$;

COMMENT ON FUNCTION drift_internal.time_position(text, text, text) IS 'number of the column of a query that tells the time, NULL without one';

CREATE OR REPLACE FUNCTION drift_internal.snapshot_source(query text, time_column text, path text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	column_count integer := (SELECT count(*) FROM drift_internal.read_columns(query, path));
	position integer := drift_internal.time_position(query, time_column, path);
BEGIN
	RETURN (
		SELECT jsonb_build_object('query', query, 'rows', s.row_count, 'hash', drift_internal.hash_text(s.hash_sum),
			'from', s.first_time, 'to', s.last_time)
		FROM drift_internal.read_summary(drift_internal.snapshot_query(query, column_count, position), path)
			AS s (row_count bigint, hash_sum numeric, first_time timestamptz, last_time timestamptz));
END
$$;

COMMENT ON FUNCTION drift_internal.snapshot_source(text, text, text) IS
	'drift.training_snapshot() of a query that is checked already, with names looked up on the given path';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.training_snapshot(source text, time_column text DEFAULT NULL) RETURNS jsonb
	LANGUAGE sql STABLE COST 100000
BEGIN ATOMIC
	SELECT drift_internal.snapshot_source(drift.source_query(source), time_column, pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.training_snapshot(text, text) IS
	'what training rows are, a relation''s name or a query, for drift.add_version(): query, number of rows, first and last time in time_column, and a hash of the rows in any order, which is the same for the same data';
