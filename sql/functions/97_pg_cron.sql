-- pg_cron: whether it can run a schedule, and the jobs that are made in it
--
-- Jobs belong to who schedules, so they are made and removed as the caller. A job is one CALL, which may commit
-- because it is all the job does.

CREATE OR REPLACE FUNCTION drift_internal.find_pg_cron(OUT version numeric, OUT time_zone text, OUT database text, OUT usable boolean)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	-- one row, whether there is one or not; whoever installed it can change what its functions do
	SELECT max(substring(e.extversion FROM '^[0-9]+\.[0-9]+')::numeric),
		coalesce(current_setting('cron.timezone', true), 'GMT'),
		current_setting('cron.database_name', true),
		bool_and(has_schema_privilege(drift_internal.actor(), n.oid, 'USAGE'))
	FROM pg_extension AS e
	JOIN pg_roles AS owner ON owner.oid = e.extowner AND owner.rolsuper
	JOIN pg_namespace AS n ON n.nspname = 'cron'
	WHERE e.extname = 'pg_cron'
$$;

COMMENT ON FUNCTION drift_internal.find_pg_cron() IS
	'version of pg_cron in this database, NULL where it is not; the time zone of its schedules, the database that has it, and whether the acting role may use it';

CREATE OR REPLACE FUNCTION drift_internal.job_command(schedule_id integer) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('CALL drift.run_job(%s, only_due => true)', schedule_id)
$$;

COMMENT ON FUNCTION drift_internal.job_command(integer) IS 'what a job of pg_cron runs for a schedule';

CREATE OR REPLACE FUNCTION drift_internal.job_name(schedule_id integer) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('drift schedule %s of %s', schedule_id, current_database())
$$;

COMMENT ON FUNCTION drift_internal.job_name(integer) IS 'what pg_cron, which has jobs of many databases, calls the job of a schedule';

CREATE OR REPLACE FUNCTION drift_internal.same_time_zone(a text, b text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT regexp_replace(lower(a), '^(etc/)?(utc|gmt|uct|zulu|universal|z)$', 'utc')
		= regexp_replace(lower(b), '^(etc/)?(utc|gmt|uct|zulu|universal|z)$', 'utc')
$$;

COMMENT ON FUNCTION drift_internal.same_time_zone(text, text) IS 'whether two names are of one time zone, of which UTC has several';

CREATE OR REPLACE FUNCTION drift_internal.cron_problem(schedule drift.schedules, OUT problem text, OUT remedy text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT record := drift_internal.find_pg_cron();
	fields CONSTANT drift_internal.cron := drift_internal.read_cron(schedule.cron);
	caller CONSTANT text := pg_get_userbyid(drift_internal.actor());
BEGIN
	remedy := 'Have a scheduler run CALL drift.run_due(); every minute.';
	IF found.version IS NULL AND found.database <> current_database() THEN
		problem := format('pg_cron is in database %I.', found.database);
		remedy := format('There, a superuser runs: SELECT cron.schedule_in_database(%L, %L, %L, %L, %L);',
			drift_internal.job_name(schedule.schedule_id), schedule.cron, drift_internal.job_command(schedule.schedule_id),
			current_database(), caller);
	ELSIF found.version IS NULL THEN
		problem := 'pg_cron is not installed in this database.';
	ELSIF NOT found.usable THEN
		problem := format('Role %I may not use pg_cron.', caller);
		remedy := format('GRANT USAGE ON SCHEMA cron TO %I; or have a scheduler run CALL drift.run_due(); every minute.', caller);
	ELSIF NOT drift_internal.same_time_zone(found.time_zone, schedule.time_zone) THEN
		problem := format('pg_cron runs jobs by the time of %s, not of %s.', found.time_zone, schedule.time_zone);
	ELSIF fields.seconds IS NOT NULL AND found.version < 1.5 THEN
		problem := format('pg_cron %s runs a job once a minute at most.', found.version);
		remedy := 'Have it run CALL drift.run_due(''1 minute''); every minute, which looks again each second.';
	ELSIF fields.last_day AND found.version < 1.6 THEN
		problem := format('pg_cron %s does not know $ as the last day of the month.', found.version);
	END IF;
	IF problem IS NULL THEN
		remedy := NULL;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.cron_problem(drift.schedules) IS
	'why pg_cron cannot run a schedule for the acting role, and what can be done instead; NULL: it can';

-- Only with its owner's rights: pg_cron asks who the caller is.
CREATE OR REPLACE FUNCTION drift_internal.add_cron_job(schedule drift.schedules) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job_id bigint;
BEGIN
	EXECUTE 'SELECT cron.schedule($1, $2, $3)'
		INTO job_id
		USING drift_internal.job_name(schedule.schedule_id), schedule.cron, drift_internal.job_command(schedule.schedule_id);
	RETURN job_id;
END
$$;

COMMENT ON FUNCTION drift_internal.add_cron_job(drift.schedules) IS 'makes or changes the job of pg_cron that runs a schedule, as the caller; its number';

-- A number alone may be another's where the database was restored.
CREATE OR REPLACE FUNCTION drift_internal.find_cron_job(schedule drift.schedules, OUT job_id bigint, OUT owner text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF schedule.cron_job_id IS NOT NULL AND (drift_internal.find_pg_cron()).version IS NOT NULL THEN
		EXECUTE 'SELECT j.jobid, j.username FROM cron.job AS j WHERE j.jobid = $1 AND j.database = current_database() AND j.command = $2'
			INTO job_id, owner
			USING schedule.cron_job_id, drift_internal.job_command(schedule.schedule_id);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.find_cron_job(drift.schedules) IS 'the job of pg_cron that runs a schedule and the role it belongs to; NULL: there is none';

CREATE OR REPLACE FUNCTION drift_internal.remove_cron_job(schedule drift.schedules) RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job CONSTANT record := drift_internal.find_cron_job(schedule);
BEGIN
	IF job.job_id IS NULL THEN
		RETURN NULL;
	ELSIF job.owner <> current_user AND NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) THEN
		RETURN format('Job %s of pg_cron belongs to %I, who removes it: SELECT cron.unschedule(%s);', job.job_id, job.owner, job.job_id);
	END IF;
	EXECUTE 'SELECT cron.unschedule($1)' USING job.job_id;
	RETURN NULL;
END
$$;

COMMENT ON FUNCTION drift_internal.remove_cron_job(drift.schedules) IS
	'removes the job of pg_cron that runs a schedule, as the caller; what is left to do where it belongs to somebody else';
