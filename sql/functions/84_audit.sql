-- who did what, when and why

CREATE OR REPLACE VIEW drift.audit WITH (security_invoker = true) AS
SELECT e.happened_at, m.name AS model, e.version, e.event, e.alias, e.actor, e.login, e.reason, e.details, e.deployment_id, e.event_id,
	e.transaction_id
FROM drift.model_events AS e
JOIN drift.models AS m USING (model_id);

COMMENT ON VIEW drift.audit IS 'history of all models that one may see: who did what, when and why';
COMMENT ON COLUMN drift.audit.model IS 'name that the model has now';
COMMENT ON COLUMN drift.audit.actor IS 'role that acted, by its name then';
COMMENT ON COLUMN drift.audit.login IS 'role that had logged in';
COMMENT ON COLUMN drift.audit.event_id IS 'for drift.model_events; events of one model have rising numbers';

GRANT SELECT ON drift.audit TO PUBLIC;
