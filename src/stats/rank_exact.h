/*
 * rank_exact.h
 *		Exact null distributions of two rank statistics, by counting.
 */
#ifndef DRIFT_STATS_RANK_EXACT_H
#define DRIFT_STATS_RANK_EXACT_H

#include <stdint.h>

/* Largest sample size, and largest smaller size, these functions are made for. */
#define DRIFT_KS_EXACT_MAX 10000
#define DRIFT_U_EXACT_MAX 8

/*
 * P(D >= d) of the two-sample Kolmogorov-Smirnov statistic, with d taken as
 * the nearest value it can have, a multiple of 1/lcm(n, m);
 * 1 <= n, m <= DRIFT_KS_EXACT_MAX, otherwise NaN. Uses 80 kB of stack.
 */
double drift_ks_exact_sf(double d, int64_t n, int64_t m);

/*
 * P(U <= u) of the Mann-Whitney statistic without ties, 0 <= u <= n m / 2;
 * one of n, m at most DRIFT_U_EXACT_MAX, otherwise NaN. Uses 60 kB of stack.
 */
double drift_u_exact_cdf(int64_t u, int64_t n, int64_t m);

#endif
