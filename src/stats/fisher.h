/*
 * fisher.h
 *		Fisher's exact test of two proportions.
 */
#ifndef DRIFT_STATS_FISHER_H
#define DRIFT_STATS_FISHER_H

#include <stdint.h>

#include "stats/hypothesis.h"

/*
 * Two-sided test, as scipy.stats.fisher_exact of the table
 * [[success_r, n - success_r], [success_c, m - success_c]]. The statistic is
 * the sample odds ratio, that of the reference over that of the current side;
 * the p-value is the probability, given the margins, of all tables that are at
 * most as probable as this one. Nothing but successes, or nothing but
 * failures: odds ratio NaN, p 1. An empty side or wrong counts: NaN.
 *
 * Tables are equally probable within 1e-13 of the logarithm (scipy: 1e-14 of
 * the probability). The time grows with the standard deviation of a cell, at
 * most sqrt(n + m) / 4: some 10^5 steps for 10^9 rows a side. poll (may be
 * NULL) is called now and then and may leave by a jump.
 */
DriftTest drift_fisher_exact(int64_t success_r, int64_t n, int64_t success_c, int64_t m, void (*poll)(void));

#endif
