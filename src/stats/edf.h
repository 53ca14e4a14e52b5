/*
 * edf.h
 *		One pass over two sorted samples for the statistics of the difference
 *		F - G of their empirical distribution functions: Cramer-von Mises,
 *		Anderson-Darling, Kuiper and energy distance together.
 *
 * As in two_sample.h the caller merges the samples and steps once per distinct
 * value, ascending. Infinities are ordinary values at the ends of the order;
 * NaN is missing and must not come.
 */
#ifndef DRIFT_STATS_EDF_H
#define DRIFT_STATS_EDF_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/interval.h"
#include "stats/sum.h"

typedef struct DriftEdf
{
	int64_t n_reference;
	int64_t n_current;
	int64_t seen_reference; /* rows up to and including the last value */
	int64_t seen_current;
	int64_t values; /* distinct ones */
	double last_value;
	double gap;        /* (F - G) n m after the last value: a whole number, rounded to a double */
	double highest;    /* of all gaps, 0 at least */
	double lowest;     /* of all gaps, 0 at most */
	DriftSum squares;  /* over the rows: gap^2 before the row's value and after it */
	DriftSum weighted; /* over the rows: (gap before + gap after)^2, weighted as Anderson and Darling do */
	DriftSum area;     /* integral of (F - G)^2 */
	double ties;       /* what ties add to twelve times Cramer-von Mises' numerator, over n - m */
	bool valid;        /* counts fit the totals, values ascend */
} DriftEdf;

/* Begins a pass over samples of these sizes. With an empty side every result is NaN. */
void drift_edf_init(DriftEdf *e, int64_t n_reference, int64_t n_current);

/*
 * Takes the next larger value and how many rows of each side equal it. Wrong
 * input (NaN, a value that does not ascend, more rows than announced) is
 * remembered and makes every result NaN.
 */
void drift_edf_step(DriftEdf *e, double value, int64_t c_reference, int64_t c_current);

/*
 * Two-sample Cramer-von Mises T (Anderson 1962) with midranks for equal
 * values, as scipy.stats.cramervonmises_2samp. Computed as n m / (n + m)^2
 * times the sum over the rows of the mean of (F - G)^2 before and after the
 * row's value, which has no cancellation, plus what midranks of equal values
 * add where the samples differ in size (nothing without equal values).
 */
double drift_edf_cramer_von_mises(const DriftEdf *e);

/*
 * What that addition is when c rows of the samples, c_reference and c_current,
 * have one value: to be added up, times (n - m) / (12 n m (n + m)^2).
 */
double drift_edf_tie_term(double n, double m, double c_reference, double c_current);

/*
 * Two-sample Anderson-Darling A^2 with midranks, not standardised: equation 7
 * of Scholz and Stephens, "K-sample Anderson-Darling tests" (1987), for k = 2.
 * 0 where all values are equal.
 */
double drift_edf_anderson_darling(const DriftEdf *e);

/* Kuiper's V = max (F - G) + max (G - F), exact but for the division. */
double drift_edf_kuiper(const DriftEdf *e);

/*
 * Energy distance sqrt(2 integral (F - G)^2), in the root of the unit of the
 * values. As in scipy.stats.energy_distance an infinity gives infinity, or NaN
 * where two infinities of a sign would have to be subtracted.
 */
double drift_edf_energy_distance(const DriftEdf *e);

/* Whether all rows of both sides hold one value. */
bool drift_edf_is_constant(const DriftEdf *e);

#endif
