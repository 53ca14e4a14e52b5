-- drift.compare(): two data sets in, one verdict per column out

-- Which columns look like identifiers. A profile that counts every value knows; for the others the
-- first rows tell. A column that was asked for by name is none.
CREATE OR REPLACE FUNCTION drift_internal.find_identifiers(query text, plans drift_internal.column_plan[], profiles drift.profile[], path text)
	RETURNS boolean[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result boolean[] := ARRAY(
		SELECT NOT plans[i].requested AND drift_internal.identifies_rows(plans[i].value_type, drift.value_count(profiles[i]), drift.distinct_count(profiles[i]))
		FROM generate_subscripts(plans, 1) AS i ORDER BY i);
	unknown CONSTANT integer[] := ARRAY(
		SELECT i FROM generate_subscripts(plans, 1) AS i
		WHERE NOT plans[i].requested AND NOT drift.is_exact(profiles[i])
			AND plans[i].value_type IN ('pg_catalog.text', 'pg_catalog.uuid', 'pg_catalog.int2', 'pg_catalog.int4', 'pg_catalog.int8'));
	seen record;
BEGIN
	IF cardinality(unknown) > 0 THEN
		FOR seen IN SELECT * FROM drift_internal.read_distinct(drift_internal.distinct_query(query, plans, unknown), path) LOOP
			result[seen.ordinal] := drift_internal.identifies_rows(plans[seen.ordinal].value_type, seen.n, seen.n_distinct);
		END LOOP;
	END IF;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.find_identifiers(text, drift_internal.column_plan[], drift.profile[], text) IS
	'for each planned column whether it looks like an identifier in the reference';

-- Positions of the columns whose profiles are summaries, so that exact statistics need the rows again.
CREATE OR REPLACE FUNCTION drift_internal.summarised_columns(reference drift.profile[], current drift.profile[], identifiers boolean[])
	RETURNS integer[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(i ORDER BY i), '{}')
	FROM generate_subscripts(reference, 1) AS i
	WHERE NOT (drift.is_exact(reference[i]) AND drift.is_exact(current[i]))
		AND drift.value_count(reference[i]) > 1 AND drift.value_count(current[i]) > 1
		AND NOT identifiers[i]
$$;

COMMENT ON FUNCTION drift_internal.summarised_columns(drift.profile[], drift.profile[], boolean[]) IS
	'positions of the columns to compare of which at least one profile is not exact';

CREATE OR REPLACE FUNCTION drift_internal.check_compare_options(mode text, sample bigint, seed bigint) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF mode IS NULL OR mode NOT IN ('exact', 'summary') THEN
		RAISE EXCEPTION 'unknown mode "%"', mode
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A mode is "exact" or "summary".';
	ELSIF sample < 1 THEN
		RAISE EXCEPTION 'sample of % rows is too small', sample
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF sample IS NOT NULL AND seed IS NULL THEN
		RAISE EXCEPTION 'a sample needs a seed' USING ERRCODE = 'null_value_not_allowed';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_compare_options(text, bigint, bigint) IS 'raises an error for options drift.compare() cannot take';

-- Below the 99.9 % point a PSI is what chance may give.
CREATE OR REPLACE FUNCTION drift_internal.psi_chance_text(psi float8, chance drift.chance_result) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN psi <= (chance).upper_999 THEN
			format('PSI %s, of so few rows chance alone gives %s on average and up to %s', drift_internal.short_number(psi),
				drift_internal.short_number((chance).expected), drift_internal.short_number((chance).upper_999))
		END
$$;

COMMENT ON FUNCTION drift_internal.psi_chance_text(float8, drift.chance_result) IS
	'sentence on a PSI in its band that chance explains; NULL for others';

-- Sentence on a column that was compared; shifted says that the distribution is what drifted.
CREATE OR REPLACE FUNCTION drift_internal.explain_tested(
	plan drift_internal.column_plan, reference drift.profile, current drift.profile, bins drift_internal.bin_pair[],
	measure drift_internal.column_measure, drifted boolean, shifted boolean, notes text, limits drift.thresholds)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT concat_ws('; ',
		CASE
			WHEN NOT drifted AND (measure).error_bound > (limits).minimum_effect THEN
				format('inconclusive: summaries leave the effect open by %s', drift_internal.short_number((measure).error_bound))
			WHEN NOT drifted AND (measure).p_value < (limits).alpha AND (measure).effect < (limits).minimum_effect THEN
				'significant, but too small to matter'
			WHEN NOT drifted THEN 'no drift'
		END,
		CASE WHEN (measure).psi >= (limits).psi_warning AND NOT drifted THEN drift_internal.psi_chance_text((measure).psi, (measure).psi_chance) END,
		CASE (plan).kind WHEN 'numeric' THEN drift_internal.shift_text((plan).value_type, reference, current) END,
		CASE WHEN shifted THEN 'most change: ' || drift_internal.bins_text(drift_internal.psi_bins(bins, drift.is_exact(reference)), (plan).value_type) END,
		notes)
$$;

COMMENT ON FUNCTION drift_internal.explain_tested(drift_internal.column_plan, drift.profile, drift.profile, drift_internal.bin_pair[], drift_internal.column_measure, boolean, boolean, text, drift.thresholds) IS
	'sentence that explains the verdict on a column: direction of the shift and the bins that carry it';

CREATE OR REPLACE FUNCTION drift_internal.explain_untested(plan drift_internal.column_plan, reference drift.profile, current drift.profile, measure drift_internal.column_measure, notes text)
	RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE (measure).state
			WHEN 'skipped' THEN (measure).method_reason
			WHEN 'absent in current' THEN 'the column is absent in the current data'
			WHEN 'absent in reference' THEN 'the column is absent in the reference'
			WHEN 'type' THEN format('the type changed from %s to %s', (plan).type_reference, (plan).type_current)
			ELSE concat_ws('; ', format('too few values to test: %s in the reference, %s in the current data',
				drift.value_count(reference), drift.value_count(current)), notes)
		END
$$;

COMMENT ON FUNCTION drift_internal.explain_untested(drift_internal.column_plan, drift.profile, drift.profile, drift_internal.column_measure, text) IS
	'sentence that says why a column was not tested';

-- Severity of a column whatever its state. A column that is gone, of another type or wholly
-- missing now cannot feed a model: critical.
CREATE OR REPLACE FUNCTION drift_internal.state_severity(state text, tested_severity text, point_finding boolean, n_current bigint) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN state = 'tested' THEN tested_severity
			WHEN state = 'skipped' THEN state
			WHEN state <> 'insufficient_data' THEN 'critical'
			WHEN point_finding AND n_current = 0 THEN 'critical'
			WHEN point_finding THEN 'warning'
			ELSE state
		END
$$;

COMMENT ON FUNCTION drift_internal.state_severity(text, text, boolean, bigint) IS
	'severity of a column that was tested, or could not be';

CREATE OR REPLACE FUNCTION drift_internal.judge_column(
	plan drift_internal.column_plan, reference drift.profile, current drift.profile, bins drift_internal.bin_pair[], measure drift_internal.column_measure,
	p_value_corrected float8, test_finding boolean, point_finding boolean, findings text[], notes text, limits drift.thresholds)
	RETURNS drift.comparison
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	psi_band CONSTANT text := drift.psi_severity(measure.psi, (measure.psi_chance).p_value, limits);
	result drift.comparison;
BEGIN
	result.column_name := plan.column_name;
	result.column_type := concat_ws(' / ', plan.type_reference, nullif(plan.type_current, plan.type_reference));
	result.kind := plan.kind;
	result.method := measure.method;
	result.method_reason := measure.method_reason;
	result.statistic := measure.statistic;
	result.statistic_expected := (measure.statistic_chance).expected;
	result.statistic_95 := (measure.statistic_chance).upper_95;
	result.p_value := measure.p_value;
	result.p_value_corrected := p_value_corrected;
	result.psi := measure.psi;
	result.psi_expected := (measure.psi_chance).expected;
	result.psi_95 := (measure.psi_chance).upper_95;
	result.effect := measure.effect;
	result.effect_low := measure.effect_low;
	result.effect_expected := (measure.effect_chance).expected;
	result.effect_95 := (measure.effect_chance).upper_95;
	result.error_bound := measure.error_bound;

	IF plan.obstacle IS NULL THEN
		result.missing_reference := coalesce(drift.missing_count(reference), 0);
		result.missing_current := coalesce(drift.missing_count(current), 0);
		result.n_reference := drift.value_count(reference);
		result.n_current := drift.value_count(current);
	END IF;
	IF plan.kind = 'numeric' THEN
		result.mean_reference := drift.mean(reference);
		result.mean_current := drift.mean(current);
		result.stddev_reference := drift.stddev(reference);
		result.stddev_current := drift.stddev(current);
	END IF;

	result.severity := drift_internal.state_severity(measure.state,
		drift.column_severity(test_finding, point_finding, psi_band, limits), point_finding, result.n_current);
	result.drifted := CASE WHEN result.severity NOT IN ('skipped', 'insufficient_data') THEN result.severity <> 'ok' END;
	result.findings := array_cat(findings, CASE
			WHEN split_part(measure.state, ' ', 1) IN ('absent', 'type') THEN ARRAY[split_part(measure.state, ' ', 1)]
			WHEN psi_band <> 'ok' THEN ARRAY['psi']
			ELSE '{}'
		END);
	result.explanation := CASE measure.state
			WHEN 'tested' THEN drift_internal.explain_tested(plan, reference, current, bins, measure, result.drifted,
				test_finding OR psi_band <> 'ok', notes, limits)
			ELSE drift_internal.explain_untested(plan, reference, current, measure, notes)
		END;
	result.severity_text := drift_internal.severity_text(result.severity);
	result.action_text := drift_internal.action_text(
		CASE WHEN plan.obstacle IS NULL OR result.severity <> 'critical' THEN result.severity ELSE 'unusable' END,
		test_finding AND psi_band <> 'ok');

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_column(drift_internal.column_plan, drift.profile, drift.profile, drift_internal.bin_pair[], drift_internal.column_measure, float8, boolean, boolean, text[], text, drift.thresholds) IS
	'verdict on one column from what was measured and found';

CREATE OR REPLACE FUNCTION drift_internal.spread(plans drift_internal.column_plan[], readable anyarray) RETURNS anyarray
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(CASE WHEN p.obstacle IS NULL THEN readable[p.place] END ORDER BY p.ordinality)
	FROM (
		SELECT u.obstacle, u.ordinality, count(*) FILTER (WHERE u.obstacle IS NULL) OVER (ORDER BY u.ordinality) AS place
		FROM unnest(plans) WITH ORDINALITY AS u
	) AS p
$$;

COMMENT ON FUNCTION drift_internal.spread(drift_internal.column_plan[], anyarray) IS
	'what the columns that can be read have, at the places of all columns';

-- The family that is corrected together: every test and every point finding of the comparison. A set
-- without correction leaves the p-values of its columns as they are.
CREATE OR REPLACE FUNCTION drift_internal.judge_columns(
	plans drift_internal.column_plan[], reference_profiles drift.profile[], current_profiles drift.profile[],
	statistics drift_internal.column_statistics[], identifiers boolean[], exact boolean, limits drift.thresholds[], minimum_rows bigint)
	RETURNS SETOF drift.comparison
	LANGUAGE sql STABLE COST 10000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH paired AS (
		SELECT i, plans[i] AS plan, l.bounds, r.profile AS reference, c.profile AS current,
			drift_internal.bin_pairs(r.profile, c.profile) AS bins, coalesce(identifiers[i], false) AS identifier,
			drift.value_count(c.profile) < minimum_rows AS few
		FROM generate_subscripts(plans, 1) AS i,
			LATERAL (SELECT limits[least(i, cardinality(limits))] AS bounds) AS l,
			LATERAL (SELECT CASE WHEN (plans[i]).obstacle IS NULL THEN reference_profiles[i] END AS profile) AS r,
			LATERAL (SELECT CASE WHEN (plans[i]).obstacle IS NULL THEN current_profiles[i] END AS profile) AS c
	), measured AS MATERIALIZED (
		SELECT i, plan, bounds, reference, current, bins, few,
			CASE WHEN few AND (plan).obstacle IS NULL THEN
				jsonb_populate_record(NULL::drift_internal.column_measure, '{"state": "insufficient_data"}')
			ELSE
				drift_internal.measure_column(plan, reference, current, bins, s.statistics, identifier, exact)
			END AS measure
		FROM paired
		LEFT JOIN LATERAL (
			SELECT u AS statistics FROM unnest(statistics) AS u WHERE u.column_name = (plan).column_name
		) AS s ON true
	), finding AS MATERIALIZED (
		SELECT row_number() OVER () AS k, f.*
		FROM (
			SELECT i, bounds, 'distribution' AS finding, (measure).p_value, (measure).effect - (measure).error_bound AS size,
				(bounds).minimum_effect AS least, NULL AS note
			FROM measured
			WHERE (measure).state = 'tested'
			UNION ALL
			SELECT i, bounds, p.finding, p.p_value, p.size, (bounds).minimum_share, p.note
			FROM measured, drift_internal.point_findings(plan, reference, current, bins) AS p
			WHERE (bounds).point_findings AND (measure).state IN ('tested', 'insufficient_data') AND (p.finding = 'missing' OR NOT few)
		) AS f
	), corrected AS (
		SELECT f.*, p.value AS p_value_corrected, coalesce(p.value < (bounds).alpha AND f.size >= f.least, false) AS holds
		FROM finding AS f
		JOIN unnest(drift.correct_p_values(ARRAY(SELECT p_value FROM finding ORDER BY k))) WITH ORDINALITY AS c(p_value, k) USING (k),
			LATERAL (SELECT CASE (bounds).correction WHEN 'none' THEN f.p_value ELSE c.p_value END AS value) AS p
	), found AS (
		SELECT i,
			max(p_value_corrected) FILTER (WHERE finding = 'distribution') AS p_value_corrected,
			coalesce(bool_or(holds) FILTER (WHERE finding = 'distribution'), false) AS test_finding,
			coalesce(bool_or(holds) FILTER (WHERE finding <> 'distribution'), false) AS point_finding,
			array_agg(finding ORDER BY k) FILTER (WHERE holds) AS findings,
			string_agg(note, '; ' ORDER BY k) FILTER (WHERE holds) AS notes
		FROM corrected
		GROUP BY i
	)
	SELECT v.*
	FROM measured AS m
	LEFT JOIN found AS f USING (i),
		LATERAL drift_internal.judge_column(m.plan, m.reference, m.current, m.bins, m.measure, f.p_value_corrected,
			coalesce(f.test_finding, false), coalesce(f.point_finding, false), f.findings, f.notes, m.bounds) AS v
	ORDER BY m.i
$$;

COMMENT ON FUNCTION drift_internal.judge_columns(drift_internal.column_plan[], drift.profile[], drift.profile[], drift_internal.column_statistics[], boolean[], boolean, drift.thresholds[], bigint) IS
	'verdict on every column, with all tests and point findings corrected as one family; the last limits are those of all further columns';

-- A monitor has windows, not rows, so that the rules of other libraries cannot be followed.
CREATE OR REPLACE FUNCTION drift_internal.judge_profiles(
	plans drift_internal.column_plan[], reference drift.profile[], current drift.profile[], limits drift.thresholds[], minimum_rows bigint)
	RETURNS SETOF drift.comparison
	LANGUAGE plpgsql STABLE COST 10000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_library_options(l.rule, NULL, 'summary') FROM unnest(limits) AS l WHERE drift_internal.follows_library(l);

	RETURN QUERY
		SELECT v.* FROM drift_internal.judge_columns(plans, reference, current, '{}', NULL, false, limits, minimum_rows) AS v;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_profiles(drift_internal.column_plan[], drift.profile[], drift.profile[], drift.thresholds[], bigint) IS
	'verdict on columns from their profiles alone, in the order given; a side without a profile has no rows, and with fewer current values than minimum_rows only missing values are found';

CREATE OR REPLACE FUNCTION drift_internal.compare_sources(
	reference_query text, current_query text, columns text[], methods jsonb,
	limits drift.thresholds, mode text, sample bigint, seed bigint, path text)
	RETURNS SETOF drift.comparison
	LANGUAGE plpgsql STABLE COST 100000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- another seed than the reference's, or a relation compared with itself would give one sample twice
	current_seed CONSTANT bigint := seed # 1;
	library CONSTANT boolean := drift_internal.follows_library(limits);
	plans CONSTANT drift_internal.column_plan[] := ARRAY(
		SELECT p FROM drift_internal.plan_columns(reference_query, current_query, columns, methods, path, library) AS p);
	readable CONSTANT drift_internal.column_plan[] := ARRAY(SELECT p FROM unnest(plans) AS p WHERE p.obstacle IS NULL);
	reference_profiles drift.profile[];
	current_profiles drift.profile[];
	identifiers boolean[];
	summarised integer[] := '{}';
	statistics drift_internal.column_statistics[] := '{}';
BEGIN
	PERFORM drift_internal.check_compare_options(mode, sample, seed);
	IF library THEN
		PERFORM drift_internal.check_library_options(limits.rule, methods, mode);
	END IF;

	IF cardinality(readable) > 0 THEN
		reference_profiles := drift_internal.read_profiles(drift_internal.profiles_query(reference_query, readable, sample, seed), path);
		current_profiles := drift_internal.read_profiles(drift_internal.profiles_query(current_query, readable, sample, current_seed), path);
	END IF;

	IF library THEN
		RETURN QUERY SELECT v.* FROM drift_internal.judge_as_library(plans,
			ARRAY(SELECT s FROM drift_internal.read_library_verdicts(drift_internal.library_query(limits.rule, reference_query, current_query,
				readable, methods, sample, seed, current_seed), path) AS s),
			reference_profiles, current_profiles) AS v;
		RETURN;
	END IF;

	IF cardinality(readable) > 0 THEN
		identifiers := drift_internal.find_identifiers(reference_query, readable, reference_profiles, path);
		summarised := drift_internal.summarised_columns(reference_profiles, current_profiles, identifiers);
	END IF;

	IF mode = 'exact' AND cardinality(summarised) > 0 THEN
		statistics := ARRAY(SELECT s FROM drift_internal.read_statistics(drift_internal.statistics_query(reference_query, current_query,
			ARRAY(SELECT readable[i] FROM unnest(summarised) AS i), sample, seed, current_seed), path) AS s);
	END IF;

	RETURN QUERY
		SELECT v.* FROM drift_internal.judge_columns(plans,
			drift_internal.spread(plans, reference_profiles), drift_internal.spread(plans, current_profiles), statistics,
			drift_internal.spread(plans, identifiers), mode = 'exact', ARRAY[limits], 0) AS v;
END
$$;

COMMENT ON FUNCTION drift_internal.compare_sources(text, text, text[], jsonb, drift.thresholds, text, bigint, bigint, text) IS
	'drift.compare() on queries that are checked already, with names looked up on the given path';

-- No pinned path: the two sources are found by the caller's. What the body itself names was
-- looked up when the function was made.
CREATE OR REPLACE FUNCTION drift.compare(
	reference text,
	current text,
	columns text[] DEFAULT NULL,
	methods jsonb DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	mode text DEFAULT 'exact',
	sample bigint DEFAULT NULL,
	seed bigint DEFAULT 42)
	RETURNS SETOF drift.comparison
	LANGUAGE sql STABLE COST 100000 ROWS 30
BEGIN ATOMIC
	SELECT * FROM drift_internal.compare_sources(
		drift.source_query(reference), drift.source_query(current), columns, methods,
		drift.resolve_thresholds(thresholds), mode, sample, seed, pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.compare(text, text, text[], jsonb, text, text, bigint, bigint) IS
	'compares two data sets, each a relation''s name or a query: one row per column with test, PSI, effect, severity and explanation';

-- A share of zero columns is no verdict. Without a bound of its own any drifted column counts.
CREATE OR REPLACE FUNCTION drift_internal.summarise_comparison(
	comparison drift.comparison[], limits drift.thresholds,
	OUT drift_detected boolean, OUT drift_score float8, OUT drifted_features text[])
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.share > 0 AND drift_internal.reaches(s.share, (limits).drift_share, (limits).inclusive), s.share, s.features
	FROM (
		SELECT avg(c.drifted::integer)::float8 AS share,
			coalesce(array_agg(c.column_name ORDER BY c.effect DESC NULLS FIRST, c.column_name) FILTER (WHERE c.drifted), '{}') AS features
		FROM unnest(comparison) AS c
	) AS s
$$;

COMMENT ON FUNCTION drift_internal.summarise_comparison(drift.comparison[], drift.thresholds) IS
	'verdict on a data set from those on its columns: share of drifted columns, and their names by falling effect';

CREATE OR REPLACE FUNCTION drift.detect_drift(
	reference text,
	current text,
	columns text[] DEFAULT NULL,
	thresholds text DEFAULT 'standard',
	OUT drift_detected boolean,
	OUT drift_score float8,
	OUT drifted_features text[])
	RETURNS SETOF record
	LANGUAGE sql STABLE COST 100000 ROWS 1
BEGIN ATOMIC
	SELECT d.* FROM drift_internal.summarise_comparison(
		ARRAY(SELECT c FROM drift.compare(reference, current, columns, thresholds => thresholds) AS c),
		drift.resolve_thresholds(thresholds)) AS d;
END;

COMMENT ON FUNCTION drift.detect_drift(text, text, text[], text) IS
	'whether two data sets differ: drift_score is the share of drifted columns among those with a verdict';
