-- stable views: drift of columns, now and over time

CREATE OR REPLACE VIEW drift.v_feature_drift WITH (security_invoker = true) AS
	SELECT m.model, m.monitor, m.model_version, m.as_of, f.segment, f.role, f.column_name AS feature, f.kind, f.severity, f.drifted, f.method,
		f.statistic, f.p_value, f.p_value_corrected, f.psi, f.psi_95, f.effect, f.effect_low, f.n_reference, f.n_current,
		f.missing_reference / nullif(f.missing_reference + f.n_reference, 0)::float8 AS missing_rate_reference,
		f.missing_current / nullif(f.missing_current + f.n_current, 0)::float8 AS missing_rate_current, f.mean_reference, f.mean_current, f.stddev_reference, f.stddev_current, f.findings,
		f.explanation, m.check_id, m.monitor_id, m.model_id
	FROM drift.v_monitors AS m
	JOIN drift.check_features AS f ON f.check_id = m.check_id;

COMMENT ON VIEW drift.v_feature_drift IS 'each column of the newest check of each monitor; drift.v_feature_history has those of all checks';
COMMENT ON COLUMN drift.v_feature_drift.model IS 'name of the model; NULL: data of no model';
COMMENT ON COLUMN drift.v_feature_drift.monitor IS 'name of the monitor';
COMMENT ON COLUMN drift.v_feature_drift.model_version IS 'champion of the model then';
COMMENT ON COLUMN drift.v_feature_drift.as_of IS 'end of the span that was looked at';
COMMENT ON COLUMN drift.v_feature_drift.segment IS 'segment of the rows; empty: all rows';
COMMENT ON COLUMN drift.v_feature_drift.role IS 'feature, score, label, confidence, target, error, outcome, metric or operation';
COMMENT ON COLUMN drift.v_feature_drift.feature IS 'name of the column';
COMMENT ON COLUMN drift.v_feature_drift.kind IS 'numeric, categorical or unsupported';
COMMENT ON COLUMN drift.v_feature_drift.severity IS 'ok, warning, critical, insufficient_data or skipped';
COMMENT ON COLUMN drift.v_feature_drift.drifted IS 'whether it drifted; NULL without a verdict';
COMMENT ON COLUMN drift.v_feature_drift.method IS 'statistic the verdict rests on';
COMMENT ON COLUMN drift.v_feature_drift.statistic IS 'its value';
COMMENT ON COLUMN drift.v_feature_drift.p_value IS 'its p-value; NULL: it has none';
COMMENT ON COLUMN drift.v_feature_drift.p_value_corrected IS 'the p-value after correction for the number of columns';
COMMENT ON COLUMN drift.v_feature_drift.psi IS 'population stability index';
COMMENT ON COLUMN drift.v_feature_drift.psi_95 IS 'what the index exceeds in 5 % of cases when nothing has drifted';
COMMENT ON COLUMN drift.v_feature_drift.effect IS 'Kolmogorov-Smirnov distance of numbers, total variation of categories, from 0 to 1';
COMMENT ON COLUMN drift.v_feature_drift.effect_low IS 'lower end of its confidence interval';
COMMENT ON COLUMN drift.v_feature_drift.n_reference IS 'values in the reference, missing ones not counted';
COMMENT ON COLUMN drift.v_feature_drift.n_current IS 'values in the span, missing ones not counted';
COMMENT ON COLUMN drift.v_feature_drift.missing_rate_reference IS 'share of missing values (NULL or NaN) in the reference, from 0 to 1';
COMMENT ON COLUMN drift.v_feature_drift.missing_rate_current IS 'share of missing values (NULL or NaN) in the span, from 0 to 1';
COMMENT ON COLUMN drift.v_feature_drift.mean_reference IS 'mean of the reference; dates in days, timestamps in seconds since 1970; NULL of categories';
COMMENT ON COLUMN drift.v_feature_drift.mean_current IS 'mean of the span; NULL of categories';
COMMENT ON COLUMN drift.v_feature_drift.stddev_reference IS 'standard deviation of the reference';
COMMENT ON COLUMN drift.v_feature_drift.stddev_current IS 'standard deviation of the span';
COMMENT ON COLUMN drift.v_feature_drift.findings IS 'what was found: distribution, psi, missing, new_category, vanished_category, out_of_range, absent or type';
COMMENT ON COLUMN drift.v_feature_drift.explanation IS 'the change in words';
COMMENT ON COLUMN drift.v_feature_drift.check_id IS 'number of the check';
COMMENT ON COLUMN drift.v_feature_drift.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_feature_drift.model_id IS 'number of the model; NULL: data of no model';

CREATE OR REPLACE VIEW drift.v_feature_history WITH (security_invoker = true) AS
	SELECT o.name AS model, m.name AS monitor, c.model_version, c.as_of, f.segment, f.role, f.column_name AS feature, f.kind, f.severity, f.drifted,
		f.method, f.statistic, f.p_value, f.p_value_corrected, f.psi, f.psi_95, f.effect, f.effect_low, f.n_reference, f.n_current,
		f.missing_reference / nullif(f.missing_reference + f.n_reference, 0)::float8 AS missing_rate_reference,
		f.missing_current / nullif(f.missing_current + f.n_current, 0)::float8 AS missing_rate_current, f.mean_reference, f.mean_current, f.stddev_reference, f.stddev_current, f.findings,
		f.explanation, c.check_id, c.monitor_id, m.model_id
	FROM drift.checks AS c
	JOIN drift.check_features AS f ON f.check_id = c.check_id
	JOIN drift.monitors AS m ON m.monitor_id = c.monitor_id
	LEFT JOIN drift.models AS o ON o.model_id = m.model_id
	WHERE o.deleted_at IS NULL;

COMMENT ON VIEW drift.v_feature_history IS 'each column of each check';
COMMENT ON COLUMN drift.v_feature_history.model IS 'name of the model; NULL: data of no model';
COMMENT ON COLUMN drift.v_feature_history.monitor IS 'name of the monitor';
COMMENT ON COLUMN drift.v_feature_history.model_version IS 'champion of the model then';
COMMENT ON COLUMN drift.v_feature_history.as_of IS 'end of the span that was looked at';
COMMENT ON COLUMN drift.v_feature_history.segment IS 'segment of the rows; empty: all rows';
COMMENT ON COLUMN drift.v_feature_history.role IS 'feature, score, label, confidence, target, error, outcome, metric or operation';
COMMENT ON COLUMN drift.v_feature_history.feature IS 'name of the column';
COMMENT ON COLUMN drift.v_feature_history.kind IS 'numeric, categorical or unsupported';
COMMENT ON COLUMN drift.v_feature_history.severity IS 'ok, warning, critical, insufficient_data or skipped';
COMMENT ON COLUMN drift.v_feature_history.drifted IS 'whether it drifted; NULL without a verdict';
COMMENT ON COLUMN drift.v_feature_history.method IS 'statistic the verdict rests on';
COMMENT ON COLUMN drift.v_feature_history.statistic IS 'its value';
COMMENT ON COLUMN drift.v_feature_history.p_value IS 'its p-value; NULL: it has none';
COMMENT ON COLUMN drift.v_feature_history.p_value_corrected IS 'the p-value after correction for the number of columns';
COMMENT ON COLUMN drift.v_feature_history.psi IS 'population stability index';
COMMENT ON COLUMN drift.v_feature_history.psi_95 IS 'what the index exceeds in 5 % of cases when nothing has drifted';
COMMENT ON COLUMN drift.v_feature_history.effect IS 'Kolmogorov-Smirnov distance of numbers, total variation of categories, from 0 to 1';
COMMENT ON COLUMN drift.v_feature_history.effect_low IS 'lower end of its confidence interval';
COMMENT ON COLUMN drift.v_feature_history.n_reference IS 'values in the reference, missing ones not counted';
COMMENT ON COLUMN drift.v_feature_history.n_current IS 'values in the span, missing ones not counted';
COMMENT ON COLUMN drift.v_feature_history.missing_rate_reference IS 'share of missing values (NULL or NaN) in the reference, from 0 to 1';
COMMENT ON COLUMN drift.v_feature_history.missing_rate_current IS 'share of missing values (NULL or NaN) in the span, from 0 to 1';
COMMENT ON COLUMN drift.v_feature_history.mean_reference IS 'mean of the reference; dates in days, timestamps in seconds since 1970; NULL of categories';
COMMENT ON COLUMN drift.v_feature_history.mean_current IS 'mean of the span; NULL of categories';
COMMENT ON COLUMN drift.v_feature_history.stddev_reference IS 'standard deviation of the reference';
COMMENT ON COLUMN drift.v_feature_history.stddev_current IS 'standard deviation of the span';
COMMENT ON COLUMN drift.v_feature_history.findings IS 'what was found: distribution, psi, missing, new_category, vanished_category, out_of_range, absent or type';
COMMENT ON COLUMN drift.v_feature_history.explanation IS 'the change in words';
COMMENT ON COLUMN drift.v_feature_history.check_id IS 'number of the check';
COMMENT ON COLUMN drift.v_feature_history.monitor_id IS 'number of the monitor';
COMMENT ON COLUMN drift.v_feature_history.model_id IS 'number of the model; NULL: data of no model';

GRANT SELECT ON drift.v_feature_drift, drift.v_feature_history TO PUBLIC;
