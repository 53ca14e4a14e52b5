/*
 * linear_loss.h
 *		Losses of linear models over a block of rows, with their slopes and
 *		curvatures in the margins.
 */
#ifndef DRIFT_TRAIN_LINEAR_LOSS_H
#define DRIFT_TRAIN_LINEAR_LOSS_H

#include <stdint.h>

#include "train/linear_block.h"

typedef enum DriftLoss
{
	DRIFT_LOSS_SQUARED, /* half the squared error */
	DRIFT_LOSS_LOGISTIC, /* of two classes, the target is 0 or 1: minus the log of the probability of the class that is true */
	DRIFT_LOSS_SOFTMAX /* the same of several classes, the target is the number of the class */
} DriftLoss;

/* A block's targets and weights, and what becomes of its margins. */
typedef struct DriftLossBlock
{
	double target[DRIFT_BLOCK];
	double weight[DRIFT_BLOCK];
	double curvature[DRIFT_BLOCK]; /* second derivative, weighted */
	double *margins;               /* by class, DRIFT_BLOCK each; then the residuals: first derivatives, weighted */
	double *shares;                /* probabilities by class, of softmax */
} DriftLossBlock;

/* Makes residuals of margins, and curvatures or shares; gives the weighted loss. */
double drift_loss_squared(DriftLossBlock *b);
double drift_loss_logistic(DriftLossBlock *b);
double drift_loss_softmax(DriftLossBlock *b, uint32_t classes);

/* The curvature of softmax in the margins of two classes, after the above. */
void drift_softmax_curvature(DriftLossBlock *b, uint32_t one, uint32_t other);

#endif
