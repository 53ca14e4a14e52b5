-- schedules: what runs when, and what became of it

CREATE TABLE drift.schedules (
	schedule_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	owner regrole NOT NULL,
	model_id integer,
	monitor_id integer,
	task text NOT NULL,
	arguments jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(arguments) = 'object'),
	cron text NOT NULL,
	time_zone text NOT NULL DEFAULT 'UTC',
	bundle text,
	cron_job_id bigint,
	paused_at timestamptz,
	next_run_at timestamptz,
	running_pid integer,
	running_since timestamptz,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	created_by text NOT NULL,
	CHECK (model_id IS NOT NULL OR monitor_id IS NOT NULL OR task = 'deliver')
);

CREATE UNIQUE INDEX schedules_task ON drift.schedules (coalesce(model_id, 0), coalesce(monitor_id, 0), task, coalesce(bundle, ''),
	(CASE WHEN task = 'deliver' THEN owner::oid ELSE 0::oid END));
CREATE INDEX schedules_next_run_at ON drift.schedules (next_run_at);

COMMENT ON TABLE drift.schedules IS 'what runs when; pg_cron runs it where it is installed, CALL drift.run_due() everywhere';
COMMENT ON COLUMN drift.schedules.owner IS 'role that it runs as';
COMMENT ON COLUMN drift.schedules.cron IS 'when it runs: minute, hour, day, month and day of the week as in crontab';
COMMENT ON COLUMN drift.schedules.bundle IS 'bundle it was made by; NULL: by itself';
COMMENT ON COLUMN drift.schedules.task IS 'what is done, as drift.schedule_tasks() lists it';
COMMENT ON COLUMN drift.schedules.time_zone IS 'time zone of the fields of cron';
COMMENT ON COLUMN drift.schedules.cron_job_id IS 'job of pg_cron that was made for it; NULL: none, drift.run_due() runs it';
COMMENT ON COLUMN drift.schedules.paused_at IS 'since when it is not run; NULL: it is';
COMMENT ON COLUMN drift.schedules.next_run_at IS 'when it is due next; whoever comes first then runs it, pg_cron or drift.run_due()';
COMMENT ON COLUMN drift.schedules.running_pid IS 'backend that runs it; it still does while its start is running_since';
COMMENT ON COLUMN drift.schedules.running_since IS 'when that backend started';

CREATE TABLE drift.job_runs (
	run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	schedule_id integer NOT NULL,
	due_at timestamptz,
	started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	finished_at timestamptz,
	status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'succeeded', 'failed', 'skipped')),
	result jsonb,
	error text,
	pid integer NOT NULL DEFAULT pg_backend_pid()
);

CREATE INDEX job_runs_schedule_id ON drift.job_runs (schedule_id, started_at DESC);

COMMENT ON TABLE drift.job_runs IS 'runs of schedules';
COMMENT ON COLUMN drift.job_runs.due_at IS 'time it was due at; NULL: it was run by hand';
COMMENT ON COLUMN drift.job_runs.result IS 'what it said';
COMMENT ON COLUMN drift.job_runs.error IS 'why it failed';

CREATE TYPE drift_internal.cron AS (
	minutes integer[],
	hours integer[],
	days integer[],
	months integer[],
	weekdays integer[],
	last_day boolean,
	day_and_weekday boolean,
	repeats boolean,
	seconds integer
);

COMMENT ON TYPE drift_internal.cron IS 'a cron expression that was read: the numbers each field allows';
COMMENT ON COLUMN drift_internal.cron.last_day IS 'whether the last day of a month counts';
COMMENT ON COLUMN drift_internal.cron.day_and_weekday IS 'whether day and weekday must both fit; otherwise one is enough';
COMMENT ON COLUMN drift_internal.cron.repeats IS 'whether minute or hour begins with *: such a schedule goes by time that passes, the others by what clocks on the wall show';
COMMENT ON COLUMN drift_internal.cron.seconds IS 'seconds between runs; NULL: five fields were given';

CREATE TYPE drift.scheduled AS (
	schedule_id integer,
	model text,
	monitor text,
	task text,
	cron text,
	time_zone text,
	next_run_at timestamptz,
	runner text,
	message text
);

COMMENT ON TYPE drift.scheduled IS 'a schedule that was made, changed or removed';
COMMENT ON COLUMN drift.scheduled.runner IS 'who runs it: pg_cron, or run_due where a call of drift.run_due() has to be made by another scheduler';
COMMENT ON COLUMN drift.scheduled.message IS 'what is left to be done; NULL: nothing';

ALTER TABLE drift.schedules ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift.job_runs ENABLE ROW LEVEL SECURITY;

CREATE POLICY visible ON drift.schedules FOR SELECT
	USING (pg_has_role(owner, 'USAGE') OR model_id IN (SELECT m.model_id FROM drift.models AS m)
		OR monitor_id IN (SELECT m.monitor_id FROM drift.monitors AS m));
CREATE POLICY visible ON drift.job_runs FOR SELECT USING (schedule_id IN (SELECT s.schedule_id FROM drift.schedules AS s));

GRANT SELECT ON drift.schedules, drift.job_runs TO PUBLIC;
GRANT SELECT ON SEQUENCE drift.schedules_schedule_id_seq, drift.job_runs_run_id_seq TO PUBLIC;

-- Jobs of pg_cron are not dumped with the database, so that their numbers mean nothing where it is restored.
SELECT pg_extension_config_dump('drift.schedules', '');
SELECT pg_extension_config_dump('drift.schedules_schedule_id_seq', '');
SELECT pg_extension_config_dump('drift.job_runs', '');
SELECT pg_extension_config_dump('drift.job_runs_run_id_seq', '');
