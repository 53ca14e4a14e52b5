/*
 * fairness.c
 *		Disparities of groups from the counts of each, with bootstrap intervals.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "compat.h"
#include "stats/fairness.h"
#include "stats/special.h"

#define MAX_REPLICATES 100000

/* Numbers of a group in the arguments: tp, fp, fn, tn, effective, counted */
#define GROUP_NUMBERS 6

typedef struct Groups
{
	DriftFairnessGroup *group;
	int count;
} Groups;

static Groups
ReadGroups(FunctionCallInfo fcinfo, int argument)
{
	Groups groups = {0};
	Datum *values;
	bool *nulls;
	int count;

	if (PG_ARGISNULL(argument))
		return groups;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &values, &nulls, &count);
	groups.count = count / GROUP_NUMBERS;
	groups.group = palloc(Max(groups.count, 1) * sizeof(DriftFairnessGroup));
	for (int i = 0; i < groups.count * GROUP_NUMBERS; i++)
		if (nulls[i] || !isfinite(DatumGetFloat8(values[i])) || DatumGetFloat8(values[i]) < 0 ||
			DatumGetFloat8(values[i]) > 1e15)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("counts of a group must be numbers from 0 to 1e15")));
	for (int i = 0; i < groups.count; i++)
	{
		const Datum *v = values + i * GROUP_NUMBERS;

		groups.group[i] = (DriftFairnessGroup){DatumGetFloat8(v[0]), DatumGetFloat8(v[1]), DatumGetFloat8(v[2]),
											   DatumGetFloat8(v[3]), DatumGetFloat8(v[4]), DatumGetFloat8(v[5]) > 0};
	}
	return groups;
}

static double
ReadConfidence(FunctionCallInfo fcinfo, int argument)
{
	double confidence = PG_ARGISNULL(argument) ? NAN : PG_GETARG_FLOAT8(argument);

	if (!(confidence > 0 && confidence < 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("confidence must be greater than 0 and less than 1")));
	return confidence;
}

/* Bootstrap samples: DRIFT_DISPARITIES values each */
static double *
Resample(Groups groups, const DriftFairnessOptions *options, int replicates, uint64 seed)
{
	double *values = palloc((Size) replicates * DRIFT_DISPARITIES * sizeof(double));
	DriftRandom random;

	drift_random_init(&random, seed);
	for (int i = 0; i < replicates; i++)
	{
		CHECK_FOR_INTERRUPTS();
		drift_fairness_resample(groups.group, groups.count, options, &random, values + i * DRIFT_DISPARITIES);
	}
	return values;
}

/* The share of samples of groups that are treated alike whose disparities are as large */
static void
TakePValues(Groups groups, const DriftFairnessOptions *options, int replicates, uint64 seed, const DriftDisparity *seen,
			double *p_values)
{
	int64 determined[DRIFT_DISPARITIES] = {0};
	int64 as_large[DRIFT_DISPARITIES] = {0};
	DriftRandom random;

	drift_random_init(&random, seed);
	for (int i = 0; i < replicates; i++)
	{
		double values[DRIFT_DISPARITIES];

		CHECK_FOR_INTERRUPTS();
		drift_fairness_alike(groups.group, groups.count, options, &random, values);
		for (int d = 0; d < DRIFT_DISPARITIES; d++)
		{
			bool is_ratio = d % 2 == 1;

			/* sums that are equal on paper may differ in their last bits */
			determined[d] += !isnan(values[d]);
			as_large[d] += is_ratio ? values[d] <= seen[d].value + 1e-12 : values[d] >= seen[d].value - 1e-12;
		}
	}
	for (int d = 0; d < DRIFT_DISPARITIES; d++)
		p_values[d] =
			replicates == 0 || isnan(seen[d].value) ? NAN : (double) (as_large[d] + 1) / (double) (determined[d] + 1);
}

static int
CompareDoubles(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

/* numpy's 'linear' */
static double
SampleQuantile(const double *sorted, int n, double share)
{
	double place = share * (n - 1);
	int below = (int) floor(place);

	return sorted[below] + (place - below) * (sorted[Min(below + 1, n - 1)] - sorted[below]);
}

/*
 * Percentiles of the samples that have a value. A largest difference is larger in the rows that were seen than
 * in truth, and in a sample than in those rows: the interval is widened by twice that on the side of the truth,
 * and to what was seen. NaN if fewer than half of the samples have a value.
 */
static void
TakeInterval(double *samples, int replicates, double seen, double confidence, double *low, double *high)
{
	double tail = (1 - confidence) / 2;
	double bias = 0;
	int n = 0;

	*low = *high = NAN;
	for (int i = 0; i < replicates; i++)
		if (!isnan(samples[i]))
		{
			bias += samples[i] - seen;
			samples[n++] = samples[i];
		}
	if (n == 0 || n * 2 < replicates || isnan(seen))
		return;
	bias /= n;
	qsort(samples, n, sizeof(double), CompareDoubles);
	*low = Min(SampleQuantile(samples, n, tail) - Max(2 * bias, 0), seen);
	*high = Max(SampleQuantile(samples, n, 1 - tail) - Min(2 * bias, 0), seen);
}

/* Disparity d of each sample, less that of the reference if there is one */
static void
TakeColumn(double *column, const double *samples, const double *samples_before, int replicates, int d)
{
	for (int i = 0; i < replicates; i++)
		column[i] = samples[i * DRIFT_DISPARITIES + d] -
					(samples_before == NULL ? 0 : samples_before[i * DRIFT_DISPARITIES + d]);
}

static void
SetNumber(Datum *values, bool *nulls, int column, double number)
{
	values[column] = Float8GetDatum(number);
	nulls[column] = isnan(number);
}

/*
 * fairness_disparities(groups, reference groups or NULL, has_truth, to_overall, mean, confidence, replicates, seed):
 * a row for each disparity, and how it changed from the reference
 */
PG_FUNCTION_INFO_V1(drift_fairness_disparities);
Datum
drift_fairness_disparities(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Groups current = ReadGroups(fcinfo, 0);
	Groups reference = ReadGroups(fcinfo, 1);
	DriftFairnessOptions options = {PG_GETARG_BOOL(2), PG_GETARG_BOOL(3), PG_GETARG_BOOL(4)};
	double confidence = ReadConfidence(fcinfo, 5);
	int replicates = PG_GETARG_INT32(6);
	uint64 seed = (uint64) PG_GETARG_INT64(7);
	DriftDisparity seen[DRIFT_DISPARITIES];
	DriftDisparity before[DRIFT_DISPARITIES];
	double p_values[DRIFT_DISPARITIES];
	double *samples;
	double *samples_before;
	double *column;

	if (replicates < 0 || replicates > MAX_REPLICATES)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the number of replicates must be from 0 to %d", MAX_REPLICATES)));
	InitMaterializedSRF(fcinfo, 0);

	drift_disparities(current.group, current.count, &options, seen);
	drift_disparities(reference.group, reference.count, &options, before);
	TakePValues(current, &options, replicates, seed ^ 1, seen, p_values);
	samples = Resample(current, &options, replicates, seed);
	samples_before = Resample(reference, &options, replicates, seed ^ 2);
	column = palloc(Max(replicates, 1) * sizeof(double));

	for (int d = 0; d < DRIFT_DISPARITIES; d++)
	{
		Datum values[10];
		bool nulls[10] = {false};
		double low;
		double high;

		values[0] = CStringGetTextDatum(drift_disparity_name(d));
		SetNumber(values, nulls, 1, seen[d].value);
		TakeColumn(column, samples, NULL, replicates, d);
		TakeInterval(column, replicates, seen[d].value, confidence, &low, &high);
		/* every disparity is on one side of equality, which the samples so never reach */
		if (p_values[d] >= 1 - confidence)
			*(d % 2 == 0 ? &low : &high) = d % 2;
		SetNumber(values, nulls, 2, low < 0 ? 0 : low);
		SetNumber(values, nulls, 3, high > 1 ? 1 : high);
		SetNumber(values, nulls, 4, p_values[d]);
		values[5] = Int32GetDatum(seen[d].lowest + 1);
		values[6] = Int32GetDatum(seen[d].highest + 1);
		nulls[5] = nulls[6] = isnan(seen[d].value);
		SetNumber(values, nulls, 7, seen[d].value - before[d].value);
		TakeColumn(column, samples, samples_before, replicates, d);
		TakeInterval(column, replicates, seen[d].value - before[d].value, confidence, &low, &high);
		SetNumber(values, nulls, 8, low);
		SetNumber(values, nulls, 9, high);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* share_interval(share, n, confidence): Wilson's interval as {low, high} */
PG_FUNCTION_INFO_V1(drift_share_interval_of);
Datum
drift_share_interval_of(PG_FUNCTION_ARGS)
{
	double share = PG_GETARG_FLOAT8(0);
	double n = PG_GETARG_FLOAT8(1);
	double confidence = ReadConfidence(fcinfo, 2);
	double ends[2];
	Datum values[2];

	drift_share_interval(share, n, drift_normal_quantile(1 - (1 - confidence) / 2), &ends[0], &ends[1]);
	if (isnan(ends[0]) || isnan(ends[1]))
		PG_RETURN_NULL();
	for (int i = 0; i < 2; i++)
		values[i] = Float8GetDatum(ends[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(values, 2, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
