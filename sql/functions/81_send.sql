-- messages go out: by drift_http, a library of its own that is linked with libcurl

CREATE OR REPLACE FUNCTION drift_internal.transport() RETURNS text
	AS 'MODULE_PATHNAME', 'drift_transport' LANGUAGE C VOLATILE PARALLEL RESTRICTED;

COMMENT ON FUNCTION drift_internal.transport() IS 'version of libcurl that messages are sent with; an error where there is none';

CREATE OR REPLACE FUNCTION drift_internal.host_allowed(host text, port integer) RETURNS boolean
	AS 'MODULE_PATHNAME', 'drift_host_allowed' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION drift_internal.host_allowed(text, integer) IS 'whether drift.http_allowed_hosts has a host with this port';

-- Whoever calls it right after COMMIT holds no snapshot meanwhile.
CREATE OR REPLACE PROCEDURE drift_internal.send_requests(INOUT requests jsonb)
	AS 'MODULE_PATHNAME', 'drift_send_requests' LANGUAGE C;

COMMENT ON PROCEDURE drift_internal.send_requests(jsonb) IS
	'sends an array of what drift_internal.channel_request() made, with the secrets of their owners, of whom the caller must be a member; requests becomes an array of results: outcome sent, retry or dead, tried, status, retry_after, error, body and answers';

CREATE OR REPLACE FUNCTION drift_internal.close_connections() RETURNS void
	AS 'MODULE_PATHNAME', 'drift_close_connections' LANGUAGE C VOLATILE PARALLEL RESTRICTED;

COMMENT ON FUNCTION drift_internal.close_connections() IS 'closes connections that the session keeps for its next messages';
