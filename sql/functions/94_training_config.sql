-- what a model is trained on and how: said, changed, taken away

CREATE OR REPLACE FUNCTION drift_internal.default_candidates(is_class boolean) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('[{"algorithm": "%s", "params": {"clip": true}}, {"algorithm": "random_forest"}, {"algorithm": "gradient_boosting", '
			'"params": {"n_estimators": 300, "learning_rate": 0.1, "max_depth": 4, "early_stopping_rounds": 20}}]',
		CASE WHEN is_class THEN 'logistic' ELSE 'ridge' END)::jsonb
$$;

COMMENT ON FUNCTION drift_internal.default_candidates(boolean) IS 'algorithms that are trained where none are named: a linear one that does not extrapolate, and boosting that ends where the validation rows say so';

-- Outcomes of a log are classes unless the champion predicts a number.
CREATE OR REPLACE FUNCTION drift_internal.default_label(model_id integer, options jsonb) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.log_name(l.log_id, CASE WHEN coalesce(options ->> 'task', (
			SELECT v.task FROM drift.model_aliases AS a JOIN drift.model_versions AS v USING (model_id, version)
			WHERE a.model_id = default_label.model_id AND a.alias = 'champion')) = 'regression' THEN 'actual_value' ELSE 'actual' END)
	FROM drift.prediction_logs AS l
	WHERE l.model_id = default_label.model_id
$$;

COMMENT ON FUNCTION drift_internal.default_label(integer, jsonb) IS 'column of the training rows from a prediction log that is learnt';

CREATE OR REPLACE FUNCTION drift_internal.complete_log_config(config drift.training_configs) RETURNS drift.training_configs
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.find_outcomes((SELECT m.name FROM drift.models AS m WHERE m.model_id = config.model_id));
BEGIN
	config.source_kind := 'log';
	config.relation := NULL;
	config.query := NULL;
	config.label := coalesce(config.label, drift_internal.default_label(config.model_id, config.options));
	config.time_column := coalesce(config.time_column, drift_internal.log_name(log.log_id, 'predicted_at'));
	config.labelled_column := coalesce(config.labelled_column, drift_internal.log_name(log.log_id, 'observed_at'));
	RETURN config;
END
$$;

COMMENT ON FUNCTION drift_internal.complete_log_config(drift.training_configs) IS
	'a configuration of training on the prediction log of its model, with the columns that follow from that';

CREATE OR REPLACE FUNCTION drift_internal.locate_training(config drift.training_configs, source text, query text) RETURNS drift.training_configs
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation CONSTANT regclass := drift_internal.named_relation(source, query);
BEGIN
	IF source IS NULL OR relation IN (SELECT l.log FROM drift.prediction_logs AS l WHERE l.model_id = config.model_id) THEN
		RETURN drift_internal.complete_log_config(config);
	ELSIF config.label IS NULL THEN
		RAISE EXCEPTION 'label is not given'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'label names the column that is to be predicted.';
	END IF;
	config.source_kind := CASE WHEN relation IS NULL THEN 'query' ELSE 'relation' END;
	config.relation := relation;
	config.query := CASE WHEN relation IS NULL THEN query END;
	RETURN config;
END
$$;

COMMENT ON FUNCTION drift_internal.locate_training(drift.training_configs, text, text) IS
	'a configuration of training with its source: the prediction log of its model, a relation or a query';

CREATE OR REPLACE FUNCTION drift_internal.store_training(config drift.training_configs, model text) RETURNS drift.training_configs
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'own');
	stored drift.training_configs;
BEGIN
	INSERT INTO drift.training_configs AS t
		(model_id, owner, source_kind, relation, query, path, label, features, excluded, time_column, labelled_column, key_column, weight_column,
			candidates, options, created_by, changed_by)
	VALUES (locked.model_id, drift_internal.actor(), config.source_kind, config.relation, config.query, config.path, config.label, config.features,
		coalesce(config.excluded, '{}'), config.time_column, config.labelled_column, config.key_column, config.weight_column, config.candidates,
		config.options, pg_get_userbyid(drift_internal.actor()), pg_get_userbyid(drift_internal.actor()))
	ON CONFLICT (model_id) DO UPDATE SET owner = excluded.owner, source_kind = excluded.source_kind, relation = excluded.relation,
		query = excluded.query, path = excluded.path, label = excluded.label, features = excluded.features, excluded = excluded.excluded,
		time_column = excluded.time_column, labelled_column = excluded.labelled_column, key_column = excluded.key_column,
		weight_column = excluded.weight_column, candidates = excluded.candidates, options = excluded.options,
		changed_at = clock_timestamp(), changed_by = excluded.changed_by
	RETURNING * INTO stored;
	PERFORM drift_internal.record_event(locked.model_id, 'training_set', details => jsonb_strip_nulls(jsonb_build_object(
		'source', coalesce(config.relation::text, config.query, 'prediction log'), 'label', config.label, 'candidates', config.candidates,
		'options', config.options)));
	PERFORM drift_internal.note_cluster();
	RETURN stored;
END
$$;

COMMENT ON FUNCTION drift_internal.store_training(drift.training_configs, text) IS 'writes down how a model is trained, for the acting role';

CREATE OR REPLACE FUNCTION drift_internal.set_training(config drift.training_configs, model text, source text, query text) RETURNS drift.training_configs
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	obstacle text;
	frame drift_internal.training_frame;
BEGIN
	config.model_id := (drift_internal.find_model(model, 'own')).model_id;
	config.owner := drift_internal.actor();
	config.excluded := coalesce(config.excluded, '{}');
	config.options := jsonb_strip_nulls(drift_internal.check_training_options(config.options));
	config := drift_internal.locate_training(config, source, query);
	frame := drift_internal.training_frame(config, NULL, '{}');
	-- A column that is left in by a slip of the pen may tell the label.
	PERFORM drift_internal.check_columns(config.excluded, frame.columns);
	IF frame.features = '{}' THEN
		RAISE EXCEPTION 'there is nothing to learn from: no column of the training rows is a feature'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('The columns are %s.', array_to_string(frame.columns, ', '));
	END IF;
	config.candidates := coalesce(config.candidates, drift_internal.default_candidates(frame.is_class));
	obstacle := drift_internal.candidates_obstacle(config.candidates);
	IF obstacle IS NOT NULL THEN
		RAISE EXCEPTION 'these are no candidates'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = obstacle,
				HINT = '[{"algorithm": "logistic"}, {"algorithm": "gradient_boosting", "params": {"max_depth": 4}}]';
	END IF;
	-- Whether it may be read at all is asked when a query starts, not when it is analysed.
	PERFORM * FROM drift_internal.read_as(config.owner, format('SELECT 1 FROM (%s) AS source LIMIT 0', drift_internal.sided_rows(frame)), config.path)
		AS r (one integer);
	RETURN drift_internal.store_training(config, model);
END
$$;

COMMENT ON FUNCTION drift_internal.set_training(drift.training_configs, text, text, text) IS
	'drift.set_training() with a configuration that has the path on which names are looked up';

-- No pinned path: the source is found by the caller's.
CREATE OR REPLACE FUNCTION drift.set_training(
	model text,
	label text DEFAULT NULL,
	source text DEFAULT NULL,
	time_column text DEFAULT NULL,
	key_column text DEFAULT NULL,
	features text[] DEFAULT NULL,
	excluded text[] DEFAULT '{}',
	candidates jsonb DEFAULT NULL,
	options jsonb DEFAULT '{}',
	labelled_column text DEFAULT NULL,
	weight_column text DEFAULT NULL)
	RETURNS SETOF drift.training_configs
	LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
	SELECT t.* FROM drift_internal.set_training(
		pg_catalog.jsonb_populate_record(NULL::drift.training_configs, pg_catalog.jsonb_build_object('label', label, 'time_column', time_column,
			'key_column', key_column, 'features', features, 'excluded', excluded, 'candidates', candidates, 'options', coalesce(options, '{}'),
			'labelled_column', labelled_column, 'weight_column', weight_column, 'path', current_setting('search_path'))),
		model, source, drift.source_query(source)) AS t;
END;

COMMENT ON FUNCTION drift.set_training(text, text, text, text, text, text[], text[], jsonb, jsonb, text, text) IS
	'says how a model is retrained: on which rows (a relation''s name or a query; without one the prediction log of the model with its outcomes), what is predicted from which columns, and which algorithms are tried. What was said before is replaced.';

CREATE OR REPLACE FUNCTION drift_internal.find_training(model text, wanted text) RETURNS drift.training_configs
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model CONSTANT drift.models := drift_internal.find_model(model, wanted);
	config drift.training_configs;
BEGIN
	SELECT * INTO config FROM drift.training_configs AS t WHERE t.model_id = found_model.model_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'it is not said how model "%" is trained', found_model.name
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'drift.set_training() says it.';
	END IF;
	RETURN config;
END
$$;

COMMENT ON FUNCTION drift_internal.find_training(text, text) IS
	'how a model is trained, for what the acting role wants to do with the model, or an error where that was not said';

CREATE OR REPLACE FUNCTION drift.drop_training(model text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'own');
BEGIN
	PERFORM drift_internal.find_training(model, 'own');
	DELETE FROM drift.expectations AS e WHERE e.model_id = locked.model_id;
	DELETE FROM drift.training_configs AS t WHERE t.model_id = locked.model_id;
	PERFORM drift_internal.record_event(locked.model_id, 'training_dropped');
END
$$;

COMMENT ON FUNCTION drift.drop_training(text) IS 'forgets how a model is retrained, and its expectations; runs stay';
