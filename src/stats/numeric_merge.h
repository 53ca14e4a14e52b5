/*
 * numeric_merge.h
 *		Inside of the numeric profile: uniting two lists of keys.
 */
#ifndef DRIFT_STATS_NUMERIC_MERGE_H
#define DRIFT_STATS_NUMERIC_MERGE_H

#include "stats/numeric.h"

/* Keys with their counts and slacks as in DriftNumeric; NULL slacks are all zero. */
typedef struct DriftKeys
{
	const double *keys;
	const int64_t *counts;
	const int64_t *slack_low;
	const int64_t *slack_high;
	uint32_t key_count;
	int64_t n; /* rows counted in them */
} DriftKeys;

/* DRIFT_OK if src can be added to dst. */
DriftStatus drift_numeric_merge_check(const DriftNumeric *dst, const DriftNumeric *src);

/* Adds everything of src but its keys to dst, which has so many rows with a finite value. */
void drift_numeric_merge_facts(DriftNumeric *dst, int64_t finite, const DriftNumeric *src);

/* Number of distinct keys of both. */
uint32_t drift_numeric_union_count(const DriftNumeric *p, const DriftKeys *other);

/*
 * Unites p's keys, which hold n rows, with the other's, in place. p has room
 * for drift_numeric_union_count() keys. Each rank bound of the union is the
 * sum of the two sides' bounds at that key.
 */
void drift_numeric_merge_keys(DriftNumeric *p, int64_t n, const DriftKeys *other);

#endif
