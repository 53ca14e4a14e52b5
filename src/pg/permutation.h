/*
 * permutation.h
 *		p-values by permutation, for other files than permutation.c.
 */
#ifndef DRIFT_PG_PERMUTATION_H
#define DRIFT_PG_PERMUTATION_H

#include "stats/numeric.h"

/*
 * The p-value by permutation of the KS distance of two profiles; false where
 * the usual one stands: with few repeated values, or if a side is a summary.
 */
extern bool TiedKsOfProfiles(const DriftNumeric *reference, const DriftNumeric *current, double *p_value);

#endif
