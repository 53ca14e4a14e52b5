-- What people and programs should not do, and do: each gets an answer or an error with its own SQLSTATE.
CREATE SCHEMA hostile;
SET search_path = hostile;

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
CREATE TABLE t AS SELECT g, g / 7.0::float8 AS x, g > 60 AS f, 'c' || g % 3 AS c FROM generate_series(1, 100) AS g;
CREATE TABLE p AS SELECT drift.profile_agg(x) AS number, drift.profile_agg(c) AS word, drift.profile_agg(g) FILTER (WHERE false) AS none,
	drift.profile_agg(NULL::float8) AS missing FROM t;

-- bins
SELECT bins, fails(format('SELECT drift.psi(x, f, %s) FROM t', bins)) AS from_rows FROM unnest(ARRAY[0, -1, 1, 1025, 1000000000]) AS bins;
SELECT bins, fails(format('SELECT drift.psi(number, number, %s) FROM p', bins)) AS from_profiles FROM unnest(ARRAY[0, -1, 1, 1025, 1000000000]) AS bins;
SELECT bins, fails(format('SELECT drift.bins(number, %s) FROM p', bins)) AS bins_of FROM unnest(ARRAY[0, 1000000000]) AS bins;
SELECT bins, fails(format($$SELECT drift.histogram('t', 't', 'x', %s)$$, bins)) AS histogram FROM unnest(ARRAY[0, 1000000000]) AS bins;
SELECT fails('SELECT drift.psi(x, f, g % 5 + 2) FROM t') AS bins_that_change;
-- edges
SELECT edges, fails(format('SELECT drift.psi(x, f, %L::float8[]) FROM t', edges)) AS answer
FROM unnest(ARRAY['{}', '{3,2,1}', '{1,1}', '{1,NaN}', '{1,NULL}', '{{1,2},{3,4}}', '{-Infinity,0,Infinity}']) AS edges;
SELECT fails('SELECT drift.psi(x, f, (SELECT array_agg(g::float8) FROM generate_series(1, 100000) AS g)) FROM t') AS too_many_edges;
SELECT fails('SELECT drift.psi(x, f, ARRAY[g]::float8[]) FROM t') AS edges_that_change;
-- floors
SELECT floor, fails(format('SELECT drift.psi(number, number, 10, %L) FROM p', floor)) AS answer FROM unnest(ARRAY['0', '-1', '0.5', 'NaN', 'Infinity']) AS floor;
SELECT fails('SELECT drift.psi_counts(ARRAY[1, 2], ARRAY[1])') AS lengths, fails('SELECT drift.psi_counts(ARRAY[1, -2], ARRAY[1, 2])') AS negative,
	fails($$SELECT drift.psi_counts('{NaN,1}', '{1,2}')$$) AS nan, fails($$SELECT drift.psi_counts('{}', '{}')$$) AS nothing;

-- empty sides
SELECT v, fails(format('SELECT drift.%s(x, %s) FROM t', s, v)) AS answer
FROM unnest(ARRAY['psi', 'ks_test', 'chi_square_test']) AS s, unnest(ARRAY['NULL', 'true', 'false']) AS v;
SELECT fails('SELECT drift.ks_test(NULL::float8, f) FROM t') AS all_missing, fails('SELECT drift.psi(x, f) FROM t WHERE false') AS no_rows;
SELECT fails('SELECT drift.ks_test(number, missing) FROM p') AS missing_current, fails('SELECT drift.psi(missing, number) FROM p') AS missing_reference;
SELECT drift.ks_test(number, none) IS NULL AS null_profile FROM p;
-- one row
SELECT drift.ks_test(x, g = 1) AS ks, drift.psi(x, g = 1) > 0 AS psi, drift.t_test(x, g = 1) AS t, drift.mann_whitney_test(x, g = 1) AS u FROM t WHERE g <= 2;
SELECT fails('SELECT * FROM drift.compare(''SELECT x, c FROM t WHERE g = 1'', ''SELECT x, c FROM t WHERE g = 2'')') AS compare;
SELECT column_name, severity, drifted FROM drift.compare('SELECT x, c, NULL::float8 AS n FROM t WHERE g = 1', 'SELECT x, c, NULL::float8 AS n FROM t WHERE false');

-- Infinity, NaN, -0
SELECT drift.minimum(p), drift.maximum(p), drift.mean(p), drift.stddev(p), drift.missing_count(p), drift.distinct_count(p), drift.cdf(p, 0), drift.quantile(p, 0.5)
FROM (SELECT drift.profile_agg(v) AS p FROM unnest(ARRAY['Infinity', '-Infinity', 'Infinity', 'NaN', '-0', '0', NULL]::float8[]) AS v) AS s;
SELECT drift.mean(p) AS no_overflow, drift.stddev(p) FROM (SELECT drift.profile_agg(v) AS p FROM unnest(ARRAY[1.7e308, -1.7e308]::float8[]) AS v) AS s;
SELECT drift.ks_test(v, f), drift.wasserstein_distance(v, f) FROM (VALUES ('Infinity'::float8, false), ('0', false), ('Infinity', true), ('-0', true)) AS s(v, f);
SELECT drift.ks_test(v, f), drift.wasserstein_distance(v, f) FROM (VALUES ('-Infinity'::float8, false), ('0', false), ('Infinity', true), ('-0', true)) AS s(v, f);
SELECT q, fails(format('SELECT drift.quantile(number, %L) FROM p', q)) AS quantile FROM unnest(ARRAY['0', '1', '-0.1', '1.1', 'NaN']) AS q;
SELECT drift.cdf(number, 'Infinity') AS cdf, drift.cdf(number, '-Infinity'), fails('SELECT drift.cdf(number, ''NaN'') FROM p') AS nan FROM p;

-- kinds and types that do not mix
SELECT fails('SELECT drift.psi(number, word) FROM p') AS psi, fails('SELECT drift.ks_test(word, word) FROM p') AS ks, fails('SELECT drift.mean(word) FROM p') AS mean;
SELECT fails('SELECT drift.merge_agg(v) FROM p, LATERAL (VALUES (number), (word)) AS s(v)') AS kinds,
	fails('SELECT drift.merge_agg(v) FROM (SELECT drift.profile_agg(x) FROM t UNION ALL SELECT drift.profile_agg(date ''2024-01-01'' + g) FROM t) AS s(v)') AS types;
SELECT fails('SELECT drift.psi(ARRAY[x], f) FROM t') AS arrays, fails('SELECT drift.ks_test(c, f) FROM t') AS ks_of_words, fails('SELECT drift.profile_agg(ARRAY[x]) FROM t') AS profile,
	fails('SELECT drift.z_test(x, f) FROM t') AS z_of_many;
SELECT fails('SET drift.profile_keys = 1000000000') AS keys, fails('SET drift.profile_keys = 0') AS no_keys;

-- very long and strange labels
SELECT drift.distinct_count(p), pg_column_size(p) < 2000 AS short, drift.psi(p, p)
FROM (SELECT drift.profile_agg(repeat(chr(8364), 100000 + g % 3) || g % 2) AS p FROM generate_series(1, 30) AS g) AS s;
SELECT drift.psi(repeat(chr(8364), 100000 + g % 3), g > 15) >= 0 AS psi FROM generate_series(1, 30) AS g;

-- text that is no profile
SELECT left(v, 20) AS text, CASE WHEN a ~ 'type json|stack' THEN left(a, 5) ELSE a END AS answer
FROM p, LATERAL (VALUES (''), ('x'), ('{}'), ('[]'), ('null'), ('1'), ('{"version": 1}'), (number::text || 'x'), (left(number::text, -1)),
	(replace(number::text, '"version": 1', '"version": 2')), (replace(number::text, '"rows": 100', '"rows": 99')), (replace(number::text, '"rows": 100', '"rows": -1')),
	(replace(number::text, '"rows": 100', '"rows": 1e300')), (replace(number::text, '"rows": 100', '"rows": 100.5')), (replace(number::text, '"rows": 100', '"rows": "100"')),
	(replace(number::text, '"key_limit": 1000', '"key_limit": 4000000000')), (replace(number::text, '"key_limit": 1000', '"key_limit": 16001')),
	(replace(number::text, '"points": [1,', '"points": [0,')), (replace(number::text, '"points": [1,', '"points": [')), (replace(number::text, '"kind": "numeric"', '"kind": "categorical"')),
	(replace(number::text, '"kind": "numeric"', '"kind": "other"')), (replace(number::text, '"missing": 0', '"missing": 101')),
	(regexp_replace(number::text, '"m2": [0-9.]+', '"m2": "NaN"')), (regexp_replace(number::text, '"m2": [0-9.]+', '"m2": -1')), (regexp_replace(number::text, '"mean": [0-9.]+', '"mean": "NaN"')),
	(regexp_replace(word::text, '\["c1", [0-9]+\]', '["c1", 0]')), (replace(word::text, '"c1"', '"c2"')), (repeat('[', 100000))) AS s(v),
	fails(format('SELECT %L::drift.profile', v)) AS a;

-- bytes that are no profile: every truncation and every changed byte, through COPY
CREATE FUNCTION copy_field(bytes bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
	SELECT '\x5047434f50590aff0d0a00'::bytea || '\x0000000000000000'::bytea || '\x0001'::bytea || int4send(length(bytes)) || bytes || '\xffff'::bytea
$$;
CREATE TABLE received (p drift.profile);
CREATE FUNCTION receive(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	file bigint := lo_from_bytea(0, copy_field(bytes));
BEGIN
	PERFORM lo_export(file, 'drift_hostile.copy');
	PERFORM lo_unlink(file::oid);
	COPY received FROM PROGRAM 'exec <drift_hostile.copy; rm drift_hostile.copy; cat' WITH (FORMAT binary);
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
SELECT receive(drift.profile_send(number)) AS whole, receive('') AS empty, receive(drift.profile_send(number) || '\x00') AS longer FROM p;
SELECT receive(substr(b, 1, length(b) / 2)) AS half, receive(substr(b, 1, 3)) AS three, receive(set_byte(b, 0, 255)) AS first_byte, receive(decode(repeat('ff', 1000), 'hex')) AS ones
FROM p, LATERAL (SELECT drift.profile_send(number) AS b) AS s;
SELECT receive(substr(b, 1, length(b) - 1)) AS truncated, receive(set_byte(b, length(b) - 1, 255)) AS last_byte FROM p, LATERAL (SELECT drift.profile_send(word) AS b) AS s;
SELECT count(*) AS accepted, bool_and(drift.row_count(p) = 100) AS same FROM received;

-- a sort that spills answers what one in memory does
CREATE TABLE big AS SELECT (hashint8(g) / 1e6)::float8 AS x, hashint4(g) % 3 = 0 AS f, hashint4(g + 1) % 100000 AS k FROM generate_series(1, 1000000) AS g;
CREATE TABLE answer (memory text, statistics text);
\set statistics 'SELECT concat_ws(\'/\', drift.ks_test(x, f), drift.psi(x, f), drift.wasserstein_distance(x, f), drift.mann_whitney_test(k, f), drift.chi_square_test(k::text, f), drift.psi(k, f, 20)) FROM big'
SET work_mem = '256MB';
INSERT INTO answer SELECT '256MB', (:statistics);
SET work_mem = '4MB';
INSERT INTO answer SELECT '4MB', (:statistics);
SET work_mem = '64kB';
INSERT INTO answer SELECT '64kB', (:statistics);
RESET work_mem;
SELECT count(DISTINCT statistics) AS answers FROM answer;

-- a cancelled query leaves the session as it was
SET statement_timeout = '100ms';
SELECT fails('SELECT drift.ks_test(x, f), drift.ks_test(k, f), drift.chi_square_test(k::text, f) FROM big') AS cancelled;
SET statement_timeout = '50ms';
SELECT fails('SELECT drift.profile_agg(x + g) FROM big, generate_series(1, 100) AS g') AS cancelled_profile;
RESET statement_timeout;
SELECT (drift.ks_test(x, f)).n_reference + (drift.ks_test(x, f)).n_current AS rows FROM big;

-- sources that are no single query that reads
CREATE TABLE target (x float8);
SELECT fails(format('SELECT * FROM drift.compare(%L, ''t'')', q)) AS answer
FROM unnest(ARRAY['', 'nonexistent', 'SELECT 1; SELECT 2', 'DELETE FROM t', 'WITH d AS (DELETE FROM t RETURNING x) SELECT x FROM d', 'SELECT nextval(''s'')', 't; DROP TABLE t', 'SELECT x INTO u FROM t', 'COPY t TO STDOUT']) AS q;
CREATE SEQUENCE s;
SELECT fails('SELECT * FROM drift.compare(''SELECT nextval(''''s'''')::float8 AS x FROM t'', ''t'')') AS side_effect;
SELECT count(*) AS rows_left FROM t;
CREATE ROLE drift_hostile_reader;
GRANT USAGE ON SCHEMA hostile TO drift_hostile_reader;
SET ROLE drift_hostile_reader;
SELECT fails('SELECT * FROM drift.compare(''hostile.t'', ''hostile.t'')') AS may_not_read;
RESET ROLE;
REVOKE USAGE ON SCHEMA hostile FROM drift_hostile_reader;
DROP ROLE drift_hostile_reader;
