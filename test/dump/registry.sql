-- Rows in every table of the registry: versions, champions of the past, a canary under way, requests with reviews, a card,
-- a log with predictions in several partitions, outcomes early, late and corrected, an evaluation, alerts and events.
-- Usage, after CREATE EXTENSION: psql -f test/dump/registry.sql
\o /dev/null
CREATE SCHEMA "app's";
CREATE FUNCTION "app's".constant(value integer) RETURNS drift.model LANGUAGE sql AS $$ SELECT drift.import_model('json', jsonb_build_object(
	'format', 'drift', 'version', 1, 'task', 'regression', 'inputs', '["x", "we\"ird Ünïcode"]'::jsonb, 'features', '["x", "we\"ird Ünïcode"]'::jsonb,
	'linear', jsonb_build_object('coefficients', '[0.5, 0]'::jsonb, 'intercept', value))::text) $$;

SELECT drift.register_model('we"ird Ünïcode', description => E'line\nline\\ \t''quoted''', tags => '{"team": "é\"x"}');
SELECT drift.add_version('we"ird Ünïcode', "app's".constant(i), parameters => '{"depth": 3}', metrics => '{"auc": 0.91}', run_id => 'run ' || i,
	training => '{"query": "SELECT 1", "rows": 1, "from": "2024-01-01 00:00:00+00", "to": "2024-02-01 00:00:00+00", "hash": "abc"}')
FROM generate_series(1, 3) AS i;
SELECT drift.create_prediction_log('we"ird Ünïcode', '"app''s"."lög"', days_ahead => 2);
SELECT drift.add_external_version('we"ird Ünïcode', 's3://bucket/model.bin', sha256('model'), '[{"name": "x", "kind": "number"}]');
SELECT drift.promote('we"ird Ünïcode', 1, reason => 'first');
SELECT drift.promote('we"ird Ünïcode', 2, reason => 'second');
SELECT drift.set_alias('we"ird Ünïcode', 'free', 1);
SELECT drift.grant_privilege('we"ird Ünïcode', 'pg_monitor', 'operate');
SELECT drift.deploy('we"ird Ünïcode', 3, 'canary');
SELECT drift.write_card('we"ird Ünïcode', 2, section, E'text "of" it\n\\.') FROM unnest('{approved_use_cases,limitations}'::text[]) AS section;

-- predictions of the past, of an application that scores elsewhere, and through the canary
INSERT INTO "app's"."lög" (predicted_at, model_version, entity_key, score, x)
SELECT now() - i * interval '12 hours', 1, 'old ' || i, i, i FROM generate_series(1, 8) AS i;
INSERT INTO "app's"."lög" (prediction_id, model_version, entity_key, status, error) VALUES (gen_random_uuid(), 1, 'elsewhere', 'error', E'no "answer"\n');
SELECT FROM generate_series(9, 60) AS i, drift.predict('we"ird Ünïcode', jsonb_build_object('x', i, 'we"ird Ünïcode', 0), 'key ' || i % 20) AS p;
SELECT drift.advance('we"ird Ünïcode');
SELECT o FROM "app's"."lög" AS l, drift.record_outcome(l.prediction_id, l.score + 1) AS o WHERE l.x <= 40;
SELECT o FROM "app's"."lög" AS l, drift.record_outcome(l.prediction_id, l.score + 2, observed_at => now() + interval '1 hour') AS o WHERE l.x <= 5;
SELECT drift.record_entity_outcome('we"ird Ünïcode', 'key 7', 4.5);
SELECT drift.record_outcome('018f0000-0000-8000-8000-000000000001', 1, model => 'we"ird Ünïcode');
SELECT drift.evaluate_challenger('we"ird Ünïcode', 3, '2024-06-01', 'infinity', options => '{"min_rows": 5, "segment": "x < 20"}');

-- a model whose versions are reviewed: one approved, one rejected, one waiting; then one that rolls back until it is frozen
SELECT drift.register_model('governed');
SELECT drift.add_version('governed', "app's".constant(i)) FROM generate_series(1, 3) AS i;
SELECT drift.grant_privilege('governed', 'pg_read_all_data', 'approve');
SELECT drift.set_approval_policy('governed', 1);
SELECT drift.write_card('governed', version, section, 'text') FROM generate_series(1, 3) AS version, unnest('{approved_use_cases,limitations}'::text[]) AS section;
SELECT drift.request_promotion('governed', version, '{"performance": 1, "feature_importance": 1, "data_quality": 1, "fairness": "none"}', 'better')
FROM generate_series(1, 3) AS version;
SELECT max(request_id) AS request FROM drift.promotion_requests \gset
SET SESSION AUTHORIZATION pg_read_all_data;
SELECT drift.approve(:request - 2, 'seen');
SELECT drift.reject(:request - 1, 'no');
RESET SESSION AUTHORIZATION;
SELECT drift.freeze('governed', 'of the dump test');

-- a channel with its secret and a template, and a message that waits
SELECT drift.create_template('of_dump', '{"what": "${title}", "key": "${secret.key}"}', 'of the dump test', '/hook');
CREATE SERVER "chännel's" FOREIGN DATA WRAPPER drift_channel OPTIONS (type 'webhook', host 'a.example', template 'of_dump');
CREATE USER MAPPING FOR PUBLIC SERVER "chännel's" OPTIONS (key 's3cr3t');
SELECT drift.test_message('chännel''s');
SELECT drift.create_alert_rule('of "dump" é', 'chännel''s', kinds => '{model_frozen}');
SELECT drift.route_alerts();
SELECT drift.fail_delivery(d.delivery_id, 'no answer') FROM drift.claim_deliveries(max_deliveries => 1) AS d;
\o
\ir monitors.sql
\ir training.sql
