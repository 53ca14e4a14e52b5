-- drift.tune(): a run that searches parameters, a trial for each point; it can be stopped and gone on with
--
-- Rows are planned, checked and read as for drift.retrain(), whose steps these are. Points are trials from the start, so
-- that a search that ended early knows what is left to do.

CREATE OR REPLACE FUNCTION drift_internal.check_tune(algorithm text, space jsonb, method text, trials integer, options jsonb) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF algorithm IS NULL OR method IS NULL OR method NOT IN ('grid', 'random', 'halving') THEN
		RAISE EXCEPTION 'a search needs an algorithm and a method'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'The method is grid, random or halving.';
	ELSIF trials NOT BETWEEN 1 AND 10000 THEN
		RAISE EXCEPTION '% trials cannot be made', trials USING ERRCODE = 'invalid_parameter_value', HINT = 'From 1 to 10000.';
	ELSIF method = 'halving' AND algorithm NOT IN ('gradient_boosting', 'random_forest') THEN
		RAISE EXCEPTION 'the method halving needs an algorithm that grows trees'
			USING ERRCODE = 'feature_not_supported', DETAIL = format('%s has no rounds of which trials could get a share.', algorithm),
				HINT = 'Take the method random.';
	ELSIF method = 'halving' AND space ? 'n_estimators' THEN
		RAISE EXCEPTION 'the method halving sets n_estimators by itself'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give what the last trials are to have in options: {"params": {"n_estimators": 200}}.';
	ELSIF options ? 'eta' AND (jsonb_typeof(options->'eta') = 'number' AND (options->>'eta')::float8 BETWEEN 1.5 AND 100) IS NOT TRUE THEN
		RAISE EXCEPTION 'option "eta" of a search cannot be %', options->'eta'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It says how many of the trials of a stage one is kept of: from 1.5 to 100.';
	ELSIF options ? 'save' AND jsonb_typeof(options->'save') <> 'boolean' THEN
		RAISE EXCEPTION 'option "save" of a search cannot be %', options->'save' USING ERRCODE = 'invalid_parameter_value', HINT = 'true or false.';
	END IF;
	PERFORM drift_internal.check_object(options->'params', 'params');
END
$$;

COMMENT ON FUNCTION drift_internal.check_tune(text, jsonb, text, integer, jsonb) IS 'an error unless a search can be made';

CREATE OR REPLACE FUNCTION drift_internal.stages(points integer, eta float8) RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN floor(ln(points) / ln(eta) + 1e-9)::integer + 1;

COMMENT ON FUNCTION drift_internal.stages(integer, float8) IS 'stages of a search by halving, until one point is left';

CREATE OR REPLACE FUNCTION drift_internal.with_budget(run drift.training_runs, params jsonb, budget float8) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN budget IS NULL THEN params
		ELSE params || jsonb_build_object('n_estimators',
			greatest(1, round(coalesce((run.parameters #>> '{search,params,n_estimators}')::float8, 100) * budget)::integer)) END
$$;

COMMENT ON FUNCTION drift_internal.with_budget(drift.training_runs, jsonb, float8) IS 'parameters of a trial that has a share of the trees; NULL: as they are';

CREATE OR REPLACE FUNCTION drift_internal.tune_points(space jsonb, method text, trials integer, seed bigint) RETURNS jsonb[]
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN method = 'grid' THEN drift_internal.grid_points(space, coalesce(trials, 1000))
		ELSE drift_internal.random_points(space, coalesce(trials, CASE method WHEN 'halving' THEN 27 ELSE 20 END), seed) END
$$;

COMMENT ON FUNCTION drift_internal.tune_points(jsonb, text, integer, bigint) IS 'points that a search tries';

CREATE OR REPLACE FUNCTION drift_internal.add_points(run_id bigint, points jsonb[]) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
	eta CONSTANT float8 := coalesce((run.parameters #>> '{search,eta}')::float8, 3);
	budget CONSTANT float8 := CASE WHEN run.parameters #>> '{search,method}' = 'halving' THEN eta ^ (1 - drift_internal.stages(cardinality(points), eta)) END;
	point jsonb;
BEGIN
	FOREACH point IN ARRAY points LOOP
		PERFORM drift_internal.add_trial(run_id, run.parameters #>> '{search,algorithm}', drift_internal.candidate_params(run, jsonb_build_object('params',
				drift_internal.with_budget(run, coalesce(run.parameters #> '{search,params}', '{}') || point, budget))),
			budget, CASE WHEN budget IS NOT NULL THEN 0 END, 'pending');
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift_internal.add_points(bigint, jsonb[]) IS 'adds a pending trial for each point to a search of this session';

CREATE OR REPLACE FUNCTION drift_internal.begin_tune(model text, algorithm text, space jsonb, method text, trials integer, options jsonb) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT text[] := '{strategy,params,eta,save}';
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	config CONSTANT drift.training_configs := drift_internal.config_to_train(found);
	axes CONSTANT jsonb := drift_internal.check_space(space);
	effective jsonb := config.options || jsonb_strip_nulls(drift_internal.check_training_options(coalesce(options, '{}') - own));
	strategy CONSTANT text := coalesce(drift_internal.check_strategy(options->>'strategy'),
		drift_internal.config_text(drift_internal.loaded_config(found.model_id), 'retraining.strategy'), 'combined');
	seed CONSTANT bigint := drift_internal.training_option(effective, 'seed')::bigint;
	begun bigint;
BEGIN
	PERFORM drift_internal.check_tune(algorithm, axes, method, trials, options);
	begun := drift_internal.open_run(model => found.name, kind => 'tune', as_of => coalesce((effective->>'as_of')::timestamptz, clock_timestamp()),
		parameters => effective - '{as_of,decision_id,triggered_by,candidates,fallback_strategies}'::text[]
			|| jsonb_build_object('search', jsonb_build_object('algorithm', algorithm, 'space', space, 'method', method, 'trials', trials)
				|| coalesce((SELECT jsonb_object_agg(o.key, o.value) FROM jsonb_each(options) AS o WHERE o.key = ANY (own) AND o.key <> 'strategy'), '{}')),
		seed => seed, strategy => strategy, triggered_by => drift_internal.training_option(effective, 'triggered_by'));
	PERFORM drift_internal.add_points(begun, drift_internal.tune_points(axes, method, trials, seed));
	RETURN begun;
END
$$;

COMMENT ON FUNCTION drift_internal.begin_tune(text, text, jsonb, text, integer, jsonb) IS 'begins a run that searches parameters, with a pending trial for each point; its number';

-- Of a stage that is over one in eta goes on, with eta times the trees.
CREATE OR REPLACE FUNCTION drift_internal.next_stage(run_id bigint) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
	eta CONSTANT float8 := coalesce((run.parameters #>> '{search,eta}')::float8, 3);
	stage integer;
	last_budget float8;
	kept integer[];
BEGIN
	SELECT t.rung, t.budget INTO stage, last_budget FROM drift.training_trials AS t WHERE t.run_id = run.run_id ORDER BY t.rung DESC LIMIT 1;
	IF stage IS NULL OR last_budget >= 1 THEN
		RETURN false;
	END IF;
	kept := ARRAY(SELECT o.trial FROM drift_internal.ordered_trials(run, stage) WITH ORDINALITY AS o (trial, place)
		WHERE o.place <= greatest(1, floor((SELECT count(*) FROM drift.training_trials AS t WHERE t.run_id = run.run_id AND t.rung = stage) / eta)));
	UPDATE drift.training_trials AS t SET status = 'stopped' WHERE t.run_id = run.run_id AND t.rung = stage AND t.status = 'succeeded' AND t.trial <> ALL (kept);
	PERFORM drift_internal.add_trial(run.run_id, t.algorithm, drift_internal.with_budget(run, t.parameters, b.budget), b.budget, stage + 1, 'pending')
	FROM unnest(kept) WITH ORDINALITY AS k (trial, place)
	JOIN drift.training_trials AS t ON t.run_id = run.run_id AND t.trial = k.trial,
		LATERAL (SELECT CASE WHEN last_budget * eta > 0.999 THEN 1 ELSE last_budget * eta END AS budget) AS b
	ORDER BY k.place;
	RETURN cardinality(kept) > 0;
END
$$;

COMMENT ON FUNCTION drift_internal.next_stage(bigint) IS
	'adds the next stage of a search by halving of this session, of the best trials of the last one; false where there is none';

-- By the rows that choose, never by the held-out ones; of equals the first.
CREATE OR REPLACE FUNCTION drift_internal.ordered_trials(run drift.training_runs, stage integer) RETURNS SETOF integer
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT t.trial
	FROM drift.training_trials AS t
	LEFT JOIN drift_internal.evaluation_metrics() AS e ON e.metric = run.parameters->>'metric'
	CROSS JOIN LATERAL (SELECT (coalesce(t.metrics->'valid', t.metrics->'train')->>(run.parameters->>'metric'))::float8 AS value) AS m
	WHERE t.run_id = run.run_id AND t.rung IS NOT DISTINCT FROM stage AND t.status = 'succeeded'
	ORDER BY m.value * CASE WHEN e.higher_is_better THEN -1 ELSE 1 END NULLS LAST, t.trial
$$;

COMMENT ON FUNCTION drift_internal.ordered_trials(drift.training_runs, integer) IS 'trials of a stage of a search that went well, the best first';

CREATE OR REPLACE FUNCTION drift_internal.next_trial(run drift.training_runs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next CONSTANT integer := min(t.trial) FROM drift.training_trials AS t WHERE t.run_id = run.run_id AND t.status = 'pending';
BEGIN
	IF next IS NOT NULL THEN
		PERFORM drift_internal.report_progress(run.run_id, (drift_internal.progress_of_search(run.run_id))[1], format('trial %s', next));
		PERFORM drift_internal.begin_trial(run.run_id, next);
		RETURN upcoming || jsonb_build_object('phase', 'open', 'trial', next);
	ELSIF drift_internal.next_stage(run.run_id) THEN
		RETURN upcoming;
	END IF;
	RETURN upcoming || '{"phase": "choose"}';
END
$$;

COMMENT ON FUNCTION drift_internal.next_trial(drift.training_runs, jsonb) IS 'begins the next trial of a search, or its next stage, or its end';

CREATE OR REPLACE FUNCTION drift_internal.open_point(run drift.training_runs, config drift.training_configs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	trial drift.training_trials;
BEGIN
	SELECT * INTO trial FROM drift.training_trials AS t WHERE t.run_id = run.run_id AND t.trial = (upcoming->>'trial')::integer;
	IF drift_internal.is_algorithm(trial.algorithm) THEN
		RETURN upcoming || jsonb_build_object('phase', 'close', 'fit',
			drift_internal.open_fit((upcoming->>'set')::integer, trial.algorithm, trial.parameters));
	END IF;
	RETURN drift_internal.store_trial(run, config, upcoming, drift_internal.fit_by_function(trial.algorithm,
		drift_internal.plan_rows(run.plan, 'query', 'train'), run.plan->>'label', trial.parameters, config.owner, config.path), NULL);
END
$$;

COMMENT ON FUNCTION drift_internal.open_point(drift.training_runs, drift.training_configs, jsonb) IS
	'begins the fit of a trial of a search; a trainer of users does all of it at once';

-- Trials before were measured on rows that must be the same.
CREATE OR REPLACE FUNCTION drift_internal.check_same_rows(run drift.training_runs) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF run.parameters #>> '{search,rows_before}' <> run.snapshot->>'hash' THEN
		RAISE EXCEPTION 'the rows of run % are no longer what they were', run.run_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Trials that were made before cannot be compared with others.',
				HINT = 'Begin another search with drift.tune().';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_same_rows(drift.training_runs) IS 'an error where a search that is gone on with would read other rows than before';

CREATE OR REPLACE FUNCTION drift_internal.save_candidate(run_id bigint, trial drift.training_trials) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
	best CONSTANT jsonb := jsonb_build_object('algorithm', trial.algorithm, 'params', trial.parameters - '{seed,threads}'::text[]);
	before jsonb;
	others jsonb;
BEGIN
	SELECT c.candidates INTO before FROM drift.training_configs AS c WHERE c.model_id = run.model_id FOR UPDATE;
	SELECT coalesce(jsonb_agg(c.value ORDER BY c.place), '[]') INTO others
	FROM jsonb_array_elements(before) WITH ORDINALITY AS c (value, place) WHERE c.value->>'algorithm' <> trial.algorithm;
	UPDATE drift.training_configs AS c
	SET candidates = others || best, changed_at = clock_timestamp(), changed_by = pg_get_userbyid(drift_internal.actor())
	WHERE c.model_id = run.model_id AND drift_internal.may_run(c.owner);
	PERFORM drift_internal.record_event(run.model_id, 'training_tuned', details => jsonb_build_object('run_id', run.run_id, 'candidate', best,
		'previous_candidates', before));
END
$$;

COMMENT ON FUNCTION drift_internal.save_candidate(bigint, drift.training_trials) IS
	'makes the best trial of a search of this session the candidate of its algorithm, of which there is one then';

CREATE OR REPLACE FUNCTION drift_internal.drop_artefacts(run_id bigint, but integer) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
BEGIN
	DELETE FROM drift.trial_artefacts AS a WHERE a.run_id = run.run_id AND a.trial <> but;
END
$$;

COMMENT ON FUNCTION drift_internal.drop_artefacts(bigint, integer) IS 'removes the models of all trials but one of a run of this session';

CREATE OR REPLACE FUNCTION drift_internal.choose_point(run drift.training_runs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stage CONSTANT integer := max(t.rung) FROM drift.training_trials AS t WHERE t.run_id = run.run_id AND t.status = 'succeeded';
	best drift.training_trials;
	value text;
BEGIN
	SELECT t.* INTO best
	FROM drift_internal.ordered_trials(run, stage) WITH ORDINALITY AS o (trial, place)
	JOIN drift.training_trials AS t ON t.run_id = run.run_id AND t.trial = o.trial
	ORDER BY o.place LIMIT 1;
	IF best.trial IS NULL THEN
		RETURN upcoming || jsonb_build_object('sqlstate', '55000', 'error', concat_ws(E'\n', 'All trials failed.', (SELECT string_agg(DISTINCT t.error, E'\n')
			FROM drift.training_trials AS t WHERE t.run_id = run.run_id AND t.status = 'failed')));
	END IF;
	value := round((coalesce(best.metrics->'valid', best.metrics->'train')->>(run.parameters->>'metric'))::numeric, 6);
	PERFORM drift_internal.note_run(run.run_id, best_trial => best.trial,
		reason => format('Trial %s is best: %s %s.', best.trial, run.parameters->>'metric', value));
	PERFORM drift_internal.store_run_metrics(run.run_id, best);
	PERFORM drift_internal.drop_artefacts(run.run_id, best.trial);
	IF (run.parameters #>> '{search,save}')::boolean THEN
		PERFORM drift_internal.save_candidate(run.run_id, best);
	END IF;
	RETURN upcoming || jsonb_build_object('step', 'end', 'status', 'succeeded', 'details', jsonb_build_object('best_trial', best.trial,
		'metric', run.parameters->'metric', 'value', value, 'trials', (SELECT count(*) FROM drift.training_trials AS t WHERE t.run_id = run.run_id)));
END
$$;

COMMENT ON FUNCTION drift_internal.choose_point(drift.training_runs, jsonb) IS
	'chooses the best trial of the last stage of a search, keeps its model, and makes it a candidate if that was asked for';

CREATE OR REPLACE FUNCTION drift_internal.tune_train(run drift.training_runs, config drift.training_configs, upcoming jsonb, state jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	CASE upcoming->>'phase'
	WHEN 'add' THEN
		PERFORM drift_internal.check_same_rows(run);
		RETURN upcoming || '{"phase": "next"}';
	WHEN 'next' THEN
		RETURN drift_internal.next_trial(run, upcoming);
	WHEN 'open' THEN
		RETURN drift_internal.open_point(run, config, upcoming);
	WHEN 'close' THEN
		RETURN drift_internal.close_trial(run, config, upcoming, state);
	WHEN 'choose' THEN
		RETURN drift_internal.choose_point(run, upcoming);
	END CASE;
END
$$;

COMMENT ON FUNCTION drift_internal.tune_train(drift.training_runs, drift.training_configs, jsonb, jsonb) IS 'does a phase of the trials of a search';

CREATE OR REPLACE FUNCTION drift_internal.progress_of_search(run_id bigint) RETURNS float8[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY[0.1 + 0.9 * s.done / s.total, 0.1 + 0.9 * (s.done + 1) / s.total]
	FROM (
		SELECT count(*) FILTER (WHERE t.status NOT IN ('pending', 'running'))::float8 AS done, count(*)::float8 AS total
		FROM drift.training_trials AS t
		WHERE t.run_id = progress_of_search.run_id
	) AS s
$$;

COMMENT ON FUNCTION drift_internal.progress_of_search(bigint) IS 'shares of a search that are done before and after the trial that it is at';

CREATE OR REPLACE PROCEDURE drift.tune(model text, algorithm text, space jsonb, method text DEFAULT 'random', trials integer DEFAULT NULL,
	options jsonb DEFAULT '{}', INOUT result jsonb DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
	run_id bigint;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	run_id := drift_internal.begin_tune(model, algorithm, space, method, trials, options);
	COMMIT;
	CALL drift_internal.perform_retrain(run_id, false, result);
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.tune(text, text, jsonb, text, integer, jsonb, jsonb) IS
	'searches parameters of an algorithm for a model: a trial for each point of the space, by the method grid (all of them), random (so many by the seed) or halving (many with few trees, the best of them with more), compared on the rows that choose, never on the held-out ones. options are those of drift.retrain() and strategy, params (for all trials), eta (of halving) and save (true: the best becomes the candidate of drift.set_training()). Each trial is committed; drift.resume_run() goes on where a search ended.';

CREATE OR REPLACE FUNCTION drift.tune_model(model text, algorithm text, space jsonb, method text DEFAULT 'random', trials integer DEFAULT NULL,
	options jsonb DEFAULT '{}') RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result jsonb;
BEGIN
	CALL drift_internal.perform_retrain(drift_internal.begin_tune(model, algorithm, space, method, trials, options), true, result);
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.tune_model(text, text, jsonb, text, integer, jsonb) IS
	'what drift.tune() does, in the transaction of the caller: nobody sees how far it is, and where the transaction fails nothing is left of it';

-- What a trial could not do by itself it could not do again; what ended with the run is to be done.
CREATE OR REPLACE FUNCTION drift_internal.reopen_run(run_id bigint) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run drift.training_runs := drift_internal.find_run(run_id, 'operate');
	model CONSTANT drift.models := drift_internal.lock_model((SELECT m.name FROM drift.models AS m WHERE m.model_id = run.model_id), 'operate');
BEGIN
	PERFORM drift_internal.config_to_train(model);
	PERFORM drift_internal.settle_runs(model);
	run := drift_internal.lock_run(run_id, 'operate');
	IF run.kind <> 'tune' OR run.status NOT IN ('failed', 'cancelled') THEN
		RAISE EXCEPTION 'run % cannot be gone on with', run_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is of the kind %s, and its status is %s.', run.kind, run.status),
				HINT = 'Searches of parameters that failed or were cancelled can.';
	END IF;
	PERFORM drift_internal.check_no_run(model);
	UPDATE drift.training_trials AS t SET status = 'pending', error = NULL, started_at = NULL, finished_at = NULL
	WHERE t.run_id = run.run_id AND (t.status IN ('running', 'cancelled') OR (t.status = 'failed' AND t.error = run.error));
	UPDATE drift.training_runs AS r
	SET status = 'running', error = NULL, sqlstate = NULL, cancel_requested_at = NULL, finished_at = NULL,
		pid = pg_backend_pid(), backend_start = (SELECT s.backend_start FROM pg_stat_activity AS s WHERE s.pid = pg_backend_pid()),
		system_identifier = (SELECT c.system_identifier FROM pg_control_system() AS c),
		parameters = jsonb_set(r.parameters, '{search,rows_before}', CASE
			WHEN EXISTS (SELECT FROM drift.training_trials AS t WHERE t.run_id = run.run_id AND t.status IN ('succeeded', 'stopped'))
				THEN coalesce(nullif(r.parameters #> '{search,rows_before}', 'null'), r.snapshot->'hash', 'null')
			ELSE 'null' END)
	WHERE r.run_id = run.run_id;
END
$$;

COMMENT ON FUNCTION drift_internal.reopen_run(bigint) IS 'makes a search that failed or was cancelled one of this session again; trials that were not over are pending';

CREATE OR REPLACE PROCEDURE drift.resume_run(run_id bigint, INOUT result jsonb DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	PERFORM drift_internal.reopen_run(run_id);
	COMMIT;
	CALL drift_internal.perform_retrain(run_id, false, result);
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.resume_run(bigint, jsonb) IS
	'goes on with a search of parameters that was cancelled or failed, also because the server went down: trials that are over are kept, if the rows are still the same';
