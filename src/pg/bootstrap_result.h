/*
 * bootstrap_result.h
 *		Bootstrap of a difference, from the rows that an aggregate kept to drift.bootstrap_result.
 */
#ifndef DRIFT_PG_BOOTSTRAP_RESULT_H
#define DRIFT_PG_BOOTSTRAP_RESULT_H

#include "fmgr.h"

#include "pg/value_store.h"
#include "stats/bootstrap.h"

#define DEFAULT_REPLICATES 1999
#define MAX_REPLICATES 1000000

/* What adding up may do to a sum, as a share of the sum of the distances from zero */
#define ROUNDING 1e-12

/* How an aggregate was asked to draw */
typedef struct BootstrapOptions
{
	int32 replicates;
	int64 seed;
	float8 confidence;
} BootstrapOptions;

/* What was drawn */
typedef struct BootstrapDraws
{
	int64 n;
	double value[2]; /* of both models; estimate is the first less the second */
	double estimate;
	double acceleration;
	double slack;   /* what rounding may have done to a replicate */
	double *values; /* of the replicates */
} BootstrapDraws;

/* Read the arguments replicates, seed and confidence, the first of them at number */
extern BootstrapOptions ReadBootstrapOptions(FunctionCallInfo fcinfo, int number);
extern void CheckSameBootstrapOptions(FunctionCallInfo fcinfo, int number, const BootstrapOptions *options);

/* The values of the replicates, zeros */
extern double *AllocateReplicates(const BootstrapOptions *options);

/* Draw the mean of stored differences: fills in all but value */
extern BootstrapDraws DrawMean(ValueStore *store, const BootstrapOptions *options);

extern Datum ReturnBootstrap(FunctionCallInfo fcinfo, const BootstrapDraws *draws, const BootstrapOptions *options);

#endif
