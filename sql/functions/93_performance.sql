-- performance of a model straight from its labelled answers, with the rights of the caller

CREATE OR REPLACE FUNCTION drift_internal.live_columns(log drift.prediction_logs) RETURNS drift.monitor_columns[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	monitor drift.monitors;
	plan drift.monitor_columns[];
	task CONSTANT text := (SELECT v.task FROM drift.models AS m
		JOIN drift.model_versions AS v ON v.model_id = m.model_id AND v.version = drift_internal.answering_version(m)
		WHERE m.model_id = log.model_id);
BEGIN
	monitor.source_kind := 'prediction_log';
	monitor.model_id := log.model_id;
	plan := ARRAY(
		SELECT drift_internal.monitored_column(r.place, r.role, r.column_name, r.expression, r.base_type, format_type(r.base_type, NULL), NULL, NULL, false)
		FROM drift_internal.log_role_columns(task) AS r
		WHERE r.role IN ('score', 'label', 'target', 'error')
		ORDER BY r.place);
	RETURN plan || drift_internal.outcome_columns(monitor, plan, drift_internal.loaded_config(log.model_id), false);
END
$$;

COMMENT ON FUNCTION drift_internal.live_columns(drift.prediction_logs) IS 'columns of labelled answers that metrics are computed of, as a monitor would keep them';

-- The words for what every log has; anything else is an expression over the labelled view. Times are in UTC.
CREATE OR REPLACE FUNCTION drift_internal.group_expression(by text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	shown CONSTANT text := CASE by WHEN 'hour' THEN 'YYYY-MM-DD HH24:MI' WHEN 'day' THEN 'YYYY-MM-DD' WHEN 'week' THEN 'YYYY-MM-DD' WHEN 'month' THEN 'YYYY-MM' END;
BEGIN
	IF by IS NULL OR btrim(by) = '' THEN
		RAISE EXCEPTION 'performance cannot be grouped by nothing'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Name model_version, arm, hour, day, week or month, or an expression over the labelled view.';
	END IF;
	RETURN CASE WHEN shown IS NULL THEN format(E'(%s\n)::pg_catalog.text', by)
		ELSE format('pg_catalog.to_char(pg_catalog.date_trunc(%L, predicted_at AT TIME ZONE ''UTC''), %L)', by, shown) END;
END
$$;

COMMENT ON FUNCTION drift_internal.group_expression(text) IS 'expression for what performance is grouped by';

-- Scores of two classes are ranked exactly; all else is means and counts, which profiles keep exactly.
CREATE OR REPLACE FUNCTION drift_internal.live_query(log drift.prediction_logs, columns drift.monitor_columns[], span tstzrange, by text[]) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT pg_catalog.jsonb_build_object(%1$s), ARRAY[%2$s]::drift.profile[], %3$s FROM (SELECT %4$s, %5$s FROM (%6$s) AS source '
			'WHERE shadow_of IS NULL AND status <> ''forgotten'' AND predicted_at <@ %7$L::pg_catalog.tstzrange OFFSET 0) AS g %8$s',
		(SELECT string_agg(format('%L, g.g%s', b, i), ', ' ORDER BY i) FROM unnest(by) WITH ORDINALITY AS u (b, i)),
		string_agg(format('drift.profile_agg(g.c%s)', c.i), ', ' ORDER BY c.i) FILTER (WHERE c.is_profiled),
		coalesce((SELECT format('pg_catalog.to_jsonb(drift.binary_metrics(g.c%s, g.c%s = %L))', s.i, t.i, p.positive)
			FROM unnest(columns) WITH ORDINALITY AS s (monitor_id, column_id, role, column_name, expression, column_type, kind, value_type, source_column, positive, i),
				unnest(columns) WITH ORDINALITY AS t (monitor_id, column_id, role, column_name, expression, column_type, kind, value_type, source_column, positive, i),
				unnest(columns) AS p
			WHERE s.role = 'score' AND t.role = 'target' AND p.column_name = 'positive_score'), 'NULL::pg_catalog.jsonb'),
		coalesce((SELECT string_agg(format('%s AS g%s', drift_internal.group_expression(b), i), ', ' ORDER BY i) FROM unnest(by) WITH ORDINALITY AS u (b, i)), '1 AS g0'),
		string_agg(format('(%s)::%s AS c%s', c.expression, c.value_type, c.i), ', ' ORDER BY c.i),
		drift_internal.labelled_definition(log.log, log.outcomes, true), span,
		'GROUP BY ' || (SELECT string_agg('g.g' || i, ', ' ORDER BY i) FROM unnest(by) WITH ORDINALITY AS u (b, i)))
	FROM (
		SELECT u.i, u.expression, u.value_type, u.role NOT IN ('score', 'label') AND u.column_name NOT IN ('positive_score', 'negative_score') AS is_profiled
		FROM unnest(columns) WITH ORDINALITY AS u (monitor_id, column_id, role, column_name, expression, column_type, kind, value_type, source_column, positive, i)
	) AS c
$$;

COMMENT ON FUNCTION drift_internal.live_query(drift.prediction_logs, drift.monitor_columns[], tstzrange, text[]) IS
	'query for what metrics of labelled answers are computed of, by groups';

CREATE OR REPLACE FUNCTION drift_internal.exact_score_metrics(scores jsonb) RETURNS SETOF drift_internal.metric_value
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT m.metric, (scores ->> m.metric)::float8, m.factor * greatest((scores ->> 'roc_auc_high')::float8 - (scores ->> 'roc_auc')::float8,
		(scores ->> 'roc_auc')::float8 - (scores ->> 'roc_auc_low')::float8) / drift_internal.normal_quantile(0.975), 0::float8, (scores ->> 'n')::bigint
	FROM (VALUES ('roc_auc', 1), ('gini', 2), ('average_precision', NULL), ('ks_statistic', NULL), ('ece', NULL)) AS m (metric, factor)
	WHERE scores ->> m.metric IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.exact_score_metrics(jsonb) IS 'how well scores rank, from a row of drift.binary_metrics() as JSON';

CREATE OR REPLACE FUNCTION drift_internal.live_metrics(model text, span tstzrange, by text[], path text)
	RETURNS TABLE (groups jsonb, measured drift_internal.metric_value)
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.find_outcomes(model);
	columns CONSTANT drift.monitor_columns[] := drift_internal.live_columns(log);
	profiled CONSTANT drift.monitor_columns[] := ARRAY(SELECT c FROM unnest(columns) AS c
		WHERE c.role NOT IN ('score', 'label') AND c.column_name NOT IN ('positive_score', 'negative_score'));
BEGIN
	RETURN QUERY
		SELECT r.groups, m
		FROM drift_internal.read_rows(drift_internal.live_query(log, columns, span, by), path) AS r (groups jsonb, profiles drift.profile[], scores jsonb),
			LATERAL (
				SELECT p FROM drift_internal.profile_metrics(ARRAY(
					SELECT ROW(c.role, c.column_name, c.kind, c.positive, u.profile)::drift_internal.outcome_profile
					FROM unnest(profiled) WITH ORDINALITY AS c (monitor_id, column_id, role, column_name, expression, column_type, kind, value_type, source_column, positive, i)
					JOIN unnest(r.profiles) WITH ORDINALITY AS u (profile, i) USING (i))) AS p
				UNION ALL
				SELECT s FROM drift_internal.exact_score_metrics(r.scores) AS s
			) AS v (m);
END
$$;

COMMENT ON FUNCTION drift_internal.live_metrics(text, tstzrange, text[], text) IS 'metrics of the labelled answers of a model, by groups';

CREATE OR REPLACE FUNCTION drift_internal.live_performance(model text, span tstzrange, by text[], path text)
	RETURNS TABLE (groups jsonb, metric text, value float8, low float8, high float8, n bigint)
	LANGUAGE sql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT m.groups, (m.measured).metric, (m.measured).value,
		CASE WHEN w.is_share AND (m.measured).value < w.margin THEN 0 ELSE (m.measured).value - w.margin END,
		CASE WHEN w.is_share AND (m.measured).value + w.margin > 1 THEN 1 ELSE (m.measured).value + w.margin END,
		(m.measured).n
	FROM drift_internal.live_metrics(model, span, coalesce(by, '{}'), path) AS m,
		LATERAL (SELECT drift_internal.normal_quantile(0.975) * (m.measured).standard_error AS margin,
			(m.measured).metric NOT IN ('mean_error', 'mae', 'mape', 'log_loss', 'rmse', 'bias', 'interval_width', 'r2', 'mcc', 'gini') AS is_share) AS w
	ORDER BY m.groups, (m.measured).metric
$$;

COMMENT ON FUNCTION drift_internal.live_performance(text, tstzrange, text[], text) IS 'drift.performance() with the path on which names are looked up';

-- No pinned path: names in expressions are found by the caller's.
CREATE OR REPLACE FUNCTION drift.performance(model text, from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL, by text[] DEFAULT '{}')
	RETURNS TABLE (groups jsonb, metric text, value float8, low float8, high float8, n bigint)
	LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
	SELECT p.* FROM drift_internal.live_performance(model, pg_catalog.tstzrange(from_time, to_time), by, current_setting('search_path')) AS p;
END;

COMMENT ON FUNCTION drift.performance(text, timestamptz, timestamptz, text[]) IS
	'metrics of the answers of a model whose outcome is known, predicted from one time to another, exactly and from the rows as they are now, with intervals of 95 % where a standard error is known. by lists what they are grouped by: model_version, arm, hour, day, week or month (in UTC), or any expression over the labelled view, which is read with the rights of the caller.';

CREATE OR REPLACE FUNCTION drift_internal.live_drift(model text, current_span tstzrange, reference_span tstzrange, by text[], path text)
	RETURNS TABLE (groups jsonb, metric text, n_reference bigint, reference float8, n bigint, value float8, loss float8, loss_low float8, loss_high float8,
		p_value float8, severity text, explanation text)
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	found_model CONSTANT drift.models := drift_internal.find_model(live_drift.model, 'read');
	config CONSTANT jsonb := drift_internal.loaded_config(found_model.model_id);
	alpha CONSTANT float8 := (drift_internal.config_limits(config)).alpha;
	current drift_internal.segment_metric[];
	held drift_internal.segment_metric[];
BEGIN
	current := ARRAY(SELECT ROW(CASE by WHEN '{}' THEN '' ELSE m.groups::text END, m.measured)::drift_internal.segment_metric
		FROM drift_internal.live_metrics(model, current_span, by, path) AS m);
	IF reference_span IS NULL THEN
		held := ARRAY(
			SELECT DISTINCT ON (b.metric) ROW('', ROW(b.metric, b.value, b.standard_error, 0, b.n)::drift_internal.metric_value)::drift_internal.segment_metric
			FROM drift.performance_baselines AS b
			WHERE b.model_id = found_model.model_id AND b.segment = '' AND b.model_version IN (0, drift_internal.answering_version(found_model))
			ORDER BY b.metric, b.model_version DESC);
		IF held = '{}' THEN
			RAISE EXCEPTION 'there is nothing to hold the performance of model "%" against', model
				USING ERRCODE = 'object_not_in_prerequisite_state',
					HINT = 'Give reference_from and reference_to, or say drift.set_performance_baseline().';
		END IF;
		-- a baseline of all rows holds for each group
		held := ARRAY(SELECT ROW(s.segment, h.measured)::drift_internal.segment_metric
			FROM unnest(held) AS h, (SELECT DISTINCT c.segment FROM unnest(current) AS c) AS s);
	ELSE
		held := ARRAY(SELECT ROW(CASE by WHEN '{}' THEN '' ELSE m.groups::text END, m.measured)::drift_internal.segment_metric
			FROM drift_internal.live_metrics(model, reference_span, by, path) AS m);
	END IF;
	RETURN QUERY
		SELECT coalesce(nullif(j.segment, '')::jsonb, '{}'), j.metric::text, j.n_reference, j.reference, j.n, j.value, j.loss, j.loss_low, j.loss_high,
			j.p_value, j.severity, j.explanation
		FROM drift_internal.judge_pairs(ARRAY(SELECT p FROM drift_internal.pair_metrics(current, held, config, alpha, NULL, NULL) AS p), config, alpha, 'UTC') AS j;
END
$$;

COMMENT ON FUNCTION drift_internal.live_drift(text, tstzrange, tstzrange, text[], text) IS 'drift.performance_drift() with the path on which names are looked up';

CREATE OR REPLACE FUNCTION drift.performance_drift(model text, from_time timestamptz, to_time timestamptz DEFAULT NULL,
	reference_from timestamptz DEFAULT NULL, reference_to timestamptz DEFAULT NULL, by text[] DEFAULT '{}')
	RETURNS TABLE (groups jsonb, metric text, n_reference bigint, reference float8, n bigint, value float8, loss float8, loss_low float8, loss_high float8,
		p_value float8, severity text, explanation text)
	LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
	SELECT d.*
	FROM drift_internal.live_drift(model, pg_catalog.tstzrange(from_time, to_time),
		CASE WHEN reference_from IS NOT NULL OR reference_to IS NOT NULL THEN pg_catalog.tstzrange(reference_from, reference_to) END,
		coalesce(by, '{}'), current_setting('search_path')) AS d;
END;

COMMENT ON FUNCTION drift.performance_drift(text, timestamptz, timestamptz, timestamptz, timestamptz, text[]) IS
	'whether a model is worse from one time to another than it was from reference_from to reference_to, or than its performance baseline says: each metric with its loss, the confidence interval of that, and a verdict as checks give it, by the configuration of the model; groups are as in drift.performance()';
