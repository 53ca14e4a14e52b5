/*
 * labelled_edf.c
 *		Final functions of the statistics of the difference of two distribution
 *		functions over labelled rows.
 */
#include "postgres.h"

#include "fmgr.h"

#include "pg/edf_result.h"
#include "pg/labelled.h"

PG_FUNCTION_INFO_V1(drift_labelled_cramer_von_mises_test);
Datum
drift_labelled_cramer_von_mises_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "cramer_von_mises_test");
	double statistic = drift_edf_cramer_von_mises(LabelledNumbersDifference(state));

	PG_RETURN_DATUM(LabelledResult(fcinfo, state, statistic, CramerVonMisesP(statistic, state->n[0], state->n[1])));
}

/* The p-value may be capped, and then has bounds although the statistic is exact */
PG_FUNCTION_INFO_V1(drift_labelled_anderson_darling_test);
Datum
drift_labelled_anderson_darling_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "anderson_darling_test");
	const DriftEdf *difference = LabelledNumbersDifference(state);
	DriftInterval a_squared = drift_exactly(drift_edf_anderson_darling(difference));

	PG_RETURN_DATUM(
		AndersonDarlingResult(fcinfo, a_squared, drift_edf_is_constant(difference), state->n[0], state->n[1]));
}

PG_FUNCTION_INFO_V1(drift_labelled_kuiper_test);
Datum
drift_labelled_kuiper_test(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "kuiper_test");
	double statistic = drift_edf_kuiper(LabelledNumbersDifference(state));

	PG_RETURN_DATUM(
		LabelledResult(fcinfo, state, statistic, drift_kuiper_p_value(statistic, state->n[0], state->n[1])));
}

PG_FUNCTION_INFO_V1(drift_labelled_energy_distance);
Datum
drift_labelled_energy_distance(PG_FUNCTION_ARGS)
{
	Labelled *state = LabelledFinishedNumbers(fcinfo, "energy_distance");

	PG_RETURN_FLOAT8(drift_edf_energy_distance(LabelledNumbersDifference(state)));
}
