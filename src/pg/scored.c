#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "storage/buffile.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/scored.h"
#include "stats/sample.h"

#define FIRST_CAPACITY 64

/* Half of work_mem: sorting may take the other half */
static Size
Budget(void)
{
	return (Size) work_mem * 1024 / 2;
}

static void
Poll(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* Close what the memory context does not */
static void
ReleaseFiles(Datum arg)
{
	ScoredRows *rows = (ScoredRows *) DatumGetPointer(arg);

	for (int side = 0; side < 2; side++)
	{
		if (rows->sort[side])
			tuplesort_end(rows->sort[side]);
		if (rows->file[side])
			BufFileClose(rows->file[side]);
		rows->sort[side] = NULL;
		rows->file[side] = NULL;
	}
}

static ScoredRows *
Create(FunctionCallInfo fcinfo)
{
	MemoryContext context = AggregateContext(fcinfo);
	ScoredRows *rows = MemoryContextAllocZero(context, sizeof(ScoredRows));

	rows->context = context;
	AggRegisterCallback(fcinfo, ReleaseFiles, PointerGetDatum(rows));
	return rows;
}

static void
Spill(ScoredRows *rows)
{
	MemoryContext old = MemoryContextSwitchTo(rows->context);

	rows->spilled = true;
	for (int side = 0; side < 2; side++)
	{
		rows->sort[side] = BeginKeySort();
		for (int64 i = 0; i < rows->n[side]; i++)
		{
			CHECK_FOR_INTERRUPTS();
			tuplesort_putdatum(rows->sort[side], Float8GetDatum(drift_key_value(rows->keys[side][i])), false);
		}
		if (rows->keys[side])
			pfree(rows->keys[side]);
		rows->keys[side] = NULL;
		rows->capacity[side] = 0;
	}
	MemoryContextSwitchTo(old);
}

/* Make room for more rows as far as the budget of both arrays goes; false when it is used up */
static bool
Grow(ScoredRows *rows, int side)
{
	int64 budget = (int64) (Budget() / sizeof(uint64)) - rows->capacity[1 - side];
	int64 capacity = rows->capacity[side];

	if (capacity == 0)
	{
		rows->keys[side] = MemoryContextAlloc(rows->context, sizeof(uint64) * FIRST_CAPACITY);
		rows->capacity[side] = FIRST_CAPACITY;
		return true;
	}
	if (capacity >= budget)
		return false;
	rows->capacity[side] = Min(2 * capacity, budget);
	rows->keys[side] = repalloc_huge(rows->keys[side], sizeof(uint64) * rows->capacity[side]);
	return true;
}

static pg_noinline void
AddSlowly(ScoredRows *rows, int side, uint64 key)
{
	if (!rows->spilled && !Grow(rows, side))
		Spill(rows);
	if (rows->spilled)
		tuplesort_putdatum(rows->sort[side], Float8GetDatum(drift_key_value(key)), false);
	else
		rows->keys[side][rows->n[side]] = key;
	rows->n[side]++;
}

static inline void
Add(ScoredRows *rows, int side, uint64 key)
{
	if (likely(rows->n[side] < rows->capacity[side]))
		rows->keys[side][rows->n[side]++] = key;
	else
		AddSlowly(rows, side, key);
}

static void
SortRows(ScoredRows *rows)
{
	MemoryContext old = MemoryContextSwitchTo(rows->context);

	for (int side = 0; side < 2 && !rows->sorted; side++)
	{
		uint64 *scratch;

		if (rows->spilled)
		{
			rows->file[side] = WriteSortedKeys(rows->sort[side]);
			tuplesort_end(rows->sort[side]);
			rows->sort[side] = NULL;
			continue;
		}
		scratch = MemoryContextAllocHuge(rows->context, sizeof(uint64) * Max(rows->n[side], 1));
		drift_sort_keys(rows->keys[side], rows->n[side], scratch, Poll);
		pfree(scratch);
	}
	rows->sorted = true;
	MemoryContextSwitchTo(old);
}

void
OpenScoredRows(ScoredRows *rows, SortedKeys side[2])
{
	SortRows(rows);
	for (int i = 0; i < 2; i++)
		OpenSortedKeys(&side[i], rows->keys[i], rows->file[i], rows->n[i]);
}

DriftScored
ScoredForKernel(ScoredRows *rows, SortedKeys *sorted)
{
	OpenScoredRows(rows, sorted);
	return (DriftScored){{RankedKeys(&sorted[0]), RankedKeys(&sorted[1])}, Poll};
}

/* ------------------------------------------------------------------------
 * Maps
 * ------------------------------------------------------------------------ */

/* Get an array of numbers without NULL; NULL where the attribute is */
static const double *
NumbersOf(HeapTupleHeader tuple, const char *attribute, int64 *n)
{
	bool isnull;
	Datum value = GetAttributeByName(tuple, attribute, &isnull);
	ArrayType *array;

	*n = 0;
	if (isnull)
		return NULL;
	array = DatumGetArrayTypeP(value);
	if (ARR_NDIM(array) > 1 || ARR_HASNULL(array))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid calibration map"),
						errdetail("Its %s have NULL among them or more than one dimension.", attribute)));
	*n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	return (const double *) ARR_DATA_PTR(array);
}

CalibrationMap
ReadCalibrationMap(Datum value)
{
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(value);
	CalibrationMap read = {.datum = value};
	int64 n;

	read.map.scores = NumbersOf(tuple, "scores", &read.map.n);
	read.map.probabilities = NumbersOf(tuple, "probabilities", &n);
	if (n != read.map.n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid calibration map"),
				 errdetail("It has %lld scores and %lld probabilities.", (long long) read.map.n, (long long) n)));
	for (int64 i = 0; i < n; i++)
	{
		bool rises = i == 0 || (read.map.scores[i] > read.map.scores[i - 1] &&
								read.map.probabilities[i] >= read.map.probabilities[i - 1]);

		if (isnan(read.map.scores[i]) || !(read.map.probabilities[i] >= 0 && read.map.probabilities[i] <= 1) || !rises)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid calibration map"),
							errdetail("Its scores must ascend, and its probabilities must not descend and lie between "
									  "0 and 1; knot %lld does not.",
									  (long long) (i + 1))));
	}
	return read;
}

/* Keep a copy of a map with the state */
static void
KeepMap(ScoredRows *rows, Datum value)
{
	MemoryContext old = MemoryContextSwitchTo(rows->context);

	rows->has_map = true;
	rows->calibration = ReadCalibrationMap(PointerGetDatum(PG_DETOAST_DATUM_COPY(value)));
	MemoryContextSwitchTo(old);
}

/* Ensure that the map does not change from row to row */
static void
CheckSameMap(FunctionCallInfo fcinfo, const ScoredRows *rows, int argument)
{
	Aggref *aggref = AggGetAggref(fcinfo);
	Expr *given = aggref ? ((TargetEntry *) list_nth(aggref->args, argument - 1))->expr : NULL;
	struct varlena *now;
	const struct varlena *kept = (const struct varlena *) DatumGetPointer(rows->calibration.datum);
	bool same;

	if (given && (IsA(given, Const) || (IsA(given, Param) && ((Param *) given)->paramkind != PARAM_SUBLINK)))
		return;
	now = PG_DETOAST_DATUM(PG_GETARG_DATUM(argument));
	same = VARSIZE(now) == VARSIZE(kept) && memcmp(VARDATA(now), VARDATA(kept), VARSIZE(now) - VARHDRSZ) == 0;
	if (PointerGetDatum(now) != PG_GETARG_DATUM(argument))
		pfree(now);
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the calibration map must be the same for all rows"),
				 errhint("Group by what it depends on.")));
}

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

/* scored_accum(state, score, flag [, second flag]) */
PG_FUNCTION_INFO_V1(drift_scored_accum);
Datum
drift_scored_accum(PG_FUNCTION_ARGS)
{
	ScoredRows *rows = PG_ARGISNULL(0) ? Create(fcinfo) : (ScoredRows *) PG_GETARG_POINTER(0);
	double score;
	int side;

	if (unlikely(PG_ARGISNULL(1) || PG_ARGISNULL(2) || (PG_NARGS() > 3 && PG_ARGISNULL(3))))
		PG_RETURN_POINTER(rows);
	score = PG_GETARG_FLOAT8(1);
	if (unlikely(isnan(score)))
		PG_RETURN_POINTER(rows);
	side = PG_GETARG_BOOL(2) ? 1 : 0;
	Add(rows, side, drift_key_of(score));
	if (PG_NARGS() > 3)
		rows->predicted[side] += PG_GETARG_BOOL(3);
	PG_RETURN_POINTER(rows);
}

/* scored_map_accum(state, score, flag, map) */
PG_FUNCTION_INFO_V1(drift_scored_map_accum);
Datum
drift_scored_map_accum(PG_FUNCTION_ARGS)
{
	ScoredRows *rows = PG_ARGISNULL(0) ? Create(fcinfo) : (ScoredRows *) PG_GETARG_POINTER(0);
	double score;

	if (unlikely(PG_ARGISNULL(3)))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the calibration map is NULL"),
						errhint("Leave it out where scores are probabilities.")));
	if (!rows->has_map)
		KeepMap(rows, PG_GETARG_DATUM(3));
	else
		CheckSameMap(fcinfo, rows, 3);
	if (unlikely(PG_ARGISNULL(1) || PG_ARGISNULL(2)))
		PG_RETURN_POINTER(rows);
	score = PG_GETARG_FLOAT8(1);
	if (likely(!isnan(score)))
		Add(rows, PG_GETARG_BOOL(2) ? 1 : 0, drift_key_of(score));
	PG_RETURN_POINTER(rows);
}

/* ------------------------------------------------------------------------
 * Parallel plans
 * ------------------------------------------------------------------------ */

/* Add all rows of another state */
static void
AddAll(ScoredRows *rows, ScoredRows *others)
{
	SortedKeys *side = palloc(2 * sizeof(SortedKeys));

	if (others->spilled)
		OpenScoredRows(others, side);
	for (int i = 0; i < 2; i++)
	{
		for (int64 k = 0; k < others->n[i]; k++)
		{
			if (k % 65536 == 0)
				CHECK_FOR_INTERRUPTS();
			Add(rows, i, others->spilled ? KeyAt(&side[i], k) : others->keys[i][k]);
		}
		rows->predicted[i] += others->predicted[i];
	}
	pfree(side);
	if (others->has_map && !rows->has_map)
		KeepMap(rows, others->calibration.datum);
}

PG_FUNCTION_INFO_V1(drift_scored_combine);
Datum
drift_scored_combine(PG_FUNCTION_ARGS)
{
	ScoredRows *rows;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	rows = PG_ARGISNULL(0) ? Create(fcinfo) : (ScoredRows *) PG_GETARG_POINTER(0);
	AddAll(rows, (ScoredRows *) PG_GETARG_POINTER(1));
	PG_RETURN_POINTER(rows);
}

/* One worker's rows travel in one value */
PG_FUNCTION_INFO_V1(drift_scored_serialize);
Datum
drift_scored_serialize(PG_FUNCTION_ARGS)
{
	ScoredRows *rows = (ScoredRows *) PG_GETARG_POINTER(0);
	Size map = rows->has_map ? VARSIZE(DatumGetPointer(rows->calibration.datum)) : 0;
	Size length = 4 * sizeof(int64) + (rows->n[0] + rows->n[1]) * sizeof(uint64) + map;
	SortedKeys *side = palloc(2 * sizeof(SortedKeys));
	bytea *bytes;
	char *to;

	if (!AllocSizeIsValid(length + VARHDRSZ))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a parallel worker has more scores than it can send"),
				 errdetail("It has %lld.", (long long) (rows->n[0] + rows->n[1])),
				 errhint("Set max_parallel_workers_per_gather to 0.")));
	bytes = palloc(length + VARHDRSZ);
	SET_VARSIZE(bytes, length + VARHDRSZ);
	to = VARDATA(bytes);
	memcpy(to, rows->n, sizeof(rows->n));
	memcpy(to + sizeof(rows->n), rows->predicted, sizeof(rows->predicted));
	to += sizeof(rows->n) + sizeof(rows->predicted);
	if (rows->spilled)
		OpenScoredRows(rows, side);
	for (int i = 0; i < 2; i++)
	{
		if (!rows->spilled && rows->n[i] > 0)
			memcpy(to, rows->keys[i], rows->n[i] * sizeof(uint64));
		for (int64 k = 0; rows->spilled && k < rows->n[i]; k++)
		{
			uint64 key = KeyAt(&side[i], k);

			memcpy(to + k * sizeof(uint64), &key, sizeof(uint64));
		}
		to += rows->n[i] * sizeof(uint64);
	}
	if (map > 0)
		memcpy(to, DatumGetPointer(rows->calibration.datum), map);
	PG_RETURN_BYTEA_P(bytes);
}

PG_FUNCTION_INFO_V1(drift_scored_deserialize);
Datum
drift_scored_deserialize(PG_FUNCTION_ARGS)
{
	bytea *bytes = PG_GETARG_BYTEA_PP(0);
	Size length = VARSIZE_ANY_EXHDR(bytes);
	const char *from = VARDATA_ANY(bytes);
	ScoredRows *rows = palloc0(sizeof(ScoredRows));
	Size used = 4 * sizeof(int64);

	rows->context = CurrentMemoryContext;
	memcpy(rows->n, from, sizeof(rows->n));
	memcpy(rows->predicted, from + sizeof(rows->n), sizeof(rows->predicted));
	for (int i = 0; i < 2; i++)
	{
		Size size = rows->n[i] * sizeof(uint64);

		rows->keys[i] = MemoryContextAllocHuge(CurrentMemoryContext, Max(size, 1));
		memcpy(rows->keys[i], from + used, size);
		rows->capacity[i] = rows->n[i];
		used += size;
	}
	if (used < length)
	{
		struct varlena *map = palloc(length - used);

		memcpy(map, from + used, length - used);
		rows->has_map = true;
		rows->calibration = ReadCalibrationMap(PointerGetDatum(map));
	}
	PG_RETURN_POINTER(rows);
}
