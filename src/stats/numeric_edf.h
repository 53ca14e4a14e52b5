/*
 * numeric_edf.h
 *		The statistics of edf.h of two numeric profiles, with bounds where a
 *		profile is a summary. When both profiles are exact, low = value = high
 *		and the value is that of the rows themselves.
 *
 * Between two neighbouring values of the profiles F - G lies between two
 * numbers, and the rows there are at least and at most so many: each
 * statistic is a sum, an integral or a maximum that these bound. Where rows of
 * a gap might all be equal the bounds allow for it.
 */
#ifndef DRIFT_STATS_NUMERIC_EDF_H
#define DRIFT_STATS_NUMERIC_EDF_H

#include <stdbool.h>

#include "stats/interval.h"
#include "stats/numeric.h"

typedef struct DriftNumericEdf
{
	DriftInterval cramer_von_mises; /* T */
	DriftInterval anderson_darling; /* A^2, not standardised */
	DriftInterval kuiper;           /* V */
	DriftInterval energy_distance;
	bool constant; /* all rows hold one value */
} DriftNumericEdf;

/* DRIFT_EMPTY_REFERENCE or DRIFT_EMPTY_CURRENT without values on a side. O(keys). */
DriftStatus drift_numeric_edf(const DriftNumeric *reference, const DriftNumeric *current, DriftNumericEdf *result);

#endif
