#include "stats/bins.h"

#include <math.h>

/* Adds the edges that give value a bin of its own. */
static uint32_t
cut_out(double *edges, uint32_t count, double value)
{
	/* the lowest value there is needs no edge below it, the highest none above */
	if (value != -INFINITY)
		edges[count++] = nextafter(value, -INFINITY);
	if (value != INFINITY)
		edges[count++] = value;
	return count;
}

/* Sorts and removes doubles; few edges arrive nearly sorted. */
static uint32_t
sort_unique(double *edges, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t i = 1; i < count; i++)
	{
		double e = edges[i];
		uint32_t j = i;

		for (; j > 0 && edges[j - 1] > e; j--)
			edges[j] = edges[j - 1];
		edges[j] = e;
	}
	for (uint32_t i = 0; i < count; i++)
		if (kept == 0 || edges[i] > edges[kept - 1])
			edges[kept++] = edges[i];
	return kept;
}

/* A block of equal values in the sorted reference. */
typedef struct Heavy
{
	double value;
	int64_t first; /* rank of its first row */
	int64_t rows;
} Heavy;

/* A value with n / bins rows or more covers one of these ranks, so only bins candidates need counting. */
static uint32_t
find_heavy(const DriftRanked *reference, uint32_t bins, Heavy *heavy)
{
	uint32_t count = 0;
	double last = NAN;

	for (uint32_t i = 0; i < bins; i++)
	{
		int64_t k = (int64_t) ((__int128) reference->n * i / bins);
		double value = reference->at(reference->ctx, k);
		int64_t rows;

		if (value == last)
			continue;
		last = value;
		rows = reference->count_equal(reference->ctx, value);
		if ((__int128) rows * bins >= reference->n)
		{
			heavy[count].value = value;
			heavy[count].rows = rows;
			heavy[count].first = reference->count_less(reference->ctx, value);
			count++;
		}
	}
	return count;
}

/* The k-th smallest of the rows that are not heavy. */
static double
rest_at(const DriftRanked *reference, const Heavy *heavy, uint32_t heavies, int64_t k)
{
	for (uint32_t i = 0; i < heavies && heavy[i].first <= k; i++)
		k += heavy[i].rows;
	return reference->at(reference->ctx, k);
}

double
drift_interpolate(double below, double above, double fraction)
{
	double step = above - below;

	/* numpy's own order of operations */
	if (below == above || fraction == 0.0)
		return below;
	if (fraction >= 0.5)
		return above - step * (1.0 - fraction);
	return below + step * fraction;
}

double
drift_ranked_quantile(const DriftRanked *sample, double share)
{
	double position = share * (double) (sample->n - 1);
	int64_t rank = (int64_t) position;
	double below = sample->at(sample->ctx, rank);
	double above = rank + 1 < sample->n ? sample->at(sample->ctx, rank + 1) : below;

	return drift_interpolate(below, above, position - (double) rank);
}

static uint32_t
cut_quantiles(const DriftRanked *reference, const Heavy *heavy, uint32_t heavies, int64_t rest, uint32_t parts,
			  double *edges, uint32_t count)
{
	for (uint32_t i = 1; i < parts; i++)
	{
		double position = ((double) i / (double) parts) * (double) (rest - 1);
		double whole = floor(position);
		int64_t k = (int64_t) whole;
		double edge = rest_at(reference, heavy, heavies, k);

		if (position > whole && k + 1 < rest)
			edge = drift_interpolate(edge, rest_at(reference, heavy, heavies, k + 1), position - whole);
		/* between -Infinity and a number there is nothing to interpolate, and Infinity cuts nothing off */
		if (!isnan(edge) && edge != INFINITY)
			edges[count++] = edge;
	}
	return count;
}

DriftStatus
drift_reference_edges(const DriftRanked *reference, uint32_t bins, double *edges, uint32_t *edge_count)
{
	double values[DRIFT_DISCRETE_VALUES + 1];
	Heavy heavy[DRIFT_MAX_BINS];
	uint32_t distinct;
	uint32_t heavies;
	uint32_t count = 0;
	int64_t rest = reference->n;

	if (bins < DRIFT_MIN_BINS || bins > DRIFT_MAX_BINS)
		return DRIFT_BAD_BINS;
	if (reference->n <= 0)
		return DRIFT_EMPTY_REFERENCE;

	distinct = reference->distinct(reference->ctx, DRIFT_DISCRETE_VALUES, values);
	if (distinct <= DRIFT_DISCRETE_VALUES)
	{
		for (uint32_t i = 0; i < distinct; i++)
			count = cut_out(edges, count, values[i]);
		*edge_count = sort_unique(edges, count);
		return DRIFT_OK;
	}

	heavies = find_heavy(reference, bins, heavy);
	for (uint32_t i = 0; i < heavies; i++)
	{
		rest -= heavy[i].rows;
		count = cut_out(edges, count, heavy[i].value);
	}
	if (rest > 1)
	{
		double share = (double) rest / (double) reference->n;
		double parts = floor((double) bins * share + 0.5);

		count = cut_quantiles(reference, heavy, heavies, rest, parts < 1.0 ? 1 : (uint32_t) parts, edges, count);
	}
	*edge_count = sort_unique(edges, count);
	return DRIFT_OK;
}

DriftStatus
drift_check_edges(const double *edges, uint32_t edge_count)
{
	if (edge_count > DRIFT_MAX_EDGES)
		return DRIFT_BAD_EDGES;
	for (uint32_t i = 0; i < edge_count; i++)
		if (isnan(edges[i]) || (i > 0 && !(edges[i] > edges[i - 1])))
			return DRIFT_BAD_EDGES;
	return DRIFT_OK;
}
