-- Metrics: what they say, how they are written, who sees which.
BEGIN;
SELECT plan(41);
CREATE SCHEMA metrics;
SET search_path = metrics, public;
SET TIME ZONE 'UTC';

-- families
SELECT is_empty($$
	SELECT name FROM drift.metric_families()
	WHERE name !~ '^(drift|model)_[a-z_]+$' OR (type = 'counter') <> (name ~ '_total$') OR type NOT IN ('gauge', 'counter') OR help !~ '^[A-Z0-9].*\.$'
$$, 'names, types and helps of metrics follow the rules of Prometheus');
SELECT is_empty($$SELECT name FROM drift.metric_families() GROUP BY name HAVING count(*) > 1$$, 'no metric is described twice');
SELECT is_empty($$
	SELECT name, l FROM drift.metric_families(), unnest(labels) AS l
	WHERE l !~ '^[a-z_]+$' OR l IN ('job', 'instance', 'name', 'host', 'user', 'database', 'driver', 'col', 'server', 'le')
$$, 'no label is one that exporters and Prometheus set themselves');
SELECT ok(bool_or(name = 'model_accuracy') AND bool_or(name = 'model_drift'), 'the short names are there') FROM drift.metric_families();

-- lines
SELECT is(drift_internal.exposition_line('x', '{"a": "1", "b": null, "n": 2.5, "t": true}', 1.5), E'x{a="1",n="2.5",t="true"} 1.5\n', 'labels of any scalar; none for null');
SELECT is(drift_internal.exposition_line('x', '{}', 0.1) || drift_internal.exposition_line('x', '{"a": null}', 1e300), E'x 0.1\nx 1e+300\n', 'no labels, no braces');
SELECT is(drift_internal.exposition_line('x', '{}', 'NaN') || drift_internal.exposition_line('x', '{}', 'Infinity') || drift_internal.exposition_line('x', '{}', '-Infinity'),
	E'x NaN\nx +Inf\nx -Inf\n', 'numbers that are none are written as Prometheus reads them');
SELECT is(drift_internal.exposition_line('x', jsonb_build_object('a', E'"\\\n}é' || chr(1)), 1), E'x{a="\\"\\\\\\n}é' || chr(1) || E'"} 1\n', 'quotes, backslashes and line ends are escaped');
SELECT throws_ok($$SELECT drift_internal.exposition_line('x', '[]', 1)$$, '22023', 'labels must be a JSON object', 'labels are an object');
SELECT throws_ok($$SELECT drift_internal.exposition_line('x', '{"a": {"b": 1}}', 1)$$, '22023', 'a label has one value, not an array or an object', 'of scalars');

-- a model whose monitor finds drift, under a name that hurts
CREATE TABLE visits (at timestamptz NOT NULL, "a ""b""
\c{}" float8, place text, y float8);
INSERT INTO visits
SELECT timestamptz '2026-01-01' + n * interval '2 minutes', ((n * 7919) % 1000) / 100.0 + CASE WHEN n >= 20000 THEN 5 ELSE 0 END,
	CASE WHEN n % 10 > 0 THEN 'home' END, (n * 1049) % 1000
FROM generate_series(0, 21599) AS n;
CREATE FUNCTION bad_name() RETURNS text LANGUAGE sql AS $$ SELECT E'<script>alert("x\\y")} 1 # éà' $$;
SELECT lives_ok($$
	SELECT drift.register_model(bad_name());
	SELECT drift.add_version(bad_name(), drift.import_model('json', '{"format": "drift", "version": 1, "task": "binary", "inputs": ["y"], "features": ["y"],
		"linear": {"coefficients": [1], "intercept": 0}, "transform": "logistic", "classes": ["no", "yes"]}'));
	SELECT drift.deploy(bad_name(), 1);
	SELECT drift.create_prediction_log(bad_name(), 'metrics.bad_log', days_back => 2);
	SELECT drift.create_monitor('visits', 'visits', model => bad_name(), time_column => 'at', columns => ARRAY[E'a "b"\n\\c{}', 'place', 'y'], reference => 'previous', span => '1 day');
	SELECT drift.create_monitor('log', model => bad_name(), reference => 'previous', span => '1 day');
	SELECT drift.create_monitor('alone', 'visits', time_column => 'at', columns => '{y}', reference => 'previous', span => '1 day');
	SELECT drift.run_check('visits', '2026-01-29');
	SELECT drift.run_check('visits', '2026-01-30');
	SELECT drift.run_check('alone', '2026-01-29');
	SELECT drift.schedule_model(bad_name(), 'daily', runner => 'run_due');
	SELECT drift.schedule_monitor('alone', '0 * * * *', runner => 'run_due');
	SELECT drift.create_detector('ages', 'adwin', model => bad_name(), source => 'visits', expression => 'y', time_column => 'at');
$$, 'a model, monitors, checks, schedules and a detector are made');
INSERT INTO bad_log (logged_xid, prediction_id, predicted_at, model_version, y, score, label, latency_ms, status)
SELECT '3', drift.make_prediction_id(bad_name(), at), at, 1, n, CASE WHEN n % 10 > 0 THEN 0.5 + n / 2500.0 END, 'yes', n, CASE WHEN n % 10 > 0 THEN 'ok' ELSE 'error' END
FROM generate_series(1, 1000) AS n, LATERAL (SELECT date_trunc('hour', clock_timestamp()) - interval '90 minutes' + n * interval '1 second' AS at) AS t;
SELECT lives_ok($$SELECT drift.refresh_windows('log')$$, 'predictions are read');

CREATE TABLE metric AS SELECT name, jsonb_strip_nulls(labels) AS labels, value FROM drift.metrics((SELECT array_agg(DISTINCT family) FROM drift.metric_families()));
CREATE FUNCTION value_of(name text, labels jsonb) RETURNS float8 LANGUAGE sql AS $$
	SELECT m.value FROM metric AS m WHERE m.name = value_of.name AND m.labels @> value_of.labels
$$;
SELECT is_empty($$
	SELECT m.name, l FROM metric AS m LEFT JOIN drift.metric_families() AS f USING (name), jsonb_object_keys(m.labels) AS l WHERE (l = ANY (f.labels)) IS NOT TRUE
$$, 'there are the metrics and labels that are described');
SELECT is_empty($$SELECT name, labels FROM metric GROUP BY name, labels HAVING count(*) > 1$$, 'no sample comes twice');
SELECT is_empty($$SELECT name, labels FROM metric, jsonb_each(labels) AS l WHERE jsonb_typeof(l.value) <> 'string'$$, 'labels are text');

-- what they say
CREATE TABLE last_check AS SELECT * FROM drift.latest_check WHERE monitor = 'visits';
SELECT results_eq($$
	SELECT value_of('drift_score_ratio', '{"monitor": "visits"}'), value_of('drift_share_ratio', '{"monitor": "visits"}'), value_of('drift_dataset_drift', '{"monitor": "visits"}'),
		value_of('drift_features', '{"monitor": "visits"}'), value_of('drift_drifted_features', '{"monitor": "visits"}'),
		value_of('drift_check_rows', '{"monitor": "visits", "side": "current"}'), value_of('drift_check_data_timestamp_seconds', '{"monitor": "visits"}')
$$, $$SELECT drift_score, drift_share, drift_detected::integer::float8, n_features::float8, n_drifted_features::float8, n_current::float8, extract(epoch FROM upper(current_span))::float8 FROM last_check$$,
	'the newest check says what its row says');
SELECT ok((SELECT drift_detected FROM last_check), 'and it found drift');
SELECT results_eq($$SELECT labels ->> 'status', value FROM metric WHERE name = 'drift_check_status' AND labels @> '{"monitor": "visits"}' ORDER BY 1$$,
	$$SELECT s, (s = status)::integer::float8 FROM last_check, unnest('{critical,error,insufficient_data,ok,warning}'::text[]) AS s ORDER BY 1$$, 'its status is one of five');
SELECT results_eq($$
	SELECT labels ->> 'feature', value FROM metric WHERE name = 'drift_feature_psi' AND labels @> '{"monitor": "visits", "role": "feature"}' ORDER BY 1
$$, $$SELECT column_name, psi FROM drift.check_features JOIN last_check USING (check_id) WHERE role = 'feature' AND psi IS NOT NULL ORDER BY 1$$, 'each column its index');
SELECT is(value_of('drift_feature_missing_ratio', '{"monitor": "visits", "feature": "place"}'), 0.1::float8, 'a tenth of the places is missing');
SELECT is(value_of('drift_feature_severity', jsonb_build_object('monitor', 'visits', 'feature', E'a "b"\n\\c{}')), 2::float8, 'the column that moved is critical');
SELECT is((SELECT labels ->> 'method' FROM metric WHERE name = 'drift_feature_score' AND labels @> '{"monitor": "visits", "feature": "place"}'), 'chi_square_test', 'a statistic names its method');
SELECT is(value_of('model_drift', jsonb_build_object('model', bad_name())), (SELECT drift_score FROM last_check), 'the model has the drift of its worst monitor');
SELECT is(value_of('drift_check_status', '{"monitor": "alone", "status": "ok"}'), 1::float8, 'a monitor may have no model');
SELECT is(value_of('drift_window_rows', '{"monitor": "log"}'), 1000::float8, 'rows of the newest whole window');
SELECT is(value_of('drift_window_failed_ratio', '{"monitor": "log"}'), 0.1::float8, 'a tenth of its predictions failed');
SELECT ok(abs(value_of('drift_window_latency_seconds', '{"monitor": "log", "quantile": "0.5"}') - 0.5) < 0.05, 'latency is in seconds');
SELECT is(value_of('drift_alerts_firing', jsonb_build_object('model', bad_name(), 'severity', 'critical')), 1::float8, 'an alert fires');
SELECT is(value_of('drift_alert_raised_timestamp_seconds', '{"monitor": "visits", "kind": "data_drift"}'),
	(SELECT extract(epoch FROM raised_at)::float8 FROM drift.open_alerts WHERE monitor = 'visits' AND kind = 'data_drift'), 'and says since when');
SELECT is((SELECT count(*) FROM metric WHERE name = 'drift_job_overdue'), (SELECT count(*) FROM drift.job_status), 'each schedule is there');
SELECT is(value_of('drift_detector_values_total', '{"detector": "ages"}'), 0::float8, 'and the detector');
SELECT is((SELECT sum(value) FROM metric WHERE name = 'drift_health_findings'), (SELECT count(*)::float8 FROM drift.health_check() WHERE status <> 'ok'), 'and what the health check finds');
SELECT is((SELECT value FROM metric WHERE name = 'drift_model_version_info' AND labels ->> 'alias' = 'champion'), 1::float8, 'and the champion');

-- the text
CREATE TABLE line AS SELECT l, n FROM regexp_split_to_table(drift.prometheus_metrics(), E'\n') WITH ORDINALITY AS t (l, n);
SELECT is_empty($$
	SELECT l FROM line WHERE l <> '' AND l !~ '^# (HELP|TYPE) [a-z_]+ [^\n]+$' AND l !~ '^[a-z_]+(\{[a-z_]+="([^"\\]|\\["\\n])*"(,[a-z_]+="([^"\\]|\\["\\n])*")*\})? [-+0-9.eInfaN]+$'
$$, 'every line is a comment or a sample');
SELECT is((SELECT count(*) FROM line WHERE l ~ '^[a-z]'), (SELECT count(*) FROM drift.metrics()), 'there is a line for each sample');
SELECT is_empty($$
	SELECT name FROM (SELECT name, count(DISTINCT block) AS blocks FROM (
		SELECT substring(l FROM '^[a-z_]+') AS name, n - row_number() OVER (PARTITION BY substring(l FROM '^[a-z_]+') ORDER BY n) AS block FROM line WHERE l ~ '^[a-z]') AS s GROUP BY name) AS b
	WHERE blocks > 1
$$, 'samples of a metric stand together');
SELECT is(drift.prometheus_metrics('{}'), '', 'no family, no text');
SELECT throws_ok($$SELECT * FROM drift.metrics('{checks,nothing}')$$, '22023', 'there is no family of metrics "nothing"', 'a family that is not there');

-- rights
CREATE ROLE metrics_scraper;
SELECT drift.grant_privilege(bad_name(), 'metrics_scraper', 'read');
CREATE ROLE metrics_stranger;
GRANT SELECT ON metric TO metrics_scraper, metrics_stranger;
GRANT USAGE ON SCHEMA metrics TO metrics_scraper, metrics_stranger;
SET LOCAL ROLE metrics_scraper;
SELECT results_eq($$SELECT DISTINCT labels ->> 'monitor' FROM drift.metrics() WHERE labels ? 'monitor' AND name NOT LIKE 'drift\_job%' ORDER BY 1$$,
	$$VALUES ('log'), ('visits')$$, 'who may read the model sees its checks');
SELECT is_empty($$SELECT * FROM drift.metrics('{windows}')$$, 'and no windows');
SET LOCAL ROLE metrics_stranger;
SELECT is_empty($$SELECT DISTINCT name FROM drift.metrics() WHERE name NOT IN ('drift_info', 'drift_outbox_pending')$$, 'a stranger sees nothing');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
