/*
 * relation_ranks.c
 *		Rank correlations of two columns: Spearman's and Kendall's.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "pg/labelled.h"
#include "pg/relation.h"

static void *
AllocateRoom(int64 n, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, size * Max(n, 1));
}

/* ------------------------------------------------------------------------
 * Spearman
 * ------------------------------------------------------------------------ */

static void
RankInMemory(RelationState *relation, DriftRankPairs *pairs)
{
	uint64 *order = AllocateRoom(relation->n, sizeof(uint64));
	uint64 *scratch = AllocateRoom(relation->n, sizeof(uint64));
	int32 *place = AllocateRoom(relation->n, sizeof(int32));

	drift_rank_pairs(pairs, relation->column[0].keys, relation->column[1].keys, relation->n, order, scratch, place,
					 LabelledPoll);
	pfree(place);
	pfree(scratch);
	pfree(order);
}

/* Sort the pairs by x */
static Tuplesortstate *
SortByX(RelationState *relation, int options)
{
	Tuplesortstate *sort = BeginPairSort(options);
	PairScan scan = ScanPairs(relation);
	uint64 pair[2];

	while (NextPair(&scan, pair))
		PutPair(sort, pair[0], pair[1]);
	tuplesort_performsort(sort);
	return sort;
}

/* Count the pairs whose first key is that of the next one, and stand before them again */
static int64
PeekGroup(Tuplesortstate *sort)
{
	uint64 first[2];
	uint64 pair[2];
	int64 count = 0;

	tuplesort_markpos(sort);
	if (GetPair(sort, first))
		for (count = 1; GetPair(sort, pair) && pair[0] == first[0]; count++)
			CHECK_FOR_INTERRUPTS();
	tuplesort_restorepos(sort);
	return count;
}

/* Sort (y, rank of x) by y */
static Tuplesortstate *
RankX(Tuplesortstate *by_x, DriftRankPairs *pairs)
{
	Tuplesortstate *by_y = BeginPairSort(TUPLESORT_NONE);
	int64 count;

	for (int64 first = 0; (count = PeekGroup(by_x)) > 0; first += count)
	{
		int64 rank = drift_centred_midrank(first, count, pairs->n);
		uint64 pair[2];

		pairs->ties_x += drift_tie_cube(count);
		for (int64 i = 0; i < count && GetPair(by_x, pair); i++)
			PutPair(by_y, pair[1], (uint64) rank);
	}
	tuplesort_performsort(by_y);
	return by_y;
}

/* Take a group of equal values of y, whose ranks of x add up to sum */
static void
TakeGroup(DriftRankPairs *pairs, int64 first, int64 count, DriftWide sum)
{
	pairs->ties_y += drift_tie_cube(count);
	pairs->xy += drift_centred_midrank(first, count, pairs->n) * sum;
}

static void
RankY(Tuplesortstate *by_y, DriftRankPairs *pairs)
{
	uint64 pair[2];
	uint64 key = 0;
	int64 first = 0;
	int64 count = 0;
	DriftWide sum = 0;

	while (GetPair(by_y, pair))
	{
		CHECK_FOR_INTERRUPTS();
		if (count > 0 && pair[0] != key)
		{
			TakeGroup(pairs, first, count, sum);
			first += count;
			count = 0;
			sum = 0;
		}
		key = pair[0];
		sum += (int64) pair[1];
		count++;
	}
	TakeGroup(pairs, first, count, sum);
}

static void
RankInFiles(RelationState *relation, DriftRankPairs *pairs)
{
	Tuplesortstate *by_x = SortByX(relation, TUPLESORT_RANDOMACCESS);
	Tuplesortstate *by_y;

	*pairs = (DriftRankPairs){.n = relation->n};
	by_y = RankX(by_x, pairs);
	tuplesort_end(by_x);
	RankY(by_y, pairs);
	tuplesort_end(by_y);
}

DriftTest
RelationSpearman(RelationState *relation)
{
	DriftRankPairs pairs;
	DriftTest test;

	if (relation->file)
		RankInFiles(relation, &pairs);
	else
		RankInMemory(relation, &pairs);
	test.statistic = drift_spearman(&pairs);
	test.p_value = drift_spearman_p_value(test.statistic, relation->n);
	return test;
}

/* ------------------------------------------------------------------------
 * Kendall
 * ------------------------------------------------------------------------ */

static void
CountInMemory(RelationState *relation, DriftKendall *k)
{
	uint64 *order = AllocateRoom(relation->n, sizeof(uint64));
	uint64 *scratch = AllocateRoom(relation->n, sizeof(uint64));
	uint64 *sequence = AllocateRoom(relation->n, sizeof(uint64));

	drift_kendall_pairs(k, relation->column[0].keys, relation->column[1].keys, relation->n, order, scratch, sequence,
						LabelledPoll);
	pfree(sequence);
	pfree(scratch);
	pfree(order);
}

static void
CountInFiles(RelationState *relation, DriftKendall *k)
{
	Tuplesortstate *sort = SortByX(relation, TUPLESORT_NONE);

	*k = (DriftKendall){.n = relation->n};
	CountSortedPairs(sort, k);
	tuplesort_end(sort);
}

DriftTest
RelationKendall(RelationState *relation)
{
	DriftKendall k;

	if (relation->n > DRIFT_KENDALL_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many pairs for Kendall's correlation"),
						errdetail("There are " INT64_FORMAT " pairs, and at most " INT64_FORMAT " are counted.",
								  relation->n, DRIFT_KENDALL_MAX),
						errhint("Use a sample of the rows, or method 'spearman'.")));
	if (relation->file)
		CountInFiles(relation, &k);
	else
		CountInMemory(relation, &k);
	return drift_kendall(&k);
}
