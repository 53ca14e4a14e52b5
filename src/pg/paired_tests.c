/*
 * paired_tests.c
 *		Two models that answered the same rows, from counts and moments that a query already has.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"

#include "compat.h"
#include "stats/paired.h"

/* Rows of a table, and sums of a few of them, are below this */
#define MAX_ROWS (INT64_C(1) << 61)

/* A probability that the arguments do not determine is NULL */
static Datum
ReturnProbability(FunctionCallInfo fcinfo, double p)
{
	if (isnan(p))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(p);
}

static Datum
ReturnMcNemar(FunctionCallInfo fcinfo, int64 b, int64 c)
{
	DriftMcNemar test = drift_mcnemar(b, c);
	TupleDesc tupdesc;
	Datum values[6];
	bool nulls[6] = {false};

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

/* mcnemar_test(only_reference, only_current): rows that one of two models has right */
PG_FUNCTION_INFO_V1(drift_mcnemar_test);
Datum
drift_mcnemar_test(PG_FUNCTION_ARGS)
{
	int64 b = PG_GETARG_INT64(0);
	int64 c = PG_GETARG_INT64(1);

	if (b < 0 || c < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("numbers of rows must not be negative"),
						errdetail("They are %lld and %lld.", (long long) b, (long long) c)));
	return ReturnMcNemar(fcinfo, b, c);
}

/* The state of mcnemar_agg: rows that only the first, and only the second, has right. Anybody may call with anything. */
static int64 *
OnlyOneRight(ArrayType *array)
{
	int64 *rows = (int64 *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != 2 || array_contains_nulls(array) || rows[0] < 0 || rows[1] < 0 ||
		rows[0] > MAX_ROWS || rows[1] > MAX_ROWS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("expected an array of two numbers of rows")));
	return rows;
}

/* Get the state to change: the aggregate's own, else a copy */
static ArrayType *
StateArgument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the counts must not be NULL")));
	return AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
}

/* mcnemar_accum(state, correct_1, correct_2) */
PG_FUNCTION_INFO_V1(drift_mcnemar_accum);
Datum
drift_mcnemar_accum(PG_FUNCTION_ARGS)
{
	ArrayType *state = StateArgument(fcinfo);
	int64 *rows = OnlyOneRight(state);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2) && PG_GETARG_BOOL(1) != PG_GETARG_BOOL(2))
		rows[PG_GETARG_BOOL(1) ? 0 : 1]++;
	PG_RETURN_ARRAYTYPE_P(state);
}

/* mcnemar_combine(state, state) */
PG_FUNCTION_INFO_V1(drift_mcnemar_combine);
Datum
drift_mcnemar_combine(PG_FUNCTION_ARGS)
{
	ArrayType *state = StateArgument(fcinfo);
	int64 *rows = OnlyOneRight(state);
	const int64 *other = OnlyOneRight(PG_GETARG_ARRAYTYPE_P(1));

	rows[0] += other[0];
	rows[1] += other[1];
	PG_RETURN_ARRAYTYPE_P(state);
}

/* mcnemar_finish(state) */
PG_FUNCTION_INFO_V1(drift_mcnemar_finish);
Datum
drift_mcnemar_finish(PG_FUNCTION_ARGS)
{
	const int64 *rows = OnlyOneRight(PG_GETARG_ARRAYTYPE_P(0));

	return ReturnMcNemar(fcinfo, rows[0], rows[1]);
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
