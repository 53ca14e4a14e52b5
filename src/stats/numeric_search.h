/*
 * numeric_search.h
 *		Inside of the numeric profile: which key or gap values belong to.
 *
 * Searching is most of what adding a row costs. A full binary search takes ten
 * steps on a thousand keys. Once the keys have stayed the same for a while a
 * guide is made: a table that takes a value, by a monotone transformation that
 * costs a few instructions, to within a few keys of its place. Two
 * transformations are tried, one linear in the value and one linear in the
 * bits of the double (nearly its logarithm); keys that neither spreads well
 * enough are searched for in full.
 */
#ifndef DRIFT_STATS_NUMERIC_SEARCH_H
#define DRIFT_STATS_NUMERIC_SEARCH_H

#include <stdint.h>

#define DRIFT_GUIDE_ENTRIES 2048

typedef enum DriftGuideKind
{
	DRIFT_GUIDE_NONE = 0,
	DRIFT_GUIDE_LINEAR,
	DRIFT_GUIDE_BITS
} DriftGuideKind;

typedef struct DriftGuide
{
	uint32_t kind;   /* DriftGuideKind; 0, as in zeroed memory, is no guide */
	uint32_t window; /* keys still to be told apart, a power of two less one */
	double origin;   /* linear: the entry is (x - origin) * scale */
	double scale;
	uint64_t base; /* bits: it is (ordered bits of x - base) >> shift */
	uint64_t shift;
	uint16_t first[DRIFT_GUIDE_ENTRIES]; /* keys certainly below the values of an entry */
} DriftGuide;

/* Makes the better guide to ascending keys, or none if no guide would save steps. */
void drift_guide_build(DriftGuide *guide, const double *keys, uint32_t key_count);

/*
 * Writes for each of n values the slot of the counts it belongs to: 2 j + 1 if
 * it equals key j, otherwise twice the number of keys below it. x and slots
 * have room for the next multiple of four. guide may be NULL.
 */
void drift_find_slots(const DriftGuide *guide, const double *keys, uint32_t key_count, double *x, uint32_t n,
					  uint16_t *slots);

#endif
