-- model type

-- External: its bytes do not compress well, and reading the start of a value
-- without the rest is what tells models apart.
CREATE TYPE drift.model;

CREATE FUNCTION drift.model_in(cstring) RETURNS drift.model
	AS 'MODULE_PATHNAME', 'drift_model_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.model_in(cstring) IS 'Input function of drift.model: base64 of its bytes.';

CREATE FUNCTION drift.model_out(drift.model) RETURNS cstring
	AS 'MODULE_PATHNAME', 'drift_model_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.model_out(drift.model) IS 'Output function of drift.model.';

CREATE FUNCTION drift.model_recv(internal) RETURNS drift.model
	AS 'MODULE_PATHNAME', 'drift_model_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.model_recv(internal) IS 'Binary input function of drift.model.';

CREATE FUNCTION drift.model_send(drift.model) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_model_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.model_send(drift.model) IS 'Binary output function of drift.model.';

CREATE TYPE drift.model (
	INPUT = drift.model_in,
	OUTPUT = drift.model_out,
	RECEIVE = drift.model_recv,
	SEND = drift.model_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = external
);
COMMENT ON TYPE drift.model IS 'A trained model, never changed once it is made: inputs, preparation steps, trees or coefficients, output. drift.import_model() makes one of a file, drift.describe() tells what it is, drift.score() and its relatives answer with it.';
