/*
 * pick.h
 *		Quantiles of a sample whose values come by in ascending order.
 */
#ifndef DRIFT_STATS_PICK_H
#define DRIFT_STATS_PICK_H

#include <stdint.h>

#define DRIFT_PICK_MAX 3

/* Up to DRIFT_PICK_MAX quantiles; each lies between two ranks. */
typedef struct DriftPick
{
	int64_t n;
	int64_t seen;
	int count;
	double position[DRIFT_PICK_MAX]; /* rank of each quantile, with its fraction */
	double below[DRIFT_PICK_MAX];    /* the value at the rank before it */
	double above[DRIFT_PICK_MAX];    /* and after it */
} DriftPick;

/* Begins a pass over n >= 1 values for the quantiles at these shares, 0 to 1. */
void drift_pick_init(DriftPick *pick, int64_t n, const double *shares, int count);

/* Takes the next larger value and how many rows hold it. */
void drift_pick_step(DriftPick *pick, double value, int64_t rows);

/* A quantile after the pass: numpy's 'linear'. */
double drift_pick_quantile(const DriftPick *pick, int i);

#endif
