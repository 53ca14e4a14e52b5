#include "postgres.h"

#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "pg/sorted_keys.h"
#include "stats/sample.h"

Tuplesortstate *
BeginKeySort(void)
{
	return tuplesort_begin_datum(FLOAT8OID, Float8LessOperator, InvalidOid, false, Max(work_mem / 2, 64), NULL,
								 TUPLESORT_NONE);
}

BufFile *
WriteSortedKeys(Tuplesortstate *sort)
{
	BufFile *file;
	uint64 block[KEYS_PER_BLOCK];
	int used = 0;
	Datum value;
	bool isnull;

	tuplesort_performsort(sort);
	file = BufFileCreateTemp(false);
	while (tuplesort_getdatum_compat(sort, &value, &isnull))
	{
		block[used++] = drift_key_of(DatumGetFloat8(value));
		if (used == KEYS_PER_BLOCK)
		{
			CHECK_FOR_INTERRUPTS();
			BufFileWrite(file, block, sizeof(block));
			used = 0;
		}
	}
	BufFileWrite(file, block, sizeof(uint64) * used);
	return file;
}

void
OpenSortedKeys(SortedKeys *sorted, const uint64 *keys, BufFile *file, int64 n)
{
	sorted->n = n;
	sorted->begin = 0;
	sorted->file = file;
	sorted->keys = file ? sorted->block : keys;
	sorted->end = file ? 0 : n;
}

/* Load the block that holds a rank */
void
LoadSortedBlock(SortedKeys *sorted, int64 rank)
{
	int64 block = rank / KEYS_PER_BLOCK;
	Size length;

	CHECK_FOR_INTERRUPTS();
	sorted->begin = block * KEYS_PER_BLOCK;
	sorted->end = Min(sorted->begin + KEYS_PER_BLOCK, sorted->n);
	length = sizeof(uint64) * (sorted->end - sorted->begin);
	if (BufFileSeekBlock(sorted->file, block) != 0 || BufFileRead(sorted->file, sorted->block, length) != length)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read back the sorted values of an aggregate")));
}

/* The order statistics of a sorted side, for drift_reference_edges() */

static double
SortedAt(void *ctx, int64_t rank)
{
	return drift_key_value(KeyAt(ctx, rank));
}

int64
SortedRank(SortedKeys *sorted, uint64 key)
{
	int64 low = 0;
	int64 left = sorted->n;

	while (left > 0)
	{
		int64 half = left / 2;

		if (KeyAt(sorted, low + half) < key)
		{
			low += half + 1;
			left -= half + 1;
		}
		else
			left = half;
	}
	return low;
}

static int64_t
SortedCountLess(void *ctx, double value)
{
	return SortedRank(ctx, drift_key_of(value));
}

static int64_t
SortedCountEqual(void *ctx, double value)
{
	uint64 key = drift_key_of(value);

	return SortedRank(ctx, key + 1) - SortedRank(ctx, key);
}

/* Find distinct values by looking for the end of each */
static uint32_t
SortedDistinct(void *ctx, uint32_t cap, double *values)
{
	SortedKeys *sorted = ctx;
	uint32 count = 0;

	for (int64 rank = 0; rank < sorted->n;)
	{
		uint64 key = KeyAt(sorted, rank);

		if (count == cap)
			return cap + 1;
		values[count++] = drift_key_value(key);
		rank = SortedRank(sorted, key + 1);
	}
	return count;
}

DriftRanked
RankedKeys(SortedKeys *sorted)
{
	return (DriftRanked){sorted, sorted->n, SortedAt, SortedCountEqual, SortedCountLess, SortedDistinct};
}
