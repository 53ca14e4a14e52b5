/*
 * random.h
 *		Random numbers of unit tests, the same everywhere. A test may set random_seed.
 */
#ifndef DRIFT_TEST_RANDOM_H
#define DRIFT_TEST_RANDOM_H

#include <math.h>
#include <stdint.h>

static uint64_t random_seed = 1;

/* In (0, 1): a linear congruential generator of 64 bits, of which the high ones are good. */
static inline double
uniform(void)
{
	random_seed = random_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return ((double) (random_seed >> 12) + 0.5) / 4503599627370496.0;
}

static inline double
normal(void)
{
	return sqrt(-2.0 * log(uniform())) * cos(6.283185307179586 * uniform());
}

#endif
