/*
 * category_input.h
 *		Categorical profiles out of the bytes a fuzzer gives.
 */
#ifndef DRIFT_TEST_CATEGORY_INPUT_H
#define DRIFT_TEST_CATEGORY_INPUT_H

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "stats/category_codec.h"

/* The profile of packed bytes in a block of exactly the size it asks for, or NULL where they are refused. */
static inline DriftCategory *
unpack_category(FuzzInput in)
{
	size_t room;
	void *memory;

	if (drift_category_unpacked_size(in.data, in.size, &room) != DRIFT_OK)
		return NULL;
	REQUIRE(room <= 64 * in.size + 4096);
	memory = malloc(room);
	REQUIRE(memory != NULL);
	if (drift_category_unpack(in.data, in.size, memory, room) == DRIFT_OK)
		return memory;
	free(memory);
	return NULL;
}

/* Two profiles; false, with nothing to free, unless both are good. */
static inline bool
unpack_two_categories(FuzzInput both, DriftCategory **first, DriftCategory **second)
{
	FuzzInput a;
	FuzzInput b;

	if (!split_input(both, &a, &b))
		return false;
	*first = unpack_category(a);
	if (*first == NULL)
		return false;
	*second = unpack_category(b);
	if (*second != NULL)
		return true;
	free(*first);
	return false;
}

/* Scratch for the order of count entries; never empty. */
static inline uint32_t *
order_scratch(uint32_t count)
{
	uint32_t *order = malloc(((size_t) count + 1) * sizeof(uint32_t));

	REQUIRE(order != NULL);
	return order;
}

/* What holds of every categorical profile. */
static inline void
require_category(const DriftCategory *p)
{
	int64_t rest = drift_category_rest(p);

	REQUIRE(p->profile.missing_count >= 0 && p->profile.missing_count <= p->profile.row_count);
	REQUIRE(0 <= p->count_error && p->count_error <= p->absent_error && p->absent_error <= rest);
	REQUIRE(rest > 0 || p->absent_error == 0);
	REQUIRE(drift_category_distinct(p) == (rest == 0 ? (int64_t) p->used : -1));
}

#endif
