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

CREATE OR REPLACE FUNCTION drift_internal.feature_weight(config jsonb, feature text) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce((config -> 'features' -> feature ->> 'weight')::float8, 1)
$$;

COMMENT ON FUNCTION drift_internal.feature_weight(jsonb, text) IS 'weight of a feature in the drift score of a check';

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
	FROM unnest(features) AS f, LATERAL (SELECT drift_internal.feature_weight(checked.config, f.column_name) AS weight) AS w
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
