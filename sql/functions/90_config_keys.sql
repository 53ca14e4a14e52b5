-- the words of the configuration: which keys there are, what they may be and what they are by default

CREATE OR REPLACE FUNCTION drift_internal.known_metrics() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '{mean_error,accuracy,balanced_accuracy,precision,recall,specificity,f1,macro_precision,macro_recall,macro_f1,mcc,roc_auc,gini,log_loss,brier,mae,mape,interval_coverage}'::text[];

COMMENT ON FUNCTION drift_internal.known_metrics() IS
	'metrics that monitors may have a verdict on: they get better in one direction and have a standard error';

-- kind: number, integer, boolean, text, class, interval, choice, metrics, strategies, guardrails, deployment, schedule or thresholds. A bound that is not in
-- its range has above or below. features.* stands for each feature by its name.
CREATE OR REPLACE FUNCTION drift_internal.config_keys()
	RETURNS TABLE (path text, kind text, range numrange, choices text[], nullable boolean, default_value jsonb, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 80
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
	('drift_detection.thresholds', 'thresholds', NULL::numrange, NULL::text[], false, '"standard"'::jsonb,
		'threshold set, or one with changes such as {"set": "standard", "psi_alpha": 0.01}'),
	('drift_detection.psi_warning', 'number', '(0,)', NULL, true, 'null', 'where the warning band of the PSI begins; null: as the threshold set says'),
	('drift_detection.psi_critical', 'number', '(0,)', NULL, true, 'null', 'where the critical band of the PSI begins; null: as the threshold set says'),
	('drift_detection.ks_significance', 'number', '(0,1)', NULL, true, 'null', 'level below which a corrected p-value is significant; null: as the threshold set says'),
	('drift_detection.minimum_effect', 'number', '[0,1]', NULL, true, 'null', 'smallest effect that a significant test needs to count; null: as the threshold set says'),
	('drift_detection.minimum_share', 'number', '[0,1]', NULL, true, 'null', 'smallest share of rows that a new category and the like needs to count; null: as the threshold set says'),
	('drift_detection.correction', 'choice', NULL, '{bh,none}', true, 'null', 'correction of the p-values for their number; null: as the threshold set says'),
	('drift_detection.feature_drift_threshold', 'number', '[0,1]', NULL, false, '0.3', 'share of drifted features above which a decision takes the data as drifted'),
	('drift_detection.high_drift_threshold', 'number', '[0,1]', NULL, false, '0.5', 'share of drifted features above which the drift is high'),
	('drift_detection.drift_threshold', 'number', '[0,1]', NULL, false, '0.05', 'share of drifted features above which a decision is to prepare for retraining'),
	('drift_detection.performance_drop_threshold', 'number', '[0,)', NULL, false, '0.05', 'rise of the mean error from which performance is worse'),
	('drift_detection.minimum_new_samples', 'integer', '[0,)', NULL, false, '1000', 'new rows with outcomes that a retraining needs'),
	('drift_detection.concept_drift_threshold', 'number', '[0,)', NULL, false, '0.15', 'rise of the mean error from which the relation to the target is taken to have changed'),
	('drift_detection.score_column', 'text', NULL, NULL, true, 'null', 'column of a relation or query that holds what the model said as a number'),
	('drift_detection.label_column', 'text', NULL, NULL, true, 'null', 'column of a relation or query that holds the class that the model said'),
	('drift_detection.confidence_column', 'text', NULL, NULL, true, 'null', 'column of a relation or query that holds how sure the model was'),
	('drift_detection.target_column', 'text', NULL, NULL, true, 'null', 'column of a relation or query that holds what became true'),
	('drift_detection.error_column', 'text', NULL, NULL, true, 'null', 'column of a relation or query that holds how far the model was off'),

	('retraining.strategy', 'choice', NULL, '{new_only,combined,weighted,sliding_window,all_data}', false, '"combined"', 'data to train on when the rules do not say otherwise'),
	('retraining.historical_window_months', 'integer', '[1,1200]', NULL, false, '6', 'months of old data that join the new'),
	('retraining.new_data_weight', 'number', '[0,1]', NULL, false, '0.7', 'weight of new data; the old has the rest'),
	('retraining.drift_threshold', 'number', '(0,)', NULL, false, '0.25', 'PSI of a feature from which the model is retrained'),
	('retraining.performance_threshold', 'number', '[0,)', NULL, false, '0.05', 'rise of the mean error from which the model is retrained'),
	('retraining.sliding_window_months', 'integer', '[1,1200]', NULL, false, '6', 'months of data in a sliding window'),
	('retraining.weighted_retraining', 'boolean', NULL, NULL, false, 'true', 'whether newer rows weigh more'),
	('retraining.automatic', 'boolean', NULL, NULL, false, 'true', 'whether a cycle retrains a model that has settings for training (drift.set_training()) when a trigger asks for it'),
	('retraining.fallback_strategies', 'strategies', NULL, '{new_only,combined,weighted,sliding_window,all_data}', false, '["all_data"]', 'strategies that a run tries one after the other while its best trial does not pass'),
	('retraining.minimum_interval', 'interval', NULL, NULL, false, '"1 day"', 'time between two automatic runs'),
	('retraining.retry_interval', 'interval', NULL, NULL, false, '"7 days"', 'time after an automatic run that gave no version, before the next'),

	('deployment.significance_level', 'number', '(0,1)', NULL, false, '0.05', 'level of the test between two versions'),
	('deployment.min_improvement', 'number', '[0,)', NULL, false, '0.02', 'by how much a version must be better'),
	('deployment.validation_window_days', 'integer', '[0,36500]', NULL, false, '7', 'days for which a deployment is watched'),
	('deployment.max_rollback_attempts', 'integer', '[0,1000]', NULL, false, '3', 'automatic rollbacks after which nothing is deployed'),
	('deployment.min_metric', 'number', '[0,1]', NULL, true, '0.90', 'primary metric, where that is accuracy or roc_auc, below which a version is flagged for review; null: none'),
	('deployment.metric', 'choice', NULL, '{log_loss,brier,roc_auc,accuracy,mae,mse,rmse}', true, 'null', 'primary metric of the candidates of a run; null: log_loss of two classes, accuracy of more, mae of numbers'),
	('deployment.min_test_rows', 'integer', '[2,)', NULL, false, '100', 'held-out rows that the comparison of a run needs'),
	('deployment.guardrails', 'guardrails', NULL, NULL, false, '{"roc_auc": 0.02, "ece": 0.05}', 'other metrics and by how much each may be worse than the champion''s on held-out rows'),
	('deployment.min_accuracy', 'number', '[0,1]', NULL, true, 'null', 'accuracy that a candidate of a run must reach; null: any'),
	('deployment.min_roc_auc', 'number', '[0,1]', NULL, true, 'null', 'area under the ROC curve that a candidate of a run must reach; null: any'),
	('deployment.max_log_loss', 'number', '[0,)', NULL, true, 'null', 'log loss that a candidate of a run may have at most; null: any'),
	('deployment.max_mae', 'number', '[0,)', NULL, true, 'null', 'mean absolute error that a candidate of a run may have at most; null: any'),
	('deployment.strategy', 'choice', NULL, '{none,blue_green,canary,ab_test,shadow}', false, '"canary"', 'how a cycle deploys the version of a run; none: people do'),
	('deployment.options', 'deployment', NULL, NULL, false, '{}', 'options of drift.deploy() for that'),
	('deployment.validation_rows', 'integer', '[2,)', NULL, false, '100', 'predictions with outcomes since a deployment from which its validation has a verdict'),
	('deployment.validation_scores', 'choice', NULL, '{rollback,report}', false, '"rollback"', 'what scores mean that are not those of the held-out rows of the run, where features did not change and no outcomes speak for the version'),
	('deployment.automatic_rollback', 'boolean', NULL, NULL, false, 'true', 'whether a cycle takes back a version whose validation failed'),

	('monitoring.schedule', 'schedule', NULL, '{hourly,daily,weekly,monthly,monday,diabetes,assess_weekly,online,full_monthly,event_driven}', false, '"weekly"', 'when the monitors of a model run: a bundle of drift.schedule_bundles(), five fields as in crontab, or event_driven: by nobody but who loads data'),
	('monitoring.drift_check_samples', 'integer', '[2,)', NULL, false, '500', 'rows below which a check gives no verdict'),
	('monitoring.monitoring_interval', 'integer', '[60,)', NULL, false, '3600', 'seconds between two cycles that drift.start_monitoring() schedules'),
	('monitoring.max_history_days', 'integer', '[1,36500]', NULL, false, '30', 'days for which checks and windows of hours are kept'),
	('monitoring.max_day_history_days', 'integer', '[1,36500]', NULL, false, '400', 'days for which windows of days are kept'),
	('monitoring.max_month_history_months', 'integer', '[1,1200]', NULL, false, '120', 'months for which windows of months are kept'),
	('monitoring.max_report_days', 'integer', '[1,36500]', NULL, false, '730', 'days for which reports are kept'),
	('monitoring.max_baseline_days', 'integer', '[1,36500]', NULL, false, '365', 'days after which the health check calls a baseline old'),
	('monitoring.statement_timeout', 'integer', '[0,2147483647]', NULL, false, '0', 'milliseconds after which a query on the source is cancelled; 0: never'),
	('monitoring.sample', 'number', '(0,1]', NULL, false, '1', 'share of the rows that are read, chosen by a hash so that the same rows are chosen each time'),
	('monitoring.recompute_buckets', 'integer', '[1,10000]', NULL, false, '3', 'newest buckets that are read again each time where changes cannot be seen'),
	('monitoring.max_segments', 'integer', '[1,50]', NULL, false, '50', 'segments with windows of their own; the rest are (other)'),
	('monitoring.store_categories', 'boolean', NULL, NULL, false, 'true', 'whether windows keep categories that are texts, or hashes of them; read when a monitor is made'),
	('monitoring.alert_thresholds.drift_critical', 'number', '(0,)', NULL, false, '0.25', 'PSI of a feature from which an alert is critical'),
	('monitoring.alert_thresholds.performance_degradation', 'number', '[0,)', NULL, false, '0.05', 'rise of the mean error from which an alert is raised'),

	('performance.metrics', 'metrics', NULL, drift_internal.known_metrics(), false, '["roc_auc", "mean_error"]', 'metrics with a verdict; the others are reported, and custom metrics have one if they have a least_loss'),
	('performance.positive_label', 'class', NULL, NULL, true, 'null', 'class that scores speak for; null: the second of two classes of the model. Read when a monitor is made or watches other columns'),

	('online.drift_threshold', 'number', '[0,1]', NULL, false, '0.2', 'share of drifted features above which a batch counts as drifted'),
	('online.check_interval', 'integer', '[1,)', NULL, false, '5', 'seconds between two looks at a stream'),
	('online.drift_count', 'integer', '[1,)', NULL, false, '3', 'alerts after which the alert_count trigger fires'),
	('online.cycles', 'integer', '[1,)', NULL, false, '5', 'cycles after which the every_n_cycles trigger fires'),

	('alerting.breaches', 'integer', '[1,100]', NULL, false, '2', 'spans with a breach that raise an alert'),
	('alerting.of', 'integer', '[1,100]', NULL, false, '3', 'spans, which do not overlap, among which they are counted'),
	('alerting.critical_breaches', 'integer', '[1,100]', NULL, false, '1', 'spans with a critical breach that suffice'),
	('alerting.clear_ratio', 'number', '[0,1]', NULL, false, '0.8', 'share of a threshold below which an alert clears'),
	('alerting.cooldown', 'interval', NULL, NULL, false, '"1 day"', 'time for which a resolved alert is not raised again'),
	('alerting.minimum_severity', 'choice', NULL, '{warning,critical}', false, '"warning"', 'severity from which a span is a breach'),
	('alerting.alert_drift', 'number', '[0,1]', NULL, false, '0.5', 'drift score above which an alert is critical'),

	('features.*.method', 'method', NULL, NULL, true, NULL, 'method of this feature instead of the one its kind gets'),
	('features.*.psi_warning', 'number', '(0,)', NULL, true, NULL, 'the same as above for this feature'),
	('features.*.psi_critical', 'number', '(0,)', NULL, true, NULL, 'the same as above for this feature'),
	('features.*.ks_significance', 'number', '(0,1)', NULL, true, NULL, 'the same as above for this feature'),
	('features.*.minimum_effect', 'number', '[0,1]', NULL, true, NULL, 'the same as above for this feature'),
	('features.*.minimum_share', 'number', '[0,1]', NULL, true, NULL, 'the same as above for this feature'),
	('features.*.weight', 'number', '[0,1000000]', NULL, true, NULL, 'weight of this feature in the drift score; others have 1')
$$;

COMMENT ON FUNCTION drift_internal.config_keys() IS 'keys of the configuration with their kinds, ranges and defaults';

CREATE OR REPLACE FUNCTION drift_internal.allowed_text(kind text, range numrange, choices text[], nullable boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE kind
			WHEN 'number' THEN 'a number' || bounds
			WHEN 'integer' THEN 'a whole number' || bounds
			WHEN 'boolean' THEN 'true or false'
			WHEN 'text' THEN 'the name of a column'
			WHEN 'interval' THEN 'a time such as "1 day", not negative'
			WHEN 'class' THEN 'a class, as text'
			WHEN 'metrics' THEN 'a list of ' || listed
			WHEN 'strategies' THEN 'a list of ' || listed
			WHEN 'guardrails' THEN 'an object of metrics with numbers from 0 on, or null'
			WHEN 'deployment' THEN 'an object of options of drift.deploy()'
			WHEN 'choice' THEN listed
			WHEN 'schedule' THEN listed || ', or five fields as in crontab'
			WHEN 'thresholds' THEN 'the name of a threshold set, or an object with set and thresholds'
			WHEN 'method' THEN 'a method of drift.compare()'
		END || CASE WHEN nullable THEN ', or null' ELSE '' END
	FROM (SELECT
		CASE WHEN lower(range) IS NULL THEN ''
			WHEN NOT lower_inc(range) THEN format(' above %s', lower(range)) ELSE format(' from %s', lower(range)) END
		|| CASE WHEN upper(range) IS NULL THEN ''
			WHEN NOT upper_inc(range) THEN format(' and below %s', upper(range)) ELSE format(' to %s', upper(range)) END AS bounds,
		(SELECT string_agg(format('"%s"', c), ', ') FROM unnest(choices) AS c) AS listed) AS words
$$;

COMMENT ON FUNCTION drift_internal.allowed_text(text, numrange, text[], boolean) IS 'what a key of the configuration may be, in words';

CREATE OR REPLACE FUNCTION drift.config_keys() RETURNS TABLE (path text, allowed text, default_value jsonb, description text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 80
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT k.path, drift_internal.allowed_text(k.kind, k.range, k.choices, k.nullable), k.default_value, k.description
	FROM drift_internal.config_keys() AS k
$$;

COMMENT ON FUNCTION drift.config_keys() IS
	'every key of the configuration: where it stands (features.* is each feature by its name), what it may be, what it is where nobody set it, and what it means';

CREATE OR REPLACE FUNCTION drift_internal.default_config() RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH key AS (
		SELECT string_to_array(k.path, '.') AS path, k.default_value FROM drift_internal.config_keys() AS k WHERE k.default_value IS NOT NULL
	), leaf AS (
		SELECT path[1] AS section, path[2] AS name, default_value AS value FROM key WHERE cardinality(path) = 2
		UNION ALL
		SELECT path[1], path[2], jsonb_object_agg(path[3], default_value) FROM key WHERE cardinality(path) = 3 GROUP BY 1, 2
	)
	SELECT jsonb_object_agg(section, content) || '{"features": {}}'
	FROM (SELECT section, jsonb_object_agg(name, value) AS content FROM leaf GROUP BY section) AS part
$$;

COMMENT ON FUNCTION drift_internal.default_config() IS 'the configuration where nobody set anything';
