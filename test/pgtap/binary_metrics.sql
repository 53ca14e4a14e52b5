-- Metrics of binary models: rows that are left out, what is not determined, arguments, thresholds, gains, curves. Their values are compared in test/sql/binary.sql.
BEGIN;
SELECT plan(73);
CREATE TABLE scored (id integer, score float8, actual boolean, weight float8);
INSERT INTO scored SELECT i, floor(s * 200) / 200, s > drift_internal.simulated_uniform(5, 2, i), i % 3
FROM (SELECT i, drift_internal.simulated_uniform(5, 1, i) AS s FROM generate_series(1, 3000) AS i) AS r;

-- rows that are left out
CREATE VIEW with_gaps AS SELECT score, actual, weight FROM scored UNION ALL
SELECT * FROM (VALUES (NULL::float8, true, 1::float8), ('NaN', false, 1), (0.5, NULL, 1), (0.5, true, NULL), (0.5, false, 'NaN'::float8), (NULL, NULL, -1)) AS g(score, actual, weight);
SELECT is((SELECT drift.binary_metrics(score, actual, 0.5, weight) FROM with_gaps WHERE weight IS NULL OR weight >= 0),
	(SELECT drift.binary_metrics(score, actual, 0.5, weight) FROM scored), 'rows without score, actual value or weight are left out');
SELECT is((SELECT drift.binary_metrics(score, actual) FROM with_gaps WHERE weight IS NOT NULL AND weight <> 'NaN'), (SELECT drift.binary_metrics(score, actual) FROM scored),
	'and without weights as well');
SELECT is((SELECT drift.confusion(NULLIF(score, 'NaN') > 0.5, actual, weight) FROM with_gaps WHERE weight IS NULL OR weight >= 0),
	(SELECT drift.confusion(score > 0.5, actual, weight) FROM scored), 'and of decisions');
SELECT is((SELECT (drift.binary_metrics(score, actual, 0.5, weight)).n FROM scored), 2000::bigint, 'rows of weight 0 are no rows of scores');
SELECT is((SELECT drift.roc_auc(score, actual, 7) FROM scored), (SELECT drift.roc_auc(score, actual) FROM scored), 'equal weights change nothing');
SELECT is((SELECT drift.roc_auc(score, actual, weight) FROM scored),
	(SELECT drift.roc_auc(score, actual) FROM scored, generate_series(1, weight::integer)), 'a weight of 2 is two rows');

-- nothing, and one class
SELECT is(concat(drift.roc_auc(score, actual), drift.gini(score, actual), drift.average_precision(score, actual), drift.ks_statistic(score, actual),
	drift.binary_metrics(score, actual), drift.roc_curve(score, actual), drift.precision_recall_curve(score, actual), drift.gains_table(score, actual),
	drift.best_threshold(score, actual, 'f1'), drift.log_loss(score, actual), drift.brier(score, actual), drift.ece(score, actual), drift.calibration_curve(score, actual),
	drift.confusion(score > 0.5, actual), drift.accuracy(score, score), drift.mcc(score > 0.5, actual)), '', 'no rows: everything is NULL') FROM scored WHERE false;
SELECT is(concat(drift.roc_auc(score, actual), drift.log_loss(score, actual, weight), drift.ece(score, actual, 5, weight), drift.confusion(actual, actual, weight),
	drift.binary_metrics(score, actual, 0.5, weight), drift.accuracy(score, score, weight)), '', 'nor have rows without weight any') FROM (VALUES (0.5, NULL::boolean, 0)) AS r(score, actual, weight);
SELECT is(concat_ws(' ', m.n, m.n_positive, m.recall, m.specificity, m.roc_auc, m.roc_auc_low, m.gini, m.ks_statistic, m.mcc, m.balanced_accuracy, m.average_precision), '2 2 0.5 1',
	'positives alone have recall and average precision') FROM (SELECT (drift.binary_metrics(s, true)).* FROM (VALUES (0.2), (0.7)) AS r(s)) AS m;
SELECT is(concat_ws(' ', m.n, m.n_positive, m.recall, m.specificity, m.roc_auc, m.average_precision, m.precision, m.f1, m.brier), '2 0 0.5 0 0 0.3125',
	'negatives alone have specificity') FROM (SELECT (drift.binary_metrics(s, false)).* FROM (VALUES (0.25), (0.75)) AS r(s)) AS m;
SELECT is((SELECT drift.roc_auc(0.5, actual) FROM scored), 0.5::float8, 'all scores equal: a half');
SELECT is((SELECT round(drift.average_precision(0.5, actual)::numeric, 12) FROM scored), (SELECT round(avg(actual::integer), 12) FROM scored), 'and the prevalence');
SELECT is((SELECT drift.precision(false, actual) FROM scored), NULL, 'no precision where nothing is called positive');
SELECT is((SELECT drift.f1(false, actual) FROM scored), 0::float8, 'an F1 of nothing found is 0');
SELECT is((SELECT drift.f1(false, false) FROM scored), NULL, 'and of nothing to find NULL');
SELECT is((SELECT drift.f_beta(score > 0.5, actual, 0) FROM scored), (SELECT drift.precision(score > 0.5, actual) FROM scored), 'F0 is the precision');
SELECT is((SELECT round(drift.f_beta(score > 0.5, actual, 1e9)::numeric, 9) FROM scored), (SELECT round(drift.recall(score > 0.5, actual)::numeric, 9) FROM scored), 'and F of a large beta the recall');

-- arguments
SELECT throws_ok(format('SELECT drift.%s FROM scored', call), '22023', message, call)
FROM (VALUES ('roc_auc(score, actual, -1)', 'a weight must be finite and not negative'), ('roc_auc(score, actual, ''Infinity'')', 'a weight must be finite and not negative'),
	('mcc(score > 0.5, actual, -weight)', 'a weight must be finite and not negative'), ('brier(score, actual, -weight)', 'a weight must be finite and not negative'),
	('log_loss(score + 0.5, actual)', 'a score must be a probability, 0 to 1'), ('brier(-score, actual)', 'a score must be a probability, 0 to 1'),
	('ece(score * 2, actual)', 'a score must be a probability, 0 to 1'), ('calibration_curve(''-Infinity'', actual)', 'a score must be a probability, 0 to 1'),
	('ece(score, actual, 0)', 'bins must be between 1 and 1000'), ('ece(score, actual, 1 + id % 2)', 'bins must be the same for all rows, and not NULL'),
	('gains_table(score, actual, 1001)', 'bins must be between 1 and 1000'), ('gains_table(score, actual, NULL)', 'bins must be the same for all rows, and not NULL'),
	('roc_curve(score, actual, 3)', 'points must be between 4 and 1000000'), ('precision_recall_curve(score, actual, 4 + id % 2, weight)', 'points must be the same for all rows, and not NULL'),
	('binary_metrics(score, actual, NULL)', 'threshold must be the same for all rows, and not NULL'), ('binary_metrics(score, actual, score)', 'threshold must be the same for all rows, and not NULL'),
	('best_threshold(score, actual, ''auc'')', 'no threshold is chosen by a metric named "auc"'), ('best_threshold(score, actual, NULL)', 'metric must be the same for all rows, and not NULL'),
	('f_beta(actual, actual, -1)', 'beta must be finite and not negative'), ('f_beta(actual, actual, score)', 'beta must be the same for all rows, and not NULL')) AS c(call, message);
SELECT is((SELECT concat_ws(' ', m.n, m.log_loss, m.brier, m.ece, m.roc_auc IS NOT NULL) FROM (SELECT (drift.binary_metrics(2 * score - 0.5, actual)).* FROM scored) AS m), '3000 t',
	'scores that are no probabilities have no log loss among all metrics, and the others');

SELECT throws_ok(format('SELECT drift.%s FROM scored', call), '22003', 'value out of range: overflow', call || ': weights that add up to more than there is')
FROM unnest(ARRAY['gains_table(score, actual, 10, 1e308)', 'roc_auc(score, actual, 1e308)', 'recall(true, actual, 1e308)', 'brier(score, actual, 1e308)']) AS call;
SELECT is((SELECT drift.f_beta(score > 0.5, actual, 1e200) FROM scored), (SELECT drift.recall(score > 0.5, actual) FROM scored), 'a beta whose square overflows');

-- accuracy of values of any type
SELECT is((SELECT drift.accuracy(a, b) FROM (VALUES ('x', 'x'), ('x', 'y'), (NULL, 'x'), ('y', NULL)) AS r(a, b)), 0.5::float8, 'of texts');
SELECT is((SELECT drift.accuracy(a, b, w) FROM (VALUES ('x'::varchar, 'x'::text, 3), ('x', 'y', 1)) AS r(a, b, w)), 0.75::float8, 'of two kinds of text, with weights');
SELECT is((SELECT drift.accuracy(a, b) FROM (VALUES (1, 1::bigint), (2, 3)) AS r(a, b)), 0.5::float8, 'of two kinds of integer');
SELECT is((SELECT drift.accuracy(a, b) FROM (VALUES (0.0::float8, -0.0::float8), (1, 2), ('NaN', 'NaN'), ('NaN', 1)) AS r(a, b)), 0.5::float8, 'zeros are equal, NaN is missing');
SELECT is((SELECT drift.accuracy(a, b) FROM (VALUES (1.10, 1.1), (1, 'NaN')) AS r(a, b)), 1::float8, 'so it is among numerics');
SELECT is((SELECT drift.accuracy(a, b) FROM (VALUES ('{"a": 1, "b": 2}'::jsonb, '{"b": 2, "a": 1}'::jsonb), ('1', '2')) AS r(a, b)), 0.5::float8, 'of documents');
SELECT is((SELECT drift.accuracy(ARRAY[a, 1], ARRAY[b, 1]) FROM (VALUES (1, 1), (1, 2)) AS r(a, b)), 0.5::float8, 'of arrays');
SELECT throws_ok($$SELECT drift.accuracy('1'::json, '1'::json)$$, '42883', 'values of type json cannot be compared', 'a type without equality is refused');
CREATE COLLATION regardless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT is((SELECT drift.accuracy(a COLLATE regardless, b) FROM (VALUES ('x', 'X'), ('x', 'y')) AS r(a, b)), 0.5::float8, 'the collation decides what is equal');

-- thresholds
SELECT is((SELECT (drift.binary_metrics(score, actual, 0.25)).tp FROM scored), (SELECT count(*) FILTER (WHERE score >= 0.25 AND actual)::float8 FROM scored),
	'scores from the threshold on are called positive');
SELECT results_eq($$SELECT tp, fp, fn, tn FROM (SELECT (drift.binary_metrics(score, actual, 'Infinity')).* FROM scored) AS m$$,
	$$SELECT 0::float8, 0::float8, count(*) FILTER (WHERE actual)::float8, count(*) FILTER (WHERE NOT actual)::float8 FROM scored$$, 'above all scores nothing is');
SELECT results_eq($$SELECT tp, fp, fn, tn FROM (SELECT (drift.binary_metrics(score, actual, '-Infinity')).* FROM scored) AS m$$,
	$$SELECT count(*) FILTER (WHERE actual)::float8, count(*) FILTER (WHERE NOT actual)::float8, 0::float8, 0::float8 FROM scored$$, 'and below all of them everything');
CREATE FUNCTION pg_temp.at(threshold float8, metric text) RETURNS float8 LANGUAGE sql AS $$
	SELECT CASE metric WHEN 'f1' THEN drift.f1(score >= threshold, actual, weight) WHEN 'mcc' THEN drift.mcc(score >= threshold, actual, weight)
		WHEN 'accuracy' THEN drift.accuracy(score >= threshold, actual, weight) WHEN 'balanced_accuracy' THEN drift.balanced_accuracy(score >= threshold, actual, weight)
		ELSE drift.recall(score >= threshold, actual, weight) + drift.specificity(score >= threshold, actual, weight) - 1 END
	FROM scored
$$;
SELECT results_eq(format('SELECT threshold, value FROM (SELECT (drift.best_threshold(score, actual, %L, weight)).* FROM scored) AS b', metric),
	format($$SELECT t, pg_temp.at(t, %1$L) FROM (SELECT 'Infinity' AS t UNION SELECT score FROM scored WHERE weight > 0) AS t
		ORDER BY round(pg_temp.at(t, %1$L)::numeric, 12) DESC NULLS LAST, t DESC LIMIT 1$$, metric), 'the best threshold by ' || metric)
FROM unnest(ARRAY['accuracy', 'balanced_accuracy', 'f1', 'mcc', 'youden']) AS metric;
SELECT is((SELECT (drift.best_threshold(score, false, 'accuracy')).threshold FROM scored), 'Infinity'::float8, 'without a positive it is best to call none so');
SELECT is((SELECT drift.best_threshold(score, true, 'mcc') FROM scored), NULL, 'a metric that is never determined has no best threshold');

-- gains
CREATE TABLE gains AS SELECT g.* FROM (SELECT drift.gains_table(score, actual) AS rows FROM scored) AS s, unnest(rows) AS g;
SELECT results_eq('SELECT count(*), sum(n), sum(positives), max(gain), min(cumulative_lift), bool_and(abs(n - 300) < 40) FROM gains',
	'SELECT 10::bigint, count(*)::float8, count(*) FILTER (WHERE actual)::float8, 1::float8, 1::float8, true FROM scored', 'ten bins hold all rows, about as many each');
SELECT is_empty('SELECT bin FROM gains AS g WHERE (n, positives) IS DISTINCT FROM (SELECT ROW(count(*)::float8, count(*) FILTER (WHERE actual)::float8) FROM scored WHERE score BETWEEN low AND high)',
	'rows of one score are in one bin');
SELECT is_empty($$SELECT bin FROM (SELECT *, sum(n) OVER (ORDER BY bin) AS ns, sum(positives) OVER (ORDER BY bin) AS ps, sum(n) OVER () AS total, sum(positives) OVER () AS all_positives FROM gains) AS g
	WHERE abs(share - ns / total) + abs(gain - ps / all_positives) + abs(positive_rate - positives / n) + abs(lift - positive_rate * total / all_positives)
		+ abs(cumulative_lift - gain / share) > 1e-12$$, 'shares, gains and lifts follow from the counts');
SELECT is((SELECT array_agg(concat(bin, ':', n) ORDER BY bin) FROM (SELECT (unnest(drift.gains_table(s, true))).* FROM (VALUES (1), (1), (1), (1), (0)) AS r(s)) AS g), '{5:4,10:1}',
	'a score of many rows is in the bin of its middle one');
SELECT is((SELECT count(*) FROM (SELECT (unnest(drift.gains_table(score, actual, 4, weight))).* FROM scored) AS g WHERE gain IS NOT NULL), 4::bigint, 'bins of weights');
SELECT is((SELECT string_agg(concat(gain, lift), '') FROM (SELECT (unnest(drift.gains_table(score, false))).* FROM scored) AS g), '', 'without positives there is no gain');

-- curves
SELECT ok((SELECT array_length(drift.roc_curve(id + score, id % 2 = 0), 1) FROM scored) BETWEEN 400 AND 500, 'at most 500 points');
SELECT is_empty($$SELECT p FROM (SELECT points AS p, drift.roc_curve(id * 0.618 % 1, score > 0.5, points) AS roc, drift.precision_recall_curve(id * 0.618 % 1, score > 0.5, points) AS pr
		FROM scored, unnest(ARRAY[4, 5, 50, 499]) AS points GROUP BY points) AS c
	WHERE array_length(roc, 1) NOT BETWEEN p / 2 AND p OR array_length(pr, 1) NOT BETWEEN p / 2 AND p
		OR (roc[1]).threshold <> 'Infinity' OR (roc[1]).true_positive_rate <> 0 OR (roc[array_length(roc, 1)]).true_positive_rate <> 1 OR (pr[array_length(pr, 1)]).recall <> 1$$,
	'or as many as are asked for, with both ends');
SELECT ok(abs(1 - area / auc) < 0.001, 'points that are left out matter little') FROM (SELECT sum((x - lag_x) * (y + lag_y) / 2) AS area, min(auc) AS auc FROM (
	SELECT x, y, lag(x) OVER (ORDER BY i) AS lag_x, lag(y) OVER (ORDER BY i) AS lag_y, auc
	FROM (SELECT drift.roc_curve(score, actual, 60) AS c, drift.roc_auc(score, actual) AS auc FROM scored) AS s, unnest(c) WITH ORDINALITY AS p(t, x, y, i)) AS l) AS a;
SELECT is_empty($$SELECT bin FROM (SELECT (unnest(drift.calibration_curve(score, actual, 7))).* FROM scored) AS c
	WHERE (n, round(mean_score::numeric, 12), round(positive_rate::numeric, 12)) IS DISTINCT FROM (SELECT ROW(count(*)::float8, round(avg(score)::numeric, 12), round(avg(actual::integer), 12)) FROM scored
		WHERE score <= high AND (score > low OR low = 0))$$, 'calibration by bins (low, high]');
SELECT is((SELECT count(*) FROM (SELECT (unnest(drift.calibration_curve(0.55, actual))).* FROM scored) AS c), 1::bigint, 'bins without rows are left out');
SELECT * FROM finish();
ROLLBACK;
