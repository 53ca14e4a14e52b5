-- measuring one column: method, statistics, bounds

-- Each empirical distribution is within sqrt(ln(2/a) / 2n) of the true one with probability 1 - a
-- (Dvoretzky, Kiefer, Wolfowitz; constant by Massart 1990); a = 0.025 for each side.
CREATE OR REPLACE FUNCTION drift_internal.ks_lower_bound(d float8, n_reference bigint, n_current bigint) RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT greatest(0, d - sqrt(ln(80) / (2.0 * n_reference)) - sqrt(ln(80) / (2.0 * n_current)))
$$;

COMMENT ON FUNCTION drift_internal.ks_lower_bound(float8, bigint, bigint) IS
	'lower 95 % confidence bound of the Kolmogorov-Smirnov distance, valid for any distribution and sample size';

-- The mean of the sample's total variation exceeds the true one by at most the mean deviation of the
-- shares, sqrt((k - 1)/n)/2 on each side, and stays near its mean by McDiarmid's inequality.
CREATE OR REPLACE FUNCTION drift_internal.total_variation_lower_bound(tv float8, categories bigint, n_reference bigint, n_current bigint)
	RETURNS float8
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT greatest(0, tv
		- sqrt(greatest(categories - 1, 0)) / 2 * (1 / sqrt(n_reference) + 1 / sqrt(n_current))
		- sqrt(ln(20) / 2 * (1.0 / n_reference + 1.0 / n_current)))
$$;

COMMENT ON FUNCTION drift_internal.total_variation_lower_bound(float8, bigint, bigint, bigint) IS
	'lower 95 % confidence bound of the total variation, valid for any distribution and sample size';

CREATE OR REPLACE FUNCTION drift_internal.profile_method(method text, reference drift.profile, current drift.profile) RETURNS drift.test_result
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.test_result;
BEGIN
	IF drift_internal.is_test(method) THEN
		EXECUTE format('SELECT (drift.%I($1, $2)).*', method) INTO result USING reference, current;
	ELSE
		EXECUTE format('SELECT drift.%I($1, $2)', method) INTO result.statistic USING reference, current;
	END IF;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.profile_method(text, drift.profile, drift.profile) IS
	'a statistic of two profiles, chosen by its name';

-- The same record that drift_internal.statistics_query() reads from rows.
CREATE OR REPLACE FUNCTION drift_internal.profile_statistics(plan drift_internal.column_plan, reference drift.profile, current drift.profile, exact boolean)
	RETURNS drift_internal.column_statistics
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(
		(plan).column_name,
		drift.psi(reference, current),
		CASE (plan).kind WHEN 'numeric' THEN drift.ks_test(reference, current) END,
		CASE (plan).kind WHEN 'categorical' THEN drift.chi_square_test(reference, current) END,
		drift.total_variation(reference, current),
		drift_internal.profile_method((plan).method, reference, current),
		CASE WHEN exact AND drift_internal.takes_tied_ks(plan) AND drift.distinct_count(reference) > 20 THEN
			drift_internal.tied_ks_p_value(reference, current)
		END,
		NULL,
		NULL)::drift_internal.column_statistics
$$;

COMMENT ON FUNCTION drift_internal.profile_statistics(drift_internal.column_plan, drift.profile, drift.profile, boolean) IS
	'statistics of one column from two profiles';

-- Why a column is not compared; NULL when it is.
CREATE OR REPLACE FUNCTION drift_internal.skip_reason(plan drift_internal.column_plan, identifier boolean) RETURNS text
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

COMMENT ON FUNCTION drift_internal.skip_reason(drift_internal.column_plan, boolean) IS
	'why drift.compare() leaves a column out; NULL when it does not';

CREATE OR REPLACE FUNCTION drift_internal.method_reason(plan drift_internal.column_plan, reference drift.profile, default_method text, permuted boolean) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN (plan).method = 'psi' THEN 'requested; p-value of the PSI under no drift'
			WHEN NOT drift_internal.is_test((plan).method) THEN
				format('requested; p-value of %s%s', default_method, CASE WHEN permuted THEN ' by permutation' END)
			WHEN (plan).method IS NOT NULL THEN 'requested'
			WHEN (plan).kind = 'categorical' THEN 'categories'
			WHEN default_method = 'chi_square_test' THEN 'at most 20 different reference values'
			WHEN permuted THEN 'numbers; over a fifth of the reference values are repeats, so the p-value is by permutation'
			WHEN ties > 0.2 THEN format('numbers; %s of the reference values are repeats, so the p-value is an upper bound', drift_internal.percent(ties))
			WHEN drift.distinct_count(reference) <= 20 THEN 'few reference values, but very many current ones'
			ELSE 'numbers with more than 20 different reference values'
		END
	FROM (
		SELECT 1 - drift.distinct_count(reference) / nullif(drift.value_count(reference), 0)::float8 AS ties
	) AS t
$$;

COMMENT ON FUNCTION drift_internal.method_reason(drift_internal.column_plan, drift.profile, text, boolean) IS 'why a column is compared by its method, as a phrase';

-- The default test of a column: KS for numbers, chi-square for what has few values. Categories that
-- are too many to be counted in a profile are tested unpooled, by the statistics read from the rows.
CREATE OR REPLACE FUNCTION drift_internal.default_test(
	default_method text, reference drift.profile, current drift.profile, bins drift_internal.bin_pair[], measured drift_internal.column_statistics)
	RETURNS drift.test_result
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift.test_result;
BEGIN
	IF default_method = 'ks_test' THEN
		result := measured.ks;
		result.p_value := coalesce(measured.tied_ks_p_value, result.p_value);
		RETURN result;
	ELSIF (measured.chi_square).statistic IS NOT NULL AND NOT (drift.is_exact(reference) AND drift.is_exact(current)) THEN
		RETURN measured.chi_square;
	END IF;

	SELECT t.statistic, t.p_value, t.p_value, t.p_value
	INTO result.statistic, result.p_value, result.p_value_low, result.p_value_high
	FROM drift_internal.pooled_chi_square(bins) AS t;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.default_test(text, drift.profile, drift.profile, drift_internal.bin_pair[], drift_internal.column_statistics) IS
	'result of the test that drift.compare() chooses for a column';

-- Rows of more categories than a profile counts have bins that only the rows know.
CREATE OR REPLACE FUNCTION drift_internal.requested_chance(
	plan drift_internal.column_plan, reference drift.profile, current drift.profile, statistic float8, psi_chance drift.chance_result)
	RETURNS drift.chance_result
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
			WHEN (plan).method = 'psi' THEN psi_chance
			WHEN (plan).method IN ('kl_divergence', 'js_distance', 'hellinger_distance', 'total_variation',
					'wasserstein_distance', 'normalized_wasserstein_distance', 'energy_distance')
				AND ((plan).kind = 'numeric' OR (drift.is_exact(reference) AND drift.is_exact(current))) THEN
				drift_internal.chance_of(reference, current, (plan).method, statistic)
		END
$$;

COMMENT ON FUNCTION drift_internal.requested_chance(drift_internal.column_plan, drift.profile, drift.profile, float8, drift.chance_result) IS
	'what the requested distance would be if nothing had drifted; NULL for tests and where it is not known';

-- Measure a column both sides of which have at least two values.
CREATE OR REPLACE FUNCTION drift_internal.measure_values(
	plan drift_internal.column_plan, reference drift.profile, current drift.profile, bins drift_internal.bin_pair[], measured drift_internal.column_statistics, exact boolean)
	RETURNS drift_internal.column_measure
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n CONSTANT bigint := drift.value_count(reference);
	m CONSTANT bigint := drift.value_count(current);
	counted CONSTANT boolean := drift.is_exact(reference) AND drift.is_exact(current);
	-- a side with more values than a profile counts is not discrete, whatever the reference was
	discrete CONSTANT boolean := plan.kind = 'categorical'
		OR coalesce(drift.distinct_count(reference) <= 20 AND drift.is_exact(current), false);
	default_method CONSTANT text := CASE WHEN discrete THEN 'chi_square_test' ELSE 'ks_test' END;
	filled CONSTANT bigint := (SELECT count(*) FROM unnest(bins) AS b WHERE b.n_reference + b.n_current > 0);
	test drift.test_result := drift_internal.default_test(default_method, reference, current, bins, measured);
	result drift_internal.column_measure;
BEGIN
	result.state := 'tested';
	result.method := coalesce(plan.method, default_method);
	result.method_reason := drift_internal.method_reason(plan, reference, default_method,
		default_method = 'ks_test' AND measured.tied_ks_p_value IS NOT NULL);
	result.psi := measured.psi;
	result.psi_chance := coalesce(measured.psi_chance, drift_internal.chance_of(reference, current, 'psi', measured.psi));
	result.effect := CASE
			WHEN NOT discrete THEN (measured.ks).statistic
			WHEN counted THEN drift_internal.bins_total_variation(bins)
			ELSE measured.total_variation
		END;
	result.effect_low := CASE
			WHEN discrete THEN drift_internal.total_variation_lower_bound(result.effect, filled, n, m)
			ELSE drift_internal.ks_lower_bound(result.effect, n, m)
		END;
	result.effect_chance := CASE
			WHEN discrete THEN coalesce(measured.total_variation_chance, drift_internal.chance_of(reference, current, 'total_variation', result.effect))
			ELSE drift_internal.chance_of(reference, current, 'ks', result.effect)
		END;
	result.error_bound := CASE
			WHEN exact THEN 0
			WHEN discrete THEN drift.rank_error(reference) + drift.rank_error(current)
			ELSE (measured.ks).statistic_error
		END;

	IF drift_internal.is_test(plan.method) AND plan.method <> default_method THEN
		test := measured.requested;
	END IF;
	result.statistic := CASE WHEN drift_internal.is_test(result.method) THEN test.statistic ELSE (measured.requested).statistic END;
	result.statistic_chance := drift_internal.requested_chance(plan, reference, current, result.statistic, result.psi_chance);
	result.p_value := CASE
			WHEN plan.method = 'psi' THEN (result.psi_chance).p_value
			WHEN exact THEN nullif(test.p_value, 'NaN')
			ELSE nullif(coalesce(test.p_value_high, test.p_value), 'NaN')
		END;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.measure_values(drift_internal.column_plan, drift.profile, drift.profile, drift_internal.bin_pair[], drift_internal.column_statistics, boolean) IS
	'method, statistics and bounds of one column, before any verdict';

CREATE OR REPLACE FUNCTION drift_internal.measure_column(
	plan drift_internal.column_plan, reference drift.profile, current drift.profile, bins drift_internal.bin_pair[], measured drift_internal.column_statistics,
	identifier boolean, exact boolean)
	RETURNS drift_internal.column_measure
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result drift_internal.column_measure;
BEGIN
	result.method_reason := drift_internal.skip_reason(plan, identifier);
	IF result.method_reason IS NOT NULL THEN
		result.state := 'skipped';
	ELSIF plan.obstacle IS NOT NULL THEN
		result.state := plan.obstacle;
	ELSIF least(drift.value_count(reference), drift.value_count(current)) < 2 THEN
		result.state := 'insufficient_data';
	ELSE
		RETURN drift_internal.measure_values(plan, reference, current, bins,
			coalesce(measured, drift_internal.profile_statistics(plan, reference, current, exact)), exact);
	END IF;

	RETURN result;
END
$$;

COMMENT ON FUNCTION drift_internal.measure_column(drift_internal.column_plan, drift.profile, drift.profile, drift_internal.bin_pair[], drift_internal.column_statistics, boolean, boolean) IS
	'what drift.compare() measures on one column, or why it measures nothing';
