/*
 * category_owner.h
 *		Who owns a categorical profile in a test: malloc'd blocks of exactly the
 *		size that the profile asks for, so that a step past it is seen.
 */
#ifndef DRIFT_TEST_CATEGORY_OWNER_H
#define DRIFT_TEST_CATEGORY_OWNER_H

#include <stdio.h>
#include <stdlib.h>

#include "stats/category_codec.h"

static inline DriftCategory *
owner_new(DriftValueType value_type, uint32_t limit)
{
	size_t size = drift_category_size(DRIFT_CATEGORY_START);
	DriftCategory *p = malloc(size);

	if (drift_category_init(p, size, value_type, limit) != DRIFT_OK)
		abort();
	p->profile.host_length = 0;
	return p;
}

static inline void
owner_grow(DriftCategory **p, size_t size)
{
	DriftCategory *grown = malloc(size);

	if (drift_category_copy(grown, size, *p) != DRIFT_OK)
		abort();
	grown->profile.host_length = 0;
	free(*p);
	*p = grown;
}

static inline DriftCategory *
owner_clone(const DriftCategory *p)
{
	size_t size = drift_category_size(p->capacity);
	DriftCategory *clone = malloc(size);

	if (drift_category_copy(clone, size, p) != DRIFT_OK)
		abort();
	clone->profile.host_length = 0;
	return clone;
}

static inline void
owner_add(DriftCategory **p, const char *label, size_t length)
{
	DriftStatus status = drift_category_add(*p, label, length);

	if (status == DRIFT_NO_SPACE)
	{
		owner_grow(p, drift_category_grown_size(*p));
		status = drift_category_add(*p, label, length);
	}
	if (status != DRIFT_OK)
		abort();
}

static inline void
owner_merge(DriftCategory **dst, const DriftCategory *src)
{
	DriftStatus status = drift_category_merge(*dst, src);

	if (status == DRIFT_NO_SPACE)
	{
		owner_grow(dst, drift_category_merged_size(*dst, src));
		status = drift_category_merge(*dst, src);
	}
	if (status != DRIFT_OK)
		abort();
}

static inline uint8_t *
owner_pack(const DriftCategory *p)
{
	size_t size = drift_category_packed_size(p);
	uint8_t *bytes = calloc(size, 1);
	uint32_t *order = malloc(p->used * sizeof(uint32_t) + 1);

	if (drift_category_pack(p, bytes, size, order) != DRIFT_OK)
		abort();
	free(order);
	return bytes;
}

/* Sets *p to what has to be freed, also on failure. */
static inline DriftStatus
owner_unpack(const uint8_t *bytes, size_t length, DriftCategory **p)
{
	size_t size;
	DriftStatus status = drift_category_unpacked_size(bytes, length, &size);

	if (status != DRIFT_OK)
		return status;
	*p = malloc(size);
	status = drift_category_unpack(bytes, length, *p, size);
	(*p)->profile.host_length = 0;
	return status;
}

/* A label for a number; text has room for 300 bytes. */
static inline size_t
owner_label(char *text, int number)
{
	return (size_t) snprintf(text, 300, "label %d", number);
}

/* In [0, 1): a linear congruential generator of 64 bits, of which the high ones are good. */
static inline double
owner_uniform(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double) (*seed >> 11) / 9007199254740992.0;
}

#endif
