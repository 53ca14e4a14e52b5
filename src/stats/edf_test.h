/*
 * edf_test.h
 *		p-values of the statistics of two empirical distribution functions
 *		(edf.h) for samples of n and m rows. NaN where a size is not positive or
 *		the statistic is NaN.
 */
#ifndef DRIFT_STATS_EDF_TEST_H
#define DRIFT_STATS_EDF_TEST_H

#include <stddef.h>
#include <stdint.h>

#include "stats/interval.h"

/* The larger size up to which Cramer-von Mises has an exact p-value, as in scipy. */
#define DRIFT_CVM_EXACT_MAX 20

/*
 * P(T >= t) as scipy.stats.cramervonmises_2samp(method='auto'): exact where
 * max(n, m) <= DRIFT_CVM_EXACT_MAX, with ties too although the count is of
 * orders without ties; else drift_cramer_von_mises_sf() of T standardised by
 * its mean and variance (Anderson 1962), 1 where that is below 0.003. The
 * exact count works in scratch, with room for so many doubles as
 * drift_cramer_von_mises_scratch() answers: 0 where it is not needed, at most a
 * million.
 */
size_t drift_cramer_von_mises_scratch(double t, int64_t n, int64_t m);
double drift_cramer_von_mises_p_value(double t, int64_t n, int64_t m, double *scratch);

/*
 * P(W^2 > x) of the limiting distribution of the Cramer-von Mises statistic,
 * by Smirnov's integrals for the upper tail (Durbin, "Distribution theory for
 * tests based on the sample distribution function", 1973, section 4.4).
 * Relative error below 1e-12.
 */
double drift_cramer_von_mises_sf(double x);

/*
 * Anderson-Darling's A^2 of drift_edf_anderson_darling(), standardised, and its
 * p-value, as scipy.stats.anderson_ksamp: mean and variance by Scholz and
 * Stephens (1987), the p-value by the quadratic that fits the logarithms of
 * their seven levels of significance, no less than 0.001 and no more than 0.25.
 * At these ends the interval of the p-value reaches to 0 and to 1. NaN for
 * fewer than four rows, which have no variance.
 */
DriftIntervalTest drift_anderson_darling_test(double a_squared, int64_t n, int64_t m);

/*
 * Kuiper's test: drift_kuiper_sf((sqrt(k) + 0.155 + 0.24 / sqrt(k)) v) with
 * k = n m / (n + m). The factor is that of Stephens, "Use of the
 * Kolmogorov-Smirnov, Cramer-Von Mises and related statistics without extensive
 * tables" (1970).
 */
double drift_kuiper_p_value(double v, int64_t n, int64_t m);

/* P(K > x) of the limiting distribution of sqrt(n) V (Kuiper 1960). */
double drift_kuiper_sf(double x);

#endif
