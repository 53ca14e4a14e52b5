/*
 * two_sample.h
 *		One pass over two sorted samples: Kolmogorov-Smirnov, Wasserstein and
 *		Mann-Whitney together.
 *
 * The caller merges the samples and steps once per distinct value, ascending,
 * with the number of rows of either sample that hold it. Infinities are
 * ordinary values at the ends of the order; NaN is missing and must not come.
 */
#ifndef DRIFT_STATS_TWO_SAMPLE_H
#define DRIFT_STATS_TWO_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/sum.h"

typedef struct DriftTwoSample
{
	int64_t n_reference;
	int64_t n_current;
	int64_t seen_reference; /* rows up to and including the last value */
	int64_t seen_current;
	int64_t peak_reference; /* the same where the distribution functions are furthest apart */
	int64_t peak_current;
	double last_value;
	DriftSum area; /* integral of |F - G| so far */
	double twice_u;
	double tie_term;
	bool valid; /* counts fit the totals, values ascend */
} DriftTwoSample;

/* Begins a pass over samples of these sizes. With an empty side every result is NaN. */
void drift_two_sample_init(DriftTwoSample *t, int64_t n_reference, int64_t n_current);

/*
 * Takes the next larger value and how many rows of each side equal it. Wrong
 * input (NaN, a value that does not ascend, more rows than announced) is
 * remembered and makes every result NaN.
 */
void drift_two_sample_step(DriftTwoSample *t, double value, int64_t c_reference, int64_t c_current);

/* Kolmogorov-Smirnov D = max |F - G|: the maximum of |i m - j n| is exact, D is that over n m. */
double drift_two_sample_ks(const DriftTwoSample *t);

/*
 * Wasserstein-1 distance: the integral of |F - G|, in the unit of the values.
 * As in scipy.stats.wasserstein_distance an infinity gives infinity, or NaN
 * where the two sides' infinities would have to be subtracted.
 */
double drift_two_sample_wasserstein(const DriftTwoSample *t);

/* Mann-Whitney U of the reference: pairs with reference > current, ties count one half. */
double drift_two_sample_u(const DriftTwoSample *t);

/* Sum of t^3 - t over the groups of t equal values of both samples; 0 without ties. */
double drift_two_sample_tie_term(const DriftTwoSample *t);

#endif
