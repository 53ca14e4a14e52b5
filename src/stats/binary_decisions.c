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

	return share((1 + square) * d->tp, square * d->fn + d->fp);
}

double
drift_decisions_mcc(const DriftDecisions *d)
{
	double predicted = sqrt(d->tp + d->fp) * sqrt(d->fn + d->tn);
	double actual = sqrt(d->tp + d->fn) * sqrt(d->fp + d->tn);
	double wrong = d->fp * d->fn;
	double lost = fma(-d->fp, d->fn, wrong); /* by rounding wrong */
	double mcc = (fma(d->tp, d->tn, -wrong) + lost) / (predicted * actual);

	return mcc > 1 ? 1 : mcc < -1 ? -1 : mcc;
}
