-- What drift says about real data that is made to drift.
--
-- 569 breast tumours with 30 measurements each. Two samples of 200 rows play the reference
-- and the current data; N(2, 1) is then added to one measurement of the current sample.
-- Run it in the root of the repository, in a database that has the extension:
--
--     psql -v json=report.json -f test/demo/demo.sql

\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
\pset footer off
\pset linestyle unicode
\pset border 1
\pset null '-'
SET client_min_messages = warning;
\if :{?json}
\else
	\set json drift_demo.json
\endif

CREATE TEMPORARY TABLE breast_cancer (
	"mean radius" float8, "mean texture" float8, "mean perimeter" float8, "mean area" float8, "mean smoothness" float8,
	"mean compactness" float8, "mean concavity" float8, "mean concave points" float8, "mean symmetry" float8, "mean fractal dimension" float8,
	"radius error" float8, "texture error" float8, "perimeter error" float8, "area error" float8, "smoothness error" float8,
	"compactness error" float8, "concavity error" float8, "concave points error" float8, "symmetry error" float8, "fractal dimension error" float8,
	"worst radius" float8, "worst texture" float8, "worst perimeter" float8, "worst area" float8, "worst smoothness" float8,
	"worst compactness" float8, "worst concavity" float8, "worst concave points" float8, "worst symmetry" float8, "worst fractal dimension" float8,
	target integer
);
\copy breast_cancer FROM 'test/data/breast_cancer.csv' WITH (FORMAT csv, HEADER)

\echo '1. Two random samples of 200 rows of the same data, seeds 42 and 24: nothing should drift'
\echo

CREATE TEMPORARY TABLE reference AS
	SELECT * FROM breast_cancer ORDER BY drift_internal.sample_key(row_number() OVER (), 42) LIMIT 200;
CREATE TEMPORARY TABLE current AS
	SELECT * FROM breast_cancer ORDER BY drift_internal.sample_key(row_number() OVER (), 24) LIMIT 200;

SELECT * FROM drift.detect_drift('reference', 'current');

\echo
\echo '2. The same after N(2, 1) was added to "mean radius" of the current sample'
\echo

SELECT setseed(0.24) \g /dev/null
UPDATE current SET "mean radius" = "mean radius" + 2 + sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random());

SELECT * FROM drift.detect_drift('reference', 'current');

\echo
\echo '3. Column by column, the largest effect first'
\echo

CREATE TEMPORARY TABLE comparison AS SELECT * FROM drift.compare('reference', 'current');

SELECT column_name AS "column", method, round(statistic::numeric, 4) AS statistic, round(p_value::numeric, 6) AS "p-value",
	round(p_value_corrected::numeric, 6) AS corrected, round(psi::numeric, 3) AS psi, round(effect::numeric, 3) AS effect,
	round(effect_low::numeric, 3) AS "at least", severity, drifted
FROM comparison
ORDER BY effect DESC, column_name
LIMIT 10;

\echo
\echo '4. What happened to it, and what to do'
\echo

\x on
SELECT column_name, severity_text, action_text, explanation FROM comparison WHERE drifted;
\x off

\echo '5. Where the rows of "mean radius" went: # is a share of 2 % of the reference, * of the current sample'
\echo

SELECT label AS "mean radius", n_reference AS reference, n_current AS current, round(psi_contribution::numeric, 3) AS "part of PSI",
	rpad(repeat('#', round(50 * share_reference)::integer), 8) || ' | ' || repeat('*', round(50 * share_current)::integer) AS "shares"
FROM drift.histogram('reference', 'current', 'mean radius')
ORDER BY bin;

\echo
\echo '6. The same comparison by the thresholds of other places: how many of the 31 columns alarm, and whether the data set does'
\echo

SELECT name AS thresholds, cardinality(drifted_features) AS drifted, round(drift_score::numeric, 3) AS drift_score, drift_detected
FROM drift.thresholds, drift.detect_drift('reference', 'current', thresholds => name)
WHERE built_in
ORDER BY drifted, name;

\pset format unaligned
\pset tuples_only on
\o :json
SELECT jsonb_pretty(drift.report_json('reference', 'current'));
\o
\pset tuples_only off
\pset format aligned
\echo
\echo 'The whole comparison is written as JSON to' :json
