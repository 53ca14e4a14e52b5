/*
 * distinct.h
 *		How many different values there are, in bounded memory.
 *
 * A set of 64-bit hashes of the values. While they fit all are kept and the
 * count is exact, up to the chance that two values share a hash: n * n / 2^65.
 * When they no longer fit, only those whose lowest bit is zero are kept, then
 * those whose lowest two are, and so on: each level holds half of the values,
 * chosen by the hash and not by how often or when they occur. With s of them
 * kept at level k there are s * 2^k, with a relative standard error of about
 * 1/sqrt(s). (Wegman's adaptive sampling; analysed by Flajolet, "On adaptive
 * sampling", Computing 43, 1990.) Sets of parts merge into that of the whole.
 *
 * One block without pointers that its owner may move with memcpy.
 */
#ifndef DRIFT_STATS_DISTINCT_H
#define DRIFT_STATS_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/status.h"

#define DRIFT_DISTINCT_START_BITS 6
#define DRIFT_DISTINCT_MAX_BITS 16

typedef struct DriftDistinct
{
	uint32_t slot_bits; /* there are 2^slot_bits slots, of which three in four may be used */
	uint32_t used;
	uint32_t level; /* lowest bits that are zero in every hash kept */
	uint32_t padding;
	/* slots: a hash, or zero where there is none */
} DriftDistinct;

/* Mixes 64 bits so that each depends on all; one to one. (Stafford's "mix 13" of the finalizer of MurmurHash3.) */
static inline uint64_t
drift_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* Bytes of a set of 2^slot_bits slots. */
size_t drift_distinct_size(uint32_t slot_bits);

/* Makes an empty set in memory of drift_distinct_size(slot_bits) bytes, aligned to eight. */
void drift_distinct_init(DriftDistinct *set, uint32_t slot_bits, uint32_t level);

/*
 * Where a set has to move when it is full: to more slots while there may be
 * more, then to the next level.
 */
void drift_distinct_next(const DriftDistinct *set, uint32_t *slot_bits, uint32_t *level);

/* Moves src to an empty set of at least its slots or a higher level. */
void drift_distinct_move(DriftDistinct *set, const DriftDistinct *src);

/* Whether a hash is one of those kept at the set's level; adding others does nothing. */
static inline bool
drift_distinct_keeps(const DriftDistinct *set, uint64_t hash)
{
	return (hash & ((UINT64_C(1) << set->level) - 1)) == 0;
}

/* Adds the hash of a value, all bits of which are random. DRIFT_NO_SPACE: it was not added, the set must move first. */
DriftStatus drift_distinct_add(DriftDistinct *set, uint64_t hash);

/* Adds what src holds. DRIFT_NO_SPACE: not all of it, the set must move first and then do it again. */
DriftStatus drift_distinct_merge(DriftDistinct *set, const DriftDistinct *src);

/* Number of different values: exact at level 0, otherwise an estimate. */
static inline int64_t
drift_distinct_count(const DriftDistinct *set)
{
	return (int64_t) set->used << set->level;
}

#endif
