/*
 * cbpe.h
 *		How good a binary classifier is, estimated of its calibrated probabilities alone.
 *
 * Confidence-based performance estimation: a row whose probability is p is p
 * of a positive row and 1 - p of a negative one, and metrics are computed of
 * these parts. Definitions are NannyML's, but for what is not determined,
 * which is NaN here and 0 there, and for cumulated sums, which it rounds to
 * five digits.
 *
 * The same counts with outcomes in place of probabilities give the realised
 * metrics, so that both are read in one way.
 */
#ifndef DRIFT_STATS_CBPE_H
#define DRIFT_STATS_CBPE_H

#include <stdbool.h>

#include "stats/calibration.h"
#include "stats/sum.h"

typedef enum DriftEstimated
{
	DRIFT_ESTIMATED_ROC_AUC,
	DRIFT_ESTIMATED_AVERAGE_PRECISION,
	DRIFT_ESTIMATED_ACCURACY,
	DRIFT_ESTIMATED_PRECISION,
	DRIFT_ESTIMATED_RECALL,
	DRIFT_ESTIMATED_SPECIFICITY,
	DRIFT_ESTIMATED_F1,
	DRIFT_ESTIMATED_LOG_LOSS,
	DRIFT_ESTIMATED_BRIER,
	DRIFT_ESTIMATED_METRICS /* how many */
} DriftEstimated;

/* Rows in descending order of their score. Starts as zeros. */
typedef struct DriftCbpe
{
	int64_t n;
	int64_t predicted;  /* rows with a positive prediction */
	DriftSum positives; /* sum of the probabilities */
	DriftSum hits;      /* of those of rows with a positive prediction */
	DriftSum log_loss;
	DriftSum brier;
	DriftSum area;      /* below the ROC curve, in pairs */
	DriftSum precision; /* below the curve of precision over recall, in rows */
	bool outside;       /* a score was not from 0 to 1 */
} DriftCbpe;

/*
 * Adds rows of one score, not above the last one, and of one probability. Of
 * their places in the order each is as good as the other: the ROC curve is a
 * line there, that of precision is what NannyML's is row by row.
 */
void drift_cbpe_add(DriftCbpe *c, double score, double probability, int64_t rows, int64_t predicted);

/* Cells of the confusion matrix: expected rows. */
typedef struct DriftExpectedCells
{
	double tp;
	double fp;
	double fn;
	double tn;
} DriftExpectedCells;

DriftExpectedCells drift_cbpe_cells(const DriftCbpe *c);

/* All metrics; NaN where the rows do not determine one. */
void drift_cbpe_metrics(const DriftCbpe *c, double metrics[DRIFT_ESTIMATED_METRICS]);

/* Metrics of cells, from accuracy to f1, at their places. */
void drift_cell_metrics(const DriftExpectedCells *cells, double metrics[DRIFT_ESTIMATED_METRICS]);

/*
 * By how much realised metrics vary by chance: the standard error of a metric
 * on n rows is deviation / sqrt(n * share).
 */
typedef struct DriftSamplingError
{
	double deviation;
	double share; /* of the rows that the metric depends on */
} DriftSamplingError;

/*
 * Realised metrics of the reference and their sampling errors. cells are of
 * its predictions. The errors are NannyML's; that of the average precision is
 * the deviation of 50 resamples, which are drawn row by row here (Poisson)
 * with a seed of their own; those of log loss and Brier score, which it does
 * not estimate, are the deviation of their terms.
 */
void drift_reference_metrics(const DriftScored *scored, const DriftExpectedCells *cells,
							 double metrics[DRIFT_ESTIMATED_METRICS]);

/*
 * Deviation of the area under the ROC curve with both of its terms (DeLong,
 * DeLong and Clarke-Pearson 1988), for the class shares of the reference: its
 * standard error on n rows is that over sqrt(n). NannyML's has the term of the
 * rarer class alone.
 */
double drift_auc_deviation(const DriftScored *scored);
void drift_sampling_errors(const DriftScored *scored, const DriftExpectedCells *cells,
						   DriftSamplingError errors[DRIFT_ESTIMATED_METRICS]);

#endif
