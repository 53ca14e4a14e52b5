/*
 * test_window.c
 *		Windows among the keys of an anchor: everything that is exact is, and
 *		bounds hold, whether the rows are like the reference's or not.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/numeric_merge_all.h"
#include "stats/numeric_rank.h"
#include "stats/numeric_statistics.h"
#include "stats/window.h"
#include "unit/numeric_owner.h"
#include "unit/random.h"
#include "unit/tap.h"
#include "unit/window_owner.h"

#define MOST_ROWS 20000

static double
row_normal(void)
{
	return normal();
}

static double
row_shifted(void)
{
	return normal() + 3.0;
}

static double
row_beyond(void)
{
	return 100.0 + uniform();
}

static double
row_lognormal(void)
{
	return exp(2.0 * normal());
}

static double
row_digits(void)
{
	return floor(uniform() * 10.0);
}

static double
row_other_digits(void)
{
	return floor(uniform() * 10.0) - 3.0;
}

static double
row_tied(void)
{
	return round(exp(1.5 * normal()) * 100.0) / 10.0;
}

static double
row_zero_inflated(void)
{
	return uniform() < 0.4 ? -0.0 : exp(normal());
}

static double
row_constant(void)
{
	return 0.25;
}

/* Missing, infinite and large values among the others. */
static double
row_wild(void)
{
	double u = uniform();

	if (u < 0.2)
		return NAN;
	if (u < 0.22)
		return u < 0.21 ? -INFINITY : INFINITY;
	return u < 0.23 ? 1e150 * normal() : normal();
}

typedef double (*Row)(void);

typedef struct Pair
{
	const char *name;
	Row reference;
	Row current;
	bool fits; /* rows are like the reference's */
} Pair;

static const Pair pairs[] = {
	{"normal", row_normal, row_normal, true},
	{"normal, then shifted", row_normal, row_shifted, false},
	{"normal, then far beyond", row_normal, row_beyond, false},
	{"normal, then one value", row_normal, row_constant, false},
	{"normal, then wild", row_normal, row_wild, false},
	{"wild", row_wild, row_wild, true},
	{"lognormal", row_lognormal, row_lognormal, true},
	{"lognormal, then normal", row_lognormal, row_normal, false},
	{"digits", row_digits, row_digits, true},
	{"digits, then others", row_digits, row_other_digits, false},
	{"digits, then normal", row_digits, row_normal, false},
	{"tied", row_tied, row_tied, true},
	{"zero-inflated", row_zero_inflated, row_zero_inflated, true},
	{"constant", row_constant, row_constant, true},
	{"constant, then normal", row_constant, row_normal, false},
};

#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

/* Rows with a value, sorted. */
typedef struct Truth
{
	double *sorted;
	int64_t n;
	int64_t missing;
} Truth;

static Truth
truth_of(const double *x, size_t n)
{
	Truth truth = {malloc((n + 1) * sizeof(double)), 0, 0};

	for (size_t i = 0; i < n; i++)
		if (isnan(x[i]))
			truth.missing++;
		else
			truth.sorted[truth.n++] = x[i];
	qsort(truth.sorted, (size_t) truth.n, sizeof(double), ascending);
	return truth;
}

static int64_t
rows_below(const Truth *truth, double x, bool upto)
{
	int64_t low = 0;

	for (int64_t left = truth->n; left > 0;)
	{
		int64_t half = left / 2;
		double v = truth->sorted[low + half];

		if (v < x || (upto && v == x))
		{
			low += half + 1;
			left -= half + 1;
		}
		else
			left = half;
	}
	return low;
}

/* Keys at which the truth is outside of the bounds. */
static int
unsound_keys(const DriftNumeric *p, const Truth *truth)
{
	DriftRankCursor cursor;
	int unsound = 0;

	drift_rank_cursor_init(&cursor, p);
	for (uint32_t j = 0; j < p->key_count; j++)
	{
		double key = drift_numeric_keys(p)[j];
		DriftRanks ranks = drift_rank_cursor_at(&cursor, key);
		int64_t below = rows_below(truth, key, false);
		int64_t upto = rows_below(truth, key, true);

		unsound += below < ranks.below.low || below > ranks.below.high;
		unsound += upto < ranks.upto.low || upto > ranks.upto.high;
	}
	return unsound;
}

/* Keys of the anchor whose rank is not known for certain, or is wrong. */
static int
inexact_ranks(const DriftNumeric *p, const DriftAnchor *anchor, const Truth *truth, double low, double high)
{
	DriftRankCursor cursor;
	int inexact = 0;

	drift_rank_cursor_init(&cursor, p);
	for (uint32_t j = 0; j < anchor->key_count; j++)
	{
		double key = drift_anchor_keys(anchor)[j];
		DriftRanks ranks = drift_rank_cursor_at(&cursor, key);
		int64_t below = rows_below(truth, key, false);

		if (key <= low || key >= high)
			continue;
		inexact += ranks.below.low != below || ranks.below.high != below;
	}
	return inexact;
}

static int
wrong_bins(const DriftNumeric *p, const DriftAnchor *anchor, const Truth *truth)
{
	int wrong = p->edge_count != anchor->edge_count;
	int64_t before = 0;

	for (uint32_t i = 0; wrong == 0 && i < p->edge_count; i++)
	{
		int64_t upto = rows_below(truth, drift_anchor_edges(anchor)[i], true);

		wrong += drift_numeric_bins(p)[i] != upto - before;
		before = upto;
	}
	return wrong + (wrong == 0 && drift_numeric_bins(p)[p->edge_count] != truth->n - before);
}

static bool
facts_hold(const DriftNumeric *p, const double *x, size_t n, const Truth *truth)
{
	DriftNumeric *plain = numeric_of(DRIFT_DEFAULT_KEYS, x, 0);
	double mean = 0.0;
	double deviation = 0.0;
	bool hold = p->profile.missing_count == truth->missing && p->profile.row_count == (int64_t) n;

	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]))
			numeric_add(plain, x[i]);
	numeric_flush(plain);
	mean = fabs(p->mean - plain->mean);
	deviation = fabs(p->m2 - plain->m2);
	hold = hold && mean <= 1e-12 * sqrt(plain->m2) + 1e-12 && deviation <= 1e-9 * plain->m2;
	if (truth->n > 0)
		hold = hold && drift_numeric_keys(p)[0] == truth->sorted[0] &&
			   drift_numeric_keys(p)[p->key_count - 1] == truth->sorted[truth->n - 1];
	free(plain);
	return hold;
}

/* Ranks are looked at from low to high. */
static void
test_profile(const char *what, const DriftNumeric *p, const DriftAnchor *anchor, const double *x, size_t n, double low,
			 double high)
{
	Truth truth = truth_of(x, n);
	int inexact = inexact_ranks(p, anchor, &truth, low, high);

	ok(drift_numeric_check(p) == DRIFT_OK, "%s, %zu rows: consistent", what, n);
	ok(facts_hold(p, x, n, &truth), "%s, %zu rows: counts, range and moments", what, n);
	ok(unsound_keys(p, &truth) == 0, "%s, %zu rows: bounds hold", what, n);
	ok(wrong_bins(p, anchor, &truth) == 0, "%s, %zu rows: bins are exact", what, n);
	ok(inexact == 0 || anchor->exact, "%s, %zu rows: %d ranks at the anchor's keys are uncertain", what, n, inexact);
	free(truth.sorted);
}

static void
test_pair(const Pair *pair, DriftAnchor *anchor, size_t n)
{
	double *x = malloc(n * sizeof(double));
	WindowOwner whole = {anchor, NULL, NULL};
	WindowOwner first = {anchor, NULL, NULL};
	WindowOwner second = {anchor, NULL, NULL};
	DriftNumeric *p;

	for (size_t i = 0; i < n; i++)
		x[i] = pair->current();
	window_owner_add(&whole, x, n);
	window_owner_add(&first, x, n / 3);
	window_owner_add(&second, x + n / 3, n - n / 3);
	if (pair->fits)
		ok(whole.window != NULL, "%s, %zu rows: fit the anchor", pair->name, n);

	p = window_owner_profile(&whole);
	test_profile(pair->name, p, anchor, x, n, -INFINITY, INFINITY);
	ok(drift_numeric_rank_error(p) <= 0.04 || n < 2000, "%s, %zu rows: rank error %.4f", pair->name, n,
	   drift_numeric_rank_error(p));
	ok(drift_numeric_packed_size(p) <= 4096, "%s, %zu rows: %zu bytes", pair->name, n, drift_numeric_packed_size(p));
	free(p);

	window_owner_merge(&first, &second);
	p = window_owner_profile(&first);
	test_profile("in two parts", p, anchor, x, n, -INFINITY, INFINITY);
	free(p);
	window_owner_free(&whole);
	window_owner_free(&first);
	window_owner_free(&second);
	free(x);
}

#define PARTS 7

/* Windows of unequal numbers of rows, some of them of none, as one. */
static void
test_merge(const Pair *pair, const DriftAnchor *anchor, size_t n)
{
	double *x = malloc(n * sizeof(double));
	DriftNumeric *parts[PARTS];
	DriftKeyUnion *all = malloc(sizeof(DriftKeyUnion));
	DriftNumeric *merged;
	size_t from = 0;
	double low = INFINITY;
	double high = -INFINITY;

	for (size_t i = 0; i < n; i++)
		x[i] = i % 2 == 0 ? pair->current() : pair->reference();
	all->count = 0;
	for (size_t k = 0; k < PARTS; k++)
	{
		WindowOwner owner = {anchor, NULL, NULL};
		size_t upto = k == PARTS - 1 ? n : n * k * k / (PARTS * PARTS);

		window_owner_add(&owner, x + from, upto - from);
		parts[k] = window_owner_profile(&owner);
		window_owner_free(&owner);
		from = upto;
		/* the last summary's range: keys that no summary has in its range are in none of them */
		if (parts[k]->key_count > 0 && !parts[k]->exact)
		{
			low = drift_numeric_keys(parts[k])[0];
			high = drift_numeric_keys(parts[k])[parts[k]->key_count - 1];
		}
		if (drift_key_union_add(all, parts[k]) != DRIFT_OK)
			abort();
	}
	if (drift_key_union_add_range(all, (const DriftNumeric *const *) parts, PARTS) != DRIFT_OK)
		abort();
	merged = numeric_block(all->count, 0, anchor->edge_count);
	drift_numeric_init(merged, DRIFT_VALUE_NUMBER, DRIFT_DEFAULT_KEYS, all->count, 0, drift_anchor_edges(anchor),
					   anchor->edge_count);
	ok(drift_numeric_merge_all(merged, all, (const DriftNumeric *const *) parts, PARTS) == DRIFT_OK, "%s: merged",
	   pair->name);
	test_profile("merged", merged, anchor, x, n, low, high);
	drift_window_finish(merged, (DriftLasting){all->keys, drift_key_union_common(all, DRIFT_ANCHOR_KEYS)});
	if (all->count <= DRIFT_ANCHOR_KEYS)
		test_profile("merged and compact", merged, anchor, x, n, low, high);
	ok(drift_numeric_packed_size(merged) <= 4096, "%s, %zu rows: merged, %zu bytes", pair->name, n,
	   drift_numeric_packed_size(merged));
	for (size_t k = 0; k < PARTS; k++)
		free(parts[k]);
	free(merged);
	free(all);
	free(x);
}

static DriftAnchor *
anchor_of(Row row, size_t n, bool compact)
{
	double *x = malloc(n * sizeof(double));
	size_t present = 0;
	DriftNumeric *reference;
	DriftAnchor *anchor;

	while (present < n)
	{
		x[present] = row();
		present += isnan(x[present]) ? 0 : 1;
	}
	reference = numeric_of(DRIFT_DEFAULT_KEYS, x, n);
	if (compact)
		drift_numeric_compact(reference, DRIFT_COMPACT_BYTES);
	anchor = window_anchor(reference);
	free(reference);
	free(x);
	return anchor;
}

int
main(void)
{
	static const size_t rows[] = {1, 2, 20, 100, 1000, MOST_ROWS};

	for (size_t i = 0; i < PAIRS; i++)
		for (size_t form = 0; form < 3; form++)
		{
			DriftAnchor *anchor = anchor_of(pairs[i].reference, form == 2 ? 50 : 10000, form == 1);

			for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++)
				if (form < 2 || !pairs[i].fits)
				{
					test_pair(&pairs[i], anchor, rows[j]);
					test_merge(&pairs[i], anchor, rows[j]);
				}
			free(anchor);
		}
	return done_testing();
}
