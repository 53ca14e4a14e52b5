#!/bin/sh
# Messages of each type of channel arrive as their receivers want them: Slack, webhooks with templates, a GitHub of issues, e-mail with
# the report. Prints TAP. Needs a server (PGHOST, PGPORT, ...) on this machine.
set -eu
cd "$(dirname "$0")/../.."
. test/lib/tap.sh
. test/delivery/sinks.sh

PGDATABASE=drift_channels
export PGDATABASE
work=$(mktemp -d)
chmod 755 "$work"

run_sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

settings="http_allowed_hosts http_ca_file secrets_directory"
clean_up() {
	for setting in $settings; do
		psql -XAtqd postgres -c "LOAD 'drift'" -c "ALTER SYSTEM RESET drift.$setting" || true
	done
	psql -XAtqd postgres -c 'SELECT pg_reload_conf()' >"$work/reload" || true
	stop_sinks
	dropdb --if-exists --force "$PGDATABASE"
	rm -rf "$work"
}

createdb "$PGDATABASE"
run_sql -c 'CREATE EXTENSION drift'
if ! run_sql -c 'SELECT drift_internal.transport()' >"$work/transport" 2>&1; then
	cat "$work/transport"
	dropdb "$PGDATABASE"
	rm -rf "$work"
	echo "1..0 # SKIP drift is built without libcurl"
	exit 0
fi
start_sinks "$work/sinks"
trap clean_up EXIT
chmod 755 "$work/sinks"
mkdir "$work/secrets"
echo "key=k3y of the pager" >"$work/secrets/pager.conf"
chmod -R a+rX "$work/secrets"

hosts="localhost:$SINK_HTTPS_PORT, localhost:${SINK_SMTP_PORT:-587}"
run_sql -c "LOAD 'drift'" -c "ALTER SYSTEM SET drift.http_allowed_hosts = '$hosts'" -c "ALTER SYSTEM SET drift.http_ca_file = '$SINK_CA'" \
	-c "ALTER SYSTEM SET drift.secrets_directory = '$work/secrets'" -c 'SELECT pg_reload_conf()' >"$work/reload"
for attempt in $(seq 100); do
	[ "$(run_sql -c 'SHOW drift.http_allowed_hosts')" != "$hosts" ] || break
	sleep 0.1
done

# A check of a model whose name wants to be markup, and what channels are there.
run_sql -v https="$SINK_HTTPS_PORT" -v slack="https://localhost:$SINK_HTTPS_PORT/services/T0/B0/s3cr3t" -v smtp="${SINK_SMTP_PORT:-587}" >"$work/setup" <<'SQL'
CREATE FUNCTION bad_name() RETURNS text LANGUAGE sql AS $$ SELECT '<script>alert("x")<script> & ''q'' \ ${key} <!channel> *b* #1' $$;
CREATE TABLE visits AS
SELECT timestamptz '2024-03-01 00:00 UTC' + i * interval '1 minute' AS at, (i % 100) / 100.0 + CASE WHEN i >= 1440 THEN 0.5 ELSE 0 END AS "<b>age</b> @team", i % 7 AS visits
FROM generate_series(0, 2879) AS i;
CREATE INDEX ON visits (at);
SELECT drift.register_model(bad_name());
SELECT drift.create_monitor('visits', 'visits', model => bad_name(), time_column => 'at', reference => 'previous', span => '1 day');
SELECT check_id FROM drift.run_check('visits', as_of => '2024-03-03 00:00 UTC') \gset
CREATE TABLE the_check AS SELECT :check_id::bigint AS check_id;

CREATE SERVER c_slack FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'slack', host 'localhost', port :'https');
CREATE USER MAPPING FOR PUBLIC SERVER c_slack OPTIONS (url :'slack');
CREATE SERVER c_pager FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', template 'pagerduty', host 'localhost', port :'https');
CREATE USER MAPPING FOR PUBLIC SERVER c_pager OPTIONS (secret_file 'pager.conf');
CREATE SERVER c_teams FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', template 'teams', host 'localhost', port :'https');
CREATE USER MAPPING FOR PUBLIC SERVER c_teams OPTIONS (path '/workflows/s3cr3t?sig=x');
CREATE SERVER c_signed FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'localhost', port :'https', path '/signed');
CREATE USER MAPPING FOR PUBLIC SERVER c_signed OPTIONS (secret 's3cr3t');
CREATE SERVER c_issues FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'github', host 'localhost', port :'https', repository 'example/models', labels 'drift, ml');
CREATE USER MAPPING FOR PUBLIC SERVER c_issues OPTIONS (token 'token of drift');
CREATE SERVER c_builds FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', template 'github_dispatch', host 'localhost', port :'https', repository 'example/models');
CREATE USER MAPPING FOR PUBLIC SERVER c_builds OPTIONS (token 'token of drift');
CREATE SERVER c_mail FOREIGN DATA WRAPPER drift_channel
	OPTIONS (type 'email', host 'localhost', port :'smtp', tls 'starttls', "from" 'drift@a.example', "to" 'team@a.example, lead@a.example');
CREATE USER MAPPING FOR PUBLIC SERVER c_mail OPTIONS (username 'drift', password 'secret of drift');

-- A message of a group, with other members put over it.
CREATE FUNCTION queue(channel text, other jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
	INSERT INTO drift.deliveries (owner, channel, cause, group_id, message)
	SELECT current_user::regrole, channel, coalesce(other ->> 'cause', 'event'), (SELECT g.group_id FROM drift.alert_groups AS g WHERE g.group_key ->> 'for' = channel),
		drift_internal.check_message(c.check_id) || jsonb_build_object('cause', 'event') || other
	FROM the_check AS c
$$;
INSERT INTO drift.alert_groups (rule_id, group_key) VALUES (0, '{"for": "c_issues"}');
SELECT drift.test_message(s) FROM unnest('{c_slack,c_pager}'::text[]) AS s;
SELECT queue(s) FROM unnest('{c_slack,c_pager,c_teams,c_signed,c_builds,c_mail}'::text[]) AS s;
SELECT queue('c_issues', o) FROM (VALUES ('{}'::jsonb), ('{"cause": "repeat"}'), ('{"status": "resolved", "cause": "resolved"}'), ('{"title": "again"}')) AS v (o);
SQL

# Every message that a sink has, as a row.
arrivals() {
	run_sql -c "SET client_min_messages = warning" -c "DROP TABLE IF EXISTS arrived" -c 'CREATE TABLE arrived (id int GENERATED ALWAYS AS IDENTITY, line jsonb)'
	run_sql -c "COPY arrived (line) FROM STDIN (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')" <"$SINK_ARRIVED"
}

says() {
	answer=$(run_sql -c "$1")
	[ "$answer" = "$2" ] || { printf 'got:  %s\nwant: %s\n' "$answer" "$2"; return 1; }
}

# Without mail, what was for it stays.
if [ -z "${SINK_SMTP_PORT:-}" ]; then
	run_sql -c "DELETE FROM drift.deliveries WHERE channel = 'c_mail'"
fi
check "messages are sent" sh -c 'psql -XAtq -v ON_ERROR_STOP=1 -c "CALL drift.deliver_alerts()"'
check "all of them" says "SELECT string_agg(concat_ws(' ', channel, status, last_error), ', ') FROM drift.deliveries WHERE status <> 'sent'" ""
arrivals

body="(line ->> 'body')::jsonb"
check "Slack: the test, then the check" says \
	"SELECT string_agg($body #>> '{blocks,0,text,text}', ',' ORDER BY id) FROM arrived WHERE line ->> 'path' = '/services/T0/B0/s3cr3t'" \
	"$(run_sql -c "SELECT '🔔 Test message of drift,' || drift_internal.headline(drift_internal.check_message(check_id)) FROM the_check")"
check "Slack: it says that data drifted" says \
	"SELECT bool_or(line ->> 'body' ~ 'rift detected!') FROM arrived WHERE line ->> 'path' ~ '^/services'" t
check "PagerDuty: the key of the file is in the body" says \
	"SELECT string_agg(DISTINCT $body ->> 'routing_key', ',') FROM arrived WHERE line ->> 'path' = '/v2/enqueue'" "k3y of the pager"
check "Teams: a card at the secret path" says \
	"SELECT $body #>> '{attachments,0,content,type}' FROM arrived WHERE line ->> 'path' = '/workflows/s3cr3t?sig=x'" AdaptiveCard
check "generic: the message itself, signed" says "
	SELECT $body = (SELECT d.message FROM drift.deliveries AS d WHERE d.channel = 'c_signed'),
		line #>> '{headers,x-drift-signature-256}' ~ '^sha256=[0-9a-f]{64}\$' FROM arrived WHERE line ->> 'path' = '/signed'" "t|t"
check "each has the key of its delivery" says \
	"SELECT line #>> '{headers,idempotency-key}' = (SELECT d.idempotency_key::text FROM drift.deliveries AS d WHERE d.channel = 'c_signed') FROM arrived WHERE line ->> 'path' = '/signed'" t
check "GitHub Actions: a workflow is started" says \
	"SELECT string_agg(line ->> 'status', ',') FROM arrived WHERE line ->> 'path' = '/repos/example/models/dispatches'" 204
check "GitHub: one issue, edited, commented, closed and opened again" says "
	SELECT string_agg(concat_ws(' ', line ->> 'method', replace(line ->> 'path', '/repos/example/models', ''), line ->> 'status', $body ->> 'state'), ', ' ORDER BY id)
	FROM arrived WHERE line ->> 'path' LIKE '/repos/example/models/issues%'" \
	"POST /issues 201, PATCH /issues/1 200 open, POST /issues/1/comments 201, PATCH /issues/1 200 closed, POST /issues/1/comments 201, PATCH /issues/1 200 open, POST /issues/1/comments 201"
check "GitHub: the group knows its issue" says "SELECT thread -> 'c_issues' FROM drift.alert_groups" \
	'{"url": "https://github.example/example/models/issues/1", "number": 1}'
check "GitHub: names stay names, and nobody is mentioned" says \
	"SELECT bool_or($body ->> 'body' ~ '[^\\\\]<(script|!)|@team|[^\\\\]#1') FROM arrived WHERE line ->> 'path' LIKE '/repos/example/models/issues%'" f

# An issue that is gone is made anew by the next message.
run_sql -c "UPDATE drift.alert_groups SET thread = '{\"c_issues\": {\"number\": 99}}'" -c "SELECT queue('c_issues')" -c "CALL drift.deliver_alerts()" >"$work/gone"
check "GitHub: an issue that is gone is not edited" says "
	SELECT string_agg(DISTINCT status, ',') FROM drift.deliveries WHERE channel = 'c_issues' AND status <> 'sent'" dead
run_sql -c "DELETE FROM drift_internal.channel_states" -c "SELECT queue('c_issues')" -c "CALL drift.deliver_alerts()" >"$work/anew"
arrivals
check "GitHub: but forgotten, so that the next message makes a new one" says \
	"SELECT string_agg(concat_ws(' ', line ->> 'method', line ->> 'status'), ', ' ORDER BY id) FROM (
		SELECT * FROM arrived WHERE line ->> 'path' LIKE '/repos/example/models/issues%' ORDER BY id DESC LIMIT 2) AS l" "PATCH 404, POST 201"

# What programs that show mail make of it
mail() {
	/usr/bin/python3 - "$SINK_ARRIVED" "$1" <<'PYTHON'
import email.policy
import json
import sys
mails = [line for line in map(json.loads, open(sys.argv[1], encoding="utf-8")) if line["kind"] == "smtp"]
assert len(mails) == 1 and mails[0]["tls"] and mails[0]["to"] == ["team@a.example", "lead@a.example"], mails
mail = email.message_from_string(mails[0]["data"], policy=email.policy.default)
text = mail.get_body(("plain",)).get_content()
page = mail.get_body(("html",)).get_content()
reports = [part for part in mail.iter_attachments()]
print({
    "subject": lambda: mail["Subject"],
    "text": lambda: "Drift detected: yes" in text and "Model: <script>" in text,
    "page": lambda: "<table" in page and "<script" not in page and "&lt;script&gt;" in page,
    "report": lambda: (len(reports), reports[0].get_filename(), reports[0].get_content_type(),
                       "<svg" in reports[0].get_content(), "<script" in reports[0].get_content()),
}[sys.argv[2]]())
PYTHON
}
mail_is() {
	answer=$(mail "$1") && [ "$answer" = "$2" ] || { printf 'got:  %s\nwant: %s\n' "$answer" "$2"; return 1; }
}
if [ -n "${SINK_SMTP_PORT:-}" ]; then
	check "mail: the subject says how severe" mail_is subject "$(run_sql -c "SELECT format('[%s] %s', message ->> 'severity', message ->> 'title') FROM drift.deliveries WHERE channel = 'c_mail'")"
	check "mail: text" mail_is text True
	check "mail: a page without what names want" mail_is page True
	check "mail: the report as a file, with charts and without scripts" mail_is report "(1, 'report.html', 'text/html', True, False)"
else
	skip "mail" "python3-aiosmtpd is not installed"
fi

check "no secret is in what is kept" says "
	SELECT count(*) FROM drift.deliveries AS d WHERE d::text ~ 's3cr3t|k3y of|token of drift|secret of drift'" 0
check "nor in a preview" says "
	SELECT count(*) FROM unnest('{c_slack,c_pager,c_teams,c_signed,c_issues,c_mail}'::text[]) AS c, drift.preview_message(c, check_id => (SELECT check_id FROM the_check)) AS p
	WHERE p::text ~ 's3cr3t|k3y of|token of drift|secret of drift'" 0
check "a preview of an alert has the facts of its check" says "
	SELECT p #>> '{body,alerts,0,title}' = a.title, p #>> '{body,facts,drift_detected}', p #>> '{body,status}'
	FROM drift.alerts AS a, drift.preview_message('c_signed', alert_id => a.alert_id) AS p" "t|true|firing"
check "channels are allowed where messages go" says "SELECT bool_and(is_allowed AND has_mapping) FROM drift.channels WHERE type <> 'email'" t

tap_end
