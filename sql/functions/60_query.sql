-- sources of data: a relation's name, or the text of one query that reads

CREATE OR REPLACE FUNCTION drift.source_query(source text) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_source_query' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift.source_query(text) IS
	'the query a source of data stands for: SELECT * FROM the relation of that name, or the text itself when it is exactly one SELECT, WITH, VALUES or TABLE query';

CREATE OR REPLACE FUNCTION drift_internal.source_columns(source text)
	RETURNS TABLE (ordinal integer, column_name text, type_oid oid, column_type text, base_type oid, type_modifier integer)
	AS 'MODULE_PATHNAME', 'drift_source_columns' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000 ROWS 30;

COMMENT ON FUNCTION drift_internal.source_columns(text) IS
	'columns a source of data yields, found by analysing it and without running it';

-- What a type, free of domains, is to drift. Enums and identifiers are read as text, so that
-- two enums with the same labels can be compared.
CREATE OR REPLACE FUNCTION drift_internal.type_family(base_type oid) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 'integer'
			WHEN oid IN ('float4'::regtype, 'float8'::regtype, 'numeric'::regtype) THEN 'number'
			WHEN oid IN ('timestamp'::regtype, 'timestamptz'::regtype) THEN 'timestamp'
			WHEN oid IN ('date'::regtype, 'bool'::regtype, 'uuid'::regtype) THEN format_type(oid, NULL)
			WHEN typcategory IN ('S', 'E') THEN 'text'
		END
	FROM pg_type
	WHERE oid = base_type
$$;

COMMENT ON FUNCTION drift_internal.type_family(oid) IS
	'family of types within which two columns can be compared: integer, number, timestamp, date, boolean, uuid or text; NULL for types drift does not take';

CREATE OR REPLACE FUNCTION drift_internal.family_kind(family text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN family IN ('integer', 'number', 'timestamp', 'date') THEN 'numeric'
			WHEN family IN ('boolean', 'uuid', 'text') THEN 'categorical'
			ELSE 'unsupported'
		END
$$;

COMMENT ON FUNCTION drift_internal.family_kind(text) IS
	'whether a family of types is numeric, categorical or unsupported';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.query_columns(source text)
	RETURNS TABLE (ordinal integer, column_name text, type_oid oid, column_type text, kind text)
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 30
BEGIN ATOMIC
	SELECT c.ordinal, c.column_name, c.type_oid, c.column_type, drift_internal.family_kind(drift_internal.type_family(c.base_type))
	FROM drift_internal.source_columns(source) AS c
	ORDER BY c.ordinal;
END;

COMMENT ON FUNCTION drift.query_columns(text) IS
	'columns a source of data yields, and whether drift takes each as numeric, categorical or not at all';
