#include "stats/distinct.h"

#include <string.h>

/* Stands for the hash zero, which marks a free slot; kept at every level as zero would be. */
#define HASH_OF_ZERO (UINT64_C(1) << 63)

static inline uint64_t *
slots(const DriftDistinct *set)
{
	return (uint64_t *) (set + 1);
}

static inline size_t
slot_count(const DriftDistinct *set)
{
	return (size_t) 1 << set->slot_bits;
}

size_t
drift_distinct_size(uint32_t slot_bits)
{
	return sizeof(DriftDistinct) + (sizeof(uint64_t) << slot_bits);
}

void
drift_distinct_init(DriftDistinct *set, uint32_t slot_bits, uint32_t level)
{
	memset(set, 0, drift_distinct_size(slot_bits));
	set->slot_bits = slot_bits;
	set->level = level;
}

void
drift_distinct_next(const DriftDistinct *set, uint32_t *slot_bits, uint32_t *level)
{
	bool largest = set->slot_bits >= DRIFT_DISTINCT_MAX_BITS;

	*slot_bits = largest ? set->slot_bits : set->slot_bits + 2;
	*level = set->level + (uint32_t) largest;
}

/* The level looks at the lowest bits, the place at the highest. */
DriftStatus
drift_distinct_add(DriftDistinct *set, uint64_t hash)
{
	uint64_t *slot = slots(set);
	size_t mask = slot_count(set) - 1;
	size_t i;

	if (!drift_distinct_keeps(set, hash))
		return DRIFT_OK;
	if (hash == 0)
		hash = HASH_OF_ZERO;
	for (i = (size_t) (hash >> (64 - set->slot_bits)); slot[i] != 0; i = (i + 1) & mask)
		if (slot[i] == hash)
			return DRIFT_OK;
	if (set->used >= slot_count(set) / 4 * 3)
		return DRIFT_NO_SPACE;
	slot[i] = hash;
	set->used++;
	return DRIFT_OK;
}

void
drift_distinct_move(DriftDistinct *set, const DriftDistinct *src)
{
	for (size_t i = 0; i < slot_count(src); i++)
		if (slots(src)[i] != 0)
			(void) drift_distinct_add(set, slots(src)[i]);
}

/* A set with fewer slots would first fill up where the lowest hashes go, for they come in order. */
DriftStatus
drift_distinct_merge(DriftDistinct *set, const DriftDistinct *src)
{
	if (src->level > set->level || src->slot_bits > set->slot_bits)
		return DRIFT_NO_SPACE;
	for (size_t i = 0; i < slot_count(src); i++)
		if (slots(src)[i] != 0 && drift_distinct_add(set, slots(src)[i]) != DRIFT_OK)
			return DRIFT_NO_SPACE;
	return DRIFT_OK;
}
