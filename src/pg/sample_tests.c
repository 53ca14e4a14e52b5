/*
 * sample_tests.c
 *		Tests of numbers that need two passes over their values, of labelled
 *		rows and of exact profiles: Epps-Singleton and Levene.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

#include "compat.h"
#include "errors.h"
#include "pg/labelled.h"
#include "pg/profile_statistics.h"
#include "stats/epps_singleton.h"
#include "stats/levene.h"
#include "stats/numeric_statistics.h"
#include "stats/pick.h"

/* Two samples of numbers, and a pass over their distinct values */
typedef struct NumberPair
{
	int64 n[2];
	Labelled *state; /* or NULL, and then: */
	DriftNumericUnion profiles;
	NumberScan *scan;
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

/* Begin a pass in ascending order */
static void
PairRewind(NumberPair *pair)
{
	if (pair->state)
		LabelledNumbersScan(pair->state, pair->scan);
	else
		pair->profiles.i = pair->profiles.j = 0;
}

static inline bool
PairNext(NumberPair *pair, double *value, int64 rows[2])
{
	int64_t counts[2];

	CHECK_FOR_INTERRUPTS();
	if (pair->state)
		return LabelledNextNumber(pair->scan, value, rows);
	if (!drift_numeric_union_next(&pair->profiles, value, &counts[0], &counts[1]))
		return false;
	rows[0] = counts[0];
	rows[1] = counts[1];
	return true;
}

/* ------------------------------------------------------------------------
 * Epps-Singleton
 * ------------------------------------------------------------------------ */

static void
RequireFive(const NumberPair *pair)
{
	for (int side = 0; side < 2; side++)
		if (pair->n[side] < DRIFT_EPPS_SINGLETON_MIN)
			ereport(
				ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("epps_singleton_test needs at least %d values on each side", DRIFT_EPPS_SINGLETON_MIN),
				 errdetail("The %s side has " INT64_FORMAT ".", side == 0 ? "reference" : "current", pair->n[side])));
}

static DriftTest
EppsSingleton(NumberPair *pair)
{
	static const double shares[2] = {0.25, 0.75};
	DriftEppsSingleton test;
	DriftPick quartiles;
	double value;
	int64 rows[2];

	RequireFive(pair);
	drift_pick_init(&quartiles, pair->n[0] + pair->n[1], shares, 2);
	PairRewind(pair);
	while (PairNext(pair, &value, rows))
		drift_pick_step(&quartiles, value, rows[0] + rows[1]);
	if (drift_pick_quantile(&quartiles, 0) == drift_pick_quantile(&quartiles, 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("epps_singleton_test needs values that spread"),
				 errdetail("The interquartile range of both sides together is 0, and it is the unit of the test."),
				 errhint("Use ks_test, or chi_square_test where there are few distinct values.")));

	drift_epps_singleton_init(&test, pair->n[0], pair->n[1], drift_pick_quantile(&quartiles, 0),
							  drift_pick_quantile(&quartiles, 1));
	PairRewind(pair);
	while (PairNext(pair, &value, rows))
		drift_epps_singleton_step(&test, value, rows[0], rows[1]);
	return drift_epps_singleton_finish(&test);
}

PG_FUNCTION_INFO_V1(drift_labelled_epps_singleton_test);
Datum
drift_labelled_epps_singleton_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "epps_singleton_test");
	NumberPair pair = PairOfState(state);
	DriftTest test = EppsSingleton(&pair);

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

static DriftTest
Levene(NumberPair *pair)
{
	static const double half[1] = {0.5};
	DriftLevene test;
	DriftPick medians[2];
	double value;
	int64 rows[2];

	drift_pick_init(&medians[0], pair->n[0], half, 1);
	drift_pick_init(&medians[1], pair->n[1], half, 1);
	PairRewind(pair);
	while (PairNext(pair, &value, rows))
	{
		drift_pick_step(&medians[0], value, rows[0]);
		drift_pick_step(&medians[1], value, rows[1]);
	}

	drift_levene_init(&test, pair->n[0], pair->n[1], drift_pick_quantile(&medians[0], 0),
					  drift_pick_quantile(&medians[1], 0));
	PairRewind(pair);
	while (PairNext(pair, &value, rows))
		drift_levene_step(&test, value, rows[0], rows[1]);
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
