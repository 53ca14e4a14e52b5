-- Who may approve what, and what must be there before: policies, requests for promotion, evidence, reviews, model cards, audit.
BEGIN;
SELECT plan(86);

CREATE ROLE "gov owner";
CREATE ROLE gov_operator LOGIN;
CREATE ROLE gov_amir LOGIN;
CREATE ROLE "gov_Béa" LOGIN;
CREATE ROLE gov_chris LOGIN;
CREATE ROLE gov_outsider LOGIN;
CREATE ROLE gov_risk;
CREATE ROLE gov_legal;
CREATE ROLE gov_pool LOGIN NOINHERIT;
GRANT gov_risk TO gov_amir, gov_operator;
GRANT gov_legal TO gov_amir, "gov_Béa";
GRANT gov_operator, gov_amir, "gov_Béa", gov_risk, gov_legal TO gov_pool;

\ir ../lib/as_login.sql

CREATE FUNCTION pg_temp.linear(a float8, b float8) RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', jsonb_build_object('format', 'drift', 'version', 1, 'task', 'regression', 'inputs', '["a", "b"]'::jsonb,
		'features', '["a", "b"]'::jsonb, 'linear', jsonb_build_object('coefficients', jsonb_build_array(a, b), 'intercept', 0))::text)
$$;

SELECT model_id AS id FROM drift.register_model('we"ird Ünïcode', owner => '"gov owner"') \gset
SELECT drift.add_version('we"ird Ünïcode', pg_temp.linear(1, i), metrics => jsonb_build_object('auc', 0.7 + i / 100.0),
	training => '{"query": "SELECT 1", "rows": 768, "from": "2020-01-01", "to": "2023-01-01"}') FROM generate_series(1, 6) AS i \g /dev/null
SELECT drift.grant_privilege('we"ird Ünïcode', 'gov_operator', 'operate'), drift.grant_privilege('we"ird Ünïcode', 'gov_risk', 'approve'),
	drift.grant_privilege('we"ird Ünïcode', 'gov_chris', 'approve') \g /dev/null
CREATE FUNCTION pg_temp.request(version integer, login name DEFAULT 'gov_operator', acting name DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.as_login(login, format('SELECT request_id FROM drift.request_promotion(%L, %s,
		''{"performance": {"auc": 0.8}, "feature_importance": "as before", "data_quality": ["none missing"], "fairness": 0.9}'', ''better'')',
		'we"ird Ünïcode', version), acting)
$$;
CREATE FUNCTION pg_temp.write_cards(version integer) RETURNS void LANGUAGE sql AS $$
	SELECT drift.write_card('we"ird Ünïcode', version, s, 'None known.') FROM unnest(ARRAY['approved_use_cases', 'limitations']) AS s
$$;

-- the policy
SELECT is(pg_temp.as_login('gov_operator', $$SELECT drift.set_approval_policy('we"ird Ünïcode', 1)$$),
	'42501 permission denied for model "we"ird Ünïcode"', 'an operator does not set the policy');
SELECT is(pg_temp.as_login('gov_outsider', $$SELECT drift.set_approval_policy('we"ird Ünïcode', 1)$$),
	'42704 no model is named "we"ird Ünïcode"', 'an outsider does not see the model');
SELECT throws_ok($$SELECT drift.set_approval_policy('we"ird Ünïcode', 1, '{gov_legal}')$$, '22023',
	'role gov_legal may not approve requests for model "we"ird Ünïcode"', 'a policy that could not be met');
SELECT throws_ok($$SELECT drift.set_approval_policy('we"ird Ünïcode', 1, '{-}')$$, '22023', NULL, 'an approver role that is none');
SELECT throws_ok($$SELECT drift.set_approval_policy('we"ird Ünïcode', 1, '{NULL}')$$, '22023', 'approver_roles holds NULL', 'an approver role NULL');
SELECT throws_ok($$SELECT drift.set_approval_policy('we"ird Ünïcode', -1)$$, '22023', NULL, 'a negative number of approvals');
SELECT throws_ok($$SELECT drift.set_approval_policy('we"ird Ünïcode', approval_expiry => '0')$$, '22023', NULL, 'requests that expire at once');
SELECT lives_ok($$SELECT drift_internal.check_approved(m, 1) FROM drift.models AS m WHERE name = 'we"ird Ünïcode'$$,
	'without a policy everything is approved');
SELECT results_eq($$SELECT required_approvals, approver_roles::text, approval_expiry
		FROM drift.set_approval_policy('we"ird Ünïcode', 2, '{gov_risk,gov_risk}', '7 days')$$,
	$$VALUES (2, '{gov_risk}', interval '7 days')$$, 'the policy is set, each role once');
SELECT results_eq($$SELECT required_approvals, approver_roles::text FROM drift.set_approval_policy('we"ird Ünïcode', approval_expiry => '14 days')$$,
	$$VALUES (2, '{gov_risk}')$$, 'NULL leaves what was set');
SELECT throws_ok($$SELECT drift_internal.check_approved(m, 1) FROM drift.models AS m WHERE name = 'we"ird Ünïcode'$$, '55000',
	'version 1 of model "we"ird Ünïcode" is not approved', 'with a policy a version is not approved');

-- asking
SELECT is(pg_temp.as_login('gov_amir', $$SELECT drift.request_promotion('we"ird Ünïcode', 1)$$),
	'42501 permission denied for model "we"ird Ünïcode"', 'an approver does not request');
SELECT is(pg_temp.as_login('gov_operator', $$SELECT drift.request_promotion('we"ird Ünïcode', 99)$$),
	'42704 model "we"ird Ünïcode" has no version 99', 'a version that is not there');
SELECT is(pg_temp.as_login('gov_operator', $$SELECT drift.request_promotion('we"ird Ünïcode', 1, '[]')$$),
	'22023 evidence is not an object', 'evidence that is no object');
SELECT is(pg_temp.as_login('gov_operator', $$SELECT drift.request_promotion('we"ird Ünïcode', 1, deployment => '1')$$),
	'22023 deployment is not an object', 'a deployment that is no object');
SELECT pg_temp.as_login('gov_operator', $$SELECT request_id FROM drift.request_promotion('we"ird Ünïcode', 1,
	'{"performance": {"auc": 0.8}, "fairness": "  ", "data_quality": null, "feature_importance": {}}', 'better')$$) AS request \gset
SELECT results_eq(format('SELECT status, requester::text, requested_by, login, reason, expires_at - requested_at > ''13 days'' FROM drift.promotion_requests WHERE request_id = %s', :'request'),
	$$VALUES ('open', 'gov_operator', 'gov_operator', 'gov_operator', 'better', true)$$, 'a request');
SELECT results_eq(format('SELECT status, missing_approvals, missing_evidence, missing_sections FROM drift.request_status WHERE request_id = %s', :'request'),
	$$VALUES ('open', '{2 more approvals,an approval by a member of gov_risk}'::text[], '{feature_importance,data_quality,fairness}'::text[],
		'{approved_use_cases,limitations}'::text[])$$, 'what it waits for');
SELECT matches(pg_temp.request(1), 'request \d+ for version 1 of model .* is open already', 'one open request for a version');
SELECT throws_ok($$SELECT drift_internal.check_approved(m, 1) FROM drift.models AS m WHERE name = 'we"ird Ünïcode'$$, '55000', NULL, 'a request approves nothing');

-- nothing is approved before evidence and card are complete
CREATE FUNCTION pg_temp.approve(login name, request text, acting name DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.as_login(login, format('SELECT status FROM drift.approve(%s, ''seen'')', request), acting)
$$;
SELECT matches(pg_temp.approve('gov_amir', :'request'), '^55000 request \d+ lacks evidence', 'without evidence');
SELECT matches(pg_temp.as_login('gov_amir', format('SELECT drift.add_evidence(%s, ''{}'')', :'request')), '^42501', 'an approver does not add evidence');
SELECT is(pg_temp.as_login('gov_operator', format('SELECT evidence->>''fairness'' FROM drift.add_evidence(%s,
	''{"fairness": "four fifths", "data_quality": "checked", "feature_importance": {"a": 1}}'')', :'request')), 'four fifths', 'evidence is added');
SELECT is(pg_temp.approve('gov_amir', :'request'), '55000 the model card of version 1 lacks sections', 'without a card');
SELECT throws_ok($$SELECT drift.write_card('we"ird Ünïcode', 1, 'colour', 'red')$$, '22023', 'model cards have no section "colour"', 'an unknown section');
SELECT throws_ok($$SELECT drift.write_card('we"ird Ünïcode', 1, 'limitations', E' \n')$$, '22023', 'section limitations of the model card is empty', 'an empty section');
SELECT is(pg_temp.as_login('gov_amir', $$SELECT drift.write_card('we"ird Ünïcode', 1, 'limitations', 'x')$$),
	'42501 permission denied for model "we"ird Ünïcode"', 'an approver does not write cards');
SELECT is(pg_temp.as_login('gov_operator', $$SELECT written_by FROM drift.write_card('we"ird Ünïcode', 1, 'limitations', 'Fails at night.')$$), 'gov_operator', 'a section is written');
SELECT is(pg_temp.approve('gov_amir', :'request'), '55000 the model card of version 1 lacks sections', 'one section is not enough');
SELECT pg_temp.write_cards(1) \g /dev/null

-- the requester does not approve, whichever hat
SELECT matches(pg_temp.approve('gov_outsider', :'request'), '^42704 there is no request', 'an outsider does not see the request');
SELECT matches(pg_temp.as_login('gov_outsider', 'SELECT drift.approve(NULL)'), '^42704 there is no request NULL', 'request NULL');
SELECT is(pg_temp.approve('gov_operator', :'request'), '42501 who requested a promotion cannot review it', 'the requester does not approve');
SELECT is(pg_temp.approve('gov_operator', :'request', 'gov_risk'), '42501 who requested a promotion cannot review it', 'nor as a role that he is in');
SELECT is(pg_temp.approve('gov_pool', :'request', 'gov_operator'), '42501 who requested a promotion cannot review it', 'nor through a pool of connections');
SELECT matches(pg_temp.as_login('gov_operator', format('SELECT drift.reject(%s, ''no'')', :'request')), '^42501 who requested', 'nor does he reject');
SELECT is(pg_temp.approve('gov_amir', :'request'), 'open', 'the first approval');
SELECT matches(pg_temp.approve('gov_amir', :'request'), '^55000 you have reviewed request \d+ already', 'nobody approves twice');
SELECT matches(pg_temp.approve('gov_amir', :'request', 'gov_risk'), '^55000 you have reviewed request \d+ already', 'nor as a role that he is in');
SELECT results_eq(format('SELECT approvals, missing_approvals FROM drift.request_status WHERE request_id = %s', :'request'),
	$$VALUES (1::bigint, '{one more approval}'::text[])$$, 'one more is wanted');
SELECT matches(pg_temp.as_login('gov_operator', format('SELECT drift.add_evidence(%s, ''{"fairness": "bad"}'')', :'request')),
	'^55000 the evidence of request \d+ cannot change any more', 'evidence is frozen');
SELECT throws_ok($$SELECT drift_internal.check_approved(m, 1) FROM drift.models AS m WHERE name = 'we"ird Ünïcode'$$, '55000', NULL, 'one of two approves nothing');

-- the last approval promotes
SELECT is(pg_temp.approve('gov_chris', :'request'), 'promoted', 'the last approval promotes');
SELECT lives_ok($$SELECT drift_internal.check_approved(m, 1) FROM drift.models AS m WHERE name = 'we"ird Ünïcode'$$, 'the version is approved');
SELECT is((SELECT version FROM drift.model_aliases WHERE model_id = :id AND alias = 'champion'), 1, 'it is the champion');
SELECT is((SELECT version FROM drift.routes WHERE model_id = :id AND arm = 'champion'), 1, 'it is routed');
SELECT results_eq(format('SELECT approver::text, approved_by, a.login, verdict, comment, evidence_hash = sha256(convert_to(evidence::text, ''UTF8''))
		FROM drift.approvals AS a JOIN drift.promotion_requests USING (request_id) WHERE request_id = %s ORDER BY approval_id', :'request'),
	$$VALUES ('gov_amir', 'gov_amir', 'gov_amir', 'approve', 'seen', true), ('gov_chris', 'gov_chris', 'gov_chris', 'approve', 'seen', true)$$, 'approvals say who');
SELECT matches(pg_temp.approve('gov_chris', :'request'), '^55000 request \d+ is closed', 'a closed request takes no approvals');
SELECT matches(pg_temp.as_login('gov_operator', format('SELECT drift.withdraw_request(%s)', :'request')), '^55000', 'nor is it withdrawn');

-- a pool of connections
SELECT pg_temp.write_cards(v) FROM generate_series(2, 6) AS v \g /dev/null
SELECT pg_temp.request(2, 'gov_pool', 'gov_operator') AS request \gset
SELECT is(pg_temp.approve('gov_operator', :'request', 'gov_risk'), '42501 who requested a promotion cannot review it', 'asked through the pool, approved directly');
SELECT is(pg_temp.approve('gov_pool', :'request', 'gov_risk'), '42501 who requested a promotion cannot review it', 'a role that nobody logs in as may be anybody''s hat');
SELECT matches(pg_temp.approve('gov_pool', :'request', 'gov_pool'), '^42704', 'the pool itself has no rights');
SELECT is(pg_temp.approve('gov_pool', :'request', 'gov_amir'), 'open', 'two people through one pool');
SELECT matches(pg_temp.approve('gov_amir', :'request'), '^55000 you have reviewed', 'one person through the pool and directly');

-- who may no longer approve does not count
SELECT drift.revoke_privilege('we"ird Ünïcode', 'gov_risk', 'approve') \g /dev/null
SELECT is(pg_temp.approve('gov_chris', :'request'), 'open', 'an approval whose approver lost the right does not count');
SELECT drift.grant_privilege('we"ird Ünïcode', '"gov_Béa"', 'approve') \g /dev/null
SELECT is(pg_temp.approve('gov_Béa', :'request'), 'open', 'two approvals that count, by nobody of gov_risk');
SELECT is((SELECT missing_approvals FROM drift.request_status WHERE request_id = :'request'), '{an approval by a member of gov_risk}'::text[], 'as the status says');
SELECT is(pg_temp.as_login('gov_operator', format('SELECT status FROM drift.withdraw_request(%s, ''later'')', :'request')), 'withdrawn', 'a request is withdrawn');

-- a superuser is a member of what he was made a member of
SELECT drift.grant_privilege('we"ird Ünïcode', 'gov_risk', 'approve') \g /dev/null
SELECT pg_temp.request(3) AS request \gset
SELECT pg_temp.approve('gov_chris', :'request') \g /dev/null
SELECT results_eq(format('SELECT status FROM drift.approve(%s)', :'request'), $$VALUES ('open')$$, 'a superuser approves');
SELECT is((SELECT missing_approvals FROM drift.request_status WHERE request_id = :'request'), '{an approval by a member of gov_risk}'::text[], 'but is not a member of gov_risk');

-- rejection
SELECT matches(pg_temp.as_login('gov_amir', format('SELECT drift.reject(%s, '' '')', :'request')), '^22023', 'a rejection says why');
SELECT is(pg_temp.as_login('gov_amir', format('SELECT status FROM drift.reject(%s, ''unfair'')', :'request')), 'rejected', 'one rejection ends a request');
SELECT throws_ok($$SELECT drift_internal.check_approved(m, 3) FROM drift.models AS m WHERE name = 'we"ird Ünïcode'$$, '55000', NULL, 'and approves nothing');
SELECT matches(pg_temp.request(3), '^\d+$', 'which one may ask for again');

-- expiry
SELECT pg_temp.request(4) AS request \gset
UPDATE drift.promotion_requests SET expires_at = now() - interval '1 day' WHERE request_id = :'request';
SELECT matches(pg_temp.approve('gov_amir', :'request'), '^55000 request \d+ is closed', 'an expired request takes no approvals');
SELECT is((SELECT status FROM drift.request_status WHERE request_id = :'request'), 'expired', 'as the status says');
SELECT matches(pg_temp.request(4), '^\d+$', 'which one may ask for again');
SELECT is((SELECT status FROM drift.promotion_requests WHERE request_id = :'request'), 'expired', 'and closes the old one');

-- a canary begins with the approval
SELECT matches(pg_temp.as_login('gov_operator', $$SELECT drift.request_promotion('we"ird Ünïcode', 6, deployment => '{"strategy": "prayer"}')$$),
	'^22023', 'a strategy that does not exist is refused at once');
SELECT pg_temp.as_login('gov_operator', $$SELECT request_id FROM drift.request_promotion('we"ird Ünïcode', 6,
	'{"performance": 1, "feature_importance": 1, "data_quality": 1, "fairness": 1}', deployment => '{"strategy": "canary"}')$$) AS request \gset
SELECT pg_temp.approve('gov_amir', :'request') \g /dev/null
SELECT is(pg_temp.approve('gov_chris', :'request'), 'promoted', 'a request with a strategy');
SELECT results_eq(format('SELECT version, strategy, status FROM drift.deployments WHERE model_id = %s AND status = ''running''', :id),
	$$VALUES (6, 'canary', 'running')$$, 'starts it');

-- an approval that cannot deploy leaves nothing
SELECT pg_temp.request(5) AS request \gset
SELECT pg_temp.approve('gov_amir', :'request') \g /dev/null
SELECT matches(pg_temp.approve('gov_chris', :'request'), '^55006 version 6 of model .* is being deployed', 'an approval that cannot deploy');
SELECT results_eq(format('SELECT status, approvals FROM drift.request_status WHERE request_id = %s', :'request'), $$VALUES ('open', 1::bigint)$$, 'leaves the request as it was');

-- drafts of evidence
SELECT is(drift.draft_evidence('we"ird Ünïcode', 3)->'performance', '{"auc": {"value": 0.73, "champion": 0.71, "difference": 0.02}}', 'metrics beside the champion''s');
SELECT is(drift.draft_evidence('we"ird Ünïcode', 3)->'data_quality'->>'training_rows', '768', 'training rows');
SELECT is(drift.draft_evidence('we"ird Ünïcode', 1)->'performance', '{"auc": {"value": 0.71}}', 'the champion beside nobody');
SELECT is(pg_temp.as_login('gov_outsider', $$SELECT drift.draft_evidence('we"ird Ünïcode', 3)$$), '42704 no model is named "we"ird Ünïcode"', 'not for outsiders');

SELECT drift.rollback('we"ird Ünïcode'), drift.deploy('we"ird Ünïcode', 3, 'shadow') \g /dev/null
SELECT drift.advance('we"ird Ünïcode') \g /dev/null
SELECT is(drift.draft_evidence('we"ird Ünïcode', 3)->'last_analysis'->>'verdict', 'inconclusive', 'the last analysis of a shadow');
SELECT drift.rollback('we"ird Ünïcode') \g /dev/null

-- cards
SELECT drift.write_card('we"ird Ünïcode', 1, 'limitations', E'<script>alert(1)</script>\n# not a heading\n1. no list | no cell\n    [no](javascript:link) **b**') \g /dev/null
SELECT results_eq($$SELECT c->'written'->'limitations'->>'content' LIKE '<script>%', c->'missing', c->'training'->>'rows', jsonb_array_length(c->'champion'), c->'version'->>'stage'
		FROM drift.model_card('we"ird Ünïcode') AS c$$,
	$$VALUES (true, '[]'::jsonb, '768', 1, 'production')$$, 'the card of the champion, with the last text');
SELECT is((SELECT count(*) FROM drift.model_cards WHERE model_id = :id AND version = 1 AND section = 'limitations'), 3::bigint, 'earlier texts stay');
SELECT ok(position(E'## Limitations\n\n\\<script\\>alert(1)\\</script\\>\n\\# not a heading\n1\\. no list \\| no cell\n\\[no\\](javascript:link) \\*\\*b\\*\\*\n'
	IN drift.model_card_markdown('we"ird Ünïcode', 1)) > 0, 'markdown shows text as it is');

-- performance by month, where the log may be read
CREATE SCHEMA gov;
SELECT drift.register_model('logged') \g /dev/null
SELECT drift.add_version('logged', drift.import_model('json', '{"format": "drift", "version": 1, "task": "binary", "inputs": ["a"], "features": ["a"],
	"linear": {"coefficients": [1], "intercept": 0}, "transform": "logistic", "classes": ["no", "yes"]}')), drift.grant_privilege('logged', 'gov_chris', 'read') \g /dev/null
SELECT drift.promote('logged', 1), drift.create_prediction_log('logged', 'gov.log') \g /dev/null
SELECT drift.predict('logged', jsonb_build_object('a', i - 5.5), i::text) FROM generate_series(1, 10) AS i \g /dev/null
SELECT drift.record_entity_outcome('logged', i::text, CASE WHEN i > 3 THEN 'yes' ELSE 'no' END, clock_timestamp()) FROM generate_series(1, 8) AS i \g /dev/null
SELECT is(drift.model_card('logged')->'performance', format('[{"month": "%s", "accuracy": 0.75, "labelled": 8, "predictions": 10}]',
	to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'))::jsonb, 'a card has the performance by month');
SELECT is(drift.model_card('logged', performance_over => '0')->>'performance', NULL, 'which can be left out');
SELECT is(pg_temp.as_login('gov_chris', $$SELECT drift.model_card('logged')->>'performance'$$), 'NULL', 'and is not for who may not read the log');

-- audit
SELECT set_eq($$SELECT DISTINCT event FROM drift.audit WHERE model = 'we"ird Ünïcode' AND actor ~ '^gov_' AND event ~ 'promotion|approved|evidence|card'$$,
	$$VALUES ('promotion_requested'), ('evidence_added'), ('card_written'), ('approved'), ('promotion_approved'), ('promotion_withdrawn'), ('promotion_rejected'), ('promotion_expired')$$,
	'the audit has every step');
SELECT is(pg_temp.as_login('gov_outsider', 'SELECT count(*) FROM drift.audit'), '0', 'and is not for outsiders');

-- roles that are gone
CREATE ROLE gov_gone;
SELECT drift.grant_privilege('we"ird Ünïcode', 'gov_gone', 'approve'), drift.set_approval_policy('we"ird Ünïcode', 2, '{gov_gone,gov_risk}') \g /dev/null
DROP ROLE gov_gone;
SELECT results_eq($$SELECT model, status, regexp_replace(detail, '\d+', 'N') FROM drift.health_check() WHERE check_name = 'roles' ORDER BY 2$$,
	$$VALUES ('we"ird Ünïcode', 'critical', 'Role N does not exist any more: one of its members must approve.'),
		('we"ird Ünïcode', 'warning', 'Role N does not exist any more: it has the privilege approve.')$$, 'roles that were dropped are found');
CREATE FUNCTION pg_temp.run(statement text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE statement; END';
SELECT pg_temp.run(h) FROM (SELECT array_agg(hint) AS hints FROM drift.health_check() WHERE check_name = 'roles') AS f, unnest(hints) AS h \g /dev/null
SELECT is((SELECT string_agg(status, '') FROM drift.health_check() WHERE check_name = 'roles'), 'ok', 'and gone after what the hints say');

SELECT * FROM finish();
ROLLBACK;
