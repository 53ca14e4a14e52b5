#include "stats/mutual_information.h"

#include <math.h>
#include <string.h>

#include "stats/special.h"

#define POLL_CELLS 4096

void
drift_crosstab_init(DriftCrosstab *table, int64_t n, int64_t values_x, int64_t values_y)
{
	*table = (DriftCrosstab){.n = n, .values_x = values_x, .values_y = values_y};
}

/* A cell's part of the information; 0 for a cell that holds what its totals expect. */
static double
cell_information(double count, double total_x, double total_y, double n)
{
	return count * log(count / (total_x * total_y / n));
}

void
drift_crosstab_step(DriftCrosstab *table, int64_t count, int64_t total_x, int64_t total_y)
{
	double n = (double) table->n;
	double expected = (double) total_x * (double) total_y / n;
	double excess = (double) count - expected;

	table->cells++;
	table->information += cell_information((double) count, (double) total_x, (double) total_y, n);
	table->squares += excess * excess / expected;
	table->expected += expected;
}

double
drift_mutual_information_plugin(const DriftCrosstab *table)
{
	/* what a constant has is rounding, and so is what is below zero */
	if (table->values_x < 2 || table->values_y < 2 || !(table->information > 0))
		return 0;
	return table->information / (double) table->n;
}

double
drift_mutual_information_corrected(const DriftCrosstab *table)
{
	double excess = (double) table->cells - (double) table->values_x - (double) table->values_y + 1;

	return drift_mutual_information_plugin(table) - excess / (2 * (double) table->n);
}

double
drift_crosstab_chi_square(const DriftCrosstab *table)
{
	double empty = (double) table->n - table->expected;

	/* an empty cell adds what it expects */
	if (table->cells == table->values_x * table->values_y)
		empty = 0;
	return table->squares + empty;
}

double
drift_crosstab_cramers_v(const DriftCrosstab *table)
{
	int64_t fewer = table->values_x < table->values_y ? table->values_x : table->values_y;
	double v;

	if (fewer < 2)
		return NAN;
	v = sqrt(drift_crosstab_chi_square(table) / ((double) table->n * (double) (fewer - 1)));
	return v > 1 ? 1 : v;
}

double
drift_crosstab_cramers_v_p_value(const DriftCrosstab *table)
{
	if (table->values_x < 2 || table->values_y < 2)
		return NAN;
	return drift_chi2_sf(drift_crosstab_chi_square(table),
						 (double) (table->values_x - 1) * (double) (table->values_y - 1));
}

/* The information of one random table with these totals. */
static double
random_information(const DriftTotals *totals, DriftRandom *random, void (*poll)(void))
{
	int64_t left = totals->n;
	double information = 0;

	memcpy(totals->left, totals->y, sizeof(int64_t) * (size_t) totals->values_y);
	for (int64_t i = 0; i < totals->values_x; i++)
	{
		int64_t sample = totals->x[i]; /* rows of this value that have no cell yet */
		int64_t urn = left;            /* rows of y that this and later values can have, from column j on */

		left -= sample;
		for (int64_t j = 0; j < totals->values_y && sample > 0; j++)
		{
			int64_t count = drift_random_hypergeometric(random, totals->left[j], urn, sample);

			urn -= totals->left[j];
			totals->left[j] -= count;
			sample -= count;
			if (count > 0)
				information +=
					cell_information((double) count, (double) totals->x[i], (double) totals->y[j], (double) totals->n);
			if (poll && j % POLL_CELLS == 0)
				poll();
		}
	}
	return information;
}

int64_t
drift_information_reached(const DriftCrosstab *table, const DriftTotals *totals, int64_t permutations, uint64_t seed,
						  void (*poll)(void))
{
	DriftRandom random;
	double bound = table->information - 0x1p-40 * (double) totals->n * log((double) totals->n + 1);
	int64_t reached = 0;

	drift_random_init(&random, seed);
	for (int64_t i = 0; i < permutations; i++)
		reached += random_information(totals, &random, poll) >= bound;
	return reached;
}
