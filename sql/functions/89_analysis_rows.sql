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
			WHERE l.predicted_at >= %L AND (l.arm = 'champion' AND l.model_version = %s OR l.arm IN ('challenger', 'shadow') AND l.model_version = %s)$query$,
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
CREATE OR REPLACE FUNCTION drift_internal.arm_tests(log regclass, deployment drift.deployments, has_scores boolean, has_labels boolean, slow float8)
	RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_json(format($query$
		SELECT jsonb_build_object('errors', to_jsonb(drift.fisher_exact_test(is_ok, is_current)), 'slow', count(*) FILTER (WHERE is_current AND is_ok AND latency_ms > %L::float8)%s)
		FROM (%s) AS both_sides$query$, slow,
		CASE WHEN has_scores THEN $part$, 'distance', (drift.ks_test(score, is_current) FILTER (WHERE is_ok)).statistic,
				'distance_p', (drift.ks_test(score, is_current) FILTER (WHERE is_ok)).p_value$part$
			WHEN has_labels THEN $part$, 'distance', drift.total_variation(label, is_current) FILTER (WHERE is_ok),
				'distance_p', (drift.chi_square_test(label, is_current) FILTER (WHERE is_ok)).p_value$part$
			ELSE '' END,
		drift_internal.arm_rows(log, deployment)))
$$;

COMMENT ON FUNCTION drift_internal.arm_tests(regclass, drift.deployments, boolean, boolean, float8) IS
	'tests of errors and scores between both sides of a deployment, and how many answers of the version took longer than so many milliseconds';

-- Scoring again: the features of a row as one that has their names, or as JSON where names are too long for that.
CREATE OR REPLACE FUNCTION drift_internal.replay_score(model_id integer, version integer, is_class boolean) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('drift.%s_%s((SELECT a.artefact FROM drift.model_artefacts AS a WHERE a.model_id = %s AND a.version = %s), ',
			CASE WHEN is_class THEN 'score_label' ELSE 'score' END, CASE WHEN by_name THEN 'row' ELSE 'json' END, model_id, version)
		|| CASE WHEN by_name THEN format('(SELECT f FROM (SELECT %s) AS f)', columns) ELSE format('%s', parts) END || ')'
	FROM (
		SELECT bool_and(octet_length(p.feature) < 64 AND p.feature <> '') AS by_name,
			string_agg(format('rows.%I AS %I', p.column_name, p.feature), ', ') AS columns,
			string_agg(format('jsonb_build_object(%L, rows.%I)', p.feature, p.column_name), ' || ') AS parts
		FROM drift.prediction_logs AS l
		JOIN drift.prediction_log_features AS p ON p.log_id = l.log_id
		WHERE l.model_id = replay_score.model_id
	) AS features
$$;

COMMENT ON FUNCTION drift_internal.replay_score(integer, integer, boolean) IS
	'expression that lets a version score a row called rows of the log of its model: its class or its output';

CREATE OR REPLACE FUNCTION drift_internal.replay_query(deployment drift.deployments, is_class boolean, source text, since timestamptz,
	more text, max_rows bigint) RETURNS text
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
		drift_internal.replay_score(deployment.model_id, deployment.previous_version, is_class),
		drift_internal.replay_score(deployment.model_id, deployment.version, is_class), more, source, since, max_rows)
$$;

COMMENT ON FUNCTION drift_internal.replay_query(drift.deployments, boolean, text, timestamptz, text, bigint) IS
	'query in which the champion and a deployed version score the latest answers in a source again';

CREATE OR REPLACE FUNCTION drift_internal.disagreement(log regclass, deployment drift.deployments, is_class boolean, max_rows bigint) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_json(format($query$
		SELECT jsonb_build_object('n', count(*), 'mean', avg(d) / coalesce(nullif(scale, 0), 1), 'stddev', stddev_samp(d) / coalesce(nullif(scale, 0), 1))
		FROM (SELECT %s AS d, %s AS scale FROM (%s) AS pairs) AS differences
		GROUP BY scale$query$,
		CASE WHEN is_class THEN '(old IS DISTINCT FROM new)::integer::float8' ELSE 'abs(old - new)' END,
		CASE WHEN is_class THEN '1::float8' ELSE 'stddev_samp(old) OVER ()' END,
		drift_internal.replay_query(deployment, is_class, 'SELECT * FROM ' || drift_internal.relation_name(log), deployment.started_at, '', max_rows)))
$$;

COMMENT ON FUNCTION drift_internal.disagreement(regclass, drift.deployments, boolean, bigint) IS
	'share of replayed rows for which two versions give different classes, or mean difference of their scores in standard deviations, with its spread';

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
CREATE OR REPLACE FUNCTION drift_internal.quality_pairs(log drift.prediction_logs, deployment drift.deployments, is_class boolean, can_replay boolean, max_rows bigint)
	RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN can_replay THEN
			drift_internal.replay_query(deployment, is_class, labelled, drift_internal.unseen_since(deployment), ', rows.actual, rows.actual_value', max_rows)
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

COMMENT ON FUNCTION drift_internal.quality_pairs(drift.prediction_logs, drift.deployments, boolean, boolean, bigint) IS
	'query for what the champion and a deployed version say about the same rows and what became true';

CREATE OR REPLACE FUNCTION drift_internal.paired_quality(pairs text, is_class boolean) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.read_json(CASE WHEN is_class THEN format($query$
		SELECT jsonb_build_object('n', count(*), 'reference', avg(o::integer::float8), 'current', avg(c::integer::float8),
			'only_reference', count(*) FILTER (WHERE o AND NOT c), 'only_current', count(*) FILTER (WHERE c AND NOT o))
		FROM (SELECT old IS NOT DISTINCT FROM actual AS o, new IS NOT DISTINCT FROM actual AS c FROM (%s) AS pairs) AS answers$query$, pairs)
	ELSE format($query$
		SELECT jsonb_build_object('n', count(o - c), 'reference', avg(o), 'current', avg(c), 'difference', avg(o - c),
			'standard_error', stddev_samp(o - c) / sqrt(count(o - c)), 'degrees_of_freedom', count(o - c) - 1)
		FROM (SELECT abs(old - actual_value) AS o, abs(new - actual_value) AS c FROM (%s) AS pairs) AS answers
		WHERE o - c IS NOT NULL$query$, pairs)
	END)
$$;

COMMENT ON FUNCTION drift_internal.paired_quality(text, boolean) IS
	'accuracy or mean absolute error of both versions over pairs, and their difference: positive where the new one is better';

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
		CASE WHEN is_class THEN '(known.label IS NOT DISTINCT FROM known.actual)::integer::float8' ELSE 'abs(known.score - known.actual_value)' END,
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
