-- Rows in the tables of training: how models are trained, on the log, on a table and on a query, and what rows must be like.
-- Usage, after monitors.sql.
\o /dev/null
SELECT drift.set_training('we"ird Ünïcode', options => '{"seed": 7, "embargo": "1 day"}');
SELECT drift.set_training('governed', 'small', $$"app's"."réadings"$$, time_column => 'at é', excluded => '{city}');
SELECT drift.add_expectation('governed', 'x "é"', 'range', 'x', '{"min": -20, "mostly": 0.9}', 'warning');
SELECT drift.add_expectation('governed', 'sql', 'sql', params => $${"expression": "city <> '\"é\"' -- all"}$$);
-- a run that gave a version, and one that failed
SELECT drift.register_model('retrained "é"');
SELECT drift.set_training('retrained "é"', 'y é', $$SELECT i * 0.37 % 5 AS "x ""é""", i % 3 AS z, timestamptz '2026-01-01' + i * interval '1 hour' AS at, i * 7 % 11 > i % 5 AS "y é" FROM generate_series(1, 600) AS i$$,
	time_column => 'at', candidates => '[{"algorithm": "logistic"}]', options => '{"minimum_rows": 100, "embargo": "0"}');
SELECT drift.retrain_model('retrained "é"', options => '{"as_of": "2026-03-01"}');
SELECT drift.retrain_model('retrained "é"', options => '{"minimum_rows": 100000}');
-- a version that was looked at after its deployment, and a trial that was compared
INSERT INTO drift.validations (model_id, deployment_id, version, previous_version, span, n_labelled, verdict, action, terms, validated_by)
SELECT model_id, deployment_id, version, previous_version, '[2026-01-01,2026-02-01)', 120, 'pass', 'kept', '{"quality": {"verdict": "pass", "required": true, "text": "\"é\""}}', current_user
FROM drift.deployments WHERE previous_version IS NOT NULL ORDER BY deployment_id LIMIT 1;
INSERT INTO drift.evaluations (model_id, champion_version, run_id, trial, method, span, metric, higher_is_better, test, n, improvement_kind, significance_level, min_improvement,
	min_rows, verdict, deploy, terms, metrics, options, evaluated_by)
SELECT model_id, previous_version, 1, 1, 'held_out', '[2026-01-01,2026-02-01)', 'log_loss', false, 'none', 0, 'relative', 0.05, 0.02, 100, 'inconclusive', false,
	'{"rows": {"verdict": "inconclusive", "required": true}}', '{}', '{}', current_user
FROM drift.deployments WHERE previous_version IS NOT NULL ORDER BY deployment_id LIMIT 1;
\o
