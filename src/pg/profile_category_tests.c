/*
 * profile_category_tests.c
 *		Statistics of two profiles that take each value as a category, be it a
 *		label or a number.
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "errors.h"
#include "pg/labelled.h"
#include "pg/profile_statistics.h"
#include "stats/category_statistics.h"
#include "stats/fisher.h"
#include "stats/hypothesis.h"
#include "stats/numeric_statistics.h"

static const char *const names[] = {[DRIFT_CHI_SQUARE] = "chi_square_test",
									[DRIFT_G] = "g_test",
									[DRIFT_GOODNESS_OF_FIT] = "chi_square_goodness_of_fit_test",
									[DRIFT_CRAMERS_V] = "cramers_v",
									[DRIFT_CRAMERS_V_CORRECTED] = "cramers_v_corrected",
									[DRIFT_L_INFINITY] = "l_infinity"};

int
TableDistanceNamed(const char *name)
{
	for (int kind = DRIFT_CRAMERS_V; kind <= DRIFT_L_INFINITY; kind++)
		if (strcmp(name, names[kind]) == 0)
			return kind;
	return -1;
}

DriftIntervalTest
ProfilesTable(Sides sides, DriftTableStatistic kind)
{
	DriftIntervalTest test;

	if (SidesAreNumeric(sides))
	{
		DriftTableResult result;

		RequireExactProfiles(sides, names[kind]);
		DriftCheck(drift_numeric_table(kind, REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), &result));
		test.statistic = drift_exactly(result.statistic);
		test.p_value = drift_exactly(result.p_value);
	}
	else
		DriftCheck(drift_category_table(kind, REFERENCE_CATEGORIES(sides), CURRENT_CATEGORIES(sides),
										PairScratch(sides), &test));
	return test;
}

static Datum
TableTest(FunctionCallInfo fcinfo, DriftTableStatistic kind)
{
	Sides sides = GetSides(fcinfo);
	DriftIntervalTest test = ProfilesTable(sides, kind);

	return BoundedResult(fcinfo, sides, test.statistic, test.p_value.value, test.p_value.low, test.p_value.high);
}

PG_FUNCTION_INFO_V1(drift_chi_square_test_profiles);
Datum
drift_chi_square_test_profiles(PG_FUNCTION_ARGS)
{
	return TableTest(fcinfo, DRIFT_CHI_SQUARE);
}

PG_FUNCTION_INFO_V1(drift_g_test_profiles);
Datum
drift_g_test_profiles(PG_FUNCTION_ARGS)
{
	return TableTest(fcinfo, DRIFT_G);
}

PG_FUNCTION_INFO_V1(drift_chi_square_goodness_of_fit_test_profiles);
Datum
drift_chi_square_goodness_of_fit_test_profiles(PG_FUNCTION_ARGS)
{
	return TableTest(fcinfo, DRIFT_GOODNESS_OF_FIT);
}

PG_FUNCTION_INFO_V1(drift_cramers_v_profiles);
Datum
drift_cramers_v_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(ProfilesTable(GetSides(fcinfo), DRIFT_CRAMERS_V).statistic.value);
}

PG_FUNCTION_INFO_V1(drift_cramers_v_corrected_profiles);
Datum
drift_cramers_v_corrected_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(ProfilesTable(GetSides(fcinfo), DRIFT_CRAMERS_V_CORRECTED).statistic.value);
}

PG_FUNCTION_INFO_V1(drift_l_infinity_profiles);
Datum
drift_l_infinity_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(ProfilesTable(GetSides(fcinfo), DRIFT_L_INFINITY).statistic.value);
}

/* Rows of both sides with the larger of two values */
static void
LargerOfTwo(Sides sides, int64 success[2])
{
	if (SidesAreNumeric(sides))
		DriftCheck(drift_numeric_larger_of_two(REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), success));
	else
		DriftCheck(drift_category_larger_of_two(REFERENCE_CATEGORIES(sides), CURRENT_CATEGORIES(sides),
												PairScratch(sides), success));
}

PG_FUNCTION_INFO_V1(drift_z_test_profiles);
Datum
drift_z_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	int64 success[2];
	DriftTest test;

	LargerOfTwo(sides, success);
	test = drift_two_proportion_z(success[0], drift_profile_n(sides.reference), success[1],
								  drift_profile_n(sides.current));
	return ExactResult(fcinfo, sides, test.statistic, test.p_value);
}

PG_FUNCTION_INFO_V1(drift_fisher_exact_test_profiles);
Datum
drift_fisher_exact_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	int64 success[2];
	DriftTest test;

	LargerOfTwo(sides, success);
	test = drift_fisher_exact(success[0], drift_profile_n(sides.reference), success[1], drift_profile_n(sides.current),
							  LabelledPoll);
	return ExactResult(fcinfo, sides, test.statistic, test.p_value);
}
