/*
 * fuzz_category.c
 *		Packed categorical profiles from anybody.
 *
 * What is accepted has to pack to the bytes it came from, merge with itself,
 * shrink, and give statistics in their ranges.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "stats/category_codec.h"
#include "stats/category_statistics.h"

static void
require_packs_to(const DriftCategory *p, const uint8_t *data, size_t size, uint32_t *order)
{
	uint8_t *bytes = malloc(size);

	REQUIRE(drift_category_packed_size(p) == size);
	REQUIRE(drift_category_pack(p, bytes, size, order) == DRIFT_OK);
	/* the first four are the host's */
	REQUIRE(memcmp(bytes + 4, data + 4, size - 4) == 0);
	free(bytes);
}

static void
require_in_order(DriftInterval interval, double least, double most)
{
	REQUIRE(interval.low <= interval.value && interval.value <= interval.high);
	REQUIRE(interval.low >= least && interval.high <= most);
}

static void
require_statistics(const DriftCategory *a, const DriftCategory *b, uint32_t *order)
{
	DriftInterval result;
	DriftIntervalTest test;
	DriftStatus status = drift_category_divergence(DRIFT_PSI, a, b, 1e-4, order, &result);

	if (status == DRIFT_EMPTY_REFERENCE || status == DRIFT_EMPTY_CURRENT)
		return;
	REQUIRE(status == DRIFT_OK);
	require_in_order(result, 0, INFINITY);
	REQUIRE(drift_category_divergence(DRIFT_KL_DIVERGENCE, a, b, 1e-4, order, &result) == DRIFT_OK);
	require_in_order(result, -INFINITY, INFINITY);
	for (DriftDivergenceKind kind = DRIFT_JS_DISTANCE; kind <= DRIFT_TOTAL_VARIATION; kind++)
	{
		REQUIRE(drift_category_divergence(kind, a, b, 1e-4, order, &result) == DRIFT_OK);
		require_in_order(result, 0, 1 + 1e-9);
	}
	REQUIRE(drift_category_chi_square(a, b, order, &test) == DRIFT_OK);
	require_in_order(test.statistic, 0, INFINITY);
	require_in_order(test.p_value, 0, 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t memory_size;
	DriftCategory *p;
	DriftCategory *half;
	uint32_t *order;

	if (drift_category_unpacked_size(data, size, &memory_size) != DRIFT_OK)
		return 0;
	p = malloc(memory_size);
	if (drift_category_unpack(data, size, p, memory_size) != DRIFT_OK)
	{
		free(p);
		return 0;
	}
	order = malloc((2 * (size_t) p->used + 1) * sizeof(uint32_t));
	require_packs_to(p, data, size, order);

	half = malloc(memory_size);
	REQUIRE(drift_category_copy(half, memory_size, p) == DRIFT_OK);
	require_packs_to(half, data, size, order);
	drift_category_compact(half, size / 2, order);
	REQUIRE(half->used == 0 || drift_category_packed_size(half) <= size / 2);
	require_statistics(p, half, order);
	require_statistics(half, p, order);

	if (p->profile.row_count <= DRIFT_MAX_COUNT / 2)
	{
		REQUIRE(drift_category_merge(p, p) == DRIFT_OK);
		require_statistics(p, half, order);
	}
	else
		REQUIRE(drift_category_merge(p, p) == DRIFT_OVERFLOW);
	free(half);
	free(order);
	free(p);
	return 0;
}
