#include "stats/kendall.h"

#include <math.h>
#include <string.h>

#include "stats/sample.h"
#include "stats/special.h"

#define EXACT_PAIRS 33 /* p-values are exact up to here */
#define EXACT_INVERSIONS (EXACT_PAIRS * (EXACT_PAIRS - 1) / 4 + 1)
#define RUN 16 /* keys sorted by moving them before runs are merged */

void
drift_ties_add(DriftTies *ties, int64_t t)
{
	double pairs = (double) t * (double) (t - 1);

	ties->pairs += t * (t - 1) / 2;
	ties->triples += pairs * (double) (t - 2);
	ties->spread += pairs * (2 * (double) t + 5);
}

/* ------------------------------------------------------------------------
 * Inversions
 * ------------------------------------------------------------------------ */

static int64_t
sort_run(uint64_t *keys, int64_t n)
{
	int64_t inversions = 0;

	for (int64_t i = 1; i < n; i++)
	{
		uint64_t key = keys[i];
		int64_t j = i;

		for (; j > 0 && keys[j - 1] > key; j--)
			keys[j] = keys[j - 1];
		keys[j] = key;
		inversions += i - j;
	}
	return inversions;
}

/* Merges two sorted runs; a key of the right one passes all that are left of the left one. */
static int64_t
merge_runs(const uint64_t *left, int64_t n, const uint64_t *right, int64_t m, uint64_t *to)
{
	const uint64_t *left_end = left + n;
	const uint64_t *right_end = right + m;
	int64_t inversions = 0;

	while (left < left_end && right < right_end)
	{
		uint64_t a = *left;
		uint64_t b = *right;
		bool passes = b < a;

		/* without a branch: which run is next is anybody's guess */
		*to++ = passes ? b : a;
		inversions += -(int64_t) passes & (left_end - left);
		left += !passes;
		right += passes;
	}
	memcpy(to, left, sizeof(uint64_t) * (size_t) (left_end - left));
	to += left_end - left;
	memcpy(to, right, sizeof(uint64_t) * (size_t) (right_end - right));
	return inversions;
}

int64_t
drift_sort_inversions(uint64_t *keys, int64_t n, uint64_t *scratch, void (*poll)(void))
{
	uint64_t *from = keys;
	uint64_t *to = scratch;
	int64_t inversions = 0;

	for (int64_t first = 0; first < n; first += RUN)
		inversions += sort_run(keys + first, n - first < RUN ? n - first : RUN);
	for (int64_t width = RUN; width < n; width *= 2)
	{
		uint64_t *swap = from;

		if (poll)
			poll();
		for (int64_t first = 0; first < n; first += 2 * width)
		{
			int64_t left = n - first < width ? n - first : width;
			int64_t right = n - first - left < width ? n - first - left : width;

			inversions += merge_runs(from + first, left, from + first + left, right, to + first);
		}
		from = to;
		to = swap;
	}
	if (from != keys)
		memcpy(keys, from, sizeof(uint64_t) * (size_t) n);
	return inversions;
}

/* Adds the groups of equal values among sorted keys. */
static void
count_ties(DriftTies *ties, const uint64_t *sorted, int64_t n)
{
	int64_t first = 0;

	for (int64_t i = 1; i <= n; i++)
		if (i == n || sorted[i] != sorted[first])
		{
			if (i - first > 1)
				drift_ties_add(ties, i - first);
			first = i;
		}
}

/* Pairs of equal keys among sorted ones. */
static int64_t
equal_pairs(const uint64_t *sorted, int64_t n)
{
	DriftTies ties = {0};

	count_ties(&ties, sorted, n);
	return ties.pairs;
}

void
drift_kendall_pairs(DriftKendall *k, const uint64_t *x, const uint64_t *y, int64_t n, uint64_t *order,
					uint64_t *scratch, uint64_t *sequence, void (*poll)(void))
{
	int64_t end;

	*k = (DriftKendall){.n = n};
	drift_sort_rows(x, n, order, scratch, poll);
	for (int64_t first = 0; first < n; first = end)
	{
		end = drift_group_end(x, order, first, n);
		for (int64_t i = first; i < end; i++)
			sequence[i] = y[drift_row_of(order[i])];
		if (end - first > 1)
		{
			drift_sort_keys(sequence + first, end - first, scratch, poll);
			drift_ties_add(&k->x, end - first);
			k->joint += equal_pairs(sequence + first, end - first);
		}
	}
	k->discordant = drift_sort_inversions(sequence, n, scratch, poll);
	count_ties(&k->y, sequence, n);
}

/* ------------------------------------------------------------------------
 * tau-b and its p-value
 * ------------------------------------------------------------------------ */

/* 2 P(inversions <= c) of a random order of n rows; c is at most n (n - 1) / 4. */
static double
exact_p_value(int64_t n, int64_t c)
{
	double share[EXACT_INVERSIONS] = {1};
	double sum = 0;

	if (c <= 1) /* 1 order without an inversion, n - 1 with one; any n */
		return exp(log(2) - drift_log_gamma((double) (n - c) + 1));
	/* row j brings 0 .. j - 1 inversions, each with the same chance */
	for (int64_t j = 2; j <= n; j++)
	{
		double window = 0;
		double before[EXACT_INVERSIONS];

		memcpy(before, share, sizeof(share));
		for (int64_t i = 0; i <= c; i++)
		{
			window += before[i];
			if (i >= j)
				window -= before[i - j];
			share[i] = window / (double) j;
		}
	}
	for (int64_t i = 0; i <= c; i++)
		sum += share[i];
	return 2 * sum;
}

/* Normal approximation; the variance is that of Noether (1967) as scipy writes it. */
static double
normal_p_value(const DriftKendall *k, double difference)
{
	double n = (double) k->n;
	double m = n * (n - 1);
	double variance = (m * (2 * n + 5) - k->x.spread - k->y.spread) / 18 +
					  2 * (double) k->x.pairs * (double) k->y.pairs / m +
					  k->x.triples * k->y.triples / (9 * m * (n - 2));

	return 2 * drift_normal_sf(fabs(difference) / sqrt(variance));
}

DriftTest
drift_kendall(const DriftKendall *k)
{
	int64_t all = k->n * (k->n - 1) / 2;
	int64_t difference = all - k->x.pairs - k->y.pairs + k->joint - 2 * k->discordant;
	int64_t fewer = k->discordant < all - k->discordant ? k->discordant : all - k->discordant;
	DriftTest test = {NAN, NAN};

	if (k->n < 2 || k->x.pairs == all || k->y.pairs == all)
		return test;
	test.statistic = (double) difference / sqrt((double) (all - k->x.pairs)) / sqrt((double) (all - k->y.pairs));
	test.statistic = fmin(1, fmax(-1, test.statistic));
	if (k->x.pairs == 0 && k->y.pairs == 0 && (k->n <= EXACT_PAIRS || fewer <= 1))
		test.p_value = exact_p_value(k->n, fewer);
	else
		test.p_value = normal_p_value(k, (double) difference);
	test.p_value = fmin(1, test.p_value);
	return test;
}
