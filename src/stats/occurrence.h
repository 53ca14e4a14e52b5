/*
 * occurrence.h
 *		Rows that only one of two samples has.
 */
#ifndef DRIFT_STATS_OCCURRENCE_H
#define DRIFT_STATS_OCCURRENCE_H

#include <stdint.h>

/*
 * Upper bound on the probability that k given rows all fall on the side of
 * n_own rows and none among n_other, at the best of so many tries: of all ways
 * to deal k rows to two sides, those that leave the other side none are at most
 * (n_own / (n_own + n_other))^k. 1 for k < 1.
 */
double drift_one_sided_rows(int64_t k, int64_t n_own, int64_t n_other, int64_t tries);

#endif
