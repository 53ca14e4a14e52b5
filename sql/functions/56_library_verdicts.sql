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
