/*
 * mersenne.h
 *		Random numbers as Python's random module makes them.
 *
 * MT19937 of Matsumoto and Nishimura (1998), seeded by an array as Python
 * seeds it with an integer, and the draws of random.sample() of Python 3.11.
 * Used only where a library's random choices are to be repeated.
 */
#ifndef DRIFT_STATS_MERSENNE_H
#define DRIFT_STATS_MERSENNE_H

#include <stdint.h>

#define DRIFT_MERSENNE_WORDS 624

typedef struct DriftMersenne
{
	uint32_t word[DRIFT_MERSENNE_WORDS];
	uint32_t place; /* words used up, at most DRIFT_MERSENNE_WORDS */
} DriftMersenne;

/* As random.Random(seed). */
void drift_mersenne_seed(DriftMersenne *m, uint64_t seed);

uint32_t drift_mersenne_next(DriftMersenne *m);

/* A number in [0, n), n > 0. */
uint32_t drift_mersenne_below(DriftMersenne *m, uint32_t n);

/* As random.sample(range(n), k), k <= n <= 65536; scratch has room for n. */
void drift_mersenne_sample(DriftMersenne *m, uint32_t n, uint32_t k, uint32_t *sample, uint16_t *scratch);

#endif
