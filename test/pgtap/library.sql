-- The threshold sets evidently and nannyml around the numbers: options, errors, columns without a verdict, the data set's verdict.
BEGIN;
SELECT plan(24);

CREATE TEMPORARY TABLE r AS
SELECT i AS moved, i % 7 AS kept, 'c' || i % 3 AS city, i % 2 = 0 AS flag, 'n' || i AS name, date '2024-01-01' + i AS day,
	NULL::float8 AS empty, int4range(i, i + 1) AS span, 1 AS gone
FROM generate_series(1, 500) AS i;
CREATE TEMPORARY TABLE c AS
SELECT i + 300 AS moved, i % 7 AS kept, 'd' || i % 3 AS city, i % 2 = 0 AS flag, 'n' || i AS name, date '2025-01-01' + i AS day,
	1.0::float8 AS empty, int4range(i, i + 1) AS span
FROM generate_series(1, 300) AS i;

CREATE TEMPORARY TABLE ev AS SELECT * FROM drift.compare('r', 'c', thresholds => 'evidently');
SELECT results_eq('SELECT column_name, method, threshold, drifted, severity FROM ev ORDER BY column_name', $$VALUES
	('city', 'chi_square_goodness_of_fit_test', 0.05::float8, true, 'warning'),
	('day', NULL, NULL, NULL, 'skipped'),
	('empty', NULL, NULL, NULL, 'insufficient_data'),
	('flag', 'z_test', 0.05, false, 'ok'),
	('gone', NULL, NULL, NULL, 'insufficient_data'),
	('kept', 'chi_square_goodness_of_fit_test', 0.05, false, 'ok'),
	('moved', 'ks_test', 0.05, true, 'warning'),
	('name', NULL, NULL, NULL, 'skipped'),
	('span', NULL, NULL, NULL, 'skipped')$$, 'tests, verdicts and columns without one');
SELECT is((SELECT count(*) FROM ev WHERE psi IS NOT NULL OR effect IS NOT NULL OR 'missing' = ANY (findings)), 0::bigint, 'nothing of drift''s own');
SELECT is((SELECT array_agg(column_name ORDER BY column_name) FROM ev WHERE findings = '{distribution}'), '{city,moved}', 'one kind of finding');
SELECT ok((SELECT bool_and(method_reason LIKE 'Evidently%') FROM ev WHERE method IS NOT NULL), 'reasons name the library');
SELECT ok((SELECT bool_and(explanation <> '' AND action_text <> '' IS NOT FALSE) FROM ev), 'every column is explained');
SELECT matches((SELECT explanation FROM ev WHERE column_name = 'gone'), 'absent in the current', 'a column that is gone');

-- two of four verdicts: at the share, and above another
SELECT results_eq($$SELECT drift_detected, drift_score, drifted_features FROM drift.detect_drift('r', 'c', thresholds => 'evidently')$$,
	$$VALUES (true, 0.5::float8, '{city,moved}'::text[])$$, 'the share itself drifts');
SELECT is((drift.detect_drift('r', 'c', thresholds => '{"set": "evidently", "drift_share": 0.6, "drift_share_high": 0.6}')).drift_detected, false, 'a share of one''s own');
SELECT is((drift.detect_drift('r', 'c', ARRAY['flag', 'kept'], 'share_005')).drift_detected, false, 'share_005: none of two');
SELECT is((drift.detect_drift('r', 'c', thresholds => 'share_005')).drift_detected, true, 'share_005: half of them');
SELECT is(drift.report_json('r', 'c', thresholds => 'evidently') #>> '{thresholds,rule}', 'evidently', 'report_json() says which rule');
SELECT matches(drift.report_text('r', 'c', thresholds => 'nannyml'), 'thresholds nannyml', 'report_text() says which set');

-- methods
SELECT results_eq($$SELECT column_name, method FROM drift.compare('r', 'c', ARRAY['moved', 'city', 'name'], '{"numeric": "psi", "name": "hellinger", "categorical": "z"}', 'evidently')$$,
	$$VALUES ('moved', 'psi'), ('city', 'z_test'), ('name', 'hellinger_distance')$$, 'methods by kind and by name; a named text is compared');
SELECT throws_ok($$SELECT * FROM drift.compare('r', 'c', methods => '{"numeric": "ks_test"}', thresholds => 'evidently')$$, '22023',
	'unknown method "ks_test" for "numeric"', 'drift''s own names are not the library''s');
SELECT throws_ok($$SELECT * FROM drift.compare('r', 'c', methods => '{"city": "ks"}', thresholds => 'evidently')$$, '22023',
	'method "ks" does not apply to column "city", which the library takes as categorical', 'a test of numbers for categories');
SELECT throws_ok($$SELECT * FROM drift.compare('r', 'c', methods => '{"nobody": "ks"}', thresholds => 'evidently')$$, '42703', NULL, 'a column that is not there');
SELECT throws_ok($$SELECT * FROM drift.compare('r', 'c', methods => '{"numeric": null}', thresholds => 'nannyml')$$, '22023', NULL, 'no method');
SELECT throws_ok($$SELECT * FROM drift.compare('r', 'c', thresholds => 'evidently', mode => 'summary')$$, '0A000', NULL, 'summaries do not do');

-- NannyML
SELECT results_eq($$SELECT column_name, severity FROM drift.compare('r', 'c', thresholds => 'nannyml') WHERE drifted IS NULL ORDER BY 1$$,
	$$VALUES ('day', 'skipped'), ('empty', 'insufficient_data'), ('gone', 'insufficient_data'), ('span', 'skipped')$$, 'NannyML: columns without a verdict');
SELECT results_eq($$SELECT column_name, drifted FROM drift.compare('r', 'c', ARRAY['moved', 'city', 'kept'], thresholds => 'nannyml')$$,
	$$VALUES ('moved', false), ('kept', false), ('city', true)$$, 'NannyML: a reference in order is far from its own chunks');
SELECT is((SELECT drifted FROM drift.compare('SELECT moved FROM r ORDER BY hashint4(moved)', 'c', thresholds => 'nannyml') WHERE column_name = 'moved'), true,
	'NannyML: the same rows in another order');
SELECT is((SELECT severity FROM drift.compare('SELECT moved FROM r LIMIT 9', 'SELECT moved FROM c', thresholds => 'nannyml')), 'insufficient_data',
	'NannyML: less than ten rows make no chunks');
SELECT matches((SELECT method_reason FROM drift.compare('SELECT moved FROM r LIMIT 19', 'SELECT moved FROM c', thresholds => 'nannyml')), '19 chunks',
	'NannyML: nineteen rows make nineteen');
SELECT is((drift.status(true, 9, 'evidently')).severity, 'warning', 'status() of a verdict that is there');

SELECT * FROM finish();
ROLLBACK;
