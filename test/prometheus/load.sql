-- A model whose monitor finds drift, and a role that scrapes. Variable: password.
CREATE TABLE visits (at timestamptz NOT NULL, "minutes ""spent"" \" float8, place text);
INSERT INTO visits
SELECT timestamptz '2026-01-01' + n * interval '2 minutes', ((n * 7919) % 1000) / 100.0 + CASE WHEN n >= 2160 THEN 5 ELSE 0 END,
	CASE WHEN n % 10 > 0 THEN 'home' END
FROM generate_series(0, 2879) AS n;
SELECT drift.register_model('churn');
SELECT drift.add_version('churn', drift.import_model('json', '{"format": "drift", "version": 1, "task": "binary", "inputs": ["y"], "features": ["y"],
	"linear": {"coefficients": [1], "intercept": 0}, "transform": "logistic", "classes": ["no", "yes"]}'));
SELECT drift.deploy('churn', 1);
SELECT drift.create_monitor('visits <b>"\', 'visits', model => 'churn', time_column => 'at', columns => ARRAY['minutes "spent" \', 'place'], reference => 'previous', span => '1 day');
SELECT drift.run_check('visits <b>"\', '2026-01-03', refresh => true), drift.run_check('visits <b>"\', '2026-01-04', refresh => true), drift.run_check('visits <b>"\', '2026-01-05', refresh => true);
SELECT drift.schedule_model('churn', 'daily', runner => 'run_due');
DROP ROLE IF EXISTS drift_prometheus;
CREATE ROLE drift_prometheus LOGIN PASSWORD :'password';
SELECT drift.grant_privilege('churn', 'drift_prometheus', 'read');
