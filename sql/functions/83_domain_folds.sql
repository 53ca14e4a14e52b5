-- the classifier of drift.domain_classifier(): trained on all folds but one, that one is scored

CREATE OR REPLACE FUNCTION drift_internal.train_on_path(query text, label text, algorithm text, params jsonb, path text) RETURNS drift.model
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM set_config('search_path', path, true);
	RETURN drift.train(query, label, algorithm, params);
END
$$;

COMMENT ON FUNCTION drift_internal.train_on_path(text, text, text, jsonb, text) IS
	'drift.train() with the path on which the names in the query are looked up';

-- Equal rows are in one fold, so that none is scored by a model that has seen it.
CREATE OR REPLACE FUNCTION drift_internal.fold_query(sides text, used drift_internal.column_plan[], folds integer) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT side.is_current, %s, pg_catalog.abs(drift_internal.row_hash(%s) %% %s) AS fold FROM (%s) AS side',
		(SELECT string_agg(format('%s AS c%s', CASE WHEN p.kind = 'numeric' THEN
				drift_internal.number_expression(format('side.c%s', p.ordinality), p.value_type)
				ELSE format('side.c%s::pg_catalog.text', p.ordinality) END, p.ordinality), ', ' ORDER BY p.ordinality)
			FROM unnest(used) WITH ORDINALITY AS p),
		(SELECT string_agg(c.call, ', ' ORDER BY c.chunk)
			FROM drift_internal.column_calls('drift_internal.row_hash', drift_internal.positions(used)) AS c),
		folds, sides)
$$;

COMMENT ON FUNCTION drift_internal.fold_query(text, drift_internal.column_plan[], integer) IS
	'query for the rows of both sides as numbers and texts, with a fold from 0 on by their hash';

CREATE OR REPLACE FUNCTION drift_internal.check_domain_sides(folded text, path text) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	counts CONSTANT float8[] := drift_internal.read_domain(format('SELECT ARRAY[pg_catalog.count(*) FILTER (WHERE NOT f.is_current),
		pg_catalog.count(*) FILTER (WHERE f.is_current)]::pg_catalog.float8[] FROM (%s) AS f', folded), path, NULL);
BEGIN
	IF counts[1] = 0 OR counts[2] = 0 THEN
		RAISE EXCEPTION 'the % has no rows', CASE WHEN counts[1] = 0 THEN 'reference' ELSE 'current side' END
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_domain_sides(text, text) IS 'raises an error if one of both sides has no rows';

CREATE OR REPLACE FUNCTION drift_internal.domain_fitted(
	reference_query text, current_query text, columns text[], lower float8, upper float8, algorithm text, params jsonb, folds integer, path text)
	RETURNS SETOF drift.domain_separation
	LANGUAGE plpgsql VOLATILE COST 1000000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	used drift_internal.column_plan[] := drift_internal.domain_features(reference_query,
		ARRAY(SELECT p FROM drift_internal.plan_columns(reference_query, current_query, columns, NULL, path) AS p), NULL, path);
	folded CONSTANT text := drift_internal.fold_query(drift_internal.domain_sides(reference_query, current_query, used), used, folds);
	names CONSTANT text := (SELECT string_agg(format('f.c%s', i), ', ' ORDER BY i) FROM generate_subscripts(used, 1) AS i);
	scored text;
	models drift.model[];
BEGIN
	IF used = '{}' THEN
		RAISE EXCEPTION 'no column can tell both sides apart'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'Columns that are on one side only, or of other types, or identify rows are left out.';
	END IF;
	PERFORM drift_internal.check_domain_sides(folded, path);
	FOR fold IN 0 .. folds - 1 LOOP
		models := models || drift_internal.train_on_path(
			format('SELECT %s, f.is_current FROM (%s) AS f WHERE f.fold <> %s', names, folded, fold), 'is_current', algorithm, params, path);
	END LOOP;
	scored := format('SELECT f.is_current, CASE f.fold %s END AS c1, %s FROM (%s) AS f',
		(SELECT string_agg(format('WHEN %s THEN drift.score_row($1[%s], f)', i - 1, i), ' ') FROM generate_series(1, folds) AS i),
		(SELECT string_agg(format('f.c%s AS c%s', i, i + 1), ', ' ORDER BY i) FROM generate_subscripts(used, 1) AS i), folded);
	used := ARRAY(
		SELECT ROW(p.column_name, p.type_reference, p.type_current, p.kind,
			CASE p.kind WHEN 'numeric' THEN 'pg_catalog.float8' ELSE 'pg_catalog.text' END,
			p.method, p.requested, p.obstacle)::drift_internal.column_plan
		FROM unnest(used) WITH ORDINALITY AS p ORDER BY p.ordinality);
	used := ROW('score', 'double precision', 'double precision', 'numeric', 'pg_catalog.float8', NULL, NULL, NULL)::drift_internal.column_plan || used;
	RETURN QUERY SELECT d.* FROM drift_internal.domain_rows(scored, used, models, lower, upper, path) AS d;
END
$$;

COMMENT ON FUNCTION drift_internal.domain_fitted(text, text, text[], float8, float8, text, jsonb, integer, text) IS
	'drift.domain_classifier() that trains the classifier, on queries that are checked already, with names looked up on the given path';
