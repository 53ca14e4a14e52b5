/*
 * numeric_input.h
 *		Numeric profiles out of the bytes a fuzzer gives.
 */
#ifndef DRIFT_TEST_NUMERIC_INPUT_H
#define DRIFT_TEST_NUMERIC_INPUT_H

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "stats/interval.h"
#include "stats/numeric_codec.h"

/* The profile of packed bytes in a block of exactly the size it asks for, or NULL where they are refused. */
static inline DriftNumeric *
unpack_numeric(const uint8_t *data, size_t size)
{
	uint32_t key_count;
	uint32_t edge_count;
	size_t room;
	DriftNumeric *p;

	if (drift_numeric_peek(data, size, &key_count, &edge_count) != DRIFT_OK)
		return NULL;
	room = drift_numeric_size(key_count, 0, edge_count);
	REQUIRE(room <= 64 * size + 1024);
	p = malloc(room);
	REQUIRE(p != NULL);
	p->profile.host_length = 0;
	if (drift_numeric_unpack(data, size, p, key_count, 0) == DRIFT_OK)
		return p;
	free(p);
	return NULL;
}

/* Two profiles: the first two bytes say where the second begins. false, with nothing to free, unless both are good. */
static inline bool
unpack_two(const uint8_t *data, size_t size, DriftNumeric **first, DriftNumeric **second)
{
	size_t split;

	if (size < 2)
		return false;
	split = data[0] + 256u * (size_t) data[1];
	data += 2;
	size -= 2;
	if (split > size)
		return false;
	*first = unpack_numeric(data, split);
	if (*first == NULL)
		return false;
	*second = unpack_numeric(data + split, size - split);
	if (*second != NULL)
		return true;
	free(*first);
	return false;
}

static inline void
require_interval(DriftInterval interval, double lowest, double highest)
{
	REQUIRE(interval.value >= lowest && interval.value <= highest);
	REQUIRE(interval.low >= lowest && interval.low <= highest);
	REQUIRE(interval.high >= lowest && interval.high <= highest);
}

#endif
