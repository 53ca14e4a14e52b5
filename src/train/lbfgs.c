#include "train/lbfgs.h"

#include <stddef.h>

static double
dot(const double *a, const double *b, uint32_t n)
{
	double sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

void
drift_lbfgs_note(DriftLbfgs *l, const double *from, const double *to, const double *gradient_from,
				 const double *gradient_to)
{
	uint32_t place = l->pairs % DRIFT_LBFGS_PAIRS;
	double *step = l->steps + (size_t) place * l->n;
	double *turn = l->turns + (size_t) place * l->n;
	double product = 0;

	for (uint32_t i = 0; i < l->n; i++)
		product += (to[i] - from[i]) * (gradient_to[i] - gradient_from[i]);
	if (!(product > 0))
		return;
	for (uint32_t i = 0; i < l->n; i++)
	{
		step[i] = to[i] - from[i];
		turn[i] = gradient_to[i] - gradient_from[i];
	}
	l->products[place] = product;
	l->pairs++;
}

/* The last pair's guess of how far a unit of gradient goes. */
static double
scale(const DriftLbfgs *l, double first)
{
	const double *turn;
	uint32_t place;

	if (l->pairs == 0)
		return first;
	place = (l->pairs - 1) % DRIFT_LBFGS_PAIRS;
	turn = l->turns + (size_t) place * l->n;
	return l->products[place] / dot(turn, turn, l->n);
}

void
drift_lbfgs_direction(const DriftLbfgs *l, const double *gradient, double first, double *direction)
{
	double shares[DRIFT_LBFGS_PAIRS];
	uint32_t oldest = l->pairs > DRIFT_LBFGS_PAIRS ? l->pairs - DRIFT_LBFGS_PAIRS : 0;
	double unit = scale(l, first);

	for (uint32_t i = 0; i < l->n; i++)
		direction[i] = -gradient[i];
	for (uint32_t k = l->pairs; k-- > oldest;)
	{
		uint32_t place = k % DRIFT_LBFGS_PAIRS;
		const double *turn = l->turns + (size_t) place * l->n;

		shares[place] = dot(l->steps + (size_t) place * l->n, direction, l->n) / l->products[place];
		for (uint32_t i = 0; i < l->n; i++)
			direction[i] -= shares[place] * turn[i];
	}
	for (uint32_t i = 0; i < l->n; i++)
		direction[i] *= unit;
	for (uint32_t k = oldest; k < l->pairs; k++)
	{
		uint32_t place = k % DRIFT_LBFGS_PAIRS;
		const double *step = l->steps + (size_t) place * l->n;
		double back = dot(l->turns + (size_t) place * l->n, direction, l->n) / l->products[place];

		for (uint32_t i = 0; i < l->n; i++)
			direction[i] += (shares[place] - back) * step[i];
	}
}
