-- triggers: what makes a model be retrained

CREATE OR REPLACE FUNCTION drift.trigger_kinds() RETURNS TABLE (kind text, parameter text, type text, default_value text, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 15
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
		('scheduled', 'cron', 'cron expression', NULL, 'times at which it is due, such as 0 0 * * 1'),
		('scheduled', 'time_zone', 'time zone', 'UTC', 'where those times are'),
		('scheduled', 'every', 'interval', NULL, 'instead of cron: how long after the last retraining'),
		('threshold', 'drift_score', 'number', 'drift_detection.feature_drift_threshold', 'drift score above which it fires'),
		('threshold', 'psi', 'number', 'retraining.drift_threshold', 'PSI of a feature that drifted above which it fires'),
		('threshold', 'drift_share', 'number', NULL, 'share of drifted features above which it fires; with one of the three the others do not count unless named'),
		('performance', 'drop', 'number', 'retraining.performance_threshold', 'loss of performance above which it fires'),
		('hybrid', NULL, NULL, NULL, 'scheduled, threshold or performance, with their parameters; without cron and every only the last two'),
		('sample_count', 'rows', 'whole number', 'drift_detection.minimum_new_samples', 'new rows above which it fires'),
		('alert_count', 'alerts', 'whole number', 'online.drift_count', 'alerts about drift or performance from which it fires'),
		('every_n_cycles', 'cycles', 'whole number', 'online.cycles', 'checks from which it fires')
$$;

COMMENT ON FUNCTION drift.trigger_kinds() IS 'kinds of triggers that drift.add_trigger() takes, with their parameters; a default with a point in it is a key of the configuration';

CREATE OR REPLACE FUNCTION drift_internal.check_trigger_parameter(kind text, key text, value jsonb) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted text;
BEGIN
	SELECT k.type INTO wanted FROM drift.trigger_kinds() AS k
	WHERE k.parameter = key AND (k.kind = check_trigger_parameter.kind
		OR (check_trigger_parameter.kind = 'hybrid' AND k.kind IN ('scheduled', 'threshold', 'performance')));
	IF NOT FOUND THEN
		RAISE EXCEPTION 'a trigger of kind "%" has no parameter "%"', kind, key
			USING ERRCODE = 'invalid_parameter_value', HINT = 'drift.trigger_kinds() lists them.';
	ELSIF NOT (CASE wanted
			WHEN 'number' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 0 AND 1e15
			WHEN 'whole number' THEN jsonb_typeof(value) = 'number' AND value::numeric BETWEEN 1 AND 1e15 AND value::numeric = trunc(value::numeric)
			WHEN 'interval' THEN CASE WHEN drift_internal.is_interval(value) THEN (value #>> '{}')::interval BETWEEN '1 second' AND '1000 years' ELSE false END
			WHEN 'time zone' THEN EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = value #>> '{}')
			ELSE jsonb_typeof(value) = 'string'
		END) THEN
		RAISE EXCEPTION 'parameter "%" of a trigger cannot be %', key, value
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is a %s.', wanted);
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_trigger_parameter(text, text, jsonb) IS 'an error unless triggers of a kind have such a parameter with such a value';

CREATE OR REPLACE FUNCTION drift_internal.check_trigger(kind text, params jsonb) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM drift.trigger_kinds() AS k WHERE k.kind = check_trigger.kind) THEN
		RAISE EXCEPTION 'unknown kind of trigger "%"', coalesce(kind, 'NULL')
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('There are: %s.', (SELECT string_agg(DISTINCT k.kind, ', ') FROM drift.trigger_kinds() AS k));
	ELSIF jsonb_typeof(params) IS DISTINCT FROM 'object' THEN
		RAISE EXCEPTION 'parameters of a trigger are a JSON object' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM drift_internal.check_trigger_parameter(kind, p.key, p.value) FROM jsonb_each(params) AS p;
	IF params ?& '{cron,every}' OR (kind = 'scheduled' AND NOT params ?| '{cron,every}') THEN
		RAISE EXCEPTION 'a scheduled trigger has cron or every' USING ERRCODE = 'invalid_parameter_value',
			HINT = 'For example {"cron": "0 0 * * 1"} or {"every": "30 days"}.';
	END IF;
	-- which has words of its own for what is wrong with an expression
	PERFORM drift.next_time(params ->> 'cron') WHERE params ? 'cron';
END
$$;

COMMENT ON FUNCTION drift_internal.check_trigger(text, jsonb) IS 'an error unless a trigger can have this kind and these parameters';

CREATE OR REPLACE FUNCTION drift.add_trigger(model text, kind text, params jsonb DEFAULT '{}', enabled boolean DEFAULT true,
	counted_since timestamptz DEFAULT NULL) RETURNS SETOF drift.retrain_triggers
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
BEGIN
	PERFORM drift_internal.check_trigger(kind, params);
	RETURN QUERY
		INSERT INTO drift.retrain_triggers AS t (model_id, kind, params, enabled, counted_since, created_by)
		VALUES (locked.model_id, add_trigger.kind, add_trigger.params, coalesce(add_trigger.enabled, true),
			coalesce(add_trigger.counted_since, clock_timestamp()), pg_get_userbyid(drift_internal.actor()))
		ON CONFLICT ON CONSTRAINT retrain_triggers_model_id_kind_key DO UPDATE
		SET params = excluded.params, enabled = excluded.enabled,
			counted_since = coalesce(add_trigger.counted_since, t.counted_since)
		RETURNING t.*;
END
$$;

COMMENT ON FUNCTION drift.add_trigger(text, text, jsonb, boolean, timestamptz) IS
	'says what makes a model be retrained, see drift.trigger_kinds(); one of each kind, a second one replaces it and counts on';

CREATE OR REPLACE FUNCTION drift.remove_trigger(model text, kind text) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
BEGIN
	DELETE FROM drift.retrain_triggers AS t WHERE t.model_id = locked.model_id AND t.kind = remove_trigger.kind;
	RETURN FOUND;
END
$$;

COMMENT ON FUNCTION drift.remove_trigger(text, text) IS 'removes a trigger of a model; false if there was none; without any the configuration decides';

CREATE OR REPLACE FUNCTION drift.reset_triggers(model text, counted_since timestamptz DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked drift.models := drift_internal.lock_model(model, 'operate');
	n integer;
BEGIN
	UPDATE drift.retrain_triggers AS t SET counted_since = coalesce(reset_triggers.counted_since, clock_timestamp())
	WHERE t.model_id = locked.model_id;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;

COMMENT ON FUNCTION drift.reset_triggers(text, timestamptz) IS
	'starts the counts of the triggers of a model anew, after it was retrained: rows, alerts, checks and time count from now; how many triggers';
