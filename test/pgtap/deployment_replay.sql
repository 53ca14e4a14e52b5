-- Deployments of models with odd names, several classes and rows that cannot be scored, through drift.predict(); who may do what.
BEGIN;
SELECT plan(34);
SET LOCAL search_path = public, pg_catalog;
SET LOCAL client_min_messages = warning;

-- A model of a number, a city and a third input whose name is given; of three classes. It may lack a city.
CREATE FUNCTION pg_temp.cities(third text, cities text[], age float8) RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', jsonb_build_object('format', 'drift', 'version', 1, 'task', 'multiclass',
		'inputs', jsonb_build_array('we"ird Ünï', jsonb_build_object('name', 'score', 'kind', 'text'), third),
		'steps', jsonb_build_array(jsonb_build_object('op', 'one_hot', 'in', '["score"]'::jsonb, 'categories', to_jsonb(cities), 'out', to_jsonb(cities))),
		'features', to_jsonb(ARRAY['we"ird Ünï', third] || cities),
		'linear', jsonb_build_object('coefficients', jsonb_build_array(
			to_jsonb(ARRAY[age, 0] || array_fill(0.1::float8, ARRAY[cardinality(cities)])), to_jsonb(ARRAY[0.0, 1] || array_fill(0.2::float8, ARRAY[cardinality(cities)])),
			to_jsonb(ARRAY[-age, -1] || array_fill(0.3::float8, ARRAY[cardinality(cities)]))), 'intercept', '[0, 0, 0]'::jsonb),
		'transform', 'softmax', 'classes', '["a", "b", "c"]'::jsonb)::text)
$$;
CREATE TEMP TABLE entities AS SELECT i, sin(i) AS x, cos(i * 1.7) AS y, (ARRAY['Bonn', 'Graz', 'Wien'])[1 + i % 3] AS city FROM generate_series(1, 1000) AS i;
CREATE FUNCTION pg_temp.traffic(model text, third text, last integer DEFAULT 1000) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM entities, drift.predict(model, jsonb_build_object('we"ird Ünï', x, 'score', city, third, y), i::text, on_error => 'log') WHERE i <= last
$$;
CREATE FUNCTION pg_temp.term(model text, term text, fact text DEFAULT 'verdict') RETURNS text LANGUAGE sql AS $$ SELECT terms->term->>fact FROM drift.advance(model, true) $$;
CREATE FUNCTION pg_temp.begin(model text, version integer, strategy text, analysis jsonb DEFAULT '{}', options jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
	SELECT FROM drift.deploy(model, version, strategy, options || jsonb_build_object('analysis', '{"min_duration": "0"}' || analysis))
$$;
SELECT repeat('long ', 20) || 'name' AS long \gset

SELECT drift.register_model(m) FROM unnest(ARRAY['short', 'long']) AS m \g /dev/null
SELECT drift.add_version('short', pg_temp.cities('label', c, a)) FROM (VALUES ('{Bonn,Graz,Wien}'::text[], 1.0), ('{Bonn,Graz,Wien}', 1.2), ('{Bonn,Graz}', 1.0)) AS v (c, a) \g /dev/null
SELECT drift.add_version('long', pg_temp.cities(:'long', c, a)) FROM (VALUES ('{Bonn,Graz,Wien}'::text[], 1.0), ('{Bonn,Graz,Wien}', 1.2), ('{Bonn,Graz}', 1.0)) AS v (c, a) \g /dev/null
SELECT drift.deploy(m, 1), drift.create_prediction_log(m, m || '_log') FROM unnest(ARRAY['short', 'long']) AS m \g /dev/null

CREATE TEMP TABLE expected AS
SELECT i, drift.score_label_json(drift.get_model('short/1'), f) AS old,
	drift.score_label_json(drift.get_model('short/2'), f) AS new
FROM entities, LATERAL (SELECT jsonb_build_object('we"ird Ünï', x, 'score', city, 'label', y) AS f) AS features;

-- a canary that drift.predict() fills, features called as columns of the log are
SELECT pg_temp.begin('short', 2, 'canary', options => '{"weights": [30], "salt": "exp1"}') \g /dev/null
SELECT is(pg_temp.traffic('short', 'label'), 1000::bigint, 'each is answered');
SELECT is((SELECT count(*) FROM short_log WHERE arm = 'challenger'), (SELECT count(*) FROM entities WHERE drift.route_bucket('exp1', i::text) < 3000), 'by the version of its bucket');
SELECT is(pg_temp.term('short', 'disagreement', 'n'), '1000', 'all of them are replayed');
SELECT is(pg_temp.term('short', 'disagreement', 'value')::numeric, (SELECT avg((old <> new)::integer) FROM expected), 'by both versions');
SELECT is((SELECT string_agg(key || ' ' || (value->>'verdict'), ', ' ORDER BY key) FROM drift.advance('short', true), jsonb_each(terms)),
	'disagreement pass, duration pass, errors pass, latency pass, quality inconclusive, scores pass', 'of several classes the labels are compared');
SELECT drift.record_outcome(prediction_id, new) FROM short_log JOIN expected ON i = entity_key::integer WHERE i <= 500 \g /dev/null
SELECT is(ARRAY[pg_temp.term('short', 'quality', 'only_current')::bigint, pg_temp.term('short', 'quality', 'only_reference')::bigint],
	(SELECT ARRAY[count(*) FILTER (WHERE old <> new), 0] FROM expected WHERE i <= 500), 'and quality by them');
SELECT drift.rollback('short') \g /dev/null

-- the same through JSON, where a name is too long for a column
SELECT pg_temp.begin('long', 2, 'canary', options => '{"weights": [30], "salt": "exp1"}') \g /dev/null
SELECT pg_temp.traffic('long', :'long') \g /dev/null
SELECT is(pg_temp.term('long', 'disagreement', 'value')::numeric, (SELECT avg((old <> new)::integer) FROM expected), 'long names are replayed as well');
SELECT drift.rollback('long') \g /dev/null

-- a version that cannot answer every third row
SELECT pg_temp.begin(m, 3, 'shadow', '{"max_error_increase": 0.3, "max_disagreement": 0.1}') FROM unnest(ARRAY['short', 'long']) AS m \g /dev/null
SELECT pg_temp.traffic('short', 'label', 300), pg_temp.traffic('long', :'long', 300) \g /dev/null
SELECT is(array_agg(pg_temp.term(m, 'disagreement', 'unanswered') || ' ' || pg_temp.term(m, 'disagreement')), '{"100 inconclusive","100 inconclusive"}', 'rows that cannot be scored are counted')
FROM unnest(ARRAY['short', 'long']) AS m;
SELECT is(pg_temp.term('short', 'errors'), 'inconclusive', 'as the shadow''s errors are');
SELECT drift.rollback(m) FROM unnest(ARRAY['short', 'long']) AS m \g /dev/null
SELECT pg_temp.begin('short', 3, 'canary', options => '{"weights": [30], "salt": "exp1"}') \g /dev/null
SELECT pg_temp.traffic('short', 'label') \g /dev/null
SELECT is((SELECT count(*) FROM short_log WHERE arm = 'champion' AND status = 'error'), 0::bigint, 'the champion answers what the challenger cannot');
SELECT is((SELECT verdict || ' ' || action FROM drift.advance('short')), 'fail rolled_back', 'too many of them roll a canary back');
SELECT is((SELECT string_agg(DISTINCT p.arm || ' ' || p.model_version, ', ') FROM entities, drift.predict('short', jsonb_build_object('we"ird Ünï', x, 'score', city, 'label', y), i::text) AS p
	WHERE i <= 100), 'champion 1', 'and from then on the champion answers alone');

-- the log must have columns for a version's features
SELECT drift.add_version('short', pg_temp.cities('another', '{Bonn,Graz,Wien}', 1)) \g /dev/null
SELECT throws_ok(format('SELECT drift.deploy(''short'', 4, %L)', s), '55000', NULL, 'refused without a column for a feature: ' || s) FROM unnest(ARRAY['blue_green', 'canary', 'shadow']) AS s;
SELECT throws_ok('SELECT drift.pin(''short'', 4)', '55000', NULL, 'and not pinned');

-- who needs approvals
SELECT drift.set_approval_policy('long', 1) \g /dev/null
SELECT throws_ok(format('SELECT drift.deploy(''long'', 2, %L)', s), '55000', NULL, 'not approved: no ' || s) FROM unnest(ARRAY['blue_green', 'canary', 'ab_test']) AS s;
SELECT is((SELECT status FROM drift.deploy('long', 2, 'shadow', '{"deadline": "0", "on_deadline": "promote"}')), 'running', 'a shadow answers nobody and needs no approval');
SELECT throws_ok('SELECT drift.complete(''long'')', '55000', NULL, 'to be champion it does');
SELECT throws_ok('SELECT drift.advance(''long'')', '55000', NULL, 'also where the deadline would promote it');
SELECT throws_ok('SELECT drift.pin(''long'', 2)', '55000', NULL, 'or a pin');

-- roles
CREATE ROLE drift_test_operator;
CREATE ROLE drift_test_reader;
CREATE ROLE drift_test_outsider;
SELECT drift.grant_privilege('short', 'drift_test_operator', 'operate'), drift.grant_privilege('short', 'drift_test_reader', 'read') \g /dev/null
SELECT pg_temp.begin('short', 2, 'canary', options => '{"weights": [30]}') \g /dev/null
SET LOCAL ROLE drift_test_operator;
SELECT throws_ok('SELECT drift.advance(''short'')', '42501', NULL, 'who may operate needs the log for an analysis');
SELECT throws_ok($$SELECT drift_internal.set_champion(m, 2, NULL) FROM drift.models AS m WHERE name = 'short'$$, '42501', NULL, 'and cannot go behind the functions');
SELECT is((SELECT array_agg(left(m.message, 46)) FROM drift.run_deployments() AS m), '{"42501: the prediction log of model \"short\" bel"}', 'a scheduler reads the logs of its own roles only');
RESET ROLE;
GRANT SELECT ON short_log, short_log_outcomes TO drift_test_operator;
SET LOCAL ROLE drift_test_operator;
SELECT is((SELECT action FROM drift.advance('short')), 'held', 'with it drift.advance() works');
SELECT is((SELECT array_agg(actor) FROM drift.deployment_analyses WHERE deployment_id = (SELECT deployment_id FROM drift.rollout_status WHERE model = 'short')), '{drift_test_operator}', 'and says who did it');
SELECT is((SELECT count(*) FROM drift.claim_events()), (SELECT count(*) FROM drift.outbox), 'only events that may be seen are handed out');
RESET ROLE;
SET LOCAL ROLE drift_test_reader;
SELECT throws_ok('SELECT drift.rollback(''short'')', '42501', NULL, 'a reader changes nothing');
SELECT throws_ok($$SELECT drift_internal.apply_analysis('short', 1, 1, '{}', NULL)$$, '42501', NULL, 'in no way');
SELECT is((SELECT count(*) FROM drift.claim_events()), 0::bigint, 'and delivers nothing');
RESET ROLE;
SET LOCAL ROLE drift_test_outsider;
SELECT throws_ok('SELECT drift.rollback(''short'')', '42704', NULL, 'for an outsider there is no model');
SELECT is((SELECT count(*) FROM drift.rollout_status), 0::bigint, 'nor its status');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
