-- planning a comparison: which columns, read as what, tested how

-- Methods a user may ask for; the flag says whether the method needs numbers.
CREATE OR REPLACE FUNCTION drift_internal.comparison_methods() RETURNS TABLE (method text, numeric_only boolean)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 24
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES ('ks_test', true), ('t_test', true), ('mann_whitney_test', true), ('epps_singleton_test', true), ('levene_test', true),
		('cramer_von_mises_test', true), ('anderson_darling_test', true), ('kuiper_test', true), ('energy_distance', true),
		('wasserstein_distance', true), ('normalized_wasserstein_distance', true),
		('chi_square_test', false), ('z_test', false), ('psi', false), ('kl_divergence', false),
		('js_distance', false), ('hellinger_distance', false), ('total_variation', false), ('l_infinity', false),
		('cramers_v', false), ('cramers_v_corrected', false), ('g_test', false), ('chi_square_goodness_of_fit_test', false),
		('fisher_exact_test', false)
$$;

COMMENT ON FUNCTION drift_internal.comparison_methods() IS 'methods that the methods argument of drift.compare() takes';

-- The method asked for by the column's name, else by its kind.
CREATE OR REPLACE FUNCTION drift_internal.requested_method(methods jsonb, column_name text, kind text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted text := coalesce(methods ->> column_name, methods ->> kind);
	known record;
BEGIN
	IF wanted IS NULL OR kind = 'unsupported' THEN
		RETURN NULL;
	END IF;

	SELECT * INTO known FROM drift_internal.comparison_methods() AS c WHERE c.method = wanted;

	IF NOT FOUND THEN
		RAISE EXCEPTION 'unknown method "%" for column "%"', wanted, column_name
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = (SELECT format('There are: %s.', string_agg(c.method, ', ')) FROM drift_internal.comparison_methods() AS c);
	ELSIF known.numeric_only AND kind <> 'numeric' THEN
		RAISE EXCEPTION 'method "%" needs numbers, but column "%" is %', wanted, column_name, kind
			USING ERRCODE = 'invalid_parameter_value';
	END IF;

	RETURN wanted;
END
$$;

COMMENT ON FUNCTION drift_internal.requested_method(jsonb, text, text) IS
	'method that was asked for a column by its name or kind; NULL when none was';

-- Refuse names that neither side has, and two columns of one name.
CREATE OR REPLACE FUNCTION drift_internal.check_column_names(reference_names text[], current_names text[], columns text[], methods jsonb)
	RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	offender text;
BEGIN
	IF jsonb_typeof(methods) <> 'object' THEN
		RAISE EXCEPTION 'methods must be a JSON object'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'For example {"numeric": "t_test", "age": "psi"}.';
	END IF;

	SELECT n INTO offender FROM unnest(reference_names) AS n GROUP BY n HAVING count(*) > 1
	UNION ALL
	SELECT n FROM unnest(current_names) AS n GROUP BY n HAVING count(*) > 1;
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" occurs more than once', offender
			USING ERRCODE = 'duplicate_column', HINT = 'Give the columns of the query names of their own with AS.';
	END IF;

	SELECT n INTO offender FROM unnest(columns) AS n WHERE n IS NULL OR n <> ALL (reference_names || current_names);
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" is on neither side', offender USING ERRCODE = 'undefined_column';
	END IF;

	SELECT k INTO offender FROM jsonb_object_keys(methods) AS k
	WHERE k NOT IN ('numeric', 'categorical') AND k <> ALL (reference_names || current_names);
	IF FOUND THEN
		RAISE EXCEPTION 'methods name the column "%", which is on neither side', offender
			USING ERRCODE = 'undefined_column', HINT = 'A key is a column''s name, "numeric" or "categorical".';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_column_names(text[], text[], text[], jsonb) IS
	'raises an error for columns that no side has or that one side has twice';

-- Type both sides are read as. Integers and other numbers mix, and so do the two timestamps.
CREATE OR REPLACE FUNCTION drift_internal.common_type(type_reference oid, type_current oid) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN drift_internal.family_kind(r) = 'unsupported' OR drift_internal.family_kind(c) = 'unsupported' THEN NULL
			WHEN r IN ('text', 'uuid') AND c IN ('text', 'uuid') THEN 'pg_catalog.text'
			WHEN type_reference = type_current THEN format('pg_catalog.%I', (SELECT typname FROM pg_type WHERE oid = type_reference))
			WHEN r IN ('integer', 'number') AND c IN ('integer', 'number') THEN 'pg_catalog.float8'
			WHEN r = 'timestamp' AND c = 'timestamp' THEN 'pg_catalog.timestamptz'
		END
	FROM (SELECT drift_internal.type_family(type_reference) AS r, drift_internal.type_family(type_current) AS c) AS f
$$;

COMMENT ON FUNCTION drift_internal.common_type(oid, oid) IS
	'type as which two columns are compared; NULL when they cannot be';

CREATE OR REPLACE FUNCTION drift_internal.plan_columns(
	reference_query text, current_query text, columns text[], methods jsonb, path text, library boolean DEFAULT false)
	RETURNS SETOF drift_internal.column_plan
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF reference_query IS NULL OR current_query IS NULL THEN
		RAISE EXCEPTION 'a source of data is NULL' USING ERRCODE = 'null_value_not_allowed';
	END IF;

	PERFORM drift_internal.check_column_names(
		ARRAY(SELECT r.column_name FROM drift_internal.read_columns(reference_query, path) AS r),
		ARRAY(SELECT c.column_name FROM drift_internal.read_columns(current_query, path) AS c),
		columns, methods);

	RETURN QUERY
		SELECT p.column_name, p.type_reference, p.type_current, p.kind, p.value_type,
			CASE WHEN NOT library THEN drift_internal.requested_method(methods, p.column_name, p.kind) END,
			coalesce(p.column_name = ANY (columns), false) OR coalesce(methods ? p.column_name, false),
			CASE
				WHEN p.type_current IS NULL THEN 'absent in current'
				WHEN p.type_reference IS NULL THEN 'absent in reference'
				WHEN p.kind = 'unsupported' THEN 'unsupported'
				WHEN p.value_type IS NULL THEN 'type'
			END
		FROM (
			SELECT column_name, r.column_type AS type_reference, c.column_type AS type_current,
				drift_internal.family_kind(drift_internal.type_family(coalesce(r.base_type, c.base_type))) AS kind,
				drift_internal.common_type(r.base_type, c.base_type) AS value_type,
				r.ordinal AS reference_ordinal, c.ordinal AS current_ordinal
			FROM drift_internal.read_columns(reference_query, path) AS r
			FULL JOIN drift_internal.read_columns(current_query, path) AS c USING (column_name)
		) AS p
		WHERE columns IS NULL OR p.column_name = ANY (columns)
		ORDER BY p.reference_ordinal NULLS LAST, p.current_ordinal;
END
$$;

COMMENT ON FUNCTION drift_internal.plan_columns(text, text, text[], jsonb, text, boolean) IS
	'how each column of two queries will be compared, in the order of the reference; library says that methods are the names of another library';

-- Columns of which nearly every value occurs once tell rows apart, not distributions. Whole numbers
-- must be unique to count, for measured ones seldom repeat in small data either.
CREATE OR REPLACE FUNCTION drift_internal.identifies_rows(value_type text, n bigint, n_distinct bigint) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(n >= 100 AND CASE
			WHEN value_type IN ('pg_catalog.text', 'pg_catalog.uuid') THEN n_distinct > 0.95 * n
			WHEN value_type IN ('pg_catalog.int2', 'pg_catalog.int4', 'pg_catalog.int8') THEN n_distinct = n
		END, false)
$$;

COMMENT ON FUNCTION drift_internal.identifies_rows(text, bigint, bigint) IS
	'whether a column of n values looks like an identifier: at least 100 values and nearly all of them different';
