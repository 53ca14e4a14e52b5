-- what the log of a model tells of a running deployment
--
-- All of this runs with the rights of who asks, and read-only: the log is a table of somebody else, whose
-- policies may hold anything.

CREATE OR REPLACE FUNCTION drift_internal.read_json(query text) RETURNS jsonb
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	answer jsonb;
BEGIN
	PERFORM set_config('transaction_read_only', 'on', true);

	EXECUTE query INTO answer;
	RETURN answer;
EXCEPTION
	WHEN others THEN RAISE;
END
$$;

COMMENT ON FUNCTION drift_internal.read_json(text) IS 'runs a query that gives one JSON value, read-only';

-- The rows of both sides since the step began. What a challenger failed to answer counts for it.
CREATE OR REPLACE FUNCTION drift_internal.arm_rows(log regclass, deployment drift.deployments) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$SELECT l.score, l.label, l.latency_ms, l.arm <> 'champion' AS is_current, l.status <> 'error' AS is_ok
			FROM %s AS l
			WHERE l.predicted_at >= %L AND (l.arm = 'champion' AND l.model_version = %s
				OR l.arm IN ('challenger', 'shadow') AND l.model_version = %s)$query$,
		drift_internal.relation_name(log), deployment.step_started_at, deployment.previous_version, deployment.version)
$$;

COMMENT ON FUNCTION drift_internal.arm_rows(regclass, drift.deployments) IS
	'query for the predictions of the champion and of a deployed version since the step began';

CREATE OR REPLACE FUNCTION drift_internal.arm_counts(log regclass, deployment drift.deployments) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_json(format($query$
		SELECT jsonb_object_agg(CASE WHEN s.is_current THEN 'current' ELSE 'reference' END, to_jsonb(s))
		FROM (
			SELECT is_current, count(*) AS n, count(*) FILTER (WHERE NOT is_ok) AS errors,
				count(*) FILTER (WHERE is_ok AND score IS NOT NULL) AS scores, count(*) FILTER (WHERE is_ok AND label IS NOT NULL) AS labels,
				count(*) FILTER (WHERE is_ok AND latency_ms IS NOT NULL) AS latencies,
				percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE is_ok) AS latency_95
			FROM (%s) AS both_sides
			GROUP BY is_current) AS s$query$, drift_internal.arm_rows(log, deployment)))
$$;

COMMENT ON FUNCTION drift_internal.arm_counts(regclass, drift.deployments) IS
	'rows, errors, scores, labels and 95th percentile of the latency of both sides of a deployment';

-- Statistics that need rows on both sides, and the latency to compare with.
CREATE OR REPLACE FUNCTION drift_internal.arm_tests(log regclass, deployment drift.deployments, has_scores boolean, has_labels boolean,
	slow float8) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_json(format($query$
		SELECT jsonb_build_object('errors', to_jsonb(drift.fisher_exact_test(is_ok, is_current)),
			'slow', count(*) FILTER (WHERE is_current AND is_ok AND latency_ms > %L::float8)%s)
		FROM (%s) AS both_sides$query$, slow,
		CASE WHEN has_scores THEN $part$, 'distance', (drift.ks_test(score, is_current) FILTER (WHERE is_ok)).statistic$part$
			WHEN has_labels THEN $part$, 'distance', drift.total_variation(label, is_current) FILTER (WHERE is_ok),
				'classes', count(DISTINCT label) FILTER (WHERE is_ok)$part$
			ELSE '' END,
		drift_internal.arm_rows(log, deployment)))
$$;

COMMENT ON FUNCTION drift_internal.arm_tests(regclass, drift.deployments, boolean, boolean, float8) IS
	'tests of errors and scores between both sides of a deployment, and how many answers of the version took longer than so many milliseconds';

-- Slower by a subtransaction for each row, so it is asked only where a row cannot be scored.
CREATE OR REPLACE FUNCTION drift_internal.score_or_null(model drift.model, features record, is_class boolean) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE WHEN is_class THEN drift.score_label_row(model, features) ELSE drift.score_row(model, features)::text END;
EXCEPTION
	WHEN data_exception THEN RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.score_or_null(drift.model, record, boolean) IS
	'class or output of a model for a row as text; NULL where it has none, because a value is missing or a category unknown';

CREATE OR REPLACE FUNCTION drift_internal.score_or_null(model drift.model, features jsonb, is_class boolean) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE WHEN is_class THEN drift.score_label_json(model, features) ELSE drift.score_json(model, features)::text END;
EXCEPTION
	WHEN data_exception THEN RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.score_or_null(drift.model, jsonb, boolean) IS 'the same for features as JSON';

-- The features of a row as one that has their names, or as JSON where names are too long for that.
CREATE OR REPLACE FUNCTION drift_internal.replay_features(model_id integer, OUT by_name boolean, OUT features text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT bool_and(octet_length(p.feature) BETWEEN 1 AND 63),
		CASE WHEN bool_and(octet_length(p.feature) BETWEEN 1 AND 63)
			THEN format('(SELECT f FROM (SELECT %s) AS f)', string_agg(format('rows.%I AS %I', p.column_name, p.feature), ', '))
			ELSE string_agg(format('jsonb_build_object(%L, rows.%I)', p.feature, p.column_name), ' || ') END
	FROM drift.prediction_logs AS l
	JOIN drift.prediction_log_features AS p ON p.log_id = l.log_id
	WHERE l.model_id = replay_features.model_id
$$;

COMMENT ON FUNCTION drift_internal.replay_features(integer) IS
	'expression for the features of a row called rows of the log of a model: a row where their names can be columns, otherwise JSON';

CREATE OR REPLACE FUNCTION drift_internal.replay_score(model_id integer, version integer, is_class boolean, safely boolean) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN safely THEN format('drift_internal.score_or_null(%s, %s, %L)%s', artefact, f.features, is_class,
			CASE WHEN is_class THEN '' ELSE '::float8' END)
		ELSE format('drift.%s_%s(%s, %s)', CASE WHEN is_class THEN 'score_label' ELSE 'score' END,
			CASE WHEN f.by_name THEN 'row' ELSE 'json' END, artefact, f.features)
		END
	FROM drift_internal.replay_features(model_id) AS f,
		format('(SELECT a.artefact FROM drift.model_artefacts AS a WHERE a.model_id = %s AND a.version = %s)', model_id, version) AS artefact
$$;

COMMENT ON FUNCTION drift_internal.replay_score(integer, integer, boolean, boolean) IS
	'expression that lets a version score a row called rows of the log of its model: its class or its output, or safely NULL where it has none';

CREATE OR REPLACE FUNCTION drift_internal.read_replay(query text, safe_query text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN drift_internal.read_json(query);
EXCEPTION
	WHEN data_exception THEN RETURN drift_internal.read_json(safe_query);
END
$$;

COMMENT ON FUNCTION drift_internal.read_replay(text, text) IS 'runs a query of a replay, and where a row cannot be scored the safe form of it';

CREATE OR REPLACE FUNCTION drift_internal.replay_query(deployment drift.deployments, is_class boolean, source text, since timestamptz,
	more text, max_rows bigint, safely boolean) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$SELECT %s AS old, %s AS new%s
			FROM (
				SELECT * FROM (%s) AS known
				WHERE known.shadow_of IS NULL AND known.status = 'ok' AND known.predicted_at >= %L
				ORDER BY known.predicted_at DESC
				LIMIT %s
			) AS rows$query$,
		drift_internal.replay_score(deployment.model_id, deployment.previous_version, is_class, safely),
		drift_internal.replay_score(deployment.model_id, deployment.version, is_class, safely), more, source, since, max_rows)
$$;

COMMENT ON FUNCTION drift_internal.replay_query(drift.deployments, boolean, text, timestamptz, text, bigint, boolean) IS
	'query in which the champion and a deployed version score the latest answers in a source again';

-- Of classes 0 or 1 for each row, of numbers the difference in standard deviations of the champion's.
CREATE OR REPLACE FUNCTION drift_internal.disagreement_query(log regclass, deployment drift.deployments, is_class boolean, max_rows bigint,
	safely boolean) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$
		SELECT jsonb_build_object('n', count(*), 'unanswered', count(*) FILTER (WHERE lost),
			'compared', count(d), 'mean', avg(d), 'stddev', stddev_samp(d))
		FROM (SELECT %s AS d, new IS NULL AND old IS NOT NULL AS lost FROM (%s) AS pairs) AS differences$query$,
		CASE WHEN is_class THEN 'CASE WHEN new IS NOT NULL THEN (old IS DISTINCT FROM new)::integer::float8 END'
			ELSE 'abs(old - new) / coalesce(nullif(stddev_samp(old) OVER (), 0), 1)' END,
		drift_internal.replay_query(deployment, is_class, 'SELECT * FROM ' || drift_internal.relation_name(log), deployment.started_at, '',
			max_rows, safely))
$$;

COMMENT ON FUNCTION drift_internal.disagreement_query(regclass, drift.deployments, boolean, bigint, boolean) IS
	'query for how much the answers of two versions differ when both score the answers of a deployment again';

CREATE OR REPLACE FUNCTION drift_internal.disagreement(log regclass, deployment drift.deployments, is_class boolean, max_rows bigint)
	RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_replay(drift_internal.disagreement_query(log, deployment, is_class, max_rows, false),
		drift_internal.disagreement_query(log, deployment, is_class, max_rows, true))
$$;

COMMENT ON FUNCTION drift_internal.disagreement(regclass, drift.deployments, boolean, bigint) IS
	'share of replayed rows for which two versions give different classes, or mean difference of their scores in standard deviations, with its spread, and how many rows only the champion could answer';

-- Rows that a version was trained on prove nothing about it.
CREATE OR REPLACE FUNCTION drift_internal.unseen_since(deployment drift.deployments) RETURNS timestamptz
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN count(v.training_to) = 2 THEN max(v.training_to) ELSE deployment.started_at END
	FROM drift.model_versions AS v
	WHERE v.model_id = deployment.model_id AND v.version IN (deployment.version, deployment.previous_version)
$$;

COMMENT ON FUNCTION drift_internal.unseen_since(drift.deployments) IS
	'time from which neither version of a deployment was trained on what it predicts: the end of their training where both say it, else the start of the deployment';

-- Pairs of what both versions said about a row and what became true: by replay, or from the log of a shadow.
CREATE OR REPLACE FUNCTION drift_internal.quality_pairs(log drift.prediction_logs, deployment drift.deployments, is_class boolean,
	can_replay boolean, max_rows bigint, safely boolean) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN can_replay THEN
			drift_internal.replay_query(deployment, is_class, labelled, drift_internal.unseen_since(deployment),
				', rows.actual, rows.actual_value', max_rows, safely)
		ELSE format($query$SELECT answer.%1$s AS old, shadow.%1$s AS new, answer.actual, answer.actual_value
				FROM (%2$s) AS answer
				JOIN %3$s AS shadow ON shadow.shadow_of = answer.prediction_id
				WHERE answer.shadow_of IS NULL AND answer.predicted_at >= %4$L AND answer.model_version = %5$s AND answer.status = 'ok'
					AND shadow.predicted_at >= %4$L AND shadow.model_version = %6$s AND shadow.arm = 'shadow' AND shadow.status = 'ok'$query$,
			CASE WHEN is_class THEN 'label' ELSE 'score' END, labelled, drift_internal.relation_name(log.log), deployment.started_at,
			deployment.previous_version, deployment.version)
		END
	FROM drift_internal.labelled_definition(log.log, log.outcomes) AS labelled
$$;

COMMENT ON FUNCTION drift_internal.quality_pairs(drift.prediction_logs, drift.deployments, boolean, boolean, bigint, boolean) IS
	'query for what the champion and a deployed version say about the same rows and what became true';

CREATE OR REPLACE FUNCTION drift_internal.paired_quality_query(pairs text, is_class boolean) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN is_class THEN format($query$
		SELECT jsonb_build_object('n', count(*), 'reference', avg(o::integer::float8), 'current', avg(c::integer::float8),
			'only_reference', count(*) FILTER (WHERE o AND NOT c), 'only_current', count(*) FILTER (WHERE c AND NOT o))
		FROM (SELECT old IS NOT DISTINCT FROM actual AS o, new IS NOT DISTINCT FROM actual AS c FROM (%s) AS pairs) AS answers$query$, pairs)
	ELSE format($query$
		SELECT jsonb_build_object('n', count(o - c), 'reference', avg(o), 'current', avg(c), 'difference', avg(o - c),
			'standard_error', stddev_samp(o - c) / sqrt(count(o - c)), 'degrees_of_freedom', count(o - c) - 1)
		FROM (SELECT abs(old - actual_value) AS o, abs(new - actual_value) AS c FROM (%s) AS pairs) AS answers
		WHERE o - c IS NOT NULL$query$, pairs)
	END
$$;

COMMENT ON FUNCTION drift_internal.paired_quality_query(text, boolean) IS
	'query for the accuracy or mean absolute error of both versions over pairs, and their difference: positive where the new one is better';

CREATE OR REPLACE FUNCTION drift_internal.paired_quality(log drift.prediction_logs, deployment drift.deployments, is_class boolean,
	can_replay boolean, max_rows bigint) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_replay(
		drift_internal.paired_quality_query(drift_internal.quality_pairs(log, deployment, is_class, can_replay, max_rows, false), is_class),
		drift_internal.paired_quality_query(drift_internal.quality_pairs(log, deployment, is_class, can_replay, max_rows, true), is_class))
$$;

COMMENT ON FUNCTION drift_internal.paired_quality(drift.prediction_logs, drift.deployments, boolean, boolean, bigint) IS
	'quality of the champion and of a deployed version on the same rows; a class that a version could not give is a wrong one';

-- Without artefacts and without a shadow the sides answered different rows.
CREATE OR REPLACE FUNCTION drift_internal.arm_quality(log drift.prediction_logs, deployment drift.deployments, is_class boolean) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_json(format($query$
		SELECT jsonb_build_object('n', least(n_o, n_c), 'n_reference', n_o, 'n_current', n_c, 'reference', o, 'current', c,
			'difference', %s, 'standard_error', sqrt(v_o / n_o + v_c / n_c), 'degrees_of_freedom', least(n_o, n_c) - 1)
		FROM (
			SELECT nullif(count(q) FILTER (WHERE NOT is_current), 0) AS n_o, nullif(count(q) FILTER (WHERE is_current), 0) AS n_c,
				avg(q) FILTER (WHERE NOT is_current) AS o, avg(q) FILTER (WHERE is_current) AS c,
				var_samp(q) FILTER (WHERE NOT is_current) AS v_o, var_samp(q) FILTER (WHERE is_current) AS v_c
			FROM (
				SELECT %s AS q, known.model_version = %s AS is_current
				FROM (%s) AS known
				WHERE known.shadow_of IS NULL AND known.status = 'ok' AND known.predicted_at >= %L AND known.model_version IN (%s, %s)
			) AS answers
		) AS sides$query$,
		CASE WHEN is_class THEN 'c - o' ELSE 'o - c' END,
		CASE WHEN is_class THEN '(known.label IS NOT DISTINCT FROM known.actual)::integer::float8'
			ELSE 'abs(known.score - known.actual_value)' END,
		deployment.version, drift_internal.labelled_definition(log.log, log.outcomes), deployment.started_at,
		deployment.version, deployment.previous_version))
$$;

COMMENT ON FUNCTION drift_internal.arm_quality(drift.prediction_logs, drift.deployments, boolean) IS
	'accuracy or mean absolute error of both sides of a deployment, each over its own answers, and their difference: positive where the new one is better';

CREATE OR REPLACE FUNCTION drift_internal.labelled_days(log drift.prediction_logs, since timestamptz) RETURNS bigint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_json(format(
		'SELECT to_jsonb(count(DISTINCT (known.predicted_at AT TIME ZONE ''UTC'')::date)) FROM (%s) AS known WHERE known.predicted_at >= %L',
		drift_internal.labelled_definition(log.log, log.outcomes), since))::bigint
$$;

COMMENT ON FUNCTION drift_internal.labelled_days(drift.prediction_logs, timestamptz) IS 'days (UTC) since a time that have predictions whose outcome is known';
