-- Groups of people: metrics of each, disparities equal to fairlearn's, protected attributes elsewhere, small groups, history, who may.
BEGIN;
SELECT plan(54);
SET LOCAL search_path = public, pg_catalog;
SET LOCAL client_min_messages = warning;

-- tp fp fn tn of each group; fairlearn 0.15.0 on the same rows (test/reference/generate_fairness.py, the third case)
CREATE TEMP TABLE counts (sex text, actual boolean, predicted boolean, n integer);
INSERT INTO counts VALUES ('a', true, true, 12), ('a', false, true, 3), ('a', true, false, 9), ('a', false, false, 30),
	('b', true, true, 5), ('b', false, true, 9), ('b', true, false, 3), ('b', false, false, 20),
	('c', true, true, 7), ('c', false, true, 7), ('c', true, false, 2), ('c', false, false, 70);
CREATE TEMP TABLE people AS
SELECT row_number() OVER () AS id, sex, actual, predicted, predicted::integer * 0.5 + 0.25 AS score, 1 + (row_number() OVER ()) % 3 AS weight,
	(ARRAY['no', 'yes'])[1 + actual::integer] AS outcome, (ARRAY['no', 'yes'])[1 + predicted::integer] AS decision, 'x'::text AS "we""ird Ünïcode"
FROM counts, generate_series(1, n);
CREATE FUNCTION pg_temp.metric(wanted text, source text DEFAULT 'people', OUT value float8, OUT verdict text) LANGUAGE sql AS $$
	SELECT value, verdict FROM drift.fairness_metrics(source, 'predicted', 'actual', '{sex}', min_group_size => 1) WHERE metric = wanted
$$;

-- groups
SELECT is((SELECT count(*) FROM drift.fairness('people', 'predicted', 'actual', '{sex}', score => 'score')), 4 * 9::bigint, 'nine metrics of three groups and of all rows');
SELECT is((SELECT array_agg(DISTINCT n ORDER BY n) FROM drift.fairness('people', 'predicted', 'actual', '{sex}')), '{37,54,86,177}', 'with their rows');
SELECT is((SELECT value FROM drift.fairness('people', 'predicted', 'actual', '{sex}') WHERE metric = m AND group_values = '{a}'), v::float8, 'of one group: ' || m)
FROM (VALUES ('selection_rate', 15 / 54.0), ('base_rate', 21 / 54.0), ('accuracy', 42 / 54.0), ('precision', 12 / 15.0), ('true_positive_rate', 12 / 21.0),
	('false_positive_rate', 3 / 33.0), ('true_negative_rate', 30 / 33.0), ('false_negative_rate', 9 / 21.0)) AS w (m, v);
SELECT is((SELECT value FROM drift.fairness('people', 'predicted', 'actual', '{sex}', score => 'score') WHERE metric = 'mean_score' AND group_values = '{a}'),
	(SELECT avg(score)::float8 FROM people WHERE sex = 'a'), 'its mean score');
SELECT is((SELECT round((f.high - f.low)::numeric, 12) FROM drift.fairness('people', 'predicted', 'actual', '{sex}', score => 'score') AS f WHERE metric = 'mean_score' AND group_values IS NULL),
	(SELECT round((2 * 1.959963984540054 * stddev_samp(score::float8) / sqrt(count(*)))::numeric, 12) FROM people), 'of all rows the spread within and between groups');
SELECT is((SELECT difference FROM drift.fairness('people', 'predicted', 'actual', '{sex}') WHERE metric = 'accuracy' AND group_values = '{b}'), 25 / 37.0::float8 - 144 / 177.0::float8, 'held against all rows');
SELECT ok((SELECT bool_and(low <= value AND value <= high) FROM drift.fairness('people', 'predicted', 'actual', '{sex}', score => 'score')), 'inside their intervals');

-- disparities
SELECT is(round((pg_temp.metric(m)).value::numeric, 12), round(v::numeric, 12), m)
FROM (VALUES ('demographic_parity_difference', 14 / 37.0 - 14 / 86.0), ('demographic_parity_ratio', (14 / 86.0) / (14 / 37.0)),
	('equalized_odds_difference', 9 / 29.0 - 7 / 77.0 + 0 * 1.0), ('equal_opportunity_difference', 7 / 9.0 - 12 / 21.0), ('equal_opportunity_ratio', (12 / 21.0) / (7 / 9.0)),
	('predictive_parity_difference', 12 / 15.0 - 5 / 14.0), ('accuracy_ratio', (25 / 37.0) / (77 / 86.0))) AS w (m, v);
SELECT is((SELECT round(value::numeric, 12) FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}', method => 'to_overall', min_group_size => 1) WHERE metric = 'demographic_parity_difference'),
	round((14 / 37.0 - 43 / 177.0)::numeric, 12), 'the largest difference to all rows');
SELECT is((SELECT round(value::numeric, 12) FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}', aggregate => 'mean', min_group_size => 1) WHERE metric = 'equalized_odds_difference'),
	round(((7 / 9.0 - 12 / 21.0 + 9 / 29.0 - 3 / 33.0) / 2)::numeric, 12), 'the mean of both rates');
SELECT is((SELECT (lowest_group, highest_group, groups, n)::text FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}', min_group_size => 1) WHERE metric = 'demographic_parity_ratio'),
	'({c},{b},3,177)', 'and whose they are');
SELECT is((pg_temp.metric('demographic_parity_ratio', 'SELECT * FROM people, generate_series(1, 10)')).verdict, 'fail', 'below four fifths, and not by chance');
SELECT is((pg_temp.metric('demographic_parity_ratio')).verdict, 'inconclusive', 'with fewer rows perhaps by chance');
SELECT is((SELECT verdict FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}', max_difference => 0.9) WHERE metric = 'equalized_odds_difference'), 'pass', 'differences have a limit where one is given');
SELECT is((SELECT array_agg(m::text) FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}') AS m), (SELECT array_agg(m::text) FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}') AS m), 'the same each time');

-- other forms of the same rows
SELECT is((SELECT array_agg(value) FROM drift.fairness_metrics('people', p, a, '{sex}', positive => v, seed => 1)), (SELECT array_agg(value) FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}')), 'of ' || p)
FROM (VALUES ('decision', 'outcome', 'yes'), ('predicted::integer', 'actual::integer', NULL), ('score', 'actual::integer * 0.75', '0.75')) AS f (p, a, v);
SELECT is((SELECT array_agg(value) FROM drift.fairness_metrics('SELECT * FROM people, generate_series(1, weight)', 'predicted', 'actual', '{sex}')),
	(SELECT array_agg(value) FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}', weight => 'weight')), 'a weight of two is two rows');
SELECT is((SELECT count(*) FROM drift.fairness_metrics('people', 'predicted', NULL, '{sex}')), 2::bigint, 'without truth demographic parity is left');
SELECT is((SELECT max(n) FROM drift.fairness($$SELECT sex, CASE id WHEN 1 THEN NULL ELSE predicted END AS p, CASE id WHEN 2 THEN NULL ELSE actual END AS a,
	CASE id WHEN 3 THEN NULL WHEN 4 THEN 'NaN' ELSE 1::float8 END AS w FROM people$$, 'p', 'a', '{sex}', weight => 'w')), 173::bigint, 'rows that lack something are left out');
SELECT is((SELECT string_agg(group_values::text, ' ' ORDER BY group_values) FROM drift.fairness('people', 'predicted', 'actual', ARRAY['sex', 'we"ird Ünïcode', 'id % 2 = 0'])
	WHERE metric = 'accuracy' AND group_values[1] = 'a'), '{a,x,false} {a,x,true}', 'intersections');

-- small groups, one class, none
SELECT is((SELECT (groups, n)::text FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}', min_group_size => 40) WHERE metric = 'accuracy_ratio'), '(2,140)', 'small groups are not compared');
SELECT is((SELECT array_agg(DISTINCT large_enough) FROM drift.fairness('people', 'predicted', 'actual', '{sex}', min_group_size => 40) WHERE group_values = '{b}'), '{f}', 'and said to be small');
SELECT is((SELECT array_agg(DISTINCT verdict) FROM drift.fairness_metrics('people', 'predicted', 'actual', '{sex}', min_group_size => 80)), '{insufficient_data}', 'of one group nothing can be said');
SELECT is((SELECT array_agg(DISTINCT verdict) FROM drift.fairness_metrics('SELECT * FROM people WHERE false', 'predicted', 'actual', '{sex}')), '{insufficient_data}', 'nor of none');
SELECT is((SELECT count(*) FROM drift.fairness('SELECT * FROM people WHERE false', 'predicted', 'actual', '{sex}')), 0::bigint, 'which has no groups');
SELECT is((SELECT array_agg(metric || coalesce(value::text, '') ORDER BY metric) FROM drift.fairness('SELECT * FROM people WHERE NOT actual', 'predicted', 'actual', '{sex}')
	WHERE group_values = '{a}' AND metric IN ('true_positive_rate', 'false_negative_rate')), '{false_negative_rate,true_positive_rate}', 'a rate of no rows is NULL');

-- protected attributes elsewhere
CREATE TEMP TABLE protected AS SELECT id::text AS person, sex AS gender FROM people WHERE id > 1;
SELECT is((SELECT array_agg(value) FROM drift.fairness_metrics('SELECT id, predicted, actual FROM people WHERE id > 1', 'predicted', 'actual', '{gender}', attributes => 'protected', key => 'id', attributes_key => 'person')),
	(SELECT array_agg(value) FROM drift.fairness_metrics('SELECT * FROM people WHERE id > 1', 'predicted', 'actual', '{sex}')), 'attributes are found by a key of another type');
SELECT is((SELECT n FROM drift.fairness('people', 'predicted', 'actual', '{gender}', attributes => 'protected', key => 'id', attributes_key => 'person') WHERE group_values = '{NULL}' AND metric = 'accuracy'), 1::bigint,
	'who has none is a group');
INSERT INTO protected VALUES ('5', 'a');
SELECT throws_ok($$SELECT drift.fairness('people', 'predicted', 'actual', '{gender}', attributes => 'protected', key => 'id', attributes_key => 'person')$$, '21000', NULL, 'two rows of attributes are refused');

-- history
CREATE TEMP TABLE answers AS
SELECT '2026-01-15'::timestamptz + (i % 4) * interval '1 month' AS at, i / 4 % 2 = 0 AS woman, i * 7919 % 1000 < CASE WHEN i % 4 = 3 AND i / 4 % 2 = 0 THEN 300 ELSE 500 END AS chosen, i * 104729 % 997 < 500 AS fits
FROM generate_series(1, 8000) AS i;
CREATE TEMP TABLE history AS SELECT * FROM drift.fairness_history('answers', 'chosen', 'fits', '{woman}', 'at') WHERE metric = 'demographic_parity_difference' ORDER BY period_start;
SELECT is((SELECT array_agg(round(value::numeric, 1) ORDER BY period_start) FROM history), '{0.0,0.0,0.0,0.2}', 'each period');
SELECT is((SELECT array_agg(change_low > 0 ORDER BY period_start) FROM history), '{f,f,f,t}', 'and whether it became worse');
SELECT is((SELECT array_agg(round(change::numeric, 1)) FROM drift.fairness_history('answers', 'chosen', 'fits', '{woman}', 'at', reference => '[2026-04-01,2026-05-01)') WHERE metric = 'demographic_parity_difference'), '{-0.2,-0.2,-0.2,0.0}', 'since a span that is named');

-- errors
SELECT throws_ok(q, e, NULL, q)
FROM (VALUES ($$SELECT drift.fairness('people', 'score', 'actual', '{sex}')$$, '42804'), ($$SELECT drift.fairness('people', 'predicted', 'actual', '{}')$$, '22004'),
	($$SELECT drift.fairness('people', 'predicted AS x, actual', 'actual', '{sex}')$$, '42601'), ($$SELECT drift.fairness('people', 'predicted', 'actual', '{sex}', weight => '-weight')$$, '22023'),
	($$SELECT drift.fairness('people', 'predicted', 'actual', '{sex}', attributes => 'protected')$$, '22004')) AS t (q, e);

-- who may not see the attributes
CREATE ROLE drift_test_analyst;
GRANT SELECT ON people TO drift_test_analyst;
SET LOCAL ROLE drift_test_analyst;
SELECT lives_ok($$SELECT drift.fairness('people', 'predicted', 'actual', '{sex}')$$, 'rows are read with the rights of the caller');
SELECT throws_ok($$SELECT drift.fairness('people', 'predicted', 'actual', '{gender}', attributes => 'protected', key => 'id', attributes_key => 'person')$$, '42501', NULL, 'and so are attributes');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
