-- Linear models of drift.train(): the predictions of scikit-learn's pipelines, what parameters and labels they take, and what has no best fit.
BEGIN;
SELECT plan(41);
CREATE SCHEMA "line ar";
SET LOCAL search_path = "line ar", public;

CREATE TABLE made (id integer GENERATED ALWAYS AS IDENTITY, a float8, b float8, g text, w float8, y text, size text, amount float8);
\copy made (a, b, g, w, y, size, amount) FROM PROGRAM 'grep -v "^#" test/reference/linear_rows.csv' WITH (FORMAT csv, HEADER)
CREATE TABLE golden (algorithm text, label text, params jsonb, predictions text);
\copy golden FROM PROGRAM 'grep -v "^#" test/reference/linear_pipelines.csv' WITH (FORMAT csv, HEADER)

CREATE FUNCTION fitted(algorithm text, label text, params jsonb) RETURNS drift.model LANGUAGE sql VOLATILE AS $$
	SELECT drift.train('made', label, algorithm, params || '{"features": ["a", "b", "g"]}')
$$;
CREATE FUNCTION answers(m drift.model) RETURNS float8[] LANGUAGE sql STABLE AS $$
	SELECT array_agg(v ORDER BY r.id, p)
	FROM (SELECT * FROM made ORDER BY id LIMIT 10) AS r, LATERAL (SELECT r.a, r.b, r.g) AS f,
		LATERAL unnest(CASE WHEN drift.describe(m) ->> 'task' = 'multiclass' THEN drift.score_proba_row(m, f) ELSE ARRAY[drift.score_row(m, f)] END)
			WITH ORDINALITY AS u (v, p)
$$;

SELECT ok((SELECT max(abs(got - want) / abs(want)) < 1e-6 AND count(*) = count(want) AND count(*) >= 10
		FROM unnest(answers(fitted(algorithm, label, params)), string_to_array(predictions, ' ')::float8[]) AS u (got, want)),
	format('%s of %s, %s: as scikit-learn', algorithm, label, params))
FROM golden;

-- the committed data set
CREATE TABLE cancer (m1 float8, m2 float8, m3 float8, m4 float8, m5 float8, m6 float8, m7 float8, m8 float8, m9 float8, m10 float8,
	e1 float8, e2 float8, e3 float8, e4 float8, e5 float8, e6 float8, e7 float8, e8 float8, e9 float8, e10 float8,
	w1 float8, w2 float8, w3 float8, w4 float8, w5 float8, w6 float8, w7 float8, w8 float8, w9 float8, w10 float8, target integer);
\copy cancer FROM 'test/data/breast_cancer.csv' WITH (FORMAT csv, HEADER)
CREATE TABLE golden_model (name text, "rows" text, n integer, p integer, classes integer, l1 float8, l2 float8, weighted integer, scales integer, coefficients text);
\copy golden_model FROM PROGRAM 'grep -v "^#" test/reference/linear_models.csv' WITH (FORMAT csv, HEADER)
CREATE FUNCTION margins(coefficients float8[]) RETURNS float8[] LANGUAGE sql STABLE AS $$
	SELECT array_agg(r.margin + coefficients[31] ORDER BY r.id)
	FROM (
		SELECT v.id, sum((v.x - s.mean) / s.deviation * coefficients[v.place]) AS margin
		FROM (SELECT c.ctid AS id, u.x::float8, u.place FROM cancer AS c, LATERAL jsonb_each_text(to_jsonb(c)) AS e (name, x),
				LATERAL (SELECT e.x, array_position('{m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,e1,e2,e3,e4,e5,e6,e7,e8,e9,e10,w1,w2,w3,w4,w5,w6,w7,w8,w9,w10}', e.name)) AS u (x, place)
				WHERE u.place IS NOT NULL) AS v
			JOIN (SELECT u.place, avg(e.x::float8) AS mean, stddev_pop(e.x::float8) AS deviation FROM cancer AS c, LATERAL jsonb_each_text(to_jsonb(c)) AS e (name, x),
				LATERAL (SELECT array_position('{m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,e1,e2,e3,e4,e5,e6,e7,e8,e9,e10,w1,w2,w3,w4,w5,w6,w7,w8,w9,w10}', e.name)) AS u (place)
				GROUP BY 1) AS s USING (place)
		GROUP BY 1
	) AS r
$$;
SELECT ok((SELECT max(abs(got - want)) < 1e-5 FROM unnest(margins(string_to_array(g.coefficients, ' ')::float8[]),
			ARRAY(SELECT (drift.score_raw_row(m.m, c))[1] FROM cancer AS c ORDER BY c.ctid)) AS u (want, got)),
	g.name || ': the margins of scikit-learn''s coefficients')
FROM golden_model AS g, LATERAL (SELECT drift.train('cancer', 'target', 'logistic', jsonb_build_object('l1', g.l1, 'l2', g.l2)) AS m OFFSET 0) AS m
WHERE g.rows = 'cancer';
SELECT throws_ok($$SELECT drift.train('cancer', 'target', 'logistic', '{"l2": 0}')$$, '22023', 'classes are told apart for certain, and there is no penalty',
	'thirty columns tell every tumour apart');

-- what a model is
CREATE TABLE described AS SELECT drift.describe(fitted('logistic', 'y', '{"missing_indicator": true}')) AS d;
SELECT is(d ->> 'task', 'binary', 'two classes') FROM described;
SELECT is(d -> 'classes', '["no", "yes"]', 'in the order of their bytes') FROM described;
SELECT is(d ->> 'objective', 'logistic', 'the algorithm') FROM described;
SELECT is(jsonb_path_query_array(d, '$.inputs[*].name'), '["a", "b", "g"]', 'inputs are columns') FROM described;
SELECT is(drift.describe(fitted('logistic', 'size', '{}')) -> 'classes', '["l", "m", "s"]', 'three classes');
SELECT is(drift.describe(fitted('linear', 'amount', '{}')) ->> 'task', 'regression', 'numbers');
SELECT ok(drift.score_json(m, '{"a": 5, "b": 5400, "g": "purple"}') = drift.score_json(m, '{"a": 5, "b": 5400, "g": null}'), 'an unknown category is none')
FROM (SELECT fitted('logistic', 'y', '{}') AS m OFFSET 0) AS x;
SELECT is(count(DISTINCT m::text), 1::bigint, 'the same rows make the same model') FROM (SELECT fitted('logistic', 'size', '{}') AS m FROM generate_series(1, 2)) AS x;
SELECT ok((SELECT max(abs(a - b)) < 1e-9 FROM unnest(answers(fitted('logistic', 'y', '{"l1": 3, "l2": 0.5}')), answers(drift.train(
		'SELECT a, b, g, y, 2 AS w FROM made', 'y', 'logistic', '{"l1": 6, "l2": 1, "weight": "w"}'))) AS u (a, b)), 'weights and penalties only count beside each other');
SELECT ok((SELECT sum(abs(drift.score_json(m, '{"a": 9, "b": 5900, "g": "red"}') - drift.score_json(m, '{"a": 1, "b": 5100, "g": "blue"}'))) < 1e-6),
	'a large l1 leaves the intercept') FROM (SELECT fitted('elastic_net', 'amount', '{"l1": 1e6}') AS m OFFSET 0) AS x;
SELECT ok(abs(drift.score_json(m, '{"a": 5, "b": null, "g": null}') - (SELECT avg((y = 'yes')::integer) FROM made)) < 1e-6, 'and so does a large l2')
FROM (SELECT fitted('logistic', 'y', '{"l2": 1e12}') AS m OFFSET 0) AS x;

-- columns that others determine, or that say nothing
SELECT ok(abs(drift.score_json(m, '{"x": 3, "z": 7, "k": 1}') - 7) < 1e-9, 'a column that another determines')
FROM (SELECT drift.train('SELECT x, 2.0 * x + 1 AS z, 1 AS k, x + 4 AS y FROM generate_series(1, 20) AS x', 'y', 'linear') AS m OFFSET 0) AS x;
SELECT ok(drift.score_json(m, '{"x": 1e12}') BETWEEN 0.4 AND 0.6, 'numbers far from 0')
FROM (SELECT drift.train('SELECT 1e12 + i % 7 - 3 AS x, i % 2 = 0 AS y FROM generate_series(1, 700) AS i', 'y', 'logistic') AS m OFFSET 0) AS x;
SELECT throws_ok($$SELECT drift.train('made', 'y', 'logistic', '{"features": ["a"], "l2": -1}')$$, '22023', 'invalid value for parameter "l2"', 'a penalty below 0');
SELECT throws_ok(format('SELECT drift.train(%L, %L, %L, %L)', 'made', 'y', 'logistic', p), '22023', m, p)
FROM (VALUES ('{"l3": 1}', 'unknown parameter "l3"'), ('{"impute": "mode"}', 'invalid value for parameter "impute"'),
	('{"max_iterations": 0}', 'invalid value for parameter "max_iterations"'), ('{"standardise": 1}', 'invalid value for parameter "standardise"'),
	('{"class_weight": {"yes": 2}}', 'invalid value for parameter "class_weight"'), ('{"solver": "lbfgs", "l1": 1, "exclude": ["id"]}', 'solver "lbfgs" knows no l1')) AS v (p, m);
SELECT throws_ok($$SELECT drift.train('made', 'y', 'linear')$$, '22023', NULL, 'classes are not for linear');
SELECT throws_ok($$SELECT drift.train('made', 'amount', 'logistic')$$, '22023', NULL, 'numbers are not for logistic');
SELECT throws_ok($$SELECT drift.train('SELECT ''infinity''::float8 AS x, true AS y UNION ALL SELECT 1, false', 'y', 'logistic')$$, '22023',
	'column "x" is infinite in 1 row', 'infinite values are refused by name');
SELECT throws_ok($$SELECT drift.train('SELECT i * 1e200 AS x, i % 2 = 0 AS y FROM generate_series(1, 9) AS i', 'y', 'logistic', '{"standardise": false}')$$, '22003',
	'a column has numbers too large for a linear model', 'numbers whose squares are not finite');
SELECT is(drift.score_json(m, '{"a": 1000, "b": 0, "g": "u"}'), drift.score_json(m, jsonb_build_object('a', top, 'b', 0, 'g', 'u')), 'clip: beyond the range is its end')
FROM (SELECT fitted('logistic', 'y', '{"clip": true}') AS m, max(a) AS top FROM made) AS c;
SELECT is(answers(fitted('logistic', 'y', '{"clip": true}')), answers(fitted('logistic', 'y', '{}')), 'and within it nothing changes');
SET LOCAL client_min_messages = error;
SELECT lives_ok($$SELECT fitted('logistic', 'y', '{"max_iterations": 1}')$$, 'rounds that are over are a warning');
SELECT * FROM finish();
ROLLBACK;
