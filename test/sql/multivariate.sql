-- Reconstruction errors against NannyML's, and what is refused.
CREATE SCHEMA multivariate;
SET search_path = multivariate;
SET extra_float_digits = 0;
SET TimeZone = 'UTC';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set samples :tests '/reference/samples.sql'
\set ECHO none
\i :samples
\set ECHO all

CREATE TABLE golden (variance float8, how text, side text, chunk integer, n bigint, reconstruction_error float8, standard_error float8,
	lower_threshold float8, upper_threshold float8, alert boolean);
\copy golden FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/reconstruction.csv"' WITH (FORMAT csv, HEADER)

CREATE FUNCTION rows(first bigint, count bigint, drifts_from bigint) RETURNS TABLE (i bigint, a float8, b float8, c float8, e float8, g text)
LANGUAGE sql STABLE AS $$
	SELECT i, v.a, CASE WHEN i < drifts_from THEN v.a ELSE samples.value('normal', 0, i + 50000) END + 0.5 * samples.value('normal', 1, i),
		CASE WHEN samples.mix(i, 500) % 20 > 1 THEN samples.value('skewed', 0, i) END,
		samples.value('discrete', 0, i) + v.a,
		CASE WHEN m = 0 THEN CASE WHEN drifts_from < 1000000000 THEN 'new' ELSE 'x' END WHEN m < 4 THEN 'x' WHEN m < 7 THEN 'y' WHEN m < 9 THEN 'z' END
	FROM generate_series(first, first + count - 1) AS i, LATERAL (SELECT samples.value('normal', 0, i) AS a, samples.mix(i, 77) % 10 AS m) AS v
$$;
CREATE TABLE reference AS SELECT * FROM rows(1, 2000, 1000000000) ORDER BY i;
CREATE TABLE current AS SELECT * FROM rows(5001, 1500, 5701) ORDER BY i;

CREATE FUNCTION close(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs(a - b) <= 1e-9 * abs(b)';

SELECT count(*), count(*) FILTER (WHERE close(f.reconstruction_error, g.reconstruction_error)) AS error,
	count(*) FILTER (WHERE close(f.standard_error, g.standard_error)) AS standard_error,
	count(*) FILTER (WHERE close(f.lower_threshold, g.lower_threshold)) AS lower,
	count(*) FILTER (WHERE close(f.upper_threshold, g.upper_threshold)) AS upper,
	count(*) FILTER (WHERE f.alert = g.alert AND f.n = g.n) AS alert, count(*) FILTER (WHERE g.alert) AS alerts
FROM (SELECT DISTINCT variance, how FROM golden) AS k
	CROSS JOIN LATERAL drift.reconstruction_drift('reference', 'SELECT * FROM current', '{a,b,c,e,g}',
		chunk_size => CASE k.how WHEN 'size' THEN 300 END, variance => k.variance) AS f
	JOIN golden AS g ON g.variance = k.variance AND g.how = k.how AND g.side = f.side AND g.chunk = f.chunk;

-- what left its relation is named first
SELECT chunk, contributions -> 0 ->> 'column' AS most FROM drift.reconstruction_drift('reference', 'current', '{a,b,c,e}') WHERE side = 'current';

-- the order of a time column, periods, all columns but identifiers
SELECT side, chunk, starts_at, ends_at, n, alert
FROM drift.reconstruction_drift('SELECT *, timestamptz ''2026-01-01 UTC'' + i * interval ''1 hour'' AS t FROM reference ORDER BY random()',
	'SELECT *, timestamptz ''2026-01-01 UTC'' + i * interval ''1 hour'' AS t FROM current', time_column => 't', period => 'month');

-- the parallel form adds up
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*) FROM drift.reconstruction_drift('reference', 'SELECT * FROM current', '{a,b,c,e,g}')
	JOIN golden USING (side, chunk) WHERE variance = 0.65 AND how = 'number' AND close(reconstruction_drift.reconstruction_error, golden.reconstruction_error);

-- a constant column and a column of NULLs are no obstacle, one chunk has no alert
SELECT side, chunk, n, alert FROM drift.reconstruction_drift('SELECT a, b, 7 AS k, NULL::float8 AS nothing FROM reference', 'SELECT a, b, 8 AS k, 1.0::float8 AS nothing FROM current', chunks => 1);

-- refused
SELECT * FROM drift.reconstruction_drift('reference', 'current', '{a}');
SELECT * FROM drift.reconstruction_drift('reference', 'current', '{a,b,missing}');
SELECT * FROM drift.reconstruction_drift('reference', 'current', period => 'day');
SELECT * FROM drift.reconstruction_drift('reference', 'current', time_column => 'g', period => 'day');
SELECT * FROM drift.reconstruction_drift('reference', 'current', time_column => 'i', period => 'fortnight');
SELECT * FROM drift.reconstruction_drift('reference', 'current', chunk_size => 0);
SELECT * FROM drift.reconstruction_drift('reference', 'current', variance => 0);
SELECT * FROM drift.reconstruction_drift('SELECT a, CASE WHEN i = 5 THEN ''Infinity'' ELSE b END AS b FROM reference', 'current');
SELECT * FROM drift.reconstruction_drift('reference', 'SELECT a, CASE WHEN i = 5005 THEN ''Infinity'' ELSE b END AS b FROM current', '{a,b}');
SELECT drift_internal.principal_components('{1,0,0}', 0.5);
SELECT drift_internal.principal_components('{1,NaN,NaN,1}', 0.5);

-- two columns that go together have one component
SELECT drift_internal.principal_components('{1,0.5,0.5,1}', 0.65);
SELECT drift_internal.principal_components('{2,0,0,0,3,0,0,0,1}', 1);

DROP SCHEMA multivariate CASCADE;
