-- models: import, description, scores

CREATE OR REPLACE FUNCTION drift.import_model(format text, source bytea, options jsonb DEFAULT '{}') RETURNS drift.model
	AS 'MODULE_PATHNAME', 'drift_import_model' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.import_model(text, bytea, jsonb) IS 'The model in a file that another program saved. Formats: xgboost (JSON or UBJSON), lightgbm (text), onnx, and json, the form of drift itself. Option iterations: "all" of a boosted model (the default), "best" for those that early stopping kept, or how many. What is not understood to the letter is refused.';

-- The parser takes a source without a type for text.
CREATE OR REPLACE FUNCTION drift.import_model(format text, source text, options jsonb DEFAULT '{}') RETURNS drift.model
	AS 'MODULE_PATHNAME', 'drift_import_model_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.import_model(text, text, jsonb) IS 'The model in a file that another program saved, of a format that is text. What begins with \x is the bytes of a file in hexadecimal.';

CREATE OR REPLACE FUNCTION drift.describe(model drift.model) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'drift_describe' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION drift.describe(drift.model) IS 'What a model is: where it comes from, its task, its inputs and whether they may be missing, the steps that prepare them, classes, trees, size, digest. The importance of an input are the splits on it (weight), and their mean and total gain and cover where the file says them, as XGBoost names them.';

CREATE OR REPLACE FUNCTION drift.bind(model drift.model, columns text[]) RETURNS drift.model
	AS 'MODULE_PATHNAME', 'drift_bind' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION drift.bind(drift.model, text[]) IS 'The same model for rows whose features come in the order of these names: for drift.score_columns() and for arrays. Each input must be there once; names that the model does not know keep their place and are ignored.';

-- features as double precision[]

CREATE OR REPLACE FUNCTION drift.score(model drift.model, features double precision[]) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score(drift.model, double precision[]) IS 'The output of a model for a row: a number, or the probability of the second of two classes; from an array of its features, in the order of its inputs or of the columns that it is bound to.';

CREATE OR REPLACE FUNCTION drift.score_raw(model drift.model, features double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw(drift.model, double precision[]) IS 'The margins of a model for a row, before they are transformed; from an array of its features, in the order of its inputs or of the columns that it is bound to.';

CREATE OR REPLACE FUNCTION drift.score_proba(model drift.model, features double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba(drift.model, double precision[]) IS 'The probability of each class, in the order of "classes" in drift.describe(model); from an array of its features, in the order of its inputs or of the columns that it is bound to.';

CREATE OR REPLACE FUNCTION drift.score_label(model drift.model, features double precision[]) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label(drift.model, double precision[]) IS 'The class that a model decides for; from an array of its features, in the order of its inputs or of the columns that it is bound to.';

-- features as real[]

CREATE OR REPLACE FUNCTION drift.score_array(model drift.model, features real[]) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_array(drift.model, real[]) IS 'The output of a model for a row: a number, or the probability of the second of two classes; from an array of its features, in the order of its inputs or of the columns that it is bound to.';

CREATE OR REPLACE FUNCTION drift.score_raw_array(model drift.model, features real[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw_array(drift.model, real[]) IS 'The margins of a model for a row, before they are transformed; from an array of its features, in the order of its inputs or of the columns that it is bound to.';

CREATE OR REPLACE FUNCTION drift.score_proba_array(model drift.model, features real[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba_array(drift.model, real[]) IS 'The probability of each class, in the order of "classes" in drift.describe(model); from an array of its features, in the order of its inputs or of the columns that it is bound to.';

CREATE OR REPLACE FUNCTION drift.score_label_array(model drift.model, features real[]) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label_array(drift.model, real[]) IS 'The class that a model decides for; from an array of its features, in the order of its inputs or of the columns that it is bound to.';

-- features as jsonb

CREATE OR REPLACE FUNCTION drift.score_json(model drift.model, features jsonb) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_json(drift.model, jsonb) IS 'The output of a model for a row: a number, or the probability of the second of two classes; from a JSON object, whose keys are the names of its inputs.';

CREATE OR REPLACE FUNCTION drift.score_raw_json(model drift.model, features jsonb) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw_json(drift.model, jsonb) IS 'The margins of a model for a row, before they are transformed; from a JSON object, whose keys are the names of its inputs.';

CREATE OR REPLACE FUNCTION drift.score_proba_json(model drift.model, features jsonb) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba_json(drift.model, jsonb) IS 'The probability of each class, in the order of "classes" in drift.describe(model); from a JSON object, whose keys are the names of its inputs.';

CREATE OR REPLACE FUNCTION drift.score_label_json(model drift.model, features jsonb) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label_json(drift.model, jsonb) IS 'The class that a model decides for; from a JSON object, whose keys are the names of its inputs.';

-- features as columns

CREATE OR REPLACE FUNCTION drift.score_columns(model drift.model, VARIADIC features "any") RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score_columns' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_columns(drift.model, VARIADIC "any") IS 'The output of a model for a row: a number, or the probability of the second of two classes; from columns, in the order that drift.bind() gave it.';

CREATE OR REPLACE FUNCTION drift.score_raw_columns(model drift.model, VARIADIC features "any") RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw_columns' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw_columns(drift.model, VARIADIC "any") IS 'The margins of a model for a row, before they are transformed; from columns, in the order that drift.bind() gave it.';

CREATE OR REPLACE FUNCTION drift.score_proba_columns(model drift.model, VARIADIC features "any") RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba_columns' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba_columns(drift.model, VARIADIC "any") IS 'The probability of each class, in the order of "classes" in drift.describe(model); from columns, in the order that drift.bind() gave it.';

CREATE OR REPLACE FUNCTION drift.score_label_columns(model drift.model, VARIADIC features "any") RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label_columns' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label_columns(drift.model, VARIADIC "any") IS 'The class that a model decides for; from columns, in the order that drift.bind() gave it.';

-- features as a row

CREATE OR REPLACE FUNCTION drift.score_row(model drift.model, features record) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score_row' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_row(drift.model, record) IS 'The output of a model for a row: a number, or the probability of the second of two classes; from a row, whose columns have the names of its inputs.';

CREATE OR REPLACE FUNCTION drift.score_raw_row(model drift.model, features record) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw_row' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw_row(drift.model, record) IS 'The margins of a model for a row, before they are transformed; from a row, whose columns have the names of its inputs.';

CREATE OR REPLACE FUNCTION drift.score_proba_row(model drift.model, features record) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba_row' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba_row(drift.model, record) IS 'The probability of each class, in the order of "classes" in drift.describe(model); from a row, whose columns have the names of its inputs.';

CREATE OR REPLACE FUNCTION drift.score_label_row(model drift.model, features record) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label_row' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label_row(drift.model, record) IS 'The class that a model decides for; from a row, whose columns have the names of its inputs.';
