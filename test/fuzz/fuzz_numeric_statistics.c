/*
 * fuzz_numeric_statistics.c
 *		Every statistic of two profiles stays in its range, whatever they claim.
 */
#include <math.h>

#include "fuzz/numeric_input.h"
#include "fuzz/statistic_range.h"
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftNumeric *reference;
	DriftNumeric *current;
	DriftNumericDistance distance;

	if (!unpack_two_numeric((FuzzInput){data, size}, &reference, &current))
		return 0;
	divergences(reference, current, 0);
	divergences(reference, current, 10);
	divergences(reference, current, 1024);
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
