/*
 * flat_state.h
 *		States of aggregates that are bytes without pointers: how parallel plans send them.
 */
#ifndef DRIFT_PG_FLAT_STATE_H
#define DRIFT_PG_FLAT_STATE_H

#include "fmgr.h"

static inline void *
CopyFlatState(MemoryContext context, const void *state, Size size)
{
	void *copy = MemoryContextAlloc(context, size);

	memcpy(copy, state, size);
	return copy;
}

/* What a serialize function returns */
static inline Datum
FlatStateBytes(const void *state, Size size)
{
	bytea *bytes = palloc(VARHDRSZ + size);

	SET_VARSIZE(bytes, VARHDRSZ + size);
	memcpy(VARDATA(bytes), state, size);
	return PointerGetDatum(bytes);
}

/* What a deserialize function, whose first argument are the bytes, returns */
static inline Datum
FlatStateOfBytes(FunctionCallInfo fcinfo)
{
	const bytea *bytes = PG_GETARG_BYTEA_PP(0);

	return PointerGetDatum(CopyFlatState(CurrentMemoryContext, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)));
}

#endif
