/*
 * library_verdict.h
 *		What another library says about a column: the composite type
 *		drift_internal.library_verdict, and the methods asked for.
 */
#ifndef DRIFT_PG_LIBRARY_VERDICT_H
#define DRIFT_PG_LIBRARY_VERDICT_H

#include "fmgr.h"

typedef struct LibraryVerdict
{
	const char *kind;   /* numeric, categorical or text; or NULL */
	const char *method; /* or NULL when there is no verdict, as are the numbers then */
	double statistic;
	double p_value; /* NaN becomes NULL */
	double threshold;
	bool drifted;
	int64 n[2];
	const char *state; /* tested, skipped, insufficient_data or misapplied */
	const char *reason;
} LibraryVerdict;

extern Datum ReturnLibraryVerdict(FunctionCallInfo fcinfo, const LibraryVerdict *verdict);

/* The library's names of the methods asked for the column, for numbers and for categories; or NULL. */
typedef struct AskedMethods
{
	const char *column;
	const char *numeric;
	const char *categorical;
} AskedMethods;

/* Reads three text arguments that are the same for all rows, the first of which is argument first. */
extern AskedMethods ReadAskedMethods(FunctionCallInfo fcinfo, int first, MemoryContext context);

/* The method for a column of that kind; NULL when the library chooses. */
extern const char *AskedMethod(const AskedMethods *asked, bool numeric);

#endif
