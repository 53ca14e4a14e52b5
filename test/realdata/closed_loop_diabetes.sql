-- Older patients: a model of people under 50 is asked about 89 who are older. How much better it gets with them. Prints TAP.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET TimeZone = 'UTC';

CREATE TABLE measured (pregnancies int, glucose float8, blood_pressure float8, skin_thickness float8, insulin float8, bmi float8, pedigree float8, age int, outcome int);
\copy measured FROM PROGRAM 'cat "$DRIFT_DATA/diabetes.csv"' WITH (FORMAT csv, HEADER)
ALTER TABLE measured ADD id int GENERATED ALWAYS AS IDENTITY;

-- A zero is a measurement that was not made. The older come a year later.
CREATE TABLE patient AS
SELECT id, age, pregnancies, nullif(glucose, 0) AS glucose, nullif(blood_pressure, 0) AS blood_pressure, nullif(skin_thickness, 0) AS skin_thickness,
	nullif(insulin, 0) AS insulin, nullif(bmi, 0) AS bmi, pedigree, CASE outcome WHEN 1 THEN 'diabetic' ELSE 'healthy' END AS outcome,
	CASE WHEN age < 50 THEN timestamptz '2025-01-01' ELSE timestamptz '2026-01-01' END + id * interval '1 hour' AS seen_at
FROM measured;
CREATE FUNCTION features() RETURNS text LANGUAGE sql IMMUTABLE RETURN 'age, pregnancies, glucose, blood_pressure, skin_thickness, insulin, bmi, pedigree';

SELECT FROM drift.register_model('diabetes', 'Has the patient diabetes?');
SELECT FROM drift.add_version('diabetes', drift.train(format('SELECT %s, outcome FROM patient WHERE seen_at < ''2026-01-01''', features()), 'outcome', 'logistic', '{"positive": "diabetic"}'),
	training => drift.training_snapshot(format('SELECT %s, outcome, seen_at FROM patient WHERE seen_at < ''2026-01-01''', features()), 'seen_at'));
SELECT FROM drift.promote('diabetes', 1);
SELECT FROM drift.set_training('diabetes', 'outcome', 'SELECT * FROM patient', 'seen_at', features => string_to_array(features(), ', '),
	candidates => '[{"algorithm": "logistic"}]', options => '{"embargo": "0 days", "positive": "diabetic"}');

CREATE TABLE run (name text, result jsonb);
DO $$
DECLARE
	result jsonb;
BEGIN
	CALL drift.retrain('diabetes', NULL, '{"as_of": "2026-03-01"}', result);
	COMMIT;
	INSERT INTO run VALUES ('as configured', result);
	CALL drift.retrain('diabetes', 'combined', '{"as_of": "2026-03-01", "minimum_rows": 80, "minimum_test_rows": 18, "test_share": 0.5, "evaluation": {"min_rows": 40}}', result);
	COMMIT;
	INSERT INTO run VALUES ('overridden', result);
END
$$;

-- The honest gain: each of the older is answered by a model that knows the younger and nine tenths of the older, not him.
CREATE TABLE answer (id int, before_score float8, after_score float8);
DO $$
DECLARE
	after drift.model;
	before CONSTANT drift.model := (SELECT a.artefact FROM drift.model_artefacts AS a JOIN drift.models AS m USING (model_id) WHERE m.name = 'diabetes' AND a.version = 1);
BEGIN
	FOR fold IN 0..9 LOOP
		after := drift.train(format('SELECT %s, outcome FROM patient WHERE age < 50 OR hashint4(id) & 1023 %% 10 <> %s', features(), fold), 'outcome', 'logistic', '{"positive": "diabetic"}');
		INSERT INTO answer SELECT id, drift.score_row(before, p), drift.score_row(after, p) FROM patient AS p WHERE age >= 50 AND hashint4(id) & 1023 % 10 = fold;
	END LOOP;
END
$$;
CREATE TABLE gain AS
SELECT count(*) AS n, drift.bootstrap_test(b.loss, a.loss, 9999) AS loss, drift.delong_test(s.after_score, s.before_score, p.outcome = 'diabetic') AS area,
	drift.bootstrap_test((a.is_right)::int::float8, (b.is_right)::int::float8, 9999) AS accuracy, avg(b.loss) AS loss_before, avg(a.loss) AS loss_after,
	avg(b.is_right::int) AS accuracy_before, avg(a.is_right::int) AS accuracy_after
FROM answer AS s JOIN patient AS p USING (id),
	LATERAL (SELECT -ln(CASE p.outcome WHEN 'diabetic' THEN s.before_score ELSE 1 - s.before_score END) AS loss, (s.before_score >= 0.5) = (p.outcome = 'diabetic') AS is_right) AS b,
	LATERAL (SELECT -ln(CASE p.outcome WHEN 'diabetic' THEN s.after_score ELSE 1 - s.after_score END) AS loss, (s.after_score >= 0.5) = (p.outcome = 'diabetic') AS is_right) AS a;

CREATE TABLE verdict (id int GENERATED ALWAYS AS IDENTITY, passed boolean, description text);
INSERT INTO verdict (passed, description)
SELECT status = 'failed' AND error LIKE '%89%' AND error LIKE '%1000%' AND version IS NULL, 'as configured: ' || error FROM drift.training_runs ORDER BY run_id LIMIT 1;
INSERT INTO verdict (passed, description)
SELECT status IN ('succeeded', 'kept', 'needs_review'), format('with minimum_rows 80: %s on %s held-out people, %s', status, plan->'rows'->>'test', reason) FROM drift.training_runs ORDER BY run_id DESC LIMIT 1;
INSERT INTO verdict (passed, description)
SELECT n = 89 AND (loss).percentile_low > 0, format('honestly: log loss of the older from %s to %s, 95 %% of the gain from %s to %s', round(loss_before::numeric, 3), round(loss_after::numeric, 3),
	round((loss).percentile_low::numeric, 3), round((loss).percentile_high::numeric, 3)) FROM gain;
INSERT INTO verdict (passed, description)
SELECT (accuracy).percentile_high < 0.305, format('accuracy from %s %% to %s %%, 95 %% of the gain from %s to %s points: not the 30.5 that were hoped for', round(100 * accuracy_before, 1), round(100 * accuracy_after, 1),
	round((100 * (accuracy).percentile_low)::numeric, 1), round((100 * (accuracy).percentile_high)::numeric, 1)) FROM gain;
INSERT INTO verdict (passed, description)
SELECT (area).low < 0.1, format('AUC from %s to %s, 95 %% of the gain from %s to %s: most of the gain is calibration', round((area).auc_2::numeric, 3), round((area).auc_1::numeric, 3), round((area).low::numeric, 3), round((area).high::numeric, 3)) FROM gain;

SELECT format('%s %s - %s', CASE WHEN passed THEN 'ok' ELSE 'not ok' END, id, description) FROM verdict ORDER BY id;
SELECT format('1..%s', count(*)) FROM verdict;
