/*
 * profile_auc.h
 *		How well scores tell two classes apart, from a profile of the scores of
 *		each class.
 *
 * Exact profiles give what the rows give. Of summaries the rows between two
 * neighbouring keys are taken as spread evenly over the numbers between them;
 * for the area under the ROC curve and the KS statistic the interval is given
 * in which that of the rows lies.
 */
#ifndef DRIFT_STATS_PROFILE_AUC_H
#define DRIFT_STATS_PROFILE_AUC_H

#include "stats/interval.h"
#include "stats/numeric.h"

#define DRIFT_CALIBRATION_BINS 10

typedef struct DriftProfileAuc
{
	int64_t positives;
	int64_t negatives;
	DriftInterval auc; /* ties count one half */
	/*
	 * DeLong, DeLong and Clarke-Pearson, "Comparing the areas under two or more
	 * correlated receiver operating characteristic curves", Biometrics 44 (1988);
	 * NaN with fewer than two rows of a class.
	 */
	double auc_standard_error;
	DriftInterval ks;
	double average_precision; /* sum of the steps of recall times precision, as scikit-learn has it */
	/*
	 * Expected calibration error over so many bins of one width: the sum of
	 * |positives - sum of scores| of each bin over all rows; the first bin has
	 * its lower end, each its upper. NaN where scores are no probabilities.
	 */
	double calibration_error;
} DriftProfileAuc;

/* DRIFT_EMPTY_REFERENCE: no positive row; DRIFT_EMPTY_CURRENT: no negative row. O(keys). */
DriftStatus drift_profile_auc(const DriftNumeric *positive, const DriftNumeric *negative, DriftProfileAuc *result);

#endif
