-- Performance in monitors: outcomes in windows, metrics of them, verdicts, baselines, custom metrics, history, and the rows themselves.
-- Monitors recompute, since rows of the own transaction are new only to the next one.
BEGIN;
SET TimeZone = 'UTC';
SELECT plan(101);
CREATE SCHEMA performance;
SET search_path = performance, public;
CREATE ROLE performance_owner;
CREATE ROLE performance_reader;
GRANT ALL ON SCHEMA performance TO performance_owner;
GRANT USAGE ON SCHEMA performance TO performance_reader;

-- models of two classes, of three, and of a number
CREATE FUNCTION pg_temp.artefact(task text) RETURNS drift.model LANGUAGE sql AS $$
	SELECT drift.import_model('json', CASE task
		WHEN 'two' THEN '{"format": "drift", "version": 1, "task": "binary", "inputs": ["x"], "features": ["x"],
			"linear": {"coefficients": [1], "intercept": 0}, "transform": "logistic", "classes": ["no", "y\"és"]}'
		WHEN 'three' THEN '{"format": "drift", "version": 1, "task": "multiclass", "inputs": ["x"], "features": ["x"],
			"linear": {"coefficients": [[1], [2], [3]], "intercept": [0, 0, 0]}, "transform": "softmax", "classes": ["a", "b", "c"]}'
		ELSE '{"format": "drift", "version": 1, "task": "regression", "inputs": ["x"], "features": ["x"], "linear": {"coefficients": [1], "intercept": 0}}' END)
$$;
SELECT drift.register_model(m, owner => 'performance_owner') FROM unnest('{two,three,number}'::text[]) AS m \g /dev/null
SELECT drift.add_version(m, pg_temp.artefact(m)) FROM unnest('{two,three,number}'::text[]) AS m \g /dev/null
SELECT drift.grant_privilege('two', 'performance_reader', 'read') \g /dev/null
SET ROLE performance_owner;
SELECT drift.promote(m, 1) FROM unnest('{two,three,number}'::text[]) AS m \g /dev/null
SELECT drift.create_prediction_log(m, days_back => 40) FROM unnest('{two,three,number}'::text[]) AS m \g /dev/null

-- 250 answers a day for 30 days up to today. In the last ten the scores of two classes say less.
CREATE TABLE given AS
SELECT n, at, mod(n * 7919, 1009) / 1009.0 AS u, mod(n * 104729, 1013) / 1013.0 AS v, n >= 5000 AS late,
	CASE WHEN mod(n, 3) = 0 THEN 'old' ELSE 'young' END AS grp
FROM generate_series(0, 7499) AS n, LATERAL (SELECT date_trunc('day', now()) - interval '30 days' + n * interval '345.6 seconds' AS at) AS t;
INSERT INTO two_log (prediction_id, predicted_at, model_version, entity_key, x, score, label)
SELECT drift.make_prediction_id('two', at), at, CASE WHEN n < 3750 THEN 1 ELSE 2 END, n::text, u, u, CASE WHEN u > 0.5 THEN 'y"és' ELSE 'no' END FROM given;
INSERT INTO two_log_outcomes (prediction_id, predicted_at, actual, observed_at)
SELECT l.prediction_id, l.predicted_at, CASE WHEN g.v < CASE WHEN g.late THEN 0.5 + (g.u - 0.5) * 0.4 ELSE g.u END THEN 'y"és' ELSE 'no' END, l.predicted_at
FROM two_log AS l JOIN given AS g ON g.n = l.entity_key::integer;
INSERT INTO three_log (prediction_id, predicted_at, model_version, entity_key, x, score, label, probabilities)
SELECT drift.make_prediction_id('three', at), at, 1, n::text, u, u, (ARRAY['a', 'b', 'c'])[1 + mod(n, 3)],
	ARRAY[CASE mod(n, 3) WHEN 0 THEN 0.6 ELSE 0.2 END, CASE mod(n, 3) WHEN 1 THEN 0.6 ELSE 0.2 END, CASE mod(n, 3) WHEN 2 THEN 0.6 ELSE 0.2 END] FROM given;
INSERT INTO three_log_outcomes (prediction_id, predicted_at, actual, observed_at)
SELECT l.prediction_id, l.predicted_at, CASE WHEN g.v < 0.6 THEN l.label ELSE 'b' END, l.predicted_at
FROM three_log AS l JOIN given AS g ON g.n = l.entity_key::integer;
INSERT INTO number_log (prediction_id, predicted_at, model_version, entity_key, x, score, score_low, score_high)
SELECT drift.make_prediction_id('number', at), at, 1, n::text, u, u * 10, u * 10 - 1, u * 10 + 1 FROM given;
INSERT INTO number_log_outcomes (prediction_id, predicted_at, actual, actual_value, observed_at)
SELECT l.prediction_id, l.predicted_at, y::text, y, l.predicted_at
FROM number_log AS l JOIN given AS g ON g.n = l.entity_key::integer, LATERAL (SELECT g.u * 10 + (g.v - 0.5) * CASE WHEN g.late THEN 3 ELSE 2.2 END AS y) AS t;

-- what windows keep
CREATE VIEW kept AS SELECT m.name, c.* FROM drift.monitors AS m JOIN drift.monitor_columns AS c USING (monitor_id) WHERE c.role IN ('outcome', 'metric');
SELECT drift.create_monitor(m, model => m, bucket => 'day', reference => 'previous', tracking => 'recompute', config => '{"monitoring": {"drift_check_samples": 150}}') FROM unnest('{three,number}'::text[]) AS m \g /dev/null
SELECT drift.create_monitor('two', model => 'two', bucket => 'day', reference => 'previous', tracking => 'recompute',
	segment => $$CASE WHEN entity_key::integer % 3 = 0 THEN 'old' ELSE 'young' END$$, config => '{"monitoring": {"drift_check_samples": 80}}') \g /dev/null
SELECT results_eq($$ SELECT name COLLATE "default", string_agg(column_name COLLATE "default", ' ' ORDER BY column_id), min(positive) COLLATE "default" FROM kept GROUP BY name ORDER BY kept.name $$,
	$$ VALUES ('number', 'residual percentage_error covered interval_width', NULL), ('three', 'confusion log_loss', NULL),
		('two', 'confusion positive_score negative_score log_loss brier', 'y"és') $$, 'outcomes by the task of the model; of two classes the second is positive');
SELECT drift.rebuild_windows(m) FROM unnest('{two,three,number}'::text[]) AS m \g /dev/null

-- metrics of merged windows are those of the rows
CREATE FUNCTION pg_temp.windowed(monitor text, from_day integer, to_day integer) RETURNS TABLE (segment text, metric text, value float8, error float8, n bigint) LANGUAGE sql AS $$
	SELECT w.segment, (w.measured).metric, (w.measured).value, (w.measured).value_error, (w.measured).n
	FROM drift.monitors AS m, drift_internal.window_metrics(m, tstzrange(date_trunc('day', now()) + from_day * interval '1 day', date_trunc('day', now()) + to_day * interval '1 day'), true) AS w
	WHERE m.name = monitor
$$;
SELECT is(count(*) FILTER (WHERE (w.value IS DISTINCT FROM l.value AND abs(w.value - l.value) > CASE WHEN l.metric IN ('average_precision', 'ece') THEN 0.005 ELSE coalesce(w.error, 0) + 1e-9 END)
		OR w.value IS NULL OR l.value IS NULL OR w.n <> l.n), 0::bigint, m || ': windows of ' || a || ' to ' || b || ' give what the rows give')
FROM (VALUES ('two', -30, 0), ('two', -12, -3), ('three', -30, 0), ('number', -20, -1)) AS v (m, a, b),
	LATERAL (SELECT * FROM pg_temp.windowed(m, a, b) AS w WHERE w.segment = '') AS w
	FULL JOIN LATERAL (SELECT p.* FROM drift.performance(m, date_trunc('day', now()) + a * interval '1 day', date_trunc('day', now()) + b * interval '1 day') AS p) AS l USING (metric)
GROUP BY m, a, b ORDER BY m, a, b;
SELECT cmp_ok(abs((SELECT value FROM pg_temp.windowed('two', -30, -20) WHERE segment = 'old' AND metric = 'roc_auc')
	- (SELECT value FROM drift.performance('two', date_trunc('day', now()) - interval '30 days', date_trunc('day', now()) - interval '20 days',
		ARRAY[$$CASE WHEN entity_key::integer % 3 = 0 THEN 'old' ELSE 'young' END$$]) WHERE groups::text LIKE '%"old"%' AND metric = 'roc_auc')), '<', 0.005::float8, 'and of segments');

-- against the aggregates
CREATE VIEW labelled AS SELECT label = 'y"és' AS said, actual = 'y"és' AS came, label, actual, score FROM two_log_labelled;
SELECT is((SELECT round(p.value::numeric, 9) FROM drift.performance('two') AS p WHERE p.metric = a.metric), round(a.value::numeric, 9), a.metric || ' is that of the aggregate')
FROM (
	SELECT k.* FROM (SELECT drift.accuracy(label, actual) AS accuracy, drift.brier(score, came) AS brier, drift.f1(said, came) AS f1, drift.log_loss(score, came) AS log_loss,
		drift.precision(said, came) AS precision, drift.recall(said, came) AS recall, drift.specificity(said, came) AS specificity, drift.mcc(said, came) AS mcc,
		drift.balanced_accuracy(said, came) AS balanced_accuracy, drift.roc_auc(score, came) AS roc_auc, drift.average_precision(score, came) AS average_precision FROM labelled) AS s,
		LATERAL (SELECT key AS metric, value::float8 FROM jsonb_each_text(to_jsonb(s))) AS k
) AS a ORDER BY a.metric;
SELECT is((SELECT round(p.value::numeric, 9) FROM drift.performance('number') AS p WHERE p.metric = a.metric), round(a.value::numeric, 9), a.metric || ' is that of the aggregate')
FROM (
	SELECT k.* FROM (SELECT drift.mae(score, actual_value) AS mae, drift.rmse(score, actual_value) AS rmse, drift.r2(score, actual_value) AS r2, drift.bias(score, actual_value) AS bias,
		drift.interval_coverage(score_low, score_high, actual_value) AS interval_coverage FROM number_log_labelled) AS s,
		LATERAL (SELECT key AS metric, value::float8 FROM jsonb_each_text(to_jsonb(s))) AS k
) AS a ORDER BY a.metric;
SELECT is((SELECT round(p.value::numeric, 9) FROM drift.performance('three') AS p WHERE p.metric = 'macro_f1'), (SELECT round(drift.f1(label, actual, 'macro')::numeric, 9) FROM three_log_labelled), 'macro_f1 too');
SELECT is((SELECT round(p.value::numeric, 9) FROM drift.performance('three') AS p WHERE p.metric = 'log_loss'),
	(SELECT round(avg(-ln(probabilities[array_position('{a,b,c}', actual)]))::numeric, 9) FROM three_log_labelled), 'the loss of several classes');
SELECT results_eq($$ SELECT groups ->> 'model_version', n FROM drift.performance('two', by => '{model_version}') WHERE metric = 'accuracy' ORDER BY 1 $$,
	$$ VALUES ('1', 3750::bigint), ('2', 3750) $$, 'by version');
SELECT is((SELECT count(DISTINCT groups) FROM drift.performance('two', by => '{day,arm}')), 30::bigint, 'by day and arm');
SELECT ok(bool_and(low <= value AND value <= high), 'intervals hold their value') FROM drift.performance('two') WHERE low IS NOT NULL;
SELECT throws_ok($$ SELECT * FROM drift.performance('two', by => '{""}') $$, '22023', NULL, 'by nothing');
SELECT throws_ok($$ SELECT * FROM drift.performance('two', by => '{"no_such"}') $$, '42703', NULL, 'by a column that is not there');
SET ROLE performance_reader;
SELECT throws_ok($$ SELECT * FROM drift.performance('two') $$, '42501', NULL, 'rows are read with the rights of the caller');
SET ROLE performance_owner;

-- verdicts
CREATE FUNCTION pg_temp.check_at(monitor text, day integer) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', c.status, c.performance, nullif(c.findings::text, '{}')) FROM drift.run_check(monitor, date_trunc('day', now()) + day * interval '1 day', false) AS c
$$;
CREATE VIEW newest AS SELECT t.*, c.as_of FROM drift.check_metrics AS t JOIN drift.checks AS c USING (check_id) WHERE c.check_id = (SELECT max(check_id) FROM drift.checks);
SELECT is(pg_temp.check_at('two', -12), 'ok ok', 'as good as before');
SELECT results_eq($$ SELECT metric COLLATE "default", severity FROM newest WHERE segment = '' AND severity <> 'skipped' ORDER BY metric $$, $$ VALUES ('mean_error', 'ok'), ('roc_auc', 'ok') $$,
	'the area under the curve and the mean error have a verdict, the others are told');
SELECT is((SELECT count(*) FROM newest WHERE segment = ''), 18::bigint, 'all metrics are kept');
SELECT is(pg_temp.check_at('two', -5), 'critical critical {performance_segments}', 'scores that say less');
SELECT ok(bool_and(severity = 'critical' AND loss > 0.05 AND loss_low > 0 AND loss_low < loss AND loss < loss_high AND findings = '{performance}'), 'both are worse for certain')
FROM newest WHERE segment = '' AND metric IN ('roc_auc', 'mean_error');
SELECT results_eq($$ SELECT segment COLLATE "default", severity FROM newest WHERE segment <> '' AND metric = 'roc_auc' ORDER BY segment $$, $$ VALUES ('old', 'ok'), ('young', 'critical') $$, 'in the segment that has rows enough to tell');
SELECT is((SELECT (severity, mean_current = (SELECT value FROM newest WHERE segment = '' AND metric = 'mean_error'))::text FROM drift.check_features
	WHERE check_id = (SELECT max(check_id) FROM drift.checks) AND role = 'error'), '(critical,t)', 'the mean error among the columns says the same');
SELECT matches((SELECT explanation FROM drift.checks ORDER BY check_id DESC LIMIT 1), 'performance is worse: roc_auc 0\.\d+ to 0\.\d+ .worse by .*mean_error.*worse in segments: .* in ''young''', 'which the check says');
SELECT is((SELECT string_agg(items::text, '') FROM drift.open_alerts WHERE monitor = 'two' AND kind = 'performance'), '["mean_error", "roc_auc"]', 'an alert with an item for each metric');
SELECT is((SELECT (drift.run_check('two', date_trunc('day', now()) - interval '5 days', false)).check_id), (SELECT max(check_id) FROM drift.checks), 'a check of the same is given again');
SELECT is(pg_temp.check_at('number', -5), 'critical critical', 'errors that grew');
SELECT results_eq($$ SELECT metric COLLATE "default", loss BETWEEN 0.2 AND 0.5 FROM newest WHERE severity = 'critical' $$, $$ VALUES ('mean_error', true) $$, 'by their share');
SELECT is(pg_temp.check_at('three', -5), 'ok ok', 'nothing changed in three classes');

-- few labels never alarm
SELECT drift.create_monitor('few', model => 'two', bucket => 'hour', span => '1 hour', reference => 'previous', tracking => 'recompute') \g /dev/null
SELECT drift.rebuild_windows('few') \g /dev/null
SELECT is((SELECT performance FROM drift.run_check('few', date_trunc('day', now()) - interval '5 days', false)), 'insufficient_data', 'ten outcomes are no verdict');
SELECT drift.alter_monitor('few', config => '{"monitoring": {"drift_check_samples": 8}}') \g /dev/null
SELECT is((SELECT count(*) FROM generate_series(1, 30) AS h, LATERAL drift.run_check('few', date_trunc('day', now()) - interval '20 days' + h * interval '1 hour', false) AS c
	WHERE c.performance IN ('warning', 'critical')), 0::bigint, 'nor do they alarm where they may have one');

-- what counts is configured
SELECT drift.alter_monitor('two', config => '{"performance": {"metrics": ["log_loss"]}}') \g /dev/null
SELECT is(pg_temp.check_at('two', -5), 'critical critical {performance_segments}', 'another metric');
SELECT is((SELECT string_agg(metric, ' ') FROM newest WHERE segment = '' AND severity <> 'skipped'), 'log_loss', 'and only that');
SELECT throws_ok($$ SELECT drift.alter_monitor('two', config => '{"performance": {"metrics": ["auc"]}}') $$, '22023', NULL, 'that is none');
SELECT throws_ok($$ SELECT drift.alter_monitor('two', config => '{"performance": {"metrics": "roc_auc"}}') $$, '22023', NULL, 'nor a list');
SELECT drift.alter_monitor('two', config => '{"performance": {"metrics": []}}') \g /dev/null
SELECT is(pg_temp.check_at('two', -5), 'ok', 'no metric, no verdict');
SELECT drift.alter_monitor('two', config => '{"performance": {"metrics": null}}') \g /dev/null

-- performance baselines
SELECT is((SELECT count(*) FROM drift.set_performance_baseline('two', 1, '{"roc_auc": 0.6, "mean_error": {"value": 0.45, "standard_error": 0.01, "n": 2000}}')), 2::bigint, 'declared');
RESET ROLE;
SET session_replication_role = replica; -- history cannot be changed otherwise
UPDATE drift.model_events SET happened_at = now() - interval '50 days' WHERE alias = 'champion';
RESET session_replication_role;
SET ROLE performance_owner;
SELECT is(pg_temp.check_at('two', -5), 'warning ok {performance_segments}', 'what is expected is no finding, but of segments nothing was declared');
SELECT is((SELECT reference FROM newest WHERE segment = '' AND metric = 'roc_auc'), 0.6::float8, 'it goes before what was measured');
SELECT is((SELECT count(*) > 20 AND bool_and(n > 0 AND span IS NOT NULL) FROM drift.set_performance_baseline('two', monitor => 'two', from_time => date_trunc('day', now()) - interval '8 days', to_time => now())), true,
	'measured on a span, with its segments');
SELECT is(pg_temp.check_at('two', -1), 'ok ok', 'that of all versions counts where the version has none');
SELECT is((SELECT count(*) FROM drift.performance_baselines AS b JOIN drift.models AS m USING (model_id) WHERE m.name = 'two' AND b.model_version = 1), 2::bigint, 'both are there');
SELECT is(drift.drop_performance_baseline('two', 1), 2::bigint, 'one is dropped');
SELECT cmp_ok(drift.drop_performance_baseline('two'), '>', 20::bigint, 'and the other');
SELECT throws_ok($$ SELECT drift.set_performance_baseline('two', 9, '{"roc_auc": 1}') $$, '42704', NULL, 'a version that is not there');
SELECT throws_ok(format($$ SELECT drift.set_performance_baseline('two', 1, %L) $$, metrics), '22023', NULL, 'no metrics: ' || metrics)
FROM (VALUES ('{}'), ('[]'), ('{"a": "b"}'), ('{"a": {"value": 1, "sd": 2}}'), ('{"a": {"value": 1, "n": 0}}'), ('{"a": null}')) AS v (metrics);
SELECT throws_ok($$ SELECT drift.set_performance_baseline('two', 1) $$, '22023', NULL, 'neither declared nor measured');
SELECT throws_ok($$ SELECT drift.set_performance_baseline('two', 1, monitor => 'three') $$, '22023', NULL, 'measured by the monitor of another model');
SELECT throws_ok($$ SELECT drift.set_performance_baseline('two', 1, monitor => 'two', from_time => now() + interval '1 day') $$, 'P0002', NULL, 'measured of nothing');
SET ROLE performance_reader;
SELECT throws_ok($$ SELECT drift.set_performance_baseline('two', 1, '{"roc_auc": 1}') $$, '42501', NULL, 'readers do not say what is good');
SET ROLE performance_owner;

-- metrics of users
SELECT is((SELECT name || expression || least_loss FROM drift.add_metric('two', 'gain é', $$CASE WHEN label = actual THEN 10 ELSE -5 END -- of each$$, true, 1)), 'gain éCASE WHEN label = actual THEN 10 ELSE -5 END -- of each1', 'a metric');
SELECT drift.add_metric('two', 'told', 'score > 0.2', false) \g /dev/null
SELECT drift.rebuild_windows('two') \g /dev/null
SELECT is(pg_temp.check_at('two', -5), 'critical critical {performance_segments}', 'it has windows');
SELECT is((SELECT round(value::numeric, 6) FROM newest WHERE segment = '' AND metric = 'gain é'), (SELECT round(avg(CASE WHEN label = actual THEN 10 ELSE -5 END), 6) FROM two_log_labelled
	WHERE predicted_at >= date_trunc('day', now()) - interval '6 days' AND predicted_at < date_trunc('day', now()) - interval '5 days'), 'the mean over the rows');
SELECT results_eq($$ SELECT metric COLLATE "default", severity, threshold FROM newest WHERE segment = '' AND metric IN ('gain é', 'told') ORDER BY metric $$,
	$$ VALUES ('gain é', 'critical', 1::float8), ('told', 'skipped', NULL) $$, 'with a verdict where it has a least loss');
SELECT throws_ok(format('SELECT drift.add_metric(%L, %L, %L)', 'two', name, expression), state, NULL, says)
FROM (VALUES ('gain é', 'score', '42710', 'a name twice'), ('roc_auc', 'score', '42939', 'the name of a built-in one'), ('a/b', 'score', '42602', 'no name'),
	('m', 'avg(score)', '42803', 'an aggregate'), ('m', 'rank() OVER (ORDER BY score)', '42P20', 'a window function'), ('m', 'generate_series(1, 3)', '0A000', 'several rows'),
	('m', 'score), (label', '22023', 'two expressions'), ('m', 'label', '42804', 'a text'), ('m', 'no_such', '42703', 'a column that is not there'),
	('m', '1 / (score - score)', '22012', 'what cannot be computed')) AS v (name, expression, state, says);
SELECT drift.watch_columns('two') \g /dev/null
SELECT is((SELECT count(*) FROM kept WHERE name = 'two' AND role = 'metric'), 2::bigint, 'they stay where columns are watched anew');
SELECT is((SELECT name FROM drift.remove_metric('two', 'told')), 'told' COLLATE "C", 'removed');
SELECT is((SELECT count(*) FROM drift.windows AS w JOIN drift.monitors AS m USING (monitor_id) WHERE m.name = 'two' AND NOT EXISTS (SELECT FROM drift.monitor_columns AS c WHERE c.monitor_id = m.monitor_id AND c.column_id = w.column_id)), 0::bigint,
	'with its windows');
SELECT throws_ok($$ SELECT drift.remove_metric('two', 'told') $$, '42704', NULL, 'only once');

-- the positive class
SELECT drift.alter_monitor('two', config => '{"performance": {"positive_label": "no"}}') \g /dev/null
SELECT results_eq($$ SELECT DISTINCT positive COLLATE "default" FROM kept WHERE name = 'two' AND role = 'outcome' $$, $$ VALUES ('no') $$, 'another class is positive');
SELECT is((SELECT count(*) FROM kept WHERE name = 'two' AND column_name = 'confusion'), 1::bigint, 'and the pairs of classes keep their windows');
SELECT drift.alter_monitor('two', config => '{"performance": {"positive_label": null}}'), drift.rebuild_windows('two') \g /dev/null

SELECT is(ARRAY(SELECT drift_internal.positive_class(m) FROM unnest('{two,three,number}'::text[]) AS m), ARRAY['y"és', NULL, NULL], 'more than two classes have no positive one');
SELECT throws_ok($$ SELECT * FROM drift.model_fairness('three', '{x}') $$, '22004', 'which class of model "three" is the favourable one is not known', 'which is to be said then');
SELECT is(drift_internal.positive_class('{"performance": {"positive_label": "b"}}', '{a,b,c}'), 'b', 'in the configuration, or where it is asked for');

-- history
SELECT ok(count(*) = 3 AND bool_and(moving_average BETWEEN 0.3 AND 1 AND ewma BETWEEN 0.3 AND 1), 'moving averages') FROM drift.performance_history WHERE monitor = 'two' AND metric = 'roc_auc' AND segment = '';
SET ROLE performance_reader;
SELECT ok(count(*) > 0, 'readers of the model see it') FROM drift.performance_history WHERE monitor = 'two';
SELECT is((SELECT count(*) FROM drift.performance_history WHERE monitor = 'three'), 0::bigint, 'but not that of others');
SET ROLE performance_owner;
SELECT ok(bool_and(coverage_low <= coverage AND coverage <= coverage_high AND abs(mean_width - 2) < 1e-9) AND count(*) = 30, 'intervals') FROM drift.interval_coverage WHERE monitor = 'number' AND grain = 'day';
SELECT results_eq($$ SELECT round(drift.ewma(v, 0.5 ORDER BY o)::numeric, 6) FROM (VALUES (1, 4::float8), (2, 8), (3, NULL), (4, 'NaN'), (5, 2)) AS t (o, v) $$, $$ VALUES (4.000000) $$, 'ewma');
SELECT throws_ok($$ SELECT drift.ewma(1, 0) $$, '22023', NULL, 'its weight is above 0');
SELECT results_eq($$ SELECT metric COLLATE "default", severity FROM drift.performance_drift('two', date_trunc('day', now()) - interval '9 days', NULL, date_trunc('day', now()) - interval '30 days', date_trunc('day', now()) - interval '11 days')
	WHERE severity <> 'skipped' ORDER BY metric $$, $$ VALUES ('mean_error', 'critical'), ('roc_auc', 'critical') $$, 'the same verdict from the rows');
SELECT throws_ok($$ SELECT * FROM drift.performance_drift('three', now() - interval '5 days') $$, '55000', NULL, 'against nothing');

SELECT is(drift_internal.metric_text(jsonb_populate_record(NULL::drift.check_metrics,
	'{"metric": "mae", "severity": "ok", "reference": 1, "value": 2, "loss": 1}'), 0.01, 30, 'UTC'), 'mae 1 to 2', 'a metric without an interval');
SELECT * FROM finish();
ROLLBACK;
