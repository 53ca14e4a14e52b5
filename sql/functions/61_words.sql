-- numbers and verdicts in words

CREATE OR REPLACE FUNCTION drift_internal.percent(share float8) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_percent_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.percent(float8) IS 'a share as a percentage with one decimal';

CREATE OR REPLACE FUNCTION drift_internal.short_number(value float8) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_short_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.short_number(float8) IS 'a number with four significant digits, for sentences';

CREATE OR REPLACE FUNCTION drift_internal.range_text(lower float8, upper float8, value_type text) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_range_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.range_text(float8, float8, text) IS
	'a bin of numbers in words, dates and times as such; NULL for a bin without bounds';

CREATE OR REPLACE FUNCTION drift_internal.severity_text(severity text) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_severity_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.severity_text(text) IS 'a severity in words';

CREATE OR REPLACE FUNCTION drift_internal.action_text(severity text, agreed boolean DEFAULT false) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_action_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.action_text(text, boolean) IS
	'what to do about a severity; agreed says that the test and the PSI agree on a warning';

CREATE OR REPLACE FUNCTION drift_internal.shift_text(value_type text, reference drift.profile, current drift.profile) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_shift_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.shift_text(text, drift.profile, drift.profile) IS
	'how mean and median of a numeric column moved, as a phrase';

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

-- Scripts of extensions are read in the encoding of the database, so that what they say beyond ASCII is written by its number.
CREATE OR REPLACE FUNCTION drift_internal.sign(code integer, plain text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF getdatabaseencoding() = 'UTF8' THEN
		RETURN chr(code);
	END IF;
	RETURN plain;
END
$$;

COMMENT ON FUNCTION drift_internal.sign(integer, text) IS 'a character by its number in Unicode; where the database has another encoding, what stands for it';

CREATE OR REPLACE FUNCTION drift_internal.direction_marks() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(drift_internal.sign(c, ''), '') FROM unnest('{8206,8207,8234,8235,8236,8237,8238,8294,8295,8296,8297}'::integer[]) AS c
$$;

COMMENT ON FUNCTION drift_internal.direction_marks() IS 'characters that turn the direction of the text after them';
