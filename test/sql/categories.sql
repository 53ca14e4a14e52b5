-- Statistics of categories: from rows and from profiles against what scipy and statsmodels say
-- (test/reference/generate_categories.py), their bounds on summaries, and what they refuse.
CREATE SCHEMA categories;
SET search_path = categories;
SET extra_float_digits = 1;
\getenv tests PG_ABS_SRCDIR

-- 1e-9 relative, and where the golden value is 0, its rounding
CREATE FUNCTION close(value float8, golden float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN golden IN ('NaN', 'Infinity') OR value IN ('NaN', 'Infinity') THEN value = golden
			ELSE abs(value - golden) <= 1e-9 * abs(golden) + 1e-15 END
$$;
CREATE FUNCTION fails(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	hint text;
BEGIN
	EXECUTE query;
	RETURN 'does not fail';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, message, hint);
END
$$;

CREATE TABLE golden (
	case_number int GENERATED ALWAYS AS IDENTITY, reference text, current text, g float8, g_p float8, goodness_of_fit float8, goodness_of_fit_p float8,
	cramers_v float8, cramers_v_corrected float8, l_infinity float8);
\copy golden (reference, current, g, g_p, goodness_of_fit, goodness_of_fit_p, cramers_v, cramers_v_corrected, l_infinity) FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/contingency.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE counted AS
SELECT case_number, k, r, c FROM golden, unnest(string_to_array(reference, ' ')::bigint[], string_to_array(current, ' ')::bigint[]) WITH ORDINALITY AS u(r, c, k);

-- the cases of few rows as rows: numbers and labels
CREATE TABLE labelled AS
SELECT case_number, k, is_current
FROM counted, LATERAL (SELECT false AS is_current FROM generate_series(1, r) UNION ALL SELECT true FROM generate_series(1, c)) AS s
WHERE case_number IN (SELECT case_number FROM counted GROUP BY case_number HAVING sum(r + c) < 20000);

-- every case as profiles that count any number of rows
CREATE FUNCTION counted_profile(labels text[], counts bigint[]) RETURNS drift.profile LANGUAGE sql IMMUTABLE AS $$
	SELECT (drift.profile_agg(NULL::text)::jsonb || jsonb_build_object('rows', sum(n), 'missing', 0,
		'categories', coalesce(jsonb_agg(jsonb_build_array(label, n) ORDER BY n DESC, label COLLATE "C") FILTER (WHERE n > 0), '[]')))::text::drift.profile
	FROM unnest(labels, counts) AS u(label, n)
$$;
CREATE TABLE counted_profiles AS
SELECT case_number, counted_profile(array_agg(k::text), array_agg(r)) AS r, counted_profile(array_agg(k::text), array_agg(c)) AS c
FROM counted GROUP BY case_number;

CREATE TYPE statistics AS (g drift.test_result, fit drift.test_result, v float8, v_corrected float8, l_infinity float8);
CREATE TABLE measured AS
SELECT 'rows, numbers' AS how, case_number, ROW(drift.g_test(k, is_current), drift.chi_square_goodness_of_fit_test(k, is_current),
	drift.cramers_v(k, is_current), drift.cramers_v_corrected(k, is_current), drift.l_infinity(k, is_current))::statistics AS s
FROM labelled GROUP BY case_number
UNION ALL
SELECT 'rows, labels', case_number, ROW(drift.g_test(k::text, is_current), drift.chi_square_goodness_of_fit_test(k::text, is_current),
	drift.cramers_v(k::text, is_current), drift.cramers_v_corrected(k::text, is_current), drift.l_infinity(k::text, is_current))::statistics
FROM labelled GROUP BY case_number
UNION ALL
SELECT 'profiles of numbers', case_number, ROW(drift.g_test(r, c), drift.chi_square_goodness_of_fit_test(r, c), drift.cramers_v(r, c),
	drift.cramers_v_corrected(r, c), drift.l_infinity(r, c))::statistics
FROM (SELECT case_number, drift.profile_agg(k) FILTER (WHERE NOT is_current) AS r, drift.profile_agg(k) FILTER (WHERE is_current) AS c
	FROM labelled GROUP BY case_number) AS p
UNION ALL
SELECT 'profiles of counts', case_number, ROW(drift.g_test(r, c), drift.chi_square_goodness_of_fit_test(r, c), drift.cramers_v(r, c),
	drift.cramers_v_corrected(r, c), drift.l_infinity(r, c))::statistics
FROM counted_profiles;
CREATE TABLE compared AS
SELECT how, case_number, f.*
FROM measured JOIN golden USING (case_number),
	LATERAL (VALUES ('g', ((s).g).statistic, golden.g), ('g_p', ((s).g).p_value, g_p), ('fit', ((s).fit).statistic, goodness_of_fit),
		('fit_p', ((s).fit).p_value, goodness_of_fit_p), ('v', (s).v, cramers_v), ('v_corrected', (s).v_corrected, cramers_v_corrected),
		('l_infinity', (s).l_infinity, golden.l_infinity), ('g_error', ((s).g).statistic_error, 0), ('fit_error', ((s).fit).statistic_error, 0)) AS f(figure, value, expected);
SELECT how, count(DISTINCT case_number) AS cases, count(*) AS figures, count(*) FILTER (WHERE close(value, expected)) AS right FROM compared GROUP BY how ORDER BY how;
SELECT * FROM compared WHERE close(value, expected) IS NOT TRUE ORDER BY how, case_number, figure LIMIT 20;

-- thousands of categories
CREATE TABLE golden_many (categories int, g float8, g_p float8, goodness_of_fit float8, goodness_of_fit_p float8,
	cramers_v float8, cramers_v_corrected float8, l_infinity float8);
\copy golden_many FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/contingency_many.csv"' WITH (FORMAT csv, HEADER)
CREATE TABLE many AS
SELECT i AS k, is_current
FROM generate_series(0, 4999) AS i, LATERAL (SELECT false AS is_current FROM generate_series(1, 20 + i * 7919 % 97)
	UNION ALL SELECT true FROM generate_series(1, i * 7919 % 97 + i * 7907 % 41)) AS s;
SELECT close((t.g).statistic, m.g) AS g, close((t.g).p_value, g_p) AS g_p, close((fit).statistic, goodness_of_fit) AS fit, close((fit).p_value, goodness_of_fit_p) AS fit_p,
	close(v, m.cramers_v) AS v, close(v_corrected, m.cramers_v_corrected) AS v_corrected, close(l, m.l_infinity) AS l_infinity
FROM (SELECT drift.g_test(k, is_current) AS g, drift.chi_square_goodness_of_fit_test('label ' || k, is_current) AS fit, drift.cramers_v(k, is_current) AS v,
		drift.cramers_v_corrected(k, is_current) AS v_corrected, drift.l_infinity('label ' || k, is_current) AS l FROM many) AS t, golden_many AS m
WHERE m.categories = 5000;

-- Fisher's exact test: small tables as rows, all as profiles
CREATE TABLE golden_fisher (success_r bigint, n bigint, success_c bigint, m bigint, odds_ratio float8, p float8);
\copy golden_fisher FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/fisher.csv"' WITH (FORMAT csv, HEADER)
SELECT count(*) AS tables, count(*) FILTER (WHERE close((t).statistic, odds_ratio) AND close((t).p_value, p) AND (t).n_reference = n AND (t).n_current = m) AS right
FROM (SELECT g.*, drift.fisher_exact_test(counted_profile('{no,yes}', ARRAY[n - success_r, success_r]), counted_profile('{no,yes}', ARRAY[m - success_c, success_c])) AS t
	FROM golden_fisher AS g) AS s;
SELECT count(*) AS tables, count(*) FILTER (WHERE close((t).statistic, odds_ratio) AND close((t).p_value, p) AND (b).p_value = (t).p_value AND (q).p_value = (t).p_value) AS right
FROM (SELECT g.*, t, b, q
	FROM golden_fisher AS g, LATERAL (SELECT drift.fisher_exact_test(x, is_current) AS t, drift.fisher_exact_test(x = 1, is_current) AS b,
			drift.fisher_exact_test(drift.profile_agg(x) FILTER (WHERE NOT is_current), drift.profile_agg(x) FILTER (WHERE is_current)) AS q
		FROM (SELECT (i <= success_r)::int AS x, false AS is_current FROM generate_series(1, n) AS i
			UNION ALL SELECT (i <= success_c)::int, true FROM generate_series(1, m) AS i) AS v) AS s
	WHERE n + m < 1000) AS s;

-- the odds are those of the larger value, of the reference over the current side
SELECT round((drift.fisher_exact_test(c, f)).statistic::numeric, 10) AS yes, round((drift.fisher_exact_test(c = 'no', f)).statistic::numeric, 10) AS no,
	round((drift.fisher_exact_test(c, f)).p_value::numeric, 10) AS p
FROM (SELECT CASE WHEN i <= 3 THEN 'yes' ELSE 'no' END AS c, false AS f FROM generate_series(1, 10) AS i
	UNION ALL SELECT CASE WHEN i <= 8 THEN 'yes' ELSE 'no' END, true FROM generate_series(1, 10) AS i) AS v;

-- missing rates, also where a side has no value, and of types that no other statistic reads
CREATE TABLE golden_missing (missing_r bigint, n bigint, missing_c bigint, m bigint, z float8, p float8);
\copy golden_missing FROM PROGRAM 'grep -v "^#" "$PG_ABS_SRCDIR/reference/missing_rate.csv"' WITH (FORMAT csv, HEADER)
CREATE FUNCTION missing_profile(missing bigint, n bigint) RETURNS drift.profile LANGUAGE sql IMMUTABLE AS $$
	SELECT (counted_profile('{a}', ARRAY[n - missing])::jsonb || jsonb_build_object('rows', n, 'missing', missing))::text::drift.profile
$$;
SELECT count(*) AS cases, count(*) FILTER (WHERE close((t).statistic, z) AND close((t).p_value, p) AND (t).n_reference = n AND (t).n_current = m) AS right
FROM (SELECT g.*, drift.missing_rate_test(missing_profile(missing_r, n), missing_profile(missing_c, m)) AS t FROM golden_missing AS g) AS s;
SELECT count(*) AS cases, count(*) FILTER (WHERE close((t).statistic, z) AND close((t).p_value, p) AND (t).n_reference = n AND (t).n_current = m
	AND t = j AND t = f AND t = r) AS right
FROM golden_missing, LATERAL (SELECT drift.missing_rate_test(x, is_current) AS t, drift.missing_rate_test(to_jsonb(x), is_current) AS j,
		drift.missing_rate_test(coalesce(x, 'NaN')::numeric, is_current) AS f, drift.missing_rate_test(coalesce(x, 'NaN')::real, is_current) AS r
	FROM (SELECT CASE WHEN i > missing_r THEN i::float8 WHEN i % 2 = 0 THEN NULL END AS x, false AS is_current FROM generate_series(1, n) AS i
		UNION ALL SELECT CASE WHEN i > missing_c THEN i::float8 END, true FROM generate_series(1, m) AS i) AS v) AS s
WHERE n + m < 20000;
CREATE DOMAIN measurement AS float8;
SELECT drift.missing_rate_test(x::measurement, f) AS nan_in_a_domain, drift.missing_rate_test(NULL, f) AS nothing
FROM (VALUES ('NaN', false), ('1', false), (NULL, true), ('2', true), ('3', NULL)) AS v(x, f);
SELECT fails('SELECT drift.missing_rate_test(x, true) FROM generate_series(1, 3) AS x');
SELECT fails('SELECT drift.missing_rate_test(x, x > 1) FROM generate_series(1, 0) AS x');
SELECT fails('SELECT drift.missing_rate_test(categories.missing_profile(1, 2), categories.missing_profile(0, 0))');
SELECT fails('SELECT drift.missing_rate_test(categories.missing_profile(0, 0), categories.missing_profile(1, 2))');

-- a comparison computes the same p-value of its missing rates
SELECT count(*) AS cases, count(*) FILTER (WHERE close(drift_internal.two_proportion_p_value(missing_r, n, missing_c, m), p)) AS right FROM golden_missing;

-- one value
SELECT drift.g_test(7, f), drift.chi_square_goodness_of_fit_test('a'::text, f), drift.fisher_exact_test(true, f), drift.cramers_v(7, f),
	drift.cramers_v_corrected(7, f), drift.l_infinity(7, f)
FROM (VALUES (false), (true), (true)) AS v(f);
-- what the reference lacks; what only one side has
SELECT drift.chi_square_goodness_of_fit_test(x, f), drift.l_infinity(x, f), drift.cramers_v(x, f), drift.cramers_v_corrected(x, f)
FROM (VALUES ('a', false), ('a', false), ('b', true), ('b', true)) AS v(x, f);
-- infinities are values, both zeros are one
SELECT drift.l_infinity(x, f), (drift.g_test(x, f)).n_reference, (drift.g_test(x, f)).n_current
FROM (VALUES ('Infinity'::float8, false), ('0', false), ('NaN', false), ('-0', true), ('Infinity', true), (NULL, true)) AS v(x, f);

-- spilled equals in memory; the states are shared with other statistics
CREATE TABLE big AS SELECT i % 5003 AS k, 'label ' || i % 5003 AS label, i % 3 = 0 AS f FROM generate_series(1, 100000) AS i;
SET work_mem = '64MB';
CREATE TABLE in_memory AS SELECT drift.g_test(k, f), drift.l_infinity(k, f), drift.chi_square_test(k, f), drift.g_test(label, f) AS label_g, drift.l_infinity(label, f) AS label_l FROM big;
SET work_mem = '64kB';
SELECT in_memory = (SELECT ROW(drift.g_test(k, f), drift.l_infinity(k, f), drift.chi_square_test(k, f), drift.g_test(label, f), drift.l_infinity(label, f))::in_memory FROM big) AS equal
FROM in_memory;
RESET work_mem;

-- summaries: bounds that hold
CREATE TABLE skewed AS
SELECT 'label ' || floor(power(samples.u, 3) * 3000)::int AS label, floor(power(samples.u, 3) * 3000) AS k, f
FROM (SELECT (i * 7919::bigint % 100003) / 100003.0 AS u, i % 5 = 0 AS f FROM generate_series(1, 60000) AS i) AS samples;
CREATE TABLE summaries AS
SELECT drift.profile_agg(label) FILTER (WHERE NOT f) AS r, drift.profile_agg(label) FILTER (WHERE f) AS c,
	drift.profile_agg(k) FILTER (WHERE NOT f) AS numbers_r, drift.profile_agg(k) FILTER (WHERE f) AS numbers_c FROM skewed;
SELECT drift.is_exact(r) AS exact_r, drift.is_exact(c) AS exact_c, b.low <= l AND l <= b.high AND b.value = drift.l_infinity(r, c) AS l_infinity,
	v.low <= v.value AND v.value <= v.high AND v.value = drift.cramers_v(r, c) AS cramers_v,
	vc.low <= vc.value AND vc.value <= vc.high AND vc.value = drift.cramers_v_corrected(r, c) AS cramers_v_corrected,
	(g).p_value_low <= (g).p_value AND (g).p_value <= (g).p_value_high AND (g).statistic_error > 0 AS g,
	(fit).p_value_low <= (fit).p_value AND (fit).p_value <= (fit).p_value_high AND (fit).statistic_error > 0 AS fit
FROM summaries, LATERAL (SELECT drift.l_infinity(label, f) AS l FROM skewed) AS rows, drift.bounds('l_infinity', r, c) AS b,
	drift.bounds('cramers_v', r, c) AS v, drift.bounds('cramers_v_corrected', r, c) AS vc,
	LATERAL (SELECT drift.g_test(r, c) AS g, drift.chi_square_goodness_of_fit_test(r, c) AS fit OFFSET 0) AS t;

-- and refusals
SELECT fails(format('SELECT drift.%s(numbers_r, numbers_c) FROM summaries', n))
FROM unnest(ARRAY['chi_square_test', 'g_test', 'chi_square_goodness_of_fit_test', 'cramers_v', 'cramers_v_corrected', 'l_infinity', 'fisher_exact_test', 'z_test']) AS n;
SELECT fails('SELECT drift.fisher_exact_test(r, c) FROM summaries');
SELECT fails('SELECT drift.fisher_exact_test(x, x > 1) FROM generate_series(1, 3) AS x');
SELECT fails('SELECT drift.fisher_exact_test(x::text, x > 1) FROM generate_series(1, 3) AS x');
SELECT fails('SELECT drift.g_test(x, true) FROM generate_series(1, 3) AS x');
SELECT fails('SELECT drift.l_infinity(drift.profile_agg(1.0::float8), drift.profile_agg(NULL::float8))');
SELECT fails('SELECT drift.cramers_v(to_jsonb(x), x > 1) FROM generate_series(1, 3) AS x');

-- as methods of a comparison, from rows and from profiles
CREATE TABLE before AS SELECT i % 4 AS n, (i % 3)::text AS c, i % 2 = 0 AS b FROM generate_series(1, 600) AS i;
CREATE TABLE after AS SELECT i % 5 / 2 AS n, (i % 4 / 2)::text AS c, i % 3 = 0 AS b FROM generate_series(1, 600) AS i;
CREATE FUNCTION asked(method text, mode text) RETURNS TABLE (column_name text, method text, statistic float8, p_value float8) LANGUAGE sql AS $$
	SELECT column_name, method, statistic, p_value
	FROM drift.compare('categories.before', 'categories.after', CASE WHEN method LIKE 'fisher%' THEN '{b}' ELSE '{n,c,b}' END::text[],
		jsonb_build_object('numeric', method, 'categorical', method), mode => mode)
$$;
SELECT m AS method, bool_and(a.method = m) AS as_asked, bool_and(a.statistic >= 0 AND a.p_value BETWEEN 0 AND 1) AS in_range, bool_and(close(a.statistic, s.statistic)) AS as_summary
FROM unnest(ARRAY['l_infinity', 'cramers_v', 'cramers_v_corrected', 'g_test', 'chi_square_goodness_of_fit_test', 'fisher_exact_test']) AS m,
	asked(m, 'exact') AS a JOIN asked(m, 'summary') AS s USING (column_name)
GROUP BY m ORDER BY m;
