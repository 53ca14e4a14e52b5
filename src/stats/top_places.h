/*
 * top_places.h
 *		How well the first places of a ranking are filled.
 *
 * Rows with the same score have no order: what is answered is the mean over
 * all orders of them, in closed form (McSherry and Najork 2008). What is asked
 * of relevant rows is NaN where there are none.
 */
#ifndef DRIFT_STATS_TOP_PLACES_H
#define DRIFT_STATS_TOP_PLACES_H

#include <stdint.h>

#include "stats/sum.h"

/* A ranking read from its top, one group of equal scores after the other. */
typedef struct DriftTopPlaces
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
} DriftTopPlaces;

/* k >= 1; poll is called now and then, or NULL. */
void drift_top_init(DriftTopPlaces *r, int64_t k, void (*poll)(void));

/* Takes rows of one score, all those of smaller ones later: how many, how many of them are relevant, and the sum of their gains. */
void drift_top_add(DriftTopPlaces *r, int64_t rows, int64_t relevant, double gains);

/*
 * The discounted gain over that of the best ranking, which another DriftTopPlaces
 * has: one that was given each row for itself, the largest gain first.
 */
double drift_top_ndcg(const DriftTopPlaces *r, const DriftTopPlaces *best);

/* Of the mean over the relevant rows, at most k of them, of the precision down to them. */
double drift_top_average_precision(const DriftTopPlaces *r);

/* Relevant rows in the first k places: over k, over all relevant rows; the probability of any; 1 / place of the first. */
double drift_top_precision(const DriftTopPlaces *r);
double drift_top_recall(const DriftTopPlaces *r);
double drift_top_hit_rate(const DriftTopPlaces *r);
double drift_top_reciprocal_rank(const DriftTopPlaces *r);

#endif
