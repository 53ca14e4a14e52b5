-- rows that baselines and monitors read: expressions over a query, under names that cannot clash

-- Analysed as the owner: who runs what belongs to others does not look up names with rights of its own.
CREATE OR REPLACE FUNCTION drift_internal.types_as(owner regrole, query text, path text)
	RETURNS TABLE (ordinal integer, column_name text, type_oid oid, type_modifier integer, base_type oid)
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT c.*
		FROM drift_internal.read_as(owner, format(
				'SELECT c.ordinal, c.column_name, c.type_oid, c.type_modifier, c.base_type FROM drift_internal.source_columns(%L) AS c', query), path)
			AS c (ordinal integer, column_name text, type_oid oid, type_modifier integer, base_type oid);
END
$$;

COMMENT ON FUNCTION drift_internal.types_as(regrole, text, text) IS
	'columns of a query of a role with their types as the catalog knows them';

-- The newline ends a comment the text may end with. Rows without a segment, or with an empty name, share one.
CREATE OR REPLACE FUNCTION drift_internal.segment_expression(segment text) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'pg_catalog.left(COALESCE(NULLIF((%s\n)::pg_catalog.text, ''''), ''(none)''), 255)', segment)
$$;

COMMENT ON FUNCTION drift_internal.segment_expression(text) IS 'name of the segment of a row, never NULL or empty';

-- A hash keeps the categories apart and their counts right, and does not show them.
CREATE OR REPLACE FUNCTION drift_internal.value_expression(expression text, value_type text, hashed boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN hashed AND value_type IN ('pg_catalog.text', 'pg_catalog.uuid') THEN
				format($f$pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to((%s)::pg_catalog.text, 'UTF8')), 'hex'), 16)$f$, expression)
			ELSE format('(%s)::%s', expression, value_type)
		END
$$;

COMMENT ON FUNCTION drift_internal.value_expression(text, text, boolean) IS
	'expression of a column as the type that it is read as; hashed: categories that are texts as hashes of them';

-- Type as which a column is read by itself; NULL for types drift does not take.
CREATE OR REPLACE FUNCTION drift_internal.own_type(base_type oid) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.common_type(base_type, base_type)
$$;

COMMENT ON FUNCTION drift_internal.own_type(oid) IS 'type as which a column of a type is read; NULL where drift does not take it';

-- Classes may be numbered.
CREATE OR REPLACE FUNCTION drift_internal.class_type(base_type oid, is_class boolean) RETURNS oid
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN is_class AND drift_internal.type_family(base_type) IN ('integer', 'number') THEN 'text'::regtype::oid ELSE base_type END
$$;

COMMENT ON FUNCTION drift_internal.class_type(oid, boolean) IS 'type as which a column is taken, text for a class that is written as a number';

-- A condition or an expression that is more than one would change what is read.
CREATE OR REPLACE FUNCTION drift_internal.check_expression(owner regrole, expression text, called text, wanted oid, query text, path text) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found record;
	number integer := 0;
BEGIN
	FOR found IN
		SELECT * FROM drift_internal.types_as(owner, format(E'SELECT (%s\n) AS expression FROM (%s\n) AS source', expression, query), path)
	LOOP
		number := number + 1;
	END LOOP;
	IF number <> 1 OR found.column_name <> 'expression' THEN
		RAISE EXCEPTION '% is not one expression', called
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is: %s', expression);
	ELSIF wanted IS NOT NULL AND found.base_type <> wanted THEN
		RAISE EXCEPTION '% is of type % and must be %', called, format_type(found.type_oid, found.type_modifier), format_type(wanted, NULL)
			USING ERRCODE = 'datatype_mismatch', DETAIL = format('It is: %s', expression);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_expression(regrole, text, text, oid, text, text) IS
	'raises unless a text is one expression over the columns of a query, of the type that is wanted if any is';

CREATE OR REPLACE FUNCTION drift_internal.check_name(name text, called text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF name IS NULL OR name = '' OR length(name) > 255 OR name <> btrim(name) OR name COLLATE "C" ~ '[@/[:cntrl:]]' THEN
		RAISE EXCEPTION 'invalid name of a %: %', called, coalesce(quote_literal(name), 'NULL')
			USING ERRCODE = 'invalid_name',
				DETAIL = 'A name has 1 to 255 characters, no blank at its ends, no control characters, no @ and no /.';
	END IF;
	RETURN name;
END
$$;

COMMENT ON FUNCTION drift_internal.check_name(text, text) IS 'the name, or an error if no baseline or monitor may be called so';

-- A name gives a query that is no part of the text; a query gives itself.
CREATE OR REPLACE FUNCTION drift_internal.named_relation(source text, query text) RETURNS regclass
	LANGUAGE sql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN position(query IN source) = 0 THEN substr(query, length('SELECT * FROM ') + 1)::regclass END
$$;

COMMENT ON FUNCTION drift_internal.named_relation(text, text) IS
	'relation that a source of data names, given the query it stands for; NULL where it is a query';

CREATE OR REPLACE FUNCTION drift_internal.time_expression(column_name text, base_type oid, time_zone text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE base_type
			WHEN 'timestamptz'::regtype THEN format('(source.%I)::pg_catalog.timestamptz', column_name)
			ELSE format('pg_catalog.timezone(%L, (source.%I)::pg_catalog.timestamp)', time_zone, column_name)
		END
$$;

COMMENT ON FUNCTION drift_internal.time_expression(text, oid, text) IS
	'expression of the time of a row, whose column is a timestamp or a date in a time zone where it is not a timestamptz';

CREATE OR REPLACE FUNCTION drift_internal.check_time_column(owner regrole, time_column text, query text, path text) RETURNS oid
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_type CONSTANT oid := (SELECT t.base_type FROM drift_internal.types_as(owner, query, path) AS t WHERE t.column_name = time_column LIMIT 1);
BEGIN
	IF found_type IS NULL THEN
		RAISE EXCEPTION 'the source has no column "%"', time_column
			USING ERRCODE = 'undefined_column', HINT = 'time_column names the column with the time of a row.';
	ELSIF found_type NOT IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype) THEN
		RAISE EXCEPTION 'column "%" is of type % and holds no time', time_column, format_type(found_type, NULL)
			USING ERRCODE = 'datatype_mismatch', HINT = 'time_column names a timestamp with or without time zone, or a date.';
	END IF;
	RETURN found_type;
END
$$;

COMMENT ON FUNCTION drift_internal.check_time_column(regrole, text, text, text) IS
	'type of the column with the time of a row, under its domains, or an error if there is no such column';

CREATE OR REPLACE FUNCTION drift_internal.check_columns(wanted text[], names text[]) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	offender text;
BEGIN
	SELECT n INTO offender FROM unnest(names) AS n GROUP BY n HAVING count(*) > 1;
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" occurs more than once', offender
			USING ERRCODE = 'duplicate_column', HINT = 'Give the columns of the query names of their own with AS.';
	END IF;
	SELECT coalesce(n, 'NULL') INTO offender FROM unnest(wanted) AS n WHERE n IS NULL OR n <> ALL (names) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the source has no column "%"', offender
			USING ERRCODE = 'undefined_column', HINT = format('It has: %s.', array_to_string(names, ', '));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_columns(text[], text[]) IS
	'raises where a column is wanted that is not among the names, or a name occurs twice';

CREATE OR REPLACE FUNCTION drift_internal.prediction_roles() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '{score,label,confidence,target,error}'::text[]
$$;

COMMENT ON FUNCTION drift_internal.prediction_roles() IS 'roles of columns that depend on what the model said, or tell what became true';

CREATE OR REPLACE FUNCTION drift_internal.model_features(model_id integer, version integer DEFAULT NULL) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(i.name ORDER BY i.place)
	FROM drift.models AS m
	JOIN drift.model_versions AS v ON v.model_id = m.model_id
		AND v.version = coalesce(model_features.version, drift_internal.answering_version(m)),
		LATERAL ROWS FROM (jsonb_to_recordset(v.inputs) AS (name text)) WITH ORDINALITY AS i (name, place)
	WHERE m.model_id = model_features.model_id
$$;

COMMENT ON FUNCTION drift_internal.model_features(integer, integer) IS
	'inputs of a version of a model, by default the one that answers or else the newest; NULL where they are not known';
