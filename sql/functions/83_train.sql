-- training: from rows to a model in one call, or slice by slice for procedures that commit in between

CREATE OR REPLACE FUNCTION drift_internal.train_query(query text, label text, algorithm text, params jsonb) RETURNS drift.model
	AS 'MODULE_PATHNAME', 'drift_train' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000;

COMMENT ON FUNCTION drift_internal.train_query(text, text, text, jsonb) IS
	'drift.train() of the rows of a query, with names looked up on the path of the caller';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.train(source text, label text, algorithm text DEFAULT 'gradient_boosting', params jsonb DEFAULT '{}')
	RETURNS drift.model
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000000
BEGIN ATOMIC
	SELECT drift_internal.train_query(drift.source_query(source), label, algorithm, params);
END;

COMMENT ON FUNCTION drift.train(text, text, text, jsonb) IS
	'a model that predicts the column label of the rows of source, a relation''s name or a query, by linear, ridge, logistic, random_forest, gradient_boosting or a function of yours; params say which columns are features, weights and splits, and how it is fitted';

CREATE OR REPLACE FUNCTION drift.training_parameters(
		OUT algorithm text, OUT parameter text, OUT kind text, OUT minimum float8, OUT maximum float8, OUT choices text, OUT default_value text)
	RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'drift_training_parameters' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 60;

COMMENT ON FUNCTION drift.training_parameters() IS
	'parameters of each algorithm that drift.train() knows, what they may be and what they are where nothing is said';

CREATE OR REPLACE FUNCTION drift_internal.is_algorithm(name text) RETURNS boolean
	AS 'MODULE_PATHNAME', 'drift_is_algorithm' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.is_algorithm(text) IS 'whether an algorithm is built in; others are functions of users';

CREATE OR REPLACE FUNCTION drift_internal.open_training_set(query text, label text, options jsonb, owner regrole, path text) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'drift_open_training_set' LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION drift_internal.open_training_set(text, text, jsonb, regrole, text) IS
	'reads the rows of a query as its owner into the memory of the session, until the set is closed or a transaction is rolled back; what they are';

CREATE OR REPLACE FUNCTION drift_internal.close_training_set(training_set integer) RETURNS void
	AS 'MODULE_PATHNAME', 'drift_close_training_set' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION drift_internal.close_training_set(integer) IS 'frees rows in the memory of the session, with the fits to them';

CREATE OR REPLACE FUNCTION drift_internal.open_fit(training_set integer, algorithm text, params jsonb) RETURNS integer
	AS 'MODULE_PATHNAME', 'drift_open_fit' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION drift_internal.open_fit(integer, text, jsonb) IS
	'begins to fit an algorithm that is built in to rows in the memory of the session; the number of the fit';

-- Whoever calls it right after COMMIT holds no snapshot meanwhile.
CREATE OR REPLACE PROCEDURE drift_internal.continue_fit(fit integer, milliseconds integer, INOUT state jsonb)
	AS 'MODULE_PATHNAME', 'drift_continue_fit' LANGUAGE C;

COMMENT ON PROCEDURE drift_internal.continue_fit(integer, integer, jsonb) IS
	'goes on with a fit for about so long, at least one round: status running, done, failed or cancelled, rounds and metrics; an error and a cancellation are in the state, for the caller to raise';

CREATE OR REPLACE FUNCTION drift_internal.close_fit(fit integer, OUT artefact drift.model, OUT details jsonb)
	AS 'MODULE_PATHNAME', 'drift_close_fit' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

COMMENT ON FUNCTION drift_internal.close_fit(integer) IS 'the model of a fit that is done, and how it came to be; the fit is gone';

CREATE OR REPLACE FUNCTION drift_internal.fit_by_function(function text, query text, label text, params jsonb, owner regrole, path text)
	RETURNS drift.model
	AS 'MODULE_PATHNAME', 'drift_fit_by_function' LANGUAGE C VOLATILE PARALLEL UNSAFE;

COMMENT ON FUNCTION drift_internal.fit_by_function(text, text, text, jsonb, regrole, text) IS
	'the model that a function of a user makes of a query, which runs as the owner, read-only';
