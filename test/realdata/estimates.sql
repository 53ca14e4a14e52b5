-- A model of a bank's calls of four months, whose estimates are wrong later on: the crisis changed who says yes. Prints TAP.
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

-- scikit-learn 1.2.1's LogisticRegression of y on the calls of May to August 2008 with an even number, without their
-- duration, which is not known before a call, and without the figures of the economy; coefficients to three digits.
-- Each month's calls are spread over 27 days of it.
CREATE TABLE answer AS
SELECT (period || '-01')::date::timestamptz + (row_number() OVER (PARTITION BY period ORDER BY id) - 1) * interval '27 days' / count(*) OVER (PARTITION BY period) AS called_at,
	period, id, age, score, CASE WHEN score >= 0.5 THEN 'yes' ELSE 'no' END AS label, CASE y WHEN 1 THEN 'yes' ELSE 'no' END AS target
FROM call, LATERAL (SELECT 1 / (1 + exp(-(-3.605 + 0.182 * age / 10.0 - 0.299 * (age / 10.0) ^ 2 / 10 - 0.08 * least(campaign, 10) / 10.0
	+ 0.578 * (contact = 'cellular')::int + 0.139 * ("default" = 'no')::int + 0.147 * (job IN ('student', 'retired'))::int + 0.041 * (job = 'blue-collar')::int
	- 0.032 * (marital = 'single')::int - 0.057 * (education = 'university.degree')::int)))) AS s (score);

SELECT FROM drift.register_model('bank');
SELECT FROM drift.add_external_version('bank', 'file:///bank.model', sha256('bank'), '[{"name": "age", "kind": "number"}]', 'binary');
SELECT FROM drift.promote('bank', 1);
SELECT FROM drift.fit_estimator('bank', 'SELECT score, label, target AS actual, called_at AS predicted_at FROM answer WHERE period <= ''2008-08'' AND id % 2 = 1', chunk => 'month');
SELECT FROM drift.create_baseline('held_out', 'SELECT age, score, label, target, (label <> target)::int AS error FROM answer WHERE period <= ''2008-08'' AND id % 2 = 1', 'bank');
SELECT FROM drift.create_monitor('calls', 'SELECT * FROM answer WHERE period > ''2008-08'' OR id % 2 = 1', 'bank', 'called_at', 'held_out', bucket => 'day', span => '1 month',
	config => '{"performance": {"positive_label": "yes"}, "monitoring": {"drift_check_samples": 100}}');
SELECT FROM drift.refresh_windows('calls');

CREATE TABLE month AS
SELECT period, (period || '-01')::date::timestamptz + interval '1 month' AS as_of, count(*) AS n FROM answer GROUP BY period HAVING count(*) >= 100;
DO $$
DECLARE
	m record;
BEGIN
	FOR m IN SELECT as_of FROM month ORDER BY as_of LOOP
		PERFORM drift.run_check('calls', m.as_of, false);
	END LOOP;
END
$$;
CREATE TABLE verdict AS
SELECT m.period, c.check_id, c.findings, c.performance, c.estimated_performance FROM month AS m JOIN drift.checks AS c USING (as_of);

\echo 1..5
SELECT concat_ws(' ', CASE WHEN count(*) FILTER (WHERE 'estimate_broken' = ANY (findings)) >= 15 AND count(*) = 20 THEN 'ok' ELSE 'not ok' END, '1 - the estimate is broken in',
	count(*) FILTER (WHERE 'estimate_broken' = ANY (findings)), 'of', count(*), 'months after the model was made') FROM verdict WHERE period > '2008-08';
SELECT concat_ws(' ', CASE WHEN count(*) FILTER (WHERE 'estimate_broken' = ANY (findings)) <= 1 THEN 'ok' ELSE 'not ok' END, '2 - and in',
	count(*) FILTER (WHERE 'estimate_broken' = ANY (findings)), 'of the', count(*), 'months of its reference') FROM verdict WHERE period <= '2008-08';
SELECT concat_ws(' ', CASE WHEN bool_and(status <> 'resolved') AND count(*) = 1 THEN 'ok' ELSE 'not ok' END, '3 - it is an alert of its own, still open') FROM drift.alerts WHERE kind = 'estimate_broken';
SELECT concat_ws(' ', CASE WHEN count(*) > 0 THEN 'ok' ELSE 'not ok' END, '4 - the alert of performance is open, whatever was estimated') FROM drift.alerts WHERE kind = 'performance' AND status <> 'resolved';
SELECT concat_ws(' ', CASE WHEN bool_and(r.value < e.value - 0.1) THEN 'ok' ELSE 'not ok' END, '5 - in 2010 the accuracy is', round(avg(r.value)::numeric, 2), 'where', round(avg(e.value)::numeric, 2), 'was estimated')
FROM verdict AS v JOIN drift.check_metrics AS r USING (check_id) JOIN drift.check_metrics AS e USING (check_id, segment, metric)
WHERE v.period >= '2010' AND r.kind = 'realised' AND e.kind = 'estimated' AND r.metric = 'accuracy';
SELECT format('# %s: %s, estimated %s%s', v.period, v.performance, v.estimated_performance, CASE WHEN 'estimate_broken' = ANY (v.findings) THEN ', broken' ELSE '' END) FROM verdict AS v ORDER BY 1;
