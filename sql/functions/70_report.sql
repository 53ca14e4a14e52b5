-- a comparison as one document, and that as text

CREATE OR REPLACE FUNCTION drift_internal.comparison_verdict(comparison drift.comparison[], limits drift.thresholds) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('severity', w.severity, 'data', w.severity,
		'sentence', CASE
			WHEN s.drift_score IS NULL THEN 'There are too few rows for a verdict.'
			WHEN cardinality(s.drifted_features) = 0 THEN format('None of %s columns has changed in a way that matters.', w.n)
			ELSE format('%s of %s columns %s changed, most of all %s.', cardinality(s.drifted_features), w.n,
				CASE cardinality(s.drifted_features) WHEN 1 THEN 'has' ELSE 'have' END, s.drifted_features[1]) END,
		'prediction', NULL, 'target', NULL, 'performance', NULL, 'estimated_performance', NULL,
		'drift_detected', s.drift_detected, 'drift_score', s.drift_score, 'drift_share', s.drift_score,
		'n_features', cardinality(comparison), 'n_drifted_features', cardinality(s.drifted_features), 'drifted_features', s.drifted_features,
		'findings', '[]'::jsonb)
	FROM drift_internal.summarise_comparison(comparison, limits) AS s,
		LATERAL (
			SELECT coalesce(drift_internal.features_severity(s.drift_score, drift_internal.worst_severity(VARIADIC array_agg(c.severity)), limits),
					'insufficient_data') AS severity, count(*) AS n
			FROM unnest(comparison) AS c
		) AS w
$$;

COMMENT ON FUNCTION drift_internal.comparison_verdict(drift.comparison[], drift.thresholds) IS 'of a report of a comparison: its verdict';

CREATE OR REPLACE FUNCTION drift_internal.comparison_document(reference text, current text, compared drift_internal.compared_column[],
	limits drift.thresholds) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object(
		'format', 'drift-report', 'version', 1, 'kind', 'comparison', 'generated_at', clock_timestamp(),
		'title', 'Comparison of two data sets',
		'subject', jsonb_build_object('model', NULL, 'version', NULL, 'monitor', NULL, 'baseline', NULL, 'source', NULL,
			'reference', comparison_document.reference, 'current', comparison_document.current, 'thresholds', limits.name),
		'span', NULL, 'reference_span', NULL,
		'verdict', drift_internal.comparison_verdict(array_agg((c).verdict), limits),
		'rows', jsonb_build_object('reference', max(((c).verdict).n_reference + ((c).verdict).missing_reference),
			'current', max(((c).verdict).n_current + ((c).verdict).missing_current)),
		'recommendation', NULL,
		'columns', coalesce(jsonb_agg(
			drift_internal.report_column((c).verdict, 'feature', CASE WHEN drift.kind((c).reference) = drift.kind((c).current) THEN
				drift.profile_diff((c).reference, (c).current) END, NULL, NULL)
			ORDER BY drift_internal.severity_rank(((c).verdict).severity), ((c).verdict).effect DESC NULLS LAST, ((c).verdict).column_name), '[]'),
		'performance', '[]'::jsonb, 'history', '[]'::jsonb, 'alerts', '[]'::jsonb, 'decisions', '[]'::jsonb, 'deployments', '[]'::jsonb,
		'runs', '[]'::jsonb, 'timeline', '[]'::jsonb, 'model_card', NULL,
		'thresholds', to_jsonb(limits) - 'description' - 'built_in')
	FROM unnest(compared) AS c
$$;

COMMENT ON FUNCTION drift_internal.comparison_document(text, text, drift_internal.compared_column[], drift.thresholds) IS
	'the report of a comparison: its rows, the worst first, with what charts draw of them';

-- No pinned path below: the sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.report_json(
	reference text,
	current text,
	columns text[] DEFAULT NULL,
	methods jsonb DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	mode text DEFAULT 'exact',
	sample bigint DEFAULT NULL,
	seed bigint DEFAULT 42)
	RETURNS jsonb
	LANGUAGE sql STABLE COST 100000
BEGIN ATOMIC
	SELECT drift_internal.comparison_document(reference, current,
		ARRAY(SELECT c FROM drift_internal.compared_columns(
			drift.source_query(reference), drift.source_query(current), columns, methods,
			drift.resolve_thresholds(thresholds), mode, sample, seed, pg_catalog.current_setting('search_path')) AS c),
		drift.resolve_thresholds(thresholds));
END;

COMMENT ON FUNCTION drift.report_json(text, text, text[], jsonb, text, text, bigint, bigint) IS
	'drift.compare() as one document of the format drift-report, version 1, with what charts draw of each column';

CREATE OR REPLACE FUNCTION drift.report_text(
	reference text,
	current text,
	columns text[] DEFAULT NULL,
	methods jsonb DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	mode text DEFAULT 'exact',
	sample bigint DEFAULT NULL,
	seed bigint DEFAULT 42)
	RETURNS text
	LANGUAGE sql STABLE COST 100000
BEGIN ATOMIC
	SELECT drift.render_text(drift.report_json(reference, current, columns, methods, thresholds, mode, sample, seed));
END;

COMMENT ON FUNCTION drift.report_text(text, text, text[], jsonb, text, text, bigint, bigint) IS
	'drift.compare() as text with one line per column, for a console or a log';

CREATE OR REPLACE FUNCTION drift.report_markdown(
	reference text,
	current text,
	columns text[] DEFAULT NULL,
	methods jsonb DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	mode text DEFAULT 'exact',
	sample bigint DEFAULT NULL,
	seed bigint DEFAULT 42)
	RETURNS text
	LANGUAGE sql STABLE COST 100000
BEGIN ATOMIC
	SELECT drift.render_markdown(drift.report_json(reference, current, columns, methods, thresholds, mode, sample, seed));
END;

COMMENT ON FUNCTION drift.report_markdown(text, text, text[], jsonb, text, text, bigint, bigint) IS
	'drift.compare() as markdown, for an issue, a wiki or a pull request';
