/*
 * regression_metrics.h
 *		How far predicted numbers are from the actual ones.
 *
 * As scikit-learn 1.9 defines them; errors are prediction less actual value.
 * Sums keep the bits that adding loses. What the rows do not determine is NaN.
 */
#ifndef DRIFT_STATS_REGRESSION_METRICS_H
#define DRIFT_STATS_REGRESSION_METRICS_H

#include <float.h>
#include <stdbool.h>

#include "stats/sum.h"

/* Rows, their weights, and a sum of weights times something. */
typedef struct DriftWeightedMean
{
	int64_t n;
	DriftSum weight;
	DriftSum sum;
} DriftWeightedMean;

static inline void
drift_weighted_mean_add(DriftWeightedMean *m, double value, double weight)
{
	m->n++;
	drift_sum_add(&m->weight, weight);
	drift_sum_add(&m->sum, value * weight);
}

void drift_weighted_mean_merge(DriftWeightedMean *m, const DriftWeightedMean *other);

/* NaN without rows */
double drift_weighted_mean(const DriftWeightedMean *m);

/* The parts of the sums that a caller needs. */
typedef enum DriftRegressionParts
{
	DRIFT_REGRESSION_ERRORS = 1,     /* all but those of the others */
	DRIFT_REGRESSION_PERCENTAGE = 2, /* mape, smape */
	DRIFT_REGRESSION_LOGARITHMS = 4  /* msle */
} DriftRegressionParts;

typedef struct DriftRegression
{
	int64_t n;
	DriftSum weight;
	DriftSum error; /* weights times the error, */
	DriftSum absolute;
	DriftSum square;
	DriftSum percentage; /* its size over that of the actual value, */
	DriftSum symmetric;  /* twice its size over the sizes of both, */
	DriftSum logarithm;  /* the square of the difference of log(1 + x) */
	bool no_logarithm;   /* a value is -1 or less */
	double largest;      /* size of an error */
	double origin;       /* an actual value, */
	DriftSum shifted;    /* distance of them from it, */
	DriftSum shifted_square;
} DriftRegression;

static inline double
drift_log1p_difference(double prediction, double actual)
{
	return log1p(prediction) - log1p(actual);
}

/* Takes a row of numbers that are not NaN and a finite weight above 0. parts is a constant where speed matters. */
static inline void
drift_regression_add(DriftRegression *r, int parts, double prediction, double actual, double weight)
{
	/* of equal infinities too */
	double error = prediction == actual ? 0.0 : prediction - actual;
	double size = fabs(error);

	if (r->n++ == 0)
		r->origin = isfinite(actual) ? actual : 0;
	drift_sum_add(&r->weight, weight);
	if (parts & DRIFT_REGRESSION_ERRORS)
	{
		double shifted = actual - r->origin;

		drift_sum_add(&r->error, weight * error);
		drift_sum_add(&r->absolute, weight * size);
		drift_sum_add(&r->square, weight * (error * error));
		drift_sum_add(&r->shifted, weight * shifted);
		drift_sum_add(&r->shifted_square, weight * (shifted * shifted));
		r->largest = size > r->largest ? size : r->largest;
	}
	if (parts & DRIFT_REGRESSION_PERCENTAGE)
	{
		double sizes = fabs(prediction) + fabs(actual);

		drift_sum_add(&r->percentage, weight * (size / fmax(fabs(actual), DBL_EPSILON)));
		drift_sum_add(&r->symmetric, size > 0 ? weight * (2 * (size / sizes)) : 0);
	}
	if (parts & DRIFT_REGRESSION_LOGARITHMS)
	{
		double difference;

		if (prediction <= -1 || actual <= -1)
		{
			r->no_logarithm = true;
			return;
		}
		difference = prediction == actual ? 0.0 : drift_log1p_difference(prediction, actual);
		drift_sum_add(&r->logarithm, weight * (difference * difference));
	}
}

void drift_regression_merge(DriftRegression *r, const DriftRegression *other);

/* Means of the errors: absolute, squared, the root of that, signed. */
double drift_mae(const DriftRegression *r);
double drift_mse(const DriftRegression *r);
double drift_rmse(const DriftRegression *r);
double drift_bias(const DriftRegression *r);

/* Mean of |error| / max(|actual|, DBL_EPSILON), which is as large as that where an actual value is 0. */
double drift_mape(const DriftRegression *r);

/* Mean of 2 |error| / (|prediction| + |actual|), 0 where both are 0: 0 to 2. */
double drift_smape(const DriftRegression *r);

/* Mean of the squares of log(1 + prediction) - log(1 + actual), and its root; NaN with a value of -1 or less. */
double drift_msle(const DriftRegression *r);
double drift_rmsle(const DriftRegression *r);

/* 1 less the squared errors over the squared deviations of the actual values; NaN where those are all equal. */
double drift_r2(const DriftRegression *r);

double drift_max_error(const DriftRegression *r);
double drift_mean_actual(const DriftRegression *r);
double drift_mean_prediction(const DriftRegression *r);

/* The loss whose mean a predicted quantile minimises (Koenker and Bassett 1978): 0 <= quantile <= 1. */
static inline double
drift_pinball(double prediction, double actual, double quantile)
{
	double below = prediction == actual ? 0.0 : actual - prediction;

	return below >= 0 ? quantile * below : (quantile - 1) * below;
}

#endif
