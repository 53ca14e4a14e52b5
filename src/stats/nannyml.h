/*
 * nannyml.h
 *		Univariate drift methods of the Python library NannyML (0.13): distances
 *		of a chunk of rows from the whole reference, and a threshold from the
 *		reference's own chunks.
 *
 * Written down from the behaviour of NannyML 0.13.1 with numpy 2.4 and scipy
 * 1.17; test/reference/generate_parity.py compares the results with its own.
 * Where a chunk is like the reference these distances are made of the rounding
 * of sums, and alerts follow: so sums are taken in numpy's order.
 */
#ifndef DRIFT_STATS_NANNYML_H
#define DRIFT_STATS_NANNYML_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/equal_bins.h"

typedef enum DriftNannymlMethod
{
	DRIFT_NANNYML_JENSEN_SHANNON,
	DRIFT_NANNYML_KOLMOGOROV_SMIRNOV,
	DRIFT_NANNYML_WASSERSTEIN,
	DRIFT_NANNYML_HELLINGER,
	DRIFT_NANNYML_CHI2,
	DRIFT_NANNYML_L_INFINITY,
	DRIFT_NANNYML_METHODS /* how many */
} DriftNannymlMethod;

typedef struct DriftNannymlRule
{
	const char *name;   /* NannyML's own */
	const char *method; /* what drift calls the statistic */
	double limit;       /* of the threshold */
	bool numeric;
	bool categorical;
} DriftNannymlRule;

/* A p-value of chi2 below this is an alert; the other methods take thresholds from the reference's chunks. */
#define DRIFT_NANNYML_ALPHA 0.05

/* From so many reference values on, two methods read the reference from that many bins of equal width. */
#define DRIFT_NANNYML_LARGE 10000
#define DRIFT_NANNYML_BINS 10000

extern const DriftNannymlRule drift_nannyml_rules[DRIFT_NANNYML_METHODS];

/* The method of that name; DRIFT_NANNYML_METHODS when there is none. */
DriftNannymlMethod drift_nannyml_find(const char *name);

/* Sum in the order of numpy.sum(): pairs of blocks of at most 128, of eight running sums each. */
double drift_numpy_sum(const double *values, int64_t count);

/*
 * Distance of the shares q of a chunk from those of the reference, p, in the
 * same bins. What q lacks of 1 is one more bin that the reference does not
 * have: both arrays have room for it. Jensen-Shannon is the root of the base-2
 * divergence, 0..1.
 */
double drift_nannyml_jensen_shannon(double *p, double *q, int64_t bins);
double drift_nannyml_hellinger(double *p, double *q, int64_t bins);

/* Rows of a chunk, or of the reference, in bins of equal width. */
typedef struct DriftBinnedRows
{
	int64_t n;           /* all rows, also those beyond the bins */
	const int64_t *rows; /* in each bin */
	int64_t below;       /* rows below the first edge */
	double depth;        /* by how much, added up */
	double height;       /* the same above the last edge */
} DriftBinnedRows;

/* Largest distance of the two distribution functions at the bins' upper edges. */
double drift_nannyml_binned_ks(const DriftEqualBins *bins, const DriftBinnedRows *reference,
							   const DriftBinnedRows *chunk);

/*
 * Wasserstein-1 distance from the distribution functions at the bins' upper
 * edges; rows below them count one more than there are, as in NannyML.
 */
double drift_nannyml_binned_wasserstein(const DriftEqualBins *bins, const DriftBinnedRows *reference,
										const DriftBinnedRows *chunk);

/* Mean plus three population deviations of the values that are not NaN, at most limit; count >= 1. */
double drift_nannyml_threshold(double *values, int64_t count, double limit);

#endif
