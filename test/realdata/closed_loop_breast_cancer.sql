-- Ten rows of measurements at a time, one of thirty of which drifts: the model is asked whether it should be trained again,
-- is, and the new one is no better. The right verdict is to keep the old one. Prints TAP.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET TimeZone = 'UTC';

CREATE TABLE breast_cancer (
	"mean radius" float8, "mean texture" float8, "mean perimeter" float8, "mean area" float8, "mean smoothness" float8,
	"mean compactness" float8, "mean concavity" float8, "mean concave points" float8, "mean symmetry" float8,
	"mean fractal dimension" float8, "radius error" float8, "texture error" float8, "perimeter error" float8, "area error" float8,
	"smoothness error" float8, "compactness error" float8, "concavity error" float8, "concave points error" float8,
	"symmetry error" float8, "fractal dimension error" float8, "worst radius" float8, "worst texture" float8,
	"worst perimeter" float8, "worst area" float8, "worst smoothness" float8, "worst compactness" float8, "worst concavity" float8,
	"worst concave points" float8, "worst symmetry" float8, "worst fractal dimension" float8, target int);
\copy breast_cancer FROM 'test/data/breast_cancer.csv' WITH (FORMAT csv, HEADER)
ALTER TABLE breast_cancer ADD id int GENERATED ALWAYS AS IDENTITY;

-- 369 people whom the model knows, and 200 who come later, ten a day, each once, measured by a device that reads radii too large.
CREATE VIEW known AS SELECT *, timestamptz '2026-01-01' + id * interval '1 hour' AS measured_at FROM breast_cancer WHERE id <= 369;
SELECT rows_written FROM drift.simulate('SELECT * FROM breast_cancer WHERE id > 369 ORDER BY id', 'later',
	'{"time": {"column": "measured_at", "from": "2026-02-01", "to": "2026-02-21", "type": "timestamptz"}, "columns": {"mean radius": {"add_normal": [2, 1]}}}') \g /dev/null
CREATE VIEW person AS SELECT * FROM known UNION ALL SELECT * FROM later;

SELECT FROM drift.register_model('tumours', 'Is the tumour benign?');
SELECT FROM drift.set_training('tumours', 'target', 'person', 'measured_at', 'id', excluded => '{id}',
	candidates => '[{"algorithm": "random_forest"}]', options => '{"embargo": "0 days", "test_rows": 90}');
-- Three alerts, or five cycles; a version answers only if it is right in nine of ten cases and in two of a hundred more than the champion.
SELECT FROM drift.load_config('{"monitoring": {"drift_check_samples": 20}, "drift_detection": {"minimum_new_samples": 180},
	"deployment": {"metric": "accuracy", "min_accuracy": 0.9, "min_test_rows": 90, "strategy": "blue_green"}}', 'tumours');
-- The first version is trained in the same way.
CALL drift.retrain('tumours', NULL, '{"as_of": "2026-02-01"}') \g /dev/null
SELECT FROM drift.promote('tumours', 1);
SELECT FROM drift.create_baseline('tumours', 'known', 'tumours', 1, 'training', '{mean radius,mean texture,mean smoothness,mean symmetry,worst texture,worst smoothness}');
SELECT FROM drift.create_monitor('tumours', 'person', 'tumours', 'measured_at', 'tumours', columns => '{mean radius,mean texture,mean smoothness,mean symmetry,worst texture,worst smoothness}',
	bucket => 'day', span => '5 days');
SELECT FROM drift.add_trigger('tumours', 'alert_count', '{"alerts": 3}', counted_since => '2026-02-01');
SELECT FROM drift.add_trigger('tumours', 'every_n_cycles', '{"cycles": 5}', counted_since => '2026-02-01');

CREATE TABLE cycle (as_of timestamptz, result jsonb);
DO $$
DECLARE
	result jsonb;
BEGIN
	FOR n IN 1..20 LOOP
		CALL drift.run_cycle('tumours', result, '2026-02-01'::timestamptz + make_interval(days => n));
		COMMIT;
		INSERT INTO cycle VALUES ('2026-02-01'::timestamptz + make_interval(days => n), result);
		COMMIT;
	END LOOP;
END
$$;

CREATE TABLE verdict (id int GENERATED ALWAYS AS IDENTITY, passed boolean, description text);
INSERT INTO verdict (passed, description)
SELECT bool_or('mean radius' = ANY (drifted_features)), format('mean radius drifted in %s of %s checks', count(*) FILTER (WHERE 'mean radius' = ANY (drifted_features)), count(*)) FROM drift.checks;
INSERT INTO verdict (passed, description)
SELECT min(as_of) FILTER (WHERE should_retrain) BETWEEN '2026-02-06' AND '2026-02-21', format('retraining was asked for first on %s: %s', min(as_of) FILTER (WHERE should_retrain)::date,
	(array_agg(reasons->0->>'says' ORDER BY as_of) FILTER (WHERE should_retrain))[1]) FROM drift.decisions;
INSERT INTO verdict (passed, description)
SELECT count(*) > 0 AND bool_and(status = 'kept'), format('%s runs for it, each kept the champion: %s', count(*), min(reason)) FROM drift.training_runs WHERE champion_version IS NOT NULL;
INSERT INTO verdict (passed, description)
SELECT drift.version_at('tumours') = 1 AND count(*) = 1, 'no other version was made' FROM drift.model_versions;

SELECT format('%s %s - %s', CASE WHEN passed THEN 'ok' ELSE 'not ok' END, id, description) FROM verdict ORDER BY id;
SELECT format('1..%s', count(*)) FROM verdict;
SELECT format('# run of %s: %s, accuracy %s of %s held-out people, champion %s', r.as_of::date, r.status, round(e.challenger::numeric, 3), e.terms->'rows'->>'n', round(e.champion::numeric, 3))
FROM drift.training_runs AS r LEFT JOIN drift.evaluations AS e ON e.evaluation_id = r.evaluation_id ORDER BY r.run_id;
