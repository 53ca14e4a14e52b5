/*
 * permutation.h
 *		Permutation tests of any statistic of two samples.
 *
 * If nothing drifted, the labels "reference" and "current" could have been
 * dealt to the rows in any other way. A permutation deals them anew, keeping
 * the sizes of both sides; the p-value is the share of deals, the observed one
 * among them, whose statistic is at least as large: (b + 1) / (B + 1).
 *
 * Equal rows are dealt together: the rows that hold one value are known, and
 * how many of them the reference gets is hypergeometric. A permutation so takes
 * O(distinct values), whatever the number of rows.
 */
#ifndef DRIFT_STATS_PERMUTATION_H
#define DRIFT_STATS_PERMUTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/random.h"

/* The rows of both sides together, by value. */
typedef struct DriftPooled
{
	int64_t n_reference;
	int64_t n_current;
	int64_t distinct;     /* values or categories */
	const double *values; /* ascending, not NaN; NULL for categories */
	const int64_t *upto;  /* distinct + 1 numbers: upto[i] rows hold one of the first i values */
} DriftPooled;

/*
 * The statistics by their names, numbered from 0. find() is -1 for a name that
 * is none, name() is NULL past the last. Some need numbers.
 */
int drift_permutation_find(const char *name);
const char *drift_permutation_name(int statistic);
bool drift_permutation_needs_numbers(int statistic);

/*
 * A statistic where reference_upto[i] rows of the reference hold one of the
 * first i values. Bins are cut from this reference, and rare categories pooled
 * by it, as divergence.h's users do; the value is that of the function of the
 * same name. NaN where that is.
 */
double drift_permutation_statistic(int statistic, const DriftPooled *pooled, const int64_t *reference_upto);

/* Deals the labels anew: fills reference_upto[0 .. distinct]. poll() is called now and then and may be NULL. */
void drift_permutation_deal(DriftRandom *random, const DriftPooled *pooled, int64_t *reference_upto,
							void (*poll)(void));

typedef struct DriftPermutationResult
{
	double statistic;
	double p_value;
} DriftPermutationResult;

/*
 * The test: B deals with the generator of random.h started from seed. A deal counts as at least
 * as large if it is so within 1e-12 of the observed statistic, for sums that
 * are equal on paper may differ in their last bits. With enough > 0 it ends as
 * soon as b = enough and p = b / deals so far, which is a valid p-value too (Besag
 * and Clifford 1991, "Sequential Monte Carlo p-values"); 0 for never.
 * reference_upto holds the observed rows and is overwritten. NaN for p where
 * the statistic is NaN.
 */
DriftPermutationResult drift_permutation_test(int statistic, const DriftPooled *pooled, int64_t *reference_upto,
											  int64_t permutations, int64_t enough, uint64_t seed, void (*poll)(void));

#endif
