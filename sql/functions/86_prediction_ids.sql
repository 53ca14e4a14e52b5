-- ids of predictions: UUIDs of version 8 that carry the time of the prediction and the number of its log
--
-- 60 bits of microseconds since 1970, the version after the first 48 of them, the variant, 22 bits of the
-- log's number, 40 random bits.

CREATE OR REPLACE FUNCTION drift_internal.prediction_id_expression(log_id integer, microseconds text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('(overlay(lpad(to_hex(%s), 15, ''0'') PLACING ''8'' FROM 13 FOR 0) || %L || right(gen_random_uuid()::text, 10))::uuid',
		microseconds, to_hex(x'800000'::integer | log_id))
$$;

COMMENT ON FUNCTION drift_internal.prediction_id_expression(integer, text) IS
	'expression of built-in functions alone that makes an id for a log from microseconds since 1970';

CREATE OR REPLACE FUNCTION drift.prediction_time(prediction_id uuid) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'drift_prediction_time' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift.prediction_time(uuid) IS
	'time that a prediction id carries: to the microsecond for ids of prediction logs, to the millisecond for UUIDs of version 7; NULL for ids without a time';

CREATE OR REPLACE FUNCTION drift.make_prediction_id(model text, predicted_at timestamptz DEFAULT clock_timestamp()) RETURNS uuid
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log drift.prediction_logs := drift_internal.find_log(model, 'read');
	microseconds CONSTANT bigint := CASE WHEN isfinite(predicted_at) THEN extract(epoch FROM predicted_at) * 1000000 END;
BEGIN
	IF microseconds IS NULL OR microseconds NOT BETWEEN 0 AND (1::bigint << 60) - 1 THEN
		RAISE EXCEPTION 'a prediction id cannot carry the time %', coalesce(predicted_at::text, 'NULL')
			USING ERRCODE = 'datetime_field_overflow', DETAIL = 'Ids carry times from 1970 on.';
	END IF;
	RETURN (overlay(lpad(to_hex(microseconds), 15, '0') PLACING '8' FROM 13 FOR 0)
		|| to_hex(x'800000'::integer | log.log_id) || right(gen_random_uuid()::text, 10))::uuid;
END
$$;

COMMENT ON FUNCTION drift.make_prediction_id(text, timestamptz) IS
	'a new id for a prediction of a model at a time, for applications that write to its log themselves and need the id before';
