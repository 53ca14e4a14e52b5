-- drift.describe_changes(): what is not as it was, between two data sets, without a verdict on drift

-- Categories that one profile counts and the other does not have, the largest first; the other one has to be exact.
CREATE OR REPLACE FUNCTION drift_internal.one_sided_categories(own drift.profile, other drift.profile, OUT share float8, OUT names text)
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT sum(alone.share), string_agg(format('%s (%s)', quote_literal(alone.category), drift_internal.percent(alone.share)), ', '
			ORDER BY alone.place) FILTER (WHERE alone.place <= 5)
		|| CASE WHEN count(*) > 5 THEN format(' and %s more', count(*) - 5) ELSE '' END
	FROM (
		SELECT b.category, b.share, row_number() OVER (ORDER BY b.row_count DESC, b.category) AS place
		FROM drift.bins(own) AS b
		WHERE b.category IS NOT NULL AND drift.is_exact(other)
			AND b.category NOT IN (SELECT o.category FROM drift.bins(other) AS o)
	) AS alone
$$;

COMMENT ON FUNCTION drift_internal.one_sided_categories(drift.profile, drift.profile) IS
	'categories of a profile that another one does not have: their share together, and the largest of them by name';

CREATE OR REPLACE FUNCTION drift_internal.category_changes(reference drift.profile, current drift.profile)
	RETURNS TABLE (change text, severity text, share float8, detail text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'new_category', 'warning', s.share, format('%s of the values are in new categories: %s', drift_internal.percent(s.share), s.names)
	FROM drift_internal.one_sided_categories(current, reference) AS s
	WHERE s.share IS NOT NULL
	UNION ALL
	SELECT 'vanished_category', 'info', s.share, format('%s of the values were in categories that are gone: %s', drift_internal.percent(s.share), s.names)
	FROM drift_internal.one_sided_categories(reference, current) AS s
	WHERE s.share IS NOT NULL
$$;

COMMENT ON FUNCTION drift_internal.category_changes(drift.profile, drift.profile) IS 'new and vanished categories of a column';

CREATE OR REPLACE FUNCTION drift_internal.range_changes(reference drift.profile, current drift.profile)
	RETURNS TABLE (change text, severity text, share float8, detail text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'out_of_range', 'warning', s.share, format('%s of the values are outside the range %s to %s of the reference: they reach from %s to %s',
		drift_internal.percent(s.share),
		drift_internal.value_text(reference, drift.minimum(reference)), drift_internal.value_text(reference, drift.maximum(reference)),
		drift_internal.value_text(current, drift.minimum(current)), drift_internal.value_text(current, drift.maximum(current)))
	FROM drift_internal.share_outside(current, drift.minimum(reference), drift.maximum(reference)) AS s(share)
	WHERE drift.minimum(current) < drift.minimum(reference) OR drift.maximum(current) > drift.maximum(reference)
$$;

COMMENT ON FUNCTION drift_internal.range_changes(drift.profile, drift.profile) IS 'values of a numeric column outside the range they had';

-- A rate changed if chance does not explain it and it matters, as the standard thresholds have it.
CREATE OR REPLACE FUNCTION drift_internal.missing_changes(reference drift.column_description, current drift.column_description)
	RETURNS TABLE (change text, severity text, share float8, detail text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT m.change, CASE m.change WHEN 'missing_vanished' THEN 'info' ELSE 'warning' END, (current).missing_rate,
		format('missing values %s to %s', drift_internal.percent((reference).missing_rate), drift_internal.percent((current).missing_rate))
	FROM (
		SELECT CASE
				WHEN (reference).missing_count = 0 AND (current).missing_count > 0 THEN 'missing_appeared'
				WHEN (reference).missing_count > 0 AND (current).missing_count = 0 THEN 'missing_vanished'
				WHEN abs((current).missing_rate - (reference).missing_rate) >= limits.minimum_share
					AND drift_internal.two_proportion_p_value((reference).missing_count, (reference).row_count, (current).missing_count, (current).row_count) < limits.alpha
					THEN 'missing_rate'
			END AS change
		FROM drift_internal.named_thresholds('standard') AS limits
	) AS m
	WHERE m.change IS NOT NULL AND (reference).row_count > 0 AND (current).row_count > 0
		AND NOT 'all_missing' = ANY ((current).flags)
$$;

COMMENT ON FUNCTION drift_internal.missing_changes(drift.column_description, drift.column_description) IS
	'how missing values of a column came, went or changed in rate';

CREATE OR REPLACE FUNCTION drift_internal.flag_changes(reference drift.column_description, current drift.column_description)
	RETURNS TABLE (change text, severity text, share float8, detail text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'became_' || f, CASE f WHEN 'all_missing' THEN 'critical' ELSE 'warning' END,
		CASE WHEN f LIKE '%missing' THEN (current).missing_rate WHEN f = 'identifier' THEN (current).unique_share ELSE (current).most_common_share END,
		CASE f
			WHEN 'all_missing' THEN 'no row has a value any more'
			WHEN 'mostly_missing' THEN format('%s of the rows have no value', drift_internal.percent((current).missing_rate))
			WHEN 'identifier' THEN format('nearly every value is different: %s of %s', (current).distinct_count, (current).row_count - (current).missing_count)
			ELSE format('%s has %s of the values', quote_literal((current).most_common), drift_internal.percent((current).most_common_share))
		END
	FROM unnest((current).flags) AS f
	WHERE f <> ALL ((reference).flags) AND (reference).row_count > 0
		AND NOT (f = 'almost_constant' AND 'constant' = ANY ((reference).flags))
$$;

COMMENT ON FUNCTION drift_internal.flag_changes(drift.column_description, drift.column_description) IS
	'what is odd about a column that was not: drift_internal.quality_flags() that are new';

-- More rows have more different values, but not more than in proportion.
CREATE OR REPLACE FUNCTION drift_internal.distinct_changes(reference drift.column_description, current drift.column_description)
	RETURNS TABLE (change text, severity text, share float8, detail text)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'distinct_count', 'info', (current).unique_share, format('different values %s to %s', (reference).distinct_count, (current).distinct_count)
	FROM (
		SELECT (reference).distinct_count::float8 AS d, (current).distinct_count::float8 AS e,
			((reference).row_count - (reference).missing_count)::float8 AS n, ((current).row_count - (current).missing_count)::float8 AS m
	) AS s
	WHERE d > 0 AND e > 0 AND (e > 2 * d * greatest(1, m / n) OR d > 2 * e * greatest(1, n / m))
$$;

COMMENT ON FUNCTION drift_internal.distinct_changes(drift.column_description, drift.column_description) IS
	'a number of different values that doubled or halved, beyond what the number of rows explains';

CREATE OR REPLACE FUNCTION drift_internal.schema_changes(plan drift_internal.column_plan)
	RETURNS TABLE (change text, severity text, share float8, detail text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'column_added', 'info', NULL::float8, format('new column of type %s', (plan).type_current)
	WHERE (plan).obstacle = 'absent in reference'
	UNION ALL
	SELECT 'column_removed', 'critical', NULL, format('column of type %s is gone', (plan).type_reference)
	WHERE (plan).obstacle = 'absent in current'
	UNION ALL
	SELECT 'type_changed', CASE WHEN (plan).value_type IS NULL THEN 'critical' ELSE 'warning' END, NULL,
		format('type %s to %s', (plan).type_reference, (plan).type_current)
	WHERE (plan).type_reference <> (plan).type_current
$$;

COMMENT ON FUNCTION drift_internal.schema_changes(drift_internal.column_plan) IS 'a column that was added, removed or got another type';

-- Values are only compared where both sides have them as one kind.
CREATE OR REPLACE FUNCTION drift_internal.column_changes(plan drift_internal.column_plan, reference drift.column_description, current drift.column_description)
	RETURNS TABLE (change text, severity text, share float8, detail text)
	LANGUAGE plpgsql STABLE ROWS 3
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT * FROM drift_internal.schema_changes(plan);
	IF starts_with(plan.obstacle, 'absent') THEN
		RETURN;
	END IF;

	RETURN QUERY SELECT * FROM drift_internal.missing_changes(reference, current);
	RETURN QUERY SELECT * FROM drift_internal.flag_changes(reference, current);
	IF plan.obstacle IS NOT NULL OR least(drift.value_count(reference.profile), drift.value_count(current.profile)) = 0 THEN
		RETURN;
	END IF;

	RETURN QUERY SELECT * FROM drift_internal.distinct_changes(reference, current);
	IF 'identifier' = ANY (reference.flags || current.flags) THEN
		RETURN;
	ELSIF plan.kind = 'numeric' THEN
		RETURN QUERY SELECT * FROM drift_internal.range_changes(reference.profile, current.profile);
	ELSE
		RETURN QUERY SELECT * FROM drift_internal.category_changes(reference.profile, current.profile);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.column_changes(drift_internal.column_plan, drift.column_description, drift.column_description) IS
	'changes of one column; of an identifier every value is new, so that its values are no change';

CREATE OR REPLACE FUNCTION drift_internal.row_count_changes(n bigint, m bigint)
	RETURNS TABLE (change text, severity text, share float8, detail text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'row_count', CASE WHEN m = 0 THEN 'critical' WHEN m >= 2 * n OR n >= 2 * m THEN 'warning' ELSE 'info' END,
		m / nullif(n, 0)::float8, format('rows %s to %s', n, m)
	WHERE n <> m
$$;

COMMENT ON FUNCTION drift_internal.row_count_changes(bigint, bigint) IS 'a change of the number of rows; share is the ratio';

-- The columns of one side of a comparison, read as that side has them.
CREATE OR REPLACE FUNCTION drift_internal.describe_side(query text, plans drift_internal.column_plan[], absent text, path text) RETURNS SETOF drift.column_description
	LANGUAGE sql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT d.*
	FROM drift_internal.describe_columns(query,
		ARRAY(SELECT s FROM drift_internal.source_plans(query,
			ARRAY(SELECT p.column_name FROM unnest(plans) AS p WHERE p.obstacle IS DISTINCT FROM absent), path) AS s), path) AS d
$$;

COMMENT ON FUNCTION drift_internal.describe_side(text, drift_internal.column_plan[], text, text) IS
	'descriptions of the planned columns that a side has';

CREATE OR REPLACE FUNCTION drift_internal.count_rows(query text, path text) RETURNS bigint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.n FROM drift_internal.read_summary(format('SELECT pg_catalog.count(*) FROM (%s%s) AS source', query, E'\n'), path) AS c (n bigint)
$$;

COMMENT ON FUNCTION drift_internal.count_rows(text, text) IS 'rows of a query';

CREATE OR REPLACE FUNCTION drift_internal.describe_changes_sources(reference_query text, current_query text, columns text[], path text)
	RETURNS TABLE (column_name text, change text, severity text, share float8, detail text)
	LANGUAGE plpgsql STABLE ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plans CONSTANT drift_internal.column_plan[] := ARRAY(SELECT p FROM drift_internal.plan_columns(reference_query, current_query, columns, NULL, path) AS p);
	reference CONSTANT drift.column_description[] := ARRAY(SELECT d FROM drift_internal.describe_side(reference_query, plans, 'absent in reference', path) AS d);
	current CONSTANT drift.column_description[] := ARRAY(SELECT d FROM drift_internal.describe_side(current_query, plans, 'absent in current', path) AS d);
BEGIN
	RETURN QUERY
		SELECT f.column_name, f.change, f.severity, f.share, f.detail
		FROM (
			SELECT NULL::text AS column_name, 0 AS place, c.*
			FROM drift_internal.row_count_changes(
				coalesce((reference[1]).row_count, drift_internal.count_rows(reference_query, path)),
				coalesce((current[1]).row_count, drift_internal.count_rows(current_query, path))) AS c
			UNION ALL
			SELECT plans[i].column_name, i, c.*
			FROM generate_subscripts(plans, 1) AS i,
				LATERAL drift_internal.column_changes(plans[i],
					(SELECT r FROM unnest(reference) AS r WHERE r.column_name = plans[i].column_name),
					(SELECT r FROM unnest(current) AS r WHERE r.column_name = plans[i].column_name)) AS c
		) AS f
		ORDER BY array_position('{critical,warning,info}', f.severity), f.place, f.change;
END
$$;

COMMENT ON FUNCTION drift_internal.describe_changes_sources(text, text, text[], text) IS
	'drift.describe_changes() on queries that are checked already, with names looked up on the given path';

-- No pinned path: the two sources are found by the caller's.
CREATE OR REPLACE FUNCTION drift.describe_changes(reference text, current text, columns text[] DEFAULT NULL)
	RETURNS TABLE (column_name text, change text, severity text, share float8, detail text)
	LANGUAGE sql STABLE COST 100000 ROWS 20
BEGIN ATOMIC
	SELECT * FROM drift_internal.describe_changes_sources(
		drift.source_query(reference), drift.source_query(current), columns, pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.describe_changes(text, text, text[]) IS
	'differences in schema and quality between two data sets, the worst first: columns and types, missing values, new categories, values out of range, columns that became constant, number of rows';
