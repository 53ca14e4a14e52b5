/*
 * divergence.c
 *		How far two distributions over the same bins are apart.
 *
 * Near-equal shares are what a quiet stream looks like, so each term is written
 * to keep its relative accuracy there: differences come from cross products of
 * counts, which are exact below 2^53, and never from logarithms of nearly 1.
 */
#include "stats/divergence.h"

#include <math.h>

#include "stats/special.h"

void
drift_divergence_init(DriftDivergence *d, int64_t n_reference, int64_t n_current, double floor)
{
	*d = (DriftDivergence) {
		.n_reference = n_reference > 0 ? (double) n_reference : (double) NAN,
		.n_current = n_current > 0 ? (double) n_current : (double) NAN,
		.floor = floor >= 0 ? floor : (double) NAN
	};
}

/* ln(a / b) of two shares; ln(0 / 0) is only ever multiplied by zero. */
static double
log_ratio(double a, double b)
{
	double		excess = (a - b) / b;

	if (a == b)
		return 0;
	return fabs(excess) < 0.5 ? log1p(excess) : log(a / b);
}

/* fmax() would swallow a NaN. */
static double
raise_to(double floor, double share)
{
	return share < floor || isnan(floor) ? floor : share;
}

/*
 * (1 + x) ln(1 + x) + (1 - x) ln(1 - x), |x| <= 1: a bin's part in the
 * Jensen-Shannon divergence as a function of x = (p - q) / (p + q).
 * Its series is the sum of x^2k / (k (2k - 1)).
 */
static double
entropy_gap(double x)
{
	double		square = x * x;
	double		power = square;
	double		sum = 0;

	if (fabs(x) >= 1)
		return 2 * log(2);
	if (square > 0.04)
		return (1 + x) * log1p(x) + (1 - x) * log1p(-x);
	for (int k = 1; k <= 12; k++)
	{
		sum += power / (k * (2 * k - 1));
		power *= square;
	}
	return sum;
}

void
drift_divergence_step(DriftDivergence *d, int64_t c_reference, int64_t c_current)
{
	double		r = c_reference > 0 ? (double) c_reference : 0;
	double		c = c_current > 0 ? (double) c_current : 0;
	double		p = r / d->n_reference;
	double		q = c / d->n_current;
	double		sum = p + q;
	double		difference = (r * d->n_current - c * d->n_reference) /
		(d->n_reference * d->n_current);
	double		floored_p = raise_to(d->floor, p);
	double		floored_q = raise_to(d->floor, q);

	d->tv += fabs(difference) / 2;

	/* kl: nothing times the logarithm of anything is nothing */
	if (floored_p != floored_q)
	{
		double		log_pq = log_ratio(floored_p, floored_q);

		d->psi += (floored_p - floored_q) * log_pq;
		if (floored_p != 0)
			d->kl += floored_p * log_pq;
	}
	if (sum > 0)
	{
		double		roots = sqrt(p) + sqrt(q);
		double		root_difference = difference / roots;

		d->js += sum * entropy_gap(difference / sum) / 4;
		d->hellinger += root_difference * root_difference / 2;
	}
}

/* An empty side has no bins that could have made the sum NaN. */
static double
unless_empty(const DriftDivergence *d, double result)
{
	return isnan(d->n_reference) || isnan(d->n_current) ? (double) NAN : result;
}

double
drift_psi(const DriftDivergence *d)
{
	return unless_empty(d, isnan(d->floor) ? (double) NAN : d->psi);
}

double
drift_kl_divergence(const DriftDivergence *d)
{
	return unless_empty(d, isnan(d->floor) ? (double) NAN : d->kl);
}

double
drift_js_distance(const DriftDivergence *d)
{
	return unless_empty(d, sqrt(fmin(d->js / log(2), 1)));
}

double
drift_hellinger_distance(const DriftDivergence *d)
{
	return unless_empty(d, sqrt(fmin(d->hellinger, 1)));
}

double
drift_total_variation(const DriftDivergence *d)
{
	return unless_empty(d, fmin(d->tv, 1));
}

/* 1/n + 1/m: the variance of the difference of two means, in units of the variance. */
static double
sampling_factor(int64_t n, int64_t m)
{
	return n > 0 && m > 0 ? 1 / (double) n + 1 / (double) m : (double) NAN;
}

double
drift_psi_chance(int64_t bins, int64_t n, int64_t m)
{
	return bins > 0 ? (double) (bins - 1) * sampling_factor(n, m) : (double) NAN;
}

double
drift_psi_p_value(double psi, int64_t bins, int64_t n, int64_t m)
{
	double		scaled = psi / sampling_factor(n, m);

	if (bins == 1)				/* one bin cannot differ */
		return isnan(scaled) ? scaled : 1;
	return drift_chi2_sf(scaled, (double) bins - 1);
}
