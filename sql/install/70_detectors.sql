-- detectors of change in streams: the type, and detectors that run by themselves

CREATE TYPE drift.detector;

CREATE FUNCTION drift.detector_in(cstring) RETURNS drift.detector
	AS 'MODULE_PATHNAME', 'drift_detector_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.detector_in(cstring) IS 'Input function of drift.detector: a JSON object that says everything about it, or the name of a kind for one that has seen nothing.';

CREATE FUNCTION drift.detector_out(drift.detector) RETURNS cstring
	AS 'MODULE_PATHNAME', 'drift_detector_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.detector_out(drift.detector) IS 'Output function of drift.detector.';

CREATE FUNCTION drift.detector_recv(internal) RETURNS drift.detector
	AS 'MODULE_PATHNAME', 'drift_detector_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.detector_recv(internal) IS 'Binary input function of drift.detector.';

CREATE FUNCTION drift.detector_send(drift.detector) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_detector_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift.detector_send(drift.detector) IS 'Binary output function of drift.detector.';

-- Rows whose detector changes with every value must be found small: no compression.
CREATE TYPE drift.detector (
	INPUT = drift.detector_in,
	OUTPUT = drift.detector_out,
	RECEIVE = drift.detector_recv,
	SEND = drift.detector_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);
COMMENT ON TYPE drift.detector IS 'Detector of change in a stream of numbers: its kind, its parameters and what it knows of the values so far.';

CREATE CAST (drift.detector AS jsonb) WITH INOUT;
COMMENT ON CAST (drift.detector AS jsonb) IS 'The detector as jsonb: its text form.';

CREATE TYPE drift.change_point AS (
	"position" bigint,
	at timestamptz,
	value double precision
);
COMMENT ON TYPE drift.change_point IS 'A value of a stream with which a change was found: its number from 1 on, its time where times were given, and the value.';

CREATE TYPE drift_internal.detector_progress AS (
	detector drift.detector,
	change_points drift.change_point[],
	warning_points drift.change_point[]
);
COMMENT ON TYPE drift_internal.detector_progress IS 'a detector after some values, with the changes and the beginnings of warnings among them';
