-- Stable views, the dashboard, and every query of the Grafana dashboard.
BEGIN;
SELECT plan(48);

CREATE SCHEMA dashboards;
SET LOCAL search_path = dashboards, public;
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'UTC';

-- What tools outside rely on: columns are added at the end, and nothing else changes.
CREATE TABLE promised (says text);
INSERT INTO promised VALUES
	('v_alerts alert_id bigint, model text, monitor text, kind text, severity text, status text, is_open boolean, title text, items text[], raised_at timestamp with time zone, last_seen_at timestamp with time zone, acknowledged_at timestamp with time zone, acknowledged_by text, comment text, resolved_at timestamp with time zone, open_seconds double precision, check_id bigint, monitor_id integer, model_id integer'),
	('v_checks check_id bigint, monitor text, model text, model_version integer, as_of timestamp with time zone, span_from timestamp with time zone, span_to timestamp with time zone, reference_from timestamp with time zone, reference_to timestamp with time zone, status text, drift_detected boolean, drift_score double precision, drift_share double precision, n_features integer, n_drifted_features integer, drifted_features text[], max_psi double precision, max_effect double precision, prediction_drift text, target_drift text, performance text, estimated_performance text, n_reference bigint, n_current bigint, findings text[], explanation text, thresholds text, error text, duration_seconds double precision, checked_at timestamp with time zone, checked_by text, monitor_id integer, model_id integer'),
	('v_decisions decision_id bigint, model text, monitor text, as_of timestamp with time zone, action text, should_retrain boolean, strategy text, urgency text, data_verdict text, performance_verdict text, explanation text, reasons jsonb, check_id bigint, decided_at timestamp with time zone, decided_by text, monitor_id integer, model_id integer'),
	('v_deliveries delivery_id bigint, channel text, rule text, model text, monitor text, cause text, status text, severity text, title text, created_at timestamp with time zone, due_at timestamp with time zone, attempts integer, sent_at timestamp with time zone, seconds_to_send double precision, last_error text, owner text, idempotency_key uuid, group_id bigint, rule_id integer, monitor_id integer, model_id integer'),
	('v_deployments deployment_id bigint, model text, version integer, previous_version integer, strategy text, status text, step integer, steps integer, share double precision, started_at timestamp with time zone, started_by text, step_started_at timestamp with time zone, finished_at timestamp with time zone, duration_seconds double precision, deadline timestamp with time zone, on_deadline text, last_verdict text, last_action text, last_analysed_at timestamp with time zone, validation_verdict text, validated_at timestamp with time zone, reason text, model_id integer'),
	('v_feature_drift model text, monitor text, model_version integer, as_of timestamp with time zone, segment text, role text, feature text, kind text, severity text, drifted boolean, method text, statistic double precision, p_value double precision, p_value_corrected double precision, psi double precision, psi_95 double precision, effect double precision, effect_low double precision, n_reference bigint, n_current bigint, missing_rate_reference double precision, missing_rate_current double precision, mean_reference double precision, mean_current double precision, stddev_reference double precision, stddev_current double precision, findings text[], explanation text, check_id bigint, monitor_id integer, model_id integer'),
	('v_feature_history model text, monitor text, model_version integer, as_of timestamp with time zone, segment text, role text, feature text, kind text, severity text, drifted boolean, method text, statistic double precision, p_value double precision, p_value_corrected double precision, psi double precision, psi_95 double precision, effect double precision, effect_low double precision, n_reference bigint, n_current bigint, missing_rate_reference double precision, missing_rate_current double precision, mean_reference double precision, mean_current double precision, stddev_reference double precision, stddev_current double precision, findings text[], explanation text, check_id bigint, monitor_id integer, model_id integer'),
	('v_jobs schedule_id integer, model text, monitor text, task text, bundle text, cron text, time_zone text, owner text, runner text, status text, next_run_at timestamp with time zone, paused_at timestamp with time zone, last_started_at timestamp with time zone, last_finished_at timestamp with time zone, last_duration_seconds double precision, last_status text, last_error text, failures bigint, monitor_id integer, model_id integer'),
	('v_labels model text, monitor text, grain text, starts_at timestamp with time zone, n_rows bigint, n_labelled bigint, coverage double precision, monitor_id integer, model_id integer'),
	('v_models model_id integer, model text, owner text, description text, tags jsonb, status text, champion integer, champion_name text, task text, versions integer, monitors bigint, paused_monitors bigint, monitor text, monitor_id integer, check_id bigint, as_of timestamp with time zone, checked_at timestamp with time zone, check_status text, drift_detected boolean, drift_score double precision, drift_share double precision, n_features integer, n_drifted_features integer, drifted_features text[], prediction_drift text, performance text, estimated_performance text, metric text, metric_value double precision, metric_low double precision, metric_high double precision, metric_reference double precision, metric_loss double precision, metric_severity text, metric_kind text, metric_until timestamp with time zone, metric_check_id bigint, accuracy double precision, confidence double precision, confidence_reference double precision, n_predictions bigint, open_alerts bigint, critical_alerts bigint, alerts_since timestamp with time zone, action text, should_retrain boolean, decided_as_of timestamp with time zone, deployment_status text, deployment_version integer, deployment_strategy text, deployment_share double precision, deployed_at timestamp with time zone, frozen_at timestamp with time zone, pinned boolean, last_run_id bigint, last_run_status text, last_run_at timestamp with time zone, jobs bigint, running_jobs bigint, failing_jobs bigint, last_job_at timestamp with time zone, next_job_at timestamp with time zone, created_at timestamp with time zone'),
	('v_monitors monitor_id integer, monitor text, model_id integer, model text, owner text, description text, source_kind text, reference text, baseline text, bucket text, span interval, paused_at timestamp with time zone, check_id bigint, model_version integer, as_of timestamp with time zone, checked_at timestamp with time zone, status text, drift_detected boolean, drift_score double precision, drift_share double precision, n_features integer, n_drifted_features integer, drifted_features text[], prediction_drift text, target_drift text, performance text, estimated_performance text, n_reference bigint, n_current bigint, findings text[], explanation text, error text, open_alerts bigint, refreshed_to timestamp with time zone'),
	('v_performance model text, monitor text, model_version integer, span_from timestamp with time zone, span_to timestamp with time zone, segment text, kind text, metric text, value double precision, value_low double precision, value_high double precision, reference double precision, loss double precision, loss_low double precision, loss_high double precision, p_value double precision, threshold double precision, severity text, n bigint, n_reference bigint, findings text[], explanation text, as_of timestamp with time zone, check_id bigint, monitor_id integer, model_id integer'),
	('v_performance_history model text, monitor text, model_version integer, span_from timestamp with time zone, span_to timestamp with time zone, segment text, kind text, metric text, value double precision, value_low double precision, value_high double precision, reference double precision, loss double precision, loss_low double precision, loss_high double precision, p_value double precision, threshold double precision, severity text, n bigint, n_reference bigint, findings text[], explanation text, as_of timestamp with time zone, check_id bigint, monitor_id integer, model_id integer'),
	('v_runs run_id bigint, model text, kind text, name text, status text, strategy text, triggered_by text, decision_id bigint, algorithm text, metric text, metric_value double precision, champion_value double precision, verdict text, champion_version integer, version integer, trials bigint, progress double precision, progress_text text, reason text, error text, started_at timestamp with time zone, finished_at timestamp with time zone, duration_seconds double precision, started_by text, as_of timestamp with time zone, model_id integer'),
	('v_versions model text, version integer, version_name text, stage text, status text, aliases text[], description text, format text, task text, size_bytes bigint, digest text, artefact_uri text, n_inputs integer, metrics jsonb, parameters jsonb, tags jsonb, training_rows bigint, training_from timestamp with time zone, training_to timestamp with time zone, run_id text, error text, created_at timestamp with time zone, created_by text, model_id integer'),
	('v_windows model text, monitor text, grain text, starts_at timestamp with time zone, n_rows bigint, n_failed bigint, latency_p50_seconds double precision, latency_p95_seconds double precision, latency_p99_seconds double precision, score_mean double precision, score_p10 double precision, score_p50 double precision, score_p90 double precision, confidence_mean double precision, confidence_p10 double precision, confidence_p50 double precision, confidence_p90 double precision, monitor_id integer, model_id integer');

CREATE VIEW kept AS
SELECT c.oid, c.relname, concat(c.relname, ' ', string_agg(concat(a.attname, ' ', format_type(a.atttypid, NULL)), ', ' ORDER BY a.attnum)) AS says,
	count(*) FILTER (WHERE col_description(c.oid, a.attnum) IS NULL) AS uncommented, c.reloptions
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relkind = 'v' AND c.relnamespace = 'drift'::regnamespace AND c.relname ~ '^v_'
GROUP BY c.oid, c.relname, c.reloptions;

SELECT is_empty('SELECT p.says FROM promised AS p WHERE NOT EXISTS (SELECT FROM kept AS k WHERE k.says = p.says OR starts_with(k.says, p.says || '', ''))',
	'the views have the columns that were promised');
SELECT is((SELECT count(*) FROM kept), (SELECT count(*) FROM promised), 'there is a promise for each view');
SELECT is_empty('SELECT relname FROM kept WHERE uncommented > 0', 'each of their columns has a comment');
SELECT is_empty('SELECT relname FROM kept WHERE NOT reloptions @> ''{security_invoker=true}''', 'they show what the caller may see');
SELECT is_empty('SELECT relname FROM kept WHERE NOT has_table_privilege(''public'', oid, ''SELECT'')', 'everybody may ask them');

-- Without anything.
SELECT is(drift.dashboard_json('no such%') #>> '{verdict,sentence}', 'There is no model to be seen.', 'a dashboard of nothing says so');
SELECT matches(drift.dashboard_html('no such%'), '<h1>There is no model', 'and is a page');

-- A model whose data drift after ten days, with a name that hurts, and one that nobody watches.
SELECT '<script>alert(''1'') "& <b>' || chr(8238) || repeat('x', 180) AS hostile \gset
SELECT drift.register_model(:'hostile', 'to be watched');
SELECT drift.register_model('unwatched');
SELECT drift.add_version(:'hostile', drift.import_model('json', '{"format": "drift", "version": 1, "task": "binary", "inputs": ["a", "<b>"],
	"features": ["a", "<b>"], "linear": {"coefficients": [1, -1], "intercept": 0}, "transform": "logistic", "classes": ["no", "yes"]}'));
SELECT drift.deploy(:'hostile', 1);
CREATE TABLE answers AS
SELECT '2026-03-01'::timestamptz + i * interval '5 minutes' AS at, hashint4(i) / 4294967296.0 + 0.5 AS a,
	hashint4(i + 100000) / 4294967296.0 + CASE WHEN i < 2880 THEN 0.5 ELSE 1.5 END AS "<b>", hashint4(i + 200000) / 4294967296.0 + 0.5 AS score,
	CASE WHEN hashint4(i + 200000) > 0 THEN 'yes' ELSE 'no' END AS label,
	CASE WHEN i < 3000 THEN CASE WHEN hashint4(i + 200000) / 4294967296.0 + hashint4(i + 300000) / 4294967296.0 > 0 THEN 'yes' ELSE 'no' END END AS target,
	abs(hashint4(i + 200000) / 2147483648.0) AS confidence
FROM generate_series(0, 4031) AS i;
SELECT drift.create_baseline('answers', 'SELECT * FROM dashboards.answers WHERE at < ''2026-03-06''', model => :'hostile', origin => 'held_out');
SELECT drift.create_monitor('answers', model => :'hostile', source => 'answers', time_column => 'at', baseline => 'answers', bucket => 'day', span => '2 days');
SELECT count(*) FROM generate_series(0, 8) AS d, LATERAL drift.run_check('answers', as_of => '2026-03-07'::timestamptz + d * interval '1 day') AS c;
SELECT drift.schedule_monitor('answers', '@daily', runner => 'run_due');
SELECT drift_internal.open_alert(ROW(m.model_id, NULL, NULL, 'model_frozen', 'critical', 'frozen <i>', '{}', clock_timestamp())::drift_internal.alert_cause)
FROM drift.models AS m WHERE m.name = 'unwatched';

SELECT is((SELECT array_agg(status ORDER BY model = 'unwatched') FROM drift.v_models), '{critical,critical}', 'status is the worst of checks and alerts');
SELECT is((SELECT ROW(m.champion, m.monitors, m.monitor, m.drift_detected, m.drifted_features, m.as_of, m.jobs)::text FROM drift.v_models AS m WHERE m.model <> 'unwatched'),
	ROW(1, 1, 'answers', true, '{<b>}'::text[], '2026-03-15'::timestamptz, 1)::text, 'a model shows the newest check of its monitor');
SELECT is((SELECT ROW(m.monitors, m.check_id, m.champion, m.open_alerts, m.critical_alerts)::text FROM drift.v_models AS m WHERE m.model = 'unwatched'),
	ROW(0, NULL, NULL, 1, 1)::text, 'one that nobody watches has its alerts');
SELECT is((SELECT ROW(m.metric, m.metric_kind, m.metric_value IS NOT NULL, m.accuracy BETWEEN 0.5 AND 0.9)::text FROM drift.v_models AS m WHERE m.model <> 'unwatched'),
	(SELECT ROW(p.metric, 'realised', true, true)::text FROM drift.v_performance AS p WHERE p.metric = 'roc_auc' LIMIT 1), 'with the metric that stands for it');
SELECT ok((SELECT m.confidence BETWEEN 0.4 AND 0.6 AND m.confidence_reference BETWEEN 0.4 AND 0.6 FROM drift.v_models AS m WHERE m.model <> 'unwatched'), 'and its confidence');
SELECT is((SELECT count(*) FROM drift.v_checks), (SELECT count(*) FROM drift.checks), 'every check is there');
SELECT is((SELECT array_agg(DISTINCT feature) FROM drift.v_feature_drift WHERE role = 'feature' AND drifted), '{<b>}', 'columns of the newest check');
SELECT is((SELECT count(DISTINCT as_of) FROM drift.v_feature_history), 9::bigint, 'and those of all');
SELECT is((SELECT max(coverage) FROM drift.v_labels WHERE grain = 'day' AND starts_at < '2026-03-11'), 1::float8, 'outcomes are known of older rows');
SELECT is((SELECT sum(n_labelled) FROM drift.v_labels WHERE grain = 'day'), 3000::numeric, 'and counted');
SELECT is((SELECT ROW(sum(n_rows), min(score_p10) > 0)::text FROM drift.v_windows WHERE grain = 'day'), ROW(4032, true)::text, 'windows count rows and know scores');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT model, monitor, segment, kind, metric, span_from, span_to FROM drift.v_performance_history) AS h),
	(SELECT count(*) FROM drift.v_performance_history), 'a metric of a span is there once');
SELECT is((SELECT array_agg(kind ORDER BY kind) FROM drift.v_alerts WHERE is_open AND kind IN ('data_drift', 'model_frozen')), '{data_drift,model_frozen}', 'alerts are there');
SELECT is((SELECT ROW(model <> 'unwatched', status, share)::text FROM drift.v_deployments), ROW(true, 'succeeded', 1.0::float8)::text, 'deployments are there');
SELECT is((SELECT ROW(version, stage, n_inputs)::text FROM drift.v_versions), ROW(1, 'production', 2)::text, 'versions are there');
SELECT is((SELECT ROW(task, status)::text FROM drift.v_jobs), ROW('check', 'waiting')::text, 'jobs are there');
SELECT cmp_ok((SELECT count(*) FROM drift.v_decisions), '>=', 0::bigint, 'decisions are there');
SELECT is_empty('SELECT * FROM drift.v_runs', 'nothing was trained');
SELECT is_empty('SELECT * FROM drift.v_deliveries', 'nothing was sent');

-- Who may see nothing sees nothing; who may read the model sees what checks say, and no windows.
CREATE ROLE dashboards_stranger;
GRANT USAGE ON SCHEMA dashboards TO dashboards_stranger;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO dashboards_stranger;
SELECT drift.dashboard_json() AS seen \gset
SET LOCAL ROLE dashboards_stranger;
SELECT drift.dashboard_json()::text AS stranger \gset
RESET ROLE;
SELECT is(:'stranger'::jsonb #>> '{totals,models}', '0', 'a stranger sees no model');
SELECT drift.grant_privilege(:'hostile', 'dashboards_stranger', 'read');
SET LOCAL ROLE dashboards_stranger;
SELECT drift.dashboard_json()::text AS reader \gset
RESET ROLE;
SELECT is((:'reader'::jsonb #>> '{totals,models}', :'reader'::jsonb #>> '{models,0,check_status}', :'reader'::jsonb #>> '{models,0,history,rows,value}')::text,
	('1', 'critical', NULL)::text, 'a reader of a model sees its checks and no windows');

-- The document and the page.
SELECT is(:'seen'::jsonb ->> 'format', 'drift-dashboard', 'a dashboard is a document');
SELECT is((:'seen'::jsonb #>> '{totals,models}')::int, 2, 'with all models');
SELECT matches(:'seen'::jsonb #>> '{verdict,sentence}', '^2 of 2 models need attention', 'its verdict is a sentence');
SELECT is(jsonb_array_length(:'seen'::jsonb #> '{models,0,history,drift_score,value}'), 9, 'and a history');
SELECT is((:'seen'::jsonb #>> '{totals,n_labelled}')::numeric, 3000::numeric, 'outcomes are counted');
SELECT is(jsonb_array_length(drift.dashboard_json('unw%') -> 'models'), 1, 'by a pattern of names');
SELECT is(jsonb_array_length(drift.dashboard_json(at_most => 1) -> 'models'), 1, 'at most so many');
SELECT throws_ok('SELECT drift.dashboard_json(NULL)', '22023', NULL, 'a dashboard needs a pattern');
SELECT throws_ok('SELECT drift.dashboard_html(history => ''-1 day'')', '22023', NULL, 'and a time to look back');
SELECT drift.dashboard_html() AS page \gset
SELECT ok(:'page' NOT LIKE '%<script%', 'no name becomes a tag');
SELECT ok(:'page' LIKE '%&lt;script&gt;alert(%', 'but is shown as it is');
SELECT ok(:'page' NOT LIKE '%<i>%', 'nor does a title');
SELECT matches(drift.dashboard_html(at_most => 1), '1 more models', 'models that are not shown are counted');
SELECT ok(:'page' LIKE '%<svg class="spark"%', 'histories are drawn');

-- Every query of the Grafana dashboard, with its macros and variables as Grafana fills them in.
\set grafana `cat docs/grafana/drift.json`
CREATE TABLE panels AS
SELECT p.panel ->> 'title' AS title, p.panel ->> 'type' AS type, (p.panel #>> '{gridPos,x}')::int AS x, (p.panel #>> '{gridPos,w}')::int AS w,
	(p.panel ->> 'id')::int AS id, p.panel
FROM jsonb_array_elements(:'grafana'::jsonb -> 'panels') AS p (panel);
CREATE TABLE queries AS
SELECT p.title, t.target ->> 'format' AS format, t.target ->> 'rawSql' AS query FROM panels AS p, jsonb_array_elements(p.panel -> 'targets') AS t (target)
UNION ALL
SELECT a.note ->> 'name', 'table', a.note #>> '{target,rawSql}' FROM jsonb_array_elements(:'grafana'::jsonb #> '{annotations,list}') AS a (note)
UNION ALL
SELECT v.variable ->> 'name', 'variable', v.variable ->> 'query' FROM jsonb_array_elements(:'grafana'::jsonb #> '{templating,list}') AS v (variable)
WHERE v.variable ->> 'type' = 'query';

CREATE FUNCTION filled(query text) RETURNS text STABLE LANGUAGE sql AS $$
	SELECT replace(replace(replace(replace(regexp_replace(regexp_replace(query,
		'\$__timeFilter\(([^()]+)\)', '\1 BETWEEN ''2026-02-01T00:00:00Z'' AND ''2126-01-01T00:00:00Z''', 'g'),
		'\$__timeGroup\(([^(),]+), *\$__interval\)', 'floor(extract(epoch FROM \1) / 86400) * 86400', 'g'),
		'$model', (SELECT string_agg(quote_literal(m.model), ',') FROM drift.v_models AS m)),
		'$monitor', quote_literal('answers')), '$metric', quote_literal('roc_auc')), '$grain', 'day')
$$;
CREATE FUNCTION answered(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM (%s) AS q', query) INTO n;
	RETURN n;
END $$;
CREATE TABLE answers_of AS SELECT q.*, answered(filled(q.query)) AS n FROM queries AS q;

SELECT is_empty('SELECT title FROM answers_of WHERE n = 0 AND title NOT IN (''Training'', ''Messages'', ''Latency'', ''Predictions that failed'', ''Critical alerts'')',
	'every query answers, and with rows where there is something to tell');
SELECT is_empty($$ SELECT title FROM queries WHERE filled(query) ~ '[$]' $$, 'they use macros and variables that are known only');
SELECT is_empty($$ SELECT title FROM queries WHERE format = 'time_series' AND query !~ '(?s) AS time, .* AS metric' $$, 'series have a time and a name');
SELECT is_empty($$ SELECT id FROM panels GROUP BY id HAVING count(*) > 1 UNION ALL SELECT id FROM panels WHERE x + w > 24 $$,
	'panels have numbers of their own and fit beside each other');
SELECT is_empty($$ SELECT a.title FROM panels AS a JOIN panels AS b ON a.id < b.id
	WHERE a.x < b.x + b.w AND b.x < a.x + a.w AND (a.panel #>> '{gridPos,y}')::int < (b.panel #>> '{gridPos,y}')::int + (b.panel #>> '{gridPos,h}')::int
		AND (b.panel #>> '{gridPos,y}')::int < (a.panel #>> '{gridPos,y}')::int + (a.panel #>> '{gridPos,h}')::int $$, 'and do not cover each other');
SELECT is_empty($$ SELECT title FROM panels WHERE type <> 'row' AND (panel #>> '{datasource,uid}' IS DISTINCT FROM '${datasource}'
	OR coalesce(panel ->> 'description', '') = '' OR type NOT IN ('stat', 'table', 'timeseries', 'status-history')) $$, 'each asks the chosen database and says what it shows');

SELECT * FROM finish();
ROLLBACK;
