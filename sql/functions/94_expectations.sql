-- expectations: what rows must be like

CREATE OR REPLACE FUNCTION drift_internal.expectation_params()
	RETURNS TABLE (kind text, needs_column boolean, name text, type text, required boolean, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
	('range', true, 'min', 'value', false, 'least value'),
	('range', true, 'max', 'value', false, 'greatest value'),
	('range', true, 'mostly', 'share', false, 'share of the values that must be in it'),
	('not_null', true, 'mostly', 'share', false, 'share of the rows that must have a value'),
	('set', true, 'values', 'array', true, 'the values that may be'),
	('set', true, 'mostly', 'share', false, 'share of the values that must be among them'),
	('type', true, 'type', 'string', true, 'type of the column'),
	('unique', false, 'columns', 'array', false, 'columns that are unique together, instead of one'),
	('row_count', false, 'min', 'number', false, 'least number of rows'),
	('row_count', false, 'max', 'number', false, 'greatest number of rows'),
	('class_share', true, 'min', 'share', true, 'least share of each value'),
	('sql', false, 'expression', 'string', false, 'expression over the columns of a row that is not false'),
	('sql', false, 'aggregate', 'string', false, 'expression over all rows that is true'),
	('sql', false, 'mostly', 'share', false, 'share of the rows for which the expression must not be false')
$$;

COMMENT ON FUNCTION drift_internal.expectation_params() IS 'kinds of expectations and what their params may have';

-- The first thing that is wrong, in words; NULL: nothing.
CREATE OR REPLACE FUNCTION drift_internal.expectation_obstacle(expected drift.expectations) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(
		CASE WHEN expected.kind IS NULL OR NOT EXISTS (SELECT FROM drift_internal.expectation_params() AS p WHERE p.kind = expected.kind)
			THEN format('There is no kind %s; the kinds are range, not_null, set, type, unique, row_count, class_share and sql.', coalesce(quote_literal(expected.kind), 'NULL')) END,
		CASE WHEN expected.severity IS NULL OR expected.severity NOT IN ('error', 'warning') THEN 'The severity is error or warning.' END,
		(SELECT 'A column is needed.' FROM drift_internal.expectation_params() AS p
		 WHERE p.kind = expected.kind AND p.needs_column AND expected.column_name IS NULL LIMIT 1),
		(SELECT format('%s has no "%s"; it has %s.', expected.kind, g.key,
				(SELECT string_agg(p.name, ', ' ORDER BY p.name) FROM drift_internal.expectation_params() AS p WHERE p.kind = expected.kind))
		 FROM jsonb_object_keys(expected.params) AS g (key)
		 WHERE g.key NOT IN (SELECT p.name FROM drift_internal.expectation_params() AS p WHERE p.kind = expected.kind)
		 ORDER BY g.key LIMIT 1),
		(SELECT format('"%s" is missing: %s.', p.name, p.description) FROM drift_internal.expectation_params() AS p
		 WHERE p.kind = expected.kind AND p.required AND NOT expected.params ? p.name LIMIT 1),
		(SELECT format('"%s" cannot be %s: %s.', p.name, expected.params -> p.name, p.description)
		 FROM drift_internal.expectation_params() AS p
		 WHERE p.kind = expected.kind AND expected.params ? p.name AND NOT CASE p.type
			WHEN 'share' THEN CASE WHEN jsonb_typeof(expected.params -> p.name) = 'number' THEN (expected.params ->> p.name)::numeric BETWEEN 0 AND 1 ELSE false END
			WHEN 'value' THEN jsonb_typeof(expected.params -> p.name) IN ('number', 'string')
			ELSE jsonb_typeof(expected.params -> p.name) = p.type END
		 ORDER BY p.name LIMIT 1),
		CASE
			WHEN expected.kind IN ('range', 'row_count') AND NOT expected.params ?| '{min,max}' THEN 'It needs min, max or both.'
			WHEN expected.kind = 'unique' AND (expected.column_name IS NULL) = (NOT expected.params ? 'columns') THEN 'It needs either a column or columns.'
			WHEN expected.params -> 'columns' = '[]' THEN '"columns" is empty.'
			WHEN expected.kind = 'sql' AND (expected.params ? 'expression') = (expected.params ? 'aggregate') THEN 'It needs either an expression or an aggregate.'
		END)
$$;

COMMENT ON FUNCTION drift_internal.expectation_obstacle(drift.expectations) IS 'why an expectation is none; NULL: it is one';

CREATE OR REPLACE FUNCTION drift_internal.check_expectation(expected drift.expectations) RETURNS drift.expectations
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	obstacle text;
BEGIN
	expected.params := drift_internal.check_object(expected.params, 'params');
	obstacle := drift_internal.expectation_obstacle(expected);
	IF obstacle IS NOT NULL THEN
		RAISE EXCEPTION 'invalid expectation%', coalesce(' "' || expected.name || '"', '')
			USING ERRCODE = 'invalid_parameter_value', DETAIL = obstacle;
	END IF;
	RETURN expected;
END
$$;

COMMENT ON FUNCTION drift_internal.check_expectation(drift.expectations) IS 'the expectation, or an error that says what is wrong with it';

CREATE OR REPLACE FUNCTION drift.add_expectation(model text, name text, kind text, column_name text DEFAULT NULL, params jsonb DEFAULT '{}',
	severity text DEFAULT 'error')
	RETURNS SETOF drift.expectations
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'own');
	expected drift.expectations;
BEGIN
	PERFORM drift_internal.find_training(model, 'own');
	expected.name := drift_internal.check_name(add_expectation.name, 'training expectation');
	expected.kind := add_expectation.kind;
	expected.column_name := add_expectation.column_name;
	expected.params := add_expectation.params;
	expected.severity := add_expectation.severity;
	expected := drift_internal.check_expectation(expected);
	RETURN QUERY
		INSERT INTO drift.expectations AS e (model_id, name, kind, column_name, params, severity, created_by)
		VALUES (locked.model_id, expected.name, expected.kind, expected.column_name, expected.params, expected.severity,
			pg_get_userbyid(drift_internal.actor()))
		ON CONFLICT DO NOTHING
		RETURNING e.*;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'model "%" has an expectation "%"', locked.name, expected.name
			USING ERRCODE = 'duplicate_object', HINT = 'drift.remove_expectation() takes it away.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift.add_expectation(text, text, text, text, jsonb, text) IS
	'adds what the training rows of a model must be like: range (min, max), not_null, set (values), type, unique, row_count, class_share or sql (expression or aggregate), of a column or of all. error: otherwise nothing is trained; warning: the run says so.';

CREATE OR REPLACE FUNCTION drift.remove_expectation(model text, name text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'own');
BEGIN
	DELETE FROM drift.expectations AS e WHERE e.model_id = locked.model_id AND e.name = remove_expectation.name;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'model "%" has no expectation "%"', locked.name, name USING ERRCODE = 'undefined_object';
	END IF;
END
$$;

COMMENT ON FUNCTION drift.remove_expectation(text, text) IS 'takes away an expectation of the training rows of a model';
