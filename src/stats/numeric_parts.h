/*
 * numeric_parts.h
 *		Inside of the numeric profile: what the files that change it share.
 */
#ifndef DRIFT_STATS_NUMERIC_PARTS_H
#define DRIFT_STATS_NUMERIC_PARTS_H

#include "stats/numeric.h"
#include "stats/numeric_search.h"

/* A grown profile ends in a guide to its keys; NULL for others. */
static inline DriftGuide *
drift_numeric_guide(const DriftNumeric *p)
{
	if (p->buffer_capacity < DRIFT_BUFFER)
		return NULL;
	return (DriftGuide *) (void *) (drift_numeric_buffer(p) + p->buffer_capacity);
}

/*
 * The smallest value is key `first`, the largest is the key before `end`; both
 * are equal if there are no rows. Only a profile that began with keys of
 * another one can have keys outside of them.
 */
void drift_numeric_range(const DriftNumeric *p, uint32_t *first, uint32_t *end);

/* To be called when keys have changed: a guide to the old ones would mislead. */
void drift_numeric_forget_guide(DriftNumeric *p);

/* Adds count finite values with that mean and sum of squared deviations to moments of `before` values. */
void drift_add_moments(double *mean, double *m2, int64_t before, int64_t count, double other_mean, double other_m2);
void drift_numeric_add_moments(DriftNumeric *p, int64_t before, int64_t count, double mean, double m2);

#endif
