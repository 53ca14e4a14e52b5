/*
 * multiclass_log_loss.c
 *		Logarithmic loss of the probabilities of several classes.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "compat.h"
#include "pg/aggregate.h"
#include "pg/class_probabilities.h"
#include "stats/binary_loss.h"
#include "stats/regression_metrics.h"

/* How far from 1 probabilities in single precision may add up */
#define SUM_TOLERANCE 1e-3

static void
CheckProbabilities(const ClassScores *row)
{
	double sum = 0;

	for (int i = 0; i < row->classes; i++)
	{
		if (unlikely(row->scores[i] < 0 || row->scores[i] > 1))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("probabilities must be between 0 and 1"),
							errdetail("One is %g.", row->scores[i])));
		sum += row->scores[i];
	}
	if (unlikely(fabs(sum - 1) > SUM_TOLERANCE))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the probabilities of the classes must add up to 1"),
				 errdetail("They add up to %g.", sum),
				 errhint("Divide them by their sum, if they are those of classes that exclude each other.")));
}

static inline Datum
AddLoss(FunctionCallInfo fcinfo, bool labelled, int weight)
{
	DriftWeightedMean *state = PG_ARGISNULL(0)
								   ? MemoryContextAllocZero(AggregateContext(fcinfo), sizeof(DriftWeightedMean))
								   : (DriftWeightedMean *) PG_GETARG_POINTER(0);
	ClassScores row;

	if (ReadClassScores(fcinfo, labelled, weight, &row))
	{
		CheckProbabilities(&row);
		drift_weighted_mean_add(state, drift_log_loss(row.scores[row.actual], true), row.weight);
	}
	PG_RETURN_POINTER(state);
}

/* (probabilities, actual [, weight]) */
PG_FUNCTION_INFO_V1(drift_multiclass_log_loss_accum);
Datum
drift_multiclass_log_loss_accum(PG_FUNCTION_ARGS)
{
	return AddLoss(fcinfo, false, 3);
}

/* (probabilities, actual, classes [, weight]) */
PG_FUNCTION_INFO_V1(drift_multiclass_log_loss_labels_accum);
Datum
drift_multiclass_log_loss_labels_accum(PG_FUNCTION_ARGS)
{
	return AddLoss(fcinfo, true, 4);
}
