-- the version that comes of a retraining: fitted again to all rows, and registered

-- As many rounds as were best on the rows that chose: now there are none that could end the fit.
CREATE OR REPLACE FUNCTION drift_internal.refit_params(trial drift.training_trials) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN trial.algorithm = 'gradient_boosting'
		THEN trial.parameters - 'early_stopping_rounds' || jsonb_strip_nulls(jsonb_build_object('n_estimators', trial.rounds))
		ELSE trial.parameters END
$$;

COMMENT ON FUNCTION drift_internal.refit_params(drift.training_trials) IS 'parameters with which the best trial is fitted again to all rows';

CREATE OR REPLACE FUNCTION drift_internal.best_trial_of(run drift.training_runs) RETURNS drift.training_trials
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT t FROM drift.training_trials AS t WHERE t.run_id = run.run_id AND t.trial = run.best_trial
$$;

COMMENT ON FUNCTION drift_internal.best_trial_of(drift.training_runs) IS 'the best trial of a run';

-- Trainers of users fit at once, when the version is registered.
CREATE OR REPLACE FUNCTION drift_internal.retrain_refit(run drift.training_runs, config drift.training_configs, upcoming jsonb, state jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	best CONSTANT drift.training_trials := drift_internal.best_trial_of(run);
	opened jsonb;
BEGIN
	IF upcoming->>'phase' = 'close' THEN
		PERFORM drift_internal.check_fit(state);
		RETURN upcoming - 'phase' || jsonb_build_object('step', 'register', 'details', jsonb_strip_nulls(jsonb_build_object('algorithm', best.algorithm,
			'parameters', drift_internal.refit_params(best), 'rounds', state->'round', 'rows', upcoming->'refit_rows')));
	ELSIF NOT drift_internal.is_algorithm(best.algorithm) THEN
		RETURN upcoming || jsonb_build_object('step', 'register', 'details', jsonb_build_object('algorithm', best.algorithm));
	END IF;
	opened := drift_internal.open_training_set(run.plan->>'all_query', run.plan->>'label',
		drift_internal.training_set_options(run, run.plan), config.owner, config.path);
	RETURN upcoming || jsonb_build_object('phase', 'close', 'set', opened->'set', 'refit_rows', opened #> '{rows,train}',
		'fit', drift_internal.open_fit((opened->>'set')::integer, best.algorithm, drift_internal.refit_params(best)));
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_refit(drift.training_runs, drift.training_configs, jsonb, jsonb) IS
	'fits the algorithm of the best trial again to all rows that may be trained on, held-out ones too';

-- The model of the version: that of the fit to all rows, or of the trial itself.
CREATE OR REPLACE FUNCTION drift_internal.version_artefact(run drift.training_runs, config drift.training_configs, upcoming jsonb) RETURNS drift.model
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	best CONSTANT drift.training_trials := drift_internal.best_trial_of(run);
	artefact drift.model;
BEGIN
	IF NOT (run.plan->>'refit')::boolean THEN
		RETURN drift_internal.trial_artefact(run.run_id, run.best_trial);
	ELSIF NOT upcoming ? 'fit' THEN
		RETURN drift_internal.fit_by_function(best.algorithm, drift_internal.plan_rows(run.plan, 'all_query', NULL), run.plan->>'label',
			best.parameters, config.owner, config.path);
	END IF;
	artefact := (drift_internal.close_fit((upcoming->>'fit')::integer)).artefact;
	PERFORM drift_internal.close_training_set((upcoming->>'set')::integer);
	RETURN artefact;
END
$$;

COMMENT ON FUNCTION drift_internal.version_artefact(drift.training_runs, drift.training_configs, jsonb) IS
	'the model of the version that a run makes';

-- Metrics are those of the trial: what was fitted to the held-out rows cannot be measured on them.
CREATE OR REPLACE FUNCTION drift_internal.version_metrics(trial drift.training_trials) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_object_agg(s.key || '_' || m.key, m.value), '{}')
	FROM jsonb_each(trial.metrics) AS s, jsonb_each(s.value) AS m
	WHERE jsonb_typeof(m.value) = 'number'
$$;

COMMENT ON FUNCTION drift_internal.version_metrics(drift.training_trials) IS 'metrics of a trial as those of a version: test_log_loss, valid_log_loss, ...';

CREATE OR REPLACE FUNCTION drift_internal.store_run_metrics(run_id bigint, trial drift.training_trials) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
BEGIN
	INSERT INTO drift.run_metrics (run_id, split, metric, value)
	SELECT run.run_id, s.key, m.key, m.value::float8
	FROM jsonb_each(trial.metrics) AS s, jsonb_each(s.value) AS m
	WHERE jsonb_typeof(m.value) = 'number'
	ON CONFLICT ON CONSTRAINT run_metrics_pkey DO UPDATE SET value = excluded.value, logged_at = excluded.logged_at;
END
$$;

COMMENT ON FUNCTION drift_internal.store_run_metrics(bigint, drift.training_trials) IS 'writes the metrics of its best trial down as those of a run of this session';

-- A baseline for monitors of the features is welcome, and no reason to lose a version.
CREATE OR REPLACE FUNCTION drift_internal.version_baseline(run drift.training_runs, config drift.training_configs, version integer, query text, split text)
	RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	baseline drift.baselines := drift_internal.rows_as_baseline(config, run.plan, query, split,
		ARRAY(SELECT jsonb_array_elements_text(run.plan->'features')));
	content record;
BEGIN
	content := drift_internal.read_baseline(baseline);
	baseline := content.baseline;
	baseline.name := (SELECT m.name FROM drift.models AS m WHERE m.model_id = run.model_id) || ' training';
	baseline.model_id := run.model_id;
	baseline.model_version := version;
	baseline := drift_internal.store_baseline(baseline, content.columns, true);
	RETURN jsonb_build_object('baseline', baseline.name, 'baseline_version', baseline.version);
EXCEPTION
	WHEN insufficient_privilege OR data_exception OR string_data_right_truncation OR check_violation THEN
		RETURN jsonb_build_object('no_baseline', SQLERRM);
END
$$;

COMMENT ON FUNCTION drift_internal.version_baseline(drift.training_runs, drift.training_configs, integer, text, text) IS
	'makes the features of the rows that a version was trained on its training baseline, if that can be';

CREATE OR REPLACE FUNCTION drift_internal.retrain_register(run drift.training_runs, config drift.training_configs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	model CONSTANT text := (SELECT m.name FROM drift.models AS m WHERE m.model_id = run.model_id AND m.deleted_at IS NULL);
	best CONSTANT drift.training_trials := drift_internal.best_trial_of(run);
	refit CONSTANT boolean := (run.plan->>'refit')::boolean;
	query CONSTANT text := CASE WHEN refit THEN 'all_query' ELSE 'query' END;
	split CONSTANT text := CASE WHEN NOT refit THEN 'train' END;
	artefact CONSTANT drift.model := drift_internal.version_artefact(run, config, upcoming);
	version integer;
	told jsonb;
BEGIN
	version := drift.add_version(model, artefact,
		parameters => jsonb_build_object('algorithm', best.algorithm) || CASE WHEN refit THEN drift_internal.refit_params(best) ELSE best.parameters END,
		metrics => drift_internal.version_metrics(best),
		tags => jsonb_build_object('strategy', run.strategy) || CASE WHEN upcoming->>'status' = 'needs_review' THEN '{"review": "needed"}'::jsonb ELSE '{}' END,
		description => format('Retrained by run %s, strategy %s: %s', run.run_id, run.strategy, upcoming->>'reason'),
		training => drift_internal.describe_rows(config, run.plan, query, split),
		run_id => run.run_id::text,
		lineage => jsonb_strip_nulls(jsonb_build_object('run_id', run.run_id, 'trial', run.best_trial, 'strategy', run.strategy,
			'decision_id', run.decision_id, 'evaluation_id', run.evaluation_id, 'parent_version', run.champion_version)));
	PERFORM drift_internal.keep_held_out_scores(run.run_id, artefact, true);
	told := jsonb_build_object('version', version) || drift_internal.version_baseline(run, config, version, query, split);
	RETURN upcoming - '{set,fit}'::text[] || jsonb_build_object('step', 'log', 'version', version, 'details', told);
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_register(drift.training_runs, drift.training_configs, jsonb) IS
	'registers the version that a run makes, with its data, metrics and lineage, and its training baseline';

-- Rows count anew from what was known to this run, whatever came of it.
CREATE OR REPLACE FUNCTION drift_internal.retrain_log(run drift.training_runs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	triggers CONSTANT integer := drift.reset_triggers((SELECT m.name FROM drift.models AS m WHERE m.model_id = run.model_id), run.as_of);
BEGIN
	PERFORM drift_internal.store_run_metrics(run.run_id, drift_internal.best_trial_of(run));
	PERFORM drift_internal.note_retrained(run.run_id, upcoming->>'status', (upcoming->>'version')::integer);
	RETURN upcoming || jsonb_build_object('step', 'end', 'details', jsonb_build_object('triggers_reset', triggers));
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_log(drift.training_runs, jsonb) IS
	'writes a retraining into the history of its model, and has its triggers count anew';

CREATE OR REPLACE FUNCTION drift_internal.note_retrained(run_id bigint, status text, version integer) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.run_of_backend(run_id);
	locked CONSTANT drift.models := drift_internal.lock_model((SELECT m.name FROM drift.models AS m WHERE m.model_id = run.model_id), 'operate');
BEGIN
	PERFORM drift_internal.record_event(locked.model_id, 'retrained', version, run.reason, jsonb_strip_nulls(jsonb_build_object('run_id', run.run_id,
		'status', status, 'strategy', run.strategy, 'verdict', run.verdict, 'decision_id', run.decision_id, 'evaluation_id', run.evaluation_id)));
END
$$;

COMMENT ON FUNCTION drift_internal.note_retrained(bigint, text, integer) IS 'adds what came of a run of this session to the history of its model';
