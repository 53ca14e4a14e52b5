/*
 * multiclass_auc.c
 *		Areas under the ROC curve of several classes, each against the rest.
 *
 * Each class has a store of pairs, the key of its score and the weight of the
 * row, whose sign says whether the row is of the class.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/class_probabilities.h"
#include "pg/composite.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"
#include "pg/multiclass.h"
#include "pg/pair_store.h"
#include "stats/binary_separation.h"
#include "stats/sample.h"

#define MAX_CLASSES 10000

typedef struct AreaState
{
	MemoryContext context;
	int classes;
	AverageArgument average;
	double *areas;       /* once for all statistics of the state */
	DriftSum *positives; /* weight of the rows of each class */
	DriftSum total;      /* of all rows */
	PairStore stores[FLEXIBLE_ARRAY_MEMBER];
} AreaState;

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

static void
ReleaseFiles(Datum arg)
{
	AreaState *state = (AreaState *) DatumGetPointer(arg);

	for (int i = 0; i < state->classes; i++)
		ClosePairs(&state->stores[i]);
}

static AreaState *
CreateAreas(MemoryContext context, int classes)
{
	AreaState *state;

	if (classes > MAX_CLASSES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("there can be at most %d classes", MAX_CLASSES),
						errdetail("There are %d.", classes)));
	state = MemoryContextAllocZero(context, offsetof(AreaState, stores) + classes * sizeof(PairStore));
	state->context = context;
	state->classes = classes;
	state->positives = MemoryContextAllocZero(context, sizeof(DriftSum) * classes);
	for (int i = 0; i < classes; i++)
		state->stores[i] = (PairStore){.context = context, .stores = classes};
	return state;
}

static void
AddRow(AreaState *state, const ClassScores *row)
{
	if (row->classes != state->classes)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("all rows must have scores of as many classes"),
				 errdetail("One has %d, one %d.", state->classes, row->classes)));
	for (int i = 0; i < row->classes; i++)
		AddPair(&state->stores[i], ~drift_key_of(row->scores[i]),
				WeightBits(i == row->actual ? row->weight : -row->weight));
	drift_sum_add(&state->positives[row->actual], row->weight);
	drift_sum_add(&state->total, row->weight);
}

/* Take a row whose average and weight, where the function takes them, are the arguments of those numbers */
static inline Datum
Accumulate(FunctionCallInfo fcinfo, bool labelled, int average)
{
	AreaState *state = PG_ARGISNULL(0) ? NULL : (AreaState *) PG_GETARG_POINTER(0);
	ClassScores row;

	if (!ReadClassScores(fcinfo, labelled, average + 1, &row))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
	{
		state = CreateAreas(AggregateContext(fcinfo), row.classes);
		AggRegisterCallback(fcinfo, ReleaseFiles, PointerGetDatum(state));
	}
	if (PG_NARGS() > average)
		TakeAverage(fcinfo, average, state->context, &state->average);
	if (state->average.value == DRIFT_MICRO)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there is no micro average of areas of one class against the rest"),
						errhint("Use macro or weighted.")));
	AddRow(state, &row);
	PG_RETURN_POINTER(state);
}

/* (scores, actual [, average [, weight]]) */
PG_FUNCTION_INFO_V1(drift_multiclass_auc_accum);
Datum
drift_multiclass_auc_accum(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, false, 3);
}

/* (scores, actual, classes [, average [, weight]]) */
PG_FUNCTION_INFO_V1(drift_multiclass_auc_labels_accum);
Datum
drift_multiclass_auc_labels_accum(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, true, 4);
}

/* ------------------------------------------------------------------------
 * Parallel plans
 * ------------------------------------------------------------------------ */

static int64
RowsOf(const AreaState *state)
{
	return state->stores[0].n;
}

PG_FUNCTION_INFO_V1(drift_multiclass_auc_combine);
Datum
drift_multiclass_auc_combine(PG_FUNCTION_ARGS)
{
	AreaState *other = PG_ARGISNULL(1) ? NULL : (AreaState *) PG_GETARG_POINTER(1);
	AreaState *state = PG_ARGISNULL(0) ? NULL : (AreaState *) PG_GETARG_POINTER(0);

	if (other == NULL && state == NULL)
		PG_RETURN_NULL();
	if (other == NULL)
		PG_RETURN_POINTER(state);
	if (state == NULL)
	{
		state = CreateAreas(AggregateContext(fcinfo), other->classes);
		AggRegisterCallback(fcinfo, ReleaseFiles, PointerGetDatum(state));
		state->average.given = other->average.given;
		state->average.value = other->average.value;
	}
	if (state->classes != other->classes)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("all rows must have scores of as many classes"),
				 errdetail("One has %d, one %d.", state->classes, other->classes)));
	for (int i = 0; i < state->classes; i++)
	{
		PairScan scan = ScanPairs(&other->stores[i]);
		uint64 pair[2];

		while (NextPair(&scan, pair))
			AddPair(&state->stores[i], pair[0], pair[1]);
		ClosePairs(&other->stores[i]);
		drift_sum_merge(&state->positives[i], &other->positives[i]);
	}
	drift_sum_merge(&state->total, &other->total);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_multiclass_auc_serialize);
Datum
drift_multiclass_auc_serialize(PG_FUNCTION_ARGS)
{
	AreaState *state = (AreaState *) PG_GETARG_POINTER(0);
	int64 pairs = RowsOf(state) * state->classes;
	StringInfoData bytes;

	if (pairs > MaxAllocSize / 4 / (int64) sizeof(uint64))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many rows of a parallel worker"),
						errdetail("It has " INT64_FORMAT " scores to hand over at once.", pairs),
						errhint("SET max_parallel_workers_per_gather = 0 for this query.")));
	pq_begintypsend(&bytes);
	pq_sendint32(&bytes, state->classes);
	pq_sendbyte(&bytes, state->average.given);
	pq_sendbyte(&bytes, state->average.value);
	pq_sendint64(&bytes, RowsOf(state));
	pq_sendbytes(&bytes, (const char *) &state->total, sizeof(DriftSum));
	pq_sendbytes(&bytes, (const char *) state->positives, sizeof(DriftSum) * state->classes);
	for (int i = 0; i < state->classes; i++)
	{
		PairScan scan = ScanPairs(&state->stores[i]);
		uint64 pair[2];

		while (NextPair(&scan, pair))
			pq_sendbytes(&bytes, (const char *) pair, sizeof(pair));
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&bytes));
}

PG_FUNCTION_INFO_V1(drift_multiclass_auc_deserialize);
Datum
drift_multiclass_auc_deserialize(PG_FUNCTION_ARGS)
{
	bytea *serialized = PG_GETARG_BYTEA_PP(0);
	StringInfoData bytes;
	AreaState *state;
	int64 n;

	initStringInfo(&bytes);
	appendBinaryStringInfo(&bytes, VARDATA_ANY(serialized), VARSIZE_ANY_EXHDR(serialized));
	state = CreateAreas(CurrentMemoryContext, pq_getmsgint(&bytes, 4));
	state->average.given = pq_getmsgbyte(&bytes) != 0;
	state->average.value = pq_getmsgbyte(&bytes);
	n = pq_getmsgint64(&bytes);
	pq_copymsgbytes(&bytes, (char *) &state->total, sizeof(DriftSum));
	pq_copymsgbytes(&bytes, (char *) state->positives, sizeof(DriftSum) * state->classes);
	for (int i = 0; i < state->classes; i++)
		for (int64 row = 0; row < n; row++)
		{
			uint64 pair[2];

			pq_copymsgbytes(&bytes, (char *) pair, sizeof(pair));
			AddPair(&state->stores[i], pair[0], pair[1]);
		}
	pq_getmsgend(&bytes);
	PG_RETURN_POINTER(state);
}

/* ------------------------------------------------------------------------
 * Areas
 * ------------------------------------------------------------------------ */

static void
AddWeight(double rows[2], uint64 bits)
{
	double weight = WeightOfBits(bits);

	rows[weight > 0] += fabs(weight);
}

static void
ReadInMemory(const PairStore *pairs, DriftSeparation *separation)
{
	int64 n = pairs->n;
	uint64 *order = MemoryContextAllocHuge(CurrentMemoryContext, 2 * sizeof(uint64) * Max(n, 1));
	int64 end;

	drift_sort_rows(pairs->keys[0], n, order, order + n, LabelledPoll);
	for (int64 first = 0; first < n; first = end)
	{
		double rows[2] = {0, 0};

		CHECK_FOR_INTERRUPTS();
		end = drift_group_end(pairs->keys[0], order, first, n);
		for (int64 i = first; i < end; i++)
			AddWeight(rows, pairs->keys[1][drift_row_of(order[i])]);
		drift_separation_step(separation, rows[1], rows[0]);
	}
	pfree(order);
}

static void
ReadFromFile(PairStore *pairs, DriftSeparation *separation)
{
	Tuplesortstate *sort = SortPairs(pairs, TUPLESORT_NONE, 1);
	double rows[2] = {0, 0};
	uint64 key = 0;
	uint64 pair[2];

	for (int64 i = 0; i < pairs->n && GetPair(sort, pair); i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (i > 0 && pair[0] != key)
		{
			drift_separation_step(separation, rows[1], rows[0]);
			rows[0] = rows[1] = 0;
		}
		key = pair[0];
		AddWeight(rows, pair[1]);
	}
	drift_separation_step(separation, rows[1], rows[0]);
	tuplesort_end(sort);
}

static double
AreaOf(AreaState *state, int class)
{
	double positives = drift_sum_total(&state->positives[class]);
	double total = drift_sum_total(&state->total);
	DriftSum negatives = state->total;
	DriftSeparation separation;

	if (positives == 0 || positives == total)
		return NAN;
	drift_sum_add(&negatives, -state->positives[class].high);
	negatives.low -= state->positives[class].low;
	drift_separation_init(&separation, positives, drift_sum_total(&negatives));
	if (state->stores[class].file)
		ReadFromFile(&state->stores[class], &separation);
	else
		ReadInMemory(&state->stores[class], &separation);
	return drift_separation_auc(&separation);
}

/* The areas of all classes; NULL without rows */
static const double *
AreasOf(AreaState *state)
{
	if (state && state->areas == NULL)
	{
		double *areas = MemoryContextAlloc(state->context, sizeof(double) * state->classes);

		for (int i = 0; i < state->classes; i++)
			areas[i] = AreaOf(state, i);
		state->areas = areas;
	}
	return state ? state->areas : NULL;
}

/* Average the areas; a class without rows is without weight, but leaves no mean of all classes */
PG_FUNCTION_INFO_V1(drift_multiclass_auc_final);
Datum
drift_multiclass_auc_final(PG_FUNCTION_ARGS)
{
	AreaState *state = PG_ARGISNULL(0) ? NULL : (AreaState *) PG_GETARG_POINTER(0);
	const double *areas = AreasOf(state);
	DriftSum sum = {0};

	if (areas == NULL)
		PG_RETURN_NULL();
	for (int i = 0; i < state->classes; i++)
	{
		double positives = drift_sum_total(&state->positives[i]);

		if (state->average.value == DRIFT_MACRO)
			drift_sum_add(&sum, areas[i]);
		else if (positives > 0)
			drift_sum_add_product(&sum, areas[i], positives);
	}
	return NumberResult(
		fcinfo,
		drift_sum_over(&sum, state->average.value == DRIFT_MACRO ? state->classes : drift_sum_total(&state->total)));
}

PG_FUNCTION_INFO_V1(drift_class_auc_final);
Datum
drift_class_auc_final(PG_FUNCTION_ARGS)
{
	AreaState *state = PG_ARGISNULL(0) ? NULL : (AreaState *) PG_GETARG_POINTER(0);
	const double *areas = AreasOf(state);
	int lower_bound = 1;
	Datum *values;
	bool *nulls;

	if (areas == NULL)
		PG_RETURN_NULL();
	values = palloc(sizeof(Datum) * state->classes);
	nulls = palloc(sizeof(bool) * state->classes);
	for (int i = 0; i < state->classes; i++)
		NumberField(values, nulls, i, areas[i]);
	PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, 1, &state->classes, &lower_bound, FLOAT8OID, sizeof(float8),
											 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
