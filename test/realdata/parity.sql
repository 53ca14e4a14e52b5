-- What Evidently and NannyML say about the data sets outside the tree, halved in the order of
-- their files, beside the threshold sets of those names. Prints TAP.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
\i test/reference/parity.sql

CREATE TEMPORARY TABLE loaded (LIKE parity.expected);
ALTER TABLE loaded DROP COLUMN library;
\copy loaded FROM PROGRAM 'grep -v "^#" test/reference/parity_evidently_realdata.csv' WITH (FORMAT csv, HEADER)
INSERT INTO parity.expected SELECT 'evidently', * FROM loaded;
TRUNCATE loaded;
\copy loaded FROM PROGRAM 'grep -v "^#" test/reference/parity_nannyml_realdata.csv' WITH (FORMAT csv, HEADER)
INSERT INTO parity.expected SELECT 'nannyml', * FROM loaded;

\copy parity.line (line) FROM PROGRAM 'cat "$DRIFT_DATA/bank_marketing.csv"'
SELECT parity.take_file('bank_marketing') \g /dev/null
\copy parity.line (line) FROM PROGRAM 'cat "$DRIFT_DATA/diabetes.csv"'
SELECT parity.take_file('diabetes') \g /dev/null
\copy parity.line (line) FROM PROGRAM 'cat "$DRIFT_DATA/employee_attrition.csv"'
SELECT parity.take_file('employee_attrition') \g /dev/null

SELECT parity.measure() \g /dev/null
SELECT format('%s %s - %s on %s: %s columns, %s with drift', CASE WHEN good THEN 'ok' ELSE 'not ok' END,
	row_number() OVER (ORDER BY library, source), library, source, columns, drifted)
FROM (
	SELECT library, source, sum(columns) AS columns, sum(drifted) AS drifted,
		bool_and(same_verdict = columns AND same_score = columns) AND NOT EXISTS (
			SELECT FROM parity.difference AS d WHERE (d.library, d.source) = (s.library, s.source)) AS good
	FROM parity.summary AS s
	GROUP BY library, source
) AS each
ORDER BY library, source;
SELECT '# ' || d::text FROM parity.difference AS d LIMIT 20;
SELECT format('1..%s', count(*)) FROM (SELECT DISTINCT library, source FROM parity.summary) AS s;
