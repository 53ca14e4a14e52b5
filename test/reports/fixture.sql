-- A model with names that hurt, three weeks of its predictions with outcomes, and checks of two monitors: of the log,
-- and of a table with columns and categories that nobody should have. Runs inside a transaction too.
SET TimeZone = 'UTC';
CREATE SCHEMA reports;
SET search_path = reports, public;
CREATE ROLE reports_owner;
CREATE ROLE reports_reader;
GRANT ALL ON SCHEMA reports TO reports_owner;

SELECT drift.register_model('ch"urn <b>', 'Will the customer leave? <script>alert(1)</script>', owner => 'reports_owner') \g /dev/null
SELECT drift.add_version('ch"urn <b>', drift.import_model('json', format('{"format": "drift", "version": 1, "task": "binary",
	"inputs": ["age", "visits", {"name": "channel", "kind": "text"}],
	"steps": [{"op": "one_hot", "in": ["channel"], "categories": ["app"], "out": ["app"], "unknown": "ignore"}],
	"features": ["age", "visits", "app"],
	"linear": {"coefficients": [%s, -0.3, -0.5], "intercept": 0.4}, "transform": "logistic", "classes": ["stays", "leaves"]}', slope)),
	metrics => jsonb_build_object('accuracy', 0.8, 'auc <i>', slope::float8))
FROM unnest('{0.02,0.03}'::text[]) AS slope \g /dev/null
SELECT drift.grant_privilege('ch"urn <b>', 'reports_reader', 'read') \g /dev/null

SET ROLE reports_owner;
SELECT drift.write_card('ch"urn <b>', 1, 'approved_use_cases', E'Offers to customers.\n# Not a heading\n<script>alert(2)</script>') \g /dev/null
SELECT drift.deploy('ch"urn <b>', 1) \g /dev/null
SELECT drift.create_prediction_log('ch"urn <b>', 'churn_log', days_back => 22) \g /dev/null

CREATE TABLE customers AS
SELECT i AS id, 20 + (i * 7919) % 50 AS age, (i * 7907) % 13 AS visits, (ARRAY['app', 'shop', 'shop', 'phone'])[1 + i % 4] AS channel
FROM generate_series(1, 1000) AS i;
CREATE VIEW scored AS
SELECT c.age, c.visits, c.channel, drift.score_row('ch"urn <b>', c) AS score, drift.score_label_row('ch"urn <b>', c) AS label FROM customers AS c;
INSERT INTO churn_log (prediction_id, predicted_at, model_version, entity_key, age, visits, channel, score, label)
SELECT drift.make_prediction_id('ch"urn <b>', at), at, 1, 'customer ' || i, f.age, f.visits, f.channel,
	drift.score_row('ch"urn <b>', f), drift.score_label_row('ch"urn <b>', f)
FROM generate_series(1, 2100) AS i,
	LATERAL (SELECT date_trunc('day', now(), 'UTC') - interval '21 days' + i * interval '14.39 minutes' AS at) AS t,
	LATERAL (SELECT 20 + (i * 6007) % 50 AS age, (i * 7919) % 13 AS visits,
		(CASE WHEN i <= 1400 THEN ARRAY['app', 'shop', 'shop', 'phone'] ELSE ARRAY['app', 'app', 'shop', 'phone'] END)[1 + i % 4] AS channel) AS f;
INSERT INTO churn_log_outcomes (prediction_id, predicted_at, actual, observed_at)
SELECT l.prediction_id, l.predicted_at, CASE WHEN substr(l.entity_key, 10)::integer % 10 < CASE WHEN l.label = 'leaves' THEN 7 ELSE 2 END THEN 'leaves' ELSE 'stays' END, l.predicted_at
FROM churn_log AS l;

SELECT drift.create_baseline('churn', 'scored', model => 'ch"urn <b>', model_version => 1, origin => 'held_out') \g /dev/null
SELECT drift.create_monitor('log of <churn>', model => 'ch"urn <b>', baseline => 'churn', bucket => 'day', span => '7 days', tracking => 'recompute',
	segment => 'channel', config => '{"monitoring": {"drift_check_samples": 100, "recompute_buckets": 30}}') \g /dev/null
SELECT drift.run_check('log of <churn>', as_of => date_trunc('day', now(), 'UTC') - make_interval(days => d)) FROM unnest('{14,7,3,0}'::integer[]) AS d \g /dev/null

CREATE TABLE odd (at timestamptz NOT NULL, "<script>alert('x')</script>" float8, "tab	new
line | *b* _i_ `c`" text, U&"right \202Eot left" date, "always 1e308" float8, "nothing" float8, "in""finite" float8);
INSERT INTO odd
SELECT date_trunc('day', now(), 'UTC') - interval '4 days' + i * interval '5.75 minutes', i + CASE WHEN i > 500 THEN 300 ELSE 0 END,
	CASE WHEN i > 500 THEN E'</td><img src=x onerror=alert(1)>\n|' || i % 30 WHEN i % 2 = 0 THEN '' ELSE repeat('long "', 200) END,
	date '2026-01-01' + i % 300, CASE WHEN i % 2 = 0 THEN 1e308 ELSE -1e308 END, NULL, CASE i % 3 WHEN 0 THEN 'Infinity'::float8 WHEN 1 THEN '-Infinity'::float8 ELSE i END
FROM generate_series(1, 1000) AS i;
SELECT drift.create_monitor('odd "columns" & <more>', 'odd', 'ch"urn <b>', time_column => 'at', bucket => 'day', span => '2 days', reference => 'previous',
	columns => ARRAY(SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = 'odd'::regclass AND a.attnum > 1), config => '{"monitoring": {"drift_check_samples": 100}}') \g /dev/null
SELECT drift.run_check('odd "columns" & <more>') \g /dev/null
RESET ROLE;
