/*
 * fuzz_numeric_statistics.c
 *		Every statistic of two profiles stays in its range, whatever they claim.
 */
#include <math.h>

#include "fuzz/numeric_input.h"
#include "fuzz/statistic_range.h"
#include "stats/edf_test.h"
#include "stats/numeric_edf.h"
#include "stats/numeric_statistics.h"

static void
divergences(const DriftNumeric *reference, const DriftNumeric *current, uint32_t bins)
{
	for (int kind = DRIFT_PSI; kind <= DRIFT_TOTAL_VARIATION; kind++)
	{
		DriftInterval d;

		if (drift_numeric_divergence((DriftDivergenceKind) kind, reference, current, bins, 1e-4, &d) == DRIFT_OK)
			require_divergence((DriftDivergenceKind) kind, d);
	}
}

static void
tables(const DriftNumeric *reference, const DriftNumeric *current)
{
	for (int kind = DRIFT_CHI_SQUARE; kind <= DRIFT_L_INFINITY; kind++)
	{
		bool distance = kind >= DRIFT_CRAMERS_V;
		DriftTableResult result;

		if (drift_numeric_table((DriftTableStatistic) kind, reference, current, &result) != DRIFT_OK)
			continue;
		REQUIRE(result.statistic >= 0.0 && result.statistic <= (distance ? 1.0 : HUGE_VAL));
		if (!distance)
			REQUIRE(result.p_value >= 0.0 && result.p_value <= 1.0);
	}
}

static void
differences(const DriftNumeric *reference, const DriftNumeric *current)
{
	int64_t n = drift_profile_n(&reference->profile);
	int64_t m = drift_profile_n(&current->profile);
	DriftNumericEdf edf;

	if (drift_numeric_edf(reference, current, &edf) != DRIFT_OK)
		return;
	require_interval(edf.kuiper, 0.0, 1.0 + 1e-12);
	require_interval(edf.anderson_darling, 0.0, HUGE_VAL);
	require_interval(edf.cramer_von_mises, -HUGE_VAL, HUGE_VAL);
	if (!isnan(edf.energy_distance.value))
		require_interval(edf.energy_distance, 0.0, HUGE_VAL);
	REQUIRE(!isnan(drift_kuiper_p_value(edf.kuiper.value, n, m)));
	if (drift_cramer_von_mises_scratch(edf.cramer_von_mises.value, n, m) == 0)
		REQUIRE(!isnan(drift_cramer_von_mises_p_value(edf.cramer_von_mises.value, n, m, NULL)));
	if (!edf.constant && n + m > 3)
		REQUIRE(!isnan(drift_anderson_darling_test(edf.anderson_darling.value, n, m).p_value.value));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftNumeric *reference;
	DriftNumeric *current;
	DriftNumericDistance distance;
	int64_t larger[2];

	if (!unpack_two_numeric((FuzzInput){data, size}, &reference, &current))
		return 0;
	divergences(reference, current, 0);
	divergences(reference, current, 10);
	divergences(reference, current, 1024);
	tables(reference, current);
	differences(reference, current);
	if (drift_numeric_larger_of_two(reference, current, larger) == DRIFT_OK)
		require_two_proportions(larger, &reference->profile, &current->profile);
	if (drift_numeric_distance(reference, current, &distance) == DRIFT_OK)
	{
		double pairs = (double) drift_profile_n(&reference->profile) * (double) drift_profile_n(&current->profile);

		require_interval(distance.ks, 0.0, 1.0);
		require_interval(distance.u, 0.0, pairs);
		REQUIRE(isnan(distance.wasserstein.value) || distance.wasserstein.value >= 0.0);
		REQUIRE(distance.tie_term >= 0.0);
	}
	free(current);
	free(reference);
	return 0;
}
