-- How often a monitor alarms when nothing drifted, how often it opens an alert, and how often it finds what did drift.
--
--     psql -d DATABASE -v runs=200 -f test/quiet/monitors.sql
--     DRIFT_DATA=FOLDER psql -d DATABASE -v runs=200 -v real=yes -f test/quiet/monitors.sql
--
-- Of a population of calls 5,000 rows are the reference, and 500 of the others, drawn with replacement, are a day. There
-- are twenty references, each with as many days as there are runs, and each day is checked. Then each of them has blocks
-- of four quiet days and two changed ones; a change is found when a check of these two days names the column.
-- Of a folder with bank_marketing.csv the population are the calls in it, and its months in their order are checked too.
\set ON_ERROR_STOP on
\if :{?runs}
\else
	\set runs 200
\endif
\if :{?references}
\else
	\set references 20
\endif
SET client_min_messages = warning;
SELECT setseed(0.4) \g /dev/null

DROP SCHEMA IF EXISTS quiet CASCADE;
CREATE SCHEMA quiet;
SET search_path = quiet, public;

-- --- the population ----------------------------------------------------------

\if :{?real}
	\set population 'the calls of a bank'
	CREATE TABLE population (
		period text, age integer, job text, marital text, education text, "default" text, housing text, loan text, contact text, month text,
		day_of_week text, duration integer, campaign integer, pdays integer, previous integer, "emp.var.rate" float8, "cons.price.idx" float8,
		"cons.conf.idx" float8, euribor3m float8, "nr.employed" float8, y integer);
	\copy population FROM PROGRAM 'cat "$DRIFT_DATA/bank_marketing.csv"' WITH (FORMAT csv, HEADER)
\else
	\set population 'simulated calls'
	\set source `cat test/demo/bank_calls.sql`
	\set calls `cat test/demo/bank_calls.json`
	SELECT FROM drift.simulate(:'source', 'quiet.population', :'calls', 41188) \g /dev/null
	ALTER TABLE population ADD period text;
\endif
ALTER TABLE population ADD id integer GENERATED ALWAYS AS IDENTITY;
CREATE INDEX ON population (id);

-- --- bounds ------------------------------------------------------------------

-- Upper 95 % bound of a probability of which k of n were seen: where so few would be seen in 5 % of cases.
CREATE FUNCTION upper_share(k bigint, n bigint) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	low float8 := k::float8 / n;
	high float8 := 1;
	p float8;
	term float8;
	cdf float8;
BEGIN
	IF k >= n THEN
		RETURN 1;
	END IF;
	FOR step IN 1 .. 40 LOOP
		p := (low + high) / 2;
		term := n * ln(1 - p);
		cdf := CASE WHEN term > -700 THEN exp(term) ELSE 0 END;
		FOR i IN 1 .. k LOOP
			term := term + ln((n - i + 1)::float8 / i) + ln(p / (1 - p));
			cdf := cdf + CASE WHEN term > -700 THEN exp(term) ELSE 0 END;
		END LOOP;
		IF cdf > 0.05 THEN low := p; ELSE high := p; END IF;
	END LOOP;
	RETURN high;
END
$$;

-- Upper 95 % bound of a mean over references, which share no days: 1.73 is Student's point with 19 degrees of freedom.
CREATE FUNCTION upper_mean(x float8[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT avg(v) + 1.73 * coalesce(stddev_samp(v), 0) / sqrt(count(*)) FROM unnest(x) AS v
$$;

-- --- one monitor, replayed ---------------------------------------------------

CREATE TABLE seen (
	thresholds text, change text, reference integer, day integer, status text, drift_detected boolean, drifted text[], findings text[], alerts bigint
);

CREATE FUNCTION draw_reference(reference integer) RETURNS void LANGUAGE sql AS $$
	DROP TABLE IF EXISTS quiet.reference, quiet.rest;
	CREATE TABLE quiet.reference AS SELECT * FROM population ORDER BY hashint8extended(id, $1) LIMIT 5000;
	CREATE TABLE quiet.rest AS
	SELECT row_number() OVER () AS place, id FROM (SELECT id FROM population ORDER BY hashint8extended(id, $1) OFFSET 5000) AS others;
	CREATE INDEX ON quiet.rest (place);
	ANALYZE quiet.rest;
$$;

-- Days of 500 calls; in the last two of six the column is changed.
CREATE FUNCTION draw_days(days integer, change text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	n CONSTANT bigint := (SELECT count(*) FROM quiet.rest);
BEGIN
	DROP TABLE IF EXISTS quiet.stream;
	CREATE TABLE quiet.stream AS
	SELECT timestamptz '2030-01-01 00:00+00' + d.day * interval '1 day' + d.k * interval '172 seconds' AS called_at, p.*
	FROM (SELECT day, k, 1 + floor(random() * n)::bigint AS place FROM generate_series(0, days - 1) AS day, generate_series(1, 500) AS k OFFSET 0) AS d
	JOIN quiet.rest AS r USING (place) JOIN population AS p USING (id);
	IF change IS NOT NULL THEN
		EXECUTE format('UPDATE quiet.stream SET %s WHERE extract(epoch FROM called_at - timestamptz ''2030-01-01 00:00+00'')::integer / 86400 %% 6 >= 4', change);
	END IF;
END
$$;

CREATE PROCEDURE replay(set_name text, reference integer, days integer, label text DEFAULT 'none') LANGUAGE plpgsql AS $$
DECLARE
	start CONSTANT timestamptz := '2030-01-01 00:00+00';
	name CONSTANT text := format('quiet %s %s %s', set_name, label, reference);
	verdict drift.checks;
BEGIN
	PERFORM drift.create_monitor(name, 'quiet.stream', time_column => 'called_at', baseline => 'quiet', thresholds => set_name, bucket => 'day', span => '1 day',
		columns => (SELECT array_agg(column_name) FROM drift.query_columns('quiet.population') AS c WHERE column_name NOT IN ('id', 'period', 'y')));
	PERFORM drift.refresh_windows(name);
	COMMIT;
	FOR day IN 0 .. days - 1 LOOP
		SELECT * INTO verdict FROM drift.run_check(name, start + (day + 1) * interval '1 day', false);
		INSERT INTO seen VALUES (set_name, label, reference, day, verdict.status, verdict.drift_detected, verdict.drifted_features, verdict.findings,
			(SELECT count(*) FROM drift.alerts AS a WHERE a.monitor_id = verdict.monitor_id AND a.check_id = verdict.check_id));
		COMMIT;
	END LOOP;
	PERFORM drift.drop_monitor(name);
	COMMIT;
END
$$;

CREATE TABLE change (label text, column_name text, setting text);
INSERT INTO change VALUES
	('contact, 15 points of the calls by telephone become cellular', 'contact',
		(SELECT format('contact = CASE WHEN contact = ''telephone'' AND random() < %s THEN ''cellular'' ELSE contact END', 0.15 / avg((contact = 'telephone')::integer)) FROM population)),
	('age, half a standard deviation', 'age', (SELECT format('age = round(age + %s)', stddev(age) / 2) FROM population)),
	('age, two years', 'age', 'age = age + 2');

CREATE PROCEDURE measure(runs integer, draws integer) LANGUAGE plpgsql AS $$
DECLARE
	c change;
	limits record;
	-- The other sets cost as much as the standard one, and need less to be known.
	few CONSTANT integer := greatest(runs / 20, 1);
BEGIN
	FOR reference IN 1 .. draws LOOP
		PERFORM draw_reference(reference);
		PERFORM drift.create_baseline('quiet', 'quiet.reference');
		PERFORM draw_days(runs, NULL);
		COMMIT;
		FOR limits IN SELECT t.name FROM drift.thresholds AS t WHERE t.built_in AND t.rule NOT IN ('evidently', 'nannyml') LOOP
			CALL replay(limits.name, reference, CASE limits.name WHEN 'standard' THEN runs ELSE few END);
		END LOOP;
		FOR c IN SELECT * FROM change LOOP
			PERFORM draw_days(30, c.setting);
			FOR limits IN SELECT t.name FROM drift.thresholds AS t WHERE t.built_in AND t.rule NOT IN ('evidently', 'nannyml') LOOP
				CALL replay(limits.name, reference, CASE limits.name WHEN 'standard' THEN 30 ELSE 12 END, c.label);
			END LOOP;
		END LOOP;
		PERFORM drift.drop_baseline('quiet');
		COMMIT;
	END LOOP;
END
$$;
CALL measure(:runs, :references);

-- --- what came out -----------------------------------------------------------

\echo
\echo Quiet days of :population. A check without a verdict counts as an alarm.
WITH of_reference AS (
	SELECT thresholds, reference, count(*) AS checks, count(*) FILTER (WHERE status <> 'ok') AS alarms, count(*) FILTER (WHERE status = 'critical') AS critical,
		count(*) FILTER (WHERE drift_detected) AS detected, count(*) FILTER (WHERE status IN ('insufficient_data', 'error')) AS without, sum(alerts) AS alerts
	FROM seen WHERE change = 'none' GROUP BY thresholds, reference
)
SELECT thresholds, count(*) AS "references", sum(checks) AS checks, sum(without) AS "without verdict",
	round(100.0 * sum(alarms) / sum(checks), 2) AS "alarms, %",
	round(100 * greatest(upper_share(sum(alarms)::bigint, sum(checks)::bigint), upper_mean(array_agg(alarms::float8 / checks)))::numeric, 2) AS "at most, %",
	round(100.0 * sum(critical) / sum(checks), 2) AS "critical, %",
	round(100.0 * sum(detected) / sum(checks), 2) AS "data set drifts, %",
	round(1000.0 * sum(alerts) / sum(checks), 2) AS "alerts in 1,000 days",
	round(1000 * greatest(upper_share(sum(alerts)::bigint, sum(checks)::bigint), upper_mean(array_agg(alerts::float8 / checks)))::numeric, 2) AS "at most"
FROM of_reference GROUP BY thresholds ORDER BY thresholds <> 'standard', thresholds;

\echo Changed days of :population, by what was changed.
WITH block AS (
	SELECT s.thresholds, c.label, s.reference, s.day / 6 AS block, bool_or(c.column_name = ANY (s.drifted)) FILTER (WHERE s.day % 6 >= 4) AS found,
		sum(s.alerts) FILTER (WHERE s.day % 6 >= 4) > 0 AS alerted
	FROM seen AS s JOIN change AS c ON c.label = s.change
	GROUP BY s.thresholds, c.label, s.reference, s.day / 6
)
SELECT label AS change, thresholds, count(*) AS runs, round(100 * avg(found::integer), 1) AS "found in two checks, %",
	round(100 * (1 - upper_share(count(*) FILTER (WHERE NOT found), count(*)))::numeric, 1) AS "at least, %",
	round(100 * avg(alerted::integer), 1) AS "alert in two checks, %"
FROM block GROUP BY label, thresholds ORDER BY label, thresholds <> 'standard', thresholds;

-- --- months in their order ---------------------------------------------------

\if :{?real}
CREATE TABLE month_of_call AS
SELECT (period || '-01')::date::timestamptz + (row_number() OVER (PARTITION BY period ORDER BY id) - 1) * interval '27 days' / count(*) OVER (PARTITION BY period) AS called_at, *
FROM population;

CREATE PROCEDURE replay_months(set_name text, held_against text) LANGUAGE plpgsql AS $$
DECLARE
	name CONSTANT text := format('months %s %s', set_name, held_against);
BEGIN
	PERFORM drift.create_monitor(name, 'quiet.month_of_call', time_column => 'called_at', baseline => CASE held_against WHEN 'baseline' THEN 'first month' END,
		reference => held_against, thresholds => set_name, bucket => 'day', span => '1 month',
		columns => (SELECT array_agg(column_name) FROM drift.query_columns('quiet.population') AS c WHERE column_name NOT IN ('id', 'period', 'y')));
	PERFORM drift.refresh_windows(name);
	INSERT INTO seen (thresholds, change, day, status, drift_detected, drifted)
	SELECT set_name, held_against, row_number() OVER (ORDER BY m.as_of), (c).status, (c).drift_detected, (c).drifted_features
	FROM (SELECT DISTINCT (period || '-01')::date::timestamptz + interval '1 month' AS as_of FROM population ORDER BY 1 OFFSET 1) AS m,
		drift.run_check(name, m.as_of, false) AS c;
	PERFORM drift.drop_monitor(name);
END
$$;
SELECT FROM drift.create_baseline('first month', 'SELECT * FROM quiet.month_of_call WHERE period = ''2008-05''') \g /dev/null
SELECT format('CALL replay_months(%L, %L)', t.name, held_against)
FROM drift.thresholds AS t, unnest('{previous,baseline}'::text[]) AS held_against WHERE t.built_in AND t.rule NOT IN ('evidently', 'nannyml')
\gexec

\echo Real months in their order, 2008-06 to 2010-11, held against the month before and against the first.
SELECT thresholds, change AS "held against", count(*) AS months, count(*) FILTER (WHERE status NOT IN ('insufficient_data', 'error')) AS "with a verdict",
	count(*) FILTER (WHERE status IN ('warning', 'critical')) AS alarms, count(*) FILTER (WHERE status = 'critical') AS critical,
	count(*) FILTER (WHERE drift_detected) AS "data set drifts"
FROM seen WHERE change IN ('previous', 'baseline') GROUP BY thresholds, change ORDER BY change, thresholds <> 'standard', thresholds;
\endif
