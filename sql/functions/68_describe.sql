-- drift.describe_*(): the quality of one data set, without another to compare it to

-- single values of a profile

CREATE OR REPLACE FUNCTION drift_internal.value_text(profile drift.profile, value float8) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_value_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.value_text(drift.profile, float8) IS 'a number of a profile in the form its column has: dates and times (in UTC) as such';

CREATE OR REPLACE FUNCTION drift_internal.most_common(profile drift.profile, OUT value text, OUT row_count bigint)
	AS 'MODULE_PATHNAME', 'drift_most_common' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.most_common(drift.profile) IS 'the value that most rows have for certain, and how many those are';

CREATE OR REPLACE FUNCTION drift_internal.infinite_count(profile drift.profile) RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_infinite_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.infinite_count(drift.profile) IS 'rows of a numeric profile that are infinite';

CREATE OR REPLACE FUNCTION drift_internal.zero_count(profile drift.profile) RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_zero_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.zero_count(drift.profile) IS 'rows of a numeric profile that are zero; NULL when it is a summary and cannot know';

-- what a scan counts besides profiles

CREATE OR REPLACE FUNCTION drift_internal.row_hash(VARIADIC "columns" "any") RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_row_hash' LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.row_hash("any") IS 'hash of values of any type: the same for rows that are not distinct, different for others but by a chance of 2^-64';

CREATE OR REPLACE FUNCTION drift_internal.missing_mask(VARIADIC "columns" "any") RETURNS bigint
	AS 'MODULE_PATHNAME', 'drift_missing_mask' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.missing_mask("any") IS 'the bits of those of up to 63 values that are missing: NULL or NaN';

CREATE OR REPLACE FUNCTION drift_internal.different_rows_accum(state internal, pairs integer[], hashes bigint[], most bigint) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_different_rows_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.different_rows_accum(internal, integer[], bigint[], bigint) IS 'transition function of drift_internal.different_rows_agg';

CREATE OR REPLACE FUNCTION drift_internal.different_rows_final(state internal) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'drift_different_rows_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.different_rows_final(internal) IS 'final function of drift_internal.different_rows_agg';

CREATE OR REPLACE AGGREGATE drift_internal.different_rows_agg(pairs integer[], hashes bigint[], most bigint) (
	SFUNC = drift_internal.different_rows_accum, STYPE = internal, FINALFUNC = drift_internal.different_rows_final, PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift_internal.different_rows_agg(integer[], bigint[], bigint) IS
	'for each pair of positions, two after another in the first array, the rows whose hashes differ; counted until there are more than the last argument';

CREATE OR REPLACE FUNCTION drift_internal.column_counts_accum(state internal, VARIADIC "columns" "any") RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_column_counts_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.column_counts_accum(internal, "any") IS 'transition function of drift_internal.column_counts_agg';

CREATE OR REPLACE FUNCTION drift_internal.column_counts_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_column_counts_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.column_counts_combine(internal, internal) IS 'combines partial states of drift_internal.column_counts_agg';

CREATE OR REPLACE FUNCTION drift_internal.column_counts_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_column_counts_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.column_counts_serialize(internal) IS 'serialises a partial state of drift_internal.column_counts_agg';

CREATE OR REPLACE FUNCTION drift_internal.column_counts_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_column_counts_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.column_counts_deserialize(bytea, internal) IS 'deserialises a partial state of drift_internal.column_counts_agg';

CREATE OR REPLACE FUNCTION drift_internal.column_counts_final(state internal) RETURNS bigint[]
	AS 'MODULE_PATHNAME', 'drift_column_counts_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.column_counts_final(internal) IS 'final function of drift_internal.column_counts_agg';

CREATE OR REPLACE AGGREGATE drift_internal.column_counts_agg(VARIADIC "columns" "any") (
	SFUNC = drift_internal.column_counts_accum, STYPE = internal, SSPACE = 65536,
	FINALFUNC = drift_internal.column_counts_final, COMBINEFUNC = drift_internal.column_counts_combine,
	SERIALFUNC = drift_internal.column_counts_serialize, DESERIALFUNC = drift_internal.column_counts_deserialize, PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift_internal.column_counts_agg("any") IS
	'six numbers for each column of any type: rows, missing ones, zeros or empty texts, infinite values, different values (of types that have profiles), and 1 if that number is exact';

-- reading the source

-- The columns of one source, with the names of a comparison's plan; no side but the reference.
CREATE OR REPLACE FUNCTION drift_internal.source_plans(query text, columns text[], path text) RETURNS SETOF drift_internal.column_plan
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	absent text;
BEGIN
	IF query IS NULL THEN
		RAISE EXCEPTION 'the source of data is NULL' USING ERRCODE = 'null_value_not_allowed';
	END IF;

	PERFORM drift_internal.check_column_names(ARRAY(SELECT c.column_name FROM drift_internal.read_columns(query, path) AS c), '{}', NULL, NULL);

	SELECT n INTO absent FROM unnest(columns) AS n
	WHERE n IS NULL OR n NOT IN (SELECT c.column_name FROM drift_internal.read_columns(query, path) AS c);
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" is not in the source of data', absent USING ERRCODE = 'undefined_column';
	END IF;

	RETURN QUERY
		SELECT c.column_name, c.column_type, NULL::text, drift_internal.family_kind(drift_internal.type_family(c.base_type)),
			drift_internal.common_type(c.base_type, c.base_type), NULL::text, c.column_name = ANY (columns), NULL::text
		FROM drift_internal.read_columns(query, path) AS c
		WHERE columns IS NULL OR c.column_name = ANY (columns)
		ORDER BY c.ordinal;
END
$$;

COMMENT ON FUNCTION drift_internal.source_plans(text, text[], text) IS
	'the columns of a query that are to be described, in its order, or an error for one that it does not have';

-- As drift_internal.side_query(), but each column as it is, for all types are wanted. Without columns a constant keeps it a query.
CREATE OR REPLACE FUNCTION drift_internal.columns_query(query text, plans drift_internal.column_plan[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s FROM (%s%s) AS source',
		coalesce(string_agg(format('source.%I AS c%s', p.column_name, p.ordinality), ', ' ORDER BY p.ordinality), '0 AS c1'), query, E'\n')
	FROM unnest(plans) WITH ORDINALITY AS p
$$;

COMMENT ON FUNCTION drift_internal.columns_query(text, drift_internal.column_plan[]) IS 'query for some columns of a query as c1, c2, ...';

CREATE OR REPLACE FUNCTION drift_internal.description_query(query text, plans drift_internal.column_plan[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s, %s FROM (%s) AS side',
		coalesce(drift_internal.call_columns('drift.profiles_agg', array_agg(i ORDER BY i) FILTER (WHERE plans[i].kind <> 'unsupported')), 'NULL::drift.profile[]'),
		drift_internal.call_columns('drift_internal.column_counts_agg', drift_internal.positions(plans)),
		drift_internal.columns_query(query, plans))
	FROM generate_subscripts(plans, 1) AS i
$$;

COMMENT ON FUNCTION drift_internal.description_query(text, drift_internal.column_plan[]) IS
	'query that profiles columns, as far as their types have profiles, and counts what profiles do not, in one scan';

-- one column

-- One value in this share of the values makes a column almost constant, this share of equal rows two columns almost equal.
CREATE OR REPLACE FUNCTION drift_internal.almost() RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 0.95::float8;

COMMENT ON FUNCTION drift_internal.almost() IS 'share from which a column is almost constant and two columns are almost equal';

CREATE OR REPLACE FUNCTION drift_internal.quality_flags(description drift.column_description, value_type text) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_remove(ARRAY[
		CASE
			WHEN (description).missing_rate = 1 THEN 'all_missing'
			WHEN (description).missing_rate >= 0.5 THEN 'mostly_missing'
		END,
		CASE
			WHEN (description).distinct_count = 1 THEN 'constant'
			WHEN (description).most_common_share >= drift_internal.almost() THEN 'almost_constant'
		END,
		-- an estimate of as many values as rows is off by a few standard errors
		CASE WHEN drift_internal.identifies_rows(value_type, n, CASE
				WHEN NOT (description).distinct_exact AND (description).distinct_count >= 0.98 * n THEN n
				ELSE (description).distinct_count
			END) THEN 'identifier' END], NULL)
	FROM (SELECT (description).row_count - (description).missing_count AS n) AS s
$$;

COMMENT ON FUNCTION drift_internal.quality_flags(drift.column_description, text) IS 'what is odd about a column by itself';

-- A value stands out if it repeats, and if a summary is sure that no other has more rows.
CREATE OR REPLACE FUNCTION drift_internal.describe_values(description drift.column_description) RETURNS drift.column_description
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	profile CONSTANT drift.profile := description.profile;
	n CONSTANT bigint := drift.value_count(profile);
	common record;
BEGIN
	IF n = 0 THEN
		RETURN description;
	END IF;

	common := drift_internal.most_common(profile);
	IF n = 1 OR (common.row_count > 1 AND common.row_count > n * drift.rank_error(profile)) THEN
		description.most_common := common.value;
		description.most_common_share := common.row_count / n::float8;
	END IF;

	IF description.kind = 'numeric' THEN
		description.mean := drift.mean(profile);
		description.stddev := drift.stddev(profile);
		description.minimum := drift_internal.value_text(profile, drift.minimum(profile));
		description.p25 := drift_internal.value_text(profile, drift.quantile(profile, 0.25));
		description.median := drift_internal.value_text(profile, drift.quantile(profile, 0.5));
		description.p75 := drift_internal.value_text(profile, drift.quantile(profile, 0.75));
		description.maximum := drift_internal.value_text(profile, drift.maximum(profile));
	END IF;

	RETURN description;
END
$$;

COMMENT ON FUNCTION drift_internal.describe_values(drift.column_description) IS
	'a description completed by what its profile knows of the values: the most common one, moments, range and quartiles';

CREATE OR REPLACE FUNCTION drift.describe_profile(profile drift.profile) RETURNS drift.column_description
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.column_description;
BEGIN
	result.profile := profile;
	result.column_type := drift.value_type(profile);
	result.kind := drift.kind(profile);
	result.row_count := drift.row_count(profile);
	result.missing_count := drift.missing_count(profile);
	result.missing_rate := drift.missing_rate(profile);
	result.distinct_exact := drift.is_exact(profile);
	result.distinct_count := drift.distinct_count(profile);
	result.unique_share := result.distinct_count / nullif(drift.value_count(profile), 0)::float8;
	IF result.kind = 'numeric' THEN
		result.infinite_count := drift_internal.infinite_count(profile);
		result.zero_count := CASE result.column_type WHEN 'number' THEN drift_internal.zero_count(profile) END;
	ELSIF result.column_type = 'text' AND result.distinct_exact THEN
		result.empty_count := coalesce((SELECT b.row_count FROM drift.bins(profile) AS b WHERE b.category = ''), 0);
	END IF;
	result := drift_internal.describe_values(result);
	result.flags := drift_internal.quality_flags(result, CASE result.column_type WHEN 'text' THEN 'pg_catalog.text' END);

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.describe_profile(drift.profile) IS
	'quality of a column from its profile alone: missing values, different values, most common value, moments, range, flags';

-- Counts are those of drift_internal.column_counts_agg, NULL without rows.
CREATE OR REPLACE FUNCTION drift_internal.describe_column(plan drift_internal.column_plan, profile drift.profile, counts bigint[]) RETURNS drift.column_description
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.column_description;
BEGIN
	result.profile := profile;
	result.column_name := plan.column_name;
	result.column_type := plan.type_reference;
	result.kind := plan.kind;
	result.row_count := coalesce(counts[1], 0);
	result.missing_count := coalesce(counts[2], 0);
	result.missing_rate := counts[2] / nullif(counts[1], 0)::float8;
	IF plan.kind <> 'unsupported' THEN
		result.distinct_count := coalesce(counts[5], 0);
		result.distinct_exact := coalesce(counts[6] = 1, true);
		result.unique_share := counts[5] / nullif(counts[1] - counts[2], 0)::float8;
		CASE
			WHEN plan.value_type ~ '^pg_catalog\.(int|float|numeric)' THEN result.zero_count := coalesce(counts[3], 0);
			WHEN plan.value_type <> ALL ('{pg_catalog.bool,pg_catalog.uuid}') AND plan.kind = 'categorical' THEN result.empty_count := coalesce(counts[3], 0);
			ELSE NULL;
		END CASE;
		result.infinite_count := CASE plan.kind WHEN 'numeric' THEN coalesce(counts[4], 0) END;
		result := drift_internal.describe_values(result);
	END IF;
	result.flags := drift_internal.quality_flags(result, plan.value_type);

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.describe_column(drift_internal.column_plan, drift.profile, bigint[]) IS
	'description of a column from its profile, if its type has one, and its counts';

-- Profiles and counts are of the columns in order; unsupported ones have no profile in the array.
CREATE OR REPLACE FUNCTION drift_internal.describe_columns(query text, plans drift_internal.column_plan[], path text) RETURNS SETOF drift.column_description
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	seen record;
BEGIN
	IF cardinality(plans) = 0 THEN
		RETURN;
	END IF;

	SELECT d.profiles, d.counts INTO seen
	FROM drift_internal.read_summary(drift_internal.description_query(query, plans), path) AS d (profiles drift.profile[], counts bigint[]);

	RETURN QUERY
		SELECT d.*
		FROM (
			SELECT i, count(*) FILTER (WHERE plans[i].kind <> 'unsupported') OVER (ORDER BY i) AS nth
			FROM generate_subscripts(plans, 1) AS i
		) AS p,
			LATERAL drift_internal.describe_column(plans[p.i],
				CASE WHEN plans[p.i].kind <> 'unsupported' THEN seen.profiles[p.nth] END, seen.counts[6 * p.i - 5 : 6 * p.i]) AS d
		ORDER BY p.i;
END
$$;

COMMENT ON FUNCTION drift_internal.describe_columns(text, drift_internal.column_plan[], text) IS
	'descriptions of columns, each by itself, from one scan';

-- columns that equal each other

-- Columns that differ in few rows have, but for those rows, as many missing and different values.
CREATE OR REPLACE FUNCTION drift_internal.similar_columns(plans drift_internal.column_plan[], descriptions drift.column_description[], may_differ bigint)
	RETURNS integer[]
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH side AS MATERIALIZED (
		SELECT p.i, (p.plan).value_type AS type, (p.plan).type_reference AS named, (p.d).missing_count AS missing,
			CASE WHEN (p.d).distinct_exact THEN (p.d).distinct_count END AS values
		FROM (SELECT i, plans[i] AS plan, descriptions[i] AS d FROM generate_subscripts(plans, 1) AS i) AS p
		WHERE (p.d).missing_count < (p.d).row_count
	)
	SELECT coalesce(array_agg(place ORDER BY a, b, member), '{}')
	FROM (
		SELECT a.i AS a, b.i AS b
		FROM side AS a
		JOIN side AS b ON a.i < b.i AND coalesce(a.type, a.named) = coalesce(b.type, b.named)
			AND abs(a.missing - b.missing) <= may_differ
			AND coalesce(abs(a.values - b.values) <= may_differ, true)
	) AS pair, unnest(ARRAY[a, b]) WITH ORDINALITY AS p(place, member)
$$;

COMMENT ON FUNCTION drift_internal.similar_columns(drift_internal.column_plan[], drift.column_description[], bigint) IS
	'pairs of columns, one after another, that can be equal in all rows but so many, as far as their descriptions tell';

-- The columns are numbered anew among those that are in a pair.
CREATE OR REPLACE FUNCTION drift_internal.different_rows_query(query text, plans drift_internal.column_plan[], pairs integer[], may_differ bigint, head bigint)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH used AS MATERIALIZED (
		SELECT p AS place, row_number() OVER (ORDER BY p) AS number FROM (SELECT DISTINCT unnest(pairs) AS p) AS u
	)
	SELECT format('SELECT drift_internal.different_rows_agg(%L::pg_catalog.int4[], ARRAY[%s], %s) FROM (%s%s) AS side',
		(SELECT array_agg(number ORDER BY ordinality) FROM unnest(pairs) WITH ORDINALITY AS u(place, ordinality) JOIN used USING (place)),
		(SELECT string_agg(format('drift_internal.row_hash(c%s)', number), ', ' ORDER BY number) FROM used),
		may_differ,
		drift_internal.columns_query(query, (SELECT array_agg(plans[place] ORDER BY number) FROM used)),
		' LIMIT ' || head)
$$;

COMMENT ON FUNCTION drift_internal.different_rows_query(text, drift_internal.column_plan[], integer[], bigint, bigint) IS
	'query that counts the rows, of all or some, in which the columns of each pair differ';

CREATE OR REPLACE FUNCTION drift_internal.pairs_within(pairs integer[], different bigint[], may_differ bigint) RETURNS integer[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY(
		SELECT place FROM unnest(pairs) WITH ORDINALITY AS p(place, ordinality)
		WHERE different[(ordinality + 1) / 2] <= may_differ
		ORDER BY ordinality)
$$;

COMMENT ON FUNCTION drift_internal.pairs_within(integer[], bigint[], bigint) IS 'the pairs that differ in no more rows than they may';

-- Unrelated columns have differed in more rows than they may before a tenth of a large data set is read.
CREATE OR REPLACE FUNCTION drift_internal.equal_columns(query text, plans drift_internal.column_plan[], descriptions drift.column_description[], path text)
	RETURNS TABLE (first_column integer, second_column integer, share float8)
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rows CONSTANT bigint := (descriptions[1]).row_count;
	may_differ CONSTANT bigint := floor((1 - drift_internal.almost()) * rows);
	pairs integer[] := drift_internal.similar_columns(plans, descriptions, may_differ);
	different bigint[];
BEGIN
	IF rows > 50000 AND cardinality(pairs) > 0 THEN
		different := (SELECT r.counts FROM drift_internal.read_summary(drift_internal.different_rows_query(query, plans, pairs, may_differ, 2 * may_differ), path) AS r (counts bigint[]));
		pairs := drift_internal.pairs_within(pairs, different, may_differ);
	END IF;
	IF cardinality(pairs) > 0 THEN
		different := (SELECT r.counts FROM drift_internal.read_summary(drift_internal.different_rows_query(query, plans, pairs, may_differ, NULL), path) AS r (counts bigint[]));
		RETURN QUERY
			SELECT pairs[2 * i - 1], pairs[2 * i], 1 - different[i] / rows::float8
			FROM generate_subscripts(different, 1) AS i
			WHERE different[i] <= may_differ;
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.equal_columns(text, drift_internal.column_plan[], drift.column_description[], text) IS
	'pairs of columns that are equal in all or almost all rows; a tenth of the rows is read again, and all of them for pairs that are still open';

-- Two columns of hardly any variation are almost equal for no other reason.
CREATE OR REPLACE FUNCTION drift_internal.duplicate_flags(query text, plans drift_internal.column_plan[], descriptions drift.column_description[], path text)
	RETURNS TABLE (place integer, flag text)
	LANGUAGE sql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT DISTINCT ON (e.second_column) e.second_column,
		CASE WHEN e.share = 1 THEN 'duplicate of ' ELSE 'almost duplicate of ' END || (plans[e.first_column]).column_name
	FROM drift_internal.equal_columns(query, plans, descriptions, path) AS e
	WHERE e.share = 1
		OR NOT ((descriptions[e.first_column]).flags && '{constant,almost_constant}' AND (descriptions[e.second_column]).flags && '{constant,almost_constant}')
	ORDER BY e.second_column, e.share DESC, e.first_column
$$;

COMMENT ON FUNCTION drift_internal.duplicate_flags(text, drift_internal.column_plan[], drift.column_description[], text) IS
	'for the columns that equal an earlier one in all or almost all rows, which';

CREATE OR REPLACE FUNCTION drift_internal.describe_source(query text, columns text[], path text) RETURNS SETOF drift.column_description
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plans CONSTANT drift_internal.column_plan[] := ARRAY(SELECT p FROM drift_internal.source_plans(query, columns, path) AS p);
	descriptions drift.column_description[] := ARRAY(SELECT d FROM drift_internal.describe_columns(query, plans, path) AS d);
	found record;
BEGIN
	FOR found IN SELECT * FROM drift_internal.duplicate_flags(query, plans, descriptions, path) LOOP
		descriptions[found.place].flags := descriptions[found.place].flags || found.flag;
	END LOOP;

	RETURN QUERY SELECT (descriptions[i]).* FROM generate_subscripts(descriptions, 1) AS i ORDER BY i;
END
$$;

COMMENT ON FUNCTION drift_internal.describe_source(text, text[], text) IS
	'drift.describe_relation() on a query that is checked already, with names looked up on the given path';

-- No pinned path: the source is found by the caller's. What the body itself names was
-- looked up when the function was made.
CREATE OR REPLACE FUNCTION drift.describe_relation(source text, columns text[] DEFAULT NULL) RETURNS SETOF drift.column_description
	LANGUAGE sql STABLE COST 100000 ROWS 30
BEGIN ATOMIC
	SELECT * FROM drift_internal.describe_source(drift.source_query(source), columns, pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.describe_relation(text, text[]) IS
	'quality of the columns of a data set, a relation''s name or a query: missing and different values, most common value, range, moments, what is constant, an identifier or a duplicate';

-- missing values

CREATE OR REPLACE FUNCTION drift_internal.missing_query(query text, plans drift_internal.column_plan[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT ARRAY[%1$s, pg_catalog.count(*)] FROM (SELECT %2$s FROM (%3$s) AS side) AS masks GROUP BY %1$s',
		string_agg(format('m%s', chunk), ', ' ORDER BY chunk),
		string_agg(format('%s AS m%s', call, chunk), ', ' ORDER BY chunk),
		drift_internal.columns_query(query, plans))
	FROM drift_internal.column_calls('drift_internal.missing_mask', drift_internal.positions(plans))
$$;

COMMENT ON FUNCTION drift_internal.missing_query(text, drift_internal.column_plan[]) IS
	'query that counts the rows of each pattern of missing values: masks of fifty columns each and the rows';

-- Under independence a pattern has the product of the rates at which its columns are missing and the others are not.
CREATE OR REPLACE FUNCTION drift_internal.missing_patterns(names text[], counted bigint[])
	RETURNS TABLE (missing_columns text[], row_count bigint, share float8, lift float8)
	LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH pattern AS MATERIALIZED (
		SELECT p, counted[p][array_length(counted, 2)] AS n, sum(counted[p][array_length(counted, 2)]) OVER () AS total
		FROM generate_subscripts(counted, 1) AS p
	), cell AS MATERIALIZED (
		SELECT p, n, total, i, (counted[p][(i - 1) / 50 + 1] >> ((i - 1) % 50)) & 1 = 1 AS missing
		FROM pattern, generate_subscripts(names, 1) AS i
	), rate AS MATERIALIZED (
		SELECT i, (sum(n) FILTER (WHERE missing) / max(total))::float8 AS rate
		FROM cell
		GROUP BY i
	)
	SELECT coalesce(array_agg(names[i] ORDER BY i) FILTER (WHERE missing), '{}'), n, (n / total)::float8,
		(n / total)::float8 / exp(sum(ln(CASE WHEN missing THEN rate WHEN rate IS NULL THEN 1 ELSE 1 - rate END)))
	FROM cell JOIN rate USING (i)
	GROUP BY p, n, total
$$;

COMMENT ON FUNCTION drift_internal.missing_patterns(text[], bigint[]) IS
	'patterns of missing values by name, from rows of masks and counts, with how much more often each occurs than if columns were missing independently';

CREATE OR REPLACE FUNCTION drift_internal.describe_missing_source(query text, columns text[], top integer, path text)
	RETURNS TABLE (missing_columns text[], row_count bigint, share float8, lift float8)
	LANGUAGE plpgsql STABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plans CONSTANT drift_internal.column_plan[] := ARRAY(SELECT p FROM drift_internal.source_plans(query, columns, path) AS p);
BEGIN
	IF top < 1 THEN
		RAISE EXCEPTION 'top must be at least 1, not %', top
			USING ERRCODE = 'invalid_parameter_value', HINT = 'NULL lists every pattern.';
	ELSIF cardinality(plans) = 0 THEN
		RETURN;
	END IF;

	RETURN QUERY
		SELECT p.missing_columns, p.row_count, p.share, p.lift
		FROM drift_internal.missing_patterns(ARRAY(SELECT u.column_name FROM unnest(plans) WITH ORDINALITY AS u ORDER BY u.ordinality),
			(SELECT array_agg(r.counts) FROM drift_internal.read_summary(drift_internal.missing_query(query, plans), path) AS r (counts bigint[]))) AS p
		ORDER BY p.row_count DESC, cardinality(p.missing_columns), p.missing_columns
		LIMIT top;
END
$$;

COMMENT ON FUNCTION drift_internal.describe_missing_source(text, text[], integer, text) IS
	'drift.describe_missing() on a query that is checked already, with names looked up on the given path';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.describe_missing(source text, columns text[] DEFAULT NULL, top integer DEFAULT 10)
	RETURNS TABLE (missing_columns text[], row_count bigint, share float8, lift float8)
	LANGUAGE sql STABLE COST 100000 ROWS 10
BEGIN ATOMIC
	SELECT * FROM drift_internal.describe_missing_source(drift.source_query(source), columns, top, pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.describe_missing(text, text[], integer) IS
	'which columns are missing (NULL or NaN) together: rows of each pattern, the most frequent first, {} for complete rows; lift is how often it occurs relative to columns missing independently';

-- the data set as a whole

CREATE OR REPLACE FUNCTION drift_internal.rows_query(query text, plans drift_internal.column_plan[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT ARRAY[pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE %s), pg_catalog.count(DISTINCT %s)] FROM (%s) AS side',
		coalesce((SELECT string_agg(format('pg_catalog.int8eq(%s, 0)', call), ' AND ' ORDER BY chunk)
			FROM drift_internal.column_calls('drift_internal.missing_mask', drift_internal.positions(plans))), 'true'),
		coalesce((SELECT 'drift_internal.row_hash(' || string_agg(call, ', ' ORDER BY chunk) || ')'
			FROM drift_internal.column_calls('drift_internal.row_hash', drift_internal.positions(plans))), '0'),
		drift_internal.columns_query(query, plans))
$$;

COMMENT ON FUNCTION drift_internal.rows_query(text, drift_internal.column_plan[]) IS
	'query that counts rows, rows without a missing value, and different rows';

CREATE OR REPLACE FUNCTION drift_internal.flagged_columns(descriptions drift.column_description[], flag text) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY(
		SELECT descriptions[i].column_name FROM generate_subscripts(descriptions, 1) AS i
		WHERE EXISTS (SELECT FROM unnest(descriptions[i].flags) AS f WHERE f = flag OR starts_with(f, flag || ' of '))
		ORDER BY i)
$$;

COMMENT ON FUNCTION drift_internal.flagged_columns(drift.column_description[], text) IS 'names of the columns that have a flag';

CREATE OR REPLACE FUNCTION drift_internal.describe_dataset_source(query text, columns text[], path text) RETURNS SETOF drift.dataset_description
	LANGUAGE plpgsql STABLE ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plans CONSTANT drift_internal.column_plan[] := ARRAY(SELECT p FROM drift_internal.source_plans(query, columns, path) AS p);
	descriptions CONSTANT drift.column_description[] := ARRAY(SELECT d FROM drift_internal.describe_source(query, columns, path) AS d);
	counted CONSTANT bigint[] := (SELECT r.counts FROM drift_internal.read_summary(drift_internal.rows_query(query, plans), path) AS r (counts bigint[]));
	result drift.dataset_description;
BEGIN
	result.row_count := counted[1];
	result.column_count := cardinality(plans);
	result.complete_rows := counted[2];
	result.missing_rate := (SELECT sum(d.missing_count)::float8 / nullif(sum(d.row_count), 0) FROM unnest(descriptions) AS d);
	result.duplicate_rows := counted[1] - counted[3];
	result.duplicate_share := result.duplicate_rows / nullif(counted[1], 0)::float8;
	result.all_missing_columns := drift_internal.flagged_columns(descriptions, 'all_missing');
	result.constant_columns := drift_internal.flagged_columns(descriptions, 'constant');
	result.almost_constant_columns := drift_internal.flagged_columns(descriptions, 'almost_constant');
	result.identifier_columns := drift_internal.flagged_columns(descriptions, 'identifier');
	result.duplicate_columns := drift_internal.flagged_columns(descriptions, 'duplicate');
	result.almost_duplicate_columns := drift_internal.flagged_columns(descriptions, 'almost duplicate');
	RETURN NEXT result;
END
$$;

COMMENT ON FUNCTION drift_internal.describe_dataset_source(text, text[], text) IS
	'drift.describe_dataset() on a query that is checked already, with names looked up on the given path';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.describe_dataset(source text, columns text[] DEFAULT NULL) RETURNS SETOF drift.dataset_description
	LANGUAGE sql STABLE COST 100000 ROWS 1
BEGIN ATOMIC
	SELECT * FROM drift_internal.describe_dataset_source(drift.source_query(source), columns, pg_catalog.current_setting('search_path'));
END;

COMMENT ON FUNCTION drift.describe_dataset(text, text[]) IS
	'quality of a data set as a whole: rows, complete and duplicate ones, and the columns that are missing, constant, identifiers or duplicates';
