-- what a simulation must know about its source before it can change it

-- Rows of the source as c1, c2, ... with their number n, so that no name of the user's can clash.
CREATE OR REPLACE FUNCTION drift_internal.numbered_source(query text, path text, columns drift_internal.simulated_column[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT * FROM ROWS FROM (drift_internal.read_rows(%L, %L) AS (%s)) WITH ORDINALITY AS source(%s, n)',
		format('SELECT %s FROM (%s%s) AS source', string_agg('source.' || quote_ident(c.column_name), ', ' ORDER BY c.ordinal), query, E'\n'), path,
		string_agg(format('c%s %s', c.ordinal, c.type_name), ', ' ORDER BY c.ordinal),
		string_agg(format('c%s', c.ordinal), ', ' ORDER BY c.ordinal))
	FROM unnest(columns) AS c
$$;

COMMENT ON FUNCTION drift_internal.numbered_source(text, text, drift_internal.simulated_column[]) IS 'query for some columns of a source and the numbers of its rows';

CREATE OR REPLACE FUNCTION drift_internal.missing_term(c drift_internal.simulated_column) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE (c).family WHEN 'number' THEN format('(c%1$s IS NULL OR c%1$s = ''NaN'')', (c).ordinal) ELSE format('(c%s IS NULL)', (c).ordinal) END
$$;

COMMENT ON FUNCTION drift_internal.missing_term(drift_internal.simulated_column) IS 'SQL condition for a value that is missing, NULL or NaN';

CREATE OR REPLACE FUNCTION drift_internal.sorted_keys(object jsonb) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(k ORDER BY k COLLATE "C") FROM jsonb_object_keys(object) AS k
$$;

COMMENT ON FUNCTION drift_internal.sorted_keys(jsonb) IS 'keys of a JSON object in the order of their bytes';

-- One row per part of the specification that is relative to the source.
CREATE OR REPLACE FUNCTION drift_internal.needed_facts(spec jsonb, columns drift_internal.simulated_column[])
	RETURNS TABLE (path text, source_column drift_internal.simulated_column, categories text[])
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.path, c, CASE p.section
			WHEN 'label' THEN ARRAY[drift_internal.label_value(p.part, 'positive', c.family), drift_internal.label_value(p.part, 'negative', c.family)]
			ELSE drift_internal.sorted_keys(p.part -> 'shares')
		END
	FROM drift_internal.simulation_parts(spec) AS p
	JOIN unnest(columns) AS c USING (column_name)
	WHERE p.section IN ('resample', 'label') OR (p.section = 'column' AND p.part ?| '{shares,missing_rate,spread}')
	UNION ALL
	SELECT format('%s.log_odds.%s', p.path, t.key), c, NULL
	FROM drift_internal.simulation_parts(spec) AS p,
		jsonb_each(p.part -> 'log_odds') AS t
	JOIN unnest(columns) AS c ON c.column_name = t.key
	WHERE p.section = 'label' AND t.key <> 'intercept' AND jsonb_typeof(t.value) = 'number'
$$;

COMMENT ON FUNCTION drift_internal.needed_facts(jsonb, drift_internal.simulated_column[]) IS
	'parts of a specification that are relative to the source: the column each is about, and the categories it names';

-- n rows, of them missing ones, the mean of the finite values, and rows per category: of those
-- that are named as a list in their order, of all others as pairs.
CREATE OR REPLACE FUNCTION drift_internal.fact_query(c drift_internal.simulated_column, categories text[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT jsonb_build_object(''n'', count(*), ''missing'', count(*) FILTER (WHERE %1$s), ''mean'', %2$s, ''named'', %3$s, ''others'', %4$s) FROM source',
		drift_internal.missing_term(c),
		CASE WHEN (c).family IN ('integer', 'number')
			THEN format('avg(c%1$s::float8) FILTER (WHERE abs(c%1$s::float8) < ''Infinity'')', (c).ordinal) ELSE 'NULL::float8' END,
		CASE WHEN categories IS NULL THEN 'NULL::bigint[]' ELSE format('ARRAY[%s]', (
			SELECT string_agg(format('count(*) FILTER (WHERE c%s = %L::%s)', (c).ordinal, k, (c).type_name), ', ' ORDER BY o)
			FROM unnest(categories) WITH ORDINALITY AS u(k, o))) END,
		CASE WHEN categories IS NULL THEN 'NULL::jsonb' ELSE format(
			'(SELECT jsonb_agg(jsonb_build_array(g.v, g.n) ORDER BY g.v COLLATE "C") FROM '
			'(SELECT to_jsonb(c%1$s) #>> ''{}'' AS v, count(*) AS n FROM source WHERE NOT %2$s AND c%1$s NOT IN (%3$s) GROUP BY c%1$s) AS g)',
			(c).ordinal, drift_internal.missing_term(c),
			(SELECT string_agg(format('%L::%s', k, (c).type_name), ', ') FROM unnest(categories) AS k)) END)
$$;

COMMENT ON FUNCTION drift_internal.fact_query(drift_internal.simulated_column, text[]) IS 'query for what a part of a specification needs to know about its column';

-- All facts in one scan of the source.
CREATE OR REPLACE FUNCTION drift_internal.read_facts(query text, path text, spec jsonb, columns drift_internal.simulated_column[]) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts jsonb;
BEGIN
	IF (SELECT count(*) FROM drift_internal.needed_facts(spec, columns)) = 0 THEN
		RETURN '{}';
	END IF;

	EXECUTE (
		SELECT format('WITH source AS MATERIALIZED (%s) SELECT jsonb_object_agg(f.path, f.fact) FROM (VALUES %s) AS f(path, fact)',
			drift_internal.numbered_source(read_facts.query, read_facts.path, array_agg(DISTINCT n.source_column)),
			string_agg(format('(%L, (%s))', n.path, drift_internal.fact_query(n.source_column, n.categories)), ', '))
		FROM drift_internal.needed_facts(spec, columns) AS n)
	INTO facts;

	RETURN facts;
END
$$;

COMMENT ON FUNCTION drift_internal.read_facts(text, text, jsonb, drift_internal.simulated_column[]) IS
	'what a specification needs to know about its source: a fact for each path that is relative to it';

-- Shares before and after, of the categories that are named and, in their proportions, of all others.
CREATE OR REPLACE FUNCTION drift_internal.share_changes(shares jsonb, fact jsonb)
	RETURNS TABLE (category text, named boolean, share_before float8, share_after float8)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH named AS (
		SELECT k AS category, (fact #>> ARRAY['named', (o - 1)::text])::float8 AS n, (shares ->> k)::float8 AS share
		FROM unnest(drift_internal.sorted_keys(shares)) WITH ORDINALITY AS u(k, o)
	), other AS (
		SELECT e ->> 0 AS category, (e ->> 1)::float8 AS n
		FROM jsonb_array_elements(CASE jsonb_typeof(fact -> 'others') WHEN 'array' THEN fact -> 'others' ELSE '[]' END) AS e
	), total AS (
		SELECT (SELECT sum(n) FROM named) AS named, coalesce((SELECT sum(n) FROM other), 0) AS other, (SELECT sum(share) FROM named) AS share
	)
	SELECT n.category, true, n.n / nullif(t.named + t.other, 0), n.share FROM named AS n, total AS t
	UNION ALL
	SELECT o.category, false, o.n / (t.named + t.other), o.n / t.other * greatest(0, 1 - t.share) FROM other AS o, total AS t
$$;

COMMENT ON FUNCTION drift_internal.share_changes(jsonb, jsonb) IS
	'shares of all categories of a column in the source and as a specification asks for them';

-- What only the rows of the source can refuse.
CREATE OR REPLACE FUNCTION drift_internal.check_facts(spec jsonb, facts jsonb) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problem text;
BEGIN
	SELECT format('%s.%s', p.path, q.problem) INTO problem
	FROM drift_internal.simulation_parts(spec) AS p
	CROSS JOIN LATERAL (SELECT facts -> p.path AS fact) AS f
	CROSS JOIN LATERAL (
			SELECT 'shares: the source has no other categories to take the rest, so that the shares must sum to 1' AS problem
			FROM drift_internal.share_changes(p.part -> 'shares', fact)
			WHERE p.part ? 'shares'
			HAVING sum(share_before) > 0 AND sum(share_after) < 1 - 1e-9
			UNION ALL
			SELECT format('missing_rate: already %s of the source are missing, and missing values are not filled in',
				round((fact ->> 'missing')::numeric / nullif((fact ->> 'n')::numeric, 0), 6))
			WHERE p.section = 'column' AND (p.part ->> 'missing_rate')::float8 * (fact ->> 'n')::float8 < (fact ->> 'missing')::float8
			UNION ALL
			SELECT 'base_rate: is needed, because the source does not have both labels'
			WHERE p.section = 'label' AND p.part ? 'log_odds' AND NOT p.part ? 'base_rate' AND fact -> 'named' @> '0'
		) AS q
	LIMIT 1;

	IF problem IS NOT NULL THEN
		RAISE EXCEPTION 'invalid specification of a simulation: %', problem USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_facts(jsonb, jsonb) IS 'raises an error for a specification that the rows of its source do not allow';
