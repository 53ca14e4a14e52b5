-- What runs while the server is killed: a model that predicts, with versions, a log and outcomes.
\o /dev/null
CREATE EXTENSION drift;

-- Version n answers n, those from 5 on 1, and adds x and half of y.
CREATE FUNCTION constant(value integer) RETURNS drift.model LANGUAGE sql RETURN drift.import_model('json', jsonb_build_object(
	'format', 'drift', 'version', 1, 'task', 'regression', 'inputs', '["x", "y"]'::jsonb, 'features', '["x", "y"]'::jsonb,
	'linear', jsonb_build_object('coefficients', '[1, 0.5]'::jsonb, 'intercept', value))::text);

SELECT FROM drift.register_model('crash');
SELECT drift.add_version('crash', constant(i)) FROM generate_series(1, 4) AS i;
SELECT FROM drift.promote('crash', 1);
SELECT FROM drift.create_prediction_log('crash', days_ahead => 2);
SELECT FROM drift.create_baseline('crash', 'SELECT (i % 50)::float8 AS x, (i % 7)::float8 AS y FROM generate_series(1, 1000) AS i', 'crash');
SELECT FROM drift.create_monitor('crash', NULL, 'crash', baseline => 'crash', segment => 'arm', config => '{"monitoring": {"drift_check_samples": 50}}');
\o
