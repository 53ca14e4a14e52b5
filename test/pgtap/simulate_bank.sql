-- The documented half year of a bank's calls: each change is in the data, and the drift score is between 20 and 40 %.
\set source `cat test/demo/bank_calls.sql`
\set calls `cat test/demo/bank_calls.json`
\set half_year `cat test/demo/bank_marketing.json`
BEGIN;
SELECT plan(17);

SELECT is((SELECT rows_written FROM drift.simulate(:'source', 'pg_temp.bank_calls', :'calls', 20000)), 20000::bigint, 'a year of calls out of nothing');
SELECT ok((SELECT abs(avg(age) - 40) < 0.5 AND abs(avg((contact = 'cellular')::integer) - 0.2) < 0.015 AND avg(y) BETWEEN 0.1 AND 0.2 FROM bank_calls), 'with the age, the phones and the yes rate of such calls');
SELECT is((SELECT rows_written FROM drift.simulate('bank_calls', 'pg_temp.half_year', :'half_year', 5000)), 5000::bigint, 'half a year, 5,000 calls');

CREATE TEMPORARY TABLE feature AS SELECT array_agg(column_name) AS names FROM drift.query_columns('bank_calls');
CREATE TEMPORARY TABLE of_month AS
SELECT extract(month FROM called_at)::integer AS month, count(*) AS n, avg(age) AS age, avg((contact = 'cellular')::integer) AS cellular, avg(euribor3m) AS euribor3m,
	avg("cons.price.idx") AS prices, avg("cons.conf.idx") AS confidence, min(half_year.month) AS first_name, max(half_year.month) AS last_name
FROM half_year GROUP BY 1;
CREATE TEMPORARY TABLE before AS
SELECT avg(age) AS age, avg((contact = 'cellular')::integer) AS cellular, avg(euribor3m) AS euribor3m, avg("cons.price.idx") AS prices, avg("cons.conf.idx") AS confidence FROM bank_calls;

SELECT results_eq('SELECT month FROM of_month ORDER BY 1', 'VALUES (3), (4), (5), (6), (7), (8)', 'six months');
SELECT ok((SELECT min(n) > 800 AND bool_and(first_name = last_name AND first_name = (ARRAY['mar', 'apr', 'may', 'jun', 'jul', 'aug'])[month - 2]) FROM of_month), 'of as many calls a day, with their names');
SELECT ok((SELECT abs(avg(h.age) - b.age - 2) < 0.9 FROM half_year AS h, before AS b WHERE called_at >= '2026-06-01' GROUP BY b.age), 'from June on two years older');
SELECT ok((SELECT abs(avg((contact = 'cellular')::integer) - 0.35) < 0.05 FROM half_year WHERE called_at >= '2026-06-01'), 'and 35 % cellular');
SELECT ok((SELECT max(abs(m.cellular - b.cellular - (0.35 - b.cellular) * least(1, (month - 2.5) / 3))) < 0.08 FROM of_month AS m, before AS b), 'not at once');
SELECT ok((SELECT max(abs(m.euribor3m - b.euribor3m - 0.75 * (month - 2.5) / 6)) < 0.25 FROM of_month AS m, before AS b), 'the interest rate rises');
SELECT ok((SELECT max(abs(m.prices - b.prices - 0.5 * (month - 2.5) / 6)) < 0.1 FROM of_month AS m, before AS b), 'and so do prices');
SELECT ok((SELECT max(abs(m.confidence - b.confidence - 3 * sin(2 * pi() * (month - 2.5) / 12))) < 0.8 FROM of_month AS m, before AS b), 'confidence has its season');

-- concept drift: log-odds ratio of cellular phones
SELECT ok((SELECT max(r) FILTER (WHERE later) > max(r) FILTER (WHERE NOT later) + 0.1 FROM (
		SELECT later, ln(max(rate / (1 - rate)) FILTER (WHERE contact = 'cellular')) - ln(max(rate / (1 - rate)) FILTER (WHERE contact = 'telephone')) AS r
		FROM (
			SELECT false AS later, contact, avg(y)::float8 AS rate FROM bank_calls GROUP BY contact
			UNION ALL SELECT true, contact, avg(y)::float8 FROM half_year WHERE called_at >= '2026-06-01' GROUP BY contact) AS x
		GROUP BY later) AS y), 'a cellular phone means more than it did');

SELECT ok((SELECT drift_detected AND drift_score BETWEEN 0.2 AND 0.4 FROM feature, drift.detect_drift('bank_calls', 'half_year', names)), 'a drift score of 20 to 40 %');
SELECT ok((SELECT drifted_features @> '{age,contact,month,euribor3m,cons.price.idx,cons.conf.idx}' AND NOT drifted_features && '{job,marital,education,default,housing,loan,day_of_week,duration,campaign,pdays,previous,emp.var.rate,nr.employed}'
	FROM feature, drift.detect_drift('bank_calls', 'half_year', names)), 'of the columns that were changed, and of no others');
SELECT ok((SELECT s.march < s.june AND s.march < 0.2 AND s.june BETWEEN 0.25 AND 0.4 FROM (
		SELECT (SELECT drift_score FROM feature, drift.detect_drift('bank_calls', 'SELECT * FROM half_year WHERE called_at < ''2026-04-01''', names)) AS march,
			(SELECT drift_score FROM feature, drift.detect_drift('bank_calls', 'SELECT * FROM half_year WHERE called_at >= ''2026-06-01'' AND called_at < ''2026-07-01''', names)) AS june) AS s),
	'which grows from March to June');
SELECT is((SELECT rows_written FROM drift.simulate('bank_calls', 'pg_temp.quiet', '{}', 5000)), 5000::bigint, 'the same number of calls of the first year');
SELECT ok((SELECT drift_score = 0 AND NOT drift_detected FROM drift.detect_drift('bank_calls', 'quiet')), 'did not drift');

SELECT * FROM finish();
ROLLBACK;
