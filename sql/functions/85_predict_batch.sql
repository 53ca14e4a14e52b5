-- predictions of whole sources, by one statement

CREATE OR REPLACE FUNCTION drift_internal.predicted_rows(model text, features record, entity_key text, on_error text)
	RETURNS TABLE (prediction_id uuid, predicted_at timestamptz, model_version integer, arm text, key text, score double precision, label text,
		probabilities double precision[], latency_ms double precision, status text, error text, shadow_of uuid)
	AS 'MODULE_PATHNAME', 'drift_predicted_rows' LANGUAGE C VOLATILE COST 1000 ROWS 1;

COMMENT ON FUNCTION drift_internal.predicted_rows(text, record, text, text) IS
	'the rows that drift.predict_row() would add to the log, without their features; the answer first';

CREATE OR REPLACE FUNCTION drift_internal.log_columns(model text) RETURNS TABLE (log regclass, feature text, column_name text)
	AS 'MODULE_PATHNAME', 'drift_log_columns' LANGUAGE C STABLE STRICT COST 100 ROWS 30;

COMMENT ON FUNCTION drift_internal.log_columns(text) IS
	'the features that the log of a model has columns for, to who may predict with the model; an error if there is no log to write to';

-- A value of the source for a column of the log: what assignment does not convert is cast, and what is missing is NULL.
CREATE OR REPLACE FUNCTION drift_internal.batch_value(value text, source_type oid, log_type oid, column_type oid) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN from_family IN ('integer', 'number') AND to_family = 'boolean' THEN format('(%s OPERATOR(pg_catalog.<>) 0)', value)
			WHEN from_family = 'boolean' AND to_family IN ('integer', 'number') THEN format('%s::integer', value)
			WHEN from_family = 'number' AND to_family IN ('integer', 'number') THEN
				format('CASE WHEN %1$s OPERATOR(pg_catalog.<>) ''NaN'' THEN %1$s END', value)
			WHEN from_family = to_family AND to_family IS DISTINCT FROM 'text' THEN value
			WHEN to_family = 'text' AND (SELECT t.typcategory = 'S' FROM pg_type AS t WHERE t.oid = log_type) THEN format('%s::text', value)
			ELSE format('%s::text::%s', value, format_type(column_type, NULL))
		END
	FROM drift_internal.type_family(source_type) AS from_family, drift_internal.type_family(log_type) AS to_family
$$;

COMMENT ON FUNCTION drift_internal.batch_value(text, oid, oid, oid) IS
	'expression of a column of a source for a column of a prediction log, of the base types that they have';

-- The alias is one that no column of a source is likely to have, for that would hide the row.
CREATE OR REPLACE FUNCTION drift_internal.batch_statement(model text, query text, entity_key text, on_error text, path text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH taken AS (
		SELECT a.ordinal, a.column_name,
			drift_internal.batch_value(format('"drift source".%I', c.column_name), c.base_type, a.base_type, a.type_oid) AS value
		FROM (SELECT l.log::text AS log FROM drift_internal.log_columns(model) AS l LIMIT 1) AS l
		CROSS JOIN LATERAL drift_internal.source_columns(l.log) AS a
		JOIN drift_internal.log_columns(model) AS f ON f.column_name = a.column_name
		JOIN drift_internal.read_columns(query, path) AS c ON c.column_name = f.feature
	), lists AS (
		SELECT coalesce(string_agg(format(', %I', column_name), '' ORDER BY ordinal), '') AS columns,
			coalesce(string_agg(format(', f%s', ordinal), '' ORDER BY ordinal), '') AS names,
			coalesce(string_agg(format(', %s AS f%s', value, ordinal), '' ORDER BY ordinal), '') AS "values"
		FROM taken
	)
	SELECT format('INSERT INTO %s (prediction_id, predicted_at, model_version, arm, entity_key, score, label, probabilities, latency_ms, status, '
			'error, shadow_of%s) '
			'SELECT (p).prediction_id, (p).predicted_at, (p).model_version, (p).arm, (p).key, (p).score, (p).label, (p).probabilities, '
			'(p).latency_ms, (p).status, (p).error, (p).shadow_of%s '
			'FROM (SELECT drift_internal.predicted_rows(%L, "drift source", %s, %L) AS p%s FROM (%s) AS "drift source") AS predicted',
		(SELECT l.log FROM drift_internal.log_columns(model) AS l LIMIT 1), columns, names, model,
		CASE WHEN entity_key IS NULL THEN 'NULL' ELSE format('"drift source".%I::text', entity_key) END, on_error, "values", query)
	FROM lists
$$;

COMMENT ON FUNCTION drift_internal.batch_statement(text, text, text, text, text) IS
	'the INSERT that predicts the rows of a query and logs them';

CREATE OR REPLACE FUNCTION drift_internal.predict_batch(model text, query text, entity_key text, on_error text, path text) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statement text;
	row_count bigint;
BEGIN
	statement := drift_internal.batch_statement(model, query, entity_key, on_error, path);
	PERFORM set_config('search_path', path, true);
	EXECUTE statement;
	GET DIAGNOSTICS row_count = ROW_COUNT;
	RETURN row_count;
END
$$;

COMMENT ON FUNCTION drift_internal.predict_batch(text, text, text, text, text) IS
	'drift.predict_batch() of a query whose names are looked up on the given path';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.predict_batch(model text, source text, entity_key text DEFAULT NULL, on_error text DEFAULT 'raise') RETURNS bigint
	LANGUAGE sql VOLATILE COST 100000
BEGIN ATOMIC
	SELECT drift_internal.predict_batch(model, drift.source_query(source), entity_key, on_error, current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.predict_batch(text, text, text, text) IS
	'Predicts and logs all rows of a source of data, the name of a relation or a query, by one statement, and returns how many rows it added to the log: one for each row of the source, and one for each answer of a shadow or failure of a challenger. entity_key is the column of the source that is the key.';
