-- Concept drift, target drift, the domain classifier, importance shift and differences of predictions: what they find, what they
-- leave alone, and what they refuse.
BEGIN;
SELECT plan(58);
SELECT setseed(0.3);
CREATE SCHEMA "con cept";
SET LOCAL search_path = "con cept", public;

CREATE FUNCTION gauss() RETURNS float8 LANGUAGE sql VOLATILE AS $$ SELECT sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) $$;
CREATE FUNCTION world(n integer, shift float8, prior float8, slope float8)
RETURNS TABLE ("x 1" float8, x2 float8, g text, flag boolean, day date, score float8, y boolean, label text, amount float8, id integer)
LANGUAGE sql VOLATILE AS $$
	SELECT a, b, CASE WHEN b > 0.5 THEN 'high' WHEN b > -0.5 THEN 'middle' WHEN b > -3 THEN 'low' END, c > 0, date '2026-01-01' + i % 30,
		1 / (1 + exp(1 - a + 0.7 * b)), r < t, CASE WHEN r < t THEN 'yes' ELSE 'no' END, slope * a + b + gauss(), i
	FROM (SELECT i, d.a, d.b, d.c, random() AS r, 1 / (1 + exp(1 - prior - slope * d.a + 0.7 * d.b)) AS t
		FROM (SELECT i, shift + gauss() AS a, gauss() AS b, gauss() AS c FROM generate_series(1, n) AS i OFFSET 0) AS d OFFSET 0) AS w
$$;
CREATE TABLE reference AS SELECT * FROM world(6000, 0, 0, 1);
CREATE TABLE same AS SELECT * FROM world(4000, 0, 0, 1);
CREATE TABLE shifted AS SELECT * FROM world(4000, 0.7, 0, 1);
CREATE TABLE doubled AS SELECT * FROM world(4000, 0, 0.7, 1);
CREATE TABLE turned AS SELECT * FROM world(4000, 0, 0, -1);

-- nothing changed, rows changed, the prior changed
SELECT is(drift_detected, false, 'no drift') FROM drift.detect_concept_drift('reference', 'same', 'y', 'score');
SELECT is(drift_detected, false, 'other rows are no concept drift') FROM drift.detect_concept_drift('reference', 'shifted', 'y', 'score');
SELECT is(drift_detected, false, 'nor is another prior') FROM drift.detect_concept_drift('reference', 'doubled', 'y', 'score');
SELECT ok(drifted, 'data drift sees the rows') FROM drift.compare('reference', 'shifted', '{x 1}');
SELECT is(severity, 'ok', 'the target follows the rows') FROM drift.concept_drift('reference', 'shifted', 'y', 'score', '{}') WHERE role = 'target';
SELECT cmp_ok(p_value, '<=', 0.001::float8, 'a prior that moved has a row of its own') FROM drift.concept_drift('reference', 'doubled', 'y', 'score', '{}') WHERE role = 'target';
SELECT results_eq($$SELECT role, count(*) FROM drift.concept_drift('reference', 'same', 'y', 'score', '{x 1,x2}') GROUP BY 1 ORDER BY 1$$,
	$$VALUES ('feature', 2::bigint), ('score', 1), ('target', 1)$$, 'rows of features, score and target');

-- the relation changed: its sign alone, which neither mutual information nor the size of the correlation sees
SELECT ok(drifted AND severity = 'critical' AND correlation_change < -0.5, 'a relation turned over is found') FROM drift.concept_drift('reference', 'turned', 'y', 'score', '{x 1}') WHERE role = 'feature';
SELECT ok(drifted, 'without a score too') FROM drift.concept_drift('reference', 'turned', 'y', columns => '{x 1}') WHERE role = 'feature';
SELECT ok(drifted, 'and of a target of labels') FROM drift.concept_drift('reference', 'turned', 'label', columns => '{x 1}') WHERE role = 'feature';
SELECT ok(drifted, 'and of numbers') FROM drift.concept_drift('reference', 'turned', 'amount', columns => '{x 1}') WHERE role = 'feature';
SELECT is(drifted, false, 'another feature of that target is left alone') FROM drift.concept_drift('reference', 'same', 'amount', columns => '{x2}') WHERE role = 'feature';
SELECT is(ARRAY(SELECT unnest(drifted_features) ORDER BY 1), '{amount,score,x 1}', 'what changed is named') FROM drift.detect_concept_drift('reference', 'turned', 'y', 'score');
SELECT ok(drifted, 'and the score says less') FROM drift.concept_drift('reference', 'turned', 'y', 'score', '{}') WHERE role = 'score';

-- what is reported
SELECT is(round(correlation_reference::numeric, 10), (SELECT round(corr("x 1", y::int)::numeric, 10) FROM reference), 'the correlation is Pearson''s') FROM drift.concept_drift('reference', 'same', 'y', columns => '{x 1}') WHERE role = 'feature';
SELECT is(round(information_reference::numeric, 10), (SELECT round((drift.mutual_information("x 1", y) /
	(-(avg(y::int) * ln(avg(y::int)) + (1 - avg(y::int)) * ln(1 - avg(y::int))))::float8)::numeric, 10) FROM reference WHERE id <= 200), 'information is drift.mutual_information() by the entropy')
FROM drift.concept_drift('SELECT * FROM reference WHERE id <= 200', 'same', 'y', columns => '{x 1}') WHERE role = 'feature';
SELECT is(information_reference, (SELECT information_reference FROM drift.concept_drift('reference', 'same', 'label', columns => '{g}') WHERE role = 'feature'), 'labels and booleans say the same')
FROM drift.concept_drift('reference', 'same', 'y', columns => '{g}') WHERE role = 'feature';
SELECT ok(correlation_reference IS NULL AND correlation_p_value IS NULL AND information_p_value > 0 AND kind = 'categorical', 'categories have no correlation') FROM drift.concept_drift('reference', 'same', 'y', columns => '{g}') WHERE role = 'feature';
SELECT is(n_reference, (SELECT count(g) FROM reference), 'rows without a value are left out') FROM drift.concept_drift('reference', 'same', 'y', columns => '{g}') WHERE role = 'feature';
SELECT ok(correlation_p_value IS NOT NULL, 'booleans and dates are numbers') FROM drift.concept_drift('reference', 'same', 'y', columns => '{flag,day}') WHERE role = 'feature';
SELECT is(severity, 'skipped', 'an identifier is skipped') FROM drift.concept_drift('reference', 'same', 'y') WHERE column_name = 'id';
SELECT is(severity, 'skipped', 'and a column that is gone') FROM drift.concept_drift('reference', 'SELECT "x 1", y FROM same', 'y') WHERE column_name = 'x2';
SELECT results_eq($$SELECT severity FROM drift.concept_drift('reference', 'SELECT * FROM same LIMIT 30', 'y', columns => '{x2}')$$, $$VALUES ('insufficient_data'), ('insufficient_data')$$, '30 rows are too few');
SELECT is(severity, 'insufficient_data', 'one class is no answer') FROM drift.concept_drift('reference', 'SELECT * FROM same WHERE y', 'y', columns => '{x2}') WHERE role = 'feature';
SELECT is(c.p_value, d.p_value, 'the same seed, the same numbers') FROM drift.concept_drift('reference', 'same', 'y', columns => '{x2}') AS c, drift.concept_drift('reference', 'same', 'y', columns => '{x2}') AS d WHERE c.role = 'feature' AND d.role = 'feature';
SELECT ok(drifted, 'a smaller threshold finds smaller changes') FROM drift.concept_drift('reference', 'SELECT * FROM turned UNION ALL SELECT * FROM same', 'y', columns => '{x 1}', threshold => 0.05) WHERE role = 'feature';

-- refused
SELECT throws_ok($$SELECT * FROM drift.concept_drift('reference', 'same', 'none')$$, '42703', NULL, 'no such target');
SELECT throws_ok($$SELECT * FROM drift.concept_drift('reference', 'same', 'y', 'label')$$, '42804', NULL, 'a score is a number');
SELECT throws_ok($$SELECT * FROM drift.concept_drift('reference', 'same', NULL)$$, '22004', NULL, 'a target is needed');
SELECT throws_ok($$SELECT * FROM drift.concept_drift('reference', 'same', 'y', threshold => 0)$$, '22023', NULL, 'threshold out of range');
SELECT throws_ok($$SELECT * FROM drift.concept_drift('reference', 'same', 'y', draws => 5)$$, '22023', NULL, 'too few draws');
SELECT throws_ok($$SELECT * FROM drift.concept_drift('SELECT * FROM reference WHERE false', 'same', 'y')$$, '22023', NULL, 'an empty reference');
SELECT throws_ok($$SELECT drift_internal.concept_change('{2,1,2}', '{1,2,3,4,5,6,7,-8}', NULL, NULL, 99, 0, 1)$$, '22023', NULL, 'a table with a negative count');
SELECT throws_ok($$SELECT drift_internal.concept_change('{2,1,2}', '{1,2,3}', NULL, NULL, 99, 0, 1)$$, '22023', NULL, 'a table that is too small');
SELECT throws_ok($$SELECT drift_internal.concept_change('{2147483647,2147483647,2}', '{1}', NULL, NULL, 99, 0, 1)$$, '22023', NULL, 'a shape that is too large');

-- the target alone, and all in one call
SELECT ok(drifted AND unexplained < 0.05 AND mean_current > mean_reference, 'the target drifts with its rows') FROM drift.target_drift('reference', 'shifted', 'y', 'score');
SELECT ok(unexplained IS NULL AND NOT drifted AND mean_current BETWEEN 0.2 AND 0.4, 'a target without a score') FROM drift.target_drift('reference', 'same', 'y');
SELECT ok(mean_reference IS NULL AND kind = 'categorical', 'labels have no mean') FROM drift.target_drift('reference', 'same', 'label');
SELECT set_eq($$SELECT DISTINCT analysis FROM drift.comprehensive_analysis('SELECT "x 1", x2, score, y FROM reference', 'SELECT "x 1", x2, score, y FROM turned', 'y', 'score')$$,
	ARRAY['psi', 'distribution', 'target', 'score', 'concept', 'prior'], 'all analyses in one call');
SELECT is(drift.comprehensive_report('SELECT "x 1", x2, y FROM reference', 'SELECT "x 1", x2, y FROM turned', 'y') ->> 'concept_drift', 'true', 'as JSON');
SELECT is(drift.comprehensive_report('SELECT "x 1", x2, y FROM reference', 'SELECT "x 1", x2, y FROM turned', 'y') ->> 'data_drift', 'false', 'data and concept apart');

-- the domain classifier
SELECT results_eq($$SELECT auc, round(standard_error::numeric, 12) FROM drift.domain_classifier('SELECT unnest(''{1,2,2,3}''::float8[]) AS s', 'SELECT unnest(''{2,3,4}''::float8[]) AS s', 's')$$,
	$$VALUES (19::float8 / 24, round(sqrt((pow(0.5 - 19.0 / 24, 2) + pow(0.875 - 19.0 / 24, 2) + pow(1 - 19.0 / 24, 2))::float8 / 2 / 3
		+ (pow(1 - 19.0 / 24, 2) + 2 * pow(2.5 / 3 - 19.0 / 24, 2) + pow(1.5 / 3 - 19.0 / 24, 2))::float8 / 3 / 4)::numeric, 12))$$, 'AUC and DeLong''s standard error by hand');
SELECT ok(auc_low IS NULL AND standard_error IS NULL, 'features have no interval') FROM drift.domain_classifier('reference', 'shifted', 'score', '{x2}') WHERE role = 'feature';
SELECT ok(alert AND role = 'score', 'a classifier that works alerts') FROM drift.domain_classifier('reference', 'shifted', 'score', '{x 1,x2,g}') LIMIT 1;
SELECT is((array_agg(column_name))[1:3], '{score,x 1,g}', 'the feature that carries it is first') FROM (SELECT * FROM drift.domain_classifier('SELECT * FROM reference', 'shifted', 'score', '{x 1,g}')) AS d;
SELECT ok(NOT bool_or(alert), 'nothing to tell apart') FROM drift.domain_classifier('reference', 'same', 'score', '{x 1,x2,g}');
SELECT ok(auc IS NULL AND alert IS NULL AND n_current = 0, 'a side without values') FROM drift.domain_classifier('reference', 'SELECT score, NULL::float8 AS "x 1", NULL AS g FROM same', 'score', '{x 1}') WHERE role = 'feature';
SELECT throws_ok($$SELECT * FROM drift.domain_classifier('reference', 'same', 'g')$$, '42804', NULL, 'scores are numbers');
SELECT throws_ok($$SELECT * FROM drift.domain_classifier('reference', 'same', 'score', lower => 0.6)$$, '22023', NULL, 'thresholds out of range');

-- two versions
SELECT drift.register_model('con cept');
SELECT drift.add_version('con cept', drift.import_model('json', format('{"format": "drift", "version": 1, "task": "binary", "inputs": ["x 1", "x2"],
	"features": ["x 1", "x2"], "linear": {"coefficients": [%s], "intercept": -1}, "transform": "logistic", "classes": ["no", "yes"]}', c)))
FROM unnest(ARRAY['1, -0.7', '0.2, -0.7']) AS c;
SELECT results_eq($$SELECT n, round(mean_absolute_difference::numeric, 9), round(disagreement::numeric, 9) FROM drift.prediction_diff('con cept', 1, 2, 'SELECT "x 1", x2 FROM same')$$,
	$$SELECT count(*), round(avg(abs(a - b))::numeric, 9), round(avg(((a > 0.5) <> (b > 0.5))::int), 9)
	FROM (SELECT 1 / (1 + exp(1 - "x 1" + 0.7 * x2)) AS a, 1 / (1 + exp(1 - 0.2 * "x 1" + 0.7 * x2)) AS b FROM same) AS s$$, 'differences of scores and classes');
SELECT ok(n_failed_1 = 1 AND n_scored = 99, 'a row that cannot be scored is counted') FROM drift.prediction_diff('con cept', 1, 2, 'SELECT CASE WHEN id <> 7 THEN "x 1" END AS "x 1", x2 FROM same WHERE id <= 100');
SELECT is(count(*), 3::bigint, 'the largest differences') FROM drift.largest_prediction_differences('con cept', 1, 2, 'same', 3);
SELECT results_eq($$SELECT feature, rank_1, rank_2 FROM drift.importance_shift('con cept', 1, 2, 'same')$$, $$VALUES ('x 1', 1::bigint, 2::bigint), ('x2', 2, 1)$$, 'ranks change');
SELECT ok(abs(sum(importance_1) - 1) < 1e-12 AND abs(sum(change)) < 1e-12, 'importances are shares') FROM drift.importance_shift('con cept', 1, 2, 'same');
SELECT ok(rank_correlation = -1 AND NOT same_first AND moved > 0.2, 'stability in one row') FROM drift.importance_stability('con cept', 1, 2, 'same');
SELECT throws_ok($$SELECT * FROM drift.importance_shift('con cept', 1, 2)$$, '22023', NULL, 'a linear model has no splits');
SELECT throws_ok($$SELECT * FROM drift.prediction_diff('con cept', 1, 9, 'same')$$, '42704', NULL, 'no such version');

SELECT * FROM finish();
ROLLBACK;
