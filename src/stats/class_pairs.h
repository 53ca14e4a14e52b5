/*
 * class_pairs.h
 *		Metrics of a classifier from how many rows have each pair of predicted
 *		and actual class, with their standard errors.
 *
 * What is not determined is NaN: precision where nothing was predicted, recall
 * where nothing was there. Macro averages are over the classes that occur on
 * either side and count an undetermined precision or recall as 0, as
 * scikit-learn does; balanced accuracy is over the classes that occur in truth.
 * The correlation coefficient of Matthews is that of Gorodkin (2004) for any
 * number of classes.
 *
 * Standard errors are by the jackknife: the metric without one row, for each
 * cell, weighted by the rows in it (Efron and Stein, "The jackknife estimate of
 * variance", Annals of Statistics 9, 1981).
 */
#ifndef DRIFT_STATS_CLASS_PAIRS_H
#define DRIFT_STATS_CLASS_PAIRS_H

#include <stdint.h>

typedef enum DriftPairMetric
{
	DRIFT_PAIR_ACCURACY,
	DRIFT_PAIR_BALANCED_ACCURACY,
	DRIFT_PAIR_MACRO_PRECISION,
	DRIFT_PAIR_MACRO_RECALL,
	DRIFT_PAIR_MACRO_F1,
	DRIFT_PAIR_MCC,
	/* and of one class against all others */
	DRIFT_PAIR_PRECISION,
	DRIFT_PAIR_RECALL,
	DRIFT_PAIR_SPECIFICITY,
	DRIFT_PAIR_F1,
	DRIFT_PAIR_METRICS
} DriftPairMetric;

typedef struct DriftPairMetrics
{
	double value[DRIFT_PAIR_METRICS];
	double standard_error[DRIFT_PAIR_METRICS]; /* NaN with fewer than two rows */
	int64_t rows[DRIFT_PAIR_METRICS];          /* rows a metric is about */
} DriftPairMetrics;

/*
 * counts[predicted * classes + actual]; positive is a class or -1 for none;
 * scratch is for 3 * classes doubles. O(classes) for each cell with rows.
 */
void drift_class_pair_metrics(const int64_t *counts, uint32_t classes, int32_t positive, double *scratch,
							  DriftPairMetrics *result);

#endif
