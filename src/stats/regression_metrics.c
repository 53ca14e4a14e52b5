#include "stats/regression_metrics.h"

void
drift_weighted_mean_merge(DriftWeightedMean *m, const DriftWeightedMean *other)
{
	m->n += other->n;
	drift_sum_merge(&m->weight, &other->weight);
	drift_sum_merge(&m->sum, &other->sum);
}

double
drift_weighted_mean(const DriftWeightedMean *m)
{
	return drift_sum_over(&m->sum, drift_sum_total(&m->weight));
}

/* Takes the distances of the actual values from another origin. */
static void
merge_shifted(DriftRegression *r, const DriftRegression *other)
{
	double weight = drift_sum_total(&other->weight);
	double delta = other->origin - r->origin;

	drift_sum_merge(&r->shifted, &other->shifted);
	drift_sum_add_product(&r->shifted, delta, weight);
	drift_sum_merge(&r->shifted_square, &other->shifted_square);
	drift_sum_add_product(&r->shifted_square, 2 * delta, drift_sum_total(&other->shifted));
	drift_sum_add_product(&r->shifted_square, delta * delta, weight);
}

void
drift_regression_merge(DriftRegression *r, const DriftRegression *other)
{
	if (other->n == 0)
		return;
	if (r->n == 0)
	{
		*r = *other;
		return;
	}
	merge_shifted(r, other);
	r->n += other->n;
	drift_sum_merge(&r->weight, &other->weight);
	drift_sum_merge(&r->error, &other->error);
	drift_sum_merge(&r->absolute, &other->absolute);
	drift_sum_merge(&r->square, &other->square);
	drift_sum_merge(&r->percentage, &other->percentage);
	drift_sum_merge(&r->symmetric, &other->symmetric);
	drift_sum_merge(&r->logarithm, &other->logarithm);
	r->no_logarithm |= other->no_logarithm;
	r->largest = fmax(r->largest, other->largest);
}

static double
mean_of(const DriftRegression *r, const DriftSum *sum)
{
	return r->n > 0 ? drift_sum_over(sum, drift_sum_total(&r->weight)) : (double) NAN;
}

double
drift_mae(const DriftRegression *r)
{
	return mean_of(r, &r->absolute);
}

double
drift_mse(const DriftRegression *r)
{
	return mean_of(r, &r->square);
}

double
drift_rmse(const DriftRegression *r)
{
	return sqrt(drift_mse(r));
}

double
drift_bias(const DriftRegression *r)
{
	return mean_of(r, &r->error);
}

double
drift_mape(const DriftRegression *r)
{
	return mean_of(r, &r->percentage);
}

double
drift_smape(const DriftRegression *r)
{
	return mean_of(r, &r->symmetric);
}

double
drift_msle(const DriftRegression *r)
{
	return r->no_logarithm ? (double) NAN : mean_of(r, &r->logarithm);
}

double
drift_rmsle(const DriftRegression *r)
{
	return sqrt(drift_msle(r));
}

/*
 * Sum of the squared deviations from the mean. An error of the mean enters only
 * as its square, and the origin is one of the values, hence not far from it.
 */
static double
deviations(const DriftRegression *r)
{
	double weight = drift_sum_total(&r->weight);
	double mean = drift_sum_over(&r->shifted, weight);
	DriftSum twice = {2 * r->shifted.high, 2 * r->shifted.low};
	DriftSum sum = r->shifted_square;

	drift_sum_add_product(&twice, -mean, weight);
	drift_sum_add_product(&sum, -mean, drift_sum_total(&twice));
	return drift_sum_total(&sum);
}

double
drift_r2(const DriftRegression *r)
{
	double total = deviations(r);

	return total > 0 ? 1 - drift_sum_total(&r->square) / total : (double) NAN;
}

double
drift_max_error(const DriftRegression *r)
{
	return r->n > 0 ? r->largest : (double) NAN;
}

double
drift_mean_actual(const DriftRegression *r)
{
	return r->origin + mean_of(r, &r->shifted);
}

double
drift_mean_prediction(const DriftRegression *r)
{
	return drift_mean_actual(r) + drift_bias(r);
}
