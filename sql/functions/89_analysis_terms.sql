-- terms of an analysis: errors, latency, scores, disagreement
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

-- A multiple of microseconds is nothing that anybody notices.
CREATE OR REPLACE FUNCTION drift_internal.latency_limit(counts jsonb, wanted jsonb) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT greatest((wanted->>'max_latency_ratio')::float8 * latency_95, latency_95 + (wanted->>'latency_slack')::float8)
	FROM (SELECT (counts->'reference'->>'latency_95')::float8 AS latency_95) AS champion
$$;

COMMENT ON FUNCTION drift_internal.latency_limit(jsonb, jsonb) IS 'milliseconds up to which a deployed version is not slower than the champion';

-- The 95th percentile is above a limit exactly if more than 5 % of the answers are.
CREATE OR REPLACE FUNCTION drift_internal.latency_term(counts jsonb, tests jsonb, wanted jsonb, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(
		drift_internal.limit_verdict(current_95, latest, p_value, alpha),
		format('latency: 95th percentile %s ms, champion %s ms; %s ms is allowed',
			round(current_95::numeric, 3), round(reference_95::numeric, 3), round(latest::numeric, 3)),
		jsonb_build_object('reference', reference_95, 'current', current_95, 'p_value', p_value))
	FROM (
		SELECT (counts->'reference'->>'latency_95')::float8 AS reference_95, (counts->'current'->>'latency_95')::float8 AS current_95,
			drift_internal.latency_limit(counts, wanted) AS latest,
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
			drift_internal.latency_limit(counts, wanted));
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
