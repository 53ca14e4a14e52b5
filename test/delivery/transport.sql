-- channels of every kind to the servers of sinks.py, and what makes requests for them
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION drift;
ALTER DATABASE :"database" SET drift.http_ca_file = :'ca';
SELECT set_config('test.hosts', concat_ws(', ', 'localhost:' || :https, 'localhost:' || :untrusted, 'localhost:' || :expired, 'localhost:' || :misnamed,
	'localhost:' || :smtp, 'localhost:' || :smtps, 'localhost:' || :plain, '127.0.0.1:' || :https, 'other.localhost:' || :https, 'localhost:1',
	'192.0.2.1:25'), false) AS hosts \gset
ALTER DATABASE :"database" SET drift.http_allowed_hosts = :'hosts';
ALTER DATABASE :"database" SET drift.secrets_directory = :'secrets';

CREATE FUNCTION make_channel(name text, mapping jsonb, options jsonb DEFAULT '{}', role text DEFAULT 'CURRENT_USER') RETURNS void
	LANGUAGE plpgsql
AS $$
DECLARE
	defaults CONSTANT jsonb := jsonb_build_object('type', 'webhook', 'host', 'localhost', 'port', current_setting('test.https'));
BEGIN
	EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER drift_channel OPTIONS (%s)', name,
		(SELECT string_agg(format('%I %L', o.key, o.value), ', ') FROM jsonb_each_text(jsonb_strip_nulls(defaults || options)) AS o));
	IF mapping IS NOT NULL THEN
		EXECUTE format('CREATE USER MAPPING FOR %s SERVER %I %s', role, name,
			'OPTIONS (' || (SELECT string_agg(format('%I %L', o.key, o.value), ', ') FROM jsonb_each_text(mapping) AS o) || ')');
	END IF;
END
$$;

CREATE FUNCTION request(channel text, more jsonb DEFAULT '{}') RETURNS jsonb
	LANGUAGE sql STABLE
	RETURN jsonb_build_object('delivery_id', 7, 'owner', current_user, 'channel', channel, 'key', '6f9c0a0e-0000-4000-8000-00000000000a',
		'method', 'POST', 'path', NULL, 'headers', '{}'::jsonb, 'content_type', 'application/json', 'body', '{"a": 1}') || more;

CREATE FUNCTION mail(channel text, more jsonb DEFAULT '{}') RETURNS jsonb
	LANGUAGE sql STABLE
	RETURN jsonb_build_object('delivery_id', 8, 'owner', current_user, 'channel', channel, 'key', '6f9c0a0e-0000-4000-8000-00000000000b',
		'from', 'drift@example.org', 'to', '["ml@example.org"]'::jsonb, 'subject', 'Drift', 'text', 'text', 'html', '<p>text</p>') || more;

SELECT set_config('test.https', :'https', false) \g /dev/null
SELECT make_channel(c.name, jsonb_build_object('path', c.path), jsonb_strip_nulls(jsonb_build_object('timeout_ms', c.timeout)))
FROM (VALUES ('ok', '/ok/s3cret', NULL), ('busy', '/busy/7', NULL), ('busy_until', '/busy-until/30', NULL), ('flaky', '/flaky/a', NULL),
	('redirect', '/redirect', NULL), ('huge', '/huge', NULL), ('headers', '/headers', NULL), ('reset', '/reset', NULL), ('half', '/half', '2000'),
	('bytes', '/bytes', NULL), ('hang', '/hang', '300'), ('hang_long', '/hang', NULL)) AS c (name, path, timeout) \g /dev/null
SELECT make_channel('status_' || s, jsonb_build_object('path', '/status/' || s))
FROM unnest('{201,204,304,400,401,403,404,408,410,425,500,502,503}'::text[]) AS s \g /dev/null
SELECT make_channel(s.name, '{"path": "/ok"}', jsonb_build_object('port', s.port))
FROM (VALUES ('untrusted', :'untrusted'), ('expired', :'expired'), ('misnamed', :'misnamed'), ('closed', '1'), ('elsewhere', '2')) AS s (name, port) \g /dev/null
SELECT make_channel('by_address', '{"path": "/ok"}', '{"host": "127.0.0.1"}'), make_channel('by_name', '{"path": "/ok"}', '{"host": "other.localhost"}'),
	make_channel('whole_url', jsonb_build_object('url', format('https://localhost:%s/ok/s3cret', :'https'))),
	make_channel('other_url', '{"url": "https://example.org/ok/s3cret"}'), make_channel('no_path', '{"token": "s3cret"}'),
	make_channel('token', '{"path": "/echo/s3cret", "token": "s3cret token"}'),
	make_channel('password', '{"path": "/echo", "username": "name", "password": "s3cret password"}'),
	make_channel('signed', '{"path": "/ok", "secret": "whsec_czNjcmV0IG9mIHNpZ25hdHVyZXM=", "key": "s3cret \"key\""}'),
	make_channel('public', '{"path": "/ok/public"}', role => 'PUBLIC'), make_channel('unmapped', NULL),
	make_channel('filed', '{"secret_file": "hook"}'), make_channel('no_file', '{"secret_file": "none"}'), make_channel('pipe', '{"secret_file": "pipe"}'),
	make_channel('github', '{"token": "token of drift"}', '{"type": "github", "repository": "some/models"}') \g /dev/null
SELECT make_channel(m.name, m.mapping::jsonb, jsonb_build_object('type', 'email', 'port', m.port, 'tls', m.tls, 'from', 'drift@example.org', 'to', 'ml@example.org'))
FROM (VALUES ('starttls', :'smtp', 'starttls', '{"username": "drift", "password": "secret of drift"}'),
	('implicit', :'smtps', 'implicit', '{"username": "drift", "password": "secret of drift"}'),
	('wrong_password', :'smtp', 'starttls', '{"username": "drift", "password": "s3cret"}'),
	('plain', :'plain', 'none', NULL), ('plain_password', :'plain', 'none', '{"username": "drift", "password": "s3cret"}'),
	('stripped', :'plain', 'starttls', NULL)) AS m (name, port, tls, mapping) \g /dev/null
SELECT make_channel('far_plain', NULL, '{"type": "email", "host": "192.0.2.1", "port": "25", "tls": "none", "from": "a@b.c", "to": "a@b.c"}') \g /dev/null

CREATE ROLE transport_sender;
GRANT USAGE ON FOREIGN SERVER ok, public TO transport_sender;
CREATE ROLE transport_stranger;
