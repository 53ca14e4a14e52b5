-- Linear models of public data sets equal those of scikit-learn 1.9.1 (StandardScaler, OneHotEncoder, LogisticRegression by
-- newton-cholesky at a tolerance of 1e-12). Prints TAP.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned

CREATE TEMPORARY TABLE woman (
	"Pregnancies" int, "Glucose" int, "BloodPressure" int, "SkinThickness" int, "Insulin" int, "BMI" float8, "DiabetesPedigreeFunction" float8,
	"Age" int, "Outcome" int);
\copy woman FROM PROGRAM 'cat "$DRIFT_DATA/diabetes.csv"' WITH (FORMAT csv, HEADER)
CREATE TEMPORARY TABLE call (
	id int GENERATED ALWAYS AS IDENTITY, period text, age int, job text, marital text, education text, "default" text, housing text, loan text,
	contact text, month text, day_of_week text, duration int, campaign int, pdays int, previous int, "emp.var.rate" float8,
	"cons.price.idx" float8, "cons.conf.idx" float8, euribor3m float8, "nr.employed" float8, y int);
\copy call (period, age, job, marital, education, "default", housing, loan, contact, month, day_of_week, duration, campaign, pdays, previous, "emp.var.rate", "cons.price.idx", "cons.conf.idx", euribor3m, "nr.employed", y) FROM PROGRAM 'cat "$DRIFT_DATA/bank_marketing.csv"' WITH (FORMAT csv, HEADER)

-- The first number is the intercept, then the coefficient of each column: what the margin gains by 1 of it.
CREATE FUNCTION pg_temp.coefficients(m drift.model) RETURNS float8[] LANGUAGE sql AS $$
	SELECT array_agg((drift.score_raw_json(m, r.features))[1] - CASE WHEN one > 0 THEN (drift.score_raw_json(m, z.features))[1] ELSE 0 END ORDER BY one)
	FROM generate_series(0, 8) AS one,
		LATERAL (SELECT jsonb_object_agg(i ->> 'name', (place = one)::int) AS features
			FROM jsonb_array_elements(drift.describe(m) -> 'inputs') WITH ORDINALITY AS e (i, place)) AS r,
		LATERAL (SELECT jsonb_object_agg(i ->> 'name', 0) AS features FROM jsonb_array_elements(drift.describe(m) -> 'inputs') AS i) AS z
$$;
CREATE FUNCTION pg_temp.equal(got float8[], want float8[]) RETURNS boolean LANGUAGE sql AS $$
	SELECT max(abs(g - w) / abs(w)) < 1e-6 AND count(*) = count(g - w) FROM unnest(got, want) AS u (g, w)
$$;

SELECT '1..3';
SELECT CASE WHEN pg_temp.equal(pg_temp.coefficients(drift.train('woman', 'Outcome', 'logistic')), ARRAY[-8.31374360015703, 0.12135236026145957,
	0.03464948102923112, -0.012970269394463765, 0.0005686266895862246, -0.0011360480178957716, 0.0883755555177379, 0.9327038735175115,
	0.015018885717971307]) THEN '' ELSE 'not ' END || 'ok 1 - diabetes: coefficients with the penalty C = 1';
SELECT CASE WHEN pg_temp.equal(pg_temp.coefficients(drift.train('woman', 'Outcome', 'logistic', '{"l2": 0}')), ARRAY[-8.404696366914143, 0.12318229835243943,
	0.03516371460685667, -0.013295546904306161, 0.0006189643648757487, -0.001191698984162233, 0.0897009700309466, 0.9451797406211295,
	0.014869004744469455]) THEN '' ELSE 'not ' END || 'ok 2 - diabetes: coefficients without penalty';
SELECT CASE WHEN pg_temp.equal(first_rows || squares || loss, ARRAY[0.029293499322219224, 0.022897124582982844, 0.02802777472698353, 0.03564643628183532,
	0.028342688170985626, 1419.2716895748733, 0.2761450642677193]) THEN '' ELSE 'not ' END || 'ok 3 - bank marketing: probabilities and their log loss, with ten columns of categories'
FROM (
	SELECT array_agg(s.p ORDER BY s.id) FILTER (WHERE s.id <= 5) AS first_rows, sum(s.p ^ 2) AS squares, drift.log_loss(s.p, s.y = 1) AS loss
	FROM (SELECT c.id, c.y, drift.score_row(m.m, c) AS p FROM call AS c,
		(SELECT drift.train('call', 'y', 'logistic', '{"exclude": ["id", "period", "duration"], "tolerance": 1e-9}') AS m OFFSET 0) AS m) AS s
) AS r;
