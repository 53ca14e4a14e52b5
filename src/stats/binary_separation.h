/*
 * binary_separation.h
 *		How well scores put the positives above the negatives.
 *
 * Rows come by score, highest first, all rows of a score in one step. Counts
 * may be sums of weights. What one class alone does not determine is NaN.
 */
#ifndef DRIFT_STATS_BINARY_SEPARATION_H
#define DRIFT_STATS_BINARY_SEPARATION_H

#include "stats/binary_decisions.h"
#include "stats/sum.h"

typedef struct DriftSeparation
{
	double positives; /* all that will come */
	double negatives;
	double tp; /* those that came */
	double fp;
	double gap;          /* largest |tp negatives - fp positives| */
	DriftSum discordant; /* pairs whose negative is above, ties count half */
	DriftSum precision;  /* over the positives, at their score */
	DriftSum above;      /* over the positives, square of the negatives above */
	DriftSum below;      /* over the negatives, square of the positives below */
} DriftSeparation;

void drift_separation_init(DriftSeparation *r, double positives, double negatives);
void drift_separation_step(DriftSeparation *r, double positives, double negatives);

/* What is predicted when all that came are called positive. */
DriftDecisions drift_separation_decisions(const DriftSeparation *r);

/* The rest is for the end of the pass. */

/* Area under the ROC curve: the probability that a positive is above a negative, ties half. */
double drift_separation_auc(const DriftSeparation *r);

/* Standard error of the area by DeLong, DeLong and Clarke-Pearson (1988). Counts must be rows; NaN below two of a class. */
double drift_separation_auc_error(const DriftSeparation *r);

/* Average precision: the sum of precision times the recall gained, over the distinct scores. */
double drift_separation_average_precision(const DriftSeparation *r);

/* Kolmogorov-Smirnov distance of the scores of both classes. */
double drift_separation_ks(const DriftSeparation *r);

#endif
