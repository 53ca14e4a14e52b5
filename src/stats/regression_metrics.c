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

/* Chan, Golub and LeVeque (1979) */
static void
merge_deviations(DriftRegression *r, const DriftRegression *other)
{
	double mine = drift_sum_total(&r->weight);
	double theirs = drift_sum_total(&other->weight);
	double delta = other->mean - r->mean;
	double share = theirs / (mine + theirs);

	r->deviations += other->deviations + delta * delta * mine * share;
	r->mean += delta * share;
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
	merge_deviations(r, other);
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

double
drift_r2(const DriftRegression *r)
{
	return r->deviations > 0 ? 1 - drift_sum_total(&r->square) / r->deviations : (double) NAN;
}

double
drift_max_error(const DriftRegression *r)
{
	return r->n > 0 ? r->largest : (double) NAN;
}

double
drift_mean_actual(const DriftRegression *r)
{
	return r->n > 0 ? r->mean : (double) NAN;
}

double
drift_mean_prediction(const DriftRegression *r)
{
	return drift_mean_actual(r) + drift_bias(r);
}
