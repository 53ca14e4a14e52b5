-- Simulated drift: what was asked for is there, and nothing else. Every figure is the same in every
-- run, because the rows are a function of the seed; the tolerances are five standard errors or more.
BEGIN;
SELECT plan(114);

CREATE SCHEMA sim;
SET LOCAL search_path = sim, public, pg_temp;
SET LOCAL client_min_messages = warning;

CREATE TABLE base AS
SELECT i AS id, 20 + i * 7919 % 60 AS age, CASE WHEN i % 5 = 0 THEN 'cellular' WHEN i % 5 = 1 THEN 'none' ELSE 'telephone' END AS contact,
	(i * 104729 % 10007) / 100.0::float8 AS amount, (i * 7877 % 9973)::numeric(8, 2) AS balance, CASE WHEN i % 10 > 0 THEN i % 7 END AS rating,
	i % 10 = 3 AS bought, date '2025-01-01' + i % 365 AS day, (ARRAY['a', 'b'])[1 + i % 2] AS kind, point(i, i) AS place
FROM generate_series(1, 20000) AS i;

CREATE FUNCTION simulated(spec jsonb, rows bigint DEFAULT NULL, seed bigint DEFAULT 42) RETURNS SETOF base LANGUAGE plpgsql AS $$
BEGIN
	DROP TABLE IF EXISTS drifted;
	PERFORM drift.simulate('base', 'drifted', spec, rows, seed);
	RETURN QUERY EXECUTE 'SELECT * FROM drifted';
END
$$;
CREATE FUNCTION same(a text, b text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	equal boolean;
BEGIN
	EXECUTE format('SELECT (SELECT string_agg(a::text, chr(10) ORDER BY ctid) FROM %s AS a) = (SELECT string_agg(b::text, chr(10) ORDER BY ctid) FROM %s AS b)', a, b) INTO equal;
	RETURN equal;
END
$$;

-- a copy
SELECT results_eq($$SELECT rows_written FROM drift.simulate('base', 'copy')$$, $$VALUES (20000::bigint)$$, 'every row once');
SELECT ok(same('base', 'copy'), 'no specification: the same rows in the same order');
SELECT is((SELECT array_agg(format('%s %s', attname, format_type(atttypid, atttypmod)) ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'copy'::regclass AND attnum > 0),
	(SELECT array_agg(format('%s %s', attname, format_type(atttypid, atttypmod)) ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'base'::regclass AND attnum > 0),
	'the same columns of the same types');
SELECT matches(obj_description('copy'::regclass), '^simulated by drift\.simulate\(\) with seed 42: \{\}$', 'the table says where it comes from');
SELECT throws_ok($$SELECT drift.simulate('base', 'copy')$$, '42P07', 'relation copy already exists', 'an existing table is not written to');
SELECT results_eq($$SELECT rows_written, (SELECT count(*) FROM copy) FROM drift.simulate('base', 'copy', '{}', 10, append => true)$$, $$VALUES (10::bigint, 20000::bigint)$$,
	'unless rows are to be added');
SELECT is((SELECT count(*) FROM copy), 20010::bigint, 'which are then there');

-- numbers
CREATE TEMPORARY TABLE d AS SELECT * FROM simulated('{"columns": {"age": {"shift": 2}, "amount": {"scale": 1.5, "shift": -3}, "balance": {"spread": 2, "round": 0},
	"rating": {"clip": [2, 4]}, "day": {"shift": "1 month"}, "id": {"number_from": 101}}}');
SELECT is((SELECT count(*) FROM d JOIN base AS b ON b.id = d.id - 100 WHERE d.age = b.age + 2), 20000::bigint, 'a whole shift of whole numbers is exact');
SELECT is((SELECT count(*) FROM d JOIN base AS b ON b.id = d.id - 100 WHERE abs(d.amount - (1.5 * b.amount - 3)) < 1e-9), 20000::bigint, 'first scaled, then shifted');
SELECT is((SELECT round(avg(balance)) FROM d), (SELECT round(avg(balance)) FROM base), 'spread keeps the mean');
SELECT ok((SELECT abs(stddev(d.balance) / (SELECT stddev(balance) FROM base) - 2) < 0.001 FROM d), 'and doubles the deviation');
SELECT is((SELECT count(*) FROM d WHERE balance <> round(balance)), 0::bigint, 'rounded to whole numbers');
SELECT results_eq('SELECT min(rating), max(rating), count(rating) FROM d', 'SELECT 2, 4, count(rating) FROM base', 'clipped, and missing values stay missing');
SELECT is((SELECT count(*) FROM d JOIN base AS b ON b.id = d.id - 100 WHERE d.day = b.day + interval '1 month'), 20000::bigint, 'a date moves by an interval');
SELECT is((SELECT count(*) FROM d JOIN base AS b ON b.id = d.id - 100 WHERE (d.contact, d.bought, d.kind, d.place::text) = (b.contact, b.bought, b.kind, b.place::text)), 20000::bigint,
	'the other columns are untouched');

CREATE TEMPORARY TABLE n AS SELECT * FROM simulated('{"columns": {"amount": {"add_normal": [2, 1]}, "age": {"shift": 0.25}}}');
SELECT ok((SELECT abs(avg(n.amount - b.amount) - 2) < 5 / sqrt(20000.0) AND abs(stddev(n.amount - b.amount) - 1) < 5 / sqrt(40000.0) FROM n JOIN base AS b USING (id)),
	'normal noise has the mean and the deviation asked for');
SELECT ok((SELECT (drift.ks_test(x, g)).p_value > 0.001 FROM (
		SELECT n.amount - b.amount - 2 AS x, true AS g FROM n JOIN base AS b USING (id)
		UNION ALL SELECT drift_internal.normal_quantile((i - 0.5) / 20000), false FROM generate_series(1, 20000) AS i) AS s), 'and is normal');
SELECT ok((SELECT abs(corr(n.amount - b.amount, b.amount)) < 5 / sqrt(20000.0) FROM n JOIN base AS b USING (id)), 'and does not depend on the value');
SELECT ok((SELECT abs(avg(n.age - b.age) - 0.25) < 5 * 0.44 / sqrt(20000.0) AND min(n.age - b.age) = 0 AND max(n.age - b.age) = 1 FROM n JOIN base AS b USING (id)),
	'a fraction of a shift reaches a share of the whole numbers');

-- shares
CREATE TEMPORARY TABLE s AS SELECT * FROM simulated('{"columns": {"contact": {"shares": {"cellular": 0.35}}, "bought": {"shares": {"true": 0.3}}, "kind": {"shares": {"c": 0.5}},
	"rating": {"shares": {"6": 0}}}}');
SELECT ok((SELECT abs(avg((contact = 'cellular')::integer) - 0.35) < 0.012 FROM s), 'a category gets its share');
SELECT ok((SELECT abs(avg((contact = 'telephone')::integer) / avg((contact = 'none')::integer) - 3) < 0.15 FROM s), 'the others keep their proportions');
SELECT is((SELECT count(*) FROM s JOIN base AS b USING (id) WHERE b.contact = 'cellular' AND s.contact <> 'cellular'), 0::bigint, 'no row leaves a category that grows');
SELECT ok((SELECT abs(avg(bought::integer) - 0.3) < 0.012 FROM s), 'of booleans');
SELECT ok((SELECT abs(avg((kind = 'c')::integer) - 0.5) < 0.015 AND abs(avg((kind = 'a')::integer) - 0.25) < 0.015 FROM s), 'a new category');
SELECT results_eq('SELECT count(*) FILTER (WHERE rating = 6), count(*) FILTER (WHERE rating IS NULL) FROM s', 'SELECT 0::bigint, 2000::bigint', 'a category that goes');
SELECT ok((SELECT abs(avg(age) - (SELECT avg(age) FROM base WHERE contact = 'telephone')) < 0.5 FROM s JOIN base AS b USING (id, age) WHERE b.contact = 'telephone'),
	'rows that stay are not chosen by their other columns');

-- missing values
CREATE TEMPORARY TABLE m AS SELECT * FROM simulated('{"columns": {"rating": {"missing_rate": 0.4}, "contact": {"missing_rate": 0.05}, "place": {"missing_rate": 1}}}');
SELECT ok((SELECT abs(avg((rating IS NULL)::integer) - 0.4) < 0.015 AND abs(avg((contact IS NULL)::integer) - 0.05) < 0.008 FROM m), 'missing rates');
SELECT is((SELECT count(place) FROM m), 0::bigint, 'all missing, of a type that drift does not take');
SELECT throws_like($$SELECT drift.simulate('base', 'x', '{"columns": {"rating": {"missing_rate": 0.05}}}')$$, '%columns.rating.missing_rate: already 0.1%', 'missing values are not filled in');

-- correlation
CREATE TEMPORARY TABLE c AS SELECT * FROM simulated('{"correlation": {"columns": ["balance", "amount"], "value": 0.6}}');
CREATE FUNCTION spearman(t regclass) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	r float8;
BEGIN
	EXECUTE format('SELECT corr(a, b) FROM (SELECT rank() OVER (ORDER BY balance) AS a, rank() OVER (ORDER BY amount) AS b FROM %s) AS x', t) INTO r;
	RETURN r;
END
$$;
SELECT ok(abs(spearman('base')) < 0.05, 'no correlation before');
SELECT ok(abs(spearman('c') - 0.6) < 0.02, 'and the one asked for after');
SELECT ok((SELECT array_agg(amount ORDER BY amount) FROM c) = (SELECT array_agg(amount ORDER BY amount) FROM base), 'the distribution of the second column is exactly the same');
SELECT is((SELECT count(*) FROM c JOIN base AS b USING (id) WHERE (c.age, c.contact, c.balance, c.rating) IS NOT DISTINCT FROM (b.age, b.contact, b.balance, b.rating)), 20000::bigint,
	'every other column is where it was');
DROP TABLE drifted;
SELECT drift.simulate('SELECT * FROM c', 'drifted', '{"correlation": [{"columns": ["balance", "amount"], "value": -0.8}, {"columns": ["amount", "rating"], "value": 0.5}]}') \g /dev/null
SELECT ok(abs(spearman('drifted') + 0.8) < 0.02, 'turned round from where it was');
SELECT ok((SELECT corr(amount, rating) BETWEEN 0.4 AND 0.55 AND count(*) FILTER (WHERE rating IS NULL) = 2000 FROM drifted), 'with few values and missing ones');
SELECT is((SELECT count(*) FROM drifted JOIN base AS b USING (id) WHERE (drifted.rating IS NULL) <> (b.rating IS NULL)), 0::bigint, 'which stay where they are');

-- labels
CREATE TEMPORARY TABLE l AS SELECT * FROM simulated('{"label": {"column": "bought", "log_odds": {"intercept": 0.2, "age": 0.04, "contact": {"cellular": 1}}}}');
-- the odds within each contact and age group: base rate 0.1 times what was asked for
SELECT ok((SELECT max(abs(ln(rate / (1 - rate)) - ln(0.1 / 0.9) - 0.2 - 0.04 * (mean_age - 49.5) - (contact = 'cellular')::integer)
		/ sqrt(1 / (n * rate * (1 - rate)))) < 4
	FROM (SELECT contact, avg(bought::integer)::float8 AS rate, avg(age)::float8 AS mean_age, count(*)::float8 AS n FROM l GROUP BY contact, age / 10) AS g),
	'log-odds of the label by age and contact');
SELECT ok((SELECT abs(avg((l.bought <> b.bought)::integer) - 0.2) < 0.015 FROM simulated('{"label": {"column": "bought", "flip_rate": 0.2}}') AS l JOIN base AS b USING (id)),
	'flipped labels');
SELECT ok((SELECT bool_and(l.contact IN ('cellular', 'none', 'telephone')) AND abs(avg((l.contact = 'none')::integer) - (0.2 * 0.7 + 0.2 * 0.3)) < 0.01
	AND count(*) FILTER (WHERE l.contact = 'telephone') = count(*) FILTER (WHERE b.contact = 'telephone')
	FROM simulated('{"label": {"column": "contact", "positive": "cellular", "negative": "none", "flip_rate": 0.3}}') AS l JOIN base AS b USING (id)),
	'other labels than the two stay');
SELECT ok((SELECT abs(avg(l.bought::integer) - 0.3) < 0.02 FROM simulated('{"label": {"column": "bought", "base_rate": 0.3, "log_odds": {}}}') AS l), 'a base rate of its own');

-- rows
CREATE TEMPORARY TABLE r AS SELECT * FROM simulated('{"resample": {"column": "bought", "shares": {"true": 0.5}}}', 10000);
SELECT ok((SELECT count(*) = 10000 AND abs(avg(bought::integer) - 0.5) < 0.025 FROM r), 'the share of a label by the choice of rows');
SELECT is((SELECT count(*) FROM r LEFT JOIN base AS b ON (b.id, b.age, b.contact, b.amount, b.bought) = (r.id, r.age, r.contact, r.amount, r.bought) WHERE b.id IS NULL), 0::bigint,
	'which are whole rows of the source');
-- of 20000 rows drawn 20000 times with replacement, 1 - 1/e are drawn at all
SELECT ok((SELECT abs(avg(id) - 10000) < 5 * 5774 / sqrt(20000.0) AND abs(count(DISTINCT id) - 12642) < 350 FROM simulated('{}', 20000)), 'drawn with replacement from all of them');
SELECT is((SELECT count(*) FROM simulated('{}', 0)), 0::bigint, 'no rows');
SELECT is((SELECT count(*) FROM simulated('{}', 50000)), 50000::bigint, 'more rows than the source has');

-- over time
CREATE TEMPORARY TABLE t AS SELECT *, ntile(10) OVER () AS tenth FROM simulated('{"columns": {"age": {"shift": 10, "ramp": "linear"}, "amount": {"shift": 100, "ramp": {"step": 0.5}},
	"balance": {"shift": 1000, "ramp": {"seasonal": {"period": 0.5, "phase": 0}}}, "contact": {"shares": {"cellular": 0.8}, "ramp": {"linear": [0.2, 0.7]}},
	"rating": {"missing_rate": 0.5, "ramp": "linear"}}, "label": {"column": "bought", "flip_rate": 1, "ramp": {"step": 0.9}}}');
CREATE TEMPORARY TABLE by_tenth AS
SELECT t.tenth, avg(t.age - b.age) AS age, min(t.amount - b.amount) AS amount_low, max(t.amount - b.amount) AS amount_high, avg(t.balance - b.balance) AS balance,
	avg((t.contact = 'cellular')::integer) AS cellular, avg((t.rating IS NULL)::integer) AS missing, avg((t.bought <> b.bought)::integer) AS flipped
FROM t JOIN base AS b USING (id) GROUP BY t.tenth;
SELECT ok((SELECT max(abs(age - (tenth - 0.5))) < 0.1 FROM by_tenth), 'linear: the mean rises from nothing to the whole shift');
SELECT ok((SELECT bool_and(abs(amount_low - amount_high) < 1e-6 AND abs(amount_low - CASE WHEN tenth > 5 THEN 100 ELSE 0 END) < 1e-6) FROM by_tenth), 'step: nothing, and then all of it');
SELECT ok((SELECT max(abs(balance - 1000 * sin(4 * pi() * (tenth - 0.5) / 10))) < 70 FROM by_tenth), 'seasonal: up and down, twice');
SELECT ok((SELECT max(abs(cellular - (0.2 + 0.6 * least(1, greatest(0, ((tenth - 0.5) / 10 - 0.2) / 0.5))))) < 0.05 FROM by_tenth), 'shares between two moments');
SELECT ok((SELECT max(abs(missing - (0.1 + 0.4 * (tenth - 0.5) / 10))) < 0.05 FROM by_tenth), 'missing rate');
SELECT ok((SELECT bool_and(flipped = (tenth = 10)::integer) FROM by_tenth), 'concept drift in the last tenth');
SELECT ok((SELECT max(abs(cellular - (0.2 + 0.1 * sin(2 * pi() * (tenth - 0.5) / 10)))) < 0.05 FROM (
		SELECT tenth, avg((contact = 'cellular')::integer) AS cellular
		FROM (SELECT *, ntile(10) OVER () AS tenth FROM simulated('{"columns": {"contact": {"shares": {"cellular": 0.3}, "ramp": {"seasonal": {"period": 1}}}}}')) AS x
		GROUP BY tenth) AS y), 'seasonal shares rise and fall');
SELECT ok((SELECT abs(avg(x.age - b.age) FILTER (WHERE x.row <= 10000) - 2.5) < 0.1 FROM (
	SELECT *, row_number() OVER () AS row FROM simulated('{"columns": {"age": [{"shift": 5}, {"shift": -5, "ramp": {"linear": [0, 0.5]}}]}}')) AS x JOIN base AS b USING (id)),
	'several effects on one column, each with its ramp');

SELECT drift.simulate('SELECT id, age, day, kind, contact FROM base', 'timed', '{"time": {"column": "at", "from": "2026-01-01", "to": "2026-07-01"}, "columns": {"kind": {"from_time": "mon"}}}', 5000) \g /dev/null
SELECT results_eq('SELECT min(at), max(at), count(DISTINCT at), bool_and(kind = to_char(at, ''mon'')), count(DISTINCT kind) FROM timed',
	$$VALUES (timestamp '2026-01-01 00:26:03.84', timestamp '2026-06-30 23:33:56.16', 5000::bigint, true, 6::bigint)$$, 'six months in equal steps, and the month as a column');
SELECT ok((SELECT bool_and(at >= before) FROM (SELECT at, lag(at, 1, '-infinity') OVER (ORDER BY ctid) AS before FROM timed) AS x), 'rows lie in the order of time');
SELECT results_eq($$SELECT min(day), max(day), count(*) FROM simulated('{"time": {"column": "day", "from": "2026-01-01", "to": "2026-01-11"}}', 100)$$,
	$$VALUES (date '2026-01-01', date '2026-01-10', 100::bigint)$$, 'a column that is there already');

-- the same for a seed, whatever the plan
CREATE FUNCTION everything(target text, seed bigint) RETURNS void LANGUAGE sql AS $$
	SELECT drift.simulate('base', target, '{"ramp": "linear", "columns": {"age": {"shift": 2}, "contact": {"shares": {"cellular": 0.35}}, "amount": {"add_normal": [2, 1]}, "rating": {"missing_rate": 0.2}},
		"correlation": {"columns": ["balance", "amount"], "value": 0.6}, "label": {"column": "bought", "log_odds": {"age": 0.04}}, "resample": {"column": "kind", "shares": {"a": 0.7}}}', 3000, seed)
$$;
SELECT everything('seed_42', 42), everything('again', 42), everything('seed_43', 43) \g /dev/null
SELECT ok(same('seed_42', 'again'), 'the same seed gives the same rows');
SELECT ok(NOT same('seed_42', 'seed_43'), 'another seed gives others');
SET LOCAL work_mem = '64kB';
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_hashagg = off;
SET LOCAL jit = on;
SET LOCAL jit_above_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL max_parallel_workers_per_gather = 4;
SET LOCAL extra_float_digits = 0;
SET LOCAL DateStyle = 'German';
SELECT everything('another_plan', 42) \g /dev/null
RESET extra_float_digits;
RESET DateStyle;
SELECT ok(same('seed_42', 'another_plan'), 'and so with little memory, other joins, jit and parallel plans');
RESET work_mem;
RESET enable_hashjoin;
RESET enable_hashagg;
RESET jit;
RESET jit_above_cost;
SELECT is((SELECT md5(string_agg(x::text, '|')) FROM (SELECT age, contact, rating, kind FROM again LIMIT 100) AS x), '66d2871f489415f1cc69783b1573c554', 'the rows of seed 42, on every machine');
SELECT is((SELECT count(*) FROM simulated('{"columns": {"amount": {"add_normal": [0, 1]}}}') AS x JOIN (
		SELECT * FROM drift.simulate('SELECT id, amount, 1 AS extra FROM base', 'wider', '{"columns": {"amount": {"add_normal": [0, 1]}, "extra": {"add_normal": [0, 1]}}}')) AS w ON true
	JOIN LATERAL (SELECT) AS nothing ON true), 20000::bigint, 'a second column with noise');
SELECT is((SELECT count(*) FROM wider JOIN drifted USING (id, amount)), 20000::bigint, 'leaves the noise of the first alone');

-- the source
CREATE TABLE "odd ""name" ("a ""b""" integer, "select" text, "%I %s" float8, "c1" integer, "i" integer, "Größe" integer, "n" integer, "u" integer);
INSERT INTO "odd ""name" SELECT g, 'it''s %s ' || g % 3, g, g, g, g, g, g FROM generate_series(1, 300) AS g;
SELECT lives_ok($$SELECT drift.simulate('"odd ""name"', '"new ""name"', '{"columns": {"a \"b\"": {"shift": 1, "missing_rate": 0.1}, "select": {"shares": {"it''s %s 1": 0.5}}, "%I %s": {"spread": 2, "add_normal": [0, 1]}, "i": {"scale": 2},
	"Größe": {"shift": 3}}, "correlation": {"columns": ["n", "u"], "value": -0.5}, "time": {"column": "a time", "from": "2026-01-01", "to": "2026-02-01", "type": "timestamptz"},
	"label": {"column": "select", "positive": "it''s %s 1", "negative": "it''s %s 2", "log_odds": {"%I %s": 0.01, "select": {"it''s %s 0": 1}}}, "ramp": "linear", "resample": {"column": "select", "shares": {"it''s %s 0": 0.2}}}')$$, 'odd names');
SELECT is((SELECT count("a time") FROM "new ""name"), 300::bigint, 'are the target''s as well');
SELECT is((SELECT count(*) FROM drift.simulate('VALUES (1, ''a''), (2, ''b'')', 'of_values', '{"columns": {"column1": {"shift": 1}}}')), 1::bigint, 'the source may be a query');
SELECT throws_ok($$SELECT drift.simulate('SELECT 1 AS a, 2 AS a', 'x')$$, '42701', NULL, 'one name twice');
SELECT throws_ok($$SELECT drift.simulate('SELECT', 'x')$$, '22023', 'the source has no columns', 'no columns');
SELECT throws_ok($$SELECT drift.simulate('DELETE FROM base', 'x')$$, '42601', NULL, 'a source that is no query');
CREATE FUNCTION writes() RETURNS integer LANGUAGE sql VOLATILE AS 'DELETE FROM base RETURNING 1';
SELECT throws_ok($$SELECT drift.simulate('SELECT writes() AS a', 'x')$$, '25006', NULL, 'a source that writes');
SELECT ok(to_regclass('x') IS NULL, 'and nothing stays behind');
SELECT throws_ok($$SELECT drift.simulate('SELECT * FROM base LIMIT 0', 'x', '{}', 5)$$, '22023', 'the source has no rows to draw from', 'nothing to draw from');
SELECT is((SELECT rows_written FROM drift.simulate('SELECT * FROM base LIMIT 0', 'x', '{"columns": {"age": {"shift": 1, "missing_rate": 0.5}, "contact": {"shares": {"cellular": 0.5}}}, "correlation": {"columns": ["age", "amount"], "value": 0.5}}')),
	0::bigint, 'an empty source gives an empty copy');
SELECT is((SELECT rows_written FROM drift.simulate('SELECT * FROM base LIMIT 1', 'one', '{"columns": {"age": {"spread": 2}}, "correlation": {"columns": ["age", "amount"], "value": 0.5}}')), 1::bigint, 'one row');
CREATE DOMAIN sim.score AS numeric(6, 2) CHECK (VALUE > -10000);
CREATE TYPE sim.mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE typed AS SELECT (i % 10)::score AS s, (enum_range(NULL::mood))[1 + i % 3] AS m, (i % 4)::smallint AS small, i::real AS r,
	CASE WHEN i % 2 = 0 THEN 'NaN'::float8 ELSE i END AS f, 'x'::varchar(5) AS v, ARRAY[i] AS list, timestamptz '2026-01-01' + i * interval '1 hour' AS at
FROM generate_series(1, 1000) AS i;
SELECT drift.simulate('typed', 'typed_2', '{"columns": {"s": {"shift": 1.234}, "m": {"shares": {"happy": 0.8}}, "small": {"shares": {"3": 0.7}}, "r": {"scale": 2}, "f": {"clip": [0, 10], "missing_rate": 0.6},
	"v": {"shares": {"y": 0.5}}, "list": {"missing_rate": 0.5}, "at": {"shift": "-1 day"}}}') \g /dev/null
SELECT results_eq($$SELECT round(avg(s), 1), count(*) FILTER (WHERE m = 'happy') BETWEEN 750 AND 850, count(*) FILTER (WHERE small = 3) BETWEEN 650 AND 750, avg(r)::integer,
		max(f) FILTER (WHERE f <> 'NaN'), count(*) FILTER (WHERE f = 'NaN'), count(*) FILTER (WHERE f IS NULL) BETWEEN 70 AND 130, count(*) FILTER (WHERE v = 'y') BETWEEN 420 AND 580, min(at) FROM typed_2$$,
	$$VALUES (5.7, true, true, 1001, 10::float8, 500::bigint, true, true, timestamptz '2025-12-31 01:00')$$, 'domains, enums, short integers, NaN, varchar, timestamps');

-- specifications
SELECT throws_ok(format('SELECT drift.simulate(''base'', ''y'', %L)', spec), '22023', 'invalid specification of a simulation: ' || problem, 'refused: ' || spec)
FROM (VALUES ('[]', 'the specification: must be an object, not []'),
	('{"colums": {}}', 'colums: is not a key here; there are columns, correlation, description, label, ramp, resample, time'),
	('{"columns": {"age": 1}}', 'columns.age: must be an object, not 1'),
	('{"columns": {"agee": {"shift": 1}}}', 'columns.agee: the source has no column "agee"'),
	('{"columns": {"age": {"shift": "1"}}}', 'columns.age.shift: must be a number, not "1"'),
	('{"columns": {"age": {"shift": 1e999}}}', 'columns.age.shift: must be a number, not ' || '1e999'::numeric),
	('{"columns": {"day": {"shift": 1}}}', 'columns.day.shift: must be an interval, like "1 month", not 1'),
	('{"columns": {"contact": {"shift": 1}}}', 'columns.contact.shift: is not for a column of this type, but for these: integer, number, timestamp, date'),
	('{"columns": {"age": {"add_normal": [1, -1]}}}', 'columns.age.add_normal: must be mean and standard deviation, like [2, 1], not [1, -1]'),
	('{"columns": {"age": {"clip": [5, 1]}}}', 'columns.age.clip: must be the lowest and the highest value, like [0, 100] or [0, null], not [5, 1]'),
	('{"columns": {"contact": {"shares": {"a": 0.7, "b": 0.7}}}}',
		'columns.contact.shares: must be an object of categories with shares from 0 to 1 and a sum of at most 1, not {"a": 0.7, "b": 0.7}'),
	('{"columns": {"bought": {"shares": {"maybe": 0.7}}}}', 'columns.bought.shares.maybe: is not a value of type boolean'),
	('{"columns": {"bought": {"shares": {"true": 0.7, "false": 0.2}}}}',
		'columns.bought.shares: the source has no other categories to take the rest, so that the shares must sum to 1'),
	('{"columns": {"age": {"missing_rate": 2}}}', 'columns.age.missing_rate: must be a number from 0 to 1, not 2'),
	('{"columns": {"kind": {"from_time": "mon"}}}', 'columns.kind.from_time: needs the section "time"'),
	('{"columns": {"id": [{"number_from": 1}, {"shift": 1}]}}', 'columns.id: number_from stands alone'),
	('{"columns": {"kind": [{"shares": {"a": 1}}, {"shares": {"b": 1}}]}}', 'columns.kind[1]: shares of a column can be given once'),
	('{"ramp": "slow"}', 'ramp: must be "full", "linear", {"linear": [0.2, 0.8]}, {"step": 0.5} or {"seasonal": {"period": "1 year", "phase": 0}}, not "slow"'),
	('{"columns": {"age": {"shift": 1, "ramp": {"seasonal": {"period": "1 year"}}}}}', 'columns.age.ramp: needs the section "time"'),
	('{"time": {"column": "at", "from": "2026-02-01", "to": "2026-01-01"}}', 'time.to: must be after time.from'),
	('{"time": {"column": "age", "from": "2026-01-01", "to": "2026-02-01"}}', 'time.column: must be a date or a timestamp in the source'),
	('{"time": {"from": "2026-01-01", "to": "2026-02-01"}}', 'time.column: is missing'),
	('{"correlation": {"columns": ["age", "contact"], "value": 0.5}}', 'correlation.columns[1]: must be a column of one of these types: integer, number, timestamp, date'),
	('{"correlation": {"columns": ["age", "amount"], "value": 1}}', 'correlation.value: must be a number between -1 and 1, both excluded, not 1'),
	('{"label": {"column": "contact", "flip_rate": 0.1}}', 'label.negative: is missing'),
	('{"label": {"column": "bought", "log_odds": {"nothing": 1}}}', 'label.log_odds.nothing: the source has no column "nothing"'),
	('{"label": {"column": "bought", "log_odds": {"age": "much"}}}', 'label.log_odds.age: must be a number or an object of categories with numbers'),
	('{"label": {"column": "kind", "positive": "a", "negative": "z", "log_odds": {"age": 1}}}', 'label.base_rate: is needed, because the source does not have both labels'),
	('{"resample": {"column": "kind"}}', 'resample.shares: is missing')) AS wrong(spec, problem);
SELECT throws_ok($$SELECT drift.simulate('base', 'y', rows => -1)$$, '22023', 'rows must be from 0 to 1000000000', 'negative rows');
SELECT throws_ok($$SELECT drift.simulate('base', NULL)$$, '22004', NULL, 'no target');
SELECT throws_ok($$SELECT drift.simulate('base', 'a.b.c')$$, '42602', NULL, 'a name of three parts');
CREATE FUNCTION detail_of(spec jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	PERFORM drift.simulate('base', 'y', spec);
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN detail;
END
$$;
SELECT is(array_length(string_to_array(detail_of('{"a": 1, "columns": {"b": {}, "age": {"shift": []}}, "ramp": 1}'), E'\n'), 1), 4, 'one error tells all problems');
SELECT ok(to_regclass('y') IS NULL, 'no table is left by an error');

-- rights: SELECT on the source, CREATE on a schema
CREATE ROLE drift_simulator;
GRANT USAGE ON SCHEMA sim TO drift_simulator;
REVOKE TEMPORARY ON DATABASE :"DBNAME" FROM PUBLIC;
CREATE SCHEMA own AUTHORIZATION drift_simulator;
SET LOCAL ROLE drift_simulator;
SELECT throws_ok($$SELECT drift.simulate('sim.base', 'own.copy')$$, '42501', NULL, 'without the right to read the source');
RESET ROLE;
GRANT SELECT ON base TO drift_simulator;
SET LOCAL ROLE drift_simulator;
SELECT throws_ok($$SELECT drift.simulate('sim.base', 'sim.not_mine')$$, '42501', NULL, 'without the right to create');
SELECT lives_ok($$SELECT drift.simulate('sim.base', 'own.copy', '{"columns": {"age": {"shift": 1, "spread": 2}}, "correlation": {"columns": ["age", "amount"], "value": 0.1}}', 100)$$, 'with no other rights');
RESET ROLE;
SELECT is((SELECT relowner::regrole::text FROM pg_class WHERE oid = 'own.copy'::regclass), 'drift_simulator', 'the caller owns the table');
SET LOCAL search_path = own, sim, public;
SELECT is((SELECT relation::text FROM drift.simulate('base', 'unqualified', rows => 1)), 'unqualified', 'a name without a schema');
SELECT ok(to_regclass('own.unqualified') IS NOT NULL, 'is made in the first schema of the path');

SELECT * FROM public.finish();
ROLLBACK;
