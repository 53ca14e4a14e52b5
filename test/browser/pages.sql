-- Pages of all kinds, of a model whose customers changed in the last two of fourteen days, as files of the folder.
--   folder  where to
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET TimeZone = 'UTC';

SELECT setseed(0.25) \g /dev/null
CREATE TABLE customers AS
SELECT timestamptz '2026-03-02 00:00+00' + i * interval '2 minutes' AS seen_at,
	round((62 + 17 * (random() + random() + random() - 1.5) * 2 + CASE WHEN late THEN 13 ELSE 0 END)::numeric, 2)::float8 AS monthly_charges,
	CASE WHEN late AND random() < 0.09 THEN 'flex' WHEN random() < 0.55 THEN 'month to month' WHEN random() < 0.55 THEN 'one year' ELSE 'two years' END AS contract,
	floor(-ln(1 - random()) * CASE WHEN late THEN 2.1 ELSE 1.4 END) AS support_calls,
	floor(random() * 72)::integer AS tenure_months,
	round((18 + 52 * random() * random() + 10 * random())::numeric)::integer AS age,
	(ARRAY['north', 'south', 'east', 'west'])[1 + i % 4] AS region,
	random() < 0.31 AS has_partner,
	CASE WHEN random() > 0.04 THEN round((12 * exp(random() * 1.4))::numeric, 1)::float8 END AS gigabytes
FROM generate_series(0, 14 * 720 - 1) AS i, LATERAL (SELECT i >= 12 * 720 AS late) AS l;

SELECT drift.create_baseline('churn, first days', 'SELECT * FROM customers WHERE seen_at < ''2026-03-05''', time_column => 'seen_at') \g /dev/null
SELECT jsonb_agg(jsonb_build_object('name', name, 'kind', CASE WHEN name IN ('contract', 'region') THEN 'text' ELSE 'number' END))::text AS inputs
FROM unnest('{monthly_charges,contract,support_calls,tenure_months,age,region,has_partner,gigabytes}'::text[]) AS name \gset
SELECT drift.register_model('churn', 'whether a customer leaves within 30 days') \g /dev/null
SELECT drift.add_external_version('churn', 'file:///churn', sha256('churn'), :'inputs', parameters => '{"trees": 200, "depth": 6}', metrics => '{"roc_auc": 0.874, "accuracy": 0.92}') \g /dev/null
SELECT drift.promote('churn', 1, reason => 'first version') \g /dev/null
SELECT drift.add_external_version('churn', 'file:///churn2', sha256('churn2'), :'inputs', parameters => '{"trees": 400, "depth": 5}', metrics => '{"roc_auc": 0.889, "accuracy": 0.93}') \g /dev/null
SELECT drift.create_monitor('churn daily', 'customers', 'churn', 'seen_at', 'churn, first days', segment => 'region') \g /dev/null
SELECT drift.refresh_windows('churn daily') \g /dev/null
SELECT drift.run_check('churn daily', timestamptz '2026-03-05 00:00+00' + day * interval '1 day', refresh => false) FROM generate_series(0, 11) AS day \g /dev/null

-- Metrics, which would need predictions and outcomes.
INSERT INTO drift.check_metrics (check_id, kind, metric, span, n, value, standard_error, value_low, value_high, n_reference, reference, loss, severity, explanation)
SELECT c.check_id, 'realised', m.metric, c.current_span, 655, round((m.value - lost)::numeric, 3)::float8, 0.01, m.value - lost - 0.02, m.value - lost + 0.02, 1960, m.value, lost,
	CASE WHEN lost > 0.05 THEN 'critical' ELSE 'ok' END,
	CASE WHEN lost > 0.05 THEN format('%s %s, was %s: worse by more than chance does', m.metric, round((m.value - lost)::numeric, 3), m.value) ELSE 'no loss that matters' END
FROM drift.checks AS c, (VALUES ('roc_auc', 0.874, 0.5), ('accuracy', 0.921, 1)) AS m (metric, value, part),
	LATERAL (SELECT m.part * (0.012 * random() + CASE WHEN c.as_of > '2026-03-14' THEN 0.055 + 0.01 * (c.as_of - '2026-03-14' > '1 day')::integer ELSE 0 END) AS lost) AS w;
UPDATE drift.checks AS c SET performance = m.worst, status = drift_internal.worst_severity(c.status, m.worst)
FROM (SELECT check_id, drift_internal.worst_severity(VARIADIC array_agg(severity)) AS worst FROM drift.check_metrics GROUP BY check_id) AS m
WHERE m.check_id = c.check_id;
DELETE FROM drift.decisions;
SELECT drift_internal.decide(check_id) FROM drift.checks ORDER BY as_of \g /dev/null

-- Names that hurt wherever they are shown.
CREATE TABLE hurtful_before ("<script>document.title='x'</script>" text, """ onmouseover=""x" integer, "‮⁧right to left" float8);
INSERT INTO hurtful_before SELECT '<b>' || i % 3, i % 10, random() FROM generate_series(1, 500) AS i;
CREATE TABLE hurtful_after (LIKE hurtful_before);
INSERT INTO hurtful_after SELECT repeat('</td></table>', 800) || i % 2, i % 13, random() + 0.3 FROM generate_series(1, 500) AS i;

SELECT max(check_id) AS newest, min(check_id) AS oldest FROM drift.checks \gset
\cd :folder
\o report.html
SELECT drift.report_html(:newest);
\o quiet.html
SELECT drift.report_html(:oldest);
\o comparison.html
SELECT drift.report_html('hurtful_before', 'hurtful_after');
\o monitoring.html
SELECT drift.render_html(drift.monitoring_report('churn', '2026-03-01'));
\o versions.html
SELECT drift.render_html(drift.comparison_report('churn', 1, 2));
\o dashboard.html
SELECT drift.dashboard_html();
\o
