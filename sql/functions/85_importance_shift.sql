-- what versions of a model rest on, and what they answer to the same rows

-- Splits of trees; a linear model has none.
CREATE OR REPLACE FUNCTION drift_internal.split_importance(artefact drift.model, kind text) RETURNS TABLE (feature text, importance float8)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT i ->> 'name', (i -> 'importance' ->> kind)::float8
	FROM jsonb_array_elements(drift.describe(artefact) -> 'inputs') AS i
$$;

COMMENT ON FUNCTION drift_internal.split_importance(drift.model, text) IS 'importance of the inputs of a model by its splits, of one kind';

-- Mean of the contributions to the margins of rows, without their signs; of several margins their sum.
CREATE OR REPLACE FUNCTION drift_internal.contribution_query(reference text, query text, sample bigint, seed bigint) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$
		SELECT c.feature, pg_catalog.avg(c.size) FROM (
			SELECT e.feature, r.place, pg_catalog.sum(pg_catalog.abs(e.contribution)) AS size
			FROM (
				SELECT pg_catalog.row_number() OVER () AS place, drift.explain_row(drift.get_model(%L), drift_row) AS explanation
				FROM (SELECT * FROM (%s%s) AS source ORDER BY drift_internal.sample_key(pg_catalog.row_number() OVER (), %s) LIMIT %s) AS drift_row
			) AS r, LATERAL (
				SELECT o.key AS feature, (o.value::pg_catalog.text)::pg_catalog.float8 AS contribution
				FROM pg_catalog.jsonb_each(r.explanation) AS o WHERE pg_catalog.jsonb_typeof(o.value) = 'number'
				UNION ALL
				SELECT n.key, (n.value::pg_catalog.text)::pg_catalog.float8
				FROM pg_catalog.jsonb_each(r.explanation) AS o, LATERAL pg_catalog.jsonb_each(CASE pg_catalog.jsonb_typeof(o.value) WHEN 'object' THEN o.value ELSE '{}' END) AS n
			) AS e
			WHERE e.feature <> 'base'
			GROUP BY 1, 2
		) AS c
		GROUP BY 1$query$, reference, query, E'\n', seed, sample)
$$;

COMMENT ON FUNCTION drift_internal.contribution_query(text, text, bigint, bigint) IS
	'query for the mean contribution of each input of a model to its margins over a sample of rows';

CREATE OR REPLACE FUNCTION drift_internal.importances(reference text, kind text, query text, sample bigint, path text)
	RETURNS TABLE (feature text, importance float8)
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF kind = 'contribution' THEN
		RETURN QUERY
			SELECT r.feature, r.importance
			FROM drift_internal.read_rows(drift_internal.contribution_query(reference, query, sample, 42), path) AS r(feature text, importance float8);
		RETURN;
	END IF;

	RETURN QUERY SELECT s.feature, s.importance FROM drift_internal.split_importance(drift.get_model(reference), kind) AS s;
	IF EXISTS (SELECT FROM drift_internal.split_importance(drift.get_model(reference), kind) AS s WHERE s.importance IS NULL)
			OR (SELECT sum(s.importance) FROM drift_internal.split_importance(drift.get_model(reference), kind) AS s) IS NOT DISTINCT FROM 0 THEN
		RAISE EXCEPTION 'model "%" does not say the importance "%" of its inputs', reference, kind
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A linear model has no splits, and some files do not keep the gain of theirs.',
				HINT = 'Take "weight", or give rows by source: then the mean contribution to the margins of rows is taken.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.importances(text, text, text, bigint, text) IS 'importance of the inputs of one version of a model';

CREATE OR REPLACE FUNCTION drift_internal.check_importance_options(version_1 integer, version_2 integer, importance text, source text, sample bigint)
	RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kind text := coalesce(importance, CASE WHEN source IS NULL THEN 'total_gain' ELSE 'contribution' END);
BEGIN
	IF version_1 IS NULL OR version_2 IS NULL THEN
		RAISE EXCEPTION 'a version must not be NULL' USING ERRCODE = 'null_value_not_allowed';
	ELSIF kind NOT IN ('weight', 'gain', 'cover', 'total_gain', 'total_cover', 'contribution') THEN
		RAISE EXCEPTION 'unknown importance "%"', kind
			USING ERRCODE = 'invalid_parameter_value', HINT = 'There are total_gain, gain, total_cover, cover, weight, and contribution to the scores of rows.';
	ELSIF kind = 'contribution' AND source IS NULL THEN
		RAISE EXCEPTION 'contributions need rows' USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a relation or a query by source.';
	ELSIF (sample >= 1) IS NOT TRUE THEN
		RAISE EXCEPTION 'a sample of % rows is too small', sample USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN kind;
END
$$;

COMMENT ON FUNCTION drift_internal.check_importance_options(integer, integer, text, text, bigint) IS
	'kind of importance to compare; raises an error for options drift.importance_shift() cannot take';

-- Shares, so that versions of different size compare; ties share the best rank.
CREATE OR REPLACE FUNCTION drift_internal.importance_rows(
	reference_1 text, reference_2 text, kind text, query text, sample bigint, path text)
	RETURNS TABLE (feature text, importance_1 float8, importance_2 float8, change float8, rank_1 bigint, rank_2 bigint, rank_change bigint)
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.feature, s.share_1, s.share_2, coalesce(s.share_2, 0) - coalesce(s.share_1, 0), s.rank_1, s.rank_2, s.rank_1 - s.rank_2
	FROM (
		SELECT feature,
			a.importance / nullif(sum(a.importance) OVER (), 0) AS share_1, b.importance / nullif(sum(b.importance) OVER (), 0) AS share_2,
			CASE WHEN a.feature IS NOT NULL THEN rank() OVER (ORDER BY a.importance DESC NULLS LAST) END AS rank_1,
			CASE WHEN b.feature IS NOT NULL THEN rank() OVER (ORDER BY b.importance DESC NULLS LAST) END AS rank_2
		FROM drift_internal.importances(reference_1, kind, query, sample, path) AS a
		FULL JOIN drift_internal.importances(reference_2, kind, query, sample, path) AS b USING (feature)
	) AS s
	ORDER BY abs(coalesce(s.share_2, 0) - coalesce(s.share_1, 0)) DESC, s.feature
$$;

COMMENT ON FUNCTION drift_internal.importance_rows(text, text, text, text, bigint, text) IS 'importances of two versions side by side';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.importance_shift(
	model text,
	version_1 integer,
	version_2 integer,
	source text DEFAULT NULL,
	importance text DEFAULT NULL,
	sample bigint DEFAULT 1000)
	RETURNS TABLE (feature text, importance_1 float8, importance_2 float8, change float8, rank_1 bigint, rank_2 bigint, rank_change bigint)
	LANGUAGE sql STABLE COST 100000 ROWS 30
BEGIN ATOMIC
	SELECT r.* FROM drift_internal.importance_rows(
		pg_catalog.concat(model, '/', version_1), pg_catalog.concat(model, '/', version_2),
		drift_internal.check_importance_options(version_1, version_2, importance, source, sample),
		drift.source_query(source), sample, pg_catalog.current_setting('search_path')) AS r;
END;

COMMENT ON FUNCTION drift.importance_shift(text, integer, integer, text, text, bigint) IS
	'how the importance of each input differs between two versions of a model, as shares of the whole, with ranks, the largest change first: by the splits of the artefacts (total_gain), or with a source by the mean size of the contributions to the scores of its rows (a sample of them)';

CREATE OR REPLACE FUNCTION drift.importance_stability(
	model text,
	version_1 integer,
	version_2 integer,
	source text DEFAULT NULL,
	importance text DEFAULT NULL,
	sample bigint DEFAULT 1000,
	OUT features bigint,
	OUT rank_correlation float8,
	OUT moved float8,
	OUT most_changed text,
	OUT largest_change float8,
	OUT same_first boolean)
	RETURNS SETOF record
	LANGUAGE sql STABLE COST 100000 ROWS 1
BEGIN ATOMIC
	SELECT pg_catalog.count(*), drift.correlation(coalesce(s.importance_1, 0), coalesce(s.importance_2, 0), 'spearman'), pg_catalog.sum(pg_catalog.abs(s.change)) / 2,
		(pg_catalog.array_agg(s.feature ORDER BY pg_catalog.abs(s.change) DESC, s.feature))[1],
		(pg_catalog.array_agg(s.change ORDER BY pg_catalog.abs(s.change) DESC, s.feature))[1],
		coalesce(pg_catalog.bool_or(s.rank_1 = 1 AND s.rank_2 = 1), false)
	FROM drift.importance_shift(model, version_1, version_2, source, importance, sample) AS s;
END;

COMMENT ON FUNCTION drift.importance_stability(text, integer, integer, text, text, bigint) IS
	'how stable importances are between two versions: Spearman''s correlation of them, the share of the importance that moved from some inputs to others, the input that changed most, and whether the same one is first';
