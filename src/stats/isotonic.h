/*
 * isotonic.h
 *		Isotonic regression of yes and no on a score, and the map from scores to probabilities it gives.
 *
 * Pool adjacent violators (Ayer, Brunk, Ewing, Reid and Silverman 1955): rows
 * come in ascending order of their score, and neighbours whose shares fall are
 * pooled. As scikit-learn's IsotonicRegression, the map is linear between the
 * ends of the pools and constant outside, and scores closer than 1e-15 are one.
 */
#ifndef DRIFT_STATS_ISOTONIC_H
#define DRIFT_STATS_ISOTONIC_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/status.h"

/* Scores that are pooled: the share of positive ones is the same from first to last. */
typedef struct DriftPool
{
	double first;
	double last;
	int64_t positives;
	int64_t rows;
} DriftPool;

/* A fit, in memory of the caller. Its pools may end with one that is still open. */
typedef struct DriftIsotonic
{
	DriftPool *pools;
	int64_t capacity;
	int64_t count;
	DriftPool open; /* the score that rows are being added to */
} DriftIsotonic;

static inline double
drift_pool_share(const DriftPool *pool)
{
	return (double) pool->positives / (double) pool->rows;
}

void drift_isotonic_init(DriftIsotonic *fit, DriftPool *pools, int64_t capacity);

/* Adds rows of a score that is not below the last one. DRIFT_NO_SPACE: nothing was added, there must be room for another pool. */
DriftStatus drift_isotonic_add(DriftIsotonic *fit, double score, int64_t positives, int64_t rows);

/* Ends the fit; the same. */
DriftStatus drift_isotonic_end(DriftIsotonic *fit);

/* A map from scores to probabilities: n knots of ascending scores; none: a score is its own probability. */
typedef struct DriftCalibration
{
	const double *scores;
	const double *probabilities;
	int64_t n;
} DriftCalibration;

/* Writes the knots of a fit that was ended, at most two for each pool; returns how many. */
int64_t drift_isotonic_knots(const DriftIsotonic *fit, double *scores, double *probabilities);

/* The probability of a score. */
double drift_calibrate(const DriftCalibration *map, double score);

/* The same for scores that come in order: near is where the last one was found, 0 at first. */
double drift_calibrate_near(const DriftCalibration *map, int64_t *near, double score);

#endif
