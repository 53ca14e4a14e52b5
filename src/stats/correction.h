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

#endif
