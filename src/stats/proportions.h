/*
 * proportions.h
 *		Counts of two or more arms: shares, their difference, tables.
 */
#ifndef DRIFT_STATS_PROPORTIONS_H
#define DRIFT_STATS_PROPORTIONS_H

#include <stdint.h>

#include "stats/hypothesis.h"
#include "stats/interval.h"

/* Wilson's score interval of x of n, z being the normal quantile of the level; NaN without rows. */
DriftInterval drift_wilson(int64_t x, int64_t n, double z);

/*
 * Difference of two independent shares, first less second, with Newcombe's
 * interval (1998, "Interval estimation for the difference between independent
 * proportions", method 10) of both Wilson intervals. As
 * statsmodels.stats.proportion.confint_proportions_2indep(method='newcomb').
 */
DriftInterval drift_newcombe(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double confidence);

/* What a table of counts says. Rows and columns without any count are left out. */
typedef struct DriftTableTest
{
	DriftTest test;  /* Pearson's chi-square, as scipy.stats.chi2_contingency(correction=False) */
	DriftTest yates; /* with Yates' correction of a table of 2 x 2, else NaN */
	double df;
	double least_expected; /* below 5 the chi-square law is rough */
} DriftTableTest;

/*
 * Counts by rows, none negative. A single row or column has nothing to tell apart:
 * statistic 0, p 1. No counts: NaN. room is for rows + columns numbers.
 */
DriftTableTest drift_table_test(const int64_t *counts, int rows, int columns, double *room);

/*
 * Chi-square test that counts fall on arms by their weights, positive or zero;
 * as scipy.stats.chisquare. Infinite where an arm of weight zero has a count.
 */
DriftTest drift_arms_test(const int64_t *counts, const double *weights, int arms, double *df);

#endif
