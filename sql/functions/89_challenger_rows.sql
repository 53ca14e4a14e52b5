-- reading what two versions said about the same rows, or each about its own, and what became true
--
-- All of this runs with the rights of who asks, and read-only.

-- Answers with outcomes in a span, as rows, with o and c what both versions said: scores, and labels as ol and cl.
CREATE OR REPLACE FUNCTION drift_internal.replayed_pairs(labelled text, deployment drift.deployments, span tstzrange, has_labels boolean,
	has_scores boolean, max_rows bigint, safely boolean) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$SELECT rows.*, %s AS drift_o, %s AS drift_c, %s AS drift_ol, %s AS drift_cl
			FROM (
				SELECT known.*
				FROM (%s) AS known
				WHERE known.shadow_of IS NULL AND known.status = 'ok' AND known.predicted_at >= %L AND known.predicted_at < %L
				ORDER BY known.predicted_at DESC
				LIMIT %s
			) AS rows
			-- a version scores each row once
			OFFSET 0$query$,
		CASE WHEN has_scores THEN drift_internal.replay_score(deployment.model_id, deployment.previous_version, false, safely) ELSE 'NULL::pg_catalog.float8' END,
		CASE WHEN has_scores THEN drift_internal.replay_score(deployment.model_id, deployment.version, false, safely) ELSE 'NULL::pg_catalog.float8' END,
		CASE WHEN has_labels THEN drift_internal.replay_score(deployment.model_id, deployment.previous_version, true, safely) ELSE 'NULL::pg_catalog.text' END,
		CASE WHEN has_labels THEN drift_internal.replay_score(deployment.model_id, deployment.version, true, safely) ELSE 'NULL::pg_catalog.text' END,
		labelled, lower(span), upper(span), max_rows)
$$;

COMMENT ON FUNCTION drift_internal.replayed_pairs(text, drift.deployments, tstzrange, boolean, boolean, bigint, boolean) IS
	'query in which two versions score the latest answers with outcomes of a span again';

CREATE OR REPLACE FUNCTION drift_internal.shadowed_pairs(labelled text, log regclass, deployment drift.deployments, span tstzrange, max_rows bigint)
	RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$SELECT rows.*, rows.score AS drift_o, shadow.score AS drift_c, rows.label AS drift_ol, shadow.label AS drift_cl
			FROM (%1$s) AS rows
			JOIN %2$s AS shadow ON shadow.shadow_of = rows.prediction_id
			WHERE rows.shadow_of IS NULL AND rows.predicted_at >= %3$L AND rows.predicted_at < %4$L AND rows.model_version = %5$s AND rows.status = 'ok'
				AND shadow.predicted_at >= %3$L AND shadow.model_version = %6$s AND shadow.status = 'ok'
			ORDER BY rows.predicted_at DESC
			LIMIT %7$s$query$,
		labelled, drift_internal.relation_name(log), lower(span), upper(span), deployment.previous_version, deployment.version, max_rows)
$$;

COMMENT ON FUNCTION drift_internal.shadowed_pairs(text, regclass, drift.deployments, tstzrange, bigint) IS
	'query for what the champion answered in a span and a shadow said about the same rows';

-- Each side answered its own rows: the other's columns are NULL, and the latest of each count.
CREATE OR REPLACE FUNCTION drift_internal.arm_answers(labelled text, deployment drift.deployments, span tstzrange, max_rows bigint) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format($query$(SELECT rows.*, %1$s
			FROM (%2$s) AS rows
			WHERE rows.shadow_of IS NULL AND rows.status = 'ok' AND rows.predicted_at >= %3$L AND rows.predicted_at < %4$L AND rows.model_version = %5$s
			ORDER BY rows.predicted_at DESC
			LIMIT %6$s)$query$, columns, labelled, lower(span), upper(span), version, max_rows), ' UNION ALL ')
	FROM (VALUES
		(deployment.previous_version, 'rows.score AS drift_o, NULL::pg_catalog.float8 AS drift_c, rows.label AS drift_ol, NULL::pg_catalog.text AS drift_cl'),
		(deployment.version, 'NULL, rows.score, NULL, rows.label')) AS side (version, columns)
$$;

COMMENT ON FUNCTION drift_internal.arm_answers(text, drift.deployments, tstzrange, bigint) IS
	'query for what two versions answered in a span, each to its own rows';

-- What each metric needs of pairs called p, with a the truth of two classes and y of numbers. A pair that lacks one side
-- counts for neither.
CREATE OR REPLACE FUNCTION drift_internal.metric_loss(metric text, score text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE metric
		-- clipped as scikit-learn does
		WHEN 'log_loss' THEN format('(CASE WHEN %1$s IS NOT NULL AND p.a IS NOT NULL THEN -ln(least(greatest(CASE WHEN p.a THEN %1$s ELSE 1 - %1$s END, 2.220446049250313e-16), 1 - 2.220446049250313e-16)) END)', score)
		WHEN 'brier' THEN format('((%s - p.a::integer) ^ 2)', score)
		WHEN 'mae' THEN format('abs(%s - p.y)', score)
		WHEN 'mse' THEN format('((%s - p.y) ^ 2)', score)
	END
$$;

COMMENT ON FUNCTION drift_internal.metric_loss(text, text) IS 'expression for what one row adds to a metric that is a mean';

-- Scores that are no probabilities have none.
CREATE OR REPLACE FUNCTION drift_internal.calibration_expression() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT $x$(SELECT jsonb_build_object('n', c.n, 'reference', c.o, 'current', c.c, 'difference', c.o - c.c)
		FROM (SELECT least(count(p.o), count(p.c)) AS n, drift.ece(p.o, p.a) FILTER (WHERE p.o BETWEEN 0 AND 1) AS o,
			drift.ece(p.c, p.a) FILTER (WHERE p.c BETWEEN 0 AND 1) AS c) AS c)$x$
$$;

COMMENT ON FUNCTION drift_internal.calibration_expression() IS 'aggregate expression for the calibration error of two versions, on the same rows or on their own';

CREATE OR REPLACE FUNCTION drift_internal.paired_expression(metric text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE metric
		WHEN 'accuracy' THEN $x$pg_catalog.jsonb_build_object('n', count(p.t), 'reference', avg((p.ol IS NOT DISTINCT FROM p.t)::integer::float8),
			'current', avg((p.cl IS NOT DISTINCT FROM p.t)::integer::float8),
			'only_reference', count(*) FILTER (WHERE p.ol IS NOT DISTINCT FROM p.t AND p.cl IS DISTINCT FROM p.t),
			'only_current', count(*) FILTER (WHERE p.cl IS NOT DISTINCT FROM p.t AND p.ol IS DISTINCT FROM p.t))$x$
		WHEN 'roc_auc' THEN 'to_jsonb(drift.delong_test(p.c, p.o, p.a))'
		WHEN 'ece' THEN drift_internal.calibration_expression()
		WHEN 'rmse' THEN format($x$(SELECT jsonb_build_object('n', r.n, 'reference', sqrt(r.o), 'current', sqrt(r.c), 'difference', sqrt(r.o) - sqrt(r.c),
				'standard_error', sqrt(greatest(0, r.oo / nullif(4 * r.o, 0) + r.cc / nullif(4 * r.c, 0) - r.oc / nullif(2 * sqrt(r.o * r.c), 0)) / r.n),
				'degrees_of_freedom', r.n - 1)
			FROM (SELECT avg(%1$s) AS o, avg(%2$s) AS c, var_samp(%1$s) AS oo, var_samp(%2$s) AS cc, covar_samp(%1$s, %2$s) AS oc, nullif(count(%1$s), 0) AS n) AS r)$x$,
			drift_internal.metric_loss('mse', 'p.o'), drift_internal.metric_loss('mse', 'p.c'))
		ELSE format($x$jsonb_build_object('n', count(%1$s - %2$s), 'reference', avg(%1$s), 'current', avg(%2$s), 'difference', avg(%1$s - %2$s),
				'standard_error', stddev_samp(%1$s - %2$s) / sqrt(nullif(count(%1$s - %2$s), 0)), 'degrees_of_freedom', count(%1$s - %2$s) - 1)$x$,
			drift_internal.metric_loss(metric, 'p.o'), drift_internal.metric_loss(metric, 'p.c'))
	END
$$;

COMMENT ON FUNCTION drift_internal.paired_expression(text) IS
	'aggregate expression for a metric of both versions over the same rows; differences are positive where the new one is better';

CREATE OR REPLACE FUNCTION drift_internal.arms_expression(metric text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE metric
		WHEN 'ece' THEN drift_internal.calibration_expression()
		-- a score that is the same everywhere has an area of 0.5 without error
		WHEN 'roc_auc' THEN $x$jsonb_build_object('reference_test', to_jsonb(drift.delong_test(p.o, 0, p.a) FILTER (WHERE p.o IS NOT NULL)),
			'current_test', to_jsonb(drift.delong_test(p.c, 0, p.a) FILTER (WHERE p.c IS NOT NULL)))$x$
		ELSE format($x$jsonb_build_object('sides', jsonb_build_array(
				jsonb_build_object('n', count(%1$s), 'mean', avg(%1$s), 'variance', var_samp(%1$s)),
				jsonb_build_object('n', count(%2$s), 'mean', avg(%2$s), 'variance', var_samp(%2$s))))$x$,
			CASE metric WHEN 'accuracy' THEN '(p.ol = p.t)::integer::float8' ELSE drift_internal.metric_loss(replace(metric, 'rmse', 'mse'), 'p.o') END,
			CASE metric WHEN 'accuracy' THEN '(p.cl = p.t)::integer::float8' ELSE drift_internal.metric_loss(replace(metric, 'rmse', 'mse'), 'p.c') END)
	END
$$;

COMMENT ON FUNCTION drift_internal.arms_expression(text) IS 'aggregate expression for a metric of two versions, each over its own rows';

CREATE OR REPLACE FUNCTION drift_internal.measured_pairs(pairs text, paired boolean, task text, positive text, segment text) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$SELECT %1$s AS o, %2$s AS c, rows.drift_ol AS ol, rows.drift_cl AS cl,
			rows.actual COLLATE "C" AS t, %3$s AS a, rows.actual_value AS y, %4$s AS segment,
			rows.drift_c IS NULL AND rows.drift_cl IS NULL AS unanswered
		FROM (%5$s) AS rows$query$,
		CASE WHEN paired THEN 'CASE WHEN rows.drift_c IS NOT NULL THEN rows.drift_o END' ELSE 'rows.drift_o' END,
		CASE WHEN paired THEN 'CASE WHEN rows.drift_o IS NOT NULL THEN rows.drift_c END' ELSE 'rows.drift_c' END,
		CASE WHEN task = 'binary' AND positive IS NOT NULL THEN format('rows.actual = %L', positive) ELSE 'NULL::pg_catalog.bool' END,
		CASE WHEN segment IS NULL THEN 'NULL::pg_catalog.text' ELSE drift_internal.segment_expression(segment) END,
		pairs)
$$;

COMMENT ON FUNCTION drift_internal.measured_pairs(text, boolean, text, text, text) IS
	'query for pairs under the names that metrics know: o and c scores, ol and cl labels, t, a and y what became true';

CREATE OR REPLACE FUNCTION drift_internal.measure_query(pairs text, paired boolean, metrics text[], by_segment boolean) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN by_segment THEN
			format('SELECT jsonb_agg(jsonb_build_object(''segment'', s.segment, ''metrics'', s.metrics) ORDER BY s.n DESC, s.segment) '
				'FROM (SELECT p.segment, count(*) AS n, jsonb_build_object(%s) AS metrics FROM (%s) AS p GROUP BY p.segment ORDER BY n DESC, p.segment LIMIT 50) AS s',
				expressions, pairs)
		ELSE format('SELECT jsonb_build_object(''rows'', count(*), ''unanswered'', count(*) FILTER (WHERE p.unanswered), ''metrics'', jsonb_build_object(%s)) FROM (%s) AS p',
			expressions, pairs) END
	FROM (
		SELECT string_agg(format('%L, %s', m, CASE WHEN paired THEN drift_internal.paired_expression(m) ELSE drift_internal.arms_expression(m) END), ', ') AS expressions
		FROM unnest(metrics) AS m
	) AS e
$$;

COMMENT ON FUNCTION drift_internal.measure_query(text, boolean, text[], boolean) IS 'query for metrics of both versions, of all rows or of each of the fifty largest segments';

-- What is read as an owner has its models in $1; what is read as the caller finds them itself.
CREATE OR REPLACE FUNCTION drift_internal.read_measure(query text, path text, owner regrole, models drift.model[]) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF owner IS NULL THEN
		RETURN (SELECT r.answer FROM drift_internal.read_rows(query, path) AS r (answer jsonb));
	END IF;
	RETURN (SELECT r.answer FROM drift_internal.read_with_models(owner, query, path, models) AS r (answer jsonb));
END
$$;

COMMENT ON FUNCTION drift_internal.read_measure(text, text, regrole, drift.model[]) IS
	'runs a query that gives one JSON value, read-only: with the rights of the caller, or of a role for its members';

CREATE OR REPLACE FUNCTION drift_internal.read_measures(query text, safe_query text, path text, owner regrole DEFAULT NULL, models drift.model[] DEFAULT NULL)
	RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN drift_internal.read_measure(query, path, owner, models);
EXCEPTION
	WHEN data_exception THEN
		IF safe_query IS NULL THEN
			RAISE;
		END IF;
		RETURN drift_internal.read_measure(safe_query, path, owner, models);
END
$$;

COMMENT ON FUNCTION drift_internal.read_measures(text, text, text, regrole, drift.model[]) IS
	'runs a query that gives one JSON value, read-only; where a row cannot be scored the safe form of it, if there is one';
