/*
 * wilcoxon.h
 *		Wilcoxon's signed-rank test of pairs.
 *
 * As scipy.stats.wilcoxon(zero_method='wilcox', correction=False): differences
 * of zero are left out, equal ones share their midrank. Midranks enter doubled,
 * so that sums are exact.
 */
#ifndef DRIFT_STATS_WILCOXON_H
#define DRIFT_STATS_WILCOXON_H

#include "stats/correlation.h"

/* Up to so many differences without ties the p-value is exact. */
#define DRIFT_WILCOXON_EXACT_MAX 50

typedef struct DriftWilcoxon
{
	int64_t n;          /* differences so far, none of them zero */
	DriftWide positive; /* doubled ranks of the positive ones, */
	DriftWide negative; /* of the negative ones */
	DriftWide ties;     /* sum of t^3 - t over groups of equal distances from zero */
} DriftWilcoxon;

/* Takes the next group of differences with the same distance from zero, in ascending order of that distance. */
void drift_wilcoxon_group(DriftWilcoxon *w, int64_t positive, int64_t negative);

typedef struct DriftWilcoxonResult
{
	double statistic; /* the smaller of both sums of ranks */
	double
		rank_biserial; /* their difference, positive less negative, as a share of their total: -1 to 1 (Kerby 2014) */
	double p_value;    /* two-sided */
} DriftWilcoxonResult;

/*
 * The test. zeros says how many differences were left out: with any, or with
 * ties, or with more than DRIFT_WILCOXON_EXACT_MAX differences the p-value is
 * that of the normal approximation with the variance under ties. No difference
 * at all: statistic 0, p 1.
 */
DriftWilcoxonResult drift_wilcoxon(const DriftWilcoxon *w, int64_t zeros);

#endif
