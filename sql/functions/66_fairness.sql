-- fairness: metrics of groups and how far they are apart

CREATE OR REPLACE FUNCTION drift_internal.fairness_total(cells drift_internal.fairness_cells[]) RETURNS drift_internal.fairness_cells
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	-- scores by Chan, Golub and LeVeque
	SELECT ROW(NULL, NULL, sum(n)::bigint, sum(tp), sum(fp), sum(fn), sum(tn),
			sum(w) ^ 2 / nullif(sum(w ^ 2 / nullif(effective, 0)), 0), sum(score_n)::bigint, max(mean),
			sqrt((sum((score_n - 1) * coalesce(score_stddev, 0) ^ 2) + sum(score_n * (score_mean - mean) ^ 2)) / nullif(sum(score_n) - 1, 0))
		)::drift_internal.fairness_cells
	FROM (
		SELECT c.*, c.tp + c.fp + c.fn + c.tn AS w, sum(c.score_n * c.score_mean) OVER () / nullif(sum(c.score_n) OVER (), 0)::float8 AS mean
		FROM unnest(cells) AS c
	) AS c
$$;

COMMENT ON FUNCTION drift_internal.fairness_total(drift_internal.fairness_cells[]) IS 'all groups together';

-- The metrics of one group: of rates what they count and what they are taken of.
CREATE OR REPLACE FUNCTION drift_internal.group_rates(cells drift_internal.fairness_cells, has_truth boolean, has_score boolean, confidence float8)
	RETURNS TABLE (place integer, metric text, value float8, low float8, high float8)
	LANGUAGE sql IMMUTABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.place, r.metric, r.value, r.ends[1], r.ends[2]
	FROM (
		SELECT m.place, m.metric, m.part / nullif(m.whole, 0) AS value,
			drift_internal.share_interval(m.part / nullif(m.whole, 0), m.whole / nullif(w, 0) * (cells).effective, confidence) AS ends
		FROM (SELECT (cells).tp, (cells).fp, (cells).fn, (cells).tn, (cells).tp + (cells).fp + (cells).fn + (cells).tn) AS c (tp, fp, fn, tn, w),
			LATERAL (VALUES (1, 'selection_rate', tp + fp, w), (2, 'base_rate', tp + fn, w), (3, 'accuracy', tp + tn, w), (4, 'precision', tp, tp + fp),
				(5, 'true_positive_rate', tp, tp + fn), (6, 'false_positive_rate', fp, fp + tn),
				(7, 'true_negative_rate', tn, fp + tn), (8, 'false_negative_rate', fn, tp + fn)) AS m (place, metric, part, whole)
		WHERE has_truth OR m.place = 1
	) AS r
	UNION ALL
	SELECT 9, 'mean_score', (cells).score_mean, (cells).score_mean - margin, (cells).score_mean + margin
	FROM (SELECT drift_internal.normal_quantile(1 - (1 - confidence) / 2) * (cells).score_stddev / sqrt(nullif((cells).score_n, 0)) AS margin) AS s
	WHERE has_score
$$;

COMMENT ON FUNCTION drift_internal.group_rates(drift_internal.fairness_cells, boolean, boolean, float8) IS
	'metrics of one group with Wilson''s intervals, and the mean score with a normal one';

CREATE OR REPLACE FUNCTION drift_internal.group_metrics(cells drift_internal.fairness_cells[], has_truth boolean, has_score boolean,
	min_group_size bigint, confidence float8) RETURNS SETOF drift.group_metric
	LANGUAGE sql IMMUTABLE ROWS 50
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.group_values, c.n, c.n >= min_group_size, r.metric, r.value, r.low, r.high, r.value - o.value, r.value / nullif(o.value, 0)
	FROM (SELECT 0 AS group_place, total.* FROM drift_internal.fairness_total(cells) AS total WHERE total.n > 0
		UNION ALL SELECT u.ordinality, u.period, u.group_values, u.n, u.tp, u.fp, u.fn, u.tn, u.effective, u.score_n, u.score_mean, u.score_stddev
			FROM unnest(cells) WITH ORDINALITY AS u) AS c
	CROSS JOIN LATERAL drift_internal.group_rates(ROW(c.period, c.group_values, c.n, c.tp, c.fp, c.fn, c.tn, c.effective, c.score_n, c.score_mean, c.score_stddev),
		has_truth, has_score, confidence) AS r
	JOIN drift_internal.group_rates(drift_internal.fairness_total(cells), has_truth, has_score, confidence) AS o ON o.place = r.place
	ORDER BY c.group_place, r.place
$$;

COMMENT ON FUNCTION drift_internal.group_metrics(drift_internal.fairness_cells[], boolean, boolean, bigint, float8) IS
	'metrics of all rows and of each group, beside those of all rows';

-- No pinned path: sources and expressions mean what they mean to the caller.
CREATE OR REPLACE FUNCTION drift.fairness(
	source text, prediction text, actual text, groups text[], score text DEFAULT NULL, weight text DEFAULT NULL, positive text DEFAULT NULL,
	attributes text DEFAULT NULL, key text DEFAULT NULL, attributes_key text DEFAULT NULL, min_group_size bigint DEFAULT 30,
	confidence float8 DEFAULT 0.95)
	RETURNS SETOF drift.group_metric
	LANGUAGE sql STABLE COST 100000 ROWS 50
BEGIN ATOMIC
	SELECT m.* FROM drift_internal.group_metrics(
		drift_internal.fairness_groups(drift.source_query(source), prediction, actual, groups, score, weight, NULL, NULL, positive,
			drift.source_query(attributes), key, attributes_key, pg_catalog.current_setting('search_path')),
		actual IS NOT NULL, score IS NOT NULL, min_group_size, confidence) AS m;
END;

COMMENT ON FUNCTION drift.fairness(text, text, text, text[], text, text, text, text, text, text, bigint, float8) IS
	'How a classifier treats groups of people: selection rate, accuracy, true and false positive rates and more of each group and of all rows (group_values NULL), with confidence intervals. prediction, actual, groups, score and weight are columns of the source or expressions over them; several groups are intersections; attributes is a relation or query that has the protected columns, found by key; actual may be NULL.';

CREATE OR REPLACE FUNCTION drift_internal.check_fairness_options(method text, aggregate text, min_ratio float8, max_difference float8) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF method IS NULL OR method NOT IN ('between_groups', 'to_overall') THEN
		RAISE EXCEPTION 'unknown method "%"', method
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A method is "between_groups" or "to_overall".';
	ELSIF aggregate IS NULL OR aggregate NOT IN ('worst_case', 'mean') THEN
		RAISE EXCEPTION 'unknown aggregate "%"', aggregate
			USING ERRCODE = 'invalid_parameter_value', HINT = 'An aggregate is "worst_case" or "mean".';
	ELSIF NOT min_ratio BETWEEN 0 AND 1 OR NOT max_difference BETWEEN 0 AND 1 THEN
		RAISE EXCEPTION 'limits of fairness are %, %', min_ratio, max_difference
			USING ERRCODE = 'invalid_parameter_value', HINT = 'min_ratio and max_difference are from 0 to 1.';
	END IF;
END
$$;

COMMENT ON FUNCTION drift_internal.check_fairness_options(text, text, float8, float8) IS 'raises an error for options that fairness cannot take';

CREATE OR REPLACE FUNCTION drift_internal.cells_numbers(cells drift_internal.fairness_cells[], min_group_size bigint) RETURNS float8[]
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(v ORDER BY u.ordinality, p)
	FROM unnest(cells) WITH ORDINALITY AS u,
		unnest(ARRAY[u.tp, u.fp, u.fn, u.tn, u.effective, coalesce(u.n >= min_group_size, true)::integer]) WITH ORDINALITY AS n (v, p)
$$;

COMMENT ON FUNCTION drift_internal.cells_numbers(drift_internal.fairness_cells[], bigint) IS
	'counts of groups as drift_internal.fairness_disparities() takes them';

-- Beyond a limit and not by chance it fails, beyond it perhaps by chance it is not known.
CREATE OR REPLACE FUNCTION drift_internal.fairness_verdict(is_ratio boolean, value float8, p_value float8, threshold float8, confidence float8) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN value IS NULL THEN 'insufficient_data' WHEN threshold IS NULL THEN 'skipped'
		WHEN CASE WHEN is_ratio THEN value >= threshold - 1e-12 ELSE value <= threshold + 1e-12 END THEN 'pass'
		WHEN p_value < 1 - confidence THEN 'fail' ELSE 'inconclusive' END
$$;

COMMENT ON FUNCTION drift_internal.fairness_verdict(boolean, float8, float8, float8, float8) IS 'verdict about a disparity';

CREATE OR REPLACE FUNCTION drift_internal.judge_fairness(cells drift_internal.fairness_cells[], reference drift_internal.fairness_cells[],
	has_truth boolean, method text, aggregate text, min_ratio float8, max_difference float8, min_group_size bigint, confidence float8,
	replicates integer, seed bigint) RETURNS SETOF drift.fairness_change
	LANGUAGE sql IMMUTABLE ROWS 10
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT cells[1].period, d.metric, d.value, d.low, d.high, d.p_value, t.threshold,
		drift_internal.fairness_verdict(t.is_ratio, d.value, d.p_value, t.threshold, confidence),
		cells[d.lowest].group_values, cells[d.highest].group_values, counted.groups, counted.n, d.change, d.change_low, d.change_high
	FROM drift_internal.fairness_disparities(drift_internal.cells_numbers(cells, min_group_size),
			drift_internal.cells_numbers(reference, min_group_size), has_truth, method = 'to_overall', aggregate = 'mean',
			confidence, replicates, seed) WITH ORDINALITY AS d,
		LATERAL (SELECT d.ordinality % 2 = 0 AS is_ratio, CASE d.ordinality % 2 WHEN 0 THEN min_ratio ELSE max_difference END AS threshold) AS t,
		(SELECT count(*)::integer AS groups, coalesce(sum(u.n), 0)::bigint AS n FROM unnest(cells) AS u
			WHERE coalesce(u.n >= min_group_size, true)) AS counted
	WHERE has_truth OR d.ordinality <= 2
	ORDER BY d.ordinality
$$;

COMMENT ON FUNCTION drift_internal.judge_fairness(drift_internal.fairness_cells[], drift_internal.fairness_cells[], boolean, text, text, float8, float8, bigint, float8, integer, bigint) IS
	'disparities of groups with their verdicts, and how much each changed from a reference';

CREATE OR REPLACE FUNCTION drift.fairness_metrics(
	source text, prediction text, actual text, groups text[], weight text DEFAULT NULL, positive text DEFAULT NULL,
	attributes text DEFAULT NULL, key text DEFAULT NULL, attributes_key text DEFAULT NULL,
	method text DEFAULT 'between_groups', aggregate text DEFAULT 'worst_case', min_ratio float8 DEFAULT 0.8, max_difference float8 DEFAULT NULL,
	min_group_size bigint DEFAULT 30, confidence float8 DEFAULT 0.95, replicates integer DEFAULT 1000, seed bigint DEFAULT 42)
	RETURNS SETOF drift.fairness_metric
	LANGUAGE sql STABLE COST 100000 ROWS 10
BEGIN ATOMIC
	SELECT j.metric, j.value, j.low, j.high, j.p_value, j.threshold, j.verdict, j.lowest_group, j.highest_group, j.groups, j.n
	FROM drift_internal.check_fairness_options(method, aggregate, min_ratio, max_difference),
		drift_internal.judge_fairness(
			drift_internal.fairness_groups(drift.source_query(source), prediction, actual, groups, NULL, weight, NULL, NULL, positive,
				drift.source_query(attributes), key, attributes_key, pg_catalog.current_setting('search_path')),
			NULL, actual IS NOT NULL, method, aggregate, min_ratio, max_difference, min_group_size, confidence, replicates, seed) AS j;
END;

COMMENT ON FUNCTION drift.fairness_metrics(text, text, text, text[], text, text, text, text, text, text, text, float8, float8, bigint, float8, integer, bigint) IS
	'How far groups of people are apart: demographic parity, equalized odds, equal opportunity, predictive parity and accuracy, each as difference and ratio, with bootstrap intervals and a verdict. method: between_groups (largest against smallest) or to_overall; aggregate: worst_case or mean of both rates of equalized odds; min_ratio 0.8 is the four-fifths rule. Groups of fewer than min_group_size rows are not compared. The other arguments are those of drift.fairness().';

-- Each period's groups; the reference is the first period, or all rows in a span.
CREATE OR REPLACE FUNCTION drift_internal.judge_periods(cells drift_internal.fairness_cells[], reference drift_internal.fairness_cells[],
	has_truth boolean, method text, aggregate text, min_ratio float8, max_difference float8, min_group_size bigint, confidence float8,
	replicates integer, seed bigint) RETURNS SETOF drift.fairness_change
	LANGUAGE sql IMMUTABLE ROWS 100
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT j.period_start, j.metric, j.value, j.low, j.high, j.p_value, j.threshold, j.verdict, j.lowest_group, j.highest_group, j.groups, j.n,
		j.change, j.change_low, j.change_high
	FROM (
		SELECT p.period, array_agg(ROW(p.period, p.group_values, p.n, p.tp, p.fp, p.fn, p.tn, p.effective, p.score_n, p.score_mean, p.score_stddev)
			::drift_internal.fairness_cells ORDER BY p.ordinality) AS cells
		FROM unnest(cells) WITH ORDINALITY AS p
		GROUP BY p.period
	) AS periods
	CROSS JOIN LATERAL drift_internal.judge_fairness(periods.cells,
		coalesce(reference, (SELECT array_agg(f) FROM unnest(judge_periods.cells) AS f
			WHERE f.period = (SELECT min(g.period) FROM unnest(judge_periods.cells) AS g))),
		has_truth, method, aggregate, min_ratio, max_difference, min_group_size, confidence, replicates, seed) WITH ORDINALITY AS j
		(period_start, metric, value, low, high, p_value, threshold, verdict, lowest_group, highest_group, groups, n, change, change_low, change_high, place)
	ORDER BY periods.period, j.place
$$;

COMMENT ON FUNCTION drift_internal.judge_periods(drift_internal.fairness_cells[], drift_internal.fairness_cells[], boolean, text, text, float8, float8, bigint, float8, integer, bigint) IS
	'disparities of groups in each period, and how much they changed from the reference, which is the first period where none is given';

CREATE OR REPLACE FUNCTION drift_internal.pooled_groups(cells drift_internal.fairness_cells[], span tstzrange) RETURNS drift_internal.fairness_cells[]
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(drift_internal.fairness_total(p.cells))
	FROM (
		SELECT array_agg(u) AS cells FROM unnest(pooled_groups.cells) AS u WHERE u.period <@ span GROUP BY u.group_values
	) AS p
$$;

COMMENT ON FUNCTION drift_internal.pooled_groups(drift_internal.fairness_cells[], tstzrange) IS
	'counts of each group in all periods that begin in a span';

CREATE OR REPLACE FUNCTION drift.fairness_history(
	source text, prediction text, actual text, groups text[], time_column text, by text DEFAULT 'month', reference tstzrange DEFAULT NULL,
	weight text DEFAULT NULL, positive text DEFAULT NULL, attributes text DEFAULT NULL, key text DEFAULT NULL, attributes_key text DEFAULT NULL,
	method text DEFAULT 'between_groups', aggregate text DEFAULT 'worst_case', min_ratio float8 DEFAULT 0.8, max_difference float8 DEFAULT NULL,
	min_group_size bigint DEFAULT 30, confidence float8 DEFAULT 0.95, replicates integer DEFAULT 1000, seed bigint DEFAULT 42)
	RETURNS SETOF drift.fairness_change
	LANGUAGE sql STABLE COST 100000 ROWS 100
BEGIN ATOMIC
	SELECT j.*
	FROM drift_internal.check_fairness_options(method, aggregate, min_ratio, max_difference),
		(SELECT drift_internal.fairness_groups(drift.source_query(source), prediction, actual, groups, NULL, weight, time_column, by, positive,
			drift.source_query(attributes), key, attributes_key, pg_catalog.current_setting('search_path')) AS cells OFFSET 0) AS g,
		LATERAL drift_internal.judge_periods(g.cells, drift_internal.pooled_groups(g.cells, reference), actual IS NOT NULL, method, aggregate,
			min_ratio, max_difference, min_group_size, confidence, replicates, seed) AS j;
END;

COMMENT ON FUNCTION drift.fairness_history(text, text, text, text[], text, text, tstzrange, text, text, text, text, text, text, text, float8, float8, bigint, float8, integer, bigint) IS
	'drift.fairness_metrics() of each hour, day, week, month, quarter or year (UTC) of a time column, and how much each disparity changed, with a bootstrap interval, since the reference: the periods that begin in a span, or the first one.';
