-- until when the truth is known, and the mean error among the columns of a check
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
		FROM drift_internal.covering_windows(current_span, monitor.bucket, zone) AS c,
			drift_internal.labelled_share(monitor, outcome, c.grain, tstzrange(c.from_time, c.to_time)) AS s)
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

CREATE OR REPLACE FUNCTION drift_internal.span_text(span tstzrange, time_zone text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('from %s to %s', to_char(lower(span) AT TIME ZONE time_zone, 'YYYY-MM-DD HH24:MI'),
		to_char(upper(span) AT TIME ZONE time_zone, 'YYYY-MM-DD HH24:MI'))
	WHERE span IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.span_text(tstzrange, text) IS 'a span as the clocks of a time zone show it; NULL without one';

-- The mean error is a metric like others, and a column that is watched.
CREATE OR REPLACE FUNCTION drift_internal.judge_error(checked drift.checks, watched drift.monitor_columns, metrics drift.check_metrics[])
	RETURNS drift.check_features
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	measured drift.check_metrics;
	result drift.check_features;
BEGIN
	SELECT * INTO measured FROM unnest(metrics) AS m WHERE m.segment = '' AND m.kind = 'realised' AND m.metric = 'mean_error';
	result.check_id := checked.check_id;
	result.segment := '';
	result.role := watched.role;
	result.column_name := watched.column_name;
	result.column_type := watched.column_type;
	result.kind := watched.kind;
	result.method := 'mean';
	result.method_reason := 'the error of a model grows where its mean does';
	result.n_reference := coalesce(measured.n_reference, 0);
	result.n_current := coalesce(measured.n, 0);
	result.missing_reference := 0;
	result.missing_current := 0;
	result.mean_reference := measured.reference;
	result.mean_current := measured.value;
	result.stddev_current := measured.standard_error * sqrt(measured.n);
	result.severity := coalesce(measured.severity, 'insufficient_data');
	result.findings := coalesce(measured.findings, '{}');
	result.explanation := coalesce(measured.explanation, 'no outcomes are known');
	IF result.severity IN ('ok', 'warning', 'critical') THEN
		result.threshold := measured.threshold;
		result.statistic := measured.value - measured.reference;
		result.p_value := measured.p_value;
		result.p_value_corrected := measured.p_value;
		result.drifted := result.severity <> 'ok';
		-- a loss in points is an effect
		IF measured.loss = result.statistic THEN
			result.effect := abs(measured.loss);
			result.effect_low := greatest(0, abs(measured.loss) - (measured.loss - measured.loss_low));
		END IF;
	END IF;
	result.severity_text := drift_internal.severity_text(result.severity);
	result.action_text := drift_internal.action_text(result.severity);
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_error(drift.checks, drift.monitor_columns, drift.check_metrics[]) IS
	'the mean error of a model among the columns of a check, with the verdict that it has among the metrics';
