-- Checks: spans, columns, volume, schema, performance, rights.
BEGIN;
SELECT plan(69);
CREATE SCHEMA checks;
SET search_path = checks, public;
SET TIME ZONE 'UTC';

-- 1,000 rows a day in January and February; from the 20th of February on x is half a standard deviation higher.
-- A tenth of what was said is wrong, a fifth from the 15th of February on.
CREATE TABLE visits (at timestamptz NOT NULL, x float8, y float8, steady integer, place text, said text, came text);
INSERT INTO visits
SELECT timestamptz '2026-01-01 00:00+00' + n * interval '86.4 seconds',
	((n * 7919) % 1000) / 100.0 + CASE WHEN n >= 50000 THEN 1.5 ELSE 0 END,
	((n * 104729) % 1000) / 10.0,
	(n * 31) % 7,
	(ARRAY['home', 'work', 'road'])[1 + (n * 13) % 3],
	CASE WHEN (n * 17) % 10 < 3 THEN 'yes' ELSE 'no' END,
	CASE WHEN ((n * 17) % 10 < 3) <> ((n / 10) % 10 < CASE WHEN n >= 45000 THEN 2 ELSE 1 END) THEN 'yes' ELSE 'no' END
FROM generate_series(0, 59 * 1000 - 1::bigint) AS n;
-- Two places change roles on the 20th, which no sum over all rows shows.
ALTER TABLE visits ADD z float8;
UPDATE visits SET z = y / 10 + CASE WHEN (place = 'home') = (at < '2026-02-20') THEN 0 ELSE 10 END WHERE place <> 'road';
-- Most rows of the 10th of February were lost. The truth is not known from the 15th on.
DELETE FROM visits WHERE at >= '2026-02-10' AND at < '2026-02-11' AND extract(minute FROM at) > 20;
ALTER TABLE visits ADD late text;
UPDATE visits SET late = came WHERE at < '2026-02-15';

CREATE FUNCTION state(monitor text, as_of text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', status, nullif(array_to_string(drifted_features, ','), ''), nullif(findings::text, '{}'))
	FROM drift.run_check(monitor, as_of::timestamptz, false)
$$;

-- spans
CREATE FUNCTION spans(monitor text, as_of text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' against ', (s.spans).current_span, (s.spans).reference_span)
	FROM (SELECT drift_internal.spans_at(m, as_of::timestamptz) AS spans FROM drift.monitors AS m WHERE m.name = monitor) AS s
$$;
SELECT lives_ok($$
	SELECT drift.create_monitor('plain', 'visits', time_column => 'at', columns => '{x,y,steady,place}', reference => 'previous');
	SELECT drift.create_monitor('days', 'visits', time_column => 'at', columns => '{x}', bucket => 'day', reference => 'month', time_zone => 'Europe/Berlin');
	SELECT drift.create_monitor('weeks', 'visits', time_column => 'at', columns => '{x}', bucket => 'day', span => '7 days', reference => 'week');
	SELECT drift.create_monitor('years', 'visits', time_column => 'at', columns => '{x}', bucket => 'day', span => '1 month', reference => 'year');
$$, 'monitors are made');
SELECT is(spans('plain', '2026-02-08 14:59'), '["2026-02-07 14:00:00+00","2026-02-08 14:00:00+00") against ["2026-02-06 14:00:00+00","2026-02-07 14:00:00+00")',
	'a check looks at the last whole buckets and at those before');
SELECT is(spans('plain', '2026-02-10 15:00'), '["2026-02-09 15:00:00+00","2026-02-10 15:00:00+00") against ["2026-02-08 15:00:00+00","2026-02-09 15:00:00+00")',
	'a bucket is whole when it ends');
SELECT is(spans('days', '2026-03-30 12:00'), '["2026-03-28 23:00:00+00","2026-03-29 22:00:00+00") against ["2026-02-27 23:00:00+00","2026-02-28 23:00:00+00")',
	'days are those of the time zone: one of 23 hours against one of 24');
SELECT is(spans('weeks', '2026-02-15'), '["2026-02-08 00:00:00+00","2026-02-15 00:00:00+00") against ["2026-02-01 00:00:00+00","2026-02-08 00:00:00+00")',
	'a week against the week before');
SELECT is(spans('years', '2026-03-01'), '["2026-02-01 00:00:00+00","2026-03-01 00:00:00+00") against ["2025-02-01 00:00:00+00","2025-03-01 00:00:00+00")',
	'a month against the same of last year');

-- verdicts
SELECT drift.refresh_windows(m) FROM unnest('{plain,days,weeks}'::text[]) AS m;
SELECT is(state('plain', '2026-02-19'), 'ok', 'nothing changed');
SELECT is(state('plain', '2026-02-21'), 'critical x', 'x moved');
SELECT is(state('weeks', '2026-02-21'), 'warning x', 'one day of a week is seen less');
SELECT results_eq($$
	SELECT drift_detected, drift_share, drift_score, n_features, n_drifted_features, drifted_features, n_reference, n_current, prediction_drift, performance,
		thresholds, error
	FROM drift.checks ORDER BY check_id DESC OFFSET 1 LIMIT 1 $$,
	$$ VALUES (true, 0.25::float8, 0.25::float8, 4, 1, '{x}'::text[], 1000::bigint, 1000::bigint, NULL, NULL, 'standard', NULL) $$, 'what a check says of the data');
SELECT results_eq($$
	SELECT feature, severity, drifted FROM drift.feature_history WHERE monitor = 'plain' AND as_of = '2026-02-21' ORDER BY feature $$,
	$$ VALUES ('place', 'ok', false), ('steady', 'ok', false), ('x', 'critical', true), ('y', 'ok', false) $$, 'and of each column');
SELECT is((drift.run_check('plain', '2026-02-21', false)).check_id, (drift.run_check('plain', '2026-02-21 00:30', false)).check_id,
	'a check of the same windows is not written twice');
SELECT is((drift.run_check('plain', '2026-02-21')).check_id, (SELECT check_id FROM drift.latest_check WHERE monitor = 'plain'),
	'nor is one of windows that were read again and are as they were');
SELECT is(state('plain', '2027-01-01'), 'insufficient_data', 'no rows are no verdict');
SELECT is((SELECT drift_detected FROM drift.latest_check WHERE monitor = 'plain'), NULL, 'nor that nothing drifted');
SELECT is(state('plain', '2025-01-01'), 'insufficient_data', 'nor are times before all rows');

SELECT throws_ok($$ SELECT drift.run_check('plain', 'infinity') $$, '22023', 'a check cannot look back from infinity', 'nor is there an end of time');

-- configuration
CREATE FUNCTION configured(config jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE drift.monitors SET config = configured.config WHERE name = 'plain';
	RETURN state('plain', '2026-02-21');
END
$$;
SELECT is(configured('{"drift_detection": {"thresholds": "drift_share_030"}}'), 'ok x', 'sets with a share leave the verdict to it: one of four is below 0.3');
SELECT is((SELECT drift_detected FROM drift.checks WHERE as_of = '2026-02-21' ORDER BY check_id DESC LIMIT 1), false, 'so that the data did not drift');
SELECT is(configured('{"features": {"x": {"weight": 5}}}'), 'critical x', 'another configuration is another check');
SELECT is((SELECT drift_score FROM drift.checks ORDER BY check_id DESC LIMIT 1), 0.625::float8, 'weights make the score');
SELECT is(configured('{"features": {"x": {"minimum_effect": 0.9, "minimum_share": 1, "psi_warning": 9, "psi_critical": 9}}}'), 'ok', 'thresholds of one feature');
SELECT is(configured('{"features": {"x": {"method": "wasserstein_distance"}}}'), 'critical x', 'a method of one feature');
SELECT is((SELECT method FROM drift.check_features ORDER BY check_id DESC, column_name = 'x' DESC LIMIT 1), 'wasserstein_distance', 'which is what is shown');
SELECT is(configured('{"monitoring": {"drift_check_samples": 1001}}'), 'insufficient_data', 'too few rows for the configuration');
SELECT is(configured('{}'), 'critical x', 'and back');

-- volume
CREATE FUNCTION volume(earlier bigint[], seasonal bigint[], n bigint) RETURNS text LANGUAGE sql AS $$
	SELECT severity FROM drift_internal.judge_volume(earlier, seasonal, n)
$$;
SELECT results_eq($$ SELECT drift_detected, drift_score > 0.1 FROM drift.detect_prediction_drift('SELECT x FROM visits WHERE at < ''2026-02-20''', 'SELECT x FROM visits WHERE at >= ''2026-02-20''', 'x') $$,
	$$ VALUES (true, true) $$, 'predictions of two data sets');
SELECT is(volume(array_fill(1000::bigint, '{6}'), '{1000}', 0), NULL, 'six spans do not tell what is usual');
SELECT is(volume(array_fill(1000::bigint, '{28}'), '{1000}', 1000), NULL, 'as many as ever');
SELECT is(volume(array_fill(1000::bigint, '{28}'), '{1000}', 700), NULL, 'less than a third less');
SELECT is(volume(array_fill(1000::bigint, '{28}'), '{1000}', 600), 'warning', 'a third less');
SELECT is(volume(array_fill(1000::bigint, '{28}'), '{1000}', 1600), 'warning', 'a half more');
SELECT is(volume(array_fill(1000::bigint, '{28}'), '{1000}', 0), 'critical', 'none at all');
SELECT is(volume(array_fill(3::bigint, '{28}'), '{3}', 0), NULL, 'none of three can be chance');
SELECT is(volume(ARRAY(SELECT CASE WHEN d % 7 < 2 THEN 100 ELSE 1000 END FROM generate_series(1, 28) AS d), '{100,100,100,100}', 100), NULL,
	'weekends are no finding');
SELECT is(volume(ARRAY(SELECT CASE WHEN d % 7 < 2 THEN 100 ELSE 1000 END FROM generate_series(1, 28) AS d), '{1000,1000}', 0), 'critical', 'an empty Monday is');
SELECT is(volume(array_fill(1000::bigint, '{28}'), '{1000,1000,120}', 110), NULL, 'neither is what was so a year ago');
SELECT is(state('plain', '2026-02-11'), 'warning {volume}', 'rows are missing');
SELECT matches((SELECT explanation FROM drift.checks ORDER BY check_id DESC LIMIT 1), '3\d\d rows where 1000 are usual', 'which the check says');

-- performance
SELECT lives_ok($$
	SELECT drift.create_monitor('model', 'visits', time_column => 'at', columns => '{y,place}', bucket => 'day', reference => 'previous',
		config => '{"drift_detection": {"label_column": "said", "target_column": "came"}}');
	SELECT drift.create_monitor('late', 'visits', time_column => 'at', columns => '{y,place}', bucket => 'day', reference => 'previous',
		config => '{"drift_detection": {"label_column": "said", "target_column": "late"}}');
	SELECT drift.refresh_windows('model');
	SELECT drift.refresh_windows('late');
$$, 'monitors with predictions and outcomes');
SELECT results_eq($$ SELECT performance, prediction_drift, target_drift FROM drift.run_check('model', '2026-02-14', false) $$,
	$$ VALUES ('ok', 'ok', 'ok') $$, 'as many errors as before');
SELECT results_eq($$ SELECT performance, status, drift_detected FROM drift.run_check('model', '2026-02-17', false) $$,
	$$ VALUES ('critical', 'critical', false) $$, 'twice the errors are a verdict of their own: the data did not drift');
SELECT is((SELECT round(statistic::numeric, 1) FROM drift.check_features WHERE role = 'error' ORDER BY check_id DESC LIMIT 1), 0.1, 'with the difference');
SELECT is((SELECT performance FROM drift.run_check('late', '2026-02-17', false)), 'ok', 'where outcomes are late performance is that of the last day with outcomes');
SELECT matches((SELECT explanation FROM drift.check_features WHERE role = 'error' ORDER BY check_id DESC LIMIT 1), 'from 2026-02-14.* to 2026-02-15', 'which it says');
SELECT is((drift_internal.weigh_metric('mean_error', ROW('mean_error', 2, 0.1, 0, 900), ROW('mean_error', 2.2, 0.1, 0, 900), NULL, 0.05)).loss::numeric(3, 2), 0.10, 'an error in units grows by its share');

-- segments, queries, models
SELECT lives_ok($$
	SELECT drift.create_monitor('places', 'visits', time_column => 'at', columns => '{z}', bucket => 'day', reference => 'previous', segment => 'place',
		config => '{"monitoring": {"drift_check_samples": 300}}');
	SELECT drift.create_monitor('query', 'SELECT at, x AS "the ""x""" FROM checks.visits', time_column => 'at', bucket => 'day', reference => 'previous');
	SELECT drift.register_model('visits');
	SELECT drift.create_monitor('of model', 'visits', model => 'visits', time_column => 'at', columns => '{x}', bucket => 'day', reference => 'previous');
	SELECT drift.refresh_windows(m) FROM unnest('{places,query,of model}'::text[]) AS m;
$$, 'monitors with segments, of a query, of a model');
SELECT is(state('places', '2026-02-20'), 'ok', 'segments as before');
SELECT is(state('places', '2026-02-21'), 'warning {segments}', 'drift that cancels in the sum is found in segments');
SELECT is((SELECT string_agg(segment || ' ' || severity, ', ' ORDER BY segment) FROM drift.feature_history WHERE monitor = 'places' AND as_of = '2026-02-21'),
	' ok, home critical, road insufficient_data, work critical', 'with a verdict on each');
SELECT is(state('query', '2026-02-21'), 'critical the "x"', 'a query is watched like a table');
SELECT is(state('of model', '2026-02-20') || ' ' || state('of model', '2026-02-21'), 'ok critical x', 'a model has monitors');
SELECT is((SELECT (r #>> '{monitors,0,checks}') || ' ' || (r #>> '{monitors,0,drifted_checks}') || ' ' || (r #>> '{monitors,0,latest,severity}')
	FROM drift.feature_drift_report('visits', 'x') AS r), '2 1 critical', 'report on a feature');
SELECT throws_ok($$ SELECT drift.feature_drift_report('visits', 'y') $$, '42703', 'no monitor of model "visits" watches a column "y"', 'but not on one that is not watched');

-- views
SELECT is((SELECT string_agg(feature, ',' ORDER BY rank, feature) FROM drift.feature_stability WHERE monitor = 'plain' AND rank = 1), 'x', 'x is the least stable');
SELECT is((SELECT status FROM drift.monitor_status WHERE monitor = 'model'), 'critical', 'where a monitor stands');
SELECT is((SELECT round(share::numeric, 1) FROM drift.class_balance WHERE monitor = 'model' AND role = 'label' AND grain = 'day' AND class = 'yes'
	AND starts_at = '2026-02-05'), 0.3, 'share of a class in a window');

-- schema
ALTER TABLE visits RENAME x TO renamed;
ALTER TABLE visits ALTER steady TYPE text;
ALTER TABLE visits ALTER y TYPE numeric;
SELECT is(state('plain', '2026-02-25'), 'critical steady,x {schema}', 'columns that are gone or of another type are a finding, the others are judged');
SELECT is((SELECT explanation FROM drift.latest_check WHERE monitor = 'plain' AND as_of = '2027-01-01'), 'no verdict on features: 0 rows', 'the newest is another');
SELECT is((SELECT config -> 'changed_columns' FROM drift.checks ORDER BY check_id DESC LIMIT 1), '{"x": null, "y": "numeric", "steady": "text"}', 'which ones');
ALTER TABLE visits RENAME renamed TO x;

-- rights
CREATE ROLE checks_owner;
CREATE ROLE checks_other;
GRANT USAGE, CREATE ON SCHEMA checks TO checks_owner;
CREATE TABLE private AS SELECT at, x FROM visits;
GRANT SELECT ON private TO checks_owner;
SET ROLE checks_owner;
SELECT lives_ok($$ SELECT drift.create_monitor('private', 'private', time_column => 'at', bucket => 'day', reference => 'previous') $$, 'a monitor of another role');
SELECT is((SELECT status FROM drift.run_check('private', '2026-02-19')), 'ok', 'which its owner runs');
RESET ROLE;
REVOKE SELECT ON private FROM checks_owner;
SELECT results_eq($$ SELECT status, error LIKE 'permission denied for table private%' FROM drift.run_check('private', '2026-02-20') $$, $$ VALUES ('error', true) $$,
	'a permission that was lost is an error that is written down, also where a superuser runs it');
SET ROLE checks_other;
SELECT throws_ok($$ SELECT drift.run_check('private') $$, '42704', 'no monitor is named "private"', 'others do not see it');
SELECT is((SELECT count(*) FROM drift.latest_check), 0::bigint, 'nor its checks');
RESET ROLE;
SELECT drift.grant_privilege('visits', 'checks_other', 'read');
SET ROLE checks_other;
SELECT is((SELECT string_agg(monitor || ' ' || status, ', ') FROM drift.monitor_status), 'of model critical', 'who may read a model sees its checks');
SELECT is((SELECT count(*) FROM drift.class_balance) + (SELECT count(*) FROM drift.confidence_history), 0::bigint, 'but no windows');
SELECT throws_ok($$ SELECT drift.run_check('of model') $$, '42501', 'permission denied for monitor "of model"', 'and does not run them');
RESET ROLE;
DROP TABLE private;
SELECT results_eq($$ SELECT status, error LIKE 'the source of monitor "private" is gone%' FROM drift.run_check('private', '2026-02-20', false) $$, $$ VALUES ('error', true) $$,
	'a source that is gone is one as well');

SELECT * FROM finish();
ROLLBACK;
