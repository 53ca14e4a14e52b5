/*
 * row_hash.c
 *		Rows as hashes and as patterns of what is missing.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/value_hash.h"
#include "stats/distinct.h"

#define HASH_OF_NULL UINT64CONST(0x9e3779b97f4a7c15)
#define MASK_BITS 63

/* Rows that are not distinct have the same hash; others share one with a probability of 2^-64 */
PG_FUNCTION_INFO_V1(drift_row_hash);
Datum
drift_row_hash(PG_FUNCTION_ARGS)
{
	ValueHasher *hashers = ArgumentHashers(fcinfo, 0);
	uint64 hash = 0;

	for (int i = 0; i < PG_NARGS(); i++)
		hash =
			drift_mix((hash ^ (PG_ARGISNULL(i) ? HASH_OF_NULL : HashValue(&hashers[i], PG_GETARG_DATUM(i)))) + i + 1);
	PG_RETURN_INT64((int64) hash);
}

/* Bit i is set where argument i is NULL or NaN */
PG_FUNCTION_INFO_V1(drift_missing_mask);
Datum
drift_missing_mask(PG_FUNCTION_ARGS)
{
	ValueHasher *hashers = ArgumentHashers(fcinfo, 0);
	uint64 mask = 0;

	if (PG_NARGS() > MASK_BITS)
		ereport(ERROR, (errcode(ERRCODE_TOO_MANY_ARGUMENTS),
						errmsg("a mask of missing values has room for %d columns", MASK_BITS)));
	for (int i = 0; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i) || ValueIsNaN(hashers[i].reader, PG_GETARG_DATUM(i)))
			mask |= UINT64CONST(1) << i;
	PG_RETURN_INT64((int64) mask);
}

/*
 * In how many rows the two members of each pair differ. A pair that differs in
 * more rows than it may is not compared any further: unrelated columns cost
 * next to nothing after the first rows.
 */
typedef struct Pair
{
	int32 first; /* positions from 0 */
	int32 second;
	int32 number;
} Pair;

typedef struct DifferentRows
{
	int count;   /* of pairs */
	int columns; /* of the arrays of hashes */
	int left;    /* pairs still compared, the first ones */
	int64 limit;
	Pair *pair;
	int64 *rows; /* by number of the pair */
} DifferentRows;

static ArrayType *
ArrayArgument(FunctionCallInfo fcinfo, int i)
{
	ArrayType *array;

	if (PG_ARGISNULL(i))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("pairs and hashes cannot be NULL")));
	array = PG_GETARG_ARRAYTYPE_P(i);
	if (array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("pairs and hashes cannot hold NULL")));
	return array;
}

static int
ArrayLength(const ArrayType *array)
{
	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

static DifferentRows *
StartDifferentRows(MemoryContext context, ArrayType *pairs, int columns, int64 limit)
{
	DifferentRows *state = MemoryContextAllocZero(context, sizeof(DifferentRows));
	const int32 *member = (const int32 *) ARR_DATA_PTR(pairs);

	state->count = state->left = ArrayLength(pairs) / 2;
	state->columns = columns;
	state->limit = limit;
	state->pair = MemoryContextAllocHuge(context, sizeof(Pair) * (state->count + 1));
	state->rows = MemoryContextAllocHuge(context, sizeof(int64) * (state->count + 1));
	memset(state->rows, 0, sizeof(int64) * (state->count + 1));
	for (int i = 0; i < state->count; i++)
	{
		state->pair[i] = (Pair){member[2 * i] - 1, member[2 * i + 1] - 1, i};
		if (Min(state->pair[i].first, state->pair[i].second) < 0 ||
			Max(state->pair[i].first, state->pair[i].second) >= columns)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("a pair of columns is not among the %d columns", columns)));
	}
	return state;
}

PG_FUNCTION_INFO_V1(drift_different_rows_accum);
Datum
drift_different_rows_accum(PG_FUNCTION_ARGS)
{
	MemoryContext context = AggregateContext(fcinfo);
	ArrayType *hashes = ArrayArgument(fcinfo, 2);
	const int64 *hash = (const int64 *) ARR_DATA_PTR(hashes);
	DifferentRows *state = PG_ARGISNULL(0) ? StartDifferentRows(context, ArrayArgument(fcinfo, 1), ArrayLength(hashes),
																PG_ARGISNULL(3) ? PG_INT64_MAX : PG_GETARG_INT64(3))
										   : (DifferentRows *) PG_GETARG_POINTER(0);

	if (ArrayLength(hashes) != state->columns)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("rows have different numbers of columns")));
	for (int i = 0; i < state->left;)
	{
		Pair *pair = &state->pair[i];

		if (hash[pair->first] != hash[pair->second] && unlikely(++state->rows[pair->number] > state->limit))
			*pair = state->pair[--state->left];
		else
			i++;
	}
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_different_rows_final);
Datum
drift_different_rows_final(PG_FUNCTION_ARGS)
{
	DifferentRows *state;
	Datum *values;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (DifferentRows *) PG_GETARG_POINTER(0);
	values = palloc(sizeof(Datum) * (state->count + 1));
	for (int i = 0; i < state->count; i++)
		values[i] = Int64GetDatum(state->rows[i]);
	PG_RETURN_ARRAYTYPE_P(
		construct_array(values, state->count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
