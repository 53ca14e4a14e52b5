-- Threshold sets, p-values and verdicts: the pure rules behind drift.compare().
BEGIN;
SELECT plan(60);

-- threshold sets
SELECT is((drift.resolve_thresholds(NULL)).name, 'standard', 'the standard set is the default');
SELECT is((drift.resolve_thresholds('psi_020')).psi_critical, 0.2::float8, 'a set by name');
SELECT is((drift.resolve_thresholds('"psi_020"')).name, 'psi_020', 'a set by a JSON string');
SELECT is((drift.resolve_thresholds(' {"set": "psi_020", "psi_warning": 0.15}')).psi_warning, 0.15::float8, 'a value replaced');
SELECT is((drift.resolve_thresholds('{"set": "psi_020", "psi_warning": 0.15}')).psi_critical, 0.2::float8, 'the others kept');
SELECT is((drift.resolve_thresholds('{"correction": "none"}')).alpha, 0.01::float8, 'JSON without a set starts from standard');
SELECT throws_ok($$SELECT drift.resolve_thresholds('nothing')$$, '42704', 'threshold set "nothing" does not exist', 'unknown set');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"set": "nothing"}')$$, '42704', NULL, 'unknown set in JSON');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"psi_warnin": 0.1}')$$, '22023', 'unknown threshold "psi_warnin"', 'unknown key');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"name": "x"}')$$, '22023', NULL, 'a column that is no threshold');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"alpha": 1}')$$, '22023', 'threshold "alpha" cannot be 1', 'alpha out of range');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"psi_warning": "0.1"}')$$, '22023', NULL, 'text for a number');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"psi_warning": null}')$$, '22023', NULL, 'null');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"minimum_effect": 1.1}')$$, '22023', NULL, 'effect above 1');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"rule": "any"}')$$, '22023', NULL, 'unknown rule');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"inclusive": 1}')$$, '22023', NULL, 'number for a boolean');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"psi_warning": 0.3}')$$, '22023', NULL, 'warning above critical');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"drift_share": 0.7}')$$, '22023', NULL, 'share above the high share');
SELECT throws_ok($$SELECT drift.resolve_thresholds('{"alpha":')$$, '22P02', NULL, 'broken JSON');

-- copies
SELECT is((drift.copy_thresholds('standard', 'mine', '{"alpha": 0.05}')).alpha, 0.05::float8, 'a copy');
SELECT is((drift.resolve_thresholds('mine')).psi_alpha, 0.001::float8, 'has the values of its source');
SELECT lives_ok($$UPDATE drift.thresholds SET alpha = 0.02 WHERE name = 'mine'$$, 'a copy can be changed');
SELECT throws_ok($$UPDATE drift.thresholds SET alpha = 0.02 WHERE name = 'standard'$$, '55000', NULL, 'a built-in set cannot');
SELECT throws_ok($$DELETE FROM drift.thresholds WHERE name = 'psi_020'$$, '55000', NULL, 'nor be deleted');
SELECT throws_ok($$SELECT drift.copy_thresholds('standard', 'psi_020')$$, '23505', NULL, 'a copy takes no existing name');
CREATE ROLE drift_stranger;
SET LOCAL ROLE drift_stranger;
SELECT throws_ok($$SELECT drift.copy_thresholds('standard', 'theirs')$$, '42501', NULL, 'a copy needs INSERT on the table');
SELECT is((drift.resolve_thresholds('mine')).alpha, 0.02::float8, 'everyone can use a set');
RESET ROLE;

-- PSI bands: lower bound inclusive or not, and the guard against chance
CREATE TEMPORARY TABLE set AS
SELECT drift.resolve_thresholds('standard') AS standard, drift.resolve_thresholds('psi_020') AS psi_020,
	drift.resolve_thresholds('psi_025') AS psi_025, drift.resolve_thresholds('share_005') AS share_005,
	drift.resolve_thresholds('{"rule": "psi"}') AS psi_only;
GRANT SELECT ON set TO PUBLIC;
SELECT is(drift.psi_severity(0.0999, 0, psi_020), 'ok', 'psi_020: below 0.1') FROM set;
SELECT is(drift.psi_severity(0.1, 0, psi_020), 'warning', 'psi_020: 0.1 belongs to warning') FROM set;
SELECT is(drift.psi_severity(0.2, 0, psi_020), 'critical', 'psi_020: 0.2 belongs to critical') FROM set;
SELECT is(drift.psi_severity(0.1, 0, psi_025), 'ok', 'psi_025: 0.1 does not belong to warning') FROM set;
SELECT is(drift.psi_severity(0.25, 0, psi_025), 'warning', 'psi_025: 0.25 does not belong to critical') FROM set;
SELECT is(drift.psi_severity(0.3, 0.002, standard), 'ok', 'standard: a PSI that chance explains') FROM set;
SELECT is(drift.psi_severity(0.3, 0.0009, standard), 'critical', 'standard: a PSI that chance does not explain') FROM set;
SELECT is(drift.psi_severity(0.3, NULL, standard), 'ok', 'standard: a PSI nobody knows the chance of') FROM set;
SELECT is(drift.psi_severity(0.3, 0.9, psi_020), 'critical', 'psi_020: without the guard') FROM set;
SELECT is(drift.psi_severity(9, 0, share_005), 'ok', 'share_005: no PSI') FROM set;

-- severity of a column
SELECT is(drift.column_severity(false, false, 'ok', standard), 'ok', 'nothing') FROM set;
SELECT is(drift.column_severity(true, false, 'ok', standard), 'warning', 'test only') FROM set;
SELECT is(drift.column_severity(false, false, 'critical', standard), 'warning', 'critical PSI without the test') FROM set;
SELECT is(drift.column_severity(true, false, 'critical', standard), 'critical', 'critical PSI with the test') FROM set;
SELECT is(drift.column_severity(false, true, 'ok', standard), 'warning', 'point finding') FROM set;
SELECT is(drift.column_severity(false, false, 'critical', psi_025), 'critical', 'psi_025 needs no test') FROM set;
SELECT is(drift.column_severity(true, false, 'ok', psi_only), 'ok', 'rule psi ignores the test') FROM set;
SELECT results_eq($$SELECT severity FROM drift.status(true, 0.2)$$, $$VALUES ('critical')$$, 'status: KS and PSI 0.2');
SELECT results_eq($$SELECT severity, action_text FROM drift.status(false, 0.13)$$,
	$$VALUES ('warning', 'Watch closely, investigate')$$, 'status: PSI alone, they disagree');
SELECT results_eq($$SELECT severity, action_text FROM drift.status(true, 0.13)$$,
	$$VALUES ('warning', 'Investigate and prepare for retraining')$$, 'status: both, moderate');
SELECT results_eq($$SELECT severity, severity_text, action_text FROM drift.status(false, 0.05)$$,
	$$VALUES ('ok', 'No significant change', 'Relax, everything normal')$$, 'status: neither');

-- p-values
SELECT is(drift.correct_p_values('{0.01,0.04,NULL,0.03,0.005,0.03}'), '{0.025,0.04,NULL,0.0375,0.025,0.0375}'::float8[],
	'Benjamini-Hochberg in the given order, NULL not counted');
SELECT is(drift.correct_p_values('{0.01,0.04}', 'none'), '{0.01,0.04}'::float8[], 'no correction');
SELECT is(drift.correct_p_values('{0.9,0.95,1}'), '{1,1,1}'::float8[], 'never above 1');
SELECT is(drift.correct_p_values('{}'), '{}'::float8[], 'no p-values');
SELECT is(ARRAY[drift.p_value_text(0.76), drift.p_value_text(0.05), drift.p_value_text(0.001)],
	ARRAY['probably just noise', 'borderline suspicious', 'definitely changed'], 'p-values in words');
SELECT ok(abs(drift.psi_p_value(16.918977604620448 * 0.002, 10, 1000, 1000) - 0.05) < 1e-12, 'PSI is chi-square with bins - 1 degrees of freedom');
SELECT is(drift.psi_p_value(0.5, 1, 10, 10), 1::float8, 'one bin cannot differ');
-- statsmodels 0.14: proportions_ztest([10, 30], [100, 100])
SELECT ok(abs(drift_internal.two_proportion_p_value(10, 100, 30, 100) - 0.00040695201744) < 1e-13, 'two proportions');
SELECT is(drift_internal.two_proportion_p_value(0, 10, 0, 10), 1::float8, 'equal shares of nothing');
SELECT ok(abs(drift_internal.one_sided_rows_p_value(3, 100, 100, 2) - 0.25) < 1e-15, 'three of three rows on one side, two tries');

-- numbers in words
SELECT is(array_agg(drift_internal.short_number(x) ORDER BY n), ARRAY['1.235', '123457', '0.0001235', '1.000e-07', '-14.13', '1.000e+20', '0', 'NaN'], 'four digits')
FROM unnest('{1.23456,123456.7,0.00012345,1e-7,-14.127,1e20,0,NaN}'::float8[]) WITH ORDINALITY AS u(x, n);
SELECT is(ARRAY[drift_internal.range_text('-Infinity', 998.9999999999999, 'pg_catalog.int4'), drift_internal.range_text(998.9999999999999, 999, 'pg_catalog.int4'),
	drift_internal.range_text(999, 'Infinity', 'pg_catalog.int4'), drift_internal.range_text(1, 2, 'pg_catalog.float8'), drift_internal.range_text('-Infinity', 19723, 'pg_catalog.date')],
	ARRAY['below 999', '999', 'above 999', '1 to 2', 'up to 2024-01-01'], 'bins in words');

SELECT * FROM finish();
ROLLBACK;
