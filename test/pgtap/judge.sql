-- Verdicts from profiles alone: what monitors ask of the pieces of drift.compare().
BEGIN;
SELECT plan(48);

CREATE TEMPORARY TABLE reference AS
	SELECT (i * 37) % 500 AS amount, i % 7 AS small, chr(97 + i % 5) AS letter, i % 3 = 0 AS flag,
		CASE WHEN i % 20 > 0 THEN i % 300 END AS gap
	FROM generate_series(1, 2000) AS i;
CREATE TEMPORARY TABLE current AS
	SELECT (i * 41) % 560 AS amount, i % 8 AS small, chr(97 + i % 6) AS letter, i % 3 = 1 AS flag,
		CASE WHEN i % 4 > 0 THEN i % 300 END AS gap
	FROM generate_series(1, 900) AS i;

CREATE FUNCTION pg_temp.plan_of(name text, kind text, type text, method text DEFAULT NULL, obstacle text DEFAULT NULL)
	RETURNS drift_internal.column_plan
	LANGUAGE sql AS $$SELECT ROW(name, type, type, kind, 'pg_catalog.' || type, method, true, obstacle)::drift_internal.column_plan$$;

CREATE TEMPORARY TABLE input AS
	SELECT ARRAY[pg_temp.plan_of('amount', 'numeric', 'int4'), pg_temp.plan_of('small', 'numeric', 'int4'),
			pg_temp.plan_of('letter', 'categorical', 'text'), pg_temp.plan_of('flag', 'categorical', 'bool'),
			pg_temp.plan_of('gap', 'numeric', 'int4')] AS plans,
		(SELECT drift.profiles_agg(amount, small, letter, flag, gap) FROM reference) AS reference,
		(SELECT drift.profiles_agg(amount, small, letter, flag, gap) FROM current) AS current,
		ARRAY[drift.resolve_thresholds('standard')] AS limits;

CREATE FUNCTION pg_temp.judge(plans drift_internal.column_plan[], reference drift.profile[], current drift.profile[],
	limits drift.thresholds[], minimum_rows bigint DEFAULT 0)
	RETURNS SETOF drift.comparison
	LANGUAGE sql AS $$SELECT * FROM drift_internal.judge_profiles(plans, reference, current, limits, minimum_rows)$$;

-- the same as drift.compare(), which reads the rows
SELECT results_eq(
	$$SELECT column_name, kind, method, statistic, psi, psi_95, effect, effect_low, severity, findings, explanation, action_text
		FROM input, pg_temp.judge(plans, reference, current, limits)$$,
	$$SELECT column_name, kind, method, statistic, psi, psi_95, effect, effect_low, severity, findings, explanation, action_text
		FROM drift.compare('reference', 'current', mode => 'summary')$$,
	'profiles tell what drift.compare() tells');
SELECT ok((SELECT bool_and(abs(j.p_value / c.p_value - 1) < 0.05 AND abs(j.p_value_corrected / c.p_value_corrected - 1) < 0.05)
	FROM input, pg_temp.judge(plans, reference, current, limits) AS j JOIN drift.compare('reference', 'current', mode => 'summary') AS c USING (column_name)),
	'p-values of KS are asymptotic sooner');
SELECT results_eq(
	$$SELECT severity, drifted, n_reference, n_current, missing_current, mean_current, error_bound
		FROM input, pg_temp.judge(plans, reference, current, ARRAY[drift.resolve_thresholds('psi_020')])$$,
	$$SELECT severity, drifted, n_reference, n_current, missing_current, mean_current, error_bound
		FROM drift.compare('reference', 'current', thresholds => 'psi_020', mode => 'summary')$$,
	'under another set too');
SELECT is((SELECT array_agg(column_name) FROM input, pg_temp.judge(ARRAY[plans[5], plans[1]], ARRAY[reference[5], reference[1]], ARRAY[current[5], current[1]], limits)),
	'{gap,amount}', 'rows come in the order given');

-- limits of a column
SELECT is((SELECT array_agg(severity) FROM input, pg_temp.judge(plans[1:2], reference[1:2], current[1:2], ARRAY[drift.resolve_thresholds('{"minimum_effect": 1, "psi_warning": 5, "psi_critical": 6, "point_findings": false}'), limits[1]])),
	'{ok,critical}', 'each column has limits of its own');
SELECT is((SELECT array_agg(p_value_corrected = p_value) FROM input, pg_temp.judge(plans[1:2], reference[1:2], current[1:2], ARRAY[drift.resolve_thresholds('{"correction": "none"}'), limits[1]])),
	'{t,f}', 'and may go uncorrected');
SELECT is((SELECT method FROM input, pg_temp.judge(ARRAY[pg_temp.plan_of('amount', 'numeric', 'int4', 'wasserstein_distance')], reference, current, limits)),
	'wasserstein_distance', 'and a method of its own');
SELECT is((SELECT statistic FROM input, pg_temp.judge(ARRAY[pg_temp.plan_of('amount', 'numeric', 'int4', 'wasserstein_distance')], reference, current, limits)),
	(SELECT drift.wasserstein_distance(reference[1], current[1]) FROM input), 'which is asked by its name');

-- methods that need every value go on without them
CREATE TEMPORARY TABLE many AS SELECT (SELECT drift.profile_agg((i * 7919 % 10007) / 7.0) FROM generate_series(1, 5000) AS i) AS reference,
	(SELECT drift.profile_agg((i * 7919 % 10007) / 6.0) FROM generate_series(1, 5000) AS i) AS current;
SELECT is_empty(format($$SELECT 1 FROM input, many AS y, pg_temp.judge(ARRAY[pg_temp.plan_of('amount', 'numeric', 'float8', %L)], ARRAY[y.reference], ARRAY[y.current], limits)
	WHERE method <> 'ks_test' OR p_value IS NULL OR method_reason !~ 'too many different values for %1$s'$$, m), m || ' of many values')
FROM unnest('{chi_square_test,g_test,fisher_exact_test,z_test,levene_test,epps_singleton_test,cramers_v,l_infinity}'::text[]) AS m;
SELECT is_empty(format($$SELECT 1 FROM input, many AS y, pg_temp.judge(ARRAY[pg_temp.plan_of('amount', 'numeric', 'float8', %L)], ARRAY[y.reference], ARRAY[y.current], limits)
	WHERE method <> %1$L OR statistic IS NULL$$, m), m || ' of many values')
FROM unnest('{t_test,mann_whitney_test,kuiper_test,cramer_von_mises_test,anderson_darling_test,energy_distance,psi}'::text[]) AS m;
SELECT is((SELECT method FROM input, pg_temp.judge(ARRAY[pg_temp.plan_of('letter', 'categorical', 'text', 'fisher_exact_test')], reference[3:3], current[3:3], limits)),
	'chi_square_test', 'Fisher''s test of more than two categories');
SELECT is((SELECT method FROM input, pg_temp.judge(ARRAY[pg_temp.plan_of('flag', 'categorical', 'bool', 'fisher_exact_test')], reference[4:4], current[4:4], limits)),
	'fisher_exact_test', 'and of two');

-- sides without rows, and few rows
SELECT is((SELECT severity FROM input, pg_temp.judge(plans[1:1], reference[1:1], ARRAY[NULL::drift.profile], limits)), 'insufficient_data', 'no rows now');
SELECT is((SELECT explanation FROM input, pg_temp.judge(plans[1:1], ARRAY[NULL::drift.profile], current[1:1], limits)),
	'too few values to test: 0 in the reference, 900 in the current data', 'no rows in the reference');
SELECT is((SELECT drifted FROM input, pg_temp.judge(plans[1:1], reference[1:1], ARRAY[NULL::drift.profile], limits)), NULL, 'which is no verdict');
SELECT is((SELECT explanation FROM input, pg_temp.judge(plans[1:1], reference[1:1], current[1:1], limits, 1000)),
	'too few values to test: 2000 in the reference, 900 in the current data, which needs 1000', 'fewer rows than a check needs');
SELECT is((SELECT severity FROM input, pg_temp.judge(plans[1:1], reference[1:1], current[1:1], limits, 900)), 'warning', 'as many as it needs');
SELECT is((SELECT array_agg(findings::text) FROM input, pg_temp.judge(plans, reference, current, limits, 1000)), '{"{}","{}","{}","{}","{missing}"}',
	'of few rows only missing values are found');
SELECT is((SELECT (severity, findings)::text FROM input, pg_temp.judge(plans[1:1], reference[1:1], ARRAY[(SELECT drift.profile_agg(NULL::int) FROM generate_series(1, 100))], limits, 500)),
	'(critical,{missing})', 'a column that has no values any more is critical, however few rows there are');

-- columns that cannot be compared
SELECT is((SELECT (severity, findings, explanation)::text FROM input, pg_temp.judge(plans[1:1], reference[1:1], current[3:3], limits)),
	'(critical,{type},"the type changed")', 'profiles of two kinds');
SELECT is((SELECT severity FROM input, pg_temp.judge(plans[3:3], reference[4:4], current[3:3], limits)), 'critical', 'text and boolean');
SELECT is((SELECT (severity, findings, action_text)::text FROM input, pg_temp.judge(ARRAY[pg_temp.plan_of('amount', 'numeric', 'int4', NULL, 'absent in current')], reference, current, limits)),
	'(critical,{absent},"Repair the column, a model cannot use it as it is")', 'a column that is gone');
SELECT is((SELECT severity FROM input, pg_temp.judge(ARRAY[pg_temp.plan_of('amount', 'unsupported', 'xml', NULL, 'unsupported')], reference, current, limits)),
	'skipped', 'a type that is not compared');

-- what is refused
SELECT throws_ok($$SELECT pg_temp.judge(plans, reference, current, ARRAY[drift.resolve_thresholds('nannyml')]) FROM input$$, '0A000', NULL, 'the rules of other libraries need rows');
SELECT throws_ok($$SELECT pg_temp.judge(ARRAY[NULL::drift_internal.column_plan], reference, current, limits) FROM input$$, '22004', NULL, 'a column without a plan');
SELECT throws_ok($$SELECT pg_temp.judge(plans, reference, current, '{}') FROM input$$, '22004', NULL, 'columns without thresholds');
SELECT is_empty($$SELECT pg_temp.judge('{}', NULL, NULL, limits) FROM input$$, 'no columns');
SELECT throws_ok(format($$SELECT pg_temp.judge(ARRAY[pg_temp.plan_of('amount', 'numeric', 'int4', %L)], reference, current, limits) FROM input$$, m), '22023', NULL, 'no method: ' || m)
FROM unnest('{nothing,merge,row_count,no_test}'::text[]) AS m;
SELECT is((SELECT array_agg(severity) FROM input, pg_temp.judge(ARRAY[ROW(NULL, NULL, NULL, 'numeric', NULL, NULL, NULL, NULL), ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'unsupported'), ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'other')]::drift_internal.column_plan[], reference, current, limits)),
	'{warning,critical,skipped,critical}', 'plans that say nothing');

-- the bins that carry the PSI
SELECT ok((SELECT abs((SELECT sum(drift_internal.psi_contribution(n_reference / 2000.0, n_current / 900.0))
		FROM drift_internal.psi_bins(reference[1], current[1])) - drift.psi(reference[1], current[1])) < 1e-12 FROM input), 'bins of numbers add up to the PSI');
SELECT ok((SELECT abs((SELECT sum(drift_internal.psi_contribution(n_reference / 2000.0, n_current / 900.0))
		FROM drift_internal.psi_bins(reference[3], current[3])) - drift.psi(reference[3], current[3])) < 1e-12 FROM input), 'and so do categories');
SELECT is((SELECT (sum(n_reference), sum(n_current))::text FROM drift_internal.psi_bins(
		(SELECT drift.profile_agg(i % 40) FROM generate_series(1, 4000) AS i),
		(SELECT drift.profile_agg(i % 40, (SELECT drift.profile_agg(i % 40) FROM generate_series(1, 4000) AS i)) FROM generate_series(1, 300) AS i))),
	'(4000,300)', 'bins that a profile has counted are taken as it counted them');

SELECT * FROM finish();
ROLLBACK;
