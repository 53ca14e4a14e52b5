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
	uint64 *order = AllocateRoom(relation->pairs.n, sizeof(uint64));
	uint64 *scratch = AllocateRoom(relation->pairs.n, sizeof(uint64));
	int32 *place = AllocateRoom(relation->pairs.n, sizeof(int32));

	drift_rank_pairs(pairs, relation->pairs.keys[0], relation->pairs.keys[1], relation->pairs.n, order, scratch, place,
					 LabelledPoll);
	pfree(place);
	pfree(scratch);
	pfree(order);
}

/* Sort (y, rank of x) by y */
static Tuplesortstate *
RankX(Tuplesortstate *by_x, DriftRankPairs *pairs)
{
	Tuplesortstate *by_y = BeginPairSort(TUPLESORT_NONE, 1);
	uint64 key;
	int64 count;

	for (int64 first = 0; (count = PeekPairs(by_x, &key)) > 0; first += count)
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
	Tuplesortstate *by_x = SortPairs(&relation->pairs, TUPLESORT_RANDOMACCESS, 1);
	Tuplesortstate *by_y;

	*pairs = (DriftRankPairs){.n = relation->pairs.n};
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

	if (relation->pairs.file)
		RankInFiles(relation, &pairs);
	else
		RankInMemory(relation, &pairs);
	test.statistic = drift_spearman(&pairs);
	test.p_value = drift_spearman_p_value(test.statistic, relation->pairs.n);
	return test;
}

/* ------------------------------------------------------------------------
 * Kendall
 * ------------------------------------------------------------------------ */

static void
CountInMemory(RelationState *relation, DriftKendall *k)
{
	uint64 *order = AllocateRoom(relation->pairs.n, sizeof(uint64));
	uint64 *scratch = AllocateRoom(relation->pairs.n, sizeof(uint64));
	uint64 *sequence = AllocateRoom(relation->pairs.n, sizeof(uint64));

	drift_kendall_pairs(k, relation->pairs.keys[0], relation->pairs.keys[1], relation->pairs.n, order, scratch,
						sequence, LabelledPoll);
	pfree(sequence);
	pfree(scratch);
	pfree(order);
}

static void
CountInFiles(RelationState *relation, DriftKendall *k)
{
	Tuplesortstate *sort = SortPairs(&relation->pairs, TUPLESORT_NONE, 1);

	*k = (DriftKendall){.n = relation->pairs.n};
	CountSortedPairs(sort, k);
	tuplesort_end(sort);
}

DriftTest
RelationKendall(RelationState *relation)
{
	DriftKendall k;

	if (relation->pairs.n > DRIFT_KENDALL_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many pairs for Kendall's correlation"),
						errdetail("There are " INT64_FORMAT " pairs, and at most " INT64_FORMAT " are counted.",
								  relation->pairs.n, DRIFT_KENDALL_MAX),
						errhint("Use a sample of the rows, or method 'spearman'.")));
	if (relation->pairs.file)
		CountInFiles(relation, &k);
	else
		CountInMemory(relation, &k);
	return drift_kendall(&k);
}
