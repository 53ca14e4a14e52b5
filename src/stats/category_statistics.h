/*
 * category_statistics.h
 *		Statistics of two categorical profiles, with bounds where a profile is
 *		not exact. When both are, low = value = high and the value is that of the
 *		rows themselves.
 *
 * order is everywhere scratch for reference->used + current->used numbers.
 * DRIFT_TYPE_MISMATCH: text against boolean; DRIFT_EMPTY_REFERENCE and
 * DRIFT_EMPTY_CURRENT: no row has a value.
 */
#ifndef DRIFT_STATS_CATEGORY_STATISTICS_H
#define DRIFT_STATS_CATEGORY_STATISTICS_H

#include "stats/bounded_divergence.h"
#include "stats/category.h"
#include "stats/contingency.h"

/* Categories with less than one in so many rows of the reference share a bin in PSI and KL. */
#define DRIFT_POOL_DIVISOR 100

/*
 * PSI and its relatives (divergence.h).
 *
 * PSI and KL: the reference makes the bins, one for each of its categories with
 * at least 1 / DRIFT_POOL_DIVISOR of its rows and one for all its others. What the
 * reference does not have gets a bin per category where the reference is exact,
 * so that this can be known, and otherwise belongs to the others. On a
 * reference that is not exact the bins are those of its counts, and the
 * interval is about the rows in them. DRIFT_BAD_FLOOR: floor not in (0, 0.5).
 *
 * The distances take every category for itself; floor does not matter to them.
 * Where a side is not exact their value is over the labels that both sides
 * know, listed or certain to be absent, and one bin of all others. The upper
 * bound has the rows that no count speaks for disjoint: the terms d(p, q) are
 * convex and homogeneous, so that d(p + x, q + y) <= d(p, q) + d(x, 0) + d(0, y).
 * The lower bound, and both of PSI and KL, are those of bounded_divergence.h bin
 * by bin.
 */
DriftStatus drift_category_divergence(DriftDivergenceKind kind, const DriftCategory *reference,
									  const DriftCategory *current, double floor, uint32_t *order,
									  DriftInterval *result);

/*
 * A statistic of the table of both sides by category (contingency.h). Where a
 * side is not exact the table has the labels that both sides know and one
 * column for all others. It is exact for profiles that were only compacted;
 * otherwise the terms, which are (p - q)^2 over something for chi-square and
 * relative entropies for G, have the properties of the distances' terms and the
 * bounds are made as theirs.
 *
 * The largest difference of two shares needs no such table: every label's is
 * within the bounds of its counts, also that of labels that no side lists.
 */
DriftStatus drift_category_table(DriftTableStatistic kind, const DriftCategory *reference, const DriftCategory *current,
								 uint32_t *order, DriftIntervalTest *result);

/*
 * Rows of both sides of one of two categories, the one that comes last in
 * byte order ("true", "1", "yes"). DRIFT_TOO_MANY_CATEGORIES when there are more
 * than two in all, as there are where a profile is not exact.
 */
DriftStatus drift_category_larger_of_two(const DriftCategory *reference, const DriftCategory *current, uint32_t *order,
										 int64_t rows[2]);

#endif
