-- what is told about a version, checked

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
