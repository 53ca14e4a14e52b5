-- Outcomes are recorded with the rights of the caller: grants, row security and triggers of the tables hold.
BEGIN;
SELECT plan(22);

CREATE ROLE outcome_owner;
CREATE ROLE outcome_lab;
CREATE ROLE outcome_stranger;
CREATE SCHEMA labelled AUTHORIZATION outcome_owner;
GRANT USAGE ON SCHEMA labelled TO PUBLIC;
SET LOCAL search_path = labelled, public;
SET LOCAL client_min_messages = warning;
SELECT drift.register_model('rights', owner => 'outcome_owner') \g /dev/null
SET ROLE outcome_owner;
CREATE TABLE features (x float8);
SELECT drift.create_prediction_log('rights', source => 'features') \g /dev/null
INSERT INTO rights_log (prediction_id, predicted_at, model_version, entity_key, x)
SELECT drift.make_prediction_id('rights', at), at, 1, 'e' || n, n FROM generate_series(1, 9) AS n, LATERAL (SELECT now() - interval '1 minute' * n AS at) AS t;
RESET ROLE;
CREATE FUNCTION of_entity(n integer) RETURNS uuid LANGUAGE sql SECURITY DEFINER AS $$ SELECT prediction_id FROM labelled.rights_log WHERE x = n $$;

SELECT is((SELECT array_agg(DISTINCT relowner::regrole::text) FROM pg_class WHERE relname LIKE 'rights\_log%' AND relkind IN ('r', 'p', 'v')), '{outcome_owner}',
	'log, outcomes and view belong to who made them');

-- who has no rights
SET ROLE outcome_stranger;
SELECT throws_ok($$ SELECT drift.record_outcome(of_entity(1), 1) $$, '42501', NULL, 'a stranger records nothing by id');
SELECT throws_ok($$ SELECT drift.record_outcome(of_entity(1), 1, model => 'rights') $$, '42704', 'no model is named "rights"', 'and sees no model');
SELECT throws_ok($$ SELECT drift.record_entity_outcome('rights', 'e1', 1) $$, '42704', 'no model is named "rights"', 'nor by entity');
SELECT throws_ok($$ SELECT drift.record_outcomes('rights', 'SELECT 1 AS actual, 1 AS entity_key') $$, '42704', 'no model is named "rights"', 'nor by query');
SELECT throws_ok($$ SELECT drift.match_outcomes('rights') $$, '42704', 'no model is named "rights"', 'nor matches anything');
SELECT throws_ok($$ SELECT drift.unmatched_outcomes('rights') $$, '42704', 'no model is named "rights"', 'nor reads any');
RESET ROLE;

-- who may see the model
SELECT drift.grant_privilege('rights', 'outcome_lab', 'read') \g /dev/null
SET ROLE outcome_lab;
SELECT throws_ok($$ SELECT drift.record_entity_outcome('rights', 'e1', 1) $$, '42501', 'permission denied for table rights_log_outcomes', 'a reader is told what it lacks');
RESET ROLE;
SELECT drift.revoke_privilege('rights', 'outcome_lab', 'read') \g /dev/null

-- who has rights on the tables alone
SET ROLE outcome_owner;
GRANT SELECT (prediction_id, predicted_at, shadow_of, entity_key, status) ON rights_log TO outcome_lab;
GRANT INSERT, SELECT ON rights_log_outcomes TO outcome_lab;
SET ROLE outcome_lab;
SELECT results_eq($$ SELECT matched FROM drift.record_outcome(of_entity(1), 1) $$, $$ VALUES (true) $$, 'rights on the tables do: by id');
SELECT results_eq($$ SELECT matched FROM drift.record_entity_outcome('rights', 'e2', 1) $$, $$ VALUES (true) $$, 'by entity');
SELECT results_eq($$ SELECT matched FROM drift.record_outcomes('rights', 'SELECT ''e3'' AS entity_key, 1 AS actual') $$, $$ VALUES (1::bigint) $$, 'by query');
SELECT is((SELECT array_agg(DISTINCT recorded_by) FROM rights_log_outcomes), '{outcome_lab}'::name[], 'the row says who');
SELECT throws_ok($$ SELECT * FROM rights_log_labelled $$, '42501', NULL, 'the view gives no more than the tables');
RESET ROLE;

-- row security
SET ROLE outcome_owner;
ALTER TABLE rights_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON rights_log FOR SELECT TO outcome_lab USING (entity_key IN ('e4', 'e5'));
ALTER TABLE rights_log_outcomes ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON rights_log_outcomes FOR SELECT TO outcome_lab USING (true);
CREATE POLICY marked ON rights_log_outcomes FOR INSERT TO outcome_lab WITH CHECK (source IS NOT NULL);
SET ROLE outcome_lab;
SELECT results_eq($$ SELECT (drift.record_outcome(of_entity(n), n, source => 'lab')).matched FROM generate_series(4, 6) AS n $$, $$ VALUES (true), (true), (false) $$,
	'predictions that a policy hides are not found');
SELECT results_eq($$ SELECT matched, unmatched FROM drift.record_outcomes('rights', 'SELECT of_entity(n) AS prediction_id, n AS actual, ''l'' AS source FROM generate_series(5, 7) AS n') $$,
	$$ VALUES (0::bigint, 1::bigint) $$, 'nor by query; what is known is not added');
SELECT throws_ok($$ SELECT drift.record_outcome(of_entity(4), 5) $$, '42501', 'new row violates row-level security policy for table "rights_log_outcomes"', 'rows that a policy refuses are refused');
RESET ROLE;
SELECT results_eq($$ SELECT matched FROM drift.match_outcomes('rights') $$, $$ VALUES (2::bigint) $$, 'who sees them finds them');

-- triggers see the path and the role of the caller
CREATE TABLE seen (path text, role name);
GRANT INSERT ON seen TO PUBLIC;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO seen VALUES (current_setting('search_path'), current_user);
	RETURN NEW;
END
$$;
CREATE TRIGGER note AFTER INSERT ON rights_log_outcomes FOR EACH ROW EXECUTE FUNCTION note();
SET ROLE outcome_lab;
SELECT drift.record_outcome(of_entity(4), 10, source => 'lab'), drift.record_outcomes('rights', 'SELECT ''e5'' AS entity_key, 10 AS actual, 1 AS source') \g /dev/null
RESET ROLE;
SELECT results_eq('SELECT * FROM seen', $$ VALUES ('labelled, public', 'outcome_lab'::name), ('labelled, public', 'outcome_lab') $$, 'a trigger runs as the caller and on its path');

-- read-only transactions, and logs that are gone
SAVEPOINT writable;
SET LOCAL transaction_read_only = on;
SELECT throws_ok($$ SELECT drift.record_outcome(of_entity(4), 11) $$, '25006', NULL, 'nothing is recorded in a read-only transaction');
ROLLBACK TO writable;
ALTER TABLE rights_log RENAME TO "re named";
ALTER TABLE rights_log_outcomes SET SCHEMA public;
SELECT results_eq($$ SELECT (drift.record_outcome(prediction_id, 12, source => 's')).matched FROM "re named" WHERE x = 4 $$, $$ VALUES (true) $$, 'renamed and moved tables are found');

-- a trigger that renames the table of the statement that it runs in
CREATE FUNCTION rename() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF pg_trigger_depth() = 1 THEN
		ALTER TABLE public.rights_log_outcomes RENAME TO renamed_inside;
		PERFORM drift.record_outcome(prediction_id, 14) FROM labelled."re named" WHERE x IN (5, 6);
		ALTER TABLE public.renamed_inside RENAME TO rights_log_outcomes;
		PERFORM drift.record_outcome(prediction_id, 15) FROM labelled."re named" WHERE x IN (5, 6);
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER rename AFTER INSERT ON public.rights_log_outcomes FOR EACH ROW EXECUTE FUNCTION rename();
SELECT results_eq($$ SELECT (drift.record_outcome(prediction_id, 16)).matched FROM "re named" WHERE x IN (4, 7) $$, $$ VALUES (true), (true) $$,
	'triggers may rename the table they run for');

DROP TABLE public.rights_log_outcomes CASCADE;
SELECT throws_ok($$ SELECT drift.record_outcome(prediction_id, 13) FROM "re named" WHERE x = 4 $$, '42P01', NULL, 'a table that was dropped is an error');

SELECT * FROM finish();
ROLLBACK;
