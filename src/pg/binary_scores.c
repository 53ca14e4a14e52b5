/*
 * binary_scores.c
 *		Scores of both classes: arrays of keys (stats/sample.h), or sorted files
 *		once the arrays pass the memory budget; with weights where there are any.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/binary.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"
#include "pg/pair_store.h"
#include "stats/binary_auc.h"
#include "stats/sample.h"

#define FIRST_CAPACITY 64

#define MIN_POINTS 4
#define MAX_POINTS 1000000

/* ------------------------------------------------------------------------
 * Keeping rows
 * ------------------------------------------------------------------------ */

/* Close what the memory context does not */
static void
ReleaseFiles(Datum arg)
{
	BinaryScores *scores = (BinaryScores *) DatumGetPointer(arg);

	for (int side = 0; side < 2; side++)
	{
		if (scores->sort[side])
			tuplesort_end(scores->sort[side]);
		if (scores->file[side])
			BufFileClose(scores->file[side]);
		if (scores->weight_file[side])
			BufFileClose(scores->weight_file[side]);
		scores->sort[side] = NULL;
		scores->file[side] = scores->weight_file[side] = NULL;
	}
}

BinaryScores *
BinaryScoresCreate(FunctionCallInfo fcinfo)
{
	MemoryContext context = AggregateContext(fcinfo);
	BinaryScores *scores = MemoryContextAllocZero(context, sizeof(BinaryScores));

	scores->context = context;
	scores->threshold = NAN;
	scores->metric = BINARY_NO_METRIC;
	AggRegisterCallback(fcinfo, ReleaseFiles, PointerGetDatum(scores));
	return scores;
}

/* Add a row to a sort on disk */
static void
PutScore(BinaryScores *scores, int side, uint64 key, uint64 weight)
{
	if (scores->weighted)
		PutPair(scores->sort[side], key, weight);
	else
		tuplesort_putdatum(scores->sort[side], Float8GetDatum(drift_key_value(key)), false);
}

/* Begin an external sort of each class and move the arrays into it */
static void
Spill(BinaryScores *scores)
{
	MemoryContext old = MemoryContextSwitchTo(scores->context);

	scores->spilled = true;
	for (int side = 0; side < 2; side++)
	{
		scores->sort[side] = scores->weighted ? BeginPairSort(TUPLESORT_NONE, 2) : BeginKeySort();
		for (int64 i = 0; i < scores->n[side]; i++)
		{
			CHECK_FOR_INTERRUPTS();
			PutScore(scores, side, scores->keys[side][i], scores->weighted ? scores->weights[side][i] : 0);
		}
		if (scores->keys[side])
			pfree(scores->keys[side]);
		if (scores->weights[side])
			pfree(scores->weights[side]);
		scores->keys[side] = scores->weights[side] = NULL;
		scores->capacity[side] = 0;
	}
	MemoryContextSwitchTo(old);
}

static void
GrowArray(BinaryScores *scores, uint64 **array, int64 capacity)
{
	*array = *array ? repalloc_huge(*array, sizeof(uint64) * capacity)
					: MemoryContextAllocHuge(scores->context, sizeof(uint64) * capacity);
}

/* Make room for so many rows of a class at least, or more; false when both classes would pass the budget */
static bool
Grow(BinaryScores *scores, int side, int64 least)
{
	int64 row_bytes = sizeof(uint64) * (scores->weighted ? 2 : 1);
	int64 budget = Min((int64) LabelledBudget() / row_bytes - scores->capacity[1 - side], DRIFT_SAMPLE_LARGE);
	int64 capacity = Max(least, FIRST_CAPACITY);

	/* a few rows need no budget */
	if (least > budget && least > FIRST_CAPACITY)
		return false;
	capacity = Max(capacity, Min(2 * scores->capacity[side], budget));
	GrowArray(scores, &scores->keys[side], capacity);
	if (scores->weighted)
		GrowArray(scores, &scores->weights[side], capacity);
	scores->capacity[side] = capacity;
	return true;
}

/* Add a row where there is no room for it, or no array any more */
static pg_noinline void
AddSlowly(BinaryScores *scores, int side, uint64 key, uint64 weight)
{
	int64 row = scores->n[side];

	if (!scores->spilled && !Grow(scores, side, row + 1))
		Spill(scores);
	scores->n[side]++;
	if (scores->spilled)
	{
		PutScore(scores, side, key, weight);
		return;
	}
	scores->keys[side][row] = key;
	if (scores->weighted)
		scores->weights[side][row] = weight;
}

static inline void
AddScore(BinaryScores *scores, int side, uint64 key, uint64 weight)
{
	int64 row = scores->n[side];

	if (unlikely(row >= scores->capacity[side]))
	{
		AddSlowly(scores, side, key, weight);
		return;
	}
	scores->keys[side][row] = key;
	if (scores->weighted)
		scores->weights[side][row] = weight;
	scores->n[side] = row + 1;
}

void
BinaryScoresAdd(BinaryScores *scores, int side, double score)
{
	AddScore(scores, side, drift_key_of(score), 0);
}

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

/* Add the row (score, actual) of a call */
static inline void
AddRow(FunctionCallInfo fcinfo, BinaryScores *scores)
{
	double score;

	if (unlikely(PG_ARGISNULL(1) || PG_ARGISNULL(2)))
		return;
	score = PG_GETARG_FLOAT8(1);
	if (likely(!isnan(score)))
		AddScore(scores, PG_GETARG_BOOL(2), drift_key_of(score), 0);
}

/* The same with a weight, which is the last argument */
static inline void
AddWeightedRow(FunctionCallInfo fcinfo, BinaryScores *scores)
{
	double weight;
	double score;

	if (!BinaryWeight(fcinfo, PG_NARGS() - 1, &weight) || weight == 0 || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return;
	score = PG_GETARG_FLOAT8(1);
	if (isnan(score))
		return;
	drift_sum_add(&scores->weight[PG_GETARG_BOOL(2)], weight);
	AddScore(scores, PG_GETARG_BOOL(2), drift_key_of(score), WeightBits(weight));
}

/* (score, actual) */
PG_FUNCTION_INFO_V1(drift_binary_accum);
Datum
drift_binary_accum(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = PG_ARGISNULL(0) ? BinaryScoresCreate(fcinfo) : (BinaryScores *) PG_GETARG_POINTER(0);

	AddRow(fcinfo, scores);
	PG_RETURN_POINTER(scores);
}

/* (score, actual, weight) */
PG_FUNCTION_INFO_V1(drift_binary_weighted_accum);
Datum
drift_binary_weighted_accum(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = PG_ARGISNULL(0) ? BinaryScoresCreate(fcinfo) : (BinaryScores *) PG_GETARG_POINTER(0);

	scores->weighted = true;
	AddWeightedRow(fcinfo, scores);
	PG_RETURN_POINTER(scores);
}

/* Add a row whose fourth argument has been read, and which may have a weight as its fifth */
static inline Datum
AddOptionalWeight(FunctionCallInfo fcinfo, BinaryScores *scores)
{
	if (PG_NARGS() > 4)
		AddWeightedRow(fcinfo, scores);
	else
		AddRow(fcinfo, scores);
	PG_RETURN_POINTER(scores);
}

/* (score, actual, threshold [, weight]) */
PG_FUNCTION_INFO_V1(drift_binary_threshold_accum);
Datum
drift_binary_threshold_accum(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = PG_ARGISNULL(0) ? NULL : (BinaryScores *) PG_GETARG_POINTER(0);
	double threshold = PG_ARGISNULL(3) ? NAN : PG_GETARG_FLOAT8(3);

	if (scores == NULL)
	{
		scores = BinaryScoresCreate(fcinfo);
		scores->weighted = PG_NARGS() > 4;
		scores->threshold = threshold;
	}
	if (unlikely(threshold != scores->threshold))
		RefuseArgument("threshold");
	return AddOptionalWeight(fcinfo, scores);
}

/* (score, actual, points or bins [, weight]) */
static inline Datum
AccumulateWithCount(FunctionCallInfo fcinfo, const char *name, int32 low, int32 high)
{
	BinaryScores *scores = PG_ARGISNULL(0) ? NULL : (BinaryScores *) PG_GETARG_POINTER(0);

	if (scores == NULL)
	{
		scores = BinaryScoresCreate(fcinfo);
		scores->weighted = PG_NARGS() > 4;
		scores->count = CountArgument(fcinfo, 3, name, 0, low, high);
	}
	CheckSameInt32(fcinfo, 3, name, scores->count);
	return AddOptionalWeight(fcinfo, scores);
}

PG_FUNCTION_INFO_V1(drift_binary_points_accum);
Datum
drift_binary_points_accum(PG_FUNCTION_ARGS)
{
	return AccumulateWithCount(fcinfo, "points", MIN_POINTS, MAX_POINTS);
}

PG_FUNCTION_INFO_V1(drift_binary_bins_accum);
Datum
drift_binary_bins_accum(PG_FUNCTION_ARGS)
{
	return AccumulateWithCount(fcinfo, "bins", 1, DRIFT_MAX_CALIBRATION_BINS);
}

/* (score, actual, metric [, weight]) */
PG_FUNCTION_INFO_V1(drift_binary_metric_accum);
Datum
drift_binary_metric_accum(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = PG_ARGISNULL(0) ? NULL : (BinaryScores *) PG_GETARG_POINTER(0);

	if (PG_ARGISNULL(3))
		RefuseArgument("metric");
	if (scores == NULL)
	{
		scores = BinaryScoresCreate(fcinfo);
		scores->weighted = PG_NARGS() > 4;
		scores->metric = BinaryMetricOfName(PG_GETARG_TEXT_PP(3));
	}
	else if (BinaryMetricOfName(PG_GETARG_TEXT_PP(3)) != scores->metric)
		RefuseArgument("metric");
	return AddOptionalWeight(fcinfo, scores);
}

/* ------------------------------------------------------------------------
 * Parallel states
 * ------------------------------------------------------------------------ */

/* Get the rows of a sort on disk back into arrays, which are as large as they must be */
static void
TakeSideBack(BinaryScores *scores, int side)
{
	int64 n = scores->n[side];
	Size length = sizeof(uint64) * Max(n, 1);

	scores->keys[side] = MemoryContextAllocHuge(scores->context, length);
	if (scores->weighted)
		scores->weights[side] = MemoryContextAllocHuge(scores->context, length);
	tuplesort_performsort(scores->sort[side]);
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (scores->weighted)
		{
			uint64 pair[2];

			if (!GetPair(scores->sort[side], pair))
				elog(ERROR, "a sort of scores ends too early");
			scores->keys[side][i] = pair[0];
			scores->weights[side][i] = pair[1];
		}
		else
		{
			Datum value;
			bool isnull;

			if (!tuplesort_getdatum_compat(scores->sort[side], &value, &isnull))
				elog(ERROR, "a sort of scores ends too early");
			scores->keys[side][i] = drift_key_of(DatumGetFloat8(value));
		}
	}
	tuplesort_end(scores->sort[side]);
	scores->sort[side] = NULL;
	scores->capacity[side] = n;
}

/* Each aggregate that shares the state sends it: what was taken back stays */
static void
TakeBack(BinaryScores *scores)
{
	if (!scores->spilled)
		return;
	TakeSideBack(scores, 0);
	TakeSideBack(scores, 1);
	scores->spilled = false;
}

/* What is sent of a state besides its rows; both ends are of one server */
typedef struct ScoresHeader
{
	bool weighted;
	double threshold;
	int32 count;
	int32 metric;
	int64 n[2];
	int64 decided[2];
	Size map_length;
	DriftSum weight[2];
} ScoresHeader;

PG_FUNCTION_INFO_V1(drift_binary_serialize);
Datum
drift_binary_serialize(PG_FUNCTION_ARGS)
{
	BinaryScores *scores = (BinaryScores *) PG_GETARG_POINTER(0);
	ScoresHeader header;
	int64 rows = scores->n[0] + scores->n[1];
	StringInfoData bytes;

	if (rows > (MaxAllocSize / 2 / (int64) sizeof(uint64)) / (scores->weighted ? 2 : 1))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many rows of a parallel worker"),
						errdetail("It has " INT64_FORMAT " rows to hand over at once.", rows),
						errhint("SET max_parallel_workers_per_gather = 0 for this query.")));
	TakeBack(scores);
	memset(&header, 0, sizeof(header));
	header.weighted = scores->weighted;
	header.threshold = scores->threshold;
	header.count = scores->count;
	header.metric = scores->metric;
	memcpy(header.n, scores->n, sizeof(header.n));
	memcpy(header.decided, scores->decided, sizeof(header.decided));
	header.map_length = scores->map ? VARSIZE(scores->map) : 0;
	memcpy(header.weight, scores->weight, sizeof(header.weight));

	pq_begintypsend(&bytes);
	enlargeStringInfo(&bytes, sizeof(header) + sizeof(uint64) * rows * (scores->weighted ? 2 : 1));
	pq_sendbytes(&bytes, (const char *) &header, sizeof(header));
	for (int side = 0; side < 2; side++)
	{
		int length = sizeof(uint64) * scores->n[side];

		if (length == 0)
			continue;
		pq_sendbytes(&bytes, (const char *) scores->keys[side], length);
		if (scores->weighted)
			pq_sendbytes(&bytes, (const char *) scores->weights[side], length);
	}
	if (scores->map)
		pq_sendbytes(&bytes, (const char *) scores->map, VARSIZE(scores->map));
	PG_RETURN_BYTEA_P(pq_endtypsend(&bytes));
}

PG_FUNCTION_INFO_V1(drift_binary_deserialize);
Datum
drift_binary_deserialize(PG_FUNCTION_ARGS)
{
	bytea *bytes = PG_GETARG_BYTEA_PP(0);
	const char *at = VARDATA_ANY(bytes);
	BinaryScores *scores = palloc0(sizeof(BinaryScores));
	ScoresHeader header;

	memcpy(&header, at, sizeof(header));
	at += sizeof(header);
	scores->context = CurrentMemoryContext;
	scores->weighted = header.weighted;
	scores->threshold = header.threshold;
	scores->count = header.count;
	scores->metric = header.metric;
	memcpy(scores->n, header.n, sizeof(header.n));
	memcpy(scores->decided, header.decided, sizeof(header.decided));
	memcpy(scores->weight, header.weight, sizeof(header.weight));
	for (int side = 0; side < 2; side++)
	{
		Size length = sizeof(uint64) * scores->n[side];

		if (length == 0)
			continue;
		scores->keys[side] = palloc(length);
		memcpy(scores->keys[side], at, length);
		at += length;
		if (!scores->weighted)
			continue;
		scores->weights[side] = palloc(length);
		memcpy(scores->weights[side], at, length);
		at += length;
	}
	if (header.map_length > 0)
	{
		scores->map = palloc(header.map_length);
		memcpy(scores->map, at, header.map_length);
	}
	PG_RETURN_POINTER(scores);
}

/* Add the rows of one class of a worker */
static void
AddRows(BinaryScores *into, const BinaryScores *from, int side)
{
	const int64 n = from->n[side];
	const int64 had = into->n[side];

	if (n == 0)
		return;
	if (!into->spilled && (had + n <= into->capacity[side] || Grow(into, side, had + n)))
	{
		memcpy(into->keys[side] + had, from->keys[side], sizeof(uint64) * n);
		if (into->weighted)
			memcpy(into->weights[side] + had, from->weights[side], sizeof(uint64) * n);
		into->n[side] = had + n;
		return;
	}
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		AddScore(into, side, from->keys[side][i], into->weighted ? from->weights[side][i] : 0);
	}
}

PG_FUNCTION_INFO_V1(drift_binary_combine);
Datum
drift_binary_combine(PG_FUNCTION_ARGS)
{
	BinaryScores *into = PG_ARGISNULL(0) ? NULL : (BinaryScores *) PG_GETARG_POINTER(0);
	const BinaryScores *from = PG_ARGISNULL(1) ? NULL : (const BinaryScores *) PG_GETARG_POINTER(1);

	if (from == NULL)
	{
		if (into == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(into);
	}
	if (into == NULL)
	{
		into = BinaryScoresCreate(fcinfo);
		into->weighted = from->weighted;
		into->threshold = from->threshold;
		into->count = from->count;
		into->metric = from->metric;
	}
	if (from->map && into->map == NULL)
	{
		into->map = MemoryContextAlloc(into->context, VARSIZE(from->map));
		memcpy(into->map, from->map, VARSIZE(from->map));
	}
	for (int side = 0; side < 2; side++)
	{
		AddRows(into, from, side);
		drift_sum_merge(&into->weight[side], &from->weight[side]);
		into->decided[side] += from->decided[side];
	}
	PG_RETURN_POINTER(into);
}

/* ------------------------------------------------------------------------
 * In order
 * ------------------------------------------------------------------------ */

BinaryScores *
BinaryScoresFinished(FunctionCallInfo fcinfo)
{
	BinaryScores *scores = PG_ARGISNULL(0) ? NULL : (BinaryScores *) PG_GETARG_POINTER(0);

	return scores && scores->n[0] + scores->n[1] > 0 ? scores : NULL;
}

double
BinaryScoresTotal(const BinaryScores *scores, int side)
{
	return scores->weighted ? BinaryWeightTotal(&scores->weight[side]) : (double) scores->n[side];
}

/* Write sorted pairs as two files, keys and weights */
static void
WriteSortedPairs(BinaryScores *scores, int side)
{
	uint64 blocks[2][KEYS_PER_BLOCK];
	uint64 pair[2];
	int used = 0;

	scores->file[side] = BufFileCreateTemp(false);
	scores->weight_file[side] = BufFileCreateTemp(false);
	tuplesort_performsort(scores->sort[side]);
	while (GetPair(scores->sort[side], pair))
	{
		blocks[0][used] = pair[0];
		blocks[1][used++] = pair[1];
		if (used == KEYS_PER_BLOCK)
		{
			CHECK_FOR_INTERRUPTS();
			BufFileWrite(scores->file[side], blocks[0], sizeof(blocks[0]));
			BufFileWrite(scores->weight_file[side], blocks[1], sizeof(blocks[1]));
			used = 0;
		}
	}
	BufFileWrite(scores->file[side], blocks[0], sizeof(uint64) * used);
	BufFileWrite(scores->weight_file[side], blocks[1], sizeof(uint64) * used);
}

static void
SortFile(BinaryScores *scores, int side)
{
	MemoryContext old = MemoryContextSwitchTo(scores->context);

	if (scores->weighted)
		WriteSortedPairs(scores, side);
	else
		scores->file[side] = WriteSortedKeys(scores->sort[side]);
	tuplesort_end(scores->sort[side]);
	scores->sort[side] = NULL;
	MemoryContextSwitchTo(old);
}

/* Put an array in the order of rows */
static void
Rearrange(uint64 *array, const uint64 *order, int64 n, uint64 *scratch)
{
	for (int64 i = 0; i < n; i++)
		scratch[i] = array[drift_row_of(order[i])];
	memcpy(array, scratch, sizeof(uint64) * n);
}

static void
SortArrays(BinaryScores *scores, int side)
{
	int64 n = scores->n[side];
	uint64 *scratch;
	uint64 *order;

	if (n == 0)
		return;
	scratch = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * n);
	if (scores->weighted)
	{
		order = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * n);
		drift_sort_rows(scores->keys[side], n, order, scratch, LabelledPoll);
		Rearrange(scores->keys[side], order, n, scratch);
		Rearrange(scores->weights[side], order, n, scratch);
		pfree(order);
	}
	else
		drift_sort_keys(scores->keys[side], n, scratch, LabelledPoll);
	pfree(scratch);
}

/* Sort both classes, once for all metrics of the state */
static void
SortScores(BinaryScores *scores)
{
	if (scores->sorted)
		return;
	for (int side = 0; side < 2; side++)
	{
		if (scores->spilled)
			SortFile(scores, side);
		else
			SortArrays(scores, side);
	}
	scores->sorted = true;
}

ScoreWalk *
BeginScoreWalk(BinaryScores *scores)
{
	ScoreWalk *walk = palloc(sizeof(ScoreWalk));

	SortScores(scores);
	walk->weighted = scores->weighted;
	for (int side = 0; side < 2; side++)
	{
		walk->left[side] = scores->n[side];
		OpenSortedKeys(&walk->keys[side], scores->keys[side], scores->file[side], scores->n[side]);
		if (scores->weighted)
			OpenSortedKeys(&walk->weights[side], scores->weights[side], scores->weight_file[side], scores->n[side]);
	}
	return walk;
}

/* Take the rows of a class whose key is the next; their number or weight */
static inline double
TakeEqual(ScoreWalk *walk, int side, uint64 key)
{
	SortedKeys *keys = &walk->keys[side];
	int64 first = walk->left[side];
	int64 left = first;
	DriftSum weight = {0};

	while (left > 0 && KeyAt(keys, left - 1) == key)
	{
		left--;
		if (walk->weighted)
			drift_sum_add(&weight, WeightOfBits(KeyAt(&walk->weights[side], left)));
	}
	walk->left[side] = left;
	return walk->weighted ? drift_sum_total(&weight) : (double) (first - left);
}

bool
NextScore(ScoreWalk *walk, double *score, double rows[2])
{
	uint64 key = 0; /* of no value */

	for (int side = 0; side < 2; side++)
		if (walk->left[side] > 0)
			key = Max(key, KeyAt(&walk->keys[side], walk->left[side] - 1));
	if (key == 0)
		return false;
	rows[0] = TakeEqual(walk, 0, key);
	rows[1] = TakeEqual(walk, 1, key);
	*score = drift_key_value(key);
	return true;
}

void
BinaryScoresRange(ScoreWalk *walk, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (int side = 0; side < 2; side++)
		if (walk->keys[side].n > 0)
		{
			*low = Min(*low, drift_key_value(KeyAt(&walk->keys[side], 0)));
			*high = Max(*high, drift_key_value(KeyAt(&walk->keys[side], walk->keys[side].n - 1)));
		}
}
