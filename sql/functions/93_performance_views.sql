-- performance as people look at it: over time, beside what it was estimated, intervals that held

-- Of checks of one span the latest counts: outcomes that came later are in it.
CREATE OR REPLACE VIEW drift.performance_history WITH (security_invoker = true) AS
SELECT m.name AS monitor, o.name AS model, h.model_version, h.segment, h.kind, h.metric, lower(h.span) AS span_start, upper(h.span) AS span_end,
	h.n, h.value, h.value_low, h.value_high, h.reference, h.loss, h.loss_low, h.loss_high, h.p_value, h.threshold, h.severity,
	sum(h.value * h.n) OVER five / nullif(sum(h.n) OVER five, 0) AS moving_average,
	drift.ewma(h.value, 0.3) OVER (PARTITION BY h.monitor_id, h.segment, h.kind, h.metric ORDER BY upper(h.span)) AS ewma,
	h.findings, h.explanation, h.as_of, h.check_id, h.monitor_id, h.model_id
FROM (
	SELECT DISTINCT ON (c.monitor_id, t.segment, t.kind, t.metric, t.span) t.*, c.as_of, c.monitor_id, c.model_id, c.model_version
	FROM drift.check_metrics AS t
	JOIN drift.checks AS c USING (check_id)
	ORDER BY c.monitor_id, t.segment, t.kind, t.metric, t.span, t.check_id DESC
) AS h
JOIN drift.monitors AS m ON m.monitor_id = h.monitor_id
LEFT JOIN drift.models AS o ON o.model_id = h.model_id
WINDOW five AS (PARTITION BY h.monitor_id, h.segment, h.kind, h.metric ORDER BY upper(h.span) ROWS 4 PRECEDING);

COMMENT ON VIEW drift.performance_history IS 'metrics of each span that checks looked at, with moving averages';
COMMENT ON COLUMN drift.performance_history.kind IS 'realised: measured on rows with outcomes; estimated: of predictions alone';
COMMENT ON COLUMN drift.performance_history.moving_average IS 'over this span and up to four before it, each weighted by its rows';
COMMENT ON COLUMN drift.performance_history.ewma IS 'exponentially weighted moving average, the newest span with weight 0.3; drift.ewma() takes others';

CREATE OR REPLACE VIEW drift.interval_coverage WITH (security_invoker = true) AS
SELECT m.name AS monitor, o.name AS model, w.segment, w.grain, w.starts_at, drift.value_count(w.profile) AS row_count,
	drift.mean(w.profile) AS coverage, (v.middle - v.margin) / v.scale AS coverage_low, (v.middle + v.margin) / v.scale AS coverage_high,
	drift.mean(i.profile) AS mean_width, drift.quantile(i.profile, 0.5) AS median_width, m.monitor_id, m.model_id
FROM drift.monitors AS m
LEFT JOIN drift.models AS o ON o.model_id = m.model_id
JOIN drift.monitor_columns AS c ON c.monitor_id = m.monitor_id AND c.role = 'outcome' AND c.column_name = 'covered'
JOIN drift.windows AS w ON w.monitor_id = m.monitor_id AND w.column_id = c.column_id
LEFT JOIN drift.monitor_columns AS ic ON ic.monitor_id = m.monitor_id AND ic.role = 'outcome' AND ic.column_name = 'interval_width'
LEFT JOIN drift.windows AS i ON i.monitor_id = w.monitor_id AND i.segment = w.segment AND i.grain = w.grain AND i.starts_at = w.starts_at
	AND i.column_id = ic.column_id AND drift.value_count(i.profile) > 0,
	LATERAL (
		SELECT p + z ^ 2 / (2 * n) AS middle, z * sqrt(p * (1 - p) / n + z ^ 2 / (4 * n ^ 2)) AS margin, 1 + z ^ 2 / n AS scale
		FROM (SELECT drift.mean(w.profile) AS p, drift.value_count(w.profile)::float8 AS n, 1.959963984540054::float8 AS z) AS b
	) AS v
WHERE drift.value_count(w.profile) > 0;

COMMENT ON VIEW drift.interval_coverage IS
	'how often the truth lay between score_low and score_high in each window, and how wide that was; for members of the owner';
COMMENT ON COLUMN drift.interval_coverage.grain IS 'width of the window: hour, day or month; take one of them';
COMMENT ON COLUMN drift.interval_coverage.coverage_low IS 'lower end of the 95 % confidence interval of Wilson';

GRANT SELECT ON drift.performance_history, drift.interval_coverage TO PUBLIC;
