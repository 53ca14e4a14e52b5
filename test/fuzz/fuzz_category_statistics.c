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

static void
tables(const DriftCategory *reference, const DriftCategory *current, uint32_t *order)
{
	for (int kind = DRIFT_CHI_SQUARE; kind <= DRIFT_L_INFINITY; kind++)
	{
		bool distance = kind >= DRIFT_CRAMERS_V;
		DriftIntervalTest test;

		if (drift_category_table((DriftTableStatistic) kind, reference, current, order, &test) != DRIFT_OK)
			continue;
		require_interval(test.statistic, 0.0, distance ? 1.0 : HUGE_VAL);
		if (!distance)
			require_interval(test.p_value, 0.0, 1.0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftCategory *reference;
	DriftCategory *current;
	int64_t larger[2];
	uint32_t *order;

	if (!unpack_two_categories((FuzzInput){data, size}, &reference, &current))
		return 0;
	order = order_scratch(reference->used + current->used);
	divergences(reference, current, order);
	tables(reference, current, order);
	if (drift_category_larger_of_two(reference, current, order, larger) == DRIFT_OK)
		require_two_proportions(larger, &reference->profile, &current->profile);
	free(order);
	free(current);
	free(reference);
	return 0;
}
