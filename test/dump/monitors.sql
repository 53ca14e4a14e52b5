-- Rows in every table of monitors: baselines of two versions, a monitor of a log, of a table that marks what changed and
-- of a query, segments, windows, checks that found something, decisions, an alert, a silence, schedules that ran.
-- Usage, after registry.sql.
\o /dev/null
SET TimeZone = 'UTC';
CREATE TABLE "app's"."réadings" AS
SELECT now() - i * interval '10 minutes' AS "at é", sin(i) * 10 + CASE WHEN i < 200 THEN 5 ELSE 0 END AS x, 'city "' || i % 7 || E'" \\é' AS city, i % 4 AS small
FROM generate_series(1, 1200) AS i;

SELECT drift.load_config('{"monitoring": {"drift_check_samples": 20}, "drift_detection": {"psi_warning": 0.08}}');
SELECT drift.load_config('{"alerting": {"breaches": 1, "of": 1}}', 'we"ird Ünïcode');
SELECT drift.create_baseline('first é "line"', $$SELECT * FROM "app's"."réadings" WHERE "at é" < now() - interval '4 days'$$, origin => 'production');
SELECT drift.refresh_baseline('first é "line"');
SELECT drift.create_baseline('of the model', $$SELECT x, 0 AS "we""ird Ünïcode" FROM generate_series(1, 400) AS x$$, 'we"ird Ünïcode', 2, 'held_out');
SELECT drift.create_monitor('of the log', NULL, 'we"ird Ünïcode', baseline => 'of the model', segment => 'model_version');
SELECT drift.create_monitor('of a täble "quoted"', $$"app's"."réadings"$$, time_column => 'at é', baseline => 'first é "line"', tracking => 'trigger', segment => 'city',
	config => '{"alerting": {"breaches": 1, "of": 1}}');
SELECT drift.create_monitor('of a query', $$SELECT "at é", x, (x > 9)::integer AS wrong FROM "app's"."réadings"$$, time_column => 'at é', reference => 'previous', bucket => 'day', span => '2 days', condition => 'x > -20',
	tracking => 'recompute', thresholds => 'psi_020', config => '{"drift_detection": {"error_column": "wrong"}}');
SELECT drift.add_metric('of the log', 'gain "é"', $$score * 2 -- "é"$$, least_loss => 0.5);
SELECT drift.set_performance_baseline('we"ird Ünïcode', v, '{"roc_auc": {"value": 0.9, "standard_error": 0.01, "n": 900}, "ünknown": 3}') FROM unnest('{2,NULL}'::integer[]) AS v;
SELECT drift.fit_estimator('we"ird Ünïcode', $$SELECT i % 97 / 96.0 AS score, i % 89 < i % 97 AS actual, timestamptz '2026-01-01' + i * interval '1 hour' AS predicted_at FROM generate_series(1, 2000) AS i$$, 4,
	positive_label => 'true', chunk => 'week');
SELECT drift.fit_estimator('we"ird Ünïcode', 'SELECT i AS score, i + i % 7 AS actual_value FROM generate_series(1, 100) AS i', 2, loss_model => 'governed', loss => 'mse');
SELECT drift.refresh_windows(name) FROM drift.monitors ORDER BY monitor_id;
SELECT drift.run_check('of the log', date_trunc('hour', now()) + interval '1 hour');
SELECT drift.run_check('of a täble "quoted"', date_trunc('hour', now()) + n * interval '1 hour') FROM generate_series(-1, 1) AS n;
SELECT drift.run_check('of a query', date_trunc('day', now()));

SELECT drift.add_trigger('we"ird Ünïcode', 'sample_count', '{"rows": 500}');
SELECT drift.silence(tstzrange(now(), now() + interval '1 day'), 'maintenance "é"', 'of a query');
SELECT drift.recommend('we"ird Ünïcode');
SELECT drift.schedule_monitor('of a täble "quoted"', '5 * * * *');
SELECT drift.schedule_model('we"ird Ünïcode', 'daily');
UPDATE drift.schedules SET next_run_at = now() - interval '1 minute' WHERE schedule_id = 1;
CALL drift.run_due();

-- detectors that found changes, of a table and of outcomes, one of each kind of state
SELECT drift.create_detector('of "x" é', 'adwin', $$"app's"."réadings"$$, expression => 'x', time_column => 'at é', params => '{"delta": 0.3, "clock": 8}');
SELECT drift.create_detector('windowed', 'kswin', $$SELECT "at é", x FROM "app's"."réadings"$$, expression => 'x', time_column => 'at é');
SELECT drift.create_detector('of the log', 'page_hinkley', model => 'we"ird Ünïcode', params => '{"mode": "up"}');
SELECT drift.update_detectors();

-- learners: one that has learned and published, of categories, with a detector; and one that has seen nothing
SELECT drift.create_learner('learns é', 'odd', model => 'we"ird Ünïcode', detector => 'kswin', params => '{"optimiser": "ftrl"}', publish_every => 10);
SELECT drift.partial_fit('learns é', $$SELECT x, small::text AS "sm é", small % 2 = 1 AS odd FROM "app's"."réadings" ORDER BY "at é"$$);
SELECT drift.create_learner('empty', 'y', 'linear');
-- training elsewhere, under way
SELECT drift.log_run_metrics(drift.start_run('we"ird Ünïcode', 'nötebook', '{"rate": 0.1}'), '{"log_loss": 0.25}', 'valid', 3);
UPDATE "app's"."réadings" SET x = x + 1 WHERE small = 2; -- marks buckets that nobody has read again
-- reports on a model and on a check
SELECT drift.keep_reports('we"ird Ünïcode');
\o
