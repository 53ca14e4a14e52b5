-- drift.validate_deployment(): does a version prove itself after its deployment, and back to the one before if not

CREATE OR REPLACE FUNCTION drift_internal.validated_quality(facts jsonb, least_rows bigint, alpha float8) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(
			CASE WHEN n < least_rows OR difference IS NULL THEN 'inconclusive' WHEN difference < 0 AND p_value < alpha THEN 'fail' ELSE 'pass' END,
			CASE WHEN n < least_rows THEN format('%s rows with outcomes since the deployment of %s', n, least_rows)
				ELSE format('%s on %s rows with outcomes: %s, before %s; p %s of being worse', facts->>'metric', n, drift_internal.number_text((facts->>'challenger')::float8),
					drift_internal.number_text((facts->>'champion')::float8), drift_internal.number_text(p_value)) END,
			jsonb_build_object('n', n, 'limit', least_rows, 'metric', facts->'metric', 'value', facts->'challenger', 'before', facts->'champion',
				'difference', difference, 'p_value', p_value, 'alpha', alpha))
	FROM (
		SELECT coalesce((facts->>'n')::bigint, 0) AS n, (facts->>'difference')::float8 AS difference,
			CASE WHEN (facts->>'difference')::float8 = 0 THEN 1 ELSE drift_internal.mean_above_p_value(-(facts->>'difference')::float8, (facts->>'standard_error')::float8, (facts->>'n')::float8 - 1, 0) END AS p_value
	) AS f
$$;

COMMENT ON FUNCTION drift_internal.validated_quality(jsonb, bigint, float8) IS
	'whether a version is not worse than the one before on the same rows, beyond chance';

-- Drift of features is told and never counts.
CREATE OR REPLACE FUNCTION drift_internal.validated_features(found drift.comparison[]) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(CASE WHEN count(*) FILTER (WHERE f.severity <> 'insufficient_data') = 0 THEN 'inconclusive' ELSE 'pass' END,
		CASE WHEN count(*) = 0 THEN 'no features can be compared with the training rows'
			ELSE format('%s of %s features are unlike the training rows', count(*) FILTER (WHERE f.drifted), count(*)) END,
		jsonb_build_object('features', count(*), 'drifted', coalesce(jsonb_agg(f.column_name) FILTER (WHERE f.drifted), '[]')), false)
	FROM unnest(found) AS f
	WHERE drift_internal.held_out_answer(f.column_name) IS NULL
$$;

COMMENT ON FUNCTION drift_internal.validated_features(drift.comparison[]) IS 'how features changed since the training, which is reported alone';

-- Other scores for rows like those of the training mean that something else is served than what was tested: other than those
-- of the trial and those of the version, which knows the held-out rows. Where rows changed, or outcomes speak for it, they
-- mean nothing.
CREATE OR REPLACE FUNCTION drift_internal.validated_scores(found drift.comparison[], quality text, counts boolean) RETURNS jsonb
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.term(CASE
			WHEN s.severity IS NULL OR s.severity = 'insufficient_data' THEN 'inconclusive'
			WHEN s.severity <> 'critical' THEN 'pass'
			WHEN counts AND NOT excused THEN 'fail'
			ELSE 'inconclusive' END,
		CASE WHEN s.severity IS NULL THEN 'there are no scores of held-out rows to compare with'
			WHEN s.severity = 'insufficient_data' THEN format('%s scores are too few to tell', coalesce(s.n_current, 0))
			ELSE format('scores are %s those of the held-out rows: PSI %s, effect %s', CASE s.severity WHEN 'critical' THEN 'unlike' ELSE 'like' END,
				drift_internal.number_text(s.psi), drift_internal.number_text(s.effect))
				|| CASE WHEN s.severity = 'critical' AND excused THEN CASE quality WHEN 'pass' THEN '; outcomes speak for the version' ELSE '; features changed too' END ELSE '' END
		END,
		jsonb_build_object('severity', s.severity, 'psi', s.psi, 'effect', s.effect, 'n', s.n_current), false)
	FROM (SELECT quality = 'pass' OR EXISTS (SELECT FROM unnest(found) AS f WHERE f.drifted AND drift_internal.held_out_answer(f.column_name) IS NULL) AS excused) AS x
	LEFT JOIN LATERAL (
		SELECT * FROM unnest(found) AS f
		WHERE drift_internal.held_out_answer(f.column_name) IS NOT NULL
		ORDER BY f.severity = 'critical', f.psi LIMIT 1) AS s ON true
$$;

COMMENT ON FUNCTION drift_internal.validated_scores(drift.comparison[], text, boolean) IS
	'whether served scores are those that the held-out rows of the run promised';

CREATE OR REPLACE FUNCTION drift_internal.validation_terms(deployment drift.deployments, run drift.training_runs, span tstzrange, config jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	looks CONSTANT bigint := (SELECT count(*) FROM drift.validations AS v WHERE v.deployment_id = deployment.deployment_id);
	settings drift.training_configs;
	found drift.comparison[];
	compared record;
	metric text;
	quality jsonb;
BEGIN
	SELECT * INTO settings FROM drift.training_configs AS c WHERE c.model_id = deployment.model_id;
	compared := drift_internal.validation_metrics(deployment, settings, span, jsonb_build_object('metric', config->'metric'));
	metric := drift_internal.primary_metric(config, CASE compared.task WHEN 'binary' THEN '{"brier": 0}' WHEN 'regression' THEN '{"mae": 0}' ELSE '{}' END::jsonb);
	-- Without knowing which class scores are of there is accuracy alone.
	metric := CASE WHEN compared.measured->'metrics' ? metric THEN metric ELSE 'accuracy' END;
	quality := CASE WHEN compared.measured IS NULL
		THEN drift_internal.term('inconclusive', 'there are no rows with outcomes that both versions could score')
		ELSE drift_internal.validated_quality(drift_internal.tested_metric(metric, compared.measured->'metrics'->metric, 0.05),
			(config->>'validation_rows')::bigint, drift_internal.look_alpha((config->>'significance_level')::float8, looks + 1)) END;
	found := ARRAY(SELECT d FROM drift_internal.validation_drift(deployment, run.run_id, settings, span) AS d);
	RETURN jsonb_build_object('quality', quality, 'features', drift_internal.validated_features(found),
		'scores', drift_internal.validated_scores(found, quality->>'verdict', config->>'validation_scores' = 'rollback'));
END
$$;

COMMENT ON FUNCTION drift_internal.validation_terms(drift.deployments, drift.training_runs, tstzrange, jsonb) IS
	'terms of the validation of a deployment: quality, scores and features';

CREATE OR REPLACE FUNCTION drift_internal.validation_action(model drift.models, verdict text, roll_back boolean) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN verdict = 'pass' THEN 'kept'
		WHEN verdict = 'inconclusive' THEN 'waits'
		WHEN NOT roll_back OR model.pinned THEN 'reported'
		WHEN model.max_rollback_attempts = 0 THEN 'frozen'
		ELSE 'rolled_back' END
$$;

COMMENT ON FUNCTION drift_internal.validation_action(drift.models, text, boolean) IS 'what follows from the verdict of a validation';

-- A version that proved itself ends the series of rollbacks that freeze a model in the end.
CREATE OR REPLACE FUNCTION drift_internal.take_back(model drift.models, deployment drift.deployments, reason text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	attempts CONSTANT bigint := (
		SELECT count(*) FROM drift.validations AS v
		WHERE v.model_id = model.model_id AND v.action = 'rolled_back' AND v.validation_id > coalesce((
			SELECT max(k.validation_id) FROM drift.validations AS k WHERE k.model_id = model.model_id AND k.action = 'kept'), 0));
BEGIN
	PERFORM drift.rollback(model.name, deployment.previous_version, reason);
	IF attempts >= model.max_rollback_attempts AND model.frozen_at IS NULL THEN
		PERFORM drift_internal.freeze_model(model, reason, jsonb_build_object('automatic_rollbacks', attempts, 'deployment_id', deployment.deployment_id));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.take_back(drift.models, drift.deployments, text) IS
	'returns a locked model to the champion before a deployment, and freezes it if that happened too often';

-- Who may operate a model could also roll back by hand, so the terms are taken as they come.
CREATE OR REPLACE FUNCTION drift_internal.apply_validation(model text, validated drift.validations, roll_back boolean) RETURNS SETOF drift.validations
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'operate');
	deployment CONSTANT drift.deployments := drift_internal.validated_deployment(locked);
	done drift.validations;
BEGIN
	IF deployment.deployment_id IS DISTINCT FROM validated.deployment_id THEN
		RAISE EXCEPTION 'the champion of model "%" changed while it was looked at', locked.name
			USING ERRCODE = 'serialization_failure', HINT = 'Try again.';
	END IF;
	INSERT INTO drift.validations (model_id, deployment_id, version, previous_version, run_id, span, n_labelled, verdict, action, terms, validated_by)
	VALUES (locked.model_id, deployment.deployment_id, deployment.version, deployment.previous_version, validated.run_id, validated.span,
		validated.n_labelled, validated.verdict, drift_internal.validation_action(locked, validated.verdict, roll_back), validated.terms,
		pg_get_userbyid(drift_internal.actor()))
	RETURNING * INTO done;
	PERFORM drift_internal.record_event(locked.model_id, 'deployment_validated', done.version, drift_internal.terms_text(done.terms, done.verdict),
		jsonb_build_object('validation_id', done.validation_id, 'verdict', done.verdict, 'action', done.action), deployment_id => done.deployment_id);
	IF done.verdict = 'fail' THEN
		PERFORM drift_internal.emit(locked, 'validation_failed', jsonb_build_object('validation_id', done.validation_id, 'deployment_id', done.deployment_id,
			'version', done.version, 'previous_version', done.previous_version, 'action', done.action, 'reason', drift_internal.terms_text(done.terms, done.verdict)));
	END IF;
	IF done.action = 'rolled_back' THEN
		PERFORM drift_internal.take_back(locked, deployment, drift_internal.terms_text(done.terms, 'fail'));
	ELSIF done.action = 'frozen' AND locked.frozen_at IS NULL THEN
		PERFORM drift_internal.freeze_model(locked, drift_internal.terms_text(done.terms, 'fail'), jsonb_build_object('deployment_id', done.deployment_id));
	END IF;
	RETURN NEXT done;
END
$$;

COMMENT ON FUNCTION drift_internal.apply_validation(text, drift.validations, boolean) IS
	'records a validation and does what follows from it, if its version is still the champion';

CREATE OR REPLACE FUNCTION drift_internal.validation_result(model text, validated drift.validations, action text) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('status', 'validated', 'model', model, 'validation_id', validated.validation_id,
		'deployment_id', validated.deployment_id, 'version', validated.version, 'previous_version', validated.previous_version,
		'run_id', validated.run_id, 'from', lower(validated.span), 'to', upper(validated.span), 'n_labelled', validated.n_labelled,
		'verdict', validated.verdict, 'action', action, 'reason', drift_internal.terms_text(validated.terms, validated.verdict), 'terms', validated.terms))
$$;

COMMENT ON FUNCTION drift_internal.validation_result(text, drift.validations, text) IS 'what drift.validate_deployment() answers';

CREATE OR REPLACE FUNCTION drift.validate_deployment(model text, record boolean DEFAULT false, from_time timestamptz DEFAULT NULL,
	to_time timestamptz DEFAULT NULL) RETURNS SETOF jsonb
	LANGUAGE plpgsql VOLATILE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.models := drift_internal.find_model(model, CASE WHEN record THEN 'operate' ELSE 'read' END);
	config CONSTANT jsonb := drift_internal.deployment_config(model);
	deployment CONSTANT drift.deployments := drift_internal.validated_deployment(found);
	run CONSTANT drift.training_runs := drift_internal.run_of_version(deployment);
	since CONSTANT timestamptz := coalesce(from_time, drift_internal.validated_since(deployment, run));
	until CONSTANT timestamptz := coalesce(to_time, clock_timestamp());
	validated drift.validations;
BEGIN
	IF deployment.deployment_id IS NULL OR since >= until THEN
		RETURN NEXT jsonb_build_object('status', 'skipped', 'model', found.name,
			'reason', CASE WHEN deployment.deployment_id IS NULL THEN 'No deployment put another version in the place of the champion.' ELSE 'The deployment is later.' END);
		RETURN;
	END IF;
	validated.deployment_id := deployment.deployment_id;
	validated.version := deployment.version;
	validated.previous_version := deployment.previous_version;
	validated.run_id := run.run_id;
	validated.span := tstzrange(since, until);
	validated.terms := drift_internal.validation_terms(deployment, run, validated.span, config);
	validated.verdict := drift_internal.verdict_of(validated.terms);
	validated.n_labelled := coalesce((validated.terms->'quality'->>'n')::bigint, 0);
	IF record THEN
		SELECT * INTO validated FROM drift_internal.apply_validation(found.name, validated, (config->>'automatic_rollback')::boolean);
	END IF;
	RETURN NEXT drift_internal.validation_result(found.name, validated, coalesce(validated.action,
		drift_internal.validation_action(found, validated.verdict, (config->>'automatic_rollback')::boolean)));
END
$$;

COMMENT ON FUNCTION drift.validate_deployment(text, boolean, timestamptz, timestamptz) IS
	'Does the champion prove itself since its deployment: not worse than the version before on the same rows with outcomes, with scores as the held-out rows of its run promised; how features changed is told and never counts. record: writes it down, and where it failed the version before answers again, unless deployment.automatic_rollback of the configuration is off. Read with the rights of the caller, training rows as their owner.';

-- A cycle looks while the window is open, and not more often than each hour: each look spends a part of the level.
CREATE OR REPLACE FUNCTION drift_internal.validation_due(model drift.models, as_of timestamptz) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(NOT EXISTS (SELECT FROM drift.validations AS v WHERE v.deployment_id = d.deployment_id AND upper(v.span) > as_of - interval '1 hour' AND upper(v.span) <= as_of)
		AND (as_of > since AND as_of <= since + make_interval(days => (drift_internal.deployment_config(model.name)->>'validation_window_days')::integer)
		OR (as_of > since AND NOT EXISTS (SELECT FROM drift.validations AS v WHERE v.deployment_id = d.deployment_id AND v.action <> 'waits'))), false)
	FROM drift_internal.validated_deployment(model) AS d,
		LATERAL (SELECT drift_internal.validated_since(d, drift_internal.run_of_version(d)) AS since) AS s
$$;

COMMENT ON FUNCTION drift_internal.validation_due(drift.models, timestamptz) IS
	'whether a cycle validates the champion: each hour at most, for so many days after its deployment, and longer while outcomes are too few for a verdict';
