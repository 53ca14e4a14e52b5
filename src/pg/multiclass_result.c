/*
 * multiclass_result.c
 *		Predictions of classes: metrics, rows of classes and of the confusion matrix.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/composite.h"
#include "pg/multiclass.h"

/* Whole numbers of so many digits fit in 64 bits */
#define WHOLE_DIGITS 18

static double
CountOf(const MulticlassState *state, const ClassRows *count)
{
	return state->weighted ? drift_sum_total(&count->weight) : (double) count->rows;
}

static DriftClass
ClassOf(const MulticlassState *state, int64 code)
{
	const ClassCounts *counts = &state->classes[code];

	return (DriftClass){
		.hits = CountOf(state, &counts->hits),
		.predicted = CountOf(state, &counts->predicted),
		.actual = CountOf(state, &counts->actual),
	};
}

/* Sum up the classes; false without any */
static bool
SumUp(FunctionCallInfo fcinfo, DriftMulticlass *sums)
{
	const MulticlassState *state = PG_ARGISNULL(0) ? NULL : (MulticlassState *) PG_GETARG_POINTER(0);
	int64 count = state ? CategoryCodesCount(state->codes) : 0;

	if (state == NULL || state->n == 0)
		return false;
	drift_multiclass_init(sums, state->beta > 0 ? state->beta : 1);
	for (int64 i = 0; i < count; i++)
	{
		DriftClass class = ClassOf(state, i);

		drift_multiclass_add(sums, &class);
	}
	return true;
}

/* ------------------------------------------------------------------------
 * One number
 * ------------------------------------------------------------------------ */

static Datum
ReturnAverage(FunctionCallInfo fcinfo, double (*metric)(const DriftMulticlass *, DriftAverage))
{
	DriftMulticlass sums;

	if (!SumUp(fcinfo, &sums))
		PG_RETURN_NULL();
	return NumberResult(fcinfo, metric(&sums, ((MulticlassState *) PG_GETARG_POINTER(0))->average.value));
}

PG_FUNCTION_INFO_V1(drift_multiclass_precision_final);
Datum
drift_multiclass_precision_final(PG_FUNCTION_ARGS)
{
	return ReturnAverage(fcinfo, drift_multiclass_precision);
}

PG_FUNCTION_INFO_V1(drift_multiclass_recall_final);
Datum
drift_multiclass_recall_final(PG_FUNCTION_ARGS)
{
	return ReturnAverage(fcinfo, drift_multiclass_recall);
}

PG_FUNCTION_INFO_V1(drift_multiclass_f_final);
Datum
drift_multiclass_f_final(PG_FUNCTION_ARGS)
{
	return ReturnAverage(fcinfo, drift_multiclass_f);
}

/* ------------------------------------------------------------------------
 * All metrics
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_multiclass_metrics_final);
Datum
drift_multiclass_metrics_final(PG_FUNCTION_ARGS)
{
	TupleDesc type = ReturnedRowType(fcinfo, 12);
	DriftMulticlass sums;
	Datum values[12];
	bool nulls[12] = {false};

	if (!SumUp(fcinfo, &sums))
		PG_RETURN_NULL();
	values[0] = Int64GetDatum(((MulticlassState *) PG_GETARG_POINTER(0))->n);
	values[1] = Int64GetDatum(sums.classes);
	NumberField(values, nulls, 2, drift_multiclass_accuracy(&sums));
	NumberField(values, nulls, 3, drift_multiclass_balanced_accuracy(&sums));
	NumberField(values, nulls, 4, drift_multiclass_precision(&sums, DRIFT_MACRO));
	NumberField(values, nulls, 5, drift_multiclass_recall(&sums, DRIFT_MACRO));
	NumberField(values, nulls, 6, drift_multiclass_f(&sums, DRIFT_MACRO));
	NumberField(values, nulls, 7, drift_multiclass_precision(&sums, DRIFT_WEIGHTED));
	NumberField(values, nulls, 8, drift_multiclass_recall(&sums, DRIFT_WEIGHTED));
	NumberField(values, nulls, 9, drift_multiclass_f(&sums, DRIFT_WEIGHTED));
	NumberField(values, nulls, 10, drift_multiclass_mcc(&sums));
	NumberField(values, nulls, 11, drift_multiclass_kappa(&sums));
	return RowDatum(type, values, nulls);
}

/* ------------------------------------------------------------------------
 * Classes in order: whole numbers by value, then texts by their bytes
 * ------------------------------------------------------------------------ */

typedef struct SortedClass
{
	CategoryBytes label;
	uint32 code;
	bool is_whole;
	int64 number;
} SortedClass;

static bool
ReadWhole(const CategoryBytes *label, int64 *number)
{
	uint32 sign = label->length > 0 && label->bytes[0] == '-';

	*number = 0;
	if (label->length == sign || label->length - sign > WHOLE_DIGITS)
		return false;
	for (uint32 i = sign; i < label->length; i++)
	{
		if (label->bytes[i] < '0' || label->bytes[i] > '9')
			return false;
		*number = 10 * *number + (label->bytes[i] - '0');
	}
	if (sign)
		*number = -*number;
	return true;
}

static int
CompareBytes(const CategoryBytes *a, const CategoryBytes *b)
{
	int order = memcmp(a->bytes, b->bytes, Min(a->length, b->length));

	return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

static int
CompareClasses(const void *a, const void *b)
{
	const SortedClass *x = a;
	const SortedClass *y = b;

	if (x->is_whole != y->is_whole)
		return x->is_whole ? -1 : 1;
	if (x->is_whole && x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return CompareBytes(&x->label, &y->label);
}

static SortedClass *
SortClasses(const MulticlassState *state)
{
	int64 count = CategoryCodesCount(state->codes);
	CategoryBytes *labels = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(CategoryBytes) * Max(count, 1));
	SortedClass *classes = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SortedClass) * Max(count, 1));

	CategoryCodesLabels(state->codes, labels);
	for (int64 i = 0; i < count; i++)
	{
		classes[i].label = labels[i];
		classes[i].code = i;
		classes[i].is_whole = ReadWhole(&labels[i], &classes[i].number);
	}
	pfree(labels);
	qsort(classes, count, sizeof(SortedClass), CompareClasses);
	return classes;
}

static Datum
LabelDatum(const CategoryBytes *label)
{
	return PointerGetDatum(cstring_to_text_with_len(label->bytes, label->length));
}

PG_FUNCTION_INFO_V1(drift_class_metrics_final);
Datum
drift_class_metrics_final(PG_FUNCTION_ARGS)
{
	TupleDesc type = ReturnedElementType(fcinfo, 7);
	const MulticlassState *state = PG_ARGISNULL(0) ? NULL : (MulticlassState *) PG_GETARG_POINTER(0);
	int64 count = state ? CategoryCodesCount(state->codes) : 0;
	SortedClass *classes;
	Datum *rows;

	if (count == 0)
		PG_RETURN_NULL();
	classes = SortClasses(state);
	rows = palloc(sizeof(Datum) * count);
	for (int64 i = 0; i < count; i++)
	{
		const ClassCounts *counts = &state->classes[classes[i].code];
		DriftClass class = ClassOf(state, classes[i].code);
		Datum values[7];
		bool nulls[7] = {false};

		values[0] = LabelDatum(&classes[i].label);
		values[1] = Int64GetDatum(counts->actual.rows);
		values[2] = Int64GetDatum(counts->predicted.rows);
		values[3] = Int64GetDatum(counts->hits.rows);
		NumberField(values, nulls, 4, drift_class_precision(&class));
		NumberField(values, nulls, 5, drift_class_recall(&class));
		NumberField(values, nulls, 6, drift_class_f(&class, 1));
		rows[i] = RowDatum(type, values, nulls);
	}
	return RowsDatum(type, rows, count);
}

/* ------------------------------------------------------------------------
 * The confusion matrix
 * ------------------------------------------------------------------------ */

/* A cell with the places of its classes in their order in place of their codes */
static int
CompareCells(const void *a, const void *b)
{
	const ConfusionCell *x = a;
	const ConfusionCell *y = b;

	if (x->actual != y->actual)
		return x->actual < y->actual ? -1 : 1;
	return (x->prediction > y->prediction) - (x->prediction < y->prediction);
}

static ConfusionCell *
SortCells(const MulticlassState *state, const SortedClass *classes)
{
	int64 class_count = CategoryCodesCount(state->codes);
	int64 count = ConfusionCellsCount(state->cells);
	uint32 *place = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint32) * class_count);
	ConfusionCell *cells = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ConfusionCell) * count);

	for (int64 i = 0; i < class_count; i++)
		place[classes[i].code] = i;
	ConfusionCellsList(state->cells, cells);
	for (int64 i = 0; i < count; i++)
	{
		cells[i].prediction = place[cells[i].prediction];
		cells[i].actual = place[cells[i].actual];
	}
	pfree(place);
	qsort(cells, count, sizeof(ConfusionCell), CompareCells);
	return cells;
}

static double
TotalOf(const MulticlassState *state)
{
	DriftSum weight = {0};

	if (!state->weighted)
		return (double) state->n;
	for (int64 i = 0; i < CategoryCodesCount(state->codes); i++)
		drift_sum_merge(&weight, &state->classes[i].actual.weight);
	return drift_sum_total(&weight);
}

static Datum
CellRow(const MulticlassState *state, TupleDesc type, const SortedClass *classes, const ConfusionCell *cell,
		double total)
{
	const SortedClass *actual = &classes[cell->actual];
	const SortedClass *prediction = &classes[cell->prediction];
	double count = CountOf(state, &cell->count);
	Datum values[7];
	bool nulls[7] = {false};

	values[0] = LabelDatum(&actual->label);
	values[1] = LabelDatum(&prediction->label);
	values[2] = Int64GetDatum(cell->count.rows);
	NumberField(values, nulls, 3, count);
	NumberField(values, nulls, 4, count / total);
	NumberField(values, nulls, 5, count / ClassOf(state, actual->code).actual);
	NumberField(values, nulls, 6, count / ClassOf(state, prediction->code).predicted);
	return RowDatum(type, values, nulls);
}

PG_FUNCTION_INFO_V1(drift_confusion_matrix_final);
Datum
drift_confusion_matrix_final(PG_FUNCTION_ARGS)
{
	TupleDesc type = ReturnedElementType(fcinfo, 7);
	const MulticlassState *state = PG_ARGISNULL(0) ? NULL : (MulticlassState *) PG_GETARG_POINTER(0);
	int64 count = state ? ConfusionCellsCount(state->cells) : 0;
	SortedClass *classes;
	ConfusionCell *cells;
	Datum *rows;
	double total;

	if (count == 0)
		PG_RETURN_NULL();
	total = TotalOf(state);
	classes = SortClasses(state);
	cells = SortCells(state, classes);
	rows = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * count);
	for (int64 i = 0; i < count; i++)
		rows[i] = CellRow(state, type, classes, &cells[i], total);
	return RowsDatum(type, rows, count);
}
