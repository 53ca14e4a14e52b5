/*
 * binary_arguments.c
 *		Arguments of the metrics of binary models.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "compat.h"
#include "pg/binary.h"

void
BinaryRefuseWeight(double weight)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a weight must be finite and not negative"),
					errdetail("It is %g.", weight), errhint("Rows of weight NULL are left out.")));
}

double
BinaryWeightTotal(const DriftSum *weight)
{
	double total = drift_sum_total(weight);

	if (!isfinite(total))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("value out of range: overflow"),
						errdetail("The sum of the weights is too large for double precision."),
						errhint("Divide all weights by a large number.")));
	return total;
}

void
BinaryRefuseScore(double score)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a score must be a probability, 0 to 1"),
			 errdetail("It is %g.", score),
			 errhint("Log loss, Brier's score and calibration are of probabilities; roc_auc, average_precision and "
					 "ks_statistic take any score.")));
}
