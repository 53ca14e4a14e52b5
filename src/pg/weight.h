/*
 * weight.h
 *		Weights of rows.
 */
#ifndef DRIFT_PG_WEIGHT_H
#define DRIFT_PG_WEIGHT_H

#include "fmgr.h"

#include "pg/binary.h"

/* Gets an argument that is a weight; false when it leaves the row out: NULL, NaN or 0. Negative or infinite: error 22023. */
static inline bool
ReadWeight(FunctionCallInfo fcinfo, int number, double *weight)
{
	return BinaryWeight(fcinfo, number, weight) && *weight > 0;
}

#endif
