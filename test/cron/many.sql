-- schedules that are all due, and that calls of drift.run_due() share
SELECT drift.register_model('many ' || n), drift.schedule_model('many ' || n, '0 0 1 1 *', 'health', runner => 'run_due')
FROM generate_series(1, 30) AS n;
UPDATE drift.schedules SET next_run_at = now() - interval '1 hour';
SELECT drift.schedule_model('waits', '0 0 1 1 *', 'match_outcomes', runner => 'run_due');
