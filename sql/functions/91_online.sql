-- learners that learn as rows come: made, found, removed

CREATE OR REPLACE FUNCTION drift_internal.find_learner(name text, wanted text) RETURNS drift.learners
	LANGUAGE plpgsql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found drift.learners;
	model drift.models;
BEGIN
	SELECT * INTO found FROM drift.learners AS l WHERE l.name = find_learner.name;
	SELECT * INTO model FROM drift.models AS m WHERE m.model_id = found.model_id;
	-- What one may not see is not there, so that names cannot be guessed.
	IF found.learner_id IS NULL OR NOT (drift_internal.may_run(found.owner)
		OR (model.model_id IS NOT NULL AND drift_internal.allowed(model, 'read')))
	THEN
		RAISE EXCEPTION 'no learner is named "%"', name
			USING ERRCODE = 'undefined_object',
				HINT = 'drift.learners lists the learners that you may see; drift.create_learner() makes one.';
	ELSIF wanted <> 'read' AND NOT drift_internal.may_run(found.owner) THEN
		RAISE EXCEPTION 'permission denied for learner "%"', name
			USING ERRCODE = 'insufficient_privilege', DETAIL = format('Only members of its owner %s may do this.', found.owner);
	END IF;
	RETURN found;
END
$$;

COMMENT ON FUNCTION drift_internal.find_learner(text, text) IS
	'the learner of a name for what the acting role wants: read (owner or readers of its model), or run (members of the owner)';

CREATE OR REPLACE FUNCTION drift_internal.learner_detector(learner drift.learners) RETURNS drift.detector
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN learner.detector IS NOT NULL THEN drift.detector(learner.detector, learner.detector_params) END
$$;

COMMENT ON FUNCTION drift_internal.learner_detector(drift.learners) IS 'a detector of a learner that has seen nothing; NULL: it has none';

CREATE OR REPLACE FUNCTION drift_internal.check_learner(learner drift.learners) RETURNS drift.learners
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	twice text;
BEGIN
	PERFORM drift_internal.check_name(learner.name, 'learner');
	IF learner.label IS NULL THEN
		RAISE EXCEPTION 'a learner needs the column that it is to predict'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'label => ''churned''';
	ELSIF learner.algorithm IS NULL OR learner.algorithm NOT IN ('logistic', 'linear') THEN
		RAISE EXCEPTION 'no algorithm that learns row by row is called "%"', coalesce(learner.algorithm, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'They are logistic, for classes, and linear, for numbers.';
	ELSIF learner.algorithm = 'linear' AND learner.classes IS NOT NULL THEN
		RAISE EXCEPTION 'a linear learner has no classes'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Take the algorithm logistic.';
	ELSIF (learner.publish_every IS NOT NULL OR learner.publish_after_drift IS NOT NULL) AND learner.model_id IS NULL THEN
		RAISE EXCEPTION 'versions can be published only of a model'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'Say of which: model => ''churn''.';
	ELSIF learner.publish_every < 1 OR learner.publish_after_drift < 1 THEN
		RAISE EXCEPTION 'a number of rows must be 1 or more' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT c.name INTO twice
	FROM unnest(learner.features || ARRAY[learner.label, learner.time_column, learner.weight_column]) AS c (name)
	WHERE c.name IS NOT NULL GROUP BY c.name HAVING count(*) > 1 ORDER BY c.name LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" is named twice', twice
			USING ERRCODE = 'duplicate_column', DETAIL = 'A column is a feature, the label, the time or the weight.';
	END IF;
	PERFORM drift_internal.learner_make(learner.params, coalesce(nullif(learner.features, '{}'), ARRAY['x']),
		array_fill(false, ARRAY[coalesce(nullif(cardinality(learner.features), 0), 1)]),
		CASE WHEN learner.algorithm = 'linear' THEN '{}' ELSE coalesce(learner.classes, '{false,true}') END,
		drift_internal.learner_detector(learner));
	RETURN learner;
END
$$;

COMMENT ON FUNCTION drift_internal.check_learner(drift.learners) IS 'the learner, or an error that says what is wrong with it';

CREATE OR REPLACE FUNCTION drift.create_learner(
	name text,
	label text,
	algorithm text DEFAULT 'logistic',
	classes text[] DEFAULT NULL,
	features text[] DEFAULT NULL,
	params jsonb DEFAULT '{}',
	detector text DEFAULT 'adwin',
	detector_params jsonb DEFAULT '{}',
	model text DEFAULT NULL,
	publish_every bigint DEFAULT NULL,
	publish_after_drift bigint DEFAULT NULL,
	time_column text DEFAULT NULL,
	weight_column text DEFAULT NULL)
	RETURNS SETOF drift.learners
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	made drift.learners;
BEGIN
	IF model IS NOT NULL THEN
		made.model_id := (drift_internal.find_model(model, 'operate')).model_id;
	END IF;
	made := drift_internal.check_learner(jsonb_populate_record(made, jsonb_build_object('name', name, 'label', label, 'algorithm', algorithm,
		'classes', classes, 'features', features, 'params', coalesce(params, '{}'), 'detector', detector,
		'detector_params', coalesce(detector_params, '{}'), 'publish_every', publish_every, 'publish_after_drift', publish_after_drift,
		'time_column', time_column, 'weight_column', weight_column)));
	INSERT INTO drift.learners AS l (name, owner, model_id, algorithm, label, classes, features, time_column, weight_column, params, detector,
		detector_params, publish_every, publish_after_drift, created_by)
	VALUES (made.name, drift_internal.actor(), made.model_id, made.algorithm, made.label, made.classes, made.features, made.time_column,
		made.weight_column, made.params, made.detector, made.detector_params, made.publish_every, made.publish_after_drift,
		pg_get_userbyid(drift_internal.actor()))
	ON CONFLICT ON CONSTRAINT learners_name_key DO NOTHING
	RETURNING l.* INTO made;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the name "%" is taken', name
			USING ERRCODE = 'duplicate_object', HINT = 'Every learner has a name of its own, also those of other roles.';
	END IF;
	INSERT INTO drift_internal.learner_states (learner_id) VALUES (made.learner_id);
	PERFORM drift_internal.note_cluster();
	RETURN NEXT made;
END
$$;

COMMENT ON FUNCTION drift.create_learner(text, text, text, text[], text[], jsonb, text, jsonb, text, bigint, bigint, text, text) IS
	'declares a model that learns row by row: logistic for classes, linear for numbers, from the given columns or all others. params choose the optimiser and its rates, and what happens when the detector, which watches its errors, finds a change. drift.partial_fit() or the trigger drift.learn_batch() bring rows. With a model it publishes versions of that: every so many rows, and so many rows after a change.';

CREATE OR REPLACE FUNCTION drift.drop_learner(learner text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	dropped CONSTANT drift.learners := drift_internal.find_learner(learner, 'run');
BEGIN
	-- Who lets it learn has finished when this goes on.
	PERFORM FROM drift_internal.learner_states AS s WHERE s.learner_id = dropped.learner_id FOR UPDATE;
	DELETE FROM drift.learner_updates AS u WHERE u.learner_id = dropped.learner_id;
	DELETE FROM drift_internal.learner_states AS s WHERE s.learner_id = dropped.learner_id;
	DELETE FROM drift.learners AS l WHERE l.learner_id = dropped.learner_id;
END
$$;

COMMENT ON FUNCTION drift.drop_learner(text) IS 'removes a learner with what it learned, for members of its owner; versions that it published stay';

CREATE OR REPLACE FUNCTION drift.reset_learner(learner text) RETURNS SETOF drift.learners
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known CONSTANT drift.learners := drift_internal.find_learner(learner, 'run');
BEGIN
	UPDATE drift_internal.learner_states AS s SET learner = NULL WHERE s.learner_id = known.learner_id;
	-- Columns that were found by themselves are found anew.
	RETURN QUERY
		UPDATE drift.learners AS l
		SET seen = 0, learned = 0, changes = 0, changed_at = NULL, is_warning = false, metrics = '{}', published_seen = 0, read_to = NULL,
			categorical = NULL, found_features = false,
			features = CASE WHEN NOT l.found_features THEN l.features END
		WHERE l.learner_id = known.learner_id
		RETURNING l.*;
END
$$;

COMMENT ON FUNCTION drift.reset_learner(text) IS 'lets a learner forget all that it learned, for members of its owner; its history and versions stay';

CREATE OR REPLACE FUNCTION drift.learner_model(learner text) RETURNS drift.model
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.learner_artefact(s.learner)
	FROM drift_internal.find_learner(learner, 'run') AS l
	JOIN drift_internal.learner_states AS s ON s.learner_id = l.learner_id
$$;

COMMENT ON FUNCTION drift.learner_model(text) IS
	'the model that a learner is at this moment, to score rows with, for members of its owner; NULL where it has learned nothing';
