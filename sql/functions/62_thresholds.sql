-- threshold sets: looked up, overridden, copied

-- Refuse a key that is no threshold, or a value its column would not take.
CREATE OR REPLACE FUNCTION drift_internal.check_threshold(key text, value jsonb) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expected text := CASE
			WHEN key IN ('alpha') THEN 'a number above 0 and below 1'
			WHEN key IN ('minimum_effect', 'minimum_share', 'drift_share', 'drift_share_high') THEN 'a number from 0 to 1'
			WHEN key IN ('psi_warning', 'psi_critical') THEN 'a number above 0'
			WHEN key IN ('psi_alpha') THEN 'a number above 0 and at most 1'
			WHEN key IN ('inclusive', 'critical_needs_both', 'point_findings') THEN 'true or false'
			WHEN key = 'rule' THEN '"test", "psi", "test_or_psi", "evidently" or "nannyml"'
			WHEN key = 'correction' THEN '"bh" or "none"'
		END;
	number float8 := CASE jsonb_typeof(value) WHEN 'number' THEN value::float8 END;
BEGIN
	IF expected IS NULL THEN
		RAISE EXCEPTION 'unknown threshold "%"', key
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'The thresholds are the columns of the table drift.thresholds.';
	ELSIF NOT coalesce(CASE expected
			WHEN 'a number above 0 and below 1' THEN number > 0 AND number < 1
			WHEN 'a number from 0 to 1' THEN number >= 0 AND number <= 1
			WHEN 'a number above 0' THEN number > 0
			WHEN 'a number above 0 and at most 1' THEN number > 0 AND number <= 1
			WHEN 'true or false' THEN jsonb_typeof(value) = 'boolean'
			WHEN '"bh" or "none"' THEN value IN ('"bh"', '"none"')
			ELSE value IN ('"test"', '"psi"', '"test_or_psi"', '"evidently"', '"nannyml"')
		END, false) THEN
		RAISE EXCEPTION 'threshold "%" cannot be %', key, value
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It must be %s.', expected);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_threshold(text, jsonb) IS
	'raises an error that names the key unless it is a threshold and the value one that it can have';

CREATE OR REPLACE FUNCTION drift_internal.override_thresholds(base drift.thresholds, overrides jsonb) RETURNS drift.thresholds
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.thresholds;
BEGIN
	PERFORM drift_internal.check_threshold(key, value) FROM jsonb_each(overrides);

	result := jsonb_populate_record(base, overrides);

	IF result.psi_warning > result.psi_critical THEN
		RAISE EXCEPTION 'threshold "psi_warning" % is above "psi_critical" %', result.psi_warning, result.psi_critical
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF result.drift_share > result.drift_share_high THEN
		RAISE EXCEPTION 'threshold "drift_share" % is above "drift_share_high" %', result.drift_share, result.drift_share_high
			USING ERRCODE = 'invalid_parameter_value';
	END IF;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.override_thresholds(drift.thresholds, jsonb) IS
	'a threshold set with some of its values replaced';

CREATE OR REPLACE FUNCTION drift_internal.named_thresholds(set_name text) RETURNS drift.thresholds
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.thresholds;
BEGIN
	SELECT t.* INTO result FROM drift.thresholds AS t WHERE t.name = set_name;

	IF NOT FOUND THEN
		RAISE EXCEPTION 'threshold set "%" does not exist', set_name
			USING ERRCODE = 'undefined_object',
				DETAIL = (SELECT format('There are: %s.', string_agg(t.name, ', ' ORDER BY t.name)) FROM drift.thresholds AS t);
	END IF;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.named_thresholds(text) IS 'the threshold set of that name, or an error that lists the names';

-- One text argument for both forms: an overload for jsonb would make every quoted literal ambiguous.
CREATE OR REPLACE FUNCTION drift.resolve_thresholds(thresholds text) RETURNS drift.thresholds
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	document jsonb;
BEGIN
	IF thresholds IS NULL THEN
		RETURN drift_internal.named_thresholds('standard');
	ELSIF ltrim(thresholds, E' \t\r\n') !~ '^[{"]' THEN
		RETURN drift_internal.named_thresholds(thresholds);
	END IF;

	document := thresholds::jsonb;
	IF jsonb_typeof(document) = 'string' THEN
		RETURN drift_internal.named_thresholds(document #>> '{}');
	END IF;

	RETURN drift_internal.override_thresholds(
		drift_internal.named_thresholds(coalesce(document ->> 'set', 'standard')),
		document - 'set');
END
$$;

COMMENT ON FUNCTION drift.resolve_thresholds(text) IS
	'thresholds from the name of a set or from JSON such as {"set": "standard", "psi_warning": 0.15}; NULL is the standard set';

CREATE OR REPLACE FUNCTION drift.copy_thresholds(source_name text, new_name text, overrides jsonb DEFAULT '{}', description text DEFAULT NULL)
	RETURNS SETOF drift.thresholds
	LANGUAGE plpgsql VOLATILE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	copy drift.thresholds := drift_internal.override_thresholds(drift_internal.named_thresholds(source_name), overrides);
BEGIN
	copy.name := new_name;
	copy.built_in := false;
	copy.description := coalesce(description, format('copy of %s with %s', source_name, overrides));

	INSERT INTO drift.thresholds SELECT copy.*;
	RETURN NEXT copy;
END
$$;

COMMENT ON FUNCTION drift.copy_thresholds(text, text, jsonb, text) IS
	'makes a threshold set of your own from another one; needs INSERT on drift.thresholds';

CREATE OR REPLACE FUNCTION drift_internal.follows_library(limits drift.thresholds) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (limits).rule IN ('evidently', 'nannyml')
$$;

COMMENT ON FUNCTION drift_internal.follows_library(drift.thresholds) IS
	'whether a threshold set leaves the verdict on a column to another library''s rules';
