-- events for systems outside: image builds, endpoints, tickets
--
-- An event is written in the transaction that causes it, so there is exactly one. Delivery is at least once:
-- a worker that dies after it delivered leaves the event to the next, and the receiver knows it by its id.

CREATE OR REPLACE FUNCTION drift_internal.check_delivery() RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT drift_internal.is_adopted() THEN
		RAISE EXCEPTION 'events are not delivered from a copy of the database they belong to'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'If this is the database they belong to now: SELECT drift.adopt_cluster();';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_delivery() IS 'an error in a restored copy of the database, which must not act on the world';

CREATE OR REPLACE FUNCTION drift_internal.may_deliver(model_id integer) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN model_id IS NULL THEN drift_internal.acts_as('pg_database_owner')
		ELSE coalesce((SELECT drift_internal.allowed(m, 'operate') FROM drift.models AS m WHERE m.model_id = may_deliver.model_id), false) END
$$;

COMMENT ON FUNCTION drift_internal.may_deliver(integer) IS
	'whether the acting role may deliver events of a model: who may operate it; those of no model the owner of the database';

-- Which failed waits 2, 4, 8, ... seconds, an hour at most; which was claimed waits for the lease to end.
CREATE OR REPLACE FUNCTION drift_internal.is_due(event drift.outbox, lease interval) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT event.delivered_at IS NULL AND (event.claimed_at IS NULL OR event.claimed_at + CASE WHEN event.claimed_by IS NULL
			THEN least(2 ^ least(event.attempts, 12), 3600) * interval '1 second' ELSE lease END <= clock_timestamp())
$$;

COMMENT ON FUNCTION drift_internal.is_due(drift.outbox, interval) IS 'whether an event is to be handed out: it is new, it failed a while ago, or who claimed it did not come back';

CREATE OR REPLACE FUNCTION drift.claim_events(topics text[] DEFAULT NULL, max_events integer DEFAULT 100,
	lease interval DEFAULT '5 minutes') RETURNS SETOF drift.outbox
	LANGUAGE plpgsql SECURITY DEFINER ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	event drift.outbox;
BEGIN
	PERFORM drift_internal.check_delivery();
	FOR event IN
		SELECT *
		FROM drift.outbox AS o
		WHERE o.delivered_at IS NULL AND (topics IS NULL OR o.topic = ANY (topics))
			AND drift_internal.is_due(o, coalesce(lease, '5 minutes')) AND drift_internal.may_deliver(o.model_id)
		ORDER BY o.event_id
		LIMIT greatest(coalesce(max_events, 100), 0)
		FOR UPDATE SKIP LOCKED
	LOOP
		UPDATE drift.outbox AS o
		SET claimed_at = clock_timestamp(), claimed_by = pg_get_userbyid(drift_internal.actor()), attempts = o.attempts + 1
		WHERE o.event_id = event.event_id
		RETURNING * INTO event;
		RETURN NEXT event;
	END LOOP;
END
$$;

COMMENT ON FUNCTION drift.claim_events(text[], integer, interval) IS
	'hands out events that are to be delivered, of these topics or of all, each to one worker at a time; commit, deliver, then drift.confirm_event(); what was not confirmed within the lease is handed out again';

CREATE OR REPLACE FUNCTION drift_internal.lock_event(event_id bigint) RETURNS drift.outbox
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	event drift.outbox;
BEGIN
	PERFORM drift_internal.check_delivery();
	SELECT * INTO event FROM drift.outbox AS o WHERE o.event_id = lock_event.event_id FOR UPDATE;
	IF event.event_id IS NULL OR NOT drift_internal.may_deliver(event.model_id) THEN
		RAISE EXCEPTION 'there is no event % that you may deliver', coalesce(event_id::text, 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'drift.claim_events() hands events out.';
	END IF;
	RETURN event;
END
$$;

COMMENT ON FUNCTION drift_internal.lock_event(bigint) IS 'an event that the acting role may deliver, locked; or an error';

CREATE OR REPLACE FUNCTION drift.confirm_event(event_id bigint) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	event drift.outbox := drift_internal.lock_event(event_id);
BEGIN
	UPDATE drift.outbox AS o SET delivered_at = clock_timestamp(), last_error = NULL
	WHERE o.event_id = event.event_id AND o.delivered_at IS NULL;
	RETURN FOUND;
END
$$;

COMMENT ON FUNCTION drift.confirm_event(bigint) IS 'says that an event was delivered; false if that was said before';

CREATE OR REPLACE FUNCTION drift.fail_event(event_id bigint, error text) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	event drift.outbox := drift_internal.lock_event(event_id);
BEGIN
	UPDATE drift.outbox AS o SET claimed_at = clock_timestamp(), claimed_by = NULL, last_error = error
	WHERE o.event_id = event.event_id AND o.delivered_at IS NULL;
	RETURN FOUND;
END
$$;

COMMENT ON FUNCTION drift.fail_event(bigint, text) IS
	'says that an event could not be delivered and why; it is handed out again after 2, 4, 8, ... seconds, an hour at most; false if it was delivered before';

CREATE OR REPLACE FUNCTION drift.purge_events(older_than interval DEFAULT '30 days') RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	oldest CONSTANT timestamptz := clock_timestamp() - coalesce(older_than, '30 days');
	-- Where no worker came for that long, rules are all that reads events.
	is_collected CONSTANT boolean := EXISTS (SELECT FROM drift.outbox AS o WHERE o.claimed_at >= oldest);
	purged bigint;
BEGIN
	DELETE FROM drift.outbox AS o
	WHERE (o.delivered_at < oldest OR (o.routed_at < oldest AND NOT is_collected)) AND drift_internal.may_deliver(o.model_id);
	GET DIAGNOSTICS purged = ROW_COUNT;
	RETURN purged;
END
$$;

COMMENT ON FUNCTION drift.purge_events(interval) IS 'removes events that were delivered longer ago than this, and where no worker outside takes any, those that rules saw longer ago; how many';
