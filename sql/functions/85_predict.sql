-- predictions: routed, scored, logged and answered

-- One call is one prediction: a set of one row, so that (drift.predict(...)).* calls it once.
CREATE OR REPLACE FUNCTION drift.predict(model text, features jsonb, entity_key text DEFAULT NULL, log boolean DEFAULT true,
	on_error text DEFAULT 'raise') RETURNS SETOF drift.prediction
	AS 'MODULE_PATHNAME', 'drift_predict' LANGUAGE C VOLATILE COST 1000 ROWS 1;

COMMENT ON FUNCTION drift.predict(text, jsonb, text, boolean, text) IS
	'Answers a row, a JSON object whose keys are names of features, by the version that the model''s route has for the entity, and logs the answer in the same transaction. The model is a name, or name@alias or name/3 for that version alone. log => false: answers only. on_error => ''log'': a row that the champion cannot score is answered and logged with status error instead of raising it.';

CREATE OR REPLACE FUNCTION drift.predict_row(model text, features record, entity_key text DEFAULT NULL, log boolean DEFAULT true,
	on_error text DEFAULT 'raise') RETURNS SETOF drift.prediction
	AS 'MODULE_PATHNAME', 'drift_predict_row' LANGUAGE C VOLATILE COST 1000 ROWS 1;

COMMENT ON FUNCTION drift.predict_row(text, record, text, boolean, text) IS
	'The same as drift.predict() of a row, whose columns have the names of features.';
