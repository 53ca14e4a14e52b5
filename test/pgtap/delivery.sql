-- From alerts to messages: rules, groups, repeats, escalation, what mutes, and what came of a message. test/delivery sends them.
BEGIN;
SELECT plan(140);

SET LOCAL client_min_messages = warning;
CREATE ROLE rule_owner LOGIN;
CREATE ROLE rule_member LOGIN IN ROLE rule_owner;
CREATE ROLE rule_reader LOGIN;
CREATE ROLE rule_outsider LOGIN;

SELECT model_id AS model FROM drift.register_model('told "of" <it>', owner => 'rule_owner') \gset
SELECT model_id AS other FROM drift.register_model('other', owner => 'rule_owner') \gset
SELECT drift.grant_privilege('told "of" <it>', 'rule_reader', 'read') \g /dev/null
INSERT INTO drift.monitors (name, owner, model_id, source_kind, query, path, time_column, tracking, bucket, span, reference, created_by)
SELECT name, 'rule_owner', CASE WHEN name <> 'free' THEN :model END, 'query', 'SELECT 1', 'public', 't', 'recompute', 'hour', '1 day', 'previous', 'x'
FROM unnest('{watch,free}'::text[]) AS name;
CREATE SERVER first FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'slack', host 'hooks.example');
CREATE SERVER second FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'hooks.example');
CREATE SERVER third FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'hooks.example');
GRANT USAGE ON FOREIGN SERVER first, second TO rule_owner, rule_reader, rule_outsider;
DELETE FROM drift.outbox;

CREATE FUNCTION pg_temp.raised(kind text, severity text DEFAULT 'warning', model text DEFAULT 'told "of" <it>', monitor text DEFAULT NULL, details jsonb DEFAULT '{}')
	RETURNS bigint LANGUAGE sql AS $$
	SELECT (drift_internal.open_alert(ROW((SELECT m.model_id FROM drift.models AS m WHERE m.name = model),
		(SELECT w.monitor_id FROM drift.monitors AS w WHERE w.name = monitor), NULL, kind, severity, kind || ' title', details,
		clock_timestamp())::drift_internal.alert_cause)).alert_id
$$;
CREATE FUNCTION pg_temp.resolved(alert_id bigint) RETURNS void LANGUAGE sql AS $$
	SELECT drift_internal.close_alert(alert_id, clock_timestamp())
$$;
CREATE FUNCTION pg_temp.worse(alert_id bigint) RETURNS void LANGUAGE sql AS $$
	UPDATE drift.alerts AS a SET severity = 'critical', status = 'firing' WHERE a.alert_id = worse.alert_id;
	SELECT drift_internal.tell_alert(a, 'escalated') FROM drift.alerts AS a WHERE a.alert_id = worse.alert_id;
$$;
-- Time passes for what waits.
CREATE FUNCTION pg_temp.pass(span interval) RETURNS void LANGUAGE sql AS $$
	UPDATE drift.alert_groups SET due_at = due_at - span, opened_at = opened_at - span, sent_at = sent_at - span, escalated_at = escalated_at - span;
	UPDATE drift.deliveries SET due_at = due_at - span WHERE status IN ('pending', 'sending');
	UPDATE drift_internal.channel_states SET retry_at = retry_at - span, succeeded_at = succeeded_at - span;
$$;
CREATE FUNCTION pg_temp.taken() RETURNS SETOF drift.deliveries LANGUAGE sql VOLATILE AS $$
	UPDATE drift.deliveries SET status = 'sent', sent_at = clock_timestamp() WHERE status = 'pending' RETURNING *
$$;
-- Messages that were made now, which then count as sent.
CREATE FUNCTION pg_temp.told() RETURNS text LANGUAGE sql AS $$
	WITH routed AS MATERIALIZED (SELECT drift.route_alerts())
	SELECT coalesce(string_agg(concat_ws(' ', d.channel, d.cause, d.message->>'status', d.message->>'severity',
		(SELECT string_agg(a->>'kind' || CASE a->>'status' WHEN 'resolved' THEN '-' ELSE '' END, '+' ORDER BY a->>'kind') FROM jsonb_array_elements(d.message->'alerts') AS a)),
		'; ' ORDER BY d.delivery_id), '-')
	FROM routed, LATERAL (SELECT * FROM pg_temp.taken()) AS d
$$;
CREATE FUNCTION pg_temp.forget() RETURNS void LANGUAGE sql AS $$
	DELETE FROM drift.alerts; DELETE FROM drift.outbox; DELETE FROM drift.alert_groups; DELETE FROM drift.alert_rules; DELETE FROM drift.deliveries;
	DELETE FROM drift.silences; DELETE FROM drift_internal.channel_states
$$;

-- rules
SET LOCAL SESSION AUTHORIZATION rule_owner;
SELECT is(array(SELECT ROW(r.name, r.owner, r.place, r.channel, r.minimum_severity, r.group_by, r.repeat_interval, r.max_attempts, r.active)::text FROM drift.create_alert_rule('all', 'first') AS r),
	ARRAY['(all,rule_owner,10,first,warning,{model},04:00:00,12,t)'], 'a rule of two words');
SELECT is((SELECT r.place FROM drift.create_alert_rule('next', 'second', kinds => '{performance}', group_by => '{}') AS r), 20, 'the next one comes after it');
SELECT throws_ok($$ SELECT drift.create_alert_rule('all', 'first') $$, '42710', 'there is a rule "all" already', 'names are used once');
SELECT throws_ok($$ SELECT drift.create_alert_rule(' ', 'first') $$, '22023', 'a rule needs a name', 'a name');
SELECT throws_ok($$ SELECT drift.create_alert_rule(NULL, 'first') $$, '22023', 'a rule needs a name', 'a name that is not null');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'nowhere') $$, '42704', NULL, 'a channel that is there');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', NULL) $$, '42704', NULL, 'a channel');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'third') $$, '42501', NULL, 'a channel that one may use');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', escalate_after => '1 hour', escalate_to => 'third') $$, '42501', NULL, 'also the next one');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', escalate_after => '1 hour') $$, '22023', 'escalate_after and escalate_to go together', 'escalation has a channel');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', escalate_after => '-1 hour', escalate_to => 'second') $$, '22023', NULL, 'and a time');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', model => 'nothing') $$, '42704', NULL, 'a model that is there');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', monitor => 'nothing') $$, '42704', NULL, 'a monitor that is there');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', minimum_severity => 'bad') $$, '22023', 'a severity cannot be "bad"', 'a severity');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', group_by => '{colour}') $$, '22023', 'alerts cannot be grouped by colour', 'what to group by');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', topics => '{}') $$, '22023', 'a rule needs topics', 'topics');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', kinds => '{}') $$, '22023', 'kinds names no kind of alert', 'kinds');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', group_wait => '-1 s') $$, '22023', NULL, 'time goes on');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', repeat_interval => '1 s') $$, '22023', NULL, 'nobody reads a message each second');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', max_attempts => 0) $$, '22023', NULL, 'at least one attempt');
SELECT is(array(SELECT ROW(r.name, r.channel, r.repeat_interval, r.kinds, r.active)::text
	FROM drift.alter_alert_rule('next', '{"name": "changed", "channel": "first", "repeat_interval": null, "kinds": ["a", "b"], "active": false}') AS r),
	ARRAY['(changed,first,,"{a,b}",f)'], 'a rule is changed by what is to be another way');
SELECT is((SELECT r.model_id FROM drift.alter_alert_rule('changed', '{"model": "other", "monitor": "watch"}') AS r), :other, 'models go by their names');
SELECT is((SELECT num_nulls(r.model_id, r.monitor_id) FROM drift.alter_alert_rule('changed', '{"model": null, "monitor": null}') AS r), 2, 'and are left out');
SELECT throws_ok($$ SELECT drift.alter_alert_rule('changed', '{"owner": "x"}') $$, '22023', 'a rule has no "owner"', 'what a rule does not have');
SELECT throws_ok($$ SELECT drift.alter_alert_rule('changed', '{"name": "all"}') $$, '42710', NULL, 'a name that is taken');
SELECT throws_ok($$ SELECT drift.alter_alert_rule('changed', '{"repeat_interval": "often"}') $$, '22023', 'the changes of rule "changed" cannot be read', 'what cannot be read');
SELECT throws_ok($$ SELECT drift.alter_alert_rule('changed', '{"active": null}') $$, '22023', NULL, 'what cannot be null');
SELECT throws_ok($$ SELECT drift.alter_alert_rule('changed', '[]') $$, '22023', 'changes are an object', 'changes are an object');
SELECT throws_ok($$ SELECT drift.alter_alert_rule('changed', '{"channel": "third"}') $$, '42501', NULL, 'rights are asked again');
SET LOCAL SESSION AUTHORIZATION rule_outsider;
SELECT throws_ok($$ SELECT drift.alter_alert_rule('all', '{}') $$, '42704', 'you have no rule "all"', 'rules belong to somebody');
SELECT throws_ok($$ SELECT drift.drop_alert_rule('all') $$, '42704', 'you have no rule "all"', 'who alone drops them');
SELECT throws_ok($$ SELECT drift.create_alert_rule('x', 'first', model => 'told "of" <it>') $$, '42704', NULL, 'models of others are not there');
SELECT is((SELECT count(*) FROM drift.alert_rules), 0::bigint, 'nor are their rules');
SET LOCAL SESSION AUTHORIZATION rule_member;
SELECT lives_ok($$ SELECT drift.drop_alert_rule('changed') $$, 'members of the owner do');
RESET SESSION AUTHORIZATION;

-- one alert from its beginning to its end
SELECT pg_temp.raised('data_drift', details => '{"items": ["age"], "notes": {"age": "<b>older</b>"}}') AS alert \gset
SELECT is(drift.route_alerts(), '{"events": 1, "groups": 0, "messages": 0}', 'an alert waits for others');
SELECT pg_temp.pass('31 seconds') \g /dev/null
SELECT is(drift.route_alerts(), '{"events": 0, "groups": 1, "messages": 1}', 'and is told of');
SELECT is(message - 'occurred_at' - 'environment' - 'facts' - 'alerts' - 'key', '{"format": "drift-message", "version": 1, "cause": "event", "status": "firing", "severity": "warning", "title": "data_drift title", "model": "told \"of\" <it>", "monitor": null, "check_id": null, "events": []}'::jsonb
	|| jsonb_build_object('text', message->>'text'), 'what it says') FROM drift.deliveries;
SELECT matches(message->>'text', format('^warning: data_drift title \(alert %s, since \d{4}-\d\d-\d\d \d\d:\d\d UTC\)\n  - age: <b>older</b>$', :alert), 'in words') FROM drift.deliveries;
SELECT matches(message->>'key', '^drift-[0-9a-f]{32}$', 'with a key') FROM drift.deliveries;
SELECT message->>'key' AS key FROM drift.deliveries \gset
SELECT is(ROW(owner, channel, model_id, status, attempts)::text, ROW('rule_owner', 'first', :model, 'pending', 0)::text, 'on its way with the secrets of its rule''s owner') FROM drift.deliveries;
SELECT is(pg_temp.told(), 'first event firing warning data_drift', 'once');
SELECT pg_temp.pass('3 hours 59 minutes') \g /dev/null
SELECT is(pg_temp.told(), '-', 'nothing happens for a while');
SELECT pg_temp.pass('2 minutes') \g /dev/null
SELECT is(pg_temp.told(), 'first repeat firing warning data_drift', 'what still fires is told of again');
SELECT is((SELECT count(DISTINCT message->>'key') FROM drift.deliveries), 1::bigint, 'with the same key');
SELECT drift.acknowledge_alert(:alert, 'mine') \g /dev/null
SELECT pg_temp.pass('1 day') \g /dev/null
SELECT is(pg_temp.told(), '-', 'what somebody looks after is not');
SELECT pg_temp.worse(:alert) \g /dev/null
SELECT is(pg_temp.told(), 'first event firing critical data_drift', 'unless it becomes worse, which waits for nothing');
SELECT pg_temp.resolved(:alert) \g /dev/null
SELECT is(pg_temp.told(), '-', 'a pause between two messages');
SELECT pg_temp.pass('5 minutes') \g /dev/null
SELECT is(pg_temp.told(), 'first resolved resolved ok data_drift-', 'that it is over is told of');
SELECT is((SELECT message->>'key' FROM drift.deliveries ORDER BY delivery_id DESC LIMIT 1), :'key', 'under its key');
SELECT pg_temp.pass('5 hours') \g /dev/null
SELECT is(pg_temp.told(), '-', 'and nothing after it');
SELECT is((SELECT ROW(alert_ids, waiting_ids, due_at, opened_at)::text FROM drift.alert_groups), '({},{},,)', 'its group is at rest');
SELECT pg_temp.resolved(pg_temp.raised('data_drift')) \g /dev/null
SELECT drift.route_alerts() \g /dev/null
SELECT pg_temp.pass('1 hour') \g /dev/null
SELECT is(pg_temp.told(), '-', 'what ended before anybody was told is not told of');

-- groups
SELECT pg_temp.forget() \g /dev/null
SELECT drift.create_alert_rule('groups', 'first') \g /dev/null
SELECT pg_temp.raised('data_drift'), pg_temp.raised('volume', monitor => 'watch'), pg_temp.raised('data_drift', model => 'other') \g /dev/null
SELECT drift.route_alerts() \g /dev/null
SELECT pg_temp.pass('31 seconds') \g /dev/null
SELECT is(pg_temp.told(), 'first event firing warning data_drift+volume; first event firing warning data_drift', 'alerts of a model share a message');
SELECT pg_temp.raised('schema') AS schema \gset
SELECT drift.route_alerts() \g /dev/null
SELECT pg_temp.pass('4 minutes') \g /dev/null
SELECT is(pg_temp.told(), '-', 'one that joins waits for the pause to pass');
SELECT pg_temp.pass('2 minutes') \g /dev/null
SELECT is(pg_temp.told(), 'first event firing warning data_drift+schema+volume', 'and is told of with those that fire');
SELECT pg_temp.resolved(:schema) \g /dev/null
SELECT drift.route_alerts() \g /dev/null
SELECT pg_temp.pass('6 minutes') \g /dev/null
SELECT is(pg_temp.told(), '-', 'one that ends says nothing while others fire');
SELECT pg_temp.resolved(alert_id) FROM drift.alerts WHERE status <> 'resolved' AND model_id = :model \g /dev/null
SELECT drift.route_alerts() \g /dev/null
SELECT pg_temp.pass('6 minutes') \g /dev/null
SELECT is(pg_temp.told(), 'first resolved resolved ok data_drift-+schema-+volume-', 'the last one does for all');
SELECT pg_temp.forget() \g /dev/null
SELECT drift.create_alert_rule('keyed', 'first', group_by => '{model,monitor,kind,severity}', group_wait => '0', send_resolved => false) \g /dev/null
SELECT pg_temp.raised('data_drift', monitor => 'watch'), pg_temp.raised('volume', monitor => 'watch'), pg_temp.raised('volume', 'critical', 'other') \g /dev/null
SELECT is((SELECT array_agg(s ORDER BY s) FROM regexp_split_to_table(pg_temp.told(), '; ') AS s),
	'{"first event firing critical volume","first event firing warning data_drift","first event firing warning volume"}', 'groups are as fine as one wants');
SELECT pg_temp.resolved(alert_id) FROM drift.alerts \g /dev/null
SELECT drift.route_alerts() \g /dev/null
SELECT pg_temp.pass('6 minutes') \g /dev/null
SELECT is(pg_temp.told(), '-', 'a rule may leave out that alerts end');

-- which rule
SELECT pg_temp.forget() \g /dev/null
SELECT drift.create_alert_rule('critical', 'second', minimum_severity => 'critical', goes_on => true, group_wait => '0') \g /dev/null
SELECT drift.create_alert_rule('one model', 'first', model => 'other', group_wait => '0') \g /dev/null
SELECT drift.create_alert_rule('points', 'second', kinds => '{change_point}', group_wait => '0') \g /dev/null
SELECT drift.create_alert_rule('one monitor', 'third', monitor => 'free', group_wait => '0') \g /dev/null
SELECT drift.create_alert_rule('rest', 'third', group_wait => '0') \g /dev/null
SELECT is(pg_temp.told(), '-', 'nothing is open');
SELECT pg_temp.raised('volume', 'critical', 'other') \g /dev/null
SELECT is(pg_temp.told(), 'second event firing critical volume; first event firing critical volume', 'a rule that goes on, and the first that does not');
SELECT pg_temp.raised('change_point:clicks') AS point \gset
SELECT is(pg_temp.told(), 'second event firing warning change_point:clicks', 'kinds that have a name behind them');
SELECT pg_temp.raised('schema', model => NULL, monitor => 'free') \g /dev/null
SELECT is(pg_temp.told(), 'third event firing warning schema', 'a monitor of no model');
SELECT results_eq(format('SELECT rule, takes, reason FROM drift.routes_of(%s)', :point), $$ VALUES ('critical', false, 'it is for critical alerts'),
	('one model', false, 'it is for another model'), ('points', true, NULL), ('one monitor', false, 'rule points took it'), ('rest', false, 'rule points took it') $$,
	'rules say why');
SET LOCAL SESSION AUTHORIZATION rule_outsider;
SELECT throws_ok(format('SELECT * FROM drift.routes_of(%s)', :point), '42704', NULL, 'to who may see the alert');
SELECT is(drift.route_alerts(), '{"events": 0, "groups": 0, "messages": 0}', 'who has no rule routes nothing');
RESET SESSION AUTHORIZATION;
SET LOCAL SESSION AUTHORIZATION rule_reader;
SELECT is(array(SELECT r.rule FROM drift.routes_of(:point) AS r), '{}', 'only of one''s own rules');
SELECT drift.create_alert_rule('reads', 'first', group_wait => '0', include_open => false) \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT pg_temp.raised('segments'), pg_temp.raised('segments', model => 'other') \g /dev/null
SELECT is((SELECT array_agg(s ORDER BY s) FROM regexp_split_to_table(pg_temp.told(), '; ') AS s),
	'{"first event firing warning segments","third event firing warning segments"}',
	'rules of others take nothing away, and see what their owner sees');
SELECT is((SELECT count(*) FROM drift.deliveries WHERE owner = 'rule_reader'::regrole AND model_id = :other), 0::bigint, 'and nothing else');

-- what was before a rule
SELECT pg_temp.forget() \g /dev/null
SELECT pg_temp.raised('data_drift'), pg_temp.resolved(pg_temp.raised('volume')) \g /dev/null
SELECT drift.create_alert_rule('late', 'first', group_wait => '0'), drift.create_alert_rule('later', 'second', group_wait => '0', include_open => false) \g /dev/null
SELECT is(pg_temp.told(), 'first event firing warning data_drift', 'what is open when a rule is made is told of, what happened before is not');
SELECT is((SELECT count(*) FROM drift.outbox WHERE routed_at IS NULL), 0::bigint, 'every event was looked at');

-- what mutes
SELECT pg_temp.forget() \g /dev/null
SELECT drift.create_alert_rule('muted', 'first', group_wait => '0') \g /dev/null
SELECT pg_temp.raised('performance', 'critical') AS worse \gset
SELECT pg_temp.raised('data_drift'), pg_temp.raised('check_failed', 'critical', 'other'), pg_temp.raised('data_drift', model => 'other') \g /dev/null
SELECT is((SELECT array_agg(s ORDER BY s) FROM regexp_split_to_table(pg_temp.told(), '; ') AS s),
	'{"first event firing critical check_failed+data_drift","first event firing critical performance"}',
	'a model that is known to be worse needs no word of its data; that checks fail explains nothing');
SELECT pg_temp.resolved(:worse) \g /dev/null
SELECT drift.route_alerts() \g /dev/null
SELECT pg_temp.pass('6 minutes') \g /dev/null
SELECT is(pg_temp.told(), 'first event firing warning data_drift+performance-', 'when that is over the data are told of');
SELECT pg_temp.forget() \g /dev/null
SELECT drift.create_alert_rule('loud', 'first', group_wait => '0', inhibit => false) \g /dev/null
SELECT pg_temp.raised('performance', 'critical'), pg_temp.raised('data_drift') \g /dev/null
SELECT is(pg_temp.told(), 'first event firing critical data_drift+performance', 'a rule may want all of them');
SELECT pg_temp.raised('volume', 'critical', monitor => 'watch') AS critical, pg_temp.raised('volume') AS warning \gset
SELECT is((SELECT drift_internal.inhibited_by(a) FROM drift.alerts AS a WHERE a.alert_id = :warning), :critical::bigint, 'a critical alert explains a warning of its kind');
SELECT is((SELECT drift_internal.inhibited_by(a) FROM drift.alerts AS a WHERE a.alert_id = :critical), NULL::bigint, 'nothing explains a critical one');
SELECT pg_temp.forget() \g /dev/null
SELECT drift.create_alert_rule('silenced', 'first', group_wait => '0', escalate_after => '1 hour', escalate_to => 'second') \g /dev/null
SELECT pg_temp.raised('data_drift') AS alert \gset
SELECT is(pg_temp.told(), 'first event firing warning data_drift', 'an alert before a silence');
SELECT silence_id AS silence FROM drift.silence(tstzrange(now() - interval '1 hour', now() + interval '1 day'), 'known', model => 'told "of" <it>') \gset
SELECT pg_temp.raised('volume', 'critical') \g /dev/null
SELECT is(pg_temp.told(), '-', 'in a silence even a critical one is not told of');
SELECT pg_temp.pass('5 hours') \g /dev/null
SELECT is(pg_temp.told(), '-', 'nor is anything repeated or escalated');
SELECT is((SELECT r.reason FROM drift.routes_of(:alert) AS r), 'it is silenced', 'which the explanation says');
SELECT drift.end_silence(:silence) \g /dev/null
SELECT pg_temp.pass('6 minutes') \g /dev/null
SELECT is(pg_temp.told(), 'first event firing critical data_drift+volume; second escalation firing warning data_drift', 'after it everything is');

-- escalation
SELECT pg_temp.forget() \g /dev/null
SELECT drift.create_alert_rule('climbs', 'first', group_wait => '0', escalate_after => '1 hour', escalate_to => 'second') \g /dev/null
SELECT pg_temp.raised('data_drift') AS alert \gset
SELECT is(pg_temp.told(), 'first event firing warning data_drift', 'first one channel');
SELECT pg_temp.pass('61 minutes') \g /dev/null
SELECT is(pg_temp.told(), 'second escalation firing warning data_drift', 'and when nobody answers the next');
SELECT pg_temp.pass('61 minutes') \g /dev/null
SELECT is(pg_temp.told(), '-', 'once');
SELECT pg_temp.resolved(:alert) \g /dev/null
SELECT is(pg_temp.told(), 'first resolved resolved ok data_drift-; second resolved resolved ok data_drift-', 'both are told that it is over');
SELECT pg_temp.raised('volume') AS alert \gset
SELECT is(pg_temp.told(), 'first event firing warning volume', 'the next alert begins below');
SELECT drift.acknowledge_alert(:alert) \g /dev/null
SELECT pg_temp.pass('3 hours') \g /dev/null
SELECT is(pg_temp.told(), '-', 'what somebody answered goes no further');

-- other events
SELECT pg_temp.forget() \g /dev/null
SELECT drift.create_alert_rule('builds', 'second', topics => '{champion_changed,model_frozen}') \g /dev/null
SELECT drift_internal.emit(m, 'champion_changed', '{"version": 3}'), drift_internal.emit(m, 'retraining_finished', '{}') FROM drift.models AS m WHERE m.model_id = :model \g /dev/null
SELECT is(drift.route_alerts(), '{"events": 2, "groups": 0, "messages": 1}', 'an event of another topic is a message of its own, at once');
SELECT is(ROW(message->>'cause', message->>'status', message->>'title', message #>> '{events,0,topic}', message #>> '{events,0,payload,version}', group_id)::text,
	'(event,info,"model ""told """"of"""" <it>"": champion changed",champion_changed,3,)', 'with what it says') FROM drift.deliveries;

-- what came of a message
SELECT pg_temp.forget() \g /dev/null
CREATE USER MAPPING FOR PUBLIC SERVER first OPTIONS (path '/services/secret');
CREATE FUNCTION pg_temp.results(outcome text, extra jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT drift_internal.store_results((SELECT coalesce(jsonb_agg(jsonb_build_object('delivery_id', r->'delivery_id', 'outcome', outcome) || extra), '[]')
		FROM jsonb_array_elements(drift_internal.claim_requests()) AS r))
$$;
SET LOCAL SESSION AUTHORIZATION rule_owner;
SELECT drift.create_alert_rule('sends', 'first', group_by => '{kind}', group_wait => '0', max_attempts => 3) \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT pg_temp.raised('data_drift'), pg_temp.raised('volume'), pg_temp.raised('schema') \g /dev/null
SELECT is(drift.route_alerts()->>'messages', '3', 'three messages');
SET LOCAL SESSION AUTHORIZATION rule_outsider;
SELECT is(drift_internal.claim_requests(), '[]', 'messages of others are not sent');
SELECT is((SELECT count(*) FROM drift.deliveries), 0::bigint, 'nor seen');
SET LOCAL SESSION AUTHORIZATION rule_member;
SELECT is(pg_temp.results('retry', '{"error": "503", "status": 503}'), '{"sent": 0, "failed": 1, "dead": 0}', 'a channel that is not known gets one of them');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT ROW(status, attempts, last_error, response, claimed_pid)::text FROM drift.deliveries ORDER BY attempts DESC LIMIT 1), '(pending,1,503,"{""status"": 503}",)', 'what came of it');
SELECT is((SELECT bool_and(due_at - clock_timestamp() < interval '2.5 seconds') FROM drift.deliveries WHERE attempts = 1), true, 'it is tried again after about two seconds');
SELECT is((SELECT drift_internal.channel_room(s) FROM drift_internal.channel_states AS s WHERE retry_at > now()), 0, 'until then nothing goes there');
SELECT pg_temp.pass('3 seconds') \g /dev/null
SELECT is(pg_temp.results('retry', '{"error": "slow down", "retry_after": 600}'), '{"sent": 0, "failed": 1, "dead": 0}', 'it fails again');
SELECT pg_temp.pass('9 minutes') \g /dev/null
SELECT is(drift_internal.claim_requests(), '[]', 'a receiver says for how long it wants nothing');
SELECT pg_temp.pass('61 seconds') \g /dev/null
SELECT is(pg_temp.results('sent', '{"status": 200, "body": "ok"}'), '{"sent": 1, "failed": 0, "dead": 0}', 'then it takes one');
SELECT is(pg_temp.results('sent'), '{"sent": 2, "failed": 0, "dead": 0}', 'and all the others');
SELECT is((SELECT bool_and(status = 'sent' AND sent_at IS NOT NULL AND last_error IS NULL) FROM drift.deliveries), true, 'they are sent');
DELETE FROM drift.deliveries;
SELECT pg_temp.raised('segments'), pg_temp.raised('performance', 'critical') \g /dev/null
SELECT drift.route_alerts() \g /dev/null
SELECT is((SELECT count(*) FROM drift.deliveries), 1::bigint, 'one is explained by the other');
SELECT is(pg_temp.results('retry', '{"tried": false, "error": "no secret"}'), '{"sent": 0, "failed": 1, "dead": 0}', 'a channel that is not set up');
SELECT is((SELECT attempts FROM drift.deliveries), 1, 'costs an attempt');
SELECT pg_temp.pass('1 hour') \g /dev/null
SELECT pg_temp.results('retry') \g /dev/null
SELECT pg_temp.pass('1 hour') \g /dev/null
SELECT is(pg_temp.results('retry', '{"error": "no"}')->>'dead', '1', 'after as many attempts as the rule allows a message is dead');
SELECT is((SELECT h.detail FROM drift.health_check() AS h WHERE h.check_name = 'dead_deliveries'), '1 messages did not arrive at channel first, the last one since: no', 'which the health check says');
SELECT delivery_id AS dead FROM drift.deliveries WHERE status = 'dead' \gset
SELECT is((SELECT ROW(r.status, r.attempts)::text FROM drift.retry_delivery(:dead) AS r), '(pending,0)', 'it can be tried again');
SELECT is(pg_temp.results('dead', '{"error": "404", "status": 404}')->>'dead', '1', 'what is refused is dead at once');
SELECT is((SELECT count(*) FROM drift.retry_delivery(channel => 'first') AS r), 1::bigint, 'all of a channel are tried again');
SELECT throws_ok($$ SELECT * FROM drift.retry_delivery() $$, '22023', NULL, 'one of both');

-- a sender outside
SELECT delivery_id AS outside FROM drift.claim_deliveries('{first}') \gset
SELECT is(array(SELECT r.delivery_id FROM drift.claim_deliveries() AS r), '{}', 'what a sender outside has no other gets');
SELECT pg_temp.pass('6 minutes') \g /dev/null
SELECT is(array(SELECT r.delivery_id FROM drift.claim_deliveries() AS r), ARRAY[:outside]::bigint[], 'until its lease ends');
SELECT is(drift.fail_delivery(:outside, 'no way'), true, 'it says what came of it');
SELECT is(drift.fail_delivery(:outside, 'no way'), false, 'once');
SELECT is((SELECT last_error FROM drift.deliveries WHERE delivery_id = :outside), 'no way', 'why it failed');
SELECT pg_temp.pass('2 hours') \g /dev/null
SELECT drift.claim_deliveries() \g /dev/null
SELECT is(drift.confirm_delivery(:outside), true, 'or that it arrived');
SET LOCAL SESSION AUTHORIZATION rule_outsider;
SELECT throws_ok(format('SELECT drift.confirm_delivery(%s)', :outside), '42704', NULL, 'messages of others are not there');
SELECT throws_ok(format('SELECT drift.retry_delivery(%s)', :outside), '42704', NULL, 'nor can they be tried again');
SELECT is(drift.purge_deliveries('0'), 0::bigint, 'or purged');
RESET SESSION AUTHORIZATION;
SELECT is(drift.purge_deliveries(), 0::bigint, 'what is young stays');
SELECT is(drift.purge_deliveries('-1 s'), 1::bigint, 'what is old goes');
UPDATE drift.outbox SET routed_at = routed_at - interval '31 days';
SELECT cmp_ok(drift.purge_events(), '>', 0::bigint, 'with the events that rules saw');

-- messages of a group in their order, and a channel that is gone
SELECT pg_temp.forget() \g /dev/null
SELECT drift.create_alert_rule('ordered', 'first', group_wait => '0', group_interval => '0') \g /dev/null
SELECT pg_temp.raised('data_drift') AS alert \gset
SELECT drift.route_alerts() \g /dev/null
SELECT pg_temp.resolved(:alert) \g /dev/null
SELECT drift.route_alerts() \g /dev/null
INSERT INTO drift_internal.channel_states (owner, channel, succeeded_at) VALUES (current_user::regrole, 'first', clock_timestamp());
SELECT is(pg_temp.results('sent'), '{"sent": 1, "failed": 0, "dead": 0}', 'the first message of a group');
SELECT is(pg_temp.results('sent'), '{"sent": 1, "failed": 0, "dead": 0}', 'then the second');
DROP SERVER first CASCADE;
SELECT pg_temp.raised('volume') AS gone \gset
SELECT drift.route_alerts() \g /dev/null
SELECT is(drift_internal.claim_requests(), '[]', 'a channel that is gone');
SELECT is((SELECT ROW(status, attempts)::text FROM drift.deliveries ORDER BY delivery_id DESC LIMIT 1), '(pending,1)', 'is waited for');
SELECT matches((SELECT h.detail FROM drift.health_check() AS h WHERE h.check_name = 'alert_rules'), '^Rule ordered sends nothing: no channel', 'and missed');
SELECT delivery_id AS lost FROM drift.deliveries WHERE status = 'pending' \gset
SELECT is(drift.drop_delivery(:lost), true, 'what has not arrived can be dropped');
SELECT throws_ok(format('SELECT drift.drop_delivery(%s)', :lost), '42704', NULL, 'once');

-- pauses
SELECT is((SELECT bool_and(extract(epoch FROM drift_internal.retry_pause(n)) BETWEEN 0.75 * wanted AND 1.25 * wanted)
	FROM (VALUES (1, 2), (2, 4), (5, 32), (11, 2048), (12, 3600), (99, 3600)) AS p (n, wanted), generate_series(1, 50)), true, 'pauses double up to an hour, a quarter more or less');
SELECT cmp_ok((SELECT count(DISTINCT drift_internal.retry_pause(n)) FROM generate_series(1, 20) AS g, LATERAL (SELECT 5 + g * 0) AS p (n)), '>', 10::bigint, 'not all the same');
SELECT is(ARRAY[drift_internal.retry_pause(1, 7200), drift_internal.retry_pause(1, 1e9)], '{02:00:00,24:00:00}', 'as long as a receiver wants, a day at most');

-- by a schedule, within a transaction
SELECT is(array(SELECT ROW(s.task, s.cron, s.runner, s.model, s.monitor)::text FROM drift.schedule_delivery(runner => 'run_due') AS s), ARRAY['(deliver,"* * * * *",run_due,,)'], 'a schedule of its own');
SELECT is((SELECT count(*) FROM drift.schedule_delivery('*/5 * * * *', runner => 'run_due')), 1::bigint, 'which is changed by making it again');
SET LOCAL SESSION AUTHORIZATION rule_owner;
SELECT is((SELECT s.task FROM drift.schedule_delivery(runner => 'run_due') AS s), 'deliver', 'each role has one');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM drift.schedules WHERE task = 'deliver'), 2::bigint, 'and not more');
SELECT throws_ok($$ SELECT drift.schedule_model('other', '* * * * *', 'deliver') $$, '22023', 'a model has no task "deliver"', 'models have none');
SELECT is((SELECT r #>> '{steps,0,result,status}' FROM drift.schedules AS s, drift.run_schedule(s.schedule_id) AS r WHERE s.task = 'deliver' AND s.owner = current_user::regrole), 'skipped', 'nothing is sent within a transaction');
UPDATE drift_internal.cluster SET system_identifier = 1;
SELECT throws_ok($$ SELECT drift.route_alerts() $$, '55000', NULL, 'a copy of the database makes no messages');
SELECT throws_ok($$ SELECT drift_internal.claim_requests() $$, '55000', NULL, 'and sends none');
SELECT * FROM finish();
ROLLBACK;
