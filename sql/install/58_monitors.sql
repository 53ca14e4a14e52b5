-- monitors: what they are held against, what they watch, and the windows they keep
--
-- Profiles show what the rows they were made of hold, so that they are for members of the owner only. What
-- checks say is for all who may see the monitor: its owner, and readers of its model.

CREATE TABLE drift.configs (
	model_id integer PRIMARY KEY,
	config jsonb NOT NULL CHECK (jsonb_typeof(config) = 'object'),
	set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	set_by text NOT NULL
);

COMMENT ON TABLE drift.configs IS 'configuration that was loaded: of all models, or of one, which goes before it; drift.dump_config() shows it with the defaults';
COMMENT ON COLUMN drift.configs.model_id IS 'model it is for; 0: all';
COMMENT ON COLUMN drift.configs.config IS 'sections and keys as drift.config_keys() lists them, only those that were set';

CREATE TABLE drift.baselines (
	baseline_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text COLLATE "C" NOT NULL
		CHECK (name <> '' AND length(name) <= 255 AND name = btrim(name) AND name !~ '[@/[:cntrl:]]'),
	version integer NOT NULL CHECK (version > 0),
	owner regrole NOT NULL,
	model_id integer,
	model_version integer,
	origin text NOT NULL CHECK (origin IN ('training', 'held_out', 'production')),
	source text,
	path text,
	columns text[],
	segment text,
	time_column text,
	stores_categories boolean NOT NULL DEFAULT true,
	row_count bigint NOT NULL CHECK (row_count >= 0),
	rows_from timestamptz,
	rows_to timestamptz,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	UNIQUE (name, version),
	CHECK ((model_version IS NULL) OR (model_id IS NOT NULL))
);

CREATE INDEX baselines_model_id ON drift.baselines (model_id, model_version);

COMMENT ON TABLE drift.baselines IS 'what monitors are held against: profiles of reference data; the newest version of a name counts, older ones stay as history';
COMMENT ON COLUMN drift.baselines.version IS 'counts from 1; drift.refresh_baseline() makes the next';
COMMENT ON COLUMN drift.baselines.model_id IS 'model it is for; NULL: free';
COMMENT ON COLUMN drift.baselines.model_version IS 'version of the model it is for; NULL: all';
COMMENT ON COLUMN drift.baselines.origin IS 'where its rows come from: training (rows the model was trained on, for features only), held_out, or production (a period that was accepted)';
COMMENT ON COLUMN drift.baselines.source IS 'relation or query it was made of; NULL: it was made of windows or its source is gone';
COMMENT ON COLUMN drift.baselines.path IS 'search_path on which names in the source and the segment are looked up';
COMMENT ON COLUMN drift.baselines.columns IS 'columns it was restricted to; NULL: all';
COMMENT ON COLUMN drift.baselines.segment IS 'expression by which it is also profiled in segments';
COMMENT ON COLUMN drift.baselines.time_column IS 'column with the time of a row';
COMMENT ON COLUMN drift.baselines.stores_categories IS 'whether profiles hold the categories themselves or hashes of them';
COMMENT ON COLUMN drift.baselines.row_count IS 'rows it was made of';
COMMENT ON COLUMN drift.baselines.rows_from IS 'time of the oldest row';
COMMENT ON COLUMN drift.baselines.rows_to IS 'time of the newest row';

CREATE TABLE drift.baseline_columns (
	baseline_id integer NOT NULL,
	segment text COLLATE "C" NOT NULL DEFAULT '',
	column_name text COLLATE "C" NOT NULL,
	ordinal integer NOT NULL,
	column_type text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('numeric', 'categorical')),
	value_type text NOT NULL,
	profile drift.profile NOT NULL,
	PRIMARY KEY (baseline_id, segment, column_name)
);

COMMENT ON TABLE drift.baseline_columns IS 'profiles of baselines';
COMMENT ON COLUMN drift.baseline_columns.segment IS 'segment of the rows; empty: all rows. Profiles of segments count the bins of the profile of all rows';
COMMENT ON COLUMN drift.baseline_columns.ordinal IS 'place of the column in the source';
COMMENT ON COLUMN drift.baseline_columns.column_type IS 'its type there';
COMMENT ON COLUMN drift.baseline_columns.value_type IS 'type as which it is read';

CREATE TABLE drift.monitors (
	monitor_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text COLLATE "C" NOT NULL UNIQUE
		CHECK (name <> '' AND length(name) <= 255 AND name = btrim(name) AND name !~ '[@/[:cntrl:]]'),
	owner regrole NOT NULL,
	description text,
	model_id integer,
	source_kind text NOT NULL CHECK (source_kind IN ('prediction_log', 'relation', 'query')),
	relation regclass,
	query text,
	path text NOT NULL,
	time_column text NOT NULL,
	condition text,
	segment text,
	tracking text NOT NULL CHECK (tracking IN ('logged_xid', 'trigger', 'recompute')),
	bucket text NOT NULL CHECK (bucket IN ('hour', 'day')),
	time_zone text NOT NULL DEFAULT 'UTC',
	span interval NOT NULL CHECK (span > '0'),
	reference text NOT NULL CHECK (reference IN ('baseline', 'previous', 'week', 'month', 'year')),
	baseline text COLLATE "C",
	config jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
	paused_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	CHECK ((source_kind = 'query') = (query IS NOT NULL)),
	CHECK ((source_kind = 'query') = (relation IS NULL)),
	CHECK (tracking <> 'logged_xid' OR source_kind = 'prediction_log'),
	CHECK (tracking <> 'trigger' OR source_kind = 'relation')
);

CREATE INDEX monitors_model_id ON drift.monitors (model_id);

COMMENT ON TABLE drift.monitors IS 'what is watched, where, how often and with which thresholds; drift.create_monitor() makes one';
COMMENT ON COLUMN drift.monitors.owner IS 'role with whose rights the source is read and whose members may change and run the monitor';
COMMENT ON COLUMN drift.monitors.model_id IS 'model whose inputs and predictions it watches; NULL: data of no model';
COMMENT ON COLUMN drift.monitors.source_kind IS 'prediction_log, relation (a table, view or foreign table) or query';
COMMENT ON COLUMN drift.monitors.path IS 'search_path on which names in the query and in expressions are looked up';
COMMENT ON COLUMN drift.monitors.time_column IS 'column that says which bucket a row belongs to';
COMMENT ON COLUMN drift.monitors.condition IS 'condition that rows must meet to be watched';
COMMENT ON COLUMN drift.monitors.segment IS 'expression by which rows are also watched in segments';
COMMENT ON COLUMN drift.monitors.tracking IS 'how new rows are found: logged_xid (prediction logs), trigger (marks the buckets a statement changed) or recompute (the last buckets are read again each time)';
COMMENT ON COLUMN drift.monitors.bucket IS 'width of a window';
COMMENT ON COLUMN drift.monitors.time_zone IS 'where buckets begin';
COMMENT ON COLUMN drift.monitors.span IS 'how much time a check looks at';
COMMENT ON COLUMN drift.monitors.reference IS 'what it is held against: a baseline, the span before, or the same span a week, month or year earlier';
COMMENT ON COLUMN drift.monitors.baseline IS 'name of the baseline that windows are anchored on: they count its bins and keys exactly';
COMMENT ON COLUMN drift.monitors.config IS 'configuration of this monitor where it differs from that of its model';
COMMENT ON COLUMN drift.monitors.paused_at IS 'since when schedules leave it alone; NULL: they do not';

CREATE TABLE drift.monitor_columns (
	monitor_id integer NOT NULL,
	column_id smallint NOT NULL CHECK (column_id > 0),
	role text NOT NULL CHECK (role IN ('feature', 'score', 'label', 'confidence', 'target', 'error', 'outcome', 'metric', 'operation')),
	column_name text COLLATE "C" NOT NULL,
	expression text NOT NULL,
	column_type text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('numeric', 'categorical')),
	value_type text NOT NULL,
	source_column text COLLATE "C",
	positive text,
	PRIMARY KEY (monitor_id, column_id),
	UNIQUE (monitor_id, role, column_name)
);

COMMENT ON TABLE drift.monitor_columns IS 'columns that monitors watch';
COMMENT ON COLUMN drift.monitor_columns.column_id IS 'what windows call it';
COMMENT ON COLUMN drift.monitor_columns.role IS 'feature, what the model said (score, label, confidence), the truth that came later (target), how far it was off (error), what performance is computed of (outcome), a metric of the user (metric), or operation (latency_ms, failed)';
COMMENT ON COLUMN drift.monitor_columns.expression IS 'SQL expression over the columns of the source; of targets and errors over those of the labelled view';
COMMENT ON COLUMN drift.monitor_columns.value_type IS 'type as which it is read';
COMMENT ON COLUMN drift.monitor_columns.source_column IS 'column of the source that the expression reads; NULL: several';
COMMENT ON COLUMN drift.monitor_columns.positive IS 'of outcomes of two classes: the one that scores speak for, as windows have it';

CREATE TABLE drift_internal.monitor_states (
	monitor_id integer PRIMARY KEY,
	system_identifier bigint,
	seen_rows pg_snapshot,
	seen_outcomes pg_snapshot,
	baseline_id integer,
	refreshed_from timestamptz,
	refreshed_to timestamptz,
	refreshed_at timestamptz,
	backfill_before timestamptz,
	backfill_from timestamptz,
	hours_from timestamptz,
	days_from timestamptz,
	segments text[] NOT NULL DEFAULT '{}',
	revision bigint NOT NULL DEFAULT 0,
	running_pid integer,
	running_since timestamptz,
	error text,
	error_at timestamptz
) WITH (fillfactor = 50);

COMMENT ON TABLE drift_internal.monitor_states IS 'how far monitors have read';
COMMENT ON COLUMN drift_internal.monitor_states.system_identifier IS 'cluster whose transaction ids the snapshots speak of; another one means that the rows were restored';
COMMENT ON COLUMN drift_internal.monitor_states.seen_rows IS 'rows of a prediction log whose logged_xid this snapshot sees are in the windows';
COMMENT ON COLUMN drift_internal.monitor_states.seen_outcomes IS 'outcomes whose recorded_xid this snapshot sees are in the windows';
COMMENT ON COLUMN drift_internal.monitor_states.baseline_id IS 'baseline that new windows are anchored on';
COMMENT ON COLUMN drift_internal.monitor_states.refreshed_from IS 'start of the oldest bucket that has been read';
COMMENT ON COLUMN drift_internal.monitor_states.refreshed_to IS 'end of the newest bucket that has been read';
COMMENT ON COLUMN drift_internal.monitor_states.backfill_before IS 'rows older than this wait for drift.backfill_windows(); NULL: none do';
COMMENT ON COLUMN drift_internal.monitor_states.backfill_from IS 'bucket of the oldest row when that began';
COMMENT ON COLUMN drift_internal.monitor_states.hours_from IS 'hours before this were purged; NULL: none';
COMMENT ON COLUMN drift_internal.monitor_states.days_from IS 'days before this were purged; NULL: none';
COMMENT ON COLUMN drift_internal.monitor_states.segments IS 'segments with windows of their own';
COMMENT ON COLUMN drift_internal.monitor_states.revision IS 'counts changes of the windows';
COMMENT ON COLUMN drift_internal.monitor_states.running_pid IS 'backend that runs it; it still does while its start is running_since';
COMMENT ON COLUMN drift_internal.monitor_states.running_since IS 'when that backend started';

CREATE TABLE drift_internal.dirty_buckets (
	monitor_id integer NOT NULL,
	starts_at timestamptz NOT NULL
);

CREATE INDEX dirty_buckets_monitor_id ON drift_internal.dirty_buckets (monitor_id, starts_at);

COMMENT ON TABLE drift_internal.dirty_buckets IS 'buckets of which rows were changed since they were read; -infinity: all buckets';

CREATE TABLE drift.windows (
	monitor_id integer NOT NULL,
	segment text COLLATE "C" NOT NULL DEFAULT '',
	grain text COLLATE "C" NOT NULL CHECK (grain IN ('hour', 'day', 'month')),
	starts_at timestamptz NOT NULL,
	column_id smallint NOT NULL,
	baseline_id integer,
	profile drift.profile NOT NULL,
	PRIMARY KEY (monitor_id, segment, grain, starts_at, column_id)
) WITH (toast_tuple_target = 4096);

COMMENT ON TABLE drift.windows IS 'profiles of the rows of one bucket of time; days and months are merged of the buckets below';
COMMENT ON COLUMN drift.windows.segment IS 'segment of the rows; empty: all rows. The fifty largest have windows of their own, the others share (other)';
COMMENT ON COLUMN drift.windows.grain IS 'width: hour, day or month';
COMMENT ON COLUMN drift.windows.starts_at IS 'when it starts, in the time zone of the monitor';
COMMENT ON COLUMN drift.windows.baseline_id IS 'baseline whose bins the profile counts; NULL: none';

CREATE TYPE drift.refresh_result AS (
	monitor text,
	status text,
	rows_read bigint,
	buckets integer,
	windows integer,
	refreshed_to timestamptz,
	message text
);

COMMENT ON TYPE drift.refresh_result IS 'what drift.refresh_windows() did: refreshed or unchanged, rows that were read, buckets they are in, windows written, how far windows reach, and what is left to do';

CREATE TYPE drift_internal.refreshed AS (
	rows_read bigint,
	buckets integer,
	windows integer,
	cleared bigint,
	first_start timestamptz,
	last_start timestamptz,
	segments text[]
);

COMMENT ON TYPE drift_internal.refreshed IS 'what a refresh did to the windows of some columns, and the segments that have windows of their own now';

ALTER TABLE drift.configs ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.baselines ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.baseline_columns ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.monitors ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.monitor_columns ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.windows ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift_internal.monitor_states ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift_internal.dirty_buckets ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.configs FOR SELECT USING (model_id = 0 OR model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.baselines FOR SELECT
	USING (pg_has_role(owner, 'USAGE') OR model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.baseline_columns FOR SELECT
	USING (baseline_id IN (SELECT b.baseline_id FROM drift.baselines AS b WHERE pg_has_role(b.owner, 'USAGE')));
CREATE POLICY visible ON drift.monitors FOR SELECT
	USING (pg_has_role(owner, 'USAGE') OR model_id IN (SELECT m.model_id FROM drift.models AS m));
CREATE POLICY visible ON drift.monitor_columns FOR SELECT USING (monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));
CREATE POLICY visible ON drift.windows FOR SELECT
	USING (monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m WHERE pg_has_role(m.owner, 'USAGE')));
-- for dumps of who is no superuser
CREATE POLICY visible ON drift_internal.monitor_states FOR SELECT USING (monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));
CREATE POLICY visible ON drift_internal.dirty_buckets FOR SELECT USING (monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));

GRANT SELECT ON drift_internal.monitor_states, drift_internal.dirty_buckets TO PUBLIC;
GRANT SELECT ON drift.configs, drift.baselines, drift.baseline_columns, drift.monitors, drift.monitor_columns, drift.windows TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.baselines_baseline_id_seq, drift.monitors_monitor_id_seq TO PUBLIC;

SELECT pg_extension_config_dump('drift.configs', '');
SELECT pg_extension_config_dump('drift.baselines', '');
SELECT pg_extension_config_dump('drift.baselines_baseline_id_seq', '');
SELECT pg_extension_config_dump('drift.baseline_columns', '');
-- A source that was dropped is a number in a dump, which would be another table's where it is restored.
SELECT pg_extension_config_dump('drift.monitors', 'WHERE relation IS NULL OR relation::oid IN (SELECT c.oid FROM pg_catalog.pg_class AS c)');
SELECT pg_extension_config_dump('drift.monitors_monitor_id_seq', '');
SELECT pg_extension_config_dump('drift.monitor_columns', '');
SELECT pg_extension_config_dump('drift_internal.monitor_states', '');
SELECT pg_extension_config_dump('drift_internal.dirty_buckets', '');
SELECT pg_extension_config_dump('drift.windows', '');
