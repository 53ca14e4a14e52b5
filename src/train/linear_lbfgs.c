#include <math.h>
#include <string.h>

#include "train/linear_parts.h"

#define ENOUGH_OF_SLOPE 1e-4 /* of the gain that the slope promises: Armijo */
#define LEAST_SHARE 1e-10
#define GRADIENT_SHARE 0.1 /* of the tolerance: how steep the mean loss may still be */

static bool
is_flat(const DriftLinearFit *fit)
{
	double steepest = 0;

	for (uint32_t j = 0; j < fit->size; j++)
		steepest = fmax(steepest, fabs(fit->gradient[j]));
	return steepest <= GRADIENT_SHARE * fit->options.tolerance * fit->weight * fit->unit;
}

static void
try_share(DriftLinearFit *fit, double share)
{
	fit->share = share;
	for (uint32_t j = 0; j < fit->size; j++)
		fit->at[j] = fit->from[j] + share * fit->step[j];
}

/* A new direction from here. */
static void
turn(DriftLinearFit *fit)
{
	double steepest_curvature = fit->weight * (fit->options.loss == DRIFT_LOSS_SQUARED ? 1 : 0.25);

	if (fit->moved)
		drift_lbfgs_note(&fit->lbfgs, fit->from, fit->at, fit->gradient_from, fit->gradient);
	drift_lbfgs_direction(&fit->lbfgs, fit->gradient, 1 / steepest_curvature, fit->step);
	fit->along = 0;
	for (uint32_t j = 0; j < fit->size; j++)
		fit->along += fit->gradient[j] * fit->step[j];
	memcpy(fit->from, fit->at, fit->size * sizeof(double));
	memcpy(fit->gradient_from, fit->gradient, fit->size * sizeof(double));
	fit->before = fit->objective;
	fit->moved = true;
	try_share(fit, 1);
}

void
drift_linear_lbfgs(DriftLinearFit *fit)
{
	double promised = ENOUGH_OF_SLOPE * fit->share * fit->along;

	if (fit->moved && !(fit->objective <= fit->before + promised + 1e-14 * fabs(fit->before)))
	{
		try_share(fit, fit->share < LEAST_SHARE ? 0 : fit->share / 2);
		if (fit->share == 0)
			fit->status = DRIFT_LINEAR_CONVERGED;
	}
	else if (is_flat(fit))
		fit->status = DRIFT_LINEAR_CONVERGED;
	else
		turn(fit);
	if (fit->status == DRIFT_LINEAR_RUNNING)
		drift_linear_begin(fit);
}
