-- recording outcomes, one at a time

CREATE OR REPLACE FUNCTION drift_internal.outcome_actual(actual "any") RETURNS text
	AS 'MODULE_PATHNAME', 'drift_outcome_actual' LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.outcome_actual("any") IS
	'what became true as outcomes keep it: the class as models write it, or the number as text; NULL for NaN';

CREATE OR REPLACE FUNCTION drift_internal.outcome_number(actual "any") RETURNS double precision
	AS 'MODULE_PATHNAME', 'drift_outcome_number' LANGUAGE C STABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.outcome_number("any") IS 'what became true as a number; NULL where it is none';

CREATE OR REPLACE FUNCTION drift.record_outcome(
	prediction_id uuid,
	actual "any",
	observed_at timestamptz DEFAULT now(),
	model text DEFAULT NULL,
	source text DEFAULT NULL)
	RETURNS SETOF drift.recorded_outcome
	AS 'MODULE_PATHNAME', 'drift_record_outcome' LANGUAGE C VOLATILE ROWS 1 COST 1000;

COMMENT ON FUNCTION drift.record_outcome(uuid, "any", timestamptz, text, text) IS
	'records what became true of a prediction: a number, a boolean, or the class as the model writes it; NULL withdraws what was recorded before. matched tells whether the prediction was found (outcomes may come first: drift.match_outcomes() looks again), repeated that the same was recorded already and nothing was added. The prediction id tells the log; ids that drift did not make need the model.';

-- For values without a type, which clients send; they are text.
CREATE OR REPLACE FUNCTION drift.record_outcome(
	prediction_id uuid,
	actual text,
	observed_at timestamptz DEFAULT now(),
	model text DEFAULT NULL,
	source text DEFAULT NULL)
	RETURNS SETOF drift.recorded_outcome
	AS 'MODULE_PATHNAME', 'drift_record_outcome' LANGUAGE C VOLATILE ROWS 1 COST 1000;

COMMENT ON FUNCTION drift.record_outcome(uuid, text, timestamptz, text, text) IS 'the same for text and for values without a type';

CREATE OR REPLACE FUNCTION drift.record_entity_outcome(
	model text,
	entity_key text,
	actual "any",
	observed_at timestamptz DEFAULT now(),
	match text DEFAULT 'latest',
	within interval DEFAULT NULL,
	source text DEFAULT NULL)
	RETURNS SETOF drift.recorded_outcome
	AS 'MODULE_PATHNAME', 'drift_record_entity_outcome' LANGUAGE C VOLATILE ROWS 1 COST 1000;

COMMENT ON FUNCTION drift.record_entity_outcome(text, text, "any", timestamptz, text, interval, text) IS
	'records what became true of an entity, for those who do not know the prediction: for the last answer about it before observed_at (match latest) or for each of them (all), no older than within; a row for each. Without such an answer the outcome is kept for the entity, and drift.match_outcomes() looks again.';

CREATE OR REPLACE FUNCTION drift.record_entity_outcome(
	model text,
	entity_key text,
	actual text,
	observed_at timestamptz DEFAULT now(),
	match text DEFAULT 'latest',
	within interval DEFAULT NULL,
	source text DEFAULT NULL)
	RETURNS SETOF drift.recorded_outcome
	AS 'MODULE_PATHNAME', 'drift_record_entity_outcome' LANGUAGE C VOLATILE ROWS 1 COST 1000;

COMMENT ON FUNCTION drift.record_entity_outcome(text, text, text, timestamptz, text, interval, text) IS
	'the same for text and for values without a type';
