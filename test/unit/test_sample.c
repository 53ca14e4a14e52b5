/*
 * test_sample.c
 *		Keys, sorting, the pruned KS search, order statistics and bin counts,
 *		each against a slow and obvious computation.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/sample.h"
#include "stats/two_sample.h"
#include "unit/tap.h"

static uint64_t random_state = 20090206;

/* xorshift64*, so that the cases are the same everywhere */
static double
uniform(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return ((double) (random_state * UINT64_C(2685821657736338717) >> 11) + 0.5) / 9007199254740992.0;
}

static double
normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

typedef enum Shape
{
	NORMAL,
	LOGNORMAL,
	UNIFORM,
	THOUSAND_VALUES,
	TEN_VALUES,
	CONSTANT,
	HALF_ZERO,
	NARROW,   /* all in the last bits of one octave */
	TIMES,    /* with some zeros a thousand octaves below */
	EXTREMES, /* infinities, subnormals, both zeros */
	ASCENDING,
	SHAPES
} Shape;

static const char *const shape_names[SHAPES] = {"normal",    "lognormal", "uniform",   "1000 values",
												"10 values", "constant",  "half zero", "narrow",
												"times",     "extremes",  "ascending"};

static double
draw(Shape shape, int64_t i)
{
	static const double extremes[] = {-INFINITY,    INFINITY, 0.0,      -0.0,         DBL_MIN / 4,
									  -DBL_MIN / 4, DBL_MAX,  -DBL_MAX, DBL_TRUE_MIN, 1};

	switch (shape)
	{
		case NORMAL:
			return normal();
		case LOGNORMAL:
			return exp(5 * normal());
		case UNIFORM:
			return uniform();
		case THOUSAND_VALUES:
			return floor(1000 * uniform());
		case TEN_VALUES:
			return floor(10 * uniform()) / 10;
		case CONSTANT:
			return 42;
		case HALF_ZERO:
			return uniform() < 0.5 ? 0 : normal();
		case NARROW:
			return 1 + floor(1e5 * uniform()) * DBL_EPSILON;
		case TIMES:
			return uniform() < 0.01 ? 0 : 1.7e9 + 1e6 * uniform();
		case EXTREMES:
			return uniform() < 0.2 ? extremes[(int) (10 * uniform())] : ldexp(normal(), (int) (600 * normal()));
		case ASCENDING:
		default:
			return (double) i;
	}
}

static uint64_t *
allocate(int64_t n)
{
	uint64_t *keys = malloc(sizeof(uint64_t) * (size_t) (n > 0 ? n : 1));

	if (keys == NULL)
		abort();
	return keys;
}

static uint64_t *
sample(Shape shape, int64_t n, double shift)
{
	uint64_t *keys = allocate(n);

	for (int64_t i = 0; i < n; i++)
		keys[i] = drift_key_of(draw(shape, i) + shift);
	return keys;
}

static int
compare_keys(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

static uint64_t *
sorted_copy(const uint64_t *keys, int64_t n)
{
	uint64_t *copy = allocate(n);

	memcpy(copy, keys, sizeof(uint64_t) * (size_t) n);
	qsort(copy, (size_t) n, sizeof(uint64_t), compare_keys);
	return copy;
}

static void
test_keys(void)
{
	static const double ascending[] = {-INFINITY,    -DBL_MAX, -1.5, -1,  -DBL_MIN, -DBL_TRUE_MIN, 0,
									   DBL_TRUE_MIN, DBL_MIN,  1,    1.5, DBL_MAX,  INFINITY};
	bool ordered = true;
	bool returned = true;

	for (size_t i = 0; i < sizeof(ascending) / sizeof(ascending[0]); i++)
	{
		if (i > 0)
			ordered &= drift_key_of(ascending[i - 1]) < drift_key_of(ascending[i]);
		returned &= drift_key_value(drift_key_of(ascending[i])) == ascending[i];
	}
	ok(ordered, "keys order as values do");
	ok(returned, "a key gives its value back");
	ok(drift_key_of(-0.0) == drift_key_of(0.0) && drift_key_of(0.0) == DRIFT_KEY_ZERO &&
		   !signbit(drift_key_value(drift_key_of(-0.0))),
	   "the zeros have one key, that of 0");
	ok(drift_key_of(-INFINITY) > 0 && drift_key_of(INFINITY) < UINT64_MAX,
	   "0 and the largest integer are the keys of no value");
}

static int polls;

static void
count_poll(void)
{
	polls++;
}

static const int64_t sort_sizes[] = {0, 1, 2, 31, 32, 33, 500, 4095, 4096, 30000};

static void
test_sort(void)
{
	for (int shape = 0; shape < SHAPES; shape++)
	{
		bool equal = true;

		for (size_t i = 0; i < sizeof(sort_sizes) / sizeof(sort_sizes[0]); i++)
		{
			int64_t n = sort_sizes[i];
			uint64_t *keys = sample((Shape) shape, n, 0);
			uint64_t *expected = sorted_copy(keys, n);
			uint64_t *scratch = allocate(n);

			drift_sort_keys(keys, n, scratch, NULL);
			equal &= memcmp(keys, expected, sizeof(uint64_t) * (size_t) n) == 0;
			free(scratch);
			free(expected);
			free(keys);
		}
		ok(equal, "%s keys are sorted", shape_names[shape]);
	}
}

/* Rows in the order of their keys, equal keys by row. */
static bool
is_order(const uint64_t *keys, const uint64_t *order, int64_t n)
{
	uint64_t sum = 0;

	for (int64_t i = 0; i < n; i++)
	{
		sum += drift_row_of(order[i]);
		if (i > 0 && keys[drift_row_of(order[i])] < keys[drift_row_of(order[i - 1])])
			return false;
		if (i > 0 && keys[drift_row_of(order[i])] == keys[drift_row_of(order[i - 1])] &&
			drift_row_of(order[i]) <= drift_row_of(order[i - 1]))
			return false;
	}
	return sum == (uint64_t) n * (uint64_t) (n - 1) / 2;
}

static void
test_sort_rows(void)
{
	for (int shape = 0; shape < SHAPES; shape++)
	{
		bool ordered = true;

		for (size_t i = 0; i < sizeof(sort_sizes) / sizeof(sort_sizes[0]); i++)
		{
			int64_t n = sort_sizes[i];
			uint64_t *keys = sample((Shape) shape, n, 0);
			uint64_t *order = allocate(n);
			uint64_t *scratch = allocate(n);

			drift_sort_rows(keys, n, order, scratch, NULL);
			ordered &= is_order(keys, order, n);
			free(scratch);
			free(order);
			free(keys);
		}
		ok(ordered, "rows of %s keys are put in order", shape_names[shape]);
	}
}

static double
slow_ks(const uint64_t *reference, int64_t n, const uint64_t *current, int64_t m)
{
	uint64_t *x = sorted_copy(reference, n);
	uint64_t *y = sorted_copy(current, m);
	DriftTwoSample pair;
	int64_t i = 0;
	int64_t j = 0;

	drift_two_sample_init(&pair, n, m);
	while (i < n || j < m)
	{
		uint64_t key = j == m || (i < n && x[i] < y[j]) ? x[i] : y[j];
		int64_t first_i = i;
		int64_t first_j = j;

		while (i < n && x[i] == key)
			i++;
		while (j < m && y[j] == key)
			j++;
		drift_two_sample_step(&pair, drift_key_value(key), i - first_i, j - first_j);
	}
	free(x);
	free(y);
	return drift_two_sample_ks(&pair);
}

static double
pruned_ks(const uint64_t *reference, int64_t n, const uint64_t *current, int64_t m, int64_t *candidates)
{
	DriftKsSearch *search = malloc(sizeof(*search));
	uint64_t *scratch;
	double distance;

	if (search == NULL)
		abort();
	drift_ks_start(search, reference, n, current, m, count_poll);
	*candidates = search->candidates;
	scratch = allocate(2 * search->candidates);
	distance = drift_ks_finish(search, scratch);
	free(scratch);
	free(search);
	return distance;
}

static void
test_ks(void)
{
	static const int64_t sizes[][2] = {{1, 1},       {1, 5000},     {3, 2},        {200, 300},
									   {5000, 4000}, {40000, 1000}, {20000, 30000}};
	static const double shifts[] = {0, 0.01, 1, 1e9};

	for (int shape = 0; shape < SHAPES; shape++)
	{
		bool equal = true;

		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			for (size_t k = 0; k < sizeof(shifts) / sizeof(shifts[0]); k++)
			{
				uint64_t *reference = sample((Shape) shape, sizes[i][0], 0);
				uint64_t *current = sample((Shape) shape, sizes[i][1], shifts[k]);
				int64_t candidates;

				equal &= pruned_ks(reference, sizes[i][0], current, sizes[i][1], &candidates) ==
						 slow_ks(reference, sizes[i][0], current, sizes[i][1]);
				free(current);
				free(reference);
			}
		ok(equal, "%s: the pruned search finds the distance of the sorted samples, to the last bit",
		   shape_names[shape]);
	}
}

/* Pruning is the point of the search: on smooth data hardly a key is looked at twice. */
static void
test_ks_prunes(void)
{
	static const Shape smooth[] = {NORMAL, LOGNORMAL, UNIFORM, NARROW, TIMES};
	const int64_t n = 100000;

	for (size_t i = 0; i < sizeof(smooth) / sizeof(smooth[0]); i++)
	{
		uint64_t *reference = sample(smooth[i], n, 0);
		uint64_t *current = sample(smooth[i], n, 0);
		int64_t candidates;

		(void) pruned_ks(reference, n, current, n, &candidates);
		ok(candidates < n / 10, "%s: %lld of %lld keys are candidates", shape_names[smooth[i]], (long long) candidates,
		   (long long) (2 * n));
		free(current);
		free(reference);
	}
	ok(polls > 0, "long passes poll");
}

static DriftSelector *
new_selector(const uint64_t *keys, int64_t n, uint32_t bins, uint64_t *room)
{
	DriftSelector *selector = malloc(sizeof(*selector));

	if (selector == NULL)
		abort();
	drift_selector_init(selector, keys, n, bins, room, room + n, NULL);
	return selector;
}

/* The same questions to a sorted array, answered by looking at all of it. */
typedef struct Sorted
{
	const uint64_t *keys;
	int64_t n;
} Sorted;

static double
sorted_at(void *ctx, int64_t k)
{
	return drift_key_value(((Sorted *) ctx)->keys[k]);
}

static int64_t
sorted_count_less(void *ctx, double value)
{
	const Sorted *s = ctx;
	int64_t count = 0;

	for (int64_t i = 0; i < s->n; i++)
		count += drift_key_value(s->keys[i]) < value;
	return count;
}

static int64_t
sorted_count_equal(void *ctx, double value)
{
	const Sorted *s = ctx;
	int64_t count = 0;

	for (int64_t i = 0; i < s->n; i++)
		count += drift_key_value(s->keys[i]) == value;
	return count;
}

static uint32_t
sorted_distinct(void *ctx, uint32_t cap, double *values)
{
	const Sorted *s = ctx;
	uint32_t count = 0;

	for (int64_t i = 0; i < s->n; i++)
	{
		if (i > 0 && s->keys[i] == s->keys[i - 1])
			continue;
		if (count == cap)
			return cap + 1;
		values[count++] = drift_key_value(s->keys[i]);
	}
	return count;
}

/* Every question to an unsorted sample is answered as by the sorted one. */
static bool
same_answers(const DriftRanked *a, const DriftRanked *b)
{
	bool same = true;

	for (int i = 0; i < 100; i++)
	{
		int64_t k = (int64_t) (uniform() * (double) a->n);
		double value = b->at(b->ctx, k);
		double near = i % 2 == 0 ? value : nextafter(value, INFINITY);

		same &= a->at(a->ctx, k) == value;
		if (isnan(near))
			continue;
		same &= a->count_less(a->ctx, near) == b->count_less(b->ctx, near);
		same &= a->count_equal(a->ctx, near) == b->count_equal(b->ctx, near);
	}
	same &= a->count_less(a->ctx, -INFINITY) == 0;
	return same;
}

static void
test_selector(void)
{
	static const int64_t sizes[] = {1, 2, 100, 5000, 50000};
	static const uint32_t bins[] = {2, 10, 1024};

	for (int shape = 0; shape < SHAPES; shape++)
	{
		bool same = true;
		bool same_edges = true;

		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			for (size_t j = 0; j < sizeof(bins) / sizeof(bins[0]); j++)
			{
				int64_t n = sizes[i];
				uint64_t *keys = sample((Shape) shape, n, 0);
				uint64_t *sorted = sorted_copy(keys, n);
				uint64_t *room = allocate(2 * n);
				Sorted oracle = {sorted, n};
				DriftSelector *selector = new_selector(keys, n, bins[j], room);
				DriftRanked ranked[2] = {
					drift_selector_ranked(selector),
					{&oracle, n, sorted_at, sorted_count_equal, sorted_count_less, sorted_distinct}};
				double edges[2][DRIFT_MAX_EDGES];
				uint32_t edge_count[2];

				for (int s = 0; s < 2; s++)
					if (drift_reference_edges(&ranked[s], bins[j], edges[s], &edge_count[s]) != DRIFT_OK)
						abort();
				same_edges &=
					edge_count[0] == edge_count[1] && memcmp(edges[0], edges[1], sizeof(double) * edge_count[0]) == 0;
				same &= same_answers(&ranked[0], &ranked[1]);
				free(selector);
				free(room);
				free(sorted);
				free(keys);
			}
		ok(same, "%s: order statistics of an unsorted sample are those of the sorted one", shape_names[shape]);
		ok(same_edges, "%s: and so are the edges of quantile bins", shape_names[shape]);
	}
}

static void
test_distinct(void)
{
	static const double given[] = {3, -1, 3, -0.0, INFINITY, 0.0, -1, 3};
	static const double expected[] = {-1, 0, 3, INFINITY};
	const int64_t n = sizeof(given) / sizeof(given[0]);
	uint64_t keys[sizeof(given) / sizeof(given[0])];
	uint64_t room[2 * sizeof(given) / sizeof(given[0])];
	double values[20];
	DriftSelector *selector;
	DriftRanked ranked;

	for (int64_t i = 0; i < n; i++)
		keys[i] = drift_key_of(given[i]);
	selector = new_selector(keys, n, 10, room);
	ranked = drift_selector_ranked(selector);
	ok(ranked.distinct(ranked.ctx, 20, values) == 4 && memcmp(values, expected, sizeof(expected)) == 0,
	   "distinct values ascend, zeros are one");
	ok(ranked.distinct(ranked.ctx, 4, values) == 4, "as many as asked for are answered");
	ok(ranked.distinct(ranked.ctx, 3, values) == 4, "one more says that there are too many");
	free(selector);
}

static void
test_count_bins(void)
{
	static const uint32_t edge_counts[] = {0, 1, 9, 31, 32, 500, DRIFT_MAX_EDGES};
	static const int64_t sizes[] = {0, 1, 3000, 30000};

	for (int shape = 0; shape < SHAPES; shape++)
	{
		bool equal = true;

		for (size_t i = 0; i < sizeof(edge_counts) / sizeof(edge_counts[0]); i++)
			for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++)
			{
				uint32_t wanted = edge_counts[i];
				int64_t n = sizes[k];
				uint64_t *cuts = sample((Shape) shape, wanted, 0);
				uint64_t *scratch = allocate(wanted);
				uint64_t *keys = sample((Shape) shape, n, 0);
				double edges[DRIFT_MAX_EDGES];
				int64_t counts[DRIFT_MAX_EDGES + 1] = {0};
				int64_t expected[DRIFT_MAX_EDGES + 1] = {0};
				uint32_t edge_count = 0;

				drift_sort_keys(cuts, wanted, scratch, NULL);
				for (uint32_t e = 0; e < wanted; e++)
					if (e == 0 || cuts[e] != cuts[e - 1])
						edges[edge_count++] = drift_key_value(cuts[e]);
				for (int64_t row = 0; row < n; row++)
				{
					uint32_t bin = 0;

					while (bin < edge_count && drift_key_value(keys[row]) > edges[bin])
						bin++;
					expected[bin]++;
				}
				drift_count_bins(keys, n, edges, edge_count, counts);
				equal &= memcmp(counts, expected, sizeof(counts)) == 0;
				free(keys);
				free(scratch);
				free(cuts);
			}
		ok(equal, "%s: rows per bin", shape_names[shape]);
	}
}

static void
test_moments(void)
{
	DriftMoments moments = {0, 0, 0};

	for (int i = 0; i < 1000; i++)
		drift_moments_add(&moments, 1e9 + i % 10);
	ok(moments.n == 1000 && fabs(moments.mean - (1e9 + 4.5)) < 1e-6 && fabs(moments.m2 - 8250) < 1e-3,
	   "moments of numbers that are large against their spread");
}

int
main(void)
{
	test_keys();
	test_sort();
	test_sort_rows();
	test_ks();
	test_ks_prunes();
	test_selector();
	test_distinct();
	test_count_bins();
	test_moments();
	return done_testing();
}
