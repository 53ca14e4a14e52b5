/*
 * paired_metric.h
 *		Metrics of two models on the same rows, for tests that draw rows again.
 *
 * A metric is the mean of a loss of each row, or its root; or it is made of
 * decisions, and the rows are counted in eight cells by what both models said
 * and what was true; or it is the area under the ROC curve.
 */
#ifndef DRIFT_STATS_PAIRED_METRIC_H
#define DRIFT_STATS_PAIRED_METRIC_H

#include <stdbool.h>
#include <stdint.h>

typedef enum DriftPairedMetric
{
	DRIFT_METRIC_LOG_LOSS,
	DRIFT_METRIC_BRIER,
	DRIFT_METRIC_MAE,
	DRIFT_METRIC_MSE,
	DRIFT_METRIC_RMSE,
	DRIFT_METRIC_ACCURACY,
	DRIFT_METRIC_BALANCED_ACCURACY,
	DRIFT_METRIC_PRECISION,
	DRIFT_METRIC_RECALL,
	DRIFT_METRIC_SPECIFICITY,
	DRIFT_METRIC_F1,
	DRIFT_METRIC_MCC,
	DRIFT_METRIC_ROC_AUC
} DriftPairedMetric;

#define DRIFT_PAIRED_CELLS 8

/* The metric of a name, -1 for none; the name of a metric, NULL past the last. */
int drift_metric_find(const char *name);
const char *drift_metric_name(int metric);

/* Is the truth a class, yes or no? */
static inline bool
drift_metric_is_binary(DriftPairedMetric metric)
{
	return metric != DRIFT_METRIC_MAE && metric != DRIFT_METRIC_MSE && metric != DRIFT_METRIC_RMSE;
}

/* Must predictions be probabilities? */
static inline bool
drift_metric_needs_probability(DriftPairedMetric metric)
{
	return metric == DRIFT_METRIC_LOG_LOSS || metric == DRIFT_METRIC_BRIER;
}

/* Is it the mean of a loss? */
static inline bool
drift_metric_is_mean(DriftPairedMetric metric)
{
	return metric <= DRIFT_METRIC_MSE;
}

/* Is it made of the counts of the cells? */
static inline bool
drift_metric_is_count(DriftPairedMetric metric)
{
	return metric >= DRIFT_METRIC_ACCURACY && metric <= DRIFT_METRIC_MCC;
}

/* The loss of a row; that of rmse is the squared error. Probabilities in log_loss are clipped by 2^-52, as scikit-learn. */
double drift_metric_loss(DriftPairedMetric metric, double prediction, double actual);

/* The cell of a row: a prediction of 0.5 or more says yes. */
static inline uint32_t
drift_metric_cell(double first, double second, bool actual)
{
	return (uint32_t) actual << 2 | (uint32_t) (first >= 0.5) << 1 | (uint32_t) (second >= 0.5);
}

/* The metric of a model, 0 or 1, from the rows in the cells; NaN where they do not determine it. */
double drift_metric_of_cells(DriftPairedMetric metric, const int64_t *cells, int model);

#endif
