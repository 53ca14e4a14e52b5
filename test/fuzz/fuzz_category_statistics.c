/*
 * fuzz_category_statistics.c
 *		Every statistic of two profiles stays in its range, whatever they claim.
 */
#include "fuzz/category_input.h"
#include "fuzz/statistic_range.h"
#include "stats/category_statistics.h"

static void
divergences(const DriftCategory *reference, const DriftCategory *current, uint32_t *order)
{
	for (int kind = DRIFT_PSI; kind <= DRIFT_TOTAL_VARIATION; kind++)
	{
		DriftInterval d;

		if (drift_category_divergence((DriftDivergenceKind) kind, reference, current, 1e-4, order, &d) == DRIFT_OK)
			require_divergence((DriftDivergenceKind) kind, d);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftCategory *reference;
	DriftCategory *current;
	DriftIntervalTest chi_square;
	DriftTest z;
	uint32_t *order;

	if (!unpack_two_categories((FuzzInput){data, size}, &reference, &current))
		return 0;
	order = order_scratch(reference->used + current->used);
	divergences(reference, current, order);
	if (drift_category_chi_square(reference, current, order, &chi_square) == DRIFT_OK)
	{
		require_interval(chi_square.statistic, 0.0, HUGE_VAL);
		require_interval(chi_square.p_value, 0.0, 1.0);
	}
	if (drift_category_z_test(reference, current, order, &z) == DRIFT_OK)
		REQUIRE(z.p_value >= 0.0 && z.p_value <= 1.0);
	free(order);
	free(current);
	free(reference);
	return 0;
}
