-- the term of an analysis that needs outcomes: is the version as good as it must be

-- Pairs of classes by McNemar's mid-p and Tango's score test, everything else by Student's t.
CREATE OR REPLACE FUNCTION drift_internal.quality_facts(measured jsonb, effect float8, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT measured || jsonb_build_object('difference', difference, 'p_value', p_value, 'p_value_not_worse', p_value_not_worse,
		'power', drift_internal.test_power(effect, standard_error, alpha),
		'rows_for_power_80', ceil(n * drift_internal.test_power_rows(effect, standard_error, alpha, 0.8)))
	FROM (
		SELECT n, (c - b) / n::float8 AS difference, (drift.mcnemar_test(b, c)).p_value,
			drift_internal.paired_shares_p_value(b, c, n, -effect) AS p_value_not_worse,
			-- a row more that differs, so that rows without any prove no certainty
			sqrt(((b + c + 1) / (n + 1)::float8 - ((c - b) / n::float8) ^ 2) / n) AS standard_error
		FROM (SELECT (measured->>'n')::bigint AS n, (measured->>'only_reference')::bigint AS b, (measured->>'only_current')::bigint AS c) AS counts
		WHERE b IS NOT NULL
		UNION ALL
		SELECT (measured->>'n')::bigint, difference,
			2 * least(drift_internal.mean_above_p_value(difference, standard_error, df, 0),
				drift_internal.mean_above_p_value(-difference, standard_error, df, 0)),
			drift_internal.mean_above_p_value(difference, standard_error, df, -effect), standard_error
		FROM (
			SELECT (measured->>'difference')::float8 AS difference, (measured->>'standard_error')::float8 AS standard_error,
				(measured->>'degrees_of_freedom')::float8 AS df
		) AS moments
		WHERE NOT measured ? 'only_reference'
	) AS t
$$;

COMMENT ON FUNCTION drift_internal.quality_facts(jsonb, float8, float8) IS
	'what was measured of the quality of two versions with the p-values of being equal and of being worse by an effect, and the power to find that effect';

CREATE OR REPLACE FUNCTION drift_internal.quality_verdict(facts jsonb, wanted jsonb, scale float8, alpha float8, days_are_enough boolean)
	RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN CASE goal WHEN 'better' THEN p < alpha AND difference > 0 AND difference >= least_gain ELSE p_not_worse < alpha END
			THEN CASE WHEN days_are_enough THEN 'pass' ELSE 'inconclusive' END
		WHEN p < alpha AND difference < 0 THEN 'fail'
		ELSE 'inconclusive' END
	FROM (
		SELECT wanted->>'quality' AS goal, (facts->>'p_value')::float8 AS p, (facts->>'p_value_not_worse')::float8 AS p_not_worse,
			(facts->>'difference')::float8 AS difference, (wanted->>'min_improvement')::float8 * scale AS least_gain
	) AS f
$$;

COMMENT ON FUNCTION drift_internal.quality_verdict(jsonb, jsonb, float8, float8, boolean) IS
	'verdict about the quality of a deployed version: better, not worse by more than the margin, worse, or not known';

CREATE OR REPLACE FUNCTION drift_internal.quality_text(facts jsonb, is_class boolean, method text) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('%s over %s predictions with outcomes (%s): %s, champion %s; p %s, power %s for the margin%s',
		CASE WHEN is_class THEN 'accuracy' ELSE 'mean absolute error' END, facts->>'n', method,
		CASE WHEN is_class THEN drift_internal.percent_text((facts->>'current')::float8) ELSE round((facts->>'current')::numeric, 6)::text END,
		CASE WHEN is_class THEN drift_internal.percent_text((facts->>'reference')::float8) ELSE round((facts->>'reference')::numeric, 6)::text END,
		coalesce(CASE WHEN (facts->>'p_value')::float8 < 0.0001 THEN 'below 0.0001' ELSE round((facts->>'p_value')::numeric, 4)::text END,
			'unknown'),
		coalesce(drift_internal.percent_text((facts->>'power')::float8), 'unknown'),
		CASE WHEN (facts->>'power')::float8 < 0.8 THEN format(', 80 %% needs %s', facts->>'rows_for_power_80') ELSE '' END)
$$;

COMMENT ON FUNCTION drift_internal.quality_text(jsonb, boolean, text) IS 'the quality of a deployed version in a sentence';

CREATE OR REPLACE FUNCTION drift_internal.quality_term(log drift.prediction_logs, deployment drift.deployments, is_class boolean,
	can_replay boolean, wanted jsonb, alpha float8) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	required boolean := (wanted->>'quality_required')::boolean;
	method text := CASE WHEN can_replay THEN 'replay' WHEN deployment.strategy = 'shadow' THEN 'shadow' ELSE 'arms' END;
	wanted_days bigint := (wanted->>'min_labelled_days')::bigint;
	days bigint := CASE WHEN wanted_days > 0 THEN drift_internal.labelled_days(log, deployment.started_at) END;
	measured jsonb;
	scale float8;
BEGIN
	measured := CASE WHEN method = 'arms' THEN drift_internal.arm_quality(log, deployment, is_class)
		ELSE drift_internal.paired_quality(log, deployment, is_class, can_replay, (wanted->>'max_rows')::bigint) END;
	IF coalesce((measured->>'n')::bigint, 0) < (wanted->>'min_labelled')::bigint THEN
		RETURN drift_internal.term('inconclusive',
			format('%s predictions with outcomes of %s', coalesce(measured->>'n', '0'), wanted->>'min_labelled'),
			jsonb_build_object('n', coalesce((measured->>'n')::bigint, 0), 'method', method, 'days', days), required);
	END IF;
	-- Of accuracy the margin is a difference, of errors a share.
	scale := CASE WHEN is_class THEN 1 ELSE (measured->>'reference')::float8 END;
	measured := drift_internal.quality_facts(measured, (wanted->>'margin')::float8 * scale, alpha);
	RETURN drift_internal.term(drift_internal.quality_verdict(measured, wanted, scale, alpha, days IS NULL OR days >= wanted_days),
		drift_internal.quality_text(measured, is_class, method) || coalesce('; ' || days || ' of ' || wanted_days || ' days with outcomes', ''),
		measured || jsonb_build_object('method', method, 'goal', wanted->'quality', 'days', days), required);
END
$$;

COMMENT ON FUNCTION drift_internal.quality_term(drift.prediction_logs, drift.deployments, boolean, boolean, jsonb, float8) IS
	'whether a deployed version is as good as it must be, by outcomes: both versions on the same rows where that is possible';
