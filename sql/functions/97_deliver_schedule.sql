-- delivery as a step of a cycle, and by a schedule

-- Nothing that is wrong with delivery may break the run that it ends.
CREATE OR REPLACE FUNCTION drift_internal.delivery_problem() RETURNS text
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_delivery(), drift_internal.transport();
	RETURN NULL;
EXCEPTION
	WHEN object_not_in_prerequisite_state OR feature_not_supported THEN
		RETURN SQLERRM;
END
$$;

COMMENT ON FUNCTION drift_internal.delivery_problem() IS 'why nothing can be sent from here: a copy of the database, or a server without libcurl; NULL: nothing is in the way';

CREATE OR REPLACE FUNCTION drift_internal.route_within() RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problem CONSTANT text := drift_internal.delivery_problem();
BEGIN
	RETURN CASE WHEN problem IS NULL THEN drift.route_alerts() ELSE '{}' END || jsonb_build_object('status', 'skipped', 'reason',
		coalesce(problem, 'Nothing is sent within a transaction; CALL drift.deliver_alerts(); sends what was made.'));
END
$$;

COMMENT ON FUNCTION drift_internal.route_within() IS 'what a step of delivery does in the transaction of the caller: it makes messages and sends none';

CREATE OR REPLACE PROCEDURE drift_internal.deliver_step(model text, INOUT result jsonb)
	LANGUAGE plpgsql
AS $$
DECLARE
	started CONSTANT timestamptz := pg_catalog.clock_timestamp();
	problem text;
	counts jsonb;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	problem := drift_internal.delivery_problem();
	IF problem IS NULL THEN
		CALL drift.deliver_alerts(counts);
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	END IF;
	result := jsonb_strip_nulls(jsonb_build_object('action', 'deliver', 'model', model,
		'status', CASE WHEN problem IS NULL THEN 'succeeded' ELSE 'skipped' END,
		'result', coalesce(counts, jsonb_build_object('status', 'skipped', 'reason', problem)), 'problem', problem,
		'milliseconds', round(extract(epoch FROM clock_timestamp() - started) * 1000)));
END
$$;

COMMENT ON PROCEDURE drift_internal.deliver_step(text, jsonb) IS 'sends alerts as a step of a run, and commits';

CREATE OR REPLACE FUNCTION drift.schedule_delivery(cron text DEFAULT '* * * * *', time_zone text DEFAULT 'UTC', runner text DEFAULT 'auto')
	RETURNS SETOF drift.scheduled
	LANGUAGE sql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT * FROM drift_internal.schedule_task(NULL, NULL, 'deliver', cron, time_zone, runner)
$$;

COMMENT ON FUNCTION drift.schedule_delivery(text, text, text) IS
	'schedules drift.deliver_alerts(), each minute by default: for the rules of the roles that the caller is a member of, as the caller, by pg_cron where it is installed (runner auto), else when drift.run_due() is called. drift.unschedule(schedule_id => ...) removes it.';
