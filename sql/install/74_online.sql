-- learners that learn from rows as they come, and what they know

CREATE TYPE drift_internal.lesson AS (
	learner bytea,
	rows_read bigint,
	rows_skipped bigint,
	accuracy double precision,
	log_loss double precision,
	mae double precision,
	rmse double precision,
	changes bigint,
	change_rows bigint[]
);

COMMENT ON TYPE drift_internal.lesson IS 'a learner after some rows, and how it did on them before it learned from each; numbers of rows with a change, the first 100';

CREATE TYPE drift_internal.lesson_plan AS (
	features text[],
	categorical boolean[],
	expressions text[],
	classes text[],
	label text,
	number text,
	weight text,
	at text
);

COMMENT ON TYPE drift_internal.lesson_plan IS 'how rows of a source are read for a learner: its features and classes, and the expressions of features, label, weight and time';

CREATE TYPE drift_internal.learner_facts AS (
	seen bigint,
	learned bigint,
	columns integer,
	changes bigint,
	changed_at bigint,
	is_warning boolean,
	accuracy double precision,
	log_loss double precision,
	mae double precision,
	rmse double precision,
	total_accuracy double precision,
	total_log_loss double precision,
	total_mae double precision,
	total_rmse double precision
);

COMMENT ON TYPE drift_internal.learner_facts IS 'what is known of a learner: rows, columns, changes, and its metrics, faded and of all rows';

CREATE TABLE drift.learners (
	learner_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text COLLATE "C" NOT NULL UNIQUE
		CHECK (name <> '' AND length(name) <= 255 AND name = btrim(name) AND name !~ '[@/[:cntrl:]]'),
	owner regrole NOT NULL,
	model_id integer,
	algorithm text NOT NULL CHECK (algorithm IN ('logistic', 'linear')),
	label text NOT NULL,
	classes text[],
	features text[],
	categorical boolean[],
	found_features boolean NOT NULL DEFAULT false,
	time_column text,
	weight_column text,
	params jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
	detector text,
	detector_params jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detector_params) = 'object'),
	publish_every bigint CHECK (publish_every > 0),
	publish_after_drift bigint CHECK (publish_after_drift > 0),
	seen bigint NOT NULL DEFAULT 0,
	learned bigint NOT NULL DEFAULT 0,
	changes bigint NOT NULL DEFAULT 0,
	changed_at bigint,
	is_warning boolean NOT NULL DEFAULT false,
	metrics jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metrics) = 'object'),
	updates bigint NOT NULL DEFAULT 0,
	read_to timestamptz,
	published_version integer,
	published_seen bigint NOT NULL DEFAULT 0,
	updated_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	CHECK ((publish_every IS NULL AND publish_after_drift IS NULL) OR model_id IS NOT NULL)
) WITH (fillfactor = 50);

CREATE INDEX learners_model_id ON drift.learners (model_id);

COMMENT ON TABLE drift.learners IS 'models that learn from rows as they come; drift.create_learner() makes one';
COMMENT ON COLUMN drift.learners.owner IS 'role whose members let it learn';
COMMENT ON COLUMN drift.learners.model_id IS 'model of which its versions are published; NULL: none are';
COMMENT ON COLUMN drift.learners.classes IS 'labels of the classes; NULL: a number, or what the first rows tell';
COMMENT ON COLUMN drift.learners.features IS 'columns that it predicts from; NULL: all but the label, time and weight of the first rows';
COMMENT ON COLUMN drift.learners.categorical IS 'which of the features are categories; NULL: there were no rows yet';
COMMENT ON COLUMN drift.learners.found_features IS 'whether the features are those of the first rows, because none were given';
COMMENT ON COLUMN drift.learners.time_column IS 'column by which rows of one call are ordered; NULL: as they come';
COMMENT ON COLUMN drift.learners.params IS 'parameters that are not the usual ones';
COMMENT ON COLUMN drift.learners.detector IS 'kind of detector that watches its errors; NULL: none';
COMMENT ON COLUMN drift.learners.publish_every IS 'rows after which a version is published; NULL: not by their number';
COMMENT ON COLUMN drift.learners.publish_after_drift IS 'rows learned since a change after which a version is published; NULL: not because of changes';
COMMENT ON COLUMN drift.learners.seen IS 'rows with a label that came';
COMMENT ON COLUMN drift.learners.learned IS 'rows that it learned from since it began, or began anew after a change';
COMMENT ON COLUMN drift.learners.changes IS 'changes that the detector found';
COMMENT ON COLUMN drift.learners.changed_at IS 'number of the row, from 1 on, with the last change';
COMMENT ON COLUMN drift.learners.is_warning IS 'whether the detector is on guard';
COMMENT ON COLUMN drift.learners.metrics IS 'metrics of predictions made before learning from the row: faded, and those of all rows in total';
COMMENT ON COLUMN drift.learners.updates IS 'calls that brought rows';
COMMENT ON COLUMN drift.learners.read_to IS 'time of the newest row';
COMMENT ON COLUMN drift.learners.published_version IS 'version that was published last';
COMMENT ON COLUMN drift.learners.published_seen IS 'rows that had come then';

CREATE TABLE drift_internal.learner_states (
	learner_id integer PRIMARY KEY,
	learner bytea
) WITH (fillfactor = 50);

-- It is of no use to compress what is found anew with every row.
ALTER TABLE drift_internal.learner_states ALTER COLUMN learner SET STORAGE EXTERNAL;

COMMENT ON TABLE drift_internal.learner_states IS 'what learners know';
COMMENT ON COLUMN drift_internal.learner_states.learner IS 'NULL: there were no rows yet';

CREATE TABLE drift.learner_updates (
	learner_id integer NOT NULL,
	place bigint NOT NULL,
	at timestamptz NOT NULL DEFAULT clock_timestamp(),
	rows_read bigint NOT NULL,
	rows_skipped bigint NOT NULL,
	seen bigint NOT NULL,
	metrics jsonb NOT NULL CHECK (jsonb_typeof(metrics) = 'object'),
	faded jsonb NOT NULL CHECK (jsonb_typeof(faded) = 'object'),
	changes bigint NOT NULL,
	change_rows bigint[] NOT NULL,
	version integer,
	PRIMARY KEY (learner_id, place)
);

COMMENT ON TABLE drift.learner_updates IS 'the last 1000 times that each learner was given rows, with how it predicted them';
COMMENT ON COLUMN drift.learner_updates.place IS 'number of the call, from 1 on';
COMMENT ON COLUMN drift.learner_updates.rows_skipped IS 'rows without a label or weight';
COMMENT ON COLUMN drift.learner_updates.seen IS 'rows with a label so far';
COMMENT ON COLUMN drift.learner_updates.metrics IS 'metrics of these rows, each predicted before it was learned from';
COMMENT ON COLUMN drift.learner_updates.faded IS 'metrics of all rows so far, of which older ones count less';
COMMENT ON COLUMN drift.learner_updates.changes IS 'changes among these rows';
COMMENT ON COLUMN drift.learner_updates.change_rows IS 'numbers of the rows with changes, the first 100 of them';
COMMENT ON COLUMN drift.learner_updates.version IS 'version that was published then';

ALTER TABLE drift.learners ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.learner_updates ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift_internal.learner_states ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.learners FOR SELECT
	USING (pg_has_role(owner, 'USAGE') OR model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.learner_updates FOR SELECT USING (learner_id IN (SELECT l.learner_id FROM drift.learners AS l));
-- Its categories are values of the rows.
CREATE POLICY visible ON drift_internal.learner_states FOR SELECT
	USING (learner_id IN (SELECT l.learner_id FROM drift.learners AS l WHERE pg_has_role(l.owner, 'USAGE')));

GRANT SELECT ON drift.learners, drift.learner_updates, drift_internal.learner_states TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.learners_learner_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.learners', '');
SELECT pg_extension_config_dump('drift.learners_learner_id_seq', '');
SELECT pg_extension_config_dump('drift_internal.learner_states', '');
SELECT pg_extension_config_dump('drift.learner_updates', '');
