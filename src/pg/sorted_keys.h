/*
 * sorted_keys.h
 *		Keys (stats/sample.h) in ascending order, in memory or a block at a time
 *		from a temporary file.
 */
#ifndef DRIFT_PG_SORTED_KEYS_H
#define DRIFT_PG_SORTED_KEYS_H

#include "stats/bins.h"

struct BufFile;
struct Tuplesortstate;

#define KEYS_PER_BLOCK (BLCKSZ / sizeof(uint64))

typedef struct SortedKeys
{
	int64 n;
	int64 begin; /* ranks [begin, end) are at keys */
	int64 end;
	const uint64 *keys;
	struct BufFile *file;
	uint64 block[KEYS_PER_BLOCK];
} SortedKeys;

/* Begin a sort of float8 values in half of work_mem; its result goes to WriteSortedKeys(). */
extern struct Tuplesortstate *BeginKeySort(void);

/* Sort, and write the keys to a file in which any rank is found by seeking. The caller ends the sort. */
extern struct BufFile *WriteSortedKeys(struct Tuplesortstate *sort);

/* Open sorted keys for reading: those of file, or those in memory where file is NULL. */
extern void OpenSortedKeys(SortedKeys *sorted, const uint64 *keys, struct BufFile *file, int64 n);

extern void LoadSortedBlock(SortedKeys *sorted, int64 rank);

/* The number of keys below key */
extern int64 SortedRank(SortedKeys *sorted, uint64 key);

/* The order statistics, for drift_reference_edges(); valid as long as sorted. */
extern DriftRanked RankedKeys(SortedKeys *sorted);

static inline uint64
KeyAt(SortedKeys *sorted, int64 rank)
{
	if (unlikely(rank < sorted->begin || rank >= sorted->end))
		LoadSortedBlock(sorted, rank);
	return sorted->keys[rank - sorted->begin];
}

#endif
