-- what test/cron/run.sh schedules
CREATE EXTENSION pg_cron;
CREATE EXTENSION drift;
CREATE ROLE analyst LOGIN;
CREATE ROLE stranger LOGIN;
GRANT USAGE ON SCHEMA cron TO analyst;
GRANT CREATE ON SCHEMA public TO analyst, stranger;

SET ROLE analyst;
SELECT drift.register_model('late');
SELECT drift.register_model('paused');
CREATE TABLE sensors (seen_at timestamptz, x float8);
INSERT INTO sensors SELECT now() - interval '2 minutes' * n, sin(n) FROM generate_series(1, 2000) AS n;
SELECT drift.create_monitor('sensors', source => 'sensors', time_column => 'seen_at', reference => 'previous');
RESET ROLE;
SET ROLE stranger;
SELECT drift.register_model('of_stranger');
RESET ROLE;
SELECT drift.register_model('watched');
SELECT drift.register_model('waits');
SELECT drift.create_prediction_log('waits', 'public.waits_log', 'SELECT 1 AS x', days_ahead => 2);

CREATE DATABASE other;
\connect other
CREATE EXTENSION drift;
SELECT drift.register_model('elsewhere');
