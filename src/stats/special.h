/*
 * special.h
 *		Special functions behind the p-values.
 *
 * All of them are total: an argument outside the domain gives NaN, a NaN gives
 * NaN, and every loop has a fixed bound. The relative error is below 1e-12
 * unless a function says otherwise; upper tails are computed as such, never as
 * one minus the lower tail, and stay accurate down to the smallest doubles.
 */
#ifndef DRIFT_STATS_SPECIAL_H
#define DRIFT_STATS_SPECIAL_H

#include <stdint.h>

/* Natural logarithm of the gamma function, x > 0. Unlike lgamma() it writes no global sign. */
double drift_log_gamma(double x);

/*
 * log(gamma(x + 1)) - log(sqrt(2 pi x) (x / e)^x), x > 0: what Stirling's
 * formula lacks. Factorials written with it keep their last digits for large x.
 */
double drift_stirling_error(double x);

/* x - log(1 + x) without cancellation, x >= -1. Non-negative. */
double drift_log1p_excess(double x);

/* Regularized incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x); a > 0, x >= 0. */
double drift_gamma_p(double a, double x);
double drift_gamma_q(double a, double x);

/*
 * Regularized incomplete beta function I_x(a, b); 1e-100 <= a, b <= 1e100, 0 <= x <= 1.
 * The result is as sensitive to x as a and b are large.
 */
double drift_beta_inc(double a, double b, double x);

/* P(Z > z) of the standard normal distribution. */
double drift_normal_sf(double z);

/*
 * The z of which P(Z <= z) is p, 0 <= p <= 1: Wichura (1988), "Algorithm AS 241:
 * the percentage points of the normal distribution". Between 0.075 and 0.925
 * it is made of the four operations alone and so the same on every machine.
 */
double drift_normal_quantile(double p);

/* P(X > x) of the chi-square distribution with df > 0 degrees of freedom. */
double drift_chi2_sf(double x, double df);

/* P(T > t) of Student's t distribution with df >= 2e-100 degrees of freedom. */
double drift_student_t_sf(double t, double df);

/* P(K > x) of the limiting distribution of sqrt(n) D (Kolmogorov 1933). */
double drift_kolmogorov_sf(double x);

/*
 * P(D+ >= d) of the one-sided Kolmogorov-Smirnov statistic of n values
 * (Birnbaum and Tingey 1951). Above n = 10^6 the exponent is
 * -(6 n d + 1)^2 / (18 n), as in scipy.special.smirnov.
 */
double drift_smirnov_sf(double d, int64_t n);

/*
 * P(D >= d) of the two-sided Kolmogorov-Smirnov statistic of n values, equal
 * to scipy.stats.kstwo.sf: the choice of methods follows Simard and L'Ecuyer
 * (2011), "Computing the two-sided Kolmogorov-Smirnov distribution". Relative
 * difference to scipy below 1e-9, also deep in the tail.
 */
double drift_kstwo_sf(double d, int64_t n);

#endif
