-- what a monitor's configuration says of features, against the features that it has

CREATE OR REPLACE FUNCTION drift_internal.needs_all_values(method text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT method IN ('chi_square_test', 'chi_square_goodness_of_fit_test', 'g_test', 'fisher_exact_test', 'z_test', 'cramers_v',
		'cramers_v_corrected', 'l_infinity', 'epps_singleton_test', 'levene_test')
$$;

COMMENT ON FUNCTION drift_internal.needs_all_values(text) IS
	'whether a method needs every value counted, which profiles of many different numbers do not';

CREATE OR REPLACE FUNCTION drift_internal.method_problem(method text, kind text, profile drift.profile) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN kind <> 'numeric' AND c.numeric_only THEN 'needs numbers'
			WHEN c.method IN ('fisher_exact_test', 'z_test') AND drift.distinct_count(profile) > 2 THEN 'needs a column of two values'
			WHEN drift_internal.needs_all_values(c.method) AND NOT drift.is_exact(profile) THEN
				'needs every value counted, and the column has too many different ones'
		END
	FROM drift_internal.comparison_methods() AS c
	WHERE c.method = method_problem.method
$$;

COMMENT ON FUNCTION drift_internal.method_problem(text, text, drift.profile) IS
	'why a monitor cannot use a method on a column, given its profile in the baseline if there is one; NULL: it can';

CREATE OR REPLACE FUNCTION drift_internal.check_feature_config(config jsonb, columns drift.monitor_columns[], baseline_id integer) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problems CONSTANT text[] := ARRAY(
		SELECT drift_internal.shown_path(ARRAY['features', f.key]) || ' ' || p.problem
		FROM jsonb_each(config -> 'features') AS f
		LEFT JOIN unnest(columns) AS c ON c.role = 'feature' AND c.column_name = f.key
		LEFT JOIN drift.baseline_columns AS b ON b.baseline_id = check_feature_config.baseline_id AND b.segment = '' AND b.column_name = f.key
		CROSS JOIN LATERAL (
			SELECT CASE
					WHEN c.column_name IS NULL THEN 'is not a feature of the monitor'
					ELSE format('cannot have method %s, which ', f.value ->> 'method')
						|| drift_internal.method_problem(f.value ->> 'method', c.kind, b.profile)
				END
		) AS p (problem)
		WHERE p.problem IS NOT NULL
		ORDER BY f.key);
BEGIN
	IF problems <> '{}' THEN
		RAISE EXCEPTION 'the configuration has % error(s)', cardinality(problems)
			USING ERRCODE = 'invalid_parameter_value', DETAIL = array_to_string(problems, E'\n'),
				HINT = 'drift.monitor_columns lists the features of a monitor.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_feature_config(jsonb, drift.monitor_columns[], integer) IS
	'raises where the own configuration of a monitor names features that it does not watch, or methods that they cannot have';
