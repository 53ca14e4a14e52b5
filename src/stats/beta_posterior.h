/*
 * beta_posterior.h
 *		Which of two shares is larger, by their posterior distributions.
 *
 * With a prior Beta(a, b), x of n rows make the posterior Beta(a + x, b + n - x).
 * What follows are integrals of products of densities, lower and upper tails
 * of the two. In the log-odds all of them are logarithmically concave and
 * analytic: the trapezoidal rule converges exponentially. Nothing is
 * subtracted, so that small probabilities have their digits too.
 */
#ifndef DRIFT_STATS_BETA_POSTERIOR_H
#define DRIFT_STATS_BETA_POSTERIOR_H

/* A Beta distribution, a > 0 and b > 0. */
typedef struct DriftBeta
{
	double a;
	double b;
} DriftBeta;

/* Largest sum of a and b that the integrals are made for, and the smallest of either. */
#define DRIFT_BETA_MAX 1e12
#define DRIFT_BETA_MIN 1e-3

typedef struct DriftBetaTest
{
	double chance[2]; /* that this share is the larger one */
	double loss[2];   /* expected gain of the other one over this, E[max(other - this, 0)]: what choosing this costs */
} DriftBetaTest;

/* Relative error below 1e-9 up to 10^6 rows, and 1e-6 beyond; parameters out of range: NaN. */
DriftBetaTest drift_beta_test(DriftBeta first, DriftBeta second);

#endif
