-- drift.forget(): erasure of what is kept about an entity
--
-- The audit event has a hash of the key that nobody can undo: its salt is handed to the caller and kept nowhere.

-- With row security in the way the statements fail: an erasure that misses rows would be worse.
CREATE OR REPLACE FUNCTION drift_internal.erase_entity(log regclass, outcomes regclass, entity_key text,
	OUT predictions bigint, OUT outcomes_changed bigint)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
AS $$
DECLARE
	-- What a log has beside its own columns are features, and what the user has added.
	erased CONSTANT text := (
		SELECT string_agg(format(', %I = NULL', a.attname), '' ORDER BY a.attnum)
		FROM pg_attribute AS a
		WHERE a.attrelid = log AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
			AND a.attname <> ALL (drift_internal.log_columns()));
	deleted bigint;
BEGIN
	EXECUTE format($dml$
		UPDATE %s SET entity_key = NULL, error = NULL, status = CASE status WHEN 'error' THEN status ELSE 'forgotten' END%s
		WHERE entity_key = $1
		$dml$, log, erased)
		USING entity_key;
	GET DIAGNOSTICS predictions = ROW_COUNT;
	-- An outcome of no prediction would say nothing without its entity.
	EXECUTE format('DELETE FROM %s WHERE entity_key = $1 AND prediction_id IS NULL', outcomes) USING entity_key;
	GET DIAGNOSTICS deleted = ROW_COUNT;
	EXECUTE format('UPDATE %s SET entity_key = NULL WHERE entity_key = $1', outcomes) USING entity_key;
	GET DIAGNOSTICS outcomes_changed = ROW_COUNT;
	outcomes_changed := outcomes_changed + deleted;
END
$$;

COMMENT ON FUNCTION drift_internal.erase_entity(regclass, regclass, text) IS
	'erases the key and features of an entity from a log and its outcomes; how many rows of each it changed';

CREATE OR REPLACE FUNCTION drift_internal.delete_entity(log regclass, outcomes regclass, entity_key text,
	OUT predictions bigint, OUT outcomes_changed bigint)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
	SET row_security = off
AS $$
BEGIN
	EXECUTE format($dml$
		WITH gone AS (DELETE FROM %s WHERE entity_key = $1 RETURNING prediction_id),
			without_prediction AS (
				DELETE FROM %s WHERE entity_key = $1 OR prediction_id IN (SELECT prediction_id FROM gone) RETURNING 1)
		SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM without_prediction)
		$dml$, log, outcomes)
		INTO predictions, outcomes_changed USING entity_key;
END
$$;

COMMENT ON FUNCTION drift_internal.delete_entity(regclass, regclass, text) IS
	'deletes the rows of an entity from a log, and their outcomes; how many of each';

CREATE OR REPLACE FUNCTION drift_internal.record_forgotten(model text, details jsonb, reason text) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN drift_internal.record_event((drift_internal.lock_log(model)).model_id, 'entity_forgotten', reason => reason,
		details => details);
END
$$;

COMMENT ON FUNCTION drift_internal.record_forgotten(text, jsonb, text) IS
	'adds to the history of a model that an entity was forgotten, for the owner of its log';

CREATE OR REPLACE FUNCTION drift.forget(model text, entity_key text, method text DEFAULT 'erase', reason text DEFAULT NULL,
	OUT predictions bigint, OUT outcomes bigint, OUT event_id bigint, OUT receipt text)
	RETURNS SETOF record
	LANGUAGE plpgsql ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	log CONSTANT drift.prediction_logs := drift_internal.find_log(model, 'read');
BEGIN
	IF entity_key IS NULL THEN
		RAISE EXCEPTION 'no entity key was given'
			USING ERRCODE = 'null_value_not_allowed';
	ELSIF method IS NULL OR method NOT IN ('erase', 'delete') THEN
		RAISE EXCEPTION 'unknown method "%"', method
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A method is "erase" or "delete".';
	END IF;
	PERFORM drift_internal.check_log_owner(log.log);
	IF method = 'erase' THEN
		SELECT e.predictions, e.outcomes_changed INTO predictions, outcomes
		FROM drift_internal.erase_entity(log.log, log.outcomes, entity_key) AS e;
	ELSE
		SELECT e.predictions, e.outcomes_changed INTO predictions, outcomes
		FROM drift_internal.delete_entity(log.log, log.outcomes, entity_key) AS e;
	END IF;
	receipt := replace(gen_random_uuid()::text, '-', '');
	event_id := drift_internal.record_forgotten(model, jsonb_build_object('method', method, 'predictions', predictions,
		'outcomes', outcomes, 'key_hash', encode(sha256(convert_to(receipt || E'\x1f' || entity_key, 'UTF8')), 'hex')), reason);
	RETURN NEXT;
END
$$;

COMMENT ON FUNCTION drift.forget(text, text, text, text) IS
	'erases an entity from the prediction log of a model and its outcomes, as the owner of the log: its key, the features and whatever the log has beside its own columns become NULL and the status forgotten, that of an error apart, so that scores and counts stay; with the method delete the rows go. How many rows, the event of the audit, and a receipt: the hash in the event is the SHA-256 of receipt, character 31 and key, and the receipt is kept nowhere else.';
