-- runs of schedules: taken by one session at a time, and written down
--
-- A schedule is taken in a transaction that is committed before the work begins, so that others see who has it and
-- since when. Who died meanwhile does not hold it: the backend is gone, or is another one, or does nothing.

-- A superuser may do everything. That is no reason to run the code of everybody: only tasks that read data as its
-- owner are run for others.
CREATE OR REPLACE FUNCTION drift_internal.may_start(schedule drift.schedules) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.in_role(drift_internal.actor(), schedule.owner)
		OR (drift_internal.acts_as(schedule.owner)
			AND schedule.task IN ('cycle', 'check', 'refresh', 'recommend', 'calibrate', 'purge', 'report', 'health', 'deliver'))
$$;

COMMENT ON FUNCTION drift_internal.may_start(drift.schedules) IS
	'whether the acting role may run a schedule: its owner and members of it; superusers, where the task runs no code of others as them';

CREATE OR REPLACE FUNCTION drift_internal.check_adopted() RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT drift_internal.is_adopted() THEN
		RAISE EXCEPTION 'schedules do not run in a copy of the database they belong to'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'If this is the database they belong to now: SELECT drift.adopt_cluster();';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_adopted() IS 'raises in a database that was restored or copied and not adopted';

-- Rows of runs that nobody finished are of sessions that ended, for one at a time has the schedule.
CREATE OR REPLACE FUNCTION drift_internal.take_schedule(schedule drift.schedules) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now CONSTANT timestamptz := clock_timestamp();
	result bigint;
BEGIN
	UPDATE drift.job_runs AS r
	SET status = 'failed', finished_at = now, error = format('The session with process number %s ended before the run did.', r.pid)
	WHERE r.schedule_id = schedule.schedule_id AND r.status = 'running';
	UPDATE drift.schedules AS s
	SET running_pid = pg_backend_pid(),
		running_since = (SELECT a.backend_start FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid()),
		next_run_at = CASE WHEN schedule.next_run_at <= now THEN drift.next_time(s.cron, now, s.time_zone) ELSE schedule.next_run_at END
	WHERE s.schedule_id = schedule.schedule_id;
	INSERT INTO drift.job_runs (schedule_id, due_at, started_at)
	VALUES (schedule.schedule_id, CASE WHEN schedule.next_run_at <= now THEN schedule.next_run_at END, now)
	RETURNING run_id INTO result;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.take_schedule(drift.schedules) IS 'begins a run of a schedule that is locked; its number';

CREATE OR REPLACE FUNCTION drift_internal.is_due(schedule drift.schedules) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT schedule.next_run_at <= clock_timestamp() AND schedule.paused_at IS NULL
		AND drift_internal.is_running(schedule.running_pid, schedule.running_since) IS NOT TRUE
		AND NOT EXISTS (SELECT FROM drift.monitors AS m WHERE m.monitor_id = schedule.monitor_id AND m.paused_at IS NOT NULL)
		AND NOT EXISTS (SELECT FROM drift.models AS m WHERE m.model_id = schedule.model_id AND m.deleted_at IS NOT NULL)
$$;

COMMENT ON FUNCTION drift_internal.is_due(drift.schedules) IS 'whether a schedule is to be run now, and nobody does';

-- Rows are asked one after the other, since what is asked costs more than to find them.
CREATE OR REPLACE FUNCTION drift_internal.lock_if_due(schedule_id integer) RETURNS drift.schedules
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schedule drift.schedules;
BEGIN
	SELECT * INTO schedule FROM drift.schedules AS s WHERE s.schedule_id = lock_if_due.schedule_id FOR UPDATE SKIP LOCKED;
	IF schedule.schedule_id IS NOT NULL AND drift_internal.is_due(schedule) THEN
		RETURN schedule;
	END IF;
	RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_if_due(integer) IS 'locks a schedule; NULL where it is not due or another session has it';

CREATE OR REPLACE FUNCTION drift_internal.start_run(schedule_id integer, only_due boolean) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schedule drift.schedules;
BEGIN
	PERFORM drift_internal.check_adopted();
	SELECT * INTO schedule FROM drift.schedules AS s WHERE s.schedule_id = start_run.schedule_id;
	PERFORM drift_internal.check_schedule(schedule, schedule_id, drift_internal.acts_as(schedule.owner));
	IF NOT drift_internal.may_start(schedule) THEN
		RAISE EXCEPTION 'schedule % runs as %', schedule_id, schedule.owner
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = format('Its task %s runs code of its owner, and role %s is not a member of it.', schedule.task, drift_internal.actor()),
				HINT = format('SET ROLE %s;', schedule.owner);
	END IF;
	IF only_due THEN
		schedule := drift_internal.lock_if_due(schedule_id);
	ELSE
		SELECT * INTO schedule FROM drift.schedules AS s WHERE s.schedule_id = start_run.schedule_id FOR UPDATE SKIP LOCKED;
		IF schedule.schedule_id IS NULL OR drift_internal.is_running(schedule.running_pid, schedule.running_since) THEN
			RAISE EXCEPTION 'schedule % is run by another session', schedule_id
				USING ERRCODE = 'object_in_use', HINT = 'drift.job_status says since when.';
		END IF;
	END IF;
	RETURN CASE WHEN schedule.schedule_id IS NOT NULL THEN drift_internal.take_schedule(schedule) END;
END
$$;

COMMENT ON FUNCTION drift_internal.start_run(integer, boolean) IS
	'begins a run of a schedule; NULL where it is not due or another session has it, if only what is due is wanted';

CREATE OR REPLACE FUNCTION drift_internal.start_next_run() RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	candidate drift.schedules;
BEGIN
	PERFORM drift_internal.check_adopted();
	FOR candidate IN
		SELECT *
		FROM drift.schedules AS s
		WHERE s.next_run_at <= clock_timestamp() AND s.paused_at IS NULL
		ORDER BY s.next_run_at, s.schedule_id
	LOOP
		CONTINUE WHEN NOT drift_internal.may_start(candidate);
		candidate := drift_internal.lock_if_due(candidate.schedule_id);
		IF candidate.schedule_id IS NOT NULL THEN
			RETURN drift_internal.take_schedule(candidate);
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.start_next_run() IS
	'begins a run of the schedule that is due for longest among those the acting role may run; NULL: none is due';

CREATE OR REPLACE FUNCTION drift_internal.schedule_of_run(run_id bigint) RETURNS drift.schedules
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schedule drift.schedules;
BEGIN
	SELECT s.* INTO schedule
	FROM drift.job_runs AS r
	JOIN drift.schedules AS s USING (schedule_id)
	WHERE r.run_id = schedule_of_run.run_id AND r.status = 'running' AND r.pid = pg_backend_pid() AND drift_internal.may_start(s);
	IF schedule.schedule_id IS NULL THEN
		RAISE EXCEPTION 'run % was begun by another backend', run_id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN schedule;
END
$$;

COMMENT ON FUNCTION drift_internal.schedule_of_run(bigint) IS 'the schedule of a run that this backend has begun';

CREATE OR REPLACE FUNCTION drift_internal.run_steps(run_id bigint) RETURNS TABLE (action text, monitor text, model text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schedule CONSTANT drift.schedules := drift_internal.schedule_of_run(run_id);
	watched drift.monitors;
	named drift.models;
BEGIN
	IF schedule.task = 'deliver' THEN
		RETURN QUERY SELECT schedule.task, NULL::text, NULL::text;
		RETURN;
	ELSIF schedule.monitor_id IS NOT NULL THEN
		SELECT * INTO watched FROM drift.monitors AS m WHERE m.monitor_id = schedule.monitor_id;
		IF NOT pg_has_role(schedule.owner, watched.owner, 'USAGE') THEN
			RAISE EXCEPTION '% may not run monitor "%" any more', schedule.owner, watched.name
				USING ERRCODE = 'insufficient_privilege', DETAIL = format('It belongs to %s.', watched.owner);
		END IF;
		RETURN QUERY SELECT schedule.task, watched.name, NULL::text;
		RETURN;
	END IF;
	SELECT * INTO named FROM drift.models AS m WHERE m.model_id = schedule.model_id;
	IF schedule.task IN ('cycle', 'monitor', 'refresh', 'calibrate', 'purge') THEN
		RETURN QUERY
			SELECT * FROM drift_internal.cycle_steps(named, schedule.owner, CASE WHEN schedule.task IN ('cycle', 'monitor') THEN 'check' ELSE schedule.task END);
	END IF;
	IF schedule.task NOT IN ('refresh', 'calibrate', 'purge') THEN
		RETURN QUERY SELECT CASE WHEN schedule.task IN ('cycle', 'monitor') THEN 'summary' ELSE schedule.task END, NULL::text, named.name;
	END IF;
	IF schedule.task = 'cycle' THEN
		RETURN QUERY SELECT * FROM drift_internal.loop_steps(named);
	-- What was trained by itself is also deployed as the configuration says.
	ELSIF schedule.task = 'retrain' THEN
		RETURN QUERY SELECT 'deploy', NULL::text, named.name;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.run_steps(bigint) IS 'the steps of a run that this backend has begun';

CREATE OR REPLACE FUNCTION drift_internal.finish_run(run_id bigint, steps jsonb) RETURNS jsonb
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schedule CONSTANT drift.schedules := drift_internal.schedule_of_run(run_id);
	finished drift.job_runs;
BEGIN
	UPDATE drift.job_runs AS r
	SET finished_at = clock_timestamp(), status = coalesce(drift_internal.run_status(steps), 'succeeded'), result = steps,
		error = (SELECT string_agg(concat_ws(': ', coalesce(s->>'monitor', s->>'model'), s->>'problem'), E'\n')
			FROM jsonb_array_elements(steps) AS s WHERE s->>'status' IN ('failed', 'skipped'))
	WHERE r.run_id = finish_run.run_id
	RETURNING * INTO finished;
	UPDATE drift.schedules AS s SET running_pid = NULL, running_since = NULL WHERE s.schedule_id = finished.schedule_id;
	-- What came of the last runs is enough.
	DELETE FROM drift.job_runs AS r
	WHERE r.schedule_id = finished.schedule_id AND r.run_id <= (
		SELECT o.run_id
		FROM drift.job_runs AS o
		WHERE o.schedule_id = finished.schedule_id
		ORDER BY o.started_at DESC
		OFFSET 1000
		LIMIT 1);
	RETURN jsonb_strip_nulls(jsonb_build_object('run_id', run_id, 'schedule_id', finished.schedule_id, 'task', schedule.task,
		'status', finished.status, 'steps', steps, 'error', finished.error));
END
$$;

COMMENT ON FUNCTION drift_internal.finish_run(bigint, jsonb) IS
	'writes down what came of a run that this backend has begun; the same as jsonb. The last thousand runs of a schedule are kept.';
