-- drift.domain_classifier(): how well scores tell both sides apart, and which features do

-- Rows of each value of a column, c1, on both sides. Categories are ordered by how current they are.
CREATE OR REPLACE FUNCTION drift_internal.separation_query(labelled text, value text, is_number boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$
		SELECT ARRAY[sum(p.r), sum(p.q), sum(p.q * p.below_r) / nullif(max(p.n) * max(p.m), 0),
			CASE WHEN max(p.n) > 1 AND max(p.m) > 1 THEN sqrt(greatest(0,
				(sum(p.q * (p.below_r / p.n) ^ 2) - p.m * (sum(p.q * p.below_r) / (p.n * p.m)) ^ 2) / (p.m - 1) / p.m
				+ (sum(p.r * (1 - p.below_q / p.m) ^ 2) - p.n * (sum(p.q * p.below_r) / (p.n * p.m)) ^ 2) / (p.n - 1) / p.n)) END]
		FROM (
			SELECT v.r, v.q, sum(v.r) OVER o - v.r / 2 AS below_r, sum(v.q) OVER o - v.q / 2 AS below_q, sum(v.r) OVER () AS n, sum(v.q) OVER () AS m
			FROM (
				SELECT %2$s AS value, count(*) FILTER (WHERE NOT l.is_current)::float8 AS r, count(*) FILTER (WHERE l.is_current)::float8 AS q
				FROM (%1$s) AS l
				WHERE %2$s IS NOT NULL%3$s
				GROUP BY 1
			) AS v
			WINDOW o AS (ORDER BY %4$s RANGE UNBOUNDED PRECEDING)
		) AS p
		GROUP BY p.n, p.m$query$,
		labelled, value, CASE WHEN is_number THEN format(' AND %s <> ''NaN''', value) ELSE '' END,
		CASE WHEN is_number THEN 'v.value' ELSE 'v.q / (v.q + v.r), v.value' END)
$$;

COMMENT ON FUNCTION drift_internal.separation_query(text, text, boolean) IS
	'query for the rows of both sides, the AUC of a column between them, and its standard error';

CREATE OR REPLACE FUNCTION drift_internal.separation(
	plan drift_internal.column_plan, role text, measured float8[], association float8, lower float8, upper float8)
	RETURNS drift.domain_separation
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.domain_separation;
BEGIN
	result.column_name := plan.column_name;
	result.role := role;
	result.kind := plan.kind;
	result.n_reference := coalesce(measured[1], 0);
	result.n_current := coalesce(measured[2], 0);
	result.auc := measured[3];
	result.standard_error := measured[4];
	IF result.standard_error IS NOT NULL THEN
		result.auc_low := greatest(0, result.auc - 1.959963984540054 * result.standard_error);
		result.auc_high := least(1, result.auc + 1.959963984540054 * result.standard_error);
	END IF;
	result.association := association;
	result.alert := CASE role WHEN 'score' THEN result.auc < lower OR result.auc > upper
		ELSE greatest(result.auc, 1 - result.auc) > upper END;
	result.explanation := CASE
		WHEN result.auc IS NULL THEN 'a side has no values'
		WHEN role = 'score' THEN format('the classifier ranks %s %% of the pairs of a reference row and a current row in the right order',
			round(100 * result.auc::numeric, 1))
		WHEN plan.kind = 'numeric' THEN format('current values are the larger ones in %s %% of the pairs', round(100 * result.auc::numeric, 1))
		ELSE format('categories alone would rank %s %% of the pairs in the right order', round(100 * result.auc::numeric, 1))
	END;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.separation(drift_internal.column_plan, text, float8[], float8, float8, float8) IS
	'how well one column tells both sides apart, as a row of drift.domain_classifier()';

-- What is between the means of the score in the categories, as a share of its variance.
CREATE OR REPLACE FUNCTION drift_internal.correlation_ratio_query(labelled text, value text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($query$
		SELECT ARRAY[sqrt(sum(m.n * (m.mean - m.total) ^ 2) / nullif(sum(m.n * (m.variance + (m.mean - m.total) ^ 2)), 0))]
		FROM (
			SELECT g.n, g.mean, g.variance, sum(g.n * g.mean) OVER () / sum(g.n) OVER () AS total
			FROM (
				SELECT count(l.c1)::float8 AS n, avg(l.c1)::float8 AS mean, var_pop(l.c1)::float8 AS variance
				FROM (%s) AS l
				WHERE %s IS NOT NULL AND l.c1 IS NOT NULL
				GROUP BY %2$s
			) AS g
		) AS m$query$, labelled, value)
$$;

COMMENT ON FUNCTION drift_internal.correlation_ratio_query(text, text) IS 'query for the correlation ratio of the score, c1, and a category';

CREATE OR REPLACE FUNCTION drift_internal.check_domain_options(lower float8, upper float8, folds integer) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (lower BETWEEN 0 AND 0.5 AND upper BETWEEN 0.5 AND 1) IS NOT TRUE THEN
		RAISE EXCEPTION 'thresholds % and % are out of range', lower, upper
			USING ERRCODE = 'invalid_parameter_value', HINT = 'The lower one lies between 0 and 0.5, the upper one between 0.5 and 1.';
	ELSIF (folds BETWEEN 2 AND 50) IS NOT TRUE THEN
		RAISE EXCEPTION 'folds must be between 2 and 50' USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_domain_options(float8, float8, integer) IS 'raises an error for options drift.domain_classifier() cannot take';

-- Three numbers of each column, and then one: rows of both sides and the AUC, for features that are numbers; and
-- how strongly each goes with the score.
CREATE OR REPLACE FUNCTION drift_internal.domain_query(plans drift_internal.column_plan[], labelled text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT ARRAY[%s, %s]::pg_catalog.float8[] FROM (%s) AS labelled',
		string_agg(CASE WHEN i > 1 AND plans[i].kind = 'numeric' THEN
				format('pg_catalog.count(%1$s) FILTER (WHERE NOT is_current AND %1$s <> ''NaN''), '
					'pg_catalog.count(%1$s) FILTER (WHERE is_current AND %1$s <> ''NaN''), drift.roc_auc(%1$s, is_current)', e.value)
			ELSE 'pg_catalog.count(*), NULL, NULL' END, ', ' ORDER BY i),
		string_agg(CASE WHEN i = 1 THEN 'pg_catalog.min(1)'
			WHEN plans[i].kind = 'numeric' THEN format('pg_catalog.abs(drift.correlation(c%s, c1))', i)
			ELSE 'NULL' END, ', ' ORDER BY i),
		labelled)
	FROM generate_subscripts(plans, 1) AS i,
		LATERAL (SELECT drift_internal.number_expression(format('c%s', i), plans[i].value_type) AS value) AS e
$$;

COMMENT ON FUNCTION drift_internal.domain_query(drift_internal.column_plan[], text) IS
	'query for how well each number separates both sides, and how it goes with the score, c1';

-- Numbers that a query finds. Models that were made of the caller's rows have no name by which a query could find them.
CREATE OR REPLACE FUNCTION drift_internal.read_domain(query text, path text, models drift.model[]) RETURNS float8[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF models IS NULL THEN
		RETURN (SELECT r.numbers FROM drift_internal.read_summary(query, path) AS r (numbers float8[]));
	END IF;
	RETURN (SELECT r.numbers FROM drift_internal.read_with_models(drift_internal.actor(), query, path, models) AS r (numbers float8[]));
END
$$;

COMMENT ON FUNCTION drift_internal.read_domain(text, text, drift.model[]) IS
	'numbers that a query finds, read-only, with $1 standing for models if there are any';

-- c1 of the rows of both sides is the score.
CREATE OR REPLACE FUNCTION drift_internal.domain_rows(labelled text, used drift_internal.column_plan[], models drift.model[],
	lower float8, upper float8, path text) RETURNS SETOF drift.domain_separation
	LANGUAGE plpgsql STABLE COST 100000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	numbers CONSTANT float8[] := drift_internal.read_domain(drift_internal.domain_query(used, labelled), path, models);
	measured float8[];
	association float8;
	result drift.domain_separation[] := '{}';
BEGIN
	FOR i IN 1 .. cardinality(used) LOOP
		IF i = 1 OR used[i].kind <> 'numeric' THEN
			measured := drift_internal.read_domain(drift_internal.separation_query(labelled, CASE WHEN used[i].kind = 'numeric'
				THEN 'l.c1::pg_catalog.float8' ELSE format('l.c%s::pg_catalog.text', i) END, used[i].kind = 'numeric'), path, models);
		ELSE
			measured := numbers[3 * i - 2 : 3 * i];
		END IF;
		association := CASE WHEN used[i].kind = 'numeric' THEN numbers[3 * cardinality(used) + i]
			ELSE (drift_internal.read_domain(drift_internal.correlation_ratio_query(labelled, format('l.c%s', i)), path, models))[1] END;
		result := result || drift_internal.separation(used[i], CASE i WHEN 1 THEN 'score' ELSE 'feature' END, measured, association, lower, upper);
	END LOOP;
	RETURN QUERY
		SELECT r.* FROM unnest(result) AS r ORDER BY r.role DESC, abs(r.auc - 0.5) DESC NULLS LAST, r.column_name;
END
$$;

COMMENT ON FUNCTION drift_internal.domain_rows(text, drift_internal.column_plan[], drift.model[], float8, float8, text) IS
	'how well each column of rows of both sides tells them apart, the score first';

CREATE OR REPLACE FUNCTION drift_internal.domain_sides(reference_query text, current_query text, used drift_internal.column_plan[]) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	RETURN format('(%s) UNION ALL (%s)',
		drift_internal.flagged_query(reference_query, used, NULL, NULL, 'false AS is_current'),
		drift_internal.flagged_query(current_query, used, NULL, NULL, 'true AS is_current'));

COMMENT ON FUNCTION drift_internal.domain_sides(text, text, drift_internal.column_plan[]) IS 'query for the rows of both sides, with is_current';

-- Without identifiers: they would tell every row from every other.
CREATE OR REPLACE FUNCTION drift_internal.domain_features(reference_query text, plans drift_internal.column_plan[], score text, path text)
	RETURNS drift_internal.column_plan[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	used CONSTANT drift_internal.column_plan[] := ARRAY(
		SELECT p FROM unnest(plans) AS p WHERE p.obstacle IS NULL AND p.column_name IS DISTINCT FROM score);
	identifiers boolean[];
BEGIN
	IF used = '{}' THEN
		RETURN used;
	END IF;
	identifiers := drift_internal.find_identifiers(reference_query, used,
		drift_internal.read_profiles(drift_internal.profiles_query(reference_query, used, NULL, NULL), path), path);
	RETURN ARRAY(SELECT used[i] FROM generate_subscripts(used, 1) AS i WHERE NOT identifiers[i] ORDER BY i);
END
$$;

COMMENT ON FUNCTION drift_internal.domain_features(text, drift_internal.column_plan[], text, text) IS
	'planned columns that can tell both sides apart: all but the score and identifiers';

CREATE OR REPLACE FUNCTION drift_internal.domain_sources(
	reference_query text, current_query text, score text, columns text[], lower float8, upper float8, path text)
	RETURNS SETOF drift.domain_separation
	LANGUAGE plpgsql STABLE COST 100000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plans CONSTANT drift_internal.column_plan[] := ARRAY(SELECT p FROM drift_internal.plan_columns(reference_query, current_query,
		CASE WHEN columns IS NOT NULL THEN columns || score END, NULL, path) AS p);
	scores CONSTANT drift_internal.column_plan[] := ARRAY(SELECT p FROM unnest(plans) AS p WHERE p.column_name = score);
	used drift_internal.column_plan[];
BEGIN
	PERFORM drift_internal.check_concept_column(scores[1], score, 'score');
	used := scores || drift_internal.domain_features(reference_query, plans, score, path);
	RETURN QUERY
		SELECT d.* FROM drift_internal.domain_rows(drift_internal.domain_sides(reference_query, current_query, used), used, NULL,
			lower, upper, path) AS d;
END
$$;

COMMENT ON FUNCTION drift_internal.domain_sources(text, text, text, text[], float8, float8, text) IS
	'drift.domain_classifier() with scores, on queries that are checked already, with names looked up on the given path';

CREATE OR REPLACE FUNCTION drift_internal.domain_any(reference_query text, current_query text, score text, columns text[],
	lower float8, upper float8, algorithm text, params jsonb, folds integer, path text) RETURNS SETOF drift.domain_separation
	LANGUAGE plpgsql VOLATILE COST 100000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_domain_options(lower, upper, folds);
	IF score IS NULL THEN
		RETURN QUERY SELECT d.* FROM drift_internal.domain_fitted(
			reference_query, current_query, columns, lower, upper, algorithm, params, folds, path) AS d;
	ELSE
		RETURN QUERY SELECT d.* FROM drift_internal.domain_sources(reference_query, current_query, score, columns, lower, upper, path) AS d;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.domain_any(text, text, text, text[], float8, float8, text, jsonb, integer, text) IS
	'drift.domain_classifier() on queries that are checked already, with names looked up on the given path';

-- No pinned path: the two sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.domain_classifier(
	reference text,
	current text,
	score text DEFAULT NULL,
	columns text[] DEFAULT NULL,
	lower float8 DEFAULT 0.45,
	upper float8 DEFAULT 0.65,
	algorithm text DEFAULT 'gradient_boosting',
	params jsonb DEFAULT '{}',
	folds integer DEFAULT 5)
	RETURNS SETOF drift.domain_separation
	LANGUAGE sql VOLATILE COST 100000 ROWS 30
BEGIN ATOMIC
	SELECT d.* FROM drift_internal.domain_any(drift.source_query(reference), drift.source_query(current), score, columns,
		lower, upper, algorithm, params, folds, pg_catalog.current_setting('search_path')) AS d;
END;

COMMENT ON FUNCTION drift.domain_classifier(text, text, text, text[], float8, float8, text, jsonb, integer) IS
	'multivariate drift by a classifier that tells current rows from those of the reference: its AUC on rows it was not trained on, with an alert outside the thresholds, and then each feature by how well it does that alone. score names a column with out-of-fold scores; without it the classifier is trained here, as drift.train() does, once for each of so many folds';
