#include "stats/bounded_divergence.h"

#include <math.h>

void
drift_bounded_divergence_init(DriftBoundedDivergence *d, DriftDivergenceKind kind, int64_t n_reference,
							  int64_t n_current, double floor)
{
	d->kind = kind;
	drift_divergence_init(&d->value, n_reference, n_current, floor);
	d->low = d->value;
	d->high = d->value;
}

double
drift_divergence_result(DriftDivergenceKind kind, const DriftDivergence *d)
{
	switch (kind)
	{
		case DRIFT_PSI:
			return drift_psi(d);
		case DRIFT_KL_DIVERGENCE:
			return drift_kl_divergence(d);
		case DRIFT_JS_DISTANCE:
			return drift_js_distance(d);
		case DRIFT_HELLINGER_DISTANCE:
			return drift_hellinger_distance(d);
		case DRIFT_TOTAL_VARIATION:
			return drift_total_variation(d);
	}
	return NAN;
}

/* What a bin with these rows adds; every statistic grows with its sum of terms, so one bin's result ranks them. */
static double
alone(const DriftBoundedDivergence *d, int64_t reference, int64_t current)
{
	DriftDivergence one;

	drift_divergence_init(&one, d->value.n_reference, d->value.n_current, d->value.floor);
	drift_divergence_step(&one, reference, current);
	return drift_divergence_result(d->kind, &one);
}

/* The term is convex, so it is largest at a corner; Kullback-Leibler's falls with the current side's share. */
static void
step_high(DriftBoundedDivergence *d, DriftCount reference, DriftCount current)
{
	int64_t other = d->kind == DRIFT_KL_DIVERGENCE ? current.low : current.high;

	if (alone(d, reference.high, current.low) >= alone(d, reference.low, other))
		drift_divergence_step(&d->high, reference.high, current.low);
	else
		drift_divergence_step(&d->high, reference.low, other);
}

/* p ln(p / q) falls with q; in p it falls down to -q / e at p = q / e and rises from there. */
static void
step_low_kl(DriftBoundedDivergence *d, DriftCount reference, DriftCount current)
{
	double q = fmax((double) current.high / (double) d->low.n_current, d->low.floor);
	double turn = q / exp(1.0);

	if (turn <= fmax((double) reference.low / (double) d->low.n_reference, d->low.floor))
		drift_divergence_step(&d->low, reference.low, current.high);
	else if (turn >= (double) reference.high / (double) d->low.n_reference)
		drift_divergence_step(&d->low, reference.high, current.high);
	else
		d->low.kl -= turn;
}

static void
step_low(DriftBoundedDivergence *d, DriftCount reference, DriftCount current)
{
	double n = (double) d->low.n_reference;
	double m = (double) d->low.n_current;

	if (d->kind == DRIFT_KL_DIVERGENCE)
		step_low_kl(d, reference, current);
	else if ((double) reference.low / n > (double) current.high / m)
		drift_divergence_step(&d->low, reference.low, current.high);
	else if ((double) current.low / m > (double) reference.high / n)
		drift_divergence_step(&d->low, reference.high, current.low);
	/* otherwise the shares may be equal */
}

void
drift_bounded_divergence_step(DriftBoundedDivergence *d, DriftCount reference, DriftCount current)
{
	drift_divergence_step(&d->value, reference.value, current.value);
	if (reference.low == reference.high && current.low == current.high)
	{
		drift_divergence_step(&d->low, reference.low, current.low);
		drift_divergence_step(&d->high, reference.low, current.low);
		return;
	}
	step_low(d, reference, current);
	step_high(d, reference, current);
}

DriftInterval
drift_bounded_divergence_finish(const DriftBoundedDivergence *d)
{
	DriftInterval result;

	result.value = drift_divergence_result(d->kind, &d->value);
	result.low = drift_divergence_result(d->kind, &d->low);
	result.high = drift_divergence_result(d->kind, &d->high);
	return result;
}
