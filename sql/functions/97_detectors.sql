-- detectors that run by themselves: made, found, removed

CREATE OR REPLACE FUNCTION drift_internal.find_detector(name text, wanted text) RETURNS drift.detectors
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found drift.detectors;
	model drift.models;
BEGIN
	SELECT * INTO found FROM drift.detectors AS d WHERE d.name = find_detector.name;
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = found.model_id;
	-- What one may not see is not there, so that names cannot be guessed.
	IF found.detector_id IS NULL OR NOT (drift_internal.may_run(found.owner)
		OR (model.model_id IS NOT NULL AND drift_internal.allowed(model, 'read')))
	THEN
		RAISE EXCEPTION 'no detector is named "%"', name
			USING ERRCODE = 'undefined_object',
				HINT = 'drift.detectors lists the detectors that you may see; drift.create_detector() makes one.';
	ELSIF wanted <> 'read' AND NOT drift_internal.may_run(found.owner) THEN
		RAISE EXCEPTION 'permission denied for detector "%"', name
			USING ERRCODE = 'insufficient_privilege', DETAIL = format('Only members of its owner %s may do this.', found.owner);
	END IF;
	RETURN found;
END
$$;

COMMENT ON FUNCTION drift_internal.find_detector(text, text) IS
	'the detector of a name for what the acting role wants: read (owner or readers of its model), or run (members of the owner)';

CREATE OR REPLACE FUNCTION drift_internal.store_detector(detector drift.detectors) RETURNS drift.detectors
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stored drift.detectors;
BEGIN
	IF detector.model_id IS NOT NULL THEN
		PERFORM drift_internal.check_allowed(m, 'operate', m.name) FROM drift.models AS m WHERE m.model_id = detector.model_id;
	END IF;
	INSERT INTO drift.detectors (name, owner, model_id, kind, params, source_kind, relation, query, path, expression, time_column,
		time_zone, settle, created_by)
	VALUES (drift_internal.check_name(detector.name, 'detector'), drift_internal.actor(), detector.model_id, detector.kind, detector.params,
		detector.source_kind, detector.relation, detector.query, detector.path, detector.expression, detector.time_column,
		detector.time_zone, detector.settle, pg_get_userbyid(drift_internal.actor()))
	ON CONFLICT (name) DO NOTHING
	RETURNING * INTO stored;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the name "%" is taken', detector.name
			USING ERRCODE = 'duplicate_object', HINT = 'Every detector has a name of its own, also those of other roles.';
	END IF;
	INSERT INTO drift_internal.detector_states (detector_id, detector)
	VALUES (stored.detector_id, drift.detector(detector.kind, detector.params));
	PERFORM drift_internal.note_cluster();
	RETURN stored;
END
$$;

COMMENT ON FUNCTION drift_internal.store_detector(drift.detectors) IS 'writes down a detector that was checked, for the acting role';

-- What a detector reads, for FROM. Outcomes are joined to the answers of the log.
CREATE OR REPLACE FUNCTION drift_internal.detector_from(detector drift.detectors) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log drift.prediction_logs;
BEGIN
	IF detector.relation IS NOT NULL AND drift_internal.relation_name(detector.relation) IS NULL THEN
		RAISE EXCEPTION 'the source of detector "%" was dropped', detector.name
			USING ERRCODE = 'undefined_table', HINT = 'Drop the detector, or make the source again and a detector of it.';
	ELSIF detector.source_kind = 'outcomes' THEN
		SELECT * INTO log FROM drift.prediction_logs AS l WHERE l.log = detector.relation;
		RETURN format('(%s)', drift_internal.labelled_definition(log.log, log.outcomes, true));
	END IF;
	RETURN coalesce(drift_internal.relation_name(detector.relation), format('(%s%s)', detector.query, E'\n'));
END
$$;

COMMENT ON FUNCTION drift_internal.detector_from(drift.detectors) IS 'what a detector reads, for FROM: its source, or the labelled answers of its prediction log';

CREATE OR REPLACE FUNCTION drift_internal.locate_stream(detector drift.detectors, source text, query text, model text) RETURNS drift.detectors
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log drift.prediction_logs;
BEGIN
	IF source IS NULL AND model IS NULL THEN
		RAISE EXCEPTION 'a detector needs a source or a model'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'With a model and no source it watches the predictions whose outcomes come.';
	END IF;
	IF model IS NOT NULL THEN
		detector.model_id := (drift_internal.find_model(model, 'operate')).model_id;
	END IF;
	IF source IS NULL THEN
		log := drift_internal.find_log(model, 'operate');
		detector.source_kind := 'outcomes';
		detector.relation := log.log;
		detector.expression := coalesce(detector.expression,
			'COALESCE((label <> actual)::pg_catalog.int4::pg_catalog.float8, pg_catalog.abs(score - actual_value))');
		detector.time_column := coalesce(detector.time_column, 'recorded_at');
		RETURN detector;
	END IF;
	IF detector.expression IS NULL THEN
		RAISE EXCEPTION 'expression is not given'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'It is the value of a row: a column with a number, or an SQL expression.';
	END IF;
	detector.relation := drift_internal.named_relation(source, query);
	detector.source_kind := CASE WHEN detector.relation IS NULL THEN 'query' ELSE 'relation' END;
	detector.query := CASE WHEN detector.relation IS NULL THEN query END;
	RETURN detector;
END
$$;

COMMENT ON FUNCTION drift_internal.locate_stream(drift.detectors, text, text, text) IS 'the detector with its source: outcomes of a model, a relation or a query';

-- A boolean is an error where it is true.
CREATE OR REPLACE FUNCTION drift_internal.check_stream(detector drift.detectors) RETURNS drift.detectors
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rows_query CONSTANT text := format('SELECT * FROM %s AS source', drift_internal.detector_from(detector));
	found_type oid;
BEGIN
	PERFORM drift_internal.check_expression(detector.owner, detector.expression, 'expression', NULL, rows_query, detector.path);
	SELECT t.base_type INTO found_type
	FROM drift_internal.types_as(detector.owner, format(E'SELECT (%s\n) AS expression FROM (%s) AS source', detector.expression, rows_query),
		detector.path) AS t;
	IF found_type = 'bool'::regtype THEN
		detector.expression := format(E'(%s\n)::pg_catalog.int4', detector.expression);
	ELSIF found_type NOT IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'float4'::regtype, 'float8'::regtype, 'numeric'::regtype) THEN
		RAISE EXCEPTION 'expression is of type % and must be a number or a boolean', format_type(found_type, NULL)
			USING ERRCODE = 'datatype_mismatch', DETAIL = format('It is: %s', detector.expression);
	END IF;
	detector.time_column := coalesce(detector.time_column, drift_internal.guess_time_column(detector.owner, rows_query, detector.path));
	PERFORM drift_internal.check_time_column(detector.owner, detector.time_column, rows_query, detector.path);
	-- Whether it may be read at all is asked when a query starts, not when it is analysed.
	PERFORM * FROM drift_internal.read_as(detector.owner, format('SELECT 1 FROM (%s) AS source LIMIT 0', rows_query), detector.path) AS r (one integer);
	RETURN detector;
END
$$;

COMMENT ON FUNCTION drift_internal.check_stream(drift.detectors) IS 'the detector with its expression as a number and its time column, or an error unless its source can be read so';

CREATE OR REPLACE FUNCTION drift_internal.create_detector(detector drift.detectors, source text, query text, model text)
	RETURNS SETOF drift.detectors
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM drift_internal.check_name(detector.name, 'detector');
	PERFORM drift.detector(detector.kind, detector.params);
	IF detector.settle IS NULL OR detector.settle < '0' THEN
		RAISE EXCEPTION 'settle cannot be %', coalesce(detector.settle::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It is how long rows may come late, 0 if they do not.';
	END IF;
	detector.time_zone := drift_internal.check_time_zone(detector.time_zone);
	detector.owner := drift_internal.actor();
	detector := drift_internal.check_stream(drift_internal.locate_stream(detector, source, query, model));
	RETURN NEXT drift_internal.store_detector(detector);
END
$$;

COMMENT ON FUNCTION drift_internal.create_detector(drift.detectors, text, text, text) IS
	'drift.create_detector() with a detector that has its options and the path on which names are looked up';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.create_detector(
	name text,
	kind text,
	source text DEFAULT NULL,
	model text DEFAULT NULL,
	expression text DEFAULT NULL,
	time_column text DEFAULT NULL,
	params jsonb DEFAULT '{}',
	settle interval DEFAULT '0',
	time_zone text DEFAULT 'UTC')
	RETURNS SETOF drift.detectors
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT d.* FROM drift_internal.create_detector(
		pg_catalog.jsonb_populate_record(NULL::drift.detectors, pg_catalog.jsonb_build_object('name', name, 'kind', kind, 'params', params,
			'expression', expression, 'time_column', time_column, 'settle', settle, 'time_zone', time_zone,
			'path', current_setting('search_path'))),
		source, drift.source_query(source), model) AS d;
END;

COMMENT ON FUNCTION drift.create_detector(text, text, text, text, text, text, jsonb, interval, text) IS
	'declares a detector of change that keeps its state: over the outcomes of a model, whose errors (0 or 1, or the absolute error) it watches, or over a table, view or query with a time column and an expression for the value of a row, a number or a boolean. drift.update_detectors() adds what is new; rows must be there settle after their time.';

CREATE OR REPLACE FUNCTION drift.drop_detector(detector text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	dropped CONSTANT drift.detectors := drift_internal.find_detector(detector, 'run');
BEGIN
	-- Who runs it has finished when this goes on.
	PERFORM FROM drift_internal.detector_states AS s WHERE s.detector_id = dropped.detector_id FOR UPDATE;
	PERFORM drift_internal.close_alert(a.alert_id, clock_timestamp(), 'the detector was dropped')
	FROM drift.alerts AS a WHERE a.detector_id = dropped.detector_id AND a.status <> 'resolved';
	DELETE FROM drift.change_points AS c WHERE c.detector_id = dropped.detector_id;
	DELETE FROM drift_internal.detector_states AS s WHERE s.detector_id = dropped.detector_id;
	DELETE FROM drift.detectors AS d WHERE d.detector_id = dropped.detector_id;
END
$$;

COMMENT ON FUNCTION drift.drop_detector(text) IS 'removes a detector with what it found, for members of its owner; its open alert is resolved';

CREATE OR REPLACE FUNCTION drift.pause_detector(detector text, paused boolean DEFAULT true) RETURNS SETOF drift.detectors
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT drift.detectors := drift_internal.find_detector(detector, 'run');
BEGIN
	RETURN QUERY
		UPDATE drift.detectors AS d
		SET paused_at = CASE WHEN pause_detector.paused THEN coalesce(d.paused_at, clock_timestamp()) END
		WHERE d.detector_id = found.detector_id
		RETURNING d.*;
END
$$;

COMMENT ON FUNCTION drift.pause_detector(text, boolean) IS
	'has cycles, schedules and drift.update_detectors() leave a detector alone, or no longer; what comes meanwhile is added afterwards';

CREATE OR REPLACE FUNCTION drift.stored_detector(detector text) RETURNS drift.detector
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.detector
	FROM drift_internal.find_detector(detector, 'run') AS d
	JOIN drift_internal.detector_states AS s ON s.detector_id = d.detector_id
$$;

COMMENT ON FUNCTION drift.stored_detector(text) IS 'what a detector that runs by itself knows, for members of its owner: it may hold values of the source';
