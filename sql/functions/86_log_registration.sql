-- what the extension remembers of prediction logs
--
-- The tables are made with the rights of their owners; only what is written down about them is written by
-- functions that run as the owner of the extension.

CREATE OR REPLACE FUNCTION drift_internal.find_log(model text, wanted text) RETURNS drift.prediction_logs
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_model CONSTANT drift.models := drift_internal.find_model(model, wanted);
	log drift.prediction_logs;
BEGIN
	SELECT * INTO log FROM drift.prediction_logs AS l WHERE l.model_id = found_model.model_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'model "%" has no prediction log', model
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'drift.create_prediction_log() makes one.';
	ELSIF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = log.log AND c.relkind = 'p') THEN
		RAISE EXCEPTION 'the prediction log of model "%" was dropped', model
			USING ERRCODE = 'undefined_table', HINT = 'drift.create_prediction_log() makes a new one.';
	END IF;
	RETURN log;
END
$$;

COMMENT ON FUNCTION drift_internal.find_log(text, text) IS
	'the prediction log of a model for what the acting role wants to do with the model, or an error if there is none';

CREATE OR REPLACE FUNCTION drift_internal.check_no_log(model drift.models) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	existing CONSTANT regclass := (
		SELECT c.oid FROM drift.prediction_logs AS l JOIN pg_class AS c ON c.oid = l.log WHERE l.model_id = model.model_id);
BEGIN
	IF existing IS NOT NULL THEN
		RAISE EXCEPTION 'model "%" has a prediction log', model.name
			USING ERRCODE = 'duplicate_object', DETAIL = format('It is %s.', existing),
				HINT = 'drift.extend_prediction_log() adds columns for new features.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_no_log(drift.models) IS 'raises if a model has a prediction log';

-- Two who make the log of a model at once follow each other, before either has made a table.
CREATE OR REPLACE FUNCTION drift_internal.lock_model_without_log(model text) RETURNS drift.models
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'own');
BEGIN
	PERFORM drift_internal.check_no_log(locked);
	RETURN locked;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_model_without_log(text) IS
	'the model, for its owner, locked until the transaction ends; raises if it has a prediction log';

CREATE OR REPLACE FUNCTION drift_internal.check_log_owner(log regclass) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owner CONSTANT regrole := (SELECT c.relowner FROM pg_class AS c WHERE c.oid = log);
BEGIN
	IF owner IS NULL OR NOT drift_internal.acts_as(owner) THEN
		RAISE EXCEPTION 'must be owner of table %', log
			USING ERRCODE = 'insufficient_privilege',
				DETAIL = format('It belongs to %s.', coalesce(owner::text, 'nobody: it was dropped'));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_log_owner(regclass) IS
	'raises unless the acting role has the rights of the owner of a table';

CREATE OR REPLACE FUNCTION drift_internal.register_log(model text, log regclass, outcomes regclass, retention interval,
	days_ahead integer, uses_partman boolean) RETURNS drift.prediction_logs
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'own');
	registered drift.prediction_logs;
BEGIN
	PERFORM drift_internal.check_log_owner(t) FROM unnest(ARRAY[log, outcomes]) AS t;
	IF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = log AND c.relkind = 'p') THEN
		RAISE EXCEPTION '% is not a partitioned table', log USING ERRCODE = 'wrong_object_type';
	END IF;
	PERFORM drift_internal.check_no_log(locked);
	-- A log that was dropped makes way for the new one.
	WITH dropped AS (
		DELETE FROM drift.prediction_logs AS l
		WHERE l.model_id = locked.model_id AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = l.log)
		RETURNING l.log_id
	)
	DELETE FROM drift.prediction_log_features AS f USING dropped WHERE f.log_id = dropped.log_id;
	INSERT INTO drift.prediction_logs (model_id, log, outcomes, retention, days_ahead, uses_partman, created_by)
	VALUES (locked.model_id, log, outcomes, retention, days_ahead, uses_partman, pg_get_userbyid(drift_internal.actor()))
	RETURNING * INTO registered;
	PERFORM drift_internal.record_event(locked.model_id, 'prediction_log_created',
		details => jsonb_build_object('log', log::text, 'outcomes', outcomes::text, 'log_id', registered.log_id));
	RETURN registered;
END
$$;

COMMENT ON FUNCTION drift_internal.register_log(text, regclass, regclass, interval, integer, boolean) IS
	'remembers the prediction log of a model, for who owns both';

CREATE OR REPLACE FUNCTION drift_internal.lock_log(model text) RETURNS drift.prediction_logs
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked CONSTANT drift.models := drift_internal.lock_model(model, 'read');
	log CONSTANT drift.prediction_logs := drift_internal.find_log(model, 'read');
BEGIN
	PERFORM drift_internal.check_log_owner(log.log);
	RETURN log;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_log(text) IS
	'the prediction log of a model for its owner, with the model locked: who changes a log locks its model first';

CREATE OR REPLACE FUNCTION drift_internal.register_features(model text, features text[], columns text[], version integer) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.lock_log(model);
BEGIN
	INSERT INTO drift.prediction_log_features (log_id, feature, column_name)
	SELECT log.log_id, f.feature, f.column_name
	FROM unnest(features, columns) AS f (feature, column_name)
	JOIN pg_attribute AS a ON a.attrelid = log.log AND a.attname = f.column_name AND a.attnum > 0 AND NOT a.attisdropped
	ON CONFLICT ON CONSTRAINT prediction_log_features_pkey DO UPDATE SET column_name = excluded.column_name;
	IF version IS NOT NULL THEN
		PERFORM drift_internal.record_event(log.model_id, 'prediction_log_extended', version,
			details => jsonb_build_object('log', log.log::text, 'features', to_jsonb(features)));
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.register_features(text, text[], text[], integer) IS
	'remembers which columns of its log hold the features of a model, for the owner of the log; with a version as an event';
