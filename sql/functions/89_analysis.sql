-- what is thought of a running deployment: terms, each with a verdict of its own, and the verdict of all
--
-- A term fails only if what it saw is no chance, and it passes by what it saw. Each look spends a part of
-- alpha, 6 / (pi k)^2 at the k-th: all looks together find a version that is as good as it must be guilty
-- with probability alpha at most.

CREATE OR REPLACE FUNCTION drift_internal.look_alpha(alpha float8, look bigint) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT alpha * 6 / (pi() * look) ^ 2
$$;

COMMENT ON FUNCTION drift_internal.look_alpha(float8, bigint) IS 'part of alpha that the k-th look spends; all of them add up to alpha';

CREATE OR REPLACE FUNCTION drift_internal.term(verdict text, said text, facts jsonb DEFAULT '{}', required boolean DEFAULT true) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('verdict', verdict, 'required', required, 'text', said) || coalesce(jsonb_strip_nulls(facts), '{}')
$$;

COMMENT ON FUNCTION drift_internal.term(text, text, jsonb, boolean) IS
	'a term of an analysis: verdict pass, fail, inconclusive or skipped, in words, what was measured, and whether a step waits for it';

-- Above a limit and not by chance it fails, above it perhaps by chance it waits.
CREATE OR REPLACE FUNCTION drift_internal.limit_verdict(value float8, highest float8, p_value float8, alpha float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN value <= highest THEN 'pass' WHEN p_value < alpha THEN 'fail' ELSE 'inconclusive' END
$$;

COMMENT ON FUNCTION drift_internal.limit_verdict(float8, float8, float8, float8) IS 'verdict about a value that has a limit, and a p-value for being above it';

CREATE OR REPLACE FUNCTION drift_internal.percent_text(share float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT round((100 * share)::numeric, 2) || ' %'
$$;

COMMENT ON FUNCTION drift_internal.percent_text(float8) IS 'a share as text';

CREATE OR REPLACE FUNCTION drift_internal.duration_term(deployment drift.deployments) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(CASE WHEN lasted >= wanted THEN 'pass' ELSE 'inconclusive' END,
		format('step %s lasted %s of at least %s', deployment.step, lasted, wanted),
		jsonb_build_object('value', lasted, 'limit', wanted))
	FROM (
		SELECT date_trunc('second', clock_timestamp() - deployment.step_started_at) AS lasted,
			(deployment.analysis->>'min_duration')::interval AS wanted
	) AS d
$$;

COMMENT ON FUNCTION drift_internal.duration_term(drift.deployments) IS 'whether the step of a deployment lasted long enough';

-- Fisher's test holds with few errors but knows no limit, the normal approximation the other way round.
CREATE OR REPLACE FUNCTION drift_internal.error_term(counts jsonb, tests jsonb, wanted jsonb, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(drift_internal.limit_verdict(c - r, highest, p_value, alpha),
		format('errors: %s, champion %s; %s more are allowed', drift_internal.percent_text(c), drift_internal.percent_text(r),
			drift_internal.percent_text(highest)),
		jsonb_build_object('reference', r, 'current', c, 'p_value', p_value))
	FROM (
		SELECT (counts->'reference'->>'n')::float8 AS n_r, (counts->'current'->>'n')::float8 AS n_c,
			(counts->'reference'->>'errors')::float8 / (counts->'reference'->>'n')::float8 AS r,
			(counts->'current'->>'errors')::float8 / (counts->'current'->>'n')::float8 AS c,
			(wanted->>'max_error_increase')::float8 AS highest
	) AS e,
		greatest((tests->'errors'->>'p_value')::float8,
			drift_internal.mean_above_p_value(c - r, sqrt(r * (1 - r) / n_r + c * (1 - c) / n_c), n_r + n_c, highest)) AS p_value
$$;

COMMENT ON FUNCTION drift_internal.error_term(jsonb, jsonb, jsonb, float8) IS
	'whether a deployed version has more errors than the champion, by Fisher''s exact test and a z test of the difference';

-- The 95th percentile is above a limit exactly if more than 5 % of the answers are.
CREATE OR REPLACE FUNCTION drift_internal.latency_term(counts jsonb, tests jsonb, wanted jsonb, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(
		drift_internal.limit_verdict(current_95, ratio * reference_95, p_value, alpha),
		format('latency: 95th percentile %s ms, champion %s ms; %s times that is allowed',
			round(current_95::numeric, 3), round(reference_95::numeric, 3), ratio),
		jsonb_build_object('reference', reference_95, 'current', current_95, 'p_value', p_value))
	FROM (
		SELECT (counts->'reference'->>'latency_95')::float8 AS reference_95, (counts->'current'->>'latency_95')::float8 AS current_95,
			(wanted->>'max_latency_ratio')::float8 AS ratio,
			drift_internal.binomial_p_value((tests->>'slow')::bigint, (counts->'current'->>'latencies')::bigint, 0.05) AS p_value
	) AS l
$$;

COMMENT ON FUNCTION drift_internal.latency_term(jsonb, jsonb, jsonb, float8) IS 'whether a deployed version is slower than the champion, by the 95th percentile of the latency';

-- By how much a distance of samples may exceed that of what they come from: Massart's bound for the KS
-- distance; for k classes Hoeffding's for each of the 2^k sets of them, the worst of which is total variation.
CREATE OR REPLACE FUNCTION drift_internal.distance_p_value(excess float8, n_reference float8, n_current float8, classes integer)
	RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN excess <= 0 THEN 1 ELSE exp(greatest(-700, least(0,
		coalesce(classes, 1) * ln(2::float8) - 2 * excess ^ 2 * n_reference * n_current / (n_reference + n_current)))) END
$$;

COMMENT ON FUNCTION drift_internal.distance_p_value(float8, float8, float8, integer) IS
	'upper bound on the probability that the KS distance of two samples, or the total variation of so many classes, exceeds the true one by so much';

CREATE OR REPLACE FUNCTION drift_internal.score_term(counts jsonb, tests jsonb, wanted jsonb, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(drift_internal.limit_verdict(distance, highest, p_value, alpha),
		format('%s: distance %s from the champion''s; %s is allowed', of, round(distance::numeric, 4), highest),
		jsonb_build_object('value', distance, 'of', of, 'p_value', p_value))
	FROM (
		SELECT (tests->>'distance')::float8 AS distance, (tests->>'classes')::integer AS classes,
			CASE WHEN tests->>'classes' IS NULL THEN 'scores' ELSE 'labels' END AS of, (wanted->>'max_score_distance')::float8 AS highest
	) AS s,
		drift_internal.distance_p_value(distance - highest, (counts->'reference'->>of)::float8, (counts->'current'->>of)::float8,
			classes) AS p_value
$$;

COMMENT ON FUNCTION drift_internal.score_term(jsonb, jsonb, jsonb, float8) IS
	'whether a deployed version''s scores, or classes, are distributed otherwise than the champion''s';

CREATE OR REPLACE FUNCTION drift_internal.arm_terms(log regclass, deployment drift.deployments, wanted jsonb, alpha float8) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	counts jsonb := '{"reference": {"n": 0}, "current": {"n": 0}}'::jsonb || coalesce(drift_internal.arm_counts(log, deployment), '{}');
	tests jsonb;
	enough bigint := (wanted->>'min_rows')::bigint;
	fewest jsonb;
	has jsonb;
	terms jsonb;
	few jsonb;
BEGIN
	-- Of each thing that is judged, the rows of the side that has fewer of them; nothing on both sides is not judged.
	SELECT jsonb_object_agg(k, least((counts->'reference'->>k)::bigint, (counts->'current'->>k)::bigint)),
		jsonb_object_agg(k, coalesce((counts->'reference'->>k)::bigint, 0) + coalesce((counts->'current'->>k)::bigint, 0) > 0)
	INTO fewest, has
	FROM unnest(ARRAY['n', 'scores', 'labels', 'latencies']) AS k;
	few := drift_internal.term('inconclusive',
		format('%s predictions, champion %s; each needs %s', counts->'current'->>'n', counts->'reference'->>'n', enough),
		jsonb_build_object('n_reference', counts->'reference'->'n', 'n_current', counts->'current'->'n'));
	IF (fewest->>'n')::bigint >= enough THEN
		tests := drift_internal.arm_tests(log, deployment, coalesce((fewest->>'scores')::bigint >= enough, false),
			coalesce((fewest->>'labels')::bigint >= enough, false),
			(wanted->>'max_latency_ratio')::float8 * (counts->'reference'->>'latency_95')::float8);
	END IF;
	terms := jsonb_build_object(
		'errors', CASE WHEN wanted->>'max_error_increase' IS NULL THEN NULL WHEN tests IS NULL THEN few
			ELSE drift_internal.error_term(counts, tests, wanted, alpha) END,
		'latency', CASE WHEN wanted->>'max_latency_ratio' IS NULL OR (tests IS NOT NULL AND NOT (has->>'latencies')::boolean) THEN NULL
			WHEN tests IS NULL OR (fewest->>'latencies')::bigint < enough OR fewest->>'latencies' IS NULL THEN few
			ELSE drift_internal.latency_term(counts, tests, wanted, alpha) END,
		'scores', CASE WHEN wanted->>'max_score_distance' IS NULL
				OR (tests IS NOT NULL AND NOT (has->>'scores')::boolean AND NOT (has->>'labels')::boolean) THEN NULL
			WHEN tests->>'distance' IS NULL THEN few
			ELSE drift_internal.score_term(counts, tests, wanted, alpha) END);
	RETURN jsonb_strip_nulls(terms);
END
$$;

COMMENT ON FUNCTION drift_internal.arm_terms(regclass, drift.deployments, jsonb, float8) IS
	'terms about errors, latency and scores of both sides of a deployment since its step began';

-- What the champion could answer and the version cannot is judged as errors are.
CREATE OR REPLACE FUNCTION drift_internal.unanswered_term(n bigint, unanswered bigint, wanted jsonb, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(
		drift_internal.limit_verdict(unanswered / n::float8, highest, drift_internal.binomial_p_value(unanswered, n, highest), alpha),
		format('replay of %s answers: %s cannot be answered; %s is allowed', n, drift_internal.percent_text(unanswered / n::float8),
			drift_internal.percent_text(highest)),
		jsonb_build_object('n', n, 'unanswered', unanswered, 'p_value', drift_internal.binomial_p_value(unanswered, n, highest)))
	FROM (SELECT coalesce((wanted->>'max_error_increase')::float8, 1) AS highest) AS h
$$;

COMMENT ON FUNCTION drift_internal.unanswered_term(bigint, bigint, jsonb, float8) IS
	'whether a deployed version fails for too many rows that the champion answered';

CREATE OR REPLACE FUNCTION drift_internal.disagreement_term(log regclass, deployment drift.deployments, is_class boolean, wanted jsonb,
	alpha float8) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	measured jsonb := drift_internal.disagreement(log, deployment, is_class, (wanted->>'max_rows')::bigint);
	n bigint := (measured->>'n')::bigint;
	mean float8 := (measured->>'mean')::float8;
	highest float8 := (wanted->>'max_disagreement')::float8;
	p_value float8 := drift_internal.mean_above_p_value(mean, (measured->>'stddev')::float8 / sqrt((measured->>'compared')::float8),
		(measured->>'compared')::float8 - 1, highest);
	unanswered jsonb := drift_internal.unanswered_term(nullif(n, 0), (measured->>'unanswered')::bigint, wanted, alpha);
BEGIN
	IF n < (wanted->>'min_rows')::bigint THEN
		RETURN drift_internal.term('inconclusive', format('%s answers to replay of %s', n, wanted->>'min_rows'), jsonb_build_object('n', n));
	ELSIF mean IS NULL OR unanswered->>'verdict' = 'fail' OR (unanswered->>'verdict' = 'inconclusive' AND mean <= highest) THEN
		RETURN unanswered;
	END IF;
	RETURN drift_internal.term(drift_internal.limit_verdict(mean, highest, p_value, alpha),
		format('replay of %s answers: %s; %s is allowed', n,
			CASE WHEN is_class THEN drift_internal.percent_text(mean) || ' get another class'
				ELSE 'scores differ by ' || round(mean::numeric, 4) || ' standard deviations' END,
			CASE WHEN is_class THEN drift_internal.percent_text(highest) ELSE highest::text END),
		jsonb_build_object('n', n, 'value', mean, 'unanswered', measured->'unanswered', 'p_value', p_value));
END
$$;

COMMENT ON FUNCTION drift_internal.disagreement_term(regclass, drift.deployments, boolean, jsonb, float8) IS
	'whether a deployed version answers too differently from the champion, or not at all, when both score the answers of the deployment again';

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

-- Whether versions answer with classes, and whether both can be asked again.
CREATE OR REPLACE FUNCTION drift_internal.compared_versions(deployment drift.deployments, OUT is_class boolean, OUT can_replay boolean)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT bool_or(CASE WHEN a.artefact IS NOT NULL THEN jsonb_typeof(drift.describe(a.artefact)->'classes') = 'array'
				ELSE coalesce(v.task, 'binary') IN ('binary', 'multiclass', 'classification') END),
		bool_and(a.artefact IS NOT NULL)
	FROM drift.model_versions AS v
	LEFT JOIN drift.model_artefacts AS a USING (model_id, version)
	WHERE v.model_id = deployment.model_id AND v.version IN (deployment.version, deployment.previous_version)
$$;

COMMENT ON FUNCTION drift_internal.compared_versions(drift.deployments) IS
	'whether the versions of a deployment answer with classes, and whether both are in the database';

CREATE OR REPLACE FUNCTION drift_internal.log_terms(log drift.prediction_logs, deployment drift.deployments, alpha float8) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted jsonb := deployment.analysis;
	compared record := drift_internal.compared_versions(deployment);
	terms jsonb := drift_internal.arm_terms(log.log, deployment, wanted, alpha);
BEGIN
	IF compared.can_replay AND wanted->>'max_disagreement' IS NOT NULL THEN
		terms := terms || jsonb_build_object('disagreement',
			drift_internal.disagreement_term(log.log, deployment, compared.is_class, wanted, alpha));
	END IF;
	IF wanted->>'quality' <> 'none' THEN
		terms := terms || jsonb_build_object('quality',
			drift_internal.quality_term(log, deployment, compared.is_class, compared.can_replay, wanted, alpha));
	END IF;
	RETURN terms;
END
$$;

COMMENT ON FUNCTION drift_internal.log_terms(drift.prediction_logs, drift.deployments, float8) IS 'terms of an analysis that the log of the model decides';

CREATE OR REPLACE FUNCTION drift_internal.analyse(deployment drift.deployments) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log drift.prediction_logs;
	look bigint := 1 + (
		SELECT count(*)
		FROM drift.deployment_analyses AS a
		WHERE a.deployment_id = deployment.deployment_id AND jsonb_path_exists(a.terms, '$.*.p_value'));
	alpha float8 := drift_internal.look_alpha((deployment.analysis->>'alpha')::float8, look);
	terms jsonb := jsonb_build_object('duration', drift_internal.duration_term(deployment));
BEGIN
	SELECT * INTO log
	FROM drift.prediction_logs AS l
	WHERE l.model_id = deployment.model_id AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = l.log);
	IF log.log_id IS NULL THEN
		RETURN terms || jsonb_build_object('log', drift_internal.term('inconclusive', 'the model has no prediction log to be judged by'));
	END IF;
	SELECT jsonb_object_agg(key, value || jsonb_build_object('look', look, 'alpha', alpha))
	INTO terms
	FROM jsonb_each(terms || drift_internal.log_terms(log, deployment, alpha));
	RETURN terms;
END
$$;

COMMENT ON FUNCTION drift_internal.analyse(drift.deployments) IS 'all terms of an analysis of a running deployment, read with the rights of the caller';

CREATE OR REPLACE FUNCTION drift_internal.verdict_of(terms jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN count(*) FILTER (WHERE value->>'verdict' = 'fail') > 0 THEN 'fail'
		WHEN count(*) = 0 OR count(*) FILTER (WHERE value->>'verdict' = 'inconclusive' AND (value->>'required')::boolean) > 0 THEN 'inconclusive'
		ELSE 'pass' END
	FROM jsonb_each(terms)
$$;

COMMENT ON FUNCTION drift_internal.verdict_of(jsonb) IS
	'verdict of all terms: fail if one failed, inconclusive if one that is required is, otherwise pass';

CREATE OR REPLACE FUNCTION drift_internal.terms_text(terms jsonb, verdict text) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT verdict || coalesce(': ' || string_agg(value->>'text', '; ' ORDER BY key) FILTER (WHERE value->>'verdict' = verdict), '')
	FROM jsonb_each(terms)
$$;

COMMENT ON FUNCTION drift_internal.terms_text(jsonb, text) IS 'a verdict and the terms that decided it, in words';
