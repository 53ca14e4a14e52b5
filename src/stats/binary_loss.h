/*
 * binary_loss.h
 *		How good probabilities of yes are: losses of a row, and calibration.
 *
 * Scores are probabilities, 0 to 1, not NaN.
 */
#ifndef DRIFT_STATS_BINARY_LOSS_H
#define DRIFT_STATS_BINARY_LOSS_H

#include <float.h>
#include <stdbool.h>
#include <stdint.h>

#include "stats/sum.h"

#define DRIFT_MAX_CALIBRATION_BINS 1000

/* Probabilities nearer to 0 or 1 than the precision of a double are taken as that near, as scikit-learn does. */
static inline double
drift_clip_probability(double score)
{
	return score < DBL_EPSILON ? DBL_EPSILON : score > 1 - DBL_EPSILON ? 1 - DBL_EPSILON : score;
}

/* Minus the natural logarithm of the probability that was given to what happened. */
static inline double
drift_log_loss(double score, bool actual)
{
	double p = drift_clip_probability(score);

	return actual ? -log(p) : -log1p(-p);
}

/* Brier's score of a row (1950): the square of the error. */
static inline double
drift_brier(double score, bool actual)
{
	double error = actual ? 1 - score : score;

	return error * error;
}

/* One of the bins of equal width between 0 and 1. */
typedef struct DriftCalibrationBin
{
	double rows; /* or the sum of their weights */
	DriftSum score;
	DriftSum positives;
} DriftCalibrationBin;

/* The lower edge of a bin, as numpy.linspace() rounds it. */
static inline double
drift_calibration_edge(uint32_t bin, uint32_t bins)
{
	return bin == bins ? 1 : (double) bin * (1 / (double) bins);
}

/* The bin of a score: (a, b], the first with 0. */
uint32_t drift_calibration_bin(double score, uint32_t bins);

void drift_calibration_add(DriftCalibrationBin *bin, double score, double positives, double negatives);
void drift_calibration_merge(DriftCalibrationBin *into, const DriftCalibrationBin *from, uint32_t bins);

/*
 * Expected calibration error: the mean over the rows of the distance, in each
 * bin, between the mean score and the share of positives (Naeini, Cooper and
 * Hauskrecht 2015). NaN without rows.
 */
double drift_expected_calibration_error(const DriftCalibrationBin *bin, uint32_t bins);

#endif
