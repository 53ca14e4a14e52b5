/*
 * sequential.c
 *		Tests that may be looked at after every row: always-valid p-values.
 */
#include "stats/sequential.h"

#include <math.h>

DriftSequential
drift_msprt(double difference, double variance, double tau, double confidence)
{
	double both = variance + tau * tau;
	double shrink = log1p(tau / variance * tau) / 2;
	double log_ratio = difference / variance * (tau * tau / both) * difference / 2 - shrink;
	double reach = sqrt(2 * variance * (both / tau / tau) * (shrink - log1p(-confidence)));
	DriftSequential result = {difference, 0, 1, (double) NAN, (double) NAN};

	if (isnan(difference) || isnan(variance) || !(tau > 0) || variance < 0)
		return (DriftSequential){(double) NAN, (double) NAN, (double) NAN, (double) NAN, (double) NAN};
	if (variance == 0)
		return result;
	result.likelihood_ratio = exp(log_ratio);
	result.p_value = fmin(exp(-log_ratio), 1);
	result.low = difference - reach;
	result.high = difference + reach;
	return result;
}

/* Rows an arm of two equal arms that tell as much; 0 without rows */
static double
effective_rows(int64_t n1, int64_t n2)
{
	double first = (double) n1;
	double second = (double) n2;

	return n1 > 0 && n2 > 0 ? 2 * first / (first + second) * second : (double) NAN;
}

DriftSequential
drift_msprt_shares(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double tau, double confidence)
{
	double first = (double) x1 / (double) n1;
	double second = (double) x2 / (double) n2;
	double variance = first * (1 - first) + second * (1 - second);

	return drift_msprt(first - second, variance / effective_rows(n1, n2), tau, confidence);
}

DriftSequential
drift_msprt_means(double mean1, double variance1, int64_t n1, double mean2, double variance2, int64_t n2, double tau,
				  double confidence)
{
	double welch = variance1 / (double) n1 + variance2 / (double) n2;
	double alike = (variance1 + variance2) / effective_rows(n1, n2);

	return drift_msprt(mean1 - mean2, welch > alike ? welch : alike, tau, confidence);
}
