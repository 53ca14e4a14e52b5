-- What is made after a restore has the ids that it would have had: two databases say the same.
\set ON_ERROR_STOP 1
SELECT model_id FROM drift.register_model('next');
SELECT drift.add_version('next', "app's".constant(1));
SELECT drift.add_version('we"ird Ünïcode', "app's".constant(5));
SELECT log_id, days_ahead FROM drift.create_prediction_log('next', '"app''s".next_log', days_ahead => 1);
SELECT model_version, arm, score, status FROM drift.predict('we"ird Ünïcode', '{"x": 2, "we\"ird Ünïcode": 0}', 'key 1');
SELECT outcome_id, matched FROM "app's"."lög" AS l, drift.record_outcome(l.prediction_id, 1) WHERE l.entity_key = 'old 3';
SELECT version, status FROM drift.rollback('we"ird Ünïcode', reason => 'after the restore');
SELECT deployment_id, status FROM drift.deploy('we"ird Ünïcode', 1, 'blue_green');
SELECT max(event_id) FROM drift.model_events;
SELECT max(event_id) FROM drift.outbox;
SELECT status, rows_read, windows > 0 FROM drift.refresh_windows('of a täble "quoted"');
SELECT rows_read FROM drift.refresh_windows('of the log');
SELECT check_id, status, drifted_features, n_current FROM drift.run_check('of a täble "quoted"', date_trunc('hour', (SELECT max("at é") FROM "app's"."réadings")));
SELECT baseline_id, version FROM drift.refresh_baseline('first é "line"');
SELECT monitor_id FROM drift.create_monitor('next', $$"app's"."réadings"$$, time_column => 'at é', reference => 'previous', bucket => 'day');
SELECT rows_read, buckets > 0 FROM drift.refresh_windows('next');
SELECT detector, status, values_read, changes FROM drift.update_detectors();
SELECT detector_id FROM drift.create_detector('next', 'cusum', $$"app's"."réadings"$$, expression => 'x', time_column => 'at é');
SELECT values_read, changes FROM drift.update_detector('next');
SELECT max(alert_id), count(*) FILTER (WHERE status <> 'resolved') FROM drift.alerts;
SELECT schedule_id, task FROM drift.schedule_monitor('next', '0 3 * * *');
SELECT trigger_id FROM drift.add_trigger('next', 'every_n_cycles', '{"cycles": 3}');
SELECT expectation_id FROM drift.add_expectation('governed', 'next', 'row_count', params => '{"min": 1}');
SELECT name, passed, text FROM drift.validate_training('governed', 'all_data', (SELECT max("at é") FROM "app's"."réadings"));
SELECT place, rows_read > 0 FROM drift.partial_fit('learns é', $$SELECT x, small::text AS "sm é", small % 2 = 1 AS odd FROM "app's"."réadings"$$);
SELECT learner_id FROM drift.create_learner('next', 'y');
