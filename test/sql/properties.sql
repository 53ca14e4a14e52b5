-- What holds for profiles whatever the data: merging, plans, bounds, forms.
CREATE SCHEMA properties;
SET search_path = properties;

-- What two profiles of the same rows must agree on to the last digit, and their moments up to rounding.
CREATE FUNCTION exact_part(p drift.profile) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT (p::jsonb - 'mean' - 'm2')::text
$$;
CREATE FUNCTION near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT a IS NOT DISTINCT FROM b OR abs(a - b) <= 1e-12 * greatest(abs(a), abs(b))
$$;
-- categories have none
CREATE FUNCTION same_moments(a drift.profile, b drift.profile) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT near((a::jsonb ->> 'mean')::float8, (b::jsonb ->> 'mean')::float8) AND near((a::jsonb ->> 'm2')::float8, (b::jsonb ->> 'm2')::float8)
$$;
CREATE FUNCTION same(a drift.profile, b drift.profile) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT exact_part(a) = exact_part(b) AND same_moments(a, b)
$$;
CREATE FUNCTION merge(VARIADIC p drift.profile[]) RETURNS drift.profile LANGUAGE sql IMMUTABLE AS $$
	SELECT drift.merge_agg(u.p ORDER BY u.i) FROM unnest(p) WITH ORDINALITY AS u(p, i)
$$;
CREATE FUNCTION uses_partial_aggregate(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
		IF line ~ 'Partial Aggregate' THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;

-- merging is associative and commutative: all groupings and orders of three parts, with and without bins
SELECT setseed(0.25);
CREATE TABLE part AS
SELECT kind, k, CASE kind
		WHEN 'numeric' THEN drift.profile_agg(x)
		WHEN 'with bins' THEN drift.profile_agg(x, anchor)
		WHEN 'categorical' THEN drift.profile_agg('c' || x)
		ELSE drift.profile_agg(x > 100) END AS p
FROM unnest(ARRAY['numeric', 'with bins', 'categorical', 'boolean']) AS kind,
	(SELECT drift.profile_agg(g / 3.0) AS anchor FROM generate_series(1, 500) AS g) AS a,
	(SELECT k, CASE WHEN random() < 0.9 THEN floor(random() ^ k * 200) / 8 END AS x FROM generate_series(1, 3) AS k, generate_series(1, 3000)) AS r
GROUP BY kind, k, anchor::text;
SELECT kind, bool_and(drift.is_exact(merge(a.p, b.p, c.p))) AS exact,
	bool_and(same(merge(merge(a.p, b.p), c.p), merge(a.p, merge(b.p, c.p)))) AS associative,
	bool_and(same(merge(a.p, b.p, c.p), merge(c.p, b.p, a.p))) AS commutative
FROM part AS a JOIN part AS b USING (kind) JOIN part AS c USING (kind)
GROUP BY kind ORDER BY kind;

-- a million rows of five distributions in 720 windows
CREATE TABLE big (i int, normal float8, lognormal float8, tied float8, sorted float8, bimodal float8, small int, word text);
INSERT INTO big
SELECT i, z, exp(2 * z2), round((exp(z2) * 100)::numeric, 0)::float8 / 10, i / 1e6, z2 + CASE WHEN i % 3 = 0 THEN 8 ELSE -8 END,
	CASE WHEN i % 50 > 0 THEN (abs(z) * 100)::int END, 'w' || (abs(z2) * 50)::int
FROM (SELECT i, sqrt(-2 * ln(u)) * cos(2 * pi() * v) AS z, sqrt(-2 * ln(u)) * sin(2 * pi() * v) AS z2
	FROM (SELECT i, 1 - random() AS u, random() AS v FROM generate_series(1, 1000000) AS i) AS uv) AS zs;
ANALYZE big;
CREATE TABLE profile (id int GENERATED ALWAYS AS IDENTITY, plan text, name text, p drift.profile);

-- serial
SET max_parallel_workers_per_gather = 0;
\set profiles 'SELECT drift.profiles_agg(normal, lognormal, tied, sorted, bimodal, small, word) AS p FROM big'
\set one_profile 'SELECT drift.profile_agg(normal) FROM big'
\set names 'ARRAY[\'normal\', \'lognormal\', \'tied\', \'sorted\', \'bimodal\', \'small\', \'word\']'
SELECT uses_partial_aggregate(:'profiles') AS profiles_agg_in_parallel, uses_partial_aggregate(:'one_profile') AS profile_agg_in_parallel;
INSERT INTO profile (plan, name, p) SELECT 'serial', n, q.p[o] FROM (:profiles) AS q, unnest(:names) WITH ORDINALITY AS u(n, o);
INSERT INTO profile (plan, name, p) SELECT 'one by one', 'normal', (:one_profile);
INSERT INTO profile (plan, name, p) SELECT 'reverse', n, q.p[o]
FROM (SELECT drift.profiles_agg(normal, lognormal, tied, sorted, bimodal, small, word) AS p FROM (SELECT * FROM big ORDER BY i DESC) AS r) AS q,
	unnest(:names) WITH ORDINALITY AS u(n, o);
-- parallel
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT uses_partial_aggregate(:'profiles') AS profiles_agg_in_parallel, uses_partial_aggregate(:'one_profile') AS profile_agg_in_parallel;
INSERT INTO profile (plan, name, p) SELECT 'parallel', n, q.p[o] FROM (:profiles) AS q, unnest(:names) WITH ORDINALITY AS u(n, o);
INSERT INTO profile (plan, name, p) SELECT 'parallel, one by one', 'normal', (:one_profile);
-- shards and windows, merged
RESET max_parallel_workers_per_gather;
CREATE TABLE windowed AS
SELECT w, drift.profiles_agg(normal, lognormal, tied, sorted, bimodal, small, word) AS p FROM (SELECT *, (i - 1) * 720::bigint / 1000000 AS w FROM big) AS b GROUP BY w;
INSERT INTO profile (plan, name, p) SELECT '720 windows', n, drift.merge_agg(p[o]) FROM windowed, unnest(:names) WITH ORDINALITY AS u(n, o) GROUP BY n;
INSERT INTO profile (plan, name, p) SELECT '4 shards', n, drift.merge_agg(p[o])
FROM (SELECT drift.profiles_agg(normal, lognormal, tied, sorted, bimodal, small, word) AS p FROM big GROUP BY i % 4) AS shard,
	unnest(:names) WITH ORDINALITY AS u(n, o) GROUP BY n;

-- what is exact is the same however it was made, and moments agree to 1e-12
SELECT p.plan, count(*) AS profiles, count(*) FILTER (WHERE drift.is_exact(p.p)) AS exact,
	bool_and(exact_part(p.p) = exact_part(s.p)) FILTER (WHERE drift.is_exact(s.p)) AS same_counts,
	bool_and(drift.row_count(p.p) = drift.row_count(s.p) AND drift.missing_count(p.p) = drift.missing_count(s.p)
		AND p.p::jsonb #> '{keys,0}' IS NOT DISTINCT FROM s.p::jsonb #> '{keys,0}' AND p.p::jsonb #> '{keys,-1}' IS NOT DISTINCT FROM s.p::jsonb #> '{keys,-1}') AS same_facts,
	bool_and(same_moments(p.p, s.p)) AS same_moments
FROM profile AS p JOIN profile AS s ON s.plan = 'serial' AND s.name = p.name
GROUP BY p.plan ORDER BY p.plan;
-- the same rows in the same order give the same profile
SELECT (SELECT p::text FROM profile WHERE plan = 'one by one') = (SELECT p::text FROM profile WHERE plan = 'serial' AND name = 'normal') AS deterministic;

-- the bound is small, it holds, and the profile is too
CREATE TABLE truth AS
SELECT name, x, rank() OVER (PARTITION BY name ORDER BY x) - 1 AS below, count(*) OVER (PARTITION BY name ORDER BY x) AS upto
FROM (SELECT v.name, v.x, row_number() OVER (PARTITION BY name ORDER BY x) AS place
	FROM big, LATERAL (VALUES ('normal', normal), ('lognormal', lognormal), ('tied', tied), ('sorted', sorted), ('bimodal', bimodal)) AS v(name, x)) AS r
WHERE false;
CREATE FUNCTION sample_truth(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('INSERT INTO truth SELECT DISTINCT ON (x) %1$L, x, below, upto FROM (
		SELECT %1$I AS x, rank() OVER w - 1 AS below, count(*) OVER w AS upto, row_number() OVER w AS place FROM big WINDOW w AS (ORDER BY %1$I)) AS r
		WHERE place %% 997 = 0', name);
END
$$;
SELECT count(sample_truth(n)) FROM unnest(ARRAY['normal', 'lognormal', 'tied', 'sorted', 'bimodal']) AS n;
SELECT plan, count(DISTINCT name) AS columns, bool_and(drift.rank_error(p) <= 0.005) AS small_error,
	bool_and(abs(drift.cdf(p, x) - upto / 1e6) <= drift.rank_error(p) + 1e-9) AS holds_for_cdf,
	bool_and(pg_column_size(p) <= 32768) AS small
FROM profile JOIN truth USING (name) GROUP BY plan ORDER BY plan;
-- the answer to a quantile is a value whose rank is that near: of the sorted column, x has the rank 10^6 x
SELECT plan, bool_and(abs(drift.quantile(p, q) - q) <= drift.rank_error(p) + 2e-6) AS holds_for_quantiles
FROM profile, generate_series(0.001, 0.999, 0.0019) AS q
WHERE name = 'sorted'
GROUP BY plan ORDER BY plan;

-- compact: at most 2 kB for these, never more than 4, still within its own bound, bins exact
SELECT bool_and(pg_column_size(c) <= 2048) AS two_kb, bool_and(drift.row_count(c) = drift.row_count(p)) AS same_rows,
	bool_and(same_moments(c, p)) AS same_moments,
	bool_and(drift.rank_error(c) >= drift.rank_error(p)) AS honest
FROM profile, LATERAL (SELECT drift.compact(p) AS c OFFSET 0) AS k;
SELECT bool_and(abs(drift.cdf(c, x) - upto / 1e6) <= drift.rank_error(c) + 1e-9) AS holds_for_cdf
FROM (SELECT name, drift.compact(p) AS c FROM profile WHERE plan = 'serial' OFFSET 0) AS k JOIN truth USING (name);
CREATE TABLE anchored AS
SELECT bins, (SELECT array_agg(upper ORDER BY bin) FROM drift.bins(r, bins) WHERE upper < 'Infinity') AS edges, r
FROM (SELECT bins, drift.profile_agg(normal) AS r FROM big, unnest(ARRAY[10, 50]) AS bins WHERE i <= 100000 GROUP BY bins) AS b;
SELECT bool_and(drift.psi(d.r, drift.compact(c.p)) = drift.psi(d.r, c.p)) AS same_psi, max(pg_column_size(drift.compact(c.p))) <= 4096 AS four_kb,
	bool_and((SELECT array_agg(row_count ORDER BY bin) FROM drift.bins(drift.compact(c.p)))
		= (SELECT array_agg((SELECT count(*) FROM big WHERE i > 100000 AND i <= 200000 AND normal > b.lower AND normal <= b.upper) ORDER BY b.bin)
			FROM drift.bins(d.r) AS b)) AS exact_bins
FROM (SELECT r FROM anchored WHERE bins = 10) AS d,
	LATERAL (SELECT drift.profile_agg(normal, d.r) AS p FROM big WHERE i > 100000 AND i <= 200000) AS c;

-- 1,000 random cases of every shape, size and resolution: profiles agree with rows within the bound
SET drift.profile_keys = 64;
CREATE TABLE random_case AS
SELECT k, n, m, shape, digits, shift FROM (
	SELECT k, 1 + floor(random() ^ 3 * 1500)::int AS n, 1 + floor(random() ^ 3 * 1500)::int AS m, floor(random() * 4)::int AS shape,
		floor(random() * 5)::int AS digits, round((random() ^ 2)::numeric, 3)::float8 AS shift
	FROM generate_series(1, 1000) AS k) AS c;
CREATE TABLE random_row AS
SELECT k, is_current, CASE WHEN digits < 4 THEN round(x::numeric, digits - 1)::float8 ELSE x END AS x
FROM random_case, LATERAL (SELECT g > n AS is_current, random() AS u, k AS case_number FROM generate_series(1, n + m) AS g) AS r,
	LATERAL (SELECT CASE shape WHEN 0 THEN u WHEN 1 THEN -ln(1 - u) WHEN 2 THEN (u - 0.5) / (1.01 - u) ELSE floor(u * 8) + u / 4 END
		+ CASE WHEN is_current THEN shift ELSE 0 END AS x) AS v;
CREATE INDEX ON random_row (k);
ANALYZE random_row;
CREATE TABLE both_forms AS
SELECT k, r, c, drift.is_exact(r) AND drift.is_exact(c) AS exact, drift.rank_error(r) + drift.rank_error(c) AS rank_error,
	drift.ks_test(r, c) AS profile_ks, row_ks, drift.mann_whitney_test(r, c) AS profile_u, row_u,
	drift.wasserstein_distance(r, c) AS profile_w, row_w, drift.psi(r, c) AS profile_psi, row_psi, low, high, t
FROM (SELECT k, drift.profile_agg(x) FILTER (WHERE NOT is_current) AS r, drift.profile_agg(x) FILTER (WHERE is_current) AS c,
		drift.ks_test(x, is_current) AS row_ks, drift.mann_whitney_test(x, is_current) AS row_u, drift.wasserstein_distance(x, is_current) AS row_w,
		drift.psi(x, is_current) AS row_psi, min(x) AS low, max(x) AS high, drift.t_test(x, is_current) AS t
	FROM random_row GROUP BY k) AS f;
-- (ties that a summary no longer sees are in U's variance, which moves p in the fourth place)
SELECT count(*) AS cases, count(*) FILTER (WHERE exact) BETWEEN 100 AND 900 AS some_exact,
	bool_and(abs((profile_ks).statistic - (row_ks).statistic) <= (profile_ks).statistic_error + 1e-12) AS ks_within_error,
	bool_and((row_ks).p_value BETWEEN (profile_ks).p_value_low - 1e-12 AND (profile_ks).p_value_high + 1e-12) AS ks_p_between,
	bool_and(abs((profile_u).statistic - (row_u).statistic) <= (profile_u).statistic_error + 1e-9) AS u_within_error,
	bool_and((row_u).p_value BETWEEN (profile_u).p_value_low - 1e-3 AND (profile_u).p_value_high + 1e-3) AS u_p_between,
	bool_and(abs(profile_w - row_w) <= rank_error * (both_forms.high - both_forms.low) + 1e-12) AS w_within_ranks,
	bool_and(row_w >= (b).low - 1e-12 AND row_w <= (b).high + 1e-12 AND profile_w BETWEEN (b).low AND (b).high) AS w_within_bounds,
	bool_and(near((drift.t_test(r, c)).p_value, (t).p_value) OR abs((drift.t_test(r, c)).p_value - (t).p_value) < 1e-9) AS same_t
FROM both_forms, LATERAL drift.bounds('wasserstein_distance', r, c) AS b;
SELECT bool_and((profile_ks).statistic = (row_ks).statistic AND (profile_ks).p_value = (row_ks).p_value AND (profile_ks).statistic_error = 0
		AND near(profile_w, row_w) AND near(profile_psi, row_psi) AND (profile_u).statistic = (row_u).statistic) AS exact_is_exact
FROM both_forms WHERE exact;
-- in the same bins: exactly where the profile counted them, within the rank error of each bin where not
SELECT bool_and(near(drift.psi(b.r, a.anchored), a.psi)) FILTER (WHERE drift.is_exact(b.r)) AS counted,
	bool_and(abs(drift.total_variation(b.r, b.c) - a.tv) <= (cardinality(a.edges) + 1) * b.rank_error + 1e-12) AS estimated
FROM both_forms AS b, LATERAL (SELECT array_agg(upper ORDER BY bin) FILTER (WHERE upper < 'Infinity') AS edges FROM drift.bins(b.r)) AS e,
	LATERAL (SELECT e.edges, drift.psi(x, is_current, e.edges) AS psi, drift.total_variation(x, is_current, e.edges) AS tv,
		drift.profile_agg(x, b.r) FILTER (WHERE is_current) AS anchored FROM random_row AS w WHERE w.k = b.k) AS a;
RESET drift.profile_keys;

-- statistics stay in their range; KL and PSI are not negative
SELECT bool_and((row_ks).statistic BETWEEN 0 AND 1 AND (row_ks).p_value BETWEEN 0 AND 1 AND (profile_ks).statistic BETWEEN 0 AND 1) AS ks,
	bool_and((profile_ks).p_value_low >= 0 AND (profile_ks).p_value_high <= 1 AND (profile_ks).p_value BETWEEN (profile_ks).p_value_low AND (profile_ks).p_value_high) AS p,
	bool_and(row_psi >= 0 AND profile_psi >= 0 AND row_w >= 0 AND profile_w >= 0) AS not_negative,
	bool_and(drift.js_distance(r, c) BETWEEN 0 AND 1 AND drift.hellinger_distance(r, c) BETWEEN 0 AND 1 AND drift.total_variation(r, c) BETWEEN 0 AND 1) AS distances,
	bool_and((row_u).statistic BETWEEN 0 AND (row_u).n_reference * (row_u).n_current AND (row_u).p_value BETWEEN 0 AND 1) AS u
FROM both_forms;

-- identical samples: distance 0 and p = 1
SELECT bool_and((ks).statistic = 0 AND (ks).p_value = 1) AS ks, bool_and(psi = 0 AND kl = 0 AND js = 0 AND hellinger = 0 AND tv = 0 AND w = 0) AS distances,
	bool_and((u).p_value = 1) AS u, bool_and(abs((t).p_value - 1) < 1e-9 OR constant AND (t).p_value = 'NaN') AS t, bool_and((chi).p_value = 1) AS chi_square
FROM (
	SELECT k, count(*) / 2 AS n, min(x) = max(x) AS constant, drift.ks_test(x, side) AS ks, drift.psi(x, side) AS psi, drift.kl_divergence(x, side) AS kl, drift.js_distance(x, side) AS js,
		drift.hellinger_distance(x, side) AS hellinger, drift.total_variation(x, side) AS tv, drift.wasserstein_distance(x, side) AS w,
		drift.mann_whitney_test(x, side) AS u, drift.t_test(x, side) AS t, drift.chi_square_test(x, side) AS chi
	FROM random_row, unnest(ARRAY[false, true]) AS side WHERE NOT is_current AND k <= 200 GROUP BY k) AS s;
SELECT bool_and((ks).statistic <= (ks).statistic_error AND (ks).p_value_high = 1) AS ks_may_be_0, bool_and(drift.psi(r, r) = 0 AND drift.js_distance(r, r) = 0) AS psi,
	bool_and((drift.t_test(r, r)).p_value = 1 OR drift.row_count(r) = 1 OR drift.stddev(r) = 0) AS t
FROM both_forms, LATERAL (SELECT drift.ks_test(r, r) AS ks) AS s;

-- text and bytes say all: both give back the same profile
CREATE TEMPORARY TABLE stored (LIKE profile);
INSERT INTO profile (plan, name, p) SELECT 'part', kind, p FROM part;
INSERT INTO profile (plan, name, p) SELECT 'random case', k::text, r FROM both_forms WHERE k <= 100;
INSERT INTO profile (plan, name, p) SELECT 'special', 'infinite', drift.profile_agg(x) FROM unnest(ARRAY['Infinity', '-Infinity', '-0', 'NaN', NULL, '1e308', '-1e308', '5e-324', '0.1']::float8[]) AS x;
INSERT INTO profile (plan, name, p) SELECT 'special', 'empty', drift.profile_agg(NULL::float8);
INSERT INTO profile (plan, name, p) SELECT 'special', 'words', drift.profile_agg(x) FROM unnest(ARRAY['', 'ünï', E'a"\\\n\t', repeat('long ', 1000), NULL]) AS x;
INSERT INTO profile (plan, name, p) SELECT 'special', 'days', drift.profile_agg(d) FROM unnest(ARRAY['infinity', '2024-02-29', '0044-03-15 BC']::date[]) AS d;
INSERT INTO profile (plan, name, p) SELECT 'special', 'heavy hitters', drift.profile_agg((g % 5000 / (1 + g % 7))::text) FROM generate_series(1, 20000) AS g;
\copy profile TO 'results/properties.copy' WITH (FORMAT binary)
\copy stored FROM 'results/properties.copy' WITH (FORMAT binary)
SELECT count(*) AS profiles, bool_and(drift.profile_send(p.p) = drift.profile_send(s.p)) AS same_bytes, bool_and(p.p::text = s.p::text) AS same_text
FROM profile AS p FULL JOIN stored AS s USING (id);
SELECT bool_and(drift.profile_send(p) = drift.profile_send(p::text::drift.profile)) AS text_keeps_bytes, bool_and(p::text = p::text::drift.profile::text) AS text_keeps_text
FROM profile;
\! rm -f results/properties.copy
