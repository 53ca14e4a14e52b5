/*
 * fuzz_numeric_merge.c
 *		Two profiles that were each taken merge into one that would be taken.
 */
#include "fuzz/numeric_input.h"
#include "stats/numeric_rank.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DriftNumeric *first;
	DriftNumeric *second;
	DriftNumeric *merged;
	uint32_t capacity;
	DriftStatus status;

	if (!unpack_two_numeric((FuzzInput){data, size}, &first, &second))
		return 0;
	capacity = first->key_count + second->key_count;
	merged = malloc(drift_numeric_size(capacity, 0, first->edge_count));
	REQUIRE(merged != NULL);
	drift_numeric_copy(merged, capacity, 0, first);

	status = drift_numeric_merge(merged, second);
	if (status == DRIFT_OK)
	{
		REQUIRE(merged->profile.row_count == first->profile.row_count + second->profile.row_count);
		REQUIRE(merged->profile.missing_count == first->profile.missing_count + second->profile.missing_count);
		REQUIRE(drift_numeric_check(merged) == DRIFT_OK);
		REQUIRE(drift_numeric_rank_error(merged) <= 1.0);
	}
	else
		REQUIRE(status == DRIFT_OVERFLOW || status == DRIFT_TYPE_MISMATCH);
	free(merged);
	free(second);
	free(first);
	return 0;
}
