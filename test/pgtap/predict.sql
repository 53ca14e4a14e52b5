-- drift.predict() and its relatives: what is answered, by which version, and what is logged.
BEGIN;
\ir ../reference/models.sql
CREATE SCHEMA predicted;
SET search_path = predicted, public;
SELECT plan(83);

CREATE FUNCTION m(n integer) RETURNS drift.model LANGUAGE sql AS $$ SELECT drift.import_model('xgboost', models.xgboost(n, 3, 3)) $$;
CREATE FUNCTION f(i integer) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object('f0', i * 37 % 100 / 100.0, 'f1', i * 91 % 100 / 100.0, 'f2', CASE WHEN i % 7 > 0 THEN i * 53 % 100 / 100.0 END) $$;
CREATE FUNCTION new_rows(OUT n bigint) LANGUAGE plpgsql AS $$
BEGIN
	SELECT count(*) INTO n FROM churn_log WHERE NOT seen;
	UPDATE churn_log SET seen = true WHERE NOT seen;
END
$$;

SELECT throws_ok($$ SELECT drift.predict('churn', '{}') $$, '42704', 'no model is named "churn"', 'a model must be registered');
SELECT FROM drift.register_model('churn');
SELECT drift.add_version('churn', m(4)), drift.add_version('churn', m(9));
SELECT throws_ok($$ SELECT drift.predict('churn', '{}') $$, '55000', 'model "churn" has no champion', 'and have a champion');
SELECT FROM drift.promote('churn', 1);
SELECT throws_ok($$ SELECT drift.predict('churn', f(1)) $$, '55000', 'model "churn" has no prediction log', 'and a log');
SELECT is((drift.predict('churn', f(1), log => false)).score, drift.score_json(m(4), f(1)), 'unless nothing is logged');
SELECT FROM drift.create_prediction_log('churn');
ALTER TABLE churn_log ADD COLUMN seen boolean NOT NULL DEFAULT false;

-- an answer and its row
CREATE TABLE answer AS SELECT * FROM drift.predict('churn', f(3), 'ada');
SELECT is(score, drift.score_json(m(4), f(3)), 'the score is the model''s') FROM answer;
SELECT is(label, drift.score_label_json(m(4), f(3)), 'and the class') FROM answer;
SELECT is(probabilities, drift.score_proba_json(m(4), f(3)), 'and the probabilities') FROM answer;
SELECT is((model_version, arm, status, error)::text, '(1,champion,ok,)', 'the champion answers') FROM answer;
SELECT results_eq(
	$$ SELECT prediction_id, predicted_at, model_version, arm, entity_key, score, label, probabilities, status, error, shadow_of, f0, f1, f2 FROM churn_log $$,
	$$ SELECT prediction_id, predicted_at, 1, 'champion', 'ada', score, label, probabilities, 'ok', NULL::text, NULL::uuid, 0.11::float8, 0.73::float8, 0.59::float8 FROM answer $$,
	'what is answered is logged, with the features as they were given');
SELECT ok(latency_ms > 0 AND logged_xid = pg_current_xact_id(), 'with its time and transaction') FROM churn_log;
SELECT is(drift.prediction_time(prediction_id), predicted_at, 'the id carries the time to the microsecond') FROM answer;
SELECT is(('x' || substr(replace(prediction_id::text, '-', ''), 17, 6))::bit(24)::integer & x'3fffff'::integer, log_id, 'and the number of the log')
FROM answer, drift.prediction_logs WHERE log = 'churn_log'::regclass;
SELECT is(new_rows(), 1::bigint, 'once');

-- one row of the log for each call, however it is called
SELECT is((SELECT count(*) FROM (SELECT (drift.predict('churn', f(1), 'a')).*) AS q), 1::bigint, 'the fields of an answer');
SELECT is(new_rows(), 1::bigint, 'are those of one call');
SELECT FROM (SELECT (drift.predict_row('churn', r, 'a')).* FROM (SELECT 1 AS f0, 2 AS f1, 3 AS f2 FROM generate_series(1, 5)) AS r) AS q;
SELECT is(new_rows(), 5::bigint, 'also for each row of a set');
SELECT count(*) FROM generate_series(1, 10) AS i, drift.predict('churn', f(i), i::text) AS p WHERE p.score > -1;
SELECT is(new_rows(), 10::bigint, 'a join calls once for each row');
SELECT count(*) FROM generate_series(1, 10) AS i CROSS JOIN LATERAL drift.predict('churn', f(i), i::text) AS p JOIN generate_series(1, 3) AS j ON true;
SELECT is(new_rows(), 10::bigint, 'also where more joins follow');
SELECT count(*) FROM generate_series(1, 10) AS i LEFT JOIN LATERAL drift.predict('churn', f(i), i::text) AS p ON true WHERE i > 5;
SELECT is(new_rows(), 5::bigint, 'and not for rows that it is not asked about');
SELECT i, (SELECT p.score FROM drift.predict('churn', f(i)) AS p) FROM generate_series(1, 4) AS i;
SELECT is(new_rows(), 4::bigint, 'a subquery of each row');
CREATE TABLE kept AS SELECT i, p.prediction_id, p.score FROM generate_series(1, 4) AS i, drift.predict('churn', f(i)) AS p;
SELECT is(new_rows(), 4::bigint, 'a table made of answers');
PREPARE prepared(integer) AS SELECT score FROM drift.predict('churn', f($1), $1::text);
DO $$ BEGIN FOR i IN 1 .. 8 LOOP EXECUTE format('EXECUTE prepared(%s)', i); END LOOP; END $$;
SELECT is(new_rows(), 8::bigint, 'a prepared statement');
DECLARE c CURSOR FOR SELECT i, (drift.predict('churn', f(i))).score FROM generate_series(1, 100) AS i;
FETCH 3 FROM c;
SELECT ok(new_rows() BETWEEN 3 AND 4, 'a cursor calls for the rows that are fetched');
CLOSE c;
DO $$
DECLARE
	answer record;
	total float8 := 0;
BEGIN
	FOR i IN 1 .. 50 LOOP
		SELECT * INTO answer FROM drift.predict('churn', predicted.f(i), i::text);
		total := total + answer.score - drift.score_json('churn', predicted.f(i)) + (SELECT sum(p.score) - answer.score FROM drift.predict('churn', predicted.f(i), i::text) AS p);
	END LOOP;
	ASSERT total = 0;
END
$$;
SELECT is(new_rows(), 100::bigint, 'a loop of PL/pgSQL');
SELECT is((SELECT count(DISTINCT prediction_id) FROM churn_log), (SELECT count(*) FROM churn_log), 'no id is given twice');

-- the route is that of the statement's snapshot
CREATE FUNCTION named(i integer) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	score float8;
BEGIN
	score := drift.score_json('churn', predicted.f(i));
	RETURN score;
END
$$;
CREATE FUNCTION version_in(i integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT p.model_version FROM drift.predict('churn', predicted.f(i)) AS p); END $$;
CREATE FUNCTION promoting(version integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN PERFORM drift.promote('churn', version); RETURN version; END $$;
SELECT is(named(1), drift.score_json(m(4), f(1)), 'a simple expression of PL/pgSQL');
SELECT is(array_agg((p).model_version ORDER BY i), '{1,1,1}', 'a statement that deploys answers by the route it began with')
FROM (SELECT i, drift.predict('churn', f(i)) AS p, CASE WHEN i = 2 THEN promoting(2) END FROM generate_series(1, 3) AS i) AS q;
SELECT is(named(1), drift.score_json(m(9), f(1)), 'the next one by the new route, also in the same expression');
SELECT is(version_in(1), 2, 'and in a query of PL/pgSQL');
SAVEPOINT before;
SELECT FROM drift.promote('churn', 1);
SELECT is(named(1), drift.score_json(m(4), f(1)), 'a deployment is seen by its own transaction');
ROLLBACK TO before;
SELECT is(named(1), drift.score_json(m(9), f(1)), 'and not after it was undone');
DO $$
DECLARE
	version integer;
BEGIN
	FOR i IN 1 .. 3 LOOP
		BEGIN
			PERFORM drift.promote('churn', 1);
			ASSERT predicted.named(1) = drift.score_json(predicted.m(4), predicted.f(1)) AND predicted.version_in(1) = 1;
			RAISE EXCEPTION 'undo';
		EXCEPTION WHEN raise_exception THEN
			ASSERT predicted.named(1) = drift.score_json(predicted.m(9), predicted.f(1)) AND predicted.version_in(1) = 2;
		END;
	END LOOP;
END
$$;
SELECT pass('expressions that outlive a subtransaction forget what it did');
SELECT new_rows();

-- by name, alias and version
SELECT FROM drift.set_alias('churn', 'staging', 1);
SELECT is((p).model_version || ' ' || (p).arm, '1 staging', 'an alias is asked for') FROM drift.predict('churn@staging', f(1)) AS p;
SELECT is((p).model_version || ' ' || (p).arm, '1 version', 'a version is asked for') FROM drift.predict('churn/1', f(1)) AS p;
SELECT is(drift.score_json('churn/1', f(1)), drift.score_json(m(4), f(1)), 'scores take them too');
SELECT is(array_agg(drift.score_json('churn/' || 1 + i % 2, f(i))), array_agg(drift.score_json(m(CASE i % 2 WHEN 0 THEN 4 ELSE 9 END), f(i))), 'also another in each row')
FROM generate_series(1, 6) AS i;
SELECT is(drift.get_model('churn@staging')::text, m(4)::text, 'so does the artefact');
SELECT throws_ok(format('SELECT drift.score_json(%L, %L)', name, f(1)), state, message, name)
FROM (VALUES ('churn@nobody', '42704', 'model "churn" has no alias "nobody"'), ('churn/7', '42704', 'model "churn" has no version 7'), ('churn/', '42602', '"churn/" is not a reference to a model'),
	('churn@', '42602', '"churn@" is not a reference to a model'), ('churn/99999999999', '42602', '"churn/99999999999" is not a reference to a model'), ('', '42602', '"" is not a reference to a model'),
	('@champion', '42602', '"@champion" is not a reference to a model'), ('Churn', '42704', 'no model is named "Churn"')) AS v(name, state, message);
SELECT is(drift.score_json(m(4)::text, f(1)), drift.score_json(m(4), f(1)), 'a model without a type is text, and no name is as long');

-- buckets and arms
SELECT is(ARRAY[drift.route_bucket('exp1', 'u1'), drift.route_bucket('exp1', 'u2'), drift.route_bucket('exp2', 'u1'), drift.route_bucket('exp1', '')], '{8089,3690,1823,440}',
	'buckets of the published vectors');
SELECT is((SELECT array_agg(drift.route_bucket('sälz', 'kéy' || i)) FROM generate_series(1, 20) AS i),
	(SELECT array_agg(((('x' || encode(substr(sha256(convert_to('sälz' || E'\x1f' || 'kéy' || i, 'UTF8')), 1, 4), 'hex'))::bit(32)::bigint * 10000) >> 32)::integer) FROM generate_series(1, 20) AS i),
	'and of the same rule in SQL');
SELECT FROM drift.deploy('churn', 1, 'canary', '{"weights": [30, 100]}');
CREATE TABLE split AS SELECT i, p.* FROM generate_series(1, 2000) AS i, drift.predict('churn', f(i), 'user ' || i) AS p;
SELECT ok(count(*) FILTER (WHERE arm = 'challenger') BETWEEN 500 AND 700, 'a canary has its part') FROM split;
SELECT is(count(*), 0::bigint, 'each key goes where its bucket says') FROM split, drift.routes AS r
WHERE r.arm = split.arm AND drift.route_bucket(r.salt, 'user ' || i) NOT BETWEEN r.first_bucket AND r.end_bucket - 1;
SELECT is(count(*), 0::bigint, 'drift.route() says the same') FROM split, drift.route('churn', 'user ' || i) AS r WHERE (r.arm, r.model_version) <> (split.arm, split.model_version);
SELECT is(count(*), 2000::bigint, 'and drift.explain_route()') FROM split, drift.explain_route('churn', 'user ' || i) AS r WHERE r.answers AND (r.arm, r.model_version) = (split.arm, split.model_version);
SELECT is(count(*), 0::bigint, 'versions answer by their own model') FROM split WHERE score <> drift.score_json('churn/' || model_version, f(i));
SELECT ok(count(*) FILTER (WHERE arm = 'challenger') BETWEEN 200 AND 400, 'without a key the predictions are split') FROM generate_series(1, 1000) AS i, drift.predict('churn', f(i)) AS p;
SELECT is(count(*), 0::bigint, 'by their ids') FROM churn_log, drift.route('churn', prediction_id::text) AS r WHERE entity_key IS NULL AND NOT seen AND churn_log.arm <> r.arm AND churn_log.arm IN ('champion', 'challenger');
SELECT new_rows();

-- a challenger that fails: the champion answers, and the failure is logged
SELECT FROM drift.rollback('churn');
SELECT drift.add_version('churn', drift.import_model('xgboost', models.xgboost(4, 3, 4)));
SELECT FROM drift.extend_prediction_log('churn', 3);
SELECT FROM drift.deploy('churn', 3, 'ab_test', '{"weights": [50]}');
CREATE TABLE failing AS SELECT p.* FROM generate_series(1, 200) AS i, drift.predict('churn', f(i), 'user ' || i) AS p;
SELECT is(array_agg(DISTINCT arm || model_version || status), '{champion2ok}', 'the champion answers for a challenger that fails') FROM failing;
SELECT ok(count(*) BETWEEN 60 AND 140 AND bool_and(model_version = 3 AND score IS NULL AND error ~ 'lacks 1 feature' AND f0 IS NOT NULL), 'which is logged with its error')
FROM churn_log WHERE arm = 'challenger' AND status = 'error';
SELECT is(count(*), 0::bigint, 'beside the answer that was given') FROM churn_log AS e WHERE status = 'error'
	AND NOT EXISTS (SELECT FROM churn_log AS a WHERE a.prediction_id = e.shadow_of AND a.arm = 'champion' AND a.entity_key = e.entity_key AND a.predicted_at = e.predicted_at);
SELECT count(*) FROM generate_series(1, 40) AS i, drift.predict('churn', f(1) || '{"f3": 0.5}', 'four ' || i);
SELECT is(array_agg(DISTINCT (model_version, arm, status, f3)::text), '{"(2,champion,ok,0.5)","(3,challenger,ok,0.5)"}', 'a feature that one of them does not read is logged for both')
FROM churn_log WHERE entity_key LIKE 'four %';
SELECT FROM drift.rollback('churn');
SELECT new_rows();

-- a shadow is scored and logged beside the answer
SELECT FROM drift.deploy('churn', 1, 'shadow');
CREATE TABLE shadowed AS SELECT i, p.* FROM generate_series(1, 20) AS i, drift.predict('churn', f(i), 'user ' || i) AS p;
SELECT is(array_agg(DISTINCT arm || model_version), '{champion2}', 'the champion answers beside a shadow') FROM shadowed;
SELECT is(count(*), 20::bigint, 'the shadow''s answer is logged for each') FROM churn_log AS l JOIN shadowed AS s ON l.shadow_of = s.prediction_id
WHERE l.arm = 'shadow' AND l.model_version = 1 AND l.score = drift.score_json('churn/1', f(i)) AND l.f0 = (f(i)->>'f0')::float8;
SELECT is(new_rows(), 40::bigint, 'two rows for each answer');
SELECT is((SELECT p.score FROM drift.predict('churn', f(1), log => false) AS p), drift.score_json('churn', f(1)), 'without the log the shadow rests');
SELECT FROM drift.rollback('churn');

-- errors of the champion
SELECT throws_ok($$ SELECT drift.predict('churn', '{"f0": 1, "f1": 2}') $$, '22023', 'the object lacks 1 feature of the model', 'an error of the champion is raised');
SELECT is((p.status, p.score, p.model_version)::text, '(error,,2)', 'or is the answer') FROM drift.predict('churn', '{"f0": 1, "f1": 2}', 'bad', on_error => 'log') AS p;
SELECT is((status, score, f0, f2)::text, '(error,,1,)', 'and is logged') FROM churn_log WHERE entity_key = 'bad';
SELECT is(p.status, 'error', 'what is no object likewise') FROM drift.predict('churn', '[1]', 'list', on_error => 'log') AS p;
SELECT throws_ok($$ SELECT drift.predict('churn', f(1), on_error => 'x') $$, '22023', 'on_error must be raise or log', 'on_error has two values');
SELECT throws_ok($$ SELECT drift.predict('churn', NULL) $$, '22004', 'features must not be NULL', 'no row, no prediction');

-- sources as a whole
CREATE TYPE mood AS ENUM ('fine', 'bad');
CREATE TABLE source AS SELECT i AS id, (f(i)->>'f0')::real AS f0, (f(i)->>'f1')::numeric AS f1, i % 2 = 0 AS f2, 'fine'::mood AS mood, 1 AS s FROM generate_series(1, 500) AS i;
ALTER TABLE churn_log ADD COLUMN "mo""od" mood;
INSERT INTO drift.prediction_log_features SELECT log_id, 'mood', 'mo"od' FROM drift.prediction_logs WHERE log = 'churn_log'::regclass;
SELECT new_rows();
SELECT is(drift.predict_batch('churn', 'source', 'id'), 500::bigint, 'a table is predicted');
SELECT is(count(*), 500::bigint, 'each row by the champion and with its features') FROM churn_log AS l JOIN source AS r ON l.entity_key = r.id::text
WHERE NOT seen AND l.score = drift.score_row('churn', r) AND l.f0 = r.f0 AND l.f1 = r.f1::float8 AND l.f2 = r.f2::int AND l."mo""od" = r.mood AND latency_ms > 0 AND l.label = drift.score_label_row('churn', r);
SELECT is(new_rows(), 500::bigint, 'once');
SELECT is(drift.predict_batch('churn', 'SELECT f0, f1, CASE WHEN id > 1 THEN ''NaN''::float8 END AS f2 FROM source WHERE id < 4'), 3::bigint, 'a query, without keys');
SELECT is(count(*), 3::bigint, 'what is missing is NULL') FROM churn_log WHERE NOT seen AND f2 IS NULL AND entity_key IS NULL AND "mo""od" IS NULL;
SELECT throws_ok($$ SELECT drift.predict_batch('churn', 'SELECT 1 AS f0') $$, '22023', 'the row lacks 2 features of the model', 'a batch fails as a whole');
SELECT is(drift.predict_batch('churn', 'SELECT 1 AS f0 FROM source', on_error => 'log'), 500::bigint, 'or logs its errors');
SELECT is(count(*), 500::bigint, 'one for each row') FROM churn_log WHERE NOT seen AND status = 'error' AND error ~ 'lacks 2 features' AND f0 = 1;
SELECT FROM drift.predict('churn', f(1) || '{"mood": "bad"}', 'moody');
SELECT is("mo""od", 'bad', 'features of other types are taken from JSON too') FROM churn_log WHERE entity_key = 'moody';
SELECT FROM drift.deploy('churn', 1, 'shadow');
SELECT new_rows();
SELECT is(drift.predict_batch('churn', 'source', 'id'), 1000::bigint, 'a shadow answers each row as well');
SELECT is(count(*), 500::bigint, 'beside the answer') FROM churn_log AS a JOIN churn_log AS s ON s.shadow_of = a.prediction_id JOIN source ON a.entity_key = id::text
WHERE NOT a.seen AND NOT s.seen AND a.score = drift.score_row('churn', source) AND s.score = drift.score_row('churn/1', source) AND s.f1 = source.f1::float8;
SELECT FROM drift.rollback('churn');

-- the log is the user's
ALTER TABLE churn_log RENAME TO "we""ird Ünïcode";
SELECT lives_ok($$ SELECT drift.predict('churn', f(1), 'renamed') $$, 'a log of another name');
ALTER SCHEMA predicted RENAME TO "predicted ünder";
SET search_path = "predicted ünder", public;
SELECT lives_ok($$ SELECT drift.predict('churn', f(1), 'renamed') $$, 'in a schema of another name');
SELECT is(count(*), 2::bigint, 'takes rows') FROM "we""ird Ünïcode" WHERE entity_key = 'renamed';

SELECT * FROM finish();
ROLLBACK;
