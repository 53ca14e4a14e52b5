-- drift.concept_drift(): whether the target follows from the features as it did

-- Booleans are read as 0 and 1, which have a correlation.
CREATE OR REPLACE FUNCTION drift_internal.concept_plans(
	reference_query text, current_query text, target text, score text, columns text[], path text)
	RETURNS SETOF drift_internal.column_plan
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.column_name, p.type_reference, p.type_current,
		CASE p.value_type WHEN 'pg_catalog.bool' THEN 'numeric' ELSE p.kind END,
		CASE p.value_type WHEN 'pg_catalog.bool' THEN 'pg_catalog.int4' ELSE p.value_type END,
		p.method, p.requested AND p.column_name = ANY (columns), p.obstacle
	FROM drift_internal.plan_columns(reference_query, current_query,
		CASE WHEN columns IS NOT NULL THEN columns || target || CASE WHEN score IS NOT NULL THEN ARRAY[score] ELSE '{}' END END,
		NULL, path) AS p
$$;

COMMENT ON FUNCTION drift_internal.concept_plans(text, text, text, text, text[], text) IS 'how the columns of two queries are read to relate them to a target';

CREATE OR REPLACE FUNCTION drift_internal.check_concept_column(plan drift_internal.column_plan, column_name text, what text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (plan).column_name IS NULL THEN
		RAISE EXCEPTION 'column "%", the %, is on neither side', column_name, what USING ERRCODE = 'undefined_column';
	ELSIF (plan).obstacle IS NOT NULL THEN
		RAISE EXCEPTION 'column "%" cannot be the %', column_name, what
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('Its type is %s in the reference and %s in the current data.',
					coalesce((plan).type_reference, 'absent'), coalesce((plan).type_current, 'absent'));
	ELSIF what = 'score' AND (plan).kind <> 'numeric' THEN
		RAISE EXCEPTION 'column "%" cannot be the score', column_name
			USING ERRCODE = 'datatype_mismatch', DETAIL = 'A score is a number.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_concept_column(drift_internal.column_plan, text, text) IS 'raises an error for a column that can be no target or score';

CREATE OR REPLACE FUNCTION drift_internal.check_concept_options(target text, threshold float8, alpha float8, draws integer, seed bigint)
	RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF target IS NULL OR threshold IS NULL OR alpha IS NULL OR seed IS NULL THEN
		RAISE EXCEPTION 'target, threshold, alpha and seed must not be NULL' USING ERRCODE = 'null_value_not_allowed';
	ELSIF NOT (threshold > 0 AND threshold <= 2) THEN
		RAISE EXCEPTION 'threshold % is out of range', threshold
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A threshold is above 0 and at most 2.';
	ELSIF NOT (alpha > 0 AND alpha < 1) THEN
		RAISE EXCEPTION 'alpha % is out of range', alpha
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Alpha is above 0 and below 1.';
	ELSIF draws NOT BETWEEN 19 AND 100000 THEN
		RAISE EXCEPTION '% draws are too few or too many', draws
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Take 19 to 100000.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_concept_options(text, float8, float8, integer, bigint) IS 'raises an error for options drift.concept_drift() cannot take';

-- With fewer rows on a side there is no verdict.
CREATE OR REPLACE FUNCTION drift_internal.concept_rows() RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 100::bigint
$$;

COMMENT ON FUNCTION drift_internal.concept_rows() IS 'rows that a side must have for a verdict on a relation';

-- Two measures of one column, or one: Bonferroni.
CREATE OR REPLACE FUNCTION drift_internal.concept_feature(
	plan drift_internal.column_plan, role text, counted drift_internal.concept_table, draws integer, seed bigint)
	RETURNS drift.concept_change
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.concept_change;
	found drift_internal.concept_result;
BEGIN
	result.column_name := plan.column_name;
	result.role := role;
	result.kind := plan.kind;
	result.n_reference := counted.n_reference;
	result.n_current := counted.n_current;
	result.correlation_reference := counted.correlation_reference;
	result.correlation_current := counted.correlation_current;
	IF least(counted.n_reference, counted.n_current) < drift_internal.concept_rows() THEN
		RETURN result;
	END IF;

	found := drift_internal.concept_change(counted.shape, counted.counts, counted.means, counted.class_numbers, draws, 20, seed);
	result.information_reference := found.information_reference;
	result.information_current := found.information_current;
	result.information_expected := found.information_expected;
	result.information_change := found.information_change;
	result.information_p_value := found.information_p_value;
	result.correlation_change := found.correlation_change;
	result.correlation_expected := counted.correlation_current - found.correlation_change;
	result.correlation_p_value := found.correlation_p_value;
	result.effect := greatest(abs(found.information_change), abs(found.correlation_change));
	IF num_nonnulls(found.information_p_value, found.correlation_p_value) > 0 THEN
		result.p_value := least(1, least(found.information_p_value, found.correlation_p_value)
			* num_nonnulls(found.information_p_value, found.correlation_p_value));
	END IF;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.concept_feature(drift_internal.column_plan, text, drift_internal.concept_table, integer, bigint) IS
	'change of the relation of one column to the target, without a verdict';

CREATE OR REPLACE FUNCTION drift_internal.concept_target(
	plan drift_internal.column_plan, counted drift_internal.concept_table, scored boolean, draws integer, seed bigint)
	RETURNS drift.concept_change
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.concept_change;
	found drift_internal.prior_result;
BEGIN
	result.column_name := plan.column_name;
	result.role := 'target';
	result.kind := plan.kind;
	result.n_reference := counted.n_reference;
	result.n_current := counted.n_current;
	IF least(counted.n_reference, counted.n_current) < drift_internal.concept_rows() THEN
		RETURN result;
	END IF;

	found := drift_internal.concept_prior(counted.shape, counted.counts, NULL, NULL, draws, 20, seed);
	result.effect := found.unexplained;
	result.p_value := found.p_value;
	result.explanation := format('the distribution of the target differs from the reference by %s', round(found.distance::numeric, 3))
		|| CASE WHEN scored THEN format(', and by %s from what the scores of these rows say', round(found.unexplained::numeric, 3)) ELSE '' END;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.concept_target(drift_internal.column_plan, drift_internal.concept_table, boolean, integer, bigint) IS
	'change of the target apart from the change of the rows, without a verdict';

CREATE OR REPLACE FUNCTION drift_internal.concept_text(change drift.concept_change) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN (change).explanation IS NOT NULL THEN (change).explanation
			WHEN least((change).n_reference, (change).n_current) < drift_internal.concept_rows() THEN
				format('too few rows: %s in the reference, %s now', (change).n_reference, (change).n_current)
			WHEN (change).effect IS NULL THEN 'the target or the column is constant on a side'
			WHEN abs((change).correlation_change) >= abs((change).information_change) THEN
				format('correlation with the target %s where these rows lead one to expect %s (reference %s)',
					round((change).correlation_current::numeric, 3), round((change).correlation_expected::numeric, 3),
					round((change).correlation_reference::numeric, 3))
			ELSE format('tells %s %% of the target where these rows lead one to expect %s %% (reference %s %%)',
					round(100 * (change).information_current::numeric, 1), round(100 * (change).information_expected::numeric, 1),
					round(100 * (change).information_reference::numeric, 1))
		END
$$;

COMMENT ON FUNCTION drift_internal.concept_text(drift.concept_change) IS 'a sentence on a change of the relation to the target';

-- Relations are one family of tests, the target is another.
CREATE OR REPLACE FUNCTION drift_internal.judge_concept(changes drift.concept_change[], threshold float8, alpha float8)
	RETURNS SETOF drift.concept_change
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT j.column_name, j.role, j.kind, j.n_reference, j.n_current,
		j.information_reference, j.information_current, j.information_expected, j.information_change, j.information_p_value,
		j.correlation_reference, j.correlation_current, j.correlation_expected, j.correlation_change, j.correlation_p_value,
		j.effect, j.p_value, j.corrected,
		CASE
			WHEN j.severity IS NOT NULL THEN j.severity
			WHEN j.p_value IS NULL THEN 'insufficient_data'
			WHEN j.corrected > alpha OR j.effect < threshold / 2 THEN 'ok'
			WHEN j.effect < threshold THEN 'warning'
			ELSE 'critical'
		END,
		CASE WHEN j.severity IS NULL AND j.p_value IS NOT NULL THEN j.corrected <= alpha AND j.effect >= threshold END,
		drift_internal.concept_text(changes[j.ordinality])
	FROM (
		SELECT c.*,
			CASE c.role WHEN 'target' THEN c.p_value ELSE f.corrected[row_number() OVER (PARTITION BY c.role = 'target' ORDER BY c.ordinality)] END
				AS corrected
		FROM unnest(changes) WITH ORDINALITY AS c,
			LATERAL (SELECT drift.correct_p_values(ARRAY(
				SELECT o.p_value FROM unnest(changes) WITH ORDINALITY AS o WHERE o.role <> 'target' ORDER BY o.ordinality)) AS corrected) AS f
	) AS j
	ORDER BY j.ordinality
$$;

COMMENT ON FUNCTION drift_internal.judge_concept(drift.concept_change[], float8, float8) IS
	'verdicts on changes of relations: significant after correction, and large enough';

CREATE OR REPLACE FUNCTION drift_internal.skipped_concept(plan drift_internal.column_plan, why text) RETURNS drift.concept_change
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.concept_change;
BEGIN
	result.column_name := plan.column_name;
	result.role := 'feature';
	result.kind := plan.kind;
	result.severity := 'skipped';
	result.explanation := why;
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.skipped_concept(drift_internal.column_plan, text) IS 'the row of a column whose relation to the target is not judged';

CREATE OR REPLACE FUNCTION drift_internal.concept_sources(
	reference_query text, current_query text, target text, score text, columns text[],
	threshold float8, alpha float8, draws integer, seed bigint, path text)
	RETURNS SETOF drift.concept_change
	LANGUAGE plpgsql STABLE COST 1000000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plans drift_internal.column_plan[];
	used drift_internal.column_plan[];
	profiles drift.profile[];
	identifiers boolean[];
	tables drift_internal.concept_table[];
	changes drift.concept_change[];
	last integer;
	enough_draws integer;
BEGIN
	PERFORM drift_internal.check_concept_options(target, threshold, alpha, draws, seed);
	plans := ARRAY(SELECT p FROM drift_internal.concept_plans(reference_query, current_query, target, score, columns, path) AS p);
	used := ARRAY(SELECT p FROM unnest(plans) AS p WHERE p.column_name = target);
	PERFORM drift_internal.check_concept_column(used[1], target, 'target');
	used := used || CASE WHEN score IS NULL THEN used[1] ELSE (SELECT p FROM unnest(plans) AS p WHERE p.column_name = score) END;
	PERFORM drift_internal.check_concept_column(used[2], coalesce(score, target), CASE WHEN score IS NULL THEN 'target' ELSE 'score' END);
	used := used || ARRAY(SELECT p FROM unnest(plans) AS p
		WHERE p.column_name <> target AND p.column_name IS DISTINCT FROM score AND p.obstacle IS NULL);

	profiles := drift_internal.read_profiles(drift_internal.profiles_query(reference_query, used, NULL, NULL), path);
	IF drift.value_count(profiles[1]) = 0 OR drift.value_count(profiles[2]) = 0 THEN
		RAISE EXCEPTION 'the reference has no values of the target or the score' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	identifiers := drift_internal.find_identifiers(reference_query, used, profiles, path);
	used := ARRAY(SELECT used[i] FROM generate_subscripts(used, 1) AS i
		WHERE i <= 2 OR NOT identifiers[i] AND drift.value_count(profiles[i]) > 0 ORDER BY i);
	profiles := ARRAY(SELECT profiles[i] FROM generate_subscripts(profiles, 1) AS i
		WHERE i <= 2 OR NOT identifiers[i] AND drift.value_count(profiles[i]) > 0 ORDER BY i);
	last := cardinality(used) - 1;
	enough_draws := coalesce(draws, least(100000, greatest(999, ceil(2 * last / alpha))));

	tables := (SELECT r.tables FROM drift_internal.read_summary(drift_internal.concept_query(reference_query, current_query, used,
		ARRAY(SELECT drift_internal.cut_column(profiles[i], CASE i WHEN 2 THEN 20 ELSE 10 END, CASE i WHEN 1 THEN 0 ELSE 0.01 END)
			FROM generate_subscripts(profiles, 1) AS i ORDER BY i), score IS NOT NULL), path) AS r (tables drift_internal.concept_table[]));
	changes := ARRAY(SELECT drift_internal.concept_feature(used[i + 2], 'feature', tables[i], enough_draws, seed + i)
		FROM generate_series(1, last - 1) AS i ORDER BY i);
	IF score IS NOT NULL THEN
		changes := changes || drift_internal.concept_feature(used[2], 'score', tables[last], enough_draws, seed);
	END IF;
	changes := changes || drift_internal.concept_target(used[1], tables[last], score IS NOT NULL, enough_draws, seed);

	-- what was left out, in the order of the reference
	RETURN QUERY
		SELECT j.* FROM drift_internal.judge_concept(changes
			|| ARRAY(SELECT drift_internal.skipped_concept(p,
					CASE WHEN p.obstacle LIKE 'absent%' THEN p.obstacle WHEN p.obstacle IS NULL THEN 'no values, or nearly each one occurs once'
						ELSE format('type %s in the reference, %s now', p.type_reference, p.type_current) END)
				FROM unnest(plans) AS p
				WHERE NOT EXISTS (SELECT FROM unnest(used) AS u WHERE u.column_name = p.column_name)), threshold, alpha) AS j;
END
$$;

COMMENT ON FUNCTION drift_internal.concept_sources(text, text, text, text, text[], float8, float8, integer, bigint, text) IS
	'drift.concept_drift() on queries that are checked already, with names looked up on the given path';

-- No pinned path: the two sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.concept_drift(
	reference text,
	current text,
	target text,
	score text DEFAULT NULL,
	columns text[] DEFAULT NULL,
	threshold float8 DEFAULT 0.15,
	alpha float8 DEFAULT 0.05,
	draws integer DEFAULT NULL,
	seed bigint DEFAULT 42)
	RETURNS SETOF drift.concept_change
	LANGUAGE sql STABLE COST 1000000 ROWS 30
BEGIN ATOMIC
	SELECT * FROM drift_internal.concept_sources(
		drift.source_query(reference), drift.source_query(current), target, score, columns, threshold, alpha, draws, seed,
		pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.concept_drift(text, text, text, text, text[], float8, float8, integer, bigint) IS
	'whether the target still follows from each feature as it did: change of its correlation with the target and of its mutual information, apart from what other rows (scores of the reference''s model, or the feature itself) and another prior explain; the score and the target have rows of their own';

CREATE OR REPLACE FUNCTION drift.detect_concept_drift(
	reference text,
	current text,
	target text,
	score text DEFAULT NULL,
	threshold float8 DEFAULT 0.15,
	OUT drift_detected boolean,
	OUT drift_score float8,
	OUT drifted_features text[])
	RETURNS SETOF record
	LANGUAGE sql STABLE COST 1000000 ROWS 1
BEGIN ATOMIC
	SELECT bool_or(c.drifted), max(c.effect),
		coalesce(array_agg(c.column_name ORDER BY c.effect DESC, c.column_name) FILTER (WHERE c.drifted), '{}')
	FROM drift.concept_drift(reference, current, target, score, threshold => threshold) AS c
	WHERE c.role <> 'target';
END;

COMMENT ON FUNCTION drift.detect_concept_drift(text, text, text, text, float8) IS
	'whether the relation of any feature, or of the score, to the target changed; drift_score is the largest change, from 0 to 2';
