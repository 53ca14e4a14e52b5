-- what measures of two versions mean: tests, guardrails, the verdict

CREATE OR REPLACE FUNCTION drift_internal.tested_arms(metric text, raw jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('n', least(n_o, n_c), 'n_champion', n_o, 'n_challenger', n_c, 'reference', o, 'current', c,
		'difference', CASE WHEN metric IN ('accuracy', 'roc_auc') THEN c - o ELSE o - c END, 'standard_error', sqrt(vo + vc),
		'degrees_of_freedom', nullif(least(n_o, n_c), 0) - 1, 'test', CASE metric WHEN 'roc_auc' THEN 'z test of two areas' WHEN 'rmse' THEN 'z test of two roots' ELSE 'Welch''s t test' END)
	FROM (
		SELECT (raw->'reference_test'->>'n_positive')::bigint + (raw->'reference_test'->>'n_negative')::bigint AS n_o,
			(raw->'current_test'->>'n_positive')::bigint + (raw->'current_test'->>'n_negative')::bigint AS n_c,
			(raw->'reference_test'->>'auc_1')::float8 AS o, (raw->'current_test'->>'auc_1')::float8 AS c,
			(raw->'reference_test'->>'standard_error')::float8 ^ 2 AS vo, (raw->'current_test'->>'standard_error')::float8 ^ 2 AS vc
		WHERE raw ? 'reference_test'
		UNION ALL
		SELECT n_o, n_c, CASE metric WHEN 'rmse' THEN sqrt(o) ELSE o END, CASE metric WHEN 'rmse' THEN sqrt(c) ELSE c END,
			-- of a root by the delta method
			vo / nullif(n_o, 0) / CASE metric WHEN 'rmse' THEN nullif(4 * o, 0) ELSE 1 END, vc / nullif(n_c, 0) / CASE metric WHEN 'rmse' THEN nullif(4 * c, 0) ELSE 1 END
		FROM (
			SELECT (s->0->>'n')::bigint AS n_o, (s->1->>'n')::bigint AS n_c, (s->0->>'mean')::float8 AS o, (s->1->>'mean')::float8 AS c,
				(s->0->>'variance')::float8 AS vo, (s->1->>'variance')::float8 AS vc
			FROM (SELECT raw->'sides' AS s) AS sides
		) AS moments
		WHERE raw ? 'sides'
	) AS m
$$;

COMMENT ON FUNCTION drift_internal.tested_arms(text, jsonb) IS 'difference of a metric of two versions that answered different rows, with its standard error';

CREATE OR REPLACE FUNCTION drift_internal.tested_pairs(metric text, raw jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN raw ? 'only_reference' THEN raw || (
			SELECT jsonb_build_object('difference', (c - b) / n, 'p_value', (drift.mcnemar_test(b::bigint, c::bigint)).p_value,
				-- a row more that differs, so that rows without any prove no certainty
				'standard_error', sqrt(((b + c + 1) / (n + 1) - ((c - b) / n) ^ 2) / n), 'test', 'McNemar''s test, mid-p')
			FROM (SELECT (raw->>'only_reference')::float8 AS b, (raw->>'only_current')::float8 AS c, nullif((raw->>'n')::float8, 0) AS n) AS counts)
		WHEN metric = 'roc_auc' THEN jsonb_build_object('n', (raw->>'n_positive')::bigint + (raw->>'n_negative')::bigint,
			'reference', raw->'auc_2', 'current', raw->'auc_1', 'difference', raw->'difference', 'standard_error', raw->'standard_error',
			'p_value', CASE WHEN (raw->>'difference')::float8 = 0 THEN '1' ELSE raw->'p_value' END, 'test', 'DeLong''s test')
		WHEN metric = 'ece' THEN raw
		ELSE raw || '{"test": "paired t test"}'
	END
$$;

COMMENT ON FUNCTION drift_internal.tested_pairs(text, jsonb) IS 'difference of a metric of two versions on the same rows, with its standard error and where there is one of its own its p-value';

-- The interval is a normal one at the level of the test.
CREATE OR REPLACE FUNCTION drift_internal.tested_metric(metric text, raw jsonb, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(tested - 'degrees_of_freedom' || jsonb_build_object('metric', metric, 'champion', tested->'reference', 'challenger', tested->'current',
		'p_value', coalesce((tested->>'p_value')::float8, 2 * least(drift_internal.mean_above_p_value(difference, standard_error, df, 0),
			drift_internal.mean_above_p_value(-difference, standard_error, df, 0))),
		'low', difference - margin, 'high', difference + margin)) - '{reference,current}'::text[]
	FROM (
		SELECT CASE WHEN raw ? 'sides' OR raw ? 'reference_test' THEN drift_internal.tested_arms(metric, raw) ELSE drift_internal.tested_pairs(metric, raw) END AS tested
	) AS t,
		LATERAL (SELECT (tested->>'difference')::float8 AS difference, (tested->>'standard_error')::float8 AS standard_error,
			(tested->>'degrees_of_freedom')::float8 AS df) AS v,
		LATERAL (SELECT drift_internal.normal_quantile(1 - alpha / 2) * standard_error AS margin) AS m
$$;

COMMENT ON FUNCTION drift_internal.tested_metric(text, jsonb, float8) IS
	'a metric of champion and challenger: difference, positive where the challenger is better, its standard error, interval and p-value';

CREATE OR REPLACE FUNCTION drift_internal.number_text(x float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift_internal.short_number(x), 'unknown')
$$;

COMMENT ON FUNCTION drift_internal.number_text(float8) IS 'a number for sentences, or the word that it is unknown';

CREATE OR REPLACE FUNCTION drift_internal.guardrail_term(facts jsonb, margin float8, is_share boolean, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(CASE WHEN loss IS NULL THEN 'inconclusive' ELSE drift_internal.limit_verdict(loss, highest, p_value, alpha) END,
		format('guardrail %s: %s, champion %s; %s worse is allowed', facts->>'metric', drift_internal.number_text((facts->>'challenger')::float8),
			drift_internal.number_text((facts->>'champion')::float8), drift_internal.number_text(highest)),
		jsonb_build_object('champion', facts->'champion', 'challenger', facts->'challenger', 'loss', loss, 'limit', highest, 'p_value', p_value))
	FROM (
		SELECT -(facts->>'difference')::float8 AS loss,
			margin * CASE WHEN is_share THEN (facts->>'champion')::float8 ELSE 1 END AS highest
	) AS l,
		LATERAL (SELECT drift_internal.mean_above_p_value(loss, (facts->>'standard_error')::float8, (facts->>'n')::float8 - 1, highest) AS p_value) AS p
$$;

COMMENT ON FUNCTION drift_internal.guardrail_term(jsonb, float8, boolean, float8) IS 'whether another metric of the challenger is not worse by more than a margin';

-- The primary metric: enough rows, better beyond chance, better by enough.
CREATE OR REPLACE FUNCTION drift_internal.primary_terms(facts jsonb, improvement float8, improvement_high float8, wanted jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'rows', drift_internal.term(CASE WHEN n >= min_rows THEN 'pass' ELSE 'inconclusive' END, format('%s predictions with outcomes of %s', n, min_rows),
			jsonb_build_object('n', n, 'limit', min_rows)),
		'test', drift_internal.term(CASE WHEN n < min_rows OR p_value IS NULL OR p_value >= alpha THEN 'inconclusive' WHEN difference > 0 THEN 'pass' ELSE 'fail' END,
			format('%s: %s, champion %s; p %s by %s, below %s is significant', facts->>'metric', drift_internal.number_text((facts->>'challenger')::float8),
				drift_internal.number_text((facts->>'champion')::float8), drift_internal.number_text(p_value), facts->>'test', alpha),
			jsonb_build_object('difference', difference, 'p_value', p_value, 'significance_level', alpha)),
		'improvement', drift_internal.term(CASE WHEN improvement >= least_gain AND n >= min_rows THEN 'pass' WHEN n < min_rows OR improvement IS NULL OR improvement_high >= least_gain THEN 'inconclusive' ELSE 'fail' END,
			format('%s improvement %s, at most %s; %s is demanded', wanted->>'improvement', drift_internal.number_text(improvement),
				drift_internal.number_text(improvement_high), drift_internal.number_text(least_gain)),
			jsonb_build_object('improvement', improvement, 'high', improvement_high, 'limit', least_gain)))
	FROM (
		SELECT coalesce((facts->>'n')::bigint, 0) AS n, (wanted->>'min_rows')::bigint AS min_rows, (facts->>'p_value')::float8 AS p_value,
			(facts->>'difference')::float8 AS difference, (wanted->>'significance_level')::float8 AS alpha, (wanted->>'min_improvement')::float8 AS least_gain
	) AS f
$$;

COMMENT ON FUNCTION drift_internal.primary_terms(jsonb, float8, float8, jsonb) IS 'terms about the primary metric: rows, test and improvement';

-- Demanded where it was asked for; else what the configuration says is told and stops nothing.
CREATE OR REPLACE FUNCTION drift_internal.least_metric_term(facts jsonb, asked float8, configured float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(CASE WHEN value >= least_value THEN 'pass' WHEN asked IS NULL OR value IS NULL THEN 'inconclusive' ELSE 'fail' END,
		format('%s %s; %s is %s', facts->>'metric', drift_internal.number_text(value), drift_internal.number_text(least_value),
			CASE WHEN asked IS NULL THEN 'wished for, below it the version is to be reviewed' ELSE 'demanded' END),
		jsonb_build_object('value', value, 'limit', least_value), asked IS NOT NULL)
	FROM (SELECT (facts->>'challenger')::float8 AS value, coalesce(asked, configured) AS least_value) AS v
	WHERE least_value IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.least_metric_term(jsonb, float8, float8) IS 'whether the challenger''s primary metric is as high as it should be';

-- Holm over the segments; a segment with few rows has no say.
CREATE OR REPLACE FUNCTION drift_internal.tested_segments(measured jsonb, metric text, alpha float8, min_rows bigint) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(s.facts || jsonb_build_object('segment', s.segment, 'large_enough', s.is_large, 'p_value_adjusted',
		s.adjusted[s.place])) ORDER BY s.place), '[]')
	FROM (
		SELECT t.*, drift.correct_p_values(array_agg(CASE WHEN t.is_large THEN (t.facts->>'p_value')::float8 END) OVER (
			ORDER BY t.place ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), 'holm') AS adjusted
		FROM (
			SELECT f.facts, m.value->>'segment' AS segment, m.ordinality AS place, (f.facts->>'n')::bigint >= min_rows AND f.facts ? 'p_value' AS is_large
			FROM jsonb_array_elements(measured) WITH ORDINALITY AS m,
				LATERAL (SELECT drift_internal.tested_metric(metric, m.value->'metrics'->metric, alpha) AS facts) AS f
		) AS t
	) AS s
$$;

COMMENT ON FUNCTION drift_internal.tested_segments(jsonb, text, float8, bigint) IS
	'the primary metric of each segment with p-values corrected for their number by Holm''s method';

CREATE OR REPLACE FUNCTION drift_internal.segments_term(segments jsonb, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(CASE WHEN count(*) FILTER (WHERE is_worse) > 0 THEN 'fail' ELSE 'pass' END,
		coalesce('significantly worse in ' || string_agg(segment, ', ') FILTER (WHERE is_worse), format('significantly worse in none of %s segments', count(*))),
		jsonb_build_object('segments', count(*), 'worse', coalesce(jsonb_agg(segment) FILTER (WHERE is_worse), '[]')))
	FROM (
		SELECT s->>'segment' AS segment, coalesce((s->>'p_value_adjusted')::float8 < alpha AND (s->>'difference')::float8 < 0, false) AS is_worse
		FROM jsonb_array_elements(segments) AS s
	) AS s
$$;

COMMENT ON FUNCTION drift_internal.segments_term(jsonb, float8) IS 'whether the challenger is worse in a segment, beyond chance';

CREATE OR REPLACE FUNCTION drift_internal.fairness_term(fairness jsonb, wanted text) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(CASE f->>'verdict' WHEN 'insufficient_data' THEN 'inconclusive' ELSE f->>'verdict' END,
		format('fairness, %s: %s, champion %s; %s is demanded', wanted, drift_internal.number_text((f->>'value')::float8),
			drift_internal.number_text((o->>'value')::float8), drift_internal.number_text((f->>'threshold')::float8)),
		jsonb_build_object('value', f->'value', 'champion', o->'value', 'limit', f->'threshold', 'p_value', f->'p_value',
			'lowest_group', f->'lowest_group', 'highest_group', f->'highest_group'))
	FROM (
		SELECT (SELECT m FROM jsonb_array_elements(fairness->'challenger') AS m WHERE m->>'metric' = wanted) AS f,
			(SELECT m FROM jsonb_array_elements(fairness->'champion') AS m WHERE m->>'metric' = wanted) AS o
	) AS v
	WHERE f IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.fairness_term(jsonb, text) IS 'whether the challenger treats groups of people as equally as is demanded';
