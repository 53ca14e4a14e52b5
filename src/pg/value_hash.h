/*
 * value_hash.h
 *		A value of any type as 64 bits: equal values have equal hashes.
 *
 * Numbers are equal as their type compares them, NaN to NaN included. Text and
 * what is read as text is equal byte by byte, char(n) without its trailing
 * blanks. Types that are neither numbers nor categories are equal when they
 * print alike.
 */
#ifndef DRIFT_PG_VALUE_HASH_H
#define DRIFT_PG_VALUE_HASH_H

#include <math.h>

#include "fmgr.h"

#include "pg/value.h"
#include "stats/distinct.h"

/* How to hash the values of one argument. */
typedef struct ValueHasher
{
	ValueReader reader;
	FmgrInfo output; /* of types that are read as READ_NOTHING */
} ValueHasher;

/* A hasher per argument from the first one on, kept as long as the function is. */
extern ValueHasher *ArgumentHashers(FunctionCallInfo fcinfo, int first);

/* One zero, one NaN. */
static inline uint64
HashDouble(double x)
{
	union
	{
		double x;
		uint64 bits;
	} value = {isnan(x) ? (double) NAN : x + 0.0};

	return drift_mix(value.bits);
}

extern uint64 HashValue(ValueHasher *hasher, Datum value);

/* NaN: a value to the server, but missing to a statistic. */
extern bool ValueIsNaN(ValueReader reader, Datum value);

#endif
