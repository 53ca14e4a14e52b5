/*
 * nannyml.c
 *		Univariate drift methods of the Python library NannyML (0.13).
 */
#include "stats/nannyml.h"

#include <math.h>
#include <string.h>

#define NO_LIMIT ((double) INFINITY)

const DriftNannymlRule drift_nannyml_rules[DRIFT_NANNYML_METHODS] = {
	[DRIFT_NANNYML_JENSEN_SHANNON] = {"jensen_shannon", "js_distance", NO_LIMIT, true, true},
	[DRIFT_NANNYML_KOLMOGOROV_SMIRNOV] = {"kolmogorov_smirnov", "ks_distance", 1, true, false},
	[DRIFT_NANNYML_WASSERSTEIN] = {"wasserstein", "wasserstein_distance", NO_LIMIT, true, false},
	[DRIFT_NANNYML_HELLINGER] = {"hellinger", "hellinger_distance", NO_LIMIT, true, true},
	[DRIFT_NANNYML_CHI2] = {"chi2", "chi_square_test", NO_LIMIT, false, true},
	[DRIFT_NANNYML_L_INFINITY] = {"l_infinity", "l_infinity", NO_LIMIT, false, true}};

DriftNannymlMethod
drift_nannyml_find(const char *name)
{
	int method = 0;

	while (method < DRIFT_NANNYML_METHODS && strcmp(drift_nannyml_rules[method].name, name) != 0)
		method++;
	return (DriftNannymlMethod) method;
}

/* numpy's block: eight running sums, then what is left over */
static double
block_sum(const double *values, int64_t count)
{
	double running[8];
	double sum = 0;
	int64_t i = 0;

	if (count >= 8)
	{
		memcpy(running, values, sizeof(running));
		for (i = 8; i + 8 <= count; i += 8)
			for (int j = 0; j < 8; j++)
				running[j] += values[i + j];
		sum = ((running[0] + running[1]) + (running[2] + running[3])) +
			  ((running[4] + running[5]) + (running[6] + running[7]));
	}
	for (; i < count; i++)
		sum += values[i];
	return sum;
}

double
drift_numpy_sum(const double *values, int64_t count)
{
	int64_t half = count / 2 - count / 2 % 8;

	if (count <= 128)
		return block_sum(values, count);
	return drift_numpy_sum(values, half) + drift_numpy_sum(values + half, count - half);
}

/* Append what the chunk has outside the bins */
static int64_t
append_leftover(double *p, double *q, int64_t bins)
{
	double leftover = 1 - drift_numpy_sum(q, bins);

	if (!(leftover > 0))
		return bins;
	p[bins] = 0;
	q[bins] = leftover;
	return bins + 1;
}

static double
relative_entropy(double x, double y)
{
	return x > 0 ? x * log(x / y) : 0;
}

/* Sums of terms, in the order of drift_numpy_sum() */
typedef double (*Term)(double p, double q);

static double
sum_terms(Term term, const double *p, const double *q, int64_t count)
{
	double block[128];
	int64_t half = count / 2 - count / 2 % 8;

	if (count > 128)
		return sum_terms(term, p, q, half) + sum_terms(term, p + half, q + half, count - half);
	for (int64_t i = 0; i < count; i++)
		block[i] = term(p[i], q[i]);
	return block_sum(block, count);
}

static double
from_middle(double p, double q)
{
	return relative_entropy(p, (p + q) / 2);
}

static double
root_gap(double p, double q)
{
	double gap = sqrt(p) - sqrt(q);

	return gap * gap;
}

double
drift_nannyml_jensen_shannon(double *p, double *q, int64_t bins)
{
	int64_t count = append_leftover(p, q, bins);
	double sum_p = drift_numpy_sum(p, count);
	double sum_q = drift_numpy_sum(q, count);
	double divergence;

	for (int64_t i = 0; i < count; i++)
	{
		p[i] /= sum_p;
		q[i] /= sum_q;
	}
	divergence = (sum_terms(from_middle, p, q, count) + sum_terms(from_middle, q, p, count)) / log(2);
	return sqrt(fmax(divergence, 0) / 2);
}

double
drift_nannyml_hellinger(double *p, double *q, int64_t bins)
{
	return sqrt(sum_terms(root_gap, p, q, append_leftover(p, q, bins))) / sqrt(2);
}

double
drift_nannyml_binned_ks(const DriftEqualBins *bins, const DriftBinnedRows *reference, const DriftBinnedRows *chunk)
{
	double f = 0;
	double g = (double) chunk->below / (double) chunk->n;
	double largest = 0;

	for (int64_t bin = 0; bin < bins->count; bin++)
	{
		f += (double) reference->rows[bin] / (double) reference->n;
		g += (double) chunk->rows[bin] / (double) chunk->n;
		largest = fmax(largest, fabs(f - g));
	}
	return largest;
}

double
drift_nannyml_binned_wasserstein(const DriftEqualBins *bins, const DriftBinnedRows *reference,
								 const DriftBinnedRows *chunk)
{
	double width = drift_equal_bins_edge(bins, 1) - drift_equal_bins_edge(bins, 0);
	double below = chunk->below > 0 ? ((double) chunk->below + 1) / (double) chunk->n : 0;
	double f = 0;
	double g = 0;
	double area = 0;

	for (int64_t bin = 0; bin < bins->count; bin++)
	{
		f += (double) reference->rows[bin] / (double) reference->n;
		g += (double) chunk->rows[bin] / (double) chunk->n;
		area += fabs(f - (g + below)) * width;
	}
	return area + chunk->depth / (double) chunk->n + chunk->height / (double) chunk->n;
}

double
drift_nannyml_threshold(double *values, int64_t count, double limit)
{
	int64_t n = 0;
	double mean;
	double deviation;

	for (int64_t i = 0; i < count; i++)
		if (!isnan(values[i]))
			values[n++] = values[i];
	mean = drift_numpy_sum(values, n) / (double) n;
	for (int64_t i = 0; i < n; i++)
		values[i] = (values[i] - mean) * (values[i] - mean);
	deviation = sqrt(drift_numpy_sum(values, n) / (double) n);
	return mean + deviation * 3 >= limit ? limit : mean + deviation * 3;
}
