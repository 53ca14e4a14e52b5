/*
 * fuzz_relations.c
 *		Pairs of any keys: the order of rows, the pairs that Kendall counts and
 *		the ranks that Spearman adds up are those of looking at every pair.
 *
 * The first byte says how wide the keys of either column are: eight bytes, or
 * one, which makes ties.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "stats/kendall.h"
#include "stats/sample.h"

#define MAX_PAIRS 128

typedef struct Pairs
{
	int64_t n;
	uint64_t x[MAX_PAIRS];
	uint64_t y[MAX_PAIRS];
} Pairs;

/* One byte goes to the top as well, so that short keys may be far apart. */
static uint64_t
read_key(const uint8_t *bytes, size_t width)
{
	uint64_t key = 0;

	if (width == 1)
		return (uint64_t) (bytes[0] >> 4) << 60 | (bytes[0] & 15);
	memcpy(&key, bytes, sizeof(key));
	return key;
}

static void
read_pairs(const uint8_t *data, size_t size, Pairs *p)
{
	size_t width_x = data[0] & 1 ? 8 : 1;
	size_t width_y = data[0] & 2 ? 8 : 1;

	p->n = 0;
	for (size_t at = 1; at + width_x + width_y <= size && p->n < MAX_PAIRS; at += width_x + width_y)
	{
		p->x[p->n] = read_key(data + at, width_x);
		p->y[p->n++] = read_key(data + at + width_x, width_y);
	}
}

/* Room of exactly n keys, so that a step beyond it is seen. */
static uint64_t *
make_room(int64_t n)
{
	uint64_t *room = malloc(sizeof(uint64_t) * (size_t) (n > 0 ? n : 1));

	REQUIRE(room != NULL);
	return room;
}

static void
require_order(const uint64_t *keys, const uint64_t *order, int64_t n)
{
	for (int64_t i = 1; i < n; i++)
	{
		uint32_t a = drift_row_of(order[i - 1]);
		uint32_t b = drift_row_of(order[i]);

		REQUIRE(keys[a] < keys[b] || (keys[a] == keys[b] && a < b));
		REQUIRE(drift_same_key(keys, order[i - 1], order[i]) == (keys[a] == keys[b]));
	}
}

static void
require_kendall(const Pairs *p, const DriftKendall *k)
{
	int64_t discordant = 0;
	int64_t joint = 0;
	int64_t ties_x = 0;
	int64_t ties_y = 0;

	for (int64_t i = 0; i < p->n; i++)
		for (int64_t j = i + 1; j < p->n; j++)
		{
			bool x = p->x[i] == p->x[j];
			bool y = p->y[i] == p->y[j];

			ties_x += x;
			ties_y += y;
			joint += x && y;
			discordant += !x && !y && (p->x[i] < p->x[j]) != (p->y[i] < p->y[j]);
		}
	REQUIRE(k->discordant == discordant && k->joint == joint && k->x.pairs == ties_x && k->y.pairs == ties_y);
}

/* The doubled rank less n + 1: rows below less rows above. */
static int64_t
true_rank(const uint64_t *keys, int64_t n, int64_t i)
{
	int64_t rank = 0;

	for (int64_t j = 0; j < n; j++)
		rank += (keys[j] < keys[i]) - (keys[j] > keys[i]);
	return rank;
}

static void
require_ranks(const Pairs *p, const DriftRankPairs *ranks)
{
	DriftWide sum = 0;
	double rho = drift_spearman(ranks);

	for (int64_t i = 0; i < p->n; i++)
		sum += (DriftWide) true_rank(p->x, p->n, i) * true_rank(p->y, p->n, i);
	REQUIRE(ranks->xy == sum);
	REQUIRE(isnan(rho) || (rho >= -1 && rho <= 1));
}

static void
require_test(DriftTest test)
{
	REQUIRE(isnan(test.statistic) || (test.statistic >= -1 && test.statistic <= 1));
	REQUIRE(isnan(test.statistic) ? isnan(test.p_value) : test.p_value >= 0 && test.p_value <= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Pairs p;
	DriftRankPairs ranks;
	DriftKendall k;
	uint64_t *room[3];
	int32_t *place;

	if (size == 0)
		return 0;
	read_pairs(data, size, &p);
	for (int i = 0; i < 3; i++)
		room[i] = make_room(p.n);
	place = malloc(sizeof(int32_t) * (size_t) (p.n + 1));
	REQUIRE(place != NULL);
	drift_sort_rows(p.x, p.n, room[0], room[1], NULL);
	require_order(p.x, room[0], p.n);
	drift_rank_pairs(&ranks, p.x, p.y, p.n, room[0], room[1], place, NULL);
	require_ranks(&p, &ranks);
	drift_kendall_pairs(&k, p.x, p.y, p.n, room[0], room[1], room[2], NULL);
	require_kendall(&p, &k);
	require_test(drift_kendall(&k));
	free(place);
	for (int i = 0; i < 3; i++)
		free(room[i]);
	return 0;
}
