-- schedules: made, changed, paused and removed
--
-- Rows are written with the rights of the extension after asking who acts; jobs of pg_cron are made as the caller.

CREATE OR REPLACE FUNCTION drift.schedule_tasks() RETURNS TABLE (task text, for_models boolean, for_monitors boolean, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 15
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
		('cycle', true, false, 'check every monitor of the model, decide what to do, and do it: drift.run_cycle()'),
		('monitor', true, false, 'check every monitor of the model and decide, and leave it at that'),
		('check', false, true, 'read new rows, check and decide'),
		('refresh', true, true, 'read new rows only'),
		('detect', true, false, 'add what is new to the detectors of the model'),
		('recommend', true, false, 'decide what to do from the checks that there are'),
		('calibrate', true, true, 'set thresholds from the windows of the past'),
		('purge', true, true, 'drop windows and checks that are past max_history_days'),
		('maintain_log', true, false, 'partitions and retention of the prediction log'),
		('match_outcomes', true, false, 'find the predictions of outcomes that came before them'),
		('retrain', true, false, 'train if the newest decision asks for it: drift.retrain_if_needed(), then drift.deploy_if_better()'),
		('deploy', true, false, 'deploy what the newest run gave: drift.deploy_if_better()'),
		('validate', true, false, 'whether the champion proves itself: drift.validate_deployment()'),
		('deployments', true, false, 'look at the running deployment and go on with it'),
		('report', true, false, 'keep a report on the model since the last one, and on the newest check of each monitor: drift.keep_reports()'),
		('health', true, false, 'keep the findings of drift.health_check() about the model'),
		('deliver', false, false, 'send alerts: drift.deliver_alerts(); scheduled by drift.schedule_delivery()')
$$;

COMMENT ON FUNCTION drift.schedule_tasks() IS 'what can be scheduled for models and for monitors';

CREATE OR REPLACE FUNCTION drift_internal.check_task(task text, is_model boolean) RETURNS void
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	offered CONSTANT text[] := ARRAY(
		SELECT t.task FROM drift.schedule_tasks() AS t WHERE CASE WHEN is_model THEN t.for_models ELSE t.for_monitors END);
BEGIN
	IF task IS NULL OR task <> ALL (offered) THEN
		RAISE EXCEPTION 'a % has no task "%"', CASE WHEN is_model THEN 'model' ELSE 'monitor' END, coalesce(task, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It has: ' || array_to_string(offered, ', ') || '.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_task(text, boolean) IS 'raises unless a task can be scheduled for models, or for monitors';

CREATE OR REPLACE FUNCTION drift_internal.check_schedule_owner(schedule drift.schedules) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF schedule.owner <> drift_internal.actor() THEN
		RAISE EXCEPTION 'schedule % belongs to %', schedule.schedule_id, schedule.owner
			USING ERRCODE = 'insufficient_privilege', DETAIL = 'It runs as its owner, who alone changes it.',
				HINT = format('SET ROLE %s; or drift.unschedule() it, and make it anew.', schedule.owner);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_schedule_owner(drift.schedules) IS 'raises unless the acting role is the owner of a schedule';

CREATE OR REPLACE FUNCTION drift_internal.put_schedule(model text, monitor text, task text, cron text, time_zone text, bundle text)
	RETURNS drift.schedules
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_model CONSTANT integer := CASE WHEN model IS NOT NULL THEN (drift_internal.lock_model(model, 'operate')).model_id END;
	of_monitor CONSTANT integer := CASE WHEN monitor IS NOT NULL THEN (drift_internal.find_monitor(monitor, 'run')).monitor_id END;
	due CONSTANT timestamptz := drift.next_time(cron, NULL, time_zone);
	result drift.schedules;
BEGIN
	IF task <> 'deliver' OR num_nonnulls(model, monitor) > 0 THEN
		PERFORM drift_internal.check_task(task, model IS NOT NULL);
	END IF;
	IF due IS NULL THEN
		PERFORM drift_internal.cron_error(cron, 'There is no such day.');
	END IF;
	SELECT * INTO result
	FROM drift.schedules AS s
	WHERE coalesce(s.model_id, 0) = coalesce(of_model, 0) AND coalesce(s.monitor_id, 0) = coalesce(of_monitor, 0)
		AND s.task = put_schedule.task AND coalesce(s.bundle, '') = coalesce(put_schedule.bundle, '')
		AND (s.task <> 'deliver' OR s.owner = drift_internal.actor())
	FOR UPDATE;
	IF FOUND THEN
		PERFORM drift_internal.check_schedule_owner(result);
		UPDATE drift.schedules AS s
		SET cron = drift_internal.normal_cron(put_schedule.cron), time_zone = put_schedule.time_zone, next_run_at = due
		WHERE s.schedule_id = result.schedule_id
		RETURNING * INTO result;
	ELSE
		INSERT INTO drift.schedules (owner, model_id, monitor_id, task, cron, time_zone, bundle, next_run_at, created_by)
		VALUES (drift_internal.actor(), of_model, of_monitor, task, drift_internal.normal_cron(cron), time_zone, bundle, due,
			pg_get_userbyid(drift_internal.actor()))
		RETURNING * INTO result;
	END IF;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.put_schedule(text, text, text, text, text, text) IS
	'writes a schedule of a model or a monitor, or of delivery; one of the same task and bundle is changed';

CREATE OR REPLACE FUNCTION drift_internal.note_cron_job(schedule_id integer, job_id bigint) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_schedule_owner(s) FROM drift.schedules AS s WHERE s.schedule_id = note_cron_job.schedule_id;
	UPDATE drift.schedules AS s SET cron_job_id = job_id WHERE s.schedule_id = note_cron_job.schedule_id;
END
$$;

COMMENT ON FUNCTION drift_internal.note_cron_job(integer, bigint) IS 'remembers the job of pg_cron of a schedule';

CREATE OR REPLACE FUNCTION drift_internal.check_runner(runner text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF runner IS NULL OR runner NOT IN ('auto', 'pg_cron', 'run_due') THEN
		RAISE EXCEPTION 'unknown runner "%"', coalesce(runner, 'NULL')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'It is pg_cron, run_due, or auto: pg_cron where it can run the schedule.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_runner(text) IS 'raises unless a runner is known';

-- Who asks for seconds would not want minutes instead, so that is said and not silently left to somebody else.
CREATE OR REPLACE FUNCTION drift_internal.hand_to_runner(schedule drift.schedules, runner text, OUT job_id bigint, OUT message text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT record := drift_internal.cron_problem(schedule);
	seconds CONSTANT boolean := (drift_internal.read_cron(schedule.cron)).seconds IS NOT NULL;
BEGIN
	IF runner = 'run_due' THEN
		message := concat_ws(' ', drift_internal.remove_cron_job(schedule), 'CALL drift.run_due(); runs it when it is due.');
	ELSIF found.problem IS NULL THEN
		job_id := drift_internal.add_cron_job(schedule);
	ELSIF runner = 'pg_cron' OR (seconds AND (drift_internal.find_pg_cron()).version IS NOT NULL) THEN
		RAISE EXCEPTION 'pg_cron cannot run schedule "%"', schedule.cron
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = found.problem,
				HINT = 'runner => ''run_due'' leaves it to calls of drift.run_due(). ' || found.remedy;
	ELSE
		message := concat_ws(' ', drift_internal.remove_cron_job(schedule), found.problem, found.remedy);
	END IF;
	PERFORM drift_internal.note_cron_job(schedule.schedule_id, job_id);
END
$$;

COMMENT ON FUNCTION drift_internal.hand_to_runner(drift.schedules, text) IS
	'gives a schedule to pg_cron or leaves it to drift.run_due(); the job, and what is left to be done';

CREATE OR REPLACE FUNCTION drift_internal.describe_schedule(schedule drift.schedules, job_id bigint, message text) RETURNS drift.scheduled
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT schedule.schedule_id, (SELECT m.name FROM drift.models AS m WHERE m.model_id = schedule.model_id),
		(SELECT m.name FROM drift.monitors AS m WHERE m.monitor_id = schedule.monitor_id), schedule.task, schedule.cron, schedule.time_zone,
		schedule.next_run_at, CASE WHEN job_id IS NULL THEN 'run_due' ELSE 'pg_cron' END, message
$$;

COMMENT ON FUNCTION drift_internal.describe_schedule(drift.schedules, bigint, text) IS 'a schedule as users are told of it';

CREATE OR REPLACE FUNCTION drift_internal.schedule_task(model text, monitor text, task text, cron text, time_zone text, runner text,
	bundle text DEFAULT NULL) RETURNS drift.scheduled
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schedule drift.schedules;
	handed record;
BEGIN
	PERFORM drift_internal.check_runner(runner);
	schedule := drift_internal.put_schedule(model, monitor, task, cron, time_zone, bundle);
	handed := drift_internal.hand_to_runner(schedule, runner);
	RETURN drift_internal.describe_schedule(schedule, handed.job_id, handed.message);
END
$$;

COMMENT ON FUNCTION drift_internal.schedule_task(text, text, text, text, text, text, text) IS
	'schedules a task of a model or a monitor';

CREATE OR REPLACE FUNCTION drift_internal.may_remove(schedule drift.schedules) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.acts_as(schedule.owner)
		OR EXISTS (SELECT FROM drift.monitors AS m WHERE m.monitor_id = schedule.monitor_id AND drift_internal.may_run(m.owner))
		OR EXISTS (SELECT FROM drift.models AS m WHERE m.model_id = schedule.model_id AND drift_internal.allowed(m, 'operate'))
$$;

COMMENT ON FUNCTION drift_internal.may_remove(drift.schedules) IS
	'whether the acting role may pause and remove a schedule: its owner, the owner of the monitor and operators of the model it is for';

CREATE OR REPLACE FUNCTION drift_internal.find_schedules(model text, monitor text, schedule_id integer) RETURNS SETOF drift.schedules
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found drift.schedules;
BEGIN
	IF num_nonnulls(model, monitor, schedule_id) <> 1 THEN
		RAISE EXCEPTION 'one of monitor, model and schedule_id must be given'
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF schedule_id IS NOT NULL THEN
		SELECT * INTO found FROM drift.schedules AS s WHERE s.schedule_id = find_schedules.schedule_id;
		RETURN NEXT drift_internal.check_schedule(found, schedule_id, drift_internal.may_remove(found));
	ELSIF monitor IS NOT NULL THEN
		RETURN QUERY
			SELECT s.*
			FROM drift.schedules AS s
			WHERE s.monitor_id = (drift_internal.find_monitor(monitor, 'own')).monitor_id
			ORDER BY s.schedule_id;
	ELSE
		RETURN QUERY
			SELECT s.*
			FROM drift.schedules AS s
			LEFT JOIN drift.monitors AS m USING (monitor_id)
			WHERE (drift_internal.find_model(model, 'operate')).model_id IN (s.model_id, m.model_id)
				AND (m.monitor_id IS NULL OR drift_internal.may_run(m.owner))
			ORDER BY s.schedule_id;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.find_schedules(text, text, integer) IS
	'schedules of a monitor, of a model and its monitors, or one by number, for who may change them';

CREATE OR REPLACE FUNCTION drift_internal.check_schedule(schedule drift.schedules, schedule_id integer, allowed boolean) RETURNS drift.schedules
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF schedule.schedule_id IS NULL OR NOT allowed THEN
		RAISE EXCEPTION 'you have no schedule %', schedule_id
			USING ERRCODE = 'undefined_object',
				HINT = format('drift.job_status lists schedules. If a job of pg_cron is left over: SELECT cron.unschedule(%L);',
					drift_internal.job_name(schedule_id));
	END IF;
	RETURN schedule;
END
$$;

COMMENT ON FUNCTION drift_internal.check_schedule(drift.schedules, integer, boolean) IS
	'the schedule, or an error: that there is none of that number, also where the acting role is not allowed what it wants';

CREATE OR REPLACE FUNCTION drift_internal.delete_schedule(schedule_id integer) RETURNS void
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	DELETE FROM drift.schedules AS s
	WHERE s.schedule_id = delete_schedule.schedule_id AND drift_internal.may_remove(s);
	DELETE FROM drift.job_runs AS r
	WHERE r.schedule_id = delete_schedule.schedule_id
		AND NOT EXISTS (SELECT FROM drift.schedules AS s WHERE s.schedule_id = r.schedule_id);
$$;

COMMENT ON FUNCTION drift_internal.delete_schedule(integer) IS
	'deletes a schedule and its runs, for who may remove it';

CREATE OR REPLACE FUNCTION drift.unschedule(monitor text DEFAULT NULL, model text DEFAULT NULL, task text DEFAULT NULL,
	schedule_id integer DEFAULT NULL) RETURNS SETOF drift.scheduled
	LANGUAGE plpgsql ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found drift.schedules;
BEGIN
	FOR found IN SELECT * FROM drift_internal.find_schedules(unschedule.model, unschedule.monitor, unschedule.schedule_id) AS f LOOP
		CONTINUE WHEN found.task <> unschedule.task;
		RETURN NEXT drift_internal.describe_schedule(found, found.cron_job_id, drift_internal.remove_cron_job(found));
		PERFORM drift_internal.delete_schedule(found.schedule_id);
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift.unschedule(text, text, text, integer) IS
	'removes schedules and their jobs of pg_cron: of a monitor, of a model with those of its monitors, or one by number; with a task, only those of it. One row for each; message says what is left to be done.';

CREATE OR REPLACE FUNCTION drift_internal.set_paused(monitor text, model text, schedule_id integer, at timestamptz) RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ids CONSTANT integer[] := ARRAY(SELECT f.schedule_id FROM drift_internal.find_schedules(model, monitor, schedule_id) AS f);
	of_model CONSTANT integer := CASE WHEN model IS NOT NULL THEN (drift_internal.find_model(model, 'operate')).model_id END;
BEGIN
	UPDATE drift.schedules AS s
	SET paused_at = CASE WHEN at IS NULL THEN NULL ELSE coalesce(s.paused_at, at) END,
		-- What was missed while it was paused is not made up for.
		next_run_at = CASE WHEN at IS NULL THEN drift.next_time(s.cron, NULL, s.time_zone) ELSE s.next_run_at END
	WHERE s.schedule_id = ANY (ids);
	UPDATE drift.monitors AS m
	SET paused_at = CASE WHEN at IS NULL THEN NULL ELSE coalesce(m.paused_at, at) END
	WHERE (m.name = set_paused.monitor OR m.model_id = of_model) AND drift_internal.may_run(m.owner);
	RETURN cardinality(ids);
END
$$;

COMMENT ON FUNCTION drift_internal.set_paused(text, text, integer, timestamptz) IS
	'pauses schedules of a monitor, of a model and its monitors, or one by number; NULL: lets them go on. The number of schedules.';

CREATE OR REPLACE FUNCTION drift.pause(monitor text DEFAULT NULL, model text DEFAULT NULL, schedule_id integer DEFAULT NULL) RETURNS integer
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.set_paused(monitor, model, schedule_id, clock_timestamp())
$$;

COMMENT ON FUNCTION drift.pause(text, text, integer) IS
	'lets schedules leave a monitor, a model with its monitors, or one schedule alone until drift.resume(); the number of schedules. By hand everything can still be run.';

CREATE OR REPLACE FUNCTION drift.resume(monitor text DEFAULT NULL, model text DEFAULT NULL, schedule_id integer DEFAULT NULL) RETURNS integer
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.set_paused(monitor, model, schedule_id, NULL)
$$;

COMMENT ON FUNCTION drift.resume(text, text, integer) IS
	'ends a pause: schedules run again when they are next due, and make up for nothing; the number of schedules';
