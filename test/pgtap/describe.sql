-- drift.describe_*(): the same data asked in plain SQL, and data that is hard to describe.
BEGIN;
SELECT plan(134);

CREATE SCHEMA quality;
SET LOCAL search_path = quality, public;
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE DOMAIN share AS numeric CHECK (VALUE <= 1);
CREATE TABLE ward (
	id integer, dropped integer, grade integer, score float8, label text, one integer, day date, seen timestamptz, feeling mood, portion share, active boolean,
	key uuid, list integer[], document json, empty integer, doubled integer GENERATED ALWAYS AS (grade * 2) STORED, grade_again integer, grade_nearly integer);
ALTER TABLE ward DROP COLUMN dropped;
INSERT INTO ward (id, grade, score, label, one, day, seen, feeling, portion, active, key, list, document, empty, grade_again, grade_nearly)
SELECT i, i % 7, CASE WHEN i % 10 = 0 THEN NULL WHEN i % 10 = 1 THEN 'NaN' WHEN i % 100 = 2 THEN 'Infinity' WHEN i % 20 = 3 THEN 0 ELSE (i * 7919 % 1000) / 8.0 END,
	CASE WHEN i % 10 < 2 THEN NULL WHEN i % 10 = 2 THEN '' ELSE 'x' || i % 3 END, 1, date '2024-01-01' + i % 90, timestamptz '2024-01-01 00:00:00+00' + i % 50 * interval '90 minutes',
	CASE WHEN i % 50 = 0 THEN 'sad' ELSE 'glad' END::mood, (i % 8) / 8.0, i % 3 = 0, md5(i::text)::uuid, ARRAY[i % 2], CASE WHEN i % 4 > 0 THEN '{}'::json END, NULL,
	i % 7, CASE WHEN i % 25 = 0 THEN 9 ELSE i % 7 END
FROM generate_series(1, 1000) AS i;
INSERT INTO ward (id, grade, score, label, one, day, seen, feeling, portion, active, key, list, document, empty, grade_again, grade_nearly)
SELECT id, grade, score, label, one, day, seen, feeling, portion, active, key, list, document, empty, grade_again, grade_nearly FROM ward WHERE id <= 10;
CREATE TEMPORARY TABLE result AS SELECT * FROM drift.describe_relation('ward');
CREATE FUNCTION pg_temp.of(name text) RETURNS result LANGUAGE sql AS 'SELECT r FROM result AS r WHERE column_name = name';

SELECT is(array_agg(column_name), '{id,grade,score,label,one,day,seen,feeling,portion,active,key,list,document,empty,doubled,grade_again,grade_nearly}', 'the columns in their order, without dropped ones') FROM result;
SELECT is(array_agg(DISTINCT row_count), '{1010}', 'rows') FROM result;
SELECT is(array_agg(kind), '{numeric,numeric,numeric,categorical,numeric,numeric,numeric,categorical,numeric,categorical,categorical,unsupported,unsupported,numeric,numeric,numeric,numeric}', 'kinds') FROM result;
SELECT is((pg_temp.of('feeling')).column_type, 'mood', 'an enum by its name');
SELECT is((pg_temp.of('portion')).column_type, 'share', 'a domain by its name');

-- against plain SQL
SELECT is((pg_temp.of('score')).missing_count, (SELECT count(*) FROM ward WHERE score IS NULL OR score = 'NaN'), 'NULL and NaN are missing');
SELECT is((pg_temp.of('score')).missing_rate, (SELECT avg((score IS NULL OR score = 'NaN')::int)::float8 FROM ward), 'missing rate');
SELECT is((pg_temp.of('score')).infinite_count, (SELECT count(*) FROM ward WHERE score = 'Infinity'), 'infinite values');
SELECT is((pg_temp.of('score')).zero_count, (SELECT count(*) FROM ward WHERE score = 0), 'zeros');
SELECT is((pg_temp.of('score')).distinct_count, (SELECT count(DISTINCT score) FROM ward WHERE score <> 'NaN'), 'different values');
SELECT is((pg_temp.of('score')).maximum, 'Infinity', 'an infinite maximum');
SELECT is((pg_temp.of('label')).empty_count, (SELECT count(*) FROM ward WHERE label = ''), 'empty texts');
SELECT is((pg_temp.of('label')).zero_count, NULL, 'text has no zeros');
SELECT is((pg_temp.of('label')).distinct_count, (SELECT count(DISTINCT label) FROM ward), 'different texts');
SELECT is((pg_temp.of('label')).most_common, (SELECT label FROM ward WHERE label IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, label LIMIT 1), 'the most common text');
SELECT is((pg_temp.of('label')).most_common_share, (SELECT max(n) / sum(n)::float8 FROM (SELECT count(*) AS n FROM ward WHERE label IS NOT NULL GROUP BY label) AS s), 'and its share of the values');
SELECT is((pg_temp.of('grade')).unique_share, 7 / 1010::float8, 'unique share');
SELECT is((pg_temp.of('grade')).most_common, '1', 'the smallest of the most common numbers');
SELECT is((pg_temp.of('grade')).mean, (SELECT avg(grade)::float8 FROM ward), 'mean');
SELECT ok(abs((pg_temp.of('grade')).stddev - (SELECT stddev(grade) FROM ward)) < 1e-12, 'standard deviation');
SELECT is(ARRAY[(d).minimum, (d).p25, (d).median, (d).p75, (d).maximum]::float8[],
	(SELECT min(portion)::float8 || percentile_cont('{0.25,0.5,0.75}'::float8[]) WITHIN GROUP (ORDER BY portion) || max(portion)::float8 FROM ward), 'range and quartiles')
FROM (SELECT pg_temp.of('portion') AS d) AS s;
SELECT is((pg_temp.of('day')).minimum, '2024-01-01', 'a date as a date');
SELECT is((pg_temp.of('seen')).maximum, '2024-01-04 01:30:00', 'a time in UTC');
SELECT is((pg_temp.of('active')).most_common, 'false', 'a boolean');
SELECT is((pg_temp.of('key')).distinct_count, 1000::bigint, 'different uuids');
SELECT is((pg_temp.of('id')).most_common, '1', 'a value that repeats once more is the most common');

-- types without profiles, columns without values
SELECT is((pg_temp.of('document')).missing_count, (SELECT count(*) FROM ward WHERE document IS NULL), 'missing values of an unsupported type');
SELECT is((pg_temp.of('document')).distinct_count, NULL, 'it has no number of different values');
SELECT ok((pg_temp.of('document')).profile IS NULL, 'and no profile');
SELECT is((pg_temp.of('empty')).flags, '{all_missing}', 'a column without values');
SELECT is((pg_temp.of('empty')).distinct_count, 0::bigint, 'has no different ones');
SELECT is((pg_temp.of('empty')).minimum, NULL, 'and no range');

-- flags
SELECT is((pg_temp.of('one')).flags, '{constant}', 'a constant');
SELECT is((pg_temp.of('feeling')).flags, '{almost_constant}', 'one value in 98 % of the rows');
SELECT is((pg_temp.of('key')).flags, '{identifier}', 'an identifier may have a few duplicates, if it is text');
SELECT is((pg_temp.of('id')).flags, '{}', 'but not if it is a number');
SELECT is((SELECT flags FROM drift.describe_relation('SELECT DISTINCT id FROM ward')), '{identifier}', 'a number that never repeats');
SELECT is((pg_temp.of('grade_again')).flags, '{"duplicate of grade"}', 'a duplicate column');
SELECT is((pg_temp.of('grade_nearly')).flags, '{"almost duplicate of grade"}', '96 % equal');
SELECT is((pg_temp.of('doubled')).flags, '{}', 'a generated column of other values');
SELECT is((SELECT array_agg(flags[1]) FROM drift.describe_relation('SELECT i AS a, -i AS b, i % 1000 AS c, i AS d FROM generate_series(1, 150000) AS i')),
	'{identifier,identifier,NULL,identifier}', 'flags of a large data set');
SELECT is((SELECT array_agg(flags[2]) FROM drift.describe_relation('SELECT i AS a, -i AS b, 150001 - i AS c, i AS d, CASE WHEN i > 5000 THEN i ELSE 5001 - i END AS e, CASE WHEN i > 50000 THEN i ELSE 50001 - i END AS f FROM generate_series(1, 150000) AS i')),
	'{NULL,NULL,NULL,"duplicate of a","almost duplicate of a",NULL}', 'columns that are alike are told from columns that are equal, also where all differences are at the start');
SELECT is((SELECT string_agg(array_to_string(flags, '+'), ',') FROM drift.describe_relation('SELECT 1 AS a, 1 AS b, (i = 1)::int AS c, (i = 2)::int AS d FROM generate_series(1, 100) AS i')),
	'constant,constant+duplicate of a,almost_constant,almost_constant', 'rare events are not almost duplicates of each other');
SELECT is((SELECT string_agg(array_to_string(flags, '+'), ',') FROM drift.describe_relation('SELECT NULLIF(i % 4, 0) AS a, NULLIF(i % 4, 0) AS b, CASE WHEN i % 4 > 0 THEN (i % 4)::float8 END AS c FROM generate_series(1, 100) AS i')),
	',duplicate of a,', 'missing values are equal, types have to be the same');
SELECT is((SELECT string_agg(array_to_string(flags, '+'), ',') FROM drift.describe_relation('SELECT CASE WHEN i % 2 = 0 THEN i END AS a, CASE WHEN i % 3 = 0 THEN 1 END AS b FROM generate_series(1, 100) AS i')),
	'mostly_missing,mostly_missing+constant', 'half missing is mostly missing');

-- as many different values as no profile counts
CREATE TABLE many AS SELECT i AS id, 'x' || i % 20000 AS label, CASE WHEN i % 10 > 0 THEN 7 ELSE i * 0.5 END AS x, i::numeric / 3 AS y, 9007199254740993 + i / 2 AS big, i % 3 = 0 AS f FROM generate_series(1, 60000) AS i;
CREATE TEMPORARY TABLE many_result AS SELECT * FROM drift.describe_relation('many');
SELECT is(array_agg(distinct_exact), '{f,t,t,f,t,t}', 'up to 49152 different values are counted exactly') FROM many_result;
SELECT is((SELECT array_agg(distinct_count) FROM many_result WHERE distinct_exact), (SELECT ARRAY[count(DISTINCT label), count(DISTINCT x), count(DISTINCT big), 2] FROM many), 'as plain SQL counts them');
SELECT ok(bool_and(abs(distinct_count - 60000) < 2500 AND unique_share <= 1), 'more are estimated') FROM many_result WHERE NOT distinct_exact;
SELECT is((SELECT flags FROM many_result WHERE column_name = 'id'), '{identifier}', 'an estimate is enough to see an identifier');
SELECT is((SELECT most_common FROM many_result WHERE column_name = 'x'), '7', 'a value that stands out of a summary');
SELECT ok((SELECT most_common_share BETWEEN 0.85 AND 0.9 FROM many_result WHERE column_name = 'x'), 'and at least its share');
SELECT is((SELECT most_common FROM many_result WHERE column_name = 'label'), NULL, 'no value stands out where all are as frequent');
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT results_eq($$SELECT column_name, distinct_count, missing_count, zero_count FROM drift.describe_relation('many')$$,
	$$SELECT column_name, distinct_count, missing_count, zero_count FROM many_result$$, 'a parallel plan counts the same');

-- a profile alone
SELECT is(to_jsonb(d) - '{profile,column_name,column_type,flags}'::text[], to_jsonb(pg_temp.of('score')) - '{profile,column_name,column_type,flags}'::text[], 'numbers of a profile')
FROM drift.describe_profile((pg_temp.of('score')).profile) AS d;
SELECT is(to_jsonb(d) - '{profile,column_name,column_type,flags}'::text[], to_jsonb(pg_temp.of('label')) - '{profile,column_name,column_type,flags}'::text[], 'text of a profile')
FROM drift.describe_profile((pg_temp.of('label')).profile) AS d;
SELECT is((drift.describe_profile((pg_temp.of('one')).profile)).flags, '{constant}', 'flags of a profile');
SELECT is((drift.describe_profile((pg_temp.of('day')).profile)).column_type, 'date', 'what its values are');
SELECT is((drift.describe_profile(profile)).distinct_count, NULL, 'a summary does not know how many values differ') FROM many_result WHERE column_name = 'y';
SELECT is((drift.describe_profile(profile)).zero_count, NULL, 'nor how many are zero') FROM many_result WHERE column_name = 'y';
SELECT is((drift.describe_profile(drift.profile_agg(x))).flags, '{all_missing}', 'a profile without values') FROM (VALUES ('NaN'::float8), (NULL)) AS v(x);
SELECT ok(drift.describe_profile(NULL) IS NULL, 'no profile');

-- missing values together
SELECT results_eq($$SELECT missing_columns, row_count, share FROM drift.describe_missing('ward', '{score,label,document,empty}', NULL) ORDER BY 2 DESC, 1$$,
	$$SELECT array_remove(ARRAY[CASE WHEN score IS NULL OR score = 'NaN' THEN 'score' END, CASE WHEN label IS NULL THEN 'label' END, CASE WHEN document IS NULL THEN 'document' END, 'empty'], NULL) AS missing,
		count(*), count(*) / 1010::float8 FROM ward GROUP BY 1 ORDER BY 2 DESC, 1$$, 'patterns as GROUP BY finds them');
SELECT is((SELECT sum(row_count) FROM drift.describe_missing('ward', top => NULL)), 1010::numeric, 'every row has one pattern');
SELECT results_eq($$SELECT missing_columns, round(lift::numeric, 6) FROM drift.describe_missing('ward', '{score,label}')$$,
	$$VALUES ('{}'::text[], round(1 / (808 / 1010.0), 6)), ('{score,label}', round(1 / (202 / 1010.0), 6))$$, 'columns that are missing only together, and complete rows');
SELECT ok(bool_and(abs(lift - 1) < 1e-9), 'independent columns have a lift of 1') FROM drift.describe_missing('SELECT NULLIF(i % 4, 0) AS a, NULLIF(i % 3, 0) AS b FROM generate_series(1, 1200) AS i');
SELECT is((SELECT count(*) FROM drift.describe_missing('ward', top => 1)), 1::bigint, 'the first pattern alone');
SELECT throws_ok($$SELECT * FROM drift.describe_missing('ward', top => 0)$$, '22023', 'top must be at least 1, not 0', 'no pattern at all');
SELECT is((SELECT count(*) FROM drift.describe_missing('SELECT 1 AS a LIMIT 0')), 0::bigint, 'no rows have no pattern');

-- the data set
SELECT is((d).duplicate_rows, 10::bigint, 'duplicate rows') FROM drift.describe_dataset('ward') AS d;
SELECT is((d).duplicate_rows, (SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT score, label, day FROM ward) AS s) FROM ward), 'duplicates of some columns, NaN and NULL included')
FROM drift.describe_dataset('ward', '{score,label,day}') AS d;
SELECT is((d).complete_rows, (SELECT count(*) FROM ward WHERE label IS NOT NULL AND score <> 'NaN'), 'complete rows') FROM drift.describe_dataset('ward', '{score,label,day}') AS d;
SELECT is((d).missing_rate, 404 / 3030::float8, 'share of the missing values') FROM drift.describe_dataset('ward', '{score,label,day}') AS d;
SELECT is(ARRAY[(d).all_missing_columns, (d).constant_columns, (d).almost_constant_columns, (d).identifier_columns, (d).duplicate_columns, (d).almost_duplicate_columns],
	'{{empty},{one},{feeling},{key},{grade_again},{grade_nearly}}', 'columns by their flags') FROM drift.describe_dataset('ward') AS d;
SELECT is((d).duplicate_rows, 4::bigint, 'zeros of both signs, and scales of a number, are equal')
FROM drift.describe_dataset($$VALUES (0::float8, 1.0), (-0::float8, 1.00), (0, 1), (0, 1.000), (0, 1.0000), (1, 1)$$) AS d;
SELECT is((d).duplicate_rows, 0::bigint, 'NULL is not NaN, and values do not run into each other')
FROM drift.describe_dataset($$VALUES (NULL::float8, 'ab', 'c'), ('NaN', 'ab', 'c'), (NULL, 'a', 'bc'), (NULL, 'c', 'ab'), (NULL, NULL, 'c'), (NULL, 'c', NULL), (NULL, '', 'c')$$) AS d;

-- hostile shapes
SELECT is((SELECT array_agg(column_name || ':' || distinct_count) FROM drift.describe_relation('SELECT i % 3 AS "a ""b""", i % 4 AS "select", i % 5 AS "Ünïcode", i % 6 AS c1, i % 7 AS "%I", i % 8 AS row_count FROM generate_series(1, 840) AS i')),
	'{"a \"b\":3",select:4,Ünïcode:5,c1:6,%I:7,row_count:8}', 'odd names');
SELECT is((SELECT missing_columns FROM drift.describe_missing('SELECT NULL::int AS "a,""b", NULL::text AS "{}"')), ARRAY['a,"b', '{}'], 'odd names of missing columns');
SELECT is((SELECT count(*) FROM drift.describe_relation('SELECT')), 0::bigint, 'no columns');
SELECT is((d).row_count, 3::bigint, 'rows of no columns') FROM drift.describe_dataset('SELECT FROM generate_series(1, 3)') AS d;
SELECT is((SELECT string_agg(row_count || '/' || missing_count || '/' || coalesce(missing_rate::text, 'NULL') || '/' || flags::text, ' ') FROM drift.describe_relation('SELECT 1 AS a, ''x'' AS b, ARRAY[1] AS c LIMIT 0')),
	'0/0/NULL/{} 0/0/NULL/{} 0/0/NULL/{}', 'no rows');
SELECT is(row_to_json(d)::text, '{"row_count":0,"column_count":1,"complete_rows":0,"missing_rate":null,"duplicate_rows":0,"duplicate_share":null,"all_missing_columns":[],"constant_columns":[],"almost_constant_columns":[],"identifier_columns":[],"duplicate_columns":[],"almost_duplicate_columns":[]}',
	'a data set of no rows')
FROM drift.describe_dataset('SELECT 1 AS a LIMIT 0') AS d;
SELECT is((SELECT array_agg(most_common) FROM drift.describe_relation('SELECT 5 AS a')), '{5}', 'one row');
SELECT is((SELECT count(*) || ' ' || sum(distinct_count) || ' ' || count(*) FILTER (WHERE flags::text ~ 'duplicate of c1[^0-9]') FROM drift.describe_relation((SELECT format('SELECT %s FROM generate_series(1, 60) AS i', string_agg(format('i %% %s AS c%s', 2 + k % 40, k), ', ')) FROM generate_series(1, 130) AS k))),
	(SELECT 130 || ' ' || sum(2 + k % 40) || ' ' || 3 FROM generate_series(1, 130) AS k), '130 columns');
SELECT is((SELECT missing_columns::text || row_count FROM drift.describe_missing((SELECT format('SELECT %s FROM generate_series(1, 60) AS i', string_agg(format('CASE WHEN i > 20 OR %L THEN 1 END AS c%s', k NOT IN (1, 50, 51, 101, 130), k), ', ')) FROM generate_series(1, 130) AS k)) OFFSET 1),
	'{c1,c50,c51,c101,c130}20', 'patterns of 130 columns');
SELECT is((d).duplicate_rows, 59::bigint, 'rows of 130 columns') FROM drift.describe_dataset((SELECT format('SELECT %s FROM generate_series(1, 60) AS i', string_agg(format('%s AS c%s', k, k), ', ')) FROM generate_series(1, 130) AS k)) AS d;
CREATE VIEW ward_view AS SELECT grade, label FROM ward;
CREATE TABLE parts (grade integer, label text) PARTITION BY LIST (grade);
CREATE TABLE part_default PARTITION OF parts DEFAULT;
INSERT INTO parts SELECT grade, label FROM ward;
-- but for the last digit of the moments, which are of the rows as they come
SELECT results_eq($$SELECT to_jsonb(d) - '{stddev,profile}'::text[] FROM drift.describe_relation('ward_view') AS d$$,
	$$SELECT to_jsonb(d) - '{stddev,profile}'::text[] FROM drift.describe_relation('parts') AS d$$, 'a view and a partitioned table of the same rows');

-- rights
SELECT throws_ok($$SELECT * FROM drift.describe_relation('ward', '{grade,nothing}')$$, '42703', 'column "nothing" is not in the source of data', 'an unknown column');
SELECT throws_ok($$SELECT * FROM drift.describe_relation('SELECT 1 AS a, 2 AS a')$$, '42701', NULL, 'one name twice');
SELECT throws_ok($$SELECT * FROM drift.describe_relation(NULL)$$, '22004', 'the source of data is NULL', 'no source');
SELECT throws_ok($$SELECT * FROM drift.describe_dataset('DELETE FROM ward')$$, '42601', NULL, 'what is no query');
CREATE FUNCTION writes() RETURNS integer LANGUAGE sql VOLATILE AS 'INSERT INTO quality.parts VALUES (1) RETURNING grade';
SELECT throws_ok(format('SELECT * FROM drift.%s(''SELECT quality.writes() AS a'')', f), '25006', NULL, format('%s of a query that writes', f))
FROM unnest('{describe_relation,describe_missing,describe_dataset}'::text[]) AS f ORDER BY f;
SELECT throws_ok($$SELECT * FROM drift.describe_changes('ward', 'SELECT quality.writes() AS a')$$, '25006', NULL, 'changes in a query that writes');

-- changes
CREATE TABLE old AS
SELECT i AS id, i % 10 AS grade, (ARRAY['card', 'cash', 'transfer'])[1 + i % 3] AS payment, i * 0.5::float8 AS amount, CASE WHEN i % 10 = 0 THEN NULL ELSE i % 50 END AS age,
	i % 5 AS step, i AS number, 1 AS same, date '2024-01-01' + i % 30 AS day, i % 4 AS gone, 'a' AS text_now, i % 6 AS emptied, ARRAY[i % 2] AS list, i % 3 AS few
FROM generate_series(1, 1000) AS i;
CREATE TABLE new AS
SELECT i + 1000 AS id, CASE WHEN i % 10 = 9 THEN NULL ELSE i % 10 END AS grade, (ARRAY['card', 'wallet', 'transfer', 'card', 'cheque'])[1 + i % 5] AS payment, i * 0.5::float8 + 25 AS amount,
	CASE WHEN i % 2 = 0 THEN NULL ELSE i % 50 END AS age, 3 AS step, i::bigint AS number, 1 AS same, date '2024-01-11' + i % 30 AS day, 1 AS added, 1 AS text_now, NULL::integer AS emptied,
	CASE WHEN i % 5 > 0 THEN ARRAY[i % 2] END AS list, i % 90 AS few
FROM generate_series(1, 900) AS i;
CREATE TEMPORARY TABLE changed AS SELECT * FROM drift.describe_changes('old', 'new');
CREATE FUNCTION pg_temp.changes_of(name text) RETURNS text LANGUAGE sql AS $$SELECT string_agg(change || ' ' || severity || coalesce(' ' || round(share::numeric, 3), ''), ', ' ORDER BY change) FROM changed WHERE column_name IS NOT DISTINCT FROM name$$;
SELECT is(pg_temp.changes_of(NULL), 'row_count info 0.900', 'fewer rows');
SELECT is(pg_temp.changes_of('gone'), 'column_removed critical', 'a column that is gone');
SELECT is(pg_temp.changes_of('added'), 'column_added info', 'a column that came');
SELECT is(pg_temp.changes_of('text_now'), 'type_changed critical', 'a type that cannot be compared with what it was');
SELECT is(pg_temp.changes_of('number'), 'type_changed warning', 'one that can');
SELECT is(pg_temp.changes_of('grade'), 'missing_appeared warning 0.100', 'missing values that came');
SELECT is(pg_temp.changes_of('age'), 'became_mostly_missing warning 0.500, missing_rate warning 0.500', 'many more of them');
SELECT is(pg_temp.changes_of('emptied'), 'became_all_missing critical 1.000', 'nothing else');
SELECT is(pg_temp.changes_of('list'), 'missing_appeared warning 0.200', 'missing values of a type without a profile');
SELECT is(pg_temp.changes_of('payment'), 'new_category warning 0.400, vanished_category info 0.334', 'categories that came and went');
SELECT is((SELECT detail FROM changed WHERE change = 'new_category'), '40.0 % of the values are in new categories: ''cheque'' (20.0 %), ''wallet'' (20.0 %)', 'by name');
SELECT is(pg_temp.changes_of('step'), 'became_constant warning 1.000, distinct_count info 0.001', 'a column that became constant');
SELECT is(pg_temp.changes_of('day'), 'out_of_range warning 0.333', 'dates out of range');
SELECT is((SELECT detail FROM changed WHERE column_name = 'day'), '33.3 % of the values are outside the range 2024-01-01 to 2024-01-30 of the reference: they reach from 2024-01-11 to 2024-02-09', 'by name');
SELECT is(pg_temp.changes_of('amount'), (SELECT NULL::text), 'nothing to say of values within their range');
SELECT is(pg_temp.changes_of('few'), 'distinct_count info 0.100, out_of_range warning 0.967', 'many more different values');
SELECT is(pg_temp.changes_of('same'), NULL, 'a constant that stayed one');
SELECT is(pg_temp.changes_of('id'), NULL, 'new values of an identifier');
SELECT is((SELECT array_agg(DISTINCT severity ORDER BY severity) FROM changed), '{critical,info,warning}', 'severities');
SELECT ok((SELECT bool_and(r >= before) FROM (SELECT r, lag(r, 1, 0) OVER (ORDER BY place) AS before FROM (SELECT array_position('{critical,warning,info}', severity) AS r, row_number() OVER () AS place FROM changed) AS s) AS t), 'the worst come first');
SELECT is_empty($$SELECT * FROM drift.describe_changes('old', 'old')$$, 'nothing changed');
SELECT is((SELECT string_agg(change || ' ' || severity, ', ') FROM drift.describe_changes('old', 'SELECT * FROM new LIMIT 0', '{grade}')), 'row_count critical', 'no rows any more');
SELECT is((SELECT string_agg(change || ' ' || severity, ', ') FROM drift.describe_changes('SELECT * FROM old LIMIT 0', 'new', '{grade}')), 'row_count warning', 'the first rows');
SELECT is((SELECT string_agg(change, ', ') FROM drift.describe_changes('old', 'new', '{added,payment}')), 'new_category, row_count, vanished_category, column_added', 'some columns');
SELECT is((SELECT string_agg(change, ', ') FROM drift.describe_changes('SELECT FROM generate_series(1, 5)', 'SELECT FROM generate_series(1, 6)')), 'row_count', 'rows of no columns, more of them');
SELECT is((SELECT string_agg(change, ', ') FROM drift.describe_changes('old', 'new', '{gone}')), 'column_removed, row_count', 'a column of one side alone');
SELECT throws_ok($$SELECT * FROM drift.describe_changes('old', 'new', '{nothing}')$$, '42703', NULL, 'a column of no side');
SELECT throws_ok($$SELECT * FROM drift.describe_changes('old', NULL)$$, '22004', NULL, 'no current data');

-- whose rights
CREATE ROLE quality_reader;
GRANT USAGE ON SCHEMA quality TO quality_reader;
GRANT SELECT ON old TO quality_reader;
ALTER TABLE old ENABLE ROW LEVEL SECURITY;
CREATE POLICY first_rows ON old USING (id <= 100);
SET LOCAL ROLE quality_reader;
CREATE TEMPORARY TABLE seen AS SELECT (SELECT row_count FROM drift.describe_relation('old', '{id}')) AS a, (SELECT row_count FROM drift.describe_dataset('old')) AS b,
	(SELECT sum(row_count) FROM drift.describe_missing('old')) AS c;
CREATE FUNCTION pg_temp.state_of(query text) RETURNS text LANGUAGE plpgsql AS $f$ BEGIN EXECUTE query; RETURN 'ok'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $f$;
CREATE TEMPORARY TABLE refused AS SELECT f, pg_temp.state_of(format('SELECT * FROM drift.%s', f)) AS state
FROM unnest(ARRAY[$$describe_relation('new')$$, $$describe_missing('new')$$, $$describe_dataset('new')$$, $$describe_changes('old', 'new')$$]) AS f;
RESET ROLE;
SELECT results_eq('SELECT * FROM seen', 'SELECT 100::bigint, 100::bigint, 100::numeric', 'policies of rows hold');
SELECT is(state, '42501', f || ' without the right to read') FROM refused ORDER BY f;

-- private parts, called with what nobody passes
SELECT is(drift_internal.different_rows_agg('{1,2,1,3}', h, 1), '{2,0}', 'pairs are counted until they differ too often')
FROM (VALUES ('{1,2,1}'::bigint[]), ('{1,1,1}'), ('{1,3,1}'), ('{1,4,1}')) AS v(h);
SELECT throws_ok($$SELECT drift_internal.different_rows_agg(NULL, '{1}', 1)$$, '22004', NULL, 'no pairs');
SELECT throws_ok($$SELECT drift_internal.different_rows_agg('{1,NULL}', '{1,2}', 1)$$, '22004', NULL, 'half a pair');
SELECT throws_ok($$SELECT drift_internal.different_rows_agg('{1,2}', NULL, NULL)$$, '22004', NULL, 'no hashes');
SELECT throws_ok($$SELECT drift_internal.different_rows_agg('{1,3}', '{1,2}', 1)$$, '22023', NULL, 'no such column');
SELECT throws_ok($$SELECT drift_internal.different_rows_agg('{1,2}', h, 1) FROM (VALUES ('{1,2}'::bigint[]), ('{1}')) AS v(h)$$, '2202E', NULL, 'rows that are shorter');
SELECT throws_ok((SELECT format('SELECT drift_internal.missing_mask(%s)', string_agg('1', ', ')) FROM generate_series(1, 64)), '54023', NULL, 'too many columns for a mask');

SELECT * FROM finish();
ROLLBACK;
