-- An operator who has windows made again, and one who makes a monitor of old rows, which commits many times.
SELECT FROM drift.rebuild_windows('crash', now() - interval '1 hour', now() + interval '1 hour');
\echo F 1
SELECT drift.create_monitor('crash ' || pg_backend_pid(), NULL, 'crash', bucket => 'day', reference => 'previous')
WHERE NOT EXISTS (SELECT FROM drift.monitors WHERE name = 'crash ' || pg_backend_pid()) \g /dev/null
CALL drift.backfill_windows('crash ' || pg_backend_pid(), interval '30 days', interval '0');
\echo G 1
SELECT FROM drift.drop_monitor('crash ' || pg_backend_pid());
