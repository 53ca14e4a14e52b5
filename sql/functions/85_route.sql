-- where keys go

CREATE OR REPLACE FUNCTION drift.route_bucket(salt text, key text) RETURNS integer
	AS 'MODULE_PATHNAME', 'drift_route_bucket' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;

COMMENT ON FUNCTION drift.route_bucket(text, text) IS
	'The bucket of a key, 0 to 9999, under a salt: the first 32 bits of the SHA-256 of salt, the byte 1F and key, times 10,000, divided by 2^32.';

CREATE OR REPLACE FUNCTION drift.route(model text, key text, OUT arm text, OUT model_version integer, OUT bucket integer)
	AS 'MODULE_PATHNAME', 'drift_route' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift.route(text, text) IS
	'The arm and the version that answer a key now, and its bucket; nothing is scored or logged.';

CREATE OR REPLACE FUNCTION drift.explain_route(model text, key text)
	RETURNS TABLE (arm text, model_version integer, answers boolean, bucket integer, first_bucket integer, end_bucket integer, salt text,
		explanation text)
	AS 'MODULE_PATHNAME', 'drift_explain_route' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100 ROWS 2;

COMMENT ON FUNCTION drift.explain_route(text, text) IS
	'Why a key is answered by which version: a row for each arm of the model''s route, with its buckets, from the first to before the end.';
