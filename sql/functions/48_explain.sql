-- explanations of scores

CREATE OR REPLACE FUNCTION drift.explain(model drift.model, features jsonb) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'drift_explain' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.explain(drift.model, jsonb) IS 'What each input contributed to the margin of a row, and under "base" the margin that was to be expected: together they are drift.score_raw_json(). Exact TreeSHAP of trees, coefficient times value of linear models. Of several margins an object for each, under its class or its number. From a JSON object, whose keys are the names of the inputs.';

CREATE OR REPLACE FUNCTION drift.explain_row(model drift.model, features record) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'drift_explain_row' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.explain_row(drift.model, record) IS 'The same as drift.explain() of a row, whose columns have the names of the inputs.';

CREATE OR REPLACE FUNCTION drift.explain_array(model drift.model, features double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_explain_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.explain_array(drift.model, double precision[]) IS 'The same as drift.explain(), in the order of the array: contributions, 0 for columns that the model does not read, and the expected value as the last. Of several margins an array of two dimensions, a line for each.';
