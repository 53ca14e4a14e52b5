-- drift.deliver_alerts(): routes, claims, sends and writes down, each in a transaction of its own

CREATE OR REPLACE FUNCTION drift_internal.add_counts(counts jsonb, more jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT jsonb_object_agg(c.key, c.value::bigint + coalesce((more->>c.key)::bigint, 0)) FROM jsonb_each_text(counts) AS c
$$;

COMMENT ON FUNCTION drift_internal.add_counts(jsonb, jsonb) IS 'counts with others of the same names added';

-- While messages are sent no transaction has a snapshot, so that vacuum does not wait for a receiver.
CREATE OR REPLACE PROCEDURE drift.deliver_alerts(INOUT result jsonb DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	path CONSTANT text := pg_catalog.current_setting('search_path');
	until CONSTANT timestamptz := pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) interval '10 minutes';
	counts jsonb := '{"events": 0, "messages": 0, "sent": 0, "failed": 0, "dead": 0}';
	routed jsonb;
	batch jsonb;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	PERFORM drift_internal.check_delivery(), drift_internal.transport();
	LOOP
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		routed := drift_internal.route_some();
		counts := drift_internal.add_counts(counts, routed);
		COMMIT;
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		batch := drift_internal.claim_requests();
		COMMIT;
		PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		IF batch <> '[]' THEN
			CALL drift_internal.send_requests(batch);
			PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
			counts := drift_internal.add_counts(counts, drift_internal.store_results(batch));
			COMMIT;
			PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
		END IF;
		EXIT WHEN (batch = '[]' AND NOT (routed->>'more')::boolean) OR clock_timestamp() > until;
	END LOOP;
	PERFORM drift_internal.close_connections();
	result := counts;
	PERFORM pg_catalog.set_config('search_path', path, true);
END
$$;

COMMENT ON PROCEDURE drift.deliver_alerts(jsonb) IS
	'Sends what there is to tell: hands new events to the rules, makes the messages that are due, and sends those of roles that the caller is a member of. Commits before and after it sends, so it cannot be called in a transaction. Several may run at once and never send the same message; what was being sent when a session died is sent again, with the same idempotency key. result: events that were routed, messages made, and how many were sent, failed for now and are dead.';
