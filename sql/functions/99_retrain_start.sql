-- what a retraining is told: by the call, by drift.set_training(), by the decision that asked for it, by the configuration

CREATE OR REPLACE FUNCTION drift_internal.config_to_train(model drift.models) RETURNS drift.training_configs
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	config drift.training_configs;
BEGIN
	SELECT * INTO config FROM drift.training_configs AS c WHERE c.model_id = model.model_id;
	IF config.model_id IS NULL THEN
		RAISE EXCEPTION 'nothing is said of how model "%" is trained', model.name
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'drift.set_training() says on which rows and for which label.';
	ELSIF NOT drift_internal.may_run(config.owner) THEN
		RAISE EXCEPTION 'permission denied to train model "%"', model.name
			USING ERRCODE = 'insufficient_privilege', DETAIL = format('Its training rows are read with the rights of %s, so only members of it may.', config.owner);
	END IF;
	RETURN config;
END
$$;

COMMENT ON FUNCTION drift_internal.config_to_train(drift.models) IS 'how a model is trained, for members of the role whose rows are read';

CREATE OR REPLACE FUNCTION drift_internal.decision_to_train(model drift.models, decision_id bigint) RETURNS drift.decisions
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	decision drift.decisions;
BEGIN
	SELECT * INTO decision FROM drift.decisions AS d WHERE d.decision_id = decision_to_train.decision_id AND d.model_id = model.model_id;
	IF decision_id IS NOT NULL AND decision.decision_id IS NULL THEN
		RAISE EXCEPTION 'model "%" has no decision %', model.name, decision_id
			USING ERRCODE = 'invalid_parameter_value', HINT = 'drift.decisions lists them.';
	END IF;
	RETURN decision;
END
$$;

COMMENT ON FUNCTION drift_internal.decision_to_train(drift.models, bigint) IS 'a decision about a model, or an error; of NULL nothing';

CREATE OR REPLACE FUNCTION drift_internal.check_strategy(strategy text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF strategy <> ALL ('{new_only,combined,weighted,sliding_window,all_data}') THEN
		RAISE EXCEPTION 'unknown strategy "%"', strategy
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'There are new_only, combined, weighted, sliding_window and all_data.';
	END IF;
	RETURN strategy;
END
$$;

COMMENT ON FUNCTION drift_internal.check_strategy(text) IS 'a strategy of training, or an error; NULL stays NULL';

-- Strategies in the order in which they are tried: the first that is asked for, then those to fall back to.
CREATE OR REPLACE FUNCTION drift_internal.strategies_to_try(strategy text, decision drift.decisions, options jsonb, config jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_agg(u.name ORDER BY u.place)
	FROM (
		SELECT t.name, min(t.place) AS place
		FROM (
			SELECT coalesce(drift_internal.check_strategy(strategy), nullif(decision.strategy, 'none'),
				drift_internal.config_text(config, 'retraining.strategy'), 'combined') AS name, 0 AS place
			UNION ALL
			SELECT f.name, f.place
			FROM jsonb_array_elements_text(coalesce(options->'fallback_strategies', nullif(config #> '{retraining,fallback_strategies}', 'null'), '[]'))
				WITH ORDINALITY AS f (name, place)
		) AS t
		GROUP BY t.name
	) AS u
$$;

COMMENT ON FUNCTION drift_internal.strategies_to_try(text, drift.decisions, jsonb, jsonb) IS
	'the strategy that a call, a decision or the configuration asks for, and then those to fall back to';

CREATE OR REPLACE FUNCTION drift_internal.begin_retrain(model text, strategy text, options jsonb) RETURNS bigint
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	config CONSTANT drift.training_configs := drift_internal.config_to_train(found);
	effective CONSTANT jsonb := config.options || jsonb_strip_nulls(drift_internal.check_training_options(options));
	decision CONSTANT drift.decisions := drift_internal.decision_to_train(found, (effective->>'decision_id')::bigint);
	strategies CONSTANT jsonb := drift_internal.strategies_to_try(strategy, decision, effective, drift_internal.loaded_config(found.model_id));
BEGIN
	RETURN drift_internal.open_run(model => found.name, kind => 'retrain',
		as_of => coalesce((effective->>'as_of')::timestamptz, clock_timestamp()),
		parameters => effective - '{as_of,decision_id,triggered_by}'::text[]
			|| jsonb_build_object('strategies', strategies, 'candidates', coalesce(effective->'candidates', config.candidates))
			|| CASE WHEN effective ? 'primary_metric' THEN
				jsonb_build_object('evaluation', jsonb_build_object('metric', effective->'primary_metric')) ELSE '{}' END,
		seed => drift_internal.training_option(effective, 'seed')::bigint, strategy => strategies->>0,
		triggered_by => drift_internal.training_option(effective, 'triggered_by'), decision_id => decision.decision_id);
END
$$;

COMMENT ON FUNCTION drift_internal.begin_retrain(text, text, jsonb) IS 'begins a run that retrains a model; its number';
