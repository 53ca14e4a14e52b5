/*
 * bins.h
 *		Bins of a numeric column: where to cut, and which bin a value is in.
 *
 * k ascending edges make k + 1 bins; bin i is (edge[i-1], edge[i]], the first
 * and the last are open.
 */
#ifndef DRIFT_STATS_BINS_H
#define DRIFT_STATS_BINS_H

#include "stats/status.h"
#include <stdint.h>

#define DRIFT_MIN_BINS 2
#define DRIFT_MAX_BINS 1024
#define DRIFT_DEFAULT_BINS 10
#define DRIFT_MAX_EDGES (2 * DRIFT_MAX_BINS)

/* A column with at most this many distinct values gets one bin per value. */
#define DRIFT_DISCRETE_VALUES 20

/* Up to here counting all edges below a value beats a binary search. */
#define DRIFT_LINEAR_EDGES 31

/* A sample whose order statistics can be asked for, however it is kept. */
typedef struct DriftRanked
{
	void *ctx;
	int64_t n;
	/* the k-th smallest value, k from 0 to n - 1 */
	double (*at)(void *ctx, int64_t k);
	int64_t (*count_equal)(void *ctx, double value);
	int64_t (*count_less)(void *ctx, double value);
	/* writes the ascending distinct values and returns their number; cap + 1 if there are more than cap */
	uint32_t (*distinct)(void *ctx, uint32_t cap, double *values);
} DriftRanked;

/*
 * Cuts the reference into bins for PSI and its relatives. Up to 20 distinct
 * values: each is a bin of its own, with bins for unseen values between them.
 * Otherwise a value that holds at least 1 / bins of the rows is cut on both
 * sides, and the rest is cut at max(1, round(bins * its share)) - 1 of its
 * quantiles (linear interpolation). edges has room for DRIFT_MAX_EDGES.
 * DRIFT_BAD_BINS outside 2..1024, DRIFT_EMPTY_REFERENCE without values.
 */
DriftStatus drift_reference_edges(const DriftRanked *reference, uint32_t bins, double *edges, uint32_t *edge_count);

/* Quantile of a sample at a share from 0 to 1: numpy's 'linear'. */
double drift_ranked_quantile(const DriftRanked *sample, double share);

/* The point that lies `fraction` of the way between two order statistics: numpy's 'linear' quantile to the last bit. */
double drift_interpolate(double below, double above, double fraction);

/* DRIFT_OK if the edges are free of NaN, strictly ascending and at most DRIFT_MAX_EDGES. */
DriftStatus drift_check_edges(const double *edges, uint32_t edge_count);

/* Number of edges below x, that is the bin of x. */
static inline uint32_t
drift_bin_of(const double *edges, uint32_t edge_count, double x)
{
	uint32_t bin = 0;

	if (edge_count <= DRIFT_LINEAR_EDGES)
	{
		for (uint32_t i = 0; i < edge_count; i++)
			bin += (uint32_t) (x > edges[i]);
		return bin;
	}
	for (uint32_t left = edge_count; left > 0;)
	{
		uint32_t half = left / 2;

		if (x > edges[bin + half])
		{
			bin += half + 1;
			left -= half + 1;
		}
		else
			left = half;
	}
	return bin;
}

#endif
