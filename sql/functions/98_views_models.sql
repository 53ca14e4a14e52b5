-- stable view: every model in one row
--
-- Verdicts are the worst of the monitors of a model. What says how much the data drifted is of one check, the newest of
-- the monitor that saw most, so that the numbers of a row belong together.

CREATE OR REPLACE FUNCTION drift_internal.headline_metrics() RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '{roc_auc,accuracy,f1,r2,rmse,mae,mean_error}'::pg_catalog.text[];

COMMENT ON FUNCTION drift_internal.headline_metrics() IS 'metrics of which one stands for a model where there is room for one only, the first that is known';

CREATE OR REPLACE VIEW drift.v_models WITH (security_invoker = true) AS
	SELECT m.model_id, m.name AS model, pg_get_userbyid(m.owner)::text AS owner, m.description, m.tags,
		CASE
			WHEN w.worst = 5 OR coalesce(t.critical, 0) > 0 THEN 'critical'
			WHEN w.worst = 4 THEN 'error'
			WHEN w.worst = 3 OR coalesce(t.alerts, 0) > 0 THEN 'warning'
			WHEN w.worst = 2 THEN 'ok'
			ELSE 'unknown'
		END AS status,
		a.version AS champion, v.version_name AS champion_name, v.task, m.last_version AS versions,
		w.monitors, w.paused_monitors, c.monitor, c.monitor_id, c.check_id, c.as_of, c.checked_at, c.status AS check_status,
		c.drift_detected, c.drift_score, c.drift_share, c.n_features, c.n_drifted_features, c.drifted_features,
		(ARRAY['insufficient_data', 'ok', 'warning', 'critical'])[w.prediction_drift] AS prediction_drift,
		(ARRAY['insufficient_data', 'ok', 'warning', 'critical'])[w.performance] AS performance,
		(ARRAY['insufficient_data', 'ok', 'warning', 'critical'])[w.estimated_performance] AS estimated_performance,
		p.metric, p.value AS metric_value, p.value_low AS metric_low, p.value_high AS metric_high, p.reference AS metric_reference,
		p.loss AS metric_loss, p.severity AS metric_severity, p.kind AS metric_kind, p.span_to AS metric_until,
		p.check_id AS metric_check_id, p.accuracy,
		f.mean_current AS confidence, f.mean_reference AS confidence_reference, c.n_current AS n_predictions,
		coalesce(t.alerts, 0) AS open_alerts, coalesce(t.critical, 0) AS critical_alerts, t.oldest AS alerts_since,
		d.action, d.should_retrain, d.as_of AS decided_as_of,
		y.status AS deployment_status, y.version AS deployment_version, y.strategy AS deployment_strategy,
		y.weights[y.step] / 10000.0::float8 AS deployment_share, y.started_at AS deployed_at, m.frozen_at, m.pinned,
		r.run_id AS last_run_id, r.status AS last_run_status, r.started_at AS last_run_at,
		coalesce(j.jobs, 0) AS jobs, coalesce(j.running, 0) AS running_jobs, coalesce(j.failing, 0) AS failing_jobs, j.last_run_at AS last_job_at,
		j.next_run_at AS next_job_at, m.created_at
	FROM drift.models AS m
	LEFT JOIN drift.model_aliases AS a ON a.model_id = m.model_id AND a.alias = 'champion'
	LEFT JOIN drift.model_versions AS v ON v.model_id = a.model_id AND v.version = a.version
	CROSS JOIN LATERAL (
		SELECT count(*) AS monitors, count(i.paused_at) AS paused_monitors,
			max(array_position('{insufficient_data,ok,warning,error,critical}', i.status)) AS worst,
			max(array_position('{insufficient_data,ok,warning,critical}', i.prediction_drift)) AS prediction_drift,
			max(array_position('{insufficient_data,ok,warning,critical}', i.performance)) AS performance,
			max(array_position('{insufficient_data,ok,warning,critical}', i.estimated_performance)) AS estimated_performance
		FROM drift.v_monitors AS i
		WHERE i.model_id = m.model_id
	) AS w
	LEFT JOIN LATERAL (
		SELECT * FROM drift.v_monitors AS i
		WHERE i.model_id = m.model_id AND i.check_id IS NOT NULL
		ORDER BY i.drift_detected DESC NULLS LAST, i.drift_score DESC NULLS LAST, i.as_of DESC, i.monitor_id
		LIMIT 1
	) AS c ON true
	LEFT JOIN LATERAL (
		SELECT i.*, max(i.value) FILTER (WHERE i.metric = 'accuracy' AND i.kind = 'realised') OVER () AS accuracy
		FROM drift.v_performance AS i
		WHERE i.model_id = m.model_id AND i.segment = '' AND i.value IS NOT NULL
		ORDER BY i.kind DESC, i.severity = 'skipped', array_position(drift_internal.headline_metrics(), i.metric), i.metric, i.span_to DESC
		LIMIT 1
	) AS p ON true
	LEFT JOIN LATERAL (
		SELECT i.mean_current, i.mean_reference
		FROM drift.v_feature_drift AS i
		WHERE i.model_id = m.model_id AND i.segment = '' AND i.role = 'confidence' AND i.mean_current IS NOT NULL
		ORDER BY i.as_of DESC
		LIMIT 1
	) AS f ON true
	LEFT JOIN (
		SELECT i.model_id, count(*) AS alerts, count(*) FILTER (WHERE i.severity = 'critical') AS critical, min(i.raised_at) AS oldest
		FROM drift.alerts AS i
		WHERE i.status <> 'resolved'
		GROUP BY i.model_id
	) AS t ON t.model_id = m.model_id
	LEFT JOIN LATERAL (
		SELECT * FROM drift.decisions AS i WHERE i.model_id = m.model_id ORDER BY i.as_of DESC, i.decision_id DESC LIMIT 1
	) AS d ON true
	LEFT JOIN LATERAL (
		SELECT * FROM drift.deployments AS i WHERE i.model_id = m.model_id ORDER BY i.deployment_id DESC LIMIT 1
	) AS y ON true
	LEFT JOIN LATERAL (
		SELECT * FROM drift.training_runs AS i WHERE i.model_id = m.model_id ORDER BY i.run_id DESC LIMIT 1
	) AS r ON true
	LEFT JOIN (
		SELECT i.model_id, count(*) AS jobs, count(*) FILTER (WHERE i.status = 'running') AS running,
			count(*) FILTER (WHERE i.status IN ('failed', 'overdue')) AS failing, max(i.last_started_at) AS last_run_at,
			min(i.next_run_at) FILTER (WHERE i.paused_at IS NULL) AS next_run_at
		FROM drift.job_status AS i
		GROUP BY i.model_id
	) AS j ON j.model_id = m.model_id
	WHERE m.deleted_at IS NULL;

COMMENT ON VIEW drift.v_models IS 'each model at a glance: verdicts, drift, performance, confidence, alerts, decision, deployment, training and jobs';
COMMENT ON COLUMN drift.v_models.model_id IS 'number of the model';
COMMENT ON COLUMN drift.v_models.model IS 'name of the model';
COMMENT ON COLUMN drift.v_models.owner IS 'role that it belongs to';
COMMENT ON COLUMN drift.v_models.description IS 'what it is for';
COMMENT ON COLUMN drift.v_models.tags IS 'free keys and values';
COMMENT ON COLUMN drift.v_models.status IS
	'the worst of the newest checks of its monitors and of its open alerts: critical, error (a check could not be run), warning, ok, or unknown';
COMMENT ON COLUMN drift.v_models.champion IS 'version that answers; NULL: none';
COMMENT ON COLUMN drift.v_models.champion_name IS 'its long name';
COMMENT ON COLUMN drift.v_models.task IS 'what it does: binary, multiclass, regression or as its source calls it';
COMMENT ON COLUMN drift.v_models.versions IS 'number of the newest version';
COMMENT ON COLUMN drift.v_models.monitors IS 'monitors of the model';
COMMENT ON COLUMN drift.v_models.paused_monitors IS 'monitors that are paused';
COMMENT ON COLUMN drift.v_models.monitor IS 'monitor whose newest check shows most drift; columns from here to drifted_features are of that check';
COMMENT ON COLUMN drift.v_models.monitor_id IS 'number of that monitor';
COMMENT ON COLUMN drift.v_models.check_id IS 'that check; drift.report_html(check_id) makes a page of it. NULL: nothing was checked yet';
COMMENT ON COLUMN drift.v_models.as_of IS 'end of the span that it looked at';
COMMENT ON COLUMN drift.v_models.checked_at IS 'when it was made';
COMMENT ON COLUMN drift.v_models.check_status IS 'its status: ok, warning, critical, insufficient_data or error';
COMMENT ON COLUMN drift.v_models.drift_detected IS 'whether the data drifted; NULL without a verdict';
COMMENT ON COLUMN drift.v_models.drift_score IS 'drift of the data from 0 to 1';
COMMENT ON COLUMN drift.v_models.drift_share IS 'share of the tested features that drifted, from 0 to 1';
COMMENT ON COLUMN drift.v_models.n_features IS 'features with a verdict';
COMMENT ON COLUMN drift.v_models.n_drifted_features IS 'features that drifted';
COMMENT ON COLUMN drift.v_models.drifted_features IS 'their names by falling effect';
COMMENT ON COLUMN drift.v_models.prediction_drift IS 'worst severity of the drift of what the model says; NULL: not watched';
COMMENT ON COLUMN drift.v_models.performance IS 'worst severity of the loss of performance on rows with outcomes; NULL: none are known';
COMMENT ON COLUMN drift.v_models.estimated_performance IS 'worst severity of the loss that is estimated without outcomes; NULL: nothing is estimated';
COMMENT ON COLUMN drift.v_models.metric IS 'metric that stands for the model: with a verdict before others, measured before estimated, roc_auc before others; NULL: none is known';
COMMENT ON COLUMN drift.v_models.metric_value IS 'its value in the newest check';
COMMENT ON COLUMN drift.v_models.metric_low IS 'lower end of its confidence interval';
COMMENT ON COLUMN drift.v_models.metric_high IS 'upper end of its confidence interval';
COMMENT ON COLUMN drift.v_models.metric_reference IS 'what it is held against';
COMMENT ON COLUMN drift.v_models.metric_loss IS 'how much worse it is: in points where the metric lies between 0 and 1, else as a share of the reference';
COMMENT ON COLUMN drift.v_models.metric_severity IS 'verdict on it';
COMMENT ON COLUMN drift.v_models.metric_kind IS 'realised: measured on rows with outcomes; estimated: of predictions alone';
COMMENT ON COLUMN drift.v_models.metric_until IS 'time of the last predictions it is of';
COMMENT ON COLUMN drift.v_models.metric_check_id IS 'check that it is of';
COMMENT ON COLUMN drift.v_models.accuracy IS 'share of right answers among rows with outcomes in the newest check; NULL: not known';
COMMENT ON COLUMN drift.v_models.confidence IS 'mean confidence of the answers in the newest check, from 0 to 1; NULL: not watched';
COMMENT ON COLUMN drift.v_models.confidence_reference IS 'mean confidence of the reference';
COMMENT ON COLUMN drift.v_models.n_predictions IS 'rows that the newest check looked at';
COMMENT ON COLUMN drift.v_models.open_alerts IS 'alerts that are not resolved';
COMMENT ON COLUMN drift.v_models.critical_alerts IS 'critical ones among them';
COMMENT ON COLUMN drift.v_models.alerts_since IS 'when the oldest of them was raised';
COMMENT ON COLUMN drift.v_models.action IS 'newest decision: retrain_now, retrain_soon, prepare, can_retrain, wait or continue; NULL: none';
COMMENT ON COLUMN drift.v_models.should_retrain IS 'whether a trigger asked for retraining then';
COMMENT ON COLUMN drift.v_models.decided_as_of IS 'time that it was decided for';
COMMENT ON COLUMN drift.v_models.deployment_status IS 'newest deployment: running, succeeded, rolled_back or cancelled; NULL: none';
COMMENT ON COLUMN drift.v_models.deployment_version IS 'version it is of';
COMMENT ON COLUMN drift.v_models.deployment_strategy IS 'blue_green, canary, ab_test or shadow';
COMMENT ON COLUMN drift.v_models.deployment_share IS 'share of the answers that its step gives the version, from 0 to 1';
COMMENT ON COLUMN drift.v_models.deployed_at IS 'when it began';
COMMENT ON COLUMN drift.v_models.frozen_at IS 'since when nothing is deployed because too much was rolled back; NULL: not frozen';
COMMENT ON COLUMN drift.v_models.pinned IS 'whether the champion is pinned';
COMMENT ON COLUMN drift.v_models.last_run_id IS 'newest run of training; NULL: none';
COMMENT ON COLUMN drift.v_models.last_run_status IS 'running, succeeded, kept, needs_review, failed or cancelled';
COMMENT ON COLUMN drift.v_models.last_run_at IS 'when it began';
COMMENT ON COLUMN drift.v_models.jobs IS 'schedules of the model and its monitors';
COMMENT ON COLUMN drift.v_models.running_jobs IS 'those that run now';
COMMENT ON COLUMN drift.v_models.failing_jobs IS 'those whose last run failed or that nobody runs';
COMMENT ON COLUMN drift.v_models.last_job_at IS 'when one of them last ran';
COMMENT ON COLUMN drift.v_models.next_job_at IS 'when one of them runs next';
COMMENT ON COLUMN drift.v_models.created_at IS 'when the model was registered';

GRANT SELECT ON drift.v_models TO PUBLIC;
