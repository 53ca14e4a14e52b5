/*
 * profile_bounds.c
 *		A distance of two profiles by its name, with the interval in which that
 *		of the rows lies.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "compat.h"
#include "pg/profile.h"
#include "pg/profile_statistics.h"
#include "stats/numeric_statistics.h"

/* The names that drift.bounds() knows, in the order of DriftDivergenceKind */
static const char *const divergence_names[] = {[DRIFT_PSI] = "psi",
											   [DRIFT_KL_DIVERGENCE] = "kl_divergence",
											   [DRIFT_JS_DISTANCE] = "js_distance",
											   [DRIFT_HELLINGER_DISTANCE] = "hellinger_distance",
											   [DRIFT_TOTAL_VARIATION] = "total_variation"};

static DriftInterval
NamedStatistic(const char *name, Sides sides)
{
	int table_distance = TableDistanceNamed(name);

	for (int kind = 0; kind < (int) lengthof(divergence_names); kind++)
		if (strcmp(name, divergence_names[kind]) == 0)
			return DivergenceOf(sides, kind, 0, DRIFT_DEFAULT_FLOOR);
	if (table_distance >= 0)
		return ProfilesTable(sides, table_distance).statistic;
	if (strcmp(name, "wasserstein_distance") == 0)
		return Distance(sides).wasserstein;
	if (strcmp(name, "energy_distance") == 0)
		return EnergyDistance(sides);
	if (strcmp(name, "ks") == 0)
		return Distance(sides).ks;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown statistic \"%s\"", name),
					errhint("Use psi, kl_divergence, js_distance, hellinger_distance, total_variation, l_infinity, "
							"cramers_v, cramers_v_corrected, wasserstein_distance, energy_distance or ks.")));
}

/* bounds(statistic, reference, current): the statistic and the interval the rows' own lies in */
PG_FUNCTION_INFO_V1(drift_bounds);
Datum
drift_bounds(PG_FUNCTION_ARGS)
{
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Sides sides = SidesOf(PG_GETARG_DATUM(1), PG_GETARG_DATUM(2));
	DriftInterval bounds = NamedStatistic(name, sides);
	TupleDesc tupdesc;
	Datum values[3];
	bool nulls[3] = {false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != lengthof(values))
		elog(ERROR, "unexpected result type of drift.bounds");
	values[0] = Float8GetDatum(bounds.value);
	values[1] = Float8GetDatum(bounds.low);
	values[2] = Float8GetDatum(bounds.high);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}
