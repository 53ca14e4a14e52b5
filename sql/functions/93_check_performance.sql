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

CREATE OR REPLACE FUNCTION drift_internal.window_moments(monitor drift.monitors, watched smallint, span tstzrange,
	OUT n bigint, OUT mean float8, OUT variance float8)
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
	spans drift_internal.check_spans, OUT n bigint, OUT mean float8, OUT variance float8)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT drift.value_count(b.profile), drift.mean(b.profile), coalesce(drift.stddev(b.profile), 0) ^ 2
	INTO n, mean, variance
	FROM drift_internal.baseline_profiles(monitor.monitor_id, checked.baseline_id) AS b
	WHERE b.segment = '' AND b.column_id = watched.column_id AND b.kind = 'numeric';

	IF NOT FOUND THEN
		SELECT m.n, m.mean, m.variance INTO n, mean, variance
		FROM drift_internal.window_moments(monitor, watched.column_id,
			CASE WHEN monitor.reference IN ('week', 'month', 'year') THEN spans.reference_span
				ELSE drift_internal.span_before(spans.current_span, monitor) END) AS m;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.reference_moments(drift.checks, drift.monitors, drift.monitor_columns, drift_internal.check_spans) IS
	'values, mean and variance of what a check holds an error against: the baseline''s, else the same span of an earlier season, else all rows before, up to a year';

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
CREATE OR REPLACE FUNCTION drift_internal.is_rate(n bigint, mean float8, variance float8) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT mean >= 0 AND mean <= 1 AND abs(variance * (n - 1) / n - mean * (1 - mean)) < 1e-9
$$;

COMMENT ON FUNCTION drift_internal.is_rate(bigint, float8, float8) IS 'whether values are zeros and ones, from their moments';

CREATE OR REPLACE FUNCTION drift_internal.span_text(span tstzrange, time_zone text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('from %s to %s', to_char(lower(span) AT TIME ZONE time_zone, 'YYYY-MM-DD HH24:MI'), to_char(upper(span) AT TIME ZONE time_zone, 'YYYY-MM-DD HH24:MI'))
$$;

COMMENT ON FUNCTION drift_internal.span_text(tstzrange, text) IS 'a span as the clocks of a time zone show it';

CREATE OR REPLACE FUNCTION drift_internal.judge_error(checked drift.checks, monitor drift.monitors, watched drift.monitor_columns,
	spans drift_internal.check_spans, limits drift.thresholds)
	RETURNS drift.check_features
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	span CONSTANT tstzrange := spans.current_span;
	least_loss CONSTANT float8 := (checked.config #>> '{drift_detection,performance_drop_threshold}')::float8;
	minimum_rows CONSTANT bigint := (checked.config #>> '{monitoring,drift_check_samples}')::bigint;
	r record;
	c record;
	is_rate boolean;
	difference float8;
	deviation float8;
	loss float8;
	margin float8;
	result drift.check_features;
BEGIN
	SELECT * INTO c FROM drift_internal.window_moments(monitor, watched.column_id, span);
	SELECT * INTO r FROM drift_internal.reference_moments(checked, monitor, watched, spans);
	result.check_id := checked.check_id;
	result.segment := '';
	result.role := watched.role;
	result.column_name := watched.column_name;
	result.column_type := watched.column_type;
	result.kind := watched.kind;
	result.method := 'mean';
	result.method_reason := 'the error of a model grows where its mean does';
	result.n_reference := coalesce(r.n, 0);
	result.n_current := coalesce(c.n, 0);
	result.missing_reference := 0;
	result.missing_current := 0;
	result.mean_reference := r.mean;
	result.mean_current := c.mean;
	result.stddev_reference := sqrt(r.variance);
	result.stddev_current := sqrt(c.variance);
	result.threshold := least_loss;
	result.findings := '{}';

	IF least(c.n, r.n) >= greatest(minimum_rows, 2) THEN
		is_rate := drift_internal.is_rate(r.n, r.mean, r.variance) AND drift_internal.is_rate(c.n, c.mean, c.variance);
		difference := c.mean - r.mean;
		deviation := sqrt(r.variance / r.n + c.variance / c.n);
		loss := drift_internal.performance_loss(r.mean, c.mean, is_rate);
		margin := deviation * drift_internal.normal_quantile(1 - limits.alpha / 2);
		result.statistic := difference;
		result.p_value := CASE WHEN deviation > 0 THEN least(1, 2 * drift_internal.mean_above_p_value(abs(difference), deviation, least(r.n, c.n) - 1, 0))
			ELSE (difference = 0)::integer END;
		result.p_value_corrected := result.p_value;
		result.effect := CASE WHEN is_rate THEN abs(difference) END;
		result.effect_low := CASE WHEN is_rate THEN greatest(0, abs(difference) - margin) END;
		result.severity := CASE
				WHEN difference > margin AND coalesce(loss >= least_loss, true) THEN 'critical'
				WHEN difference > margin AND loss >= least_loss / 2 THEN 'warning'
				ELSE 'ok'
			END;
		result.drifted := result.severity <> 'ok';
		result.findings := CASE WHEN result.drifted THEN '{performance}' ELSE '{}' END;
		result.explanation := format('mean error %s to %s (difference %s to %s with confidence %s); outcomes of rows %s',
			drift_internal.short_number(r.mean), drift_internal.short_number(c.mean),
			drift_internal.short_number(difference - margin), drift_internal.short_number(difference + margin),
			drift_internal.percent(1 - limits.alpha), drift_internal.span_text(span, monitor.time_zone));
	ELSE
		result.severity := 'insufficient_data';
		result.explanation := format('outcomes of %s rows %s, and of %s before; it takes %s',
			result.n_current, drift_internal.span_text(span, monitor.time_zone), result.n_reference, minimum_rows);
	END IF;

	result.severity_text := drift_internal.severity_text(result.severity);
	result.action_text := drift_internal.action_text(result.severity);
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_error(drift.checks, drift.monitors, drift.monitor_columns, drift_internal.check_spans, drift.thresholds) IS
	'verdict on the mean error of a model where outcomes are known: worse only if chance does not explain it, and critical from performance_drop_threshold on';
