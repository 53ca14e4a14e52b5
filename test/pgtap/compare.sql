-- drift.compare() and what stands on it, on data whose answer is known.
BEGIN;
SELECT plan(94);

CREATE TEMPORARY TABLE old AS
SELECT i AS id, md5(i::text) AS code, i * 0.01 AS amount, CASE WHEN i % 10 < 6 THEN 'landline' ELSE 'mobile' END AS contact,
	i % 5 AS grade, i % 3 = 0 AS active, CASE WHEN i % 50 = 0 THEN NULL ELSE (i * 7919 % 1000)::float8 END AS score,
	date '2024-01-01' + i % 90 AS day, NULL::integer AS empty, ARRAY[i] AS list, '1'::text AS changing, 1 AS gone
FROM generate_series(1, 1000) AS i;
CREATE TEMPORARY TABLE new AS
SELECT i AS id, md5((-i)::text) AS code, 3 + i * 0.01 AS amount, CASE WHEN i % 10 < 2 THEN 'landline' WHEN i % 10 = 9 THEN 'fax' ELSE 'mobile' END AS contact,
	i % 5 AS grade, i % 3 = 0 AS active, CASE WHEN i % 4 = 0 THEN 'NaN' ELSE (i * 7919 % 1000)::float8 END AS score,
	date '2024-04-01' + i % 90 AS day, NULL::integer AS empty, ARRAY[i] AS list, 1 AS changing, 1 AS added
FROM generate_series(1, 800) AS i;

CREATE TEMPORARY TABLE result AS SELECT * FROM drift.compare('old', 'new');
CREATE FUNCTION pg_temp.of(name text) RETURNS result LANGUAGE sql AS 'SELECT r FROM result AS r WHERE column_name = name';

SELECT is(array_agg(column_name), ARRAY['id', 'code', 'amount', 'contact', 'grade', 'active', 'score', 'day', 'empty', 'list', 'changing', 'gone', 'added'],
	'every column once, in the order of the reference and then of the current data') FROM result;

-- a numeric column that moved by 3 of 10
SELECT is((pg_temp.of('amount')).method, 'ks_test', 'numbers are tested by KS');
SELECT ok(abs((pg_temp.of('amount')).statistic - 0.3) < 0.002, 'KS of a shift by three tenths of a uniform');
SELECT is((pg_temp.of('amount')).effect, (pg_temp.of('amount')).statistic, 'the effect is the KS distance');
SELECT ok((pg_temp.of('amount')).effect_low BETWEEN 0.1 AND 0.3, 'its lower bound is below it');
SELECT ok(abs((pg_temp.of('amount')).mean_reference - 5.005) < 1e-9, 'mean of the reference');
SELECT ok(abs((pg_temp.of('amount')).mean_current - 7.005) < 1e-9, 'mean of the current data');
SELECT ok(abs((pg_temp.of('amount')).stddev_reference - 2.88819436) < 1e-6, 'sample standard deviation');
SELECT is((pg_temp.of('amount')).severity, 'critical', 'it is critical');
SELECT ok((pg_temp.of('amount')).p_value_corrected >= (pg_temp.of('amount')).p_value, 'corrected is not below raw');
SELECT ok('out_of_range' = ANY ((pg_temp.of('amount')).findings), 'values outside the range of the reference are found');
SELECT matches((pg_temp.of('amount')).explanation, 'mean 5\.005 to 7\.005 \(up by 0\.69 standard deviations\), median 5\.005 to 7\.005',
	'the direction of the shift is told');
SELECT matches((pg_temp.of('amount')).explanation, '12\.5 % of the values lie outside the range 0\.01 to 10 of the reference', 'and the range');
SELECT is((pg_temp.of('amount')).error_bound, 0::float8, 'exact mode has no error');

-- a categorical column with a new category
SELECT is((pg_temp.of('contact')).method, 'chi_square_test', 'categories are tested by chi-square');
SELECT ok(abs((pg_temp.of('contact')).effect - 0.4) < 1e-12, 'the effect is the total variation');
SELECT is((pg_temp.of('contact')).findings, '{distribution,new_category,psi}', 'findings of the categories');
SELECT matches((pg_temp.of('contact')).explanation, 'new category ''fax'' with 10\.0 %', 'the new category is named');
SELECT is((pg_temp.of('contact')).mean_reference, NULL, 'categories have no mean');
SELECT is((SELECT findings FROM drift.compare('new', 'old', ARRAY['contact'])), '{distribution,vanished_category,psi}', 'the other way round it vanishes');

-- quiet columns
SELECT is((pg_temp.of('grade')).method_reason, 'at most 20 different reference values', 'few values are tested as categories');
SELECT is((pg_temp.of('grade')).severity, 'ok', 'an unchanged discrete column');
SELECT is((pg_temp.of('active')).severity, 'ok', 'an unchanged boolean column');
SELECT is((pg_temp.of('active')).action_text, 'Relax, everything normal', 'what to do about it');
SELECT matches((pg_temp.of('active')).explanation, '^no drift', 'explanation of no drift');

-- missing values are a finding of their own
SELECT is((pg_temp.of('score')).missing_reference, 20::bigint, 'NULL is missing');
SELECT is((pg_temp.of('score')).missing_current, 200::bigint, 'NaN is missing');
SELECT is((pg_temp.of('score')).n_current, 600::bigint, 'and not a value');
SELECT is((pg_temp.of('score')).findings, '{missing}', 'the missing rate is the only finding');
SELECT is((pg_temp.of('score')).severity, 'warning', 'it warns');
SELECT matches((pg_temp.of('score')).explanation, 'missing values 2\.0 % to 25\.0 %', 'the rates are told');

-- dates
SELECT is((pg_temp.of('day')).severity, 'critical', 'dates that moved on');
SELECT matches((pg_temp.of('day')).explanation, 'mean 2024-02-1\d to 2024-05-1\d', 'are explained as dates');

-- what cannot be compared
SELECT is((pg_temp.of('id')).severity, 'skipped', 'an integer that numbers rows is skipped');
SELECT is((pg_temp.of('code')).severity, 'skipped', 'a text that identifies rows is skipped');
SELECT is((pg_temp.of('code')).drifted, NULL, 'which is no verdict');
SELECT isnt((SELECT severity FROM drift.compare('old', 'new', ARRAY['id'])), 'skipped', 'unless it is asked for');
SELECT is((pg_temp.of('list')).severity, 'skipped', 'an array is skipped');
SELECT is((pg_temp.of('list')).explanation, 'values of type integer[] are not compared', 'with the reason');
SELECT is((pg_temp.of('empty')).severity, 'insufficient_data', 'a column without values is no verdict');
SELECT is((pg_temp.of('empty')).drifted, NULL, 'and not drift');
SELECT is((pg_temp.of('changing')).column_type, 'text / integer', 'both types of a column that changed');
SELECT is((pg_temp.of('changing')).findings, '{type}', 'a changed type is a finding');
SELECT is((pg_temp.of('gone')).explanation, 'the column is absent in the current data', 'a column that is gone');
SELECT is((pg_temp.of('added')).explanation, 'the column is absent in the reference', 'a column that came');
SELECT is((pg_temp.of('gone')).severity, 'critical', 'is critical');

-- the data set
SELECT results_eq($$SELECT * FROM drift.detect_drift('old', 'new')$$,
	$$SELECT true, 7 / 9::float8, ARRAY['added', 'changing', 'gone', 'day', 'contact', 'amount', 'score']$$,
	'share and names of the drifted columns, the largest effect first');
SELECT results_eq($$SELECT * FROM drift.detect_drift('old', 'old')$$, $$SELECT false, 0::float8, '{}'::text[]$$, 'a relation against itself');
SELECT results_eq($$SELECT drift_detected FROM drift.detect_drift('old', 'new', ARRAY['amount', 'grade', 'active', 'score'], 'drift_share_030')$$,
	$$VALUES (false)$$, 'one of four columns is not more than 30 %');
SELECT results_eq($$SELECT drift_detected FROM drift.detect_drift('old', 'new', ARRAY['empty'])$$, $$VALUES (NULL::boolean)$$, 'no verdict at all');

-- options
SELECT is((SELECT method_reason FROM drift.compare('old', 'new', ARRAY['amount'], '{"amount": "t_test"}')), 'requested', 'a method for a column');
SELECT is((SELECT method FROM drift.compare('old', 'new', ARRAY['amount'], '{"numeric": "wasserstein_distance"}')), 'wasserstein_distance', 'a method for a kind');
SELECT ok((SELECT abs(statistic - 2) < 0.3 FROM drift.compare('old', 'new', ARRAY['amount'], '{"numeric": "wasserstein_distance"}')), 'and its value');
SELECT is((SELECT p_value FROM drift.compare('old', 'new', ARRAY['amount'], '{"amount": "wasserstein_distance"}')), (pg_temp.of('amount')).p_value,
	'a distance has the p-value of the default test');
SELECT throws_ok($$SELECT * FROM drift.compare('old', 'new', methods => '{"amount": "magic"}')$$, '22023', 'unknown method "magic" for column "amount"', 'unknown method');
SELECT throws_ok($$SELECT * FROM drift.compare('old', 'new', methods => '{"contact": "ks_test"}')$$, '22023', NULL, 'KS of categories');
SELECT throws_ok($$SELECT * FROM drift.compare('old', 'new', methods => '{"nothing": "psi"}')$$, '42703', NULL, 'method of an unknown column');
SELECT throws_ok($$SELECT * FROM drift.compare('old', 'new', ARRAY['nothing'])$$, '42703', 'column "nothing" is on neither side', 'unknown column');
SELECT throws_ok($$SELECT * FROM drift.compare('old', 'SELECT 1 AS a, 2 AS a')$$, '42701', NULL, 'one name twice');
SELECT throws_ok($$SELECT * FROM drift.compare('old', 'new', thresholds => 'nothing')$$, '42704', NULL, 'unknown thresholds');
SELECT throws_ok($$SELECT * FROM drift.compare('old', 'new', mode => 'fast')$$, '22023', NULL, 'unknown mode');
SELECT throws_ok($$SELECT * FROM drift.compare('old', 'new', sample => 0)$$, '22023', NULL, 'empty sample');
SELECT is((SELECT n_reference FROM drift.compare('old', 'new', ARRAY['amount'], sample => 100)), 100::bigint, 'a sample of each side');
SELECT results_eq($$SELECT * FROM drift.compare('old', 'new', sample => 100, seed => 7)$$,
	$$SELECT * FROM drift.compare('old', 'new', sample => 100, seed => 7)$$, 'the same seed gives the same sample');
SELECT isnt((SELECT mean_reference FROM drift.compare('old', 'old', ARRAY['amount'], sample => 100)),
	(SELECT mean_current FROM drift.compare('old', 'old', ARRAY['amount'], sample => 100)), 'the two sides are sampled apart');

-- extremes
SELECT is((SELECT count(*) FROM drift.compare('SELECT', 'SELECT')), 0::bigint, 'no columns');
SELECT is((SELECT string_agg(DISTINCT severity, ',') FROM drift.compare('old', 'SELECT * FROM new LIMIT 0', ARRAY['amount', 'contact'])), 'insufficient_data', 'an empty side');
SELECT is((SELECT string_agg(DISTINCT severity, ',') FROM drift.compare('SELECT * FROM old LIMIT 1', 'SELECT * FROM new LIMIT 1', ARRAY['amount', 'contact'])),
	'insufficient_data', 'one row');
SELECT is((SELECT severity FROM drift.compare('old', 'SELECT NULL::numeric AS amount FROM new', ARRAY['amount'])), 'critical', 'all values gone missing');
SELECT results_eq(
	$$SELECT column_name, severity FROM drift.compare('SELECT i % 30 AS "a ""b""", i % 30 AS is_current, i % 30 AS "select", i % 30 AS "Upper", i % 30 AS c1, i % 30 AS "%I" FROM generate_series(1, 300) AS i',
		'SELECT i % 30 AS "a ""b""", i % 30 AS is_current, i % 30 AS "select", i % 30 AS "Upper", i % 30 AS c1, i % 30 AS "%I" FROM generate_series(1, 300) AS i')$$,
	$$VALUES ('a "b"', 'ok'), ('is_current', 'ok'), ('select', 'ok'), ('Upper', 'ok'), ('c1', 'ok'), ('%I', 'ok')$$, 'odd names');
SELECT is((SELECT severity FROM drift.compare('SELECT 1 AS a FROM generate_series(1, 100)', 'SELECT 1 AS a FROM generate_series(1, 100)')), 'ok', 'constants');
SELECT is((SELECT severity FROM drift.compare('SELECT (i % 50)::integer AS a FROM generate_series(1, 500) AS i', 'SELECT (i % 50)::float8 AS a FROM generate_series(1, 500) AS i')),
	'ok', 'integers against floats');

SELECT is((SELECT array_agg(severity ORDER BY column_name) FROM drift.compare(
		$$SELECT CASE WHEN i % 50 = 0 THEN 'Infinity'::float8 ELSE i % 100 END AS a, 'infinity'::timestamp AS b FROM generate_series(1, 1000) AS i$$,
		$$SELECT CASE WHEN i % 50 = 0 THEN 'Infinity'::float8 ELSE i % 100 END AS a, '-infinity'::timestamp AS b FROM generate_series(1, 1000) AS i$$)),
	'{ok,critical}', 'infinite values are values');
SELECT throws_ok($$SELECT * FROM drift.compare(NULL, 'new')$$, '22004', NULL, 'no source');
SELECT throws_ok($$SELECT * FROM drift.histogram('old', NULL, 'amount')$$, '22004', NULL, 'no source of a histogram');
SELECT throws_ok($$SELECT * FROM drift.compare('old', 'new', methods => '["psi"]')$$, '22023', 'methods must be a JSON object', 'methods that are no object');
SELECT throws_ok($$SELECT * FROM drift.compare('SELECT $1 AS a', 'SELECT 1 AS a')$$, '42P02', NULL, 'a parameter in a source');

-- data too large for a profile to count
CREATE TEMPORARY TABLE many AS SELECT i AS id, 'x' || i % 5000 AS label, (i * 7919 % 30011) / 7.0 AS x FROM generate_series(1, 30000) AS i;
SELECT is((SELECT array_agg(severity ORDER BY column_name) FROM drift.compare('many', 'many')), '{skipped,ok,ok}',
	'a counter is an identifier, 5000 labels are not');
SELECT is((SELECT string_agg(error_bound::text, ',') FROM drift.compare('many', 'many', ARRAY['x', 'label'])), '0,0', 'exact statistics have no error');
SELECT matches((SELECT explanation FROM drift.compare('many', 'many', ARRAY['x'], thresholds => '{"minimum_effect": 0.0001}', mode => 'summary')),
	'^inconclusive', 'a summary says when it cannot tell');
SELECT ok((SELECT bool_and(p_value > 0.01 AND n_reference = 5000) FROM drift.compare('many', 'many', ARRAY['x'], sample => 5000)),
	'two samples of the same data, tested exactly');

-- what chance alone gives
SELECT ok(abs((pg_temp.of('amount')).psi_expected / (9 * (1 / 1000.0 + 1 / 800.0)) - 1) < 0.02, 'expected PSI of ten bins: nine times the sampling factor');
SELECT ok((pg_temp.of('amount')).psi_95 BETWEEN 1.7 * (pg_temp.of('amount')).psi_expected AND 2 * (pg_temp.of('amount')).psi_expected, 'its 95 % point');
SELECT ok(abs((pg_temp.of('amount')).effect_expected / (0.8687 * sqrt(1 / 1000.0 + 1 / 800.0)) - 1) < 0.02, 'expected KS distance');
SELECT ok(abs((pg_temp.of('amount')).effect_95 / (1.358 * sqrt(1 / 1000.0 + 1 / 800.0)) - 1) < 0.02, 'its 95 % point');
SELECT is((pg_temp.of('contact')).effect_95,
	(SELECT (drift.chance(contact, f, 'total_variation')).upper_95 FROM (SELECT contact, false AS f FROM old UNION ALL SELECT contact, true FROM new) AS labelled),
	'the effect of categories is a total variation');
SELECT is((pg_temp.of('amount')).statistic_95, NULL, 'a test has a p-value and needs no more');
SELECT results_eq($$SELECT statistic_expected, statistic_95 FROM drift.compare('old', 'new', ARRAY['amount'], '{"amount": "wasserstein_distance"}')$$,
	$$SELECT (t).expected, (t).upper_95 FROM (SELECT drift.chance(amount, f, 'wasserstein_distance') AS t
		FROM (SELECT amount, false AS f FROM old UNION ALL SELECT amount, true FROM new) AS labelled) AS l$$, 'a requested distance has none');
SELECT is((pg_temp.of('empty')).psi_95, NULL, 'nothing is known without values');

-- sparse categories lift the PSI far above the chi-square law
CREATE FUNCTION pg_temp.sparse(n int, categories int, salt text) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT ''c'' || abs(hashtextextended(%L || i, 1)) %% %s AS c FROM generate_series(1, %s) AS i', salt, categories, n)
$$;
CREATE TEMPORARY TABLE sparse AS
SELECT c.*, drift.psi_p_value(c.psi, k, n, n) AS chi_square_p
FROM (VALUES (40, 150, 40), (2500, 3000, 1)) AS v(k, n, known),
	LATERAL drift.compare(pg_temp.sparse(n, k, 'reference'), pg_temp.sparse(n, k, 'current'), ARRAY['c']) AS c;
SELECT ok(bool_and(psi > 0.25), 'a critical PSI, by the bands') FROM sparse;
SELECT ok(chi_square_p < 0.001, 'and by a law for full bins') FROM sparse WHERE n_reference = 150;
SELECT ok(bool_and(psi < psi_95), 'which chance alone gives') FROM sparse;
SELECT is(array_agg(DISTINCT severity), '{ok}', 'is no drift') FROM sparse;
SELECT ok(bool_and(explanation ~ 'PSI [0-9.]+, of so few rows chance alone gives [0-9.]+ on average and up to [0-9.]+'), 'and the explanation says so') FROM sparse;

SELECT * FROM finish();
ROLLBACK;
