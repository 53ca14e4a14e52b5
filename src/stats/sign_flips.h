/*
 * sign_flips.h
 *		Permutation test of pairs.
 *
 * If two models are alike, which of both values of a pair belongs to which of
 * them is arbitrary, and the sign of their difference with it. A permutation
 * turns the signs anew; the statistic is the sum of the differences. Row r of
 * permutation p takes bit r % 64 of number r / 64 of stream p of
 * counter_random.h, so that rows may come in parts and in any order of parts.
 */
#ifndef DRIFT_STATS_SIGN_FLIPS_H
#define DRIFT_STATS_SIGN_FLIPS_H

#include <stdint.h>

/* Up to so many rows all their 2^n signs can be tried. */
#define DRIFT_SIGN_FLIPS_ALL 24

/* Do so many rows have no more signs than permutations are asked for? */
int drift_sign_flips_exhaustive(int64_t n, int64_t permutations);

/*
 * Adds to sums[0 .. permutations - 1] the differences of the rows first ..
 * first + count - 1, first a multiple of 64, each with its sign of the permutation.
 */
void drift_sign_flips_add(double *sums, int64_t permutations, uint64_t seed, const double *differences, int64_t first,
						  int64_t count, void (*poll)(void));

/*
 * p-value, two-sided: the share of the permutations, the observed one among
 * them, whose sum is at least as far from zero as the total; slack is what
 * rounding may have done to a sum.
 */
double drift_sign_flips_p_value(const double *sums, int64_t permutations, double total, double slack);

/* The same of all signs of n <= DRIFT_SIGN_FLIPS_ALL rows, exact. */
double drift_sign_flips_exact(const double *differences, int64_t n, double total, double slack);

#endif
