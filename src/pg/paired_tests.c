/*
 * paired_tests.c
 *		Two models that answered the same rows, from counts and moments that a query already has.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"

#include "compat.h"
#include "stats/paired.h"

/* A probability that the arguments do not determine is NULL */
static Datum
ReturnProbability(FunctionCallInfo fcinfo, double p)
{
	if (isnan(p))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(p);
}

/* mcnemar_test(only_reference, only_current): rows that one of two models has right */
PG_FUNCTION_INFO_V1(drift_mcnemar_test);
Datum
drift_mcnemar_test(PG_FUNCTION_ARGS)
{
	int64 b = PG_GETARG_INT64(0);
	int64 c = PG_GETARG_INT64(1);
	DriftMcNemar test = drift_mcnemar(b, c);
	TupleDesc tupdesc;
	Datum values[6];
	bool nulls[6] = {false};

	if (b < 0 || c < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("numbers of rows must not be negative"),
						errdetail("They are %lld and %lld.", (long long) b, (long long) c)));
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != lengthof(values))
		elog(ERROR, "unexpected result type of McNemar's test");
	values[0] = Float8GetDatum(test.mid_p);
	values[1] = Float8GetDatum(test.exact);
	values[2] = Float8GetDatum(test.chi2.statistic);
	values[3] = Float8GetDatum(test.chi2.p_value);
	values[4] = Float8GetDatum(test.edwards.statistic);
	values[5] = Float8GetDatum(test.edwards.p_value);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls));
}

/* p-value that the share of rows of the second model is above that of the first by more than a difference */
PG_FUNCTION_INFO_V1(drift_paired_shares_p_value);
Datum
drift_paired_shares_p_value(PG_FUNCTION_ARGS)
{
	return ReturnProbability(
		fcinfo,
		drift_paired_shares(PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_GETARG_INT64(2), PG_GETARG_FLOAT8(3)).p_value);
}

/* p-value that a mean is above a value */
PG_FUNCTION_INFO_V1(drift_mean_above_p_value);
Datum
drift_mean_above_p_value(PG_FUNCTION_ARGS)
{
	return ReturnProbability(
		fcinfo,
		drift_mean_above(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3)).p_value);
}

/* p-value that a share is above a probability */
PG_FUNCTION_INFO_V1(drift_binomial_p_value);
Datum
drift_binomial_p_value(PG_FUNCTION_ARGS)
{
	return ReturnProbability(fcinfo, drift_binomial_sf(PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_GETARG_FLOAT8(2)));
}

/* probability that a test at alpha finds an effect */
PG_FUNCTION_INFO_V1(drift_test_power);
Datum
drift_test_power(PG_FUNCTION_ARGS)
{
	return ReturnProbability(fcinfo, drift_power(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2)));
}

/* by what the rows must be multiplied for a power */
PG_FUNCTION_INFO_V1(drift_test_power_rows);
Datum
drift_test_power_rows(PG_FUNCTION_ARGS)
{
	return ReturnProbability(
		fcinfo, drift_power_rows(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3)));
}
