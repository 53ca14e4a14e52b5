/*
 * numeric_statistics.h
 *		Statistics of two numeric profiles, with bounds where a profile is a
 *		summary. When both profiles are exact, low = value = high and the value
 *		is that of the rows themselves.
 */
#ifndef DRIFT_STATS_NUMERIC_STATISTICS_H
#define DRIFT_STATS_NUMERIC_STATISTICS_H

#include "stats/bounded_divergence.h"
#include "stats/contingency.h"
#include "stats/numeric.h"

/* A walk over the distinct values of two profiles, ascending; begins with {a, b, 0, 0}. */
typedef struct DriftNumericUnion
{
	const DriftNumeric *a;
	const DriftNumeric *b;
	uint32_t i;
	uint32_t j;
} DriftNumericUnion;

/* The next value and how many rows of each side equal it for certain; false at the end. */
bool drift_numeric_union_next(DriftNumericUnion *walk, double *value, int64_t *point_a, int64_t *point_b);

/*
 * The edges by which two profiles are compared: with bins = 0 those that the
 * current or else the reference profile has counted, otherwise those of
 * drift_reference_edges(). edges has room for DRIFT_MAX_EDGES.
 */
DriftStatus drift_numeric_common_edges(const DriftNumeric *reference, const DriftNumeric *current, uint32_t bins,
									   double *edges, uint32_t *edge_count);

/* Rows of p in each of the edge_count + 1 bins; exact where p has counted these bins or is exact itself. */
void drift_numeric_bin_counts(const DriftNumeric *p, const double *edges, uint32_t edge_count, DriftCount *counts);

/* PSI and its relatives (bounded_divergence.h) over common edges. */
DriftStatus drift_numeric_divergence(DriftDivergenceKind kind, const DriftNumeric *reference,
									 const DriftNumeric *current, uint32_t bins, double floor, DriftInterval *result);

/* What one walk over the keys of both profiles tells. */
typedef struct DriftNumericDistance
{
	DriftInterval ks;          /* sup |F - G| */
	DriftInterval wasserstein; /* integral of |F - G| */
	DriftInterval u;           /* Mann-Whitney U of the reference */
	double tie_term;           /* sum of t^3 - t over groups of equal values */
} DriftNumericDistance;

/* DRIFT_EMPTY_REFERENCE or DRIFT_EMPTY_CURRENT without values on a side. */
DriftStatus drift_numeric_distance(const DriftNumeric *reference, const DriftNumeric *current,
								   DriftNumericDistance *result);

/*
 * A statistic of the table of both sides by number (contingency.h), each a
 * category. Summaries no longer know the rows of every one:
 * DRIFT_TOO_MANY_CATEGORIES.
 */
DriftStatus drift_numeric_table(DriftTableStatistic kind, const DriftNumeric *reference, const DriftNumeric *current,
								DriftTableResult *result);

/* Rows of both sides with the larger of two values; DRIFT_TOO_MANY_CATEGORIES if there are or may be more than two. */
DriftStatus drift_numeric_larger_of_two(const DriftNumeric *reference, const DriftNumeric *current, int64_t rows[2]);

#endif
