-- the largest number of an array: how sure a model was of its class

CREATE OR REPLACE FUNCTION drift_internal.largest(numbers float8[]) RETURNS float8
	AS 'MODULE_PATHNAME', 'drift_largest' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.largest(float8[]) IS 'largest number of an array, NaN and NULL left out; NULL without any';
