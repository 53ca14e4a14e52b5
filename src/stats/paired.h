/*
 * paired.h
 *		Two models that answered the same rows: is one better, could the rows have shown it?
 *
 * Pairs are compared row by row, which is valid only where both models scored
 * the same rows. Everything is total: what the input does not determine is NaN.
 */
#ifndef DRIFT_STATS_PAIRED_H
#define DRIFT_STATS_PAIRED_H

#include <stdint.h>

#include "stats/hypothesis.h"

/* McNemar's test of the rows that one model has right and the other wrong. */
typedef struct DriftMcNemar
{
	double exact;      /* two-sided p-value of the binomial distribution */
	double mid_p;      /* the same less the probability of what was seen; one half of the ties, less conservative */
	DriftTest chi2;    /* (b - c)^2 / (b + c) and its p-value */
	DriftTest edwards; /* with max(|b - c| - 1, 0) in place of |b - c| */
} DriftMcNemar;

/*
 * b rows that only the first and c rows that only the second model has right.
 * The exact and the asymptotic forms as statsmodels.stats.contingency_tables.mcnemar,
 * mid-p as Fagerland, Lydersen and Laake (2013); 1 for b = c. No rows: all p-values are 1.
 */
DriftMcNemar drift_mcnemar(int64_t b, int64_t c);

/*
 * Score test of Tango (1998) for the difference of two shares of the same n
 * rows, (c - b) / n: z and the one-sided probability of one this large if the
 * true difference were the given one, -1 < difference < 1. Keeps its level
 * where few rows differ or none.
 */
DriftTest drift_paired_shares(int64_t b, int64_t c, int64_t n, double difference);

/* Student's t and its one-sided probability for a mean with this standard error and df degrees of freedom against a value. */
DriftTest drift_mean_above(double mean, double standard_error, double df, double value);

/* P(X >= k) of n trials with probability p. */
double drift_binomial_sf(int64_t k, int64_t n, double p);

/*
 * Probability that a one-sided test at alpha finds an effect, by the normal
 * approximation, where the estimate has this standard error.
 */
double drift_power(double effect, double standard_error, double alpha);

/* Factor by which the rows must grow for that probability to become the given power. */
double drift_power_rows(double effect, double standard_error, double alpha, double power);

#endif
