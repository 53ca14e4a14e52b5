-- rows as standardised numbers, their principal components, and what these leave of them

CREATE OR REPLACE FUNCTION drift_internal.products_accum(state internal, encodings drift_internal.column_encoding[], VARIADIC "columns" "any")
	RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_products_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.products_accum(internal, drift_internal.column_encoding[], "any") IS 'Transition function of products_agg.';

CREATE OR REPLACE FUNCTION drift_internal.reconstruction_accum(
	state internal, encodings drift_internal.column_encoding[], components float8[], VARIADIC "columns" "any")
	RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_reconstruction_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.reconstruction_accum(internal, drift_internal.column_encoding[], float8[], "any") IS 'Transition function of reconstruction_agg.';

CREATE OR REPLACE FUNCTION drift_internal.rows_combine(internal, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_rows_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.rows_combine(internal, internal) IS 'Combines partial states of products_agg and reconstruction_agg.';

CREATE OR REPLACE FUNCTION drift_internal.rows_serialize(internal) RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_rows_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.rows_serialize(internal) IS 'Serialises a partial state of products_agg and reconstruction_agg.';

CREATE OR REPLACE FUNCTION drift_internal.rows_deserialize(bytea, internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_rows_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.rows_deserialize(bytea, internal) IS 'Deserialises a partial state of products_agg and reconstruction_agg.';

CREATE OR REPLACE FUNCTION drift_internal.mean_products(state internal) RETURNS float8[]
	AS 'MODULE_PATHNAME', 'drift_mean_products' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.mean_products(internal) IS 'Final function of products_agg.';

CREATE OR REPLACE FUNCTION drift_internal.reconstruction_of_rows(state internal) RETURNS drift_internal.reconstruction
	AS 'MODULE_PATHNAME', 'drift_reconstruction_of_rows' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION drift_internal.reconstruction_of_rows(internal) IS 'Final function of reconstruction_agg.';

CREATE OR REPLACE AGGREGATE drift_internal.products_agg(encodings drift_internal.column_encoding[], VARIADIC "columns" "any") (
	SFUNC = drift_internal.products_accum, STYPE = internal, SSPACE = 8192,
	FINALFUNC = drift_internal.mean_products, COMBINEFUNC = drift_internal.rows_combine,
	SERIALFUNC = drift_internal.rows_serialize, DESERIALFUNC = drift_internal.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift_internal.products_agg(drift_internal.column_encoding[], "any") IS
	'Mean product of each pair of encoded columns, line by line: their correlations, where the encodings standardise';

CREATE OR REPLACE AGGREGATE drift_internal.reconstruction_agg(encodings drift_internal.column_encoding[], components float8[], VARIADIC "columns" "any") (
	SFUNC = drift_internal.reconstruction_accum, STYPE = internal, SSPACE = 1024,
	FINALFUNC = drift_internal.reconstruction_of_rows, COMBINEFUNC = drift_internal.rows_combine,
	SERIALFUNC = drift_internal.rows_serialize, DESERIALFUNC = drift_internal.rows_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE drift_internal.reconstruction_agg(drift_internal.column_encoding[], float8[], "any") IS
	'Mean and deviation of the distance of encoded rows from what the components, one after the other, make of them';

CREATE OR REPLACE FUNCTION drift_internal.principal_components(products float8[], share float8) RETURNS float8[]
	AS 'MODULE_PATHNAME', 'drift_principal_components' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;

COMMENT ON FUNCTION drift_internal.principal_components(float8[], float8) IS
	'the eigenvectors of a symmetric matrix, the largest eigenvalues first, that explain more than a share of their sum';

-- Missing numbers are the mean, so that only the deviation sees them.
CREATE OR REPLACE FUNCTION drift_internal.number_encoding(profile drift.profile) RETURNS drift_internal.column_encoding
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(s.mean, CASE WHEN s.variance > s.negligible THEN sqrt(s.variance) ELSE 1 END, 0, 0, NULL, NULL)::drift_internal.column_encoding
	FROM (
		SELECT drift.mean(profile) AS mean,
			coalesce(drift.stddev(profile), 0) ^ 2 * (drift.value_count(profile) - 1) / drift.row_count(profile) AS variance,
			(drift.row_count(profile) * drift.mean(profile) * 2.220446049250313e-16) ^ 2 AS negligible
	) AS s
$$;

COMMENT ON FUNCTION drift_internal.number_encoding(drift.profile) IS
	'encoding that standardises a column of numbers and takes the mean for missing ones; a constant column becomes 0';

-- Missing values are the most frequent label, the smallest of several. A label is its share of the rows, standardised; that
-- of one that the reference does not have is 0. This is NannyML's.
CREATE OR REPLACE FUNCTION drift_internal.category_encoding(profile drift.profile) RETURNS drift_internal.column_encoding
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH labels AS (
		SELECT b.category AS label, b.row_count::float8 AS n,
			row_number() OVER (ORDER BY b.row_count DESC, b.category COLLATE "C") = 1 AS most_frequent
		FROM drift.bins(profile) AS b
		WHERE b.category IS NOT NULL
	), shares AS (
		SELECT l.label, l.most_frequent,
			(l.n + CASE WHEN l.most_frequent THEN drift.missing_count(profile) ELSE 0 END) / (SELECT drift.row_count(profile)) AS share
		FROM labels AS l
	), moments AS (
		SELECT m.mean, CASE WHEN m.variance > 1e-24 THEN sqrt(m.variance) ELSE 1 END AS scale
		FROM (SELECT a.mean, (SELECT sum(s.share * (s.share - a.mean) ^ 2) FROM shares AS s) AS variance
			FROM (SELECT sum(share * share) AS mean FROM shares) AS a) AS m
	)
	SELECT ROW(0, 1, max((s.share - m.mean) / m.scale) FILTER (WHERE s.most_frequent), (0 - m.mean) / m.scale,
		array_agg(s.label ORDER BY s.label COLLATE "C"),
		array_agg((s.share - m.mean) / m.scale ORDER BY s.label COLLATE "C"))::drift_internal.column_encoding
	FROM shares AS s, moments AS m
	GROUP BY m.mean, m.scale
$$;

COMMENT ON FUNCTION drift_internal.category_encoding(drift.profile) IS
	'encoding of categories by their share of the rows, standardised; missing ones are the most frequent, unknown ones have the share 0';
