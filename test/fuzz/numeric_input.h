/*
 * numeric_input.h
 *		Numeric profiles out of the bytes a fuzzer gives.
 */
#ifndef DRIFT_TEST_NUMERIC_INPUT_H
#define DRIFT_TEST_NUMERIC_INPUT_H

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "stats/numeric_codec.h"

/* The profile of packed bytes in a block of exactly the size it asks for, or NULL where they are refused. */
static inline DriftNumeric *
unpack_numeric(FuzzInput in)
{
	uint32_t key_count;
	uint32_t edge_count;
	size_t room;
	DriftNumeric *p;

	if (drift_numeric_peek(in.data, in.size, &key_count, &edge_count) != DRIFT_OK)
		return NULL;
	room = drift_numeric_size(key_count, 0, edge_count);
	REQUIRE(room <= 64 * in.size + 1024);
	p = malloc(room);
	REQUIRE(p != NULL);
	p->profile.host_length = 0;
	if (drift_numeric_unpack(in.data, in.size, p, key_count, 0) == DRIFT_OK)
		return p;
	free(p);
	return NULL;
}

/* Two profiles; false, with nothing to free, unless both are good. */
static inline bool
unpack_two_numeric(FuzzInput both, DriftNumeric **first, DriftNumeric **second)
{
	FuzzInput a;
	FuzzInput b;

	if (!split_input(both, &a, &b))
		return false;
	*first = unpack_numeric(a);
	if (*first == NULL)
		return false;
	*second = unpack_numeric(b);
	if (*second != NULL)
		return true;
	free(*first);
	return false;
}

#endif
