/*
 * profile_agg.c
 *		drift.profile_agg and drift.merge_agg.
 *
 * The state is a drift.profile itself, so partial states travel between
 * parallel workers and between servers as ordinary values. There is an entry
 * point per type instead of one that asks for its argument's type, because
 * servers that distribute aggregates call the transition function anew for
 * each row and without the expression it stands in.
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "compat.h"
#include "pg/profile.h"

/* The state to change: ours as it is, anybody else's value as a copy. NULL at the first row. */
static DriftProfile *
StateOf(FunctionCallInfo fcinfo)
{
	DriftProfile *p;

	if (PG_ARGISNULL(0))
		return NULL;
	p = (DriftProfile *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	if (AggCheckCallContext(fcinfo, NULL) && p->form == DRIFT_WORKING &&
		(p->kind == DRIFT_CATEGORICAL || ((DriftNumeric *) p)->buffer_capacity > 0))
		return p;
	return ProfileCopy(PointerGetDatum(p));
}

/* Outside of an aggregate the caller gets a value like any other. */
static Datum
ReturnState(FunctionCallInfo fcinfo, DriftProfile *p)
{
	if (AggCheckCallContext(fcinfo, NULL))
		PG_RETURN_POINTER(p);
	PG_RETURN_POINTER(ProfilePack(p));
}

/* accum(state, value [, reference profile]) */
static Datum
Accumulate(FunctionCallInfo fcinfo, ValueReader reader)
{
	DriftProfile *p = StateOf(fcinfo);

	if (p == NULL)
	{
		const DriftProfile *anchor = NULL;

		if (PG_NARGS() > 2)
		{
			if (PG_ARGISNULL(2))
				ereport(ERROR,
						(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the reference profile must not be NULL")));
			anchor = ProfileRead(PG_GETARG_DATUM(2));
		}
		p = ProfileCreate(reader, anchor);
	}
	if ((p->kind == DRIFT_NUMERIC) != ReaderIsNumeric(reader))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("the profile is not of a column of this type")));
	if (PG_ARGISNULL(1))
		ProfileAddMissing(p, 1);
	else
		p = ProfileAddValue(p, reader, PG_GETARG_DATUM(1));
	return ReturnState(fcinfo, p);
}

#define ACCUMULATOR(name, reader) \
	PG_FUNCTION_INFO_V1(drift_profile_accum_##name); \
	Datum drift_profile_accum_##name(PG_FUNCTION_ARGS) \
	{ \
		return Accumulate(fcinfo, reader); \
	}

ACCUMULATOR(float8, READ_FLOAT8)
ACCUMULATOR(float4, READ_FLOAT4)
ACCUMULATOR(int2, READ_INT2)
ACCUMULATOR(int4, READ_INT4)
ACCUMULATOR(int8, READ_INT8)
ACCUMULATOR(numeric, READ_NUMERIC)
ACCUMULATOR(date, READ_DATE)
ACCUMULATOR(timestamp, READ_TIMESTAMP)
ACCUMULATOR(bool, READ_BOOL)
ACCUMULATOR(text, READ_TEXT)
ACCUMULATOR(enum, READ_ENUM)

/* Merge a profile into the state; combines partial states and is merge_agg's transition */
PG_FUNCTION_INFO_V1(drift_profile_merge);
Datum
drift_profile_merge(PG_FUNCTION_ARGS)
{
	DriftProfile *p = StateOf(fcinfo);

	if (PG_ARGISNULL(1))
	{
		if (p == NULL)
			PG_RETURN_NULL();
	}
	else if (p == NULL)
		p = ProfileCopy(PG_GETARG_DATUM(1));
	else
		p = ProfileMerge(p, ProfileRead(PG_GETARG_DATUM(1)));
	return ReturnState(fcinfo, p);
}

/* Pack the state, which stays as it is; called by hand it may get a packed profile, which is the answer already */
PG_FUNCTION_INFO_V1(drift_profile_final);
Datum
drift_profile_final(PG_FUNCTION_ARGS)
{
	DriftProfile *p = (DriftProfile *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));

	PG_RETURN_POINTER(p->form == DRIFT_WORKING ? ProfilePack(p) : (struct varlena *) p);
}
