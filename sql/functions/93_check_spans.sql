-- which time a check looks at, and which it holds it against

-- Days and months are those of the clock on the wall, hours are hours: 24 of them can end at another time of day.
CREATE OR REPLACE FUNCTION drift_internal.shift_time(at timestamptz, shift interval, time_zone text) RETURNS timestamptz
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN (((at AT TIME ZONE time_zone) + pg_catalog.date_trunc('day', shift)) AT TIME ZONE time_zone) + (shift - pg_catalog.date_trunc('day', shift));

COMMENT ON FUNCTION drift_internal.shift_time(timestamptz, interval, text) IS
	'a moment so much later: months and days as the calendar of a time zone counts them, hours as they pass';

CREATE OR REPLACE FUNCTION drift_internal.span_from(starts_at timestamptz, monitor drift.monitors) RETURNS tstzrange
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT tstzrange(s, greatest(s, date_trunc((monitor).bucket, drift_internal.shift_time(s, (monitor).span, (monitor).time_zone), (monitor).time_zone)))
	FROM (SELECT date_trunc((monitor).bucket, starts_at, (monitor).time_zone) AS s) AS t
$$;

COMMENT ON FUNCTION drift_internal.span_from(timestamptz, drift.monitors) IS 'whole buckets of a monitor from a moment on, as many as its span has';

-- Only whole buckets: a day that has just begun has neither the rows nor the mixture of a day.
CREATE OR REPLACE FUNCTION drift_internal.spans_at(monitor drift.monitors, as_of timestamptz) RETURNS drift_internal.check_spans
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	zone CONSTANT text := monitor.time_zone;
	ends CONSTANT timestamptz := date_trunc(monitor.bucket, as_of, zone);
	starts CONSTANT timestamptz := date_trunc(monitor.bucket, drift_internal.shift_time(ends, -monitor.span, zone), zone);
	result drift_internal.check_spans;
BEGIN
	-- A span that is shorter than a bucket is a bucket.
	result.current_span := tstzrange(least(starts, date_trunc(monitor.bucket, ends - interval '1 microsecond', zone)), ends);
	result.reference_span := CASE monitor.reference
			WHEN 'baseline' THEN NULL
			WHEN 'previous' THEN tstzrange(
				date_trunc(monitor.bucket, drift_internal.shift_time(lower(result.current_span), -monitor.span, zone), zone),
				lower(result.current_span))
			ELSE drift_internal.span_from(
				drift_internal.shift_time(lower(result.current_span), -('1 ' || monitor.reference)::interval, zone), monitor)
		END;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.spans_at(drift.monitors, timestamptz) IS
	'the last whole buckets before a moment, and the earlier ones they are held against';

CREATE OR REPLACE FUNCTION drift_internal.span_before(span tstzrange, monitor drift.monitors) RETURNS tstzrange
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT tstzrange(date_trunc((monitor).bucket, drift_internal.shift_time(lower(span), '-1 year', (monitor).time_zone), (monitor).time_zone),
		lower(span))
$$;

COMMENT ON FUNCTION drift_internal.span_before(tstzrange, drift.monitors) IS 'the year before a span';
