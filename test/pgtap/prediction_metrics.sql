-- Metrics of classes, numbers and rankings where rows are missing, odd, alone or many.
BEGIN;
SELECT plan(67);

-- classes
SELECT is((drift.multiclass_metrics(p, a)).n, 3::bigint, 'rows without a prediction or an actual class are left out')
FROM (VALUES ('a', 'a'), ('b', 'a'), (NULL, 'a'), ('a', NULL), ('c', 'c')) AS r(p, a);
SELECT is((drift.multiclass_metrics(p, a)).classes, 1::bigint, 'and so is NaN') FROM (VALUES ('NaN'::float8, 1.0::float8), (1, 1), (1, 'NaN')) AS r(p, a);
SELECT is((drift.multiclass_metrics(p, a)).accuracy, 1.0::float8, 'numbers are one class whatever their type')
FROM (VALUES (1::smallint, 1.00::numeric), (2, 2.0), (-3, -3.000)) AS r(p, a);
SELECT is((drift.multiclass_metrics(p, a)).accuracy, 1.0::float8, 'and as text') FROM (VALUES (1::float4, '1'), (0.5, '0.5'), ('-0', '0'), ('Infinity', 'Infinity')) AS r(p, a);
SELECT is((drift.multiclass_metrics(p, a)).accuracy, 1.0::float8, 'large numbers keep their digits')
FROM (VALUES (9223372036854775807, '9223372036854775807'), (-9223372036854775808, '-9223372036854775808')) AS r(p, a);
SELECT is((drift.multiclass_metrics(p, a)).accuracy, 0.5::float8, 'which differ in the last') FROM (VALUES (9223372036854775807, '9223372036854775806'), (1, '1')) AS r(p, a);
SELECT is((drift.multiclass_metrics(p, 'a')).accuracy, 0.5::float8, 'a literal is a text') FROM (VALUES ('a'), ('b')) AS r(p);
CREATE TYPE pg_temp.mood AS ENUM ('sad', 'glad');
SELECT results_eq($$SELECT (c).actual, (c).prediction FROM (SELECT unnest(drift.confusion_matrix(p, a)) AS c FROM (VALUES ('sad'::pg_temp.mood, true), ('glad', false)) AS r(p, a)) AS s$$,
	$$VALUES ('false', 'glad'), ('true', 'sad')$$, 'enumerations and booleans by their names');
SELECT is((drift.multiclass_metrics(p::char(5), a::varchar)).accuracy, 1.0::float8, 'blanks at the end of char(n) mean nothing') FROM (VALUES ('a', 'a'), ('bb', 'bb')) AS r(p, a);
SELECT results_eq($$SELECT (unnest(drift.class_metrics(p, a))).class FROM (VALUES ('10', '9'), ('b', 'a'), ('-1', '09'), ('', '9x')) AS r(p, a)$$,
	$$VALUES ('-1'), ('09'), ('9'), ('10'), (''), ('9x'), ('a'), ('b')$$, 'whole numbers in their order, then texts in that of their bytes');
SELECT results_eq($$SELECT (unnest(drift.class_metrics(p, a))).* FROM (VALUES ('a', 'a'), ('a', 'b'), ('c', 'a')) AS r(p, a)$$,
	$$VALUES ('a', 2::bigint, 2::bigint, 1::bigint, 0.5::float8, 0.5::float8, 0.5::float8), ('b', 1, 0, 0, NULL, 0, 0), ('c', 0, 1, 0, 0, NULL, 0)$$,
	'a class that nothing was put into has no precision, one that nothing belongs to no recall');
SELECT is(drift.precision(p, a, 'macro'), 0.25::float8, 'in averages they count as 0') FROM (VALUES ('a', 'a'), ('a', 'b')) AS r(p, a);
SELECT results_eq($$SELECT (unnest(drift.confusion_matrix(p, a, w))).* FROM (VALUES ('a', 'a', 3::float8), ('a', 'b', 1), ('a', 'b', 0), ('b', 'b', NULL), ('b', 'b', 'NaN')) AS r(p, a, w)$$,
	$$VALUES ('a', 'a', 1::bigint, 3::float8, 0.75::float8, 1::float8, 0.75::float8), ('b', 'a', 1, 1, 0.25, 1, 0.25)$$, 'rows of weight 0, NULL or NaN are left out');
SELECT ok((m).mcc IS NULL AND (m).cohen_kappa IS NULL AND (m).accuracy = 1, 'one class only: correlation and kappa are not determined')
FROM (SELECT drift.multiclass_metrics(1, 1) AS m) AS r;
SELECT is(drift.multiclass_metrics(x, x), NULL, 'no rows, no metrics') FROM (VALUES (NULL::text)) AS r(x);
SELECT is(drift.class_metrics(x, x), NULL, 'no classes either') FROM (SELECT 'a' WHERE false) AS r(x);
SELECT is(drift.confusion_matrix(x, x), NULL, 'nor cells') FROM (VALUES (NULL::integer)) AS r(x);
SELECT is(drift.f1(x, x, 'macro'), NULL, 'nor an average') FROM (VALUES (NULL::integer)) AS r(x);
SELECT is(drift.f_beta(p, a, 1, 'macro'), drift.f1(p, a, 'macro'), 'F1 is F with beta 1') FROM (VALUES ('a', 'a'), ('a', 'b'), ('c', 'a')) AS r(p, a);
SELECT throws_ok($$SELECT drift.f_beta(1, 1, 0, 'macro')$$, '22023', 'beta must be a number above 0');
SELECT throws_ok($$SELECT drift.f_beta(1, 1, x, 'macro') FROM generate_series(1, 2) AS x$$, '22023', 'beta must be the same for all rows, and not NULL');
SELECT throws_ok($$SELECT drift.f1(1, 1, 'binary')$$, '22023', 'there is no average named "binary"');
SELECT throws_ok($$SELECT drift.f1(1, 1, x) FROM unnest('{macro,micro}'::text[]) AS x$$, '22023', 'average must be the same for all rows, and not NULL');
SELECT throws_ok($$SELECT drift.f1(1, 1, NULL)$$, '22023', 'average must be the same for all rows, and not NULL');
SELECT throws_ok($$SELECT drift.class_metrics(now(), 1)$$, '42804', 'values of type timestamp with time zone are no classes');
SELECT throws_ok($$SELECT drift.class_metrics(1, ARRAY[1])$$, '42804', 'values of type integer[] are no classes');
SELECT throws_ok($$SELECT drift.class_metrics(1, 1, -1)$$, '22023', 'a weight must be finite and not negative');
SELECT throws_ok($$SELECT drift.class_metrics(1, 1, 'Infinity')$$, '22023', 'a weight must be finite and not negative');

-- thousands of classes
CREATE TEMPORARY TABLE many AS SELECT i % 3000 AS p, (i * 7) % 2999 AS a FROM generate_series(1, 60000) AS i;
SELECT is((drift.multiclass_metrics(p, a)).classes, 3000::bigint, 'three thousand classes') FROM many;
SELECT is(cardinality(drift.confusion_matrix(p, a)), (SELECT count(DISTINCT (p, a))::integer FROM many), 'and all their pairs') FROM many;
SELECT is((SELECT sum((c).hits) FROM (SELECT unnest(drift.class_metrics(p, a)) AS c FROM many) AS r), (SELECT count(*)::numeric FROM many WHERE p = a), 'hits of them');
SET LOCAL work_mem = '64kB';
SET LOCAL hash_mem_multiplier = 1;
SELECT throws_ok($$SELECT drift.class_metrics(p, a) FROM many$$, '53400', 'too many categories for work_mem');
SELECT throws_ok($$SELECT drift.confusion_matrix(p % 100, a % 100) FROM many$$, '53400', 'the confusion matrix is too large for work_mem');
RESET work_mem;
RESET hash_mem_multiplier;

-- numbers
SELECT is((drift.regression_metrics(p, a)).n, 1::bigint, 'rows with NULL or NaN are left out') FROM (VALUES (1::float8, 2::float8), (NULL, 1), (1, NULL), ('NaN', 1), (1, 'NaN')) AS r(p, a);
SELECT is(drift.regression_metrics(x, x), NULL, 'no rows, no metrics') FROM (VALUES (NULL::float8)) AS r(x);
SELECT ok(drift.mae(x, x) IS NULL AND drift.r2(x, x) IS NULL AND drift.pinball_loss(x, x, 0.5) IS NULL AND drift.interval_coverage(x, x, x) IS NULL, 'one by one')
FROM (VALUES (NULL::float8)) AS r(x);
SELECT is(drift.r2(p, 2), NULL, 'actual values that are all the same have no R squared') FROM generate_series(1, 3) AS p;
SELECT is(drift.mae(p, a), 0::float8, 'equal infinities do not differ') FROM (VALUES ('Infinity'::float8, 'Infinity'::float8), ('-Infinity', '-Infinity')) AS r(p, a);
SELECT is(drift.max_error(1, '-Infinity'), 'Infinity'::float8, 'an infinity is infinitely far from a number');
SELECT is(drift.mae(p, a, w), 1.5::float8, 'weights') FROM (VALUES (1, 2, 1), (1, 3, 1), (1, 100, 0), (1, 100, NULL)) AS r(p, a, w);
SELECT is(drift.mae(p, a), drift.mae(p, a, 3.5), 'equal weights change nothing') FROM (SELECT sin(i) AS p, cos(i) AS a FROM generate_series(1, 100) AS i) AS r;
SELECT throws_ok($$SELECT drift.mae(1, 1, -1)$$, '22023', 'a weight must be finite and not negative');
SELECT throws_ok($$SELECT drift.msle(1, -1)$$, '22023', 'logarithmic errors need predictions and actual values above -1');
SELECT ok((m).msle IS NULL AND (m).rmsle IS NULL AND (m).mae = 2, 'among all metrics they are NULL') FROM (SELECT drift.regression_metrics(1, -1) AS m) AS r;
SELECT throws_ok($$SELECT drift.pinball_loss(1, 1, 1.1)$$, '22023', 'quantile must be between 0 and 1');
SELECT throws_ok($$SELECT drift.pinball_loss(1, 1, NULL)$$, '22023', 'quantile must be between 0 and 1');
SELECT is(drift.interval_coverage(l, h, a), 0.5::float8, 'ends belong to an interval, nothing to one upside down')
FROM (VALUES (1, 2, 1), (1, 2, 2), (1, 2, 2.1), (2, 1, 1.5), (NULL, 1, 1)) AS r(l, h, a);
SELECT is(drift.interval_width(l, h), 1.5::float8, 'width') FROM (VALUES (1, 2), (1, 3), (NULL, 1)) AS r(l, h);
SELECT is(drift.r2(p + 1e9, a + 1e9), drift.r2(p, a), 'a mean of a billion times the deviation costs no digits')
FROM (SELECT (i % 7)::float8 AS p, (i % 5)::float8 AS a FROM generate_series(1, 1000) AS i) AS r;

-- rankings
SELECT results_eq($$SELECT q, round(drift.ndcg(s, r)::numeric, 12), drift.reciprocal_rank(s, r) FROM (VALUES (1, 3, 1), (1, 2, 0), (2, 3, 0), (2, 2, 1), (3, 1, 0), (1, NULL, 5), (1, 9, NULL)) AS r(q, s, r) GROUP BY q ORDER BY q$$,
	$$VALUES (1, 1::numeric, 1::float8), (2, 0.630929753571, 0.5), (3, NULL, NULL)$$, 'a ranking for each query; none without a relevant row');
SELECT is(drift.precision_at_k(s, 0, 2), 0::float8, 'precision without a relevant row is 0') FROM generate_series(1, 3) AS s;
SELECT is(drift.precision_at_k(s, 1, 5), 0.6::float8, 'places that are not filled are not relevant') FROM generate_series(1, 3) AS s;
SELECT is(drift.hit_rate_at_k(1, r, 1), 0.25::float8, 'of equal scores the mean over all orders') FROM (VALUES (0), (0), (0), (1)) AS t(r);
SELECT is(drift.ndcg(s, 'Infinity'), NULL, 'an infinite relevance leaves nothing to compare with') FROM generate_series(1, 3) AS s;
SELECT is(drift.ranking_metrics(x, x, 5), NULL, 'no rows, no metrics') FROM (VALUES (NULL::float8)) AS r(x);
SELECT throws_ok($$SELECT drift.ndcg(1, -1)$$, '22023', 'relevance must not be negative');
SELECT throws_ok($$SELECT drift.ndcg(1, 1, 0)$$, '22023', 'k must be between 1 and 2147483647');
SELECT throws_ok($$SELECT drift.ndcg(1, 1, k) FROM generate_series(1, 2) AS k$$, '22023', 'k must be the same for all rows, and not NULL');
SELECT throws_ok($$SELECT drift.ndcg(1, 1, 1, 'square')$$, '22023', 'there is no gain named "square"');

-- probabilities of classes
SELECT is(drift.multiclass_log_loss(p, a), -ln(0.5::float8), 'rows with a probability, a class or all of it missing are left out')
FROM (VALUES ('{0.5,0.5}'::float8[], 1), ('{0.5,NULL}', 1), ('{NaN,1}', 1), (NULL, 1), ('{0.5,0.5}', NULL)) AS r(p, a);
SELECT is(drift.multiclass_log_loss('{1,0}', 1), -ln(2.220446049250313e-16::float8), 'a probability of 0 is taken as nearly 0');
SELECT is(drift.multiclass_log_loss(p, a, l), -ln(0.5::float8), 'labels and their order may differ from row to row')
FROM (VALUES ('{0.5,0.5}'::float8[], 'a', '{a,b}'::text[]), ('{0.1,0.4,0.5}', 'a', '{c,b,a}'), ('{0.5,0.5}', NULL, '{c,b}')) AS r(p, a, l);
SELECT throws_ok($$SELECT drift.multiclass_log_loss('{0.5,0.5}', 2)$$, '22023', 'there is no class number 2');
SELECT throws_ok($$SELECT drift.multiclass_log_loss('{0.5,0.6}', 1)$$, '22023', 'the probabilities of the classes must add up to 1');
SELECT throws_ok($$SELECT drift.multiclass_log_loss('{0.5,0.5}', 'c'::text, '{a,b}'::text[])$$, '22023', '"c" is none of the classes');
SELECT ok(drift.multiclass_roc_auc(p, a) IS NULL AND drift.multiclass_roc_auc(p, a, 'weighted') = 1 AND drift.class_roc_auc(p, a) = '{1,1,NULL}', 'a class that does not occur has no area')
FROM (VALUES ('{0.5,0.5,0}'::float8[], 1), ('{0.6,0.4,0}', 0)) AS r(p, a);
SELECT throws_ok($$SELECT drift.multiclass_roc_auc(p, 1) FROM (VALUES ('{0.5,0.5}'::float8[]), ('{0.2,0.5,0.3}')) AS r(p)$$, '22023', 'all rows must have scores of as many classes');

SELECT * FROM finish();
ROLLBACK;
