-- how rows are read for a learner

-- Only functions that the server brings touch the rows: a trigger reads them for whoever inserts.
CREATE OR REPLACE FUNCTION drift_internal.learner_expression(column_name text, base_type oid, wanted text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN wanted = 'text' AND drift_internal.type_family(base_type) = 'number' THEN format('%s::pg_catalog.float8::pg_catalog.text', e.safe)
			WHEN wanted = 'text' AND drift_internal.type_family(base_type) IN ('integer', 'boolean', 'uuid', 'text') THEN format('(%s)::pg_catalog.text', e.safe)
			WHEN wanted = 'number' AND base_type = 'bool'::regtype THEN format('%s::pg_catalog.int4::pg_catalog.float8', e.safe)
			WHEN wanted = 'number' AND drift_internal.type_family(base_type) IN ('integer', 'number') THEN format('%s::pg_catalog.float8', e.safe)
		END
	FROM drift_internal.safe_expression(column_name, base_type) AS e (safe)
$$;

COMMENT ON FUNCTION drift_internal.learner_expression(text, oid, text) IS
	'expression of a column of a source as a number or as text; NULL where the type cannot be read so';

CREATE OR REPLACE FUNCTION drift_internal.require_expression(learner drift.learners, column_name text, names text[], types oid[], wanted text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_type CONSTANT oid := types[array_position(names, column_name)];
	result CONSTANT text := drift_internal.learner_expression(column_name, found_type, wanted);
BEGIN
	IF found_type IS NULL THEN
		RAISE EXCEPTION 'the rows for learner "%" have no column "%"', learner.name, column_name
			USING ERRCODE = 'undefined_column',
				DETAIL = format('They have %s.', (SELECT string_agg(quote_ident(n), ', ') FROM unnest(names) AS n));
	ELSIF result IS NULL THEN
		RAISE EXCEPTION 'learner "%" cannot take column "%" of type % as %', learner.name, column_name, format_type(found_type, NULL), wanted
			USING ERRCODE = 'datatype_mismatch',
				HINT = CASE WHEN drift_internal.type_family(found_type) IN ('timestamp', 'date')
						THEN 'Make a number of it that means something, such as an age or an hour of the day.'
					ELSE 'Cast it in the query, or leave it out by features.' END;
	END IF;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.require_expression(drift.learners, text, text[], oid[], text) IS
	'expression of a column of a source as a number or as text, or an error that says why there is none';

CREATE OR REPLACE FUNCTION drift_internal.learner_classes(learner drift.learners, label_type oid) RETURNS text[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF learner.algorithm = 'linear' THEN
		RETURN '{}';
	ELSIF learner.classes IS NOT NULL THEN
		RETURN learner.classes;
	ELSIF label_type = 'bool'::regtype THEN
		RETURN '{false,true}';
	ELSIF drift_internal.type_family(label_type) IN ('integer', 'number') THEN
		RETURN '{0,1}';
	END IF;
	RAISE EXCEPTION 'the classes of learner "%" are not known', learner.name
		USING ERRCODE = 'null_value_not_allowed', DETAIL = format('Its label "%s" is of type %s.', learner.label, format_type(label_type, NULL)),
			HINT = 'Name them when it is created: classes => ''{no,yes}''; the second of two is the positive one.';
END
$$;

COMMENT ON FUNCTION drift_internal.learner_classes(drift.learners, oid) IS
	'labels of the classes of a learner: as given, those of a boolean, or 0 and 1 of a number; none of numbers to be predicted';

-- Features are those of the learner, or, the first time, all other columns.
CREATE OR REPLACE FUNCTION drift_internal.plan_lesson(learner drift.learners, names text[], types oid[]) RETURNS drift_internal.lesson_plan
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plan drift_internal.lesson_plan;
	wanted CONSTANT text := CASE WHEN learner.algorithm = 'linear' THEN 'number' ELSE 'text' END;
	label CONSTANT text := drift_internal.require_expression(learner, learner.label, names, types, wanted);
BEGIN
	plan.features := coalesce(learner.features, ARRAY(SELECT n FROM unnest(names) AS n
		WHERE n IS DISTINCT FROM learner.label AND n IS DISTINCT FROM learner.time_column AND n IS DISTINCT FROM learner.weight_column));
	plan.categorical := coalesce(learner.categorical, ARRAY(
		SELECT drift_internal.type_family(types[array_position(names, f.name)]) IN ('text', 'uuid') IS TRUE
		FROM unnest(plan.features) WITH ORDINALITY AS f (name, place) ORDER BY f.place));
	plan.expressions := ARRAY(
		SELECT drift_internal.require_expression(learner, f.name, names, types, CASE WHEN f.categorical THEN 'text' ELSE 'number' END)
		FROM ROWS FROM (unnest(plan.features), unnest(plan.categorical)) WITH ORDINALITY AS f (name, categorical, place) ORDER BY f.place);
	plan.classes := drift_internal.learner_classes(learner, types[array_position(names, learner.label)]);
	plan.label := CASE WHEN wanted = 'text' THEN label ELSE 'NULL::pg_catalog.text' END;
	plan.number := CASE WHEN wanted = 'text' THEN 'NULL::pg_catalog.float8' ELSE label END;
	plan.weight := CASE WHEN learner.weight_column IS NULL THEN '1::pg_catalog.float8'
		ELSE drift_internal.require_expression(learner, learner.weight_column, names, types, 'number') END;
	IF learner.time_column IS NOT NULL THEN
		IF NOT coalesce(drift_internal.type_family(types[array_position(names, learner.time_column)]) IN ('timestamp', 'date'), false) THEN
			RAISE EXCEPTION 'the rows for learner "%" have no time in column "%"', learner.name, learner.time_column
				USING ERRCODE = CASE WHEN learner.time_column = ANY (names) THEN 'datatype_mismatch' ELSE 'undefined_column' END;
		END IF;
		plan.at := format('drift_internal.instant(source.%I, ''UTC'')', learner.time_column);
	END IF;
	IF cardinality(plan.features) = 0 THEN
		RAISE EXCEPTION 'the rows for learner "%" have no column to predict "%" from', learner.name, learner.label
			USING ERRCODE = 'undefined_column';
	END IF;
	RETURN plan;
END
$$;

COMMENT ON FUNCTION drift_internal.plan_lesson(drift.learners, text[], oid[]) IS
	'how rows with these columns, of these types without domains, are read for a learner; or an error that says why they cannot be';

CREATE OR REPLACE FUNCTION drift_internal.learner_of_plan(learner drift.learners, plan drift_internal.lesson_plan, state bytea) RETURNS bytea
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(state, drift_internal.learner_make(learner.params, plan.features, plan.categorical, plan.classes,
		drift_internal.learner_detector(learner)))
$$;

COMMENT ON FUNCTION drift_internal.learner_of_plan(drift.learners, drift_internal.lesson_plan, bytea) IS
	'what a learner knows, or one that knows nothing for rows that are read so';

-- The learner stands in the query as an expression: a literal, or a parameter.
CREATE OR REPLACE FUNCTION drift_internal.lesson_query(plan drift_internal.lesson_plan, rows_from text, learner text, after timestamptz DEFAULT NULL)
	RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT (l.lesson).*, l.read_to FROM ('
			'SELECT drift_internal.learn_agg(%s, %s, %s, %s, ROW(%s)%s) AS lesson, %s AS read_to FROM %s AS source%s) AS l',
		learner, plan.label, plan.number, plan.weight, array_to_string(plan.expressions, ', '), ' ORDER BY ' || plan.at,
		coalesce('pg_catalog.max(' || plan.at || ')', 'NULL::pg_catalog.timestamptz'), rows_from,
		' WHERE ' || plan.at || ' > ' || quote_literal(after) || '::pg_catalog.timestamptz')
$$;

COMMENT ON FUNCTION drift_internal.lesson_query(drift_internal.lesson_plan, text, text, timestamptz) IS
	'query that lets a learner learn from the rows of something for FROM, or from those after a time: the lesson, and the newest time';
