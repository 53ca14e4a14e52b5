/*
 * aggregate.h
 *		What transition functions share.
 */
#ifndef DRIFT_PG_AGGREGATE_H
#define DRIFT_PG_AGGREGATE_H

#include "fmgr.h"

/* The memory that lives as long as the aggregate; an error for a call that is not an aggregate's. */
static inline MemoryContext
AggregateContext(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return context;
}

#endif
