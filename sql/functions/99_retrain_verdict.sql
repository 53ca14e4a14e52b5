-- whether the best trial of a retraining is better than the champion, and which strategy is tried next if it is not

CREATE OR REPLACE FUNCTION drift_internal.retrain_evaluate(run drift.training_runs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	evaluated CONSTANT drift.evaluations := drift_internal.evaluate_trial(run.run_id);
BEGIN
	PERFORM drift_internal.note_run(run.run_id, evaluation_id => evaluated.evaluation_id);
	RETURN upcoming || jsonb_build_object('step', 'decide', 'evaluation_id', evaluated.evaluation_id, 'details', jsonb_strip_nulls(jsonb_build_object(
		'evaluation_id', evaluated.evaluation_id, 'metric', evaluated.metric, 'champion', evaluated.champion, 'challenger', evaluated.challenger,
		'improvement', evaluated.improvement, 'p_value', evaluated.p_value, 'n', evaluated.n, 'verdict', evaluated.verdict)));
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_evaluate(drift.training_runs, jsonb) IS
	'compares the best trial with the champion on the held-out rows';

CREATE OR REPLACE FUNCTION drift_internal.next_strategy(run drift.training_runs, tried text[]) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.name
	FROM jsonb_array_elements_text(run.parameters->'strategies') WITH ORDINALITY AS s (name, place)
	WHERE s.name <> ALL (tried)
	ORDER BY s.place
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.next_strategy(drift.training_runs, text[]) IS 'strategy of a run that was not tried yet; NULL: all were';

-- A strategy whose rows could not be trained on has no verdict and is no outcome.
CREATE OR REPLACE FUNCTION drift_internal.best_outcome(outcomes jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT o
	FROM jsonb_array_elements(outcomes) WITH ORDINALITY AS u (o, place)
	ORDER BY array_position(ARRAY['succeeded', 'needs_review', 'kept'], o->>'status'), place
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.best_outcome(jsonb) IS 'of what the strategies of a run came to the best, and of equals the first';

CREATE OR REPLACE FUNCTION drift_internal.tried_strategies(run drift.training_runs, upcoming jsonb) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	RETURN ARRAY(SELECT DISTINCT t FROM unnest(ARRAY(SELECT jsonb_array_elements_text(coalesce(upcoming->'tried', '[]')))
		|| ARRAY[run.strategy, upcoming->>'strategy']) AS t WHERE t IS NOT NULL ORDER BY t);

COMMENT ON FUNCTION drift_internal.tried_strategies(drift.training_runs, jsonb) IS
	'strategies that a run was asked to try, and those that it trained by instead';

-- Of another strategy than the last: its plan, trial and scores are those of the run again.
CREATE OR REPLACE FUNCTION drift_internal.return_to(run drift.training_runs, outcome jsonb) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	evaluated drift.evaluations;
BEGIN
	PERFORM drift_internal.note_run(run.run_id, strategy => outcome->>'strategy', plan => outcome->'plan', snapshot => outcome->'snapshot',
		best_trial => (outcome->>'best_trial')::integer);
	IF outcome->>'status' <> 'kept' THEN
		evaluated := drift_internal.evaluate_trial(run.run_id);
	END IF;
	PERFORM drift_internal.note_run(run.run_id, evaluation_id => coalesce(evaluated.evaluation_id, (outcome->>'evaluation_id')::bigint));
END
$$;

COMMENT ON FUNCTION drift_internal.return_to(drift.training_runs, jsonb) IS 'makes what an earlier strategy came to what the run came to';

-- When all strategies were tried, or one is better than the champion.
CREATE OR REPLACE FUNCTION drift_internal.settle_outcome(run drift.training_runs, upcoming jsonb, outcomes jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	best CONSTANT jsonb := drift_internal.best_outcome(outcomes);
BEGIN
	IF run.strategy <> best->>'strategy' THEN
		PERFORM drift_internal.return_to(run, best);
	END IF;
	PERFORM drift_internal.note_run(run.run_id, verdict => best->>'verdict', reason => best->>'reason',
		tried_strategies => ARRAY(SELECT o->>'strategy' FROM jsonb_array_elements(outcomes) AS o WHERE o->'best_trial' <> best->'best_trial'));
	RETURN upcoming || jsonb_build_object('status', best->'status', 'reason', best->'reason', 'step',
		CASE WHEN best->>'status' = 'kept' THEN 'log' WHEN (best->'plan'->>'refit')::boolean THEN 'refit' ELSE 'register' END, 'phase', 'open',
		'details', best - '{plan,snapshot}'::text[]);
END
$$;

COMMENT ON FUNCTION drift_internal.settle_outcome(drift.training_runs, jsonb, jsonb) IS 'what becomes of a run whose strategies came to these outcomes';

CREATE OR REPLACE FUNCTION drift_internal.retrain_decide(run drift.training_runs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	judged CONSTANT record := drift_internal.judge_run(run.run_id);
	tried CONSTANT text[] := drift_internal.tried_strategies(run, upcoming);
	next CONSTANT text := drift_internal.next_strategy(run, tried);
	outcomes CONSTANT jsonb := coalesce(upcoming->'outcomes', '[]') || jsonb_build_object('strategy', run.strategy, 'verdict', judged.verdict,
		'status', judged.status, 'reason', judged.reason, 'best_trial', run.best_trial, 'evaluation_id', upcoming->'evaluation_id', 'plan', run.plan,
		'snapshot', run.snapshot);
BEGIN
	IF judged.verdict = 'pass' OR next IS NULL THEN
		RETURN drift_internal.settle_outcome(run, upcoming, outcomes);
	END IF;
	PERFORM drift_internal.note_run(run.run_id, verdict => judged.verdict, reason => judged.reason,
		tried_strategies => ARRAY(SELECT o->>'strategy' FROM jsonb_array_elements(outcomes) AS o));
	RETURN jsonb_build_object('step', 'plan', 'strategy', next, 'tried', to_jsonb(tried), 'outcomes', outcomes, 'details',
		jsonb_build_object('verdict', judged.verdict, 'status', judged.status, 'reason', judged.reason, 'next_strategy', next));
END
$$;

COMMENT ON FUNCTION drift_internal.retrain_decide(drift.training_runs, jsonb) IS
	'judges the best trial by all gates: it becomes a version, people are asked, the champion is kept, or another strategy is tried';

-- A strategy to fall back to that cannot be trained by does not undo what another came to.
CREATE OR REPLACE FUNCTION drift_internal.without_strategy(run drift.training_runs, upcoming jsonb) RETURNS jsonb
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	tried CONSTANT text[] := drift_internal.tried_strategies(run, upcoming);
	next CONSTANT text := drift_internal.next_strategy(run, tried);
BEGIN
	IF upcoming ? 'set' THEN
		PERFORM drift_internal.close_training_set((upcoming->>'set')::integer);
	END IF;
	IF next IS NOT NULL THEN
		RETURN jsonb_build_object('step', 'plan', 'strategy', next, 'tried', to_jsonb(tried), 'outcomes', upcoming->'outcomes', 'attempt', cardinality(tried));
	END IF;
	RETURN drift_internal.settle_outcome(run, '{}', upcoming->'outcomes');
END
$$;

COMMENT ON FUNCTION drift_internal.without_strategy(drift.training_runs, jsonb) IS
	'what is to be done where a strategy to fall back to failed';
