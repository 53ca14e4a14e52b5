-- stable views: monitors and what they found
--
-- Views drift.v_* are what tools outside build on: a release adds columns at their end, and keeps the names, types and
-- meaning of those that are there; test/pgtap/views.sql has the list. Times are times, names are names, and what is one
-- value is one column. Each row is looked up by an index, so that history does not make the newest slow.

CREATE OR REPLACE VIEW drift.v_monitors WITH (security_invoker = true) AS
	SELECT m.monitor_id, m.name AS monitor, m.model_id, o.name AS model, pg_get_userbyid(m.owner)::text AS owner, m.description, m.source_kind,
		m.reference, m.baseline, m.bucket, m.span, m.paused_at,
		c.check_id, c.model_version, c.as_of, c.checked_at, c.status, c.drift_detected, c.drift_score, c.drift_share,
		c.n_features, c.n_drifted_features, c.drifted_features, c.prediction_drift, c.target_drift, c.performance, c.estimated_performance,
		c.n_reference, c.n_current, c.findings, c.explanation, c.error,
		(SELECT count(*) FROM drift.alerts AS a WHERE a.monitor_id = m.monitor_id AND a.status <> 'resolved') AS open_alerts,
		(drift_internal.monitor_progress(m.monitor_id)).refreshed_to AS refreshed_to
	FROM drift.monitors AS m
	LEFT JOIN drift.models AS o ON o.model_id = m.model_id
	LEFT JOIN LATERAL (
		SELECT * FROM drift.checks AS i WHERE i.monitor_id = m.monitor_id ORDER BY i.as_of DESC, i.check_id DESC LIMIT 1
	) AS c ON true
	WHERE o.deleted_at IS NULL;

COMMENT ON VIEW drift.v_monitors IS 'each monitor with its newest check';
COMMENT ON COLUMN drift.v_monitors.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_monitors.monitor IS 'name of the monitor';
COMMENT ON COLUMN drift.v_monitors.model_id IS 'number of the model it watches; NULL: data of no model';
COMMENT ON COLUMN drift.v_monitors.model IS 'name of the model it watches; NULL: data of no model';
COMMENT ON COLUMN drift.v_monitors.owner IS 'role with whose rights it reads';
COMMENT ON COLUMN drift.v_monitors.description IS 'what its owner says of it';
COMMENT ON COLUMN drift.v_monitors.source_kind IS 'prediction_log, relation or query';
COMMENT ON COLUMN drift.v_monitors.reference IS 'what it is held against: baseline, previous, week, month or year';
COMMENT ON COLUMN drift.v_monitors.baseline IS 'name of the baseline; NULL: none';
COMMENT ON COLUMN drift.v_monitors.bucket IS 'width of its windows: hour or day';
COMMENT ON COLUMN drift.v_monitors.span IS 'how much time a check looks at';
COMMENT ON COLUMN drift.v_monitors.paused_at IS 'since when schedules leave it alone; NULL: they do not';
COMMENT ON COLUMN drift.v_monitors.check_id IS 'newest check; NULL: there is none yet';
COMMENT ON COLUMN drift.v_monitors.model_version IS 'champion of the model at that check';
COMMENT ON COLUMN drift.v_monitors.as_of IS 'end of the span that it looked at';
COMMENT ON COLUMN drift.v_monitors.checked_at IS 'when it was made';
COMMENT ON COLUMN drift.v_monitors.status IS 'ok, warning, critical, insufficient_data or error';
COMMENT ON COLUMN drift.v_monitors.drift_detected IS 'whether the data drifted; NULL without a verdict';
COMMENT ON COLUMN drift.v_monitors.drift_score IS 'drift of the data from 0 to 1';
COMMENT ON COLUMN drift.v_monitors.drift_share IS 'share of the tested features that drifted, from 0 to 1';
COMMENT ON COLUMN drift.v_monitors.n_features IS 'features with a verdict';
COMMENT ON COLUMN drift.v_monitors.n_drifted_features IS 'features that drifted';
COMMENT ON COLUMN drift.v_monitors.drifted_features IS 'their names by falling effect';
COMMENT ON COLUMN drift.v_monitors.prediction_drift IS 'severity of the drift of what the model says; NULL: not watched';
COMMENT ON COLUMN drift.v_monitors.target_drift IS 'severity of the drift of the truth; NULL: not watched or not known';
COMMENT ON COLUMN drift.v_monitors.performance IS 'severity of the loss of performance on rows with outcomes; NULL: none are known';
COMMENT ON COLUMN drift.v_monitors.estimated_performance IS 'severity of the loss of performance that is estimated without outcomes; NULL: nothing is estimated';
COMMENT ON COLUMN drift.v_monitors.n_reference IS 'rows in the reference';
COMMENT ON COLUMN drift.v_monitors.n_current IS 'rows in the span';
COMMENT ON COLUMN drift.v_monitors.findings IS 'what was found besides columns that drifted: volume, schema, segments, performance_segments';
COMMENT ON COLUMN drift.v_monitors.explanation IS 'the check in words';
COMMENT ON COLUMN drift.v_monitors.error IS 'why it could not be run; NULL: it could';
COMMENT ON COLUMN drift.v_monitors.open_alerts IS 'alerts of the monitor that are not resolved';
COMMENT ON COLUMN drift.v_monitors.refreshed_to IS 'how far its windows reach';

CREATE OR REPLACE VIEW drift.v_checks WITH (security_invoker = true) AS
	SELECT c.check_id, m.name AS monitor, o.name AS model, c.model_version, c.as_of, lower(c.current_span) AS span_from,
		upper(c.current_span) AS span_to, lower(c.reference_span) AS reference_from, upper(c.reference_span) AS reference_to, c.status,
		c.drift_detected, c.drift_score, c.drift_share, c.n_features, c.n_drifted_features, c.drifted_features, c.max_psi, c.max_effect,
		c.prediction_drift, c.target_drift, c.performance, c.estimated_performance, c.n_reference, c.n_current, c.findings, c.explanation,
		c.thresholds, c.error, c.duration_ms / 1000 AS duration_seconds, c.checked_at, c.checked_by, c.monitor_id, m.model_id
	FROM drift.checks AS c
	JOIN drift.monitors AS m ON m.monitor_id = c.monitor_id
	LEFT JOIN drift.models AS o ON o.model_id = m.model_id
	WHERE o.deleted_at IS NULL;

COMMENT ON VIEW drift.v_checks IS 'every check of every monitor; of two with one as_of the one with the larger check_id counts';
COMMENT ON COLUMN drift.v_checks.check_id IS 'number of the check; drift.report_html(check_id) makes a page of it';
COMMENT ON COLUMN drift.v_checks.monitor IS 'name of the monitor';
COMMENT ON COLUMN drift.v_checks.model IS 'name of the model; NULL: data of no model';
COMMENT ON COLUMN drift.v_checks.model_version IS 'champion of the model then';
COMMENT ON COLUMN drift.v_checks.as_of IS 'end of the span that was looked at: the time axis of charts';
COMMENT ON COLUMN drift.v_checks.span_from IS 'beginning of the rows that were looked at';
COMMENT ON COLUMN drift.v_checks.span_to IS 'end of them';
COMMENT ON COLUMN drift.v_checks.reference_from IS 'beginning of the rows they were held against; NULL: a baseline';
COMMENT ON COLUMN drift.v_checks.reference_to IS 'end of them';
COMMENT ON COLUMN drift.v_checks.status IS 'ok, warning, critical, insufficient_data or error';
COMMENT ON COLUMN drift.v_checks.drift_detected IS 'whether the data drifted; NULL without a verdict';
COMMENT ON COLUMN drift.v_checks.drift_score IS 'drift of the data from 0 to 1';
COMMENT ON COLUMN drift.v_checks.drift_share IS 'share of the tested features that drifted, from 0 to 1';
COMMENT ON COLUMN drift.v_checks.n_features IS 'features with a verdict';
COMMENT ON COLUMN drift.v_checks.n_drifted_features IS 'features that drifted';
COMMENT ON COLUMN drift.v_checks.drifted_features IS 'their names by falling effect';
COMMENT ON COLUMN drift.v_checks.max_psi IS 'largest population stability index among the columns';
COMMENT ON COLUMN drift.v_checks.max_effect IS 'largest effect among the columns';
COMMENT ON COLUMN drift.v_checks.prediction_drift IS 'severity of the drift of what the model says; NULL: not watched';
COMMENT ON COLUMN drift.v_checks.target_drift IS 'severity of the drift of the truth; NULL: not watched or not known';
COMMENT ON COLUMN drift.v_checks.performance IS 'severity of the loss of performance on rows with outcomes; NULL: none are known';
COMMENT ON COLUMN drift.v_checks.estimated_performance IS 'severity of the loss of performance that is estimated without outcomes; NULL: nothing is estimated';
COMMENT ON COLUMN drift.v_checks.n_reference IS 'rows in the reference';
COMMENT ON COLUMN drift.v_checks.n_current IS 'rows in the span';
COMMENT ON COLUMN drift.v_checks.findings IS 'what was found besides columns that drifted';
COMMENT ON COLUMN drift.v_checks.explanation IS 'the check in words';
COMMENT ON COLUMN drift.v_checks.thresholds IS 'set of thresholds it was judged by';
COMMENT ON COLUMN drift.v_checks.error IS 'why it could not be run; NULL: it could';
COMMENT ON COLUMN drift.v_checks.duration_seconds IS 'how long it took';
COMMENT ON COLUMN drift.v_checks.checked_at IS 'when it was made';
COMMENT ON COLUMN drift.v_checks.checked_by IS 'who made it';
COMMENT ON COLUMN drift.v_checks.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_checks.model_id IS 'number of the model; NULL: data of no model';

GRANT SELECT ON drift.v_monitors, drift.v_checks TO PUBLIC;
