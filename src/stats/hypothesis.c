/*
 * hypothesis.c
 *		Two-sample tests: from a statistic and sample sizes to a p-value.
 */
#include "stats/hypothesis.h"

#include <math.h>
#include <stdbool.h>

#include "stats/rank_exact.h"
#include "stats/special.h"

static const DriftTest undefined = {(double) NAN, (double) NAN};

/* Steps of an exact KS p-value that are still quick. */
#define QUICK_STEPS 100000.0

static double
ks_asymptotic(double d, int64_t n, int64_t m)
{
	return drift_kstwo_sf(d, (int64_t) rint((double) n * (double) m / ((double) n + (double) m)));
}

double
drift_ks_p_value(double d, int64_t n, int64_t m)
{
	if (n < 1 || m < 1)
		return (double) NAN;
	if (n <= DRIFT_KS_EXACT_MAX && m <= DRIFT_KS_EXACT_MAX)
		return drift_ks_exact_sf(d, n, m);
	return ks_asymptotic(d, n, m);
}

double
drift_ks_p_value_quick(double d, int64_t n, int64_t m)
{
	/* paths of n + m steps in a band that is 2 d n m / (n + m) wide */
	if (n < 1 || m < 1 || 2 * d * (double) n * (double) m <= QUICK_STEPS)
		return drift_ks_p_value(d, n, m);
	return ks_asymptotic(d, n, m);
}

/* P(U > u - 1/2) by the normal approximation with tie correction. */
static double
mann_whitney_tail(double u, double n, double m, double tie_term)
{
	double total = n + m;
	double variance = n * m / 12 * ((total + 1) - tie_term / (total * (total - 1)));

	/* all values equal: u is n m / 2 for certain; rounding may leave less than nothing */
	if (variance <= 0)
		return 1;
	return drift_normal_sf((u - n * m / 2 - 0.5) / sqrt(variance));
}

/* P(U <= u) without ties, either half of the distribution. */
static double
mann_whitney_exact(double u, double pairs, int64_t n, int64_t m)
{
	if (u <= pairs / 2)
		return drift_u_exact_cdf((int64_t) u, n, m);
	return 1 - drift_u_exact_cdf((int64_t) (pairs - u) - 1, n, m);
}

static bool
is_exact(int64_t n, int64_t m, double tie_term)
{
	return tie_term == 0 && (n <= DRIFT_U_EXACT_MAX || m <= DRIFT_U_EXACT_MAX);
}

static bool
is_rank_sum(double u, int64_t n, int64_t m, double tie_term)
{
	return n > 0 && m > 0 && u >= 0 && u <= (double) n * (double) m && tie_term >= 0;
}

DriftTest
drift_mann_whitney(double u, int64_t n, int64_t m, double tie_term)
{
	double pairs = (double) n * (double) m;
	DriftTest test = {.statistic = u};

	if (!is_rank_sum(u, n, m, tie_term))
		return undefined;
	if (is_exact(n, m, tie_term))
		test.p_value = fmin(2 * mann_whitney_exact(fmin(u, pairs - u), pairs, n, m), 1);
	else
		test.p_value = fmin(2 * mann_whitney_tail(fmax(u, pairs - u), (double) n, (double) m, tie_term), 1);
	return test;
}

DriftTest
drift_mann_whitney_less(double u, int64_t n, int64_t m, double tie_term)
{
	double pairs = (double) n * (double) m;
	DriftTest test = {.statistic = u};

	if (!is_rank_sum(u, n, m, tie_term))
		return undefined;
	if (is_exact(n, m, tie_term))
		test.p_value = mann_whitney_exact(u, pairs, n, m);
	else
		test.p_value = mann_whitney_tail(pairs - u, (double) n, (double) m, tie_term);
	return test;
}

DriftTest
drift_welch_t(double mean_r, double var_r, int64_t n, double mean_c, double var_c, int64_t m)
{
	double error_r = var_r / (double) n;
	double error_c = var_c / (double) m;
	double share_r = error_r / (error_r + error_c);
	double share_c = error_c / (error_r + error_c);
	double df = 1 / (share_r * share_r / ((double) n - 1) + share_c * share_c / ((double) m - 1));
	DriftTest test;

	if (n < 2 || m < 2 || !(var_r >= 0) || !(var_c >= 0))
		return undefined;

	/* two constants: t is infinite or undefined, and scipy takes one degree of freedom */
	if (isnan(df))
		df = 1;
	test.statistic = (mean_r - mean_c) / sqrt(error_r + error_c);
	test.p_value = 2 * drift_student_t_sf(fabs(test.statistic), df);
	return test;
}

DriftTest
drift_pooled_t(double mean_r, double var_r, int64_t n, double mean_c, double var_c, int64_t m)
{
	double rows_r = (double) n;
	double rows_c = (double) m;
	double df = rows_r + rows_c - 2;
	double squares = (n > 1 ? (rows_r - 1) * var_r : 0) + (m > 1 ? (rows_c - 1) * var_c : 0);
	DriftTest test;

	if (n < 1 || m < 1 || df < 1 || !(squares >= 0))
		return undefined;
	test.statistic = (mean_r - mean_c) / sqrt(squares / df * (1 / rows_r + 1 / rows_c));
	test.p_value = 2 * drift_student_t_sf(fabs(test.statistic), df);
	return test;
}

DriftTest
drift_two_proportion_z(int64_t success_r, int64_t n, int64_t success_c, int64_t m)
{
	double rows_r = (double) n;
	double rows_c = (double) m;
	double pooled = ((double) success_r + (double) success_c) / (rows_r + rows_c);
	double failed = ((rows_r - (double) success_r) + (rows_c - (double) success_c)) / (rows_r + rows_c);
	double difference;
	DriftTest test = {.statistic = 0, .p_value = 1};

	if (n < 1 || m < 1 || success_r < 0 || success_r > n || success_c < 0 || success_c > m)
		return undefined;
	if (pooled == 0 || failed == 0)
		return test;
	difference = ((double) success_r * rows_c - (double) success_c * rows_r) / (rows_r * rows_c);
	test.statistic = difference / sqrt(pooled * failed * (1 / rows_r + 1 / rows_c));
	test.p_value = 2 * drift_normal_sf(fabs(test.statistic));
	return test;
}
