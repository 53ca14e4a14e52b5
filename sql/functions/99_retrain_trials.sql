-- the candidates of a retraining: one trial for each, fitted in slices
--
-- A trial is added, opened, fitted and closed, each in a transaction of its own (phase). What it cannot do ends the trial
-- with its error, and the next candidate is tried.

-- With what goes for all candidates of a run where they do not say otherwise.
CREATE OR REPLACE FUNCTION drift_internal.candidate_params(run drift.training_runs, candidate jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('seed', run.seed, 'threads', run.parameters->'threads')) || coalesce(candidate->'params', '{}')
$$;

COMMENT ON FUNCTION drift_internal.candidate_params(drift.training_runs, jsonb) IS 'parameters of a candidate in a run';

-- After a candidate: the next one, or what was best among them.
CREATE OR REPLACE FUNCTION drift_internal.after_trial(run drift.training_runs, upcoming jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN run.kind = 'tune' THEN upcoming - '{trial,fit,error,sqlstate}'::text[] || '{"phase": "next"}'
		WHEN next < jsonb_array_length(run.parameters->'candidates')
		THEN upcoming - '{trial,fit,error,sqlstate}'::text[] || jsonb_build_object('phase', 'add', 'candidate', next)
		ELSE upcoming - '{trial,fit,error,sqlstate,candidate}'::text[] || '{"phase": "choose"}' END
	FROM (SELECT (upcoming->>'candidate')::integer + 1 AS next) AS n
$$;

COMMENT ON FUNCTION drift_internal.after_trial(drift.training_runs, jsonb) IS 'what is to be done when a trial is over';

CREATE OR REPLACE FUNCTION drift_internal.metric_of_run(run drift.training_runs, measured jsonb) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(run.parameters->'evaluation'->>'metric',
		drift_internal.primary_metric(drift_internal.loaded_config(run.model_id)->'deployment', measured))
$$;

COMMENT ON FUNCTION drift_internal.metric_of_run(drift.training_runs, jsonb) IS 'metric by which the trials of a run are compared, given what one of them measured';

CREATE OR REPLACE FUNCTION drift_internal.store_trial(run drift.training_runs, config drift.training_configs, upcoming jsonb, artefact drift.model, rounds integer)
	RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	measured jsonb := '{}';
	split text;
BEGIN
	FOREACH split IN ARRAY '{train,valid}'::text[] LOOP
		CONTINUE WHEN (run.snapshot #>> ARRAY['rows', split])::bigint = 0;
		measured := measured || jsonb_build_object(split, drift_internal.measure_artefact(artefact, drift_internal.plan_rows(run.plan, 'query', split),
			run.plan->>'label', run.snapshot->>'task', NULL, config.owner, config.path));
	END LOOP;
	IF NOT run.parameters ? 'metric' THEN
		PERFORM drift_internal.note_run(run.run_id,
			parameters => jsonb_build_object('metric', drift_internal.metric_of_run(run, coalesce(measured->'valid', measured->'train'))));
	END IF;
	PERFORM drift_internal.end_trial(run.run_id, (upcoming->>'trial')::integer, 'succeeded', rounds, measured,
		(SELECT jsonb_object_agg(i.feature, i.importance) FROM drift_internal.split_importance(artefact, 'gain') AS i WHERE i.importance IS NOT NULL), artefact);
	RETURN drift_internal.after_trial(run, upcoming);
END
$$;

COMMENT ON FUNCTION drift_internal.store_trial(drift.training_runs, drift.training_configs, jsonb, drift.model, integer) IS
	'measures the model of a trial on the rows it was trained on and those that choose between trials, and keeps it';

CREATE OR REPLACE FUNCTION drift_internal.open_trial(run drift.training_runs, config drift.training_configs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	candidate CONSTANT jsonb := run.parameters->'candidates'->(upcoming->>'candidate')::integer;
	algorithm CONSTANT text := candidate->>'algorithm';
BEGIN
	IF drift_internal.is_algorithm(algorithm) THEN
		RETURN upcoming || jsonb_build_object('phase', 'close', 'fit',
			drift_internal.open_fit((upcoming->>'set')::integer, algorithm, drift_internal.candidate_params(run, candidate)));
	END IF;
	RETURN drift_internal.store_trial(run, config, upcoming, drift_internal.fit_by_function(algorithm, drift_internal.plan_rows(run.plan, 'query', 'train'),
		run.plan->>'label', drift_internal.candidate_params(run, candidate), config.owner, config.path), NULL);
END
$$;

COMMENT ON FUNCTION drift_internal.open_trial(drift.training_runs, drift.training_configs, jsonb) IS
	'begins the fit of a candidate; a trainer of users does all of it at once';

-- A fit that ended by itself raises here what it ended with, like every other step.
CREATE OR REPLACE FUNCTION drift_internal.check_fit(state jsonb) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF state->>'status' <> 'done' THEN
		RAISE EXCEPTION '%', coalesce(state->>'error', format('the fit is %s', state->>'status'))
			USING ERRCODE = coalesce(state->>'sqlstate', CASE WHEN state->>'status' = 'cancelled' THEN '57014' ELSE 'XX000' END);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_fit(jsonb) IS 'an error unless the last slice of a fit says that it is done';

CREATE OR REPLACE FUNCTION drift_internal.close_trial(run drift.training_runs, config drift.training_configs, upcoming jsonb, state jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	closed record;
BEGIN
	PERFORM drift_internal.check_fit(state);
	closed := drift_internal.close_fit((upcoming->>'fit')::integer);
	RETURN drift_internal.store_trial(run, config, upcoming, closed.artefact, (closed.details->>'rounds')::integer);
END
$$;

COMMENT ON FUNCTION drift_internal.close_trial(drift.training_runs, drift.training_configs, jsonb, jsonb) IS
	'takes the model of a fit whose last slice is over, or raises what ended it';

-- By the rows that choose, never by the held-out ones; of equals the first.
CREATE OR REPLACE FUNCTION drift_internal.best_trial(run drift.training_runs, first_trial integer) RETURNS integer
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT t.trial
	FROM drift.training_trials AS t
	LEFT JOIN drift_internal.evaluation_metrics() AS e ON e.metric = run.parameters->>'metric'
	CROSS JOIN LATERAL (SELECT (coalesce(t.metrics->'valid', t.metrics->'train')->>(run.parameters->>'metric'))::float8 AS value) AS m
	WHERE t.run_id = run.run_id AND t.trial >= first_trial AND t.status = 'succeeded'
	ORDER BY m.value * CASE WHEN e.higher_is_better THEN -1 ELSE 1 END NULLS LAST, t.trial
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.best_trial(drift.training_runs, integer) IS
	'trial of a run, from a number on, that is best by its metric on the rows that choose between trials';

CREATE OR REPLACE FUNCTION drift_internal.choose_trial(run drift.training_runs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_trial CONSTANT integer := (upcoming->>'first_trial')::integer;
	best CONSTANT integer := drift_internal.best_trial(run, first_trial);
	problems jsonb;
BEGIN
	SELECT jsonb_object_agg(t.trial, t.error) INTO problems
	FROM drift.training_trials AS t
	WHERE t.run_id = run.run_id AND t.trial >= first_trial AND t.status = 'failed';
	PERFORM drift_internal.close_training_set((upcoming->>'set')::integer);
	IF best IS NULL THEN
		RETURN upcoming - '{set}'::text[] || jsonb_build_object('details', jsonb_build_object('failed', problems), 'sqlstate', '55000', 'error',
			(SELECT string_agg(format('%s: %s', t.algorithm, t.error), E'\n' ORDER BY t.trial)
			FROM drift.training_trials AS t WHERE t.run_id = run.run_id AND t.trial >= first_trial AND t.status = 'failed'));
	END IF;
	PERFORM drift_internal.note_run(run.run_id, best_trial => best);
	RETURN upcoming - '{set,phase,first_trial}'::text[] || jsonb_build_object('step', 'evaluate', 'details',
		jsonb_strip_nulls(jsonb_build_object('best_trial', best, 'failed', problems)));
END
$$;

COMMENT ON FUNCTION drift_internal.choose_trial(drift.training_runs, jsonb) IS 'chooses the best trial, and lets the training rows go';

CREATE OR REPLACE FUNCTION drift_internal.retrain_train(run drift.training_runs, config drift.training_configs, upcoming jsonb, state jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	candidate CONSTANT jsonb := run.parameters->'candidates'->(upcoming->>'candidate')::integer;
	trial integer;
BEGIN
	CASE upcoming->>'phase'
	WHEN 'add' THEN
		trial := drift_internal.add_trial(run.run_id, candidate->>'algorithm', drift_internal.candidate_params(run, candidate));
		RETURN upcoming || jsonb_build_object('phase', 'open', 'trial', trial, 'first_trial', coalesce((upcoming->>'first_trial')::integer, trial));
	WHEN 'open' THEN
		RETURN drift_internal.open_trial(run, config, upcoming);
	WHEN 'close' THEN
		RETURN drift_internal.close_trial(run, config, upcoming, state);
	WHEN 'choose' THEN
		RETURN drift_internal.choose_trial(run, upcoming);
	END CASE;
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_train(drift.training_runs, drift.training_configs, jsonb, jsonb) IS
	'does a phase of the training of the candidates';
