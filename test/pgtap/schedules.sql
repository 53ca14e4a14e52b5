-- Cron expressions, schedules, and what runs when one is due. test/cron has pg_cron run them.
BEGIN;
SELECT plan(100);

CREATE SCHEMA schedules;
SET LOCAL search_path = schedules, public;
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'UTC';

-- what cron expressions mean
CREATE TABLE meant (cron text, after timestamptz, time_zone text, wanted timestamptz);
INSERT INTO meant VALUES
	('* * * * *', '2026-01-01 00:00:00', 'UTC', '2026-01-01 00:01:00'),
	('* * * * *', '2026-01-01 00:00:59.999999', 'UTC', '2026-01-01 00:01:00'),
	('0 2 * * *', '2026-01-01 01:59:59', 'UTC', '2026-01-01 02:00:00'),
	('0 2 * * *', '2026-01-01 02:00:00', 'UTC', '2026-01-02 02:00:00'),
	('0 3 * * SUN', '2026-11-21', 'UTC', '2026-11-22 03:00:00'),
	('0 3 * * 7', '2026-11-21', 'UTC', '2026-11-22 03:00:00'),
	('0 0 * * 1', '2026-11-21', 'UTC', '2026-11-23 00:00:00'),
	('0 0 1 * *', '2026-12-01', 'UTC', '2027-01-01 00:00:00'),
	('  */15   8-18/2 * jan-Mar  mon-fri ', '2026-01-03 10:07:00', 'UTC', '2026-01-05 08:00:00'),
	('*/15 8-18/2 * * *', '2026-01-03 18:45:00', 'UTC', '2026-01-04 08:00:00'),
	('0,30,59 4 * * *', '2026-01-03 04:30:00', 'UTC', '2026-01-03 04:59:00'),
	('0 0 13 * FRI', '2026-03-14', 'UTC', '2026-03-20'),
	('0 0 1 * MON', '2026-02-02', 'UTC', '2026-02-09'),
	('0 0 */10 * MON', '2026-02-02', 'UTC', '2026-05-11'),
	('0 0 29 2 *', '2026-01-01', 'UTC', '2028-02-29'),
	('0 0 29 2 *', '2096-03-01', 'UTC', '2104-02-29'),
	('0 0 31 * *', '2026-04-01', 'UTC', '2026-05-31'),
	('0 0 $ * *', '2026-02-05', 'UTC', '2026-02-28'),
	('0 0 $ 2 *', '2028-02-05', 'UTC', '2028-02-29'),
	('0 0 30 2 *', '2026-01-01', 'UTC', NULL),
	('@daily', '2026-01-01', 'UTC', '2026-01-02'),
	('@hourly', '2026-01-01', 'UTC', '2026-01-01 01:00'),
	('5 seconds', '2026-01-01', 'UTC', '2026-01-01 00:00:05'),
	('0 2 * * *', '2026-06-30 23:00:00', 'Europe/Berlin', '2026-07-01 00:00:00'),
	('0 2 * * *', '2026-12-30 23:00:00', 'America/New_York', '2026-12-31 07:00:00'),
	('0 0 1 * *', '2026-12-31 12:00:00', 'Asia/Kolkata', '2026-12-31 18:30:00'),
	-- clocks leave out half past two of the 29th of March: an hour later by the wall, once
	('30 2 * * *', '2026-03-28 12:00:00', 'Europe/Berlin', '2026-03-29 01:30:00'),
	('30 2 * * *', '2026-03-29 01:30:00', 'Europe/Berlin', '2026-03-30 00:30:00'),
	-- half past two comes twice on the 25th of October, and is taken once
	('30 2 * * *', '2026-10-24 12:00:00', 'Europe/Berlin', '2026-10-25 01:30:00'),
	('30 2 * * *', '2026-10-25 01:30:00', 'Europe/Berlin', '2026-10-26 01:30:00'),
	-- every hour is every hour
	('0 * * * *', '2026-10-25 00:00:00', 'Europe/Berlin', '2026-10-25 01:00:00'),
	('0 * * * *', '2026-03-29 00:00:00', 'Europe/Berlin', '2026-03-29 01:00:00'),
	('* * * * *', 'infinity', 'UTC', NULL);
SELECT is(drift.next_time(cron, after, time_zone), wanted, format('%s after %s in %s', cron, after, time_zone)) FROM meant;
SELECT cmp_ok(drift.next_time('* * * * *'), '>', clock_timestamp(), 'by default after now');

-- Each minute of two months is asked, for expressions made of known sets.
CREATE FUNCTION made_of(seed integer, OUT cron text, OUT minutes integer[], OUT hours integer[], OUT days integer[], OUT months integer[], OUT weekdays integer[])
	LANGUAGE plpgsql AS $$
DECLARE
	lows CONSTANT integer[] := '{0,0,1,1,0}';
	highs CONSTANT integer[] := '{59,23,31,12,6}';
	field text;
	numbers integer[];
BEGIN
	FOR f IN 1 .. 5 LOOP
		CASE (seed * 7 + f * 3 + seed / 5) % 4
		WHEN 0 THEN
			field := '*';
			numbers := ARRAY(SELECT generate_series(lows[f], highs[f]));
		WHEN 1 THEN
			numbers := ARRAY(SELECT DISTINCT lows[f] + (seed * 13 + n * 5) % (highs[f] - lows[f] + 1) FROM generate_series(1, 3) AS n);
			field := array_to_string(numbers, ',');
		WHEN 2 THEN
			numbers := ARRAY(SELECT generate_series(lows[f] + 1, highs[f] - 1, 2));
			field := format('%s-%s/2', lows[f] + 1, highs[f] - 1);
		ELSE
			numbers := ARRAY(SELECT generate_series(lows[f], highs[f], 3));
			field := '*/3';
		END CASE;
		cron := concat_ws(' ', cron, field);
		CASE f WHEN 1 THEN minutes := numbers; WHEN 2 THEN hours := numbers; WHEN 3 THEN days := numbers; WHEN 4 THEN months := numbers;
			ELSE weekdays := numbers; END CASE;
	END LOOP;
END
$$;
CREATE TABLE minutes AS
SELECT t, extract(minute FROM t)::integer AS m, extract(hour FROM t)::integer AS h, extract(day FROM t)::integer AS d, extract(month FROM t)::integer AS mo,
	extract(dow FROM t)::integer AS w
FROM generate_series(timestamptz '2026-01-01', '2026-02-28', '1 minute') AS t;
CREATE VIEW disagreeing AS
SELECT x.cron
FROM generate_series(1, 25) AS seed, made_of(seed) AS x,
	LATERAL (SELECT timestamptz '2026-01-01' + interval '3 hours 17 minutes' * seed AS after) AS a,
	LATERAL (
		SELECT min(t) AS first
		FROM minutes
		WHERE t > after AND m = ANY (x.minutes) AND h = ANY (x.hours) AND mo = ANY (x.months)
			AND CASE WHEN split_part(x.cron, ' ', 3) ^@ '*' OR split_part(x.cron, ' ', 5) ^@ '*'
				THEN d = ANY (x.days) AND w = ANY (x.weekdays) ELSE d = ANY (x.days) OR w = ANY (x.weekdays) END
	) AS f
WHERE f.first IS DISTINCT FROM CASE WHEN drift.next_time(x.cron, after) < '2026-02-28' THEN drift.next_time(x.cron, after) END;
SELECT is_empty('SELECT * FROM disagreeing', 'what comes next is the first minute that fits');

CREATE TABLE refused (cron text, says text);
INSERT INTO refused VALUES ('', 'It has 0 fields.'), ('* * * *', 'It has 4 fields.'), ('* * * * * *', 'It has 6 fields.'),
	('60 * * * *', 'Its minute cannot be "60": it is from 0 to 59, and a range goes up.'), ('0 24 * * *', 'Its hour cannot be "24": it is from 0 to 23, and a range goes up.'),
	('0 0 0 * *', 'Its day cannot be "0": it is from 1 to 31, and a range goes up.'), ('0 0 1 foo *', 'Its month cannot be "foo".'),
	('0 0 * * SAT-SUN', 'Its weekday cannot be "SAT-SUN": it is from 0 to 7, and a range goes up.'),
	('1/20 * * * *', 'Its minute cannot be "1/20": a step is from 1 to 59, and follows * or a range.'),
	('*/0 * * * *', 'Its minute cannot be "*/0": a step is from 1 to 59, and follows * or a range.'), ('1,,2 * * * *', 'Its minute cannot be "".'),
	('60 seconds', 'Seconds between runs are from 1 to 59.'), ('0 0 L * *', 'Its day cannot be "L".'), ('@reboot', 'It has 1 fields.');
CREATE FUNCTION detail_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN detail;
END
$$;
SELECT is_empty($$ SELECT cron, detail_of(format('SELECT drift.next_time(%L)', cron)), says FROM refused
	WHERE detail_of(format('SELECT drift.next_time(%L)', cron)) IS DISTINCT FROM says $$, 'what cannot be read says which field and why');
SELECT throws_ok($$ SELECT drift.next_time('* * * * *', now(), 'Mars') $$, '22023', 'time zone "Mars" not recognized', 'so do time zones');

-- schedules
CREATE ROLE schedule_owner;
CREATE ROLE schedule_member IN ROLE schedule_owner;
CREATE ROLE schedule_reader;
CREATE ROLE schedule_stranger;
GRANT ALL ON SCHEMA schedules TO schedule_owner;
GRANT USAGE ON SCHEMA schedules TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA schedules TO PUBLIC;
SET ROLE schedule_owner;
CREATE TABLE sensors (seen_at timestamptz, x float8);
INSERT INTO sensors SELECT now() - interval '2 minutes' * n, sin(n) FROM generate_series(1, 3000) AS n;
SELECT drift.create_monitor('sensors', source => 'sensors', time_column => 'seen_at', reference => 'previous') \g /dev/null
SELECT drift.register_model('watched') \g /dev/null
SELECT drift.grant_privilege('watched', 'schedule_reader', 'read') \g /dev/null
SELECT drift.create_prediction_log('watched', 'schedules.watched_log', 'SELECT 1.0::float8 AS x', days_ahead => 2) \g /dev/null

SELECT results_eq($$ SELECT monitor, task, cron, time_zone, runner, next_run_at = drift.next_time('0 2 * * *') FROM drift.schedule_monitor('sensors', '0 2 * * *') $$,
	$$ VALUES ('sensors', 'check', '0 2 * * *', 'UTC', 'run_due', true) $$, 'a monitor is scheduled');
SELECT matches((SELECT message FROM drift.schedule_monitor('sensors', '0 2 * * *')),
	'^pg_cron is (not installed in this database\. Have a scheduler run CALL drift\.run_due\(\); every minute\.|in database )', 'without pg_cron, it says what is left to do');
SELECT is((SELECT count(*) FROM drift.schedules WHERE owner = 'schedule_owner'::regrole), 1::bigint, 'the same schedule again is the same');
SELECT results_eq($$ SELECT schedule_id = (SELECT max(schedule_id) FROM drift.schedules), cron FROM drift.schedule_monitor('sensors', '*/5 * * * *') $$,
	$$ VALUES (true, '*/5 * * * *') $$, 'at another time it is changed');
SELECT results_eq($$ SELECT task, cron FROM drift.schedule_monitor('sensors', 'daily') $$, $$ VALUES ('check', '0 2 * * *'), ('purge', '30 3 * * *') $$,
	'a bundle of a monitor has what monitors have');
SELECT results_eq($$ SELECT task, cron FROM drift.schedule_model('watched', 'diabetes') $$, $$ VALUES ('cycle', '0 2 * * *'), ('recommend', '0 3 * * 0') $$,
	'a bundle of a model');
SELECT results_eq($$ SELECT task, cron FROM drift.schedule_model('watched') WHERE task = 'cycle' $$, $$ VALUES ('cycle', '0 2 * * 0') $$,
	'without one, what its configuration says');
SELECT drift.load_config('{"monitoring": {"schedule": "event_driven"}}', 'watched') \g /dev/null
SELECT is_empty($$ SELECT * FROM drift.schedule_model('watched') $$, 'event_driven is no schedule');
SELECT is_empty($$ SELECT b.bundle, b.task, b.cron FROM drift.schedule_bundles() AS b LEFT JOIN drift.schedule_tasks() AS t USING (task)
	WHERE t.for_models IS NOT TRUE OR drift.next_time(b.cron) IS NULL $$, 'every bundle can be run');
SELECT throws_ok($$ SELECT drift.schedule_monitor('sensors', '0 0 30 2 *') $$, '22023', 'invalid cron expression "0 0 30 2 *"', 'a day that never comes is refused');
SELECT throws_ok($$ SELECT drift.schedule_monitor('sensors', 'fortnightly') $$, '22023', 'unknown bundle "fortnightly"', 'so is a bundle that is none');
SELECT throws_ok($$ SELECT drift.schedule_monitor('sensors', 'daily', time_zone => 'Mars') $$, '22023', 'time zone "Mars" not recognized', 'and a time zone');
SELECT throws_ok($$ SELECT drift.schedule_monitor('sensors', '* * * * *', 'cycle') $$, '22023', 'a monitor has no task "cycle"', 'and a task of models for a monitor');
SELECT throws_ok($$ SELECT drift.schedule_model('watched', '* * * * *', 'repaint') $$, '22023', 'a model has no task "repaint"', 'and what is no task');
SELECT throws_ok($$ SELECT drift.schedule_monitor('sensors', '* * * * *', runner => 'airflow') $$, '22023', 'unknown runner "airflow"', 'and a runner');
SELECT throws_ok($$ SELECT drift.schedule_monitor('sensors', '* * * * *', runner => 'pg_cron') $$, '55000', 'pg_cron cannot run schedule "* * * * *"',
	'and pg_cron where it is not');
RESET ROLE;

SET ROLE schedule_stranger;
SELECT throws_ok($$ SELECT drift.schedule_monitor('sensors', 'daily') $$, '42704', 'no monitor is named "sensors"', 'a stranger schedules nothing');
SELECT is((SELECT count(*) FROM drift.job_status), 0::bigint, 'and sees no schedules');
RESET ROLE;
SET ROLE schedule_reader;
SELECT throws_ok($$ SELECT drift.schedule_model('watched', 'daily') $$, '42501', 'permission denied for model "watched"', 'a reader schedules nothing');
SELECT is((SELECT count(*) FROM drift.job_status WHERE model = 'watched') > 0, true, 'but sees what is scheduled');
RESET ROLE;
SELECT throws_ok($$ SELECT drift.schedule_monitor('sensors', '* * * * *') $$, '42501', NULL, 'a schedule of somebody else is not changed, by whomever');

-- what is due
SELECT is(drift.run_next_due(), NULL, 'nothing is due');
UPDATE drift.schedules SET next_run_at = now() - interval '1 hour' WHERE bundle IS NULL AND task = 'check';
SET ROLE schedule_owner;
SELECT is((SELECT status FROM drift.job_status WHERE bundle IS NULL), 'overdue', 'what was due and did not run is overdue');
SELECT results_eq($$ SELECT status, model FROM drift.health_check() WHERE check_name = 'overdue_jobs' $$, $$ VALUES ('critical', NULL::text) $$, 'and a finding');
SELECT is(drift.run_next_due()->>'status', 'succeeded', 'it is run');
SELECT is(drift.run_next_due(), NULL, 'once');
SELECT results_eq($$ SELECT status, failures, last_status, last_duration > '0', last_due_at < now(), next_run_at > now() FROM drift.job_status WHERE bundle IS NULL $$,
	$$ VALUES ('succeeded', 0::bigint, 'succeeded', true, true, true) $$, 'and written down');
SELECT is((SELECT last_result->0->'result'->>'status' FROM drift.job_status WHERE bundle IS NULL), (SELECT status FROM drift.checks), 'with what the check said');
RESET ROLE;

-- a job that fails, and then does not
SELECT schedule_id AS id FROM drift.job_status WHERE bundle IS NULL \gset
ALTER TABLE sensors RENAME COLUMN seen_at TO moved;
SELECT is(drift.run_schedule(:id)->>'status', 'failed', 'a job fails');
SELECT results_eq(format('SELECT status, failures, last_error <> %L FROM drift.job_status WHERE schedule_id = %s', '', :id), $$ VALUES ('failed', 1::bigint, true) $$,
	'it says so and why');
SELECT is(drift.run_schedule(:id)->>'status', 'failed', 'again');
SELECT is((SELECT failures FROM drift.job_status WHERE schedule_id = :id), 2::bigint, 'failures are counted');
SELECT is((SELECT count(*) FROM drift.health_check() WHERE check_name = 'failing_jobs'), 1::bigint, 'and are a finding');
ALTER TABLE sensors RENAME COLUMN moved TO seen_at;
SELECT is(drift.run_schedule(:id)->>'status', 'succeeded', 'the next run works');
SELECT is((SELECT failures FROM drift.job_status WHERE schedule_id = :id), 0::bigint, 'and ends the count');

-- pauses
SET ROLE schedule_owner;
SELECT is(drift.pause('sensors'), 3, 'a monitor is paused with its schedules');
RESET ROLE;
UPDATE drift.schedules SET next_run_at = now() - interval '1 hour' WHERE schedule_id = :id;
SELECT is(drift.run_next_due(), NULL, 'what is paused is not run');
SELECT is((SELECT status FROM drift.job_status WHERE schedule_id = :id), 'paused', 'and says so');
SELECT is((SELECT count(*) FROM drift.health_check() WHERE check_name = 'paused'), 3::bigint, 'as does the health check');
SELECT is(drift.resume('sensors'), 3, 'it goes on');
SELECT cmp_ok((SELECT next_run_at FROM drift.schedules WHERE schedule_id = :id), '>', clock_timestamp(), 'and makes up for nothing');
SELECT throws_ok('SELECT drift.pause()', '22023', 'one of monitor, model and schedule_id must be given', 'what to pause must be said');

-- who runs what
SELECT schedule_id AS log_id FROM drift.schedule_model('watched', '* * * * *', 'health') \gset
SET ROLE schedule_owner;
SELECT throws_ok(format('SELECT drift.run_schedule(%s)', :log_id), '42704', 'you have no schedule ' || :log_id, 'schedules of others are not run');
SELECT schedule_id AS log_id FROM drift.schedule_model('watched', '* * * * *', 'maintain_log') \gset
RESET ROLE;
SELECT throws_ok(format('SELECT drift.run_schedule(%s)', :log_id), '42501', format('schedule %s runs as schedule_owner', :log_id),
	'a superuser does not run what runs code of others');
SET ROLE schedule_member;
SELECT is(drift.run_schedule(:id)->>'status', 'succeeded', 'who is a member of the owner does');
RESET ROLE;
SET ROLE schedule_owner;
SELECT is(drift.run_schedule(:log_id)->>'status', 'succeeded', 'its owner does');
RESET ROLE;
SELECT schedule_id AS outcomes_id FROM drift.schedule_model('watched', '* * * * *', 'match_outcomes') \gset
SELECT results_eq(format('SELECT r->>%L, r->%L->0->>%L FROM drift.run_schedule(%s) AS r', 'status', 'steps', 'sqlstate', :outcomes_id),
	$$ VALUES ('failed', '42501') $$, 'nor code of others that its own schedule would run');
SELECT drift.unschedule(schedule_id => :outcomes_id) \g /dev/null
SELECT throws_ok('SELECT drift.run_schedule(0)', '42704', 'you have no schedule 0', 'a schedule that is not there');
SELECT throws_ok(format('CALL drift.run_job(%s)', :id), '2D000', NULL, 'what commits says so within a transaction');

-- a copy of the database
SAVEPOINT here;
UPDATE drift_internal.cluster SET system_identifier = 1;
SELECT throws_ok('SELECT drift.run_next_due()', '55000', 'schedules do not run in a copy of the database they belong to', 'nothing runs in a copy');
SELECT throws_ok(format('SELECT drift.run_schedule(%s)', :id), '55000', NULL, 'nor by number');
ROLLBACK TO here;

-- cycles and monitoring
SELECT results_eq($$ SELECT drift.cycle_model('watched')->>'status' $$, $$ VALUES ('error') $$, 'a cycle of a model that nothing watches');
SET ROLE schedule_owner;
SELECT drift.unschedule(model => 'watched') \g /dev/null
SELECT results_eq($$ SELECT task, cron FROM drift.start_monitoring('watched') $$,
	$$ VALUES ('cycle', '0 * * * *'), ('maintain_log', '30 0 * * *'), ('match_outcomes', '40 0 * * *'), ('purge', '50 0 * * *') $$, 'a model is monitored each hour');
SELECT is((SELECT count(*) FROM drift.monitors JOIN drift.models USING (model_id) WHERE models.name = 'watched'), 1::bigint, 'by a monitor that is made for it');
SELECT is((SELECT count(*) FROM drift.start_monitoring('watched', '15 minutes') WHERE cron = '*/15 * * * *'), 1::bigint, 'or every quarter of an hour');
SELECT throws_ok($$ SELECT drift.start_monitoring('watched', '7 minutes') $$, '22023', 'no schedule runs every 00:07:00', 'not each seven minutes');
SELECT is(drift.cycle_model('watched')->'decision'->>'action', 'wait', 'a cycle answers');
SELECT is((SELECT count(*) FROM drift.decisions JOIN drift.models USING (model_id) WHERE name = 'watched'), 1::bigint, 'and writes one decision');
SELECT results_eq($$ SELECT monitors, schedules, failing FROM drift.pipeline_status WHERE model = 'watched' $$, $$ VALUES (1::bigint, 4::bigint, 0::bigint) $$, 'the pipeline has a status');
SELECT is((SELECT count(*) FROM drift.stop_monitoring('watched')), 4::bigint, 'and ends');
SELECT is((SELECT count(*) FROM drift.health_check() WHERE check_name = 'unscheduled'), 1::bigint, 'which the health check says');
RESET ROLE;
SELECT is((SELECT count(*) FROM drift.unschedule('sensors')), 3::bigint, 'schedules are removed, by a superuser too');
SELECT is((SELECT count(*) FROM drift.job_runs), 0::bigint, 'with their runs');

SELECT * FROM finish();
ROLLBACK;
