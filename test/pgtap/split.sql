-- A million keys through the route of a canary: how many go where, that they stay, that another deployment splits them anew.
-- Salts and keys are fixed, so counts are the same in every run but where ids of predictions are the keys; bounds are five standard errors.
BEGIN;
SELECT plan(31);

CREATE SCHEMA split;
SET LOCAL search_path = split, public, pg_temp;
SET LOCAL client_min_messages = warning;

CREATE FUNCTION constant(value integer) RETURNS drift.model LANGUAGE sql RETURN drift.import_model('json', jsonb_build_object(
	'format', 'drift', 'version', 1, 'task', 'regression', 'inputs', '["x"]'::jsonb, 'features', '["x"]'::jsonb,
	'linear', jsonb_build_object('coefficients', '[0]'::jsonb, 'intercept', value))::text);

SELECT FROM drift.register_model('split');
SELECT FROM (SELECT drift.add_version('split', constant(i)) FROM generate_series(1, 3) AS i) AS added;
SELECT FROM drift.create_prediction_log('split', days_ahead => 1);
SELECT FROM drift.promote('split', 1);

-- numbers, addresses and hashes, as applications have them
CREATE TEMPORARY TABLE keys AS
SELECT i AS id, CASE i % 3 WHEN 0 THEN i::text WHEN 1 THEN 'user' || i || '@example.org' ELSE md5(i::text) END AS key FROM generate_series(1, 1000000) AS i;

CREATE FUNCTION within(hits bigint, n bigint, p float8) RETURNS boolean LANGUAGE sql RETURN abs(hits - n * p) <= 5 * sqrt(n * p * (1 - p));

-- the rule
CREATE FUNCTION by_rule(salt text, key text) RETURNS integer LANGUAGE sql IMMUTABLE RETURN
	((('x' || encode(substr(sha256(convert_to(salt || E'\x1f' || key, 'UTF8')), 1, 4), 'hex'))::bit(32)::bigint * 10000) >> 32)::integer;
SELECT is(drift.route_bucket(salt, key), bucket, format('bucket of %s and %s', salt, key))
FROM (VALUES ('exp1', 'u1', 8089), ('exp1', 'u2', 3690), ('exp2', 'u1', 1823), ('exp1', '', 440)) AS v (salt, key, bucket);
SELECT is((SELECT count(*) FROM keys WHERE id <= 20000 AND drift.route_bucket('a', key) <> by_rule('a', key)), 0::bigint, 'buckets are as the line of SQL says');
SELECT is((SELECT count(*) FROM generate_series(1, 2000) AS i WHERE drift.route_bucket('Ünï' || i, repeat('日本 "'' \', i % 50)) <> by_rule('Ünï' || i, repeat('日本 "'' \', i % 50))), 0::bigint,
	'of any text and length');

-- without a deployment
SELECT is((SELECT count(*) FROM keys WHERE id <= 100000 AND (drift.route('split', key)).arm = 'champion'), 100000::bigint, 'without a deployment the champion answers all');

-- 10 %
SELECT status AS started FROM drift.deploy('split', 2, 'canary', '{"weights": [10, 50, 100], "salt": "exp1"}') \gset
CREATE TEMPORARY TABLE at_10 AS SELECT id, key, (drift.route('split', key)).* FROM keys;
SELECT is(:'started'::text, 'running', 'the canary runs');
SELECT ok(within(count(*) FILTER (WHERE arm = 'challenger'), count(*), 0.1), format('10 %%: %s of %s keys', count(*) FILTER (WHERE arm = 'challenger'), count(*))) FROM at_10;
SELECT ok(within(count(*) FILTER (WHERE arm = 'challenger'), count(*), 0.1), format('10 %% of kind %s: %s of %s', id % 3, count(*) FILTER (WHERE arm = 'challenger'), count(*)))
FROM at_10 GROUP BY id % 3 ORDER BY id % 3;
SELECT is(count(*) FILTER (WHERE (arm = 'challenger') <> (bucket < 1000) OR (arm = 'challenger') <> (model_version = 2) OR arm = 'champion' AND model_version <> 1), 0::bigint,
	'arm, version and bucket agree') FROM at_10;
SELECT is(count(*), 0::bigint, 'the bucket is the one of salt and key') FROM at_10 WHERE bucket <> drift.route_bucket('exp1', key);
SELECT is(count(DISTINCT bucket), 10000::bigint, 'every bucket has keys') FROM at_10;
-- Chi-squared of 9,999 degrees of freedom has mean 9,999 and standard deviation 141.4.
SELECT ok(abs(sum((n - 100.0) ^ 2 / 100) - 9999) < 5 * 141.4, format('buckets are even: chi-squared %s', round(sum((n - 100.0) ^ 2 / 100))))
FROM (SELECT count(*) AS n FROM at_10 GROUP BY bucket) AS b;

-- 50 %, 100 %: who was in stays in
SELECT step AS step FROM drift.set_step('split', 2) \gset
CREATE TEMPORARY TABLE at_50 AS SELECT id, (drift.route('split', key)).* FROM keys;
SELECT is(:step, 2, 'the second step');
SELECT ok(within(count(*) FILTER (WHERE arm = 'challenger'), count(*), 0.5), format('50 %%: %s of %s keys', count(*) FILTER (WHERE arm = 'challenger'), count(*))) FROM at_50;
SELECT is(count(*), 0::bigint, 'no key leaves the challenger when it grows') FROM at_10 AS a JOIN at_50 AS b USING (id) WHERE a.arm = 'challenger' AND b.arm <> 'challenger';
SELECT is(count(*), 0::bigint, 'no key has another bucket') FROM at_10 AS a JOIN at_50 AS b USING (id) WHERE a.bucket <> b.bucket;
SELECT status AS status FROM drift.complete('split') \gset
SELECT is(count(*), 100000::bigint, '100 %: the new version answers all') FROM keys WHERE id <= 100000 AND (drift.route('split', key)).model_version = 2;

-- again with the same salt: the same keys
SELECT count(*) AS ended FROM drift.rollback('split') \gset
SELECT status AS started FROM drift.deploy('split', 2, 'canary', '{"salt": "exp1"}') \gset
SELECT is(count(*), 0::bigint, 'the same keys are in when it begins again') FROM at_10 AS a, drift.route('split', a.key) AS r
WHERE a.id % 10 = 0 AND (a.arm, a.model_version, a.bucket) IS DISTINCT FROM (r.arm, r.model_version, r.bucket);

-- predict() goes where route() says; without a key the id of the prediction is the key
SELECT is(count(*), 0::bigint, 'predictions go where the route says')
FROM at_10 AS a, drift.predict('split', '{"x": 1}', a.key) AS p
WHERE a.id <= 5000 AND (a.arm, a.model_version, a.model_version) IS DISTINCT FROM (p.arm, p.model_version, p.score);
SELECT is(count(*), 5000::bigint, 'and are logged once each') FROM split_log;
SELECT is(count(*), 0::bigint, 'without a key the prediction''s id is the key')
FROM generate_series(1, 5000) AS i, drift.predict('split', jsonb_build_object('x', i)) AS p
WHERE (p.arm = 'challenger') <> (drift.route_bucket('exp1', p.prediction_id::text) < 1000);
SELECT ok(within(count(*) FILTER (WHERE arm = 'challenger'), count(*), 0.1), format('predictions without a key split, too: %s of %s', count(*) FILTER (WHERE arm = 'challenger'), count(*)))
FROM split_log WHERE entity_key IS NULL;

-- another deployment splits independently
SELECT count(*) AS ended FROM drift.rollback('split') \gset
SELECT status AS started FROM drift.deploy('split', 3, 'ab_test', '{"weights": [10], "salt": "exp2"}') \gset
CREATE TEMPORARY TABLE other AS SELECT id, (drift.route('split', key)).* FROM keys;
SELECT ok(within(count(*) FILTER (WHERE arm = 'challenger'), count(*), 0.1), format('another salt: %s of %s keys', count(*) FILTER (WHERE arm = 'challenger'), count(*))) FROM other;
SELECT ok(within(count(*) FILTER (WHERE a.arm = 'challenger' AND b.arm = 'challenger'), count(*), 0.01),
	format('which are others: %s in both', count(*) FILTER (WHERE a.arm = 'challenger' AND b.arm = 'challenger'))) FROM at_10 AS a JOIN other AS b USING (id);
SELECT ok(within(count(*) FILTER (WHERE b.arm = 'challenger'), count(*), 0.1), 'champion and challenger of the first are in the second alike')
FROM at_10 AS a JOIN other AS b USING (id) GROUP BY a.arm ORDER BY a.arm;
SELECT count(*) AS ended FROM drift.rollback('split') \gset
SELECT status AS started FROM drift.deploy('split', 3, 'canary') \gset
SELECT ok(salt <> '' AND salt NOT IN ('exp1', 'exp2'), 'a salt of its own where none is given')
FROM drift.routes JOIN drift.models USING (model_id) WHERE name = 'split' AND arm = 'challenger';

SELECT * FROM finish();
ROLLBACK;
