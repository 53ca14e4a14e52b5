/*
 * relation_pairs.c
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
#include "pg/relation.h"

#define FIRST_CAPACITY 64

/* Bytes that a pair in memory costs: two keys, and the largest work space, that of Kendall's tau */
#define PAIR_BYTES (2 * sizeof(uint64) + 3 * sizeof(uint64))

/* Rows are numbered with 31 bits where they are sorted in memory */
#define MAX_IN_MEMORY (INT64_C(1) << 31)

#define POLL_PAIRS 4096

Size
RelationBudget(void)
{
	return (Size) work_mem * 1024 / 2;
}

static void
WritePair(RelationState *relation, uint64 x, uint64 y)
{
	uint64 pair[2] = {x, y};

	BufFileWrite(relation->file, pair, sizeof(pair));
}

/* Move the arrays into a file */
static void
Spill(RelationState *relation)
{
	MemoryContext old = MemoryContextSwitchTo(relation->context);

	relation->file = BufFileCreateTemp(false);
	MemoryContextSwitchTo(old);
	for (int64 i = 0; i < relation->n; i++)
		WritePair(relation, relation->column[0].keys[i], relation->column[1].keys[i]);
	for (int side = 0; side < 2; side++)
	{
		pfree(relation->column[side].keys);
		relation->column[side].keys = NULL;
	}
	relation->capacity = 0;
}

/* Double the arrays as far as the budget goes; false when it is used up */
static bool
Grow(RelationState *relation)
{
	int64 budget = Min((int64) work_mem * 1024 / (int64) PAIR_BYTES, MAX_IN_MEMORY);
	int64 capacity = Min(Max(2 * relation->capacity, FIRST_CAPACITY), budget);

	if (relation->capacity >= budget)
		return false;
	for (int side = 0; side < 2; side++)
	{
		RelationColumn *column = &relation->column[side];

		column->keys = column->keys ? repalloc_huge(column->keys, sizeof(uint64) * capacity)
									: MemoryContextAlloc(relation->context, sizeof(uint64) * capacity);
	}
	relation->capacity = capacity;
	return true;
}

static pg_noinline void
AddSlowly(RelationState *relation, uint64 x, uint64 y)
{
	if (relation->file == NULL && Grow(relation))
	{
		RelationAddPair(relation, x, y);
		return;
	}
	if (relation->file == NULL)
		Spill(relation);
	WritePair(relation, x, y);
	relation->n++;
}

void
RelationAddPair(RelationState *relation, uint64 x, uint64 y)
{
	if (unlikely(relation->n >= relation->capacity))
	{
		AddSlowly(relation, x, y);
		return;
	}
	relation->column[0].keys[relation->n] = x;
	relation->column[1].keys[relation->n++] = y;
}

PairScan
ScanPairs(RelationState *relation)
{
	PairScan scan = {.relation = relation};

	if (relation->file && BufFileSeek(relation->file, 0, 0, SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not rewind the pairs of an aggregate")));
	return scan;
}

bool
NextPair(PairScan *scan, uint64 pair[2])
{
	const RelationState *relation = scan->relation;

	if (scan->at == relation->n)
		return false;
	if (scan->at % POLL_PAIRS == 0)
		CHECK_FOR_INTERRUPTS();
	if (relation->file == NULL)
	{
		pair[0] = relation->column[0].keys[scan->at];
		pair[1] = relation->column[1].keys[scan->at];
	}
	else if (BufFileRead(relation->file, pair, 2 * sizeof(uint64)) != 2 * sizeof(uint64))
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not read back the pairs of an aggregate")));
	scan->at++;
	return true;
}

/* ------------------------------------------------------------------------
 * External sorts: a pair is a value of sixteen bytes that compares bytewise, as uuid does
 * ------------------------------------------------------------------------ */

Tuplesortstate *
BeginPairSort(int options)
{
	TypeCacheEntry *type = lookup_type_cache(UUIDOID, TYPECACHE_LT_OPR);

	return tuplesort_begin_datum(UUIDOID, type->lt_opr, InvalidOid, false, Max(work_mem / 2, 64), NULL, options);
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
