-- what came of a message: it arrived, is tried again later, or is dead

CREATE OR REPLACE FUNCTION drift_internal.retry_pause(attempts integer, wanted numeric DEFAULT NULL) RETURNS interval
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- Some are later and some earlier, so that what failed together does not come back together.
	SELECT greatest(least(2 ^ least(attempts, 12), 3600) * (0.75 + 0.5 * random()), CASE WHEN wanted IS NOT NULL THEN least(wanted, 86400) END) * interval '1 second'
$$;

COMMENT ON FUNCTION drift_internal.retry_pause(integer, numeric) IS
	'pause after a number of failures: 2, 4, 8, ... seconds, an hour at most, a quarter more or less; at least what the receiver wanted, a day at most';

CREATE OR REPLACE FUNCTION drift_internal.keep_thread(delivery drift.deliveries, result jsonb) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept jsonb;
BEGIN
	IF delivery.group_id IS NOT NULL THEN
		kept := drift_internal.read_answer(delivery, result);
		UPDATE drift.alert_groups AS g SET thread = g.thread || jsonb_build_object(delivery.channel, kept)
		WHERE g.group_id = delivery.group_id AND jsonb_typeof(kept) = 'object';
	END IF;
EXCEPTION
	-- An answer that cannot be read is no reason to send a message again.
	WHEN others THEN
		RAISE WARNING 'the answer to delivery % cannot be read', delivery.delivery_id USING DETAIL = SQLERRM;
END
$$;

COMMENT ON FUNCTION drift_internal.keep_thread(drift.deliveries, jsonb) IS 'remembers of an answer what later messages of the group need';

CREATE OR REPLACE FUNCTION drift_internal.store_result(delivery drift.deliveries, result jsonb) RETURNS drift.deliveries
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	outcome CONSTANT text := coalesce(result->>'outcome', 'retry');
	tried CONSTANT integer := (result->>'tried' IS DISTINCT FROM 'false')::integer;
	most CONSTANT integer := coalesce((SELECT r.max_attempts FROM drift.alert_rules AS r WHERE r.rule_id = delivery.rule_id), 12);
	pause CONSTANT interval := drift_internal.retry_pause(delivery.attempts, (result->>'retry_after')::numeric);
	answer CONSTANT jsonb := nullif(jsonb_strip_nulls(jsonb_build_object('status', result->'status', 'body', left(result->>'body', 4096))), '{}');
BEGIN
	UPDATE drift.deliveries AS d
	SET status = CASE WHEN outcome = 'sent' THEN 'sent' WHEN outcome = 'dead' OR d.attempts + tried > most THEN 'dead' ELSE 'pending' END,
		due_at = CASE WHEN outcome = 'sent' THEN d.due_at ELSE clock_timestamp() + tried * pause END,
		sent_at = CASE WHEN outcome = 'sent' THEN clock_timestamp() END,
		attempts = d.attempts + tried - 1,
		claimed_pid = NULL, claimed_since = NULL,
		last_error = CASE WHEN outcome = 'sent' THEN NULL ELSE left(coalesce(result->>'error', 'no reason was given'), 2000) END,
		response = answer
	WHERE d.delivery_id = delivery.delivery_id
	RETURNING * INTO delivery;
	IF delivery.status <> 'pending' THEN
		PERFORM drift_internal.keep_thread(delivery, result);
	END IF;
	RETURN delivery;
END
$$;

COMMENT ON FUNCTION drift_internal.store_result(drift.deliveries, jsonb) IS
	'writes down what came of a message: it is sent, waits for the next attempt, or is dead since it was refused or tried too often';

CREATE OR REPLACE FUNCTION drift_internal.note_channel(owner regrole, channel text, worked boolean, error text, wanted numeric) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO drift_internal.channel_states AS s (owner, channel, failures, retry_at, succeeded_at, failed_at, last_error)
	VALUES (owner, channel, CASE WHEN worked THEN 0 ELSE 1 END, CASE WHEN NOT worked THEN clock_timestamp() + drift_internal.retry_pause(1, wanted) END,
		CASE WHEN worked THEN clock_timestamp() END, CASE WHEN NOT worked THEN clock_timestamp() END, error)
	ON CONFLICT ON CONSTRAINT channel_states_pkey DO UPDATE
	SET failures = CASE WHEN worked THEN 0 ELSE s.failures + 1 END,
		retry_at = CASE WHEN NOT worked THEN clock_timestamp() + drift_internal.retry_pause(s.failures + 1, wanted) END,
		succeeded_at = coalesce(excluded.succeeded_at, s.succeeded_at), failed_at = coalesce(excluded.failed_at, s.failed_at),
		last_error = excluded.last_error
$$;

COMMENT ON FUNCTION drift_internal.note_channel(regrole, text, boolean, text, numeric) IS
	'remembers whether a channel works: one that does not gets nothing for 2, 4, 8, ... seconds, an hour at most';

-- A message that was not tried since its channel failed for another one has lost no attempt.
CREATE OR REPLACE FUNCTION drift_internal.tried_channels(results jsonb) RETURNS text[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(DISTINCT d.channel), '{}')
	FROM jsonb_array_elements(results) AS r
	JOIN drift.deliveries AS d ON d.delivery_id = (r->>'delivery_id')::bigint
	WHERE (r->>'tried')::boolean IS NOT FALSE
$$;

COMMENT ON FUNCTION drift_internal.tried_channels(jsonb) IS 'channels that at least one message of a batch was tried with';

-- One arrival in a batch shows that a channel works.
CREATE OR REPLACE FUNCTION drift_internal.store_results(results jsonb) RETURNS jsonb
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	tried CONSTANT text[] := drift_internal.tried_channels(results);
	result jsonb;
	delivery drift.deliveries;
	counts jsonb;
	outcomes jsonb := '[]';
BEGIN
	FOR result IN SELECT r FROM jsonb_array_elements(results) AS r ORDER BY (r->>'delivery_id')::bigint LOOP
		SELECT * INTO delivery
		FROM drift.deliveries AS d
		WHERE d.delivery_id = (result->>'delivery_id')::bigint AND d.status = 'sending' AND d.claimed_pid = pg_backend_pid()
			AND drift_internal.acts_as(d.owner)
		FOR UPDATE;
		CONTINUE WHEN NOT FOUND;
		IF delivery.channel <> ALL (tried) THEN
			result := result - 'tried';
		END IF;
		delivery := drift_internal.store_result(delivery, result);
		outcomes := outcomes || jsonb_build_object('owner', delivery.owner::oid, 'channel', delivery.channel, 'status', delivery.status,
			'worked', result->>'outcome' = 'sent', 'error', delivery.last_error, 'wanted', result->'retry_after');
	END LOOP;
	PERFORM drift_internal.note_channel(o.owner::regrole, o.channel, bool_or(o.worked), CASE WHEN NOT bool_or(o.worked) THEN min(o.error) END, max(o.wanted))
	FROM jsonb_to_recordset(outcomes) AS o (owner oid, channel text, worked boolean, error text, wanted numeric)
	GROUP BY o.owner, o.channel
	ORDER BY o.owner, o.channel;
	SELECT jsonb_build_object('sent', count(*) FILTER (WHERE o.status = 'sent'), 'failed', count(*) FILTER (WHERE o.status = 'pending'),
		'dead', count(*) FILTER (WHERE o.status = 'dead'))
	INTO counts
	FROM jsonb_to_recordset(outcomes) AS o (status text);
	RETURN counts;
END
$$;

COMMENT ON FUNCTION drift_internal.store_results(jsonb) IS 'writes down what came of the messages that this backend has claimed; how many arrived, failed and are dead';
