-- what is thought of a running deployment: all terms, each with a verdict of its own, and the verdict of all

-- Whether versions answer with classes, and whether both can be asked again.
CREATE OR REPLACE FUNCTION drift_internal.compared_versions(deployment drift.deployments, OUT is_class boolean, OUT can_replay boolean)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT bool_or(CASE WHEN a.artefact IS NOT NULL THEN jsonb_typeof(drift.describe(a.artefact)->'classes') = 'array'
				ELSE coalesce(v.task, 'binary') IN ('binary', 'multiclass', 'classification') END),
		bool_and(a.artefact IS NOT NULL)
	FROM drift.model_versions AS v
	LEFT JOIN drift.model_artefacts AS a USING (model_id, version)
	WHERE v.model_id = deployment.model_id AND v.version IN (deployment.version, deployment.previous_version)
$$;

COMMENT ON FUNCTION drift_internal.compared_versions(drift.deployments) IS
	'whether the versions of a deployment answer with classes, and whether both are in the database';

CREATE OR REPLACE FUNCTION drift_internal.log_terms(log drift.prediction_logs, deployment drift.deployments, alpha float8) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted jsonb := deployment.analysis;
	compared record := drift_internal.compared_versions(deployment);
	terms jsonb := drift_internal.arm_terms(log.log, deployment, wanted, alpha);
BEGIN
	IF compared.can_replay AND wanted->>'max_disagreement' IS NOT NULL THEN
		terms := terms || jsonb_build_object('disagreement',
			drift_internal.disagreement_term(log.log, deployment, compared.is_class, wanted, alpha));
	END IF;
	IF wanted->>'quality' <> 'none' THEN
		terms := terms || jsonb_build_object('quality',
			drift_internal.quality_term(log, deployment, compared.is_class, compared.can_replay, wanted, alpha));
	END IF;
	RETURN terms;
END
$$;

COMMENT ON FUNCTION drift_internal.log_terms(drift.prediction_logs, drift.deployments, float8) IS 'terms of an analysis that the log of the model decides';

CREATE OR REPLACE FUNCTION drift_internal.analyse(deployment drift.deployments) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log drift.prediction_logs;
	look bigint := 1 + (
		SELECT count(*)
		FROM drift.deployment_analyses AS a
		WHERE a.deployment_id = deployment.deployment_id AND jsonb_path_exists(a.terms, '$.*.p_value'));
	alpha float8 := drift_internal.look_alpha((deployment.analysis->>'alpha')::float8, look);
	terms jsonb := jsonb_build_object('duration', drift_internal.duration_term(deployment));
BEGIN
	SELECT * INTO log
	FROM drift.prediction_logs AS l
	WHERE l.model_id = deployment.model_id AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = l.log);
	IF log.log_id IS NULL THEN
		RETURN terms || jsonb_build_object('log', drift_internal.term('inconclusive', 'the model has no prediction log to be judged by'));
	END IF;
	SELECT jsonb_object_agg(key, value || jsonb_build_object('look', look, 'alpha', alpha))
	INTO terms
	FROM jsonb_each(terms || drift_internal.log_terms(log, deployment, alpha));
	RETURN terms;
END
$$;

COMMENT ON FUNCTION drift_internal.analyse(drift.deployments) IS 'all terms of an analysis of a running deployment, read with the rights of the caller';

CREATE OR REPLACE FUNCTION drift_internal.verdict_of(terms jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN count(*) FILTER (WHERE value->>'verdict' = 'fail') > 0 THEN 'fail'
		WHEN count(*) = 0 OR count(*) FILTER (WHERE value->>'verdict' = 'inconclusive' AND (value->>'required')::boolean) > 0 THEN 'inconclusive'
		ELSE 'pass' END
	FROM jsonb_each(terms)
$$;

COMMENT ON FUNCTION drift_internal.verdict_of(jsonb) IS
	'verdict of all terms: fail if one failed, inconclusive if one that is required is, otherwise pass';

CREATE OR REPLACE FUNCTION drift_internal.terms_text(terms jsonb, verdict text) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT verdict || coalesce(': ' || string_agg(value->>'text', '; ' ORDER BY key) FILTER (WHERE value->>'verdict' = verdict), '')
	FROM jsonb_each(terms)
$$;

COMMENT ON FUNCTION drift_internal.terms_text(jsonb, text) IS 'a verdict and the terms that decided it, in words';
