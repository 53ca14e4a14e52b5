/*
 * bounded_divergence.h
 *		PSI and its relatives when the counts of a bin are only known to lie in
 *		an interval, as they are on summaries.
 *
 * Every one of them is a sum over bins of a term f(p, q) of the two shares.
 * All but Kullback-Leibler's are zero at p = q and grow as the shares move
 * apart, so over a box of shares the term is largest at a far corner and
 * smallest where the intervals come closest. The bounds of the sum are the sums
 * of the bounds: rigorous, and wider than they need to be, since they ignore
 * that shares add up to one.
 */
#ifndef DRIFT_STATS_BOUNDED_DIVERGENCE_H
#define DRIFT_STATS_BOUNDED_DIVERGENCE_H

#include <stdint.h>

/* A statistic and the interval in which the statistic of the full data lies. */
typedef struct DriftInterval
{
	double		value;
	double		low;
	double		high;
}			DriftInterval;

typedef enum DriftDivergenceKind
{
	DRIFT_PSI,
	DRIFT_KL_DIVERGENCE,
	DRIFT_JS_DISTANCE,
	DRIFT_HELLINGER_DISTANCE,
	DRIFT_TOTAL_VARIATION
}			DriftDivergenceKind;

/* Rows of one side in one bin: the estimate and what it can be at least and at most. */
typedef struct DriftCount
{
	double		value;
	double		low;
	double		high;
}			DriftCount;

typedef struct DriftBoundedDivergence
{
	DriftDivergenceKind kind;
	double		floor;			/* smallest share in PSI and Kullback-Leibler */
	double		n_reference;
	double		n_current;
	DriftInterval sum;
}			DriftBoundedDivergence;

static inline DriftCount
drift_exact_count(int64_t rows)
{
	DriftCount	count = {(double) rows, (double) rows, (double) rows};

	return count;
}

void		drift_bounded_divergence_init(DriftBoundedDivergence *d, DriftDivergenceKind kind,
										  int64_t n_reference, int64_t n_current, double floor);

/* Adds a bin. */
void		drift_bounded_divergence_step(DriftBoundedDivergence *d, DriftCount reference, DriftCount current);

/* The statistic over the bins added, as the functions of divergence.h define it. */
DriftInterval drift_bounded_divergence_finish(const DriftBoundedDivergence *d);

#endif
