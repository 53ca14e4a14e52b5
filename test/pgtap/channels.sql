-- Channels: options of servers and user mappings, who may use them, and what shows of them.
BEGIN;
SELECT plan(61);

CREATE ROLE channel_owner LOGIN;
CREATE ROLE channel_user LOGIN;
CREATE ROLE "channel ""outsider""" LOGIN;
GRANT USAGE ON FOREIGN DATA WRAPPER drift_channel TO channel_owner;
\ir ../lib/as_login.sql

-- What a statement says: nothing, or the error with its detail and hint.
CREATE FUNCTION pg_temp.said(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END
$$;
CREATE FUNCTION pg_temp.server(options text) RETURNS text LANGUAGE sql AS $$
	SELECT regexp_replace(pg_temp.said(format('DO $do$ BEGIN CREATE SERVER tried FOREIGN DATA WRAPPER drift_channel OPTIONS (%s); DROP SERVER tried; END $do$', options)),
		' \| It is .*', '')
$$;
CREATE FUNCTION pg_temp.mapping(options text) RETURNS text LANGUAGE sql AS $$
	SELECT regexp_replace(pg_temp.said(format('DO $do$ BEGIN CREATE USER MAPPING FOR PUBLIC SERVER "some channel" OPTIONS (%s); DROP USER MAPPING FOR PUBLIC SERVER "some channel"; END $do$', options)),
		' \| It is .*', '')
$$;

-- servers
SELECT is(pg_temp.server('type ''slack'', host ''hooks.slack.com'''), 'done', 'a channel needs a type and a host');
SELECT is(pg_temp.server('host ''a.example'''),
	'HV00J | option "type" is missing | Every channel needs it. | SELECT * FROM drift.channel_options(); lists options.', 'no type');
SELECT is(pg_temp.server('type ''slack'''),
	'HV00J | option "host" is missing | Every channel needs it. | SELECT * FROM drift.channel_options(); lists options.', 'no host');
SELECT is(pg_temp.server('type ''fax'', host ''a.example'''), 'HV024 | option "type" must be slack, webhook, github or email', 'no such type');
SELECT is(pg_temp.server('type ''slack'', host ''a.example'', colour ''red'''),
	'HV00D | invalid option "colour" | A server of a channel can have type, host, port, timeout_ms, path, template, project, repository, labels, from, to, tls.', 'no such option');
SELECT is(pg_temp.server('type ''slack'', host ''a.example'', template ''teams'''),
	'HV00D | option "template" is not for channels of the type slack | Those can have type, host, port, timeout_ms.', 'an option of another type');
SELECT is(pg_temp.server(format('type ''webhook'', host ''a.example'', %s ''s3cr3t''', o.option)),
	format('HV00D | option "%s" belongs to a user mapping | Everybody can read the options of a server. | CREATE USER MAPPING FOR role SERVER channel OPTIONS (%s ''...'')', o.option, o.option),
	format('%s is no option of a server', o.option))
FROM drift.channel_options() AS o WHERE o.belongs_to = 'user mapping' AND o.option <> 'path';
SELECT is(pg_temp.server('type ''github'', host ''api.github.com'''),
	'HV00J | option "repository" is missing | A channel of the type github needs it. | SELECT * FROM drift.channel_options(); lists options.', 'github needs a repository');
SELECT is(pg_temp.server('type ''email'', host ''a.example'', "from" ''a@b.example'''),
	'HV00J | option "to" is missing | A channel of the type email needs it. | SELECT * FROM drift.channel_options(); lists options.', 'email needs somebody to go to');
SELECT is(ARRAY(SELECT pg_temp.server(format('type ''webhook'', host %L', h)) FROM unnest('{10.0.0.1,::1,[2001:db8::1],a-b.example,localhost}'::text[]) AS h),
	array_fill('done'::text, '{5}'), 'hosts');
SELECT is(ARRAY(SELECT DISTINCT pg_temp.server(format('type ''webhook'', host %L', h))
		FROM unnest(ARRAY['', 'https://a.example', 'a.example/path', 'user@a.example', 'a b', E'a\nb', 'ä.example', 'a.example:443x']) AS h),
	'{"HV024 | option \"host\" must be a name or an address, without scheme, port and path"}'::text[], 'what is no host');
SELECT is(pg_temp.server(format('type ''webhook'', host %L', repeat('a', 254))), 'HV024 | option "host" must have 253 characters at most', 'a host that is too long');
SELECT is(pg_temp.server(format('type ''webhook'', host %L', repeat('a', 5000))), 'HV024 | option "host" is too long', 'or far too long');
SELECT is(ARRAY(SELECT pg_temp.server(format('type ''webhook'', host ''a.example'', port %L', p)) FROM unnest('{0,65536,-1,80x,"",9999999999}'::text[]) AS p),
	array_fill('HV024 | option "port" must be a number from 1 to 65535'::text, '{6}'), 'what is no port');
SELECT is(pg_temp.server('type ''webhook'', host ''a.example'', timeout_ms ''50'''), 'HV024 | option "timeout_ms" must be a number of milliseconds from 100 to 600000', 'a time that is too short');
SELECT is(ARRAY(SELECT split_part(pg_temp.server(format('type ''webhook'', host ''a.example'', path %L', p)), ' | ', 2) FROM unnest(ARRAY['a', '/a b', E'/a\r\nHost: x', '/ä', '/a#b']) AS p),
	'{"option \"path\" must begin with a slash"}'::text[] || array_fill('option "path" must not have blanks, number signs or characters outside ASCII'::text, '{4}'), 'paths');
SELECT is(ARRAY(SELECT split_part(pg_temp.server(format('type ''github'', host ''a.example'', repository %L', r)), ' | ', 2) FROM unnest('{o,/r,o/,o/r/x,"o/r x",../r,o/..}'::text[]) AS r),
	array_fill('option "repository" must be owner/name'::text, '{7}'), 'what is no repository');
SELECT is(pg_temp.server('type ''email'', host ''a.example'', "from" ''ml@b.example'', "to" ''a@b.example ,  c.d+e@f.example'', tls ''starttls'''), 'done', 'addresses with commas');
SELECT is(ARRAY(SELECT DISTINCT split_part(pg_temp.server(format('type ''email'', host ''a.example'', "from" ''ml@b.example'', "to" %L', t)), ' | ', 1)
		FROM unnest(ARRAY['a', '@b', 'a@', 'a@b@c', 'a@b,', ',a@b', 'a@b c@d', 'A <a@b>', E'a@b\r\nBcc: c@d', 'a@b;c@d', '"x"@b']) AS t), '{HV024}', 'what are no addresses');
SELECT is(split_part(pg_temp.server('type ''email'', host ''a.example'', "to" ''ml@b.example'', "from" ''a@b,c@d'''), ' | ', 2), 'option "from" must be one address', 'one sender');
SELECT is(split_part(pg_temp.server('type ''email'', host ''a.example'', "to" ''ml@b.example'', "from" ''a@b'', tls ''maybe'''), ' | ', 2), 'option "tls" must be implicit, starttls or none', 'kinds of TLS');
SELECT is(pg_temp.said('ALTER FOREIGN DATA WRAPPER drift_channel OPTIONS (host ''a'')'),
	'HV00D | option "host" belongs to a server | CREATE SERVER channel FOREIGN DATA WRAPPER drift_channel OPTIONS (host ''...'')', 'the wrapper has no options');

-- user mappings: no error tells the value
CREATE SERVER "some channel" FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'a.example', template 'pagerduty');
SELECT is(pg_temp.mapping('url ''https://a.example/x/y?z=1'', token ''t'', username ''u'', password ''p'', secret ''whsec_x'', key ''k'''), 'done', 'secrets');
SELECT is(pg_temp.mapping('host ''a.example'''), 'HV00D | option "host" belongs to a server | CREATE SERVER channel FOREIGN DATA WRAPPER drift_channel OPTIONS (host ''...'')', 'what is no secret');
SELECT is(pg_temp.mapping('pass ''s3cr3t'''), 'HV00D | invalid option "pass" | A user mapping of a channel can have url, path, token, username, password, secret, key, secret_file.', 'no such secret');
SELECT is(ARRAY(SELECT split_part(pg_temp.mapping(format('url %L', u)), ' | ', 2) FROM unnest(ARRAY['http://s3cr3t', 'https://', 'https://s3cr3t@a.example/', 'https://a.example?s3cr3t', E'https://a.example/s3\r\ncr3t']) AS u),
	'{"option \"url\" must begin with https://","option \"url\" must have a host, and no user or password","option \"url\" must have a host, and no user or password","option \"url\" must begin with a slash","option \"url\" must not have blanks, number signs or characters outside ASCII"}'::text[], 'what is no address');
SELECT is(pg_temp.mapping(format('%I %L', o.option, E's3cr3t\r\nX-Header: 1')), format('HV024 | option "%s" must not have control characters', o.option), format('lines end nowhere in %s', o.option))
FROM unnest('{token,username,password,secret,key}'::text[]) AS o (option);
SELECT is(ARRAY(SELECT split_part(pg_temp.mapping(format('secret_file %L', f)), ' | ', 2) FROM unnest('{../x,a/b,.hidden,"",/etc/passwd}'::text[]) AS f),
	array_fill('option "secret_file" must be the name of a file, without a path'::text, '{5}'), 'a file is in the directory for it');
SELECT is(pg_temp.mapping('secret_file ''pagerduty.conf'''), 'done', 'a superuser names a file');
GRANT USAGE ON FOREIGN SERVER "some channel" TO channel_user, channel_owner;
SELECT is(pg_temp.as_login('channel_user', 'CREATE USER MAPPING FOR CURRENT_USER SERVER "some channel" OPTIONS (secret_file ''pagerduty.conf'')'),
	'42501 permission denied for option "secret_file"', 'who may not read files of the server names none');
SELECT unalike(string_agg(pg_temp.mapping(format('%I %L', o.option, repeat('s3cr3t', 1000))), ''), '%s3cr3t%', 'no error tells a secret')
FROM drift.channel_options() AS o WHERE o.is_secret;

-- what there is
SELECT results_eq($$SELECT type, 'timeout_ms' = ANY (server_options), 'secret_file' = ANY (mapping_options) FROM drift.channel_types()$$,
	$$SELECT t, true, true FROM unnest('{slack,webhook,github,email}'::text[]) AS t$$, 'types');
SELECT is_empty($$SELECT option FROM drift.channel_options() WHERE description !~ '\w' OR cardinality(types) = 0$$, 'every option is described');
SELECT set_eq($$SELECT option FROM drift.channel_options() WHERE is_secret$$, '{url,path,token,password,secret,key}'::text[], 'secrets are called so');

-- who may use a channel
CREATE SERVER mail FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'email', host 'smtp.example', "from" 'ml@b.example', "to" 'team@b.example');
CREATE USER MAPPING FOR PUBLIC SERVER mail OPTIONS (username 'ml', password 's3cr3t');
SELECT is(pg_temp.as_login('channel "outsider"', 'SELECT status FROM drift.test_message(''mail'')'), '42501 permission denied for channel "mail"', 'a test needs USAGE');
SELECT is(pg_temp.as_login('channel "outsider"', 'SELECT drift.preview_message(''mail'')'), '42501 permission denied for channel "mail"', 'a preview as well');
SELECT is(pg_temp.as_login('channel_user', 'SELECT status || '' '' || owner FROM drift.test_message(''some channel'')'), 'pending channel_user', 'with it one goes out for who asked');
SELECT is(pg_temp.as_login('channel_user', 'SELECT count(*) FROM drift.deliveries'), '1', 'who sees it');
SELECT is(pg_temp.as_login('channel "outsider"', 'SELECT count(*) FROM drift.deliveries'), '0', 'and nobody else does');
SELECT throws_ok('SELECT drift.test_message(''nowhere'')', '42704', 'no channel is named "nowhere"', 'no such channel');
CREATE FOREIGN DATA WRAPPER other;
CREATE SERVER "other's" FOREIGN DATA WRAPPER other;
SELECT throws_ok('SELECT drift.preview_message(''other''''s'')', '42704', 'no channel is named "other''s"', 'a server of another wrapper is none');
SELECT throws_ok('SELECT drift.preview_message(NULL)', '42704', 'no channel is named "NULL"', 'nor is NULL');
SELECT throws_ok('SELECT drift.preview_message(''mail'', 1, 1)', '22023', 'a message is about an alert or about a check', 'one of both');
SELECT throws_ok('SELECT drift.preview_message(''mail'', alert_id => -1)', '42704', 'there is no alert -1 that you may see', 'no such alert');
SELECT throws_ok('SELECT drift.preview_message(''mail'', check_id => -1)', '42704', 'there is no check -1 that you may see', 'no such check');
SELECT throws_ok('SELECT drift.issue_body(NULL)', '42704', 'there is no check NULL that you may see', 'nor is NULL one');

-- what shows of them
SET drift.http_allowed_hosts = 'a.example';
SELECT is((SELECT string_agg(concat_ws('/', name, type, host, port, is_allowed, template, recipient, may_use, has_mapping, rules::text), ' ') FROM drift.channels),
	'mail/email/smtp.example/587/f/team@b.example/t/t/{} some channel/webhook/a.example/443/t/pagerduty/t/f/{}', 'drift.channels');
SELECT is(pg_temp.as_login('channel "outsider"', 'SELECT string_agg(concat(name, may_use, has_mapping), '','') FROM drift.channels'), 'mailft,some channelff', 'as others see it');
SELECT unalike((SELECT string_agg(c::text, '') FROM drift.channels AS c) || (SELECT string_agg(u.content::text, '') FROM drift.prepare_uninstall(true) AS u WHERE u.kind = 'channel'), '%s3cr3t%',
	'no secret shows, neither there nor in what is kept before the extension goes');
SELECT results_eq($$SELECT name, content -> 'mappings' FROM drift.prepare_uninstall() WHERE kind = 'channel'$$,
	$$VALUES ('mail', '["public"]'::jsonb), ('some channel', '[]')$$, 'channels go before the extension does');
SELECT is_empty('SELECT name FROM drift.channels', 'then there are none');

SELECT * FROM finish();
ROLLBACK;
