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

/* 64 random bits. */
uint64_t drift_counter_bits(uint64_t seed, uint64_t stream, uint64_t row);

/* In (0, 1): an odd multiple of 2^-54. */
double drift_counter_uniform(uint64_t seed, uint64_t stream, uint64_t row);

#endif
