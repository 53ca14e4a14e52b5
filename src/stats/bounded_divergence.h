/*
 * bounded_divergence.h
 *		PSI and its relatives when the rows of a bin are only known to lie in an
 *		interval, as they are on summaries.
 *
 * Every one of them is a sum over bins of a term in the two shares. All but
 * Kullback-Leibler's are zero at equal shares and grow as the shares move
 * apart, so over a box of shares the term is largest at a far corner and
 * smallest where the intervals come closest. The bounds of the sum are the sums
 * of the bounds: rigorous, and wider than they need to be, since they ignore
 * that shares add up to one.
 */
#ifndef DRIFT_STATS_BOUNDED_DIVERGENCE_H
#define DRIFT_STATS_BOUNDED_DIVERGENCE_H

#include "stats/divergence.h"
#include "stats/interval.h"

typedef enum DriftDivergenceKind
{
	DRIFT_PSI,
	DRIFT_KL_DIVERGENCE,
	DRIFT_JS_DISTANCE,
	DRIFT_HELLINGER_DISTANCE,
	DRIFT_TOTAL_VARIATION
} DriftDivergenceKind;

/* The statistic of that kind. */
double drift_divergence_result(DriftDivergenceKind kind, const DriftDivergence *d);

/* Rows of one side in one bin: the estimate, and how many there are at least and at most. */
typedef struct DriftCount
{
	int64_t value;
	int64_t low;
	int64_t high;
} DriftCount;

typedef struct DriftBoundedDivergence
{
	DriftDivergenceKind kind;
	DriftDivergence value;
	DriftDivergence low;
	DriftDivergence high;
} DriftBoundedDivergence;

void drift_bounded_divergence_init(DriftBoundedDivergence *d, DriftDivergenceKind kind, int64_t n_reference,
								   int64_t n_current, double floor);

/* Adds a bin. */
void drift_bounded_divergence_step(DriftBoundedDivergence *d, DriftCount reference, DriftCount current);

/* The statistic over the bins added, as divergence.h defines it. */
DriftInterval drift_bounded_divergence_finish(const DriftBoundedDivergence *d);

#endif
