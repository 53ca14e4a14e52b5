/*
 * fuzz_numeric_statistics.c
 *		Every statistic of two profiles stays in its range, whatever they claim.
 */
#include <math.h>

#include "fuzz/numeric_input.h"
#include "stats/numeric_statistics.h"

static void
divergences(const DriftNumeric *reference, const DriftNumeric *current, uint32_t bins)
{
	/* ln(share / floor) is at most ln 10,000, and floors lift the sum of up to 2,049 shares to 1.2049 at most */
	static const double highest[] = {
		[DRIFT_PSI] = 22.3,
		[DRIFT_KL_DIVERGENCE] = 11.1,
		[DRIFT_JS_DISTANCE] = 1.0,
		[DRIFT_HELLINGER_DISTANCE] = 1.0,
		[DRIFT_TOTAL_VARIATION] = 1.0,
	};

	for (int kind = DRIFT_PSI; kind <= DRIFT_TOTAL_VARIATION; kind++)
	{
		DriftInterval d;

		if (drift_numeric_divergence((DriftDivergenceKind) kind, reference, current, bins, 1e-4, &d) != DRIFT_OK)
			continue;
		REQUIRE(!isnan(d.value) && !isnan(d.low) && !isnan(d.high));
		REQUIRE(d.value >= (kind == DRIFT_KL_DIVERGENCE ? -0.2 : 0.0) && d.value <= highest[kind]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftNumeric *reference;
	DriftNumeric *current;
	DriftNumericDistance distance;

	if (!unpack_two(data, size, &reference, &current))
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
