/*
 * paired_values.c
 *		Tests of two values of the same rows: signed ranks, random signs, rows drawn again.
 *
 * All of them need the differences only, in their order; those of one query
 * share the state.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/memutils.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/bootstrap_result.h"
#include "pg/composite.h"
#include "pg/constant_argument.h"
#include "pg/labelled.h"
#include "stats/sample.h"
#include "stats/sign_flips.h"
#include "stats/wilcoxon.h"

#define DEFAULT_PERMUTATIONS 999
#define MAX_PERMUTATIONS 10000000

typedef struct PairedValues
{
	ValueStore differences;
	DriftSum sum[2];          /* of both values */
	BootstrapOptions options; /* of the bootstrap */
	int32 permutations;
} PairedValues;

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

static void
ReleaseValues(Datum arg)
{
	CloseValues(&((PairedValues *) DatumGetPointer(arg))->differences);
}

static PairedValues *
CreatePairs(FunctionCallInfo fcinfo)
{
	MemoryContext context = AggregateContext(fcinfo);
	PairedValues *pairs = MemoryContextAllocZero(context, sizeof(PairedValues));

	pairs->differences.context = context;
	AggRegisterCallback(fcinfo, ReleaseValues, PointerGetDatum(pairs));
	return pairs;
}

/* Add a row; equal infinities differ by nothing */
static inline void
AddRow(FunctionCallInfo fcinfo, PairedValues *pairs)
{
	float8 first;
	float8 second;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return;
	first = PG_GETARG_FLOAT8(1);
	second = PG_GETARG_FLOAT8(2);
	if (isnan(first) || isnan(second))
		return;
	drift_sum_add(&pairs->sum[0], first);
	drift_sum_add(&pairs->sum[1], second);
	AddValue(&pairs->differences, first == second ? 0 : first - second);
}

/* paired_accum(state, value_1, value_2 [, replicates [, seed [, confidence]]]) */
PG_FUNCTION_INFO_V1(drift_paired_accum);
Datum
drift_paired_accum(PG_FUNCTION_ARGS)
{
	PairedValues *pairs;

	if (PG_ARGISNULL(0))
	{
		pairs = CreatePairs(fcinfo);
		pairs->options = ReadBootstrapOptions(fcinfo, 3);
		pairs->permutations = DEFAULT_PERMUTATIONS;
	}
	else
		pairs = (PairedValues *) PG_GETARG_POINTER(0);
	CheckSameBootstrapOptions(fcinfo, 3, &pairs->options);
	AddRow(fcinfo, pairs);
	PG_RETURN_POINTER(pairs);
}

/* paired_flips_accum(state, value_1, value_2, permutations [, seed]) */
PG_FUNCTION_INFO_V1(drift_paired_flips_accum);
Datum
drift_paired_flips_accum(PG_FUNCTION_ARGS)
{
	PairedValues *pairs;

	if (PG_ARGISNULL(0))
	{
		pairs = CreatePairs(fcinfo);
		pairs->permutations = CountArgument(fcinfo, 3, "permutations", DEFAULT_PERMUTATIONS, 1, MAX_PERMUTATIONS);
		pairs->options.seed = SeedArgument(fcinfo, 4);
	}
	else
		pairs = (PairedValues *) PG_GETARG_POINTER(0);
	CheckSameInt32(fcinfo, 3, "permutations", pairs->permutations);
	CheckSameInt64(fcinfo, 4, "seed", pairs->options.seed);
	AddRow(fcinfo, pairs);
	PG_RETURN_POINTER(pairs);
}

/* Get the state, NULL when there is no row */
static PairedValues *
FinishedPairs(FunctionCallInfo fcinfo)
{
	PairedValues *pairs = PG_ARGISNULL(0) ? NULL : (PairedValues *) PG_GETARG_POINTER(0);

	return pairs && pairs->differences.n > 0 ? pairs : NULL;
}

/* ------------------------------------------------------------------------
 * Wilcoxon: from zero outwards, negative differences on one side and positive ones on the other
 * ------------------------------------------------------------------------ */

/* Count the ranks from at on, in the direction of step, that have a distance from zero; at goes past them */
static int64
CountDistance(SortedKeys *sorted, int64 *at, int64 end, int step, double distance)
{
	int64 count = 0;

	for (; *at != end && fabs(drift_key_value(KeyAt(sorted, *at))) == distance; *at += step)
		count++;
	return count;
}

/* The distance from zero of a rank, infinite and more past the end */
static double
DistanceAt(SortedKeys *sorted, int64 at, int64 end)
{
	return at == end ? NAN : fabs(drift_key_value(KeyAt(sorted, at)));
}

static DriftWilcoxon
TakeRanks(SortedKeys *below, SortedKeys *above, int64 *zeros)
{
	DriftWilcoxon w = {0};
	int64 down = SortedRank(below, DRIFT_KEY_ZERO) - 1;
	int64 up = SortedRank(above, DRIFT_KEY_ZERO + 1);

	*zeros = up - down - 1;
	while (down >= 0 || up < above->n)
	{
		/* fmin() prefers the number */
		double distance = fmin(DistanceAt(below, down, -1), DistanceAt(above, up, above->n));
		int64 negative = CountDistance(below, &down, -1, -1, distance);
		int64 positive = CountDistance(above, &up, above->n, 1, distance);

		drift_wilcoxon_group(&w, positive, negative);
	}
	return w;
}

PG_FUNCTION_INFO_V1(drift_wilcoxon_test);
Datum
drift_wilcoxon_test(PG_FUNCTION_ARGS)
{
	PairedValues *pairs = FinishedPairs(fcinfo);
	SortedKeys *sorted;
	DriftWilcoxonResult result;
	DriftWilcoxon ranks;
	int64 zeros;
	Datum values[5];
	bool nulls[5] = {false};

	if (pairs == NULL)
		PG_RETURN_NULL();
	sorted = palloc(2 * sizeof(SortedKeys));
	OpenValues(&pairs->differences, &sorted[0]);
	OpenValues(&pairs->differences, &sorted[1]);
	ranks = TakeRanks(&sorted[0], &sorted[1], &zeros);
	result = drift_wilcoxon(&ranks, zeros);
	values[0] = Float8GetDatum(result.statistic);
	values[1] = Float8GetDatum(result.p_value);
	values[2] = Float8GetDatum(result.rank_biserial);
	values[3] = Int64GetDatum(ranks.n);
	values[4] = Int64GetDatum(zeros);
	pfree(sorted);
	PG_RETURN_DATUM(RowDatum(ReturnedRowType(fcinfo, lengthof(values)), values, nulls));
}

/* ------------------------------------------------------------------------
 * Random signs
 * ------------------------------------------------------------------------ */

typedef struct Flipped
{
	double total;
	double slack;
	double p_value;
	int64 permutations; /* that were tried, or all there are */
	bool exact;
} Flipped;

static void
FlipSigns(PairedValues *pairs, SortedKeys *sorted, Flipped *flipped)
{
	int64 n = sorted->n;
	int64 room = ValueBlock(&pairs->differences);
	double *block = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * room);
	double *sums = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(double) * pairs->permutations);
	int64 count;

	flipped->exact = drift_sign_flips_exhaustive(n, pairs->permutations);
	if (flipped->exact)
	{
		ReadValues(sorted, 0, block, room);
		flipped->p_value = drift_sign_flips_exact(block, n, flipped->total, flipped->slack);
		flipped->permutations = INT64_C(1) << n;
		return;
	}
	memset(sums, 0, sizeof(double) * pairs->permutations);
	for (int64 first = 0; (count = ReadValues(sorted, first, block, room)) > 0; first += count)
		drift_sign_flips_add(sums, pairs->permutations, (uint64) pairs->options.seed, block, first, count,
							 LabelledPoll);
	flipped->p_value = drift_sign_flips_p_value(sums, pairs->permutations, flipped->total, flipped->slack);
	flipped->permutations = pairs->permutations;
	pfree(sums);
	pfree(block);
}

PG_FUNCTION_INFO_V1(drift_paired_permutation_test);
Datum
drift_paired_permutation_test(PG_FUNCTION_ARGS)
{
	PairedValues *pairs = FinishedPairs(fcinfo);
	SortedKeys *sorted;
	Flipped flipped;
	DriftSum sum;
	DriftSum size;
	Datum values[5];
	bool nulls[5] = {false};

	if (pairs == NULL)
		PG_RETURN_NULL();
	sorted = palloc(sizeof(SortedKeys));
	OpenValues(&pairs->differences, sorted);
	SumValues(sorted, &sum, &size);
	flipped.total = drift_sum_total(&sum);
	flipped.slack = ROUNDING * drift_sum_total(&size);
	FlipSigns(pairs, sorted, &flipped);
	/* infinite values have no sums to compare */
	if (!isfinite(flipped.slack))
		flipped.p_value = NAN;
	NumberField(values, nulls, 0, flipped.total / (double) sorted->n);
	NumberField(values, nulls, 1, flipped.p_value);
	values[2] = Int64GetDatum(sorted->n);
	values[3] = Int64GetDatum(flipped.permutations);
	values[4] = BoolGetDatum(flipped.exact);
	pfree(sorted);
	PG_RETURN_DATUM(RowDatum(ReturnedRowType(fcinfo, lengthof(values)), values, nulls));
}

/* ------------------------------------------------------------------------
 * Rows drawn again
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_bootstrap_test);
Datum
drift_bootstrap_test(PG_FUNCTION_ARGS)
{
	PairedValues *pairs = FinishedPairs(fcinfo);
	BootstrapDraws draws;

	if (pairs == NULL)
		PG_RETURN_NULL();
	draws = DrawMean(&pairs->differences, &pairs->options);
	for (int side = 0; side < 2; side++)
		draws.value[side] = drift_sum_mean(&pairs->sum[side], draws.n);
	PG_RETURN_DATUM(ReturnBootstrap(fcinfo, &draws, &pairs->options));
}
