/*
 * array_argument.h
 *		Arrays of numbers as arguments and results.
 */
#ifndef DRIFT_PG_ARRAY_ARGUMENT_H
#define DRIFT_PG_ARRAY_ARGUMENT_H

#include "fmgr.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

/* The numbers of an array of one dimension, or none, in place; an error for elements that are NULL. */
static inline void *
ArrayNumbers(ArrayType *array, uint32 *n)
{
	if (ARR_NDIM(array) > 1 || ARR_HASNULL(array))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("an array of numbers must have one dimension and no NULL element")));
	*n = ARR_NDIM(array) == 0 ? 0 : (uint32) ARR_DIMS(array)[0];
	return ARR_DATA_PTR(array);
}

/* An array of n numbers, copied from there. */
static inline Datum
MakeNumberArray(const void *numbers, int n, Oid type, int size)
{
	Size bytes = ARR_OVERHEAD_NONULLS(1) + (Size) n * size;
	ArrayType *array;

	if (n == 0)
		return PointerGetDatum(construct_empty_array(type));
	array = palloc0(bytes);
	SET_VARSIZE(array, bytes);
	array->ndim = 1;
	array->elemtype = type;
	ARR_DIMS(array)[0] = n;
	ARR_LBOUND(array)[0] = 1;
	memcpy(ARR_DATA_PTR(array), numbers, (Size) n * size);
	return PointerGetDatum(array);
}

static inline Datum
MakeFloat8Array(const double *numbers, int n)
{
	return MakeNumberArray(numbers, n, FLOAT8OID, sizeof(double));
}

static inline Datum
MakeInt8Array(const int64 *numbers, int n)
{
	return MakeNumberArray(numbers, n, INT8OID, sizeof(int64));
}

static inline Datum
MakeInt4Array(const int32 *numbers, int n)
{
	return MakeNumberArray(numbers, n, INT4OID, sizeof(int32));
}

#endif
