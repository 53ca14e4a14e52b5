/*
 * regression_metrics.c
 *		Errors of predicted numbers: sums that merge.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/composite.h"
#include "pg/flat_state.h"
#include "pg/weight.h"
#include "stats/regression_metrics.h"

#define ALL_PARTS (DRIFT_REGRESSION_ERRORS | DRIFT_REGRESSION_PERCENTAGE | DRIFT_REGRESSION_LOGARITHMS)

/* ------------------------------------------------------------------------
 * Transition
 * ------------------------------------------------------------------------ */

/* Get a number; false when it is NULL or NaN */
static inline bool
ReadArgument(FunctionCallInfo fcinfo, int number, double *value)
{
	if (PG_ARGISNULL(number))
		return false;
	*value = PG_GETARG_FLOAT8(number);
	return !isnan(*value);
}

/* Get the weight of a row, 1 where the function takes none */
static inline bool
ReadOwnWeight(FunctionCallInfo fcinfo, int number, double *weight)
{
	*weight = 1;
	return PG_NARGS() <= number || ReadWeight(fcinfo, number, weight);
}

static inline void *
StateOfSize(FunctionCallInfo fcinfo, Size size)
{
	return likely(!PG_ARGISNULL(0)) ? PG_GETARG_POINTER(0) : MemoryContextAllocZero(AggregateContext(fcinfo), size);
}

/* Take a row (prediction, actual [, weight]) */
static pg_attribute_always_inline Datum
AddErrors(FunctionCallInfo fcinfo, int parts)
{
	DriftRegression *state = StateOfSize(fcinfo, sizeof(DriftRegression));
	double prediction;
	double actual;
	double weight;

	if (ReadArgument(fcinfo, 1, &prediction) && ReadArgument(fcinfo, 2, &actual) && ReadOwnWeight(fcinfo, 3, &weight))
		drift_regression_add(state, parts, prediction, actual, weight);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_errors_accum);
Datum
drift_errors_accum(PG_FUNCTION_ARGS)
{
	return AddErrors(fcinfo, DRIFT_REGRESSION_ERRORS);
}

PG_FUNCTION_INFO_V1(drift_percentage_errors_accum);
Datum
drift_percentage_errors_accum(PG_FUNCTION_ARGS)
{
	return AddErrors(fcinfo, DRIFT_REGRESSION_PERCENTAGE);
}

PG_FUNCTION_INFO_V1(drift_log_errors_accum);
Datum
drift_log_errors_accum(PG_FUNCTION_ARGS)
{
	return AddErrors(fcinfo, DRIFT_REGRESSION_LOGARITHMS);
}

PG_FUNCTION_INFO_V1(drift_all_errors_accum);
Datum
drift_all_errors_accum(PG_FUNCTION_ARGS)
{
	return AddErrors(fcinfo, ALL_PARTS);
}

/* (prediction, actual, quantile [, weight]) */
PG_FUNCTION_INFO_V1(drift_pinball_accum);
Datum
drift_pinball_accum(PG_FUNCTION_ARGS)
{
	DriftWeightedMean *state = StateOfSize(fcinfo, sizeof(DriftWeightedMean));
	double quantile = PG_ARGISNULL(3) ? NAN : PG_GETARG_FLOAT8(3);
	double prediction;
	double actual;
	double weight;

	if (unlikely(!(quantile >= 0 && quantile <= 1)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("quantile must be between 0 and 1"),
						errhint("It is the share of actual values that should lie below the prediction.")));
	if (ReadArgument(fcinfo, 1, &prediction) && ReadArgument(fcinfo, 2, &actual) && ReadOwnWeight(fcinfo, 4, &weight))
		drift_weighted_mean_add(state, drift_pinball(prediction, actual, quantile), weight);
	PG_RETURN_POINTER(state);
}

/* (low, high, actual [, weight]): ends belong to the interval */
PG_FUNCTION_INFO_V1(drift_coverage_accum);
Datum
drift_coverage_accum(PG_FUNCTION_ARGS)
{
	DriftWeightedMean *state = StateOfSize(fcinfo, sizeof(DriftWeightedMean));
	double low;
	double high;
	double actual;
	double weight;

	if (ReadArgument(fcinfo, 1, &low) && ReadArgument(fcinfo, 2, &high) && ReadArgument(fcinfo, 3, &actual) &&
		ReadOwnWeight(fcinfo, 4, &weight))
		drift_weighted_mean_add(state, low <= actual && actual <= high, weight);
	PG_RETURN_POINTER(state);
}

/* (low, high [, weight]) */
PG_FUNCTION_INFO_V1(drift_width_accum);
Datum
drift_width_accum(PG_FUNCTION_ARGS)
{
	DriftWeightedMean *state = StateOfSize(fcinfo, sizeof(DriftWeightedMean));
	double low;
	double high;
	double weight;

	if (ReadArgument(fcinfo, 1, &low) && ReadArgument(fcinfo, 2, &high) && ReadOwnWeight(fcinfo, 3, &weight))
		drift_weighted_mean_add(state, low == high ? 0.0 : high - low, weight);
	PG_RETURN_POINTER(state);
}

/* ------------------------------------------------------------------------
 * Parallel plans: states are bytes without pointers
 * ------------------------------------------------------------------------ */

/* The state to merge into, or NULL when there is nothing to merge with other */
static void *
MergedState(FunctionCallInfo fcinfo, Size size)
{
	if (!PG_ARGISNULL(0))
		return PG_GETARG_POINTER(0);
	return CopyFlatState(AggregateContext(fcinfo), PG_GETARG_POINTER(1), size);
}

PG_FUNCTION_INFO_V1(drift_errors_combine);
Datum
drift_errors_combine(PG_FUNCTION_ARGS)
{
	DriftRegression *state;

	if (PG_ARGISNULL(1) && PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(PG_GETARG_POINTER(0));
	state = MergedState(fcinfo, sizeof(DriftRegression));
	if (!PG_ARGISNULL(0))
		drift_regression_merge(state, (DriftRegression *) PG_GETARG_POINTER(1));
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_weighted_mean_combine);
Datum
drift_weighted_mean_combine(PG_FUNCTION_ARGS)
{
	DriftWeightedMean *state;

	if (PG_ARGISNULL(1) && PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(PG_GETARG_POINTER(0));
	state = MergedState(fcinfo, sizeof(DriftWeightedMean));
	if (!PG_ARGISNULL(0))
		drift_weighted_mean_merge(state, (DriftWeightedMean *) PG_GETARG_POINTER(1));
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(drift_errors_serialize);
Datum
drift_errors_serialize(PG_FUNCTION_ARGS)
{
	return FlatStateBytes(PG_GETARG_POINTER(0), sizeof(DriftRegression));
}

PG_FUNCTION_INFO_V1(drift_errors_deserialize);
Datum
drift_errors_deserialize(PG_FUNCTION_ARGS)
{
	return FlatStateOfBytes(fcinfo);
}

PG_FUNCTION_INFO_V1(drift_weighted_mean_serialize);
Datum
drift_weighted_mean_serialize(PG_FUNCTION_ARGS)
{
	return FlatStateBytes(PG_GETARG_POINTER(0), sizeof(DriftWeightedMean));
}

PG_FUNCTION_INFO_V1(drift_weighted_mean_deserialize);
Datum
drift_weighted_mean_deserialize(PG_FUNCTION_ARGS)
{
	return FlatStateOfBytes(fcinfo);
}

/* ------------------------------------------------------------------------
 * Final functions
 * ------------------------------------------------------------------------ */

static Datum
ReturnMetric(FunctionCallInfo fcinfo, double (*metric)(const DriftRegression *))
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return NumberResult(fcinfo, metric((const DriftRegression *) PG_GETARG_POINTER(0)));
}

PG_FUNCTION_INFO_V1(drift_mae_final);
Datum
drift_mae_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_mae);
}

PG_FUNCTION_INFO_V1(drift_mse_final);
Datum
drift_mse_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_mse);
}

PG_FUNCTION_INFO_V1(drift_rmse_final);
Datum
drift_rmse_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_rmse);
}

PG_FUNCTION_INFO_V1(drift_bias_final);
Datum
drift_bias_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_bias);
}

PG_FUNCTION_INFO_V1(drift_mape_final);
Datum
drift_mape_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_mape);
}

PG_FUNCTION_INFO_V1(drift_smape_final);
Datum
drift_smape_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_smape);
}

/* Refuse values that have no logarithm, as scikit-learn does */
static Datum
ReturnLogarithmic(FunctionCallInfo fcinfo, double (*metric)(const DriftRegression *))
{
	if (!PG_ARGISNULL(0) && ((const DriftRegression *) PG_GETARG_POINTER(0))->no_logarithm)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("logarithmic errors need predictions and actual values above -1"),
						errhint("Use mse or rmse, or FILTER (WHERE prediction > -1 AND actual > -1).")));
	return ReturnMetric(fcinfo, metric);
}

PG_FUNCTION_INFO_V1(drift_msle_final);
Datum
drift_msle_final(PG_FUNCTION_ARGS)
{
	return ReturnLogarithmic(fcinfo, drift_msle);
}

PG_FUNCTION_INFO_V1(drift_rmsle_final);
Datum
drift_rmsle_final(PG_FUNCTION_ARGS)
{
	return ReturnLogarithmic(fcinfo, drift_rmsle);
}

PG_FUNCTION_INFO_V1(drift_r2_final);
Datum
drift_r2_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_r2);
}

PG_FUNCTION_INFO_V1(drift_max_error_final);
Datum
drift_max_error_final(PG_FUNCTION_ARGS)
{
	return ReturnMetric(fcinfo, drift_max_error);
}

PG_FUNCTION_INFO_V1(drift_weighted_mean_final);
Datum
drift_weighted_mean_final(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return NumberResult(fcinfo, drift_weighted_mean((const DriftWeightedMean *) PG_GETARG_POINTER(0)));
}

PG_FUNCTION_INFO_V1(drift_regression_metrics_final);
Datum
drift_regression_metrics_final(PG_FUNCTION_ARGS)
{
	static double (*const metrics[])(const DriftRegression *) = {
		drift_mae,   drift_mse, drift_rmse, drift_mape,      drift_smape,           drift_msle,
		drift_rmsle, drift_r2,  drift_bias, drift_max_error, drift_mean_prediction, drift_mean_actual,
	};
	TupleDesc type = ReturnedRowType(fcinfo, 1 + lengthof(metrics));
	const DriftRegression *state = PG_ARGISNULL(0) ? NULL : (DriftRegression *) PG_GETARG_POINTER(0);
	Datum values[1 + lengthof(metrics)];
	bool nulls[1 + lengthof(metrics)] = {false};

	if (state == NULL || state->n == 0)
		PG_RETURN_NULL();
	values[0] = Int64GetDatum(state->n);
	for (int i = 0; i < lengthof(metrics); i++)
		NumberField(values, nulls, i + 1, metrics[i](state));
	return RowDatum(type, values, nulls);
}
