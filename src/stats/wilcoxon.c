/*
 * wilcoxon.c
 *		Wilcoxon's signed-rank test of pairs.
 */
#include "stats/wilcoxon.h"

#include <math.h>

#include "stats/special.h"

#define MAX_SUM (DRIFT_WILCOXON_EXACT_MAX * (DRIFT_WILCOXON_EXACT_MAX + 1) / 2)

void
drift_wilcoxon_group(DriftWilcoxon *w, int64_t positive, int64_t negative)
{
	int64_t count = positive + negative;
	int64_t rank = 2 * w->n + count + 1;

	w->positive += (DriftWide) rank * positive;
	w->negative += (DriftWide) rank * negative;
	w->ties += drift_tie_cube(count);
	w->n += count;
}

/* P(sum of the ranks of one sign <= least) without ties, by counting the ways; exact in doubles as 2^50 is */
static double
exact_cdf(int64_t n, int64_t least)
{
	double ways[MAX_SUM + 1] = {1};
	double below = 0;

	for (int64_t rank = 1; rank <= n; rank++)
		for (int64_t sum = rank * (rank + 1) / 2; sum >= rank; sum--)
			ways[sum] += ways[sum - rank];
	for (int64_t sum = 0; sum <= least; sum++)
		below += ways[sum];
	return ldexp(below, (int) -n);
}

/* Twice the probability of a sum this far below its mean, by the normal approximation */
static double
approximate_p(const DriftWilcoxon *w, double statistic)
{
	double n = (double) w->n;
	double variance = (n * (n + 1) * (2 * n + 1) - (double) w->ties / 2) / 24;

	return 2 * drift_normal_sf(fabs(statistic - n * (n + 1) / 4) / sqrt(variance));
}

DriftWilcoxonResult
drift_wilcoxon(const DriftWilcoxon *w, int64_t zeros)
{
	DriftWide least = w->positive < w->negative ? w->positive : w->negative;
	DriftWilcoxonResult result = {.statistic = (double) least / 2, .p_value = 1};

	if (w->n == 0)
		return result;
	result.rank_biserial = (double) (w->positive - w->negative) / (double) (w->positive + w->negative);
	if (w->n <= DRIFT_WILCOXON_EXACT_MAX && zeros == 0 && w->ties == 0)
		result.p_value = fmin(2 * exact_cdf(w->n, (int64_t) (least / 2)), 1);
	else
		result.p_value = approximate_p(w, result.statistic);
	return result;
}
