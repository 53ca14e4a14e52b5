-- how many rows a span has, beside the spans before it and those of the same season
--
-- Numbers of rows vary more than by chance alone: by hour, weekday, holiday. How much is learnt from the spans
-- before, on the scale of logarithms and never less than chance (Poisson) makes them vary. A week that has
-- weekends in it thus allows for them, and whatever is left is held against the same hour or weekday as well.

-- Whole days are counted in windows of days.
CREATE OR REPLACE FUNCTION drift_internal.counting_grain(monitor drift.monitors, span tstzrange) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN date_trunc('day', lower(span), (monitor).time_zone) = lower(span)
			AND date_trunc('day', upper(span), (monitor).time_zone) = upper(span) THEN 'day' ELSE (monitor).bucket END
$$;

COMMENT ON FUNCTION drift_internal.counting_grain(drift.monitors, tstzrange) IS 'width of the windows whose rows are added up for a span';

CREATE OR REPLACE FUNCTION drift_internal.counting_column(monitor_id integer) RETURNS smallint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.column_id
	FROM drift.monitor_columns AS c
	WHERE c.monitor_id = counting_column.monitor_id AND c.role NOT IN ('target', 'error', 'outcome', 'metric')
	ORDER BY c.role = 'operation' DESC, c.kind, c.column_id
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.counting_column(integer) IS 'column of a monitor in whose windows rows are counted: each has them all, and this one''s are small';

-- Spans of which not all was read, or whose windows were purged, are left out.
CREATE OR REPLACE FUNCTION drift_internal.span_rows(monitor drift.monitors, spans tstzrange[]) RETURNS TABLE (span tstzrange, row_count bigint)
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	width CONSTANT text := drift_internal.counting_grain(monitor, spans[1]);
	counted CONSTANT smallint := drift_internal.counting_column(monitor.monitor_id);
	kept_from CONSTANT timestamptz := (SELECT min(w.starts_at) FROM drift.windows AS w
		WHERE w.monitor_id = monitor.monitor_id AND w.segment = '' AND w.grain = width);
BEGIN
	RETURN QUERY
		SELECT s, coalesce((
			SELECT sum(drift.row_count(w.profile))
			FROM drift.windows AS w
			WHERE w.monitor_id = monitor.monitor_id AND w.segment = '' AND w.grain = width AND w.column_id = counted
				AND w.starts_at >= lower(s) AND w.starts_at < upper(s)), 0)::bigint
		FROM unnest(spans) AS s
		WHERE lower(s) >= kept_from;
END
$$;

COMMENT ON FUNCTION drift_internal.span_rows(drift.monitors, tstzrange[]) IS
	'rows in spans, from windows; without those that begin before the oldest window';

CREATE OR REPLACE FUNCTION drift_internal.earlier_spans(monitor drift.monitors, span tstzrange) RETURNS tstzrange[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(drift_internal.span_from(drift_internal.shift_time(lower(span), -k * (monitor).span, (monitor).time_zone), monitor) ORDER BY k)
	FROM generate_series(1, CASE WHEN (monitor).span <= '1 day' THEN 28 ELSE 12 END) AS k
$$;

COMMENT ON FUNCTION drift_internal.earlier_spans(drift.monitors, tstzrange) IS 'the spans before a span, each next to the other, the last first';

-- The same weekdays of a year ago are 52 weeks back.
CREATE OR REPLACE FUNCTION drift_internal.seasonal_spans(monitor drift.monitors, span tstzrange) RETURNS tstzrange[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(drift_internal.span_from(drift_internal.shift_time(lower(span), -back, (monitor).time_zone), monitor))
	FROM unnest('{1 day,2 days,3 days,7 days,14 days,21 days,28 days,364 days}'::interval[] || interval '1 year') AS back
	WHERE CASE
			WHEN back < '7 days' THEN (monitor).span < '1 day'
			WHEN back = '1 year' THEN (monitor).span > '7 days'
			ELSE (monitor).span <= back
		END
$$;

COMMENT ON FUNCTION drift_internal.seasonal_spans(drift.monitors, tstzrange) IS 'spans at the same hour, weekday or season';

CREATE OR REPLACE FUNCTION drift_internal.judge_volume(earlier bigint[], seasonal bigint[], n bigint, OUT severity text, OUT note text)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	least_spans CONSTANT integer := 7;
	least_change CONSTANT float8 := 1.5;
	alpha CONSTANT float8 := 0.001;
	usual float8;
	deviation float8;
	p_value float8;
	farther boolean;
BEGIN
	IF coalesce(cardinality(earlier), 0) < least_spans THEN
		RETURN;
	END IF;

	SELECT avg(ln(e + 1)), greatest(stddev_samp(ln(e + 1)), 1 / sqrt(greatest(avg(e), 1))) * sqrt(1 + 1.0 / count(*))
	INTO usual, deviation
	FROM unnest(earlier) AS e;
	p_value := 2 * drift_internal.mean_above_p_value(abs(ln(n + 1) - usual), deviation, cardinality(earlier) - 1, 0);

	SELECT bool_and(n + 1 >= least_change * (s + 1)) OR bool_and(least_change * (n + 1) <= s + 1)
	INTO farther
	FROM unnest(array_append(seasonal, round(exp(usual) - 1)::bigint)) AS s;

	IF p_value < alpha AND farther THEN
		severity := CASE WHEN n = 0 THEN 'critical' ELSE 'warning' END;
		note := format('%s rows where %s are usual', n, round(exp(usual) - 1));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_volume(bigint[], bigint[], bigint) IS
	'whether a number of rows is beyond what the spans before vary by, and a half more or a third less than they and the same season had; NULL: it is not, or there are fewer than seven spans';

CREATE OR REPLACE FUNCTION drift_internal.volume_change(monitor drift.monitors, span tstzrange, n bigint, OUT severity text, OUT note text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	earlier CONSTANT tstzrange[] := drift_internal.earlier_spans(monitor, span);
	seasonal CONSTANT tstzrange[] := drift_internal.seasonal_spans(monitor, span);
	earlier_rows bigint[];
	seasonal_rows bigint[];
BEGIN
	SELECT array_agg(r.row_count) FILTER (WHERE r.span = ANY (earlier)), array_agg(r.row_count) FILTER (WHERE r.span = ANY (seasonal))
	INTO earlier_rows, seasonal_rows
	FROM drift_internal.span_rows(monitor, ARRAY(SELECT s FROM unnest(earlier) AS s UNION SELECT s FROM unnest(seasonal) AS s)) AS r;

	SELECT v.severity, v.note INTO severity, note FROM drift_internal.judge_volume(earlier_rows, seasonal_rows, n) AS v;
END
$$;

COMMENT ON FUNCTION drift_internal.volume_change(drift.monitors, tstzrange, bigint) IS
	'severity of a number of rows in a span, and what to say of it; NULL where it is nothing unusual';
