/*
 * sum.h
 *		A sum of many doubles that keeps the low bits adding loses.
 */
#ifndef DRIFT_STATS_SUM_H
#define DRIFT_STATS_SUM_H

#include <math.h>
#include <stdint.h>

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

/* Adds x as many times as rows says, >= 1, and loses no more than one by one. */
static inline void
drift_sum_add_rows(DriftSum *s, double x, int64_t rows)
{
	double product = x * (double) rows;

	drift_sum_add(s, product);
	if (rows > 1)
		s->low += fma(x, (double) rows, -product);
}

/* Infinite and NaN terms give what plain adding gives. */
static inline double
drift_sum_total(const DriftSum *s)
{
	return isfinite(s->high) ? s->high + s->low : s->high;
}

/* The sum over a number, rounded once: n equal terms over n are the term. */
static inline double
drift_sum_over(const DriftSum *s, double n)
{
	double mean = s->high / n;

	return isfinite(mean) ? mean + (fma(-mean, n, s->high) + s->low) / n : mean;
}

static inline double
drift_sum_mean(const DriftSum *s, int64_t n)
{
	return drift_sum_over(s, (double) n);
}

/* Adds what another sum has. */
static inline void
drift_sum_merge(DriftSum *s, const DriftSum *other)
{
	drift_sum_add(s, other->high);
	s->low += other->low;
}

/* Adds a product with the bits that multiplying loses. */
static inline void
drift_sum_add_product(DriftSum *s, double x, double y)
{
	double product = x * y;

	drift_sum_add(s, product);
	s->low += fma(x, y, -product);
}

#endif
