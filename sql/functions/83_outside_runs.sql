-- runs of training elsewhere: begun, told about and ended by whoever trains

CREATE OR REPLACE FUNCTION drift.start_run(model text, name text DEFAULT NULL, parameters jsonb DEFAULT '{}', strategy text DEFAULT NULL,
	training jsonb DEFAULT NULL, as_of timestamptz DEFAULT NULL, seed bigint DEFAULT 42) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	begun CONSTANT bigint := drift_internal.open_run(model, 'external', coalesce(as_of, clock_timestamp()),
		drift_internal.check_object(parameters, 'parameters'), coalesce(seed, 42), strategy, 'external', name => name);
BEGIN
	UPDATE drift.training_runs AS r SET snapshot = drift_internal.check_training(training) WHERE r.run_id = begun AND training IS NOT NULL;
	RETURN begun;
END
$$;

COMMENT ON FUNCTION drift.start_run(text, text, jsonb, text, jsonb, timestamptz, bigint) IS
	'begins a run of training that is done elsewhere, for who may operate the model, and answers its number: a name, hyperparameters, and what drift.training_snapshot() says of the rows. drift.finish_run() or drift.fail_run() ends it; others may be under way meanwhile.';

CREATE OR REPLACE FUNCTION drift_internal.outside_run(run_id bigint) RETURNS drift.training_runs
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.lock_run(run_id, 'operate');
BEGIN
	IF run.kind <> 'external' OR run.status <> 'running' THEN
		RAISE EXCEPTION 'run % is not a run of training elsewhere that is under way', run_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is of the kind %s, and its status is %s.', run.kind, run.status);
	END IF;
	RETURN run;
END
$$;

COMMENT ON FUNCTION drift_internal.outside_run(bigint) IS 'a run of training elsewhere that is under way, locked, for who may operate its model; or an error';

CREATE OR REPLACE FUNCTION drift.log_run_parameters(run_id bigint, parameters jsonb) RETURNS jsonb
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.outside_run(run_id);
	result CONSTANT jsonb := drift_internal.merged(run.parameters, drift_internal.check_object(parameters, 'parameters'));
BEGIN
	UPDATE drift.training_runs AS r SET parameters = result WHERE r.run_id = run.run_id;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.log_run_parameters(bigint, jsonb) IS
	'adds parameters to those of a run of training elsewhere, null removes one, and answers all that it has';

CREATE OR REPLACE FUNCTION drift.log_run_metrics(run_id bigint, metrics jsonb, split text DEFAULT 'valid', at_step bigint DEFAULT 0) RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.outside_run(run_id);
	written integer;
BEGIN
	IF split IS NULL OR at_step IS NULL OR split !~ '^\w+$' THEN
		RAISE EXCEPTION 'metrics are of a split and a step'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'The split is train, valid, test or another word; the step is a round or epoch, 0 at the end.';
	END IF;
	INSERT INTO drift.run_metrics AS known (run_id, split, metric, at_step, value)
	SELECT run.run_id, log_run_metrics.split, m.key, log_run_metrics.at_step, m.value::float8
	FROM jsonb_each(drift_internal.check_metrics(metrics)) AS m
	WHERE jsonb_typeof(m.value) = 'number'
	ON CONFLICT ON CONSTRAINT run_metrics_pkey DO UPDATE SET value = excluded.value, logged_at = excluded.logged_at;
	GET DIAGNOSTICS written = ROW_COUNT;
	UPDATE drift.training_runs AS r SET progress_text = format('%s: %s', log_run_metrics.split, metrics)
	WHERE r.run_id = run.run_id AND written > 0;
	RETURN written;
END
$$;

COMMENT ON FUNCTION drift.log_run_metrics(bigint, jsonb, text, bigint) IS
	'writes metrics of a run of training elsewhere down, numbers by name, of a split and of a round or epoch (0: at the end), in place of what was there; how many';

CREATE OR REPLACE FUNCTION drift_internal.final_metrics(run_id bigint) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_object_agg(f.split || '_' || f.metric, f.value), '{}')
	FROM (
		SELECT DISTINCT ON (m.split, m.metric) m.split, m.metric, m.value
		FROM drift.run_metrics AS m
		WHERE m.run_id = final_metrics.run_id
		ORDER BY m.split, m.metric, m.at_step = 0 DESC, m.at_step DESC
	) AS f
$$;

COMMENT ON FUNCTION drift_internal.final_metrics(bigint) IS
	'metrics of a run as those of a version, test_log_loss and the like: those at the end, or of the last step where there are none';

CREATE OR REPLACE FUNCTION drift.finish_run(run_id bigint, artefact drift.model DEFAULT NULL, version integer DEFAULT NULL, description text DEFAULT NULL)
	RETURNS SETOF drift.training_runs
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.outside_run(run_id);
	model CONSTANT text := m.name FROM drift.models AS m WHERE m.model_id = run.model_id;
BEGIN
	IF artefact IS NOT NULL AND version IS NOT NULL THEN
		RAISE EXCEPTION 'a run ends with an artefact or with a version, not with both' USING ERRCODE = 'invalid_parameter_value';
	ELSIF artefact IS NOT NULL THEN
		version := drift.add_version(model, artefact, run.parameters, drift_internal.final_metrics(run_id),
			description => coalesce(description, run.name), training => run.snapshot, run_id => run_id::text,
			lineage => jsonb_strip_nulls(jsonb_build_object('run_id', run_id, 'strategy', run.strategy, 'parent_version', run.champion_version)));
	ELSIF version IS NOT NULL THEN
		PERFORM drift_internal.find_version(drift_internal.lock_model(model, 'operate'), version);
		UPDATE drift.model_versions AS v SET run_id = finish_run.run_id::text
		WHERE v.model_id = run.model_id AND v.version = finish_run.version AND v.run_id IS NULL;
	END IF;
	RETURN QUERY
		UPDATE drift.training_runs AS r
		SET status = 'succeeded', version = finish_run.version, reason = coalesce(description, r.reason), progress = 1, progress_text = NULL,
			finished_at = clock_timestamp()
		WHERE r.run_id = run.run_id
		RETURNING r.*;
END
$$;

COMMENT ON FUNCTION drift.finish_run(bigint, drift.model, integer, text) IS
	'ends a run of training elsewhere well: with an artefact, which becomes a version with the parameters, metrics and rows of the run; with a version that was added already; or with neither';

CREATE OR REPLACE FUNCTION drift.fail_run(run_id bigint, error text) RETURNS SETOF drift.training_runs
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.outside_run(run_id);
BEGIN
	RETURN QUERY
		UPDATE drift.training_runs AS r
		SET status = 'failed', error = coalesce(fail_run.error, 'unknown'), progress_text = NULL, finished_at = clock_timestamp()
		WHERE r.run_id = run.run_id
		RETURNING r.*;
END
$$;

COMMENT ON FUNCTION drift.fail_run(bigint, text) IS 'ends a run of training elsewhere that failed, and keeps why';
