-- What channels are sent: bodies for Slack, webhooks, GitHub and e-mail, templates, and names that want to be markup.
BEGIN;
SELECT plan(104);

CREATE ROLE message_owner LOGIN;
CREATE ROLE message_outsider LOGIN;
\ir ../lib/as_login.sql

-- A message about drift, with other members put over it.
CREATE FUNCTION pg_temp.message(other jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('format', 'drift-message', 'version', 1, 'cause', 'event', 'status', 'firing', 'severity', 'critical',
		'title', 'monitor "credit": age drifted', 'text', E'critical: age drifted\nage: older', 'key', 'drift-1', 'model', 'credit',
		'monitor', 'credit inputs', 'environment', 'prod/bank', 'occurred_at', '2024-03-01T10:00:00+00:00', 'check_id', NULL,
		'alerts', '[{"alert_id": 7, "kind": "data_drift", "severity": "critical", "status": "firing", "title": "age drifted", "items": ["age"], "raised_at": "2024-02-29T08:00:00+00:00"}]'::jsonb,
		'events', '[{"event_id": 9, "topic": "alert_raised", "payload": {"alert_id": 7}}]'::jsonb,
		'facts', '{"drift_detected": true, "drift_score": 0.41237, "drift_share": 0.25, "n_features": 8, "drifted_features": ["age", "income"],
			"prediction_drift": "warning", "prediction_drift_score": 0.2, "performance": "ok",
			"retraining": {"action": "retrain_now", "strategy": "sliding_window", "run": {"run_id": 4, "status": "needs_review", "version": 3}},
			"batch": {"rows": 1000, "from": "2024-02-28T00:00:00+00:00", "to": "2024-02-29T00:00:00+00:00", "mean_score": 0.31, "reference_mean_score": 0.2}}'::jsonb) || other
$$;
-- All that names can try.
CREATE FUNCTION pg_temp.hostile() RETURNS text LANGUAGE sql AS $$
	SELECT E'<script>alert("x")</script> & </p> ''; -- \\ ${key} <!channel> @team #1 GH-2 *b* _i_ `c` | [l](http://x) \r\nBcc: x@y\r\n.\r\n\u202Egnp.exe " onclick="'
$$;

-- words
SELECT is(drift_internal.lead(pg_temp.message('{"facts": {"sentence": "The model does worse.\n"}}')), 'The model does worse.', 'what happened, in the words of the report');
SELECT is(drift_internal.lead(pg_temp.message('{"status": "resolved", "facts": {"sentence": "The model does worse."}}')), NULL, 'not where it is over');
SELECT is(drift_internal.slack_body(pg_temp.message('{"facts": {"sentence": "The model does worse."}}')) #>> '{blocks,1,text,text}', 'The model does worse.', 'Slack has it first');
SELECT matches(drift_internal.mail_html(pg_temp.message(jsonb_build_object('facts', jsonb_build_object('sentence', pg_temp.hostile()))), false),
	'<p [^>]*>&lt;script&gt;', 'so have mails, and it is no markup');
SELECT doesnt_match(drift_internal.mail_html(pg_temp.message(), false), 'font-size:17px', 'nothing where there is no sentence');
SELECT is(drift_internal.headline(pg_temp.message()), '⚠️ High drift detected! Drift score: 0.4124', 'critical drift');
SELECT is(drift_internal.headline(pg_temp.message('{"severity": "warning"}')), '⚠️ Data drift detected!', 'drift');
SELECT is(drift_internal.headline(pg_temp.message('{"alerts": [{"kind": "performance"}]}')), '⚠️ monitor "credit": age drifted', 'an alert about something else');
SELECT is(drift_internal.headline(pg_temp.message('{"status": "resolved", "cause": "resolved"}')), '✅ monitor "credit": age drifted', 'all is well');
SELECT is(drift_internal.headline(pg_temp.message('{"status": "test"}')), '🔔 monitor "credit": age drifted', 'a test');
SELECT is(drift_internal.headline(pg_temp.message('{"cause": "escalation"}')), '🚨 monitor "credit": age drifted', 'nobody answered');
SELECT is(drift_internal.headline(pg_temp.message('{"status": "info"}')), 'monitor "credit": age drifted', 'news');
SELECT is(drift_internal.headline('{}'), 'drift', 'nothing at all');
SELECT is((SELECT string_agg(format('%s: %s', label, content), E'\n' ORDER BY place) FROM drift_internal.fact_lines(pg_temp.message())),
'Model: credit
Monitor: credit inputs
Drift detected: yes
Drift score: 0.4124
Drift share: 25.0 %
Drifted features: age, income
Prediction drift: warning, score 0.2000
Performance: ok
Retraining: retrain now (sliding window); run 4: needs review, version 3
Predictions: 1000 rows from 2024-02-28T00:00 to 2024-02-29T00:00, mean score 0.3100 (reference 0.2000)
Environment: prod/bank', 'facts');
SELECT is((SELECT string_agg(label, ',') FROM drift_internal.fact_lines(pg_temp.message('{"facts": null, "model": null}'))), 'Monitor,Environment', 'facts that are not known');
SELECT is((SELECT string_agg(label || ': ' || content, ',' ORDER BY place) FROM drift_internal.fact_lines('{"facts": {"drift_detected": null, "drift_score": null, "drift_share": null, "drifted_features": null, "prediction_drift": "ok", "prediction_drift_score": null, "retraining": {"action": "wait", "strategy": "none", "run": null}, "batch": {"rows": 3, "from": "a", "to": "b", "mean_score": null}}}')),
	'Prediction drift: ok,Retraining: wait,Predictions: 3 rows from a to b', 'or of which parts are not');
SELECT is(drift_internal.one_line(E' a\r\n\tb\u202E \u0085c', 100), 'a b c', 'one line');
SELECT is(char_length(drift_internal.one_line(repeat('é ', 10000), 80)), 80, 'of so many characters');

-- Slack
SELECT is(drift_internal.slack_body(pg_temp.message('{"model": null, "monitor": null, "facts": {"drift_detected": true, "drift_score": 0.5}}')), jsonb_build_object(
	'text', '⚠️ High drift detected! Drift score: 0.5000 - monitor "credit": age drifted',
	'blocks', '[{"type": "header", "text": {"type": "plain_text", "emoji": true, "text": "⚠️ High drift detected! Drift score: 0.5000"}},
		{"type": "section", "text": {"type": "plain_text", "emoji": false, "text": "critical: age drifted\nage: older"}},
		{"type": "section", "fields": [{"type": "mrkdwn", "verbatim": true, "text": "*Drift detected*\nyes"}, {"type": "mrkdwn", "verbatim": true, "text": "*Drift score*\n0.5000"}]},
		{"type": "context", "elements": [{"type": "plain_text", "text": "drift | critical | prod/bank | 2024-03-01T10:00:00"}]}]'::jsonb), 'a message for Slack');
SELECT is(drift_internal.slack_text('a <!channel> & <@U1> &lt;', 100), 'a &lt;!channel&gt; &amp; &lt;@U1&gt; &amp;lt;', 'no mentions');
SELECT is(drift_internal.slack_text('abcdef<', 9), 'abcdef…', 'an entity that would be cut goes as a whole');
SELECT is(drift_internal.slack_text('abcde<g', 9), 'abcde…', 'wherever it is cut');
CREATE TEMP VIEW long_slack AS SELECT drift_internal.slack_body(pg_temp.message(jsonb_build_object('title', repeat('<&ü', 5000), 'text', repeat(E'<&ü\n', 5000), 'model', repeat('<', 10000),
	'status', 'info', 'environment', repeat('e', 10000)))) AS body;
SELECT cmp_ok(max(char_length(v #>> '{}')), '<=', 3000, 'no text is too long for Slack') FROM long_slack, jsonb_path_query(body, 'strict $.**.text') AS v WHERE jsonb_typeof(v) = 'string';
SELECT is(char_length(body #>> '{blocks,0,text,text}'), 150, 'nor is the header') FROM long_slack;
SELECT cmp_ok(max(char_length(v ->> 'text')), '<=', 2000, 'nor is a field') FROM long_slack, jsonb_path_query(body, '$.blocks[*].fields[*]') AS v;
SELECT cmp_ok(jsonb_array_length(body -> 'blocks'), '<=', 50, 'nor are there too many blocks') FROM long_slack;
SELECT is((SELECT string_agg(v ->> 'text', '') FROM jsonb_path_query(drift_internal.slack_body(pg_temp.message(jsonb_build_object('model', pg_temp.hostile()))), 'strict $.** ? (@.type == "mrkdwn")') AS v) ~ '[<>]', false,
	'no name becomes markup');

-- templates
SELECT is(drift.fill_template(t.template::jsonb, pg_temp.message()), t.filled::jsonb, t.template)
FROM (VALUES
	('"${title}"', '"monitor \"credit\": age drifted"'),
	('"${facts.drift_score}"', '0.41237'),
	('"score ${facts.drift_score}, ${check_id}${alerts.0.alert_id}"', '"score 0.4124, 7"'),
	('"${facts.drifted_features}"', '["age", "income"]'),
	('"${facts.drifted_features:100}"', '"age, income"'),
	('"${title:8}"', '"monitor…"'),
	('"${check_id|none}"', '"none"'),
	('"${check_id:3|none}"', '"no…"'),
	('"$${title} costs $5 {x} ${title:1}"', '"${title} costs $5 {x} …"'),
	('{"a": "${check_id}", "b": null, "c": [1, "${check_id}", {"d": "${facts.nothing}"}], "e": true}', '{"b": null, "c": [1, {}], "e": true}'),
	('{"$case": "status", "firing": {"$case": "severity", "critical": "high ${model}", "$else": "low"}, "$else": "none"}', '"high credit"'),
	('[{"$case": "status", "resolved": 1}, {"$case": "check_id", "$else": 2}]', '[2]'),
	('{"alerts": {"$each": "alerts", "$do": {"id": "${item.alert_id}", "of": "${model}"}}}', '{"alerts": [{"id": 7, "of": "credit"}]}'),
	('["first", {"$each": "facts.drifted_features", "$do": "${item}", "$most": 1}, {"$each": "text", "$do": "x"}]', '["first", "age"]'),
	('[{"$if": "check_id", "title": "Check"}, {"$if": "model", "title": "${model}"}]', '[{"title": "credit"}]'),
	('{"routing_key": "${secret.key}", "x": 1}', '{"x": 1}'),
	('"${message.facts.performance} ${headline} ${key_hash:10}"', '"ok ⚠️ High drift detected! Drift score: 0.4124 ' || left(encode(sha256('drift-1'), 'hex'), 9) || '…"'),
	('17', '17')) AS t (template, filled);
SELECT is(drift.fill_template('{"t": "a ${title} b", "m": "${model}"}', pg_temp.message(jsonb_build_object('title', pg_temp.hostile(), 'model', pg_temp.hostile()))),
	jsonb_build_object('t', 'a ' || pg_temp.hostile() || ' b', 'm', pg_temp.hostile()), 'names stay what they are, and placeholders in them are none');
SELECT throws_ok(format('SELECT drift.fill_template(%L, ''{}'')', t.template), t.sqlstate, t.error, t.template)
FROM (VALUES
	('"${nobody}"', '22023', 'the template has a placeholder for "nobody"'),
	('{"a": ["${title} ${Title}"]}', '22023', 'the template has a placeholder for "Title"'),
	('{"a": {"key": "${secret.key}"}}', '22023', 'the template has a placeholder for "secret.key"'),
	('{"a": "x${secret.key}"}', '22023', 'the template has a placeholder for "secret.key"'),
	('{"$each": "nobody", "$do": 1}', '22023', 'the template has a placeholder for "nobody"'),
	('{"$each": "alerts"}', '22023', 'the template repeats what it does not say'),
	('{"$each": "alerts", "$do": 1, "$most": "x"}', '22023', 'the template repeats what it does not say')) AS t (template, sqlstate, error);
SELECT throws_ok('SELECT drift.create_template(''t'', NULL)', '22004', 'body must not be NULL', 'no template');
SELECT throws_ok('SELECT drift.create_template(''No name'', ''1'')', '22023', 'a template cannot be named "No name"', 'names of templates');
SELECT throws_ok('SELECT drift.create_template(''t'', ''1'', path => ''a b'')', '22023', 'a path cannot be "a b"', 'paths of templates');
SELECT is(pg_temp.as_login('message_owner', $$SELECT name FROM drift.create_template('mine', '{"a": "${title}"}', 'for us', '/hook')$$), 'mine', 'everybody may make templates');
SELECT throws_ok('SELECT drift.create_template(''teams'', ''1'')', '42710', 'there is a template "teams"', 'a name is taken once');
SELECT is(pg_temp.as_login('message_outsider', 'SELECT count(*) FROM drift.message_templates WHERE NOT built_in'), '0', 'which others do not see');
SELECT is(pg_temp.as_login('message_outsider', 'SELECT drift.drop_template(''mine'')'), '42704 there is no template "mine" of yours', 'nor remove');
SELECT throws_ok('SELECT drift.drop_template(''teams'')', '42704', 'there is no template "teams" of yours', 'nobody removes what is built in');
SELECT lives_ok(format('SELECT drift_internal.check_template(%L)', body), format('template %s can be filled', name)) FROM drift.message_templates WHERE built_in ORDER BY name;
SELECT is_empty($$
	SELECT t.name FROM drift.message_templates AS t, unnest('{firing,resolved,info,test}'::text[]) AS status
	WHERE t.built_in AND t.name <> 'generic' AND NOT coalesce(drift.fill_template(t.body, pg_temp.message(jsonb_build_object('title', pg_temp.hostile(), 'model', pg_temp.hostile(), 'status', status)))::text !~ '\$(each|case|if|do|\{[a-z])', false)
		AND drift.fill_template(t.body, pg_temp.message(jsonb_build_object('status', status)))::text ~ '\$(each|case|if|do|\{[a-z])'
$$, 'no template leaves words of its own in what is sent');
SELECT is(drift.fill_template(body, pg_temp.message('{"status": "resolved"}')) ->> 'event_action', 'resolve', 'PagerDuty is told that all is well') FROM drift.message_templates WHERE name = 'pagerduty';
SELECT is(drift.fill_template(body, pg_temp.message()) -> 'dedup_key', drift.fill_template(body, pg_temp.message('{"status": "resolved", "title": "x"}')) -> 'dedup_key', 'of the same incident') FROM drift.message_templates WHERE name = 'pagerduty';
SELECT is(drift.fill_template(body, pg_temp.message('{"status": "resolved"}')) -> 0 ->> 'endsAt', '2024-03-01T10:00:00+00:00', 'and Alertmanager when it ended') FROM drift.message_templates WHERE name = 'alertmanager';

-- requests
CREATE SERVER hook FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'a.example');
CREATE SERVER pager FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'a.example', template 'pagerduty');
CREATE SERVER mine FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'a.example', template 'mine');
CREATE SERVER dispatch FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'api.github.com', template 'github_dispatch');
CREATE SERVER issues FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'github', host 'a.example', repository 'o/r', labels ' drift , ml,', path '/api/v3/');
CREATE SERVER mail FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'email', host 'a.example', "from" 'ml@b.example', "to" 'x@b.example , y@b.example');
CREATE USER MAPPING FOR PUBLIC SERVER pager OPTIONS (key 's3cr3t');
CREATE FUNCTION pg_temp.request(channel text, other jsonb DEFAULT '{}', thread jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT drift_internal.channel_request(jsonb_populate_record(NULL::drift.deliveries, jsonb_build_object('delivery_id', 5, 'owner', current_user, 'channel', channel,
		'idempotency_key', '00000000-0000-0000-0000-000000000005', 'message', pg_temp.message(other))), thread)
$$;
SELECT is(pg_temp.request('hook') - 'body', '{"delivery_id": 5, "owner": "postgres", "channel": "hook", "key": "00000000-0000-0000-0000-000000000005", "method": "POST", "path": null,
	"headers": {}, "content_type": "application/json", "secret_members": {}}'::jsonb || jsonb_build_object('owner', current_user), 'a request');
SELECT is((pg_temp.request('hook') ->> 'body')::jsonb, pg_temp.message(), 'the generic template is the message');
SELECT is(pg_temp.request('pager') -> 'secret_members', '{"routing_key": "key"}', 'a secret is put in when it is sent');
SELECT unalike(pg_temp.request('pager')::text, '%s3cr3t%', 'and not before');
SELECT is(pg_temp.request('pager') ->> 'path', '/v2/enqueue', 'templates know where they are posted to');
SELECT is(pg_temp.request('mine') ->> 'path', '/hook', 'those of users too');
SELECT is(pg_temp.as_login('message_owner', 'SELECT drift.drop_template(''mine'')'), 'true', 'a template goes');
SELECT is(pg_temp.request('mine') ->> 'error', 'there is no template "mine"', 'and its channels say so, without raising it');
SELECT is(pg_temp.request('dispatch') ->> 'error', 'the channel has no option "repository"', 'a path that needs an option');
SELECT is(pg_temp.request('nowhere') ->> 'error', 'no channel is named "nowhere"', 'a channel that is gone');

-- GitHub
SELECT is(drift.preview_message('issues') #>> '{body,title}', 'Test message of drift', 'a preview is readable');
SELECT is(pg_temp.request('issues') - 'body' - 'headers', '{"delivery_id": 5, "owner": "", "channel": "issues", "key": "00000000-0000-0000-0000-000000000005", "method": "POST", "path": "/api/v3/repos/o/r/issues",
	"content_type": "application/json"}'::jsonb || jsonb_build_object('owner', current_user), 'an issue is made');
SELECT is((pg_temp.request('issues') ->> 'body')::jsonb - 'body', '{"title": "monitor \"credit\": age drifted", "labels": ["drift", "ml"]}', 'with its labels');
SELECT is((pg_temp.request('issues') ->> 'body')::jsonb ->> 'body', $md$## ⚠️ High drift detected\! Drift score: 0.4124

- critical: age drifted
- age: older

| | |
|---|---|
| **Model** | credit |
| **Monitor** | credit inputs |
| **Drift detected** | yes |
| **Drift score** | 0.4124 |
| **Drift share** | 25.0 % |
| **Drifted features** | age, income |
| **Prediction drift** | warning, score 0.2000 |
| **Performance** | ok |
| **Retraining** | retrain now (sliding window); run 4: needs review, version 3 |
| **Predictions** | 1000 rows from 2024-02-28T00:00 to 2024-02-29T00:00, mean score 0.3100 (reference 0.2000) |
| **Environment** | prod/bank |

<sub>Written by drift in prod/bank; status firing, severity critical, 2024-03-01 10:00 UTC.</sub>$md$, 'and says what people need');
SELECT is(jsonb_path_query_array(pg_temp.request('issues', thread => '{"number": 12}'), '$.steps[*].path'),
	'["/api/v3/repos/o/r/issues/12", "/api/v3/repos/o/r/issues/12/comments"]', 'one that is there is edited and commented');
SELECT is(jsonb_object_agg(s.cause, (pg_temp.request('issues', jsonb_build_object('cause', s.cause, 'status', s.status), '{"number": 12}') #>> '{steps,0,body}')::jsonb - 'body'),
	'{"event": {"state": "open", "title": "monitor \"credit\": age drifted"}, "repeat": {"state": "open"}, "resolved": {"state": "closed", "state_reason": "completed"}}', 'opened again, or closed')
FROM (VALUES ('event', 'firing'), ('repeat', 'firing'), ('resolved', 'resolved')) AS s (cause, status);
SELECT is(drift_internal.issue_words('@team #12 GH-7 a@b.c #x <b> | ![i](u)'), '@&#8203;team \#&#8203;12 GH-&#8203;7 a@&#8203;b.c \#&#8203;x \<b\> \| \!\[i\](u)', 'nobody is mentioned');
SELECT cmp_ok(char_length((pg_temp.request('issues', jsonb_build_object('text', repeat('@' || E'\n', 100000), 'title', repeat('ü', 10000))) ->> 'body')), '<', 65536, 'a body that GitHub takes');
SELECT is(drift_internal.read_answer(jsonb_populate_record(NULL::drift.deliveries, '{"channel": "issues"}'), a.result::jsonb), a.kept::jsonb, a.result)
FROM (VALUES
	('{"status": 201, "body": "{\"url\": \"https://api/x/issues/9\", \"html_url\": \"https://github.example/o/r/issues/12\", \"title\": \"\\\"number\\\": 5\", \"number\": 12, \"body\": \"cut"}', '{"number": 12, "url": "https://github.example/o/r/issues/12"}'),
	('{"outcome": "sent", "answers": [{"status": 200, "body": "{\"number\":12}"}, {"status": 201, "body": "{\"id\": 1}"}]}', '{"number": 12, "url": null}'),
	('{"outcome": "dead", "answers": [{"status": 404, "body": "{}"}]}', '{}'),
	('{"outcome": "retry", "status": 503, "body": "not yet"}', NULL),
	('{"outcome": "retry", "error": "timeout"}', NULL)) AS a (result, kept);

-- e-mail
SELECT is(pg_temp.request('mail') - 'text' - 'html', '{"delivery_id": 5, "owner": "", "channel": "mail", "key": "00000000-0000-0000-0000-000000000005", "from": "ml@b.example",
	"to": ["x@b.example", "y@b.example"], "subject": "[critical] monitor \"credit\": age drifted", "attachments": []}'::jsonb || jsonb_build_object('owner', current_user), 'a mail');
SELECT is(pg_temp.request('mail', '{"facts": null}') ->> 'text', E'⚠️ monitor "credit": age drifted\n\ncritical: age drifted\nage: older\n\nModel: credit\nMonitor: credit inputs\nEnvironment: prod/bank\n', 'its text');
SELECT unalike(pg_temp.request('mail', jsonb_build_object('title', pg_temp.hostile())) ->> 'subject', E'%\r%', 'a subject is one line');
SELECT is(pg_temp.request('mail', jsonb_build_object('title', pg_temp.hostile(), 'text', pg_temp.hostile(), 'model', pg_temp.hostile(), 'status', 'info')) ->> 'html' ~ '<script|<!channel|" onclick="|</p> ''', false,
	'no name becomes markup of the page');
SELECT is(xml_is_well_formed_document(regexp_replace(pg_temp.request('mail', jsonb_build_object('title', pg_temp.hostile(), 'text', pg_temp.hostile(), 'model', pg_temp.hostile())) ->> 'html', '^<!DOCTYPE html>|<meta charset="utf-8">', '', 'g')), true,
	'nor does it break it');
SELECT is(pg_temp.request('mail', '{"check_id": 123456}') -> 'attachments', '[]', 'a check that is gone leaves a mail without its report');

-- reports that were kept: for who may see them
SELECT model_id AS model FROM drift.register_model('reported', owner => 'message_owner') \gset
INSERT INTO drift.reports (kind, model_id, report, created_by) SELECT 'monitoring', :model, '{"format": "drift-report", "version": 1, "kind": "monitoring", "title": "A month"}', 'x' RETURNING report_id AS report \gset
SELECT is(drift_internal.mail_report(pg_temp.message(jsonb_build_object('events', jsonb_build_array(jsonb_build_object('topic', 'report_kept', 'payload', jsonb_build_object('report_id', :report))))),
	'message_owner') #>> '{0,name}', 'report.html', 'a report that was kept is attached');
SELECT is(drift_internal.mail_report(pg_temp.message(jsonb_build_object('events', jsonb_build_array(jsonb_build_object('topic', 'report_kept', 'payload', jsonb_build_object('report_id', :report))))),
	'message_outsider'), '[]', 'not for who may not see its model');

SELECT * FROM finish();
ROLLBACK;
