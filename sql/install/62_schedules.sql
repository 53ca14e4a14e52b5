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
	CHECK (model_id IS NOT NULL OR monitor_id IS NOT NULL)
);

CREATE UNIQUE INDEX schedules_task ON drift.schedules (coalesce(model_id, 0), coalesce(monitor_id, 0), task);

COMMENT ON TABLE drift.schedules IS 'what runs when; pg_cron runs it where it is installed, CALL drift.run_due() everywhere';
COMMENT ON COLUMN drift.schedules.owner IS 'role that it runs as';
COMMENT ON COLUMN drift.schedules.cron IS 'when it runs: minute, hour, day, month and day of the week as in crontab';
COMMENT ON COLUMN drift.schedules.bundle IS 'bundle it was made by; NULL: by itself';
COMMENT ON COLUMN drift.schedules.cron_job_id IS 'job of pg_cron that runs it; NULL: drift.run_due() does';
COMMENT ON COLUMN drift.schedules.next_run_at IS 'when drift.run_due() runs it next';

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
