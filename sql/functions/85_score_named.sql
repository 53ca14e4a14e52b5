-- scores of models by their name: the champion, name@alias, or name/3 for version 3
--
-- Stable: which version a name means is read under the snapshot of the statement.

CREATE OR REPLACE FUNCTION drift.get_model(model text) RETURNS drift.model
	AS 'MODULE_PATHNAME', 'drift_get_model' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION drift.get_model(text) IS 'The artefact of a registered model: of its champion, of name@alias, or of version 3 of it by name/3.';

CREATE OR REPLACE FUNCTION drift.score(model text, features double precision[]) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score(text, double precision[]) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_raw(model text, features double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw(text, double precision[]) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_proba(model text, features double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba(text, double precision[]) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_label(model text, features double precision[]) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label(text, double precision[]) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_array(model text, features real[]) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score_array_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_array(text, real[]) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_raw_array(model text, features real[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw_array_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw_array(text, real[]) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_proba_array(model text, features real[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba_array_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba_array(text, real[]) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_label_array(model text, features real[]) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label_array_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label_array(text, real[]) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_json(model text, features jsonb) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score_json_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_json(text, jsonb) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_raw_json(model text, features jsonb) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw_json_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw_json(text, jsonb) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_proba_json(model text, features jsonb) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba_json_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba_json(text, jsonb) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_label_json(model text, features jsonb) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label_json_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label_json(text, jsonb) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_columns(model text, VARIADIC features "any") RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score_columns_named' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_columns(text, VARIADIC "any") IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_raw_columns(model text, VARIADIC features "any") RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw_columns_named' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw_columns(text, VARIADIC "any") IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_proba_columns(model text, VARIADIC features "any") RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba_columns_named' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba_columns(text, VARIADIC "any") IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_label_columns(model text, VARIADIC features "any") RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label_columns_named' LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label_columns(text, VARIADIC "any") IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_row(model text, features record) RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_score_row_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_row(text, record) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_raw_row(model text, features record) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_raw_row_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_raw_row(text, record) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_proba_row(model text, features record) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_score_proba_row_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_proba_row(text, record) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.score_label_row(model text, features record) RETURNS text
	AS 'MODULE_PATHNAME', 'drift_score_label_row_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION drift.score_label_row(text, record) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.explain(model text, features jsonb) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'drift_explain_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.explain(text, jsonb) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.explain_row(model text, features record) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'drift_explain_row_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.explain_row(text, record) IS 'The same of a registered model, by its name, name@alias or name/3.';

CREATE OR REPLACE FUNCTION drift.explain_array(model text, features double precision[]) RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'drift_explain_array_named' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION drift.explain_array(text, double precision[]) IS 'The same of a registered model, by its name, name@alias or name/3.';
