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

CREATE OR REPLACE FUNCTION drift.start_version(model text, parameters jsonb DEFAULT '{}', tags jsonb DEFAULT '{}', description text DEFAULT NULL,
	training jsonb DEFAULT NULL, run_id text DEFAULT NULL, lineage jsonb DEFAULT '{}') RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
BEGIN
	RETURN drift_internal.insert_version(locked, drift_internal.next_version(locked, 'pending', parameters, '{}', tags, description,
		training, run_id, lineage));
END
$$;

COMMENT ON FUNCTION drift.start_version(text, jsonb, jsonb, text, jsonb, text, jsonb) IS
	'takes a number for a version that is yet to be trained: it is pending until drift.finish_version() or drift.fail_version()';

CREATE OR REPLACE FUNCTION drift_internal.check_pending(model drift.models, version integer) RETURNS drift.model_versions
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	pending drift.model_versions := drift_internal.find_version(model, version);
BEGIN
	IF pending.status <> 'pending' THEN
		RAISE EXCEPTION 'version % of model "%" is not pending', version, model.name
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('Its status is %s.', pending.status),
				HINT = 'What a version is never changes; drift.add_version() adds another.';
	END IF;
	RETURN pending;
END
$$;

COMMENT ON FUNCTION drift_internal.check_pending(drift.models, integer) IS 'a version that was started and neither finished nor failed, or an error';

CREATE OR REPLACE FUNCTION drift.finish_version(model text, version integer, artefact drift.model, metrics jsonb DEFAULT '{}',
	parameters jsonb DEFAULT '{}', training jsonb DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	finished drift.model_versions := drift_internal.with_artefact(drift_internal.check_pending(locked, version), artefact);
BEGIN
	training := drift_internal.check_training(training);
	UPDATE drift.model_versions AS v
	SET status = 'ready', format = finished.format, task = finished.task, digest = finished.digest, size_bytes = finished.size_bytes,
		inputs = finished.inputs, metrics = v.metrics || drift_internal.check_metrics(finish_version.metrics),
		parameters = v.parameters || drift_internal.check_object(finish_version.parameters, 'parameters'),
		training_query = coalesce(training->>'query', v.training_query),
		training_rows = coalesce((training->>'rows')::bigint, v.training_rows),
		training_from = coalesce((training->>'from')::timestamptz, v.training_from),
		training_to = coalesce((training->>'to')::timestamptz, v.training_to),
		training_hash = coalesce(training->>'hash', v.training_hash)
	WHERE v.model_id = locked.model_id AND v.version = finished.version;
	INSERT INTO drift.model_artefacts (model_id, version, artefact) VALUES (locked.model_id, finished.version, artefact);
	PERFORM drift_internal.note_version(locked, finished, 'version_finished');
END
$$;

COMMENT ON FUNCTION drift.finish_version(text, integer, drift.model, jsonb, jsonb, jsonb) IS
	'gives a pending version its artefact, which makes it ready; metrics, parameters and what is told of the training rows are added to what it has';

CREATE OR REPLACE FUNCTION drift.fail_version(model text, version integer, error text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	failed drift.model_versions := drift_internal.check_pending(locked, version);
BEGIN
	failed.status := 'failed';
	failed.error := error;
	UPDATE drift.model_versions AS v SET status = 'failed', error = fail_version.error
	WHERE v.model_id = locked.model_id AND v.version = failed.version;
	PERFORM drift_internal.note_version(locked, failed, 'version_failed');
END
$$;

COMMENT ON FUNCTION drift.fail_version(text, integer, text) IS 'ends a pending version without an artefact and keeps why; its number stays taken';

CREATE OR REPLACE FUNCTION drift.log_metrics(model text, version integer, metrics jsonb) RETURNS jsonb
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	before jsonb := (drift_internal.find_version(locked, version)).metrics;
	result jsonb := drift_internal.merged(before, drift_internal.check_metrics(metrics));
BEGIN
	UPDATE drift.model_versions AS v SET metrics = result WHERE v.model_id = locked.model_id AND v.version = log_metrics.version;
	PERFORM drift_internal.record_event(locked.model_id, 'metrics_logged', version,
		details => jsonb_build_object('metrics', result, 'previous_metrics', before));
	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.log_metrics(text, integer, jsonb) IS
	'sets some metrics of a version, numbers by name, and answers all that it has; null removes one, and drift.model_events keeps what there was';

CREATE OR REPLACE FUNCTION drift_internal.check_unused(model drift.models, version integer) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	aliases text := (SELECT string_agg(a.alias, ', ' ORDER BY a.alias)
		FROM drift.model_aliases AS a WHERE a.model_id = model.model_id AND a.version = check_unused.version);
	request bigint := (SELECT r.request_id
		FROM drift.promotion_requests AS r WHERE r.model_id = model.model_id AND r.version = check_unused.version AND r.status = 'open');
BEGIN
	IF aliases IS NOT NULL THEN
		RAISE EXCEPTION 'version % of model "%" is in use', version, model.name
			USING ERRCODE = 'object_in_use', DETAIL = format('Its aliases are %s.', aliases),
				HINT = 'Set them to other versions or remove them first.';
	ELSIF request IS NOT NULL THEN
		RAISE EXCEPTION 'version % of model "%" is in use', version, model.name
			USING ERRCODE = 'object_in_use', DETAIL = format('Request %s to promote it is open.', request),
				HINT = 'drift.withdraw_request() closes it.';
	END IF;
	PERFORM drift_internal.check_not_deploying(model, version);
END
$$;

COMMENT ON FUNCTION drift_internal.check_unused(drift.models, integer) IS
	'an error if a version has aliases, is in a running deployment or in an open request for promotion';

CREATE OR REPLACE FUNCTION drift.delete_version(model text, version integer, reason text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'own');
	status text := (drift_internal.find_version(locked, version)).status;
BEGIN
	IF status = 'deleted' THEN
		RAISE EXCEPTION 'version % of model "%" is deleted already', version, locked.name
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM drift_internal.check_unused(locked, version);
	DELETE FROM drift.model_artefacts AS a WHERE a.model_id = locked.model_id AND a.version = delete_version.version;
	UPDATE drift.model_versions AS v SET status = 'deleted' WHERE v.model_id = locked.model_id AND v.version = delete_version.version;
	PERFORM drift_internal.record_event(locked.model_id, 'version_deleted', version, reason, jsonb_build_object('previous_status', status));
END
$$;

COMMENT ON FUNCTION drift.delete_version(text, integer, text) IS
	'removes the artefact of a version that nothing uses; its number stays taken, and what is known of it stays, because predictions name it';
