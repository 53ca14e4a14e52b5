-- trying a channel before it is needed

CREATE OR REPLACE FUNCTION drift_internal.trial_message(channel text) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.new_message('test', 'test', 'ok', 'Test message of drift',
		format('Channel "%s" works: messages of %s arrive here. Nothing has happened, and there is nothing to do.', channel, drift_internal.environment()),
		format('test/%s', channel))
$$;

COMMENT ON FUNCTION drift_internal.trial_message(text) IS 'a message that says that a channel works';

CREATE OR REPLACE FUNCTION drift.test_message(channel text) RETURNS SETOF drift.deliveries
	LANGUAGE plpgsql SECURITY DEFINER ROWS 1
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	queued drift.deliveries;
BEGIN
	PERFORM drift_internal.find_channel(channel, drift_internal.actor());
	INSERT INTO drift.deliveries (owner, channel, cause, message)
	VALUES (drift_internal.actor(), channel, 'test', drift_internal.trial_message(channel))
	RETURNING * INTO queued;
	RETURN NEXT queued;
END
$$;

COMMENT ON FUNCTION drift.test_message(text) IS
	'puts a test message for a channel into drift.deliveries, to be sent with your user mapping by the next CALL drift.deliver_alerts(); its row there says what became of it';

-- As the first message of a rule for this alert alone would have it.
CREATE OR REPLACE FUNCTION drift_internal.message_of_alert(alert_id bigint) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	alert drift.alerts;
	alerts drift.alerts[];
BEGIN
	SELECT * INTO alert FROM drift.alerts AS a WHERE a.alert_id = message_of_alert.alert_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no alert % that you may see', coalesce(alert_id::text, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.open_alerts lists the alerts that you may see.';
	END IF;
	alerts := ARRAY[alert];
	RETURN CASE alert.status WHEN 'resolved' THEN drift_internal.alert_message('resolved', format('alert/%s', alert_id), '{}', alerts)
		ELSE drift_internal.alert_message('event', format('alert/%s', alert_id), alerts, '{}') END;
END
$$;

COMMENT ON FUNCTION drift_internal.message_of_alert(bigint) IS 'a message about one alert, or an error where the role does not see it';

-- Bodies that are JSON as JSON, and of files what they are.
CREATE OR REPLACE FUNCTION drift_internal.readable_request(request jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT request
		|| CASE WHEN request ? 'body' THEN jsonb_build_object('body', (request ->> 'body')::jsonb) ELSE '{}' END
		|| CASE WHEN request ? 'steps' THEN jsonb_build_object('steps', (
				SELECT jsonb_agg(drift_internal.readable_request(s.step) ORDER BY s.place)
				FROM jsonb_array_elements(request -> 'steps') WITH ORDINALITY AS s (step, place))) ELSE '{}' END
		|| CASE WHEN request ? 'attachments' THEN jsonb_build_object('attachments', (
				SELECT coalesce(jsonb_agg(jsonb_build_object('name', f.file -> 'name', 'type', f.file -> 'type', 'characters', length(f.file ->> 'body'))
					ORDER BY f.place), '[]')
				FROM jsonb_array_elements(request -> 'attachments') WITH ORDINALITY AS f (file, place))) ELSE '{}' END
$$;

COMMENT ON FUNCTION drift_internal.readable_request(jsonb) IS 'what would be sent, for people to look at';

CREATE OR REPLACE FUNCTION drift.preview_message(channel text, alert_id bigint DEFAULT NULL, check_id bigint DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	settings CONSTANT jsonb := drift_internal.find_channel(channel, drift_internal.actor());
BEGIN
	IF alert_id IS NOT NULL AND check_id IS NOT NULL THEN
		RAISE EXCEPTION 'a message is about an alert or about a check'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give alert_id or check_id, or neither for the test message.';
	END IF;
	RETURN drift_internal.readable_request(drift_internal.message_request(
		CASE WHEN alert_id IS NOT NULL THEN drift_internal.message_of_alert(alert_id)
			WHEN check_id IS NOT NULL THEN drift_internal.check_message(check_id)
			ELSE drift_internal.trial_message(channel) END,
		settings, drift_internal.actor()));
END
$$;

COMMENT ON FUNCTION drift.preview_message(text, bigint, bigint) IS
	'what a channel would be sent about an alert or a check, or as a test: secrets are not in it, they are put in when it is sent';
