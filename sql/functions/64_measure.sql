-- measuring one column: plans, bins, statistics, bounds

-- Methods a user may ask for; the flag says whether the method needs numbers.
CREATE OR REPLACE FUNCTION drift.comparison_methods() RETURNS TABLE (method text, numeric_only boolean)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 12
	SET search_path = pg_catalog, pg_temp
AS $$
	VALUES ('ks_test', true), ('t_test', true), ('mann_whitney_test', true),
		('wasserstein_distance', true), ('normalized_wasserstein_distance', true),
		('chi_square_test', false), ('z_test', false), ('psi', false), ('kl_divergence', false),
		('js_distance', false), ('hellinger_distance', false), ('total_variation', false)
$$;

COMMENT ON FUNCTION drift.comparison_methods() IS 'methods that the methods argument of drift.compare() takes';

-- The method asked for by the column's name, else by its kind.
CREATE OR REPLACE FUNCTION drift.requested_method(methods jsonb, column_name text, kind text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted text := coalesce(methods ->> column_name, methods ->> kind);
	known record;
BEGIN
	IF wanted IS NULL OR kind = 'unsupported' THEN
		RETURN NULL;
	END IF;

	SELECT * INTO known FROM drift.comparison_methods() AS c WHERE c.method = wanted;

	IF NOT FOUND THEN
		RAISE EXCEPTION 'unknown method "%" for column "%"', wanted, column_name
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = (SELECT format('There are: %s.', string_agg(c.method, ', ')) FROM drift.comparison_methods() AS c);
	ELSIF known.numeric_only AND kind <> 'numeric' THEN
		RAISE EXCEPTION 'method "%" needs numbers, but column "%" is %', wanted, column_name, kind
			USING ERRCODE = 'invalid_parameter_value';
	END IF;

	RETURN wanted;
END
$$;

COMMENT ON FUNCTION drift.requested_method(jsonb, text, text) IS
	'method that was asked for a column by its name or kind; NULL when none was';

-- Refuse names that neither side has, and two columns of one name.
CREATE OR REPLACE FUNCTION drift.check_column_names(reference_names text[], current_names text[], columns text[], methods jsonb)
	RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	offender text;
BEGIN
	IF jsonb_typeof(methods) <> 'object' THEN
		RAISE EXCEPTION 'methods must be a JSON object'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'For example {"numeric": "t_test", "age": "psi"}.';
	END IF;

	SELECT n INTO offender FROM unnest(reference_names) AS n GROUP BY n HAVING count(*) > 1
	UNION ALL
	SELECT n FROM unnest(current_names) AS n GROUP BY n HAVING count(*) > 1;
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" occurs more than once', offender
			USING ERRCODE = 'duplicate_column', HINT = 'Give the columns of the query names of their own with AS.';
	END IF;

	SELECT n INTO offender FROM unnest(columns) AS n WHERE n IS NULL OR n <> ALL (reference_names || current_names);
	IF FOUND THEN
		RAISE EXCEPTION 'column "%" is on neither side', offender USING ERRCODE = 'undefined_column';
	END IF;

	SELECT k INTO offender FROM jsonb_object_keys(methods) AS k
	WHERE k NOT IN ('numeric', 'categorical') AND k <> ALL (reference_names || current_names);
	IF FOUND THEN
		RAISE EXCEPTION 'methods name the column "%", which is on neither side', offender
			USING ERRCODE = 'undefined_column', HINT = 'A key is a column''s name, "numeric" or "categorical".';
	END IF;
END
$$;

COMMENT ON FUNCTION drift.check_column_names(text[], text[], text[], jsonb) IS
	'raises an error for columns that no side has or that one side has twice';

-- Type both sides are read as. Integers and other numbers mix, and so do the two timestamps.
CREATE OR REPLACE FUNCTION drift.common_type(type_reference oid, type_current oid) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN drift.family_kind(r) = 'unsupported' OR drift.family_kind(c) = 'unsupported' THEN NULL
			WHEN r IN ('text', 'uuid') AND c IN ('text', 'uuid') THEN 'pg_catalog.text'
			WHEN type_reference = type_current THEN format('pg_catalog.%I', (SELECT typname FROM pg_type WHERE oid = type_reference))
			WHEN r IN ('integer', 'number') AND c IN ('integer', 'number') THEN 'pg_catalog.float8'
			WHEN r = 'timestamp' AND c = 'timestamp' THEN 'pg_catalog.timestamptz'
		END
	FROM (SELECT drift.type_family(type_reference) AS r, drift.type_family(type_current) AS c) AS f
$$;

COMMENT ON FUNCTION drift.common_type(oid, oid) IS
	'type as which two columns are compared; NULL when they cannot be';

CREATE OR REPLACE FUNCTION drift.plan_columns(
	reference_query text, current_query text, columns text[], methods jsonb, path text)
	RETURNS SETOF drift.column_plan
	LANGUAGE plpgsql STABLE ROWS 30
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF reference_query IS NULL OR current_query IS NULL THEN
		RAISE EXCEPTION 'a source of data is NULL' USING ERRCODE = 'null_value_not_allowed';
	END IF;

	PERFORM drift.check_column_names(
		ARRAY(SELECT r.column_name FROM drift.read_columns(reference_query, path) AS r),
		ARRAY(SELECT c.column_name FROM drift.read_columns(current_query, path) AS c),
		columns, methods);

	RETURN QUERY
		SELECT p.column_name, p.type_reference, p.type_current, p.kind, p.value_type,
			drift.requested_method(methods, p.column_name, p.kind),
			coalesce(p.column_name = ANY (columns), false) OR coalesce(methods ? p.column_name, false),
			CASE
				WHEN p.type_current IS NULL THEN 'absent in current'
				WHEN p.type_reference IS NULL THEN 'absent in reference'
				WHEN p.kind = 'unsupported' THEN 'unsupported'
				WHEN p.value_type IS NULL THEN 'type'
			END
		FROM (
			SELECT column_name, r.column_type AS type_reference, c.column_type AS type_current,
				drift.family_kind(drift.type_family(coalesce(r.base_type, c.base_type))) AS kind,
				drift.common_type(r.base_type, c.base_type) AS value_type,
				r.ordinal AS reference_ordinal, c.ordinal AS current_ordinal
			FROM drift.read_columns(reference_query, path) AS r
			FULL JOIN drift.read_columns(current_query, path) AS c USING (column_name)
		) AS p
		WHERE columns IS NULL OR p.column_name = ANY (columns)
		ORDER BY p.reference_ordinal NULLS LAST, p.current_ordinal;
END
$$;

COMMENT ON FUNCTION drift.plan_columns(text, text, text[], jsonb, text) IS
	'how each column of two queries will be compared, in the order of the reference';

-- A profile of no rows at all is NULL.
CREATE OR REPLACE FUNCTION drift.value_count(profile drift.profile) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(drift.row_count(profile) - drift.missing_count(profile), 0)
$$;

COMMENT ON FUNCTION drift.value_count(drift.profile) IS 'rows of a profile that have a value; 0 for NULL';

-- Rows of both sides per bin of the reference, or per category. Categories of a summary that it
-- no longer lists are one bin without a category.
CREATE OR REPLACE FUNCTION drift.bin_pairs(reference drift.profile, current drift.profile) RETURNS drift.bin_pair[]
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n CONSTANT float8 := drift.value_count(current);
BEGIN
	IF drift.kind(reference) = 'numeric' THEN
		RETURN ARRAY(
			SELECT ROW(b.bin, b.lower, b.upper, b.label, b.row_count,
				CASE n WHEN 0 THEN 0
					ELSE round(n * (CASE WHEN b.upper < 'Infinity' THEN drift.cdf(current, b.upper) ELSE 1 END
						- CASE WHEN b.lower > '-Infinity' THEN drift.cdf(current, b.lower) ELSE 0 END))
				END)::drift.bin_pair
			FROM drift.bins(reference) AS b
			ORDER BY b.bin);
	END IF;

	RETURN ARRAY(
		SELECT ROW(coalesce(r.bin, c.bin), NULL, NULL, coalesce(r.label, c.label),
			coalesce(r.row_count, 0), coalesce(c.row_count, 0))::drift.bin_pair
		FROM drift.bins(reference) AS r
		FULL JOIN drift.bins(current) AS c
			ON (c.category IS NULL) = (r.category IS NULL) AND coalesce(c.category, '') = coalesce(r.category, '')
		ORDER BY r.bin NULLS LAST, c.bin);
END
$$;

COMMENT ON FUNCTION drift.bin_pairs(drift.profile, drift.profile) IS
	'rows of two profiles in the bins of the reference, or in each category';

-- The bins of drift.psi(): categories with less than 1 % of the reference share one, and those it
-- does not have keep their own as long as it counted all it has.
CREATE OR REPLACE FUNCTION drift.psi_bins(bins drift.bin_pair[], reference_exact boolean) RETURNS drift.bin_pair[]
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(ROW(p.bin, p.lower, p.upper, p.label, p.n_reference, p.n_current)::drift.bin_pair ORDER BY p.bin, p.label), '{}')
	FROM (
		SELECT min(b.bin) AS bin, min(b.lower) AS lower, min(b.upper) AS upper,
			CASE WHEN rare THEN '(other)' ELSE min(b.label) END AS label,
			sum(b.n_reference)::bigint AS n_reference, sum(b.n_current)::bigint AS n_current
		FROM (
			SELECT u.*, u.lower IS NULL AND u.n_reference * 100 < sum(u.n_reference) OVER ()
				AND NOT (reference_exact AND u.n_reference = 0) AS rare
			FROM unnest(bins) WITH ORDINALITY AS u
		) AS b
		GROUP BY rare, CASE WHEN NOT rare THEN ordinality END
	) AS p
$$;

COMMENT ON FUNCTION drift.psi_bins(drift.bin_pair[], boolean) IS 'the bins over which drift.psi() is taken: rare categories of the reference are pooled';

-- Chi-square test of the bins of two samples. Cells whose expected count is below five on the
-- smaller side are pooled, and the smallest others with them until the pool reaches five;
-- two cells get Yates' correction.
CREATE OR REPLACE FUNCTION drift.pooled_chi_square(bins drift.bin_pair[], OUT statistic float8, OUT p_value float8, OUT cells bigint)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH sides AS (
		SELECT sum(n_reference)::float8 AS n, sum(n_current)::float8 AS m FROM unnest(bins)
	), cell AS (
		SELECT b.bin, b.label, b.n_reference, b.n_current,
			(b.n_reference + b.n_current) * least(n, m) / (n + m) AS expected
		FROM unnest(bins) AS b, sides
		WHERE b.n_reference + b.n_current > 0
	), running AS (
		SELECT *, row_number() OVER (ORDER BY expected, bin, label),
			coalesce(sum(expected) OVER (ORDER BY expected, bin, label ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
		FROM cell
	), pooled AS (
		SELECT sum(n_reference)::float8 AS r, sum(n_current)::float8 AS c
		FROM running
		GROUP BY CASE WHEN expected < 5 OR (before > 0 AND before < 5) THEN -1 ELSE row_number END
	), counted AS (
		SELECT r, c, (r + c) / (n + m) AS share, count(*) OVER () AS cells, n, m
		FROM pooled, sides
	), deviation AS (
		SELECT greatest(0, abs(r - share * n) - CASE cells WHEN 2 THEN least(0.5, abs(r - share * n)) ELSE 0 END) AS d,
			share, n, m, cells
		FROM counted
	)
	SELECT x.statistic, CASE WHEN x.cells > 1 THEN drift.chi_square_p_value(x.statistic, x.cells - 1) ELSE 1 END, x.cells
	FROM (
		SELECT coalesce(sum(d * d / (share * n) + d * d / (share * m)), 0) AS statistic, max(deviation.cells) AS cells
		FROM deviation
	) AS x
$$;

COMMENT ON FUNCTION drift.pooled_chi_square(drift.bin_pair[]) IS
	'chi-square test that the bins of two samples have the same shares, with sparse cells pooled';

-- Shares are raised to 1e-4 as drift.psi() raises them.
CREATE OR REPLACE FUNCTION drift.psi_contribution(share_reference float8, share_current float8) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT (c - r) * ln(c / r)
	FROM (SELECT greatest(share_reference, 1e-4) AS r, greatest(share_current, 1e-4) AS c) AS s
$$;

COMMENT ON FUNCTION drift.psi_contribution(float8, float8) IS 'what one bin adds to the PSI';

CREATE OR REPLACE FUNCTION drift.bins_total_variation(bins drift.bin_pair[]) RETURNS float8
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT sum(abs(b.n_reference / nullif(s.n, 0) - b.n_current / nullif(s.m, 0))) / 2
	FROM unnest(bins) AS b,
		(SELECT sum(n_reference)::float8 AS n, sum(n_current)::float8 AS m FROM unnest(bins)) AS s
$$;

COMMENT ON FUNCTION drift.bins_total_variation(drift.bin_pair[]) IS 'half the sum of the differences of the shares of two samples';

-- Each empirical distribution is within sqrt(ln(2/a) / 2n) of the true one with probability 1 - a
-- (Dvoretzky, Kiefer, Wolfowitz; constant by Massart 1990); a = 0.025 for each side.
CREATE OR REPLACE FUNCTION drift.ks_lower_bound(d float8, n_reference bigint, n_current bigint) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT greatest(0, d - sqrt(ln(80) / (2.0 * n_reference)) - sqrt(ln(80) / (2.0 * n_current)))
$$;

COMMENT ON FUNCTION drift.ks_lower_bound(float8, bigint, bigint) IS
	'lower 95 % confidence bound of the Kolmogorov-Smirnov distance, valid for any distribution and sample size';

-- The mean of the sample's total variation exceeds the true one by at most the mean deviation of the
-- shares, sqrt((k - 1)/n)/2 on each side, and stays near its mean by McDiarmid's inequality.
CREATE OR REPLACE FUNCTION drift.total_variation_lower_bound(tv float8, categories bigint, n_reference bigint, n_current bigint)
	RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT greatest(0, tv
		- sqrt(greatest(categories - 1, 0)) / 2 * (1 / sqrt(n_reference) + 1 / sqrt(n_current))
		- sqrt(ln(20) / 2 * (1.0 / n_reference + 1.0 / n_current)))
$$;

COMMENT ON FUNCTION drift.total_variation_lower_bound(float8, bigint, bigint, bigint) IS
	'lower 95 % confidence bound of the total variation, valid for any distribution and sample size';

CREATE OR REPLACE FUNCTION drift.profile_method(method text, reference drift.profile, current drift.profile) RETURNS drift.test_result
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.test_result;
BEGIN
	IF drift.is_test(method) THEN
		EXECUTE format('SELECT (drift.%I($1, $2)).*', method) INTO result USING reference, current;
	ELSE
		EXECUTE format('SELECT drift.%I($1, $2)', method) INTO result.statistic USING reference, current;
	END IF;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.profile_method(text, drift.profile, drift.profile) IS
	'a statistic of two profiles, chosen by its name';

-- The same record that drift.statistics_query() reads from rows.
CREATE OR REPLACE FUNCTION drift.profile_statistics(plan drift.column_plan, reference drift.profile, current drift.profile)
	RETURNS drift.column_statistics
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(
		(plan).column_name,
		drift.psi(reference, current),
		CASE (plan).kind WHEN 'numeric' THEN drift.ks_test(reference, current) END,
		CASE (plan).kind WHEN 'categorical' THEN drift.chi_square_test(reference, current) END,
		drift.total_variation(reference, current),
		drift.profile_method((plan).method, reference, current))::drift.column_statistics
$$;

COMMENT ON FUNCTION drift.profile_statistics(drift.column_plan, drift.profile, drift.profile) IS
	'statistics of one column from two profiles';

-- Columns of which nearly every value occurs once tell rows apart, not distributions. Whole numbers
-- must be unique to count, for measured ones seldom repeat in small data either.
CREATE OR REPLACE FUNCTION drift.identifies_rows(value_type text, n bigint, n_distinct bigint) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(n >= 100 AND CASE
			WHEN value_type IN ('pg_catalog.text', 'pg_catalog.uuid') THEN n_distinct > 0.95 * n
			WHEN value_type IN ('pg_catalog.int2', 'pg_catalog.int4', 'pg_catalog.int8') THEN n_distinct = n
		END, false)
$$;

COMMENT ON FUNCTION drift.identifies_rows(text, bigint, bigint) IS
	'whether a column of n values looks like an identifier: at least 100 values and nearly all of them different';

-- The largest number below another one.
CREATE OR REPLACE FUNCTION drift.number_before(value float8) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN value = 'Infinity' THEN 1.7976931348623157e308
			WHEN value <= -1.7976931348623157e308 THEN '-Infinity'
			ELSE value - greatest(abs(value) * 1.2e-16, 5e-324)
		END
$$;

COMMENT ON FUNCTION drift.number_before(float8) IS 'the next smaller double precision number';

-- cdf() includes its argument, so what lies below low is asked for at the number before it.
CREATE OR REPLACE FUNCTION drift.share_outside(profile drift.profile, low float8, high float8) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN drift.minimum(profile) < low THEN drift.cdf(profile, drift.number_before(low)) ELSE 0 END
		+ CASE WHEN drift.maximum(profile) > high THEN 1 - drift.cdf(profile, high) ELSE 0 END
$$;

COMMENT ON FUNCTION drift.share_outside(drift.profile, float8, float8) IS 'share of the values of a numeric profile that are below low or above high';

-- Why a column is not compared; NULL when it is.
CREATE OR REPLACE FUNCTION drift.skip_reason(plan drift.column_plan, identifier boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN (plan).obstacle = 'unsupported' THEN
				format('values of type %s are not compared', coalesce((plan).type_reference, (plan).type_current))
			WHEN identifier AND NOT (plan).requested THEN
				'nearly every value is different, so the column identifies rows; name it in columns to compare it'
		END
$$;

COMMENT ON FUNCTION drift.skip_reason(drift.column_plan, boolean) IS
	'why drift.compare() leaves a column out; NULL when it does not';

CREATE OR REPLACE FUNCTION drift.method_reason(plan drift.column_plan, reference drift.profile, default_method text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN (plan).method = 'psi' THEN 'requested; p-value of the PSI under no drift'
			WHEN NOT drift.is_test((plan).method) THEN format('requested; p-value of %s', default_method)
			WHEN (plan).method IS NOT NULL THEN 'requested'
			WHEN (plan).kind = 'categorical' THEN 'categories'
			WHEN default_method = 'chi_square_test' THEN 'at most 20 different reference values'
			WHEN ties > 0.2 THEN format('numbers; %s of the reference values are repeats, so the p-value is an upper bound', drift.percent(ties))
			ELSE 'numbers with more than 20 different reference values'
		END
	FROM (
		SELECT 1 - drift.distinct_count(reference) / nullif(drift.value_count(reference), 0)::float8 AS ties
	) AS t
$$;

COMMENT ON FUNCTION drift.method_reason(drift.column_plan, drift.profile, text) IS 'why a column is compared by its method, as a phrase';

-- The default test of a column: KS for numbers, chi-square for what has few values. Categories that
-- are too many to be counted in a profile are tested unpooled, by the statistics read from the rows.
CREATE OR REPLACE FUNCTION drift.default_test(
	default_method text, reference drift.profile, current drift.profile, bins drift.bin_pair[], measured drift.column_statistics)
	RETURNS drift.test_result
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.test_result;
BEGIN
	IF default_method = 'ks_test' THEN
		RETURN measured.ks;
	ELSIF (measured.chi_square).statistic IS NOT NULL AND NOT (drift.is_exact(reference) AND drift.is_exact(current)) THEN
		RETURN measured.chi_square;
	END IF;

	SELECT t.statistic, t.p_value, t.p_value, t.p_value
	INTO result.statistic, result.p_value, result.p_value_low, result.p_value_high
	FROM drift.pooled_chi_square(bins) AS t;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.default_test(text, drift.profile, drift.profile, drift.bin_pair[], drift.column_statistics) IS
	'result of the test that drift.compare() chooses for a column';

-- Measure a column both sides of which have at least two values.
CREATE OR REPLACE FUNCTION drift.measure_values(
	plan drift.column_plan, reference drift.profile, current drift.profile, bins drift.bin_pair[], measured drift.column_statistics, exact boolean)
	RETURNS drift.column_measure
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n CONSTANT bigint := drift.value_count(reference);
	m CONSTANT bigint := drift.value_count(current);
	counted CONSTANT boolean := drift.is_exact(reference) AND drift.is_exact(current);
	discrete CONSTANT boolean := plan.kind = 'categorical' OR coalesce(drift.distinct_count(reference) <= 20, false);
	default_method CONSTANT text := CASE WHEN discrete THEN 'chi_square_test' ELSE 'ks_test' END;
	filled CONSTANT bigint := (SELECT count(*) FROM unnest(bins) AS b WHERE b.n_reference + b.n_current > 0);
	psi_filled CONSTANT bigint := (
		SELECT count(*) FROM unnest(drift.psi_bins(bins, drift.is_exact(reference))) AS b WHERE b.n_reference + b.n_current > 0);
	test drift.test_result := drift.default_test(default_method, reference, current, bins, measured);
	result drift.column_measure;
BEGIN
	result.state := 'tested';
	result.method := coalesce(plan.method, default_method);
	result.method_reason := drift.method_reason(plan, reference, default_method);
	result.psi := measured.psi;
	result.psi_p_value := drift.psi_p_value(measured.psi, psi_filled, n, m);
	result.effect := CASE
			WHEN NOT discrete THEN (measured.ks).statistic
			WHEN counted THEN drift.bins_total_variation(bins)
			ELSE measured.total_variation
		END;
	result.effect_low := CASE
			WHEN discrete THEN drift.total_variation_lower_bound(result.effect, filled, n, m)
			ELSE drift.ks_lower_bound(result.effect, n, m)
		END;
	result.error_bound := CASE
			WHEN exact THEN 0
			WHEN discrete THEN drift.rank_error(reference) + drift.rank_error(current)
			ELSE (measured.ks).statistic_error
		END;

	IF drift.is_test(plan.method) AND plan.method <> default_method THEN
		test := measured.requested;
	END IF;
	result.statistic := CASE WHEN drift.is_test(result.method) THEN test.statistic ELSE (measured.requested).statistic END;
	result.p_value := CASE
			WHEN plan.method = 'psi' THEN result.psi_p_value
			WHEN exact THEN nullif(test.p_value, 'NaN')
			ELSE nullif(coalesce(test.p_value_high, test.p_value), 'NaN')
		END;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.measure_values(drift.column_plan, drift.profile, drift.profile, drift.bin_pair[], drift.column_statistics, boolean) IS
	'method, statistics and bounds of one column, before any verdict';

CREATE OR REPLACE FUNCTION drift.measure_column(
	plan drift.column_plan, reference drift.profile, current drift.profile, bins drift.bin_pair[], measured drift.column_statistics,
	identifier boolean, exact boolean)
	RETURNS drift.column_measure
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.column_measure;
BEGIN
	result.method_reason := drift.skip_reason(plan, identifier);
	IF result.method_reason IS NOT NULL THEN
		result.state := 'skipped';
	ELSIF plan.obstacle IS NOT NULL THEN
		result.state := plan.obstacle;
	ELSIF least(drift.value_count(reference), drift.value_count(current)) < 2 THEN
		result.state := 'insufficient_data';
	ELSE
		RETURN drift.measure_values(plan, reference, current, bins,
			coalesce(measured, drift.profile_statistics(plan, reference, current)), exact);
	END IF;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift.measure_column(drift.column_plan, drift.profile, drift.profile, drift.bin_pair[], drift.column_statistics, boolean, boolean) IS
	'what drift.compare() measures on one column, or why it measures nothing';
