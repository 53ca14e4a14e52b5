-- a trial of a run against the champion, on the rows that the run held out

-- The champion is model 1 of $1 and the trial model 2. Where its scores are of the other class they are turned. A segment is computed here, where the row has its own names.
CREATE OR REPLACE FUNCTION drift_internal.held_out_pairs(query text, truth text, task text, segment text, turned boolean, safely boolean) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s AS drift_o, %s AS drift_c, %s AS drift_ol, %s AS drift_cl, %s AS actual, %s AS actual_value, %s AS drift_segment FROM (%s%s) AS drift_row OFFSET 0',
		CASE WHEN task = 'multiclass' THEN 'NULL::pg_catalog.float8' ELSE CASE WHEN turned THEN '1 - ' ELSE '' END || drift_internal.answer_of(1, 'score', safely) END,
		CASE WHEN task = 'multiclass' THEN 'NULL::pg_catalog.float8' ELSE drift_internal.answer_of(2, 'score', safely) END,
		CASE WHEN task = 'regression' THEN 'NULL::pg_catalog.text' ELSE drift_internal.answer_of(1, 'label', safely) END,
		CASE WHEN task = 'regression' THEN 'NULL::pg_catalog.text' ELSE drift_internal.answer_of(2, 'label', safely) END,
		CASE WHEN task = 'regression' THEN 'NULL::pg_catalog.text' ELSE truth END,
		CASE WHEN task = 'regression' THEN truth ELSE 'NULL::pg_catalog.float8' END,
		coalesce(drift_internal.segment_expression(segment), 'NULL::pg_catalog.text'), query, E'\n')
$$;

COMMENT ON FUNCTION drift_internal.held_out_pairs(text, text, text, text, boolean, boolean) IS
	'query for what the champion and a trial say of held-out rows, as pairs of an evaluation';

-- What is asked of the run goes before what is configured, which goes before what an evaluation has by itself.
CREATE OR REPLACE FUNCTION drift_internal.held_out_options(run drift.training_runs, config jsonb, task text, positive text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	versions record;
	given CONSTANT jsonb := jsonb_strip_nulls(jsonb_build_object('metric', config->'metric', 'min_rows', config->'min_test_rows', 'guardrails', config->'guardrails'))
		|| coalesce(run.parameters->'evaluation', '{}');
BEGIN
	SELECT held_out_options.task, held_out_options.positive INTO versions;
	-- A metric of another task is no reason to train in vain.
	IF NOT EXISTS (SELECT FROM drift_internal.evaluation_metrics() AS m WHERE m.metric = given->>'metric' AND held_out_options.task = ANY (m.tasks))
		AND NOT coalesce(run.parameters->'evaluation', '{}') ? 'metric'
	THEN
		RETURN drift_internal.complete_options(given - 'metric', config, versions);
	END IF;
	RETURN drift_internal.complete_options(given, config, versions);
END
$$;

COMMENT ON FUNCTION drift_internal.held_out_options(drift.training_runs, jsonb, text, text) IS
	'options of the evaluation of a run, from its parameters and the configuration of its model';

CREATE OR REPLACE FUNCTION drift_internal.held_out_span(plan jsonb, as_of timestamptz) RETURNS tstzrange
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT tstzrange(test_from, greatest(coalesce((plan->>'test_to')::timestamptz, as_of), test_from))
	FROM (SELECT (plan->>'test_from')::timestamptz AS test_from) AS p
$$;

COMMENT ON FUNCTION drift_internal.held_out_span(jsonb, timestamptz) IS 'time of the held-out rows of a plan; without a beginning where they were chosen by a hash';

CREATE OR REPLACE FUNCTION drift_internal.evaluate_held_out(run drift.training_runs, settings drift.training_configs, champion drift.model,
	challenger drift.model) RETURNS drift.evaluations
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	config CONSTANT jsonb := drift_internal.loaded_config(run.model_id)->'deployment';
	described CONSTANT jsonb := drift.describe(challenger);
	task CONSTANT text := drift_internal.artefact_task(described);
	query CONSTANT text := run.plan->>'test_query';
	truth CONSTANT text := drift_internal.label_expression(settings.owner, query, settings.label, task, settings.path);
	turned CONSTANT boolean := coalesce(task = 'binary' AND drift.describe(champion)->'classes'->>1 <> described->'classes'->>1, false);
	wanted jsonb;
	result drift.evaluations;
BEGIN
	result.options := drift_internal.held_out_options(run, config, task, described->'classes'->>1);
	wanted := result.options || CASE WHEN result.options ? 'segment' THEN '{"segment": "drift_segment"}'::jsonb ELSE '{}' END;
	result.model_id := run.model_id;
	result.champion_version := run.champion_version;
	result.run_id := run.run_id;
	result.trial := run.best_trial;
	result.method := 'held_out';
	result.span := drift_internal.held_out_span(run.plan, run.as_of);
	RETURN drift_internal.judge_evaluation(result, drift_internal.measure_versions(
			ARRAY[drift_internal.held_out_pairs(query, truth, task, result.options->>'segment', turned, false),
				drift_internal.held_out_pairs(query, truth, task, result.options->>'segment', turned, true)],
			true, task, wanted, settings.path, settings.owner, ARRAY[champion, challenger]),
		(config->>'min_metric')::float8);
END
$$;

COMMENT ON FUNCTION drift_internal.evaluate_held_out(drift.training_runs, drift.training_configs, drift.model, drift.model) IS
	'an evaluation of a trial against the champion that is not stored yet, read as the owner of the training rows';

-- What served scores are held against after the deployment: those of the trial, which has not seen these rows, and those of
-- the version, which was fitted to them too.
CREATE OR REPLACE FUNCTION drift_internal.keep_held_out_scores(run_id bigint, artefact drift.model, of_version boolean) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.find_run(run_id, 'operate');
	what CONSTANT text := CASE drift_internal.artefact_task(drift.describe(artefact)) WHEN 'multiclass' THEN 'label' ELSE 'score' END;
	settings drift.training_configs;
BEGIN
	SELECT * INTO settings FROM drift.training_configs AS c WHERE c.model_id = run.model_id;
	INSERT INTO drift.run_profiles (run_id, column_name, profile)
	SELECT run.run_id, CASE WHEN of_version THEN 'drift_version_' ELSE 'drift_' END || what, r.profile
	FROM drift_internal.read_with_models(settings.owner, format('SELECT drift.profile_agg(%s) FROM (%s%s) AS drift_row',
		drift_internal.answer_of(1, what, false), run.plan->>'test_query', E'\n'), settings.path, ARRAY[artefact]) AS r (profile drift.profile)
	WHERE r.profile IS NOT NULL
	ON CONFLICT ON CONSTRAINT run_profiles_pkey DO UPDATE SET profile = excluded.profile;
END
$$;

COMMENT ON FUNCTION drift_internal.keep_held_out_scores(bigint, drift.model, boolean) IS
	'stores the profile of the scores of a trial, or of the version that was made of it, over the held-out rows of a run; of the classes where there are more than two';

CREATE OR REPLACE FUNCTION drift_internal.evaluate_trial(run_id bigint) RETURNS drift.evaluations
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.find_run(run_id, 'operate');
	settings drift.training_configs;
	challenger drift.model := (SELECT a.artefact FROM drift.trial_artefacts AS a WHERE a.run_id = run.run_id AND a.trial = run.best_trial);
	champion drift.model := (SELECT a.artefact FROM drift.model_artefacts AS a WHERE a.model_id = run.model_id AND a.version = run.champion_version);
	measured jsonb;
	result drift.evaluations;
BEGIN
	SELECT * INTO settings FROM drift.training_configs AS c WHERE c.model_id = run.model_id;
	IF challenger IS NULL OR settings.model_id IS NULL THEN
		RAISE EXCEPTION 'run % has no trial to evaluate', run.run_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				DETAIL = CASE WHEN challenger IS NULL THEN 'None of its trials has a model.' ELSE 'How its model is trained is not set any more.' END;
	END IF;
	measured := drift_internal.measure_artefact(challenger, run.plan->>'test_query', settings.label, NULL, NULL, settings.owner, settings.path);
	UPDATE drift.training_trials AS t SET metrics = t.metrics || jsonb_build_object('test', measured)
	WHERE t.run_id = run.run_id AND t.trial = run.best_trial;
	PERFORM drift_internal.keep_held_out_scores(run.run_id, challenger, false);
	-- Without a champion in the database there is nothing to compare with.
	IF champion IS NOT NULL THEN
		SELECT * INTO result FROM drift_internal.insert_evaluation(drift_internal.evaluate_held_out(run, settings, champion, challenger));
	END IF;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.evaluate_trial(bigint) IS
	'measures the best trial of a run on its held-out rows and compares it with the champion there; NULL where there is no champion in the database. Rows are read as their owner, of whom the caller must be a member.';
