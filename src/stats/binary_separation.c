#include "stats/binary_separation.h"

void
drift_separation_init(DriftSeparation *r, double positives, double negatives)
{
	*r = (DriftSeparation){.positives = positives, .negatives = negatives};
}

void
drift_separation_step(DriftSeparation *r, double positives, double negatives)
{
	double gap;

	if (positives > 0)
	{
		double above = r->fp + negatives / 2;
		double predicted = r->tp + positives + (r->fp + negatives);

		drift_sum_add(&r->discordant, positives * above);
		drift_sum_add(&r->above, positives * above * above);
		drift_sum_add(&r->precision, positives * (r->tp + positives) / predicted);
	}
	if (negatives > 0)
	{
		double below = r->positives - r->tp - positives / 2;

		drift_sum_add(&r->below, negatives * below * below);
	}
	r->tp += positives;
	r->fp += negatives;
	gap = fabs(r->tp * r->negatives - r->fp * r->positives);
	r->gap = gap > r->gap ? gap : r->gap;
}

DriftDecisions
drift_separation_decisions(const DriftSeparation *r)
{
	double fn = r->positives - r->tp;
	double tn = r->negatives - r->fp;

	/* sums of weights may differ by their rounding */
	return (DriftDecisions){r->tp, r->fp, fn > 0 ? fn : 0, tn > 0 ? tn : 0};
}

double
drift_separation_auc(const DriftSeparation *r)
{
	double pairs = r->positives * r->negatives;

	return (pairs - r->discordant.high - r->discordant.low) / pairs;
}

/* Variance of the mean of n values that are counts of other rows, given their sum and the sum of their squares. */
static double
placement_variance(const DriftSum *sum, const DriftSum *squares, double n, double other)
{
	double mean = sum->high / n;
	double product = mean * sum->high;
	double lost = fma(mean, sum->high, -product) + mean * sum->low;
	double off = fma(-mean, n, sum->high) + sum->low; /* what rounding took from the mean, n times */
	double spread = squares->high - product + (squares->low - lost - mean * off);

	return (spread > 0 ? spread : 0) / (n - 1) / n / (other * other);
}

double
drift_separation_auc_error(const DriftSeparation *r)
{
	double p = r->positives;
	double n = r->negatives;

	if (!(p > 1) || !(n > 1))
		return (double) NAN;
	return sqrt(placement_variance(&r->discordant, &r->above, p, n) +
				placement_variance(&r->discordant, &r->below, n, p));
}

double
drift_separation_average_precision(const DriftSeparation *r)
{
	return drift_sum_total(&r->precision) / r->positives;
}

double
drift_separation_ks(const DriftSeparation *r)
{
	return r->gap / (r->positives * r->negatives);
}
