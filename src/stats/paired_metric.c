/*
 * paired_metric.c
 *		Metrics of two models on the same rows, for tests that draw rows again.
 */
#include "stats/paired_metric.h"

#include <math.h>
#include <string.h>

static const char *const names[] = {
	[DRIFT_METRIC_LOG_LOSS] = "log_loss",
	[DRIFT_METRIC_BRIER] = "brier",
	[DRIFT_METRIC_MAE] = "mae",
	[DRIFT_METRIC_MSE] = "mse",
	[DRIFT_METRIC_RMSE] = "rmse",
	[DRIFT_METRIC_ACCURACY] = "accuracy",
	[DRIFT_METRIC_BALANCED_ACCURACY] = "balanced_accuracy",
	[DRIFT_METRIC_PRECISION] = "precision",
	[DRIFT_METRIC_RECALL] = "recall",
	[DRIFT_METRIC_SPECIFICITY] = "specificity",
	[DRIFT_METRIC_F1] = "f1",
	[DRIFT_METRIC_MCC] = "mcc",
	[DRIFT_METRIC_ROC_AUC] = "roc_auc",
};

#define METRICS ((int) (sizeof(names) / sizeof(names[0])))

int
drift_metric_find(const char *name)
{
	for (int metric = 0; metric < METRICS; metric++)
		if (strcmp(names[metric], name) == 0)
			return metric;
	return -1;
}

const char *
drift_metric_name(int metric)
{
	return metric >= 0 && metric < METRICS ? names[metric] : NULL;
}

/* -log of the probability given to what was true */
static double
log_loss(double probability, double actual)
{
	double clipped = fmin(fmax(probability, 0x1p-52), 1 - 0x1p-52);

	return actual != 0 ? -log(clipped) : -log1p(-clipped);
}

double
drift_metric_loss(DriftPairedMetric metric, double prediction, double actual)
{
	double error = prediction - actual;

	if (metric == DRIFT_METRIC_LOG_LOSS)
		return log_loss(prediction, actual);
	return metric == DRIFT_METRIC_MAE ? fabs(error) : error * error;
}

/* Rows by what a model said and what was true */
typedef struct Decisions
{
	double tp;
	double fp;
	double fn;
	double tn;
} Decisions;

static Decisions
decisions_of(const int64_t *cells, int model)
{
	double rows[4] = {0};

	for (uint32_t c = 0; c < DRIFT_PAIRED_CELLS; c++)
		rows[(c >> 2) << 1 | (model == 0 ? c >> 1 & 1 : c & 1)] += (double) cells[c];
	return (Decisions){.tp = rows[3], .fn = rows[2], .fp = rows[1], .tn = rows[0]};
}

double
drift_metric_of_cells(DriftPairedMetric metric, const int64_t *cells, int model)
{
	Decisions d = decisions_of(cells, model);

	switch (metric)
	{
		case DRIFT_METRIC_ACCURACY:
			return (d.tp + d.tn) / (d.tp + d.tn + d.fp + d.fn);
		case DRIFT_METRIC_BALANCED_ACCURACY:
			return (d.tp / (d.tp + d.fn) + d.tn / (d.tn + d.fp)) / 2;
		case DRIFT_METRIC_PRECISION:
			return d.tp / (d.tp + d.fp);
		case DRIFT_METRIC_RECALL:
			return d.tp / (d.tp + d.fn);
		case DRIFT_METRIC_SPECIFICITY:
			return d.tn / (d.tn + d.fp);
		case DRIFT_METRIC_F1:
			return 2 * d.tp / (2 * d.tp + d.fp + d.fn);
		case DRIFT_METRIC_MCC:
			return (d.tp * d.tn - d.fp * d.fn) /
				   (sqrt((d.tp + d.fp) * (d.tp + d.fn)) * sqrt((d.tn + d.fp) * (d.tn + d.fn)));
		default:
			return (double) NAN;
	}
}
