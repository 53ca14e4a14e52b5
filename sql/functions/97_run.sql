-- drift.run_due(), drift.run_job(), drift.run_cycle() and the same within the transaction of the caller
--
-- What commits can have no SET clause. So the path is set by hand, and again after each COMMIT, which undoes it.

CREATE OR REPLACE FUNCTION drift_internal.steps_of(run_id bigint) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM drift_internal.run_steps(run_id) AS s);
EXCEPTION
	WHEN others THEN
		RETURN jsonb_build_array(jsonb_build_object('problem', SQLERRM, 'sqlstate', SQLSTATE));
END
$$;

COMMENT ON FUNCTION drift_internal.steps_of(bigint) IS 'the steps of a run, or why it has none';

CREATE OR REPLACE FUNCTION drift_internal.do_step(step jsonb, as_of timestamptz) RETURNS jsonb
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN step ? 'problem' THEN step || '{"status": "failed"}'
		ELSE drift_internal.try_step(step->>'action', step->>'monitor', step->>'model', as_of) END
$$;

COMMENT ON FUNCTION drift_internal.do_step(jsonb, timestamptz) IS 'does a step as drift_internal.steps_of() lists it';

CREATE OR REPLACE FUNCTION drift_internal.log_problem(model text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.find_maintainable_log(model);
	RETURN NULL;
EXCEPTION
	WHEN others THEN
		RETURN SQLERRM;
END
$$;

COMMENT ON FUNCTION drift_internal.log_problem(text) IS 'why the caller cannot maintain the prediction log of a model; NULL: nothing is in the way';

-- Each partition is a transaction of its own here, so that the log stays in use.
CREATE OR REPLACE PROCEDURE drift_internal.maintain_log_step(model text, path text, INOUT result jsonb)
	LANGUAGE plpgsql
AS $$
DECLARE
	problems text[];
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	problems := ARRAY[drift_internal.log_problem(model)];
	IF problems[1] IS NULL THEN
		CALL drift_internal.maintain_logs(model, '500 milliseconds', 10, path, problems);
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	END IF;
	result := jsonb_strip_nulls(jsonb_build_object('action', 'maintain_log', 'model', model,
		'status', CASE WHEN problems = '{}' THEN 'succeeded' ELSE 'failed' END, 'problem', nullif(array_to_string(problems, ' '), '')));
END
$$;

COMMENT ON PROCEDURE drift_internal.maintain_log_step(text, text, jsonb) IS
	'maintains the prediction log of a model as a step of a run of a session with a search_path, and commits';

CREATE OR REPLACE PROCEDURE drift_internal.perform_run(run_id bigint, path text, INOUT result jsonb)
	LANGUAGE plpgsql
AS $$
DECLARE
	step jsonb;
	done jsonb;
	results jsonb := '[]';
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	FOR step IN SELECT s FROM jsonb_array_elements(drift_internal.steps_of(run_id)) AS s LOOP
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		IF step->>'action' = 'maintain_log' THEN
			CALL drift_internal.maintain_log_step(step->>'model', path, done);
		ELSIF step->>'action' IN ('retrain', 'retrain_automatically') THEN
			CALL drift_internal.retrain_step(step->>'model', NULL, step->>'action' = 'retrain_automatically', 'schedule', done);
		ELSIF step->>'action' = 'deliver' THEN
			CALL drift_internal.deliver_step(step->>'model', done);
		ELSE
			done := drift_internal.do_step(step, NULL);
		END IF;
		COMMIT;
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		results := results || done;
		EXIT WHEN done->>'sqlstate' = '57014';
	END LOOP;
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	result := drift_internal.finish_run(run_id, results);
	COMMIT;
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	IF done->>'sqlstate' = '57014' THEN
		RAISE EXCEPTION '%', done->>'problem' USING ERRCODE = 'query_canceled';
	END IF;
END
$$;

COMMENT ON PROCEDURE drift_internal.perform_run(bigint, text, jsonb) IS
	'does the steps of a run of a session with a search_path, each in a transaction of its own, and writes down what came of them';

CREATE OR REPLACE PROCEDURE drift.run_job(schedule_id integer, only_due boolean DEFAULT false, INOUT result jsonb DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
	run_id bigint;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	run_id := drift_internal.start_run(schedule_id, only_due);
	COMMIT;
	result := NULL;
	IF run_id IS NOT NULL THEN
		CALL drift_internal.perform_run(run_id, path, result);
	END IF;
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.run_job(integer, boolean, jsonb) IS
	'runs a schedule now, and commits after each step; result says what came of it. only_due, as jobs of pg_cron call it: nothing, and result NULL, unless it is due, not paused, and not run by another session.';

CREATE OR REPLACE PROCEDURE drift.run_due(loop_for interval DEFAULT '0', INOUT result jsonb DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
	until timestamptz;
	run_id bigint;
	done jsonb;
	runs integer := 0;
	failed integer := 0;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	until := clock_timestamp() + coalesce(loop_for, '0');
	LOOP
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		run_id := drift_internal.start_next_run();
		COMMIT;
		IF run_id IS NOT NULL THEN
			CALL drift_internal.perform_run(run_id, path, done);
		END IF;
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		IF run_id IS NOT NULL THEN
			runs := runs + 1;
			failed := failed + (done->>'status' = 'failed')::integer;
		ELSE
			EXIT WHEN clock_timestamp() >= until;
			PERFORM pg_sleep(1);
			COMMIT;
		END IF;
	END LOOP;
	result := jsonb_build_object('runs', runs, 'failed', failed);
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.run_due(interval, jsonb) IS
	'runs every schedule that is due and that the caller may run, one after the other, and commits after each step; for any scheduler, each minute. loop_for: and looks again each second for so long. Several may run at once: each schedule is run by one of them. result has how many ran and failed; drift.job_status says why.';

CREATE OR REPLACE FUNCTION drift_internal.run_within(run_id bigint, as_of timestamptz) RETURNS jsonb
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.finish_run(run_id, coalesce(jsonb_agg(drift_internal.do_step(s, as_of)), '[]'))
	FROM jsonb_array_elements(drift_internal.steps_of(run_id)) AS s
$$;

COMMENT ON FUNCTION drift_internal.run_within(bigint, timestamptz) IS 'does the steps of a run in the transaction of the caller';

CREATE OR REPLACE FUNCTION drift.run_next_due() RETURNS jsonb
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.run_within(r, NULL) FROM drift_internal.start_next_run() AS r WHERE r IS NOT NULL
$$;

COMMENT ON FUNCTION drift.run_next_due() IS
	'runs the schedule that is due for longest, in the transaction of the caller, and says what came of it; NULL: none is due. For drivers that begin a transaction by themselves; drift.run_due() commits after each step.';

CREATE OR REPLACE FUNCTION drift.run_schedule(schedule_id integer, as_of timestamptz DEFAULT NULL) RETURNS jsonb
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.run_within(drift_internal.start_run(schedule_id, false), as_of)
$$;

COMMENT ON FUNCTION drift.run_schedule(integer, timestamptz) IS
	'runs a schedule now, in the transaction of the caller, and says what came of it; checks are as of a time, by default now. drift.run_job() commits after each step.';
