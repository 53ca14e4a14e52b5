-- drift.compare() as a reader meets it: the words, the order, the errors.
\pset null '-'
CREATE TABLE customers_march AS
SELECT 20 + i % 40 AS age,
	CASE WHEN i % 10 < 8 THEN 'landline' ELSE 'mobile' END AS contact,
	(i % 97) * 1.5::numeric AS balance,
	i % 4 = 0 AS loan
FROM generate_series(1, 2000) AS i;
CREATE TABLE customers_april AS
SELECT 26 + i % 40 AS age,
	CASE WHEN i % 10 < 3 THEN 'landline' WHEN i % 10 = 9 THEN 'chat' ELSE 'mobile' END AS contact,
	CASE WHEN i % 20 > 0 THEN (i % 97) * 1.5::numeric END AS balance,
	i % 4 = 0 AS loan
FROM generate_series(1, 1500) AS i;

SELECT column_name, method, round(psi::numeric, 3) AS psi, round(effect::numeric, 3) AS effect, severity, drifted, findings
FROM drift.compare('customers_march', 'customers_april');

SELECT column_name, explanation, severity_text, action_text
FROM drift.compare('customers_march', 'customers_april') \gx

SELECT * FROM drift.detect_drift('customers_march', 'customers_april');

SELECT bin, label, n_reference, n_current, round(psi_contribution::numeric, 4) AS psi_contribution
FROM drift.histogram('customers_march', 'customers_april', 'age', 5);
SELECT bin, label, n_reference, n_current, round(psi_contribution::numeric, 4) AS psi_contribution
FROM drift.histogram('customers_march', 'customers_april', 'contact');

-- every bin counted here is in the PSI there
SELECT round((SELECT sum(psi_contribution) FROM drift.histogram('customers_march', 'customers_april', 'age'))::numeric, 9)
	= round((SELECT psi FROM drift.compare('customers_march', 'customers_april', ARRAY['age']))::numeric, 9) AS same_psi;

-- categories with less than 1 % of the reference share a bin; new ones do not
CREATE TABLE rare_old AS SELECT CASE WHEN i % 4 > 0 THEN 'common' ELSE 'rare ' || i % 150 END AS code FROM generate_series(1, 3000) AS i;
CREATE TABLE rare_new AS SELECT CASE WHEN i % 8 = 1 THEN 'new' WHEN i % 4 > 0 THEN 'common' ELSE 'rare ' || i % 170 END AS code FROM generate_series(1, 3000) AS i;
SELECT label, n_reference, n_current FROM drift.histogram('rare_old', 'rare_new', 'code');
SELECT round((SELECT sum(psi_contribution) FROM drift.histogram('rare_old', 'rare_new', 'code'))::numeric, 9)
	= round(psi::numeric, 9) AS same_psi, explanation
FROM drift.compare('rare_old', 'rare_new');

-- exact statistics of data too large for an exact profile are those of the aggregates
CREATE TABLE large_old AS SELECT (i * 7919::bigint % 100003) / 7.0::float8 AS x, i % 30 AS g FROM generate_series(1, 30000) AS i;
CREATE TABLE large_new AS SELECT (i * 104729::bigint % 100003) / 6.9::float8 AS x, i % 30 AS g FROM generate_series(1, 20000) AS i;
SELECT c.column_name, c.statistic = (t).statistic AS same_statistic, c.p_value = (t).p_value AS same_p_value, c.psi = a.psi AS same_psi, c.error_bound
FROM drift.compare('large_old', 'large_new', ARRAY['x']) AS c, (
	SELECT drift.ks_test(x, is_current) AS t, drift.psi(x, is_current) AS psi
	FROM (SELECT false AS is_current, x FROM large_old UNION ALL SELECT true, x FROM large_new) AS labelled) AS a;
-- and the summary is within its bound of them
SELECT abs(s.statistic - e.statistic) <= s.error_bound AS within_bound, s.error_bound > 0 AS has_bound, s.p_value >= e.p_value AS not_bolder
FROM drift.compare('large_old', 'large_new', ARRAY['x']) AS e,
	drift.compare('large_old', 'large_new', ARRAY['x'], mode => 'summary') AS s;
SELECT sum(n_reference) AS n_reference, sum(n_current) AS n_current FROM drift.histogram('large_old', 'large_new', 'x', 20);

-- summary and exact agree on everything a profile counts
SELECT c.column_name, c = s AS same
FROM drift.compare('customers_march', 'customers_april') AS c
JOIN drift.compare('customers_march', 'customers_april', mode => 'summary') AS s USING (column_name)
WHERE column_name IN ('contact', 'loan');

-- reports
\pset format unaligned
SELECT drift.report_text('customers_march', 'customers_april');
SELECT jsonb_pretty(report #- '{columns}' #- '{thresholds}' #- '{generated_at}') FROM drift.report_json('customers_march', 'customers_april') AS report;
SELECT jsonb_array_length(report -> 'columns'), report #> '{columns,0,findings}', report #>> '{thresholds,name}'
FROM drift.report_json('customers_march', 'customers_april') AS report;
\pset format aligned

-- more columns than an aggregate has arguments
DO $$
BEGIN
	EXECUTE (SELECT format('CREATE TABLE wide AS SELECT %s FROM generate_series(1, 60) AS i', string_agg(format('i %% %s AS "column %s"', n + 1, n), ', '))
		FROM generate_series(1, 250) AS n);
END
$$;
SELECT count(*), count(*) FILTER (WHERE drifted) AS drifted FROM drift.compare('wide', 'TABLE wide');

-- errors
\set SHOW_CONTEXT never
SELECT * FROM drift.histogram('customers_march', 'customers_april', 'age', 0);
SELECT * FROM drift.histogram('customers_march', 'customers_april', 'age', 1000000000);
SELECT * FROM drift.histogram('customers_march', 'customers_april', 'nothing');
SELECT * FROM drift.histogram('customers_march', 'SELECT ''x''::text AS age', 'age');
SELECT * FROM drift.histogram('customers_march', 'SELECT NULL::integer AS age', 'age', 4);
SELECT * FROM drift.histogram('SELECT NULL::integer AS age', 'customers_march', 'age', 4);
SELECT * FROM drift.histogram('SELECT 1 AS age LIMIT 0', 'customers_march', 'age', 4);
SELECT * FROM drift.compare('customers_march', 'customers_may');
SELECT * FROM drift.compare('customers_march', 'SELECT 1; DROP TABLE customers_march');

DROP TABLE customers_march, customers_april, rare_old, rare_new, large_old, large_new, wide;
