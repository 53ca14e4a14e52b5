-- cron expressions: what they say, and when that is next
--
-- What pg_cron and crontab read is read here too: five fields of numbers, names, ranges, steps and lists; $ is the
-- last day of a month. Day and weekday are both asked where one of them begins with *, otherwise one is enough.
-- Local times that a change of clocks leaves out come as much later as the clocks were moved; those that come
-- twice are taken once. Only schedules that go by the hour or minute, with *, run in both.

CREATE OR REPLACE FUNCTION drift_internal.cron_error(cron text, detail text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'invalid cron expression "%"', cron
		USING ERRCODE = 'invalid_parameter_value', DETAIL = detail,
			HINT = 'It has five fields, minute hour day month weekday, such as "0 2 * * *" for every day at two; numbers, names (JAN, SUN), ranges, lists, */15 and 8-18/2 are read, and $ as the last day of the month.';
END
$$;

COMMENT ON FUNCTION drift_internal.cron_error(text, text) IS 'raises that a cron expression cannot be read';

CREATE OR REPLACE FUNCTION drift_internal.cron_number(word text, names text[], low integer) RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN word ~ '^[0-9]{1,4}$' THEN word::integer ELSE array_position(names, lower(word)) - 1 + low END
$$;

COMMENT ON FUNCTION drift_internal.cron_number(text, text[], integer) IS
	'number of a word in a field of a cron expression, whose names count from low; NULL: it is none';

CREATE OR REPLACE FUNCTION drift_internal.cron_field(cron text, field text, what text, low integer, high integer,
	names text[] DEFAULT '{}') RETURNS integer[]
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	item text;
	parts text[];
	bounds integer[];
	step integer;
	result integer[] := '{}';
BEGIN
	FOREACH item IN ARRAY string_to_array(field, ',') LOOP
		parts := regexp_match(item, '^(?:(\*)|([[:alnum:]]+)(?:-([[:alnum:]]+))?)(?:/([0-9]{1,4}))?$');
		bounds := CASE WHEN parts[1] = '*' THEN ARRAY[low, high]
			ELSE ARRAY[drift_internal.cron_number(parts[2], names, low),
				drift_internal.cron_number(coalesce(parts[3], parts[2]), names, low)] END;
		step := coalesce(parts[4], '1')::integer;
		IF bounds[1] IS NULL OR bounds[2] IS NULL THEN
			PERFORM drift_internal.cron_error(cron, format('Its %s cannot be "%s".', what, item));
		ELSIF bounds[1] < low OR bounds[2] > high OR bounds[1] > bounds[2] THEN
			PERFORM drift_internal.cron_error(cron, format('Its %s cannot be "%s": it is from %s to %s, and a range goes up.', what, item, low, high));
		ELSIF step NOT BETWEEN 1 AND high OR (parts[4] IS NOT NULL AND coalesce(parts[1], parts[3]) IS NULL) THEN
			PERFORM drift_internal.cron_error(cron, format('Its %s cannot be "%s": a step is from 1 to %s, and follows * or a range.', what, item, high));
		END IF;
		result := result || ARRAY(SELECT generate_series(bounds[1], bounds[2], step));
	END LOOP;
	RETURN ARRAY(SELECT DISTINCT n FROM unnest(result) AS n ORDER BY n);
END
$$;

COMMENT ON FUNCTION drift_internal.cron_field(text, text, text, integer, integer, text[]) IS
	'numbers that a field of a cron expression allows, in order';

CREATE OR REPLACE FUNCTION drift_internal.normal_cron(cron text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	words CONSTANT text := btrim(regexp_replace(cron, '\s+', ' ', 'g'));
BEGIN
	IF words IS NULL THEN
		RAISE EXCEPTION 'a cron expression is needed'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	RETURN CASE lower(words)
		WHEN '@hourly' THEN '0 * * * *'
		WHEN '@daily' THEN '0 0 * * *'
		WHEN '@midnight' THEN '0 0 * * *'
		WHEN '@weekly' THEN '0 0 * * 0'
		WHEN '@monthly' THEN '0 0 1 * *'
		WHEN '@yearly' THEN '0 0 1 1 *'
		WHEN '@annually' THEN '0 0 1 1 *'
		ELSE words
	END;
END
$$;

COMMENT ON FUNCTION drift_internal.normal_cron(text) IS 'a cron expression with one blank between its fields; @hourly and the like as the fields they stand for';

CREATE OR REPLACE FUNCTION drift_internal.read_cron(cron text) RETURNS drift_internal.cron
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	words CONSTANT text := drift_internal.normal_cron(cron);
	fields CONSTANT text[] := string_to_array(words, ' ');
	seconds CONSTANT integer := (regexp_match(words, '^([0-9]{1,4}) seconds?$', 'i'))[1];
	result drift_internal.cron;
BEGIN
	IF seconds BETWEEN 1 AND 59 THEN
		result.seconds := seconds;
		RETURN result;
	ELSIF cardinality(fields) <> 5 THEN
		PERFORM drift_internal.cron_error(cron, CASE WHEN seconds IS NOT NULL THEN 'Seconds between runs are from 1 to 59.'
			ELSE format('It has %s fields.', cardinality(fields)) END);
	END IF;
	result.minutes := drift_internal.cron_field(cron, fields[1], 'minute', 0, 59);
	result.hours := drift_internal.cron_field(cron, fields[2], 'hour', 0, 23);
	result.last_day := fields[3] = '$';
	result.days := CASE WHEN result.last_day THEN '{}' ELSE drift_internal.cron_field(cron, fields[3], 'day', 1, 31) END;
	result.months := drift_internal.cron_field(cron, fields[4], 'month', 1, 12,
		'{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}');
	result.weekdays := ARRAY(
		SELECT DISTINCT w % 7
		FROM unnest(drift_internal.cron_field(cron, fields[5], 'weekday', 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')) AS w);
	result.day_and_weekday := starts_with(fields[3], '*') OR starts_with(fields[5], '*');
	result.repeats := starts_with(fields[1], '*') OR starts_with(fields[2], '*');
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.read_cron(text) IS 'what a cron expression says; an error that names the field if it cannot be read';

CREATE OR REPLACE FUNCTION drift_internal.is_cron_day(cron drift_internal.cron, day date) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT extract(month FROM day)::integer = ANY (cron.months) AND CASE WHEN cron.day_and_weekday
		THEN (extract(day FROM day)::integer = ANY (cron.days) OR (cron.last_day AND extract(day FROM day + 1) = 1))
			AND extract(dow FROM day)::integer = ANY (cron.weekdays)
		ELSE extract(day FROM day)::integer = ANY (cron.days) OR (cron.last_day AND extract(day FROM day + 1) = 1)
			OR extract(dow FROM day)::integer = ANY (cron.weekdays) END
$$;

COMMENT ON FUNCTION drift_internal.is_cron_day(drift_internal.cron, date) IS 'whether a schedule runs on a day';

CREATE OR REPLACE FUNCTION drift_internal.next_time_of_day(cron drift_internal.cron, day date, after timestamptz, time_zone text)
	RETURNS timestamptz
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN NOT isfinite(day) THEN NULL WHEN cron.repeats THEN (
		SELECT min(t)
		FROM generate_series(greatest(day::timestamp AT TIME ZONE time_zone, date_trunc('minute', after)),
				(day + 1)::timestamp AT TIME ZONE time_zone, interval '1 minute') AS t,
			LATERAL (VALUES (t AT TIME ZONE time_zone)) AS l (local)
		WHERE t > after AND local::date = day
			AND extract(hour FROM local)::integer = ANY (cron.hours) AND extract(minute FROM local)::integer = ANY (cron.minutes))
	ELSE (
		SELECT min(t)
		FROM unnest(cron.hours) AS h, unnest(cron.minutes) AS m, LATERAL (VALUES ((day + make_time(h, m, 0)) AT TIME ZONE time_zone)) AS i (t)
		WHERE t > after)
	END
$$;

COMMENT ON FUNCTION drift_internal.next_time_of_day(drift_internal.cron, date, timestamptz, text) IS
	'first time after another at which a schedule runs on a local day; NULL: it does not any more';

CREATE OR REPLACE FUNCTION drift.next_time(cron text, after timestamptz DEFAULT NULL, time_zone text DEFAULT 'UTC') RETURNS timestamptz
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fields CONSTANT drift_internal.cron := drift_internal.read_cron(cron);
	since CONSTANT timestamptz := coalesce(after, clock_timestamp());
	today date;
	day date;
	result timestamptz;
BEGIN
	IF time_zone IS NULL OR NOT isfinite(since) THEN
		RETURN NULL;
	END IF;
	today := since AT TIME ZONE time_zone;
	IF fields.seconds IS NOT NULL THEN
		RETURN since + make_interval(secs => fields.seconds);
	END IF;
	-- A 29th of February can be eight years away.
	FOR day IN
		SELECT today + n
		FROM generate_series(0, 3000) AS n
		WHERE drift_internal.is_cron_day(fields, today + n)
	LOOP
		result := drift_internal.next_time_of_day(fields, day, since, time_zone);
		IF result IS NOT NULL THEN
			RETURN result;
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift.next_time(text, timestamptz, text) IS
	'next time that a cron expression means, after another time or now, in a time zone; NULL where it means no time, as the 30th of February does. "30 seconds" is read as well.';
