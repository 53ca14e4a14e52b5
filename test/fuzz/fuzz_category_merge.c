/*
 * fuzz_category_merge.c
 *		Two profiles that were each taken merge into one that would be taken.
 */
#include "fuzz/category_input.h"

static void
require_taken(const DriftCategory *p)
{
	size_t size = drift_category_packed_size(p);
	uint8_t *bytes = calloc(1, size);
	uint32_t *order = order_scratch(p->used);
	DriftCategory *again;

	REQUIRE(bytes != NULL);
	REQUIRE(drift_category_pack(p, bytes, size, order) == DRIFT_OK);
	again = unpack_category((FuzzInput){bytes, size});
	REQUIRE(again != NULL);
	REQUIRE(again->counted == p->counted && again->used == p->used);
	free(again);
	free(order);
	free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftCategory *first;
	DriftCategory *second;
	DriftCategory *merged;
	size_t room;
	DriftStatus status;

	if (!unpack_two_categories((FuzzInput){data, size}, &first, &second))
		return 0;
	room = drift_category_merged_size(first, second);
	merged = malloc(room);
	REQUIRE(merged != NULL);
	REQUIRE(drift_category_copy(merged, room, first) == DRIFT_OK);

	status = drift_category_merge(merged, second);
	if (status == DRIFT_OK)
	{
		REQUIRE(merged->profile.row_count == first->profile.row_count + second->profile.row_count);
		REQUIRE(merged->profile.missing_count == first->profile.missing_count + second->profile.missing_count);
		require_category(merged);
		require_taken(merged);
	}
	else
		REQUIRE(status == DRIFT_OVERFLOW || status == DRIFT_TYPE_MISMATCH);

	status = drift_category_merge(second, second);
	REQUIRE(status == DRIFT_OK || status == DRIFT_OVERFLOW);
	require_category(second);
	free(merged);
	free(second);
	free(first);
	return 0;
}
