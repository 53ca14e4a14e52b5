/*
 * hypothesis.h
 *		Two-sample tests: from a statistic and sample sizes to a p-value.
 *
 * All are two-sided, unless they say otherwise, and equal to scipy.stats with its default options. Sizes
 * are rows with a value; r is the reference, c the current side. A test that
 * its input does not determine (an empty side, NaN, variances of single
 * values) answers NaN.
 */
#ifndef DRIFT_STATS_HYPOTHESIS_H
#define DRIFT_STATS_HYPOTHESIS_H

#include <stdint.h>

#include "stats/rank_exact.h"

typedef struct DriftTest
{
	double statistic;
	double p_value;
} DriftTest;

/*
 * p-value of Kolmogorov-Smirnov's D for samples of n and m, as
 * scipy.stats.ks_2samp(method='auto'). drift_ks_exact_sf() where
 * max(n, m) <= DRIFT_KS_EXACT_MAX, beyond that drift_kstwo_sf(d, n m / (n + m)).
 */
double drift_ks_p_value(double d, int64_t n, int64_t m);

/*
 * The same where the exact p-value takes few steps, a tenth of a millisecond,
 * and drift_kstwo_sf() elsewhere, which differs by less than 15 % from 1e-6 up.
 */
double drift_ks_p_value_quick(double d, int64_t n, int64_t m);

/*
 * Mann-Whitney from the reference's U and the tie term of
 * drift_two_sample_tie_term(). Exact where min(n, m) <= 8 and there are no
 * ties, whatever the other size; otherwise the normal approximation with tie
 * and continuity correction. As scipy.stats.mannwhitneyu(method='auto').
 */
DriftTest drift_mann_whitney(double u, int64_t n, int64_t m, double tie_term);

/*
 * The same one-sided: the probability of a reference this far below the
 * current side. As scipy.stats.mannwhitneyu(reference, current, alternative='less').
 */
DriftTest drift_mann_whitney_less(double u, int64_t n, int64_t m, double tie_term);

/*
 * Welch's t from means and sample variances (divisor n - 1), reference minus
 * current. As scipy.stats.ttest_ind(equal_var=False).
 */
DriftTest drift_welch_t(double mean_r, double var_r, int64_t n, double mean_c, double var_c, int64_t m);

/* Student's t with pooled variance, from the same. As scipy.stats.ttest_ind(). */
DriftTest drift_pooled_t(double mean_r, double var_r, int64_t n, double mean_c, double var_c, int64_t m);

/*
 * z = (p_r - p_c) / se of two proportions with the pooled standard error.
 * Both shares 0 or both 1: z = 0, p = 1. As
 * statsmodels.stats.proportion.proportions_ztest elsewhere.
 */
DriftTest drift_two_proportion_z(int64_t success_r, int64_t n, int64_t success_c, int64_t m);

#endif
