-- Who may predict, and that rows of a log are added as who predicts.
BEGIN;
\ir ../reference/models.sql
CREATE SCHEMA rights;
SET search_path = rights, public;
SELECT plan(39);

CREATE ROLE app_owner; CREATE ROLE app_only; CREATE ROLE app_predictor; CREATE ROLE app_reader; CREATE ROLE app_outsider; CREATE ROLE app_member IN ROLE app_only;
GRANT ALL ON SCHEMA rights TO PUBLIC;
GRANT USAGE ON SCHEMA models TO PUBLIC;
CREATE FUNCTION m(n integer) RETURNS drift.model LANGUAGE sql AS $$ SELECT drift.import_model('xgboost', models.xgboost(n, 3, 2)) $$;
CREATE FUNCTION predicts(role name, name text, log boolean DEFAULT true) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	SELECT p.status INTO answer FROM drift.predict(name, '{"f0": 0.1, "f1": 0.7}', role, log) AS p;
	RESET ROLE;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION scores(role name, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE 'SELECT ' || query INTO answer;
	RESET ROLE;
	RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

SET ROLE app_owner;
SELECT FROM drift.register_model('loans');
SELECT drift.add_version('loans', m(3)), drift.add_version('loans', m(5));
SELECT FROM drift.promote('loans', 1);
SELECT FROM drift.create_prediction_log('loans');
SELECT drift.grant_privilege('loans', 'app_reader', 'read'), drift.grant_privilege('loans', 'app_predictor', 'predict');
GRANT INSERT ON loans_log TO app_only;
RESET ROLE;

SELECT is(predicts('app_owner', 'loans'), 'ok', 'the owner predicts');
SELECT is(predicts('app_only', 'loans'), 'ok', 'who may add to the log predicts');
SELECT is(predicts('app_member', 'loans'), 'ok', 'and members of such a role');
SELECT is(predicts('app_only', 'loans/2'), 'ok', 'also by another version');
SELECT is(predicts('app_only', 'loans', false), 'ok', 'also without the log');
SELECT is(predicts('app_predictor', 'loans', false), 'ok', 'so does who has the privilege');
SELECT is(predicts('app_predictor', 'loans'), '42501 permission denied for table loans_log', 'which is none to write to the log');
SELECT is(predicts('app_reader', 'loans', false), '42501 permission denied for model "loans"', 'to read is not to predict');
SELECT is(predicts('app_outsider', 'loans'), '42704 no model is named "loans"', 'others are not told of the model');
SELECT is(predicts('app_outsider', 'nothing'), '42704 no model is named "nothing"', 'by the same error as that of none');
SELECT is(scores('app_reader', $$ drift.score('loans', '{1,2}') $$), 'ok', 'who reads may score by name');
SELECT is(scores('app_only', $$ drift.score('loans', '{1,2}') $$), 'ok', 'and who predicts');
SELECT is(scores('app_outsider', $$ drift.score('loans', '{1,2}') $$), '42704 no model is named "loans"', 'others may not');
SELECT is(scores('app_reader', $$ drift.get_model('loans') $$), 'ok', 'who reads may have the artefact');
SELECT is(scores('app_only', $$ drift.get_model('loans') $$), '42501 permission denied for model "loans"', 'an application that only predicts may not');
SELECT is(scores('app_outsider', $$ drift.get_model('loans') $$), '42704 no model is named "loans"', 'others may not');
SELECT is(scores('app_outsider', $$ drift.route('loans', 'x') $$), '42704 no model is named "loans"', 'nor see its route');
SELECT is(scores('app_only', $$ count(*) FROM drift.explain_route('loans', 'x') $$), 'ok', 'which who predicts may');
SELECT is(scores('app_only', $$ drift.predict_batch('loans', 'SELECT 1 AS f0, 2 AS f1') $$), 'ok', 'a batch as well');
SELECT is(scores('app_predictor', $$ drift.predict_batch('loans', 'SELECT 1 AS f0, 2 AS f1') $$), '42501 permission denied for table loans_log', 'with the rights of INSERT');
SELECT is(scores('app_outsider', $$ drift.predict_batch('loans', 'SELECT 1 AS f0, 2 AS f1') $$), '42704 no model is named "loans"', 'and of the model');
SELECT is(scores('app_only', $$ drift.predict_batch('loans', 'SELECT 1 AS f0, 2 AS f1; DROP TABLE rights.loans_log') $$), '42601 source of data holds 2 statements', 'of one query');
SELECT drift.grant_privilege('loans', 'public', 'read');
SELECT is(scores('app_outsider', $$ drift.score('loans', '{1,2}') $$), 'ok', 'what everybody may');
SELECT drift.revoke_privilege('loans', 'public', 'read');

-- what was read for one role is not kept for another
CREATE FUNCTION named() RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	score float8;
BEGIN
	score := drift.score('loans', '{1,2}');
	RETURN score;
END
$$;
SELECT is(named(), drift.score(m(3), '{1,2}'), 'a simple expression of PL/pgSQL');
SELECT is(scores('app_outsider', 'rights.named()'), '42704 no model is named "loans"', 'asks again for another role');
SELECT is(scores('app_reader', 'rights.named()'), 'ok', 'each time');
CREATE FUNCTION as_owner() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT status FROM drift.predict('loans', '{"f0": 1, "f1": 2}', 'as owner') $$;
ALTER FUNCTION as_owner() OWNER TO app_owner;
SELECT is(scores('app_outsider', 'rights.as_owner()'), 'ok', 'a function that runs as its owner has the rights of the owner');

-- policies, checks and triggers of the log
ALTER TABLE loans_log ENABLE ROW LEVEL SECURITY;
SELECT is(predicts('app_only', 'loans'), '42501 new row violates row-level security policy for table "loans_log"', 'a log with row level security takes what its policies let in');
CREATE POLICY own ON loans_log FOR INSERT WITH CHECK (entity_key = current_user);
SELECT is(predicts('app_only', 'loans'), 'ok', 'as the user who predicts');
SELECT is(scores('app_only', $$ drift.predict('loans', '{"f0": 1, "f1": 2}', 'somebody') $$), '42501 new row violates row-level security policy for table "loans_log"', 'for each row');
ALTER TABLE loans_log DISABLE ROW LEVEL SECURITY;
CREATE TABLE noted (at timestamptz, who name, id uuid);
GRANT INSERT ON noted TO PUBLIC;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO rights.noted VALUES (new.predicted_at, current_user, new.prediction_id);
	IF new.entity_key = 'nested' THEN
		PERFORM FROM drift.predict('loans', '{"f0": 0.5, "f1": 0.5}', 'inner');
	END IF;
	RETURN new;
END
$$;
CREATE TRIGGER note BEFORE INSERT ON loans_log FOR EACH ROW EXECUTE FUNCTION note();
SELECT is(predicts('app_only', 'loans'), 'ok', 'a log with a trigger');
SELECT is(array_agg(who), '{app_only}', 'which runs as who predicts') FROM noted;
SELECT is((SELECT count(*) FROM generate_series(1, 20) AS i, drift.predict('loans', jsonb_build_object('f0', i, 'f1', 1), 'nested') AS p
	WHERE p.score = drift.score('loans', ARRAY[i, 1])), 20::bigint, 'a trigger that predicts itself does not disturb the answer');
SELECT is(count(*) FILTER (WHERE entity_key = 'inner') || ' ' || count(*) FILTER (WHERE entity_key = 'nested'), '20 20', 'and all is logged') FROM loans_log;
ALTER TABLE loans_log ADD CONSTRAINT positive CHECK (f0 >= 0);
SELECT throws_ok($$ SELECT drift.predict('loans', '{"f0": -1, "f1": 1}', on_error => 'log') $$, '23514', NULL, 'what the log refuses is an error, whatever on_error is');

-- the log changes
ALTER TABLE loans_log RENAME COLUMN f1 TO gone;
SELECT is(predicts('app_only', 'loans'), 'ok', 'a column of a feature that is gone is left out');
ALTER TABLE loans_log DROP COLUMN label CASCADE;
SELECT is(predicts('app_only', 'loans'), '42703 column "label" of relation "loans_log" does not exist', 'a column that each log has is missed');
DROP TABLE loans_log CASCADE;
SELECT is(predicts('app_owner', 'loans'), '42P01 the prediction log of the model is gone', 'and a log that was dropped');
SELECT is(predicts('app_owner', 'loans', false), 'ok', 'without which the model still answers');

SELECT * FROM finish();
ROLLBACK;
