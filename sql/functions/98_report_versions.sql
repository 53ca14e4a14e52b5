-- drift.comparison_report(): two versions of a model side by side

CREATE OR REPLACE FUNCTION drift_internal.report_version(v drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.card_version(v) - '{digest,artefact_uri}'::text[]
		|| jsonb_build_object('parameters', v.parameters, 'metrics', coalesce(v.metrics, '{}'),
			'training', jsonb_build_object('rows', v.training_rows, 'from', v.training_from, 'to', v.training_to),
			'champion', drift_internal.card_history(v),
			'sentence', concat_ws(', ', replace(v.stage, '_', ' '), format('made %s by %s', left(drift_internal.utc_text(v.created_at), 10), v.created_by),
				CASE WHEN v.training_rows IS NOT NULL THEN format('trained on %s rows', v.training_rows) END,
				CASE WHEN v.training_from IS NOT NULL THEN format('from %s to %s', left(drift_internal.utc_text(v.training_from), 10),
					left(drift_internal.utc_text(v.training_to), 10)) END))
$$;

COMMENT ON FUNCTION drift_internal.report_version(drift.model_versions) IS 'of a report: a version of a model';

-- Measured: by the newest check while the version was the champion. Of which of two values is better only an evaluation can tell.
CREATE OR REPLACE FUNCTION drift_internal.version_metrics(v drift.model_versions)
	RETURNS TABLE (kind text, metric text, value float8, low float8, high float8, n bigint)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'declared', d.key, (d.value #>> '{}')::float8, NULL::float8, NULL::float8, NULL::bigint
	FROM jsonb_each(v.metrics) AS d
	WHERE jsonb_typeof(d.value) = 'number'
	UNION ALL
	(SELECT DISTINCT ON (m.metric) m.kind, m.metric, m.value, m.value_low, m.value_high, m.n
	FROM drift.checks AS c
	JOIN drift.check_metrics AS m USING (check_id)
	WHERE c.model_id = v.model_id AND c.model_version = v.version AND m.kind = 'realised' AND m.segment = ''
	ORDER BY m.metric, c.as_of DESC, c.check_id DESC)
$$;

COMMENT ON FUNCTION drift_internal.version_metrics(drift.model_versions) IS 'metrics of a version that were told with it, and those that monitors measured';

CREATE OR REPLACE FUNCTION drift_internal.compared_metrics(one drift.model_versions, other drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('metric', metric, 'kind', kind, 'value', b.value, 'reference', a.value,
			'difference', b.value - a.value, 'low', b.low, 'high', b.high, 'n', b.n, 'n_reference', a.n, 'severity', 'skipped',
			'sentence', concat_ws(', ', CASE kind WHEN 'declared' THEN 'told with the versions' ELSE 'measured while each was the champion, on rows of another time' END,
				CASE WHEN b.value IS NULL THEN format('version %s has none', other.version) WHEN a.value IS NULL THEN format('version %s has none', one.version)
					ELSE format('%s in version %s, %s in version %s', drift_internal.short_number(a.value), one.version, drift_internal.short_number(b.value), other.version) END),
			'history', '[]'::jsonb, 'segments', '[]'::jsonb)
		ORDER BY kind DESC, metric), '[]')
	FROM drift_internal.version_metrics(one) AS a
	FULL JOIN drift_internal.version_metrics(other) AS b USING (kind, metric)
$$;

COMMENT ON FUNCTION drift_internal.compared_metrics(drift.model_versions, drift.model_versions) IS 'of a report: metrics of two versions side by side';

CREATE OR REPLACE FUNCTION drift_internal.compared_importance(one drift.model_versions, other drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('feature', feature, 'importance_1', a.share, 'importance_2', b.share,
			'change', coalesce(b.share, 0) - coalesce(a.share, 0))
		ORDER BY abs(coalesce(b.share, 0) - coalesce(a.share, 0)) DESC, feature), '[]')
	FROM drift_internal.importance_shares(one.model_id, one.version) AS a
	FULL JOIN drift_internal.importance_shares(other.model_id, other.version) AS b USING (feature)
	WHERE coalesce(a.share, b.share) IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.compared_importance(drift.model_versions, drift.model_versions) IS
	'of a report: importance of each input in two versions, as shares, the largest change first; empty where artefacts do not tell';

CREATE OR REPLACE FUNCTION drift_internal.report_evaluations(one drift.model_versions, other drift.model_versions) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('evaluation_id', e.evaluation_id, 'champion', e.champion_version, 'challenger', e.challenger_version,
			'method', e.method, 'metric', e.metric, 'test', e.test, 'n', e.n, 'value_champion', e.champion, 'value_challenger', e.challenger,
			'difference', e.difference, 'low', e.difference_low, 'high', e.difference_high, 'p_value', e.p_value, 'verdict', e.verdict,
			'deploy', e.deploy, 'evaluated_at', e.evaluated_at, 'span', drift_internal.report_span(e.span)) ORDER BY e.evaluation_id DESC), '[]')
	FROM drift.evaluations AS e
	WHERE e.model_id = one.model_id
		AND (e.champion_version, e.challenger_version) IN ((one.version, other.version), (other.version, one.version))
$$;

COMMENT ON FUNCTION drift_internal.report_evaluations(drift.model_versions, drift.model_versions) IS 'of a report: tests of two versions against each other on the same rows, the newest first';

CREATE OR REPLACE FUNCTION drift_internal.versions_verdict(one drift.model_versions, other drift.model_versions, evaluation jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'severity', CASE evaluation ->> 'verdict' WHEN 'pass' THEN 'ok' WHEN 'fail' THEN 'warning' ELSE 'insufficient_data' END,
		'sentence', CASE WHEN evaluation IS NULL THEN
				format('Versions %s and %s were not tested on the same rows yet; drift.evaluate_challenger() does.', one.version, other.version)
			ELSE format('Version %s %s version %s: %s of %s against %s on %s rows (p = %s).', evaluation ->> 'challenger',
				CASE evaluation ->> 'verdict' WHEN 'pass' THEN 'is better than' WHEN 'fail' THEN 'is not better than' ELSE 'may or may not be better than' END,
				evaluation ->> 'champion', evaluation ->> 'metric',
				drift_internal.short_number((evaluation ->> 'value_challenger')::float8), drift_internal.short_number((evaluation ->> 'value_champion')::float8),
				evaluation ->> 'n', coalesce(drift_internal.number_of(evaluation -> 'p_value', 'FM0.0000'), 'not known')) END,
		'data', NULL, 'prediction', NULL, 'target', NULL, 'performance', evaluation ->> 'verdict', 'estimated_performance', NULL,
		'drift_detected', NULL, 'drift_score', NULL, 'drift_share', NULL, 'n_features', NULL, 'n_drifted_features', NULL,
		'drifted_features', '[]'::jsonb, 'findings', '[]'::jsonb)
$$;

COMMENT ON FUNCTION drift_internal.versions_verdict(drift.model_versions, drift.model_versions, jsonb) IS 'of a report on two versions: its verdict, from the newest test';

CREATE OR REPLACE FUNCTION drift_internal.versions_document(model drift.models, one drift.model_versions, other drift.model_versions) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	evaluations CONSTANT jsonb := drift_internal.report_evaluations(one, other);
	span CONSTANT tstzrange := tstzrange(least(one.created_at, other.created_at), clock_timestamp(), '[]');
BEGIN
	RETURN jsonb_build_object(
			'format', 'drift-report', 'version', 1, 'kind', 'versions', 'generated_at', clock_timestamp(),
			'title', format('Versions %s and %s of %s', one.version, other.version, model.name),
			'subject', jsonb_build_object('model', model.name, 'version', other.version, 'monitor', NULL, 'baseline', NULL, 'source', NULL,
				'reference', 'version ' || one.version, 'current', 'version ' || other.version, 'thresholds', NULL),
			'span', drift_internal.report_span(span), 'reference_span', NULL,
			'verdict', drift_internal.versions_verdict(one, other, evaluations -> 0),
			'rows', jsonb_build_object('reference', one.training_rows, 'current', other.training_rows),
			'recommendation', NULL, 'columns', '[]'::jsonb,
			'versions', jsonb_build_array(drift_internal.report_version(one), drift_internal.report_version(other)),
			'performance', drift_internal.compared_metrics(one, other), 'evaluations', evaluations,
			'importance', drift_internal.compared_importance(one, other),
			'history', '[]'::jsonb, 'alerts', '[]'::jsonb, 'decisions', '[]'::jsonb, 'thresholds', NULL)
		|| drift_internal.report_of_model(model, other.version, span);
END
$$;

COMMENT ON FUNCTION drift_internal.versions_document(drift.models, drift.model_versions, drift.model_versions) IS 'the report on two versions of a model';

CREATE OR REPLACE FUNCTION drift.comparison_report(model text, version_1 integer, version_2 integer DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reported CONSTANT drift.models := drift_internal.find_model(model, 'read');
	other CONSTANT integer := coalesce(version_2, drift_internal.champion_of(reported.model_id), reported.last_version);
BEGIN
	IF version_1 = other THEN
		RAISE EXCEPTION 'version % is compared with itself', version_1
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Without version_2 it is the champion.';
	END IF;
	RETURN drift_internal.versions_document(reported, drift_internal.find_version(reported, version_1), drift_internal.find_version(reported, other));
END
$$;

COMMENT ON FUNCTION drift.comparison_report(text, integer, integer) IS
	'Two versions of a model side by side, the second by default the champion, as a document of the format drift-report: what they are, their metrics as told and as measured, tests of one against the other, importance of inputs, what happened since.';
