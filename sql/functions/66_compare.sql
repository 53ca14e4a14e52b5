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
		FOR seen IN
			SELECT * FROM drift_internal.read_summary(drift_internal.distinct_query(query, plans, unknown), path) AS d (ordinal integer, n bigint, n_distinct bigint)
		LOOP
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

CREATE OR REPLACE FUNCTION drift_internal.judge_columns(
	plans drift_internal.column_plan[], reference drift.profile[], current drift.profile[],
	statistics drift_internal.column_statistics[], identifiers boolean[], exact boolean, limits drift.thresholds[], minimum_rows bigint,
	quick boolean)
	RETURNS SETOF drift.comparison
	AS 'MODULE_PATHNAME', 'drift_judge_columns' LANGUAGE C STABLE PARALLEL SAFE COST 10000 ROWS 30;

COMMENT ON FUNCTION drift_internal.judge_columns(drift_internal.column_plan[], drift.profile[], drift.profile[], drift_internal.column_statistics[], boolean[], boolean, drift.thresholds[], bigint, boolean) IS
	'verdict on every column, with all tests and point findings corrected as one family; the last limits are those of all further columns, and statistics those of columns whose profiles do not tell them; quick: KS p-values of many rows are asymptotic';

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
		SELECT v.* FROM drift_internal.judge_columns(plans, reference, current, '{}', NULL, false, limits, minimum_rows, true) AS v;
END
$$;

COMMENT ON FUNCTION drift_internal.judge_profiles(drift_internal.column_plan[], drift.profile[], drift.profile[], drift.thresholds[], bigint) IS
	'verdict on columns from their profiles alone, in the order given; a side without a profile has no rows, and with fewer current values than minimum_rows only missing values are found';

CREATE OR REPLACE FUNCTION drift_internal.compared_columns(
	reference_query text, current_query text, columns text[], methods jsonb,
	limits drift.thresholds, mode text, sample bigint, seed bigint, path text)
	RETURNS SETOF drift_internal.compared_column
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
	all_reference drift.profile[];
	all_current drift.profile[];
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
	all_reference := drift_internal.spread(plans, reference_profiles);
	all_current := drift_internal.spread(plans, current_profiles);

	IF library THEN
		RETURN QUERY SELECT v.verdict, all_reference[v.place], all_current[v.place]
			FROM (
				SELECT j AS verdict, row_number() OVER () AS place
				FROM drift_internal.judge_as_library(plans,
					ARRAY(SELECT s FROM drift_internal.read_library_verdicts(drift_internal.library_query(limits.rule, reference_query, current_query,
						readable, methods, sample, seed, current_seed), path) AS s),
					reference_profiles, current_profiles) AS j
			) AS v;
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
		SELECT v.verdict, all_reference[v.place], all_current[v.place]
		FROM (
			SELECT j AS verdict, row_number() OVER () AS place
			FROM drift_internal.judge_columns(plans, all_reference, all_current, statistics, drift_internal.spread(plans, identifiers),
				mode = 'exact', ARRAY[limits], 0, false) AS j
		) AS v;
END
$$;

COMMENT ON FUNCTION drift_internal.compared_columns(text, text, text[], jsonb, drift.thresholds, text, bigint, bigint, text) IS
	'drift.compare() on queries that are checked already, with names looked up on the given path; with the profiles of both sides';

CREATE OR REPLACE FUNCTION drift_internal.compare_sources(
	reference_query text, current_query text, columns text[], methods jsonb,
	limits drift.thresholds, mode text, sample bigint, seed bigint, path text)
	RETURNS SETOF drift.comparison
	LANGUAGE plpgsql STABLE COST 100000 ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT (c.verdict).*
		FROM drift_internal.compared_columns(reference_query, current_query, columns, methods, limits, mode, sample, seed, path) AS c;
END
$$;

COMMENT ON FUNCTION drift_internal.compare_sources(text, text, text[], jsonb, drift.thresholds, text, bigint, bigint, text) IS
	'the verdicts of drift_internal.compared_columns()';

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
