-- whether the model is wrong more often than it was: a verdict apart from all drift of data
--
-- Outcomes come late, so that the span that is looked at ends at the label frontier.

CREATE OR REPLACE FUNCTION drift_internal.labelled_share(monitor drift.monitors, outcome smallint, grain text, span tstzrange)
	RETURNS TABLE (starts_at timestamptz, n_labelled bigint, n_rows bigint)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.starts_at, coalesce(drift.value_count(e.profile), 0), drift.row_count(r.profile)
	FROM drift.windows AS r
	LEFT JOIN drift.windows AS e ON e.monitor_id = r.monitor_id AND e.segment = r.segment AND e.grain = r.grain AND e.starts_at = r.starts_at
		AND e.column_id = outcome
	WHERE r.monitor_id = (monitor).monitor_id AND r.segment = '' AND r.grain = labelled_share.grain
		AND r.column_id = drift_internal.counting_column((monitor).monitor_id)
		AND r.starts_at >= lower(span) AND r.starts_at < upper(span)
$$;

COMMENT ON FUNCTION drift_internal.labelled_share(drift.monitors, smallint, text, tstzrange) IS
	'rows, and rows whose outcome is known, in each window of a span';

-- Where most of the span has its outcomes, that is the span; else it ends with the last day that has. If no day has,
-- outcomes are not known of most rows, and never will be.
CREATE OR REPLACE FUNCTION drift_internal.known_until(monitor drift.monitors, outcome smallint, current_span tstzrange) RETURNS timestamptz
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	zone CONSTANT text := monitor.time_zone;
	coverage CONSTANT float8 := 0.9;
	today CONSTANT timestamptz := date_trunc('day', upper(current_span), zone);
	frontier timestamptz;
BEGIN
	IF (SELECT sum(s.n_labelled) >= coverage * sum(s.n_rows)
		FROM drift_internal.labelled_share(monitor, outcome, drift_internal.counting_grain(monitor, current_span), current_span) AS s)
	THEN
		RETURN upper(current_span);
	END IF;

	SELECT drift_internal.shift_time(max(s.starts_at), '1 day', zone) INTO frontier
	FROM drift_internal.labelled_share(monitor, outcome, 'day', tstzrange(drift_internal.shift_time(today, '-90 days', zone), today)) AS s
	WHERE s.n_labelled >= coverage * s.n_rows;

	RETURN coalesce(frontier, upper(current_span));
END
$$;

COMMENT ON FUNCTION drift_internal.known_until(drift.monitors, smallint, tstzrange) IS
	'end of the last span that has outcomes for nine tenths of its rows, within 90 days; without such the end of the span';

CREATE OR REPLACE FUNCTION drift_internal.outcome_column(monitor_id integer) RETURNS smallint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.column_id
	FROM drift.monitor_columns AS c
	WHERE c.monitor_id = outcome_column.monitor_id AND c.role IN ('error', 'target')
	ORDER BY c.role
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.outcome_column(integer) IS 'column of a monitor that has a value where the outcome is known; NULL: none';

CREATE OR REPLACE FUNCTION drift_internal.known_spans(checked drift.checks, monitor drift.monitors) RETURNS drift_internal.check_spans
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	outcome CONSTANT smallint := drift_internal.outcome_column(monitor.monitor_id);
BEGIN
	RETURN drift_internal.spans_at(monitor,
		CASE WHEN outcome IS NULL THEN checked.as_of ELSE drift_internal.known_until(monitor, outcome, checked.current_span) END);
END
$$;

COMMENT ON FUNCTION drift_internal.known_spans(drift.checks, drift.monitors) IS
	'the last span of a check whose outcomes are known, and the earlier one that is held against it';

CREATE OR REPLACE FUNCTION drift_internal.window_moments(monitor drift.monitors, watched smallint, span tstzrange)
	RETURNS drift_internal.moments
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT sum(m.n), sum(m.n * m.mean) / nullif(sum(m.n), 0),
		greatest(0, (sum((m.n - 1) * m.variance + m.n * m.mean ^ 2) - sum(m.n * m.mean) ^ 2 / nullif(sum(m.n), 0)) / nullif(sum(m.n) - 1, 0))
	FROM drift_internal.covering_windows(span, (monitor).bucket, (monitor).time_zone) AS p
	JOIN drift.windows AS w ON w.monitor_id = (monitor).monitor_id AND w.segment = '' AND w.grain = p.grain AND w.column_id = watched
		AND w.starts_at >= p.from_time AND w.starts_at < p.to_time,
		LATERAL (SELECT drift.value_count(w.profile) AS n, drift.mean(w.profile) AS mean, coalesce(drift.stddev(w.profile), 0) ^ 2 AS variance) AS m
	WHERE m.n > 0
$$;

COMMENT ON FUNCTION drift_internal.window_moments(drift.monitors, smallint, tstzrange) IS
	'values, mean and variance of a numeric column over a span, from windows';

CREATE OR REPLACE FUNCTION drift_internal.reference_moments(checked drift.checks, monitor drift.monitors, watched drift.monitor_columns,
	spans drift_internal.check_spans) RETURNS drift_internal.moments
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift_internal.moments;
BEGIN
	SELECT drift.value_count(b.profile), drift.mean(b.profile), coalesce(drift.stddev(b.profile), 0) ^ 2 INTO result
	FROM drift_internal.baseline_profiles(monitor.monitor_id, checked.baseline_id) AS b
	WHERE b.segment = '' AND b.column_id = watched.column_id AND b.kind = 'numeric';

	IF NOT FOUND THEN
		result := drift_internal.window_moments(monitor, watched.column_id,
			CASE WHEN monitor.reference IN ('week', 'month', 'year') THEN spans.reference_span
				ELSE drift_internal.span_before(spans.current_span, monitor) END);
	END IF;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.reference_moments(drift.checks, drift.monitors, drift.monitor_columns, drift_internal.check_spans) IS
	'what a check holds an error against: the baseline''s, else the same span of an earlier season, else all rows before, up to a year';

-- A rate of errors drops by points, an error in the units of the target by its share.
CREATE OR REPLACE FUNCTION drift_internal.performance_loss(mean_reference float8, mean_current float8, is_rate boolean) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN is_rate THEN mean_current - mean_reference ELSE (mean_current - mean_reference) / nullif(mean_reference, 0) END
$$;

COMMENT ON FUNCTION drift_internal.performance_loss(float8, float8, boolean) IS
	'how much worse a mean error is: the difference of two rates, or the growth of an error as a share of what it was';

-- Of values from 0 to 1 only zeros and ones have this variance.
CREATE OR REPLACE FUNCTION drift_internal.is_rate(error drift_internal.moments) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT error.mean >= 0 AND error.mean <= 1 AND abs(error.variance * (error.n - 1) / error.n - error.mean * (1 - error.mean)) < 1e-9
$$;

COMMENT ON FUNCTION drift_internal.is_rate(drift_internal.moments) IS 'whether values are zeros and ones, from their moments';

CREATE OR REPLACE FUNCTION drift_internal.error_row(watched drift.monitor_columns, reference drift_internal.moments, current drift_internal.moments)
	RETURNS drift.check_features
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.check_features;
BEGIN
	result.segment := '';
	result.role := watched.role;
	result.column_name := watched.column_name;
	result.column_type := watched.column_type;
	result.kind := watched.kind;
	result.method := 'mean';
	result.method_reason := 'the error of a model grows where its mean does';
	result.n_reference := coalesce(reference.n, 0);
	result.n_current := coalesce(current.n, 0);
	result.missing_reference := 0;
	result.missing_current := 0;
	result.mean_reference := reference.mean;
	result.mean_current := current.mean;
	result.stddev_reference := sqrt(reference.variance);
	result.stddev_current := sqrt(current.variance);
	result.severity := 'insufficient_data';
	result.findings := '{}';
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.error_row(drift.monitor_columns, drift_internal.moments, drift_internal.moments) IS
	'row of a check for the error of a model, before any verdict';

CREATE OR REPLACE FUNCTION drift_internal.compare_errors(result drift.check_features, reference drift_internal.moments, current drift_internal.moments,
	least_loss float8, alpha float8)
	RETURNS drift.check_features
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_rate CONSTANT boolean := drift_internal.is_rate(reference) AND drift_internal.is_rate(current);
	difference CONSTANT float8 := current.mean - reference.mean;
	deviation CONSTANT float8 := sqrt(reference.variance / reference.n + current.variance / current.n);
	margin CONSTANT float8 := deviation * drift_internal.normal_quantile(1 - alpha / 2);
	loss CONSTANT float8 := drift_internal.performance_loss(reference.mean, current.mean, is_rate);
BEGIN
	result.threshold := least_loss;
	result.statistic := difference;
	result.p_value := CASE WHEN deviation > 0 THEN
			least(1, 2 * drift_internal.mean_above_p_value(abs(difference), deviation, least(reference.n, current.n) - 1, 0))
		ELSE (difference = 0)::integer END;
	result.p_value_corrected := result.p_value;
	result.effect := CASE WHEN is_rate THEN abs(difference) END;
	result.effect_low := CASE WHEN is_rate THEN greatest(0, abs(difference) - margin) END;
	-- What was without error has no share to grow by.
	result.severity := CASE
			WHEN difference > margin AND coalesce(loss >= least_loss, true) THEN 'critical'
			WHEN difference > margin AND loss >= least_loss / 2 THEN 'warning'
			ELSE 'ok'
		END;
	result.drifted := result.severity <> 'ok';
	result.findings := CASE WHEN result.drifted THEN '{performance}' ELSE '{}' END;
	result.explanation := format('mean error %s to %s (difference %s to %s with confidence %s)',
		drift_internal.short_number(reference.mean), drift_internal.short_number(current.mean),
		drift_internal.short_number(difference - margin), drift_internal.short_number(difference + margin), drift_internal.percent(1 - alpha));
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.compare_errors(drift.check_features, drift_internal.moments, drift_internal.moments, float8, float8) IS
	'the row with a verdict: worse only if chance does not explain it, and critical from the least loss on';

CREATE OR REPLACE FUNCTION drift_internal.span_text(span tstzrange, time_zone text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('from %s to %s', to_char(lower(span) AT TIME ZONE time_zone, 'YYYY-MM-DD HH24:MI'),
		to_char(upper(span) AT TIME ZONE time_zone, 'YYYY-MM-DD HH24:MI'))
$$;

COMMENT ON FUNCTION drift_internal.span_text(tstzrange, text) IS 'a span as the clocks of a time zone show it';

CREATE OR REPLACE FUNCTION drift_internal.judge_error(checked drift.checks, monitor drift.monitors, watched drift.monitor_columns,
	spans drift_internal.check_spans, limits drift.thresholds)
	RETURNS drift.check_features
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	minimum_rows CONSTANT bigint := drift_internal.config_number(checked.config, 'monitoring.drift_check_samples');
	current CONSTANT drift_internal.moments := drift_internal.window_moments(monitor, watched.column_id, spans.current_span);
	reference CONSTANT drift_internal.moments := drift_internal.reference_moments(checked, monitor, watched, spans);
	span CONSTANT text := drift_internal.span_text(spans.current_span, monitor.time_zone);
	result drift.check_features := drift_internal.error_row(watched, reference, current);
BEGIN
	IF least(result.n_reference, result.n_current) >= minimum_rows THEN
		result := drift_internal.compare_errors(result, reference, current,
			drift_internal.config_number(checked.config, 'drift_detection.performance_drop_threshold'), limits.alpha);
		result.explanation := format('%s; outcomes of rows %s', result.explanation, span);
	ELSE
		result.explanation := format('outcomes of %s rows %s, and of %s to hold them against; it takes %s',
			result.n_current, span, result.n_reference, minimum_rows);
	END IF;
	result.check_id := checked.check_id;
	result.severity_text := drift_internal.severity_text(result.severity);
	result.action_text := drift_internal.action_text(result.severity);
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_error(drift.checks, drift.monitors, drift.monitor_columns, drift_internal.check_spans, drift.thresholds) IS
	'verdict on the mean error of a model where outcomes are known';
