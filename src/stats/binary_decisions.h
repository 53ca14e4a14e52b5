/*
 * binary_decisions.h
 *		How often yes-or-no decisions were right.
 *
 * Cells are rows or sums of weights, >= 0. A share of nothing is NaN: there is
 * no precision without a positive prediction and no recall without a positive.
 * Formulas: Fawcett (2006), An introduction to ROC analysis; Matthews (1975).
 */
#ifndef DRIFT_STATS_BINARY_DECISIONS_H
#define DRIFT_STATS_BINARY_DECISIONS_H

typedef struct DriftDecisions
{
	double tp; /* predicted yes, was yes */
	double fp; /* predicted yes, was no */
	double fn; /* predicted no, was yes */
	double tn; /* predicted no, was no */
} DriftDecisions;

double drift_decisions_accuracy(const DriftDecisions *d);
double drift_decisions_precision(const DriftDecisions *d);
double drift_decisions_recall(const DriftDecisions *d);
double drift_decisions_specificity(const DriftDecisions *d);

/* The mean of recall and specificity. */
double drift_decisions_balanced_accuracy(const DriftDecisions *d);

/* The weighted harmonic mean of precision and recall; recall counts beta times as much, beta >= 0. */
double drift_decisions_f_beta(const DriftDecisions *d, double beta);

/* Matthews' correlation of prediction and truth, -1 to 1. */
double drift_decisions_mcc(const DriftDecisions *d);

#endif
