/*
 * binary_ranking.h
 *		How well scores put the positives above the negatives.
 *
 * Rows come by score, highest first, all rows of a score in one step. Counts
 * may be sums of weights. What one class alone does not determine is NaN.
 */
#ifndef DRIFT_STATS_BINARY_RANKING_H
#define DRIFT_STATS_BINARY_RANKING_H

#include "stats/binary_decisions.h"
#include "stats/sum.h"

typedef struct DriftRanking
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
} DriftRanking;

void drift_ranking_init(DriftRanking *r, double positives, double negatives);
void drift_ranking_step(DriftRanking *r, double positives, double negatives);

/* What is predicted when all that came are called positive. */
DriftDecisions drift_ranking_decisions(const DriftRanking *r);

/* The rest is for the end of the pass. */

/* Area under the ROC curve: the probability that a positive is above a negative, ties half. */
double drift_ranking_auc(const DriftRanking *r);

/* Standard error of the area by DeLong, DeLong and Clarke-Pearson (1988). Counts must be rows; NaN below two of a class. */
double drift_ranking_auc_error(const DriftRanking *r);

/* Average precision: the sum of precision times the recall gained, over the distinct scores. */
double drift_ranking_average_precision(const DriftRanking *r);

/* Kolmogorov-Smirnov distance of the scores of both classes. */
double drift_ranking_ks(const DriftRanking *r);

#endif
