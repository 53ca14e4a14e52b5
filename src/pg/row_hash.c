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
		elog(ERROR, "a mask of missing values has room for %d columns", MASK_BITS);
	for (int i = 0; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i) || ValueIsNaN(hashers[i].reader, PG_GETARG_DATUM(i)))
			mask |= UINT64CONST(1) << i;
	PG_RETURN_INT64((int64) mask);
}

/* How often the two members of each pair were equal */
typedef struct EqualRows
{
	int count;     /* of pairs */
	int columns;   /* of the arrays of hashes */
	int32 *member; /* two positions per pair, from 0 */
	int64 *rows;   /* per pair */
} EqualRows;

static EqualRows *
StartEqualRows(MemoryContext context, ArrayType *pairs, int columns)
{
	EqualRows *state = MemoryContextAllocZero(context, sizeof(EqualRows));
	int members = ArrayGetNItems(ARR_NDIM(pairs), ARR_DIMS(pairs));

	state->count = members / 2;
	state->columns = columns;
	state->member = MemoryContextAlloc(context, sizeof(int32) * (members + 1));
	state->rows = MemoryContextAllocZero(context, sizeof(int64) * (state->count + 1));
	for (int i = 0; i < members; i++)
	{
		state->member[i] = ((int32 *) ARR_DATA_PTR(pairs))[i] - 1;
		if (state->member[i] < 0 || state->member[i] >= columns)
			elog(ERROR, "no column %d among %d", state->member[i] + 1, columns);
	}
	return state;
}

static const int64 *
ReadHashes(ArrayType *array, int columns)
{
	if (ARR_HASNULL(array) || ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) != columns)
		elog(ERROR, "unexpected array of hashes");
	return (const int64 *) ARR_DATA_PTR(array);
}

PG_FUNCTION_INFO_V1(drift_equal_rows_accum);
Datum
drift_equal_rows_accum(PG_FUNCTION_ARGS)
{
	MemoryContext context = AggregateContext(fcinfo);
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(2);
	EqualRows *state;
	const int64 *hash;

	state = PG_ARGISNULL(0)
				? StartEqualRows(context, PG_GETARG_ARRAYTYPE_P(1), ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)))
				: (EqualRows *) PG_GETARG_POINTER(0);
	hash = ReadHashes(array, state->columns);
	for (int i = 0; i < state->count; i++)
		state->rows[i] += hash[state->member[2 * i]] == hash[state->member[2 * i + 1]];
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_equal_rows_final);
Datum
drift_equal_rows_final(PG_FUNCTION_ARGS)
{
	EqualRows *state;
	Datum *values;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (EqualRows *) PG_GETARG_POINTER(0);
	values = palloc(sizeof(Datum) * (state->count + 1));
	for (int i = 0; i < state->count; i++)
		values[i] = Int64GetDatum(state->rows[i]);
	PG_RETURN_ARRAYTYPE_P(
		construct_array(values, state->count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
