-- numbers and verdicts in words

CREATE OR REPLACE FUNCTION drift_internal.percent(share float8) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT round(100 * share::numeric, 1) || ' %'
$$;

COMMENT ON FUNCTION drift_internal.percent(float8) IS 'a share as a percentage with one decimal';

-- Four significant digits, for sentences.
CREATE OR REPLACE FUNCTION drift_internal.short_number(value float8) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN value IN ('NaN', 'Infinity', '-Infinity') OR value = 0 THEN value::text
			WHEN abs(value) < 1e-4 OR abs(value) >= 1e15 THEN trim(to_char(value, '9.999EEEE'))
			ELSE trim_scale(round(value::numeric, greatest(0, 3 - floor(log(abs(value)))::integer)))::text
		END
$$;

COMMENT ON FUNCTION drift_internal.short_number(float8) IS 'a number with four significant digits';

-- What a number of drift's stands for: days or seconds since 1970 are shown as what they were.
CREATE OR REPLACE FUNCTION drift_internal.shown_value(value float8, value_type text) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN value IN ('NaN', 'Infinity', '-Infinity') THEN value::text
			WHEN value_type = 'pg_catalog.date' THEN (date '1970-01-01' + floor(value)::integer)::text
			WHEN value_type LIKE 'pg\_catalog.timestamp%' THEN to_char(to_timestamp(value) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
			ELSE drift_internal.short_number(value)
		END
$$;

COMMENT ON FUNCTION drift_internal.shown_value(float8, text) IS 'a number of a profile as a reader knows it: dates and times as such';

-- The fifteen digits that numeric takes make such a number the short one again.
CREATE OR REPLACE FUNCTION drift_internal.is_just_below(value float8) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN abs(value) < 1e100 THEN
			value::numeric::float8 > value AND length(trim_scale(value::numeric)::text) <= 12
			ELSE false END
$$;

COMMENT ON FUNCTION drift_internal.is_just_below(float8) IS 'whether a number is the one before a number of few digits';

-- A bin that one value fills is cut just below the value and at it.
CREATE OR REPLACE FUNCTION drift_internal.range_text(lower float8, upper float8, value_type text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN lower IS NULL AND upper IS NULL THEN NULL
			WHEN coalesce(lower, '-Infinity') = '-Infinity' AND coalesce(upper, 'Infinity') = 'Infinity' THEN 'all values'
			WHEN coalesce(lower, '-Infinity') = '-Infinity' THEN
				format('%s %s', CASE WHEN drift_internal.is_just_below(upper) THEN 'below' ELSE 'up to' END, drift_internal.shown_value(upper, value_type))
			WHEN coalesce(upper, 'Infinity') = 'Infinity' THEN 'above ' || drift_internal.shown_value(lower, value_type)
			WHEN upper - lower <= greatest(abs(upper) * 3e-16, 5e-324) THEN drift_internal.shown_value(upper, value_type)
			ELSE format('%s to %s', drift_internal.shown_value(lower, value_type), drift_internal.shown_value(upper, value_type))
		END
$$;

COMMENT ON FUNCTION drift_internal.range_text(float8, float8, text) IS 'a bin of numbers in words; NULL for a bin without bounds';

CREATE OR REPLACE FUNCTION drift_internal.severity_text(severity text) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE severity
			WHEN 'ok' THEN 'No significant change'
			WHEN 'warning' THEN 'Moderate change'
			WHEN 'critical' THEN 'Significant change'
			WHEN 'insufficient_data' THEN 'Not enough data to tell'
			WHEN 'skipped' THEN 'Not compared'
		END
$$;

COMMENT ON FUNCTION drift_internal.severity_text(text) IS 'a severity in words';

CREATE OR REPLACE FUNCTION drift_internal.action_text(severity text, agreed boolean DEFAULT false) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN severity = 'ok' THEN 'Relax, everything normal'
			WHEN severity = 'warning' AND agreed THEN 'Investigate and prepare for retraining'
			WHEN severity = 'warning' THEN 'Watch closely, investigate'
			WHEN severity = 'critical' THEN 'Retrain model immediately'
			WHEN severity = 'insufficient_data' THEN 'Wait for more data'
			WHEN severity = 'unusable' THEN 'Repair the column, a model cannot use it as it is'
		END
$$;

COMMENT ON FUNCTION drift_internal.action_text(text, boolean) IS
	'what to do about a severity; agreed says that the test and the PSI agree on a warning';

CREATE OR REPLACE FUNCTION drift.p_value_text(p_value float8) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN p_value = 'NaN' OR p_value < 0 OR p_value > 1 THEN NULL
			WHEN p_value > 0.1 THEN 'probably just noise'
			WHEN p_value > 0.01 THEN 'borderline suspicious'
			ELSE 'definitely changed'
		END
$$;

COMMENT ON FUNCTION drift.p_value_text(float8) IS
	'a p-value in words: above 0.1 probably just noise, above 0.01 borderline suspicious, else definitely changed';
