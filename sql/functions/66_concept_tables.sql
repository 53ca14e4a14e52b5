-- tables of features, score and target, and what they say about a change of their relation

CREATE OR REPLACE FUNCTION drift_internal.concept_accum(state internal, is_current boolean, cuts drift_internal.column_cut[], VARIADIC "columns" "any")
	RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_concept_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.concept_accum(internal, boolean, drift_internal.column_cut[], "any") IS 'Transition function of concept_agg.';

CREATE OR REPLACE FUNCTION drift_internal.concept_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_concept_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.concept_combine(internal, internal) IS 'Combines partial states of concept_agg.';

CREATE OR REPLACE FUNCTION drift_internal.concept_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_concept_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.concept_serialize(internal) IS 'Serialises a partial state of concept_agg.';

CREATE OR REPLACE FUNCTION drift_internal.concept_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_concept_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.concept_deserialize(bytea, internal) IS 'Deserialises a partial state of concept_agg.';

CREATE OR REPLACE FUNCTION drift_internal.concept_tables(state internal) RETURNS drift_internal.concept_table[]
	AS 'MODULE_PATHNAME', 'drift_concept_tables' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.concept_tables(internal) IS 'Final function of concept_agg.';

CREATE OR REPLACE AGGREGATE drift_internal.concept_agg(is_current boolean, cuts drift_internal.column_cut[], VARIADIC "columns" "any") (
	SFUNC = drift_internal.concept_accum, STYPE = internal, SSPACE = 262144,
	FINALFUNC = drift_internal.concept_tables, COMBINEFUNC = drift_internal.concept_combine,
	SERIALFUNC = drift_internal.concept_serialize, DESERIALFUNC = drift_internal.concept_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift_internal.concept_agg(boolean, drift_internal.column_cut[], "any") IS
	'Of a target, a score and features: rows of both sides by value of the feature, stratum of the score and class of the target, a table for each feature. Cuts are the same in every row; a NULL cut of the score: one stratum. Rows without a target or a stratum are left out.';

CREATE OR REPLACE FUNCTION drift_internal.concept_change(
	shape integer[], counts bigint[], means float8[], class_numbers float8[], draws integer, enough integer, seed bigint)
	RETURNS drift_internal.concept_result
	AS 'MODULE_PATHNAME', 'drift_concept_change_of_table' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;

COMMENT ON FUNCTION drift_internal.concept_change(integer[], bigint[], float8[], float8[], integer, integer, bigint) IS
	'by how much information about and correlation with the target changed apart from the change of the rows and of the prior, with p-values by draws from the reference''s model, that end early when both changes were reached often enough';

CREATE OR REPLACE FUNCTION drift_internal.concept_prior(
	shape integer[], counts bigint[], means float8[], class_numbers float8[], draws integer, enough integer, seed bigint)
	RETURNS drift_internal.prior_result
	AS 'MODULE_PATHNAME', 'drift_concept_prior_of_table' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;

COMMENT ON FUNCTION drift_internal.concept_prior(integer[], bigint[], float8[], float8[], integer, integer, bigint) IS
	'by how much the distribution of the target changed apart from the change of the rows';

-- Bins of the reference that have rows. Categories with at least the share, the largest first and at most twenty.
CREATE OR REPLACE FUNCTION drift_internal.cut_column(profile drift.profile, bins integer, least_share float8) RETURNS drift_internal.column_cut
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE drift.kind(profile)
			WHEN 'numeric' THEN ROW(
				ARRAY(SELECT b.upper FROM drift.bins(profile, bins) AS b
					WHERE b.row_count > 0 AND b.upper < 'Infinity' AND b.lower < (SELECT max(o.lower) FROM drift.bins(profile, bins) AS o WHERE o.row_count > 0)
					ORDER BY b.bin),
				NULL)::drift_internal.column_cut
			ELSE ROW(NULL,
				ARRAY(SELECT s.label FROM (
						SELECT coalesce(b.category, b.label) AS label FROM drift.bins(profile) AS b
						WHERE b.share >= least_share AND b.category IS NOT NULL ORDER BY b.bin LIMIT 20
					) AS s ORDER BY s.label COLLATE "C"))::drift_internal.column_cut
		END
$$;

COMMENT ON FUNCTION drift_internal.cut_column(drift.profile, integer, float8) IS
	'quantile bins of a numeric profile, one for each of up to twenty distinct values; or its categories, at most twenty, all others being one more';

-- A column of one value, whatever is in it.
CREATE OR REPLACE FUNCTION drift_internal.cut_nowhere(kind text) RETURNS drift_internal.column_cut
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE kind WHEN 'numeric' THEN ROW('{}', NULL)::drift_internal.column_cut ELSE ROW(NULL, '{}')::drift_internal.column_cut END
$$;

COMMENT ON FUNCTION drift_internal.cut_nowhere(text) IS 'cut that leaves all values of a column in one place';

CREATE OR REPLACE FUNCTION drift_internal.concept_call(cuts drift_internal.column_cut[], columns text[]) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('drift_internal.concept_agg(is_current, %L::drift_internal.column_cut[], %s)', cuts, array_to_string(columns, ', '))
$$;

COMMENT ON FUNCTION drift_internal.concept_call(drift_internal.column_cut[], text[]) IS 'call of concept_agg for columns that are cut so';

-- c1 is the target, c2 the score (or the target once more), all others are features. The last table has no strata: it is
-- that of the score, or of the target alone.
CREATE OR REPLACE FUNCTION drift_internal.concept_query(
	reference_query text, current_query text, plans drift_internal.column_plan[], cuts drift_internal.column_cut[], scored boolean)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s FROM ((%s) UNION ALL (%s)) AS labelled',
		(SELECT repeat('pg_catalog.array_cat(', count(*)::integer - 1) || min(c.call) FILTER (WHERE c.place = 1)
			|| coalesce(string_agg(format(', %s)', c.call), '' ORDER BY c.place) FILTER (WHERE c.place > 1), '')
		FROM (SELECT row_number() OVER (ORDER BY u.chunk) AS place, u.call FROM (
			SELECT (i - 3) / 50 AS chunk, drift_internal.concept_call(
				ARRAY[cuts[1], CASE WHEN scored THEN cuts[2] END] || array_agg(cuts[i] ORDER BY i),
				ARRAY['c1', 'c2'] || array_agg('c' || i ORDER BY i)) AS call
			FROM generate_series(3, cardinality(plans)) AS i
			GROUP BY 1
			UNION ALL
			SELECT 1000000, drift_internal.concept_call(
				ARRAY[cuts[1], NULL, CASE WHEN scored THEN cuts[2] ELSE drift_internal.cut_nowhere(plans[1].kind) END],
				CASE WHEN scored THEN ARRAY['c1', 'c2', 'c2'] ELSE ARRAY['c1', 'c1', 'c1'] END)
		) AS u) AS c),
		drift_internal.flagged_query(reference_query, plans, NULL, NULL, 'false AS is_current'),
		drift_internal.flagged_query(current_query, plans, NULL, NULL, 'true AS is_current'))
$$;

COMMENT ON FUNCTION drift_internal.concept_query(text, text, drift_internal.column_plan[], drift_internal.column_cut[], boolean) IS
	'query for the tables of all features in one scan of each side, and for that of the score or the target';
