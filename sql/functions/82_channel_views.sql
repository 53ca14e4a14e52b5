-- channels as people look at them

-- A role that has no user mapping of its own uses that of PUBLIC.
CREATE OR REPLACE VIEW drift.channels WITH (security_invoker = true) AS
	SELECT s.srvname::text AS name, o.options ->> 'type' AS type, o.options ->> 'host' AS host, p.port,
		drift_internal.host_allowed(o.options ->> 'host', p.port) AS is_allowed,
		CASE o.options ->> 'type' WHEN 'webhook' THEN coalesce(o.options ->> 'template', 'generic') END AS template,
		coalesce(o.options ->> 'repository', o.options ->> 'to') AS recipient,
		pg_get_userbyid(s.srvowner)::text AS owner,
		has_server_privilege(s.oid, 'USAGE') AS may_use,
		EXISTS (
			SELECT FROM pg_user_mappings AS m
			WHERE m.srvid = s.oid AND (m.umuser = 0 OR m.umuser = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user))) AS has_mapping,
		ARRAY(SELECT r.name FROM drift.alert_rules AS r WHERE s.srvname IN (r.channel, r.escalate_to) ORDER BY r.place, r.name) AS rules
	FROM pg_foreign_server AS s
	JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw AND w.fdwname = 'drift_channel',
		LATERAL (SELECT drift_internal.channel_settings(s.srvname) AS options) AS o,
		LATERAL (SELECT coalesce((o.options ->> 'port')::integer,
			CASE WHEN o.options ->> 'type' <> 'email' THEN 443 WHEN o.options ->> 'tls' = 'implicit' THEN 465 ELSE 587 END) AS port) AS p
	ORDER BY s.srvname;

COMMENT ON VIEW drift.channels IS 'channels that messages can go to, without their secrets';
COMMENT ON COLUMN drift.channels.is_allowed IS 'whether drift.http_allowed_hosts lets messages go there';
COMMENT ON COLUMN drift.channels.template IS 'template of a webhook';
COMMENT ON COLUMN drift.channels.recipient IS 'repository or addresses';
COMMENT ON COLUMN drift.channels.owner IS 'owner of the foreign server';
COMMENT ON COLUMN drift.channels.may_use IS 'whether the current role has USAGE on the server';
COMMENT ON COLUMN drift.channels.has_mapping IS 'whether there is a user mapping, which holds the secrets, for the current role or for all';
COMMENT ON COLUMN drift.channels.rules IS 'alert rules that send to it or escalate to it, those that the current role may see';

GRANT SELECT ON drift.channels TO PUBLIC;
