/*
 * delong.c
 *		DeLong's test of two scores of the same rows, as an aggregate.
 *
 * The pairs of scores are kept apart by class, positive and negative, each as
 * two arrays of keys or past the memory budget in a file.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/composite.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"
#include "pg/pair_store.h"
#include "stats/delong.h"
#include "stats/sample.h"
#include "stats/special.h"

typedef struct DelongState
{
	PairStore side[2]; /* negative, positive; emptied when the test is done */
	float8 confidence;
	bool tested; /* result is filled in */
	DriftDelongResult result;
} DelongState;

/* Close what the memory context does not */
static void
ReleaseFiles(Datum arg)
{
	DelongState *state = (DelongState *) DatumGetPointer(arg);

	ClosePairs(&state->side[0]);
	ClosePairs(&state->side[1]);
}

static pg_noinline DelongState *
CreateDelong(FunctionCallInfo fcinfo)
{
	MemoryContext context = AggregateContext(fcinfo);
	DelongState *state = MemoryContextAllocZero(context, sizeof(DelongState));

	for (int side = 0; side < 2; side++)
		state->side[side] = (PairStore){.context = context, .stores = 2};
	state->confidence = ConfidenceArgument(fcinfo, 4);
	AggRegisterCallback(fcinfo, ReleaseFiles, PointerGetDatum(state));
	return state;
}

/* delong_accum(state, score_1, score_2, actual [, confidence]) */
PG_FUNCTION_INFO_V1(drift_delong_accum);
Datum
drift_delong_accum(PG_FUNCTION_ARGS)
{
	DelongState *state = PG_ARGISNULL(0) ? CreateDelong(fcinfo) : (DelongState *) PG_GETARG_POINTER(0);
	float8 first;
	float8 second;

	CheckSameFloat8(fcinfo, 4, "confidence", state->confidence);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_POINTER(state);
	first = PG_GETARG_FLOAT8(1);
	second = PG_GETARG_FLOAT8(2);
	if (!isnan(first) && !isnan(second))
		AddPair(&state->side[PG_GETARG_BOOL(3)], drift_key_of(first), drift_key_of(second));
	PG_RETURN_POINTER(state);
}

/* ------------------------------------------------------------------------
 * In memory
 * ------------------------------------------------------------------------ */

static void *
AllocateRows(int64 rows)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * Max(rows, 1));
}

/* Put the keys of a score of both classes into one array, positive rows first */
static uint64 *
JoinKeys(DelongState *state, int score)
{
	int64 positive = state->side[1].n;
	int64 negative = state->side[0].n;
	uint64 *keys = AllocateRows(positive + negative);

	for (int side = 0; side < 2; side++)
	{
		PairStore *pairs = &state->side[side];

		if (pairs->n == 0)
			continue;
		memcpy(keys + (side ? 0 : positive), pairs->keys[score], sizeof(uint64) * pairs->n);
		pfree(pairs->keys[score]);
		pairs->keys[score] = NULL;
	}
	return keys;
}

static void
DelongInMemory(DelongState *state, DriftDelong *sums)
{
	int64 rows = sums->n[0] + sums->n[1];
	uint64 *x = JoinKeys(state, 0);
	uint64 *y = JoinKeys(state, 1);
	uint64 *order = AllocateRows(rows);
	uint64 *scratch = AllocateRows(rows);
	int64 *place = AllocateRows(rows);

	drift_delong_rows(sums, x, y, order, scratch, place, LabelledPoll);
	pfree(place);
	pfree(scratch);
	pfree(order);
	pfree(y);
	pfree(x);
}

/* ------------------------------------------------------------------------
 * In files: both classes sorted by the first score and merged give (second score, placement), which is sorted again
 * ------------------------------------------------------------------------ */

/* Take the pairs of one class that have one key: to the next sort, or where there is none to the sums */
static void
TakePairs(DriftDelong *sums, bool positive, Tuplesortstate *sort, int64 count, int64 placement, Tuplesortstate *next)
{
	uint64 pair[2];

	for (int64 i = 0; i < count && GetPair(sort, pair); i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (next)
			PutPair(next, pair[1], (uint64) placement);
		else
			drift_delong_add(sums, positive, (int64) pair[1], placement);
	}
}

/* Walk the groups of equal keys of both classes */
static void
PlaceSorted(DriftDelong *sums, Tuplesortstate *const sort[2], Tuplesortstate *const next[2])
{
	uint64 key[2];
	int64 count[2] = {PeekPairs(sort[0], &key[0]), PeekPairs(sort[1], &key[1])};
	int64 below[2] = {0, 0};

	while (count[0] > 0 || count[1] > 0)
	{
		uint64 least = count[1] == 0 || (count[0] > 0 && key[0] < key[1]) ? key[0] : key[1];
		int64 equal[2];

		for (int side = 0; side < 2; side++)
			equal[side] = count[side] > 0 && key[side] == least ? count[side] : 0;
		for (int side = 0; side < 2; side++)
		{
			if (equal[side] == 0)
				continue;
			TakePairs(sums, side, sort[side], equal[side],
					  drift_delong_placement(side, below[!side], equal[!side], sums->n[!side]), next[side]);
			count[side] = PeekPairs(sort[side], &key[side]);
		}
		below[0] += equal[0];
		below[1] += equal[1];
	}
}

static void
DelongInFiles(DelongState *state, DriftDelong *sums)
{
	Tuplesortstate *by_first[2];
	Tuplesortstate *by_second[2];
	Tuplesortstate *const none[2] = {NULL, NULL};

	for (int side = 0; side < 2; side++)
	{
		by_first[side] = SortPairs(&state->side[side], TUPLESORT_RANDOMACCESS, 4);
		ClosePairs(&state->side[side]);
		by_second[side] = BeginPairSort(TUPLESORT_RANDOMACCESS, 4);
	}
	PlaceSorted(sums, by_first, by_second);
	for (int side = 0; side < 2; side++)
	{
		tuplesort_end(by_first[side]);
		tuplesort_performsort(by_second[side]);
	}
	PlaceSorted(sums, by_second, none);
	tuplesort_end(by_second[0]);
	tuplesort_end(by_second[1]);
}

/* ------------------------------------------------------------------------
 * Result
 * ------------------------------------------------------------------------ */

/* Do the test, once for all calls of the final function */
static void
TestDelong(DelongState *state)
{
	DriftDelong sums = {.n = {state->side[0].n, state->side[1].n}};

	if (state->tested)
		return;
	if (sums.n[0] > DRIFT_DELONG_MAX || sums.n[1] > DRIFT_DELONG_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many rows for DeLong's test"),
						errdetail("There are " INT64_FORMAT " negative and " INT64_FORMAT
								  " positive rows, and at most " INT64_FORMAT " of a class are compared.",
								  sums.n[0], sums.n[1], DRIFT_DELONG_MAX),
						errhint("Use a sample of the rows.")));
	if (state->side[0].file || state->side[1].file)
		DelongInFiles(state, &sums);
	else
		DelongInMemory(state, &sums);
	state->result = drift_delong(&sums);
	state->tested = true;
}

static Datum
ReturnDelong(FunctionCallInfo fcinfo, const DelongState *state)
{
	DriftDelongResult result = state->result;
	double reach = drift_normal_quantile(0.5 + state->confidence / 2) * result.standard_error;
	double numbers[] = {result.auc[0],
						result.auc[1],
						result.difference,
						result.standard_error,
						result.difference - reach,
						result.difference + reach,
						result.test.statistic,
						result.test.p_value};
	Datum values[lengthof(numbers) + 2];
	bool nulls[lengthof(numbers) + 2] = {false};

	for (int i = 0; i < lengthof(numbers); i++)
		NumberField(values, nulls, i, numbers[i]);
	values[lengthof(numbers)] = Int64GetDatum(state->side[1].n);
	values[lengthof(numbers) + 1] = Int64GetDatum(state->side[0].n);
	return RowDatum(ReturnedRowType(fcinfo, lengthof(values)), values, nulls);
}

PG_FUNCTION_INFO_V1(drift_delong_test);
Datum
drift_delong_test(PG_FUNCTION_ARGS)
{
	DelongState *state = PG_ARGISNULL(0) ? NULL : (DelongState *) PG_GETARG_POINTER(0);

	if (state == NULL || state->side[0].n + state->side[1].n == 0)
		PG_RETURN_NULL();
	TestDelong(state);
	PG_RETURN_DATUM(ReturnDelong(fcinfo, state));
}
