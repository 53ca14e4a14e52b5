/*
 * multiclass.c
 *		Predictions of classes: what their aggregates count.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"
#include "pg/multiclass.h"
#include "pg/weight.h"

#define FIRST_CAPACITY 8

/* ------------------------------------------------------------------------
 * Arguments
 * ------------------------------------------------------------------------ */

static DriftAverage
AverageOfName(const char *name)
{
	static const char *const names[] = {
		[DRIFT_MACRO] = "macro", [DRIFT_MICRO] = "micro", [DRIFT_WEIGHTED] = "weighted"};

	for (int average = 0; average < lengthof(names); average++)
		if (strcmp(name, names[average]) == 0)
			return average;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there is no average named \"%s\"", name),
					errhint("Use macro, micro or weighted.")));
}

void
KeepAverage(const text *name, MemoryContext context, AverageArgument *average)
{
	if (name == NULL || average->given)
		RefuseArgument("average");
	average->value = AverageOfName(text_to_cstring(name));
	average->name = MemoryContextAlloc(context, VARSIZE_ANY(name));
	memcpy(average->name, name, VARSIZE_ANY(name));
	average->given = true;
}

static inline void
TakeBeta(FunctionCallInfo fcinfo, int number, MulticlassState *state)
{
	double beta = PG_ARGISNULL(number) ? 0 : PG_GETARG_FLOAT8(number);

	if (unlikely(!(beta > 0 && isfinite(beta))))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("beta must be a number above 0"),
						errhint("Recall counts beta times as much as precision.")));
	if (unlikely(state->beta != 0 && beta != state->beta))
		RefuseArgument("beta");
	state->beta = beta;
}

/* ------------------------------------------------------------------------
 * State
 * ------------------------------------------------------------------------ */

static MulticlassState *
CreateState(MemoryContext context, bool with_cells)
{
	MulticlassState *state = MemoryContextAllocZero(context, sizeof(MulticlassState));

	state->context = context;
	state->codes = CategoryCodesCreate(context);
	if (with_cells)
		state->cells = ConfusionCellsCreate(context);
	return state;
}

static void
GrowClasses(MulticlassState *state)
{
	int64 capacity = Max(FIRST_CAPACITY, 2 * state->capacity);
	Size size = sizeof(ClassCounts) * capacity;

	state->classes = state->classes ? repalloc_huge(state->classes, size) : MemoryContextAlloc(state->context, size);
	memset(state->classes + state->capacity, 0, sizeof(ClassCounts) * (capacity - state->capacity));
	state->capacity = capacity;
}

static inline uint32
CodeOf(MulticlassState *state, const CategoryBytes *category)
{
	uint64 code = CategoryCode(state->codes, category);

	if (unlikely(code >= state->capacity))
		GrowClasses(state);
	return code;
}

static inline void
AddRow(ClassRows *count, bool weighted, double weight)
{
	count->rows++;
	if (weighted)
		drift_sum_add(&count->weight, weight);
}

static inline void
AddPair(MulticlassState *state, uint32 prediction, uint32 actual, double weight)
{
	bool weighted = state->weighted;

	AddRow(&state->classes[prediction].predicted, weighted, weight);
	AddRow(&state->classes[actual].actual, weighted, weight);
	if (prediction == actual)
		AddRow(&state->classes[actual].hits, weighted, weight);
	if (state->cells)
		AddRow(ConfusionCellOf(state->cells, prediction, actual), weighted, weight);
	state->n++;
}

/* Get the code of the class of a value that is passed by value, which is never missing */
static inline uint32
CodeOfValue(MulticlassState *state, const ClassReaders *readers, int side, Datum value)
{
	RecentCode *recent = &state->recent[side][value % RECENT_CODES];
	ClassText text;

	if (unlikely(recent->value != value || recent->code_above == 0))
	{
		ReadClass(readers->of[side], value, &text);
		*recent = (RecentCode){value, CodeOf(state, &text.category) + 1};
	}
	return recent->code_above - 1;
}

/* Count a row of classes that are read as text */
static void
AddTexts(MulticlassState *state, const ClassReaders *readers, Datum predicted, Datum is, double weight)
{
	ClassText prediction;
	ClassText actual;
	uint32 predicted_code;
	uint32 code;

	/* a class whose partner is missing is none */
	if (!ReadClass(readers->of[0], predicted, &prediction) || !ReadClass(readers->of[1], is, &actual))
		return;
	code = predicted_code = CodeOf(state, &prediction.category);
	if (prediction.category.length != actual.category.length ||
		memcmp(prediction.category.bytes, actual.category.bytes, actual.category.length) != 0)
		code = CodeOf(state, &actual.category);
	AddPair(state, predicted_code, code, weight);
}

/* Count the row of the arguments 1 and 2 */
static inline void
AddArguments(FunctionCallInfo fcinfo, MulticlassState *state, double weight)
{
	const ClassReaders *readers = ClassReadersOf(fcinfo);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return;
	if (readers->by_value)
	{
		uint32 prediction = CodeOfValue(state, readers, 0, PG_GETARG_DATUM(1));
		uint32 actual = CodeOfValue(state, readers, 1, PG_GETARG_DATUM(2));

		AddPair(state, prediction, actual, weight);
	}
	else
		AddTexts(state, readers, PG_GETARG_DATUM(1), PG_GETARG_DATUM(2), weight);
}

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

static inline MulticlassState *
StateOf(FunctionCallInfo fcinfo, bool with_cells)
{
	MulticlassState *state;

	if (likely(!PG_ARGISNULL(0)))
		return (MulticlassState *) PG_GETARG_POINTER(0);
	state = CreateState(AggregateContext(fcinfo), with_cells);
	/* types that are no classes are an error even where all rows are left out */
	ClassReadersOf(fcinfo);
	return state;
}

/* Count a row whose weight, if the function takes one, is the argument of that number */
static inline Datum
Accumulate(FunctionCallInfo fcinfo, MulticlassState *state, int weight_number)
{
	double weight = 1;

	state->weighted = PG_NARGS() > weight_number;
	if (!state->weighted || ReadWeight(fcinfo, weight_number, &weight))
		AddArguments(fcinfo, state, weight);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_multiclass_accum);
Datum
drift_multiclass_accum(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, StateOf(fcinfo, false), 3);
}

PG_FUNCTION_INFO_V1(drift_confusion_matrix_accum);
Datum
drift_confusion_matrix_accum(PG_FUNCTION_ARGS)
{
	return Accumulate(fcinfo, StateOf(fcinfo, true), 3);
}

/* (prediction, actual, average [, weight]) */
PG_FUNCTION_INFO_V1(drift_multiclass_average_accum);
Datum
drift_multiclass_average_accum(PG_FUNCTION_ARGS)
{
	MulticlassState *state = StateOf(fcinfo, false);

	TakeAverage(fcinfo, 3, state->context, &state->average);
	return Accumulate(fcinfo, state, 4);
}

/* (prediction, actual, beta, average [, weight]) */
PG_FUNCTION_INFO_V1(drift_multiclass_f_beta_accum);
Datum
drift_multiclass_f_beta_accum(PG_FUNCTION_ARGS)
{
	MulticlassState *state = StateOf(fcinfo, false);

	TakeBeta(fcinfo, 3, state);
	TakeAverage(fcinfo, 4, state->context, &state->average);
	return Accumulate(fcinfo, state, 5);
}

/* ------------------------------------------------------------------------
 * Parallel plans
 * ------------------------------------------------------------------------ */

static void
MergeRows(ClassRows *rows, const ClassRows *other)
{
	rows->rows += other->rows;
	drift_sum_merge(&rows->weight, &other->weight);
}

static void
MergeCells(MulticlassState *state, const MulticlassState *other, const uint32 *code_of)
{
	int64 count = ConfusionCellsCount(other->cells);
	ConfusionCell *cells = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ConfusionCell) * Max(count, 1));

	ConfusionCellsList(other->cells, cells);
	for (int64 i = 0; i < count; i++)
		MergeRows(ConfusionCellOf(state->cells, code_of[cells[i].prediction], code_of[cells[i].actual]),
				  &cells[i].count);
	pfree(cells);
}

static void
MergeStates(MulticlassState *state, const MulticlassState *other)
{
	int64 count = CategoryCodesCount(other->codes);
	CategoryBytes *labels = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(CategoryBytes) * Max(count, 1));
	uint32 *code_of = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * Max(count, 1));

	CategoryCodesLabels(other->codes, labels);
	for (int64 i = 0; i < count; i++)
	{
		code_of[i] = CodeOf(state, &labels[i]);
		MergeRows(&state->classes[code_of[i]].hits, &other->classes[i].hits);
		MergeRows(&state->classes[code_of[i]].predicted, &other->classes[i].predicted);
		MergeRows(&state->classes[code_of[i]].actual, &other->classes[i].actual);
	}
	if (state->cells)
		MergeCells(state, other, code_of);
	state->n += other->n;
	pfree(code_of);
	pfree(labels);
}

static void
TakeConstants(MulticlassState *state, const MulticlassState *other)
{
	state->weighted = other->weighted;
	state->average.given = other->average.given;
	state->average.value = other->average.value;
	state->beta = other->beta;
}

PG_FUNCTION_INFO_V1(drift_multiclass_combine);
Datum
drift_multiclass_combine(PG_FUNCTION_ARGS)
{
	const MulticlassState *other = PG_ARGISNULL(1) ? NULL : (MulticlassState *) PG_GETARG_POINTER(1);
	MulticlassState *state = PG_ARGISNULL(0) ? NULL : (MulticlassState *) PG_GETARG_POINTER(0);

	if (other == NULL && state == NULL)
		PG_RETURN_NULL();
	if (other == NULL)
		PG_RETURN_POINTER(state);
	if (state == NULL)
		state = CreateState(AggregateContext(fcinfo), other->cells != NULL);
	TakeConstants(state, other);
	MergeStates(state, other);
	PG_RETURN_POINTER(state);
}

static void
SendRows(StringInfo bytes, const ClassRows *rows)
{
	pq_sendint64(bytes, rows->rows);
	pq_sendfloat8(bytes, rows->weight.high);
	pq_sendfloat8(bytes, rows->weight.low);
}

static void
ReceiveRows(StringInfo bytes, ClassRows *rows)
{
	rows->rows = pq_getmsgint64(bytes);
	rows->weight.high = pq_getmsgfloat8(bytes);
	rows->weight.low = pq_getmsgfloat8(bytes);
}

static void
SendClasses(StringInfo bytes, const MulticlassState *state)
{
	int64 count = CategoryCodesCount(state->codes);
	CategoryBytes *labels = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(CategoryBytes) * Max(count, 1));

	CategoryCodesLabels(state->codes, labels);
	pq_sendint64(bytes, count);
	for (int64 i = 0; i < count; i++)
	{
		pq_sendint32(bytes, labels[i].length);
		pq_sendbytes(bytes, labels[i].bytes, labels[i].length);
		SendRows(bytes, &state->classes[i].hits);
		SendRows(bytes, &state->classes[i].predicted);
		SendRows(bytes, &state->classes[i].actual);
	}
	pfree(labels);
}

static void
ReceiveClasses(StringInfo bytes, MulticlassState *state)
{
	int64 count = pq_getmsgint64(bytes);

	for (int64 i = 0; i < count; i++)
	{
		CategoryBytes label;
		ClassCounts *class;
		uint32 code;

		label.length = pq_getmsgint(bytes, 4);
		label.bytes = pq_getmsgbytes(bytes, label.length);
		code = CodeOf(state, &label);
		class = &state->classes[code];
		ReceiveRows(bytes, &class->hits);
		ReceiveRows(bytes, &class->predicted);
		ReceiveRows(bytes, &class->actual);
	}
}

static void
SendCells(StringInfo bytes, const MulticlassState *state)
{
	int64 count = state->cells ? ConfusionCellsCount(state->cells) : 0;
	ConfusionCell *cells = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ConfusionCell) * Max(count, 1));

	if (count > 0)
		ConfusionCellsList(state->cells, cells);
	pq_sendint64(bytes, count);
	for (int64 i = 0; i < count; i++)
	{
		pq_sendint32(bytes, cells[i].prediction);
		pq_sendint32(bytes, cells[i].actual);
		SendRows(bytes, &cells[i].count);
	}
	pfree(cells);
}

static void
ReceiveCells(StringInfo bytes, MulticlassState *state)
{
	int64 count = pq_getmsgint64(bytes);

	for (int64 i = 0; i < count; i++)
	{
		uint32 prediction = pq_getmsgint(bytes, 4);
		uint32 actual = pq_getmsgint(bytes, 4);

		ReceiveRows(bytes, ConfusionCellOf(state->cells, prediction, actual));
	}
}

PG_FUNCTION_INFO_V1(drift_multiclass_serialize);
Datum
drift_multiclass_serialize(PG_FUNCTION_ARGS)
{
	const MulticlassState *state = (const MulticlassState *) PG_GETARG_POINTER(0);
	StringInfoData bytes;

	pq_begintypsend(&bytes);
	pq_sendbyte(&bytes, state->cells != NULL);
	pq_sendbyte(&bytes, state->weighted);
	pq_sendbyte(&bytes, state->average.given);
	pq_sendbyte(&bytes, state->average.value);
	pq_sendfloat8(&bytes, state->beta);
	pq_sendint64(&bytes, state->n);
	SendClasses(&bytes, state);
	SendCells(&bytes, state);
	PG_RETURN_BYTEA_P(pq_endtypsend(&bytes));
}

PG_FUNCTION_INFO_V1(drift_multiclass_deserialize);
Datum
drift_multiclass_deserialize(PG_FUNCTION_ARGS)
{
	bytea *serialized = PG_GETARG_BYTEA_PP(0);
	StringInfoData bytes;
	MulticlassState *state;

	initStringInfo(&bytes);
	appendBinaryStringInfo(&bytes, VARDATA_ANY(serialized), VARSIZE_ANY_EXHDR(serialized));
	state = CreateState(CurrentMemoryContext, pq_getmsgbyte(&bytes) != 0);
	state->weighted = pq_getmsgbyte(&bytes) != 0;
	state->average.given = pq_getmsgbyte(&bytes) != 0;
	state->average.value = pq_getmsgbyte(&bytes);
	state->beta = pq_getmsgfloat8(&bytes);
	state->n = pq_getmsgint64(&bytes);
	ReceiveClasses(&bytes, state);
	ReceiveCells(&bytes, state);
	pq_getmsgend(&bytes);
	PG_RETURN_POINTER(state);
}
