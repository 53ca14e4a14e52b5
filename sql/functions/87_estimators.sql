-- estimators: fitted on rows whose outcome is known, and that the version did not train on

-- A source has the columns of a labelled view, or some of them.
CREATE OR REPLACE FUNCTION drift_internal.scored_rows(query text, path text, needed text[], loss_model text DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names CONSTANT text[] := ARRAY(SELECT t.column_name FROM drift_internal.types_as(drift_internal.actor(), query, path) AS t);
BEGIN
	PERFORM drift_internal.check_columns(needed, names);
	RETURN (
		SELECT format(E'SELECT %s%s FROM (%s\n) AS source',
			string_agg(format('%s::pg_catalog.%s AS %I', CASE WHEN c = ANY (names) THEN format('(source.%I)', c) ELSE 'NULL' END, t, c), ', '),
			CASE WHEN loss_model IS NOT NULL THEN format(', drift.score_row(%L, source) AS expected_loss', loss_model) ELSE '' END, query)
		FROM (VALUES ('score', 'float8'), ('label', 'text'), ('actual', 'text'), ('actual_value', 'float8'), ('probabilities', 'float8[]'),
			('predicted_at', 'timestamptz')) AS v (c, t));
END
$$;

COMMENT ON FUNCTION drift_internal.scored_rows(text, text, text[], text) IS
	'query for the scores, classes and outcomes of a query, whose columns have the names of a labelled view; NULL for those it does not have. With a model of the loss also what that expects';

-- Answers of one version, or those of them whose outcome is known.
CREATE OR REPLACE FUNCTION drift_internal.answers_query(log drift.prediction_logs, version integer, from_time timestamptz, to_time timestamptz,
	labelled boolean) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET datestyle = 'ISO, YMD'
AS $$
	SELECT format('SELECT * FROM %s AS source WHERE source.shadow_of IS NULL AND source.status = ''ok'' AND source.model_version = %s%s%s',
		CASE WHEN labelled THEN format('(%s)', drift_internal.labelled_definition(log.log, log.outcomes, true))
			ELSE drift_internal.relation_name(log.log) END,
		version,
		CASE WHEN isfinite(from_time) THEN format(' AND source.predicted_at >= %L::pg_catalog.timestamptz', from_time) ELSE '' END,
		CASE WHEN isfinite(to_time) THEN format(' AND source.predicted_at < %L::pg_catalog.timestamptz', to_time) ELSE '' END)
$$;

COMMENT ON FUNCTION drift_internal.answers_query(drift.prediction_logs, integer, timestamptz, timestamptz, boolean) IS
	'query for the answers of a version in its log, or for those of them whose outcome is known';

-- The class that scores speak for: rows of it have the higher ones.
CREATE OR REPLACE FUNCTION drift_internal.positive_class(rows text, path text, given text, known text[]) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found text[];
	positive text;
BEGIN
	SELECT array_agg(c.class ORDER BY c.mean DESC) INTO found
	FROM drift_internal.read_as(drift_internal.actor(), format(
		'SELECT r.actual, pg_catalog.avg(r.score) FROM (%s) AS r WHERE r.actual IS NOT NULL AND r.score IS NOT NULL GROUP BY 1', rows), path)
		AS c (class text, mean float8);
	positive := coalesce(given, CASE cardinality(known) WHEN 2 THEN known[2] END, found[1]);
	IF cardinality(found) IS DISTINCT FROM 2 OR positive <> ALL (found) THEN
		RAISE EXCEPTION 'the reference does not have outcomes of both classes'
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Classes among its outcomes: %s; positive class: %s.', coalesce(array_to_string(found, ', '), 'none'), coalesce(positive, 'not known')),
				HINT = 'It takes rows with score, label and actual, which the version did not train on.';
	END IF;
	RETURN positive;
END
$$;

COMMENT ON FUNCTION drift_internal.positive_class(text, text, text, text[]) IS
	'the class that scores are probabilities of: the one given, the second of the model, or of reference rows the one with the higher mean score';

-- Parts of the reference: ten of equally many rows in the order of time, and what is left; or days, weeks or months.
CREATE OR REPLACE FUNCTION drift_internal.chunk_expression(chunk text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF chunk IN ('day', 'week', 'month') THEN
		RETURN format('pg_catalog.date_part(''epoch'', pg_catalog.date_trunc(%L, r.predicted_at, ''UTC''))', chunk);
	ELSIF chunk IS NOT NULL THEN
		RAISE EXCEPTION 'unknown chunks: %', chunk
			USING ERRCODE = 'invalid_parameter_value', HINT = 'They are day, week or month; NULL for ten of equally many rows.';
	END IF;
	RETURN '(pg_catalog.row_number() OVER (ORDER BY r.predicted_at) - 1) / greatest(1, pg_catalog.count(*) OVER () / 10)';
END
$$;

COMMENT ON FUNCTION drift_internal.chunk_expression(text) IS 'expression for the part of the reference that a row belongs to';

-- As NannyML: what a chunk with one class, or one prediction, does not determine says nothing about the thresholds.
CREATE OR REPLACE FUNCTION drift_internal.chunk_metrics(rows text, path text, chunk text, class text, score text, prediction text)
	RETURNS SETOF float8[]
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT ARRAY(
			SELECT CASE
					WHEN n.metric IN ('accuracy', 'log_loss', 'brier') THEN n.value
					WHEN c.outcomes < 2 OR (c.predictions < 2 AND n.metric NOT IN ('roc_auc', 'average_precision')) THEN NULL
					WHEN n.metric IN ('precision', 'f1') THEN coalesce(n.value, 0)
					ELSE n.value
				END
			FROM unnest(drift_internal.estimated_metrics(), c.metrics) WITH ORDINALITY AS n (metric, value, place) ORDER BY n.place)
		FROM drift_internal.read_as(drift_internal.actor(), format(
			'SELECT c.chunk::pg_catalog.float8, drift_internal.realised_metrics_agg(c.score, c.actual, c.prediction),
				pg_catalog.count(DISTINCT c.actual), pg_catalog.count(DISTINCT c.prediction)
			FROM (SELECT %s AS chunk, %s AS score, r.actual = %L AS actual, %s AS prediction FROM (%s) AS r
				WHERE r.actual IS NOT NULL AND (%2$s) IS NOT NULL) AS c
			GROUP BY 1',
			drift_internal.chunk_expression(chunk), score, class, prediction, rows), path)
			AS c (chunk float8, metrics float8[], outcomes bigint, predictions bigint)
		WHERE c.metrics IS NOT NULL
		ORDER BY c.chunk;
END
$$;

COMMENT ON FUNCTION drift_internal.chunk_metrics(text, text, text, text, text, text) IS
	'realised metrics of each part of the reference, of one class against the rest';

CREATE OR REPLACE FUNCTION drift_internal.read_reference(rows text, path text, class text, score text, prediction text)
	RETURNS drift_internal.cbpe_reference
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift_internal.cbpe_reference;
BEGIN
	SELECT * INTO result
	FROM drift_internal.read_as(drift_internal.actor(), format(
		'SELECT (e.r).map, (e.r).n, (e.r).realised, (e.r).deviations, (e.r).shares, (e.r).spread
		FROM (SELECT drift_internal.cbpe_reference_agg(%s, r.actual = %L, %s) AS r FROM (%s) AS r OFFSET 0) AS e', score, class, prediction, rows), path)
		AS e (map drift.calibration_map, n bigint, realised float8[], deviations float8[], shares float8[], spread float8[]);
	IF coalesce(result.n, 0) = 0 THEN
		RAISE EXCEPTION 'the reference has no rows with score, prediction and outcome'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'drift.record_outcomes() adds outcomes to the predictions of a log.';
	END IF;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.read_reference(text, text, text, text, text) IS
	'what the reference tells of one class against the rest: map, metrics and their sampling errors';

-- Thresholds of NannyML: three standard deviations around the mean of the chunks, within the limits of the metric.
CREATE OR REPLACE FUNCTION drift_internal.estimator_metric(metric text, reference float8, deviation float8, share float8, spread float8, chunks float8[])
	RETURNS drift.estimator_metrics
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(NULL, NULL, metric, reference, deviation, share, coalesce(spread, deviation / sqrt(share)), CASE WHEN count(v) > 0 THEN greatest(0, avg(v) - 3 * stddev_pop(v)) END,
		CASE WHEN metric IN ('log_loss', 'mae', 'mse', 'rmse') THEN avg(v) + 3 * stddev_pop(v) WHEN count(v) > 0 THEN least(1, avg(v) + 3 * stddev_pop(v)) END,
		count(v))::drift.estimator_metrics
	FROM unnest(chunks) AS v
$$;

COMMENT ON FUNCTION drift_internal.estimator_metric(text, float8, float8, float8, float8, float8[]) IS
	'a metric of an estimator with thresholds from its values on chunks of the reference';

CREATE OR REPLACE FUNCTION drift_internal.fit_binary(rows text, path text, positive text, has_label boolean, chunk text,
	INOUT estimator drift.estimators, OUT metrics drift.estimator_metrics[])
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	prediction CONSTANT text := CASE WHEN has_label THEN format('(r.label = %L)', positive) ELSE '(r.score >= 0.5)' END;
	read drift_internal.cbpe_reference;
	chunks float8[] := '{}';
	metric_chunks float8[];
BEGIN
	read := drift_internal.read_reference(rows, path, positive, 'r.score', prediction);
	estimator.classes := ARRAY[positive];
	estimator.maps := ARRAY[read.map];
	estimator.n := read.n;
	chunks := (SELECT array_agg(c) FROM drift_internal.chunk_metrics(rows, path, chunk, positive, 'r.score', prediction) AS c);
	metrics := ARRAY(
		SELECT drift_internal.estimator_metric(m.name, read.realised[m.place], read.deviations[m.place], read.shares[m.place], read.spread[m.place],
			ARRAY(SELECT chunks[i][m.place] FROM generate_subscripts(chunks, 1) AS i))
		FROM unnest(drift_internal.estimated_metrics()) WITH ORDINALITY AS m (name, place)
		WHERE read.realised[m.place] IS NOT NULL AND read.deviations[m.place] IS NOT NULL AND read.shares[m.place] > 0
		ORDER BY m.place);
END
$$;

COMMENT ON FUNCTION drift_internal.fit_binary(text, text, text, boolean, text, drift.estimators) IS
	'estimator of a binary classifier, and its metrics, from reference rows';

-- NannyML's errors of means over classes: those of the classes add up as if they were independent, and are raised by a fifth for the
-- area under the ROC curve; that of F1 is of the share of rows that it counts as right.
CREATE OR REPLACE FUNCTION drift_internal.multiclass_deviation(metric text, realised float8[], deviations float8[], shares float8[]) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE metric WHEN 'roc_auc' THEN 1.2 ELSE 1 END * sqrt(sum(d.variance / d.share)) / count(*)
	FROM (
		SELECT c.share, CASE metric WHEN 'f1' THEN q * (1 - q) ELSE c.deviation ^ 2 END AS variance
		FROM unnest(realised, deviations, shares) AS c (realised, deviation, share),
			LATERAL (SELECT c.realised / (2 - c.realised) AS q) AS k
	) AS d
$$;

COMMENT ON FUNCTION drift_internal.multiclass_deviation(text, float8[], float8[], float8[]) IS
	'deviation of the mean of a metric over classes, from metric, deviation and share of each';

CREATE OR REPLACE FUNCTION drift_internal.fit_multiclass(rows text, path text, classes text[], chunk text,
	INOUT estimator drift.estimators, OUT metrics drift.estimator_metrics[])
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reads drift_internal.cbpe_reference[] := '{}';
	prediction text;
	chunks float8[];
	class_chunks float8[];
	accuracy record;
	accuracies float8[];
BEGIN
	FOR class IN 1 .. cardinality(classes) LOOP
		prediction := format('(r.label = %L)', classes[class]);
		reads := reads || drift_internal.read_reference(rows, path, classes[class], format('r.probabilities[%s]', class), prediction);
		SELECT array_agg(c) INTO class_chunks
		FROM drift_internal.chunk_metrics(rows, path, chunk, classes[class], format('r.probabilities[%s]', class), prediction) AS c;
		chunks := CASE WHEN chunks IS NULL THEN class_chunks ELSE (
			SELECT array_agg(s.sums ORDER BY s.i) FROM (
				SELECT i, array_agg(chunks[i][j] + class_chunks[i][j] ORDER BY j) AS sums
				FROM generate_subscripts(chunks, 1) AS i, generate_subscripts(chunks, 2) AS j GROUP BY i) AS s) END;
	END LOOP;

	SELECT * INTO accuracy
	FROM drift_internal.read_as(drift_internal.actor(), format(
		'SELECT pg_catalog.avg((r.label = r.actual)::pg_catalog.int4)::pg_catalog.float8, drift.fit_calibration(drift_internal.largest(r.probabilities), r.label = r.actual)
		FROM (%s) AS r WHERE r.probabilities IS NOT NULL', rows), path) AS a (value float8, map drift.calibration_map);
	accuracies := ARRAY(SELECT a.value FROM drift_internal.read_as(drift_internal.actor(), format(
		'SELECT pg_catalog.avg((c.right)::pg_catalog.int4)::pg_catalog.float8 FROM (SELECT %s AS chunk, r.label = r.actual AS right FROM (%s) AS r
			WHERE r.probabilities IS NOT NULL AND r.actual IS NOT NULL) AS c GROUP BY c.chunk', drift_internal.chunk_expression(chunk), rows), path)
		AS a (value float8));

	estimator.classes := classes || ''::text;
	estimator.maps := ARRAY(SELECT (r).map FROM unnest(reads) AS r) || accuracy.map;
	estimator.n := (reads[1]).n;
	metrics := ARRAY(
		SELECT CASE m.name WHEN 'accuracy' THEN drift_internal.estimator_metric(m.name, accuracy.value,
				sqrt(accuracy.value * (1 - accuracy.value)), 1, NULL, accuracies)
			ELSE drift_internal.estimator_metric(m.name, c.realised, drift_internal.multiclass_deviation(m.name, c.each, c.deviations, c.shares), 1, NULL,
				ARRAY(SELECT chunks[i][m.place] / cardinality(classes) FROM generate_subscripts(chunks, 1) AS i)) END
		FROM unnest(drift_internal.estimated_metrics()) WITH ORDINALITY AS m (name, place),
			LATERAL (
				SELECT avg(coalesce((r).realised[m.place], 0)) AS realised, array_agg((r).realised[m.place]) AS each,
					array_agg((r).deviations[m.place]) AS deviations, array_agg((r).shares[m.place]) AS shares
				FROM unnest(reads) AS r
			) AS c
		WHERE m.name NOT IN ('log_loss', 'brier')
			AND (m.name = 'accuracy' OR drift_internal.multiclass_deviation(m.name, c.each, c.deviations, c.shares) IS NOT NULL)
		ORDER BY m.place);
END
$$;

COMMENT ON FUNCTION drift_internal.fit_multiclass(text, text, text[], text, drift.estimators) IS
	'estimator of a classifier of several classes, and its metrics, from reference rows: a map for each class, and one of the confidence for its accuracy';

CREATE OR REPLACE FUNCTION drift_internal.loss_expression(loss text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF loss = 'mae' THEN
		RETURN 'pg_catalog.abs(r.score - r.actual_value)';
	ELSIF loss = 'mse' THEN
		RETURN '(r.score - r.actual_value) ^ 2';
	END IF;
	RAISE EXCEPTION 'unknown loss: %', coalesce(loss, 'NULL')
		USING ERRCODE = 'invalid_parameter_value', HINT = 'The model of the loss predicts mae (the absolute error) or mse (the squared error) of a row.';
END
$$;

COMMENT ON FUNCTION drift_internal.loss_expression(text) IS 'expression for the loss of a row';

CREATE OR REPLACE FUNCTION drift_internal.fit_losses(rows text, path text, loss text, chunk text,
	INOUT estimator drift.estimators, OUT metrics drift.estimator_metrics[])
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expression CONSTANT text := drift_internal.loss_expression(loss);
	read record;
	chunks float8[];
BEGIN
	SELECT * INTO read
	FROM drift_internal.read_as(drift_internal.actor(), format(
		'SELECT pg_catalog.count(l), pg_catalog.avg(l), pg_catalog.stddev_pop(l) FROM (%s) AS r, LATERAL (SELECT %s) AS e (l)', rows, expression), path)
		AS r (n bigint, mean float8, deviation float8);
	IF read.n = 0 THEN
		RAISE EXCEPTION 'the reference has no rows with score and actual_value' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	chunks := ARRAY(SELECT c.mean FROM drift_internal.read_as(drift_internal.actor(), format(
		'SELECT pg_catalog.avg(c.l) FROM (SELECT %s AS chunk, %s AS l FROM (%s) AS r WHERE r.score IS NOT NULL AND r.actual_value IS NOT NULL) AS c GROUP BY c.chunk',
		drift_internal.chunk_expression(chunk), expression, rows), path) AS c (mean float8));
	estimator.n := read.n;
	metrics := ARRAY[drift_internal.estimator_metric(loss, read.mean, read.deviation, 1, NULL, chunks)];
	IF loss = 'mse' AND read.mean > 0 THEN
		metrics := metrics || drift_internal.estimator_metric('rmse', sqrt(read.mean), sqrt(read.deviation ^ 2 / (4 * read.mean)), 1, NULL,
			ARRAY(SELECT sqrt(c) FROM unnest(chunks) AS c));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.fit_losses(text, text, text, text, drift.estimators) IS
	'estimator of a model of numbers, and its metrics, from reference rows; what a row is expected to lose another model says';

CREATE OR REPLACE FUNCTION drift_internal.store_estimator(estimator drift.estimators, metrics drift.estimator_metrics[]) RETURNS drift.estimators
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stored drift.estimators;
BEGIN
	PERFORM drift_internal.lock_model(m.name, 'operate') FROM drift.models AS m WHERE m.model_id = estimator.model_id;
	DELETE FROM drift.estimators AS e WHERE (e.model_id, e.model_version) = (estimator.model_id, estimator.model_version);
	DELETE FROM drift.estimator_metrics AS e WHERE (e.model_id, e.model_version) = (estimator.model_id, estimator.model_version);
	INSERT INTO drift.estimators (model_id, model_version, method, task, classes, maps, loss_model, n, rows_from, rows_to, fitted_by)
	VALUES (estimator.model_id, estimator.model_version, estimator.method, estimator.task, coalesce(estimator.classes, '{}'),
		coalesce(estimator.maps, '{}'), estimator.loss_model, estimator.n, estimator.rows_from, estimator.rows_to,
		pg_get_userbyid(drift_internal.actor()))
	RETURNING * INTO stored;
	INSERT INTO drift.estimator_metrics
	SELECT stored.model_id, stored.model_version, m.metric, m.reference, m.deviation, m.share, m.spread, m.lower_threshold, m.upper_threshold, m.chunks
	FROM unnest(metrics) AS m;
	RETURN stored;
END
$$;

COMMENT ON FUNCTION drift_internal.store_estimator(drift.estimators, drift.estimator_metrics[]) IS
	'writes down the estimator of a version in place of the one before';

CREATE OR REPLACE FUNCTION drift_internal.fit_estimator(model text, query text, model_version integer, from_time timestamptz, to_time timestamptz,
	positive_label text, chunk text, loss_model text, loss text, path text) RETURNS drift.estimators
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	version CONSTANT drift.model_versions := drift_internal.find_version(found_model,
		coalesce(fit_estimator.model_version, drift_internal.answering_version(found_model)));
	classes CONSTANT text[] := drift_internal.model_classes(found_model.model_id);
	given CONSTANT text := coalesce(query, drift_internal.answers_query(drift_internal.find_log(model, 'read'), version.version, from_time, to_time, true));
	estimator drift.estimators;
	fitted record;
	rows text;
BEGIN
	estimator.model_id := found_model.model_id;
	estimator.model_version := version.version;
	estimator.loss_model := loss_model;
	estimator.method := CASE WHEN loss_model IS NULL THEN 'cbpe' ELSE 'dle' END;
	estimator.task := CASE WHEN loss_model IS NOT NULL THEN 'regression' WHEN cardinality(classes) > 2 THEN 'multiclass' ELSE 'binary' END;
	IF loss_model IS NULL AND version.task IN ('regression', 'ranking') THEN
		RAISE EXCEPTION 'version % of model "%" predicts numbers', version.version, model
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Name a registered model that predicts the loss of a row, of its inputs and the score, as loss_model.';
	END IF;
	rows := drift_internal.scored_rows(given, path, CASE estimator.task WHEN 'binary' THEN '{score,actual}'::text[]
		WHEN 'multiclass' THEN '{probabilities,label,actual}' ELSE '{score,actual_value}' END);
	SELECT t.a, t.b INTO estimator.rows_from, estimator.rows_to
	FROM drift_internal.read_as(drift_internal.actor(), format(
		'SELECT pg_catalog.min(r.predicted_at), pg_catalog.max(r.predicted_at) FROM (%s) AS r', rows), path) AS t (a timestamptz, b timestamptz);

	IF estimator.task = 'binary' THEN
		fitted := drift_internal.fit_binary(rows, path, drift_internal.positive_class(rows, path,
				coalesce(positive_label, drift_internal.loaded_config(found_model.model_id) #>> '{performance,positive_label}'), classes),
			EXISTS (SELECT FROM drift_internal.types_as(drift_internal.actor(), given, path) AS t WHERE t.column_name = 'label'), chunk, estimator);
	ELSIF estimator.task = 'multiclass' THEN
		fitted := drift_internal.fit_multiclass(rows, path, classes, chunk, estimator);
	ELSE
		fitted := drift_internal.fit_losses(rows, path, loss, chunk, estimator);
	END IF;
	RETURN drift_internal.store_estimator(fitted.estimator, fitted.metrics);
END
$$;

COMMENT ON FUNCTION drift_internal.fit_estimator(text, text, integer, timestamptz, timestamptz, text, text, text, text, text) IS
	'drift.fit_estimator() with the path on which the names in the query are looked up';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.fit_estimator(
	model text,
	source text DEFAULT NULL,
	model_version integer DEFAULT NULL,
	from_time timestamptz DEFAULT NULL,
	to_time timestamptz DEFAULT NULL,
	positive_label text DEFAULT NULL,
	chunk text DEFAULT NULL,
	loss_model text DEFAULT NULL,
	loss text DEFAULT 'mae')
	RETURNS SETOF drift.estimators
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT e.* FROM drift_internal.fit_estimator(model, drift.source_query(source), model_version, from_time, to_time, positive_label, chunk,
		loss_model, loss, current_setting('search_path')) AS e;
END;

COMMENT ON FUNCTION drift.fit_estimator(text, text, integer, timestamptz, timestamptz, text, text, text, text) IS
	'makes what estimates the performance of a version before outcomes come, from rows with outcomes that it did not train on: by default those of its log, of a span of time, or a relation or query with the columns score, label and actual (probabilities for more than two classes, actual_value for numbers). Classes are calibrated; for numbers loss_model names a registered model of the loss of a row. chunk (day, week, month; ten equal parts) says on which parts thresholds are determined';

CREATE OR REPLACE FUNCTION drift.drop_estimator(model text, model_version integer DEFAULT NULL) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'operate');
	version CONSTANT integer := coalesce(drop_estimator.model_version, drift_internal.answering_version(locked));
BEGIN
	DELETE FROM drift.estimator_metrics AS m WHERE m.model_id = locked.model_id AND m.model_version = version;
	DELETE FROM drift.estimators AS e WHERE e.model_id = locked.model_id AND e.model_version = version;
	RETURN FOUND;
END
$$;

COMMENT ON FUNCTION drift.drop_estimator(text, integer) IS
	'drops the estimator of a version, by default the one that answers, so that nothing is estimated any more; whether there was one';
