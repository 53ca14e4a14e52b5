/*
 * weight.h
 *		Weights of rows.
 */
#ifndef DRIFT_PG_WEIGHT_H
#define DRIFT_PG_WEIGHT_H

#include <math.h>

#include "fmgr.h"

#include "compat.h"

/* Gets an argument that is a weight; false when it leaves the row out: NULL, NaN or 0. Negative or infinite: error 22023. */
static inline bool
ReadWeight(FunctionCallInfo fcinfo, int number, double *weight)
{
	if (PG_ARGISNULL(number))
		return false;
	*weight = PG_GETARG_FLOAT8(number);
	if (unlikely(*weight < 0 || isinf(*weight)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("weights must be finite and not negative"),
						errdetail("A weight is %g.", *weight)));
	return *weight > 0;
}

#endif
