#include "train/elastic.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#define MAX_SWEEPS 20000
#define LEAST_MOVE 1e-12 /* of a sweep that ends the descent, over the largest coefficient */

typedef struct Descent
{
	const double *h; /* both triangles */
	const double *l1;
	double share;
	const double *at;
	uint32_t n;
	double *d;
	double *slope; /* of the quadratic function at d */
} Descent;

/* Where the coordinate is least with the others as they are. */
static double
best_place(const Descent *t, uint32_t j, double curvature)
{
	double place = t->at[j] + t->d[j];
	double target = curvature * place - t->slope[j];
	double penalty = t->share * t->l1[j];

	if (target > penalty)
		return (target - penalty) / curvature;
	if (target < -penalty)
		return (target + penalty) / curvature;
	return 0;
}

/* Moves a coordinate there; gives how far. */
static double
move(Descent *t, uint32_t j)
{
	const double *row = t->h + (size_t) j * t->n;
	double by;

	if (!(row[j] > 0))
		return 0;
	by = best_place(t, j, row[j]) - (t->at[j] + t->d[j]);
	if (by == 0)
		return 0;
	t->d[j] += by;
	for (uint32_t k = 0; k < t->n; k++)
		t->slope[k] += row[k] * by;
	return fabs(by);
}

/* One move of each coordinate, or of those that are not 0; gives the farthest over the largest coefficient. */
static double
sweep(Descent *t, bool all)
{
	double farthest = 0;
	double largest = 0;

	for (uint32_t j = 0; j < t->n; j++)
	{
		double place = t->at[j] + t->d[j];

		if (all || place != 0)
			farthest = fmax(farthest, move(t, j));
		largest = fmax(largest, fabs(t->at[j] + t->d[j]));
	}
	return largest > 0 ? farthest / largest : 0;
}

static void
mirror(double *h, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < i; j++)
			h[(size_t) j * n + i] = h[(size_t) i * n + j];
}

void
drift_elastic_step(double *h, const double *gradient, const double *l1, double share, const double *at, uint32_t n,
				   double *d, double *slope, void (*poll)(void))
{
	Descent t = {.h = h, .l1 = l1, .share = share, .at = at, .n = n, .d = d, .slope = slope};
	bool all = true;

	mirror(h, n);
	for (uint32_t j = 0; j < n; j++)
	{
		d[j] = 0;
		slope[j] = gradient[j];
	}
	for (int i = 0; i < MAX_SWEEPS; i++)
	{
		bool settled = sweep(&t, all) <= LEAST_MOVE;

		if (settled && all)
			break;
		/* once those that are not 0 stand still, all are asked again */
		all = settled;
		if (poll != NULL && i % 16 == 15)
			poll();
	}
}
