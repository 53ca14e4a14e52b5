/*
 * kendall.h
 *		Kendall's tau-b of two columns, by counting inversions (Knight 1966).
 *
 * Pairs come in ascending order of x, and of y where x is equal. Their y's are
 * then sorted by merging, which counts the discordant pairs; sorted y's give
 * the ties of y. A host that has not all of them in memory does so in parts and
 * counts the inversions between parts while it merges them.
 */
#ifndef DRIFT_STATS_KENDALL_H
#define DRIFT_STATS_KENDALL_H

#include "stats/correlation.h"

/* Up to here the counts of pairs, and sums of cubes, are far from overflow. */
#define DRIFT_KENDALL_MAX (INT64_C(1) << 31)

/* Sums over the groups of t equal values of a column. */
typedef struct DriftTies
{
	int64_t pairs;  /* t (t - 1) / 2 */
	double triples; /* t (t - 1) (t - 2) */
	double spread;  /* t (t - 1) (2 t + 5) */
} DriftTies;

typedef struct DriftKendall
{
	int64_t n;
	int64_t discordant;
	int64_t joint; /* pairs of rows that are equal in both columns */
	DriftTies x;
	DriftTies y;
} DriftKendall;

/* Takes a group of t equal values. */
void drift_ties_add(DriftTies *ties, int64_t t);

/*
 * Sorts n keys ascending and returns the number of pairs i < j with
 * keys[i] > keys[j]; scratch has room for n, n is at most DRIFT_KENDALL_MAX.
 */
int64_t drift_sort_inversions(uint64_t *keys, int64_t n, uint64_t *scratch, void (*poll)(void));

/*
 * Counts n pairs of keys (sample.h), at most DRIFT_KENDALL_MAX. Room: order,
 * scratch and sequence for n keys each.
 */
void drift_kendall_pairs(DriftKendall *k, const uint64_t *x, const uint64_t *y, int64_t n, uint64_t *order,
						 uint64_t *scratch, uint64_t *sequence, void (*poll)(void));

/*
 * tau-b and its two-sided p-value, as scipy.stats.kendalltau(method='auto'):
 * without ties exact up to 33 pairs, or with at most one inversion either way
 * (Kendall 1970); otherwise the normal approximation with the variance under
 * ties. NaN for fewer than two pairs or a constant column.
 */
DriftTest drift_kendall(const DriftKendall *k);

#endif
