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

-- The half year of the demo, with another relation to the label: who is called on a cellular phone or was called before says
-- yes more often, and all say it less often the higher the interest. Five times, since 1,000 held-out calls leave much to chance.
\set half_year `cat test/demo/bank_marketing.json`
CREATE TABLE specification AS SELECT jsonb_set(:'half_year', '{label,log_odds}', '{"euribor3m": -0.3, "contact": {"cellular": 0.4}, "previous": 0.5}') AS spec;
SELECT rows_written FROM specification, drift.simulate('SELECT * FROM call ORDER BY id', 'half_year', spec, 5000) \g /dev/null

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

-- The last 1,000 calls of five such half years, answered by a model of the year before and by one that knows 4,000 calls more.
CREATE TABLE area (seed int, drift_score float8, test drift.delong_result);
DO $$
DECLARE
	half_year CONSTANT text := 'SELECT age, job, marital, education, "default", housing, loan, contact, month, day_of_week, campaign, pdays, previous, "emp.var.rate",
		"cons.price.idx", "cons.conf.idx", euribor3m, "nr.employed", CASE y WHEN 1 THEN ''yes'' ELSE ''no'' END AS answer, called_at FROM simulated ORDER BY called_at';
	parameters CONSTANT jsonb := '{"exclude": ["called_at"], "n_estimators": 100, "max_depth": 3, "learning_rate": 0.1}';
	before CONSTANT drift.model := drift.train('SELECT * FROM labelled WHERE called_at < ''2026-03-01''', 'answer', 'gradient_boosting', parameters);
	names CONSTANT text[] := (SELECT array_agg(column_name ORDER BY ordinal) FROM drift.query_columns('call') WHERE column_name NOT IN ('id', 'period', 'called_at'));
	after drift.model;
BEGIN
	FOR seed IN 42..46 LOOP
		DROP TABLE IF EXISTS simulated;
		PERFORM FROM specification, drift.simulate('SELECT * FROM call ORDER BY id', 'simulated', spec, 5000, seed);
		after := drift.train(format('SELECT * FROM labelled WHERE called_at < ''2026-03-01'' UNION ALL (%s LIMIT 4000)', half_year), 'answer', 'gradient_boosting', parameters);
		EXECUTE format('INSERT INTO area SELECT $1, (SELECT drift_score FROM drift.detect_drift(''call'', ''simulated'', $4)),
			drift.delong_test(drift.score_row($3, r), drift.score_row($2, r), answer = ''yes'') FROM (%s OFFSET 4000) AS r', half_year) USING seed, before, after, names;
	END LOOP;
END
$$;

CREATE TABLE verdict (id int GENERATED ALWAYS AS IDENTITY, passed boolean, description text);
INSERT INTO verdict (passed, description)
SELECT bool_and(drift_score BETWEEN 0.2 AND 0.4), format('drift scores of %s half years: %s to %s %%', count(*), 100 * min(drift_score), 100 * max(drift_score)) FROM area;
INSERT INTO verdict (passed, description)
SELECT result->>'status' = 'succeeded' AND result->>'strategy' = 'combined', format('the first one, by drift.retrain() on old and new calls together: %s, %s', result->>'status', result->>'reason') FROM run;
-- half years are apart, so that their variances add up
INSERT INTO verdict (passed, description)
SELECT mean BETWEEN 0.03 AND 0.05, format('AUC from %s to %s: %s points more on average, 95 %% from %s to %s', round(before::numeric, 3), round(after::numeric, 3), round((100 * mean)::numeric, 1),
	round((100 * (mean - 1.96 * se))::numeric, 1), round((100 * (mean + 1.96 * se))::numeric, 1))
FROM (SELECT avg((test).auc_2) AS before, avg((test).auc_1) AS after, avg((test).difference) AS mean, sqrt(sum((test).standard_error ^ 2)) / count(*) AS se FROM area) AS a;

SELECT format('%s %s - %s', CASE WHEN passed THEN 'ok' ELSE 'not ok' END, id, description) FROM verdict ORDER BY id;
SELECT format('1..%s', count(*)) FROM verdict;
SELECT format('# half year of seed %s: AUC from %s to %s', seed, round((test).auc_2::numeric, 3), round((test).auc_1::numeric, 3)) FROM area ORDER BY seed;
