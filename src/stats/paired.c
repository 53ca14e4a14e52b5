/*
 * paired.c
 *		Two models that answered the same rows: is one better, could the rows have shown it?
 */
#include "stats/paired.h"

#include <math.h>

#include "stats/special.h"

#define PI 3.14159265358979323846

static const DriftTest undefined = {(double) NAN, (double) NAN};

/* x log(x / m) + m - x without cancellation, x > 0 */
static double
deviance(double x, double m)
{
	return x * drift_log1p_excess((m - x) / x);
}

/* P(X = k) of n fair trials, k <= n / 2: Loader (2000), "Fast and accurate computation of binomial probabilities". */
static double
fair_point(double k, double n)
{
	double rest = n - k;

	if (k == 0)
		return exp2(-n);
	return sqrt(n / (2 * PI * k * rest)) * exp(drift_stirling_error(n) - drift_stirling_error(k) -
											   drift_stirling_error(rest) - deviance(k, n / 2) - deviance(rest, n / 2));
}

static DriftTest
mcnemar_chi2(double difference, double n)
{
	DriftTest test = {.statistic = n > 0 ? difference / n * difference : 0};

	test.p_value = drift_chi2_sf(test.statistic, 1);
	return test;
}

DriftMcNemar
drift_mcnemar(int64_t b, int64_t c)
{
	double fewer = (double) (b < c ? b : c);
	double n = (double) b + (double) c;
	double difference = fabs((double) b - (double) c);
	DriftMcNemar result = {.exact = 1, .mid_p = 1};

	if (b < 0 || c < 0)
		return (DriftMcNemar){(double) NAN, (double) NAN, undefined, undefined};
	if (b != c)
	{
		/* P(X <= k) = I_1/2(n - k, k + 1) */
		result.exact = fmin(2 * drift_beta_inc(n - fewer, fewer + 1, 0.5), 1);
		result.mid_p = fmax(result.exact - fair_point(fewer, n), 0);
	}
	result.chi2 = mcnemar_chi2(difference, n);
	result.edwards = mcnemar_chi2(fmax(difference - 1, 0), n);
	return result;
}

DriftTest
drift_paired_shares(int64_t b, int64_t c, int64_t n, double difference)
{
	double only_first = (double) b;
	double only_second = (double) c;
	double rows = (double) n;
	double linear = (2 * rows - only_second + only_first) * difference - only_second - only_first;
	double constant = -only_first * difference * (1 - difference);
	double lost; /* the share that only the first has right, most probable under the difference */
	DriftTest test;

	if (b < 0 || c < 0 || n < 1 || b > n || c > n - b || !(fabs(difference) < 1))
		return undefined;
	lost = (sqrt(fmax(linear * linear - 8 * rows * constant, 0)) - linear) / (4 * rows);
	test.statistic =
		(only_second - only_first - rows * difference) / sqrt(rows * fmax(2 * lost + difference * (1 - difference), 0));
	if (isnan(test.statistic))
		test.statistic = 0;
	test.p_value = drift_normal_sf(test.statistic);
	return test;
}

DriftTest
drift_mean_above(double mean, double standard_error, double df, double value)
{
	DriftTest test = {.statistic = (mean - value) / standard_error};

	if (!(standard_error >= 0) || !(df > 0))
		return undefined;
	/* without any spread the mean is certain, and may be the value */
	if (mean == value)
		test.statistic = 0;
	test.p_value = drift_student_t_sf(test.statistic, df);
	return test;
}

double
drift_binomial_sf(int64_t k, int64_t n, double p)
{
	if (n < 0 || k > n || !(p >= 0 && p <= 1))
		return k > n && n >= 0 ? 0 : (double) NAN;
	if (k <= 0)
		return 1;
	return drift_beta_inc((double) k, (double) (n - k) + 1, p);
}

double
drift_power(double effect, double standard_error, double alpha)
{
	if (!(effect > 0) || !(standard_error >= 0) || !(alpha > 0 && alpha < 1))
		return (double) NAN;
	return drift_normal_sf(drift_normal_quantile(1 - alpha) - effect / standard_error);
}

double
drift_power_rows(double effect, double standard_error, double alpha, double power)
{
	double quantiles = drift_normal_quantile(1 - alpha) + drift_normal_quantile(power);

	if (!(effect > 0) || !(standard_error >= 0) || !(alpha > 0 && alpha < 1) || !(power > alpha && power < 1))
		return (double) NAN;
	return quantiles * standard_error / effect * (quantiles * standard_error / effect);
}
