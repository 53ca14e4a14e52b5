-- Half a year of a bank's calls, simulated from the real ones: a fifth to two fifths of the columns drift, who says yes
-- changes with them, and a model that is trained again orders the calls better. Prints TAP.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET TimeZone = 'UTC';

CREATE TABLE call (
	period text, age int, job text, marital text, education text, "default" text, housing text, loan text, contact text, month text,
	day_of_week text, duration int, campaign int, pdays int, previous int, "emp.var.rate" float8, "cons.price.idx" float8,
	"cons.conf.idx" float8, euribor3m float8, "nr.employed" float8, y int);
\copy call FROM PROGRAM 'cat "$DRIFT_DATA/bank_marketing.csv"' WITH (FORMAT csv, HEADER)
ALTER TABLE call ADD id int GENERATED ALWAYS AS IDENTITY, ADD called_at timestamp;
UPDATE call SET called_at = timestamp '2025-03-01' + id * interval '365 days' / 41189;

-- The half year of the demo, with another relation to the label: those on cellular phones and in times of high interest say
-- yes less often, the older more often.
\set half_year `cat test/demo/bank_marketing.json`
SELECT rows_written FROM drift.simulate('SELECT * FROM call ORDER BY id', 'half_year', jsonb_set(:'half_year', '{label,log_odds}',
	'{"euribor3m": -1, "contact": {"cellular": -2}, "age": 0.08, "pdays": 0.002}'), 5000) \g /dev/null

CREATE FUNCTION features() RETURNS text[] LANGUAGE sql IMMUTABLE
	RETURN '{age,job,marital,education,default,housing,loan,contact,month,day_of_week,campaign,pdays,previous,emp.var.rate,cons.price.idx,cons.conf.idx,euribor3m,nr.employed}'::text[];
CREATE VIEW labelled AS
SELECT age, job, marital, education, "default", housing, loan, contact, month, day_of_week, campaign, pdays, previous, "emp.var.rate", "cons.price.idx", "cons.conf.idx",
	euribor3m, "nr.employed", CASE y WHEN 1 THEN 'yes' ELSE 'no' END AS answer, called_at FROM call
UNION ALL
SELECT age, job, marital, education, "default", housing, loan, contact, month, day_of_week, campaign, pdays, previous, "emp.var.rate", "cons.price.idx", "cons.conf.idx",
	euribor3m, "nr.employed", CASE y WHEN 1 THEN 'yes' ELSE 'no' END, called_at FROM half_year;

SELECT FROM drift.register_model('bank', 'Will the customer take the deposit?');
SELECT FROM drift.add_version('bank', drift.train('SELECT * FROM labelled WHERE called_at < ''2026-03-01''', 'answer', 'gradient_boosting',
		'{"exclude": ["called_at"], "n_estimators": 100, "max_depth": 3, "learning_rate": 0.1}'),
	training => drift.training_snapshot('SELECT * FROM labelled WHERE called_at < ''2026-03-01''', 'called_at'));
SELECT FROM drift.promote('bank', 1);
SELECT FROM drift.set_training('bank', 'answer', 'labelled', 'called_at', features => features(),
	candidates => '[{"algorithm": "gradient_boosting", "params": {"n_estimators": 100, "max_depth": 3, "learning_rate": 0.1}}]', options => '{"embargo": "0 days"}');

CREATE TABLE run (result jsonb);
DO $$
DECLARE
	result jsonb;
BEGIN
	CALL drift.retrain('bank', 'combined', '{"as_of": "2026-09-01", "historical_window_months": 12}', result);
	COMMIT;
	INSERT INTO run VALUES (result);
END
$$;
-- the same held-out rows, answered by both
CREATE TABLE area AS
SELECT count(*) AS n, drift.delong_test(drift.score_row(t.artefact, l), drift.score_row(o.artefact, l), l.answer = 'yes') AS test
FROM drift.training_runs AS r
JOIN drift.trial_artefacts AS t ON t.run_id = r.run_id AND t.trial = r.best_trial
JOIN drift.model_artefacts AS o ON o.model_id = r.model_id AND o.version = 1
JOIN labelled AS l ON l.called_at >= (r.plan->>'test_from')::timestamptz AND l.called_at < '2026-09-01';

CREATE TABLE verdict (id int GENERATED ALWAYS AS IDENTITY, passed boolean, description text);
INSERT INTO verdict (passed, description)
SELECT drift_score BETWEEN 0.2 AND 0.4, format('drift score %s %%: %s', 100 * drift_score, array_to_string(drifted_features, ', '))
FROM (SELECT array_agg(column_name ORDER BY ordinal) AS names FROM drift.query_columns('SELECT * FROM call') WHERE column_name NOT IN ('id', 'period', 'called_at')) AS f,
	drift.detect_drift('call', 'half_year', names);
INSERT INTO verdict (passed, description)
SELECT result->>'status' = 'succeeded' AND result->>'strategy' = 'combined', format('trained on old and new calls together: %s, %s', result->>'status', result->>'reason') FROM run;
INSERT INTO verdict (passed, description)
SELECT (test).auc_1 - (test).auc_2 BETWEEN 0.03 AND 0.05, format('AUC of the last %s calls from %s to %s: %s points more, 95 %% from %s to %s', n, round((test).auc_2::numeric, 3), round((test).auc_1::numeric, 3),
	round((100 * (test).difference)::numeric, 1), round((100 * (test).low)::numeric, 1), round((100 * (test).high)::numeric, 1)) FROM area;

SELECT format('%s %s - %s', CASE WHEN passed THEN 'ok' ELSE 'not ok' END, id, description) FROM verdict ORDER BY id;
SELECT format('1..%s', count(*)) FROM verdict;
