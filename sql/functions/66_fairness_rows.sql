-- reading groups of people: one scan that counts each group's decisions

CREATE OR REPLACE FUNCTION drift_internal.share_interval(share float8, n float8, confidence float8) RETURNS float8[]
	AS 'MODULE_PATHNAME', 'drift_share_interval_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.share_interval(float8, float8, float8) IS
	'lower and upper end of Wilson''s confidence interval of a share of n rows; NULL without rows';

CREATE OR REPLACE FUNCTION drift_internal.fairness_disparities(
	groups float8[], reference float8[], has_truth boolean, to_overall boolean, mean boolean,
	confidence float8, replicates integer, seed bigint)
	RETURNS TABLE (metric text, value float8, low float8, high float8, p_value float8, lowest integer, highest integer,
		change float8, change_low float8, change_high float8)
	AS 'MODULE_PATHNAME', 'drift_fairness_disparities' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100000 ROWS 10;

COMMENT ON FUNCTION drift_internal.fairness_disparities(float8[], float8[], boolean, boolean, boolean, float8, integer, bigint) IS
	'disparities of groups, six numbers each: tp, fp, fn, tn, effective rows and 1 if it is compared; with bootstrap intervals, a p-value by simulation of equal treatment, places of the extreme groups and the change from a reference';

-- With attributes in a relation of their own each row finds them by its key, as text, so that keys of any types meet.
CREATE OR REPLACE FUNCTION drift_internal.fairness_from(query text, attributes text, key text, attributes_key text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF attributes IS NULL THEN
		RETURN format(E'(%s\n) AS source', query);
	ELSIF key IS NULL THEN
		RAISE EXCEPTION 'attributes need the key by which rows find them'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'key is the column of the rows, attributes_key that of the attributes if it is called otherwise.';
	END IF;
	RETURN format(E'(%s\n) AS source LEFT JOIN (SELECT found.*, pg_catalog.count(*) OVER (PARTITION BY found.%2$I) AS drift_copies FROM (%3$s\n) AS found) AS attributes '
			'ON source.%4$I::pg_catalog.text = attributes.%2$I::pg_catalog.text',
		query, coalesce(attributes_key, key), attributes, key);
END
$$;

COMMENT ON FUNCTION drift_internal.fairness_from(text, text, text, text) IS
	'what fairness is read from: the rows as source, and the attributes of each as attributes';

CREATE OR REPLACE FUNCTION drift_internal.column_or_expression(given text, columns text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN given = ANY (columns) THEN quote_ident(given) ELSE format(E'(%s\n)', given) END
$$;

COMMENT ON FUNCTION drift_internal.column_or_expression(text, text[]) IS
	'a text as it is put into a query: the name of a column quoted, everything else as an expression';

CREATE OR REPLACE FUNCTION drift_internal.decision_expression(expression text, called text, base_type oid, positive text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	family CONSTANT text := drift_internal.type_family(base_type);
BEGIN
	IF family = 'boolean' AND positive IS NULL THEN
		RETURN expression;
	ELSIF family = 'integer' THEN
		RETURN format('(%s = %s)', expression, coalesce(quote_literal(positive) || '::pg_catalog.int8', '1'));
	ELSIF positive IS NULL THEN
		RAISE EXCEPTION '% is neither boolean nor 0 or 1', called
			USING ERRCODE = 'datatype_mismatch', DETAIL = format('It is of type %s.', format_type(base_type, NULL)),
				HINT = 'Give an expression, such as ''score >= 0.5'', or say by positive which value is the favourable one.';
	ELSIF family = 'number' THEN
		RETURN format('(%s = %L::pg_catalog.float8)', expression, positive);
	END IF;
	RETURN format('(%s::pg_catalog.text = %L)', expression, positive);
END
$$;

COMMENT ON FUNCTION drift_internal.decision_expression(text, text, oid, text) IS
	'boolean expression of a column of decisions or of truth; positive is its favourable value where it is not boolean';

-- The columns that are asked for, under names that cannot clash: prediction, actual, score, weight, period, group_1, ...
CREATE OR REPLACE FUNCTION drift_internal.fairness_columns(prediction text, actual text, score text, weight text, period text, groups text[])
	RETURNS TABLE (place bigint, name text, expression text)
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT row_number() OVER (ORDER BY c.place, c.ordinality), c.name, c.expression
	FROM (
		SELECT 1 AS place, ordinality, name, expression
		FROM unnest(ARRAY['prediction', 'actual', 'score', 'weight', 'period'], ARRAY[prediction, actual, score, weight, period])
			WITH ORDINALITY AS u (name, expression, ordinality)
		UNION ALL
		SELECT 2, ordinality, 'group_' || ordinality, expression FROM unnest(groups) WITH ORDINALITY AS g (expression, ordinality)
	) AS c
	WHERE c.expression IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.fairness_columns(text, text, text, text, text, text[]) IS
	'what is read of each row for fairness: name and expression';

CREATE OR REPLACE FUNCTION drift_internal.fairness_query(rows_from text, prediction text, actual text, groups text[], score text, weight text,
	period text, by text, positive text, path text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	columns CONSTANT text[] := ARRAY(SELECT c.column_name FROM drift_internal.read_columns('SELECT * FROM ' || rows_from, path) AS c);
	selected text;
	expected text[];
	found record;
BEGIN
	SELECT string_agg(format('%s AS %I', drift_internal.column_or_expression(c.expression, columns), c.name), ', ' ORDER BY c.place),
		array_agg(c.name ORDER BY c.place)
	INTO selected, expected
	FROM drift_internal.fairness_columns(prediction, actual, score, weight, period, groups) AS c;
	selected := format('SELECT %s%s FROM %s', selected,
		CASE WHEN 'drift_copies' = ANY (columns) THEN ', attributes.drift_copies' ELSE '' END, rows_from);
	SELECT array_agg(c.column_name ORDER BY c.ordinal) FILTER (WHERE c.column_name <> 'drift_copies') AS names,
		max(c.base_type) FILTER (WHERE c.column_name = 'prediction') AS prediction,
		max(c.base_type) FILTER (WHERE c.column_name = 'actual') AS actual
	INTO found
	FROM drift_internal.read_columns(selected, path) AS c;
	IF found.names IS DISTINCT FROM expected THEN
		RAISE EXCEPTION 'what fairness is measured of must be single expressions'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('They give the columns %s.', array_to_string(found.names, ', '));
	END IF;
	RETURN drift_internal.fairness_counts_query(selected, actual IS NOT NULL, cardinality(groups), score IS NOT NULL, weight IS NOT NULL,
		CASE WHEN period IS NOT NULL THEN format('pg_catalog.date_trunc(%L, r.period::pg_catalog.timestamptz, ''UTC'')', by) END,
		drift_internal.decision_expression('r.prediction', 'prediction', found.prediction, positive),
		CASE WHEN actual IS NOT NULL THEN drift_internal.decision_expression('r.actual', 'actual', found.actual, positive) ELSE 'true' END,
		'drift_copies' = ANY (columns));
END
$$;

COMMENT ON FUNCTION drift_internal.fairness_query(text, text, text, text[], text, text, text, text, text, text) IS
	'query that counts the decisions of each group, and in each period, in one scan';

CREATE OR REPLACE FUNCTION drift_internal.fairness_counts_query(selected text, has_truth boolean, group_columns integer, has_score boolean,
	has_weight boolean, period text, decision text, truth text, has_copies boolean) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$
		SELECT %1$s, ARRAY[%2$s]::pg_catalog.text[], pg_catalog.count(*), %3$s, %4$s, %5$s%9$s
		FROM (
			SELECT %6$s AS period, %7$s AS p, %8$s AS a, %10$s
			FROM (%11$s) AS r
			OFFSET 0
		) AS d
		WHERE d.p IS NOT NULL AND d.a IS NOT NULL%12$s
		GROUP BY %13$s
		ORDER BY %13$s
		LIMIT 100001$query$,
		'd.period',
		(SELECT string_agg('d.g' || i, ', ') FROM generate_series(1, least(group_columns, 20)) AS i),
		-- without truth the others are not wrong
		(SELECT string_agg(format('COALESCE(%s FILTER (WHERE %s), 0)::pg_catalog.float8', sum_of, cell), ', ' ORDER BY place)
			FROM unnest(CASE WHEN has_truth THEN ARRAY['d.p AND d.a', 'd.p AND NOT d.a', 'NOT d.p AND d.a', 'NOT d.p AND NOT d.a']
				ELSE ARRAY['d.p', 'false', 'NOT d.p', 'false'] END) WITH ORDINALITY AS c (cell, place),
				LATERAL (SELECT CASE WHEN has_weight THEN 'pg_catalog.sum(d.w)' ELSE 'pg_catalog.count(*)' END) AS s (sum_of)),
		CASE WHEN has_weight THEN 'COALESCE(pg_catalog.sum(d.w) ^ 2 / NULLIF(pg_catalog.sum(d.w * d.w), 0), 0)' ELSE 'pg_catalog.count(*)::pg_catalog.float8' END,
		CASE WHEN has_score THEN 'pg_catalog.count(d.s), pg_catalog.avg(d.s), pg_catalog.stddev_samp(d.s)' ELSE '0::pg_catalog.int8, NULL::pg_catalog.float8, NULL::pg_catalog.float8' END,
		coalesce(period, 'NULL::pg_catalog.timestamptz'), decision, truth,
		CASE WHEN has_copies THEN ', pg_catalog.max(d.copies)' ELSE ', 0::pg_catalog.int8' END,
		concat_ws(', ', (SELECT string_agg(format('r.group_%1$s::pg_catalog.text COLLATE pg_catalog."C" AS g%1$s', i), ', ') FROM generate_series(1, least(group_columns, 20)) AS i),
			CASE WHEN has_score THEN 'NULLIF(r.score::pg_catalog.float8, ''NaN'') AS s' END,
			CASE WHEN has_weight THEN 'drift_internal.checked_weight(r.weight::pg_catalog.float8) AS w' END,
			CASE WHEN has_copies THEN 'r.drift_copies AS copies' END),
		selected,
		CASE WHEN has_weight THEN ' AND d.w IS NOT NULL' ELSE '' END,
		(SELECT 'd.period, ' || string_agg('d.g' || i, ', ') FROM generate_series(1, least(group_columns, 20)) AS i))
$$;

COMMENT ON FUNCTION drift_internal.fairness_counts_query(text, boolean, integer, boolean, boolean, text, text, text, boolean) IS
	'query that counts what a query of decisions has of each group';

CREATE OR REPLACE FUNCTION drift_internal.checked_weight(weight float8) RETURNS float8
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF weight < 0 OR weight = 'Infinity' THEN
		RAISE EXCEPTION 'a weight is %', weight
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Weights are numbers from 0 on.';
	END IF;
	RETURN nullif(weight, 'NaN');
END
$$;

COMMENT ON FUNCTION drift_internal.checked_weight(float8) IS 'a weight, NULL for NaN; an error where it is negative or infinite';

CREATE OR REPLACE FUNCTION drift_internal.read_fairness(query text, path text)
	RETURNS TABLE (cells drift_internal.fairness_cells, copies bigint)
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
	SET synchronize_seqscans = off
AS $$
BEGIN
	PERFORM set_config('transaction_read_only', 'on', true);
	PERFORM set_config('search_path', path, true);

	RETURN QUERY EXECUTE format('SELECT ROW(q.period, q.group_values, q.n, q.tp, q.fp, q.fn, q.tn, q.effective, q.score_n, q.score_mean, q.score_stddev)'
		'::drift_internal.fairness_cells, q.copies '
		'FROM (%s) AS q (period, group_values, n, tp, fp, fn, tn, effective, score_n, score_mean, score_stddev, copies)', query);
EXCEPTION
	WHEN others THEN RAISE;
END
$$;

COMMENT ON FUNCTION drift_internal.read_fairness(text, text) IS 'runs a query of drift_internal.fairness_query(), read-only';

-- All groups, the counts of each; the function that the public ones share.
CREATE OR REPLACE FUNCTION drift_internal.fairness_groups(query text, prediction text, actual text, groups text[], score text, weight text,
	period text, by text, positive text, attributes text, key text, attributes_key text, path text)
	RETURNS drift_internal.fairness_cells[]
	LANGUAGE plpgsql STABLE COST 100000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift_internal.fairness_cells[];
	copies bigint;
BEGIN
	IF prediction IS NULL OR coalesce(cardinality(groups), 0) = 0 OR array_position(groups, NULL) IS NOT NULL OR array_ndims(groups) > 1 THEN
		RAISE EXCEPTION 'fairness needs a prediction and columns that make the groups'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'Such as groups => ''{sex}'', or ''{sex,region}'' for their intersections.';
	ELSIF cardinality(groups) > 20 THEN
		RAISE EXCEPTION '% columns of groups are too many', cardinality(groups)
			USING ERRCODE = 'program_limit_exceeded', HINT = 'At most 20 are taken.';
	END IF;
	SELECT array_agg(r.cells), max(r.copies) INTO result, copies
	FROM drift_internal.read_fairness(drift_internal.fairness_query(drift_internal.fairness_from(query, attributes, key, attributes_key),
		prediction, actual, groups, score, weight, period, by, positive, path), path) AS r;
	IF copies > 1 THEN
		RAISE EXCEPTION 'the attributes have % rows for one key', copies
			USING ERRCODE = 'cardinality_violation', HINT = 'Each row must find one row of attributes; those of one time, for example.';
	ELSIF cardinality(result) > 100000 THEN
		RAISE EXCEPTION 'there are more than 100000 groups'
			USING ERRCODE = 'program_limit_exceeded', HINT = 'Cut columns with many values into bands, such as width_bucket(age, ''{25,40,60}'').';
	END IF;
	RETURN coalesce(result, '{}');
END
$$;

COMMENT ON FUNCTION drift_internal.fairness_groups(text, text, text, text[], text, text, text, text, text, text, text, text, text) IS
	'groups of a source of decisions with their counts, in each period if there is one';
