/*
 * levene.h
 *		Brown and Forsythe's form of Levene's test: do two samples spread alike?
 *
 * One-way analysis of variance of |x - median of its side|, as
 * scipy.stats.levene(center='median'). Takes two passes over the values, each
 * in any order: sums are kept so closely that the order does not show.
 */
#ifndef DRIFT_STATS_LEVENE_H
#define DRIFT_STATS_LEVENE_H

#include "stats/hypothesis.h"
#include "stats/sum.h"

typedef struct DriftLevene
{
	int64_t n[2];
	double median[2];
	double centre[2];   /* mean distance from the median, as the first pass found it; 0 until then */
	DriftSum sum[2];    /* of the distances less the centre */
	DriftSum square[2]; /* of their squares */
} DriftLevene;

void drift_levene_init(DriftLevene *l, int64_t n_reference, int64_t n_current, double median_reference,
					   double median_current);

/* Takes a value and how many rows of each side hold it. */
static inline void
drift_levene_step(DriftLevene *l, double value, int64_t c_reference, int64_t c_current)
{
	const int64_t rows[2] = {c_reference, c_current};

	for (int side = 0; side < 2; side++)
		if (rows[side] > 0)
		{
			double distance = fabs(value - l->median[side]) - l->centre[side];

			drift_sum_add_rows(&l->sum[side], distance, rows[side]);
			drift_sum_add_rows(&l->square[side], distance * distance, rows[side]);
		}
}

/* Ends the first pass and begins the second, over the same values. */
void drift_levene_second_pass(DriftLevene *l);

/*
 * F of 1 and n + m - 2 degrees of freedom, and its p-value. NaN with an
 * infinite value, with an empty side, with n + m < 3, and where every value is
 * as far from its median as all others are.
 */
DriftTest drift_levene_finish(const DriftLevene *l);

#endif
