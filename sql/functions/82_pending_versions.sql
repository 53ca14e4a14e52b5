-- versions whose training takes a while: they have their number before they have an artefact

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
