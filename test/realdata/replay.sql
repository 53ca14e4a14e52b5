-- The calls of a bank, replayed by month into a prediction log as its application would have logged them, and watched by a monitor. Prints TAP.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET TimeZone = 'UTC';

CREATE TABLE call (
	period text, age int, job text, marital text, education text, "default" text, housing text, loan text, contact text, month text,
	day_of_week text, duration int, campaign int, pdays int, previous int, "emp.var.rate" float8, "cons.price.idx" float8,
	"cons.conf.idx" float8, euribor3m float8, "nr.employed" float8, y int);
\copy call FROM PROGRAM 'cat "$DRIFT_DATA/bank_marketing.csv"' WITH (FORMAT csv, HEADER)
ALTER TABLE call ADD id int GENERATED ALWAYS AS IDENTITY;
-- the file's order is that of the calls; each month's are spread over 27 days of it
ALTER TABLE call ADD called_at timestamptz;
UPDATE call AS c SET called_at = o.called_at
FROM (SELECT id, (period || '-01')::date::timestamptz + (row_number() OVER (PARTITION BY period ORDER BY id) - 1) * interval '27 days' / count(*) OVER (PARTITION BY period) AS called_at
	FROM call) AS o WHERE o.id = c.id;

-- a model that scores elsewhere: yes where there were calls before and the interest is low
SELECT FROM drift.register_model('bank');
SELECT FROM drift.add_external_version('bank', 'file:///bank.model', sha256('bank'),
	(SELECT jsonb_agg(jsonb_build_object('name', column_name, 'kind', CASE column_type WHEN 'text' THEN 'text' ELSE 'number' END) ORDER BY ordinal)
	FROM drift.query_columns('call') WHERE column_name NOT IN ('period', 'month', 'day_of_week', 'duration', 'y', 'id', 'called_at')), 'regression');
SELECT FROM drift.promote('bank', 1);
SELECT FROM drift.create_prediction_log('bank', 'public.bank_log', days_ahead => 1);
INSERT INTO bank_log (predicted_at, model_version, entity_key, score, age, job, marital, education, "default", housing, loan, contact, campaign, pdays, previous,
	"emp.var.rate", "cons.price.idx", "cons.conf.idx", euribor3m, "nr.employed")
SELECT called_at, 1, id, 0.7 - 0.0004 * pdays - 0.05 * euribor3m + 0.0005 * age, age, job, marital, education, "default", housing, loan, contact, campaign, pdays, previous,
	"emp.var.rate", "cons.price.idx", "cons.conf.idx", euribor3m, "nr.employed"
FROM call WHERE period <= '2008-06';

-- May 2008 is what the model was accepted on; the first refresh sees two months, the second all
SELECT FROM drift.create_baseline('may', 'SELECT age, job, marital, education, "default", housing, loan, contact, campaign, pdays, previous,
	"emp.var.rate", "cons.price.idx", "cons.conf.idx", euribor3m, "nr.employed" FROM public.call WHERE period = ''2008-05''', 'bank');
SELECT FROM drift.create_monitor('calls', NULL, 'bank', baseline => 'may', bucket => 'day', span => '1 month');
CREATE TEMPORARY TABLE first_refresh AS SELECT * FROM drift.refresh_windows('calls');
INSERT INTO bank_log (predicted_at, model_version, entity_key, score, age, job, marital, education, "default", housing, loan, contact, campaign, pdays, previous,
	"emp.var.rate", "cons.price.idx", "cons.conf.idx", euribor3m, "nr.employed")
SELECT called_at, 1, id, 0.7 - 0.0004 * pdays - 0.05 * euribor3m + 0.0005 * age, age, job, marital, education, "default", housing, loan, contact, campaign, pdays, previous,
	"emp.var.rate", "cons.price.idx", "cons.conf.idx", euribor3m, "nr.employed"
FROM call WHERE period > '2008-06' ORDER BY hashint4(id);
CREATE TEMPORARY TABLE second_refresh AS SELECT * FROM drift.refresh_windows('calls');

CREATE TEMPORARY TABLE month AS
SELECT period, (period || '-01')::date::timestamptz + interval '1 month' AS as_of, count(*) AS n FROM call WHERE period > '2008-05' GROUP BY period;
-- one check after the other, as they would have come
DO $$
DECLARE
	m record;
BEGIN
	FOR m IN SELECT as_of FROM month ORDER BY as_of LOOP
		PERFORM drift.run_check('calls', m.as_of, false);
	END LOOP;
END
$$;
CREATE TEMPORARY TABLE verdict_of AS
SELECT m.period, c.*, rank() OVER (PARTITION BY m.period ORDER BY c.psi DESC NULLS LAST) AS place_by_psi, rank() OVER (PARTITION BY m.period ORDER BY c.effect DESC NULLS LAST) AS place
FROM month AS m JOIN drift.checks AS k USING (as_of) JOIN drift.check_features AS c USING (check_id)
WHERE c.role = 'feature' AND c.segment = '';

CREATE TEMPORARY TABLE verdict (id int GENERATED ALWAYS AS IDENTITY, passed boolean, description text);
INSERT INTO verdict (passed, description)
SELECT rows_read = 7763 + 4374, format('the first refresh reads the first two months: %s rows', rows_read) FROM first_refresh;
INSERT INTO verdict (passed, description)
SELECT rows_read = 41188 - 7763 - 4374, format('the second reads the others only: %s rows', rows_read) FROM second_refresh;
INSERT INTO verdict (passed, description)
SELECT bool_and(k.n_current = m.n), 'each check saw all rows of its month' FROM month AS m JOIN drift.checks AS k USING (as_of) WHERE k.status <> 'insufficient_data';
INSERT INTO verdict (passed, description)
SELECT count(*) FILTER (WHERE k.status = 'insufficient_data') = count(*) AND count(*) > 10, format('%s months of fewer than 500 calls get no verdict', count(*))
FROM month AS m JOIN drift.checks AS k USING (as_of) WHERE m.n < 500;
INSERT INTO verdict (passed, description)
SELECT severity = 'critical', format('2008-07: contact is %s, PSI %s', severity, round(psi::numeric, 2)) FROM verdict_of WHERE period = '2008-07' AND column_name = 'contact';
INSERT INTO verdict (passed, description)
SELECT c.place < a.place AND c.place_by_psi < a.place_by_psi, format('2008-07: contact is ranked above age, %s. and %s. by effect', c.place, a.place)
FROM verdict_of AS c, verdict_of AS a WHERE c.period = '2008-07' AND a.period = '2008-07' AND c.column_name = 'contact' AND a.column_name = 'age';
INSERT INTO verdict (passed, description)
SELECT array_position(drifted_features, 'contact') < coalesce(array_position(drifted_features, 'age'), 99), '2008-07: and so are they in the list of drifted features'
FROM month JOIN drift.checks USING (as_of) WHERE period = '2008-07';
INSERT INTO verdict (passed, description)
SELECT NOT drifted, format('2008-06: %s is not raised, effect %s', column_name, round(effect::numeric, 3)) FROM verdict_of
WHERE period = '2008-06' AND column_name IN ('age', 'loan') ORDER BY column_name;
INSERT INTO verdict (passed, description)
SELECT bool_and(severity = 'critical'), '2008-06: the economy is critical' FROM verdict_of WHERE period = '2008-06' AND column_name ~ '^(emp|cons|euribor|nr)';
INSERT INTO verdict (passed, description)
SELECT count(*) > 0, 'alerts were raised' FROM drift.alerts WHERE monitor_id IS NOT NULL;
-- windows of any month are the rows of it
INSERT INTO verdict (passed, description)
SELECT bool_and(drift.row_count(w.profile) = m.n AND drift.mean(w.profile) BETWEEN age - 1e-9 AND age + 1e-9), 'merged windows of age hold each month''s rows and their mean'
FROM (SELECT (period || '-01')::date::timestamptz AS start, count(*) AS n, avg(age)::float8 AS age FROM call GROUP BY period) AS m,
	drift.monitors AS o JOIN drift.monitor_columns AS c USING (monitor_id),
	LATERAL (SELECT * FROM drift_internal.merged_windows(o.monitor_id, tstzrange(m.start, m.start + interval '1 month'))) AS w
WHERE c.column_name = 'age' AND c.role = 'feature' AND w.column_id = c.column_id;

SELECT format('%s %s - %s', CASE WHEN passed THEN 'ok' ELSE 'not ok' END, id, description) FROM verdict ORDER BY id;
SELECT format('1..%s', count(*)) FROM verdict;
