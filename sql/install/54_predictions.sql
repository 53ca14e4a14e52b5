-- prediction logs: which tables they are and which column holds which feature
--
-- The logs themselves are the users' tables; the extension only knows of them.

CREATE TABLE drift.prediction_logs (
	log_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (log_id < 4194304),
	model_id integer NOT NULL UNIQUE,
	log regclass NOT NULL UNIQUE,
	outcomes regclass NOT NULL UNIQUE,
	retention interval CHECK (retention > '0'),
	days_ahead integer NOT NULL DEFAULT 30 CHECK (days_ahead BETWEEN 1 AND 3650),
	uses_partman boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL
);

COMMENT ON TABLE drift.prediction_logs IS 'the prediction log of each model that has one; drift.create_prediction_log() makes it';
COMMENT ON COLUMN drift.prediction_logs.log_id IS 'number of the log, which its prediction ids carry';
COMMENT ON COLUMN drift.prediction_logs.log IS 'the partitioned table of predictions, owned by who made it';
COMMENT ON COLUMN drift.prediction_logs.outcomes IS 'the table of outcomes beside it';
COMMENT ON COLUMN drift.prediction_logs.retention IS 'age at which drift.maintain_prediction_logs() drops partitions; NULL: never';
COMMENT ON COLUMN drift.prediction_logs.days_ahead IS 'days for which partitions are made ahead';
COMMENT ON COLUMN drift.prediction_logs.uses_partman IS 'whether pg_partman maintains the partitions';

CREATE TABLE drift.prediction_log_features (
	log_id integer NOT NULL,
	feature text COLLATE "C" NOT NULL,
	column_name text COLLATE "C" NOT NULL,
	PRIMARY KEY (log_id, feature),
	UNIQUE (log_id, column_name)
);

COMMENT ON TABLE drift.prediction_log_features IS 'column of a prediction log for each feature; they have the same name where that is possible';
COMMENT ON COLUMN drift.prediction_log_features.feature IS 'name of the feature, as models have it';
COMMENT ON COLUMN drift.prediction_log_features.column_name IS 'column of the log; another name where the feature''s is too long or that of a column every log has';

ALTER TABLE drift.prediction_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.prediction_log_features ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.prediction_logs FOR SELECT USING (model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.prediction_log_features FOR SELECT
	USING (log_id IN (SELECT l.log_id FROM drift.prediction_logs AS l));

GRANT SELECT ON drift.prediction_logs, drift.prediction_log_features TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.prediction_logs_log_id_seq TO PUBLIC;

-- A log that was dropped is a number in a dump, which would be another table's where it is restored.
SELECT pg_extension_config_dump('drift.prediction_logs', 'WHERE log::oid IN (SELECT c.oid FROM pg_catalog.pg_class AS c)');
SELECT pg_extension_config_dump('drift.prediction_logs_log_id_seq', '');
SELECT pg_extension_config_dump('drift.prediction_log_features',
	'WHERE log_id IN (SELECT l.log_id FROM drift.prediction_logs AS l JOIN pg_catalog.pg_class AS c ON c.oid = l.log)');

CREATE TYPE drift.prediction AS (
	prediction_id uuid,
	model_version integer,
	arm text,
	score double precision,
	label text,
	probabilities double precision[],
	predicted_at timestamptz,
	status text,
	error text
);

COMMENT ON TYPE drift.prediction IS 'an answer of drift.predict(): the id to report the outcome with, the version and arm that answered, score, class and probabilities where the model has them, and what went wrong if status is error';

CREATE TYPE drift.recorded_outcome AS (
	outcome_id bigint,
	prediction_id uuid,
	matched boolean,
	repeated boolean
);

COMMENT ON TYPE drift.recorded_outcome IS 'what drift.record_outcome() did: the outcome, the prediction it is of, whether that was found, and whether the same had been recorded before so that nothing was added';

CREATE TYPE drift.recorded_outcomes AS (
	recorded bigint,
	matched bigint,
	unmatched bigint,
	repeated bigint
);

COMMENT ON TYPE drift.recorded_outcomes IS 'what drift.record_outcomes() or drift.match_outcomes() did: rows added, of those with their prediction and without it, and outcomes that had been recorded before';

CREATE TYPE drift_internal.given_outcome AS (
	prediction_id uuid,
	entity_key text,
	actual text,
	actual_value double precision,
	observed_at timestamptz,
	source text,
	resolves bigint
);

COMMENT ON TYPE drift_internal.given_outcome IS 'an outcome whose prediction is to be found; resolves is the row that recorded it without';
