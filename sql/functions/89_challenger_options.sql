-- how a challenger is compared with the champion: options, metrics, what the versions are

CREATE OR REPLACE FUNCTION drift_internal.evaluation_metrics()
	RETURNS TABLE (metric text, tasks text[], higher_is_better boolean, improvement_kind text, meaning text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 8
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
	('log_loss', '{binary}'::text[], false, 'relative', 'mean log loss; default of two classes'),
	('brier', '{binary}', false, 'relative', 'mean squared error of the probability'),
	('roc_auc', '{binary}', true, 'absolute', 'area under the ROC curve'),
	('ece', '{binary}', false, 'absolute', 'expected calibration error in ten bins; a guardrail alone, for it has no test'),
	('accuracy', '{binary,multiclass}', true, 'absolute', 'share of right classes; default of several classes'),
	('mae', '{regression}', false, 'relative', 'mean absolute error; default of numbers'),
	('mse', '{regression}', false, 'relative', 'mean squared error'),
	('rmse', '{regression}', false, 'relative', 'root of the mean squared error')
$$;

COMMENT ON FUNCTION drift_internal.evaluation_metrics() IS
	'metrics by which versions are compared: tasks that have them and how their improvement is stated';

CREATE OR REPLACE FUNCTION drift.evaluation_options()
	RETURNS TABLE (option text, kind text, lowest float8, highest float8, default_value jsonb, meaning text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 22
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
	('metric', 'log_loss, brier, roc_auc, accuracy, mae, mse, rmse', NULL::float8, NULL::float8, NULL::jsonb,
		'the primary metric, which alone is tested; by default log_loss of two classes, accuracy of more, mae of numbers'),
	('champion', 'integer', 1, 2147483647, NULL, 'version to compare with; by default the champion'),
	('method', 'auto, replay, shadow, arms', NULL, NULL, '"auto"',
		'replay: both score logged rows again; shadow: what both answered to the same rows; arms: what each answered to its own; auto: the first that is possible'),
	('significance_level', 'number', 0.000001, 0.5, NULL, 'level of the test; by default deployment.significance_level of the configuration'),
	('min_improvement', 'number', 0, 1000000, NULL, 'by how much the challenger must be better; by default deployment.min_improvement'),
	('improvement', 'absolute, relative', NULL, NULL, NULL,
		'whether that is a difference of the metric or a share of the champion''s; by default absolute for roc_auc and accuracy, else relative'),
	('min_metric', 'number', 0, 1, NULL, 'primary metric that the challenger must reach; without it deployment.min_metric is reported and not demanded'),
	('min_rows', 'integer', 2, 1000000000, '500', 'predictions with outcomes that an evaluation needs'),
	('max_rows', 'integer', 2, 10000000, '100000', 'predictions that are compared at most, the latest ones'),
	('days', 'integer', 1, 36500, NULL, 'days before to_time where from_time is not given; by default deployment.validation_window_days'),
	('guardrails', 'object', NULL, NULL, '{"roc_auc": 0.01, "ece": 0.02}', 'other metrics and by how much each may be worse: a difference of roc_auc, accuracy and ece, a share of the others'),
	('max_unanswered', 'number', 0, 1, '0.01', 'share of the champion''s answers to which the challenger may have none, in a replay'),
	('positive', 'text', NULL, NULL, NULL, 'class that the score is the probability of; by default the second of the champion''s'),
	('segment', 'text', NULL, NULL, NULL, 'expression over the columns of the labelled view: the primary metric is told for each of its values, and none may be significantly worse'),
	('groups', 'array', NULL, NULL, NULL, 'columns or expressions that make groups of people: fairness of both versions, and the challenger must satisfy fairness_metric'),
	('attributes', 'text', NULL, NULL, NULL, 'relation or query that has the columns of groups, found by key'),
	('key', 'text', NULL, NULL, '"entity_key"', 'column of the labelled view by which attributes are found'),
	('attributes_key', 'text', NULL, NULL, NULL, 'the same in attributes, if it is called otherwise'),
	('fairness_metric', 'text', NULL, NULL, '"demographic_parity_ratio"', 'ratio of drift.fairness_metrics() that must reach min_ratio'),
	('min_ratio', 'number', 0, 1, '0.8', 'smallest ratio of groups; 0.8 is the four-fifths rule'),
	('threshold', 'number', 0, 1, '0.5', 'score from which a row of two classes is selected, for fairness')
$$;

COMMENT ON FUNCTION drift.evaluation_options() IS 'what the options of drift.evaluate_challenger() may be, with their defaults';

CREATE OR REPLACE FUNCTION drift_internal.fill_evaluation_options(given jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known record;
	stranger text;
	filled jsonb := '{}';
BEGIN
	IF jsonb_typeof(given) <> 'object' THEN
		RAISE EXCEPTION 'options of an evaluation are an object of names and values, not %', jsonb_typeof(given)
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	FOR known IN SELECT * FROM drift.evaluation_options() LOOP
		IF given ? known.option AND given->known.option <> 'null' THEN
			IF known.kind NOT IN ('object', 'array') THEN
				PERFORM drift_internal.check_deployment_option(known.option, known.kind, known.lowest, known.highest, given->known.option,
					'an evaluation', 'drift.evaluation_options()');
			ELSIF jsonb_typeof(given->known.option) <> known.kind THEN
				RAISE EXCEPTION 'option "%" of an evaluation cannot be %', known.option, given->known.option
					USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is an %s.', known.kind), HINT = 'drift.evaluation_options() lists the options.';
			END IF;
			filled := filled || jsonb_build_object(known.option, given->known.option);
		ELSIF known.default_value IS NOT NULL THEN
			filled := filled || jsonb_build_object(known.option, known.default_value);
		END IF;
	END LOOP;
	SELECT k INTO stranger FROM jsonb_object_keys(given) AS k WHERE k NOT IN (SELECT o.option FROM drift.evaluation_options() AS o) ORDER BY k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'an evaluation has no option "%"', stranger
			USING ERRCODE = 'invalid_parameter_value', HINT = 'drift.evaluation_options() lists them.';
	END IF;
	PERFORM drift_internal.check_guardrails(filled->'guardrails');
	RETURN filled;
END
$$;

COMMENT ON FUNCTION drift_internal.fill_evaluation_options(jsonb) IS 'options of an evaluation, checked, with the defaults that depend on no model';

CREATE OR REPLACE FUNCTION drift_internal.check_guardrails(guardrails jsonb) RETURNS void
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	SELECT key INTO wrong
	FROM jsonb_each(guardrails)
	WHERE key NOT IN (SELECT m.metric FROM drift_internal.evaluation_metrics() AS m)
		OR CASE jsonb_typeof(value) WHEN 'number' THEN value::numeric < 0 WHEN 'null' THEN false ELSE true END
	ORDER BY key LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'guardrail "%" cannot be %', wrong, guardrails->wrong
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Guardrails are %s, each with a number from 0 on, or null for none.',
					(SELECT string_agg(m.metric, ', ') FROM drift_internal.evaluation_metrics() AS m));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_guardrails(jsonb) IS 'an error where guardrails are not metrics with margins';

-- What both versions are: their task, the class that scores are the probability of, whether both can score again.
CREATE OR REPLACE FUNCTION drift_internal.evaluated_versions(model_id integer, champion integer, challenger integer,
	OUT task text, OUT positive text, OUT can_replay boolean, OUT unseen_since timestamptz, OUT unseen_is_known boolean)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN max(classes) > 2 OR bool_or(v.task = 'multiclass') THEN 'multiclass'
			WHEN max(classes) > 0 OR bool_or(v.task IN ('binary', 'classification')) THEN 'binary' ELSE 'regression' END,
		max(described->'classes'->>1) FILTER (WHERE v.version = champion AND classes = 2),
		bool_and(a.artefact IS NOT NULL) AND (SELECT count(*) > 0
			FROM drift.prediction_logs AS l JOIN drift.prediction_log_features AS f USING (log_id) WHERE l.model_id = evaluated_versions.model_id),
		max(coalesce(v.training_to, v.created_at)), count(v.training_to) = 2
	FROM drift.model_versions AS v
	LEFT JOIN drift.model_artefacts AS a USING (model_id, version)
	CROSS JOIN LATERAL (SELECT drift.describe(a.artefact) AS described) AS d
	CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(described->'classes') WHEN 'array' THEN jsonb_array_length(described->'classes') END AS classes) AS c
	WHERE v.model_id = evaluated_versions.model_id AND v.version IN (champion, challenger)
$$;

COMMENT ON FUNCTION drift_internal.evaluated_versions(integer, integer, integer) IS
	'task of two versions, the class that scores are the probability of, whether both can be replayed, and since when neither was trained on what it predicts: the later end of training, or where that is not known the time of registration';
