#include "train/linear_loss.h"

#include <math.h>

double
drift_loss_squared(DriftLossBlock *b)
{
	double loss = 0;

	for (int i = 0; i < DRIFT_BLOCK; i++)
	{
		double error = b->margins[i] - b->target[i];

		b->curvature[i] = b->weight[i];
		b->margins[i] = b->weight[i] * error;
		loss += 0.5 * b->weight[i] * error * error;
	}
	return loss;
}

double
drift_loss_logistic(DriftLossBlock *b)
{
	double loss = 0;

	for (int i = 0; i < DRIFT_BLOCK; i++)
	{
		double margin = b->margins[i];
		double small = exp(-fabs(margin));
		double share = 1 / (1 + small); /* of the likelier class */
		double positive = margin >= 0 ? share : small * share;

		b->curvature[i] = b->weight[i] * small * share * share;
		b->margins[i] = b->weight[i] * (positive - b->target[i]);
		loss += b->weight[i] * (fmax(margin, 0) - b->target[i] * margin + log1p(small));
	}
	return loss;
}

/* One row of softmax; gives its loss. */
static double
softmax_row(DriftLossBlock *b, uint32_t classes, uint32_t i)
{
	uint32_t target = (uint32_t) b->target[i];
	double most = b->margins[i];
	double sum = 0;
	double loss;

	for (uint32_t k = 1; k < classes; k++)
		most = fmax(most, b->margins[k * DRIFT_BLOCK + i]);
	for (uint32_t k = 0; k < classes; k++)
		sum += b->shares[k * DRIFT_BLOCK + i] = exp(b->margins[k * DRIFT_BLOCK + i] - most);
	loss = log(sum) + most - b->margins[target * DRIFT_BLOCK + i];
	for (uint32_t k = 0; k < classes; k++)
	{
		double share = b->shares[k * DRIFT_BLOCK + i] / sum;

		b->shares[k * DRIFT_BLOCK + i] = share;
		b->margins[k * DRIFT_BLOCK + i] = b->weight[i] * (share - (k == target ? 1 : 0));
	}
	return b->weight[i] * loss;
}

double
drift_loss_softmax(DriftLossBlock *b, uint32_t classes)
{
	double loss = 0;

	for (uint32_t i = 0; i < DRIFT_BLOCK; i++)
		loss += softmax_row(b, classes, i);
	return loss;
}

void
drift_softmax_curvature(DriftLossBlock *b, uint32_t one, uint32_t other)
{
	const double *p = b->shares + (size_t) one * DRIFT_BLOCK;
	const double *q = b->shares + (size_t) other * DRIFT_BLOCK;

	for (int i = 0; i < DRIFT_BLOCK; i++)
		b->curvature[i] = b->weight[i] * p[i] * ((one == other ? 1 : 0) - q[i]);
}
