-- threshold sets that leave the verdict to another library's rules

CREATE OR REPLACE FUNCTION drift_internal.library_methods(rule text) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE rule
			WHEN 'evidently' THEN '{psi,kl_div,jensenshannon,hellinger,wasserstein,ks,z,chisquare,t_test,mannw,g_test,fisher_exact,cramer_von_mises,anderson,ed,es}'::text[]
			WHEN 'nannyml' THEN '{jensen_shannon,kolmogorov_smirnov,wasserstein,hellinger,chi2,l_infinity}'
		END
$$;

COMMENT ON FUNCTION drift_internal.library_methods(text) IS 'methods that the methods argument of drift.compare() takes under such a set, by the library''s own names';

CREATE OR REPLACE FUNCTION drift_internal.check_library_options(rule text, methods jsonb, mode text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown record;
BEGIN
	IF mode = 'summary' THEN
		RAISE EXCEPTION 'thresholds of the rule "%" need the rows', rule
			USING ERRCODE = 'feature_not_supported',
				DETAIL = 'What the library computes cannot be told from summaries.', HINT = 'Leave mode at "exact".';
	END IF;

	SELECT key, value INTO unknown FROM jsonb_each_text(methods)
	WHERE value IS NULL OR value <> ALL (drift_internal.library_methods(rule)) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'unknown method "%" for "%"', unknown.value, unknown.key
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Under the rule "%s" there are: %s.', rule, array_to_string(drift_internal.library_methods(rule), ', '));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_library_options(text, jsonb, text) IS
	'raises an error for methods the library does not have under their names, and for a mode it cannot have';

CREATE OR REPLACE FUNCTION drift_internal.library_expressions(plans drift_internal.column_plan[], aggregate text, flag text, methods jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('drift_internal.%I(c%s, %I, %L::pg_catalog.text, %L::pg_catalog.text, %L::pg_catalog.text)', aggregate, p.ordinality, flag,
			methods ->> p.column_name, methods ->> 'numeric', methods ->> 'categorical'), ', ' ORDER BY p.ordinality)
	FROM unnest(plans) WITH ORDINALITY AS p
$$;

COMMENT ON FUNCTION drift_internal.library_expressions(drift_internal.column_plan[], text, text, jsonb) IS
	'expressions for the library''s verdict on each planned column';

CREATE OR REPLACE FUNCTION drift_internal.library_query(
	rule text, reference_query text, current_query text, plans drift_internal.column_plan[], methods jsonb,
	sample bigint, reference_seed bigint, current_seed bigint)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.labelled_query(
		drift_internal.library_expressions(plans, rule, l.name, methods),
		drift_internal.flagged_query(reference_query, plans, sample, reference_seed, l.reference_label),
		drift_internal.flagged_query(current_query, plans, sample, current_seed, l.current_label))
	FROM (
		VALUES ('evidently', 'is_current', 'false AS is_current', 'true AS is_current'),
			('nannyml', 'chunk', 'drift_internal.reference_chunk(pg_catalog.row_number() OVER (), pg_catalog.count(*) OVER ()) AS chunk', '0 AS chunk')
	) AS l(library, name, reference_label, current_label)
	WHERE l.library = rule
$$;

COMMENT ON FUNCTION drift_internal.library_query(text, text, text, drift_internal.column_plan[], jsonb, bigint, bigint, bigint) IS
	'query for the verdict of the library on each planned column';

CREATE OR REPLACE FUNCTION drift_internal.obstacle_text(plan drift_internal.column_plan) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_obstacle_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.obstacle_text(drift_internal.column_plan) IS 'why a column that has an obstacle is not compared';

-- Where a library would stop there is no verdict, and the reason says so.
CREATE OR REPLACE FUNCTION drift_internal.library_reason(plan drift_internal.column_plan, verdict drift_internal.library_verdict) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN (plan).obstacle IS NULL THEN (verdict).reason
			ELSE drift_internal.obstacle_text(plan)
		END
$$;

COMMENT ON FUNCTION drift_internal.library_reason(drift_internal.column_plan, drift_internal.library_verdict) IS
	'why a column has the verdict it has, or none';

CREATE OR REPLACE FUNCTION drift_internal.library_comparison(
	plan drift_internal.column_plan, verdict drift_internal.library_verdict, reference drift.profile, current drift.profile)
	RETURNS drift.comparison
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.comparison;
BEGIN
	IF verdict.state = 'misapplied' THEN
		RAISE EXCEPTION 'method "%" does not apply to column "%", which the library takes as %', verdict.reason, plan.column_name, verdict.kind
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Cast the column to text to make it categorical, to double precision to make it numeric.';
	END IF;

	result.column_name := plan.column_name;
	result.column_type := concat_ws(' / ', plan.type_reference, nullif(plan.type_current, plan.type_reference));
	result.kind := coalesce(verdict.kind, plan.kind);
	result.method := verdict.method;
	result.method_reason := drift_internal.library_reason(plan, verdict);
	result.statistic := verdict.statistic;
	result.p_value := verdict.p_value;
	result.p_value_corrected := verdict.p_value;
	result.threshold := verdict.threshold;
	result.drifted := verdict.drifted;
	result.severity := CASE
			WHEN verdict.drifted THEN 'warning'
			WHEN NOT verdict.drifted THEN 'ok'
			WHEN verdict.state = 'skipped' OR plan.obstacle = 'unsupported' THEN 'skipped'
			ELSE 'insufficient_data'
		END;
	result.n_reference := verdict.n_reference;
	result.n_current := verdict.n_current;
	IF plan.obstacle IS NULL THEN
		result.missing_reference := coalesce(drift.missing_count(reference), 0);
		result.missing_current := coalesce(drift.missing_count(current), 0);
	END IF;
	IF plan.kind = 'numeric' THEN
		result.mean_reference := drift.mean(reference);
		result.mean_current := drift.mean(current);
		result.stddev_reference := drift.stddev(reference);
		result.stddev_current := drift.stddev(current);
	END IF;
	result.findings := CASE WHEN verdict.drifted THEN ARRAY['distribution'] END;
	result.explanation := CASE
			WHEN verdict.state <> 'tested' OR verdict.state IS NULL THEN result.method_reason
			ELSE concat_ws('; ', CASE WHEN NOT verdict.drifted THEN 'no drift' END,
				format('%s %s, threshold %s', CASE WHEN verdict.p_value IS NULL THEN 'statistic' ELSE 'p-value' END,
					drift_internal.short_number(coalesce(verdict.p_value, verdict.statistic)), drift_internal.short_number(verdict.threshold)),
				CASE plan.kind WHEN 'numeric' THEN drift_internal.shift_text(plan.value_type, reference, current) END)
		END;
	result.severity_text := drift_internal.severity_text(result.severity);
	result.action_text := drift_internal.action_text(result.severity);

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.library_comparison(drift_internal.column_plan, drift_internal.library_verdict, drift.profile, drift.profile) IS
	'row of a comparison whose verdict is another library''s';

CREATE OR REPLACE FUNCTION drift_internal.judge_as_library(
	plans drift_internal.column_plan[], verdicts drift_internal.library_verdict[], reference_profiles drift.profile[], current_profiles drift.profile[])
	RETURNS SETOF drift.comparison
	LANGUAGE sql STABLE COST 10000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.*
	FROM (
		SELECT i, plans[i] AS plan,
			CASE WHEN (plans[i]).obstacle IS NULL THEN count(*) FILTER (WHERE (plans[i]).obstacle IS NULL) OVER (ORDER BY i) END AS position
		FROM generate_subscripts(plans, 1) AS i
	) AS p,
		LATERAL drift_internal.library_comparison(p.plan, verdicts[p.position], reference_profiles[p.position], current_profiles[p.position]) AS c
	ORDER BY p.i
$$;

COMMENT ON FUNCTION drift_internal.judge_as_library(drift_internal.column_plan[], drift_internal.library_verdict[], drift.profile[], drift.profile[]) IS
	'rows of a comparison whose verdicts are another library''s; verdicts and profiles are those of the columns that can be read';
