-- A profile of a column: what it says, and how it is written and read.

\set VERBOSITY terse

-- numbers, with everything a column can hold
CREATE TABLE numbers (x double precision);
INSERT INTO numbers VALUES (1), (2), (2), (3), (NULL), ('NaN'), ('Infinity'), ('-Infinity'), (-0.0), (0.0);
SELECT jsonb_pretty(drift.profile_agg(x)::jsonb) FROM numbers;
SELECT drift.row_count(p), drift.missing_count(p), drift.missing_rate(p), drift.mean(p), drift.stddev(p),
	drift.minimum(p), drift.maximum(p), drift.distinct_count(p), drift.is_exact(p), drift.kind(p), drift.value_type(p)
	FROM (SELECT drift.profile_agg(x) AS p FROM numbers) AS s;

-- moments are those of avg() and stddev(), quantiles those of percentile_cont()
SELECT abs(drift.mean(p) - avg) < 1e-9 AS mean, abs(drift.stddev(p) - stddev) < 1e-9 AS stddev,
	drift.quantile(p, 0.3) = percentile AS quantile, drift.cdf(p, 50) AS cdf
	FROM (SELECT drift.profile_agg(i) AS p, avg(i), stddev(i),
		percentile_cont(0.3) WITHIN GROUP (ORDER BY i) AS percentile
		FROM generate_series(1, 200) AS i) AS s;

-- no rows, no values, one row
SELECT drift.profile_agg(x) IS NULL AS no_rows FROM numbers WHERE false;
SELECT drift.row_count(p), drift.missing_rate(p), drift.mean(p), drift.minimum(p), drift.quantile(p, 0.5), drift.cdf(p, 0),
	drift.distinct_count(p), drift.rank_error(p)
	FROM (SELECT drift.profile_agg(NULL::float8) AS p) AS s;
SELECT drift.mean(p), drift.stddev(p), drift.quantile(p, 0), drift.quantile(p, 1)
	FROM (SELECT drift.profile_agg(7) AS p) AS s;

-- every type
CREATE TYPE mood AS ENUM ('sad', 'ok');
SELECT name, drift.kind(p), drift.value_type(p), drift.distinct_count(p), drift.bins(p) AS bin
	FROM (
		SELECT 'int2' AS name, drift.profile_agg(1::int2) AS p
		UNION ALL SELECT 'int4', drift.profile_agg(1::int4)
		UNION ALL SELECT 'int8', drift.profile_agg(1::int8)
		UNION ALL SELECT 'float4', drift.profile_agg(1.5::float4)
		UNION ALL SELECT 'numeric', drift.profile_agg(1.5::numeric)
		UNION ALL SELECT 'date', drift.profile_agg(date '2026-01-31')
		UNION ALL SELECT 'timestamp', drift.profile_agg(timestamp '2026-01-31 12:00')
		UNION ALL SELECT 'timestamptz', drift.profile_agg(timestamptz '2026-01-31 12:00+00')
		UNION ALL SELECT 'boolean', drift.profile_agg(true)
		UNION ALL SELECT 'text', drift.profile_agg('a b "c"'::text)
		UNION ALL SELECT 'varchar', drift.profile_agg('v'::varchar(3))
		UNION ALL SELECT 'enum', drift.profile_agg('ok'::mood)
	) AS s;

-- bins: a value that holds a tenth of the rows has its own, discrete columns have one per value
SELECT bin, label, row_count FROM drift.bins((SELECT drift.profile_agg(CASE WHEN i <= 50 THEN 0 ELSE i END) FROM generate_series(1, 100) AS i));
SELECT bin, label, row_count, share FROM drift.bins((SELECT drift.profile_agg(i % 3) FROM generate_series(1, 9) AS i));
SELECT bin, lower, upper, row_count FROM drift.bins((SELECT drift.profile_agg(i) FROM generate_series(1, 100) AS i), 4);
SELECT bin, category, row_count, share FROM drift.bins((SELECT drift.profile_agg(c) FROM unnest('{a,b,b,b}'::text[]) AS c));

-- counted in the bins of a reference
SELECT bin, row_count FROM drift.bins((
	SELECT drift.profile_agg(i * 2, (SELECT drift.profile_agg(i) FROM generate_series(1, 100) AS i))
	FROM generate_series(1, 100) AS i));

-- many columns in one pass
SELECT drift.kind(p), drift.row_count(p), drift.missing_count(p), drift.distinct_count(p)
	FROM unnest((SELECT drift.profiles_agg(i, i / 2.0, CASE WHEN i > 3 THEN 'x' || i % 2 END, i > 5, date '2026-01-01' + i)
		FROM generate_series(1, 10) AS i)) AS p;

-- merging
SELECT drift.merge_agg(p)::text = (SELECT drift.profile_agg(i) FROM generate_series(1, 90) AS i)::text AS merged
	FROM (SELECT drift.profile_agg(i) AS p FROM generate_series(1, 90) AS i GROUP BY i % 3) AS s;
SELECT drift.row_count(drift.merge_agg(p)) FROM (VALUES (NULL::drift.profile)) AS v (p);
SELECT drift.merge_agg(p)::jsonb -> 'bins_dropped' AS bins_dropped
	FROM (SELECT drift.profile_agg(i::float8, CASE k WHEN 0 THEN drift_internal.profile_accum(NULL, 1.0::float8) ELSE drift_internal.profile_accum(NULL, 2.0::float8) END) AS p
		FROM generate_series(1, 9) AS i, generate_series(0, 1) AS k GROUP BY k) AS s;
SELECT drift.profile_merge(drift_internal.profile_accum(NULL, 1), drift_internal.profile_accum(NULL, 'a'::text));
SELECT drift.profile_merge(drift_internal.profile_accum(NULL, 1), drift_internal.profile_accum(NULL, date '2026-01-01'));

-- beyond drift.profile_keys distinct values a profile is a summary and says how good
SET drift.profile_keys = 100;
SELECT drift.is_exact(p), drift.distinct_count(p), drift.rank_error(p) BETWEEN 0.001 AND 0.02 AS rank_error,
	abs(drift.quantile(p, 0.5) - 5000) <= 10000 * drift.rank_error(p) AS median,
	abs(drift.cdf(p, 2500) - 0.25) <= drift.rank_error(p) AS cdf,
	drift.minimum(p), drift.maximum(p), round(drift.mean(p)::numeric, 6) AS mean
	FROM (SELECT drift.profile_agg((i * 7919) % 10000 + 1) AS p FROM generate_series(1, 10000) AS i) AS s;
RESET drift.profile_keys;

-- a compact profile is small, and only less sharp
SELECT drift.is_exact(c), pg_column_size(c) <= 2048 AS small, drift.rank_error(c) < 0.01 AS sharp,
	drift.mean(c) = drift.mean(p) AND drift.stddev(c) = drift.stddev(p) AND drift.minimum(c) = drift.minimum(p)
		AND drift.maximum(c) = drift.maximum(p) AND drift.row_count(c) = drift.row_count(p) AS exact_parts
	FROM (SELECT p, drift.compact(p) AS c FROM (
		SELECT drift.profile_agg(sqrt(i)) AS p FROM generate_series(1, 100000) AS i) AS q) AS s;

-- statistics of two profiles
CREATE TABLE two AS
	SELECT drift.profile_agg(i % 50) AS r, drift.profile_agg(i % 60) AS c, drift.profile_agg('c' || i % 4) AS rc,
		drift.profile_agg('c' || i % 5) AS cc, drift.profile_agg(i % 2 = 0) AS rb, drift.profile_agg(i % 3 = 0) AS cb
	FROM generate_series(1, 600) AS i;
SELECT round(drift.psi(r, c)::numeric, 6) AS psi, round(drift.kl_divergence(r, c)::numeric, 6) AS kl,
	round(drift.js_distance(r, c)::numeric, 6) AS js, round(drift.hellinger_distance(r, c)::numeric, 6) AS hellinger,
	round(drift.total_variation(r, c)::numeric, 6) AS tv, drift.psi(r, c, 10) = drift.psi(r, c) AS same,
	round(drift.psi(r, c, 4)::numeric, 6) AS psi_4, round(drift.psi(r, c, 4, 0.01)::numeric, 6) AS floored,
	round(drift.wasserstein_distance(r, c)::numeric, 6) AS w1,
	round(drift.normalized_wasserstein_distance(r, c)::numeric, 6) AS normalized FROM two;
SELECT name, round((t).statistic::numeric, 6) AS statistic, round(log((t).p_value)::numeric, 6) AS log_p_value,
	(t).n_reference, (t).n_current, (t).statistic_error, (t).p_value_low = (t).p_value AND (t).p_value_high = (t).p_value AS exact
	FROM (SELECT 'ks' AS name, drift.ks_test(r, c) AS t FROM two
		UNION ALL SELECT 'mann_whitney', drift.mann_whitney_test(r, c) FROM two
		UNION ALL SELECT 't', drift.t_test(r, c) FROM two
		UNION ALL SELECT 'chi_square', drift.chi_square_test(rc, cc) FROM two
		UNION ALL SELECT 'z', drift.z_test(rb, cb) FROM two) AS s;
SELECT round(drift.psi(rc, cc)::numeric, 6) AS psi FROM two;
SELECT name, value = low AND value = high AS exact, round(value::numeric, 6) AS value FROM two, unnest('{psi,ks,wasserstein_distance}'::text[]) AS name, drift.bounds(name, r, c);

-- what does not fit
SELECT drift.psi(r, rc) FROM two;
SELECT drift.ks_test(rc, cc) FROM two;
SELECT drift.mean(rc) FROM two;
SELECT drift.z_test(r, c) FROM two;
SELECT drift.psi(r, c, 1) FROM two;
SELECT drift.psi(r, c, 2000) FROM two;
SELECT drift.psi(r, c, 10, 0.5) FROM two;
SELECT drift.psi(drift_internal.profile_accum(NULL, NULL::float8), drift_internal.profile_accum(NULL, 1.0::float8));
SELECT drift.psi(drift_internal.profile_accum(NULL, 1.0::float8), drift_internal.profile_accum(NULL, NULL::float8));
SELECT drift.quantile(r, 1.5) FROM two;
SELECT drift.cdf(r, 'NaN') FROM two;
SELECT drift.bounds('nonsense', r, c) FROM two;
SELECT drift.profile_agg(1, NULL);
SELECT drift.profiles_agg(point(1, 2));
SELECT drift.profiles_agg(VARIADIC ARRAY[1, 2]);

-- a profile survives its text and its binary form
CREATE TABLE again (p drift.profile);
INSERT INTO again SELECT r::text::drift.profile FROM two;
SELECT p::text = r::text AS text_form, drift.profile_send(p) = drift.profile_send(r) AS binary_form FROM again, two;

-- what is not a profile
SELECT '{}'::drift.profile;
SELECT '[]'::drift.profile;
SELECT 'x'::drift.profile;
SELECT '{"version": 2}'::drift.profile;
SELECT (r::jsonb || '{"more": 1}')::text::drift.profile FROM two;
SELECT (r::jsonb || '{"rows": 601}')::text::drift.profile FROM two;
SELECT (r::jsonb || '{"keys": [1, 1]}')::text::drift.profile FROM two;
SELECT (r::jsonb || '{"points": [1, "x"]}')::text::drift.profile FROM two;
SELECT (r::jsonb || '{"exact": false, "gaps": [], "slack_low": [], "slack_high": []}')::text::drift.profile FROM two;

-- no counter passes 2^62
SELECT drift_internal.profile_accum(p, NULL::float8) FROM (SELECT '{"version": 1, "kind": "numeric", "type": "number", "rows": 4611686018427387904, "missing": 4611686018427387904, "exact": true, "key_limit": 1000, "mean": 0, "m2": 0, "keys": [], "points": []}'::drift.profile AS p) AS s;
SELECT drift_internal.profile_accum(p, 1.0::float8) FROM (SELECT '{"version": 1, "kind": "numeric", "type": "number", "rows": 4611686018427387904, "missing": 4611686018427387904, "exact": true, "key_limit": 1000, "mean": 0, "m2": 0, "keys": [], "points": []}'::drift.profile AS p) AS s;
SELECT drift_internal.profile_accum(p, NULL::text) FROM (SELECT '{"version": 1, "kind": "categorical", "type": "text", "rows": 4611686018427387904, "missing": 4611686018427387904, "category_limit": 1000, "count_error": 0, "absent_error": 0, "categories": []}'::drift.profile AS p) AS s;

DROP TABLE numbers, two, again;
DROP TYPE mood;

-- private functions called by hand, as any user can
SELECT drift_internal.profile_final(p)::text = p::text AS packed_already
FROM (SELECT drift.profile_agg(i::float8) FROM generate_series(1, 5000) AS i UNION ALL SELECT drift.profile_agg(i::text) FROM generate_series(1, 50) AS i) AS u(p);
