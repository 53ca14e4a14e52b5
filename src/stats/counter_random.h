/*
 * counter_random.h
 *		Random numbers that are a function of where they are used.
 *
 * A sequence depends on who draws first; these do not: seed, stream and row
 * give the number, so that rows can be made in any order, twice or in parallel
 * and come out the same. Row r of a stream is the r-th output of splitmix64
 * (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
 * generators") started at a hash of seed and stream. Whole numbers only: the
 * same on every machine. Simulations are recorded by their seed, so the
 * numbers may never change; test/unit/test_counter_random.c holds vectors.
 */
#ifndef DRIFT_STATS_COUNTER_RANDOM_H
#define DRIFT_STATS_COUNTER_RANDOM_H

#include <stdint.h>

/* The output function of splitmix64: a bijection that spreads every bit over all. */
static inline uint64_t
drift_counter_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* Where a stream begins, for loops over its rows. */
uint64_t drift_counter_start(uint64_t seed, uint64_t stream);

/* 64 random bits of a stream that begins there. */
static inline uint64_t
drift_counter_at(uint64_t start, uint64_t row)
{
	return drift_counter_mix(start + row * UINT64_C(0x9E3779B97F4A7C15));
}

/* Each of 0 .. n - 1 alike, but for n / 2^64; 1 <= n. */
static inline uint64_t
drift_counter_below(uint64_t start, uint64_t row, uint64_t n)
{
	__extension__ unsigned __int128 product = (unsigned __int128) drift_counter_at(start, row) * n;

	return (uint64_t) (product >> 64);
}

/* 64 random bits. */
uint64_t drift_counter_bits(uint64_t seed, uint64_t stream, uint64_t row);

/* In (0, 1): an odd multiple of 2^-54. */
double drift_counter_uniform(uint64_t seed, uint64_t stream, uint64_t row);

#endif
