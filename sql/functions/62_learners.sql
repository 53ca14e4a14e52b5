-- learners as values: what they are made, fed and asked by

CREATE OR REPLACE FUNCTION drift_internal.learner_make(params jsonb, features text[], categorical boolean[], classes text[], detector drift.detector)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'drift_learner_make' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift_internal.learner_make(jsonb, text[], boolean[], text[], drift.detector) IS
	'a learner that has learned nothing; no classes: of numbers. Only the detector may be NULL.';

CREATE OR REPLACE FUNCTION drift_internal.learn_accum(state internal, learner bytea, label text, number float8, weight float8, features record)
	RETURNS internal
	AS 'MODULE_PATHNAME', 'drift_learn_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.learn_accum(internal, bytea, text, float8, float8, record) IS 'Transition function of learn_agg.';

CREATE OR REPLACE FUNCTION drift_internal.learn_final(state internal) RETURNS drift_internal.lesson
	AS 'MODULE_PATHNAME', 'drift_learn_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.learn_final(internal) IS 'Final function of learn_agg.';

CREATE OR REPLACE AGGREGATE drift_internal.learn_agg(learner bytea, label text, number float8, weight float8, features record) (
	SFUNC = drift_internal.learn_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = drift_internal.learn_final
);

COMMENT ON AGGREGATE drift_internal.learn_agg(bytea, text, float8, float8, record) IS
	'Lets a learner, which is the same for all rows, learn from rows in their order: by label or number, weight, and a row of its features, float8 or text. NULL without rows.';

CREATE OR REPLACE FUNCTION drift_internal.describe_learner(learner bytea) RETURNS drift_internal.learner_facts
	AS 'MODULE_PATHNAME', 'drift_describe_learner' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;

COMMENT ON FUNCTION drift_internal.describe_learner(bytea) IS 'what is known of a learner';

CREATE OR REPLACE FUNCTION drift_internal.learner_artefact(learner bytea) RETURNS drift.model
	AS 'MODULE_PATHNAME', 'drift_learner_artefact' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION drift_internal.learner_artefact(bytea) IS 'the model that a learner is now; NULL where it has learned nothing';
