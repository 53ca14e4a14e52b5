-- what reviewers look at before they approve

CREATE OR REPLACE FUNCTION drift_internal.evidence_items() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY['performance', 'feature_importance', 'data_quality', 'fairness']
$$;

COMMENT ON FUNCTION drift_internal.evidence_items() IS 'items of evidence that every request for promotion needs';

CREATE OR REPLACE FUNCTION drift_internal.missing_evidence(evidence jsonb) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(i.item ORDER BY i.position) FILTER (WHERE coalesce(btrim(evidence->>i.item, E' \t\r\n'), '') IN ('', '{}', '[]')), '{}')
	FROM unnest(drift_internal.evidence_items()) WITH ORDINALITY AS i (item, position)
$$;

COMMENT ON FUNCTION drift_internal.missing_evidence(jsonb) IS 'items that are absent, null or empty';

CREATE OR REPLACE FUNCTION drift_internal.check_evidence(evidence jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF jsonb_typeof(evidence) <> 'object' THEN
		RAISE EXCEPTION 'evidence is not an object'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is of type %s.', jsonb_typeof(evidence)),
				HINT = format('Its keys are %s, and others that you like.', array_to_string(drift_internal.evidence_items(), ', '));
	END IF;
	RETURN coalesce(evidence, '{}');
END
$$;

COMMENT ON FUNCTION drift_internal.check_evidence(jsonb) IS 'evidence, or an error where it is not an object; {} of NULL';

CREATE OR REPLACE FUNCTION drift_internal.champion_of(model_id integer) RETURNS integer
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT a.version FROM drift.model_aliases AS a WHERE a.model_id = champion_of.model_id AND a.alias = 'champion'
$$;

COMMENT ON FUNCTION drift_internal.champion_of(integer) IS 'the version of a model that is its champion; NULL: none is';

CREATE OR REPLACE FUNCTION drift_internal.importance_shares(model_id integer, version integer)
	RETURNS TABLE (feature text, share double precision)
	LANGUAGE sql STABLE ROWS 50
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT i->>'name', gain / nullif(sum(gain) OVER (), 0)
	FROM drift.model_artefacts AS a, jsonb_array_elements(drift.describe(a.artefact)->'inputs') AS i,
		LATERAL (SELECT coalesce((i->'importance'->>'total_gain')::double precision, 0)) AS g (gain)
	WHERE a.model_id = importance_shares.model_id AND a.version = importance_shares.version
$$;

COMMENT ON FUNCTION drift_internal.importance_shares(integer, integer) IS
	'share of each input in the gain of all splits of a version; NULL where it has no trees, no rows where its artefact is outside';

CREATE OR REPLACE FUNCTION drift_internal.draft_performance(candidate drift.model_versions, champion drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_object_agg(c.key, jsonb_strip_nulls(jsonb_build_object('value', c.value, 'champion', b.value,
		'difference', CASE WHEN jsonb_typeof(c.value) = 'number' AND jsonb_typeof(b.value) = 'number' THEN c.value::numeric - b.value::numeric END)))
	FROM jsonb_each(candidate.metrics) AS c
	LEFT JOIN jsonb_each(champion.metrics) AS b USING (key)
$$;

COMMENT ON FUNCTION drift_internal.draft_performance(drift.model_versions, drift.model_versions) IS
	'metrics of a version beside those of the champion; NULL where it has none';

CREATE OR REPLACE FUNCTION drift_internal.draft_importance(candidate drift.model_versions, champion drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_object_agg(coalesce(c.feature, b.feature), jsonb_strip_nulls(jsonb_build_object(
		'share', round(c.share::numeric, 6), 'champion', round(b.share::numeric, 6), 'change', round((c.share - b.share)::numeric, 6))))
	FROM (SELECT * FROM drift_internal.importance_shares(candidate.model_id, candidate.version) AS s WHERE s.share IS NOT NULL) AS c
	FULL JOIN (SELECT * FROM drift_internal.importance_shares(champion.model_id, champion.version) AS s WHERE s.share IS NOT NULL) AS b
		ON c.feature = b.feature
	HAVING count(c.share) > 0
$$;

COMMENT ON FUNCTION drift_internal.draft_importance(drift.model_versions, drift.model_versions) IS
	'shares of the inputs in the gain of a version''s splits beside those of the champion; NULL where it has no trees or is outside';

CREATE OR REPLACE FUNCTION drift_internal.draft_data_quality(candidate drift.model_versions, champion drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN candidate.training_rows IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
		'training_rows', candidate.training_rows, 'champion_rows', champion.training_rows,
		'training_from', candidate.training_from, 'training_to', candidate.training_to,
		'same_rows_as_champion', candidate.training_hash = champion.training_hash,
		'inputs_added', CASE WHEN champion.version IS NOT NULL THEN (
			SELECT jsonb_agg(c->'name' ORDER BY c->>'name') FROM jsonb_array_elements(candidate.inputs) AS c
			WHERE NOT champion.inputs @> jsonb_build_array(jsonb_build_object('name', c->'name'))) END,
		'inputs_removed', (
			SELECT jsonb_agg(b->'name' ORDER BY b->>'name') FROM jsonb_array_elements(champion.inputs) AS b
			WHERE NOT candidate.inputs @> jsonb_build_array(jsonb_build_object('name', b->'name'))))) END
$$;

COMMENT ON FUNCTION drift_internal.draft_data_quality(drift.model_versions, drift.model_versions) IS
	'training rows and inputs of a version beside those of the champion; NULL where its training rows are not known';

CREATE OR REPLACE FUNCTION drift_internal.draft_analysis(candidate drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('deployment_id', d.deployment_id, 'strategy', d.strategy, 'verdict', a.verdict, 'terms', a.terms,
		'analysed_at', a.analysed_at)
	FROM drift.deployments AS d
	JOIN drift.deployment_analyses AS a USING (deployment_id)
	WHERE d.model_id = candidate.model_id AND d.version = candidate.version
	ORDER BY a.analysis_id DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.draft_analysis(drift.model_versions) IS
	'the last look at a version beside the champion, as a shadow or a canary; NULL where it was not deployed so';

CREATE OR REPLACE FUNCTION drift_internal.draft_evaluation(candidate drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT to_jsonb(e) - '{model_id,challenger_version,options}'::text[]
	FROM drift.evaluations AS e
	WHERE e.model_id = candidate.model_id AND (e.challenger_version = candidate.version OR e.run_id IN (
		SELECT r.run_id FROM drift.training_runs AS r WHERE r.model_id = candidate.model_id AND r.version = candidate.version AND r.best_trial = e.trial))
	ORDER BY e.evaluation_id DESC
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.draft_evaluation(drift.model_versions) IS
	'the last evaluation against the champion, of a version or of the trial that it was made of; NULL where there is none';

CREATE OR REPLACE FUNCTION drift.draft_evidence(model text, version integer) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_model drift.models := drift_internal.find_model(model, 'read');
	candidate drift.model_versions := drift_internal.find_version(of_model, version);
	champion drift.model_versions;
	evaluation CONSTANT jsonb := drift_internal.draft_evaluation(candidate);
BEGIN
	SELECT * INTO champion FROM drift.model_versions AS v
	WHERE v.model_id = of_model.model_id AND v.version = drift_internal.champion_of(of_model.model_id) AND v.version <> candidate.version;
	RETURN jsonb_strip_nulls(jsonb_build_object(
		'champion_version', champion.version,
		'performance', coalesce(evaluation->'metrics', drift_internal.draft_performance(candidate, champion)),
		'feature_importance', drift_internal.draft_importance(candidate, champion),
		'data_quality', drift_internal.draft_data_quality(candidate, champion),
		'fairness', evaluation->'fairness',
		'evaluation', evaluation - '{metrics,fairness}'::text[],
		'last_analysis', drift_internal.draft_analysis(candidate)));
END
$$;

COMMENT ON FUNCTION drift.draft_evidence(text, integer) IS
	'What the registry knows for a request for promotion: metrics, importance of features and training data of a version, each beside the champion''s, the last evaluation of it by drift.evaluate_challenger(), whose metrics and fairness go first, and the last analysis of a deployment of it, such as a shadow. Items of which it knows nothing are left out: write them.';
