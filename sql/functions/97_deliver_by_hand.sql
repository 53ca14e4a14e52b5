-- messages by hand: senders outside, another try, and what is not to be kept

CREATE OR REPLACE FUNCTION drift_internal.lock_delivery(delivery_id bigint) RETURNS drift.deliveries
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	delivery drift.deliveries;
BEGIN
	PERFORM drift_internal.check_delivery();
	SELECT * INTO delivery FROM drift.deliveries AS d WHERE d.delivery_id = lock_delivery.delivery_id FOR UPDATE;
	IF delivery.delivery_id IS NULL OR NOT drift_internal.acts_as(delivery.owner) THEN
		RAISE EXCEPTION 'you have no delivery %', coalesce(delivery_id::text, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.deliveries lists them.';
	END IF;
	RETURN delivery;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_delivery(bigint) IS 'a message of the acting role, locked; or an error';

CREATE OR REPLACE FUNCTION drift.claim_deliveries(channels text[] DEFAULT NULL, max_deliveries integer DEFAULT 100,
	lease interval DEFAULT '5 minutes') RETURNS SETOF drift.deliveries
	LANGUAGE plpgsql SECURITY DEFINER ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	delivery drift.deliveries;
BEGIN
	PERFORM drift_internal.check_delivery();
	FOR delivery IN
		SELECT * FROM drift_internal.due_deliveries(greatest(coalesce(max_deliveries, 100), 0), channels)
	LOOP
		UPDATE drift.deliveries AS d
		SET status = 'sending', claimed_pid = NULL, claimed_since = NULL, attempts = d.attempts + 1,
			due_at = clock_timestamp() + coalesce(lease, '5 minutes')
		WHERE d.delivery_id = delivery.delivery_id
		RETURNING * INTO delivery;
		RETURN NEXT delivery;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift.claim_deliveries(text[], integer, interval) IS
	'hands messages that are due to a sender outside, of some channels or of all, each to one at a time: a program that may reach what the server may not. Commit, send, then drift.confirm_delivery() or drift.fail_delivery(); what was not confirmed within the lease is handed out again. A channel that is not known to work gets one at a time.';

CREATE OR REPLACE FUNCTION drift_internal.end_delivery(delivery drift.deliveries, result jsonb) RETURNS boolean
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF delivery.status <> 'sending' THEN
		RETURN false;
	END IF;
	delivery := drift_internal.store_result(delivery, result);
	PERFORM drift_internal.note_channel(delivery.owner, delivery.channel, delivery.status = 'sent', delivery.last_error, NULL);
	RETURN true;
END
$$;

COMMENT ON FUNCTION drift_internal.end_delivery(drift.deliveries, jsonb) IS 'writes down what a sender outside says of a message; false where nobody sends it';

CREATE OR REPLACE FUNCTION drift.confirm_delivery(delivery_id bigint) RETURNS boolean
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.end_delivery(drift_internal.lock_delivery(delivery_id), '{"outcome": "sent"}')
$$;

COMMENT ON FUNCTION drift.confirm_delivery(bigint) IS 'says that a message arrived; false if nobody was sending it';

CREATE OR REPLACE FUNCTION drift.fail_delivery(delivery_id bigint, error text) RETURNS boolean
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT drift_internal.end_delivery(drift_internal.lock_delivery(delivery_id), jsonb_build_object('outcome', 'retry', 'error', error))
$$;

COMMENT ON FUNCTION drift.fail_delivery(bigint, text) IS
	'says that a message could not be sent and why; it is handed out again after 2, 4, 8, ... seconds, an hour at most, and is dead after as many attempts as its rule allows; false if nobody was sending it';

CREATE OR REPLACE FUNCTION drift.retry_delivery(delivery_id bigint DEFAULT NULL, channel text DEFAULT NULL) RETURNS SETOF drift.deliveries
	LANGUAGE plpgsql SECURITY DEFINER ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF num_nonnulls(delivery_id, channel) <> 1 THEN
		RAISE EXCEPTION 'one of delivery_id and channel must be given' USING ERRCODE = 'invalid_parameter_value';
	ELSIF delivery_id IS NOT NULL THEN
		PERFORM drift_internal.lock_delivery(delivery_id);
	END IF;
	UPDATE drift_internal.channel_states AS s
	SET retry_at = NULL
	FROM drift.deliveries AS d
	WHERE s.owner = d.owner AND s.channel = d.channel AND drift_internal.acts_as(s.owner) AND d.status IN ('pending', 'dead')
		AND (d.delivery_id = retry_delivery.delivery_id OR d.channel = retry_delivery.channel);
	RETURN QUERY
		UPDATE drift.deliveries AS d
		SET status = 'pending', due_at = clock_timestamp(), attempts = CASE d.status WHEN 'dead' THEN 0 ELSE d.attempts END
		WHERE d.status IN ('pending', 'dead') AND drift_internal.acts_as(d.owner)
			AND (d.delivery_id = retry_delivery.delivery_id OR d.channel = retry_delivery.channel)
		RETURNING d.*;
END
$$;

COMMENT ON FUNCTION drift.retry_delivery(bigint, text) IS
	'has a message that is dead or waits for its next attempt tried again at once, or all those of a channel; for members of its owner, when what was in the way is gone';

CREATE OR REPLACE FUNCTION drift.drop_delivery(delivery_id bigint) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	delivery CONSTANT drift.deliveries := drift_internal.lock_delivery(delivery_id);
BEGIN
	IF delivery.status = 'sending' AND NOT drift_internal.is_claimable(delivery) THEN
		RAISE EXCEPTION 'delivery % is being sent', delivery_id USING ERRCODE = 'object_in_use';
	END IF;
	DELETE FROM drift.deliveries AS d WHERE d.delivery_id = delivery.delivery_id;
	RETURN delivery.status <> 'sent';
END
$$;

COMMENT ON FUNCTION drift.drop_delivery(bigint) IS
	'removes a message, so that it is not sent; true if it had not arrived. One that is being sent cannot be stopped.';

CREATE OR REPLACE FUNCTION drift.purge_deliveries(older_than interval DEFAULT '30 days') RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	oldest CONSTANT timestamptz := clock_timestamp() - coalesce(older_than, '30 days');
	purged bigint;
BEGIN
	DELETE FROM drift.deliveries AS d
	WHERE d.status IN ('sent', 'dead') AND coalesce(d.sent_at, d.due_at) < oldest AND drift_internal.acts_as(d.owner);
	GET DIAGNOSTICS purged = ROW_COUNT;
	RETURN purged;
END
$$;

COMMENT ON FUNCTION drift.purge_deliveries(interval) IS
	'removes messages that arrived or died longer ago than this, for members of their owners; how many. The task purge of schedules does so too.';
