/*
 * test_counter_random.c
 *		Random numbers by seed, stream and row: vectors, and that they look random.
 */
#include "stats/counter_random.h"

#include <math.h>

#include "tap.h"

#define N 200000

/* Numbers of a recorded seed must never change. */
static void
test_vectors(void)
{
	static const struct
	{
		uint64_t seed;
		uint64_t stream;
		uint64_t row;
		uint64_t bits;
	} vectors[] = {{UINT64_C(0), UINT64_C(0), 0, UINT64_C(0x33FE8BD4F9C57863)},
				   {UINT64_C(0), UINT64_C(0), 1, UINT64_C(0x568A9B0B1A2C05EC)},
				   {UINT64_C(42), UINT64_C(0), 1, UINT64_C(0xC5A57E8172F0A9D2)},
				   {UINT64_C(42), UINT64_C(1), 1, UINT64_C(0x8A126A344796755F)},
				   {UINT64_C(42), UINT64_C(1), 2, UINT64_C(0x28510256FE8A1735)},
				   {UINT64_C(1), UINT64_C(42), 1, UINT64_C(0x33AA906D7B87BF0E)},
				   {UINT64_C(18446744073709551615), UINT64_C(18446744073709551615), 5, UINT64_C(0xB8FF2F6A92F7A4D8)},
				   {UINT64_C(42), UINT64_C(123456789), 1000, UINT64_C(0x637BCF9139807965)}};
	int wrong = 0;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		wrong += drift_counter_bits(vectors[i].seed, vectors[i].stream, vectors[i].row) != vectors[i].bits;
	ok(wrong == 0, "bits are those of splitmix64");
}

/* Uniform along rows, streams and seeds: the extremes stay inside, the mean and the neighbours' product within 5 sigma. */
static void
test_uniform(const char *along, uint64_t d_seed, uint64_t d_stream, uint64_t d_row)
{
	double sum = 0;
	double product = 0;
	double before = 0.5;
	int bins[10] = {0};
	double chi_square = 0;
	int outside = 0;

	for (uint64_t i = 0; i < N; i++)
	{
		double u = drift_counter_uniform(7 + i * d_seed, 11 + i * d_stream, 13 + i * d_row);

		outside += !(u > 0 && u < 1);
		sum += u - 0.5;
		product += (u - 0.5) * (before - 0.5);
		before = u;
		bins[(int) (u * 10)]++;
	}
	for (int i = 0; i < 10; i++)
		chi_square += (bins[i] - N / 10.0) * (bins[i] - N / 10.0) / (N / 10.0);
	ok(outside == 0, "along %s: inside (0, 1)", along);
	ok(fabs(sum / N) < 5 / sqrt(12.0 * N), "along %s: mean", along);
	ok(fabs(product / N) < 5 / (12 * sqrt((double) N)), "along %s: neighbours", along);
	ok(chi_square < 33.7, "along %s: tenths, chi-square %.1f", along,
	   chi_square); /* p > 1e-4 with 9 degrees of freedom */
}

int
main(void)
{
	test_vectors();
	test_uniform("rows", 0, 0, 1);
	test_uniform("streams", 0, 1, 0);
	test_uniform("seeds", 1, 0, 0);
	return done_testing();
}
