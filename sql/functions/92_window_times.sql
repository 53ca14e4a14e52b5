-- times of windows: hours, days and months of a time zone
--
-- Where windows begin depends on the zone, which may turn its clock: a day can have 23 or 25 hours.

CREATE OR REPLACE FUNCTION drift_internal.window_start(at timestamptz, grain text, zone text) RETURNS timestamptz
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	RETURN date_trunc(grain, at, zone);

COMMENT ON FUNCTION drift_internal.window_start(timestamptz, text, text) IS 'start of the hour, day or month that a time is in';

CREATE OR REPLACE FUNCTION drift_internal.window_end(starts_at timestamptz, grain text, zone text, steps integer DEFAULT 1) RETURNS timestamptz
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	RETURN CASE grain
		WHEN 'hour' THEN starts_at + make_interval(hours => steps)
		WHEN 'day' THEN ((starts_at AT TIME ZONE zone) + make_interval(days => steps)) AT TIME ZONE zone
		ELSE ((starts_at AT TIME ZONE zone) + make_interval(months => steps)) AT TIME ZONE zone
	END;

COMMENT ON FUNCTION drift_internal.window_end(timestamptz, text, text, integer) IS
	'start of the window that follows the one that starts at a time, or of the one so many steps on';

CREATE OR REPLACE FUNCTION drift_internal.window_ceiling(at timestamptz, grain text, zone text) RETURNS timestamptz
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN s = at THEN at ELSE drift_internal.window_end(s, grain, zone) END
	FROM drift_internal.window_start(at, grain, zone) AS s
$$;

COMMENT ON FUNCTION drift_internal.window_ceiling(timestamptz, text, text) IS 'start of the first window that begins at a time or after it';

CREATE OR REPLACE FUNCTION drift_internal.whole_windows(area tstzmultirange, grain text, zone text) RETURNS tstzmultirange
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(range_agg(tstzrange(drift_internal.window_start(lower(r), grain, zone),
		drift_internal.window_ceiling(upper(r), grain, zone))), '{}')
	FROM unnest(area) AS r
$$;

COMMENT ON FUNCTION drift_internal.whole_windows(tstzmultirange, text, text) IS 'the hours, days or months that an area of time is in';

CREATE OR REPLACE FUNCTION drift_internal.since(at timestamptz) RETURNS tstzmultirange
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN tstzmultirange(tstzrange(at, NULL));

COMMENT ON FUNCTION drift_internal.since(timestamptz) IS 'all time from a time on; NULL: all time';

-- Columns of time without a zone are times of the monitor's zone. One name for the types that a column may have,
-- so that who writes a query need not know which it has; bodies are inlined, so that indexes serve.
CREATE OR REPLACE FUNCTION drift_internal.instant(value timestamptz, zone text) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value;
CREATE OR REPLACE FUNCTION drift_internal.instant(value timestamp, zone text) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value AT TIME ZONE zone;
CREATE OR REPLACE FUNCTION drift_internal.instant(value date, zone text) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value::timestamp AT TIME ZONE zone;

COMMENT ON FUNCTION drift_internal.instant(timestamptz, text) IS 'the time of a row';
COMMENT ON FUNCTION drift_internal.instant(timestamp, text) IS 'the time of a row, of a clock in a zone';
COMMENT ON FUNCTION drift_internal.instant(date, text) IS 'the time of a row: the start of its day in a zone';

CREATE OR REPLACE FUNCTION drift_internal.not_before(value timestamptz, at timestamptz, zone text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value >= at;
CREATE OR REPLACE FUNCTION drift_internal.not_before(value timestamp, at timestamptz, zone text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value >= (at AT TIME ZONE zone) - interval '1 day';
CREATE OR REPLACE FUNCTION drift_internal.not_before(value date, at timestamptz, zone text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value >= (at AT TIME ZONE zone)::date - 1;

COMMENT ON FUNCTION drift_internal.not_before(timestamptz, timestamptz, text) IS 'whether the time of a row is not before another';
COMMENT ON FUNCTION drift_internal.not_before(timestamp, timestamptz, text) IS
	'whether the time of a row is not before another, or at most a day, for an index to look up; clocks that are turned back repeat hours';
COMMENT ON FUNCTION drift_internal.not_before(date, timestamptz, text) IS 'whether the day of a row is not before that of a time, or at most a day';
