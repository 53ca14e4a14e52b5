/*
 * sum.h
 *		A sum of many doubles that keeps the low bits adding loses.
 */
#ifndef DRIFT_STATS_SUM_H
#define DRIFT_STATS_SUM_H

#include <math.h>

/* Starts as zeros. */
typedef struct DriftSum
{
	double high;
	double low;
} DriftSum;

/* Knuth, The Art of Computer Programming 2, section 4.2.2: the exact error of an addition, without a branch. */
static inline void
drift_sum_add(DriftSum *s, double x)
{
	double high = s->high + x;
	double part = high - s->high;

	s->low += (s->high - (high - part)) + (x - part);
	s->high = high;
}

/* Infinite and NaN terms give what plain adding gives. */
static inline double
drift_sum_total(const DriftSum *s)
{
	return isfinite(s->high) ? s->high + s->low : s->high;
}

#endif
