/*
 * levene.h
 *		Brown and Forsythe's form of Levene's test: do two samples spread alike?
 *
 * One-way analysis of variance of |x - median of its side|, as
 * scipy.stats.levene(center='median'). Values may come in any order.
 */
#ifndef DRIFT_STATS_LEVENE_H
#define DRIFT_STATS_LEVENE_H

#include "stats/hypothesis.h"

typedef struct DriftLevene
{
	int64_t n[2];
	double median[2];
	int64_t seen[2];
	double mean[2]; /* of the distances from the median so far */
	double m2[2];   /* sum of squared deviations of the distances from their mean */
} DriftLevene;

void drift_levene_init(DriftLevene *l, int64_t n_reference, int64_t n_current, double median_reference,
					   double median_current);

/* Takes a value and how many rows of each side hold it. */
void drift_levene_step(DriftLevene *l, double value, int64_t c_reference, int64_t c_current);

/*
 * F of 1 and n + m - 2 degrees of freedom, and its p-value. NaN with an
 * infinite value, with an empty side, with n + m < 3, and where every value is
 * as far from its median as all others are.
 */
DriftTest drift_levene_finish(const DriftLevene *l);

#endif
