/*
 * mmd.h
 *		Maximum mean discrepancy of two samples (Gretton et al. 2012, "A kernel
 *		two-sample test"), with a permutation p-value.
 *
 * The kernel is exp(-d^2 / s), d the Euclidean distance of two points. The
 * statistic is the unbiased estimator of MMD^2: the mean of the kernel over
 * pairs of different rows of the reference, plus that of the current side,
 * minus twice that over pairs of both. It may be negative.
 */
#ifndef DRIFT_STATS_MMD_H
#define DRIFT_STATS_MMD_H

#include <stddef.h>
#include <stdint.h>

/* Points of a side. */
#define DRIFT_MMD_MIN 2
#define DRIFT_MMD_MAX 10000

/* Counters that drift_mmd_scale() needs. */
#define DRIFT_MMD_COUNTERS 65536

/* n_reference points and then n_current points, of so many numbers each. */
typedef struct DriftPoints
{
	uint32_t n_reference;
	uint32_t n_current;
	uint32_t dimensions;
	const double *values;
} DriftPoints;

typedef struct DriftMmd
{
	double statistic;
	double p_value;
} DriftMmd;

/*
 * s by the median heuristic: the lower median of d^2 over all pairs of
 * different points that are not equal, both sides together, so that it does
 * not change when labels are dealt anew. 0 where all points are equal, NaN
 * where a distance is not finite.
 */
double drift_mmd_scale(const DriftPoints *points, uint32_t counters[DRIFT_MMD_COUNTERS], void (*poll)(void));

/* Bytes of room, aligned as a double, that drift_mmd() needs. */
size_t drift_mmd_room(const DriftPoints *points, uint32_t permutations);

/*
 * The test. The kernel matrix is made row by row and never kept: each row is
 * added to the sums of all permutations. p = (b + 1) / (permutations + 1), with
 * b the deals at least as large as the observed one (within 1e-12). A scale of
 * 0 gives statistic 0 and p 1; NaN, and sides outside DRIFT_MMD_MIN to
 * DRIFT_MMD_MAX points, give NaN.
 */
DriftMmd drift_mmd(const DriftPoints *points, double scale, uint32_t permutations, uint64_t seed, void *room,
				   void (*poll)(void));

#endif
