/*
 * sign_flips.c
 *		Permutation test of pairs.
 */
#include "stats/sign_flips.h"

#include <math.h>

#include "stats/counter_random.h"

int
drift_sign_flips_exhaustive(int64_t n, int64_t permutations)
{
	return n <= DRIFT_SIGN_FLIPS_ALL && (INT64_C(1) << n) <= permutations;
}

/* Adds up to 64 rows with the signs of bits */
static double
flip_word(const double *differences, int64_t count, uint64_t bits)
{
	double sum = 0;

	for (int64_t i = 0; i < count; i++)
		sum += differences[i] * (double) (1 - 2 * (int) (bits >> i & 1));
	return sum;
}

void
drift_sign_flips_add(double *sums, int64_t permutations, uint64_t seed, const double *differences, int64_t first,
					 int64_t count, void (*poll)(void))
{
	for (int64_t p = 0; p < permutations; p++)
	{
		uint64_t start = drift_counter_start(seed, (uint64_t) p);
		double sum = 0;

		if (poll)
			poll();
		for (int64_t i = 0; i < count; i += 64)
			sum += flip_word(differences + i, count - i < 64 ? count - i : 64,
							 drift_counter_at(start, (uint64_t) (first + i) / 64));
		sums[p] += sum;
	}
}

double
drift_sign_flips_p_value(const double *sums, int64_t permutations, double total, double slack)
{
	int64_t reached = 1;

	for (int64_t p = 0; p < permutations; p++)
		reached += fabs(sums[p]) >= fabs(total) - slack;
	return (double) reached / (double) (permutations + 1);
}

double
drift_sign_flips_exact(const double *differences, int64_t n, double total, double slack)
{
	int64_t all = INT64_C(1) << n;
	int64_t reached = 0;

	for (int64_t signs = 0; signs < all; signs++)
		reached += fabs(flip_word(differences, n, (uint64_t) signs)) >= fabs(total) - slack;
	return (double) reached / (double) all;
}
