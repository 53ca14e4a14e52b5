-- is the challenger better: one answer with all its terms

-- Who may see the model may see its settings that an evaluation takes as defaults.
CREATE OR REPLACE FUNCTION drift_internal.deployment_config(model text) RETURNS jsonb
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.loaded_config((drift_internal.find_model(model, 'read')).model_id)->'deployment'
$$;

COMMENT ON FUNCTION drift_internal.deployment_config(text) IS 'section deployment of the configuration of a model, for who may see the model';

CREATE OR REPLACE FUNCTION drift_internal.evaluated_challenger(model drift.models, champion integer, challenger integer) RETURNS integer
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found integer := coalesce(challenger, (
		SELECT a.version
		FROM drift.model_aliases AS a
		WHERE a.model_id = model.model_id AND a.alias IN ('challenger', 'shadow', 'staging')
		ORDER BY array_position('{challenger,shadow,staging}'::text[], a.alias::text) LIMIT 1));
BEGIN
	IF champion IS NULL THEN
		RAISE EXCEPTION 'model "%" has no champion to compare with', model.name
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Name the other version: options => ''{"champion": 1}''.';
	ELSIF found IS NULL THEN
		RAISE EXCEPTION 'model "%" has no challenger', model.name
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Name the version, or give one the alias challenger by drift.set_alias().';
	ELSIF found = champion THEN
		RAISE EXCEPTION 'version % of model "%" is the champion itself', found, model.name
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM drift_internal.check_ready(model, v) FROM unnest(ARRAY[champion, found]) AS v;
	RETURN found;
END
$$;

COMMENT ON FUNCTION drift_internal.evaluated_challenger(drift.models, integer, integer) IS
	'the version to evaluate: the one that is named, or that has the alias challenger, shadow or staging';

CREATE OR REPLACE FUNCTION drift_internal.complete_options(given jsonb, config jsonb, versions record) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	filled jsonb := drift_internal.fill_evaluation_options(coalesce(given, '{}'));
	primary_metric CONSTANT text := coalesce(filled->>'metric', CASE versions.task WHEN 'binary' THEN 'log_loss' WHEN 'multiclass' THEN 'accuracy' ELSE 'mae' END);
	known record;
BEGIN
	SELECT * INTO known FROM drift_internal.evaluation_metrics() AS m WHERE m.metric = primary_metric;
	IF NOT versions.task = ANY (known.tasks) THEN
		RAISE EXCEPTION 'metric "%" does not apply to a model whose task is %', primary_metric, versions.task
			USING ERRCODE = 'invalid_parameter_value', HINT = format('Metrics are %s.', (
				SELECT string_agg(m.metric, ', ') FROM drift_internal.evaluation_metrics() AS m WHERE versions.task = ANY (m.tasks)));
	END IF;
	-- without the class that scores are of there is accuracy alone
	IF versions.task = 'binary' AND primary_metric <> 'accuracy' AND coalesce(filled->>'positive', versions.positive) IS NULL THEN
		RAISE EXCEPTION 'which class the scores are the probability of is not known'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'Say it: options => ''{"positive": "yes"}''.';
	END IF;
	RETURN filled || jsonb_strip_nulls(jsonb_build_object('metric', primary_metric,
		'positive', coalesce(filled->>'positive', versions.positive),
		'significance_level', coalesce(filled->'significance_level', config->'significance_level'),
		'min_improvement', coalesce(filled->'min_improvement', config->'min_improvement'),
		'improvement', coalesce(filled->>'improvement', known.improvement_kind),
		'days', coalesce(filled->'days', to_jsonb(greatest(1, (config->>'validation_window_days')::integer)))));
END
$$;

COMMENT ON FUNCTION drift_internal.complete_options(jsonb, jsonb, record) IS 'options of an evaluation with all defaults, of the model and its configuration too';

CREATE OR REPLACE FUNCTION drift_internal.evaluated_span(model text, from_time timestamptz, to_time timestamptz, days integer, versions record) RETURNS tstzrange
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last CONSTANT timestamptz := coalesce(to_time, drift.label_frontier(model), now());
	first CONSTANT timestamptz := greatest(coalesce(from_time, last - make_interval(days => days)),
		-- who names a time is believed where training has no end on record
		CASE WHEN versions.unseen_is_known OR from_time IS NULL THEN versions.unseen_since END);
BEGIN
	IF from_time >= to_time THEN
		RAISE EXCEPTION 'from_time % is not before to_time %', from_time, to_time
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN tstzrange(least(first, last), last);
END
$$;

COMMENT ON FUNCTION drift_internal.evaluated_span(text, timestamptz, timestamptz, integer, record) IS
	'time of the predictions that are compared: until outcomes are known, and after the training of both versions';

CREATE OR REPLACE FUNCTION drift_internal.evaluation_method(wanted text, can_replay boolean, log regclass, deployment drift.deployments, span tstzrange, path text)
	RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF wanted = 'replay' AND NOT can_replay THEN
		RAISE EXCEPTION 'the versions cannot be replayed'
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Both must be in the database, and the prediction log must have their features.',
				HINT = 'Deploy the challenger as a shadow, or in an A/B test.';
	ELSIF wanted <> 'auto' THEN
		RETURN wanted;
	ELSIF can_replay THEN
		RETURN 'replay';
	END IF;
	RETURN CASE WHEN drift_internal.read_measures(format('SELECT to_jsonb(EXISTS (SELECT FROM %s AS l WHERE l.predicted_at >= %L AND l.predicted_at < %L '
			'AND l.model_version = %s AND l.shadow_of IS NOT NULL))', drift_internal.relation_name(log), lower(span), upper(span), deployment.version), NULL, path)::boolean
		THEN 'shadow' ELSE 'arms' END;
END
$$;

COMMENT ON FUNCTION drift_internal.evaluation_method(text, boolean, regclass, drift.deployments, tstzrange, text) IS
	'how two versions are compared: by replay where both can score again, else by a shadow''s answers, else by what each answered';

-- The pairs to measure, and their safe form where scoring a row may fail.
CREATE OR REPLACE FUNCTION drift_internal.evaluated_pairs(log drift.prediction_logs, deployment drift.deployments, method text, span tstzrange,
	task text, max_rows bigint) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE method
		WHEN 'replay' THEN ARRAY[drift_internal.replayed_pairs(labelled, deployment, span, task <> 'regression', task <> 'multiclass', max_rows, false),
			drift_internal.replayed_pairs(labelled, deployment, span, task <> 'regression', task <> 'multiclass', max_rows, true)]
		WHEN 'shadow' THEN ARRAY[drift_internal.shadowed_pairs(labelled, log.log, deployment, span, max_rows), NULL]
		ELSE ARRAY[drift_internal.arm_answers(labelled, deployment, span, max_rows), NULL] END
	FROM drift_internal.labelled_definition(log.log, log.outcomes, method <> 'arms') AS labelled
$$;

COMMENT ON FUNCTION drift_internal.evaluated_pairs(drift.prediction_logs, drift.deployments, text, tstzrange, text, bigint) IS
	'query for the pairs of an evaluation, and the form of it that no row makes fail';

CREATE OR REPLACE FUNCTION drift_internal.evaluated_fairness(pairs text, side text, wanted jsonb, attributes text, path text) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_agg(to_jsonb(j) - '{period_start,change,change_low,change_high}'::text[])
	FROM drift_internal.judge_fairness(
		drift_internal.fairness_groups(pairs, format(CASE WHEN wanted->>'positive' IS NULL THEN '%1$s >= %2$L::pg_catalog.float8' ELSE 'coalesce(%1$s >= %2$L::pg_catalog.float8, %3$s = %4$L)' END,
				'drift_' || side, wanted->>'threshold', 'drift_' || side || 'l', wanted->>'positive'),
			format('actual = %L', wanted->>'positive'), ARRAY(SELECT jsonb_array_elements_text(wanted->'groups')), NULL, NULL, NULL, NULL, NULL,
			attributes, wanted->>'key', wanted->>'attributes_key', path),
		NULL, true, 'between_groups', 'worst_case', (wanted->>'min_ratio')::float8, NULL, 30, 0.95, 1000, 42) AS j
$$;

COMMENT ON FUNCTION drift_internal.evaluated_fairness(text, text, jsonb, text, text) IS 'disparities of groups by one of two versions over the pairs of an evaluation';

CREATE OR REPLACE FUNCTION drift_internal.guardrail_terms(metrics jsonb, wanted jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_object_agg('guardrail_' || g.key, drift_internal.guardrail_term(metrics->g.key, g.value::text::float8, m.improvement_kind = 'relative',
		(wanted->>'significance_level')::float8)), '{}')
	FROM jsonb_each(wanted->'guardrails') AS g
	JOIN drift_internal.evaluation_metrics() AS m ON m.metric = g.key
	WHERE g.value <> 'null' AND metrics ? g.key AND g.key <> wanted->>'metric'
$$;

COMMENT ON FUNCTION drift_internal.guardrail_terms(jsonb, jsonb) IS 'terms about the guardrails that were measured';

-- Everything that is measured becomes one row; nothing is written here.
CREATE OR REPLACE FUNCTION drift_internal.evaluate(model text, challenger integer, from_time timestamptz, to_time timestamptz, given jsonb,
	attributes text, path text) RETURNS drift.evaluations
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_model CONSTANT drift.models := drift_internal.find_model(model, 'read');
	log CONSTANT drift.prediction_logs := drift_internal.find_outcomes(model);
	config CONSTANT jsonb := drift_internal.deployment_config(model);
	deployment drift.deployments;
	result drift.evaluations;
	versions record;
	pairs text[];
	measured jsonb;
BEGIN
	result.model_id := of_model.model_id;
	result.champion_version := coalesce((drift_internal.fill_evaluation_options(coalesce(given, '{}'))->>'champion')::integer,
		drift_internal.champion_of(of_model.model_id));
	result.challenger_version := drift_internal.evaluated_challenger(of_model, result.champion_version, challenger);
	versions := drift_internal.evaluated_versions(of_model.model_id, result.champion_version, result.challenger_version);
	result.options := drift_internal.complete_options(given, config, versions);
	result.span := drift_internal.evaluated_span(model, from_time, to_time, (result.options->>'days')::integer, versions);
	result.unseen_since := CASE WHEN versions.unseen_is_known OR from_time IS NULL THEN versions.unseen_since END;
	deployment.model_id := of_model.model_id;
	deployment.version := result.challenger_version;
	deployment.previous_version := result.champion_version;
	result.method := drift_internal.evaluation_method(result.options->>'method', versions.can_replay, log.log, deployment, result.span, path);
	pairs := drift_internal.evaluated_pairs(log, deployment, result.method, result.span, versions.task, (result.options->>'max_rows')::bigint);
	measured := drift_internal.measure_versions(pairs, result.method <> 'arms', versions.task, result.options, path);
	IF result.options ? 'groups' THEN
		result.fairness := drift_internal.measure_fairness(pairs, result.method <> 'arms', versions.task, result.options, attributes, path);
	END IF;
	RETURN drift_internal.judge_evaluation(result, measured, (config->>'min_metric')::float8);
END
$$;

COMMENT ON FUNCTION drift_internal.evaluate(text, integer, timestamptz, timestamptz, jsonb, text, text) IS
	'an evaluation of a challenger that is not stored yet, read with the rights of the caller';

CREATE OR REPLACE FUNCTION drift_internal.measure_versions(pairs text[], paired boolean, task text, wanted jsonb, path text,
	owner regrole DEFAULT NULL, models drift.model[] DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	metrics CONSTANT text[] := ARRAY(SELECT m.metric FROM drift_internal.evaluation_metrics() AS m
		WHERE task = ANY (m.tasks) AND (m.metric = 'accuracy' OR task <> 'binary' OR wanted->>'positive' IS NOT NULL));
	segment CONSTANT text := wanted->>'segment';
	queries text[];
	measured jsonb;
BEGIN
	queries := ARRAY(SELECT drift_internal.measured_pairs(p, paired, task, wanted->>'positive', segment) FROM unnest(pairs) WITH ORDINALITY AS u (p, i) ORDER BY i);
	measured := drift_internal.read_measures(drift_internal.measure_query(queries[1], paired, metrics, false),
		drift_internal.measure_query(queries[2], paired, metrics, false), path, owner, models);
	IF segment IS NOT NULL THEN
		measured := measured || jsonb_build_object('segments', drift_internal.read_measures(
			drift_internal.measure_query(queries[1], paired, ARRAY[wanted->>'metric'], true),
			drift_internal.measure_query(queries[2], paired, ARRAY[wanted->>'metric'], true), path, owner, models));
	END IF;
	RETURN measured;
END
$$;

COMMENT ON FUNCTION drift_internal.measure_versions(text[], boolean, text, jsonb, text, regrole, drift.model[]) IS
	'all metrics of two versions, and the primary one of each segment, read as the caller or as an owner';

CREATE OR REPLACE FUNCTION drift_internal.measure_fairness(pairs text[], paired boolean, task text, wanted jsonb, attributes text, path text) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	query CONSTANT text := coalesce(pairs[2], pairs[1]);
BEGIN
	IF task <> 'binary' OR wanted->>'positive' IS NULL THEN
		RAISE EXCEPTION 'fairness is measured of models of two classes'
			USING ERRCODE = 'feature_not_supported', DETAIL = format('The task is %s.', task);
	END IF;
	RETURN jsonb_build_object(
		'champion', drift_internal.evaluated_fairness(query, 'o', wanted, attributes, path),
		'challenger', drift_internal.evaluated_fairness(query, 'c', wanted, attributes, path));
END
$$;

COMMENT ON FUNCTION drift_internal.measure_fairness(text[], boolean, text, jsonb, text, text) IS 'disparities of groups by both versions';

CREATE OR REPLACE FUNCTION drift_internal.judge_evaluation(evaluated drift.evaluations, measured jsonb, wished_metric float8) RETURNS drift.evaluations
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.evaluations := evaluated;
	wanted CONSTANT jsonb := evaluated.options;
	alpha CONSTANT float8 := (wanted->>'significance_level')::float8;
	facts jsonb;
	scale float8;
BEGIN
	SELECT coalesce(jsonb_object_agg(m.key, drift_internal.tested_metric(m.key, m.value, alpha)), '{}') INTO result.metrics
	FROM jsonb_each(measured->'metrics') AS m;
	facts := result.metrics->(wanted->>'metric');
	SELECT m.metric, m.higher_is_better INTO result.metric, result.higher_is_better
	FROM drift_internal.evaluation_metrics() AS m WHERE m.metric = wanted->>'metric';
	result.test := coalesce(facts->>'test', 'none');
	result.n := coalesce((facts->>'n')::bigint, 0);
	result.champion := (facts->>'champion')::float8;
	result.challenger := (facts->>'challenger')::float8;
	result.difference := (facts->>'difference')::float8;
	result.difference_low := (facts->>'low')::float8;
	result.difference_high := (facts->>'high')::float8;
	result.p_value := (facts->>'p_value')::float8;
	result.improvement_kind := wanted->>'improvement';
	result.significance_level := alpha;
	result.min_improvement := (wanted->>'min_improvement')::float8;
	result.min_rows := (wanted->>'min_rows')::bigint;
	scale := CASE result.improvement_kind WHEN 'relative' THEN nullif(abs(result.champion), 0) ELSE 1 END;
	result.improvement := result.difference / scale;
	result.power := drift_internal.test_power(nullif(result.min_improvement * scale, 0), (facts->>'standard_error')::float8, alpha);
	result.rows_needed := ceil(result.n * drift_internal.test_power_rows(nullif(result.min_improvement * scale, 0), (facts->>'standard_error')::float8, alpha, 0.8));
	result.segments := CASE WHEN measured ? 'segments'
		THEN drift_internal.tested_segments(nullif(measured->'segments', 'null'), result.metric, alpha, least(result.min_rows, 100)) ELSE '[]' END;
	result.terms := drift_internal.evaluation_terms(result, facts, measured, scale, wished_metric);
	result.verdict := drift_internal.verdict_of(result.terms);
	result.deploy := result.verdict = 'pass';
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_evaluation(drift.evaluations, jsonb, float8) IS 'an evaluation with its tests, terms and verdict, from what was measured';

CREATE OR REPLACE FUNCTION drift_internal.evaluation_terms(evaluated drift.evaluations, facts jsonb, measured jsonb, scale float8, wished_metric float8) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted CONSTANT jsonb := evaluated.options;
	alpha CONSTANT float8 := evaluated.significance_level;
	terms jsonb := drift_internal.primary_terms(facts, evaluated.improvement, evaluated.difference_high / scale, wanted)
		|| drift_internal.guardrail_terms(evaluated.metrics, wanted);
	answers CONSTANT bigint := nullif((measured->>'rows')::bigint, 0);
BEGIN
	terms := terms || jsonb_strip_nulls(jsonb_build_object(
		'out_of_time', drift_internal.term('pass', CASE
			WHEN evaluated.method = 'held_out' THEN coalesce('rows since ' || lower(evaluated.span), 'rows by a hash of their key') || ', which the run held out'
			WHEN evaluated.unseen_since IS NULL THEN 'when the versions were trained is not on record; the time was given'
			ELSE format('predictions since %s, after the training of both versions', greatest(evaluated.unseen_since, lower(evaluated.span))) END),
		'unanswered', CASE WHEN evaluated.method IN ('replay', 'held_out') THEN
			drift_internal.unanswered_term(answers, (measured->>'unanswered')::bigint, jsonb_build_object('max_error_increase', wanted->'max_unanswered'), alpha) END,
		'min_metric', CASE WHEN evaluated.higher_is_better THEN drift_internal.least_metric_term(facts, (wanted->>'min_metric')::float8, wished_metric) END,
		'segments', CASE WHEN wanted ? 'segment' THEN drift_internal.segments_term(evaluated.segments, alpha) END,
		'fairness', drift_internal.fairness_term(evaluated.fairness, wanted->>'fairness_metric')));
	RETURN terms;
END
$$;

COMMENT ON FUNCTION drift_internal.evaluation_terms(drift.evaluations, jsonb, jsonb, float8, float8) IS 'all terms of an evaluation';

CREATE OR REPLACE FUNCTION drift_internal.insert_evaluation(evaluated drift.evaluations) RETURNS SETOF drift.evaluations
	LANGUAGE sql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO drift.evaluations (model_id, champion_version, challenger_version, run_id, trial, method, span, unseen_since, metric, higher_is_better,
		test, n, champion, challenger, difference, difference_low, difference_high, p_value, improvement, improvement_kind, significance_level,
		min_improvement, min_rows, power, rows_needed, verdict, deploy, terms, metrics, segments, fairness, options, evaluated_by)
	VALUES (evaluated.model_id, evaluated.champion_version, evaluated.challenger_version, evaluated.run_id, evaluated.trial, evaluated.method,
		evaluated.span, evaluated.unseen_since, evaluated.metric, evaluated.higher_is_better, evaluated.test, evaluated.n, evaluated.champion,
		evaluated.challenger, evaluated.difference, evaluated.difference_low, evaluated.difference_high, evaluated.p_value, evaluated.improvement,
		evaluated.improvement_kind, evaluated.significance_level, evaluated.min_improvement, evaluated.min_rows, evaluated.power,
		evaluated.rows_needed, evaluated.verdict, evaluated.deploy, evaluated.terms, evaluated.metrics, evaluated.segments, evaluated.fairness,
		evaluated.options, pg_get_userbyid(drift_internal.actor()))
	RETURNING *
$$;

COMMENT ON FUNCTION drift_internal.insert_evaluation(drift.evaluations) IS 'stores an evaluation; the same with its id';

CREATE OR REPLACE FUNCTION drift_internal.record_evaluation(model text, evaluated drift.evaluations) RETURNS SETOF drift.evaluations
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'operate');
BEGIN
	PERFORM drift_internal.find_version(locked, v) FROM unnest(ARRAY[evaluated.champion_version, evaluated.challenger_version]) AS v;
	evaluated.model_id := locked.model_id;
	RETURN QUERY SELECT * FROM drift_internal.insert_evaluation(evaluated);
END
$$;

COMMENT ON FUNCTION drift_internal.record_evaluation(text, drift.evaluations) IS 'stores an evaluation, for who may operate the model';

CREATE OR REPLACE FUNCTION drift_internal.evaluate_and_record(model text, challenger integer, from_time timestamptz, to_time timestamptz, options jsonb,
	attributes text, path text) RETURNS SETOF drift.evaluations
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.find_model(model, 'operate');
	RETURN QUERY
		SELECT * FROM drift_internal.record_evaluation(model,
			drift_internal.evaluate(model, challenger, from_time, to_time, options, attributes, path));
END
$$;

COMMENT ON FUNCTION drift_internal.evaluate_and_record(text, integer, timestamptz, timestamptz, jsonb, text, text) IS
	'drift.evaluate_challenger() with names looked up on the given path';

-- No pinned path: expressions mean what they mean to the caller.
CREATE OR REPLACE FUNCTION drift.evaluate_challenger(model text, challenger integer DEFAULT NULL, from_time timestamptz DEFAULT NULL,
	to_time timestamptz DEFAULT NULL, options jsonb DEFAULT '{}') RETURNS SETOF drift.evaluations
	LANGUAGE sql VOLATILE COST 100000 ROWS 1
BEGIN ATOMIC
	SELECT e.* FROM drift_internal.evaluate_and_record(model, challenger, from_time, to_time, options,
		drift.source_query(options->>'attributes'), pg_catalog.current_setting('search_path')) AS e;
END;

COMMENT ON FUNCTION drift.evaluate_challenger(text, integer, timestamptz, timestamptz, jsonb) IS
	'Is the challenger better than the champion: compares two versions on predictions with outcomes after the training of both, by replay, by a shadow''s answers or by an A/B test, with one declared primary metric. deploy is true if the test is significant, the improvement large enough, the rows enough and no guardrail fails; terms has every condition, and inconclusive never deploys. The version is the one of the alias challenger where none is named. drift.evaluation_options() lists the options.';
