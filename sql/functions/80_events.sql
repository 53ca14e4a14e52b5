-- the history of models, and events for systems outside

CREATE OR REPLACE FUNCTION drift_internal.note_cluster() RETURNS void
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO drift_internal.cluster (system_identifier, database, adopted_by)
	SELECT s.system_identifier, d.oid, drift_internal.actor()::text
	FROM pg_control_system() AS s, pg_database AS d
	WHERE d.datname = current_database() AND NOT EXISTS (SELECT FROM drift_internal.cluster)
	ON CONFLICT DO NOTHING
$$;

COMMENT ON FUNCTION drift_internal.note_cluster() IS
	'remembers, with the first thing that is registered, which cluster and database this is';

CREATE OR REPLACE FUNCTION drift_internal.record_event(model_id integer, event text, version integer DEFAULT NULL, reason text DEFAULT NULL,
	details jsonb DEFAULT '{}', alias text DEFAULT NULL, previous_event_id bigint DEFAULT NULL, deployment_id bigint DEFAULT NULL)
	RETURNS bigint
	LANGUAGE sql
	SET search_path = pg_catalog, pg_temp
AS $$
	-- The model is locked, so clocks that stand still or go back are all that could disorder its events.
	INSERT INTO drift.model_events (model_id, event, version, alias, previous_event_id, deployment_id, details, reason,
		actor, login, happened_at)
	SELECT record_event.model_id, record_event.event, record_event.version, record_event.alias,
		record_event.previous_event_id, record_event.deployment_id, coalesce(record_event.details, '{}'), record_event.reason,
		pg_get_userbyid(drift_internal.actor()), session_user,
		greatest(clock_timestamp(), (
			SELECT e.happened_at + interval '1 microsecond'
			FROM drift.model_events AS e
			WHERE e.model_id = record_event.model_id
			ORDER BY e.event_id DESC
			LIMIT 1))
	RETURNING event_id
$$;

COMMENT ON FUNCTION drift_internal.record_event(integer, text, integer, text, jsonb, text, bigint, bigint) IS
	'adds to the history of a model that is locked: what happened to which version, why, and which alias was set; the id of the event';

CREATE OR REPLACE FUNCTION drift_internal.emit(model drift.models, topic text, payload jsonb) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO drift.outbox (topic, model_id, payload)
	VALUES (topic, model.model_id, jsonb_build_object('model', model.name, 'actor', pg_get_userbyid(drift_internal.actor())) || payload);
	-- A hint for workers that listen; the row is what counts.
	PERFORM pg_notify('drift_outbox', topic);
END
$$;

COMMENT ON FUNCTION drift_internal.emit(drift.models, text, jsonb) IS
	'puts an event for outside systems into the outbox and wakes who listens on drift_outbox; both happen at commit or not at all';
