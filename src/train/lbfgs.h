/*
 * lbfgs.h
 *		Directions of descent without a matrix: the two loops of Nocedal and
 *		Wright, "Numerical Optimization", algorithm 7.4.
 */
#ifndef DRIFT_TRAIN_LBFGS_H
#define DRIFT_TRAIN_LBFGS_H

#include <stdint.h>

#define DRIFT_LBFGS_PAIRS 12

typedef struct DriftLbfgs
{
	uint32_t n;
	uint32_t pairs;                     /* so far */
	double *steps;                      /* DRIFT_LBFGS_PAIRS times n, the newest takes the place of the oldest */
	double *turns;                      /* how the gradient changed over each */
	double products[DRIFT_LBFGS_PAIRS]; /* of both */
} DriftLbfgs;

/* Takes note of the last step: from one place and gradient to another. A step over which the slope fell is left out. */
void drift_lbfgs_note(DriftLbfgs *l, const double *from, const double *to, const double *gradient_from,
					  const double *gradient_to);

/* The direction at a gradient; without any pair it is the gradient's opposite, times first. */
void drift_lbfgs_direction(const DriftLbfgs *l, const double *gradient, double first, double *direction);

#endif
