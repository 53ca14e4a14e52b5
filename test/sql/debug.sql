-- what drift does, for who looks for the reason of something: SET client_min_messages = debug1
CREATE ROLE regress_drift_reader;
CREATE TABLE seen AS SELECT 7 AS value;
GRANT SELECT ON seen TO regress_drift_reader;
SET client_min_messages = debug1;
SELECT * FROM drift_internal.read_as('regress_drift_reader', 'SELECT value FROM public.seen', 'pg_catalog') AS r (value integer);
SELECT drift.score(drift.import_model('json', '{"format": "drift", "version": 1, "task": "regression", "inputs": ["x"], "features": ["x"], "linear": {"coefficients": [2], "intercept": 1}}'), '{3}') AS seven;
RESET client_min_messages;
DROP TABLE seen;
DROP ROLE regress_drift_reader;
