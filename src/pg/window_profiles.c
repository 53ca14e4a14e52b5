/*
 * window_profiles.c
 *		drift_internal.window_profiles_agg(references, c1, ..., cn): the
 *		profiles of the windows of a monitor.
 *
 * There may be thousands of groups, hours by segments, of a few rows or of
 * many. Numbers of a group are collected column by column, and then counted
 * among the keys of the references (stats/window.h), which all groups share.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "guc.h"
#include "pg/aggregate.h"
#include "pg/profile.h"
#include "pg/window_profiles.h"
#include "stats/category_codec.h"
#include "stats/numeric_codec.h"
#include "stats/numeric_statistics.h"
#include "stats/window.h"

/* Rows that a new group collects; more than these fill up to DRIFT_WINDOW_ROWS. */
#define START_ROWS 16

/* What all groups share. */
typedef struct ColumnPlan
{
	ValueReader reader;
	const DriftAnchor *anchor; /* NULL: a category, or no reference */
} ColumnPlan;

typedef struct WindowPlan
{
	int count;
	bool has_references;
	Datum last_seen;       /* the argument as it came last */
	ArrayType *references; /* its value; NULL: none */
	StringInfoData packed; /* serialised, once that was asked for */
	ColumnPlan column[FLEXIBLE_ARRAY_MEMBER];
} WindowPlan;

typedef struct WindowColumn
{
	DriftWindow *window;   /* as long as the rows fit the anchor */
	DriftProfile *profile; /* otherwise, and without an anchor */
} WindowColumn;

typedef struct Window
{
	MemoryContext context; /* of the aggregate; all of the group lives there */
	WindowPlan *plan;
	double *rows; /* collected numbers, room for `room` of each column; categories leave theirs empty */
	int room;
	int collected;
	WindowColumn column[FLEXIBLE_ARRAY_MEMBER];
} Window;

static WindowPlan *
CreatePlan(MemoryContext context, int count)
{
	WindowPlan *plan = MemoryContextAllocZero(context, offsetof(WindowPlan, column) + sizeof(ColumnPlan) * count);

	plan->count = count;
	return plan;
}

static DriftAnchor *
CreateAnchor(ValueReader reader, Datum profile)
{
	DriftNumeric *reference = (DriftNumeric *) ProfileCopy(profile);
	DriftProfile *like = ProfileCreate(reader, &reference->profile);
	DriftNumeric *edges = (DriftNumeric *) like;
	DriftAnchor *anchor;

	anchor = palloc(drift_anchor_size(drift_anchor_capacity(edges->edge_count), edges->edge_count));
	drift_anchor_init(anchor, reference, drift_numeric_edges(edges), edges->edge_count);
	pfree(like);
	pfree(reference);
	return anchor;
}

static void
PlanColumns(WindowPlan *plan, FunctionCallInfo fcinfo)
{
	Datum *references = NULL;
	bool *nulls = NULL;
	int given = 0;

	if (plan->references != NULL)
	{
		deconstruct_array(plan->references, ARR_ELEMTYPE(plan->references), -1, false, TYPALIGN_DOUBLE, &references,
						  &nulls, &given);
		if (given != plan->count)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("%d reference profiles were given for %d columns", given, plan->count)));
	}
	for (int i = 0; i < plan->count; i++)
	{
		ColumnPlan *column = &plan->column[i];

		column->reader = ReaderOfType(get_fn_expr_argtype(fcinfo->flinfo, i + 2));
		if (i >= given || nulls[i])
			continue;
		if (ReaderIsNumeric(column->reader) && drift_profile_n(ProfileRead(references[i])) > 0)
			column->anchor = CreateAnchor(column->reader, references[i]);
		else
			pfree(ProfileCreate(column->reader, ProfileRead(references[i])));
	}
}

/* The plan of a query, made at its first row. */
static WindowPlan *
StartPlan(FunctionCallInfo fcinfo)
{
	MemoryContext context = fcinfo->flinfo->fn_mcxt;
	MemoryContext old = MemoryContextSwitchTo(context);
	WindowPlan *plan = CreatePlan(context, PG_NARGS() - 2);

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("window_profiles_agg takes its columns one by one, not as an array")));
	plan->has_references = !PG_ARGISNULL(1);
	if (plan->has_references)
	{
		plan->last_seen = PG_GETARG_DATUM(1);
		plan->references = PG_GETARG_ARRAYTYPE_P_COPY(1);
	}
	PlanColumns(plan, fcinfo);
	MemoryContextSwitchTo(old);
	return plan;
}

/* The references must be those that the plan was made for. */
static pg_noinline void
CheckReferences(WindowPlan *plan, FunctionCallInfo fcinfo)
{
	ArrayType *references = PG_ARGISNULL(1) ? NULL : PG_GETARG_ARRAYTYPE_P(1);

	if ((references == NULL) != (plan->references == NULL) ||
		(references != NULL && (VARSIZE(references) != VARSIZE(plan->references) ||
								memcmp(references, plan->references, VARSIZE(references)) != 0)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("reference profiles must be the same in every row")));
	plan->last_seen = PG_GETARG_DATUM(1);
}

static Window *
CreateWindow(MemoryContext context, WindowPlan *plan)
{
	Window *window = MemoryContextAllocZero(context, offsetof(Window, column) + sizeof(WindowColumn) * plan->count);

	window->context = context;
	window->plan = plan;
	return window;
}

static Window *
StartWindow(MemoryContext context, WindowPlan *plan)
{
	Window *window = CreateWindow(context, plan);
	MemoryContext old = MemoryContextSwitchTo(context);

	window->room = START_ROWS;
	window->rows = palloc(sizeof(double) * START_ROWS * plan->count);
	for (int i = 0; i < plan->count; i++)
		if (plan->column[i].anchor == NULL)
			window->column[i].profile = ProfileCreate(plan->column[i].reader, NULL);
	MemoryContextSwitchTo(old);
	return window;
}

static void
KeepProfile(WindowColumn *column, DriftProfile *p)
{
	if (column->profile != p && column->profile != NULL)
		pfree(column->profile);
	column->profile = p;
}

/* An empty profile with the edges of the anchor. */
static DriftNumeric *
CreateLike(const DriftAnchor *anchor, uint32 key_limit, uint32 buffer_capacity)
{
	uint32 capacity = drift_window_capacity(anchor);
	DriftNumeric *p = ProfileAllocate(drift_numeric_size(capacity, buffer_capacity, anchor->edge_count));

	drift_numeric_init(p, anchor->value_type, key_limit, capacity, buffer_capacity, drift_anchor_edges(anchor),
					   anchor->edge_count);
	return p;
}

/* Go on with a profile that finds keys of its own. */
static void
LeaveAnchor(WindowColumn *column, const DriftAnchor *anchor)
{
	DriftNumeric *p = CreateLike(anchor, drift_window_key_limit(anchor), START_BUFFER);

	if (column->window != NULL)
	{
		drift_window_profile(column->window, anchor, p);
		pfree(column->window);
		column->window = NULL;
	}
	column->profile = &p->profile;
}

static void
AddToProfile(WindowColumn *column, const DriftAnchor *anchor, const double *x, int n)
{
	DriftLasting lasting = {NULL, 0};

	if (anchor != NULL)
		lasting = drift_anchor_lasting(anchor);
	for (int i = 0; i < n; i++)
	{
		DriftNumeric *p = (DriftNumeric *) column->profile;

		if (isnan(x[i]))
		{
			ProfileAddMissing(column->profile, 1);
			continue;
		}
		drift_numeric_add(p, x[i]);
		if (drift_numeric_full(p))
			KeepProfile(column, &ProfileFlushLasting(p, lasting)->profile);
	}
}

static void
AddNumbers(WindowColumn *column, const DriftAnchor *anchor, double *x, int n)
{
	if (column->profile == NULL)
	{
		DriftStatus status;

		if (column->window == NULL)
		{
			column->window = palloc(drift_window_size(anchor));
			drift_window_init(column->window, anchor);
		}
		status = drift_window_add(column->window, anchor, x, n);
		if (status == DRIFT_OK)
			return;
		if (status != DRIFT_NO_SPACE)
			DriftRaise(status);
		LeaveAnchor(column, anchor);
	}
	AddToProfile(column, anchor, x, n);
}

/* Count what was collected. */
static void
FlushWindow(Window *window)
{
	MemoryContext old = MemoryContextSwitchTo(window->context);
	int n = window->collected;

	for (int i = 0; n > 0 && i < window->plan->count; i++)
		if (ReaderIsNumeric(window->plan->column[i].reader))
			AddNumbers(&window->column[i], window->plan->column[i].anchor, window->rows + i * window->room, n);
	window->collected = 0;
	MemoryContextSwitchTo(old);
}

/* Make room for another row. */
static pg_noinline void
MakeRoom(Window *window)
{
	int count = window->plan->count;
	double *rows;

	if (window->room == DRIFT_WINDOW_ROWS)
	{
		FlushWindow(window);
		return;
	}
	rows = MemoryContextAlloc(window->context, sizeof(double) * DRIFT_WINDOW_ROWS * count);
	for (int i = 0; i < count; i++)
		memcpy(rows + i * DRIFT_WINDOW_ROWS, window->rows + i * window->room, sizeof(double) * window->collected);
	pfree(window->rows);
	window->rows = rows;
	window->room = DRIFT_WINDOW_ROWS;
}

static void
AddCategory(MemoryContext context, WindowColumn *column, ValueReader reader, Datum value)
{
	MemoryContext old;
	Label label;

	/* the value may have to be detoasted: not in the aggregate's context */
	ReadLabel(reader, value, &label);
	old = MemoryContextSwitchTo(context);
	KeepProfile(column, ProfileAddLabel(column->profile, label.bytes, label.length));
	MemoryContextSwitchTo(old);
}

PG_FUNCTION_INFO_V1(drift_window_profiles_accum);
Datum
drift_window_profiles_accum(PG_FUNCTION_ARGS)
{
	WindowPlan *plan = fcinfo->flinfo->fn_extra;
	Window *window;
	double *next;

	if (unlikely(plan == NULL))
		fcinfo->flinfo->fn_extra = plan = StartPlan(fcinfo);
	if (unlikely(PG_ARGISNULL(1) ? plan->has_references : PG_GETARG_DATUM(1) != plan->last_seen))
		CheckReferences(plan, fcinfo);
	window = PG_ARGISNULL(0) ? StartWindow(AggregateContext(fcinfo), plan) : (Window *) PG_GETARG_POINTER(0);
	if (unlikely(window->collected == window->room))
		MakeRoom(window);

	next = window->rows + window->collected;
	for (int i = 0; i < plan->count; i++, next += window->room)
	{
		ValueReader reader = plan->column[i].reader;
		const NullableDatum *value = &fcinfo->args[i + 2];

		if (reader == READ_FLOAT8)
			*next = value->isnull ? NAN : DatumGetFloat8(value->value);
		else if (ReaderIsNumeric(reader))
			*next = value->isnull ? NAN : ReadNumber(reader, value->value);
		else if (value->isnull)
			ProfileAddMissing(window->column[i].profile, 1);
		else
			AddCategory(window->context, &window->column[i], reader, value->value);
	}
	window->collected++;
	PG_RETURN_POINTER(window);
}

/* Final form */

/* Makes a profile that nobody else has as small as windows store it */
static struct varlena *
PackNumeric(DriftNumeric *p, DriftLasting lasting)
{
	drift_window_finish(p, lasting);
	p->key_limit = drift_profile_keys;
	return ProfilePack(&p->profile);
}

struct varlena *
PackWindowProfile(const DriftProfile *working)
{
	DriftCategory *category;

	if (working->kind == DRIFT_NUMERIC)
		return PackNumeric((DriftNumeric *) ProfileCopy(PointerGetDatum(working)), (DriftLasting){NULL, 0});
	category = (DriftCategory *) working;
	if (drift_category_packed_size(category) > DRIFT_WINDOW_BYTES)
	{
		category = (DriftCategory *) ProfileCopy(PointerGetDatum(working));
		drift_category_compact(category, DRIFT_WINDOW_BYTES, palloc(sizeof(uint32) * (category->used + 1)));
	}
	return ProfilePack(&category->profile);
}

/* An empty column was never given rows. */
static struct varlena *
PackColumn(const WindowColumn *column, const DriftAnchor *anchor)
{
	DriftNumeric *p;
	struct varlena *packed;

	if (anchor == NULL)
		return PackWindowProfile(column->profile);
	if (column->profile != NULL)
		return PackNumeric((DriftNumeric *) ProfileCopy(PointerGetDatum(column->profile)),
						   drift_anchor_lasting(anchor));
	p = CreateLike(anchor, drift_profile_keys, 0);
	if (column->window != NULL)
		drift_window_profile(column->window, anchor, p);
	packed = PackNumeric(p, drift_anchor_lasting(anchor));
	pfree(p);
	return packed;
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
	/* this changes nothing that another call could see */
	FlushWindow(window);
	packed = palloc(sizeof(Datum) * window->plan->count);
	for (int i = 0; i < window->plan->count; i++)
		packed[i] = PointerGetDatum(PackColumn(&window->column[i], window->plan->column[i].anchor));
	PG_RETURN_ARRAYTYPE_P(construct_array(packed, window->plan->count, element_type, -1, false, TYPALIGN_DOUBLE));
}

/* Partial states */

/* Adds a column of another state with the same anchor; src may be used up. */
static void
CombineColumn(WindowColumn *dst, WindowColumn *src, const DriftAnchor *anchor)
{
	DriftLasting lasting = {NULL, 0};

	if (src->window != NULL && dst->window != NULL)
	{
		DriftCheck(drift_window_merge(dst->window, anchor, src->window));
		return;
	}
	if (anchor == NULL)
	{
		KeepProfile(dst, ProfileMerge(dst->profile, ProfileRead(PointerGetDatum(src->profile))));
		return;
	}
	if (src->window == NULL && src->profile == NULL)
		return;
	if (dst->window == NULL && dst->profile == NULL && src->window != NULL)
	{
		dst->window = palloc(drift_window_size(anchor));
		memcpy(dst->window, src->window, drift_window_size(anchor));
		return;
	}
	if (dst->profile == NULL)
		LeaveAnchor(dst, anchor);
	if (src->profile == NULL)
		LeaveAnchor(src, anchor);
	lasting = drift_anchor_lasting(anchor);
	KeepProfile(dst, &ProfileFlushLasting((DriftNumeric *) dst->profile, lasting)->profile);
	KeepProfile(dst, &ProfileMergeNumeric((DriftNumeric *) dst->profile,
										  ProfileReadNumeric(PointerGetDatum(src->profile)), lasting)
						  ->profile);
}

PG_FUNCTION_INFO_V1(drift_window_profiles_combine);
Datum
drift_window_profiles_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = AggregateContext(fcinfo);
	MemoryContext old;
	Window *dst = PG_ARGISNULL(0) ? NULL : (Window *) PG_GETARG_POINTER(0);
	Window *src = PG_ARGISNULL(1) ? NULL : (Window *) PG_GETARG_POINTER(1);

	if (src == NULL)
	{
		if (dst == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(dst);
	}
	if (dst == NULL)
		dst = StartWindow(context, src->plan);
	old = MemoryContextSwitchTo(context);
	FlushWindow(dst);
	FlushWindow(src);
	for (int i = 0; i < src->plan->count; i++)
		CombineColumn(&dst->column[i], &src->column[i], dst->plan->column[i].anchor);
	MemoryContextSwitchTo(old);
	PG_RETURN_POINTER(dst);
}

/*
 * The serialised form: the size of the plan and its bytes, which are the same
 * for all groups, and for each column the form, a size and that many bytes.
 */
typedef enum ColumnForm
{
	FORM_EMPTY,
	FORM_WINDOW,
	FORM_PROFILE
} ColumnForm;

static void
PutBytes(StringInfo buf, int32 word, const void *bytes, int32 size)
{
	appendBinaryStringInfo(buf, (const char *) &word, sizeof(word));
	appendBinaryStringInfo(buf, (const char *) &size, sizeof(size));
	if (size > 0)
		appendBinaryStringInfo(buf, bytes, size);
}

/* A copy of the next bytes, or NULL if there are none; and the word before them */
static void *
GetBytes(const char **next, int32 *word)
{
	int32 size;
	void *copy = NULL;

	memcpy(word, *next, sizeof(*word));
	memcpy(&size, *next + sizeof(*word), sizeof(size));
	*next += sizeof(*word) + sizeof(size);
	if (size > 0)
	{
		copy = palloc(size);
		memcpy(copy, *next, size);
		*next += size;
	}
	return copy;
}

static void
PutPlan(StringInfo buf, const WindowPlan *plan)
{
	for (int i = 0; i < plan->count; i++)
	{
		const DriftAnchor *anchor = plan->column[i].anchor;

		PutBytes(buf, plan->column[i].reader, anchor,
				 anchor == NULL ? 0 : drift_anchor_plain_size(anchor->key_count, anchor->edge_count));
	}
}

/* The plan as bytes, which stay with it */
static const StringInfoData *
PackedPlan(WindowPlan *plan)
{
	if (plan->packed.data == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(GetMemoryChunkContext(plan));

		initStringInfo(&plan->packed);
		PutPlan(&plan->packed, plan);
		MemoryContextSwitchTo(old);
	}
	return &plan->packed;
}

/* The plan of these bytes: that of the last call if it was the same */
static WindowPlan *
GetPlan(FmgrInfo *flinfo, const char *bytes, int32 size, int32 count)
{
	WindowPlan *plan = flinfo->fn_extra;
	MemoryContext old;

	if (plan != NULL && plan->packed.len == size && memcmp(plan->packed.data, bytes, size) == 0)
		return plan;
	old = MemoryContextSwitchTo(flinfo->fn_mcxt);
	plan = CreatePlan(flinfo->fn_mcxt, count);
	initStringInfo(&plan->packed);
	appendBinaryStringInfo(&plan->packed, bytes, size);
	for (int i = 0; i < count; i++)
	{
		int32 reader;
		DriftAnchor *anchor = GetBytes(&bytes, &reader);

		if (anchor != NULL)
			anchor->guided = false;
		plan->column[i].reader = reader;
		plan->column[i].anchor = anchor;
	}
	MemoryContextSwitchTo(old);
	flinfo->fn_extra = plan;
	return plan;
}

static void
PutColumn(StringInfo buf, const WindowColumn *column, const DriftAnchor *anchor)
{
	if (column->window != NULL)
		PutBytes(buf, FORM_WINDOW, column->window, drift_window_size(anchor));
	else if (column->profile != NULL)
	{
		DriftProfile *p = ProfileCopy(PointerGetDatum(column->profile));
		struct varlena *packed;

		if (anchor != NULL)
			drift_window_trim((DriftNumeric *) p);
		packed = ProfilePack(p);
		PutBytes(buf, FORM_PROFILE, packed, VARSIZE(packed));
		pfree(packed);
		pfree(p);
	}
	else
		PutBytes(buf, FORM_EMPTY, NULL, 0);
}

PG_FUNCTION_INFO_V1(drift_window_profiles_serialize);
Datum
drift_window_profiles_serialize(PG_FUNCTION_ARGS)
{
	Window *window = (Window *) PG_GETARG_POINTER(0);
	const StringInfoData *plan = PackedPlan(window->plan);
	StringInfoData buf;

	(void) AggregateContext(fcinfo);
	FlushWindow(window);
	pq_begintypsend(&buf);
	PutBytes(&buf, window->plan->count, plan->data, plan->len);
	for (int i = 0; i < window->plan->count; i++)
		PutColumn(&buf, &window->column[i], window->plan->column[i].anchor);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(drift_window_profiles_deserialize);
Datum
drift_window_profiles_deserialize(PG_FUNCTION_ARGS)
{
	const char *next = VARDATA_ANY(PG_GETARG_BYTEA_PP(0));
	int32 count;
	int32 size;
	Window *window;

	memcpy(&count, next, sizeof(count));
	memcpy(&size, next + sizeof(count), sizeof(size));
	next += sizeof(count) + sizeof(size);
	(void) AggregateContext(fcinfo);
	window = CreateWindow(CurrentMemoryContext, GetPlan(fcinfo->flinfo, next, size, count));
	next += size;
	for (int i = 0; i < count; i++)
	{
		int32 form;
		void *bytes = GetBytes(&next, &form);

		if (form == FORM_WINDOW)
			window->column[i].window = bytes;
		else if (form == FORM_PROFILE)
			window->column[i].profile = ProfileCopy(PointerGetDatum(bytes));
	}
	PG_RETURN_POINTER(window);
}
