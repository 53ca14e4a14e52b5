-- drift.target_drift(): the target itself, without its features

CREATE OR REPLACE FUNCTION drift_internal.target_means(reference_query text, current_query text, target text, path text)
	RETURNS float8[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plan drift_internal.column_plan[] := ARRAY(
		SELECT p FROM drift_internal.concept_plans(reference_query, current_query, target, NULL, '{}', path) AS p WHERE p.column_name = target);
BEGIN
	IF plan[1].kind IS DISTINCT FROM 'numeric' OR plan[1].obstacle IS NOT NULL THEN
		RETURN NULL;
	END IF;
	RETURN ARRAY[drift.mean((drift_internal.read_profiles(drift_internal.profiles_query(reference_query, plan, NULL, NULL), path))[1]),
		drift.mean((drift_internal.read_profiles(drift_internal.profiles_query(current_query, plan, NULL, NULL), path))[1])];
END
$$;

COMMENT ON FUNCTION drift_internal.target_means(text, text, text, text) IS
	'mean of the target on both sides, of booleans the rate of true; NULL for categories';

-- No pinned path: the two sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.target_drift(
	reference text,
	current text,
	target text,
	score text DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	OUT kind text,
	OUT n_reference bigint,
	OUT n_current bigint,
	OUT mean_reference float8,
	OUT mean_current float8,
	OUT method text,
	OUT p_value float8,
	OUT psi float8,
	OUT effect float8,
	OUT severity text,
	OUT drifted boolean,
	OUT unexplained float8,
	OUT unexplained_p_value float8,
	OUT explanation text)
	RETURNS SETOF record
	LANGUAGE sql STABLE COST 100000 ROWS 1
BEGIN ATOMIC
	SELECT c.kind, c.n_reference, c.n_current, m.means[1], m.means[2], c.method, c.p_value, c.psi, c.effect, c.severity, c.drifted,
		u.effect, u.p_value,
		pg_catalog.concat_ws('; ', c.explanation, CASE WHEN u.effect IS NOT NULL THEN u.explanation END)
	FROM drift.compare(reference, current, ARRAY[target], thresholds => thresholds) AS c
		CROSS JOIN LATERAL (SELECT drift_internal.target_means(
			drift.source_query(reference), drift.source_query(current), target, pg_catalog.current_setting('search_path')) AS means) AS m
		LEFT JOIN LATERAL (SELECT d.effect, d.p_value, d.explanation
			FROM drift.concept_drift(reference, current, target, score, columns => '{}') AS d
			WHERE score IS NOT NULL AND d.role = 'target') AS u ON true;
END;

COMMENT ON FUNCTION drift.target_drift(text, text, text, text, text) IS
	'whether the distribution of the target differs (prior shift), as drift.compare() judges it, with its means, of booleans the rates; given a score of the reference''s model, also how much of the difference the current rows do not explain (total variation), with its p-value';
