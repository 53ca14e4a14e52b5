#include "stats/pick.h"

#include <math.h>

#include "stats/bins.h"

void
drift_pick_init(DriftPick *pick, int64_t n, const double *shares, int count)
{
	*pick = (DriftPick){.n = n, .count = count};
	for (int i = 0; i < count; i++)
	{
		pick->position[i] = shares[i] * (double) (n - 1);
		pick->below[i] = pick->above[i] = (double) NAN;
	}
}

void
drift_pick_step(DriftPick *pick, double value, int64_t rows)
{
	int64_t first = pick->seen;

	pick->seen += rows;
	for (int i = 0; i < pick->count; i++)
	{
		int64_t rank = (int64_t) pick->position[i];
		int64_t next = rank + 1 < pick->n ? rank + 1 : rank;

		if (first <= rank && rank < pick->seen)
			pick->below[i] = value;
		if (first <= next && next < pick->seen)
			pick->above[i] = value;
	}
}

double
drift_pick_quantile(const DriftPick *pick, int i)
{
	return drift_interpolate(pick->below[i], pick->above[i], pick->position[i] - floor(pick->position[i]));
}
