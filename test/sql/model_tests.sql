-- Tests that compare two models or two arms: against naive sums, scipy and statsmodels; on disk, in any order, with nothing to compare.
CREATE SCHEMA model_tests;
SET search_path = model_tests;
CREATE FUNCTION close(value float8, golden float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN golden IN ('NaN', 'Infinity', '-Infinity') OR value IN ('NaN', 'Infinity') THEN value = golden
			ELSE abs(value - golden) <= 1e-9 * abs(golden) + 1e-12 END
$$;

-- the rows of generate_model_tests.py
CREATE FUNCTION make_rows(n integer, modulus bigint) RETURNS TABLE (i bigint, x float8, y float8, t boolean) LANGUAGE sql IMMUTABLE AS $$
	SELECT i, (i * i * 37 + i * 11) % modulus / 64.0::float8 + t::int * (modulus / 4) / 64.0::float8,
		(i * i * 53 + i * 29) % modulus / 64.0::float8 + t::int * (modulus / 8) / 64.0::float8, t
	FROM (SELECT i, (i * i * 5 + i * 3) % 7 < 3 AS t FROM generate_series(1, n::bigint) AS i) AS r
$$;
CREATE TABLE golden (n integer, modulus bigint, auc_1 float8, auc_2 float8, standard_error float8, z float8, p_value float8,
	wilcoxon float8, wilcoxon_p float8, rank_biserial float8, differ bigint, equal bigint, signs_p float8);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/model_tests.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE answer AS
SELECT g.*, r.* FROM golden AS g, LATERAL (
	SELECT drift.delong_test(x, y, t) AS d, drift.wilcoxon_test(x, y) AS w, drift.paired_permutation_test(x, y, 1024) AS s, drift.bootstrap_test(x, y, 99) AS b
	FROM make_rows(n, modulus)) AS r;
SELECT count(*) AS cases,
	bool_and(close((d).auc_1, auc_1) AND close((d).auc_2, auc_2) AND close((d).standard_error, standard_error) AND close((d).z, z) AND close((d).p_value, p_value)) AS delong,
	bool_and(close((w).statistic, wilcoxon) AND close((w).p_value, wilcoxon_p) AND close((w).rank_biserial, rank_biserial) AND (w).n = differ AND (w).n_equal = equal) AS wilcoxon,
	bool_and(close((s).p_value, signs_p) AND (s).is_exact) FILTER (WHERE n <= 10) AS all_signs, bool_and(NOT (s).is_exact) FILTER (WHERE n > 10) AS some_signs
FROM answer;

-- bootstrap of metrics: the same draws made by the generator
CREATE TABLE drawn (metric text, n integer, modulus bigint, scale float8, replicates integer, seed bigint, confidence float8, value_1 float8, value_2 float8,
	difference float8, standard_error float8, low float8, high float8, percentile_low float8, percentile_high float8, p_value float8);
\copy drawn FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/bootstrap_metric.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE redrawn AS
SELECT g, g.metric, g.n, (SELECT drift.bootstrap_metric_test(g.metric, x / g.scale, y / g.scale, t, g.replicates, g.seed, g.confidence) FROM make_rows(g.n, g.modulus)) AS b FROM drawn AS g;
SELECT count(*) AS cases, count(DISTINCT metric) AS metrics,
	bool_and(close((b).value_1, (g).value_1) AND close((b).value_2, (g).value_2) AND close((b).difference, (g).difference)) AS metric,
	bool_and(close((b).standard_error, (g).standard_error) AND close((b).percentile_low, (g).percentile_low) AND close((b).percentile_high, (g).percentile_high)) AS percentile,
	bool_and(close((b).low, (g).low) AND close((b).high, (g).high) AND close((b).p_value, (g).p_value)) AS bca
FROM redrawn;
SELECT metric, n, g, b FROM redrawn WHERE NOT (close((b).low, (g).low) AND close((b).high, (g).high) AND close((b).p_value, (g).p_value) AND close((b).value_1, (g).value_1));

-- on disk, and whatever the order of the rows: the same, but for the last digits of sums
CREATE TABLE many AS SELECT * FROM make_rows(20000, 100003);
CREATE TABLE order_of (name text, query text);
INSERT INTO order_of VALUES ('as they are', 'SELECT * FROM many'), ('backwards', 'SELECT * FROM many ORDER BY i DESC'), ('mixed', 'SELECT * FROM many ORDER BY hashint8(i)');
CREATE FUNCTION all_tests(query text, memory text) RETURNS TABLE (d drift.delong_result, w drift.wilcoxon_result, s drift.paired_permutation_result, b drift.bootstrap_result, r drift.bootstrap_result)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('work_mem', memory, true);
	RETURN QUERY EXECUTE format('SELECT drift.delong_test(x, y, t), drift.wilcoxon_test(x, y), drift.paired_permutation_test(x, y, 49), drift.bootstrap_test(x, y, 49),
		drift.bootstrap_metric_test(''rmse'', x, y, i, 49) FROM (%s) AS q', query);
END $$;
CREATE TABLE everywhere AS SELECT name, memory, a.* FROM order_of, unnest(ARRAY['64kB', '64MB']) AS memory, all_tests(query, memory) AS a;
SELECT count(*) AS runs, count(DISTINCT d) AS delong, count(DISTINCT w) AS wilcoxon, count(DISTINCT (s).p_value) AS signs,
	max((b).low) - min((b).low) < 1e-9 AS bootstrap, max((r).low) - min((r).low) < 1e-9 AS roots
FROM everywhere;
SELECT count(DISTINCT b) AS areas FROM (SELECT drift.bootstrap_metric_test('roc_auc', x, y, t, 19) AS b FROM many UNION ALL SELECT drift.bootstrap_metric_test('roc_auc', x, y, t, 19) FROM (SELECT * FROM many ORDER BY hashint8(i)) AS q) AS a;

-- arms
CREATE TABLE arms (x1 bigint, n1 bigint, x2 bigint, n2 bigint, z float8, p_value float8, low float8, high float8, likelihood_ratio float8, sequential_p float8,
	chance_2 float8, loss_1 float8, loss_2 float8);
\copy arms FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/arms.csv"' WITH (FORMAT csv, HEADER)
SELECT count(*) AS cases, bool_and(close(t.z, g.z) AND close(t.p_value, g.p_value) AND close(t.low, g.low) AND close(t.high, g.high)) AS two_proportions,
	bool_and(close(m.likelihood_ratio, g.likelihood_ratio) AND close(m.p_value, g.sequential_p)) AS sequential,
	bool_and(close(b.chance_2, g.chance_2) AND close(b.chance_1, 1 - g.chance_2) AND close(b.expected_loss_1, g.loss_1) AND close(b.expected_loss_2, g.loss_2)) AS beta_binomial
FROM arms AS g, drift.two_proportion_test(x1, n1, x2, n2) AS t, drift.msprt_test(x1, n1, x2, n2) AS m, drift.beta_binomial_test(x1, n1, x2, n2) AS b;
CREATE TABLE tables (counts text, statistic float8, df float8, p_value float8, yates float8, yates_p float8, least_expected float8, odds_ratio float8, fisher_p float8);
\copy tables FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/tables.csv"' WITH (FORMAT csv, HEADER)
SELECT count(*) AS cases, bool_and(close(t.statistic, g.statistic) AND t.degrees_of_freedom = g.df AND close(t.p_value, g.p_value) AND close(t.least_expected, g.least_expected)) AS chi_square,
	bool_and(close(t.yates, g.yates) AND close(t.yates_p_value, g.yates_p)) AS yates, bool_and((t.yates IS NULL) = (g.yates IS NULL)) AS only_of_four
FROM (SELECT g, translate(counts, ';', ',')::bigint[] AS counts FROM tables AS g) AS q, LATERAL (SELECT (q.g).*) AS g, drift.chi_square_test(q.counts) AS t;
SELECT count(*) AS cases, bool_and(close(f.statistic, odds_ratio) AND close(f.p_value, fisher_p)) AS fisher
FROM tables AS g, drift.fisher_exact_test(translate(g.counts, ';', ',')::bigint[]) AS f WHERE fisher_p IS NOT NULL;
CREATE TABLE splits (counts text, weights text, statistic float8, p_value float8);
\copy splits FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/splits.csv"' WITH (FORMAT csv, HEADER)
SELECT g.counts, g.weights, close(t.statistic, g.statistic) AND close(t.p_value, g.p_value) AS equal, t.mismatch
FROM splits AS g, drift.srm_test(translate(g.counts, ';', ',')::bigint[], translate(g.weights, ';', ',')::float8[]) AS t;
CREATE TABLE corrections (method text, p_values text, corrected text);
\copy corrections FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/corrections.csv"' WITH (FORMAT csv, HEADER)
SELECT method, count(*) AS p_values, bool_and(close(p, q)) AS equal
FROM corrections AS g, unnest(drift.correct_p_values(translate(g.p_values, ';', ',')::float8[], method), translate(g.corrected, ';', ',')::float8[]) AS u (p, q) GROUP BY method ORDER BY method;

-- McNemar of pairs is that of their counts, also in parallel
CREATE TABLE answers AS SELECT i % 7 < 5 AS a, NULLIF(i, 3) % 5 < 2 AS b FROM generate_series(1, 5000) AS i;
SELECT drift.mcnemar_agg(a, b) = drift.mcnemar_test(count(*) FILTER (WHERE a AND NOT b), count(*) FILTER (WHERE b AND NOT a)) AS equal FROM answers;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
ALTER TABLE answers SET (parallel_workers = 2);
EXPLAIN (COSTS off) SELECT drift.mcnemar_agg(a, b) FROM answers;
SELECT drift.mcnemar_agg(a, b) = drift.mcnemar_test(count(*) FILTER (WHERE a AND NOT b), count(*) FILTER (WHERE b AND NOT a)) AS equal FROM answers;

-- nothing, one class, one row, equal scores, NULL and NaN, infinities
SELECT drift.delong_test(x, y, t) AS d, drift.wilcoxon_test(x, y) AS w, drift.paired_permutation_test(x, y) AS s, drift.bootstrap_test(x, y) AS b,
	drift.bootstrap_metric_test('f1', x, y, t) AS m, drift.bootstrap_metric_test('mae', x, y, t) AS l, drift.bootstrap_metric_test('rmse', x, y, t) AS r
FROM make_rows(10, 97) WHERE i > 10;
SELECT drift.delong_test(x, y, true) AS one_class, drift.delong_test(x, x, t) AS same_scores FROM make_rows(10, 97);
SELECT drift.bootstrap_metric_test('roc_auc', x, y, true, 9) AS one_class FROM make_rows(10, 97);
SELECT drift.delong_test(NULLIF(x, 1), CASE i WHEN 2 THEN 'NaN' ELSE y END, CASE WHEN i <> 3 THEN t END) = (SELECT drift.delong_test(x, y, t) FROM make_rows(10, 97) WHERE x <> 1 AND i NOT IN (2, 3)) AS left_out FROM make_rows(10, 97);
SELECT drift.wilcoxon_test(1, 2) AS w, drift.paired_permutation_test(1, 2) AS s, drift.bootstrap_test(1, 2, 9) AS b;
SELECT drift.wilcoxon_test(x, x) AS w, drift.paired_permutation_test(x, x) AS s, drift.bootstrap_test(x, x, 9) AS b FROM make_rows(10, 97);
-- the last digit is the C library's
SET extra_float_digits = 0;
SELECT drift.wilcoxon_test(x, y) AS w, drift.paired_permutation_test(x, y, 9) AS s, drift.bootstrap_test(x, y, 9) AS b FROM (VALUES ('Infinity'::float8, 1::float8), ('-Infinity', '-Infinity'), (1, 2), (5, 3), (0, 7)) AS v (x, y);
RESET extra_float_digits;
SELECT drift.delong_test(x, y, t) FROM (VALUES ('Infinity'::float8, 1::float8, true), ('-Infinity', '-Infinity', false), (1, 2, false), (5, 3, true)) AS v (x, y, t);

-- what they refuse
SELECT drift.delong_test(x, y, t, 1) FROM make_rows(10, 97);
SELECT drift.bootstrap_test(x, y, i::integer) FROM make_rows(10, 97);
SELECT drift.bootstrap_test(x, y, 0) FROM make_rows(10, 97);
SELECT drift.bootstrap_metric_test('recal', x, y, t) FROM make_rows(10, 97);
SELECT drift.bootstrap_metric_test('log_loss', x, y, t) FROM make_rows(100, 97);
SELECT drift.bootstrap_metric_test('f1', x, y, i) FROM make_rows(10, 97);
SELECT drift.bootstrap_metric_test('f1', x, y, 'yes'::text) FROM make_rows(10, 97);
SELECT drift.two_proportion_test(11, 10, 1, 10);
SELECT drift.msprt_test(1, 10, 1, 10, 0);
SELECT drift.msprt_mean_test(1, -1, 10, 1, 1, 10, 0.1);
SELECT drift.beta_binomial_test(1, 10, 1, 10, 0, 1);
SELECT drift.chi_square_test('{1,2,3}');
SELECT drift.chi_square_test('{{1,2},{-3,4}}');
SELECT drift.fisher_exact_test('{{1,2,3},{3,4,5}}');
SELECT drift.srm_test('{1,2}', '{1,2,3}');
SELECT drift.correct_p_values('{0.1}', 'holms');
