/*
 * bootstrap.h
 *		Bootstrap of a statistic: rows are drawn again with replacement, many times.
 *
 * Draw r of replicate b is a row by the number at (seed, b, r) of
 * counter_random.h, so that replicates are the same whatever part of the rows
 * is in memory. Which row is which must not depend on how they came: callers
 * number them in the order of their values.
 */
#ifndef DRIFT_STATS_BOOTSTRAP_H
#define DRIFT_STATS_BOOTSTRAP_H

#include <stdint.h>

/*
 * Adds to sums[b] the values drawn in replicate b, for each b of 0 .. replicates - 1: those of
 * the rows first .. first + count - 1, of n. All parts of the rows together give the sum of n draws.
 */
void drift_bootstrap_add(double *sums, int64_t replicates, uint64_t seed, int64_t n, const double *values,
						 int64_t first, int64_t count, void (*poll)(void));

/*
 * Counts how many of the n draws of a stream fall on each of so many cells,
 * where the first upto[0] rows are in the first cell, those up to upto[1] in the second...
 */
void drift_bootstrap_cells(int64_t *counts, uint32_t cells, const int64_t *upto, uint64_t seed, uint64_t stream);

/* Sums over jackknife values u, the mean of all of them less the statistic without a row, of which the skewness is taken. */
typedef struct DriftJackknife
{
	double squares;
	double cubes;
} DriftJackknife;

/* Takes so many rows with this value of u. */
static inline void
drift_jackknife_add(DriftJackknife *j, double u, int64_t rows)
{
	j->squares += u * u * (double) rows;
	j->cubes += u * u * u * (double) rows;
}

/* The acceleration of the intervals (Efron 1987); 0 without spread. */
double drift_acceleration(const DriftJackknife *j);

typedef struct DriftBootstrap
{
	int64_t replicates; /* that have a value */
	double standard_error;
	double percentile_low;
	double percentile_high;
	double low; /* of the BCa interval, bias corrected and accelerated */
	double high;
	double p_value; /* two-sided, that the statistic is 0: where the BCa interval begins to hold it */
} DriftBootstrap;

/*
 * The intervals from the values of the replicates, of which those that are NaN
 * are left out; values is sorted, scratch has room for twice as many. Percentiles are
 * numpy's 'linear'. As scipy.stats.bootstrap(method='percentile' and 'BCa') of
 * the same replicates. Replicates within slack of the estimate, or of 0, count
 * by half, as ties. Without values, with an estimate that is not finite, or one
 * that no replicate reaches from one side, what is not determined is NaN.
 */
DriftBootstrap drift_bootstrap(double estimate, double acceleration, double *values, int64_t replicates,
							   uint64_t *scratch, double slack, double confidence);

#endif
