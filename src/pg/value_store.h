/*
 * value_store.h
 *		Values that an aggregate keeps: an array of keys (stats/sample.h), or a
 *		sort on disk past the memory budget; read in ascending order.
 */
#ifndef DRIFT_PG_VALUE_STORE_H
#define DRIFT_PG_VALUE_STORE_H

#include "fmgr.h"

#include "pg/sorted_keys.h"
#include "stats/sum.h"

/* The owner fills in context; the rest starts as zeros. */
typedef struct ValueStore
{
	MemoryContext context; /* lives as long as the aggregate */
	int64 n;
	int64 capacity; /* of the array */
	uint64 *keys;   /* NULL once spilled */
	bool sorted;
	struct Tuplesortstate *sort; /* spilled and not sorted yet */
	struct BufFile *file;        /* spilled and sorted */
} ValueStore;

/* Add a value that is not NaN */
extern void AddValue(ValueStore *store, double value);

/* Sort, and stand before the first value */
extern void OpenValues(ValueStore *store, SortedKeys *sorted);

/* Values that are worth having in memory at once: a multiple of 64 */
extern int64 ValueBlock(const ValueStore *store);

/* Read the values of so many ranks from first on, as far as there are any; returns how many */
extern int64 ReadValues(SortedKeys *sorted, int64 first, double *values, int64 room);

/* Add up the values, and their distances from zero */
extern void SumValues(SortedKeys *sorted, DriftSum *sum, DriftSum *size);

/* Close what the memory context does not */
extern void CloseValues(ValueStore *store);

#endif
