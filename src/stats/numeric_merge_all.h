/*
 * numeric_merge_all.h
 *		One profile of many that share most of their keys, as windows of one
 *		reference do (window.h).
 *
 * Merging them two by two would look at every key again and again. Here the
 * keys of the result are found first, and then every part adds what it knows
 * about each of them.
 */
#ifndef DRIFT_STATS_NUMERIC_MERGE_ALL_H
#define DRIFT_STATS_NUMERIC_MERGE_ALL_H

#include "stats/numeric.h"

/* Most keys of the union of all parts. */
#define DRIFT_MERGE_KEYS 2048

typedef struct DriftKeyUnion
{
	uint32_t count;
	double keys[DRIFT_MERGE_KEYS];    /* ascending */
	uint32_t parts[DRIFT_MERGE_KEYS]; /* how many parts have the key */
} DriftKeyUnion;

/*
 * Adds the keys of a flushed part: all, but the smallest and the largest value
 * of a summary, which other parts hardly have. DRIFT_NO_SPACE: there would be
 * too many, and the union is as it was.
 */
DriftStatus drift_key_union_add(DriftKeyUnion *u, const DriftNumeric *part);

/* Adds keys that are in no part's way: the smallest and the largest value of all parts. */
DriftStatus drift_key_union_add_range(DriftKeyUnion *u, const DriftNumeric *const *parts, uint32_t count);

/*
 * Merges flushed parts, at least one, into an initialised and empty profile
 * with room for the keys of the union and the edges of the first part. Errors
 * are those of drift_numeric_merge().
 */
DriftStatus drift_numeric_merge_all(DriftNumeric *dst, const DriftKeyUnion *u, const DriftNumeric *const *parts,
									uint32_t count);

/* Moves the keys that most parts have, at most `most`, to the front of the union and answers their number. */
uint32_t drift_key_union_common(DriftKeyUnion *u, uint32_t most);

#endif
