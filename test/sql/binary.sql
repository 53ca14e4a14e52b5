-- Metrics of binary models against scikit-learn, and in parallel plans, in little memory and with weights.
CREATE SCHEMA binary_metrics;
SET search_path = binary_metrics;

CREATE TABLE rows_of (sample text, score float8, actual boolean, weight float8);
\copy rows_of FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/binary_samples.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE golden (sample text, weighted boolean, metric text, value float8);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/binary_metrics.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE curve (sample text, weighted boolean, curve text, i integer, threshold float8, x float8, y float8);
\copy curve FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/binary_curves.csv"' WITH (FORMAT csv, HEADER)

-- NULL for what is not determined, which the golden file calls NaN
CREATE FUNCTION differs(got float8, want float8, tolerance float8 DEFAULT 1e-12) RETURNS boolean LANGUAGE sql
	RETURN CASE WHEN want = 'NaN' THEN got IS NOT NULL ELSE got IS NULL OR NOT abs(got - want) <= tolerance * greatest(abs(want), 1e-3) END;
CREATE FUNCTION probable(sample text) RETURNS boolean LANGUAGE sql RETURN sample NOT IN ('margins', 'infinite');

-- one aggregate for one metric, over rows and over weights
CREATE TABLE found AS
SELECT sample, false AS weighted, m.*
FROM (SELECT sample, drift.roc_auc(score, actual) AS roc_auc, drift.gini(score, actual) AS gini, drift.ks_statistic(score, actual) AS ks_statistic,
		drift.average_precision(score, actual) AS average_precision, drift.accuracy(score >= 0.5, actual) AS accuracy,
		drift.precision(score >= 0.5, actual) AS precision, drift.recall(score >= 0.5, actual) AS recall, drift.specificity(score >= 0.5, actual) AS specificity,
		drift.f1(score >= 0.5, actual) AS f1, drift.f_beta(score >= 0.5, actual, 2) AS f_beta,
		drift.balanced_accuracy(score >= 0.5, actual) AS balanced_accuracy, drift.mcc(score >= 0.5, actual) AS mcc,
		drift.log_loss(score, actual) FILTER (WHERE probable(sample)) AS log_loss, drift.brier(score, actual) FILTER (WHERE probable(sample)) AS brier,
		drift.ece(score, actual) FILTER (WHERE probable(sample)) AS ece
	FROM rows_of GROUP BY sample) AS f,
	LATERAL (SELECT key AS metric, value::float8 AS value FROM jsonb_each_text(to_jsonb(f)) WHERE key <> 'sample') AS m
UNION ALL
SELECT sample, true, m.*
FROM (SELECT sample, drift.roc_auc(score, actual, weight) AS roc_auc, drift.gini(score, actual, weight) AS gini, drift.ks_statistic(score, actual, weight) AS ks_statistic,
		drift.average_precision(score, actual, weight) AS average_precision, drift.accuracy(score >= 0.5, actual, weight) AS accuracy,
		drift.precision(score >= 0.5, actual, weight) AS precision, drift.recall(score >= 0.5, actual, weight) AS recall,
		drift.specificity(score >= 0.5, actual, weight) AS specificity,
		drift.f1(score >= 0.5, actual, weight) AS f1, drift.f_beta(score >= 0.5, actual, 2, weight) AS f_beta,
		drift.balanced_accuracy(score >= 0.5, actual, weight) AS balanced_accuracy, drift.mcc(score >= 0.5, actual, weight) AS mcc,
		drift.log_loss(score, actual, weight) FILTER (WHERE probable(sample)) AS log_loss, drift.brier(score, actual, weight) FILTER (WHERE probable(sample)) AS brier,
		drift.ece(score, actual, 10, weight) FILTER (WHERE probable(sample)) AS ece
	FROM rows_of GROUP BY sample) AS f,
	LATERAL (SELECT key AS metric, value::float8 AS value FROM jsonb_each_text(to_jsonb(f)) WHERE key <> 'sample') AS m;

SELECT count(*) AS compared, count(DISTINCT sample) AS samples, count(DISTINCT metric) AS metrics
FROM golden JOIN found USING (sample, weighted, metric);
SELECT sample, weighted, metric, g.value AS want, f.value AS got
FROM golden AS g JOIN found AS f USING (sample, weighted, metric) WHERE differs(f.value, g.value) ORDER BY 1, 2, 3;

-- all of them at once, with the interval of the area
CREATE TABLE at_once AS
SELECT sample, false AS weighted, (drift.binary_metrics(score, actual)).* FROM rows_of GROUP BY sample
UNION ALL SELECT sample, true, (drift.binary_metrics(score, actual, 0.5, weight)).* FROM rows_of GROUP BY sample;
SELECT sample, weighted, metric, g.value AS want, m.value AS got
FROM golden AS g JOIN (SELECT sample, weighted, key AS metric, value::float8 FROM at_once AS a, jsonb_each_text(to_jsonb(a)) WHERE key NOT IN ('sample', 'weighted')) AS m
	USING (sample, weighted, metric)
WHERE differs(m.value, g.value) ORDER BY 1, 2, 3;
SELECT sample, g.value AS want, roc_auc_low, roc_auc_high
FROM golden AS g JOIN at_once AS a USING (sample, weighted)
WHERE metric = 'roc_auc_error' AND NOT weighted
	AND (differs(roc_auc_low, CASE WHEN g.value = 'NaN' THEN g.value ELSE greatest(roc_auc - 1.959963984540054 * g.value, 0) END)
		OR differs(roc_auc_high, CASE WHEN g.value = 'NaN' THEN g.value ELSE least(roc_auc + 1.959963984540054 * g.value, 1) END)) ORDER BY 1;
SELECT weighted, count(*), count(roc_auc_low) AS intervals, count(log_loss) AS probabilities FROM at_once GROUP BY 1 ORDER BY 1;

-- curves, point by point
CREATE TABLE points AS
SELECT sample, false AS weighted, 'roc' AS curve, i - 1 AS i, threshold, false_positive_rate AS x, true_positive_rate AS y
FROM (SELECT sample, drift.roc_curve(score, actual) AS c FROM rows_of GROUP BY sample) AS f, unnest(c) WITH ORDINALITY AS p(threshold, false_positive_rate, true_positive_rate, i)
UNION ALL SELECT sample, true, 'roc', i - 1, threshold, x, y
FROM (SELECT sample, drift.roc_curve(score, actual, 500, weight) AS c FROM rows_of GROUP BY sample) AS f, unnest(c) WITH ORDINALITY AS p(threshold, x, y, i)
UNION ALL SELECT sample, false, 'precision_recall', i - 1, threshold, x, y
FROM (SELECT sample, drift.precision_recall_curve(score, actual) AS c FROM rows_of GROUP BY sample) AS f, unnest(c) WITH ORDINALITY AS p(threshold, x, y, i)
UNION ALL SELECT sample, true, 'precision_recall', i - 1, threshold, x, y
FROM (SELECT sample, drift.precision_recall_curve(score, actual, 500, weight) AS c FROM rows_of GROUP BY sample) AS f, unnest(c) WITH ORDINALITY AS p(threshold, x, y, i)
UNION ALL SELECT sample, false, 'calibration', i - 1, 'NaN', mean_score, positive_rate
FROM (SELECT sample, drift.calibration_curve(score, actual) AS c FROM rows_of WHERE probable(sample) GROUP BY sample) AS f,
	unnest(c) WITH ORDINALITY AS p(bin, low, high, n, mean_score, positive_rate, i);
SELECT curve, weighted, count(*) AS points, count(DISTINCT sample) AS samples FROM curve GROUP BY 1, 2 ORDER BY 1, 2;
SELECT sample, weighted, curve, i, g.threshold, g.x, g.y, p.threshold AS threshold_got, p.x AS x_got, p.y AS y_got
FROM curve AS g FULL JOIN points AS p USING (sample, weighted, curve, i)
WHERE sample <> 'infinite' AND (curve <> 'roc' OR NOT weighted)
	AND (g.threshold IS DISTINCT FROM p.threshold OR g.x IS NULL OR differs(p.x, g.x) OR differs(p.y, g.y)) ORDER BY 1, 2, 3, 4;
-- sums of weights differ in their last bits, and with them what lies on a line: the points that both kept
SELECT count(*) > 200 AS enough, count(*) FILTER (WHERE differs(p.x, g.x) OR differs(p.y, g.y)) AS differ
FROM curve AS g JOIN points AS p USING (sample, weighted, curve, threshold) WHERE weighted AND curve = 'roc';

-- parallel plans, and memory for a fraction of the rows
CREATE TABLE many AS
SELECT floor(score * 10000) / 10000 AS score, score > drift_internal.simulated_uniform(1, 2, i) AS actual, (i % 4)::float8 AS weight
FROM (SELECT i, drift_internal.simulated_uniform(1, 1, i) AS score FROM generate_series(1, 60000) AS i) AS s;
ALTER TABLE many SET (parallel_workers = 2);
ANALYZE many;
CREATE FUNCTION everything() RETURNS text LANGUAGE sql AS $$
	SELECT md5(concat_ws(' ', drift.binary_metrics(score, actual), drift.binary_metrics(score, actual, 0.4, weight), drift.roc_curve(score, actual),
		drift.roc_auc(score, actual, weight), drift.precision_recall_curve(score, actual, 100, weight), drift.gains_table(score, actual),
		drift.best_threshold(score, actual, 'f1'), drift.confusion(score > 0.5, actual, weight),
		drift.f_beta(score > 0.5, actual, 2), drift.accuracy(score > 0.5, actual), round(drift.log_loss(score, actual)::numeric, 12),
		round(drift.brier(score, actual, weight)::numeric, 12), round(drift.ece(score, actual)::numeric, 12)))
	FROM many
$$;
CREATE FUNCTION parallel_plan() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
	partial boolean := false;
BEGIN
	FOR line IN EXPLAIN (COSTS OFF) SELECT drift.binary_metrics(score, actual), drift.roc_auc(score, actual), drift.log_loss(score, actual), drift.ece(score, actual),
		drift.mcc(score > 0.5, actual), drift.accuracy(score > 0.5, actual), drift.gains_table(score, actual, 5, weight) FROM many
	LOOP
		partial := partial OR line ~ 'Partial Aggregate';
	END LOOP;
	RETURN partial;
END
$$;
SET max_parallel_workers_per_gather = 0;
SELECT everything() AS serial, drift.roc_auc(score, actual) AS area FROM many \gset
SELECT everything() = :'serial' AS again, drift.roc_auc(score, actual) = (drift.binary_metrics(score, actual)).roc_auc AS same_area FROM many;
SET work_mem = '64kB';
SELECT everything() = :'serial' AS in_little_memory, drift.roc_auc(score, actual) = :'area' AS same_area FROM many;
RESET work_mem;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT parallel_plan(), everything() = :'serial' AS in_parallel, drift.roc_auc(score, actual) = :'area' AS same_area FROM many;
SET work_mem = '64kB';
SELECT everything() = :'serial' AS in_parallel_in_little_memory, drift.roc_auc(score, actual) = :'area' AS same_area FROM many;

\set VERBOSITY terse
DROP SCHEMA binary_metrics CASCADE;
