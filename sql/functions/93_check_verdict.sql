-- from the verdicts on columns to that on a check

CREATE OR REPLACE FUNCTION drift_internal.worst_severity(VARIADIC severities text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s FROM unnest(severities) AS s
	WHERE s <> 'skipped'
	ORDER BY array_position('{insufficient_data,ok,warning,critical}', s) DESC NULLS LAST
	LIMIT 1
$$;

COMMENT ON FUNCTION drift_internal.worst_severity(text[]) IS
	'the worst of severities; insufficient_data only where nothing else is said, NULL where nothing is';

CREATE OR REPLACE FUNCTION drift_internal.metrics_severity(metrics drift.check_metrics[], kind text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.worst_severity(VARIADIC array_agg(m.severity))
	FROM unnest(metrics) AS m
	WHERE m.segment = '' AND m.kind = metrics_severity.kind
$$;

COMMENT ON FUNCTION drift_internal.metrics_severity(drift.check_metrics[], text) IS
	'worst severity of the metrics of all rows, realised or estimated; NULL without verdicts';

-- Sets with a share of their own leave the verdict on the data to it; the others to the worst column.
CREATE OR REPLACE FUNCTION drift_internal.features_severity(share float8, worst text, limits drift.thresholds) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN share IS NULL THEN worst
			WHEN (limits).drift_share = 0 THEN worst
			WHEN share > 0 AND drift_internal.reaches(share, (limits).drift_share_high, (limits).inclusive) THEN 'critical'
			WHEN share > 0 AND drift_internal.reaches(share, (limits).drift_share, (limits).inclusive) THEN 'warning'
			ELSE 'ok'
		END
$$;

COMMENT ON FUNCTION drift_internal.features_severity(float8, text, drift.thresholds) IS
	'severity of the drift of a data set from the share of its features that drifted and the worst of them';

-- A share of zero features is no verdict.
CREATE OR REPLACE FUNCTION drift_internal.sum_up_features(checked drift.checks, features drift.check_features[], limits drift.thresholds)
	RETURNS drift.checks
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT avg(f.drifted::integer), count(f.drifted), count(*) FILTER (WHERE f.drifted),
		sum(w.weight) FILTER (WHERE f.drifted) / nullif(sum(w.weight) FILTER (WHERE f.drifted IS NOT NULL), 0),
		coalesce(array_agg(f.column_name ORDER BY f.effect DESC NULLS FIRST, f.column_name) FILTER (WHERE f.drifted), '{}'),
		max(f.psi), max(f.effect)
	INTO checked.drift_share, checked.n_features, checked.n_drifted_features, checked.drift_score, checked.drifted_features,
		checked.max_psi, checked.max_effect
	FROM unnest(features) AS f, LATERAL (SELECT drift_internal.column_weight(checked.config, f.column_name) AS weight) AS w
	WHERE f.role = 'feature' AND f.segment = '';

	IF checked.n_features > 0 THEN
		checked.drift_score := coalesce(checked.drift_score, 0);
		checked.drift_detected := checked.drift_share > 0
			AND drift_internal.reaches(checked.drift_share, limits.drift_share, limits.inclusive);
	END IF;
	RETURN checked;
END
$$;

COMMENT ON FUNCTION drift_internal.sum_up_features(drift.checks, drift.check_features[], drift.thresholds) IS
	'a check with its verdict on the features of all rows: share, weighted score, names by falling effect';

CREATE OR REPLACE FUNCTION drift_internal.worst_by_role(columns drift.check_features[],
	OUT feature text, OUT segments text, OUT prediction text, OUT target text, OUT error text, OUT operation text,
	OUT n_reference bigint, OUT n_current bigint)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT drift_internal.worst_severity(VARIADIC array_agg(f.severity) FILTER (WHERE f.role = 'feature' AND f.segment = '')),
		drift_internal.worst_severity(VARIADIC array_agg(f.severity)
			FILTER (WHERE f.role = 'feature' AND f.segment <> '' AND NOT f.findings && '{absent,type}')),
		drift_internal.worst_severity(VARIADIC array_agg(f.severity) FILTER (WHERE f.role IN ('score', 'label', 'confidence') AND f.segment = '')),
		drift_internal.worst_severity(VARIADIC array_agg(f.severity) FILTER (WHERE f.role = 'target' AND f.segment = '')),
		drift_internal.worst_severity(VARIADIC array_agg(f.severity) FILTER (WHERE f.role = 'error' AND f.segment = '')),
		drift_internal.worst_severity(VARIADIC array_agg(f.severity) FILTER (WHERE f.role = 'operation' AND f.segment = '')),
		coalesce(max(f.n_reference + f.missing_reference) FILTER (WHERE f.segment = '' AND f.role NOT IN ('target', 'error')), 0),
		coalesce(max(f.n_current + f.missing_current) FILTER (WHERE f.segment = '' AND f.role NOT IN ('target', 'error')), 0)
	INTO feature, segments, prediction, target, error, operation, n_reference, n_current
	FROM unnest(columns) AS f;
END
$$;

COMMENT ON FUNCTION drift_internal.worst_by_role(drift.check_features[]) IS
	'worst severity of features, of features in segments, of predictions, target, error and operation, and the rows on both sides';

-- Too few rows are no verdict, unless something else was found. What outcomes say may be about other rows.
CREATE OR REPLACE FUNCTION drift_internal.check_status(features text, prediction text, target text, performance text, volume text, other text)
	RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN worst IN ('warning', 'critical') THEN worst
			WHEN coalesce(features, prediction, target, performance) = 'ok' THEN 'ok'
			ELSE 'insufficient_data'
		END
	FROM drift_internal.worst_severity(features, prediction, target, performance, volume, other) AS worst
$$;

COMMENT ON FUNCTION drift_internal.check_status(text, text, text, text, text, text) IS 'status of a check from the severities of what it found';

CREATE OR REPLACE FUNCTION drift_internal.names_text(names text[], at_most integer DEFAULT 5) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT nullif(array_to_string(names[:at_most], ', '), '')
		|| CASE WHEN cardinality(names) > at_most THEN format(' and %s more', cardinality(names) - at_most) ELSE '' END
$$;

COMMENT ON FUNCTION drift_internal.names_text(text[], integer) IS 'the first of some names, and how many more there are; NULL without names';

CREATE OR REPLACE FUNCTION drift_internal.features_text(checked drift.checks) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN checked.n_drifted_features > 0 THEN
				format('%s of %s features drifted: ', checked.n_drifted_features, checked.n_features)
					|| drift_internal.names_text(checked.drifted_features)
			WHEN checked.n_features > 0 THEN 'no feature drifted'
			ELSE format('no verdict on features: %s rows', checked.n_current)
		END
$$;

COMMENT ON FUNCTION drift_internal.features_text(drift.checks) IS 'what a check found in features, in words';

CREATE OR REPLACE FUNCTION drift_internal.check_text(checked drift.checks, columns drift.check_features[], metrics drift.check_metrics[], volume text)
	RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT concat_ws('; ', drift_internal.features_text(checked),
			'gone or of another type: ' || drift_internal.names_text(ARRAY(SELECT k FROM jsonb_object_keys(checked.config -> 'changed_columns') AS k ORDER BY k)),
			'drifted in segments: ' || drift_internal.names_text(array_agg(format('%s in %s', f.column_name, quote_literal(f.segment)) ORDER BY f.effect DESC NULLS LAST)
				FILTER (WHERE f.segment <> '' AND f.role = 'feature' AND f.drifted AND NOT f.findings && '{absent,type}')),
			'predictions drifted: ' || drift_internal.names_text(array_agg(f.column_name ORDER BY f.column_name)
				FILTER (WHERE f.segment = '' AND f.role IN ('score', 'label', 'confidence') AND f.drifted)),
			string_agg('target drifted: ' || f.explanation, '; ') FILTER (WHERE f.segment = '' AND f.role = 'target' AND f.drifted),
			(SELECT string_agg('performance is worse: ' || m.explanation, '; ' ORDER BY m.loss DESC, m.metric) FROM unnest(metrics) AS m
				WHERE m.segment = '' AND m.kind = 'realised' AND m.severity IN ('warning', 'critical')),
			(SELECT 'performance is worse in segments: ' || drift_internal.names_text(array_agg(DISTINCT format('%s in %s', m.metric, quote_literal(m.segment))))
				FROM unnest(metrics) AS m WHERE m.segment <> '' AND m.kind = 'realised' AND m.severity IN ('warning', 'critical')),
			string_agg(format('%s drifted: %s', f.column_name, f.explanation), '; ') FILTER (WHERE f.segment = '' AND f.role = 'operation' AND f.drifted),
			volume)
		FROM unnest(columns) AS f);
END
$$;

COMMENT ON FUNCTION drift_internal.check_text(drift.checks, drift.check_features[], drift.check_metrics[], text) IS 'what a check found, as a sentence';
