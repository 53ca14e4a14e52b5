#include "stats/bounded_divergence.h"

#include <math.h>

void
drift_bounded_divergence_init(DriftBoundedDivergence *d, DriftDivergenceKind kind,
							  int64_t n_reference, int64_t n_current, double floor)
{
	d->kind = kind;
	d->floor = kind == DRIFT_PSI || kind == DRIFT_KL_DIVERGENCE ? floor : 0.0;
	d->n_reference = (double) n_reference;
	d->n_current = (double) n_current;
	d->sum = (DriftInterval) {0.0, 0.0, 0.0};
}

/* x * log2(x / mean), continued by 0 at x = 0. */
static double
entropy_term(double x, double mean)
{
	return x > 0.0 ? x * log2(x / mean) : 0.0;
}

static double
term(DriftDivergenceKind kind, double p, double q)
{
	double		root;

	switch (kind)
	{
		case DRIFT_PSI:
			return (p - q) * log(p / q);
		case DRIFT_KL_DIVERGENCE:
			return p * log(p / q);
		case DRIFT_JS_DISTANCE:
			return (entropy_term(p, (p + q) / 2) + entropy_term(q, (p + q) / 2)) / 2;
		case DRIFT_HELLINGER_DISTANCE:
			root = sqrt(p) - sqrt(q);
			return root * root / 2;
		case DRIFT_TOTAL_VARIATION:
			return fabs(p - q) / 2;
	}
	return NAN;
}

/* The rows of a bin as a share of its side, floored. */
static DriftInterval
share_of(const DriftBoundedDivergence *d, DriftCount count, double n)
{
	DriftInterval share;

	share.value = fmax(count.value / n, d->floor);
	share.low = fmax(fmax(count.low, 0.0) / n, d->floor);
	share.high = fmax(fmin(count.high, n) / n, d->floor);
	return share;
}

static double
smallest_term(DriftDivergenceKind kind, DriftInterval p, DriftInterval q)
{
	if (kind == DRIFT_KL_DIVERGENCE)
	{
		/* falls in q; in p it falls up to q / e and rises from there */
		double		turn = q.high / exp(1.0);

		return term(kind, fmin(fmax(turn, p.low), p.high), q.high);
	}
	if (p.low > q.high)
		return term(kind, p.low, q.high);
	if (q.low > p.high)
		return term(kind, p.high, q.low);
	return 0.0;
}

/* The term is convex, and Kullback-Leibler's falls in q. */
static double
largest_term(DriftDivergenceKind kind, DriftInterval p, DriftInterval q)
{
	double		other = kind == DRIFT_KL_DIVERGENCE ? q.low : q.high;

	return fmax(term(kind, p.high, q.low), term(kind, p.low, other));
}

void
drift_bounded_divergence_step(DriftBoundedDivergence *d, DriftCount reference, DriftCount current)
{
	DriftInterval p = share_of(d, reference, d->n_reference);
	DriftInterval q = share_of(d, current, d->n_current);
	double		value = term(d->kind, p.value, q.value);

	d->sum.value += value;
	if (p.low == p.high && q.low == q.high)
	{
		d->sum.low += value;
		d->sum.high += value;
		return;
	}
	d->sum.low += smallest_term(d->kind, p, q);
	d->sum.high += largest_term(d->kind, p, q);
}

DriftInterval
drift_bounded_divergence_finish(const DriftBoundedDivergence *d)
{
	DriftInterval result = d->sum;

	if (d->kind == DRIFT_JS_DISTANCE || d->kind == DRIFT_HELLINGER_DISTANCE)
	{
		result.value = sqrt(fmax(result.value, 0.0));
		result.low = sqrt(fmax(result.low, 0.0));
		result.high = sqrt(fmax(result.high, 0.0));
	}
	if (d->kind == DRIFT_JS_DISTANCE || d->kind == DRIFT_HELLINGER_DISTANCE ||
		d->kind == DRIFT_TOTAL_VARIATION)
		result.high = fmin(result.high, 1.0);
	return result;
}
