-- messages on their way: who sends which, and what came of it
--
-- A message is claimed in a transaction that is committed before anything is sent, so that others see who has it.
-- Who died meanwhile does not hold it: the next deliverer sends it again, with the same idempotency key.

-- Of a channel that is not known to work, one message is tried at a time.
CREATE OR REPLACE FUNCTION drift_internal.channel_room(state drift_internal.channel_states) RETURNS integer
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN state.retry_at > clock_timestamp() THEN 0
		WHEN state.failures = 0 AND state.succeeded_at > clock_timestamp() - interval '5 minutes'
			THEN least(4 * coalesce(current_setting('drift.http_connections', true)::integer, 8), 100)
		ELSE 1 END
$$;

COMMENT ON FUNCTION drift_internal.channel_room(drift_internal.channel_states) IS
	'how many messages a channel may get in one batch: four for each connection where it works, one where that is not known, none before its pause ends';

CREATE OR REPLACE FUNCTION drift_internal.is_claimable(delivery drift.deliveries) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT delivery.due_at <= clock_timestamp() AND (delivery.status = 'pending'
		OR (delivery.status = 'sending' AND (delivery.claimed_pid IS NULL
			OR NOT drift_internal.is_running(delivery.claimed_pid, delivery.claimed_since, delivery.due_at))))
$$;

COMMENT ON FUNCTION drift_internal.is_claimable(drift.deliveries) IS
	'whether a message is to be sent now and nobody does: it is due, or who claimed it is gone';

-- Messages of a group arrive in their order.
CREATE OR REPLACE FUNCTION drift_internal.due_deliveries(most integer, channels text[] DEFAULT NULL) RETURNS SETOF drift.deliveries
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		WITH waiting AS MATERIALIZED (
			SELECT w.owner, w.channel, drift_internal.channel_room(s) AS room
			FROM (
				SELECT DISTINCT d.owner, d.channel
				FROM drift.deliveries AS d
				WHERE d.status IN ('pending', 'sending') AND d.due_at <= clock_timestamp()
					AND (channels IS NULL OR d.channel = ANY (channels))
				OFFSET 0
			) AS w
			LEFT JOIN drift_internal.channel_states AS s USING (owner, channel)
			WHERE drift_internal.acts_as(w.owner)
		)
		SELECT t.*
		FROM waiting AS w,
			LATERAL (
				SELECT *
				FROM drift.deliveries AS d
				WHERE d.status IN ('pending', 'sending') AND d.channel = w.channel AND d.owner = w.owner AND d.due_at <= clock_timestamp()
					AND (d.status = 'pending' OR drift_internal.is_claimable(d))
					AND (
						SELECT e.delivery_id FROM drift.deliveries AS e
						WHERE e.group_id = d.group_id AND e.channel = d.channel AND e.delivery_id < d.delivery_id
							AND e.status IN ('pending', 'sending')
						LIMIT 1) IS NULL
				ORDER BY d.due_at, d.delivery_id
				LIMIT w.room
				FOR UPDATE SKIP LOCKED
			) AS t
		ORDER BY t.due_at, t.delivery_id
		LIMIT most;
END
$$;

COMMENT ON FUNCTION drift_internal.due_deliveries(integer, text[]) IS
	'messages that the acting role may send now, the oldest first, locked; of each channel as many as it has room for, of each group the first';

-- A channel that does not work yet is left to who tries it.
CREATE OR REPLACE FUNCTION drift_internal.note_trial(owner regrole, channel text) RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE drift_internal.channel_states AS s
	SET retry_at = clock_timestamp() + interval '1 minute'
	WHERE s.owner = note_trial.owner AND s.channel = note_trial.channel AND s.failures > 0
$$;

COMMENT ON FUNCTION drift_internal.note_trial(regrole, text) IS 'keeps others from a channel that fails while a message tries it';

CREATE OR REPLACE FUNCTION drift_internal.request_of(delivery drift.deliveries, OUT request jsonb, OUT error text)
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	request := drift_internal.channel_request(delivery,
		coalesce((SELECT g.thread->delivery.channel FROM drift.alert_groups AS g WHERE g.group_id = delivery.group_id), '{}'));
	error := CASE WHEN request IS NULL THEN 'The channel makes nothing of it.' ELSE request->>'error' END;
EXCEPTION
	WHEN others THEN
		error := left(SQLERRM, 1000);
END
$$;

COMMENT ON FUNCTION drift_internal.request_of(drift.deliveries) IS 'what is to be sent for a message, or why there is nothing to send';

-- What takes long to write, such as pages of reports, is not written for a whole batch at once.
CREATE OR REPLACE FUNCTION drift_internal.claim_requests(most integer DEFAULT 100) RETURNS jsonb
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	started CONSTANT timestamptz := clock_timestamp();
	since CONSTANT timestamptz := (SELECT a.backend_start FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid());
	delivery drift.deliveries;
	made record;
	requests jsonb[] := '{}';
BEGIN
	PERFORM drift_internal.check_delivery();
	FOR delivery IN SELECT * FROM drift_internal.due_deliveries(most) LOOP
		EXIT WHEN clock_timestamp() > started + interval '2 seconds';
		UPDATE drift.deliveries AS d
		SET status = 'sending', claimed_pid = pg_backend_pid(), claimed_since = since, due_at = clock_timestamp(), attempts = d.attempts + 1
		WHERE d.delivery_id = delivery.delivery_id
		RETURNING * INTO delivery;
		made := drift_internal.request_of(delivery);
		IF made.error IS NULL THEN
			PERFORM drift_internal.note_trial(delivery.owner, delivery.channel);
			requests := requests || made.request;
		ELSE
			PERFORM drift_internal.store_result(delivery,
				jsonb_build_object('delivery_id', delivery.delivery_id, 'outcome', 'retry', 'error', made.error));
		END IF;
	END LOOP;
	RETURN to_jsonb(requests);
END
$$;

COMMENT ON FUNCTION drift_internal.claim_requests(integer) IS
	'takes messages that are due for this backend, and makes what is to be sent of each; commit before it is sent';
