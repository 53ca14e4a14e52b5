/*
 * constant_argument.h
 *		Arguments of aggregates that must be the same for all rows.
 *
 * A call with fewer arguments has the default. The first row's argument is
 * checked and kept by the state; that of every row is compared with it.
 */
#ifndef DRIFT_PG_CONSTANT_ARGUMENT_H
#define DRIFT_PG_CONSTANT_ARGUMENT_H

#include "fmgr.h"

#define DEFAULT_CONFIDENCE 0.95

/* A confidence level, between 0 and 1 */
extern float8 ConfidenceArgument(FunctionCallInfo fcinfo, int number);

/* Raise the error of a confidence level that is none */
extern void CheckConfidence(float8 confidence);

/* A whole number within limits */
extern int32 CountArgument(FunctionCallInfo fcinfo, int number, const char *name, int32 missing, int32 low, int32 high);

/* The seed of a generator */
extern int64 SeedArgument(FunctionCallInfo fcinfo, int number);

/* Raise the error of an argument that is NULL or not that of the rows before */
pg_noreturn extern void RefuseArgument(const char *name);

static inline void
CheckSameFloat8(FunctionCallInfo fcinfo, int number, const char *name, float8 value)
{
	if (PG_NARGS() > number && unlikely(PG_ARGISNULL(number) || PG_GETARG_FLOAT8(number) != value))
		RefuseArgument(name);
}

static inline void
CheckSameInt32(FunctionCallInfo fcinfo, int number, const char *name, int32 value)
{
	if (PG_NARGS() > number && unlikely(PG_ARGISNULL(number) || PG_GETARG_INT32(number) != value))
		RefuseArgument(name);
}

static inline void
CheckSameInt64(FunctionCallInfo fcinfo, int number, const char *name, int64 value)
{
	if (PG_NARGS() > number && unlikely(PG_ARGISNULL(number) || PG_GETARG_INT64(number) != value))
		RefuseArgument(name);
}

#endif
