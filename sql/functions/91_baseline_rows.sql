-- what a baseline is made of: its columns, and their profiles in one scan

-- With a model of known inputs only these count, and what the model said or was to say; without, every column that
-- drift takes. Training rows tell nothing of scores: the model has seen their truth.
CREATE OR REPLACE FUNCTION drift_internal.baseline_plan(baseline drift.baselines, query text)
	RETURNS SETOF drift.baseline_columns
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names CONSTANT text[] := ARRAY(SELECT t.column_name FROM drift_internal.types_as(baseline.owner, query, baseline.path) AS t ORDER BY t.ordinal);
	features CONSTANT text[] := drift_internal.model_features(baseline.model_id, baseline.model_version);
	roles CONSTANT text[] := drift_internal.prediction_roles();
	offender text;
BEGIN
	PERFORM drift_internal.check_columns(baseline.columns, names);
	SELECT f INTO offender FROM unnest(features) AS f WHERE baseline.columns IS NULL AND f <> ALL (names);
	IF FOUND THEN
		RAISE EXCEPTION 'the source has no column "%", which is an input of the model', offender
			USING ERRCODE = 'undefined_column', HINT = 'Name the columns that it has in columns to do without.';
	END IF;
	SELECT c INTO offender FROM unnest(baseline.columns) AS c
	WHERE baseline.origin = 'training' AND baseline.model_id IS NOT NULL AND c = ANY (roles) AND (c = ANY (features)) IS NOT TRUE;
	IF FOUND THEN
		RAISE EXCEPTION 'training rows cannot be a baseline for column "%"', offender
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'A model answers the rows that it was trained on better than any others.',
				HINT = 'Use rows that it was not trained on, with origin held_out, or the features only.';
	END IF;

	RETURN QUERY
		SELECT NULL::integer, '', t.column_name, t.ordinal, format_type(t.type_oid, t.type_modifier),
			drift_internal.family_kind(drift_internal.type_family(c.base_type)), drift_internal.own_type(c.base_type), NULL::drift.profile
		FROM drift_internal.types_as(baseline.owner, query, baseline.path) AS t,
			LATERAL (SELECT drift_internal.class_type(t.base_type, baseline.model_id IS NOT NULL AND (t.column_name = ANY (features)) IS NOT TRUE
				AND (t.column_name = 'label' OR (t.column_name = 'target' AND 'label' = ANY (names)))) AS base_type) AS c
		WHERE drift_internal.own_type(t.base_type) IS NOT NULL
			AND t.column_name IS DISTINCT FROM baseline.time_column
			AND CASE
				WHEN baseline.columns IS NOT NULL THEN t.column_name = ANY (baseline.columns)
				WHEN t.column_name = ANY (features) THEN true
				WHEN baseline.model_id IS NOT NULL AND t.column_name = ANY (roles) THEN baseline.origin <> 'training'
				ELSE features IS NULL
			END
		ORDER BY t.ordinal;
END
$$;

COMMENT ON FUNCTION drift_internal.baseline_plan(drift.baselines, text) IS 'columns that a baseline holds, without their profiles';

CREATE OR REPLACE FUNCTION drift_internal.baseline_rows(baseline drift.baselines, plan drift.baseline_columns[], query text) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'SELECT %s, %s AS segment, %s AS row_time FROM (%s\n) AS source',
		string_agg(format('%s AS c%s', drift_internal.value_expression(format('source.%I', p.column_name), p.value_type,
			NOT baseline.stores_categories), p.place), ', ' ORDER BY p.place),
		coalesce(drift_internal.segment_expression(baseline.segment), 'NULL'),
		CASE WHEN baseline.time_column IS NULL THEN 'NULL::pg_catalog.timestamptz'
			ELSE drift_internal.time_expression(baseline.time_column,
				drift_internal.check_time_column(baseline.owner, baseline.time_column, query, baseline.path), 'UTC') END,
		query)
	FROM unnest(plan) WITH ORDINALITY AS p (baseline_id, segment, column_name, ordinal, column_type, kind, value_type, profile, place)
$$;

COMMENT ON FUNCTION drift_internal.baseline_rows(drift.baselines, drift.baseline_columns[], text) IS
	'query for the columns of a baseline as c1, c2, ..., the segment and the time of each row';

-- A call takes at most 100 arguments; each has the references of its columns.
CREATE OR REPLACE FUNCTION drift_internal.call_window_columns(number integer) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('drift_internal.window_profiles_agg((SELECT ($1)[%s:%s]), %s)', chunk.low, chunk.high,
			(SELECT string_agg('c' || i, ', ' ORDER BY i) FROM generate_series(chunk.low, chunk.high) AS i)), ' || ' ORDER BY chunk.low)
	FROM (SELECT low, least(low + 49, number) AS high FROM generate_series(1, least(number, 32767), 50) AS low) AS chunk
$$;

COMMENT ON FUNCTION drift_internal.call_window_columns(integer) IS
	'expression that profiles the columns c1, c2, ... in the bins of the references in $1, as an array; NULL without any';

-- The largest segments; the rest are one.
CREATE OR REPLACE FUNCTION drift_internal.segment_profiles(baseline drift.baselines, rows_query text, reference drift.profile[])
	RETURNS TABLE (segment text, place bigint, profile drift.profile)
	LANGUAGE plpgsql STABLE ROWS 300
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT c.segment, u.place, drift_internal.merge_profiles(array_agg(u.profile))
		FROM (
			SELECT CASE WHEN row_number() OVER (ORDER BY r.n DESC, r.segment COLLATE "C") <= 50 THEN r.segment ELSE '(other)' END AS segment, r.profiles
			FROM drift_internal.read_as(baseline.owner, format('SELECT segment, pg_catalog.count(*), %s FROM (%s) AS side GROUP BY segment',
					drift_internal.call_window_columns(cardinality(reference)), rows_query), baseline.path, reference)
				AS r (segment text, n bigint, profiles drift.profile[])
		) AS c, unnest(c.profiles) WITH ORDINALITY AS u (profile, place)
		GROUP BY 1, 2;
END
$$;

COMMENT ON FUNCTION drift_internal.segment_profiles(drift.baselines, text, drift.profile[]) IS
	'profiles of the columns of a baseline in each segment, in the bins of those of all rows';

-- Columns of which nearly every value is another one identify rows, unless somebody asked for them.
CREATE OR REPLACE FUNCTION drift_internal.baseline_identifiers(baseline drift.baselines, plan drift.baseline_columns[], rows_query text, profiles drift.profile[])
	RETURNS text[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	doubtful CONSTANT integer[] := ARRAY(
		SELECT i FROM generate_subscripts(plan, 1) AS i
		WHERE NOT drift.is_exact(profiles[i]) AND plan[i].value_type IN ('pg_catalog.text', 'pg_catalog.int2', 'pg_catalog.int4', 'pg_catalog.int8'));
	n bigint[];
	n_distinct bigint[];
BEGIN
	IF baseline.columns IS NOT NULL OR drift_internal.model_features(baseline.model_id, baseline.model_version) IS NOT NULL THEN
		RETURN '{}';
	END IF;
	IF doubtful <> '{}' THEN
		SELECT r.n, r.n_distinct INTO n, n_distinct
		FROM drift_internal.read_as(baseline.owner, (
				SELECT format('SELECT ARRAY[%s], ARRAY[%s] FROM (SELECT * FROM (%s) AS side LIMIT 10000) AS head',
					string_agg(format('pg_catalog.count(c%s)', i), ', ' ORDER BY place),
					string_agg(format('pg_catalog.count(DISTINCT c%s)', i), ', ' ORDER BY place), rows_query)
				FROM unnest(doubtful) WITH ORDINALITY AS u (i, place)), baseline.path)
			AS r (n bigint[], n_distinct bigint[]);
	END IF;
	RETURN ARRAY(
		SELECT plan[i].column_name
		FROM generate_subscripts(plan, 1) AS i
		LEFT JOIN unnest(doubtful) WITH ORDINALITY AS d (i, place) USING (i)
		WHERE plan[i].value_type = 'pg_catalog.uuid'
			OR drift_internal.identifies_rows(plan[i].value_type, coalesce(n[place], drift.value_count(profiles[i])),
				coalesce(n_distinct[place], drift.distinct_count(profiles[i]))));
END
$$;

COMMENT ON FUNCTION drift_internal.baseline_identifiers(drift.baselines, drift.baseline_columns[], text, drift.profile[]) IS
	'columns of a source that identify rows and are left out of a baseline that names none';

CREATE OR REPLACE FUNCTION drift_internal.read_baseline(INOUT baseline drift.baselines, OUT columns drift.baseline_columns[])
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plan drift.baseline_columns[] := ARRAY(SELECT p FROM drift_internal.baseline_plan(baseline, baseline.source) AS p ORDER BY p.ordinal);
	rows_query text;
	profiles drift.profile[];
	identifiers text[];
BEGIN
	IF baseline.time_column IS NOT NULL THEN
		PERFORM drift_internal.check_time_column(baseline.owner, baseline.time_column, baseline.source, baseline.path);
	END IF;
	IF cardinality(plan) = 0 THEN
		RAISE EXCEPTION 'the source has no columns to profile'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'drift takes numbers, times, texts, enums, booleans and uuids.';
	END IF;
	IF baseline.segment IS NOT NULL THEN
		PERFORM drift_internal.check_expression(baseline.owner, baseline.segment, 'segment', NULL, baseline.source, baseline.path);
	END IF;
	rows_query := drift_internal.baseline_rows(baseline, plan, baseline.source);
	SELECT r.n, r.rows_from, r.rows_to, r.profiles INTO baseline.row_count, baseline.rows_from, baseline.rows_to, profiles
	FROM drift_internal.read_as(baseline.owner,
			format('SELECT pg_catalog.count(*), pg_catalog.min(row_time), pg_catalog.max(row_time), %s FROM (%s) AS side',
				drift_internal.call_columns('drift.profiles_agg', ARRAY(SELECT generate_subscripts(plan, 1))), rows_query), baseline.path)
		AS r (n bigint, rows_from timestamptz, rows_to timestamptz, profiles drift.profile[]);
	IF baseline.row_count = 0 THEN
		RAISE EXCEPTION 'the source of baseline "%" has no rows', baseline.name
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A baseline is made of the rows that are to be expected.';
	END IF;

	identifiers := drift_internal.baseline_identifiers(baseline, plan, rows_query, profiles);
	columns := ARRAY(
		SELECT ROW(NULL, s.segment, p.column_name, p.ordinal, p.column_type, p.kind, p.value_type, s.profile)::drift.baseline_columns
		FROM (
			SELECT '' AS segment, place, profile FROM unnest(profiles) WITH ORDINALITY AS u (profile, place)
			UNION ALL
			SELECT s.segment, s.place, s.profile
			FROM drift_internal.segment_profiles(baseline, rows_query, profiles) AS s
			WHERE baseline.segment IS NOT NULL
		) AS s
		JOIN unnest(plan) WITH ORDINALITY AS p (baseline_id, segment, column_name, ordinal, column_type, kind, value_type, profile, place)
			USING (place)
		WHERE p.column_name <> ALL (identifiers));
END
$$;

COMMENT ON FUNCTION drift_internal.read_baseline(drift.baselines) IS
	'reads the source of a baseline: the baseline with what was counted, and its columns with their profiles';
