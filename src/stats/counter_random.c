/*
 * counter_random.c
 *		Random numbers that are a function of where they are used.
 */
#include "stats/counter_random.h"

#define GOLDEN_RATIO UINT64_C(0x9E3779B97F4A7C15)

/* The output function of splitmix64: a bijection that spreads every bit over all */
static uint64_t
mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

uint64_t
drift_counter_bits(uint64_t seed, uint64_t stream, uint64_t row)
{
	uint64_t start = mix(mix(seed + GOLDEN_RATIO) + stream);

	return mix(start + row * GOLDEN_RATIO);
}

double
drift_counter_uniform(uint64_t seed, uint64_t stream, uint64_t row)
{
	return ((double) (drift_counter_bits(seed, stream, row) >> 11) + 0.5) * 0x1p-53;
}
