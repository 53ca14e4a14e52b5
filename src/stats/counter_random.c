/*
 * counter_random.c
 *		Random numbers that are a function of where they are used.
 */
#include "stats/counter_random.h"

#define GOLDEN_RATIO UINT64_C(0x9E3779B97F4A7C15)

uint64_t
drift_counter_start(uint64_t seed, uint64_t stream)
{
	return drift_counter_mix(drift_counter_mix(seed + GOLDEN_RATIO) + stream);
}

uint64_t
drift_counter_bits(uint64_t seed, uint64_t stream, uint64_t row)
{
	return drift_counter_at(drift_counter_start(seed, stream), row);
}

double
drift_counter_uniform(uint64_t seed, uint64_t stream, uint64_t row)
{
	return ((double) (drift_counter_bits(seed, stream, row) >> 11) + 0.5) * 0x1p-53;
}
