/*
 * column_counts.c
 *		drift_internal.column_counts_agg(c1, ..., cn): what a profile of a column does not count.
 *
 * Takes columns of every type. The answer has COUNTS numbers per column.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/value_hash.h"
#include "stats/distinct.h"

#define COUNTS 6

typedef struct ColumnCounts
{
	int64 rows;
	int64 missing;
	int64 blank;    /* numbers that are zero, text that is empty */
	int64 infinite; /* numbers, dates and timestamps */
	DriftDistinct *distinct;
} ColumnCounts;

typedef struct CountsState
{
	MemoryContext context; /* of the aggregate */
	int count;
	ColumnCounts column[FLEXIBLE_ARRAY_MEMBER];
} CountsState;

static DriftDistinct *
CreateSet(MemoryContext context, uint32 slot_bits, uint32 level)
{
	DriftDistinct *set = MemoryContextAlloc(context, drift_distinct_size(slot_bits));

	drift_distinct_init(set, slot_bits, level);
	return set;
}

static CountsState *
CreateState(MemoryContext context, int count)
{
	CountsState *state = MemoryContextAllocZero(context, offsetof(CountsState, column) + sizeof(ColumnCounts) * count);

	state->context = context;
	state->count = count;
	for (int i = 0; i < count; i++)
		state->column[i].distinct = CreateSet(context, DRIFT_DISTINCT_START_BITS, 0);
	return state;
}

static pg_noinline void
MoveSet(MemoryContext context, ColumnCounts *column)
{
	DriftDistinct *set = column->distinct;
	uint32 slot_bits;
	uint32 level;

	drift_distinct_next(set, &slot_bits, &level);
	column->distinct = CreateSet(context, slot_bits, level);
	drift_distinct_move(column->distinct, set);
	pfree(set);
}

static inline void
CountDouble(ColumnCounts *column, double x)
{
	column->blank += x == 0;
	column->infinite += isinf(x) != 0;
}

static void
CountNumeric(ColumnCounts *column, Numeric x)
{
	if (numeric_is_inf(x))
		column->infinite++;
	else
		column->blank +=
			DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(x), NumericGetDatum(int64_to_numeric(0))));
}

static void
CountText(ColumnCounts *column, ValueReader reader, Datum value)
{
	CategoryBytes category;

	ReadCategory(reader, value, &category);
	column->blank += category.length == 0;
}

/* Count zero, empty and infinite values */
static void
CountSpecial(ColumnCounts *column, ValueReader reader, Datum value)
{
	switch (reader)
	{
		case READ_FLOAT8:
			CountDouble(column, DatumGetFloat8(value));
			return;
		case READ_FLOAT4:
			CountDouble(column, DatumGetFloat4(value));
			return;
		case READ_INT2:
			column->blank += DatumGetInt16(value) == 0;
			return;
		case READ_INT4:
			column->blank += DatumGetInt32(value) == 0;
			return;
		case READ_INT8:
			column->blank += DatumGetInt64(value) == 0;
			return;
		case READ_NUMERIC:
			CountNumeric(column, DatumGetNumeric(value));
			return;
		case READ_DATE:
			column->infinite += DATE_NOT_FINITE(DatumGetDateADT(value));
			return;
		case READ_TIMESTAMP:
			column->infinite += TIMESTAMP_NOT_FINITE(DatumGetTimestamp(value));
			return;
		case READ_TEXT:
		case READ_BPCHAR:
		case READ_NAME:
			CountText(column, reader, value);
			return;
		default:
			return;
	}
}

static inline void
CountHash(MemoryContext context, ColumnCounts *column, uint64 hash)
{
	if (!drift_distinct_keeps(column->distinct, hash))
		return;
	while (unlikely(drift_distinct_add(column->distinct, hash) != DRIFT_OK))
		MoveSet(context, column);
}

/* What most columns are, without a call */
static inline void
CountFloat8(MemoryContext context, ColumnCounts *column, double x)
{
	if (unlikely(isnan(x)))
		column->missing++;
	else
	{
		CountDouble(column, x);
		CountHash(context, column, HashDouble(x));
	}
}

static inline void
CountValue(MemoryContext context, ColumnCounts *column, ValueHasher *hasher, Datum value)
{
	if (ValueIsNaN(hasher->reader, value))
		column->missing++;
	else if (hasher->reader != READ_NOTHING)
	{
		CountSpecial(column, hasher->reader, value);
		CountHash(context, column, HashValue(hasher, value));
	}
}

PG_FUNCTION_INFO_V1(drift_column_counts_accum);
Datum
drift_column_counts_accum(PG_FUNCTION_ARGS)
{
	CountsState *state =
		PG_ARGISNULL(0) ? CreateState(AggregateContext(fcinfo), PG_NARGS() - 1) : (CountsState *) PG_GETARG_POINTER(0);
	ValueHasher *hashers = ArgumentHashers(fcinfo, 1);

	for (int i = 0; i < state->count; i++)
	{
		ColumnCounts *column = &state->column[i];

		column->rows++;
		if (PG_ARGISNULL(i + 1))
			column->missing++;
		else if (hashers[i + 1].reader == READ_FLOAT8)
			CountFloat8(state->context, column, PG_GETARG_FLOAT8(i + 1));
		else
			CountValue(state->context, column, &hashers[i + 1], PG_GETARG_DATUM(i + 1));
	}
	PG_RETURN_POINTER(state);
}

static void
MergeColumn(MemoryContext context, ColumnCounts *into, const ColumnCounts *from)
{
	into->rows += from->rows;
	into->missing += from->missing;
	into->blank += from->blank;
	into->infinite += from->infinite;
	while (drift_distinct_merge(into->distinct, from->distinct) != DRIFT_OK)
		MoveSet(context, into);
}

PG_FUNCTION_INFO_V1(drift_column_counts_combine);
Datum
drift_column_counts_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = AggregateContext(fcinfo);
	CountsState *into = PG_ARGISNULL(0) ? NULL : (CountsState *) PG_GETARG_POINTER(0);
	CountsState *from = PG_ARGISNULL(1) ? NULL : (CountsState *) PG_GETARG_POINTER(1);

	if (into == NULL && from != NULL)
		into = CreateState(context, from->count);
	for (int i = 0; from != NULL && i < from->count; i++)
		MergeColumn(context, &into->column[i], &from->column[i]);
	if (into == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(into);
}

/* The state as it is, for a worker of this server is the only one that reads it */
PG_FUNCTION_INFO_V1(drift_column_counts_serialize);
Datum
drift_column_counts_serialize(PG_FUNCTION_ARGS)
{
	CountsState *state = (CountsState *) PG_GETARG_POINTER(0);
	StringInfoData buf;

	(void) AggregateContext(fcinfo);
	pq_begintypsend(&buf);
	pq_sendint32(&buf, state->count);
	for (int i = 0; i < state->count; i++)
	{
		ColumnCounts *column = &state->column[i];
		size_t size = drift_distinct_size(column->distinct->slot_bits);

		pq_sendint32(&buf, size);
		pq_sendbytes(&buf, (const char *) column, offsetof(ColumnCounts, distinct));
		pq_sendbytes(&buf, (const char *) column->distinct, size);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(drift_column_counts_deserialize);
Datum
drift_column_counts_deserialize(PG_FUNCTION_ARGS)
{
	MemoryContext context = AggregateContext(fcinfo);
	bytea *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData buf;
	CountsState *state;

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	state = CreateState(context, pq_getmsgint(&buf, 4));
	for (int i = 0; i < state->count; i++)
	{
		ColumnCounts *column = &state->column[i];
		DriftDistinct *set = MemoryContextAlloc(context, pq_getmsgint(&buf, 4));

		pq_copymsgbytes(&buf, (char *) column, offsetof(ColumnCounts, distinct));
		pq_copymsgbytes(&buf, (char *) set, sizeof(DriftDistinct));
		pq_copymsgbytes(&buf, (char *) (set + 1), drift_distinct_size(set->slot_bits) - sizeof(DriftDistinct));
		pfree(column->distinct);
		column->distinct = set;
	}
	pq_getmsgend(&buf);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_column_counts_final);
Datum
drift_column_counts_final(PG_FUNCTION_ARGS)
{
	CountsState *state;
	Datum *values;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (CountsState *) PG_GETARG_POINTER(0);
	values = palloc(sizeof(Datum) * COUNTS * state->count);
	for (int i = 0; i < state->count; i++)
	{
		const ColumnCounts *column = &state->column[i];
		Datum *value = &values[COUNTS * i];

		value[0] = Int64GetDatum(column->rows);
		value[1] = Int64GetDatum(column->missing);
		value[2] = Int64GetDatum(column->blank);
		value[3] = Int64GetDatum(column->infinite);
		/* an estimate of more values than rows is not one */
		value[4] = Int64GetDatum(Min(drift_distinct_count(column->distinct), column->rows - column->missing));
		value[5] = Int64GetDatum(column->distinct->level == 0);
	}
	PG_RETURN_ARRAYTYPE_P(
		construct_array(values, COUNTS * state->count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
