#include <math.h>
#include <string.h>

#include "train/cholesky.h"
#include "train/elastic.h"
#include "train/linear_parts.h"

#define MOST_HALVINGS 40
#define SAMPLE_ROUNDS 8
#define SAMPLE_MOVE 0.02 /* of a step that ends the passes over a sample */
#define WELL_CONDITIONED 1e-6
#define FLAT_ROUNDS 3

/* Solves for the step; gives how well conditioned the matrix is, NaN with l1. */
static double
solve(DriftLinearFit *fit)
{
	double least;

	if (fit->options.l1 > 0)
	{
		drift_elastic_step(fit->matrix, fit->gradient, fit->l1, fit->weight_sum / fit->weight, fit->at, fit->size,
						   fit->step, fit->slope, fit->host->poll);
		return (double) NAN;
	}
	for (uint32_t j = 0; j < fit->size; j++)
		fit->step[j] = -fit->gradient[j];
	least = drift_cholesky_factor(fit->matrix, fit->size, fit->aliased, fit->host->poll);
	drift_cholesky_solve(fit->matrix, fit->size, fit->aliased, fit->step);
	return least;
}

/* How far the step goes, over the largest coefficient where it ends. Intercepts have their own measure. */
static double
move_of(const DriftLinearFit *fit)
{
	double farthest = 0;
	double largest = 0;
	double intercept = 0;

	for (uint32_t j = 0; j < fit->size; j++)
	{
		double to = fit->at[j] + fit->step[j];

		if (drift_linear_is_intercept(fit, j))
			intercept = fmax(intercept, fabs(fit->step[j]) / fmax(fabs(to), fit->unit));
		else
		{
			farthest = fmax(farthest, fabs(fit->step[j]));
			largest = fmax(largest, fabs(to));
		}
	}
	return fmax(intercept, largest > 0 ? farthest / largest : 0);
}

/*
 * Newton's steps shrink with the square of the one before: the next would be
 * shorter than this one by more than this one is than the last.
 */
static bool
has_converged(const DriftLinearFit *fit, double move, double condition)
{
	double shrunk = fit->last_move > 0 ? move / fit->last_move : 1;

	if (move <= fit->options.tolerance)
		return true;
	if (fit->options.l1 > 0)
		return false;
	if (fit->options.loss == DRIFT_LOSS_SQUARED)
		return condition > WELL_CONDITIONED;
	return shrunk < 0.1 && move * shrunk * shrunk <= 0.1 * fit->options.tolerance;
}

/* Far steps over which next to nothing is gained, several times: the best coefficients are infinite. */
static bool
is_separated(DriftLinearFit *fit)
{
	double gain = 0;
	double farthest = 0;

	if (fit->options.loss == DRIFT_LOSS_SQUARED || fit->options.l1 > 0 || fit->options.l2 > 0 || fit->stride > 1)
		return false;
	for (uint32_t j = 0; j < fit->size; j++)
	{
		gain -= fit->gradient[j] * fit->step[j];
		farthest = fmax(farthest, fabs(fit->step[j]));
	}
	fit->flat_rounds = gain <= 1e-6 * fit->weight && farthest > 0.1 ? fit->flat_rounds + 1 : 0;
	return fit->flat_rounds >= FLAT_ROUNDS;
}

/* On to a sample 8 times as large; where this one led nowhere, from the start. */
static void
next_stage(DriftLinearFit *fit, bool settled)
{
	fit->stride /= 8;
	fit->stage_rounds = 0;
	fit->moved = false;
	fit->last_move = 0;
	if (!settled)
		memcpy(fit->at, fit->start, fit->size * sizeof(double));
}

/* The step made the objective worse: half of it. */
static void
halve(DriftLinearFit *fit)
{
	bool enough = ++fit->halvings > MOST_HALVINGS;

	for (uint32_t j = 0; j < fit->size; j++)
		fit->at[j] = enough ? fit->from[j] : fit->from[j] + (fit->at[j] - fit->from[j]) / 2;
	if (enough)
		fit->status = DRIFT_LINEAR_CONVERGED;
}

static void
take_step(DriftLinearFit *fit)
{
	fit->before = fit->objective;
	fit->moved = true;
	for (uint32_t j = 0; j < fit->size; j++)
	{
		fit->from[j] = fit->at[j];
		fit->at[j] += fit->step[j];
	}
}

/* The squared error where the step ends: half of what the slope promises is gained. */
static double
squared_loss_after(const DriftLinearFit *fit)
{
	double loss = fit->before;

	for (uint32_t j = 0; j < fit->size; j++)
		loss += fit->gradient[j] * fit->step[j] / 2 - fit->l2[j] / 2 * fit->at[j] * fit->at[j];
	return loss / fit->weight;
}

/* From a place that is good: a step, and what it means. */
static void
go_on(DriftLinearFit *fit)
{
	double condition = solve(fit);
	double move = move_of(fit);
	bool settled = move <= SAMPLE_MOVE;

	fit->halvings = 0;
	fit->stage_rounds++;
	take_step(fit);
	if (is_separated(fit))
		fit->status = DRIFT_LINEAR_SEPARATED;
	else if (fit->stride == 1 && has_converged(fit, move, condition))
	{
		fit->status = DRIFT_LINEAR_CONVERGED;
		if (fit->options.loss == DRIFT_LOSS_SQUARED && fit->options.l1 == 0)
			fit->mean_loss = squared_loss_after(fit);
	}
	fit->last_move = move;
	if (fit->stride > 1 && (settled || fit->stage_rounds >= SAMPLE_ROUNDS))
		next_stage(fit, settled);
}

void
drift_linear_newton(DriftLinearFit *fit)
{
	if (fit->moved && !(fit->objective <= fit->before + 1e-12 * fabs(fit->before)))
		halve(fit);
	else
		go_on(fit);
	if (fit->status == DRIFT_LINEAR_RUNNING)
		drift_linear_begin(fit);
}
