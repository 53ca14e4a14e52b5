/*
 * window_profiles.c
 *		drift_internal.window_profiles_agg and drift_internal.merge_profiles.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/profile.h"
#include "stats/category_codec.h"
#include "stats/numeric_codec.h"

typedef struct WindowColumn
{
	DriftProfile *profile;
	ValueReader reader;
} WindowColumn;

typedef struct Window
{
	MemoryContext context; /* of the aggregate; profiles live there */
	int count;
	WindowColumn column[FLEXIBLE_ARRAY_MEMBER];
} Window;

static Window *
CreateWindow(MemoryContext context, int count)
{
	Window *window = MemoryContextAllocZero(context, offsetof(Window, column) + sizeof(WindowColumn) * count);

	window->context = context;
	window->count = count;
	return window;
}

static void
KeepProfile(WindowColumn *column, DriftProfile *p)
{
	if (column->profile != p && column->profile != NULL)
		pfree(column->profile);
	column->profile = p;
}

static Window *
StartWindow(FunctionCallInfo fcinfo)
{
	int count = PG_NARGS() - 2;
	Window *window = CreateWindow(AggregateContext(fcinfo), count);
	MemoryContext old = MemoryContextSwitchTo(window->context);
	Datum *references = NULL;
	bool *nulls = NULL;
	int given = 0;

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("window_profiles_agg takes its columns one by one, not as an array")));
	if (!PG_ARGISNULL(1))
	{
		ArrayType *array = PG_GETARG_ARRAYTYPE_P(1);

		deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &references, &nulls, &given);
		if (given != count)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("%d reference profiles were given for %d columns", given, count)));
	}
	for (int i = 0; i < count; i++)
	{
		const DriftProfile *anchor = given > 0 && !nulls[i] ? ProfileRead(references[i]) : NULL;

		window->column[i].reader = ReaderOfType(get_fn_expr_argtype(fcinfo->flinfo, i + 2));
		KeepProfile(&window->column[i], ProfileCreate(window->column[i].reader, anchor));
	}
	MemoryContextSwitchTo(old);
	return window;
}

PG_FUNCTION_INFO_V1(drift_window_profiles_accum);
Datum
drift_window_profiles_accum(PG_FUNCTION_ARGS)
{
	Window *window = PG_ARGISNULL(0) ? StartWindow(fcinfo) : (Window *) PG_GETARG_POINTER(0);
	MemoryContext old = MemoryContextSwitchTo(window->context);

	for (int i = 0; i < window->count; i++)
	{
		WindowColumn *column = &window->column[i];

		if (PG_ARGISNULL(i + 2))
			ProfileAddMissing(column->profile, 1);
		else
			KeepProfile(column, ProfileAddValue(column->profile, column->reader, PG_GETARG_DATUM(i + 2)));
	}
	MemoryContextSwitchTo(old);
	PG_RETURN_POINTER(window);
}

PG_FUNCTION_INFO_V1(drift_window_profiles_combine);
Datum
drift_window_profiles_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = AggregateContext(fcinfo);
	MemoryContext old = MemoryContextSwitchTo(context);
	Window *dst = PG_ARGISNULL(0) ? NULL : (Window *) PG_GETARG_POINTER(0);
	Window *src = PG_ARGISNULL(1) ? NULL : (Window *) PG_GETARG_POINTER(1);

	if (dst == NULL && src != NULL)
		dst = CreateWindow(context, src->count);
	for (int i = 0; src != NULL && i < src->count; i++)
	{
		WindowColumn *into = &dst->column[i];
		Datum other = PointerGetDatum(src->column[i].profile);

		KeepProfile(into, into->profile == NULL ? ProfileCopy(other) : ProfileMerge(into->profile, ProfileRead(other)));
	}
	MemoryContextSwitchTo(old);
	if (dst == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(dst);
}

PG_FUNCTION_INFO_V1(drift_window_profiles_serialize);
Datum
drift_window_profiles_serialize(PG_FUNCTION_ARGS)
{
	Window *window = (Window *) PG_GETARG_POINTER(0);
	Datum *packed = palloc(sizeof(Datum) * window->count);

	(void) AggregateContext(fcinfo);
	for (int i = 0; i < window->count; i++)
		packed[i] = PointerGetDatum(ProfilePack(window->column[i].profile));
	PG_RETURN_ARRAYTYPE_P(construct_array(packed, window->count, BYTEAOID, -1, false, TYPALIGN_DOUBLE));
}

PG_FUNCTION_INFO_V1(drift_window_profiles_deserialize);
Datum
drift_window_profiles_deserialize(PG_FUNCTION_ARGS)
{
	Datum *packed;
	bool *nulls;
	int count;
	Window *window;

	/* copied, because the message does not keep it aligned */
	deconstruct_array((ArrayType *) PG_GETARG_BYTEA_P_COPY(0), BYTEAOID, -1, false, TYPALIGN_DOUBLE, &packed, &nulls,
					  &count);
	window = CreateWindow(AggregateContext(fcinfo), count);
	for (int i = 0; i < count; i++)
		KeepProfile(&window->column[i], ProfileCopy(packed[i]));
	PG_RETURN_POINTER(window);
}

/* Makes a profile as small as windows store it */
static struct varlena *
PackCompact(const DriftProfile *working)
{
	DriftProfile *p = ProfileCopy(PointerGetDatum(working));

	if (p->kind == DRIFT_NUMERIC)
		drift_numeric_compact((DriftNumeric *) p, DRIFT_COMPACT_BYTES);
	else
	{
		DriftCategory *category = (DriftCategory *) p;

		drift_category_compact(category, DRIFT_COMPACT_BYTES, palloc(sizeof(uint32) * (category->used + 1)));
	}
	return ProfilePack(p);
}

PG_FUNCTION_INFO_V1(drift_window_profiles_final);
Datum
drift_window_profiles_final(PG_FUNCTION_ARGS)
{
	Window *window;
	Datum *packed;
	Oid element_type = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));

	(void) AggregateContext(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	window = (Window *) PG_GETARG_POINTER(0);
	packed = palloc(sizeof(Datum) * window->count);
	for (int i = 0; i < window->count; i++)
		packed[i] = PointerGetDatum(PackCompact(window->column[i].profile));
	PG_RETURN_ARRAYTYPE_P(construct_array(packed, window->count, element_type, -1, false, TYPALIGN_DOUBLE));
}

PG_FUNCTION_INFO_V1(drift_merge_profiles);
Datum
drift_merge_profiles(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	DriftProfile *merged = NULL;
	Datum *profiles;
	bool *nulls;
	int count;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &profiles, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!nulls[i])
			merged = merged == NULL ? ProfileCopy(profiles[i]) : ProfileMerge(merged, ProfileRead(profiles[i]));
	}
	if (merged == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(PackCompact(merged));
}
