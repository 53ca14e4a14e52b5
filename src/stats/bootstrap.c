/*
 * bootstrap.c
 *		Bootstrap of a statistic: rows are drawn again with replacement, many times.
 */
#include "stats/bootstrap.h"

#include <math.h>

#include "stats/counter_random.h"
#include "stats/sample.h"
#include "stats/special.h"

void
drift_bootstrap_add(double *sums, int64_t replicates, uint64_t seed, int64_t n, const double *values, int64_t first,
					int64_t count, void (*poll)(void))
{
	for (int64_t b = 0; b < replicates; b++)
	{
		uint64_t start = drift_counter_start(seed, (uint64_t) b);
		double sum = 0;

		if (poll)
			poll();
		for (int64_t draw = 0; draw < n; draw++)
		{
			uint64_t row = drift_counter_below(start, (uint64_t) draw, (uint64_t) n) - (uint64_t) first;

			if (row < (uint64_t) count)
				sum += values[row];
		}
		sums[b] += sum;
	}
}

void
drift_bootstrap_cells(int64_t *counts, uint32_t cells, const int64_t *upto, uint64_t seed, uint64_t stream)
{
	uint64_t start = drift_counter_start(seed, stream);
	int64_t n = upto[cells - 1];

	for (uint32_t c = 0; c < cells; c++)
		counts[c] = 0;
	for (int64_t draw = 0; draw < n; draw++)
	{
		int64_t row = (int64_t) drift_counter_below(start, (uint64_t) draw, (uint64_t) n);
		uint32_t cell = 0;

		for (uint32_t c = 0; c < cells - 1; c++)
			cell += row >= upto[c];
		counts[cell]++;
	}
}

double
drift_acceleration(const DriftJackknife *j)
{
	double scale = j->squares * sqrt(j->squares);

	return scale > 0 ? j->cubes / (6 * scale) : 0;
}

/* Moves the values that are numbers to the front and sorts them; returns how many there are */
static int64_t
sort_values(double *values, int64_t count, uint64_t *scratch)
{
	int64_t n = 0;

	for (int64_t i = 0; i < count; i++)
		if (!isnan(values[i]))
			scratch[n++] = drift_key_of(values[i]);
	drift_sort_keys(scratch, n, scratch + count, NULL);
	for (int64_t i = 0; i < n; i++)
		values[i] = drift_key_value(scratch[i]);
	return n;
}

static double
spread_of(const double *values, int64_t n)
{
	DriftMoments moments = {0};

	for (int64_t i = 0; i < n; i++)
		drift_moments_add(&moments, values[i]);
	return n > 1 ? sqrt(moments.m2 / (double) (n - 1)) : (double) NAN;
}

/* numpy's linear quantile of sorted values */
static double
quantile(const double *values, int64_t n, double share)
{
	double place = share * (double) (n - 1);
	int64_t below = (int64_t) place;
	double part = place - (double) below;

	if (isnan(share))
		return share;
	if (below >= n - 1)
		return values[n - 1];
	return part == 0 ? values[below] : values[below] + (values[below + 1] - values[below]) * part;
}

/* How many values are below a number, those within slack of it by half */
static double
rank_of(const double *values, int64_t n, double number, double slack)
{
	int64_t below = 0;
	int64_t upto = 0;

	for (int64_t i = 0; i < n; i++)
	{
		below += values[i] < number - slack;
		upto += values[i] <= number + slack;
	}
	return (double) (below + upto) / 2;
}

static double
normal_cdf(double z)
{
	return drift_normal_sf(-z);
}

/* The share of the replicates where the BCa interval ends, z being the normal quantile of its level */
static double
bca_share(double bias, double acceleration, double z)
{
	return normal_cdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
}

/* The level of the one-sided BCa interval that ends at a place among the replicates */
static double
bca_level(double bias, double acceleration, double share)
{
	double z = drift_normal_quantile(share) - bias;

	return normal_cdf(z / (1 + acceleration * z) - bias);
}

DriftBootstrap
drift_bootstrap(double estimate, double acceleration, double *values, int64_t replicates, uint64_t *scratch,
				double slack, double confidence)
{
	double tail = (1 - confidence) / 2;
	double z = drift_normal_quantile(tail);
	int64_t n = isfinite(estimate) ? sort_values(values, replicates, scratch) : 0;
	DriftBootstrap result = {n, (double) NAN, (double) NAN, (double) NAN, (double) NAN, (double) NAN, (double) NAN};
	double bias;
	double level;

	if (n == 0)
		return result;
	bias = drift_normal_quantile(rank_of(values, n, estimate, slack) / (double) n);
	result.standard_error = spread_of(values, n);
	result.percentile_low = quantile(values, n, tail);
	result.percentile_high = quantile(values, n, 1 - tail);
	if (!isfinite(bias))
		return result;
	result.low = quantile(values, n, bca_share(bias, acceleration, z));
	result.high = quantile(values, n, bca_share(bias, acceleration, -z));
	level = bca_level(bias, acceleration, (rank_of(values, n, 0, slack) + 0.5) / (double) (n + 1));
	result.p_value = 2 * fmin(level, 1 - level);
	return result;
}
