/*
 * p_values.c
 *		Probabilities of a statistic under no drift, for statistics that were
 *		computed elsewhere: from counts, or from shares a report already has.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "pg/chance.h"
#include "stats/divergence.h"
#include "stats/hypothesis.h"
#include "stats/occurrence.h"

/* Refuse what cannot be a PSI over so many bins of so many rows */
static void
CheckPsi(float8 psi, int64 bins, int64 n_reference, int64 n_current)
{
	if (isnan(psi) || psi < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("PSI %g is negative or NaN", psi)));

	if (bins < 1 || n_reference < 1 || n_current < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("number of bins and of rows must be positive")));
}

/* Get the probability that a PSI over this many bins comes from chance alone */
PG_FUNCTION_INFO_V1(drift_psi_chance_p_value);
Datum
drift_psi_chance_p_value(PG_FUNCTION_ARGS)
{
	float8 psi = PG_GETARG_FLOAT8(0);
	int64 bins = PG_GETARG_INT64(1);
	int64 n_reference = PG_GETARG_INT64(2);
	int64 n_current = PG_GETARG_INT64(3);

	CheckPsi(psi, bins, n_reference, n_current);

	/* one bin holds everything on both sides, whatever the data */
	if (bins == 1)
		PG_RETURN_FLOAT8(1);

	PG_RETURN_FLOAT8(isinf(psi) ? 0 : drift_psi_p_value(psi, bins, n_reference, n_current));
}

/* psi_chance(psi, bins, n_reference, n_current): the same with expected value and upper points */
PG_FUNCTION_INFO_V1(drift_psi_chance_counts);
Datum
drift_psi_chance_counts(PG_FUNCTION_ARGS)
{
	float8 psi = PG_GETARG_FLOAT8(0);
	int64 bins = PG_GETARG_INT64(1);
	int64 n_reference = PG_GETARG_INT64(2);
	int64 n_current = PG_GETARG_INT64(3);

	CheckPsi(psi, bins, n_reference, n_current);
	return ReturnChance(fcinfo, psi, drift_chance_psi(psi, bins, n_reference, n_current));
}

/* Get the p-value of the pooled z-test that k of n rows have the same probability on both sides; NULL without rows */
PG_FUNCTION_INFO_V1(drift_two_proportion_p_value);
Datum
drift_two_proportion_p_value(PG_FUNCTION_ARGS)
{
	DriftTest test =
		drift_two_proportion_z(PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_GETARG_INT64(2), PG_GETARG_INT64(3));

	if (isnan(test.p_value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(test.p_value);
}

/* one_sided_rows_p_value(k, n_own, n_other, tries) */
PG_FUNCTION_INFO_V1(drift_one_sided_rows_p_value);
Datum
drift_one_sided_rows_p_value(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(
		drift_one_sided_rows(PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_GETARG_INT64(2), PG_GETARG_INT64(3)));
}
