/*
 * delong.h
 *		Two areas under the ROC curve of the same rows: DeLong's test.
 *
 * DeLong, DeLong and Clarke-Pearson (1988), "Comparing the areas under two or
 * more correlated receiver operating characteristic curves", in O(n log n) by
 * ranks as Sun and Xu (2014). The placement of a positive row is the share of
 * negative rows below it, that of a negative row the share of positive rows
 * above it, equal ones by half. Placements enter doubled and unscaled, as
 * whole numbers, so that sums are exact and do not depend on the order of rows.
 */
#ifndef DRIFT_STATS_DELONG_H
#define DRIFT_STATS_DELONG_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/correlation.h"

/* Up to so many rows of a side the products of sums fit in 128 bits. */
#define DRIFT_DELONG_MAX (INT64_C(1) << 31)

/* Sums over the rows of a side, 0 negative and 1 positive, of placements less that of no skill. */
typedef struct DriftDelong
{
	int64_t n[2];
	DriftWide sum[2][2]; /* of side and score */
	DriftWide square[2]; /* of the difference of both scores */
} DriftDelong;

typedef struct DriftDelongResult
{
	double auc[2];
	double difference; /* first minus second */
	double standard_error;
	DriftTest test; /* z and its two-sided p-value */
} DriftDelongResult;

/* The doubled placement of a row in a group of equal scores, less that of no skill; below and equal count rows of the other side. */
static inline int64_t
drift_delong_placement(bool positive, int64_t below, int64_t equal, int64_t others)
{
	int64_t ahead = 2 * below + equal - others;

	return positive ? ahead : -ahead;
}

/* Takes a row with its placements by both scores. */
static inline void
drift_delong_add(DriftDelong *d, bool positive, int64_t first, int64_t second)
{
	DriftWide difference = (DriftWide) first - second;

	d->sum[positive][0] += first;
	d->sum[positive][1] += second;
	d->square[positive] += difference * difference;
}

/*
 * Takes all rows from the keys (sample.h) of their scores: the positive ones
 * first, then the negative ones. d->n says how many, at most DRIFT_SAMPLE_LARGE
 * together; the sums are zeros. Room: order, scratch and place for all rows.
 */
void drift_delong_rows(DriftDelong *d, const uint64_t *x, const uint64_t *y, uint64_t *order, uint64_t *scratch,
					   int64_t *place, void (*poll)(void));

/*
 * The areas, and the test that they are equal. Without rows of a side all is
 * NaN, with a single row of a side the standard error and what follows. No
 * spread: p is 1 where the areas are equal, else 0.
 */
DriftDelongResult drift_delong(const DriftDelong *d);

#endif
