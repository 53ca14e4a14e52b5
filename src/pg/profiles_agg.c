/*
 * profiles_agg.c
 *		drift.profiles_agg(c1, ..., cn): many columns in one transition call.
 *
 * The call itself costs more than counting a value does, so a row of columns
 * shares one. Arguments are "any", which no distributed planner would ship, so
 * here the state is internal, with its own serialisation for parallel plans.
 */
#include "postgres.h"

#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/profile.h"

typedef struct Columns
{
	int			count;
	ValueReader *readers;		/* not needed, and absent, once states are combined */
	DriftProfile **profiles;
} Columns;

static MemoryContext
AggregateContext(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return context;
}

static Columns *
CreateColumns(int count)
{
	Columns    *columns = palloc0(sizeof(Columns));

	columns->count = count;
	columns->profiles = palloc0(sizeof(DriftProfile *) * count);
	return columns;
}

static Columns *
StartColumns(FunctionCallInfo fcinfo)
{
	int			count = PG_NARGS() - 1;
	Columns    *columns;

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("drift.profiles_agg takes its columns one by one, not as an array")));
	columns = CreateColumns(count);
	columns->readers = palloc(sizeof(ValueReader) * count);
	for (int i = 0; i < count; i++)
	{
		columns->readers[i] = ReaderOfType(get_fn_expr_argtype(fcinfo->flinfo, i + 1));
		columns->profiles[i] = ProfileCreate(columns->readers[i], NULL);
	}
	return columns;
}

/* Take over a profile that may have moved; its old block is of no use any more */
static inline void
Keep(Columns *columns, int i, DriftProfile *p)
{
	if (unlikely(columns->profiles[i] != p))
	{
		if (columns->profiles[i] != NULL)
			pfree(columns->profiles[i]);
		columns->profiles[i] = p;
	}
}

PG_FUNCTION_INFO_V1(drift_profiles_accum);
Datum
drift_profiles_accum(PG_FUNCTION_ARGS)
{
	MemoryContext old = MemoryContextSwitchTo(AggregateContext(fcinfo));
	Columns    *columns = PG_ARGISNULL(0) ? StartColumns(fcinfo) : (Columns *) PG_GETARG_POINTER(0);

	for (int i = 0; i < columns->count; i++)
	{
		if (PG_ARGISNULL(i + 1))
			ProfileAddMissing(columns->profiles[i]);
		else
			Keep(columns, i, ProfileAddValue(columns->profiles[i], columns->readers[i], PG_GETARG_DATUM(i + 1)));
	}
	MemoryContextSwitchTo(old);
	PG_RETURN_POINTER(columns);
}

PG_FUNCTION_INFO_V1(drift_profiles_combine);
Datum
drift_profiles_combine(PG_FUNCTION_ARGS)
{
	MemoryContext old = MemoryContextSwitchTo(AggregateContext(fcinfo));
	Columns    *dst = PG_ARGISNULL(0) ? NULL : (Columns *) PG_GETARG_POINTER(0);
	const Columns *src = PG_ARGISNULL(1) ? NULL : (const Columns *) PG_GETARG_POINTER(1);

	if (dst == NULL && src != NULL)
	{
		dst = CreateColumns(src->count);
		for (int i = 0; i < src->count; i++)
			dst->profiles[i] = ProfileCopy(PointerGetDatum(src->profiles[i]));
	}
	else if (src != NULL)
	{
		for (int i = 0; i < src->count; i++)
			Keep(dst, i, ProfileMerge(dst->profiles[i], src->profiles[i]));
	}
	MemoryContextSwitchTo(old);
	if (dst == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(dst);
}

/* Lay the packed profiles one after another */
PG_FUNCTION_INFO_V1(drift_profiles_serialize);
Datum
drift_profiles_serialize(PG_FUNCTION_ARGS)
{
	const Columns *columns = (const Columns *) PG_GETARG_POINTER(0);
	StringInfoData buf;

	(void) AggregateContext(fcinfo);
	pq_begintypsend(&buf);
	pq_sendint32(&buf, columns->count);
	for (int i = 0; i < columns->count; i++)
	{
		struct varlena *packed = ProfilePack(columns->profiles[i]);

		pq_sendint32(&buf, VARSIZE(packed));
		pq_sendbytes(&buf, (const char *) packed, VARSIZE(packed));
		pfree(packed);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(drift_profiles_deserialize);
Datum
drift_profiles_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData buf;
	Columns    *columns;

	(void) AggregateContext(fcinfo);
	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	columns = CreateColumns(pq_getmsgint(&buf, 4));
	for (int i = 0; i < columns->count; i++)
	{
		int			length = pq_getmsgint(&buf, 4);
		struct varlena *packed = palloc(length);

		/* copied, because the message does not keep it aligned */
		pq_copymsgbytes(&buf, (char *) packed, length);
		columns->profiles[i] = ProfileCopy(PointerGetDatum(packed));
		pfree(packed);
	}
	pq_getmsgend(&buf);
	PG_RETURN_POINTER(columns);
}

PG_FUNCTION_INFO_V1(drift_profiles_final);
Datum
drift_profiles_final(PG_FUNCTION_ARGS)
{
	const Columns *columns;
	Datum	   *packed;
	Oid			array_type = get_fn_expr_rettype(fcinfo->flinfo);
	Oid			element_type = get_element_type(array_type);

	(void) AggregateContext(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	columns = (const Columns *) PG_GETARG_POINTER(0);
	packed = palloc(sizeof(Datum) * columns->count);
	for (int i = 0; i < columns->count; i++)
		packed[i] = PointerGetDatum(ProfilePack(columns->profiles[i]));
	PG_RETURN_ARRAYTYPE_P(construct_array(packed, columns->count, element_type, -1, false, TYPALIGN_DOUBLE));
}
