/*
 * profile_edf.c
 *		Statistics of the difference of two distribution functions, of profiles.
 */
#include "postgres.h"

#include "fmgr.h"

#include "errors.h"
#include "pg/edf_result.h"
#include "pg/profile_statistics.h"
#include "pg/test_result.h"
#include "stats/numeric_edf.h"

double
CramerVonMisesP(double t, int64 n, int64 m)
{
	Size room = drift_cramer_von_mises_scratch(t, n, m);
	double *scratch = room > 0 ? palloc(sizeof(double) * room) : NULL;
	double p_value = drift_cramer_von_mises_p_value(t, n, m, scratch);

	if (scratch)
		pfree(scratch);
	return p_value;
}

Datum
AndersonDarlingResult(FunctionCallInfo fcinfo, DriftInterval a_squared, bool constant, int64 n, int64 m)
{
	DriftIntervalTest at_value = drift_anderson_darling_test(a_squared.value, n, m);
	DriftIntervalTest at_low = drift_anderson_darling_test(a_squared.low, n, m);
	DriftIntervalTest at_high = drift_anderson_darling_test(a_squared.high, n, m);
	TestResult result = {.statistic = at_value.statistic.value,
						 .p_value = at_value.p_value.value,
						 .n_reference = n,
						 .n_current = m,
						 .p_value_low = at_high.p_value.low,
						 .p_value_high = at_low.p_value.high};

	if (a_squared.low < a_squared.high)
		result.statistic_error =
			Max(at_high.statistic.value - at_value.statistic.value, at_value.statistic.value - at_low.statistic.value);
	if (constant)
	{
		result.statistic = 0;
		result.p_value = result.p_value_low = result.p_value_high = 1;
	}
	return ReturnTestResult(fcinfo, &result);
}

static DriftNumericEdf
Difference(Sides sides)
{
	DriftNumericEdf difference;

	RequireNumbers(sides);
	DriftCheck(drift_numeric_edf(REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), &difference));
	return difference;
}

PG_FUNCTION_INFO_V1(drift_cramer_von_mises_test_profiles);
Datum
drift_cramer_von_mises_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	DriftInterval t = Difference(sides).cramer_von_mises;
	int64 n = drift_profile_n(sides.reference);
	int64 m = drift_profile_n(sides.current);
	double p_value = CramerVonMisesP(t.value, n, m);

	/* exact p-values take longest, and exact profiles have one only */
	return BoundedResult(fcinfo, sides, t, p_value, t.low == t.value ? p_value : CramerVonMisesP(t.low, n, m),
						 t.high == t.value ? p_value : CramerVonMisesP(t.high, n, m));
}

PG_FUNCTION_INFO_V1(drift_anderson_darling_test_profiles);
Datum
drift_anderson_darling_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	DriftNumericEdf difference = Difference(sides);

	return AndersonDarlingResult(fcinfo, difference.anderson_darling, difference.constant,
								 drift_profile_n(sides.reference), drift_profile_n(sides.current));
}

PG_FUNCTION_INFO_V1(drift_kuiper_test_profiles);
Datum
drift_kuiper_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	DriftInterval v = Difference(sides).kuiper;
	int64 n = drift_profile_n(sides.reference);
	int64 m = drift_profile_n(sides.current);

	return BoundedResult(fcinfo, sides, v, drift_kuiper_p_value(v.value, n, m), drift_kuiper_p_value(v.low, n, m),
						 drift_kuiper_p_value(v.high, n, m));
}

DriftInterval
EnergyDistance(Sides sides)
{
	return Difference(sides).energy_distance;
}

PG_FUNCTION_INFO_V1(drift_energy_distance_profiles);
Datum
drift_energy_distance_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(EnergyDistance(GetSides(fcinfo)).value);
}
