/*
 * fuzz_category_unpack.c
 *		Bytes that are taken for a profile are the one packed form of it.
 */
#include <string.h>

#include "fuzz/category_input.h"

/* The host's four bytes belong to nobody here. */
#define HOST_LENGTH 4

static void
require_same_bytes(const DriftCategory *p, const uint8_t *data, size_t size, uint32_t *order)
{
	uint8_t *again = malloc(size);

	REQUIRE(again != NULL);
	REQUIRE(drift_category_packed_size(p) == size);
	REQUIRE(drift_category_pack(p, again, size, order) == DRIFT_OK);
	REQUIRE(memcmp(again + HOST_LENGTH, data + HOST_LENGTH, size - HOST_LENGTH) == 0);
	free(again);
}

static void
require_found(const DriftCategory *p)
{
	for (uint32_t i = 0; i < p->used; i++)
	{
		const DriftCategoryEntry *entry = drift_category_entry(p, i);
		int64_t count;

		REQUIRE(drift_category_find(p, drift_category_label(p, entry), entry->length, &count));
		REQUIRE(count == entry->count);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftCategory *p = unpack_category((FuzzInput){data, size});
	uint32_t *order;

	if (p == NULL)
		return 0;
	order = order_scratch(p->used);
	require_category(p);
	require_same_bytes(p, data, size, order);
	require_found(p);
	drift_category_compact(p, size / 2, order);
	REQUIRE(p->used == 0 || drift_category_packed_size(p) <= size / 2);
	require_category(p);
	free(order);
	free(p);
	return 0;
}
