#include "model/codes.h"

#include <stdbool.h>
#include <string.h>

uint32_t
drift_rank_half(uint64_t n)
{
	uint32_t half = 1;

	while (2 * (uint64_t) half - 1 < n)
		half *= 2;
	return half;
}

/* Up to so many are inserted one by one. */
#define FEW 32

static void
insert_each(uint64_t *codes, uint64_t n)
{
	for (uint64_t i = 1; i < n; i++)
	{
		uint64_t moved = codes[i];
		uint64_t at = i;

		for (; at > 0 && codes[at - 1] > moved; at--)
			codes[at] = codes[at - 1];
		codes[at] = moved;
	}
}

/* By one byte, keeping the order of equals; false if all have the same there, and nothing is done. */
static bool
sort_by_byte(const uint64_t *from, uint64_t *to, uint64_t n, unsigned shift)
{
	uint64_t start[256] = {0};
	uint64_t sum = 0;

	for (uint64_t i = 0; i < n; i++)
		start[from[i] >> shift & 0xFF]++;
	if (start[from[0] >> shift & 0xFF] == n)
		return false;
	for (int b = 0; b < 256; b++)
	{
		uint64_t count = start[b];

		start[b] = sum;
		sum += count;
	}
	for (uint64_t i = 0; i < n; i++)
		to[start[from[i] >> shift & 0xFF]++] = from[i];
	return true;
}

static void
sort(uint64_t *codes, uint64_t *scratch, uint64_t n)
{
	uint64_t *from = codes;
	uint64_t *to = scratch;

	for (unsigned shift = 0; shift < 64; shift += 8)
		if (sort_by_byte(from, to, n, shift))
		{
			uint64_t *sorted = to;

			to = from;
			from = sorted;
		}
	if (from != codes)
		memcpy(codes, from, n * sizeof(uint64_t));
}

uint64_t
drift_sort_distinct(uint64_t *codes, uint64_t *scratch, uint64_t n)
{
	uint64_t kept = 0;

	if (n <= FEW)
		insert_each(codes, n);
	else
		sort(codes, scratch, n);
	for (uint64_t i = 0; i < n; i++)
		if (i == 0 || codes[i] != codes[i - 1])
			codes[kept++] = codes[i];
	return kept;
}
