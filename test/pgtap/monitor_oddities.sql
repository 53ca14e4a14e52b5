-- What happens to monitors in the field: too few rows, none, columns that are dropped, renamed or change their type, tables that go, privileges
-- that are lost, clocks that are wrong, values that are none.
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SELECT no_plan();

CREATE ROLE odd_owner;
CREATE SCHEMA odd AUTHORIZATION odd_owner;
SET LOCAL ROLE odd_owner;
SET LOCAL search_path = odd, public;
\set start '2030-03-01 00:00+00'

CREATE FUNCTION odd.make(name text, n integer DEFAULT 3000) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE odd.%I AS SELECT timestamptz ''2030-03-01 00:00+00'' + i * interval ''1 minute'' AS at, (i * 7919 %% 1000) / 10.0::float8 AS x,
		i * 104729 %% 17 AS n, (ARRAY[''a'', ''b'', ''c''])[1 + i %% 3] AS c FROM generate_series(1, %s) AS i', name, n);
	EXECUTE format('CREATE TABLE odd.%I AS SELECT (i * 7919 %% 1000) / 10.0::float8 AS x, i * 104729 %% 17 AS n, (ARRAY[''a'', ''b'', ''c''])[1 + i %% 3] AS c FROM generate_series(1, 5000) AS i',
		name || '_reference', n);
	PERFORM drift.create_baseline(name, format('odd.%I', name || '_reference'));
	PERFORM drift.create_monitor(name, format('odd.%I', name), time_column => 'at', baseline => name);
END
$$;
CREATE FUNCTION odd.verdict(name text, as_of timestamptz) RETURNS drift.checks LANGUAGE sql AS $$ SELECT * FROM drift.run_check(name, as_of) $$;

-- too few rows, and just enough
SELECT make('few', 1700) \g /dev/null
DELETE FROM few WHERE at > timestamptz :'start' + interval '1 day' AND at < timestamptz :'start' + interval '1 day' AND false;
SELECT results_eq($$SELECT status, drift_detected, drift_share, n_features, n_current FROM odd.verdict('few', '2030-03-02 00:00+00')$$,
	$$VALUES ('ok', false, 0::float8, 3, 1439::bigint)$$, 'a day of rows has a verdict');
SELECT results_eq($$SELECT status, drift_detected, drift_share, drift_score, n_current FROM odd.verdict('few', '2030-03-03 00:00+00')$$,
	$$VALUES ('insufficient_data', NULL::boolean, NULL::float8, NULL::float8, 261::bigint)$$, 'the hours of the next day have none, which is not no drift');
INSERT INTO few SELECT at + interval '12 hours', x, n, c FROM few WHERE at >= '2030-03-02' ORDER BY at LIMIT 238;
SELECT is((verdict('few', '2030-03-03 00:00+00')).status, 'insufficient_data', '499 rows are too few');
INSERT INTO few SELECT at + interval '13 hours', x, n, c FROM few WHERE at >= '2030-03-02' ORDER BY at LIMIT 1;
SELECT results_eq($$SELECT status <> 'insufficient_data', n_current FROM odd.verdict('few', '2030-03-03 00:00+00')$$, $$VALUES (true, 500::bigint)$$, '500 rows are enough');

-- no rows
SELECT results_eq($$SELECT status, drift_detected, n_current, error FROM odd.verdict('few', '2031-01-01 00:00+00')$$,
	$$VALUES ('insufficient_data', NULL::boolean, 0::bigint, NULL::text)$$, 'a span without rows');
SELECT results_eq($$SELECT status, n_current FROM odd.verdict('few', '2020-01-01 00:00+00')$$, $$VALUES ('insufficient_data', 0::bigint)$$, 'a span before all rows');
SELECT make('empty', 0) \g /dev/null
SELECT results_eq($$SELECT rows_read, buckets FROM drift.refresh_windows('empty')$$, $$VALUES (0::bigint, 0)$$, 'an empty table');
SELECT results_eq($$SELECT status, n_current FROM odd.verdict('empty', '2030-03-02 00:00+00')$$, $$VALUES ('insufficient_data', 0::bigint)$$, 'has no verdict');

-- columns that go, change their name or their type: found, and the others are still held against the baseline
SELECT make(name), verdict(name, '2030-03-02 00:00+00') FROM unnest('{dropped,renamed,retyped,all_dropped}'::text[]) AS name \g /dev/null
ALTER TABLE dropped DROP COLUMN x;
ALTER TABLE renamed RENAME COLUMN x TO y;
ALTER TABLE retyped ALTER COLUMN x TYPE text USING 'x' || x;
SELECT results_eq(format($$SELECT findings @> '{schema}', status NOT IN ('ok', 'insufficient_data', 'error'), explanation ~ '\mx\M', n_current FROM odd.verdict(%L, '2030-03-03 00:00+00')$$, name),
	$$VALUES (true, true, true, 1440::bigint)$$, name || ': the schema is a finding, and not an error')
FROM unnest('{dropped,renamed,retyped}'::text[]) AS name;
SELECT results_eq(format($$SELECT f.column_name, f.severity FROM drift.checks AS k JOIN drift.monitors AS m USING (monitor_id) JOIN drift.check_features AS f USING (check_id)
	WHERE m.name = %L AND k.as_of = '2030-03-03 00:00+00' AND f.segment = '' AND f.column_name IN ('n', 'c') ORDER BY 1$$, name),
	$$VALUES ('c', 'ok'), ('n', 'ok')$$, name || ': the others are checked') FROM unnest('{dropped,renamed,retyped}'::text[]) AS name;
ALTER TABLE all_dropped DROP COLUMN x, DROP COLUMN n, DROP COLUMN c;
SELECT is((SELECT status IN ('error', 'critical') FROM odd.verdict('all_dropped', '2030-03-03 00:00+00')), true, 'without any column left');
SELECT make('timeless'), verdict('timeless', '2030-03-02 00:00+00') \g /dev/null
ALTER TABLE timeless RENAME COLUMN at TO time;
SELECT results_eq($$SELECT status, error ~ 'at' FROM odd.verdict('timeless', '2030-03-03 00:00+00')$$, $$VALUES ('error', true)$$, 'without its time column it cannot be run');
ALTER TABLE timeless RENAME COLUMN time TO at;
SELECT is((verdict('timeless', '2030-03-03 00:00+00')).status, 'ok', 'until that is back');

-- tables that go, privileges that are lost
SELECT make(name), verdict(name, '2030-03-02 00:00+00') FROM unnest('{gone,forbidden,baseline_gone}'::text[]) AS name \g /dev/null
DROP TABLE gone;
SELECT results_eq($$SELECT status, error IS NOT NULL, drift_detected FROM odd.verdict('gone', '2030-03-03 00:00+00')$$, $$VALUES ('error', true, NULL::boolean)$$, 'a table that is gone');
DROP TABLE baseline_gone_reference;
SELECT is((verdict('baseline_gone', '2030-03-03 00:00+00')).status, 'ok', 'the rows of a baseline are not needed again');
RESET ROLE;
ALTER TABLE odd.forbidden OWNER TO CURRENT_USER;
SET LOCAL ROLE odd_owner;
SELECT results_eq($$SELECT status, error ~ 'permission denied' FROM odd.verdict('forbidden', '2030-03-03 00:00+00')$$, $$VALUES ('error', true)$$, 'a privilege that is lost');
RESET ROLE;
SELECT is((odd.verdict('forbidden', '2030-03-03 00:00+00')).status, 'error', 'is lost also where a superuser runs the monitor');
GRANT SELECT ON odd.forbidden TO odd_owner;
SET LOCAL ROLE odd_owner;
SELECT is((verdict('forbidden', '2030-03-03 00:00+00')).status, 'ok', 'and can be given back');

-- clocks
SELECT make('clock') \g /dev/null
INSERT INTO clock SELECT t, 1, 1, 'a' FROM unnest('{infinity,-infinity,NULL,2130-01-01,1930-01-01,0044-03-15 BC,250000-01-01}'::timestamptz[]) AS t;
SELECT lives_ok($$SELECT drift.refresh_windows('clock')$$, 'rows of no time, of the far past and of the far future');
SELECT results_eq($$SELECT n_drifted_features, n_current FROM odd.verdict('clock', '2030-03-02 00:00+00')$$, $$VALUES (0, 1439::bigint)$$, 'are in no check of another day');
SELECT results_eq($$SELECT n_current FROM odd.verdict('clock', '2130-01-02 00:00+00')$$, $$VALUES (1::bigint)$$, 'but in that of their own');
SELECT is((verdict('clock', '2030-03-02 12:00+00')).n_current, 1440::bigint, 'a span that begins at noon');
INSERT INTO clock SELECT at, x, n, c FROM clock WHERE at BETWEEN '2030-03-01 10:00+00' AND '2030-03-01 10:59+00';
SELECT lives_ok($$SELECT drift.rebuild_windows('clock', '2030-03-01', '2030-03-02')$$, 'rows that come late, by a rebuild');
SELECT is((verdict('clock', '2030-03-02 00:00+00')).n_current, 1439::bigint + 60, 'are counted once');
SELECT is((SELECT count(DISTINCT check_id) FROM generate_series(1, 3), LATERAL odd.verdict('clock', '2030-03-02 00:00+00')), 1::bigint, 'a check that is run again is the same one');

-- a day with 23 hours and one with 25
CREATE TABLE summer AS SELECT timestamptz '2030-03-30 00:00 Europe/Berlin' + i * interval '1 minute' AS at, sin(i) AS x FROM generate_series(0, 3 * 1440 - 61) AS i
	UNION ALL SELECT timestamptz '2030-10-26 00:00 Europe/Berlin' + i * interval '1 minute' AS at, sin(i) AS x FROM generate_series(0, 3 * 1440 + 59) AS i;
SELECT drift.create_monitor('summer', 'odd.summer', time_column => 'at', reference => 'previous', bucket => 'day', time_zone => 'Europe/Berlin') \g /dev/null
SELECT results_eq($$SELECT n_current, lower(current_span) FROM odd.verdict('summer', '2030-04-01 00:00 Europe/Berlin')$$,
	$$VALUES (1380::bigint, timestamptz '2030-03-31 00:00 Europe/Berlin')$$, 'the day on which summer time begins has 23 hours');
SELECT results_eq($$SELECT n_current, lower(current_span) FROM odd.verdict('summer', '2030-10-28 00:00 Europe/Berlin')$$,
	$$VALUES (1500::bigint, timestamptz '2030-10-27 00:00 Europe/Berlin')$$, 'and that on which it ends 25');

-- values that are none, and one that is all
CREATE TABLE nothing AS SELECT timestamptz '2030-03-01 00:00+00' + i * interval '1 minute' AS at, NULL::float8 AS missing, 'NaN'::float8 AS nan, 5 AS constant,
	CASE WHEN i % 2 = 0 THEN 'Infinity' ELSE '-Infinity' END::float8 AS infinite, ''::text AS blank, NULL::text AS no_text FROM generate_series(0, 4319) AS i;
SELECT drift.create_monitor('nothing', 'odd.nothing', time_column => 'at', reference => 'previous') \g /dev/null
SELECT results_eq($$SELECT status, n_drifted_features, n_current FROM odd.verdict('nothing', '2030-03-03 00:00+00')$$, $$VALUES ('ok', 0, 1440::bigint)$$, 'columns without values, or with one');
UPDATE nothing SET missing = 1, constant = 6, blank = NULL WHERE at >= '2030-03-03';
SELECT results_eq($$SELECT status, drifted_features @> '{constant}', drifted_features @> '{blank}' FROM odd.verdict('nothing', '2030-03-04 00:00+00')$$,
	$$VALUES ('critical', true, true)$$, 'that get others, or lose theirs');

-- expressions that fail
SELECT make('failing') \g /dev/null
SELECT drift.create_monitor('fails later', 'odd.failing', time_column => 'at', baseline => 'failing', segment => '(100 / (n + 1))::text'),
	drift.create_monitor('condition fails later', 'odd.failing', time_column => 'at', baseline => 'failing', condition => '100 / (n + 1) > 0') \g /dev/null
UPDATE failing SET n = -1 WHERE at = '2030-03-02 10:00+00';
SELECT results_eq(format($$SELECT status, error FROM odd.verdict(%L, '2030-03-03 00:00+00')$$, name), $$VALUES ('error', 'division by zero')$$, name)
FROM unnest('{fails later,condition fails later}'::text[]) AS name;
UPDATE failing SET n = 1 WHERE n = -1;
SELECT is((verdict(name, '2030-03-03 00:00+00')).status, 'ok', name || ': and works again') FROM unnest('{fails later,condition fails later}'::text[]) AS name;
RESET ROLE;

-- a source that takes too long, and one of which a share is read
SELECT make('slow') \g /dev/null
SELECT drift.create_monitor('slow query', 'SELECT s.*, pg_sleep(0.2) FROM odd.slow AS s', time_column => 'at', columns => '{x}', reference => 'previous',
	config => '{"monitoring": {"statement_timeout": 100}}') \g /dev/null
SELECT results_eq($$SELECT status, error ~ 'time' FROM odd.verdict('slow query', '2030-03-03 00:00+00')$$, $$VALUES ('error', true)$$, 'a query that takes longer than it may');
SELECT is((verdict('slow', '2030-03-03 00:00+00')).status, 'ok', 'stops nothing else');
SELECT drift.create_monitor('sampled', 'odd.slow', time_column => 'at', baseline => 'slow', config => '{"monitoring": {"sample": 0.5}}') \g /dev/null
SELECT ok((SELECT status = 'ok' AND n_current BETWEEN 580 AND 860 FROM odd.verdict('sampled', '2030-03-03 00:00+00')), 'half of the rows');
SELECT lives_ok($$SELECT drift.rebuild_windows('sampled', '2030-03-01', '2030-03-04')$$, 'read again');
SELECT is((SELECT count(DISTINCT n_current) FROM drift.checks JOIN drift.monitors USING (monitor_id), LATERAL (SELECT verdict('sampled', '2030-03-03 00:00+00')) AS v WHERE name = 'sampled'), 1::bigint, 'are the same half');

-- an owner that is no more
CREATE ROLE odd_gone;
GRANT USAGE ON SCHEMA odd TO odd_gone;
GRANT SELECT ON odd.slow TO odd_gone, odd_owner;
SET LOCAL ROLE odd_gone;
SELECT drift.create_monitor('orphan', 'odd.slow', time_column => 'at', reference => 'previous') \g /dev/null
SELECT is((drift.run_check('orphan', '2030-03-03 00:00+00')).status, 'ok', 'a monitor of a role');
RESET ROLE;
REVOKE ALL ON SCHEMA odd FROM odd_gone;
REVOKE ALL ON odd.slow FROM odd_gone;
DROP ROLE odd_gone;
SELECT results_eq($$SELECT status, error ~ 'does not exist' FROM drift.run_check('orphan', '2030-03-03 01:00+00')$$, $$VALUES ('error', true)$$, 'that was dropped is not run as anybody else');
SELECT lives_ok($$SELECT drift.set_monitor_owner('orphan', 'odd_owner')$$, 'can be given to another');
SELECT is((drift.run_check('orphan', '2030-03-03 01:00+00')).status, 'ok', 'and runs again');

SELECT * FROM finish();
ROLLBACK;
