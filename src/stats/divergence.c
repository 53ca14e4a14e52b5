/*
 * divergence.c
 *		How far two distributions over the same bins are apart.
 *
 * Near-equal shares are what a quiet stream looks like, so each term is written
 * to keep its relative accuracy there: differences come from cross products of
 * counts, which are exact, and never from logarithms of nearly 1.
 */
#include "stats/divergence.h"

#include <math.h>

#include "stats/special.h"

__extension__ typedef __int128 Wide;

void
drift_divergence_init(DriftDivergence *d, int64_t n_reference, int64_t n_current, double floor)
{
	*d = (DriftDivergence){
		.n_reference = n_reference, .n_current = n_current, .floor = floor >= 0 ? floor : (double) NAN};
}

/* Logarithm of a / b where difference is a - b, known better than by subtracting. */
static double
log_ratio(double a, double b, double difference)
{
	double excess = difference / b;

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
	double square = x * x;
	double power = square;
	double sum = 0;

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

/* psi and kl: shares raised to the floor. */
static void
add_log_ratio(DriftDivergence *d, double p, double q, double difference)
{
	double a = raise_to(d->floor, p);
	double b = raise_to(d->floor, q);
	double gap = a == p && b == q ? difference : a - b;
	double log_ab;

	if (gap == 0)
		return;
	log_ab = log_ratio(a, b, gap);
	d->psi += gap * log_ab;
	if (a != 0) /* nothing times the logarithm of anything is nothing */
		d->kl += a * log_ab;
}

void
drift_divergence_step(DriftDivergence *d, int64_t c_reference, int64_t c_current)
{
	int64_t r = c_reference > 0 ? c_reference : 0;
	int64_t c = c_current > 0 ? c_current : 0;
	double p = (double) r / (double) d->n_reference;
	double q = (double) c / (double) d->n_current;
	double sum = p + q;
	double difference = (double) ((Wide) r * d->n_current - (Wide) c * d->n_reference) /
						((double) d->n_reference * (double) d->n_current);
	double root_gap;

	if (r == 0 && c == 0)
		return;
	add_log_ratio(d, p, q, difference);
	root_gap = difference / (sqrt(p) + sqrt(q));
	d->js += sum * entropy_gap(difference / sum) / 4;
	d->hellinger += root_gap * root_gap / 2;
	d->tv += fabs(difference) / 2;
}

/* Without rows or with a wrong floor nothing is known, whatever the bins added up to. */
static double
if_known(const DriftDivergence *d, double floor, double result)
{
	return d->n_reference > 0 && d->n_current > 0 && !isnan(floor) ? result : (double) NAN;
}

double
drift_psi(const DriftDivergence *d)
{
	return if_known(d, d->floor, d->psi);
}

double
drift_kl_divergence(const DriftDivergence *d)
{
	return if_known(d, d->floor, d->kl);
}

double
drift_js_distance(const DriftDivergence *d)
{
	return if_known(d, 0, sqrt(fmin(d->js / log(2), 1)));
}

double
drift_hellinger_distance(const DriftDivergence *d)
{
	return if_known(d, 0, sqrt(fmin(d->hellinger, 1)));
}

double
drift_total_variation(const DriftDivergence *d)
{
	return if_known(d, 0, fmin(d->tv, 1));
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
	double scaled = psi / sampling_factor(n, m);

	if (bins == 1) /* one bin cannot differ */
		return isnan(scaled) ? scaled : 1;
	return drift_chi2_sf(scaled, (double) bins - 1);
}
