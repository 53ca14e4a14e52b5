-- versions of models: numbered without gaps, because the model is locked while one is added

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
