#include "stats/mersenne.h"

#define WORDS DRIFT_MERSENNE_WORDS
#define MIDDLE 397

static void
seed_by_number(DriftMersenne *m, uint32_t seed)
{
	m->word[0] = seed;
	for (uint32_t i = 1; i < WORDS; i++)
		m->word[i] = 1812433253u * (m->word[i - 1] ^ (m->word[i - 1] >> 30)) + i;
}

void
drift_mersenne_seed(DriftMersenne *m, uint64_t seed)
{
	uint32_t key[2] = {(uint32_t) seed, (uint32_t) (seed >> 32)};
	uint32_t length = key[1] != 0 ? 2 : 1;
	uint32_t i = 1;
	uint32_t j = 0;

	seed_by_number(m, 19650218u);
	for (uint32_t k = WORDS; k > 0; k--)
	{
		m->word[i] = (m->word[i] ^ ((m->word[i - 1] ^ (m->word[i - 1] >> 30)) * 1664525u)) + key[j] + j;
		j = j + 1 < length ? j + 1 : 0;
		if (++i == WORDS)
		{
			m->word[0] = m->word[WORDS - 1];
			i = 1;
		}
	}
	for (uint32_t k = WORDS - 1; k > 0; k--)
	{
		m->word[i] = (m->word[i] ^ ((m->word[i - 1] ^ (m->word[i - 1] >> 30)) * 1566083941u)) - i;
		if (++i == WORDS)
		{
			m->word[0] = m->word[WORDS - 1];
			i = 1;
		}
	}
	m->word[0] = 0x80000000u;
	m->place = WORDS;
}

static inline uint32_t
twisted(uint32_t upper, uint32_t lower, uint32_t other)
{
	uint32_t y = (upper & 0x80000000u) | (lower & 0x7fffffffu);

	return other ^ (y >> 1) ^ ((y & 1) * 0x9908b0dfu);
}

static void
twist(DriftMersenne *m)
{
	uint32_t *w = m->word;

	for (uint32_t i = 0; i < WORDS - MIDDLE; i++)
		w[i] = twisted(w[i], w[i + 1], w[i + MIDDLE]);
	for (uint32_t i = WORDS - MIDDLE; i < WORDS - 1; i++)
		w[i] = twisted(w[i], w[i + 1], w[i + MIDDLE - WORDS]);
	w[WORDS - 1] = twisted(w[WORDS - 1], w[0], w[MIDDLE - 1]);
	m->place = 0;
}

uint32_t
drift_mersenne_next(DriftMersenne *m)
{
	uint32_t y;

	if (m->place >= WORDS)
		twist(m);
	y = m->word[m->place++];
	y ^= y >> 11;
	y ^= (y << 7) & 0x9d2c5680u;
	y ^= (y << 15) & 0xefc60000u;
	return y ^ (y >> 18);
}

/* Draws as many bits as n has until they are below it. */
uint32_t
drift_mersenne_below(DriftMersenne *m, uint32_t n)
{
	int shift = 32;
	uint32_t r;

	while (shift > 0 && (n >> (32 - shift)) != 0)
		shift--;
	do
		r = drift_mersenne_next(m) >> shift;
	while (r >= n);
	return r;
}

/* Python keeps a pool of what was not drawn yet where a set of what was drawn would be larger. */
static int
takes_pool(uint32_t n, uint32_t k)
{
	uint32_t set = 1;

	if (k <= 5)
		return n <= 21;
	while (set < 3 * k)
		set *= 4;
	return n <= 21 + set;
}

void
drift_mersenne_sample(DriftMersenne *m, uint32_t n, uint32_t k, uint32_t *sample, uint16_t *scratch)
{
	int pool = takes_pool(n, k);

	for (uint32_t i = 0; i < n; i++)
		scratch[i] = (uint16_t) (pool ? i : 0);
	for (uint32_t i = 0; i < k; i++)
	{
		uint32_t j = drift_mersenne_below(m, pool ? n - i : n);

		if (pool)
		{
			sample[i] = scratch[j];
			scratch[j] = scratch[n - i - 1];
			continue;
		}
		while (scratch[j] != 0)
			j = drift_mersenne_below(m, n);
		scratch[j] = 1;
		sample[i] = j;
	}
}
