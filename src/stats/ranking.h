/*
 * ranking.h
 *		How well the first places of a ranking are filled.
 *
 * Rows with the same score have no order: what is answered is the mean over
 * all orders of them, in closed form (McSherry and Najork 2008). What is asked
 * of relevant rows is NaN where there are none.
 */
#ifndef DRIFT_STATS_RANKING_H
#define DRIFT_STATS_RANKING_H

#include <stdint.h>

#include "stats/sum.h"

/* A ranking read from its top, one group of equal scores after the other. */
typedef struct DriftRanking
{
	int64_t k; /* places that count */
	void (*poll)(void);
	int64_t rows;       /* read */
	int64_t relevant;   /* of them */
	DriftSum gain;      /* discounted by log2(1 + place), in the first k places */
	DriftSum hits;      /* relevant rows expected there */
	DriftSum precision; /* sum over those of the precision down to them */
	double found;       /* probability that there is one */
	double reciprocal;  /* expected 1 / place of the first */
} DriftRanking;

/* k >= 1; poll is called now and then, or NULL. */
void drift_ranking_init(DriftRanking *r, int64_t k, void (*poll)(void));

/* Takes rows of one score, all those of smaller ones later: how many, how many of them are relevant, and the sum of their gains. */
void drift_ranking_add(DriftRanking *r, int64_t rows, int64_t relevant, double gains);

/*
 * The discounted gain over that of the best ranking, which another DriftRanking
 * has: one that was given each row for itself, the largest gain first.
 */
double drift_ranking_ndcg(const DriftRanking *r, const DriftRanking *best);

/* Of the mean over the relevant rows, at most k of them, of the precision down to them. */
double drift_ranking_average_precision(const DriftRanking *r);

/* Relevant rows in the first k places: over k, over all relevant rows; the probability of any; 1 / place of the first. */
double drift_ranking_precision(const DriftRanking *r);
double drift_ranking_recall(const DriftRanking *r);
double drift_ranking_hit_rate(const DriftRanking *r);
double drift_ranking_reciprocal_rank(const DriftRanking *r);

#endif
