-- drift.schedule_monitor(), drift.schedule_model() and the bundles they know

CREATE OR REPLACE FUNCTION drift.schedule_bundles() RETURNS TABLE (bundle text, task text, cron text, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
		('hourly', 'cycle', '0 * * * *', 'every hour'),
		('hourly', 'maintain_log', '30 0 * * *', 'partitions and retention'),
		('hourly', 'match_outcomes', '40 0 * * *', 'outcomes that came before their predictions'),
		('hourly', 'purge', '50 0 * * *', 'retention of windows and checks'),
		('daily', 'maintain_log', '0 1 * * *', 'partitions and retention'),
		('daily', 'match_outcomes', '30 1 * * *', 'outcomes that came before their predictions'),
		('daily', 'cycle', '0 2 * * *', 'drift of new data, performance, alerts, decision'),
		('daily', 'purge', '30 3 * * *', 'retention of windows and checks'),
		('daily', 'deployments', '15 * * * *', 'a running deployment goes on when it may'),
		('weekly', 'cycle', '0 2 * * 0', 'drift, performance, alerts, decision'),
		('weekly', 'recommend', '0 3 * * 0', 'whether to retrain'),
		('weekly', 'health', '0 4 * * 0', 'what needs attention'),
		('weekly', 'report', '30 4 * * 0', 'reports that are kept'),
		('monthly', 'cycle', '0 0 1 * *', 'drift, performance, alerts, decision'),
		('monthly', 'recommend', '0 1 1 * *', 'whether to retrain'),
		('monthly', 'purge', '0 2 1 * *', 'retention of windows and checks'),
		('monthly', 'health', '0 3 1 * *', 'what needs attention'),
		('monthly', 'report', '30 3 1 * *', 'reports that are kept'),
		('monday', 'cycle', '0 0 * * 1', 'drift, performance, alerts, decision'),
		('diabetes', 'cycle', '0 2 * * *', 'drift every day'),
		('diabetes', 'recommend', '0 3 * * 0', 'whether to retrain, every Sunday'),
		('assess_weekly', 'monitor', '0 2 * * 0', 'drift, performance, alerts, decision, every Sunday'),
		('assess_weekly', 'report', '0 5 * * 0', 'reports that are kept, every Sunday'),
		('assess_weekly', 'deployments', '15 * * * *', 'a running deployment goes on when it may'),
		('assess_weekly', 'validate', '30 3 * * *', 'whether the champion proves itself, every night'),
		('assess_weekly', 'retrain', '0 4 1 * *', 'train if the last decision asks for it, on the first of the month'),
		('online', 'cycle', '5 seconds', 'drift, decision, training, deployment, validation, as often as online.check_interval of the configuration says'),
		('full_monthly', 'maintain_log', '0 0 1 * *', 'partitions and retention'),
		('full_monthly', 'match_outcomes', '0 0 1 * *', 'outcomes that came before their predictions'),
		('full_monthly', 'cycle', '0 0 1 * *', 'drift, performance, alerts, decision'),
		('full_monthly', 'deployments', '30 0 1 * *', 'a running deployment goes on when it may'),
		('full_monthly', 'purge', '45 0 1 * *', 'retention of windows and checks'),
		('full_monthly', 'health', '0 1 1 * *', 'what needs attention'),
		('full_monthly', 'report', '30 1 1 * *', 'reports that are kept')
$$;

COMMENT ON FUNCTION drift.schedule_bundles() IS 'sets of schedules that drift.schedule_model() makes by one name';

CREATE OR REPLACE FUNCTION drift_internal.bundle_tasks(bundle text, is_model boolean) RETURNS TABLE (task text, cron text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 4
	SET search_path = pg_catalog, pg_temp
AS $$
	-- What a cycle is to a model, a check is to a monitor.
	SELECT t.task, b.cron
	FROM drift.schedule_bundles() WITH ORDINALITY AS b
	JOIN drift.schedule_tasks() AS t ON t.task = CASE WHEN b.task = 'cycle' AND NOT is_model THEN 'check' ELSE b.task END
		AND CASE WHEN is_model THEN t.for_models ELSE t.for_monitors END
	WHERE b.bundle = bundle_tasks.bundle
	ORDER BY b.ordinality
$$;

COMMENT ON FUNCTION drift_internal.bundle_tasks(text, boolean) IS 'what a bundle means for a model, or for a monitor';

CREATE OR REPLACE FUNCTION drift_internal.interval_cron(every interval) RETURNS text
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	seconds CONSTANT numeric := extract(epoch FROM every);
	minutes CONSTANT numeric := seconds / 60;
BEGIN
	CASE
		WHEN seconds BETWEEN 1 AND 59 AND seconds = trunc(seconds) THEN RETURN format('%s seconds', trunc(seconds));
		WHEN minutes = 1 THEN RETURN '* * * * *';
		WHEN minutes BETWEEN 1 AND 59 AND mod(60, minutes) = 0 THEN RETURN format('*/%s * * * *', trunc(minutes));
		WHEN minutes = 60 THEN RETURN '0 * * * *';
		WHEN minutes BETWEEN 60 AND 1439 AND mod(1440, minutes) = 0 AND mod(minutes, 60) = 0 THEN RETURN format('0 */%s * * *', trunc(minutes / 60));
		WHEN minutes = 1440 THEN RETURN '0 2 * * *';
		WHEN minutes = 10080 THEN RETURN '0 2 * * 0';
		ELSE
			RAISE EXCEPTION 'no schedule runs every %', every
				USING ERRCODE = 'invalid_parameter_value',
					HINT = 'An interval divides an hour or a day, or is a day or a week; for others, drift.schedule_model() takes a cron expression.';
	END CASE;
END
$$;

COMMENT ON FUNCTION drift_internal.interval_cron(interval) IS 'cron expression for a time between runs; an error where none can say it';

CREATE OR REPLACE FUNCTION drift_internal.online_cron(model text, monitor text) RETURNS text
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.interval_cron(make_interval(secs => drift_internal.config_number(drift_internal.loaded_config(
		CASE WHEN model IS NOT NULL THEN (drift_internal.find_model(model, 'operate')).model_id ELSE (drift_internal.find_monitor(monitor, 'run')).model_id END),
		'online.check_interval')))
$$;

COMMENT ON FUNCTION drift_internal.online_cron(text, text) IS 'how often a stream is looked at by the configuration of a model, or of the model of a monitor';

CREATE OR REPLACE FUNCTION drift_internal.schedule_all(model text, monitor text, task text, cron text, time_zone text, runner text)
	RETURNS SETOF drift.scheduled
	LANGUAGE plpgsql ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	word CONSTANT text := lower(btrim(cron));
	part record;
BEGIN
	IF word ~ '^[a-z_]+$' THEN
		IF NOT EXISTS (SELECT FROM drift_internal.bundle_tasks(word, model IS NOT NULL)) THEN
			RAISE EXCEPTION 'unknown bundle "%"', cron
				USING ERRCODE = 'invalid_parameter_value',
					HINT = format('There are %s; or give a cron expression such as "0 2 * * *".',
						(SELECT string_agg(DISTINCT b.bundle, ', ') FROM drift.schedule_bundles() AS b));
		END IF;
		FOR part IN
			SELECT *
			FROM drift_internal.bundle_tasks(word, model IS NOT NULL) AS b
			WHERE schedule_all.task IS NULL OR b.task = schedule_all.task
		LOOP
			RETURN NEXT drift_internal.schedule_task(model, monitor, part.task,
				CASE word WHEN 'online' THEN drift_internal.online_cron(model, monitor) ELSE part.cron END, time_zone, runner, word);
		END LOOP;
	ELSE
		RETURN NEXT drift_internal.schedule_task(model, monitor, coalesce(task, CASE WHEN model IS NULL THEN 'check' ELSE 'cycle' END),
			cron, time_zone, runner);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.schedule_all(text, text, text, text, text, text) IS
	'makes the schedules of a bundle, or the one of a cron expression';

CREATE OR REPLACE FUNCTION drift.schedule_monitor(monitor text, cron text, task text DEFAULT NULL, time_zone text DEFAULT 'UTC',
	runner text DEFAULT 'auto') RETURNS SETOF drift.scheduled
	LANGUAGE plpgsql ROWS 2
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.find_monitor(monitor, 'run');
	RETURN QUERY SELECT * FROM drift_internal.schedule_all(NULL, monitor, task, cron, time_zone, runner);
END
$$;

COMMENT ON FUNCTION drift.schedule_monitor(text, text, text, text, text) IS
	'schedules a monitor by a cron expression or a bundle: to be checked, or a task of drift.schedule_tasks(). The job runs as the caller, by pg_cron where it is installed (runner auto), else when drift.run_due() is called; message says what is left to be done. A schedule that is there is changed.';

CREATE OR REPLACE FUNCTION drift.schedule_model(model text, cron text DEFAULT NULL, task text DEFAULT NULL, time_zone text DEFAULT 'UTC',
	runner text DEFAULT 'auto') RETURNS SETOF drift.scheduled
	LANGUAGE plpgsql ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	wanted CONSTANT text := coalesce(cron, drift_internal.config_text(drift_internal.loaded_config(found.model_id), 'monitoring.schedule'));
BEGIN
	IF wanted <> 'event_driven' THEN
		RETURN QUERY SELECT * FROM drift_internal.schedule_all(found.name, NULL, task, wanted, time_zone, runner);
	END IF;
END
$$;

COMMENT ON FUNCTION drift.schedule_model(text, text, text, text, text) IS
	'schedules a model with all its monitors, by a bundle (drift.schedule_bundles() lists them), a cron expression, or what monitoring.schedule of its configuration says: a cycle, or a task of drift.schedule_tasks(). event_driven makes no schedule: whoever loads data calls drift.run_cycle().';

CREATE OR REPLACE FUNCTION drift.start_monitoring(model text, every interval DEFAULT NULL, runner text DEFAULT 'auto')
	RETURNS SETOF drift.scheduled
	LANGUAGE plpgsql ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	seconds CONSTANT float8 := coalesce(extract(epoch FROM every),
		drift_internal.config_number(drift_internal.loaded_config(found.model_id), 'monitoring.monitoring_interval'));
	part record;
BEGIN
	IF NOT EXISTS (SELECT FROM drift.monitors AS m WHERE m.model_id = found.model_id) THEN
		PERFORM drift.create_monitor(found.name, model => found.name);
	END IF;
	RETURN NEXT drift_internal.schedule_task(found.name, NULL, 'cycle',
		drift_internal.interval_cron(make_interval(secs => seconds)), 'UTC', runner, 'monitoring');
	FOR part IN SELECT * FROM drift_internal.bundle_tasks('hourly', true) AS b WHERE b.task <> 'cycle' LOOP
		RETURN NEXT drift_internal.schedule_task(found.name, NULL, part.task, part.cron, 'UTC', runner, 'monitoring');
	END LOOP;
	PERFORM drift_internal.set_paused(NULL, found.name, NULL, NULL);
END
$$;

COMMENT ON FUNCTION drift.start_monitoring(text, interval, text) IS
	'watches a model from now on: makes a monitor over its prediction log if it has none, and schedules a cycle each hour, or as monitoring.monitoring_interval of its configuration or the argument says, with what its log needs each day; ends a pause';

CREATE OR REPLACE FUNCTION drift.stop_monitoring(model text) RETURNS SETOF drift.scheduled
	LANGUAGE sql ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM drift.unschedule(model => model)
$$;

COMMENT ON FUNCTION drift.stop_monitoring(text) IS
	'removes all schedules of a model and of its monitors; windows, checks and monitors stay, and drift.start_monitoring() goes on from there';

-- Its calls of pg_cron are made as the caller, so each role renews its own.
CREATE OR REPLACE FUNCTION drift.renew_jobs() RETURNS SETOF drift.scheduled
	LANGUAGE plpgsql ROWS 5
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schedule drift.schedules;
	handed record;
BEGIN
	FOR schedule IN
		SELECT *
		FROM drift.schedules AS s
		WHERE s.owner = drift_internal.actor() AND s.cron_job_id IS NOT NULL AND (drift_internal.find_cron_job(s)).job_id IS NULL
		ORDER BY s.schedule_id
	LOOP
		handed := drift_internal.hand_to_runner(schedule, 'auto');
		RETURN NEXT drift_internal.describe_schedule(schedule, handed.job_id, handed.message);
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift.renew_jobs() IS
	'makes the jobs of pg_cron that schedules of the caller have lost, as in a database that was restored; one row for each';
