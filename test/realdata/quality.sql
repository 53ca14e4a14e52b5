-- Data quality of public data sets whose faults are known. Prints TAP.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned

CREATE TEMPORARY TABLE call (
	period text, age int, job text, marital text, education text, "default" text, housing text, loan text, contact text, month text,
	day_of_week text, duration int, campaign int, pdays int, previous int, "emp.var.rate" float8, "cons.price.idx" float8,
	"cons.conf.idx" float8, euribor3m float8, "nr.employed" float8, y int);
\copy call FROM PROGRAM 'cat "$DRIFT_DATA/bank_marketing.csv"' WITH (FORMAT csv, HEADER)
CREATE TEMPORARY TABLE woman (
	"Pregnancies" int, "Glucose" int, "BloodPressure" int, "SkinThickness" int, "Insulin" int, "BMI" float8, "DiabetesPedigreeFunction" float8,
	"Age" int, "Outcome" int);
\copy woman FROM PROGRAM 'cat "$DRIFT_DATA/diabetes.csv"' WITH (FORMAT csv, HEADER)
-- zeros of these measurements stand for missing ones
CREATE TEMPORARY VIEW measured AS
SELECT "Pregnancies", nullif("Glucose", 0) AS "Glucose", nullif("BloodPressure", 0) AS "BloodPressure", nullif("SkinThickness", 0) AS "SkinThickness",
	nullif("Insulin", 0) AS "Insulin", nullif("BMI", 0) AS "BMI", "Age", "Outcome"
FROM woman;

CREATE TEMPORARY TABLE verdict (id int GENERATED ALWAYS AS IDENTITY, passed boolean, description text);
INSERT INTO verdict (passed, description)
SELECT duplicate_rows = 12 AND duplicate_rows = (SELECT count(*) FROM call) - (SELECT count(*) FROM (SELECT DISTINCT * FROM call) AS s),
	format('calls: %s of %s rows come again', duplicate_rows, row_count) FROM drift.describe_dataset('call');
INSERT INTO verdict (passed, description)
SELECT almost_constant_columns = '{pdays}' AND constant_columns = '{}' AND duplicate_columns = '{}', 'calls: pdays is almost constant, nothing else' FROM drift.describe_dataset('call');
INSERT INTO verdict (passed, description)
SELECT most_common = '999' AND round(most_common_share::numeric, 4) = 0.9632, 'calls: pdays is 999 in 96 % of the rows' FROM drift.describe_relation('call', '{pdays}');
INSERT INTO verdict (passed, description)
SELECT distinct_count = (SELECT count(DISTINCT duration) FROM call) AND distinct_exact, 'calls: more different durations than a profile counts, counted exactly'
FROM drift.describe_relation('call', '{duration}');
INSERT INTO verdict (passed, description)
SELECT array_agg(change ORDER BY change) @> '{new_category,out_of_range,vanished_category}'
	AND string_agg(detail, ' ') FILTER (WHERE column_name = 'contact' AND change = 'new_category') ~ '''cellular''',
	'calls: the first call by mobile phone came in July 2008'
FROM drift.describe_changes($$SELECT * FROM call WHERE period < '2008-07'$$, $$SELECT * FROM call WHERE period >= '2008-07'$$);
INSERT INTO verdict (passed, description)
SELECT array_agg(zero_count) = '{5,35,227,374,11}', 'women: glucose, blood pressure, skin thickness, insulin and BMI have zeros'
FROM drift.describe_relation('woman', '{Glucose,BloodPressure,SkinThickness,Insulin,BMI}');
INSERT INTO verdict (passed, description)
SELECT complete_rows = 392 AND duplicate_rows = 0, 'women: half of the rows are complete' FROM drift.describe_dataset('measured');
INSERT INTO verdict (passed, description)
SELECT array_agg(row_count) = '{392,192,140,26,7}' AND max(missing_columns::text) FILTER (WHERE row_count = 192) = '{SkinThickness,Insulin}'
	AND min(lift) FILTER (WHERE row_count = 26) > 2, 'women: skin thickness and insulin are missing together, blood pressure with them'
FROM drift.describe_missing('measured', top => 5);

SELECT format('%s %s - %s', CASE WHEN passed THEN 'ok' ELSE 'not ok' END, id, description) FROM verdict ORDER BY id;
SELECT format('1..%s', count(*)) FROM verdict;
