/*
 * correction.h
 *		p-values corrected for their number.
 */
#ifndef DRIFT_STATS_CORRECTION_H
#define DRIFT_STATS_CORRECTION_H

#include <stdint.h>

/*
 * Benjamini and Hochberg (1995), in place: of k ascending p-values the i-th
 * becomes p k / i, made monotone from the largest down and at most 1. A NaN
 * counts as the largest.
 */
void drift_correct_ascending(double *p_values, uint32_t k);

/*
 * Holm (1979), in place: the i-th of k ascending p-values becomes p (k - i + 1),
 * made monotone from the smallest up and at most 1. Keeps the probability of any
 * false rejection, whatever the dependence. A NaN counts as the largest.
 */
void drift_correct_holm(double *p_values, uint32_t k);

/* Bonferroni, in place: p k, at most 1. */
void drift_correct_bonferroni(double *p_values, uint32_t k);

#endif
