/*
 * profile_statistics.c
 *		Statistics of two profiles.
 */
#include "postgres.h"

#include <math.h>

#include "compat.h"
#include "errors.h"
#include "pg/profile.h"
#include "pg/profile_statistics.h"
#include "pg/test_result.h"
#include "stats/bins.h"
#include "stats/category_statistics.h"
#include "stats/hypothesis.h"
#include "stats/numeric_statistics.h"

Sides
SidesOf(Datum reference, Datum current)
{
	Sides sides;

	sides.reference = ProfileRead(reference);
	sides.current = ProfileRead(current);
	if (sides.reference->kind != sides.current->kind)
		DriftRaise(DRIFT_KIND_MISMATCH);
	return sides;
}

Sides
GetSides(FunctionCallInfo fcinfo)
{
	return SidesOf(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
}

void
RequireNumbers(Sides sides)
{
	if (!SidesAreNumeric(sides))
		DriftRaise(DRIFT_KIND_MISMATCH);
}

bool
ProfileIsExact(const DriftProfile *profile)
{
	return profile->kind == DRIFT_NUMERIC ? ((const DriftNumeric *) profile)->exact
										  : drift_category_is_exact((const DriftCategory *) profile);
}

void
RequireExactProfiles(Sides sides, const char *statistic)
{
	DriftCheck(drift_profile_check_sides(sides.reference, sides.current));
	if (!ProfileIsExact(sides.reference) || !ProfileIsExact(sides.current))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s needs profiles that count every value", statistic),
				 errdetail("The %s profile is a summary.", ProfileIsExact(sides.reference) ? "current" : "reference"),
				 errhint("Use drift.%s over labelled rows, which is exact.", statistic)));
}

void *
PairScratch(Sides sides)
{
	return palloc(sizeof(uint32) * (REFERENCE_CATEGORIES(sides)->used + CURRENT_CATEGORIES(sides)->used + 1));
}

DriftInterval
DivergenceOf(Sides sides, DriftDivergenceKind kind, uint32 bins, double floor)
{
	DriftInterval result;

	if (SidesAreNumeric(sides))
		DriftCheck(
			drift_numeric_divergence(kind, REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), bins, floor, &result));
	else
		DriftCheck(drift_category_divergence(kind, REFERENCE_CATEGORIES(sides), CURRENT_CATEGORIES(sides), floor,
											 PairScratch(sides), &result));
	return result;
}

/* statistic(reference, current [, bins [, floor]]) of the binned kind */
static DriftInterval
Divergence(FunctionCallInfo fcinfo, DriftDivergenceKind kind)
{
	Sides sides = GetSides(fcinfo);
	int32 bins = PG_NARGS() > 2 ? PG_GETARG_INT32(2) : 0;
	double floor = PG_NARGS() > 3 ? PG_GETARG_FLOAT8(3) : DRIFT_DEFAULT_FLOOR;

	if (PG_NARGS() > 2 && (bins < DRIFT_MIN_BINS || bins > DRIFT_MAX_BINS))
		DriftRaise(DRIFT_BAD_BINS);
	return DivergenceOf(sides, kind, bins, floor);
}

PG_FUNCTION_INFO_V1(drift_psi_profiles);
Datum
drift_psi_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(Divergence(fcinfo, DRIFT_PSI).value);
}

PG_FUNCTION_INFO_V1(drift_kl_divergence_profiles);
Datum
drift_kl_divergence_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(Divergence(fcinfo, DRIFT_KL_DIVERGENCE).value);
}

PG_FUNCTION_INFO_V1(drift_js_distance_profiles);
Datum
drift_js_distance_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(Divergence(fcinfo, DRIFT_JS_DISTANCE).value);
}

PG_FUNCTION_INFO_V1(drift_hellinger_distance_profiles);
Datum
drift_hellinger_distance_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(Divergence(fcinfo, DRIFT_HELLINGER_DISTANCE).value);
}

PG_FUNCTION_INFO_V1(drift_total_variation_profiles);
Datum
drift_total_variation_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(Divergence(fcinfo, DRIFT_TOTAL_VARIATION).value);
}

DriftNumericDistance
Distance(Sides sides)
{
	DriftNumericDistance distance;

	RequireNumbers(sides);
	DriftCheck(drift_numeric_distance(REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), &distance));
	return distance;
}

PG_FUNCTION_INFO_V1(drift_wasserstein_distance_profiles);
Datum
drift_wasserstein_distance_profiles(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(Distance(GetSides(fcinfo)).wasserstein.value);
}

/* Population deviation of the reference, by which the Wasserstein distance is normalised */
double
ReferenceDeviation(const DriftNumeric *p)
{
	int64 n = drift_profile_n(&p->profile);

	return drift_numeric_finite_rows(p) < n ? NAN : sqrt(p->m2 / (double) n);
}

PG_FUNCTION_INFO_V1(drift_normalized_wasserstein_distance_profiles);
Datum
drift_normalized_wasserstein_distance_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	double distance = Distance(sides).wasserstein.value;

	PG_RETURN_FLOAT8(distance / ReferenceDeviation(REFERENCE_NUMBERS(sides)));
}

/* The larger distance to an end; infinite statistics have none to themselves */
static double
ErrorOf(DriftInterval statistic)
{
	double above = statistic.high == statistic.value ? 0 : statistic.high - statistic.value;
	double below = statistic.low == statistic.value ? 0 : statistic.value - statistic.low;

	return Max(above, below);
}

/* A result whose p-value falls from that of the low end to that of the high end of the statistic */
Datum
BoundedResult(FunctionCallInfo fcinfo, Sides sides, DriftInterval statistic, double p_value, double p_at_low,
			  double p_at_high)
{
	TestResult result = {.statistic = statistic.value,
						 .p_value = p_value,
						 .n_reference = drift_profile_n(sides.reference),
						 .n_current = drift_profile_n(sides.current),
						 .statistic_error = ErrorOf(statistic),
						 .p_value_low = Min(p_value, Min(p_at_low, p_at_high)),
						 .p_value_high = Max(p_value, Max(p_at_low, p_at_high))};

	return ReturnTestResult(fcinfo, &result);
}

PG_FUNCTION_INFO_V1(drift_ks_test_profiles);
Datum
drift_ks_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	DriftInterval ks = Distance(sides).ks;
	int64 n = drift_profile_n(sides.reference);
	int64 m = drift_profile_n(sides.current);
	double p_value = drift_ks_p_value(ks.value, n, m);

	/* exact p-values take longest, and exact profiles have one only */
	return BoundedResult(fcinfo, sides, ks, p_value, ks.low == ks.value ? p_value : drift_ks_p_value(ks.low, n, m),
						 ks.high == ks.value ? p_value : drift_ks_p_value(ks.high, n, m));
}

PG_FUNCTION_INFO_V1(drift_mann_whitney_test_profiles);
Datum
drift_mann_whitney_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	DriftNumericDistance distance = Distance(sides);
	DriftInterval u = distance.u;
	int64 n = drift_profile_n(sides.reference);
	int64 m = drift_profile_n(sides.current);
	double middle = (double) n * (double) m / 2;
	double p = drift_mann_whitney(u.value, n, m, distance.tie_term).p_value;
	double p_below = drift_mann_whitney(u.low, n, m, distance.tie_term).p_value;
	double p_above = drift_mann_whitney(u.high, n, m, distance.tie_term).p_value;
	/* the p-value peaks between the ends if the middle lies there */
	bool around = u.low < middle && middle < u.high;

	return BoundedResult(fcinfo, sides, u, p, Min(p_below, p_above), around ? 1.0 : Max(p_below, p_above));
}

Datum
ExactResult(FunctionCallInfo fcinfo, Sides sides, double statistic, double p_value)
{
	return BoundedResult(fcinfo, sides, drift_exactly(statistic), p_value, p_value, p_value);
}

/* Moments are exact even where ranks are not */
PG_FUNCTION_INFO_V1(drift_t_test_profiles);
Datum
drift_t_test_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	const DriftNumeric *reference = REFERENCE_NUMBERS(sides);
	const DriftNumeric *current = CURRENT_NUMBERS(sides);
	double deviation_r;
	double deviation_c;
	DriftTest test;

	RequireNumbers(sides);
	DriftCheck(drift_profile_check_sides(sides.reference, sides.current));
	deviation_r = drift_numeric_stddev(reference);
	deviation_c = drift_numeric_stddev(current);
	test = drift_welch_t(drift_numeric_mean(reference), deviation_r * deviation_r, drift_profile_n(sides.reference),
						 drift_numeric_mean(current), deviation_c * deviation_c, drift_profile_n(sides.current));
	return ExactResult(fcinfo, sides, test.statistic, test.p_value);
}
