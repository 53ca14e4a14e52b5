/*
 * random.h
 *		Pseudo-random numbers that are the same on every machine, and what is
 *		drawn with them.
 *
 * The generator is xoshiro256** (Blackman and Vigna 2021, "Scrambled linear
 * pseudorandom number generators"): 256 bits of state, period 2^256 - 1. The
 * seed becomes the state by four steps of splitmix64, so that any seed will
 * do, 0 included. Nothing but whole numbers decides in drift_random_below();
 * the draws of rows compare logarithms too, and would differ only where two
 * mathematical libraries round one of them to different sides of a random
 * number.
 */
#ifndef DRIFT_STATS_RANDOM_H
#define DRIFT_STATS_RANDOM_H

#include <stdint.h>

typedef struct DriftRandom
{
	uint64_t state[4];
} DriftRandom;

/* Starts the sequence of a seed. */
void drift_random_init(DriftRandom *random, uint64_t seed);

/* The next 64 bits. */
static inline uint64_t
drift_random_next(DriftRandom *random)
{
	uint64_t *s = random->state;
	uint64_t times5 = s[1] * 5;
	uint64_t result = (times5 << 7 | times5 >> 57) * 9;
	uint64_t shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = s[3] << 45 | s[3] >> 19;
	return result;
}

/* In (0, 1): an odd multiple of 2^-53. */
static inline double
drift_random_uniform(DriftRandom *random)
{
	return ((double) (drift_random_next(random) >> 12) + 0.5) * 0x1p-52;
}

/* Each of 0 .. bound - 1 alike, bound >= 1 (Lemire 2019, "Fast random integer generation in an interval"). */
static inline uint64_t
drift_random_below(DriftRandom *random, uint64_t bound)
{
	__extension__ unsigned __int128 product = (unsigned __int128) drift_random_next(random) * bound;

	if ((uint64_t) product < bound)
	{
		uint64_t excess = -bound % bound;

		while ((uint64_t) product < excess)
			product = (unsigned __int128) drift_random_next(random) * bound;
	}
	return (uint64_t) (product >> 64);
}

/*
 * How many of `sample` rows drawn without replacement from `total` rows are
 * among the `marked` ones. 0 <= marked, sample <= total < 2^53. Up to ten rows
 * are drawn one by one, more of them by ratio of uniforms (Stadlober 1989,
 * "Sampling from Poisson, binomial and hypergeometric distributions: ratio of
 * uniforms as a simple and fast alternative") with a hat that covers the
 * distribution everywhere: both are exact.
 */
int64_t drift_random_hypergeometric(DriftRandom *random, int64_t marked, int64_t total, int64_t sample);

/*
 * Successes of 0 <= trials < 2^53 with a probability from 0 to 1: up to ten one by one, more of them by
 * the same ratio of uniforms, which is exact too.
 */
int64_t drift_random_binomial(DriftRandom *random, int64_t trials, double probability);

#endif
