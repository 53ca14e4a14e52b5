-- metrics for Prometheus: what there is
--
-- Labels are few and bounded: names of models, monitors, columns and the like, never a value of a row.
-- They avoid the words that exporters use for labels of their own (host, user, database, driver, col, server).

CREATE OR REPLACE FUNCTION drift.metric_families() RETURNS TABLE (family text, name text, type text, labels text[], help text)
	LANGUAGE sql IMMUTABLE ROWS 60
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES
	('models', 'drift_info', 'gauge', '{release,postgresql}'::text[], 'The extension and its server, always 1.'),
	('models', 'drift_model_version_info', 'gauge', '{model,version,alias}', 'The version that an alias of a model stands for, always 1.'),
	('models', 'drift_model_version_created_timestamp_seconds', 'gauge', '{model,version}', 'When the champion was added to the registry.'),
	('models', 'drift_model_traffic_ratio', 'gauge', '{model,version,arm}', 'Share of predictions that a version answers; a shadow sees all and answers none.'),
	('models', 'drift_model_frozen', 'gauge', '{model}', '1 if deployments and rollbacks of the model are stopped.'),
	('models', 'drift_deployment_started_timestamp_seconds', 'gauge', '{model,version,strategy}', 'When the deployment began that is running.'),
	('models', 'drift_deployments_total', 'counter', '{model,status}', 'Deployments that ended, by how.'),
	('models', 'drift_retrain_recommended', 'gauge', '{model}', '1 if the newest decision asks for a retraining.'),
	('models', 'drift_decision_timestamp_seconds', 'gauge', '{model}', 'The time that the newest decision looked at.'),

	('checks', 'drift_check_status', 'gauge', '{model,version,monitor,status}', '1 for the status of the newest check, 0 for the others.'),
	('checks', 'drift_dataset_drift', 'gauge', '{model,version,monitor}', '1 if the newest check found drift of the data.'),
	('checks', 'drift_score_ratio', 'gauge', '{model,version,monitor}', 'Drift score of the newest check, 0 to 1.'),
	('checks', 'drift_share_ratio', 'gauge', '{model,version,monitor}', 'Share of the features that drifted.'),
	('checks', 'drift_features', 'gauge', '{model,version,monitor}', 'Features with a verdict in the newest check.'),
	('checks', 'drift_drifted_features', 'gauge', '{model,version,monitor}', 'Features that drifted in the newest check.'),
	('checks', 'drift_verdict_severity', 'gauge', '{model,version,monitor,subject}', 'Verdict on predictions, targets and performance: 0 ok, 1 warning, 2 critical.'),
	('checks', 'drift_check_rows', 'gauge', '{model,version,monitor,side}', 'Rows that the newest check compared.'),
	('checks', 'drift_check_duration_seconds', 'gauge', '{model,version,monitor}', 'How long the newest check took.'),
	('checks', 'drift_check_data_timestamp_seconds', 'gauge', '{model,version,monitor}', 'End of the rows that the newest check looked at.'),
	('checks', 'drift_last_check_timestamp_seconds', 'gauge', '{model,version,monitor}', 'When the newest check was made.'),
	('checks', 'drift_monitor_paused', 'gauge', '{model,monitor}', '1 if the monitor is paused.'),
	('checks', 'drift_monitor_refreshed_timestamp_seconds', 'gauge', '{model,monitor}', 'When the monitor last read new rows.'),
	('checks', 'drift_monitor_read_to_timestamp_seconds', 'gauge', '{model,monitor}', 'End of the newest bucket that the monitor has read.'),
	('checks', 'model_drift', 'gauge', '{model}', 'Drift score of the model: the highest of its monitors.'),

	('features', 'drift_feature_score', 'gauge', '{model,version,monitor,role,feature,method}', 'Statistic of the method that a column is compared by.'),
	('features', 'drift_feature_psi', 'gauge', '{model,version,monitor,role,feature}', 'Population stability index of a column.'),
	('features', 'drift_feature_effect_ratio', 'gauge', '{model,version,monitor,role,feature}', 'Size of the change, 0 to 1: Kolmogorov-Smirnov D or total variation.'),
	('features', 'drift_feature_missing_ratio', 'gauge', '{model,version,monitor,role,feature}', 'Share of missing values among the current rows.'),
	('features', 'drift_feature_severity', 'gauge', '{model,version,monitor,role,feature}', 'Verdict on a column: 0 ok, 1 warning, 2 critical.'),
	('features', 'drift_output_mean', 'gauge', '{model,version,monitor,role,feature}', 'Mean of what is no feature: score, confidence, target, error, latency.'),

	('performance', 'drift_model_metric', 'gauge', '{model,version,monitor,metric,kind}', 'A metric as the newest check measured (realised) or estimated it.'),
	('performance', 'drift_model_metric_reference', 'gauge', '{model,version,monitor,metric,kind}', 'What the metric is held against.'),
	('performance', 'drift_model_metric_rows', 'gauge', '{model,version,monitor,metric,kind}', 'Rows that the metric was made of.'),
	('performance', 'drift_model_metric_severity', 'gauge', '{model,version,monitor,metric,kind}', 'Verdict on a metric: 0 ok, 1 warning, 2 critical.'),
	('performance', 'drift_model_accuracy_ratio', 'gauge', '{model,version,monitor}', 'Share of right answers, where outcomes are known.'),
	('performance', 'drift_model_auc_ratio', 'gauge', '{model,version,monitor}', 'Area under the ROC curve, where outcomes are known.'),
	('performance', 'model_accuracy', 'gauge', '{model}', 'Accuracy of the model as the newest check measured it.'),

	('windows', 'drift_window_rows', 'gauge', '{model,monitor}', 'Rows of the newest whole window, for members of the owner.'),
	('windows', 'drift_window_end_timestamp_seconds', 'gauge', '{model,monitor}', 'End of that window.'),
	('windows', 'drift_window_failed_ratio', 'gauge', '{model,monitor}', 'Share of its predictions that failed.'),
	('windows', 'drift_window_latency_seconds', 'gauge', '{model,monitor,quantile}', 'Quantiles of the time that its predictions took.'),
	('windows', 'drift_window_confidence_ratio', 'gauge', '{model,monitor,quantile}', 'Quantiles of the confidence of its predictions.'),

	('alerts', 'drift_alerts_firing', 'gauge', '{model,severity}', 'Alerts of a model that nobody acknowledged.'),
	('alerts', 'drift_alerts_acknowledged', 'gauge', '{model,severity}', 'Alerts of a model that somebody acknowledged and that are not resolved.'),
	('alerts', 'drift_alert_raised_timestamp_seconds', 'gauge', '{model,monitor,kind,severity,status}', 'When an alert was raised that is not resolved.'),

	('delivery', 'drift_outbox_pending', 'gauge', '{consumer}', 'Events that wait for the rules, or for a worker outside.'),
	('delivery', 'drift_deliveries', 'gauge', '{channel,status}', 'Messages that were not sent: pending, sending, or dead.'),
	('delivery', 'drift_delivery_oldest_timestamp_seconds', 'gauge', '{channel}', 'When the oldest message was made that still waits.'),

	('jobs', 'drift_job_failures', 'gauge', '{model,monitor,task,bundle}', 'Runs of a schedule that failed since one succeeded.'),
	('jobs', 'drift_job_overdue', 'gauge', '{model,monitor,task,bundle}', '1 if nobody ran the schedule for ten minutes after it was due.'),
	('jobs', 'drift_job_paused', 'gauge', '{model,monitor,task,bundle}', '1 if the schedule is paused.'),
	('jobs', 'drift_job_last_start_timestamp_seconds', 'gauge', '{model,monitor,task,bundle}', 'When the schedule last ran.'),
	('jobs', 'drift_job_last_duration_seconds', 'gauge', '{model,monitor,task,bundle}', 'How long it ran then.'),

	('training', 'drift_training_running', 'gauge', '{model}', '1 if a training of the model is under way.'),
	('training', 'drift_training_failed', 'gauge', '{model}', '1 if the newest run failed.'),
	('training', 'drift_training_last_end_timestamp_seconds', 'gauge', '{model}', 'When the newest run ended.'),
	('training', 'drift_training_last_success_timestamp_seconds', 'gauge', '{model}', 'When the newest run ended that did not fail.'),
	('training', 'drift_training_last_duration_seconds', 'gauge', '{model}', 'How long the newest run took.'),

	('detectors', 'drift_detector_values_total', 'counter', '{detector,model,kind}', 'Values that a detector was given.'),
	('detectors', 'drift_detector_changes_total', 'counter', '{detector,model,kind}', 'Changes that a detector found.'),
	('detectors', 'drift_detector_warning', 'gauge', '{detector,model,kind}', '1 while a detector warns.'),
	('detectors', 'drift_detector_failed', 'gauge', '{detector,model,kind}', '1 if the detector could not be run.'),

	('health', 'drift_health_findings', 'gauge', '{check,severity}', 'Findings of drift.health_check().')
$$;

COMMENT ON FUNCTION drift.metric_families() IS
	'metrics that drift.metrics() and drift.prometheus_metrics() give: family (what they may be asked for by), name, type, labels and help';
