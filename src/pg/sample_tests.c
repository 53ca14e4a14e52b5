/*
 * sample_tests.c
 *		Tests of numbers that need more than one pass over their values, of
 *		labelled rows and of exact profiles: Epps-Singleton, Levene and maximum
 *		mean discrepancy.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

#include "compat.h"
#include "errors.h"
#include "pg/labelled.h"
#include "pg/profile_statistics.h"
#include "pg/test_result.h"
#include "stats/epps_singleton.h"
#include "stats/levene.h"
#include "stats/mmd.h"
#include "stats/numeric_statistics.h"
#include "stats/pick.h"
#include "stats/random.h"

/* Two samples of numbers, and a pass over them */
typedef struct NumberPair
{
	int64 n[2];
	Labelled *state; /* or NULL, and then: */
	DriftNumericUnion profiles;
	NumberScan *scan;
	const uint64 *keys[2]; /* of a pass as the numbers arrived */
	bool unsorted;         /* the pass is one */
	int64 at;              /* and here, the reference's numbers before the current ones */
} NumberPair;

static NumberPair
PairOfState(Labelled *state)
{
	return (NumberPair){.n = {state->n[0], state->n[1]}, .state = state, .scan = palloc(sizeof(NumberScan))};
}

static NumberPair
PairOfProfiles(Sides sides, const char *statistic)
{
	RequireNumbers(sides);
	RequireExactProfiles(sides, statistic);
	return (NumberPair){.n = {drift_profile_n(sides.reference), drift_profile_n(sides.current)},
						.profiles = {REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), 0, 0}};
}

/* Begin a pass over the distinct values, ascending */
static void
PairRewind(NumberPair *pair)
{
	pair->unsorted = false;
	if (pair->state)
		LabelledNumbersScan(pair->state, pair->scan);
	else
		pair->profiles.i = pair->profiles.j = 0;
}

/* Begin a pass in whatever order takes least time; a value may come more than once */
static void
PairRewindAnyOrder(NumberPair *pair)
{
	pair->unsorted = pair->state && LabelledNumbersUnsorted(pair->state, pair->keys);
	pair->at = 0;
	if (!pair->unsorted)
		PairRewind(pair);
}

/* Get the next value and how many rows of each side it stands for */
static inline bool
PairNext(NumberPair *pair, double *value, int64 rows[2])
{
	int64_t counts[2];

	CHECK_FOR_INTERRUPTS();
	if (pair->unsorted)
	{
		int side = pair->at >= pair->n[0];

		if (pair->at == pair->n[0] + pair->n[1])
			return false;
		*value = drift_key_value(pair->keys[side][pair->at++ - (side ? pair->n[0] : 0)]);
		rows[side] = 1;
		rows[1 - side] = 0;
		return true;
	}
	if (pair->state)
		return LabelledNextNumber(pair->scan, value, rows);
	if (!drift_numeric_union_next(&pair->profiles, value, &counts[0], &counts[1]))
		return false;
	rows[0] = counts[0];
	rows[1] = counts[1];
	return true;
}

/* Find the quantiles of n keys in any order at 1/parts, 2/parts, ... */
static void
SelectQuantiles(const uint64 *keys, int64 n, int parts, double *quantiles)
{
	DriftSelector *selector = palloc(sizeof(DriftSelector));
	uint64 *room = MemoryContextAllocHuge(CurrentMemoryContext, 2 * sizeof(uint64) * n);
	DriftRanked ranked;

	drift_selector_init(selector, keys, n, parts, room, room + n, LabelledPoll);
	ranked = drift_selector_ranked(selector);
	for (int i = 1; i < parts; i++)
		quantiles[i - 1] = drift_ranked_quantile(&ranked, (double) i / parts);
	pfree(room);
	pfree(selector);
}

/* Find the quantiles of both sides together */
static void
SelectPooledQuantiles(const NumberPair *pair, int parts, double *quantiles)
{
	uint64 *pool = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(uint64) * (pair->n[0] + pair->n[1]));

	memcpy(pool, pair->keys[0], sizeof(uint64) * pair->n[0]);
	memcpy(pool + pair->n[0], pair->keys[1], sizeof(uint64) * pair->n[1]);
	SelectQuantiles(pool, pair->n[0] + pair->n[1], parts, quantiles);
	pfree(pool);
}

/* Find the quantiles of each side, or of both together in side 0, at 1/parts, 2/parts, ... */
static void
PairQuantiles(NumberPair *pair, bool pooled, int parts, double quantiles[2][DRIFT_PICK_MAX])
{
	DriftPick picks[2];
	double shares[DRIFT_PICK_MAX];
	double value;
	int64 rows[2];

	PairRewindAnyOrder(pair);
	if (pair->unsorted)
	{
		if (pooled)
			SelectPooledQuantiles(pair, parts, quantiles[0]);
		for (int side = 0; side < 2 && !pooled; side++)
			SelectQuantiles(pair->keys[side], pair->n[side], parts, quantiles[side]);
		return;
	}
	for (int i = 1; i < parts; i++)
		shares[i - 1] = (double) i / parts;
	drift_pick_init(&picks[0], pair->n[0] + (pooled ? pair->n[1] : 0), shares, parts - 1);
	drift_pick_init(&picks[1], pair->n[1], shares, parts - 1);
	while (PairNext(pair, &value, rows))
	{
		drift_pick_step(&picks[0], value, rows[0] + (pooled ? rows[1] : 0));
		drift_pick_step(&picks[1], value, rows[1]);
	}
	for (int side = 0; side < 2; side++)
		for (int i = 0; i < parts - 1; i++)
			quantiles[side][i] = drift_pick_quantile(&picks[side], i);
}

/* ------------------------------------------------------------------------
 * Epps-Singleton
 * ------------------------------------------------------------------------ */

static DriftTest
EppsSingleton(NumberPair *pair)
{
	DriftEppsSingleton test;
	double quartiles[2][DRIFT_PICK_MAX];
	double value;
	int64 rows[2];

	PairQuantiles(pair, true, 4, quartiles);
	drift_epps_singleton_init(&test, pair->n[0], pair->n[1], quartiles[0][0], quartiles[0][2]);
	PairRewindAnyOrder(pair);
	while (PairNext(pair, &value, rows))
		drift_epps_singleton_step(&test, value, rows[0], rows[1]);
	return drift_epps_singleton_finish(&test);
}

DriftTest
LabelledEppsSingleton(Labelled *state)
{
	NumberPair pair = PairOfState(state);

	return EppsSingleton(&pair);
}

PG_FUNCTION_INFO_V1(drift_labelled_epps_singleton_test);
Datum
drift_labelled_epps_singleton_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "epps_singleton_test");
	DriftTest test = LabelledEppsSingleton(state);

	PG_RETURN_DATUM(LabelledResult(fcinfo, state, test.statistic, test.p_value));
}

PG_FUNCTION_INFO_V1(drift_epps_singleton_test_profiles);
Datum
drift_epps_singleton_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	NumberPair pair = PairOfProfiles(sides, "epps_singleton_test");
	DriftTest test = EppsSingleton(&pair);

	return ExactResult(fcinfo, sides, test.statistic, test.p_value);
}

/* ------------------------------------------------------------------------
 * Levene
 * ------------------------------------------------------------------------ */

static void
LevenePass(NumberPair *pair, DriftLevene *test)
{
	double value;
	int64 rows[2];

	PairRewindAnyOrder(pair);
	while (PairNext(pair, &value, rows))
		drift_levene_step(test, value, rows[0], rows[1]);
}

static DriftTest
Levene(NumberPair *pair)
{
	DriftLevene test;
	double medians[2][DRIFT_PICK_MAX];

	PairQuantiles(pair, false, 2, medians);
	drift_levene_init(&test, pair->n[0], pair->n[1], medians[0][0], medians[1][0]);
	LevenePass(pair, &test);
	drift_levene_second_pass(&test);
	LevenePass(pair, &test);
	return drift_levene_finish(&test);
}

PG_FUNCTION_INFO_V1(drift_labelled_levene_test);
Datum
drift_labelled_levene_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "levene_test");
	NumberPair pair = PairOfState(state);
	DriftTest test = Levene(&pair);

	PG_RETURN_DATUM(LabelledResult(fcinfo, state, test.statistic, test.p_value));
}

PG_FUNCTION_INFO_V1(drift_levene_test_profiles);
Datum
drift_levene_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	NumberPair pair = PairOfProfiles(sides, "levene_test");
	DriftTest test = Levene(&pair);

	return ExactResult(fcinfo, sides, test.statistic, test.p_value);
}

/* ------------------------------------------------------------------------
 * Maximum mean discrepancy
 * ------------------------------------------------------------------------ */

#define MMD_SAMPLE 1000
#define MMD_SEED 42
#define MMD_PERMUTATIONS 499

/* What the aggregate takes besides value and flag */
typedef struct MmdConstants
{
	int32 sample;
	int64 seed;
} MmdConstants;

/* Read [sample [, seed]] from the argument at `first` on */
static MmdConstants
MmdArguments(FunctionCallInfo fcinfo, int first)
{
	MmdConstants constants = {MMD_SAMPLE, MMD_SEED};

	for (int i = first; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("sample and seed must not be NULL")));
	if (PG_NARGS() > first)
		constants.sample = PG_GETARG_INT32(first);
	if (PG_NARGS() > first + 1)
		constants.seed = PG_GETARG_INT64(first + 1);
	if (constants.sample < DRIFT_MMD_MIN || constants.sample > DRIFT_MMD_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("sample must be from %d to %d rows of a side", DRIFT_MMD_MIN, DRIFT_MMD_MAX),
						errdetail("It is %d.", constants.sample)));
	return constants;
}

/* (state, value, is_current, sample [, seed]): what comes after the flag is kept, the rest added */
PG_FUNCTION_INFO_V1(drift_mmd_accum);
Datum
drift_mmd_accum(PG_FUNCTION_ARGS)
{
	Labelled *state = PG_ARGISNULL(0) ? LabelledCreate(fcinfo) : (Labelled *) PG_GETARG_POINTER(0);
	MmdConstants constants = MmdArguments(fcinfo, 3);
	MmdConstants *kept = state->constants;

	LabelledAddRow(fcinfo, state);
	if (!kept)
	{
		state->constants = kept = MemoryContextAlloc(state->context, sizeof(MmdConstants));
		*kept = constants;
	}
	if (kept->sample != constants.sample || kept->seed != constants.seed)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("sample and seed must be the same for all rows")));
	PG_RETURN_POINTER(state);
}

/* Draw a uniform sample of each side in the order of the values, so that the order of rows does not matter */
static DriftPoints
DrawPoints(NumberPair *pair, int32 sample, DriftRandom *random)
{
	int64 wanted[2] = {Min(pair->n[0], sample), Min(pair->n[1], sample)};
	int64 left[2] = {pair->n[0], pair->n[1]};
	double *values = palloc(sizeof(double) * (wanted[0] + wanted[1]));
	double *end[2] = {values, values + wanted[0]};
	double value;
	int64 rows[2];
	DriftPoints points = {(uint32) wanted[0], (uint32) wanted[1], 1, values};

	PairRewind(pair);
	while (PairNext(pair, &value, rows))
		for (int side = 0; side < 2; side++)
		{
			int64 taken = drift_random_hypergeometric(random, wanted[side], left[side], rows[side]);

			left[side] -= rows[side];
			wanted[side] -= taken;
			while (taken-- > 0)
				*end[side]++ = value;
		}
	return points;
}

static void
RequireTwo(const NumberPair *pair)
{
	for (int side = 0; side < 2; side++)
		if (pair->n[side] < DRIFT_MMD_MIN)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("mmd_test needs at least %d values on each side", DRIFT_MMD_MIN),
							errdetail("The %s side has " INT64_FORMAT ".", side == 0 ? "reference" : "current",
									  pair->n[side])));
}

/* The room of the test, which must not exceed work_mem */
static void *
MmdRoom(const DriftPoints *points)
{
	Size size = drift_mmd_room(points, MMD_PERMUTATIONS);

	if (size > (Size) work_mem * 1024)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("mmd_test of %u and %u rows does not fit in work_mem", points->n_reference, points->n_current),
				 errhint("Set work_mem to at least %d kB, or take a smaller sample.", (int) (size / 1024 + 1))));
	return palloc(size);
}

static TestResult
Mmd(NumberPair *pair, const MmdConstants *constants)
{
	uint32 *counters;
	double scale;
	DriftRandom random;
	DriftPoints points;
	DriftMmd mmd;

	RequireTwo(pair);
	drift_random_init(&random, (uint64) constants->seed);
	points = DrawPoints(pair, constants->sample, &random);
	counters = palloc(sizeof(uint32) * DRIFT_MMD_COUNTERS);
	scale = drift_mmd_scale(&points, counters, LabelledPoll);
	pfree(counters);
	mmd = drift_mmd(&points, scale, MMD_PERMUTATIONS, drift_random_next(&random), MmdRoom(&points), LabelledPoll);
	return (TestResult){.statistic = mmd.statistic,
						.p_value = mmd.p_value,
						.n_reference = points.n_reference,
						.n_current = points.n_current,
						.p_value_low = mmd.p_value,
						.p_value_high = mmd.p_value};
}

PG_FUNCTION_INFO_V1(drift_labelled_mmd_test);
Datum
drift_labelled_mmd_test(PG_FUNCTION_ARGS)
{
	static const MmdConstants usual = {MMD_SAMPLE, MMD_SEED};
	Labelled *state = LabelledFinishedNumbers(fcinfo, "mmd_test");
	NumberPair pair = PairOfState(state);
	TestResult result = Mmd(&pair, state->constants ? state->constants : &usual);

	PG_RETURN_DATUM(ReturnTestResult(fcinfo, &result));
}

/* mmd_test(reference, current [, sample [, seed]]) */
PG_FUNCTION_INFO_V1(drift_mmd_test_profiles);
Datum
drift_mmd_test_profiles(PG_FUNCTION_ARGS)
{
	NumberPair pair = PairOfProfiles(GetSides(fcinfo), "mmd_test");
	MmdConstants constants = MmdArguments(fcinfo, 2);
	TestResult result = Mmd(&pair, &constants);

	PG_RETURN_DATUM(ReturnTestResult(fcinfo, &result));
}
