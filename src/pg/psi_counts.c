/*
 * psi_counts.c
 *		Population stability index of counts or shares that a query already has.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"

/* Read an array of counts or shares as shares of its sum */
static double *
SharesOf(ArrayType *array, const char *name, int *count)
{
	Datum *elements;
	bool *nulls;
	double *shares;
	double sum = 0;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must be a one-dimensional array", name)));
	deconstruct_array(array, NUMERICOID, -1, false, TYPALIGN_INT, &elements, &nulls, count);
	shares = palloc(sizeof(double) * Max(*count, 1));
	for (int i = 0; i < *count; i++)
	{
		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not contain NULL", name),
							errdetail("Element %d is NULL.", i + 1)));
		shares[i] = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, elements[i]));
		if (!(shares[i] >= 0) || isinf(shares[i]))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must contain counts or shares", name),
							errdetail("Element %d is %s.", i + 1,
									  DatumGetCString(DirectFunctionCall1(numeric_out, elements[i])))));
		sum += shares[i];
	}
	if (!(sum > 0) || isinf(sum))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must have a positive finite sum", name)));
	for (int i = 0; i < *count; i++)
		shares[i] /= sum;
	return shares;
}

PG_FUNCTION_INFO_V1(drift_psi_counts);
Datum
drift_psi_counts(PG_FUNCTION_ARGS)
{
	double floor = PG_GETARG_FLOAT8(2);
	int expected_count;
	int actual_count;
	double *expected = SharesOf(PG_GETARG_ARRAYTYPE_P(0), "expected", &expected_count);
	double *actual = SharesOf(PG_GETARG_ARRAYTYPE_P(1), "actual", &actual_count);
	double psi = 0;

	if (expected_count != actual_count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("expected and actual must have the same length"),
				 errdetail("They have %d and %d elements.", expected_count, actual_count)));
	if (!(floor > 0 && floor < 0.5))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("floor must be greater than 0 and less than 0.5"), errdetail("It is %g.", floor)));

	for (int i = 0; i < expected_count; i++)
	{
		double p = Max(expected[i], floor);
		double q = Max(actual[i], floor);

		if (p != q)
			psi += (p - q) * log(p / q);
	}
	PG_RETURN_FLOAT8(psi);
}
