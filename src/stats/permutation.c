/*
 * permutation.c
 *		Permutation tests of any statistic of two samples.
 */
#include "stats/permutation.h"

#include <math.h>
#include <string.h>

#include "stats/bins.h"
#include "stats/contingency.h"
#include "stats/contingency.h"
#include "stats/divergence.h"
#include "stats/edf.h"
#include "stats/random.h"
#include "stats/two_sample.h"

__extension__ typedef __int128 Wide;

/* Categories with less than one in so many rows of the reference share a bin in PSI and KL. */
#define POOL_DIVISOR 100

/* Values between two calls of poll(). */
#define POLL_INTERVAL 65536

/* Sums that are equal on paper differ by less, as a share of them. */
#define ROUNDING 1e-12

/* How many rows of each side hold value i. */
static inline int64_t
reference_rows(const int64_t *reference_upto, int64_t i)
{
	return reference_upto[i + 1] - reference_upto[i];
}

static inline int64_t
current_rows(const DriftPooled *pooled, const int64_t *reference_upto, int64_t i)
{
	return pooled->upto[i + 1] - pooled->upto[i] - reference_rows(reference_upto, i);
}

/* ------------------------------------------------------------------------
 * Statistics of ordered values
 * ------------------------------------------------------------------------ */

/* |F - G| n m after a value is |r (n + m) - t n|, r and t the rows of the reference and of both up to it. */
static double
ks(const DriftPooled *pooled, const int64_t *reference_upto)
{
	int64_t n = pooled->n_reference;
	int64_t all = n + pooled->n_current;
	Wide largest = 0;

	for (int64_t i = 1; i < pooled->distinct; i++)
	{
		Wide gap = (Wide) reference_upto[i] * all - (Wide) pooled->upto[i] * n;

		if (gap < 0)
			gap = -gap;
		if (gap > largest)
			largest = gap;
	}
	return (double) largest / ((double) n * (double) pooled->n_current);
}

static double
wasserstein_distance(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftTwoSample two;

	drift_two_sample_init(&two, pooled->n_reference, pooled->n_current);
	for (int64_t i = 0; i < pooled->distinct; i++)
		drift_two_sample_step(&two, pooled->values[i], reference_rows(reference_upto, i),
							  current_rows(pooled, reference_upto, i));
	return drift_two_sample_wasserstein(&two);
}

/* The difference of the distribution functions, for the statistics of edf.h. */
static DriftEdf
edf(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftEdf difference;

	drift_edf_init(&difference, pooled->n_reference, pooled->n_current);
	for (int64_t i = 0; i < pooled->distinct; i++)
		drift_edf_step(&difference, pooled->values[i], reference_rows(reference_upto, i),
					   current_rows(pooled, reference_upto, i));
	return difference;
}

static double
kuiper(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftEdf difference = edf(pooled, reference_upto);

	return drift_edf_kuiper(&difference);
}

static double
cramer_von_mises(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftEdf difference = edf(pooled, reference_upto);

	return drift_edf_cramer_von_mises(&difference);
}

static double
anderson_darling(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftEdf difference = edf(pooled, reference_upto);

	return drift_edf_anderson_darling(&difference);
}

static double
energy_distance(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftEdf difference = edf(pooled, reference_upto);

	return drift_edf_energy_distance(&difference);
}

static double
reference_mean(const DriftPooled *pooled, const int64_t *reference_upto)
{
	double sum = 0;

	for (int64_t i = 0; i < pooled->distinct; i++)
		sum += pooled->values[i] * (double) reference_rows(reference_upto, i);
	return sum / (double) pooled->n_reference;
}

/* In units of the reference's population deviation, which changes with the labels. */
static double
normalized_wasserstein_distance(const DriftPooled *pooled, const int64_t *reference_upto)
{
	double mean = reference_mean(pooled, reference_upto);
	double squares = 0;

	for (int64_t i = 0; i < pooled->distinct; i++)
	{
		double deviation = pooled->values[i] - mean;

		squares += deviation * deviation * (double) reference_rows(reference_upto, i);
	}
	return wasserstein_distance(pooled, reference_upto) / sqrt(squares / (double) pooled->n_reference);
}

/* |mean of the reference - mean of the current side|, from distances to the mean of the reference. */
static double
mean_difference(const DriftPooled *pooled, const int64_t *reference_upto)
{
	double mean = reference_mean(pooled, reference_upto);
	double sum = 0;

	for (int64_t i = 0; i < pooled->distinct; i++)
		sum += (pooled->values[i] - mean) * (double) current_rows(pooled, reference_upto, i);
	return fabs(sum) / (double) pooled->n_current;
}

/* ------------------------------------------------------------------------
 * Statistics of bins and categories
 * ------------------------------------------------------------------------ */

/* The rows of the reference in order, for drift_reference_edges(). */
typedef struct RankedReference
{
	const DriftPooled *pooled;
	const int64_t *upto;
} RankedReference;

/* The first value after the rows of which there are more than k. */
static double
ranked_at(void *ctx, int64_t k)
{
	const RankedReference *r = ctx;
	int64_t low = 0;

	for (int64_t left = r->pooled->distinct - 1; left > 0;)
	{
		int64_t half = left / 2;

		if (r->upto[low + half + 1] <= k)
		{
			low += half + 1;
			left -= half + 1;
		}
		else
			left = half;
	}
	return r->pooled->values[low];
}

/* How many values are less than an edge, or with equal not greater. */
static int64_t
values_below(const DriftPooled *pooled, double edge, bool equal)
{
	int64_t low = 0;

	for (int64_t left = pooled->distinct; left > 0;)
	{
		int64_t half = left / 2;
		double value = pooled->values[low + half];

		if (value < edge || (equal && value == edge))
		{
			low += half + 1;
			left -= half + 1;
		}
		else
			left = half;
	}
	return low;
}

static int64_t
ranked_less(void *ctx, double value)
{
	const RankedReference *r = ctx;

	return r->upto[values_below(r->pooled, value, false)];
}

static int64_t
ranked_equal(void *ctx, double value)
{
	const RankedReference *r = ctx;

	return r->upto[values_below(r->pooled, value, true)] - ranked_less(ctx, value);
}

static uint32_t
ranked_distinct(void *ctx, uint32_t cap, double *values)
{
	const RankedReference *r = ctx;
	uint32_t count = 0;

	for (int64_t i = 0; i < r->pooled->distinct; i++)
	{
		if (reference_rows(r->upto, i) == 0)
			continue;
		if (count == cap)
			return cap + 1;
		values[count++] = r->pooled->values[i];
	}
	return count;
}

/* Rows of numbers in the reference's bins. */
static void
step_bins(DriftDivergence *divergence, const DriftPooled *pooled, const int64_t *reference_upto)
{
	RankedReference context = {pooled, reference_upto};
	DriftRanked ranked = {&context, pooled->n_reference, ranked_at, ranked_equal, ranked_less, ranked_distinct};
	double edges[DRIFT_MAX_EDGES];
	uint32_t edge_count = 0;
	int64_t before = 0;

	/* cannot fail: there are rows, and the number of bins is right */
	(void) drift_reference_edges(&ranked, DRIFT_DEFAULT_BINS, edges, &edge_count);
	for (uint32_t bin = 0; bin <= edge_count; bin++)
	{
		int64_t upto = bin < edge_count ? values_below(pooled, edges[bin], true) : pooled->distinct;
		int64_t rows = pooled->upto[upto] - pooled->upto[before];
		int64_t in_reference = reference_upto[upto] - reference_upto[before];

		drift_divergence_step(divergence, in_reference, rows - in_reference);
		before = upto;
	}
}

/* Rows of each category; with pool, those that hold under 1 % of the reference count as one. */
static void
step_categories(DriftDivergence *divergence, const DriftPooled *pooled, const int64_t *reference_upto, bool pool)
{
	int64_t rare = pool ? (pooled->n_reference + POOL_DIVISOR - 1) / POOL_DIVISOR : 0;
	int64_t other[2] = {0, 0};

	for (int64_t i = 0; i < pooled->distinct; i++)
	{
		int64_t r = reference_rows(reference_upto, i);
		int64_t c = current_rows(pooled, reference_upto, i);

		if (r > 0 && r < rare)
		{
			other[0] += r;
			other[1] += c;
		}
		else
			drift_divergence_step(divergence, r, c);
	}
	drift_divergence_step(divergence, other[0], other[1]);
}

static DriftDivergence
shares(const DriftPooled *pooled, const int64_t *reference_upto, bool pool)
{
	DriftDivergence divergence;

	drift_divergence_init(&divergence, pooled->n_reference, pooled->n_current, DRIFT_DEFAULT_FLOOR);
	if (pooled->values)
		step_bins(&divergence, pooled, reference_upto);
	else
		step_categories(&divergence, pooled, reference_upto, pool);
	return divergence;
}

static double
psi(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftDivergence divergence = shares(pooled, reference_upto, true);

	return drift_psi(&divergence);
}

static double
kl_divergence(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftDivergence divergence = shares(pooled, reference_upto, true);

	return drift_kl_divergence(&divergence);
}

static double
js_distance(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftDivergence divergence = shares(pooled, reference_upto, false);

	return drift_js_distance(&divergence);
}

static double
hellinger_distance(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftDivergence divergence = shares(pooled, reference_upto, false);

	return drift_hellinger_distance(&divergence);
}

static double
total_variation(const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftDivergence divergence = shares(pooled, reference_upto, false);

	return drift_total_variation(&divergence);
}

/* Of the table of both sides by value, each distinct number a category. */
static double
of_table(DriftTableStatistic kind, const DriftPooled *pooled, const int64_t *reference_upto)
{
	DriftTable table;

	drift_table_init(&table, kind, pooled->n_reference, pooled->n_current);
	for (int64_t i = 0; i < pooled->distinct; i++)
		drift_table_step(&table, reference_rows(reference_upto, i), current_rows(pooled, reference_upto, i));
	return drift_table_finish(&table).statistic;
}

static double
chi_square(const DriftPooled *pooled, const int64_t *reference_upto)
{
	return of_table(DRIFT_CHI_SQUARE, pooled, reference_upto);
}

static double
g(const DriftPooled *pooled, const int64_t *reference_upto)
{
	return of_table(DRIFT_G, pooled, reference_upto);
}

static double
l_infinity(const DriftPooled *pooled, const int64_t *reference_upto)
{
	return of_table(DRIFT_L_INFINITY, pooled, reference_upto);
}

/* ------------------------------------------------------------------------
 * The test
 * ------------------------------------------------------------------------ */

typedef struct Statistic
{
	const char *name;
	bool needs_numbers;
	double (*of)(const DriftPooled *pooled, const int64_t *reference_upto);
} Statistic;

static const Statistic statistics[] = {{"ks", true, ks},
									   {"kuiper", true, kuiper},
									   {"cramer_von_mises", true, cramer_von_mises},
									   {"anderson_darling", true, anderson_darling},
									   {"psi", false, psi},
									   {"kl_divergence", false, kl_divergence},
									   {"js_distance", false, js_distance},
									   {"hellinger_distance", false, hellinger_distance},
									   {"total_variation", false, total_variation},
									   {"l_infinity", false, l_infinity},
									   {"chi_square", false, chi_square},
									   {"g", false, g},
									   {"wasserstein_distance", true, wasserstein_distance},
									   {"normalized_wasserstein_distance", true, normalized_wasserstein_distance},
									   {"energy_distance", true, energy_distance},
									   {"mean_difference", true, mean_difference}};

#define STATISTIC_COUNT ((int) (sizeof(statistics) / sizeof(statistics[0])))

const char *
drift_permutation_name(int statistic)
{
	return statistic < STATISTIC_COUNT ? statistics[statistic].name : NULL;
}

int
drift_permutation_find(const char *name)
{
	for (int i = 0; i < STATISTIC_COUNT; i++)
		if (strlen(name) == strlen(statistics[i].name) && memcmp(name, statistics[i].name, strlen(name)) == 0)
			return i;
	return -1;
}

bool
drift_permutation_needs_numbers(int statistic)
{
	return statistics[statistic].needs_numbers;
}

double
drift_permutation_statistic(int statistic, const DriftPooled *pooled, const int64_t *reference_upto)
{
	return statistics[statistic].of(pooled, reference_upto);
}

void
drift_permutation_deal(DriftRandom *random, const DriftPooled *pooled, int64_t *reference_upto, void (*poll)(void))
{
	int64_t dealt = 0;
	int64_t left = pooled->n_reference + pooled->n_current;

	reference_upto[0] = 0;
	for (int64_t i = 0; i < pooled->distinct; i++)
	{
		int64_t rows = pooled->upto[i + 1] - pooled->upto[i];
		int64_t labels = pooled->n_reference - dealt;

		if (poll && i % POLL_INTERVAL == 0)
			poll();
		/* the commonest case, without a call */
		if (rows == 1)
			dealt += drift_random_below(random, (uint64_t) left) < (uint64_t) labels;
		else
			dealt += drift_random_hypergeometric(random, labels, left, rows);
		left -= rows;
		reference_upto[i + 1] = dealt;
	}
}

DriftPermutationResult
drift_permutation_test(int statistic, const DriftPooled *pooled, int64_t *reference_upto, int64_t permutations,
					   int64_t enough, uint64_t seed, void (*poll)(void))
{
	DriftPermutationResult result = {drift_permutation_statistic(statistic, pooled, reference_upto), (double) NAN};
	double limit = isfinite(result.statistic) ? result.statistic - ROUNDING * fabs(result.statistic) : result.statistic;
	int64_t as_large = 0;
	DriftRandom random;

	if (isnan(result.statistic))
		return result;
	drift_random_init(&random, seed);
	for (int64_t i = 1; i <= permutations; i++)
	{
		drift_permutation_deal(&random, pooled, reference_upto, poll);
		/* a deal without a statistic speaks for no drift */
		as_large += !(drift_permutation_statistic(statistic, pooled, reference_upto) < limit);
		if (enough > 0 && as_large == enough)
		{
			result.p_value = (double) as_large / (double) i;
			return result;
		}
	}
	result.p_value = ((double) as_large + 1) / ((double) permutations + 1);
	return result;
}
