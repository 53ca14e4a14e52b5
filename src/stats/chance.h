/*
 * chance.h
 *		What a statistic is when nothing has drifted: its mean, the points that it
 *		passes with probability 5 % and 0.1 %, and how likely an observed value is.
 *
 * Everything is conditional on the pooled rows: if nothing has drifted, which
 * of them are the reference is a matter of chance (Fisher's permutation
 * argument). chance_cells.h takes counts by bin, chance_curve.h the pooled
 * distribution function; both make a DriftChanceLaw, which answers here.
 */
#ifndef DRIFT_STATS_CHANCE_H
#define DRIFT_STATS_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct DriftChance
{
	double expected;
	double upper_95;
	double upper_999;
	double p_value; /* P(statistic >= observed) */
} DriftChance;

/*
 * Distribution of a statistic, or of its square where root is set: a gamma
 * distribution shifted so that three moments fit, to which a Poisson number of
 * jumps may be added.
 */
typedef struct DriftChanceLaw
{
	bool root;
	double expected; /* of the statistic itself */
	double mean;     /* of the part without jumps */
	double variance;
	double skewness; /* 2 sqrt(variance) / mean is a plain gamma distribution */
	double jumps;    /* mean number of jumps, 0 for none */
	double jump_mean;
	double jump_variance;
} DriftChanceLaw;

/* Plain gamma distribution of that mean and variance, of the statistic's square where root is set; makes expected. */
DriftChanceLaw drift_chance_gamma(double mean, double variance, bool root);

/*
 * Distribution of a statistic that is the length of a normal vector, as far as
 * its mean and variance tell: its square is gamma (Nakagami 1960).
 */
DriftChanceLaw drift_chance_length(double mean, double variance);

/* The answers; a law without variance is certain to be at its mean. NaN in the law makes all NaN, a NaN observed the p-value. */
DriftChance drift_chance_of_law(const DriftChanceLaw *law, double observed);

/*
 * PSI over bins all of which hold rows enough: PSI / (1/n + 1/m) is chi-square
 * with bins - 1 degrees of freedom (drift_psi_p_value()).
 */
DriftChance drift_chance_psi(double observed, int64_t bins, int64_t n, int64_t m);

/*
 * Kolmogorov-Smirnov's D of values that do not repeat; of others it is smaller.
 * The p-value is drift_ks_p_value(), and so are the points up to 1,000 rows.
 */
DriftChance drift_chance_ks(double observed, int64_t n, int64_t m);

#endif
