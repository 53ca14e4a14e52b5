/*
 * composite.h
 *		Rows that functions return: one, or an array of them.
 */
#ifndef DRIFT_PG_COMPOSITE_H
#define DRIFT_PG_COMPOSITE_H

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* The row type that a function returns, of columns that its code counts on. */
static inline TupleDesc
ReturnedRowType(FunctionCallInfo fcinfo, int columns)
{
	TupleDesc type;

	if (get_call_result_type(fcinfo, NULL, &type) != TYPEFUNC_COMPOSITE || type->natts != columns)
		elog(ERROR, "unexpected result type of function %u", fcinfo->flinfo->fn_oid);
	return BlessTupleDesc(type);
}

/* The row type of the elements, where it returns an array of rows. */
static inline TupleDesc
ReturnedElementType(FunctionCallInfo fcinfo, int columns)
{
	Oid element = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));
	TupleDesc type = lookup_rowtype_tupdesc_copy(element, -1);

	if (type->natts != columns)
		elog(ERROR, "unexpected result type of function %u", fcinfo->flinfo->fn_oid);
	return BlessTupleDesc(type);
}

static inline Datum
RowDatum(TupleDesc type, Datum *values, bool *nulls)
{
	return HeapTupleGetDatum(heap_form_tuple(type, values, nulls));
}

static inline Datum
RowsDatum(TupleDesc type, Datum *rows, int count)
{
	return PointerGetDatum(construct_array(rows, count, type->tdtypeid, -1, false, TYPALIGN_DOUBLE));
}

/* A number as column of a row; NaN is NULL. */
static inline Datum
NumberColumn(double number, bool *isnull)
{
	*isnull = isnan(number);
	return Float8GetDatum(number);
}

static inline void
NumberField(Datum *values, bool *nulls, int column, double number)
{
	values[column] = NumberColumn(number, &nulls[column]);
}

/* An array of rows whose number is not known before */
typedef struct RowArray
{
	TupleDesc type;
	ArrayBuildState *rows;
} RowArray;

static inline RowArray
BeginRowArray(FunctionCallInfo fcinfo, int columns)
{
	RowArray array = {.type = ReturnedElementType(fcinfo, columns)};

	array.rows = initArrayResult(array.type->tdtypeid, CurrentMemoryContext, true);
	return array;
}

static inline void
AddToRowArray(RowArray *array, Datum *values, bool *nulls)
{
	HeapTuple tuple = heap_form_tuple(array->type, values, nulls);

	accumArrayResult(array->rows, HeapTupleGetDatum(tuple), false, array->type->tdtypeid, CurrentMemoryContext);
	heap_freetuple(tuple);
}

static inline Datum
RowArrayDatum(const RowArray *array)
{
	return makeArrayResult(array->rows, CurrentMemoryContext);
}

/* A number as result; NaN is NULL. */
static inline Datum
NumberResult(FunctionCallInfo fcinfo, double number)
{
	fcinfo->isnull = isnan(number);
	return Float8GetDatum(number);
}

#endif
