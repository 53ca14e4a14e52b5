/*
 * largest.c
 *		The largest number of an array. A subquery that asks for it would keep the query from running in parallel.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/fmgrprotos.h"

#include "compat.h"

PG_FUNCTION_INFO_V1(drift_largest);
Datum
drift_largest(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	Datum *values;
	bool *nulls;
	int count;
	double largest = NAN;

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values, &nulls, &count);
	for (int i = 0; i < count; i++)
		if (!nulls[i] && !(DatumGetFloat8(values[i]) <= largest) && !isnan(DatumGetFloat8(values[i])))
			largest = DatumGetFloat8(values[i]);
	if (isnan(largest))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(largest);
}
