-- verdicts of other libraries over labelled rows

CREATE OR REPLACE FUNCTION drift_internal.evidently_accum(internal, "any", boolean, text, text, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_evidently_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.evidently_accum(internal, "any", boolean, text, text, text) IS 'Adds a labelled row; private to the aggregate evidently';

CREATE OR REPLACE FUNCTION drift_internal.evidently_verdict(internal) RETURNS drift_internal.library_verdict
	AS 'MODULE_PATHNAME', 'drift_evidently_verdict' LANGUAGE C STABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.evidently_verdict(internal) IS 'Final function of the aggregate evidently';

CREATE OR REPLACE AGGREGATE drift_internal.evidently(value "any", is_current boolean, column_method text, numeric_method text, categorical_method text) (
	SFUNC = drift_internal.evidently_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.evidently_verdict,
	FINALFUNC_MODIFY = SHAREABLE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift_internal.evidently(value "any", is_current boolean, column_method text, numeric_method text, categorical_method text) IS
	'what Evidently says about a column: its choice of test, or the one asked for by its name for the column, for numbers or for categories; the names are the same for all rows';

CREATE OR REPLACE FUNCTION drift_internal.nannyml_accum(internal, "any", integer, text, text, text) RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_nannyml_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.nannyml_accum(internal, "any", integer, text, text, text) IS 'Adds a row of a chunk; private to the aggregate nannyml';

CREATE OR REPLACE FUNCTION drift_internal.nannyml_verdict(internal) RETURNS drift_internal.library_verdict
	AS 'MODULE_PATHNAME', 'drift_nannyml_verdict' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.nannyml_verdict(internal) IS 'Final function of the aggregate nannyml';

CREATE OR REPLACE AGGREGATE drift_internal.nannyml(value "any", chunk integer, column_method text, numeric_method text, categorical_method text) (
	SFUNC = drift_internal.nannyml_accum,
	STYPE = internal,
	FINALFUNC = drift_internal.nannyml_verdict,
	FINALFUNC_MODIFY = READ_WRITE,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE drift_internal.nannyml(value "any", chunk integer, column_method text, numeric_method text, categorical_method text) IS
	'what NannyML says about a column of chunks: 0 is the current side, others are the reference''s, NULL a reference too short for them; methods are named as for evidently';

-- PARALLEL UNSAFE on purpose: chunks follow the order of the scan, and this keeps the scan
-- serial. A parsed body, so that it is inlined.
CREATE OR REPLACE FUNCTION drift_internal.reference_chunk(row_number bigint, row_count bigint) RETURNS integer
	LANGUAGE sql IMMUTABLE STRICT PARALLEL UNSAFE
	RETURN ((row_number - 1) / nullif(row_count / 10, 0) + 1)::integer;

COMMENT ON FUNCTION drift_internal.reference_chunk(bigint, bigint) IS
	'chunk of a row of the reference as NannyML cuts it: tenths, what is left over one or more of the same size or shorter; NULL for less than ten rows';
