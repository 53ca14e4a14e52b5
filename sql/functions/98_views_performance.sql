-- stable views: metrics of models, now and over time

CREATE OR REPLACE VIEW drift.v_performance WITH (security_invoker = true) AS
	SELECT m.model, m.monitor, m.model_version, lower(t.span) AS span_from, upper(t.span) AS span_to, t.segment, t.kind, t.metric, t.value,
		t.value_low, t.value_high, t.reference, t.loss, t.loss_low, t.loss_high, t.p_value, t.threshold, t.severity, t.n, t.n_reference,
		t.findings, t.explanation, m.as_of, m.check_id, m.monitor_id, m.model_id
	FROM drift.v_monitors AS m
	JOIN drift.check_metrics AS t ON t.check_id = m.check_id;

COMMENT ON VIEW drift.v_performance IS 'each metric of the newest check of each monitor; drift.v_performance_history has those of all checks';
COMMENT ON COLUMN drift.v_performance.model IS 'name of the model; NULL: data of no model';
COMMENT ON COLUMN drift.v_performance.monitor IS 'name of the monitor';
COMMENT ON COLUMN drift.v_performance.model_version IS 'champion of the model then';
COMMENT ON COLUMN drift.v_performance.span_from IS 'time of the first predictions it is of';
COMMENT ON COLUMN drift.v_performance.span_to IS 'time of the last ones: the time axis of charts';
COMMENT ON COLUMN drift.v_performance.segment IS 'segment of the rows; empty: all rows';
COMMENT ON COLUMN drift.v_performance.kind IS 'realised: measured on rows with outcomes; estimated: of predictions alone';
COMMENT ON COLUMN drift.v_performance.metric IS 'name of the metric';
COMMENT ON COLUMN drift.v_performance.value IS 'its value; accuracy, roc_auc and other shares lie between 0 and 1';
COMMENT ON COLUMN drift.v_performance.value_low IS 'lower end of the 95 % confidence interval, of estimates of the band of three standard errors';
COMMENT ON COLUMN drift.v_performance.value_high IS 'upper end of it';
COMMENT ON COLUMN drift.v_performance.reference IS 'what it is held against';
COMMENT ON COLUMN drift.v_performance.loss IS 'how much worse it is: in points where the metric lies between 0 and 1, else as a share of the reference';
COMMENT ON COLUMN drift.v_performance.loss_low IS 'lower end of the confidence interval of the loss';
COMMENT ON COLUMN drift.v_performance.loss_high IS 'upper end of it';
COMMENT ON COLUMN drift.v_performance.p_value IS 'probability of a loss this large by chance; NULL: not tested';
COMMENT ON COLUMN drift.v_performance.threshold IS 'loss from which it is critical';
COMMENT ON COLUMN drift.v_performance.severity IS 'ok, warning, critical, insufficient_data, or skipped: it is reported without a verdict';
COMMENT ON COLUMN drift.v_performance.n IS 'rows it was computed of';
COMMENT ON COLUMN drift.v_performance.n_reference IS 'rows that the reference was computed of; NULL: it was declared';
COMMENT ON COLUMN drift.v_performance.findings IS 'performance: worse; estimate_broken: realised outside the band of the estimate';
COMMENT ON COLUMN drift.v_performance.explanation IS 'the verdict in words';
COMMENT ON COLUMN drift.v_performance.as_of IS 'end of the span that the check looked at';
COMMENT ON COLUMN drift.v_performance.check_id IS 'number of the check';
COMMENT ON COLUMN drift.v_performance.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_performance.model_id IS 'number of the model; NULL: data of no model';

-- Of checks of one span the latest counts: outcomes that came later are in it. What rows are told apart by names all
-- that is asked for, so that only rows that are asked for are sorted.
CREATE OR REPLACE VIEW drift.v_performance_history WITH (security_invoker = true) AS
	SELECT DISTINCT ON (o.name, m.name, m.model_id, c.monitor_id, lower(t.span), upper(t.span), t.segment, t.kind, t.metric)
		o.name AS model, m.name AS monitor, c.model_version, lower(t.span) AS span_from, upper(t.span) AS span_to, t.segment, t.kind,
		t.metric, t.value, t.value_low, t.value_high, t.reference, t.loss, t.loss_low, t.loss_high, t.p_value, t.threshold, t.severity, t.n,
		t.n_reference, t.findings, t.explanation, c.as_of, c.check_id, c.monitor_id, m.model_id
	FROM drift.checks AS c
	JOIN drift.check_metrics AS t ON t.check_id = c.check_id
	JOIN drift.monitors AS m ON m.monitor_id = c.monitor_id
	LEFT JOIN drift.models AS o ON o.model_id = m.model_id
	WHERE o.deleted_at IS NULL
	ORDER BY o.name, m.name, m.model_id, c.monitor_id, lower(t.span), upper(t.span), t.segment, t.kind, t.metric, c.check_id DESC;

COMMENT ON VIEW drift.v_performance_history IS 'each metric of each span that checks looked at';
COMMENT ON COLUMN drift.v_performance_history.model IS 'name of the model; NULL: data of no model';
COMMENT ON COLUMN drift.v_performance_history.monitor IS 'name of the monitor';
COMMENT ON COLUMN drift.v_performance_history.model_version IS 'champion of the model then';
COMMENT ON COLUMN drift.v_performance_history.span_from IS 'time of the first predictions it is of';
COMMENT ON COLUMN drift.v_performance_history.span_to IS 'time of the last ones: the time axis of charts';
COMMENT ON COLUMN drift.v_performance_history.segment IS 'segment of the rows; empty: all rows';
COMMENT ON COLUMN drift.v_performance_history.kind IS 'realised: measured on rows with outcomes; estimated: of predictions alone';
COMMENT ON COLUMN drift.v_performance_history.metric IS 'name of the metric';
COMMENT ON COLUMN drift.v_performance_history.value IS 'its value; accuracy, roc_auc and other shares lie between 0 and 1';
COMMENT ON COLUMN drift.v_performance_history.value_low IS 'lower end of the 95 % confidence interval, of estimates of the band of three standard errors';
COMMENT ON COLUMN drift.v_performance_history.value_high IS 'upper end of it';
COMMENT ON COLUMN drift.v_performance_history.reference IS 'what it is held against';
COMMENT ON COLUMN drift.v_performance_history.loss IS 'how much worse it is: in points where the metric lies between 0 and 1, else as a share of the reference';
COMMENT ON COLUMN drift.v_performance_history.loss_low IS 'lower end of the confidence interval of the loss';
COMMENT ON COLUMN drift.v_performance_history.loss_high IS 'upper end of it';
COMMENT ON COLUMN drift.v_performance_history.p_value IS 'probability of a loss this large by chance; NULL: not tested';
COMMENT ON COLUMN drift.v_performance_history.threshold IS 'loss from which it is critical';
COMMENT ON COLUMN drift.v_performance_history.severity IS 'ok, warning, critical, insufficient_data, or skipped: it is reported without a verdict';
COMMENT ON COLUMN drift.v_performance_history.n IS 'rows it was computed of';
COMMENT ON COLUMN drift.v_performance_history.n_reference IS 'rows that the reference was computed of; NULL: it was declared';
COMMENT ON COLUMN drift.v_performance_history.findings IS 'performance: worse; estimate_broken: realised outside the band of the estimate';
COMMENT ON COLUMN drift.v_performance_history.explanation IS 'the verdict in words';
COMMENT ON COLUMN drift.v_performance_history.as_of IS 'end of the span that the check looked at';
COMMENT ON COLUMN drift.v_performance_history.check_id IS 'number of the check';
COMMENT ON COLUMN drift.v_performance_history.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_performance_history.model_id IS 'number of the model; NULL: data of no model';

GRANT SELECT ON drift.v_performance, drift.v_performance_history TO PUBLIC;
