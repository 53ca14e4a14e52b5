-- drift.retrain(): one step after the other, each in a transaction of its own; and the same within that of the caller
--
-- What commits can have no SET clause and no handler of errors. So the path is set by hand, and again after each COMMIT,
-- and each step is a function that catches what goes wrong in it.

CREATE OR REPLACE FUNCTION drift_internal.advance_retrain(run drift.training_runs, upcoming jsonb, state jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	config drift.training_configs;
BEGIN
	SELECT * INTO config FROM drift.training_configs AS c WHERE c.model_id = run.model_id;
	CASE upcoming->>'step'
	WHEN 'plan' THEN RETURN drift_internal.retrain_plan(run, config, upcoming);
	WHEN 'validate' THEN RETURN drift_internal.retrain_validate(run, config, upcoming);
	WHEN 'snapshot' THEN RETURN drift_internal.retrain_snapshot(run, config, upcoming);
	WHEN 'train' THEN
		IF run.kind = 'tune' THEN
			RETURN drift_internal.tune_train(run, config, upcoming, state);
		END IF;
		RETURN drift_internal.retrain_train(run, config, upcoming, state);
	WHEN 'evaluate' THEN RETURN drift_internal.retrain_evaluate(run, upcoming);
	WHEN 'decide' THEN RETURN drift_internal.retrain_decide(run, upcoming);
	WHEN 'refit' THEN RETURN drift_internal.retrain_refit(run, config, upcoming, state);
	WHEN 'register' THEN RETURN drift_internal.retrain_register(run, config, upcoming);
	WHEN 'log' THEN RETURN drift_internal.retrain_log(run, upcoming);
	END CASE;
END
$$;

COMMENT ON FUNCTION drift_internal.advance_retrain(drift.training_runs, jsonb, jsonb) IS
	'does what is to be done next in a retraining, given the last slice of its fit; what is to be done then';

CREATE OR REPLACE FUNCTION drift_internal.after_error(run drift.training_runs, upcoming jsonb, error text, sqlstate text) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF sqlstate <> '57014' AND upcoming ? 'trial' THEN
		PERFORM drift_internal.end_trial(run.run_id, (upcoming->>'trial')::integer, 'failed', error => after_error.error);
		RETURN drift_internal.after_trial(run, upcoming);
	ELSIF sqlstate <> '57014' AND upcoming ? 'outcomes' THEN
		RETURN drift_internal.without_strategy(run, upcoming) || jsonb_build_object('problem', error);
	END IF;
	RETURN jsonb_build_object('step', 'end', 'status', CASE sqlstate WHEN '57014' THEN 'cancelled' ELSE 'failed' END, 'error', error,
		'sqlstate', sqlstate, 'set', upcoming->'set');
END
$$;

COMMENT ON FUNCTION drift_internal.after_error(drift.training_runs, jsonb, text, text) IS
	'what is to be done when a step failed: the next candidate or strategy, or an end of the run';

CREATE OR REPLACE FUNCTION drift_internal.step_of(upcoming jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN concat_ws(' ', upcoming->>'step', upcoming->>'attempt');

COMMENT ON FUNCTION drift_internal.step_of(jsonb) IS 'what tells a step of a run from the next, also where a strategy failed at once';

-- A statement that was cancelled says so in the row of its run, and then ends.
CREATE OR REPLACE FUNCTION drift_internal.try_advance(run_id bigint, upcoming jsonb, state jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run drift.training_runs := drift_internal.run_of_backend(run_id);
	following jsonb;
	problem text;
	detail text;
	code text;
BEGIN
	BEGIN
		following := drift_internal.advance_retrain(run, upcoming, state);
		problem := following->>'error';
		code := following->>'sqlstate';
	EXCEPTION
		WHEN query_canceled OR others THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, code = RETURNED_SQLSTATE;
			problem := concat_ws(' ', SQLERRM, nullif(detail, ''));
	END;
	IF problem IS NOT NULL THEN
		run := drift_internal.run_of_backend(run_id);
		following := coalesce(following - '{error,sqlstate}'::text[], upcoming);
		following := drift_internal.after_error(run, following, problem, code) || jsonb_build_object('details', coalesce(following->'details', '{}'));
	END IF;
	IF drift_internal.step_of(following) <> drift_internal.step_of(upcoming) THEN
		PERFORM drift_internal.end_run_step(run_id, following->'details', CASE WHEN problem IS NULL THEN 'succeeded' ELSE 'failed' END, problem);
	END IF;
	IF drift_internal.report_progress(run_id, NULL) AND (following->>'step' <> 'end' OR code = '57014') THEN
		following := jsonb_build_object('step', 'end', 'status', 'cancelled', 'error', 'Somebody called drift.cancel_run().', 'sqlstate', '57014',
			'requested', true, 'set', following->'set');
	END IF;
	RETURN following - '{details,problem}'::text[];
END
$$;

COMMENT ON FUNCTION drift_internal.try_advance(bigint, jsonb, jsonb) IS
	'does what is to be done next in a retraining and writes down what came of it; what is to be done then, also where that failed or somebody cancelled the run';

CREATE OR REPLACE FUNCTION drift_internal.progress_of(step text) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE step WHEN 'plan' THEN 0 WHEN 'validate' THEN 0.02 WHEN 'snapshot' THEN 0.04 WHEN 'train' THEN 0.1 WHEN 'evaluate' THEN 0.7
		WHEN 'decide' THEN 0.75 WHEN 'refit' THEN 0.76 WHEN 'register' THEN 0.95 WHEN 'log' THEN 0.99 ELSE 1 END;

COMMENT ON FUNCTION drift_internal.progress_of(text) IS 'share of a retraining that is usually done when a step begins';

-- Where in the run a fit begins and ends: candidates share the step alike.
CREATE OR REPLACE FUNCTION drift_internal.progress_of_fit(run_id bigint, upcoming jsonb) RETURNS float8[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN r.kind = 'tune' THEN drift_internal.progress_of_search(r.run_id)
			WHEN upcoming->>'step' = 'train' THEN ARRAY[
				0.1 + 0.6 * (upcoming->>'candidate')::float8 / jsonb_array_length(r.parameters->'candidates'),
				0.1 + 0.6 * ((upcoming->>'candidate')::float8 + 1) / jsonb_array_length(r.parameters->'candidates')]
			ELSE ARRAY[drift_internal.progress_of('refit'), drift_internal.progress_of('register')] END
	FROM drift.training_runs AS r
	WHERE r.run_id = progress_of_fit.run_id
$$;

COMMENT ON FUNCTION drift_internal.progress_of_fit(bigint, jsonb) IS 'shares of a retraining that are done when a fit begins and when it is over';

CREATE OR REPLACE FUNCTION drift_internal.report_fit(run_id bigint, span float8[], state jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	done CONSTANT float8 := least((state->>'round')::float8, (state->>'rounds')::float8) / nullif((state->>'rounds')::float8, 0);
	said CONSTANT text := CASE WHEN state->>'round' IS NOT NULL THEN concat_ws(', ', format('round %s of %s', state->>'round', state->>'rounds'),
		CASE WHEN state->'metric' <> 'null' THEN format('%s %s', state->>'metric', coalesce(state->>'valid', state->>'train')) END) END;
	cancelled CONSTANT boolean := drift_internal.report_progress(run_id, span[1] + (span[2] - span[1]) * done, said);
BEGIN
	IF cancelled AND state->>'status' = 'running' THEN
		RETURN state || '{"status": "cancelled", "error": "Somebody called drift.cancel_run()."}';
	END IF;
	RETURN state;
END
$$;

COMMENT ON FUNCTION drift_internal.report_fit(bigint, float8[], jsonb) IS
	'writes down how far a fit of a run of this session is; its state, or that it was cancelled';

-- A snapshot held while training would keep dead rows of every table alive. After COMMIT there is none, and calling a
-- procedure with nothing but variables takes none that lasts.
CREATE OR REPLACE PROCEDURE drift_internal.drive_fit(run_id bigint, fit integer, span float8[], within boolean, INOUT state jsonb)
	LANGUAGE plpgsql
AS $$
DECLARE
	slice integer;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	slice := 500;
	state := '{"status": "running"}';
	WHILE state->>'status' = 'running' LOOP
		IF NOT within THEN
			COMMIT;
		END IF;
		CALL drift_internal.continue_fit(fit, slice, state);
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		state := drift_internal.report_fit(run_id, span, state);
	END LOOP;
END
$$;

COMMENT ON PROCEDURE drift_internal.drive_fit(bigint, integer, float8[], boolean, jsonb) IS
	'goes on with a fit of a run of this session until it is over, tells how far it is within a span of shares, and commits, unless that is to be left to the caller; its last state';

CREATE OR REPLACE FUNCTION drift_internal.end_retrain(run_id bigint, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF jsonb_typeof(upcoming->'set') = 'number' THEN
		PERFORM drift_internal.close_training_set((upcoming->>'set')::integer);
	END IF;
	PERFORM drift_internal.close_run(run_id, upcoming->>'status', error => upcoming->>'error', sqlstate => upcoming->>'sqlstate', version => (upcoming->>'version')::integer);
	RETURN drift_internal.run_result(run_id);
END
$$;

COMMENT ON FUNCTION drift_internal.end_retrain(bigint, jsonb) IS 'ends a run that retrains, and says what came of it';

CREATE OR REPLACE FUNCTION drift_internal.run_result(run_id bigint) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('run_id', s.run_id, 'model', s.model, 'status', s.status, 'version', s.version, 'verdict', s.verdict,
		'reason', s.reason, 'strategy', s.strategy, 'tried_strategies', nullif(to_jsonb(s.tried_strategies), '[]'), 'algorithm', s.algorithm,
		'parameters', s.parameters, 'metric', s.metric, 'valid', s.valid, 'test', s.test, 'champion_test', s.champion_test,
		'champion_version', s.champion_version, 'rows', s.row_counts, 'trials', s.trials, 'evaluation_id', r.evaluation_id, 'decision_id', s.decision_id,
		'as_of', s.as_of, 'failed_step', s.failed_step, 'error', s.error, 'sqlstate', s.sqlstate,
		'milliseconds', round(extract(epoch FROM s.duration) * 1000)))
	FROM drift.run_summary AS s
	JOIN drift.training_runs AS r USING (run_id)
	WHERE s.run_id = run_result.run_id
$$;

COMMENT ON FUNCTION drift_internal.run_result(bigint) IS 'what came of a run, for machines';

CREATE OR REPLACE PROCEDURE drift_internal.perform_retrain(run_id bigint, within boolean, INOUT result jsonb)
	LANGUAGE plpgsql
AS $$
DECLARE
	upcoming jsonb;
	begun text;
	state jsonb;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	upcoming := jsonb_build_object('step', 'plan', 'strategy', (SELECT r.strategy FROM drift.training_runs AS r WHERE r.run_id = perform_retrain.run_id));
	WHILE upcoming->>'step' <> 'end' LOOP
		IF drift_internal.step_of(upcoming) IS DISTINCT FROM begun THEN
			begun := drift_internal.step_of(upcoming);
			PERFORM drift_internal.begin_run_step(run_id, upcoming->>'step', drift_internal.progress_of(upcoming->>'step'));
			IF NOT within AND begun <> 'log' THEN
				COMMIT;
				PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
			END IF;
		END IF;
		IF upcoming->>'phase' = 'close' THEN
			CALL drift_internal.drive_fit(run_id, (upcoming->>'fit')::integer, drift_internal.progress_of_fit(run_id, upcoming), within, state);
			PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		END IF;
		upcoming := drift_internal.try_advance(run_id, upcoming, state);
		-- The version, the end of its run and its place in the history are there together or not at all.
		IF NOT within AND upcoming->>'step' NOT IN ('log', 'end') THEN
			COMMIT;
			PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		END IF;
	END LOOP;
	result := drift_internal.end_retrain(run_id, upcoming);
	IF NOT within THEN
		COMMIT;
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	END IF;
	IF upcoming->>'sqlstate' = '57014' AND NOT upcoming ? 'requested' THEN
		RAISE EXCEPTION '%', upcoming->>'error' USING ERRCODE = 'query_canceled';
	END IF;
END
$$;

COMMENT ON PROCEDURE drift_internal.perform_retrain(bigint, boolean, jsonb) IS
	'does the steps of a run that retrains, each in a transaction of its own or all within that of the caller, and says what came of it';

CREATE OR REPLACE PROCEDURE drift.retrain(model text, strategy text DEFAULT NULL, options jsonb DEFAULT '{}', INOUT result jsonb DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
	run_id bigint;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	run_id := drift_internal.begin_retrain(model, strategy, options);
	COMMIT;
	CALL drift_internal.perform_retrain(run_id, false, result);
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.retrain(text, text, jsonb, jsonb) IS
	'trains the candidates of a model anew, compares the best with the champion on held-out rows, and registers it where it is better; each step is committed, and no snapshot is held while training. strategy and options, see drift.training_options(), go before what drift.set_training() says. result tells what came of it: status succeeded, kept, needs_review, failed or cancelled.';

CREATE OR REPLACE FUNCTION drift.retrain_model(model text, strategy text DEFAULT NULL, options jsonb DEFAULT '{}') RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result jsonb;
BEGIN
	CALL drift_internal.perform_retrain(drift_internal.begin_retrain(model, strategy, options), true, result);
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.retrain_model(text, text, jsonb) IS
	'what drift.retrain() does, in the transaction of the caller: nobody sees how far it is, and where the transaction fails nothing is left of it';
