-- direct loss estimation of models of numbers: the model of the loss is trained, registered and named in the estimator

CREATE OR REPLACE FUNCTION drift_internal.check_loss_options(name text, share float8, version drift.model_versions) RETURNS void
	LANGUAGE plpgsql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (share > 0 AND share < 1) IS NOT TRUE THEN
		RAISE EXCEPTION 'share must be between 0 and 1'
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'It is the share of the rows that the model of the loss is trained on; the rest says what is normal.';
	ELSIF version.task IN ('binary', 'multiclass') THEN
		RAISE EXCEPTION 'version % predicts classes', version.version
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'drift.fit_estimator() calibrates its probabilities; that needs no model of the loss.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_loss_options(text, float8, drift.model_versions) IS 'raises an error for what drift.fit_loss_model() cannot do';

-- What the version is asked about and the query has, and the answer itself.
CREATE OR REPLACE FUNCTION drift_internal.loss_features(query text, path text, version drift.model_versions) RETURNS text[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names CONSTANT text[] := ARRAY(SELECT t.column_name FROM drift_internal.types_as(drift_internal.actor(), query, path) AS t);
	features CONSTANT text[] := ARRAY(
		SELECT i.input ->> 'name' FROM jsonb_array_elements(version.inputs) WITH ORDINALITY AS i (input, place)
		WHERE i.input ->> 'name' = ANY (names) AND i.input ->> 'name' NOT IN ('score', 'actual_value')
		ORDER BY i.place);
BEGIN
	PERFORM drift_internal.check_columns('{score,actual_value}', names);
	IF features = '{}' THEN
		RAISE EXCEPTION 'the rows have none of the inputs of version %', version.version
			USING ERRCODE = 'undefined_column',
				HINT = 'The log must keep features, or give a query with the inputs, score and actual_value as source.';
	END IF;
	RETURN array_append(features, 'score');
END
$$;

COMMENT ON FUNCTION drift_internal.loss_features(text, text, drift.model_versions) IS
	'columns of a query that the loss is predicted of: inputs of a version, and the score';

-- By a hash of the row, and the same on both sides of the comparison.
CREATE OR REPLACE FUNCTION drift_internal.loss_part(query text, features text[], share float8, training boolean) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
	RETURN format(E'SELECT source.* FROM (%s\n) AS source WHERE source.score IS NOT NULL AND source.actual_value IS NOT NULL
		AND drift.split(ROW(%s, source.actual_value)::pg_catalog.text, %s) = %L',
		query, (SELECT string_agg(format('source.%I', f), ', ' ORDER BY place) FROM unnest(features) WITH ORDINALITY AS u (f, place)),
		share, CASE WHEN training THEN 'test' ELSE 'train' END);

COMMENT ON FUNCTION drift_internal.loss_part(text, text[], float8, boolean) IS
	'query for the rows that the model of the loss is trained on, or for the others';

CREATE OR REPLACE FUNCTION drift_internal.train_loss(part text, features text[], loss text, algorithm text, params jsonb, path text) RETURNS drift.model
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	RETURN drift_internal.train_on_path(
		format('SELECT %s, %s AS drift_loss FROM (%s) AS r',
			(SELECT string_agg(format('r.%I', f), ', ' ORDER BY place) FROM unnest(features) WITH ORDINALITY AS u (f, place)),
			drift_internal.loss_expression(loss), part),
		'drift_loss', algorithm, params || '{"task": "regression"}', path);

COMMENT ON FUNCTION drift_internal.train_loss(text, text[], text, text, jsonb, text) IS 'a model of the loss of the rows of a query';

-- Registered under its name if it is new there; otherwise one version more.
CREATE OR REPLACE FUNCTION drift_internal.register_loss_model(name text, model text, version integer, artefact drift.model,
	algorithm text, params jsonb, loss text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	added integer;
BEGIN
	IF NOT EXISTS (SELECT FROM drift.models AS m WHERE m.name = register_loss_model.name) THEN
		PERFORM drift.register_model(name, format('Expected loss of model "%s"', model));
	END IF;
	added := drift.add_version(name, artefact, parameters => params || jsonb_build_object('algorithm', algorithm),
		lineage => jsonb_build_object('loss', loss, 'model', model, 'version', version));
	PERFORM drift.promote(name, added, reason => format('loss of version %s of model "%s"', version, model));
END
$$;

COMMENT ON FUNCTION drift_internal.register_loss_model(text, text, integer, drift.model, text, jsonb, text) IS
	'adds a model of the loss as a version that answers';

CREATE OR REPLACE FUNCTION drift_internal.fit_loss_model(model text, query text, model_version integer, from_time timestamptz, to_time timestamptz,
	loss text, name text, share float8, algorithm text, params jsonb, chunk text, path text) RETURNS drift.estimators
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model CONSTANT drift.models := drift_internal.find_model(model, 'operate');
	version CONSTANT drift.model_versions := drift_internal.find_version(found_model,
		coalesce(fit_loss_model.model_version, drift_internal.answering_version(found_model)));
	given CONSTANT text := coalesce(query, drift_internal.answers_query(drift_internal.find_log(model, 'read'), version.version, from_time, to_time, true));
	loss_name CONSTANT text := coalesce(fit_loss_model.name, found_model.name || '_loss');
	features text[];
BEGIN
	PERFORM drift_internal.check_loss_options(loss_name, share, version);
	features := drift_internal.loss_features(given, path, version);
	PERFORM drift_internal.register_loss_model(loss_name, found_model.name, version.version,
		drift_internal.train_loss(drift_internal.loss_part(given, features, share, true), features, loss, algorithm, params, path),
		algorithm, params, loss);
	RETURN drift_internal.fit_estimator(found_model.name, drift_internal.loss_part(given, features, share, false), version.version,
		NULL, NULL, NULL, chunk, loss_name, loss, path);
END
$$;

COMMENT ON FUNCTION drift_internal.fit_loss_model(text, text, integer, timestamptz, timestamptz, text, text, float8, text, jsonb, text, text) IS
	'drift.fit_loss_model() with the path on which the names in the query are looked up';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.fit_loss_model(
	model text,
	source text DEFAULT NULL,
	model_version integer DEFAULT NULL,
	from_time timestamptz DEFAULT NULL,
	to_time timestamptz DEFAULT NULL,
	loss text DEFAULT 'mae',
	name text DEFAULT NULL,
	share float8 DEFAULT 0.5,
	algorithm text DEFAULT 'gradient_boosting',
	params jsonb DEFAULT '{}',
	chunk text DEFAULT NULL)
	RETURNS SETOF drift.estimators
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT e.* FROM drift_internal.fit_loss_model(model, drift.source_query(source), model_version, from_time, to_time, loss, name, share,
		algorithm, params, chunk, current_setting('search_path')) AS e;
END;

COMMENT ON FUNCTION drift.fit_loss_model(text, text, integer, timestamptz, timestamptz, text, text, float8, text, jsonb, text) IS
	'trains a model of the loss of a model of numbers and makes an estimator of it: on a share of the rows with outcomes the absolute error (mae) or the squared one (mse) is learned from the inputs and the score, as drift.train() does; it is registered under the name of the model and _loss, or a given one, and drift.fit_estimator() takes the rest of the rows';
