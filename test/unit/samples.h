/*
 * samples.h
 *		The samples of test/reference/samples.py in C: same arithmetic, same values.
 */
#ifndef DRIFT_TEST_SAMPLES_H
#define DRIFT_TEST_SAMPLES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static const char *const sample_shapes[] = {"normal",   "heavy",    "skewed", "ties",
											"constant", "discrete", "binary", "disjoint"};

/* A number in 0 .. 2^32 - 1 from row i of a stream. */
static inline uint64_t
sample_mix(uint64_t i, uint64_t stream)
{
	uint64_t h = (i + stream * 1000003) & 0xFFFFFFFF;

	for (int round = 0; round < 2; round++)
		h = ((h ^ (h >> 16)) * 73244475) & 0xFFFFFFFF;
	return h ^ (h >> 16);
}

/* In (0, 1), a multiple of 2^-33. */
static inline double
sample_uniform(uint64_t i, uint64_t stream)
{
	return (2 * (double) sample_mix(i, stream) + 1) / 8589934592.0;
}

/* Row i of a shape; current is 0 for the reference and 1 for the current side. */
static inline double
sample_value(const char *shape, int current, uint64_t i)
{
	int number = 0;
	uint64_t base;
	double u;

	while (number < 7 && strcmp(sample_shapes[number], shape) != 0)
		number++;
	base = 10 * ((uint64_t) number + 1) + 100 * (uint64_t) current;
	u = sample_uniform(i, base);
	switch (number)
	{
		case 0:
			for (uint64_t k = 1; k < 6; k++)
				u += sample_uniform(i, base + k);
			return u + 0.125 * current;
		case 1:
			return (2 * (double) (sample_mix(i, base + 1) % 2) - 1 + 0.25 * current) / u;
		case 2:
			return u * u * u * (1 + 0.125 * current);
		case 3:
			return sample_mix(i, base + 1) % 10 < (uint64_t) (3 - current) ? 0 : floor(u * 40) / 8;
		case 4:
			return 7.5;
		case 5:
			return current ? floor(u * 5) : floor(u * u * 5);
		case 6:
			return floor(u + 0.3 + 0.05 * current);
		default:
			return u + 10 * current;
	}
}

/* Whether row i of a side is NULL or NaN in a sample with missing values. */
static inline int
sample_is_missing(int current, uint64_t i)
{
	return sample_mix(i, 500 + (uint64_t) current) % 20 < 2;
}

#endif
