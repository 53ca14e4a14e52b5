/*
 * constant_argument.c
 *		Arguments of aggregates that must be the same for all rows.
 */
#include "postgres.h"

#include "compat.h"
#include "pg/constant_argument.h"

#define DEFAULT_SEED 42

void
RefuseArgument(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must be the same for all rows, and not NULL", name)));
}

void
CheckConfidence(float8 confidence)
{
	if (!(confidence > 0 && confidence < 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a confidence level must be between 0 and 1"),
						errdetail("It is %g.", confidence), errhint("For 95 %% it is 0.95.")));
}

float8
ConfidenceArgument(FunctionCallInfo fcinfo, int number)
{
	if (PG_NARGS() <= number)
		return DEFAULT_CONFIDENCE;
	if (PG_ARGISNULL(number))
		RefuseArgument("confidence");
	CheckConfidence(PG_GETARG_FLOAT8(number));
	return PG_GETARG_FLOAT8(number);
}

int32
CountArgument(FunctionCallInfo fcinfo, int number, const char *name, int32 missing, int32 low, int32 high)
{
	int32 count;

	if (PG_NARGS() <= number)
		return missing;
	if (PG_ARGISNULL(number))
		RefuseArgument(name);
	count = PG_GETARG_INT32(number);
	if (count < low || count > high)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be between %d and %d", name, low, high), errdetail("It is %d.", count)));
	return count;
}

int64
SeedArgument(FunctionCallInfo fcinfo, int number)
{
	if (PG_NARGS() <= number)
		return DEFAULT_SEED;
	if (PG_ARGISNULL(number))
		RefuseArgument("seed");
	return PG_GETARG_INT64(number);
}
