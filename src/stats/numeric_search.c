#include "stats/numeric_search.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* A guide that leaves this many keys or more to tell apart is not worth its table. */
#define WIDEST_WINDOW 63

/* Fewer keys than this are found in so few steps that a table saves nothing. */
#define FEWEST_KEYS 8

/* Doubles as unsigned numbers in the same order. */
static inline uint64_t
ordered_bits(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits ^ ((uint64_t) - (int64_t) (bits >> 63) | UINT64_C(0x8000000000000000));
}

static inline uint32_t
linear_entry(const DriftGuide *guide, double x)
{
	double place = (x - guide->origin) * guide->scale;

	/* the order of the comparisons sends NaN, from infinite keys, to 0 as well */
	place = place > 0.0 ? place : 0.0;
	place = place < DRIFT_GUIDE_ENTRIES - 1 ? place : DRIFT_GUIDE_ENTRIES - 1;
	return (uint32_t) (int32_t) place;
}

static inline uint32_t
bits_entry(const DriftGuide *guide, double x)
{
	uint64_t bits = ordered_bits(x);
	uint64_t place = (bits > guide->base ? bits - guide->base : 0) >> guide->shift;

	return place < DRIFT_GUIDE_ENTRIES - 1 ? (uint32_t) place : DRIFT_GUIDE_ENTRIES - 1;
}

static inline uint32_t
entry_of(const DriftGuide *guide, double x)
{
	return guide->kind == DRIFT_GUIDE_LINEAR ? linear_entry(guide, x) : bits_entry(guide, x);
}

/* Sets up a transformation that spreads the finite keys over the entries. */
static void
choose_scale(DriftGuide *guide, uint32_t kind, double low, double high)
{
	uint64_t range = ordered_bits(high) - ordered_bits(low);

	guide->kind = kind;
	guide->origin = low;
	guide->scale = (DRIFT_GUIDE_ENTRIES - 1) / (high - low);
	guide->base = ordered_bits(low);
	guide->shift = 0;
	while (range >> guide->shift >= DRIFT_GUIDE_ENTRIES)
		guide->shift++;
}

/* Most keys that share an entry. */
static uint32_t
most_in_entry(const DriftGuide *guide, const double *keys, uint32_t key_count)
{
	uint32_t most = 0;
	uint32_t run = 0;
	uint32_t last = UINT32_MAX;

	for (uint32_t j = 0; j < key_count; j++)
	{
		uint32_t entry = entry_of(guide, keys[j]);

		run = entry == last ? run + 1 : 1;
		most = run > most ? run : most;
		last = entry;
	}
	return most;
}

/*
 * Keys of lower entries are certainly below a value. Searching a whole window
 * from there must not leave the keys, so late entries start a little earlier.
 */
static void
fill_table(DriftGuide *guide, const double *keys, uint32_t key_count)
{
	uint32_t latest = key_count - guide->window;
	uint32_t next = 0;

	for (uint32_t j = 0; j < key_count; j++)
		for (uint32_t entry = entry_of(guide, keys[j]); next <= entry; next++)
			guide->first[next] = (uint16_t) (j < latest ? j : latest);
	for (; next < DRIFT_GUIDE_ENTRIES; next++)
		guide->first[next] = (uint16_t) latest;
}

void
drift_guide_build(DriftGuide *guide, const double *keys, uint32_t key_count)
{
	uint32_t from = key_count > 0 && isinf(keys[0]);
	uint32_t to = key_count - (key_count > 0 && isinf(keys[key_count - 1]));
	uint32_t most;
	uint32_t most_by_bits;

	guide->kind = DRIFT_GUIDE_NONE;
	if (from + FEWEST_KEYS > to)
		return;
	choose_scale(guide, DRIFT_GUIDE_LINEAR, keys[from], keys[to - 1]);
	most = most_in_entry(guide, keys, key_count);
	guide->kind = DRIFT_GUIDE_BITS;
	most_by_bits = most_in_entry(guide, keys, key_count);
	/* a range or scale past that of doubles guides nobody */
	if (!isfinite(keys[to - 1] - keys[from]) || !isfinite(guide->scale))
		most = key_count;
	if (most <= most_by_bits)
	{
		guide->kind = DRIFT_GUIDE_LINEAR;
		most_by_bits = most;
	}

	guide->window = 1;
	while (guide->window < most_by_bits)
		guide->window = 2 * guide->window + 1;
	if (guide->window > WIDEST_WINDOW || 2 * guide->window >= key_count)
		guide->kind = DRIFT_GUIDE_NONE;
	else
		fill_table(guide, keys, key_count);
}

/* The number of keys not above v as a slot; the last of them equals v if it is not below it. */
static inline uint16_t
slot_of(const double *keys, size_t upto, double v)
{
	size_t hit = keys[upto - (upto > 0)] >= v;

	return (uint16_t) (2 * upto - (hit & (upto > 0)));
}

/*
 * One step: base moves on by half where that many keys more are not above v.
 * Written so that compilers make it a conditional move, which measured faster
 * than a mask. Four values are searched for side by side, so that the loads of
 * one hide behind those of the others.
 */
#define HALVE(base, v) ((base) += keys[(base) + half - 1] <= (v) ? half : 0)

/*
 * Turns the start in slots, a number of keys certainly not above the value,
 * into the slot, when at most window more keys are not above it.
 */
static void
search_window(const double *keys, uint32_t window, const double *x, uint32_t n, uint16_t *slots)
{
	for (uint32_t i = 0; i < n; i += 4)
	{
		size_t b0 = slots[i];
		size_t b1 = slots[i + 1];
		size_t b2 = slots[i + 2];
		size_t b3 = slots[i + 3];
		double x0 = x[i];
		double x1 = x[i + 1];
		double x2 = x[i + 2];
		double x3 = x[i + 3];

		for (size_t left = window; left > 0;)
		{
			size_t half = (left + 1) / 2;

			HALVE(b0, x0);
			HALVE(b1, x1);
			HALVE(b2, x2);
			HALVE(b3, x3);
			left -= half;
		}
		slots[i] = slot_of(keys, b0, x0);
		slots[i + 1] = slot_of(keys, b1, x1);
		slots[i + 2] = slot_of(keys, b2, x2);
		slots[i + 3] = slot_of(keys, b3, x3);
	}
}

void
drift_find_slots(const DriftGuide *guide, const double *keys, uint32_t key_count, double *x, uint32_t n,
				 uint16_t *slots)
{
	uint32_t kind = guide != NULL ? guide->kind : DRIFT_GUIDE_NONE;
	uint32_t room = (n + 3) & ~UINT32_C(3);

	/* the last four are searched for together, so there must be four */
	for (uint32_t i = n; i < room; i++)
		x[i] = x[n - 1];
	if (key_count == 0)
	{
		memset(slots, 0, n * sizeof(*slots));
		return;
	}
	if (kind == DRIFT_GUIDE_NONE)
		memset(slots, 0, room * sizeof(*slots));
	else if (kind == DRIFT_GUIDE_LINEAR)
		for (uint32_t i = 0; i < room; i++)
			slots[i] = guide->first[linear_entry(guide, x[i])];
	else
		for (uint32_t i = 0; i < room; i++)
			slots[i] = guide->first[bits_entry(guide, x[i])];
	search_window(keys, kind == DRIFT_GUIDE_NONE ? key_count : guide->window, x, n, slots);
}
