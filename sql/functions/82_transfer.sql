-- versions from one database to another

CREATE OR REPLACE FUNCTION drift.export_version(model text, version integer) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model drift.models := drift_internal.find_model(model, 'read');
	exported drift.model_versions := drift_internal.check_ready(found_model, version);
BEGIN
	-- A string of jsonb ends at 256 MB, and base64 is a third longer than the model.
	IF exported.size_bytes > 200000000 THEN
		RAISE EXCEPTION 'version % of model "%" is too large for JSON', version, model
			USING ERRCODE = 'program_limit_exceeded', DETAIL = format('It has %s bytes; 200000000 would fit.', exported.size_bytes),
				HINT = 'Copy the artefact itself from drift.model_artefacts and add it with drift.add_version().';
	END IF;
	RETURN jsonb_build_object('drift_version_export', 1, 'model', found_model.name, 'version', exported.version,
		'version_name', exported.version_name, 'description', exported.description,
		'format', exported.format, 'task', exported.task, 'digest', encode(exported.digest, 'hex'), 'inputs', exported.inputs,
		'artefact', (SELECT a.artefact::text FROM drift.model_artefacts AS a
			WHERE a.model_id = exported.model_id AND a.version = exported.version),
		'artefact_uri', exported.artefact_uri, 'parameters', exported.parameters, 'metrics', exported.metrics, 'tags', exported.tags,
		'training', jsonb_build_object('query', exported.training_query, 'rows', exported.training_rows,
			'from', exported.training_from, 'to', exported.training_to, 'hash', exported.training_hash),
		'run_id', exported.run_id, 'lineage', exported.lineage, 'created_at', exported.created_at, 'created_by', exported.created_by,
		'system_identifier', (SELECT s.system_identifier::text FROM pg_control_system() AS s), 'database', current_database());
END
$$;

COMMENT ON FUNCTION drift.export_version(text, integer) IS
	'all of a ready version as JSON, artefact included, for drift.import_version() in another database';

CREATE OR REPLACE FUNCTION drift_internal.check_export(exported jsonb) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF exported->>'drift_version_export' IS DISTINCT FROM '1' THEN
		RAISE EXCEPTION 'this is not an exported version'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'Its key "drift_version_export" is not 1.',
				HINT = 'drift.export_version() makes one.';
	ELSIF exported->>'format' <> 'external' AND exported->>'artefact' IS NULL THEN
		RAISE EXCEPTION 'the exported version has no artefact'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_export(jsonb) IS 'an error if this is not what drift.export_version() makes';

-- Numbers of the other registry mean nothing here, so its lineage is kept apart.
CREATE OR REPLACE FUNCTION drift_internal.imported_lineage(exported jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_build_object('imported_from', jsonb_object_agg(e.key, e.value))
	FROM jsonb_each(exported) AS e
	WHERE e.key IN ('model', 'version', 'version_name', 'lineage', 'created_at', 'created_by', 'system_identifier', 'database')
$$;

COMMENT ON FUNCTION drift_internal.imported_lineage(jsonb) IS 'lineage of an imported version: where it was';

CREATE OR REPLACE FUNCTION drift.import_version(model text, exported jsonb) RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	added drift.model_versions;
	artefact drift.model;
BEGIN
	PERFORM drift_internal.check_export(exported);
	added := drift_internal.next_version(locked, 'ready', exported->'parameters', exported->'metrics', exported->'tags', exported->>'description',
		exported->'training', exported->>'run_id', drift_internal.imported_lineage(exported));
	IF exported->>'format' = 'external' THEN
		added.format := 'external';
		added.task := exported->>'task';
		added.artefact_uri := exported->>'artefact_uri';
		added.digest := decode(exported->>'digest', 'hex');
		added.inputs := drift_internal.check_signature(exported->'inputs');
	ELSE
		artefact := exported->>'artefact';
		added := drift_internal.with_artefact(added, artefact);
	END IF;
	IF encode(added.digest, 'hex') IS DISTINCT FROM exported->>'digest' THEN
		RAISE EXCEPTION 'the artefact is not the one that was exported'
			USING ERRCODE = 'data_corrupted', DETAIL = format('Its digest is %s instead of %s.', encode(added.digest, 'hex'), exported->>'digest');
	END IF;
	RETURN drift_internal.insert_version(locked, added, artefact);
END
$$;

COMMENT ON FUNCTION drift.import_version(text, jsonb) IS
	'adds what drift.export_version() made in another database to a model as its next version and answers the number; its lineage says where it was';
