-- statistics over labelled rows

SET extra_float_digits = 0;
SET TimeZone = 'UTC';

-- Runs a query that must fail and prints its SQLSTATE, message, detail and hint
CREATE FUNCTION fails(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'did not fail';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''), nullif(hint, ''));
END
$$;

-- shares 1/2 1/2 against 1/4 3/4 by hand: psi = ln(3) / 4, total variation = 1/4

CREATE TABLE halves AS
	SELECT x, x > 2 AS is_current, CASE WHEN x IN (1, 3) THEN 0 ELSE 1 END AS v FROM generate_series(1, 6) x;

SELECT round(drift.psi(v, is_current)::numeric, 12) AS psi,
	round((ln(3) / 4)::numeric, 12) AS by_hand,
	drift.total_variation(v, is_current) AS tv,
	round(drift.kl_divergence(v, is_current)::numeric, 12) AS kl,
	round((ln(2) / 2 + ln(2.0 / 3) / 2)::numeric, 12) AS kl_by_hand,
	round(drift.hellinger_distance(v, is_current)::numeric, 12) AS hellinger,
	round(sqrt((sqrt(0.5) - sqrt(0.25)) ^ 2 / 2 + (sqrt(0.5) - sqrt(0.75)) ^ 2 / 2)::numeric, 12) AS hellinger_by_hand,
	round(drift.js_distance(v, is_current)::numeric, 12) AS js
FROM halves;

-- the same as a category, in given edges, and as counts
SELECT round(drift.psi(v::text, is_current)::numeric, 12) AS category,
	round(drift.psi(v, is_current, ARRAY[0.5])::numeric, 12) AS edges,
	round(drift.psi_counts(ARRAY[1, 1], ARRAY[1, 3])::numeric, 12) AS counts,
	round(drift.psi_counts(ARRAY[0.5, 0.5], ARRAY[0.25, 0.75])::numeric, 12) AS shares
FROM halves;

-- samples 1 2 3 and 2 3 4 5: F - G is largest, 1/2, from 3 to 4; the area between them is
-- 1/3 + 5/12 + 1/2 + 1/4; the reference wins 0 + 1/2 + 1 1/2 pairs
CREATE TABLE small AS
	SELECT * FROM (VALUES (1, false), (2, false), (3, false), (2, true), (3, true), (4, true), (5, true)) v (x, is_current);

SELECT statistic, n_reference, n_current, statistic_error, p_value = p_value_low AND p_value = p_value_high AS exact
FROM (SELECT (drift.ks_test(x, is_current)).* FROM small) t;
SELECT drift.wasserstein_distance(x, is_current) AS wasserstein,
	round((drift.normalized_wasserstein_distance(x, is_current) * sqrt(2.0 / 3))::numeric, 12) AS times_deviation,
	(drift.mann_whitney_test(x, is_current)).statistic AS u,
	round((drift.t_test(x, is_current)).statistic::numeric, 12) AS t,
	round((-1.5 / sqrt(1.0 / 3 + 5.0 / 12))::numeric, 12) AS t_by_hand
FROM small;

-- 2 x 2 and 2 x 3 contingency; z is the square root of the uncorrected chi-square
CREATE TABLE arms AS
	SELECT c, is_current FROM (VALUES ('no', false, 30), ('yes', false, 10), ('no', true, 20), ('yes', true, 20)) v (c, is_current, n),
		generate_series(1, n);
SELECT round((drift.chi_square_test(c, is_current)).statistic::numeric, 10) AS yates,
	round((80 * (30 * 20 - 10 * 20 - 40) ^ 2 / (40.0 * 40 * 50 * 30))::numeric, 10) AS by_hand,
	round((drift.z_test(c, is_current)).statistic::numeric, 10) AS z,
	round((-0.25 / sqrt(0.375 * 0.625 / 20))::numeric, 10) AS z_by_hand,
	round((drift.z_test(c = 'no', is_current)).statistic::numeric, 10) AS minus_z
FROM arms;
SELECT drift.chi_square_test(x, is_current) = drift.chi_square_test(x::text, is_current) AS numbers_as_categories FROM small;

-- every type: the same numbers give the same distance, however they are written
SELECT drift.wasserstein_distance(x::int2, f) AS int2, drift.wasserstein_distance(x::int4, f) AS int4,
	drift.wasserstein_distance(x::int8, f) AS int8, drift.wasserstein_distance(x::float4, f) AS float4,
	drift.wasserstein_distance(x::float8, f) AS float8, drift.wasserstein_distance(x::numeric, f) AS numeric,
	drift.wasserstein_distance(date '2024-02-28' + x, f) AS days,
	drift.wasserstein_distance(timestamp '2024-02-28' + x * interval '1 second', f) AS seconds,
	drift.wasserstein_distance(timestamptz '2024-02-28 00:00+05' + x * interval '1 us', f) AS microseconds
FROM (SELECT x, is_current f FROM small) t;

-- dates are days and timestamps seconds since 1970-01-01; infinite ones are infinite
SELECT drift.total_variation(d, f, ARRAY[-1, 0]) AS at_the_epoch
FROM (VALUES (date '1970-01-01', false), (date '-infinity', false), (date '1969-12-31', true), (date 'infinity', true)) v (d, f);
SELECT drift.total_variation(t, f, ARRAY[-0.5, 0]) AS at_the_epoch
FROM (VALUES (timestamptz '1970-01-01 00:00 UTC', false), (timestamptz 'infinity', true)) v (t, f);
SELECT (drift.t_test(t, f)).statistic AS last_representable_times
FROM (VALUES (timestamp '294276-12-31 23:59:59', false), (timestamp '294276-12-31 23:59:57', false),
	(timestamp '294276-12-31 23:59:59', true), (timestamp '294276-12-31 23:59:57', true)) v (t, f);

CREATE TYPE size AS ENUM ('small', 'medium', 'large');
CREATE DOMAIN score AS float8 CHECK (value >= 0);
SELECT drift.total_variation(x > 2, f) AS bool, drift.total_variation(x::text, f) AS text,
	drift.total_variation(x::varchar, f) AS varchar, drift.total_variation(x::char(5), f) AS bpchar,
	drift.total_variation(x::text::name, f) AS name, drift.total_variation(chr(64 + x)::"char", f) AS char,
	drift.total_variation((ARRAY['small', 'medium', 'large', 'large', 'large'])[x]::size, f) AS enum,
	drift.total_variation(lpad(x::text, 32, '0')::uuid, f) AS uuid,
	drift.wasserstein_distance(x::score, f) AS domain
FROM (SELECT x, is_current f FROM small) t;
-- trailing blanks of char(n) mean nothing, those of text do
SELECT drift.total_variation(c::char(3), f) AS bpchar, drift.total_variation(c, f) AS text
FROM (VALUES ('a', false), ('a  ', true)) v (c, f);
-- the larger label is the success of z_test, in the order of bytes
SELECT (drift.z_test(c::size, f)).statistic > 0 AS small_after_large, (drift.z_test(c, f)).statistic > 0 AS text
FROM (VALUES ('small', false), ('small', false), ('large', false), ('large', true), ('large', true), ('small', true)) v (c, f);

-- missing values and NULL flags stay out, infinities and both zeros are values
SELECT drift.ks_test(x, f) AS three_and_three
FROM (VALUES (1.0::float8, false), (2, false), (3, false), (NULL, false), ('NaN', false), (9, NULL), (NULL, NULL),
	(4, true), (5, true), (6, true), ('NaN', true)) v (x, f);
SELECT (drift.ks_test(x, f)).statistic AS ks, drift.total_variation(x, f, ARRAY[0]) AS tv, drift.psi(x, f, ARRAY['-Infinity', 0, 'Infinity']::float8[]) > 0 AS psi,
	drift.wasserstein_distance(x, f) AS wasserstein, (drift.mann_whitney_test(x, f)).statistic AS u
FROM (VALUES ('-Infinity'::float8, false), (0, false), (1, false), (2, false), ('-0', true), (1, true), (2, true), ('Infinity', true)) v (x, f);
SELECT drift.psi(x, f) AS psi, (drift.ks_test(x, f)).statistic AS ks, (drift.ks_test(x, f)).p_value AS p
FROM (VALUES (0::float8, false), ('-0', true)) v (x, f);
SELECT drift.ks_test(x::numeric, f) FROM (VALUES ('NaN', false), ('1e400', false), ('Infinity', true)) v (x, f);

-- constants and single rows
SELECT drift.psi(7, f), drift.js_distance(7, f), drift.wasserstein_distance(7, f), drift.normalized_wasserstein_distance(7, f),
	(drift.ks_test(7, f)).statistic AS ks, (drift.ks_test(7, f)).p_value AS ks_p, (drift.chi_square_test(7, f)).p_value AS chi_p,
	(drift.z_test(7, f)).statistic AS z, (drift.z_test(7, f)).p_value AS z_p, (drift.t_test(7, f)).p_value AS t_p
FROM (VALUES (false), (true), (true), (false)) v (f);
SELECT drift.psi(c, f), (drift.chi_square_test(c, f)).statistic, (drift.z_test(c, f)).p_value
FROM (VALUES ('only', false), ('only', true)) v (c, f);
SELECT (drift.ks_test(x, f)).*, (drift.t_test(x, f)).p_value AS t_p, (drift.mann_whitney_test(x, f)).p_value AS u_p
FROM (VALUES (1, false), (2, true)) v (x, f);

-- categories under one percent of the reference are pooled, unseen ones are not:
-- 0.5 % twice become 1 %, and 1 % stays by itself
WITH t AS (
	SELECT c, f FROM (VALUES ('a', false, 980), ('b', false, 10), ('c', false, 5), ('d', false, 5),
		('a', true, 80), ('c', true, 10), ('e', true, 6), ('f', true, 4)) v (c, f, n), generate_series(1, n))
SELECT round(drift.psi(c, f)::numeric, 12) AS psi,
	round(drift.psi_counts(ARRAY[980, 10, 10, 0, 0], ARRAY[80, 0, 10, 6, 4])::numeric, 12) AS by_hand,
	drift.total_variation(c, f) AS tv_unpooled
FROM t;

-- bins are (a, b]; the default is ten quantiles of the reference; -0 as an edge is 0
SELECT drift.total_variation(x, x > 2, ARRAY[1, 2, 3]) AS tv, drift.total_variation(x, x > 2, ARRAY[2.5]) AS apart,
	drift.total_variation(x - 2, x > 2, ARRAY['-0']::float8[]) AS apart_at_zero
FROM generate_series(1, 4) x;
SELECT drift.psi(x, f) = drift.psi(x, f, 10) AS default_bins, drift.psi(x, f) = drift.psi(x, f, 11) AS other_bins,
	drift.psi(x, f, 10) = drift.psi(x, f, ARRAY[100.9, 200.8, 300.7, 400.6, 500.5, 600.4, 700.3, 800.2, 900.1]) AS quantiles,
	drift.psi(x, f, 1024) > 0 AS many_bins
FROM (SELECT x, false FROM generate_series(1, 1000) x UNION ALL SELECT x * x % 1013, true FROM generate_series(1, 700) x) t (x, f);
-- more edges than are compared one by one
SELECT drift.psi(x, f, e) = drift.psi_counts(r, c) AS binary_search
FROM (SELECT x, false FROM generate_series(1, 1000) x UNION ALL SELECT x * x % 1000 + 1, true FROM generate_series(1, 1000) x) t (x, f),
	(SELECT array_agg(x * 10 ORDER BY x)::float8[] AS e FROM generate_series(1, 99) x) edges,
	(SELECT array_agg(r ORDER BY b) AS r, array_agg(c ORDER BY b) AS c
	 FROM (SELECT b, 10 AS r, (SELECT count(*) FROM generate_series(1, 1000) x WHERE (x * x % 1000) / 10 = b) AS c FROM generate_series(0, 99) b) n) counts
GROUP BY r, c;
-- a value with a tenth of the reference has a bin of its own, also where it is the maximum
SELECT round(drift.psi(CASE WHEN x % 100 < CASE WHEN f THEN 65 ELSE 96 END THEN 999 ELSE x % 100 END, f)::numeric, 6) AS psi
FROM generate_series(0, 9999) x, (VALUES (false), (true)) v (f);

-- groups
SELECT g, round(drift.psi(x, f)::numeric, 6) AS psi, (drift.ks_test(x, f)).n_current
FROM (SELECT i % 3 AS g, i % 17 AS x, i % 5 = 0 AS f FROM generate_series(1, 300) i) t GROUP BY g ORDER BY g;

-- errors: empty sides
SELECT fails('SELECT drift.psi(x, f) FROM (VALUES (1, true), (NULL, false)) v (x, f)');
SELECT fails('SELECT drift.ks_test(x, f) FROM (VALUES (1.5, false), (2, false), (3, NULL)) v (x, f)');
SELECT fails('SELECT drift.chi_square_test(x, f) FROM (VALUES (''a'', true)) v (x, f)');
SELECT fails('SELECT drift.psi(x, f, ARRAY[1.0]) FROM (VALUES (''NaN''::float8, false), (1, true)) v (x, f)');
SELECT fails('SELECT drift.t_test(x, true) FROM generate_series(1, 0) x');
-- errors: types
SELECT fails('SELECT drift.psi(ARRAY[x], true) FROM generate_series(1, 3) x');
SELECT fails('SELECT drift.psi(''1'', true)');
SELECT fails('SELECT drift.psi(interval ''1 day'', true)');
SELECT fails('SELECT drift.' || name || '(x::text, x > 1) FROM generate_series(1, 3) x')
FROM unnest('{wasserstein_distance,normalized_wasserstein_distance,ks_test,t_test,mann_whitney_test}'::text[]) name;
SELECT fails('SELECT drift.psi(x::text, true, 10) FROM generate_series(1, 3) x');
SELECT fails('SELECT drift.psi(x > 1, true, ARRAY[1.0]) FROM generate_series(1, 3) x');
SELECT fails('SELECT drift.z_test(x, x > 1) FROM generate_series(1, 3) x');
SELECT fails('SELECT drift.z_test(x::text, x > 1) FROM generate_series(1, 3) x');
SELECT fails('SELECT drift.psi(x, x > 1) OVER () FROM generate_series(1, 3) x');
-- errors: bins
SELECT fails(format('SELECT drift.psi(x, x > 1, %s) FROM generate_series(1, 3) x', bins))
FROM unnest('{1,0,-1,1025,1000000000,NULL::int,x + 5}'::text[]) bins;
-- errors: edges
SELECT fails(format('SELECT drift.psi(x, x > 1, %s::float8[]) FROM generate_series(1, 3) x', edges))
FROM unnest(ARRAY['ARRAY[2, 1]', 'ARRAY[1, 1]', 'ARRAY[1, ''NaN'']', 'ARRAY[1, NULL]', 'ARRAY[[1, 2], [3, 4]]', '''{}''', 'NULL',
	'(SELECT array_agg(i) FROM generate_series(1, 1025) i)', 'ARRAY[x]']) edges;
-- but edges computed anew for each row are fine when they are the same
SELECT drift.total_variation(x, x > 2, ARRAY[2.5, 3.5 + 0 * x]) FROM generate_series(1, 4) x;
-- infinite edges alone make one bin
SELECT drift.psi(x, x > 2, ARRAY['-Infinity', 'Infinity']::float8[]) FROM generate_series(1, 4) x;
-- errors: counts
SELECT fails(format('SELECT drift.psi_counts(%s)', arguments))
FROM unnest(ARRAY['ARRAY[1, 2], ARRAY[1]', 'ARRAY[1, NULL], ARRAY[1, 2]', 'ARRAY[1, 2], ARRAY[-1, 2]', 'ARRAY[0, 0], ARRAY[1, 2]',
	'''{}'', ''{}''', 'ARRAY[1, 2], ARRAY[''NaN'', 1]::numeric[]', 'ARRAY[[1], [2]], ARRAY[1, 2]', 'ARRAY[1, 2], ARRAY[1, 2], 0',
	'ARRAY[1, 2], ARRAY[1, 2], 0.5', 'ARRAY[1, 2], ARRAY[1, 2], ''NaN''']) arguments;
SELECT drift.psi_counts(NULL, ARRAY[1]) IS NULL AS strict, round(drift.psi_counts('{1,0}', '{1,1}', 0.25)::numeric, 12) AS floor,
	round((0.5 * ln(2) - 0.25 * ln(0.5))::numeric, 12) AS by_hand;

-- one transition per row, however many statistics share the arguments: the
-- argument is evaluated once per transition, and counts its evaluations
CREATE SEQUENCE evaluations;
CREATE FUNCTION counted(x int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
	$$ BEGIN PERFORM nextval('evaluations'); RETURN x; END $$;
CREATE FUNCTION evaluations_of(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	before bigint := nextval('evaluations');
BEGIN
	EXECUTE query;
	RETURN nextval('evaluations') - before - 1;
END
$$;
CREATE TABLE hundred AS SELECT i AS x, i % 3 = 0 AS f FROM generate_series(1, 100) i;
SELECT evaluations_of('SELECT drift.ks_test(counted(x), f) FROM hundred') AS one,
	evaluations_of('SELECT drift.psi(counted(x), f), drift.kl_divergence(counted(x), f), drift.js_distance(counted(x), f),
		drift.hellinger_distance(counted(x), f), drift.total_variation(counted(x), f), drift.wasserstein_distance(counted(x), f),
		drift.normalized_wasserstein_distance(counted(x), f), drift.ks_test(counted(x), f), drift.chi_square_test(counted(x), f),
		drift.t_test(counted(x), f), drift.mann_whitney_test(counted(x), f) FROM hundred') AS eleven,
	evaluations_of('SELECT drift.psi(counted(x), f, 20), drift.js_distance(counted(x), f, 20) FROM hundred') AS two_with_bins,
	evaluations_of('SELECT drift.psi(counted(x), f, ARRAY[50.0]), drift.js_distance(counted(x), f, ARRAY[50.0]) FROM hundred') AS two_with_edges,
	evaluations_of('SELECT drift.psi(counted(x), f), drift.psi(counted(x), NOT f) FROM hundred') AS other_flag;

-- the order in which statistics of one state are taken does not matter
SELECT drift.ks_test(x, f) = (SELECT drift.ks_test(x, f) FROM hundred) AS ks_after_sort,
	drift.t_test(x, f) = (SELECT drift.t_test(x, f) FROM hundred) AS t_after_sort,
	drift.psi(x, f) = (SELECT drift.psi(x, f) FROM hundred) AS psi_after_sort,
	drift.wasserstein_distance(x, f) > 0 AS sorted
FROM hundred;

-- spilled equals in memory, to the last bit

SET extra_float_digits = 1;
CREATE TABLE many AS
	SELECT sin(i) * exp(cos(i * 1.7)) AS x, (i * 7919 % 1000) AS tied, i % 15 AS discrete, i % 2 AS two,
		CASE WHEN i % 10 = 0 THEN 0 ELSE ln(i) END AS heavy, 'label ' || i::bigint * i % 50021 AS label, (i % 7)::text AS digit, i % 3 = 0 AS f
	FROM generate_series(1, 200000) i;
CREATE FUNCTION statistics_of(x text, two text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT ROW(drift.psi(%1$s, f), drift.kl_divergence(%1$s, f), drift.js_distance(%1$s, f), drift.hellinger_distance(%1$s, f),
		drift.total_variation(%1$s, f), drift.chi_square_test(%1$s, f), drift.z_test(%2$s, f))::text FROM many', x, two) INTO result;
	IF x <> 'label' AND x <> 'digit' THEN
		EXECUTE format('SELECT $1 || ROW(drift.psi(%1$s, f, 2), drift.psi(%1$s, f, 1000), drift.wasserstein_distance(%1$s, f),
			drift.normalized_wasserstein_distance(%1$s, f), drift.t_test(%1$s, f), drift.mann_whitney_test(%1$s, f))::text FROM many', x)
			INTO result USING result;
		EXECUTE format('SELECT $1 || drift.ks_test(%1$s, f)::text FROM many', x) INTO result USING result;
	END IF;
	RETURN result;
END
$$;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '256MB';
CREATE TABLE results AS
	SELECT x, statistics_of(x, two) AS in_memory, NULL::text AS spilled
	FROM (VALUES ('x', 'two'), ('tied', 'two'), ('discrete', 'two'), ('heavy', 'two'), ('label', 'two::text'), ('digit', 'two > 0')) v (x, two);
-- the server's count of temporary files tells that the second run really went to disk
SET work_mem = '64kB';
SELECT pg_stat_force_next_flush();
SELECT temp_files AS before FROM pg_stat_database WHERE datname = current_database() \gset
UPDATE results SET spilled = statistics_of(x, CASE x WHEN 'label' THEN 'two::text' WHEN 'digit' THEN 'two > 0' ELSE 'two' END);
SELECT pg_stat_force_next_flush();
SELECT temp_files - :before > 20 AS went_to_disk FROM pg_stat_database WHERE datname = current_database();
SELECT x, in_memory = spilled AS equal, length(spilled) > 100 AS answered FROM results ORDER BY x;
SELECT fails('SELECT drift.z_test(x, f) FROM many') LIKE '22023 | z_test needs two distinct values%' AS third_number_spilled,
	fails('SELECT drift.z_test(label, f) FROM many') LIKE '22023 | z_test needs two distinct values%' AS third_label_spilled,
	fails('SELECT drift.ks_test(x, true) FROM many') LIKE '22023 | the reference side is empty%' AS empty_spilled;
-- groups, each with its own files
CREATE TABLE groups AS SELECT digit, drift.ks_test(x, f), drift.psi(label, f) FROM many GROUP BY digit;
SET work_mem = '256MB';
SELECT count(*) AS groups, bool_and(g = h) AS equal
FROM groups g JOIN (SELECT digit, drift.ks_test(x, f), drift.psi(label, f) FROM many GROUP BY digit) h USING (digit);
SET work_mem = '64kB';

-- in a parallel plan the rows are gathered and the statistic is taken above
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET work_mem = '256MB';
EXPLAIN (COSTS OFF) SELECT drift.ks_test(x, f), drift.psi(x, f) FROM many;
SELECT drift.ks_test(x, f) = (SELECT substring(in_memory FROM '.*(\(.*\))$')::drift.test_result FROM results WHERE x = 'x') AS equal FROM many;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '64kB';

-- a cancelled query stops, spilled or not
SET statement_timeout = '300ms';
SELECT drift.wasserstein_distance(sin(a.i * 1000 + b.i), b.i % 2 = 0) FROM generate_series(1, 1000) a (i), generate_series(1, 20000) b (i);
RESET work_mem;
SELECT drift.ks_test(sin(a.i * 1000 + b.i), b.i % 2 = 0) FROM generate_series(1, 1000) a (i), generate_series(1, 20000) b (i);
RESET statement_timeout;

DROP TABLE halves, small, arms, hundred, many, results, groups;
DROP FUNCTION counted, evaluations_of, statistics_of, fails;
DROP SEQUENCE evaluations;
DROP TYPE size;
DROP DOMAIN score;
