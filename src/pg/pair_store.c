/*
 * pair_store.c
 *		Pairs of keys: two arrays, or a temporary file past the memory budget;
 *		and external sorts of pairs.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"
#include "utils/uuid.h"

#include "compat.h"
#include "pg/pair_store.h"

#define FIRST_CAPACITY 16

/* Bytes that a pair in memory costs: two keys, and the largest work space, that of Kendall's tau */
#define PAIR_BYTES (2 * sizeof(uint64) + 3 * sizeof(uint64))

/* Rows are numbered with 31 bits where they are sorted in memory */
#define MAX_IN_MEMORY (INT64_C(1) << 31)

#define POLL_PAIRS 4096

Size
PairBudget(void)
{
	return (Size) work_mem * 1024 / 2;
}

static void
WritePair(PairStore *pairs, uint64 x, uint64 y)
{
	uint64 pair[2] = {x, y};

	BufFileWrite(pairs->file, pair, sizeof(pair));
}

/* Move the arrays into a file */
static void
Spill(PairStore *pairs)
{
	MemoryContext old = MemoryContextSwitchTo(pairs->context);

	pairs->file = BufFileCreateTemp(false);
	MemoryContextSwitchTo(old);
	for (int64 i = 0; i < pairs->n; i++)
		WritePair(pairs, pairs->keys[0][i], pairs->keys[1][i]);
	for (int side = 0; side < 2; side++)
	{
		pfree(pairs->keys[side]);
		pairs->keys[side] = NULL;
	}
	pairs->capacity = 0;
}

void
ClosePairs(PairStore *pairs)
{
	if (pairs->file)
		BufFileClose(pairs->file);
	pairs->file = NULL;
}

/* Double the arrays as far as the budget goes; false when it is used up */
static bool
Grow(PairStore *pairs)
{
	int64 budget = Min((int64) work_mem * 1024 / (int64) PAIR_BYTES, MAX_IN_MEMORY) / pairs->stores;
	int64 capacity = Min(Max(2 * pairs->capacity, FIRST_CAPACITY), budget);

	if (pairs->capacity >= budget)
		return false;
	for (int side = 0; side < 2; side++)
	{
		pairs->keys[side] = pairs->keys[side] ? repalloc_huge(pairs->keys[side], sizeof(uint64) * capacity)
											  : MemoryContextAlloc(pairs->context, sizeof(uint64) * capacity);
	}
	pairs->capacity = capacity;
	return true;
}

static pg_noinline void
AddSlowly(PairStore *pairs, uint64 x, uint64 y)
{
	if (pairs->file == NULL && Grow(pairs))
	{
		AddPair(pairs, x, y);
		return;
	}
	if (pairs->file == NULL)
		Spill(pairs);
	WritePair(pairs, x, y);
	pairs->n++;
}

void
AddPair(PairStore *pairs, uint64 x, uint64 y)
{
	if (unlikely(pairs->n >= pairs->capacity))
	{
		AddSlowly(pairs, x, y);
		return;
	}
	pairs->keys[0][pairs->n] = x;
	pairs->keys[1][pairs->n++] = y;
}

PairScan
ScanPairs(PairStore *pairs)
{
	PairScan scan = {.pairs = pairs};

	if (pairs->file && BufFileSeek(pairs->file, 0, 0, SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not rewind the pairs of an aggregate")));
	return scan;
}

bool
NextPair(PairScan *scan, uint64 pair[2])
{
	const PairStore *pairs = scan->pairs;

	if (scan->at == pairs->n)
		return false;
	if (scan->at % POLL_PAIRS == 0)
		CHECK_FOR_INTERRUPTS();
	if (pairs->file == NULL)
	{
		pair[0] = pairs->keys[0][scan->at];
		pair[1] = pairs->keys[1][scan->at];
	}
	else if (BufFileRead(pairs->file, pair, 2 * sizeof(uint64)) != 2 * sizeof(uint64))
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read back the pairs of an aggregate")));
	scan->at++;
	return true;
}

/* ------------------------------------------------------------------------
 * External sorts: a pair is a value of sixteen bytes that compares bytewise, as uuid does
 * ------------------------------------------------------------------------ */

Tuplesortstate *
BeginPairSort(int options, int sorts)
{
	TypeCacheEntry *type = lookup_type_cache(UUIDOID, TYPECACHE_LT_OPR);

	return tuplesort_begin_datum(UUIDOID, type->lt_opr, InvalidOid, false, Max(work_mem / 2 / sorts, 64), NULL,
								 options);
}

void
PutPair(Tuplesortstate *sort, uint64 first, uint64 second)
{
	uint64 pair[2] = {pg_hton64(first), pg_hton64(second)};
	pg_uuid_t bytes;

	StaticAssertStmt(sizeof(pair) == sizeof(bytes), "a pair is as long as a uuid");
	memcpy(&bytes, pair, sizeof(bytes));
	tuplesort_putdatum(sort, UUIDPGetDatum(&bytes), false);
}

bool
GetPair(Tuplesortstate *sort, uint64 pair[2])
{
	Datum value;
	bool isnull;

	if (!tuplesort_getdatum_compat(sort, &value, &isnull))
		return false;
	memcpy(pair, DatumGetUUIDP(value), 2 * sizeof(uint64));
	pfree(DatumGetPointer(value));
	pair[0] = pg_ntoh64(pair[0]);
	pair[1] = pg_ntoh64(pair[1]);
	return true;
}

Tuplesortstate *
SortPairs(PairStore *pairs, int options, int sorts)
{
	Tuplesortstate *sort = BeginPairSort(options, sorts);
	PairScan scan = ScanPairs(pairs);
	uint64 pair[2];

	while (NextPair(&scan, pair))
		PutPair(sort, pair[0], pair[1]);
	tuplesort_performsort(sort);
	return sort;
}

int64
PeekPairs(Tuplesortstate *sort, uint64 *key)
{
	uint64 first[2];
	uint64 pair[2];
	int64 count = 0;

	tuplesort_markpos(sort);
	if (GetPair(sort, first))
	{
		*key = first[0];
		for (count = 1; GetPair(sort, pair) && pair[0] == first[0]; count++)
			CHECK_FOR_INTERRUPTS();
	}
	tuplesort_restorepos(sort);
	return count;
}
