-- drift.comprehensive_analysis(): PSI, tests, target and concept in one call

CREATE OR REPLACE FUNCTION drift_internal.analyse_columns(comparison drift.comparison[], target text, score text, limits drift.thresholds)
	RETURNS TABLE (analysis text, column_name text, method text, statistic float8, p_value float8, effect float8, threshold float8,
		severity text, drifted boolean, explanation text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 60
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'psi', c.column_name, 'psi', c.psi, NULL::float8, c.psi, (limits).psi_critical,
		CASE
			WHEN c.psi IS NULL OR c.severity IN ('insufficient_data', 'skipped') THEN coalesce(nullif(c.severity, 'ok'), 'skipped')
			WHEN NOT 'psi' = ANY (c.findings) THEN 'ok'
			WHEN c.psi >= (limits).psi_critical THEN 'critical'
			ELSE 'warning'
		END,
		CASE WHEN c.psi IS NOT NULL AND c.drifted IS NOT NULL THEN 'psi' = ANY (c.findings) END,
		CASE WHEN c.psi IS NULL THEN c.explanation
			ELSE format('PSI %s, %s expected without drift', round(c.psi::numeric, 3), round(c.psi_expected::numeric, 3)) END
	FROM unnest(comparison) AS c
	WHERE c.column_name <> target AND c.column_name IS DISTINCT FROM score
	UNION ALL
	SELECT CASE c.column_name WHEN target THEN 'target' WHEN score THEN 'score' ELSE 'distribution' END,
		c.column_name, c.method, c.statistic, c.p_value_corrected, c.effect, coalesce(c.threshold, (limits).minimum_effect),
		c.severity, c.drifted, c.explanation
	FROM unnest(comparison) AS c
$$;

COMMENT ON FUNCTION drift_internal.analyse_columns(drift.comparison[], text, text, drift.thresholds) IS
	'a comparison as rows of drift.comprehensive_analysis(): the PSI and the test of each column';

CREATE OR REPLACE FUNCTION drift_internal.analyse_concept(changes drift.concept_change[], threshold float8)
	RETURNS TABLE (analysis text, column_name text, method text, statistic float8, p_value float8, effect float8, threshold float8,
		severity text, drifted boolean, explanation text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE c.role WHEN 'target' THEN 'prior' ELSE 'concept' END, c.column_name,
		CASE
			WHEN c.role = 'target' THEN 'total_variation'
			WHEN abs(c.correlation_change) >= abs(c.information_change) THEN 'correlation'
			ELSE 'mutual_information'
		END,
		c.effect, c.p_value_corrected, c.effect, threshold, c.severity, c.drifted, c.explanation
	FROM unnest(changes) AS c
$$;

COMMENT ON FUNCTION drift_internal.analyse_concept(drift.concept_change[], float8) IS
	'changes of relations as rows of drift.comprehensive_analysis()';

-- No pinned path: the two sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.comprehensive_analysis(
	reference text,
	current text,
	target text,
	score text DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	concept_threshold float8 DEFAULT 0.15)
	RETURNS TABLE (analysis text, column_name text, method text, statistic float8, p_value float8, effect float8, threshold float8,
		severity text, drifted boolean, explanation text)
	LANGUAGE sql STABLE COST 1000000 ROWS 100
BEGIN ATOMIC
	SELECT a.*
	FROM drift_internal.analyse_columns(
		ARRAY(SELECT c FROM drift.compare(reference, current, thresholds => thresholds) AS c), target, score, drift.resolve_thresholds(thresholds)) AS a
	UNION ALL
	SELECT a.*
	FROM drift_internal.analyse_concept(
		ARRAY(SELECT d FROM drift.concept_drift(reference, current, target, score, threshold => concept_threshold) AS d), concept_threshold) AS a;
END;

COMMENT ON FUNCTION drift.comprehensive_analysis(text, text, text, text, text, float8) IS
	'one call for all of it: PSI and test of every column, drift of the target, change of the relation of each feature to it, and what of the target''s change the rows do not explain; a row for each';

CREATE OR REPLACE FUNCTION drift.comprehensive_report(
	reference text,
	current text,
	target text,
	score text DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	concept_threshold float8 DEFAULT 0.15)
	RETURNS jsonb
	LANGUAGE sql STABLE COST 1000000
BEGIN ATOMIC
	SELECT pg_catalog.jsonb_build_object(
		'data_drift', coalesce(pg_catalog.bool_or(a.drifted) FILTER (WHERE a.analysis = 'distribution'), false),
		'drift_share', pg_catalog.avg(a.drifted::integer) FILTER (WHERE a.analysis = 'distribution'),
		'drifted_features', coalesce(pg_catalog.jsonb_agg(a.column_name ORDER BY a.effect DESC) FILTER (WHERE a.analysis = 'distribution' AND a.drifted), '[]'),
		'target_drift', pg_catalog.bool_or(a.drifted) FILTER (WHERE a.analysis = 'target'),
		'concept_drift', pg_catalog.bool_or(a.drifted) FILTER (WHERE a.analysis = 'concept'),
		'concept_features', coalesce(pg_catalog.jsonb_agg(a.column_name ORDER BY a.effect DESC) FILTER (WHERE a.analysis = 'concept' AND a.drifted), '[]'),
		'largest_psi', pg_catalog.max(a.statistic) FILTER (WHERE a.analysis = 'psi'),
		'largest_concept_change', pg_catalog.max(a.effect) FILTER (WHERE a.analysis = 'concept'),
		'analyses', pg_catalog.jsonb_agg(pg_catalog.to_jsonb(a)))
	FROM drift.comprehensive_analysis(reference, current, target, score, thresholds, concept_threshold) AS a;
END;

COMMENT ON FUNCTION drift.comprehensive_report(text, text, text, text, text, float8) IS
	'drift.comprehensive_analysis() as one JSON value, with the verdicts on data, target and concept apart';
