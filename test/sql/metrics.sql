-- Metrics of classes, numbers and rankings of golden rows: in one process, in parallel, and past work_mem.
CREATE SCHEMA metrics;
SET search_path = metrics;
CREATE TABLE classes ("case" text, prediction text, actual text, weight text, accuracy float8, balanced_accuracy float8,
	precision_macro float8, recall_macro float8, f1_macro float8, f2_macro float8, precision_micro float8, recall_micro float8, f1_micro float8, f2_micro float8,
	precision_weighted float8, recall_weighted float8, f1_weighted float8, f2_weighted float8, mcc float8, cohen_kappa float8);
CREATE TABLE probabilities ("case" text, probabilities text, actual text, weight text, log_loss float8, roc_auc_macro float8, roc_auc_weighted float8);
CREATE TABLE numbers ("case" text, prediction text, actual text, weight text, mae float8, mse float8, rmse float8, mape float8, smape float8, msle float8,
	rmsle float8, r2 float8, bias float8, max_error float8, pinball_10 float8, pinball_50 float8, pinball_95 float8);
CREATE TABLE rankings ("case" text, score text, relevance text, k integer, ndcg float8, ndcg_exponential float8, average_precision float8, "precision" float8,
	recall float8, hit_rate float8, reciprocal_rank float8);
\copy classes FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/multiclass.csv"' WITH (FORMAT csv, HEADER)
\copy probabilities FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/multiclass_probabilities.csv"' WITH (FORMAT csv, HEADER)
\copy numbers FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/regression.csv"' WITH (FORMAT csv, HEADER)
\copy rankings FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/ranking.csv"' WITH (FORMAT csv, HEADER)

CREATE FUNCTION field(list text, i integer) RETURNS text LANGUAGE sql AS $$ SELECT nullif(split_part(list, ' ', i), '') $$;
CREATE FUNCTION fields(list text) RETURNS integer LANGUAGE sql AS $$ SELECT array_length(string_to_array(list, ' '), 1) $$;
-- rows; those without weights have weight 1
CREATE TABLE class_rows AS SELECT "case", i, field(prediction, i)::integer AS prediction, field(actual, i) AS actual, coalesce(field(weight, i), '1')::float8 AS weight
FROM classes, generate_series(1, fields(prediction)) AS i;
CREATE TABLE probability_rows AS SELECT "case", i, string_to_array(split_part(probabilities, ';', i), ' ')::float8[] AS probabilities,
	field(actual, i)::integer AS actual, coalesce(field(weight, i), '1')::float8 AS weight
FROM probabilities, generate_series(1, fields(actual)) AS i;
CREATE TABLE number_rows AS SELECT "case", i, field(prediction, i)::float8 AS prediction, field(actual, i)::float8 AS actual, coalesce(field(weight, i), '1')::float8 AS weight
FROM numbers, generate_series(1, fields(prediction)) AS i;
CREATE TABLE ranking_rows AS SELECT r.ctid AS id, i, field(score, i)::float8 AS score, field(relevance, i)::float8 AS relevance, k
FROM rankings AS r, generate_series(1, fields(score)) AS i;

-- what ours says, one row per value: the case, what it is, the value
CREATE VIEW our_classes AS
SELECT "case", m.* FROM (
	SELECT "case", drift.multiclass_metrics(prediction, actual, weight) AS a,
		drift.precision(prediction, actual, 'micro', weight) AS precision_micro, drift.recall(prediction, actual, 'micro', weight) AS recall_micro,
		drift.f1(prediction, actual, 'micro', weight) AS f1_micro, drift.f_beta(prediction, actual, 2, 'micro', weight) AS f2_micro,
		drift.f_beta(prediction, actual, 2, 'macro', weight) AS f2_macro, drift.f_beta(prediction, actual, 2, 'weighted', weight) AS f2_weighted,
		drift.precision(prediction, actual, 'macro', weight) AS "precision", drift.f1(prediction, actual, 'weighted', weight) AS f1
	FROM class_rows GROUP BY "case") AS r,
	LATERAL (SELECT key, value::float8 FROM jsonb_each_text((to_jsonb(r.a) || to_jsonb(r)) - ARRAY['n', 'classes', 'case', 'a', 'precision', 'f1'])
		UNION ALL VALUES ('precision_macro', r.precision), ('f1_weighted', r.f1)) AS m;
CREATE VIEW our_numbers AS
SELECT "case", m.* FROM (
	SELECT "case", drift.regression_metrics(prediction, actual, weight) AS a, drift.mae(prediction, actual, weight), drift.rmse(prediction, actual, weight),
		drift.mse(prediction, actual, weight), drift.mape(prediction, actual, weight), drift.smape(prediction, actual, weight), drift.r2(prediction, actual, weight),
		drift.bias(prediction, actual, weight), drift.max_error(prediction, actual, weight), drift.pinball_loss(prediction, actual, 0.1, weight) AS pinball_10,
		drift.pinball_loss(prediction, actual, 0.5, weight) AS pinball_50, drift.pinball_loss(prediction, actual, 0.95, weight) AS pinball_95
	FROM number_rows GROUP BY "case") AS r,
	LATERAL (SELECT key, value::float8 FROM jsonb_each_text(to_jsonb(r.a) - ARRAY['n', 'mean_prediction', 'mean_actual'])
		UNION ALL SELECT key, value::float8 FROM jsonb_each_text(to_jsonb(r) - ARRAY['case', 'a'])) AS m;
CREATE VIEW our_rankings AS
SELECT id, m.* FROM (
	SELECT id, max(k) AS k, drift.ranking_metrics(score, relevance, k) AS a, drift.ndcg(score, relevance, k, 'exponential') AS ndcg_exponential,
		drift.average_precision_at_k(score, relevance, k) AS average_precision, drift.precision_at_k(score, relevance, k) AS "precision",
		drift.recall_at_k(score, relevance, k) AS recall, drift.hit_rate_at_k(score, relevance, k) AS hit_rate,
		drift.reciprocal_rank(score, relevance, k), drift.ndcg(score, relevance, k)
	FROM ranking_rows GROUP BY id) AS r,
	LATERAL (SELECT key, value::float8 FROM jsonb_each_text(to_jsonb(r.a) - ARRAY['n', 'n_relevant'])
		UNION ALL SELECT key, value::float8 FROM jsonb_each_text(to_jsonb(r) - ARRAY['id', 'a', 'k'])) AS m;
CREATE VIEW our_probabilities AS
SELECT "case", m.* FROM (
	SELECT "case", drift.multiclass_log_loss(probabilities, actual, weight) AS log_loss,
		drift.multiclass_roc_auc(probabilities, actual, 'macro', weight) AS roc_auc_macro, drift.multiclass_roc_auc(probabilities, actual, 'weighted', weight) AS roc_auc_weighted,
		drift.multiclass_log_loss(probabilities, label, labels, weight) AS log_loss_of_labels,
		drift.multiclass_roc_auc(probabilities, label, labels, 'macro', weight) AS roc_auc_of_labels
	FROM probability_rows, LATERAL (SELECT chr(97 + actual) AS label, ('{a,b,c,d,e}'::text[])[:cardinality(probabilities)] AS labels) AS l GROUP BY "case") AS r,
	LATERAL (VALUES ('log_loss', r.log_loss), ('roc_auc_macro', roc_auc_macro), ('roc_auc_weighted', roc_auc_weighted), ('log_loss', log_loss_of_labels),
		('roc_auc_macro', roc_auc_of_labels)) AS m(key, value);

CREATE FUNCTION same(ours float8, golden float8) RETURNS boolean LANGUAGE sql AS $$
	SELECT CASE WHEN ours IS NULL OR golden IS NULL THEN ours IS NULL AND golden IS NULL
		ELSE ours = golden OR abs(ours - golden) <= 1e-12 * abs(golden) END
$$;
CREATE VIEW verdict AS
SELECT 'classes' AS subject, key, count(*) AS cases, count(*) FILTER (WHERE same(value, (to_jsonb(g) ->> key)::float8)) AS same
FROM our_classes AS o JOIN classes AS g USING ("case") GROUP BY key
UNION ALL
SELECT 'numbers', key, count(*), count(*) FILTER (WHERE same(value, (to_jsonb(g) ->> key)::float8)) FROM our_numbers AS o JOIN numbers AS g USING ("case") GROUP BY key
UNION ALL
SELECT 'probabilities', key, count(*), count(*) FILTER (WHERE same(value, (to_jsonb(g) ->> key)::float8))
FROM our_probabilities AS o JOIN probabilities AS g USING ("case") GROUP BY key
UNION ALL
SELECT 'rankings', key, count(*), count(*) FILTER (WHERE same(value, (to_jsonb(g) ->> key)::float8)) FROM our_rankings AS o JOIN rankings AS g ON g.ctid = o.id GROUP BY key;
SELECT * FROM verdict ORDER BY subject, key;

-- workers have some of the rows each
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE class_rows SET (parallel_workers = 2);
ALTER TABLE number_rows SET (parallel_workers = 2);
ALTER TABLE ranking_rows SET (parallel_workers = 2);
ALTER TABLE probability_rows SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT drift.multiclass_metrics(prediction, actual) FROM class_rows;
SELECT * FROM verdict WHERE same <> cases;

-- many rows, in memory and past work_mem: the same
CREATE TABLE many WITH (parallel_workers = 2) AS
SELECT i % 3 AS actual, ARRAY[0.2, 0.3, 0.5] AS probabilities, sin(i) AS score, (i % 5)::float8 AS relevance, 1 + i % 2 AS weight FROM generate_series(1, 60000) AS i;
UPDATE many SET probabilities = ARRAY[a, b * (1 - a), (1 - b) * (1 - a)] FROM (SELECT ctid AS id, (1 + sin(score * 1000)) / 2 AS a, round(abs(score::numeric), 2) AS b FROM many) AS m
WHERE m.id = many.ctid;
CREATE VIEW large AS SELECT drift.multiclass_roc_auc(probabilities, actual) AS auc, drift.multiclass_roc_auc(probabilities, actual, 'weighted', weight) AS weighted_auc,
	drift.class_roc_auc(probabilities, actual) AS areas, drift.ranking_metrics(round(score::numeric, 3), relevance, 1000) AS ranking, drift.ndcg(score, relevance) AS ndcg FROM many;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '256MB';
CREATE TABLE in_memory AS SELECT * FROM large;
SET work_mem = '64kB';
CREATE TABLE spilled AS SELECT * FROM large;
SET max_parallel_workers_per_gather = 2;
CREATE TABLE in_parallel AS SELECT * FROM large;
SELECT m = s AS "spilled is the same", m = p AS "parallel is the same", m.auc BETWEEN 0.4 AND 0.6 AS "by chance" FROM in_memory AS m, spilled AS s, in_parallel AS p;
SELECT i, drift.roc_auc(probabilities[i], actual = i - 1) = min(areas[i]) AS "each as a binary area" FROM many, in_memory, generate_series(1, 3) AS i GROUP BY i ORDER BY i;
