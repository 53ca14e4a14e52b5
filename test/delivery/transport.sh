#!/bin/sh
# Messages on the network: to servers that take them, and to those that do what servers do. Prints TAP.
# Needs a server (PGHOST, PGPORT, ...) and a superuser.
set -u
cd "$(dirname "$0")/../.."
. test/lib/tap.sh
. test/delivery/sinks.sh

work=${WORK:-$(mktemp -d)}/transport
database=drift_transport
mkdir -p "$work/secrets"
chmod 755 "${work%/*}" "$work" "$work/secrets"

cleanup() {
	[ -z "${SINKS_PID:-}" ] || stop_sinks
	psql -XAtq -d postgres -c "DROP DATABASE IF EXISTS $database" -c "DROP DATABASE IF EXISTS ${database}_latin" \
		-c 'DROP ROLE IF EXISTS transport_sender, transport_stranger' >/dev/null 2>&1
}
trap cleanup EXIT

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -d $database "$@"
}

prepare() {
	printf '# of a webhook\n\n  path = /ok/from_file \r\nkey=s3cret = with a sign\n' >"$work/secrets/hook"
	mkfifo "$work/secrets/pipe"
	createdb $database && psql -XAtq -d $database -v database=$database -v ca="$SINK_CA" -v secrets="$work/secrets" -v https="$SINK_HTTPS_PORT" \
		-v untrusted="$SINK_UNTRUSTED_PORT" -v expired="$SINK_EXPIRED_PORT" -v misnamed="$SINK_MISNAMED_PORT" -v smtp="$SINK_SMTP_PORT" \
		-v smtps="$SINK_SMTPS_PORT" -v plain="$SINK_PLAIN_SMTP_PORT" -f test/delivery/transport.sql
}

# sends EXPECTED REQUEST [SETTING...]: what came of the request has these members, its error matches, and nothing is told
# that is secret. REQUEST is SQL.
sends() {
	expected=$1 request=$2
	shift 2
	silent run_sql -v expected="$expected" -v settings="$*" <<-SQL
		SELECT set_config(split_part(s, '=', 1), split_part(s, '=', 2), false) FROM unnest(string_to_array(nullif(:'settings', ''), ' ')) AS s \g /dev/null
		SELECT jsonb_build_array($request) AS requests \gset
		CALL drift_internal.send_requests(:'requests') \gset
		SELECT r FROM jsonb_array_elements(:'requests') AS r, CAST(:'expected' AS jsonb) AS e
		WHERE NOT r @> (e - 'error') OR coalesce(r ->> 'error', '') !~ coalesce(e ->> 'error', '^\$') OR r::text ~ 's3cret';
	SQL
}

# last_arrived EXPRESSION: Python over what arrived last
last_arrived() {
	tail -n 1 "$SINK_ARRIVED" | /usr/bin/python3 -c "
import base64, email, email.policy, hashlib, hmac, json, sys
m = json.load(sys.stdin)
mail = email.message_from_string(m['data'], policy=email.policy.default) if m['kind'] == 'smtp' else None
if not ($1): sys.exit(json.dumps(m))"
}

# none_arrived COMMAND...: whatever it does, nobody gets anything
none_arrived() {
	before=$(arrived | wc -l)
	"$@" && [ "$(arrived | wc -l)" -eq "$before" ]
}

arrives() {
	sends '{"delivery_id": 7, "outcome": "sent", "tried": true, "status": 200, "body": "ok", "answers": [{"status": 200, "body": "ok"}]}' \
		"request('ok', '{\"method\": \"PUT\", \"headers\": {\"X-Kind\": \"test\"}, \"content_type\": \"application/cloudevents+json\"}')" &&
		last_arrived "(m['method'], m['path'], m['body']) == ('PUT', '/ok/s3cret', '{\"a\": 1}') and
			m['headers']['idempotency-key'] == '6f9c0a0e-0000-4000-8000-00000000000a' and m['headers']['x-kind'] == 'test' and
			m['headers']['content-type'] == 'application/cloudevents+json' and m['headers']['user-agent'].startswith('drift/')"
}

statuses() {
	sends '{"outcome": "sent"}' "request('status_201'), request('status_204')" &&
		sends '{"outcome": "dead", "tried": true, "error": "^localhost:[0-9]+ answered 4[0-9]+: the answer 4[0-9]+$"}' \
			"request('status_400'), request('status_401'), request('status_403'), request('status_404'), request('status_410')" &&
		sends '{"outcome": "retry", "tried": true, "error": "answered [45][0-9]+: the answer"}' \
			"request('status_408'), request('status_425'), request('status_500'), request('status_502'), request('status_503')"
}

pauses() {
	sends '{"outcome": "retry", "status": 429, "retry_after": 7, "error": "answered 429: slow down"}' "request('busy')" &&
		[ "$(run_sql -c "CALL drift_internal.send_requests(jsonb_build_array(request('busy_until')))" | grep -Eo '"retry_after": [0-9]+' | grep -Eo '[0-9]+')" -ge 10 ]
}

comes_back() {
	sends '{"outcome": "retry", "status": 503, "error": "503: not yet"}' "request('flaky')" && sends '{"outcome": "sent"}' "request('flaky')"
}

redirects() {
	sends '{"outcome": "dead", "status": 302, "error": "sends to elsewhere.example; redirects are not followed$"}' "request('redirect')" &&
		sends '{"outcome": "dead", "status": 304, "error": "sends to nowhere"}' "request('status_304')"
}

# Where a status is known the server has taken it, whatever follows.
without_end() {
	sends '{"outcome": "sent", "status": 200}' "request('huge'), request('headers'), request('half')" &&
		[ "$(run_sql -c "CALL drift_internal.send_requests(jsonb_build_array(request('huge')))" | wc -c)" -lt 75000 ]
}

broken() {
	sends '{"outcome": "retry", "tried": true, "error": "broke the connection off"}' "request('reset')" &&
		sends '{"outcome": "retry", "tried": true, "error": "was not reached: .*(timed out|Timeout)"}' "request('hang')" &&
		sends '{"outcome": "retry", "tried": true, "error": "was not reached"}' "request('closed')"
}

untrusted() {
	for channel in untrusted expired misnamed; do
		sends '{"outcome": "retry", "tried": true, "error": "is not trusted: .*(certificate|alternative|name)"}' "request('$channel')" || return 1
	done
}

not_allowed() {
	sends '{"outcome": "retry", "tried": false, "error": "^drift.http_allowed_hosts does not have localhost:2$"}' "request('elsewhere')" &&
		sends '{"outcome": "retry", "tried": false, "error": "allowed_hosts does not have"}' "request('ok')" drift.http_allowed_hosts= &&
		sends '{"outcome": "retry", "tried": false, "error": "allowed_hosts does not have"}' "request('ok')" drift.http_allowed_hosts=localhost
}

addresses() {
	none_arrived sends '{"outcome": "retry", "error": "has an address that it may not have"}' "request('by_name')" &&
		sends '{"outcome": "sent"}' "request('by_address')"
}

hosts() {
	[ "$(run_sql -c "SET drift.http_allowed_hosts = 'a.example, *.b.example, c.example:8443, [2001:db8::1]:8443, 192.0.2.7'" -c "
		SELECT string_agg((drift_internal.host_allowed(h.host, h.port) = h.allowed)::text, ' ')
		FROM (VALUES ('a.example', 443, true), ('A.Example', 465, true), ('a.example', 8443, false), ('x.a.example', 443, false), ('b.example', 443, false),
			('x.b.example', 443, true), ('y.x.b.example', 587, true), ('xb.example', 443, false), ('.b.example', 443, false), ('c.example', 443, false),
			('c.example', 8443, true), ('2001:db8:0::1', 8443, true), ('2001:db8::1', 443, false), ('192.0.2.7', 443, true),
			('192.0.2.70', 443, false)) AS h (host, port, allowed)" | tr ' ' '\n' | sort | uniq -c | tr -d ' ')" = 15true ]
}

host_syntax() {
	for wrong in '*' 'https://a.example' 'a.example/x' 'a.example:0' 'a.example:70000' 'a.example:8443x' '[::1' '*.' 'a b' 'user@a.example'; do
		! run_sql -v VERBOSITY=verbose -c "LOAD 'drift'" -c "SET drift.http_allowed_hosts = '\"$wrong\"'" 2>"$work/errors" && grep -q 'ERROR:  22023' "$work/errors" ||
			{ echo "$wrong"; cat "$work/errors"; return 1; }
	done
}

urls() {
	sends '{"outcome": "sent"}' "request('whole_url')" && last_arrived "m['path'] == '/ok/s3cret'" &&
		sends '{"outcome": "retry", "tried": false, "error": "not one of the channel.s host"}' "request('other_url')" &&
		sends '{"outcome": "retry", "tried": false, "error": "which path"}' "request('no_path'), request('unmapped')" &&
		sends '{"outcome": "sent"}' "request('no_path', '{\"path\": \"/ok/a\"}')"
}

roles() {
	sends '{"outcome": "retry", "tried": false, "error": "^no channel is named \"none\"$"}' "request('none')" &&
		sends '{"outcome": "retry", "tried": false, "error": "is gone"}' "request('ok', '{\"owner\": \"nobody there\"}')" &&
		sends '{"outcome": "retry", "tried": false, "error": "\"transport_stranger\" has no right to use"}' "request('ok', '{\"owner\": \"transport_stranger\"}')" &&
		sends '{"outcome": "retry", "tried": false, "error": "which path"}' "request('ok', '{\"owner\": \"transport_sender\"}')" &&
		sends '{"outcome": "sent"}' "request('public', '{\"owner\": \"transport_sender\"}'), request('public')" role=transport_sender &&
		sends '{"outcome": "retry", "tried": false, "error": "^permission denied to send messages of role"}' \
			"request('public', '{\"owner\": \"transport_stranger\"}')" role=transport_sender
}

# A wrapper that is called otherwise has channels that are none.
other_wrapper() {
	run_sql -c 'CREATE FOREIGN DATA WRAPPER other' -c "CREATE SERVER of_other FOREIGN DATA WRAPPER other OPTIONS (type 'webhook', host 'localhost')" &&
		sends '{"outcome": "retry", "error": "no channel is named"}' "request('of_other')"
}

files() {
	sends '{"outcome": "sent"}' "request('filed', '{\"body\": \"{}\", \"secret_members\": {\"routing_key\": \"key\"}}')" &&
		last_arrived "m['path'] == '/ok/from_file' and json.loads(m['body']) == {'routing_key': 's3cret = with a sign'}" &&
		sends '{"outcome": "retry", "tried": false, "error": "\"none\" cannot be read"}' "request('no_file')" &&
		sends '{"outcome": "retry", "tried": false, "error": "\"pipe\" cannot be read"}' "request('pipe')" &&
		sends '{"outcome": "retry", "tried": false, "error": "secrets_directory is not set"}' "request('filed')" drift.secrets_directory=
}

secret_members() {
	sends '{"outcome": "sent"}' "request('signed', '{\"secret_members\": {\"routing_key\": \"key\"}}')" &&
		last_arrived "json.loads(m['body']) == {'routing_key': 's3cret \"key\"', 'a': 1}" &&
		sends '{"outcome": "retry", "tried": false, "error": "needs the option \"key\""}' "request('ok', '{\"secret_members\": {\"routing_key\": \"key\"}}')"
}

signatures() {
	sends '{"outcome": "sent"}' "request('signed', jsonb_build_object('body', '{\"a\": \"ü\"}'))" &&
		last_arrived "m['headers']['webhook-id'] == m['headers']['idempotency-key'] and
			m['headers']['webhook-signature'] == 'v1,' + base64.b64encode(hmac.new(b's3cret of signatures',
				'.'.join([m['headers']['webhook-id'], m['headers']['webhook-timestamp'], m['body']]).encode(), hashlib.sha256).digest()).decode() and
			m['headers']['x-drift-signature-256'] == 'sha256=' + hmac.new(b's3cret of signatures', m['body'].encode(), hashlib.sha256).hexdigest() and
			abs(int(m['headers']['webhook-timestamp']) - m['at']) < 60"
}

# Servers may answer with what they were sent.
echoes() {
	sends '{"outcome": "sent"}' "request('token')" && last_arrived "m['headers']['authorization'] == 'Bearer s3cret token'" &&
		sends '{"outcome": "sent"}' "request('password')" &&
		last_arrived "m['headers']['authorization'] == 'Basic ' + base64.b64encode(b'name:s3cret password').decode()" &&
		! run_sql -c "CALL drift_internal.send_requests(jsonb_build_array(request('password')))" | grep bmFtZTpzM2NyZXQ
}

bytes() {
	sends '{"outcome": "sent", "body": "a?b?c?"}' "request('bytes')"
}

hostile_headers() {
	none_arrived sends '{"outcome": "dead", "error": "none that may be sent"}' "request('ok', '{\"headers\": {\"X-A\": \"b\\r\\nX-C: d\"}}'),
		request('ok', '{\"headers\": {\"X-A: b\\r\\nX-C\": \"d\"}}'), request('ok', '{\"headers\": {\"Host\": \"example.org\"}}'),
		request('ok', '{\"headers\": {\"Authorization\": \"Bearer mine\"}}'), mail('plain', '{\"headers\": {\"Bcc\": \"a@b.c\"}}')" &&
		none_arrived sends '{"outcome": "dead", "error": "method"}' "request('ok', '{\"method\": \"GET / HTTP/1.1\\r\\n\"}')"
}

repository() {
	none_arrived sends '{"outcome": "dead", "error": "not about the channel.s repository"}' "request('github', '{\"path\": \"/user\"}'),
		request('github', '{\"path\": \"/repos/some/other/issues\"}'), request('github', '{\"path\": \"/repos/some/models/../other/issues\"}'),
		request('github', '{\"path\": \"/repos/some/models/%2e%2e/other/issues\"}')" &&
		sends '{"outcome": "sent", "answers": [{"status": 201}]}' "request('github', '{\"path\": \"/repos/some/models/issues\", \"body\": \"{\\\"title\\\": \\\"Drift\\\"}\"}')"
}

steps() {
	sends '{"outcome": "sent", "status": 201, "answers": [{"status": 200}, {"status": 201}]}' "request('github', jsonb_build_object('steps',
			'[{\"method\": \"PATCH\", \"path\": \"/repos/some/models/issues/1\", \"body\": \"{}\"}, {\"path\": \"/repos/some/models/issues/1/comments\", \"body\": \"{}\"}]'::jsonb))" &&
		last_arrived "m['headers']['idempotency-key'].endswith('-2')" &&
		sends '{"outcome": "dead", "status": 404, "answers": [{"status": 200}, {"status": 404}], "error": "answered 404"}' "request('github', jsonb_build_object('steps',
			'[{\"method\": \"PATCH\", \"path\": \"/repos/some/models/issues/1\", \"body\": \"{}\"}, {\"path\": \"/repos/some/models/issues/2/comments\"}]'::jsonb))" &&
		sends '{"outcome": "dead", "tried": false, "error": "nothing to send"}' "request('ok', '{\"steps\": []}')"
}

made_wrong() {
	sends '{"outcome": "retry", "tried": false, "error": "^it could not be made$"}' "request('ok', '{\"error\": \"it could not be made\"}')"
}

mails() {
	sends '{"delivery_id": 8, "outcome": "sent", "status": 250}' "mail('starttls', jsonb_build_object('to', '[\"a@example.org\", \"b@example.org\"]'::jsonb,
			'subject', 'Größe ⚠️ drift in a model of which the name is so long that no single encoded word has enough room for it',
			'text', E'line\n.\n..\nüber\n' || repeat('long ', 200), 'html', '<p>über</p>', 'headers', '{\"References\": \"<a@example.org>\"}'::jsonb,
			'attachments', '[{\"name\": \"report \\\"ü\\\".html\", \"type\": \"text/html\", \"body\": \"<p>Größe</p>\"}]'::jsonb))" &&
		last_arrived "m['tls'] and m['user'] == 'drift' and m['to'] == ['a@example.org', 'b@example.org'] and mail['To'] == 'a@example.org, b@example.org' and
			mail['Subject'] == 'Größe ⚠️ drift in a model of which the name is so long that no single encoded word has enough room for it' and
			mail['Message-ID'] == '<6f9c0a0e-0000-4000-8000-00000000000b@example.org>' and mail['References'] == '<a@example.org>' and
			abs(mail['Date'].datetime.timestamp() - m['at']) < 60 and
			mail.get_body(('plain',)).get_content().splitlines() == ['line', '.', '..', 'über', 'long ' * 200] and
			mail.get_body(('html',)).get_content().strip() == '<p>über</p>' and
			[(a.get_content_type(), a.get_content().strip()) for a in mail.iter_attachments()] == [('text/html', '<p>Größe</p>')] and
			max(map(len, m['data'].splitlines())) <= 998"
}

implicit_mails() {
	sends '{"outcome": "sent"}' "mail('implicit', '{\"html\": null}')" && last_arrived "m['listener'] == 'smtps' and m['tls'] and m['user'] == 'drift'"
}

plain_mails() {
	sends '{"outcome": "sent"}' "mail('plain')" && last_arrived "m['listener'] == 'plain_smtp' and not m['user']" &&
		none_arrived sends '{"outcome": "retry", "tried": false, "error": "without TLS gets no password"}' "mail('plain_password')" &&
		sends '{"outcome": "retry", "error": "has an address that it may not have"}' "mail('far_plain')" &&
		none_arrived sends '{"outcome": "retry", "tried": true, "error": "is not trusted"}' "mail('stripped')"
}

refused_mails() {
	sends '{"outcome": "retry", "status": 451, "error": "mailbox busy$"}' "mail('starttls', '{\"to\": [\"busy-once-x@example.org\"]}')" &&
		sends '{"outcome": "sent"}' "mail('starttls', '{\"to\": [\"busy-once-x@example.org\"]}')" &&
		sends '{"outcome": "dead", "status": 550, "error": "no such mailbox$"}' "mail('starttls', '{\"to\": [\"a@example.org\", \"refused@example.org\"]}')" &&
		sends '{"outcome": "dead", "status": 535, "error": "answered 535"}' "mail('wrong_password')" &&
		sends '{"outcome": "retry", "tried": true, "status": 421, "error": "answered 421"}' "mail('plain', '{\"to\": [\"shut@example.org\"]}')" &&
		sends '{"outcome": "retry", "tried": true, "error": "was not reached"}' "mail('plain', '{\"to\": [\"hang@example.org\"]}')" drift.http_timeout=500
}

hostile_mails() {
	none_arrived sends '{"outcome": "dead", "error": "no sender|no address"}' "mail('plain', '{\"to\": [\"a@b.c>\\r\\nRCPT TO:<d@e.f\"]}'), mail('plain', '{\"to\": []}'),
			mail('plain', '{\"from\": \"a@b.c\\nBcc: d@e.f\"}'), mail('plain', '{\"to\": [\"nobody\"]}'), mail('plain', '{\"to\": [\"a@b@c\"]}')" &&
		sends '{"outcome": "sent"}' "mail('plain', jsonb_build_object('subject', E'<script> \"x\"\r\nBcc: d@e.f', 'attachments',
			'[{\"name\": \"a\\r\\nX: y\\\";/..\", \"type\": \"text/html\\r\\nX: y\", \"body\": \"b\"}]'::jsonb))" &&
		last_arrived "mail['Subject'].split() == ['<script>', '\"x\"', 'Bcc:', 'd@e.f'] and 'Bcc' not in mail and m['to'] == ['ml@example.org'] and
			all('X' not in part for part in mail.walk())"
}

# connections_of PATTERN: how many connections brought what arrived last under this key
connections_of() {
	arrived "$1" | grep -Eo '"connection": [0-9]+' | sort -u | wc -l
}

few_connections() {
	run_sql -f - <<-'SQL' &&
		SELECT jsonb_agg(request('ok', jsonb_build_object('body', 'kept ' || i))) AS requests,
			jsonb_agg(mail('starttls', jsonb_build_object('subject', 'one after another'))) AS mails
		FROM generate_series(1, 20) AS i \gset
		CALL drift_internal.send_requests(:'requests') \g /dev/null
		CALL drift_internal.send_requests(:'requests') \g /dev/null
		SET drift.http_connections = 1;
		CALL drift_internal.send_requests(:'mails') \g /dev/null
	SQL
		[ "$(arrived '"kept [0-9]' | wc -l)" -eq 40 ] && [ "$(connections_of '"kept [0-9]')" -le 4 ] &&
		[ "$(arrived 'one after another' | wc -l)" -eq "$n_mails" ] && [ "$(connections_of 'one after another')" -le 1 ]
}

# One half of the connections hangs, the other brings what is for others.
beside_hanging() {
	[ "$(run_sql -f - <<-SQL
		SELECT jsonb_agg(request(CASE WHEN i <= 20 THEN 'hang' ELSE 'ok' END)) AS requests FROM generate_series(1, 40) AS i \gset
		CALL drift_internal.send_requests(:'requests') \gset
		SELECT count(*) FILTER (WHERE r @> '{"outcome": "sent"}'), count(*) FILTER (WHERE r @> '{"outcome": "retry", "tried": true}'),
			count(*) FILTER (WHERE r @> '{"outcome": "retry", "tried": false}' AND r ->> 'error' ~ '^not tried after another message') FROM jsonb_array_elements(:'requests') AS r;
	SQL
	)" = '20|4|16' ]
}

within_transaction() {
	! run_sql -v VERBOSITY=verbose -c BEGIN -c "CALL drift_internal.send_requests('[]')" 2>"$work/errors" && grep -q 'ERROR:  25001' "$work/errors" && grep -q HINT "$work/errors" &&
		! run_sql -v VERBOSITY=verbose -c "DO \$\$ DECLARE r jsonb := '[]'; BEGIN CALL drift_internal.send_requests(r); EXCEPTION WHEN division_by_zero THEN NULL; END \$\$" 2>"$work/errors" &&
		grep -q 'ERROR:  25001' "$work/errors"
}

wrong_arguments() {
	for wrong in NULL "'{}'" "'1'" "'[1]'"; do
		! run_sql -v VERBOSITY=verbose -c "CALL drift_internal.send_requests($wrong)" 2>"$work/errors" && grep -Eq 'ERROR:  (22023|22004)' "$work/errors" ||
			{ echo "$wrong"; cat "$work/errors"; return 1; }
	done
	[ "$(run_sql -c "CALL drift_internal.send_requests('[]')")" = '[]' ]
}

# Each round is cancelled while it waits; then the session has as many files open as before, and works.
cancelled() {
	[ "$(run_sql -v ON_ERROR_STOP=0 -f - 2>"$work/errors" <<-SQL
		SELECT jsonb_build_array(request('hang_long'), request('ok')) AS hanging, jsonb_build_array(request('ok')) AS ok \gset
		CALL drift_internal.send_requests(:'ok') \g /dev/null
		SELECT drift_internal.close_connections() \g /dev/null
		SELECT count(*) AS files FROM pg_ls_dir('/proc/self/fd') \gset
		SET statement_timeout = 100;
		$(for round in $(seq "${DRIFT_CANCEL_ROUNDS:-10}"); do echo "CALL drift_internal.send_requests(:'hanging');"; done)
		RESET statement_timeout;
		SELECT drift_internal.close_connections() \g /dev/null
		SELECT count(*) - :files FROM pg_ls_dir('/proc/self/fd');
		CALL drift_internal.send_requests(:'ok') \gset
		SELECT :'requests'::jsonb -> 0 ->> 'outcome';
	SQL
	)" = "0
sent" ] && [ "$(grep -c 'canceling statement due to statement timeout' "$work/errors")" -eq "${DRIFT_CANCEL_ROUNDS:-10}" ]
}

begin_hanging() {
	psql -XAtq -d $database -f - >"$work/out" 2>"$work/errors" <<-SQL &
		SET application_name = hanging;
		DO \$\$
		DECLARE
			requests jsonb := jsonb_build_array(request('hang_long'));
		BEGIN
			COMMIT;
			CALL drift_internal.send_requests(requests);
		END
		\$\$;
	SQL
	for attempt in $(seq 200); do
		[ -z "$(run_sql -c "SELECT pid FROM pg_stat_activity WHERE application_name = 'hanging' AND wait_event_type = 'Extension'")" ] || return 0
		sleep 0.05
	done
	cat "$work/errors"
	return 1
}

holds_nothing() {
	[ "$(run_sql -c "SELECT backend_xmin IS NULL AND backend_xid IS NULL FROM pg_stat_activity WHERE application_name = 'hanging'")" = t ]
}

terminated() {
	run_sql -c "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'hanging'" | grep -qx t
}

latin_database() {
	createdb -E LATIN1 -T template0 --lc-collate=C --lc-ctype=C ${database}_latin && psql -XAtq -d ${database}_latin -c 'CREATE EXTENSION drift' >"$work/out" 2>&1
}

other_encoding() {
	psql -XAtq -v ON_ERROR_STOP=1 -d ${database}_latin -v ca="$SINK_CA" -v hosts="localhost:$SINK_HTTPS_PORT, localhost:$SINK_PLAIN_SMTP_PORT" -v port="$SINK_HTTPS_PORT" \
		-v plain="$SINK_PLAIN_SMTP_PORT" <<-'SQL' >"$work/out" &&
		LOAD 'drift';
		SET client_encoding = 'UTF8';
		SET drift.http_ca_file = :'ca';
		SET drift.http_allowed_hosts = :'hosts';
		CREATE SERVER hook FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'localhost', port :'port');
		CREATE USER MAPPING FOR CURRENT_USER SERVER hook OPTIONS (path '/echo');
		CREATE SERVER plain FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'email', host 'localhost', port :'plain', tls 'none', "from" 'a@b.c', "to" 'a@b.c');
		SELECT jsonb_build_array(jsonb_build_object('owner', current_user, 'channel', 'hook', 'body', 'Größe')) AS posted,
			jsonb_build_array(jsonb_build_object('owner', current_user, 'channel', 'plain', 'from', 'a@b.c', 'to', '["a@b.c"]'::jsonb,
				'subject', 'Größe', 'text', 'Größe')) AS mailed \gset
		CALL drift_internal.send_requests(:'posted');
		CALL drift_internal.send_requests(:'mailed');
	SQL
		grep -q 'Gr????e' "$work/out" && arrived 'Gr\\u00f6\\u00dfe' | grep -q '"path": "/echo"' &&
		last_arrived "m['kind'] == 'smtp' and mail['Subject'] == 'Größe' and mail.get_body(('plain',)).get_content().strip() == 'Größe'"
}

has_mail() {
	/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null
}

n_mails=0
! has_mail || n_mails=20

start_sinks "$work/sinks" || { echo "Bail out! The servers of sinks.py do not start"; exit 1; }
check "channels are made" prepare
check "a message arrives as it is, with its key" arrives
check "statuses say whether it is tried again" statuses
check "a server that is busy says for how long" pauses
check "what fails once is sent the next time" comes_back
check "redirects are not followed" redirects
check "answers and headers without end are cut" without_end
check "connections that break or hang are tried again" broken
check "certificates that are not trusted, out of date or of another host get nothing" none_arrived untrusted
check "hosts that are not allowed get nothing" none_arrived not_allowed
check "a name that leads to this machine gets nothing, its address does where it is listed" addresses
check "allowed hosts are by name, domain, address and port" hosts
check "the setting takes nothing else" host_syntax
check "a secret URL must be of the host that all can see" urls
check "roles send as themselves, by their own secrets or everybody's" roles
check "servers of other wrappers are no channels" other_wrapper
check "secrets come from files" files
check "secrets become members of bodies" secret_members
check "signatures are those of Standard Webhooks and of GitHub" signatures
check "what is answered is told without secrets" echoes
check "answers that are no text do no harm" bytes
check "no header brings another, or what is not its own" hostile_headers
check "a token of a repository goes nowhere else" repository
check "steps go one after another" steps
check "what could not be made is told" made_wrong
check "requests are an array of objects" wrong_arguments
check "nothing is sent within a transaction" within_transaction
check "few connections are opened, and kept" few_connections
check "a channel that hangs leaves room to others" beside_hanging
check "a cancelled call leaves nothing behind" cancelled
check "a call hangs" begin_hanging
check "it holds no snapshot" holds_nothing
check "its session can be ended" terminated
if has_mail; then
	check "mails arrive by STARTTLS, with text, page and attachment" mails
	check "and by TLS from the beginning" implicit_mails
	check "without TLS they stay on the machine and bring no password" plain_mails
	check "refusals of mail servers are for now or for ever" refused_mails
	check "no mail has more recipients or headers than it should" hostile_mails
	if latin_database; then
		check "other encodings arrive as UTF-8" other_encoding
	else
		skip "other encodings arrive as UTF-8" "the extension cannot be installed in a database of LATIN1"
	fi
else
	skip "mails" "python3-aiosmtpd is not installed"
fi
tap_end
