/*
 * correlation.h
 *		Pearson's and Spearman's correlation of two columns.
 *
 * A statistic that the pairs do not determine, as that of a constant column,
 * is NaN, and so is its p-value.
 */
#ifndef DRIFT_STATS_CORRELATION_H
#define DRIFT_STATS_CORRELATION_H

#include "stats/hypothesis.h"

/* n, means and centred sums of products of pairs, updated pair by pair (Welford 1962). */
typedef struct DriftComoments
{
	int64_t n;
	double mean_x;
	double mean_y;
	double xx; /* sum of (x - mean_x)^2, */
	double yy;
	double xy; /* of (x - mean_x) (y - mean_y) */
} DriftComoments;

/* Takes a pair without NaN. An infinity makes everything but n NaN or infinite. */
static inline void
drift_comoments_add(DriftComoments *m, double x, double y)
{
	double share = 1.0 / (double) ++m->n;
	double dx = x - m->mean_x;
	double dy = y - m->mean_y;

	m->mean_x += dx * share;
	m->mean_y += dy * share;
	m->xx += dx * (x - m->mean_x);
	m->yy += dy * (y - m->mean_y);
	m->xy += dx * (y - m->mean_y);
}

/* Adds the pairs of src to dst (Chan, Golub and LeVeque 1979). */
void drift_comoments_merge(DriftComoments *dst, const DriftComoments *src);

/* Pearson's r, in [-1, 1]. NaN with fewer than two pairs, a constant column or an infinity. */
double drift_pearson(const DriftComoments *m);

/*
 * Two-sided p-value of r from n pairs of independent normal columns: r is then
 * beta distributed on (-1, 1) with both parameters n / 2 - 1. As
 * scipy.stats.pearsonr; 1 for two pairs.
 */
double drift_pearson_p_value(double r, int64_t n);

/*
 * The same by Student's t with n - 2 degrees of freedom of r sqrt((n - 2) / (1 - r^2)),
 * as scipy.stats.spearmanr; NaN for two pairs.
 */
double drift_spearman_p_value(double r, int64_t n);

/*
 * Sums over pairs of midranks. A midrank enters as r = 2 * rank - (n + 1), an
 * integer, so that sums are exact and do not depend on the order of rows: up
 * to 2^31 pairs products fit in 64 bits and their sums in 128.
 */
__extension__ typedef __int128 DriftWide;

typedef struct DriftRankPairs
{
	int64_t n;
	DriftWide xy;     /* sum of products of the centred doubled midranks */
	DriftWide ties_x; /* sum of t^3 - t over the groups of t equal values */
	DriftWide ties_y;
} DriftRankPairs;

/* The centred doubled midrank of rows first .. first + count - 1, counted from 0, of n. */
static inline int64_t
drift_centred_midrank(int64_t first, int64_t count, int64_t n)
{
	return 2 * first + count - n;
}

static inline DriftWide
drift_tie_cube(int64_t count)
{
	return (DriftWide) count * count * count - count;
}

/* Spearman's rho, ties by midranks; NaN for fewer than two pairs or a constant column. */
double drift_spearman(const DriftRankPairs *pairs);

/*
 * Takes the sums of n pairs of keys (sample.h). Room: order and scratch for n
 * keys, place for n ranks. n is at most 2^31.
 */
void drift_rank_pairs(DriftRankPairs *pairs, const uint64_t *x, const uint64_t *y, int64_t n, uint64_t *order,
					  uint64_t *scratch, int32_t *place, void (*poll)(void));

#endif
