-- When cron expressions come next, against croniter.
SET timezone = 'UTC';
CREATE TEMP TABLE golden (cron text, after timestamptz, following timestamptz);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/cron.csv"' WITH (FORMAT csv, HEADER)
SELECT count(*) AS expressions FROM golden;
SELECT * FROM golden WHERE drift.next_time(cron, after) IS DISTINCT FROM following ORDER BY cron COLLATE "C";
