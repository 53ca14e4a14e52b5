#include "stats/binary_decisions.h"

#include <math.h>

/* 0 / 0 is NaN, and nothing here is divided by 0 otherwise. */
static double
share(double part, double rest)
{
	return part / (part + rest);
}

double
drift_decisions_accuracy(const DriftDecisions *d)
{
	return share(d->tp + d->tn, d->fp + d->fn);
}

double
drift_decisions_precision(const DriftDecisions *d)
{
	return share(d->tp, d->fp);
}

double
drift_decisions_recall(const DriftDecisions *d)
{
	return share(d->tp, d->fn);
}

double
drift_decisions_specificity(const DriftDecisions *d)
{
	return share(d->tn, d->fp);
}

double
drift_decisions_balanced_accuracy(const DriftDecisions *d)
{
	return (drift_decisions_recall(d) + drift_decisions_specificity(d)) / 2;
}

double
drift_decisions_f_beta(const DriftDecisions *d, double beta)
{
	double square = beta * beta;
	double missed = square > 1 ? 1 / (1 + 1 / square) : square / (1 + square); /* of one, where a square may overflow */

	return share(d->tp, missed * d->fn + (1 - missed) * d->fp);
}

/* Cells of which products do not overflow; a power of two rounds nothing. */
static DriftDecisions
scaled(const DriftDecisions *d)
{
	int exponent;
	double scale;

	frexp(d->tp + d->fp + d->fn + d->tn, &exponent);
	scale = scalbn(1, -exponent);
	return (DriftDecisions){d->tp * scale, d->fp * scale, d->fn * scale, d->tn * scale};
}

double
drift_decisions_mcc(const DriftDecisions *d)
{
	DriftDecisions s = scaled(d);
	double predicted = sqrt((s.tp + s.fp) * (s.fn + s.tn));
	double actual = sqrt((s.tp + s.fn) * (s.fp + s.tn));
	double wrong = s.fp * s.fn;
	double lost = fma(-s.fp, s.fn, wrong); /* by rounding wrong */
	double mcc = (fma(s.tp, s.tn, -wrong) + lost) / (predicted * actual);

	return mcc > 1 ? 1 : mcc < -1 ? -1 : mcc;
}
