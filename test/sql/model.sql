-- Models in the server: ways in and out, binding, every form of a row, errors, memory.
-- That the kernel answers as the libraries do is shown in test/unit.
CREATE SCHEMA model;
SET search_path = model;
\getenv tests PG_ABS_SRCDIR
\set models :tests '/reference/models.sql'
\set ECHO none
\i :models
\set frame `cat "$PG_ABS_SRCDIR/reference/xgboost/3.2.0-frame.json"`
\set onnx `base64 -w 0 "$PG_ABS_SRCDIR/data/breast_cancer.onnx"`
\set ECHO all

CREATE FUNCTION fails(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'did not fail';
EXCEPTION WHEN OTHERS OR query_canceled THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''), nullif(hint, ''));
END
$$;

CREATE TABLE kept (name text PRIMARY KEY, model drift.model);
INSERT INTO kept VALUES
	('binary', drift.import_model('xgboost', models.xgboost(20, 4, 3))),
	('classes', drift.import_model('xgboost', models.xgboost(9, 3, 3, 'multi:softprob', 3))),
	('class number', drift.import_model('xgboost', models.xgboost(9, 3, 3, 'multi:softmax', 3))),
	('squared', drift.import_model('xgboost', models.xgboost(20, 4, 3, 'reg:squarederror'))),
	('words', drift.import_model('xgboost', :'frame'));
CREATE FUNCTION m(wanted text) RETURNS drift.model LANGUAGE sql STABLE AS $$ SELECT model FROM kept WHERE name = wanted $$;

-- what they are
SELECT name, d - 'bytes' - 'digest' - 'inputs' AS description, (d->>'bytes')::int = length(drift.model_send(model)) + 4 AS size_is_right
FROM kept, drift.describe(model) AS d ORDER BY name;
SELECT jsonb_pretty(drift.describe(m('words'))->'inputs');
SELECT drift.describe(m('binary'))->>'digest' ~ '^[0-9a-f]{64}$' AS digest_is_one, count(DISTINCT drift.describe(model)->>'digest') AS digests FROM kept;

-- ways out and in
SELECT bool_and(model::text::drift.model::text = model::text) AS text_returns,
	bool_and(translate(encode(drift.model_send(model), 'base64'), E'\n', '') = model::text) AS binary_is_the_same FROM kept;
SELECT count(*) AS stored_apart FROM pg_class WHERE oid = (SELECT reltoastrelid FROM pg_class WHERE oid = 'kept'::regclass);
SELECT drift.import_model('xgboost', convert_to(models.xgboost(20, 4, 3), 'UTF8'))::text = m('binary')::text AS bytes,
	drift.import_model('xgboost', convert_to(models.xgboost(20, 4, 3), 'UTF8')::text)::text = m('binary')::text AS hexadecimal,
	drift.describe(drift.import_model('xgboost', models.xgboost(20, 4, 3), options => '{"iterations": 5}'))->'trees' AS five_trees;

-- every form of a row gives what the trees give when they are walked in SQL
CREATE TABLE grid AS
SELECT i AS id, CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 37 % 1000 / 1000.0)::real END AS f0, CASE WHEN i % 11 = 0 THEN 'NaN' ELSE (i * 91 % 1000 / 1000.0)::real END AS f1,
	(i * 53 % 1000 / 1000.0)::real AS f2
FROM generate_series(1, 500) AS i;
CREATE TABLE margins AS SELECT id, models.margin(20, 4, 3, ARRAY[f0, f1, f2]) AS margin FROM grid;
SELECT count(*) AS n, count(DISTINCT margin) > 200 AS different, bool_and(margin = (drift.score_raw_array(model, ARRAY[f0, f1, f2]))[1]) AS array,
	bool_and(margin = (drift.score_raw(model, ARRAY[f0, f1, f2]))[1]) AS doubles,
	bool_and(margin = (drift.score_raw_row(model, grid))[1]) AS row,
	bool_and(margin = (drift.score_raw_json(model, to_jsonb(grid)))[1]) AS json,
	bool_and(margin = (drift.score_raw_columns(drift.bind(model, '{f2,id,f0,f1}'), f2, id, f0, f1))[1]) AS columns
FROM grid JOIN margins USING (id), kept WHERE name = 'binary';
SELECT bool_and(s = models.margin(20, 4, 3, ARRAY[f0, f1, f2], 0.5)) AS regression FROM grid, kept, drift.score_array(model, ARRAY[f0, f1, f2]) AS s WHERE name = 'squared';
SELECT bool_and(abs(score - 1 / (1 + exp(-margin::float8))) < 1e-6) AS score, bool_and(p[2] = score AND abs(p[1] + p[2] - 1) < 1e-6) AS probabilities,
	bool_and(label = CASE WHEN score > 0.5 THEN '1' ELSE '0' END) AS label
FROM grid JOIN margins USING (id), kept, LATERAL (SELECT drift.score_array(model, ARRAY[f0, f1, f2]) AS score,
	drift.score_proba_array(model, ARRAY[f0, f1, f2]) AS p, drift.score_label_array(model, ARRAY[f0, f1, f2]) AS label) AS s
WHERE name = 'binary';
SELECT bool_and(cardinality(p) = 3 AND abs((SELECT sum(x) FROM unnest(p) AS x) - 1) < 1e-6) AS probabilities,
	bool_and(label::int = array_position(p, (SELECT max(x) FROM unnest(p) AS x)) - 1) AS label, bool_and(label::float8 = number) AS number, count(DISTINCT label) AS labels
FROM grid, LATERAL (SELECT drift.score_proba_row(m('classes'), grid) AS p, drift.score_label_row(m('classes'), grid) AS label,
	drift.score_row(m('class number'), grid) AS number) AS s;
-- all four answers of all forms agree
SELECT count(*) AS rows, bool_and(a = ALL (ARRAY[b, c, d, e])) AS agree
FROM grid, kept, LATERAL (SELECT drift.bind(model, '{f0,f1,f2}') AS bound) AS v,
	LATERAL (SELECT ROW(drift.score_raw(model, f), drift.score_proba(model, f), drift.score_label(model, f))::text AS a,
		ROW(drift.score_raw_array(model, f::real[]), drift.score_proba_array(model, f::real[]), drift.score_label_array(model, f::real[]))::text AS b,
		ROW(drift.score_raw_json(model, to_jsonb(grid)), drift.score_proba_json(model, to_jsonb(grid)), drift.score_label_json(model, to_jsonb(grid)))::text AS c,
		ROW(drift.score_raw_row(model, grid), drift.score_proba_row(model, grid), drift.score_label_row(model, grid))::text AS d,
		ROW(drift.score_raw_columns(bound, f0, f1, f2), drift.score_proba_columns(bound, f0, f1, f2), drift.score_label_columns(bound, f0, f1, f2))::text AS e
	FROM (SELECT ARRAY[f0, f1, f2]::float8[] AS f) AS features OFFSET 0) AS s
WHERE name IN ('binary', 'classes') AND id <= 100;
-- to the last bit what XGBoost 3.2.0 answers, through names of categories
SELECT drift.score_json(m('words'), '{"real": 2.0407972783294474, "word": null, "number": 3}'::jsonb) = 2.441959619522095 AS missing_word,
	fails($$SELECT drift.score_json(m('words'), '{"word": "no such word", "number": 7, "real": 0}')$$) AS unseen;

-- types of features
CREATE TYPE mood AS ENUM ('red', 'blan');
CREATE DOMAIN small AS smallint;
SELECT count(DISTINCT drift.score_columns(drift.bind(m('binary'), '{f0,f1,f2}'), a, b, c)) AS one_answer
FROM (SELECT 1 AS a, 0 AS b, 1 AS c) AS i
	CROSS JOIN LATERAL (VALUES (1)) AS v;
SELECT drift.score_columns(b, 1::smallint, 0::bigint, 1::numeric) = s AS numbers, drift.score_columns(b, true, false, 1::small) = s AS booleans,
	drift.score_columns(b, 1::real, 0::float8, 1) = s AS floats, drift.score_json(b, '{"f0": true, "f1": 0.0, "f2": 1e0, "f3": {}}') = s AS json,
	drift.score(b, '{1,0,1}') = s AS array
FROM (SELECT drift.bind(m('binary'), '{f0,f1,f2}') AS b, drift.score_array(m('binary'), '{1,0,1}') AS s OFFSET 0) AS q;
SELECT drift.score_columns(b, 1, 'red'::text, 7) = s AS text, drift.score_columns(b, 1, 'red'::mood, 7) = s AS enum, drift.score_columns(b, 1, 'red'::char(9), 7) = s AS char,
	drift.score_columns(b, 1, 'red'::name, 7) = s AS name, drift.score_columns(b, 1, 'red'::varchar, 7) = s AS varchar
FROM (SELECT drift.bind(m('words'), '{real,word,number}') AS b, drift.score_json(m('words'), '{"real": 1, "word": "red", "number": 7}') AS s OFFSET 0) AS q;
SELECT t, fails(format('SELECT drift.score_columns(drift.bind(m(%L), %L), %s, %s, %s)', w, c, t, t, t)) AS answer
FROM unnest(ARRAY['now()', 'current_date', '''1''::text', 'ARRAY[1]', 'NULL::text', '''1''', 'NULL', 'ROW(1)', '1::money']) AS t,
	(VALUES ('binary', '{f0,f1,f2}')) AS v(w, c);
SELECT t, fails(format('SELECT drift.score_columns(drift.bind(m(''words''), ''{word,real,number}''), %s, 1, 7)', t)) AS answer
FROM unnest(ARRAY['1', 'true', 'now()', '''red''', 'NULL', 'NULL::text', 'NULL::integer']) AS t;
SELECT fails(format('SELECT drift.score_row(m(''binary''), r) FROM (SELECT %s AS f0, 1 AS f1, 2 AS f2) AS r', t)) AS row_of FROM unnest(ARRAY['now()', '''x''::text', 'NULL::numeric']) AS t;
SELECT j, fails(format('SELECT drift.score_json(m(''words''), %L)', j)) AS answer
FROM unnest(ARRAY['{"real": "1", "word": "red", "number": 7}', '{"real": "NaN", "word": 1, "number": 7}', '{"real": "-Infinity", "word": "red", "number": [7]}',
	'{"real": 1e400, "word": true, "number": 7}', '{"real": {}, "word": "red", "number": 7}', '{"real": "NaN", "word": "red", "number": null}', '[1]', '1', 'null']) AS j;
SELECT drift.score_json(m('binary'), '{"f0": "Infinity", "f1": "-Infinity", "f2": "NaN"}') = drift.score(m('binary'), '{Infinity,-Infinity,NaN}') AS infinities;

-- NULL
SELECT drift.score(NULL, '{1}') IS NULL AS score, drift.score(m('binary'), NULL) IS NULL AS features, drift.score_columns(NULL, 1) IS NULL AS columns,
	drift.score_row(m('binary'), NULL) IS NULL AS row, drift.score_json(m('binary'), NULL) IS NULL AS json, drift.describe(NULL) IS NULL AS describe,
	drift.bind(NULL, '{}') IS NULL AS bind, drift.score_columns(NULL::drift.model, 1, 'x'::text) IS NULL AS columns_2,
	drift.score_columns(drift.bind(m('binary'), '{f0,f1,f2}'), NULL, NULL, NULL) = drift.score(m('binary'), '{NULL,NaN,NULL}') AS missing;

-- where the model does not know missing values
CREATE TABLE strict AS SELECT drift.import_model('onnx', decode(:'onnx', 'base64')) AS model;
SELECT fails('SELECT drift.score_array(model, ''{1,2,NULL,4,5}'') FROM strict') AS array_of, fails('SELECT drift.score_label(model, ''{1,2,NaN,4,5}'') FROM strict') AS nan,
	fails($$SELECT drift.score_json(model, (SELECT jsonb_object_agg(i->>'name', CASE WHEN n <> 2 THEN n END) FROM jsonb_array_elements(drift.describe(model)->'inputs') WITH ORDINALITY AS u(i, n))) FROM strict$$) AS json,
	fails($$SELECT drift.score_columns(drift.bind(model, ARRAY(SELECT i->>'name' FROM jsonb_array_elements(drift.describe(model)->'inputs') AS i)), 1, 2, 3, 4, NULL::int) FROM strict$$) AS columns;

-- lengths and names
SELECT f, fails(format('SELECT drift.score(m(''binary''), %L)', f)) AS doubles, fails(format('SELECT drift.score_array(m(''binary''), %L)', f)) AS reals
FROM unnest(ARRAY['{}', '{1,2}', '{1,2,3,4}', '{{1,2,3}}', '[5:7]={1,2,3}', '{1,NULL,3}']) AS f;
SELECT fails($$SELECT drift.score(m('words'), '{1,2,3}')$$) AS text_in_an_array;
SELECT fails($$SELECT drift.score(drift.bind(m('binary'), '{f0,x,f1,f2}'), '{1,2,3}')$$) AS too_short_for_columns,
	drift.score(drift.bind(m('binary'), '{f2,x,f1,f0}'), '{3,9,2,1}') = drift.score(m('binary'), '{1,2,3}') AS ignored_keeps_its_place,
	drift.score(drift.bind(drift.bind(m('binary'), '{f2,x,f1,f0}'), '{f0,f2,f1}'), '{1,3,2}') = drift.score(m('binary'), '{1,2,3}') AS bound_again,
	drift.score_json(drift.bind(m('binary'), '{f2,x,f1,f0}'), '{"f0": 1, "f1": 2, "f2": 3}') = drift.score(m('binary'), '{1,2,3}') AS names_stay,
	drift.describe(drift.bind(m('binary'), '{f2,x,x,f1,f0}'))->'columns' AS columns;
SELECT c, fails(format('SELECT drift.bind(m(''binary''), %L)', c)) AS answer
FROM unnest(ARRAY['{}', '{f0}', '{f0,F1,f2 }', '{f0,f1,f2,f1}', '{f0,f1,NULL,f2}', '{{f0,f1,f2}}', '{f0,f1,f2,x,x}']) AS c;
SELECT fails($$SELECT drift.score_columns(m('binary'), 1, 2, 3)$$) AS not_bound,
	fails($$SELECT drift.score_columns(drift.bind(m('binary'), '{f0,f1,f2}'), 1, 2)$$) AS too_few,
	fails($$SELECT drift.score_columns(drift.bind(m('binary'), '{f0,f1,f2}'), VARIADIC ARRAY[1, 2, 3])$$) AS variadic_array;
SELECT fails($$SELECT drift.score_json(m('binary'), '{"f0": 1, "F1": 2}')$$) AS json, fails($$SELECT drift.score_json(m('binary'), '{}')$$) AS nothing,
	fails($$SELECT drift.score_row(m('binary'), r) FROM (SELECT 1 AS f0, 2 AS age) AS r$$) AS row,
	fails($$SELECT drift.score_row(m('binary'), ROW())$$) AS empty_row, fails($$SELECT drift.score_row(m('binary'), r) FROM (SELECT 1 AS f0, 2 AS f1, 3 AS f2, 4 AS f1) AS r$$) AS twice;

-- answers that a model does not have
SELECT f, fails(format('SELECT drift.%s_array(m(%L), ''{1,2,3}'')', f, w)) AS answer
FROM (VALUES ('score', 'classes'), ('score_proba', 'squared'), ('score_label', 'squared'), ('score', 'class number'), ('score_label', 'class number')) AS v(f, w);

-- imports that fail
SELECT f, left(s, 30) AS source, regexp_replace(fails(format('SELECT drift.import_model(%L, %L)', f, s)), 'xgboost, .*', 'xgboost, ...') AS answer
FROM (VALUES ('pmml', ''), ('xgboost', ''), ('xgboost', '{'), ('xgboost', '{"learner": 1}'), ('xgboost', '\x7b'), ('xgboost', '\xzz'), ('lightgbm', 'forest')) AS v(f, s);
SELECT fails(format('SELECT drift.import_model(''xgboost'', %L)', models.xgboost(2, 2, 2, 'reg:fantasy'))) AS objective,
	fails(format('SELECT drift.import_model(''xgboost'', %L)', replace(models.xgboost(2, 2, 2), '"split_indices": [', '"split_indices": [9, '))) AS damaged;
SELECT o, fails(format('SELECT drift.import_model(''xgboost'', models.xgboost(2, 2, 2), %L)', o)) AS answer
FROM unnest(ARRAY['{"iterations": 0}', '{"iterations": 1.5}', '{"iterations": "some"}', '{"iterations": null}', '{"rounds": 1}', '[]', '{"iterations": "best"}', '{"iterations": 2}', '{"iterations": 3}']) AS o;

-- bytes that are no model
SELECT left(s, 10) AS source, fails(format('SELECT %L::drift.model', s)) AS answer FROM unnest(ARRAY['', 'x', '====', 'AAAA', repeat('A', 400), ' BAMC']) AS s;
CREATE FUNCTION damaged(source bytea, place integer, change integer, with_digest boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	start CONSTANT integer := 44; -- of the digest, behind the length word that is not sent
	bytes bytea := set_byte(source, place, get_byte(source, place) # change);
	model drift.model;
BEGIN
	IF with_digest THEN
		bytes := overlay(bytes PLACING sha256(substr(bytes, 1, start) || substr(bytes, start + 33)) FROM start + 1);
	END IF;
	model := translate(encode(bytes, 'base64'), E'\n', '')::drift.model;
	PERFORM drift.describe(model), drift.score_raw_json(model, '{"f0": 1, "f1": 2, "f2": null, "real": 1, "word": "red", "number": 7}');
	RETURN 'accepted';
EXCEPTION
	WHEN data_exception OR program_limit_exceeded OR untranslatable_character OR datatype_mismatch THEN
		RETURN 'refused';
	WHEN OTHERS THEN
		RETURN SQLSTATE || ': ' || SQLERRM || ' at ' || place;
END
$$;
INSERT INTO kept VALUES ('small', drift.bind(drift.import_model('xgboost', models.xgboost(2, 2, 3)), '{f1,f0,x,f2}'));
SELECT name, with_digest, outcome, count(*) > 20 AS often
FROM kept, unnest(ARRAY[false, true]) AS with_digest, LATERAL (SELECT drift.model_send(model) AS b OFFSET 0) AS sent,
	LATERAL (SELECT damaged(b, place, (ARRAY[1, 128, 255, 3])[1 + place % 4], with_digest) AS outcome
		FROM generate_series(CASE WHEN name = 'small' THEN 0 ELSE 76 END, length(b) - 1, CASE WHEN name = 'small' AND with_digest THEN 1 ELSE 17 END) AS place) AS d
WHERE name IN ('small', 'words', 'classes') GROUP BY name, with_digest, outcome ORDER BY name, with_digest, outcome;
-- cut and continued
SELECT outcome, count(*) FROM kept, LATERAL (SELECT drift.model_send(model) AS b OFFSET 0) AS sent, generate_series(0, length(b) + 8, 8) AS n,
	LATERAL (SELECT fails(format('SELECT %L::drift.model', translate(encode(substr(b || '\x0000000000000000'::bytea, 1, n), 'base64'), E'\n', ''))) AS outcome) AS o
WHERE name = 'small' AND n <> length(b) GROUP BY outcome ORDER BY outcome;

-- one call site that meets many models, by value and from disk, with room for none
CREATE TABLE many AS SELECT i, CASE WHEN i % 2 = 0 THEN drift.import_model('xgboost', models.xgboost(1 + i % 5, 2 + i % 3, 3)) ELSE model END AS model
FROM generate_series(1, 40) AS i, kept WHERE name = 'binary';
ALTER TABLE many ALTER model SET STORAGE extended;
INSERT INTO many SELECT i + 40, drift.bind(model, '{f2,f1,f0}') FROM many;
CREATE TABLE answers AS SELECT many.i, g.id, (drift.score_raw_row(model, g))[1] AS margin FROM many, grid AS g WHERE id <= 20;
SELECT bool_and(margin = CASE WHEN i % 2 = 0 THEN models.margin(1 + i % 40 % 5, 2 + i % 40 % 3, 3, ARRAY[f0, f1, f2]) ELSE models.margin(20, 4, 3, ARRAY[f0, f1, f2]) END) AS right_model
FROM (SELECT id, margin, 1 + (i - 1) % 40 AS i FROM answers) AS a JOIN grid USING (id) WHERE i < 40;
SHOW drift.model_cache_size;
SET drift.model_cache_size = 0;
SELECT bool_and(margin = (drift.score_raw_row(model, g))[1]) AS same_without_room FROM answers JOIN many USING (i) JOIN grid AS g USING (id);
SET drift.model_cache_size = '64kB';
SELECT bool_and(margin = (drift.score_raw_row(model, g))[1] AND margin = (drift.score_raw_json(model, to_jsonb(g)))[1]) AS same_with_little FROM answers JOIN many USING (i) JOIN grid AS g USING (id);
SELECT bool_and(a.margin = b.margin) AS two_models_at_once
FROM answers AS a, LATERAL (SELECT (drift.score_raw_row(x.model, g))[1] AS margin, drift.score_row(y.model, g) FROM many AS x, kept AS y, grid AS g WHERE x.i = a.i AND g.id = a.id AND y.name = 'squared' OFFSET 0) AS b;
RESET drift.model_cache_size;

-- a loop in PL/pgSQL, errors in between, models that change under one call site
DO $$
DECLARE
	model drift.model;
	answer float8;
	refused integer := 0;
	row_type record;
BEGIN
	FOR n IN 1 .. 60 LOOP
		SELECT k.model INTO STRICT model FROM kept AS k WHERE name = CASE n % 3 WHEN 0 THEN 'binary' WHEN 1 THEN 'squared' ELSE 'classes' END;
		BEGIN
			answer := drift.score_array(model, CASE WHEN n % 5 = 0 THEN '{1,2}' ELSE '{1,2,3}' END::real[]);
			ASSERT n % 3 <> 2 AND n % 5 <> 0, 'a row that cannot be scored was';
			ASSERT answer = (SELECT drift.score(k.model, '{1,2,3}') FROM kept AS k WHERE name = CASE n % 3 WHEN 0 THEN 'binary' ELSE 'squared' END), 'wrong model';
		EXCEPTION WHEN invalid_parameter_value THEN
			refused := refused + 1;
		END;
	END LOOP;
	ASSERT refused = 28, refused;
	-- rows of different shapes at one call site
	FOR n IN 1 .. 6 LOOP
		IF n % 2 = 0 THEN SELECT 1 AS f0, 2::float8 AS f1, 3 AS f2 INTO row_type; ELSE SELECT 3::numeric AS f2, true AS extra, 2 AS f1, 1::smallint AS f0 INTO row_type; END IF;
		ASSERT drift.score_row((SELECT k.model FROM kept AS k WHERE name = 'binary'), row_type) = drift.score((SELECT k.model FROM kept AS k WHERE name = 'binary'), '{1,2,3}');
	END LOOP;
END
$$;
-- a row type that changes
CREATE TABLE shape (f0 int, f1 int, f2 int);
INSERT INTO shape VALUES (1, 2, 3);
PREPARE of_shape AS SELECT drift.score_row((SELECT model FROM kept WHERE name = 'binary'), shape) = drift.score((SELECT model FROM kept WHERE name = 'binary'), '{1,2,3}') AS same FROM shape;
EXECUTE of_shape;
ALTER TABLE shape DROP f0;
EXECUTE of_shape;
ALTER TABLE shape ADD f0 numeric DEFAULT 1, ALTER f1 TYPE float8;
EXECUTE of_shape;
EXECUTE of_shape;

-- a cursor that outlives what was prepared meanwhile
BEGIN;
DECLARE slowly CURSOR FOR SELECT (drift.score_raw_row((SELECT model FROM kept WHERE name = 'binary'), g))[1] = margin AS same FROM grid AS g JOIN margins USING (id) ORDER BY id;
FETCH slowly;
SET LOCAL drift.model_cache_size = 0;
SAVEPOINT s;
SELECT fails('SELECT drift.score((SELECT model FROM model.kept WHERE name = ''squared''), ''{1}'')');
ROLLBACK TO s;
DELETE FROM kept WHERE name = 'binary';
FETCH slowly;
ROLLBACK;

-- parallel workers
CREATE TABLE big AS SELECT g.* FROM grid AS g, generate_series(1, 40);
ALTER TABLE big SET (parallel_workers = 2);
ANALYZE big;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
CREATE FUNCTION planned_workers(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ 'Workers Planned' THEN RETURN trim(line); END IF;
	END LOOP;
	RETURN 'none';
END
$$;
SELECT planned_workers($$SELECT sum(drift.score_row((SELECT model FROM kept WHERE name = 'binary'), big)) FROM big$$);
SELECT sum((drift.score_raw_row((SELECT model FROM kept WHERE name = 'binary'), big))[1]::real::numeric) = (SELECT 40 * sum(margin::numeric) FROM margins) AS same FROM big;
SET max_parallel_workers_per_gather = 0;

-- an import and a query that take too long can be stopped
SET statement_timeout = '300ms';
SELECT fails('SELECT count(drift.score_array((SELECT model FROM model.kept WHERE name = ''binary''), ARRAY[a, b, 1]::real[])) FROM generate_series(1, 10000) AS a, generate_series(1, 10000) AS b');
RESET statement_timeout;

-- marks
SELECT proname, provolatile, proisstrict, proparallel, procost FROM pg_proc WHERE pronamespace = 'drift'::regnamespace AND (proname ~ '^score' OR proname IN ('import_model', 'describe', 'bind')) ORDER BY proname, oid;
-- what is immutable may be indexed
DO $$
BEGIN
	EXECUTE format('CREATE INDEX scores ON grid (drift.score_array(%L::drift.model, ARRAY[f0, f1, f2]))', (SELECT drift.bind(model, '{f0,f1,f2}') FROM kept WHERE name = 'small'));
END
$$;
