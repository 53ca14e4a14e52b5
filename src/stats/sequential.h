/*
 * sequential.h
 *		Tests that may be looked at after every row: always-valid p-values.
 *
 * Mixture sequential probability ratio test of Johari, Pekelis and Walsh (2015,
 * "Always valid inference") with a normal mixture: the true difference is
 * normal around 0 with standard deviation tau under the alternative. The
 * smallest p-value over all looks so far is one too; looks may be as many as
 * one likes, and the experiment may end at any of them.
 */
#ifndef DRIFT_STATS_SEQUENTIAL_H
#define DRIFT_STATS_SEQUENTIAL_H

#include <stdint.h>

typedef struct DriftSequential
{
	double difference; /* first less second */
	double likelihood_ratio;
	double p_value; /* min(1, 1 / likelihood_ratio) */
	double low;     /* of a confidence interval that holds at all looks together */
	double high;
} DriftSequential;

/*
 * From a difference and the variance of that difference. Without variance
 * nothing has been seen that could differ: ratio 0, p 1, the interval NaN.
 */
DriftSequential drift_msprt(double difference, double variance, double tau, double confidence);

/*
 * Two shares. The variance is V / n with V = p1 (1 - p1) + p2 (1 - p2) and
 * n = 2 n1 n2 / (n1 + n2) rows an arm; with the rows of one arm in place of n
 * unequal arms have many times the false alarms, and so they have with
 * p1 (1 - p1) / n1 + p2 (1 - p2) / n2 while the small arm has few rows.
 */
DriftSequential drift_msprt_shares(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double tau, double confidence);

/*
 * Two means with sample variances (divisor n - 1). The variance is the larger
 * of that of Welch and of that with n as above: the latter does not trust the
 * variance of a small arm, the former not that both are alike.
 */
DriftSequential drift_msprt_means(double mean1, double variance1, int64_t n1, double mean2, double variance2,
								  int64_t n2, double tau, double confidence);

#endif
