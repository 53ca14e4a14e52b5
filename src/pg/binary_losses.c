/*
 * binary_losses.c
 *		Metrics of probabilities that are sums: log loss, Brier's score, calibration.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/binary.h"
#include "pg/composite.h"
#include "pg/constant_argument.h"
#include "pg/flat_state.h"

#define DEFAULT_BINS 10

/* Sums over the rows; those of a loss have no bins */
typedef struct LossSums
{
	int64 n;
	DriftSum weight;
	DriftSum loss;
	int32 bins;
	DriftCalibrationBin bin[FLEXIBLE_ARRAY_MEMBER];
} LossSums;

static Size
SumsSize(int32 bins)
{
	return offsetof(LossSums, bin) + sizeof(DriftCalibrationBin) * bins;
}

static LossSums *
CreateSums(FunctionCallInfo fcinfo, int32 bins)
{
	LossSums *sums = MemoryContextAllocZero(AggregateContext(fcinfo), SumsSize(bins));

	sums->bins = bins;
	return sums;
}

/* Read a row (score, actual) whose weight, if it has one, is an argument; false when it is left out */
static inline bool
ReadRow(FunctionCallInfo fcinfo, int weight_number, double *score, double *weight)
{
	*weight = 1;
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || (weight_number > 0 && !BinaryWeight(fcinfo, weight_number, weight)))
		return false;
	*score = PG_GETARG_FLOAT8(1);
	if (likely(*score >= 0 && *score <= 1))
		return true;
	if (isnan(*score))
		return false;
	BinaryRefuseScore(*score);
}

/* Add a loss of a row (score, actual [, weight]) */
static inline Datum
AccumulateLoss(FunctionCallInfo fcinfo, double (*loss)(double score, bool actual))
{
	LossSums *sums = PG_ARGISNULL(0) ? CreateSums(fcinfo, 0) : (LossSums *) PG_GETARG_POINTER(0);
	double score;
	double weight;

	if (ReadRow(fcinfo, PG_NARGS() > 3 ? 3 : 0, &score, &weight))
	{
		sums->n++;
		drift_sum_add(&sums->weight, weight);
		drift_sum_add(&sums->loss, weight * loss(score, PG_GETARG_BOOL(2)));
	}
	PG_RETURN_POINTER(sums);
}

PG_FUNCTION_INFO_V1(drift_log_loss_accum);
Datum
drift_log_loss_accum(PG_FUNCTION_ARGS)
{
	return AccumulateLoss(fcinfo, drift_log_loss);
}

PG_FUNCTION_INFO_V1(drift_brier_accum);
Datum
drift_brier_accum(PG_FUNCTION_ARGS)
{
	return AccumulateLoss(fcinfo, drift_brier);
}

/* (score, actual [, bins [, weight]]) */
PG_FUNCTION_INFO_V1(drift_calibration_accum);
Datum
drift_calibration_accum(PG_FUNCTION_ARGS)
{
	LossSums *sums = PG_ARGISNULL(0) ? NULL : (LossSums *) PG_GETARG_POINTER(0);
	double score;
	double weight;

	if (sums == NULL)
		sums = CreateSums(fcinfo, CountArgument(fcinfo, 3, "bins", DEFAULT_BINS, 1, DRIFT_MAX_CALIBRATION_BINS));
	CheckSameInt32(fcinfo, 3, "bins", sums->bins);
	if (ReadRow(fcinfo, PG_NARGS() > 4 ? 4 : 0, &score, &weight) && weight > 0)
	{
		bool actual = PG_GETARG_BOOL(2);

		sums->n++;
		drift_calibration_add(&sums->bin[drift_calibration_bin(score, sums->bins)], score, actual ? weight : 0,
							  actual ? 0 : weight);
	}
	PG_RETURN_POINTER(sums);
}

/* ------------------------------------------------------------------------
 * Parallel sums
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_losses_combine);
Datum
drift_losses_combine(PG_FUNCTION_ARGS)
{
	LossSums *into = PG_ARGISNULL(0) ? NULL : (LossSums *) PG_GETARG_POINTER(0);
	const LossSums *from = PG_ARGISNULL(1) ? NULL : (const LossSums *) PG_GETARG_POINTER(1);

	if (from == NULL && into == NULL)
		PG_RETURN_NULL();
	if (from == NULL)
		PG_RETURN_POINTER(into);
	if (into == NULL)
		into = CreateSums(fcinfo, from->bins);
	into->n += from->n;
	drift_sum_merge(&into->weight, &from->weight);
	drift_sum_merge(&into->loss, &from->loss);
	drift_calibration_merge(into->bin, from->bin, from->bins);
	PG_RETURN_POINTER(into);
}

PG_FUNCTION_INFO_V1(drift_losses_serialize);
Datum
drift_losses_serialize(PG_FUNCTION_ARGS)
{
	const LossSums *sums = (const LossSums *) PG_GETARG_POINTER(0);

	return FlatStateBytes(sums, SumsSize(sums->bins));
}

PG_FUNCTION_INFO_V1(drift_losses_deserialize);
Datum
drift_losses_deserialize(PG_FUNCTION_ARGS)
{
	return FlatStateOfBytes(fcinfo);
}

/* ------------------------------------------------------------------------
 * Final functions
 * ------------------------------------------------------------------------ */

PG_FUNCTION_INFO_V1(drift_mean_loss);
Datum
drift_mean_loss(PG_FUNCTION_ARGS)
{
	const LossSums *sums = PG_ARGISNULL(0) ? NULL : (const LossSums *) PG_GETARG_POINTER(0);

	if (sums == NULL)
		PG_RETURN_NULL();
	return NumberResult(fcinfo, drift_sum_total(&sums->loss) / BinaryWeightTotal(&sums->weight));
}

PG_FUNCTION_INFO_V1(drift_ece);
Datum
drift_ece(PG_FUNCTION_ARGS)
{
	const LossSums *sums = PG_ARGISNULL(0) ? NULL : (const LossSums *) PG_GETARG_POINTER(0);

	if (sums == NULL)
		PG_RETURN_NULL();
	return NumberResult(fcinfo, drift_expected_calibration_error(sums->bin, sums->bins));
}

PG_FUNCTION_INFO_V1(drift_calibration_curve);
Datum
drift_calibration_curve(PG_FUNCTION_ARGS)
{
	const LossSums *sums = PG_ARGISNULL(0) ? NULL : (const LossSums *) PG_GETARG_POINTER(0);
	RowArray rows;

	if (sums == NULL || sums->n == 0)
		PG_RETURN_NULL();
	rows = BeginRowArray(fcinfo, 6);
	for (int32 b = 0; b < sums->bins; b++)
	{
		const DriftCalibrationBin *bin = &sums->bin[b];
		Datum values[6];
		bool nulls[6] = {false};

		/* as scikit-learn does, bins without rows are left out */
		if (bin->rows == 0)
			continue;
		values[0] = Int32GetDatum(b + 1);
		NumberField(values, nulls, 1, drift_calibration_edge(b, sums->bins));
		NumberField(values, nulls, 2, drift_calibration_edge(b + 1, sums->bins));
		NumberField(values, nulls, 3, bin->rows);
		NumberField(values, nulls, 4, drift_sum_total(&bin->score) / bin->rows);
		NumberField(values, nulls, 5, drift_sum_total(&bin->positives) / bin->rows);
		AddToRowArray(&rows, values, nulls);
	}
	return RowArrayDatum(&rows);
}
