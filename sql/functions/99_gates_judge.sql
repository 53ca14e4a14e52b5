-- what becomes of the best trial of a run: a version, nothing, or a question for people

-- Bounds on the candidate itself, whatever the champion is.
CREATE OR REPLACE FUNCTION drift_internal.absolute_gates(measured jsonb, config jsonb, metric text) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_object_agg(g.gate, drift_internal.term(
			CASE WHEN value IS NULL THEN 'inconclusive' WHEN CASE WHEN g.is_least THEN value >= bound ELSE value <= bound END THEN 'pass' ELSE 'fail' END,
			format('%s %s, %s %s is demanded', g.metric, drift_internal.number_text(value), CASE WHEN g.is_least THEN 'at least' ELSE 'at most' END,
				drift_internal.number_text(bound)),
			jsonb_build_object('value', value, 'limit', bound))), '{}')
	FROM (VALUES
			('min_accuracy', 'accuracy', true), ('min_roc_auc', 'roc_auc', true), ('max_log_loss', 'log_loss', false), ('max_mae', 'mae', false),
			('min_metric', metric, true)) AS g (gate, metric, is_least),
		LATERAL (SELECT (measured->>g.metric)::float8 AS value, (config->>g.gate)::float8 AS bound) AS v
	WHERE bound IS NOT NULL AND CASE g.gate
			WHEN 'min_metric' THEN metric IN ('accuracy', 'roc_auc')
			WHEN 'min_accuracy' THEN NOT measured ? 'mae'
			WHEN 'max_mae' THEN measured ? 'mae'
			ELSE measured ? g.metric END
$$;

COMMENT ON FUNCTION drift_internal.absolute_gates(jsonb, jsonb, text) IS
	'terms about bounds of the configuration on metrics of a candidate; min_metric is about the primary metric where that is a share';

CREATE OR REPLACE FUNCTION drift_internal.primary_metric(config jsonb, measured jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN measured ? 'mae' THEN CASE WHEN config->>'metric' IN ('mae', 'mse', 'rmse') THEN config->>'metric' ELSE 'mae' END
		WHEN measured ? 'brier' THEN CASE WHEN config->>'metric' NOT IN ('mae', 'mse', 'rmse') THEN config->>'metric' ELSE 'log_loss' END
		ELSE 'accuracy' END
$$;

COMMENT ON FUNCTION drift_internal.primary_metric(jsonb, jsonb) IS
	'metric by which candidates of a run are chosen and compared: as configured where the task has it, else log_loss of two classes, accuracy of more, mae of numbers';

-- What speaks for the candidate without being proven is for people to judge; what does not is left.
CREATE OR REPLACE FUNCTION drift_internal.gate_status(evaluated drift.evaluations, gates jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN evaluated.verdict = 'pass' AND drift_internal.verdict_of(gates || '{"none": {"verdict": "pass", "required": true}}') = 'pass' THEN 'succeeded'
		WHEN evaluated.verdict = 'pass' THEN 'needs_review'
		WHEN evaluated.improvement >= evaluated.min_improvement AND evaluated.improvement > 0 THEN 'needs_review'
		ELSE 'kept' END
$$;

COMMENT ON FUNCTION drift_internal.gate_status(drift.evaluations, jsonb) IS
	'succeeded: all gates passed; needs_review: better by enough, but another gate did not pass or chance may explain it; kept: not better by enough';

CREATE OR REPLACE FUNCTION drift_internal.judge_run(run_id bigint, OUT verdict text, OUT status text, OUT reason text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run CONSTANT drift.training_runs := drift_internal.find_run(run_id, 'operate');
	config CONSTANT jsonb := drift_internal.loaded_config(run.model_id)->'deployment';
	measured CONSTANT jsonb := (SELECT t.metrics->'test' FROM drift.training_trials AS t WHERE t.run_id = run.run_id AND t.trial = run.best_trial);
	evaluated drift.evaluations;
	gates jsonb;
BEGIN
	SELECT * INTO evaluated FROM drift.evaluations AS e
	WHERE e.run_id = run.run_id AND e.trial = run.best_trial
	ORDER BY e.evaluation_id DESC LIMIT 1;
	gates := drift_internal.absolute_gates(coalesce(measured, '{}'), config, coalesce(evaluated.metric, drift_internal.primary_metric(config, coalesce(measured, '{}'))));
	IF evaluated.evaluation_id IS NULL AND run.champion_version IS NOT NULL THEN
		verdict := 'inconclusive';
		status := 'needs_review';
		reason := format('the champion, version %s, is outside the database: there is nothing to compare with', run.champion_version);
	ELSIF evaluated.evaluation_id IS NULL THEN
		verdict := drift_internal.verdict_of(gates || '{"first": {"verdict": "pass", "required": true}}');
		status := CASE verdict WHEN 'pass' THEN 'succeeded' ELSE 'needs_review' END;
		reason := CASE verdict WHEN 'pass' THEN 'there is no champion to beat' ELSE drift_internal.terms_text(gates, verdict) END;
	ELSE
		verdict := drift_internal.verdict_of(evaluated.terms - 'min_metric' || gates);
		status := drift_internal.gate_status(evaluated, gates);
		reason := CASE verdict
			WHEN 'pass' THEN format('%s: %s, champion %s', evaluated.metric, drift_internal.number_text(evaluated.challenger), drift_internal.number_text(evaluated.champion))
			ELSE drift_internal.terms_text(evaluated.terms - 'min_metric' || gates, verdict) END;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_run(bigint) IS
	'verdict on the best trial of a run by all gates, what becomes of the run (succeeded, kept or needs_review), and why';
