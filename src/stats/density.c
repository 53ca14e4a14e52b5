#include "stats/density.h"

#include <math.h>

#include "stats/numeric_rank.h"

#define ONE_OVER_SQRT_2PI 0.39894228040143267794

double
drift_numeric_bandwidth(const DriftNumeric *p)
{
	int64_t n = drift_numeric_finite_rows(p);
	double deviation;
	double spread;

	if (n < 2)
		return 0.0;
	deviation = sqrt(p->m2 / (double) (n - 1));
	spread = (drift_numeric_quantile(p, 0.75) - drift_numeric_quantile(p, 0.25)) / 1.34;
	if (!(spread > 0.0 && spread < deviation))
		spread = deviation;
	return 0.9 * spread * pow((double) n, -0.2);
}

/* The share of the values in each cell of (low, high]. */
static void
count_cells(const DriftNumeric *p, double low, double width, double *shares)
{
	double n = (double) drift_profile_n(&p->profile);
	double before;
	DriftRankCursor cursor;

	drift_rank_cursor_init(&cursor, p);
	before = drift_rank_middle(drift_rank_cursor_at(&cursor, low).below);
	for (int i = 0; i < DRIFT_DENSITY_CELLS; i++)
	{
		double upto = drift_rank_middle(drift_rank_cursor_at(&cursor, low + width * (i + 1)).upto);

		shares[i] = upto > before ? (upto - before) / n : 0.0;
		before = upto > before ? upto : before;
	}
}

void
drift_numeric_density(const DriftNumeric *p, double low, double high, double bandwidth, double *density)
{
	double shares[DRIFT_DENSITY_CELLS];
	double kernel[DRIFT_DENSITY_CELLS]; /* at so many cells and a half from its middle */
	double width = (high - low) / DRIFT_DENSITY_CELLS;

	if (bandwidth < width)
		bandwidth = width;
	count_cells(p, low, width, shares);
	for (int i = 0; i < DRIFT_DENSITY_CELLS; i++)
	{
		double z = (i + 0.5) * width / bandwidth;

		kernel[i] = exp(-z * z / 2) * ONE_OVER_SQRT_2PI / bandwidth;
	}
	for (int i = 0; i < DRIFT_DENSITY_POINTS; i++)
	{
		int at = i * DRIFT_DENSITY_STEPS; /* this point lies before cell at */

		density[i] = 0.0;
		for (int j = 0; j < DRIFT_DENSITY_CELLS; j++)
			density[i] += shares[j] * kernel[j < at ? at - 1 - j : j - at];
	}
}
