/*
 * chance_cells.h
 *		PSI, KL divergence, JS distance, Hellinger distance and total variation
 *		when nothing has drifted.
 *
 * Each is a sum over cells (bins, categories) of a term in the shares of both
 * sides. Without drift the t rows of a cell are dealt to the sides at random,
 * so the reference's part is hypergeometric, and mean and variance of the term
 * are sums over that: exact also for cells of a single row and for shares below
 * the floor. The cells' dependence is that of squares of normal variables
 * (Pearson's chi-square), for total variation that of their absolute values.
 *
 * Bins cut at quantiles of the reference have the same reference share whatever
 * the rows are; there the current side's part is random, beta-binomial.
 */
#ifndef DRIFT_STATS_CHANCE_CELLS_H
#define DRIFT_STATS_CHANCE_CELLS_H

#include "stats/bounded_divergence.h"
#include "stats/category_statistics.h"
#include "stats/chance.h"

/* Terms of the covariance of two absolute values as a power series. */
#define DRIFT_CHANCE_TERMS 12

typedef struct DriftChanceCells
{
	DriftDivergenceKind kind;
	int64_t n_reference;
	int64_t n_current;
	double floor;
	int64_t pool_below; /* cells with fewer reference rows, but some, are one cell; 0 for none */
	double mean;
	double variance;
	double loads[DRIFT_CHANCE_TERMS]; /* sums by which the cells' covariances are added up */
	double jumps;                     /* sides that are empty, but rarely: to the floor it is far */
	double jump_sum;
	double jump_squares;
	double pool_share; /* of the pooled cell: mean share of both sides' rows, */
	double pool_gap;   /* mean of p - q, */
	double pool_share_variance;
	double pool_gap_variance;
	double pool_covariance;
} DriftChanceCells;

/* The pool_below of drift_category_divergence() for a reference of n rows. */
static inline int64_t
drift_chance_pool_below(int64_t n_reference)
{
	return n_reference / DRIFT_POOL_DIVISOR + (n_reference % DRIFT_POOL_DIVISOR > 0);
}

/* pool_below: as drift_category_divergence() pools rare categories in PSI and KL; 0 for bins that are given. */
void drift_chance_cells_init(DriftChanceCells *c, DriftDivergenceKind kind, int64_t n_reference, int64_t n_current,
							 double floor, int64_t pool_below);

/* Adds a cell that has so many rows of both sides together. */
void drift_chance_cells_step(DriftChanceCells *c, int64_t rows);

/*
 * Adds all bins of a numeric column. Where the reference's rows are the same in
 * every bin, but for one, the bins are its quantiles.
 */
void drift_chance_cells_bins(DriftChanceCells *c, const int64_t *reference, const int64_t *current, uint32_t bins);

DriftChanceLaw drift_chance_cells_finish(const DriftChanceCells *c);

#endif
