/*
 * chance.c
 *		What statistics of two profiles are when nothing has drifted.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "compat.h"
#include "errors.h"
#include "pg/chance.h"
#include "pg/profile_statistics.h"
#include "stats/bins.h"
#include "stats/numeric_statistics.h"
#include "stats/profile_chance.h"

static const char *const statistic_names[] = {[DRIFT_PSI] = "psi",
											  [DRIFT_KL_DIVERGENCE] = "kl_divergence",
											  [DRIFT_JS_DISTANCE] = "js_distance",
											  [DRIFT_HELLINGER_DISTANCE] = "hellinger_distance",
											  [DRIFT_TOTAL_VARIATION] = "total_variation",
											  [CHANCE_KS] = "ks",
											  [CHANCE_WASSERSTEIN] = "wasserstein_distance",
											  [CHANCE_NORMALIZED_WASSERSTEIN] = "normalized_wasserstein_distance",
											  [CHANCE_ENERGY] = "energy_distance"};

ChanceStatistic
ChanceStatisticOf(const text *name)
{
	char *string = text_to_cstring(name);

	for (int i = 0; i < (int) lengthof(statistic_names); i++)
		if (strcmp(string, statistic_names[i]) == 0)
			return (ChanceStatistic) i;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown statistic \"%s\"", string),
					errhint("Use psi, kl_divergence, js_distance, hellinger_distance, total_variation, ks, "
							"wasserstein_distance, normalized_wasserstein_distance or energy_distance.")));
}

const char *
ChanceStatisticName(ChanceStatistic statistic)
{
	return statistic_names[statistic];
}

DriftChance
ChanceOfCurve(ChanceStatistic statistic, const DriftChanceCurve *curve, double unit, double observed)
{
	DriftChanceLaw law =
		statistic == CHANCE_ENERGY ? drift_chance_curve_energy(curve) : drift_chance_curve_wasserstein(curve, unit);

	return drift_chance_of_law(&law, observed);
}

Datum
ReturnChance(FunctionCallInfo fcinfo, double statistic, DriftChance chance)
{
	TupleDesc tupdesc;
	Datum values[5];
	bool nulls[5] = {false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != lengthof(values))
		elog(ERROR, "unexpected result type of drift.chance");
	values[0] = Float8GetDatum(statistic);
	values[1] = Float8GetDatum(chance.expected);
	values[2] = Float8GetDatum(chance.upper_95);
	values[3] = Float8GetDatum(chance.upper_999);
	values[4] = Float8GetDatum(chance.p_value);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls));
}

static DriftChance
ChanceOfBins(Sides sides, DriftDivergenceKind kind, uint32 bins, double observed)
{
	DriftChanceCells cells;
	DriftChanceLaw law;

	if (sides.reference->kind == DRIFT_NUMERIC)
		DriftCheck(drift_numeric_chance_cells(kind, REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), bins, &cells));
	else
		DriftCheck(drift_category_chance_cells(kind, REFERENCE_CATEGORIES(sides), CURRENT_CATEGORIES(sides),
											   PairScratch(sides), &cells));
	law = drift_chance_cells_finish(&cells);
	return drift_chance_of_law(&law, observed);
}

/* Statistics of numbers that are not taken over bins */
static DriftChance
ChanceOfNumbers(Sides sides, ChanceStatistic statistic, double observed)
{
	DriftChanceCurve curve;
	double unit = statistic == CHANCE_NORMALIZED_WASSERSTEIN ? ReferenceDeviation(REFERENCE_NUMBERS(sides)) : 1;

	DriftCheck(drift_numeric_chance_curve(REFERENCE_NUMBERS(sides), CURRENT_NUMBERS(sides), &curve));
	return ChanceOfCurve(statistic, &curve, unit, observed);
}

DriftChance
ChanceOf(Sides sides, ChanceStatistic statistic, uint32 bins, double observed)
{
	if (statistic <= CHANCE_BINNED_LAST)
		return ChanceOfBins(sides, (DriftDivergenceKind) statistic, bins, observed);
	RequireNumbers(sides);
	if (statistic == CHANCE_KS)
		return drift_chance_ks(observed, drift_profile_n(sides.reference), drift_profile_n(sides.current));
	return ChanceOfNumbers(sides, statistic, observed);
}

static double
Observe(Sides sides, ChanceStatistic statistic, uint32 bins)
{
	DriftNumericDistance distance;

	if (statistic <= CHANCE_BINNED_LAST)
		return DivergenceOf(sides, (DriftDivergenceKind) statistic, bins, DRIFT_DEFAULT_FLOOR).value;
	if (statistic == CHANCE_ENERGY)
		return EnergyDistance(sides).value;
	distance = Distance(sides);
	if (statistic == CHANCE_KS)
		return distance.ks.value;
	return distance.wasserstein.value /
		   (statistic == CHANCE_NORMALIZED_WASSERSTEIN ? ReferenceDeviation(REFERENCE_NUMBERS(sides)) : 1);
}

/* chance(reference, current, statistic [, bins]) */
PG_FUNCTION_INFO_V1(drift_chance_profiles);
Datum
drift_chance_profiles(PG_FUNCTION_ARGS)
{
	Sides sides = GetSides(fcinfo);
	ChanceStatistic statistic = ChanceStatisticOf(PG_GETARG_TEXT_PP(2));
	int32 bins = PG_NARGS() > 3 ? PG_GETARG_INT32(3) : 0;
	double observed;

	if (PG_NARGS() > 3 && (bins < DRIFT_MIN_BINS || bins > DRIFT_MAX_BINS))
		DriftRaise(DRIFT_BAD_BINS);
	observed = Observe(sides, statistic, bins);
	return ReturnChance(fcinfo, observed, ChanceOf(sides, statistic, bins, observed));
}
