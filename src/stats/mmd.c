/*
 * mmd.c
 *		Maximum mean discrepancy of two samples.
 */
#include "stats/mmd.h"

#include <math.h>
#include <string.h>

#include "stats/random.h"

#define DIGIT_BITS 16

/* Sums that are equal on paper differ by less. */
#define ROUNDING 1e-12

static uint32_t
point_count(const DriftPoints *points)
{
	return points->n_reference + points->n_current;
}

/* Squared distance of points i and j. */
static double
squared_distance(const DriftPoints *points, uint32_t i, uint32_t j)
{
	const double *x = points->values + (size_t) i * points->dimensions;
	const double *y = points->values + (size_t) j * points->dimensions;
	double sum = 0;

	for (uint32_t k = 0; k < points->dimensions; k++)
		sum += (x[k] - y[k]) * (x[k] - y[k]);
	return sum;
}

/* The bits of a number that is not negative order as it does. */
static uint64_t
bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/*
 * Counts the next digit of the squared distances whose bits begin with prefix;
 * returns how many distances are not 0, all told, or -1 if one is not finite.
 */
static int64_t
count_digits(const DriftPoints *points, uint64_t prefix, uint32_t shift, uint32_t counters[DRIFT_MMD_COUNTERS],
			 void (*poll)(void))
{
	uint32_t n = point_count(points);
	int64_t different = 0;

	memset(counters, 0, sizeof(uint32_t) * DRIFT_MMD_COUNTERS);
	for (uint32_t i = 0; i < n; i++)
	{
		if (poll)
			poll();
		for (uint32_t j = i + 1; j < n; j++)
		{
			double square = squared_distance(points, i, j);
			uint64_t bits = bits_of(square);

			if (square == 0)
				continue;
			if (!isfinite(square))
				return -1;
			different++;
			if (shift + DIGIT_BITS == 64 || bits >> (shift + DIGIT_BITS) == prefix)
				counters[bits >> shift & (DRIFT_MMD_COUNTERS - 1)]++;
		}
	}
	return different;
}

double
drift_mmd_scale(const DriftPoints *points, uint32_t counters[DRIFT_MMD_COUNTERS], void (*poll)(void))
{
	uint64_t prefix = 0;
	int64_t rank = 0;
	double scale;

	for (uint32_t shift = 64; shift > 0;)
	{
		int64_t different;
		uint32_t digit = 0;

		shift -= DIGIT_BITS;
		different = count_digits(points, prefix, shift, counters, poll);
		if (different <= 0)
			return different < 0 ? (double) NAN : 0;
		if (shift + DIGIT_BITS == 64)
			rank = (different - 1) / 2;
		for (; rank >= counters[digit]; digit++)
			rank -= counters[digit];
		prefix = prefix << DIGIT_BITS | digit;
	}
	memcpy(&scale, &prefix, sizeof(scale));
	return scale;
}

/* Where in the room things are. Deal 0 is the observed one; each lists the points of the smaller side, ascending. */
typedef struct Deals
{
	uint32_t count;
	uint32_t size;    /* points of the smaller side */
	double *row;      /* of the kernel matrix */
	double *row_sums; /* of all rows, without the diagonal */
	double *within;   /* of each deal: sum over pairs of its points */
	uint32_t *next;   /* of each deal: how many of its points are before the current row */
	uint16_t *points; /* of all deals */
} Deals;

static uint32_t
smaller_side(const DriftPoints *points)
{
	return points->n_reference < points->n_current ? points->n_reference : points->n_current;
}

size_t
drift_mmd_room(const DriftPoints *points, uint32_t permutations)
{
	size_t deals = (size_t) permutations + 1;

	return 2 * point_count(points) * sizeof(double) +
		   deals * (sizeof(double) + sizeof(uint32_t) + smaller_side(points) * sizeof(uint16_t));
}

static Deals
deals_in(const DriftPoints *points, uint32_t permutations, void *room)
{
	Deals deals = {.count = permutations + 1, .size = smaller_side(points), .row = room};

	deals.row_sums = deals.row + point_count(points);
	deals.within = deals.row_sums + point_count(points);
	deals.next = (uint32_t *) (deals.within + deals.count);
	deals.points = (uint16_t *) (deals.next + deals.count);
	memset(deals.row_sums, 0, sizeof(double) * point_count(points));
	memset(deals.within, 0, sizeof(double) * deals.count);
	memset(deals.next, 0, sizeof(uint32_t) * deals.count);
	return deals;
}

/* Chooses the points of the smaller side: the observed ones, and then others each time. */
static void
deal_all(Deals *deals, const DriftPoints *points, uint64_t seed)
{
	uint32_t n = point_count(points);
	uint32_t first = points->n_reference <= points->n_current ? 0 : points->n_reference;
	DriftRandom random;

	for (uint32_t k = 0; k < deals->size; k++)
		deals->points[k] = (uint16_t) (first + k);
	drift_random_init(&random, seed);
	for (uint32_t d = 1; d < deals->count; d++)
	{
		uint16_t *chosen = deals->points + (size_t) d * deals->size;
		uint32_t k = 0;

		for (uint32_t i = 0; k < deals->size; i++)
			if (drift_random_below(&random, n - i) < deals->size - k)
				chosen[k++] = (uint16_t) i;
	}
}

/* Makes row i of the kernel matrix right of the diagonal and adds it to the row sums. */
static void
make_row(Deals *deals, const DriftPoints *points, double scale, uint32_t i)
{
	uint32_t n = point_count(points);
	double sum = 0;

	for (uint32_t j = i + 1; j < n; j++)
	{
		double k = exp(-squared_distance(points, i, j) / scale);

		deals->row[j] = k;
		deals->row_sums[j] += k;
		sum += k;
	}
	deals->row_sums[i] += sum;
}

/* Adds the row to the deals that chose its point: the points chosen after it. */
static void
add_row(Deals *deals, uint32_t i)
{
	for (uint32_t d = 0; d < deals->count; d++)
	{
		const uint16_t *chosen = deals->points + (size_t) d * deals->size;
		uint32_t k = deals->next[d];
		double sum = 0;

		if (k == deals->size || chosen[k] != i)
			continue;
		deals->next[d] = ++k;
		for (; k < deals->size; k++)
			sum += deals->row[chosen[k]];
		deals->within[d] += sum;
	}
}

/* The estimator from the sums of one deal; all is the sum of the matrix without its diagonal. */
static double
estimate(const Deals *deals, const DriftPoints *points, uint32_t d, double all)
{
	const uint16_t *chosen = deals->points + (size_t) d * deals->size;
	double n = deals->size;
	double m = point_count(points) - deals->size;
	double inside = 2 * deals->within[d];
	double rows = 0;
	double across;

	for (uint32_t k = 0; k < deals->size; k++)
		rows += deals->row_sums[chosen[k]];
	across = rows - inside;
	return inside / (n * (n - 1)) + (all - rows - across) / (m * (m - 1)) - 2 * across / (n * m);
}

DriftMmd
drift_mmd(const DriftPoints *points, double scale, uint32_t permutations, uint64_t seed, void *room, void (*poll)(void))
{
	DriftMmd result = {(double) NAN, (double) NAN};
	uint32_t as_large = 0;
	double all = 0;
	Deals deals;

	if (scale == 0)
		return (DriftMmd){0, 1};
	if (!isfinite(scale) || smaller_side(points) < DRIFT_MMD_MIN || points->n_reference > DRIFT_MMD_MAX ||
		points->n_current > DRIFT_MMD_MAX)
		return result;

	deals = deals_in(points, permutations, room);
	deal_all(&deals, points, seed);
	for (uint32_t i = 0; i < point_count(points); i++)
	{
		if (poll)
			poll();
		make_row(&deals, points, scale, i);
		add_row(&deals, i);
	}
	for (uint32_t i = 0; i < point_count(points); i++)
		all += deals.row_sums[i];
	result.statistic = estimate(&deals, points, 0, all);
	for (uint32_t d = 1; d < deals.count; d++)
		as_large += estimate(&deals, points, d, all) >= result.statistic - ROUNDING;
	result.p_value = ((double) as_large + 1) / ((double) permutations + 1);
	return result;
}
