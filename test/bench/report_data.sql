-- Models with a monitor of 30 features each, two weeks of daily checks, metrics and alerts; one monitor of 50 features, half of
-- which drifted. Only the first two monitors read rows: the others are copies of what was found there.
--   models  how many
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET jit = off;

-- The first 25 columns shift in the last two days of fourteen.
SELECT format('CREATE TABLE observed AS SELECT timestamptz ''2026-01-01 00:00+00'' + i * interval ''1 minute'' AS at, (ARRAY[''north'', ''south'', ''east'', ''west''])[1 + i %% 4] AS region, %s FROM generate_series(0, 20159) AS i',
	string_agg(format('sqrt(-2 * ln(1 - random())) * cos(6.2832 * random()) %s AS f%s',
		CASE WHEN n <= 25 THEN format('+ CASE WHEN i >= 12 * 1440 THEN %s ELSE 0 END', round(0.2 + n * 0.03, 2)) END, n), ', ' ORDER BY n))
FROM generate_series(1, 49) AS n \gexec
SELECT setseed(0.5) \g /dev/null
SELECT drift.create_baseline('first days', 'SELECT * FROM observed WHERE at < ''2026-01-04''', time_column => 'at') \g /dev/null
SELECT drift.register_model('model ' || n) FROM generate_series(1, :models) AS n \g /dev/null
SELECT drift.add_external_version('model ' || n, 'file:///model', sha256('model'), '[{"name": "f1", "kind": "number"}]'), drift.promote('model ' || n, 1, reason => 'first')
	FROM generate_series(1, :models) AS n \g /dev/null
SELECT count(*) FROM generate_series(1, :models) AS n,
	drift.create_monitor('monitor ' || n, 'observed', 'model ' || n, 'at', 'first days', columns => ARRAY(SELECT 'f' || i FROM generate_series(1, 30) AS i)) \g /dev/null
SELECT drift.create_monitor('fifty', 'observed', 'model 1', 'at', 'first days', columns => ARRAY(SELECT 'f' || i FROM generate_series(1, 49) AS i) || '{region}'::text[]) \g /dev/null
SELECT drift.refresh_windows(m) FROM unnest('{monitor 1,fifty}'::text[]) AS m \g /dev/null
SELECT count(*) FROM generate_series(0, 13) AS day, unnest('{monitor 1,fifty}'::text[]) AS m,
	drift.run_check(m, timestamptz '2026-01-02 00:00+00' + day * interval '1 day', refresh => false) \g /dev/null

-- Metrics, which would need predictions and outcomes.
INSERT INTO drift.check_metrics (check_id, kind, metric, span, n, value, standard_error, value_low, value_high, n_reference, reference, loss, severity, explanation)
SELECT c.check_id, 'realised', m.metric, c.current_span, 1440, m.value - wobble, 0.01, m.value - wobble - 0.02, m.value - wobble + 0.02, 5000, m.value, wobble, 'ok', 'no loss that matters'
FROM drift.checks AS c, (VALUES ('roc_auc', 0.87), ('accuracy', 0.92)) AS m (metric, value), LATERAL (SELECT 0.01 * random() AS wobble) AS w;

-- What the first monitor has, for all others.
CREATE TEMP TABLE copies AS
SELECT m.monitor_id, m.model_id, row_number() OVER (ORDER BY m.monitor_id) AS n
FROM drift.monitors AS m WHERE m.name LIKE 'monitor %' AND m.name <> 'monitor 1';
CREATE TEMP TABLE copied_checks AS
SELECT nextval('drift.checks_check_id_seq') AS copy_id, c.check_id, p.monitor_id, p.model_id
FROM drift.checks AS c CROSS JOIN copies AS p
WHERE c.monitor_id = (SELECT m.monitor_id FROM drift.monitors AS m WHERE m.name = 'monitor 1');
CREATE PROCEDURE copy_rows(relation regclass, replaced jsonb, source text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('INSERT INTO %s OVERRIDING SYSTEM VALUE SELECT %s FROM %s', relation,
		(SELECT string_agg(coalesce(replaced->>a.attname, 'o.' || quote_ident(a.attname)), ', ' ORDER BY a.attnum)
		FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped), source);
END
$$;
CALL copy_rows('drift.checks', '{"check_id": "i.copy_id", "monitor_id": "i.monitor_id", "model_id": "i.model_id"}', 'drift.checks AS o JOIN copied_checks AS i USING (check_id)');
CALL copy_rows('drift.check_features', '{"check_id": "i.copy_id"}', 'drift.check_features AS o JOIN copied_checks AS i USING (check_id)');
CALL copy_rows('drift.check_metrics', '{"check_id": "i.copy_id"}', 'drift.check_metrics AS o JOIN copied_checks AS i USING (check_id)');
CALL copy_rows('drift.windows', '{"monitor_id": "i.monitor_id"}',
	'drift.windows AS o CROSS JOIN copies AS i WHERE o.grain = ''day'' AND o.monitor_id = (SELECT m.monitor_id FROM drift.monitors AS m WHERE m.name = ''monitor 1'')');
INSERT INTO drift.alerts (model_id, monitor_id, kind, severity, title, raised_at)
SELECT model_id, monitor_id, 'data_drift', CASE n % 3 WHEN 0 THEN 'critical' ELSE 'warning' END, 'data drift', '2026-01-13'
FROM copies WHERE n % 4 = 0;
VACUUM ANALYZE;
