-- Procedures that commit pin the search_path by hand; what follows them in a block has its own again. Those that train: tune.sql.
CREATE SCHEMA procedures;
SET search_path = procedures, public;
SET client_min_messages = warning;
CREATE TABLE source AS SELECT timestamptz '2026-01-01' + i * interval '1 hour' AS at, i % 5 AS x FROM generate_series(1, 200) AS i;
SELECT drift.register_model('procedures') \g /dev/null
SELECT drift.create_monitor('procedures', 'source', 'procedures', 'at', bucket => 'day', span => '2 days') \g /dev/null
SELECT schedule_id FROM drift.schedule_monitor('procedures', '0 2 * * *') \gset
SELECT set_config('procedures.schedule', :'schedule_id', false) \g /dev/null

DO $$
DECLARE
	result jsonb;
BEGIN
	CALL drift.backfill_windows('procedures', '7 days');
	ASSERT EXISTS (SELECT FROM source) AND current_setting('search_path') = 'procedures, public', 'backfill_windows';
	CALL drift.run_job(current_setting('procedures.schedule')::integer, result => result);
	ASSERT EXISTS (SELECT FROM source) AND current_setting('search_path') = 'procedures, public' AND result->>'status' = 'succeeded', 'run_job';
	CALL drift.run_due(result => result);
	ASSERT EXISTS (SELECT FROM source) AND current_setting('search_path') = 'procedures, public', 'run_due';
	CALL drift.maintain_prediction_logs();
	ASSERT EXISTS (SELECT FROM source) AND current_setting('search_path') = 'procedures, public', 'maintain_prediction_logs';
END
$$;
SELECT drift.delete_model('procedures');
SELECT drift.unschedule('procedures') \g /dev/null
SHOW search_path;
