-- What watching a table of thirty features costs: reading new rows into windows, merging windows, a check.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET jit = off;

-- A day of a million rows, and a reference.
SELECT format('CREATE TABLE observed AS SELECT timestamptz ''2025-01-01 00:00+00'' + i * interval ''86 milliseconds'' AS at, %s FROM generate_series(1, 1000000) AS i',
	string_agg(format('random() AS f%s', i), ', ' ORDER BY i)) FROM generate_series(1, 30) AS i \gexec
ALTER TABLE observed SET (parallel_workers = 2);
VACUUM ANALYZE observed;
SELECT pg_prewarm('observed') \g /dev/null
SELECT drift.create_baseline('observed', 'SELECT * FROM observed WHERE at < ''2025-01-01 02:00+00''', columns => ARRAY(SELECT 'f' || i FROM generate_series(1, 30) AS i)) \g /dev/null
SELECT drift.create_monitor('observed', 'observed', time_column => 'at', baseline => 'observed', bucket => 'hour', span => '1 day',
	config => '{"monitoring": {"recompute_buckets": 48}}') \g /dev/null

CREATE TABLE figures (figure text, ms numeric);
-- A check of a time that was checked is the one that is there.
CREATE SEQUENCE hours;

-- The median of five runs after one to warm up.
CREATE PROCEDURE measure(figure text, query text) LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz;
	times numeric[] := '{}';
BEGIN
	FOR i IN 0..5 LOOP
		started := clock_timestamp();
		EXECUTE query;
		times := times || (extract(epoch FROM clock_timestamp() - started) * 1000)::numeric;
	END LOOP;
	INSERT INTO figures SELECT figure, percentile_disc(0.5) WITHIN GROUP (ORDER BY t) FROM unnest(times[2:]) AS t;
END
$$;

SELECT string_agg('f' || i, ', ' ORDER BY i) AS features FROM generate_series(1, 30) AS i \gset
SELECT array_agg(profile ORDER BY ordinal) AS r INTO reference_profiles FROM drift.baseline_columns WHERE segment = '';
SET enable_sort = off;
SET max_parallel_workers_per_gather = 0;
CALL measure('avg of the last column, 1 process', 'SELECT avg(f30) FROM observed');
CALL measure('profiles of 30 columns, 1 process', 'SELECT drift_internal.window_profiles_agg((SELECT r FROM reference_profiles), ' || :'features' || ') FROM observed');
CALL measure('the same by hour, 1 process', 'SELECT drift_internal.window_profiles_agg((SELECT r FROM reference_profiles), ' || :'features'
	|| ') FROM observed GROUP BY date_bin(''1 hour'', at, ''2000-01-01'')');
SET max_parallel_workers_per_gather = 2;
CALL measure('avg of the last column, 2 workers', 'SELECT avg(f30) FROM observed');
CALL measure('profiles of 30 columns, 2 workers', 'SELECT drift_internal.window_profiles_agg((SELECT r FROM reference_profiles), ' || :'features' || ') FROM observed');
RESET enable_sort;
CALL measure('refresh_windows, 24 hours of 30 features', 'SELECT * FROM drift.refresh_windows(''observed'')');

-- Not compressed, which would be measured too.
CREATE TABLE hundred (column_id smallint, profiles drift.profile[]);
ALTER TABLE hundred ALTER COLUMN profiles SET STORAGE EXTERNAL;
INSERT INTO hundred SELECT column_id, (array_agg(profile ORDER BY starts_at, n))[1:100]
FROM drift.windows, generate_series(1, 5) AS n WHERE grain = 'hour' GROUP BY column_id;
CALL measure('merge of 100 windows of 30 features', 'SELECT drift_internal.merge_profiles(profiles) FROM hundred');
CALL measure('check of 30 features over a day by hour', 'SELECT * FROM drift.run_check(''observed'', timestamptz ''2025-01-02 00:00+00'' - nextval(''hours'') * interval ''1 hour'', refresh => false)');

-- A year by hour: a check reads months, days and hours.
SELECT format('CREATE TABLE year_long AS SELECT timestamptz ''2024-01-01 00:30+00'' + i * interval ''36 seconds'' AS at, %s FROM generate_series(0, 878399) AS i',
	string_agg(format('random() AS f%s', i), ', ' ORDER BY i)) FROM generate_series(1, 30) AS i \gexec
VACUUM ANALYZE year_long;
SELECT drift.create_monitor('year', 'year_long', time_column => 'at', baseline => 'observed', bucket => 'hour', span => '1 year') \g /dev/null
SELECT drift.refresh_windows('year') \g /dev/null
VACUUM ANALYZE drift.windows;
CALL measure('check of 30 features over a year', 'SELECT * FROM drift.run_check(''year'', timestamptz ''2024-12-31 00:00+00'' - nextval(''hours'') * interval ''1 hour'', refresh => false)');
SELECT max(w.windows) AS most_windows_of_a_feature
FROM drift.monitors AS m, generate_series(0, 30) AS h, LATERAL (SELECT timestamptz '2024-12-30 07:00+00' + h * interval '1 hour' AS as_of) AS t,
	drift_internal.merged_windows(m.monitor_id, tstzrange(as_of - interval '1 year', as_of)) AS w
WHERE m.name = 'year';

-- An hourly round on one core: 200 monitors of tables of their own, each with a day behind it and an hour that is new.
SET max_parallel_workers_per_gather = 0;
CREATE INDEX ON observed ((extract(epoch FROM at AT TIME ZONE 'UTC')::bigint % 200));
SELECT format('CREATE TABLE site_%s AS SELECT * FROM observed WHERE extract(epoch FROM at AT TIME ZONE ''UTC'')::bigint %% 200 = %s', n, n - 1),
	format('CREATE INDEX ON site_%s (at)', n)
FROM generate_series(1, 200) AS n \gexec
SELECT count(*) FROM generate_series(1, 200) AS n, drift.create_monitor('site ' || n, 'site_' || n, time_column => 'at', baseline => 'observed') \g /dev/null
SELECT drift.refresh_windows(name) FROM drift.monitors WHERE name LIKE 'site%' \g /dev/null
SELECT format('INSERT INTO site_%1$s SELECT at + interval ''1 day'', %2$s FROM site_%1$s WHERE at < ''2025-01-01 01:00+00''', n, :'features')
FROM generate_series(1, 200) AS n \gexec
CREATE PROCEDURE hourly_round() LANGUAGE plpgsql AS $$
DECLARE
	monitor text;
	started timestamptz := clock_timestamp();
BEGIN
	FOR monitor IN SELECT m.name FROM drift.monitors AS m WHERE m.name LIKE 'site%' LOOP
		PERFORM drift.run_check(monitor, '2025-01-02 01:00+00');
		COMMIT;
	END LOOP;
	INSERT INTO figures VALUES ('hourly round: new rows and checks of 200 monitors of 30 features', extract(epoch FROM clock_timestamp() - started) * 1000);
END
$$;
CALL hourly_round();

SELECT figure, round(ms, 1) AS ms FROM figures;
SELECT m.name AS monitor, grain, count(DISTINCT starts_at) AS windows, round(avg(pg_column_size(profile))) AS bytes_a_window
FROM drift.windows JOIN drift.monitors AS m USING (monitor_id) WHERE m.name IN ('observed', 'year', 'site 1') GROUP BY 1, 2 ORDER BY 1, 2;
