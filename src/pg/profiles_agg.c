/*
 * profiles_agg.c
 *		drift.profiles_agg(c1, ..., cn): many columns in one transition call.
 *
 * The call itself costs more than counting a value does, so a row of columns
 * shares one. Arguments are "any", which no distributed planner would ship, so
 * here the state is internal, with its own serialisation for parallel plans.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/profile.h"

/*
 * A column. Numbers go straight into the profile's buffer, whose bounds are
 * kept here: finding them in the profile would cost more than the rest.
 */
typedef struct Column
{
	double *next; /* where the next number goes; NULL for categories */
	double *end;
	DriftProfile *profile;
	int64 missing; /* rows not yet told to the profile */
	ValueReader reader;
} Column;

typedef struct Columns
{
	MemoryContext context; /* of the aggregate; profiles live there */
	int count;
	Column column[FLEXIBLE_ARRAY_MEMBER];
} Columns;

static Columns *
CreateColumns(MemoryContext context, int count)
{
	Columns *columns = MemoryContextAllocZero(context, offsetof(Columns, column) + sizeof(Column) * count);

	columns->context = context;
	columns->count = count;
	return columns;
}

/* Take over a profile, which may be another one than before */
static void
KeepProfile(Column *column, DriftProfile *p)
{
	if (column->profile != p && column->profile != NULL)
		pfree(column->profile);
	column->profile = p;
	if (p->kind == DRIFT_NUMERIC)
	{
		DriftNumeric *numeric = (DriftNumeric *) p;

		column->next = drift_numeric_buffer(numeric) + numeric->buffer_count;
		column->end = drift_numeric_buffer(numeric) + numeric->buffer_capacity;
	}
}

/* Tell the profile what the column knows */
static void
SyncProfile(Column *column)
{
	DriftProfile *p = column->profile;

	ProfileAddMissing(p, column->missing);
	column->missing = 0;
	if (column->next != NULL)
	{
		DriftNumeric *numeric = (DriftNumeric *) p;

		numeric->buffer_count = column->next - drift_numeric_buffer(numeric);
	}
}

static pg_noinline void
FlushColumn(MemoryContext context, Column *column)
{
	MemoryContext old = MemoryContextSwitchTo(context);

	SyncProfile(column);
	KeepProfile(column, &ProfileFlush((DriftNumeric *) column->profile)->profile);
	MemoryContextSwitchTo(old);
}

static inline void
AddNumber(MemoryContext context, Column *column, double x)
{
	if (unlikely(isnan(x)))
	{
		column->missing++;
		return;
	}
	*column->next++ = x;
	if (unlikely(column->next == column->end))
		FlushColumn(context, column);
}

static void
AddCategory(MemoryContext context, Column *column, Datum value)
{
	MemoryContext old;
	Label label;

	/* the value may have to be detoasted: not in the aggregate's context */
	ReadLabel(column->reader, value, &label);
	old = MemoryContextSwitchTo(context);
	KeepProfile(column, ProfileAddLabel(column->profile, label.bytes, label.length));
	MemoryContextSwitchTo(old);
}

static Columns *
StartColumns(FunctionCallInfo fcinfo)
{
	int count = PG_NARGS() - 1;
	Columns *columns = CreateColumns(AggregateContext(fcinfo), count);
	MemoryContext old = MemoryContextSwitchTo(columns->context);

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("drift.profiles_agg takes its columns one by one, not as an array")));
	for (int i = 0; i < count; i++)
	{
		columns->column[i].reader = ReaderOfType(get_fn_expr_argtype(fcinfo->flinfo, i + 1));
		KeepProfile(&columns->column[i], ProfileCreate(columns->column[i].reader, NULL));
	}
	MemoryContextSwitchTo(old);
	return columns;
}

PG_FUNCTION_INFO_V1(drift_profiles_accum);
Datum
drift_profiles_accum(PG_FUNCTION_ARGS)
{
	Columns *columns = PG_ARGISNULL(0) ? StartColumns(fcinfo) : (Columns *) PG_GETARG_POINTER(0);
	MemoryContext context = columns->context;

	for (int i = 0; i < columns->count; i++)
	{
		Column *column = &columns->column[i];

		if (PG_ARGISNULL(i + 1))
			column->missing++;
		else if (column->reader == READ_FLOAT8)
			AddNumber(context, column, PG_GETARG_FLOAT8(i + 1));
		else if (ReaderIsNumeric(column->reader))
			AddNumber(context, column, ReadNumber(column->reader, PG_GETARG_DATUM(i + 1)));
		else
			AddCategory(context, column, PG_GETARG_DATUM(i + 1));
	}
	PG_RETURN_POINTER(columns);
}

PG_FUNCTION_INFO_V1(drift_profiles_combine);
Datum
drift_profiles_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = AggregateContext(fcinfo);
	MemoryContext old = MemoryContextSwitchTo(context);
	Columns *dst = PG_ARGISNULL(0) ? NULL : (Columns *) PG_GETARG_POINTER(0);
	Columns *src = PG_ARGISNULL(1) ? NULL : (Columns *) PG_GETARG_POINTER(1);

	if (dst == NULL && src != NULL)
		dst = CreateColumns(context, src->count);
	for (int i = 0; src != NULL && i < src->count; i++)
	{
		Column *into = &dst->column[i];

		SyncProfile(&src->column[i]);
		if (into->profile == NULL)
			KeepProfile(into, ProfileCopy(PointerGetDatum(src->column[i].profile)));
		else
		{
			SyncProfile(into);
			KeepProfile(into, ProfileMerge(into->profile, src->column[i].profile));
		}
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
	Columns *columns = (Columns *) PG_GETARG_POINTER(0);
	StringInfoData buf;

	(void) AggregateContext(fcinfo);
	pq_begintypsend(&buf);
	pq_sendint32(&buf, columns->count);
	for (int i = 0; i < columns->count; i++)
	{
		struct varlena *packed;

		SyncProfile(&columns->column[i]);
		packed = ProfilePack(columns->column[i].profile);
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
	bytea *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData buf;
	Columns *columns;

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	columns = CreateColumns(AggregateContext(fcinfo), pq_getmsgint(&buf, 4));
	for (int i = 0; i < columns->count; i++)
	{
		int length = pq_getmsgint(&buf, 4);
		struct varlena *packed = palloc(length);

		/* copied, because the message does not keep it aligned */
		pq_copymsgbytes(&buf, (char *) packed, length);
		KeepProfile(&columns->column[i], ProfileCopy(PointerGetDatum(packed)));
		pfree(packed);
	}
	pq_getmsgend(&buf);
	PG_RETURN_POINTER(columns);
}

PG_FUNCTION_INFO_V1(drift_profiles_final);
Datum
drift_profiles_final(PG_FUNCTION_ARGS)
{
	Columns *columns;
	Datum *packed;
	Oid array_type = get_fn_expr_rettype(fcinfo->flinfo);
	Oid element_type = get_element_type(array_type);

	(void) AggregateContext(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	columns = (Columns *) PG_GETARG_POINTER(0);
	packed = palloc(sizeof(Datum) * columns->count);
	for (int i = 0; i < columns->count; i++)
	{
		/* this changes nothing that another call could see: the same rows are in the buffer or counted */
		SyncProfile(&columns->column[i]);
		packed[i] = PointerGetDatum(ProfilePack(columns->column[i].profile));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(packed, columns->count, element_type, -1, false, TYPALIGN_DOUBLE));
}
