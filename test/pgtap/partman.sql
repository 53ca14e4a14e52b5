-- Prediction logs whose partitions pg_partman makes, where it is installed.
BEGIN;
SET LOCAL client_min_messages = warning;
-- Its own days would be those of this zone.
SET LOCAL timezone = 'Pacific/Kiritimati';
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_partman') AS installed \gset
\if :installed
SELECT plan(14);
CREATE SCHEMA partman;
CREATE EXTENSION pg_partman SCHEMA partman;
CREATE ROLE partman_outsider LOGIN;
CREATE SCHEMA by_partman;
GRANT ALL ON SCHEMA by_partman TO partman_outsider;
SET LOCAL search_path = by_partman, public;

SELECT drift.register_model('by partman') \g /dev/null
SELECT results_eq($$SELECT uses_partman FROM drift.create_prediction_log('by partman', '"Lög 1"', 'SELECT 1::float8 AS x', days_ahead => 3)$$, 'VALUES (true)', 'a log is given to pg_partman');
SELECT is(current_setting('search_path'), 'by_partman, public', 'the path is what it was');
SELECT set_eq($$SELECT from_time, to_time FROM drift_internal.log_partitions('"Lög 1"') WHERE NOT is_default AND to_time > now()$$,
	$$SELECT drift_internal.day_start(d + i) AS a, drift_internal.day_start(d + i + 1) AS b FROM generate_series(0, 3) AS i, date(now() AT TIME ZONE 'UTC') AS d$$, 'its days are those of UTC');
SELECT is((SELECT count(*) FROM drift_internal.log_partitions('"Lög 1"') WHERE is_default), 1::bigint, 'and there is a default partition');
INSERT INTO "Lög 1" (model_version, x) VALUES (1, 0);
SELECT is((SELECT count(*) FROM "Lög 1" WHERE tableoid = (SELECT partition FROM drift_internal.log_partitions('"Lög 1"') WHERE is_default)), 0::bigint, 'today has a partition');

INSERT INTO "Lög 1" (model_version, x, predicted_at) SELECT 1, i, now() - i * interval '1 day' FROM generate_series(5, 7) AS i;
SELECT results_eq($$SELECT action FROM drift.maintain_prediction_log('by partman')$$, $$VALUES ('run_partman')$$, 'maintenance calls it');
SELECT is(current_setting('search_path'), 'by_partman, public', 'the path is what it was');
SELECT is((SELECT count(*) FROM "Lög 1" WHERE tableoid = (SELECT partition FROM drift_internal.log_partitions('"Lög 1"') WHERE is_default)), 0::bigint, 'it moves rows out of the default partition');
SELECT is((SELECT count(*) FROM "Lög 1"), 4::bigint, 'all of them');
SELECT drift.set_retention('by partman', '6 days') \g /dev/null
SELECT drift.maintain_prediction_log('by partman') \g /dev/null
SELECT set_eq('SELECT x FROM "Lög 1"', 'VALUES (0), (5), (6)', 'retention is drift''s');

-- who may not use it
SELECT drift.register_model('without', owner => 'partman_outsider') \g /dev/null
SET LOCAL SESSION AUTHORIZATION partman_outsider;
SELECT results_eq($$SELECT uses_partman FROM drift.create_prediction_log('without', 'plain_log', 'SELECT 1::float8 AS x', days_ahead => 1)$$, 'VALUES (false)', 'who may not use it does without');
RESET SESSION AUTHORIZATION;

-- when it goes
DROP EXTENSION pg_partman CASCADE;
UPDATE drift.prediction_logs SET days_ahead = 5;
SELECT is((SELECT string_agg(status, ',') FROM drift.health_check() WHERE check_name = 'pg_partman'), 'warning', 'a log without its pg_partman is a finding');
SELECT results_eq($$SELECT DISTINCT action FROM drift.maintain_prediction_log('by partman')$$, $$VALUES ('add_partition')$$, 'and drift makes the partitions');
SELECT is((SELECT count(*) FROM drift_internal.log_partitions('"Lög 1"') WHERE from_time > now()), 5::bigint, 'all of them');
\else
SELECT plan(1);
SELECT skip('pg_partman is not installed', 1);
\endif

SELECT * FROM finish();
ROLLBACK;
