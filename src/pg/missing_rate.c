/*
 * missing_rate.c
 *		Test of the shares of rows whose value is NULL or NaN.
 *
 * Over labelled rows only the missing ones are told from the others, so that
 * values may be of any type and are not kept.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "compat.h"
#include "pg/labelled.h"
#include "pg/profile.h"
#include "pg/test_result.h"
#include "stats/hypothesis.h"

/* Rows of each side; side 0 is the reference */
typedef struct MissingRows
{
	Oid type; /* of the values, without its domains */
	int64 rows[2];
	int64 missing[2];
	int64 unlabelled;
} MissingRows;

static Datum
MissingRateTest(FunctionCallInfo fcinfo, const int64 missing[2], const int64 rows[2])
{
	DriftTest test = drift_two_proportion_z(missing[0], rows[0], missing[1], rows[1]);

	return ReturnExactTest(fcinfo, rows, test);
}

PG_FUNCTION_INFO_V1(drift_missing_rate_test_profiles);
Datum
drift_missing_rate_test_profiles(PG_FUNCTION_ARGS)
{
	int64 missing[2];
	int64 rows[2];

	for (int side = 0; side < 2; side++)
	{
		const DriftProfile *profile = ProfileRead(PG_GETARG_DATUM(side));

		missing[side] = profile->missing_count;
		rows[side] = profile->row_count;
		if (rows[side] == 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("the %s has no rows", side == 0 ? "reference" : "current side")));
	}
	PG_RETURN_DATUM(MissingRateTest(fcinfo, missing, rows));
}

/* Create the state at the first row */
static MissingRows *
CreateState(FunctionCallInfo fcinfo)
{
	MemoryContext context;
	MissingRows *state;
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 1);

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "missing_accum called in non-aggregate context");
	state = MemoryContextAllocZero(context, sizeof(MissingRows));
	state->type = OidIsValid(type) ? getBaseType(type) : InvalidOid;
	return state;
}

static bool
IsNaN(Oid type, Datum value)
{
	switch (type)
	{
		case FLOAT8OID:
			return isnan(DatumGetFloat8(value));
		case FLOAT4OID:
			return isnan(DatumGetFloat4(value));
		case NUMERICOID:
			return numeric_is_nan(DatumGetNumeric(value));
		default:
			return false;
	}
}

PG_FUNCTION_INFO_V1(drift_missing_accum);
Datum
drift_missing_accum(PG_FUNCTION_ARGS)
{
	MissingRows *state = PG_ARGISNULL(0) ? CreateState(fcinfo) : (MissingRows *) PG_GETARG_POINTER(0);

	if (PG_ARGISNULL(2))
		state->unlabelled++;
	else
	{
		int side = PG_GETARG_BOOL(2) ? 1 : 0;

		state->rows[side]++;
		if (PG_ARGISNULL(1) || IsNaN(state->type, PG_GETARG_DATUM(1)))
			state->missing[side]++;
	}
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_labelled_missing_rate_test);
Datum
drift_labelled_missing_rate_test(PG_FUNCTION_ARGS)
{
	static const MissingRows none = {0};
	const MissingRows *state = PG_ARGISNULL(0) ? &none : (MissingRows *) PG_GETARG_POINTER(0);
	int empty = state->rows[0] == 0 ? 0 : 1;

	if (state->rows[empty] == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the %s side is empty", empty == 0 ? "reference" : "current"),
						errdetail("It has no rows; the other side has " INT64_FORMAT "; the flag of " INT64_FORMAT
								  " rows is NULL.",
								  state->rows[1 - empty], state->unlabelled),
						errhint(SIDES_HINT)));
	PG_RETURN_DATUM(MissingRateTest(fcinfo, state->missing, state->rows));
}
