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

-- detectors that run by themselves

CREATE TABLE drift.detectors (
	detector_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text COLLATE "C" NOT NULL UNIQUE
		CHECK (name <> '' AND length(name) <= 255 AND name = btrim(name) AND name !~ '[@/[:cntrl:]]'),
	owner regrole NOT NULL,
	model_id integer,
	kind text NOT NULL,
	params jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
	source_kind text NOT NULL CHECK (source_kind IN ('outcomes', 'relation', 'query')),
	relation regclass,
	query text,
	path text NOT NULL,
	expression text NOT NULL,
	time_column text NOT NULL,
	time_zone text NOT NULL DEFAULT 'UTC',
	settle interval NOT NULL DEFAULT '0' CHECK (settle >= '0'),
	seen bigint NOT NULL DEFAULT 0,
	changes bigint NOT NULL DEFAULT 0,
	is_warning boolean NOT NULL DEFAULT false,
	last_change_at timestamptz,
	read_to timestamptz,
	paused_at timestamptz,
	updated_at timestamptz,
	error text,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	CHECK ((source_kind = 'query') = (query IS NOT NULL)),
	CHECK ((source_kind = 'query') = (relation IS NULL)),
	CHECK (source_kind <> 'outcomes' OR model_id IS NOT NULL)
);

CREATE INDEX detectors_model_id ON drift.detectors (model_id);

COMMENT ON TABLE drift.detectors IS 'detectors of change over a source of rows; drift.create_detector() makes one';
COMMENT ON COLUMN drift.detectors.owner IS 'role with whose rights the source is read and whose members may run the detector';
COMMENT ON COLUMN drift.detectors.model_id IS 'model it belongs to; NULL: none';
COMMENT ON COLUMN drift.detectors.kind IS 'kind of detector, as for drift.detector()';
COMMENT ON COLUMN drift.detectors.params IS 'its parameters where they are not the usual ones';
COMMENT ON COLUMN drift.detectors.source_kind IS 'outcomes: predictions of the log of the model with their outcomes, each when its outcome comes; relation or query: rows by their time';
COMMENT ON COLUMN drift.detectors.relation IS 'prediction log or relation; NULL: a query';
COMMENT ON COLUMN drift.detectors.path IS 'search_path on which names in query and expression are looked up';
COMMENT ON COLUMN drift.detectors.expression IS 'value of a row';
COMMENT ON COLUMN drift.detectors.time_column IS 'column by which rows are ordered';
COMMENT ON COLUMN drift.detectors.time_zone IS 'where a time without a time zone belongs';
COMMENT ON COLUMN drift.detectors.settle IS 'rows younger than this wait, so that late ones come before them';
COMMENT ON COLUMN drift.detectors.seen IS 'values that were added';
COMMENT ON COLUMN drift.detectors.changes IS 'changes that were found';
COMMENT ON COLUMN drift.detectors.is_warning IS 'whether the last value left it on guard';
COMMENT ON COLUMN drift.detectors.last_change_at IS 'time of the value with which the last change was found';
COMMENT ON COLUMN drift.detectors.read_to IS 'time of the newest row that was read';
COMMENT ON COLUMN drift.detectors.paused_at IS 'since when drift.update_detectors() leaves it alone; NULL: it does not';
COMMENT ON COLUMN drift.detectors.updated_at IS 'when it was last run';
COMMENT ON COLUMN drift.detectors.error IS 'why it could not be run the last time; NULL: it could';

CREATE TABLE drift_internal.detector_states (
	detector_id integer PRIMARY KEY,
	detector drift.detector NOT NULL,
	system_identifier bigint,
	seen_outcomes pg_snapshot,
	outcomes_after timestamptz
) WITH (fillfactor = 50);

COMMENT ON TABLE drift_internal.detector_states IS 'what detectors know, and how far they have read';
COMMENT ON COLUMN drift_internal.detector_states.system_identifier IS 'cluster whose transaction ids the snapshot speaks of; another one means that the rows were restored';
COMMENT ON COLUMN drift_internal.detector_states.seen_outcomes IS 'outcomes whose recorded_xid this snapshot sees were added';
COMMENT ON COLUMN drift_internal.detector_states.outcomes_after IS 'outcomes up to this time were added in another cluster; NULL: none were';

CREATE TABLE drift.change_points (
	change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	detector_id integer NOT NULL,
	severity text NOT NULL CHECK (severity IN ('change', 'warning')),
	"position" bigint NOT NULL,
	at timestamptz,
	value double precision NOT NULL,
	found_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX change_points_detector_id ON drift.change_points (detector_id, "position");

COMMENT ON TABLE drift.change_points IS 'what detectors found';
COMMENT ON COLUMN drift.change_points.severity IS 'change, or the beginning of a warning';
COMMENT ON COLUMN drift.change_points."position" IS 'number of the value with which it was found, from 1 on';
COMMENT ON COLUMN drift.change_points.at IS 'time of that value';
COMMENT ON COLUMN drift.change_points.found_at IS 'when the detector was run';

CREATE TYPE drift.detector_update AS (
	detector text,
	status text,
	values_read bigint,
	changes integer,
	warnings integer,
	read_to timestamptz,
	message text
);

COMMENT ON TYPE drift.detector_update IS 'what an update of a detector did: ok, change, skipped (another session runs it) or error with a message, how many values were new, changes and warnings among them, and the time of the newest row';

ALTER TABLE drift.alerts ADD COLUMN detector_id integer;

COMMENT ON COLUMN drift.alerts.detector_id IS 'detector that raised it; NULL: something else did';

ALTER TABLE drift.detectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.change_points ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift_internal.detector_states ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.detectors FOR SELECT
	USING (pg_has_role(owner, 'USAGE') OR model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.change_points FOR SELECT USING (detector_id IN (SELECT d.detector_id FROM drift.detectors AS d));
-- A window of values is as sensitive as its source.
CREATE POLICY visible ON drift_internal.detector_states FOR SELECT
	USING (detector_id IN (SELECT d.detector_id FROM drift.detectors AS d WHERE pg_has_role(d.owner, 'USAGE')));
DROP POLICY visible ON drift.alerts;
CREATE POLICY visible ON drift.alerts FOR SELECT
	USING (model_id IN (SELECT m.model_id FROM drift.models AS m) OR monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m)
		OR detector_id IN (SELECT d.detector_id FROM drift.detectors AS d));

GRANT SELECT ON drift.detectors, drift.change_points, drift_internal.detector_states TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.detectors_detector_id_seq, drift.change_points_change_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.detectors', '');
SELECT pg_extension_config_dump('drift.detectors_detector_id_seq', '');
SELECT pg_extension_config_dump('drift_internal.detector_states', '');
SELECT pg_extension_config_dump('drift.change_points', '');
SELECT pg_extension_config_dump('drift.change_points_change_id_seq', '');
