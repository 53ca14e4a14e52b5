-- performance before outcomes come, of the answers of a version, and beside it what outcomes say where they are known

CREATE OR REPLACE FUNCTION drift_internal.find_estimator(model drift.models, version integer) RETURNS drift.estimators
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	estimator drift.estimators;
BEGIN
	SELECT * INTO estimator FROM drift.estimators AS e WHERE e.model_id = model.model_id AND e.model_version = version;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'version % of model "%" has no estimator', coalesce(version::text, 'NULL'), model.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'drift.fit_estimator() makes one of rows with outcomes that the version did not train on.';
	END IF;
	RETURN estimator;
END
$$;

COMMENT ON FUNCTION drift_internal.find_estimator(drift.models, integer) IS 'the estimator of a version, or an error that there is none';

CREATE OR REPLACE FUNCTION drift_internal.multiclass_metrics(estimate drift.cbpe_multiclass_result) RETURNS float8[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN ARRAY[(estimate).roc_auc, (estimate).average_precision, (estimate).accuracy, (estimate)."precision", (estimate).recall,
		(estimate).specificity, (estimate).f1, NULL, NULL];

COMMENT ON FUNCTION drift_internal.multiclass_metrics(drift.cbpe_multiclass_result) IS
	'metrics of an estimate in the order of drift_internal.estimated_metrics()';

CREATE OR REPLACE FUNCTION drift_internal.binary_metrics(estimate drift.cbpe_result) RETURNS float8[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN ARRAY[(estimate).roc_auc, (estimate).average_precision, (estimate).accuracy, (estimate)."precision", (estimate).recall,
		(estimate).specificity, (estimate).f1, (estimate).log_loss, (estimate).brier];

COMMENT ON FUNCTION drift_internal.binary_metrics(drift.cbpe_result) IS
	'metrics of an estimate in the order of drift_internal.estimated_metrics()';

-- Queries are of the actor's own rights; what an estimator adds to them is not text of anybody's.
CREATE OR REPLACE FUNCTION drift_internal.estimate_rows(estimator drift.estimators, rows text, path text, has_label boolean)
	RETURNS TABLE (metric text, n bigint, value float8)
	LANGUAGE plpgsql STABLE ROWS 9
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	classes CONSTANT text[] := array_remove(estimator.classes, '');
	query CONSTANT text := CASE estimator.task
		WHEN 'binary' THEN format('SELECT (e.c).n, drift_internal.binary_metrics(e.c) FROM (SELECT drift.cbpe(r.score, %s, %L::drift.calibration_map) AS c FROM (%s) AS r) AS e',
			CASE WHEN has_label THEN format('r.label = %L', classes[1]) ELSE 'r.score >= 0.5' END, estimator.maps[1], rows)
		WHEN 'multiclass' THEN format('SELECT (e.c).n, drift_internal.multiclass_metrics(e.c) FROM (
				SELECT drift.cbpe_multiclass(r.probabilities, pg_catalog.array_position(%L::pg_catalog.text[], r.label), %L::drift.calibration_map[]) AS c
				FROM (%s) AS r) AS e',
			classes, estimator.maps[:cardinality(classes)], rows)
		ELSE format('SELECT pg_catalog.count(r.expected_loss), ARRAY[pg_catalog.avg(greatest(r.expected_loss, 0)), pg_catalog.avg(greatest(r.expected_loss, 0))] FROM (%s) AS r', rows)
		END;
BEGIN
	RETURN QUERY
		SELECT m.name, e.n, CASE m.name WHEN 'rmse' THEN sqrt(e.metrics[m.place]) ELSE e.metrics[m.place] END
		FROM drift_internal.read_as(drift_internal.actor(), query, path) AS e (n bigint, metrics float8[]),
			LATERAL (
				SELECT a.name, a.place FROM unnest(drift_internal.estimated_metrics()) WITH ORDINALITY AS a (name, place) WHERE estimator.task <> 'regression'
				UNION ALL
				SELECT l.name, 1 FROM (VALUES ('mae'), ('mse'), ('rmse')) AS l (name) WHERE estimator.task = 'regression'
			) AS m (name, place)
		WHERE e.n > 0;
END
$$;

COMMENT ON FUNCTION drift_internal.estimate_rows(drift.estimators, text, text, boolean) IS
	'metrics of rows as an estimator sees them without outcomes';

CREATE OR REPLACE FUNCTION drift_internal.realised_rows(estimator drift.estimators, rows text, path text, has_label boolean)
	RETURNS TABLE (metric text, n bigint, value float8)
	LANGUAGE plpgsql STABLE ROWS 9
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	classes CONSTANT text[] := array_remove(estimator.classes, '');
	query CONSTANT text := CASE estimator.task
		WHEN 'binary' THEN format('SELECT pg_catalog.count(*), drift_internal.realised_metrics_agg(r.score, r.actual = %1$L, %2$s)
			FROM (%3$s) AS r WHERE r.score IS NOT NULL AND r.actual IS NOT NULL AND %2$s IS NOT NULL',
			classes[1], CASE WHEN has_label THEN format('(r.label = %L)', classes[1]) ELSE '(r.score >= 0.5)' END, rows)
		WHEN 'multiclass' THEN format('SELECT pg_catalog.max(c.n), ARRAY(SELECT CASE m WHEN 3 THEN pg_catalog.max(c.accuracy) ELSE pg_catalog.avg(coalesce(k.v, 0)) END
				FROM pg_catalog.unnest(pg_catalog.array_agg(c.metrics)) WITH ORDINALITY AS k (v, place), LATERAL (SELECT (k.place - 1) %% 9 + 1) AS p (m) GROUP BY m ORDER BY m)
			FROM (%s) AS c',
			(SELECT string_agg(format('SELECT pg_catalog.count(*) AS n, pg_catalog.avg((r.label = r.actual)::pg_catalog.int4)::pg_catalog.float8 AS accuracy,
					drift_internal.realised_metrics_agg(r.probabilities[%1$s], r.actual = %2$L, r.label = %2$L) AS metrics
				FROM (%3$s) AS r WHERE r.probabilities IS NOT NULL AND r.actual IS NOT NULL', place, class, rows), ' UNION ALL ')
			FROM unnest(classes) WITH ORDINALITY AS k (class, place)))
		ELSE format('SELECT pg_catalog.count(r.score - r.actual_value), ARRAY[pg_catalog.avg(pg_catalog.abs(r.score - r.actual_value)),
			pg_catalog.avg((r.score - r.actual_value) ^ 2), pg_catalog.sqrt(pg_catalog.avg((r.score - r.actual_value) ^ 2))] FROM (%s) AS r', rows)
		END;
BEGIN
	RETURN QUERY
		SELECT m.name, e.n, e.metrics[m.place]
		FROM drift_internal.read_as(drift_internal.actor(), query, path) AS e (n bigint, metrics float8[]),
			unnest(CASE estimator.task WHEN 'regression' THEN '{mae,mse,rmse}'::text[] ELSE drift_internal.estimated_metrics() END)
				WITH ORDINALITY AS m (name, place)
		WHERE e.n > 0;
END
$$;

COMMENT ON FUNCTION drift_internal.realised_rows(drift.estimators, text, text, boolean) IS 'the same metrics of rows with outcomes';

CREATE OR REPLACE FUNCTION drift_internal.standard_error(metric drift.estimator_metrics, n bigint) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (metric).deviation / pg_catalog.sqrt(n * (metric).share);

COMMENT ON FUNCTION drift_internal.standard_error(drift.estimator_metrics, bigint) IS 'by how much a metric of n rows varies by chance';

-- The reference is a sample too: its own error is part of how far what comes true may be from the estimate.
CREATE OR REPLACE FUNCTION drift_internal.band_error(metric drift.estimator_metrics, n bigint, n_reference bigint) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN (metric).spread * pg_catalog.sqrt(1 / n::float8 + 1 / n_reference::float8);

COMMENT ON FUNCTION drift_internal.band_error(drift.estimator_metrics, bigint, bigint) IS
	'standard error of the realised value of n rows around its estimate, whose map was fitted on n_reference rows';

CREATE OR REPLACE FUNCTION drift_internal.is_unbounded(metric text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN metric IN ('log_loss', 'mae', 'mse', 'rmse');

COMMENT ON FUNCTION drift_internal.is_unbounded(text) IS 'whether an estimated metric may be above 1';

CREATE OR REPLACE FUNCTION drift_internal.estimate_performance(model text, from_time timestamptz, to_time timestamptz, query text,
	model_version integer, path text)
	RETURNS TABLE (metric text, n bigint, estimate float8, standard_error float8, low float8, high float8, reference float8,
		lower_threshold float8, upper_threshold float8, alert boolean, n_realised bigint, realised float8, is_broken boolean)
	LANGUAGE plpgsql STABLE ROWS 9
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	found_model CONSTANT drift.models := drift_internal.find_model(model, 'read');
	estimator CONSTANT drift.estimators := drift_internal.find_estimator(found_model,
		coalesce(estimate_performance.model_version, drift_internal.answering_version(found_model)));
	log drift.prediction_logs;
	given text := query;
	known text := query;
	names text[];
	needed CONSTANT text[] := CASE estimator.task WHEN 'multiclass' THEN '{probabilities,label}' ELSE '{score}' END;
	outcome CONSTANT text := CASE estimator.task WHEN 'regression' THEN 'actual_value' ELSE 'actual' END;
BEGIN
	IF query IS NULL THEN
		log := drift_internal.find_log(model, 'read');
		given := drift_internal.answers_query(log, estimator.model_version, from_time, to_time, false);
		known := drift_internal.answers_query(log, estimator.model_version, from_time, to_time, true);
	END IF;
	names := ARRAY(SELECT t.column_name FROM drift_internal.types_as(drift_internal.actor(), known, path) AS t);
	RETURN QUERY
		WITH realised AS (
			SELECT * FROM drift_internal.realised_rows(estimator, drift_internal.scored_rows(known, path, needed || outcome), path, 'label' = ANY (names)) AS r
			WHERE outcome = ANY (names)
		)
		SELECT e.metric, e.n, e.value, b.error,
			greatest(0, e.value - 3 * b.error), CASE WHEN drift_internal.is_unbounded(e.metric) THEN e.value + 3 * b.error ELSE least(1, e.value + 3 * b.error) END,
			m.reference, m.lower_threshold, m.upper_threshold, e.value < m.lower_threshold OR e.value > m.upper_threshold,
			r.n, r.value, abs(r.value - e.value) > 3 * drift_internal.band_error(m, r.n, estimator.n)
		FROM drift_internal.estimate_rows(estimator, drift_internal.scored_rows(given, path, needed, estimator.loss_model), path, 'label' = ANY (names)) AS e
		JOIN drift.estimator_metrics AS m ON m.model_id = estimator.model_id AND m.model_version = estimator.model_version AND m.metric = e.metric
		CROSS JOIN LATERAL (SELECT drift_internal.standard_error(m, e.n) AS error) AS b
		LEFT JOIN realised AS r ON r.metric = e.metric;
END
$$;

COMMENT ON FUNCTION drift_internal.estimate_performance(text, timestamptz, timestamptz, text, integer, text) IS
	'drift.estimate_performance() with the path on which the names in the query are looked up';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.estimate_performance(
	model text,
	from_time timestamptz DEFAULT NULL,
	to_time timestamptz DEFAULT NULL,
	source text DEFAULT NULL,
	model_version integer DEFAULT NULL)
	RETURNS TABLE (metric text, n bigint, estimate float8, standard_error float8, low float8, high float8, reference float8,
		lower_threshold float8, upper_threshold float8, alert boolean, n_realised bigint, realised float8, is_broken boolean)
	LANGUAGE sql STABLE ROWS 9
BEGIN ATOMIC
	SELECT e.* FROM drift_internal.estimate_performance(model, from_time, to_time, drift.source_query(source), model_version, current_setting('search_path')) AS e;
END;

COMMENT ON FUNCTION drift.estimate_performance(text, timestamptz, timestamptz, text, integer) IS
	'how good a version is without outcomes, by its estimator: of its answers in a span of time, or of a relation or query with the columns of its log. standard_error is the sampling error, low and high lie three of them around the estimate, alert: the estimate is outside the thresholds of the reference. Where outcomes are known, realised is what they say, and is_broken whether that is farther from the estimate than three errors of both rows and reference explain';
