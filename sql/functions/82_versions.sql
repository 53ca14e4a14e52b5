-- versions of models: numbered without gaps, because the model is locked while one is added

CREATE OR REPLACE FUNCTION drift_internal.check_metrics(metrics jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	metrics := drift_internal.check_object(metrics, 'metrics');
	SELECT m.key INTO wrong FROM jsonb_each(metrics) AS m WHERE jsonb_typeof(m.value) NOT IN ('number', 'null') ORDER BY m.key LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'metric "%" is not a number', wrong
			USING ERRCODE = 'invalid_parameter_value', HINT = 'What is not a number belongs to tags, parameters or lineage.';
	END IF;
	RETURN metrics;
END
$$;

COMMENT ON FUNCTION drift_internal.check_metrics(jsonb) IS 'metrics by name if all are numbers or null, or an error that names the first other one';

CREATE OR REPLACE FUNCTION drift_internal.check_training(training jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	training := drift_internal.check_object(training, 'training');
	SELECT k INTO wrong FROM jsonb_object_keys(training) AS k WHERE k NOT IN ('query', 'rows', 'from', 'to', 'hash') ORDER BY k LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'training has an unknown key: "%"', wrong
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'Its keys are query, rows, from, to and hash.',
				HINT = 'drift.training_snapshot() makes it of the query.';
	END IF;
	RETURN training;
END
$$;

COMMENT ON FUNCTION drift_internal.check_training(jsonb) IS 'what is told about training rows, or an error that names a key that is not known';

CREATE OR REPLACE FUNCTION drift_internal.check_lineage(model drift.models, lineage jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	lineage := drift_internal.check_object(lineage, 'lineage');
	IF lineage ? 'parent_version' THEN
		PERFORM drift_internal.find_version(model, (lineage->>'parent_version')::integer);
	END IF;
	RETURN lineage;
END
$$;

COMMENT ON FUNCTION drift_internal.check_lineage(drift.models, jsonb) IS 'where a version comes from; its parent_version must be a version of the model';

-- The signature that every format shares: what a row must bring, by name.
CREATE OR REPLACE FUNCTION drift_internal.signature(inputs jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('name', i.value->>'name', 'kind', i.value->>'kind') ORDER BY i.ordinality), '[]')
	FROM jsonb_array_elements(inputs) WITH ORDINALITY AS i
$$;

COMMENT ON FUNCTION drift_internal.signature(jsonb) IS 'name and kind of each input';

CREATE OR REPLACE FUNCTION drift_internal.check_signature(inputs jsonb) RETURNS jsonb
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong jsonb;
BEGIN
	IF jsonb_typeof(inputs) <> 'array' THEN
		RAISE EXCEPTION 'inputs must be a JSON array'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is of type %s.', jsonb_typeof(inputs)),
				HINT = '[{"name": "age", "kind": "number"}, {"name": "city", "kind": "text"}]';
	END IF;
	SELECT i INTO wrong
	FROM jsonb_array_elements(inputs) AS i
	WHERE jsonb_typeof(i->'name') IS DISTINCT FROM 'string' OR i->>'kind' IS NULL OR i->>'kind' NOT IN ('number', 'text')
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'an input needs a name and a kind, number or text'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('This one is %s.', wrong);
	END IF;
	SELECT i->'name' INTO wrong FROM jsonb_array_elements(inputs) AS i GROUP BY i->'name' HAVING count(*) > 1 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'two inputs have the name %', wrong
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN drift_internal.signature(inputs);
END
$$;

COMMENT ON FUNCTION drift_internal.check_signature(jsonb) IS 'the signature of an outside artefact, or an error if it is not one';

-- Version numbers are given here and nowhere else.
CREATE OR REPLACE FUNCTION drift_internal.next_version(model drift.models, status text, parameters jsonb, metrics jsonb, tags jsonb,
	description text, training jsonb, run_id text, lineage jsonb) RETURNS drift.model_versions
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	added drift.model_versions;
	number integer := model.last_version + 1;
	at timestamptz := clock_timestamp();
BEGIN
	training := drift_internal.check_training(training);
	UPDATE drift.models AS m SET last_version = number WHERE m.model_id = model.model_id;
	added.model_id := model.model_id;
	added.version := number;
	added.version_name := format('%s_v%s_%s', model.name, number, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MISS'));
	added.status := status;
	added.stage := 'none';
	added.description := description;
	added.parameters := drift_internal.check_object(parameters, 'parameters');
	added.metrics := drift_internal.check_metrics(metrics);
	added.tags := drift_internal.check_object(tags, 'tags');
	added.training_query := training->>'query';
	added.training_rows := training->>'rows';
	added.training_from := training->>'from';
	added.training_to := training->>'to';
	added.training_hash := training->>'hash';
	added.run_id := run_id;
	added.lineage := drift_internal.check_lineage(model, lineage);
	added.created_at := at;
	added.created_by := pg_get_userbyid(drift_internal.actor());
	RETURN added;
END
$$;

COMMENT ON FUNCTION drift_internal.next_version(drift.models, text, jsonb, jsonb, jsonb, text, jsonb, text, jsonb) IS
	'takes the next number of a locked model; the row of the version, without an artefact and not yet inserted';

CREATE OR REPLACE FUNCTION drift_internal.with_artefact(version drift.model_versions, artefact drift.model) RETURNS drift.model_versions
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts jsonb := drift.describe(artefact);
BEGIN
	IF facts IS NULL THEN
		RAISE EXCEPTION 'a version needs an artefact'
			USING ERRCODE = 'null_value_not_allowed',
				HINT = 'drift.add_external_version() adds a version whose artefact is elsewhere, drift.start_version() one that has none yet.';
	END IF;
	version.status := 'ready';
	version.format := facts->>'source';
	version.task := facts->>'task';
	version.digest := decode(facts->>'digest', 'hex');
	version.size_bytes := facts->'bytes';
	version.inputs := drift_internal.signature(facts->'inputs');
	RETURN version;
END
$$;

COMMENT ON FUNCTION drift_internal.with_artefact(drift.model_versions, drift.model) IS
	'the row of a version with what its artefact says: format, task, digest, size, signature';

CREATE OR REPLACE FUNCTION drift_internal.insert_version(model drift.models, added drift.model_versions, artefact drift.model DEFAULT NULL)
	RETURNS integer
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO drift.model_versions SELECT added.*;
	IF artefact IS NOT NULL THEN
		INSERT INTO drift.model_artefacts (model_id, version, artefact) VALUES (added.model_id, added.version, artefact);
	END IF;
	PERFORM drift_internal.note_version(model, added, 'version_added');
	RETURN added.version;
END
$$;

COMMENT ON FUNCTION drift_internal.insert_version(drift.models, drift.model_versions, drift.model) IS
	'inserts the row of a version of a locked model, and its artefact if it has one; the number';

CREATE OR REPLACE FUNCTION drift_internal.note_version(model drift.models, version drift.model_versions, event text) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts jsonb := jsonb_strip_nulls(jsonb_build_object('status', version.status, 'format', version.format,
		'digest', encode(version.digest, 'hex'), 'run_id', version.run_id, 'error', version.error));
BEGIN
	PERFORM drift_internal.record_event(model.model_id, event, version.version, details => facts);
	IF version.status = 'ready' THEN
		PERFORM drift_internal.emit(model, 'version_ready', facts || jsonb_build_object('version', version.version, 'version_name', version.version_name));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.note_version(drift.models, drift.model_versions, text) IS
	'records what became of a version, and tells outside systems when it is ready';

CREATE OR REPLACE FUNCTION drift.add_version(model text, artefact drift.model, parameters jsonb DEFAULT '{}', metrics jsonb DEFAULT '{}',
	tags jsonb DEFAULT '{}', description text DEFAULT NULL, training jsonb DEFAULT NULL, run_id text DEFAULT NULL,
	lineage jsonb DEFAULT '{}') RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
BEGIN
	RETURN drift_internal.insert_version(locked, drift_internal.with_artefact(drift_internal.next_version(locked, 'ready', parameters,
		metrics, tags, description, training, run_id, lineage), artefact), artefact);
END
$$;

COMMENT ON FUNCTION drift.add_version(text, drift.model, jsonb, jsonb, jsonb, text, jsonb, text, jsonb) IS
	'adds a version to a model and answers its number: the artefact, hyperparameters and metrics by name, tags, what drift.training_snapshot() says of the training rows, the run that trained it, and what else it comes from; it answers nobody until it is promoted or deployed';

CREATE OR REPLACE FUNCTION drift.add_external_version(model text, uri text, digest bytea, inputs jsonb, task text DEFAULT NULL,
	parameters jsonb DEFAULT '{}', metrics jsonb DEFAULT '{}', tags jsonb DEFAULT '{}', description text DEFAULT NULL,
	training jsonb DEFAULT NULL, run_id text DEFAULT NULL, lineage jsonb DEFAULT '{}') RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	added drift.model_versions;
BEGIN
	IF uri IS NULL OR length(digest) IS DISTINCT FROM 32 THEN
		RAISE EXCEPTION 'an outside artefact needs a place and a digest of 32 bytes'
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('uri is %s, digest has %s bytes.', coalesce(quote_literal(uri), 'NULL'), coalesce(length(digest), 0)),
				HINT = 'sha256sum prints the digest of a file; decode(..., ''hex'') makes bytes of it.';
	END IF;
	added := drift_internal.next_version(locked, 'ready', parameters, metrics, tags, description, training, run_id, lineage);
	added.format := 'external';
	added.artefact_uri := uri;
	added.digest := digest;
	added.inputs := drift_internal.check_signature(inputs);
	added.task := task;
	RETURN drift_internal.insert_version(locked, added);
END
$$;

COMMENT ON FUNCTION drift.add_external_version(text, text, bytea, jsonb, text, jsonb, jsonb, jsonb, text, jsonb, text, jsonb) IS
	'adds a version whose artefact is elsewhere and is scored elsewhere: where it is, its SHA-256, and its inputs as an array of {"name", "kind": "number" or "text"}; the rest as in drift.add_version()';
