-- rows for training and rows to hold out, by a hash of a key

CREATE OR REPLACE FUNCTION drift_internal.key_place(key text, seed bigint) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_key_place' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;

COMMENT ON FUNCTION drift_internal.key_place(text, bigint) IS
	'place of a key from 0 to below 1: the first 32 bits of the SHA-256 of the seed in decimal digits, the byte 1F and the key in UTF-8';

CREATE OR REPLACE FUNCTION drift.split(key text, share double precision DEFAULT 0.2, seed bigint DEFAULT 42) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_split' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;

COMMENT ON FUNCTION drift.split(text, double precision, bigint) IS
	'train or test for a key: test for about this share of all keys, and for one key and seed always the same, on every server; NULL for a key that is NULL';
