/*
 * calibration.h
 *		Whether scores are better off calibrated, and the map that calibrates them.
 *
 * The rule is NannyML's: isotonic maps are fitted on nine tenths of the
 * reference, ten times; the tenths that were left out are pooled, and the
 * expected calibration error of their calibrated scores is held against that
 * of the scores as they are. NannyML draws the tenths with a shuffle that
 * depends on the order of the rows; here each tenth takes, of every ten rows
 * of a class next to each other by score, one at random, so that the answer
 * depends on the rows alone. Rows of one score count for each bin they lie in
 * by their share, where NannyML takes them in any order.
 */
#ifndef DRIFT_STATS_CALIBRATION_H
#define DRIFT_STATS_CALIBRATION_H

#include "stats/bins.h"
#include "stats/isotonic.h"

#define DRIFT_CALIBRATION_FOLDS 10
#define DRIFT_CALIBRATION_BINS 10

/* An area under the ROC curve above which scores are left as they are. */
#define DRIFT_CALIBRATION_PERFECT 0.999

/* Expected calibration error of rows that come in ascending order of their probability, in bins of equally many. */
typedef struct DriftCalibrationError
{
	int64_t n;
	int64_t width;    /* rows of a bin, the last one has the rest */
	int64_t last;     /* where the last one begins */
	int64_t seen;     /* rows before the bin that is being filled */
	double filled;    /* rows in it */
	double sum;       /* of their probabilities */
	double positives; /* of them */
	double error;     /* of the bins before, times n */
} DriftCalibrationError;

/* False: n rows cannot fill two bins. */
bool drift_calibration_error_init(DriftCalibrationError *e, int64_t n, int64_t bins);
void drift_calibration_error_add(DriftCalibrationError *e, double probability, int64_t positives, int64_t rows);
double drift_calibration_error(const DriftCalibrationError *e);

/* Scores of the rows that came true as negative [0] and as positive [1], ascending. */
typedef struct DriftScored
{
	DriftRanked side[2];
	void (*poll)(void); /* or NULL */
} DriftScored;

/* Which rows are tested: of a fold and a class, by rank among the scores of that class. */
typedef struct DriftFolds
{
	int count; /* at most DRIFT_CALIBRATION_FOLDS */
	bool (*tests)(const void *ctx, int fold, int side, int64_t rank);
	const void *ctx;
} DriftFolds;

/* The folds that depend on nothing but the rows. */
extern const DriftFolds drift_own_folds;

/* Area under the ROC curve; equal scores count half. NaN without rows of both classes. */
double drift_scored_auc(const DriftScored *scored);

/* Fits all rows. DRIFT_NO_SPACE: there must be room for more pools. */
DriftStatus drift_scored_fit(const DriftScored *scored, DriftIsotonic *fit);

/* Memory of the maps of all folds, of the caller. */
typedef struct DriftFoldRoom
{
	DriftPool *pools;
	double *scores; /* room for twice as many */
	double *probabilities;
	int64_t capacity;
} DriftFoldRoom;

/*
 * Errors of the tested rows as they are and calibrated; NaN where they are too
 * few for two bins. DRIFT_NO_SPACE: there must be room for more pools.
 */
DriftStatus drift_fold_errors(const DriftScored *scored, const DriftFolds *folds, const DriftFoldRoom *room,
							  double *before, double *after);

#endif
