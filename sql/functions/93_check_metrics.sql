-- metrics of a model in a check, from windows of its outcomes
--
-- Each metric that has a verdict is held against the performance baseline of the version, else against the baseline of
-- the monitor, else against the rows before. Worse is what chance does not explain, after Holm's correction for the
-- number of metrics, and critical what is also as large as the threshold. Metrics of segments are a family of their own.

CREATE OR REPLACE FUNCTION drift_internal.outcome_columns(monitor_id integer) RETURNS smallint[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(c.column_id)
	FROM drift.monitor_columns AS c
	WHERE c.monitor_id = outcome_columns.monitor_id
		AND (c.role IN ('error', 'outcome', 'metric') OR (c.role = 'target' AND c.kind = 'numeric'))
$$;

COMMENT ON FUNCTION drift_internal.outcome_columns(integer) IS 'columns of a monitor that metrics are computed of; NULL: none';

CREATE OR REPLACE FUNCTION drift_internal.window_metrics(monitor drift.monitors, span tstzrange, segments boolean)
	RETURNS TABLE (segment text, measured drift_internal.metric_value)
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT o.segment, m
		FROM (
			SELECT w.segment, array_agg(ROW(c.role, c.column_name, c.kind, c.positive, w.profile)::drift_internal.outcome_profile) AS outcomes
			FROM drift_internal.merged_windows(monitor.monitor_id, span, segments, drift_internal.outcome_columns(monitor.monitor_id)) AS w
			JOIN drift.monitor_columns AS c ON c.monitor_id = monitor.monitor_id AND c.column_id = w.column_id
			GROUP BY w.segment
		) AS o, LATERAL drift_internal.profile_metrics(o.outcomes) AS m;
END
$$;

COMMENT ON FUNCTION drift_internal.window_metrics(drift.monitors, tstzrange, boolean) IS
	'metrics of a monitor over a span, of all rows and with segments also of each';

CREATE OR REPLACE FUNCTION drift_internal.baseline_metrics(monitor drift.monitors, baseline_id integer, segments boolean)
	RETURNS TABLE (segment text, measured drift_internal.metric_value)
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT o.segment, m
		FROM (
			SELECT b.segment, array_agg(ROW(c.role, c.column_name, b.kind, c.positive, b.profile)::drift_internal.outcome_profile) AS outcomes
			FROM drift_internal.baseline_profiles(monitor.monitor_id, baseline_id) AS b
			JOIN drift.monitor_columns AS c ON c.monitor_id = monitor.monitor_id AND c.column_id = b.column_id AND c.kind = b.kind
			WHERE c.column_id = ANY (drift_internal.outcome_columns(monitor.monitor_id)) AND (segments OR b.segment = '')
			GROUP BY b.segment
		) AS o, LATERAL drift_internal.profile_metrics(o.outcomes) AS m;
END
$$;

COMMENT ON FUNCTION drift_internal.baseline_metrics(drift.monitors, integer, boolean) IS
	'metrics that the baseline of a monitor tells, where it holds outcomes';

-- What comes first counts: 1 the version's performance baseline, 2 that of all versions, 3 the monitor's baseline, 4 the rows before.
CREATE OR REPLACE FUNCTION drift_internal.reference_metrics(checked drift.checks, monitor drift.monitors, spans drift_internal.check_spans)
	RETURNS TABLE (segment text, measured drift_internal.metric_value, place integer)
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	segments CONSTANT boolean := monitor.segment IS NOT NULL;
BEGIN
	RETURN QUERY
		SELECT DISTINCT ON (f.segment, (f.measured).metric) f.segment, f.measured, f.place
		FROM (
			SELECT p.segment, ROW(p.metric, p.value, p.standard_error, 0, p.n)::drift_internal.metric_value AS measured,
				CASE p.model_version WHEN 0 THEN 2 ELSE 1 END AS place
			FROM drift.performance_baselines AS p
			WHERE p.model_id = monitor.model_id AND p.model_version IN (0, checked.model_version)
			UNION ALL
			SELECT b.segment, b.measured, 3 FROM drift_internal.baseline_metrics(monitor, checked.baseline_id, segments) AS b
			UNION ALL
			SELECT w.segment, w.measured, 4
			FROM drift_internal.window_metrics(monitor, CASE WHEN monitor.reference IN ('week', 'month', 'year') THEN spans.reference_span
				ELSE drift_internal.span_before(spans.current_span, monitor) END, segments) AS w
		) AS f
		ORDER BY f.segment, (f.measured).metric, f.place;
END
$$;

COMMENT ON FUNCTION drift_internal.reference_metrics(drift.checks, drift.monitors, drift_internal.check_spans) IS
	'what the metrics of a check are held against';

-- Losses of metrics without a unit are differences; of others shares of the reference. Errors that are zeros and ones
-- are a rate. Custom metrics have the unit of their least_loss.
CREATE OR REPLACE FUNCTION drift_internal.weigh_metric(metric text, reference drift_internal.metric_value, current drift_internal.metric_value,
	custom drift.custom_metrics, alpha float8, OUT loss float8, OUT loss_low float8, OUT loss_high float8, OUT p_value float8)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	better CONSTANT integer := CASE WHEN coalesce(custom.higher_is_better, drift_internal.higher_is_better(metric)) THEN 1 ELSE -1 END;
	is_rate CONSTANT boolean := coalesce(drift_internal.is_rate_metric(reference) AND drift_internal.is_rate_metric(current), false);
	unit CONSTANT float8 := CASE WHEN custom.name IS NOT NULL OR (drift_internal.in_points(metric) AND (metric <> 'mean_error' OR is_rate)) THEN 1
		ELSE abs(nullif(reference.value, 0)) END;
	worse CONSTANT float8 := (reference.value - current.value) * better;
	deviation CONSTANT float8 := sqrt(coalesce(reference.standard_error, 0) ^ 2 + current.standard_error ^ 2);
	error CONSTANT float8 := coalesce(reference.value_error, 0) + coalesce(current.value_error, 0);
	margin CONSTANT float8 := deviation * drift_internal.normal_quantile(1 - alpha / 2) + error;
BEGIN
	loss := worse / unit;
	loss_low := (worse - margin) / unit;
	loss_high := (worse + margin) / unit;
	p_value := CASE WHEN deviation > 0 THEN least(1, 2 * drift_internal.mean_above_p_value(greatest(abs(worse) - error, 0), deviation,
			greatest(least(coalesce(reference.n, current.n), current.n) - 1, 1), 0))
		WHEN deviation = 0 THEN (abs(worse) <= error)::integer END;
	-- Without error before there is no share to grow by, but it is worse.
	IF unit IS NULL AND worse > margin THEN
		loss := 'infinity';
		loss_low := 'infinity';
		loss_high := 'infinity';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.weigh_metric(text, drift_internal.metric_value, drift_internal.metric_value, drift.custom_metrics, float8) IS
	'how much worse a metric is than its reference, with its confidence interval and the two-sided p-value of no difference';

-- Of values from 0 to 1 only zeros and ones have this variance.
CREATE OR REPLACE FUNCTION drift_internal.is_rate_metric(measured drift_internal.metric_value) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT measured.value BETWEEN 0 AND 1
		AND (measured.n IS NULL OR measured.n < 2
			OR abs(measured.standard_error ^ 2 * (measured.n - 1) - measured.value * (1 - measured.value)) < 1e-9)
$$;

COMMENT ON FUNCTION drift_internal.is_rate_metric(drift_internal.metric_value) IS
	'whether a mean is that of zeros and ones; of a declared one it is taken for granted';

-- Which metrics have a verdict is said by the configuration, and of custom metrics by their least_loss.
CREATE OR REPLACE FUNCTION drift_internal.pair_metrics(current drift_internal.segment_metric[], reference drift_internal.segment_metric[],
	config jsonb, alpha float8, monitor_id integer, span tstzrange)
	RETURNS SETOF drift.check_metrics
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	minimum_rows CONSTANT bigint := drift_internal.config_number(config, 'monitoring.drift_check_samples');
	general_loss CONSTANT float8 := drift_internal.config_number(config, 'drift_detection.performance_drop_threshold');
	wanted CONSTANT text[] := ARRAY(SELECT jsonb_array_elements_text(config #> '{performance,metrics}'));
	z CONSTANT float8 := drift_internal.normal_quantile(1 - alpha / 2);
BEGIN
	RETURN QUERY
		SELECT NULL::bigint, c.segment COLLATE "C", 'realised' COLLATE "C", (c.measured).metric COLLATE "C", span,
			(c.measured).n, (c.measured).value, (c.measured).standard_error,
			(c.measured).value - z * (c.measured).standard_error - (c.measured).value_error,
			(c.measured).value + z * (c.measured).standard_error + (c.measured).value_error,
			(r.measured).n, (r.measured).value, w.loss, w.loss_low, w.loss_high, w.p_value,
			CASE WHEN v.has_verdict THEN coalesce(u.least_loss, general_loss) END,
			CASE WHEN NOT v.has_verdict OR w.p_value IS NULL AND (r.measured).value IS NOT NULL THEN 'skipped'
				WHEN (r.measured).value IS NULL OR least((c.measured).n, (r.measured).n) < minimum_rows THEN 'insufficient_data'
				ELSE 'ok' END,
			'{}'::text[], NULL::text
		FROM unnest(current) AS c
		LEFT JOIN unnest(reference) AS r ON r.segment = c.segment AND (r.measured).metric = (c.measured).metric
		LEFT JOIN drift.custom_metrics AS u ON u.monitor_id = pair_metrics.monitor_id AND u.name = (c.measured).metric
		CROSS JOIN LATERAL (SELECT CASE WHEN u.name IS NULL THEN (c.measured).metric = ANY (wanted) ELSE u.least_loss IS NOT NULL END AS has_verdict) AS v
		LEFT JOIN LATERAL drift_internal.weigh_metric((c.measured).metric, r.measured, c.measured, u, alpha) AS w
			ON (r.measured).value IS NOT NULL AND coalesce(u.higher_is_better, drift_internal.higher_is_better((c.measured).metric)) IS NOT NULL
		WHERE c.segment = '' OR v.has_verdict;
END
$$;

COMMENT ON FUNCTION drift_internal.pair_metrics(drift_internal.segment_metric[], drift_internal.segment_metric[], jsonb, float8, integer, tstzrange) IS
	'metrics beside their references, ok where they are to be judged';

CREATE OR REPLACE FUNCTION drift_internal.metric_text(judged drift.check_metrics, alpha float8, minimum_rows bigint, time_zone text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN judged.severity = 'insufficient_data' THEN format('%s of %s outcomes, and of %s to hold them against; it takes %s',
				judged.metric, judged.n, coalesce(judged.n_reference, 0), minimum_rows)
			WHEN judged.loss IS NULL THEN format('%s %s', judged.metric, drift_internal.short_number(judged.value))
			ELSE format('%s %s to %s', judged.metric, drift_internal.short_number(judged.reference), drift_internal.short_number(judged.value))
				|| coalesce(' (worse by ' || drift_internal.short_number(judged.loss_low) || ' to ' || drift_internal.short_number(judged.loss_high)
					|| ' with confidence ' || drift_internal.percent(1 - alpha) || ')', '')
		END || coalesce('; outcomes of rows ' || drift_internal.span_text(judged.span, time_zone), '')
$$;

COMMENT ON FUNCTION drift_internal.metric_text(drift.check_metrics, float8, bigint, text) IS 'what a check says of a metric';

CREATE OR REPLACE FUNCTION drift_internal.judge_pairs(pairs drift.check_metrics[], config jsonb, alpha float8, time_zone text)
	RETURNS SETOF drift.check_metrics
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- those of all rows, those of segments: NULL for a pair of the other family or without a verdict
	whole float8[] := drift.correct_p_values(ARRAY(SELECT CASE WHEN m.severity = 'ok' AND m.segment = '' THEN m.p_value END
		FROM unnest(pairs) WITH ORDINALITY AS m ORDER BY m.ordinality), 'holm');
	segments float8[] := drift.correct_p_values(ARRAY(SELECT CASE WHEN m.severity = 'ok' AND m.segment <> '' THEN m.p_value END
		FROM unnest(pairs) WITH ORDINALITY AS m ORDER BY m.ordinality), 'holm');
	place bigint;
	judged drift.check_metrics;
	significant boolean;
BEGIN
	FOR place IN SELECT m.ordinality FROM unnest(pairs) WITH ORDINALITY AS m ORDER BY m.segment, m.metric
	LOOP
		judged := pairs[place];
		IF judged.severity = 'ok' THEN
			significant := coalesce(whole[place], segments[place]) < alpha AND judged.loss > 0;
			judged.severity := CASE
				WHEN significant AND judged.loss >= judged.threshold THEN 'critical'
				WHEN significant AND judged.loss >= judged.threshold / 2 THEN 'warning'
				ELSE 'ok' END;
			judged.findings := CASE WHEN judged.severity = 'ok' THEN '{}' ELSE '{performance}'::text[] END;
		END IF;
		judged.explanation := drift_internal.metric_text(judged, alpha,
			drift_internal.config_number(config, 'monitoring.drift_check_samples')::bigint, time_zone);
		RETURN NEXT judged;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_pairs(drift.check_metrics[], jsonb, float8, text) IS
	'verdicts on metrics that have a reference: those of all rows are one family, those of segments another';

CREATE OR REPLACE FUNCTION drift_internal.judge_metrics(checked drift.checks, monitor drift.monitors, spans drift_internal.check_spans,
	limits drift.thresholds)
	RETURNS SETOF drift.check_metrics
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	judged drift.check_metrics;
BEGIN
	IF drift_internal.outcome_columns(monitor.monitor_id) IS NULL THEN
		RETURN;
	END IF;
	FOR judged IN
		SELECT j.*
		FROM drift_internal.judge_pairs(ARRAY(
				SELECT p
				FROM drift_internal.pair_metrics(
					ARRAY(SELECT ROW(c.segment, c.measured)::drift_internal.segment_metric
						FROM drift_internal.window_metrics(monitor, spans.current_span, monitor.segment IS NOT NULL) AS c),
					ARRAY(SELECT ROW(r.segment, r.measured)::drift_internal.segment_metric
						FROM drift_internal.reference_metrics(checked, monitor, spans) AS r),
					checked.config, limits.alpha, monitor.monitor_id, spans.current_span) AS p),
			checked.config, limits.alpha, monitor.time_zone) AS j
	LOOP
		judged.check_id := checked.check_id;
		RETURN NEXT judged;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_metrics(drift.checks, drift.monitors, drift_internal.check_spans, drift.thresholds) IS
	'metrics of a model over a span whose outcomes are known, with a verdict on those that the configuration names';
