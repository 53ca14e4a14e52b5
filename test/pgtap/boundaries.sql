-- On the bound of every threshold, for every set: a value that equals its bound, and the numbers next to it.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT no_plan();

-- One categorical column whose shares moved so much that only the thresholds decide.
CREATE TEMPORARY TABLE pair AS
SELECT (SELECT drift.profile_agg(c) FROM (SELECT CASE WHEN i <= 500 THEN 'a' WHEN i <= 900 THEN 'b' ELSE 'c' END AS c FROM generate_series(1, 1000) AS i) AS r) AS reference,
	(SELECT drift.profile_agg(c) FROM (SELECT CASE WHEN i <= 380 THEN 'a' WHEN i <= 800 THEN 'b' ELSE 'c' END AS c FROM generate_series(1, 1000) AS i) AS r) AS current;
CREATE FUNCTION pg_temp.judge(limits drift.thresholds, minimum_rows bigint DEFAULT 0) RETURNS drift.comparison LANGUAGE sql AS $$
	SELECT v FROM pair AS p, drift_internal.judge_profiles(
		ARRAY[ROW('x', 'text', 'text', 'categorical', 'pg_catalog.text', NULL, true, NULL)::drift_internal.column_plan],
		ARRAY[p.reference], ARRAY[p.current], ARRAY[limits], minimum_rows) AS v
$$;
-- A set with one of its bounds put on a value, or the next number below or above it.
CREATE FUNCTION pg_temp.with_bound(set_name text, key text, value float8, place integer, more jsonb DEFAULT '{}') RETURNS drift.thresholds LANGUAGE sql AS $$
	SELECT drift_internal.override_thresholds(drift_internal.named_thresholds(set_name), more || jsonb_build_object(key, value * (1 + place * 1e-15)))
$$;
CREATE TEMPORARY TABLE built_in AS SELECT name, rule, inclusive, critical_needs_both, t AS limits FROM drift.thresholds AS t WHERE built_in AND rule NOT IN ('evidently', 'nannyml');
CREATE TEMPORARY TABLE measured AS
SELECT b.name, (pg_temp.judge(b.limits)).* FROM built_in AS b;
SELECT ok(psi > 0.1 AND effect > 0.05 AND p_value < 0.001, name || ': the change is one') FROM measured ORDER BY name;

-- bands of the PSI: the bound belongs to the band above it where the set says so. The test is made to say nothing.
SELECT is((pg_temp.judge(pg_temp.with_bound(b.name, 'psi_warning', m.psi, place, '{"psi_critical": 9, "alpha": 1e-300}'))).severity,
	CASE WHEN b.rule = 'test' THEN 'ok' WHEN place < 0 OR (place = 0 AND b.inclusive) THEN 'warning' ELSE 'ok' END,
	format('%s: a PSI %s psi_warning', b.name, (ARRAY['above', 'of', 'below'])[place + 2]))
FROM built_in AS b JOIN measured AS m USING (name), unnest('{-1,0,1}'::integer[]) AS place ORDER BY b.name, place;
SELECT is((pg_temp.judge(pg_temp.with_bound(b.name, 'psi_critical', m.psi, place, '{"psi_warning": 0.001}'))).severity,
	CASE WHEN b.rule = 'test' THEN 'warning' WHEN place < 0 OR (place = 0 AND b.inclusive) THEN 'critical' ELSE 'warning' END,
	format('%s: a PSI %s psi_critical, and a test', b.name, (ARRAY['above', 'of', 'below'])[place + 2]))
FROM built_in AS b JOIN measured AS m USING (name), unnest('{-1,0,1}'::integer[]) AS place ORDER BY b.name, place;
SELECT is((pg_temp.judge(pg_temp.with_bound(b.name, 'psi_critical', m.psi, -1, '{"psi_warning": 0.001, "alpha": 1e-300}'))).severity,
	CASE WHEN b.rule = 'test' THEN 'ok' WHEN b.critical_needs_both THEN 'warning' ELSE 'critical' END,
	format('%s: a PSI above psi_critical, without a test', b.name))
FROM built_in AS b JOIN measured AS m USING (name) ORDER BY b.name;

-- what chance gives: a PSI counts only where its probability is below psi_alpha
SELECT is((pg_temp.judge(pg_temp.with_bound(b.name, 'psi_alpha', c.p_value, place, '{"psi_warning": 0.001, "psi_critical": 9, "alpha": 1e-300}'))).severity,
	CASE WHEN b.rule = 'test' OR place <= 0 THEN 'ok' ELSE 'warning' END,
	format('%s: a PSI whose probability is %s psi_alpha', b.name, (ARRAY['above', 'at', 'below'])[place + 2]))
FROM built_in AS b, pair AS p, LATERAL (SELECT (drift.chance(p.reference, p.current, 'psi')).p_value) AS c, unnest('{-1,0,1}'::integer[]) AS place
WHERE c.p_value > 0 ORDER BY b.name, place;

-- the test: below its level, and an effect that is large enough
SELECT is((pg_temp.judge(pg_temp.with_bound(b.name, 'alpha', m.p_value_corrected, place, '{"psi_warning": 8, "psi_critical": 9}'))).severity,
	CASE WHEN place > 0 THEN 'warning' ELSE 'ok' END, format('%s: p %s alpha', b.name, (ARRAY['above', 'of', 'below'])[place + 2]))
FROM built_in AS b JOIN measured AS m USING (name), unnest('{-1,0,1}'::integer[]) AS place ORDER BY b.name, place;
SELECT is((pg_temp.judge(pg_temp.with_bound(b.name, 'minimum_effect', m.effect, place, '{"psi_warning": 8, "psi_critical": 9}'))).severity,
	CASE WHEN place <= 0 THEN 'warning' ELSE 'ok' END, format('%s: an effect %s minimum_effect', b.name, (ARRAY['above', 'of', 'below'])[place + 2]))
FROM built_in AS b JOIN measured AS m USING (name), unnest('{-1,0,1}'::integer[]) AS place ORDER BY b.name, place;

-- rows: as many as are asked for are enough
SELECT is((pg_temp.judge(b.limits, n)).severity = 'insufficient_data', n > 1000, format('%s: 1000 values where %s are asked for', b.name, n))
FROM built_in AS b, unnest('{999,1000,1001}'::bigint[]) AS n ORDER BY b.name, n;

-- the share of drifted columns
CREATE FUNCTION pg_temp.detected(limits drift.thresholds, drifted integer, columns integer) RETURNS boolean LANGUAGE sql AS $$
	SELECT d.drift_detected FROM drift_internal.summarise_comparison(
		ARRAY(SELECT jsonb_populate_record(NULL::drift.comparison, jsonb_build_object('column_name', i, 'drifted', i <= drifted, 'effect', 0.5)) FROM generate_series(1, columns) AS i), limits) AS d
$$;
SELECT is(pg_temp.detected(t, drifted, columns), wanted, format('%s: %s of %s columns', t.name, drifted, columns))
FROM drift.thresholds AS t JOIN (VALUES
	('standard', 0, 20, false), ('standard', 1, 20, true), ('psi_020', 0, 20, false), ('psi_020', 1, 20, true), ('psi_025', 0, 20, false), ('psi_025', 1, 20, true),
	('drift_share_030', 2, 10, false), ('drift_share_030', 3, 10, false), ('drift_share_030', 4, 10, true),
	('share_005', 0, 20, false), ('share_005', 1, 20, false), ('share_005', 2, 20, true),
	('evidently', 9, 20, false), ('evidently', 10, 20, true), ('nannyml', 0, 20, false), ('nannyml', 1, 20, true)) AS w (name, drifted, columns, wanted) USING (name)
ORDER BY t.name, drifted;
SELECT is(drift_internal.features_severity(drifted / 20.0, 'critical', t), wanted, format('%s: a check with %s of 20 columns', t.name, drifted))
FROM drift.thresholds AS t JOIN (VALUES ('drift_share_030', 0, 'ok'), ('drift_share_030', 6, 'ok'), ('drift_share_030', 7, 'warning'), ('drift_share_030', 10, 'warning'), ('drift_share_030', 11, 'critical'),
	('evidently', 9, 'ok'), ('evidently', 10, 'critical'), ('share_005', 1, 'ok'), ('share_005', 2, 'warning'), ('share_005', 10, 'warning'), ('share_005', 11, 'critical'),
	('standard', 1, 'critical'), ('psi_025', 1, 'critical')) AS w (name, drifted, wanted) USING (name)
ORDER BY t.name, drifted;

SELECT * FROM finish();
ROLLBACK;
